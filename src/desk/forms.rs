//! Forms of pages without scripts: each carries a ticket, so that only a page we made for this very person can send it.

use super::Desk;
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::base::token;
use crate::model::contact::Session;
use crate::store::{conversations, messages};

/// How long a form may stay open before it has to be fetched again; what was typed is kept then.
const FORM_LIFE_MS: i64 = 24 * 3600 * 1000;

impl Desk {
    /// A ticket for a form that belongs to `subject`.
    pub fn form_ticket(&self, subject: &str) -> String {
        token::sign_link(&self.link_key, &format!("form\n{subject}"), self.clock.now() + FORM_LIFE_MS)
    }

    /// How long ago the form of a ticket was made. Only worth something for a ticket that is one.
    pub fn form_age(&self, ticket: &str) -> Option<i64> {
        let expires: i64 = ticket.split_once('.')?.0.parse().ok()?;
        Some(self.clock.now() - (expires - FORM_LIFE_MS))
    }

    /// The conversation into which this person sent something under this number already.
    pub async fn conversation_of_echo(&self, session: &Session, echo: &str) -> Result<Option<Uuid>> {
        let (session, echo) = (session.clone(), echo.to_owned());
        self.store
            .read(move |tx| {
                let Some(message) = messages::find_by_contact_echo(tx, session.contact, &echo)? else { return Ok(None) };
                Ok(Some(conversations::find_for_contact(tx, &session, message.conversation_uuid)?.uuid))
            })
            .await
    }

    /// Whether a ticket was made for this form, and not too long ago.
    pub fn is_form_ticket(&self, subject: &str, ticket: &str) -> bool {
        token::check_link(&self.link_key, &format!("form\n{subject}"), ticket, self.clock.now())
    }
}
