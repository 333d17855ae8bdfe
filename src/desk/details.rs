//! What people outside say of themselves, and what the page says of their visit.

use super::Desk;
use super::conversations::Sender;
use super::verification::{Claim, Sent, known_by};
use crate::base::error::{Error, Result};
use crate::base::id::ContactId;
use crate::base::{email, limits, text};
use crate::model::contact::{Contact, ContactKind, Session};
use crate::model::inbox::Inbox;
use crate::store::{WriteTx, contacts};
use serde_json::{Map, Value};

/// What somebody says of himself; `None` stays.
pub struct Told {
    pub name: Option<String>,
    pub email: Option<String>,
    pub variables: Option<Map<String, Value>>,
    /// Lays the variables over those that are there, instead of replacing them.
    pub merge: bool,
    pub sender: Sender,
    /// Codes that one network may ask for in an hour.
    pub sends_max: i64,
}

impl Desk {
    /// Keeps what somebody with a session says of himself; agents hear of it at once (decision 7). It stays unproved. An address by which
    /// somebody is known already is not saved, nor is the name beside it: its owner gets a code, and the code decides (row 197).
    pub async fn tell(&self, inbox: &Inbox, session: &Session, told: Told) -> Result<(Contact, Option<Sent>)> {
        super::conversations::check_whole(Some(session))?;
        // Only who he is may be said before it is proved, and only where a code proves it.
        if inbox.config.access != "identify" || told.variables.is_some() {
            self.check_access(inbox, Some(session))?;
        }
        let new_variables = told.variables.as_ref().map(variables).transpose()?;
        let name = told.name.map(|name| text::clean_line(&name, 140)).filter(|name| !name.is_empty());
        let address = match told.email.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(typed) => Some(email::check(typed)?),
        };
        if let Some(address) = &address {
            self.check_address(address)?;
        }
        let (desk, inbox, session) = (self.clone(), inbox.clone(), session.clone());
        self.store
            .write(move |tx| {
                if let Some(new) = new_variables {
                    put_variables(tx, session.contact, new, told.merge)?;
                }
                let mut contact = contacts::contact(tx, session.contact)?;
                let address_before = contact.email.clone();
                // Whom the customer's own site vouches for, it also names.
                if session.verified && !session.by_code {
                    return Ok((contact, None));
                }
                if let Some(address) = &address {
                    let key = email::key(address);
                    // An address that was proved stays; typing is less. Where only tokens count, nobody learns whom they named.
                    let is_open = contact.kind == ContactKind::Visitor && inbox.config.access != "verified";
                    if is_open && known_by(tx, inbox.id, &key)?.is_some() {
                        let name = name.clone().unwrap_or_else(|| contact.name());
                        let sent = desk.claim_address(
                            tx,
                            &Claim {
                                inbox: inbox.id,
                                session: Some(&session),
                                name: &name,
                                email: &key,
                                ip: told.sender.ip,
                                sends_max: told.sends_max,
                                locale: &told.sender.locale,
                                consent: None,
                            },
                        )?;
                        return Ok((contact, Some(sent)));
                    }
                    if is_open {
                        contact.email = Some(address.clone());
                    }
                }
                if let Some(name) = name {
                    (contact.first_name, contact.last_name) = (name, String::new());
                }
                contact.last_seen_at = tx.now;
                contacts::update(tx, &contact)?;
                super::open_links::address_changed(tx, address_before.as_deref(), &contact)?;
                if address.is_some() && contact.email.is_some() {
                    super::continuity::address_known(tx, contact.id)?;
                }
                Ok((contacts::contact(tx, contact.id)?, None))
            })
            .await
    }
}

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
        false => Err(too_many_variables()),
    }
}

/// Replaces what the page said of somebody's visit, or lays new over old. Agents hear of it with the commit.
pub(super) fn put_variables(tx: &WriteTx, contact: ContactId, new: Map<String, Value>, merge: bool) -> Result<()> {
    let mut contact = contacts::contact(tx, contact)?;
    let mut all = if merge { std::mem::take(&mut contact.variables) } else { Map::new() };
    all.extend(new);
    if all.len() > limits::VARIABLES_MAX {
        return Err(too_many_variables());
    }
    contact.variables = all;
    contacts::update(tx, &contact)
}

fn too_many_variables() -> Error {
    Error::invalid(format!("A visit has at most {} variables.", limits::VARIABLES_MAX)).in_field("variables")
}
