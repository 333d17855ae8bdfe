//! Who inside may change whom. One rule: nobody gives, takes or resets more than he has himself, and only owners touch owners.

use crate::base::error::{Error, Result};
use crate::model::access::{Permission, Rights, Scope};
use crate::model::agent::{Agent, AgentSession, Role};
use crate::model::team::Team;
use crate::store::{ReadTx, agents, sight};
use std::collections::BTreeSet;

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

/// Refuses whoever does not see everything. Rules, where an inbox leads and who can prove to be whom decide about conversations of everybody:
/// whoever could set them would bring into sight what is not.
pub(super) fn sees_everything(by: &Agent) -> Result<()> {
    match by.rights.scope {
        Scope::All => Ok(()),
        Scope::Team | Scope::Assigned => {
            Err(Error::forbidden("This decides about everybody's conversations, and you do not see all of them.").coded("narrow_scope"))
        }
    }
}

/// Refuses whoever does not see what a team has: who is in it sees its conversations, and how they go round decides who gets them.
pub(super) fn sees_team(by: &Agent, team: &Team) -> Result<()> {
    let is_in_it = team.members.iter().any(|member| member.id == by.id);
    match by.rights.scope {
        Scope::All => Ok(()),
        Scope::Team if is_in_it => Ok(()),
        Scope::Team | Scope::Assigned => {
            Err(Error::forbidden("This decides who sees and gets the conversations of a team, and you do not see them.")
                .coded("narrow_scope"))
        }
    }
}

/// Refuses a link into the account of somebody who sees what `by` does not: rights of the same breadth still look at other conversations.
pub(super) fn may_enter_as(tx: &ReadTx, by: &Agent, target: &Agent) -> Result<()> {
    if by.id == target.id || by.rights.scope == Scope::All {
        return Ok(());
    }
    let teams: BTreeSet<_> = sight::of_known(tx, by)?.teams.into_iter().map(|team| team.0).collect();
    let is_within = sight::of_known(tx, target)?.teams.iter().all(|team| teams.contains(&team.0));
    // Whoever logged in once has, or will have, conversations of his own.
    match is_within && !target.has_password {
        true => Ok(()),
        false => {
            Err(Error::forbidden("This link would open conversations that you do not see. Somebody who sees all of them can make it."))
        }
    }
}

/// Refuses all but owners and admins: links that open accounts leave through the mailboxes, so whoever sets their servers could read them.
pub(super) fn carries_links(by: &Agent) -> Result<()> {
    match by.role {
        Role::Owner | Role::Admin => Ok(()),
        Role::Agent => Err(Error::forbidden(
            "Links with which agents choose their passwords leave through the mailboxes: only owners and admins change them.",
        )),
    }
}
