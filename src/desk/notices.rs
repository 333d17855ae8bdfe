//! Telling agents what they should hear of, and remembering what they read.

use super::Desk;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, Uuid};
use crate::base::{limits, text};
use crate::model::agent::{Agent, AgentSession, full_name};
use crate::model::conversation::Conversation;
use crate::model::event::{Topic, What};
use crate::model::message::Message;
use crate::model::notice::{NewNotice, Notice, NoticeKind};
use crate::store::{WriteTx, agents, conversations, notices, sight};

/// Tells one agent something in the commit of its cause. Nobody is told what he did himself, what he may not see, or the same twice
/// before he read it. `actor` and `words` are cut to a line.
pub(super) fn tell(
    tx: &WriteTx,
    agent: AgentId,
    kind: NoticeKind,
    conversation: Option<&Conversation>,
    by: Option<AgentId>,
    words: &str,
) -> Result<Option<Notice>> {
    if by == Some(agent) {
        return Ok(None);
    }
    tell_known(tx, &agents::agent(tx, agent)?, kind, conversation, by, words)
}

/// The same for an agent who was looked up already.
fn tell_known(
    tx: &WriteTx,
    agent: &Agent,
    kind: NoticeKind,
    conversation: Option<&Conversation>,
    by: Option<AgentId>,
    words: &str,
) -> Result<Option<Notice>> {
    if agent.suspended_at.is_some() {
        return Ok(None);
    }
    let prefs = super::pushes::prefs_of(tx, agent.id)?;
    if !prefs.wants(kind) {
        return Ok(None);
    }
    if let Some(conversation) = conversation
        && !sight::of_known(tx, agent)?.sees(crate::model::access::Holder::of(conversation))
    {
        return Ok(None);
    }
    let actor = match by {
        Some(by) => agents::agent(tx, by).map(|by| full_name(&by.first_name, &by.last_name))?,
        None => conversation.map_or(String::new(), |conversation| conversation.contact.name.clone()),
    };
    let new = NewNotice {
        agent: agent.id,
        kind,
        conversation: conversation.map(|conversation| conversation.id),
        actor: text::clean_line(&actor, 128),
        text: text::preview(words, 200),
        dedup_key: conversation.map(|conversation| format!("{}:{}", kind.as_str(), conversation.id)),
    };
    let told = notices::insert(tx, &new)?;
    if let Some(notice) = &told {
        super::pushes::owe(tx, notice, &prefs)?;
    }
    Ok(told)
}

/// Tells whom a message of the contact concerns: its assignee, or everybody who could take a conversation that has just begun.
pub(super) fn of_incoming(tx: &WriteTx, conversation: ConversationId, message: &Message, begins: bool) -> Result<()> {
    let conversation = conversations::conversation(tx, conversation)?;
    if conversation.quarantine.is_some() {
        return Ok(());
    }
    let words = if message.text.is_empty() { "Sent a file" } else { &message.text };
    match &conversation.assignee {
        // Who was given it a moment ago was told so in the same breath.
        Some(_) if begins => {}
        Some(assignee) => {
            tell(tx, assignee.id, NoticeKind::Message, Some(&conversation), None, words)?;
        }
        None if begins => {
            for agent in agents::all(tx)? {
                tell_known(tx, &agent, NoticeKind::New, Some(&conversation), None, words)?;
            }
        }
        None => {}
    }
    Ok(())
}

impl Desk {
    /// One page of an agent's notices, newest first, and how many he has not read.
    pub async fn notices(&self, session: &AgentSession, before: Option<Uuid>) -> Result<(Vec<Notice>, u32)> {
        let agent = session.agent.id;
        self.store.read(move |tx| Ok((notices::page(tx, agent, before, limits::NOTICES_PAGE)?, notices::unread(tx, agent)?))).await
    }

    /// An agent has read these.
    pub async fn read_notices(&self, session: &AgentSession, uuids: Vec<Uuid>) -> Result<()> {
        let agent = session.agent.id;
        self.store.write(move |tx| notices::mark(tx, agent, &uuids)).await?;
        self.announce(&[Topic::Agent(agent)], What::NoticesRead);
        Ok(())
    }

    /// An agent has read all, or all about one conversation.
    pub async fn read_all_notices(&self, session: &AgentSession, conversation: Option<Uuid>) -> Result<()> {
        let agent = session.agent.id;
        let changed = self
            .store
            .write(move |tx| {
                let conversation = match conversation {
                    Some(uuid) => Some(conversations::find_for_agent(tx, agent, uuid)?.conversation.id),
                    None => None,
                };
                notices::mark_all(tx, agent, conversation)
            })
            .await?;
        if changed > 0 {
            self.announce(&[Topic::Agent(agent)], What::NoticesRead);
        }
        Ok(())
    }
}
