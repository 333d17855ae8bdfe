//! `format=flowed` (RFC 3676): lines that were broken for the way are joined again.

/// The text with its paragraphs whole.
pub fn joined(text: &str, deletes_space: bool) -> String {
    let mut whole = String::with_capacity(text.len());
    // How deep the paragraph that still goes on is quoted.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let bare = line.trim_start_matches('>');
        let depth = line.len() - bare.len();
        // A space was put before what would look like a quote otherwise.
        let bare = bare.strip_prefix(' ').unwrap_or(bare);
        let is_signature = bare == "-- ";
        let goes_on = bare.ends_with(' ') && !is_signature;
        if open.is_none_or(|before| before != depth) || is_signature {
            if !whole.is_empty() {
                whole.push('\n');
            }
            for _ in 0..depth {
                whole.push('>');
            }
            if depth > 0 {
                whole.push(' ');
            }
        }
        whole.push_str(if goes_on && deletes_space { &bare[..bare.len() - 1] } else { bare });
        open = goes_on.then_some(depth);
        if !goes_on && whole.is_empty() {
            whole.push('\n');
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_whole_again() {
        assert_eq!(joined("Hello \nyou\n\n>> a \n>> b\n> c \nd\n-- \nAnna", false), "Hello you\n\n>> a b\n> c \nd\n-- \nAnna");
        assert_eq!(joined("漢 \n字", true), "漢字");
        assert_eq!(joined(" From here", false), "From here");
    }
}
