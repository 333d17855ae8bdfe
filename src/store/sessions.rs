//! Visitors' proofs. A session that is found is good: its inbox is enabled, its contact neither blocked nor merged, its time not over.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{ContactId, ConversationId, InboxId, SessionId, token_hash};
use crate::base::limits;
use crate::model::contact::Session;
use crate::model::event::{Topic, What};
use rusqlite::params;

/// The session of this token in this inbox, and whether its sliding life should be renewed now.
pub fn find(tx: &ReadTx, inbox: InboxId, token: &str) -> Result<Option<(Session, bool)>> {
    const RENEW_AFTER_MS: Millis = 24 * 3600 * 1000;
    tx.one(
        "SELECT s.id, s.inbox_id, s.contact_id, s.verified, s.expires_at, s.used_at, s.by_code, s.conversation_id, o.uuid FROM sessions s
         JOIN contacts c ON c.id = s.contact_id JOIN inboxes i ON i.id = s.inbox_id LEFT JOIN conversations o ON o.id = s.conversation_id
         WHERE s.token_hash = ?1 AND s.inbox_id = ?2 AND s.expires_at > ?3
           AND c.blocked_at IS NULL AND c.merged_into IS NULL AND i.enabled = 1",
        params![token_hash(token), inbox, tx.now],
        |row| {
            let session = Session {
                id: row.get(0)?,
                inbox: row.get(1)?,
                contact: row.get(2)?,
                verified: row.get(3)?,
                by_code: row.get(6)?,
                conversation: row.get::<_, Option<ConversationId>>(7)?.zip(row.get(8)?),
                expires_at: row.get(4)?,
            };
            let renew = !session.verified && session.conversation.is_none() && row.get::<_, Millis>(5)? < tx.now - RENEW_AFTER_MS;
            Ok((session, renew))
        },
    )
}

/// Stores a new session for `token`, alive until `expires_at`.
pub fn insert(tx: &WriteTx, inbox: InboxId, contact: ContactId, verified: bool, token: &str, expires_at: Millis) -> Result<SessionId> {
    Ok(SessionId(tx.insert(
        "INSERT INTO sessions (token_hash, inbox_id, contact_id, verified, created_at, used_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)",
        params![token_hash(token), inbox, contact, verified, tx.now, expires_at],
    )?))
}

/// Stores a session of somebody who proved his address by a code; no new secret ends it.
pub fn insert_by_code(tx: &WriteTx, inbox: InboxId, contact: ContactId, token: &str, expires_at: Millis) -> Result<()> {
    let id = insert(tx, inbox, contact, true, token, expires_at)?;
    tx.exec("UPDATE sessions SET by_code = 1 WHERE id = ?1", [id])?;
    Ok(())
}

/// Stores a session for one conversation and nothing else, as a link in a mail opens it.
pub fn insert_for_conversation(
    tx: &WriteTx,
    inbox: InboxId,
    contact: ContactId,
    conversation: ConversationId,
    token: &str,
    expires_at: Millis,
) -> Result<()> {
    let id = insert(tx, inbox, contact, false, token, expires_at)?;
    tx.exec("UPDATE sessions SET conversation_id = ?2 WHERE id = ?1", params![id, conversation])?;
    Ok(())
}

/// Renews the sliding life of a visitor's session.
pub fn renew(tx: &WriteTx, id: SessionId) -> Result<()> {
    tx.exec(
        "UPDATE sessions SET used_at = ?2, expires_at = max(expires_at, ?2 + ?3) WHERE id = ?1 AND verified = 0 AND conversation_id IS NULL",
        params![id, tx.now, limits::VISITOR_SESSION.as_millis() as i64],
    )?;
    Ok(())
}

/// Ends one session; its sockets close. A visitor's first message cannot be repeated any more either: that would open a new one.
pub fn end(tx: &WriteTx, session: &Session) -> Result<()> {
    if !session.verified && session.conversation.is_none() {
        tx.exec("UPDATE conversations SET init_key = NULL WHERE contact_id = ?1 AND init_key IS NOT NULL", [session.contact])?;
    }
    tx.exec("DELETE FROM sessions WHERE id = ?1", [session.id])?;
    tx.announce_ephemeral(vec![Topic::Contact(session.contact)], What::SessionEnded { session: Some(session.id) });
    Ok(())
}

/// Ends all sessions of a contact (blocked, merged, erased).
pub fn end_all(tx: &WriteTx, contact: ContactId) -> Result<()> {
    tx.exec("DELETE FROM sessions WHERE contact_id = ?1", [contact])?;
    tx.announce_ephemeral(vec![Topic::Contact(contact)], What::SessionEnded { session: None });
    Ok(())
}

/// Ends all sessions of a contact that a link in a mail opened: the address it went to is no longer his.
pub fn end_linked(tx: &WriteTx, contact: ContactId) -> Result<()> {
    let ended: Vec<SessionId> =
        tx.all("SELECT id FROM sessions WHERE contact_id = ?1 AND conversation_id IS NOT NULL", [contact], |row| row.get(0))?;
    for session in ended {
        tx.exec("DELETE FROM sessions WHERE id = ?1 AND contact_id = ?2", params![session, contact])?;
        tx.announce_ephemeral(vec![Topic::Contact(contact)], What::SessionEnded { session: Some(session) });
    }
    Ok(())
}

/// Ends all sessions of an inbox that came from a signed token: its secret was rotated, so nobody who came with the old one stays. Who
/// proved his address by a code never used it.
pub fn end_signed(tx: &WriteTx, inbox: InboxId) -> Result<()> {
    let ended = tx.all("SELECT id, contact_id FROM sessions WHERE inbox_id = ?1 AND verified = 1 AND by_code = 0", [inbox], |row| {
        Ok((row.get::<_, SessionId>(0)?, row.get::<_, ContactId>(1)?))
    })?;
    for (session, contact) in ended {
        tx.exec("DELETE FROM sessions WHERE id = ?1", [session])?;
        tx.announce_ephemeral(vec![Topic::Contact(contact)], What::SessionEnded { session: Some(session) });
    }
    Ok(())
}

/// Removes sessions whose time is over.
pub fn prune(tx: &WriteTx) -> Result<usize> {
    tx.exec("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ?1 LIMIT 1000)", [tx.now])
}
