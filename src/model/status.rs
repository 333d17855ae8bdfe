//! A status of the house's own words, in one of the three categories that everything else goes by.

use crate::base::id::Uuid;
use crate::model::conversation::Status;

/// A custom status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomStatus {
    pub uuid: Uuid,
    pub name: String,
    /// What it means to lists, rules and visitors.
    pub category: Status,
    /// Its place in menus, from 1.
    pub position: u32,
}
