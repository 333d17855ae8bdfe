//! The conversation without scripts, at a link that can be passed on: `GET|POST /chat/<uuid>/plain`. A thread and a form, nothing else.
//!
//! The session lives in a cookie that only this path ever sees, and only after the first message. A form is believed when it comes from
//! our own page and carries the ticket made for it; sent twice it is stored once; refused it keeps what was typed.
//! How it looks: `plain_page.rs`.

use super::Widget;
use super::conversations::sender;
use super::plain_page::{self, Shown, View};
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::limits;
use crate::base::net::{self, Origin};
use crate::desk::bans::banned;
use crate::desk::conversations::Start;
use crate::desk::messages::{Incoming, check_incoming, no_button};
use crate::desk::words::{self, Words};
use crate::http::multipart::{FormLimits, Part};
use crate::http::request::percent_decode;
use crate::http::{Reply, Request, assets};
use crate::model::contact::Session;
use crate::model::conversation::ConversationKind;
use crate::model::inbox::Inbox;
use crate::model::rich::Postback;
use crate::store::media::Arrived;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The cookie with the session.
const COOKIE: &str = "deskbell_chat";
/// Messages on one page.
const PAGE: u32 = 50;
/// Fields of a form: the questions before the first message, and ours.
const FIELDS_MAX: usize = 60;
/// What the page may do: show itself, send its form to us, nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Prefix of the fields that answer questions of the inbox.
pub(super) const ANSWER: &str = "f.";

/// Who asks, for which inbox, in which language.
pub(super) struct Visit {
    pub(super) inbox: Arc<Inbox>,
    pub(super) words: Words,
    /// The language that the address names, as it is written there.
    pub(super) lang: Option<String>,
    /// The cookie's token and its session, when it is good.
    pub(super) session: Option<(String, Session)>,
    /// A cookie came that proves nothing (any more).
    stale: bool,
    /// This person, or this network, is shut out.
    banned: bool,
}

/// What was sent with a form.
#[derive(Default)]
pub(super) struct Posted {
    fields: Vec<(String, String)>,
    files: Vec<Arrived>,
    /// Files were chosen; they have to be chosen again after a refusal.
    pub(super) had_files: bool,
    /// The form was made before this person had a session: it may repeat his first message, and nothing else.
    repeats_only: bool,
}

impl Posted {
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    /// Under which number this is stored: the form's and what it says. So the same form sent twice is one message, and one that was
    /// changed after going back in the browser is another.
    fn stored_echo(&self) -> String {
        let mut hash = Sha256::new();
        for name in ["echo", "conversation", "press", "message"] {
            hash.update(self.field(name).as_bytes());
            hash.update([0]);
        }
        self.files.iter().for_each(|file| hash.update(file.hash));
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What a form came to.
enum Done {
    /// Show the thread; with a new session when there is one, `None` inside = forget the old one.
    Thread { session: Option<Option<String>>, conversation: Option<Uuid> },
    /// A code is on its way.
    Code { ticket: String },
}

impl Widget {
    /// `GET /chat/<uuid>`: the app on its own. Blocked addresses and inboxes that are off get no page; it is our own origin, so the list of
    /// trusted domains says nothing about it.
    pub async fn chat_page(&self, request: &Request, uuid: &str) -> Reply {
        match self.app_on_its_own(request, uuid).await {
            Ok(reply) => reply,
            Err(error) => self.not_here(request, &error),
        }
    }

    async fn app_on_its_own(&self, request: &Request, uuid: &str) -> Result<Reply> {
        let inbox = self.inbox_here(request, uuid).await?;
        let words = self.words(&inbox, request).await?;
        let lang = request.query("lang").as_deref().and_then(words::canonical);
        let plain = format!("{}/chat/{}/plain{}", self.base_path(), inbox.uuid, plain_page::query(lang.as_deref(), ""));
        let page = self.app_page(&words, &words.config(&inbox.config).brand_name, Some(&plain))?;
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; media-src 'self' blob:; \
             font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        Ok(assets::page(request, page).header("content-security-policy", policy).header("referrer-policy", "no-referrer"))
    }

    /// `GET|POST /chat/<uuid>/plain`.
    pub async fn plain(&self, mut request: Request, uuid: &str) -> Reply {
        let visit = match self.visit(&request, uuid).await {
            Ok(visit) => visit,
            Err(error) => return self.not_here(&request, &error),
        };
        if request.method == hyper::Method::GET {
            let shown = self.shown(&visit, &request, None, Posted::default()).await;
            return self.plain_reply(&request, &visit, 200, shown);
        }
        let mut posted = Posted::default();
        let done = self.posted(&mut request, &visit, &mut posted).await;
        if done.is_err() {
            self.desk.discard_files(std::mem::take(&mut posted.files)).await;
        }
        match done {
            Ok(Done::Thread { session, conversation }) => self.see_thread(&request, &visit, session, conversation),
            Ok(Done::Code { ticket }) => {
                let shown = self.shown(&visit, &request, None, posted).await.map(|shown| Shown { ticket: Some(ticket), ..shown });
                self.plain_reply(&request, &visit, 200, shown)
            }
            Err(error) => {
                if let Some(cause) = &error.cause {
                    log::error!("a plain form failed request={} error=\"{}\" cause=\"{cause}\"", request.request_id, error.message);
                }
                let (status, retry) = (status_of(error.kind), error.retry_after_s);
                // A wrong code leaves the person where he was: at the code.
                let ticket = Some(posted.field("ticket").to_owned()).filter(|ticket| !ticket.is_empty() && error.code != Some("code_over"));
                let shown = self.shown(&visit, &request, Some(error), posted).await.map(|shown| Shown { ticket, ..shown });
                let reply = self.plain_reply(&request, &visit, status, shown);
                retry_after(reply, retry)
            }
        }
    }

    async fn visit(&self, request: &Request, uuid: &str) -> Result<Visit> {
        let inbox = self.inbox_here(request, uuid).await?;
        let words = self.words(&inbox, request).await?;
        let token = request.cookie(COOKIE).filter(|token| !token.is_empty()).map(str::to_owned);
        self.throttles.call(&self.desk, request, token.as_deref())?;
        let mut banned = self.desk.check_network(request.client_ip).is_err();
        let session = match &token {
            Some(token) => match self.authenticate(&inbox, token, request).await {
                Ok(session) => Some((token.clone(), session)),
                Err(error) if error.kind == Kind::Unauthorized => None,
                Err(error) if error.code == Some("banned") => {
                    banned = true;
                    None
                }
                Err(error) => return Err(error),
            },
            None => None,
        };
        // The proof of somebody who is shut out for a while is kept for afterwards.
        let stale = token.is_some() && session.is_none() && !banned;
        // Only a code goes back into addresses.
        let lang = request.query("lang").as_deref().and_then(words::canonical);
        Ok(Visit { inbox, words, lang, session, stale, banned })
    }

    async fn inbox_here(&self, request: &Request, uuid: &str) -> Result<Arc<Inbox>> {
        let uuid = Uuid::parse(uuid).ok_or_else(|| Error::not_found("chat"))?;
        let inbox = self.desk.inbox(uuid).await?;
        match net::contains(&inbox.access.blocked, request.client_ip) {
            true => Err(Error::forbidden("This chat is not available from your network.")),
            false => Ok(inbox),
        }
    }

    /// Reads a form and does what it asks for.
    async fn posted(&self, request: &mut Request, visit: &Visit, posted: &mut Posted) -> Result<Done> {
        self.check_sender(request)?;
        self.read_form(request, visit, posted).await?;
        if visit.banned {
            // Only now, so that the page shows again what was typed.
            return Err(banned());
        }
        posted.repeats_only = self.check_ticket(visit, posted)?;
        match posted.field("step") {
            "identify" => self.plain_identify(request, visit, posted).await,
            "again" => {
                let session = visit.session.as_ref().map(|(_, session)| session);
                self.throttles.exchange(&self.desk, request.client_ip)?;
                let (ticket, sends_max) = (posted.field("ticket"), self.throttles.code_sends_max());
                let sent = self.desk.identify_again(&visit.inbox, session, ticket, request.client_ip, sends_max).await?;
                Ok(Done::Code { ticket: sent.ticket })
            }
            "code" => self.plain_code(request, visit, posted).await,
            "leave" => {
                if let Some((_, session)) = &visit.session {
                    self.desk.log_out_visitor(session).await?;
                }
                Ok(Done::Thread { session: Some(None), conversation: None })
            }
            _ => self.plain_message(request, visit, posted).await,
        }
    }

    async fn plain_identify(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Done> {
        self.throttles.exchange(&self.desk, request.client_ip)?;
        self.throttles.check_failures(&self.desk, request.client_ip)?;
        let sender = sender(request, posted.field("consent") == "1", visit.words.locale());
        let session = visit.session.as_ref().map(|(_, session)| session);
        let who = (posted.field("name"), posted.field("email"));
        let sent = self.desk.identify(&visit.inbox, session, who, sender, self.throttles.code_sends_max()).await?;
        Ok(Done::Code { ticket: sent.ticket })
    }

    async fn plain_code(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<Done> {
        self.throttles.exchange(&self.desk, request.client_ip)?;
        self.throttles.check_failures(&self.desk, request.client_ip)?;
        let session = visit.session.as_ref().map(|(_, session)| session);
        let outcome = self.desk.confirm(&visit.inbox, session, posted.field("ticket"), posted.field("code")).await?;
        let (token, _) = outcome.session().inspect_err(|error| {
            if error.kind == Kind::Invalid {
                self.throttles.note_failure(&self.desk, request.client_ip);
            }
        })?;
        Ok(Done::Thread { session: Some(Some(token)), conversation: None })
    }

    /// A message: into the conversation that the form names, or the first one of a new conversation.
    async fn plain_message(&self, request: &Request, visit: &Visit, posted: &mut Posted) -> Result<Done> {
        let session = visit.session.as_ref().map(|(_, session)| session);
        match session {
            Some(session) => self.throttles.message(&self.desk, session.contact.0)?,
            None => self.throttles.start(&self.desk, request.client_ip)?,
        }
        self.desk.check_access(&visit.inbox, session)?;
        let conversation = Uuid::parse(posted.field("conversation"));
        let echo = posted.stored_echo();
        if posted.repeats_only {
            let repeated = match session {
                Some(session) => self.desk.conversation_of_echo(session, &echo).await?,
                None => None,
            };
            self.desk.discard_files(std::mem::take(&mut posted.files)).await;
            return repeated.map(|uuid| Done::Thread { session: None, conversation: Some(uuid) }).ok_or_else(form_old);
        }
        let echo_id = Some(echo);
        if let (Some(session), Some(uuid)) = (session, conversation) {
            let (text, postback) = match posted.field("press") {
                "" => (check_incoming(posted.field("message"), !posted.files.is_empty())?, None),
                press => (String::new(), Some(pressed(press)?)),
            };
            let incoming = Incoming { text, echo_id, files: posted.files.clone(), postback, ..Incoming::default() };
            self.desk.receive(&visit.inbox, session, uuid, incoming).await?;
            return Ok(Done::Thread { session: None, conversation: Some(uuid) });
        }
        let text = check_incoming(posted.field("message"), !posted.files.is_empty())?;
        let message = Incoming { text, echo_id, files: posted.files.clone(), ..Incoming::default() };
        let sender = sender(request, posted.field("consent") == "1", visit.words.locale());
        let form_ms = self.desk.form_age(posted.field("form")).unwrap_or_default();
        let signs = self.guard_plain(&visit.inbox, session, request.client_ip, &message.text, form_ms)?;
        let form = answers(&visit.inbox, posted);
        let start = Start { message, form, button: String::new(), variables: None, sender, signs };
        let started = self.desk.begin(&visit.inbox, session, start).await?;
        Ok(Done::Thread { session: started.token.map(Some), conversation: Some(started.conversation.uuid) })
    }

    /// A form of another site is refused: browsers say where a form comes from, and the cookie is not sent with foreign ones at all.
    fn check_sender(&self, request: &Request) -> Result<()> {
        let own = Origin::parse(&self.own_origin(request));
        let from = match request.header("origin").filter(|origin| *origin != "null") {
            Some(origin) => Some(Origin::parse(origin)),
            None => request.header("referer").map(Origin::parse),
        };
        // Very old and very small browsers say neither; then the ticket alone must do.
        let said_nothing = from.is_none() && !request.headers.contains_key("origin");
        match said_nothing || (own.is_some() && from.flatten() == own) {
            true => Ok(()),
            false => Err(Error::forbidden("This form was not sent from its own page.").coded("form_foreign")),
        }
    }

    /// Refuses a form without its ticket. True = it was made for nobody, and its sender is somebody by now: a double click on the first
    /// message.
    fn check_ticket(&self, visit: &Visit, posted: &Posted) -> Result<bool> {
        let (echo, form) = (posted.field("echo"), posted.field("form"));
        let token = visit.session.as_ref().map_or("", |(token, _)| token);
        if self.desk.is_form_ticket(&subject(visit, token, echo), form) {
            return Ok(false);
        }
        match self.desk.is_form_ticket(&subject(visit, "", echo), form) && posted.field("step").is_empty() {
            true => Ok(true),
            false => Err(form_old()),
        }
    }

    async fn read_form(&self, request: &mut Request, visit: &Visit, posted: &mut Posted) -> Result<()> {
        let is_multipart = request.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"));
        if !is_multipart {
            let body = request.bytes(limits::JSON_BYTES_MAX).await?;
            let body = String::from_utf8_lossy(&body);
            let pairs = body.split('&').filter_map(|pair| pair.split_once('=')).take(FIELDS_MAX);
            posted.fields.extend(pairs.map(|(key, value)| (percent_decode(key), percent_decode(value))));
            return Ok(());
        }
        let mut form = request.multipart(FormLimits {
            parts_max: FIELDS_MAX + limits::FILES_PER_MESSAGE_MAX,
            text_bytes_max: limits::JSON_BYTES_MAX,
            file_bytes_max: limits::FILE_BYTES_MAX + 1,
            total_bytes_max: limits::FIRST_MESSAGE_BYTES_MAX + 1024 * 1024,
        })?;
        while let Some(part) = form.next().await? {
            match part {
                Part::Text { name, value } => posted.fields.push((name, value)),
                // A browser sends a part without name and content for a field in which nothing was chosen.
                Part::File(mut file) if file.file_name.is_empty() => while file.chunk().await?.is_some() {},
                Part::File(mut file) => {
                    posted.had_files = true;
                    self.check_files(request, visit, posted).await?;
                    let (name, allowed) = (file.file_name.clone(), &visit.inbox.config.file_extensions);
                    posted.files.push(self.desk.take_file(&name, limits::FILE_BYTES_MAX, allowed, &mut *file).await?);
                }
            }
        }
        Ok(())
    }

    /// Before a byte of a file is kept: the form is ours, the person may send, and not too many.
    async fn check_files(&self, request: &Request, visit: &Visit, posted: &Posted) -> Result<()> {
        self.check_ticket(visit, posted)?;
        self.desk.check_uploads_allowed(&visit.inbox)?;
        if posted.files.len() >= limits::FILES_PER_MESSAGE_MAX {
            let most = limits::FILES_PER_MESSAGE_MAX;
            let error = Error::invalid(format!("A message can carry {most} files.")).in_field("files");
            return Err(error.coded("too_many_files").detail("count", most));
        }
        match &visit.session {
            Some((_, session)) => {
                self.desk.check_access(&visit.inbox, Some(session))?;
                self.desk.check_file_budget(session).await
            }
            None => {
                self.desk.check_access(&visit.inbox, None)?;
                self.desk.check_may_start(&visit.inbox, false)?;
                if posted.files.is_empty() { self.throttles.file_start(&self.desk, request.client_ip) } else { Ok(()) }
            }
        }
    }

    /// Everything the page shows.
    async fn shown(&self, visit: &Visit, request: &Request, error: Option<Error>, posted: Posted) -> Result<Shown> {
        let mut view = View::Nobody;
        if let Some((_, session)) = &visit.session {
            let (mut threads, _) = self.desk.threads_of(session).await?;
            let with_reports = self.desk.reads_reports(&visit.inbox, session);
            threads.retain(|thread| with_reports || thread.conversation.kind == ConversationKind::Chat);
            let wants_new = request.query("new").is_some() || (error.is_some() && posted.field("conversation").is_empty());
            let wanted = Uuid::parse(posted.field("conversation")).or_else(|| request.query("c").as_deref().and_then(Uuid::parse));
            let found = threads.iter().find(|thread| wanted.is_none_or(|uuid| thread.conversation.uuid == uuid)).filter(|_| !wants_new);
            view = match found {
                Some(thread) => {
                    let uuid = thread.conversation.uuid;
                    let before = request.query("before").and_then(|text| text.parse().ok());
                    let (thread, page) = self.desk.thread_page(&visit.inbox, session, uuid, before, PAGE).await?;
                    let may_write = self.desk.check_access(&visit.inbox, Some(session)).is_ok();
                    if before.is_none() && thread.unread > 0 && may_write {
                        self.desk.mark_seen_by_contact(&visit.inbox, session, uuid).await?;
                    }
                    View::Thread { thread: Box::new(thread), page, before }
                }
                None => View::Nothing,
            };
            if threads.len() > 1 || (matches!(view, View::Nothing) && !threads.is_empty()) {
                view = View::Several { one: Box::new(view), all: threads };
            }
        }
        // The same form sent again after a refusal is the same message; a new page is a new one.
        let echo = Some(posted.field("echo").to_owned()).filter(|_| error.as_ref().is_some_and(|error| error.code != Some("form_old")));
        let echo = echo.filter(|echo| (22..=64).contains(&echo.len())).unwrap_or_else(new_token);
        let token = visit.session.as_ref().map_or("", |(token, _)| token);
        let ticket_of_form = self.desk.form_ticket(&subject(visit, token, &echo));
        let session = visit.session.as_ref().map(|(_, session)| session);
        let access = self.desk.check_access(&visit.inbox, session).err();
        let config = visit.words.config(&visit.inbox.config);
        let may_start = self.desk.check_may_start(&visit.inbox, session.is_some_and(|session| session.verified)).is_ok();
        let path = format!("{}/chat/{}/plain", self.base_path(), visit.inbox.uuid);
        let watch = request.query("watch").is_some() && error.is_none();
        let codes = self.desk.has_mailbox();
        let (inbox, lang) = (visit.inbox.clone(), visit.lang.clone());
        Ok(Shown {
            path,
            lang,
            inbox,
            config,
            view,
            access,
            may_start,
            error,
            posted,
            echo,
            form: ticket_of_form,
            ticket: None,
            codes,
            watch,
        })
    }

    fn plain_reply(&self, request: &Request, visit: &Visit, status: u16, shown: Result<Shown>) -> Reply {
        match shown {
            Ok(shown) => {
                let page = plain_page::page(self, &visit.words, &shown).document();
                let reply = with_policy(with_status(assets::page(request, page), status));
                if visit.stale { reply.header("set-cookie", self.chat_cookie(request, &visit.inbox, None)) } else { reply }
            }
            Err(error) => self.not_here(request, &error),
        }
    }

    /// After something was done: the thread, by an address that can be loaded again without sending anything twice.
    fn see_thread(&self, request: &Request, visit: &Visit, session: Option<Option<String>>, conversation: Option<Uuid>) -> Reply {
        let which = plain_page::query(visit.lang.as_deref(), &conversation.map(|uuid| format!("c={uuid}")).unwrap_or_default());
        let location = format!("{}/chat/{}/plain{which}#end", self.base_path(), visit.inbox.uuid);
        let reply = with_policy(Reply::status(303).header("location", location).header("cache-control", "no-store"));
        match session {
            Some(token) => reply.header("set-cookie", self.chat_cookie(request, &visit.inbox, token.as_deref())),
            None => reply,
        }
    }

    fn chat_cookie(&self, request: &Request, inbox: &Inbox, token: Option<&str>) -> String {
        let life_s = if token.is_some() { limits::VISITOR_SESSION.as_secs() } else { 0 };
        let secure =
            if request.secure || self.base_url.as_deref().is_some_and(|url| url.starts_with("https://")) { "; Secure" } else { "" };
        let path = format!("{}/chat/{}/plain", self.base_path(), inbox.uuid);
        format!("{COOKIE}={}; Path={path}; Max-Age={life_s}; HttpOnly; SameSite=Strict{secure}", token.unwrap_or_default())
    }

    /// There is no chat at this address for whoever asks. What exists elsewhere is not said.
    fn not_here(&self, request: &Request, error: &Error) -> Reply {
        if let Some(cause) = &error.cause {
            log::error!("a plain page failed request={} error=\"{}\" cause=\"{cause}\"", request.request_id, error.message);
        }
        let status = match error.kind {
            Kind::Invalid | Kind::NotFound => 404,
            kind => status_of(kind),
        };
        let lang = request.query("lang");
        let words = Words::choose(&Default::default(), &Default::default(), lang.as_deref(), request.header("accept-language"));
        let page = plain_page::refusal(&self.base_path(), &words, error).document();
        let reply = with_policy(with_status(assets::page(request, page), status));
        retry_after(reply, error.retry_after_s)
    }
}

/// Which button was pressed; whether it stands there, and what it says, is for the desk to know.
fn pressed(press: &str) -> Result<Postback> {
    let (message, id) = press.split_once(':').ok_or_else(no_button)?;
    let message_uuid = Uuid::parse(message).ok_or_else(no_button)?;
    Ok(Postback { message_uuid, postback_id: id.to_owned() })
}

/// For what a form's ticket is good: this inbox, this person (or nobody yet), this one sending.
fn subject(visit: &Visit, token: &str, echo: &str) -> String {
    format!("{}\n{token}\n{echo}", visit.inbox.uuid)
}

fn form_old() -> Error {
    Error::conflict("This page was open for very long. Please send it once more.").coded("form_old")
}

/// Answers to the questions of the inbox, in the shape that the API takes.
fn answers(inbox: &Inbox, posted: &Posted) -> Map<String, Value> {
    let mut answers = Map::new();
    for (name, value) in &posted.fields {
        let Some(key) = name.strip_prefix(ANSWER).filter(|_| !value.trim().is_empty()) else { continue };
        let field = inbox.config.prechat_form.fields.iter().find(|field| field.key == key);
        let value = match field.is_some_and(|field| field.kind == "checkbox") {
            true => Value::Bool(value == "1"),
            false => Value::String(value.clone()),
        };
        answers.insert(key.to_owned(), value);
    }
    answers
}

fn with_status(mut reply: Reply, status: u16) -> Reply {
    if let Ok(status) = hyper::StatusCode::from_u16(status) {
        *reply.0.status_mut() = status;
    }
    reply
}

fn with_policy(reply: Reply) -> Reply {
    // Forms must say where they come from, so the page may not be silent about it towards ourselves.
    reply.header("content-security-policy", POLICY).header("referrer-policy", "same-origin")
}

fn retry_after(reply: Reply, seconds: Option<u32>) -> Reply {
    match seconds {
        Some(seconds) => reply.header("retry-after", seconds.to_string()),
        None => reply,
    }
}

fn status_of(kind: Kind) -> u16 {
    match kind {
        Kind::Invalid => 400,
        // Without a page of its own a browser would ask for a password.
        Kind::Unauthorized | Kind::Forbidden => 403,
        Kind::NotFound => 404,
        Kind::Conflict => 409,
        Kind::TooLarge => 413,
        Kind::TooMany => 429,
        Kind::Busy | Kind::Unavailable => 503,
        Kind::Internal => 500,
    }
}
