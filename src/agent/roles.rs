//! Roles of the house's own making: read and kept by those who may edit people.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::roles::RoleEdit;
use crate::http::{Reply, Request};
use crate::model::access::{Permission, Permissions, Scope};
use crate::model::agent::AgentSession;
use crate::model::role::CustomRole;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Asked {
    name: Option<String>,
    scope: Option<String>,
    permissions: Option<Vec<String>>,
}

impl Desks {
    /// `GET /roles`.
    pub(super) async fn roles(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.all_roles(&session, None).await
    }

    /// `POST /roles`.
    pub(super) async fn create_role(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = edit(request.json().await?)?;
        let made = self.desk.create_role(&session, edit).await?;
        self.all_roles(&session, Some(made.uuid)).await
    }

    /// `PUT /roles/{uuid}`.
    pub(super) async fn edit_role(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = edit(request.json().await?)?;
        self.desk.edit_role(&session, uuid, edit).await?;
        // Whoever took the permission from himself is told that it is done, and nothing more.
        match self.desk.still_edits_people(&session).await? {
            true => self.all_roles(&session, Some(uuid)).await,
            false => Ok(wire::ok(json!({ "roles": [], "uuid": uuid.to_string() }))),
        }
    }

    /// `DELETE /roles/{uuid}`.
    pub(super) async fn delete_role(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_role(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    async fn all_roles(&self, session: &AgentSession, saved: Option<Uuid>) -> Result<Reply> {
        let all = self.desk.roles(session).await?;
        let mut shape = json!({ "roles": all.iter().map(role).collect::<Vec<Value>>() });
        if let Some(uuid) = saved {
            shape["uuid"] = json!(uuid.to_string());
        }
        Ok(wire::ok(shape))
    }
}

fn role(role: &CustomRole) -> Value {
    json!({
        "uuid": role.uuid.to_string(), "name": role.name, "scope": role.rights.scope.as_str(),
        "permissions": role.rights.permissions.words(), "agents": role.agents,
    })
}

fn edit(asked: Asked) -> Result<RoleEdit> {
    let scope = match asked.scope.as_deref() {
        Some(word) => Some(Scope::parse(word).ok_or_else(|| Error::invalid("scope is one of all, team, assigned.").in_field("scope"))?),
        None => None,
    };
    let known =
        |word: &String| Permission::parse(word).ok_or_else(|| Error::invalid("There is no such permission.").in_field("permissions"));
    let permissions = match asked.permissions {
        Some(words) => Some(words.iter().map(known).collect::<Result<Vec<Permission>>>()?.into_iter().collect::<Permissions>()),
        None => None,
    };
    Ok(RoleEdit { name: asked.name, scope, permissions })
}
