//! What a client missed: the change feed after the last number it holds, told as the same events that sockets hear.

use super::Desk;
use super::seats::{self, Heard};
use crate::base::error::Result;
use crate::base::id::Seq;
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::contact::Session;
use crate::model::event::{Event, What};
use crate::store::events::{self, Change, Subject};
use crate::store::{ReadTx, agents, contacts, conversations, inboxes, messages, sight};

/// The answer to "what came after".
pub struct Changes {
    /// What the client may hold from now on.
    pub seq: Seq,
    /// The cursor is older than the feed: fetch everything again.
    pub reload: bool,
    /// There is more: ask again with `seq`.
    pub more: bool,
    /// Oldest first; of several changes of one conversation only the last, in its present state.
    pub events: Vec<Event>,
}

impl Desk {
    /// What a visitor missed.
    pub async fn changes_for_visitor(&self, session: &Session, after: Seq) -> Result<Changes> {
        let session = session.clone();
        self.store.read(move |tx| told(tx, after, events::for_contact(tx, &session, after)?)).await
    }

    /// What an agent missed.
    pub async fn changes_for_agent(&self, agent: &AgentSession, after: Seq) -> Result<Changes> {
        let agent = agent.agent.id;
        self.store
            .read(move |tx| {
                if events::is_before_gone(tx, after)? {
                    return Ok(start_again(tx.seq()?));
                }
                let sight = sight::of(tx, agent)?;
                let mut changes = told(tx, after, events::for_agent(tx, agent, after)?)?;
                let mut heard = Vec::with_capacity(changes.events.len());
                for event in changes.events {
                    match seats::heard(tx, &sight, &event.what)? {
                        Heard::AsItIs => heard.push(event),
                        Heard::Instead(what) => heard.push(Event::new(event.seq, *what)),
                        Heard::Nothing => {}
                    }
                }
                changes.events = heard;
                Ok(changes)
            })
            .await
    }
}

fn told(tx: &ReadTx, after: Seq, changes: Vec<Change>) -> Result<Changes> {
    if events::is_too_old(tx, after)? {
        return Ok(start_again(tx.seq()?));
    }
    let more = changes.len() >= limits::CHANGES_PER_PAGE as usize;
    let seq = match (more, changes.last()) {
        (true, Some(last)) => last.seq,
        _ => tx.seq()?,
    };
    let mut events = Vec::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        let superseded = changes[index + 1..].iter().any(|later| later.subject == change.subject);
        if !superseded && let Some(what) = present(tx, change.subject)? {
            events.push(Event::new(Some(change.seq), what));
        }
    }
    Ok(Changes { seq, reload: false, more, events })
}

fn start_again(seq: Seq) -> Changes {
    Changes { seq, reload: true, more: false, events: Vec::new() }
}

/// The present state of what changed; `None` when it is gone.
fn present(tx: &ReadTx, subject: Subject) -> Result<Option<What>> {
    let what = match subject {
        Subject::Message { conversation, message, .. } => messages::message(tx, message).and_then(|message| {
            Ok(What::MessageAdded { conversation: conversations::conversation(tx, conversation)?, message: Box::new(message) })
        }),
        Subject::Conversation { conversation, .. } => {
            conversations::conversation(tx, conversation).map(|conversation| What::ConversationChanged { conversation })
        }
        Subject::Contact(contact) => contacts::contact(tx, contact).map(|contact| What::ContactChanged { contact }),
        Subject::Inbox(inbox) => inboxes::inbox_of(tx, inbox).map(|inbox| What::InboxChanged { inbox: inbox.uuid }),
        Subject::Agent(agent) => agents::agent(tx, agent).map(|agent| What::AgentChanged { agent: agent.uuid }),
    };
    match what {
        Ok(what) => Ok(Some(what)),
        Err(error) if error.kind == crate::base::error::Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
