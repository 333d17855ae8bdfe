//! One-time links: first set-up, invitation, password reset. Stored as hashes, single use, 24 hours.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{AgentId, RoleId, token_hash};
use crate::base::limits;
use crate::model::agent::Purpose;
use rusqlite::params;

/// A link that can still be used.
#[derive(Debug, Clone, Copy)]
pub struct Invitation {
    pub id: i64,
    pub purpose: Purpose,
    /// For whom; nobody yet for the first set-up.
    pub agent: Option<AgentId>,
    /// Who made it; nobody for the command line and for whoever forgot his password.
    pub by: Option<AgentId>,
}

/// The unused, unexpired link with this token.
pub fn find(tx: &ReadTx, token: &str) -> Result<Option<Invitation>> {
    tx.one(
        "SELECT id, purpose, agent_id, issued_by FROM invitations WHERE token_hash = ?1 AND used_at IS NULL AND expires_at > ?2",
        params![token_hash(token), tx.now],
        |row| Ok(Invitation { id: row.get(0)?, purpose: row.get(1)?, agent: row.get(2)?, by: row.get(3)? }),
    )
}

/// Stores a new link; older unused ones for the same purpose and agent are void.
pub fn insert(tx: &WriteTx, purpose: Purpose, agent: Option<AgentId>, token: &str, by: Option<AgentId>) -> Result<()> {
    tx.exec("DELETE FROM invitations WHERE (purpose = ?1 AND agent_id IS ?2) OR expires_at < ?3", params![purpose, agent, tx.now])?;
    tx.insert(
        "INSERT INTO invitations (token_hash, purpose, agent_id, expires_at, issued_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![token_hash(token), purpose, agent, tx.now + limits::INVITATION_LIFE.as_millis() as i64, by],
    )?;
    Ok(())
}

/// Makes all unused links of an agent worthless: his password or his standing changed, and whoever holds one asked before that.
pub fn void(tx: &WriteTx, agent: AgentId) -> Result<()> {
    tx.exec("DELETE FROM invitations WHERE agent_id = ?1 AND used_at IS NULL", [agent])?;
    Ok(())
}

/// Makes all unused links worthless that an agent made: whoever lost his standing must not come back as somebody else.
pub fn void_by(tx: &WriteTx, agent: AgentId) -> Result<()> {
    tx.exec("DELETE FROM invitations WHERE issued_by = ?1 AND used_at IS NULL", [agent])?;
    Ok(())
}

/// Makes all password resets worthless of whoever has this role, and all links they made: what the role may has changed since.
pub fn void_of_role(tx: &WriteTx, role: RoleId) -> Result<()> {
    tx.exec(
        "DELETE FROM invitations WHERE used_at IS NULL AND (issued_by IN (SELECT id FROM agents WHERE role_id = ?1)
           OR (purpose = 'reset' AND agent_id IN (SELECT id FROM agents WHERE role_id = ?1)))",
        [role],
    )?;
    Ok(())
}

/// Uses a link up; false when somebody else was faster.
pub fn use_up(tx: &WriteTx, id: i64) -> Result<bool> {
    Ok(tx.exec("UPDATE invitations SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL", params![id, tx.now])? > 0)
}
