//! What decides how a conversation begins: the start button that was used, the hours, and whether the person has one already.

use super::Desk;
use super::availability::Here;
use super::conversations::Started;
use super::form::Answers;
use super::messages::{Incoming, join};
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, InboxId, TeamId, Uuid};
use crate::base::markdown;
use crate::model::conversation::{ConversationKind, Priority};
use crate::model::inbox::Inbox;
use crate::model::message::{Message, MessageKind, Meta, NewMessage};
use crate::store::{ReadTx, WriteTx, contacts, conversations, messages, teams};

/// A start button as it was pressed. An id nobody knows is no button: the chat begins anyway.
#[derive(Debug, Clone, Default)]
pub(super) struct Pressed {
    /// "" = none.
    pub(super) id: String,
    pub(super) priority: Option<Priority>,
    team: Option<Uuid>,
    /// Markdown, in the visitor's language.
    opening: String,
}

impl Desk {
    /// The button with this id, as somebody whose screen is in `locale` saw it.
    pub(super) async fn pressed(&self, inbox: &Inbox, id: &str, locale: &str) -> Result<Pressed> {
        let is_it = |button: &&crate::model::inbox::StartButton| !id.is_empty() && button.id == id;
        let Some(button) = inbox.config.home_buttons.iter().find(is_it) else { return Ok(Pressed::default()) };
        let mut opening = String::new();
        if !button.opening_message.trim().is_empty() {
            let words = self.words(inbox, Some(locale).filter(|code| !code.is_empty()), None).await?;
            let told = words.config(&inbox.config);
            opening = told.home_buttons.iter().find(is_it).map(|button| button.opening_message.clone()).unwrap_or_default();
        }
        Ok(Pressed { id: id.to_owned(), priority: Priority::parse(&button.priority), team: Uuid::parse(&button.team), opening })
    }

    /// Whether a first message must come with an address now: outside the hours of its team or inbox, where the inbox wants that.
    pub(super) async fn wants_address(&self, inbox: &Inbox, pressed: &Pressed) -> Result<bool> {
        if inbox.config.hours.outside != "form" {
            return Ok(false);
        }
        let roster = self.roster().await?;
        Ok(roster.hours_of_team(inbox, pressed.team).is_some_and(|set| !set.plan.open_at(self.clock.now())))
    }
}

impl Pressed {
    /// The team behind the button (row 147), else that of the inbox, else that of the house; one that is gone is none.
    pub(super) fn team(&self, tx: &ReadTx, of_inbox: Option<Uuid>) -> Result<Option<TeamId>> {
        for uuid in [self.team, of_inbox].into_iter().flatten() {
            if let Some(team) = teams::find(tx, uuid)? {
                return Ok(Some(team.id));
            }
        }
        teams::default(tx)
    }

    /// Says the button's opening message, before anything else is said.
    pub(super) fn open(&self, tx: &WriteTx, conversation: ConversationId) -> Result<Option<Message>> {
        if self.opening.trim().is_empty() {
            return Ok(None);
        }
        let rendered = markdown::render_agent(&self.opening);
        let new = NewMessage {
            kind: MessageKind::Outgoing,
            contact: None,
            agent: None,
            via: "system",
            source: self.opening.clone(),
            html: rendered.html,
            text: rendered.text,
            activity: None,
            echo_id: None,
            meta: Meta { opening: true, ..Meta::default() },
        };
        let id = messages::insert(tx, conversation, &new)?;
        Ok(Some(messages::announce(tx, id)?.1))
    }
}

/// Refuses who could not be answered: no address known and none given.
pub(super) fn check_address(tx: &ReadTx, known: Option<ContactId>, answers: &Answers) -> Result<()> {
    let has_one = match known {
        Some(contact) => contacts::contact(tx, contact)?.email.is_some(),
        None => false,
    };
    if has_one || answers.email.is_some() {
        return Ok(());
    }
    let words = "We are not here right now. Please leave your e-mail address, so that we can answer.";
    Err(Error::invalid(words).in_field("email").coded("email_needed"))
}

/// What this very call stored when it came for the first time, where everybody has one conversation: there a beginning may be its
/// hundredth message.
pub(super) fn said_before(tx: &ReadTx, inbox: InboxId, contact: ContactId, echo_id: &str) -> Result<Option<Started>> {
    let Some(message) = messages::find_by_contact_echo(tx, contact, echo_id)? else { return Ok(None) };
    let conversation = conversations::conversation(tx, message.conversation)?;
    if conversation.inbox.id != inbox || conversation.kind != ConversationKind::Chat {
        return Ok(None);
    }
    let opening = messages::opening_before(tx, &message)?;
    Ok(Some(Started { conversation, message, opening, contact: contacts::contact(tx, contact)?, token: None, seq: tx.seq()? }))
}

/// Where everybody has one conversation for ever (decision 3): a first message of somebody who has one goes on there. Answers `None`
/// when there is none, or only closed ones into which nothing may be written any more.
pub(super) fn go_on(
    tx: &WriteTx,
    here: &Here,
    inbox: InboxId,
    contact: ContactId,
    message: &Incoming,
    refuse_closed: bool,
) -> Result<Option<Started>> {
    let Some(before) = conversations::newest_chat(tx, inbox, contact, !refuse_closed)? else { return Ok(None) };
    let message = join(tx, here, &before, contact, message)?;
    let conversation = conversations::conversation(tx, before.id)?;
    let contact = contacts::contact(tx, contact)?;
    Ok(Some(Started { conversation, seq: message.seq, message, opening: None, contact, token: None }))
}
