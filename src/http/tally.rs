//! What is counted of connections and requests: a few numbers, whatever the traffic.

use crate::base::tally::{Counter, Histogram};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Since the start.
#[derive(Debug, Default)]
pub struct Tally {
    /// Answers by the first digit of their status, from 1xx (upgraded to a socket) to 5xx.
    pub statuses: [Counter; 5],
    /// How long it took until the answer began.
    pub took: Histogram,
    connections: AtomicUsize,
}

/// One open connection; dropping it closes it.
pub(super) struct Connected(Arc<Tally>);

impl Tally {
    /// Connections that still speak HTTP; upgraded ones are seats of the hub.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(super) fn connected(self: &Arc<Tally>) -> Connected {
        self.connections.fetch_add(1, Ordering::Relaxed);
        Connected(self.clone())
    }

    pub(super) fn answered(&self, status: u16, took: Duration) {
        if let Some(counter) = usize::from(status / 100).checked_sub(1).and_then(|class| self.statuses.get(class)) {
            counter.add();
        }
        self.took.add(took);
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
