//! Beginnings are counted here, by session first, so that an office behind one address is not punished for its neighbours. While very many
//! begin in one inbox, newcomers pay with a little work of their machine; a crowded network only raises its price. Nobody is turned away,
//! and whoever is vouched for pays nothing. What makes a text suspect: `desk/suspicion.rs`.

use super::conversations::Starter;
use super::{Widget, throttles};
use crate::base::error::Result;
use crate::base::limits;
use crate::desk::puzzles::Work;
use crate::desk::suspicion::{Signs, fingerprint};
use crate::http::throttle::Failures;
use crate::model::contact::Session;
use crate::model::inbox::Inbox;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The counters. Each forgets its oldest keys; all of them are for one window.
pub struct Guard {
    by_inbox: Failures,
    by_network: Failures,
    by_session: Failures,
    texts: Failures,
    spent: Failures,
    /// Configuration key RATE_LIMIT_FACTOR.
    factor: u32,
}

/// What comes with a beginning for the guard.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    pub work: Option<Work>,
    /// How long the window was open, as it says.
    pub took_ms: Option<u64>,
}

impl Guard {
    /// Counters with every budget multiplied by `factor`.
    pub fn new(factor: u32) -> Guard {
        let tally = |window| Failures::new(u32::MAX, window, limits::THROTTLE_KEYS_MAX);
        Guard {
            by_inbox: tally(limits::SPAM_WINDOW),
            by_network: tally(limits::SPAM_WINDOW),
            by_session: tally(limits::SPAM_WINDOW),
            texts: tally(limits::SAME_TEXT_WINDOW),
            spent: Failures::new(1, limits::WORK_LIFE, limits::THROTTLE_KEYS_MAX),
            factor: factor.max(1),
        }
    }

    /// Zero bits that a beginning costs; 0 = nothing. A known session pays less than a newcomer.
    fn price(&self, inbox: u32, network: u32, is_known: bool) -> u32 {
        let calm = limits::CALM_STARTS.saturating_mul(self.factor);
        if inbox <= calm {
            return 0;
        }
        // One bit doubles the work: each doubling of the crowd, and of a network's own share in it.
        let crowd = (inbox / calm).ilog2();
        let share = network / limits::CALM_STARTS_PER_NETWORK.saturating_mul(self.factor);
        let bits = limits::WORK_BITS_MIN + crowd + share.checked_ilog2().map_or(0, |doublings| doublings + 1);
        (if is_known { bits.saturating_sub(2) } else { bits }).min(limits::WORK_BITS_MAX)
    }
}

/// Who begins, as far as counting goes.
struct Beginner<'a> {
    inbox: &'a Inbox,
    session: Option<&'a Session>,
    ip: IpAddr,
}

impl Widget {
    /// Counts a beginning and asks for work where it is needed; what speaks for or against it. Before anything of it is read.
    pub(super) fn guard(&self, inbox: &Inbox, starter: &Starter, ip: IpAddr, text: &str, proof: &Proof) -> Result<Signs> {
        let session = match starter {
            Starter::Known(visitor) => Some(&visitor.session),
            Starter::Nobody(_) => None,
        };
        let (signs, bits) = self.weigh(&Beginner { inbox, session, ip }, text, proof.took_ms);
        if bits == 0 {
            return Ok(signs);
        }
        let guard = &self.throttles.guard;
        // A puzzle that was asked for a moment ago counts although the crowd has grown since.
        let least = bits.saturating_sub(2).max(1);
        match &proof.work {
            Some(work)
                if self.desk.is_worked(inbox.uuid, least, work) && guard.spent.take(&work.puzzle, self.desk.clock.ticks()).is_ok() =>
            {
                Ok(signs)
            }
            Some(_) | None => Err(self.desk.ask_for_work(inbox.uuid, bits)),
        }
    }

    /// The same for a form without scripts, which cannot work: while there is pressure it has to have been looked at for a while, which
    /// its own ticket tells (`form_ms` ago it was made).
    pub(super) fn guard_plain(&self, inbox: &Inbox, session: Option<&Session>, ip: IpAddr, text: &str, form_ms: i64) -> Result<Signs> {
        let (signs, bits) = self.weigh(&Beginner { inbox, session, ip }, text, u64::try_from(form_ms).ok());
        let wait_ms = limits::SLOW_PATH.as_millis() as i64 - form_ms;
        match bits > 0 && wait_ms > 0 {
            true => Err(throttles::wait((wait_ms as u64).div_ceil(1000) as u32)),
            false => Ok(signs),
        }
    }

    fn weigh(&self, beginner: &Beginner<'_>, text: &str, took_ms: Option<u64>) -> (Signs, u32) {
        let (guard, now) = (&self.throttles.guard, self.desk.clock.ticks());
        let inbox = beginner.inbox.id.to_string();
        let verified = beginner.session.is_some_and(|session| session.verified);
        if verified {
            return (Signs { verified, ..Signs::default() }, 0);
        }
        let network = format!("{inbox} {}", throttles::caller(beginner.ip));
        let in_inbox = guard.by_inbox.count_one(&inbox, now);
        let in_network = guard.by_network.count_one(&network, now);
        let starts = beginner.session.map_or(1, |session| guard.by_session.count_one(&session.id.to_string(), now));
        let same_text = fingerprint(text).map_or(0, |print| {
            let hash: String = Sha256::digest(print.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            guard.texts.count_one(&format!("{inbox} {hash}"), now).saturating_sub(1)
        });
        let bits = guard.price(in_inbox, in_network, beginner.session.is_some());
        (Signs { verified, took_ms, same_text, starts, pressure: bits > 0 }, bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calm_inbox_asks_for_nothing_and_a_crowded_network_pays_more() {
        let guard = Guard::new(1);
        assert_eq!(guard.price(limits::CALM_STARTS, 100_000, false), 0, "however many come from one office");
        let busy = limits::CALM_STARTS + 1;
        assert_eq!(guard.price(busy, 1, false), limits::WORK_BITS_MIN);
        assert!(guard.price(busy, limits::CALM_STARTS_PER_NETWORK * 4, false) > limits::WORK_BITS_MIN);
        assert!(guard.price(busy, 1, true) < limits::WORK_BITS_MIN);
        assert_eq!(guard.price(u32::MAX, u32::MAX, false), limits::WORK_BITS_MAX, "never more than a phone can do");
        assert_eq!(Guard::new(100).price(busy, 1, false), 0);
    }
}
