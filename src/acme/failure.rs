//! Why there is no certificate, in words for the person who can mend it, and how soon it makes sense to ask again.

use crate::base::error::Error;
use crate::base::text;
use instant_acme::Problem;
use std::time::Duration;

/// What sort of failure it was: each has its own patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Nobody answered, or not as expected: nothing was counted against us.
    Unreachable,
    /// The authority has looked and said no. It counts such tries.
    Refused,
    /// The authority has looked and did not find the proof. It counts such tries; another way of proof may do.
    Unproved,
    /// The authority wants to be left alone for a while.
    TooOften,
    /// The order is gone, or cannot come to anything: a new one is needed, and may be made at once.
    OrderOver,
}

/// Why there is no certificate.
#[derive(Debug, Clone)]
pub struct Failure {
    /// For people.
    pub words: String,
    /// What sort.
    pub sort: Sort,
    /// How long the authority wants to be left alone, when it says so.
    pub after: Option<Duration>,
}

/// Characters of what the authority says: it may quote whole pages of whoever answered in our place.
const QUOTE_CHARS_MAX: usize = 400;

impl Failure {
    /// With these words.
    pub fn new(sort: Sort, words: impl Into<String>) -> Failure {
        Failure { words: words.into(), sort, after: None }
    }

    /// It is on our side.
    pub fn ours(error: Error) -> Failure {
        log::warn!("no certificate, and it is our own fault error=\"{error:?}\"");
        Failure::new(Sort::Unreachable, error.message.clone())
    }

    pub(super) fn of(error: &instant_acme::Error) -> Failure {
        use instant_acme::Error as Acme;
        match error {
            Acme::Api(problem) => Failure::of_problem(problem),
            Acme::Timeout(_) => Failure::new(Sort::Unreachable, "The authority has not decided yet."),
            Acme::Other(cause) => Failure::new(Sort::Unreachable, format!("The authority does not answer. {}", quote(&cause.to_string()))),
            Acme::Json(_) => Failure::new(Sort::Unreachable, "What answers at ACME_DIRECTORY does not speak ACME. Is the address right?"),
            other => Failure::new(Sort::Unreachable, format!("The authority could not be asked: {other}.")),
        }
    }

    /// RFC 8555 6.7: the kinds of problems, each with what mends it.
    pub(super) fn of_problem(problem: &Problem) -> Failure {
        let kind = problem.r#type.as_deref().unwrap_or_default().rsplit(':').next().unwrap_or_default();
        let details = || problem.subproblems.iter().filter_map(|sub| sub.detail.as_deref());
        let told: Vec<&str> = problem.detail.as_deref().into_iter().chain(details()).collect();
        let told = quote(&told.join(" "));
        let hint = match kind {
            "connection" => {
                "The authority could not connect to this name. Does it lead to this machine, and are ports 80 and 443 open from outside?"
            }
            "dns" => "The authority finds no address for this name. Does it have an A or AAAA record that leads to this machine?",
            "unauthorized" | "incorrectResponse" => {
                "Something else than this deskbell answered under this name. Does it lead to another machine, or does a proxy stand in front?"
            }
            "tls" => "The authority could not shake hands with this machine under TLS. Is port 443 of this name really ours?",
            "caa" => "The CAA records of this domain forbid this authority to certify it.",
            "rateLimited" => "The authority has had too many requests for this name lately.",
            "rejectedIdentifier" | "unsupportedIdentifier" => "The authority does not certify such a name.",
            "invalidContact" | "unsupportedContact" => "The authority does not accept ACME_EMAIL.",
            "externalAccountRequired" => "This authority wants an account that was made with it before; deskbell cannot use it.",
            _ => "The authority refused.",
        };
        let sort = match kind {
            "rateLimited" => Sort::TooOften,
            "serverInternal" | "badNonce" => Sort::Unreachable,
            "orderNotReady" => Sort::OrderOver,
            _ => Sort::Refused,
        };
        Failure::new(sort, if told.is_empty() { hint.to_owned() } else { format!("{hint} It says: {told}") })
    }
}

/// A foreign text on one line and of bounded length.
fn quote(foreign: &str) -> String {
    text::preview(foreign, QUOTE_CHARS_MAX)
}
