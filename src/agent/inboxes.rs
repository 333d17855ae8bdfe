//! Inboxes and their settings, secrets and the page that checks tokens.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::desk::identity::Kind;
use crate::desk::inboxes::InboxEdit;
use crate::http::multipart::{FormLimits, Part};
use crate::http::{Reply, Request};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::inbox::Inbox;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct Edit {
    name: Option<String>,
    enabled: Option<bool>,
    #[serde(default)]
    config: Map<String, Value>,
}

#[derive(Deserialize)]
struct Preview {
    #[serde(default)]
    config: Map<String, Value>,
    lang: Option<String>,
}

/// An inbox that is not saved.
pub struct Draft {
    /// As it would be.
    pub inbox: Inbox,
    /// In which language it is to be shown.
    pub lang: Option<String>,
    /// Changes that were left out, and why.
    pub problems: Vec<Value>,
}

#[derive(Deserialize)]
struct TokenCheck {
    token: String,
    dialect: Option<String>,
    #[serde(default)]
    email: String,
}

impl Desks {
    /// `GET /inboxes`: everything for admins, names for the others (security row 17). Of mailboxes only the names: their settings are `GET /mailboxes`.
    pub(super) async fn inboxes(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let base = self.base(request);
        let all = self.desk.inboxes().await?;
        let shown: Vec<Value> = match session.agent.rights.permissions.has(Permission::Settings) {
            true => all.iter().map(|inbox| wire::inbox(inbox, &base)).collect(),
            false => all.iter().map(wire::inbox_name).collect(),
        };
        let mailboxes: Vec<Value> = self.desk.mailbox_names().await?.iter().map(super::mailboxes::name).collect();
        Ok(wire::ok(json!({ "inboxes": shown, "mailboxes": mailboxes })))
    }

    /// `POST /inboxes`.
    pub(super) async fn create_inbox(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Edit = request.json().await?;
        let edit = InboxEdit { name: asked.name, enabled: None, config: asked.config };
        let inbox = self.desk.create_inbox(&session, edit).await?;
        Ok(wire::ok(json!({ "inbox": wire::inbox(&inbox, &self.base(&request)) })))
    }

    /// `PUT /inboxes/{uuid}`.
    pub(super) async fn edit_inbox(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Edit = request.json().await?;
        let edit = InboxEdit { name: asked.name, enabled: asked.enabled, config: asked.config };
        let inbox = self.desk.edit_inbox(&session, uuid, edit).await?;
        Ok(wire::ok(json!({ "inbox": wire::inbox(&inbox, &self.base(&request)) })))
    }

    /// First half of `POST /inboxes/{uuid}/preview`: the inbox as it would be. How visitors see that is the other door's to say.
    pub async fn draft(&self, request: &mut Request, uuid: &str) -> Result<Draft> {
        let session = self.agent(request).await?;
        let uuid = super::id(uuid, "inbox")?;
        let asked: Preview = request.json().await?;
        let (inbox, problems) = self.desk.draft_inbox(&session, uuid, asked.config).await?;
        Ok(Draft { inbox, lang: asked.lang, problems: problems.iter().map(wire::problem).collect() })
    }

    /// `POST /inboxes/{uuid}/secret`.
    pub(super) async fn rotate_secret(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let secret = self.desk.rotate_secret(&session, uuid).await?;
        Ok(wire::ok(json!({ "secret": secret.reveal() })))
    }

    /// `DELETE /inboxes/{uuid}/secret`.
    pub(super) async fn remove_secret(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.remove_secret(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `POST /inboxes/{uuid}/token-check`: says precisely what is wrong with a token, to admins only. Changes nothing.
    pub(super) async fn check_token(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.admin(&request)?;
        let asked: TokenCheck = request.json().await?;
        let inbox = self.desk.inbox_for_agent(uuid).await?;
        let kind = match asked.dialect.as_deref() {
            None | Some("libredesk") => Kind::Libredesk,
            Some("seggwat") => Kind::Seggwat,
            Some("supportpal") => Kind::Supportpal { email: asked.email, first_name: String::new(), last_name: String::new() },
            Some(_) => return Err(Error::invalid("dialect is one of libredesk, seggwat, supportpal.").in_field("dialect")),
        };
        log::info!("token checked inbox={uuid} agent={}", session.agent.uuid);
        Ok(wire::ok(match self.desk.verify_token(&inbox, &kind, asked.token.trim()) {
            Ok(claims) => json!({
                "ok": true, "warnings": claims.warnings,
                "claims": {
                    "key": claims.key, "email": claims.email, "first_name": claims.first_name, "last_name": claims.last_name,
                    "attributes": claims.attributes, "exp": claims.expires_at_s, "iat": claims.issued_at_s,
                },
            }),
            Err(error) => json!({ "ok": false, "message": error.message, "claim": error.field }),
        }))
    }

    /// `POST /inboxes/{uuid}/logo`.
    pub(super) async fn upload_logo(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        self.admin(&request)?;
        let inbox = self.desk.inbox_for_agent(uuid).await?;
        let mut form = request.multipart(FormLimits {
            parts_max: 4,
            text_bytes_max: 1024,
            file_bytes_max: limits::LOGO_BYTES_MAX + 1,
            total_bytes_max: limits::LOGO_BYTES_MAX + 64 * 1024,
        })?;
        while let Some(part) = form.next().await? {
            let Part::File(mut file) = part else { continue };
            let allowed = ["png", "jpg", "jpeg", "webp", "gif"].map(str::to_owned);
            let name = file.file_name.clone();
            let logo = self.desk.take_file(&name, limits::LOGO_BYTES_MAX, &allowed, &mut *file).await?;
            return Ok(wire::ok(json!({ "url": self.desk.keep_logo(inbox.id, logo).await? })));
        }
        Err(Error::invalid("There is no file in the field \"files\".").in_field("files"))
    }

    fn admin(&self, request: &Request) -> Result<Arc<AgentSession>> {
        let session = self.who(request)?;
        session.may(Permission::Settings)?;
        Ok(session)
    }
}
