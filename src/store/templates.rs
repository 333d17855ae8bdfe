//! Words of the house for its mails, in place of the stock ones.

use super::sight::sight;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, InboxId, Uuid};
use crate::base::limits;
use rusqlite::{Row, params};

/// The words of one kind of mail, under a name, in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub uuid: Uuid,
    /// The word of `model/letter.rs`; one of a newer version stays here unread.
    pub kind: String,
    /// "" = what every inbox uses that chose no other.
    pub name: String,
    /// "" = every language without words of its own.
    pub locale: String,
    pub subject: String,
    pub body: String,
    pub updated_at: Millis,
}

/// All of them, in an order that people find things in.
pub fn all(tx: &ReadTx) -> Result<Vec<Template>> {
    tx.all(
        "SELECT uuid, kind, name, locale, subject, body, updated_at FROM mail_templates ORDER BY kind, name COLLATE NOCASE, locale LIMIT ?1",
        [limits::MAIL_TEMPLATES_MAX],
        read,
    )
}

/// Those of one kind.
pub fn of_kind(tx: &ReadTx, kind: &str) -> Result<Vec<Template>> {
    tx.all(
        "SELECT uuid, kind, name, locale, subject, body, updated_at FROM mail_templates WHERE kind = ?1 LIMIT ?2",
        params![kind, limits::MAIL_TEMPLATES_MAX],
        read,
    )
}

/// The one with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Template>> {
    tx.one("SELECT uuid, kind, name, locale, subject, body, updated_at FROM mail_templates WHERE uuid = ?1", [uuid], read)
}

/// How many there are.
pub fn count(tx: &ReadTx) -> Result<u32> {
    Ok(tx.one("SELECT count(*) FROM mail_templates", [], |row| row.get(0))?.unwrap_or(0))
}

/// Stores words, in place of those of the same kind, name and language.
pub fn put(tx: &WriteTx, kind: &str, name: &str, locale: &str, subject: &str, body: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO mail_templates (uuid, kind, name, locale, subject, body, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
         ON CONFLICT (kind, name, locale) DO UPDATE SET subject = excluded.subject, body = excluded.body, updated_at = excluded.updated_at",
        params![Uuid::new(), kind, name, locale, subject, body, tx.now],
    )?;
    Ok(())
}

/// Removes words: the stock ones are back.
pub fn delete(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM mail_templates WHERE uuid = ?1", [uuid])?;
    Ok(())
}

/// The name of the template that an inbox chose for a kind of mail; "" = none.
pub fn chosen(tx: &ReadTx, inbox: InboxId, kind: &str) -> Result<String> {
    let found = tx.one(
        "SELECT each.value FROM inboxes, json_each(inboxes.config, '$.continuity.templates') AS each WHERE inboxes.id = ?1 AND each.key = ?2",
        params![inbox, kind],
        |row| row.get::<_, Option<String>>(0),
    )?;
    Ok(found.flatten().unwrap_or_default())
}

/// The conversation with the newest public message that an agent sees: what a preview shows.
pub fn recent(tx: &ReadTx, agent: AgentId) -> Result<Option<ConversationId>> {
    let sql = concat!(
        "SELECT c.id FROM conversations c WHERE c.last_message_id IS NOT NULL AND c.quarantine IS NULL AND ",
        sight!(),
        " ORDER BY c.last_message_at DESC LIMIT 1"
    );
    tx.one(sql, [agent], |row| row.get(0))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Template> {
    Ok(Template {
        uuid: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        locale: row.get(3)?,
        subject: row.get(4)?,
        body: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
