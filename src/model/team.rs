//! A group of agents that conversations can be given to.

use crate::base::clock::Millis;
use crate::base::id::{AgentId, HoursId, TeamId, Uuid};

/// A group of agents.
#[derive(Debug, Clone)]
pub struct Team {
    pub id: TeamId,
    pub uuid: Uuid,
    pub name: String,
    /// In the order in which they came to the house. Suspended ones stay members, but do not count as here.
    pub members: Vec<Member>,
    pub routing: Routing,
    /// Whoever talked with the contact last comes first.
    pub prefer_last: bool,
    /// Seconds until a conversation without an answer goes on to the next; `None` = it stays.
    pub answer_within_s: Option<u32>,
    /// Conversations of inboxes without a team of their own go here.
    pub is_default: bool,
    /// Its own hours; without them those of the inbox count.
    pub hours: Option<(HoursId, Uuid)>,
    pub created_at: Millis,
}

/// How a team's conversations come to its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    /// They wait until somebody takes them.
    Manual,
    /// They are given at once to whoever is here, has room and was not given one for the longest time.
    RoundRobin,
}

impl Routing {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Routing::Manual => "manual",
            Routing::RoundRobin => "round_robin",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Routing> {
        [Routing::Manual, Routing::RoundRobin].into_iter().find(|routing| routing.as_str() == text)
    }
}

/// Who of a team is given conversations before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Before all others.
    First,
    /// As everybody.
    #[default]
    Normal,
    /// Only when nobody else has room.
    Last,
}

impl Place {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::First => "first",
            Place::Normal => "normal",
            Place::Last => "last",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Place> {
        [Place::First, Place::Normal, Place::Last].into_iter().find(|place| place.as_str() == text)
    }
}

/// An agent as a team names him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub id: AgentId,
    pub uuid: Uuid,
    pub place: Place,
}

/// The team as a conversation names it.
#[derive(Debug, Clone)]
pub struct TeamRef {
    pub id: TeamId,
    pub uuid: Uuid,
    pub name: String,
}
