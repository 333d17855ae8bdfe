//! What of the news an agent's seat passes on: everything to most; to those of narrower scope only what is in their sight.

use super::Desk;
use crate::base::error::{Kind, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::limits;
use crate::model::access::{Holder, Scope, Sight};
use crate::model::event::{Event, What};
use crate::store::{ReadTx, contacts, conversations, sight};
use std::sync::Arc;

/// Whether an event may change what somebody sees, so that his sight is looked up again.
pub fn moves_sight(what: &What) -> bool {
    matches!(what, What::AgentChanged { .. } | What::TeamChanged { .. } | What::RoleChanged { .. })
}

/// What somebody hears of an event.
pub(super) enum Heard {
    /// All of it.
    AsItIs,
    /// Only this.
    Instead(Box<What>),
    /// Nothing.
    Nothing,
}

/// What `sight` hears of `what`.
pub(super) fn heard(tx: &ReadTx, sight: &Sight, what: &What) -> Result<Heard> {
    Ok(match what {
        _ if sight.scope == Scope::All => Heard::AsItIs,
        What::ConversationChanged { conversation } if !sight.sees(Holder::of(conversation)) => {
            Heard::Instead(Box::new(What::ConversationGone { conversation: conversation.uuid }))
        }
        What::MessageAdded { conversation, .. } if !sight.sees(Holder::of(conversation)) => Heard::Nothing,
        What::Typing { holder, .. } if !sight.sees(*holder) => Heard::Nothing,
        What::Viewing { conversation: Some(_), holder, agent, .. } if !sight.sees(*holder) => {
            Heard::Instead(Box::new(What::Viewing { conversation: None, holder: Holder::default(), agent: agent.clone(), typing: None }))
        }
        What::ContactChanged { contact } if !sees_contact(tx, sight.agent, contact.uuid)? => Heard::Nothing,
        What::Onlooker { onlooker } if !sees_contact(tx, sight.agent, onlooker.contact.uuid)? => Heard::Nothing,
        What::Onlooker { onlooker } => {
            let onlooker = Box::new(super::onlookers::as_seen(tx, sight.agent, (**onlooker).clone()));
            Heard::Instead(Box::new(What::Onlooker { onlooker }))
        }
        What::ContactPresence { contact, .. } | What::Pages { contact, .. } if !sees_contact(tx, sight.agent, *contact)? => Heard::Nothing,
        What::QueueChanged { .. } => {
            let waiting = conversations::queue(tx, sight.agent, limits::LIST_PAGE_MAX)?.len();
            Heard::Instead(Box::new(What::QueueChanged { waiting }))
        }
        _ => Heard::AsItIs,
    })
}

fn sees_contact(tx: &ReadTx, agent: AgentId, contact: Uuid) -> Result<bool> {
    let Some(contact) = contacts::find(tx, contact)? else { return Ok(false) };
    match sight::check_contact(tx, agent, contact.id) {
        Ok(()) => Ok(true),
        Err(error) if error.kind == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

impl Desk {
    /// What an agent sees now.
    pub async fn sight(&self, agent: AgentId) -> Result<Sight> {
        self.store.read(move |tx| sight::of(tx, agent)).await
    }

    /// The event as `sight` hears it; `None` = not at all.
    pub async fn as_seen(&self, sight: &Sight, event: Arc<Event>) -> Result<Option<Arc<Event>>> {
        if sight.scope == Scope::All {
            return Ok(Some(event));
        }
        let (sight, told) = (sight.clone(), event.clone());
        Ok(match self.store.read(move |tx| heard(tx, &sight, &told.what)).await? {
            Heard::AsItIs => Some(event),
            Heard::Instead(what) => Some(Arc::new(Event::new(event.seq, *what))),
            Heard::Nothing => None,
        })
    }
}
