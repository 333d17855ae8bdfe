//! The one thread that writes. Takes a task, then as many more as are waiting, runs each in a savepoint, commits once (one fsync for
//! all: that is what makes `synchronous=FULL` affordable), announces in commit order, and only then answers the callers.

use super::tx::WriteTx;
use super::{Committed, OnCommit};
use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::id::Seq;
use crate::base::limits;
use crate::base::tally::{Counter, Histogram};
use rusqlite::Connection;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// What is to be done inside the transaction. What it finds it leaves with its caller: one type for all tasks, because every caller's own
/// copy of the way through queue and thread would be a tenth of the program.
type Run = Box<dyn FnOnce(&WriteTx) -> Result<()> + Send>;

/// One thing to write, and the way to tell its caller, to whom an answer is owed even when the task never ran.
struct Task {
    run: Run,
    answer: oneshot::Sender<Result<()>>,
}

/// A caller who waits, and how his own task went.
struct Waiting {
    answer: oneshot::Sender<Result<()>>,
    went: Result<()>,
}

/// What waits for the thread: something to write, or care for the file itself that no transaction may surround.
enum Item {
    Write(Task),
    Upkeep(Box<dyn FnOnce(&Connection) + Send>),
}

/// A handle to the writer thread. Cloning is cheap; the thread ends when the last handle is dropped.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Item>,
    tally: Arc<Tally>,
}

/// What the thread did since the start.
#[derive(Debug, Default)]
pub struct Tally {
    /// How long each commit took that changed something, fsync included.
    pub commits: Histogram,
    /// Commits that the disk refused.
    pub refused: Counter,
    /// When the last one reached the disk.
    last: Mutex<Option<Instant>>,
    /// Since when the thread takes care of the file, while it does.
    caring: Mutex<Option<Instant>>,
}

impl Writer {
    /// `hold` keeps the file from being replaced while the thread runs.
    pub(super) fn start(
        connection: Connection,
        hold: Option<File>,
        clock: Clock,
        on_commit: OnCommit,
    ) -> Result<(Writer, std::thread::JoinHandle<()>)> {
        let (queue, tasks) = mpsc::channel(limits::WRITE_QUEUE_MAX);
        connection.set_prepared_statement_cache_capacity(256);
        let tally = Arc::new(Tally::default());
        let kept = tally.clone();
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                let _hold = hold;
                Thread { connection, clock, on_commit, tally: kept }.run(tasks);
            })
            .map_err(Error::internal)?;
        Ok((Writer { queue, tally }, thread))
    }

    /// Runs `task` in a write transaction and returns its result after the commit. An error (or panic) of the task undoes only that
    /// task. `Busy` when no place in the queue came free in time, `Unavailable` when the disk refuses: in both cases nothing was stored.
    pub fn write<T, F>(&self, task: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTx) -> Result<T> + Send + 'static,
    {
        Answer::of(|found| self.perform(Box::new(move |tx| task(tx).map(|value| found.put(value)))))
    }

    /// What the thread did since the start.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Tasks that wait for the thread.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Whether something reached the disk since `moment`.
    pub(super) fn committed_since(&self, moment: Instant) -> bool {
        self.tally.last.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|last| last >= moment)
    }

    /// Whether everybody waits because the file is being taken care of, which may last.
    pub(super) fn takes_care(&self) -> bool {
        let caring = self.tally.caring.lock().unwrap_or_else(PoisonError::into_inner);
        caring.is_some_and(|since| since.elapsed() < limits::UPKEEP_MAX)
    }

    /// Whether the thread has ended, though somebody still wants to write.
    pub(super) fn is_gone(&self) -> bool {
        self.queue.is_closed()
    }

    fn perform(&self, run: Run) -> Done {
        let writer = self.clone();
        Box::pin(async move {
            let (answer, answered) = oneshot::channel();
            writer.place().await?.send(Item::Write(Task { run, answer }));
            answered.await.unwrap_or_else(|_| Err(Error::internal("the writer thread is gone")))
        })
    }

    /// Runs `work` on the writing connection between two commits. Everybody who writes waits meanwhile.
    pub(super) async fn upkeep<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Result<T>>();
        let run = Box::new(move |connection: &Connection| {
            let done = catch_unwind(AssertUnwindSafe(|| work(connection)));
            // The caller may have gone away meanwhile.
            let _ = answer.send(done.unwrap_or_else(|_| Err(Error::internal("the care of the file panicked"))));
        });
        self.place().await?.send(Item::Upkeep(run));
        answered.await.unwrap_or_else(|_| Err(Error::internal("the writer thread is gone")))
    }

    async fn place(&self) -> Result<mpsc::Permit<'_, Item>> {
        match tokio::time::timeout(limits::WRITE_QUEUE_WAIT, self.queue.reserve()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::unavailable("The server is shutting down. Nothing was stored.")),
            Err(_) => Err(Error::busy()),
        }
    }
}

struct Thread {
    connection: Connection,
    clock: Clock,
    on_commit: OnCommit,
    tally: Arc<Tally>,
}

impl Thread {
    fn run(mut self, mut items: mpsc::Receiver<Item>) {
        while let Some(first) = items.blocking_recv() {
            let mut batch = Vec::new();
            let mut next = Some(first);
            let mut upkeep = None;
            while let Some(item) = next.take() {
                match item {
                    Item::Write(task) => batch.push(task),
                    Item::Upkeep(work) => {
                        upkeep = Some(work);
                        break;
                    }
                }
                if batch.len() < limits::WRITE_BATCH_MAX {
                    next = items.try_recv().ok();
                }
            }
            if !batch.is_empty() {
                self.commit(batch);
            }
            if let Some(work) = upkeep {
                *self.tally.caring.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
                work(&self.connection);
                *self.tally.caring.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
        }
        let statistics = self.connection.execute_batch("PRAGMA optimize").map_err(Error::from);
        // Leaves one file behind, not three.
        let closed = statistics
            .and_then(|()| super::purge::forget_samples(&self.connection))
            .and_then(|()| super::purge::empty_wal(&self.connection));
        if let Err(error) = closed {
            log::warn!("final checkpoint failed error=\"{error:?}\"");
        }
    }

    fn commit(&mut self, batch: Vec<Task>) {
        let mut answers = Vec::with_capacity(batch.len());
        match self.attempt(batch, &mut answers) {
            Ok(committed) => {
                (self.on_commit)(committed);
                // A caller may have gone away meanwhile; what was committed stays committed.
                answers.into_iter().for_each(|Waiting { answer, went }| drop(answer.send(went)));
            }
            Err(failure) => {
                self.tally.refused.add();
                log::error!("commit failed tasks={} error=\"{failure:?}\"", answers.len());
                if !self.connection.is_autocommit()
                    && let Err(cause) = self.connection.execute_batch("ROLLBACK")
                {
                    log::error!("rollback failed cause=\"{cause}\"");
                }
                for Waiting { answer, went } in answers {
                    // Logged above, once for all who wait; without a cause the doors do not log it again.
                    let told = went.map_or_else(|error| error.copy(), |()| failure.copy());
                    let _ = answer.send(Err(told));
                }
            }
        }
    }

    fn attempt(&mut self, batch: Vec<Task>, answers: &mut Vec<Waiting>) -> Result<Committed> {
        let mut batch = batch.into_iter();
        let before = self.connection.total_changes();
        let started = self.begin();
        let seq = match started {
            Ok(seq) => seq,
            Err(failure) => {
                // Nothing ran; every caller must still hear why. A dropped task would look like our own fault.
                answers.extend(batch.map(not_run));
                return Err(failure);
            }
        };
        let tx = WriteTx::new(&self.connection, self.clock.now(), seq);
        while let Some(task) = batch.next() {
            let ran = run_in_savepoint(&self.connection, &tx, task, answers);
            // A full disk or failing device makes SQLite roll the whole transaction back by itself.
            if ran.is_err() || self.connection.is_autocommit() {
                answers.extend(batch.map(not_run));
                return Err(ran.err().unwrap_or_else(disk_refuses));
            }
        }
        let began = Instant::now();
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        // Who only looked wrote nothing, and proves nothing of the disk.
        if self.connection.total_changes() > before {
            self.tally.commits.add(began.elapsed());
            *self.tally.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        Ok(tx.finish())
    }

    fn begin(&mut self) -> Result<Seq> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        // Asked each time: the command line may have written meanwhile.
        super::ReadTx::new(&self.connection, 0).seq()
    }
}

fn not_run(task: Task) -> Waiting {
    Waiting { answer: task.answer, went: Ok(()) }
}

fn run_in_savepoint(connection: &Connection, tx: &WriteTx, task: Task, answers: &mut Vec<Waiting>) -> Result<()> {
    let Task { run, answer } = task;
    if let Err(refused) = connection.prepare_cached("SAVEPOINT task").and_then(|mut savepoint| savepoint.execute([])) {
        answers.push(Waiting { answer, went: Ok(()) });
        return Err(refused.into());
    }
    let mark = tx.mark();
    // Unwind safety: what a panic leaves behind is undone by the savepoint and the mark.
    let went = catch_unwind(AssertUnwindSafe(|| run(tx).map(|()| tx.settle()))).unwrap_or_else(|_| {
        log::error!("a write task panicked and was undone");
        Err(Error::internal("a write task panicked; it was undone"))
    });
    let keep = went.is_ok();
    answers.push(Waiting { answer, went });
    if connection.is_autocommit() {
        return Err(disk_refuses());
    }
    if !keep {
        tx.rewind(&mark);
        connection.prepare_cached("ROLLBACK TO task")?.execute([])?;
    }
    connection.prepare_cached("RELEASE task")?.execute([])?;
    Ok(())
}

fn disk_refuses() -> Error {
    Error::unavailable("The server cannot write to its disk at the moment. Nothing was stored; please try again.")
}

/// Where a task on another thread leaves what it found for its caller.
pub(super) struct Slot<T>(Arc<Mutex<Option<T>>>);

/// When a task or a question is done; what it found lies elsewhere.
pub(super) type Done = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// Waits for what a task or a question finds. A future of its own and not an `async fn`: three hundred places wait for one, and the way through
/// the queue was built into each of them.
#[must_use = "nothing is asked before somebody waits"]
pub struct Answer<T> {
    found: Slot<T>,
    done: Done,
}

impl<T> Answer<T> {
    pub(super) fn of(ask: impl FnOnce(Slot<T>) -> Done) -> Answer<T> {
        let (ours, found) = Slot::pair();
        Answer { done: ask(ours), found }
    }
}

impl<T> Future for Answer<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        ready!(self.done.as_mut().poll(context))?;
        Poll::Ready(self.found.take())
    }
}

impl<T> Slot<T> {
    /// The same one twice: for the task, and for its caller.
    pub(super) fn pair() -> (Slot<T>, Slot<T>) {
        let slot = Arc::new(Mutex::new(None));
        (Slot(slot.clone()), Slot(slot))
    }

    pub(super) fn put(&self, found: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
    }

    /// What was found; asked for after the task went well.
    pub(super) fn take(&self) -> Result<T> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        found.ok_or_else(|| Error::internal("a task went well and left nothing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Kind;
    use crate::store::{Store, settings};
    use std::sync::mpsc as blocking;

    fn store(folder: &tempfile::TempDir) -> Store {
        Store::open(&folder.path().join("w.db"), Clock::default(), Box::new(|_| {})).unwrap().0
    }

    async fn stored(store: &Store, key: &'static str) -> Option<String> {
        store.read(move |tx| settings::find(tx, key)).await.unwrap()
    }

    /// Occupies the writer until the sender is dropped, so that what is written next shares one commit.
    async fn occupied(store: &Store) -> blocking::Sender<()> {
        let (release, released) = blocking::channel::<()>();
        let (running, runs) = oneshot::channel();
        let writer = store.clone();
        tokio::spawn(async move {
            let blocker = writer.write(move |_| {
                let _ = running.send(());
                let _ = released.recv();
                Ok(())
            });
            blocker.await.unwrap();
        });
        runs.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_panicking_or_failing_task_harms_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let release = occupied(&store).await;
        let before = store.write(|tx| settings::put(tx, "before", "1"));
        let panics = store.write(|tx| {
            settings::put(tx, "panicked", "1")?;
            if tx.now > 0 {
                panic!("a mistake of ours");
            }
            Ok(())
        });
        let fails = store.write(|tx| {
            settings::put(tx, "failed", "1")?;
            Err::<(), _>(Error::invalid("not so"))
        });
        let after = store.write(|tx| settings::put(tx, "after", "1"));
        let let_go = async {
            drop(release);
        };
        // Joined in this order, so all four lie in one commit.
        let (before, panicked, failed, after, ()) = tokio::join!(before, panics, fails, after, let_go);
        before.unwrap();
        after.unwrap();
        assert_eq!(panicked.unwrap_err().kind, Kind::Internal);
        assert_eq!(failed.unwrap_err().message, "not so");
        let found = [stored(&store, "before").await, stored(&store, "panicked").await, stored(&store, "failed").await];
        assert_eq!(found, [Some("1".into()), None, None]);
        assert_eq!(stored(&store, "after").await.as_deref(), Some("1"));
        store.write(|tx| settings::put(tx, "later", "1")).await.unwrap();
    }

    #[tokio::test]
    async fn a_full_queue_answers_busy_and_loses_nothing_it_took() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        let release = occupied(&store).await;
        let taken: Vec<_> = (0..limits::WRITE_QUEUE_MAX)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.write(|tx| tx.seq()).await })
            })
            .collect();
        // Each has its place once it was polled.
        while store.writer.queue.capacity() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = store.write(|tx| settings::put(tx, "refused", "1")).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Busy);
        assert!(refused.retry_after_s.is_some());
        drop(release);
        for task in taken {
            task.await.unwrap().unwrap();
        }
        assert_eq!(stored(&store, "refused").await, None);
        store.write(|tx| settings::put(tx, "later", "1")).await.unwrap();
    }
}
