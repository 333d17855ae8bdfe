//! Replies that may still be taken back, and what others answered meanwhile.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ConversationId, MessageId, Seq, Uuid};
use crate::base::limits;
use crate::model::agent::full_name;
use crate::model::draft::Held;
use crate::model::message::Message;
use crate::model::rich::Rich;
use rusqlite::{Row, params};

macro_rules! held_select {
    ($tail:literal) => {
        concat!(
            "SELECT h.id, h.uuid, h.agent_id, a.first_name, a.last_name, h.conversation_id, c.uuid, h.echo_id, h.source, h.attachments, h.rich,
                    h.resolves, h.send_at, h.created_at
             FROM held_replies h JOIN agents a ON a.id = h.agent_id JOIN conversations c ON c.id = h.conversation_id ",
            $tail
        )
    };
}

/// A reply about to be held.
pub struct NewHeld<'a> {
    pub agent: AgentId,
    pub conversation: ConversationId,
    pub echo_id: &'a str,
    pub source: &'a str,
    pub attachments: &'a [Uuid],
    pub rich: Option<&'a Rich>,
    pub resolves: bool,
    pub send_at: Millis,
}

/// Keeps a reply back.
pub fn insert(tx: &WriteTx, new: &NewHeld<'_>) -> Result<Held> {
    let attachments: Vec<String> = new.attachments.iter().map(Uuid::to_string).collect();
    let id = tx.insert(
        "INSERT INTO held_replies (uuid, agent_id, conversation_id, echo_id, source, attachments, rich, resolves, send_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            Uuid::new(),
            new.agent,
            new.conversation,
            new.echo_id,
            new.source,
            serde_json::to_string(&attachments).map_err(Error::internal)?,
            new.rich.map(serde_json::to_string).transpose().map_err(Error::internal)?,
            new.resolves,
            new.send_at,
            tx.now
        ],
    )?;
    find(tx, id)?.ok_or_else(|| Error::not_found("reply"))
}

/// The held reply with this row number.
pub fn find(tx: &ReadTx, id: i64) -> Result<Option<Held>> {
    tx.one(held_select!("WHERE h.id = ?1"), [id], read)
}

/// This agent's held reply of this conversation with this public id.
pub fn find_own(tx: &ReadTx, agent: AgentId, conversation: ConversationId, uuid: Uuid) -> Result<Option<Held>> {
    tx.one(held_select!("WHERE h.uuid = ?3 AND h.agent_id = ?1 AND h.conversation_id = ?2"), params![agent, conversation, uuid], read)
}

/// What this agent holds back under this echo id.
pub fn find_by_echo(tx: &ReadTx, agent: AgentId, echo_id: &str) -> Result<Option<Held>> {
    tx.one(held_select!("WHERE h.agent_id = ?1 AND h.echo_id = ?2"), params![agent, echo_id], read)
}

/// What is held back in a conversation, by whomever, in the order it was said.
pub fn of_conversation(tx: &ReadTx, conversation: ConversationId) -> Result<Vec<Held>> {
    tx.all(held_select!("WHERE h.conversation_id = ?1 ORDER BY h.id LIMIT ?2"), params![conversation, limits::HELD_MAX], read)
}

/// Replies of other agents in a conversation after `after`, oldest first: what somebody who answers has not seen.
pub fn replies_of_others(tx: &ReadTx, conversation: ConversationId, agent: AgentId, after: Seq) -> Result<Vec<Message>> {
    let ids: Vec<MessageId> = tx.all(
        "SELECT id FROM messages WHERE conversation_id = ?1 AND seq > ?3 AND kind = 'outgoing' AND agent_id IS NOT NULL AND agent_id <> ?2
         ORDER BY seq LIMIT 5",
        params![conversation, agent, after],
        |row| row.get(0),
    )?;
    ids.into_iter().map(|id| super::messages::message(tx, id)).collect()
}

/// It is sent, or taken back.
pub fn delete(tx: &WriteTx, id: i64) -> Result<()> {
    tx.exec("DELETE FROM held_replies WHERE id = ?1", [id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Held> {
    let attachments: Vec<String> = serde_json::from_str(&row.get::<_, String>(9)?).unwrap_or_default();
    Ok(Held {
        id: row.get(0)?,
        uuid: row.get(1)?,
        agent: row.get(2)?,
        agent_name: full_name(&row.get::<_, String>(3)?, &row.get::<_, String>(4)?),
        conversation: row.get(5)?,
        conversation_uuid: row.get(6)?,
        echo_id: row.get(7)?,
        source: row.get(8)?,
        attachments: attachments.iter().filter_map(|text| Uuid::parse(text)).collect(),
        rich: row.get::<_, Option<String>>(10)?.and_then(|json| serde_json::from_str(&json).ok()),
        resolves: row.get(11)?,
        send_at: row.get(12)?,
        created_at: row.get(13)?,
    })
}
