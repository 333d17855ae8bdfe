//! What is announced, and to whom. Durable events carry their change number; ephemeral ones (typing, presence) carry none.

use crate::base::id::{AgentId, AgentSessionId, ContactId, InboxId, Seq, SessionId, Uuid};
use crate::model::access::Holder;
use crate::model::agent::{AgentRef, Availability, Stance};
use crate::model::contact::{Contact, PageVisit, Session};
use crate::model::conversation::Conversation;
use crate::model::draft::Draft;
use crate::model::message::Message;
use crate::model::notice::Notice;
use crate::model::onlooker::Onlooker;
use crate::model::outlook::{Outlook, Place};
use std::sync::{Arc, OnceLock};

/// A thing to listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// All tabs and devices of one contact.
    Contact(ContactId),
    /// Every visitor of one inbox.
    Inbox(InboxId),
    /// Every agent.
    Agents,
    /// All tabs and devices of one agent.
    Agent(AgentId),
}

/// What happened.
#[derive(Debug, Clone)]
pub enum What {
    /// A message was stored.
    MessageAdded { conversation: Conversation, message: Box<Message> },
    /// Status, assignee, seen marks … of a conversation changed.
    ConversationChanged { conversation: Conversation },
    /// A contact was identified, edited or blocked.
    ContactChanged { contact: Contact },
    /// What visitors of an inbox may expect changed: somebody came, the last one left, hours turned.
    OutlookChanged { outlook: Outlook },
    /// Settings of an inbox changed.
    InboxChanged { inbox: Uuid },
    /// An agent was added, edited or suspended.
    AgentChanged { agent: Uuid },
    /// A set of business hours was made, edited or deleted.
    HoursChanged { hours: Uuid },
    /// A team was made, edited or deleted.
    TeamChanged { team: Uuid },
    /// A field of contacts or conversations was defined, edited or deleted.
    FieldChanged { field: Uuid },
    /// Somebody was shut out, or let in again: whoever holds a seat is looked at anew.
    BansChanged,
    /// Somebody looks at the site, or at another page of it.
    Onlooker { onlooker: Box<Onlooker> },
    /// He looks no more.
    OnlookerGone { id: Uuid },
    /// Something the desk is ordered with was made, edited or deleted.
    ToolChanged { tool: Tool, uuid: Uuid },
    /// A contact was erased, with everything that was theirs.
    ContactGone { contact: Uuid },
    /// Settings of the house as a whole changed.
    HouseChanged,
    /// Somebody is (or stopped) typing.
    Typing { conversation: Uuid, holder: Holder, who: Typist, is_typing: bool, note: bool },
    /// An agent should hear of something.
    NoticeAdded { notice: Notice },
    /// An agent read notices in one of his tabs.
    NoticesRead,
    /// A conversation left the sight of whoever hears this.
    ConversationGone { conversation: Uuid },
    /// A role was made, edited or deleted.
    RoleChanged { role: Uuid },
    /// An agent looks at a conversation (or at none).
    Viewing { conversation: Option<Uuid>, holder: Holder, agent: AgentRef, typing: Option<Writing> },
    /// An agent's text that waits to be sent changed; his own tabs and devices hear of it.
    DraftChanged { draft: Draft },
    /// So many conversations wait for somebody.
    QueueChanged { waiting: usize },
    /// A visitor has another place in the queue; `None` = he waits no more.
    PlaceChanged { conversation: Uuid, place: Option<Place> },
    /// An agent came, went, or counts differently from before.
    AgentPresence { agent: AgentRef, stance: Stance },
    /// A contact came or went.
    ContactPresence { contact: Uuid, online: bool },
    /// A contact looked at another page.
    Pages { contact: Uuid, pages: Vec<PageVisit> },
    /// A visitor's session is over; its sockets close. `None` = all of the topic.
    SessionEnded { session: Option<SessionId> },
    /// An agent's session is over; its sockets close. `None` = all of the topic; `except` stays.
    SignedOut { session: Option<AgentSessionId>, except: Option<AgentSessionId> },
}

impl What {
    /// Whether a session may hear of it: one that is for one conversation alone hears of no other.
    pub fn is_for(&self, session: &Session) -> bool {
        let Some((id, uuid)) = session.conversation else { return true };
        match self {
            What::MessageAdded { conversation, .. } | What::ConversationChanged { conversation } => conversation.id == id,
            What::Typing { conversation, .. } | What::PlaceChanged { conversation, .. } => *conversation == uuid,
            // Of the rest visitors hear only what is about the inbox.
            _ => true,
        }
    }
}

/// What an agent is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// An answer to the contact.
    Reply,
    /// Something for the team.
    Note,
}

impl Writing {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Writing::Reply => "reply",
            Writing::Note => "note",
        }
    }
}

/// What the desk is ordered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// A tag.
    Tag,
    /// A status of the house's own.
    Status,
    /// Prepared text and actions.
    Macro,
    /// A saved view.
    View,
    /// A rule.
    Rule,
    /// A promise of answers.
    Sla,
}

impl Tool {
    /// The name of its frame.
    pub fn as_str(self) -> &'static str {
        match self {
            Tool::Tag => "tag",
            Tool::Status => "status",
            Tool::Macro => "macro",
            Tool::View => "view",
            Tool::Rule => "rule",
            Tool::Sla => "sla",
        }
    }
}

/// Who types.
#[derive(Debug, Clone)]
pub enum Typist {
    /// A person outside.
    Contact { id: ContactId, uuid: Uuid, name: String },
    /// A person inside.
    Agent { id: AgentId, uuid: Uuid, name: String, availability: Availability },
}

/// The doors that put events on wires of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Visitors.
    Widget,
    /// Agents.
    Agent,
}

/// One announcement, shared by all who hear it.
#[derive(Debug)]
pub struct Event {
    /// The change number, for durable events.
    pub seq: Option<Seq>,
    /// What happened.
    pub what: What,
    /// Each door's encoding, made by the first seat that needs it, so that ten thousand seats cost one encoding.
    wires: [OnceLock<Option<Arc<str>>>; 2],
}

impl Event {
    /// An announcement.
    pub fn new(seq: Option<Seq>, what: What) -> Event {
        Event { seq, what, wires: Default::default() }
    }

    /// The text of this event at `door`, encoded at most once; `None` when that door does not tell it.
    pub fn wire(&self, door: Door, encode: impl FnOnce(&Event) -> Option<String>) -> Option<Arc<str>> {
        self.wires[door as usize].get_or_init(|| encode(self).map(Arc::from)).clone()
    }
}
