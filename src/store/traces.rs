//! What a person left outside of their own conversations: mails of theirs that were kept as notes in somebody else's, bans of the network they
//! came from. An erasure takes these, too.

use super::notes;
use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{ContactId, ConversationId, MessageId};
use crate::base::{limits, net};
use rusqlite::params;

/// Forgets an address of the contact in conversations of others: notes made of mails from there are emptied, as one that its writer takes back;
/// what somebody else said under it stays, without it.
pub(super) fn forget_address(tx: &WriteTx, contact: ContactId, email: &str) -> Result<()> {
    let carried: Vec<(MessageId, ConversationId, bool)> = tx.all(
        "SELECT m.id, m.conversation_id, m.kind = 'note' FROM mails a JOIN mail_messages c ON c.mail_id = a.id
           JOIN messages m ON m.id = c.message_id JOIN conversations v ON v.id = m.conversation_id
         WHERE a.address = ?1 AND a.direction = 'in' AND a.agent_id IS NULL AND v.contact_id <> ?2 ORDER BY m.id LIMIT ?3",
        params![email, contact, limits::ERASE_ROWS_PER_STEP],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (message, conversation, is_note) in carried {
        match is_note {
            true => {
                notes::empty(tx, conversation, message)?;
                tx.exec("DELETE FROM mail_rests WHERE message_id = ?1", [message])?;
            }
            false => {
                tx.exec(
                    "UPDATE messages SET meta = json_set(meta, '$.mail.from', '') WHERE id = ?1 AND meta ->> '$.mail.from' IS NOT NULL",
                    [message],
                )?;
            }
        }
    }
    tx.exec(
        "UPDATE mails SET address = '' WHERE address = ?1 AND agent_id IS NULL AND contact_id <> ?2
         AND NOT EXISTS (SELECT 1 FROM contacts c WHERE lower(c.email) = ?1 AND c.id <> ?2)",
        params![email, contact],
    )?;
    // What a server said about a mail it did not take.
    tx.exec("UPDATE mailboxes SET out_error = '' WHERE out_error <> '' AND instr(lower(out_error), ?1)", [email])?;
    Ok(())
}

/// Lifts for good the bans of networks from which only this contact wrote; where others wrote from there, too, the ban stays and forgets its
/// reason, which may name the person. Bans that were over or lifted are rows as well.
pub fn forget_networks(tx: &WriteTx, contact: ContactId) -> Result<()> {
    let bans: Vec<(i64, String)> =
        tx.all("SELECT id, network FROM bans WHERE network IS NOT NULL", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if bans.is_empty() {
        return Ok(());
    }
    for kept in networks_of(tx, contact)? {
        let Ok(theirs) = net::parse_ips([net::household(&kept).as_str()]) else { continue };
        let mut of_others = None;
        for (ban, network) in &bans {
            let banned = net::parse_ips([network.as_str()])?;
            // What an address was shortened to meanwhile holds the one that was banned.
            if !theirs.iter().any(|theirs| banned.iter().any(|banned| theirs.contains(banned))) {
                continue;
            }
            let is_shared = match of_others {
                Some(known) => known,
                None => *of_others.insert(others_came_from(tx, contact, &kept)?),
            };
            match is_shared {
                true => tx.exec("UPDATE bans SET reason = '' WHERE id = ?1", [ban])?,
                false => tx.exec("DELETE FROM bans WHERE id = ?1", [ban])?,
            };
        }
    }
    Ok(())
}

fn networks_of(tx: &ReadTx, contact: ContactId) -> Result<Vec<String>> {
    tx.all(
        "SELECT DISTINCT meta_ip FROM conversations WHERE contact_id = ?1 AND meta_ip IS NOT NULL LIMIT ?2",
        params![contact, limits::ERASE_ROWS_PER_STEP],
        |row| row.get(0),
    )
}

/// Looked up only where a ban was found: no index leads there.
fn others_came_from(tx: &ReadTx, contact: ContactId, kept: &str) -> Result<bool> {
    let sql = "SELECT 1 FROM conversations WHERE meta_ip = ?2 AND contact_id <> ?1 LIMIT 1";
    Ok(tx.one(sql, params![contact, kept], |_| Ok(()))?.is_some())
}
