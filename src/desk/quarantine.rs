//! Conversations set aside as suspect: an agent lets them out, and they are told like new ones, or says that they are spam.

use super::Desk;
use super::messages::note_activity;
use crate::base::error::Result;
use crate::base::id::{AgentId, Uuid};
use crate::model::agent::AgentSession;
use crate::model::conversation::Conversation;
use crate::model::message::Activity;
use crate::model::rule::Cause;
use crate::store::{WriteTx, audit, conversations, quarantine};
use serde_json::json;

impl Desk {
    /// An agent decides about a conversation: `spam` = it is, otherwise it is none.
    pub async fn judge(&self, by: &AgentSession, uuid: Uuid, is_spam: bool) -> Result<Conversation> {
        let (by, here) = (by.agent.id, self.here());
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, by, uuid)?.conversation;
                match (is_spam, before.quarantine.as_deref()) {
                    (true, Some("spam")) | (false, None) => Ok(before),
                    (true, _) => {
                        quarantine::set(tx, before.id, Some("spam"), &before.suspicion)?;
                        audit::append(tx, Some(by), "conversation.spam", &uuid.to_string(), &json!({}))?;
                        note_activity(tx, before.id, Some(by), Activity { action: "quarantine".into(), value: "spam".into() })?;
                        super::rules::after(tx, before.id, Cause::Changed("status"));
                        conversations::announce(tx, before.id, false)
                    }
                    (false, Some(_)) => {
                        release(tx, by, &before)?;
                        if before.assignee.is_none() {
                            super::routing::returned(tx, &here, before.id, None)?;
                        }
                        conversations::announce(tx, before.id, true)
                    }
                }
            })
            .await
    }

    /// Removes what was condemned long ago. Answers how many; more may be left.
    pub async fn purge_spam(&self) -> Result<usize> {
        self.store.write(quarantine::purge).await
    }
}

/// Lets a conversation out: from now on it is one like any other.
pub(super) fn release(tx: &WriteTx, by: AgentId, before: &Conversation) -> Result<Conversation> {
    quarantine::set(tx, before.id, None, "")?;
    audit::append(tx, Some(by), "conversation.released", &before.uuid.to_string(), &json!({}))?;
    note_activity(tx, before.id, Some(by), Activity { action: "quarantine".into(), value: "released".into() })?;
    super::rules::after(tx, before.id, Cause::Changed("status"));
    conversations::announce(tx, before.id, false)
}
