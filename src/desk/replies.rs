//! Sending as people do it: with a moment to take it back, never over somebody else's answer unwarned; and taking back.
//!
//! A reply that may be taken back is stored as held, not as a message: it is on disk and will be sent by a job whatever happens to the
//! desk it was written at, and until then no door can show it outside, because there is nothing to show.

use super::Desk;
use super::conversations::WantedStatus;
use super::messages::{Outgoing, Prepared, echo_taken, prepare, said_already, store_reply};
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentSessionId, Seq, Uuid};
use crate::base::limits;
use crate::model::access::Permission;
use crate::model::agent::{Agent, AgentSession};
use crate::model::conversation::{Conversation, Status};
use crate::model::draft::{Draft, Held};
use crate::model::job::Job;
use crate::model::message::Message;
use crate::store::held::{self, NewHeld};
use crate::store::{WriteTx, agents, conversations, drafts, jobs, messages, notes};

/// What "send and resolve" wants.
const RESOLVED: WantedStatus = WantedStatus { status: Status::Resolved, custom: None, snoozed_until: None };

/// How an answer is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// How long it may be taken back.
    pub hold_ms: Option<Millis>,
    /// The last change number its writer had seen: if another agent answered after that, he is asked first.
    pub after_seq: Option<Seq>,
    /// He was asked.
    pub anyway: bool,
    /// The conversation is resolved with it.
    pub resolves: bool,
    /// The version of the draft it was written in; a newer one stays.
    pub draft_version: Option<i64>,
}

/// How it went.
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way out")]
pub enum Sent {
    /// It is a message.
    Stored(Conversation, Message),
    /// It is on disk and goes out at its time.
    Held(Conversation, Held),
    /// Nothing was sent: somebody else answered, or is about to.
    Answered(Vec<Message>, Vec<Held>),
}

/// What was taken back.
#[expect(clippy::large_enum_variant, reason = "one at a time, on its way out")]
pub enum TakenBack {
    /// A reply; its words are a draft again.
    Reply(Draft),
    /// A note.
    Note(Conversation, Message),
}

impl Desk {
    /// An agent answers or notes something, in his manner. The same echo id again answers the same; without a hold it sends what was held.
    pub async fn send(&self, agent: &AgentSession, uuid: Uuid, outgoing: Outgoing, manner: Manner) -> Result<Sent> {
        let prepared = prepare(outgoing)?;
        if manner.resolves {
            agent.may(Permission::Status)?;
        }
        let session = agent.clone();
        let agent = agent.agent.clone();
        let sent = self.store.write(move |tx| send(tx, &agent, uuid, prepared, manner)).await?;
        if let (Sent::Stored(_, message), true) = (&sent, manner.resolves) {
            // A rule may keep it open (a missing tag): the reply is out all the same, and its writer sees that it is open.
            if let Ok(conversation) = self.set_status(&session, uuid, RESOLVED).await {
                return Ok(Sent::Stored(conversation, message.clone()));
            }
        }
        Ok(sent)
    }

    /// The time of a held reply has come.
    pub async fn send_held(&self, id: i64) -> Result<()> {
        let sent = self.store.write(move |tx| match held::find(tx, id)? {
            Some(held) => {
                let agent = agents::agent(tx, held.agent)?;
                let (uuid, resolves) = (held.conversation_uuid, held.resolves);
                release(tx, &agent, held)?;
                Ok(Some((agent, uuid, resolves)))
            }
            None => Ok(None),
        });
        match sent.await {
            Ok(Some((agent, uuid, true))) => {
                let session = AgentSession { id: AgentSessionId(0), agent, csrf: String::new() };
                // A rule may keep it open (a missing tag): its agent sees that it is.
                match self.set_status(&session, uuid, RESOLVED).await {
                    Err(error) if error.kind == Kind::Busy || error.kind == Kind::Unavailable => Err(error),
                    _ => Ok(()),
                }
            }
            Ok(_) => Ok(()),
            // It can never be sent as it is (its file is gone, its agent is): the words go back to where they came from.
            Err(error) if matches!(error.kind, Kind::NotFound | Kind::Invalid | Kind::Conflict | Kind::Forbidden) => {
                self.store
                    .write(move |tx| match held::find(tx, id)? {
                        Some(held) => into_draft(tx, &held).map(drop),
                        None => Ok(()),
                    })
                    .await
            }
            Err(error) => Err(error),
        }
    }

    /// An agent takes back what he may: a reply that is still held, or a note of his own.
    pub async fn take_back(&self, agent: &AgentSession, uuid: Uuid, message: Uuid) -> Result<TakenBack> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                if let Some(held) = held::find_own(tx, agent, conversation, message)? {
                    return Ok(TakenBack::Reply(into_draft(tx, &held)?));
                }
                let (note, _words) =
                    notes::delete_own_note(tx, agent, conversation, message)?.ok_or_else(|| Error::not_found("message"))?;
                let (conversation, message) = messages::announce_change(tx, note)?;
                Ok(TakenBack::Note(conversation, message))
            })
            .await
    }

    /// The agent's own replies of a conversation that are held back.
    pub async fn held(&self, agent: &AgentSession, uuid: Uuid) -> Result<Vec<Held>> {
        let agent = agent.agent.id;
        self.store
            .read(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                Ok(held::of_conversation(tx, conversation)?.into_iter().filter(|held| held.agent == agent).collect())
            })
            .await
    }
}

fn send(tx: &WriteTx, agent: &Agent, uuid: Uuid, prepared: Prepared, manner: Manner) -> Result<Sent> {
    let before = conversations::find_for_agent(tx, agent.id, uuid)?.conversation;
    let is_note = prepared.outgoing.is_note;
    if let Some(known) = said_already(tx, agent.id, &before, &prepared.outgoing)? {
        return Ok(Sent::Stored(before, known));
    }
    let echo = prepared.outgoing.echo_id.clone();
    if let Some(held) = echo.as_deref().map(|echo| held::find_by_echo(tx, agent.id, echo)).transpose()?.flatten() {
        return match manner.hold_ms {
            _ if held.conversation != before.id || is_note => Err(echo_taken()),
            Some(_) => Ok(Sent::Held(before, held)),
            None => release(tx, agent, held).map(|(conversation, message)| Sent::Stored(conversation, message)),
        };
    }
    if let (false, false, Some(after)) = (is_note, manner.anyway, manner.after_seq) {
        let answers = held::replies_of_others(tx, before.id, agent.id, after)?;
        let coming: Vec<Held> = held::of_conversation(tx, before.id)?.into_iter().filter(|held| held.agent != agent.id).collect();
        if !answers.is_empty() || !coming.is_empty() {
            return Ok(Sent::Answered(answers, coming));
        }
    }
    let draft = drafts::find(tx, agent.id, before.id, is_note)?;
    if draft.is_some_and(|draft| !draft.body.is_empty() && manner.draft_version.is_none_or(|version| draft.version <= version)) {
        drafts::put(tx, agent.id, before.id, uuid, is_note, "")?;
    }
    // Whoever writes has read everything before; what comes while his reply is held he has not.
    conversations::mark_seen_by_agent(tx, before.id, agent.id, before.seq)?;
    if is_note {
        let (conversation, message) = store_reply(tx, agent, &before, prepared, false)?;
        return Ok(Sent::Stored(conversation, message));
    }
    // What he said before goes out before: nobody outside reads the second sentence first.
    for earlier in held::of_conversation(tx, before.id)?.into_iter().filter(|held| held.agent == agent.id) {
        release(tx, agent, earlier)?;
    }
    let before = conversations::find_for_agent(tx, agent.id, uuid)?.conversation;
    let Some(hold_ms) = manner.hold_ms.filter(|ms| *ms > 0) else {
        let (conversation, message) = store_reply(tx, agent, &before, prepared, false)?;
        return Ok(Sent::Stored(conversation, message));
    };
    let new = NewHeld {
        agent: agent.id,
        conversation: before.id,
        echo_id: &echo.unwrap_or_else(|| Uuid::new().to_string()),
        source: &prepared.body,
        attachments: &prepared.outgoing.attachments,
        rich: prepared.outgoing.rich.as_ref(),
        resolves: manner.resolves,
        send_at: tx.now + hold_ms.min(limits::HOLD_MAX.as_millis() as Millis),
    };
    let held = held::insert(tx, &new)?;
    jobs::enqueue_once(tx, &job_key(&held), &Job::SendHeld { held: held.id }, held.send_at)?;
    Ok(Sent::Held(before, held))
}

/// A held reply becomes a message.
fn release(tx: &WriteTx, agent: &Agent, held: Held) -> Result<(Conversation, Message)> {
    let before = conversations::find_for_agent(tx, agent.id, held.conversation_uuid)?.conversation;
    held::delete(tx, held.id)?;
    jobs::cancel(tx, &job_key(&held))?;
    let Held { source: body, echo_id, attachments, rich, .. } = held;
    let outgoing = Outgoing { body, echo_id: Some(echo_id), attachments, rich, ..Outgoing::default() };
    store_reply(tx, agent, &before, prepare(outgoing)?, true)
}

/// A held reply becomes a draft again, before whatever was begun after it.
fn into_draft(tx: &WriteTx, held: &Held) -> Result<Draft> {
    held::delete(tx, held.id)?;
    jobs::cancel(tx, &job_key(held))?;
    let begun = drafts::find(tx, held.agent, held.conversation, false)?.map_or(String::new(), |draft| draft.body);
    let body = [held.source.as_str(), begun.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n");
    drafts::put(tx, held.agent, held.conversation, held.conversation_uuid, false, &body)
}

fn job_key(held: &Held) -> String {
    format!("held:{}", held.uuid)
}
