//! Browsers of agents that agreed to be woken by Web Push.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, AgentSessionId, Uuid};
use crate::base::limits;
use crate::model::notice::Subscription;
use rusqlite::{Row, params};

/// A subscription about to be kept.
pub struct NewSubscription {
    pub agent: AgentId,
    pub session: AgentSessionId,
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    pub user_agent: String,
}

/// Keeps a subscription; the same browser again takes the place of what it was, whoever was logged in there. The oldest make room.
pub fn put(tx: &WriteTx, new: &NewSubscription) -> Result<Uuid> {
    let uuid = Uuid::new();
    tx.exec("DELETE FROM push_subscriptions WHERE endpoint = ?1", [&new.endpoint])?;
    tx.insert(
        "INSERT INTO push_subscriptions (uuid, agent_id, session_id, endpoint, p256dh, auth, user_agent, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![uuid, new.agent, new.session, new.endpoint, new.p256dh, new.auth, new.user_agent, tx.now],
    )?;
    tx.exec(
        "DELETE FROM push_subscriptions WHERE agent_id = ?1 AND id <= (SELECT id FROM push_subscriptions WHERE agent_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![new.agent, limits::PUSH_SUBSCRIPTIONS_PER_AGENT_MAX],
    )?;
    Ok(uuid)
}

/// An agent's subscriptions, oldest first.
pub fn of(tx: &ReadTx, agent: AgentId) -> Result<Vec<Subscription>> {
    tx.all(
        "SELECT uuid, session_id, endpoint, p256dh, auth, user_agent, created_at, used_at FROM push_subscriptions WHERE agent_id = ?1 ORDER BY id",
        [agent],
        read,
    )
}

/// The addresses at which browsers were named last, of all agents: what services they use is known from a few.
pub fn endpoints(tx: &ReadTx) -> Result<Vec<String>> {
    tx.all("SELECT endpoint FROM push_subscriptions ORDER BY id DESC LIMIT 100", [], |row| row.get(0))
}

/// Whether an agent has any.
pub fn has_any(tx: &ReadTx, agent: AgentId) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM push_subscriptions WHERE agent_id = ?1 LIMIT 1", [agent], |_| Ok(()))?.is_some())
}

/// Forgets one of an agent's own.
pub fn delete(tx: &WriteTx, agent: AgentId, uuid: Uuid) -> Result<()> {
    match tx.exec("DELETE FROM push_subscriptions WHERE agent_id = ?1 AND uuid = ?2", params![agent, uuid])? {
        0 => Err(Error::not_found("subscription")),
        _ => Ok(()),
    }
}

/// Forgets one whose service says that it is gone.
pub fn forget(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM push_subscriptions WHERE uuid = ?1", [uuid])?;
    Ok(())
}

/// Notes how a push went; one that failed too often in a row is forgotten.
pub fn went(tx: &WriteTx, uuid: Uuid, well: bool) -> Result<()> {
    tx.exec(
        "UPDATE push_subscriptions SET failures = CASE WHEN ?2 THEN 0 ELSE failures + 1 END, used_at = CASE WHEN ?2 THEN ?3 ELSE used_at END WHERE uuid = ?1",
        params![uuid, well, tx.now],
    )?;
    tx.exec("DELETE FROM push_subscriptions WHERE uuid = ?1 AND failures > ?2", params![uuid, limits::PUSH_FAILURES_MAX])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        uuid: row.get(0)?,
        session: row.get(1)?,
        endpoint: row.get(2)?,
        p256dh: row.get(3)?,
        auth: row.get(4)?,
        user_agent: row.get(5)?,
        created_at: row.get(6)?,
        used_at: row.get(7)?,
    })
}
