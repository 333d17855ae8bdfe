//! What a mail server's answers mean, and how it is said to people. What it said itself is shown only to who runs the house: servers repeat
//! addresses, and sometimes more.

use crate::base::limits;
use std::io;
use tokio_rustls::rustls;

/// How handing over ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Sent,
    /// Not now, for a reason of this mail or its recipient.
    Later(Reason),
    /// Never to this recipient.
    RefusedRecipient(Reason),
    /// Never this mail; the recipient may be fine.
    RefusedMail(Reason),
    /// The server cannot be reached, or wants nothing of us: no mail of this mailbox would go better.
    RefusedUs(Reason),
}

/// Why, in a sentence without addresses or passwords, and what the server said, without addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    pub sentence: String,
    pub said: String,
}

impl Reason {
    /// Both, for people inside.
    pub fn whole(&self) -> String {
        match self.said.is_empty() {
            true => self.sentence.clone(),
            false => format!("{} The server said: {}", self.sentence, self.said),
        }
    }
}

/// How far we came, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Finding the server by its name.
    Name,
    /// Connecting.
    Reach,
    /// Making the line secret.
    Tls,
    /// Being greeted.
    Greeting,
    Login,
    Sender,
    Recipient,
    /// Asking to hand over.
    Announced,
    /// Handing over.
    Data,
}

/// What went wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub step: Step,
    pub reason: Reason,
    kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FaultKind {
    /// We ended it, or never came through.
    Ours,
    /// The line broke, or nobody answered.
    Lost,
    /// 4xx.
    NotNow,
    /// 5xx, of the recipient.
    Recipient,
    /// 5xx.
    Never,
}

/// An answer.
pub(super) struct Reply {
    pub(super) code: u16,
    esc: [u8; 3],
    pub(super) text: String,
}

impl Reply {
    pub(super) fn new(code: u16, esc: [u8; 3], text: &str) -> Reply {
        Reply { code, esc, text: text.to_owned() }
    }

    pub(super) fn is_yes(&self) -> bool {
        (200..300).contains(&self.code)
    }

    pub(super) fn agreed(self, step: Step) -> Result<(), Fault> {
        match self.is_yes() {
            true => Ok(()),
            false => Err(self.fault(step)),
        }
    }

    pub(super) fn answered(self, step: Step, code: u16) -> Result<Reply, Fault> {
        match self.code == code {
            true => Ok(self),
            false => Err(self.fault(step)),
        }
    }

    fn fault(&self, step: Step) -> Fault {
        let is_relay = self.text.to_ascii_lowercase().contains("relay") || matches!(self.code, 530 | 535 | 538);
        let is_full = self.esc == [5, 2, 2] || self.esc == [5, 2, 3];
        let kind = match (self.code, step) {
            // 421: the server goes; 5.2.2 and 5.2.3: a box is full, which passes.
            (400..500, _) => FaultKind::NotNow,
            (_, Step::Recipient) if is_full => FaultKind::NotNow,
            (_, Step::Recipient) if is_relay => FaultKind::Ours,
            (500..600, Step::Recipient) if self.esc[1] == 7 => FaultKind::Never,
            (500..600, Step::Recipient) => FaultKind::Recipient,
            _ => FaultKind::Never,
        };
        let number = match self.esc {
            [0, ..] => self.code.to_string(),
            [class, subject, detail] => format!("{} {class}.{subject}.{detail}", self.code),
        };
        let sentence = match (step, kind) {
            (Step::Login, FaultKind::NotNow) => "The mail server cannot check the login at the moment",
            (Step::Login, _) => "The mail server does not accept the user name or the password",
            (Step::Sender, FaultKind::NotNow) => "The mail server takes no mail from this mailbox at the moment",
            (Step::Sender, _) => "The mail server does not accept the address of this mailbox as sender",
            (Step::Recipient, FaultKind::NotNow) => "The mail server does not take mail for this recipient at the moment",
            (Step::Recipient, FaultKind::Ours) => "The mail server takes no mail to others from us; a login may be missing",
            (Step::Recipient, FaultKind::Recipient) => "The mail server does not know this recipient",
            (Step::Recipient, _) => "The mail server refuses mail to this recipient",
            (Step::Announced | Step::Data, FaultKind::NotNow) => "The mail server does not take this mail at the moment",
            (Step::Announced | Step::Data, _) => "The mail server refuses this mail",
            (Step::Tls, _) => "The mail server does not start TLS",
            (_, FaultKind::NotNow) => "The mail server is not ready at the moment",
            (_, _) => "The mail server does not want to talk to us",
        };
        Fault { step, reason: Reason { sentence: format!("{sentence} ({number})."), said: without_addresses(&self.text) }, kind }
    }
}

impl Fault {
    /// What we know without an answer.
    pub(super) fn of_ours(step: Step, sentence: impl Into<String>) -> Fault {
        Fault { step, reason: Reason { sentence: sentence.into(), said: String::new() }, kind: FaultKind::Ours }
    }

    /// The line broke.
    pub(super) fn lost(step: Step) -> Fault {
        let sentence = match step {
            Step::Data => "The mail server hung up without saying whether it has the mail.",
            _ => "The mail server hung up.",
        };
        Fault { kind: FaultKind::Lost, ..Fault::of_ours(step, sentence) }
    }

    /// Nobody answered.
    pub(super) fn silent(step: Step) -> Fault {
        let sentence = match step {
            Step::Data => "The mail server did not say in time whether it has the mail.",
            _ => "The mail server did not answer in time.",
        };
        Fault { kind: FaultKind::Lost, ..Fault::of_ours(step, sentence) }
    }

    pub(super) fn too_large() -> Fault {
        Fault { kind: FaultKind::Never, ..Fault::of_ours(Step::Data, "The mail is larger than the mail server takes.") }
    }

    pub(super) fn of_line(step: Step, error: &mail_send::Error) -> Fault {
        match error {
            mail_send::Error::Timeout => Fault::silent(step),
            // An end in the middle of an answer is told as an answer that cannot be read.
            _ => Fault::lost(step),
        }
    }

    /// Whether the line was gone, and the server said nothing.
    pub(super) fn is_lost(&self) -> bool {
        self.kind == FaultKind::Lost
    }

    /// What it means for the mail.
    pub fn outcome(self) -> Outcome {
        match (self.step, self.kind) {
            (Step::Recipient, FaultKind::Ours) => Outcome::RefusedUs(self.reason),
            (Step::Recipient, FaultKind::Recipient) => Outcome::RefusedRecipient(self.reason),
            (Step::Recipient | Step::Announced | Step::Data, FaultKind::NotNow | FaultKind::Lost) => Outcome::Later(self.reason),
            (Step::Recipient | Step::Announced | Step::Data, _) => Outcome::RefusedMail(self.reason),
            _ => Outcome::RefusedUs(self.reason),
        }
    }
}

/// Words of a server without what looks like an address, on one line.
fn without_addresses(text: &str) -> String {
    let line = crate::base::text::clean_line(text, limits::SMTP_SAID_CHARS_MAX);
    let words = line.split(' ').map(|word| if word.contains('@') { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Why TLS did not come about.
pub(super) fn tls_sentence(error: &io::Error) -> &'static str {
    use rustls::CertificateError as Bad;
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(bad)) => match bad {
            Bad::Expired | Bad::ExpiredContext { .. } => "The certificate of the mail server has expired.",
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "The certificate of the mail server is not valid yet; the clock may be wrong."
            }
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => "The certificate of the mail server is for another name.",
            Bad::UnknownIssuer => "The certificate of the mail server comes from nobody this machine trusts.",
            bad if format!("{bad:?}").contains("CaUsedAsEndEntity") => "The certificate of the mail server vouches for itself.",
            _ => "The certificate of the mail server is not valid.",
        },
        Some(rustls::Error::InvalidMessage(_)) => "The mail server does not speak TLS on this port; STARTTLS or another port may be meant.",
        _ => "No secret line to the mail server came about; STARTTLS or another port may be meant.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_means_depends_on_what_was_asked() {
        let outcome = |step, code, esc, text| Reply::new(code, esc, text).agreed(step).unwrap_err().outcome();
        let gone = outcome(Step::Recipient, 550, [5, 1, 1], "<anna@customer.example>: unknown in table");
        let Outcome::RefusedRecipient(reason) = &gone else { panic!("{gone:?}") };
        assert_eq!(reason.sentence, "The mail server does not know this recipient (550 5.1.1).");
        assert_eq!(reason.said, "… unknown in table");
        assert!(matches!(outcome(Step::Recipient, 451, [4, 7, 1], "greylisted"), Outcome::Later(_)));
        assert!(matches!(outcome(Step::Recipient, 552, [5, 2, 2], "quota"), Outcome::Later(_)));
        assert!(matches!(outcome(Step::Recipient, 554, [5, 7, 1], "Relay access denied"), Outcome::RefusedUs(_)));
        assert!(matches!(outcome(Step::Recipient, 550, [5, 7, 1], "blocked by policy"), Outcome::RefusedMail(_)));
        assert!(matches!(outcome(Step::Data, 554, [5, 7, 1], "spam"), Outcome::RefusedMail(_)));
        assert!(matches!(outcome(Step::Data, 452, [0, 0, 0], "full"), Outcome::Later(_)));
        assert!(matches!(outcome(Step::Sender, 550, [5, 7, 1], "not yours"), Outcome::RefusedUs(_)));
        assert!(matches!(outcome(Step::Login, 535, [5, 7, 8], "no"), Outcome::RefusedUs(_)));
        assert!(matches!(outcome(Step::Greeting, 421, [4, 3, 2], "closing"), Outcome::RefusedUs(_)));
    }
}
