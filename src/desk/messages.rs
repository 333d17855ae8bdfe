//! Messages: a person outside writes, a person inside answers or notes something. The same echo id twice stores once.

use super::Desk;
use super::attachments::drop_files;
use super::availability::Here;
use super::conversations::wake_key;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, MessageId, Uuid};
use crate::base::{limits, markdown, markup, text};
use crate::model::access::{Holder, Permission};
use crate::model::agent::{Agent, AgentSession, Availability, full_name};
use crate::model::contact::Session;
use crate::model::conversation::{Conversation, Status};
use crate::model::event::{Topic, Typist, What};
use crate::model::inbox::Inbox;
use crate::model::message::{Activity, MailMark, Message, MessageKind, Meta, NewMessage};
use crate::model::rich::{Postback, Rich};
use crate::model::rule::Cause;
use crate::store::media::{self, Arrived, Owner};
use crate::store::{WriteTx, agents, continuity, conversations, jobs, messages, notes};

/// What a person outside sends.
#[derive(Debug, Clone, Default)]
pub struct Incoming {
    /// Small markup (decision 10); may be empty when there are files.
    pub text: String,
    pub echo_id: Option<String>,
    /// Files that arrived whole.
    pub files: Vec<Arrived>,
    /// The button that was pressed, when nothing was typed.
    pub postback: Option<Postback>,
    /// Said in a verified session; the verbs set it from the session, not the doors.
    pub verified: bool,
    /// It came by mail: then its text is plain, and no markup.
    pub mail: Option<MailMark>,
}

/// What a person inside sends.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// For agents only.
    pub is_note: bool,
    /// Markdown; may be empty when there are files.
    pub body: String,
    pub echo_id: Option<String>,
    /// Own uploads for this conversation, not sent yet.
    pub attachments: Vec<Uuid>,
    /// Cards or quick replies; the body may then be empty.
    pub rich: Option<Rich>,
    /// Agents called by name, in a note.
    pub mentions: Vec<Uuid>,
}

/// An answer or a note that keeps to the rules, ready to be stored.
pub(super) struct Prepared {
    pub(super) outgoing: Outgoing,
    pub(super) body: String,
    rich: Option<Rich>,
    rendered: markup::Rendered,
    mail: Option<MailMark>,
}

impl Desk {
    /// A person outside writes into his conversation. Opens it again where the inbox allows.
    pub async fn receive(&self, inbox: &Inbox, session: &Session, uuid: Uuid, mut incoming: Incoming) -> Result<Message> {
        self.check_access(inbox, Some(session))?;
        let refuse_closed = inbox.config.policy(session.verified).prevent_reply_to_closed_conversation;
        let session = session.clone();
        incoming.verified = session.verified;
        let here = self.here();
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, &session, uuid)?;
                if let Some(echo) = &incoming.echo_id
                    && let Some(known) = messages::find_by_contact_echo(tx, session.contact, echo)?
                {
                    if known.conversation != conversation.id {
                        return Err(echo_taken());
                    }
                    drop_files(tx, &incoming.files)?;
                    return Ok(known);
                }
                if conversation.status == Status::Resolved && refuse_closed {
                    return Err(closed());
                }
                if let Some(postback) = &incoming.postback {
                    incoming.text = said_by(tx, conversation.id, postback)?;
                }
                join(tx, &here, &conversation, session.contact, &incoming)
            })
            .await
    }

    /// Whether a person outside may send into this conversation; asked before a long upload is taken.
    pub async fn may_receive(&self, inbox: &Inbox, session: &Session, uuid: Uuid) -> Result<()> {
        self.check_access(inbox, Some(session))?;
        let refuse_closed = inbox.config.policy(session.verified).prevent_reply_to_closed_conversation;
        let session = session.clone();
        let conversation = self.store.read(move |tx| conversations::find_for_contact(tx, &session, uuid)).await?;
        if conversation.status == Status::Resolved && refuse_closed { Err(closed()) } else { Ok(()) }
    }

    /// An agent answers, or notes something. The first answer takes an unassigned conversation.
    pub async fn reply(&self, agent: &AgentSession, uuid: Uuid, outgoing: Outgoing) -> Result<(Conversation, Message)> {
        let prepared = prepare(outgoing)?;
        let agent = agent.agent.clone();
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent.id, uuid)?.conversation;
                if let Some(known) = said_already(tx, agent.id, &before, &prepared.outgoing)? {
                    return Ok((before, known));
                }
                answer(tx, &agent, &before, prepared)
            })
            .await
    }

    /// A person outside types. Ignored (not found) when the conversation is not his.
    pub async fn typing_by_contact(&self, session: &Session, uuid: Uuid, is_typing: bool) -> Result<()> {
        let session = session.clone();
        let conversation = self.store.read(move |tx| conversations::find_for_contact(tx, &session, uuid)).await?;
        let holder = Holder::of(&conversation);
        let person = conversation.contact;
        let who = Typist::Contact { id: person.id, uuid: person.uuid, name: person.name };
        self.announce(&[Topic::Agents], What::Typing { conversation: uuid, holder, who, is_typing, note: false });
        Ok(())
    }

    /// An agent types; the contact hears of it unless it is a note.
    pub async fn typing_by_agent(&self, agent: &AgentSession, uuid: Uuid, is_typing: bool, note: bool) -> Result<()> {
        let id = agent.agent.id;
        // As he is now: the socket may be older than his role.
        let conversation = self
            .store
            .read(move |tx| match agents::agent(tx, id)?.rights.permissions.has(Permission::Reply) {
                true => Ok(conversations::find_for_agent(tx, id, uuid)?.conversation),
                false => Err(Error::forbidden("Your role does not allow writing.")),
            })
            .await?;
        let person = &agent.agent;
        let who = Typist::Agent {
            id: person.id,
            uuid: person.uuid,
            name: full_name(&person.first_name, &person.last_name),
            availability: Availability::Online,
        };
        let mut topics = vec![Topic::Agents];
        if !note {
            topics.push(Topic::Contact(conversation.contact.id));
        }
        self.announce(&topics, What::Typing { conversation: uuid, holder: Holder::of(&conversation), who, is_typing, note });
        Ok(())
    }
}

/// What a person outside wrote joins a conversation that was as `before`: opens it, and goes to whoever is here.
pub(super) fn join(tx: &WriteTx, here: &Here, before: &Conversation, contact: ContactId, incoming: &Incoming) -> Result<Message> {
    reopen(tx, before)?;
    let message = store_incoming(tx, before.id, contact, incoming)?.1;
    super::routing::wrote(tx, here, before)?;
    super::notices::of_incoming(tx, before.id, &message, false)?;
    Ok(message)
}

/// Stores what an agent says in a conversation that was as `before`, with what follows from it.
pub(super) fn answer(tx: &WriteTx, agent: &Agent, before: &Conversation, prepared: Prepared) -> Result<(Conversation, Message)> {
    if !prepared.outgoing.is_note && before.quarantine.is_some() {
        // Whoever answers has decided that somebody is there.
        super::quarantine::release(tx, agent.id, before)?;
    }
    store_reply(tx, agent, before, prepared, false)
}

/// Checks what a person inside wrote, and renders it.
pub(super) fn prepare(outgoing: Outgoing) -> Result<Prepared> {
    if outgoing.is_note && outgoing.rich.is_some() {
        return Err(Error::invalid("A note has no cards: nobody outside could press them.").in_field("rich"));
    }
    if !outgoing.mentions.is_empty() && !outgoing.is_note {
        return Err(Error::invalid("Colleagues are called by name in notes only.").in_field("mentions"));
    }
    if outgoing.mentions.len() > limits::MENTIONS_MAX {
        return Err(Error::invalid(format!("A note can call {} people.", limits::MENTIONS_MAX)).in_field("mentions"));
    }
    let says_nothing = outgoing.attachments.is_empty() && outgoing.rich.is_none();
    let body = match says_nothing || !outgoing.body.trim().is_empty() {
        true => text::check_message(&outgoing.body).map_err(|error| error.in_field("body"))?,
        false => String::new(),
    };
    let rich = outgoing.rich.clone().map(Rich::checked).transpose()?;
    if outgoing.attachments.len() > limits::FILES_PER_MESSAGE_MAX {
        return Err(Error::invalid(format!("A message can carry {} files.", limits::FILES_PER_MESSAGE_MAX)).in_field("attachments"));
    }
    let mut rendered = markdown::render_agent(&body);
    if let Some(rich) = &rich {
        let words = [rendered.text, rich.text()];
        rendered.text = words.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    }
    Ok(Prepared { outgoing, body, rich, rendered, mail: None })
}

/// The same for what came by mail: its text is plain, and may be empty beside files.
pub(super) fn prepare_mail(text: &str, attachments: Vec<Uuid>, mail: MailMark) -> Prepared {
    let outgoing = Outgoing { body: text.to_owned(), attachments, ..Outgoing::default() };
    Prepared { outgoing, body: text.to_owned(), rich: None, rendered: markup::plain(text), mail: Some(mail) }
}

/// What this agent stored under the same echo id before, if anything.
pub(super) fn said_already(tx: &WriteTx, agent: AgentId, before: &Conversation, outgoing: &Outgoing) -> Result<Option<Message>> {
    let Some(echo) = &outgoing.echo_id else { return Ok(None) };
    match messages::find_by_agent_echo(tx, agent, echo)? {
        Some(known) if known.conversation != before.id || (known.kind == MessageKind::Note) != outgoing.is_note => Err(echo_taken()),
        known => Ok(known),
    }
}

/// Stores an answer or a note of an agent who may write here; `late`: it was held, and what came meanwhile he has not read.
pub(super) fn store_reply(
    tx: &WriteTx,
    agent: &Agent,
    before: &Conversation,
    prepared: Prepared,
    late: bool,
) -> Result<(Conversation, Message)> {
    let Prepared { outgoing, body, rich, rendered, mail } = prepared;
    let Outgoing { is_note, echo_id, attachments, mentions, .. } = outgoing;
    store_outgoing(tx, Some(agent), before, Said { is_note, source: body, rendered, echo_id, rich, attachments, mentions, late, mail })
}

/// Checks what a person outside typed; may be empty only beside files.
pub fn check_incoming(typed: &str, has_files: bool) -> Result<String> {
    if has_files && typed.trim().is_empty() {
        return Ok(String::new());
    }
    text::check_message(typed).map_err(|error| error.in_field("message"))
}

/// An answer or a note, checked and rendered.
pub(super) struct Said {
    pub(super) is_note: bool,
    pub(super) source: String,
    pub(super) rendered: markup::Rendered,
    pub(super) echo_id: Option<String>,
    pub(super) rich: Option<Rich>,
    /// Own uploads for this conversation, not sent yet.
    pub(super) attachments: Vec<Uuid>,
    /// Agents called by name, in a note.
    pub(super) mentions: Vec<Uuid>,
    /// It was held back: what came meanwhile its writer has not read.
    pub(super) late: bool,
    /// It came by mail.
    pub(super) mail: Option<MailMark>,
}

/// Stores what an agent says, or without one what the house says by itself (a rule). An agent's first answer takes an unassigned conversation.
pub(super) fn store_outgoing(tx: &WriteTx, agent: Option<&Agent>, before: &Conversation, said: Said) -> Result<(Conversation, Message)> {
    let takes = agent.filter(|_| !said.is_note && before.assignee.is_none());
    if let Some(agent) = takes {
        conversations::set_assignee(tx, before.id, Some(agent.id))?;
    }
    let called = match said.mentions.is_empty() {
        true => Vec::new(),
        false => notes::callable(tx, &said.mentions)?,
    };
    let new = NewMessage {
        kind: if said.is_note { MessageKind::Note } else { MessageKind::Outgoing },
        contact: None,
        agent: agent.map(|agent| agent.id),
        via: match (&said.mail, agent) {
            (Some(_), _) => "mail",
            (None, Some(_)) => "desk",
            (None, None) => "system",
        },
        source: said.source,
        html: said.rendered.html,
        text: said.rendered.text,
        activity: None,
        echo_id: said.echo_id,
        meta: Meta { rich: said.rich, mentions: called.iter().map(|agent| agent.uuid).collect(), mail: said.mail, ..Meta::default() },
    };
    let id = messages::insert(tx, before.id, &new)?;
    if let Some(agent) = agent {
        for picture in new.meta.rich.iter().flat_map(Rich::pictures) {
            media::show_picture(tx, before.inbox.id, agent.id, before.id, id, picture)?;
        }
        media::attach_drafts(tx, agent.id, before.id, id, &said.attachments)?;
    }
    let (conversation, message) = messages::announce(tx, id)?;
    if takes.is_some() {
        super::rules::after(tx, before.id, Cause::Changed("assignee"));
    }
    if agent.is_some() && !said.is_note {
        super::rules::after(tx, before.id, Cause::Outgoing(id));
        super::continuity::owe_contact(tx, before.id, id)?;
    }
    if let Some(agent) = agent.filter(|_| !said.late) {
        // Whoever answers by mail has read what was mailed; what was written since, he has not.
        let seen = match new.meta.mail.is_some() {
            true => continuity::standing(tx, before.id)?.map_or(0, |standing| standing.told_seq),
            false => message.seq,
        };
        conversations::mark_seen_by_agent(tx, before.id, agent.id, seen)?;
    }
    if !called.is_empty() {
        super::mentions::tell(tx, agent, &conversation, &message, &called)?;
    }
    if let Some(agent) = takes {
        let value = full_name(&agent.first_name, &agent.last_name);
        note_activity(tx, before.id, Some(agent.id), Activity { action: "assignment".into(), value })?;
        return Ok((conversations::announce(tx, before.id, true)?, message));
    }
    Ok((conversation, message))
}

pub(super) fn store_incoming(
    tx: &WriteTx,
    conversation: ConversationId,
    contact: ContactId,
    incoming: &Incoming,
) -> Result<(Conversation, Message)> {
    let rendered = match (&incoming.postback, &incoming.mail) {
        // An agent's words are no markup of the visitor's.
        (Some(_), _) => markup::literal(&incoming.text),
        (None, Some(_)) => markup::plain(&incoming.text),
        (None, None) => markup::render_visitor(&incoming.text),
    };
    let new = NewMessage {
        kind: MessageKind::Incoming,
        contact: Some(contact),
        agent: None,
        via: if incoming.mail.is_some() { "mail" } else { "widget" },
        source: incoming.text.clone(),
        html: rendered.html,
        text: rendered.text,
        activity: None,
        echo_id: incoming.echo_id.clone(),
        meta: Meta { postback: incoming.postback.clone(), verified: incoming.verified, mail: incoming.mail.clone(), ..Meta::default() },
    };
    let id = messages::insert(tx, conversation, &new)?;
    for (position, file) in incoming.files.iter().enumerate() {
        media::insert(tx, Owner::Message(conversation, id), position as u32, file)?;
    }
    super::rules::after(tx, conversation, Cause::Incoming(id));
    super::continuity::owe_team(tx, conversation)?;
    messages::announce(tx, id)
}

/// What a button of this conversation says, to the letter; another one could be anybody's, or nobody's. Whoever presses it does not choose
/// the words: agents trust that a press is the press they offered.
fn said_by(tx: &WriteTx, conversation: ConversationId, postback: &Postback) -> Result<String> {
    let rich = messages::rich_of(tx, conversation, postback.message_uuid)?;
    let button = rich.as_ref().and_then(|rich| rich.message_button(&postback.postback_id));
    button.map(|button| button.value.clone()).ok_or_else(no_button)
}

/// There is no such button for whoever presses it.
pub fn no_button() -> Error {
    Error::not_found("button").in_field("postback").coded("no_button")
}

/// A message of the contact opens what was resolved, waiting or snoozed.
pub(super) fn reopen(tx: &WriteTx, conversation: &Conversation) -> Result<()> {
    if conversation.status == Status::Open && conversation.snoozed_until.is_none() {
        return Ok(());
    }
    conversations::set_status(tx, conversation.id, Status::Open, None, false)?;
    jobs::cancel(tx, &wake_key(conversation))?;
    note_activity(tx, conversation.id, None, Activity { action: "status".into(), value: "open".into() })?;
    super::rules::after(tx, conversation.id, Cause::Changed("status"));
    conversations::announce(tx, conversation.id, true)?;
    Ok(())
}

/// Writes down for the agents what somebody answered.
pub(super) fn note_words(tx: &WriteTx, conversation: ConversationId, words: String) -> Result<()> {
    note(tx, conversation, None, Activity { action: "answers".into(), value: words.clone() }, words).map(|_| ())
}

/// Writes down for the agents that something happened.
pub(super) fn note_activity(tx: &WriteTx, conversation: ConversationId, agent: Option<AgentId>, activity: Activity) -> Result<()> {
    note(tx, conversation, agent, activity, String::new()).map(|_| ())
}

/// The same, with words of its own; which message it became.
pub(super) fn note(
    tx: &WriteTx,
    conversation: ConversationId,
    agent: Option<AgentId>,
    activity: Activity,
    text: String,
) -> Result<MessageId> {
    let new = NewMessage {
        kind: MessageKind::Activity,
        contact: None,
        agent,
        via: "system",
        source: String::new(),
        html: String::new(),
        text,
        activity: Some(activity),
        echo_id: None,
        meta: Meta::default(),
    };
    let id = messages::insert(tx, conversation, &new)?;
    messages::announce(tx, id)?;
    Ok(id)
}

/// An echo id names one message: answering another one with it would lose what was typed.
pub(super) fn echo_taken() -> Error {
    Error::conflict("This echo_id belongs to another message already.").in_field("echo_id").coded("echo_taken")
}

fn closed() -> Error {
    Error::forbidden("This conversation is closed. Please start a new one.").coded("conversation_closed")
}
