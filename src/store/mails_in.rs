//! Mail that came: remembered by its Message-ID, so that the same mail is one, whichever way and however often it comes. And what is known
//! of the addresses behind it.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ContactId, ConversationId, InboxId, MailboxId, MessageId, Uuid};
use crate::base::limits;
use crate::model::contact::MailTrouble;
use rusqlite::{Row, params};

/// A mail that came, about to be remembered.
#[derive(Debug, Clone, Copy)]
pub struct NewMail<'a> {
    pub message_id: &'a str,
    /// `message`, `bounce`, `complaint` or `ignored`.
    pub kind: &'static str,
    pub mailbox: MailboxId,
    pub conversation: Option<ConversationId>,
    pub contact: Option<ContactId>,
    pub agent: Option<AgentId>,
    /// Who wrote it, in lower case.
    pub address: &'a str,
    pub subject: &'a str,
    /// Why it became no message.
    pub reason: &'a str,
}

/// A mail that somebody answers, or that came back.
#[derive(Debug, Clone)]
pub struct Original {
    pub id: i64,
    pub is_out: bool,
    pub kind: String,
    pub conversation: Option<ConversationId>,
    pub contact: Option<ContactId>,
    pub agent: Option<AgentId>,
    /// The other side.
    pub address: String,
    pub state: String,
}

/// Whether this mail was here before.
pub fn is_known(tx: &ReadTx, message_id: &str) -> Result<bool> {
    let found = tx.one("SELECT 1 FROM mails WHERE direction = 'in' AND message_id = ?1", [message_id], |_| Ok(()))?;
    Ok(found.is_some())
}

/// Remembers a mail that came.
pub fn insert(tx: &WriteTx, new: NewMail<'_>) -> Result<i64> {
    tx.insert(
        "INSERT INTO mails (message_id, direction, kind, mailbox_id, conversation_id, contact_id, agent_id, address, subject, state, error, created_at)
         VALUES (?1, 'in', ?2, (SELECT id FROM mailboxes WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, 'received', ?9, ?10)",
        params![
            new.message_id,
            new.kind,
            new.mailbox,
            new.conversation,
            new.contact,
            new.agent,
            new.address,
            new.subject,
            new.reason,
            tx.now
        ],
    )
}

/// Notes that a mail is this message.
pub fn carry(tx: &WriteTx, mail: i64, message: MessageId) -> Result<()> {
    tx.exec("INSERT OR IGNORE INTO mail_messages (mail_id, message_id) VALUES (?1, ?2)", params![mail, message])?;
    Ok(())
}

/// Keeps what a message does not show at once.
pub fn put_rest(tx: &WriteTx, message: MessageId, quoted: &str, signature: &str) -> Result<()> {
    tx.exec("INSERT INTO mail_rests (message_id, quoted, signature) VALUES (?1, ?2, ?3)", params![message, quoted, signature])?;
    Ok(())
}

/// Quoted text and signature of a message of this conversation.
pub fn rest(tx: &ReadTx, conversation: ConversationId, message: Uuid) -> Result<Option<(String, String)>> {
    tx.one(
        "SELECT r.quoted, r.signature FROM messages m JOIN mail_rests r ON r.message_id = m.id WHERE m.uuid = ?1 AND m.conversation_id = ?2",
        params![message, conversation],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The mail with this Message-ID, ours before theirs.
pub fn original(tx: &ReadTx, message_id: &str) -> Result<Option<Original>> {
    tx.one(
        "SELECT id, direction, kind, conversation_id, contact_id, agent_id, address, state FROM mails
         WHERE message_id = ?1 AND direction IN ('out', 'in') ORDER BY direction DESC LIMIT 1",
        [message_id],
        original_row,
    )
}

/// A mail of ours by its row.
pub fn original_by_row(tx: &ReadTx, id: i64) -> Result<Option<Original>> {
    tx.one(
        "SELECT id, direction, kind, conversation_id, contact_id, agent_id, address, state FROM mails WHERE id = ?1 AND direction = 'out'",
        [id],
        original_row,
    )
}

fn original_row(row: &Row<'_>) -> rusqlite::Result<Original> {
    Ok(Original {
        id: row.get(0)?,
        is_out: row.get::<_, String>(1)? == "out",
        kind: row.get(2)?,
        conversation: row.get(3)?,
        contact: row.get(4)?,
        agent: row.get(5)?,
        address: row.get(6)?,
        state: row.get(7)?,
    })
}

/// Notes that a mail of ours came back.
pub fn came_back(tx: &WriteTx, mail: i64, reason: &str) -> Result<()> {
    tx.exec("UPDATE mails SET state = 'bounced', error = ?2 WHERE id = ?1 AND direction = 'out'", params![mail, reason])?;
    Ok(())
}

/// The messages that a mail carries.
pub fn carried(tx: &ReadTx, mail: i64) -> Result<Vec<MessageId>> {
    tx.all("SELECT message_id FROM mail_messages WHERE mail_id = ?1 ORDER BY message_id LIMIT 200", [mail], |row| row.get(0))
}

/// The public id of the conversation with this number.
pub fn conversation_uuid(tx: &ReadTx, number: i64) -> Result<Option<Uuid>> {
    tx.one("SELECT uuid FROM conversations WHERE id = ?1", [number], |row| row.get(0))
}

/// What a conversation's mails are about; the first one says it.
pub fn set_subject(tx: &WriteTx, conversation: ConversationId, subject: &str) -> Result<()> {
    tx.exec("UPDATE conversations SET subject = ?2 WHERE id = ?1 AND subject = ''", params![conversation, subject])?;
    Ok(())
}

/// Whether an address is one of our own mailboxes: what comes from there is our own voice.
pub fn is_own(tx: &ReadTx, address: &str) -> Result<bool> {
    let found = tx.one("SELECT 1 FROM mailboxes WHERE lower(json_extract(config, '$.address')) = ?1 LIMIT 1", [address], |_| Ok(()))?;
    Ok(found.is_some())
}

/// Who has this address, as far as it was proved, or among those who only ever wrote to this mailbox. A merged, erased or blocked contact
/// is nobody's.
pub fn writer(tx: &ReadTx, inbox: InboxId, address: &str, proved: bool) -> Result<Option<ContactId>> {
    tx.one(
        "SELECT c.id FROM contacts c WHERE lower(c.email) = ?2 AND c.merged_into IS NULL AND c.blocked_at IS NULL
           AND ((?3 AND c.email_verified = 1 AND c.kind = 'contact')
             OR (c.email_verified = 0 AND EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND v.inbox_id = ?1)
                 AND NOT EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND v.inbox_id <> ?1)
                 AND NOT EXISTS (SELECT 1 FROM messages m JOIN conversations v ON v.id = m.conversation_id WHERE v.contact_id = c.id
                                   AND json_extract(m.meta, '$.mail.flag') = 'forged')))
         ORDER BY c.email_verified DESC, c.id LIMIT 1",
        params![inbox, address, proved],
        |row| row.get(0),
    )
}

/// Conversations in this inbox into which an address has written since, by mail.
pub fn written_since(tx: &ReadTx, inbox: InboxId, address: &str, since: Millis) -> Result<i64> {
    let count = tx.one(
        "SELECT count(DISTINCT m.conversation_id) FROM mails m JOIN conversations c ON c.id = m.conversation_id
         WHERE m.address = ?2 AND m.created_at > ?3 AND m.direction = 'in' AND m.kind = 'message' AND c.inbox_id = ?1",
        params![inbox, address, since],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Conversations of a contact in this inbox that began since.
pub fn begun_by(tx: &ReadTx, inbox: InboxId, contact: ContactId, since: Millis) -> Result<i64> {
    let count = tx.one(
        "SELECT count(*) FROM conversations WHERE contact_id = ?2 AND inbox_id = ?1 AND created_at > ?3",
        params![inbox, contact, since],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Conversations that mail began in this inbox since.
pub fn begun_since(tx: &ReadTx, inbox: InboxId, since: Millis) -> Result<i64> {
    let count =
        tx.one("SELECT count(*) FROM conversations WHERE inbox_id = ?1 AND created_at > ?2", params![inbox, since], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// Mails of one kind that came into a conversation since.
pub fn came_since(tx: &ReadTx, conversation: ConversationId, kind: &str, since: Millis) -> Result<i64> {
    let count = tx.one(
        "SELECT count(*) FROM mails WHERE conversation_id = ?1 AND direction = 'in' AND kind = ?2 AND created_at > ?3",
        params![conversation, kind, since],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// The conversation of a contact in this inbox to which something was added last.
pub fn newest(tx: &ReadTx, inbox: InboxId, contact: ContactId) -> Result<Option<ConversationId>> {
    tx.one(
        "SELECT id FROM conversations WHERE contact_id = ?2 AND inbox_id = ?1 ORDER BY last_seq DESC LIMIT 1",
        params![inbox, contact],
        |row| row.get(0),
    )
}

/// Whether the last thing said outside was said by no person: the house itself answered.
pub fn answered_by_itself(tx: &ReadTx, conversation: ConversationId) -> Result<bool> {
    let found = tx.one(
        "SELECT kind = 'outgoing' AND agent_id IS NULL FROM messages WHERE conversation_id = ?1 AND kind IN ('incoming', 'outgoing')
         ORDER BY seq DESC LIMIT 1",
        [conversation],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or(false))
}

/// Forgets a few mails that became no message, long after they came; the number forgotten.
pub fn prune(tx: &WriteTx) -> Result<usize> {
    tx.exec(
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE created_at < ?1 AND direction = 'in' AND kind <> 'message' LIMIT 500)",
        [tx.now - limits::MAIL_NOISE_KEPT.as_millis() as i64],
    )
}

/// What is known against an address.
pub fn trouble(tx: &ReadTx, address: &str) -> Result<Option<MailTrouble>> {
    tx.one("SELECT bounced_at, complained_at, reason FROM mail_addresses WHERE address = ?1", [address], |row| {
        Ok(MailTrouble { bounced_at: row.get(0)?, complained_at: row.get(1)?, reason: row.get(2)? })
    })
}

/// Mail to this address comes back.
pub fn mark_bounced(tx: &WriteTx, address: &str, reason: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO mail_addresses (address, bounced_at, reason) VALUES (?1, ?2, ?3)
         ON CONFLICT (address) DO UPDATE SET bounced_at = excluded.bounced_at, reason = excluded.reason",
        params![address, tx.now, reason],
    )?;
    Ok(())
}

/// The owner of this address called a mail of ours unwanted.
pub fn mark_complained(tx: &WriteTx, address: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO mail_addresses (address, complained_at) VALUES (?1, ?2) ON CONFLICT (address) DO UPDATE SET complained_at = excluded.complained_at",
        params![address, tx.now],
    )?;
    Ok(())
}

/// Forgets that mail to this address came back; with `all` also that its owner complained. Whether there was anything to forget.
pub fn clear(tx: &WriteTx, address: &str, all: bool) -> Result<bool> {
    let bounced =
        tx.exec("UPDATE mail_addresses SET bounced_at = NULL, reason = '' WHERE address = ?1 AND bounced_at IS NOT NULL", [address])?;
    let complained = match all {
        true => tx.exec("UPDATE mail_addresses SET complained_at = NULL WHERE address = ?1 AND complained_at IS NOT NULL", [address])?,
        false => 0,
    };
    tx.exec("DELETE FROM mail_addresses WHERE address = ?1 AND bounced_at IS NULL AND complained_at IS NULL", [address])?;
    Ok(bounced + complained > 0)
}

/// Whom a change of an address concerns: contacts that have it, a few.
pub fn contacts_of(tx: &ReadTx, address: &str) -> Result<Vec<ContactId>> {
    tx.all("SELECT id FROM contacts WHERE lower(email) = ?1 AND merged_into IS NULL LIMIT 20", [address], |row| row.get(0))
}
