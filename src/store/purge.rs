//! What deleting leaves behind: SQLite overwrites the cells it deletes (`secure_delete`) and the index forgets words for good (FTS5's
//! option of the same name), but a page that was rebuilt may still hold copies of cells that moved to its neighbour, statistics hold
//! samples of indexed words, and the WAL holds everything since its last truncation.

use crate::base::error::{Error, Result};
use crate::base::limits;
use rusqlite::Connection;
use std::time::Duration;

/// What a replicator leaves in the files it follows (Litestream).
const REPLICATED: &str = "SELECT count(*) FROM sqlite_schema WHERE name = '_litestream_lock'";

/// Rewrites the file when it is small enough, and empties the WAL.
pub(super) fn purge(connection: &Connection) -> Result<bool> {
    forget_samples(connection)?;
    let bytes: i64 =
        connection.query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| row.get(0))?;
    let is_small = bytes <= limits::REWRITE_BYTES_MAX;
    if is_small {
        connection.execute_batch("VACUUM")?;
    }
    empty_wal(connection)?;
    Ok(is_small)
}

/// Removes samples of indexed values that `PRAGMA optimize` took: addresses are among them. The plans do not look at them (`keep_plans`).
pub(super) fn forget_samples(connection: &Connection) -> Result<()> {
    let has_samples: bool =
        connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat4'", [], |row| row.get::<_, i64>(0))? > 0;
    if has_samples {
        connection.execute_batch("DELETE FROM sqlite_stat4")?;
    }
    Ok(())
}

/// Moves everything into the main file and cuts the WAL to nothing. Beside a replicator, which reads all the time and does this itself, only as
/// far as goes at once: waiting for it would be for ever.
pub(super) fn empty_wal(connection: &Connection) -> Result<()> {
    let is_replicated = connection.query_row(REPLICATED, [], |row| row.get::<_, i64>(0))? > 0;
    connection.busy_timeout(if is_replicated { Duration::ZERO } else { limits::LOCK_WAIT })?;
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(limits::LOCK_WAIT)?;
    match is_busy? {
        true if is_replicated => log::info!("the log is left to the replicator"),
        true => return Err(Error::busy()),
        false => {}
    }
    Ok(())
}
