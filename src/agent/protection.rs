//! Who is shut out, and what waits in quarantine.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::bans::NewTarget;
use crate::http::{Reply, Request};
use crate::model::agent::AgentSession;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct NewBan {
    contact: Option<String>,
    conversation: Option<String>,
    email: Option<String>,
    days: Option<i64>,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Verdict {
    quarantine: Option<String>,
}

impl Desks {
    /// `GET /bans`.
    pub(super) async fn bans(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        self.all_bans(&agent, None).await
    }

    /// `POST /bans`.
    pub(super) async fn ban(&self, mut request: Request) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewBan = request.json().await?;
        let target = match (asked.contact, asked.conversation, asked.email) {
            (Some(uuid), None, None) => NewTarget::Contact(super::id(&uuid, "contact")?),
            (None, Some(uuid), None) => NewTarget::Conversation(super::id(&uuid, "conversation")?),
            (None, None, Some(address)) => NewTarget::Email(address),
            _ => return Err(Error::invalid("Say whom: contact, conversation (its network) or email; one of them.").in_field("contact")),
        };
        let made = self.desk.ban(&agent, target, asked.days, &asked.reason).await?;
        self.all_bans(&agent, Some(made)).await
    }

    /// `DELETE /bans/{ban}`.
    pub(super) async fn lift_ban(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        self.desk.lift_ban(&agent, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `PUT /conversations/{conversation}/quarantine`.
    pub(super) async fn judge(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Verdict = request.json().await?;
        let is_spam = match asked.quarantine.as_deref() {
            None => false,
            Some("spam") => true,
            Some(_) => return Err(Error::invalid("quarantine is spam or null.").in_field("quarantine")),
        };
        self.desk.judge(&agent, uuid, is_spam).await?;
        let listed = self.desk.listed(&agent, uuid).await?;
        Ok(wire::ok(json!({ "conversation": wire::listed(&self.desk, &listed) })))
    }

    async fn all_bans(&self, by: &AgentSession, made: Option<Uuid>) -> Result<Reply> {
        Ok(wire::ok(wire::all_bans(&self.desk.bans(by).await?, made)))
    }
}
