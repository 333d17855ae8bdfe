//! The HTML half of a mail: one quiet column that mail programs of every kind show alike. Styles stand at the elements, because some programs
//! throw the rest away; the few in the head make it dark where it is dark. No image, no script, nothing from elsewhere: who reads it tells nobody.

use super::rendered::Piece;
use super::words;
use crate::base::markup::escape;
use crate::base::text::clean_line;
use crate::base::{markdown, when};
use crate::model::letter::Said;
use jiff::tz::TimeZone;

/// How a mail looks.
pub(super) struct Look<'a> {
    pub(super) subject: &'a str,
    pub(super) brand: &'a str,
    pub(super) colour: &'a str,
    pub(super) locale: &'a str,
    pub(super) zone: &'a TimeZone,
}

const FONT: &str = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const DARK: &str = ":root{color-scheme:light dark;supported-color-schemes:light dark}\
    @media (prefers-color-scheme:dark){.page{background:#15181c!important}.card{background:#1f2329!important;border-left-color:#343a42!important;border-right-color:#343a42!important;border-bottom-color:#343a42!important}\
    .ink{color:#e8eaed!important}.soft{color:#a9b1bb!important}.theirs{background:#2a2f37!important}.ours{background:#262b33!important}\
    .rule{border-color:#343a42!important}.link{color:#8ab4f8!important}}\
    @media (max-width:480px){.outer{padding:12px 8px!important}.inner{padding:20px 16px!important}}";

/// The letter as a whole document.
pub(super) fn page(look: &Look<'_>, pieces: &[Piece<'_>]) -> String {
    let direction = words::direction_of(look.locale);
    let side = if direction == "rtl" { "right" } else { "left" };
    let (lang, subject, brand) = (escaped(look.locale), escaped(look.subject), escaped(look.brand));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{lang}\" dir=\"{direction}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">\n<title>{subject}</title>\n\
         <style>{DARK}</style>\n</head>\n<body class=\"page\" style=\"margin:0;padding:0;background:#f3f4f6\">\n\
         <div role=\"article\" aria-roledescription=\"email\" aria-label=\"{subject}\" lang=\"{lang}\" dir=\"{direction}\">\n\
         <!--[if mso]><table role=\"presentation\" width=\"600\" align=\"center\" cellpadding=\"0\" cellspacing=\"0\"><tr><td><![endif]-->\n\
         <div class=\"outer\" style=\"max-width:600px;margin:0 auto;padding:28px 12px;text-align:{side};{FONT};font-size:16px;line-height:1.5\">\n\
         <p class=\"ink\" style=\"margin:0 4px 12px;font-size:15px;font-weight:600;color:#1f2937\"><bdi>{brand}</bdi></p>\n\
         <div class=\"card inner ink\" style=\"background:#ffffff;border:1px solid #e2e5e9;border-top:4px solid {};border-radius:8px;padding:24px 28px;color:#1f2937\">\n",
        colour(look.colour),
    );
    let (footer, body): (Vec<_>, Vec<_>) = pieces.iter().partition(|piece| matches!(piece, Piece::Footer { .. }));
    for piece in body {
        match piece {
            Piece::Words { html, .. } => page.push_str(html),
            Piece::Said { said, is_letter: true } => said.iter().for_each(|said| letter(said, &mut page)),
            Piece::Said { said, is_letter: false } => said.iter().for_each(|said| message(look, side, said, &mut page)),
            Piece::Button { words, link } => button(look, words, link, &mut page),
            Piece::Footer { .. } => {}
        }
        page.push('\n');
    }
    page.push_str("</div>\n");
    for piece in footer {
        if let Piece::Footer { html, .. } = piece {
            page.push_str("<div class=\"soft\" style=\"margin:16px 4px 0;font-size:13px;color:#5b6472\">");
            page.push_str(html);
            page.push_str("</div>\n");
        }
    }
    page.push_str("</div>\n<!--[if mso]></td></tr></table><![endif]-->\n</div>\n</body>\n</html>\n");
    page
}

/// One message of the chat.
fn message(look: &Look<'_>, side: &str, said: &Said, page: &mut String) {
    let (class, background, bar) = match said.is_agent {
        true => ("ours", "#f6f7f9", colour(look.colour)),
        false => ("theirs", "#eef1f4", "#c3c9d1".to_owned()),
    };
    page.push_str("<div style=\"margin:0 0 14px\"><p class=\"soft\" style=\"margin:0 0 4px;font-size:13px;color:#5b6472\"><bdi>");
    escape(&clean_line(&said.author, 128), page);
    page.push_str("</bdi> &middot; <bdi>");
    escape(&when::written(said.at, look.zone, look.locale), page);
    page.push_str("</bdi></p>");
    page.push_str(&format!(
        "<div dir=\"auto\" class=\"{class}\" style=\"background:{background};border-{side}:3px solid {bar};border-radius:6px;padding:10px 14px;text-align:start;overflow-wrap:anywhere;word-break:break-word\">"
    ));
    inside(said, page);
    page.push_str("</div></div>\n");
}

/// An agent's own words, as in any mail.
fn letter(said: &Said, page: &mut String) {
    page.push_str("<div dir=\"auto\" style=\"margin:0 0 14px;text-align:start;overflow-wrap:anywhere\">");
    inside(said, page);
    page.push_str("</div>\n");
}

/// What was said and the names of its files. It was made safe when it was stored; here it passes the fence once more.
fn inside(said: &Said, page: &mut String) {
    page.push_str(&marked(&markdown::fenced(&said.html), |_| false));
    for file in &said.files {
        page.push_str("<p class=\"soft\" style=\"margin:4px 0;font-size:14px;color:#5b6472\">&#128206; <bdi>");
        escape(&clean_line(file, 200), page);
        page.push_str("</bdi></p>");
    }
}

/// A cell with a link in it: the one shape that is a button everywhere.
fn button(look: &Look<'_>, words: &str, link: &str, page: &mut String) {
    let (colour, ink) = (colour(look.colour), ink_on(look.colour));
    page.push_str(&format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:20px 0\"><tr>\
         <td bgcolor=\"{colour}\" style=\"background:{colour};border-radius:8px\"><a href=\"{}\" style=\"display:inline-block;padding:12px 22px;{FONT};\
         font-size:16px;font-weight:600;line-height:20px;color:{ink};text-decoration:none;border-radius:8px\">{}</a></td></tr></table>",
        escaped(link),
        escaped(words)
    ));
}

/// HTML of ours (its tags have no styles) with the styles that mail programs need. A `<` in a text is `&lt;` there, so what is found is a tag.
/// A paragraph that is one bold value alone, as a code is, becomes large.
pub(super) fn marked(html: &str, is_value: impl Fn(char) -> bool) -> String {
    let mut whole = String::with_capacity(html.len() * 2);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((value, after)) = alone(rest, &is_value) {
            whole.push_str("<p dir=\"ltr\" style=\"margin:20px 0;font-size:32px;line-height:40px;letter-spacing:6px\"><strong>");
            whole.push(value);
            whole.push_str("</strong></p>");
            rest = after;
            continue;
        }
        let end = rest.find('>').map_or(rest.len(), |at| at + 1);
        let tag = &rest[..end];
        let name = tag[1..].trim_end_matches('>').split(' ').next().unwrap_or_default();
        match style_of(name) {
            Some(style) => {
                whole.push('<');
                whole.push_str(name);
                whole.push_str(style);
                whole.push_str(&tag[1 + name.len()..]);
            }
            None => whole.push_str(tag),
        }
        rest = &rest[end..];
    }
    whole.push_str(rest);
    whole
}

fn alone(html: &str, is_value: impl Fn(char) -> bool) -> Option<(char, &str)> {
    let inner = html.strip_prefix("<p><strong>")?;
    let value = inner.chars().next().filter(|c| is_value(*c))?;
    Some((value, inner[value.len_utf8()..].strip_prefix("</strong></p>")?))
}

fn style_of(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "p" => " style=\"margin:0 0 12px\"",
        "a" => " class=\"link\" style=\"color:#0b57d0\"",
        "ul" | "ol" => " style=\"margin:0 0 12px;padding-inline-start:24px\"",
        "blockquote" => " class=\"soft rule\" style=\"margin:0 0 12px;padding:0 12px;border-left:3px solid #d5d9df;color:#5b6472\"",
        "pre" => " style=\"margin:0 0 12px;white-space:pre-wrap;font-size:14px\"",
        "hr" => " class=\"rule\" style=\"border:0;border-top:1px solid #e2e5e9;margin:16px 0\"",
        _ => return None,
    })
}

/// A colour that is one, and nothing else that a style could hold.
fn colour(given: &str) -> String {
    let digits = given.strip_prefix('#').unwrap_or_default();
    let is_one = matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_one { given.to_owned() } else { crate::model::inbox::Colors::default().primary }
}

/// Black or white, whichever is read better on a colour (WCAG 2: relative luminance).
fn ink_on(given: &str) -> &'static str {
    let colour = colour(given);
    let digits = &colour[1..];
    let wide = digits.len() == 6;
    let part = |index: usize| {
        let piece = if wide { digits[2 * index..2 * index + 2].to_owned() } else { digits[index..=index].repeat(2) };
        let share = f64::from(u8::from_str_radix(&piece, 16).unwrap_or(0)) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    let light = 0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2);
    if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 { "#ffffff" } else { "#000000" }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(text, &mut html);
    html
}
