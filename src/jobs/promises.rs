//! Promises and rules on time: looks at the indexes of what is due, every second, and at what has been silent for long, a few times a
//! minute. Nothing is remembered here that is not on the disk, so a restart loses nothing.

use crate::desk::Desk;
use crate::desk::rules::Places;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at the deadlines: one lookup in an index each.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two looks of the rules on time.
const RULE_TICKS: u64 = 5;

/// Ticks until `stop` turns true.
pub async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    let mut places = Places::new();
    let mut ticks: u64 = 0;
    while !*stop.borrow() {
        // Cancel-safe: both arms only wait.
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => break,
        }
        ticks += 1;
        if let Err(error) = desk.mind_deadlines().await {
            log::warn!("deadlines could not be looked at error=\"{error:?}\"");
        }
        if ticks.is_multiple_of(RULE_TICKS)
            && let Err(error) = desk.mind_time(&mut places).await
        {
            log::warn!("rules on time could not look error=\"{error:?}\"");
        }
    }
}
