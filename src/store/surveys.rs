//! Surveys: how was it? One per conversation, answered once.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{ConversationId, InboxId, MessageId, Uuid};
use crate::model::message::Survey;
use rusqlite::params;

/// A survey and what its page shows.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: i64,
    pub conversation: ConversationId,
    pub inbox: InboxId,
    /// In which the contact sees the widget; "" when nobody said.
    pub locale: String,
    pub answered: bool,
}

/// The survey with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Asked>> {
    tx.one(
        "SELECT s.id, s.conversation_id, c.inbox_id, c.locale, s.answered_at IS NOT NULL FROM surveys s
         JOIN conversations c ON c.id = s.conversation_id WHERE s.uuid = ?1",
        [uuid],
        |row| Ok(Asked { id: row.get(0)?, conversation: row.get(1)?, inbox: row.get(2)?, locale: row.get(3)?, answered: row.get(4)? }),
    )
}

/// The survey of a conversation.
pub fn of_conversation(tx: &ReadTx, conversation: ConversationId) -> Result<Option<Survey>> {
    tx.one("SELECT uuid, rating, feedback, answered_at IS NOT NULL FROM surveys WHERE conversation_id = ?1", [conversation], |row| {
        Ok(Survey { uuid: row.get(0)?, rating: row.get(1)?, feedback: row.get(2)?, answered: row.get(3)? })
    })
}

/// Whether the contact has seen the question in the chat; one that is not there, because the link is the question, was not seen.
pub fn seen(tx: &ReadTx, conversation: ConversationId) -> Result<bool> {
    let seen = tx.one(
        "SELECT c.contact_seen_seq >= m.seq FROM surveys s JOIN messages m ON m.id = s.message_id JOIN conversations c ON c.id = s.conversation_id
         WHERE s.conversation_id = ?1 AND m.kind = 'outgoing'",
        [conversation],
        |row| row.get(0),
    )?;
    Ok(seen.unwrap_or(false))
}

/// Whether a conversation was asked already, and whether an agent ever answered in it.
pub fn may_ask(tx: &ReadTx, conversation: ConversationId) -> Result<bool> {
    let found = tx.one(
        "SELECT 1 FROM conversations WHERE id = ?1 AND first_reply_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM surveys WHERE conversation_id = ?1)",
        [conversation],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Stores a question that `message` asks.
pub fn insert(tx: &WriteTx, conversation: ConversationId, message: MessageId) -> Result<()> {
    tx.insert(
        "INSERT INTO surveys (uuid, conversation_id, message_id, created_at) VALUES (?1, ?2, ?3, ?4)",
        params![Uuid::new(), conversation, message, tx.now],
    )?;
    Ok(())
}

/// Stores the answer; false when there was one already.
pub fn answer(tx: &WriteTx, id: i64, rating: Option<u8>, feedback: &str) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE surveys SET rating = ?2, feedback = ?3, answered_at = ?4 WHERE id = ?1 AND answered_at IS NULL",
        params![id, rating, feedback, tx.now],
    )?;
    Ok(changed > 0)
}
