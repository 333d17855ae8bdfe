//! Takes a text apart: what was said now, what was quoted, and the signature. Shapes come first (a date, an address and a colon above quoted lines; a
//! block of fields), words in many languages make them sure. When in doubt a line is kept: what is hidden by mistake is worse than what is shown twice.

use super::inbound::Body;
use super::reply_words as known;
use super::steps;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A line of a mail, whatever it was written in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Without the signs of a quote.
    pub text: String,
    /// How deep it is quoted.
    pub depth: usize,
    pub mark: Mark,
}

/// What HTML says about a line beyond its words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    None,
    /// The header of a quote for sure.
    Header,
    /// Inside of what holds a quote and its header.
    Around,
    /// Below a rule or at the top of a box with a border: a header may begin here.
    Hint,
    /// From here on everything is quoted.
    Rest,
    Signature,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Said,
    Blank,
    /// Quoted line by line.
    Quote,
    /// Who wrote what is quoted.
    Header,
    /// Everything from a header on.
    Rest,
    Signature,
}

/// Lines of a header that was broken by a mail program.
const HEADER_LINES_MAX: usize = 4;
const HEADER_CHARS_MAX: usize = 300;
/// Bytes of a line that may be such a header, with the signs that nobody sees.
const HEADER_BYTES_MAX: usize = 8 * HEADER_CHARS_MAX;
/// Bytes of a line in which a date and an address are looked for: of a field with a thousand recipients the first ones say enough.
const ATTRIBUTION_BYTES_MAX: usize = 4 * 1024;
/// Sentences at the end of a line of which one may be the header of a quote.
const SENTENCES_MAX: usize = 20;
/// Lines that were said among which headers of quotes are looked for: who writes more than twenty pages quotes nothing below them.
const LOOKED_AT_MAX: usize = 1_000;
/// Lines in which the fields of a quoted mail stand.
const FIELD_LINES_MAX: usize = 24;
/// Lines below `--` that may be a signature.
const SIGNATURE_LINES_MAX: usize = 25;

/// A plain text, taken apart.
pub fn split(text: &str) -> Body {
    take_apart(plain(text))
}

/// A page, taken apart.
pub fn split_html(html: &str) -> Body {
    take_apart(super::html_text::lines(html))
}

/// The lines of a plain text.
pub(super) fn plain(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in text.lines() {
        let (depth, bare) = unquoted(line);
        // Mailbox files write `>From` for a line that begins with `From`.
        let is_escaped = depth == 1 && line.starts_with(">From ") && lines.last().is_none_or(|before| before.depth == 0);
        let bare = if is_escaped { &line[1..] } else { bare };
        // `>>> Anna <anna@example.com> 03.06.2024 10:15 >>>` stands above a quote without signs.
        if depth >= 3 && bare.trim_end().ends_with(">>>") && attribution(bare).is_above_plain() {
            lines.push(Line { text: line.trim_end().to_owned(), depth: 0, mark: Mark::Rest });
            continue;
        }
        let text = if bare.trim_end() == "--" && bare.starts_with("-- ") { "-- " } else { bare.trim_end() };
        lines.push(Line { text: text.to_owned(), depth: if is_escaped { 0 } else { depth }, mark: Mark::None });
    }
    lines
}

fn unquoted(line: &str) -> (usize, &str) {
    let (mut depth, mut rest) = (0, line);
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\u{a0}']);
        match trimmed.strip_prefix('>') {
            // Far inside a line `>` is a sign like others.
            Some(after) if depth > 0 || rest.len() - trimmed.len() <= 2 => (depth, rest) = (depth + 1, after),
            _ => break,
        }
    }
    (depth, if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

/// Takes lines apart.
pub(super) fn take_apart(lines: Vec<Line>) -> Body {
    let lines: Vec<Line> = lines.into_iter().flat_map(parted).collect();
    let mut kinds = kinds(&lines);
    cut(&lines, &mut kinds);
    rejoin_broken(&lines, &mut kinds);
    signatures(&lines, &mut kinds);
    assemble(&lines, &kinds)
}

/// "Thank you! On Monday … Anna wrote:" is two lines: what was said is never taken for the header of a quote.
fn parted(line: Line) -> Vec<Line> {
    const OPENERS: &[&str] = &["On ", "Am ", "Le ", "El ", "Em ", "Il giorno ", "Op ", "Den ", "W dniu ", "Dne ", "Pe ", "-----"];
    if line.depth == 0
        && line.mark == Mark::None
        && line.text.len() <= 1_000
        && (ends_with_colon(&line.text) || line.text.ends_with("-----"))
    {
        let ends = line.text.match_indices(['.', '!', '?', ',']).rev().map(|(at, _)| line.text.split_at(at + 1));
        let opens = |rest: &str| rest.starts_with(char::is_whitespace) && OPENERS.iter().any(|word| rest.trim_start().starts_with(word));
        for (said, rest) in ends.filter(|(_, rest)| opens(rest)).take(SENTENCES_MAX) {
            let header = rest.trim_start();
            let is_header = header.starts_with("-----") && between_dashes(header).is_some() || attribution(header).is_strong();
            if is_header && !attribution(said).has_some() {
                let part = |text: &str| Line { text: text.to_owned(), depth: 0, mark: Mark::None };
                return vec![part(said), Line::default(), part(header)];
            }
        }
    }
    // Some telephones go on with the quote in the same line.
    if line.depth == 0
        && let Some((at, _)) = line.text.match_indices(':').take(20).find(|(at, _)| {
            let rest = &line.text[at + 1..];
            *at <= HEADER_BYTES_MAX && rest.chars().take(2).filter(|c| c.is_whitespace()).count() == 2 && !rest.trim().is_empty() && {
                let header = shown(&line.text[..=*at]);
                OPENERS.iter().any(|word| header.starts_with(word)) && header.len() <= HEADER_CHARS_MAX && attribution(&header).is_sure()
            }
        })
    {
        let (header, rest) = line.text.split_at(at + 1);
        let (header, rest) = (Line { text: header.to_owned(), ..line.clone() }, Line { text: rest.trim().to_owned(), ..line.clone() });
        return vec![header, rest];
    }
    vec![line]
}

fn kinds(lines: &[Line]) -> Vec<Kind> {
    let kind = |line: &Line| match line {
        line if line.depth > 0 => Kind::Quote,
        line if line.text.trim().is_empty() => Kind::Blank,
        line if line.mark == Mark::Signature => Kind::Signature,
        _ => Kind::Said,
    };
    lines.iter().map(kind).collect()
}

/// Finds the headers of quotes, and where one of them swallows everything below.
fn cut(lines: &[Line], kinds: &mut [Kind]) {
    let page = Page { lines, looks: RefCell::default() };
    let (mut at, mut looked_at) = (0, 0);
    while at < lines.len() && looked_at < LOOKED_AT_MAX {
        if matches!(kinds[at], Kind::Said | Kind::Signature) {
            looked_at += 1;
            let below = header_at(&page, kinds, at);
            match below {
                Some(Found::Above(from, count)) => {
                    kinds[from..from + count].fill(Kind::Header);
                    at = from + count;
                    continue;
                }
                Some(Found::Rest(from)) if kinds[..from].contains(&Kind::Said) => {
                    kinds[from..].fill(Kind::Rest);
                    return;
                }
                // Nothing was said above: the mail is what it quotes or passes on.
                Some(Found::Rest(_)) if !kinds[..at].contains(&Kind::Signature) => return,
                Some(Found::Rest(_)) | None => {}
            }
        }
        // Who wrote it may stand inside of the quote, on its first line.
        let is_first = kinds[at] == Kind::Quote
            && !kinds[..at].iter().rev().find(|kind| **kind != Kind::Blank).is_some_and(|kind| *kind == Kind::Quote);
        if is_first && ends_with_colon(&lines[at].text) && attribution(&shown(&lines[at].text)).is_strong() {
            kinds[at] = Kind::Header;
        }
        at += 1;
    }
}

/// The lines, and what was found out about them: whoever looks for a block of fields looks at the lines below, too, and at each of them again.
struct Page<'a> {
    lines: &'a [Line],
    looks: RefCell<HashMap<usize, Rc<Look>>>,
}

/// What a line says that may be one of a header.
struct Look {
    text: String,
    /// The name of a field, in lower case.
    key: Option<String>,
    /// Of its value; of the whole line if it is no field.
    found: Attribution,
    has_digits: bool,
}

impl Page<'_> {
    fn look(&self, at: usize) -> Rc<Look> {
        let look = || {
            let text = shown(&self.lines[at].text);
            let (key, said) = field(&text).map_or((None, text.as_str()), |(key, value)| (Some(key.to_lowercase()), value));
            Rc::new(Look { key, found: attribution(said), has_digits: digits(said), text })
        };
        Rc::clone(self.looks.borrow_mut().entry(at).or_insert_with(look))
    }
}

enum Found {
    /// So many lines from here stand above quoted lines.
    Above(usize, usize),
    /// From here on everything is quoted.
    Rest(usize),
}

fn header_at(page: &Page<'_>, kinds: &[Kind], at: usize) -> Option<Found> {
    let lines = page.lines;
    let line = &lines[at];
    let look = page.look(at);
    let text = look.text.as_str();
    let is_first_of_paragraph = at == 0 || kinds[at - 1] != Kind::Said;
    if line.mark == Mark::Rest || text.chars().count() < 120 && holds(&text.to_lowercase(), known::ABOVE_LINE) {
        return Some(Found::Rest(at));
    }
    if line.mark == Mark::Header {
        let count = lines[at..].iter().take_while(|line| line.mark == Mark::Header).count();
        return Some(if is_above_quote(kinds, at + count) { Found::Above(at, count) } else { Found::Rest(at) });
    }
    if let Some(words) = between_dashes(text) {
        let below = next_said(kinds, at + 1);
        let has_fields = below.is_some_and(|below| fields(page, below).is_header(true));
        let is_known = holds(&words, known::ORIGINAL) || holds(&words, known::FORWARDED);
        if has_fields || is_known && (is_above_quote(kinds, at + 1) || below.is_some() || attribution(&words).is_strong()) {
            return Some(if is_above_quote(kinds, at + 1) && !has_fields { Found::Above(at, 1) } else { Found::Rest(at) });
        }
        if is_rule(text) && has_fields {
            return Some(Found::Rest(at));
        }
    }
    if is_rule(text)
        && let Some(below) = next_said(kinds, at + 1)
        && below <= at + 2
        && fields(page, below).is_header(true)
    {
        return Some(Found::Rest(at));
    }
    // "Begin forwarded message:"
    if text.chars().count() < 80 && ends_with_colon(text) && holds(&text.to_lowercase(), known::FORWARDED) {
        if let Some(below) = next_said(kinds, at + 1)
            && fields(page, below).is_header(true)
        {
            return Some(Found::Rest(at));
        }
        if is_above_quote(kinds, at + 1) {
            return Some(Found::Above(at, 1));
        }
    }
    let is_begun = line.mark == Mark::Hint || look.key.as_deref().is_some_and(is_known_field);
    let block = if is_begun { fields(page, at) } else { Fields::default() };
    if block.is_header(line.mark == Mark::Hint) && (is_first_of_paragraph || block.is_sure()) {
        return Some(if is_above_quote(kinds, at + block.lines) { Found::Above(at, block.lines) } else { Found::Rest(at) });
    }
    above(page, kinds, at)
}

/// A line such as "On Monday … Anna wrote:" that ends here, with the lines over which it was broken.
fn above(page: &Page<'_>, kinds: &[Kind], end: usize) -> Option<Found> {
    let lines = page.lines;
    let is_quote_below = is_above_quote(kinds, end + 1);
    let look = page.look(end);
    let last = look.text.as_str();
    if last.len() > HEADER_BYTES_MAX {
        return None;
    }
    let is_around = lines[end].mark == Mark::Around;
    let is_ruled = last.ends_with("---") && holds(&last.to_lowercase(), known::WROTE);
    let is_sure = is_quote_below && (is_around || attribution(last).is_strong());
    if !(ends_with_colon(last) || is_ruled || is_sure) {
        return None;
    }
    // Without quoted lines below nothing is sure that names no address: most lines are done here.
    if !is_quote_below && !lines[end.saturating_sub(HEADER_LINES_MAX)..=end].iter().any(|line| line.text.contains('@')) {
        return None;
    }
    let mut whole = String::new();
    let mut start = end;
    let mut best: Option<usize> = None;
    for count in 1..=HEADER_LINES_MAX {
        let look = page.look(start);
        let text = look.text.as_str();
        whole = if whole.is_empty() { text.to_owned() } else { format!("{text} {whole}") };
        if whole.chars().count() > HEADER_CHARS_MAX {
            break;
        }
        let found = attribution(&whole);
        let is_header = found.is_strong() || is_quote_below && (found.is_likely() || is_around && count == 1 && found.has_some());
        if is_header {
            best = Some(start);
        }
        let Some(before) = start.checked_sub(1).filter(|before| kinds[*before] == Kind::Said && lines[*before].depth == lines[end].depth)
        else {
            break;
        };
        if best.is_some() && !goes_back(&page.look(before).text, &page.look(start).text) {
            break;
        }
        start = before;
    }
    let start = best?;
    match is_quote_below {
        true => Some(Found::Above(start, end + 1 - start)),
        false => {
            let text = (start..=end).map(|at| page.look(at).text.clone()).collect::<Vec<_>>().join(" ");
            // Nothing below: the quote was left out, or is a picture.
            attribution(&text).is_sure().then_some(Found::Rest(start))
        }
    }
}

/// Whether a line could stand above a quote, by itself.
pub(super) fn may_head_a_quote(text: &str) -> bool {
    if text.len() > HEADER_BYTES_MAX {
        return false;
    }
    let text = shown(text);
    text.chars().count() <= HEADER_CHARS_MAX && attribution(&text).is_likely()
}

/// Whether a line is one with which quotes begin: enough where the name of a box says so, too.
pub(super) fn begins_quote(line: &str) -> bool {
    let text = shown(line);
    let found = attribution(&text);
    let is_from = field(&text).is_some_and(|(key, _)| known::FROM.contains(&key.to_lowercase().as_str()));
    !text.is_empty() && (found.date || found.address || found.wrote && found.colon || between_dashes(&text).is_some() || is_from)
}

/// Whether a line of a header belongs to the one before it.
fn goes_back(before: &str, line: &str) -> bool {
    let lower = before.to_lowercase();
    let begins_inside = line.starts_with(['<', '(', '[', ')', '>', ','])
        || line.chars().next().is_some_and(char::is_lowercase) && !line.starts_with("http")
        || line.starts_with(|c: char| c.is_ascii_digit());
    let is_open = before.ends_with(['<', ',', '(']) && digits(&lower);
    let is_opener = known::OPENERS.iter().any(|word| lower.starts_with(word)) && digits(&lower);
    let ends = before.ends_with(['.', '!', '?', ':', '。', '！', '？']) && !digits(before);
    // The line below says neither when nor who: this one does.
    let (above, below) = (attribution(before), attribution(line));
    if !ends && above.date && (above.address || above.time) && !below.date && !below.address {
        return true;
    }
    !ends
        && (line.starts_with('<')
            || begins_inside && (digits(&lower) || is_opener || before.contains('<'))
            || is_open
            || is_opener && !before.ends_with(['.', '!', '?']))
}

fn digits(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}

/// Whether the next line that holds anything is quoted.
fn is_above_quote(kinds: &[Kind], from: usize) -> bool {
    kinds.get(from..).unwrap_or_default().iter().find(|kind| **kind != Kind::Blank).is_some_and(|kind| *kind == Kind::Quote)
}

fn next_said(kinds: &[Kind], from: usize) -> Option<usize> {
    let at = from + kinds.get(from..)?.iter().take(4).position(|kind| *kind != Kind::Blank)?;
    (kinds[at] == Kind::Said).then_some(at)
}

/// Without the stars of bold text, odd spaces and marks of direction.
fn shown(text: &str) -> String {
    steps::add(text.len());
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '*' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ends_with_colon(text: &str) -> bool {
    text.trim_end_matches([' ', '\u{a0}', '>', '-']).ends_with([':', '：', '︰'])
}

fn holds(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// What stands between two runs of dashes.
fn between_dashes(text: &str) -> Option<String> {
    let is_dash = |c: char| matches!(c, '-' | '_' | '=' | '—' | '–' | '─');
    let inner = text.trim_matches(is_dash);
    let before = text.len() - text.trim_start_matches(is_dash).len();
    let after = text.len() - text.trim_end_matches(is_dash).len();
    (before >= 2 && after >= 2 && !inner.trim().is_empty() && inner.chars().count() <= 120).then(|| inner.trim().to_lowercase())
}

/// A line of nothing but dashes.
fn is_rule(text: &str) -> bool {
    text.chars().count() >= 5 && text.chars().all(|c| matches!(c, '-' | '_' | '=' | '—' | '–' | '─' | '*' | ' '))
}

/// What a line says that may stand above a quote.
#[derive(Default)]
struct Attribution {
    wrote: bool,
    date: bool,
    time: bool,
    address: bool,
    colon: bool,
}

impl Attribution {
    fn has_some(&self) -> bool {
        self.wrote || self.date || self.time || self.address
    }

    /// With quoted lines below.
    fn is_likely(&self) -> bool {
        self.colon && (self.wrote || self.address || self.date && self.time) || self.is_strong()
    }

    /// Without any.
    fn is_strong(&self) -> bool {
        let count = usize::from(self.wrote) + usize::from(self.date) + usize::from(self.time) + usize::from(self.address);
        count >= 3 || self.colon && (self.wrote && (self.date || self.address) || self.date && self.address)
    }

    fn is_above_plain(&self) -> bool {
        self.date && (self.time || self.address)
    }

    /// Enough to hide everything below it.
    fn is_sure(&self) -> bool {
        self.colon && self.date && self.address && (self.wrote || self.time)
    }
}

fn attribution(text: &str) -> Attribution {
    let colon = ends_with_colon(text) || text.ends_with("---");
    let text = &text[..text.floor_char_boundary(ATTRIBUTION_BYTES_MAX)];
    steps::add(text.len());
    let lower = text.to_lowercase();
    let plain: Vec<char> =
        text.chars().map(|c| c.to_digit(10).or(eastern(c)).and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)).collect();
    let mut found = Attribution { wrote: is_written(&lower), colon, ..Attribution::default() };
    found.address = lower.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | '[' | ']' | '"')).any(|word| {
        word.trim_start_matches("mailto:").split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    });
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        let length = plain[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if length > 0 {
            runs.push((at, length));
        }
        at += length.max(1);
    }
    for (n, (start, length)) in runs.iter().enumerate() {
        let year: String = plain[*start..start + length].iter().collect();
        let is_year = *length == 4 && ["19", "20", "25", "13", "14"].iter().any(|century| year.starts_with(century));
        let next = runs.get(n + 1).filter(|next| next.0 == start + length + 1);
        let between = next.and_then(|_| plain.get(start + length));
        found.date |= is_year
            || matches!(between, Some('.' | '/' | '-'))
                && runs.get(n + 2).is_some_and(|third| next.is_some_and(|next| third.0 == next.0 + next.1 + 1));
        found.time |=
            *length <= 2 && next.is_some_and(|next| next.1 == 2) && matches!(between, Some(':' | '.' | 'h' | '時' | '点')) && !is_year;
    }
    // 10時20分, 10h
    found.time |= ["時", "时", "시 "].iter().any(|sign| lower.contains(sign)) && found.date;
    found
}

fn eastern(c: char) -> Option<u32> {
    match c {
        '\u{660}'..='\u{669}' => Some(c as u32 - 0x660),
        '\u{6f0}'..='\u{6f9}' => Some(c as u32 - 0x6f0),
        '\u{966}'..='\u{96f}' => Some(c as u32 - 0x966),
        '\u{ff10}'..='\u{ff19}' => Some(c as u32 - 0xff10),
        _ => None,
    }
}

/// Whether one of the words for "wrote" stands in the text as a word; scripts without spaces have no such edges.
fn is_written(lower: &str) -> bool {
    known::WROTE.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic() || c > '\u{5cf}');
            word.chars().any(|c| c > '\u{5cf}') || edge(lower[..at].chars().next_back())
        })
    })
}

/// A block of fields such as `From: …`, `Sent: …`.
#[derive(Default)]
struct Fields {
    lines: usize,
    count: usize,
    from: bool,
    date: bool,
    to: bool,
    subject: bool,
    /// One of the values is a date with a time, or holds an address.
    address: bool,
    time: bool,
}

impl Fields {
    fn named(&self) -> usize {
        usize::from(self.from) + usize::from(self.date) + usize::from(self.to) + usize::from(self.subject)
    }

    /// Whether this is the header of a mail. Below a rule its shape is enough, in whatever language.
    fn is_header(&self, is_marked: bool) -> bool {
        let is_known = self.from
            && (self.named() >= 3 && (self.address || self.time || self.subject) || self.named() >= 2 && self.address && self.time);
        let is_shaped = is_marked && self.count >= 3 && self.address && self.time
            || is_marked && self.from && self.named() >= 2 && (self.address || self.time);
        is_known || is_shaped
    }

    fn is_sure(&self) -> bool {
        self.from && self.named() == 4 && (self.address || self.time)
    }
}

fn fields(page: &Page<'_>, at: usize) -> Fields {
    let mut block = Fields::default();
    let mut blanks = 0;
    let mut broken = 0;
    for n in 0..FIELD_LINES_MAX.min(page.lines.len() - at) {
        let look = page.look(at + n);
        if look.text.is_empty() {
            // Pages have an empty line between them now and then.
            blanks += 1;
            if blanks > 1 || block.count == 0 {
                break;
            }
            continue;
        }
        let Some(key) = look.key.as_deref() else {
            // A long list of recipients goes on in the next line.
            broken += 1;
            if block.count == 0 || blanks > 0 || broken > 4 {
                break;
            }
            block.address |= look.found.address;
            continue;
        };
        let is = |names: &[&str]| names.contains(&key);
        // The same field twice: two words of it, or no header.
        let is_known = match () {
            () if !block.from && is(known::FROM) => {
                block.from = true;
                true
            }
            () if !block.date && is(known::DATE) => {
                block.date = true;
                true
            }
            () if !block.to && is(known::TO) => {
                block.to = true;
                true
            }
            () if !block.subject && is(known::SUBJECT) => {
                block.subject = true;
                true
            }
            () => is(known::OTHER),
        };
        if blanks > 0 && !is_known {
            break;
        }
        block.address |= look.found.address;
        block.time |= look.found.time && (look.found.date || look.has_digits);
        block.count += 1;
        block.lines = n + 1;
        broken = 0;
    }
    block
}

fn is_known_field(key: &str) -> bool {
    [known::FROM, known::DATE, known::TO, known::SUBJECT, known::OTHER].iter().any(|names| names.contains(&key))
}

/// `From: Anna` with a short name.
fn field(text: &str) -> Option<(&str, &str)> {
    let at = text.find([':', '：'])?;
    let (key, rest) = text.split_at(at);
    let value = rest.trim_start_matches([':', '：']).trim();
    let key = key.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '|' | '\u{a0}'));
    (!key.is_empty() && key.chars().count() <= 25 && key.split_whitespace().count() <= 3 && !key.contains(['@', '<', '/']) && !digits(key))
        .then_some((key, value))
}

/// Quoted lines that a mail program broke in two leave an end that seems to be said.
fn rejoin_broken(lines: &[Line], kinds: &mut [Kind]) {
    let Some(first) = kinds.iter().position(|kind| *kind == Kind::Quote) else { return };
    if !kinds[..first].contains(&Kind::Said) {
        return;
    }
    for at in first + 1..kinds.len().saturating_sub(1) {
        let (before, line) = (&lines[at - 1], &lines[at]);
        let is_cut = kinds[at - 1] == Kind::Quote && before.text.chars().count() >= 55 && !before.text.ends_with(['.', '!', '?', ':']);
        if kinds[at] == Kind::Said
            && is_cut
            && kinds[at + 1] == Kind::Quote
            && line.text.chars().count() < 40
            && line.text.starts_with(|c: char| c.is_lowercase())
        {
            kinds[at] = Kind::Quote;
        }
    }
}

/// Signatures, lines of telephones, and legal footers: at the end of each run of what was said.
fn signatures(lines: &[Line], kinds: &mut [Kind]) {
    let (mut at, mut has_more) = (0, false);
    while at < kinds.len() {
        if kinds[at] != Kind::Said {
            at += 1;
            continue;
        }
        let end = at + kinds[at..].iter().take_while(|kind| matches!(kind, Kind::Said | Kind::Blank)).count();
        signature(lines, kinds, at, end, has_more);
        steps::add(end - at);
        has_more |= kinds[at..end].contains(&Kind::Said);
        at = end;
    }
}

fn signature(lines: &[Line], kinds: &mut [Kind], start: usize, mut end: usize, has_more: bool) {
    let sign = |kinds: &mut [Kind], from: usize, to: usize| {
        for kind in &mut kinds[from..to] {
            if *kind == Kind::Said {
                *kind = Kind::Signature;
            }
        }
    };
    let is_mark = |text: &str| text == "-- " || matches!(text.trim(), "--" | "—" | "__" | "--=20");
    if let Some(from) = (start..end).find(|at| is_mark(&lines[*at].text))
        && (lines[from].text == "-- " || is_signature(&lines[from + 1..end]))
    {
        sign(kinds, from, end);
        end = from;
    }
    // From the end upwards: paragraph by paragraph.
    loop {
        while end > start && kinds[end - 1] != Kind::Said {
            end -= 1;
        }
        if end == start {
            return;
        }
        let last = shown(&lines[end - 1].text);
        if is_from_device(&last) {
            // A promotion may stand in two lines.
            sign(kinds, end - 1, end);
            end -= 1;
            continue;
        }
        let from = (start..end).rev().take_while(|at| kinds[*at] == Kind::Said).last().unwrap_or(start);
        if end - from > SIGNATURE_LINES_MAX {
            return;
        }
        let paragraph = lines[from..end].iter().map(|line| shown(&line.text)).collect::<Vec<_>>().join(" ").to_lowercase();
        // The last thing that was said is never a footer.
        if !(has_more || kinds[start..from].contains(&Kind::Said)) {
            return;
        }
        if is_from_device(&paragraph) || is_legal(&paragraph) {
            sign(kinds, from, end);
            end = from;
            continue;
        }
        break;
    }
    // A footer of several paragraphs, of which the last is none by itself.
    let paragraphs = paragraphs(kinds, start, end);
    for (n, (from, to)) in paragraphs.iter().enumerate().skip(usize::from(!has_more).max(paragraphs.len().saturating_sub(6))) {
        let text = lines[*from..*to].iter().map(|line| shown(&line.text)).collect::<Vec<_>>().join(" ").to_lowercase();
        if to - from <= SIGNATURE_LINES_MAX && legal_words(&text) >= 3 && text.chars().count() > 150 && paragraphs.len() - n <= 6 {
            sign(kinds, *from, end);
            return;
        }
    }
}

/// Whether lines below two dashes look like a signature: few, short, and no sentences. The dashes may separate two things that were said.
fn is_signature(lines: &[Line]) -> bool {
    let said: Vec<String> = lines.iter().map(|line| shown(&line.text)).filter(|text| !text.is_empty()).collect();
    let is_sentence =
        |text: &String| text.ends_with(['?', '？']) || text.ends_with(['.', '!', '。', ':']) && text.split_whitespace().count() > 4;
    said.len() <= SIGNATURE_LINES_MAX
        && !said.iter().any(|text| is_sentence(text) && legal_words(&text.to_lowercase()) == 0 && !is_from_device(text))
}

fn paragraphs(kinds: &[Kind], start: usize, end: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in (start..end).filter(|at| kinds[*at] == Kind::Said) {
        match found.last_mut() {
            Some((_, to)) if *to == at => *to = at + 1,
            _ => found.push((at, at + 1)),
        }
    }
    found
}

/// A footer as lawyers want it, or one about trees.
fn is_legal(paragraph: &str) -> bool {
    let count = legal_words(paragraph);
    let begins = known::LEGAL_TITLES.iter().any(|title| paragraph.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with(title));
    let is_about_trees = paragraph.chars().count() < 250 && holds(paragraph, known::PRINTING) && holds(paragraph, known::NATURE);
    count >= 3 && paragraph.chars().count() > 80 || count >= 1 && begins && paragraph.chars().count() > 60 || is_about_trees
}

fn legal_words(lower: &str) -> usize {
    known::LEGAL.iter().filter(|word| lower.contains(**word)).count()
}

/// "Sent from my iPhone" and its kin.
fn is_from_device(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.chars().count() > 140 {
        return false;
    }
    let lower = lower.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let is_named = known::DEVICES.iter().any(|name| {
        lower.match_indices(name).any(|(at, _)| lower[..at].chars().next_back().is_none_or(|c| !c.is_alphabetic() || c > '\u{2ff}'))
    });
    let begins = known::SENT_FROM.iter().any(|words| lower.starts_with(words));
    let holds = known::SENT_FROM.iter().any(|words| lower.contains(words));
    let words = lower.split_whitespace().count();
    // Somebody may begin a sentence like that: then it is longer, and ends like one.
    begins && (is_named || lower.contains('<') || lower.contains("http")) && words <= 14 && !text.ends_with('?')
        || holds && is_named && words <= 9 && !text.ends_with(['?', '!'])
        || words <= 9 && (lower.starts_with("von meinem") || lower.starts_with("von mein")) && lower.contains("gesendet")
}

/// Puts the three texts together.
fn assemble(lines: &[Line], kinds: &[Kind]) -> Body {
    let said: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at] == Kind::Said).collect();
    let (Some(first), Some(last)) = (said.first().copied(), said.last().copied()) else { return silent(lines, kinds) };
    // Answers between the quoted lines need them; one answer below all of them does not.
    let is_between = (first..last).any(|at| kinds[at] == Kind::Quote);
    let mut from = first;
    if is_between {
        from = (0..first)
            .rev()
            .take_while(|at| matches!(kinds[*at], Kind::Quote | Kind::Blank))
            .filter(|at| kinds[*at] == Kind::Quote)
            .last()
            .unwrap_or(first);
    }
    let (mut text, mut quoted, mut signature) = (Paper::default(), Paper::default(), Paper::default());
    for (at, line) in lines.iter().enumerate() {
        let is_inside = (from..=last).contains(&at);
        match kinds[at] {
            Kind::Said => text.line(line, 0),
            Kind::Quote
                if is_inside
                    && line.text.trim().is_empty()
                    && (at == 0 || kinds[at - 1] != Kind::Quote || kinds.get(at + 1) != Some(&Kind::Quote)) =>
            {
                text.blank();
            }
            Kind::Quote if is_inside => text.line(line, line.depth),
            Kind::Signature => signature.line(line, 0),
            Kind::Blank if is_inside => text.blank(),
            Kind::Blank => {
                quoted.blank();
                signature.blank();
            }
            Kind::Quote | Kind::Header | Kind::Rest => quoted.line(line, line.depth),
        }
        if is_inside && at + 1 < kinds.len() && (kinds[at] == Kind::Quote) != (kinds[at + 1] == Kind::Quote) {
            text.blank();
        }
    }
    Body { text: text.end(), quoted: quoted.end(), signature: signature.end() }
}

/// A mail in which nothing is said but what it quotes, passes on, or is signed with.
fn silent(lines: &[Line], kinds: &[Kind]) -> Body {
    let has_quote = kinds.iter().any(|kind| matches!(kind, Kind::Quote | Kind::Header | Kind::Rest));
    let least = lines.iter().zip(kinds).filter(|(_, kind)| **kind == Kind::Quote).map(|(line, _)| line.depth).min().unwrap_or_default();
    let (mut text, mut signature) = (Paper::default(), Paper::default());
    for (line, kind) in lines.iter().zip(kinds) {
        match kind {
            Kind::Blank => {
                text.blank();
                signature.blank();
            }
            Kind::Signature if has_quote => signature.line(line, 0),
            _ => text.line(line, line.depth.saturating_sub(least)),
        }
    }
    Body { text: text.end(), quoted: String::new(), signature: signature.end() }
}

/// A text that grows by lines, without empty ones at its ends or in heaps.
#[derive(Default)]
struct Paper {
    text: String,
    is_blank: bool,
}

impl Paper {
    fn line(&mut self, line: &Line, depth: usize) {
        let bare = line.text.trim_end();
        if bare.is_empty() && depth == 0 {
            return self.blank();
        }
        if !self.text.is_empty() {
            self.text.push_str(if self.is_blank { "\n\n" } else { "\n" });
        }
        self.is_blank = false;
        for _ in 0..depth {
            self.text.push('>');
        }
        if depth > 0 && !bare.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(bare);
    }

    fn blank(&mut self) {
        self.is_blank = true;
    }

    fn end(self) -> String {
        self.text.trim_matches('\n').trim_end().to_owned()
    }
}
