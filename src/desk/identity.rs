//! From a signed token to a contact, and from a visitor to the contact he turned out to be (decisions 4, 5, 6, 15).

use super::Desk;
use crate::base::duration;
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, InboxId, new_token};
use crate::base::limits;
use crate::base::token::{self, Claims, Dialect, Scheme};
use crate::model::contact::{Contact, ContactKind, Session};
use crate::model::inbox::Inbox;
use crate::model::message::Activity;
use crate::store::{WriteTx, contacts, conversations, inboxes, sessions};
use std::time::Duration;

/// Which kind of token a customer's page hands over.
#[derive(Debug, Clone)]
pub enum Kind {
    /// `external_user_id`.
    Libredesk,
    /// `sub` + `project_key`, bound to the inbox by its uuid.
    Seggwat,
    /// `email`, with the address and names the page says beside it.
    Supportpal { email: String, first_name: String, last_name: String },
}

impl Desk {
    /// Verifies a customer's token and answers a fresh session token with its contact: created, found or updated.
    pub async fn exchange(&self, inbox: &Inbox, kind: Kind, jwt: &str) -> Result<(String, Contact)> {
        let mut claims = self.verify_token(inbox, &kind, jwt)?;
        if let Kind::Supportpal { first_name, last_name, .. } = &kind {
            claims.first_name = Some(crate::base::text::clean_line(first_name, 128)).filter(|name| !name.is_empty());
            claims.last_name = Some(crate::base::text::clean_line(last_name, 128)).filter(|name| !name.is_empty());
        }
        if let Some(address) = &claims.email {
            self.check_address(address)?;
        }
        let life = session_life(inbox);
        let (id, token) = (inbox.id, new_token());
        let secret = inbox.secret.clone();
        let given = token.clone();
        let desk = self.clone();
        let contact = self
            .store
            .write(move |tx| {
                // Rotated meanwhile: what was right a moment ago opens nothing now.
                if inboxes::inbox_of(tx, id)?.secret != secret {
                    return Err(super::visitors::session_over());
                }
                let contact = upsert(tx, id, &claims)?;
                desk.check_person(contact.id)?;
                if contact.blocked_at.is_some() {
                    return Err(Error::forbidden("This person cannot use the chat."));
                }
                sessions::insert(tx, id, contact.id, true, &given, tx.now + life.as_millis() as i64)?;
                Ok(contact)
            })
            .await?;
        Ok((token, contact))
    }

    /// What a token says, when it is right; otherwise an error that names the claim. For the exchange and for the admin's check page.
    pub fn verify_token(&self, inbox: &Inbox, kind: &Kind, jwt: &str) -> Result<Claims> {
        let project_key = inbox.uuid.to_string();
        let dialect = match kind {
            Kind::Libredesk => Dialect::Libredesk,
            Kind::Seggwat => Dialect::Seggwat { project_key: &project_key },
            Kind::Supportpal { email, .. } => Dialect::Supportpal { email },
        };
        let secret = inbox.secret.as_ref().map(|secret| secret.reveal().as_bytes());
        Ok(token::verify(jwt, secret, dialect, self.clock.now() / 1000, inbox.config.require_exp)?)
    }

    /// Moves what the visitor of `visitor_token` said to the verified contact of `session`. True when something was merged; tokens of
    /// other inboxes, unknown ones and verified ones are ignored (protocol 3.4).
    pub async fn merge(&self, session: &Session, visitor_token: &str) -> Result<bool> {
        if !session.verified {
            return Ok(false);
        }
        let (session, token) = (session.clone(), visitor_token.to_owned());
        // Clients repeat the header until they are told to stop: a look first, so that only a merge takes the writer's time.
        let (inbox, seen) = (session.inbox, token.clone());
        if self.store.read(move |tx| sessions::find(tx, inbox, &seen)).await?.is_none() {
            return Ok(false);
        }
        let merged = self
            .store
            .write(move |tx| {
                let Some((visitor, _)) = sessions::find(tx, session.inbox, &token)? else { return Ok(false) };
                if visitor.verified || visitor.conversation.is_some() || visitor.contact == session.contact {
                    return Ok(false);
                }
                merge_contacts(tx, visitor.contact, session.contact)?;
                Ok(true)
            })
            .await?;
        if merged {
            // Whoever was shut out as a visitor is so as the customer he turned out to be.
            self.learn_bans_of_merged().await?;
        }
        Ok(merged)
    }
}

/// How long a session made from a token of this inbox lives. The setting was checked when it was saved.
fn session_life(inbox: &Inbox) -> Duration {
    duration::parse(&inbox.config.session_duration, Duration::from_secs(60)).unwrap_or(Duration::from_secs(10 * 3600))
}

fn upsert(tx: &WriteTx, inbox: InboxId, claims: &Claims) -> Result<Contact> {
    let scheme = claims.scheme.as_str();
    let known = contacts::find_by_identity(tx, inbox, scheme, &claims.key)?;
    let (mut contact, is_new) = match known {
        Some(contact) => (contact, false),
        None => match adoptable(tx, inbox, claims)? {
            Some(contact) => (contact, false),
            None => {
                let id = contacts::insert(tx, ContactKind::Contact, "", "")?;
                (contacts::contact(tx, id)?, true)
            }
        },
    };
    contacts::put_identity(tx, inbox, scheme, &claims.key, contact.id)?;
    let before = contact.clone();
    apply(&mut contact, claims, is_new);
    contact.last_seen_at = tx.now;
    if is_new || differs(&before, &contact) {
        contacts::update(tx, &contact)?;
        super::open_links::address_changed(tx, before.email.as_deref(), &contact)?;
        if before.email.is_none() && contact.email.is_some() {
            super::continuity::address_known(tx, contact.id)?;
        }
    } else {
        contacts::touch(tx, contact.id)?;
    }
    contacts::contact(tx, contact.id)
}

/// A contact that another dialect of the same inbox already verified under this very address (decision 5). A token that names its people
/// by id never takes over somebody with another id.
fn adoptable(tx: &WriteTx, inbox: InboxId, claims: &Claims) -> Result<Option<Contact>> {
    let Some(email) = claims.email.as_deref() else { return Ok(None) };
    let Some(contact) = contacts::find_by_verified_email(tx, inbox, email)? else { return Ok(None) };
    let named_by_id = contacts::has_identity(tx, inbox, contact.id, claims.scheme.as_str())?;
    Ok((!named_by_id).then_some(contact))
}

/// Writes what the token vouches for: decision 6 says which names win; empty values never erase.
fn apply(contact: &mut Contact, claims: &Claims, is_new: bool) {
    contact.kind = ContactKind::Contact;
    let names_win = match claims.scheme {
        Scheme::Libredesk | Scheme::Seggwat => true,
        Scheme::Supportpal => is_new,
    };
    if names_win {
        if let Some(first_name) = &claims.first_name {
            contact.first_name.clone_from(first_name);
        }
        if let Some(last_name) = &claims.last_name {
            contact.last_name.clone_from(last_name);
        }
    }
    if let Some(email) = &claims.email {
        contact.email = Some(email.clone());
        contact.email_verified = true;
    }
    if claims.phone_number.is_some() {
        contact.phone.clone_from(&claims.phone_number);
        contact.phone_country.clone_from(&claims.phone_number_country_code);
    }
    for (key, value) in &claims.attributes {
        if value.is_null() {
            contact.attributes.remove(key);
        } else if contact.attributes.len() < limits::ATTRIBUTES_MAX || contact.attributes.contains_key(key) {
            contact.attributes.insert(key.clone(), value.clone());
        }
    }
}

fn differs(a: &Contact, b: &Contact) -> bool {
    (a.kind, &a.first_name, &a.last_name, &a.email, a.email_verified, &a.phone, &a.phone_country, &a.attributes)
        != (b.kind, &b.first_name, &b.last_name, &b.email, b.email_verified, &b.phone, &b.phone_country, &b.attributes)
}

pub(super) fn merge_contacts(tx: &WriteTx, from: ContactId, to: ContactId) -> Result<()> {
    let visitor = contacts::contact(tx, from)?;
    let mut contact = contacts::contact(tx, to)?;
    let moved: Vec<_> = contacts::conversations_of(tx, from)?;
    contacts::merge(tx, from, to)?;
    sessions::end_all(tx, from)?;
    // What the visitor typed fills gaps; it never overwrites what a token vouched for.
    for (name, value) in visitor.variables {
        if contact.variables.len() < limits::VARIABLES_MAX || contact.variables.contains_key(&name) {
            contact.variables.insert(name, value);
        }
    }
    if contact.phone.is_none() {
        (contact.phone, contact.phone_country) = (visitor.phone, visitor.phone_country);
    }
    for (key, value) in visitor.attributes {
        if contact.attributes.len() < limits::ATTRIBUTES_MAX {
            contact.attributes.entry(key).or_insert(value);
        }
    }
    contacts::update(tx, &contact)?;
    if visitor.email.is_none() && contact.email.is_some() {
        super::continuity::address_known(tx, to)?;
    }
    for conversation in moved {
        super::messages::note_activity(tx, conversation, None, Activity { action: "merge".into(), value: contact.name() })?;
        conversations::announce(tx, conversation, true)?;
    }
    Ok(())
}
