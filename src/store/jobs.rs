//! The outbox: things owed, claimed by workers with a lease. A crash is an expired lease is a retry.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::JobId;
use crate::base::limits;
use crate::model::job::{Claimed, Job};
use rusqlite::params;

/// Enqueues a job for `run_at`.
pub fn enqueue(tx: &WriteTx, job: &Job, run_at: Millis) -> Result<()> {
    put(tx, job, None, run_at)
}

/// Enqueues a job once per key: a later call moves the waiting one to its own time and payload.
pub fn enqueue_once(tx: &WriteTx, key: &str, job: &Job, run_at: Millis) -> Result<()> {
    put(tx, job, Some(key), run_at)
}

/// Enqueues a job unless one waits under its key already: the first one sets the time.
pub fn enqueue_unless_waiting(tx: &WriteTx, key: &str, job: &Job, run_at: Millis) -> Result<()> {
    let waiting = tx.one("SELECT 1 FROM jobs WHERE dedup_key = ?1 AND buried_at IS NULL", [key], |_| Ok(()))?;
    if waiting.is_some() { Ok(()) } else { put(tx, job, Some(key), run_at) }
}

/// Enqueues a job unless one waits under its key already. One that is at work may be past the moment of looking: it comes again at `run_at`
/// when it is done, with what it remembers of its tries.
pub fn owe(tx: &WriteTx, key: &str, job: &Job, run_at: Millis) -> Result<()> {
    let at_work = tx.one(
        "SELECT coalesce(leased_until, 0) > ?2 FROM jobs WHERE dedup_key = ?1 AND buried_at IS NULL",
        params![key, tx.now],
        |row| row.get::<_, bool>(0),
    )?;
    match at_work {
        None => put(tx, job, Some(key), run_at),
        Some(false) => Ok(()),
        Some(true) => {
            tx.exec("UPDATE jobs SET run_at = max(run_at + 1, ?2) WHERE dedup_key = ?1", params![key, run_at])?;
            Ok(())
        }
    }
}

/// Writes down in the job that waits (or is at work) under this key what its next try must know.
pub fn amend(tx: &WriteTx, key: &str, job: &Job) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    tx.exec("UPDATE jobs SET payload = ?2 WHERE dedup_key = ?1", params![key, payload])?;
    Ok(())
}

fn put(tx: &WriteTx, job: &Job, key: Option<&str>, run_at: Millis) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    tx.exec(
        "INSERT INTO jobs (kind, payload, dedup_key, run_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (dedup_key) DO UPDATE SET run_at = excluded.run_at, payload = excluded.payload, attempts = 0, leased_until = NULL, buried_at = NULL",
        params![job.kind(), payload, key, run_at, tx.now],
    )?;
    tx.wake_jobs();
    Ok(())
}

/// Takes back what was enqueued under a key.
pub fn cancel(tx: &WriteTx, key: &str) -> Result<()> {
    tx.exec("DELETE FROM jobs WHERE dedup_key = ?1", [key])?;
    Ok(())
}

/// Takes up to `count` due jobs, leased for twice the time one may run.
pub fn claim(tx: &WriteTx, count: usize) -> Result<Vec<Claimed>> {
    let due: Vec<(JobId, String, u32, Millis)> = tx.all(
        "SELECT id, payload, attempts, run_at FROM jobs WHERE buried_at IS NULL AND run_at <= ?1 AND coalesce(leased_until, 0) <= ?1
         ORDER BY run_at LIMIT ?2",
        params![tx.now, count as u32],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let mut claimed = Vec::new();
    for (id, payload, attempts, run_at) in due {
        match serde_json::from_str(&payload) {
            Ok(job) => {
                let lease = tx.now + 2 * limits::JOB_TIMEOUT.as_millis() as i64;
                tx.exec("UPDATE jobs SET leased_until = ?2, attempts = attempts + 1 WHERE id = ?1", params![id, lease])?;
                claimed.push(Claimed { id, job, attempts, run_at });
            }
            // Of a newer version, after a downgrade: kept for people to see.
            Err(cause) => bury(tx, id, &format!("not understood: {cause}"))?,
        }
    }
    Ok(claimed)
}

/// The clock was set back by `by_ms`: what was enqueued in hours that have not come yet is as due as it was, and neither a lease nor a pause
/// lasts longer than it ever may. What somebody wants at a certain time of the day (`wake_conversation`) stays.
pub fn set_back(tx: &WriteTx, by_ms: Millis) -> Result<()> {
    tx.exec(
        "UPDATE jobs SET run_at = CASE
             WHEN kind = 'wake_conversation' THEN run_at
             WHEN created_at > ?1 THEN run_at - ?2
             WHEN attempts > 0 THEN min(run_at, ?1 + ?3)
             ELSE run_at END,
           leased_until = min(leased_until, ?1 + ?4)
         WHERE buried_at IS NULL AND (created_at > ?1 OR attempts > 0)",
        params![tx.now, by_ms, limits::JOB_PAUSE_MAX.as_millis() as i64, 2 * limits::JOB_TIMEOUT.as_millis() as i64],
    )?;
    tx.wake_jobs();
    Ok(())
}

/// When the next job is due, or its lease over.
pub fn next_due(tx: &ReadTx) -> Result<Option<Millis>> {
    Ok(tx.one("SELECT min(max(run_at, coalesce(leased_until, 0))) FROM jobs WHERE buried_at IS NULL", [], |row| row.get(0))?.flatten())
}

/// Done.
pub fn finish(tx: &WriteTx, claimed: &Claimed) -> Result<()> {
    // The same row may have been enqueued again meanwhile, for another time: then it stays.
    tx.exec("DELETE FROM jobs WHERE id = ?1 AND run_at = ?2", params![claimed.id, claimed.run_at])?;
    Ok(())
}

/// Failed for now; comes again at `run_at`.
pub fn retry(tx: &WriteTx, id: JobId, error: &str, run_at: Millis) -> Result<()> {
    tx.exec("UPDATE jobs SET leased_until = NULL, last_error = ?2, run_at = ?3 WHERE id = ?1", params![id, error, run_at])?;
    Ok(())
}

/// Puts another payload in place of a job's.
pub fn rewrite(tx: &WriteTx, id: JobId, job: &Job) -> Result<()> {
    let payload = serde_json::to_string(job).map_err(Error::internal)?;
    tx.exec("UPDATE jobs SET payload = ?2 WHERE id = ?1", params![id, payload])?;
    Ok(())
}

/// Could not be tried, through no fault of its own: comes again at `run_at`, with as many tries left as before.
pub fn postpone(tx: &WriteTx, id: JobId, why: &str, run_at: Millis) -> Result<()> {
    tx.exec(
        "UPDATE jobs SET leased_until = NULL, attempts = max(attempts - 1, 0), last_error = ?2, run_at = ?3 WHERE id = ?1",
        params![id, why, run_at],
    )?;
    Ok(())
}

/// Failed for good; kept for people to see.
pub fn bury(tx: &WriteTx, id: JobId, error: &str) -> Result<()> {
    tx.exec("UPDATE jobs SET leased_until = NULL, last_error = ?2, buried_at = ?3 WHERE id = ?1", params![id, error, tx.now])?;
    Ok(())
}
