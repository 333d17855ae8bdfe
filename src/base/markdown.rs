//! The Markdown of agents. Chat, not documents: line breaks count, headings are bold lines, pictures are links, raw HTML is text.
//!
//! The writer below only knows the tags it writes; ammonia's HTML parser looks at the result once more as a second fence.

use super::markup::{Rendered, escape, find_links, is_linkable};
use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

/// Beyond what a message can hold, a source is shown as it is, which bounds the work of parser and fence to a few 10 ms.
const SOURCE_BYTES_MAX: usize = 4 * super::limits::MESSAGE_CHARS_MAX;
/// Lists and quotes inside each other; deeper ones are flattened.
const DEPTH_MAX: usize = 8;

/// What may be in a message of an agent.
static FENCE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut fence = Builder::empty();
    fence
        .tags(HashSet::from(["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    fence
});

/// Renders what an agent wrote.
pub fn render_agent(source: &str) -> Rendered {
    if source.len() > SOURCE_BYTES_MAX {
        let mut html = String::with_capacity(source.len());
        escape(source, &mut html);
        return Rendered { html: format!("<p>{}</p>", html.replace('\n', "<br>")), text: source.to_string() };
    }
    let mut writer = Writer::new(source);
    for (event, range) in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        writer.event(event, range);
    }
    writer.finish()
}

/// The fence alone, for what was rendered long ago and goes where nothing else keeps guard, such as a mail.
pub fn fenced(html: &str) -> String {
    FENCE.clean(html).to_string()
}

/// Turns Markdown events into HTML and text at once.
struct Writer<'a> {
    source: &'a str,
    /// Where bare addresses stand in the source: stars and underscores inside them mark nothing.
    addresses: Vec<Range<usize>>,
    html: String,
    text: String,
    /// Text not yet written, because an address in it may go on.
    pending: String,
    /// Signs to write back at the end of emphasis that was really part of an address; `None` for real emphasis.
    emphasis: Vec<Option<&'static str>>,
    /// Addresses of the links that are open; `None` for those we do not link.
    links: Vec<(Option<String>, usize)>,
    /// Next numbers of the lists that are open; `None` for bullets.
    lists: Vec<Option<u64>>,
    quotes: usize,
    in_code: bool,
    in_heading: bool,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str) -> Writer<'a> {
        let mut addresses = Vec::new();
        let mut at = 0;
        find_links(source, |piece, is_link| {
            if is_link {
                addresses.push(at..at + piece.len());
            }
            at += piece.len();
        });
        Writer {
            source,
            addresses,
            html: String::with_capacity(source.len() * 5 / 4),
            text: String::with_capacity(source.len()),
            pending: String::new(),
            emphasis: Vec::new(),
            links: Vec::new(),
            lists: Vec::new(),
            quotes: 0,
            in_code: false,
            in_heading: false,
        }
    }

    fn finish(mut self) -> Rendered {
        self.flush();
        let html = FENCE.clean(&self.html).to_string();
        Rendered { html, text: self.text.trim_end().to_string() }
    }

    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.pending.push_str(&text),
            Event::Code(code) => {
                self.tag("<code>");
                escape(&code, &mut self.html);
                self.put_text(&code);
                self.tag("</code>");
            }
            Event::SoftBreak | Event::HardBreak => {
                self.tag("<br>");
                self.put_text("\n");
            }
            Event::Rule => {
                self.tag("<hr>");
                self.gap(2);
            }
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            // Extensions that are switched off; their text would still be text.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.pending.push_str(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.tag("<p>"),
            Tag::Heading { .. } => {
                // "Regards\n--\nAnna" is a signature, not a heading: only those written with # are made bold.
                self.in_heading = self.source[range.start..].starts_with('#');
                self.tag(if self.in_heading { "<p><strong>" } else { "<p>" });
            }
            Tag::BlockQuote(_) => {
                self.quotes += 1;
                if self.depth() <= DEPTH_MAX {
                    self.tag("<blockquote>");
                }
            }
            Tag::CodeBlock(_) => {
                self.tag("<pre><code>");
                self.in_code = true;
            }
            Tag::List(first) => {
                self.flush();
                self.gap(1);
                self.lists.push(first);
                if self.depth() <= DEPTH_MAX {
                    let _ = match first {
                        Some(first) if first != 1 => write!(self.html, "<ol start=\"{first}\">"),
                        Some(_) => self.html.write_str("<ol>"),
                        None => self.html.write_str("<ul>"),
                    };
                }
            }
            Tag::Item => self.start_item(),
            Tag::Emphasis => self.start_emphasis("<em>", 1, range),
            Tag::Strong => self.start_emphasis("<strong>", 2, range),
            Tag::Strikethrough => self.start_emphasis("<del>", 2, range),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.start_link(&dest_url),
            // Extensions that are switched off.
            Tag::FootnoteDefinition(_) | Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {}
            Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell => {}
            Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => {
                self.tag("</p>");
                self.gap(if self.lists.is_empty() { 2 } else { 1 });
            }
            TagEnd::Heading(_) => {
                self.tag(if self.in_heading { "</strong></p>" } else { "</p><hr>" });
                self.gap(2);
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                if self.depth() <= DEPTH_MAX {
                    self.html.push_str("</blockquote>");
                }
                self.quotes = self.quotes.saturating_sub(1);
                self.gap(2);
            }
            TagEnd::CodeBlock => {
                let code = std::mem::take(&mut self.pending);
                escape(&code, &mut self.html);
                self.put_text(&code);
                self.in_code = false;
                self.tag("</code></pre>");
                self.gap(2);
            }
            TagEnd::List(is_ordered) => {
                self.flush();
                if self.depth() <= DEPTH_MAX {
                    self.html.push_str(if is_ordered { "</ol>" } else { "</ul>" });
                }
                self.lists.pop();
                self.gap(if self.lists.is_empty() { 2 } else { 1 });
            }
            TagEnd::Item => {
                self.flush();
                self.html.push_str(if self.depth() <= DEPTH_MAX { "</li>" } else { "<br>" });
                self.gap(1);
            }
            TagEnd::Emphasis => self.end_emphasis("</em>"),
            TagEnd::Strong => self.end_emphasis("</strong>"),
            TagEnd::Strikethrough => self.end_emphasis("</del>"),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::FootnoteDefinition | TagEnd::DefinitionList | TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => {}
            TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell => {}
            TagEnd::Superscript | TagEnd::Subscript | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn depth(&self) -> usize {
        self.quotes + self.lists.len()
    }

    fn tag(&mut self, tag: &str) {
        self.flush();
        self.html.push_str(tag);
    }

    fn start_item(&mut self) {
        self.flush();
        self.gap(1);
        if self.depth() <= DEPTH_MAX {
            self.html.push_str("<li>");
        }
        let indent = "  ".repeat(self.lists.len().clamp(1, DEPTH_MAX) - 1);
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                let sign = format!("{number}. ");
                *number = number.saturating_add(1);
                sign
            }
            Some(None) | None => "- ".to_string(),
        };
        self.put_text(&format!("{indent}{sign}"));
    }

    fn start_emphasis(&mut self, tag: &str, signs_max: usize, range: Range<usize>) {
        let after = self.addresses.partition_point(|address| address.start < range.start);
        let is_in_address = after > 0 && self.addresses[after - 1].end > range.start && self.links.is_empty();
        if !is_in_address {
            self.tag(tag);
            self.emphasis.push(None);
            return;
        }
        let first = self.source.as_bytes().get(range.start).copied();
        let count = self.source[range.start..].bytes().take(signs_max).take_while(|byte| Some(*byte) == first).count();
        let signs = match (first, count) {
            (Some(b'_'), 1) => "_",
            (Some(b'_'), _) => "__",
            (Some(b'*'), 1) => "*",
            (Some(b'*'), _) => "**",
            (Some(b'~'), 1) => "~",
            _ => "~~",
        };
        self.pending.push_str(signs);
        self.emphasis.push(Some(signs));
    }

    fn end_emphasis(&mut self, tag: &str) {
        match self.emphasis.pop().flatten() {
            Some(signs) => self.pending.push_str(signs),
            None => self.tag(tag),
        }
    }

    fn start_link(&mut self, address: &str) {
        self.flush();
        // `<ada@example.com>` arrives without its scheme.
        let address = if super::email::is_valid(address) { format!("mailto:{address}") } else { address.to_string() };
        // A link inside a link (a linked picture) is shown as its text.
        let is_open = is_linkable(&address) && self.links.iter().all(|(outer, _)| outer.is_none());
        if is_open {
            self.html.push_str("<a href=\"");
            escape(&address, &mut self.html);
            self.html.push_str("\">");
        }
        self.links.push((is_open.then_some(address), self.text.len()));
    }

    fn end_link(&mut self) {
        self.flush();
        let Some((Some(address), from)) = self.links.pop() else { return };
        let label = self.text.get(from..).unwrap_or_default().to_string();
        if label.trim().is_empty() {
            escape(&address, &mut self.html);
            self.put_text(&address);
        } else if label != address && address.strip_prefix("mailto:") != Some(&label) {
            self.put_text(&format!(" ({address})"));
        }
        self.html.push_str("</a>");
    }

    /// Writes what is pending, with the addresses in it as links unless a link is already open.
    fn flush(&mut self) {
        if self.pending.is_empty() || self.in_code {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let is_linked = self.links.iter().any(|(address, _)| address.is_some());
        let html = &mut self.html;
        find_links(&pending, |piece, is_link| {
            if is_link && !is_linked {
                super::markup::write_link(piece, piece, html);
            } else {
                let from = html.len();
                escape(piece, html);
                // Only raw HTML still has line breaks here.
                if html[from..].contains('\n') {
                    let broken = html[from..].trim_end_matches('\n').replace('\n', "<br>");
                    html.truncate(from);
                    html.push_str(&broken);
                }
            }
        });
        self.put_text(&pending);
    }

    /// Adds text, with the quote signs in front of every line.
    fn put_text(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            if self.quotes > 0 && (self.text.is_empty() || self.text.ends_with('\n')) {
                self.text.push_str(&"> ".repeat(self.quotes.min(DEPTH_MAX)));
            }
            self.text.push_str(piece);
        }
    }

    /// Makes sure that the text ends in this many line breaks.
    fn gap(&mut self, breaks: usize) {
        if self.text.is_empty() {
            return;
        }
        let present = self.text.bytes().rev().take(breaks).take_while(|byte| *byte == b'\n').count();
        self.text.push_str(&"\n".repeat(breaks - present));
    }
}

#[cfg(test)]
mod tests {
    use super::super::markup::tests::{PAYLOADS, assert_harmless};
    use super::*;
    use proptest::prelude::*;

    fn html(source: &str) -> String {
        let html = render_agent(source).html;
        assert_harmless(&html);
        html.replace(" target=\"_blank\"", "").replace(" rel=\"noopener noreferrer nofollow\"", "")
    }

    #[test]
    fn markdown_is_rendered_for_chat() {
        for (source, expected) in [
            ("Hello", "<p>Hello</p>"),
            ("a\nb", "<p>a<br>b</p>"),
            ("a\n\nb", "<p>a</p><p>b</p>"),
            ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>"),
            ("# Title\ntext", "<p><strong>Title</strong></p><p>text</p>"),
            ("Regards\n--\nAnna", "<p>Regards</p><hr><p>Anna</p>"),
            ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
            ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
            ("> quote", "<blockquote><p>quote</p></blockquote>"),
            ("```rust\nlet a = \"<b>\";\n```", "<pre><code>let a = \"&lt;b&gt;\";\n</code></pre>"),
            ("[text](https://example.com)", "<p><a href=\"https://example.com\">text</a></p>"),
            ("https://example.com/a_b_c.", "<p><a href=\"https://example.com/a_b_c\">https://example.com/a_b_c</a>.</p>"),
            ("https://example.com/__init__.py", "<p><a href=\"https://example.com/__init__.py\">https://example.com/__init__.py</a></p>"),
            ("<https://example.com>", "<p><a href=\"https://example.com\">https://example.com</a></p>"),
            ("<ada@example.com>", "<p><a href=\"mailto:ada@example.com\">ada@example.com</a></p>"),
            ("![cat](https://example.com/cat.png)", "<p><a href=\"https://example.com/cat.png\">cat</a></p>"),
            ("![](https://example.com/cat.png)", "<p><a href=\"https://example.com/cat.png\">https://example.com/cat.png</a></p>"),
            ("[![cat](https://e.com/c.png)](https://e.com)", "<p><a href=\"https://e.com\">cat</a></p>"),
            ("**https://example.com**", "<p><strong><a href=\"https://example.com\">https://example.com</a></strong></p>"),
            ("`https://example.com`", "<p><code>https://example.com</code></p>"),
            ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
            ("<div>\nx\n</div>", "<p>&lt;div&gt;<br>x<br>&lt;/div&gt;</p>"),
            ("[x](javascript:alert(1))", "<p>x</p>"),
            ("[x](/relative)", "<p>x</p>"),
            ("[x](//evil.example)", "<p>x</p>"),
        ] {
            assert_eq!(html(source), expected, "{source}");
        }
    }

    #[test]
    fn the_text_reads_well_without_markup() {
        for (source, expected) in [
            ("**b** *i* `c`\nd", "b i c\nd"),
            ("# T\n\na\n\nb", "T\n\na\n\nb"),
            ("- a\n- b\n  - c\n\nend", "- a\n- b\n  - c\n\nend"),
            ("1. a\n2. b", "1. a\n2. b"),
            ("> a\n> b\n\nc", "> a\n> b\n\nc"),
            ("[here](https://example.com)", "here (https://example.com)"),
            ("https://example.com and <ada@example.com>", "https://example.com and ada@example.com"),
            ("```\nx < y\n```\nz", "x < y\n\nz"),
            ("a <b> & c", "a <b> & c"),
        ] {
            assert_eq!(render_agent(source).text, expected, "{source}");
        }
    }

    // security rows 1, 2
    #[test]
    fn every_payload_renders_to_allowed_tags_only() {
        for payload in PAYLOADS.lines() {
            for source in [
                payload.to_string(),
                format!("**{payload}**"),
                format!("[x]({payload})"),
                format!("![{payload}](https://example.com)"),
                format!("[x](<{payload}>)"),
                format!("[{payload}](https://example.com \"{payload}\")"),
                format!("```{payload}\n{payload}\n```"),
                format!("> - {payload}"),
                format!("[x]: {payload}\n[x]"),
                format!("<{payload}>"),
            ] {
                assert_harmless(&render_agent(&source).html);
            }
        }
    }

    #[test]
    fn deep_nesting_is_flattened() {
        assert_eq!(html(&">".repeat(5000)).matches("<blockquote>").count(), DEPTH_MAX);
        html(&format!("{} a", "- ".repeat(3000)));
        html(&format!("{}a{}", "*_".repeat(3000), "_*".repeat(3000)));
    }

    #[test]
    fn what_is_far_too_long_is_shown_as_it_is() {
        let source = "**a**\n".repeat(20_000);
        let rendered = render_agent(&source);
        assert_harmless(&rendered.html);
        assert_eq!(rendered.text, source);
    }

    proptest! {
        #[test]
        fn any_source_renders_to_harmless_html(source in any::<String>()) {
            assert_harmless(&render_agent(&source).html);
        }

        #[test]
        fn any_markdown_renders_to_harmless_html(source in "(\\*{1,3}|_{1,2}|~~?|`{1,3}|\n|\n\n|> |- |1\\. |# |    | |a|é|\\[|\\]\\(|\\)|!\\[|https?://|javascript:|x@y|<b>|</b>|<!--|&lt;|&|\"|\\\\){0,60}") {
            assert_harmless(&render_agent(&source).html);
        }
    }
}
