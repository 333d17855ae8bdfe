//! A look at the file without opening the house: read-only, no migration, no lock that anybody would wait for, and nothing left behind.

use super::migrate::{self, MIGRATIONS};
use super::tx::ReadTx;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

/// The version of the file; none when there is no file.
pub fn version(path: &Path) -> Result<Option<i64>> {
    if !path.exists() {
        return Ok(None);
    }
    Ok(Some(open(path)?.query_row("PRAGMA user_version", [], |row| row.get(0))?))
}

/// The version that this program knows.
pub fn wanted() -> i64 {
    migrate::version(MIGRATIONS)
}

/// Asks one snapshot of the file.
pub fn read<T>(path: &Path, now: Millis, ask: impl FnOnce(&ReadTx) -> Result<T>) -> Result<T> {
    let connection = open(path)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; BEGIN")?;
    ask(&ReadTx::new(&connection, now))
}

fn open(path: &Path) -> Result<Connection> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match PathBuf::from(wal).exists() {
        // Somebody has it open, or had: what is in the WAL belongs to it.
        true => Connection::open_with_flags(path, flags),
        // Nobody has: as it lies there, so that SQLite makes no files beside it (which would be ours, and perhaps not the service's).
        false => Connection::open_with_flags(address(path), flags | OpenFlags::SQLITE_OPEN_URI),
    };
    let cannot = |cause: rusqlite::Error| Error::unavailable(format!("{} cannot be opened: {cause}.", path.display()));
    let connection = opened.map_err(cannot)?;
    connection.busy_timeout(crate::base::limits::LOCK_WAIT)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(cannot)?;
    Ok(connection)
}

/// The file as SQLite's URI.
fn address(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            other => drop(write!(uri, "%{other:02x}")),
        }
    }
    uri + "?immutable=1"
}
