//! How far the first run has come: from an empty house to a first message.

use serde::{Deserialize, Serialize};

/// The steps after the owner, in their order.
pub const STEPS: [&str; 5] = ["inbox", "site", "test", "team", "done"];

/// What is remembered of the first run. The rest (called from the site, first message) is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Start {
    /// One of `STEPS`.
    pub step: String,
    /// Public id of the inbox that was made on the way, or empty.
    pub inbox: String,
}

impl Default for Start {
    fn default() -> Start {
        Start { step: "inbox".into(), inbox: String::new() }
    }
}
