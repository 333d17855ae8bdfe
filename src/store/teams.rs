//! Teams and who is in them.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{HoursId, TeamId, Uuid};
use crate::base::limits;
use crate::model::event::{Topic, What};
use crate::model::team::{Member, Place, Routing, Team};
use rusqlite::{Row, params};
use std::collections::HashMap;

macro_rules! team_select {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.uuid, t.name, t.created_at, h.id, h.uuid, t.routing, t.prefer_last, t.answer_within_s,
                    t.uuid = (SELECT value FROM settings WHERE key = 'default_team') IS TRUE FROM teams t LEFT JOIN business_hours h ON h.id = t.business_hours_id ",
            $tail
        )
    };
}

/// All teams with their members, by name. There are few (`limits::TEAMS_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Team>> {
    let mut teams = tx.all(team_select!("ORDER BY t.name COLLATE NOCASE, t.id"), [], read)?;
    let mut members: HashMap<TeamId, Vec<Member>> = HashMap::new();
    for (team, member) in tx.all(
        "SELECT m.team_id, a.id, a.uuid, m.place FROM team_members m JOIN agents a ON a.id = m.agent_id ORDER BY m.team_id, m.agent_id",
        [],
        |row| Ok((row.get(0)?, Member { id: row.get(1)?, uuid: row.get(2)?, place: row.get(3)? })),
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
        "SELECT a.id, a.uuid, m.place FROM team_members m JOIN agents a ON a.id = m.agent_id WHERE m.team_id = ?1 ORDER BY m.agent_id",
        [team.id],
        |row| Ok(Member { id: row.get(0)?, uuid: row.get(1)?, place: row.get(2)? }),
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

/// Writes how the team's conversations come to its members.
pub fn set_routing(tx: &WriteTx, id: TeamId, routing: Routing, prefer_last: bool, answer_within_s: Option<u32>) -> Result<()> {
    tx.exec(
        "UPDATE teams SET routing = ?2, prefer_last = ?3, answer_within_s = ?4 WHERE id = ?1",
        params![id, routing, prefer_last, answer_within_s],
    )?;
    Ok(())
}

/// Makes this the team of inboxes without one, or no longer so.
pub fn set_default(tx: &WriteTx, uuid: Uuid, is_default: bool) -> Result<()> {
    match is_default {
        true => super::settings::put(tx, "default_team", &uuid.to_string()),
        false => tx.exec("DELETE FROM settings WHERE key = 'default_team' AND value = ?1", [uuid.to_string()]).map(|_| ()),
    }
}

/// The team of conversations for which nobody chose one.
pub fn default(tx: &ReadTx) -> Result<Option<TeamId>> {
    tx.one("SELECT id FROM teams WHERE uuid = (SELECT value FROM settings WHERE key = 'default_team')", [], |row| row.get(0))
}

/// Replaces the members by the agents with these public ids; one that does not exist is not found. Who stays keeps his place and turn.
pub fn set_members(tx: &WriteTx, id: TeamId, members: &[Uuid]) -> Result<()> {
    let kept = serde_json::json!(members.iter().map(Uuid::to_string).collect::<Vec<_>>()).to_string();
    tx.exec(
        "DELETE FROM team_members WHERE team_id = ?1
         AND agent_id NOT IN (SELECT id FROM agents WHERE uuid IN (SELECT value FROM json_each(?2)))",
        params![id, kept],
    )?;
    for uuid in members {
        let added =
            tx.exec("INSERT OR IGNORE INTO team_members (team_id, agent_id) SELECT ?1, id FROM agents WHERE uuid = ?2", params![id, uuid])?;
        if added == 0 && tx.one("SELECT 1 FROM agents WHERE uuid = ?1", [uuid], |_| Ok(()))?.is_none() {
            return Err(Error::not_found("agent").in_field("members"));
        }
    }
    Ok(())
}

/// Sets the place of a member.
pub fn set_place(tx: &WriteTx, id: TeamId, member: Uuid, place: Place) -> Result<()> {
    tx.exec(
        "UPDATE team_members SET place = ?3 WHERE team_id = ?1 AND agent_id = (SELECT id FROM agents WHERE uuid = ?2)",
        params![id, member, place],
    )?;
    Ok(())
}

/// Takes some of the team's conversations away from it; how many. Call it until it is fewer than `limits::TEAM_DETACH_BATCH`.
pub fn detach(tx: &WriteTx, id: TeamId) -> Result<usize> {
    tx.exec(
        "UPDATE conversations SET team_id = NULL, given_at = NULL WHERE id IN (SELECT id FROM conversations WHERE team_id = ?1 LIMIT ?2)",
        params![id, limits::TEAM_DETACH_BATCH],
    )
}

/// Removes a team without conversations.
pub fn delete(tx: &WriteTx, id: TeamId, uuid: Uuid) -> Result<()> {
    tx.exec("DELETE FROM teams WHERE id = ?1", [id])?;
    announce(tx, uuid);
    Ok(())
}

/// Names of the inboxes with a start button that leads to this team, or whose conversations it gets.
pub fn used_by(tx: &ReadTx, uuid: Uuid) -> Result<Vec<String>> {
    tx.all(
        "SELECT name FROM inboxes WHERE EXISTS (SELECT 1 FROM json_each(config, '$.home_buttons') b WHERE json_extract(b.value, '$.team') = ?1)
         OR json_extract(config, '$.routing.team') = ?1 ORDER BY id LIMIT 20",
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
    Ok(Team {
        id: row.get(0)?,
        uuid: row.get(1)?,
        name: row.get(2)?,
        created_at: row.get(3)?,
        members: Vec::new(),
        hours,
        routing: row.get(6)?,
        prefer_last: row.get(7)?,
        answer_within_s: row.get(8)?,
        is_default: row.get(9)?,
    })
}
