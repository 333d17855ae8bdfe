//! Finds our embed code in a page's source, in each of the five forms we answer to, and what nearly is one: commented out, shown as text,
//! with typed quotation marks, held back by a consent tool.

use super::html::{Piece, Tag, pieces};
use crate::base::limits;
use ammonia::Url;

/// The form of an embed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Deskbell,
    Libredesk,
    Seggwat,
    Supportpal,
    Livechat,
}

impl Form {
    /// Its name, as the settings call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Deskbell => "deskbell",
            Form::Libredesk => "Libredesk",
            Form::Seggwat => "SeggWat",
            Form::Supportpal => "SupportPal",
            Form::Livechat => "LiveChat",
        }
    }
}

/// One embed code.
#[derive(Debug)]
pub(super) struct Embed {
    pub(super) form: Form,
    /// Which inbox it names, as written; None: it names none.
    pub(super) key: Option<String>,
    /// What the script tag loads; None: a script brings it in.
    pub(super) url: Option<Url>,
    /// The address as written, where it makes none or lies in a script.
    pub(super) written: String,
    pub(super) tag: Tag,
    /// The page's own script that goes with it.
    pub(super) inline: Option<Tag>,
    pub(super) snags: Vec<Snag>,
}

/// Why a browser does not run a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Snag {
    /// The type is none of a script; who holds it back, if that is known.
    Held(String, &'static str),
    /// Delayed until the visitor moves.
    Delayed(&'static str),
    /// The address stands in `data-…` instead of `src`.
    DataSrc(String),
    /// Quotation marks of prose.
    Quotes,
    /// Skipped by browsers of today.
    NoModule,
    /// Fetched by other rules.
    Module,
    CrossOrigin,
    /// A checksum that the next version breaks.
    Integrity,
    /// Inside `<template>`.
    Template,
    /// Behind a `.js` that is missing.
    NoSuffix,
}

/// Something that looks like the code and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miss {
    Commented(usize),
    ShownAsText(usize),
    InNoscript(usize),
}

/// What a page's source says of the chat.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) embeds: Vec<Embed>,
    pub(super) misses: Vec<Miss>,
    /// Who may bring scripts in that the source does not show.
    pub(super) managers: Vec<&'static str>,
    /// Policies in the page itself.
    pub(super) policies: Vec<String>,
    /// Calls in the page's own scripts that take the chat away, with their lines.
    pub(super) calls: Vec<(&'static str, usize)>,
    /// A style that hides us.
    pub(super) hidden_by_style: Option<usize>,
    /// Where a page that only leads on leads.
    pub(super) refresh: Option<String>,
    /// Whether scripts build the page in the browser.
    pub(super) is_built: bool,
    pub(super) title: String,
}

/// Where the others' own scripts come from: a page that still loads them was not moved here.
pub(super) const FOREIGN: [(&str, Form); 3] =
    [("cdn.livechatinc.com", Form::Livechat), ("api.livechatinc.com", Form::Livechat), ("seggwat.com", Form::Seggwat)];

const MANAGERS: [(&str, &str); 8] = [
    ("googletagmanager.com/gtm", "Google Tag Manager"),
    ("googletagmanager.com/ns", "Google Tag Manager"),
    ("/gtm.js", "Google Tag Manager"),
    ("tags.tiqcdn.com", "Tealium"),
    ("assets.adobedtm.com", "Adobe Tags"),
    ("/js/container_", "Matomo Tag Manager"),
    ("containers.piwik.pro", "Piwik PRO"),
    ("cdn.segment.com", "Segment"),
];

const HOLDERS: [(&str, &str); 12] = [
    ("data-cookieconsent", "Cookiebot"),
    ("data-usercentrics", "Usercentrics"),
    ("data-borlabs", "Borlabs Cookie"),
    ("data-cmp-", "the consent tool"),
    ("data-cookieyes", "CookieYes"),
    ("data-cookiefirst-category", "CookieFirst"),
    ("data-cookie-consent", "the consent tool"),
    ("data-categories", "the consent tool"),
    ("data-category", "the consent tool"),
    ("data-consent", "the consent tool"),
    ("data-name", "Klaro"),
    ("data-requires-vendor-consent", "the consent tool"),
];

/// Looks through a page's source. `base` is our own address, without a slash at its end.
pub(super) fn find(html: &str, page: &Url, base: &str) -> Found {
    let mut found = Found::default();
    let all = pieces(html);
    let mut address = page.clone();
    let (mut templates, mut words, mut scripts, mut is_app) = (0usize, 0usize, 0usize, false);
    let mut inline: Vec<Tag> = Vec::new();
    let mut has_base = false;
    let host = Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let is_code = |text: &str| key_in(text).is_some() || (!host.is_empty() && text.contains(&host) && text.contains(".js"));
    for piece in all {
        match piece {
            Piece::Comment(text, line) => {
                if text.contains("<script") && is_code(&text) {
                    found.misses.push(Miss::Commented(line));
                }
            }
            Piece::Text(text, line) => {
                if text.contains("<script") && is_code(&text) {
                    found.misses.push(Miss::ShownAsText(line));
                }
                words += text.split_whitespace().take(200).count();
            }
            Piece::Close(name) => {
                templates -= usize::from(name == "template" && templates > 0);
            }
            Piece::Open(tag) => match tag.name.as_str() {
                "template" => templates += 1,
                "title" if found.title.is_empty() => found.title = crate::base::text::preview(&tag.content, 120),
                // The first base counts.
                "base" if !has_base => {
                    if let Some(href) = tag.get("href") {
                        has_base = true;
                        address = page.join(href).unwrap_or(address);
                    }
                }
                "meta" => meta(&tag, &mut found),
                "noscript" if is_code(&tag.content) && tag.content.contains("<script") => found.misses.push(Miss::InNoscript(tag.line)),
                "textarea" if tag.content.contains("<script") && is_code(&tag.content) => found.misses.push(Miss::ShownAsText(tag.line)),
                "style" => {
                    let squeezed: String = tag.content.chars().filter(|c| !c.is_whitespace()).collect();
                    let hides = |rest: &str| {
                        let block = rest.split('}').next().unwrap_or_default();
                        block.contains("display:none") || block.contains("visibility:hidden")
                    };
                    if squeezed.split("deskbell-chat").skip(1).any(hides) {
                        found.hidden_by_style = Some(tag.line);
                    }
                }
                "script" => {
                    scripts += 1;
                    let inside = templates > 0;
                    is_app |= tag.get("type") == Some("module") && tag.get("src").is_some();
                    let text = format!("{} {}", tag.get("src").or(tag.get("data-src")).unwrap_or_default(), tag.content);
                    for (mark, name) in MANAGERS {
                        if text.contains(mark) && !found.managers.contains(&name) {
                            found.managers.push(name);
                        }
                    }
                    if tag.get("src").is_none() && !tag.content.trim().is_empty() {
                        calls(&tag, &mut found);
                    }
                    if found.embeds.len() >= limits::EMBEDS_MAX {
                        continue;
                    }
                    match embed(&tag, &address, base, &host, inside) {
                        Some(embed) => found.embeds.push(embed),
                        None => inline.push(tag),
                    }
                }
                _ => {}
            },
        }
    }
    for embed in &mut found.embeds {
        join(embed, &inline);
    }
    found.is_built = words < 30 && scripts > 0 && (is_app || scripts > 1);
    found
}

fn meta(tag: &Tag, found: &mut Found) {
    let content = tag.get("content").unwrap_or_default();
    match tag.get("http-equiv").map(str::to_ascii_lowercase).as_deref() {
        Some("content-security-policy") => found.policies.push(content.to_owned()),
        Some("refresh") => {
            let target = content.split_once([';', ',']).map(|(_, rest)| rest.trim());
            let target = target.and_then(|rest| {
                rest.get(..4).filter(|word| word.eq_ignore_ascii_case("url=")).map(|_| rest[4..].trim_matches(['"', '\'']))
            });
            found.refresh = target.map(str::to_owned);
        }
        _ => {}
    }
}

/// Calls that take the chat away, in the page's own scripts.
fn calls(tag: &Tag, found: &mut Found) {
    let is_ours = |name: &str| tag.content.contains(&format!("Deskbell.{name}(")) || tag.content.contains(&format!("Libredesk.{name}("));
    if is_ours("destroy")
        || tag.content.contains("LiveChatWidget.call('destroy'")
        || tag.content.contains("LiveChatWidget.call(\"destroy\"")
    {
        found.calls.push(("destroy", tag.line));
    }
    if tag.content.contains("hideLauncher: true") || tag.content.contains("hideLauncher:true") {
        found.calls.push(("hideLauncher", tag.line));
    }
    if tag.content.contains("LiveChatWidget.call('hide'") || tag.content.contains("LiveChatWidget.call(\"hide\"") {
        found.calls.push(("hide", tag.line));
    }
}

/// The embed code in a script tag, if it is one.
fn embed(tag: &Tag, address: &Url, base: &str, host: &str, in_template: bool) -> Option<Embed> {
    let sources = [("src", tag.get("src")), ("data-src", data_source(tag))];
    let (place, written) = sources
        .into_iter()
        .find_map(|(name, value)| value.map(|value| (name, value.trim())))
        .or_else(|| brought_in(&tag.content, base).map(|url| ("text", url)))?;
    let bare = written.trim_matches(|c| QUOTES.contains(&c));
    let url = address.join(bare).ok();
    let (form, key, suffix) = form_of(url.as_ref()?, host)?;
    let mut snags = Vec::new();
    if bare != written {
        snags.push(Snag::Quotes);
    }
    if place == "data-src" && tag.get("src").is_none() {
        snags.push(Snag::DataSrc(
            tag.attributes().find(|(_, value)| value.trim() == written).map_or_else(String::new, |(name, _)| name.to_owned()),
        ));
    }
    if let Some(snag) = held(tag) {
        snags.push(snag);
    }
    snags.extend(tag.get("nomodule").is_some().then_some(Snag::NoModule));
    snags.extend(tag.get("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("module")).then_some(Snag::Module));
    snags.extend(tag.get("crossorigin").is_some().then_some(Snag::CrossOrigin));
    snags.extend(tag.get("integrity").is_some_and(|sum| !sum.is_empty()).then_some(Snag::Integrity));
    snags.extend(in_template.then_some(Snag::Template));
    snags.extend((!suffix).then_some(Snag::NoSuffix));
    let key = match form {
        Form::Seggwat => tag.get("data-project-key").map(|key| key.trim_matches(|c| QUOTES.contains(&c)).to_owned()),
        Form::Livechat if place == "text" => value_of(&tag.content, "license"),
        _ => key,
    };
    let is_text = place == "text";
    Some(Embed {
        form,
        key,
        url: url.filter(|_| !is_text),
        written: bare.to_owned(),
        tag: tag.clone(),
        inline: is_text.then(|| tag.clone()),
        snags,
    })
}

/// Quotation marks that programs for prose put in place of straight ones.
const QUOTES: [char; 10] = ['“', '”', '„', '‟', '″', '‘', '’', '‚', '«', '»'];

/// Where tools that hold scripts back keep the address.
fn data_source(tag: &Tag) -> Option<&str> {
    tag.attributes().find(|(name, value)| name.starts_with("data-") && name.ends_with("src") && !value.is_empty()).map(|(_, value)| value)
}

fn held(tag: &Tag) -> Option<Snag> {
    let kind = tag.get("type")?.trim().trim_matches(|c| QUOTES.contains(&c)).to_ascii_lowercase();
    let usual = [
        "",
        "text/javascript",
        "application/javascript",
        "module",
        "text/ecmascript",
        "application/ecmascript",
        "application/x-javascript",
        "text/x-javascript",
        "text/jscript",
        "text/livescript",
    ];
    if usual.contains(&kind.as_str()) {
        return None;
    }
    let delaying = [
        ("rocketlazyloadscript", "WP Rocket"),
        ("litespeed/javascript", "LiteSpeed Cache"),
        ("-text/javascript", "Cloudflare Rocket Loader"),
        ("text/delayscript", "the cache plugin"),
        ("flyingpress/lazyload", "FlyingPress"),
    ];
    if let Some((_, name)) = delaying.iter().find(|(end, _)| kind.ends_with(end)) {
        return Some(Snag::Delayed(name));
    }
    let class = tag.get("class").unwrap_or_default();
    let by_class = [("_iub_cs_activate", "iubenda"), ("optanon-category", "OneTrust"), ("cmplz", "Complianz"), ("cky-", "CookieYes")];
    let by_class = by_class.iter().find(|(mark, _)| class.contains(mark)).map(|(_, name)| *name);
    let by_mark = HOLDERS.iter().find(|(mark, _)| tag.attributes().any(|(name, _)| name.starts_with(mark))).map(|(_, name)| *name);
    Some(Snag::Held(kind, by_class.or(by_mark).unwrap_or_default()))
}

/// The form of an address, the key in it, and whether it ends as it should.
fn form_of(url: &Url, host: &str) -> Option<(Form, Option<String>, bool)> {
    let path = url.path();
    let is_ours = url.host_str() == Some(host);
    if let Some((_, key)) = path.rsplit_once("/w/") {
        let bare = key.strip_suffix(".js").unwrap_or(key);
        let is_key = crate::base::id::Uuid::parse(bare).is_some() || (is_ours && !bare.is_empty() && !bare.contains('/'));
        return is_key.then(|| (Form::Deskbell, Some(bare.to_owned()), key.ends_with(".js")));
    }
    let foreign = |form: Form| {
        FOREIGN
            .iter()
            .any(|(name, own)| *own == form && url.host_str().is_some_and(|host| host == *name || host.ends_with(&format!(".{name}"))))
    };
    if path.ends_with("/chat/widget.js") {
        return Some((Form::Supportpal, None, true));
    }
    if path.ends_with("seggwat-feedback.js") {
        return Some((Form::Seggwat, None, true));
    }
    if path.ends_with("/tracking.js") && (is_ours || foreign(Form::Livechat)) {
        return Some((Form::Livechat, None, true));
    }
    if path.ends_with("/widget.js") && is_ours {
        return Some((Form::Libredesk, None, true));
    }
    None
}

/// The address of a code that a script brings in: ours in its text, or LiveChat's.
fn brought_in<'t>(text: &'t str, base: &str) -> Option<&'t str> {
    let at = text.find("/tracking.js").or_else(|| key_in(text).map(|at| at + 1)).or_else(|| {
        let at = text.find(base)?;
        text[at..].find(".js").map(|end| at + end).filter(|end| end - at < base.len() + 80)
    })?;
    let from = text[..at].rfind(['"', '\'', '`'])? + 1;
    let end = from + text[from..].find(['"', '\'', '`'])?;
    Some(text[from..end].trim()).filter(|url| url.contains("//"))
}

/// Where a text names an inbox as our own code does.
fn key_in(text: &str) -> Option<usize> {
    text.match_indices("/w/")
        .map(|(at, _)| at)
        .find(|at| text.get(at + 3..at + 39).is_some_and(|key| crate::base::id::Uuid::parse(key).is_some()))
}

/// What a page's script gives to a setting: `inboxID: '…'`, `license = 12`.
pub(super) fn value_of(text: &str, name: &str) -> Option<String> {
    text.match_indices(name).find_map(|(at, _)| {
        let rest = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start();
        let rest = rest.strip_prefix([':', '='])?.trim_start();
        match rest.chars().next()? {
            quote @ ('"' | '\'' | '`') => rest[1..].split(quote).next().map(str::to_owned),
            digit if digit.is_ascii_digit() => Some(rest.chars().take_while(char::is_ascii_digit).collect()),
            _ => None,
        }
    })
}

/// Finds the page's own script that belongs to a code, and the inbox it names.
fn join(embed: &mut Embed, inline: &[Tag]) {
    let (mark, key) = match embed.form {
        Form::Libredesk => ("LibredeskSettings", "inboxID"),
        Form::Supportpal => ("SupportPal.init", "hash"),
        Form::Livechat => ("__lc", "license"),
        Form::Deskbell | Form::Seggwat => return,
    };
    let own = inline.iter().find(|tag| tag.content.contains(mark));
    if embed.inline.is_none() {
        embed.inline = own.cloned();
    }
    if embed.key.is_none() {
        embed.key = own.and_then(|tag| value_of(&tag.content, key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0f0e0d0c-0b0a-4900-8000-000000000000";

    fn of(html: &str) -> Found {
        find(&html.replace("KEY", KEY), &Url::parse("https://shop.example/a/b").unwrap(), "https://chat.example")
    }

    fn one(html: &str) -> Embed {
        let mut found = of(html);
        assert_eq!(found.embeds.len(), 1, "{html}: {found:?}");
        found.embeds.remove(0)
    }

    #[test]
    fn all_five_forms_are_found_with_their_keys() {
        for (html, form, key) in [
            ("<script async src=\"https://chat.example/w/KEY.js\"></script>", Form::Deskbell, KEY),
            ("<script async src=\"https://chat.example/w/12.js\"></script>", Form::Deskbell, "12"),
            (
                "<script>window.LibredeskSettings = {\n baseURL: 'https://chat.example', inboxID: 'KEY' };</script><script async src=\"https://chat.example/widget.js\"></script>",
                Form::Libredesk,
                KEY,
            ),
            ("<script src=https://chat.example/static/widgets/v1/seggwat-feedback.js data-project-key=KEY></script>", Form::Seggwat, KEY),
            (
                "<script>window.supportpalAsyncInit=function(){SupportPal.init({baseURL:\"https://chat.example/en/chat\",hash:\"KEY\"})}</script><script async src=\"https://chat.example/en/chat/widget.js\"></script>",
                Form::Supportpal,
                KEY,
            ),
            (
                "<script>window.__lc={};window.__lc.license = 3;(function(n,t,c){var s=t.createElement(\"script\");s.src=\"https://chat.example/tracking.js\";t.head.appendChild(s)})(window,document,[].slice)</script>",
                Form::Livechat,
                "3",
            ),
            (
                "<script>var s=document.createElement('script');s.src='https://chat.example/w/KEY.js';document.head.append(s)</script>",
                Form::Deskbell,
                KEY,
            ),
        ] {
            let embed = one(html);
            assert_eq!((embed.form, embed.key.as_deref(), embed.snags.len()), (form, Some(key), 0), "{html}");
        }
    }

    #[test]
    fn what_holds_a_tag_back_is_named() {
        let snags = |html: &str| one(html).snags;
        let src = "src=\"https://chat.example/w/KEY.js\"";
        assert_eq!(
            snags(&format!("<script type=\"text/plain\" data-cookieconsent=statistics {src}></script>")),
            [Snag::Held("text/plain".into(), "Cookiebot")]
        );
        assert_eq!(
            snags(&format!("<script type=rocketlazyloadscript data-rocket-{src}></script>")),
            [Snag::DataSrc("data-rocket-src".into()), Snag::Delayed("WP Rocket")]
        );
        assert_eq!(snags("<script src=”https://chat.example/w/KEY.js”></script>"), [Snag::Quotes]);
        assert_eq!(snags(&format!("<template><script {src}></script></template>")), [Snag::Template]);
        assert_eq!(snags(&format!("<script nomodule {src}></script>")), [Snag::NoModule]);
        assert_eq!(snags("<script src=https://chat.example/w/KEY></script>"), [Snag::NoSuffix]);
        assert_eq!(snags("<base href=https://chat.example/x/><script src=/w/KEY.js></script>"), []);
        assert!(of("<script src=/w/KEY.js></script>").embeds[0].url.as_ref().unwrap().as_str().starts_with("https://shop.example/w/"));
    }

    #[test]
    fn what_nearly_is_one_is_told_with_its_line() {
        let code = "<script async src=\"https://chat.example/w/KEY.js\"></script>";
        assert_eq!(of(&format!("\n<!-- {code} -->")).misses, [Miss::Commented(2)]);
        assert_eq!(of(&format!("<p>{}</p>", code.replace('<', "&lt;"))).misses, [Miss::ShownAsText(1)]);
        assert_eq!(of(&format!("<noscript>{code}</noscript>")).misses, [Miss::InNoscript(1)]);
        let other = of(
            "<title>Shop</title><script async src=https://www.googletagmanager.com/gtm.js?id=G></script><script src=/jquery.js></script>\
            <style>deskbell-chat { display : none }</style><script>Deskbell.destroy()</script><meta http-equiv=refresh content='0; url=/new'>",
        );
        assert_eq!((other.embeds.len(), other.managers.as_slice(), other.title.as_str()), (0, &["Google Tag Manager"][..], "Shop"));
        assert_eq!(
            (other.hidden_by_style, other.calls.as_slice(), other.refresh.as_deref()),
            (Some(1), &[("destroy", 1)][..], Some("/new"))
        );
        assert!(other.is_built);
    }
}
