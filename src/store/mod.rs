//! Floor 2: the only place with SQL. One writer thread, read-only readers, the change feed, the outbox.
//!
//! Reads ask for `&ReadTx`, writes for `&WriteTx`; only the writer thread can make a `WriteTx`. The authority is in the WHERE:
//! a function that serves a person takes that person and finds nothing that is not theirs.

pub mod agents;
pub mod audit;
pub mod backup;
pub mod bans;
pub mod certificates;
pub mod consents;
pub mod contact_notes;
pub mod contacts;
pub mod continuity;
pub mod conversations;
pub mod directory;
pub mod drafts;
pub mod erase;
pub mod estimates;
pub mod events;
pub mod export;
pub mod facts;
pub mod fields;
pub mod health;
pub mod held;
pub mod hours;
pub mod house;
pub mod inboxes;
pub mod invitations;
pub mod jobs;
pub mod logins;
pub mod macros;
pub mod mailboxes;
pub mod mails_in;
pub mod mails_out;
pub mod media;
pub mod messages;
pub mod migrate;
pub mod notes;
pub mod notices;
pub mod numbers;
pub mod organise;
pub mod pulse;
mod purge;
pub mod pushes;
pub mod quarantine;
pub mod readers;
pub mod roles;
pub mod routing;
pub mod rules;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sight;
pub mod slas;
pub mod start;
pub mod statuses;
pub mod surveys;
pub mod tags;
pub mod teams;
pub mod templates;
pub mod traces;
pub mod translations;
pub mod tx;
pub mod verifications;
pub mod views;
pub mod writer;

use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::model::event::{Event, Topic};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Arc;

pub use readers::Readers;
pub use tx::{ReadTx, WriteTx};
pub use writer::{Answer, Writer};

/// What the writer tells the house after each commit, in commit order. The store does not know who listens.
pub type OnCommit = Box<dyn Fn(Committed) + Send>;

/// The consequences of one commit.
pub struct Committed {
    /// Announcements in the order in which they were emitted.
    pub announcements: Vec<(Vec<Topic>, Arc<Event>)>,
    /// Whether jobs were enqueued.
    pub jobs: bool,
}

/// The opened database: its writer and its readers.
#[derive(Clone)]
pub struct Store {
    /// Where all writes happen.
    pub writer: Writer,
    /// Where all reads happen.
    pub readers: Readers,
}

impl Store {
    /// Opens (or creates) the file, migrates it, and starts the writer thread, which ends when the last `Store` is dropped.
    pub fn open(path: &Path, clock: Clock, on_commit: OnCommit) -> Result<(Store, std::thread::JoinHandle<()>)> {
        let hold = backup::hold::shared(path)?;
        let mut connection = open_file(path)?;
        // Before the pragmas: a file that is not ours must not even change its journal mode.
        migrate::check(&connection, path)?;
        connection.execute_batch(PRAGMAS)?;
        migrate::migrate(&mut connection, path)?;
        if let Some(known) = health::last_known(&ReadTx::new(&connection, 0))? {
            clock.not_before(known);
        }
        let (writer, thread) = Writer::start(connection, hold, clock.clone(), on_commit)?;
        let readers = Readers::open(path, clock)?;
        Ok((Store { writer, readers }, thread))
    }

    /// See `Writer::write`.
    pub fn write<T, F>(&self, task: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTx) -> Result<T> + Send + 'static,
    {
        self.writer.write(task)
    }

    /// Takes out of the file what deleted rows may have left behind, also in the WAL. Answers `false` when the file is too large to be
    /// rewritten while people wait; then only what SQLite overwrote by itself is gone.
    pub async fn purge(&self) -> Result<bool> {
        self.writer.upkeep(purge::purge).await
    }

    /// See `Readers::read`.
    pub fn read<T, F>(&self, query: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&ReadTx) -> Result<T> + Send + 'static,
    {
        self.readers.read(query)
    }
}

/// The pragmas of every writing connection, in this order: waiting first, so that the others can wait; FULL, because
/// acknowledged means on disk; secure_delete, because erased means gone.
const PRAGMAS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 16777216";

/// Opens a writing connection.
pub fn connect(path: &Path) -> Result<Connection> {
    let connection = open_file(path)?;
    connection.execute_batch(PRAGMAS)?;
    Ok(connection)
}

fn open_file(path: &Path) -> Result<Connection> {
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(limits::LOCK_WAIT)?;
    keep_plans(&connection)?;
    Ok(connection)
}

/// Keeps prepared statements prepared. Without it SQLite, once it has statistics, looks at the bound values and plans a statement again
/// each time they change: parsing and planning were two thirds of what a message cost.
fn keep_plans(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

/// The file holds everything people said: nobody but its owner may read it, from its first byte on.
fn create_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    if path.exists() {
        return Ok(());
    }
    std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|cause| Error::unavailable(format!("The data file {} cannot be created: {cause}.", path.display())))?;
    Ok(())
}
