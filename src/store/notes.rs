//! Notes: who was called by name in one, and taking one back.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, MessageId, Uuid};
use crate::model::agent::AgentRef;
use rusqlite::params;

/// The agents with these public ids who may still log in, each once; the others are left out.
pub fn callable(tx: &ReadTx, uuids: &[Uuid]) -> Result<Vec<AgentRef>> {
    let wanted = serde_json::json!(uuids.iter().map(Uuid::to_string).collect::<Vec<_>>()).to_string();
    tx.all(
        "SELECT id, uuid, first_name, last_name, availability FROM agents
         WHERE suspended_at IS NULL AND uuid IN (SELECT value FROM json_each(?1)) ORDER BY id LIMIT 100",
        [wanted],
        |row| {
            Ok(AgentRef { id: row.get(0)?, uuid: row.get(1)?, first_name: row.get(2)?, last_name: row.get(3)?, availability: row.get(4)? })
        },
    )
}

/// Writes down that these agents were called in a note.
pub fn insert(tx: &WriteTx, conversation: ConversationId, message: MessageId, agents: &[AgentId]) -> Result<()> {
    for agent in agents {
        tx.exec(
            "INSERT OR IGNORE INTO mentions (agent_id, conversation_id, message_id) VALUES (?1, ?2, ?3)",
            params![agent, conversation, message],
        )?;
    }
    Ok(())
}

/// Empties a note for good: its words leave the search and the list with it. Answers what it said; nothing when it is not this agent's note.
pub fn delete_own_note(tx: &WriteTx, agent: AgentId, conversation: ConversationId, uuid: Uuid) -> Result<Option<(MessageId, String)>> {
    let Some((id, words)) = tx.one(
        "SELECT id, source FROM messages WHERE uuid = ?3 AND conversation_id = ?2 AND agent_id = ?1 AND kind = 'note'",
        params![agent, conversation, uuid],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?
    else {
        return Ok(None);
    };
    empty(tx, conversation, id)?;
    Ok(Some((id, words)))
}

/// Takes the words of a note away, with all that hangs on them.
pub(super) fn empty(tx: &WriteTx, conversation: ConversationId, id: MessageId) -> Result<()> {
    tx.exec(
        "UPDATE messages SET source = '', html = '', text = '', meta = json_object('deleted', json('true')), edited_at = ?2 WHERE id = ?1",
        params![id, tx.now],
    )?;
    tx.exec("DELETE FROM attachments WHERE message_id = ?1", [id])?;
    tx.exec("DELETE FROM mentions WHERE message_id = ?1", [id])?;
    tx.exec(
        "UPDATE conversations SET preview = '' WHERE id = ?1 AND preview_from = 'note' AND last_seq = (SELECT seq FROM messages WHERE id = ?2)",
        params![conversation, id],
    )?;
    Ok(())
}
