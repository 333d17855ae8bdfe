//! Inboxes and their settings.

use super::events::{self, Subject};
use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, Uuid};
use crate::base::secret::Secret;
use crate::model::event::{Topic, What};
use crate::model::inbox::{Access, Inbox, InboxConfig};
use rusqlite::{Row, params};

/// The chat inbox with this public id, enabled or not. A mailbox is none: no visitor comes in by it, and it has no settings of a chat.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Inbox>> {
    tx.one(
        "SELECT id, uuid, name, enabled, secret, config, created_at, updated_at, called_at, called_from FROM inboxes WHERE uuid = ?1 AND kind = 'chat'",
        [uuid],
        inbox,
    )?
    .transpose()
}

/// The inbox of a row number that is known to exist.
pub fn inbox_of(tx: &ReadTx, id: InboxId) -> Result<Inbox> {
    tx.one(
        "SELECT id, uuid, name, enabled, secret, config, created_at, updated_at, called_at, called_from FROM inboxes WHERE id = ?1",
        [id],
        inbox,
    )?
    .transpose()?
    .ok_or_else(|| Error::not_found("inbox"))
}

/// The public id of the inbox with this number, which other systems' embed codes carry instead.
pub fn uuid_of_number(tx: &ReadTx, number: i64) -> Result<Option<Uuid>> {
    tx.one("SELECT uuid FROM inboxes WHERE id = ?1 AND kind = 'chat'", [number], |row| row.get(0))
}

/// All inboxes, oldest first. There are few: each is a site.
pub fn all(tx: &ReadTx) -> Result<Vec<Inbox>> {
    tx.all(
        "SELECT id, uuid, name, enabled, secret, config, created_at, updated_at, called_at, called_from FROM inboxes WHERE kind = 'chat' ORDER BY id LIMIT 500",
        [],
        inbox,
    )?
    .into_iter()
    .collect()
}

/// Whether there is such a team.
pub fn team_exists(tx: &ReadTx, uuid: Uuid) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM teams WHERE uuid = ?1", [uuid], |_| Ok(()))?.is_some())
}

/// Whether there are such business hours.
pub fn hours_exist(tx: &ReadTx, uuid: Uuid) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM business_hours WHERE uuid = ?1", [uuid], |_| Ok(()))?.is_some())
}

/// Whether there is such a mailbox.
pub fn mailbox_exists(tx: &ReadTx, uuid: Uuid) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM inboxes WHERE uuid = ?1 AND kind = 'mailbox'", [uuid], |_| Ok(()))?.is_some())
}

/// Stores a new inbox.
pub fn insert(tx: &WriteTx, name: &str, config: &InboxConfig) -> Result<Inbox> {
    let uuid = Uuid::new();
    let id = InboxId(tx.insert(
        "INSERT INTO inboxes (uuid, name, config, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
        params![uuid, name, json(config)?, tx.now],
    )?);
    announce(tx, id, uuid)?;
    inbox_of(tx, id)
}

/// Stores changed settings.
pub fn update(tx: &WriteTx, id: InboxId, name: &str, enabled: bool, config: &InboxConfig) -> Result<Inbox> {
    tx.exec(
        "UPDATE inboxes SET name = ?2, enabled = ?3, config = ?4, updated_at = ?5 WHERE id = ?1",
        params![id, name, enabled, json(config)?, tx.now],
    )?;
    let changed = inbox_of(tx, id)?;
    announce(tx, id, changed.uuid)?;
    Ok(changed)
}

/// Replaces the signing secret; `None` makes verification impossible.
pub fn set_secret(tx: &WriteTx, id: InboxId, secret: Option<&Secret>) -> Result<()> {
    tx.exec("UPDATE inboxes SET secret = ?2, updated_at = ?3 WHERE id = ?1", params![id, secret.map(Secret::reveal), tx.now])?;
    announce(tx, id, inbox_of(tx, id)?.uuid)
}

/// Something that belongs to the inbox changed: it counts as edited.
pub fn touch(tx: &WriteTx, id: InboxId) -> Result<()> {
    tx.exec("UPDATE inboxes SET updated_at = ?2 WHERE id = ?1", params![id, tx.now])?;
    announce(tx, id, inbox_of(tx, id)?.uuid)
}

fn announce(tx: &WriteTx, id: InboxId, uuid: Uuid) -> Result<()> {
    events::append(tx, Subject::Inbox(id), vec![Topic::Agents, Topic::Inbox(id)], What::InboxChanged { inbox: uuid })?;
    Ok(())
}

fn json(config: &InboxConfig) -> Result<String> {
    serde_json::to_string(config).map_err(Error::internal)
}

fn inbox(row: &Row<'_>) -> rusqlite::Result<Result<Inbox>> {
    let config: String = row.get(5)?;
    let config = match serde_json::from_str::<InboxConfig>(&config) {
        Ok(config) => config.with_ids(),
        Err(cause) => return Ok(Err(Error::internal(cause))),
    };
    // Lists that cannot be read let nobody in, instead of everybody.
    let access = match Access::of(&config) {
        Ok(access) => access,
        Err(error) => return Ok(Err(Error::internal(error))),
    };
    Ok(Ok(Inbox {
        id: row.get(0)?,
        uuid: row.get(1)?,
        name: row.get(2)?,
        enabled: row.get(3)?,
        secret: row.get::<_, Option<String>>(4)?.filter(|secret| !secret.is_empty()).map(Secret::new),
        config,
        access,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        called_at: row.get(8)?,
        called_from: row.get(9)?,
    }))
}
