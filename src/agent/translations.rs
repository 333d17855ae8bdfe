//! Words of an inbox in every language, and the icons to choose from.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::desk::icons;
use crate::desk::translations::Changes;
use crate::http::{Reply, Request, assets};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Texts {
    texts: Changes,
}

impl Desks {
    /// `GET /inboxes/{uuid}/translations?locale=`.
    pub(super) async fn translations(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let locale = request.query("locale").filter(|code| !code.is_empty());
        let (locales, sentences) = self.desk.translations(&session, uuid, locale.as_deref()).await?;
        Ok(assets::json(request, 200, &wire::translations(&locales, &sentences)))
    }

    /// `PUT /inboxes/{uuid}/translations/{locale}`.
    pub(super) async fn translate(&self, mut request: Request, uuid: Uuid, locale: &str) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Texts = request.json().await?;
        let (locales, sentences) = self.desk.translate(&session, uuid, locale, asked.texts).await?;
        Ok(assets::json(&request, 200, &wire::translations(&locales, &sentences)))
    }

    /// `GET /icons?q=` and `GET /icons?names=`.
    pub(super) async fn icons(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        let found = match request.query("names") {
            Some(names) => icons::named(names.split(',')),
            None => icons::search(&request.query("q").unwrap_or_default()),
        };
        let icons: Vec<_> = found.iter().map(|icon| json!({ "name": icon.name, "d": icon.paths })).collect();
        Ok(assets::json(request, 200, &json!({ "icons": icons })))
    }
}
