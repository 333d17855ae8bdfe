//! Something owed to the outside (or to later), as a row first.

use crate::base::clock::Millis;
use crate::base::id::{ConversationId, JobId};
use serde::{Deserialize, Serialize};

/// Every kind of job, with what it needs to be done. The JSON form is the row's payload. `mail` names the one mail that a job is about: the same at
/// every try, another one when it is asked for anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Wake a snoozed conversation.
    WakeConversation { conversation: i64 },
    /// Mail the code of an address somebody claims.
    VerificationMail { verification: i64, code: String, locale: String },
    /// Send a reply that its agent may take back until then.
    SendHeld { held: i64 },
    /// Go on erasing a contact, then clean the file of what was left.
    Erase { contact: i64 },
    /// Mail a conversation to its contact.
    Transcript {
        conversation: i64,
        to: String,
        locale: String,
        #[serde(default)]
        mail: String,
    },
    /// Wake the browsers of an agent who has not read a notice. `waited`: he had his moment at the desk.
    Push { notice: String, waited: bool },
    /// Mail an agent what he has not read.
    NoticeMail {
        agent: i64,
        #[serde(default)]
        mail: String,
    },
    /// Somebody says he forgot the password that belongs to this address.
    Forgotten { email: String },
    /// Mail an agent the link with which he chooses a password.
    LinkMail { agent: i64, token: String, mail: String },
    /// Mail a contact the question how it was. `asked`: an agent wants it, whether or not the contact sees it in the chat.
    SurveyMail { conversation: i64, asked: bool, mail: String },
    /// Mail the contact what he has not seen. `upto`: the batch that was tried already, by its last change number.
    Continuity {
        conversation: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upto: Option<i64>,
    },
    /// Mail the team what was written while nobody was here. `upto` as above.
    TellTeam {
        conversation: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        upto: Option<i64>,
    },
    /// Mail an answer in a conversation that is held by mail.
    ReplyMail { message: i64 },
}

impl Job {
    /// Wakes `conversation` when its snooze is over.
    pub fn wake(conversation: ConversationId) -> Job {
        Job::WakeConversation { conversation: conversation.0 }
    }

    /// The same without what opens a door, for a row that stays when it failed for good. `None` when there is nothing secret in it.
    pub fn without_secrets(&self) -> Option<Job> {
        match self.clone() {
            Job::VerificationMail { verification, locale, .. } => Some(Job::VerificationMail { verification, code: String::new(), locale }),
            Job::LinkMail { agent, mail, .. } => Some(Job::LinkMail { agent, token: String::new(), mail }),
            _ => None,
        }
    }

    /// The longest wait before another try, in milliseconds: who waits for a code waits now, and a code that nobody wants any more is not kept.
    pub fn patience_ms(&self) -> i64 {
        if matches!(self, Job::VerificationMail { .. }) { 60_000 } else { i64::MAX }
    }

    /// The name of the kind, for the row and for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Job::WakeConversation { .. } => "wake_conversation",
            Job::VerificationMail { .. } => "verification_mail",
            Job::SendHeld { .. } => "send_held",
            Job::Erase { .. } => "erase",
            Job::Transcript { .. } => "transcript",
            Job::Push { .. } => "push",
            Job::NoticeMail { .. } => "notice_mail",
            Job::Forgotten { .. } => "forgotten",
            Job::LinkMail { .. } => "link_mail",
            Job::SurveyMail { .. } => "survey_mail",
            Job::Continuity { .. } => "continuity",
            Job::TellTeam { .. } => "tell_team",
            Job::ReplyMail { .. } => "reply_mail",
        }
    }
}

/// A job taken by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: JobId,
    pub job: Job,
    /// Attempts before this one.
    pub attempts: u32,
    pub run_at: Millis,
}
