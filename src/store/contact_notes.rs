//! What agents wrote down about people outside.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentRef;
use crate::model::contact::ContactNote;
use rusqlite::{Row, params};

macro_rules! note_select {
    ($tail:literal) => {
        concat!(
            "SELECT n.uuid, n.text, n.created_at, n.edited_at, a.id, a.uuid, a.first_name, a.last_name, a.availability
             FROM contact_notes n LEFT JOIN agents a ON a.id = n.agent_id ",
            $tail
        )
    };
}

/// Notes about a contact, newest first.
pub fn of(tx: &ReadTx, contact: ContactId) -> Result<Vec<ContactNote>> {
    tx.all(note_select!("WHERE n.contact_id = ?1 ORDER BY n.id DESC LIMIT ?2"), params![contact, limits::CONTACT_NOTES_MAX], read)
}

/// One note about this very contact.
pub fn find(tx: &ReadTx, contact: ContactId, uuid: Uuid) -> Result<ContactNote> {
    tx.one(note_select!("WHERE n.contact_id = ?1 AND n.uuid = ?2"), params![contact, uuid], read)?.ok_or_else(|| Error::not_found("note"))
}

/// The oldest note about a contact.
pub fn first(tx: &ReadTx, contact: ContactId) -> Result<Option<ContactNote>> {
    tx.one(note_select!("WHERE n.contact_id = ?1 ORDER BY n.id LIMIT 1"), [contact], read)
}

/// How many there are.
pub fn count(tx: &ReadTx, contact: ContactId) -> Result<i64> {
    Ok(tx.one("SELECT count(*) FROM contact_notes WHERE contact_id = ?1", [contact], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new note.
pub fn insert(tx: &WriteTx, contact: ContactId, agent: AgentId, text: &str) -> Result<Uuid> {
    let uuid = Uuid::new();
    tx.insert(
        "INSERT INTO contact_notes (uuid, contact_id, agent_id, text, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![uuid, contact, agent, text, tx.now],
    )?;
    Ok(uuid)
}

/// Replaces the words of a note.
pub fn update(tx: &WriteTx, uuid: Uuid, text: &str) -> Result<()> {
    tx.exec("UPDATE contact_notes SET text = ?2, edited_at = ?3 WHERE uuid = ?1", params![uuid, text, tx.now])?;
    Ok(())
}

/// Removes a note.
pub fn delete(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM contact_notes WHERE uuid = ?1", [uuid])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ContactNote> {
    let author = match row.get::<_, Option<AgentId>>(4)? {
        Some(id) => Some(AgentRef { id, uuid: row.get(5)?, first_name: row.get(6)?, last_name: row.get(7)?, availability: row.get(8)? }),
        None => None,
    };
    Ok(ContactNote { uuid: row.get(0)?, text: row.get(1)?, created_at: row.get(2)?, edited_at: row.get(3)?, author })
}
