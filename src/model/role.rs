//! Roles of the house's own making.

use crate::base::id::{RoleId, Uuid};
use crate::model::access::Rights;

/// What agents with this role may do and see.
#[derive(Debug, Clone)]
pub struct CustomRole {
    pub id: RoleId,
    pub uuid: Uuid,
    pub name: String,
    pub rights: Rights,
    /// How many agents have it.
    pub agents: u32,
}
