//! A conversation as a record that others can check without us: what was said, by whom, through what, proved or not, edited or not; signed
//! with the appliance's own key. The signed bytes are the record's text exactly as it stands in the file (src/agent/README.md tells how).

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AttachmentId, Uuid};
use crate::base::limits;
use crate::base::signing::SigningKey;
use crate::model::agent::{AgentSession, full_name};
use crate::model::contact::{Contact, name_of};
use crate::model::conversation::Conversation;
use crate::model::message::{Author, Message, MessageKind};
use crate::store::{WriteTx, audit, contacts, conversations, media, messages, settings};
use serde_json::{Value, json};
use std::collections::HashMap;

/// Where the key is kept.
const KEY: &str = "transcript_key";

/// The record of a conversation, not signed yet.
pub struct Record {
    conversation: Conversation,
    contact: Contact,
    /// Oldest first.
    messages: Vec<Message>,
    hashes: HashMap<AttachmentId, String>,
    /// Older messages than fit were left out.
    is_cut: bool,
    with_notes: bool,
    made_at: Millis,
}

/// A record as bytes with the proof that they are ours.
pub struct Signed {
    /// JSON in one line, without a character that HTML would read as markup.
    pub record: String,
    /// r and s.
    pub signature: [u8; crate::base::signing::SIGNATURE_BYTES],
    pub key: SigningKey,
}

impl Desk {
    /// The record of a conversation as this agent may read it; private notes and what happened inside only when asked for.
    pub async fn record(&self, agent: &AgentSession, uuid: Uuid, with_notes: bool) -> Result<Record> {
        let id = agent.agent.id;
        let record = self
            .store
            .read(move |tx| {
                let conversation = conversations::find_for_agent(tx, id, uuid)?.conversation;
                let limit = limits::TRANSCRIPT_MESSAGES_MAX;
                let mut found = match with_notes {
                    true => messages::page(tx, conversation.id, None, limit + 1)?,
                    false => messages::public_page(tx, conversation.id, None, limit + 1)?,
                };
                let is_cut = found.len() > limit as usize;
                found.truncate(limit as usize);
                found.reverse();
                Ok(Record {
                    contact: contacts::contact(tx, conversation.contact.id)?,
                    hashes: media::hashes_of(tx, conversation.id)?.into_iter().collect(),
                    messages: found,
                    is_cut,
                    with_notes,
                    made_at: tx.now,
                    conversation,
                })
            })
            .await?;
        let detail = json!({ "notes": with_notes });
        self.store.write(move |tx| audit::append(tx, Some(id), "transcript.made", &uuid.to_string(), &detail)).await?;
        Ok(record)
    }

    /// Signs a record that is to say that it comes from `house`.
    pub async fn sign(&self, record: &Record, house: &str) -> Result<Signed> {
        let key = self.signing_key().await?;
        let record = record.text(house);
        Ok(Signed { signature: key.sign(record.as_bytes())?, record, key })
    }

    /// The appliance's own key; made when it is first asked for.
    pub async fn signing_key(&self) -> Result<SigningKey> {
        let known = self.store.read(|tx| settings::find(tx, KEY)).await?;
        let kept = match known {
            Some(kept) => kept,
            None => self.store.write(make_key).await?,
        };
        SigningKey::load(&kept)
    }
}

fn make_key(tx: &WriteTx) -> Result<String> {
    if let Some(kept) = settings::find(tx, KEY)? {
        return Ok(kept);
    }
    let kept = SigningKey::generate()?;
    settings::put(tx, KEY, &kept)?;
    Ok(kept)
}

impl Record {
    /// The number people call the conversation by.
    pub fn number(&self) -> i64 {
        self.conversation.id.0
    }

    /// The record as it is signed: JSON, keys in the order of the alphabet, one line. No row numbers, no uuids, no addresses of agents.
    fn text(&self, house: &str) -> String {
        let text = json!({
            "format": "deskbell transcript 1", "house": house, "made_at": time(self.made_at), "notes": self.with_notes, "cut": self.is_cut,
            "conversation": {
                "number": self.number(), "inbox": self.conversation.inbox.name, "kind": self.conversation.kind.as_str(),
                "status": self.conversation.status.as_str(), "began_at": time(self.conversation.created_at),
            },
            "contact": { "name": self.contact.name(), "email": self.contact.email, "email_verified": self.contact.email_verified, "identity": self.identity() },
            "messages": self.messages.iter().map(|message| self.message(message)).collect::<Vec<_>>(),
        })
        .to_string();
        // Inside strings only, where JSON knows another way to write them: nothing in the record can end the element it stands in.
        text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
    }

    /// Who vouches for the contact, in words.
    fn identity(&self) -> &'static str {
        match self.contact.verified_by.as_deref() {
            Some("code") => "proved an e-mail address with a code",
            Some(_) => "vouched for by the site",
            None => "not verified",
        }
    }

    fn message(&self, message: &Message) -> Value {
        let (from, name) = author(message);
        let files: Vec<Value> = message
            .attachments
            .iter()
            .map(|file| json!({ "name": file.name, "type": file.content_type, "size": file.size, "sha256": self.hashes.get(&file.id) }))
            .collect();
        let answer = message.survey.as_ref().filter(|survey| survey.answered);
        json!({
            "at": time(message.created_at), "from": from, "name": name, "kind": kind(message), "via": message.via,
            "verified": message.meta.verified, "text": words(message), "edited_at": message.edited_at.map(time), "files": files,
            "rating": answer.and_then(|survey| survey.rating), "feedback": answer.map(|survey| &survey.feedback),
        })
    }

    /// The conversation as plain text.
    pub fn plain(&self) -> String {
        let number = self.number();
        let mut text = format!("Conversation {number}, {}\n", self.conversation.inbox.name);
        text += &format!("With {}", self.contact.name());
        if let Some(email) = &self.contact.email {
            text += &format!(" <{email}>");
        }
        text += &format!(
            " ({})\nBegan {}, {}. Written down {}.\n",
            self.identity(),
            time(self.conversation.created_at),
            self.conversation.status.as_str(),
            time(self.made_at)
        );
        if self.is_cut {
            text += &format!("Only the newest {} messages are here.\n", self.messages.len());
        }
        for message in &self.messages {
            text += &format!("\n[{}] {}\n", time(message.created_at), provenance(message));
            for line in words(message).lines() {
                text += &format!("{line}\n");
            }
            for file in &message.attachments {
                text += &format!("File: {} ({} bytes)\n", file.name, file.size);
            }
        }
        text
    }
}

/// Who said it, how it came, and what is known about that, in one line: `Zoe, contact, by widget, verified`.
pub fn provenance(message: &Message) -> String {
    let (from, name) = author(message);
    let mut line = format!("{name}, {from}");
    match message.kind {
        MessageKind::Note => line += ", private note",
        MessageKind::Activity => line += ", event",
        MessageKind::Incoming | MessageKind::Outgoing => {}
    }
    line += &format!(", by {}", message.via);
    if message.kind == MessageKind::Incoming {
        line += if message.meta.verified { ", verified" } else { ", not verified" };
    }
    if let Some(at) = message.edited_at {
        line += &format!(", edited {}", time(at));
    }
    line
}

fn author(message: &Message) -> (&'static str, String) {
    match &message.author {
        Author::Contact { uuid, first_name, last_name, .. } => ("contact", name_of(*uuid, first_name, last_name, None)),
        Author::Agent { first_name, last_name, .. } => ("agent", full_name(first_name, last_name)),
        Author::System { name } if name.is_empty() => ("system", "deskbell".to_owned()),
        Author::System { name } => ("system", name.clone()),
    }
}

fn kind(message: &Message) -> &'static str {
    match message.kind {
        MessageKind::Incoming | MessageKind::Outgoing => "message",
        MessageKind::Note => "note",
        MessageKind::Activity => "event",
    }
}

fn words(message: &Message) -> String {
    match &message.activity {
        Some(activity) if message.text.is_empty() => format!("{}: {}", activity.action, activity.value),
        Some(_) | None => message.text.clone(),
    }
}

/// A time as everybody on earth reads the same.
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

impl Signed {
    /// The record as data.
    pub fn value(&self) -> Result<Value> {
        serde_json::from_str(&self.record).map_err(Error::internal)
    }
}
