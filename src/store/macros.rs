//! Macros: prepared text plus actions.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, TeamId, Uuid};
use crate::base::limits;
use crate::model::action::Action;
use crate::model::event::{Tool, Topic, What};
use crate::model::macros::{Macro, Sharing};
use rusqlite::{Row, params};

macro_rules! macro_select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT m.uuid, m.name, m.shortcut, m.body, m.is_note, m.actions, m.audience, t.id, t.uuid, m.agent_id, m.uses
             FROM macros m LEFT JOIN teams t ON t.id = m.team_id WHERE ",
            $($tail),+
        )
    };
}

/// True where agent ?1, who shares or not (?2), may use macro `m`.
macro_rules! usable {
    () => {
        "m.audience = 'all' OR (m.audience = 'own' AND m.agent_id = ?1) OR (m.audience = 'team'
         AND (?2 OR EXISTS (SELECT 1 FROM team_members WHERE team_id = m.team_id AND agent_id = ?1)))"
    };
}

/// Macros this agent may use: own ones, his teams', everybody's; all teams' when he `shares`, so that he can keep them in order. The most used
/// come first.
pub fn for_agent(tx: &ReadTx, agent: AgentId, shares: bool) -> Result<Vec<Macro>> {
    tx.all(
        macro_select!("(", usable!(), ") ORDER BY m.uses DESC, m.name COLLATE NOCASE, m.id LIMIT ?3"),
        params![agent, shares, limits::MACROS_MAX],
        read,
    )
}

/// The macro with this public id, when this agent may use it.
pub fn find_for_agent(tx: &ReadTx, agent: AgentId, shares: bool, uuid: Uuid) -> Result<Macro> {
    tx.one(macro_select!("m.uuid = ?3 AND (", usable!(), ")"), params![agent, shares, uuid], read)?.ok_or_else(|| Error::not_found("macro"))
}

/// The macro with this public id, when this agent may edit it: own ones, and all shared ones when he `shares`.
pub fn find_for_editor(tx: &ReadTx, agent: AgentId, shares: bool, uuid: Uuid) -> Result<Macro> {
    tx.one(
        macro_select!("m.uuid = ?3 AND ((m.audience = 'own' AND m.agent_id = ?1) OR (m.audience <> 'own' AND ?2))"),
        params![agent, shares, uuid],
        read,
    )?
    .ok_or_else(|| Error::not_found("macro"))
}

/// How many an agent has of his own, or how many are shared.
pub fn count(tx: &ReadTx, own_of: Option<AgentId>) -> Result<u32> {
    let sql = "SELECT count(*) FROM macros WHERE (?1 IS NULL AND audience <> 'own') OR (audience = 'own' AND agent_id = ?1)";
    Ok(tx.one(sql, [own_of], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new macro.
pub fn insert(tx: &WriteTx, one: &Macro) -> Result<()> {
    tx.insert(
        "INSERT INTO macros (uuid, name, shortcut, body, is_note, actions, audience, agent_id, team_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)",
        params![
            one.uuid,
            one.name,
            one.shortcut,
            one.body,
            one.is_note,
            Action::kept(&one.actions),
            one.audience,
            one.owner,
            team(one),
            tx.now
        ],
    )?;
    announce(tx, one);
    Ok(())
}

/// Writes everything that can be edited.
pub fn update(tx: &WriteTx, one: &Macro) -> Result<()> {
    tx.exec(
        "UPDATE macros SET name = ?2, shortcut = ?3, body = ?4, is_note = ?5, actions = ?6, audience = ?7, agent_id = ?8, team_id = ?9, updated_at = ?10
         WHERE uuid = ?1",
        params![
            one.uuid,
            one.name,
            one.shortcut,
            one.body,
            one.is_note,
            Action::kept(&one.actions),
            one.audience,
            one.owner,
            team(one),
            tx.now
        ],
    )?;
    announce(tx, one);
    Ok(())
}

/// Removes a macro.
pub fn delete(tx: &WriteTx, one: &Macro) -> Result<()> {
    tx.exec("DELETE FROM macros WHERE uuid = ?1", [one.uuid])?;
    announce(tx, one);
    Ok(())
}

/// Counts one more use.
pub fn used(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("UPDATE macros SET uses = uses + 1 WHERE uuid = ?1", [uuid])?;
    Ok(())
}

fn team(one: &Macro) -> Option<TeamId> {
    one.team.map(|(id, _)| id)
}

/// Somebody's own is told to him alone, on his other screens.
fn announce(tx: &WriteTx, one: &Macro) {
    let topic = match (one.audience, one.owner) {
        (Sharing::Own, Some(agent)) => Topic::Agent(agent),
        (Sharing::Own | Sharing::Team | Sharing::All, _) => Topic::Agents,
    };
    tx.announce_ephemeral(vec![topic], What::ToolChanged { tool: Tool::Macro, uuid: one.uuid });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Macro> {
    Ok(Macro {
        uuid: row.get(0)?,
        name: row.get(1)?,
        shortcut: row.get(2)?,
        body: row.get(3)?,
        is_note: row.get(4)?,
        actions: Action::from_kept(&row.get::<_, String>(5)?),
        audience: row.get(6)?,
        team: match row.get::<_, Option<TeamId>>(7)? {
            Some(id) => Some((id, row.get(8)?)),
            None => None,
        },
        owner: row.get(9)?,
        uses: row.get(10)?,
    })
}
