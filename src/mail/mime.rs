//! Takes a mail apart into its parts (RFC 2045, 2046), however broken it is: every sequence of bytes is a part. Nothing is decoded here but headers.

use super::charset;
use super::compose::Party;
use super::steps;
use super::transfer::Coding;
use crate::base::{email, limits};
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue};

/// One part, or the whole mail.
#[derive(Debug, Default)]
pub struct Part<'x> {
    pub headers: Headers<'x>,
    /// `text/plain`, in lower case.
    pub kind: String,
    parameters: Vec<(String, String)>,
    disposition: Vec<(String, String)>,
    /// As it travels. Of a multipart: everything, with what stands before and after its parts.
    pub body: &'x [u8],
    pub parts: Vec<Part<'x>>,
    /// Of a multipart: what stands before its first part, when no part was found behind it.
    pub is_broken: bool,
}

/// The fields of a part, in their order, as they travel.
#[derive(Debug, Default, Clone)]
pub struct Headers<'x>(Vec<(&'x str, &'x [u8])>);

/// The parts of a mail, and whether there were more than anybody may send.
pub fn parse(bytes: &[u8]) -> (Part<'_>, bool) {
    let mut left = limits::MAIL_PARTS_MAX;
    let part = Part::parse(skip_envelope(bytes), "text/plain", limits::MAIL_PART_DEPTH_MAX, &mut left);
    (part, left == 0)
}

impl<'x> Part<'x> {
    fn parse(bytes: &'x [u8], usual: &str, depth: usize, left: &mut usize) -> Part<'x> {
        let (headers, body) = Headers::split(bytes);
        let content_type = headers.first("content-type").map(|value| structured(value, true)).unwrap_or_default();
        let disposition = headers.first("content-disposition").map(|value| structured(value, false)).unwrap_or_default();
        let kind = match content_type.0.as_str() {
            "" => usual.to_owned(),
            "text" => "text/plain".to_owned(),
            kind => kind.to_owned(),
        };
        let mut part =
            Part { headers, kind, parameters: content_type.1, disposition: disposition.1, body, parts: Vec::new(), is_broken: false };
        part.disposition.insert(0, (String::new(), disposition.0));
        if part.kind.starts_with("multipart/") {
            part.split(depth, left);
        }
        part
    }

    fn split(&mut self, depth: usize, left: &mut usize) {
        let usual = if self.kind == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let declared = self.parameter("boundary").unwrap_or_default().trim_end().as_bytes().to_vec();
        let mut pieces = pieces(self.body, &declared, *left);
        if pieces.is_empty()
            && let Some(found) = likely_boundary(self.body)
        {
            pieces = self::pieces(self.body, found, *left);
        }
        if pieces.is_empty() || depth == 0 {
            self.is_broken = true;
            return;
        }
        for piece in pieces {
            if *left == 0 {
                return;
            }
            *left -= 1;
            self.parts.push(Part::parse(piece, usual, depth - 1, left));
        }
    }

    /// A parameter of the content type.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `attachment`, `inline`, or nothing.
    pub fn disposition(&self) -> &str {
        self.disposition.first().map_or("", |(_, value)| value.as_str())
    }

    /// Under which name the sender keeps it.
    pub fn file_name(&self) -> Option<String> {
        let named = self.disposition.iter().find(|(key, _)| key == "filename").map(|(_, value)| value.as_str());
        let name = named.filter(|name| !name.is_empty()).or_else(|| self.parameter("name"))?;
        Some(words(name.as_bytes())).filter(|name| !name.trim().is_empty())
    }

    /// Without brackets.
    pub fn content_id(&self) -> Option<String> {
        self.headers.first("content-id").and_then(|value| ids(value).pop())
    }

    /// How the body travels.
    pub fn coding(&self) -> Coding {
        self.headers.first("content-transfer-encoding").map_or(Coding::Plain, |value| Coding::of(&words(value)))
    }

    /// The bytes of the body.
    pub fn bytes(&self) -> Vec<u8> {
        self.coding().decode(self.body)
    }

    /// The body as text, without zeros and with plain line ends.
    pub fn text(&self) -> String {
        let bytes = match (self.coding(), self.body) {
            // Some say base64 and write text.
            (Coding::Base64, body) if body.iter().filter(|byte| **byte == b' ').count() * 12 > body.len() => body.to_vec(),
            (coding, body) => coding.decode(body),
        };
        charset::text(&bytes, self.parameter("charset")).replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
    }

    /// Every part, this one first, in the order of the mail.
    pub fn walk(&self) -> Vec<&Part<'x>> {
        let mut all = vec![self];
        for part in &self.parts {
            all.append(&mut part.walk());
        }
        all
    }
}

impl<'x> Headers<'x> {
    /// The fields at the beginning of bytes, and what follows them. An empty line is missing in some mails: then the first line that can be no
    /// field begins the body.
    pub fn split(bytes: &'x [u8]) -> (Headers<'x>, &'x [u8]) {
        let mut fields: Vec<(&str, &[u8])> = Vec::new();
        let (mut at, mut value_at) = (0, 0);
        while at < bytes.len() {
            let line = line(&bytes[at..]);
            let next = at + line.len();
            let shown = line.trim_ascii_end();
            if shown.is_empty() && (line.len() <= 2 || !is_field(self::line(&bytes[next..]))) {
                return (Headers(fields), &bytes[next..]);
            }
            match field_name(line) {
                Some(name) => {
                    value_at = at + line.iter().position(|byte| *byte == b':').unwrap_or_default() + 1;
                    fields.push((name, &bytes[value_at..next]));
                }
                None if fields.is_empty() => return (Headers(fields), &bytes[at..]),
                None if line.starts_with(b" ") || line.starts_with(b"\t") || !line.starts_with(b"--") && goes_on(&bytes[next..]) => {
                    if let Some(last) = fields.last_mut() {
                        last.1 = &bytes[value_at..next];
                    }
                }
                None => return (Headers(fields), &bytes[at..]),
            }
            at = next;
            if fields.len() > limits::MAIL_FIELDS_MAX {
                fields.pop();
            }
        }
        (Headers(fields), &[])
    }

    /// The value of the first field with this name, as it travels.
    pub fn first(&self, name: &str) -> Option<&'x [u8]> {
        self.all(name).next()
    }

    /// The values of all fields with this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'x [u8]> + 'a {
        self.0.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// All fields in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&'x str, &'x [u8])> + '_ {
        self.0.iter().copied()
    }

    /// The first field with this name as text; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.first(name).map(words).unwrap_or_default()
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

/// The line at the beginning, with its end.
pub fn line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    &bytes[..end]
}

/// A mailbox file's `From ` line, and empty lines above the fields.
fn skip_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(bytes.len());
    let mut bytes = &bytes[start..];
    while bytes.starts_with(b"From ") || bytes.starts_with(b">From ") {
        bytes = &bytes[line(bytes).len()..];
    }
    bytes
}

/// The name of the field that this line begins.
fn field_name(line: &[u8]) -> Option<&str> {
    let (name, _) = line.split_at(line.iter().take(100).position(|byte| *byte == b':')?);
    let name = std::str::from_utf8(name).ok()?.trim_end();
    (!name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())).then_some(name)
}

fn is_field(line: &[u8]) -> bool {
    field_name(line).is_some()
}

/// Whether the fields go on behind a line that is none: the next one is a field that only mails have.
fn goes_on(bytes: &[u8]) -> bool {
    const SURE: &[&str] =
        &["from", "to", "cc", "subject", "date", "message-id", "mime-version", "received", "references", "in-reply-to", "return-path"];
    field_name(line(bytes)).is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        SURE.contains(&name.as_str()) || name.starts_with("content-") || name.starts_with("x-")
    })
}

/// Whether this line is a boundary: between two parts (false) or behind the last (true).
pub fn boundary(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// What stands between the boundaries.
fn pieces<'x>(body: &'x [u8], mark: &[u8], most: usize) -> Vec<&'x [u8]> {
    let mut pieces = Vec::new();
    let (mut at, mut start) = (0, None);
    if mark.is_empty() {
        return pieces;
    }
    while at < body.len() && pieces.len() <= most {
        let line = line(&body[at..]);
        if line.starts_with(b"--")
            && let Some(is_last) = boundary(line, mark)
        {
            if let Some(start) = start {
                pieces.push(without_line_end(&body[start..at]));
            }
            start = Some(at + line.len());
            if is_last {
                return pieces;
            }
        }
        at += line.len();
    }
    if let Some(start) = start
        && start < body.len()
    {
        pieces.push(&body[start..]);
    }
    pieces
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// What the mail uses as a boundary although it declares another one, or none.
fn likely_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    for _ in 0..200 {
        let line = line(body.get(at..)?);
        at += line.len();
        let next = self::line(body.get(at..)?);
        if let Some(mark) = line.strip_prefix(b"--")
            && next.len() > 8
            && next[..8].eq_ignore_ascii_case(b"content-")
        {
            return Some(mark.trim_ascii_end()).filter(|mark| !mark.is_empty());
        }
        if line.is_empty() {
            return None;
        }
    }
    None
}

/// The word and the parameters of a structured field: in lower case, but for the values of the parameters.
fn structured(value: &[u8], has_two_words: bool) -> (String, Vec<(String, String)>) {
    let HeaderValue::ContentType(found) = MessageStream::new(&ended(value)).parse_content_type().into_owned() else {
        return Default::default();
    };
    let mut word = found.c_type.trim().to_ascii_lowercase();
    if has_two_words && let Some(second) = &found.c_subtype {
        word = format!("{word}/{}", second.trim().to_ascii_lowercase());
    }
    let parameters = found.attributes.unwrap_or_default();
    (word, parameters.into_iter().map(|one| (one.name.to_ascii_lowercase(), one.value.into_owned())).collect())
}

/// Only one line may stand before the parsers, ended, and in UTF-8.
fn ended(value: &[u8]) -> Vec<u8> {
    let value = &value[..value.len().min(limits::MAIL_FIELD_BYTES_MAX)];
    let mut line = unfolded(&charset::text(value, None)).into_bytes();
    line.push(b'\n');
    line
}

/// A folded value on one line, without anything that could end it.
fn unfolded(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A value as people read it: unfolded, encoded words (RFC 2047) decoded. Words that were cut in the middle of a letter are joined first.
pub fn words(value: &[u8]) -> String {
    let value = &value[..value.len().min(limits::MAIL_FIELD_BYTES_MAX)];
    let value = unfolded(&charset::text(value, None));
    let mut shown = String::with_capacity(value.len());
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = value.as_str();
    // Behind the last end no word is whole any more.
    let ends = value.rfind("?=").map_or(0, |at| at + 2);
    while let Some(at) = rest.find("=?").filter(|at| value.len() - rest.len() + at < ends) {
        let Some((charset, bytes, after)) = encoded_word(&rest[at..]) else {
            flush(&mut pending, &mut shown);
            shown.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let between = &rest[..at];
        let joins = pending.is_some() && between.trim().is_empty();
        match &mut pending {
            Some((before, held)) if joins && *before == charset => held.extend_from_slice(&bytes),
            _ => {
                flush(&mut pending, &mut shown);
                if !joins {
                    shown.push_str(between);
                }
                pending = Some((charset, bytes));
            }
        }
        rest = after;
    }
    flush(&mut pending, &mut shown);
    shown.push_str(rest);
    unfolded(&shown)
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, shown: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        shown.push_str(&charset::text(&bytes, Some(&charset)));
    }
}

/// Charset, bytes, and what follows.
fn encoded_word(text: &str) -> Option<(String, Vec<u8>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (coding, rest) = rest.split_once('?')?;
    let charset = charset.split('*').next()?;
    if charset.is_empty() || charset.len() > 40 || charset.contains(' ') || !matches!(coding, "b" | "B" | "q" | "Q") {
        return None;
    }
    // The end comes last: a field may begin thousands of words and end none.
    steps::add(rest.find("?=").unwrap_or(rest.len()));
    let (data, after) = rest.split_once("?=")?;
    let bytes = match coding {
        "b" | "B" => Coding::Base64.decode(data.as_bytes()),
        _ => Coding::QuotedPrintable.decode(data.replace('_', "=20").as_bytes()),
    };
    Some((charset.to_ascii_lowercase(), bytes, after))
}

/// Message-IDs without their brackets. Some programs forget them, or write words around.
pub fn ids(value: &[u8]) -> Vec<String> {
    let value = unfolded(&charset::text(&value[..value.len().min(limits::MAIL_FIELD_BYTES_MAX)], None));
    let clean = |id: &str| -> Option<String> {
        let id: String = id.chars().filter(|c| !c.is_whitespace() && !matches!(c, '<' | '>')).collect();
        (!id.is_empty() && id.len() <= limits::MAIL_ID_BYTES_MAX).then_some(id)
    };
    let bracketed: Vec<String> = value.split('<').skip(1).filter_map(|rest| clean(rest.split('>').next()?)).collect();
    match bracketed.is_empty() {
        true => value.split([' ', ',']).filter(|word| word.contains('@')).filter_map(clean).collect(),
        false => bracketed,
    }
}

/// Who stands in a field of addresses. What is no address has an empty one.
pub fn parties(value: &[u8]) -> Vec<Party> {
    let line = ended(value);
    let HeaderValue::Address(found) = MessageStream::new(&line).parse_address() else { return Vec::new() };
    let list = match found {
        Address::List(list) => list,
        Address::Group(groups) => groups.into_iter().flat_map(|group| group.addresses).collect(),
    };
    let parties = list.into_iter().take(limits::MAIL_RECIPIENTS_MAX).map(|one| {
        let address = one.address.unwrap_or_default();
        let address = address.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '\'' | '"' | ',' | ';'));
        Party { name: words(one.name.unwrap_or_default().as_bytes()), address: email::check(address).unwrap_or_default() }
    });
    parties.filter(|party| !party.address.is_empty() || !party.name.is_empty()).collect()
}

/// Unix milliseconds of a date.
pub fn date(value: &[u8]) -> Option<i64> {
    let HeaderValue::DateTime(date) = MessageStream::new(&ended(value)).parse_date() else { return None };
    (date.is_valid() && date.year >= 1970).then(|| date.to_timestamp().saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_joined_before_they_are_read() {
        assert_eq!(words(b" =?utf-8?B?R3LDvMO?=\r\n =?utf-8?B?n2U=?= aus"), "Grüße aus");
        assert_eq!(words(b"=?iso-8859-1?Q?Gr=FC=DFe?= =?utf-8?q?_an_alle?="), "Grüße an alle");
        assert_eq!(words(b"Re: =?x?= plain =?utf-8?Z?x?="), "Re: =?x?= plain =?utf-8?Z?x?=");
        assert_eq!(words(b"Gr\xfc\xdfe roh"), "Grüße roh");
    }

    #[test]
    fn ids_and_addresses_are_found_among_words() {
        assert_eq!(ids(b" <a@b> <c\r\n d@e>"), ["a@b", "cd@e"]);
        assert_eq!(ids(b"Your message of Friday <a@b> \"x\""), ["a@b"]);
        assert_eq!(ids(b"a@b"), ["a@b"]);
        let found = parties(b"=?utf-8?Q?M=C3=BCller=2C_Anna?= <Anna@example.com>, team@example.org");
        assert_eq!(found.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Müller, Anna", ""]);
        assert_eq!(found.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), ["Anna@example.com", "team@example.org"]);
        assert_eq!(date(b" Mon, 3 Jun 2024 10:00:00 +0200"), Some(1_717_401_600_000));
    }

    #[test]
    fn parts_are_found_although_the_mail_is_broken() {
        let kinds = |mail: &str| -> Vec<String> { parse(mail.as_bytes()).0.walk().into_iter().map(|part| part.kind.clone()).collect() };
        let body = "--b\nContent-Type: text/plain\n\na\n--b\nContent-Type: text/html\n\n<p>b\n";
        assert_eq!(
            kinds(&format!("Content-Type: multipart/mixed; boundary=b\n\n{body}--b--\n")),
            ["multipart/mixed", "text/plain", "text/html"]
        );
        assert_eq!(kinds(&format!("Content-Type: multipart/mixed; boundary=b\n\n{body}")), ["multipart/mixed", "text/plain", "text/html"]);
        assert_eq!(
            kinds(&format!("Content-Type: multipart/mixed; boundary=other\n\n{body}--b--\n")),
            ["multipart/mixed", "text/plain", "text/html"]
        );
        assert_eq!(
            kinds(&format!("Subject: x\nContent-Type: multipart/mixed; boundary=b\n{body}--b--\n")),
            ["multipart/mixed", "text/plain", "text/html"]
        );
        let (mail, _) = parse(b"Subject: x\nHello you,\nno empty line\n");
        assert_eq!((mail.headers.text("subject").as_str(), mail.text().as_str()), ("x", "Hello you,\nno empty line\n"));
        assert_eq!(parse(b"just words").0.text(), "just words");
    }

    #[test]
    fn nests_and_crowds_end() {
        let mut nest = String::new();
        for n in 0..10_000 {
            nest.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{n}\"\n\n--b{n}\n"));
        }
        assert!(parse(nest.as_bytes()).0.walk().len() <= limits::MAIL_PART_DEPTH_MAX + 1);
        let crowd = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(10_000));
        let (mail, is_cut) = parse(crowd.as_bytes());
        assert!(is_cut && mail.parts.len() == limits::MAIL_PARTS_MAX);
    }
}
