//! Getting in and staying in: the first factor, the second, sessions and their end.
//!
//! Every proof of a first factor (a password, a one-time link, one day a company's own login) ends in `admit`, the only place that opens a
//! session without asking for a second one (security row 26).

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid, new_token};
use crate::base::secret::Secret;
use crate::base::{limits, text};
use crate::model::agent::{AgentSession, Browser};
use crate::store::logins::{self, Login};
use crate::store::{WriteTx, agents, audit};
use serde_json::json;
use std::net::IpAddr;

/// A login: the cookie's token and what belongs to it.
pub struct LoggedIn {
    pub token: String,
    pub session: AgentSession,
}

/// What a proved first factor leads to.
pub enum Admission {
    /// Into the desk.
    In(Box<LoggedIn>),
    /// To the question for the second factor; the ticket says that the first one was right.
    SecondFactor { ticket: String },
}

/// What is remembered of where somebody logs in.
pub fn browser(user_agent: &str, ip: IpAddr) -> Browser {
    Browser { user_agent: text::clean_line(user_agent, limits::USER_AGENT_CHARS_MAX), ip: super::privacy::shortened(ip) }
}

impl Desk {
    /// Logs in by address and password. Unknown, wrong, invited and suspended are the same 401, at the same cost.
    pub async fn log_in(&self, email: &str, password: &Secret, browser: Browser) -> Result<Admission> {
        let email = email.trim().to_owned();
        let found = self.store.read(move |tx| agents::find_by_email(tx, &email)).await?;
        let (agent, hash) = match found {
            Some((agent, Some(hash))) if agent.suspended_at.is_none() => (Some(agent), Some(hash)),
            _ => (None, None),
        };
        let right = self.verify_password(hash, password).await?;
        match agent {
            Some(agent) if right => self.admit(agent.id, browser).await,
            _ => Err(Error::unauthorized("The e-mail address or the password is not right.")),
        }
    }

    /// Opens a session for somebody whose first factor is proved, or asks for the second.
    pub(super) async fn admit(&self, agent: AgentId, browser: Browser) -> Result<Admission> {
        self.store
            .write(move |tx| {
                if !logins::factor(tx, agent)?.is_on {
                    return Ok(Admission::In(Box::new(open(tx, agent, &browser, "password")?)));
                }
                let ticket = new_token();
                logins::insert_step(tx, agent, &ticket)?;
                Ok(Admission::SecondFactor { ticket })
            })
            .await
    }

    /// Whose login a ticket stands for: the key under which his wrong codes are counted. `None` when its time or its tries are over.
    pub async fn ticket_holder(&self, ticket: &str) -> Result<Option<Uuid>> {
        let ticket = ticket.to_owned();
        self.store
            .read(move |tx| match logins::find_step(tx, &ticket)? {
                Some(step) => Ok(Some(agents::agent(tx, step.agent)?.uuid)),
                None => Ok(None),
            })
            .await
    }

    /// The second step of a login: six digits, or a recovery code.
    pub async fn log_in_with_code(&self, ticket: &str, typed: &str, browser: Browser) -> Result<LoggedIn> {
        let (desk, ticket, typed) = (self.clone(), ticket.to_owned(), typed.to_owned());
        let outcome = self
            .store
            .write(move |tx| {
                let Some(step) = logins::find_step(tx, &ticket)? else { return Ok(Err("ticket")) };
                // Counted before it is looked at, and kept although it is wrong: so this transaction answers and does not fail.
                logins::count_try(tx, step.id)?;
                if super::two_factor::accept(&desk, tx, step.agent, &typed)? {
                    logins::end_steps(tx, step.agent)?;
                    return Ok(Ok(open(tx, step.agent, &browser, "second factor")?));
                }
                if step.tries + 1 < limits::LOGIN_CODE_TRIES_MAX {
                    return Ok(Err("code"));
                }
                // Somebody knows the password and not the code: worth a line that stays.
                let agent = agents::agent(tx, step.agent)?;
                audit::append(tx, Some(agent.id), "agent.code_refused", &agent.uuid.to_string(), &json!({ "ip": browser.ip }))?;
                Ok(Err("ticket"))
            })
            .await?;
        outcome.map_err(wrong_code)
    }

    /// Whether somebody who is logged in still knows his password; asked before what could lock him out.
    pub async fn prove_password(&self, session: &AgentSession, password: &Secret) -> Result<()> {
        let id = session.agent.id;
        let stored = self.store.read(move |tx| agents::password_hash(tx, id)).await?;
        match self.verify_password(stored, password).await? {
            true => Ok(()),
            false => Err(Error::forbidden("The present password is not right.").in_field("password")),
        }
    }

    /// Ends a session and its sockets.
    pub async fn log_out(&self, session: &AgentSession) -> Result<()> {
        let (agent, id) = (session.agent.id, session.id);
        self.store.write(move |tx| agents::end_session(tx, agent, id)).await
    }

    /// One's own logged-in browsers, the one used last first.
    pub async fn sessions(&self, session: &AgentSession) -> Result<Vec<Login>> {
        let id = session.agent.id;
        self.store.read(move |tx| logins::all(tx, id)).await
    }

    /// Ends one of one's own sessions, from another device or this one.
    pub async fn end_session(&self, session: &AgentSession, uuid: Uuid) -> Result<()> {
        let agent = session.agent.clone();
        self.store
            .write(move |tx| {
                let id = logins::find(tx, agent.id, uuid)?.ok_or_else(|| Error::not_found("session"))?;
                agents::end_session(tx, agent.id, id)?;
                audit::append(tx, Some(agent.id), "session.ended", &agent.uuid.to_string(), &json!({ "which": "one" }))
            })
            .await
    }

    /// Ends all of one's sessions but this one.
    pub async fn end_other_sessions(&self, session: &AgentSession) -> Result<()> {
        let session = session.clone();
        self.store
            .write(move |tx| {
                agents::end_sessions(tx, session.agent.id, Some(session.id))?;
                audit::append(tx, Some(session.agent.id), "session.ended", &session.agent.uuid.to_string(), &json!({ "which": "others" }))
            })
            .await
    }
}

/// A wrong code and a ticket that is over are one sentence; the field tells our own page where to go on.
pub fn wrong_code(field: &'static str) -> Error {
    Error::unauthorized("The code is not right, or the time for it is over.").in_field(field)
}

/// Opens a session. Whoever was suspended since he proved himself gets none.
fn open(tx: &WriteTx, agent: AgentId, browser: &Browser, proof: &str) -> Result<LoggedIn> {
    let agent = agents::agent(tx, agent)?;
    if agent.suspended_at.is_some() {
        return Err(Error::unauthorized("The e-mail address or the password is not right."));
    }
    let (token, csrf) = (new_token(), new_token());
    let id = logins::insert(tx, agent.id, &token, &csrf, browser)?;
    agents::touch(tx, agent.id)?;
    audit::append(tx, Some(agent.id), "session.opened", &agent.uuid.to_string(), &json!({ "ip": browser.ip, "by": proof }))?;
    Ok(LoggedIn { token, session: AgentSession { id, agent, csrf } })
}
