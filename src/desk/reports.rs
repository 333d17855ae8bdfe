//! Reports of the feedback hub: bug, feature request, review, question. A report is a conversation of its kind; its status is the
//! conversation's.

use super::Desk;
use super::conversations::{Newcomer, Repeat, Sender, echo_key, repeated};
use super::form::Answers;
use super::messages::Incoming;
use super::suspicion::{Signs, suspicion};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::{email, limits, text};
use crate::model::contact::{Contact, Session};
use crate::model::conversation::{Conversation, ConversationKind};
use crate::model::inbox::Inbox;
use crate::store::{contacts, conversations, quarantine};
use serde_json::{Map, Value};

/// A report as somebody sends it.
pub struct Report {
    pub kind: ConversationKind,
    /// Stars, of a review.
    pub rating: Option<u8>,
    pub message: Incoming,
    pub name: String,
    pub email: String,
    pub page_url: String,
    pub page_title: String,
    pub sender: Sender,
    /// What speaks for or against it.
    pub signs: Signs,
}

/// A report that was stored (or had been already, for a repeat).
pub struct Reported {
    pub conversation: Conversation,
    pub contact: Contact,
    /// A new visitor's proof, only where such visitors may chat.
    pub token: Option<String>,
}

impl Desk {
    /// Whether reports of this kind, with files or without, are taken here.
    pub fn check_tile(&self, inbox: &Inbox, kind: ConversationKind, with_files: bool) -> Result<()> {
        let tiles = &inbox.config.tiles;
        let is_on = match kind {
            ConversationKind::Chat => false,
            ConversationKind::Bug => tiles.bug,
            ConversationKind::Feature => tiles.feature,
            ConversationKind::Review => tiles.review,
            ConversationKind::Question => tiles.question,
        };
        match (is_on, with_files && !tiles.files) {
            (false, _) => Err(Error::forbidden("This cannot be sent here.").in_field("kind").coded("tile_off")),
            (true, true) => Err(super::attachments::files_off()),
            (true, false) => Ok(()),
        }
    }

    /// Takes a report. `admit` is asked for leave when it is known that this is no repeat.
    pub async fn report(
        &self,
        inbox: &Inbox,
        session: Option<&Session>,
        mut report: Report,
        admit: impl FnOnce(Millis) -> Result<()> + Send + 'static,
    ) -> Result<Reported> {
        super::conversations::check_whole(session)?;
        self.check_tile(inbox, report.kind, !report.message.files.is_empty())?;
        let answers = answers(&report)?;
        if let Some(address) = &answers.email {
            self.check_address(address)?;
        }
        let suspicion = suspicion(&report.message.text, &report.signs);
        report.message.verified = session.is_some_and(|session| session.verified);
        let init_key = echo_key(session.is_none(), report.message.echo_id.as_deref())?;
        let may_chat = self.may_chat(inbox, session.is_some_and(|session| session.verified));
        let ip = super::privacy::kept_ip(&inbox.config.privacy, report.sender.ip);
        let page = page_of(inbox, &report);
        let consent = self.asked(inbox, &report.sender).await?;
        let (inbox, known) = (inbox.id, session.map(|session| session.contact));
        self.store
            .write(move |tx| {
                let echo_id = report.message.echo_id.as_deref();
                let call = Repeat { known, init_key, echo_id, kind: report.kind, with_proof: may_chat };
                if let Some(repeat) = repeated(tx, inbox, call)? {
                    super::attachments::drop_files(tx, &report.message.files)?;
                    return Ok(Reported { conversation: repeat.conversation, contact: repeat.contact, token: repeat.token });
                }
                consent.check(tx, inbox, known)?;
                if let Some(contact) = known {
                    super::conversations::check_today(tx, inbox, contact)?;
                }
                admit(tx.now)?;
                let Newcomer { contact, token } = super::conversations::person(tx, inbox, known, &answers, may_chat)?;
                super::conversations::keep_answers(tx, contact, &answers)?;
                if let Some(key) = init_key {
                    conversations::forget_init_key(tx, inbox, key, tx.now - limits::INIT_REPEAT.as_millis() as i64)?;
                }
                let new = conversations::NewConversation {
                    init_key,
                    attributes: page,
                    ip,
                    user_agent: text::clean_line(&report.sender.user_agent, limits::USER_AGENT_CHARS_MAX),
                    kind: report.kind,
                    rating: report.rating,
                    locale: report.sender.locale.clone(),
                    ..conversations::NewConversation::chat(inbox, contact)
                };
                let id = conversations::insert(tx, &new)?;
                if !suspicion.is_empty() {
                    quarantine::set(tx, id, Some("suspect"), &suspicion)?;
                }
                consent.keep(tx, inbox, contact, Some(id))?;
                let (conversation, _) = super::messages::store_incoming(tx, id, contact, &report.message)?;
                Ok(Reported { conversation, contact: contacts::contact(tx, contact)?, token })
            })
            .await
    }
}

/// Name and address as typed; neither is asked for.
fn answers(report: &Report) -> Result<Answers> {
    let name = Some(text::clean_line(&report.name, 140)).filter(|name| !name.is_empty());
    let email = match report.email.trim() {
        "" => None,
        typed => Some(email::check(typed)?),
    };
    Ok(Answers { name, email, ..Answers::default() })
}

fn page_of(inbox: &Inbox, report: &Report) -> Map<String, Value> {
    let mut page = Map::new();
    if let Some(url) = super::privacy::kept_page(&inbox.config.privacy, &report.page_url) {
        page.insert("page_url".into(), url.into());
        let title = text::clean_line(&report.page_title, limits::PAGE_TITLE_CHARS_MAX);
        if !title.is_empty() {
            page.insert("page_title".into(), title.into());
        }
    }
    page
}

/// The words of a report: what was typed, or the stars alone of a review without words.
pub fn words(kind: ConversationKind, rating: Option<u8>, typed: &str, has_files: bool) -> Result<String> {
    match rating {
        Some(_) if kind != ConversationKind::Review => Err(Error::invalid("Only a review has a rating.").in_field("rating")),
        Some(stars) if !(1..=5).contains(&stars) => Err(Error::invalid("A rating is a whole number from 1 to 5.").in_field("rating")),
        Some(stars) if typed.trim().is_empty() => Ok("★".repeat(stars.into()) + &"☆".repeat((5 - stars).into())),
        Some(_) | None => super::messages::check_incoming(typed, has_files),
    }
}
