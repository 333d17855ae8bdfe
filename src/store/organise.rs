//! What a list of actions touches beside status, tags and people: who listens, who is told, what is promised, what is spam.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, Uuid};
use rusqlite::params;
use serde_json::{Map, Value};

/// Everybody inside who can be told something.
pub fn agents_inside(tx: &ReadTx) -> Result<Vec<AgentId>> {
    tx.all("SELECT id FROM agents WHERE suspended_at IS NULL AND password_hash IS NOT NULL ORDER BY id LIMIT 1000", [], |row| row.get(0))
}

/// Whether there is a promise with this public id.
pub fn has_sla(tx: &ReadTx, uuid: Uuid) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM slas WHERE uuid = ?1", [uuid], |_| Ok(()))?.is_some())
}

/// Sets what is promised in a conversation; false when that is so already.
pub fn set_sla(tx: &WriteTx, conversation: ConversationId, sla: Option<Uuid>) -> Result<bool> {
    let sql = "UPDATE conversations SET sla_id = (SELECT id FROM slas WHERE uuid = ?2)
               WHERE id = ?1 AND sla_id IS NOT (SELECT id FROM slas WHERE uuid = ?2)";
    Ok(tx.exec(sql, params![conversation, sla])? > 0)
}

/// Puts a conversation where spam waits; false when it is there already.
pub fn set_spam(tx: &WriteTx, conversation: ConversationId) -> Result<bool> {
    Ok(tx.exec("UPDATE conversations SET quarantine = 'spam' WHERE id = ?1 AND quarantine IS NOT 'spam'", [conversation])? > 0)
}

/// Lets an agent listen silently; false when he does already.
pub fn follow(tx: &WriteTx, conversation: ConversationId, agent: AgentId) -> Result<bool> {
    Ok(tx.exec("INSERT OR IGNORE INTO followers (conversation_id, agent_id) VALUES (?1, ?2)", params![conversation, agent])? > 0)
}

/// Fields that agents keep, of the contact and of the conversation itself.
pub fn fields(tx: &ReadTx, conversation: ConversationId) -> Result<[Map<String, Value>; 2]> {
    let sql = "SELECT p.fields, c.fields FROM conversations c JOIN contacts p ON p.id = c.contact_id WHERE c.id = ?1";
    let found = tx.one(sql, [conversation], |row| Ok([row.get::<_, String>(0)?, row.get(1)?]))?.unwrap_or_default();
    Ok(found.map(|json| serde_json::from_str(&json).unwrap_or_default()))
}
