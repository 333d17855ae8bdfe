//! What an agent typed and has not sent, and what he sent and may still take back.

use crate::base::clock::Millis;
use crate::base::id::{AgentId, ConversationId, Uuid};
use crate::model::rich::Rich;

/// A text that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub agent: AgentId,
    pub conversation: Uuid,
    pub is_note: bool,
    /// Empty: there is none (any more).
    pub body: String,
    /// Grows with each change, also over a deletion; 0 = never saved.
    pub version: i64,
    pub updated_at: Millis,
}

/// A reply that is sent at its time, unless its agent takes it back before.
#[derive(Debug, Clone)]
pub struct Held {
    pub id: i64,
    pub uuid: Uuid,
    pub agent: AgentId,
    pub agent_name: String,
    pub conversation: ConversationId,
    pub conversation_uuid: Uuid,
    pub echo_id: String,
    pub source: String,
    pub attachments: Vec<Uuid>,
    pub rich: Option<Rich>,
    /// The conversation is done with it.
    pub resolves: bool,
    pub send_at: Millis,
    pub created_at: Millis,
}
