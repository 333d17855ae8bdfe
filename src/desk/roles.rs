//! Roles of the house's own making: who may edit people keeps them, each within what he may do himself. A changed role counts at once.

use super::Desk;
use super::authority::{acting, within};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::access::{Permission, Permissions, Rights, Scope};
use crate::model::agent::AgentSession;
use crate::model::role::CustomRole;
use crate::store::{agents, audit, invitations, roles};
use serde_json::{Value, json};

/// Changes to a role; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RoleEdit {
    pub name: Option<String>,
    pub scope: Option<Scope>,
    pub permissions: Option<Permissions>,
}

impl Desk {
    /// All roles.
    pub async fn roles(&self, by: &AgentSession) -> Result<Vec<CustomRole>> {
        by.may(Permission::People)?;
        self.store.read(roles::all).await
    }

    /// Whether somebody may still edit people, as he is now.
    pub async fn still_edits_people(&self, by: &AgentSession) -> Result<bool> {
        let id = by.agent.id;
        self.store.read(move |tx| Ok(agents::agent(tx, id)?.rights.permissions.has(Permission::People))).await
    }

    /// Makes a role.
    pub async fn create_role(&self, by: &AgentSession, edit: RoleEdit) -> Result<CustomRole> {
        let by = by.clone();
        let name = name_checked(edit.name.as_deref().unwrap_or_default())?;
        let stock = Rights { permissions: Permissions::stock(), scope: Scope::All };
        let rights = Rights { scope: edit.scope.unwrap_or(stock.scope), permissions: edit.permissions.unwrap_or(stock.permissions) };
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::People)?;
                within(&by, rights)?;
                if roles::all(tx)?.len() >= limits::ROLES_MAX {
                    return Err(Error::conflict(format!("There can be {} roles. Please delete one first.", limits::ROLES_MAX)));
                }
                let role = roles::insert(tx, &name, rights)?;
                audit::append(tx, Some(by.id), "role.created", &role.uuid.to_string(), &told(&role))?;
                Ok(role)
            })
            .await
    }

    /// Changes a role; whoever has it may do and see that at once.
    pub async fn edit_role(&self, by: &AgentSession, uuid: Uuid, edit: RoleEdit) -> Result<CustomRole> {
        let by = by.clone();
        let name = edit.name.as_deref().map(name_checked).transpose()?;
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::People)?;
                let mut role = roles::find(tx, uuid)?.ok_or_else(not_found)?;
                let before = role.rights;
                within(&by, before)?;
                role.name = name.unwrap_or(role.name);
                role.rights.scope = edit.scope.unwrap_or(role.rights.scope);
                role.rights.permissions = edit.permissions.unwrap_or(role.rights.permissions);
                within(&by, role.rights)?;
                let role = roles::update(tx, &role)?;
                // A link made while he could less must not lead into what he may now.
                if role.rights != before {
                    invitations::void_of_role(tx, role.id)?;
                }
                audit::append(tx, Some(by.id), "role.edited", &uuid.to_string(), &told(&role))?;
                Ok(role)
            })
            .await
    }

    /// Deletes a role that nobody has.
    pub async fn delete_role(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::People)?;
                let role = roles::find(tx, uuid)?.ok_or_else(not_found)?;
                within(&by, role.rights)?;
                let members = roles::members(tx, role.id)?;
                if !members.is_empty() {
                    let and_more = if role.agents as usize > members.len() { " and others" } else { "" };
                    let who = members.join(", ");
                    return Err(Error::conflict(format!("{who}{and_more} have this role. Please give them another one first.")));
                }
                roles::delete(tx, &role)?;
                audit::append(tx, Some(by.id), "role.deleted", &uuid.to_string(), &json!({ "name": role.name }))
            })
            .await
    }
}

fn told(role: &CustomRole) -> Value {
    json!({ "name": role.name, "scope": role.rights.scope.as_str(), "permissions": role.rights.permissions.words() })
}

fn name_checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, 60);
    if name.is_empty() {
        return Err(Error::invalid("Please give the role a name.").in_field("name"));
    }
    Ok(name)
}

fn not_found() -> Error {
    Error::not_found("role")
}
