//! Floor 5: the workers. Drain the outbox, keep the house clean. Work runs outside any transaction, with a time-out, panics caught;
//! a crash is an expired lease is a retry, so every job is idempotent.

pub mod availability;
pub mod certificates;
mod continuity;
pub mod deliver;
pub mod housekeeping;
mod intake;
mod letters;
pub mod mailbox;
mod post;
pub mod promises;
mod push;

use crate::base::error::{Error, Kind, Result};
use crate::base::id::random_bytes;
use crate::base::limits;
use crate::base::tls::Tls;
use crate::desk::Desk;
use crate::http::client::Client;
use crate::model::job::{Claimed, Job};
use crate::store::jobs;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Longest sleep between two looks, should a wake-up ever be missed.
const LOOK_AT_LEAST: Duration = Duration::from_secs(60);

pub use post::Post;

/// What jobs need to reach others. Cloning shares it.
#[derive(Clone)]
pub struct Outside {
    pub client: Client,
    /// How mail servers are known.
    pub tls: Tls,
    /// Where mail is handed in.
    pub post: Post,
    /// Public address, if configured.
    pub base_url: Option<String>,
}

/// Runs jobs until `stop` turns true; work under way is finished.
pub async fn run(desk: Desk, outside: Outside, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    let mut working = JoinSet::new();
    let mut lead = desk.clock.lead();
    while !*stop.borrow() {
        lead = after_setting(&desk, lead).await;
        // Registered before looking: a job that is enqueued between the look and the sleep wakes us.
        let woken = wake.notified();
        let free = limits::JOBS_AT_ONCE.saturating_sub(working.len());
        let claimed = match free {
            0 => Vec::new(),
            _ => desk.store.write(move |tx| jobs::claim(tx, free)).await.unwrap_or_else(|error| {
                log::error!("jobs cannot be claimed error=\"{error:?}\"");
                Vec::new()
            }),
        };
        if !claimed.is_empty() {
            for job in claimed {
                working.spawn(work(desk.clone(), outside.clone(), job));
            }
            continue;
        }
        // Lines to mail servers that nobody uses are given back.
        if outside.post.next_close().is_some_and(|rest| rest.is_zero()) {
            let post = outside.post.clone();
            working.spawn(async move { post.close(false).await });
        }
        let sleep = until_next(&desk).await.min(outside.post.next_close().unwrap_or(LOOK_AT_LEAST).max(Duration::from_secs(1)));
        // Cancel-safe: all arms only wait; a finished worker has already written down how it went.
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(sleep) => {}
            Some(_) = working.join_next() => {}
            _ = stop.changed() => {}
        }
    }
    while working.join_next().await.is_some() {}
    outside.post.close(true).await;
}

/// Looks whether somebody set the clock back since the last look, and puts right what would wait for hours to come again. A clock that was
/// set forward needs nothing: what is due is due, a few at a time.
async fn after_setting(desk: &Desk, before: i64) -> i64 {
    let lead = desk.clock.lead();
    let back = before - lead;
    if back < limits::SET_BACK_MIN.as_millis() as i64 {
        return lead;
    }
    log::warn!("the clock was set back by_s={}", back / 1000);
    match desk.store.write(move |tx| jobs::set_back(tx, back)).await {
        Ok(()) => lead,
        Err(error) => {
            log::error!("jobs could not be put right after the clock was set error=\"{error:?}\"");
            before
        }
    }
}

async fn until_next(desk: &Desk) -> Duration {
    let now = desk.clock.now();
    match desk.store.read(jobs::next_due).await {
        Ok(Some(due)) => Duration::from_millis((due - now).max(10) as u64).min(LOOK_AT_LEAST),
        Ok(None) => LOOK_AT_LEAST,
        Err(_) => Duration::from_secs(5),
    }
}

async fn work(desk: Desk, outside: Outside, claimed: Claimed) {
    let attempt = tokio::time::timeout(limits::JOB_TIMEOUT, CatchUnwind(Box::pin(perform(&desk, &outside, &claimed.job)))).await;
    let result = attempt.unwrap_or_else(|_| Err(Error::unavailable("the job took too long")));
    let done = claimed.clone();
    let written = match result {
        Ok(()) => desk.store.write(move |tx| jobs::finish(tx, &done)).await,
        Err(error) if error.code == Some(post::WAITS) => {
            let wait_ms = i64::from(error.retry_after_s.unwrap_or(1).max(1)) * 1000;
            let text = told(&error);
            desk.store.write(move |tx| jobs::postpone(tx, done.id, &text, tx.now + wait_ms.min(done.job.patience_ms()))).await
        }
        Err(error) => {
            let last = claimed.attempts + 1 >= attempts_max(&claimed.job);
            let hopeless = matches!(error.kind, Kind::Invalid | Kind::Forbidden | Kind::NotFound);
            log::warn!("job failed kind={} id={} attempts={} error=\"{error:?}\"", claimed.job.kind(), claimed.id, claimed.attempts + 1);
            let text = told(&error);
            desk.store
                .write(move |tx| match last || hopeless {
                    true => {
                        // What is kept for people to see opens nothing.
                        if let Some(emptied) = done.job.without_secrets() {
                            jobs::rewrite(tx, done.id, &emptied)?;
                        }
                        jobs::bury(tx, done.id, &text)
                    }
                    false => jobs::retry(tx, done.id, &text, tx.now + backoff_ms(done.attempts).min(done.job.patience_ms())),
                })
                .await
        }
    };
    if let Err(error) = written {
        // The lease runs out and the job comes again.
        log::error!("job outcome not stored id={} error=\"{error:?}\"", claimed.id);
    }
}

/// What is kept of a failure for people inside: more than the log may know.
fn told(error: &Error) -> String {
    let whole = error.details.as_ref().and_then(|details| details.get("whole")).and_then(serde_json::Value::as_str);
    whole.unwrap_or(&error.message).to_owned()
}

/// How often a kind of job is tried. Mail is given up after days: so long other mail servers try too (RFC 5321, 4.5.4.1).
fn attempts_max(job: &Job) -> u32 {
    match job {
        Job::VerificationMail { .. }
        | Job::Transcript { .. }
        | Job::NoticeMail { .. }
        | Job::LinkMail { .. }
        | Job::SurveyMail { .. }
        | Job::Continuity { .. }
        | Job::TellTeam { .. }
        | Job::ReplyMail { .. } => limits::MAIL_ATTEMPTS_MAX,
        Job::WakeConversation { .. } | Job::SendHeld { .. } | Job::Erase { .. } | Job::Push { .. } | Job::Forgotten { .. } => {
            limits::JOB_ATTEMPTS_MAX
        }
    }
}

/// Does one job. One line per kind.
async fn perform(desk: &Desk, outside: &Outside, job: &Job) -> Result<()> {
    match job {
        Job::WakeConversation { conversation } => desk.wake(*conversation).await,
        Job::VerificationMail { verification, code, locale } => letters::code(desk, outside, *verification, code, locale).await,
        Job::SendHeld { held } => desk.send_held(*held).await,
        Job::Erase { contact } => desk.go_on_erasing(*contact).await,
        Job::Transcript { conversation, to, locale, mail } => letters::transcript(desk, outside, *conversation, to, locale, mail).await,
        Job::Push { notice, waited } => push::send(desk, &outside.client, outside.base_url.as_deref(), notice, *waited).await,
        Job::NoticeMail { agent, mail } => letters::notices(desk, outside, *agent, mail).await,
        Job::Forgotten { email } => desk.remember_password(email, outside.base_url.is_some()).await,
        Job::LinkMail { token, mail, .. } => letters::link(desk, outside, token, mail).await,
        Job::SurveyMail { conversation, asked, mail } => letters::survey(desk, outside, *conversation, *asked, mail).await,
        Job::Continuity { conversation, upto } => continuity::to_contact(desk, outside, *conversation, *upto).await,
        Job::TellTeam { conversation, upto } => continuity::to_team(desk, outside, *conversation, *upto).await,
        Job::ReplyMail { message } => continuity::reply(desk, outside, *message).await,
    }
}

/// 5 s, 10 s, 20 s … to an hour, with jitter so that what failed together does not come back together.
fn backoff_ms(attempts: u32) -> i64 {
    let base = 5_000i64 << attempts.min(10);
    let base = base.min(3_600_000);
    base + i64::from(random_bytes::<1>()[0]) * base / 1024
}

/// A future whose panic becomes an error.
struct CatchUnwind<F>(F);

impl<F: Future<Output = Result<()>> + Unpin> Future for CatchUnwind<F> {
    type Output = Result<()>;
    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Result<()>> {
        std::panic::catch_unwind(AssertUnwindSafe(|| std::pin::Pin::new(&mut self.0).poll(cx)))
            .unwrap_or_else(|_| std::task::Poll::Ready(Err(Error::internal("the job panicked"))))
    }
}
