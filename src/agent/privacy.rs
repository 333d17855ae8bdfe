//! What a person may ask of us: everything that is known, and that it is forgotten. And how long things are kept.

use super::{Desks, number, wire};
use crate::base::error::Result;
use crate::base::files;
use crate::base::id::Uuid;
use crate::http::{Reply, Request, stream};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Erase {
    #[serde(default)]
    confirm: String,
}

impl Desks {
    /// `GET /contacts/{uuid}/erase`: what would go.
    pub(super) async fn would_erase(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let (contact, belongings) = self.desk.would_erase(&session, uuid).await?;
        Ok(wire::ok(json!({ "name": contact.name(), "email": contact.email, "belongings": wire::belongings(&belongings) })))
    }

    /// `POST /contacts/{uuid}/erase`.
    pub(super) async fn erase(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Erase = request.json().await?;
        self.desk.erase_contact(&session, uuid, &asked.confirm).await?;
        Ok(Reply::status(204))
    }

    /// `GET /contacts/{uuid}/export`: everything as a ZIP archive, made while it is sent.
    pub(super) async fn export(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let archive = self.desk.export(&session, uuid).await?;
        let name = format!("person-{}.zip", &uuid.to_string()[..8]);
        Ok(Reply::stream(200, stream::until_end(archive))
            .header("content-type", "application/zip")
            .header("content-disposition", files::content_disposition(&name, false)))
    }

    /// `GET /inboxes/{uuid}/retention`: what timers of so many days would delete now.
    pub(super) async fn overdue(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let (retention, visitors) = (number(request, "retention_days")?.unwrap_or(0), number(request, "visitor_days")?.unwrap_or(0));
        Ok(wire::ok(wire::overdue(&self.desk.overdue(uuid, retention, visitors).await?)))
    }
}
