//! People outside, their proofs and the pages they look at.

use crate::base::clock::Millis;
use crate::base::id::{ContactId, ConversationId, InboxId, SessionId, Uuid};
use crate::model::agent::AgentRef;
use serde_json::{Map, Value};

/// Whether somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactKind {
    /// Not yet identified.
    Visitor,
    /// Known by a signed token or a verified address.
    Contact,
}

impl ContactKind {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            ContactKind::Visitor => "visitor",
            ContactKind::Contact => "contact",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<ContactKind> {
        [ContactKind::Visitor, ContactKind::Contact].into_iter().find(|k| k.as_str() == text)
    }
}

/// What is known against an address: mail to it comes back, or its owner called one of ours unwanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailTrouble {
    pub bounced_at: Option<Millis>,
    pub complained_at: Option<Millis>,
    /// What the server said that sent it back.
    pub reason: String,
}

/// A person outside.
#[derive(Debug, Clone)]
pub struct Contact {
    pub id: ContactId,
    pub uuid: Uuid,
    pub kind: ContactKind,
    pub first_name: String,
    pub last_name: String,
    pub email: Option<String>,
    pub email_verified: bool,
    pub phone: Option<String>,
    pub phone_country: Option<String>,
    pub attributes: Map<String, Value>,
    /// What the page says of the visit: session variables, names and texts.
    pub variables: Map<String, Value>,
    /// What this person agreed to, newest first.
    pub consents: Vec<Consent>,
    /// What the team keeps of this person, by the keys of its fields.
    pub fields: Map<String, Value>,
    /// The first note about this person, or "": what was the only one before there were several.
    pub note: String,
    /// Until when this person is shut out, `Millis::MAX` = for good; may be past.
    pub banned_until: Option<Millis>,
    /// Which kind of signed token vouches for this person, if any.
    pub verified_by: Option<String>,
    pub first_seen_at: Millis,
    pub last_seen_at: Millis,
    pub blocked_at: Option<Millis>,
    /// None = mail to this person goes well, as far as anybody knows.
    pub mail_trouble: Option<MailTrouble>,
}

impl Contact {
    /// First and last name as one line; never empty.
    pub fn name(&self) -> String {
        name_of(self.uuid, &self.first_name, &self.last_name, self.email.as_deref())
    }
}

/// What an agent wrote down about a contact.
#[derive(Debug, Clone)]
pub struct ContactNote {
    pub uuid: Uuid,
    /// Who wrote it; nobody for what was taken over from before there were authors.
    pub author: Option<AgentRef>,
    pub text: String,
    pub created_at: Millis,
    pub edited_at: Option<Millis>,
}

/// What people call somebody: his name, else his address, else "Visitor" with a mark of his own, so that three of them are three.
pub fn name_of(uuid: Uuid, first_name: &str, last_name: &str, email: Option<&str>) -> String {
    let name = super::agent::full_name(first_name, last_name);
    match (name.is_empty(), email) {
        (false, _) => name,
        (true, Some(email)) => email.to_owned(),
        (true, None) => format!("Visitor {}", uuid.to_string()[..4].to_uppercase()),
    }
}

/// A visitor's proof, found through its token. Having one means: the inbox is enabled, the contact is not blocked.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub inbox: InboxId,
    pub contact: ContactId,
    /// Made from a signed token, or from a code sent by mail (not anonymous).
    pub verified: bool,
    /// Verified by the code alone.
    pub by_code: bool,
    /// Opened by a link in a mail: this conversation, and nothing else of the person.
    pub conversation: Option<(ConversationId, Uuid)>,
    pub expires_at: Millis,
}

impl Session {
    /// The one conversation it is for, when it is for one alone.
    pub fn only(&self) -> Option<ConversationId> {
        self.conversation.map(|(id, _)| id)
    }

    /// Whether its life is renewed while it is used: that of an anonymous visitor.
    pub fn slides(&self) -> bool {
        !self.verified && self.conversation.is_none()
    }
}

/// Words somebody is asked to agree to, as he saw them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentWords {
    pub locale: String,
    pub text: String,
    pub link_url: String,
}

/// What somebody agreed to, and when.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Consent {
    pub at: Millis,
    pub text: String,
    pub link_url: String,
    pub locale: String,
}

/// One page somebody looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageVisit {
    pub url: String,
    pub title: String,
    pub at: Millis,
}
