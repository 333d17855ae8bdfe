//! Mailboxes as the "Test" buttons try them, all of them, and whether the push services can be reached that agents' browsers named.

use super::verdict::{bad, fine, why_not};
use crate::base::error::Result;
use crate::base::net::Origin;
use crate::base::secret::Secret;
use crate::base::tls::Tls;
use crate::desk::Desk;
use crate::http::fetch::{self, Look, Reach};
use crate::mail::dns::Resolver;
use crate::mail::probe::{self, Finding, Folder, Sender, Trial};
use crate::model::mailbox::{Direction, Mailbox};
use crate::model::problem::Area::Mail;
use crate::model::problem::{Problem, Severity};
use crate::store::{mailboxes, pushes};
use std::collections::BTreeSet;

/// Mailboxes that are tried in one round.
const MAILBOXES_MAX: usize = 10;
/// Push services that are tried; browsers know three or four in all.
const SERVICES_MAX: usize = 5;

/// A mailbox with what is needed to log in, or why that cannot be had.
pub(super) struct Case {
    pub(super) mailbox: Mailbox,
    pub(super) out: Result<Option<Secret>>,
    pub(super) fetch: Result<Option<Secret>>,
}

impl Desk {
    /// Tries every mailbox that is on, one after the other, and the push services.
    pub(super) async fn look_at_mail(&self) -> Result<Vec<Problem>> {
        let (all, endpoints) = self.store.read(|tx| Ok((mailboxes::all(tx)?, pushes::endpoints(tx)?))).await?;
        let mut cases = Vec::new();
        for mailbox in all {
            let password = |login: Result<(_, Option<Secret>)>| login.map(|(_, password)| password);
            let out = password(self.mail_login(&mailbox, Direction::Out).await);
            let fetch = password(self.mail_login(&mailbox, Direction::In).await);
            cases.push(Case { mailbox, out, fetch });
        }
        Ok(look(&self.tls, cases, endpoints).await)
    }
}

/// Tries every mailbox that is on, one after the other, and the push services.
pub(super) async fn look(tls: &Tls, cases: Vec<Case>, endpoints: Vec<String>) -> Vec<Problem> {
    let mut found = Vec::new();
    let resolver = Resolver::of_this_machine().await;
    for Case { mailbox, out, fetch } in cases.into_iter().filter(|case| case.mailbox.enabled).take(MAILBOXES_MAX) {
        if mailbox.can_send() {
            found.push(verdict(&mailbox, "out", try_sending(tls, &mailbox, out).await, "can send"));
        }
        if mailbox.is_fetched() {
            found.push(verdict(&mailbox, "in", try_fetching(tls, &mailbox, fetch).await, "can be read"));
        }
        let (config, receives) = (&mailbox.config, mailbox.config.incoming.kind != "off");
        let sender = Sender { address: &config.address, smtp_host: &config.smtp.host, receives };
        found.extend(probe::domain(&resolver, &sender).await.into_iter().map(|one| record(&mailbox, one)));
    }
    found.extend(look_at_push(tls, endpoints).await);
    if found.is_empty() {
        found.push(fine(Mail, "trials", "There is nothing to try", "No mailbox is switched on, and nobody asked to be woken by push."));
    }
    found
}

async fn try_sending(tls: &Tls, mailbox: &Mailbox, password: Result<Option<Secret>>) -> Vec<Finding> {
    let Ok(password) = password else { return vec![locked()] };
    let sender = mailbox.config.address.as_str();
    let greeting = sender.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    let server = &mailbox.config.smtp;
    probe::smtp(&Trial { server, tls, password: password.as_ref(), sender, recipient: sender, mail: None, greeting }).await
}

async fn try_fetching(tls: &Tls, mailbox: &Mailbox, password: Result<Option<Secret>>) -> Vec<Finding> {
    let Ok(password) = password else { return vec![locked()] };
    let incoming = &mailbox.config.incoming;
    probe::imap(&Folder { server: &incoming.imap, tls, password: password.as_ref(), folder: &incoming.folder, poll_s: incoming.poll_s })
        .await
}

/// A line to each push service, without a word: that is enough to know whether the way is open.
async fn look_at_push(tls: &Tls, endpoints: Vec<String>) -> Vec<Problem> {
    let services: BTreeSet<String> =
        endpoints.iter().filter_map(|endpoint| Origin::parse(endpoint)).map(|origin| origin.to_string()).collect();
    let mut found = Vec::new();
    for service in services.into_iter().take(SERVICES_MAX) {
        // An agent's browser named it; nobody may lead us inside by that.
        let look = Look { url: &service, reach: Reach::Outside(&[]), tls, at: None };
        let id = format!("push:{service}");
        found.push(match fetch::open(&look).await {
            Ok(_) => fine(Mail, &id, format!("The push service {service} can be reached"), "Agents are woken when something comes in."),
            // Where it is allowed by OUTBOUND_ALLOW the job says how it goes.
            Err(fetch::Fault::Inside(_)) => continue,
            Err(fault) => bad(
                Severity::Warning,
                Mail,
                &id,
                format!("The push service {service} cannot be reached"),
                format!("I tried: {} Agents whose browsers use it are not woken.", why_not(&fault)),
                "Let this machine call it: port 443 outwards, in the firewall or the proxy of your network.",
            ),
        });
    }
    found
}

fn locked() -> Finding {
    let why = "The key that seals it is missing, or another one.".into();
    Finding {
        id: "login",
        ok: Some(false),
        title: "The password cannot be opened".into(),
        why,
        fix: "Put the key back, or type the password anew in the mailbox's settings.".into(),
    }
}

/// A whole trial as one finding: the step that failed, or that all went well.
fn verdict(mailbox: &Mailbox, way: &str, steps: Vec<Finding>, verb: &str) -> Problem {
    let id = format!("trial:{}:{way}", mailbox.uuid);
    let link = format!("mailboxes/{}", mailbox.uuid);
    match steps.into_iter().find(|step| step.ok == Some(false)) {
        Some(step) => {
            let title = format!("{}: {}", mailbox.name, step.title);
            bad(Severity::Urgent, Mail, &id, title, step.why, if step.fix.is_empty() { "Look at its settings.".into() } else { step.fix })
                .at(link)
        }
        None => fine(Mail, &id, format!("{} {verb}", mailbox.name), "Name, port, certificate and login were tried just now.").at(link),
    }
}

/// A record of the domain.
fn record(mailbox: &Mailbox, one: Finding) -> Problem {
    let id = format!("record:{}:{}", mailbox.uuid, one.id);
    let title = format!("{}: {}", mailbox.config.address, one.title);
    let found = match one.ok {
        Some(true) => fine(Mail, &id, title, one.why),
        Some(false) => bad(Severity::Warning, Mail, &id, title, one.why, one.fix),
        None if one.fix.is_empty() => fine(Mail, &id, title, one.why),
        None => bad(Severity::Hint, Mail, &id, title, one.why, one.fix),
    };
    found.at(format!("mailboxes/{}", mailbox.uuid))
}
