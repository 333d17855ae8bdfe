//! Pages and files around the widget (protocol 2.3, 2.13): the frame's page, the loader, locales, a custom front end's folder.

use super::Widget;
use super::session::{Caller, with_cors};
use super::wire;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::net;
use crate::desk::words::{self, Words};
use crate::http::assets::{self, Caching};
use crate::http::{Reply, Request};
use crate::model::inbox::Inbox;
use serde_json::{Value, json};

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
        let words = self.words(&inbox, request).await?;
        let page = self.app_page(&words, "", None)?;
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; media-src 'self' blob:; \
             font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; {ancestors}"
        );
        Ok(assets::page(request, page).header("content-security-policy", policy).header("referrer-policy", "no-referrer"))
    }

    /// The app's page: in the frame, or on its own under the brand's name. `plain` leads those without scripts to the page that needs none.
    pub(super) fn app_page(&self, words: &Words, title: &str, plain: Option<&str>) -> Result<String> {
        let page = assets::find("widget/index.html").ok_or_else(|| Error::internal("the widget's page is missing"))?;
        let escaped = |text: &str| {
            let mut html = String::new();
            crate::base::markup::escape(text, &mut html);
            html
        };
        let title = if title.is_empty() { words.say("launcher.title") } else { title };
        let noscript = plain.map(|path| format!("<a href=\"{}\">{}</a>", escaped(path), escaped(words.say("plain.noscript"))));
        // What people typed goes in last, so that nothing in it is taken for a placeholder.
        Ok(String::from_utf8_lossy(&page.plain())
            .replace("{{hash}}", assets::tree_hash())
            .replace("{{base}}", &self.base_path())
            .replace("{{lang}}", words.locale())
            .replace("{{dir}}", words.direction())
            .replace("{{noscript}}", &noscript.unwrap_or_default())
            .replace("{{title}}", &escaped(title)))
    }

    /// `GET /w/<inbox uuid or number>.js`: loader and launcher settings in one file, so that a page view costs one request.
    pub async fn snippet(&self, request: &Request, file: &str) -> Reply {
        let name = file.strip_suffix(".js").unwrap_or_default();
        let uuid = match (Uuid::parse(name), name.parse()) {
            (Some(uuid), _) => Ok(uuid),
            (None, Ok(number)) => self.desk.inbox_of_number(number).await,
            (None, Err(_)) => Err(Error::invalid("There is no such inbox, or it is switched off.")),
        };
        let made = match (uuid, self.throttles.snippet(&self.desk, request.client_ip)) {
            (Ok(uuid), Ok(())) => self.make_snippet(request, uuid).await,
            (_, Err(error)) | (Err(error), _) => Err(error),
        };
        let host = self.base_url.is_none().then(|| request.own_origin());
        match made {
            Ok(script) => assets::text_for(request, "text/javascript; charset=utf-8", script, host.as_deref())
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
        self.note_site(&inbox, request).await;
        let loader = assets::find("embed/loader.js").ok_or_else(|| Error::internal("the loader is missing"))?;
        let words = self.words(&inbox, request).await?;
        let mut boot = wire::boot(inbox.uuid, &words.config(&inbox.config), &self.base(request), self.launcher_hidden(&inbox).await?);
        if let Some(labels) = wire::labels(&words) {
            boot["labels"] = labels;
        }
        // `<` never appears, so the text is safe wherever a page puts it.
        let boot = boot.to_string().replace('<', "\\u003c");
        Ok(format!("window.__deskbell_boot={boot};\n{}", String::from_utf8_lossy(&loader.plain())))
    }

    /// Remembers that a site asked for this chat; our own pages are none.
    pub(super) async fn note_site(&self, inbox: &Inbox, request: &Request) {
        let from = request.header("origin").or_else(|| request.header("referer")).and_then(net::Origin::parse);
        if let Some(from) = from.map(|from| from.to_string()).filter(|from| *from != self.own_origin(request)) {
            self.desk.called(inbox, from.split_once("://").map_or(from.as_str(), |(_, host)| host)).await;
        }
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
        let all = assets::find("locales/index.json").and_then(|index| serde_json::from_slice::<Value>(&index.plain()).ok());
        with_cors(wire::success(all.unwrap_or_else(|| json!([]))))
    }

    /// `GET /api/v1/lang/<code>` (2.3): the bare texts; an unknown language is English, silently. With `inbox_id`, in the inbox's own words
    /// and its fallback.
    pub async fn language(&self, request: &Request, code: &str) -> Reply {
        let open = |reply: Reply| reply.header("access-control-allow-origin", "*");
        if request.query("inbox_id").is_none() {
            let file = words::file_of(code).unwrap_or_else(|| "locales/en.json".to_owned());
            return open(assets::reply(request, &file, Caching::Revalidate));
        }
        match self.own_language(request, code).await {
            Ok(sentences) => open(assets::text(request, "application/json", sentences).await),
            Err(error) => with_cors(wire::failure(&error, &request.request_id)),
        }
    }

    async fn own_language(&self, request: &Request, code: &str) -> Result<String> {
        let Caller { inbox } = self.caller(request).await?;
        self.throttles.call(&self.desk, request, None)?;
        let words = self.desk.words(&inbox, Some(code), None).await?;
        serde_json::to_string(&words.all()).map_err(Error::internal)
    }

    /// The words for whoever asks: in the language the page names, the inbox's, or the browser's.
    pub(super) async fn words(&self, inbox: &Inbox, request: &Request) -> Result<Words> {
        self.desk.words(inbox, request.query("lang").as_deref(), request.header("accept-language")).await
    }

    /// The sub-path under which we are reached.
    pub(super) fn base_path(&self) -> String {
        let rest = self.base_url.as_deref().and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        rest.find('/').map_or(String::new(), |at| rest[at..].to_owned())
    }
}
