//! The two kinds of transaction. What a function asks for says what it may do.

use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::*;
use crate::base::limits;
use crate::model::event::{Event, Topic, What};
use crate::model::rule::Cause;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, Params, Row, Rows};
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// One snapshot of the database. Cannot write: its connection is opened read-only.
pub struct ReadTx<'c> {
    connection: &'c Connection,
    /// The time of this transaction, asked once.
    pub now: Millis,
}

impl<'c> ReadTx<'c> {
    pub(super) fn new(connection: &'c Connection, now: Millis) -> ReadTx<'c> {
        ReadTx { connection, now }
    }

    /// The first row, if any.
    pub fn one<T, P: Params>(&self, sql: &'static str, params: P, map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>> {
        let (mut ask, mut map, mut found) = (asking(params), Some(map), None);
        self.visit(sql, &mut ask, &mut |row| {
            if let Some(map) = map.take() {
                found = Some(map(row)?);
            }
            Ok(false)
        })?;
        Ok(found)
    }

    /// All rows; the SQL names a LIMIT unless the table itself is small.
    pub fn all<T, P: Params>(&self, sql: &'static str, params: P, mut map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        let (mut ask, mut found) = (asking(params), Vec::new());
        self.visit(sql, &mut ask, &mut |row| {
            found.push(map(row)?);
            Ok(true)
        })?;
        Ok(found)
    }

    /// Each row, one after the other and kept by nobody: for sums over many.
    pub fn each<P: Params>(&self, sql: &'static str, params: P, mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<()>) -> Result<()> {
        let mut ask = asking(params);
        self.visit(sql, &mut ask, &mut |row| each(row).map(|()| true))
    }

    /// Asks, and shows row after row until that answers `false`. Without types of its callers: hundreds of questions share it.
    fn visit(&self, sql: &'static str, ask: &mut Ask<'_>, see: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<bool>) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = ask(&mut statement)?;
        while let Some(row) = rows.next()? {
            if !see(row)? {
                break;
            }
        }
        Ok(())
    }

    /// The last change number of this snapshot.
    pub fn seq(&self) -> Result<Seq> {
        Ok(self.one("SELECT seq FROM events ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))?.unwrap_or(0))
    }
}

/// Binds the values of one question and begins it.
type Ask<'a> = dyn for<'s> FnMut(&'s mut CachedStatement<'_>) -> rusqlite::Result<Rows<'s>> + 'a;

fn asking<P: Params>(params: P) -> impl for<'s> FnMut(&'s mut CachedStatement<'_>) -> rusqlite::Result<Rows<'s>> {
    let mut params = Some(params);
    move |statement| statement.query(params.take().ok_or(rusqlite::Error::InvalidQuery)?)
}

/// A write transaction on the writer thread: everything of a `ReadTx`, and the consequences of its commit.
pub struct WriteTx<'c> {
    read: ReadTx<'c>,
    seq: Cell<Seq>,
    announcements: RefCell<Vec<(Vec<Topic>, Arc<Event>)>>,
    jobs: Cell<bool>,
    causes: RefCell<Vec<(ConversationId, Cause)>>,
    aftermath: Cell<Option<Aftermath>>,
}

/// Who deals with what happened to conversations, at the end of a task and inside its savepoint.
pub type Aftermath = fn(&WriteTx<'_>, Vec<(ConversationId, Cause)>);

impl<'c> Deref for WriteTx<'c> {
    type Target = ReadTx<'c>;
    fn deref(&self) -> &ReadTx<'c> {
        &self.read
    }
}

/// Where a task began, to go back there when it fails.
pub(super) struct Mark {
    seq: Seq,
    announcements: usize,
    jobs: bool,
    causes: usize,
}

impl<'c> WriteTx<'c> {
    pub(super) fn new(connection: &'c Connection, now: Millis, seq: Seq) -> WriteTx<'c> {
        WriteTx {
            read: ReadTx::new(connection, now),
            seq: Cell::new(seq),
            announcements: RefCell::default(),
            jobs: Cell::new(false),
            causes: RefCell::default(),
            aftermath: Cell::new(None),
        }
    }

    /// Runs one changing statement; returns the number of changed rows.
    pub fn exec<P: Params>(&self, sql: &'static str, params: P) -> Result<usize> {
        Ok(self.read.connection.prepare_cached(sql)?.execute(params)?)
    }

    /// Runs one INSERT; returns the new row's number.
    pub fn insert<P: Params>(&self, sql: &'static str, params: P) -> Result<i64> {
        Ok(self.read.connection.prepare_cached(sql)?.insert(params)?)
    }

    /// Takes the next change number. The caller stores a row of `events` with it in the same transaction (`store::events::record`).
    pub(super) fn next_seq(&self) -> Seq {
        self.seq.set(self.seq.get() + 1);
        self.seq.get()
    }

    /// Announces a durable change after the commit.
    pub(super) fn announce(&self, topics: Vec<Topic>, seq: Seq, what: What) {
        self.announcements.borrow_mut().push((topics, Arc::new(Event::new(Some(seq), what))));
    }

    /// Announces an ephemeral consequence of this change (a session that ended) after the commit.
    pub fn announce_ephemeral(&self, topics: Vec<Topic>, what: What) {
        self.announcements.borrow_mut().push((topics, Arc::new(Event::new(None, what))));
    }

    /// Wakes the job runner after the commit.
    pub(super) fn wake_jobs(&self) {
        self.jobs.set(true);
    }

    /// Remembers that something happened to a conversation; `then` deals with everything that was remembered when the task is done, so
    /// that it sees the conversation as the whole task left it.
    pub fn caused(&self, conversation: ConversationId, cause: Cause, then: Aftermath) {
        let mut causes = self.causes.borrow_mut();
        // Whoever changes thousands at once is no cause for thousands of rules in one commit.
        if causes.len() < limits::CAUSES_PER_TASK_MAX {
            causes.push((conversation, cause));
        }
        self.aftermath.set(Some(then));
    }

    /// What was remembered since it was last asked.
    pub fn take_causes(&self) -> Vec<(ConversationId, Cause)> {
        std::mem::take(&mut *self.causes.borrow_mut())
    }

    /// Deals with what happened in the task.
    pub(super) fn settle(&self) {
        let causes = self.take_causes();
        if let (false, Some(then)) = (causes.is_empty(), self.aftermath.take()) {
            then(self, causes);
        }
    }

    /// Does a part of a task that may fail by itself: an error or a panic undoes the part and nothing else.
    pub fn attempt<T>(&self, part: impl FnOnce() -> Result<T>) -> Result<T> {
        self.exec("SAVEPOINT part", [])?;
        let mark = self.mark();
        // Unwind safety: what a panic leaves behind is undone by the savepoint and the mark.
        let done = catch_unwind(AssertUnwindSafe(part)).unwrap_or_else(|_| Err(Error::internal("a part of a write task panicked")));
        if done.is_err() {
            self.rewind(&mark);
            self.exec("ROLLBACK TO part", [])?;
        }
        self.exec("RELEASE part", [])?;
        done
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            seq: self.seq.get(),
            announcements: self.announcements.borrow().len(),
            jobs: self.jobs.get(),
            causes: self.causes.borrow().len(),
        }
    }

    pub(super) fn rewind(&self, mark: &Mark) {
        self.seq.set(mark.seq);
        self.announcements.borrow_mut().truncate(mark.announcements);
        self.jobs.set(mark.jobs);
        self.causes.borrow_mut().truncate(mark.causes);
    }

    pub(super) fn finish(self) -> super::Committed {
        super::Committed { announcements: self.announcements.into_inner(), jobs: self.jobs.get() }
    }
}

/// Failures of SQLite as the house sees them, in one place.
impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Error {
        let code = cause.sqlite_error_code();
        let error = match code {
            Some(ErrorCode::ConstraintViolation) => Error::new(Kind::Conflict, "This contradicts what is already stored."),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::busy(),
            Some(ErrorCode::OperationInterrupted) => {
                Error::new(Kind::Busy, "The question took too long and was stopped. Please make it narrower.")
            }
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory
                | ErrorCode::FileLockingProtocolFailed,
            ) => Error::unavailable("The server cannot write to its disk at the moment. Nothing was stored; please try again."),
            _ => return Error::internal(cause),
        };
        error.with_cause(cause)
    }
}

macro_rules! sql_id {
    ($($name:ident),* $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<$name> {
                value.as_i64().map($name)
            }
        }
    )*};
}
sql_id!(
    InboxId,
    MailboxId,
    ContactId,
    SessionId,
    ConversationId,
    MessageId,
    AttachmentId,
    AgentId,
    AgentSessionId,
    TeamId,
    HoursId,
    RoleId,
    JobId,
    SlaId,
    RuleId
);

impl ToSql for Uuid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for Uuid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Uuid> {
        Uuid::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// Enumerations stored as words: `as_str` writes, `parse` reads.
macro_rules! sql_word {
    ($($name:ty),* $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<$name> {
                <$name>::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )*};
}
sql_word!(
    crate::model::notice::NoticeKind,
    crate::model::access::Scope,
    crate::model::agent::Role,
    crate::model::agent::Availability,
    crate::model::agent::Purpose,
    crate::model::contact::ContactKind,
    crate::model::conversation::Priority,
    crate::model::conversation::Status,
    crate::model::conversation::ConversationKind,
    crate::model::macros::Sharing,
    crate::model::message::MessageKind,
    crate::model::field::Subject,
    crate::model::field::FieldKind,
    crate::model::team::Routing,
    crate::model::team::Place,
    crate::model::sla::Clock,
    crate::model::rule::Trigger,
);
