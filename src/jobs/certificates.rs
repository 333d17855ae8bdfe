//! Keeps the certificate of HTTPS fresh: asks the authority when it is time, and reads files anew that somebody else keeps fresh.
//!
//! One try is a straight line (`obtain`); everything that the authority knows of it is kept before the next step, so that a stop anywhere
//! loses nothing. What goes wrong is noted with the moment of the next try, and a restart does not come before it.

use crate::acme::{self, Failure, Proof, Sort, Way, keys};
use crate::base::clock::{Millis, rfc3339};
use crate::base::config::{Certificates, Https};
use crate::base::error::Result;
use crate::base::live::LiveConfig;
use crate::base::tls::{Pair, Tls};
use crate::base::{id, limits, x509};
use crate::desk::Desk;
use crate::desk::certificates::Held;
use crate::http::tls::Identity;
use crate::model::certificate::{Source, Standing};
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// Who we are at the first handshake: the certificate that is there, or one that nobody certified yet.
pub async fn identity(desk: &Desk, https: &Https) -> Result<Identity> {
    match &https.certificates {
        Certificates::Files { chain, key } => {
            let identity = Identity::new(Pair::read(chain, key)?)?;
            desk.certificate_files_stand(standing_of(chain, &identity.certificate(), None));
            Ok(identity)
        }
        Certificates::Acme { domain, directory, .. } => match desk.certificate_held(domain, directory).await?.pair {
            Some(pair) => Identity::new(pair),
            None => Identity::new(keys::self_signed(domain)?),
        },
    }
}

/// Looks after the certificate until `stop` turns true.
pub async fn run(desk: Desk, identity: Identity, https: Https, tls: Tls, live: LiveConfig, mut stop: watch::Receiver<bool>) {
    let mut reloads = live.reloads();
    while !*stop.borrow() {
        let look = async {
            match &https.certificates {
                Certificates::Files { chain, key } => read_files(&desk, &identity, chain, key),
                Certificates::Acme { domain, directory, email } => {
                    let ways: &[Way] = if https.plain.is_some() { &[Way::Http, Way::Handshake] } else { &[Way::Handshake] };
                    let email = email.as_deref().unwrap_or_default();
                    Applicant { desk: &desk, identity: &identity, tls: &tls, domain, directory, email, ways }.look().await
                }
            }
        };
        // Cancel-safe: what a try has come to is kept step by step, and the next one goes on there.
        let sleep = tokio::select! {
            sleep = look => sleep,
            _ = stop.changed() => break,
        };
        match desk.certificate_standing().await {
            Ok(standing) => live.certificate_until.set(standing.and_then(|standing| standing.valid_until)),
            Err(error) => log::warn!("nobody knows how the certificate stands error=\"{error:?}\""),
        }
        // Cancel-safe: all arms only wait, and what they wait for is kept.
        let reloaded = tokio::select! {
            () = tokio::time::sleep(sleep) => false,
            () = desk.certificate_wanted() => false,
            reloaded = reloads.changed() => reloaded.is_ok(),
            _ = stop.changed() => false,
        };
        if reloaded && let Err(error) = desk.look_after_certificate().await {
            log::warn!("the certificate could not be looked after error=\"{error:?}\"");
        }
    }
}

/// Shows what stands in the files now. Files that are wrong change nothing, and it is said.
fn read_files(desk: &Desk, identity: &Identity, chain: &Path, key: &Path) -> Duration {
    let before = identity.certificate();
    let fresh = Pair::read(chain, key).and_then(|pair| identity.show(pair));
    let shown = identity.certificate();
    if shown != before {
        log::info!("certificate read anew file=\"{}\"", chain.display());
    }
    if let Err(error) = &fresh {
        log::warn!("the certificate files cannot be used, the old certificate stays why=\"{}\"", error.message);
    }
    desk.certificate_files_stand(standing_of(chain, &shown, fresh.err().map(|error| error.message.clone())));
    limits::CERTIFICATE_FILES_LOOK
}

fn standing_of(chain: &Path, shown: &[u8], problem: Option<String>) -> Standing {
    let valid = x509::validity(shown);
    Standing {
        name: chain.display().to_string(),
        source: Source::Files,
        valid_from: valid.map(|(from, _)| from),
        valid_until: valid.map(|(_, until)| until),
        next_at: None,
        tried_at: None,
        problem,
    }
}

/// Who wants a certificate for a name, and all it takes.
struct Applicant<'a> {
    desk: &'a Desk,
    identity: &'a Identity,
    tls: &'a Tls,
    domain: &'a str,
    directory: &'a str,
    email: &'a str,
    ways: &'a [Way],
}

impl Applicant<'_> {
    /// Tries when it is time; how long to sleep until the next look.
    async fn look(&self) -> Duration {
        match self.look_and_try().await {
            Ok(sleep) => sleep,
            Err(error) => {
                log::warn!("the certificate could not be looked after error=\"{error:?}\"");
                limits::CERTIFICATE_LOOK
            }
        }
    }

    async fn look_and_try(&self) -> Result<Duration> {
        let held = self.desk.certificate_held(self.domain, self.directory).await?;
        let now = self.desk.clock.now();
        if let Some(wait) = wait(&held, now) {
            return Ok(wait.min(limits::CERTIFICATE_LOOK));
        }
        let failures = held.row.failures;
        let tried = tokio::time::timeout(limits::ACME_TRY_TIMEOUT, Box::pin(self.obtain(held))).await;
        self.identity.forget_proofs();
        let failure = match tried {
            Ok(Ok(until)) => {
                log::info!("certificate received domain={} until={}", self.domain, rfc3339(until));
                return Ok(Duration::ZERO);
            }
            Ok(Err(failure)) => failure,
            Err(_) => Failure::new(Sort::Unreachable, "The authority took too long."),
        };
        let now = self.desk.clock.now();
        let pause = pause(&failure, failures, draw());
        log::warn!("no certificate yet domain={} again_in_s={} why=\"{}\"", self.domain, pause.as_secs(), failure.words);
        let rests_until = (failure.sort == Sort::TooOften || failure.after.is_some()).then(|| now + pause.as_millis() as Millis);
        self.desk.note_certificate_problem(self.domain, &failure.words, now + pause.as_millis() as Millis, rests_until).await?;
        Ok(pause.min(limits::CERTIFICATE_LOOK))
    }

    /// One try from wherever the last one was cut; until when the new certificate is valid.
    async fn obtain(&self, held: Held) -> Result<Millis, Failure> {
        let account_key = match held.account_key {
            Some(key) => key,
            None => {
                let key = keys::new_key().map_err(Failure::ours)?;
                self.desk.keep_certificate_account(self.domain, &key).await.map_err(Failure::ours)?;
                key
            }
        };
        let untold = (held.row.account_email != self.email).then_some(self.email);
        let account = acme::account(self.directory, self.tls, &account_key, untold).await?;
        if let Some(email) = untold {
            self.desk.keep_certificate_email(self.domain, email).await.map_err(Failure::ours)?;
        }
        let mut kept = held.order_key.filter(|_| !held.row.order_url.is_empty()).map(|key| (held.row.order_url, key));
        // Every way once; and an order that came to nothing meanwhile makes room for a new one.
        let mut ways = self.ways;
        let mut may_begin_anew = kept.is_some();
        loop {
            match self.pursue(&account, kept.take(), ways).await {
                Err(failure) if failure.sort == Sort::OrderOver && may_begin_anew => {
                    self.forget_order().await?;
                    may_begin_anew = false;
                }
                Err(failure) if failure.sort == Sort::Unproved => {
                    self.forget_order().await?;
                    let [way, rest @ ..] = ways else { return Err(failure) };
                    if rest.is_empty() {
                        return Err(failure);
                    }
                    log::warn!("a proof was refused, trying the other way domain={} way={way:?} why=\"{}\"", self.domain, failure.words);
                    ways = rest;
                }
                Err(failure) if matches!(failure.sort, Sort::OrderOver | Sort::Refused) => {
                    self.forget_order().await?;
                    return Err(failure);
                }
                done => return done,
            }
        }
    }

    /// Follows one order to its end.
    async fn pursue(&self, account: &acme::Account, kept: Option<(String, Vec<u8>)>, ways: &[Way]) -> Result<Millis, Failure> {
        let (mut order, key) = match kept {
            Some((url, key)) => (account.resume(&url, self.domain).await?, key),
            None => {
                let key = keys::new_key().map_err(Failure::ours)?;
                let order = account.order(self.domain).await?;
                self.desk.keep_certificate_order(self.domain, Some((order.url(), &key))).await.map_err(Failure::ours)?;
                (order, key)
            }
        };
        order.prove(ways, |proof| self.show(proof)).await?;
        let chain = order.certificate(&key).await?;
        let pair = Pair::of(&chain, key.clone()).map_err(Failure::ours)?;
        let valid = pair.validity().ok_or_else(|| Failure::new(Sort::Refused, "The authority sent a certificate that cannot be read."))?;
        // Shown before it is kept: what cannot be shown is not worth keeping.
        self.identity.show(pair).map_err(Failure::ours)?;
        let renew_at = renew_at(valid, draw());
        self.desk.keep_certificate(self.domain, &chain, &key, valid, renew_at).await.map_err(Failure::ours)?;
        Ok(valid.1)
    }

    fn show(&self, proof: Proof) -> Result<()> {
        match proof {
            Proof::Http { file, text } => {
                self.identity.prove_in_plain(&file, &text);
                Ok(())
            }
            Proof::Handshake(pair) => self.identity.prove_at_handshake(self.domain, pair),
        }
    }

    async fn forget_order(&self) -> Result<(), Failure> {
        self.identity.forget_proofs();
        self.desk.keep_certificate_order(self.domain, None).await.map_err(Failure::ours)
    }
}

/// How long there is nothing to do; None: it is time to try.
fn wait(held: &Held, now: Millis) -> Option<Duration> {
    let at = match (held.row.try_at, &held.pair) {
        // A clock that was years ahead when it was noted must not keep us waiting for years.
        (Some(at), _) if at > now + limits::CERTIFICATE_PAUSE_MAX.as_millis() as Millis => now,
        (Some(at), _) => at,
        (None, Some(_)) => held.row.renew_at.unwrap_or(now),
        (None, None) => now,
    };
    (at > now).then(|| Duration::from_millis((at - now) as u64))
}

/// When a certificate is renewed: at two thirds of its life, a little earlier by chance, so that not everybody comes at once.
fn renew_at((from, until): (Millis, Millis), chance: f64) -> Millis {
    let life = (until - from).max(0) as f64;
    from + (life * (2.0 / 3.0 - chance / 20.0)) as Millis
}

/// How long to leave the authority alone after so many failures in a row before this one.
fn pause(failure: &Failure, failures: u32, chance: f64) -> Duration {
    let pauses: &[Duration] = match failure.sort {
        Sort::Unreachable => &limits::CERTIFICATE_PAUSES_UNREACHABLE,
        Sort::Refused | Sort::Unproved | Sort::OrderOver => &limits::CERTIFICATE_PAUSES_REFUSED,
        Sort::TooOften => &[limits::CERTIFICATE_PAUSE_TOO_OFTEN],
    };
    let usual = pauses.get(failures as usize).or(pauses.last()).copied().unwrap_or(limits::CERTIFICATE_PAUSE_TOO_OFTEN);
    let drawn = usual.mul_f64(1.0 + chance / 5.0);
    drawn.max(failure.after.unwrap_or_default()).min(limits::CERTIFICATE_PAUSE_MAX)
}

/// A number from 0 to 1, by chance.
fn draw() -> f64 {
    f64::from(u32::from_le_bytes(id::random_bytes::<4>())) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Millis = 24 * 3_600_000;

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life_however_short_that_is() {
        for life in [90 * DAY, 6 * DAY, 300_000] {
            let early = renew_at((1000, 1000 + life), 1.0) - 1000;
            let late = renew_at((1000, 1000 + life), 0.0) - 1000;
            assert!(early > life * 60 / 100 && early < late && late <= life * 2 / 3, "{life}: {early} to {late}");
        }
    }

    #[test]
    fn an_authority_is_never_asked_in_a_hurry_and_its_wish_counts() {
        let failure = |sort, after: Option<u64>| Failure { words: String::new(), sort, after: after.map(Duration::from_secs) };
        for sort in [Sort::Unreachable, Sort::Refused, Sort::Unproved, Sort::TooOften, Sort::OrderOver] {
            let pauses: Vec<u64> = (0..20).map(|failures| pause(&failure(sort, None), failures, 0.0).as_secs()).collect();
            assert!(pauses[0] >= 60 && pauses.is_sorted(), "{sort:?} {pauses:?}");
            assert_eq!(pause(&failure(sort, Some(90_000)), 0, 0.5).as_secs(), 90_000);
            assert_eq!(pause(&failure(sort, Some(u64::MAX / 4)), 0, 0.5), limits::CERTIFICATE_PAUSE_MAX);
        }
        // Let's Encrypt takes five failed examinations of a name in an hour, and a try may cost two.
        let first_hour: u64 = (0..3).map(|failures| pause(&failure(Sort::Refused, None), failures, 0.0).as_secs()).sum();
        assert!(first_hour >= 3600, "{first_hour}");
    }

    #[test]
    fn a_clock_that_was_wrong_neither_hurries_nor_stops_us() {
        let held = |try_at: Option<Millis>, renew_at: Option<Millis>| {
            let row = crate::store::certificates::Certificate { try_at, renew_at, ..Default::default() };
            Held { row, account_key: None, order_key: None, pair: renew_at.map(|_| keys::self_signed("chat.example.com").unwrap()) }
        };
        let now = 20_000 * DAY;
        assert_eq!(wait(&held(None, None), now), None, "there is no certificate");
        assert_eq!(wait(&held(None, Some(now + 1000)), now), Some(Duration::from_secs(1)));
        assert_eq!(wait(&held(None, Some(now)), now), None);
        assert_eq!(wait(&held(Some(now + 1000), Some(now)), now), Some(Duration::from_secs(1)), "it was tried just now");
        assert_eq!(wait(&held(Some(now + 3650 * DAY), Some(now)), now), None, "noted when the clock was years ahead");
        assert!(wait(&held(None, Some(now)), 0).is_some(), "1970: what is valid for long is left alone");
    }
}
