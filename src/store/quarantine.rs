//! Conversations that wait for somebody to say whether they are spam, and those of which it was said.

use super::erase;
use super::tx::WriteTx;
use crate::base::error::Result;
use crate::base::id::{ContactId, ConversationId};
use crate::base::limits;
use rusqlite::params;

/// Sets a conversation aside, with the reasons for people; `None` lets it out again.
pub fn set(tx: &WriteTx, id: ConversationId, quarantine: Option<&str>, suspicion: &str) -> Result<()> {
    tx.exec("UPDATE conversations SET quarantine = ?2, suspicion = ?3 WHERE id = ?1", params![id, quarantine, suspicion])?;
    Ok(())
}

/// Removes a few conversations whose time in quarantine is over, with everything in them, and the visitors nothing else is known of. The
/// number removed.
pub fn purge(tx: &WriteTx) -> Result<usize> {
    let (spam, suspects) = (tx.now - limits::SPAM_KEPT.as_millis() as i64, tx.now - limits::SUSPECTS_KEPT.as_millis() as i64);
    let over: Vec<(ConversationId, ContactId)> = tx.all(
        "SELECT id, contact_id FROM conversations WHERE listing = 'spam' AND last_message_at < CASE quarantine WHEN 'spam' THEN ?1 ELSE ?2 END
         ORDER BY last_seq LIMIT ?3",
        params![spam, suspects, limits::SPAM_SWEEP],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (conversation, contact) in &over {
        if erase::conversation_step(tx, *conversation)? {
            // Long ones go in several sweeps.
            continue;
        }
        tx.exec(
            "DELETE FROM contacts WHERE id = ?1 AND kind = 'visitor' AND blocked_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM conversations WHERE contact_id = ?1) AND NOT EXISTS (SELECT 1 FROM messages WHERE contact_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM bans WHERE contact_id = ?1) AND NOT EXISTS (SELECT 1 FROM contact_notes WHERE contact_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM contacts m WHERE m.merged_into = ?1)",
            [contact],
        )?;
    }
    Ok(over.len())
}
