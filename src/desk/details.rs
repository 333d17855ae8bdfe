//! What people outside say of themselves, and what the page says of their visit.

use crate::base::error::{Error, Result};
use crate::base::id::ContactId;
use crate::base::{limits, text};
use crate::store::{WriteTx, contacts};
use serde_json::{Map, Value};

/// Session variables as they are kept: names and values on one line each, at most so many, so long.
pub(super) fn variables(given: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut kept = Map::new();
    for (name, value) in given {
        let value = match value {
            Value::String(text) => text::clean_line(text, limits::VARIABLE_CHARS_MAX),
            Value::Number(number) => number.to_string(),
            Value::Bool(is_so) => is_so.to_string(),
            // Nothing to say is as good as not said.
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(Error::invalid("A variable is a text.").in_field("variables"));
            }
        };
        let name = text::clean_line(name, limits::VARIABLE_NAME_CHARS_MAX);
        if !name.is_empty() {
            kept.insert(name, Value::String(value));
        }
    }
    match kept.len() <= limits::VARIABLES_MAX {
        true => Ok(kept),
        false => Err(Error::invalid(format!("A visit has at most {} variables.", limits::VARIABLES_MAX)).in_field("variables")),
    }
}

/// Replaces what the page said of somebody's visit, or lays new over old. Agents hear of it with the commit.
pub(super) fn put_variables(tx: &WriteTx, contact: ContactId, new: Map<String, Value>, merge: bool) -> Result<()> {
    let mut contact = contacts::contact(tx, contact)?;
    let mut all = if merge { std::mem::take(&mut contact.variables) } else { Map::new() };
    all.extend(new);
    if all.len() > limits::VARIABLES_MAX {
        return Err(Error::invalid(format!("A visit has at most {} variables.", limits::VARIABLES_MAX)).in_field("variables"));
    }
    contact.variables = all;
    contacts::update(tx, &contact)
}
