//! From any older file to the present schema: an append-only list, one transaction for all that a file lacks, a snapshot of the file before.

use super::backup::{self, folder::Sort};
use crate::base::error::{Error, Result};
use crate::base::limits;
use rusqlite::{Connection, ErrorCode, OpenFlags};
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

/// Whether there is a file with an earlier schema, which opening would upgrade.
pub fn is_old(path: &Path) -> bool {
    let asked = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|file| file.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0)));
    asked.is_ok_and(|found| (1..version(MIGRATIONS)).contains(&found))
}

/// Brings the file to the present schema. A file from a newer deskbell is refused untouched.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    run(connection, path, SCHEMA, MIGRATIONS)
}

/// The same without a snapshot, for a file that is a copy itself.
pub fn migrate_copy(connection: &mut Connection, path: &Path) -> Result<()> {
    let found = find(connection, path, version(MIGRATIONS))?;
    all_steps(connection, MIGRATIONS, found)
}

/// The same with a given schema and list, for the tests.
pub fn run(connection: &mut Connection, path: &Path, schema: &str, migrations: &[&str]) -> Result<()> {
    let wanted = version(migrations);
    let found = find(connection, path, wanted)?;
    if found == wanted {
        return Ok(());
    }
    if found == 0 {
        return in_one(connection, &[schema], wanted);
    }
    let snapshot = snapshot(connection, path, found)?;
    log::info!("migrating from={found} to={wanted} snapshot=\"{}\"", snapshot.display());
    all_steps(connection, migrations, found)?;
    // Only now: until then the older ones may be what somebody needs.
    backup::folder::rotate_beside(path, |sort| matches!(sort, Sort::Snapshot(_)), limits::SNAPSHOTS_KEPT)
}

/// Refuses a file of a schema that this program does not know. `what` begins the sentence.
pub fn refuse_newer(found: i64, what: &str) -> Result<()> {
    let known = version(MIGRATIONS);
    if found > known {
        return Err(Error::conflict(format!(
            "{what} was made by a newer deskbell (schema {found}; this one, {}, knows {known}). Install that deskbell or a later one, then try again.",
            env!("CARGO_PKG_VERSION")
        )));
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
            "The data file {} was written by a newer deskbell (schema {found}; this one, {}, knows {wanted}). Nothing was changed. Install the newer \
             one again; or go back for good with `deskbell rollback`, which puts back the file as it was before the upgrade and keeps the newer one aside.",
            path.display(),
            env!("CARGO_PKG_VERSION")
        )));
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == 0 && tables > 0 {
        return Err(Error::conflict(format!("The file {} is a database of something else.", path.display())));
    }
    Ok(found)
}

/// What the file lacks, in one transaction: an upgrade that is cut short never was.
fn all_steps(connection: &mut Connection, migrations: &[&str], found: i64) -> Result<()> {
    let missing = &migrations[(found.max(1) - 1) as usize..];
    if missing.is_empty() { Ok(()) } else { in_one(connection, missing, version(migrations)) }
}

fn in_one(connection: &mut Connection, steps: &[&str], version: i64) -> Result<()> {
    let tx = connection.transaction()?;
    for sql in steps {
        tx.execute_batch(sql)?;
    }
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    Ok(())
}

fn snapshot(connection: &Connection, path: &Path, version: i64) -> Result<PathBuf> {
    let snapshot = backup::part::beside(path, &format!(".before-v{version}"));
    backup::copy(connection, &snapshot, &mut |_| Ok(()))?;
    backup::part::give_as(&snapshot, path);
    Ok(snapshot)
}
