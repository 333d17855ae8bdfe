//! Pages and files around the widget (protocol 2.3, 2.13): the frame's page, the loader, locales, a custom front end's folder.

use super::Widget;
use super::session::{Caller, with_cors};
use super::wire;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::net;
use crate::http::assets::{self, Caching};
use crate::http::{Reply, Request};
use crate::model::inbox::Inbox;
use serde_json::{Value, json};

/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "he", "fa", "ur"];

impl Widget {
    /// `GET /widget?inbox_id=<uuid>`: the frame's page. Who may frame it is said by the browser's own rule (row 50, security 30, 47).
    pub async fn page(&self, request: &Request) -> Reply {
        match self.frame_page(request).await {
            Ok(reply) => reply,
            Err(error) => wire::failure(&error, &request.request_id),
        }
    }

    async fn frame_page(&self, request: &Request) -> Result<Reply> {
        let Caller { inbox } = self.caller(request).await?;
        let ancestors = net::frame_ancestors(&inbox.access.trusted);
        if let Some(folder) = &self.widget_dir {
            let reply = assets::dir(request, folder, "index.html").await;
            return Ok(reply.header("cache-control", "no-store").header("content-security-policy", ancestors));
        }
        let page = assets::find("widget/index.html").ok_or_else(|| Error::internal("the widget's page is missing"))?;
        let locale = locale_of(&inbox, request.header("accept-language"));
        let page = String::from_utf8_lossy(&page.plain)
            .replace("{{hash}}", assets::tree_hash())
            .replace("{{base}}", &self.base_path())
            .replace("{{lang}}", &locale)
            .replace("{{dir}}", if RIGHT_TO_LEFT.contains(&language(&locale)) { "rtl" } else { "ltr" });
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; media-src 'self' blob:; \
             font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; {ancestors}"
        );
        Ok(assets::page(request, page).header("content-security-policy", policy).header("referrer-policy", "no-referrer"))
    }

    /// `GET /w/<inbox uuid or number>.js`: loader and launcher settings in one file, so that a page view costs one request.
    pub async fn snippet(&self, request: &Request, file: &str) -> Reply {
        let name = file.strip_suffix(".js").unwrap_or_default();
        let uuid = match (Uuid::parse(name), name.parse()) {
            (Some(uuid), _) => Ok(uuid),
            (None, Ok(number)) => self.desk.inbox_of_number(number).await,
            (None, Err(_)) => Err(Error::invalid("There is no such inbox, or it is switched off.")),
        };
        let made = match uuid {
            Ok(uuid) => self.make_snippet(request, uuid).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(script) => assets::text(request, "text/javascript; charset=utf-8", script)
                .await
                .header("vary", "Accept-Encoding, Accept-Language, Referer"),
            // The page must keep working, and its developer must see why nothing appears.
            Err(error) => {
                let words = serde_json::to_string(&format!("deskbell: {}", error.message)).unwrap_or_default();
                Reply::bytes(200, "text/javascript; charset=utf-8", format!("console.error({words});\n"))
                    .header("cache-control", "no-store")
                    .header("cross-origin-resource-policy", "cross-origin")
            }
        }
    }

    async fn make_snippet(&self, request: &Request, uuid: Uuid) -> Result<String> {
        let inbox = self.desk.inbox(uuid).await?;
        if net::contains(&inbox.access.blocked, request.client_ip) {
            return Err(Error::forbidden("This chat is not available from your network."));
        }
        // A script tag sends no Origin, but mostly says from which page it comes.
        super::session::check_origin(&inbox, request.header("referer"), &self.own_origin(request))?;
        let loader = assets::find("embed/loader.js").ok_or_else(|| Error::internal("the loader is missing"))?;
        let mut boot = wire::boot(&inbox, &self.base(request), self.launcher_hidden(&inbox));
        if let Some(labels) = labels(&inbox, request.header("accept-language")) {
            boot["labels"] = labels;
        }
        // `<` never appears, so the text is safe wherever a page puts it.
        let boot = boot.to_string().replace('<', "\\u003c");
        Ok(format!("window.__deskbell_boot={boot};\n{}", String::from_utf8_lossy(&loader.plain)))
    }

    /// `GET /widget.js`: the loader alone; it reads `window.LibredeskSettings`.
    pub async fn loader(&self, request: &Request) -> Reply {
        match &self.widget_dir {
            Some(folder) => assets::dir(request, folder, "widget.js").await,
            None => assets::reply(request, "embed/loader.js", Caching::Revalidate),
        }
    }

    /// `GET /widget/assets/*` and `/static/public/*` of a custom front end; our own widget's files live under `/a/<hash>/`.
    pub async fn custom_file(&self, request: &Request, below: &str, name: &str) -> Reply {
        match &self.widget_dir {
            Some(folder) => assets::dir(request, folder, &format!("{below}/{}", crate::http::request::percent_decode(name))).await,
            None => Reply::bytes(404, "text/plain; charset=utf-8", "There is no such file.\n"),
        }
    }

    /// `GET /api/v1/lang` (2.3), in the envelope.
    pub fn languages(&self) -> Reply {
        let all = assets::find("locales/index.json").and_then(|index| serde_json::from_slice::<Value>(&index.plain).ok());
        with_cors(wire::success(all.unwrap_or_else(|| json!([]))))
    }

    /// `GET /api/v1/lang/<code>` (2.3): the bare texts; an unknown language is English, silently.
    pub fn language(&self, request: &Request, code: &str) -> Reply {
        let file = locale_file(code).unwrap_or_else(|| "locales/en.json".to_owned());
        assets::reply(request, &file, Caching::Revalidate).header("access-control-allow-origin", "*")
    }

    /// The sub-path under which we are reached.
    pub(super) fn base_path(&self) -> String {
        let rest = self.base_url.as_deref().and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        rest.find('/').map_or(String::new(), |at| rest[at..].to_owned())
    }
}

/// The launcher's words in the inbox's language, or the browser's when the inbox says `auto`.
/// `None` for English, which the loader knows by heart: every page view pays for what is said here.
pub fn labels(inbox: &Inbox, accept_language: Option<&str>) -> Option<Value> {
    let locale = locale_of(inbox, accept_language);
    if language(&locale) == "en" {
        return None;
    }
    let texts = |code: &str| {
        let file = locale_file(code)?;
        serde_json::from_slice::<Value>(&assets::find(&file)?.plain).ok()
    };
    let texts = texts(&locale).or_else(|| texts("en")).unwrap_or_default();
    let word = |key: &str| texts.get(format!("launcher.{key}")).cloned().unwrap_or(Value::Null);
    let mut labels = serde_json::Map::new();
    for key in ["open", "close", "unread", "title", "failed"] {
        if let Value::String(text) = word(key) {
            labels.insert(key.into(), text.into());
        }
    }
    Some(Value::Object(labels))
}

/// The locale a visitor gets: the inbox's, or with `auto` the first of the browser's that there is, else the fallback.
fn locale_of(inbox: &Inbox, accept_language: Option<&str>) -> String {
    if inbox.config.language != "auto" {
        return inbox.config.language.clone();
    }
    let mut wanted: Vec<(f32, &str)> = accept_language
        .unwrap_or_default()
        .split(',')
        .take(20)
        .filter_map(|item| {
            let (code, rest) = item.trim().split_once(';').unwrap_or((item.trim(), ""));
            let quality = rest.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            (quality > 0.0 && !code.is_empty()).then_some((quality, code))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let known = wanted.into_iter().map(|(_, code)| code).find(|code| locale_file(code).is_some());
    known.unwrap_or(&inbox.config.fallback_language).to_owned()
}

/// The file of a locale: the whole code, or its language alone. `None` when there is none.
fn locale_file(code: &str) -> Option<String> {
    let plain = (2..=12).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain {
        return None;
    }
    [code, language(code)]
        .into_iter()
        .map(|name| format!("locales/{}.json", name.to_ascii_lowercase()))
        .find(|file| assets::find(file).is_some())
}

fn language(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}
