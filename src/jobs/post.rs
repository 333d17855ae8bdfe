//! The post office: a letter becomes a mail, once. Its Message-ID is written down before the first try, so that a try whose answer was lost is
//! recognised by everybody who gets it twice.
//!
//! Each mailbox has one counter. One mail at a time stands there; while the mail server fails, one tries and the others wait, and a queue of a
//! day leaves in turn.

use super::Outside;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{MailboxId, new_token};
use crate::base::tls::Tls;
use crate::base::{email, limits};
use crate::desk::Desk;
use crate::mail::compose::{Draft, File, Party, compose};
use crate::mail::smtp::{Account, Envelope, Lines, Patience};
use crate::mail::smtp_words::{Outcome, Reason};
use crate::model::letter::{Letter, LetterKind, Rendered};
use crate::model::mailbox::{Direction, Mailbox};
use crate::store::mails_out::{self, Begun, NewMail};
use crate::store::{mailboxes, media};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// By this word the runner knows that a job only waits: no try of its own is counted.
pub const WAITS: &str = "mail_waits";
/// So long a mail stands in line before it comes back later: workers have other things to do, such as answers in chats.
const STANDING: Duration = Duration::from_millis(200);
/// Longest pause between two tries of a mailbox that fails: a server that is back is noticed soon.
const PAUSE_MAX_MS: i64 = 15 * 60_000;
const MINUTE_MS: i64 = 60_000;

/// What the post office remembers of its counters. Cloning shares it.
#[derive(Clone)]
pub struct Post {
    lines: Lines,
    /// Held for a few lines, never over an await.
    counters: Arc<Mutex<HashMap<MailboxId, Arc<tokio::sync::Mutex<Counter>>>>>,
}

/// One mailbox's counter.
#[derive(Default)]
struct Counter {
    /// Tries in a row that failed for a reason of the mailbox.
    failures: u32,
    /// No try before.
    closed_until: Millis,
    /// When the mails of the last minute left.
    left: VecDeque<Millis>,
    /// The last place that was given to somebody who waits.
    last_place: Millis,
}

impl Post {
    /// Counters that know mail servers by these certificates.
    pub fn new(tls: Tls) -> Post {
        Post { lines: Lines::new(tls, Patience::default()), counters: Arc::default() }
    }

    /// When the first kept line is to be closed.
    pub(super) fn next_close(&self) -> Option<Duration> {
        self.lines.next_close()
    }

    /// Closes lines that nobody uses, or all.
    pub(super) async fn close(&self, all: bool) {
        self.lines.close(all).await;
    }

    fn counter(&self, mailbox: MailboxId) -> Arc<tokio::sync::Mutex<Counter>> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        // Mailboxes come and go; nobody stands at a counter that only we know.
        if counters.len() > 2 * limits::MAILBOXES_MAX as usize {
            counters.retain(|_, counter| Arc::strong_count(counter) > 1);
        }
        counters.entry(mailbox).or_default().clone()
    }
}

impl Counter {
    /// Until when whoever comes now has to wait.
    fn waits_until(&mut self, now: Millis) -> Option<Millis> {
        if now < self.closed_until {
            return Some(self.closed_until);
        }
        while self.left.front().is_some_and(|at| *at <= now - MINUTE_MS) {
            self.left.pop_front();
        }
        if self.left.len() < limits::MAILS_PER_MINUTE as usize {
            return None;
        }
        // Each gets a place of his own, so that not all come back at once to be sent away again.
        let free = self.left.front().map_or(now, |at| at + MINUTE_MS);
        self.last_place = free.max(self.last_place + MINUTE_MS / i64::from(limits::MAILS_PER_MINUTE));
        Some(self.last_place)
    }

    fn went(&mut self, now: Millis) {
        (self.failures, self.closed_until) = (0, 0);
        self.left.push_back(now);
    }

    fn failed(&mut self, now: Millis) -> Millis {
        self.closed_until = now + (5_000i64 << self.failures.min(10)).min(PAUSE_MAX_MS);
        self.failures += 1;
        self.closed_until
    }
}

/// Sends `letter`; `key` names the one mail it is, the same at every try.
pub async fn send(desk: &Desk, outside: &Outside, key: &str, letter: &Letter) -> Result<()> {
    let Some(mailbox) = desk.mailbox_for(letter.inbox).await? else {
        return Err(Error::unavailable("No mailbox is set up, so nothing can be mailed."));
    };
    let counter = outside.post.counter(mailbox.id);
    let mut counter = match counter.try_lock() {
        Ok(counter) => counter,
        // Behind one that tries a failing server it may take long.
        Err(_) if mailbox.outgoing.failing_since.is_some() => return Err(waits(desk, desk.clock.ticks() + MINUTE_MS / 2, FAILING)),
        Err(_) => match tokio::time::timeout(STANDING, counter.lock()).await {
            Ok(counter) => counter,
            Err(_) => return Err(waits(desk, desk.clock.ticks() + 5_000, "Other mails of this mailbox go first.")),
        },
    };
    // Whoever stood here before may have learned that the server fails, after we looked.
    let Some(mailbox) = desk.mailbox_for(letter.inbox).await?.filter(|now| now.id == mailbox.id) else {
        return Err(waits(desk, desk.clock.ticks() + 5_000, "The mailbox was changed just now."));
    };
    if mailbox.outgoing.failing_since.is_none() && counter.failures > 0 {
        // Its settings were changed, or tried out with success.
        (counter.failures, counter.closed_until) = (0, 0);
    }
    if let Some(until) = counter.waits_until(desk.clock.ticks()) {
        return Err(waits(desk, until, if counter.failures > 0 { FAILING } else { "Other mails of this mailbox go first." }));
    }
    let words = desk.rendered(letter).await?;
    let begun = begin(desk, &mailbox, key, letter, &words).await?;
    let (id, message_id) = match begun {
        Begun::Sent => return Ok(()),
        Begun::Marked { reason } => return Err(Error::invalid(reason)),
        // Kept in the file, so by the time of the day.
        Begun::Wait { until } => return Err(waits(desk, until - desk.clock.lead(), "Very many mails went to this address.")),
        Begun::Go { id, message_id } => (id, message_id),
    };
    let outcome = counted(desk, hand_over(desk, outside, &mailbox, message_id, letter, words).await);
    let (kind, conversation, covers, address) = (letter.kind, letter.conversation, letter.covers.clone(), email::key(&letter.to.address));
    let whole = |reason: &Reason| reason.whole();
    match outcome {
        Outcome::Sent => {
            counter.went(desk.clock.ticks());
            let mailbox = mailbox.id;
            desk.store
                .write(move |tx| {
                    mails_out::sent(tx, id, kind, conversation, &covers)?;
                    mailboxes::worked(tx, mailbox, Direction::Out)
                })
                .await
        }
        Outcome::Later(reason) => {
            let error = whole(&reason);
            desk.store.write(move |tx| mails_out::delayed(tx, id, &error)).await?;
            Err(told(Error::unavailable(reason.sentence.clone()), &reason))
        }
        Outcome::RefusedRecipient(reason) => {
            desk.mail_refused(id, &address, &whole(&reason)).await?;
            Err(told(Error::invalid(reason.sentence.clone()), &reason))
        }
        Outcome::RefusedMail(reason) => {
            let error = whole(&reason);
            desk.store.write(move |tx| mails_out::failed(tx, id, &error)).await?;
            Err(told(Error::invalid(reason.sentence.clone()), &reason))
        }
        Outcome::RefusedUs(reason) => {
            let until = counter.failed(desk.clock.ticks());
            log::warn!("a mailbox cannot send id={} why=\"{}\"", mailbox.id, reason.sentence);
            let (error, mailbox) = (whole(&reason), mailbox.id);
            desk.store
                .write(move |tx| {
                    mails_out::delayed(tx, id, &error)?;
                    mailboxes::failing(tx, mailbox, Direction::Out, &error)
                })
                .await?;
            // The others come a moment before: each time another one tries, so that none can hold up all.
            Err(told(waits(desk, until + 1_000, &reason.sentence), &reason))
        }
    }
}

fn counted(desk: &Desk, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Sent => desk.counts.mails_sent.add(),
        Outcome::Later(_) | Outcome::RefusedRecipient(_) | Outcome::RefusedMail(_) | Outcome::RefusedUs(_) => {
            desk.counts.mails_failed.add()
        }
    }
    outcome
}

const FAILING: &str = "The mailbox cannot send at the moment; its mails wait.";

async fn begin(desk: &Desk, mailbox: &Mailbox, key: &str, letter: &Letter, words: &Rendered) -> Result<Begun> {
    let domain = email::ascii(&mailbox.config.address).unwrap_or_default();
    let domain = domain.rsplit_once('@').map_or("deskbell.invalid", |(_, domain)| domain);
    // Only where it is needed again: the subjects of others may say what is nobody's business, such as a code.
    let threads = matches!(letter.kind, LetterKind::ToContact | LetterKind::Reply | LetterKind::ToAgents);
    let new = NewMail {
        key: key.to_owned(),
        kind: letter.kind,
        mailbox: mailbox.id,
        conversation: letter.conversation,
        address: email::key(&letter.to.address),
        subject: if threads { words.subject.clone() } else { String::new() },
        covers: letter.covers.clone(),
        message_id: format!("{}@{domain}", &new_token()[..32]),
        cap_hour: mailbox.config.cap_hour,
        cap_day: mailbox.config.cap_day,
    };
    desk.store.write(move |tx| mails_out::begin(tx, &new)).await
}

async fn hand_over(desk: &Desk, outside: &Outside, mailbox: &Mailbox, message_id: String, letter: &Letter, words: Rendered) -> Outcome {
    let refused = |error: Error| Reason { sentence: error.into_sentence(), said: String::new() };
    let account = match desk.mail_login(mailbox, Direction::Out).await {
        Ok((server, password)) => Account { server, password },
        Err(error) => return Outcome::RefusedUs(refused(error)),
    };
    let draft = match draft(desk, mailbox, message_id, letter, words).await {
        Ok(draft) => draft,
        Err(error) => return Outcome::Later(refused(error)),
    };
    let envelope = Envelope::new(&mailbox.config.address, &letter.to.address);
    match envelope.and_then(|envelope| Ok((envelope, compose(&draft)?))) {
        Ok((envelope, mail)) => outside.post.lines.send(mailbox.id.0, &account, &envelope, &mail).await,
        Err(error) => Outcome::RefusedMail(refused(error)),
    }
}

async fn draft(desk: &Desk, mailbox: &Mailbox, message_id: String, letter: &Letter, words: Rendered) -> Result<Draft> {
    let config = &mailbox.config;
    let own_reply_to = Some(config.reply_to.clone()).filter(|address| !address.is_empty());
    let from_name = match config.from_name.trim() {
        "" => desk.sender_name(letter.inbox).await?,
        name => name.to_owned(),
    };
    Ok(Draft {
        message_id,
        date: desk.clock.now(),
        from: Party { name: from_name, address: config.address.clone() },
        to: Party { name: letter.to.name.clone(), address: letter.to.address.clone() },
        reply_to: letter.thread.reply_to.clone().or(own_reply_to),
        subject: words.subject,
        in_reply_to: letter.thread.in_reply_to.clone(),
        references: letter.thread.references.clone(),
        is_automatic: letter.kind.is_automatic(),
        loop_mark: desk.loop_mark(),
        text: words.text,
        html: words.html,
        files: files(desk, letter).await?,
    })
}

/// The files that travel along, as far as they fit; the others are in the chat.
async fn files(desk: &Desk, letter: &Letter) -> Result<Vec<File>> {
    let (mut files, mut room) = (Vec::new(), limits::MAIL_FILES_BYTES_MAX);
    for enclosure in &letter.attachments {
        let uuid = enclosure.uuid;
        let Some(stored) = desk.store.read(move |tx| media::find(tx, uuid)).await? else { continue };
        if stored.attachment.size > room {
            continue;
        }
        room -= stored.attachment.size;
        let mut bytes = Vec::with_capacity(stored.attachment.size as usize);
        for n in 0..(stored.attachment.size.div_ceil(limits::CHUNK_BYTES as u64)) as u32 {
            bytes.extend_from_slice(&desk.chunk(stored.blob, n).await?);
        }
        files.push(File { name: stored.attachment.name, content_type: stored.attachment.content_type, bytes });
    }
    Ok(files)
}

/// Not now, through no fault of this mail; `until` in ticks.
pub(super) fn waits(desk: &Desk, until: Millis, why: &str) -> Error {
    let seconds = ((until - desk.clock.ticks()).max(0) as u64).div_ceil(1000);
    Error::unavailable(why).retry_after(seconds as u32).coded(WAITS)
}

/// What the server said, for people inside and not for the log.
fn told(error: Error, reason: &Reason) -> Error {
    error.detail("whole", reason.whole())
}
