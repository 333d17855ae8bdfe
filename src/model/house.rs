//! Settings of the house as a whole. What only one inbox, team or agent needs is theirs; what all share stands here.

use serde::{Deserialize, Serialize};

/// Everything an admin can set for all inboxes at once. A key that is new here needs a default: what is stored may be older.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HouseSettings {
    /// How the house is called, for agents and on the privacy sheet; empty = "deskbell".
    pub name: String,
    /// Language of what the house says when nothing else is known: fallback of new inboxes, the privacy sheet.
    pub language: String,
    /// A conversation needs a tag before it can be resolved.
    pub tag_required: bool,
    /// When agents are left in peace who chose no hours of their own.
    pub quiet_hours: QuietHours,
}

/// A span of every day, in a time zone; one whose end is not after its start runs past midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuietHours {
    pub enabled: bool,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`.
    pub to: String,
    /// IANA name.
    pub time_zone: String,
}

impl Default for HouseSettings {
    fn default() -> HouseSettings {
        HouseSettings { name: String::new(), language: "en-US".into(), tag_required: false, quiet_hours: QuietHours::default() }
    }
}

impl Default for QuietHours {
    fn default() -> QuietHours {
        QuietHours { enabled: false, from: "20:00".into(), to: "07:00".into(), time_zone: "UTC".into() }
    }
}
