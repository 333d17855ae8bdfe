//! Answers of the pre-chat form: checked against the form, then split into what describes the contact and everything else.

use crate::base::error::{Error, Result};
use crate::base::{email, limits, net, text};
use crate::model::inbox::{FormField, PrechatForm};
use serde_json::{Map, Value};

/// Characters of one answer (protocol section 6).
const ANSWER_CHARS_MAX: usize = 1000;
/// Characters of a key.
const KEY_CHARS_MAX: usize = 100;
/// Largest number.
const NUMBER_MAX: f64 = 1e12;

/// What somebody answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub phone_country: Option<String>,
    /// Everything else.
    pub attributes: Map<String, Value>,
}

/// Checks `given` against `form`. Somebody who is known already is not asked for name, address and number again.
pub fn check(form: &PrechatForm, given: &Map<String, Value>, is_known: bool) -> Result<Answers> {
    if given.len() > limits::ATTRIBUTES_MAX {
        return Err(Error::invalid(format!("The form has more than {} answers.", limits::ATTRIBUTES_MAX)).in_field("form_data"));
    }
    let mut answers = Answers::default();
    for (key, value) in given {
        let value = scalar(key, value)?;
        let field = form.fields.iter().find(|field| form.enabled && field.enabled && field.key == *key);
        match (key.as_str(), field) {
            ("name", _) => answers.name = Some(text::clean_line(&plain(&value), 140)),
            ("email", _) => answers.email = Some(plain(&value).trim().to_owned()),
            ("phone", _) => answers.phone = Some(text::clean_line(&plain(&value), 20)),
            ("phone_country_code", _) => answers.phone_country = Some(text::clean_line(&plain(&value), 10)),
            (_, Some(field)) => {
                fits(field, &value)?;
                answers.attributes.insert(key.clone(), value);
            }
            // Without a form, a custom front end may say what it likes; with one, only what was asked counts.
            (_, None) if !form.enabled => {
                answers.attributes.insert(text::clean_line(key, KEY_CHARS_MAX), value);
            }
            (_, None) => {}
        }
    }
    for answer in [&mut answers.name, &mut answers.email, &mut answers.phone, &mut answers.phone_country] {
        *answer = answer.take().filter(|answer| !answer.is_empty());
    }
    if let Some(address) = &answers.email {
        email::check(address).map_err(|error| error.in_field("email"))?;
    }
    if form.enabled {
        required(form, &answers, is_known)?;
    }
    Ok(answers)
}

fn required(form: &PrechatForm, answers: &Answers, is_known: bool) -> Result<()> {
    for field in form.fields.iter().filter(|field| field.enabled && field.required) {
        let answered = match field.key.as_str() {
            "name" => is_known || answers.name.is_some(),
            "email" => is_known || answers.email.is_some(),
            "phone" => is_known || answers.phone.is_some(),
            key => answers.attributes.get(key).is_some_and(|value| *value != Value::Bool(false) && *value != Value::String(String::new())),
        };
        if !answered {
            let error = Error::invalid(format!("Please fill in \"{}\".", field.label)).in_field(field.key.clone());
            return Err(error.coded("field_needed").detail("name", field.label.as_str()));
        }
    }
    Ok(())
}

fn scalar(key: &str, value: &Value) -> Result<Value> {
    if key.chars().count() > KEY_CHARS_MAX {
        return Err(Error::invalid(format!("A name in the form is longer than {KEY_CHARS_MAX} characters.")).in_field("form_data"));
    }
    match value {
        Value::String(answer) => {
            let kept: String = answer.chars().filter(|c| !c.is_control() || *c == '\n').take(ANSWER_CHARS_MAX).collect();
            Ok(Value::String(kept))
        }
        Value::Bool(_) => Ok(value.clone()),
        Value::Number(number) if number.as_f64().is_some_and(|n| n.abs() <= NUMBER_MAX) => Ok(value.clone()),
        Value::Number(_) => Err(bad(key, format!("The number in \"{key}\" is too large."))),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(bad(key, format!("The answer to \"{key}\" must be a text, a number or true.")))
        }
    }
}

fn bad(key: &str, message: String) -> Error {
    Error::invalid(message).in_field(key).coded("field_bad").detail("name", key)
}

fn fits(field: &FormField, value: &Value) -> Result<()> {
    let empty = *value == Value::String(String::new());
    let wrong = match field.kind.as_str() {
        _ if empty => None,
        "number" => (!value.is_number() && plain(value).trim().parse::<f64>().is_err()).then_some("a number"),
        "checkbox" => (!value.is_boolean()).then_some("yes or no"),
        "list" => (!field.values.iter().any(|choice| *choice == plain(value))).then_some("one of the choices"),
        "date" => plain(value).parse::<jiff::civil::Date>().is_err().then_some("a date"),
        "link" => (!is_link(&plain(value))).then_some("a link that begins with http:// or https://"),
        "email" => email::check(plain(value).trim()).is_err().then_some("an e-mail address"),
        _ => (!value.is_string() && !value.is_number()).then_some("a text"),
    };
    match wrong {
        Some(expected) => {
            let error = Error::invalid(format!("\"{}\" must be {expected}.", field.label)).in_field(field.key.clone());
            let code = if field.kind == "list" { "field_choice" } else { "field_bad" };
            Err(error.coded(code).detail("name", field.label.as_str()))
        }
        None => Ok(()),
    }
}

fn is_link(text: &str) -> bool {
    net::is_web_address(text)
}

/// A value as words.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form() -> PrechatForm {
        let plan = FormField {
            key: "plan".into(),
            kind: "list".into(),
            label: "Plan".into(),
            required: true,
            values: vec!["free".into(), "pro".into()],
            ..FormField::default()
        };
        let mut form = PrechatForm { enabled: true, ..PrechatForm::default() };
        form.fields.push(plan);
        form
    }

    fn check_json(given: Value, is_known: bool) -> Result<Answers> {
        check(&form(), given.as_object().unwrap(), is_known)
    }

    #[test]
    fn every_refusal_names_its_field() {
        for (given, field) in [
            (json!({"email": "z@example.com", "plan": "pro"}), "name"),
            (json!({"name": "Zoe", "email": "nonsense", "plan": "pro"}), "email"),
            (json!({"name": "Zoe", "email": "z@example.com"}), "plan"),
            (json!({"name": "Zoe", "email": "z@example.com", "plan": "gold"}), "plan"),
            (json!({"name": ["Zoe"], "email": "z@example.com", "plan": "pro"}), "name"),
            (json!({"name": "Zoe", "email": "z@example.com", "plan": 1e13}), "plan"),
        ] {
            let error = check_json(given.clone(), false).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{given}");
            assert!(error.code.is_some(), "said in every language: {given}");
        }
    }

    #[test]
    fn known_people_are_asked_only_for_what_is_not_known() {
        let answers = check_json(json!({"plan": "pro", "unasked": "x"}), true).unwrap();
        assert_eq!(answers.attributes, *json!({"plan": "pro"}).as_object().unwrap());
    }
}
