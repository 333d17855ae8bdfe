//! Saved views: a filter with a name, for one agent, a team or everybody.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{AgentId, TeamId, Uuid};
use crate::base::limits;
use crate::model::event::{Tool, Topic, What};
use crate::model::filter::Group;
use crate::model::macros::Sharing;
use crate::model::view::View;
use rusqlite::{Row, params};

macro_rules! view_select {
    ($tail:literal) => {
        concat!(
            "SELECT v.id, v.uuid, v.name, v.filter, v.audience, v.agent_id = ?1, t.id, t.uuid, v.position FROM views v LEFT JOIN teams t ON t.id = v.team_id
             WHERE EXISTS (SELECT 1 FROM agents WHERE id = ?1 AND suspended_at IS NULL) AND ",
            $tail
        )
    };
}

/// The views that agent ?1 sees: his own, those of his teams, those of everybody.
macro_rules! seen {
    () => {
        "(v.audience = 'all' OR v.audience = 'own' AND v.agent_id = ?1
          OR v.audience = 'team' AND (v.agent_id = ?1 OR v.team_id IN (SELECT team_id FROM team_members WHERE agent_id = ?1)))"
    };
}
macro_rules! seen_select {
    ($tail:literal) => {
        concat!(
            "SELECT v.id, v.uuid, v.name, v.filter, v.audience, v.agent_id = ?1, t.id, t.uuid, v.position FROM views v LEFT JOIN teams t ON t.id = v.team_id
             WHERE EXISTS (SELECT 1 FROM agents WHERE id = ?1 AND suspended_at IS NULL) AND ",
            seen!(),
            $tail
        )
    };
}

/// All views that this agent sees, his own first, each kind in its order.
pub fn all(tx: &ReadTx, agent: AgentId) -> Result<Vec<View>> {
    tx.all(
        seen_select!(" ORDER BY v.audience <> 'own', v.audience = 'all', v.position, v.id LIMIT ?2"),
        params![agent, limits::VIEWS_MAX as u32],
        read,
    )
}

/// A view that this agent sees.
pub fn find(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<Option<View>> {
    tx.one(seen_select!(" AND v.uuid = ?2"), params![agent, uuid], read)
}

/// A view that this agent may change: his own, and with `shares` every one that is shared.
pub fn find_to_change(tx: &ReadTx, agent: AgentId, uuid: Uuid, shares: bool) -> Result<Option<View>> {
    tx.one(
        view_select!("v.uuid = ?2 AND (v.agent_id = ?1 AND v.audience = 'own' OR ?3 AND v.audience <> 'own')"),
        params![agent, uuid, shares],
        read,
    )
}

/// How many views this agent sees.
pub fn count(tx: &ReadTx, agent: AgentId) -> Result<usize> {
    Ok(all(tx, agent)?.len())
}

/// Stores a new view behind all others.
pub fn insert(tx: &WriteTx, agent: AgentId, view: &View) -> Result<()> {
    tx.insert(
        "INSERT INTO views (uuid, name, filter, audience, agent_id, team_id, position, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT coalesce(max(position), 0) + 1 FROM views), ?7)",
        params![view.uuid, view.name, view.filter.to_json().to_string(), view.audience, agent, view.team.map(|(id, _)| id), tx.now],
    )?;
    announce(tx, view.uuid);
    Ok(())
}

/// Writes a changed view.
pub fn update(tx: &WriteTx, view: &View) -> Result<()> {
    tx.exec(
        "UPDATE views SET name = ?2, filter = ?3, audience = ?4, team_id = ?5, position = ?6 WHERE uuid = ?1",
        params![view.uuid, view.name, view.filter.to_json().to_string(), view.audience, view.team.map(|(id, _)| id), view.position],
    )?;
    announce(tx, view.uuid);
    Ok(())
}

/// Makes a view the own of this agent.
pub fn take_over(tx: &WriteTx, agent: AgentId, view: Uuid) -> Result<()> {
    tx.exec("UPDATE views SET agent_id = ?2 WHERE uuid = ?1", params![view, agent])?;
    Ok(())
}

/// Removes a view.
pub fn delete(tx: &WriteTx, view: &View) -> Result<()> {
    tx.exec("DELETE FROM views WHERE uuid = ?1", [view.uuid])?;
    announce(tx, view.uuid);
    Ok(())
}

/// The teams of an agent, by their public ids: "mine" in a view.
pub fn teams_of(tx: &ReadTx, agent: AgentId) -> Result<Vec<Uuid>> {
    tx.all("SELECT t.uuid FROM team_members m JOIN teams t ON t.id = m.team_id WHERE m.agent_id = ?1", [agent], |row| row.get(0))
}

fn announce(tx: &WriteTx, view: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::ToolChanged { tool: Tool::View, uuid: view });
}

fn read(row: &Row<'_>) -> rusqlite::Result<View> {
    let filter: String = row.get(3)?;
    let filter = serde_json::from_str(&filter).ok().and_then(|value| Group::parse(&value, "filter").ok());
    let audience: Sharing = row.get(4)?;
    let team = match row.get::<_, Option<TeamId>>(6)? {
        Some(id) => Some((id, row.get(7)?)),
        None => None,
    };
    Ok(View {
        uuid: row.get(1)?,
        name: row.get(2)?,
        filter: filter.unwrap_or_else(Group::everything),
        audience,
        team,
        mine: row.get::<_, Option<bool>>(5)?.unwrap_or(false),
        position: row.get(8)?,
    })
}
