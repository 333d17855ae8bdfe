//! A conversation by mail, asked for by the visitor (row 205) or sent by an agent. Asked for here; made when it is sent.

use super::Desk;
use super::letters::plain;
use crate::base::clock::Millis;
use crate::base::email;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::base::{limits, markup};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::contact::{Session, name_of};
use crate::model::inbox::Inbox;
use crate::model::job::Job;
use crate::model::letter::{Letter, LetterKind, Party, Said};
use crate::model::message::{Activity, Author, Message, MessageKind};
use crate::store::{WriteTx, audit, contacts, continuity, conversations, inboxes, jobs, messages};
use serde_json::json;

impl Desk {
    /// Owes the contact his conversation. It goes to the address he is known by; what is `typed` counts only when there is none (security
    /// row 50), and only where anonymous people may chat. Answers the address, masked. `admit` is asked for leave with the address and
    /// whether it was proved.
    pub async fn ask_transcript(
        &self,
        inbox: &Inbox,
        session: &Session,
        uuid: Uuid,
        typed: &str,
        locale: String,
        admit: impl FnOnce(Millis, &str, bool) -> Result<()> + Send + 'static,
    ) -> Result<String> {
        self.check_access(inbox, Some(session))?;
        if !inbox.config.allow_transcript {
            return Err(transcript_off());
        }
        let takes_unproved = inbox.config.access == "anonymous";
        let (session, typed) = (session.clone(), typed.trim().to_owned());
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, &session, uuid)?;
                let contact = contacts::contact(tx, session.contact)?;
                let is_proved = contact.email_verified && contact.email.is_some();
                if !is_proved && !takes_unproved {
                    return Err(transcript_off());
                }
                let to = match contact.email {
                    Some(known) => known,
                    None if typed.is_empty() => {
                        return Err(Error::invalid("Please tell us your e-mail address first.").in_field("email").coded("email_needed"));
                    }
                    None => email::check(&typed)?,
                };
                let key = email::key(&to);
                admit(tx.now, &key, is_proved)?;
                owe(tx, conversation.id, to, locale, None)
            })
            .await
    }

    /// An agent sends a contact the conversation: to the address that is on file, and to no other (security row 50). Answers the address.
    pub async fn send_transcript(&self, agent: &AgentSession, uuid: Uuid, to: Option<String>) -> Result<String> {
        agent.may(Permission::Reply)?;
        let (agent, can_mail) = (agent.agent.id, self.has_mailbox());
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                if !can_mail {
                    return Err(super::verification::no_mailbox());
                }
                let contact = contacts::contact(tx, conversation.contact.id)?;
                let known = contact.email.ok_or_else(no_address)?;
                if to.is_some_and(|to| email::key(&to) != email::key(&known)) {
                    let sentence = "A transcript goes only to the address that is on file for this person.";
                    return Err(Error::invalid(sentence).in_field("to"));
                }
                let locale = conversation.locale.clone();
                audit::append(tx, Some(agent), "transcript.mailed", &uuid.to_string(), &json!({}))?;
                owe(tx, conversation.id, known.clone(), locale, Some(agent))?;
                Ok(known)
            })
            .await
    }

    /// The letter with a whole conversation: what its contact saw of it, without notes and without any id. `None` when it was erased meanwhile.
    pub async fn transcript_letter(&self, conversation: i64, to: &str, locale: &str, base_url: Option<&str>) -> Result<Option<Letter>> {
        let (desk, to, locale, base) = (self.clone(), to.to_owned(), locale.to_owned(), base_url.map(str::to_owned));
        let found = self
            .store
            .read(move |tx| {
                let conversation = conversations::conversation(tx, ConversationId(conversation))?;
                let contact = contacts::contact(tx, conversation.contact.id)?;
                let inbox = inboxes::inbox_of(tx, conversation.inbox.id)?;
                let mut page = messages::public_page(tx, conversation.id, None, limits::MAILED_TRANSCRIPT_MESSAGES)?;
                page.reverse();
                let brand = inbox.config.brand_name;
                let name = format!("{} {}", contact.first_name, contact.last_name).trim().to_owned();
                // What opens the conversation goes only to an address that is proved to be its owner's.
                let is_proved =
                    contact.email_verified && contact.email.as_deref().is_some_and(|known| email::key(known) == email::key(&to));
                // Who writes by mail has no page to open.
                let is_chat = !continuity::way(tx, conversation.id)?.is_mailbox;
                let path = (is_proved && is_chat).then(|| desk.open_link(&conversation, inbox.uuid, &to, tx.now));
                let mut letter = plain(LetterKind::Transcript, Party { name, address: to }, locale);
                letter.link = base.zip(path).map(|(base, path)| format!("{base}{path}"));
                letter.inbox = Some(inbox.id);
                letter.fields.insert("first_name", contact.first_name);
                letter.conversation = Some(conversation.id);
                letter.said = page.iter().filter_map(|message| said(message, &brand)).collect();
                Ok(letter)
            })
            .await;
        match found {
            Ok(letter) => Ok(Some(letter)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Owes the mail, in the commit that says so in the conversation. Answers the address, masked.
fn owe(tx: &WriteTx, conversation: ConversationId, to: String, locale: String, by: Option<crate::base::id::AgentId>) -> Result<String> {
    let (key, masked) = (email::key(&to), masked(&to));
    let job = Job::Transcript { conversation: conversation.0, to, locale, mail: Uuid::new().to_string() };
    jobs::enqueue_once(tx, &format!("transcript:{conversation}:{key}"), &job, tx.now)?;
    super::messages::note_activity(tx, conversation, by, Activity { action: "transcript".into(), value: masked.clone() })?;
    Ok(masked)
}

/// A message as its contact sees it in the chat: agents by their first names, the house by its brand. `None` for what says nothing.
pub(super) fn said(message: &Message, brand: &str) -> Option<Said> {
    let (author, is_agent) = match &message.author {
        Author::Contact { uuid, first_name, last_name, .. } => (name_of(*uuid, first_name, last_name, None), false),
        Author::Agent { first_name, .. } => (first_name.clone(), true),
        Author::System { .. } => (brand.to_owned(), true),
    };
    let is_said = matches!(message.kind, MessageKind::Incoming | MessageKind::Outgoing) && message.survey.is_none();
    let is_empty = message.text.trim().is_empty() && message.attachments.is_empty();
    (is_said && !is_empty).then(|| Said {
        author,
        is_agent,
        at: message.created_at,
        // Cards cannot be pressed in a mail; all of them as words can be read.
        html: if message.meta.rich.is_some() { markup::literal(&message.text).html } else { message.html.clone() },
        text: message.text.clone(),
        files: message.attachments.iter().map(|file| file.name.clone()).collect(),
    })
}

/// Nobody to mail to.
pub(super) fn no_address() -> Error {
    Error::invalid("There is no e-mail address on file for this person.").in_field("to").coded("no_address")
}

fn transcript_off() -> Error {
    Error::forbidden("Conversations cannot be sent by e-mail here.").coded("transcript_off")
}

/// An address as its owner recognises it and nobody else learns it: `z…@example.com`.
fn masked(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}
