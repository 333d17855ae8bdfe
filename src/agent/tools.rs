//! What the desk is ordered with: tags, statuses, priorities, and the same done to many conversations at once.

use super::{Desks, given, tools_wire, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::statuses::StatusEdit;
use crate::desk::tags::TagEdit;
use crate::http::{Reply, Request};
use crate::model::action::Action;
use crate::model::conversation::{Priority, Status};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct NewTag {
    name: Option<String>,
    color: Option<String>,
}

#[derive(Deserialize)]
struct Merge {
    into: String,
}

#[derive(Deserialize)]
struct NewStatus {
    name: Option<String>,
    category: Option<String>,
    position: Option<u32>,
}

#[derive(Deserialize)]
struct Tags {
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct NewPriority {
    #[serde(default, deserialize_with = "given")]
    priority: Option<Option<String>>,
}

#[derive(Deserialize)]
struct Bulk {
    conversations: Vec<String>,
    actions: Value,
}

impl Desks {
    /// `GET /tags`.
    pub(super) async fn tags(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_tags(None).await
    }

    /// `POST /tags`.
    pub(super) async fn create_tag(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: NewTag = request.json().await?;
        let made = self.desk.create_tag(&session, TagEdit { name: asked.name, color: asked.color }).await?;
        self.all_tags(Some(made)).await
    }

    /// `PUT /tags/{tag}`.
    pub(super) async fn edit_tag(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: NewTag = request.json().await?;
        self.desk.edit_tag(&session, uuid, TagEdit { name: asked.name, color: asked.color }).await?;
        self.all_tags(Some(uuid)).await
    }

    /// `POST /tags/{tag}/merge`.
    pub(super) async fn merge_tag(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Merge = request.json().await?;
        let into = super::id(&asked.into, "tag").map_err(|error| error.in_field("into"))?;
        self.desk.merge_tag(&session, uuid, into).await?;
        self.all_tags(Some(into)).await
    }

    /// `DELETE /tags/{tag}`.
    pub(super) async fn delete_tag(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_tag(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `GET /statuses`.
    pub(super) async fn statuses(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_statuses(None).await
    }

    /// `POST /statuses`.
    pub(super) async fn create_status(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = status_edit(request.json().await?)?;
        let made = self.desk.create_status(&session, edit).await?;
        self.all_statuses(Some(made)).await
    }

    /// `PUT /statuses/{status}`.
    pub(super) async fn edit_status(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = status_edit(request.json().await?)?;
        self.desk.edit_status(&session, uuid, edit).await?;
        self.all_statuses(Some(uuid)).await
    }

    /// `DELETE /statuses/{status}`.
    pub(super) async fn delete_status(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_status(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `PUT /conversations/{conversation}/tags`.
    pub(super) async fn set_tags(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Tags = request.json().await?;
        let wanted = asked.tags.iter().map(|text| super::id(text, "tag").map_err(|error| error.in_field("tags"))).collect::<Result<_>>()?;
        self.desk.set_tags(&session, uuid, wanted).await?;
        self.shown(&session, uuid).await
    }

    /// `PUT /conversations/{conversation}/priority`.
    pub(super) async fn set_priority(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: NewPriority = request.json().await?;
        let wrong = || Error::invalid("priority is one of low, medium, high, null.").in_field("priority");
        let priority = match asked.priority.ok_or_else(wrong)? {
            None => None,
            Some(word) => Some(Priority::parse(&word).ok_or_else(wrong)?),
        };
        self.desk.set_priority(&session, uuid, priority).await?;
        self.shown(&session, uuid).await
    }

    /// `POST /conversations/bulk`.
    pub(super) async fn bulk(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Bulk = request.json().await?;
        let ids = asked.conversations.iter().map(|text| super::id(text, "conversation")).collect::<Result<Vec<_>>>();
        let actions = Action::parse_all(&asked.actions)?;
        let answers = self.desk.bulk(&session, ids.map_err(|error| error.in_field("conversations"))?, actions).await?;
        Ok(wire::ok(tools_wire::bulk(&self.desk, &answers)))
    }

    async fn all_tags(&self, saved: Option<Uuid>) -> Result<Reply> {
        Ok(wire::ok(tools_wire::tags(&self.desk.tags().await?, saved)))
    }

    async fn all_statuses(&self, saved: Option<Uuid>) -> Result<Reply> {
        Ok(wire::ok(tools_wire::statuses(&self.desk.statuses().await?, saved)))
    }
}

fn status_edit(asked: NewStatus) -> Result<StatusEdit> {
    let category = match asked.category {
        None => None,
        Some(word) => {
            Some(Status::parse(&word).ok_or_else(|| Error::invalid("category is one of open, waiting, resolved.").in_field("category"))?)
        }
    };
    Ok(StatusEdit { name: asked.name, category, position: asked.position })
}
