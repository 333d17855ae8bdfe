//! What people agreed to, word for word.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{ContactId, ConversationId, InboxId};
use crate::model::contact::ConsentWords;
use rusqlite::params;

/// Whether a contact agreed to these very words in this inbox.
pub fn has(tx: &ReadTx, inbox: InboxId, contact: ContactId, words: &ConsentWords) -> Result<bool> {
    let found = tx.one(
        "SELECT 1 FROM consents WHERE contact_id = ?1 AND inbox_id = ?2 AND text = ?3 AND link_url = ?4 LIMIT 1",
        params![contact, inbox, words.text, words.link_url],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Stores a proof.
pub fn insert(tx: &WriteTx, inbox: InboxId, contact: ContactId, conversation: Option<ConversationId>, words: &ConsentWords) -> Result<()> {
    tx.insert(
        "INSERT INTO consents (contact_id, inbox_id, conversation_id, locale, text, link_url, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![contact, inbox, conversation, words.locale, words.text, words.link_url, tx.now],
    )?;
    Ok(())
}
