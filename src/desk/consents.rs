//! Consent: what an inbox wants agreed to before the first message, and the proof that it was. The words are always the inbox's own,
//! in the language the person saw: nobody can bring his.

use super::Desk;
use super::conversations::Sender;
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

impl Desk {
    /// What an inbox asks somebody: its words in the language in which he sees the widget.
    pub(super) async fn asked(&self, inbox: &Inbox, sender: &Sender) -> Result<Asked> {
        let given = sender.consent;
        if !inbox.config.consent.enabled {
            return Ok(Asked { words: None, given });
        }
        let lang = Some(sender.locale.as_str()).filter(|locale| !locale.is_empty());
        let words = self.words(inbox, lang, Some(&sender.accept_language)).await?;
        let consent = words.config(&inbox.config).consent;
        let words = ConsentWords { locale: words.locale().to_owned(), text: consent.text, link_url: consent.link_url };
        Ok(Asked { words: Some(words), given })
    }
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
