//! The directory of contacts: profiles, notes, fields, and two who are one.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::http::{Reply, Request};
use crate::store::directory::Place;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Note {
    text: String,
}

#[derive(Deserialize)]
struct Merge {
    into: String,
    #[serde(default)]
    anyway: bool,
}

impl Desks {
    /// `GET /contacts`.
    pub(super) async fn contacts(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let before = request.query("before").filter(|text| !text.is_empty()).map(|text| place(&text)).transpose()?;
        let limit = super::number(request, "limit")?.unwrap_or(50).clamp(1, 100) as u32;
        let (found, next) = self.desk.directory(&agent, &request.query("q").unwrap_or_default(), before, limit).await?;
        let contacts: Vec<Value> = found.iter().map(|contact| wire::contact(&self.desk, contact)).collect();
        Ok(wire::ok(json!({ "contacts": contacts, "next": next.map(|(at, row)| format!("{at}-{row}")) })))
    }

    /// `GET /contacts/{contact}`.
    pub(super) async fn profile(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        Ok(wire::ok(wire::profile(&self.desk, &self.desk.profile(&agent, uuid).await?)))
    }

    /// `GET /contacts/{contact}/duplicates`.
    pub(super) async fn duplicates(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let twins = self.desk.duplicates(&agent, uuid).await?;
        Ok(wire::ok(json!({ "duplicates": twins.iter().map(|twin| wire::twin(&self.desk, twin)).collect::<Vec<_>>() })))
    }

    /// `POST /contacts/{contact}/merge`.
    pub(super) async fn merge(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Merge = request.json().await?;
        let into = super::id(&asked.into, "contact").map_err(|error| error.in_field("into"))?;
        let merged = self.desk.merge_by_agent(&agent, uuid, into, asked.anyway).await?;
        Ok(wire::ok(wire::contact(&self.desk, &merged)))
    }

    /// `GET /contacts/{contact}/notes`.
    pub(super) async fn contact_notes(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        Ok(wire::ok(wire::contact_notes(&self.desk.contact_notes(&agent, uuid).await?)))
    }

    /// `POST /contacts/{contact}/notes`.
    pub(super) async fn add_contact_note(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Note = request.json().await?;
        Ok(wire::ok(wire::contact_notes(&self.desk.add_contact_note(&agent, uuid, &asked.text).await?)))
    }

    /// `PUT /contacts/{contact}/notes/{note}`.
    pub(super) async fn edit_contact_note(&self, mut request: Request, uuid: Uuid, note: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Note = request.json().await?;
        Ok(wire::ok(wire::contact_notes(&self.desk.edit_contact_note(&agent, uuid, note, &asked.text).await?)))
    }

    /// `DELETE /contacts/{contact}/notes/{note}`.
    pub(super) async fn delete_contact_note(&self, request: &Request, uuid: Uuid, note: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        Ok(wire::ok(wire::contact_notes(&self.desk.delete_contact_note(&agent, uuid, note).await?)))
    }

    /// `PUT /contacts/{contact}/fields`.
    pub(super) async fn fill_contact(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let given: Map<String, Value> = request.json().await?;
        Ok(wire::ok(wire::contact(&self.desk, &self.desk.fill_contact(&agent, uuid, given).await?)))
    }

    /// `PUT /conversations/{conversation}/fields`.
    pub(super) async fn fill_conversation(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let given: Map<String, Value> = request.json().await?;
        Ok(wire::ok(json!({ "fields": self.desk.fill_conversation(&agent, uuid, given).await? })))
    }
}

/// Where a page of the directory goes on, as an earlier answer said it.
fn place(text: &str) -> Result<Place> {
    let read = text.split_once('-').and_then(|(at, row)| Some((at.parse().ok()?, row.parse().ok()?)));
    read.ok_or_else(|| Error::invalid("before is what an earlier answer said in next.").in_field("before"))
}
