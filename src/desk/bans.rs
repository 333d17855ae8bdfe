//! Who is shut out: one person, a network or an address, for days or for good. The visitors' door asks here before any work, so what
//! counts is held in memory; the file is the truth, and the clock ends what was only for a time.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, Uuid};
use crate::base::{email, limits, net, text};
use crate::model::agent::AgentSession;
use crate::model::ban::{Ban, BanTarget};
use crate::model::event::{Topic, What};
use crate::store::bans::NewBan;
use crate::store::{audit, bans, contacts, conversations, inboxes};
use ipnet::IpNet;
use serde_json::json;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What counts now. Cloning shares it.
#[derive(Clone, Default)]
pub struct Gate {
    /// Replaced as a whole; held for one look-up, never over an await.
    held: Arc<RwLock<Arc<Held>>>,
}

/// Each with its end, `Millis::MAX` = never. Bounded by `limits::BANS_MAX` and the people who share a banned address.
#[derive(Default)]
struct Held {
    people: HashMap<ContactId, Millis>,
    networks: Vec<(IpNet, Millis)>,
    emails: HashMap<String, Millis>,
}

impl Gate {
    fn held(&self) -> Arc<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whom an agent shuts out.
#[derive(Debug, Clone)]
pub enum NewTarget {
    /// This person.
    Contact(Uuid),
    /// The network from which this conversation came.
    Conversation(Uuid),
    /// Whoever comes with this address.
    Email(String),
}

impl Desk {
    /// Refuses callers from networks that are shut out.
    pub fn check_network(&self, ip: IpAddr) -> Result<()> {
        let now = self.clock.now();
        let ip = ip.to_canonical();
        let is_out = self.gate.held().networks.iter().any(|(network, until)| *until > now && network.contains(&ip));
        if is_out { Err(banned()) } else { Ok(()) }
    }

    /// Refuses people who are shut out.
    pub fn check_person(&self, contact: ContactId) -> Result<()> {
        let is_out = self.gate.held().people.get(&contact).is_some_and(|until| *until > self.clock.now());
        if is_out { Err(banned()) } else { Ok(()) }
    }

    /// Refuses addresses that are shut out.
    pub fn check_address(&self, address: &str) -> Result<()> {
        let is_out = self.gate.held().emails.get(&email::key(address)).is_some_and(|until| *until > self.clock.now());
        if is_out { Err(banned()) } else { Ok(()) }
    }

    /// Bans that count now, as far as this agent sees whom they mean, newest first.
    pub async fn bans(&self, by: &AgentSession) -> Result<Vec<Ban>> {
        let by = by.agent.id;
        self.store.read(move |tx| bans::in_sight(tx, by)).await
    }

    /// Shuts somebody out, at once. `days` = `None` for good.
    pub async fn ban(&self, by: &AgentSession, target: NewTarget, days: Option<i64>, reason: &str) -> Result<Uuid> {
        let by = by.agent.id;
        if days.is_some_and(|days| !(1..=limits::BAN_DAYS_MAX).contains(&days)) {
            return Err(Error::invalid(format!("days is a number from 1 to {}, or nothing.", limits::BAN_DAYS_MAX)).in_field("days"));
        }
        let reason = text::clean_line(reason, limits::BAN_REASON_CHARS_MAX);
        let uuid = self
            .store
            .write(move |tx| {
                if bans::count(tx)? >= limits::BANS_MAX as i64 {
                    return Err(Error::conflict(format!("There can be {} bans. Please lift some first.", limits::BANS_MAX)));
                }
                let mut new = NewBan { reason, until: days.map(|days| tx.now + days * DAY_MS), ..NewBan::default() };
                let kind = match target {
                    NewTarget::Contact(uuid) => {
                        new.contact = Some(super::contacts::in_sight(tx, by, uuid)?.id);
                        "contact"
                    }
                    NewTarget::Conversation(uuid) => {
                        let conversation = conversations::find_for_agent(tx, by, uuid)?.conversation;
                        let kept = conversations::origin(tx, conversation.id)?.ip;
                        new.network = Some(network(kept.as_deref())?);
                        "network"
                    }
                    NewTarget::Email(address) => {
                        new.email = Some(email::key(&email::check(address.trim()).map_err(|error| error.in_field("email"))?));
                        "email"
                    }
                };
                let uuid = bans::insert(tx, by, &new)?;
                for contact in bans::meant(tx, uuid)? {
                    contacts::announce(tx, contact)?;
                }
                audit::append(tx, Some(by), "ban.added", &uuid.to_string(), &json!({ "what": kind, "days": days }))?;
                Ok(uuid)
            })
            .await?;
        self.learn_bans().await?;
        Ok(uuid)
    }

    /// Lets somebody in again.
    pub async fn lift_ban(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                if !bans::in_sight(tx, by)?.iter().any(|ban| ban.uuid == uuid) {
                    return Err(Error::not_found("ban"));
                }
                let people = bans::meant(tx, uuid)?;
                bans::lift(tx, uuid)?;
                for contact in people {
                    contacts::announce(tx, contact)?;
                }
                audit::append(tx, Some(by), "ban.lifted", &uuid.to_string(), &json!({}))
            })
            .await?;
        self.learn_bans().await
    }

    /// The same where two people may have become one; nothing to do while nobody is shut out.
    pub(super) async fn learn_bans_of_merged(&self) -> Result<()> {
        if self.gate.held().people.is_empty() { Ok(()) } else { self.learn_bans().await }
    }

    /// Reads what counts now from the file, and has every seat outside looked at anew.
    pub(super) async fn learn_bans(&self) -> Result<()> {
        // One at a time, so that an older state never replaces a newer one.
        let _turn = self.learning.lock().await;
        let (all, people, inboxes) = self.store.read(|tx| Ok((bans::standing(tx)?, bans::people(tx)?, inboxes::all(tx)?))).await?;
        let mut held = Held::default();
        for (contact, until) in people {
            let known = held.people.entry(contact).or_insert(until);
            *known = until.max(*known);
        }
        for ban in all {
            let until = ban.until.unwrap_or(Millis::MAX);
            match ban.target {
                BanTarget::Contact { .. } => {}
                BanTarget::Network(text) => {
                    held.networks.extend(net::parse_ips([text.as_str()])?.into_iter().map(|network| (network, until)))
                }
                BanTarget::Email(address) => drop(held.emails.insert(address, until)),
            }
        }
        *self.gate.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(held);
        let mut topics: Vec<Topic> = inboxes.iter().map(|inbox| Topic::Inbox(inbox.id)).collect();
        topics.push(Topic::Agents);
        self.announce(&topics, What::BansChanged);
        Ok(())
    }
}

/// The network of a conversation, as much of it as was kept: a shortened address is a network already, a whole one is its household's.
fn network(kept: Option<&str>) -> Result<String> {
    let kept = kept.ok_or_else(|| {
        Error::conflict("The network of this conversation is not known: the inbox keeps no addresses. Please ban the person instead.")
            .in_field("conversation")
    })?;
    Ok(net::household(kept))
}

/// The one refusal for whoever is shut out: clear, without saying more than he needs.
pub fn banned() -> Error {
    Error::forbidden("You cannot write to us here at the moment. What you have written is still here.").coded("banned")
}
