//! Whether the file can be read and written at this moment: one row that is read, and written when nobody else just wrote.

use super::{Store, settings};
use crate::base::error::{Error, Kind};
use crate::base::limits;
use std::time::Instant;

/// When somebody last asked; one row, so that the smallest write of all is one page.
pub(super) const ALIVE: &str = "alive_at";

/// What is wrong with the file, as one word each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk refuses to write, and says so: it is full, or fails. Nothing hangs, reading goes on.
    Disk,
    /// It cannot be read.
    Read,
    /// Everybody waits: no place came free in time.
    Busy,
    /// No answer came in time.
    Slow,
    /// The file is being rewritten, which takes its time on a slow card.
    Upkeep,
    /// The thread that writes has ended.
    Writer,
}

impl Fault {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Fault::Disk => "disk",
            Fault::Read => "read",
            Fault::Busy => "busy",
            Fault::Slow => "slow",
            Fault::Upkeep => "upkeep",
            Fault::Writer => "writer",
        }
    }
}

impl Store {
    /// Reads, and writes durably unless something else reached the disk since `since`.
    pub async fn beat(&self, since: Instant) -> Result<(), Fault> {
        let both = async {
            self.read(|tx| settings::find(tx, ALIVE)).await.map_err(|error| fault(&error, Fault::Read))?;
            if self.writer.is_gone() {
                return Err(Fault::Writer);
            }
            if self.writer.committed_since(since) {
                return Ok(());
            }
            let written = self.write(|tx| settings::put(tx, ALIVE, &tx.now.to_string())).await;
            written.map_err(|error| if self.writer.is_gone() { Fault::Writer } else { fault(&error, Fault::Disk) })
        };
        let beat = tokio::time::timeout(limits::PULSE_PATIENCE, both).await.unwrap_or(Err(Fault::Slow));
        beat.map_err(|fault| match fault {
            Fault::Busy | Fault::Slow if self.writer.takes_care() => Fault::Upkeep,
            fault => fault,
        })
    }
}

fn fault(error: &Error, refused: Fault) -> Fault {
    match error.kind {
        Kind::Busy => Fault::Busy,
        Kind::Unavailable => refused,
        _ if refused == Fault::Read => Fault::Read,
        _ => Fault::Writer,
    }
}
