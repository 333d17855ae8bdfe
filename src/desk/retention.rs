//! The retention timers of each inbox, chat or mailbox, which really delete: resolved conversations after so many days, and visitors nobody vouches for
//! after so many days without a visit. Once a day, in bounded steps, and soon after a setting changed.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, Uuid};
use crate::base::limits;
use crate::model::inbox::Privacy;
use crate::model::mailbox::MailboxConfig;
use crate::model::privacy::Overdue;
use crate::store::{ReadTx, WriteTx, audit, contacts, erase, inboxes, mailboxes, settings};
use serde_json::json;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// When the last sweep was finished.
const SWEPT: &str = "retention_swept_at";

/// What one step of a sweep did.
enum Step {
    /// Something was taken away, or some of it.
    More { conversation: bool, visitor: bool },
    /// Nothing is left whose time is over.
    Done,
}

impl Desk {
    /// What an inbox would delete now if its timers stood so; nothing is saved or deleted.
    pub async fn overdue(&self, uuid: Uuid, retention_days: i64, visitor_days: i64) -> Result<Overdue> {
        self.store
            .read(move |tx| {
                let inbox = match inboxes::find(tx, uuid)? {
                    Some(inbox) => inbox.id,
                    None => mailboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?.inbox,
                };
                let before = |days: i64| (days > 0).then(|| tx.now.saturating_sub(days.saturating_mul(DAY_MS)));
                Ok(Overdue {
                    conversations: before(retention_days).map_or(Ok(0), |before| erase::count_resolved_before(tx, inbox, before))?,
                    visitors: before(visitor_days).map_or(Ok(0), |before| erase::count_visitors_before(tx, inbox, before))?,
                })
            })
            .await
    }

    /// Sweeps when the last time was a day ago, or when settings changed since.
    pub async fn sweep_when_due(&self) -> Result<()> {
        match self.store.read(is_due).await? {
            true => self.sweep_retention().await.map(|_| ()),
            false => Ok(()),
        }
    }

    /// Deletes what is older than its inbox keeps it; how much it was. What does not fit into one sweep is for the next.
    pub async fn sweep_retention(&self) -> Result<Overdue> {
        let mut gone = Overdue::default();
        let mut steps = 0;
        while let Step::More { conversation, visitor } = self.store.write(step).await? {
            gone.conversations += i64::from(conversation);
            gone.visitors += i64::from(visitor);
            steps += 1;
            if steps >= limits::RETENTION_STEPS_MAX {
                break;
            }
        }
        let is_done = steps < limits::RETENTION_STEPS_MAX;
        self.store
            .write(move |tx| {
                if steps > 0 {
                    let detail = json!({ "conversations": gone.conversations, "visitors": gone.visitors });
                    audit::append(tx, None, "retention.swept", "", &detail)?;
                }
                if is_done { settings::put(tx, SWEPT, &tx.now.to_string()) } else { Ok(()) }
            })
            .await?;
        if steps > 0 {
            self.clean_file().await?;
        }
        Ok(gone)
    }
}

fn is_due(tx: &ReadTx) -> Result<bool> {
    let swept: Millis = settings::find(tx, SWEPT)?.and_then(|text| text.parse().ok()).unwrap_or(0);
    // A sweep that lies in the future was told by a clock that was wrong.
    let mut timed = timers(tx)?.into_iter().filter(|timer| timer.retention_days.max(timer.visitor_days) > 0);
    Ok(!erase::unfinished(tx)?.is_empty() || timed.any(|timer| swept + DAY_MS <= tx.now || swept > tx.now || timer.set_at >= swept))
}

/// How long an inbox keeps what is in it, and since when.
struct Timer {
    inbox: InboxId,
    retention_days: u16,
    visitor_days: u16,
    set_at: Millis,
}

fn timers(tx: &ReadTx) -> Result<Vec<Timer>> {
    let mut timers = Vec::new();
    for inbox in inboxes::all(tx)? {
        let Privacy { retention_days, visitor_days, .. } = inbox.config.privacy;
        timers.push(Timer { inbox: inbox.id, retention_days, visitor_days, set_at: inbox.updated_at });
    }
    for mailbox in mailboxes::all(tx)? {
        let MailboxConfig { retention_days, visitor_days, .. } = mailbox.config;
        let set_at = inboxes::inbox_of(tx, mailbox.inbox)?.updated_at;
        timers.push(Timer { inbox: mailbox.inbox, retention_days, visitor_days, set_at });
    }
    Ok(timers)
}

fn step(tx: &WriteTx) -> Result<Step> {
    if let Some(contact) = erase::unfinished(tx)?.first() {
        let is_gone = !erase::step(tx, *contact)?;
        return Ok(Step::More { conversation: false, visitor: is_gone });
    }
    for timer in timers(tx)? {
        let before = |days: u16| tx.now - i64::from(days) * DAY_MS;
        if timer.retention_days > 0
            && let Some(conversation) = erase::resolved_before(tx, timer.inbox, before(timer.retention_days), 1)?.first()
        {
            let is_gone = !erase::conversation_step(tx, *conversation)?;
            return Ok(Step::More { conversation: is_gone, visitor: false });
        }
        if timer.visitor_days > 0
            && let Some(visitor) = erase::visitors_before(tx, timer.inbox, before(timer.visitor_days), 1)?.first()
        {
            erase::begin(tx, &contacts::contact(tx, *visitor)?)?;
            return Ok(Step::More { conversation: false, visitor: false });
        }
    }
    Ok(Step::Done)
}
