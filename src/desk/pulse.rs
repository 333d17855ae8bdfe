//! Whether the house lives: asked by whoever watches from outside, and by the watchdog of the service manager.

use super::Desk;
use crate::base::limits;
use crate::store::pulse::Fault;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// The last look, shared by everybody who asks soon after. Held while looking, so that a flood looks once.
#[derive(Default)]
pub struct Pulse(Mutex<Option<(Instant, Result<(), Fault>)>>);

impl Desk {
    /// Whether the file can be read and written, as of this second.
    pub async fn pulse(&self) -> Result<(), Fault> {
        self.beat(limits::PULSE_SHARED).await
    }

    /// The same for the watchdog, who comes once in `interval`: what was stored meanwhile is proof enough, and spares a write.
    pub async fn pulse_of(&self, interval: Duration) -> Result<(), Fault> {
        self.beat(interval).await
    }

    async fn beat(&self, fresh: Duration) -> Result<(), Fault> {
        let mut last = self.pulse.0.lock().await;
        match *last {
            Some((at, beat)) if at.elapsed() < limits::PULSE_SHARED => beat,
            _ => {
                let now = Instant::now();
                let beat = self.store.beat(now.checked_sub(fresh).unwrap_or(now)).await;
                *last = Some((Instant::now(), beat));
                beat
            }
        }
    }
}
