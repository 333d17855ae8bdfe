//! What the house knows about itself: its size, its clock, what it owes and could not pay.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use rusqlite::params;

/// A job that failed for good.
#[derive(Debug, Clone)]
pub struct Buried {
    pub id: i64,
    pub kind: String,
    pub attempts: u32,
    pub error: String,
}

/// Bytes of the database.
pub fn size(tx: &ReadTx) -> Result<i64> {
    let size = tx.one("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| row.get(0))?;
    Ok(size.unwrap_or(0))
}

/// When the newest change happened; later than now means that the clock went back.
pub fn newest_change(tx: &ReadTx) -> Result<Option<Millis>> {
    tx.one("SELECT created_at FROM events ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
}

/// The latest moment that is written down of this house, for a clock that may have lost the time.
pub(super) fn last_known(tx: &ReadTx) -> Result<Option<Millis>> {
    let alive: Option<Millis> = super::settings::find(tx, super::pulse::ALIVE)?.and_then(|text| text.parse().ok());
    Ok(alive.max(newest_change(tx)?))
}

/// Jobs that were given up, newest first, and how many there are.
pub fn buried(tx: &ReadTx, limit: u32) -> Result<(Vec<Buried>, i64)> {
    let count = tx.one("SELECT count(*) FROM jobs WHERE buried_at IS NOT NULL", [], |row| row.get(0))?.unwrap_or(0);
    let jobs = tx.all(
        "SELECT id, kind, coalesce(last_error, ''), attempts FROM jobs WHERE buried_at IS NOT NULL ORDER BY buried_at DESC LIMIT ?1",
        [limit],
        |row| Ok(Buried { id: row.get(0)?, kind: row.get(1)?, error: row.get(2)?, attempts: row.get(3)? }),
    )?;
    Ok((jobs, count))
}

/// Gives a buried job another chance.
pub fn dig_up(tx: &WriteTx, id: i64) -> Result<()> {
    let found = tx.exec(
        "UPDATE jobs SET buried_at = NULL, attempts = 0, leased_until = NULL, run_at = ?2 WHERE id = ?1 AND buried_at IS NOT NULL",
        params![id, tx.now],
    )?;
    if found == 0 {
        return Err(Error::not_found("job"));
    }
    tx.wake_jobs();
    Ok(())
}

/// Agents who were invited before `before` and never came.
pub fn never_came(tx: &ReadTx, before: Millis) -> Result<Vec<String>> {
    tx.all(
        "SELECT trim(first_name || ' ' || last_name) FROM agents WHERE password_hash IS NULL AND suspended_at IS NULL AND created_at < ?1
         ORDER BY id LIMIT 20",
        [before],
        |row| row.get(0),
    )
}

/// What the house holds and owes, in numbers.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    /// Conversations that are open.
    pub open: i64,
    /// Those of them that nobody has.
    pub unassigned: i64,
    /// Jobs that wait or are at work, by kind.
    pub jobs: Vec<(String, i64)>,
    /// Jobs that were given up.
    pub buried: i64,
    /// When the oldest job that waits should have run, if that is over.
    pub late_since: Option<Millis>,
    /// When the last backup was made.
    pub backup_at: Option<Millis>,
}

/// Counts what the house holds and owes.
pub fn holdings(tx: &ReadTx) -> Result<Holdings> {
    let count = |sql| Ok::<i64, Error>(tx.one(sql, [], |row| row.get(0))?.unwrap_or(0));
    Ok(Holdings {
        open: count("SELECT count(*) FROM conversations WHERE listing = 'open'")?,
        unassigned: count("SELECT count(*) FROM conversations WHERE assignee_id IS NULL AND listing = 'open'")?,
        jobs: tx.all("SELECT kind, count(*) FROM jobs WHERE buried_at IS NULL GROUP BY kind ORDER BY kind", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?,
        buried: count("SELECT count(*) FROM jobs WHERE buried_at IS NOT NULL")?,
        late_since: tx.one("SELECT min(run_at) FROM jobs WHERE buried_at IS NULL AND run_at < ?1", [tx.now], |row| row.get(0))?.flatten(),
        backup_at: super::settings::find(tx, "backup_at")?.and_then(|text| text.parse().ok()),
    })
}

/// What was said in one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day's number since 1970, where whoever asks is.
    pub day: i64,
    pub incoming: i64,
    pub outgoing: i64,
}

/// Messages of the last `count` days, today's the last; days without any are there too.
pub fn days(tx: &ReadTx, offset_ms: Millis, count: i64) -> Result<Vec<Day>> {
    const DAY_MS: i64 = 24 * 3600 * 1000;
    let today = (tx.now + offset_ms).div_euclid(DAY_MS);
    let first = today - count + 1;
    let found = tx.all(
        "SELECT (created_at + ?2) / ?3, sum(kind = 'incoming'), sum(kind = 'outgoing') FROM messages
         WHERE created_at >= ?1 GROUP BY 1 ORDER BY 1 LIMIT ?4",
        params![first * DAY_MS - offset_ms, offset_ms, DAY_MS, count],
        |row| Ok(Day { day: row.get(0)?, incoming: row.get(1)?, outgoing: row.get(2)? }),
    )?;
    let of = |day| found.iter().find(|known| known.day == day).copied().unwrap_or(Day { day, incoming: 0, outgoing: 0 });
    Ok((first..=today).map(of).collect())
}
