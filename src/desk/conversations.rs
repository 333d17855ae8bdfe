//! Conversations begin, change hands, rest and end.

use super::Desk;
use super::beginnings::{check_address, go_on, said_before};
use super::messages::{Incoming, note_activity};
use super::standing::{Standing, give, give_team, set_priority, set_status};
use super::suspicion::{Signs, suspicion};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, InboxId, Seq, Uuid, new_token};
use crate::base::limits;
use crate::model::agent::{Agent, AgentSession};
use crate::model::contact::{Contact, ContactKind, Session};
use crate::model::conversation::{Conversation, ConversationKind, Priority, Status};
use crate::model::event::{Topic, What};
use crate::model::inbox::Inbox;
use crate::model::message::{Activity, Message};
use crate::model::rule::Cause;
use crate::model::team::Team;
use crate::store::{WriteTx, agents, contacts, conversations, jobs, messages, notices, quarantine, sessions, teams};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// Shortest echo id that may stand for an anonymous first message: it opens a session when repeated, so it must not be guessable.
const INIT_ECHO_CHARS_MIN: usize = 22;

/// Who sends a first message or a report, as far as the call itself tells.
#[derive(Debug, Clone)]
pub struct Sender {
    pub ip: IpAddr,
    pub user_agent: String,
    /// Says that he agreed to the consent text he saw.
    pub consent: bool,
    /// The language of his screen as he says it, or "".
    pub locale: String,
    /// What his browser prefers, for when he says nothing.
    pub accept_language: String,
}

/// A first message with everything that comes with it.
pub struct Start {
    pub message: Incoming,
    pub form: Map<String, Value>,
    /// The id of the start button that was used, or "".
    pub button: String,
    /// What the page says of the visit; `None` = nothing new.
    pub variables: Option<Map<String, Value>>,
    pub sender: Sender,
    /// What speaks for or against it.
    pub signs: Signs,
}

/// To whom a conversation is given; `None` stays as it is, `Some(None)` is nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assign {
    pub agent: Option<Option<Uuid>>,
    pub team: Option<Option<Uuid>>,
}

/// Which status an agent wants.
#[derive(Debug, Clone, Copy)]
pub struct WantedStatus {
    pub status: Status,
    /// A status of the house's own; its category counts then.
    pub custom: Option<Uuid>,
    pub snoozed_until: Option<Millis>,
}

/// A conversation that began (or had begun already, for a repeat).
pub struct Started {
    pub conversation: Conversation,
    pub message: Message,
    /// What the start button said before.
    pub opening: Option<Message>,
    pub contact: Contact,
    /// A new visitor's proof; `None` when there was a session already.
    pub token: Option<String>,
    pub seq: Seq,
}

impl Desk {
    /// Whether somebody may begin a conversation in this inbox at all.
    pub fn check_may_start(&self, inbox: &Inbox, verified: bool) -> Result<()> {
        match inbox.config.policy(verified).allow_start_conversation && inbox.config.tiles.chat {
            true => Ok(()),
            false => Err(starts_off()),
        }
    }

    /// Whether somebody may chat here: anonymous people only where the inbox takes them (decision 2).
    pub fn may_chat(&self, inbox: &Inbox, verified: bool) -> bool {
        inbox.config.tiles.chat && (verified || inbox.config.access == "anonymous")
    }

    /// Whether a person outside finds his reports again: where he may chat, with the proof that chat wants, and nowhere else.
    pub fn reads_reports(&self, inbox: &Inbox, session: &Session) -> bool {
        session.conversation.is_some() || (inbox.config.tiles.chat && self.check_access(inbox, Some(session)).is_ok())
    }

    /// Refuses whoever has to say first who he is (rows 106, 119–124, 167). Asked before anything else of a message is looked at.
    pub fn check_access(&self, inbox: &Inbox, session: Option<&Session>) -> Result<()> {
        // What a link in a mail opened is one conversation that was proved to be his by the mail.
        if session.is_some_and(|session| session.conversation.is_some()) {
            return Ok(());
        }
        // Where a site vouches for its people, a code is no token (row 124).
        let wants_token = inbox.config.access == "verified";
        if session.is_some_and(|session| session.verified && !(wants_token && session.by_code)) {
            return Ok(());
        }
        let (words, code) = match inbox.config.access.as_str() {
            "identify" => ("Please tell us your name and e-mail address first.", "identify_needed"),
            "verified" => ("Please sign in on this website to chat with us.", "sign_in_needed"),
            _ => return Ok(()),
        };
        // Without any proof it is a 401; with a proof that is not enough, another one of its kind would not help.
        let error = if session.is_none() { Error::unauthorized(words) } else { Error::forbidden(words) };
        Err(error.coded(code))
    }

    /// An error about an answer, with the question called as its reader sees it.
    async fn by_its_label(&self, inbox: &Inbox, sender: &Sender, error: Error) -> Error {
        let lang = Some(sender.locale.as_str()).filter(|code| !code.is_empty());
        let Ok(words) = self.words(inbox, lang, Some(&sender.accept_language)).await else { return error };
        let fields = words.config(&inbox.config).prechat_form.fields;
        let asked = fields.into_iter().find(|field| Some(field.key.as_str()) == error.field.as_deref());
        match asked.filter(|_| error.details.as_ref().is_some_and(|details| details.contains_key("name"))) {
            Some(field) => error.detail("name", field.label),
            None => error,
        }
    }

    /// A person outside begins a conversation. Without a session a visitor is made, but only when everything else is right.
    pub async fn begin(&self, inbox: &Inbox, session: Option<&Session>, mut start: Start) -> Result<Started> {
        check_whole(session)?;
        let verified = session.is_some_and(|session| session.verified);
        start.message.verified = verified;
        let policy = inbox.config.policy(verified).clone();
        let answers = match super::form::check(&inbox.config.prechat_form, &start.form, session.is_some()) {
            Ok(answers) => answers,
            Err(error) => return Err(self.by_its_label(inbox, &start.sender, error).await),
        };
        self.check_access(inbox, session)?;
        if let Some(address) = &answers.email {
            self.check_address(address)?;
        }
        let suspicion = suspicion(&start.message.text, &start.signs);
        let variables = start.variables.as_ref().map(super::details::variables).transpose()?;
        let init_key = echo_key(session.is_none(), start.message.echo_id.as_deref())?;
        let starts = policy.allow_start_conversation;
        let ip = super::privacy::kept_ip(&inbox.config.privacy, start.sender.ip);
        let pressed = self.pressed(inbox, &start.button, &start.sender.locale).await?;
        let wants_address = self.wants_address(inbox, &pressed).await?;
        let (single, has_chat) = (inbox.config.single_thread, inbox.config.tiles.chat);
        let consent = self.asked(inbox, &start.sender).await?;
        let default_team = Uuid::parse(&inbox.config.routing.team);
        let here = self.here();
        let (inbox, known) = (inbox.id, session.map(|session| session.contact));
        let started = self
            .store
            .write(move |tx| {
                let echo = start.message.echo_id.as_deref();
                if let (true, Some(contact), Some(echo)) = (single, known, echo)
                    && let Some(repeat) = said_before(tx, inbox, contact, echo)?
                {
                    super::attachments::drop_files(tx, &start.message.files)?;
                    return Ok(repeat);
                }
                let call = Repeat { known, init_key, echo_id: echo, kind: ConversationKind::Chat, with_proof: true };
                if let Some(repeat) = repeated(tx, inbox, call)? {
                    super::attachments::drop_files(tx, &start.message.files)?;
                    return Ok(repeat);
                }
                if !has_chat {
                    return Err(starts_off());
                }
                consent.check(tx, inbox, known)?;
                if let Some(contact) = known.filter(|_| single)
                    && let Some(went_on) = go_on(tx, &here, inbox, contact, &start.message, policy.prevent_reply_to_closed_conversation)?
                {
                    consent.keep(tx, inbox, contact, Some(went_on.conversation.id))?;
                    if let Some(variables) = variables {
                        super::details::put_variables(tx, contact, variables, false)?;
                    }
                    return Ok(went_on);
                }
                if !starts {
                    return Err(starts_off());
                }
                if wants_address {
                    check_address(tx, known, &answers)?;
                }
                if let Some(contact) = known {
                    let chats = check_today(tx, inbox, contact)?;
                    if policy.prevent_multiple_conversations && chats > 0 {
                        return Err(
                            Error::forbidden("You have a conversation with us already. Please go on there.").coded("one_conversation")
                        );
                    }
                }
                let Newcomer { contact, token } = person(tx, inbox, known, &answers, true)?;
                let told = keep_answers(tx, contact, &answers)?;
                if let Some(variables) = variables {
                    super::details::put_variables(tx, contact, variables, false)?;
                }
                if let Some(key) = init_key {
                    conversations::forget_init_key(tx, inbox, key, tx.now - limits::INIT_REPEAT.as_millis() as i64)?;
                }
                let new = conversations::NewConversation {
                    init_key,
                    attributes: answers.attributes,
                    ip,
                    user_agent: crate::base::text::clean_line(&start.sender.user_agent, limits::USER_AGENT_CHARS_MAX),
                    locale: start.sender.locale,
                    team: pressed.team(tx, default_team)?,
                    priority: pressed.priority,
                    button: pressed.id.clone(),
                    ..conversations::NewConversation::chat(inbox, contact)
                };
                let id = conversations::insert(tx, &new)?;
                if !suspicion.is_empty() {
                    quarantine::set(tx, id, Some("suspect"), &suspicion)?;
                }
                consent.keep(tx, inbox, contact, Some(id))?;
                super::routing::begins(tx, id)?;
                let opening = pressed.open(tx, id)?;
                let (_, message) = super::messages::store_incoming(tx, id, contact, &start.message)?;
                if !told.is_empty() {
                    super::messages::note_words(tx, id, told)?;
                }
                super::routing::give(tx, &here, id)?;
                super::notices::of_incoming(tx, id, &message, true)?;
                let conversation = conversations::conversation(tx, id)?;
                Ok(Started { conversation, seq: message.seq, message, opening, contact: contacts::contact(tx, contact)?, token })
            })
            .await?;
        self.look_at_queue().await?;
        Ok(started)
    }

    /// The contact has read everything up to now. Answers true; a conversation of somebody else is not found.
    pub async fn mark_seen_by_contact(&self, inbox: &Inbox, session: &Session, uuid: Uuid) -> Result<()> {
        self.check_access(inbox, Some(session))?;
        let session = session.clone();
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, &session, uuid)?;
                if conversations::mark_seen_by_contact(tx, conversation.id)? {
                    conversations::announce(tx, conversation.id, true)?;
                }
                Ok(())
            })
            .await
    }

    /// The contact closes the conversation, where the inbox allows it.
    pub async fn close_by_contact(&self, inbox: &Inbox, session: &Session, uuid: Uuid) -> Result<Conversation> {
        self.check_access(inbox, Some(session))?;
        if !inbox.config.allow_close {
            return Err(Error::forbidden("Conversations cannot be closed from here.").coded("close_off"));
        }
        let session = session.clone();
        let here = self.here();
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, &session, uuid)?;
                if conversation.status == Status::Resolved && conversation.closed_by_contact {
                    return Ok(conversation);
                }
                conversations::set_status(tx, conversation.id, Status::Resolved, None, true)?;
                jobs::cancel(tx, &wake_key(&conversation))?;
                note_activity(tx, conversation.id, None, Activity { action: "close".into(), value: conversation.contact.name.clone() })?;
                super::rules::after(tx, conversation.id, Cause::Changed("status"));
                super::routing::status_changed(tx, &here, &conversation, false)?;
                conversations::announce(tx, conversation.id, true)
            })
            .await
    }

    /// An agent sets the status, in the house's own words when given, or lets the conversation rest until a time in the future.
    pub async fn set_status(&self, agent: &AgentSession, uuid: Uuid, wanted: WantedStatus) -> Result<Conversation> {
        let agent = agent.agent.id;
        let here = self.here();
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let WantedStatus { status, custom, snoozed_until } = wanted;
                let custom = custom.map(|uuid| super::statuses::known(tx, uuid)).transpose()?;
                let status = custom.as_ref().map_or(status, |custom| custom.category);
                if status == Status::Resolved && snoozed_until.is_none() && before.status != Status::Resolved {
                    super::tags::check_tagged(tx, before.id)?;
                }
                let to = Standing { status, custom, snoozed_until, ask: true };
                if !set_status(tx, Some(agent), &before, to)? {
                    return Ok(before);
                }
                let is_open = status == Status::Open && snoozed_until.is_none();
                super::routing::status_changed(tx, &here, &before, is_open)?;
                conversations::announce(tx, before.id, true)
            })
            .await
    }

    /// An agent says how soon somebody should answer.
    pub async fn set_priority(&self, agent: &AgentSession, uuid: Uuid, priority: Option<Priority>) -> Result<Conversation> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                match set_priority(tx, Some(agent), &before, priority)? {
                    true => conversations::announce(tx, before.id, false),
                    false => Ok(before),
                }
            })
            .await
    }

    /// An agent gives the conversation to somebody, to a team, or to nobody.
    pub async fn assign(&self, agent: &AgentSession, uuid: Uuid, to: Assign) -> Result<Conversation> {
        let agent = agent.agent.id;
        let here = self.here();
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let mut changed = false;
                if let Some(to) = to.agent {
                    let to = to.map(|uuid| assignable(tx, uuid)).transpose()?;
                    changed |= give(tx, Some(agent), &before, to.as_ref())?;
                }
                if let Some(to) = to.team {
                    let to = to.map(|uuid| team_of(tx, uuid)).transpose()?;
                    changed |= give_team(tx, Some(agent), &before, to.as_ref())?;
                }
                if !changed {
                    return Ok(before);
                }
                let had = before.assignee.as_ref().map(|agent| agent.id);
                super::routing::returned(tx, &here, before.id, had)?;
                super::routing::place_free(tx, &here, had)?;
                conversations::announce(tx, before.id, true)
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
                if notices::mark_all(tx, agent, Some(conversation.id))? > 0 {
                    tx.announce_ephemeral(vec![Topic::Agent(agent)], What::NoticesRead);
                }
                Ok(())
            })
            .await
    }

    /// The time of a snoozed conversation has come.
    pub async fn wake(&self, id: i64) -> Result<()> {
        let id = crate::base::id::ConversationId(id);
        let here = self.here();
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
                super::rules::after(tx, id, Cause::Changed("status"));
                super::routing::status_changed(tx, &here, &conversation, true)?;
                conversations::announce(tx, id, true)?;
                Ok(())
            })
            .await
    }
}

/// Refuses a session that is for one conversation alone: it speaks for nobody beyond that.
pub(super) fn check_whole(session: Option<&Session>) -> Result<()> {
    match session.is_some_and(|session| session.conversation.is_some()) {
        true => {
            Err(Error::forbidden("This link is for one conversation. Please open the chat on our website for anything else.")
                .coded("one_only"))
        }
        false => Ok(()),
    }
}

/// The agent to whom conversations can be given; suspended ones are not found.
pub(super) fn assignable(tx: &WriteTx, uuid: Uuid) -> Result<Agent> {
    let found = agents::find(tx, uuid)?.filter(|found| found.suspended_at.is_none());
    found.ok_or_else(|| Error::not_found("agent").in_field("agent"))
}

/// The team to which conversations can be given.
pub(super) fn team_of(tx: &WriteTx, uuid: Uuid) -> Result<Team> {
    teams::find(tx, uuid)?.ok_or_else(|| Error::not_found("team").in_field("team"))
}

/// Under which key the waking of a conversation waits in the outbox.
pub(super) fn wake_key(conversation: &Conversation) -> String {
    format!("wake:{}", conversation.id)
}

fn starts_off() -> Error {
    Error::invalid("New conversations cannot be started here at the moment.").coded("starts_off")
}

/// What an anonymous first message or report is found by when it comes again: the hash of its echo id, which must not be guessable.
pub(super) fn echo_key(is_anonymous: bool, echo_id: Option<&str>) -> Result<Option<[u8; 32]>> {
    match echo_id {
        Some(echo) if is_anonymous && echo.len() >= INIT_ECHO_CHARS_MIN => Ok(Some(Sha256::digest(echo.as_bytes()).into())),
        Some(_) if is_anonymous => {
            let words = format!("For a first message echo_id needs at least {INIT_ECHO_CHARS_MIN} random characters.");
            Err(Error::invalid(words).in_field("echo_id"))
        }
        Some(_) | None => Ok(None),
    }
}

/// Refuses who began very much today; answers how many chats there are at all.
pub(super) fn check_today(tx: &WriteTx, inbox: InboxId, contact: ContactId) -> Result<i64> {
    let (chats, today) = conversations::count_of_contact(tx, inbox, contact, tx.now - 24 * 3600 * 1000)?;
    match today < limits::CONVERSATIONS_PER_DAY_MAX {
        true => Ok(chats),
        false => {
            let words = "You have started very many conversations today. Please go on in one of them.";
            Err(Error::too_many(words, 3600).coded("too_many").detail("count", 3600))
        }
    }
}

/// Somebody who begins something.
pub(super) struct Newcomer {
    pub(super) contact: ContactId,
    /// A proof, for somebody who had none and gets one.
    pub(super) token: Option<String>,
}

/// The person behind a beginning: the one of the session, or a visitor made now, with a proof where he may use one.
pub(super) fn person(
    tx: &WriteTx,
    inbox: InboxId,
    known: Option<ContactId>,
    answers: &super::form::Answers,
    with_proof: bool,
) -> Result<Newcomer> {
    if let Some(contact) = known {
        return Ok(Newcomer { contact, token: None });
    }
    let contact = contacts::insert(tx, ContactKind::Visitor, &first_name(answers), "")?;
    let token = with_proof.then(new_token);
    if let Some(token) = &token {
        sessions::insert(tx, inbox, contact, false, token, tx.now + limits::VISITOR_SESSION.as_millis() as i64)?;
    }
    Ok(Newcomer { contact, token })
}

/// By what a call is known when it comes again.
pub(super) struct Repeat<'a> {
    pub(super) known: Option<ContactId>,
    pub(super) init_key: Option<[u8; 32]>,
    pub(super) echo_id: Option<&'a str>,
    pub(super) kind: ConversationKind,
    /// Somebody anonymous gets a proof with the answer.
    pub(super) with_proof: bool,
}

/// What this very call stored when it came for the first time.
pub(super) fn repeated(tx: &WriteTx, inbox: InboxId, call: Repeat<'_>) -> Result<Option<Started>> {
    let Repeat { known, init_key, echo_id, kind, with_proof } = call;
    if let (Some(contact), Some(echo)) = (known, echo_id) {
        let Some(message) = messages::find_by_contact_echo(tx, contact, echo)? else { return Ok(None) };
        if !messages::is_first(tx, &message)? {
            return Err(super::messages::echo_taken());
        }
        let conversation = conversations::conversation(tx, message.conversation)?;
        if conversation.kind != kind {
            return Err(super::messages::echo_taken());
        }
        let opening = messages::opening_before(tx, &message)?;
        return Ok(Some(Started { conversation, message, opening, contact: contacts::contact(tx, contact)?, token: None, seq: tx.seq()? }));
    }
    let Some(key) = init_key else { return Ok(None) };
    let since = tx.now - limits::INIT_REPEAT.as_millis() as i64;
    let Some(conversation) = conversations::find_by_init_key(tx, inbox, key, since)? else {
        // Its person proved meanwhile who he is, or is shut out: what he was before opens nothing any more.
        return if conversations::has_init_key(tx, inbox, key, since)? { Err(super::visitors::session_over()) } else { Ok(None) };
    };
    let Some(message) = messages::find_by_contact_echo(tx, conversation.contact.id, echo_id.unwrap_or_default())? else { return Ok(None) };
    if conversation.kind != kind {
        return Err(super::messages::echo_taken());
    }
    let token = with_proof.then(new_token);
    if let Some(token) = &token {
        let until = tx.now + limits::VISITOR_SESSION.as_millis() as i64;
        sessions::insert(tx, inbox, conversation.contact.id, false, token, until)?;
    }
    let contact = contacts::contact(tx, conversation.contact.id)?;
    let opening = messages::opening_before(tx, &message)?;
    Ok(Some(Started { conversation, message, opening, contact, token, seq: tx.seq()? }))
}

fn first_name(answers: &super::form::Answers) -> String {
    let local_part = || answers.email.as_deref().and_then(|email| email.split('@').next()).map(str::to_owned);
    answers.name.clone().or_else(local_part).unwrap_or_default()
}

/// Typed answers fill gaps of a visitor's own record. Beside a verified person they would look as if his site vouched for them, so
/// there they are told in the conversation instead: the words to tell, or "".
pub(super) fn keep_answers(tx: &WriteTx, contact: ContactId, answers: &super::form::Answers) -> Result<String> {
    let mut contact = contacts::contact(tx, contact)?;
    contact.last_seen_at = tx.now;
    let had_address = contact.email.is_some();
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
        let address = answers.email.iter().filter(|_| contact.email.is_none()).map(|address| format!("email: {address}"));
        let words = answers.attributes.iter().map(|(key, value)| format!("{key}: {}", super::form::plain(value)));
        told = crate::base::text::preview(&address.chain(words).collect::<Vec<_>>().join(" · "), 500);
    }
    contacts::update(tx, &contact)?;
    if !had_address && contact.email.is_some() {
        super::continuity::address_known(tx, contact.id)?;
    }
    Ok(told)
}
