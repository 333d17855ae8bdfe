//! Cards and quick replies: what an agent's message shows beside its words, and the press of one of its buttons.
//!
//! A template, elements, buttons with postbacks: the shape that LiveChat's protocol has too, so that both doors tell the same story.

use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, markup, net, text};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How the elements are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Cards side by side.
    Cards,
    /// One question and its answers as buttons.
    QuickReplies,
}

/// Cards or quick replies of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rich {
    pub template: Template,
    pub elements: Vec<Element>,
}

/// One card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Element {
    pub title: String,
    pub subtitle: String,
    /// One of our own uploads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<Uuid>,
    pub buttons: Vec<Button>,
}

/// A button of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub kind: ButtonKind,
    pub text: String,
    /// An address, or what the press says.
    pub value: String,
    pub postback_id: String,
}

/// What a press does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Opens an address in a new tab.
    Url,
    /// Says something as the visitor.
    Message,
}

/// The press of a button: of which message, and which one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Postback {
    pub message_uuid: Uuid,
    pub postback_id: String,
}

impl Rich {
    /// What both sides are told: the same shape at both doors, pictures as links.
    pub fn shown(&self, link: impl Fn(Uuid) -> String) -> Value {
        let button =
            |button: &Button| json!({ "type": button.kind, "text": button.text, "value": button.value, "postback_id": button.postback_id });
        let element = |element: &Element| {
            json!({
                "title": element.title, "subtitle": element.subtitle, "image_url": element.picture.map(&link),
                "buttons": element.buttons.iter().map(button).collect::<Vec<_>>(),
            })
        };
        json!({ "template": self.template, "elements": self.elements.iter().map(element).collect::<Vec<_>>() })
    }

    /// Every rule that needs no database: counts, lengths, addresses. Names without an id get one; lines are cleaned.
    pub fn checked(mut self) -> Result<Rich> {
        let (most, most_buttons) = (limits::RICH_ELEMENTS_MAX, limits::RICH_BUTTONS_MAX);
        if self.elements.is_empty() || self.elements.len() > most {
            return Err(wrong(format!("Cards are 1 to {most} elements.")));
        }
        if self.template == Template::QuickReplies && (self.elements.len() != 1 || self.elements[0].buttons.is_empty()) {
            return Err(wrong("Quick replies are one element with buttons.".into()));
        }
        for (index, element) in self.elements.iter_mut().enumerate() {
            let number = index + 1;
            element.title = line(&element.title, limits::RICH_TITLE_CHARS_MAX, "title", number)?;
            element.subtitle = line(&element.subtitle, limits::RICH_SUBTITLE_CHARS_MAX, "subtitle", number)?;
            if element.buttons.len() > most_buttons {
                return Err(wrong(format!("Element {number}: at most {most_buttons} buttons.")));
            }
            if element.title.is_empty() && element.subtitle.is_empty() && element.picture.is_none() && element.buttons.is_empty() {
                return Err(wrong(format!("Element {number} is empty.")));
            }
            for (at, button) in element.buttons.iter_mut().enumerate() {
                button.check(number, at + 1)?;
            }
        }
        let mut ids = BTreeSet::new();
        for button in self.elements.iter().flat_map(|element| &element.buttons) {
            if !ids.insert(&button.postback_id) {
                return Err(wrong(format!("Two buttons have the postback_id \"{}\".", button.postback_id)));
            }
        }
        Ok(self)
    }

    /// The uploads it shows.
    pub fn pictures(&self) -> impl Iterator<Item = Uuid> {
        self.elements.iter().filter_map(|element| element.picture)
    }

    /// The message button with this id: the only kind whose press is said.
    pub fn message_button(&self, postback_id: &str) -> Option<&Button> {
        let buttons = self.elements.iter().flat_map(|element| &element.buttons);
        buttons.into_iter().find(|button| button.kind == ButtonKind::Message && button.postback_id == postback_id)
    }

    /// All of it as words: for previews, search, mail and people who see no cards.
    pub fn text(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        for element in &self.elements {
            lines.extend([&element.title, &element.subtitle].into_iter().filter(|line| !line.is_empty()).cloned());
            for button in &element.buttons {
                lines.push(match button.kind {
                    ButtonKind::Url => format!("{}: {}", button.text, button.value),
                    ButtonKind::Message => format!("[{}]", button.text),
                });
            }
        }
        lines.join("\n")
    }

    /// All of it in the house's small set of tags, for clients that know no cards.
    pub fn html(&self) -> String {
        let mut html = String::new();
        for element in &self.elements {
            html.push_str("<p>");
            if !element.title.is_empty() {
                html.push_str("<strong>");
                markup::escape(&element.title, &mut html);
                html.push_str("</strong>");
            }
            if !element.subtitle.is_empty() {
                html.push_str(if element.title.is_empty() { "" } else { "<br>" });
                markup::escape(&element.subtitle, &mut html);
            }
            html.push_str("</p>");
            if element.buttons.is_empty() {
                continue;
            }
            html.push_str("<ul>");
            for button in &element.buttons {
                html.push_str("<li>");
                match button.kind {
                    ButtonKind::Url => {
                        html.push_str("<a href=\"");
                        markup::escape(&button.value, &mut html);
                        html.push_str("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">");
                        markup::escape(&button.text, &mut html);
                        html.push_str("</a>");
                    }
                    ButtonKind::Message => markup::escape(&button.text, &mut html),
                }
                html.push_str("</li>");
            }
            html.push_str("</ul>");
        }
        html
    }
}

impl Button {
    fn check(&mut self, element: usize, at: usize) -> Result<()> {
        let place = format!("Element {element}, button {at}");
        self.text = line(&self.text, limits::RICH_BUTTON_CHARS_MAX, "button", element)?;
        if self.text.is_empty() {
            return Err(wrong(format!("{place} needs a text.")));
        }
        match self.kind {
            ButtonKind::Url => {
                let scheme = net::is_web_address(&self.value);
                let odd = |c: char| c.is_whitespace() || c.is_control() || text::is_hidden(c) || matches!(c, '<' | '>' | '"' | '\\');
                if !scheme || self.value.len() > limits::RICH_URL_BYTES_MAX || self.value.contains(odd) {
                    return Err(wrong(format!("{place}: expected an address that begins with https:// or http://.")));
                }
            }
            ButtonKind::Message => {
                self.value = line(&self.value, limits::RICH_VALUE_CHARS_MAX, "value", element)?;
                if self.value.is_empty() {
                    self.value.clone_from(&self.text);
                }
            }
        }
        if self.postback_id.is_empty() {
            write!(self.postback_id, "{element}-{at}").map_err(Error::internal)?;
        }
        if !is_postback_id(&self.postback_id) {
            return Err(wrong(format!("{place}: postback_id has at most {} visible characters.", limits::POSTBACK_ID_BYTES_MAX)));
        }
        Ok(())
    }
}

/// Whether a text can name a button.
pub fn is_postback_id(id: &str) -> bool {
    (1..=limits::POSTBACK_ID_BYTES_MAX).contains(&id.len()) && id.chars().all(|c| !c.is_control() && !text::is_hidden(c))
}

fn line(typed: &str, chars_max: usize, what: &str, element: usize) -> Result<String> {
    // Counted before it is cleaned: what is refused is refused whole, never cut.
    if typed.chars().count() > chars_max {
        return Err(wrong(format!("Element {element}: its {what} has more than {chars_max} characters.")));
    }
    Ok(text::clean_line(typed, chars_max))
}

fn wrong(message: String) -> Error {
    Error::invalid(message).in_field("rich")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn button(kind: ButtonKind, text: &str, value: &str) -> Button {
        Button { kind, text: text.into(), value: value.into(), postback_id: String::new() }
    }

    fn named(postback_id: &str) -> Button {
        Button { postback_id: postback_id.into(), ..button(ButtonKind::Message, "x", "y") }
    }

    fn card(title: &str, buttons: Vec<Button>) -> Element {
        Element { title: title.into(), buttons, ..Element::default() }
    }

    fn cards(elements: Vec<Element>) -> Result<Rich> {
        Rich { template: Template::Cards, elements }.checked()
    }

    // row 217
    #[test]
    fn a_card_gets_its_ids_and_its_words() {
        let buttons = vec![button(ButtonKind::Url, "FAQ", "https://x.example/a?b=1&c"), button(ButtonKind::Message, "Talk <b>", "")];
        let rich = cards(vec![card("Billing", buttons)]).unwrap();
        assert_eq!(rich.elements[0].buttons[0].postback_id, "1-1");
        assert_eq!(rich.message_button("1-2").map(|button| button.value.as_str()), Some("Talk <b>"));
        assert!(rich.message_button("1-1").is_none(), "an address is not said");
        assert_eq!(rich.text(), "Billing\nFAQ: https://x.example/a?b=1&c\n[Talk <b>]");
        markup::tests::assert_harmless(&rich.html());
    }

    #[test]
    fn what_is_too_much_or_leads_elsewhere_is_refused() {
        let url = |value: &str| vec![card("x", vec![button(ButtonKind::Url, "x", value)])];
        let many = |count: usize| (0..count).map(|_| card("x", Vec::new())).collect::<Vec<_>>();
        for elements in [
            many(0),
            many(limits::RICH_ELEMENTS_MAX + 1),
            vec![Element::default()],
            vec![card(&"x".repeat(limits::RICH_TITLE_CHARS_MAX + 1), Vec::new())],
            vec![card("x", (0..=limits::RICH_BUTTONS_MAX).map(|_| button(ButtonKind::Message, "x", "y")).collect())],
            vec![card("x", vec![button(ButtonKind::Message, "", "y")])],
            vec![card("x", vec![button(ButtonKind::Message, "x", &"y".repeat(501))])],
            url("javascript:alert(1)"),
            url("https://a b"),
            url("https://a\"onclick"),
            url("//evil.example"),
            url("https://"),
            url("https:///path"),
            url("http://?x"),
            url("https://:80"),
            vec![card("x", vec![named("a"), named("a")])],
            vec![card("x", vec![named("a")]), card("y", vec![named("a")])],
            // One that was given beside one that we would give.
            vec![card("x", vec![named("1-2"), named("")])],
            url(""),
        ] {
            assert_eq!(cards(elements.clone()).unwrap_err().field.as_deref(), Some("rich"), "{elements:?}");
        }
        let quick = Rich { template: Template::QuickReplies, elements: many(2) };
        assert!(quick.checked().is_err());
    }

    #[test]
    fn every_payload_stays_text() {
        for payload in markup::tests::PAYLOADS.lines() {
            let element = Element {
                title: payload.chars().take(200).collect(),
                subtitle: payload.chars().take(200).collect(),
                picture: None,
                buttons: vec![button(ButtonKind::Message, &format!("x{}", payload.chars().take(80).collect::<String>()), payload)],
            };
            if let Ok(rich) = cards(vec![element]) {
                markup::tests::assert_harmless(&rich.html());
            }
            if let Ok(rich) = cards(vec![card("x", vec![button(ButtonKind::Url, "x", &format!("https://x.example/{payload}"))])]) {
                markup::tests::assert_harmless(&rich.html());
            }
        }
    }
}
