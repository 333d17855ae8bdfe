//! Floor 6: one match on method and path that chooses a door. One route, one line.

use crate::agent::Desks;
use crate::base::error::Error;
use crate::demo::Shop;
use crate::http::assets::{self, Caching};
use crate::http::{Reply, Request};
use crate::watch::Watch;
use crate::widget::{Widget, wire};
use serde_json::{Value, json};

/// All doors. Cloning shares them.
#[derive(Clone)]
pub struct Router {
    /// The visitors' door.
    pub widget: Widget,
    /// The agents' door.
    pub desks: Desks,
    /// The door for machines.
    pub watch: Watch,
    /// The demo's shop; only `deskbell demo` has one.
    pub shop: Option<Shop>,
    /// The sub-path under which a proxy may pass requests on unchanged: "" or "/support".
    pub base_path: String,
}

impl Router {
    /// Answers a request.
    pub async fn answer(self, request: Request) -> Reply {
        let path = request.path.strip_prefix(&self.base_path).filter(|rest| rest.starts_with('/')).unwrap_or(&request.path).to_owned();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let method = request.method.clone();
        match (method.as_str(), segments.as_slice()) {
            (_, ["api", "v1", "widget", rest @ ..]) => self.widget.api(request, rest).await,
            ("POST", ["api", "desk", "inboxes", uuid, "preview"]) => self.preview(request, uuid).await,
            (_, ["api", "desk", rest @ ..]) => self.desks.api(request, rest).await,
            ("GET", ["api", "v1", "lang"]) => self.widget.languages(),
            ("GET", ["api", "v1", "lang", code]) => self.widget.language(&request, code).await,
            ("POST", ["api", "v1", "csat", uuid, "response"]) => self.widget.csat_response(request, uuid).await,
            ("GET", ["csat", uuid] | ["csat", uuid, "widget"]) => self.widget.csat_page(&request, uuid).await,
            ("POST", ["csat", uuid]) => self.widget.csat_form(request, uuid).await,
            ("GET", ["widget", "ws"]) => {
                let id = request.request_id.clone();
                self.widget.socket(request).unwrap_or_else(|error| wire::failure(&error, &id))
            }
            ("GET", ["desk", "ws"]) => {
                let id = request.request_id.clone();
                self.desks.socket(request).await.unwrap_or_else(|error| crate::agent::wire::failure(&error, &id, None))
            }
            ("GET", ["transcript-key"]) => self.desks.transcript_key(&request, false).await,
            ("GET", ["transcript-key.json"]) => self.desks.transcript_key(&request, true).await,
            ("GET", ["chat", uuid]) => self.widget.chat_page(&request, uuid).await,
            ("GET", ["chat", uuid, "plain"]) => self.widget.plain(request, uuid).await,
            ("POST", ["chat", uuid, "plain"]) => self.widget.plain(request, uuid).await,
            ("GET", ["widget"]) => self.widget.page(&request).await,
            ("GET", ["widget.js"]) => self.widget.loader(&request).await,
            ("GET", ["w", file]) => self.widget.snippet(&request, file).await,
            // Embed codes of others, verbatim but for the host: thin shims over our own loader.
            ("GET", ["static", "widgets", "v1", "seggwat-feedback.js"]) => assets::reply(&request, "embed/seggwat.js", Caching::Revalidate),
            ("GET", [locale, "chat", "widget.js"]) if is_locale(locale) => {
                assets::reply(&request, "embed/supportpal.js", Caching::Revalidate)
            }
            ("GET", ["tracking.js"]) => assets::reply(&request, "embed/livechat.js", Caching::Revalidate),
            ("GET", ["widget", "assets", rest @ ..]) => self.widget.custom_file(&request, "assets", &rest.join("/")).await,
            ("GET", ["static", "public", rest @ ..]) => self.widget.custom_file(&request, "public", &rest.join("/")).await,
            ("GET", ["a", rest @ ..]) => assets::reply_hashed(&request, &rest.join("/")),
            ("GET", ["uploads", name]) => self.widget.file(&request, name).await,
            ("GET", ["desk", "sw.js"] | ["desk", "manifest.webmanifest"]) => self.desks.app_file(&request, &path),
            ("GET", ["desk", "icon-192.png"] | ["desk", "icon-512.png"]) => self.desks.app_file(&request, &path),
            ("GET", ["desk"] | ["desk", ..]) => self.desks.page(&request),
            ("GET", ["healthz"]) => self.watch.alive(),
            ("GET", ["readyz"]) => self.watch.ready().await,
            ("GET", ["metrics"]) => self.watch.metrics(&request).await,
            ("GET", ["health"]) => self.health().await,
            ("GET", [""]) => Reply::status(302).header("location", format!("{}/desk", self.base_path)),
            ("GET", ["favicon.ico"]) => assets::reply(&request, "desk/favicon.svg", Caching::Revalidate),
            ("GET", ["robots.txt"]) => Reply::bytes(200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n"),
            (_, ["demo", rest @ ..]) => match &self.shop {
                Some(shop) => shop.answer(request.method == hyper::Method::GET, &request, rest),
                None => nothing_here(&request),
            },
            ("GET" | "POST" | "OPTIONS", _) => nothing_here(&request),
            _ => wire::failure(&Error::invalid("This address does not answer to this method."), &request.request_id),
        }
    }

    /// `POST /api/desk/inboxes/{uuid}/preview`: who may ask is the desk's door to say, what visitors would see is the widget's.
    async fn preview(&self, mut request: Request, uuid: &str) -> Reply {
        let shown = async {
            let draft = self.desks.draft(&mut request, uuid).await?;
            let (settings, words) = self.widget.preview(&request, &draft.inbox, draft.lang.as_deref()).await?;
            Ok::<_, Error>(json!({ "settings": settings, "words": words, "problems": draft.problems }))
        };
        match shown.await {
            Ok(shown) => assets::json(&request, 200, &shown),
            Err(error) => self.desks.failure(&error, &request.request_id),
        }
    }

    /// `GET /health`: true only when the disk can be read.
    async fn health(&self) -> Reply {
        match self.widget.desk.seq().await {
            Ok(_) => Reply::json(200, &json!({ "status": "success", "data": true })),
            Err(error) => wire::failure(&error, ""),
        }
    }
}

/// A language code as it stands in an address: `en`, `pt-br`.
fn is_locale(segment: &str) -> bool {
    let (language, region) = segment.split_once(['-', '_']).unwrap_or((segment, "xx"));
    [language, region].iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn nothing_here(request: &Request) -> Reply {
    if request.header("accept").is_some_and(|accept| accept.contains("text/html")) {
        return Reply::html(404, "<!doctype html><meta charset=utf-8><title>Not found</title><p>There is nothing at this address.</p>")
            .header("content-security-policy", "default-src 'none'");
    }
    let body: Value =
        json!({ "status": "error", "message": "There is nothing at this address.", "data": null, "error_type": "GeneralException" });
    Reply::json(404, &body)
}
