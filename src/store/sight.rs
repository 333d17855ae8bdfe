//! Whose conversations an agent sees, as a WHERE. The same rule for live news: `model/access.rs::Sight`.

use super::tx::ReadTx;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId};
use crate::model::access::Sight;
use crate::model::agent::Agent;

/// True where agent ?1 sees conversation `c`: owners, admins and scope `all` see everything, `team` one's own and one's teams',
/// `assigned` one's own; nobody who is suspended sees anything.
macro_rules! sight {
    () => {
        "EXISTS (SELECT 1 FROM agents v LEFT JOIN roles vr ON vr.id = v.role_id WHERE v.id = ?1 AND v.suspended_at IS NULL AND (v.role <> 'agent'
         OR vr.id IS NULL OR vr.scope = 'all' OR c.assignee_id = v.id
         OR (vr.scope = 'team' AND c.team_id IN (SELECT vm.team_id FROM team_members vm WHERE vm.agent_id = v.id))))"
    };
}
pub(super) use sight;

/// True where agent ?1 sees everything.
macro_rules! sees_all {
    () => {
        "EXISTS (SELECT 1 FROM agents v LEFT JOIN roles vr ON vr.id = v.role_id WHERE v.id = ?1 AND v.suspended_at IS NULL
         AND (v.role <> 'agent' OR vr.id IS NULL OR vr.scope = 'all'))"
    };
}

pub(super) use sees_all;

/// What an agent sees, for his seat.
pub fn of(tx: &ReadTx, agent: AgentId) -> Result<Sight> {
    of_known(tx, &super::agents::agent(tx, agent)?)
}

/// The same for an agent who was looked up already.
pub fn of_known(tx: &ReadTx, agent: &Agent) -> Result<Sight> {
    let crate::model::access::Rights { permissions, scope } = agent.rights;
    let teams = tx.all("SELECT team_id FROM team_members WHERE agent_id = ?1", [agent.id], |row| row.get(0))?;
    Ok(Sight { agent: agent.id, permissions, scope, teams })
}

/// Refuses a contact of whom this agent does not see everything: what takes out or erases a whole person must not reach further than he does.
pub fn check_whole_contact(tx: &ReadTx, agent: AgentId, contact: ContactId) -> Result<()> {
    check_contact(tx, agent, contact)?;
    let hidden = tx.one(
        concat!("SELECT 1 FROM conversations c WHERE c.contact_id = ?2 AND NOT ", sight!(), " LIMIT 1"),
        rusqlite::params![agent, contact],
        |_| Ok(()),
    )?;
    match hidden {
        None => Ok(()),
        Some(()) => {
            Err(Error::forbidden("This person also has conversations that you do not see. Somebody who sees all of them can do this."))
        }
    }
}

/// Refuses a contact of whom this agent sees no conversation, as if there were none.
pub fn check_contact(tx: &ReadTx, agent: AgentId, contact: ContactId) -> Result<()> {
    let seen = tx.one(
        concat!("SELECT 1 WHERE ", sees_all!(), " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = ?2 AND ", sight!(), ")"),
        rusqlite::params![agent, contact],
        |_| Ok(()),
    )?;
    seen.ok_or_else(|| Error::not_found("contact"))
}
