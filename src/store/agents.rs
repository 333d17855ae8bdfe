//! People inside and their logged-in browsers.

use super::events::{self, Subject};
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, AgentSessionId, Uuid, token_hash};
use crate::base::limits;
use crate::model::access::{Permissions, Rights, Scope};
use crate::model::agent::{Agent, AgentSession, Availability, Role};
use crate::model::event::{Topic, What};
use rusqlite::{Row, params};

macro_rules! agent_select {
    ($more:literal, $tail:literal) => {
        concat!(
            "SELECT a.id, a.uuid, a.email, a.first_name, a.last_name, a.role, a.availability, a.password_hash IS NOT NULL, a.suspended_at, a.last_seen_at,
                    r.uuid, r.name, r.scope, r.permissions, a.hidden, a.open_max, w.uuid, a.totp_at IS NOT NULL",
            $more,
            " FROM agents a LEFT JOIN roles r ON r.id = a.role_id LEFT JOIN business_hours w ON w.id = a.work_hours_id ",
            $tail
        )
    };
}

/// The agent with this row number.
pub fn agent(tx: &ReadTx, id: AgentId) -> Result<Agent> {
    tx.one(agent_select!("", "WHERE a.id = ?1"), [id], read)?.ok_or_else(|| Error::not_found("agent"))
}

/// The agent with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Agent>> {
    tx.one(agent_select!("", "WHERE a.uuid = ?1"), [uuid], read)
}

/// The agent with this address, and his password's hash.
pub fn find_by_email(tx: &ReadTx, email: &str) -> Result<Option<(Agent, Option<String>)>> {
    tx.one(agent_select!(", a.password_hash", "WHERE a.email = ?1"), [email], |row| Ok((read(row)?, row.get(18)?)))
}

/// The password's hash of an agent.
pub fn password_hash(tx: &ReadTx, id: AgentId) -> Result<Option<String>> {
    Ok(tx.one("SELECT password_hash FROM agents WHERE id = ?1", [id], |row| row.get(0))?.flatten())
}

/// All agents, suspended ones too, by name.
pub fn all(tx: &ReadTx) -> Result<Vec<Agent>> {
    tx.all(agent_select!("", "ORDER BY a.first_name COLLATE NOCASE, a.id LIMIT 1000"), [], read)
}

/// Whether anybody could log in at all; if not, the house still needs its owner.
pub fn any_can_log_in(tx: &ReadTx) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM agents WHERE password_hash IS NOT NULL AND suspended_at IS NULL LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// Owners who can log in, besides `but`.
pub fn other_owners(tx: &ReadTx, but: AgentId) -> Result<i64> {
    Ok(tx
        .one(
            "SELECT count(*) FROM agents WHERE role = 'owner' AND suspended_at IS NULL AND password_hash IS NOT NULL AND id <> ?1",
            [but],
            |row| row.get(0),
        )?
        .unwrap_or(0))
}

/// Stores a new agent; an address that is taken is a conflict.
pub fn insert(tx: &WriteTx, email: &str, first_name: &str, last_name: &str, role: Role, password_hash: Option<&str>) -> Result<Agent> {
    if find_by_email(tx, email)?.is_some() {
        return Err(Error::conflict("An agent with this e-mail address exists already.").in_field("email"));
    }
    let uuid = Uuid::new();
    let id = AgentId(tx.insert(
        "INSERT INTO agents (uuid, email, first_name, last_name, role, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![uuid, email, first_name, last_name, role, password_hash, tx.now],
    )?);
    announce(tx, id)
}

/// Writes name, role, availability, suspension and how much he takes.
pub fn update(tx: &WriteTx, agent: &Agent) -> Result<Agent> {
    tx.exec(
        "UPDATE agents SET first_name = ?2, last_name = ?3, role = ?4, availability = ?5, suspended_at = ?6, hidden = ?7, open_max = ?8 WHERE id = ?1",
        params![agent.id, agent.first_name, agent.last_name, agent.role, agent.availability, agent.suspended_at, agent.hidden, agent.open_max],
    )?;
    announce(tx, agent.id)
}

/// Sets the hours in which somebody works; none = whenever he is here.
pub fn set_work_hours(tx: &WriteTx, id: AgentId, hours: Option<crate::base::id::HoursId>) -> Result<()> {
    tx.exec("UPDATE agents SET work_hours_id = ?2 WHERE id = ?1", params![id, hours])?;
    Ok(())
}

/// Replaces the password.
pub fn set_password(tx: &WriteTx, id: AgentId, hash: &str) -> Result<()> {
    tx.exec("UPDATE agents SET password_hash = ?2 WHERE id = ?1", params![id, hash])?;
    super::invitations::void(tx, id)
}

/// How an agent wants to be called: JSON, see model/prefs.rs.
pub fn prefs(tx: &ReadTx, id: AgentId) -> Result<String> {
    Ok(tx.one("SELECT prefs FROM agents WHERE id = ?1", [id], |row| row.get(0))?.unwrap_or_default())
}

/// Replaces that.
pub fn set_prefs(tx: &WriteTx, id: AgentId, prefs: &str) -> Result<()> {
    tx.exec("UPDATE agents SET prefs = ?2 WHERE id = ?1", params![id, prefs])?;
    Ok(())
}

/// Notes that an agent was here now.
pub fn touch(tx: &WriteTx, id: AgentId) -> Result<()> {
    tx.exec("UPDATE agents SET last_seen_at = ?2 WHERE id = ?1", params![id, tx.now])?;
    Ok(())
}

/// The session of this cookie, of an agent who is not suspended; and whether its sliding life should be renewed.
pub fn find_session(tx: &ReadTx, token: &str) -> Result<Option<(AgentSession, bool)>> {
    const RENEW_AFTER_MS: Millis = 3600 * 1000;
    tx.one(
        agent_select!(
            ", s.id, s.csrf, s.used_at",
            "JOIN agent_sessions s ON s.agent_id = a.id WHERE s.token_hash = ?1 AND s.expires_at > ?2 AND a.suspended_at IS NULL"
        ),
        params![token_hash(token), tx.now],
        |row| {
            let session = AgentSession { id: row.get(18)?, agent: read(row)?, csrf: row.get(19)? };
            Ok((session, row.get::<_, Millis>(20)? < tx.now - RENEW_AFTER_MS))
        },
    )
}

/// Renews the sliding life of a session.
pub fn renew_session(tx: &WriteTx, id: AgentSessionId) -> Result<()> {
    tx.exec(
        "UPDATE agent_sessions SET used_at = ?2, expires_at = max(expires_at, ?3) WHERE id = ?1",
        params![id, tx.now, tx.now + limits::AGENT_SESSION.as_millis() as i64],
    )?;
    Ok(())
}

/// Ends one session; its sockets close.
pub fn end_session(tx: &WriteTx, agent: AgentId, id: AgentSessionId) -> Result<()> {
    tx.exec("DELETE FROM agent_sessions WHERE id = ?1 AND agent_id = ?2", params![id, agent])?;
    tx.announce_ephemeral(vec![Topic::Agent(agent)], What::SignedOut { session: Some(id), except: None });
    Ok(())
}

/// Ends all sessions of an agent but `except`, and logins that wait for a second factor; their sockets close.
pub fn end_sessions(tx: &WriteTx, agent: AgentId, except: Option<AgentSessionId>) -> Result<()> {
    super::logins::end_steps(tx, agent)?;
    tx.exec("DELETE FROM agent_sessions WHERE agent_id = ?1 AND id IS NOT ?2", params![agent, except])?;
    tx.announce_ephemeral(vec![Topic::Agent(agent)], What::SignedOut { session: None, except });
    Ok(())
}

/// Removes sessions whose time is over.
pub fn prune_sessions(tx: &WriteTx) -> Result<usize> {
    tx.exec("DELETE FROM agent_sessions WHERE expires_at <= ?1", [tx.now])
}

/// Tells every agent that this one changed.
pub fn announce(tx: &WriteTx, id: AgentId) -> Result<Agent> {
    let agent = agent(tx, id)?;
    events::append(tx, Subject::Agent(id), vec![Topic::Agents], What::AgentChanged { agent: agent.uuid })?;
    Ok(agent)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Agent> {
    let role = row.get(5)?;
    let custom = match row.get::<_, Option<Scope>>(12)? {
        Some(scope) => Some((scope, Permissions::parse(&row.get::<_, String>(13)?))),
        None => None,
    };
    let custom_role = match row.get::<_, Option<Uuid>>(10)? {
        Some(uuid) => Some((uuid, row.get(11)?)),
        None => None,
    };
    Ok(Agent {
        id: row.get(0)?,
        uuid: row.get(1)?,
        email: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        role,
        availability: row.get::<_, Availability>(6)?,
        has_password: row.get(7)?,
        suspended_at: row.get(8)?,
        last_seen_at: row.get(9)?,
        custom_role,
        rights: Rights::of(role, custom),
        hidden: row.get(14)?,
        open_max: row.get(15)?,
        work_hours: row.get(16)?,
        two_factor: row.get(17)?,
    })
}
