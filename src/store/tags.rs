//! Tags and which conversations have them.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{ConversationId, Uuid};
use crate::base::limits;
use crate::model::event::{Tool, Topic, What};
use crate::model::tag::Tag;
use rusqlite::{Row, params};

/// All tags by name, with their uses counted up to 10,000.
pub fn all(tx: &ReadTx) -> Result<Vec<Tag>> {
    tx.all(
        "SELECT t.uuid, t.name, t.color, (SELECT count(*) FROM (SELECT 1 FROM conversation_tags WHERE tag_id = t.id LIMIT 10000))
         FROM tags t ORDER BY t.name COLLATE NOCASE LIMIT ?1",
        [limits::TAGS_MAX],
        read,
    )
}

/// The tag with this public id, without its uses.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Tag>> {
    tx.one("SELECT uuid, name, color, 0 FROM tags WHERE uuid = ?1", [uuid], read)
}

/// The tag of this name, whatever its letters' case.
pub fn named(tx: &ReadTx, name: &str) -> Result<Option<Tag>> {
    tx.one("SELECT uuid, name, color, 0 FROM tags WHERE name = ?1", [name], read)
}

/// How many tags there are.
pub fn count(tx: &ReadTx) -> Result<u32> {
    Ok(tx.one("SELECT count(*) FROM tags", [], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new tag.
pub fn insert(tx: &WriteTx, name: &str, color: &str) -> Result<Uuid> {
    let uuid = Uuid::new();
    tx.insert("INSERT INTO tags (uuid, name, color, created_at) VALUES (?1, ?2, ?3, ?4)", params![uuid, name, color, tx.now])?;
    announce(tx, uuid);
    Ok(uuid)
}

/// Writes name and colour.
pub fn update(tx: &WriteTx, tag: &Tag) -> Result<()> {
    tx.exec("UPDATE tags SET name = ?2, color = ?3 WHERE uuid = ?1", params![tag.uuid, tag.name, tag.color])?;
    announce(tx, tag.uuid);
    Ok(())
}

/// Removes a tag that no conversation has any more; see `strip`.
pub fn delete(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM tags WHERE uuid = ?1", [uuid])?;
    announce(tx, uuid);
    Ok(())
}

/// Moves some conversations from one tag to another; how many. Call it until it is fewer than `limits::TEAM_DETACH_BATCH`.
pub fn move_some(tx: &WriteTx, from: Uuid, to: Uuid) -> Result<usize> {
    tx.exec(
        "INSERT OR IGNORE INTO conversation_tags (conversation_id, tag_id)
         SELECT conversation_id, (SELECT id FROM tags WHERE uuid = ?2) FROM conversation_tags
         WHERE tag_id = (SELECT id FROM tags WHERE uuid = ?1) ORDER BY conversation_id LIMIT ?3",
        params![from, to, limits::TEAM_DETACH_BATCH],
    )?;
    strip(tx, from)
}

/// Takes a tag from some of its conversations, the same ones that `move_some` gave another; how many.
pub fn strip(tx: &WriteTx, uuid: Uuid) -> Result<usize> {
    tx.exec(
        "DELETE FROM conversation_tags WHERE tag_id = (SELECT id FROM tags WHERE uuid = ?1) AND conversation_id IN (
             SELECT conversation_id FROM conversation_tags WHERE tag_id = (SELECT id FROM tags WHERE uuid = ?1) ORDER BY conversation_id LIMIT ?2)",
        params![uuid, limits::TEAM_DETACH_BATCH],
    )
}

/// Tags of one conversation, by name.
pub fn of(tx: &ReadTx, conversation: ConversationId) -> Result<Vec<Tag>> {
    tx.all(
        "SELECT t.uuid, t.name, t.color, 0 FROM conversation_tags c JOIN tags t ON t.id = c.tag_id WHERE c.conversation_id = ?1
         ORDER BY t.name COLLATE NOCASE",
        [conversation],
        read,
    )
}

/// Gives a conversation a tag; false when it has it already.
pub fn add(tx: &WriteTx, conversation: ConversationId, uuid: Uuid) -> Result<bool> {
    let sql = "INSERT OR IGNORE INTO conversation_tags (conversation_id, tag_id) SELECT ?1, id FROM tags WHERE uuid = ?2";
    Ok(tx.exec(sql, params![conversation, uuid])? > 0)
}

/// Takes a tag from a conversation; false when it has it not.
pub fn remove(tx: &WriteTx, conversation: ConversationId, uuid: Uuid) -> Result<bool> {
    let sql = "DELETE FROM conversation_tags WHERE conversation_id = ?1 AND tag_id = (SELECT id FROM tags WHERE uuid = ?2)";
    Ok(tx.exec(sql, params![conversation, uuid])? > 0)
}

/// Names of macros, rules and views that speak of a tag, a status or anything else with a public id.
pub fn spoken_of(tx: &ReadTx, uuid: Uuid) -> Result<Vec<String>> {
    tx.all(
        "SELECT 'macro ' || name FROM macros WHERE instr(actions, ?1) > 0
         UNION ALL SELECT 'rule ' || name FROM rules WHERE instr(actions, ?1) > 0 OR instr(conditions, ?1) > 0
         UNION ALL SELECT 'view ' || name FROM views WHERE instr(filter, ?1) > 0 LIMIT 10",
        [uuid.to_string()],
        |row| row.get(0),
    )
}

/// Lets macros, rules and views that spoke of one thing speak of another.
pub fn speak_of(tx: &WriteTx, from: Uuid, to: Uuid) -> Result<()> {
    let (from, to) = (from.to_string(), to.to_string());
    tx.exec("UPDATE macros SET actions = replace(actions, ?1, ?2) WHERE instr(actions, ?1) > 0", [&from, &to])?;
    tx.exec(
        "UPDATE rules SET actions = replace(actions, ?1, ?2), conditions = replace(conditions, ?1, ?2)
         WHERE instr(actions, ?1) > 0 OR instr(conditions, ?1) > 0",
        [&from, &to],
    )?;
    tx.exec("UPDATE views SET filter = replace(filter, ?1, ?2) WHERE instr(filter, ?1) > 0", [&from, &to])?;
    Ok(())
}

fn announce(tx: &WriteTx, uuid: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::ToolChanged { tool: Tool::Tag, uuid });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Tag> {
    Ok(Tag { uuid: row.get(0)?, name: row.get(1)?, color: row.get(2)?, uses: row.get(3)? })
}
