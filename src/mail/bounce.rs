//! Notices that a mail could not be delivered (RFC 3464, and the shapes that older servers invented), and complaints about one (RFC 5965).

use super::inbound::Bounce;
use super::mime::{Headers, Part, ids, words};
use crate::base::{email, text};

/// Bytes of a notice that are looked at.
const LOOKED_AT_MAX: usize = 64 * 1024;
/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;

/// What a complaint is about, if the mail is one: its kind stands as the reason.
pub fn complaint(mail: &Part<'_>) -> Option<Bounce> {
    let parts = mail.walk();
    let report = parts.iter().find(|part| part.kind == "message/feedback-report")?;
    let body = report.bytes();
    let (fields, _) = Headers::split(&body);
    // `not-spam` takes one back.
    let kind = fields.text("feedback-type").to_ascii_lowercase();
    if kind == "not-spam" {
        return None;
    }
    let recipient = ["original-rcpt-to", "removal-recipient"].iter().find_map(|name| address(&fields.text(name)));
    let original = returned(&parts);
    Some(Bounce {
        message_id: original.0,
        recipient: recipient.or(original.1).unwrap_or_default(),
        is_permanent: true,
        reason: text::clean_line(&kind, REASON_CHARS_MAX),
    })
}

/// What a notice of delivery says, if the mail is one. A notice of success is none.
pub fn read(mail: &Part<'_>, subject: &str) -> Option<Bounce> {
    let parts = mail.walk();
    let status = parts.iter().find(|part| matches!(part.kind.as_str(), "message/delivery-status" | "message/global-delivery-status"));
    match status {
        Some(status) => by_report(&parts, &status.bytes()),
        None => by_words(mail, &parts, subject),
    }
}

fn by_report(parts: &[&Part<'_>], status: &[u8]) -> Option<Bounce> {
    let mut rest = status;
    let mut worst: Option<(u8, Bounce)> = None;
    // Groups of fields, the first about the mail, each other about one recipient.
    for _ in 0..50 {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        let (fields, after) = Headers::split(rest);
        rest = if after.len() == rest.len() { &[] } else { after };
        let Some(recipient) = ["original-recipient", "final-recipient"].iter().find_map(|name| address(&fields.text(name))) else {
            continue;
        };
        let code = fields.text("status");
        let action = fields.text("action").to_ascii_lowercase();
        let weight = match action.as_str() {
            action if action.starts_with("failed") => 2,
            action if action.starts_with("delayed") => 1,
            "" if code.starts_with('5') => 2,
            "" if code.starts_with('4') => 1,
            _ => 0,
        };
        let diagnosis = fields.text("diagnostic-code");
        let said = diagnosis.split_once(';').map_or(diagnosis.as_str(), |(_, said)| said).trim();
        let bounce = Bounce {
            message_id: String::new(),
            recipient,
            // What was given up after days of 4.x.x has failed for this mail, but not for good.
            is_permanent: weight == 2 && !code.starts_with('4'),
            reason: text::clean_line(if said.is_empty() { &code } else { said }, REASON_CHARS_MAX),
        };
        if worst.as_ref().is_none_or(|(before, _)| *before < weight) {
            worst = Some((weight, bounce));
        }
    }
    let (weight, mut bounce) = worst?;
    bounce.message_id = returned(parts).0;
    (weight > 0).then_some(bounce)
}

/// Message-ID and recipient of the mail that came back, from the part that holds it or its headers.
fn returned(parts: &[&Part<'_>]) -> (String, Option<String>) {
    let kinds = ["message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers"];
    for part in parts.iter().filter(|part| kinds.contains(&part.kind.as_str())) {
        let body = part.bytes();
        let (fields, _) = Headers::split(body.trim_ascii_start());
        if let Some(id) = fields.first("message-id").and_then(|value| ids(value).into_iter().next()) {
            return (id, fields.first("to").and_then(|value| address(&words(value))));
        }
    }
    // Some servers write the headers into a text.
    let texts = parts.iter().filter(|part| part.kind.starts_with("text/")).map(|part| part.text());
    let found = texts.filter_map(|text| named_id(&text)).next();
    (found.unwrap_or_default(), None)
}

/// The Message-ID in a text that shows headers.
fn named_id(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        let value = line.get(..11).filter(|name| name.eq_ignore_ascii_case("message-id:")).and_then(|_| line.get(11..))?;
        ids(value.as_bytes()).into_iter().next()
    })
}

/// Notices without a report: qmail, Exim, old Exchange and Gmail, and everybody's own.
fn by_words(mail: &Part<'_>, parts: &[&Part<'_>], subject: &str) -> Option<Bounce> {
    let headers = &mail.headers;
    let failed = headers.first("x-failed-recipients").and_then(|value| address(&words(value)));
    let from = headers.text("from").to_ascii_lowercase();
    let is_server = ["mailer-daemon", "postmaster@", "mail-daemon", "mailerdaemon", "mdaemon@", "microsoftexchange"]
        .iter()
        .any(|name| from.contains(name));
    let is_nobody = headers.first("return-path").is_some_and(|path| words(path).replace(' ', "") == "<>");
    let subject = subject.to_lowercase();
    let is_named = SUBJECTS.iter().any(|words| subject.contains(words));
    if failed.is_none() && !(is_named && (is_server || is_nobody)) {
        return None;
    }
    let mut said = parts
        .iter()
        .find(|part| part.kind == "text/plain")
        .or(parts.iter().find(|part| part.kind == "text/html"))
        .map(|part| part.text())
        .unwrap_or_default();
    said.truncate(said.floor_char_boundary(LOOKED_AT_MAX));
    // Below this line stands the mail that came back; its codes and addresses are its own.
    let notice = MARKS.iter().filter_map(|mark| said.find(mark)).min().map_or(said.as_str(), |at| &said[..at]);
    let recipient = failed.or_else(|| {
        notice
            .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ':' | ',' | '"'))
            .find_map(|word| address(word).filter(|found| !["mailer-daemon", "postmaster"].iter().any(|name| found.starts_with(name))))
    });
    let reason = reason(notice);
    let is_later =
        ["delay", "warning", "still being retried", "verzöger", "retard", "temporarily"].iter().any(|word| subject.contains(word));
    Some(Bounce {
        message_id: returned(parts).0,
        recipient: recipient.unwrap_or_default(),
        is_permanent: !is_later && code(&reason).is_none_or(|class| class == '5'),
        reason: text::clean_line(&reason, REASON_CHARS_MAX),
    })
}

/// The line with the server's code, and what goes on below it.
fn reason(notice: &str) -> String {
    let lines: Vec<&str> = notice.lines().map(str::trim).collect();
    match lines.iter().position(|line| code(line).is_some()) {
        Some(at) => lines[at..].iter().take(3).take_while(|line| !line.is_empty()).copied().collect::<Vec<_>>().join(" "),
        None => lines.iter().find(|line| line.len() > 20).copied().unwrap_or_default().to_owned(),
    }
}

/// The class of the first code in a line: `5` of `550` or `5.1.1`.
fn code(line: &str) -> Option<char> {
    line.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.')).find_map(|word| {
        let class = word.chars().next().filter(|class| matches!(class, '4' | '5'))?;
        let is_basic = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit()) && word.as_bytes()[1] <= b'5';
        let is_enhanced = word.len() <= 8 && word.split('.').count() == 3 && word.as_bytes()[1] == b'.' && !word.contains("..");
        (is_basic || is_enhanced).then_some(class)
    })
}

/// The address in a value such as `rfc822; <anna@example.com>`.
fn address(value: &str) -> Option<String> {
    let value = value.rsplit(';').next().unwrap_or(value);
    let value = value.split(',').next().unwrap_or(value);
    let value = value
        .rsplit_once('<')
        .map_or(value, |(_, rest)| rest)
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\'' | '"' | '.' | ','));
    email::check(value).ok().map(|address| address.to_lowercase())
}

/// Where the mail that came back begins in a text.
const MARKS: &[&str] = &[
    "--- Below this line is a copy of the message",
    "------ This is a copy of",
    "----- Original message -----",
    "-----Original Message-----",
    "----- Transcript of message follows",
    "--- The message cannot be delivered",
    "Original message headers:",
    "------ This is a copy of the message",
];

const SUBJECTS: &[&str] = &[
    "undeliver",
    "undelivered",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery notification",
    "delivery problem",
    "delivery has failed",
    "delivery delay",
    "delivery report",
    "failure notice",
    "mail delivery",
    "mail failure",
    "message delivery",
    "could not be delivered",
    "not delivered",
    "non delivery",
    "non-delivery",
    "returned mail",
    "returned to sender",
    "returning message",
    "mail system error",
    "unzustellbar",
    "nicht zugestellt",
    "unzustellbare",
    "non remis",
    "échec de la remise",
    "non distribué",
    "no se puede entregar",
    "no entregado",
    "não entregue",
    "mancato recapito",
    "non recapitabile",
    "onbestelbaar",
    "niet bezorgd",
    "niedostarczo",
    "nie można dostarczyć",
    "nedoručiteln",
    "недоставлен",
    "не доставлено",
    "teslim edilemedi",
    "olevererbart",
    "配信不能",
    "無法傳送",
    "无法投递",
    "退信",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mime;

    fn check(mail: &str) -> Option<Bounce> {
        let (part, _) = mime::parse(mail.as_bytes());
        read(&part, &part.headers.text("subject"))
    }

    fn bounce(message_id: &str, recipient: &str, is_permanent: bool, reason: &str) -> Bounce {
        Bounce { message_id: message_id.into(), recipient: recipient.into(), is_permanent, reason: reason.into() }
    }

    #[test]
    fn reports_are_read() {
        let report = |action: &str, status: &str| {
            format!(
                "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nSorry.\n--b\n\
                 Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; anna@example.com\nAction: {action}\n\
                 Status: {status}\nDiagnostic-Code: smtp; 550 5.1.1 No such\n user\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: us@house.example\n\
                 Message-ID: <m1@house.example>\n\n--b--\n"
            )
        };
        assert_eq!(check(&report("failed", "5.1.1")), Some(bounce("m1@house.example", "anna@example.com", true, "550 5.1.1 No such user")));
        assert_eq!(check(&report("failed", "4.4.7")).map(|bounce| bounce.is_permanent), Some(false));
        assert_eq!(check(&report("delayed", "4.4.1")).map(|bounce| bounce.is_permanent), Some(false));
        assert_eq!(check(&report("delivered", "2.0.0")), None);
    }

    #[test]
    fn notices_without_a_report_are_read() {
        let qmail = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n\
             I'm afraid I wasn't able to deliver your message.\n\n<anna@example.com>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user\n\n\
             --- Below this line is a copy of the message.\n\nReturn-Path: <us@house.example>\nMessage-ID: <m1@house.example>\n\nText 452\n";
        let expected = bounce("m1@house.example", "anna@example.com", true, "Remote host said: 550 no such user");
        assert_eq!(check(qmail), Some(expected));
        let exim = "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: anna@example.com\nSubject: Mail delivery failed: returning message to sender\n\n\
             This message was created automatically.\n\n  anna@example.com\n    host mx2.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<anna@example.com>:\n    \
             452 4.2.2 Mailbox full\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <m1@house.example>\n";
        assert_eq!(check(exim), Some(bounce("m1@house.example", "anna@example.com", false, "452 4.2.2 Mailbox full")));
        assert_eq!(check("From: anna@example.com\nSubject: failure notice\n\nWhat does 550 mean?\n"), None);
    }
}
