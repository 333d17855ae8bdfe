//! A question to ourselves through the public address: what comes in at the end of the way, and whether it comes in here at all. Only who
//! holds the key of the data file can ask, each question once and within a minute; to everybody else the address does not exist.

use super::Doctor;
use crate::base::id::new_token;
use crate::base::{limits, token};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;

/// What a question looked like when it arrived; the door that hears it says so (`agent/doctor.rs`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Heard {
    /// Which process answers.
    pub instance: String,
    pub version: String,
    /// The other end of the connection: a proxy, if there is one.
    pub peer: SocketAddr,
    /// Who asked, as far as we believe it.
    pub client_ip: IpAddr,
    /// Whether we believe that the asker came by HTTPS.
    pub secure: bool,
    pub host: String,
    pub forwarded_for: Vec<String>,
    pub forwarded_proto: Vec<String>,
    pub via: Vec<String>,
    /// Bytes of the body that came in.
    pub bytes: u64,
}

/// What is said for a question to come back.
pub(super) fn subject(nonce: &str) -> String {
    format!("doctor\n{nonce}")
}

impl Doctor {
    /// The path of a fresh question below the public address; none without the key.
    pub(super) fn question(&self) -> Option<String> {
        let nonce = new_token();
        let ticket = token::sign_link(self.0.key.as_ref()?, &subject(&nonce), self.0.clock.now() + limits::ECHO_LIFE_MS);
        Some(format!("/doctor/{nonce}?t={ticket}"))
    }

    /// Whether a question is ours and was not answered before. Counts as answered from now on.
    pub fn admits(&self, nonce: &str, ticket: &str) -> bool {
        let Some(key) = &self.0.key else { return false };
        if !token::check_link(key, &subject(nonce), ticket, self.0.clock.now()) {
            return false;
        }
        let mut answered = self.0.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.iter().any(|known| known == nonce) {
            return false;
        }
        if answered.len() >= limits::ECHOES_REMEMBERED {
            answered.pop_front();
        }
        answered.push_back(nonce.to_owned());
        true
    }

    /// The name of this process.
    pub fn instance(&self) -> &str {
        self.0.instance.as_deref().unwrap_or_default()
    }
}
