//! Something that a colleague would point out, or would say that it is in order.

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work, or is not safe.
    Urgent,
    /// Something will go wrong one day.
    Warning,
    /// Something could be better.
    Hint,
    /// It was looked at, and is in order.
    Fine,
}

impl Severity {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Urgent => "urgent",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
            Severity::Fine => "fine",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// The way from outside to here: name, certificate, proxy.
    Address,
    /// A page of a customer.
    Page,
    /// Inboxes and how they are set up.
    Inboxes,
    /// Mailboxes, and the records of their domains.
    Mail,
    /// The computer: clock, disk, rights, limits.
    Machine,
    /// The one file and its copies.
    File,
    /// Agents, teams, hours.
    People,
    /// Work that was given up.
    Jobs,
}

impl Area {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Area::Address => "address",
            Area::Page => "page",
            Area::Inboxes => "inboxes",
            Area::Mail => "mail",
            Area::Machine => "machine",
            Area::File => "file",
            Area::People => "people",
            Area::Jobs => "jobs",
        }
    }
}

/// One thing that is wrong: what, why it matters, how to mend it, and where. Or, with `Severity::Fine`, one that is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable, so that the page keeps its place.
    pub id: String,
    pub severity: Severity,
    pub area: Area,
    pub title: String,
    pub why: String,
    /// What stands between backticks is to be typed or pasted.
    pub fix: String,
    /// A page of the settings, such as `inboxes/<uuid>/security`; empty where the desk cannot mend it.
    pub link: String,
    /// Row number of a buried job that can be tried again.
    pub job: Option<i64>,
}

impl Problem {
    /// Something is wrong.
    pub fn new(
        severity: Severity,
        area: Area,
        id: impl Into<String>,
        title: impl Into<String>,
        why: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        Problem { id: id.into(), severity, area, title: title.into(), why: why.into(), fix: fix.into(), link: String::new(), job: None }
    }

    /// Something is in order.
    pub fn fine(area: Area, id: impl Into<String>, title: impl Into<String>, why: impl Into<String>) -> Problem {
        Problem::new(Severity::Fine, area, id, title, why, "")
    }

    /// Where the desk can mend it.
    pub fn at(mut self, link: impl Into<String>) -> Problem {
        self.link = link.into();
        self
    }
}
