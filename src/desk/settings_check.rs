//! Every rule of an inbox's settings (protocol section 6 and ours). An error names the key, and in a list the item.

use super::setting_texts::texts;
use super::translations::braces;
use crate::base::duration;
use crate::base::email;
use crate::base::error::{Error, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::net;
use crate::model::inbox::{Access, Continuity, HomeApp, InboxConfig};
use crate::model::letter::LetterKind;
use crate::store::{ReadTx, inboxes};
use std::collections::HashSet;
use std::time::Duration;

/// Lines of one list.
const LINES_MAX: usize = 500;
/// Start buttons, and cards of the home screen: more is no choice any more.
const ITEMS_MAX: usize = 20;
/// Questions before the first message.
const QUESTIONS_MAX: usize = 30;
/// Days of a retention timer: ten years.
pub(super) const RETENTION_DAYS_MAX: u16 = 3650;
/// Somebody who just looked away for a moment is not gone; and tests of a fresh set-up must not take minutes.
const CONTINUITY_SHORTEST: Duration = Duration::from_secs(1);
/// A mail about something older than a week helps nobody.
const CONTINUITY_LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);
/// More messages in one mail nobody reads.
const CONTINUITY_MESSAGES_MAX: u16 = 100;
/// Choices of one question.
const CHOICES_MAX: usize = 100;
/// The topmost layer a browser has, less one for the window beside the button.
const Z_INDEX_MAX: u32 = i32::MAX as u32 - 1;
/// Characters of the id of a button or card.
const ID_CHARS_MAX: usize = 40;

/// The error of one setting.
pub(super) fn bad(key: &str, why: &str) -> Error {
    Error::invalid(why).in_field(format!("config.{key}"))
}

/// Puts in what may be left out: defaults for choices and colours that are empty (row 157), the name as brand, ids of new items.
pub(super) fn complete(config: &mut InboxConfig, name: &str) {
    let usual = InboxConfig::default();
    let InboxConfig { home_screen, launcher, window, hours, privacy, colors, continuity, .. } = config;
    let (background, usual_background) = (&mut home_screen.background, &usual.home_screen.background);
    for (value, default) in [
        (&mut config.theme, &usual.theme),
        (&mut config.language, &usual.language),
        (&mut config.fallback_language, &usual.fallback_language),
        (&mut config.access, &usual.access),
        (&mut colors.primary, &usual.colors.primary),
        (&mut launcher.position, &usual.launcher.position),
        (&mut launcher.icon, &usual.launcher.icon),
        (&mut window.kind, &usual.window.kind),
        (&mut home_screen.header_text_color, &usual.home_screen.header_text_color),
        (&mut background.kind, &usual_background.kind),
        (&mut hours.outside, &usual.hours.outside),
        (&mut privacy.page_visits, &usual.privacy.page_visits),
        (&mut privacy.ip, &usual.privacy.ip),
        (&mut continuity.offline_threshold, &usual.continuity.offline_threshold),
        (&mut continuity.min_email_interval, &usual.continuity.min_email_interval),
    ] {
        if value.trim().is_empty() {
            value.clone_from(default);
        }
    }
    continuity.agents_address = continuity.agents_address.trim_matches(' ').to_owned();
    if launcher.color.trim().is_empty() {
        launcher.color.clone_from(&colors.primary);
    }
    if config.brand_name.trim().is_empty() {
        config.brand_name = name.to_owned();
    }
    let apps = config.home_apps.iter_mut().map(HomeApp::id_mut);
    for id in config.home_buttons.iter_mut().map(|button| &mut button.id).chain(apps) {
        if id.is_empty() {
            *id = new_token().chars().filter(char::is_ascii_alphanumeric).take(10).collect();
        }
    }
}

/// Every rule that needs nothing but the settings themselves.
pub(super) fn check(config: &InboxConfig) -> Result<()> {
    check_words(config)?;
    check_look(config)?;
    check_buttons(config)?;
    check_home(config)?;
    check_form(config)?;
    check_texts(config)?;
    check_privacy(config)?;
    check_continuity(&config.continuity)?;
    duration::parse(&config.session_duration, Duration::from_secs(60)).map_err(|error| bad("session_duration", &error.message))?;
    if config.trusted_domains.len() > LINES_MAX || config.blocked_ips.len() > LINES_MAX {
        return Err(bad("trusted_domains", &format!("At most {LINES_MAX} lines in a list.")));
    }
    Access::of(config)?;
    for (index, line) in config.file_extensions.iter().enumerate() {
        let fine = line == "*" || (!line.is_empty() && line.len() <= 10 && line.chars().all(|c| c.is_ascii_alphanumeric()));
        if !fine || index >= LINES_MAX {
            return Err(bad("file_extensions", &format!("Line {}: expected an extension without dot, such as pdf, or *", index + 1)));
        }
    }
    Ok(())
}

/// What the settings name must be there, in the same transaction: teams and business hours. What `present` settings name already is not
/// asked again, or a team that was removed would stand in the way of every other change.
pub(super) fn check_references(tx: &ReadTx, present: &InboxConfig, config: &InboxConfig) -> Result<()> {
    let known: HashSet<&str> = present.home_buttons.iter().map(|button| button.team.as_str()).chain([""]).collect();
    for (index, button) in config.home_buttons.iter().enumerate().filter(|(_, button)| !known.contains(button.team.as_str())) {
        let found = match Uuid::parse(&button.team) {
            Some(uuid) => inboxes::team_exists(tx, uuid)?,
            None => false,
        };
        if !found {
            return Err(bad("home_buttons", &format!("Button {}: there is no such team.", index + 1)));
        }
    }
    let team = &config.routing.team;
    let found = match Uuid::parse(team) {
        _ if team.is_empty() || *team == present.routing.team => true,
        Some(uuid) => inboxes::team_exists(tx, uuid)?,
        None => false,
    };
    if !found {
        return Err(bad("routing", "There is no such team."));
    }
    let hours = &config.hours.set;
    let found = match Uuid::parse(hours) {
        _ if hours.is_empty() || *hours == present.hours.set => true,
        Some(uuid) => inboxes::hours_exist(tx, uuid)?,
        None => false,
    };
    if !found {
        return Err(bad("hours", "There are no such business hours."));
    }
    let mailbox = &config.continuity.mailbox;
    let found = match Uuid::parse(mailbox) {
        _ if mailbox.is_empty() || *mailbox == present.continuity.mailbox => true,
        Some(uuid) => inboxes::mailbox_exists(tx, uuid)?,
        None => false,
    };
    if found { Ok(()) } else { Err(bad("continuity", "There is no such mailbox.")) }
}

fn check_words(config: &InboxConfig) -> Result<()> {
    for (key, code) in [("language", &config.language), ("fallback_language", &config.fallback_language)] {
        let fine = code == "auto" && key == "language" || super::words::canonical(code).is_some();
        if !fine {
            return Err(bad(key, "Expected a language code such as en-US."));
        }
    }
    one_of("access", &config.access, &["anonymous", "identify", "verified"])?;
    one_of("hours", &config.hours.outside, &["open", "form", "hide"])?;
    let tiles = &config.tiles;
    if !(tiles.chat || tiles.bug || tiles.feature || tiles.review || tiles.question) {
        return Err(bad("tiles", "Please leave at least one of them on. To switch the widget off, deactivate the inbox."));
    }
    let consent = &config.consent;
    link("consent", &consent.link_url)?;
    if consent.enabled && consent.text.trim().is_empty() {
        return Err(bad("consent", "Please write what visitors agree to, or switch it off."));
    }
    if consent.enabled && consent.link_url.is_empty() != consent.link_text.trim().is_empty() {
        return Err(bad("consent", "A link needs both its words and its address."));
    }
    Ok(())
}

fn check_look(config: &InboxConfig) -> Result<()> {
    one_of("theme", &config.theme, &["system", "light", "dark"])?;
    one_of("window", &config.window.kind, &["popup", "sidebar"])?;
    one_of("launcher", &config.launcher.position, &["left", "right"])?;
    one_of("home_screen", &config.home_screen.header_text_color, &["black", "white"])?;
    one_of("home_screen", &config.home_screen.background.kind, &["solid", "gradient", "image"])?;
    colour("colors", &config.colors.primary)?;
    colour("launcher", &config.launcher.color)?;
    let background = &config.home_screen.background;
    for value in [&background.color, &background.gradient_start, &background.gradient_end] {
        if !value.is_empty() {
            colour("home_screen", value)?;
        }
    }
    if background.kind == "image" && background.image_url.is_empty() {
        return Err(bad("home_screen", "Please give the address of the image."));
    }
    for (key, value) in [("website_url", &config.website_url), ("home_screen", &background.image_url)] {
        link(key, value)?;
    }
    for (key, value) in [("logo_url", &config.logo_url), ("launcher", &config.launcher.logo_url)] {
        if !value.starts_with("/uploads/") {
            link(key, value)?;
        }
    }
    if config.launcher.spacing.side > 200 || config.launcher.spacing.bottom > 200 {
        return Err(bad("launcher", "The distance from the edges is 0 to 200 pixels."));
    }
    if !(1..=Z_INDEX_MAX).contains(&config.launcher.z_index) {
        return Err(bad("launcher", &format!("The stacking order (z-index) is 1 to {Z_INDEX_MAX}.")));
    }
    icon("launcher", "", &config.launcher.icon)
}

fn check_buttons(config: &InboxConfig) -> Result<()> {
    if config.home_buttons.len() > ITEMS_MAX {
        return Err(bad("home_buttons", &format!("At most {ITEMS_MAX} buttons.")));
    }
    let mut ids = HashSet::new();
    for (index, button) in config.home_buttons.iter().enumerate() {
        let place = format!("Button {}: ", index + 1);
        let wrong = |why: &str| Err(bad("home_buttons", &format!("{place}{why}")));
        if button.name.trim().is_empty() {
            return wrong("please give it a name.");
        }
        if !["", "low", "medium", "high"].contains(&button.priority.as_str()) {
            return wrong("its priority is low, medium, high or empty.");
        }
        if button.ai {
            return wrong("automatic answers need an assistant, and none is set up.");
        }
        id("home_buttons", &place, &button.id, &mut ids)?;
        icon("home_buttons", &place, &button.icon)?;
    }
    Ok(())
}

fn check_home(config: &InboxConfig) -> Result<()> {
    if config.home_apps.len() > ITEMS_MAX {
        return Err(bad("home_apps", &format!("At most {ITEMS_MAX} cards.")));
    }
    let mut ids = HashSet::new();
    for (index, app) in config.home_apps.iter().enumerate() {
        let place = format!("Card {}: ", index + 1);
        let needed = |fine: bool, what: &str| match fine {
            true => Ok(()),
            false => Err(bad("home_apps", &format!("{place}please give {what}."))),
        };
        let address = |url: &str| link("home_apps", url).map_err(|error| bad("home_apps", &format!("{place}{}", error.message)));
        let (own_id, own_icon) = match app {
            HomeApp::Announcement { id, title, image_url, url, .. } => {
                address(image_url)?;
                address(url)?;
                needed(!title.trim().is_empty() && !url.is_empty(), "it a title and an address")?;
                (id, "")
            }
            HomeApp::ExternalLink { id, icon, text, url } => {
                address(url)?;
                needed(!text.trim().is_empty() && !url.is_empty(), "it a text and an address")?;
                (id, icon.as_str())
            }
            HomeApp::SelfService { id, icon, text, target, url, body } => {
                address(url)?;
                needed(["answer", "page"].contains(&target.as_str()), "its kind: answer or page")?;
                needed(!text.trim().is_empty(), "it a text")?;
                match target == "answer" {
                    true => needed(!body.trim().is_empty(), "the answer")?,
                    false => needed(!url.is_empty(), "the address of the page")?,
                }
                (id, icon.as_str())
            }
        };
        id("home_apps", &place, own_id, &mut ids)?;
        icon("home_apps", &place, own_icon)?;
    }
    if config.notice_banner.enabled && config.notice_banner.text.trim().is_empty() {
        return Err(bad("notice_banner", "Please write the text of the notice, or switch it off."));
    }
    Ok(())
}

fn check_form(config: &InboxConfig) -> Result<()> {
    const KINDS: [&str; 8] = ["text", "email", "number", "checkbox", "date", "link", "list", "phone"];
    let fields = &config.prechat_form.fields;
    if fields.len() > QUESTIONS_MAX {
        return Err(bad("prechat_form", &format!("At most {QUESTIONS_MAX} questions.")));
    }
    for (index, field) in fields.iter().enumerate() {
        let wrong = |why: &str| Err(bad("prechat_form", &format!("Question {}: {why}", index + 1)));
        if field.key.is_empty() || field.key.len() > 100 || !field.key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return wrong("its key is made of letters, digits, _ and -.");
        }
        if fields[..index].iter().any(|earlier| earlier.key == field.key) {
            return wrong("its key is used twice.");
        }
        if field.label.trim().is_empty() {
            return wrong("please give it a label.");
        }
        if !KINDS.contains(&field.kind.as_str()) {
            return wrong("its type is one of text, email, number, checkbox, date, link, list, phone.");
        }
        if field.kind == "list" && (field.values.is_empty() || field.values.len() > CHOICES_MAX) {
            return wrong("a list needs 1 to 100 choices.");
        }
        let usable = |choice: &String| !choice.trim().is_empty() && !choice.contains(['\n', '\r']) && choice.chars().count() <= 200;
        if field.values.len() > CHOICES_MAX || !field.values.iter().all(usable) {
            return wrong("a choice is one line of 1 to 200 characters.");
        }
    }
    Ok(())
}

/// Lengths, and placeholders that never end; for every text there is.
fn check_texts(config: &InboxConfig) -> Result<()> {
    for text in texts(config) {
        let count = text.text.chars().count();
        let placeholders = braces(&text.text);
        if count > text.chars_max || placeholders.is_err() {
            let (key, place) = whereabouts(config, &text.key);
            let why = match placeholders {
                Err(error) if count <= text.chars_max => error.into_sentence(),
                _ => format!("At most {} characters.", text.chars_max),
            };
            return Err(bad(&key, &format!("{place}{why}")));
        }
    }
    Ok(())
}

/// The setting a text belongs to, and which item of it: `set.button.<id>.name` is the `home_buttons`, "Button 2: ".
fn whereabouts(config: &InboxConfig, key: &str) -> (String, String) {
    let pieces: Vec<&str> = key.split('.').collect();
    let named = |key: &str, noun: &str, index: Option<usize>| (key.to_owned(), format!("{noun} {}: ", index.map_or(0, |index| index + 1)));
    match pieces.as_slice() {
        ["set", "button", id, ..] => named("home_buttons", "Button", config.home_buttons.iter().position(|button| button.id == *id)),
        ["set", "app", id, ..] => named("home_apps", "Card", config.home_apps.iter().position(|app| app.id() == *id)),
        ["set", "field", id, ..] => named("prechat_form", "Question", config.prechat_form.fields.iter().position(|field| field.key == *id)),
        _ => (pieces.get(1).copied().unwrap_or_default().to_owned(), String::new()),
    }
}

fn check_privacy(config: &InboxConfig) -> Result<()> {
    one_of("privacy", &config.privacy.page_visits, &["conversation", "always", "never"])?;
    one_of("privacy", &config.privacy.ip, &["short", "full", "none"])?;
    if config.privacy.retention_days.max(config.privacy.visitor_days) > RETENTION_DAYS_MAX {
        return Err(bad("privacy", "Conversations and visitors are kept for at most 3650 days, or 0 for as long as you like."));
    }
    match config.privacy.ip_days {
        1..=365 => Ok(()),
        _ => Err(bad("privacy", "Full addresses are kept for 1 to 365 days.")),
    }
}

/// Going on by mail: the three numbers (rows 46–48), the team's address, names of templates.
fn check_continuity(continuity: &Continuity) -> Result<()> {
    for (noun, text) in [("How long to wait", &continuity.offline_threshold), ("Time between mails", &continuity.min_email_interval)] {
        let length =
            duration::parse(text, CONTINUITY_SHORTEST).map_err(|error| bad("continuity", &format!("{noun}: {}", error.message)))?;
        if length > CONTINUITY_LONGEST {
            return Err(bad("continuity", &format!("{noun}: at most {}.", duration::format(CONTINUITY_LONGEST))));
        }
    }
    if !(1..=CONTINUITY_MESSAGES_MAX).contains(&continuity.max_messages_per_email) {
        return Err(bad("continuity", &format!("A mail holds 1 to {CONTINUITY_MESSAGES_MAX} messages.")));
    }
    if !continuity.agents_address.is_empty() {
        email::check(&continuity.agents_address).map_err(|error| bad("continuity", &format!("The team address: {}", error.message)))?;
    }
    for (kind, name) in &continuity.templates {
        let fine = LetterKind::parse(kind).is_some() && name.chars().count() <= 80 && !name.chars().any(char::is_control);
        if !fine {
            return Err(bad("continuity", "Each kind of mail may name one template, by a name of at most 80 characters."));
        }
    }
    Ok(())
}

fn id(key: &str, place: &str, id: &str, seen: &mut HashSet<String>) -> Result<()> {
    let fine = id.len() <= ID_CHARS_MAX && !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    match fine && seen.insert(id.to_owned()) {
        true => Ok(()),
        false => Err(bad(key, &format!("{place}its id is used twice or is none. Leave it out, and it gets a new one."))),
    }
}

/// Any name may be typed; one nobody knows is shown as a speech bubble (row 145).
fn icon(key: &str, place: &str, name: &str) -> Result<()> {
    let fine = name.len() <= ID_CHARS_MAX && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ' | ':'));
    if fine { Ok(()) } else { Err(bad(key, &format!("{place}the name of an icon is made of letters, digits and hyphens."))) }
}

fn one_of(key: &str, value: &str, words: &[&str]) -> Result<()> {
    if words.contains(&value) { Ok(()) } else { Err(bad(key, &format!("Expected one of {}.", words.join(", ")))) }
}

fn colour(key: &str, value: &str) -> Result<()> {
    let hex = value.strip_prefix('#').unwrap_or("");
    let fine = matches!(hex.len(), 3 | 6) && hex.chars().all(|c| c.is_ascii_hexdigit());
    if fine { Ok(()) } else { Err(bad(key, "Expected a colour such as #0f766e.")) }
}

fn link(key: &str, value: &str) -> Result<()> {
    let fine = value.is_empty()
        || (net::is_web_address(value) && value.len() <= 2000 && !value.contains(|c: char| c.is_whitespace() || c.is_control()));
    if fine { Ok(()) } else { Err(bad(key, "Expected an address that begins with https:// or http://.")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::inboxes::merged;
    use serde_json::{Value, json};

    fn edited(changes: Value) -> Result<InboxConfig> {
        let base = InboxConfig { brand_name: "Acme".into(), ..InboxConfig::default() };
        let mut config = merged(&base, changes.as_object().unwrap())?;
        complete(&mut config, "Acme");
        check(&config).map(|()| config)
    }

    #[test]
    fn defaults_pass_and_ten_hours_is_the_default_session() {
        // rows 53, 57
        let config = edited(json!({})).unwrap();
        assert_eq!(config.session_duration, "10h");
        assert!(config.trusted_domains.is_empty());
    }

    #[test]
    fn every_bad_value_names_its_key_and_lists_their_line() {
        for (changes, field, word) in [
            (json!({"colour": "x"}), "config.colour", "no such setting"),
            (json!({"language": "en\"><meta>"}), "config.language", "code"),
            (json!({"theme": 5}), "config.theme", "does not fit"),
            (json!({"theme": "pink"}), "config.theme", "system"),
            (json!({"launcher": {"color": "red"}}), "config.launcher", "#0f766e"),
            (json!({"website_url": "javascript:alert(1)"}), "config.website_url", "https://"),
            (json!({"session_duration": "0"}), "config.session_duration", ""),
            (json!({"session_duration": "-1h"}), "config.session_duration", ""),
            (json!({"trusted_domains": ["example.com", "https://x.com"]}), "config.trusted_domains", "Line 2"),
            (json!({"blocked_ips": ["10.0.0.1", "10.0.0.0/8", "10.0.0.0/99"]}), "config.blocked_ips", "Line 3"),
            (json!({"prechat_form": {"fields": [{"key": "a b", "label": "A"}]}}), "config.prechat_form", "Question 1"),
        ] {
            let error = edited(changes.clone()).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{changes}");
            assert!(error.message.contains(word), "{}", error.message);
        }
    }

    /// rows 145, 148, 150–156, 158–162
    #[test]
    fn the_widgets_settings_have_their_rules() {
        let button = |more: Value| {
            let mut button = json!({"name": "Sales"});
            button.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"home_buttons": [{"name": "First"}, button]})
        };
        let app = |app: Value| json!({"home_apps": [{"type": "external_link", "text": "a", "url": "https://a.example"}, app]});
        for (changes, field, word) in [
            (json!({"access": "members"}), "config.access", "anonymous"),
            (json!({"window": {"kind": "tab"}}), "config.window", "sidebar"),
            (json!({"launcher": {"text": "x".repeat(61)}}), "config.launcher", "60"),
            (json!({"launcher": {"z_index": 0}}), "config.launcher", "z-index"),
            (json!({"launcher": {"z_index": 2_147_483_647_u32}}), "config.launcher", "z-index"),
            (json!({"launcher": {"icon": "<svg>"}}), "config.launcher", "icon"),
            (json!({"launcher": {"color": "06548c"}}), "config.launcher", "colour"),
            (json!({"colors": {"primary": "#06548g"}}), "config.colors", "colour"),
            (button(json!({"name": " "})), "config.home_buttons", "Button 2: please give it a name"),
            (button(json!({"priority": "urgent"})), "config.home_buttons", "Button 2: its priority"),
            (button(json!({"ai": true})), "config.home_buttons", "Button 2: automatic answers need an assistant"),
            (button(json!({"id": "no spaces"})), "config.home_buttons", "Button 2: its id"),
            (button(json!({"opening_message": "x".repeat(2001)})), "config.home_buttons", "Button 2: At most 2000"),
            (button(json!({"department": 1})), "config.home_buttons", "does not fit"),
            (json!({"home_buttons": vec![json!({"name": "B"}); 21]}), "config.home_buttons", "At most 20"),
            (json!({"home_buttons": [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}]}), "config.home_buttons", "used twice"),
            (
                app(json!({"type": "self_service", "text": "Help", "target": "answer"})),
                "config.home_apps",
                "Card 2: please give the answer",
            ),
            (app(json!({"type": "self_service", "text": "Help", "target": "page"})), "config.home_apps", "Card 2: please give the address"),
            (app(json!({"type": "self_service", "text": "Help"})), "config.home_apps", "Card 2: please give its kind"),
            (app(json!({"type": "external_link", "text": "x", "url": "javascript:x"})), "config.home_apps", "Card 2: Expected an address"),
            (json!({"consent": {"enabled": true}}), "config.consent", "agree"),
            (json!({"consent": {"enabled": true, "text": "x", "link_url": "https://x.example"}}), "config.consent", "both"),
            (json!({"hours": {"outside": "close"}}), "config.hours", "hide"),
            (json!({"tiles": {"chat": false}}), "config.tiles", "at least one"),
            (json!({"privacy": {"page_visits": "sometimes"}}), "config.privacy", "conversation"),
            (json!({"privacy": {"ip": "long"}}), "config.privacy", "short"),
            (json!({"privacy": {"ip_days": 0}}), "config.privacy", "365"),
            (json!({"privacy": {"ip_days": 366}}), "config.privacy", "365"),
            (json!({"continuity": {"mailbox": "x", "offline_threshold": "ten"}}), "config.continuity", "How long to wait"),
            (json!({"continuity": {"offline_threshold": "0s"}}), "config.continuity", "longer than zero"),
            (json!({"continuity": {"min_email_interval": "169h"}}), "config.continuity", "at most 168h"),
            (json!({"continuity": {"max_messages_per_email": 0}}), "config.continuity", "1 to 100"),
            (json!({"continuity": {"max_messages_per_email": 101}}), "config.continuity", "1 to 100"),
            (json!({"continuity": {"agents_address": "a@b\r\nBcc: c@d.example"}}), "config.continuity", "team address"),
            (json!({"continuity": {"templates": {"letter": "x"}}}), "config.continuity", "kind of mail"),
            (json!({"greeting_message": "Hi {{.FirstName"}), "config.greeting_message", "no end"),
            (
                json!({"prechat_form": {"fields": [{"key": "k", "label": "l", "type": "list", "values": ["a\nb"]}]}}),
                "config.prechat_form",
                "one line",
            ),
        ] {
            let error = edited(changes.clone()).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{changes}");
            assert!(error.message.contains(word), "{changes}: {}", error.message);
        }
        // The other side of the limits.
        edited(json!({"launcher": {"text": "x".repeat(60), "z_index": 2_147_483_646, "icon": "fa-no-such-icon"}})).unwrap();
        edited(json!({"privacy": {"ip_days": 365}, "home_buttons": vec![json!({"name": "B"}); 20]})).unwrap();
        edited(json!({"tiles": {"chat": false, "bug": true}})).unwrap();
        edited(json!({"continuity": {"offline_threshold": "168h", "max_messages_per_email": 100, "templates": {"reply": "Shop"}}}))
            .unwrap();
        let blank = edited(json!({"continuity": {"offline_threshold": "", "min_email_interval": " "}})).unwrap();
        assert_eq!(blank.continuity, crate::model::inbox::Continuity::default());
    }

    /// row 157
    #[test]
    fn whatever_is_left_blank_gets_its_default() {
        let blank = json!({
            "brand_name": "", "theme": "", "language": "", "fallback_language": "", "access": "", "colors": {"primary": ""},
            "launcher": {"position": "", "color": "", "icon": "", "text": "", "logo_url": ""}, "window": {"kind": ""},
            "home_screen": {"header_text_color": "", "background": {"type": "", "color": "", "gradient_start": "", "gradient_end": "", "image_url": ""}},
            "hours": {"set": "", "outside": ""}, "privacy": {"page_visits": "", "ip": ""}, "greeting_message": "", "introduction_message": "",
        });
        let config = edited(blank).unwrap();
        let usual = InboxConfig::default();
        assert_eq!((config.brand_name.as_str(), config.theme, config.colors), ("Acme", usual.theme, usual.colors));
        assert_eq!((config.launcher, config.window, config.access), (usual.launcher, usual.window, usual.access));
        assert_eq!((config.hours, config.privacy, config.language), (usual.hours, usual.privacy, usual.language));
    }

    #[test]
    fn items_get_ids_that_stay_and_are_their_own() {
        let config = edited(json!({
            "home_buttons": [{"name": "A"}, {"name": "B", "id": "mine"}, {"name": "C"}],
            "home_apps": [{"type": "external_link", "text": "a", "url": "https://a.example"}],
        }))
        .unwrap();
        let ids: HashSet<&str> = config.home_buttons.iter().map(|button| button.id.as_str()).chain([config.home_apps[0].id()]).collect();
        assert!(ids.len() == 4 && ids.contains("mine") && ids.iter().all(|id| !id.is_empty()), "{ids:?}");
    }

    #[test]
    fn objects_merge_one_level_deep() {
        let config = edited(json!({"launcher": {"position": "left"}})).unwrap();
        assert_eq!(config.launcher.position, "left");
        assert_eq!(config.launcher.spacing.side, 20);
    }
}
