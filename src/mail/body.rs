//! Chooses what of a mail is its text, and what are its files.

use super::inbound::{Body, FileBytes, ReceivedFile};
use super::mime::Part;
use super::reply::{self, Line};
use super::slim::{self, Kept};
use super::{calendar, flowed, html_text, steps, tnef};
use crate::base::{files, limits};
use std::collections::HashSet;

/// What a mail holds.
#[derive(Debug, Default)]
pub struct Read {
    pub body: Body,
    pub files: Vec<ReceivedFile>,
    /// In words for agents.
    pub remarks: Vec<String>,
}

/// A piece of the text: in one form, or in both.
#[derive(Debug, Default)]
struct Piece {
    plain: Option<String>,
    html: Option<String>,
}

#[derive(Default)]
struct Reader<'a> {
    kept: Option<&'a Kept>,
    pieces: Vec<Piece>,
    files: Vec<ReceivedFile>,
    remarks: Vec<String>,
    /// `cid:` of files, beside their place in `files`.
    ids: Vec<(usize, String)>,
    is_encrypted: bool,
}

/// The text and the files of a mail.
pub fn read(mail: &Part<'_>, kept: Option<&Kept>) -> Read {
    let mut reader = Reader { kept, ..Reader::default() };
    reader.part(mail, true);
    if reader.pieces.iter().all(Piece::is_empty) {
        reader.other_text(mail);
    }
    reader.finish()
}

impl Piece {
    fn is_empty(&self) -> bool {
        [&self.plain, &self.html].into_iter().flatten().all(|text| text.trim().is_empty())
    }
}

impl Reader<'_> {
    fn part(&mut self, part: &Part<'_>, is_shown: bool) {
        match part.kind.as_str() {
            "multipart/alternative" => self.alternative(part, is_shown),
            "multipart/encrypted" => {
                self.encrypted();
                part.parts.iter().for_each(|one| self.part(one, false));
            }
            kind if kind.starts_with("multipart/") && part.is_broken => {
                // Its parts were not found: what is there is shown as it is.
                if is_shown {
                    self.pieces.push(Piece { plain: Some(part.text()), html: None });
                }
            }
            kind if kind.starts_with("multipart/") => part.parts.iter().for_each(|one| self.part(one, is_shown)),
            "text/plain" | "text/html" | "text/enriched" | "text/richtext" if self.is_text(part) => {
                if is_shown {
                    self.text(part);
                }
            }
            "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-encrypted" => {
            }
            "message/delivery-status"
            | "message/feedback-report"
            | "message/disposition-notification"
            | "message/global-delivery-status"
            | "text/rfc822-headers" => {}
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                match part.parameter("smime-type").unwrap_or_default().to_ascii_lowercase().as_str() {
                    "signed-data" => {
                        self.remarks.push("The text of this mail is inside of a signed file (S/MIME) and was not read.".to_owned())
                    }
                    _ => self.encrypted(),
                }
                self.file(part);
            }
            _ => self.file(part),
        }
    }

    fn encrypted(&mut self) {
        if !std::mem::replace(&mut self.is_encrypted, true) {
            self.remarks.push("This mail is encrypted and cannot be read here.".to_owned());
        }
    }

    /// The same in several forms: the text is taken once, the files from all.
    fn alternative(&mut self, part: &Part<'_>, is_shown: bool) {
        let before = self.pieces.len();
        part.parts.iter().for_each(|one| self.part(one, is_shown));
        let found: Vec<Piece> = self.pieces.drain(before..).collect();
        let mut both = Piece::default();
        for piece in found {
            for (all, one) in [(&mut both.plain, piece.plain), (&mut both.html, piece.html)] {
                match (all.as_mut(), one) {
                    (Some(text), Some(more)) => {
                        text.push('\n');
                        text.push_str(&more);
                    }
                    (None, Some(text)) => *all = Some(text),
                    (_, None) => {}
                }
            }
        }
        if both.plain.is_some() || both.html.is_some() {
            self.pieces.push(both);
        }
    }

    /// Text with a name is a file, but for the first one: some programs name what they wrote.
    fn is_text(&self, part: &Part<'_>) -> bool {
        part.disposition() != "attachment"
            && !part.headers.has(slim::MARK)
            && (part.file_name().is_none() || self.pieces.is_empty() && part.disposition() != "inline")
    }

    fn text(&mut self, part: &Part<'_>) {
        let mut text = part.text();
        if text.len() > limits::MAIL_TEXT_BYTES_MAX {
            self.remarks.push("The text of this mail is very long; all of it is in a file.".to_owned());
            let name = if part.kind == "text/html" { "mail.html" } else { "mail.txt" };
            self.files.push(ReceivedFile {
                name: name.to_owned(),
                content_type: part.kind.clone(),
                is_inline: false,
                bytes: FileBytes::Here(text.clone().into_bytes()),
            });
            text.truncate(text.floor_char_boundary(limits::MAIL_TEXT_BYTES_MAX));
        }
        let is = |name: &str, value: &str| part.parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
        self.pieces.push(match part.kind.as_str() {
            "text/plain" if looks_html(&text) => Piece { plain: None, html: Some(text) },
            "text/plain" if is("format", "flowed") => Piece { plain: Some(flowed::joined(&text, is("delsp", "yes"))), html: None },
            "text/plain" => Piece { plain: Some(armour(text)), html: None },
            _ => Piece { plain: None, html: Some(text) },
        });
    }

    fn file(&mut self, part: &Part<'_>) {
        if self.files.len() >= limits::MAIL_FILES_MAX {
            const FULL: &str = "This mail has more files than are kept.";
            if self.remarks.last().is_none_or(|last| last != FULL) {
                self.remarks.push(FULL.to_owned());
            }
            return;
        }
        let mark = part.headers.text(slim::MARK);
        let bytes = match self.kept.and_then(|kept| kept.find(&mark)) {
            Some(bytes) => bytes,
            None => FileBytes::Here(part.bytes()),
        };
        match (&bytes, part.kind.as_str()) {
            (FileBytes::Here(bytes), _) if bytes.is_empty() => return,
            (_, "text/calendar") => self.remarks.extend(calendar::remark(&part.text())),
            (_, kind) if is_tnef(kind, &part.file_name().unwrap_or_default()) => {
                self.remarks.push("winmail.dat holds what Outlook could not send otherwise; other programs can hardly read it.".to_owned());
            }
            _ => {}
        }
        if let Some(id) = part.content_id() {
            self.ids.push((self.files.len(), id));
        }
        self.files.push(ReceivedFile { name: name(part, self.files.len()), content_type: part.kind.clone(), is_inline: false, bytes });
    }

    /// Where no text is: a mail that was passed on as a file, an invitation, or what Outlook packed.
    fn other_text(&mut self, mail: &Part<'_>) {
        for part in mail.walk() {
            let text = match part.kind.as_str() {
                "message/rfc822" if !mail.kind.contains("report") => {
                    let bytes = part.bytes();
                    let (inner, _) = super::mime::parse(&bytes);
                    let shown: Vec<Piece> = {
                        let mut reader = Reader::default();
                        reader.part(&inner, true);
                        reader.pieces
                    };
                    self.pieces.extend(shown);
                    continue;
                }
                "text/calendar" => calendar::remark(&part.text()),
                kind if is_tnef(kind, &part.file_name().unwrap_or_default()) => tnef::text(&part.bytes()),
                _ => None,
            };
            if let Some(text) = text
                && self.pieces.iter().all(Piece::is_empty)
            {
                self.pieces.push(Piece { plain: Some(text), html: None });
            }
        }
    }

    fn finish(mut self) -> Read {
        let pages = self.pieces.iter().filter_map(|piece| piece.html.as_deref());
        let shown: HashSet<&str> = pages.flat_map(|html| html.split("cid:").skip(1)).map(content_id).collect();
        for (n, id) in &self.ids {
            if let Some(file) = self.files.get_mut(*n) {
                file.is_inline |= shown.contains(id.as_str());
            }
        }
        let pictures: Vec<&str> =
            self.files.iter().filter(|file| file.content_type.starts_with("image/")).map(|file| file.name.as_str()).collect();
        let has_both = self.pieces.iter().any(|piece| piece.plain.is_some() && piece.html.is_some());
        let lines = |prefers_html: bool| -> Vec<Line> {
            let mut lines: Vec<Line> = Vec::new();
            for piece in &self.pieces {
                let mut more = match (&piece.plain, &piece.html) {
                    (_, Some(html)) if prefers_html || piece.plain.is_none() => html_text::lines(html),
                    (Some(plain), _) => reply::plain(plain),
                    (None, _) => Vec::new(),
                };
                if !lines.is_empty() {
                    lines.push(Line::default());
                }
                lines.append(&mut more);
            }
            for line in &mut lines {
                without_places(&mut line.text, &pictures);
            }
            lines
        };
        let mut body = reply::take_apart(lines(false));
        if has_both {
            let other = reply::take_apart(lines(true));
            if is_better(&other, &body) {
                body = other;
            }
        }
        Read { body, files: self.files, remarks: self.remarks }
    }
}

/// Whether the page says more clearly than the plain text what was said. The plain text is what the sender's program made of it; it is taken as
/// long as both agree about the quote.
fn is_better(html: &Body, plain: &Body) -> bool {
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
    let (said, said_plain) = (words(&html.text), words(&plain.text));
    if plain.text.is_empty() || html.text.is_empty() {
        return plain.text.is_empty();
    }
    // A plain text that only says that there is a page.
    if plain.quoted.is_empty() && said_plain < 25 && said > 2 * said_plain + 25 {
        return true;
    }
    let has_rest = |body: &Body| !body.quoted.is_empty() || !body.signature.is_empty();
    said < said_plain && has_rest(html) && (plain.quoted.is_empty() || !html.quoted.is_empty())
}

/// Plain text that is a page after all.
fn looks_html(text: &str) -> bool {
    let head = text.trim_start();
    let head = head.get(..head.floor_char_boundary(200)).unwrap_or_default().to_ascii_lowercase();
    head.starts_with("<!doctype html") || head.starts_with("<html") || head.starts_with("<div") && text.trim_end().ends_with("</div>")
}

/// Without the armour of a text that was signed in place (RFC 9580, 7).
fn armour(text: String) -> String {
    const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
    const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
    let Some(begin) = text.find(BEGIN) else { return text };
    let Some(end) = text[begin..].find(SIGNATURE).map(|at| begin + at) else { return text };
    let signed = &text[begin + BEGIN.len()..end];
    let signed = signed.split_once("\n\n").map_or(signed, |(_, signed)| signed);
    let after = text[end..].split_once("-----END PGP SIGNATURE-----").map_or("", |(_, after)| after);
    let lines = signed.lines().map(|line| line.strip_prefix("- ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
    format!("{}{lines}{after}", &text[..begin])
}

/// The id at the beginning of what follows `cid:` in a page.
fn content_id(rest: &str) -> &str {
    let rest = &rest[..rest.floor_char_boundary(limits::MAIL_ID_BYTES_MAX + 1)];
    steps::add(rest.len());
    rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ')' | '&')).next().unwrap_or_default()
}

/// `[image: photo.png]` and `[cid:…]` stand in a plain text where the page has a picture, which is here as a file.
fn without_places(text: &mut String, pictures: &[&str]) {
    /// Bytes in which such a place ends.
    const PLACE_BYTES_MAX: usize = 1_000;
    const OPENINGS: [(&str, bool); 4] = [("[image: ", true), ("[Image: ", true), ("[cid:", false), ("[inline image", false)];
    if !OPENINGS.iter().any(|(opening, _)| text.contains(opening)) {
        return;
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('[') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        steps::add(1);
        let place = OPENINGS.iter().find_map(|(opening, is_named)| {
            let named = rest.strip_prefix(opening)?;
            let length = named[..named.floor_char_boundary(PLACE_BYTES_MAX)].find(']')?;
            (!is_named || pictures.contains(&named[..length].trim())).then_some(opening.len() + length + 1)
        });
        // A bracket that opens nothing stays; what stands in it may open again.
        if place.is_none() {
            kept.push('[');
        }
        rest = &rest[place.unwrap_or(1)..];
    }
    kept.push_str(rest);
    if kept.len() < text.len() {
        *text = if kept.trim().is_empty() { String::new() } else { kept };
    }
}

fn is_tnef(kind: &str, name: &str) -> bool {
    matches!(kind, "application/ms-tnef" | "application/vnd.ms-tnef") || name.eq_ignore_ascii_case("winmail.dat")
}

/// The name of a file, or one that says what it is.
fn name(part: &Part<'_>, number: usize) -> String {
    if let Some(name) = part.file_name() {
        return files::clean_name(&name);
    }
    let ending = match part.kind.as_str() {
        "message/rfc822" => {
            let bytes = part.bytes();
            let subject = super::mime::parse(&bytes).0.headers.text("subject");
            return files::clean_name(&format!("{}.eml", if subject.trim().is_empty() { "mail" } else { subject.trim() }));
        }
        "text/calendar" => "ics",
        "text/html" => "html",
        "text/csv" => "csv",
        "text/vcard" | "text/x-vcard" | "text/directory" => "vcf",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/svg+xml" => "svg",
        "audio/mpeg" => "mp3",
        kind if kind.starts_with("text/") => "txt",
        kind => match kind.split_once('/') {
            Some(("image" | "audio" | "video", ending)) if ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) && ending.len() <= 5 => {
                ending
            }
            Some((_, "pdf")) => "pdf",
            Some((_, "zip")) => "zip",
            Some((_, "json")) => "json",
            _ => "bin",
        },
    };
    let word = if part.kind.starts_with("image/") { "image" } else { "file" };
    files::clean_name(&format!("{word}-{}.{ending}", number + 1))
}
