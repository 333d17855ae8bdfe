//! The link in a mail that opens one conversation in the full-page chat: signed, good for a while, bound to the person and the address it was
//! mailed to. It stands in the fragment, so no server, log or referrer ever sees it, and whatever fetches links in advance changes nothing. What
//! it opens is a session for this one conversation and no login: nothing else of the person can be seen or changed with it.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{ConversationId, Uuid, new_token};
use crate::base::{limits, secret, token};
use crate::model::contact::Contact;
use crate::model::conversation::Conversation;
use crate::model::inbox::Inbox;
use crate::store::{WriteTx, contacts, conversations, sessions};

/// Letters of the proof: 120 bits.
const PROOF_CHARS: usize = 30;

/// What a link opened.
pub struct OpenedByLink {
    pub token: String,
    pub conversation: Uuid,
    pub contact: Contact,
}

impl Desk {
    /// The path of the link, below the public address.
    pub(super) fn open_link(&self, conversation: &Conversation, inbox: Uuid, address: &str, now: Millis) -> String {
        let expires = now + limits::MAIL_LINK_LIFE.as_millis() as Millis;
        let proof = self.open_proof(conversation, address, expires);
        format!("/chat/{inbox}#c={:x}.{expires:x}.{proof}", conversation.id.0)
    }

    /// Trades what stands in a link for a session of its conversation. Wrong, too old, of another inbox, of a person who is merged, erased or has
    /// another address by now: all the same.
    pub async fn open_by_link(&self, inbox: &Inbox, ticket: &str) -> Result<OpenedByLink> {
        let (desk, inbox, ticket) = (self.clone(), inbox.id, ticket.to_owned());
        self.store
            .write(move |tx| {
                let (id, expires, proof) = parts(&ticket).filter(|(_, expires, _)| *expires > tx.now).ok_or_else(link_over)?;
                let conversation = conversations::conversation(tx, id).map_err(|_| link_over())?;
                let contact = contacts::contact(tx, conversation.contact.id)?;
                let expected = desk.open_proof(&conversation, contact.email.as_deref().unwrap_or_default(), expires);
                if conversation.inbox.id != inbox || contact.email.is_none() || !secret::equal(expected.as_bytes(), proof.as_bytes()) {
                    return Err(link_over());
                }
                if contact.blocked_at.is_some() {
                    return Err(link_over());
                }
                desk.check_person(contact.id)?;
                let token = new_token();
                sessions::insert_for_conversation(tx, inbox, contact.id, conversation.id, &token, expires)?;
                Ok(OpenedByLink { token, conversation: conversation.uuid, contact })
            })
            .await
    }

    fn open_proof(&self, conversation: &Conversation, address: &str, expires: Millis) -> String {
        let what = format!("{}\n{}\n{}\n{expires}", conversation.uuid, conversation.contact.id, crate::base::email::key(address));
        let hash = token::keyed_hash(&self.link_key, "open", &what);
        hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(PROOF_CHARS).collect()
    }
}

/// Somebody's address was perhaps changed from `before`: whoever reads mail at the old one may be a stranger, and what a link opened for him ends.
pub(super) fn address_changed(tx: &WriteTx, before: Option<&str>, contact: &Contact) -> Result<()> {
    let key = |address: Option<&str>| address.map(crate::base::email::key);
    match key(before) == key(contact.email.as_deref()) {
        true => Ok(()),
        false => sessions::end_linked(tx, contact.id),
    }
}

fn parts(ticket: &str) -> Option<(ConversationId, Millis, &str)> {
    let mut parts = ticket.split('.');
    let id = i64::from_str_radix(parts.next()?, 16).ok()?;
    let expires = i64::from_str_radix(parts.next()?, 16).ok()?;
    let proof = parts.next()?;
    (parts.next().is_none() && proof.len() == PROOF_CHARS).then_some((ConversationId(id), expires, proof))
}

/// The one answer for every link that opens nothing.
fn link_over() -> Error {
    Error::not_found("conversation").coded("link_over")
}
