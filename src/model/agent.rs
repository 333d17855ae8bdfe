//! People inside.

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, AgentSessionId, Uuid};
use crate::model::access::{Permission, Rights};

/// What an agent may do in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything; there is always at least one.
    Owner,
    /// Settings and people.
    Admin,
    /// Conversations.
    Agent,
}

impl Role {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Admin => "admin",
            Role::Agent => "agent",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Role> {
        [Role::Owner, Role::Admin, Role::Agent].into_iter().find(|role| role.as_str() == text)
    }

    /// Whether settings and people may be changed.
    pub fn administers(self) -> bool {
        matches!(self, Role::Owner | Role::Admin)
    }
}

/// Whether an agent takes new conversations, as set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Takes conversations whenever the desk is open.
    Online,
    /// Has the desk open but does not answer now.
    Away,
}

impl Availability {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Availability::Online => "online",
            Availability::Away => "away",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Availability> {
        [Availability::Online, Availability::Away].into_iter().find(|a| a.as_str() == text)
    }
}

/// How an agent can be reached right now, in the words of the widget protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// At the desk and taking conversations.
    Online,
    /// At the desk, but not answering.
    Away,
    /// Not at the desk.
    Offline,
}

impl Reach {
    /// The word of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Reach::Online => "online",
            Reach::Away => "away",
            Reach::Offline => "offline",
        }
    }
}

/// What decides how an agent counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing speaks against it: he is here.
    Here,
    /// His own switch.
    Switch,
    /// It is not his hour.
    Hours,
    /// No key and no mouse for a while.
    Idle,
    /// He appears offline because he wants to.
    Hidden,
    /// No desk of his is open.
    Gone,
}

impl Why {
    /// The word for colleagues: who hides looks like somebody who is gone.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Here => "here",
            Why::Switch => "switch",
            Why::Hours => "hours",
            Why::Idle => "idle",
            Why::Hidden | Why::Gone => "gone",
        }
    }
}

/// How an agent counts at this moment, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stance {
    pub reach: Reach,
    pub why: Why,
}

impl Stance {
    /// Not at the desk at all.
    pub const GONE: Stance = Stance { reach: Reach::Offline, why: Why::Gone };
}

/// A person inside.
#[derive(Debug, Clone)]
pub struct Agent {
    pub id: AgentId,
    pub uuid: Uuid,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub availability: Availability,
    /// False until the invitation was accepted.
    pub has_password: bool,
    pub suspended_at: Option<Millis>,
    pub last_seen_at: Option<Millis>,
    /// A role of the house's own making, for role `agent`: public id and name.
    pub custom_role: Option<(Uuid, String)>,
    /// What follows from both roles.
    pub rights: Rights,
    /// Looks offline to everybody, by his own choice.
    pub hidden: bool,
    /// So many open conversations are given to him by themselves.
    pub open_max: u32,
    /// The hours in which he works, by the public id of their set.
    pub work_hours: Option<Uuid>,
    /// Logs in with a second factor.
    pub two_factor: bool,
}

impl Agent {
    /// As others see him.
    pub fn reference(&self) -> AgentRef {
        AgentRef {
            id: self.id,
            uuid: self.uuid,
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            availability: self.availability,
        }
    }
}

/// An agent as others see him: in a conversation's head, beside a message.
#[derive(Debug, Clone)]
pub struct AgentRef {
    pub id: AgentId,
    pub uuid: Uuid,
    pub first_name: String,
    pub last_name: String,
    pub availability: Availability,
}

/// From where somebody logs in, as it is remembered in the list of his sessions.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    /// What the browser says of itself.
    pub user_agent: String,
    /// The address without the part that names one household.
    pub ip: String,
}

/// A logged-in browser of an agent, found through its cookie.
#[derive(Debug, Clone)]
pub struct AgentSession {
    pub id: AgentSessionId,
    pub agent: Agent,
    /// What every writing request must repeat in a header.
    pub csrf: String,
}

impl AgentSession {
    /// Refuses whoever has not this permission.
    pub fn may(&self, permission: Permission) -> Result<()> {
        match self.agent.rights.permissions.has(permission) {
            true => Ok(()),
            false => Err(Error::forbidden("Your role does not allow this. An admin can change that.").coded("not_allowed")),
        }
    }
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The first owner.
    Setup,
    /// A new agent chooses a password.
    Invite,
    /// A known agent chooses a new one.
    Reset,
}

impl Purpose {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Setup => "setup",
            Purpose::Invite => "invite",
            Purpose::Reset => "reset",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Purpose> {
        [Purpose::Setup, Purpose::Invite, Purpose::Reset].into_iter().find(|p| p.as_str() == text)
    }
}

/// First and last name as one line.
pub fn full_name(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}
