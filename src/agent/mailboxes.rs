//! Mailboxes: set up, tried out, removed. Passwords come in and never go out.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::secret::Secret;
use crate::desk::mailbox_trials::What;
use crate::desk::mailboxes::{Listed, MailboxEdit};
use crate::http::{Reply, Request};
use crate::mail::probe::Finding;
use crate::model::agent::AgentSession;
use crate::model::mailbox::{Health, Mailbox};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Edit {
    name: Option<String>,
    enabled: Option<bool>,
    is_default: Option<bool>,
    #[serde(default)]
    config: Map<String, Value>,
    smtp_password: Option<String>,
    imap_password: Option<String>,
}

#[derive(Deserialize)]
struct Trial {
    uuid: Option<String>,
    what: String,
    to: Option<String>,
    #[serde(flatten)]
    edit: Edit,
}

impl Edit {
    fn into_edit(self) -> MailboxEdit {
        MailboxEdit {
            name: self.name,
            enabled: self.enabled,
            is_default: self.is_default == Some(true),
            config: self.config,
            smtp_password: self.smtp_password.map(Secret::new),
            imap_password: self.imap_password.map(Secret::new),
        }
    }
}

impl Desks {
    /// `GET /mailboxes`.
    pub(super) async fn mailboxes(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.all_mailboxes(&session, None).await
    }

    /// `POST /mailboxes`.
    pub(super) async fn create_mailbox(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Edit = request.json().await?;
        let made = self.desk.create_mailbox(&session, asked.into_edit()).await?;
        self.all_mailboxes(&session, Some(made)).await
    }

    /// `PUT /mailboxes/{mailbox}`.
    pub(super) async fn edit_mailbox(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Edit = request.json().await?;
        self.desk.edit_mailbox(&session, uuid, asked.into_edit()).await?;
        self.all_mailboxes(&session, Some(uuid)).await
    }

    /// `DELETE /mailboxes/{mailbox}`.
    pub(super) async fn delete_mailbox(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_mailbox(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `POST /mailboxes/test`.
    pub(super) async fn try_mailbox(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Trial = request.json().await?;
        let kept = asked.uuid.as_deref().map(|uuid| super::id(uuid, "mailbox")).transpose()?;
        let what = match asked.what.as_str() {
            "smtp" => What::Smtp,
            "imap" => What::Imap,
            "dns" => What::Dns,
            "mail" => What::Mail(asked.to.unwrap_or_else(|| session.agent.email.clone())),
            _ => return Err(Error::invalid("what is one of smtp, imap, dns, mail.").in_field("what")),
        };
        let found = self.desk.try_mailbox(&session, kept, asked.edit.into_edit(), what).await?;
        Ok(wire::ok(json!({ "findings": found.iter().map(finding).collect::<Vec<_>>() })))
    }

    async fn all_mailboxes(&self, by: &AgentSession, uuid: Option<Uuid>) -> Result<Reply> {
        let all: Vec<Value> = self.desk.mailboxes(by).await?.iter().map(mailbox).collect();
        let mut shape = json!({ "mailboxes": all, "sealed_outside": self.desk.seals_outside() });
        if let Some(uuid) = uuid {
            shape["uuid"] = json!(uuid.to_string());
        }
        Ok(wire::ok(shape))
    }
}

/// What every agent may know of a mailbox: enough for lists and filters.
pub(super) fn name(mailbox: &Mailbox) -> Value {
    json!({ "uuid": mailbox.uuid.to_string(), "name": mailbox.name, "enabled": mailbox.enabled })
}

fn mailbox(listed: &Listed) -> Value {
    let mailbox = &listed.mailbox;
    json!({
        "uuid": mailbox.uuid.to_string(), "name": mailbox.name, "enabled": mailbox.enabled, "is_default": mailbox.is_default,
        "config": mailbox.config, "has_smtp_password": mailbox.has_smtp_password, "has_imap_password": mailbox.has_imap_password,
        "incoming": health(&mailbox.incoming), "outgoing": health(&mailbox.outgoing),
        "inboxes": listed.linked.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn health(health: &Health) -> Value {
    json!({ "worked_at": health.worked_at, "failing_since": health.failing_since, "error": health.error })
}

fn finding(one: &Finding) -> Value {
    json!({ "id": one.id, "ok": one.ok, "title": one.title, "why": one.why, "fix": one.fix })
}
