//! The queue, handing over, following, and how an agent works.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::transfers::Transfer;
use crate::http::{Reply, Request};
use crate::model::agent::Agent;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewTransfer {
    agent: Option<String>,
    team: Option<String>,
    #[serde(default)]
    note: String,
}

impl Desks {
    /// `GET /queue`.
    pub(super) async fn queue(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let (waiting, wait_s) = self.desk.queue(&agent).await?;
        let waiting = waiting.iter().enumerate().map(|(index, listed)| {
            let since = listed.conversation.queued_at;
            json!({ "conversation": wire::listed(&self.desk, listed), "position": index + 1, "since": since })
        });
        Ok(wire::ok(json!({ "waiting": waiting.collect::<Vec<_>>(), "wait_s": wait_s })))
    }

    /// `POST /queue/next`.
    pub(super) async fn take_next(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let conversation = match self.desk.take_next(&agent).await? {
            Some(uuid) => wire::listed(&self.desk, &self.desk.listed(&agent, uuid).await?),
            None => Value::Null,
        };
        Ok(wire::ok(json!({ "conversation": conversation })))
    }

    /// `GET /conversations?box=queue` and `box=followed`.
    pub(super) async fn list_apart(&self, request: &Request, which: &str) -> Result<Reply> {
        let agent = self.who(request)?;
        let found = match which {
            "queue" => self.desk.queue(&agent).await?.0,
            _ => self.desk.followed(&agent).await?,
        };
        let conversations: Vec<Value> = found.iter().map(|each| wire::listed(&self.desk, each)).collect();
        let (counts, seq) = self.desk.counts(&agent).await?;
        Ok(wire::ok_at(seq, json!({ "conversations": conversations, "next": null, "counts": wire::counts(&counts) })))
    }

    /// `POST /conversations/{uuid}/transfer`.
    pub(super) async fn transfer(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewTransfer = request.json().await?;
        let to = match (asked.agent, asked.team) {
            (Some(agent), None) => Transfer::Agent(super::id(&agent, "agent")?),
            (None, Some(team)) => Transfer::Team(super::id(&team, "team")?),
            _ => return Err(Error::invalid("Say to whom: agent or team, one of them.").in_field("agent")),
        };
        let conversation = self.desk.transfer(&agent, uuid, to, &asked.note).await?;
        Ok(wire::ok(json!({ "conversation": wire::conversation(&self.desk, &conversation) })))
    }

    /// `PUT /conversations/{uuid}/follow` and `DELETE`.
    pub(super) async fn follow(&self, request: &Request, uuid: Uuid, follows: bool) -> Result<Reply> {
        let agent = self.who(request)?;
        self.desk.follow(&agent, uuid, follows).await?;
        Ok(Reply::status(204))
    }

    /// The agent as he sees himself.
    pub(super) fn shown_me(&self, agent: &Agent) -> Reply {
        wire::ok(wire::me(&self.desk, agent))
    }
}
