//! Something that a colleague would point out.

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work, or is not safe.
    Urgent,
    /// Something will go wrong one day.
    Warning,
    /// Something could be better.
    Hint,
}

impl Severity {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Urgent => "urgent",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// One thing that is wrong: what, why it matters, how to mend it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable, so that the page keeps its place.
    pub id: String,
    pub severity: Severity,
    pub title: String,
    pub why: String,
    pub fix: String,
    /// A page of the settings, such as `inboxes/<uuid>/security`; empty where the desk cannot mend it.
    pub link: String,
    /// Row number of a buried job that can be tried again.
    pub job: Option<i64>,
}
