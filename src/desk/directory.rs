//! The directory of people outside, their profiles, and two of them who are one.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::contact::{Contact, ContactNote, PageVisit};
use crate::model::conversation::Conversation;
use crate::store::directory::Place;
use crate::store::{ReadTx, audit, contact_notes, contacts, conversations, directory, fields, search, sessions, sight};
use serde_json::json;
use std::collections::HashSet;

/// Everything about a contact on one page.
pub struct Profile {
    pub contact: Contact,
    pub conversations: Vec<Conversation>,
    pub notes: Vec<ContactNote>,
    /// How many may be the same person.
    pub duplicates: usize,
    pub pages: Vec<PageVisit>,
}

/// What a merge would keep, for whoever has to decide.
pub struct Twin {
    pub contact: Contact,
    pub conversations: i64,
    /// Why it is suggested: `email` or `phone`.
    pub because: &'static str,
    /// Both are vouched for, and as different people.
    pub contradicts: bool,
}

impl Desk {
    /// One page of the directory, who was here last first; and where it goes on.
    pub async fn directory(
        &self,
        by: &AgentSession,
        typed: &str,
        before: Option<Place>,
        limit: u32,
    ) -> Result<(Vec<Contact>, Option<Place>)> {
        if typed.chars().count() > limits::SEARCH_CHARS_MAX {
            return Err(Error::invalid(format!("A search has at most {} characters.", limits::SEARCH_CHARS_MAX)).in_field("q"));
        }
        let (by, limit) = (by.agent.id, limit.clamp(1, limits::LIST_PAGE_MAX));
        let query = search::expression(typed);
        if query.is_none() && !typed.trim().is_empty() {
            return Ok((Vec::new(), None));
        }
        self.store
            .read(move |tx| {
                let mut found = directory::page(tx, by, query.as_deref(), before, limit + 1)?;
                let more = found.len() > limit as usize;
                found.truncate(limit as usize);
                let next = found.last().filter(|_| more).map(|last| (last.last_seen_at, last.id.0));
                Ok((found, next))
            })
            .await
    }

    /// A contact with everything in sight.
    pub async fn profile(&self, by: &AgentSession, uuid: Uuid) -> Result<Profile> {
        let by = by.agent.id;
        let mut profile = self
            .store
            .read(move |tx| {
                let contact = super::contacts::in_sight(tx, by, uuid)?;
                Ok(Profile {
                    conversations: conversations::of_contact_for_agent(tx, by, contact.id)?,
                    notes: contact_notes::of(tx, contact.id)?,
                    duplicates: directory::duplicates(tx, by, contact.id)?.len(),
                    pages: Vec::new(),
                    contact,
                })
            })
            .await?;
        profile.pages = self.pages_of(profile.contact.id).await?.1;
        Ok(profile)
    }

    /// Who may be the same person: the same address, or the same number.
    pub async fn duplicates(&self, by: &AgentSession, uuid: Uuid) -> Result<Vec<Twin>> {
        let by = by.agent.id;
        self.store
            .read(move |tx| {
                let contact = super::contacts::in_sight(tx, by, uuid)?;
                let mut twins = Vec::new();
                for id in directory::duplicates(tx, by, contact.id)? {
                    let other = contacts::contact(tx, id)?;
                    let same_address = contact.email.is_some()
                        && contact.email.as_deref().map(str::to_lowercase) == other.email.as_deref().map(str::to_lowercase);
                    twins.push(Twin {
                        conversations: directory::conversations_in_sight(tx, by, id)?,
                        because: if same_address { "email" } else { "phone" },
                        contradicts: contradict(tx, &contact, &other)?,
                        contact: other,
                    });
                }
                Ok(twins)
            })
            .await
    }

    /// Makes one person of two: everything of `from` becomes `into`'s, in one step. What `into` has stays, gaps are filled. The sessions of
    /// `from` end (decision 16); what vouched for it vouches for `into` from now on. Two people whom somebody vouched for as different are
    /// merged only when asked for `anyway`.
    pub async fn merge_by_agent(&self, by: &AgentSession, from: Uuid, into: Uuid, anyway: bool) -> Result<Contact> {
        let by = by.agent.id;
        if from == into {
            return Err(Error::invalid("These are the same already.").in_field("into"));
        }
        let merged = self
            .store
            .write(move |tx| {
                let gone = super::contacts::in_sight(tx, by, from)?;
                let mut kept = super::contacts::in_sight(tx, by, into).map_err(|error| error.in_field("into"))?;
                // What nobody sees would change hands: whom its answers go to, and whose proof opens it.
                for whole in [gone.id, kept.id] {
                    sight::check_whole_contact(tx, by, whole)?;
                }
                let contradicts = contradict(tx, &gone, &kept)?;
                if contradicts && !anyway {
                    let words = "Both are verified, and as different people. Merge them only if you know that they are one.";
                    return Err(Error::conflict(words).in_field("anyway").coded("both_verified"));
                }
                let conversations = directory::conversations(tx, gone.id)?;
                super::identity::merge_contacts(tx, gone.id, kept.id)?;
                directory::move_identities(tx, gone.id, kept.id)?;
                sessions::end_all(tx, gone.id)?;
                let vouched = kept.kind;
                kept = contacts::contact(tx, kept.id)?;
                if kept.first_name.is_empty() && kept.last_name.is_empty() {
                    (kept.first_name, kept.last_name) = (gone.first_name, gone.last_name);
                }
                if kept.email.is_none() {
                    (kept.email, kept.email_verified) = (gone.email, gone.email_verified);
                }
                if vouched == crate::model::contact::ContactKind::Visitor {
                    kept.kind = gone.kind;
                }
                kept.last_seen_at = kept.last_seen_at.max(gone.last_seen_at);
                kept.blocked_at = kept.blocked_at.or(gone.blocked_at);
                let mut own = kept.fields.clone();
                for (key, value) in gone.fields {
                    own.entry(key).or_insert(value);
                }
                fields::put_contact(tx, kept.id, &own)?;
                contacts::update(tx, &kept)?;
                if kept.blocked_at.is_some() {
                    sessions::end_all(tx, kept.id)?;
                }
                let detail = json!({ "into": into, "conversations": conversations, "both_verified": contradicts });
                audit::append(tx, Some(by), "contact.merged", &from.to_string(), &detail)?;
                contacts::contact(tx, kept.id)
            })
            .await?;
        // A ban of the one is a ban of both.
        self.learn_bans().await?;
        Ok(merged)
    }
}

/// Whether somebody vouches for both, in one place and by one kind of proof, under different keys.
fn contradict(tx: &ReadTx, one: &Contact, other: &Contact) -> Result<bool> {
    let theirs: HashSet<_> = directory::identities(tx, one.id)?.into_iter().collect();
    let others = directory::identities(tx, other.id)?;
    // Even by different proofs: unless one proved address names them both, nobody said that they are one.
    let same_proved = one.email_verified
        && other.email_verified
        && one.email.as_deref().map(str::to_lowercase) == other.email.as_deref().map(str::to_lowercase);
    let same_scheme = others.iter().any(|(inbox, scheme, key)| theirs.iter().any(|(i, s, k)| i == inbox && s == scheme && k != key));
    Ok(!theirs.is_empty() && !others.is_empty() && (same_scheme || !same_proved))
}
