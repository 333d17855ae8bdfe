//! Files inside the one file: bytes in chunks, once per content, and the names under which people sent them. Never a whole file in memory.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, AttachmentId, ContactId, ConversationId, InboxId, MessageId, Uuid, random_bytes};
use crate::model::message::Attachment;
use rusqlite::{Row, params};

/// Row of `blobs`.
pub type BlobId = i64;

/// A file that arrived whole and waits for its attachment row.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Its own bytes, named by nobody else until `insert` decides whether the same content is here already.
    pub blob: BlobId,
    pub hash: [u8; 32],
    pub name: String,
    pub content_type: String,
    pub size: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
}

/// Whom an attachment belongs to when it is stored.
#[derive(Debug, Clone, Copy)]
pub enum Owner {
    /// Part of a message.
    Message(ConversationId, MessageId),
    /// Uploaded by an agent for a conversation, not sent yet.
    Draft(ConversationId, AgentId),
    /// The logo of an inbox.
    Logo(InboxId),
}

/// Begins a file of unknown content. Its number is random and so never used twice: whoever still holds the number of removed bytes
/// must not find somebody else's there.
pub fn begin_blob(tx: &WriteTx) -> Result<BlobId> {
    begin_blob_as(tx, blob_number())
}

/// A number for a file that begins soon.
pub fn blob_number() -> BlobId {
    i64::from_be_bytes(random_bytes()) & i64::MAX
}

/// Begins a file under a number of `blob_number`.
pub fn begin_blob_as(tx: &WriteTx, id: BlobId) -> Result<BlobId> {
    tx.insert("INSERT INTO blobs (id, size, created_at) VALUES (?1, 0, ?2)", params![id, tx.now])
}

/// Adds chunk number `n` (0, 1, 2 …).
pub fn append_chunk(tx: &WriteTx, blob: BlobId, n: u32, data: &[u8]) -> Result<()> {
    tx.insert("INSERT INTO blob_chunks (blob_id, n, data) VALUES (?1, ?2, ?3)", params![blob, n, data])?;
    Ok(())
}

/// The bytes that an arrived file will be served from: those of the same content if they are here already (its own are removed), else
/// its own. Only ever called in the transaction that names them, so nobody can take them away in between.
fn settle(tx: &WriteTx, file: &Arrived) -> Result<BlobId> {
    if let Some(known) = tx.one("SELECT id FROM blobs WHERE hash = ?1", params![file.hash], |row| row.get(0))? {
        if known != file.blob {
            drop_blob(tx, file.blob)?;
        }
        return Ok(known);
    }
    let settled = tx.exec("UPDATE blobs SET hash = ?2, size = ?3 WHERE id = ?1", params![file.blob, file.hash, file.size as i64])?;
    match settled {
        1 => Ok(file.blob),
        _ => Err(Error::conflict("The upload took too long. Please send the file again.").in_field("files")),
    }
}

/// Removes bytes that nothing names (a refused or broken upload).
pub fn drop_blob(tx: &WriteTx, blob: BlobId) -> Result<()> {
    tx.exec("DELETE FROM blobs WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob_id = ?1)", [blob])?;
    Ok(())
}

/// Removes one file; its bytes go with the last name they have.
pub fn delete(tx: &WriteTx, id: AttachmentId) -> Result<()> {
    tx.exec("DELETE FROM attachments WHERE id = ?1", [id])?;
    Ok(())
}

/// Removes a few uploads that never became part of a message, and bytes that nothing names, older than `age_ms`; the number removed. A
/// few, because erasing megabytes holds up everybody who writes.
pub fn prune(tx: &WriteTx, age_ms: i64) -> Result<usize> {
    let drafts = tx.exec(
        "DELETE FROM attachments WHERE id IN (SELECT id FROM attachments
              WHERE message_id IS NULL AND conversation_id IS NOT NULL AND created_at < ?1 LIMIT 5)",
        [tx.now - age_ms],
    )?;
    let orphans = tx.exec(
        "DELETE FROM blobs WHERE id IN (SELECT id FROM blobs
          WHERE created_at < ?1 AND NOT EXISTS (SELECT 1 FROM attachments WHERE blob_id = blobs.id) LIMIT 5)",
        [tx.now - age_ms],
    )?;
    Ok(drafts + orphans)
}

/// Stores a named file.
pub fn insert(tx: &WriteTx, owner: Owner, position: u32, file: &Arrived) -> Result<Attachment> {
    let (conversation, message, agent, inbox) = match owner {
        Owner::Message(conversation, message) => (Some(conversation), Some(message), None, None),
        Owner::Draft(conversation, agent) => (Some(conversation), None, Some(agent), None),
        Owner::Logo(inbox) => (None, None, None, Some(inbox)),
    };
    let blob = settle(tx, file)?;
    let uuid = Uuid::new();
    let id = tx.insert(
        "INSERT INTO attachments (uuid, conversation_id, message_id, inbox_id, agent_id, blob_id, name, content_type, size, width, height, position, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        params![
            uuid,
            conversation,
            message,
            inbox,
            agent,
            blob,
            file.name,
            file.content_type,
            file.size as i64,
            file.width,
            file.height,
            position,
            tx.now
        ],
    )?;
    Ok(Attachment {
        id: AttachmentId(id),
        uuid,
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        width: file.width,
        height: file.height,
    })
}

/// Gives an agent's own draft uploads of this conversation to a message, in the order given. One that is not his is not found.
pub fn attach_drafts(tx: &WriteTx, agent: AgentId, conversation: ConversationId, message: MessageId, uuids: &[Uuid]) -> Result<()> {
    for (position, uuid) in uuids.iter().enumerate() {
        let changed = tx.exec(
            "UPDATE attachments SET message_id = ?1, position = ?5 WHERE uuid = ?2 AND conversation_id = ?3 AND agent_id = ?4 AND message_id IS NULL",
            params![message, uuid, conversation, agent, position as u32],
        )?;
        if changed == 0 {
            return Err(Error::not_found("uploaded file").in_field("attachments"));
        }
    }
    Ok(())
}

/// Lets a card of this message show an upload: the inbox's own, or one of this conversation. A draft of this agent becomes part of the
/// message. Anything else, and anything that is no picture, is not found.
pub fn show_picture(
    tx: &WriteTx,
    inbox: InboxId,
    agent: AgentId,
    conversation: ConversationId,
    message: MessageId,
    uuid: Uuid,
) -> Result<()> {
    let found = tx.one(
        "SELECT id, uuid, name, content_type, size, width, height FROM attachments
         WHERE uuid = ?1 AND (inbox_id = ?2 OR (conversation_id = ?3 AND (message_id IS NOT NULL OR agent_id = ?4)))",
        params![uuid, inbox, conversation, agent],
        read,
    )?;
    let is_picture = |file: &Attachment| file.content_type.starts_with("image/") && crate::base::files::inline_ok(&file.content_type);
    let file = found.filter(is_picture).ok_or_else(|| Error::not_found("picture").in_field("rich"))?;
    tx.exec(
        "UPDATE attachments SET message_id = ?2 WHERE id = ?1 AND conversation_id IS NOT NULL AND message_id IS NULL",
        params![file.id, message],
    )?;
    Ok(())
}

/// The files of one message, in order.
pub fn of_message(tx: &ReadTx, message: MessageId) -> Result<Vec<Attachment>> {
    tx.all(
        "SELECT id, uuid, name, content_type, size, width, height FROM attachments WHERE message_id = ?1 ORDER BY position, id LIMIT 100",
        [message],
        read,
    )
}

/// The files of a run of messages of one conversation, in order.
pub fn of_messages(tx: &ReadTx, conversation: ConversationId, first: MessageId, last: MessageId) -> Result<Vec<(MessageId, Attachment)>> {
    tx.all(
        "SELECT id, uuid, name, content_type, size, width, height, message_id FROM attachments
         WHERE conversation_id = ?1 AND message_id BETWEEN ?2 AND ?3 ORDER BY message_id, position, id LIMIT 5000",
        params![conversation, first, last],
        |row| Ok((row.get(7)?, read(row)?)),
    )
}

/// The SHA-256 of each file of a conversation, in hexadecimal digits.
pub fn hashes_of(tx: &ReadTx, conversation: ConversationId) -> Result<Vec<(AttachmentId, String)>> {
    tx.all(
        "SELECT a.id, lower(hex(b.hash)) FROM attachments a JOIN blobs b ON b.id = a.blob_id
         WHERE a.conversation_id = ?1 AND a.message_id IS NOT NULL AND b.hash IS NOT NULL ORDER BY a.id LIMIT 50000",
        [conversation],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What is needed to send a file.
#[derive(Debug, Clone)]
pub struct Stored {
    pub attachment: Attachment,
    pub blob: BlobId,
    /// A logo is public; everything else needs a signed link.
    pub public: bool,
}

/// The file with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Stored>> {
    tx.one(
        "SELECT id, uuid, name, content_type, size, width, height, blob_id, inbox_id IS NOT NULL FROM attachments WHERE uuid = ?1",
        [uuid],
        |row| Ok(Stored { attachment: read(row)?, blob: row.get(7)?, public: row.get(8)? }),
    )
}

/// Chunk number `n` of a file.
pub fn chunk(tx: &ReadTx, blob: BlobId, n: u32) -> Result<Option<Vec<u8>>> {
    tx.one("SELECT data FROM blob_chunks WHERE blob_id = ?1 AND n = ?2", params![blob, n], |row| row.get(0))
}

/// Bytes that a contact has sent since `since`, for its budget.
pub fn bytes_of_contact(tx: &ReadTx, contact: ContactId, since: i64) -> Result<i64> {
    Ok(tx
        .one(
            "SELECT coalesce(sum(f.size), 0) FROM conversations c JOIN attachments f ON f.conversation_id = c.id
             WHERE c.contact_id = ?1 AND f.agent_id IS NULL AND f.created_at > ?2",
            params![contact, since],
            |row| row.get(0),
        )?
        .unwrap_or(0))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    Ok(Attachment {
        id: row.get(0)?,
        uuid: row.get(1)?,
        name: row.get(2)?,
        content_type: row.get(3)?,
        size: row.get::<_, i64>(4)? as u64,
        width: row.get(5)?,
        height: row.get(6)?,
    })
}
