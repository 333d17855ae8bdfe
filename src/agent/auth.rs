//! Logging in and out, links that let people in, and what every other call of this door asks first: which agent, and did his own
//! page send this.

use super::{Desks, wire};
use crate::base::error::{Error, Kind, Result};
use crate::base::limits;
use crate::base::net::{Origin, network_of};
use crate::base::secret::{self, Secret};
use crate::desk::agents::NewAgent;
use crate::desk::logins::{self, Admission, LoggedIn, wrong_code};
use crate::http::throttle::{Failures, TooMany};
use crate::http::{Reply, Request};
use crate::model::agent::{AgentSession, Browser, Role};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Failed tries to get in, counted so that guessing is hopeless and nobody can be shut out by a stranger.
pub struct Tries {
    /// One account from one address.
    pair: Failures,
    /// One address, whatever the account.
    address: Failures,
    /// One account from everywhere.
    account: Failures,
    /// Links that do not work, from one address.
    link: Failures,
    /// Wrong second factors of one account, from everywhere.
    code: Failures,
    /// Mails to somebody who forgot his password, for one address and from one network: both count whether or not there is such an agent.
    pub(super) forgotten: Failures,
    pub(super) forgotten_by: Failures,
}

impl Default for Tries {
    fn default() -> Tries {
        let counter = |most| Failures::new(most, limits::LOGIN_FAILURE_WINDOW, limits::THROTTLE_KEYS_MAX);
        Tries {
            pair: counter(limits::LOGIN_FAILURES_MAX),
            address: counter(limits::LOGIN_FAILURES_PER_ADDRESS_MAX),
            account: counter(limits::LOGIN_FAILURES_PER_ACCOUNT_MAX),
            link: counter(limits::LOGIN_FAILURES_MAX),
            forgotten: Failures::new(limits::FORGOTTEN_PER_ADDRESS, limits::FORGOTTEN_WINDOW, limits::THROTTLE_KEYS_MAX),
            forgotten_by: Failures::new(limits::FORGOTTEN_PER_NETWORK, limits::FORGOTTEN_WINDOW, limits::THROTTLE_KEYS_MAX),
            code: Failures::new(limits::LOGIN_CODE_FAILURES_MAX, limits::LOGIN_CODE_WINDOW, limits::THROTTLE_KEYS_MAX),
        }
    }
}

#[derive(Deserialize)]
struct Login {
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct Code {
    ticket: String,
    code: String,
}

#[derive(Deserialize)]
struct Setup {
    token: String,
    first_name: String,
    #[serde(default)]
    last_name: String,
    email: String,
    password: String,
}

#[derive(Deserialize)]
struct Invitation {
    token: String,
    #[serde(default)]
    password: String,
    first_name: Option<String>,
    last_name: Option<String>,
}

impl Desks {
    /// The agent who was looked up when the route was found. What handlers ask: waiting for nothing, it is the smallest.
    pub(super) fn who(&self, request: &Request) -> Result<Arc<AgentSession>> {
        request.extensions.get::<Arc<AgentSession>>().cloned().ok_or_else(|| Error::unauthorized("Please log in."))
    }

    /// The agent of the cookie. A request that changes something must come from our own page and repeat the session's own word.
    pub(super) async fn agent(&self, request: &Request) -> Result<Arc<AgentSession>> {
        // Looked up and checked when the route was found.
        if let Ok(session) = self.who(request) {
            return Ok(session);
        }
        let token = self.cookie(request).ok_or_else(|| Error::unauthorized("Please log in."))?;
        let session = self.desk.agent_session(&token).await?;
        if request.method != hyper::Method::GET && request.method != hyper::Method::HEAD {
            self.check_same_site(request)?;
            let given = request.header("x-deskbell-csrf").unwrap_or_default();
            if !secret::equal(given.as_bytes(), session.csrf.as_bytes()) {
                return Err(Error::forbidden("This page is out of date. Please reload it; what you typed is kept."));
            }
        }
        Ok(Arc::new(session))
    }

    /// Refuses what pages of other sites send (security rows 28, 29).
    pub fn check_same_site(&self, request: &Request) -> Result<()> {
        let foreign_fetch = request.header("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none");
        let foreign_origin = request.header("origin").is_some_and(|origin| {
            let given = Origin::parse(origin);
            given.is_none() || given != Origin::parse(&self.own_origin(request))
        });
        match foreign_fetch || foreign_origin {
            true => Err(Error::forbidden("The desk answers only to its own pages.")),
            false => Ok(()),
        }
    }

    /// `GET /session`.
    pub(super) async fn session(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        Ok(wire::ok_at(self.desk.seq().await?, self.welcome(&session).await?))
    }

    /// `POST /session`. Failures count against the address and against the account (security row 19).
    pub(super) async fn log_in(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        let asked: Login = request.json().await?;
        let account = crate::base::email::key(asked.email.trim());
        let password = Secret::new(asked.password);
        let knock = self.desk.log_in(&asked.email, &password, browser(&request));
        let admission = self.as_tried(&request, &account, Kind::Unauthorized, knock).await?;
        self.go_on(&request, admission).await
    }

    /// `POST /session/code`: the second step. Wrong codes count where wrong passwords count, and once more for the account alone.
    pub(super) async fn log_in_code(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        self.check_link_tries(&request)?;
        let asked: Code = request.json().await?;
        let Some(holder) = self.desk.ticket_holder(&asked.ticket).await? else {
            self.failures.link.add(&network_of(request.client_ip).to_string(), self.desk.clock.ticks());
            return Err(wrong_code("ticket"));
        };
        let (key, now) = (holder.to_string(), self.desk.clock.ticks());
        self.failures.code.take(&key, now).map_err(too_many)?;
        let knock = self.desk.log_in_with_code(&asked.ticket, &asked.code, browser(&request));
        let outcome = self.as_tried(&request, &key, Kind::Unauthorized, knock).await;
        if outcome.as_ref().err().is_none_or(|error| error.kind != Kind::Unauthorized) {
            self.failures.code.undo(&key, now);
        }
        self.let_in(&request, outcome?).await
    }

    /// Runs a proof of who somebody is, with every failure of `kind` counted against the account, the address, and both together.
    pub(super) async fn as_tried<T>(
        &self,
        request: &Request,
        account: &str,
        kind: Kind,
        proof: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let address = network_of(request.client_ip);
        let counters = [
            (&self.failures.pair, format!("{account} {address}")),
            (&self.failures.address, address.to_string()),
            (&self.failures.account, account.to_owned()),
        ];
        let now = self.desk.clock.ticks();
        for (counter, key) in &counters {
            counter.check(key, now).map_err(too_many)?;
        }
        // Counted before the outcome is known: a hundred tries at once are a hundred tries.
        counters.iter().for_each(|(counter, key)| counter.add(key, now));
        let outcome = proof.await;
        if outcome.as_ref().err().is_none_or(|error| error.kind != kind) {
            counters.iter().for_each(|(counter, key)| counter.undo(key, now));
        }
        if outcome.is_ok() {
            self.failures.pair.forget(&counters[0].1);
        }
        outcome
    }

    /// `DELETE /session`.
    pub(super) async fn log_out(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.log_out(&session).await?;
        Ok(Reply::status(204).header("set-cookie", self.cookie_text(request, "", 0)))
    }

    /// `POST /setup`.
    pub(super) async fn set_up(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        self.check_link_tries(&request)?;
        let asked: Setup = request.json().await?;
        let owner = NewAgent { email: asked.email, first_name: asked.first_name, last_name: asked.last_name, role: Role::Owner };
        let made = self.desk.set_up(&asked.token, owner, &Secret::new(asked.password), browser(&request)).await;
        let admission = self.counted(&request, made)?;
        self.go_on(&request, admission).await
    }

    /// `POST /invitation`: whom a link is for.
    pub(super) async fn invitation(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        self.check_link_tries(&request)?;
        let asked: Invitation = request.json().await?;
        let found = self.desk.invitation(&asked.token).await;
        let (agent, purpose) = self.counted(&request, found)?;
        let person = json!({ "first_name": agent.first_name, "last_name": agent.last_name, "email": agent.email });
        Ok(wire::ok(json!({ "agent": person, "purpose": purpose.as_str() })))
    }

    /// `PUT /invitation`: uses it.
    pub(super) async fn accept(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        self.check_link_tries(&request)?;
        let asked: Invitation = request.json().await?;
        let names = asked.first_name.map(|first_name| (first_name, asked.last_name.unwrap_or_default()));
        let made = self.desk.accept_invitation(&asked.token, names, &Secret::new(asked.password), browser(&request)).await;
        let admission = self.counted(&request, made)?;
        self.go_on(&request, admission).await
    }

    /// Into the desk, or to the question for the second factor.
    async fn go_on(&self, request: &Request, admission: Admission) -> Result<Reply> {
        match admission {
            Admission::In(logged_in) => self.let_in(request, *logged_in).await,
            Admission::SecondFactor { ticket } => Ok(wire::ok(json!({ "two_factor": true, "ticket": ticket }))),
        }
    }

    async fn let_in(&self, request: &Request, logged_in: LoggedIn) -> Result<Reply> {
        let life_s = crate::base::limits::AGENT_SESSION.as_secs();
        let cookie = self.cookie_text(request, &logged_in.token, life_s);
        Ok(wire::ok_at(self.desk.seq().await?, self.welcome(&logged_in.session).await?).header("set-cookie", cookie))
    }

    async fn welcome(&self, session: &AgentSession) -> Result<Value> {
        use crate::base::limits;
        Ok(json!({
            "agent": wire::me(&self.desk, &session.agent), "csrf": session.csrf, "seq": self.desk.seq().await?,
            "limits": {
                "message_chars": limits::MESSAGE_CHARS_MAX, "file_bytes": limits::FILE_BYTES_MAX,
                "files_per_message": limits::FILES_PER_MESSAGE_MAX,
            },
            "version": env!("CARGO_PKG_VERSION"), "mail": self.desk.has_mailbox(),
            "may": session.agent.rights.permissions.words(), "scope": session.agent.rights.scope.as_str(),
        }))
    }

    fn check_link_tries(&self, request: &Request) -> Result<()> {
        let key = network_of(request.client_ip).to_string();
        self.failures
            .link
            .check(&key, self.desk.clock.ticks())
            .map_err(|wait| Error::too_many("Too many links that do not work. Please wait a while.", wait.retry_after_s))
    }

    fn counted<T>(&self, request: &Request, result: Result<T>) -> Result<T> {
        if result.as_ref().is_err_and(|error| error.kind == Kind::NotFound) {
            self.failures.link.add(&network_of(request.client_ip).to_string(), self.desk.clock.ticks());
        }
        result
    }

    /// `__Host-` needs a secure context; on plain HTTP outside this machine the plain name is all there is.
    fn cookie_name(request: &Request) -> (&'static str, bool) {
        let host = request
            .host
            .rsplit_once(':')
            .map_or(request.host.as_str(), |(host, port)| if port.contains(']') { request.host.as_str() } else { host });
        let here = host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]";
        if request.secure || here { ("__Host-deskbell", true) } else { ("deskbell", false) }
    }

    fn cookie(&self, request: &Request) -> Option<String> {
        request.cookie(Self::cookie_name(request).0).map(str::to_owned).filter(|token| !token.is_empty())
    }

    fn cookie_text(&self, request: &Request, token: &str, life_s: u64) -> String {
        let (name, secure) = Self::cookie_name(request);
        let secure = if secure { "; Secure" } else { "" };
        format!("{name}={token}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// Where a request comes from, as the list of sessions remembers it.
fn browser(request: &Request) -> Browser {
    logins::browser(request.header("user-agent").unwrap_or_default(), request.client_ip)
}

fn too_many(wait: TooMany) -> Error {
    let minutes = wait.retry_after_s.div_ceil(60);
    Error::too_many(format!("Too many tries. Please wait {minutes} min, or ask an admin for a new link."), wait.retry_after_s)
}
