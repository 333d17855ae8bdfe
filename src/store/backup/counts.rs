//! How many rows the main tables have: what a copy must have, too. Integrity alone would not notice a copy of an older moment, or of less.

use crate::base::error::Result;
use rusqlite::Connection;

/// The tables that hold what nobody could type again. A file of an old schema may lack some.
const COUNTED: &[(&str, &str)] = &[
    ("settings", "SELECT count(*) FROM settings"),
    ("inboxes", "SELECT count(*) FROM inboxes"),
    ("agents", "SELECT count(*) FROM agents"),
    ("contacts", "SELECT count(*) FROM contacts"),
    ("conversations", "SELECT count(*) FROM conversations"),
    ("messages", "SELECT count(*) FROM messages"),
    ("attachments", "SELECT count(*) FROM attachments"),
    ("blob_chunks", "SELECT count(*) FROM blob_chunks"),
    ("jobs", "SELECT count(*) FROM jobs"),
    ("audit", "SELECT count(*) FROM audit"),
    ("events", "SELECT count(*) FROM events"),
];

/// Rows of each that is there.
pub(super) fn of(connection: &Connection) -> Result<Vec<(&'static str, i64)>> {
    let mut found = Vec::with_capacity(COUNTED.len());
    for (table, sql) in COUNTED {
        let is_there: bool =
            connection.query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", [table], |row| row.get(0))?;
        if is_there {
            found.push((*table, connection.query_row(sql, [], |row| row.get(0))?));
        }
    }
    Ok(found)
}

/// Messages among them.
pub(super) fn messages(counts: &[(&'static str, i64)]) -> i64 {
    rows(counts, "messages")
}

/// Rows of one table; none when it is not there.
pub(super) fn rows(counts: &[(&'static str, i64)], table: &str) -> i64 {
    counts.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows)
}
