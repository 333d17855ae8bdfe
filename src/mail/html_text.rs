//! HTML becomes lines of text that keep paragraphs, lists, links and tables, and know where quotes and signatures begin. A small reader of its own: it
//! takes any markup, remembers little, and its time grows with the page alone.

use super::html_tokens::{Attributes, Token, tokens};
use super::reply::{Line, Mark};
use super::steps;
use crate::base::limits;
use std::collections::HashMap;

/// Elements inside elements that are remembered; what is deeper is read as if it stood here.
const DEPTH_MAX: usize = 400;

/// Lines at the beginning of a box that may show that it is a quote.
const BOX_LINES_MAX: u8 = 6;

/// Lines above a quote that are looked through for the one that says who wrote it: the others between hold nothing.
const LINES_ABOVE_MAX: usize = 50;

/// Letters of a link's words that may be its address once more.
const LINK_WORDS_BYTES_MAX: usize = 4_000;

/// An element that is open.
#[derive(Debug, Default)]
struct Open {
    tag: String,
    quote: usize,
    is_hidden: bool,
    is_signature: bool,
    is_preformatted: bool,
    /// Letters of no size, until something inside has one.
    is_tiny: Option<bool>,
    /// A box that holds a quote and its header.
    around: Option<usize>,
    mark: Option<Mark>,
    /// Of a link: where it leads, in the how manieth line it began, and where in that line.
    link: Option<(String, usize, usize)>,
    /// Of a list: the number of its next item, if they have numbers.
    item: Option<usize>,
    /// How many line ends stand before and behind it.
    margin: usize,
    /// Of a row: whether it holds a cell, and in which line it begins.
    row: Option<(bool, usize)>,
}

/// What the open elements are together: a page may open hundreds of them, and every letter asks.
#[derive(Debug, Default)]
struct Places {
    /// Where those of a name are.
    tags: HashMap<String, Vec<usize>>,
    tables: Vec<usize>,
    rows: Vec<usize>,
    lists: Vec<usize>,
    around: Vec<usize>,
    tiny: Vec<bool>,
    hidden: usize,
    preformatted: usize,
    quotes: usize,
    signatures: usize,
    marks: usize,
}

impl Places {
    fn push(&mut self, at: usize, one: &Open) {
        self.tags.entry(one.tag.clone()).or_default().push(at);
        for (places, is_one) in self.kinds(one) {
            if is_one {
                places.push(at);
            }
        }
        self.tiny.extend(one.is_tiny);
        for (count, more) in self.counts(one) {
            *count += more;
        }
    }

    fn pop(&mut self, one: &Open) {
        if let Some(places) = self.tags.get_mut(&one.tag) {
            places.pop();
            if places.is_empty() {
                self.tags.remove(&one.tag);
            }
        }
        for (places, is_one) in self.kinds(one) {
            if is_one {
                places.pop();
            }
        }
        if one.is_tiny.is_some() {
            self.tiny.pop();
        }
        for (count, less) in self.counts(one) {
            *count -= less;
        }
    }

    fn kinds(&mut self, one: &Open) -> [(&mut Vec<usize>, bool); 4] {
        [
            (&mut self.tables, one.tag == "table"),
            (&mut self.rows, one.row.is_some()),
            (&mut self.lists, one.item.is_some()),
            (&mut self.around, one.around.is_some()),
        ]
    }

    fn counts(&mut self, one: &Open) -> [(&mut usize, usize); 5] {
        [
            (&mut self.hidden, usize::from(one.is_hidden)),
            (&mut self.preformatted, usize::from(one.is_preformatted)),
            (&mut self.quotes, one.quote),
            (&mut self.signatures, usize::from(one.is_signature)),
            (&mut self.marks, usize::from(one.mark.is_some())),
        ]
    }
}

#[derive(Default)]
struct Writer {
    open: Vec<Open>,
    places: Places,
    lines: Vec<Line>,
    /// The box that each line stands in.
    boxes_of_lines: Vec<Option<usize>>,
    /// Whether a box holds quoted lines of its own.
    boxes: Vec<bool>,
    /// Whether its name is one that only quotes have.
    sure_boxes: Vec<bool>,
    line: String,
    /// Whether the line holds more than spaces, how many lines began so far, and where in this one the words begin.
    is_worded: bool,
    begun: usize,
    begins_at: usize,
    /// Of these lines, and so much of the present one: whether they stand above a quote.
    headed: Option<(usize, usize, bool)>,
    /// How the line began.
    depth: usize,
    mark: Mark,
    around: Option<usize>,
    breaks: usize,
    has_space: bool,
    has_cell: bool,
    bytes: usize,
    pending: Option<Mark>,
    bullet: Option<String>,
    /// A hard space stands alone so far.
    is_spaced: bool,
    /// The page says that paragraphs have no space between them.
    has_tight_paragraphs: bool,
}

/// The lines of a page.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let head: String = html.chars().take(4_000).filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let has_tight_paragraphs = ["p{margin-top:0;margin-bottom:0", "p{margin:0"].iter().any(|rule| head.contains(rule));
    let mut writer = Writer { has_tight_paragraphs, ..Writer::default() };
    for token in tokens(html) {
        match token {
            Token::Text(text) => writer.text(&text),
            Token::Open(tag, attributes, is_closed) => writer.open(tag, &attributes, is_closed),
            Token::Close(tag) => writer.close(&tag),
        }
        if writer.bytes > limits::MAIL_TEXT_BYTES_MAX {
            break;
        }
    }
    writer.end()
}

impl Writer {
    fn open(&mut self, tag: String, attributes: &Attributes, is_closed: bool) {
        steps::add(1);
        match tag.as_str() {
            "br" => {
                self.breaks = (self.breaks + 1).min(3);
                return;
            }
            "hr" => {
                self.block(1);
                self.pending = Some(Mark::Hint);
                return;
            }
            "img" => {
                // Small pictures that stand for a sign say which one.
                let sign = attributes
                    .get("alt")
                    .filter(|alt| !alt.is_empty() && alt.chars().count() <= 8 && !alt.chars().any(|c| c.is_ascii_alphanumeric()));
                if let Some(sign) = sign {
                    self.text(sign);
                }
                return;
            }
            "input" | "meta" | "link" | "col" | "wbr" | "base" | "area" | "embed" | "source" | "param" => return,
            _ => {}
        }
        // These end themselves when the next one begins.
        if matches!(tag.as_str(), "p" | "li" | "td" | "th" | "tr" | "option" | "dt" | "dd")
            && self.open.last().is_some_and(|last| last.tag == tag || tag == "tr" && matches!(last.tag.as_str(), "td" | "th"))
        {
            let last = self.open.last().map(|last| last.tag.clone()).unwrap_or_default();
            self.close(&last);
        }
        let style = attributes.get("style").map(|style| style.to_ascii_lowercase().replace(' ', "")).unwrap_or_default();
        let mut one = Open { is_hidden: is_hidden(&tag, attributes, &style), ..Open::default() };
        match tag.as_str() {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "dl" => {
                let is_tight = tag != "blockquote" && (has_no_margin(attributes, &style) || tag == "p" && self.has_tight_paragraphs);
                one.margin = if is_tight { 1 } else { 2 };
                self.block(one.margin);
            }
            "ul" | "ol" => {
                one.margin = if self.places.lists.is_empty() { 2 } else { 1 };
                self.block(one.margin);
                one.item = Some(if tag == "ol" { attributes.get("start").and_then(|start| start.parse().ok()).unwrap_or(1) } else { 0 });
            }
            "li" => {
                self.block(1);
                self.bullet = Some(self.bullet());
            }
            "tr" => {
                self.has_cell = false;
                self.block(1);
                self.end_line();
                one.row = Some((false, self.lines.len()));
            }
            "td" | "th" => self.cell(),
            "div" | "section" | "article" | "header" | "footer" | "main" | "table" | "tbody" | "center" | "address" | "form" | "dt"
            | "dd" | "figure" | "fieldset" | "body" | "html" | "title" | "aside" | "nav" | "option" => self.block(1),
            "a" => one.link = attributes.get("href").map(|href| (href.trim().to_owned(), self.begun, self.line.len())),
            _ => {}
        }
        one.is_tiny = style.split(';').filter_map(|rule| rule.strip_prefix("font-size:")).next_back().map(|size| {
            let number = size.trim_start_matches('0').trim_start_matches('.');
            size.starts_with('0') && !number.starts_with(|c: char| c.is_ascii_digit())
        });
        one.is_preformatted = tag == "pre" || style.contains("white-space:pre");
        self.judge(&tag, attributes, &style, &mut one);
        one.tag = tag;
        if !is_closed && self.open.len() < DEPTH_MAX {
            self.places.push(self.open.len(), &one);
            self.open.push(one);
        }
    }

    /// Quotes, their headers, and signatures.
    fn judge(&mut self, tag: &str, attributes: &Attributes, style: &str, one: &mut Open) {
        let names = attributes.names();
        let has = |word: &str| names.contains(word);
        let is_cited = attributes.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite"))
            || has("quote")
            || has("cite")
            || has("isreplycontent");
        if tag == "blockquote" {
            let is_ruled =
                style.contains("border-left") || style.contains("border-inline-start") || style.contains("border-width:0px0px0px");
            if is_cited || is_ruled || !self.places.around.is_empty() || self.is_below_header() {
                one.quote = 1;
                self.block(1);
                for at in self.places.around.iter().rev() {
                    steps::add(1);
                    let holds = self.open.get(*at).and_then(|open| self.boxes.get_mut(open.around?));
                    // Those around a box that is known to hold a quote are known, too.
                    match holds {
                        Some(holds) if !*holds => *holds = true,
                        _ => break,
                    }
                }
            }
            return;
        }
        const REST: &[&str] = &[
            "divrplyfwdmsg",
            "outlookmessageheader",
            "mail-editor-reference-message",
            "ms-outlook-mobile-reference-message",
            "replyforwardheader",
            "zm_forward_content",
            "reply_above",
            "reply-above",
        ];
        const HEADERS: &[&str] = &[
            "gmail_attr",
            "moz-cite-prefix",
            "reply-intro",
            "replyintro",
            "quote-header",
            "quoteheader",
            "moz-email-headers-table-of-quote",
            "airmail_on",
            "quote_header",
        ];
        if has("signature") && !has("signature-wrapper-of-all")
            || has("_sig ")
            || has("bloop_sign")
            || has("sign-block")
            || has("signaturecontainer")
            || has("_rc_sig")
        {
            one.is_signature = true;
            self.block(1);
        } else if HEADERS.iter().any(|name| has(name)) {
            one.mark = Some(Mark::Header);
            self.block(1);
        } else if REST.iter().any(|name| has(name)) {
            self.block(1);
            self.pending = Some(Mark::Rest);
        } else if (has("quote") || has("zmail_extra") || has("messagereplysection") || has("originalmessage"))
            && !has("unquote")
            && matches!(tag, "div" | "section" | "span" | "td" | "table" | "details")
        {
            one.around = Some(self.boxes.len());
            self.boxes.push(false);
            self.sure_boxes.push(
                ["gmail_quote", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "messagereplysection"].iter().any(|name| has(name)),
            );
            self.block(1);
        } else if style.contains("border-top:") && style.contains("solid") && tag == "div" {
            self.block(1);
            self.pending = self.pending.or(Some(Mark::Hint));
        }
    }

    /// Whether the last words stand above a quote.
    fn is_below_header(&mut self) -> bool {
        let now = (self.lines.len(), self.line.len());
        if let Some((lines, length, is_headed)) = self.headed
            && (lines, length) == now
        {
            return is_headed;
        }
        let last = if self.is_worded {
            &self.line
        } else {
            let above = self.lines.iter().rev().take(LINES_ABOVE_MAX).map(|line| line.text.as_str());
            above.inspect(|_| steps::add(1)).find(|text| !text.trim().is_empty()).unwrap_or_default()
        };
        let is_headed = super::reply::may_head_a_quote(last);
        self.headed = Some((now.0, now.1, is_headed));
        is_headed
    }

    fn close(&mut self, tag: &str) {
        let place = self.places.tags.get(tag).and_then(|places| places.last().copied());
        match tag {
            "p" if place.is_none_or(|at| at + 50 < self.open.len()) => return self.block(2),
            "br" => return self.open(tag.to_owned(), &Attributes::default(), true),
            _ => {}
        }
        let Some(at) = place else { return };
        // An end tag in a cell does not end what stands around the table.
        if !matches!(tag, "table" | "body" | "html") && self.places.tables.last().is_some_and(|table| *table > at) {
            return;
        }
        while self.open.len() > at {
            let Some(one) = self.open.pop() else { break };
            steps::add(1);
            self.places.pop(&one);
            if let Some((address, begun, from)) = one.link {
                // What was begun before this line has all of it.
                self.link(&address, if begun == self.begun { from } else { self.begins_at });
            }
            match one.tag.as_str() {
                // Rows of one line stand close.
                "tr" if one.row.is_some_and(|(_, first)| first == self.lines.len()) => (self.has_cell, self.breaks) = (false, 1),
                "table" => {
                    self.has_cell = false;
                    self.block(1);
                }
                _ if one.margin > 0 => self.block(one.margin),
                "td" | "th" | "a" | "span" | "b" | "i" | "font" | "u" | "em" | "strong" | "sup" | "sub" | "small" | "big" | "code"
                | "abbr" | "label" => {
                    if one.quote > 0 || one.is_signature || one.around.is_some() {
                        self.block(1);
                    }
                }
                _ => {
                    if is_block(&one.tag) || one.is_signature || one.mark.is_some() || one.around.is_some() {
                        self.block(1);
                    }
                }
            }
        }
    }

    fn bullet(&mut self) -> String {
        let indent = "  ".repeat(self.places.lists.len().saturating_sub(1).min(8));
        let list = self.places.lists.last().and_then(|at| self.open.get_mut(*at));
        match list.and_then(|list| list.item.as_mut()) {
            Some(number) if *number > 0 => {
                *number += 1;
                format!("{indent}{}. ", *number - 1)
            }
            _ => format!("{indent}- "),
        }
    }

    /// Cells of a row stand in one line, as long as each is one.
    fn cell(&mut self) {
        let count = self.lines.len();
        let is_empty = !self.is_worded;
        let row = self.places.rows.last().and_then(|at| self.open.get_mut(*at));
        let Some((has_cell, first)) = row.and_then(|row| row.row.as_mut()) else { return self.block(1) };
        if *has_cell && *first == count && !is_empty && self.line.chars().take(80).count() < 80 {
            self.has_cell = true;
            self.breaks = 0;
        } else {
            self.breaks = self.breaks.max(usize::from(!is_empty));
        }
        *has_cell = true;
    }

    fn link(&mut self, address: &str, from: usize) {
        let Some(words) = self.line.get(from..).map(str::trim) else { return };
        if words.is_empty() || self.is_hidden() {
            return;
        }
        let is_long = words.len() > LINK_WORDS_BYTES_MAX;
        let words = if is_long { "" } else { words };
        steps::add(words.len());
        let bare = |text: &str| {
            let text = text.to_lowercase();
            let text =
                text.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("mailto:").trim_start_matches("www.");
            text.split('?').next().unwrap_or(text).trim_end_matches('/').to_owned()
        };
        let lower = address.to_ascii_lowercase();
        let shown = if lower.starts_with("http://") || lower.starts_with("https://") {
            address
        } else if lower.starts_with("mailto:") {
            address[7..].split('?').next().unwrap_or_default()
        } else {
            return;
        };
        if !shown.is_empty() && bare(words) != bare(shown) && !(words.contains('@') && lower.starts_with("mailto:")) && shown.len() <= 2000
        {
            let shown: String = shown.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
            self.line.push_str(&format!(" ({shown})"));
            self.bytes += shown.len();
        }
    }

    fn block(&mut self, breaks: usize) {
        // A paragraph at the beginning of a cell.
        if self.has_cell {
            return;
        }
        self.breaks = self.breaks.max(breaks);
        // A paragraph of nothing but a hard space is an empty line.
        if std::mem::take(&mut self.is_spaced) {
            self.breaks = (self.breaks + 1).min(3);
        }
    }

    fn is_hidden(&self) -> bool {
        self.places.hidden > 0 || self.places.tiny.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &str) {
        if self.is_hidden() {
            return;
        }
        let is_preformatted = self.places.preformatted > 0;
        for c in text.chars() {
            match c {
                '\n' if is_preformatted => self.breaks = (self.breaks + 1).min(3),
                ' ' | '\t' | '\u{a0}' if is_preformatted && self.breaks == 0 => self.line.push(if c == '\u{a0}' { ' ' } else { c }),
                ' ' | '\t' | '\n' | '\r' | '\x0c' | '\u{a0}' => {
                    self.has_space = true;
                    self.is_spaced |= c == '\u{a0}' && (self.line.is_empty() || self.breaks > 0);
                }
                // They hold words apart that nobody sees, to fill the preview of a mail.
                '\u{200b}' | '\u{feff}' | '\u{34f}' | '\u{ad}' => {}
                c if c.is_control() => {}
                c => self.letter(c),
            }
        }
    }

    fn letter(&mut self, c: char) {
        if self.breaks > 0 {
            self.end_line();
        }
        if self.line.is_empty() {
            self.begin_line();
        } else if self.has_cell {
            self.line.push_str(" | ");
        } else if self.has_space {
            self.line.push(' ');
        }
        (self.has_space, self.has_cell, self.is_spaced) = (false, false, false);
        self.is_worded |= !c.is_whitespace();
        self.line.push(c);
        self.bytes += c.len_utf8();
    }

    fn begin_line(&mut self) {
        self.depth = self.places.quotes.min(20);
        self.around = self.places.around.first().and_then(|at| self.open.get(*at)?.around);
        let pending = self.pending.take();
        self.mark = match () {
            () if self.places.signatures > 0 => Mark::Signature,
            () if pending.is_some() => pending.unwrap_or_default(),
            () if self.places.marks > 0 => Mark::Header,
            () if self.around.is_some() => Mark::Around,
            () => Mark::None,
        };
        self.line = self.bullet.take().unwrap_or_default();
        self.is_worded = !self.line.is_empty();
        self.begun += 1;
        self.begins_at = self.line.len();
    }

    fn end_line(&mut self) {
        let blanks = self.breaks.saturating_sub(1).min(1);
        self.breaks = 0;
        self.has_space = false;
        if self.line.is_empty() && self.lines.is_empty() {
            return;
        }
        let has_words = !self.line.is_empty();
        if has_words {
            let text = std::mem::take(&mut self.line);
            self.is_worded = false;
            self.lines.push(Line { text: text.trim_end().to_owned(), depth: self.depth, mark: self.mark });
            self.boxes_of_lines.push(self.around);
        }
        if blanks > 0 && has_words {
            self.lines.push(Line { text: String::new(), depth: 0, mark: Mark::None });
            self.boxes_of_lines.push(None);
        }
    }

    fn end(mut self) -> Vec<Line> {
        self.breaks = 1;
        self.end_line();
        // An empty line inside of a quote is one of its lines.
        for at in 1..self.lines.len().saturating_sub(1) {
            if self.lines[at].text.is_empty() {
                self.lines[at].depth = self.lines[at - 1].depth.min(self.lines[at + 1].depth);
            }
        }
        // A box without quoted lines of its own is a quote as a whole, if it looks like one.
        let mut whole: Vec<bool> = self.boxes.iter().zip(&self.sure_boxes).map(|(holds, is_sure)| !holds && *is_sure).collect();
        let mut looked_at = vec![0u8; self.boxes.len()];
        for (line, number) in self.lines.iter().zip(&self.boxes_of_lines) {
            if let Some(number) = *number
                && !self.boxes[number]
                && looked_at[number] < BOX_LINES_MAX
            {
                looked_at[number] += 1;
                whole[number] |= super::reply::begins_quote(&line.text);
            }
        }
        for (line, number) in self.lines.iter_mut().zip(&self.boxes_of_lines) {
            line.depth += usize::from(number.is_some_and(|number| whole.get(number).copied().unwrap_or_default()));
        }
        self.lines
    }
}

fn is_block(tag: &str) -> bool {
    matches!(
        tag,
        "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "tr"
            | "tbody"
            | "center"
            | "address"
            | "form"
            | "li"
            | "dt"
            | "dd"
            | "figure"
            | "fieldset"
            | "body"
            | "html"
            | "title"
            | "aside"
            | "nav"
            | "option"
    )
}

/// Paragraphs of some programs are lines.
fn has_no_margin(attributes: &Attributes, style: &str) -> bool {
    let is_line = |name: &str| attributes.get("class").is_some_and(|class| class.to_ascii_lowercase().contains(name));
    is_line("msonormal")
        || is_line("msoplaintext")
        || is_line("msolistparagraph")
        || ["margin:0;", "margin:0px;", "margin:0cm;", "margin:0in;"].iter().any(|rule| format!("{style};").contains(rule))
        || style.contains("margin-bottom:0") && style.contains("margin-top:0")
}

/// What nobody sees.
fn is_hidden(tag: &str, attributes: &Attributes, style: &str) -> bool {
    matches!(tag, "head" | "style" | "script" | "template" | "svg" | "select" | "object" | "audio" | "video" | "textarea")
        || attributes.get("hidden").is_some()
        || style.contains("display:none")
        || style.contains("visibility:hidden")
        || style.contains("max-height:0") && style.contains("overflow:hidden")
        || style.split(';').any(|rule| matches!(rule, "opacity:0" | "opacity:0.0"))
}
