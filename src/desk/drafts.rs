//! What an agent has typed and not sent: the same text on all his tabs and devices.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::draft::Draft;
use crate::store::{conversations, drafts};

/// How a save went.
pub enum Saved {
    /// It is on disk.
    Kept(Draft),
    /// Another device saved something else meanwhile; nothing was changed.
    Overtaken(Draft),
}

impl Desk {
    /// The agent's own drafts, newest first.
    pub async fn drafts(&self, agent: &AgentSession) -> Result<Vec<Draft>> {
        let agent = agent.agent.id;
        self.store.read(move |tx| drafts::all(tx, agent)).await
    }

    /// Saves a draft that is based on version `base` (0: on nothing). The same text again is no change, whoever saved it.
    pub async fn save_draft(&self, agent: &AgentSession, uuid: Uuid, is_note: bool, body: String, base: i64) -> Result<Saved> {
        if body.chars().count() > limits::MESSAGE_CHARS_MAX {
            return Err(Error::invalid(format!("A message has at most {} characters.", limits::MESSAGE_CHARS_MAX)).in_field("body"));
        }
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                match drafts::find(tx, agent, conversation, is_note)? {
                    Some(stored) if stored.body == body => Ok(Saved::Kept(stored)),
                    Some(stored) if stored.version != base => Ok(Saved::Overtaken(stored)),
                    Some(_) | None => Ok(Saved::Kept(drafts::put(tx, agent, conversation, uuid, is_note, &body)?)),
                }
            })
            .await
    }

    /// Throws a draft away, whatever its version.
    pub async fn drop_draft(&self, agent: &AgentSession, uuid: Uuid, is_note: bool) -> Result<Draft> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                drafts::put(tx, agent, conversation, uuid, is_note, "")
            })
            .await
    }
}
