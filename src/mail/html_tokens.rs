//! Cuts HTML into tags and text. Forgiving, and linear in the length of the page.

use super::steps;
use std::collections::HashMap;
use std::sync::OnceLock;

/// One piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    Text(String),
    /// Name, attributes, and whether it closes itself.
    Open(String, Attributes, bool),
    Close(String),
}

/// The attributes of a tag: names in lower case, values decoded.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Attributes(Vec<(String, String)>);

/// Attributes of one tag that are read.
const ATTRIBUTES_MAX: usize = 40;

impl Attributes {
    /// The value of one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What the element is called by its program, in lower case: its id, classes, name, and what programs invent.
    pub fn names(&self) -> String {
        let mut names = String::new();
        for (key, value) in &self.0 {
            if matches!(
                key.as_str(),
                "id" | "class" | "name" | "data-smartmail" | "data-type" | "fairemail" | "data-marker" | "data-test-id"
            ) {
                names.push_str(&value.to_ascii_lowercase());
                names.push(' ');
            }
        }
        names
    }
}

/// The pieces of a page.
pub fn tokens(html: &str) -> impl Iterator<Item = Token> + '_ {
    Tokens { rest: html, raw: None }
}

struct Tokens<'a> {
    rest: &'a str,
    /// Up to the end tag of this element nothing is markup.
    raw: Option<&'static str>,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let before = self.rest.len();
        let token = self.cut();
        steps::add(before - self.rest.len());
        token
    }
}

impl Tokens<'_> {
    fn cut(&mut self) -> Option<Token> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(tag) = self.raw.take() {
                let end = find_end_tag(self.rest, tag).unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
                continue;
            }
            let at = self.rest.find('<').unwrap_or(self.rest.len());
            if at > 0 {
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                return Some(Token::Text(decoded(text)));
            }
            if let Some(rest) = self.rest.strip_prefix("<!--") {
                let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
                self.rest = &rest[end..];
                continue;
            }
            let second = self.rest[1..].chars().next();
            match second {
                Some('!' | '?') => {
                    let end = self.rest.find('>').map_or(self.rest.len(), |end| end + 1);
                    self.rest = &self.rest[end..];
                }
                Some('/') => {
                    let end = self.rest.find('>').map_or(self.rest.len(), |end| end + 1);
                    let name = tag_name(&self.rest[2..end]);
                    self.rest = &self.rest[end..];
                    if !name.is_empty() {
                        return Some(Token::Close(name));
                    }
                }
                Some(c) if c.is_ascii_alphabetic() => return Some(self.tag()),
                _ => {
                    self.rest = &self.rest[1..];
                    return Some(Token::Text("<".to_owned()));
                }
            }
        }
    }

    fn tag(&mut self) -> Token {
        let name = tag_name(&self.rest[1..]);
        let mut rest = self.rest.get(1 + name.len()..).unwrap_or_default();
        let mut attributes = Vec::new();
        let mut is_closed = false;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            match rest.chars().next() {
                None => break,
                Some('>') => {
                    rest = &rest[1..];
                    break;
                }
                Some('/') => {
                    is_closed = rest[1..].starts_with('>');
                    rest = &rest[1..];
                    continue;
                }
                Some(_) => {}
            }
            let end = rest
                .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
                .unwrap_or(rest.len())
                .max(rest.chars().next().map_or(1, char::len_utf8));
            let key = rest[..end].to_ascii_lowercase();
            rest = rest[end..].trim_start_matches(|c: char| c.is_ascii_whitespace());
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
                (value, rest) = match after.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        let end = after[1..].find(quote).map_or(after.len(), |end| end + 1);
                        (&after[1..end], after.get(end + 1..).unwrap_or_default())
                    }
                    _ => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len())),
                };
            }
            if attributes.len() < ATTRIBUTES_MAX && value.len() <= 8 * 1024 {
                attributes.push((key, decoded(value)));
            }
        }
        self.rest = rest;
        self.raw = ["style", "script", "title", "xml", "noembed"].into_iter().find(|raw| *raw == name && !is_closed);
        Token::Open(name, Attributes(attributes), is_closed)
    }
}

/// The name at the beginning, in lower case. `o:p` is one.
fn tag_name(text: &str) -> String {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_'))).unwrap_or(text.len());
    text[..end].to_ascii_lowercase()
}

fn find_end_tag(text: &str, tag: &str) -> Option<usize> {
    text.match_indices("</")
        .map(|(at, _)| at)
        .find(|at| text.get(at + 2..at + 2 + tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag)))
}

/// Text with its entities decoded.
pub fn decoded(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        shown.push_str(&rest[..at]);
        rest = &rest[at..];
        let (sign, length) = entity(rest).unwrap_or(('&', 1));
        shown.push(sign);
        rest = &rest[length..];
    }
    shown.push_str(rest);
    shown
}

fn entity(text: &str) -> Option<(char, usize)> {
    let body = &text[1..];
    let number = body.strip_prefix('#');
    let (digits, radix, prefix) = match number {
        Some(rest) if rest.starts_with(['x', 'X']) => (&rest[1..], 16, 3),
        Some(rest) => (rest, 10, 2),
        None => {
            let end = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len()).min(10);
            let name = body.get(..end)?;
            let ends = body[end..].starts_with(';');
            let sign = match name {
                "nbsp" | "ensp" | "emsp" | "thinsp" => '\u{a0}',
                "zwnj" | "zwj" | "shy" => '\u{200b}',
                _ => named(name)?,
            };
            // Without its end only the oldest ones are meant.
            return (ends || matches!(name, "nbsp" | "amp" | "lt" | "gt" | "quot" | "copy" | "auml" | "ouml" | "uuml" | "eacute"))
                .then_some((sign, 1 + end + usize::from(ends)));
        }
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if end == 0 || end > 8 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..end], radix).ok()?;
    let sign = match code {
        // Numbers of windows-1252, as every browser takes them.
        0x80..=0x9f => super::charset::text(&[code as u8], Some("windows-1252")).chars().next()?,
        _ => char::from_u32(code).filter(|c| *c != '\0').unwrap_or('\u{fffd}'),
    };
    Some((sign, prefix + end + usize::from(digits[end..].starts_with(';'))))
}

/// The sign that a name stands for. A page may be all names, so they are looked up and not searched through.
fn named(name: &str) -> Option<char> {
    static NAMES: OnceLock<HashMap<&str, char>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        ENTITIES
            .split(' ')
            .filter_map(|entry| entry.split_once(':'))
            .filter_map(|(name, sign)| Some((name, sign.chars().next()?)))
            .collect()
    });
    names.get(name).copied()
}

/// The names that mails use, one after the other.
const ENTITIES: &str = "amp:& lt:< gt:> quot:\" apos:' iexcl:¡ cent:¢ pound:£ curren:¤ yen:¥ brvbar:¦ sect:§ uml:¨ copy:© ordf:ª laquo:« not:¬ reg:® macr:¯ deg:° plusmn:± sup2:² sup3:³ acute:´ micro:µ para:¶ middot:· cedil:¸ sup1:¹ ordm:º raquo:» frac14:¼ frac12:½ frac34:¾ iquest:¿ Agrave:À Aacute:Á Acirc:Â Atilde:Ã Auml:Ä Aring:Å AElig:Æ Ccedil:Ç Egrave:È Eacute:É Ecirc:Ê Euml:Ë Igrave:Ì Iacute:Í Icirc:Î Iuml:Ï ETH:Ð Ntilde:Ñ Ograve:Ò Oacute:Ó Ocirc:Ô Otilde:Õ Ouml:Ö times:× Oslash:Ø Ugrave:Ù Uacute:Ú Ucirc:Û Uuml:Ü Yacute:Ý THORN:Þ szlig:ß agrave:à aacute:á acirc:â atilde:ã auml:ä aring:å aelig:æ ccedil:ç egrave:è eacute:é ecirc:ê euml:ë igrave:ì iacute:í icirc:î iuml:ï eth:ð ntilde:ñ ograve:ò oacute:ó ocirc:ô otilde:õ ouml:ö divide:÷ oslash:ø ugrave:ù uacute:ú ucirc:û uuml:ü yacute:ý thorn:þ yuml:ÿ OElig:Œ oelig:œ Scaron:Š scaron:š Yuml:Ÿ fnof:ƒ circ:ˆ tilde:˜ ndash:– mdash:— lsquo:‘ rsquo:’ sbquo:‚ ldquo:“ rdquo:” bdquo:„ dagger:† Dagger:‡ bull:• hellip:… permil:‰ prime:′ Prime:″ lsaquo:‹ rsaquo:› euro:€ trade:™ larr:← uarr:↑ rarr:→ darr:↓ harr:↔ minus:− infin:∞ asymp:≈ ne:≠ le:≤ ge:≥ check:✓ cross:✗ hearts:♥ star:☆ starf:★ phone:☎ alpha:α beta:β gamma:γ delta:δ epsilon:ε pi:π sigma:σ omega:ω Omega:Ω Delta:Δ Sigma:Σ mu:μ lambda:λ";
