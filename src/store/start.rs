//! How far the first run has come, under one key, and when an inbox was first called from its site.

use super::settings;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, Uuid};
use crate::model::event::{Topic, What};
use crate::model::start::Start;
use rusqlite::params;

const KEY: &str = "start";

/// What is remembered; `None` when nobody began.
pub fn find(tx: &ReadTx) -> Result<Option<Start>> {
    settings::find(tx, KEY)?.map(|json| serde_json::from_str(&json).map_err(Error::internal)).transpose()
}

/// Remembers how far it is.
pub fn put(tx: &WriteTx, start: &Start) -> Result<()> {
    settings::put(tx, KEY, &serde_json::to_string(start).map_err(Error::internal)?)
}

/// An inbox was called from a site. Agents hear of it; visitors have nothing to fetch.
pub fn set_called(tx: &WriteTx, inbox: InboxId, uuid: Uuid, from: &str) -> Result<()> {
    tx.exec("UPDATE inboxes SET called_at = ?2, called_from = ?3 WHERE id = ?1", params![inbox, tx.now, from])?;
    tx.announce_ephemeral(vec![Topic::Agents], What::InboxChanged { inbox: uuid });
    Ok(())
}

/// When anything was written into an inbox for the first time.
pub fn first_message_at(tx: &ReadTx, inbox: InboxId) -> Result<Option<Millis>> {
    Ok(tx.one("SELECT min(created_at) FROM conversations WHERE inbox_id = ?1", [inbox], |row| row.get(0))?.flatten())
}
