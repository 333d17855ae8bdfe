//! Prepared text plus actions.

use crate::base::id::{AgentId, TeamId, Uuid};
use crate::model::action::Action;

/// Who may use a macro or a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// Whoever made it.
    Own,
    /// A team.
    Team,
    /// Everybody.
    All,
}

impl Sharing {
    /// The word of the database and of the wires.
    pub fn as_str(self) -> &'static str {
        match self {
            Sharing::Own => "own",
            Sharing::Team => "team",
            Sharing::All => "all",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Sharing> {
        [Sharing::Own, Sharing::Team, Sharing::All].into_iter().find(|sharing| sharing.as_str() == text)
    }
}

/// A macro as an agent sees it who may use it.
#[derive(Debug, Clone)]
pub struct Macro {
    pub uuid: Uuid,
    pub name: String,
    /// What is typed after the slash; may be "".
    pub shortcut: String,
    /// Markdown with placeholders; may be "" when there are actions.
    pub body: String,
    /// The body becomes a note, not an answer.
    pub is_note: bool,
    pub actions: Vec<Action>,
    pub audience: Sharing,
    pub team: Option<(TeamId, Uuid)>,
    /// Whose own it is, or who shared it.
    pub owner: Option<AgentId>,
    pub uses: u32,
}
