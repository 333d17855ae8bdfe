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

/// A conversation with what every list and every head of a thread shows.
#[derive(Debug, Clone)]
pub struct Conversation {
    pub id: ConversationId,
    pub uuid: Uuid,
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
}

/// The inbox as a conversation names it.
#[derive(Debug, Clone)]
pub struct InboxRef {
    pub id: InboxId,
    pub uuid: Uuid,
    pub name: String,
    pub color: String,
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
    /// Every one.
    All,
}
