//! What people wrote, made safe to keep and to show: messages, names, one-line previews.
//!
//! How a message becomes HTML is in `markup` (visitors) and `markdown` (agents).

use super::error::{Error, Result};
use super::limits;

pub use super::markdown::render_agent;
pub use super::markup::{Rendered, render_visitor};

/// Checks a message before it is stored: line ends become `\n`, control characters and trailing white space go, and what is left
/// must be visible and within the limit.
pub fn check_message(source: &str) -> Result<String> {
    // A hostile megabyte is refused before it is copied; the exact count comes after the cleaning.
    if source.len() > 8 * limits::MESSAGE_CHARS_MAX {
        return Err(too_long(source.chars().count()));
    }
    let text = visible(source);
    if text.chars().all(|c| c.is_whitespace() || is_hidden(c) || is_joiner(c)) {
        return Err(Error::invalid_field("message", "The message is empty.").coded("message_empty"));
    }
    let count = text.chars().count();
    if count > limits::MESSAGE_CHARS_MAX { Err(too_long(count)) } else { Ok(text) }
}

/// A text with `\n` at the ends of its lines, without control characters and trailing white space.
pub fn visible(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => text.push('\n'),
            '\n' | '\t' => text.push(c),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn too_long(count: usize) -> Error {
    let sentence = format!("The message has {count} characters; at most {} are allowed.", limits::MESSAGE_CHARS_MAX);
    Error::invalid_field("message", sentence).coded("message_too_long").detail("count", limits::MESSAGE_CHARS_MAX)
}

/// A name, title or label on one line: trimmed, white space collapsed, cut to `chars_max`, without anything that is invisible or
/// turns the text around it (control characters, bidirectional marks, zero-width characters). The two joiners that several scripts
/// and emoji need stay where they join something.
pub fn clean_line(text: &str, chars_max: usize) -> String {
    let mut line = String::new();
    let mut count = 0;
    let mut pending: Option<char> = None;
    for c in text.chars() {
        if c.is_whitespace() {
            pending = Some(' ');
        } else if is_joiner(c) {
            // Between two visible characters only; a space before it wins.
            pending = pending.or(Some(c));
        } else if !is_hidden(c) {
            if let Some(between) = pending.take()
                && !line.is_empty()
            {
                if count + 2 > chars_max {
                    break;
                }
                line.push(between);
                count += 1;
            }
            if count + 1 > chars_max {
                break;
            }
            line.push(c);
            count += 1;
        }
    }
    line
}

/// One line of at most `chars` characters for lists and notifications; what is cut off shows as `…`.
pub fn preview(text: &str, chars: usize) -> String {
    let line = clean_line(text, chars.saturating_add(1));
    if line.chars().count() <= chars {
        // `clean_line` may have stopped early at a space; then there is more to come as well.
        let is_whole = clean_line(text, chars.saturating_add(3)) == line;
        if is_whole {
            return line;
        }
    }
    if chars == 0 {
        return String::new();
    }
    let kept: String = line.chars().take(chars - 1).collect();
    format!("{}…", kept.trim_end_matches(|c: char| c.is_whitespace() || is_joiner(c)))
}

/// Characters that show nothing, or change how their neighbours are shown: a name must not be able to disguise itself with them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_keeps_its_lines_and_loses_what_is_invisible() {
        assert_eq!(check_message("a\r\nb\rc\n\td \n\n ").unwrap(), "a\nb\nc\n\td");
        assert_eq!(check_message("a\0b\u{1b}[31mc\u{7f}").unwrap(), "ab[31mc");
        assert_eq!(check_message("  indented").unwrap(), "  indented");
        assert_eq!(check_message("שלום\u{200f}!").unwrap(), "שלום\u{200f}!");
    }

    #[test]
    fn an_empty_message_is_refused() {
        for empty in ["", " ", "\n\n", "\0", "\u{200b}", "\u{feff} \u{202e}\u{200d}", "\r\n"] {
            assert_eq!(check_message(empty).unwrap_err().message, "The message is empty.", "{empty:?}");
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(check_message(&"😀".repeat(10_000)).is_ok());
        let refused = check_message(&"ä".repeat(10_001)).unwrap_err();
        assert_eq!(refused.message, "The message has 10001 characters; at most 10000 are allowed.");
        assert!(check_message(&format!("{}{}", "a".repeat(10_000), " \n".repeat(5))).is_ok());
        assert!(check_message(&"a".repeat(1_000_000)).unwrap_err().message.contains("1000000"));
    }

    // security rows 1, 54
    #[test]
    fn a_name_cannot_hide_or_turn_anything() {
        for (text, line) in [
            ("  Ada \t\n Lovelace ", "Ada Lovelace"),
            ("Ad\u{202e}a\u{202c}", "Ada"),
            ("A\u{200b}d\u{2060}a\u{feff}", "Ada"),
            ("\u{2066}Ada\u{2069}", "Ada"),
            ("Ada\r\nBcc: x", "Ada Bcc: x"),
            ("a\0b", "ab"),
            ("\u{200d}Ada\u{200d}", "Ada"),
            ("Ada \u{200d} B", "Ada B"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}💻", "👩\u{200d}💻"),
            ("\u{202e}\u{200b}", ""),
        ] {
            assert_eq!(clean_line(text, 100), line, "{text:?}");
        }
    }

    #[test]
    fn a_line_is_cut_to_its_limit_and_never_ends_in_a_space() {
        assert_eq!(clean_line("abcdef", 3), "abc");
        assert_eq!(clean_line("ab cdef", 3), "ab");
        assert_eq!(clean_line("ab cdef", 4), "ab c");
        assert_eq!(clean_line("äöü", 2), "äö");
        assert_eq!(clean_line("abc", 0), "");
    }

    #[test]
    fn a_preview_says_when_something_is_missing() {
        assert_eq!(preview("Hello\n  world", 20), "Hello world");
        assert_eq!(preview("Hello world", 11), "Hello world");
        assert_eq!(preview("Hello world!", 11), "Hello worl…");
        assert_eq!(preview("Hello world", 7), "Hello…");
        assert_eq!(preview("Hello world", 6), "Hello…");
        assert_eq!(preview("Hello world", 5), "Hell…");
        assert_eq!(preview("日本語のテキスト", 4), "日本語…");
        assert_eq!(preview("abc", 0), "");
        assert_eq!(preview("", 5), "");
    }

    proptest! {
        #[test]
        fn lines_are_clean_within_their_limit_and_stay_so(text in any::<String>(), chars in 0usize..40) {
            let line = clean_line(&text, chars);
            prop_assert!(line.chars().count() <= chars);
            prop_assert!(!line.chars().any(is_hidden));
            prop_assert_eq!(line.trim(), line.as_str());
            prop_assert_eq!(clean_line(&line, chars), line.clone());
            prop_assert!(preview(&text, chars).chars().count() <= chars);
        }

        #[test]
        fn a_checked_message_passes_again_unchanged(text in any::<String>()) {
            if let Ok(message) = check_message(&text) {
                prop_assert_eq!(check_message(&message).unwrap(), message);
            }
        }
    }
}
