//! A word to order conversations by.

use crate::base::error::{Error, Result};
use crate::base::id::Uuid;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub uuid: Uuid,
    pub name: String,
    /// `#rrggbb`; what is written on it is chosen by contrast where it is shown.
    pub color: String,
    /// Conversations that have it.
    pub uses: u32,
}

/// Colours given in turn to tags for which nobody chose one.
const COLORS: [&str; 8] = ["#0f6b66", "#7a4fc9", "#b3421e", "#2f6fb0", "#8a6d00", "#b0326b", "#3b7a2a", "#5b5f66"];

/// The colour of the n-th tag made without one.
pub fn color_of(n: u32) -> &'static str {
    COLORS[n as usize % COLORS.len()]
}

/// A colour as typed, in its one form: `#rrggbb`.
pub fn check_color(typed: &str) -> Result<String> {
    let color = typed.trim().to_ascii_lowercase();
    let fits = color.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if fits { Ok(color) } else { Err(Error::invalid("A colour is written as # and six digits: #0f6b66.").in_field("color")) }
}
