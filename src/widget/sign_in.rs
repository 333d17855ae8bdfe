//! Settings and sessions (protocol 2.1, 2.2, 2.4, 2.5).

use super::Widget;
use super::session::{Caller, Visitor};
use super::wire;
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::desk::identity::Kind;
use crate::desk::words::Words;
use crate::http::{Reply, Request, assets};
use crate::model::inbox::Inbox;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Exchange {
    #[serde(default)]
    jwt: String,
    #[serde(default)]
    dialect: Option<String>,
    #[serde(default)]
    email: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
}

impl Widget {
    /// `GET settings/launcher` (2.1): what the launcher needs, for any page that may show it.
    pub(super) async fn launcher(&self, request: Request) -> Result<Reply> {
        let Caller { inbox } = self.caller(&request).await?;
        self.throttles.call(&self.desk, &request, None)?;
        self.note_site(&inbox, &request).await;
        let words = self.words(&inbox, &request).await?;
        let config = words.config(&inbox.config);
        let mut shape = wire::launcher(&config, &self.base(&request), self.launcher_hidden(&inbox).await?);
        if let Some(labels) = wire::labels(&words) {
            shape["labels"] = labels;
        }
        Ok(wire::success(shape))
    }

    /// `GET settings` (2.2): the whole public configuration.
    pub(super) async fn settings(&self, request: Request) -> Result<Reply> {
        let Caller { inbox } = self.caller(&request).await?;
        self.throttles.call(&self.desk, &request, None)?;
        let words = self.words(&inbox, &request).await?;
        self.desk.watch_over(&inbox).await?;
        let settings = self.public_settings(&inbox, &words, &self.base(&request)).await?;
        // Public and the same for everybody, so its compressed length tells nothing.
        let reply = assets::json(&request, 200, &json!({ "status": "success", "data": settings }));
        Ok(reply.header("x-deskbell-seq", self.desk.seq().await?.to_string()))
    }

    /// What a preview shows instead of asking: the settings of an inbox as it would be, and its words.
    pub async fn preview(&self, request: &Request, inbox: &Inbox, lang: Option<&str>) -> Result<(Value, Value)> {
        let words = self.desk.words(inbox, lang, request.header("accept-language")).await?;
        let settings = self.public_settings(inbox, &words, &self.base(request)).await?;
        Ok((settings, json!(words.all())))
    }

    async fn public_settings(&self, inbox: &Inbox, words: &Words, base: &str) -> Result<Value> {
        let team = self.desk.team_online().await?;
        let limits = json!({
            "message_chars": limits::MESSAGE_CHARS_MAX, "file_bytes": limits::FILE_BYTES_MAX,
            "files_per_message": limits::FILES_PER_MESSAGE_MAX, "extensions": inbox.config.file_extensions,
        });
        let mut settings = wire::settings(inbox, &wire::Around { base, words, team: &team, limits, can_mail: self.desk.has_mailbox() });
        self.lay_availability(&mut settings, inbox).await?;
        Ok(settings)
    }

    /// `POST auth/exchange` (2.4): a customer's token for a session.
    pub(super) async fn exchange(&self, mut request: Request) -> Result<Reply> {
        let Caller { inbox } = self.caller(&request).await?;
        self.desk.check_network(request.client_ip)?;
        self.throttles.call(&self.desk, &request, None)?;
        self.throttles.exchange(&self.desk, request.client_ip)?;
        let asked: Exchange = request.json().await?;
        if asked.jwt.is_empty() {
            return Err(Error::invalid("The body needs \"jwt\": the token that your server signed.").in_field("jwt"));
        }
        let kind = match asked.dialect.as_deref() {
            None | Some("libredesk") => Kind::Libredesk,
            Some("seggwat") => Kind::Seggwat,
            Some("supportpal") => Kind::Supportpal { email: asked.email, first_name: asked.first_name, last_name: asked.last_name },
            Some(_) => return Err(Error::invalid("dialect is one of libredesk, seggwat, supportpal.").in_field("dialect")),
        };
        let (token, contact) = self.desk.exchange(&inbox, kind, &asked.jwt).await?;
        Ok(wire::success(json!({ "session_token": token, "user": wire::user(&contact) })))
    }

    /// `GET auth/me` (2.5).
    pub(super) async fn me(&self, request: Request) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        let contact = self.desk.contact_of(&visitor.session).await?;
        Ok(visitor.told(wire::success(wire::user(&contact))))
    }

    /// `POST auth/logout` (decision 15): the session ends here, not only in the browser.
    pub(super) async fn logout(&self, request: Request) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        self.desk.log_out_visitor(&visitor.session).await?;
        Ok(wire::success(Value::Bool(true)))
    }
}

impl Visitor {
    /// Adds the sign that an earlier visitor was merged, exactly when that happened (row 64).
    pub(super) fn told(&self, reply: Reply) -> Reply {
        if self.merged { reply.header("x-libredesk-clear-visitor", "true") } else { reply }
    }
}
