//! Where a mail belongs (security row 33): a signed tag or a Message-ID of ours names a conversation, and only the person it was given to
//! may write there. Everybody else begins a conversation of his own, marked when he claimed another. Subjects decide nothing.

use super::availability::Here;
use super::beginnings::Pressed;
use super::incoming::{Claims, Placed};
use super::mail_tags::Side;
use super::messages::{Incoming, answer, join, prepare_mail, store_incoming};
use super::suspicion::{Signs, suspicion};
use crate::base::error::Result;
use crate::base::id::{ContactId, ConversationId, InboxId, MailboxId, Uuid};
use crate::base::{email, limits, text};
use crate::mail::inbound::{Received, Trust};
use crate::model::access::Permission;
use crate::model::agent::Agent;
use crate::model::contact::{Contact, ContactKind};
use crate::model::conversation::{Conversation, Status};
use crate::model::message::{MailFlag, MailMark, Message, MessageKind, Meta, NewMessage};
use crate::store::mails_in::{self, NewMail};
use crate::store::media::{self, Arrived, Owner};
use crate::store::{ReadTx, WriteTx, agents, contacts, conversations, inboxes, messages, quarantine};

const DAY_MS: i64 = 24 * 3600 * 1000;
const HOUR_MS: i64 = 3600 * 1000;

/// A mail with everything that was found out about it before the file is opened for writing.
pub(super) struct Letter {
    pub(super) mailbox: MailboxId,
    /// The mailbox's own inbox.
    pub(super) inbox: InboxId,
    /// Of its writer, in lower case; "" = none that could be one.
    pub(super) address: String,
    pub(super) subject: String,
    pub(super) claims: Claims,
    /// A form sent it: who wrote it is only said.
    pub(super) is_form: bool,
    /// The mailbox's server says who is genuine, so that nobody need be believed without its word.
    pub(super) agents_proved: bool,
    pub(super) files: Vec<Arrived>,
    /// Quoted text and signature.
    pub(super) rest: (String, String),
    pub(super) mark: MailMark,
    pub(super) received: Received,
}

/// Puts a mail that a person wrote where it belongs.
pub(super) fn place(tx: &WriteTx, here: &Here, letter: &Letter) -> Result<Placed> {
    let claims = letter.claims;
    let Some((thread, before)) =
        claims.thread.and_then(|thread| Some((thread, conversations::conversation(tx, thread.conversation).ok()?)))
    else {
        return begin(tx, here, letter, None, claims.has_false_tag);
    };
    match thread.side {
        Side::Contact => {
            let contact = contacts::contact(tx, before.contact.id)?;
            let is_his = !letter.address.is_empty() && contact.email.as_deref().map(email::key).as_deref() == Some(letter.address.as_str());
            // A Message-ID is seen by more people than a tag is, and where the server says "forged" nobody is who he says.
            if !is_his || (letter.is_forged() && !thread.by_tag) {
                return begin(tx, here, letter, None, true);
            }
            goes_on(tx, here, letter, &before, &contact)
        }
        Side::Agent => match writer(tx, letter, &before)? {
            Some(agent) if letter.speaks_for_agent(thread.by_tag) => said_by(tx, letter, &before, &agent),
            Some(_) => noted(tx, letter, &before),
            None if thread.by_tag => noted(tx, letter, &before),
            None => begin(tx, here, letter, None, true),
        },
    }
}

impl Letter {
    fn is_forged(&self) -> bool {
        self.mark.flag == Some(MailFlag::Forged)
    }

    /// Whether an agent may be believed to have written it. Every answer of his shows the tag to whoever gets a copy, and a Message-ID to more
    /// people still, so neither proves him: the server does, and only where it was never asked (no `authserv_id`) is the tag enough.
    fn speaks_for_agent(&self, by_tag: bool) -> bool {
        let is_proved = self.received.trust == Trust::Proved;
        !self.is_form && (is_proved || (by_tag && !self.agents_proved))
    }

    /// What its writer said, as a message; `is_stranger`: in a place he did not claim.
    fn incoming(&self, is_stranger: bool, verified: bool) -> Incoming {
        let mut mark = self.mark.clone();
        if is_stranger && mark.flag.is_none() {
            mark.flag = Some(MailFlag::Stranger);
        }
        Incoming { text: self.words(), files: self.files.clone(), verified, mail: Some(mark), ..Incoming::default() }
    }

    /// Never nothing: a mail without text says its subject.
    fn words(&self) -> String {
        match (self.received.body.text.is_empty() && self.files.is_empty(), self.subject.is_empty()) {
            (false, _) => self.received.body.text.clone(),
            (true, false) => self.subject.clone(),
            (true, true) => "…".into(),
        }
    }

    /// Remembers the mail as this message, with what it does not show at once.
    fn became(&self, tx: &WriteTx, contact: Option<ContactId>, agent: Option<&Agent>, message: &Message) -> Result<Placed> {
        let row = NewMail { conversation: Some(message.conversation), contact, agent: agent.map(|agent| agent.id), ..self.row("message") };
        let mail = mails_in::insert(tx, row)?;
        mails_in::carry(tx, mail, message.id)?;
        if self.mark.rest {
            mails_in::put_rest(tx, message.id, &self.rest.0, &self.rest.1)?;
        }
        Ok(Placed::Message(message.conversation_uuid, message.uuid))
    }
}

/// The contact of a conversation answers in it.
fn goes_on(tx: &WriteTx, here: &Here, letter: &Letter, before: &Conversation, contact: &Contact) -> Result<Placed> {
    if is_shut_out(tx, contact) {
        return letter.ignore(tx, "banned");
    }
    if mails_in::came_since(tx, before.id, "message", tx.now - HOUR_MS)? >= limits::MAILS_PER_CONVERSATION_HOUR {
        return letter.ignore(tx, "too many");
    }
    // Another house's answer to what this house said by itself would be answered by itself again.
    if !letter.received.loop_marks.is_empty() && mails_in::answered_by_itself(tx, before.id)? {
        return letter.ignore(tx, "machines among themselves");
    }
    let verified = contact.email_verified && letter.received.trust == Trust::Proved;
    let policy = inboxes::inbox_of(tx, before.inbox.id)?.config;
    if before.status == Status::Resolved && policy.policy(verified).prevent_reply_to_closed_conversation {
        return begin(tx, here, letter, Some(contact.id), false);
    }
    let message = join(tx, here, before, contact.id, &letter.incoming(false, verified))?;
    mails_in::set_subject(tx, before.id, &letter.subject)?;
    letter.became(tx, Some(contact.id), None, &message)
}

/// Begins a conversation in the mailbox's inbox, of `known` or of whoever has the address.
fn begin(tx: &WriteTx, here: &Here, letter: &Letter, known: Option<ContactId>, is_stranger: bool) -> Result<Placed> {
    let proved = letter.received.trust == Trust::Proved;
    let known = match known {
        Some(known) => Some(known),
        // Whoever may be somebody else is given nobody's history.
        None if letter.address.is_empty() || letter.is_forged() => None,
        None => mails_in::writer(tx, letter.inbox, &letter.address, proved)?,
    };
    if let Some(contact) = known
        && is_shut_out(tx, &contacts::contact(tx, contact)?)
    {
        return letter.ignore(tx, "banned");
    }
    // What others forged in somebody's name is not counted against him.
    let written = match known {
        Some(contact) => mails_in::begun_by(tx, letter.inbox, contact, tx.now - DAY_MS)?,
        None if letter.is_forged() => mails_in::written_since(tx, letter.inbox, &letter.address, tx.now - DAY_MS)?,
        None => 0,
    };
    if written >= limits::MAIL_STARTS_PER_SENDER {
        return joins_newest(tx, here, letter, known, is_stranger);
    }
    let pressure = mails_in::begun_since(tx, letter.inbox, tx.now - HOUR_MS)? > limits::MAIL_STARTS_CALM;
    let contact = match known {
        Some(contact) => contact,
        None => newcomer(tx, letter, proved)?,
    };
    let person = contacts::contact(tx, contact)?;
    let verified = proved && person.email_verified;
    let signs = Signs { verified, starts: written as u32 + 1, pressure, ..Signs::default() };
    let suspicion = suspicion(&letter.received.body.text, &signs);
    let team = Uuid::parse(&inboxes::inbox_of(tx, letter.inbox)?.config.routing.team);
    let mut new = conversations::NewConversation::chat(letter.inbox, contact);
    new.team = Pressed::default().team(tx, team)?;
    let id = conversations::insert(tx, &new)?;
    mails_in::set_subject(tx, id, &letter.subject)?;
    if !suspicion.is_empty() {
        quarantine::set(tx, id, Some("suspect"), &suspicion)?;
    }
    super::routing::begins(tx, id)?;
    let message = store_incoming(tx, id, contact, &letter.incoming(is_stranger, verified))?.1;
    super::routing::give(tx, here, id)?;
    super::notices::of_incoming(tx, id, &message, true)?;
    letter.became(tx, Some(contact), None, &message)
}

/// Somebody began very many conversations today: what he writes now joins his newest, so that nothing is lost and the lists stay readable.
fn joins_newest(tx: &WriteTx, here: &Here, letter: &Letter, known: Option<ContactId>, is_stranger: bool) -> Result<Placed> {
    let newest = known.map(|contact| mails_in::newest(tx, letter.inbox, contact)).transpose()?.flatten();
    let (Some(contact), Some(newest)) = (known, newest) else { return letter.ignore(tx, "too many") };
    if mails_in::came_since(tx, newest, "message", tx.now - HOUR_MS)? >= limits::MAILS_PER_CONVERSATION_HOUR {
        return letter.ignore(tx, "too many");
    }
    let before = conversations::conversation(tx, newest)?;
    let message = join(tx, here, &before, contact, &letter.incoming(is_stranger, false))?;
    letter.became(tx, Some(contact), None, &message)
}

/// Somebody of whom only a mail is known.
fn newcomer(tx: &WriteTx, letter: &Letter, proved: bool) -> Result<ContactId> {
    let name = text::clean_line(&letter.received.from.name, 128);
    let name = if email::is_valid(&name) { String::new() } else { name };
    let (first, last) = match name.split_once(", ") {
        // `Miller, Zoe`, as some offices write it.
        Some((last, first)) if !first.contains(',') => (first.to_owned(), last.to_owned()),
        _ => name.split_once(' ').map_or((name.clone(), String::new()), |(first, last)| (first.to_owned(), last.to_owned())),
    };
    let kind = if proved { ContactKind::Contact } else { ContactKind::Visitor };
    let id = contacts::insert(tx, kind, &first, &last)?;
    let mut contact = contacts::contact(tx, id)?;
    contact.email = Some(letter.address.clone()).filter(|address| !address.is_empty());
    contact.email_verified = proved && contact.email.is_some();
    contacts::update(tx, &contact)?;
    Ok(id)
}

/// The agent who wrote, when he may answer in this conversation and his mail is believed.
fn writer(tx: &ReadTx, letter: &Letter, before: &Conversation) -> Result<Option<Agent>> {
    if letter.is_forged() || letter.address.is_empty() {
        return Ok(None);
    }
    let Some((agent, _)) = agents::find_by_email(tx, &letter.address)? else { return Ok(None) };
    let is_active = agent.has_password && agent.suspended_at.is_none() && agent.rights.permissions.has(Permission::Reply);
    let sees = is_active && conversations::find_for_agent(tx, agent.id, before.uuid).is_ok();
    Ok(Some(agent).filter(|_| sees))
}

/// An agent answers by mail: his own message, at once.
fn said_by(tx: &WriteTx, letter: &Letter, before: &Conversation, agent: &Agent) -> Result<Placed> {
    if mails_in::came_since(tx, before.id, "message", tx.now - HOUR_MS)? >= limits::MAILS_PER_CONVERSATION_HOUR {
        return letter.ignore(tx, "too many");
    }
    let owner = Owner::Draft(before.id, agent.id);
    let files = letter.files.iter().enumerate().map(|(position, file)| Ok(media::insert(tx, owner, position as u32, file)?.uuid));
    let files = files.collect::<Result<Vec<_>>>()?;
    let (_, message) = answer(tx, agent, before, prepare_mail(&letter.words(), files, letter.mark.clone()))?;
    letter.became(tx, None, Some(agent), &message)
}

/// Somebody answers a mail to the team who is not known to be one of it, or may not answer: the team reads it, nobody outside does.
fn noted(tx: &WriteTx, letter: &Letter, before: &Conversation) -> Result<Placed> {
    if mails_in::came_since(tx, before.id, "message", tx.now - HOUR_MS)? >= limits::MAILS_PER_CONVERSATION_HOUR {
        return letter.ignore(tx, "too many");
    }
    let Incoming { text, files, mail, .. } = letter.incoming(true, false);
    let rendered = crate::base::markup::plain(&text);
    let new = NewMessage {
        kind: MessageKind::Note,
        contact: None,
        agent: None,
        via: "mail",
        source: text,
        html: rendered.html,
        text: rendered.text,
        activity: None,
        echo_id: None,
        meta: Meta { mail, ..Meta::default() },
    };
    let id = messages::insert(tx, before.id, &new)?;
    store_files(tx, before.id, id, &files)?;
    let (_, message) = messages::announce(tx, id)?;
    letter.became(tx, None, None, &message)
}

fn store_files(tx: &WriteTx, conversation: ConversationId, message: crate::base::id::MessageId, files: &[Arrived]) -> Result<()> {
    for (position, file) in files.iter().enumerate() {
        media::insert(tx, Owner::Message(conversation, message), position as u32, file)?;
    }
    Ok(())
}

fn is_shut_out(tx: &WriteTx, contact: &Contact) -> bool {
    contact.blocked_at.is_some() || contact.banned_until.is_some_and(|until| until > tx.now)
}
