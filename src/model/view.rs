//! A filter that somebody gave a name.

use crate::base::id::{TeamId, Uuid};
use crate::model::filter::Group;
use crate::model::macros::Sharing;

/// A saved view as one agent sees it.
#[derive(Debug, Clone)]
pub struct View {
    pub uuid: Uuid,
    pub name: String,
    pub filter: Group,
    pub audience: Sharing,
    pub team: Option<(TeamId, Uuid)>,
    /// Made by whoever looks.
    pub mine: bool,
    pub position: i64,
}
