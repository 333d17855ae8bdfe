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
    /// Its own hours; without them those of the inbox count.
    pub hours: Option<(HoursId, Uuid)>,
    pub created_at: Millis,
}

/// An agent as a team names him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    pub id: AgentId,
    pub uuid: Uuid,
}

/// The team as a conversation names it.
#[derive(Debug, Clone)]
pub struct TeamRef {
    pub id: TeamId,
    pub uuid: Uuid,
    pub name: String,
}
