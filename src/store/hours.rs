//! Sets of business hours.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{HoursId, InboxId, TeamId, Uuid};
use crate::model::event::{Topic, What};
use crate::model::hours::{Hours, Plan};
use rusqlite::{Row, params};

macro_rules! hours_select {
    ($tail:literal) => {
        concat!("SELECT id, uuid, name, time_zone, weekly, holidays, created_at, updated_at FROM business_hours ", $tail)
    };
}

/// All sets, by name. There are few (`limits::HOURS_SETS_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Hours>> {
    tx.all(hours_select!("ORDER BY name COLLATE NOCASE, id"), [], read)?.into_iter().collect()
}

/// The set with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Hours>> {
    tx.one(hours_select!("WHERE uuid = ?1"), [uuid], read)?.transpose()
}

/// The hours that count for a team in an inbox: its own, else those of the inbox; `None` = always open.
pub fn of(tx: &ReadTx, inbox: InboxId, team: Option<TeamId>) -> Result<Option<Hours>> {
    let own = hours_select!("WHERE id = (SELECT business_hours_id FROM teams WHERE id = ?1)");
    if let Some(set) = tx.one(own, [team], read)? {
        return set.map(Some);
    }
    tx.one(hours_select!("WHERE uuid = (SELECT json_extract(config, '$.hours.set') FROM inboxes WHERE id = ?1)"), [inbox], read)?
        .transpose()
}

/// The set with this row number.
pub fn set(tx: &ReadTx, id: HoursId) -> Result<Option<Hours>> {
    tx.one(hours_select!("WHERE id = ?1"), [id], read)?.transpose()
}

/// Stores a new set.
pub fn insert(tx: &WriteTx, name: &str, plan: &Plan) -> Result<Hours> {
    let uuid = Uuid::new();
    let (weekly, holidays) = columns(plan)?;
    tx.insert(
        "INSERT INTO business_hours (uuid, name, time_zone, weekly, holidays, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        params![uuid, name, plan.zone_name(), weekly, holidays, tx.now],
    )?;
    changed(tx, uuid)
}

/// Stores a changed set.
pub fn update(tx: &WriteTx, hours: &Hours) -> Result<Hours> {
    let (weekly, holidays) = columns(&hours.plan)?;
    tx.exec(
        "UPDATE business_hours SET name = ?2, time_zone = ?3, weekly = ?4, holidays = ?5, updated_at = ?6 WHERE id = ?1",
        params![hours.id, hours.name, hours.plan.zone_name(), weekly, holidays, tx.now],
    )?;
    changed(tx, hours.uuid)
}

/// Removes a set.
pub fn delete(tx: &WriteTx, hours: &Hours) -> Result<()> {
    tx.exec("DELETE FROM business_hours WHERE id = ?1", [hours.id])?;
    tx.announce_ephemeral(vec![Topic::Agents], What::HoursChanged { hours: hours.uuid });
    Ok(())
}

/// Names of the inboxes and of the teams that go by this set.
pub fn used_by(tx: &ReadTx, hours: &Hours) -> Result<(Vec<String>, Vec<String>)> {
    let inboxes = tx.all(
        "SELECT name FROM inboxes WHERE json_extract(config, '$.hours.set') = ?1 ORDER BY id LIMIT 20",
        [hours.uuid.to_string()],
        |row| row.get(0),
    )?;
    let teams = tx.all("SELECT name FROM teams WHERE business_hours_id = ?1 ORDER BY id LIMIT 20", [hours.id], |row| row.get(0))?;
    Ok((inboxes, teams))
}

fn columns(plan: &Plan) -> Result<(String, String)> {
    let weekly = serde_json::to_string(&plan.weekly).map_err(Error::internal)?;
    Ok((weekly, serde_json::to_string(&plan.holidays).map_err(Error::internal)?))
}

fn changed(tx: &WriteTx, uuid: Uuid) -> Result<Hours> {
    tx.announce_ephemeral(vec![Topic::Agents], What::HoursChanged { hours: uuid });
    find(tx, uuid)?.ok_or_else(|| Error::not_found("set of hours"))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Hours>> {
    let (zone, weekly, holidays): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
    let plan = match (serde_json::from_str(&weekly), serde_json::from_str(&holidays)) {
        (Ok(weekly), Ok(holidays)) => Plan::new(&zone, weekly, holidays),
        (Err(cause), _) | (_, Err(cause)) => Err(Error::internal(cause)),
    };
    let (id, uuid, name): (HoursId, Uuid, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let (created_at, updated_at) = (row.get(6)?, row.get(7)?);
    Ok(plan.map_err(Error::internal).map(|plan| Hours { id, uuid, name, plan, created_at, updated_at }))
}
