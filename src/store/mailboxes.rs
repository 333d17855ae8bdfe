//! Mailboxes: inboxes whose channel is mail, how their servers are reached, how they went lately and how far they were read.

use super::events::{self, Subject};
use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, MailboxId, Uuid};
use crate::base::limits;
use crate::model::event::{Topic, What};
use crate::model::inbox::InboxConfig;
use crate::model::mailbox::{Direction, Health, Mailbox, MailboxConfig};
use rusqlite::{Row, params};

macro_rules! mailbox_select {
    ($tail:expr) => {
        concat!(
            "SELECT m.id, m.inbox_id, i.uuid, i.name, i.enabled, m.is_default, m.config, m.smtp_password IS NOT NULL, m.imap_password IS NOT NULL,
                    m.in_worked_at, m.in_failing_since, m.in_error, m.out_worked_at, m.out_failing_since, m.out_error
             FROM mailboxes m JOIN inboxes i ON i.id = m.inbox_id ",
            $tail
        )
    };
}

/// All mailboxes, oldest first.
pub fn all(tx: &ReadTx) -> Result<Vec<Mailbox>> {
    tx.all(mailbox_select!("ORDER BY m.id LIMIT ?1"), [limits::MAILBOXES_MAX], mailbox_row)?.into_iter().collect()
}

/// The mailbox with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Mailbox>> {
    tx.one(mailbox_select!("WHERE i.uuid = ?1"), [uuid], mailbox_row)?.transpose()
}

/// The mailbox of a row number, if it is still there.
pub fn by_id(tx: &ReadTx, id: MailboxId) -> Result<Option<Mailbox>> {
    tx.one(mailbox_select!("WHERE m.id = ?1"), [id], mailbox_row)?.transpose()
}

/// The mailbox of an inbox of that kind.
pub fn of_inbox(tx: &ReadTx, inbox: InboxId) -> Result<Option<Mailbox>> {
    tx.one(mailbox_select!("WHERE m.inbox_id = ?1"), [inbox], mailbox_row)?.transpose()
}

/// The mailbox with this address, in any case of letters.
pub fn by_address(tx: &ReadTx, address: &str) -> Result<Option<Mailbox>> {
    let sql = mailbox_select!("WHERE lower(json_extract(m.config, '$.address')) = lower(?1) ORDER BY m.id LIMIT 1");
    tx.one(sql, [address], mailbox_row)?.transpose()
}

/// Which mailbox sends what is said for an inbox: its own (of a mailbox), the one it is linked to, else the default one. Only one that is
/// switched on and can send. None as inbox: the house speaks, by the default one.
pub fn sending_for(tx: &ReadTx, inbox: Option<InboxId>) -> Result<Option<Mailbox>> {
    tx.one(
        mailbox_select!(
            "WHERE i.enabled AND json_extract(m.config, '$.smtp.host') <> '' AND (m.is_default OR m.inbox_id = ?1 OR i.uuid =
                (SELECT json_extract(config, '$.continuity.mailbox') FROM inboxes WHERE id = ?1))
             ORDER BY m.inbox_id = ?1 DESC, m.is_default LIMIT 1"
        ),
        [inbox],
        mailbox_row,
    )?
    .transpose()
}

/// Whether any mail can leave without a mailbox being named.
pub fn can_send(tx: &ReadTx) -> Result<bool> {
    Ok(sending_for(tx, None)?.is_some())
}

/// The chat inboxes that are linked to a mailbox.
pub fn linked(tx: &ReadTx, mailbox: Uuid) -> Result<Vec<(InboxId, Uuid)>> {
    tx.all(
        "SELECT id, uuid FROM inboxes WHERE kind = 'chat' AND json_extract(config, '$.continuity.mailbox') = ?1 ORDER BY id LIMIT 500",
        [mailbox],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Whether a conversation ever began in a mailbox's inbox.
pub fn was_used(tx: &ReadTx, inbox: InboxId) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM conversations WHERE inbox_id = ?1 LIMIT 1", [inbox], |_| Ok(()))?.is_some())
}

/// Stores a new mailbox with its inbox. The first one is the default.
pub fn insert(tx: &WriteTx, name: &str, enabled: bool, config: &MailboxConfig) -> Result<Mailbox> {
    let uuid = Uuid::new();
    let inbox = InboxId(tx.insert(
        "INSERT INTO inboxes (uuid, kind, name, enabled, config, created_at, updated_at) VALUES (?1, 'mailbox', ?2, ?3, ?4, ?5, ?5)",
        params![uuid, name, enabled, inbox_config(name)?, tx.now],
    )?);
    tx.exec(
        "INSERT INTO mailboxes (inbox_id, is_default, config) VALUES (?1, NOT EXISTS (SELECT 1 FROM mailboxes WHERE is_default), ?2)",
        params![inbox, json(config)?],
    )?;
    announce(tx, inbox, uuid)?;
    of_inbox(tx, inbox)?.ok_or_else(|| Error::not_found("mailbox"))
}

/// Stores changed settings. Of another server or folder nobody knows how far it was read.
pub fn update(tx: &WriteTx, before: &Mailbox, name: &str, enabled: bool, config: &MailboxConfig) -> Result<()> {
    tx.exec(
        "UPDATE inboxes SET name = ?2, enabled = ?3, config = ?4, updated_at = ?5 WHERE id = ?1 AND kind = 'mailbox'",
        params![before.inbox, name, enabled, inbox_config(name)?, tx.now],
    )?;
    tx.exec("UPDATE mailboxes SET config = ?2 WHERE id = ?1", params![before.id, json(config)?])?;
    let (old, new) = (&before.config.incoming, &config.incoming);
    if (&old.imap.host, &old.imap.user, &old.folder) != (&new.imap.host, &new.imap.user, &new.folder) {
        put_position(tx, before.id, None)?;
    }
    announce(tx, before.inbox, before.uuid)
}

/// Makes this one the default.
pub fn make_default(tx: &WriteTx, id: MailboxId) -> Result<()> {
    tx.exec("UPDATE mailboxes SET is_default = 0 WHERE is_default = 1 AND id <> ?1", [id])?;
    tx.exec("UPDATE mailboxes SET is_default = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// Removes a mailbox whose inbox holds nothing; another one becomes the default if it was that.
pub fn delete(tx: &WriteTx, mailbox: &Mailbox) -> Result<()> {
    tx.exec("DELETE FROM inboxes WHERE id = ?1 AND kind = 'mailbox'", [mailbox.inbox])?;
    tx.exec(
        "UPDATE mailboxes SET is_default = 1 WHERE id = (SELECT min(id) FROM mailboxes) AND NOT EXISTS (SELECT 1 FROM mailboxes WHERE is_default)",
        [],
    )?;
    events::gone(tx, What::InboxChanged { inbox: mailbox.uuid })
}

/// The sealed password of one direction.
pub fn password(tx: &ReadTx, id: MailboxId, direction: Direction) -> Result<Option<Vec<u8>>> {
    let sql = match direction {
        Direction::In => "SELECT imap_password FROM mailboxes WHERE id = ?1",
        Direction::Out => "SELECT smtp_password FROM mailboxes WHERE id = ?1",
    };
    Ok(tx.one(sql, [id], |row| row.get(0))?.flatten())
}

/// Keeps a sealed password; None forgets it.
pub fn put_password(tx: &WriteTx, id: MailboxId, direction: Direction, sealed: Option<&[u8]>) -> Result<()> {
    let sql = match direction {
        Direction::In => "UPDATE mailboxes SET imap_password = ?2 WHERE id = ?1",
        Direction::Out => "UPDATE mailboxes SET smtp_password = ?2 WHERE id = ?1",
    };
    tx.exec(sql, params![id, sealed])?;
    Ok(())
}

/// A direction worked. Agents are told when it had failed before.
pub fn worked(tx: &WriteTx, id: MailboxId, direction: Direction) -> Result<()> {
    let Some(mailbox) = by_id(tx, id)? else { return Ok(()) };
    let sql = match direction {
        Direction::In => "UPDATE mailboxes SET in_worked_at = ?2, in_failing_since = NULL, in_error = '' WHERE id = ?1",
        Direction::Out => "UPDATE mailboxes SET out_worked_at = ?2, out_failing_since = NULL, out_error = '' WHERE id = ?1",
    };
    tx.exec(sql, params![id, tx.now])?;
    match mailbox.health(direction).failing_since {
        Some(_) => announce(tx, mailbox.inbox, mailbox.uuid),
        None => Ok(()),
    }
}

/// A direction failed, and why: a sentence for people. Since when stays what it was until it works.
pub fn failing(tx: &WriteTx, id: MailboxId, direction: Direction, error: &str) -> Result<()> {
    let Some(mailbox) = by_id(tx, id)? else { return Ok(()) };
    let error: String = error.chars().take(limits::MAIL_ERROR_CHARS_MAX).collect();
    let sql = match direction {
        Direction::In => "UPDATE mailboxes SET in_failing_since = coalesce(in_failing_since, ?2), in_error = ?3 WHERE id = ?1",
        Direction::Out => "UPDATE mailboxes SET out_failing_since = coalesce(out_failing_since, ?2), out_error = ?3 WHERE id = ?1",
    };
    tx.exec(sql, params![id, tx.now, error])?;
    match mailbox.health(direction).failing_since {
        None => announce(tx, mailbox.inbox, mailbox.uuid),
        Some(_) => Ok(()),
    }
}

/// Its settings changed: what it failed with is over until it fails again.
pub fn forget_failures(tx: &WriteTx, id: MailboxId) -> Result<()> {
    tx.exec("UPDATE mailboxes SET in_failing_since = NULL, in_error = '', out_failing_since = NULL, out_error = '' WHERE id = ?1", [id])?;
    Ok(())
}

/// How far its folder was read: UIDVALIDITY and the next UID; None = never.
pub fn position(tx: &ReadTx, id: MailboxId) -> Result<Option<(u32, u32)>> {
    let both = tx.one("SELECT uid_validity, uid_next FROM mailboxes WHERE id = ?1", [id], |row| {
        Ok((row.get::<_, Option<u32>>(0)?, row.get::<_, Option<u32>>(1)?))
    })?;
    Ok(both.and_then(|(validity, next)| validity.zip(next)))
}

/// Notes how far its folder was read.
pub fn put_position(tx: &WriteTx, id: MailboxId, position: Option<(u32, u32)>) -> Result<()> {
    let (validity, next) = position.unzip();
    tx.exec("UPDATE mailboxes SET uid_validity = ?2, uid_next = ?3 WHERE id = ?1", params![id, validity, next])?;
    Ok(())
}

fn announce(tx: &WriteTx, inbox: InboxId, uuid: Uuid) -> Result<()> {
    events::append(tx, Subject::Inbox(inbox), vec![Topic::Agents, Topic::Inbox(inbox)], What::InboxChanged { inbox: uuid })?;
    Ok(())
}

/// What whoever asks for the brand and the rules of a conversation's inbox finds: the usual ones, under the mailbox's name.
fn inbox_config(name: &str) -> Result<String> {
    let config = InboxConfig { brand_name: name.to_owned(), ..InboxConfig::default() };
    serde_json::to_string(&config).map_err(Error::internal)
}

fn json(config: &MailboxConfig) -> Result<String> {
    serde_json::to_string(config).map_err(Error::internal)
}

fn mailbox_row(row: &Row<'_>) -> rusqlite::Result<Result<Mailbox>> {
    let config: String = row.get(6)?;
    let config = match serde_json::from_str::<MailboxConfig>(&config) {
        Ok(config) => config,
        Err(cause) => return Ok(Err(Error::internal(cause))),
    };
    Ok(Ok(Mailbox {
        id: row.get(0)?,
        inbox: row.get(1)?,
        uuid: row.get(2)?,
        name: row.get(3)?,
        enabled: row.get(4)?,
        is_default: row.get(5)?,
        config,
        has_smtp_password: row.get(7)?,
        has_imap_password: row.get(8)?,
        incoming: Health { worked_at: row.get(9)?, failing_since: row.get(10)?, error: row.get(11)? },
        outgoing: Health { worked_at: row.get(12)?, failing_since: row.get(13)?, error: row.get(14)? },
    }))
}
