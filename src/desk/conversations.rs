//! Conversations begin, change hands, rest and end.

use super::Desk;
use super::messages::{Incoming, note_activity};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, Seq, Uuid, new_token};
use crate::base::limits;
use crate::model::agent::{AgentSession, full_name};
use crate::model::contact::{Contact, ContactKind, Session};
use crate::model::conversation::{Conversation, Status};
use crate::model::inbox::Inbox;
use crate::model::job::Job;
use crate::model::message::{Activity, Message};
use crate::store::{WriteTx, agents, contacts, conversations, jobs, messages, sessions, teams};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Shortest echo id that may stand for an anonymous first message: it opens a session when repeated, so it must not be guessable.
const INIT_ECHO_CHARS_MIN: usize = 22;

/// A first message with everything that comes with it.
pub struct Start {
    pub message: Incoming,
    pub form: Map<String, Value>,
    pub ip: IpAddr,
    pub user_agent: String,
}

/// To whom a conversation is given; `None` stays as it is, `Some(None)` is nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assign {
    pub agent: Option<Option<Uuid>>,
    pub team: Option<Option<Uuid>>,
}

/// A conversation that began (or had begun already, for a repeat).
pub struct Started {
    pub conversation: Conversation,
    pub message: Message,
    pub contact: Contact,
    /// A new visitor's proof; `None` when there was a session already.
    pub token: Option<String>,
    pub seq: Seq,
}

impl Desk {
    /// Whether somebody may begin a conversation in this inbox at all.
    pub fn check_may_start(&self, inbox: &Inbox, verified: bool) -> Result<()> {
        match inbox.config.policy(verified).allow_start_conversation {
            true => Ok(()),
            false => Err(Error::invalid("New conversations cannot be started here at the moment.")),
        }
    }

    /// A person outside begins a conversation. Without a session a visitor is made, but only when everything else is right.
    pub async fn begin(&self, inbox: &Inbox, session: Option<&Session>, start: Start) -> Result<Started> {
        let verified = session.is_some_and(|session| session.verified);
        let policy = inbox.config.policy(verified).clone();
        let answers = super::form::check(&inbox.config.prechat_form, &start.form, session.is_some())?;
        let init_key = match (&session, &start.message.echo_id) {
            (None, Some(echo)) if echo.len() >= INIT_ECHO_CHARS_MIN => Some(Sha256::digest(echo.as_bytes()).into()),
            (None, Some(_)) => {
                return Err(Error::invalid(format!("For a first message echo_id needs at least {INIT_ECHO_CHARS_MIN} random characters."))
                    .in_field("echo_id"));
            }
            _ => None,
        };
        let (inbox, known) = (inbox.id, session.map(|session| session.contact));
        let ip = truncated(start.ip);
        self.store
            .write(move |tx| {
                if let Some(repeat) = repeated(tx, inbox, known, init_key, start.message.echo_id.as_deref())? {
                    super::attachments::drop_files(tx, &start.message.files)?;
                    return Ok(repeat);
                }
                if !policy.allow_start_conversation {
                    return Err(Error::invalid("New conversations cannot be started here at the moment."));
                }
                if let Some(contact) = known {
                    let (all, today) = conversations::count_of_contact(tx, inbox, contact, tx.now - 24 * 3600 * 1000)?;
                    if policy.prevent_multiple_conversations && all > 0 {
                        return Err(Error::forbidden("You have a conversation with us already. Please go on there."));
                    }
                    if today >= limits::CONVERSATIONS_PER_DAY_MAX {
                        return Err(Error::too_many("You have started very many conversations today. Please go on in one of them.", 3600));
                    }
                }
                let (contact, token) = match known {
                    Some(contact) => (contact, None),
                    None => {
                        let contact = contacts::insert(tx, ContactKind::Visitor, &first_name(&answers), "")?;
                        let token = new_token();
                        let until = tx.now + limits::VISITOR_SESSION.as_millis() as i64;
                        sessions::insert(tx, inbox, contact, false, &token, until)?;
                        (contact, Some(token))
                    }
                };
                let told = keep_answers(tx, contact, &answers)?;
                if let Some(key) = init_key {
                    conversations::forget_init_key(tx, inbox, key, tx.now - limits::INIT_REPEAT.as_millis() as i64)?;
                }
                let new = conversations::NewConversation {
                    inbox,
                    contact,
                    init_key,
                    attributes: answers.attributes,
                    ip,
                    user_agent: crate::base::text::clean_line(&start.user_agent, 300),
                };
                let id = conversations::insert(tx, &new)?;
                let (conversation, message) = super::messages::store_incoming(tx, id, contact, &start.message)?;
                if !told.is_empty() {
                    super::messages::note_words(tx, id, told)?;
                }
                Ok(Started { conversation, seq: message.seq, message, contact: contacts::contact(tx, contact)?, token })
            })
            .await
    }

    /// The contact has read everything up to now. Answers true; a conversation of somebody else is not found.
    pub async fn mark_seen_by_contact(&self, session: &Session, uuid: Uuid) -> Result<()> {
        let session = session.clone();
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, session.inbox, session.contact, uuid)?;
                if conversations::mark_seen_by_contact(tx, conversation.id)? {
                    conversations::announce(tx, conversation.id, true)?;
                }
                Ok(())
            })
            .await
    }

    /// The contact closes the conversation, where the inbox allows it.
    pub async fn close_by_contact(&self, inbox: &Inbox, session: &Session, uuid: Uuid) -> Result<Conversation> {
        if !inbox.config.allow_close {
            return Err(Error::forbidden("Conversations cannot be closed from here."));
        }
        let session = session.clone();
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, session.inbox, session.contact, uuid)?;
                if conversation.status == Status::Resolved && conversation.closed_by_contact {
                    return Ok(conversation);
                }
                conversations::set_status(tx, conversation.id, Status::Resolved, None, true)?;
                jobs::cancel(tx, &wake_key(&conversation))?;
                note_activity(tx, conversation.id, None, Activity { action: "close".into(), value: conversation.contact.name.clone() })?;
                conversations::announce(tx, conversation.id, true)
            })
            .await
    }

    /// An agent sets the status and, when given, lets the conversation rest until a time in the future.
    pub async fn set_status(
        &self,
        agent: &AgentSession,
        uuid: Uuid,
        status: Status,
        snoozed_until: Option<Millis>,
    ) -> Result<Conversation> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                if snoozed_until.is_some_and(|until| until <= tx.now) {
                    return Err(Error::invalid("The time to come back must be in the future.").in_field("snoozed_until"));
                }
                if before.status == status && before.snoozed_until == snoozed_until {
                    return Ok(before);
                }
                conversations::set_status(tx, before.id, status, snoozed_until, false)?;
                let activity = match snoozed_until {
                    Some(until) => {
                        jobs::enqueue_once(tx, &wake_key(&before), &Job::wake(before.id), until)?;
                        Activity { action: "snooze".into(), value: until.to_string() }
                    }
                    None => {
                        jobs::cancel(tx, &wake_key(&before))?;
                        Activity { action: "status".into(), value: status.as_str().into() }
                    }
                };
                note_activity(tx, before.id, Some(agent), activity)?;
                if status == Status::Resolved && snoozed_until.is_none() {
                    super::csat::ask(tx, &before)?;
                }
                conversations::announce(tx, before.id, true)
            })
            .await
    }

    /// An agent gives the conversation to somebody, to a team, or to nobody.
    pub async fn assign(&self, agent: &AgentSession, uuid: Uuid, to: Assign) -> Result<Conversation> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let mut changed = false;
                if let Some(to) = to.agent {
                    let to = match to {
                        Some(uuid) => {
                            let found = agents::find(tx, uuid)?.filter(|found| found.suspended_at.is_none());
                            Some(found.ok_or_else(|| Error::not_found("agent").in_field("agent"))?)
                        }
                        None => None,
                    };
                    if before.assignee.as_ref().map(|a| a.id) != to.as_ref().map(|a| a.id) {
                        conversations::set_assignee(tx, before.id, to.as_ref().map(|agent| agent.id))?;
                        let value = to.map_or(String::new(), |agent| full_name(&agent.first_name, &agent.last_name));
                        note_activity(tx, before.id, Some(agent), Activity { action: "assignment".into(), value })?;
                        changed = true;
                    }
                }
                if let Some(to) = to.team {
                    let to = match to {
                        Some(uuid) => Some(teams::find(tx, uuid)?.ok_or_else(|| Error::not_found("team").in_field("team"))?),
                        None => None,
                    };
                    if before.team.as_ref().map(|team| team.id) != to.as_ref().map(|team| team.id) {
                        conversations::set_team(tx, before.id, to.as_ref().map(|team| team.id))?;
                        let value = to.map_or(String::new(), |team| team.name);
                        note_activity(tx, before.id, Some(agent), Activity { action: "team".into(), value })?;
                        changed = true;
                    }
                }
                if changed { conversations::announce(tx, before.id, true) } else { Ok(before) }
            })
            .await
    }

    /// An agent has read up to `seq`. The visitor hears of it when nobody had read so far before.
    pub async fn mark_seen_by_agent(&self, agent: &AgentSession, uuid: Uuid, seq: Seq) -> Result<()> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let seq = seq.clamp(0, conversation.seq);
                if conversations::mark_seen_by_agent(tx, conversation.id, agent, seq)? {
                    conversations::announce(tx, conversation.id, true)?;
                }
                Ok(())
            })
            .await
    }

    /// The time of a snoozed conversation has come.
    pub async fn wake(&self, id: i64) -> Result<()> {
        let id = crate::base::id::ConversationId(id);
        self.store
            .write(move |tx| {
                let conversation = match conversations::conversation(tx, id) {
                    Ok(conversation) => conversation,
                    // Erased meanwhile: nothing to wake.
                    Err(error) if error.kind == crate::base::error::Kind::NotFound => return Ok(()),
                    Err(error) => return Err(error),
                };
                // Snoozed again for later, or woken by the contact: nothing to do.
                if conversation.snoozed_until.is_none_or(|until| until > tx.now) {
                    return Ok(());
                }
                conversations::set_status(tx, id, Status::Open, None, false)?;
                note_activity(tx, id, None, Activity { action: "status".into(), value: "open".into() })?;
                conversations::announce(tx, id, true)?;
                Ok(())
            })
            .await
    }
}

/// Under which key the waking of a conversation waits in the outbox.
pub(super) fn wake_key(conversation: &Conversation) -> String {
    format!("wake:{}", conversation.id)
}

fn repeated(
    tx: &WriteTx,
    inbox: crate::base::id::InboxId,
    known: Option<ContactId>,
    init_key: Option<[u8; 32]>,
    echo_id: Option<&str>,
) -> Result<Option<Started>> {
    if let (Some(contact), Some(echo)) = (known, echo_id) {
        let Some(message) = messages::find_by_contact_echo(tx, contact, echo)? else { return Ok(None) };
        if !messages::is_first(tx, &message)? {
            return Err(super::messages::echo_taken());
        }
        let conversation = conversations::conversation(tx, message.conversation)?;
        return Ok(Some(Started { conversation, message, contact: contacts::contact(tx, contact)?, token: None, seq: tx.seq()? }));
    }
    let Some(key) = init_key else { return Ok(None) };
    let since = tx.now - limits::INIT_REPEAT.as_millis() as i64;
    let Some(conversation) = conversations::find_by_init_key(tx, inbox, key, since)? else { return Ok(None) };
    let Some(message) = messages::find_by_contact_echo(tx, conversation.contact.id, echo_id.unwrap_or_default())? else { return Ok(None) };
    let token = new_token();
    let until = tx.now + limits::VISITOR_SESSION.as_millis() as i64;
    sessions::insert(tx, inbox, conversation.contact.id, false, &token, until)?;
    let contact = contacts::contact(tx, conversation.contact.id)?;
    Ok(Some(Started { conversation, message, contact, token: Some(token), seq: tx.seq()? }))
}

fn first_name(answers: &super::form::Answers) -> String {
    let local_part = || answers.email.as_deref().and_then(|email| email.split('@').next()).map(str::to_owned);
    answers.name.clone().or_else(local_part).unwrap_or_default()
}

/// Typed answers fill gaps of a visitor's own record. Beside a verified person they would look as if his site vouched for them, so
/// there they are told in the conversation instead: the words to tell, or "".
fn keep_answers(tx: &WriteTx, contact: ContactId, answers: &super::form::Answers) -> Result<String> {
    let mut contact = contacts::contact(tx, contact)?;
    contact.last_seen_at = tx.now;
    let mut told = String::new();
    if contact.kind == ContactKind::Visitor {
        contact.email = contact.email.or_else(|| answers.email.clone());
        contact.phone = contact.phone.or_else(|| answers.phone.clone());
        contact.phone_country = contact.phone_country.or_else(|| answers.phone_country.clone());
        for (key, value) in &answers.attributes {
            if contact.attributes.len() < limits::ATTRIBUTES_MAX {
                contact.attributes.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    } else {
        let words = answers.attributes.iter().map(|(key, value)| format!("{key}: {}", super::form::plain(value)));
        told = crate::base::text::preview(&words.collect::<Vec<_>>().join(" · "), 500);
    }
    contacts::update(tx, &contact)?;
    Ok(told)
}

/// An address without the part that names one household: /24 for IPv4, /48 for IPv6.
fn truncated(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    }
}
