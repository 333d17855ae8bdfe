//! Statuses of the house's own.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{ConversationId, Uuid};
use crate::base::limits;
use crate::model::event::{Tool, Topic, What};
use crate::model::status::CustomStatus;
use rusqlite::{Row, params};

/// All of them, as menus show them.
pub fn all(tx: &ReadTx) -> Result<Vec<CustomStatus>> {
    tx.all("SELECT uuid, name, category, position FROM statuses ORDER BY position, id LIMIT ?1", [limits::STATUSES_MAX], read)
}

/// The status with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<CustomStatus>> {
    tx.one("SELECT uuid, name, category, position FROM statuses WHERE uuid = ?1", [uuid], read)
}

/// The status of this name, whatever its letters' case.
pub fn named(tx: &ReadTx, name: &str) -> Result<Option<CustomStatus>> {
    tx.one("SELECT uuid, name, category, position FROM statuses WHERE name = ?1", [name], read)
}

/// Which one a conversation has.
pub fn of(tx: &ReadTx, conversation: ConversationId) -> Result<Option<CustomStatus>> {
    tx.one(
        "SELECT s.uuid, s.name, s.category, s.position FROM conversations c JOIN statuses s ON s.id = c.status_id WHERE c.id = ?1",
        [conversation],
        read,
    )
}

/// Stores a new status.
pub fn insert(tx: &WriteTx, status: &CustomStatus) -> Result<()> {
    tx.insert(
        "INSERT INTO statuses (uuid, name, category, position) VALUES (?1, ?2, ?3, ?4)",
        params![status.uuid, status.name, status.category, status.position],
    )?;
    announce(tx, status.uuid);
    Ok(())
}

/// Writes name and place. The category stays: conversations that have it would silently stand elsewhere.
pub fn update(tx: &WriteTx, status: &CustomStatus) -> Result<()> {
    tx.exec("UPDATE statuses SET name = ?2, position = ?3 WHERE uuid = ?1", params![status.uuid, status.name, status.position])?;
    announce(tx, status.uuid);
    Ok(())
}

/// Lets some conversations fall back to the plain category; how many. Call it until it is fewer than `limits::TEAM_DETACH_BATCH`.
pub fn detach(tx: &WriteTx, uuid: Uuid) -> Result<usize> {
    tx.exec(
        "UPDATE conversations SET status_id = NULL WHERE id IN (
             SELECT id FROM conversations WHERE status_id = (SELECT id FROM statuses WHERE uuid = ?1) LIMIT ?2)",
        params![uuid, limits::TEAM_DETACH_BATCH],
    )
}

/// Removes a status that no conversation has.
pub fn delete(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM statuses WHERE uuid = ?1", [uuid])?;
    announce(tx, uuid);
    Ok(())
}

/// Gives a conversation this status, or the plain category.
pub fn set(tx: &WriteTx, conversation: ConversationId, status: Option<Uuid>) -> Result<()> {
    tx.exec("UPDATE conversations SET status_id = (SELECT id FROM statuses WHERE uuid = ?2) WHERE id = ?1", params![conversation, status])?;
    Ok(())
}

fn announce(tx: &WriteTx, uuid: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::ToolChanged { tool: Tool::Status, uuid });
}

fn read(row: &Row<'_>) -> rusqlite::Result<CustomStatus> {
    Ok(CustomStatus { uuid: row.get(0)?, name: row.get(1)?, category: row.get(2)?, position: row.get(3)? })
}
