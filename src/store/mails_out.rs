//! Mail that goes: each has a row with its Message-ID before it is tried, so that whoever gets it twice can tell, and we know what went.

use super::continuity;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{ConversationId, MailboxId, MessageId};
use crate::model::letter::LetterKind;
use rusqlite::params;

/// A mail about to go.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// What owed it, the same at every try.
    pub key: String,
    pub kind: LetterKind,
    pub mailbox: MailboxId,
    pub conversation: Option<ConversationId>,
    /// To whom, in lower case.
    pub address: String,
    pub subject: String,
    /// The messages it carries.
    pub covers: Vec<MessageId>,
    /// Its Message-ID, should it be new.
    pub message_id: String,
    /// At most so many to one address, in an hour and in a day.
    pub cap_hour: u16,
    pub cap_day: u16,
}

/// Whether a mail may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Under this row and Message-ID.
    Go { id: i64, message_id: String },
    /// It went already.
    Sent,
    /// Too many went there lately.
    Wait { until: Millis },
    /// Mail to this address comes back, or is not wanted.
    Marked { reason: &'static str },
}

const HOUR_MS: i64 = 3_600_000;

/// Finds or makes the row of a mail, and looks whether it may go.
pub fn begin(tx: &WriteTx, new: &NewMail) -> Result<Begun> {
    let found = tx.one("SELECT id, message_id, state FROM mails WHERE job_key = ?1 AND direction = 'out'", [&new.key], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    if let Some((.., state)) = &found
        && (state == "sent" || state == "bounced")
    {
        if let Some(conversation) = new.conversation {
            // Whoever asks goes on from here, and asks for the same no more.
            continuity::covered(tx, new.kind, conversation, &new.covers)?;
        }
        return Ok(Begun::Sent);
    }
    let id = match &found {
        Some((id, ..)) => {
            tx.exec(
                "UPDATE mails SET state = 'waiting', mailbox_id = ?2, address = ?3 WHERE id = ?1",
                params![id, new.mailbox, new.address],
            )?;
            *id
        }
        None => insert(tx, new)?,
    };
    for message in &new.covers {
        // One that was erased meanwhile goes with nobody.
        tx.exec(
            "INSERT OR IGNORE INTO mail_messages (mail_id, message_id) SELECT ?1, id FROM messages WHERE id = ?2",
            params![id, message],
        )?;
    }
    if found.is_none() {
        continuity::marked(tx, &new.covers)?;
    }
    // Tried again after it was given up: somebody decided so.
    let by_hand = found.as_ref().is_some_and(|(_, _, state)| state == "failed");
    if !by_hand
        && !is_asked_for(new.kind)
        && let Some(reason) = marked(tx, &new.address)?
    {
        failed(tx, id, reason)?;
        return Ok(Begun::Marked { reason });
    }
    if let Some(until) = full_until(tx, new)? {
        return Ok(Begun::Wait { until });
    }
    Ok(Begun::Go { id, message_id: found.map_or_else(|| new.message_id.clone(), |(_, message_id, _)| message_id) })
}

/// Of whom it speaks is known by its conversation, or by the agent who has the address: both take their mails along when they are erased.
fn insert(tx: &WriteTx, new: &NewMail) -> Result<i64> {
    tx.insert(
        "INSERT INTO mails (message_id, direction, kind, mailbox_id, conversation_id, contact_id, agent_id, address, subject, job_key, state, created_at)
         VALUES (?1, 'out', ?2, ?3, ?4, CASE WHEN ?5 THEN (SELECT contact_id FROM conversations WHERE id = ?4) END,
                 CASE WHEN ?5 THEN NULL ELSE (SELECT id FROM agents WHERE lower(email) = ?6) END, ?6, ?7, ?8, 'waiting', ?9)",
        params![
            new.message_id,
            new.kind.as_str(),
            new.mailbox,
            new.conversation,
            new.kind.is_outside(),
            new.address,
            new.subject,
            new.key,
            tx.now
        ],
    )
}

fn marked(tx: &ReadTx, address: &str) -> Result<Option<&'static str>> {
    let found =
        tx.one("SELECT complained_at IS NOT NULL, bounced_at IS NOT NULL FROM mail_addresses WHERE address = ?1", [address], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?))
        })?;
    Ok(match found {
        Some((true, _)) => Some("Whoever has this address wants no mail from here."),
        Some((_, true)) => Some("Mail to this address came back."),
        Some(_) | None => None,
    })
}

/// Until when no more mail goes to an address.
fn full_until(tx: &ReadTx, new: &NewMail) -> Result<Option<Millis>> {
    let mut until = None;
    for (most, window) in [(new.cap_hour, HOUR_MS), (new.cap_day, 24 * HOUR_MS)] {
        // When the one that fills the window leaves it.
        let filling: Option<Millis> = tx.one(
            "SELECT sent_at FROM mails WHERE address = ?1 AND direction = 'out' AND sent_at > ?2 ORDER BY sent_at DESC LIMIT 1 OFFSET ?3",
            params![new.address, tx.now - window, most.max(1) - 1],
            |row| row.get(0),
        )?;
        until = until.max(filling.map(|at| at + window));
    }
    Ok(until)
}

/// A server has it.
pub fn sent(tx: &WriteTx, id: i64, kind: LetterKind, conversation: Option<ConversationId>, covers: &[MessageId]) -> Result<()> {
    tx.exec("UPDATE mails SET state = 'sent', error = '', sent_at = ?2 WHERE id = ?1", params![id, tx.now])?;
    match conversation {
        Some(conversation) => continuity::covered(tx, kind, conversation, covers),
        None => Ok(()),
    }
}

/// Not now: it is tried again.
pub fn delayed(tx: &WriteTx, id: i64, error: &str) -> Result<()> {
    put_error(tx, id, "waiting", error)
}

/// Never, unless somebody tries it again by hand.
pub fn failed(tx: &WriteTx, id: i64, error: &str) -> Result<()> {
    put_error(tx, id, "failed", error)
}

fn put_error(tx: &WriteTx, id: i64, state: &str, error: &str) -> Result<()> {
    let before =
        tx.one("SELECT state, error FROM mails WHERE id = ?1", [id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    tx.exec("UPDATE mails SET state = ?2, error = ?3 WHERE id = ?1", params![id, state, error])?;
    // Desks that show the message hear of news, and not of every try.
    match before {
        Some((was, said)) if was == state && said == error => Ok(()),
        _ => continuity::marked(tx, &super::mails_in::carried(tx, id)?),
    }
}

/// Whether somebody waits for this mail at this moment: a mark from an old refusal does not lock him out. His tries are counted elsewhere.
fn is_asked_for(kind: LetterKind) -> bool {
    matches!(kind, LetterKind::Test | LetterKind::Code | LetterKind::Reset | LetterKind::Invitation)
}

/// Forgets mails that belong to no conversation and are so old that nobody answers them, longer than any is tried; and marks of addresses that
/// are nobody's any more.
pub fn prune(tx: &WriteTx, age_ms: i64) -> Result<usize> {
    let before = tx.now - age_ms;
    let mails = tx.exec(
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE created_at < ?1 AND conversation_id IS NULL LIMIT 500)",
        [before],
    )?;
    let marks = tx.exec(
        "DELETE FROM mail_addresses WHERE max(coalesce(bounced_at, 0), coalesce(complained_at, 0)) < ?1
         AND NOT EXISTS (SELECT 1 FROM contacts WHERE lower(contacts.email) = mail_addresses.address)",
        [before],
    )?;
    Ok(mails + marks)
}
