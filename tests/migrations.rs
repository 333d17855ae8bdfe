//! Files of every age become files of today, or are left as they were.

use deskbell::base::clock::Clock;
use deskbell::base::error::Kind;
use deskbell::store::migrate::{self, MIGRATIONS, SCHEMA};
use deskbell::store::{Store, backup, connect};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The schema of the first release. Never edit it: files out there look like this.
const OLDEST: &str = include_str!("fixtures/schema-1.sql");

/// A small history for the machinery: two steps on a first schema.
const FIRST: &str = "CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
                     CREATE TABLE events (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE messages_fts (id INTEGER PRIMARY KEY) STRICT;";
const STEPS: &[&str] = &["ALTER TABLE words ADD COLUMN loud INTEGER NOT NULL DEFAULT 0", "CREATE INDEX words_loud ON words (loud)"];

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("deskbell.db")
    }

    fn others(&self) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name != "deskbell.db" && !name.ends_with("-wal") && !name.ends_with("-shm"));
        names.sort();
        names
    }
}

/// A file with the first schema and a word in it.
fn old_file(path: &Path) -> Connection {
    let mut connection = connect(path).unwrap();
    migrate::run(&mut connection, path, FIRST, &[]).unwrap();
    connection.execute("INSERT INTO words (text) VALUES ('hello')", []).unwrap();
    connection
}

fn version(connection: &Connection) -> i64 {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// Everything that makes a schema: names, SQL without its layout, and what SQLite understood of each table.
fn shape(connection: &Connection) -> BTreeMap<String, String> {
    let mut statement = connection.prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").unwrap();
    let rows: Vec<(String, String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().collect::<Result<_, _>>().unwrap();
    let mut shape = BTreeMap::new();
    for (kind, name, sql) in rows {
        if kind == "table" {
            let mut columns = Vec::new();
            let mut info = connection.prepare(&format!("PRAGMA table_xinfo(\"{name}\")")).unwrap();
            let mut rows = info.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let default: Option<String> = row.get(4).unwrap();
                let column: (String, String, bool) = (row.get(1).unwrap(), row.get(2).unwrap(), row.get(3).unwrap());
                columns.push(format!(
                    "{column:?} {default:?} key={} hidden={}",
                    row.get::<_, i64>(5).unwrap(),
                    row.get::<_, i64>(6).unwrap()
                ));
            }
            // ALTER TABLE appends columns, so their order may differ without harm; names and kinds may not.
            columns.sort();
            shape.insert(format!("columns of {name}"), columns.join("\n"));
            // Checks and STRICT live in the text alone.
            let mut words = normalised(&sql);
            words.sort();
            shape.insert(format!("{kind} {name}"), words.join(" "));
        } else {
            shape.insert(format!("{kind} {name}"), normalised(&sql).join(" "));
        }
    }
    shape
}

fn normalised(sql: &str) -> Vec<String> {
    let bare: String = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let spaced = bare.replace(['(', ')', ',', '"'], " ");
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

#[test]
fn the_oldest_file_migrated_is_the_schema_of_today() {
    let folder = Folder::new();
    let mut oldest = connect(&folder.file()).unwrap();
    migrate::run(&mut oldest, &folder.file(), OLDEST, &[]).unwrap();
    migrate::migrate(&mut oldest, &folder.file()).unwrap();

    let fresh = Folder::new();
    let mut today = connect(&fresh.file()).unwrap();
    migrate::migrate(&mut today, &fresh.file()).unwrap();

    assert_eq!(shape(&oldest), shape(&today));
    assert!(shape(&today).len() > 40, "the comparison sees the schema");
    assert_eq!(version(&oldest), version(&today));
    assert_eq!(version(&today), migrate::version(MIGRATIONS));
}

#[test]
fn the_comparison_would_notice_a_forgotten_migration() {
    for change in [
        "ALTER TABLE contacts ADD COLUMN forgotten TEXT",
        "CREATE INDEX forgotten ON contacts (phone)",
        "DROP INDEX contacts_email",
        "DROP TRIGGER audit_no_update",
    ] {
        let folder = Folder::new();
        let mut file = connect(&folder.file()).unwrap();
        migrate::migrate(&mut file, &folder.file()).unwrap();
        let before = shape(&file);
        file.execute_batch(change).unwrap();
        assert_ne!(before, shape(&file), "{change}");
    }
}

#[test]
fn a_snapshot_is_made_before_the_first_migration_and_content_stays() {
    let folder = Folder::new();
    let mut file = old_file(&folder.file());
    migrate::run(&mut file, &folder.file(), FIRST, STEPS).unwrap();
    assert_eq!(version(&file), 3);
    let (text, loud): (String, i64) = file.query_row("SELECT text, loud FROM words", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((text.as_str(), loud), ("hello", 0));

    assert_eq!(folder.others(), ["deskbell.db.before-v1"]);
    let snapshot = folder.0.path().join("deskbell.db.before-v1");
    assert_eq!(backup::verify(&snapshot).unwrap(), 1, "whole, and of the old version");
    let kept = Connection::open(&snapshot).unwrap();
    let text: String = kept.query_row("SELECT text FROM words", [], |row| row.get(0)).unwrap();
    assert_eq!(text, "hello");

    // A second start has nothing to do.
    migrate::run(&mut file, &folder.file(), FIRST, STEPS).unwrap();
    assert_eq!(folder.others(), ["deskbell.db.before-v1"]);
}

#[test]
fn a_file_in_the_middle_gets_only_what_it_lacks() {
    let folder = Folder::new();
    let mut file = old_file(&folder.file());
    migrate::run(&mut file, &folder.file(), FIRST, &STEPS[..1]).unwrap();
    // Running the first step a second time would fail: the column is there.
    migrate::run(&mut file, &folder.file(), FIRST, STEPS).unwrap();
    assert_eq!(version(&file), 3);
    assert_eq!(folder.others(), ["deskbell.db.before-v1", "deskbell.db.before-v2"]);
}

#[test]
fn a_failed_migration_leaves_the_file_as_it_was() {
    let folder = Folder::new();
    let mut file = old_file(&folder.file());
    let before = (shape(&file), version(&file));
    let broken = ["CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; DELETE FROM words; SELECT no_such_function()"];
    assert!(migrate::run(&mut file, &folder.file(), FIRST, &broken).is_err());
    assert_eq!((shape(&file), version(&file)), before);
    let words: i64 = file.query_row("SELECT count(*) FROM words", [], |row| row.get(0)).unwrap();
    assert_eq!(words, 1);
    // And with the mistake put right it goes through.
    migrate::run(&mut file, &folder.file(), FIRST, STEPS).unwrap();
    assert_eq!(version(&file), 3);
}

#[test]
fn a_file_of_a_newer_deskbell_is_refused_untouched() {
    let folder = Folder::new();
    let mut file = connect(&folder.file()).unwrap();
    migrate::migrate(&mut file, &folder.file()).unwrap();
    file.pragma_update(None, "user_version", migrate::version(MIGRATIONS) + 1).unwrap();
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(file);
    let before = std::fs::read(folder.file()).unwrap();
    let error = Store::open(&folder.file(), Clock::default(), Box::new(|_| {})).err().expect("refused");
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.message.contains("newer deskbell"), "{error:?}");
    assert_eq!(std::fs::read(folder.file()).unwrap(), before);
    assert!(folder.others().is_empty());
}

#[test]
fn a_database_of_something_else_is_refused_untouched() {
    let folder = Folder::new();
    let foreign = Connection::open(folder.file()).unwrap();
    foreign.execute_batch("CREATE TABLE recipes (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO recipes (name) VALUES ('soup')").unwrap();
    drop(foreign);
    let before = std::fs::read(folder.file()).unwrap();
    let error = Store::open(&folder.file(), Clock::default(), Box::new(|_| {})).err().expect("refused");
    assert_eq!(error.kind, Kind::Conflict);
    assert!(error.message.contains("something else"), "{error:?}");
    assert_eq!(std::fs::read(folder.file()).unwrap(), before, "not even its journal mode changed");
}

#[test]
fn what_is_no_database_at_all_is_refused_with_its_name() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "Dear diary, today I wrote a text file.".repeat(100)).unwrap();
    let error = Store::open(&folder.file(), Clock::default(), Box::new(|_| {})).err().expect("refused");
    assert!(error.message.contains("deskbell.db"), "{error:?}");
    assert_eq!(SCHEMA, include_str!("../schema.sql"));
}

#[test]
fn until_the_first_migration_the_oldest_schema_is_the_present_one() {
    // From the first migration on, the test above compares them, and the fixture is never edited again.
    if MIGRATIONS.is_empty() {
        assert_eq!(OLDEST, SCHEMA, "copy schema.sql to tests/fixtures/schema-1.sql while nothing is released");
    }
}
