//! Fields that a team keeps of contacts and conversations, with their types: what may stand in one is decided here alone.

use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, net, text};
use serde_json::Value;

/// What a field describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A person outside.
    Contact,
    /// One exchange.
    Conversation,
}

impl Subject {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Subject::Contact => "contact",
            Subject::Conversation => "conversation",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Subject> {
        [Subject::Contact, Subject::Conversation].into_iter().find(|subject| subject.as_str() == text)
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Number,
    Checkbox,
    /// A day, `2026-12-24`.
    Date,
    /// A web address.
    Link,
    /// One of the field's choices.
    List,
}

impl FieldKind {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Number => "number",
            FieldKind::Checkbox => "checkbox",
            FieldKind::Date => "date",
            FieldKind::Link => "link",
            FieldKind::List => "list",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<FieldKind> {
        use FieldKind::*;
        [Text, Number, Checkbox, Date, Link, List].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One field as it was defined.
#[derive(Debug, Clone)]
pub struct Field {
    pub uuid: Uuid,
    pub subject: Subject,
    /// Under what values are stored; made from the first name and never changed.
    pub key: String,
    pub name: String,
    pub kind: FieldKind,
    /// Of a list.
    pub choices: Vec<String>,
    pub position: i64,
}

impl Field {
    /// A value as it is kept; `None` = empty. The error names the field by its key and says what would fit.
    pub fn check(&self, value: &Value) -> Result<Option<Value>> {
        let refused = |words: String| Err(Error::invalid(format!("{}: {words}", self.name)).in_field(self.key.clone()));
        let typed = match value {
            Value::Null => return Ok(None),
            Value::String(typed) if typed.trim().is_empty() => return Ok(None),
            Value::String(typed) => Some(text::clean_line(typed, limits::FIELD_VALUE_CHARS_MAX)),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        };
        match (self.kind, value, typed) {
            (FieldKind::Text, _, Some(typed)) => Ok(Some(Value::String(typed))),
            (FieldKind::Number, Value::Number(number), _) if number.as_f64().is_some_and(|n| n.abs() <= 1e15) => Ok(Some(value.clone())),
            (FieldKind::Number, _, _) => refused("please write a number.".into()),
            (FieldKind::Checkbox, Value::Bool(_), _) => Ok(Some(value.clone())),
            (FieldKind::Checkbox, _, _) => refused("yes or no.".into()),
            (FieldKind::Date, _, Some(typed)) if is_day(&typed) => Ok(Some(Value::String(typed))),
            (FieldKind::Date, _, _) => refused("please write a day like 2026-12-24.".into()),
            (FieldKind::Link, _, Some(typed)) if net::is_web_address(&typed) && !typed.contains(char::is_whitespace) => {
                Ok(Some(Value::String(typed)))
            }
            (FieldKind::Link, _, _) => refused("please write an address that begins with https:// or http://.".into()),
            (FieldKind::List, _, Some(typed)) if self.choices.contains(&typed) => Ok(Some(Value::String(typed))),
            (FieldKind::List, _, _) => refused(format!("please choose one of {}.", self.choices.join(", "))),
            (FieldKind::Text, _, None) => refused("please write a text.".into()),
        }
    }
}

/// Whether a text is a day of the calendar, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    if !shape {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or(0);
    let (year, month, day) = (number(&text[..4]), number(&text[5..7]), number(&text[8..]));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_takes_its_own_values_and_nothing_else() {
        let field = |kind| Field {
            uuid: Uuid::new(),
            subject: Subject::Contact,
            key: "k".into(),
            name: "Plan".into(),
            kind,
            choices: vec!["basic".into(), "pro".into()],
            position: 1,
        };
        use FieldKind::*;
        for (kind, good, bad) in [
            (Text, vec![json!(" hi "), json!("<b>")], vec![json!(1), json!([]), json!({})]),
            (Number, vec![json!(1), json!(-2.5)], vec![json!("1"), json!(1e300), json!(true)]),
            (Checkbox, vec![json!(true), json!(false)], vec![json!("yes"), json!(1)]),
            (
                Date,
                vec![json!("2024-02-29"), json!("2026-12-24")],
                vec![json!("2026-02-29"), json!("24.12.2026"), json!("2026-13-01"), json!("2026-1-1")],
            ),
            (Link, vec![json!("https://a.example/x?y")], vec![json!("javascript:alert(1)"), json!("a.example"), json!("https://a b")]),
            (List, vec![json!("pro")], vec![json!("Pro"), json!("other")]),
        ] {
            for value in good {
                assert!(field(kind).check(&value).unwrap().is_some(), "{kind:?} takes {value}");
            }
            for value in bad {
                assert_eq!(field(kind).check(&value).unwrap_err().field.as_deref(), Some("k"), "{kind:?} refuses {value}");
            }
            for empty in [json!(null), json!(""), json!("  ")] {
                assert_eq!(field(kind).check(&empty).unwrap(), None);
            }
        }
    }
}
