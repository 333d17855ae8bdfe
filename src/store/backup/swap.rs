//! Another file takes the place of the data file. Killed at any point, what lies there is the old file or the new one, whole.
//!
//! The order is what makes it so. The new file is made and checked beside the old one. Nobody else has the old one open; its log is folded in by
//! SQLite itself, because an old log beside a new file would be replayed into it, and a log removed before the rename would be lost if we
//! were killed in between. The old file gets its second name before it loses the first. The rename decides.

use super::folder::Sort;
use super::part::{Part, beside, cannot_write, folder_of, give_as, remove, remove_companions, sync_folder};
use super::{copy_told, counts, folder, hold, open_to_read, verify};
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::store::{ReadTx, WriteTx, audit, migrate};
use rusqlite::{Connection, OpenFlags, params};
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What a rollback did.
#[derive(Debug)]
pub struct RolledBack {
    /// The schema of the file that is there again.
    pub version: i64,
    /// Where the newer file is kept.
    pub aside: PathBuf,
    /// What the newer file has and this one has not, as far as it can be read: table and rows.
    pub since: Vec<(&'static str, i64)>,
}

/// Puts a backup in place of the data file. Answers where what was there is kept.
pub fn restore(data_file: &Path, from: &Path, now: Millis) -> Result<Option<PathBuf>> {
    if is_one(data_file, from) {
        return Err(Error::invalid(format!("{} is the data file itself.", from.display())));
    }
    migrate::refuse_newer(verify(from)?, &format!("The backup {}", from.display()))?;
    let fresh = prepare(data_file, from)?;
    go_on_counting(&fresh, data_file, now)?;
    forget_choice(data_file)?;
    swap(data_file, &fresh, "restore", now)
}

/// Puts the newest snapshot of an upgrade in place of the data file, for the program of that version. `None` when the file is that already.
pub fn roll_back(data_file: &Path, now: Millis) -> Result<Option<RolledBack>> {
    let known = migrate::version(migrate::MIGRATIONS);
    let version_of = |sort| if let Sort::Snapshot(version) = sort { Some(version) } else { None };
    let snapshots = folder::beside_data(data_file)?.into_iter().filter_map(|kept| Some((version_of(kept.sort)?, kept.path)));
    let newest = snapshots.filter(|(version, _)| *version <= known).max_by_key(|(version, _)| *version);
    let Some((version, snapshot)) = newest else {
        return Err(Error::conflict(format!(
            "There is no snapshot of an upgrade beside {} that this deskbell (schema {known}) could read. `deskbell restore FILE` puts back a backup.",
            data_file.display()
        )));
    };
    let present = open_to_read(data_file).and_then(|file| Ok(file.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?));
    if present.is_ok_and(|present| present == version) {
        return Ok(None);
    }
    if verify(&snapshot)? != version {
        return Err(Error::conflict(format!("{} is not what its name says. Nothing was changed.", snapshot.display())));
    }
    let fresh = prepare(data_file, &snapshot)?;
    let since = written_since(data_file, &fresh);
    forget_choice(data_file)?;
    let aside = swap(data_file, &fresh, "rollback", now)?;
    Ok(Some(RolledBack { version, aside: aside.unwrap_or_default(), since }))
}

/// A checked copy of `from` beside the data file, which belongs to whoever has that.
pub fn prepare(data_file: &Path, from: &Path) -> Result<PathBuf> {
    let fresh = beside(data_file, ".restoring");
    // Left by a crash.
    remove(&fresh)?;
    remove_companions(&fresh)?;
    copy_told(from, &fresh, &mut |_| Ok(()))?;
    give_as(&fresh, if data_file.exists() { data_file } else { folder_of(data_file) });
    Ok(fresh)
}

/// Clients hold the number of the last change they saw. Those of the file that goes must not be given a second time, or whoever was away
/// meanwhile would take the new changes for old ones.
pub fn go_on_counting(fresh: &Path, data_file: &Path, now: Millis) -> Result<()> {
    const LAST: &str = "SELECT coalesce(max(seq), 0) FROM events";
    let Ok(last) = open_to_read(data_file).and_then(|file| Ok(file.query_row(LAST, [], |row| row.get::<_, i64>(0))?)) else {
        // A damaged or missing file: what it knew, nobody knows.
        return Ok(());
    };
    let mut connection = Connection::open_with_flags(fresh, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let tx = connection.transaction()?;
    let own: i64 = tx.query_row(LAST, [], |row| row.get(0))?;
    let seq = last.max(own) + 1;
    tx.execute("INSERT INTO events (seq, kind, agent_id, public, created_at) VALUES (?1, 'agent', 0, 0, ?2)", params![seq, now])?;
    // Agents with an older number fetch everything again.
    tx.execute(
        "INSERT INTO settings (key, value) VALUES ('feed_floor', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [seq.to_string()],
    )?;
    tx.commit()?;
    Ok(())
}

/// Renames `fresh` to the data file, after what was there got its second name, which is answered. Refused while anybody has the file open.
pub fn swap(data_file: &Path, fresh: &Path, why: &str, now: Millis) -> Result<Option<PathBuf>> {
    let _alone = hold::alone(data_file)?;
    forget_twins(data_file)?;
    File::open(fresh).and_then(|file| file.sync_all()).map_err(|cause| cannot_write(fresh, cause))?;
    // Held until the end, against programs that are not ours.
    let (_folded, aside) = match data_file.exists() {
        true => {
            let aside = aside_name(data_file, why, now);
            (set_aside(data_file, &aside)?, Some(aside))
        }
        false => {
            remove_companions(data_file)?;
            (None, None)
        }
    };
    std::fs::rename(fresh, data_file).map_err(|cause| cannot_write(data_file, cause))?;
    sync_folder(data_file)?;
    folder::rotate_beside(data_file, |sort| sort == Sort::Replaced, limits::REPLACED_KEPT)?;
    Ok(aside)
}

/// Gives the data file its second name. What is answered keeps others from it.
fn set_aside(data_file: &Path, aside: &Path) -> Result<Option<Connection>> {
    match fold(data_file) {
        Ok(folded) => {
            second_name(data_file, aside)?;
            sync_folder(data_file)?;
            Ok(Some(folded))
        }
        Err(error) if error.kind == Kind::Busy => Err(Error::conflict(format!(
            "{} is open in another program (a database shell, or a replicator such as Litestream). Stop it, then try again.",
            data_file.display()
        ))),
        // Damaged, which may be why somebody restores: kept as it is, its log beside it under the name that belongs to it.
        Err(error) => {
            log::warn!("the replaced file cannot be read and is kept as it is error=\"{error:?}\"");
            second_name(data_file, aside)?;
            for suffix in ["-wal", "-journal"] {
                if beside(data_file, suffix).exists() {
                    second_name(&beside(data_file, suffix), &beside(aside, suffix))?;
                }
            }
            sync_folder(data_file)?;
            remove_companions(data_file)?;
            sync_folder(data_file)?;
            Ok(None)
        }
    }
}

/// Folds the log in, so that the one file is everything, and keeps everybody else out of it.
fn fold(data_file: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(data_file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(limits::LOCK_WAIT)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0))?;
    if mode != "delete" {
        return Err(Error::busy());
    }
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    Ok(connection)
}

/// A second name for the same file; a copy where the file system knows no second names.
fn second_name(path: &Path, other: &Path) -> Result<()> {
    if std::fs::hard_link(path, other).is_ok() {
        return Ok(());
    }
    let mut part = Part::begin(other)?;
    let mut from = File::open(path).map_err(|cause| cannot_write(path, cause))?;
    std::io::copy(&mut from, part.file()).map_err(|cause| cannot_write(other, cause))?;
    give_as(part.path(), path);
    part.publish(other).map(drop)
}

/// A swap that was killed before its rename leaves a second name of the file that is still in use: that is no copy of anything. Unless it
/// could not be read: then its log lies beside that name and nowhere else.
fn forget_twins(data_file: &Path) -> Result<()> {
    for kept in folder::beside_data(data_file)? {
        if is_one(&kept.path, data_file) && !beside(&kept.path, "-wal").exists() && !beside(&kept.path, "-journal").exists() {
            remove(&kept.path)?;
        }
    }
    Ok(())
}

/// Whether two paths lead to the same file.
pub(super) fn is_one(a: &Path, b: &Path) -> bool {
    match (std::fs::metadata(a), std::fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn aside_name(data_file: &Path, why: &str, now: Millis) -> PathBuf {
    let mut at = now;
    loop {
        let stamp = folder::name_at(at).replace("deskbell-", "").replace(".db", "");
        let path = beside(data_file, &format!(".before-{why}-{stamp}"));
        if !path.exists() {
            return path;
        }
        at += 1000;
    }
}

fn written_since(data_file: &Path, fresh: &Path) -> Vec<(&'static str, i64)> {
    let counted = |path: &Path| open_to_read(path).and_then(|file| counts::of(&file));
    match (counted(data_file), counted(fresh)) {
        (Ok(newer), Ok(older)) => ["messages", "conversations", "contacts"]
            .into_iter()
            .map(|table| (table, counts::rows(&newer, table) - counts::rows(&older, table)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Who chose a backup in the desk.
#[derive(Debug, Clone)]
pub struct Chooser {
    /// Public id: the backup may know him under another number, or not at all.
    pub uuid: Uuid,
    /// What he chose, as the log tells it.
    pub name: String,
}

/// Prepares a chosen backup while everybody goes on: a checked copy with today's schema, in which the log tells of it and every agent has to log
/// in again, because the backup does not know who was shut out since. The last rename makes it chosen; `finish` puts it in place.
pub fn stage(data_file: &Path, from: &Path, chooser: &Chooser, now: Millis) -> Result<()> {
    migrate::refuse_newer(verify(from)?, "The backup")?;
    let fresh = prepare(data_file, from)?;
    let mut connection = Connection::open_with_flags(&fresh, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")?;
    migrate::migrate_copy(&mut connection, &fresh)?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute_batch("DELETE FROM agent_sessions; DELETE FROM login_steps; DELETE FROM invitations")?;
    let seq = ReadTx::new(&connection, now).seq()?;
    let tx = WriteTx::new(&connection, now, seq);
    let agent = tx.one("SELECT id FROM agents WHERE uuid = ?1", [chooser.uuid], |row| row.get(0))?;
    audit::append(&tx, agent, "backup.restored", "", &serde_json::json!({ "name": chooser.name }))?;
    drop(tx);
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, cause)| cause)?;
    verify(&fresh)?;
    File::open(&fresh).and_then(|file| file.sync_all()).map_err(|cause| cannot_write(&fresh, cause))?;
    let chosen = chosen(data_file);
    std::fs::rename(&fresh, &chosen).map_err(|cause| cannot_write(&chosen, cause))?;
    sync_folder(&chosen)
}

/// Puts a chosen backup in place, before the file is opened. A crash since it was chosen changes nothing about that. When it cannot be done, the
/// choice is forgotten, and the file stays what it is.
pub fn finish(data_file: &Path, now: Millis) -> Result<()> {
    let chosen = chosen(data_file);
    if !chosen.exists() {
        return Ok(());
    }
    let done = go_on_counting(&chosen, data_file, now).and_then(|()| swap(data_file, &chosen, "restore", now));
    match done {
        Ok(aside) => log::info!("a backup took the place of the data file kept=\"{}\"", aside.unwrap_or_default().display()),
        Err(error) => {
            log::error!("the chosen backup could not take the place of the data file, which stays as it is error=\"{error:?}\"");
            remove(&chosen)?;
        }
    }
    remove_companions(&chosen)
}

/// Whoever restores on the command line wants that, and not what was chosen in the desk before a crash.
fn forget_choice(data_file: &Path) -> Result<()> {
    let chosen = chosen(data_file);
    remove(&chosen)?;
    remove_companions(&chosen)
}

fn chosen(data_file: &Path) -> PathBuf {
    beside(data_file, ".restore-chosen")
}
