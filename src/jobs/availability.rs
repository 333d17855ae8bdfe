//! Watches over what visitors are promised: looks when somebody comes or goes, when settings change and at the very moment hours turn.

use crate::desk::Desk;
use std::time::Duration;
use tokio::sync::watch;

/// Longest sleep: a clock that was set, or a machine that slept, is noticed after so long. A look at an unchanged house reads nothing.
const LOOK_AT_LEAST: Duration = Duration::from_secs(30);
/// Shortest sleep: clocks that disagree by a few milliseconds must not make us spin.
const SLEEP_MIN: Duration = Duration::from_millis(10);
/// Pause after a look that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Watches until `stop` turns true.
pub async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    let board = desk.board.clone();
    while !*stop.borrow() {
        let sleep = match desk.look_around().await {
            Ok(None) => LOOK_AT_LEAST,
            Ok(Some(turn)) => Duration::from_millis((turn - desk.clock.now()).max(0) as u64).clamp(SLEEP_MIN, LOOK_AT_LEAST),
            Err(error) => {
                log::warn!("nobody could be told who is here error=\"{error:?}\"");
                AFTER_FAILURE
            }
        };
        // Cancel-safe: all arms only wait; news that came during the look is kept by the notify.
        tokio::select! {
            () = board.news() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stop.changed() => {}
        }
    }
}
