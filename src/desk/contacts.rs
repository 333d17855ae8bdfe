//! What agents do to contacts: correct, annotate, block.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::{email, text};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::contact::Contact;
use crate::store::{ReadTx, audit, contacts, sessions, sight};
use serde_json::json;

/// Changes to a contact; `None` stays, an empty text empties.
#[derive(Debug, Clone, Default)]
pub struct ContactEdit {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub note: Option<String>,
    pub blocked: Option<bool>,
}

impl Desk {
    /// An agent edits a contact. A changed address is no longer a verified one. Blocking ends sessions and sockets at once.
    pub async fn edit_contact(&self, by: &AgentSession, uuid: Uuid, edit: ContactEdit) -> Result<Contact> {
        let shuts_out = by.may(Permission::Ban);
        let (by, key) = (by.agent.id, self.link_key);
        self.store
            .write(move |tx| {
                let mut contact = in_sight(tx, by, uuid)?;
                let address_before = contact.email.clone();
                if edit.blocked.is_some_and(|blocked| blocked != contact.blocked_at.is_some()) {
                    shuts_out?;
                }
                if let Some(name) = &edit.first_name {
                    contact.first_name = text::clean_line(name, 128);
                }
                if let Some(name) = &edit.last_name {
                    contact.last_name = text::clean_line(name, 128);
                }
                if let Some(address) = &edit.email {
                    let address = Some(address.trim().to_owned()).filter(|address| !address.is_empty());
                    if let Some(address) = &address {
                        email::check(address).map_err(|error| error.in_field("email"))?;
                    }
                    // What is answered in any of the person's conversations goes to this address.
                    if address != contact.email {
                        sight::check_whole_contact(tx, by, contact.id)?;
                    }
                    contact.email_verified &= address == contact.email;
                    contact.email = address;
                }
                if let Some(phone) = &edit.phone {
                    contact.phone = Some(text::clean_line(phone, 40)).filter(|phone| !phone.is_empty());
                }
                if let Some(note) = &edit.note {
                    super::contact_notes::put_first(tx, &key, by, &contact, note)?;
                }
                let was_blocked = contact.blocked_at.is_some();
                match edit.blocked {
                    Some(true) => contact.blocked_at = contact.blocked_at.or(Some(tx.now)),
                    Some(false) => contact.blocked_at = None,
                    None => {}
                }
                if contact.blocked_at.is_some() != was_blocked {
                    let action = if was_blocked { "contact.unblocked" } else { "contact.blocked" };
                    audit::append(tx, Some(by), action, &uuid.to_string(), &json!({}))?;
                }
                contacts::update(tx, &contact)?;
                super::open_links::address_changed(tx, address_before.as_deref(), &contact)?;
                if edit.email.is_some() && contact.email.is_some() {
                    super::continuity::address_known(tx, contact.id)?;
                }
                if contact.blocked_at.is_some() && !was_blocked {
                    sessions::end_all(tx, contact.id)?;
                }
                contacts::contact(tx, contact.id)
            })
            .await
    }
}

/// A contact of whom this agent sees a conversation; everybody else is not found.
pub(super) fn in_sight(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<Contact> {
    let contact = contacts::find(tx, uuid)?.ok_or_else(|| Error::not_found("contact"))?;
    sight::check_contact(tx, agent, contact.id)?;
    Ok(contact)
}
