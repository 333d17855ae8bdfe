//! Pages a visitor looks at: told to the agents at once, written to the disk in batches to spare small ones.

use super::Desk;
use super::onlookers::Sight;
use crate::base::error::Result;
use crate::base::id::{ContactId, Uuid};
use crate::base::{limits, text};
use crate::model::contact::{PageVisit, Session};
use crate::model::event::{Topic, What};
use crate::model::inbox::Inbox;
use crate::store::{contacts, conversations};
use std::collections::HashMap;
use std::sync::PoisonError;

/// Visits since the last flush.
pub type Pending = HashMap<ContactId, Vec<PageVisit>>;

impl Desk {
    /// A visitor opened another page. Anything but http(s) and the page he is on already are ignored, and so is everybody about whom the
    /// inbox wants to know nothing: by default who has no conversation.
    pub async fn visit(&self, inbox: &Inbox, session: &Session, sight: &Sight<'_>) -> Result<()> {
        // The settings as they are now: a socket may be older than they.
        let known = self.known.find(inbox.uuid);
        let inbox = known.as_deref().unwrap_or(inbox);
        // Whose words are not taken, his pages are not either (row 124).
        if session.conversation.is_some() || self.check_access(inbox, Some(session)).is_err() {
            return Ok(());
        }
        self.look_on(inbox, session, sight).await?;
        let (title, privacy) = (sight.title, &inbox.config.privacy);
        let Some(url) = super::privacy::kept_page(privacy, sight.url) else { return Ok(()) };
        let (inbox, contact) = (session.inbox, session.contact);
        let is_wanted = match privacy.page_visits.as_str() {
            "always" => true,
            "never" => false,
            _ => self.store.read(move |tx| conversations::has_any(tx, inbox, contact)).await?,
        };
        if !is_wanted {
            return Ok(());
        }
        let visit = PageVisit { url, title: text::clean_line(title, limits::PAGE_TITLE_CHARS_MAX), at: self.clock.now() };
        let (uuid, known) = self.pages_of(session.contact).await?;
        if known.first().is_some_and(|last| last.url == visit.url) {
            return Ok(());
        }
        {
            let mut pending = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            if pending.len() >= limits::PAGE_VISIT_CONTACTS_MAX && !pending.contains_key(&session.contact) {
                // Full until the next flush; a lost page visit harms nobody.
                return Ok(());
            }
            let visits = pending.entry(session.contact).or_default();
            visits.push(visit.clone());
            if visits.len() > limits::PAGE_VISITS_MAX {
                visits.remove(0);
            }
        }
        let mut pages = known;
        pages.insert(0, visit);
        pages.truncate(limits::PAGE_VISITS_MAX);
        self.announce(&[Topic::Agents], What::Pages { contact: uuid, pages });
        Ok(())
    }

    /// A contact's public id and recent pages, newest first: those on disk and those not written yet.
    pub async fn pages_of(&self, contact: ContactId) -> Result<(Uuid, Vec<PageVisit>)> {
        let (uuid, stored) = self.store.read(move |tx| Ok((contacts::contact(tx, contact)?.uuid, contacts::pages(tx, contact)?))).await?;
        let pending = self.pages.lock().unwrap_or_else(PoisonError::into_inner).get(&contact).cloned().unwrap_or_default();
        let mut pages: Vec<PageVisit> = pending.into_iter().rev().chain(stored).collect();
        pages.truncate(limits::PAGE_VISITS_MAX);
        Ok((uuid, pages))
    }

    /// Writes what is pending; called every few seconds and at the end.
    pub async fn flush_pages(&self) -> Result<()> {
        let pending = std::mem::take(&mut *self.pages.lock().unwrap_or_else(PoisonError::into_inner));
        if pending.is_empty() {
            return Ok(());
        }
        self.store.write(move |tx| pending.iter().try_for_each(|(contact, visits)| contacts::add_pages(tx, *contact, visits))).await
    }
}
