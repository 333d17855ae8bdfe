//! The first run: from an empty house to a first message, in any number of sittings.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::model::inbox::Inbox;
use crate::model::start::{STEPS, Start};
use crate::store::{inboxes, start};

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Characters of a site's name.
const HOST_CHARS_MAX: usize = 255;

/// How far it is.
pub struct Progress {
    pub start: Start,
    /// When the inbox was called from the site, and from which.
    pub called: Option<(Millis, String)>,
    /// When the first message came.
    pub tested_at: Option<Millis>,
}

impl Desk {
    /// How far the first run is. A house that has an inbox and never began is not new.
    pub async fn start(&self) -> Result<Progress> {
        self.store
            .read(|tx| {
                let all = inboxes::all(tx)?;
                let start = match start::find(tx)? {
                    Some(start) => start,
                    None if all.is_empty() => Start::default(),
                    None => Start { step: "done".into(), inbox: String::new() },
                };
                let inbox = all.into_iter().find(|inbox| inbox.uuid.to_string() == start.inbox);
                let tested_at = inbox.as_ref().map(|inbox| start::first_message_at(tx, inbox.id)).transpose()?.flatten();
                let called = inbox.and_then(|inbox| inbox.called_at.map(|at| (at, inbox.called_from)));
                Ok(Progress { start, called, tested_at })
            })
            .await
    }

    /// Remembers how far it is.
    pub async fn set_start(&self, start: Start) -> Result<()> {
        if !STEPS.contains(&start.step.as_str()) {
            return Err(Error::invalid(format!("step is one of {}.", STEPS.join(", "))).in_field("step"));
        }
        if !start.inbox.is_empty() && Uuid::parse(&start.inbox).is_none() {
            return Err(Error::not_found("inbox").in_field("inbox"));
        }
        self.store.write(move |tx| start::put(tx, &start)).await
    }

    /// A page of `site` asked for the chat of an inbox. Kept once a day, of the site and not of who looked at it.
    pub async fn called(&self, inbox: &Inbox, site: &str) {
        let site: String = site.chars().filter(|c| !c.is_control()).take(HOST_CHARS_MAX).collect();
        let (id, uuid) = (inbox.id, inbox.uuid);
        let is_news = |inbox: &Inbox, now: Millis| inbox.called_at.is_none_or(|at| at + DAY_MS <= now);
        if site.is_empty() || !is_news(inbox, self.clock.now()) {
            return;
        }
        let stored = self.store.write(move |tx| match is_news(&inboxes::inbox_of(tx, id)?, tx.now) {
            true => start::set_called(tx, id, uuid, &site),
            false => Ok(()),
        });
        if let Err(error) = stored.await {
            log::warn!("the call of a site was not kept error=\"{error:?}\"");
        }
    }
}
