//! A page's source in pieces, as a browser's tokenizer cuts it (HTML standard, 13.2.5), with what matters to somebody who looks for a script:
//! comments, the text of scripts and styles, and the line where each stands. Never fails, linear in the length of the page.

use crate::base::limits;
use crate::mail::html_tokens::decoded;

/// Attributes of one tag that are read, and pieces of one page.
const ATTRIBUTES_MAX: usize = 60;
const PIECES_MAX: usize = 60_000;

/// Elements whose content is text up to their end tag, whatever it looks like. With scripts on, `noscript` is one of them.
const RAW: [&str; 10] = ["script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "textarea", "title", "plaintext"];

/// One piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Open(Tag),
    Close(String),
    Comment(String, usize),
    Text(String, usize),
}

/// A tag that opens.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// In lower case.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// What stands in an element whose content is text.
    pub(super) content: String,
    pub(super) line: usize,
}

impl Tag {
    /// The value of an attribute; "" when it has none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All attributes: names in lower case, values decoded.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// Cuts a page.
pub(super) fn pieces(html: &str) -> Vec<Piece> {
    let mut cutter = Cutter { html, at: 0, line: 1, counted: 0 };
    let mut pieces = Vec::new();
    let mut scripts = 0;
    while pieces.len() < PIECES_MAX
        && scripts < limits::PAGE_SCRIPTS_MAX
        && let Some(piece) = cutter.next()
    {
        scripts += usize::from(matches!(&piece, Piece::Open(tag) if tag.name == "script"));
        pieces.push(piece);
    }
    pieces
}

struct Cutter<'h> {
    html: &'h str,
    at: usize,
    line: usize,
    /// Up to where lines are counted.
    counted: usize,
}

impl Cutter<'_> {
    fn rest(&self) -> &str {
        &self.html[self.at..]
    }

    fn line(&mut self) -> usize {
        self.line += self.html[self.counted..self.at].bytes().filter(|byte| *byte == b'\n').count();
        self.counted = self.at;
        self.line
    }

    fn next(&mut self) -> Option<Piece> {
        while !self.rest().is_empty() {
            let line = self.line();
            let rest = self.rest();
            let text = match rest.find('<') {
                Some(0) if is_markup(&rest[1..]) => 0,
                Some(0) => 1 + rest[1..].find('<').unwrap_or(rest.len() - 1),
                Some(at) => at,
                None => rest.len(),
            };
            if text > 0 {
                let piece = Piece::Text(decoded(&rest[..text]), line);
                self.at += text;
                return Some(piece);
            }
            let second = rest.as_bytes().get(1).copied().unwrap_or_default();
            if rest.starts_with("<!--") {
                return Some(self.comment(line));
            }
            if second == b'!' || second == b'?' || (second == b'/' && !rest[2..].starts_with(|c: char| c.is_ascii_alphabetic())) {
                self.at += rest.find('>').map_or(rest.len(), |end| end + 1);
                continue;
            }
            let closes = second == b'/';
            let begins = self.at + 1 + usize::from(closes);
            // A page that ends inside a tag has no such tag.
            let (mut tag, end) = tag(&self.html[begins..])?;
            self.at = begins + end;
            if closes {
                return Some(Piece::Close(tag.name));
            }
            tag.line = line;
            if RAW.contains(&tag.name.as_str()) {
                let length = raw_length(self.rest(), &tag.name);
                tag.content = self.rest()[..length].to_owned();
                self.at += length;
            }
            return Some(Piece::Open(tag));
        }
        None
    }

    fn comment(&mut self, line: usize) -> Piece {
        let body = &self.rest()[4..];
        // `<!-->` and `<!--->` are whole comments.
        let (length, end) = if body.starts_with('>') {
            (0, 1)
        } else if body.starts_with("->") {
            (0, 2)
        } else {
            let ends = [("-->", 3), ("--!>", 4)];
            let first = ends.iter().filter_map(|(end, length)| body.find(end).map(|at| (at, *length))).min();
            first.unwrap_or((body.len(), 0))
        };
        let comment = Piece::Comment(body[..length].to_owned(), line);
        self.at += 4 + length + end;
        comment
    }
}

fn is_markup(after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '?')) || (after.starts_with('/') && after.len() > 1)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// A tag from its name on, and how long it is with its `>`.
fn tag(text: &str) -> Option<(Tag, usize)> {
    let bytes = text.as_bytes();
    let until = |from: usize, ends: &dyn Fn(u8) -> bool| bytes[from..].iter().position(|byte| ends(*byte)).map(|at| from + at);
    let mut at = until(0, &|byte| is_space(byte) || byte == b'/' || byte == b'>')?;
    let mut tag = Tag { name: text[..at].to_ascii_lowercase(), ..Tag::default() };
    loop {
        at = until(at, &|byte| !is_space(byte) && byte != b'/')?;
        if bytes[at] == b'>' {
            return Some((tag, at + 1));
        }
        // An `=` in front belongs to the name.
        let end = until(at + 1, &|byte| is_space(byte) || matches!(byte, b'/' | b'>' | b'='))?;
        let name = text[at..end].to_ascii_lowercase();
        at = until(end, &|byte| !is_space(byte))?;
        let mut value = "";
        if bytes[at] == b'=' {
            at = until(at + 1, &|byte| !is_space(byte))?;
            let quote = bytes[at];
            if quote == b'"' || quote == b'\'' {
                let close = until(at + 1, &|byte| byte == quote)?;
                value = &text[at + 1..close];
                at = close + 1;
            } else if quote != b'>' {
                let close = until(at, &|byte| is_space(byte) || byte == b'>')?;
                value = &text[at..close];
                at = close;
            }
        }
        if tag.attributes.len() < ATTRIBUTES_MAX && tag.get(&name).is_none() {
            tag.attributes.push((name, decoded(value)));
        }
    }
}

/// How far the text of an element goes.
fn raw_length(text: &str, name: &str) -> usize {
    if name == "plaintext" {
        return text.len();
    }
    let bytes = text.as_bytes();
    let named = |at: usize, name: &str| {
        let end = at + name.len();
        bytes.get(at..end).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
            && bytes.get(end).is_some_and(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
    };
    // Inside `<!-- <script> … </script> -->` in a script the inner end is none (13.2.5.15 and on).
    let (mut in_comment, mut doubled) = (false, false);
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if in_comment && rest.starts_with(b"-->") {
            (in_comment, doubled) = (false, false);
        } else if name == "script" && !in_comment && rest.starts_with(b"<!--") {
            let dashes = rest[2..].iter().take_while(|byte| **byte == b'-').count();
            in_comment = rest.get(2 + dashes) != Some(&b'>');
            at += 1 + dashes;
        } else if in_comment && !doubled && rest.starts_with(b"<") && named(at + 1, "script") {
            doubled = true;
        } else if rest.starts_with(b"</") && named(at + 2, name) {
            if !doubled {
                return at;
            }
            doubled = false;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        let show = |piece: Piece| match piece {
            Piece::Open(tag) => {
                let attributes: String = tag.attributes().map(|(key, value)| format!(" {key}={value:?}")).collect();
                format!("<{}{attributes}>@{}[{}]", tag.name, tag.line, tag.content)
            }
            Piece::Close(name) => format!("</{name}>"),
            Piece::Comment(text, line) => format!("!{text}@{line}"),
            Piece::Text(text, _) => text,
        };
        pieces(html).into_iter().map(show).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_page_is_cut_as_a_browser_cuts_it() {
        for (html, cut) in [
            ("<p class=a ID='B' x>t&amp;t</p>", r#"<p class="a" id="B" x="">@1[]|t&t|</p>"#),
            ("a<b", "a"),
            ("1 < 2", "1 |< 2"),
            ("<!doctype html>\n<!-- a > b -->x", "\n|! a > b @2|x"),
            ("<!-->a<!--->b<!--c--!>d<!--e", "!@1|a|!@1|b|!c@1|d|!e@1"),
            ("</3>x<?php ?>y", "x|y"),
            ("<script src=\"a\"\nasync></script>", r#"<script src="a" async="">@1[]|</script>"#),
            ("<script>if (a</b>) \"<p>\"</script >x", "<script>@1[if (a</b>) \"<p>\"]|</script>|x"),
            ("<script><!-- <script>a</script> --></script>x", "<script>@1[<!-- <script>a</script> -->]|</script>|x"),
            ("<script><!-- a </script>x", "<script>@1[<!-- a ]|</script>|x"),
            ("<script><!--><script></script>x", "<script>@1[<!--><script>]|</script>|x"),
            ("<title><script></title><noscript><img></noscript>", "<title>@1[<script>]|</title>|<noscript>@1[<img>]|</noscript>"),
            ("<a href=x/y?a=1&amp;b>z", r#"<a href="x/y?a=1&b">@1[]|z"#),
            ("<a =b c='1' c='2'/>", r#"<a =b="" c="1">@1[]"#),
            ("<script src=”https://x/y.js”></script>", "<script src=\"”https://x/y.js”\">@1[]|</script>"),
        ] {
            assert_eq!(shown(html), cut, "{html}");
        }
    }

    #[test]
    fn nothing_makes_it_stop() {
        for html in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<!",
            "<!-",
            "</",
            "</a",
            "<script>",
            "<script></scrip",
            "<plaintext>x</plaintext>",
            "ä<ö>ü</ä>",
        ] {
            pieces(html);
        }
        let long = "<".repeat(200_000);
        assert!(pieces(&long).len() <= PIECES_MAX);
    }
}
