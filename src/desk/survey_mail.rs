//! How was it? By mail, to whoever does not look at the chat (row 233), or because an agent wants it.

use super::Desk;
use super::letters::{no_address as no_base_url, plain};
use super::transcripts::no_address;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::conversation::{Conversation, Status};
use crate::model::event::Topic;
use crate::model::job::Job;
use crate::model::letter::{Letter, LetterKind, Party};
use crate::model::message::Survey;
use crate::store::{WriteTx, contacts, conversations, jobs, surveys};

impl Desk {
    /// Asks a contact by mail, for an agent: the link he could hand on himself.
    pub async fn mail_survey(&self, agent: &AgentSession, uuid: Uuid, has_address: bool) -> Result<Survey> {
        let (id, can_mail) = (agent.agent.id, self.has_mailbox());
        self.store
            .read(move |tx| {
                let contact = conversations::find_for_agent(tx, id, uuid)?.conversation.contact.id;
                if !can_mail {
                    return Err(super::verification::no_mailbox());
                }
                if !has_address {
                    return Err(no_base_url());
                }
                contacts::contact(tx, contact)?.email.map(|_| ()).ok_or_else(no_address)
            })
            .await?;
        let survey = self.survey_link(agent, uuid).await?;
        if survey.answered {
            return Err(Error::conflict("This conversation was rated already."));
        }
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, id, uuid)?.conversation.id;
                owe(tx, conversation, true, tx.now)
            })
            .await?;
        Ok(survey)
    }

    /// The letter with the link to a survey. `None` when it was answered, when the contact has no address, or when he sees the question in the chat.
    pub async fn survey_letter(&self, conversation: i64, asked: bool, base_url: Option<&str>) -> Result<Option<Letter>> {
        let id = ConversationId(conversation);
        let found = self
            .store
            .read(move |tx| {
                let conversation = conversations::conversation(tx, id)?;
                let contact = contacts::contact(tx, conversation.contact.id)?;
                Ok((surveys::of_conversation(tx, id)?, surveys::seen(tx, id)?, contact, conversation))
            })
            .await;
        let (survey, seen, contact, conversation) = match found {
            Ok(found) => found,
            Err(error) if error.kind == Kind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(survey) = survey.filter(|survey| !survey.answered) else { return Ok(None) };
        let Some(address) = contact.email.clone() else { return Ok(None) };
        if !asked && (seen || self.is_over(&conversation)) {
            return Ok(None);
        }
        let base = match base_url {
            Some(base) => base,
            // An agent hears why; what goes by itself is no reason for a warning at every conversation.
            None if asked => return Err(no_base_url()),
            None => return Ok(None),
        };
        let name = format!("{} {}", contact.first_name, contact.last_name).trim().to_owned();
        let mut letter = plain(LetterKind::Survey, Party { name, address }, conversation.locale.clone());
        letter.inbox = Some(conversation.inbox.id);
        letter.fields.insert("first_name", contact.first_name);
        letter.fields.insert("agent", conversation.assignee.map(|agent| agent.first_name).unwrap_or_default());
        letter.conversation = Some(conversation.id);
        letter.link = Some(format!("{base}/csat/{}", survey.uuid));
        Ok(Some(letter))
    }

    /// Whether there is nothing to ask by mail any more: it goes on, or the person sits in front of the question.
    fn is_over(&self, conversation: &Conversation) -> bool {
        !matches!(conversation.status, Status::Resolved) || self.presence.is_present(Topic::Contact(conversation.contact.id))
    }
}

/// Owes the mail of a survey that was just asked in the chat, for the case that nobody sees it there.
pub(super) fn owe_unseen(tx: &WriteTx, conversation: ConversationId) -> Result<()> {
    owe(tx, conversation, false, tx.now + limits::SURVEY_PATIENCE.as_millis() as i64)
}

fn owe(tx: &WriteTx, conversation: ConversationId, asked: bool, at: i64) -> Result<()> {
    let job = Job::SurveyMail { conversation: conversation.0, asked, mail: Uuid::new().to_string() };
    jobs::enqueue_once(tx, &format!("survey:{conversation}"), &job, at)
}
