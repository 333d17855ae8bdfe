//! A letter: a mail that is owed, before anybody knows how it looks on the wire. The desk says what and to whom, a template says how,
//! `mail/compose.rs` makes the bytes.

use crate::base::id::{ConversationId, InboxId, MessageId};
use std::collections::BTreeMap;

/// Every kind of mail that deskbell sends. Each has stock words and may have templates of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LetterKind {
    /// Six digits for somebody who says an address is his.
    Code,
    /// A conversation, whole.
    Transcript,
    /// How was it? A link.
    Survey,
    /// Answers that a contact has not seen in the chat.
    ToContact,
    /// An answer in a conversation that is held by mail.
    Reply,
    /// What a contact wrote while nobody was at the desk.
    ToAgents,
    /// A link for a new agent.
    Invitation,
    /// A link for an agent to choose a new password.
    Reset,
    /// Notices that an agent has not read.
    Notices,
    /// Whether the mailbox works.
    Test,
}

impl LetterKind {
    /// All of them, as the settings list them.
    pub const ALL: [LetterKind; 10] = [
        LetterKind::ToContact,
        LetterKind::Reply,
        LetterKind::Code,
        LetterKind::Transcript,
        LetterKind::Survey,
        LetterKind::ToAgents,
        LetterKind::Invitation,
        LetterKind::Reset,
        LetterKind::Notices,
        LetterKind::Test,
    ];

    /// The word in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            LetterKind::Code => "code",
            LetterKind::Transcript => "transcript",
            LetterKind::Survey => "survey",
            LetterKind::ToContact => "to_contact",
            LetterKind::Reply => "reply",
            LetterKind::ToAgents => "to_agents",
            LetterKind::Invitation => "invitation",
            LetterKind::Reset => "reset",
            LetterKind::Notices => "notices",
            LetterKind::Test => "test",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<LetterKind> {
        LetterKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether a person outside gets it, in his language; the others are for the team.
    pub fn is_outside(self) -> bool {
        matches!(self, LetterKind::Code | LetterKind::Transcript | LetterKind::Survey | LetterKind::ToContact | LetterKind::Reply)
    }

    /// Whether a machine says it, and not a person through a machine: `Auto-Submitted: auto-generated` (RFC 3834, 5). An agent's own words
    /// are no automatic answer, whatever carries them.
    pub fn is_automatic(self) -> bool {
        !matches!(self, LetterKind::Reply)
    }
}

/// One mail that is owed.
#[derive(Debug, Clone)]
pub struct Letter {
    pub kind: LetterKind,
    /// Of which inbox it speaks: its brand, its language, its templates, its mailbox. None = the house.
    pub inbox: Option<InboxId>,
    pub to: Party,
    /// Preferred language of who reads it.
    pub locale: String,
    /// What templates may put in, by name (`model/letter_fields.rs` has the names of each kind). Plain text.
    pub fields: BTreeMap<&'static str, String>,
    /// What was said, oldest first, for kinds that carry messages.
    pub said: Vec<Said>,
    /// The button: where it leads. None = there is none.
    pub link: Option<String>,
    pub conversation: Option<ConversationId>,
    /// The messages of `said`; they are "mailed" once this letter is sent.
    pub covers: Vec<MessageId>,
    pub thread: Thread,
    pub attachments: Vec<Enclosure>,
}

/// Somebody with an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    pub address: String,
}

/// One message as a mail shows it.
#[derive(Debug, Clone)]
pub struct Said {
    pub author: String,
    pub is_agent: bool,
    pub at: i64,
    /// Sanitised, as the chat shows it.
    pub html: String,
    pub text: String,
    /// Names of its files; the files themselves are in `attachments` when they travel along.
    pub files: Vec<String>,
}

/// Where a mail belongs in the reader's threads (RFC 5322, 3.6.4). Ids without brackets.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    /// Of the mails before; empty = the template says it.
    pub subject: String,
    pub in_reply_to: Option<String>,
    /// Oldest first, at most `limits::MAIL_REFERENCES_MAX`.
    pub references: Vec<String>,
    /// Our address with the signed tag that brings an answer back (desk/mail_tags.rs).
    pub reply_to: Option<String>,
}

/// A file that travels along: read from the store, chunk by chunk, when the mail is made.
#[derive(Debug, Clone)]
pub struct Enclosure {
    pub uuid: crate::base::id::Uuid,
    pub name: String,
    pub content_type: String,
    pub size: u64,
}

/// A letter in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub text: String,
    /// A whole document, nothing in it from elsewhere.
    pub html: String,
}
