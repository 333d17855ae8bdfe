//! What happens by the clock: who is gone, pages to write, things whose time is over.

use crate::base::limits;
use crate::desk::Desk;
use crate::store::{agents, drafts, events, logins, mails_in, mails_out, media, notices, sessions, verifications};
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at who is gone.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two writings of visited pages.
const FLUSH_TICKS: u64 = 10;
/// Ticks between two cleanings.
const CLEAN_TICKS: u64 = 600;

/// Ticks until `stop` turns true; then writes what is pending.
pub async fn run(desk: Desk, mut stop: watch::Receiver<bool>) {
    let mut ticks: u64 = 0;
    while !*stop.borrow() {
        // Cancel-safe: both arms only wait.
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.changed() => break,
        }
        ticks += 1;
        note("presence", desk.sweep_presence().await);
        if ticks.is_multiple_of(FLUSH_TICKS) {
            note("pages", desk.flush_pages().await);
        }
        if ticks % CLEAN_TICKS == 1 {
            note("cleaning", clean(&desk).await);
            note("retention", desk.sweep_when_due().await);
        }
    }
    note("pages", desk.flush_pages().await);
}

async fn clean(desk: &Desk) -> crate::base::error::Result<()> {
    desk.store.write(|tx| Ok(agents::prune_sessions(tx)? + logins::prune_steps(tx)?)).await?;
    // Each sweep takes a little, so that nobody waits long behind it; sweeps go on until there is nothing left.
    for _ in 0..limits::SWEEPS_MAX {
        let swept = desk
            .store
            .write(|tx| {
                let files = media::prune(tx, limits::UNSENT_ATTACHMENT_LIFE.as_millis() as i64)?;
                let drafts = drafts::prune(tx, limits::EMPTIED_DRAFT_LIFE.as_millis() as i64)?;
                let mails = mails_out::prune(tx, limits::LOOSE_MAILS_KEPT.as_millis() as i64)? + mails_in::prune(tx)?;
                Ok(mails + events::prune(tx)? + notices::prune(tx)? + sessions::prune(tx)? + verifications::prune(tx)? + drafts + files)
            })
            .await?;
        if swept + desk.forget_addresses().await? + desk.purge_spam().await? == 0 {
            break;
        }
    }
    Ok(())
}

fn note(what: &str, result: crate::base::error::Result<()>) {
    if let Err(error) = result {
        log::warn!("housekeeping failed what={what} error=\"{error:?}\"");
    }
}
