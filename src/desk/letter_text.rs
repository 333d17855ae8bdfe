//! The plain half of a mail. Every line of a message is set in, so that nothing anybody wrote can pass for a line of ours.

use super::letter_page::Look;
use super::rendered::Piece;
use crate::base::text::clean_line;
use crate::base::when;
use crate::model::letter::Said;
use std::fmt::Write as _;

/// The letter as text.
pub(super) fn text(look: &Look<'_>, pieces: &[Piece<'_>]) -> String {
    let mut parts = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Words { text, .. } => parts.push(text.trim().to_owned()),
            Piece::Said { said, is_letter: true } => parts.extend(said.iter().map(letter)),
            Piece::Said { said, is_letter: false } => parts.extend(said.iter().map(|said| message(look, said))),
            Piece::Button { words, link } => parts.push(format!("{words}:\n{link}")),
            // What mail programs know as the end of the words.
            Piece::Footer { text, .. } => parts.push(format!("-- \n{}", text.trim())),
        }
    }
    let mut whole = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    whole.push('\n');
    whole
}

/// An agent's own words, as in any mail.
fn letter(said: &Said) -> String {
    let mut text = said.text.trim_end().to_owned();
    for file in &said.files {
        let _ = write!(text, "\n📎 {}", clean_line(file, 200));
    }
    text
}

fn message(look: &Look<'_>, said: &Said) -> String {
    let mut text = format!("{}, {}", clean_line(&said.author, 128), when::written(said.at, look.zone, look.locale));
    for line in said.text.trim_end().lines() {
        let _ = write!(text, "\n  {line}");
    }
    for file in &said.files {
        let _ = write!(text, "\n  📎 {}", clean_line(file, 200));
    }
    text
}
