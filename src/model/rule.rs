//! What happens by itself: something happens, conditions hold, actions are done.

use crate::base::clock::Millis;
use crate::base::id::{MessageId, RuleId, Uuid};
use crate::model::action::Action;
use crate::model::filter::Group;

/// What a rule waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A conversation begins.
    Conversation,
    /// Somebody writes: the contact, or an agent who answers.
    Message,
    /// Status, people, priority or tags change.
    Update,
    /// Time passes.
    Time,
}

impl Trigger {
    /// All of them, in the order of the settings page.
    pub const ALL: [Trigger; 4] = [Trigger::Conversation, Trigger::Message, Trigger::Update, Trigger::Time];

    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Trigger::Conversation => "conversation",
            Trigger::Message => "message",
            Trigger::Update => "update",
            Trigger::Time => "time",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Trigger> {
        Trigger::ALL.into_iter().find(|trigger| trigger.as_str() == text)
    }
}

/// A rule as it is stored.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: RuleId,
    pub uuid: Uuid,
    pub name: String,
    pub enabled: bool,
    pub position: i64,
    pub trigger: Trigger,
    pub conditions: Group,
    pub actions: Vec<Action>,
    /// When it acted, no later rule is asked.
    pub stops: bool,
    pub history: History,
}

/// What became of a rule so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// How often it acted.
    pub runs: i64,
    pub ran_at: Option<Millis>,
    /// Why it failed last, if it has not acted since.
    pub error: Option<String>,
    pub failed_at: Option<Millis>,
}

/// What happened to a conversation, as far as promises and rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The contact wrote.
    Incoming(MessageId),
    /// An agent answered.
    Outgoing(MessageId),
    /// This changed: a word of `filter::CHANGES`.
    Changed(&'static str),
}
