//! Mail that comes back: said in the conversation, written beside the address, and forgotten as soon as somebody writes from there.

use super::Desk;
use super::incoming::Placed;
use super::mail_places::Letter;
use super::messages::note_activity;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{email, text};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::contact::Contact;
use crate::model::message::Activity;
use crate::store::mails_in::{self, NewMail, Original};
use crate::store::{ReadTx, WriteTx, audit, contacts, conversations, messages};
use serde_json::json;

/// Characters of what a mail server said.
pub(super) const REASON_CHARS_MAX: usize = 300;

impl Desk {
    /// Quoted text and signature of a message that came by mail.
    pub async fn mail_rest(&self, agent: &AgentSession, conversation: Uuid, message: Uuid) -> Result<(String, String)> {
        let agent = agent.agent.id;
        self.store
            .read(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, conversation)?.conversation;
                mails_in::rest(tx, conversation.id, message)?.ok_or_else(|| Error::not_found("message"))
            })
            .await
    }

    /// An agent says that mail to this person's address shall be tried again.
    pub async fn trust_address(&self, by: &AgentSession, uuid: Uuid) -> Result<Contact> {
        by.may(Permission::Contacts)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let contact = super::contacts::in_sight(tx, by, uuid)?;
                let Some(address) = contact.email.as_deref().map(email::key) else { return Ok(contact) };
                if mails_in::clear(tx, &address, true)? {
                    audit::append(tx, Some(by), "contact.mail_retried", &uuid.to_string(), &json!({}))?;
                    announce(tx, &address)?;
                }
                contacts::contact(tx, contact.id)
            })
            .await
    }
}

/// Somebody wrote from this address: mail reaches it.
pub(super) fn writes_again(tx: &WriteTx, address: &str) -> Result<()> {
    match mails_in::clear(tx, address, false)? {
        true => announce(tx, address),
        false => Ok(()),
    }
}

/// A notice of delivery. Only one that names a mail of ours is believed, and it says something of that mail's reader alone: notices are
/// easily forged, Message-IDs are known to those who got the mail.
pub(super) fn came_back(tx: &WriteTx, letter: &Letter) -> Result<Placed> {
    let Some(bounce) = &letter.received.bounce else {
        mails_in::insert(tx, NewMail { reason: "bounce", ..letter.row("bounce") })?;
        return Ok(Placed::Noted("bounce"));
    };
    let original = sent(tx, letter, &bounce.message_id)?;
    let reason = text::clean_line(&bounce.reason, REASON_CHARS_MAX);
    let conversation = original.as_ref().and_then(|original| original.conversation);
    mails_in::insert(tx, NewMail { reason: &reason, conversation, ..letter.row("bounce") })?;
    let Some(original) = original.filter(|original| bounce.is_permanent && original.state != "bounced") else {
        return Ok(Placed::Noted("bounce"));
    };
    mails_in::came_back(tx, original.id, &reason)?;
    mails_in::mark_bounced(tx, &original.address, &reason)?;
    tell(tx, &original, "mail_bounced", &reason)
}

/// The owner of an address called a mail of ours unwanted (RFC 5965): nothing goes there by itself any more.
pub(super) fn complained(tx: &WriteTx, letter: &Letter) -> Result<Placed> {
    let named = letter.received.bounce.as_ref().map_or("", |bounce| bounce.message_id.as_str());
    let original = sent(tx, letter, named)?;
    let conversation = original.as_ref().and_then(|original| original.conversation);
    mails_in::insert(tx, NewMail { conversation, ..letter.row("complaint") })?;
    let Some(original) = original else { return Ok(Placed::Noted("complaint")) };
    mails_in::mark_complained(tx, &original.address)?;
    tell(tx, &original, "mail_complaint", "")
}

/// The mail of ours that a notice is about.
fn sent(tx: &ReadTx, letter: &Letter, named: &str) -> Result<Option<Original>> {
    let also = letter.received.references.iter().rev().chain(&letter.received.in_reply_to).map(String::as_str);
    for id in std::iter::once(named).chain(also).filter(|id| !id.is_empty()).take(1 + crate::base::limits::MAIL_REFERENCES_MAX) {
        if let Some(original) = mails_in::original(tx, id)?.filter(|original| original.is_out) {
            return Ok(Some(original));
        }
    }
    Ok(None)
}

/// Says it where the mail belonged.
pub(super) fn tell(tx: &WriteTx, original: &Original, action: &str, reason: &str) -> Result<Placed> {
    for message in mails_in::carried(tx, original.id)? {
        messages::announce_change(tx, message)?;
    }
    if let Some(conversation) = original.conversation {
        let value = if reason.is_empty() { original.address.clone() } else { format!("{}: {reason}", original.address) };
        note_activity(tx, conversation, None, Activity { action: action.into(), value })?;
    }
    announce(tx, &original.address)?;
    Ok(Placed::Noted(if action == "mail_bounced" { "bounce" } else { "complaint" }))
}

fn announce(tx: &WriteTx, address: &str) -> Result<()> {
    mails_in::contacts_of(tx, address)?.into_iter().try_for_each(|contact| contacts::announce(tx, contact))
}
