//! Saved views, and the lists they show.

use super::{Desks, number, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::desk::views::ViewEdit;
use crate::http::{Reply, Request};
use crate::model::agent::AgentSession;
use crate::model::view::View;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewView {
    name: Option<String>,
    filter: Option<Value>,
    audience: Option<String>,
    #[serde(default, deserialize_with = "super::given")]
    team: Option<Option<String>>,
    position: Option<i64>,
}

#[derive(Deserialize)]
struct Try {
    filter: Value,
}

impl Desks {
    /// `GET /views`.
    pub(super) async fn views(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.all_views(&session, None).await
    }

    /// `POST /views`.
    pub(super) async fn create_view(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = read(request.json().await?)?;
        let uuid = self.desk.create_view(&session, edit).await?;
        self.all_views(&session, Some(uuid)).await
    }

    /// `POST /views/try`.
    pub(super) async fn try_view(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Try = request.json().await?;
        let (found, more) = self.desk.preview_view(&session, &asked.filter).await?;
        let conversations: Vec<Value> = found.iter().map(|each| wire::listed(&self.desk, each)).collect();
        Ok(wire::ok(json!({ "conversations": conversations, "more": more })))
    }

    /// `PUT /views/{uuid}`.
    pub(super) async fn edit_view(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = read(request.json().await?)?;
        self.desk.edit_view(&session, uuid, edit).await?;
        self.all_views(&session, Some(uuid)).await
    }

    /// `DELETE /views/{uuid}`.
    pub(super) async fn delete_view(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_view(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `GET /conversations?view=`.
    pub(super) async fn list_view(&self, request: &Request, session: &AgentSession, view: &str) -> Result<Reply> {
        let uuid = super::id(view, "view")?;
        let page = self.desk.list_view(session, uuid, number(request, "before")?, super::conversations::page_size(request)?).await?;
        let conversations: Vec<Value> = page.found.iter().map(|each| wire::listed(&self.desk, each)).collect();
        let next = page.next.map(|seq| seq.to_string());
        Ok(wire::ok_at(page.seq, json!({ "conversations": conversations, "next": next, "counts": wire::counts(&page.counts) })))
    }

    async fn all_views(&self, session: &AgentSession, saved: Option<Uuid>) -> Result<Reply> {
        let (views, whole) = self.desk.views(session).await?;
        let views: Vec<Value> = views.iter().map(|(view, open)| shape(view, *open)).collect();
        Ok(wire::ok(wire::saving(json!({ "views": views, "whole": whole }), saved)))
    }
}

fn shape(view: &View, open: u32) -> Value {
    json!({
        "uuid": view.uuid.to_string(), "name": view.name, "filter": view.filter.to_json(), "audience": view.audience.as_str(),
        "team": view.team.map(|(_, uuid)| uuid.to_string()), "mine": view.mine, "position": view.position, "open": open,
    })
}

fn read(asked: NewView) -> Result<ViewEdit> {
    let team = asked.team.map(|team| team.map(|text| super::id(&text, "team")).transpose()).transpose()?;
    Ok(ViewEdit { name: asked.name, filter: asked.filter, audience: asked.audience, team, position: asked.position })
}
