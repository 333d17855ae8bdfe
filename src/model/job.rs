//! Something owed to the outside (or to later), as a row first.

use crate::base::clock::Millis;
use crate::base::id::{ConversationId, JobId};
use serde::{Deserialize, Serialize};

/// Every kind of job, with what it needs to be done. The JSON form is the row's payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Wake a snoozed conversation.
    WakeConversation { conversation: i64 },
    /// Mail the code of an address somebody claims.
    VerificationMail { verification: i64, code: String, locale: String },
    /// Go on erasing a contact, then clean the file of what was left.
    Erase { contact: i64 },
    /// Mail a conversation to its contact.
    Transcript { conversation: i64, to: String, locale: String },
    /// Wake the browsers of an agent who has not read a notice. `waited`: he had his moment at the desk.
    Push { notice: String, waited: bool },
    /// Mail an agent what he has not read.
    NoticeMail { agent: i64 },
}

impl Job {
    /// Wakes `conversation` when its snooze is over.
    pub fn wake(conversation: ConversationId) -> Job {
        Job::WakeConversation { conversation: conversation.0 }
    }

    /// The name of the kind, for the row and for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Job::WakeConversation { .. } => "wake_conversation",
            Job::VerificationMail { .. } => "verification_mail",
            Job::Erase { .. } => "erase",
            Job::Transcript { .. } => "transcript",
            Job::Push { .. } => "push",
            Job::NoticeMail { .. } => "notice_mail",
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
