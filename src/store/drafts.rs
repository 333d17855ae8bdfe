//! Drafts of agents. A deleted one leaves its version behind for a while as an empty body, so that an old device cannot bring it back.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, Uuid};
use crate::base::limits;
use crate::model::draft::Draft;
use crate::model::event::{Topic, What};
use rusqlite::{Row, params};

/// The agent's drafts that say something, newest first.
pub fn all(tx: &ReadTx, agent: AgentId) -> Result<Vec<Draft>> {
    tx.all(
        "SELECT d.agent_id, c.uuid, d.is_note, d.body, d.version, d.updated_at FROM drafts d JOIN conversations c ON c.id = d.conversation_id
         WHERE d.agent_id = ?1 AND d.body <> '' ORDER BY d.updated_at DESC LIMIT ?2",
        params![agent, limits::DRAFTS_MAX],
        read,
    )
}

/// The agent's draft of this kind, also an emptied one.
pub fn find(tx: &ReadTx, agent: AgentId, conversation: ConversationId, is_note: bool) -> Result<Option<Draft>> {
    tx.one(
        "SELECT d.agent_id, c.uuid, d.is_note, d.body, d.version, d.updated_at FROM drafts d JOIN conversations c ON c.id = d.conversation_id
         WHERE d.agent_id = ?1 AND d.conversation_id = ?2 AND d.is_note = ?3",
        params![agent, conversation, is_note],
        read,
    )
}

/// Replaces the text and tells the agent's other tabs and devices; an empty text takes the draft away.
pub fn put(tx: &WriteTx, agent: AgentId, conversation: ConversationId, uuid: Uuid, is_note: bool, body: &str) -> Result<Draft> {
    let before = find(tx, agent, conversation, is_note)?;
    if before.is_none() && body.is_empty() {
        return Ok(Draft { agent, conversation: uuid, is_note, body: String::new(), version: 0, updated_at: tx.now });
    }
    // The time is a number that only grows, and the one before is passed in any case: no two texts ever share a version.
    let version = before.map_or(tx.now, |draft| tx.now.max(draft.version + 1));
    tx.exec(
        "INSERT INTO drafts (agent_id, conversation_id, body, is_note, version, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (agent_id, conversation_id, is_note) DO UPDATE SET body = excluded.body, version = excluded.version, updated_at = excluded.updated_at",
        params![agent, conversation, body, is_note, version, tx.now],
    )?;
    tx.exec(
        "DELETE FROM drafts WHERE agent_id = ?1 AND (conversation_id, is_note) IN (SELECT conversation_id, is_note FROM drafts
         WHERE agent_id = ?1 ORDER BY updated_at DESC LIMIT -1 OFFSET ?2)",
        params![agent, limits::DRAFTS_MAX],
    )?;
    let draft = Draft { agent, conversation: uuid, is_note, body: body.to_owned(), version, updated_at: tx.now };
    tx.announce_ephemeral(vec![Topic::Agent(agent)], What::DraftChanged { draft: draft.clone() });
    Ok(draft)
}

/// Forgets emptied drafts older than `age_ms`: by then every device has heard of them; the number removed.
pub fn prune(tx: &WriteTx, age_ms: Millis) -> Result<usize> {
    tx.exec("DELETE FROM drafts WHERE body = '' AND updated_at < ?1", [tx.now - age_ms])
}

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft {
        agent: row.get(0)?,
        conversation: row.get(1)?,
        is_note: row.get(2)?,
        body: row.get(3)?,
        version: row.get(4)?,
        updated_at: row.get(5)?,
    })
}
