//! The words of all mails in one place (row 177): what they are, the house's own in place of the stock ones, how they look with real data.

use super::rendered::{Setting, Wording, stock};
use super::transcripts::said;
use super::{Desk, words};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::agent::{AgentSession, full_name};
use crate::model::letter::{LetterKind, Party, Rendered, Said};
use crate::model::letter_fields;
use crate::store::templates::{self, Template};
use crate::store::{ReadTx, audit, contacts, conversations, inboxes, messages};
use serde_json::json;

/// Characters of a template's name.
const NAME_CHARS_MAX: usize = 60;
/// Messages that a preview shows.
const SHOWN_MESSAGES: u32 = 3;

/// Words somebody wrote for a kind of mail.
#[derive(Debug, Clone)]
pub struct Words {
    pub kind: LetterKind,
    pub name: String,
    pub locale: String,
    pub subject: String,
    pub body: String,
}

impl Desk {
    /// The house's own words.
    pub async fn templates(&self) -> Result<Vec<Template>> {
        self.store.read(templates::all).await
    }

    /// The stock words of a kind, by the languages that have them.
    pub fn stock_words(kind: LetterKind) -> Vec<(String, String, String)> {
        let shipped = words::shipped().into_iter().filter(|language| kind.is_outside() || language.code == words::ENGLISH);
        shipped.filter_map(|language| stock(kind, &language.code).map(|found| (language.code, found.subject, found.body))).collect()
    }

    /// Keeps words in place of the stock ones.
    pub async fn put_template(&self, by: &AgentSession, given: Words) -> Result<()> {
        by.may(Permission::Settings)?;
        let given = checked(given)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let kind = given.kind.as_str();
                let known = templates::of_kind(tx, kind)?;
                let is_new = !known.iter().any(|one| one.name == given.name && one.locale == given.locale);
                if is_new && templates::count(tx)? >= limits::MAIL_TEMPLATES_MAX {
                    return Err(Error::conflict(format!("There can be {} mail templates.", limits::MAIL_TEMPLATES_MAX)));
                }
                templates::put(tx, kind, &given.name, &given.locale, &given.subject, &given.body)?;
                audit::append(tx, Some(by), "template.edited", "", &detail(kind, &given.name, &given.locale))
            })
            .await
    }

    /// Back to the stock words.
    pub async fn delete_template(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let known = templates::find(tx, uuid)?.ok_or_else(|| Error::not_found("template"))?;
                templates::delete(tx, uuid)?;
                audit::append(tx, Some(by), "template.deleted", "", &detail(&known.kind, &known.name, &known.locale))
            })
            .await
    }

    /// How words look that need not be kept yet: with a conversation that the caller sees, or with made-up data. Answers whether the data are real.
    pub async fn preview_template(&self, by: &AgentSession, given: Words, real: bool) -> Result<(Rendered, bool)> {
        let given = checked(given)?;
        let session = by.clone();
        self.store
            .read(move |tx| {
                let found = if real { templates::recent(tx, session.agent.id)? } else { None };
                let inbox = match found {
                    Some(found) => Some(conversations::conversation(tx, found)?.inbox.id),
                    None => inboxes::all(tx)?.first().map(|inbox| inbox.id),
                };
                let inbox = inbox.filter(|_| given.kind.is_outside() || given.kind == LetterKind::ToAgents);
                let setting = Setting::of(tx, given.kind, inbox)?;
                let locale = if given.locale.is_empty() { words::ENGLISH.to_owned() } else { given.locale.clone() };
                let mut letter = super::letters::plain(given.kind, Party::default(), locale.clone());
                letter.inbox = inbox;
                letter.link = Some("https://example.com/".into());
                letter.thread.reply_to = Some("reply@example.com".into());
                for field in letter_fields::of(given.kind) {
                    if !matches!(field.name, "brand" | "house" | "count" | "inbox") {
                        letter.fields.insert(field.name, field.example.to_owned());
                    }
                }
                let real = match found {
                    Some(found) => put_in_real(tx, found, &session, &mut letter)?,
                    None => false,
                };
                if !real {
                    letter.said = made_up(tx.now);
                }
                let wording = Wording { subject: given.subject, body: given.body, locale };
                Ok((setting.render(&letter, &wording), real))
            })
            .await
    }
}

/// Puts a real conversation into a letter that shows how it looks.
fn put_in_real(
    tx: &ReadTx,
    id: crate::base::id::ConversationId,
    by: &AgentSession,
    letter: &mut crate::model::letter::Letter,
) -> Result<bool> {
    let conversation = conversations::conversation(tx, id)?;
    let brand = inboxes::inbox_of(tx, conversation.inbox.id)?.config.brand_name;
    let mut page = messages::public_page(tx, id, None, SHOWN_MESSAGES)?;
    page.reverse();
    letter.said = page.iter().filter_map(|message| said(message, &brand)).collect();
    if letter.said.is_empty() {
        return Ok(false);
    }
    let contact = contacts::contact(tx, conversation.contact.id)?;
    if letter.kind.is_outside() && letter.kind != LetterKind::Code {
        letter.fields.insert("first_name", contact.first_name.clone());
        letter.fields.insert("name", full_name(&contact.first_name, &contact.last_name));
    } else if !letter.kind.is_outside() {
        letter.fields.insert("first_name", by.agent.first_name.clone());
        letter.fields.insert("name", full_name(&by.agent.first_name, &by.agent.last_name));
    }
    if letter.kind == LetterKind::ToAgents {
        letter.fields.insert("contact", contact.name());
        letter.fields.insert("contact_email", contact.email.unwrap_or_default());
        letter.fields.insert("number", conversation.id.0.to_string());
    }
    if let Some(agent) = letter.said.iter().rev().find(|said| said.is_agent).filter(|_| letter.fields.contains_key("agent")) {
        letter.fields.insert("agent", agent.author.clone());
    }
    Ok(true)
}

fn made_up(now: i64) -> Vec<Said> {
    let one = |author: &str, is_agent, minutes: i64, words: &str, files: Vec<String>| {
        let words = crate::base::markup::literal(words);
        Said { author: author.into(), is_agent, at: now - minutes * 60_000, html: words.html, text: words.text, files }
    };
    vec![
        one("Zoe Miller", false, 42, "Hello! Do you still have the green one in size M?", Vec::new()),
        one("Anna", true, 40, "Yes, two of them. Shall I keep one for you?", vec!["green.jpg".into()]),
    ]
}

fn checked(mut given: Words) -> Result<Words> {
    if given.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid(format!("A name has at most {NAME_CHARS_MAX} characters.")).in_field("name"));
    }
    given.name = text::clean_line(&given.name, NAME_CHARS_MAX);
    given.body = given.body.replace("\r\n", "\n");
    if !given.locale.is_empty() {
        let sentence = "Expected a language code such as pt-BR, or nothing for all languages.";
        given.locale = words::canonical(&given.locale).ok_or_else(|| Error::invalid(sentence).in_field("locale"))?;
    }
    letter_fields::check(given.kind, &given.subject, &given.body)?;
    Ok(given)
}

fn detail(kind: &str, name: &str, locale: &str) -> serde_json::Value {
    json!({ "kind": kind, "name": name, "locale": locale })
}
