//! Placeholders in prepared texts: `{{contact.first_name}}`, with words for when there is nothing to put there: `{{contact.first_name|there}}`.
//! Names are checked when a text is saved, so that nobody outside ever reads a pair of braces.

use crate::base::error::{Error, Result};
use crate::base::{limits, text};

/// What may stand between braces, beside `field.<key>`.
pub const NAMES: [&str; 11] = [
    "contact.first_name",
    "contact.last_name",
    "contact.name",
    "contact.email",
    "agent.first_name",
    "agent.last_name",
    "agent.name",
    "inbox.name",
    "inbox.brand",
    "team.name",
    "conversation.number",
];

/// One part of a text.
enum Part<'a> {
    Words(&'a str),
    Value { name: &'a str, fallback: Option<&'a str> },
}

/// Refuses placeholders nobody can fill, by name.
pub fn check(source: &str) -> Result<()> {
    check_by(source, known, || format!("{} and field.<key>", NAMES.join(", ")))
}

/// The same for texts with names of their own; `possible` lists them for the sentence that refuses another.
pub fn check_by(source: &str, known: impl Fn(&str) -> bool, possible: impl Fn() -> String) -> Result<()> {
    for part in parts(source) {
        if let Part::Value { name, .. } = part
            && !known(name)
        {
            return Err(Error::invalid(format!(
                "Nobody knows what {{{{{}}}}} stands for. Possible are {}.",
                text::preview(name, 60),
                possible()
            )));
        }
    }
    Ok(())
}

/// Whether a text asks for this value.
pub fn asks_for(source: &str, wanted: &str) -> bool {
    parts(source).any(|part| matches!(part, Part::Value { name, .. } if name == wanted))
}

fn known(name: &str) -> bool {
    let key = name.strip_prefix("field.");
    NAMES.contains(&name) || key.is_some_and(|key| !key.is_empty() && key.chars().count() <= limits::VARIABLE_NAME_CHARS_MAX)
}

/// The text with every placeholder filled by `value`; what is empty gives its fallback, or leaves a sentence that still reads well.
/// The text is Markdown: what is put in is words, whatever it looks like.
pub fn fill(source: &str, value: impl Fn(&str) -> Option<String>) -> String {
    fill_by(source, value, push_literally)
}

/// The same for texts that are no Markdown, or keep it from what is put in by other means: `put` writes a value down.
pub fn fill_by(source: &str, value: impl Fn(&str) -> Option<String>, mut put: impl FnMut(&mut String, &str)) -> String {
    let mut filled = String::with_capacity(source.len());
    let mut gap = false;
    for part in parts(source) {
        match part {
            Part::Words(words) => {
                let words = if gap { close_gap(&mut filled, words) } else { words };
                filled.push_str(words);
                gap = false;
            }
            Part::Value { name, fallback } => {
                let found = value(name).map(|value| text::clean_line(&value, limits::VARIABLE_CHARS_MAX)).filter(|value| !value.is_empty());
                match (found, fallback.map(str::trim).filter(|words| !words.is_empty())) {
                    (Some(value), _) => put(&mut filled, &value),
                    (None, Some(fallback)) => filled.push_str(fallback),
                    (None, None) => {
                        gap = true;
                        continue;
                    }
                }
                gap = false;
            }
        }
    }
    if gap {
        close_gap(&mut filled, "");
    }
    filled
}

/// Nothing was put between what is written and what follows: "Hello , thanks" becomes "Hello, thanks", and no line begins with a comma.
fn close_gap<'a>(filled: &mut String, next: &'a str) -> &'a str {
    let at_start = filled.is_empty() || filled.ends_with('\n');
    if at_start {
        return next.trim_start_matches([',', ';', ':', ' ']);
    }
    let ends_here = next.chars().next().is_none_or(|c| c.is_whitespace() || ",.;:!?)…،؛؟。，、：；！？".contains(c));
    if ends_here && filled.ends_with(' ') {
        filled.pop();
    }
    next
}

/// Words that Markdown must not read as marks: a name with stars in it is a name.
fn push_literally(filled: &mut String, value: &str) {
    for c in value.chars() {
        if r"\`*_[]<>#~|!".contains(c) {
            filled.push('\\');
        }
        filled.push(c);
    }
}

fn parts(source: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = source;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inner) = rest.strip_prefix("{{")
            && let Some(end) = inner.find(['{', '}', '\n']).filter(|end| inner[*end..].starts_with("}}"))
        {
            let (name, fallback) = match inner[..end].split_once('|') {
                Some((name, fallback)) => (name.trim(), Some(fallback)),
                None => (inner[..end].trim(), None),
            };
            rest = &inner[end + 2..];
            return Some(Part::Value { name, fallback });
        }
        // Two braces that nothing closes are words: the search for the next pair goes on behind the first of them.
        let from = usize::from(rest.starts_with("{{"));
        let end = rest[from..].find("{{").map_or(rest.len(), |at| from + at);
        let words = &rest[..end];
        rest = &rest[end..];
        Some(Part::Words(words))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(source: &str, name: &str) -> String {
        fill(source, |key| (key == "contact.first_name").then(|| name.to_owned()))
    }

    #[test]
    fn placeholders_are_filled_and_fall_back() {
        for (source, name, expected) in [
            ("Hello {{contact.first_name}}!", "Zoe", "Hello Zoe!"),
            ("Hello {{ contact.first_name | there }}!", "", "Hello there!"),
            ("Hello {{contact.first_name|there}}!", "Zoe", "Hello Zoe!"),
            ("Hello {{contact.first_name}}, thanks.", "", "Hello, thanks."),
            ("{{contact.first_name}}, thanks.", "", "thanks."),
            ("Thanks {{contact.first_name}}", "", "Thanks"),
            ("Dear {{contact.first_name}} and all", "", "Dear and all"),
            ("{{contact.first_name}}{{agent.name}} hi", "", "hi"),
            ("a {{ open", "Zoe", "a {{ open"),
            ("{{{contact.first_name}}}", "Zoe", "{Zoe}"),
            ("Hello {{contact.first_name}}", "*Zoe* [x](y)", r"Hello \*Zoe\* \[x\](y)"),
            ("Grüße {{contact.first_name}} 👋", "Zoë", "Grüße Zoë 👋"),
        ] {
            assert_eq!(filled(source, name), expected, "{source}");
        }
    }

    #[test]
    fn unknown_ones_are_refused_by_name() {
        check("{{contact.first_name|there}} {{field.plan}} {{ field.Shoe size }} {{agent.name}}").unwrap();
        for bad in ["{{contact.age}}", "{{}}", "{{field.}}", "{{ }}", "ok {{inbox.name}} {{x|y}}"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("{{contact.age}}").unwrap_err().message.contains("{{contact.age}}"));
    }
}
