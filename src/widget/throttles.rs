//! How often visitors may ask. Keyed on the session wherever there is one, so that an office behind one address is not punished;
//! the address itself has a wide limit against floods, and narrow ones where no session exists yet.

use crate::base::error::{Error, Result};
use crate::desk::Desk;
use crate::http::Request;
use crate::http::throttle::Throttle;
use std::net::IpAddr;

/// Calls of one session per minute: fast typing, several tabs and their catch-ups fit many times over.
const CALLS_PER_SESSION: u32 = 240;
/// Calls from one address per minute: some hundred people behind one router.
const CALLS_PER_ADDRESS: u32 = 6_000;
/// New visitors from one address per minute.
const STARTS_PER_ADDRESS: u32 = 30;
/// Token exchanges from one address per minute: a class room that opens the page at once fits.
const EXCHANGES_PER_ADDRESS: u32 = 240;
/// Tokens from one address per minute that prove nothing: guessing is hopeless anyway, this keeps it cheap for us.
const FAILURES_PER_ADDRESS: u32 = 60;
/// Messages and files of one session per minute.
const MESSAGES_PER_SESSION: u32 = 60;

/// All counters of the visitors' door.
pub struct Throttles {
    session_calls: Throttle<String>,
    address_calls: Throttle<IpAddr>,
    starts: Throttle<IpAddr>,
    exchanges: Throttle<IpAddr>,
    failures: Throttle<IpAddr>,
    messages: Throttle<i64>,
}

impl Throttles {
    /// Counters with every limit multiplied by `factor` (configuration key RATE_LIMIT_FACTOR).
    pub fn new(factor: u32) -> Throttles {
        let limit = |per_minute: u32| per_minute.saturating_mul(factor);
        Throttles {
            session_calls: Throttle::per_minute(limit(CALLS_PER_SESSION)),
            address_calls: Throttle::per_minute(limit(CALLS_PER_ADDRESS)),
            starts: Throttle::per_minute(limit(STARTS_PER_ADDRESS)),
            exchanges: Throttle::per_minute(limit(EXCHANGES_PER_ADDRESS)),
            failures: Throttle::per_minute(limit(FAILURES_PER_ADDRESS)),
            messages: Throttle::per_minute(limit(MESSAGES_PER_SESSION)),
        }
    }

    /// Any call.
    pub fn call(&self, desk: &Desk, request: &Request, token: Option<&str>) -> Result<()> {
        let now = desk.clock.now();
        told(self.address_calls.take(request.client_ip, now))?;
        match token {
            Some(token) => told(self.session_calls.take(token.chars().take(64).collect(), now)),
            None => Ok(()),
        }
    }

    /// A first message without a session.
    pub fn start(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.starts.take(ip, desk.clock.now()))
    }

    /// A token exchange.
    pub fn exchange(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.exchanges.take(ip, desk.clock.now()))
    }

    /// A message or upload.
    pub fn message(&self, desk: &Desk, contact: i64) -> Result<()> {
        told(self.messages.take(contact, desk.clock.now()))
    }

    /// Whether this address sent too many tokens that prove nothing.
    pub fn check_failures(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.failures.peek(ip, desk.clock.now()))
    }

    /// Counts one of those.
    pub fn note_failure(&self, desk: &Desk, ip: IpAddr) {
        // Whether the limit is reached matters for the next one.
        let _ = self.failures.take(ip, desk.clock.now());
    }
}

fn told<T>(taken: Result<T, crate::http::throttle::TooMany>) -> Result<()> {
    match taken {
        Ok(_) => Ok(()),
        Err(too_many) => {
            let seconds = too_many.retry_after_s;
            Err(Error::too_many(format!("That was very often in a short time. Please wait {seconds} s; nothing is lost."), seconds))
        }
    }
}
