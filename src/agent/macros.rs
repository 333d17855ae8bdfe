//! Macros: kept, filled in, used.

use super::{Desks, given, tools_wire, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::macros::MacroEdit;
use crate::http::{Reply, Request};
use crate::model::action::Action;
use crate::model::agent::AgentSession;
use crate::model::macros::Sharing;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewMacro {
    name: Option<String>,
    shortcut: Option<String>,
    body: Option<String>,
    is_note: Option<bool>,
    actions: Option<Value>,
    audience: Option<String>,
    #[serde(default, deserialize_with = "given")]
    team: Option<Option<String>>,
}

#[derive(Deserialize)]
struct Use {
    #[serde(rename = "macro")]
    uuid: Option<String>,
    #[serde(default)]
    preview: bool,
    /// Which of the macro's actions are wanted; all when left out.
    actions: Option<Value>,
    /// Words nobody keeps yet, to see how they would read.
    body: Option<String>,
}

impl Desks {
    /// `GET /macros`.
    pub(super) async fn macros(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.all_macros(&session, None).await
    }

    /// `POST /macros`.
    pub(super) async fn create_macro(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = macro_edit(request.json().await?)?;
        let made = self.desk.create_macro(&session, edit).await?;
        self.all_macros(&session, Some(made)).await
    }

    /// `PUT /macros/{macro}`.
    pub(super) async fn edit_macro(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = macro_edit(request.json().await?)?;
        self.desk.edit_macro(&session, uuid, edit).await?;
        self.all_macros(&session, Some(uuid)).await
    }

    /// `DELETE /macros/{macro}`.
    pub(super) async fn delete_macro(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_macro(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `POST /conversations/{conversation}/macro`.
    pub(super) async fn use_macro(&self, mut request: Request, conversation: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Use = request.json().await?;
        if let (Some(body), true) = (asked.body, asked.preview) {
            let body = self.desk.fill(&session, conversation, body).await.map_err(|error| error.in_field("body"))?;
            return Ok(wire::ok(json!({ "body": body })));
        }
        let uuid = asked.uuid.ok_or_else(|| Error::invalid("Please say which macro.").in_field("macro"))?;
        let uuid = super::id(&uuid, "macro").map_err(|error| error.in_field("macro"))?;
        let kept = asked.actions.as_ref().map(Action::parse_all).transpose()?;
        let used = match asked.preview {
            true => self.desk.preview_macro(&session, conversation, uuid).await?,
            false => self.desk.use_macro(&session, conversation, uuid, kept).await?,
        };
        Ok(wire::ok(tools_wire::used(&self.desk, &used)))
    }

    async fn all_macros(&self, session: &AgentSession, saved: Option<Uuid>) -> Result<Reply> {
        let all = self.desk.macros(session).await?;
        Ok(wire::ok(tools_wire::macros(&all, session.agent.id, saved)))
    }
}

fn macro_edit(asked: NewMacro) -> Result<MacroEdit> {
    let audience = match asked.audience {
        None => None,
        Some(word) => Some(Sharing::parse(&word).ok_or_else(|| Error::invalid("audience is one of own, team, all.").in_field("audience"))?),
    };
    let team = match asked.team {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => Some(Some(Uuid::parse(&text).ok_or_else(|| Error::invalid("There is no such team.").in_field("team"))?)),
    };
    Ok(MacroEdit {
        name: asked.name,
        shortcut: asked.shortcut,
        body: asked.body,
        is_note: asked.is_note,
        actions: asked.actions.as_ref().map(Action::parse_all).transpose()?,
        audience,
        team,
    })
}
