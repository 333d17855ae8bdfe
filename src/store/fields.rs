//! Definitions of fields, and what stands in them.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, Uuid};
use crate::base::limits;
use crate::model::event::{Topic, What};
use crate::model::field::{Field, Subject};
use rusqlite::{Row, params};
use serde_json::{Map, Value};

macro_rules! field_select {
    ($tail:literal) => {
        concat!("SELECT uuid, subject, key, name, kind, choices, position FROM attribute_definitions ", $tail)
    };
}

/// All fields in their order. There are few (`limits::FIELDS_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Field>> {
    tx.all(field_select!("ORDER BY subject, position, id LIMIT 1000"), [], read)
}

/// Fields of one subject in their order.
pub fn of(tx: &ReadTx, subject: Subject) -> Result<Vec<Field>> {
    tx.all(field_select!("WHERE subject = ?1 ORDER BY position, id LIMIT 1000"), [subject], read)
}

/// The field with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Field> {
    tx.one(field_select!("WHERE uuid = ?1"), [uuid], read)?.ok_or_else(|| Error::not_found("field"))
}

/// Stores a new field.
pub fn insert(tx: &WriteTx, field: &Field) -> Result<()> {
    let choices = serde_json::to_string(&field.choices).map_err(Error::internal)?;
    tx.insert(
        "INSERT INTO attribute_definitions (uuid, subject, key, name, kind, choices, position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![field.uuid, field.subject, field.key, field.name, field.kind, choices, field.position],
    )?;
    announce(tx, field.uuid);
    Ok(())
}

/// Writes name, choices and place; key, subject and kind stay what they are.
pub fn update(tx: &WriteTx, field: &Field) -> Result<()> {
    let choices = serde_json::to_string(&field.choices).map_err(Error::internal)?;
    tx.exec(
        "UPDATE attribute_definitions SET name = ?2, choices = ?3, position = ?4 WHERE uuid = ?1",
        params![field.uuid, field.name, choices, field.position],
    )?;
    announce(tx, field.uuid);
    Ok(())
}

/// Takes the values of a field out of a few contacts or conversations; how many it were. Called until there are none: others want to
/// write in between.
pub fn empty_some(tx: &WriteTx, field: &Field) -> Result<usize> {
    let path = format!("$.\"{}\"", field.key);
    let given = params![path, limits::TEAM_DETACH_BATCH];
    match field.subject {
        Subject::Contact => tx.exec(
            "UPDATE contacts SET fields = json_remove(fields, ?1) WHERE id IN
                 (SELECT id FROM contacts WHERE fields <> '{}' AND json_type(fields, ?1) IS NOT NULL LIMIT ?2)",
            given,
        ),
        Subject::Conversation => tx.exec(
            "UPDATE conversations SET fields = json_remove(fields, ?1) WHERE id IN
                 (SELECT id FROM conversations WHERE fields <> '{}' AND json_type(fields, ?1) IS NOT NULL LIMIT ?2)",
            given,
        ),
    }
}

/// Removes a field whose values are gone.
pub fn delete(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM attribute_definitions WHERE uuid = ?1", [uuid])?;
    announce(tx, uuid);
    Ok(())
}

/// What stands in the fields of a conversation.
pub fn of_conversation(tx: &ReadTx, id: ConversationId) -> Result<Map<String, Value>> {
    let json: Option<String> = tx.one("SELECT fields FROM conversations WHERE id = ?1", [id], |row| row.get(0))?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// Writes the fields of a contact.
pub fn put_contact(tx: &WriteTx, id: ContactId, fields: &Map<String, Value>) -> Result<()> {
    let json = serde_json::to_string(fields).map_err(Error::internal)?;
    tx.exec("UPDATE contacts SET fields = ?2 WHERE id = ?1", params![id, json])?;
    Ok(())
}

/// Writes the fields of a conversation.
pub fn put_conversation(tx: &WriteTx, id: ConversationId, fields: &Map<String, Value>) -> Result<()> {
    let json = serde_json::to_string(fields).map_err(Error::internal)?;
    tx.exec("UPDATE conversations SET fields = ?2 WHERE id = ?1", params![id, json])?;
    Ok(())
}

fn announce(tx: &WriteTx, field: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::FieldChanged { field });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Field> {
    let choices: String = row.get(5)?;
    Ok(Field {
        uuid: row.get(0)?,
        subject: row.get(1)?,
        key: row.get(2)?,
        name: row.get(3)?,
        kind: row.get(4)?,
        choices: serde_json::from_str(&choices).unwrap_or_default(),
        position: row.get(6)?,
    })
}
