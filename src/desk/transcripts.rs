//! The visitor asks for his conversation by mail (row 205). Asked for here; sent by the outbox once a mailbox is set up.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::email;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::model::contact::Session;
use crate::model::inbox::Inbox;
use crate::model::job::Job;
use crate::model::message::Activity;
use crate::store::{contacts, conversations, jobs};

impl Desk {
    /// Owes the contact his conversation. It goes to the address he is known by; what is `typed` counts only when there is none (security
    /// row 50), and only where anonymous people may chat. Answers the address, masked. `admit` is asked for leave with the address and
    /// whether it was proved.
    pub async fn ask_transcript(
        &self,
        inbox: &Inbox,
        session: &Session,
        uuid: Uuid,
        typed: &str,
        locale: String,
        admit: impl FnOnce(Millis, &str, bool) -> Result<()> + Send + 'static,
    ) -> Result<String> {
        self.check_access(inbox, Some(session))?;
        if !inbox.config.allow_transcript {
            return Err(transcript_off());
        }
        let takes_unproved = inbox.config.access == "anonymous";
        let (session, typed) = (session.clone(), typed.trim().to_owned());
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_contact(tx, &session, uuid)?;
                let contact = contacts::contact(tx, session.contact)?;
                let is_proved = contact.email_verified && contact.email.is_some();
                if !is_proved && !takes_unproved {
                    return Err(transcript_off());
                }
                let to = match contact.email {
                    Some(known) => known,
                    None if typed.is_empty() => {
                        return Err(Error::invalid("Please tell us your e-mail address first.").in_field("email").coded("email_needed"));
                    }
                    None => email::check(&typed)?,
                };
                let key = email::key(&to);
                admit(tx.now, &key, is_proved)?;
                let masked = masked(&to);
                jobs::enqueue_once(
                    tx,
                    &format!("transcript:{}:{key}", conversation.id),
                    &Job::Transcript { conversation: conversation.id.0, to, locale },
                    tx.now,
                )?;
                super::messages::note_activity(tx, conversation.id, None, Activity { action: "transcript".into(), value: masked.clone() })?;
                Ok(masked)
            })
            .await
    }

    /// Mails a conversation. As long as no mailbox can be set up, it says so.
    pub async fn mail_transcript(&self, conversation: i64) -> Result<()> {
        match self.store.read(move |tx| conversations::conversation(tx, ConversationId(conversation))).await {
            Ok(_) => Err(super::verification::no_mailbox()),
            // Erased meanwhile: nothing to mail.
            Err(error) if error.kind == Kind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn transcript_off() -> Error {
    Error::forbidden("Conversations cannot be sent by e-mail here.").coded("transcript_off")
}

/// An address as its owner recognises it and nobody else learns it: `z…@example.com`.
fn masked(address: &str) -> String {
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}
