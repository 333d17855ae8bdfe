//! The certificate of HTTPS: what is kept of it, how it stands, and the wish to have it looked after now. Who asks the authority is
//! `jobs/certificates.rs`.

use super::Desk;
use crate::base::clock::{Millis, rfc3339};
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::seal::Sealer;
use crate::base::secret::Secret;
use crate::base::tls::Pair;
use crate::model::certificate::{Source, Standing};
use crate::store::certificates::{self, Certificate};
use crate::store::{ReadTx, WriteTx};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::sync::Mutex;
use tokio::sync::Notify;

const ACCOUNT: &str = "certificate.account";
const CHAIN: &str = "certificate.chain";
const ORDER: &str = "certificate.order";

/// What the desk and whoever asks the authority tell each other.
#[derive(Default)]
pub(super) struct Board {
    /// Somebody wants it looked after now.
    wanted: Notify,
    /// How certificate files stand, which are no business of the data file. Held for one look, never over an await.
    files: Mutex<Option<Standing>>,
    /// The name that is configured.
    domain: Mutex<Option<String>>,
}

/// What is kept for a name, opened.
pub struct Held {
    /// What nobody needs to open.
    pub row: Certificate,
    /// The key by which the authority knows us.
    pub account_key: Option<Vec<u8>>,
    /// The key of the order under way.
    pub order_key: Option<Vec<u8>>,
    /// The certificate with its key.
    pub pair: Option<Pair>,
}

fn seal(sealer: &Sealer, purpose: &str, key: &[u8]) -> Result<Vec<u8>> {
    sealer.seal(purpose, &Secret::new(STANDARD_NO_PAD.encode(key)))
}

/// A key that cannot be opened any more is none: unlike a password, another one is as good.
fn open(sealer: &Sealer, purpose: &str, sealed: Option<&Vec<u8>>) -> Option<Vec<u8>> {
    let secret = sealer.open(purpose, sealed?).ok()?;
    STANDARD_NO_PAD.decode(secret.reveal()).ok()
}

/// Seals anew what a key from outside has come for since.
pub(super) fn seal_anew(tx: &WriteTx, sealer: &Sealer) -> Result<usize> {
    let mut count = 0;
    for mut row in certificates::all(tx)? {
        let before = count;
        for (purpose, sealed) in [(ACCOUNT, &mut row.account_key), (CHAIN, &mut row.chain_key), (ORDER, &mut row.order_key)] {
            let Some(stale) = sealed.as_ref().filter(|sealed| sealer.is_stale(sealed)) else { continue };
            if let Ok(secret) = sealer.open(purpose, stale) {
                *sealed = Some(sealer.seal(purpose, &secret)?);
                count += 1;
            }
        }
        if count > before {
            certificates::put_sealed(tx, &row)?;
        }
    }
    Ok(count)
}

impl Desk {
    /// How the certificate of HTTPS stands; None: HTTPS is not served here.
    pub async fn certificate_standing(&self) -> Result<Option<Standing>> {
        if let Some(standing) = lock(&self.certificates.files).clone() {
            return Ok(Some(standing));
        }
        let domain = lock(&self.certificates.domain).clone();
        let find = move |tx: &ReadTx| match &domain {
            Some(domain) => certificates::find(tx, domain),
            None => certificates::newest(tx),
        };
        let Some(row) = self.store.read(find).await? else { return Ok(None) };
        let now = self.clock.now();
        // A machine without a battery wakes up in another year: what looks like a certificate's fault is the clock's.
        let early = row.not_before.filter(|from| now < *from).map(|from| {
            let (now, from) = (rfc3339(now), rfc3339(from));
            format!("The clock of this machine says {now}, but its certificate was made after {from}. Set the clock (systemd-timesyncd does it).")
        });
        Ok(Some(Standing {
            name: row.domain,
            source: Source::Authority,
            valid_from: row.not_before,
            valid_until: row.not_after,
            next_at: row.try_at.or(row.renew_at),
            tried_at: row.tried_at,
            problem: early.or(Some(row.problem).filter(|problem| !problem.is_empty())),
        }))
    }

    /// Has the certificate looked after now: files are read anew, and an authority is asked again unless it was asked just now or wants to
    /// be left alone.
    pub async fn look_after_certificate(&self) -> Result<()> {
        let row = self.store.read(certificates::newest).await?;
        let now = self.clock.now();
        let soonest =
            row.and_then(|row| row.tried_at).map_or(now, |tried| (tried + limits::CERTIFICATE_TRIES_APART.as_millis() as i64).max(now));
        self.store.write(move |tx| certificates::hasten(tx, soonest)).await?;
        self.certificates.wanted.notify_one();
        Ok(())
    }

    /// Completes when somebody wants the certificate looked after. Cancel-safe: it only waits, and a wish is kept.
    pub async fn certificate_wanted(&self) {
        self.certificates.wanted.notified().await;
    }

    /// Says how certificate files stand.
    pub fn certificate_files_stand(&self, standing: Standing) {
        *lock(&self.certificates.files) = Some(standing);
    }

    /// What is kept for a name that this authority certifies.
    pub async fn certificate_held(&self, domain: &str, directory: &str) -> Result<Held> {
        *lock(&self.certificates.domain) = Some(domain.to_owned());
        let (name, authority) = (domain.to_owned(), directory.to_owned());
        let found = self.store.read(move |tx| certificates::find(tx, &name)).await?;
        let row = match found.filter(|row| row.directory == authority) {
            Some(row) => row,
            None => {
                let name = domain.to_owned();
                let ensured = self.store.write(move |tx| {
                    certificates::ensure(tx, &name, &authority)?;
                    certificates::find(tx, &name)
                });
                ensured.await?.ok_or_else(|| Error::not_found("certificate"))?
            }
        };
        let chain_key = open(&self.sealer, CHAIN, row.chain_key.as_ref());
        let pair = chain_key.filter(|_| !row.chain.is_empty()).map(|key| Pair::of(&row.chain, key)).transpose()?;
        let account_key = open(&self.sealer, ACCOUNT, row.account_key.as_ref());
        let order_key = open(&self.sealer, ORDER, row.order_key.as_ref());
        Ok(Held { row, account_key, order_key, pair })
    }

    /// Keeps the key by which the authority knows us, before it does.
    pub async fn keep_certificate_account(&self, domain: &str, key: &[u8]) -> Result<()> {
        let (domain, key) = (domain.to_owned(), seal(&self.sealer, ACCOUNT, key)?);
        self.store.write(move |tx| certificates::put_account(tx, &domain, &key)).await
    }

    /// Keeps which address the authority was told.
    pub async fn keep_certificate_email(&self, domain: &str, email: &str) -> Result<()> {
        let (domain, email) = (domain.to_owned(), email.to_owned());
        self.store.write(move |tx| certificates::put_email(tx, &domain, &email)).await
    }

    /// Keeps an order under way, with the key its certificate will belong to; None: it is over.
    pub async fn keep_certificate_order(&self, domain: &str, order: Option<(&str, &[u8])>) -> Result<()> {
        let domain = domain.to_owned();
        let order = order.map(|(url, key)| Ok::<_, Error>((url.to_owned(), seal(&self.sealer, ORDER, key)?))).transpose()?;
        let put = move |tx: &WriteTx| certificates::put_order(tx, &domain, order.as_ref().map(|(url, key)| (url.as_str(), key.as_slice())));
        self.store.write(move |tx| put(tx)).await
    }

    /// Keeps a certificate, and when to ask for the next.
    pub async fn keep_certificate(&self, domain: &str, chain: &str, key: &[u8], valid: (Millis, Millis), renew_at: Millis) -> Result<()> {
        let (domain, chain, key) = (domain.to_owned(), chain.to_owned(), seal(&self.sealer, CHAIN, key)?);
        self.store.write(move |tx| certificates::put_chain(tx, &domain, &chain, &key, valid, renew_at)).await
    }

    /// Notes why there is no new certificate, when the next try is, and until when the authority wants to be left alone.
    pub async fn note_certificate_problem(&self, domain: &str, problem: &str, try_at: Millis, rests_until: Option<Millis>) -> Result<()> {
        let (domain, problem) = (domain.to_owned(), problem.to_owned());
        self.store.write(move |tx| certificates::put_problem(tx, &domain, &problem, try_at, rests_until)).await
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
