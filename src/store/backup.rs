//! A consistent copy of the file while everything goes on, verified before it gets its name.

use crate::base::error::{Error, Result};
use rusqlite::{Connection, OpenFlags, backup::Backup};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages copied before others get their turn.
const PAGES_PER_STEP: i32 = 1000;

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
    let ours: bool = connection.query_row("SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('events', 'messages_fts')", [], |r| r.get(0))?;
    if !ours {
        return Err(Error::conflict(format!("The file {} is not a deskbell database.", path.display())));
    }
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn fill(source: &Connection, part: &Path) -> Result<()> {
    let _ = std::fs::remove_file(part);
    super::create_private(part)?;
    let mut copy = Connection::open(part)?;
    Backup::new(source, &mut copy)?.run_to_completion(PAGES_PER_STEP, Duration::from_millis(1), None)?;
    // A single file: no WAL beside it that could be forgotten when it is carried away.
    copy.execute_batch("PRAGMA journal_mode = DELETE")?;
    copy.close().map_err(|(_, cause)| cause)?;
    verify(part)?;
    std::fs::File::open(part).and_then(|file| file.sync_all()).map_err(|cause| cannot_write(part, cause))
}

fn sync_folder(target: &Path) -> Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|cause| cannot_write(target, cause))
}

fn cannot_write(path: &Path, cause: std::io::Error) -> Error {
    Error::unavailable(format!("Cannot write {}: {cause}.", path.display()))
}
