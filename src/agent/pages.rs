//! The page of the agents' app: one page for every address below `/desk`.

use super::Desks;
use crate::http::assets;
use crate::http::{Reply, Request};

/// What the desk's page may load: itself, and pictures that people sent or linked as logos. Nobody may frame it (security row 47).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob: https: http:; \
                      media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

impl Desks {
    /// `GET /desk/sw.js` and what else makes the desk an app one can install. These have names that stay, because browsers remember them.
    pub fn app_file(&self, request: &Request, path: &str) -> Reply {
        let name = path.rsplit('/').next().unwrap_or_default();
        let asset = if name == "manifest.webmanifest" { "desk/manifest.json".to_owned() } else { format!("desk/{name}") };
        let reply = assets::reply(request, &asset, assets::Caching::Revalidate);
        match name {
            // The worker lies below the address that it serves.
            "sw.js" => reply.header("service-worker-allowed", format!("{}/desk", self.desk.base_path())),
            _ => reply,
        }
    }

    /// `GET /desk…`.
    pub fn page(&self, request: &Request) -> Reply {
        let Some(page) = assets::find("desk/index.html") else {
            return Reply::bytes(500, "text/plain; charset=utf-8", "The desk's page is missing from this build.\n");
        };
        let base = self.base_url.as_deref().and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
        let base = base.find('/').map_or("", |at| &base[at..]);
        let page = String::from_utf8_lossy(&page.plain()).replace("{{hash}}", assets::tree_hash()).replace("{{base}}", base);
        assets::page(request, page).header("content-security-policy", POLICY).header("x-frame-options", "DENY")
    }
}
