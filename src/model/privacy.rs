//! What is known of a person, in numbers, and what the retention timers would take.

/// What a contact left with us: what an erasure takes away, and an export hands out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Belongings {
    pub conversations: i64,
    pub messages: i64,
    pub files: i64,
    pub file_bytes: i64,
    pub notes: i64,
    pub pages: i64,
    pub consents: i64,
    /// Browsers that would be logged out.
    pub sessions: i64,
}

/// What the retention timers of an inbox would delete now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overdue {
    pub conversations: i64,
    pub visitors: i64,
}
