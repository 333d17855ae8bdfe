//! Notices of the caller: a list, and what he read.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::http::{Reply, Request};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    uuids: Vec<String>,
    #[serde(default)]
    all: bool,
    conversation: Option<String>,
}

impl Desks {
    /// `GET /notices`.
    pub(super) async fn notices(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let before = request.query("before").map(|text| super::id(&text, "notice")).transpose()?;
        let (notices, unread) = self.desk.notices(&agent, before).await?;
        Ok(wire::ok(json!({ "notices": notices.iter().map(wire::notice).collect::<Vec<_>>(), "unread": unread })))
    }

    /// `PUT /notices/read`.
    pub(super) async fn read_notices(&self, mut request: Request) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Read = request.json().await?;
        if asked.all || asked.conversation.is_some() {
            let conversation = asked.conversation.map(|text| super::id(&text, "conversation")).transpose()?;
            self.desk.read_all_notices(&agent, conversation).await?;
            return Ok(Reply::status(204));
        }
        if asked.uuids.len() > limits::NOTICES_PAGE as usize {
            return Err(Error::invalid(format!("At most {} at once.", limits::NOTICES_PAGE)).in_field("uuids"));
        }
        let uuids = asked.uuids.iter().map(|text| super::id(text, "notice")).collect::<Result<Vec<Uuid>>>()?;
        self.desk.read_notices(&agent, uuids).await?;
        Ok(Reply::status(204))
    }
}
