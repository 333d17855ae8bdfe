//! Who is shut out, for a time or for good.

use crate::base::clock::Millis;
use crate::base::id::Uuid;
use crate::model::agent::AgentRef;

/// Whom a ban means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BanTarget {
    /// One person.
    Contact { uuid: Uuid, name: String },
    /// Everybody in a network.
    Network(String),
    /// Whoever comes with this address, in lower case.
    Email(String),
}

/// One ban.
#[derive(Debug, Clone)]
pub struct Ban {
    pub uuid: Uuid,
    pub target: BanTarget,
    pub reason: String,
    pub by: Option<AgentRef>,
    pub created_at: Millis,
    /// `None` = for good.
    pub until: Option<Millis>,
}
