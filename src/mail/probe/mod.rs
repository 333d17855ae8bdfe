//! Tries a mailbox out, one step after the other, and says in plain words what it finds: for the "Test" buttons. Not for sending and fetching,
//! which live in smtp.rs and imap.rs; what an expert would do by hand is done here, and explained.

mod domain;
mod imap;
mod line;
mod smtp;

pub use domain::{Sender, domain};
pub use imap::{Folder, imap};
pub use smtp::{Trial, smtp};

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, so that the page keeps its place: `name`, `connect`, `tls`, `login` …
    pub id: &'static str,
    /// None: neither right nor wrong, but worth knowing.
    pub ok: Option<bool>,
    pub title: String,
    pub why: String,
    /// What to do; empty where there is nothing to do.
    pub fix: String,
}

impl Finding {
    fn good(id: &'static str, title: impl Into<String>, why: impl Into<String>) -> Finding {
        Finding { id, ok: Some(true), title: title.into(), why: why.into(), fix: String::new() }
    }

    fn bad(id: &'static str, title: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { id, ok: Some(false), title: title.into(), why: why.into(), fix: fix.into() }
    }

    fn note(id: &'static str, title: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Finding {
        Finding { id, ok: None, title: title.into(), why: why.into(), fix: fix.into() }
    }
}

/// What a server said, fit to be shown: one line, not too long, in quotation marks.
fn quoted(said: &str) -> String {
    format!("It says: “{}”", crate::base::text::preview(said, 300))
}
