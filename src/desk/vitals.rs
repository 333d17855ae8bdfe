//! How the house is: what it holds, owes and did since the start. Numbers alone; nothing of people.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::tally::Counter;
use crate::base::{limits, process};
use crate::model::agent::AgentSession;
use crate::model::event::{Topic, What};
use crate::model::message::MessageKind;
use crate::store::health::{self, Holdings};
use crate::store::{audit, writer};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

pub use crate::store::health::Day;

/// What was counted since the start. Cloning shares it.
#[derive(Clone, Default)]
pub struct Counts(Arc<Counted>);

/// The counters.
#[derive(Default)]
pub struct Counted {
    /// Messages of contacts.
    pub incoming: Counter,
    /// Answers.
    pub outgoing: Counter,
    /// Notes.
    pub notes: Counter,
    /// Mails that a server took.
    pub mails_sent: Counter,
    /// Tries of mails that failed, for now or for good.
    pub mails_failed: Counter,
}

impl std::ops::Deref for Counts {
    type Target = Counted;
    fn deref(&self) -> &Counted {
        &self.0
    }
}

impl Counts {
    /// Counts what was announced after its commit.
    pub fn hear(&self, what: &What) {
        if let What::MessageAdded { message, .. } = what {
            match message.kind {
                MessageKind::Incoming => self.incoming.add(),
                MessageKind::Outgoing => self.outgoing.add(),
                MessageKind::Note => self.notes.add(),
                MessageKind::Activity => {}
            }
        }
    }
}

/// The house at this moment.
pub struct Vitals {
    /// What the file holds and owes.
    pub holdings: Holdings,
    /// Seats of visitors and of agents.
    pub seats: (usize, usize),
    /// Visitors and agents who hold them.
    pub people: (usize, usize),
    /// Tasks that wait for the writer.
    pub writes_waiting: usize,
    /// Seconds since the start.
    pub uptime_s: u64,
    /// When that was, as far as the clock can be believed.
    pub started_at: Millis,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes that this process had written to disks since it began.
    pub written: Option<u64>,
    /// Open descriptors.
    pub descriptors: Option<u64>,
    /// Bytes of the one file.
    pub file_bytes: u64,
    /// Bytes of what is not folded into it yet.
    pub wal_bytes: u64,
    /// Bytes left on its disk.
    pub free_bytes: Option<u64>,
}

impl Desk {
    /// Looks at everything; `data_file` is where the one file lies.
    pub async fn vitals(&self, data_file: &Path) -> Result<Vitals> {
        let holdings = self.store.read(health::holdings).await?;
        let (mut seats, mut people) = ((0, 0), (0, 0));
        for (owner, count) in self.hub.owners_with_seats() {
            match owner {
                Topic::Agent(_) => (seats.1, people.1) = (seats.1 + count, people.1 + 1),
                Topic::Contact(_) | Topic::Inbox(_) | Topic::Agents => (seats.0, people.0) = (seats.0 + count, people.0 + 1),
            }
        }
        let mut wal = data_file.as_os_str().to_owned();
        wal.push("-wal");
        let uptime = self.started.elapsed();
        Ok(Vitals {
            holdings,
            seats,
            people,
            writes_waiting: self.store.writer.waiting(),
            uptime_s: uptime.as_secs(),
            started_at: self.clock.now() - uptime.as_millis() as i64,
            memory: process::memory(),
            written: process::written(),
            descriptors: process::descriptors(),
            file_bytes: process::size(data_file),
            wal_bytes: process::size(Path::new(&wal)),
            free_bytes: process::disk_free(data_file),
        })
    }

    /// What the writer did since the start.
    pub fn written(&self) -> &writer::Tally {
        self.store.writer.tally()
    }
}

/// When the house was opened, by a clock that nobody sets.
pub(super) fn started() -> Instant {
    Instant::now()
}

impl Desk {
    /// Messages of the last days, the oldest first; a day begins `offset_ms` before it does in UTC.
    pub async fn days(&self, offset_ms: Millis) -> Result<Vec<Day>> {
        self.store.read(move |tx| health::days(tx, offset_ms, limits::STATUS_DAYS)).await
    }

    /// Writes down who changed how much is logged.
    pub async fn note_log_level(&self, by: &AgentSession, level: &str) -> Result<()> {
        let (by, level) = (by.agent.id, level.to_owned());
        self.store.write(move |tx| audit::append(tx, Some(by), "house.log_level", "", &json!({ "level": level }))).await
    }
}
