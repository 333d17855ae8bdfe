//! Floor 5: the door for machines (README.md here): whether the house lives, and its numbers. Tells nothing of people.

mod metrics;
mod text;

use crate::base::live::LiveConfig;
use crate::base::secret::equal;
use crate::desk::Desk;
use crate::http::tally::Tally;
use crate::http::{Reply, Request};
use std::path::PathBuf;
use std::sync::Arc;

/// The paths of this door: answered under every host, counted nowhere.
pub const PATHS: &[&str] = &["/healthz", "/readyz", "/metrics"];

/// The door and what it needs. Cloning shares it.
#[derive(Clone)]
pub struct Watch {
    /// The house.
    pub desk: Desk,
    /// What may change while it runs.
    pub live: LiveConfig,
    /// What was counted of requests.
    pub tally: Arc<Tally>,
    /// Where the one file lies.
    pub data_file: PathBuf,
}

impl Watch {
    /// `GET /healthz`: the program turns.
    pub fn alive(&self) -> Reply {
        word(200, "ok")
    }

    /// `GET /readyz`: it can read and write.
    pub async fn ready(&self) -> Reply {
        match self.desk.pulse().await {
            Ok(()) => word(200, "ok"),
            Err(fault) => word(503, fault.as_str()).header("retry-after", "5"),
        }
    }

    /// `GET /metrics`: the numbers, for whoever has the token.
    pub async fn metrics(&self, request: &Request) -> Reply {
        let token = self.live.metrics_token.now();
        let Some(token) = token.as_ref() else { return word(404, "There is nothing at this address.") };
        if !request.bearer().is_some_and(|given| equal(given.as_bytes(), token.reveal().as_bytes())) {
            return word(401, "This needs the token of the metrics.").header("www-authenticate", "Bearer");
        }
        match metrics::page(self).await {
            Ok(page) => Reply::bytes(200, "text/plain; version=0.0.4; charset=utf-8", page),
            Err(error) => {
                log::warn!("metrics could not be gathered error=\"{error:?}\"");
                word(503, "read").header("retry-after", "5")
            }
        }
    }
}

fn word(status: u16, text: &str) -> Reply {
    Reply::bytes(status, "text/plain; charset=utf-8", format!("{text}\n"))
}
