//! What a person may ask of us: everything that is known, and that it is forgotten. And how long things are kept.

use super::{Desks, number, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::http::{Reply, Request};
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
        let session = self.agent(request).await?;
        session.may(crate::model::access::Permission::Erase)?;
        let (contact, belongings) = self.desk.would_erase(&session, uuid).await?;
        Ok(wire::ok(json!({ "name": contact.name(), "email": contact.email, "belongings": belongings })))
    }

    /// `POST /contacts/{uuid}/erase`.
    pub(super) async fn erase(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.agent(&request).await?;
        session.may(crate::model::access::Permission::Erase)?;
        let asked: Erase = request.json().await?;
        self.desk.erase_contact(&session, uuid, &asked.confirm).await?;
        Ok(Reply::status(204))
    }

    /// `GET /inboxes/{uuid}/retention`: what timers of so many days would delete now.
    pub(super) async fn overdue(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.agent(request).await?;
        let (retention, visitors) = (number(request, "retention_days")?.unwrap_or(0), number(request, "visitor_days")?.unwrap_or(0));
        Ok(wire::ok(json!(self.desk.overdue(&session, uuid, retention, visitors).await?)))
    }
}
