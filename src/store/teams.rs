//! Teams and who is in them.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{HoursId, TeamId, Uuid};
use crate::base::limits;
use crate::model::event::{Topic, What};
use crate::model::team::{Member, Team};
use rusqlite::{Row, params};
use std::collections::HashMap;

macro_rules! team_select {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.uuid, t.name, t.created_at, h.id, h.uuid FROM teams t LEFT JOIN business_hours h ON h.id = t.business_hours_id ",
            $tail
        )
    };
}

/// All teams with their members, by name. There are few (`limits::TEAMS_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Team>> {
    let mut teams = tx.all(team_select!("ORDER BY t.name COLLATE NOCASE, t.id"), [], read)?;
    let mut members: HashMap<TeamId, Vec<Member>> = HashMap::new();
    for (team, member) in tx.all(
        "SELECT m.team_id, a.id, a.uuid FROM team_members m JOIN agents a ON a.id = m.agent_id ORDER BY m.team_id, m.agent_id",
        [],
        |row| Ok((row.get(0)?, Member { id: row.get(1)?, uuid: row.get(2)? })),
    )? {
        members.entry(team).or_default().push(member);
    }
    for team in &mut teams {
        team.members = members.remove(&team.id).unwrap_or_default();
    }
    Ok(teams)
}

/// The team with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Team>> {
    let Some(mut team) = tx.one(team_select!("WHERE t.uuid = ?1"), [uuid], read)? else { return Ok(None) };
    team.members = tx.all(
        "SELECT a.id, a.uuid FROM team_members m JOIN agents a ON a.id = m.agent_id WHERE m.team_id = ?1 ORDER BY m.agent_id",
        [team.id],
        |row| Ok(Member { id: row.get(0)?, uuid: row.get(1)? }),
    )?;
    Ok(Some(team))
}

/// Stores a new team without members; `set_members` follows.
pub fn insert(tx: &WriteTx, name: &str) -> Result<Uuid> {
    let uuid = Uuid::new();
    tx.insert("INSERT INTO teams (uuid, name, created_at) VALUES (?1, ?2, ?3)", params![uuid, name, tx.now])?;
    announce(tx, uuid);
    Ok(uuid)
}

/// Writes name and hours.
pub fn update(tx: &WriteTx, id: TeamId, uuid: Uuid, name: &str, hours: Option<HoursId>) -> Result<()> {
    tx.exec("UPDATE teams SET name = ?2, business_hours_id = ?3 WHERE id = ?1", params![id, name, hours])?;
    announce(tx, uuid);
    Ok(())
}

/// Replaces the members by the agents with these public ids; one that does not exist is not found.
pub fn set_members(tx: &WriteTx, id: TeamId, members: &[Uuid]) -> Result<()> {
    tx.exec("DELETE FROM team_members WHERE team_id = ?1", [id])?;
    for uuid in members {
        let added =
            tx.exec("INSERT OR IGNORE INTO team_members (team_id, agent_id) SELECT ?1, id FROM agents WHERE uuid = ?2", params![id, uuid])?;
        if added == 0 && tx.one("SELECT 1 FROM agents WHERE uuid = ?1", [uuid], |_| Ok(()))?.is_none() {
            return Err(Error::not_found("agent").in_field("members"));
        }
    }
    Ok(())
}

/// Takes some of the team's conversations away from it; how many. Call it until it is fewer than `limits::TEAM_DETACH_BATCH`.
pub fn detach(tx: &WriteTx, id: TeamId) -> Result<usize> {
    tx.exec(
        "UPDATE conversations SET team_id = NULL WHERE id IN (SELECT id FROM conversations WHERE team_id = ?1 LIMIT ?2)",
        params![id, limits::TEAM_DETACH_BATCH],
    )
}

/// Removes a team without conversations.
pub fn delete(tx: &WriteTx, id: TeamId, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM teams WHERE id = ?1", [id])?;
    announce(tx, uuid);
    Ok(())
}

/// Names of the inboxes with a start button that leads to this team.
pub fn used_by(tx: &ReadTx, uuid: Uuid) -> Result<Vec<String>> {
    tx.all(
        "SELECT name FROM inboxes WHERE EXISTS (SELECT 1 FROM json_each(config, '$.home_buttons') b WHERE json_extract(b.value, '$.team') = ?1)
         ORDER BY id LIMIT 20",
        [uuid.to_string()],
        |row| row.get(0),
    )
}

fn announce(tx: &WriteTx, team: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::TeamChanged { team });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Team> {
    let hours = match row.get::<_, Option<HoursId>>(4)? {
        Some(id) => Some((id, row.get(5)?)),
        None => None,
    };
    Ok(Team { id: row.get(0)?, uuid: row.get(1)?, name: row.get(2)?, created_at: row.get(3)?, members: Vec::new(), hours })
}
