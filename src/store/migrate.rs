//! From any older file to the present schema: an append-only list, one transaction each, a snapshot of the file before the first.

use crate::base::error::{Error, Result};
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};

/// The whole schema, as a person reads it and a fresh file gets it.
pub const SCHEMA: &str = include_str!("../../schema.sql");

/// What changed since the first release, oldest first. Never edit an entry: files out there have run it. `user_version` of a file is the
/// number of entries it has, plus one for the schema of the first release, which is kept as `tests/fixtures/schema-1.sql`.
pub const MIGRATIONS: &[&str] = &[
    // 2: satisfaction surveys.
    "CREATE TABLE surveys (
        id              INTEGER PRIMARY KEY,
        uuid            TEXT NOT NULL UNIQUE,
        conversation_id INTEGER NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
        message_id      INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
        rating          INTEGER CHECK (rating BETWEEN 1 AND 5),
        feedback        TEXT NOT NULL DEFAULT '',
        created_at      INTEGER NOT NULL,
        answered_at     INTEGER
    ) STRICT;",
    // 3: the widget in full: reports, hours, languages, identification by code, consent.
    "CREATE TABLE business_hours (
        id          INTEGER PRIMARY KEY,
        uuid        TEXT NOT NULL UNIQUE,
        name        TEXT NOT NULL,
        time_zone   TEXT NOT NULL,
        weekly      TEXT NOT NULL,
        holidays    TEXT NOT NULL DEFAULT '[]',
        created_at  INTEGER NOT NULL,
        updated_at  INTEGER NOT NULL
    ) STRICT;
    ALTER TABLE teams ADD COLUMN business_hours_id INTEGER REFERENCES business_hours (id) ON DELETE SET NULL;
    CREATE TABLE translations (
        inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
        locale      TEXT NOT NULL,
        key         TEXT NOT NULL,
        text        TEXT NOT NULL,
        PRIMARY KEY (inbox_id, locale, key)
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE sessions ADD COLUMN by_code INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE verifications (
        id          INTEGER PRIMARY KEY,
        ticket_hash BLOB NOT NULL UNIQUE,
        inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
        session_id  INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
        had_session INTEGER NOT NULL,
        name        TEXT NOT NULL,
        email       TEXT NOT NULL,
        caller      BLOB NOT NULL,
        code_hash   BLOB NOT NULL,
        sends       INTEGER NOT NULL DEFAULT 1,
        tries       INTEGER NOT NULL DEFAULT 0,
        sent_at     INTEGER NOT NULL,
        expires_at  INTEGER NOT NULL,
        used_at     INTEGER,
        created_at  INTEGER NOT NULL,
        locale      TEXT NOT NULL,
        consent     TEXT
    ) STRICT;
    CREATE INDEX verifications_age ON verifications (created_at);
    CREATE INDEX verifications_email ON verifications (email, sent_at);
    CREATE INDEX verifications_caller ON verifications (caller, sent_at);
    CREATE INDEX verifications_session ON verifications (session_id);
    DROP INDEX contacts_email;
    CREATE INDEX contacts_email ON contacts (lower(email)) WHERE email IS NOT NULL;
    ALTER TABLE contacts ADD COLUMN variables TEXT NOT NULL DEFAULT '{}';
    CREATE TABLE identities_new (
        id          INTEGER PRIMARY KEY,
        inbox_id    INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
        scheme      TEXT NOT NULL CHECK (scheme IN ('libredesk', 'seggwat', 'supportpal', 'code')),
        key         TEXT NOT NULL,
        contact_id  INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
        created_at  INTEGER NOT NULL,
        used_at     INTEGER NOT NULL,
        UNIQUE (inbox_id, scheme, key)
    ) STRICT;
    INSERT INTO identities_new SELECT id, inbox_id, scheme, key, contact_id, created_at, used_at FROM identities;
    DROP TABLE identities;
    ALTER TABLE identities_new RENAME TO identities;
    CREATE INDEX identities_contact ON identities (contact_id);
    CREATE TABLE consents (
        id              INTEGER PRIMARY KEY,
        contact_id      INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
        inbox_id        INTEGER NOT NULL REFERENCES inboxes (id) ON DELETE CASCADE,
        conversation_id INTEGER REFERENCES conversations (id) ON DELETE SET NULL,
        locale          TEXT NOT NULL,
        text            TEXT NOT NULL,
        link_url        TEXT NOT NULL,
        at              INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX consents_contact ON consents (contact_id);
    ALTER TABLE conversations ADD COLUMN kind TEXT NOT NULL DEFAULT 'chat' CHECK (kind IN ('chat', 'bug', 'feature', 'review', 'question'));
    ALTER TABLE conversations ADD COLUMN rating INTEGER CHECK (rating BETWEEN 1 AND 5);
    ALTER TABLE conversations ADD COLUMN button TEXT NOT NULL DEFAULT '';
    ALTER TABLE conversations ADD COLUMN locale TEXT NOT NULL DEFAULT '';
    CREATE INDEX conversations_replied ON conversations (inbox_id, first_reply_at, created_at, team_id, kind)
        WHERE first_reply_at IS NOT NULL AND kind = 'chat';
    CREATE INDEX conversations_team ON conversations (team_id) WHERE team_id IS NOT NULL;
    CREATE INDEX conversations_full_ip ON conversations (inbox_id, created_at) WHERE meta_ip IS NOT NULL AND instr(meta_ip, '/') = 0;
    CREATE INDEX conversations_kind ON conversations (kind, listing, last_seq);",
    // 4: the desk in full.
    include_str!("migrations/4.sql"),
    // 5: mail.
    include_str!("migrations/5.sql"),
    // 6: certificates of our own.
    include_str!("migrations/6.sql"),
];

/// The version of a file that has everything.
pub const fn version(migrations: &[&str]) -> i64 {
    migrations.len() as i64 + 1
}

/// Refuses a file that is no database, somebody else's, or of a newer deskbell; reads only.
pub fn check(connection: &Connection, path: &Path) -> Result<()> {
    find(connection, path, version(MIGRATIONS)).map(|_| ())
}

/// Brings the file to the present schema. A file from a newer deskbell is refused untouched.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    run(connection, path, SCHEMA, MIGRATIONS)
}

/// The same with a given schema and list, for the tests.
pub fn run(connection: &mut Connection, path: &Path, schema: &str, migrations: &[&str]) -> Result<()> {
    let wanted = version(migrations);
    let found = find(connection, path, wanted)?;
    if found == wanted {
        return Ok(());
    }
    if found == 0 {
        return step(connection, schema, wanted);
    }
    let snapshot = snapshot(connection, path, found)?;
    log::info!("migrating from={found} to={wanted} snapshot=\"{}\"", snapshot.display());
    for (index, sql) in migrations.iter().enumerate().skip((found - 1) as usize) {
        step(connection, sql, index as i64 + 2)?;
    }
    Ok(())
}

/// The version of the file; 0 when it is empty.
fn find(connection: &Connection, path: &Path, wanted: i64) -> Result<i64> {
    let found: i64 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(|cause| match cause.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Error::conflict(format!("The file {} is not a database.", path.display())).with_cause(cause),
            _ => cause.into(),
        })?;
    if found > wanted {
        return Err(Error::conflict(format!(
            "The data file {} was written by a newer deskbell (version {found}, this one knows {wanted}). Install the newer one again, or restore a snapshot.",
            path.display()
        )));
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == 0 && tables > 0 {
        return Err(Error::conflict(format!("The file {} is a database of something else.", path.display())));
    }
    Ok(found)
}

fn step(connection: &mut Connection, sql: &str, version: i64) -> Result<()> {
    let tx = connection.transaction()?;
    tx.execute_batch(sql)?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    Ok(())
}

fn snapshot(connection: &Connection, path: &Path, version: i64) -> Result<PathBuf> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-v{version}"));
    let snapshot = PathBuf::from(name);
    super::backup::copy(connection, &snapshot)?;
    Ok(snapshot)
}
