//! Inboxes: created, edited key by key, their secrets generated here and shown once.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::secret::Secret;
use crate::base::{duration, text};
use crate::model::agent::AgentSession;
use crate::model::inbox::{Access, HomeApp, Inbox, InboxConfig};
use crate::store::{audit, inboxes, sessions};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Settings as last read: every request needs them, they change rarely. Cloning shares them.
#[derive(Clone, Default)]
pub struct Known(Arc<RwLock<Cache>>);

#[derive(Default)]
struct Cache {
    /// Enabled inboxes only.
    inboxes: HashMap<Uuid, Arc<Inbox>>,
    /// Counts what was forgotten: settings read before a change must not be kept after it.
    forgotten: u64,
}

impl Known {
    /// An inbox, when it was read since its last change.
    pub fn find(&self, uuid: Uuid) -> Option<Arc<Inbox>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).inboxes.get(&uuid).cloned()
    }

    /// Forgets an inbox that changed. Called by the commit itself, before anybody hears of the change: who looks then, looks afresh.
    pub fn forget(&self, uuid: Uuid) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        cache.inboxes.remove(&uuid);
        cache.forgotten += 1;
    }

    /// Take this before reading from the store, and hand it to `keep`.
    pub(super) fn forgotten(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).forgotten
    }

    /// Keeps what was read, unless something changed meanwhile.
    pub(super) fn keep(&self, inbox: Arc<Inbox>, forgotten: u64) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.forgotten == forgotten {
            cache.inboxes.insert(inbox.uuid, inbox);
        }
    }
}

/// Lines of one list.
const LINES_MAX: usize = 500;

/// Changes to an inbox; `None` stays. `config` holds only the keys to change; objects merge one level deep.
#[derive(Debug, Clone, Default)]
pub struct InboxEdit {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub config: Map<String, Value>,
}

impl Desk {
    /// All chat inboxes, for the desk.
    pub async fn inboxes(&self) -> Result<Vec<Inbox>> {
        self.store.read(inboxes::all).await
    }

    /// One inbox, enabled or not, for the desk.
    pub async fn inbox_for_agent(&self, uuid: Uuid) -> Result<Inbox> {
        self.store.read(move |tx| inboxes::find(tx, uuid)).await?.ok_or_else(|| Error::not_found("inbox"))
    }

    /// Creates an inbox.
    pub async fn create_inbox(&self, by: &AgentSession, edit: InboxEdit) -> Result<Inbox> {
        needs_admin(by)?;
        let by = by.agent.id;
        self.found_inbox(Some(by), edit).await
    }

    /// Creates an inbox without anybody being logged in: first set-up and demo.
    pub async fn found_inbox(&self, by: Option<crate::base::id::AgentId>, edit: InboxEdit) -> Result<Inbox> {
        let name = name_checked(edit.name.as_deref().unwrap_or_default())?;
        let mut config = merged(&InboxConfig::default(), &edit.config)?;
        if config.brand_name.is_empty() {
            config.brand_name.clone_from(&name);
        }
        check(&config)?;
        self.store
            .write(move |tx| {
                let inbox = inboxes::insert(tx, &name, &config)?;
                audit::append(tx, by, "inbox.created", &inbox.uuid.to_string(), &json!({ "name": name }))?;
                Ok(inbox)
            })
            .await
    }

    /// Changes settings; they are live with the next request.
    pub async fn edit_inbox(&self, by: &AgentSession, uuid: Uuid, edit: InboxEdit) -> Result<Inbox> {
        needs_admin(by)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                let name = match &edit.name {
                    Some(name) => name_checked(name)?,
                    None => inbox.name,
                };
                let config = merged(&inbox.config, &edit.config)?;
                check(&config)?;
                let keys: Vec<&String> = edit.config.keys().collect();
                audit::append(tx, Some(by), "inbox.edited", &uuid.to_string(), &json!({ "keys": keys, "enabled": edit.enabled }))?;
                inboxes::update(tx, inbox.id, &name, edit.enabled.unwrap_or(inbox.enabled), &config)
            })
            .await
    }

    /// Generates (or replaces) the secret and answers it, this once. Everybody who came with the old one is logged out.
    pub async fn rotate_secret(&self, by: &AgentSession, uuid: Uuid) -> Result<Secret> {
        needs_admin(by)?;
        let by = by.agent.id;
        self.put_secret(Some(by), uuid, Some(Secret::new(new_token()))).await.map(|secret| secret.unwrap_or_else(|| Secret::new("")))
    }

    /// Removes the secret: no token can be verified from now on.
    pub async fn remove_secret(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        needs_admin(by)?;
        let by = by.agent.id;
        self.put_secret(Some(by), uuid, None).await.map(|_| ())
    }

    /// Sets the secret of an inbox without anybody being logged in; for the demo.
    pub async fn put_secret(&self, by: Option<crate::base::id::AgentId>, uuid: Uuid, secret: Option<Secret>) -> Result<Option<Secret>> {
        let kept = secret.clone();
        let stored = self
            .store
            .write(move |tx| {
                let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                inboxes::set_secret(tx, inbox.id, secret.as_ref())?;
                sessions::end_signed(tx, inbox.id)?;
                let action = if secret.is_some() { "inbox.secret_rotated" } else { "inbox.secret_removed" };
                audit::append(tx, by, action, &uuid.to_string(), &json!({}))
            })
            .await;
        stored.map(|()| kept)
    }
}

fn needs_admin(by: &AgentSession) -> Result<()> {
    if by.agent.role.administers() { Ok(()) } else { Err(Error::forbidden("Only an admin can do this.")) }
}

fn name_checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, 140);
    if name.is_empty() {
        return Err(Error::invalid("Please give the inbox a name.").in_field("name"));
    }
    Ok(name)
}

/// The present settings with `changes` laid over them. An unknown key or a wrong type names the key.
fn merged(present: &InboxConfig, changes: &Map<String, Value>) -> Result<InboxConfig> {
    let mut all = serde_json::to_value(present).map_err(Error::internal)?;
    for (key, change) in changes {
        let slot = all.get_mut(key).ok_or_else(|| bad(key, "There is no such setting."))?;
        match (slot, change) {
            (Value::Object(slot), Value::Object(change)) => slot.extend(change.clone()),
            (slot, change) => *slot = change.clone(),
        }
        serde_json::from_value::<InboxConfig>(all.clone()).map_err(|cause| bad(key, &format!("This does not fit: {cause}.")))?;
    }
    serde_json::from_value(all).map_err(Error::internal)
}

fn bad(key: &str, why: &str) -> Error {
    Error::invalid(why).in_field(format!("config.{key}"))
}

/// Every rule of protocol section 6 and ours; the error names the key, for lists also the line.
fn check(config: &InboxConfig) -> Result<()> {
    for (key, value, max) in [
        ("brand_name", &config.brand_name, 140),
        ("greeting_message", &config.greeting_message, 500),
        ("introduction_message", &config.introduction_message, 1000),
        ("chat_introduction", &config.chat_introduction, 2000),
        ("chat_reply_expectation_message", &config.chat_reply_expectation_message, 500),
        ("notice_banner", &config.notice_banner.text, 1000),
        ("prechat_form", &config.prechat_form.title, 200),
    ] {
        if value.chars().count() > max {
            return Err(bad(key, &format!("At most {max} characters.")));
        }
    }
    if config.brand_name.trim().is_empty() {
        return Err(bad("brand_name", "Please give a brand name; visitors see it."));
    }
    for (key, code) in [("language", &config.language), ("fallback_language", &config.fallback_language)] {
        let fine = code == "auto" && key == "language"
            || ((2..=12).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        if !fine {
            return Err(bad(key, "Expected a language code such as en-US."));
        }
    }
    one_of("theme", &config.theme, &["system", "light", "dark"])?;
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
    check_home(config)?;
    check_form(config)?;
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

fn check_home(config: &InboxConfig) -> Result<()> {
    if config.home_apps.len() > 20 {
        return Err(bad("home_apps", "At most 20 cards."));
    }
    for (index, app) in config.home_apps.iter().enumerate() {
        let complete = match app {
            HomeApp::Announcement { title, image_url, url, .. } => {
                link("home_apps", image_url)?;
                link("home_apps", url)?;
                !title.is_empty() && !url.is_empty()
            }
            HomeApp::ExternalLink { text, url, .. } => {
                link("home_apps", url)?;
                !text.is_empty() && !url.is_empty()
            }
            HomeApp::SelfService { text, target, url, body, .. } => {
                link("home_apps", url)?;
                !text.is_empty() && if target == "answer" { !body.is_empty() } else { !url.is_empty() }
            }
        };
        if !complete {
            return Err(bad("home_apps", &format!("Card {} needs a text and an address.", index + 1)));
        }
    }
    if config.notice_banner.enabled && config.notice_banner.text.trim().is_empty() {
        return Err(bad("notice_banner", "Please write the text of the notice, or switch it off."));
    }
    Ok(())
}

fn check_form(config: &InboxConfig) -> Result<()> {
    const KINDS: [&str; 8] = ["text", "email", "number", "checkbox", "date", "link", "list", "phone"];
    let fields = &config.prechat_form.fields;
    if fields.len() > 30 {
        return Err(bad("prechat_form", "At most 30 questions."));
    }
    for (index, field) in fields.iter().enumerate() {
        let wrong = |why: &str| Err(bad("prechat_form", &format!("Question {}: {why}", index + 1)));
        if field.key.is_empty() || field.key.len() > 100 || !field.key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return wrong("its key is made of letters, digits, _ and -.");
        }
        if fields[..index].iter().any(|earlier| earlier.key == field.key) {
            return wrong("its key is used twice.");
        }
        if field.label.trim().is_empty() || field.label.chars().count() > 200 {
            return wrong("please give it a label of at most 200 characters.");
        }
        if !KINDS.contains(&field.kind.as_str()) {
            return wrong("its type is one of text, email, number, checkbox, date, link, list, phone.");
        }
        if field.kind == "list" && (field.values.is_empty() || field.values.len() > 100) {
            return wrong("a list needs 1 to 100 choices.");
        }
    }
    Ok(())
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
        || ((value.starts_with("https://") || value.starts_with("http://"))
            && value.len() <= 2000
            && !value.contains(|c: char| c.is_whitespace() || c.is_control()));
    if fine { Ok(()) } else { Err(bad(key, "Expected an address that begins with https:// or http://.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(changes: Value) -> Result<InboxConfig> {
        let base = InboxConfig { brand_name: "Acme".into(), ..InboxConfig::default() };
        let config = merged(&base, changes.as_object().unwrap())?;
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

    #[test]
    fn objects_merge_one_level_deep() {
        let config = edited(json!({"launcher": {"position": "left"}})).unwrap();
        assert_eq!(config.launcher.position, "left");
        assert_eq!(config.launcher.spacing.side, 20);
    }
}
