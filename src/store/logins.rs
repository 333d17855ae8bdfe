//! Second factors, logins that still wait for one, and the list of an agent's logged-in browsers.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, AgentSessionId, Uuid, token_hash};
use crate::base::limits;
use crate::model::agent::Browser;
use rusqlite::params;

/// The second factor of an agent as the database knows it.
pub struct Factor {
    /// The key an app was given, sealed, if one was ever asked for.
    pub key: Option<String>,
    /// Whether it was confirmed by a code: only then it counts.
    pub is_on: bool,
    /// The last step that let somebody in.
    pub used_step: i64,
}

/// A right password that waits for its second factor.
#[derive(Debug, Clone, Copy)]
pub struct LoginStep {
    pub id: i64,
    pub agent: AgentId,
    /// Codes tried so far.
    pub tries: u32,
}

/// A logged-in browser as its owner sees it in the list.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: AgentSessionId,
    pub uuid: Uuid,
    pub user_agent: String,
    /// Shortened, as it was stored.
    pub ip: String,
    pub created_at: Millis,
    pub used_at: Millis,
}

/// The second factor of an agent.
pub fn factor(tx: &ReadTx, agent: AgentId) -> Result<Factor> {
    let found = tx.one("SELECT totp_secret, totp_at IS NOT NULL, totp_step FROM agents WHERE id = ?1", [agent], |row| {
        Ok(Factor { key: row.get(0)?, is_on: row.get(1)?, used_step: row.get(2)? })
    })?;
    found.ok_or_else(|| crate::base::error::Error::not_found("agent"))
}

/// The keys of all agents as they are stored, to be sealed anew.
pub fn keys(tx: &ReadTx) -> Result<Vec<(AgentId, String)>> {
    tx.all("SELECT id, totp_secret FROM agents WHERE totp_secret IS NOT NULL ORDER BY id LIMIT 10000", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// The same key, sealed another way.
pub fn replace_key(tx: &WriteTx, agent: AgentId, sealed: &str) -> Result<()> {
    tx.exec("UPDATE agents SET totp_secret = ?2 WHERE id = ?1 AND totp_secret IS NOT NULL", params![agent, sealed])?;
    Ok(())
}

/// Keeps a key that waits for its first code. Nothing happens to a factor that is on.
pub fn put_key(tx: &WriteTx, agent: AgentId, sealed: &str) -> Result<bool> {
    let changed = tx.exec("UPDATE agents SET totp_secret = ?2, totp_step = 0 WHERE id = ?1 AND totp_at IS NULL", params![agent, sealed])?;
    Ok(changed > 0)
}

/// From now on the second factor is asked for; `step` is the one that confirmed it.
pub fn turn_on(tx: &WriteTx, agent: AgentId, step: i64) -> Result<()> {
    tx.exec("UPDATE agents SET totp_at = ?2, totp_step = ?3 WHERE id = ?1", params![agent, tx.now, step])?;
    Ok(())
}

/// Forgets the second factor with everything that belongs to it.
pub fn turn_off(tx: &WriteTx, agent: AgentId) -> Result<()> {
    tx.exec("UPDATE agents SET totp_secret = NULL, totp_at = NULL, totp_step = 0 WHERE id = ?1", [agent])?;
    tx.exec("DELETE FROM recovery_codes WHERE agent_id = ?1", [agent])?;
    Ok(())
}

/// Uses a step up; false when it, or a later one, was used before.
pub fn use_step(tx: &WriteTx, agent: AgentId, step: i64) -> Result<bool> {
    Ok(tx.exec("UPDATE agents SET totp_step = ?2 WHERE id = ?1 AND totp_step < ?2 AND totp_at IS NOT NULL", params![agent, step])? > 0)
}

/// Replaces the recovery codes.
pub fn put_recovery(tx: &WriteTx, agent: AgentId, hashes: &[[u8; 32]]) -> Result<()> {
    tx.exec("DELETE FROM recovery_codes WHERE agent_id = ?1", [agent])?;
    for hash in hashes {
        tx.exec("INSERT INTO recovery_codes (agent_id, code_hash) VALUES (?1, ?2)", params![agent, hash])?;
    }
    Ok(())
}

/// Uses a recovery code up; false when there is no such code, or not any more.
pub fn use_recovery(tx: &WriteTx, agent: AgentId, hash: &[u8; 32]) -> Result<bool> {
    let used = tx.exec(
        "UPDATE recovery_codes SET used_at = ?3 WHERE agent_id = ?1 AND code_hash = ?2 AND used_at IS NULL",
        params![agent, hash, tx.now],
    )?;
    Ok(used > 0)
}

/// Recovery codes that still work.
pub fn recovery_left(tx: &ReadTx, agent: AgentId) -> Result<u32> {
    Ok(tx.one("SELECT count(*) FROM recovery_codes WHERE agent_id = ?1 AND used_at IS NULL", [agent], |row| row.get(0))?.unwrap_or(0))
}

/// Stores that somebody proved the first factor; the ticket says so for a few minutes.
pub fn insert_step(tx: &WriteTx, agent: AgentId, ticket: &str) -> Result<()> {
    // Whoever knows the password can ask for many: the oldest go.
    tx.exec(
        "DELETE FROM login_steps WHERE expires_at <= ?2 OR id IN
         (SELECT id FROM login_steps WHERE agent_id = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?3)",
        params![agent, tx.now, limits::LOGIN_STEPS_MAX - 1],
    )?;
    tx.insert(
        "INSERT INTO login_steps (ticket_hash, agent_id, expires_at) VALUES (?1, ?2, ?3)",
        params![token_hash(ticket), agent, tx.now + limits::LOGIN_STEP_LIFE.as_millis() as i64],
    )?;
    Ok(())
}

/// The login that this ticket stands for: in time, with tries left, of an agent who may come in and still has a second factor.
pub fn find_step(tx: &ReadTx, ticket: &str) -> Result<Option<LoginStep>> {
    tx.one(
        "SELECT l.id, l.agent_id, l.tries FROM login_steps l JOIN agents a ON a.id = l.agent_id
         WHERE l.ticket_hash = ?1 AND l.expires_at > ?2 AND l.tries < ?3 AND a.suspended_at IS NULL AND a.totp_at IS NOT NULL",
        params![token_hash(ticket), tx.now, limits::LOGIN_CODE_TRIES_MAX],
        |row| Ok(LoginStep { id: row.get(0)?, agent: row.get(1)?, tries: row.get(2)? }),
    )
}

/// Counts one more try.
pub fn count_try(tx: &WriteTx, step: i64) -> Result<()> {
    tx.exec("UPDATE login_steps SET tries = tries + 1 WHERE id = ?1", [step])?;
    Ok(())
}

/// Ends every login of an agent that waits for its second factor.
pub fn end_steps(tx: &WriteTx, agent: AgentId) -> Result<()> {
    tx.exec("DELETE FROM login_steps WHERE agent_id = ?1", [agent])?;
    Ok(())
}

/// Removes logins that nobody finished in time.
pub fn prune_steps(tx: &WriteTx) -> Result<usize> {
    tx.exec("DELETE FROM login_steps WHERE expires_at <= ?1", [tx.now])
}

/// Stores a new session for `token`.
pub fn insert(tx: &WriteTx, agent: AgentId, token: &str, csrf: &str, browser: &Browser) -> Result<AgentSessionId> {
    Ok(AgentSessionId(tx.insert(
        "INSERT INTO agent_sessions (token_hash, csrf, agent_id, created_at, used_at, expires_at, uuid, user_agent, ip) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)",
        params![
            token_hash(token),
            csrf,
            agent,
            tx.now,
            tx.now + limits::AGENT_SESSION.as_millis() as i64,
            Uuid::new(),
            browser.user_agent,
            browser.ip
        ],
    )?))
}

/// The logged-in browsers of an agent, the one used last first.
pub fn all(tx: &ReadTx, agent: AgentId) -> Result<Vec<Login>> {
    tx.all(
        "SELECT id, uuid, user_agent, ip, created_at, used_at FROM agent_sessions WHERE agent_id = ?1 AND expires_at > ?2
         ORDER BY used_at DESC, id DESC LIMIT 200",
        params![agent, tx.now],
        |row| {
            let (id, uuid, user_agent, ip) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Login { id, uuid, user_agent, ip, created_at: row.get(4)?, used_at: row.get(5)? })
        },
    )
}

/// The session of an agent with this public id.
pub fn find(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<Option<AgentSessionId>> {
    tx.one("SELECT id FROM agent_sessions WHERE agent_id = ?1 AND uuid = ?2", params![agent, uuid], |row| row.get(0))
}
