//! Taking a person, or one conversation, out of the file: in bounded steps, each a transaction of its own, so that nobody waits long and a
//! restart goes on where it stopped. What remains in freed places of the file is the business of `purge`.
//!
//! A contact that is merged into itself is being erased: it is found by nobody any more, and only `step` and `finish` still know it.

use super::tx::{ReadTx, WriteTx};
use super::{events, media, sessions};
use crate::base::error::Result;
use crate::base::id::{AttachmentId, ContactId, ConversationId, InboxId};
use crate::base::limits;
use crate::model::contact::Contact;
use crate::model::event::What;
use crate::model::privacy::Belongings;
use rusqlite::params;

/// What a contact left with us, counted.
pub fn belongings(tx: &ReadTx, contact: ContactId) -> Result<Belongings> {
    let counted = tx.one(
        "SELECT (SELECT count(*) FROM conversations WHERE contact_id = ?1),
                (SELECT count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id WHERE c.contact_id = ?1 AND m.kind <> 'activity'),
                (SELECT count(*) FROM conversations c JOIN attachments f ON f.conversation_id = c.id WHERE c.contact_id = ?1),
                (SELECT coalesce(sum(f.size), 0) FROM conversations c JOIN attachments f ON f.conversation_id = c.id WHERE c.contact_id = ?1),
                (SELECT count(*) FROM contact_notes WHERE contact_id = ?1),
                (SELECT count(*) FROM page_visits WHERE contact_id = ?1),
                (SELECT count(*) FROM consents WHERE contact_id = ?1),
                (SELECT count(*) FROM sessions WHERE contact_id = ?1)",
        [contact],
        |row| {
            Ok(Belongings {
                conversations: row.get(0)?,
                messages: row.get(1)?,
                files: row.get(2)?,
                file_bytes: row.get(3)?,
                notes: row.get(4)?,
                pages: row.get(5)?,
                consents: row.get(6)?,
                sessions: row.get(7)?,
            })
        },
    )?;
    Ok(counted.unwrap_or_default())
}

/// First step: nobody finds this contact any more, its sessions and sockets end, what it was called is empty. No way back from here.
pub fn begin(tx: &WriteTx, contact: &Contact) -> Result<()> {
    let id = contact.id;
    tx.exec("DELETE FROM verifications WHERE session_id IN (SELECT id FROM sessions WHERE contact_id = ?1)", [id])?;
    // Also what those were called who turned out to be this person, and what they had before the address was corrected.
    let emails: Vec<String> = tx.all(
        "WITH RECURSIVE theirs (id) AS (SELECT ?1 UNION SELECT c.id FROM theirs t JOIN contacts c ON c.merged_into = t.id)
         SELECT DISTINCT lower(email) FROM contacts WHERE id IN (SELECT id FROM theirs) AND email IS NOT NULL
         UNION SELECT m.address FROM mails m WHERE m.contact_id = ?1 AND m.agent_id IS NULL AND m.address <> ''
            AND NOT EXISTS (SELECT 1 FROM contacts c WHERE lower(c.email) = m.address AND c.id NOT IN (SELECT id FROM theirs))",
        [id],
        |row| row.get(0),
    )?;
    // And where mail to them went before the address was corrected; whoever else has it keeps what is known of it.
    tx.exec(
        "DELETE FROM mail_addresses WHERE address IN (SELECT m.address FROM conversations v JOIN mails m ON m.conversation_id = v.id
             WHERE v.contact_id = ?1 AND m.contact_id IS NOT NULL AND m.agent_id IS NULL)
           AND NOT EXISTS (SELECT 1 FROM contacts c WHERE lower(c.email) = mail_addresses.address AND c.id <> ?1)",
        [id],
    )?;
    for email in emails {
        super::traces::forget_address(tx, id, &email)?;
        tx.exec("DELETE FROM verifications WHERE lower(email) = ?1", [&email])?;
        tx.exec("DELETE FROM mail_addresses WHERE address = ?1", [&email])?;
        tx.exec(
            "DELETE FROM mails WHERE address = ?1 AND agent_id IS NULL AND (contact_id IS NULL OR contact_id = ?2)",
            params![email, id],
        )?;
        tx.exec("DELETE FROM bans WHERE email IS NOT NULL AND lower(email) = ?1", [&email])?;
        // The whole address only: somebody else's may end with this one.
        tx.exec(
            "DELETE FROM jobs WHERE instr(lower(payload), '\"' || ?1 || '\"') OR substr(lower(dedup_key), -length(?1) - 1) = ':' || ?1",
            [&email],
        )?;
        tx.exec("UPDATE jobs SET last_error = '' WHERE instr(lower(last_error), ?1)", [&email])?;
        // Notices of servers name whom they could not reach.
        tx.exec("UPDATE mails SET error = '' WHERE error <> '' AND instr(lower(error), ?1)", [&email])?;
    }
    tx.exec("DELETE FROM identities WHERE contact_id = ?1", [id])?;
    sessions::end_all(tx, id)?;
    tx.exec(
        "UPDATE contacts SET first_name = '', last_name = '', email = NULL, email_verified = 0, phone = NULL, phone_country = NULL,
                attributes = '{}', variables = '{}', fields = '{}', merged_into = id WHERE id = ?1",
        [id],
    )?;
    Ok(())
}

/// Contacts whose erasure has begun and is not finished.
pub fn unfinished(tx: &ReadTx) -> Result<Vec<ContactId>> {
    tx.all("SELECT id FROM contacts WHERE merged_into = id ORDER BY id LIMIT ?1", [limits::RETENTION_PER_LOOK], |row| row.get(0))
}

/// Takes away some more of a contact whose erasure has begun; false when nothing is left and the contact itself is gone.
pub fn step(tx: &WriteTx, contact: ContactId) -> Result<bool> {
    // The job comes again when the file could not be cleaned at once, and the row number may be somebody else's by then.
    if tx.one("SELECT 1 FROM contacts WHERE id = ?1 AND merged_into = id", [contact], |_| Ok(()))?.is_none() {
        return Ok(false);
    }
    let next: Option<ConversationId> =
        tx.one("SELECT id FROM conversations WHERE contact_id = ?1 ORDER BY id LIMIT 1", [contact], |row| row.get(0))?;
    match next {
        Some(conversation) => {
            conversation_step(tx, conversation)?;
            Ok(true)
        }
        None => {
            finish(tx, contact)?;
            Ok(false)
        }
    }
}

/// Takes away some more of a conversation: files, then messages, then changes, at last itself. False when it is gone.
pub fn conversation_step(tx: &WriteTx, id: ConversationId) -> Result<bool> {
    let files: Vec<(AttachmentId, i64)> =
        tx.all("SELECT id, size FROM attachments WHERE conversation_id = ?1 ORDER BY id LIMIT 50", [id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let mut bytes = 0;
    for (file, size) in files {
        media::delete(tx, file)?;
        bytes += size;
        if bytes > limits::ERASE_BYTES_PER_STEP {
            return Ok(true);
        }
    }
    // A row number may be given again: no mail that is owed may find another message under it.
    tx.exec(
        "DELETE FROM jobs WHERE kind = 'reply_mail' AND json_extract(payload, '$.message') IN
             (SELECT id FROM messages WHERE conversation_id = ?1 ORDER BY seq LIMIT ?2)",
        params![id, limits::ERASE_MESSAGES_PER_STEP],
    )?;
    let messages = tx.exec(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE conversation_id = ?1 ORDER BY seq LIMIT ?2)",
        params![id, limits::ERASE_MESSAGES_PER_STEP],
    )?;
    if messages >= limits::ERASE_MESSAGES_PER_STEP as usize {
        return Ok(true);
    }
    // A row number may be given again; no change of the old owner may be told to the new one. The newest row carries the last number
    // of the feed and stays until `gone` wrote a newer one.
    let changes = tx.exec(
        "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE conversation_id = ?1 AND seq < (SELECT max(seq) FROM events) LIMIT ?2)",
        params![id, limits::ERASE_ROWS_PER_STEP],
    )?;
    if changes >= limits::ERASE_ROWS_PER_STEP as usize {
        return Ok(true);
    }
    if let Some(conversation) = tx.one("SELECT uuid FROM conversations WHERE id = ?1", [id], |row| row.get(0))? {
        events::gone(tx, What::ConversationGone { conversation })?;
    }
    tx.exec("DELETE FROM events WHERE conversation_id = ?1", [id])?;
    tx.exec("DELETE FROM jobs WHERE json_extract(payload, '$.conversation') = ?1", [id])?;
    tx.exec("DELETE FROM conversations WHERE id = ?1", [id])?;
    Ok(false)
}

/// Last step: the contact and whoever was merged into it, with all that hangs on them (identities, notes, pages, consents, bans).
fn finish(tx: &WriteTx, contact: ContactId) -> Result<()> {
    if let Some(contact) = tx.one("SELECT uuid FROM contacts WHERE id = ?1", [contact], |row| row.get(0))? {
        events::gone(tx, What::ContactGone { contact })?;
    }
    tx.exec("DELETE FROM events WHERE contact_id = ?1", [contact])?;
    // The erasure's own job stays until the file is clean.
    tx.exec("DELETE FROM jobs WHERE json_extract(payload, '$.contact') = ?1 AND kind <> 'erase'", [contact])?;
    tx.exec(
        "DELETE FROM contacts WHERE id IN (WITH RECURSIVE theirs (id) AS
             (SELECT ?1 UNION SELECT c.id FROM theirs t JOIN contacts c ON c.merged_into = t.id) SELECT id FROM theirs)",
        [contact],
    )?;
    Ok(())
}

/// Resolved conversations of an inbox that were resolved before `before`.
pub fn resolved_before(tx: &ReadTx, inbox: InboxId, before: i64, limit: u32) -> Result<Vec<ConversationId>> {
    tx.all(
        "SELECT id FROM conversations WHERE inbox_id = ?1 AND resolved_at < ?2 AND status = 'resolved' ORDER BY resolved_at LIMIT ?3",
        params![inbox, before, limit],
        |row| row.get(0),
    )
}

/// How many that are.
pub fn count_resolved_before(tx: &ReadTx, inbox: InboxId, before: i64) -> Result<i64> {
    let count = tx.one(
        "SELECT count(*) FROM conversations WHERE inbox_id = ?1 AND resolved_at < ?2 AND status = 'resolved'",
        params![inbox, before],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// Visitors whom nobody vouches for and only this inbox knows, not seen and not spoken with since `before`.
pub fn visitors_before(tx: &ReadTx, inbox: InboxId, before: i64, limit: u32) -> Result<Vec<ContactId>> {
    tx.all(
        "SELECT c.id FROM contacts c WHERE c.last_seen_at < ?2 AND c.kind = 'visitor' AND c.merged_into IS NULL
           AND (EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND v.inbox_id = ?1)
                OR EXISTS (SELECT 1 FROM sessions s WHERE s.contact_id = c.id AND s.inbox_id = ?1))
           AND NOT EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND (v.inbox_id <> ?1 OR v.last_message_at >= ?2))
         ORDER BY c.last_seen_at LIMIT ?3",
        params![inbox, before, limit],
        |row| row.get(0),
    )
}

/// How many that are.
pub fn count_visitors_before(tx: &ReadTx, inbox: InboxId, before: i64) -> Result<i64> {
    let count = tx.one(
        "SELECT count(*) FROM contacts c WHERE c.last_seen_at < ?2 AND c.kind = 'visitor' AND c.merged_into IS NULL
           AND (EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND v.inbox_id = ?1)
                OR EXISTS (SELECT 1 FROM sessions s WHERE s.contact_id = c.id AND s.inbox_id = ?1))
           AND NOT EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND (v.inbox_id <> ?1 OR v.last_message_at >= ?2))",
        params![inbox, before],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}
