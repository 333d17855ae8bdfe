//! A consistent copy of the file while everything goes on, verified before it gets its name.

use crate::base::error::{Error, Result};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a copy that found the file locked is tried again, and how long between: a checkpoint takes milliseconds.
const TRIES_MAX: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Copies the database at `path`, which may be in use, into `target`.
pub fn copy_file(path: &Path, target: &Path) -> Result<()> {
    let source = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|cause| Error::unavailable(format!("Cannot open {}: {cause}.", path.display())))?;
    copy(&source, target)
}

/// Writes down in the database at `path` that a backup was made at `now`, so that the desk knows.
pub fn note(path: &Path, now: i64) -> Result<()> {
    let connection = super::connect(path)?;
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('backup_at', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [now.to_string()],
    )?;
    Ok(())
}

/// Copies the database of `source` into `target`, which is replaced at once or not at all. The copy is checked before; mode 0600.
pub fn copy(source: &Connection, target: &Path) -> Result<()> {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let done = fill(source, &part).and_then(|()| std::fs::rename(&part, target).map_err(|cause| cannot_write(target, cause)));
    if done.is_err() {
        // Half a copy must not be taken for one.
        let _ = std::fs::remove_file(&part);
    }
    done?;
    sync_folder(target)
}

/// Checks that `path` is a whole database of ours; returns its schema version.
pub fn verify(path: &Path) -> Result<i64> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Error::conflict(format!("The file {} is damaged: {verdict}", path.display())));
    }
    let ours: bool =
        connection.query_row("SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('events', 'messages_fts')", [], |r| r.get(0))?;
    if !ours {
        return Err(Error::conflict(format!("The file {} is not a deskbell database.", path.display())));
    }
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn fill(source: &Connection, part: &Path) -> Result<()> {
    let _ = std::fs::remove_file(part);
    super::create_private(part)?;
    let mut copy = Connection::open(part)?;
    all_pages(&Backup::new(source, &mut copy)?)?;
    // A single file: no WAL beside it that could be forgotten when it is carried away.
    copy.execute_batch("PRAGMA journal_mode = DELETE")?;
    copy.close().map_err(|(_, cause)| cause)?;
    verify(part)?;
    std::fs::File::open(part).and_then(|file| file.sync_all()).map_err(|cause| cannot_write(part, cause))
}

/// All pages in one step: one snapshot, which a busy writer can neither block nor send back to the start. WAL lets it go on meanwhile.
fn all_pages(backup: &Backup<'_, '_>) -> Result<()> {
    for _ in 0..TRIES_MAX {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            // More, Busy, Locked: somebody else is at the file for a moment.
            _ => std::thread::sleep(PAUSE),
        }
    }
    Err(Error::busy())
}

fn sync_folder(target: &Path) -> Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|cause| cannot_write(target, cause))
}

fn cannot_write(path: &Path, cause: std::io::Error) -> Error {
    Error::unavailable(format!("Cannot write {}: {cause}.", path.display()))
}

/// Puts a verified backup in place of the data file. What was there is kept beside it under the name that is answered.
pub fn replace(data_file: &Path, from: &Path) -> Result<Option<PathBuf>> {
    let beside = |suffix: &str| {
        let mut name = data_file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let fresh = beside(".restoring");
    copy_file(from, &fresh)?;
    let aside = beside(".before-restore");
    let had_one = data_file.exists();
    if had_one {
        // A whole file, its WAL taken in, before it is put aside.
        copy_file(data_file, &aside)?;
    }
    // The old WAL belongs to the old file; beside the new one it would be replayed into it.
    for suffix in ["-wal", "-shm"] {
        match std::fs::remove_file(beside(suffix)) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cannot_write(&beside(suffix), cause)),
            _ => {}
        }
    }
    std::fs::rename(&fresh, data_file).map_err(|cause| cannot_write(data_file, cause))?;
    sync_folder(data_file)?;
    Ok(had_one.then_some(aside))
}
