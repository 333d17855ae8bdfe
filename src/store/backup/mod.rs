//! Copies of the file, each whole and checked before it gets its name, and putting one back. What is told here: one copy. Where copies are
//! kept and which go is in `folder`, how one takes the place of the data file in `swap`, who has the file open meanwhile in `hold`.

mod counts;
pub mod folder;
pub mod hold;
pub mod part;
pub mod swap;

use crate::base::error::{Error, Kind, Result};
use crate::base::limits;
use part::{Part, beside};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How often a copy that found the file locked is tried again, and how long between: a checkpoint takes milliseconds.
const TRIES_MAX: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);
/// The file system of a copy is left out of the locks: the copy is ours alone until it has its name, and not every stick or share knows locks.
const NO_LOCKS: &std::ffi::CStr = c"unix-none";

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many pages are copied, of so many.
    Pages { done: u64, all: u64 },
    /// All are copied; the copy is being checked.
    Checking,
}

/// A copy that has its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// The schema it has.
    pub version: i64,
    /// Its bytes.
    pub bytes: u64,
    /// Messages in it.
    pub messages: i64,
}

/// Copies the database at `path`, which may be in use, into `target`.
pub fn copy_file(path: &Path, target: &Path) -> Result<Copied> {
    copy_told(path, target, &mut |_| Ok(()))
}

/// The same, told step by step; an error of `tell` ends it and leaves nothing.
pub fn copy_told(path: &Path, target: &Path, tell: &mut dyn FnMut(Step) -> Result<()>) -> Result<Copied> {
    let _hold = hold::shared(path)?;
    copy(&open_to_read(path)?, target, tell)
}

/// Writes down in the database at `path` that a backup was made at `now`, so that the desk knows.
pub fn note(path: &Path, now: i64) -> Result<()> {
    let _hold = hold::shared(path)?;
    let connection = super::connect(path)?;
    connection.execute(
        "INSERT INTO settings (key, value) VALUES ('backup_at', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [now.to_string()],
    )?;
    Ok(())
}

/// Copies the database of `source` into `target`, which is replaced at once or not at all. The copy is checked before; mode 0600.
pub fn copy(source: &Connection, target: &Path, tell: &mut dyn FnMut(Step) -> Result<()>) -> Result<Copied> {
    let part = Part::begin(target)?;
    let counted = fill(source, &part, tell)?;
    tell(Step::Checking)?;
    let version = verify(part.path())?;
    let copy = open_to_read(part.path())?;
    let found = counts::of(&copy)?;
    drop(copy);
    if found != counted {
        return Err(Error::unavailable(format!(
            "The copy in {} does not hold what it was made from; that disk loses what is written to it. Nothing was kept.",
            target.display()
        )));
    }
    let bytes = part.publish(target)?;
    Ok(Copied { version, bytes, messages: counts::messages(&found) })
}

/// Checks that `path` is a whole database of ours; returns its schema version.
pub fn verify(path: &Path) -> Result<i64> {
    let damaged = |why: String| Error::conflict(format!("The file {} is damaged: {why}", path.display()));
    let connection = open_to_read(path)?;
    let verdict = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match verdict {
        Ok(verdict) if verdict == "ok" => {}
        Ok(verdict) => return Err(damaged(verdict)),
        Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Err(Error::conflict(format!("The file {} is not a deskbell database.", path.display())));
        }
        Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) => return Err(damaged(cause.to_string())),
        Err(cause) => return Err(cause.into()),
    }
    let ours: bool =
        connection.query_row("SELECT count(*) = 2 FROM sqlite_schema WHERE name IN ('events', 'messages_fts')", [], |r| r.get(0))?;
    if !ours {
        return Err(Error::conflict(format!("The file {} is not a deskbell database.", path.display())));
    }
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Opens a database to be read, also on a disk that cannot be written to.
fn open_to_read(path: &Path) -> Result<Connection> {
    let cannot = |cause: rusqlite::Error| Error::unavailable(format!("Cannot open {}: {cause}.", path.display()));
    let open = |name: &Path, flags| Connection::open_with_flags(name, OpenFlags::SQLITE_OPEN_READ_ONLY | flags).map_err(cannot);
    let connection = open(path, OpenFlags::empty())?;
    connection.busy_timeout(limits::LOCK_WAIT)?;
    let asked = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0));
    let is_shut = asked.is_err_and(|cause| cause.sqlite_error_code() == Some(ErrorCode::CannotOpen));
    if !is_shut || beside(path, "-wal").exists() {
        return Ok(connection);
    }
    // A plain copy of a stopped desk still says that it keeps a log, which on a disk that cannot be written to cannot be opened. There is none.
    let mut name = String::from("file:");
    for byte in std::path::absolute(path).map_err(Error::internal)?.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => name.push(byte.into()),
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    name.push_str("?immutable=1");
    open(Path::new(&name), OpenFlags::SQLITE_OPEN_URI)
}

/// One snapshot of `source`, page by page. The snapshot is held from here: a copy without it would begin anew whenever somebody writes.
fn fill(source: &Connection, part: &Part, tell: &mut dyn FnMut(Step) -> Result<()>) -> Result<Vec<(&'static str, i64)>> {
    let mut copy = Connection::open_with_flags_and_vfs(part.path(), OpenFlags::SQLITE_OPEN_READ_WRITE, NO_LOCKS)?;
    // What is cut short is thrown away as a whole, so no journal; what is finished is brought to the disk by `publish`.
    copy.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2048")?;
    source.execute_batch("BEGIN")?;
    let filled = counts::of(source).and_then(|counted| {
        all_pages(source, &mut copy, part, tell)?;
        Ok(counted)
    });
    // Before anything that takes time: while the snapshot is held, the log cannot be folded in and grows.
    let ended = source.execute_batch("ROLLBACK");
    let counted = filled.map_err(|error| cannot_copy(part.path(), error))?;
    ended?;
    // A single file: no log beside it that could be forgotten when it is carried away.
    copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(|cause| cannot_copy(part.path(), cause.into()))?;
    copy.close().map_err(|(_, cause)| cannot_copy(part.path(), cause.into()))?;
    Ok(counted)
}

fn all_pages(source: &Connection, copy: &mut Connection, part: &Part, tell: &mut dyn FnMut(Step) -> Result<()>) -> Result<()> {
    let log = source.path().map(|path| beside(Path::new(path), "-wal"));
    let log_bytes = || log.as_deref().and_then(|log| std::fs::metadata(log).ok()).map_or(0, |log| log.len());
    let log_before = log_bytes();
    let backup = Backup::new(source, copy)?;
    let (mut tries, mut steps) = (0, 0);
    loop {
        match backup.step(limits::COPY_PAGES_PER_STEP)? {
            StepResult::Done => return Ok(()),
            StepResult::More => steps += 1,
            // Busy, Locked: somebody else is at the file for a moment.
            _ if tries < TRIES_MAX => {
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            _ => return Err(Error::busy()),
        }
        if steps % limits::COPY_STEPS_PER_SYNC == 0 {
            // Little by little: gigabytes in the memory of a small machine would be written out in one go, and every message would wait for that.
            part.sync_so_far()?;
        }
        if log_bytes().saturating_sub(log_before) > limits::COPY_LOG_MAX {
            return Err(Error::unavailable(
                "More was written meanwhile than the disk should keep beside the file, so the copy was given up. Copy to a faster disk, or at a quieter hour.",
            ));
        }
        let (all, left) = (backup.progress().pagecount.max(0) as u64, backup.progress().remaining.max(0) as u64);
        tell(Step::Pages { done: all.saturating_sub(left), all })?;
    }
}

/// What SQLite says of the copy's disk, in words about that disk: ours may be in the best of health.
fn cannot_copy(part: &Path, error: Error) -> Error {
    let code = error.cause.as_deref().and_then(|cause| cause.downcast_ref::<rusqlite::Error>()).and_then(|cause| cause.sqlite_error_code());
    let place = part.parent().unwrap_or(part).display();
    match (code, error.kind) {
        (Some(ErrorCode::DiskFull), _) => {
            Error::unavailable(format!("There is no room left in {place} for the copy. Nothing was kept; make room and try again."))
        }
        (Some(ErrorCode::SystemIoFailure), Kind::Unavailable) => {
            let why = error.cause.as_deref().map(ToString::to_string).unwrap_or_default();
            Error::unavailable(format!("The copy to {place} failed: the disk answered with an error ({why}). Nothing was kept."))
        }
        _ => error,
    }
}
