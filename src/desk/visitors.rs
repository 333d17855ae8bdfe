//! Who a visitor is: from an inbox and a session token to a session.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::hub::{Refused, Seat};
use crate::model::contact::{Contact, Session};
use crate::model::conversation::{Conversation, Status};
use crate::model::event::{Topic, What};
use crate::model::inbox::Inbox;
use crate::store::{contacts, inboxes, sessions};
use std::sync::Arc;

impl Desk {
    /// The enabled chat inbox with this id. Unknown and disabled are deliberately the same.
    pub async fn inbox(&self, uuid: Uuid) -> Result<Arc<Inbox>> {
        if let Some(known) = self.known.find(uuid) {
            return Ok(known);
        }
        let forgotten = self.known.forgotten();
        let found = self.store.read(move |tx| inboxes::find(tx, uuid)).await?.filter(|inbox| inbox.enabled);
        let inbox = Arc::new(found.ok_or_else(no_such_inbox)?);
        self.known.keep(inbox.clone(), forgotten);
        Ok(inbox)
    }

    /// The public id of the inbox with this number, as LiveChat's embed code names it. Unknown is the same as switched off.
    pub async fn inbox_of_number(&self, number: i64) -> Result<Uuid> {
        let found = self.store.read(move |tx| inboxes::uuid_of_number(tx, number)).await?;
        found.ok_or_else(no_such_inbox)
    }

    /// Whether the contact of `conversation` can write into it no more. Answers from the settings that the last request read.
    pub fn is_closed_for(&self, conversation: &Conversation) -> bool {
        let inbox = self.known.find(conversation.inbox.uuid);
        let policy = inbox.as_ref().map(|inbox| inbox.config.policy(conversation.contact.verified));
        conversation.status == Status::Resolved && policy.is_some_and(|policy| policy.prevent_reply_to_closed_conversation)
    }

    /// The session of `token` in `inbox`. Unknown, expired, of another inbox, blocked: all the same 401.
    pub async fn authenticate(&self, inbox: &Inbox, token: &str) -> Result<Session> {
        let (inbox, token) = (inbox.id, token.to_owned());
        let found = self.store.read(move |tx| sessions::find(tx, inbox, &token)).await?;
        let (session, renew) = found.ok_or_else(session_over)?;
        // Not a 401: the proof is good, and serves again when the ban is over.
        self.check_person(session.contact)?;
        if renew {
            let id = session.id;
            self.store.write(move |tx| sessions::renew(tx, id)).await?;
        }
        Ok(session)
    }

    /// Who holds the session.
    pub async fn contact_of(&self, session: &Session) -> Result<Contact> {
        let id = session.contact;
        self.store.read(move |tx| contacts::contact(tx, id)).await
    }

    /// Ends the session and its sockets.
    pub async fn log_out_visitor(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.store.write(move |tx| sessions::end(tx, &session)).await
    }

    /// Takes a seat for a visitor's socket: hears what concerns the contact and the inbox.
    pub async fn seat_visitor(&self, session: &Session) -> Result<Seat> {
        let owner = Topic::Contact(session.contact);
        let seat = self.hub.join(owner, &[Topic::Inbox(session.inbox)]).map_err(refused)?;
        if self.presence.arrived(owner, self.clock.ticks()) {
            let contact = self.contact_of(session).await?;
            self.announce(&[Topic::Agents], What::ContactPresence { contact: contact.uuid, online: true });
        }
        Ok(seat)
    }
}

/// The one answer for an inbox that is unknown or switched off. The sentence is for who installs it; visitors see that of the code.
fn no_such_inbox() -> Error {
    Error::invalid("There is no such inbox, or it is switched off.").in_field("inbox_id").coded("chat_off")
}

/// The one answer for every token that proves nothing.
pub fn session_over() -> Error {
    Error::unauthorized("This session is not valid (any more). Please start again.").coded("session_over")
}

pub(super) fn refused(refused: Refused) -> Error {
    match refused {
        Refused::ServerFull => Error::busy(),
        Refused::OwnerFull => Error::too_many("You have too many windows open. Please close some.", 30),
    }
}
