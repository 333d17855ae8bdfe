//! What agents should hear of. Bounded per agent; old ones that were read go away.

use super::sight::sight;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, Uuid};
use crate::base::limits;
use crate::model::event::{Topic, What};
use crate::model::notice::{NewNotice, Notice};
use rusqlite::{Row, params};

macro_rules! notice_select {
    ($tail:expr) => {
        concat!(
            "SELECT n.uuid, n.agent_id, n.kind, c.uuid, c.id, n.actor, n.text, n.created_at, n.read_at
             FROM notices n LEFT JOIN conversations c ON c.id = n.conversation_id ",
            $tail
        )
    };
}

/// Stores and tells a notice. One whose key is there already is told again when it was read, and is nothing new when it was not.
pub fn insert(tx: &WriteTx, new: &NewNotice) -> Result<Option<Notice>> {
    if let Some(key) = &new.dedup_key {
        let unread = tx.one(
            "SELECT 1 FROM notices WHERE agent_id = ?1 AND dedup_key = ?2 AND read_at IS NULL",
            params![new.agent, key],
            |_| Ok(()),
        )?;
        if unread.is_some() {
            return Ok(None);
        }
        tx.exec("DELETE FROM notices WHERE agent_id = ?1 AND dedup_key = ?2", params![new.agent, key])?;
    }
    let uuid = Uuid::new();
    tx.insert(
        "INSERT INTO notices (uuid, agent_id, kind, conversation_id, actor, text, dedup_key, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![uuid, new.agent, new.kind, new.conversation, new.actor, new.text, new.dedup_key, tx.now],
    )?;
    tx.exec(
        "DELETE FROM notices WHERE agent_id = ?1 AND id <= (SELECT id FROM notices WHERE agent_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![new.agent, limits::NOTICES_PER_AGENT_MAX],
    )?;
    let notice = find(tx, uuid)?;
    if let Some(notice) = &notice {
        tx.announce_ephemeral(vec![Topic::Agent(new.agent)], What::NoticeAdded { notice: notice.clone() });
    }
    Ok(notice)
}

/// One page of an agent's notices, newest first, older than the notice `before`; those of conversations out of his sight are left out.
pub fn page(tx: &ReadTx, agent: AgentId, before: Option<Uuid>, limit: u32) -> Result<Vec<Notice>> {
    tx.all(
        notice_select!(concat!(
            "WHERE n.agent_id = ?1 AND (?2 IS NULL OR n.id < (SELECT id FROM notices WHERE uuid = ?2 AND agent_id = ?1))
             AND (n.conversation_id IS NULL OR ",
            sight!(),
            ") ORDER BY n.id DESC LIMIT ?3"
        )),
        params![agent, before, limit],
        read,
    )
}

/// The notice with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Notice>> {
    tx.one(notice_select!("WHERE n.uuid = ?1"), [uuid], read)
}

/// Takes back what everybody but `but` was told of a new conversation, since it is somebody's now; whom to tell.
pub fn take_back_new(tx: &WriteTx, conversation: ConversationId, but: AgentId) -> Result<Vec<AgentId>> {
    let told = tx.all(
        "SELECT agent_id FROM notices WHERE conversation_id = ?1 AND kind = 'new' AND agent_id <> ?2 AND read_at IS NULL",
        params![conversation, but],
        |row| row.get(0),
    )?;
    tx.exec(
        "DELETE FROM notices WHERE conversation_id = ?1 AND kind = 'new' AND agent_id <> ?2 AND read_at IS NULL",
        params![conversation, but],
    )?;
    Ok(told)
}

/// How many an agent has not read, of those he sees.
pub fn unread(tx: &ReadTx, agent: AgentId) -> Result<u32> {
    let sql = concat!(
        "SELECT count(*) FROM notices n LEFT JOIN conversations c ON c.id = n.conversation_id
         WHERE n.agent_id = ?1 AND n.read_at IS NULL AND (n.conversation_id IS NULL OR ",
        sight!(),
        ")"
    );
    Ok(tx.one(sql, [agent], |row| row.get(0))?.unwrap_or(0))
}

/// What an agent has not read and was not mailed either, of those he sees, oldest first.
pub fn unmailed(tx: &ReadTx, agent: AgentId, limit: u32) -> Result<Vec<Notice>> {
    tx.all(
        notice_select!(concat!(
            "WHERE n.agent_id = ?1 AND n.read_at IS NULL AND n.mailed_at IS NULL AND (n.conversation_id IS NULL OR ",
            sight!(),
            ") ORDER BY n.id LIMIT ?2"
        )),
        params![agent, limit],
        read,
    )
}

/// Marks these as mailed.
pub fn mailed(tx: &WriteTx, agent: AgentId, uuids: &[Uuid]) -> Result<()> {
    for uuid in uuids {
        tx.exec("UPDATE notices SET mailed_at = ?3 WHERE agent_id = ?1 AND uuid = ?2", params![agent, uuid, tx.now])?;
    }
    Ok(())
}

/// Marks what was told of messages in a conversation as mailed: a mail carried them.
pub fn mailed_about(tx: &WriteTx, agent: AgentId, conversation: ConversationId) -> Result<()> {
    tx.exec(
        "UPDATE notices SET mailed_at = ?3 WHERE agent_id = ?1 AND conversation_id = ?2 AND kind IN ('new', 'message') AND mailed_at IS NULL",
        params![agent, conversation, tx.now],
    )?;
    Ok(())
}

/// Whether a mail told of a message in a conversation that was written at `at`.
pub fn was_mailed(tx: &ReadTx, agent: AgentId, conversation: ConversationId, at: Millis) -> Result<bool> {
    let found = tx.one(
        "SELECT 1 FROM notices WHERE agent_id = ?1 AND conversation_id = ?2 AND kind IN ('new', 'message') AND created_at >= ?3 AND mailed_at IS NOT NULL",
        params![agent, conversation, at],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Marks these as read; ids that are not his do nothing.
pub fn mark(tx: &WriteTx, agent: AgentId, uuids: &[Uuid]) -> Result<()> {
    for uuid in uuids {
        tx.exec("UPDATE notices SET read_at = ?3 WHERE agent_id = ?1 AND uuid = ?2 AND read_at IS NULL", params![agent, uuid, tx.now])?;
    }
    Ok(())
}

/// Marks all as read, or all about one conversation; how many were unread.
pub fn mark_all(tx: &WriteTx, agent: AgentId, conversation: Option<ConversationId>) -> Result<usize> {
    tx.exec(
        "UPDATE notices SET read_at = ?3 WHERE agent_id = ?1 AND read_at IS NULL AND (?2 IS NULL OR conversation_id = ?2)",
        params![agent, conversation, tx.now],
    )
}

/// Removes read ones whose time is over.
pub fn prune(tx: &WriteTx) -> Result<usize> {
    tx.exec(
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE read_at < ?1 LIMIT 1000)",
        [tx.now - limits::READ_NOTICES_KEPT.as_millis() as i64],
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<Notice> {
    let conversation = match row.get::<_, Option<Uuid>>(3)? {
        Some(uuid) => Some((uuid, row.get(4)?)),
        None => None,
    };
    Ok(Notice {
        uuid: row.get(0)?,
        agent: row.get(1)?,
        kind: row.get(2)?,
        conversation,
        actor: row.get(5)?,
        text: row.get(6)?,
        created_at: row.get(7)?,
        read_at: row.get(8)?,
    })
}
