//! Floor 3: how to get a certificate from an authority (RFC 8555); knows nothing of chat, keeps nothing.
//!
//! The steps are those of the protocol, each with something the caller keeps before the next: an account by its key, an order by its
//! address, the certificate's key. So a stop between any two of them loses nothing: the order is found again and goes on.

mod client;
mod failure;
pub mod keys;

pub use failure::{Failure, Sort};

use crate::base::limits;
use crate::base::tls::{Pair, Tls};
use client::{Client, Wish};
use instant_acme::{AuthorizationStatus, ChallengeStatus, ChallengeType, Identifier, Key, NewOrder, OrderStatus, RetryPolicy};
use std::time::Duration;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// How often a decision is asked for: soon at first, then less and less.
const ASKING: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(limits::ACME_DECISION_TIMEOUT);

/// A way to prove that a name leads here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A file under plain HTTP, on port 80.
    Http,
    /// A certificate shown at the handshake, on port 443.
    Handshake,
}

/// What has to be shown to the authority.
pub enum Proof {
    /// This text at `/.well-known/acme-challenge/{file}`.
    Http { file: String, text: String },
    /// This certificate to whoever asks by `acme-tls/1`.
    Handshake(Pair),
}

/// An authority that knows us.
pub struct Account {
    account: instant_acme::Account,
    wish: Wish,
}

/// An order under way.
pub struct Order {
    order: instant_acme::Order,
    domain: String,
    wish: Wish,
}

/// Makes ourselves known: the same key is the same account. `email` is told to the authority when it is given.
pub async fn account(directory: &str, tls: &Tls, key: &[u8], email: Option<&str>) -> Result<Account, Failure> {
    let wish = Wish::default();
    let client = Client { tls: tls.clone(), wish: wish.clone() };
    let failed = |error: instant_acme::Error| fail(&error, &wish);
    let pair = Key::from_pkcs8_der(PrivatePkcs8KeyDer::from(key)).map_err(failed)?;
    let pair = (pair, PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec())));
    let builder = instant_acme::Account::builder_with_http(Box::new(client));
    let (account, _) = builder.create_from_key(pair, directory.to_owned()).await.map_err(failed)?;
    if let Some(email) = email {
        let contact = format!("mailto:{email}");
        let contacts: &[&str] = if email.is_empty() { &[] } else { &[&contact] };
        account.update_contacts(contacts).await.map_err(failed)?;
    }
    Ok(Account { account, wish })
}

fn fail(error: &instant_acme::Error, wish: &Wish) -> Failure {
    Failure { after: wish.after(), ..Failure::of(error) }
}

impl Account {
    /// Orders a certificate for one name.
    pub async fn order(&self, domain: &str) -> Result<Order, Failure> {
        let identifiers = [Identifier::Dns(domain.to_owned())];
        let ordered = self.account.new_order(&NewOrder::new(&identifiers)).await;
        self.with(ordered, domain)
    }

    /// Finds an order again.
    pub async fn resume(&self, url: &str, domain: &str) -> Result<Order, Failure> {
        let found = self.account.order(url.to_owned()).await;
        self.with(found, domain).map_err(|failure| match failure.sort {
            // The authority knows nothing of it any more, or we are somebody else to it now.
            Sort::Refused => Failure { sort: Sort::OrderOver, ..failure },
            _ => failure,
        })
    }

    fn with(&self, order: Result<instant_acme::Order, instant_acme::Error>, domain: &str) -> Result<Order, Failure> {
        let order = order.map_err(|error| fail(&error, &self.wish))?;
        Ok(Order { order, domain: domain.to_owned(), wish: self.wish.clone() })
    }
}

impl Order {
    /// Where it is found again.
    pub fn url(&self) -> &str {
        self.order.url()
    }

    /// Proves that the name leads here, by the first of these ways that the authority takes; `show` is called with what it will look for.
    pub async fn prove(&mut self, ways: &[Way], show: impl Fn(Proof) -> crate::base::error::Result<()>) -> Result<(), Failure> {
        match self.order.state().status {
            OrderStatus::Pending => {}
            OrderStatus::Ready | OrderStatus::Processing | OrderStatus::Valid => return Ok(()),
            OrderStatus::Invalid => return Err(over()),
        }
        let wish = self.wish.clone();
        let failed = |error: instant_acme::Error| fail(&error, &wish);
        let mut authorizations = self.order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(failed)?;
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                _ => return Err(over()),
            }
            let offered = |way: &&Way| authorization.challenges.iter().any(|challenge| challenge.r#type == kind(**way));
            let way = *ways.iter().find(offered).ok_or_else(no_way)?;
            let mut challenge = authorization.challenge(kind(way)).ok_or_else(no_way)?;
            let answer = challenge.key_authorization();
            let proof = match way {
                Way::Http => Proof::Http { file: challenge.token.clone(), text: answer.as_str().to_owned() },
                Way::Handshake => Proof::Handshake(keys::proof(&self.domain, answer.digest().as_ref()).map_err(Failure::ours)?),
            };
            show(proof).map_err(Failure::ours)?;
            // An order that is found again may be under examination already.
            if challenge.status == ChallengeStatus::Pending {
                challenge.set_ready().await.map_err(failed)?;
            }
        }
        match self.order.poll_ready(&ASKING).await {
            Ok(OrderStatus::Ready) => Ok(()),
            Ok(_) => Err(self.why_not().await),
            // The order itself says no more than that an examination failed.
            Err(instant_acme::Error::Api(_)) if self.order.state().status == OrderStatus::Invalid => Err(self.why_not().await),
            Err(error) => Err(failed(error)),
        }
    }

    /// What the authority found when it looked.
    async fn why_not(&mut self) -> Failure {
        let mut authorizations = self.order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            if let Err(error) = authorization.refresh().await {
                return fail(&error, &self.wish);
            }
            if let Some(problem) = authorization.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
                return Failure { after: self.wish.after(), sort: Sort::Unproved, ..Failure::of_problem(problem) };
            }
        }
        over()
    }

    /// The certificate for this key (PKCS#8) as a chain (PEM), once the name is proved.
    pub async fn certificate(&mut self, key: &[u8]) -> Result<String, Failure> {
        let wish = self.wish.clone();
        let failed = |error: instant_acme::Error| fail(&error, &wish);
        if self.order.state().status == OrderStatus::Ready {
            let request = keys::request(&self.domain, key)?;
            self.order.finalize_csr(&request).await.map_err(failed)?;
        }
        let chain = self.order.poll_certificate(&ASKING).await;
        chain.map_err(|error| match self.order.state().status {
            OrderStatus::Invalid => Failure { sort: Sort::Refused, ..failed(error) },
            _ => failed(error),
        })
    }
}

fn kind(way: Way) -> ChallengeType {
    match way {
        Way::Http => ChallengeType::Http01,
        Way::Handshake => ChallengeType::TlsAlpn01,
    }
}

fn over() -> Failure {
    Failure::new(Sort::OrderOver, "The order came to nothing.")
}

fn no_way() -> Failure {
    let words =
        "The authority offers no way of proof that works here: it must look at port 80 (HTTP_LISTEN) or at the handshake on port 443.";
    Failure::new(Sort::Refused, words)
}
