//! What is wrong with mail.

use super::Desk;
use super::problems::problem;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::model::mailbox::{Direction, Mailbox};
use crate::model::problem::{Problem, Severity};
use crate::store::{ReadTx, inboxes, mailboxes};

/// What the house knows of mail without asking its file.
pub(super) struct Standing {
    pub(super) can_send: bool,
    pub(super) sealed_outside: bool,
    pub(super) key_fault: Option<String>,
}

impl Desk {
    /// How mail stands, for "What is wrong?".
    pub(super) fn mail_standing(&self) -> Standing {
        Standing {
            can_send: self.has_mailbox(),
            sealed_outside: self.sealer.is_outside(),
            key_fault: self.sealer.fault().map(str::to_owned),
        }
    }
}

pub(super) fn of_mail(tx: &ReadTx, standing: &Standing, has_base_url: bool, found: &mut Vec<Problem>) -> Result<()> {
    use Severity::{Hint, Urgent, Warning};
    let all = mailboxes::all(tx)?;
    if !standing.can_send {
        found.push(problem(
            Warning,
            "mail",
            if all.is_empty() { "No mail can be sent yet" } else { "No mail can be sent by itself" },
            "Somebody who leaves before your answer does not get it by mail; codes, transcripts and invitations wait in the outbox.",
            if all.is_empty() {
                "Set up a mailbox: an address, and the server that sends for it. Two minutes with an app password."
            } else {
                "Switch on a mailbox that can send, and make it the default one."
            },
            "mailboxes",
        ));
    }
    if let Some(fault) = &standing.key_fault {
        found.push(problem(
            Urgent,
            "key",
            "The key that seals passwords is missing",
            format!("{fault} Until it is back, no mailbox can log in, and codes of authenticator apps cannot be checked."),
            "Put the key file back from your backup and restart. If it is lost for good, take KEY_FILE out of the configuration and type the passwords anew.",
            "",
        ));
    }
    let has_password = all.iter().any(|mailbox| mailbox.has_smtp_password || mailbox.has_imap_password);
    if has_password && !standing.sealed_outside && standing.key_fault.is_none() {
        found.push(problem(
            Hint,
            "seal",
            "The passwords of mailboxes are sealed with a key in the same file",
            "Whoever gets a copy of the data file, a backup for example, can open them.",
            "Put a key outside: `openssl rand -hex 32 > /etc/credstore/deskbell.key`, mode 0600, and restart. Keep a copy of it, apart from the backups.",
            "",
        ));
    }
    if !all.is_empty() && !has_base_url {
        found.push(problem(
            Urgent,
            "mail_links",
            "Mails cannot lead anybody back",
            "Links in mail (to the conversation, to a survey, to choose a password) need my address, and nobody told me.",
            "Set BASE_URL=https://… in /etc/deskbell/deskbell.conf and restart.",
            "",
        ));
    }
    for mailbox in all.iter().filter(|mailbox| mailbox.enabled) {
        for direction in [Direction::Out, Direction::In] {
            found.extend(failing(mailbox, direction, tx.now));
        }
    }
    let off = |uuid| all.iter().find(|mailbox| mailbox.uuid == uuid && !mailbox.can_send());
    for inbox in inboxes::all(tx)?.into_iter().filter(|inbox| inbox.enabled) {
        if let Some(mailbox) = inbox.config.continuity.mailbox().and_then(off) {
            found.push(problem(
                Warning,
                format!("linked:{}", inbox.uuid),
                format!("{} is linked to a mailbox that sends nothing", inbox.name),
                format!("{} is switched off or has no outgoing server, so nobody who left hears of an answer.", mailbox.name),
                "Switch the mailbox on, or link another one.",
                format!("inboxes/{}/general", inbox.uuid),
            ));
        }
    }
    Ok(())
}

fn failing(mailbox: &Mailbox, direction: Direction, now: Millis) -> Option<Problem> {
    let health = mailbox.health(direction);
    let since = lasted(now - health.failing_since?);
    let (word, verb, loss) = match direction {
        Direction::Out => ("out", "sends nothing", "Mails wait and go when it works again; nothing is lost."),
        Direction::In => ("in", "fetches nothing", "What people mail stays on the server until it works again."),
    };
    Some(problem(
        Severity::Urgent,
        format!("mailbox:{}:{word}", mailbox.uuid),
        format!("{} {verb} for {since}", mailbox.name),
        format!("{} {loss}", health.error),
        "Look at its settings, and press the test button there.",
        format!("mailboxes/{}", mailbox.uuid),
    ))
}

/// How long something lasts, in the largest unit that fits.
fn lasted(ms: i64) -> String {
    match ms.max(0) / 60_000 {
        0 => "a moment".to_owned(),
        minutes @ 1..60 => format!("{minutes} min"),
        minutes @ 60..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}
