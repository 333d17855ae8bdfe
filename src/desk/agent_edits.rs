//! What is changed of an agent by somebody who may: names, role, suspension, how much he takes; his sessions and his lost second factor.

use super::Desk;
use super::agents::names_checked;
use super::authority::{acting, may_give, may_manage};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::limits;
use crate::model::access::{Permission, Rights};
use crate::model::agent::{Agent, AgentSession, Role, full_name};
use crate::model::message::Activity;
use crate::model::role::CustomRole;
use crate::store::logins::{self, Login};
use crate::store::{ReadTx, WriteTx, agents, audit, conversations, hours, invitations, roles};
use serde_json::{Map, Value, json};

/// What is changed of an agent; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AgentEdit {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub role: Option<Role>,
    /// `Some(None)` = the stock permissions.
    pub custom_role: Option<Option<Uuid>>,
    pub suspended: Option<bool>,
    pub open_max: Option<u32>,
    /// `Some(None)` = whenever he is here.
    pub work_hours: Option<Option<Uuid>>,
}

impl Desk {
    /// Edits somebody. The last owner can be neither demoted nor suspended; suspension ends sessions and sockets at once, and so does another
    /// role (security row 22).
    pub async fn edit_agent(&self, by: &AgentSession, uuid: Uuid, edit: AgentEdit) -> Result<Agent> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let (by, before) = managed(tx, &by, uuid)?;
                let agent = with_edit(tx, &by, &before, &edit)?;
                if counts_as_owner(&before) && !counts_as_owner(&agent) && agents::other_owners(tx, agent.id)? == 0 {
                    return Err(Error::conflict("There must be at least one owner. Make somebody else an owner first."));
                }
                let agent = agents::update(tx, &agent)?;
                let is_suspended = agent.suspended_at.is_some();
                let role_changed = agent.role != before.role || agent.custom_role != before.custom_role;
                if is_suspended {
                    release(tx, by.id, agent.id)?;
                }
                if is_suspended || role_changed {
                    // Neither links for him nor those he made for others outlive what he was.
                    invitations::void(tx, agent.id)?;
                    invitations::void_by(tx, agent.id)?;
                }
                // A new role starts with a new login; a suspended agent has none.
                if is_suspended || (role_changed && agent.id != by.id) {
                    agents::end_sessions(tx, agent.id, None)?;
                }
                audit::append(tx, Some(by.id), "agent.edited", &agent.uuid.to_string(), &changes(&before, &agent))?;
                Ok(agent)
            })
            .await
    }

    /// The logged-in browsers of somebody.
    pub async fn sessions_of(&self, by: &AgentSession, uuid: Uuid) -> Result<Vec<Login>> {
        let by = by.clone();
        self.store.read(move |tx| logins::all(tx, managed(tx, &by, uuid)?.1.id)).await
    }

    /// Ends every session of somebody, with their sockets.
    pub async fn end_sessions_of(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let (by, agent) = managed(tx, &by, uuid)?;
                agents::end_sessions(tx, agent.id, None)?;
                audit::append(tx, Some(by.id), "session.ended", &agent.uuid.to_string(), &json!({ "which": "all" }))
            })
            .await
    }

    /// Takes a lost second factor from somebody else; one's own goes by the password.
    pub async fn remove_two_factor(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let (by, agent) = managed(tx, &by, uuid)?;
                if by.id == agent.id {
                    return Err(Error::conflict("Turn your own two-factor login off in your profile, with your password."));
                }
                super::two_factor::remove(tx, Some(by.id), &agent)
            })
            .await
    }
}

/// The custom role that is asked for. Owners and admins have none: they may everything.
pub(super) fn wanted_role(tx: &ReadTx, role: Role, custom: Option<Uuid>) -> Result<Option<CustomRole>> {
    let Some(uuid) = custom.filter(|_| role == Role::Agent) else { return Ok(None) };
    roles::find(tx, uuid)?.map(Some).ok_or_else(|| Error::invalid("There is no such role.").in_field("custom_role"))
}

/// Who asks, and whom he may change.
fn managed(tx: &ReadTx, by: &AgentSession, uuid: Uuid) -> Result<(Agent, Agent)> {
    let by = acting(tx, by, Permission::People)?;
    let agent = agents::find(tx, uuid)?.ok_or_else(|| Error::not_found("agent"))?;
    may_manage(&by, &agent)?;
    Ok((by, agent))
}

fn with_edit(tx: &WriteTx, by: &Agent, before: &Agent, edit: &AgentEdit) -> Result<Agent> {
    let mut agent = before.clone();
    let first_name = edit.first_name.as_deref().unwrap_or(&agent.first_name).to_owned();
    let last_name = edit.last_name.as_deref().unwrap_or(&agent.last_name).to_owned();
    (agent.first_name, agent.last_name) = names_checked(&first_name, &last_name)?;
    agent.role = edit.role.unwrap_or(agent.role);
    let present = agent.custom_role.as_ref().map(|(uuid, _)| *uuid);
    let role = wanted_role(tx, agent.role, edit.custom_role.unwrap_or(present))?;
    may_give(by, agent.role, Rights::of(agent.role, role.as_ref().map(|role| (role.rights.scope, role.rights.permissions))))?;
    roles::give(tx, agent.id, role.map(|role| role.id))?;
    match edit.suspended {
        Some(true) => agent.suspended_at = agent.suspended_at.or(Some(tx.now)),
        Some(false) => agent.suspended_at = None,
        None => {}
    }
    if let Some(most) = edit.open_max {
        if most > limits::OPEN_MAX {
            return Err(Error::invalid(format!("At most {} at once.", limits::OPEN_MAX)).in_field("open_max"));
        }
        agent.open_max = most;
    }
    if let Some(set) = edit.work_hours {
        let missing = || Error::invalid("There is no such set of hours.").in_field("work_hours");
        let set = set.map(|uuid| hours::find(tx, uuid)?.ok_or_else(missing)).transpose()?;
        agents::set_work_hours(tx, agent.id, set.map(|set| set.id))?;
    }
    Ok(agent)
}

fn counts_as_owner(agent: &Agent) -> bool {
    agent.role == Role::Owner && agent.suspended_at.is_none()
}

/// What is different, for the audit log.
fn changes(before: &Agent, after: &Agent) -> Value {
    let shape = |agent: &Agent| {
        let role = agent.custom_role.as_ref().map_or(agent.role.as_str(), |(_, name)| name);
        json!({
            "name": full_name(&agent.first_name, &agent.last_name), "role": role, "suspended": agent.suspended_at.is_some(),
            "open_max": agent.open_max, "work_hours": agent.work_hours.map(|uuid| uuid.to_string()),
        })
    };
    let (before, after) = (shape(before), shape(after));
    let all = after.as_object().into_iter().flatten();
    Value::Object(
        all.filter(|(key, value)| before[key.as_str()] != **value).map(|(key, value)| (key.clone(), value.clone())).collect::<Map<_, _>>(),
    )
}

/// Gives an agent's unresolved conversations back to everybody: nobody waits for somebody who will not come.
fn release(tx: &WriteTx, by: AgentId, agent: AgentId) -> Result<()> {
    for conversation in conversations::unresolved_of_assignee(tx, agent)? {
        conversations::set_assignee(tx, conversation, None)?;
        super::messages::note_activity(tx, conversation, Some(by), Activity { action: "assignment".into(), value: String::new() })?;
        conversations::announce(tx, conversation, true)?;
    }
    Ok(())
}
