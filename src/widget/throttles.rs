//! How often visitors may ask. Keyed on the session wherever there is one, so that an office behind one address is not punished;
//! the address itself has a wide limit against floods, and narrow ones where no session exists yet.

use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::net::network_of;
use crate::desk::Desk;
use crate::http::Request;
use crate::http::throttle::{Failures, Throttle, TooMany};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::time::Duration;

/// Calls of one session per minute: fast typing, several tabs and their catch-ups fit many times over.
const CALLS_PER_SESSION: u32 = 240;
/// Calls from one address per minute: some hundred people behind one router.
const CALLS_PER_ADDRESS: u32 = 6_000;
/// Page views of one network per minute that load the launcher: each visitor turns many pages, and browsers keep the file between them.
const SNIPPETS_PER_ADDRESS: u32 = 3_000;
/// New visitors from one address per minute: a big office after an outage mail.
const STARTS_PER_ADDRESS: u32 = 300;
/// Token exchanges from one address per minute: a class room that opens the page at once fits.
const EXCHANGES_PER_ADDRESS: u32 = 600;
/// Tokens from one address per minute that prove nothing: guessing is hopeless anyway, this keeps it cheap for us.
const FAILURES_PER_ADDRESS: u32 = 60;
/// Messages and files of one session per minute.
const MESSAGES_PER_SESSION: u32 = 60;

/// First messages with files from one address per minute: they cost disk before anybody is known.
const FILE_STARTS_PER_ADDRESS: u32 = 20;
/// Codes that one network may have sent in an hour (decision 12).
const CODES_PER_ADDRESS: i64 = 20;
/// Mail addresses that one anonymous person may type in an hour: the answer tells whether somebody is known by one.
const TYPED_PER_CONTACT: u32 = 5;
/// The same for all people of one address together: as many as codes, whoever is behind them.
const TYPED_PER_ADDRESS: u32 = 20;
/// Conversations mailed on request of one network in an hour: as many as codes.
const TRANSCRIPTS_PER_ADDRESS: u32 = 20;
/// The same to addresses that nobody proved: whoever sends strangers mail through us, sends little.
const UNPROVED_TRANSCRIPTS_PER_ADDRESS: u32 = 3;
/// Reports without a session from one address per minute: each may come from another person, but hardly from so many.
const REPORTS_PER_ADDRESS: u32 = 60;
/// Signs of typing and page visits of one contact per minute, all its tabs together: each is told to every agent.
const SIGNS_PER_CONTACT: u32 = 60;

/// What some things are counted by.
const HOUR: Duration = Duration::from_secs(3600);

/// All counters of the visitors' door.
pub struct Throttles {
    session_calls: Throttle,
    address_calls: Throttle,
    snippets: Throttle,
    starts: Throttle,
    exchanges: Throttle,
    failures: Failures,
    messages: Throttle,
    file_starts: Throttle,
    reports: Throttle,
    report_gap: Throttle,
    typed_by_contact: Failures,
    typed_by_address: Failures,
    code_sends_max: i64,
    transcripts: Failures,
    transcripts_by_address: Failures,
    unproved_transcripts_by_address: Failures,
    unproved_transcripts: Failures,
    typing: Throttle,
    pages: Throttle,
    /// Beginnings, and what they cost.
    pub guard: super::guard::Guard,
    /// Calls that wait right now.
    pub polls: super::polls::Polls,
}

impl Throttles {
    /// Counters with every limit multiplied by `factor` (configuration key RATE_LIMIT_FACTOR).
    pub fn new(factor: u32) -> Throttles {
        let limit = |per_minute: u32| {
            Throttle::new(per_minute.saturating_mul(factor), per_minute.saturating_mul(factor), limits::THROTTLE_KEYS_MAX)
        };
        let hourly = |most: u32| Failures::new(most.saturating_mul(factor), HOUR, limits::THROTTLE_KEYS_MAX);
        Throttles {
            session_calls: limit(CALLS_PER_SESSION),
            address_calls: limit(CALLS_PER_ADDRESS),
            snippets: limit(SNIPPETS_PER_ADDRESS),
            starts: limit(STARTS_PER_ADDRESS),
            exchanges: limit(EXCHANGES_PER_ADDRESS),
            failures: Failures::new(FAILURES_PER_ADDRESS.saturating_mul(factor), Duration::from_secs(60), limits::THROTTLE_KEYS_MAX),
            messages: limit(MESSAGES_PER_SESSION),
            file_starts: limit(FILE_STARTS_PER_ADDRESS),
            typed_by_contact: hourly(TYPED_PER_CONTACT),
            typed_by_address: hourly(TYPED_PER_ADDRESS),
            code_sends_max: CODES_PER_ADDRESS.saturating_mul(i64::from(factor)),
            transcripts: Failures::new(limits::TRANSCRIPTS_PER_HOUR, HOUR, limits::THROTTLE_KEYS_MAX),
            transcripts_by_address: hourly(TRANSCRIPTS_PER_ADDRESS),
            unproved_transcripts_by_address: hourly(UNPROVED_TRANSCRIPTS_PER_ADDRESS),
            unproved_transcripts: Failures::new(1, limits::TRANSCRIPT_UNPROVED_GAP, limits::THROTTLE_KEYS_MAX),
            reports: limit(REPORTS_PER_ADDRESS),
            // Against a second press, not against many: no factor.
            report_gap: Throttle::new(60 / limits::REPORT_GAP.as_secs() as u32, 1, limits::THROTTLE_KEYS_MAX),
            typing: limit(SIGNS_PER_CONTACT),
            pages: limit(SIGNS_PER_CONTACT),
            guard: super::guard::Guard::new(factor),
            polls: super::polls::Polls::default(),
        }
    }

    /// Any call.
    pub fn call(&self, desk: &Desk, request: &Request, token: Option<&str>) -> Result<()> {
        let now = desk.clock.ticks();
        told(self.address_calls.check(&caller(request.client_ip), now))?;
        match token {
            Some(token) => told(self.session_calls.check(token.get(..64).unwrap_or(token), now)),
            None => Ok(()),
        }
    }

    /// The limit that a caller will meet first, and what it has left: of its session, or of its address while it has none.
    pub fn standing(&self, desk: &Desk, ip: IpAddr, token: Option<&str>) -> (u32, u32) {
        let now = desk.clock.ticks();
        match token {
            Some(token) => (self.session_calls.burst(), self.session_calls.left(token.get(..64).unwrap_or(token), now).0),
            None => (self.address_calls.burst(), self.address_calls.left(&caller(ip), now).0),
        }
    }

    /// A page view that loads the launcher.
    pub fn snippet(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.snippets.check(&caller(ip), desk.clock.ticks()))
    }

    /// A first message without a session.
    pub fn start(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.starts.check(&caller(ip), desk.clock.ticks()))
    }

    /// A first message with files.
    pub fn file_start(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.file_starts.check(&caller(ip), desk.clock.ticks()))
    }

    /// A mail address that an anonymous person types.
    pub fn typed_address(&self, desk: &Desk, contact: i64, ip: IpAddr) -> Result<()> {
        let now = desk.clock.ticks();
        told(self.typed_by_contact.take(&contact.to_string(), now))?;
        told(self.typed_by_address.take(&caller(ip), now))
    }

    /// How many codes one network may have sent in an hour; counted in the file, where they are.
    pub fn code_sends_max(&self) -> i64 {
        self.code_sends_max
    }

    /// Whether this address may still try to prove something.
    pub fn check_failures(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.failures.check(&caller(ip), desk.clock.ticks()))
    }

    /// Remembers a proof that was none.
    pub fn note_failure(&self, desk: &Desk, ip: IpAddr) {
        self.failures.add(&caller(ip), desk.clock.ticks());
    }

    /// A conversation to be mailed: for its person, the network it is asked from and the mail address it goes to, proved or not.
    pub fn transcript(&self, now: i64, contact: i64, ip: IpAddr, to: &str, is_proved: bool) -> Result<()> {
        told(self.transcripts_by_address.take(&caller(ip), now))?;
        if !is_proved {
            told(self.unproved_transcripts_by_address.take(&caller(ip), now))?;
            told(self.unproved_transcripts.take(to, now))?;
        }
        told(self.transcripts.take(&format!("contact {contact}"), now))?;
        told(self.transcripts.take(&format!("to {to}"), now))
    }

    /// A report without a session.
    pub fn report(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.reports.check(&caller(ip), desk.clock.ticks()))
    }

    /// Whether a report follows the last one of the same person in decent time. Without a session a person is a network with a browser
    /// and a kind, so that two of one office do not stand in each other's way.
    pub fn report_gap(&self, inbox: i64, contact: Option<i64>, stranger: &Stranger, now: i64) -> Result<()> {
        let who = contact.map_or_else(|| stranger.0.clone(), |contact| contact.to_string());
        self.report_gap.check(&format!("{inbox} {who}"), now).map(|_| ()).map_err(|wait| {
            let words = format!("You have just sent something. Please wait {} s before the next one.", wait.retry_after_s);
            Error::too_many(words, wait.retry_after_s).coded("too_soon").detail("count", wait.retry_after_s)
        })
    }

    /// Whether a sign of typing of this contact is told.
    pub fn typing(&self, desk: &Desk, contact: i64) -> bool {
        self.typing.check(&contact.to_string(), desk.clock.ticks()).is_ok()
    }

    /// Whether a page visit of this contact is told.
    pub fn page(&self, desk: &Desk, contact: i64) -> bool {
        self.pages.check(&contact.to_string(), desk.clock.ticks()).is_ok()
    }

    /// A token exchange.
    pub fn exchange(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        told(self.exchanges.check(&caller(ip), desk.clock.ticks()))
    }

    /// A message or upload.
    pub fn message(&self, desk: &Desk, contact: i64) -> Result<()> {
        told(self.messages.check(&contact.to_string(), desk.clock.ticks()))
    }

    /// A token that proves nothing; refused differently once this address sent too many of them.
    pub fn failure(&self, desk: &Desk, ip: IpAddr) -> Result<()> {
        let (key, now) = (caller(ip), desk.clock.ticks());
        told(self.failures.check(&key, now))?;
        self.failures.add(&key, now);
        Ok(())
    }
}

/// Somebody who sends a report without a session, as far as he can be told from others.
pub struct Stranger(String);

impl Stranger {
    /// Of this network, with this browser, with a report of this kind.
    pub fn new(ip: IpAddr, user_agent: &str, kind: &str) -> Stranger {
        let browser: String = Sha256::digest(user_agent.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Stranger(format!("{} {kind} {browser}", caller(ip)))
    }
}

/// The network a caller counts for.
pub(super) fn caller(ip: IpAddr) -> String {
    network_of(ip).to_string()
}

fn told<T>(taken: Result<T, TooMany>) -> Result<()> {
    match taken {
        Ok(_) => Ok(()),
        Err(too_many) => Err(wait(too_many.retry_after_s)),
    }
}

/// The refusal that asks for a little patience.
pub(super) fn wait(seconds: u32) -> Error {
    let words = format!("That was very often in a short time. Please wait {seconds} s; nothing is lost.");
    Error::too_many(words, seconds).coded("too_many").detail("count", seconds)
}
