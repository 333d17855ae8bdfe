//! Takes a text apart: what was said now, what was quoted, and the signature.

use super::inbound::Body;

/// A plain text, taken apart.
pub fn split(text: &str) -> Body {
    Body { text: text.trim().to_owned(), ..Body::default() }
}
