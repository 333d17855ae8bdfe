//! How HTTPS stands: whose certificate is shown, until when, and what is wrong with the next one.

use crate::base::clock::Millis;

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An authority that certifies DOMAIN.
    Authority,
    /// CERT_FILE, which somebody else keeps fresh.
    Files,
}

/// How the certificate of HTTPS stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The name it is for; of files, the path of CERT_FILE.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// From when it is valid; none: there is no certificate yet, and a self-signed one is shown.
    pub valid_from: Option<Millis>,
    /// Until when.
    pub valid_until: Option<Millis>,
    /// When the next one is asked for.
    pub next_at: Option<Millis>,
    /// When an authority was asked last.
    pub tried_at: Option<Millis>,
    /// What went wrong last, in words; none: nothing.
    pub problem: Option<String>,
}
