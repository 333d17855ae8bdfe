//! Says of a page's source, its headers and our own settings what keeps the launcher from being seen, and what mends it. Pure.

use super::csp::{self, Policy, Script};
use super::embeds::{Embed, FOREIGN, Form, Found, Miss, Snag, value_of};
use super::page::Question;
use super::verdict::{bad, fine, why_not};
use crate::base::clock::{Millis, rfc3339};
use crate::base::id::Uuid;
use crate::base::net::{self, Origin};
use crate::base::text;
use crate::http::fetch::{Fault, Fetched};
use crate::model::inbox::Inbox;
use crate::model::problem::Area::Page;
use crate::model::problem::{Problem, Severity};
use ammonia::Url;

/// What belongs to one look.
pub(super) struct Site<'a> {
    pub(super) page: &'a Url,
    pub(super) headers: &'a [(String, String)],
    pub(super) question: &'a Question,
    pub(super) inboxes: &'a [(Inbox, bool)],
    pub(super) banned: bool,
    pub(super) now: Millis,
    /// What each code of the page loads from us.
    pub(super) loaders: &'a [Option<Result<Fetched, Fault>>],
    /// The chat's window.
    pub(super) frame: Option<&'a Result<Fetched, Fault>>,
}

impl Site<'_> {
    fn base(&self) -> &str {
        &self.question.base
    }

    /// Our line for an inbox.
    fn line(&self, inbox: Option<&Inbox>) -> String {
        let key = inbox.map_or("<inbox id>".to_owned(), |inbox| inbox.uuid.to_string());
        format!("<script async src=\"{}/w/{key}.js\"></script>", self.base())
    }

    /// The inbox that is meant, or the only one.
    fn wanted(&self) -> Option<&Inbox> {
        let meant = self.question.inbox.and_then(|uuid| self.inboxes.iter().find(|(inbox, _)| inbox.uuid == uuid));
        let host = self.page.host_str().unwrap_or_default();
        let named =
            || self.inboxes.iter().find(|(inbox, _)| Url::parse(&inbox.config.website_url).is_ok_and(|url| url.host_str() == Some(host)));
        let only = || self.inboxes.first().filter(|_| self.inboxes.len() == 1);
        meant.or_else(named).or_else(only).map(|(inbox, _)| inbox)
    }

    fn header(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The inbox of a key in an embed code: its uuid or its number.
pub(super) fn inbox_of<'i>(key: &str, inboxes: &'i [(Inbox, bool)]) -> Option<&'i (Inbox, bool)> {
    let uuid = Uuid::parse(key);
    let number = key.parse::<i64>().ok();
    inboxes.iter().find(|(inbox, _)| Some(inbox.uuid) == uuid || Some(inbox.id.0) == number)
}

fn urgent(id: &str, title: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Problem {
    bad(Severity::Urgent, Page, &format!("page:{id}"), title, why, fix)
}

fn warning(id: &str, title: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Problem {
    bad(Severity::Warning, Page, &format!("page:{id}"), title, why, fix)
}

fn hint(id: &str, title: impl Into<String>, why: impl Into<String>, fix: impl Into<String>) -> Problem {
    bad(Severity::Hint, Page, &format!("page:{id}"), title, why, fix)
}

/// Judges everything.
pub(super) fn judge(site: &Site<'_>, source: &Found, found: &mut Vec<Problem>) {
    if source.embeds.is_empty() {
        missing(site, source, found);
        return;
    }
    let mut seen: Vec<Option<Uuid>> = Vec::new();
    for (at, embed) in source.embeds.iter().enumerate() {
        let inbox = embed.key.as_deref().and_then(|key| inbox_of(key, site.inboxes));
        seen.push(inbox.map(|(inbox, _)| inbox.uuid));
        let before = found.len();
        place(site, embed, found);
        snags(site, embed, site.loaders.get(at).and_then(Option::as_ref), found);
        key(site, embed, inbox, found);
        if let Some((inbox, open)) = inbox {
            settings(site, inbox, *open, found);
        }
        loader(site, embed, site.loaders.get(at).and_then(Option::as_ref), found);
        policies(site, source, embed, found);
        let name = format!("The {} code stands in line {}", embed.form.name(), embed.tag.line);
        let why = inbox.map_or(String::new(), |(inbox, _)| format!("It is for {}.", inbox.name));
        found.insert(before, fine(Page, &format!("page:code:{at}"), name, why));
    }
    copies(source, &seen, found);
    around(site, source, found);
    window(site, found);
    dedup(found);
    if !found.iter().any(|one| one.severity == Severity::Urgent) {
        found.push(fine(
            Page,
            "page:verdict",
            "The launcher should be visible",
            "Nothing on this page, in its headers or in the settings keeps it away.",
        ));
    }
}

fn dedup(found: &mut Vec<Problem>) {
    let mut known: Vec<(String, String)> = Vec::new();
    found.retain(|one| {
        let own = (one.id.clone(), one.title.clone());
        let is_new = !known.contains(&own);
        known.push(own);
        is_new
    });
}

/// No code at all: what nearly is one, who may bring it in, and the line to paste.
fn missing(site: &Site<'_>, source: &Found, found: &mut Vec<Problem>) {
    let inbox = site.wanted();
    let line = site.line(inbox);
    let paste = format!("Paste this just before </body>, on every page that shall have the chat: `{line}`");
    let link = inbox.map_or("inboxes".to_owned(), |inbox| format!("inboxes/{}/installation", inbox.uuid));
    if let Some(miss) = source.misses.first() {
        let (title, why, at) = match miss {
            Miss::Commented(at) => ("The code is commented out", "It stands between <!-- and -->, which browsers skip.", at),
            Miss::ShownAsText(at) => (
                "The code is shown as text",
                "It was pasted into the words of the page, not into its source: the editor turned < into &lt;.",
                at,
            ),
            Miss::InNoscript(at) => {
                ("The code stands inside <noscript>", "Only browsers without JavaScript look there, and they run no script.", at)
            }
        };
        let fix = match miss {
            Miss::Commented(_) => format!("Take the comment marks away, so that this stands alone: `{line}`"),
            Miss::ShownAsText(_) => {
                format!("Use the block for HTML code of your site's editor (WordPress: Custom HTML), and paste: `{line}`")
            }
            Miss::InNoscript(_) => format!("Move it out of <noscript>: `{line}`"),
        };
        found.push(urgent("missing", title, format!("{why} It is in line {at}."), fix).at(link));
        return;
    }
    let host = site.page.host_str().unwrap_or_default();
    let called = site
        .inboxes
        .iter()
        .filter_map(|(inbox, _)| inbox.called_at.filter(|_| is_host(&inbox.called_from, host)).map(|at| (inbox, at)))
        .max_by_key(|(_, at)| *at);
    if let Some((inbox, at)) = called.filter(|_| !source.managers.is_empty() || source.is_built) {
        let why = format!(
            "Its source has no code, but a page of {host} asked for the chat of {} on {}: something brings it in.",
            inbox.name,
            &rfc3339(at)[..10]
        );
        found.push(fine(Page, "page:brought", "The chat is brought in by a script", why));
        settings_of(site, inbox, found);
        return;
    }
    if let Some(manager) = source.managers.first() {
        found.push(
            warning(
                "manager",
                "The code is not in the page; a tag manager may bring it in",
                format!("{manager} loads scripts later, in the browser, which I cannot see from here. No page of {host} has asked for the chat so far."),
                format!("Is the tag published, with the trigger All pages, and allowed by the consent settings? Its HTML is: `{line}`"),
            )
            .at(link),
        );
        return;
    }
    if let Some(target) = &source.refresh {
        found.push(urgent(
            "refresh",
            "The page leads on by itself",
            format!("A meta refresh sends visitors to {}.", text::preview(target, 200)),
            "Look at that page instead.",
        ));
        return;
    }
    let built = "The page is built by scripts in the browser, so its source shows little. If the code is brought in by them, I cannot see it from here. ";
    let why = format!("{}Without it browsers know nothing of the chat.", if source.is_built { built } else { "" });
    let make = if source.is_built { warning } else { urgent };
    found.push(make("missing", "The code is not in the page", why, paste).at(link));
}

fn is_host(from: &str, host: &str) -> bool {
    let from = from.split_once(':').map_or(from, |(from, _)| from);
    let bare = |name: &str| name.strip_prefix("www.").unwrap_or(name).to_owned();
    bare(from) == bare(host)
}

/// Where the tag leads.
fn place(site: &Site<'_>, embed: &Embed, found: &mut Vec<Problem>) {
    let inbox = embed.key.as_deref().and_then(|key| inbox_of(key, site.inboxes)).map(|(inbox, _)| inbox).or(site.wanted());
    let (Ok(base), Some(url)) = (Url::parse(site.base()), embed.url.clone().or_else(|| site.page.join(&embed.written).ok())) else {
        return;
    };
    let line = format!("The line is `{}`", site.line(inbox));
    if url.host_str() != base.host_str() || url.port_or_known_default() != base.port_or_known_default() {
        let host = url.host_str().unwrap_or_default();
        let is_foreign = FOREIGN.iter().any(|(name, _)| host == *name || host.ends_with(&format!(".{name}")));
        let (title, why) = if is_foreign {
            (
                format!("The code still leads to {host}"),
                format!("The page loads {}'s own chat. For this house only the address changes.", embed.form.name()),
            )
        } else if url.host_str() == site.page.host_str() && embed.written.starts_with('/') {
            (
                "The code leads to the site itself".to_owned(),
                format!("Without https:// in front the browser asks {host} for it, which has no such file."),
            )
        } else if url.host_str() == base.host_str() {
            (
                format!("The code leads to another port of {host}"),
                format!("It asks port {}; this house is {}.", url.port_or_known_default().unwrap_or_default(), site.base()),
            )
        } else {
            (
                format!("The code leads to another host: {host}"),
                format!("This house is {}. It may be another deskbell, the address before a move, or a slip.", site.base()),
            )
        };
        found.push(urgent("host", title, why, line));
        return;
    }
    if site.page.scheme() == "https" && url.scheme() == "http" {
        found.push(urgent(
            "mixed",
            "The page is secure and the code is not",
            "Browsers load no script by http:// into a page of https://, and say nothing to the visitor.",
            line.clone(),
        ));
    } else if site.page.scheme() == "https" && base.scheme() == "http" {
        found.push(urgent(
            "mixed",
            "The page is secure and this house is not",
            format!("The chat's window would come from {}, which browsers refuse in a page of https://.", site.base()),
            "Give this house HTTPS: `DOMAIN=`, or a proxy with a certificate and `BASE_URL=https://…`.",
        ));
    }
    let folder = base.path().trim_end_matches('/');
    if !folder.is_empty() && !url.path().starts_with(&format!("{folder}/")) {
        found.push(urgent("path", "The code misses the sub-path", format!("This house lives below {}.", site.base()), line));
    }
    let own = |name: &str| embed.inline.as_ref().and_then(|tag| value_of(&tag.content, name));
    if matches!(embed.form, Form::Libredesk | Form::Supportpal) {
        match own("baseURL").and_then(|own| Url::parse(&own).ok()) {
            Some(own)
                if own.host_str() != base.host_str()
                    || own.scheme() != base.scheme()
                    || own.port_or_known_default() != base.port_or_known_default() =>
            {
                found.push(urgent(
                    "base_url",
                    "The settings in the page lead elsewhere",
                    format!("baseURL says {own}; this house is {}.", site.base()),
                    format!("`baseURL: '{}'`", site.base()),
                ))
            }
            _ => {}
        }
    }
}

/// What keeps a tag that is right from being run.
fn snags(site: &Site<'_>, embed: &Embed, loaded: Option<&Result<Fetched, Fault>>, found: &mut Vec<Problem>) {
    let inbox = embed.key.as_deref().and_then(|key| inbox_of(key, site.inboxes)).map(|(inbox, _)| inbox);
    let line = format!("The line is `{}`", site.line(inbox.or(site.wanted())));
    let cors = matches!(loaded, Some(Ok(answer)) if answer.header("access-control-allow-origin").is_some_and(|who| who == "*"));
    let is_held = embed.snags.iter().any(|snag| matches!(snag, Snag::Held(..) | Snag::Delayed(_)));
    for snag in &embed.snags {
        found.push(match snag {
            Snag::Held(kind, who) => {
                let tool = if who.is_empty() { "a consent tool".to_owned() } else { (*who).to_owned() };
                warning(
                    "held",
                    "The code waits for the visitor's consent",
                    format!("Its type is {kind}, so browsers do not run it until {tool} lets it go. Who has not agreed sees no chat."),
                    format!("deskbell sets no cookie and stores nothing before the first message, so mostly no consent is needed: list it as necessary, or take the type away. {line}"),
                )
            }
            Snag::Delayed(who) => hint(
                "delayed",
                format!("{who} delays the code"),
                "The launcher appears only when the visitor moves, scrolls or presses something.",
                format!("If it shall be there at once, exclude {} from delayed scripts.", site.base()),
            ),
            Snag::DataSrc(_) if is_held => continue,
            Snag::DataSrc(name) => urgent("src", "The address stands in the wrong place", format!("The tag has {name} instead of src; some tool should turn one into the other, and did not in the source."), line.clone()),
            Snag::Quotes => urgent("quotes", "The code has typographic quotation marks", "A word processor or an editor turned \" into ” or “, so the address begins with a sign that belongs to no address.", format!("Paste it anew as plain text. {line}")),
            Snag::NoModule => urgent("nomodule", "The code is for old browsers only", "Because of the attribute nomodule every browser of today skips it.", line.clone()),
            Snag::Module | Snag::CrossOrigin if cors => continue,
            Snag::Module => urgent("module", "The code is loaded as a module", "Browsers fetch modules of other sites only with a permission that this file does not carry.", format!("Take type=\"module\" away. {line}")),
            Snag::CrossOrigin => urgent("crossorigin", "The code is asked for with crossorigin", "Browsers then want a permission that this file does not carry, and drop it.", format!("Take the attribute away. {line}")),
            Snag::Integrity => urgent("integrity", "The code has a checksum", "The file changes with every change of your settings; then browsers refuse it because of the integrity attribute.", format!("Take the attribute away. {line}")),
            Snag::Template => urgent("template", "The code stands inside <template>", "Browsers run nothing in there by themselves.", format!("Move it out. {line}")),
            Snag::NoSuffix => urgent("suffix", "The address of the code is cut off", "It must end with .js.", line.clone()),
        });
    }
}

/// Which inbox it names.
fn key(site: &Site<'_>, embed: &Embed, inbox: Option<&(Inbox, bool)>, found: &mut Vec<Problem>) {
    let wanted = site.wanted();
    let line = site.line(wanted);
    let ours = format!("The line of {} is `{line}`", wanted.map_or("your inbox", |inbox| inbox.name.as_str()));
    match (&embed.key, inbox) {
        (None, _) => found.push(urgent(
            "key",
            "The code names no inbox",
            format!(
                "In the {} form it stands in {}.",
                embed.form.name(),
                match embed.form {
                    Form::Libredesk => "LibredeskSettings.inboxID",
                    Form::Seggwat => "data-project-key",
                    Form::Supportpal => "hash",
                    Form::Livechat => "__lc.license",
                    Form::Deskbell => "the address",
                }
            ),
            ours,
        )),
        (Some(key), None) => found.push(urgent(
            "key",
            "The code names an inbox that is not here",
            format!("There is no inbox {}. It may be another house's, or deleted.", text::preview(key, 60)),
            ours,
        )),
        (Some(_), Some((inbox, _)))
            if wanted.is_some_and(|wanted| Some(wanted.uuid) == site.question.inbox && wanted.uuid != inbox.uuid) =>
        {
            found.push(warning(
                "other",
                format!("The page has the chat of another inbox: {}", inbox.name),
                format!("You asked for {}.", wanted.map_or("", |wanted| wanted.name.as_str())),
                ours,
            ))
        }
        _ => {}
    }
}

fn settings_of(site: &Site<'_>, inbox: &Inbox, found: &mut Vec<Problem>) {
    if let Some((inbox, open)) = site.inboxes.iter().find(|(own, _)| own.uuid == inbox.uuid) {
        settings(site, inbox, *open, found);
    }
}

/// What our own settings say of this page and this visitor.
fn settings(site: &Site<'_>, inbox: &Inbox, open: bool, found: &mut Vec<Problem>) {
    let (uuid, name) = (inbox.uuid, &inbox.name);
    let page = |tab: &str| format!("inboxes/{uuid}/{tab}");
    if !inbox.enabled {
        found.push(
            urgent(
                "off",
                format!("{name} is switched off"),
                "Its code does nothing until you turn it on.",
                "Settings, Inboxes, General: turn it on.",
            )
            .at(page("general")),
        );
        return;
    }
    let origin = Origin::parse(site.page.as_str());
    if !net::trusts(&inbox.access.trusted, origin.as_ref()) {
        let host = origin.map_or_else(|| site.page.to_string(), |origin| origin.host);
        found.push(
            urgent(
                "trusted",
                format!("{host} is not among the trusted domains of {name}"),
                format!("The list has {}. On every other site the chat stays away.", inbox.config.trusted_domains.join(", ")),
                format!("Add this line to the trusted domains: `{host}`"),
            )
            .at(page("security")),
        );
    } else if !inbox.access.trusted.is_empty() {
        found.push(fine(Page, "page:trusted", "The site is among the trusted domains", format!("Of {name}.")));
    }
    if inbox.config.launcher.hidden {
        found.push(
            urgent(
                "hidden",
                format!("The button of {name} is hidden by its settings"),
                "The page itself must open the chat, with Deskbell.show().",
                "Settings, Inboxes, Look: show the button. Or give a link of your own `onclick=\"Deskbell.show()\"`.",
            )
            .at(page("look")),
        );
    } else if inbox.config.hours.outside == "hide" && !open {
        found.push(
            urgent(
                "hours",
                format!("{name} is closed at this hour"),
                "Outside of its business hours the button is hidden; it comes back by itself when they begin.",
                "To show a form for messages instead: Settings, Inboxes, Availability.",
            )
            .at(page("availability")),
        );
    }
    if let Some(ip) = site.question.asker {
        if net::contains(&inbox.access.blocked, ip) {
            found.push(
                urgent(
                    "blocked",
                    format!("Your own address {ip} is blocked in {name}"),
                    "You see no chat; others do.",
                    "Take it out of the blocked addresses, or look from another network.",
                )
                .at(page("security")),
            );
        } else if site.banned {
            found.push(
                urgent(
                    "banned",
                    format!("Your own network {ip} is shut out"),
                    "Somebody banned it because of abuse. You see no chat; others do.",
                    "Settings, Blocked people: lift it.",
                )
                .at("bans"),
            );
        }
    }
    if inbox.config.access == "verified" {
        found.push(
            hint(
                "verified",
                format!("{name} is for signed-in people only"),
                "Without a token the button is there, but a visitor cannot write.",
                "That is a setting: Security and identity.",
            )
            .at(page("security")),
        );
    }
}

/// What our own address answers for the code.
fn loader(site: &Site<'_>, embed: &Embed, loaded: Option<&Result<Fetched, Fault>>, found: &mut Vec<Problem>) {
    let fix = "Open the address of the script in your browser: what do you see? A proxy, a firewall or a bot guard in front of this house may stand in the way.";
    let address = embed.url.as_ref().map_or(site.base(), Url::as_str);
    match loaded {
        None | Some(Err(Fault::Inside(_))) => {}
        Some(Err(fault)) => found.push(warning(
            "loader",
            "I could not load the script myself",
            format!("I asked for {address}: {} From outside it may be different; \"The way from outside\" tells more.", why_not(fault)),
            fix,
        )),
        Some(Ok(answer)) => {
            let kind = answer.header("content-type").unwrap_or_default();
            let said = String::from_utf8_lossy(&answer.body);
            if answer.status != 200 {
                found.push(urgent("loader", format!("The script answers {}", answer.status), format!("I asked for {address}."), fix));
            } else if !kind.contains("javascript") {
                found.push(urgent(
                    "loader",
                    "The script comes as something else",
                    format!("{address} says it is {}; browsers run only text/javascript from us.", text::preview(kind, 60)),
                    fix,
                ));
            } else if let Some(words) = said.strip_prefix("console.error(\"deskbell: ") {
                // The settings have told most of them already.
                if embed.key.as_deref().is_some_and(|key| inbox_of(key, site.inboxes).is_some_and(|(inbox, _)| inbox.enabled)) {
                    found.push(warning("loader", "The script refuses", text::preview(words, 200), "Look at the settings of the inbox."));
                }
            } else {
                found.push(fine(
                    Page,
                    "page:loader",
                    "The script can be loaded",
                    format!("{} bytes of {}.", answer.body.len(), text::preview(kind, 40)),
                ));
            }
        }
    }
}

/// What the page's Content-Security-Policy forbids, and the directives that would allow it.
fn policies(site: &Site<'_>, source: &Found, embed: &Embed, found: &mut Vec<Problem>) {
    let Ok(base) = Url::parse(site.base()) else { return };
    let ours = Origin::parse(site.base()).map(|origin| origin.to_string()).unwrap_or_default();
    let header = csp::policies(site.header("content-security-policy"));
    let meta = csp::policies(source.policies.iter().map(String::as_str));
    let (of_header, count) = (header.len(), header.len() + meta.len());
    for (at, policy) in header.iter().chain(&meta).enumerate() {
        let place = if at < of_header { "header Content-Security-Policy" } else { "<meta http-equiv=\"Content-Security-Policy\">" };
        let (forbidden, changes) = forbidden(site, policy, embed, &base, &ours);
        if !forbidden.is_empty() {
            let title = "The page's Content-Security-Policy forbids the chat";
            let why = format!("The {place} does not allow {}. Browsers obey it without a word to the visitor.", forbidden.join(", nor "));
            found.push(urgent(&format!("csp:{at}"), title, why, format!("In the {place}: {}", changes.join(" "))));
        }
        if policy.has("sandbox") && !policy.words("sandbox").is_some_and(|words| words.iter().any(|word| word == "allow-scripts")) {
            found.push(urgent(
                "sandbox",
                "The page forbids all scripts",
                format!("Its {place} has sandbox without allow-scripts."),
                "Add `allow-scripts allow-same-origin` behind sandbox.",
            ));
        }
        let types = policy.words("require-trusted-types-for").is_some();
        if types && matches!(embed.form, Form::Seggwat | Form::Supportpal) {
            found.push(urgent(
                "types",
                "The page wants trusted types",
                format!("The {} code makes a script tag by itself, which its {place} refuses.", embed.form.name()),
                format!("Use our own line: `{}`", site.line(site.wanted())),
            ));
        }
    }
    if count > 0 && !found.iter().any(|one| one.id.starts_with("page:csp:")) {
        found.push(fine(Page, "page:csp", "The page's Content-Security-Policy allows the chat", "Script and window are let through."));
    }
}

fn forbidden(site: &Site<'_>, policy: &Policy, embed: &Embed, base: &Url, ours: &str) -> (Vec<String>, Vec<String>) {
    let (mut told, mut changes): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let nonce = embed.tag.get("nonce").unwrap_or_default();
    let under = |path: &str| Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/'))).ok();
    let add = |wanted: &str, decided: &str, changes: &mut Vec<String>| {
        let change = format!("`{}`", policy.with(wanted, decided, ours));
        if !changes.contains(&change) {
            changes.push(change);
        }
    };
    let inline = embed.inline.as_ref().filter(|tag| tag.get("src").is_none());
    if let Some(tag) = inline {
        let script = Script { url: None, nonce: tag.get("nonce").unwrap_or_default(), text: &tag.content };
        if policy.forbids_script(&script, site.page).is_some() {
            told.push("the page's own script that belongs to the code".into());
            changes.push(format!("use our own line, which needs none: `{}`", site.line(site.wanted())));
        }
    }
    let script = Script { url: embed.url.as_ref(), nonce, text: "" };
    let runs_by_nonce = !nonce.is_empty();
    if embed.url.is_some()
        && let Some(decided) = policy.forbids_script(&script, site.page)
    {
        told.push(format!("scripts from {ours}"));
        if policy.wants_nonce() {
            changes.push("give the tag the page's nonce, because 'strict-dynamic' lets no host count: `<script nonce=\"…\" async src=\"…\"></script>`".into());
        } else {
            add("script-src", decided, &mut changes);
        }
    } else if let Some(panel) = under("/a/-/embed/panel.js")
        && let Some(decided) = policy.forbids_import(&panel, site.page, runs_by_nonce)
    {
        told.push(format!("all scripts from {ours}, only some paths"));
        add("script-src", decided, &mut changes);
    }
    if let Some(frame) = under("/widget")
        && let Some(decided) = policy.forbids(&["frame-src", "child-src", "default-src"], &frame, site.page)
    {
        told.push(format!("frames from {ours}"));
        add("frame-src", decided, &mut changes);
    }
    // Only this form asks for its settings by itself.
    if embed.form == Form::Libredesk
        && let Some(call) = under("/api/v1/widget/chat/settings/launcher")
        && let Some(decided) = policy.forbids(&["connect-src", "default-src"], &call, site.page)
    {
        told.push(format!("calls to {ours}"));
        add("connect-src", decided, &mut changes);
    }
    let inbox = embed.key.as_deref().and_then(|key| inbox_of(key, site.inboxes)).map(|(inbox, _)| inbox);
    if let Some(logo) = inbox.map(|inbox| inbox.config.launcher.logo_url.as_str()).filter(|logo| !logo.is_empty())
        && let Ok(logo) = base.join(logo)
        && let Some(decided) = policy.forbids(&["img-src", "default-src"], &logo, site.page)
    {
        told.push(format!("the picture on the button, from {}", logo.host_str().unwrap_or_default()));
        let from = logo.origin().ascii_serialization();
        changes.push(format!("`{}`", policy.with("img-src", decided, &from)));
    }
    (told, changes)
}

/// More than one code.
fn copies(source: &Found, seen: &[Option<Uuid>], found: &mut Vec<Problem>) {
    if source.embeds.len() < 2 {
        return;
    }
    let lines: Vec<String> = source.embeds.iter().map(|embed| embed.tag.line.to_string()).collect();
    let differ = seen.iter().flatten().any(|uuid| Some(*uuid) != seen.iter().flatten().next().copied());
    let title = if differ { "The page has codes of several inboxes" } else { "The code stands in the page several times" };
    let make = if differ { warning } else { hint };
    found.push(make(
        "copies",
        title,
        format!("In lines {}. The first that loads counts, the others do nothing.", lines.join(", ")),
        "Keep one; often the theme and a plugin each bring one.",
    ));
}

/// What else on the page takes the chat away.
fn around(site: &Site<'_>, source: &Found, found: &mut Vec<Problem>) {
    for (call, line) in &source.calls {
        found.push(match *call {
            "destroy" => warning(
                "destroy",
                "The page takes the chat away by itself",
                format!("A script in line {line} calls destroy()."),
                "Is it meant to? It may run on every page instead of at sign-out.",
            ),
            "hide" => {
                warning("hide", "The page hides the chat by itself", format!("A script in line {line} calls hide."), "Take that call away.")
            }
            _ => urgent(
                "hide_launcher",
                "The page asks for no button",
                format!("Its settings in line {line} say hideLauncher."),
                "Take it away, or open the chat from a link with `Deskbell.show()`.",
            ),
        });
    }
    if let Some(line) = source.hidden_by_style {
        found.push(urgent(
            "style",
            "A style of the page hides the chat",
            format!("In line {line}, for deskbell-chat."),
            "Take that rule out of the style.",
        ));
    }
    let coep = site.header("cross-origin-embedder-policy").find(|value| value.contains("require-corp") || value.contains("credentialless"));
    if let Some(coep) = coep {
        found.push(urgent(
            "coep",
            "The page shuts out frames of other sites",
            format!("Its header Cross-Origin-Embedder-Policy is {}: the button appears, the window stays empty.", text::preview(coep, 40)),
            "Take that header away on pages with the chat; it is needed only for shared memory.",
        ));
    }
}

/// The chat's window, as our own address serves it.
fn window(site: &Site<'_>, found: &mut Vec<Problem>) {
    let Some(Ok(answer)) = site.frame else { return };
    if answer.status != 200 {
        return;
    }
    let options = answer.header("x-frame-options");
    let origin = Origin::parse(site.page.as_str()).map(|origin| origin.to_string()).unwrap_or_default();
    let Ok(frame) = Url::parse(&format!("{}/widget", site.base())) else { return };
    let forbids = csp::policies(answer.all("content-security-policy"))
        .iter()
        .any(|policy| policy.has("frame-ancestors") && policy.forbids(&["frame-ancestors"], site.page, &frame).is_some());
    match (options, forbids) {
        (Some(options), _) => found.push(urgent(
            "frame_options",
            "The window of the chat is forbidden by the proxy of this house",
            format!(
                "{}/widget comes with X-Frame-Options: {}, which deskbell does not send. The button appears, the window stays empty.",
                site.base(),
                text::preview(options, 40)
            ),
            "Take that header out of the proxy's configuration for this name (nginx: an `add_header` line).",
        )),
        // The list of trusted domains says it already.
        (None, true) if found.iter().any(|one| one.id == "page:trusted" && one.severity == Severity::Urgent) => {}
        (None, true) => found.push(urgent(
            "ancestors",
            "The window of the chat may not be framed here",
            format!("Something in front of this house adds a frame-ancestors that does not name {origin}."),
            "Take that Content-Security-Policy out of the proxy's configuration for this name.",
        )),
        (None, false) => found.push(fine(
            Page,
            "page:window",
            "The window may be shown on this page",
            format!("Looked at {} UTC.", &rfc3339(site.now)[..16]),
        )),
    }
}
