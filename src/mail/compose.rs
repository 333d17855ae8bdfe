//! Writes a mail as bytes (RFC 5322, 2045, 2047). Whatever a name, subject or file name holds, it can never become a header.

use crate::base::error::{Error, Result};
use crate::base::{email, limits, text};
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};

/// Characters of a name in a header; of a subject; of the name of a file.
const NAME_CHARS_MAX: usize = 100;
const SUBJECT_CHARS_MAX: usize = 200;
const FILE_NAME_CHARS_MAX: usize = 120;
/// Bytes of an id of others that we repeat: a line holds 998.
const ID_BYTES_MAX: usize = 400;

/// Somebody in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    /// Checked by `base::email::check`.
    pub address: String,
}

/// A mail before it is bytes.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Without brackets; the same for every try of one mail.
    pub message_id: String,
    /// Unix milliseconds.
    pub date: i64,
    pub from: Party,
    pub to: Party,
    pub reply_to: Option<String>,
    pub subject: String,
    /// Without brackets.
    pub in_reply_to: Option<String>,
    /// Without brackets, oldest first.
    pub references: Vec<String>,
    /// `Auto-Submitted: auto-generated` and its kin (RFC 3834).
    pub is_automatic: bool,
    /// Our own loop mark: which house made this mail. Letters and digits.
    pub loop_mark: String,
    pub text: String,
    pub html: String,
    pub files: Vec<File>,
}

/// A file that travels along, in memory: bounded by `limits::MAIL_FILES_BYTES_MAX` in all.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// The bytes of a mail: seven bits, lines of at most 998, CRLF. Refused when an address is none.
pub fn compose(draft: &Draft) -> Result<Vec<u8>> {
    if !is_id(&draft.message_id) || draft.loop_mark.is_empty() || !draft.loop_mark.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Error::internal("a mail without an id or a loop mark"));
    }
    let mut mail = MessageBuilder::new()
        .message_id(draft.message_id.as_str())
        .date(draft.date.div_euclid(1000))
        .from(party(&draft.from)?)
        .to(party(&draft.to)?)
        .subject(Text::new(line(&draft.subject, SUBJECT_CHARS_MAX)));
    if let Some(address) = &draft.reply_to {
        mail = mail.reply_to(Address::from(email::ascii(address)?));
    }
    // Ids of others are somebody's typing too: what is none is left out, and the thread is found without it.
    if let Some(id) = draft.in_reply_to.as_deref().filter(|id| is_id(id)) {
        mail = mail.in_reply_to(id);
    }
    let references: Vec<&str> = draft.references.iter().map(String::as_str).filter(|id| is_id(id)).collect();
    let references = &references[references.len().saturating_sub(limits::MAIL_REFERENCES_MAX)..];
    if !references.is_empty() {
        mail = mail.references(MessageId::new_list(references.iter().copied()));
    }
    if draft.is_automatic {
        mail = mail.header("Auto-Submitted", Raw::new("auto-generated")).header("X-Auto-Response-Suppress", Raw::new("All"));
    }
    mail = mail.header("X-Deskbell-Loop", Raw::new(draft.loop_mark.as_str())).header("MIME-Version", Raw::new("1.0"));
    mail.body(body(draft)).write_to_vec().map_err(Error::internal)
}

/// Text and HTML as alternatives, files beside them.
fn body(draft: &Draft) -> MimePart<'_> {
    let mut words = vec![MimePart::new("text/plain", BodyPart::Text(lines(&draft.text).into()))];
    if !draft.html.is_empty() {
        words.push(MimePart::new("text/html", BodyPart::Text(lines(&draft.html).into())));
    }
    let words = match words.len() {
        1 => words.remove(0),
        _ => MimePart::new("multipart/alternative", words),
    };
    if draft.files.is_empty() {
        return words;
    }
    let mut parts = vec![words];
    parts.extend(draft.files.iter().map(file));
    MimePart::new("multipart/mixed", parts)
}

fn file(file: &File) -> MimePart<'_> {
    let name = line(&file.name, FILE_NAME_CHARS_MAX).replace(['/', '\\'], "_");
    let name = if name.is_empty() { "file".to_owned() } else { name };
    // As plain words, so that a text file is carried in base64 like any other: byte by byte as it was.
    MimePart::raw(BodyPart::Binary(file.bytes.as_slice().into()))
        .header("Content-Type", Raw::new(kind(&file.content_type)))
        .attachment(name)
}

/// The kind of a file, when it is one that may be a part; parameters are left out.
fn kind(content_type: &str) -> String {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_token =
        |half: &str| (1..=60).contains(&half.len()) && half.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    match kind.split_once('/') {
        // Parts of these kinds have rules of their own that a file need not keep.
        Some(("multipart" | "message", _)) => crate::base::files::OCTET_STREAM.to_owned(),
        Some((left, right)) if is_token(left) && is_token(right) => kind,
        _ => crate::base::files::OCTET_STREAM.to_owned(),
    }
}

fn party(party: &Party) -> Result<Address<'static>> {
    let name = line(&party.name, NAME_CHARS_MAX);
    let address = email::ascii(&party.address)?;
    Ok(Address::new_address(Some(name).filter(|name| !name.is_empty()), address))
}

/// One visible line. What looks like an encoded word was typed, and must not be decoded by whoever reads it: it gets a gap.
fn line(typed: &str, chars_max: usize) -> String {
    text::clean_line(typed, chars_max).replace("=?", "= ?")
}

/// Lines that end as they should, without what no text holds.
fn lines(text: &str) -> String {
    let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.retain(|c| c == '\n' || c == '\t' || !c.is_control());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text.replace('\n', "\r\n")
}

/// Whether this can stand between the brackets of `Message-ID` and its kin.
pub fn is_id(id: &str) -> bool {
    let is_half = |half: &str| !half.is_empty() && half.bytes().all(|b| b.is_ascii_graphic() && !b"<>()\\,;\"@".contains(&b));
    // The beginning of an encoded word would be read as one.
    id.len() <= ID_BYTES_MAX && !id.contains("=?") && id.split_once('@').is_some_and(|(left, right)| is_half(left) && is_half(right))
}
