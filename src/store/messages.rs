//! Messages: stored, announced, paged. Inserting keeps the conversation's last_* columns, so that lists stay one index scan.

use super::conversations;
use super::events::{self, Subject};
use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, MessageId, Seq, Uuid};
use crate::model::agent::Availability;
use crate::model::contact::ContactKind;
use crate::model::conversation::Conversation;
use crate::model::event::What;
use crate::model::message::{Attachment, Author, Message, MessageKind, Meta, NewMessage, Survey};
use crate::model::rich::Rich;
use rusqlite::{Row, params};
use std::collections::HashMap;

/// Characters of the one-line preview in lists.
const PREVIEW_CHARS: usize = 140;

macro_rules! message_select {
    ($tail:literal) => {
        concat!(
            "SELECT m.id, m.uuid, m.conversation_id, c.uuid, m.seq, m.kind, p.id, p.uuid, p.kind, p.first_name, p.last_name,
                    a.id, a.uuid, a.first_name, a.last_name, a.availability, m.via, m.source, m.html, m.text, m.activity, m.echo_id,
                    m.created_at, m.edited_at, s.uuid, s.rating, s.feedback, s.answered_at, m.meta,
                    CASE WHEN m.via = 'system' AND m.kind = 'outgoing' THEN (SELECT json_extract(config, '$.brand_name') FROM inboxes WHERE id = c.inbox_id) END
             FROM messages m JOIN conversations c ON c.id = m.conversation_id
             LEFT JOIN contacts p ON p.id = m.contact_id LEFT JOIN agents a ON a.id = m.agent_id LEFT JOIN surveys s ON s.message_id = m.id ",
            $tail
        )
    };
}

/// Stores a message and keeps the conversation's last_* columns. `announce` follows in the same transaction, after its files are attached.
pub fn insert(tx: &WriteTx, conversation: ConversationId, new: &NewMessage) -> Result<MessageId> {
    let seq = tx.next_seq();
    let activity = match &new.activity {
        Some(activity) => Some(serde_json::to_string(activity).map_err(Error::internal)?),
        None => None,
    };
    let id = MessageId(tx.insert(
        "INSERT INTO messages (uuid, conversation_id, seq, kind, contact_id, agent_id, via, source, html, text, activity, echo_id, created_at, meta)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            Uuid::new(),
            conversation,
            seq,
            new.kind,
            new.contact,
            new.agent,
            new.via,
            new.source,
            new.html,
            new.text,
            activity,
            new.echo_id,
            tx.now,
            serde_json::to_string(&new.meta).map_err(Error::internal)?
        ],
    )?);
    let preview = crate::base::text::preview(&new.text, PREVIEW_CHARS);
    match new.kind {
        MessageKind::Incoming => tx.exec(
            "UPDATE conversations SET seq = ?2, last_seq = ?2, last_incoming_seq = ?2, contact_seen_seq = ?2, contact_seen_at = ?4, last_message_id = ?3,
                    last_message_at = ?4, preview = ?5, preview_from = 'contact', waiting_since = coalesce(waiting_since, ?4) WHERE id = ?1",
            params![conversation, seq, id, tx.now, preview],
        )?,
        MessageKind::Outgoing => tx.exec(
            "UPDATE conversations SET seq = ?2, last_seq = ?2, last_message_id = ?3, last_message_at = ?4, preview = ?5, preview_from = 'agent',
                    waiting_since = CASE WHEN ?6 THEN NULL ELSE waiting_since END, given_at = CASE WHEN ?6 THEN NULL ELSE given_at END,
                    first_reply_at = coalesce(first_reply_at, CASE WHEN ?6 THEN ?4 END) WHERE id = ?1",
            // What the house says by itself (a greeting, a question) is no answer: nobody's waiting ends with it.
            params![conversation, seq, id, tx.now, preview, new.agent.is_some()],
        )?,
        MessageKind::Note => tx.exec(
            "UPDATE conversations SET seq = ?2, last_seq = ?2, last_message_at = ?3, preview = ?4, preview_from = 'note' WHERE id = ?1",
            params![conversation, seq, tx.now, preview],
        )?,
        MessageKind::Activity => tx.exec("UPDATE conversations SET seq = ?2 WHERE id = ?1", params![conversation, seq])?,
    };
    Ok(id)
}

/// Records a stored message in the feed and tells whoever may see it. A message of files alone gets their names as its preview.
pub fn announce(tx: &WriteTx, id: MessageId) -> Result<(Conversation, Message)> {
    let message = message(tx, id)?;
    if message.text.is_empty() && !message.attachments.is_empty() {
        let names = message.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
        let preview = crate::base::text::preview(&format!("📎 {names}"), PREVIEW_CHARS);
        tx.exec("UPDATE conversations SET preview = ?2 WHERE id = ?1", params![message.conversation, preview])?;
    }
    let conversation = conversations::conversation(tx, message.conversation)?;
    let public = match message.kind {
        MessageKind::Incoming | MessageKind::Outgoing => true,
        MessageKind::Note | MessageKind::Activity => false,
    };
    let subject = Subject::Message { inbox: conversation.inbox.id, conversation: conversation.id, message: id, public };
    let what = What::MessageAdded { conversation: conversation.clone(), message: Box::new(message.clone()) };
    events::record(tx, message.seq, subject, conversations::topics(&conversation, public), what)?;
    Ok((conversation, message))
}

/// Tells again of a message that changed after it was stored: under a number of its own, so that whoever was away hears of it too.
pub fn announce_change(tx: &WriteTx, id: MessageId) -> Result<(Conversation, Message)> {
    let message = message(tx, id)?;
    let conversation = conversations::announce(tx, message.conversation, false)?;
    let subject = Subject::Message { inbox: conversation.inbox.id, conversation: conversation.id, message: id, public: false };
    let what = What::MessageAdded { conversation: conversation.clone(), message: Box::new(message.clone()) };
    events::append(tx, subject, conversations::topics(&conversation, false), what)?;
    Ok((conversation, message))
}

/// The message with this row number.
pub fn message(tx: &ReadTx, id: MessageId) -> Result<Message> {
    let mut message = tx.one(message_select!("WHERE m.id = ?1"), [id], read)?.ok_or_else(|| Error::not_found("message"))?;
    message.attachments = without_pictures(&message, super::media::of_message(tx, id)?);
    if message.kind == MessageKind::Outgoing {
        message.mail = super::continuity::marks(tx, message.conversation, id, id)?.remove(&id);
    }
    Ok(message)
}

/// What this contact already sent under this echo id.
pub fn find_by_contact_echo(tx: &ReadTx, contact: ContactId, echo_id: &str) -> Result<Option<Message>> {
    let id = tx.one("SELECT id FROM messages WHERE contact_id = ?1 AND echo_id = ?2", params![contact, echo_id], |row| row.get(0))?;
    id.map(|id| message(tx, id)).transpose()
}

/// What a start button said before this first message.
pub fn opening_before(tx: &ReadTx, first: &Message) -> Result<Option<Message>> {
    Ok(public_page(tx, first.conversation, Some(first.seq), 1)?.pop().filter(|message| message.meta.opening))
}

/// Whether a message is the first that its contact wrote in the conversation.
pub fn is_first(tx: &ReadTx, message: &Message) -> Result<bool> {
    let earlier = tx.one(
        "SELECT 1 FROM messages WHERE conversation_id = ?1 AND seq < ?2 AND kind = 'incoming' LIMIT 1",
        params![message.conversation, message.seq],
        |_| Ok(()),
    )?;
    Ok(earlier.is_none())
}

/// What this agent already sent under this echo id.
pub fn find_by_agent_echo(tx: &ReadTx, agent: AgentId, echo_id: &str) -> Result<Option<Message>> {
    let id = tx.one("SELECT id FROM messages WHERE agent_id = ?1 AND echo_id = ?2", params![agent, echo_id], |row| row.get(0))?;
    id.map(|id| message(tx, id)).transpose()
}

/// The last message of a conversation that its contact may see.
pub fn last_public(tx: &ReadTx, conversation: ConversationId) -> Result<Option<Message>> {
    let id = tx.one("SELECT last_message_id FROM conversations WHERE id = ?1", [conversation], |row| row.get::<_, Option<MessageId>>(0))?;
    id.flatten().map(|id| message(tx, id)).transpose()
}

/// One page of what the contact may see, newest first, below `before`.
pub fn public_page(tx: &ReadTx, conversation: ConversationId, before: Option<Seq>, limit: u32) -> Result<Vec<Message>> {
    let messages = tx.all(
        message_select!("WHERE m.conversation_id = ?1 AND m.seq < ?2 AND m.kind IN ('incoming', 'outgoing') ORDER BY m.seq DESC LIMIT ?3"),
        params![conversation, before.unwrap_or(Seq::MAX), limit],
        read,
    )?;
    with_attachments(tx, conversation, messages)
}

/// One page of everything, newest first, below `before`: for agents.
pub fn page(tx: &ReadTx, conversation: ConversationId, before: Option<Seq>, limit: u32) -> Result<Vec<Message>> {
    let messages = tx.all(
        message_select!("WHERE m.conversation_id = ?1 AND m.seq < ?2 ORDER BY m.seq DESC LIMIT ?3"),
        params![conversation, before.unwrap_or(Seq::MAX), limit],
        read,
    )?;
    with_marks(tx, conversation, with_attachments(tx, conversation, messages)?)
}

/// One page of everything, oldest first, above `after`: for agents who read on from somewhere in the middle.
pub fn page_after(tx: &ReadTx, conversation: ConversationId, after: Seq, limit: u32) -> Result<Vec<Message>> {
    let mut messages = tx.all(
        message_select!("WHERE m.conversation_id = ?1 AND m.seq > ?2 ORDER BY m.seq LIMIT ?3"),
        params![conversation, after, limit],
        read,
    )?;
    messages.reverse();
    let mut messages = with_marks(tx, conversation, with_attachments(tx, conversation, messages)?)?;
    messages.reverse();
    Ok(messages)
}

/// For agents: how the mails went that carried them.
fn with_marks(tx: &ReadTx, conversation: ConversationId, mut messages: Vec<Message>) -> Result<Vec<Message>> {
    let (Some(newest), Some(oldest)) = (messages.first(), messages.last()) else { return Ok(messages) };
    let mut marks = super::continuity::marks(tx, conversation, oldest.id, newest.id)?;
    for message in &mut messages {
        message.mail = marks.remove(&message.id);
    }
    Ok(messages)
}

fn with_attachments(tx: &ReadTx, conversation: ConversationId, mut messages: Vec<Message>) -> Result<Vec<Message>> {
    let (Some(newest), Some(oldest)) = (messages.first(), messages.last()) else { return Ok(messages) };
    let mut by_message: HashMap<MessageId, Vec<_>> = HashMap::new();
    for (message, attachment) in super::media::of_messages(tx, conversation, oldest.id, newest.id)? {
        by_message.entry(message).or_default().push(attachment);
    }
    for message in &mut messages {
        message.attachments = without_pictures(message, by_message.remove(&message.id).unwrap_or_default());
    }
    Ok(messages)
}

/// Pictures that a card shows are no files beside it.
fn without_pictures(message: &Message, mut files: Vec<Attachment>) -> Vec<Attachment> {
    if let Some(rich) = &message.meta.rich {
        files.retain(|file| !rich.pictures().any(|picture| picture == file.uuid));
    }
    files
}

/// The cards of a message of this conversation that the contact may see.
pub fn rich_of(tx: &ReadTx, conversation: ConversationId, uuid: Uuid) -> Result<Option<Rich>> {
    let meta = tx.one(
        "SELECT meta FROM messages WHERE uuid = ?1 AND conversation_id = ?2 AND kind = 'outgoing'",
        params![uuid, conversation],
        |row| row.get::<_, String>(0),
    )?;
    Ok(meta.and_then(|json| serde_json::from_str::<Meta>(&json).ok()).and_then(|meta| meta.rich))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    let author = if let Some(id) = row.get::<_, Option<AgentId>>(11)? {
        Author::Agent {
            id,
            uuid: row.get(12)?,
            first_name: row.get(13)?,
            last_name: row.get(14)?,
            availability: row.get::<_, Availability>(15)?,
        }
    } else if let Some(id) = row.get::<_, Option<ContactId>>(6)? {
        Author::Contact { id, uuid: row.get(7)?, kind: row.get::<_, ContactKind>(8)?, first_name: row.get(9)?, last_name: row.get(10)? }
    } else {
        Author::System { name: row.get::<_, Option<String>>(29)?.unwrap_or_default() }
    };
    let activity: Option<String> = row.get(20)?;
    Ok(Message {
        id: row.get(0)?,
        uuid: row.get(1)?,
        conversation: row.get(2)?,
        conversation_uuid: row.get(3)?,
        seq: row.get(4)?,
        kind: row.get(5)?,
        author,
        via: row.get(16)?,
        source: row.get(17)?,
        html: row.get(18)?,
        text: row.get(19)?,
        activity: activity.and_then(|json| serde_json::from_str(&json).ok()),
        echo_id: row.get(21)?,
        attachments: Vec::new(),
        meta: serde_json::from_str(&row.get::<_, String>(28)?).unwrap_or_default(),
        mail: None,
        survey: match row.get::<_, Option<Uuid>>(24)? {
            Some(uuid) => {
                Some(Survey { uuid, rating: row.get(25)?, feedback: row.get(26)?, answered: row.get::<_, Option<i64>>(27)?.is_some() })
            }
            None => None,
        },
        created_at: row.get(22)?,
        edited_at: row.get(23)?,
    })
}
