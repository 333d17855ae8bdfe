//! People on the site right now, and writing first to one of them.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::http::{Reply, Request};
use crate::model::conversation::Listed;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct First {
    body: String,
}

impl Desks {
    /// `GET /visitors`.
    pub(super) async fn visitors(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let all = self.desk.onlookers_for(&agent).await?;
        Ok(wire::ok(json!({ "visitors": all.iter().map(wire::onlooker).collect::<Vec<_>>() })))
    }

    /// `POST /visitors/{visitor}/conversations`.
    pub(super) async fn write_first(&self, mut request: Request, id: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: First = request.json().await?;
        let (conversation, message) = self.desk.write_first(&agent, id, &asked.body).await?;
        let listed = Listed { conversation, unread: 0 };
        Ok(wire::ok(json!({ "conversation": wire::listed(&self.desk, &listed), "message": wire::message(&self.desk, &message) })))
    }
}
