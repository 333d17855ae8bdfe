//! One thing said, and the files that came with it.

use crate::base::clock::Millis;
use crate::base::id::{AgentId, AttachmentId, ContactId, ConversationId, MessageId, Seq, Uuid};
use crate::model::agent::Availability;
use crate::model::contact::ContactKind;
use crate::model::rich::{Postback, Rich};
use serde::{Deserialize, Serialize};

/// Who speaks to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// From the contact.
    Incoming,
    /// From an agent to the contact.
    Outgoing,
    /// From an agent to agents only.
    Note,
    /// Something that happened; nobody typed it.
    Activity,
}

impl MessageKind {
    /// The word of the database and of the desk's wire.
    pub fn as_str(self) -> &'static str {
        match self {
            MessageKind::Incoming => "incoming",
            MessageKind::Outgoing => "outgoing",
            MessageKind::Note => "note",
            MessageKind::Activity => "activity",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<MessageKind> {
        [MessageKind::Incoming, MessageKind::Outgoing, MessageKind::Note, MessageKind::Activity].into_iter().find(|k| k.as_str() == text)
    }
}

/// Who said a message.
#[derive(Debug, Clone)]
pub enum Author {
    /// A person outside.
    Contact { id: ContactId, uuid: Uuid, kind: ContactKind, first_name: String, last_name: String },
    /// A person inside.
    Agent { id: AgentId, uuid: Uuid, first_name: String, last_name: String, availability: Availability },
    /// The house itself; in what visitors read, under the name of the inbox's brand.
    System { name: String },
}

/// One thing said.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: MessageId,
    pub uuid: Uuid,
    pub conversation: ConversationId,
    pub conversation_uuid: Uuid,
    pub seq: Seq,
    pub kind: MessageKind,
    pub author: Author,
    pub via: String,
    /// What was typed.
    pub source: String,
    /// Its sanitised rendering; the only text of ours that is markup.
    pub html: String,
    /// Its plain form.
    pub text: String,
    pub activity: Option<Activity>,
    pub echo_id: Option<String>,
    pub attachments: Vec<Attachment>,
    /// What it carries beside its words.
    pub meta: Meta,
    /// Set on the message that asks how it was.
    pub survey: Option<Survey>,
    /// How the mail went that carried it to the contact; None = none did.
    pub mail: Option<Mailing>,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
}

/// How the mail went that carried a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    pub state: MailState,
    /// The address it goes to.
    pub to: String,
    /// Why it failed or came back, in words for agents.
    pub error: String,
}

/// How far a mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// Not yet, or not yet again.
    Waiting,
    /// The next server has it.
    Sent,
    /// It will not be tried again by itself.
    Failed,
    /// It came back.
    Bounced,
}

impl MailState {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            MailState::Waiting => "waiting",
            MailState::Sent => "sent",
            MailState::Failed => "failed",
            MailState::Bounced => "bounced",
        }
    }

    /// Reads the database's word; what it does not know waits.
    pub fn parse(word: &str) -> MailState {
        [MailState::Sent, MailState::Failed, MailState::Bounced]
            .into_iter()
            .find(|state| state.as_str() == word)
            .unwrap_or(MailState::Waiting)
    }
}

/// What a message carries beside its words; kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// Cards or quick replies of an agent's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rich: Option<Rich>,
    /// The visitor pressed a button instead of typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postback: Option<Postback>,
    /// The agents called by name in a note.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Uuid>,
    /// A note its writer took back; nothing is left of its words.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Said by a start button before the visitor wrote.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opening: bool,
    /// Said in a session that a token or a code had proved: later proofs say nothing about who typed before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// How it came, when it came by mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailMark>,
}

/// What is told of a message that came by mail.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailMark {
    /// The address that stood in `From`.
    pub from: String,
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<MailFlag>,
    /// Quoted text or a signature is kept beside it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rest: bool,
    /// What could not be read or was left out, in words for agents.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

/// Why a mail is to be read with care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFlag {
    /// It claimed a conversation, but comes from somebody else's address.
    Stranger,
    /// The server that took it says that the sender is not who he says he is.
    Forged,
}

impl MailFlag {
    /// The word in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            MailFlag::Stranger => "stranger",
            MailFlag::Forged => "forged",
        }
    }
}

/// The question how it was, and its answer.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Whoever knows it may answer, once.
    pub uuid: Uuid,
    /// 1 to 5.
    pub rating: Option<u8>,
    pub feedback: String,
    pub answered: bool,
}

/// What happened, for a message of kind activity.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Activity {
    /// `status`, `assignment`, `team`, `snooze`, `merge`, `close`, `rating`, `mail_bounced` …
    pub action: String,
    /// The new value in words: a status, a name.
    pub value: String,
}

/// A message about to be stored.
#[derive(Debug, Clone)]
pub struct NewMessage {
    pub kind: MessageKind,
    pub contact: Option<ContactId>,
    pub agent: Option<AgentId>,
    pub via: &'static str,
    pub source: String,
    pub html: String,
    pub text: String,
    pub activity: Option<Activity>,
    pub echo_id: Option<String>,
    pub meta: Meta,
}

/// A file as somebody sent it.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub id: AttachmentId,
    pub uuid: Uuid,
    pub name: String,
    pub content_type: String,
    pub size: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
}
