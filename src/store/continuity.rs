//! How far a conversation went by mail, each way: what nobody has seen yet, what was covered, which mails came before.

use super::messages;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, MessageId, Seq, Uuid};
use crate::base::limits;
use crate::model::inbox::Continuity;
use crate::model::letter::LetterKind;
use crate::model::mailbox::MailboxConfig;
use crate::model::message::{MailState, Mailing, Message};
use rusqlite::params;
use std::collections::HashMap;

/// How the inbox of a conversation goes on by mail.
pub struct Way {
    /// The inbox is a mailbox: its conversations are held by mail.
    pub is_mailbox: bool,
    pub continuity: Continuity,
}

/// How far a conversation went by mail.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    pub contact_seen_seq: Seq,
    pub agent_seen_seq: Seq,
    pub mailed_seq: Seq,
    pub told_seq: Seq,
    /// When a mail last went, or may have gone.
    pub mailed_at: Option<Millis>,
    pub told_at: Option<Millis>,
}

/// The mails before, of one side.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// Of the first one; empty = there was none.
    pub subject: String,
    /// Without brackets, oldest first, at most `limits::MAIL_REFERENCES_MAX`.
    pub message_ids: Vec<String>,
}

/// How the inbox of this conversation goes on by mail.
pub fn way(tx: &ReadTx, id: ConversationId) -> Result<Way> {
    let (kind, kept): (String, Option<String>) = tx
        .one(
            "SELECT i.kind, json_extract(i.config, '$.continuity') FROM conversations c JOIN inboxes i ON i.id = c.inbox_id WHERE c.id = ?1",
            [id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .ok_or_else(|| Error::not_found("conversation"))?;
    let continuity = kept.map(|json| serde_json::from_str(&json)).transpose().map_err(Error::internal)?.unwrap_or_default();
    Ok(Way { is_mailbox: kind == "mailbox", continuity })
}

/// The mailbox through which a conversation's mails go.
pub struct Through {
    pub config: MailboxConfig,
    /// Switched off, what is to go through it waits.
    pub is_on: bool,
}

/// The mailbox through which a conversation's mails go: its own inbox's when that is one, else the linked one. None = there is none (any more).
pub fn mailbox(tx: &ReadTx, id: ConversationId, linked: &str) -> Result<Option<Through>> {
    let found = tx.one(
        "SELECT m.config, i.enabled FROM mailboxes m JOIN inboxes i ON i.id = m.inbox_id
         WHERE CASE WHEN ?2 = '' THEN i.id = (SELECT inbox_id FROM conversations WHERE id = ?1) ELSE i.uuid = ?2 END",
        params![id, linked],
        |row| Ok((row.get::<_, String>(0)?, row.get(1)?)),
    )?;
    found.map(|(json, is_on)| Ok(Through { config: serde_json::from_str(&json).map_err(Error::internal)?, is_on })).transpose()
}

/// How far a conversation went by mail; None when it is gone.
pub fn standing(tx: &ReadTx, id: ConversationId) -> Result<Option<Standing>> {
    tx.one(
        "SELECT contact_seen_seq, agent_seen_seq, mailed_seq, told_seq, told_at, mailed_at FROM conversations WHERE id = ?1",
        [id],
        |row| {
            Ok(Standing {
                contact_seen_seq: row.get(0)?,
                agent_seen_seq: row.get(1)?,
                mailed_seq: row.get(2)?,
                told_seq: row.get(3)?,
                told_at: row.get(4)?,
                mailed_at: row.get(5)?,
            })
        },
    )
}

/// What agents said after `after` and up to `upto`, oldest first. What the house says by itself is no answer.
pub fn answers(tx: &ReadTx, id: ConversationId, after: Seq, upto: Seq, most: u32) -> Result<Vec<Message>> {
    let found: Vec<MessageId> = tx.all(
        "SELECT id FROM messages WHERE conversation_id = ?1 AND seq > ?2 AND seq <= ?3 AND kind = 'outgoing' AND agent_id IS NOT NULL
         ORDER BY seq LIMIT ?4",
        params![id, after, upto, most],
        |row| row.get(0),
    )?;
    found.into_iter().map(|id| messages::message(tx, id)).collect()
}

/// What the contact said after `after` and up to `upto`, oldest first.
pub fn said_by_contact(tx: &ReadTx, id: ConversationId, after: Seq, upto: Seq, most: u32) -> Result<Vec<Message>> {
    let found: Vec<MessageId> = tx.all(
        "SELECT id FROM messages WHERE conversation_id = ?1 AND seq > ?2 AND seq <= ?3 AND kind = 'incoming' ORDER BY seq LIMIT ?4",
        params![id, after, upto, most],
        |row| row.get(0),
    )?;
    found.into_iter().map(|id| messages::message(tx, id)).collect()
}

/// The last page a contact was seen on, as far as it is kept.
pub fn last_page(tx: &ReadTx, contact: ContactId) -> Result<Option<String>> {
    tx.one("SELECT url FROM page_visits WHERE contact_id = ?1 ORDER BY id DESC LIMIT 1", [contact], |row| row.get(0))
}

/// Notes, in the commit that notes a sending, which messages went: they are "mailed", and the interval to the next mail begins. What the team
/// was told of is noted when everybody was (`told`).
pub fn covered(tx: &WriteTx, kind: LetterKind, id: ConversationId, covers: &[MessageId]) -> Result<()> {
    if !matches!(kind, LetterKind::ToContact | LetterKind::Reply) {
        return Ok(());
    }
    let upto = covers.iter().filter_map(|message| messages::message(tx, *message).ok()).map(|message| message.seq).max();
    tx.exec(
        "UPDATE conversations SET mailed_seq = max(mailed_seq, ?2), mailed_at = ?3 WHERE id = ?1",
        params![id, upto.unwrap_or_default(), tx.now],
    )?;
    marked(tx, covers)
}

/// Tells the desk that the mail state of messages changed.
pub fn marked(tx: &WriteTx, covers: &[MessageId]) -> Result<()> {
    for message in covers {
        // Erased meanwhile: there is nothing to tell.
        match messages::announce_change(tx, *message) {
            Err(error) if error.kind != crate::base::error::Kind::NotFound => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

/// Notes a try, before it is made: a mail whose answer gets lost went all the same, and the next one keeps its distance from it.
pub fn trying(tx: &WriteTx, id: ConversationId, to_team: bool) -> Result<()> {
    tx.exec(
        "UPDATE conversations SET mailed_at = CASE WHEN ?2 THEN mailed_at ELSE ?3 END, told_at = CASE WHEN ?2 THEN ?3 ELSE told_at END WHERE id = ?1",
        params![id, to_team, tx.now],
    )?;
    Ok(())
}

/// Conversations about which a mail is owed, or tried.
pub fn waiting(tx: &ReadTx) -> Result<i64> {
    let count =
        tx.one("SELECT count(*) FROM jobs WHERE kind IN ('continuity', 'tell_team') AND buried_at IS NULL", [], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// Whether a job of this name waits, or is tried.
pub fn is_owed(tx: &ReadTx, key: &str) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM jobs WHERE dedup_key = ?1 AND buried_at IS NULL", [key], |_| Ok(()))?.is_some())
}

/// When the team's mails that carry this message were begun; None = not yet.
pub fn telling_since(tx: &ReadTx, message: MessageId) -> Result<Option<Millis>> {
    Ok(tx
        .one(
            "SELECT min(m.created_at) FROM mail_messages c JOIN mails m ON m.id = c.mail_id
             WHERE c.message_id = ?1 AND m.direction = 'out' AND m.kind = 'to_agents'",
            [message],
            |row| row.get(0),
        )?
        .flatten())
}

/// Notes that the team was told up to `upto`.
pub fn told(tx: &WriteTx, id: ConversationId, upto: Seq) -> Result<()> {
    tx.exec("UPDATE conversations SET told_seq = max(told_seq, ?2), told_at = ?3 WHERE id = ?1", params![id, upto, tx.now])?;
    Ok(())
}

/// Mails to the contact that were tried and never sent, now that he has seen what they carry: nobody waits for them any more.
pub fn withdraw(tx: &WriteTx, id: ConversationId) -> Result<()> {
    let covers: Vec<MessageId> = tx.all(
        "SELECT c.message_id FROM mails m JOIN mail_messages c ON c.mail_id = m.id
         WHERE m.conversation_id = ?1 AND m.direction = 'out' AND m.kind = 'to_contact' AND m.state = 'waiting'",
        [id],
        |row| row.get(0),
    )?;
    let changed = tx.exec(
        "UPDATE mails SET state = 'failed', error = 'Seen in the chat before it was sent.'
         WHERE conversation_id = ?1 AND direction = 'out' AND kind = 'to_contact' AND state = 'waiting'",
        [id],
    )?;
    if changed > 0 { marked(tx, &covers) } else { Ok(()) }
}

/// The mails before between the house and the contact, or (`with_team`) between the house and the team. What came from somebody who is neither
/// became a note: its subject is nobody's outside.
pub fn before(tx: &ReadTx, id: ConversationId, with_team: bool) -> Result<Before> {
    let mut mails: Vec<(String, String)> = tx.all(
        "SELECT message_id, subject FROM mails WHERE conversation_id = ?1 AND state IN ('sent', 'received', 'bounced')
           AND ((direction = 'out' AND kind IN ('to_contact', 'reply') AND NOT ?2) OR (direction = 'out' AND kind = 'to_agents' AND ?2)
             OR (direction = 'in' AND kind = 'message' AND CASE WHEN ?2 THEN agent_id IS NOT NULL ELSE contact_id IS NOT NULL END))
         ORDER BY id DESC LIMIT ?3",
        params![id, with_team, limits::MAIL_REFERENCES_MAX as u32],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    mails.reverse();
    let subject = mails.iter().map(|(_, subject)| subject.as_str()).find(|subject| !subject.is_empty()).unwrap_or_default().to_owned();
    Ok(Before { subject, message_ids: mails.into_iter().map(|(id, _)| id).collect() })
}

/// What a mail conversation is about, as its mails say; empty = nobody said.
pub fn subject(tx: &ReadTx, id: ConversationId) -> Result<String> {
    Ok(tx.one("SELECT subject FROM conversations WHERE id = ?1", [id], |row| row.get(0))?.unwrap_or_default())
}

/// How the mails went that carried the messages of a page; of several the last.
pub fn marks(tx: &ReadTx, id: ConversationId, from: MessageId, to: MessageId) -> Result<HashMap<MessageId, Mailing>> {
    let all = tx.all(
        "SELECT c.message_id, m.state, m.address, m.error FROM messages x JOIN mail_messages c ON c.message_id = x.id JOIN mails m ON m.id = c.mail_id
         WHERE x.conversation_id = ?1 AND x.id BETWEEN ?2 AND ?3 AND x.kind = 'outgoing' AND m.direction = 'out' AND m.kind IN ('to_contact', 'reply')
         ORDER BY m.id",
        params![id, from, to],
        |row| {
            let state: String = row.get(1)?;
            Ok((row.get::<_, MessageId>(0)?, Mailing { state: MailState::parse(&state), to: row.get(2)?, error: row.get(3)? }))
        },
    )?;
    Ok(all.into_iter().collect())
}

/// The newest conversations of a contact that hold an answer he has not seen and no mail carried.
pub fn unmailed(tx: &ReadTx, contact: ContactId) -> Result<Vec<ConversationId>> {
    tx.all(
        "SELECT id FROM conversations c WHERE contact_id = ?1 AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = c.id
           AND m.seq > max(c.contact_seen_seq, c.mailed_seq) AND m.kind = 'outgoing' AND m.agent_id IS NOT NULL)
         ORDER BY last_seq DESC LIMIT 20",
        [contact],
        |row| row.get(0),
    )
}

/// An answer of this conversation, by its public id.
pub fn outgoing(tx: &ReadTx, id: ConversationId, uuid: Uuid) -> Result<Option<MessageId>> {
    tx.one(
        "SELECT id FROM messages WHERE uuid = ?2 AND conversation_id = ?1 AND kind = 'outgoing' AND agent_id IS NOT NULL",
        params![id, uuid],
        |row| row.get(0),
    )
}

/// Lets an answer be mailed again whose mail failed or came back: under a new name, to an address that nothing speaks against any more.
pub fn try_again(tx: &WriteTx, id: ConversationId, message: MessageId) -> Result<()> {
    let freed = tx.exec(
        "UPDATE mails SET job_key = NULL WHERE state IN ('failed', 'bounced') AND direction = 'out' AND id IN (SELECT mail_id FROM mail_messages WHERE message_id = ?1)",
        [message],
    )?;
    if freed > 0 {
        // What came after it goes again too, in mails that end elsewhere or at the same message.
        tx.exec(
            "UPDATE mails SET job_key = NULL WHERE conversation_id = ?1 AND direction = 'out' AND kind = 'to_contact'
               AND state IN ('sent', 'failed', 'bounced') AND EXISTS (SELECT 1 FROM mail_messages c JOIN messages x ON x.id = c.message_id
                 WHERE c.mail_id = mails.id AND x.seq >= (SELECT seq FROM messages WHERE id = ?2))",
            params![id, message],
        )?;
        tx.exec(
            "UPDATE conversations SET mailed_seq = min(mailed_seq, (SELECT seq FROM messages WHERE id = ?2) - 1), mailed_at = NULL WHERE id = ?1",
            params![id, message],
        )?;
    }
    tx.exec(
        "UPDATE mail_addresses SET bounced_at = NULL WHERE address = (SELECT lower(p.email) FROM conversations c JOIN contacts p ON p.id = c.contact_id WHERE c.id = ?1)",
        [id],
    )?;
    Ok(())
}
