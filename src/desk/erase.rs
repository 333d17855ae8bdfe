//! Erasing a person: everything of theirs, for good. Asked for by name, begun in one transaction, carried on by a job in bounded steps, so
//! that a restart goes on where it stopped; at the end the file itself is cleaned.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::contact::Contact;
use crate::model::job::Job;
use crate::model::privacy::Belongings;
use crate::store::{WriteTx, audit, contacts, erase, jobs, sight, traces};
use serde_json::json;
use std::sync::PoisonError;
use std::time::Instant;

impl Desk {
    /// Who it is, and what an erasure would take away.
    pub async fn would_erase(&self, by: &AgentSession, uuid: Uuid) -> Result<(Contact, Belongings)> {
        let by = by.agent.id;
        self.store
            .read(move |tx| {
                let contact = contacts::find(tx, uuid)?.ok_or_else(|| Error::not_found("contact"))?;
                sight::check_whole_contact(tx, by, contact.id)?;
                let belongings = erase::belongings(tx, contact.id)?;
                Ok((contact, belongings))
            })
            .await
    }

    /// Erases a contact, if `confirm` is their name or address. From this moment nobody finds them; the rest follows at once.
    pub async fn erase_contact(&self, by: &AgentSession, uuid: Uuid, confirm: &str) -> Result<()> {
        let (by, confirm) = (by.agent.id, confirm.trim().to_lowercase());
        let contact = self
            .store
            .write(move |tx| {
                let contact = contacts::find(tx, uuid)?.ok_or_else(|| Error::not_found("contact"))?;
                sight::check_whole_contact(tx, by, contact.id)?;
                let names = [Some(contact.name()), contact.email.clone()];
                if confirm.is_empty() || !names.into_iter().flatten().any(|name| name.trim().to_lowercase() == confirm) {
                    let words = "This is neither the name nor the e-mail address. Nothing was erased.";
                    return Err(Error::invalid(words).in_field("confirm"));
                }
                // Who was erased is not written down: that would be the last thing known of them.
                audit::append(tx, Some(by), "contact.erased", "", &json!({}))?;
                traces::forget_networks(tx, contact.id)?;
                erase::begin(tx, &contact)?;
                enqueue(tx, contact.id)?;
                Ok(contact.id)
            })
            .await?;
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).remove(&contact);
        // What was shut out under this address is forgotten in memory, too.
        self.learn_bans().await
    }

    /// Goes on with an erasure that was begun, for as long as one job may take; the rest is for the next.
    pub async fn go_on_erasing(&self, contact: i64) -> Result<()> {
        let (contact, started) = (ContactId(contact), Instant::now());
        while self.store.write(move |tx| erase::step(tx, contact)).await? {
            if started.elapsed() > limits::ERASE_TIME {
                return self.store.write(move |tx| enqueue(tx, contact)).await;
            }
        }
        self.clean_file().await
    }

    /// Takes out of the file what erased rows left behind.
    pub(super) async fn clean_file(&self) -> Result<()> {
        let started = Instant::now();
        let is_rewritten = self.store.purge().await?;
        log::info!("file cleaned rewritten={is_rewritten} took_ms={}", started.elapsed().as_millis());
        Ok(())
    }
}

fn enqueue(tx: &WriteTx, contact: ContactId) -> Result<()> {
    jobs::enqueue_once(tx, &format!("erase:{contact}"), &Job::Erase { contact: contact.0 }, tx.now)
}
