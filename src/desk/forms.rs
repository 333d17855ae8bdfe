//! Forms of pages without scripts: each carries a ticket, so that only a page we made for this very person can send it.

use super::Desk;
use crate::base::token;

/// How long a form may stay open before it has to be fetched again; what was typed is kept then.
const FORM_LIFE_MS: i64 = 24 * 3600 * 1000;

impl Desk {
    /// A ticket for a form that belongs to `subject`.
    pub fn form_ticket(&self, subject: &str) -> String {
        token::sign_link(&self.link_key, &format!("form\n{subject}"), self.clock.now() + FORM_LIFE_MS)
    }

    /// Whether a ticket was made for this form, and not too long ago.
    pub fn is_form_ticket(&self, subject: &str, ticket: &str) -> bool {
        token::check_link(&self.link_key, &format!("form\n{subject}"), ticket, self.clock.now())
    }
}
