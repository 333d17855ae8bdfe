//! Consent: what an inbox wants agreed to before the first message, and the proof that it was. The words are always the inbox's own,
//! in the language the person saw: nobody can bring his.

use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, InboxId};
use crate::model::contact::ConsentWords;
use crate::model::inbox::Inbox;
use crate::store::{ReadTx, WriteTx, consents};

/// What an inbox asks somebody to agree to, and whether he says he does.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `None` = nothing to agree to.
    words: Option<ConsentWords>,
    given: bool,
}

/// What this inbox asks a person who sees the widget in `locale`.
pub(super) fn asked(tx: &ReadTx, inbox: &Inbox, locale: &str, given: bool) -> Result<Asked> {
    let consent = &inbox.config.consent;
    if !consent.enabled {
        return Ok(Asked { words: None, given });
    }
    let text = match consents::translated(tx, inbox.id, locale, "consent.text")? {
        Some(text) => text,
        None => consent.text.clone(),
    };
    Ok(Asked { words: Some(ConsentWords { locale: locale.to_owned(), text, link_url: consent.link_url.clone() }), given })
}

impl Asked {
    /// Refuses who has not agreed: neither now nor to these very words before.
    pub(super) fn check(&self, tx: &ReadTx, inbox: InboxId, contact: Option<ContactId>) -> Result<()> {
        let Some(words) = self.words.as_ref().filter(|_| !self.given) else { return Ok(()) };
        match contact {
            Some(contact) if consents::has(tx, inbox, contact, words)? => Ok(()),
            Some(_) | None => Err(Error::invalid("Please agree to the terms shown first.").in_field("consent").coded("consent_needed")),
        }
    }

    /// Writes down that somebody agreed just now; the same words once.
    pub(super) fn keep(&self, tx: &WriteTx, inbox: InboxId, contact: ContactId, conversation: Option<ConversationId>) -> Result<()> {
        match &self.words {
            Some(words) if self.given && !consents::has(tx, inbox, contact, words)? => {
                consents::insert(tx, inbox, contact, conversation, words)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The words that somebody agreed to just now, for a proof that is written later.
    pub(super) fn agreed(&self) -> Option<&ConsentWords> {
        self.words.as_ref().filter(|_| self.given)
    }
}

/// A locale as it stands in the database: letters, digits and hyphens, or "".
pub fn locale(given: &str) -> String {
    let fits = (2..=12).contains(&given.len()) && given.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if fits { given.to_owned() } else { String::new() }
}
