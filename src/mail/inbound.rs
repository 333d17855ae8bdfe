//! What a mail says once it is read: the one form in which everything later sees it. Reading is total: every sequence of bytes is a mail.

use super::body;
use super::compose::Party;
use super::mime::{self, Part, ids, parties, words};
use super::slim::Kept;
use super::{authentication, nature};
use crate::base::{limits, text};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// What a reader has to know about the house; every word of it may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    /// The name under which our mail server says whether a sender is genuine (the authserv-id of RFC 8601).
    pub server: Option<&'a str>,
    /// Our own addresses: a list with one of them is how our mail comes.
    pub ours: &'a [&'a str],
    /// Bodies that `slim` took out and put into the store.
    pub kept: Option<&'a Kept>,
}

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Received {
    read_with(bytes, &Reading::default())
}

/// Reads a mail, knowing the house.
pub fn read_with(bytes: &[u8], reading: &Reading<'_>) -> Received {
    // Lines of very old programs end with a carriage return alone.
    if !bytes.contains(&b'\n') && bytes.contains(&b'\r') {
        let bytes: Vec<u8> = bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
        return read_parts(&bytes, reading);
    }
    read_parts(bytes, reading)
}

fn read_parts(bytes: &[u8], reading: &Reading<'_>) -> Received {
    let (mail, is_cut) = mime::parse(bytes);
    let headers = &mail.headers;
    let subject = text::clean_line(&headers.text("subject"), limits::MAIL_SUBJECT_CHARS_MAX);
    let senders = headers.first("from").map(parties).unwrap_or_default();
    let from = senders.iter().find(|party| !party.address.is_empty()).or(senders.first()).cloned().unwrap_or_default();
    let from = Party { name: text::clean_line(&from.name, limits::MAIL_NAME_CHARS_MAX), ..from };
    let domain = from.address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let (nature, bounce) = nature::of(&mail, &subject, reading.ours);
    let read = body::read(&mail, reading.kept);
    let mut remarks = read.remarks;
    if reading.kept.is_some_and(|kept| kept.is_cut) {
        remarks.push("This mail is too long to be read whole; its end was left out.".to_owned());
    }
    if is_cut {
        remarks.push("This mail has more parts than are read; the rest was left out.".to_owned());
    }
    Received {
        message_id: headers
            .first("message-id")
            .and_then(|value| ids(value).into_iter().next())
            .unwrap_or_else(|| made_id(&mail, &read.body, &read.files)),
        in_reply_to: all_ids(&mail, "in-reply-to"),
        references: all_ids(&mail, "references"),
        reply_to: headers
            .first("reply-to")
            .and_then(|value| parties(value).into_iter().find(|party| !party.address.is_empty()))
            .filter(|party| party.address != from.address),
        return_path: headers.first("return-path").map(|value| return_path(&words(value))),
        recipients: recipients(&mail),
        date: headers.first("date").and_then(mime::date),
        trust: match senders.len() {
            0 | 1 => authentication::trust(headers, domain, reading.server),
            _ => Trust::Unknown,
        },
        loop_marks: headers.all("x-deskbell-loop").map(words).filter(|mark| !mark.is_empty()).take(limits::MAIL_IDS_READ_MAX).collect(),
        from,
        subject,
        nature,
        is_bulk: nature::is_bulk(headers),
        body: read.body,
        files: read.files,
        bounce,
        remarks,
    }
}

/// The newest ones, oldest first.
fn all_ids(mail: &Part<'_>, field: &str) -> Vec<String> {
    let mut found: Vec<String> = mail.headers.all(field).flat_map(ids).collect();
    found.drain(..found.len().saturating_sub(limits::MAIL_IDS_READ_MAX));
    found
}

fn return_path(value: &str) -> String {
    value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>')).to_owned()
}

/// Where the mail went: what the servers noted first, because `To` is the sender's word.
fn recipients(mail: &Part<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for field in ["delivered-to", "x-original-to", "envelope-to", "to", "cc"] {
        for party in mail.headers.all(field).flat_map(parties) {
            let address = party.address.to_lowercase();
            if all.len() >= limits::MAIL_RECIPIENTS_MAX {
                return all;
            }
            if !address.is_empty() && known.insert(address.clone()) {
                all.push(address);
            }
        }
    }
    all
}

/// The same for the same mail, however large files of it are kept.
fn made_id(mail: &Part<'_>, body: &Body, files: &[ReceivedFile]) -> String {
    let mut hash = Sha256::new();
    for (name, value) in mail.headers.iter() {
        hash.update(name.as_bytes());
        hash.update(value);
    }
    for text in [&body.text, &body.quoted, &body.signature] {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    for file in files {
        let size = match &file.bytes {
            FileBytes::Here(bytes) => bytes.len() as u64,
            FileBytes::Stored { size, .. } => *size,
        };
        hash.update(file.name.as_bytes());
        hash.update(size.to_be_bytes());
    }
    let hash: String = hash.finalize().iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}@without-id.invalid")
}

/// A mail that came.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// Without brackets; made from a hash of the mail when it has none.
    pub message_id: String,
    /// Without brackets.
    pub in_reply_to: Vec<String>,
    /// Without brackets, oldest first.
    pub references: Vec<String>,
    pub from: Party,
    /// Where an answer should go, when it is not `from`.
    pub reply_to: Option<Party>,
    /// The envelope sender as the last server noted it; empty = a notice of delivery (`<>`).
    pub return_path: Option<String>,
    /// `Delivered-To`, `X-Original-To`, `Envelope-To`, then `To` and `Cc`, in this order, in lower case.
    pub recipients: Vec<String>,
    pub subject: String,
    /// Unix milliseconds as the sender's clock says.
    pub date: Option<i64>,
    pub nature: Nature,
    /// It went to many people.
    pub is_bulk: bool,
    pub trust: Trust,
    /// The loop marks of deskbells (`X-Deskbell-Loop`) found in it.
    pub loop_marks: Vec<String>,
    pub body: Body,
    pub files: Vec<ReceivedFile>,
    /// Of a notice of delivery: which mails came back, and why.
    pub bounce: Option<Bounce>,
    /// What could not be read or was left out, in words for agents.
    pub remarks: Vec<String>,
}

/// What kind of mail it is, by its headers and shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Nature {
    /// A person wrote it.
    #[default]
    Personal,
    /// A machine answered: absence, receipt, ticket system (RFC 3834).
    AutoReply,
    /// A machine wrote by itself: newsletter, report.
    AutoGenerated,
    /// Came through a list.
    List,
    /// A notice of delivery (RFC 3464).
    Bounce,
    /// A complaint (RFC 5965).
    Complaint,
}

/// What the receiving server said about the sender (RFC 8601); only what it wrote itself counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// DMARC passed, or DKIM or SPF in line with `From`.
    Proved,
    /// Nothing was said.
    #[default]
    Unknown,
    /// DMARC failed.
    Forged,
}

/// The words, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// What the sender wrote now, as plain text; never empty when the mail shows any text at all.
    pub text: String,
    /// What he quoted, as plain text.
    pub quoted: String,
    /// His signature and legal footer, as plain text.
    pub signature: String,
}

/// A file of a mail.
#[derive(Debug, Clone, Default)]
pub struct ReceivedFile {
    pub name: String,
    pub content_type: String,
    /// An image that stands in the text (`cid:`), and not beside it.
    pub is_inline: bool,
    pub bytes: FileBytes,
}

/// The bytes of a file: here when small, else already streamed into the store under this number.
#[derive(Debug, Clone)]
pub enum FileBytes {
    Here(Vec<u8>),
    Stored { blob: i64, size: u64 },
}

impl Default for FileBytes {
    fn default() -> FileBytes {
        FileBytes::Here(Vec::new())
    }
}

/// What a notice of delivery says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounce {
    /// Message-ID of the mail it is about, without brackets; empty when the notice does not say.
    pub message_id: String,
    pub recipient: String,
    /// For good (5.x.x), not for now (4.x.x).
    pub is_permanent: bool,
    /// The server's sentence.
    pub reason: String,
}
