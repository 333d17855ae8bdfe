//! Chooses what of a mail is its text, and what are its files.

use super::html_text;
use super::inbound::{Body, FileBytes, ReceivedFile};
use super::mime::Part;
use super::reply;
use super::slim::{self, Kept};
use crate::base::{files, limits};

/// What a mail holds.
#[derive(Debug, Default)]
pub struct Read {
    pub body: Body,
    pub files: Vec<ReceivedFile>,
    /// In words for agents.
    pub remarks: Vec<String>,
}

/// A piece of the text, in the form in which it came.
#[derive(Debug)]
enum Piece {
    Plain(String),
    Html(String),
}

#[derive(Default)]
struct Reader<'a> {
    kept: Option<&'a Kept>,
    pieces: Vec<Piece>,
    files: Vec<ReceivedFile>,
    remarks: Vec<String>,
    /// `cid:` of files, beside their place in `files`.
    ids: Vec<(usize, String)>,
}

/// The text and the files of a mail.
pub fn read(mail: &Part<'_>, kept: Option<&Kept>) -> Read {
    let mut reader = Reader { kept, ..Reader::default() };
    reader.part(mail, true);
    reader.finish()
}

impl Reader<'_> {
    fn part(&mut self, part: &Part<'_>, is_shown: bool) {
        match part.kind.as_str() {
            "multipart/alternative" => self.alternative(part, is_shown),
            kind if kind.starts_with("multipart/") && !part.is_broken => {
                for one in &part.parts {
                    self.part(one, is_shown);
                }
            }
            "text/plain" | "text/html" if is_shown && self.is_text(part) => self.text(part),
            "text/plain" | "text/html" if !is_shown && self.is_text(part) => {}
            "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature" => {}
            _ => self.file(part),
        }
    }

    /// The same in several forms: the text is taken once, the files from all.
    fn alternative(&mut self, part: &Part<'_>, is_shown: bool) {
        let shows = |part: &Part<'_>, kind: &str| part.walk().into_iter().any(|part| part.kind == kind);
        let plain = part.parts.iter().position(|part| shows(part, "text/plain") && part.parts.is_empty() && !part.text().trim().is_empty());
        let html = part.parts.iter().position(|part| shows(part, "text/html"));
        let chosen = plain.or(html);
        for (n, one) in part.parts.iter().enumerate() {
            self.part(one, is_shown && (Some(n) == chosen || chosen.is_none()));
        }
    }

    fn is_text(&self, part: &Part<'_>) -> bool {
        part.disposition() != "attachment" && !part.headers.has(slim::MARK) && (part.file_name().is_none() || self.pieces.is_empty())
    }

    fn text(&mut self, part: &Part<'_>) {
        let text = part.text();
        self.pieces.push(if part.kind == "text/html" { Piece::Html(text) } else { Piece::Plain(text) });
    }

    fn file(&mut self, part: &Part<'_>) {
        if self.files.len() >= limits::MAIL_FILES_MAX {
            return;
        }
        let mark = part.headers.text(slim::MARK);
        let bytes = match self.kept.and_then(|kept| kept.find(&mark)) {
            Some(bytes) => bytes,
            None => FileBytes::Here(part.bytes()),
        };
        if let FileBytes::Here(bytes) = &bytes
            && bytes.is_empty()
        {
            return;
        }
        if let Some(id) = part.content_id() {
            self.ids.push((self.files.len(), id));
        }
        let name = part.file_name().map_or_else(|| "file".to_owned(), |name| files::clean_name(&name));
        self.files.push(ReceivedFile { name, content_type: part.kind.clone(), is_inline: false, bytes });
    }

    fn finish(mut self) -> Read {
        let mut whole = String::new();
        for piece in &self.pieces {
            let text = match piece {
                Piece::Plain(text) => text.clone(),
                Piece::Html(html) => html_text::text(html),
            };
            whole.push_str(text.trim_end());
            whole.push_str("\n\n");
            if let Piece::Html(html) = piece {
                for (n, id) in &self.ids {
                    if let Some(file) = self.files.get_mut(*n) {
                        file.is_inline |= html.contains(&format!("cid:{id}"));
                    }
                }
            }
        }
        Read { body: reply::split(&whole), files: self.files, remarks: self.remarks }
    }
}
