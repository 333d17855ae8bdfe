//! A small pool of connections that cannot write. One snapshot per question; a question that runs away is stopped.

use super::tx::ReadTx;
use super::writer::{Answer, Done};
use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::limits;
use rusqlite::{Connection, OpenFlags};
use scheduled_thread_pool::ScheduledThreadPool;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

type Query = Box<dyn FnOnce(&ReadTx) -> Result<()> + Send>;

/// A handle to the pool. Cloning is cheap.
#[derive(Clone)]
pub struct Readers {
    pool: r2d2::Pool<Manager>,
    /// One permit per connection, so that waiting happens in the runtime and not on blocked threads.
    permits: Arc<Semaphore>,
    clock: Clock,
}

impl Readers {
    pub(super) fn open(path: &Path, clock: Clock) -> Result<Readers> {
        let pool = r2d2::Pool::builder()
            .max_size(limits::READERS_MAX)
            .min_idle(Some(1))
            .max_lifetime(None)
            // Each keeps its own copy of the schema and its own pages: what nobody needed for a while is closed, down to the one.
            .idle_timeout(Some(limits::READER_IDLE))
            .thread_pool(Arc::new(ScheduledThreadPool::new(1)))
            .test_on_check_out(false)
            .connection_timeout(limits::READ_WAIT)
            .build(Manager { path: path.to_owned() })
            .map_err(Error::internal)?;
        Ok(Readers { pool, permits: Arc::new(Semaphore::new(limits::READERS_MAX as usize)), clock })
    }

    /// Runs `query` on one snapshot, on a thread that may block. `Busy` when no connection came free in time or the query ran too long.
    pub fn read<T, F>(&self, query: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&ReadTx) -> Result<T> + Send + 'static,
    {
        Answer::of(|found| self.ask(Box::new(move |tx| query(tx).map(|value| found.put(value)))))
    }

    /// One type for all questions, as for all tasks of the writer.
    fn ask(&self, query: Query) -> Done {
        let readers = self.clone();
        Box::pin(async move {
            let permit = tokio::time::timeout(limits::READ_WAIT, readers.permits.acquire_owned())
                .await
                .map_err(|_| Error::busy())?
                .map_err(Error::internal)?;
            let (pool, now) = (readers.pool, readers.clock.now());
            tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let mut connection = pool.get().map_err(|cause| Error::busy().with_cause(cause))?;
                snapshot(&mut connection, now, query)
            })
            .await
            .unwrap_or_else(|panic| Err(Error::internal(panic)))
        })
    }
}

fn snapshot(connection: &mut Connection, now: i64, query: Query) -> Result<()> {
    let deadline = Instant::now() + limits::READ_TIME_MAX;
    connection.progress_handler(20_000, Some(move || Instant::now() > deadline))?;
    let connection = &*connection;
    connection.prepare_cached("BEGIN")?.execute([])?;
    // Ends the snapshot also when `query` fails or panics: a forgotten one would pin the WAL for ever.
    let _end = End(connection);
    query(&ReadTx::new(connection, now))
}

struct End<'c>(&'c Connection);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([]));
        if let Err(cause) = ended
            && !self.0.is_autocommit()
        {
            log::error!("snapshot could not be ended cause=\"{cause}\"");
        }
    }
}

/// Opens read-only connections. Written here because r2d2's own SQLite manager is bound to another version of rusqlite.
struct Manager {
    path: PathBuf,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Connection;
    type Error = rusqlite::Error;

    fn connect(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection
            .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -2048")?;
        super::keep_plans(&connection)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    }

    fn is_valid(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        connection.execute_batch("SELECT 1")
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        !connection.is_autocommit()
    }
}
