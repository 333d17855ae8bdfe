//! Floor 5: the visitors' door. Libredesk's widget protocol, native, with the additions of README.md here. Translates, authorises,
//! calls one desk verb.

pub mod availability;
pub mod conversations;
pub mod csat;
pub mod guard;
pub mod html;
pub mod identify;
mod links;
pub mod media;
pub mod pages;
pub mod plain;
mod plain_page;
pub mod polls;
pub mod reports;
pub mod session;
pub mod sign_in;
pub mod socket;
pub mod throttles;
pub mod uploads;
pub mod wire;

use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::Desk;
use crate::http::{Reply, Request};
use std::path::PathBuf;
use std::sync::Arc;

/// The door and what it needs. Cloning shares it.
#[derive(Clone)]
pub struct Widget {
    /// The house.
    pub desk: Desk,
    /// Who asks too often.
    pub throttles: Arc<throttles::Throttles>,
    /// Public address, if configured.
    pub base_url: Option<String>,
    /// A custom front end's folder, in place of our widget.
    pub widget_dir: Option<PathBuf>,
}

impl Widget {
    /// All routes below `/api/v1/widget/`. `path` is what follows, split at slashes.
    pub async fn api(&self, request: Request, path: &[&str]) -> Reply {
        if request.method == hyper::Method::OPTIONS {
            return session::preflight();
        }
        let request_id = request.request_id.clone();
        let (ip, token) = (request.client_ip, request.bearer().map(str::to_owned));
        let answered = self.route(request, path).await;
        let (limit, left) = self.throttles.standing(&self.desk, ip, token.as_deref());
        let reply = session::with_cors(answered.unwrap_or_else(|error| {
            if let Some(cause) = &error.cause {
                log::error!("widget call failed request={request_id} error=\"{}\" cause=\"{cause}\"", error.message);
            }
            wire::failure(&error, &request_id)
        }));
        let reset = self.desk.clock.now() / 1000 + 60;
        reply
            .header("x-ratelimit-limit", limit.to_string())
            .header("x-ratelimit-remaining", left.to_string())
            .header("x-ratelimit-reset", reset.to_string())
    }

    async fn route(&self, request: Request, path: &[&str]) -> Result<Reply> {
        let method = request.method.clone();
        match (method.as_str(), path) {
            ("GET", ["chat", "settings", "launcher"]) => self.launcher(request).await,
            ("GET", ["chat", "settings"]) => self.settings(request).await,
            ("POST", ["chat", "auth", "exchange"]) => self.exchange(request).await,
            ("POST", ["chat", "auth", "identify"]) => self.identify(request).await,
            ("POST", ["chat", "auth", "identify", "resend"]) => self.identify_again(request).await,
            ("POST", ["chat", "auth", "identify", "code"]) => self.identify_code(request).await,
            ("POST", ["chat", "auth", "link"]) => self.open_link(request).await,
            ("GET", ["chat", "auth", "me"]) => self.me(request).await,
            ("PUT", ["chat", "auth", "me"]) => self.tell_me(request).await,
            ("POST", ["chat", "auth", "logout"]) => self.logout(request).await,
            ("POST", ["chat", "conversations", "init"]) => self.init(request).await,
            ("GET", ["chat", "conversations"]) => self.list(request).await,
            ("GET", ["chat", "conversations", uuid]) => self.open(request, conversation_id(uuid)?).await,
            ("POST", ["chat", "conversations", uuid, "message"]) => self.send(request, conversation_id(uuid)?).await,
            ("POST", ["chat", "conversations", uuid, "update-last-seen"]) => self.seen(request, conversation_id(uuid)?).await,
            ("POST", ["chat", "conversations", uuid, "transcript"]) => self.transcript(request, conversation_id(uuid)?).await,
            ("POST", ["chat", "conversations", uuid, "close"]) => self.close(request, conversation_id(uuid)?).await,
            ("POST", ["chat", "reports"]) => self.report(request).await,
            ("GET", ["chat", "changes"]) => self.changes(request).await,
            ("POST", ["media", "upload"]) => self.upload(request).await,
            _ if is_known(path) => Ok(wrong_method()),
            _ => Err(Error::not_found("address")),
        }
    }
}

/// An id that is not even a uuid names nothing: the same answer as for a missing one.
fn conversation_id(text: &str) -> Result<Uuid> {
    Uuid::parse(text).ok_or_else(|| Error::not_found("conversation"))
}

fn is_known(path: &[&str]) -> bool {
    matches!(
        path,
        ["chat", "settings"]
            | ["chat", "settings", "launcher"]
            | ["chat", "auth", "exchange" | "me" | "logout" | "identify" | "link"]
            | ["chat", "auth", "identify", "resend" | "code"]
            | ["chat", "conversations" | "changes" | "reports"]
            | ["chat", "conversations", _]
            | ["chat", "conversations", _, "message" | "update-last-seen" | "close" | "transcript"]
            | ["media", "upload"]
    )
}

fn wrong_method() -> Reply {
    let words = "This address does not answer to this method.";
    Reply::json(405, &serde_json::json!({ "status": "error", "message": words, "data": null, "error_type": "GeneralException" }))
}
