//! Conversations of a visitor (protocol 2.6–2.10).

use super::Widget;
use super::guard::Proof;
use super::session::{Caller, Visitor};
use super::wire;
use crate::base::error::{Error, Result};
use crate::base::id::{Seq, Uuid};
use crate::base::limits;
use crate::desk::conversations::{Sender, Start};
use crate::desk::messages::{Incoming, check_incoming, no_button};
use crate::desk::puzzles::Work;
use crate::desk::threads::Thread;
use crate::desk::words;
use crate::http::{Reply, Request};
use crate::model::conversation::ConversationKind;
use crate::model::inbox::Inbox;
use crate::model::rich::{self, Postback};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Init {
    #[serde(default)]
    message: String,
    #[serde(default)]
    form_data: Option<Map<String, Value>>,
    #[serde(default)]
    echo_id: Option<String>,
    #[serde(default)]
    consent: bool,
    #[serde(default)]
    locale: String,
    #[serde(default)]
    variables: Option<Map<String, Value>>,
    #[serde(default)]
    button: String,
    #[serde(default)]
    work: Option<Work>,
    #[serde(default)]
    took_ms: Option<u64>,
}

/// What comes with a first message beside its words and files.
#[derive(Debug, Default)]
pub(super) struct Extras {
    pub form: Map<String, Value>,
    pub consent: bool,
    pub locale: String,
    pub variables: Option<Map<String, Value>>,
    pub button: String,
    pub proof: Proof,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Transcript {
    email: String,
    locale: String,
}

#[derive(Deserialize)]
struct Send {
    #[serde(default)]
    message: String,
    #[serde(default)]
    echo_id: Option<String>,
    #[serde(default)]
    postback: Option<Pressed>,
}

#[derive(Deserialize)]
struct Pressed {
    message_uuid: String,
    postback_id: String,
}

impl Pressed {
    fn checked(self) -> Result<Postback> {
        let unknown = no_button;
        let message_uuid = Uuid::parse(&self.message_uuid).ok_or_else(unknown)?;
        if rich::is_postback_id(&self.postback_id) { Ok(Postback { message_uuid, postback_id: self.postback_id }) } else { Err(unknown()) }
    }
}

/// Who begins a conversation: somebody with a session, or nobody yet. A bad token is a 401, never silently a new visitor.
pub(super) enum Starter {
    Known(Visitor),
    Nobody(Caller),
}

impl Starter {
    /// Where.
    pub(super) fn inbox(&self) -> &Inbox {
        match self {
            Starter::Known(visitor) => &visitor.inbox,
            Starter::Nobody(caller) => &caller.inbox,
        }
    }
}

impl Widget {
    /// `POST conversations/init` (2.6).
    pub(super) async fn init(&self, mut request: Request) -> Result<Reply> {
        let starter = self.starter(&request).await?;
        self.check_access(&starter)?;
        let asked: Init = request.json().await?;
        let message = Incoming { text: check_incoming(&asked.message, false)?, echo_id: echo_id(asked.echo_id)?, ..Incoming::default() };
        let Init { form_data, consent, locale, variables, button, work, took_ms, .. } = asked;
        let proof = Proof { work, took_ms };
        let extras = Extras { form: form_data.unwrap_or_default(), consent, locale, variables, button, proof };
        self.begin(&request, starter, message, extras).await
    }

    /// `GET conversations` (2.7).
    pub(super) async fn list(&self, request: Request) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        let (threads, seq) = self.desk.threads_of(&visitor.session).await?;
        let with_reports = self.desk.reads_reports(&visitor.inbox, &visitor.session);
        let listed = threads.iter().filter(|thread| with_reports || thread.conversation.kind == ConversationKind::Chat);
        let all: Vec<Value> = listed.map(|thread| self.shape(&visitor, thread)).collect();
        Ok(visitor.told(wire::success_at(seq, Value::Array(all))))
    }

    /// `POST conversations/{uuid}/transcript` (row 205).
    pub(super) async fn transcript(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        let asked: Transcript = request.json_or_empty().await?;
        let (throttles, ip) = (self.throttles.clone(), request.client_ip);
        let contact = visitor.session.contact.0;
        let admit = move |now, to: &str, proved| throttles.transcript(now, contact, ip, to, proved);
        let locale = words::canonical(&asked.locale).unwrap_or_default();
        let sent_to = self.desk.ask_transcript(&visitor.inbox, &visitor.session, uuid, &asked.email, locale, admit).await?;
        Ok(visitor.told(wire::success(json!({ "sent_to": sent_to }))))
    }

    /// `GET conversations/{uuid}` (2.8), with history paging.
    pub(super) async fn open(&self, request: Request, uuid: Uuid) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        let before = number(&request, "before")?;
        let limit =
            number(&request, "limit")?.map_or(limits::MESSAGES_UNPAGED_MAX, |n| n.clamp(1, limits::MESSAGES_PAGE_MAX.into()) as u32);
        let (thread, page) = self.desk.thread_page(&visitor.inbox, &visitor.session, uuid, before, limit).await?;
        let messages: Vec<Value> = page.messages.iter().map(|message| wire::message(&self.desk, message)).collect();
        let mut data = json!({ "conversation": self.shape(&visitor, &thread), "messages": messages, "has_more": page.has_more });
        if let (id @ Value::Number(_), offset) = self.hours_of(&visitor.inbox, thread.conversation.team.as_ref()).await? {
            data["business_hours_id"] = id;
            data["working_hours_utc_offset"] = offset;
        }
        Ok(visitor.told(wire::success_at(page.seq, data)))
    }

    /// `POST conversations/{uuid}/message` (2.9).
    pub(super) async fn send(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        self.throttles.message(&self.desk, visitor.session.contact.0)?;
        self.desk.check_access(&visitor.inbox, Some(&visitor.session))?;
        let asked: Send = request.json().await?;
        let postback = asked.postback.map(Pressed::checked).transpose()?;
        // A press says what its button says.
        let text = if postback.is_some() { String::new() } else { check_incoming(&asked.message, false)? };
        let incoming = Incoming { text, echo_id: echo_id(asked.echo_id)?, postback, ..Incoming::default() };
        let message = self.desk.receive(&visitor.inbox, &visitor.session, uuid, incoming).await?;
        Ok(visitor.told(wire::success(wire::message(&self.desk, &message))))
    }

    /// `POST conversations/{uuid}/update-last-seen` (2.10); needs no body and no content type.
    pub(super) async fn seen(&self, request: Request, uuid: Uuid) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        self.desk.mark_seen_by_contact(&visitor.inbox, &visitor.session, uuid).await?;
        Ok(visitor.told(wire::success(Value::Bool(true))))
    }

    /// `POST conversations/{uuid}/close` (decision 9).
    pub(super) async fn close(&self, request: Request, uuid: Uuid) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        self.desk.close_by_contact(&visitor.inbox, &visitor.session, uuid).await?;
        let thread = self.desk.thread_of(&visitor.session, uuid).await?;
        Ok(visitor.told(wire::success(self.shape(&visitor, &thread))))
    }

    pub(super) async fn starter(&self, request: &Request) -> Result<Starter> {
        if request.headers.contains_key("authorization") {
            return Ok(Starter::Known(self.visitor(request).await?));
        }
        let caller = self.caller(request).await?;
        self.desk.check_network(request.client_ip)?;
        self.throttles.call(&self.desk, request, None)?;
        self.throttles.start(&self.desk, request.client_ip)?;
        Ok(Starter::Nobody(caller))
    }

    /// Refuses whoever has to say first who he is, before his words are read.
    pub(super) fn check_access(&self, starter: &Starter) -> Result<()> {
        match starter {
            Starter::Known(visitor) => self.desk.check_access(&visitor.inbox, Some(&visitor.session)),
            Starter::Nobody(caller) => self.desk.check_access(&caller.inbox, None),
        }
    }

    pub(super) async fn begin(&self, request: &Request, starter: Starter, message: Incoming, extras: Extras) -> Result<Reply> {
        let guarded = self.guard(starter.inbox(), &starter, request.client_ip, &message.text, &extras.proof);
        let signs = match guarded {
            Ok(signs) => signs,
            Err(error) => {
                self.desk.discard_files(message.files).await;
                return Err(error);
            }
        };
        let (inbox, visitor) = match starter {
            Starter::Known(visitor) => (visitor.inbox.clone(), Some(visitor)),
            Starter::Nobody(caller) => (caller.inbox, None),
        };
        if let Some(visitor) = &visitor {
            self.throttles.message(&self.desk, visitor.session.contact.0)?;
        }
        let files = message.files.clone();
        let sender = sender(request, extras.consent, &extras.locale);
        let start = Start { message, form: extras.form, button: extras.button, variables: extras.variables, sender, signs };
        let started = match self.desk.begin(&inbox, visitor.as_ref().map(|visitor| &visitor.session), start).await {
            Ok(started) => started,
            Err(error) => {
                self.desk.discard_files(files).await;
                return Err(error);
            }
        };
        let closed = self.desk.is_closed_for(&started.conversation);
        let (hours_id, utc_offset) = self.hours_of(&inbox, started.conversation.team.as_ref()).await?;
        let answers = self.desk.said_after(started.conversation.id, started.message.seq).await?;
        let thread = Thread { conversation: started.conversation, last: Some(started.message.clone()), unread: 0 };
        // Newest first, as ever.
        let said = answers.iter().chain([&started.message]).chain(&started.opening);
        let messages: Vec<Value> = said.map(|message| wire::message(&self.desk, message)).collect();
        let mut data = json!({
            "conversation": wire::conversation(&self.desk, &thread, closed),
            "messages": messages,
            "business_hours_id": hours_id,
            "working_hours_utc_offset": utc_offset,
        });
        if let Some(token) = started.token {
            data["session_token"] = json!(token);
            data["user"] = wire::user(&started.contact);
        }
        let reply = wire::success_at(started.seq, data);
        Ok(match visitor {
            Some(visitor) => visitor.told(reply),
            None => reply,
        })
    }

    fn shape(&self, visitor: &Visitor, thread: &Thread) -> Value {
        let policy = visitor.inbox.config.policy(visitor.session.verified);
        let resolved = thread.conversation.status == crate::model::conversation::Status::Resolved;
        wire::conversation(&self.desk, thread, resolved && policy.prevent_reply_to_closed_conversation)
    }
}

/// Who sends this, as far as the call itself tells.
pub(super) fn sender(request: &Request, consent: bool, locale: &str) -> Sender {
    let user_agent = request.header("user-agent").unwrap_or_default().to_owned();
    let accept_language = request.header("accept-language").unwrap_or_default().to_owned();
    let locale = words::canonical(locale).unwrap_or_default();
    Sender { ip: request.client_ip, user_agent, consent, locale, accept_language }
}

/// The sender's own id: 1 to 64 of `[A-Za-z0-9_-]`, or none.
pub(super) fn echo_id(given: Option<String>) -> Result<Option<String>> {
    match given {
        None => Ok(None),
        Some(echo) if (1..=64).contains(&echo.len()) && echo.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') => {
            Ok(Some(echo))
        }
        Some(_) => Err(Error::invalid("echo_id is 1 to 64 letters, digits, _ or -.").in_field("echo_id")),
    }
}

pub(super) fn number(request: &Request, name: &'static str) -> Result<Option<Seq>> {
    match request.query(name) {
        None => Ok(None),
        Some(text) => match text.parse::<Seq>() {
            Ok(number) if number >= 0 => Ok(Some(number)),
            _ => Err(Error::invalid(format!("{name} is a number.")).in_field(name)),
        },
    }
}
