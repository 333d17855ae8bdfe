//! What agents write down about people outside. Everybody inside reads a note; who wrote it may change it.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::{limits, token};
use crate::model::agent::AgentSession;
use crate::model::contact::{Contact, ContactNote};
use crate::store::{WriteTx, audit, contact_notes, contacts};
use serde_json::json;

impl Desk {
    /// Notes about a contact, newest first.
    pub async fn contact_notes(&self, by: &AgentSession, contact: Uuid) -> Result<Vec<ContactNote>> {
        let by = by.agent.id;
        self.store.read(move |tx| contact_notes::of(tx, super::contacts::in_sight(tx, by, contact)?.id)).await
    }

    /// Writes one down.
    pub async fn add_contact_note(&self, by: &AgentSession, contact: Uuid, text: &str) -> Result<Vec<ContactNote>> {
        let (by, text) = (by.agent.id, checked(text)?);
        self.store
            .write(move |tx| {
                let contact = super::contacts::in_sight(tx, by, contact)?;
                add(tx, by, &contact, &text)?;
                told(tx, &contact)
            })
            .await
    }

    /// Changes one's own note.
    pub async fn edit_contact_note(&self, by: &AgentSession, contact: Uuid, note: Uuid, text: &str) -> Result<Vec<ContactNote>> {
        let (by, text, key) = (by.clone(), checked(text)?, self.link_key);
        self.store
            .write(move |tx| {
                let contact = super::contacts::in_sight(tx, by.agent.id, contact)?;
                let before = contact_notes::find(tx, contact.id, note)?;
                own(&by, &before)?;
                if before.text == text {
                    return contact_notes::of(tx, contact.id);
                }
                contact_notes::update(tx, note, &text)?;
                let detail = json!({ "note": note, "before": fingerprint(&key, note, &before.text) });
                audit::append(tx, Some(by.agent.id), "contact.note.edited", &contact.uuid.to_string(), &detail)?;
                told(tx, &contact)
            })
            .await
    }

    /// Deletes one's own note.
    pub async fn delete_contact_note(&self, by: &AgentSession, contact: Uuid, note: Uuid) -> Result<Vec<ContactNote>> {
        let (by, key) = (by.clone(), self.link_key);
        self.store
            .write(move |tx| {
                let contact = super::contacts::in_sight(tx, by.agent.id, contact)?;
                let before = contact_notes::find(tx, contact.id, note)?;
                own(&by, &before)?;
                contact_notes::delete(tx, note)?;
                let detail = json!({ "note": note, "before": fingerprint(&key, note, &before.text) });
                audit::append(tx, Some(by.agent.id), "contact.note.deleted", &contact.uuid.to_string(), &detail)?;
                told(tx, &contact)
            })
            .await
    }
}

/// The one note of before there were several: the oldest. Whoever still writes it so changes that one where it is nobody's or his own,
/// and otherwise adds his.
pub(super) fn put_first(tx: &WriteTx, key: &[u8; 32], by: AgentId, contact: &Contact, text: &str) -> Result<()> {
    let text = text.trim();
    if text.chars().count() > limits::CONTACT_NOTE_CHARS_MAX {
        return Err(too_long().in_field("note"));
    }
    let first = contact_notes::first(tx, contact.id)?;
    let mine = first.filter(|note| note.author.as_ref().is_none_or(|author| author.id == by));
    match mine {
        Some(note) if text.is_empty() => {
            contact_notes::delete(tx, note.uuid)?;
            let detail = json!({ "note": note.uuid, "before": fingerprint(key, note.uuid, &note.text) });
            audit::append(tx, Some(by), "contact.note.deleted", &contact.uuid.to_string(), &detail)
        }
        Some(note) if note.text == text => Ok(()),
        Some(note) => {
            contact_notes::update(tx, note.uuid, text)?;
            let detail = json!({ "note": note.uuid, "before": fingerprint(key, note.uuid, &note.text) });
            audit::append(tx, Some(by), "contact.note.edited", &contact.uuid.to_string(), &detail)
        }
        None if text.is_empty() => Ok(()),
        None => add(tx, by, contact, text),
    }
}

/// What stands in the log for words that were changed or taken away: enough to prove that these were the ones to whoever still has them. Keyed,
/// because few words can be guessed, and the log outlives the person they are about.
pub(super) fn fingerprint(key: &[u8; 32], note: Uuid, words: &str) -> String {
    token::keyed_hash(key, "note", &format!("{note}\n{words}")).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn add(tx: &WriteTx, by: AgentId, contact: &Contact, text: &str) -> Result<()> {
    if contact_notes::count(tx, contact.id)? >= limits::CONTACT_NOTES_MAX {
        let words = format!("There can be {} notes about one person. Please delete one first.", limits::CONTACT_NOTES_MAX);
        return Err(Error::conflict(words));
    }
    let note = contact_notes::insert(tx, contact.id, by, text)?;
    audit::append(tx, Some(by), "contact.note.added", &contact.uuid.to_string(), &json!({ "note": note }))
}

fn told(tx: &WriteTx, contact: &Contact) -> Result<Vec<ContactNote>> {
    contacts::announce(tx, contact.id)?;
    contact_notes::of(tx, contact.id)
}

/// Whoever runs the house may also tidy up; what nobody signed is everybody's.
fn own(by: &AgentSession, note: &ContactNote) -> Result<()> {
    let is_own = note.author.as_ref().is_none_or(|author| author.id == by.agent.id);
    match is_own || by.agent.role.administers() {
        true => Ok(()),
        false => Err(Error::forbidden("Only who wrote a note may change it.")),
    }
}

fn checked(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::invalid("Please write something.").in_field("text")),
        count if count > limits::CONTACT_NOTE_CHARS_MAX => Err(too_long().in_field("text")),
        _ => Ok(text.to_owned()),
    }
}

fn too_long() -> Error {
    Error::invalid(format!("A note has at most {} characters.", limits::CONTACT_NOTE_CHARS_MAX))
}
