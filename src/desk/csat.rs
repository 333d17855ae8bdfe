//! How was it? Asked once when an agent resolves a conversation, answered once by whoever has the link (protocol 2.12).

use super::Desk;
use super::messages::{note, note_activity};
use crate::base::error::{Error, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::base::text;
use crate::model::agent::AgentSession;
use crate::model::inbox::Inbox;
use crate::model::message::{Activity, MessageKind, NewMessage, Survey};
use crate::model::rule::Cause;
use crate::store::surveys::Asked;
use crate::store::{WriteTx, conversations, inboxes, messages, surveys};

/// Characters of the free answer.
const FEEDBACK_CHARS_MAX: usize = 1000;
/// What a client that knows no surveys shows in place of the question.
const QUESTION: &str = "How did we do?";

impl Desk {
    /// The survey behind a link, and the inbox that asks.
    pub async fn survey(&self, uuid: Uuid) -> Result<(Asked, Inbox)> {
        self.store
            .read(move |tx| {
                let asked = surveys::find(tx, uuid)?.ok_or_else(unknown)?;
                let inbox = inboxes::inbox_of(tx, asked.inbox)?;
                Ok((asked, inbox))
            })
            .await
    }

    /// The survey of a conversation, for an agent to hand on as a link. Asked here when nobody asked before; the contact sees no question
    /// in the chat then, because the link is the question.
    pub async fn survey_link(&self, agent: &AgentSession, uuid: Uuid) -> Result<Survey> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                if let Some(known) = surveys::of_conversation(tx, conversation)? {
                    return Ok(known);
                }
                let activity = Activity { action: "survey".into(), value: "link".into() };
                let message = note(tx, conversation, Some(agent), activity, String::new())?;
                surveys::insert(tx, conversation, message)?;
                surveys::of_conversation(tx, conversation)?.ok_or_else(unknown)
            })
            .await
    }

    /// Stores the answer: a rating of 1 to 5, words, or both. Once only.
    pub async fn answer_survey(&self, uuid: Uuid, rating: Option<u8>, feedback: &str) -> Result<()> {
        let feedback: String = feedback.chars().filter(|c| !c.is_control() || *c == '\n').take(FEEDBACK_CHARS_MAX).collect();
        let feedback = feedback.trim().to_owned();
        if rating.is_some_and(|rating| !(1..=5).contains(&rating)) {
            return Err(Error::invalid("A rating is a whole number from 1 to 5.").in_field("rating"));
        }
        if rating.is_none() && feedback.is_empty() {
            return Err(Error::invalid("Please choose a rating or write something.").in_field("rating").coded("rating_needed"));
        }
        let asked = self
            .store
            .read(move |tx| {
                surveys::find(tx, uuid)?.ok_or_else(unknown).and_then(|asked| conversations::conversation(tx, asked.conversation))
            })
            .await?;
        self.check_person(asked.contact.id)?;
        self.store
            .write(move |tx| {
                let asked = surveys::find(tx, uuid)?.ok_or_else(unknown)?;
                if !surveys::answer(tx, asked.id, rating, &feedback)? {
                    return Err(Error::invalid("This question was answered already. Thank you.").coded("answered"));
                }
                let stars = rating.map_or(String::new(), |rating| format!("{rating}/5 "));
                let value = text::preview(&format!("{stars}{feedback}"), 300);
                super::rules::after(tx, asked.conversation, Cause::Changed("rating"));
                note_activity(tx, asked.conversation, None, Activity { action: "rating".into(), value })
            })
            .await
    }
}

/// Asks in a conversation that was just resolved, where its inbox wants that and nobody asked before.
pub(super) fn ask(tx: &WriteTx, conversation: &crate::model::conversation::Conversation) -> Result<()> {
    let id: ConversationId = conversation.id;
    let config = inboxes::inbox_of(tx, conversation.inbox.id)?.config;
    if !config.csat_enabled || !surveys::may_ask(tx, id)? {
        return Ok(());
    }
    let question = NewMessage {
        kind: MessageKind::Outgoing,
        contact: None,
        agent: None,
        via: "system",
        source: QUESTION.into(),
        html: QUESTION.into(),
        text: QUESTION.into(),
        activity: None,
        echo_id: None,
        meta: Default::default(),
    };
    let message = messages::insert(tx, id, &question)?;
    surveys::insert(tx, id, message)?;
    messages::announce(tx, message)?;
    match config.csat_mail {
        true => super::survey_mail::owe_unseen(tx, id),
        false => Ok(()),
    }
}

fn unknown() -> Error {
    Error::invalid("There is no such survey.").coded("no_survey")
}
