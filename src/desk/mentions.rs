//! Colleagues called by name in a note.

use super::notices;
use crate::base::error::Result;
use crate::model::agent::{Agent, AgentRef};
use crate::model::conversation::Conversation;
use crate::model::message::Message;
use crate::model::notice::NoticeKind;
use crate::store::{WriteTx, notes};

/// Writes down who was called, so that each finds the conversation under his mentions.
pub(super) fn tell(tx: &WriteTx, by: Option<&Agent>, conversation: &Conversation, message: &Message, called: &[AgentRef]) -> Result<()> {
    let others: Vec<_> = called.iter().filter(|agent| by.is_none_or(|by| agent.id != by.id)).map(|agent| agent.id).collect();
    notes::insert(tx, conversation.id, message.id, &others)?;
    for other in others {
        notices::tell(tx, other, NoticeKind::Mention, Some(conversation), by.map(|by| by.id), &message.text)?;
    }
    Ok(())
}
