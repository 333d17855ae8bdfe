//! The log of who did what: pages of it, and whether its chain is whole.

use super::{Desks, number, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::text;
use crate::http::{Reply, Request};
use crate::store::audit::{Break, Entry, Wanted};
use serde_json::{Value, json};

impl Desks {
    /// `GET /audit?before=&agent=&action=&from=&to=`.
    pub(super) async fn audit(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let agent = request.query("agent").filter(|text| !text.is_empty());
        let nobody = agent.as_deref() == Some("nobody");
        let agent = match agent.filter(|_| !nobody) {
            Some(text) => Some(Uuid::parse(&text).ok_or_else(|| Error::invalid("agent is a uuid, or nobody.").in_field("agent"))?),
            None => None,
        };
        let action = request.query("action").map(|text| text::clean_line(&text, 60)).filter(|text| !text.is_empty());
        let (before, from, to) = (number(request, "before")?, number(request, "from")?, number(request, "to")?);
        let (entries, more) = self.desk.audit(&session, Wanted { before, agent, nobody, action, from, to }).await?;
        let next = if more { entries.last().map(|entry| entry.id) } else { None };
        Ok(wire::ok(json!({ "entries": entries.iter().map(entry).collect::<Vec<_>>(), "next": next })))
    }

    /// `GET /audit/check`.
    pub(super) async fn check_audit(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let verdict = self.desk.check_audit(&session).await?;
        let broken = verdict.broken.map(|broken| match broken {
            Break::At { id, at } => json!({ "entry": id, "at": at, "missing_end": false }),
            Break::End { id } => json!({ "entry": id, "at": null, "missing_end": true }),
        });
        let head: String = verdict.head.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(wire::ok(json!({ "whole": broken.is_none(), "entries": verdict.entries, "head": head, "broken": broken })))
    }
}

fn entry(entry: &Entry) -> Value {
    json!({
        "id": entry.id, "at": entry.at, "agent": entry.agent.as_ref().map(wire::agent_ref), "action": entry.action,
        "subject": entry.subject, "subject_name": entry.subject_name, "detail": entry.detail,
    })
}
