//! From every earlier schema, with something in every table, to today's and back, without loss.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/killed.rs"]
mod killed;
#[path = "support/old_files.rs"]
mod old_files;

use binary::run;
use deskbell::base::clock::Clock;
use deskbell::store::migrate::MIGRATIONS;
use deskbell::store::{Store, backup};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was in the file: table → column → values, in the order of the rows' keys.
type Content = BTreeMap<String, BTreeMap<String, Vec<Value>>>;

/// What a step changes on purpose: the table, the column, and the schema from which on it is so.
const MEANT: &[(&str, &str, i64)] = &[
    // One note became a list of notes; the test below looks for it there.
    ("contacts", "note", 4),
    // Sessions got names; those of old ones are drawn.
    ("agent_sessions", "uuid", 4),
    // Computed.
    ("conversations", "listing", 4),
];

fn read_only(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    connection.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

fn tables(connection: &Connection) -> Vec<String> {
    // The tables of the word index follow from what they index.
    texts(
        connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_fts%' AND name NOT IN ('messages_terms') ORDER BY name",
    )
}

fn content(connection: &Connection) -> Content {
    let mut found = Content::new();
    for table in tables(connection) {
        let columns = texts(connection, &format!("SELECT name FROM pragma_table_xinfo('{table}')"));
        let keys = texts(connection, &format!("SELECT name FROM pragma_table_xinfo('{table}') WHERE pk > 0 ORDER BY pk"));
        let order = if keys.is_empty() { "rowid".to_owned() } else { keys.join(", ") };
        let held = found.entry(table.clone()).or_default();
        for column in columns {
            let mut statement = connection.prepare(&format!("SELECT \"{column}\" FROM \"{table}\" ORDER BY {order}")).unwrap();
            let values = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
            held.insert(column, values);
        }
    }
    found
}

fn version(path: &Path) -> i64 {
    read_only(path).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// Opens the file as the program does, and closes it.
fn upgrade(data: &Path) {
    let (store, thread) = Store::open(data, Clock::default(), Box::new(|_| {})).unwrap();
    drop(store);
    thread.join().unwrap();
}

#[test]
fn every_table_of_every_schema_has_something_in_it() {
    for schema in old_files::known() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("shop.db");
        old_files::make(&data, schema);
        for (table, columns) in content(&read_only(&data)) {
            assert!(columns.values().all(|values| !values.is_empty()), "schema {schema}: {table} is empty");
            for (column, values) in columns {
                let is_told = values.iter().any(|value| *value != Value::Null);
                let secret =
                    ["smtp_password", "imap_password", "in_failing_since", "out_worked_at", "out_failing_since", "totp_secret", "totp_at"];
                let later = [
                    "queued_at",
                    "given_at",
                    "assigned_at",
                    "breached_at",
                    "paused_at",
                    "warned_at",
                    "complained_at",
                    "rich",
                    "leased_until",
                    "lifted_at",
                ];
                assert!(
                    is_told
                        || secret.contains(&column.as_str())
                        || later.contains(&column.as_str())
                        || table == "bans"
                        || column == "agent_id"
                        || column == "used_at"
                        || column == "read_at"
                        || column == "team_id",
                    "schema {schema}: nothing in {table}.{column}"
                );
            }
        }
    }
    assert_eq!(*old_files::known().end(), 5, "a released schema is added here with its data, and never edited");
}

#[test]
fn from_every_schema_to_today_and_back_nothing_is_lost() {
    for schema in old_files::known().filter(|schema| *schema < old_files::today()) {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("shop.db");
        old_files::make(&data, schema);
        let before = content(&read_only(&data));
        upgrade(&data);
        assert_eq!(backup::verify(&data).unwrap(), old_files::today());
        let after = content(&read_only(&data));
        for (table, columns) in &before {
            for (column, values) in columns {
                if MEANT.iter().any(|(t, c, from)| t == table && c == column && schema < *from) {
                    continue;
                }
                let found = after.get(table).and_then(|columns| columns.get(column)).unwrap_or_else(|| panic!("{table}.{column} is gone"));
                assert_eq!(found, values, "schema {schema}: {table}.{column}");
            }
        }
        if schema < 4 {
            let notes = texts(&read_only(&data), "SELECT text FROM contact_notes WHERE contact_id = 1");
            assert_eq!(notes, ["Pays late. 🙂"]);
        }
        let searched = texts(
            &read_only(&data),
            "SELECT m.text FROM messages_fts f JOIN messages m ON m.id = f.rowid WHERE messages_fts MATCH 'grosse OR große OR größe'",
        );
        assert_eq!(searched.len(), 1, "what was said before is still found");

        // And back, for the program of that time.
        let told = run(&["rollback", "--data", &data.to_string_lossy()]);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.contains(&format!("schema {schema}")) && told.contains("Nothing was said since."), "{told}");
        assert_eq!(backup::verify(&data).unwrap(), schema);
        assert_eq!(content(&read_only(&data)), before, "schema {schema}: it is what it was");
        let kept = told.split_once("is kept as ").unwrap().1.lines().next().unwrap().trim_end_matches('.').to_owned();
        assert_eq!(backup::verify(Path::new(&kept)).unwrap(), old_files::today());
    }
}

#[test]
fn a_rollback_says_what_was_written_since_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    old_files::make(&data, 1);
    let rollback = ["rollback", "--data", &data.to_string_lossy()];
    let none = run(&rollback);
    assert!(!none.status.success());
    assert!(String::from_utf8_lossy(&none.stderr).contains("There is no snapshot of an upgrade"));
    upgrade(&data);
    let connection = Connection::open(&data).unwrap();
    for n in 0..3 {
        let sql = "INSERT INTO messages (uuid, conversation_id, seq, kind, contact_id, via, source, html, text, created_at)
                   VALUES (?1, 1, ?2, 'incoming', 1, 'widget', 'x', 'x', 'said since', 1)";
        connection.execute(sql, rusqlite::params![format!("since-{n}"), 100 + n]).unwrap();
    }
    drop(connection);
    let back = run(&rollback);
    let told = String::from_utf8_lossy(&back.stdout).into_owned();
    assert!(back.status.success() && told.contains("3 messages") && !told.contains("conversations"), "{told}");
    let kept = told.split_once("is kept as ").unwrap().1.lines().next().unwrap().trim_end_matches('.').to_owned();
    assert_eq!(texts(&read_only(Path::new(&kept)), "SELECT text FROM messages WHERE text = 'said since'").len(), 3);
    let again = run(&rollback);
    assert!(again.status.success() && String::from_utf8_lossy(&again.stdout).contains("There is nothing to do"));
}

#[test]
fn snapshots_are_private_and_do_not_pile_up() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    old_files::make(&data, 3);
    for older in ["shop.db.before-v1", "shop.db.before-v2"] {
        std::fs::write(folder.path().join(older), "an older one").unwrap();
    }
    upgrade(&data);
    let left: BTreeSet<String> = killed::listed(folder.path()).into_iter().filter(|name| name.contains(".before-")).collect();
    assert_eq!(left, BTreeSet::from(["shop.db.before-v2".to_owned(), "shop.db.before-v3".to_owned()]));
    let mode = std::fs::metadata(folder.path().join("shop.db.before-v3")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_older_program_refuses_a_newer_file_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    old_files::make(&data, 1);
    upgrade(&data);
    let backup = folder.path().join("copy.db");
    assert!(run(&["backup", &backup.to_string_lossy(), "--data", &data.to_string_lossy()]).status.success());
    for file in [&data, &backup] {
        let connection = Connection::open(file).unwrap();
        connection.pragma_update(None, "user_version", old_files::today() + 1).unwrap();
        connection.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
    }
    let before = std::fs::read(&data).unwrap();
    for command in [vec!["serve", "--listen", "127.0.0.1:0"], vec!["create-agent", "bea@fernwood.example", "Bea"]] {
        let refused = run(&[command, vec!["--data", &data.to_string_lossy()]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains("newer deskbell") && told.contains("deskbell rollback"), "{told}");
    }
    let refused = run(&["restore", &backup.to_string_lossy(), "--data", &data.to_string_lossy()]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("newer deskbell") && told.contains("Install"), "{told}");
    assert_eq!(std::fs::read(&data).unwrap(), before, "nothing was touched");
    // What it names helps.
    assert!(run(&["rollback", "--data", &data.to_string_lossy()]).status.success());
    assert_eq!(version(&data), 1);
}

/// Files out there have run these: an edited step would leave them different from new ones for ever.
#[test]
fn released_steps_are_as_they_were_released() {
    let released = ["2e364c91757cd14e", "1bafea87344d5894", "49b3ede6d8ae6c6e", "f440a46b917cb81d"];
    for (index, expected) in released.into_iter().enumerate() {
        let hash: String = Sha256::digest(MIGRATIONS[index].as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, expected, "step to schema {} was edited after its release", index + 2);
    }
}
