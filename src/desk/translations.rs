//! Every string a visitor sees, in every language, as an admin sees and changes it (rows 146, 168–170, 172).

use super::Desk;
use super::setting_texts::{SettingText, chars, texts};
use super::words::{self, ENGLISH, Sentences, is_setting};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::inbox::{Inbox, InboxConfig};
use crate::store::translations::Own;
use crate::store::{ReadTx, WriteTx, audit, inboxes, translations};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The forms a number may ask for, beside the plain one.
const PLURALS: [&str; 5] = ["zero", "one", "two", "few", "many"];

/// One string.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// What it is known by.
    pub key: String,
    /// What it says by default: in English, or as the admin typed it.
    pub english: String,
    /// What we say in the language; `None` when we do not speak it, or it is a setting.
    pub stock: Option<String>,
    /// What this inbox says instead.
    pub own: Option<String>,
    /// Where it is seen.
    pub group: &'static str,
}

/// A language of an inbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Locale {
    /// Its code.
    pub code: String,
    /// Its name for itself; its code when we do not speak it.
    pub name: String,
    /// How many strings the inbox says in its own words.
    pub own: usize,
}

/// Changes: words for a key, or `None` to go back to what it says by default.
pub type Changes = BTreeMap<String, Option<String>>;

impl Desk {
    /// All languages of an inbox, and all strings in one of them; without a code in the inbox's own.
    pub async fn translations(&self, by: &AgentSession, uuid: Uuid, locale: Option<&str>) -> Result<(Vec<Locale>, Vec<Sentence>)> {
        by.may(Permission::Settings)?;
        let asked = locale.map(code).transpose()?;
        self.store.read(move |tx| listed(tx, uuid, asked.as_deref())).await
    }

    /// Says strings in a language. All of the changes, or none of them.
    pub async fn translate(&self, by: &AgentSession, uuid: Uuid, locale: &str, changes: Changes) -> Result<(Vec<Locale>, Vec<Sentence>)> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        let locale = code(locale)?;
        self.store
            .write(move |tx| {
                let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                let own = translations::of_inbox(tx, inbox.id)?;
                if !own.contains_key(&locale) && own.len() >= limits::LOCALES_MAX {
                    return Err(Error::invalid(format!("At most {} languages for one inbox.", limits::LOCALES_MAX)).in_field("locale"));
                }
                let known = Known::of(&inbox.config);
                for (key, text) in &changes {
                    match text.as_deref().map(cleaned).filter(|text| !text.is_empty()) {
                        Some(text) => {
                            known.check(key, &text).map_err(|why| why.in_field(key.clone()))?;
                            translations::put(tx, inbox.id, &locale, key, &text)?;
                        }
                        None if own.get(&locale).is_some_and(|own| own.contains_key(key)) => {
                            translations::remove(tx, inbox.id, &locale, key)?;
                        }
                        None => {}
                    }
                }
                audit::append(tx, Some(by), "inbox.translated", &uuid.to_string(), &json!({ "locale": locale, "texts": changes.len() }))?;
                inboxes::touch(tx, inbox.id)?;
                listed(tx, uuid, Some(&locale))
            })
            .await
    }
}

/// Forgets the translations of settings that are there no more: a button that went, a question that was removed. Lists of choices are
/// translated line by line: once the typed list is another one, a line would stand for another choice.
pub(super) fn prune(tx: &WriteTx, before: &Inbox, inbox: &Inbox) -> Result<()> {
    let own = translations::of_inbox(tx, inbox.id)?;
    if own.is_empty() {
        return Ok(());
    }
    let lists: BTreeMap<String, String> =
        texts(&before.config).into_iter().filter(|text| text.is_list).map(|text| (text.key, text.text)).collect();
    let same = |text: &SettingText| !text.is_list || lists.get(&text.key).is_some_and(|typed| *typed == text.text);
    let kept: BTreeSet<String> = texts(&inbox.config).into_iter().filter(same).map(|text| text.key).collect();
    let gone: BTreeSet<&String> = own.values().flat_map(BTreeMap::keys).filter(|key| is_setting(key) && !kept.contains(*key)).collect();
    gone.into_iter().try_for_each(|key| translations::remove_everywhere(tx, inbox.id, key))
}

fn code(locale: &str) -> Result<String> {
    words::canonical(locale).ok_or_else(|| Error::invalid("Expected a language code such as pt-BR.").in_field("locale"))
}

fn listed(tx: &ReadTx, uuid: Uuid, locale: Option<&str>) -> Result<(Vec<Locale>, Vec<Sentence>)> {
    let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
    let own = translations::of_inbox(tx, inbox.id)?;
    let config = &inbox.config;
    let usual = [&config.language, &config.fallback_language].into_iter().find_map(|code| words::canonical(code));
    let locale = locale.map(str::to_owned).or(usual).unwrap_or_else(|| ENGLISH.into());
    Ok((locales(&own, &locale), sentences(config, &own, &locale)))
}

/// Those we speak, those the inbox speaks, and the one that is looked at, even before it has a word.
fn locales(own: &Own, shown: &str) -> Vec<Locale> {
    let count = |code: &str| own.get(code).map_or(0, BTreeMap::len);
    let mut all: Vec<Locale> =
        words::shipped().into_iter().map(|shipped| Locale { own: count(&shipped.code), code: shipped.code, name: shipped.name }).collect();
    for code in own.keys().map(String::as_str).chain([shown]) {
        if all.iter().all(|locale| locale.code != code) {
            all.push(Locale { code: code.into(), name: code.into(), own: count(code) });
        }
    }
    all
}

fn sentences(config: &InboxConfig, own: &Own, locale: &str) -> Vec<Sentence> {
    let none = BTreeMap::new();
    let own = own.get(locale).unwrap_or(&none);
    let english = words::stock(ENGLISH).unwrap_or_default();
    let stock = words::stock(locale);
    let mut all: Vec<Sentence> = texts(config)
        .into_iter()
        .filter(|setting| !setting.text.is_empty())
        .map(|setting| Sentence {
            own: own.get(&setting.key).cloned(),
            key: setting.key,
            english: setting.text,
            stock: None,
            group: "settings",
        })
        .collect();
    // Also the forms of numbers that only this language has.
    let mut keys: BTreeSet<&String> = english.keys().collect();
    keys.extend(own.keys().filter(|key| !is_setting(key)));
    keys.extend(stock.iter().flat_map(|stock| stock.keys()));
    all.extend(keys.into_iter().filter_map(|key| {
        let base = english.get(key).or_else(|| english.get(key.split('#').next()?))?;
        Some(Sentence {
            key: key.clone(),
            english: base.clone(),
            stock: stock.as_ref().and_then(|stock| stock.get(key).cloned()),
            own: own.get(key).cloned(),
            group: group(key),
        })
    }));
    all
}

fn group(key: &str) -> &'static str {
    match key.split('.').next() {
        Some("w") => "widget",
        Some("launcher") => "launcher",
        Some("error") => "errors",
        // What Libredesk's own front end asks for; ours shows few of them.
        _ => "other",
    }
}

/// What may be said in other words.
struct Known {
    english: std::sync::Arc<Sentences>,
    settings: BTreeMap<String, SettingText>,
}

impl Known {
    fn of(config: &InboxConfig) -> Known {
        let settings = texts(config).into_iter().map(|setting| (setting.key.clone(), setting)).collect();
        Known { english: words::stock(ENGLISH).unwrap_or_default(), settings }
    }

    fn check(&self, key: &str, text: &str) -> Result<()> {
        match is_setting(key) {
            true => self.check_setting(key, text),
            false => self.check_sentence(key, text),
        }
    }

    fn check_setting(&self, key: &str, text: &str) -> Result<()> {
        let setting = self.settings.get(key).filter(|setting| !setting.text.is_empty()).ok_or_else(unknown)?;
        short_enough(text, setting.chars_max)?;
        if setting.is_list {
            let wanted = setting.text.split('\n').count();
            let lines = text.split('\n');
            if lines.clone().count() != wanted || lines.clone().any(|line| line.trim().is_empty()) {
                return Err(Error::invalid(format!("Please write {wanted} lines, one for each choice, in the same order.")));
            }
            let different: BTreeSet<&str> = lines.map(str::trim).collect();
            if different.len() != wanted {
                return Err(Error::invalid("Two choices have the same words."));
            }
        }
        same_placeholders(&braces(&setting.text)?, &braces(text)?)
    }

    fn check_sentence(&self, key: &str, text: &str) -> Result<()> {
        let (base, form) = key.split_once('#').map_or((key, None), |(base, form)| (base, Some(form)));
        let english = self.english.get(base).ok_or_else(unknown)?;
        if form.is_some_and(|form| !PLURALS.contains(&form)) {
            return Err(unknown());
        }
        short_enough(text, chars::SENTENCE.max(4 * english.chars().count()))?;
        if text.matches('|').count() != english.matches('|').count() {
            return Err(Error::invalid("This needs the sign | as often as the English has it: one | many."));
        }
        let (wanted, found) = (placeholders(english), placeholders(text));
        // A special form ("one message") may leave its number out, never bring in another placeholder.
        match form.is_some() && found.is_subset(&wanted) {
            true => Ok(()),
            false => same_placeholders(&wanted, &found),
        }
    }
}

fn unknown() -> Error {
    Error::invalid("There is no such text.")
}

fn short_enough(text: &str, chars_max: usize) -> Result<()> {
    match text.chars().count() > chars_max {
        true => Err(Error::invalid(format!("At most {chars_max} characters."))),
        false => Ok(()),
    }
}

fn same_placeholders(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> Result<()> {
    let list = |names: Vec<&String>| names.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let missing: Vec<&String> = wanted.difference(found).collect();
    let foreign: Vec<&String> = found.difference(wanted).collect();
    match (missing.is_empty(), foreign.is_empty()) {
        (true, true) => Ok(()),
        (false, true) => Err(Error::invalid(format!("The placeholder {} is missing; it is filled in later.", list(missing)))),
        (true, false) => Err(Error::invalid(format!("The placeholder {} is not known here.", list(foreign)))),
        (false, false) => Err(Error::invalid(format!("The placeholder {} was changed; expected {}.", list(foreign), list(missing)))),
    }
}

/// `:count` and `{time}` of a sentence.
fn placeholders(sentence: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, sign) in sentence.match_indices([':', '{']) {
        let rest = &sentence[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        if end > 0 && (sign == ":" || rest[end..].starts_with('}')) {
            found.insert(format!("{sign}{}{}", &rest[..end], if sign == "{" { "}" } else { "" }));
        }
    }
    found
}

/// The names in `{{.FirstName | there}}` of a setting; what stands behind the bar is for the translator.
pub(super) fn braces(text: &str) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let end = rest[at..].find("}}").ok_or_else(|| Error::invalid("A placeholder that begins with {{ has no end }}."))?;
        let inner = &rest[at + 2..at + end];
        let name = inner.split('|').next().unwrap_or_default().trim();
        found.insert(format!("{{{{{name}}}}}"));
        rest = &rest[at + end + 2..];
    }
    Ok(found)
}

/// Line ends become `\n`; what is invisible and steers goes.
fn cleaned(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = lines.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, text: &str) -> Result<()> {
        let mut config = InboxConfig { brand_name: "Acme".into(), ..InboxConfig::default() };
        config.prechat_form.fields[0].values = vec!["Free".into(), "Pro".into()];
        Known::of(&config).check(key, text)
    }

    /// row 172
    #[test]
    fn a_placeholder_is_neither_dropped_nor_renamed_nor_added() {
        for (key, text) in [
            ("w.hello_name", "Hallo :name"),
            ("w.hello_name", ":name! :name!"),
            ("w.send", "Los: 100 % {Spaß}"),
            ("w.new_below#one", "eine neue"),
            ("w.new_below#many", ":count новых"),
            ("globals.messages.backTodayAt", "heute um {time}"),
            ("globals.terms.message", "Nachricht | Nachrichten"),
            ("set.greeting_message", "Hallo {{ .FirstName | du }}"),
            ("set.field.name.values", "Gratis\nProfi"),
            ("set.brand_name", "Acme GmbH"),
        ] {
            check(key, text).unwrap_or_else(|error| panic!("{key}: {}", error.message));
        }
        for (key, text, word) in [
            ("w.hello_name", "Hallo", ":name is missing"),
            ("w.hello_name", "Hallo :nom", "changed"),
            ("w.send", "Senden :d", "not known"),
            ("w.new_below#one", ":name neu", "changed"),
            ("w.new_below#lots", ":count neu", "no such"),
            ("w.no_such_key", "x", "no such"),
            ("globals.messages.backTodayAt", "heute um :time", "changed"),
            ("globals.terms.message", "Nachrichten", "one | many"),
            ("set.greeting_message", "Hallo", "{{.FirstName}} is missing"),
            ("set.greeting_message", "Hallo {{.Name | du}}", "changed"),
            ("set.greeting_message", "Hallo {{.FirstName | du", "no end"),
            ("set.field.name.values", "Gratis", "2 lines"),
            ("set.field.name.values", "Gratis\nGratis", "same words"),
            ("set.consent.text", "nobody typed one", "no such"),
            ("set.button.nobody.name", "x", "no such"),
        ] {
            let error = check(key, text).expect_err(key);
            assert!(error.message.contains(word), "{key}: {}", error.message);
        }
        // A limit, from both sides.
        check("w.send", &"é".repeat(chars::SENTENCE)).unwrap();
        assert!(check("w.send", &"é".repeat(chars::SENTENCE + 1)).is_err());
    }

    #[test]
    fn steering_characters_do_not_get_in() {
        assert_eq!(cleaned(" a\0b\r\nc\u{1b}[0m\t "), "ab\nc[0m");
    }
}
