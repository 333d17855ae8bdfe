//! Short words for findings, and for why an address does not answer.

use crate::http::fetch::Fault;
use crate::model::problem::{Area, Problem, Severity};

/// Something is in order.
pub(super) fn fine(area: Area, id: &str, title: impl Into<String>, why: impl Into<String>) -> Problem {
    Problem::fine(area, id, title, why)
}

/// Something is wrong.
pub(super) fn bad(
    severity: Severity,
    area: Area,
    id: &str,
    title: impl Into<String>,
    why: impl Into<String>,
    fix: impl Into<String>,
) -> Problem {
    Problem::new(severity, area, id, title, why, fix)
}

/// Why nobody answered, in a sentence that goes on from "It does not answer: ".
pub(super) fn why_not(fault: &Fault) -> String {
    match fault {
        Fault::Address => "this is no address of the web.".into(),
        Fault::NoName => "no address is known for this name.".into(),
        Fault::Inside(ip) => format!("the name leads to {ip}, inside a private network."),
        Fault::Refused(address) => format!("{} is there, but nothing listens on port {}.", address.ip(), address.port()),
        Fault::Silent => format!("nothing came within {} seconds.", crate::base::limits::LOOK_STEP.as_secs()),
        Fault::NoRoots => "this machine has no root certificates, so nobody can be trusted.".into(),
        Fault::Certificate(fault, _) => format!("its certificate is not believed ({fault})."),
        Fault::Tls(said) => format!("no secure line could be made ({said})."),
        Fault::Broken(said) => format!("the line broke ({said})."),
    }
}
