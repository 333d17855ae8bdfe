//! Floor 4: the product's verbs and rules. Opens transactions and hands out seats; knows no HTTP, no JSON of any protocol, no sockets.

mod actions;
pub mod agent_edits;
pub mod agents;
pub mod archive;
pub mod attachments;
pub mod audit;
mod authority;
pub mod availability;
pub mod backups;
pub mod bans;
mod beginnings;
pub mod bounces;
pub mod catch_up;
pub mod certificates;
pub mod consents;
pub mod contact_notes;
pub mod contacts;
pub mod continuity;
pub mod conversations;
pub mod csat;
pub mod details;
pub mod directory;
pub mod drafts;
pub mod erase;
pub mod evidence;
pub mod export;
pub mod fields;
mod filling;
pub mod form;
pub mod forms;
mod hiding;
pub mod hours;
pub mod house;
pub mod icons;
pub mod identity;
pub mod inboxes;
pub mod incoming;
mod letter_page;
mod letter_text;
pub mod letters;
mod letters_conversation;
pub mod logins;
pub mod lookers;
pub mod macros;
mod mail_places;
mod mail_problems;
pub mod mail_tags;
mod mailbox_check;
pub mod mailbox_trials;
pub mod mailboxes;
mod mentions;
pub mod messages;
pub mod notices;
pub mod numbers;
pub mod onlookers;
pub mod open_links;
pub mod outgoing;
pub mod outlook;
pub mod pages;
pub mod privacy;
pub mod problems;
pub mod pulse;
pub mod pushes;
pub mod puzzles;
pub mod quarantine;
pub mod queue;
pub mod rendered;
pub mod replies;
pub mod reports;
pub mod retention;
pub mod roles;
pub mod routing;
pub mod rules;
pub mod seats;
mod secrets;
pub mod setting_texts;
mod settings_check;
pub mod sla;
mod standing;
pub mod start;
pub mod statuses;
pub mod survey_mail;
pub mod suspicion;
pub mod tags;
pub mod teams;
pub mod templates;
pub mod threads;
pub mod transcripts;
pub mod transfers;
pub mod translations;
pub mod two_factor;
pub mod verification;
pub mod views;
pub mod visitors;
pub mod vitals;
pub mod words;

use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::id::random_bytes;
use crate::base::limits;
use crate::base::seal::Sealer;
use crate::base::tls::Tls;
use crate::hub::Hub;
use crate::hub::presence::Presence;
use crate::model::event::{Event, Topic, What};
use crate::store::{self, Store};
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// The desk: everything the doors and workers may ask for. Cloning shares it.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

/// What the verbs work with.
pub struct Inner {
    /// The truth.
    pub store: Store,
    /// Live connections.
    pub hub: Hub,
    /// Who counts as here.
    pub presence: Presence,
    /// Time.
    pub clock: Clock,
    /// The sub-path under which the house is reached, before every link: "" or "/support".
    base_path: String,
    /// Signs links to attachments; lives in the settings, so links survive a restart.
    link_key: [u8; 32],
    /// Seals what must be had back in the clear.
    sealer: Sealer,
    /// Mailboxes that are tried out right now.
    trials: mailbox_trials::Trials,
    /// Whether mail can leave, as last read.
    can_send: mailboxes::CanSend,
    /// At most so many password hashes at once.
    passwords: Semaphore,
    /// Which agent looks at what, and writes there.
    pub lookers: lookers::Lookers,
    /// Pages seen since the last flush.
    pages: Mutex<pages::Pending>,
    /// Settings as last read.
    known: inboxes::Known,
    /// Who is here and what visitors were told of it.
    pub board: outlook::Board,
    /// Who is shut out.
    gate: bans::Gate,
    /// Whoever reads anew who is shut out, one at a time.
    learning: tokio::sync::Mutex<()>,
    /// Whom we trust when we call others.
    tls: Tls,
    /// Who looks at the sites right now.
    onlookers: onlookers::Onlookers,
    /// The certificate of HTTPS.
    certificates: certificates::Board,
    /// Whether the house lives, as last looked.
    pulse: pulse::Pulse,
    /// What was counted since the start.
    pub counts: vitals::Counts,
    /// When it was opened.
    started: std::time::Instant,
}

impl std::ops::Deref for Desk {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Desk {
    /// Opens the desk on an opened store, whose commits forget what changed in `known` and tell `board`; with the key that seals secrets, if
    /// one lies outside of the data file.
    #[expect(clippy::too_many_arguments, reason = "everything the house is built of, once")]
    pub async fn open(
        store: Store,
        hub: Hub,
        clock: Clock,
        known: inboxes::Known,
        board: outlook::Board,
        counts: vitals::Counts,
        tls: Tls,
        base_path: &str,
        key_file: Option<&Path>,
    ) -> Result<Desk> {
        let link_key = store.write(|tx| own_key(tx, "link_key")).await?;
        let sealer = Sealer::new(key_file, &store.write(|tx| own_key(tx, "seal_key")).await?)?;
        if let Some(fault) = sealer.fault() {
            log::error!("the key that seals passwords is missing why=\"{fault}\"");
        }
        let desk = Desk(Arc::new(Inner {
            store,
            hub,
            presence: Presence::default(),
            lookers: lookers::Lookers::default(),
            clock,
            base_path: base_path.to_owned(),
            link_key,
            sealer,
            trials: mailbox_trials::Trials::default(),
            can_send: mailboxes::CanSend::default(),
            passwords: Semaphore::new(limits::PASSWORD_HASHES_AT_ONCE),
            pages: Mutex::default(),
            known,
            board,
            gate: bans::Gate::default(),
            learning: tokio::sync::Mutex::default(),
            tls,
            onlookers: onlookers::Onlookers::default(),
            pulse: pulse::Pulse::default(),
            counts,
            started: vitals::started(),
            certificates: certificates::Board::default(),
        }));
        let sealing = desk.clone();
        desk.store.write(move |tx| secrets::seal_anew(tx, &sealing.sealer)).await?;
        desk.learn_mailboxes().await?;
        desk.learn_bans().await?;
        // Whoever asks who is here needs to know who is inside at all.
        desk.roster().await?;
        Ok(desk)
    }

    /// The sub-path under which the house is reached, before every link: "" or "/support".
    pub fn base_path(&self) -> &str {
        &self.base_path
    }

    /// Announces something ephemeral (typing, presence). Durable things are announced by their commit alone.
    pub fn announce(&self, topics: &[Topic], what: What) {
        self.hub.publish(topics, Arc::new(Event::new(None, what)));
    }
}

/// A key that lies in the settings: made when it is first asked for.
fn own_key(tx: &store::WriteTx, name: &'static str) -> Result<[u8; 32]> {
    if let Some(hex) = store::settings::find(tx, name)? {
        return from_hex(&hex).ok_or_else(|| Error::internal(format!("the {name} in the settings is damaged")));
    }
    let key = random_bytes::<32>();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    store::settings::put(tx, name, &hex)?;
    Ok(key)
}

fn from_hex(hex: &str) -> Option<[u8; 32]> {
    let mut key = [0u8; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(key)
}
