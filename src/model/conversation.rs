//! One exchange with one contact in one inbox.

use crate::base::clock::Millis;
use crate::base::id::{AgentId, ContactId, ConversationId, InboxId, Seq, Uuid};
use crate::model::agent::AgentRef;
use crate::model::contact::ContactKind;
use crate::model::team::TeamRef;

/// Where a conversation is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Somebody should answer.
    Open,
    /// We wait for the other side.
    Waiting,
    /// Done, until the contact writes again.
    Resolved,
}

impl Status {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Waiting => "waiting",
            Status::Resolved => "resolved",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Status> {
        [Status::Open, Status::Waiting, Status::Resolved].into_iter().find(|s| s.as_str() == text)
    }
}

/// How soon somebody should answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Whenever there is time.
    Low,
    /// As ever.
    Medium,
    /// First.
    High,
}

impl Priority {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Priority::Low => "low",
            Priority::Medium => "medium",
            Priority::High => "high",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Priority> {
        [Priority::Low, Priority::Medium, Priority::High].into_iter().find(|p| p.as_str() == text)
    }
}

/// What a conversation began as: a chat, or a report of the feedback hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationKind {
    /// Somebody wants to talk.
    Chat,
    /// Something does not work.
    Bug,
    /// Something is missing.
    Feature,
    /// What somebody thinks, perhaps with stars.
    Review,
    /// Somebody asks.
    Question,
}

impl ConversationKind {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            ConversationKind::Chat => "chat",
            ConversationKind::Bug => "bug",
            ConversationKind::Feature => "feature",
            ConversationKind::Review => "review",
            ConversationKind::Question => "question",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<ConversationKind> {
        use ConversationKind::*;
        [Chat, Bug, Feature, Review, Question].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Which kinds an agent's list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Whatever it is.
    Any,
    /// All but chats.
    Reports,
    /// This one.
    Only(ConversationKind),
}

/// A conversation with what every list and every head of a thread shows.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub id: ConversationId,
    pub uuid: Uuid,
    pub kind: ConversationKind,
    /// Stars of a review, 1 to 5.
    pub rating: Option<u8>,
    /// The language in which the contact sees the widget, or "".
    pub locale: String,
    /// The start button that was used, or "".
    pub button: String,
    pub inbox: InboxRef,
    pub contact: ContactRef,
    pub status: Status,
    pub snoozed_until: Option<Millis>,
    /// The contact has closed it himself; a new message of his opens it again where the inbox allows.
    pub closed_by_contact: bool,
    pub assignee: Option<AgentRef>,
    pub team: Option<TeamRef>,
    pub priority: Option<Priority>,
    pub seq: Seq,
    pub last_seq: Seq,
    pub last_incoming_seq: Seq,
    pub preview: String,
    pub preview_from: String,
    pub contact_seen_seq: Seq,
    pub agent_seen_seq: Seq,
    pub waiting_since: Option<Millis>,
    pub last_message_at: Millis,
    pub created_at: Millis,
    /// By name.
    pub tags: Vec<TagRef>,
    /// The house's own word for its status.
    pub custom_status: Option<StatusRef>,
    /// `suspect` or `spam`: kept apart from the lists.
    pub quarantine: Option<String>,
    /// Why, in words for agents.
    pub suspicion: String,
    /// Waits for an agent since.
    pub queued_at: Option<Millis>,
    /// Of its mails, or "".
    pub subject: String,
    /// The nearest promise that still runs.
    pub due: Option<Due>,
}

/// The inbox as a conversation names it.
#[derive(Debug, Clone)]
pub struct InboxRef {
    pub id: InboxId,
    pub uuid: Uuid,
    pub name: String,
    pub color: String,
}

/// Whence a conversation came.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Answers of the pre-chat form; of a report also `page_url` and `page_title`.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    pub user_agent: String,
    /// As much of the network address as the inbox keeps.
    pub ip: Option<String>,
}

/// The contact as a conversation names it.
#[derive(Debug, Clone)]
pub struct ContactRef {
    pub id: ContactId,
    pub uuid: Uuid,
    pub name: String,
    pub kind: ContactKind,
    pub verified: bool,
}

/// A conversation as an agent's list shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub conversation: Conversation,
    /// Incoming messages this agent has not read, counted up to 100.
    pub unread: u32,
}

/// Which conversations an agent's list shows.
#[derive(Debug, Clone, Copy)]
pub enum Box_ {
    /// Assigned to this agent.
    Mine(AgentId),
    /// Assigned to nobody.
    Unassigned,
    /// A note calls this agent by name.
    Mentioned,
    /// Every one.
    All,
}

/// A tag as a conversation carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRef {
    pub uuid: Uuid,
    pub name: String,
    /// As `#rrggbb`.
    pub color: String,
}

/// A status of the house's own making, as a conversation carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRef {
    pub uuid: Uuid,
    pub name: String,
}

/// A promise to a contact whose clock runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// `first`, `next` or `resolution`.
    pub kind: String,
    pub due_at: Millis,
    pub warn_at: Millis,
    /// Its time has passed and that was noticed.
    pub breached: bool,
}
