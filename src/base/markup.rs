//! The small markup of visitors: `**bold**`, `*italic*`, `` `code` `` and links that are found by themselves. All else is text.
//! A backslash before a star or a tick makes it one to be read; anywhere else a backslash is a backslash, and two of them before a
//! star or a tick are one. `assets/widget/markup.js` reads and writes the same grammar in the visitor's editor.
//!
//! Nothing a visitor writes ever becomes a tag: this file writes every tag itself and escapes everything between. Each character is
//! looked at a bounded number of times, so time grows with length only.

use std::fmt::Write as _;

/// A message as it is shown, and as it is mailed, searched and announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Sanitised HTML; the only text that may be put into a page as markup.
    pub html: String,
    /// The same without any markup. Not escaped: it is text.
    pub text: String,
}

/// Longer addresses are shown, but not linked.
const LINK_BYTES_MAX: usize = 2048;

/// Renders what a visitor wrote.
pub fn render_visitor(source: &str) -> Rendered {
    let mut pieces = pieces(source);
    match_stars(&mut pieces);
    let mut rendered = Rendered { html: String::with_capacity(source.len() * 5 / 4), text: String::with_capacity(source.len()) };
    for piece in &pieces {
        write_piece(piece, &mut rendered);
    }
    rendered
}

/// One stretch of the source.
enum Piece<'a> {
    Text(&'a str),
    Code(&'a str),
    Link(&'a str),
    Newline,
    /// A run of one to three stars; `marks` says, in order, what became of them.
    Stars {
        count: usize,
        opens: bool,
        closes: bool,
        marks: Vec<Mark>,
    },
}

/// What stars turned out to be; what is left over is shown as stars.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open(Style),
    Close(Style),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Italic,
    Bold,
}

impl Style {
    fn stars(self) -> usize {
        match self {
            Style::Italic => 1,
            Style::Bold => 2,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Style::Italic => "em",
            Style::Bold => "strong",
        }
    }
}

fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut text_from = 0;
    let mut at = 0;
    while let Some(byte) = source.as_bytes().get(at) {
        let found = match byte {
            b'\n' => Some((Piece::Newline, 1)),
            b'`' => code_at(source, at),
            b'\\' => escape_at(source, at),
            b'*' => stars_at(source, at),
            b'h' | b'H' | b'm' | b'M' => link_at(source, at).map(|length| (Piece::Link(&source[at..at + length]), length)),
            _ => None,
        };
        match found {
            Some((piece, length)) => {
                if text_from < at {
                    pieces.push(Piece::Text(&source[text_from..at]));
                }
                pieces.push(piece);
                at += length;
                text_from = at;
            }
            // What looked like something but is nothing is skipped as a whole, or it would be looked at again and again.
            None => at += plain_run(source, at),
        }
    }
    if text_from < source.len() {
        pieces.push(Piece::Text(&source[text_from..]));
    }
    pieces
}

/// Bytes from `at` that are certainly text.
fn plain_run(source: &str, at: usize) -> usize {
    let rest = &source[at..];
    let first = rest.as_bytes().first().copied();
    let length = match first {
        Some(mark @ (b'`' | b'*' | b'\\')) => rest.bytes().take_while(|byte| *byte == mark).count(),
        Some(_) if starts_link(rest).is_some() && is_boundary(source, at) => link_run(rest).max(1),
        _ => rest.chars().next().map_or(1, char::len_utf8),
    };
    length.max(1)
}

/// Backslashes before a star or a tick: each pair is one backslash, and a single one makes the mark text.
fn escape_at(source: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let run = source[at..].bytes().take_while(|byte| *byte == b'\\').count();
    let mark = source.get(at + run..at + run + 1).filter(|mark| matches!(*mark, "*" | "`"))?;
    Some(match run / 2 {
        0 => (Piece::Text(mark), 2),
        pairs => (Piece::Text(&source[at..at + pairs]), pairs * 2),
    })
}

/// `` `code` `` on one line; several ticks in a row are just ticks.
fn code_at(source: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let rest = &source[at + 1..];
    let before = source[..at].ends_with('`') && !source[..at].ends_with("\\`");
    let length = rest.find(['`', '\n'])?;
    let is_code = length > 0 && rest.as_bytes()[length] == b'`' && !before && !rest[..length].trim().is_empty();
    is_code.then(|| (Piece::Code(&rest[..length]), length + 2))
}

fn stars_at(source: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let count = source[at..].bytes().take_while(|byte| *byte == b'*').count();
    let before = source[..at].chars().next_back();
    let after = source[at + count..].chars().next();
    // Letters with case and digits do not let stars work between them: 2*3*4 is arithmetic. Scripts without spaces are not so strict.
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_lowercase() || c.is_uppercase() || c.is_numeric());
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let opens = !blank(after) && !joins(before);
    let closes = !blank(before) && !joins(after);
    (count <= 3 && (opens || closes)).then(|| (Piece::Stars { count, opens, closes, marks: Vec::new() }, count))
}

/// Pairs opening and closing stars. At most one italic and one bold are open at a time, so the work per run is constant.
fn match_stars(pieces: &mut [Piece<'_>]) {
    let mut open: Vec<(Style, usize)> = Vec::with_capacity(2);
    for at in 0..pieces.len() {
        match &pieces[at] {
            // Markup never reaches over an empty line.
            Piece::Newline if at > 0 && matches!(pieces[at - 1], Piece::Newline) => open.clear(),
            Piece::Stars { count, opens, closes, .. } => {
                let (count, opens, closes) = (*count, *opens, *closes);
                let mut left = count;
                while closes
                    && let Some(place) =
                        open.iter().rposition(|(style, _)| style.stars() <= left && !(left == 2 && *style == Style::Italic))
                {
                    let (style, opener) = open[place];
                    if open.get(place + 1).is_some_and(|(_, other)| *other == opener) {
                        // Both were opened by one run, so either may be the inner one.
                        open.remove(place);
                    } else {
                        // Whatever was opened in between and not closed stays stars.
                        open.truncate(place);
                    }
                    mark(&mut pieces[opener], Mark::Open(style));
                    mark(&mut pieces[at], Mark::Close(style));
                    left -= style.stars();
                }
                for style in [Style::Bold, Style::Italic] {
                    if opens && left == count && (left == style.stars() || left == 3) {
                        open.retain(|(other, _)| *other != style);
                        open.push((style, at));
                    }
                }
            }
            Piece::Text(_) | Piece::Code(_) | Piece::Link(_) | Piece::Newline => {}
        }
    }
}

fn mark(piece: &mut Piece<'_>, new: Mark) {
    if let Piece::Stars { marks, .. } = piece {
        // An opener is matched from the inside out, so a later match opens further out.
        match new {
            Mark::Open(_) => marks.insert(0, new),
            Mark::Close(_) => marks.push(new),
        }
    }
}

fn write_piece(piece: &Piece<'_>, to: &mut Rendered) {
    match piece {
        Piece::Text(text) => {
            escape(text, &mut to.html);
            to.text.push_str(text);
        }
        Piece::Code(code) => {
            to.html.push_str("<code>");
            escape(code, &mut to.html);
            to.html.push_str("</code>");
            to.text.push_str(code);
        }
        Piece::Link(address) => {
            write_link(address, address, &mut to.html);
            to.text.push_str(address);
        }
        Piece::Newline => {
            to.html.push_str("<br>");
            to.text.push('\n');
        }
        Piece::Stars { count, marks, .. } => write_stars(*count, marks, to),
    }
}

fn write_stars(count: usize, marks: &[Mark], to: &mut Rendered) {
    let used: usize = marks
        .iter()
        .map(|mark| match mark {
            Mark::Open(style) | Mark::Close(style) => style.stars(),
        })
        .sum();
    let left = "*".repeat(count.saturating_sub(used));
    let opens = matches!(marks.first(), Some(Mark::Open(_)));
    // Stars left over stand outside of what the others mark.
    if opens {
        to.html.push_str(&left);
        to.text.push_str(&left);
    }
    for mark in marks {
        let _ = match mark {
            Mark::Open(style) => write!(to.html, "<{}>", style.tag()),
            Mark::Close(style) => write!(to.html, "</{}>", style.tag()),
        };
    }
    if !opens {
        to.html.push_str(&left);
        to.text.push_str(&left);
    }
}

/// A text as one paragraph, to the letter.
pub fn literal(text: &str) -> Rendered {
    let mut html = String::from("<p>");
    for (at, line) in text.lines().enumerate() {
        html.push_str(if at == 0 { "" } else { "<br>" });
        escape(line, &mut html);
    }
    html.push_str("</p>");
    Rendered { html, text: text.to_owned() }
}

/// Renders what was no markup where it was written, such as a mail: addresses become links, all else is text.
pub fn plain(text: &str) -> Rendered {
    let mut rendered = Rendered { html: String::with_capacity(text.len() * 5 / 4), text: String::with_capacity(text.len()) };
    let (mut text_from, mut at) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        let found = match byte {
            b'\n' => Some((Piece::Newline, 1)),
            b'h' | b'H' | b'm' | b'M' => link_at(text, at).map(|length| (Piece::Link(&text[at..at + length]), length)),
            _ => None,
        };
        let Some((piece, length)) = found else {
            at += plain_run(text, at);
            continue;
        };
        write_piece(&Piece::Text(&text[text_from..at]), &mut rendered);
        write_piece(&piece, &mut rendered);
        at += length;
        text_from = at;
    }
    write_piece(&Piece::Text(&text[text_from..]), &mut rendered);
    rendered.text = text.to_owned();
    rendered
}

/// Escapes text for HTML, inside elements as well as inside quoted attributes.
pub fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\0' => {}
            c => html.push(c),
        }
    }
}

/// Writes a link that leaves the house: it hands over no opener, no referrer and no reputation.
pub(super) fn write_link(address: &str, label: &str, html: &mut String) {
    html.push_str("<a href=\"");
    escape(address, html);
    html.push_str("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");
    escape(label, html);
    html.push_str("</a>");
}

/// Calls `each` with every stretch of the text in order, and whether it is a link.
pub(super) fn find_links<'a>(text: &'a str, mut each: impl FnMut(&'a str, bool)) {
    let mut text_from = 0;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        if !matches!(byte, b'h' | b'H' | b'm' | b'M') {
            at += 1;
            continue;
        }
        match link_at(text, at) {
            Some(length) => {
                if text_from < at {
                    each(&text[text_from..at], false);
                }
                each(&text[at..at + length], true);
                at += length;
                text_from = at;
            }
            None => at += plain_run(text, at),
        }
    }
    if text_from < text.len() {
        each(&text[text_from..], false);
    }
}

/// Whether an address may be linked at all.
pub(super) fn is_linkable(address: &str) -> bool {
    starts_link(address).is_some() && link_run(address) == address.len() && address.len() <= LINK_BYTES_MAX
}

/// Length of the link that begins at `at`, if one does.
fn link_at(source: &str, at: usize) -> Option<usize> {
    let rest = &source[at..];
    let scheme = starts_link(rest)?;
    if !is_boundary(source, at) {
        return None;
    }
    let link = without_closing_punctuation(&rest[..link_run(rest)]);
    let is_mail = rest.as_bytes()[0].eq_ignore_ascii_case(&b'm');
    let is_complete = link.len() > scheme && (!is_mail || link[scheme..].contains('@'));
    (is_complete && link.len() <= LINK_BYTES_MAX).then_some(link.len())
}

/// Length of the scheme, when the text begins with one of ours and something that can be a host or a mailbox follows.
fn starts_link(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://", "mailto:"]
        .iter()
        .find(|scheme| text.as_bytes().get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes())))?
        .len();
    text[scheme..].chars().next().is_some_and(char::is_alphanumeric).then_some(scheme)
}

fn is_boundary(source: &str, at: usize) -> bool {
    !source[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Bytes up to the first character that cannot be part of an address.
fn link_run(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '\\' | '|') || super::text::is_hidden(c))
        .unwrap_or(text.len())
}

/// A full stop ends the sentence, not the address; a bracket belongs to the address only if its partner does.
fn without_closing_punctuation(address: &str) -> &str {
    let mut surplus = [('(', ')'), ('[', ']'), ('{', '}')].map(|(open, close)| {
        let count = |wanted: char| address.chars().filter(|c| *c == wanted).count();
        (close, count(close).saturating_sub(count(open)))
    });
    let mut end = address.len();
    for (at, c) in address.char_indices().rev() {
        let is_surplus = surplus.iter_mut().any(|(close, left)| {
            let hit = *close == c && *left > 0;
            *left -= usize::from(hit);
            hit
        });
        if !is_surplus
            && !matches!(
                c,
                '.' | ',' | ';' | ':' | '!' | '?' | '*' | '_' | '~' | '\'' | '…' | '。' | '，' | '、' | '！' | '？' | '’' | '”' | '»'
            )
        {
            break;
        }
        end = at;
    }
    &address[..end]
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The injection attempts that every renderer and every page must survive.
    pub const PAYLOADS: &str = include_str!("../../tests/fixtures/payloads.txt");

    /// Panics unless the HTML consists of well-formed, allow-listed tags with allow-listed attributes and nothing else.
    pub fn assert_harmless(html: &str) {
        const TAGS: &[&str] = &["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"];
        let mut open: Vec<&str> = Vec::new();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            assert!(!rest[..start].contains('>'), "a stray > in {html}");
            let end = rest[start..].find('>').unwrap_or_else(|| panic!("an unclosed tag in {html}")) + start;
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "wrongly nested in {html}");
                continue;
            }
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(TAGS.contains(&name), "<{name}> in {html}");
            match name {
                "a" => {
                    // The fence takes the address away when it is none; such a link goes nowhere.
                    let (href, others) =
                        attributes.strip_prefix("href=\"").and_then(|rest| rest.split_once('"')).unwrap_or(("http://", attributes));
                    let lower = href.to_ascii_lowercase();
                    assert!(["http://", "https://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)), "{href} in {html}");
                    let mut others: Vec<&str> = others.trim().split("\" ").map(|one| one.trim_matches('"')).collect();
                    others.sort_unstable();
                    assert_eq!(others, ["rel=\"noopener noreferrer nofollow", "target=\"_blank"], "{html}");
                }
                "ol" => assert!(
                    attributes.is_empty()
                        || attributes.starts_with("start=\"") && attributes[7..attributes.len() - 1].bytes().all(|c| c.is_ascii_digit()),
                    "{html}"
                ),
                _ => assert_eq!(attributes, "", "{html}"),
            }
            if !matches!(name, "br" | "hr") {
                open.push(name);
            }
        }
        assert!(!rest.contains('>'), "a stray > in {html}");
        assert!(open.is_empty(), "unclosed in {html}");
    }

    fn html(source: &str) -> String {
        render_visitor(source).html
    }

    fn link(address: &str) -> String {
        let escaped = address.replace('&', "&amp;").replace('\'', "&#39;");
        format!("<a href=\"{escaped}\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">{escaped}</a>")
    }

    // row 188
    #[test]
    fn bold_italic_and_code_are_marked() {
        for (source, expected) in [
            ("**bold** and *italic* and `code`", "<strong>bold</strong> and <em>italic</em> and <code>code</code>"),
            ("***both***", "<strong><em>both</em></strong>"),
            ("**bold *and italic***", "<strong>bold <em>and italic</em></strong>"),
            ("***both* bold**", "<strong><em>both</em> bold</strong>"),
            ("***both** italic*", "<em><strong>both</strong> italic</em>"),
            ("*italic **both***", "<em>italic <strong>both</strong></em>"),
            ("**two\nlines**", "<strong>two<br>lines</strong>"),
            ("`**not bold**`", "<code>**not bold**</code>"),
            ("这是**重要**的", "这是<strong>重要</strong>的"),
            ("(*really*)!", "(<em>really</em>)!"),
            ("a\n\nb", "a<br><br>b"),
        ] {
            assert_eq!(html(source), expected, "{source}");
            assert_harmless(&html(source));
        }
    }

    #[test]
    fn what_is_no_markup_stays_as_it_was_written() {
        for source in [
            "2*3*4",
            "5 * 3 * 2",
            "**",
            "****",
            "* a",
            "**a",
            "a**",
            "**a\n\nb**",
            "`a",
            "``",
            "```",
            "`\n`",
            "a_b_c",
            "# a",
            "- a",
            "[a](b)",
            "~~a~~",
            "*****a*****",
            "f(**args, *more)",
        ] {
            let rendered = render_visitor(source);
            assert_eq!(rendered.html, source.replace('\n', "<br>"), "{source}");
            assert_eq!(rendered.text, source, "{source}");
        }
    }

    // row 188
    #[test]
    fn a_backslash_makes_a_mark_text() {
        for (source, expected) in [
            (r"\*\*bold\*\*", "**bold**"),
            (r"\`code\`", "`code`"),
            (r"\***bold**", "*<strong>bold</strong>"),
            (r"**a\*b**", "<strong>a*b</strong>"),
            (r"\``a`", "`<code>a</code>"),
            (r"C:\\\*", r"C:\*"),
            (r"\\**bold**", r"\<strong>bold</strong>"),
            // Nothing is taken away where nothing is marked.
            (r"\\server\share \n \", r"\\server\share \n \"),
            (r"`a\`", r"<code>a\</code>"),
        ] {
            assert_eq!(html(source), expected, "{source}");
        }
        assert_eq!(render_visitor(r"2 \* 3").text, "2 * 3");
    }

    #[test]
    fn stars_left_over_are_shown() {
        assert_eq!(html("***a**"), "*<strong>a</strong>");
        assert_eq!(html("**a***"), "<strong>a</strong>*");
        assert_eq!(html("*a **b*"), "<em>a **b</em>");
        assert_eq!(html("*foo *baz*"), "*foo <em>baz</em>");
        assert_eq!(render_visitor("***a**").text, "*a");
    }

    #[test]
    fn links_are_found_without_the_punctuation_around_them() {
        for (source, before, address, after) in [
            ("see https://example.com.", "see ", "https://example.com", "."),
            ("(https://example.com/a)", "(", "https://example.com/a", ")"),
            ("https://en.example.org/wiki/A_(b)", "", "https://en.example.org/wiki/A_(b)", ""),
            ("(https://en.example.org/wiki/A_(b)).", "(", "https://en.example.org/wiki/A_(b)", ")."),
            ("HTTP://EXAMPLE.COM/?a=1&b='2'!", "", "HTTP://EXAMPLE.COM/?a=1&b='2", "&#39;!"),
            ("mailto:ada@example.com, please", "", "mailto:ada@example.com", ", please"),
            ("https://bücher.example/ä?ö#ü", "", "https://bücher.example/ä?ö#ü", ""),
            ("http://127.0.0.1:8080/", "", "http://127.0.0.1:8080/", ""),
            ("看https://example.com。", "看", "https://example.com", "。"),
        ] {
            assert_eq!(html(source), format!("{before}{}{after}", link(address)), "{source}");
            assert_harmless(&html(source));
        }
        assert_eq!(html("**https://example.com**"), format!("<strong>{}</strong>", link("https://example.com")));
        assert_eq!(html("`https://example.com`"), "<code>https://example.com</code>");
    }

    // security row 37
    #[test]
    fn nothing_else_becomes_a_link() {
        for source in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.com",
            "//evil.example",
            "\\evil",
            "http://",
            "https:///x",
            "mailto:",
            "mailto:nobody",
            "xhttp://example.com",
            "vbscript:x",
            "file:///etc/passwd",
            "JaVaScRiPt://x%0aalert(1)",
        ] {
            assert!(!html(source).contains("<a"), "{source}");
        }
        assert!(!html(&format!("https://example.com/{}", "a".repeat(3000))).contains("<a"));
        // A direction override ends the address, so that it cannot show itself as another one.
        assert!(html("https://example.com/\u{202e}gpj.exe").contains("href=\"https://example.com/\""));
    }

    // security rows 1, 2
    #[test]
    fn every_payload_is_shown_as_text() {
        assert!(PAYLOADS.lines().count() >= 100);
        for payload in PAYLOADS.lines() {
            for source in [payload.to_string(), format!("**{payload}**"), format!("`{payload}`"), format!("https://example.com/{payload}")]
            {
                let rendered = render_visitor(&source);
                assert_harmless(&rendered.html);
                assert!(!rendered.html.contains("\0"));
            }
        }
    }

    proptest! {
        #[test]
        fn any_source_renders_to_harmless_html(source in any::<String>()) {
            assert_harmless(&render_visitor(&source).html);
        }

        #[test]
        fn any_markup_renders_to_harmless_html(source in "(\\*{1,4}|`|\\\\|\n| |a|é|中|https?://|mailto:|x@y|\\.|\\)|\\(|<b>|&|\"|'){0,60}") {
            let rendered = render_visitor(&source);
            assert_harmless(&rendered.html);
            prop_assert!(rendered.text.len() <= source.len());
            let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
            prop_assert_eq!(letters(&rendered.text), letters(&source));
        }
    }
}
