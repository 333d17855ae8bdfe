//! The settings that visitors read: one list of them, for those who translate and for those who show.

use crate::model::inbox::{HomeApp, InboxConfig};

/// A setting that is a text.
#[derive(Debug, Clone)]
pub struct SettingText {
    /// What its translations hang on: `set.greeting_message`, `set.button.<id>.name`.
    pub key: String,
    /// What the admin typed. Of a list: one choice per line.
    pub text: String,
    /// Characters it may have.
    pub chars_max: usize,
    /// One text per line, and as many lines in every language.
    pub is_list: bool,
}

/// How long the texts of an inbox may be, in characters.
pub mod chars {
    /// Names and words on buttons: they have to fit.
    pub const LABEL: usize = 60;
    /// One line.
    pub const LINE: usize = 200;
    /// A sentence or two.
    pub const SENTENCE: usize = 500;
    /// A paragraph.
    pub const PARAGRAPH: usize = 1000;
    /// A few paragraphs.
    pub const LONG: usize = 2000;
    /// An answer that opens inside the widget.
    pub const ANSWER: usize = 10_000;
}

/// Visits every text; what `each` leaves in it is kept.
pub fn each_text(config: &mut InboxConfig, each: &mut dyn FnMut(&mut SettingText)) {
    let mut one = |key: String, chars_max: usize, text: &mut String| {
        let mut shown = SettingText { key, text: std::mem::take(text), chars_max, is_list: false };
        each(&mut shown);
        *text = shown.text;
    };
    one("set.brand_name".into(), 140, &mut config.brand_name);
    one("set.greeting_message".into(), chars::SENTENCE, &mut config.greeting_message);
    one("set.introduction_message".into(), chars::PARAGRAPH, &mut config.introduction_message);
    one("set.chat_introduction".into(), chars::LONG, &mut config.chat_introduction);
    one("set.chat_reply_expectation_message".into(), chars::SENTENCE, &mut config.chat_reply_expectation_message);
    one("set.notice_banner".into(), chars::PARAGRAPH, &mut config.notice_banner.text);
    one("set.launcher.text".into(), chars::LABEL, &mut config.launcher.text);
    one("set.consent.text".into(), chars::LONG, &mut config.consent.text);
    one("set.consent.link_text".into(), chars::LINE, &mut config.consent.link_text);
    one("set.visitors.start_button".into(), chars::LABEL, &mut config.visitors.start_conversation_button_text);
    one("set.users.start_button".into(), chars::LABEL, &mut config.users.start_conversation_button_text);
    for button in &mut config.home_buttons {
        let key = |name: &str| format!("set.button.{}.{name}", button.id);
        let (name, opening_message) = (key("name"), key("opening_message"));
        one(name, chars::LABEL, &mut button.name);
        one(opening_message, chars::LONG, &mut button.opening_message);
    }
    for app in &mut config.home_apps {
        match app {
            HomeApp::Announcement { id, title, description, .. } => {
                one(format!("set.app.{id}.title"), chars::LINE, title);
                one(format!("set.app.{id}.description"), chars::PARAGRAPH, description);
            }
            HomeApp::ExternalLink { id, text, .. } => one(format!("set.app.{id}.text"), chars::LINE, text),
            HomeApp::SelfService { id, text, body, .. } => {
                one(format!("set.app.{id}.text"), chars::LINE, text);
                one(format!("set.app.{id}.body"), chars::ANSWER, body);
            }
        }
    }
    one("set.prechat_form.title".into(), chars::LINE, &mut config.prechat_form.title);
    for field in &mut config.prechat_form.fields {
        one(format!("set.field.{}.label", field.key), chars::LINE, &mut field.label);
        one(format!("set.field.{}.placeholder", field.key), chars::LINE, &mut field.placeholder);
    }
    for field in &mut config.prechat_form.fields {
        let text = field.values.join("\n");
        let chars_max = text.chars().count().saturating_mul(4).max(chars::LONG);
        let mut list = SettingText { key: format!("set.field.{}.values", field.key), text, chars_max, is_list: true };
        each(&mut list);
        let lines: Vec<String> = list.text.split('\n').map(str::to_owned).collect();
        // A translation made before a choice was added fits no more.
        if lines.len() == field.values.len() {
            field.values = lines;
        }
    }
}

/// All texts of an inbox.
pub fn texts(config: &InboxConfig) -> Vec<SettingText> {
    let mut found = Vec::new();
    each_text(&mut config.clone(), &mut |text| found.push(text.clone()));
    found
}
