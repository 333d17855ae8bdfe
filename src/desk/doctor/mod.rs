//! The doctor: looks at the house from outside and inside, and at the pages of customers, and says what is wrong, why it matters and what
//! mends it. Works inside the service and, with a look at the file, from the command line. What the data file alone tells stands in
//! `problems.rs`; nothing here writes, and nothing calls anybody unasked.

mod address;
mod certificate;
mod csp;
mod disk;
pub mod echo;
mod embeds;
mod html;
mod judged;
mod machine;
mod mail;
pub mod offline;
pub mod page;
mod proxy;
mod verdict;

use super::Desk;
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::error::{Error, Result};
use crate::base::id::new_token;
use crate::base::limits;
use crate::base::live::LiveConfig;
use crate::base::tls::Tls;
use crate::model::problem::{Area, Problem, Severity};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Who looks. Cloning shares him.
#[derive(Clone)]
pub struct Doctor(Arc<Inner>);

struct Inner {
    config: Config,
    tls: Tls,
    clock: Clock,
    /// What questions to ourselves are signed with; lies in the data file.
    key: Option<[u8; 32]>,
    /// The name of this very process; none from the command line.
    instance: Option<String>,
    /// What a reload replaces.
    live: Option<LiveConfig>,
    /// Questions that were answered. Held for a few lines.
    answered: Mutex<VecDeque<String>>,
    places: Semaphore,
}

/// What can be looked at beyond the file; each takes some seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The way from outside to here.
    Address,
    /// The computer, its disk, its limits.
    Machine,
    /// Logins of mailboxes, records of their domains, push services.
    Mail,
}

impl Part {
    /// The part of a word of the wire.
    pub fn parse(word: &str) -> Option<Part> {
        match word {
            "address" => Some(Part::Address),
            "machine" => Some(Part::Machine),
            "mail" => Some(Part::Mail),
            _ => None,
        }
    }
}

impl Doctor {
    /// The doctor of a running desk.
    pub fn of(desk: &Desk, config: &Config, live: &LiveConfig) -> Doctor {
        Doctor::with(config, desk.tls.clone(), desk.clock.clone(), Some(desk.link_key), Some((new_token(), live.clone())))
    }

    /// One who comes from outside; `key` is what the data file says.
    pub fn outside(config: &Config, key: Option<[u8; 32]>) -> Result<Doctor> {
        Ok(Doctor::with(config, Tls::trusting(config.ca_file.as_deref())?, Clock::default(), key, None))
    }

    fn with(config: &Config, tls: Tls, clock: Clock, key: Option<[u8; 32]>, inside: Option<(String, LiveConfig)>) -> Doctor {
        let (instance, live) = inside.unzip();
        Doctor(Arc::new(Inner {
            config: config.clone(),
            tls,
            clock,
            key,
            instance,
            live,
            answered: Mutex::default(),
            places: Semaphore::new(limits::LOOKS_AT_ONCE),
        }))
    }

    /// Looks at one part. `desk` is there when the service itself looks; mail needs it.
    pub async fn look(&self, part: Part, desk: Option<&Desk>) -> Result<Vec<Problem>> {
        let _place = self.place()?;
        let looking = async {
            match part {
                Part::Address => self.look_at_address().await,
                Part::Machine => self.look_at_machine().await,
                Part::Mail => match desk {
                    Some(desk) => desk.look_at_mail().await.unwrap_or_else(|error| vec![failed(Area::Mail, "mail", &error)]),
                    None => Vec::new(),
                },
            }
        };
        let patience = if part == Part::Mail { limits::PROBE_TIMEOUT_ALL } else { limits::LOOK_TOTAL };
        let mut found = timeout(patience, looking).await.unwrap_or_else(|_| vec![too_slow(part, patience)]);
        found.sort_by_key(|problem| problem.severity);
        Ok(found)
    }

    /// The settings as they count now.
    fn config(&self) -> Config {
        let mut config = self.0.config.clone();
        if let Some(live) = &self.0.live {
            config.trusted_proxies = live.trusted_proxies.now().to_vec();
        }
        config
    }

    /// A place for one look; 429 when others look already.
    fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        self.0.places.try_acquire().map_err(|_| Error::too_many("I am looking already. Please wait a moment.", 10))
    }
}

fn too_slow(part: Part, patience: Duration) -> Problem {
    let (area, what) = match part {
        Part::Address => (Area::Address, "the way from outside to here"),
        Part::Machine => (Area::Machine, "this machine"),
        Part::Mail => (Area::Mail, "the mail servers"),
    };
    let title = format!("Looking at {what} took too long");
    let why = format!("I gave up after {} seconds. Something on the way is very slow, or holds us up.", patience.as_secs());
    Problem::new(
        Severity::Warning,
        area,
        format!("slow:{}", area.as_str()),
        title,
        why,
        "Look again; if it stays so, look at the network of this machine.",
    )
}

fn failed(area: Area, id: &str, error: &Error) -> Problem {
    Problem::new(Severity::Warning, area, format!("failed:{id}"), "I could not look", error.message.clone(), "Look again in a moment.")
}
