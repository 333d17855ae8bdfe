//! Who an address belongs to, proved by six digits that were mailed there (decision 12). What is answered, and how long it takes, is the
//! same whether anybody is known by the address or not; it is looked up only once the code is right.

use super::Desk;
use super::conversations::Sender;
use super::identity::merge_contacts;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, InboxId, new_token, random_bytes};
use crate::base::net::network_of;
use crate::base::{email, limits, secret, text, token};
use crate::model::contact::{ConsentWords, Contact, ContactKind, Session};
use crate::model::inbox::Inbox;
use crate::model::job::Job;
use crate::store::verifications::{self, NewVerification, Verification};
use crate::store::{ReadTx, WriteTx, consents, contacts, jobs, sessions};
use std::net::IpAddr;

/// A code is on its way: what the browser holds meanwhile.
#[derive(Debug, Clone)]
pub struct Sent {
    pub ticket: String,
    pub resend_after_s: u32,
    pub expires_in_s: u32,
}

/// What a code came to.
pub enum Outcome {
    /// A fresh session token and whose it is.
    Right { token: String, contact: Box<Contact> },
    /// Another code was sent; so many tries are left.
    Wrong { tries_left: u32 },
    /// Used up, too late, of another inbox or session, or never given.
    Over,
    /// The person is shut out.
    Blocked,
}

impl Desk {
    /// Somebody says his name and address: mails six digits there.
    pub async fn identify(
        &self,
        inbox: &Inbox,
        session: Option<&Session>,
        (name, address): (&str, &str),
        sender: Sender,
        sends_max: i64,
    ) -> Result<Sent> {
        self.check_identifies(inbox, session)?;
        let name = text::clean_line(name, 140);
        if name.is_empty() {
            return Err(Error::invalid("Please tell us your name.").in_field("name").coded("name_needed"));
        }
        if address.trim().is_empty() {
            return Err(Error::invalid("Please tell us your e-mail address.").in_field("email").coded("email_needed"));
        }
        let address = email::key(&email::check(address)?);
        self.check_address(&address)?;
        let consent = self.asked(inbox, &sender).await?;
        let (desk, inbox, session) = (self.clone(), inbox.id, session.cloned());
        self.store
            .write(move |tx| {
                consent.check(tx, inbox, session.as_ref().map(|session| session.contact))?;
                desk.claim_address(
                    tx,
                    &Claim {
                        inbox,
                        session: session.as_ref(),
                        name: &name,
                        email: &address,
                        ip: sender.ip,
                        sends_max,
                        locale: &sender.locale,
                        consent: consent.agreed(),
                    },
                )
            })
            .await
    }

    /// Sends a new code for a claim; the old one is void.
    pub async fn identify_again(&self, inbox: &Inbox, session: Option<&Session>, ticket: &str, ip: IpAddr, sends_max: i64) -> Result<Sent> {
        let (desk, inbox, session, ticket) = (self.clone(), inbox.id, session.map(|session| session.id), ticket.to_owned());
        self.store
            .write(move |tx| {
                let claim = verifications::find(tx, inbox, session, &ticket)?.filter(|claim| claim.tries < limits::CODE_TRIES_MAX);
                let claim = claim.ok_or_else(over)?;
                let wait_ms = claim.sent_at + limits::CODE_RESEND_AFTER.as_millis() as i64 - tx.now;
                check_wait(wait_ms)?;
                check_sends(tx, &claim.email, desk.network(ip), sends_max)?;
                let code = new_code();
                let until = tx.now + limits::CODE_LIFE.as_millis() as i64;
                verifications::renew(tx, claim.id, desk.code_hash(&ticket, &code), until)?;
                mail(tx, claim.id, code, &claim.locale)?;
                Ok(sent(ticket))
            })
            .await
    }

    /// Trades a ticket and its code for a session.
    pub async fn confirm(&self, inbox: &Inbox, session: Option<&Session>, ticket: &str, typed: &str) -> Result<Outcome> {
        let (desk, inbox, session, ticket) = (self.clone(), inbox.id, session.map(|session| session.id), ticket.to_owned());
        let code = digits(typed);
        let outcome = self
            .store
            .write(move |tx| {
                // A wrong try must stay counted, so it is an outcome and no error: errors leave no trace in the file.
                let Some(claim) = verifications::find(tx, inbox, session, &ticket)? else { return Ok(Outcome::Over) };
                let Some(code) = code else {
                    let left = limits::CODE_TRIES_MAX.saturating_sub(claim.tries);
                    return Ok(if left == 0 || claim.expires_at <= tx.now { Outcome::Over } else { Outcome::Wrong { tries_left: left } });
                };
                // Every new claim of an address brings new tries, but not without end.
                let since = tx.now - limits::CODE_WINDOW.as_millis() as i64;
                let tried = verifications::tried_for(tx, &claim.email, since)?;
                if tried >= limits::CODE_TRIES_PER_EMAIL || !verifications::take_try(tx, claim.id)? {
                    return Ok(Outcome::Over);
                }
                if !secret::equal(&desk.code_hash(&ticket, &code), &claim.code_hash) {
                    let tries_left = (limits::CODE_TRIES_MAX - claim.tries).min(limits::CODE_TRIES_PER_EMAIL - tried) - 1;
                    return Ok(if tries_left == 0 { Outcome::Over } else { Outcome::Wrong { tries_left } });
                }
                verifications::use_up(tx, claim.id)?;
                jobs::cancel(tx, &mail_key(claim.id))?;
                desk.check_address(&claim.email)?;
                let Some(contact) = proved(tx, inbox, &claim)? else { return Ok(Outcome::Blocked) };
                desk.check_person(contact)?;
                let token = new_token();
                sessions::insert_by_code(tx, inbox, contact, &token, tx.now + limits::CODE_SESSION.as_millis() as i64)?;
                Ok(Outcome::Right { token, contact: Box::new(contacts::contact(tx, contact)?) })
            })
            .await?;
        // Whoever was shut out as a visitor is so as the person he proved to be.
        self.learn_bans_of_merged().await?;
        Ok(outcome)
    }

    /// Whether the code is a way into this inbox for this person.
    fn check_identifies(&self, inbox: &Inbox, session: Option<&Session>) -> Result<()> {
        super::conversations::check_whole(session)?;
        if inbox.config.access == "verified" {
            return Err(Error::forbidden("Please sign in on this website to chat with us.").coded("sign_in_needed"));
        }
        match session.is_some_and(|session| session.verified) {
            true => Err(signed_in()),
            false => Ok(()),
        }
    }

    /// Stores a claim and sends its first code, within the limits.
    pub(super) fn claim_address(&self, tx: &WriteTx, claim: &Claim<'_>) -> Result<Sent> {
        let caller = self.network(claim.ip);
        let session = claim.session.map(|session| session.id);
        if let Some(last) = verifications::last_sent(tx, claim.email, session, caller)? {
            check_wait(last + limits::CODE_RESEND_AFTER.as_millis() as i64 - tx.now)?;
        }
        check_sends(tx, claim.email, caller, claim.sends_max)?;
        // Who names another address has done with the one before (row 193).
        if let Some(session) = session {
            for voided in verifications::void_all(tx, session)? {
                jobs::cancel(tx, &mail_key(voided))?;
            }
        }
        let (ticket, code) = (new_token(), new_code());
        let consent = claim
            .consent
            .map(|words| serde_json::json!({ "locale": words.locale, "text": words.text, "link_url": words.link_url }).to_string());
        let id = verifications::insert(
            tx,
            &NewVerification {
                ticket: &ticket,
                inbox: claim.inbox,
                session,
                name: claim.name,
                email: claim.email,
                caller,
                code_hash: self.code_hash(&ticket, &code),
                expires_at: tx.now + limits::CODE_LIFE.as_millis() as i64,
                locale: claim.locale,
                consent,
            },
        )?;
        mail(tx, id, code, claim.locale)?;
        Ok(sent(ticket))
    }

    /// What is kept of a code. The ticket, which is nowhere in the file, goes in: without it a million guesses find nothing.
    fn code_hash(&self, ticket: &str, code: &str) -> [u8; 32] {
        token::keyed_hash(&self.link_key, "code", &format!("{ticket}\n{code}"))
    }

    /// Whose limit a call counts for, without writing down an address.
    fn network(&self, ip: IpAddr) -> [u8; 32] {
        token::keyed_hash(&self.link_key, "network", &network_of(ip).to_string())
    }
}

/// An address somebody claims.
pub(super) struct Claim<'a> {
    pub(super) inbox: InboxId,
    pub(super) session: Option<&'a Session>,
    pub(super) name: &'a str,
    /// In lower case.
    pub(super) email: &'a str,
    pub(super) ip: IpAddr,
    pub(super) sends_max: i64,
    pub(super) locale: &'a str,
    pub(super) consent: Option<&'a ConsentWords>,
}

/// Who is known in this inbox by an address that was proved, by token or by code. Typing it is no proof (decision 5).
pub(super) fn known_by(tx: &ReadTx, inbox: InboxId, email: &str) -> Result<Option<Contact>> {
    match contacts::find_by_verified_email(tx, inbox, email)? {
        Some(contact) => Ok(Some(contact)),
        None => contacts::find_by_identity(tx, inbox, "code", email),
    }
}

/// The person whose address was just proved; `None` when he is shut out.
fn proved(tx: &WriteTx, inbox: InboxId, claim: &Verification) -> Result<Option<ContactId>> {
    let known = known_by(tx, inbox, &claim.email)?;
    if known.as_ref().is_some_and(|contact| contact.blocked_at.is_some()) {
        return Ok(None);
    }
    let mut contact = match (known, claim.visitor) {
        (Some(known), Some(visitor)) => {
            merge_contacts(tx, visitor, known.id)?;
            contacts::contact(tx, known.id)?
        }
        (Some(known), None) => known,
        (None, Some(visitor)) => {
            // His anonymous proof was good for an anonymous person; from now on there is a better one.
            sessions::end_all(tx, visitor)?;
            Contact { first_name: claim.name.clone(), last_name: String::new(), ..contacts::contact(tx, visitor)? }
        }
        (None, None) => {
            let id = contacts::insert(tx, ContactKind::Contact, &claim.name, "")?;
            contacts::contact(tx, id)?
        }
    };
    contacts::put_identity(tx, inbox, "code", &claim.email, contact.id)?;
    contact.kind = ContactKind::Contact;
    let address_before = contact.email.clone();
    if !contact.email_verified || contact.email.as_deref().map(email::key).as_deref() == Some(claim.email.as_str()) {
        contact.email = Some(claim.email.clone());
        contact.email_verified = true;
    }
    contact.last_seen_at = tx.now;
    contacts::update(tx, &contact)?;
    super::open_links::address_changed(tx, address_before.as_deref(), &contact)?;
    super::continuity::address_known(tx, contact.id)?;
    if let Some(words) = claim.consent.as_deref().and_then(words_of)
        && !consents::has(tx, inbox, contact.id, &words)?
    {
        consents::insert(tx, inbox, contact.id, None, &words)?;
    }
    Ok(Some(contact.id))
}

fn words_of(json: &str) -> Option<ConsentWords> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    let text = |key: &str| value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    Some(ConsentWords { locale: text("locale"), text: text("text"), link_url: text("link_url") })
}

/// Refuses for as long as it is too soon for another code.
fn check_wait(wait_ms: i64) -> Result<()> {
    match wait_ms > 0 {
        true => Err(too_soon((wait_ms as u64).div_ceil(1000) as u32)),
        false => Ok(()),
    }
}

fn check_sends(tx: &ReadTx, email: &str, caller: [u8; 32], sends_max: i64) -> Result<()> {
    let since = tx.now - limits::CODE_WINDOW.as_millis() as i64;
    let too_many = verifications::sent_to(tx, email, since)? >= limits::CODE_SENDS_PER_EMAIL
        || verifications::sent_for(tx, caller, since)? >= sends_max;
    match too_many {
        true => {
            let wait = limits::CODE_WINDOW.as_secs() as u32;
            let words = "Very many codes were asked for. Please try again in an hour.";
            Err(Error::too_many(words, wait).coded("too_many_codes"))
        }
        false => Ok(()),
    }
}

fn mail(tx: &WriteTx, verification: i64, code: String, locale: &str) -> Result<()> {
    let job = Job::VerificationMail { verification, code, locale: locale.to_owned() };
    jobs::enqueue_once(tx, &mail_key(verification), &job, tx.now)
}

fn mail_key(verification: i64) -> String {
    format!("code:{verification}")
}

fn sent(ticket: String) -> Sent {
    Sent { ticket, resend_after_s: limits::CODE_RESEND_AFTER.as_secs() as u32, expires_in_s: limits::CODE_LIFE.as_secs() as u32 }
}

/// Six digits, each million equally likely.
fn new_code() -> String {
    format!("{:06}", u64::from_le_bytes(random_bytes::<8>()) % 1_000_000)
}

/// Six digits as people type or paste them: spaced, hyphenated, or in the digits of their own script.
fn digits(typed: &str) -> Option<String> {
    const ZEROS: [char; 5] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{ff10}'];
    let digit = |c: char| ZEROS.into_iter().find_map(|zero| (c as u32).checked_sub(zero as u32).filter(|n| *n < 10));
    let mut code = String::new();
    for c in typed.chars().take(32).filter(|c| !c.is_whitespace() && *c != '-' && !text::is_hidden(*c)) {
        code.push(char::from_digit(digit(c)?, 10)?);
    }
    (code.len() == 6 && typed.chars().count() <= 32).then_some(code)
}

fn over() -> Error {
    Error::invalid("This code cannot be used any more. Please ask for a new one.").in_field("code").coded("code_over")
}

fn too_soon(seconds: u32) -> Error {
    Error::too_many(format!("Please wait {seconds} s before asking for another code."), seconds).coded("too_soon").detail("count", seconds)
}

/// Somebody who is signed in needs no code.
fn signed_in() -> Error {
    Error::conflict("You are signed in already. Log out first to use another address.").coded("signed_in")
}

/// Why nothing can be mailed yet.
pub(super) fn no_mailbox() -> Error {
    Error::unavailable("No mailbox is set up, so nothing can be mailed.")
}

impl Outcome {
    /// The session and its person, or the error that says why not.
    pub fn session(self) -> Result<(String, Contact)> {
        match self {
            Outcome::Right { token, contact } => Ok((token, *contact)),
            Outcome::Wrong { tries_left } => {
                let error = Error::invalid("This is not the code that was sent.").in_field("code").coded("bad_code");
                Err(error.detail("count", tries_left).detail("tries_left", tries_left))
            }
            Outcome::Over => Err(over()),
            Outcome::Blocked => Err(Error::forbidden("This person cannot use the chat.").coded("blocked")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for (typed, code) in [
            ("123456", Some("123456")),
            (" 123 456\n", Some("123456")),
            ("123-456", Some("123456")),
            ("١٢٣٤٥٦", Some("123456")),
            ("۱۲۳۴۵۶", Some("123456")),
            ("１２３４５６", Some("123456")),
            ("000000", Some("000000")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("", None),
        ] {
            assert_eq!(digits(typed).as_deref(), code, "{typed}");
        }
        assert_eq!(digits(&" ".repeat(1_000_000)), None);
        assert_eq!(digits(&format!("123456{}", " ".repeat(40))), None);
    }

    #[test]
    fn codes_are_six_digits_and_not_always_the_same() {
        let codes: std::collections::HashSet<String> = (0..200).map(|_| new_code()).collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.chars().all(|c| c.is_ascii_digit())));
        assert!(codes.len() > 190);
    }
}
