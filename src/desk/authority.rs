//! Who inside may change whom. One rule: nobody gives, takes or resets more than he has himself, and only owners touch owners.

use crate::base::error::{Error, Result};
use crate::model::access::{Permission, Rights};
use crate::model::agent::{Agent, AgentSession, Role};
use crate::store::{ReadTx, agents};

/// Who asks, as he is in this very transaction: a role taken away a moment ago is gone.
pub(super) fn acting(tx: &ReadTx, by: &AgentSession, permission: Permission) -> Result<Agent> {
    by.may(permission)?;
    let now = agents::agent(tx, by.agent.id)?;
    match now.suspended_at.is_none() && now.rights.permissions.has(permission) {
        true => Ok(now),
        false => Err(Error::forbidden("Your role does not allow this. An admin can change that.").coded("not_allowed")),
    }
}

/// Whether `by` may change somebody like `target`.
pub(super) fn may_manage(by: &Agent, target: &Agent) -> Result<()> {
    may_give(by, target.role, target.rights)
}

/// Whether `by` may make somebody this.
pub(super) fn may_give(by: &Agent, role: Role, rights: Rights) -> Result<()> {
    match (by.role, role) {
        (Role::Owner, _) | (Role::Admin, Role::Admin | Role::Agent) => Ok(()),
        (Role::Admin | Role::Agent, Role::Owner) => Err(Error::forbidden("Only an owner can do this.")),
        (Role::Agent, Role::Admin) => Err(Error::forbidden("Only an admin can do this.")),
        (Role::Agent, Role::Agent) => within(by, rights),
    }
}

/// Whether rights are among one's own.
pub(super) fn within(by: &Agent, rights: Rights) -> Result<()> {
    if by.rights.cover(rights) {
        return Ok(());
    }
    let lacking = rights.permissions.words().into_iter().find(|word| !by.rights.permissions.words().contains(word));
    Err(Error::forbidden(match lacking {
        Some(word) => format!("You cannot give or take the permission “{word}”, because you do not have it yourself."),
        None => "You cannot let somebody see more conversations than you see yourself.".to_owned(),
    }))
}
