//! What concerns the house as a whole: its settings.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::http::{Reply, Request};
use serde_json::{Map, Value, json};

impl Desks {
    /// `GET /house`.
    pub(super) async fn house(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        Ok(wire::ok(json!({ "house": self.desk.house().await? })))
    }

    /// `PUT /house`.
    pub(super) async fn edit_house(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let changes: Map<String, Value> = request.json().await?;
        Ok(wire::ok(json!({ "house": self.desk.edit_house(&session, changes).await? })))
    }
}
