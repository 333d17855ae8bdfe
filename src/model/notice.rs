//! Something an agent should hear of: kept until it is read, and a while longer.

use crate::base::clock::Millis;
use crate::base::id::{AgentId, AgentSessionId, ConversationId, Uuid};

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Called by name in a note.
    Mention,
    /// A conversation was given to him.
    Assignment,
    /// Somebody wrote in a conversation of his.
    Message,
    /// A new conversation that anybody may take.
    New,
    /// A deadline comes near.
    SlaWarning,
    /// A deadline has passed.
    SlaBreach,
    /// A rule says so.
    Rule,
    /// The house itself.
    System,
}

impl NoticeKind {
    /// All of them, in the order of the settings page.
    pub const ALL: [NoticeKind; 8] = [
        NoticeKind::Mention,
        NoticeKind::Assignment,
        NoticeKind::Message,
        NoticeKind::New,
        NoticeKind::SlaWarning,
        NoticeKind::SlaBreach,
        NoticeKind::Rule,
        NoticeKind::System,
    ];

    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            NoticeKind::Mention => "mention",
            NoticeKind::Assignment => "assignment",
            NoticeKind::Message => "message",
            NoticeKind::New => "new",
            NoticeKind::SlaWarning => "sla_warning",
            NoticeKind::SlaBreach => "sla_breach",
            NoticeKind::Rule => "rule",
            NoticeKind::System => "system",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<NoticeKind> {
        NoticeKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A notice about to be stored.
#[derive(Debug, Clone)]
pub struct NewNotice {
    pub agent: AgentId,
    pub kind: NoticeKind,
    pub conversation: Option<ConversationId>,
    /// Who or what caused it, as words: an agent's name, a rule's.
    pub actor: String,
    /// What it is about, plain and short.
    pub text: String,
    /// The same key again for the same agent tells nothing new while the first is unread.
    pub dedup_key: Option<String>,
}

/// A stored notice.
#[derive(Debug, Clone)]
pub struct Notice {
    pub uuid: Uuid,
    pub agent: AgentId,
    pub kind: NoticeKind,
    /// Public id and number of its conversation.
    pub conversation: Option<(Uuid, i64)>,
    pub actor: String,
    pub text: String,
    pub created_at: Millis,
    pub read_at: Option<Millis>,
}

/// A browser that agreed to be woken (RFC 8030, RFC 8291).
#[derive(Debug, Clone)]
pub struct Subscription {
    pub uuid: Uuid,
    /// The login in which it was made; it ends with it.
    pub session: AgentSessionId,
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    pub user_agent: String,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}
