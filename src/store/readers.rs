//! A small pool of connections that cannot write. One snapshot per question; a question that runs away is stopped.

use super::tx::ReadTx;
use super::writer::{Answer, Done};
use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::limits;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Semaphore;

type Query = Box<dyn FnOnce(&ReadTx) -> Result<()> + Send>;

/// A handle to the pool. Cloning is cheap.
#[derive(Clone)]
pub struct Readers {
    pool: Arc<Pool>,
    /// One permit per connection, so that waiting happens in the runtime and not on blocked threads.
    permits: Arc<Semaphore>,
    clock: Clock,
}

/// The connections that nobody uses at the moment. No more are ever made than there are permits.
struct Pool {
    path: PathBuf,
    resting: Mutex<Vec<Connection>>,
    /// The fewest that rested at once since the last look: so many were needed by nobody.
    spare: AtomicUsize,
}

impl Readers {
    pub(super) fn open(path: &Path, clock: Clock) -> Result<Readers> {
        let pool = Pool { path: path.to_owned(), resting: Mutex::default(), spare: AtomicUsize::new(0) };
        // The first at once: whoever starts on a file that cannot be read shall hear it now.
        pool.put_back(connect(path)?);
        Ok(Readers { pool: Arc::new(pool), permits: Arc::new(Semaphore::new(limits::READERS_MAX)), clock })
    }

    /// Closes the connections beyond the first that nobody needed since the last call: each keeps its own copy of the schema and its own pages.
    pub fn close_spare(&self) {
        self.pool.close_spare();
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
                let mut connection = pool.take()?;
                // A question that panics takes its connection with it.
                let answered = snapshot(&mut connection, now, query);
                pool.put_back(connection);
                answered
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

impl Pool {
    /// The one that rested last, whose pages are warm, or a new one.
    fn take(&self) -> Result<Connection> {
        let resting = {
            let mut resting = self.resting();
            let connection = resting.pop();
            self.spare.fetch_min(resting.len(), Ordering::Relaxed);
            connection
        };
        match resting {
            Some(connection) => Ok(connection),
            None => connect(&self.path).map_err(|cause| Error::busy().with_cause(cause)),
        }
    }

    /// Keeps a connection for the next, unless something is left open in it.
    fn put_back(&self, connection: Connection) {
        if connection.is_autocommit() {
            self.resting().push(connection);
        }
    }

    fn close_spare(&self) {
        let closed: Vec<Connection> = {
            let mut resting = self.resting();
            let spare = self.spare.swap(resting.len(), Ordering::Relaxed).min(resting.len().saturating_sub(1));
            // The last to come back is the first to leave, so it is those in front that nobody needed.
            resting.drain(..spare).collect()
        };
        // Outside of the lock: closing takes a while.
        drop(closed);
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nothing that could panic happens under this lock.
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a connection that cannot write.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection
        .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -2048")?;
    super::keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}
