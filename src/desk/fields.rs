//! Fields that a team keeps: defined in the settings, filled in beside a conversation, checked by their kind.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::agent::AgentSession;
use crate::model::contact::Contact;
use crate::model::field::{Field, FieldKind, Subject};
use crate::store::{ReadTx, audit, contacts, conversations, fields};
use serde_json::{Map, Value, json};

/// Characters of a field's name.
const NAME_CHARS_MAX: usize = 60;

/// Changes to a field; `None` stays. Subject and kind are chosen once: another kind would make nonsense of what stands in it.
#[derive(Debug, Clone, Default)]
pub struct FieldEdit {
    pub subject: Option<Subject>,
    pub kind: Option<FieldKind>,
    pub name: Option<String>,
    pub choices: Option<Vec<String>>,
    pub position: Option<i64>,
}

impl Desk {
    /// All fields.
    pub async fn fields(&self) -> Result<Vec<Field>> {
        self.store.read(fields::all).await
    }

    /// Defines a field.
    pub async fn create_field(&self, by: &AgentSession, edit: FieldEdit) -> Result<Field> {
        let by = by.agent.id;
        let subject = edit.subject.ok_or_else(|| Error::invalid("subject is contact or conversation.").in_field("subject"))?;
        let kind = edit.kind.ok_or_else(|| Error::invalid("kind is one of text, number, checkbox, date, link, list.").in_field("kind"))?;
        let name = name(edit.name.as_deref().unwrap_or_default())?;
        let choices = choices(kind, edit.choices.unwrap_or_default())?;
        self.store
            .write(move |tx| {
                let others = fields::of(tx, subject)?;
                if others.len() >= limits::FIELDS_MAX {
                    return Err(Error::conflict(format!("There can be {} fields. Please delete one first.", limits::FIELDS_MAX)));
                }
                check_name(&others, None, &name)?;
                let position = edit.position.unwrap_or_else(|| others.last().map_or(1, |last| last.position + 1));
                let field = Field { uuid: Uuid::new(), subject, key: key(&others, &name), name, kind, choices, position };
                fields::insert(tx, &field)?;
                audit::append(
                    tx,
                    Some(by),
                    "field.created",
                    &field.uuid.to_string(),
                    &json!({ "name": field.name, "kind": kind.as_str() }),
                )?;
                Ok(field)
            })
            .await
    }

    /// Changes name, choices or place of a field.
    pub async fn edit_field(&self, by: &AgentSession, uuid: Uuid, edit: FieldEdit) -> Result<Field> {
        let by = by.agent.id;
        let name = edit.name.as_deref().map(name).transpose()?;
        self.store
            .write(move |tx| {
                let mut field = fields::find(tx, uuid)?;
                if edit.kind.is_some_and(|kind| kind != field.kind) || edit.subject.is_some_and(|subject| subject != field.subject) {
                    return Err(Error::conflict("The kind of a field stays what it is. Please make a new field.").in_field("kind"));
                }
                if let Some(name) = name {
                    check_name(&fields::of(tx, field.subject)?, Some(uuid), &name)?;
                    field.name = name;
                }
                if let Some(given) = edit.choices {
                    field.choices = choices(field.kind, given)?;
                }
                field.position = edit.position.unwrap_or(field.position);
                fields::update(tx, &field)?;
                audit::append(tx, Some(by), "field.edited", &uuid.to_string(), &json!({ "name": field.name }))?;
                Ok(field)
            })
            .await
    }

    /// Deletes a field with everything that stands in it.
    pub async fn delete_field(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.agent.id;
        for _ in 0..limits::SWEEPS_MAX {
            let is_gone = self
                .store
                .write(move |tx| {
                    let field = fields::find(tx, uuid)?;
                    if fields::empty_some(tx, &field)? > 0 {
                        return Ok(false);
                    }
                    fields::delete(tx, uuid)?;
                    audit::append(tx, Some(by), "field.deleted", &uuid.to_string(), &json!({ "name": field.name }))?;
                    Ok(true)
                })
                .await?;
            if is_gone {
                return Ok(());
            }
        }
        Err(Error::busy())
    }

    /// Fills in fields of a contact; null empties one.
    pub async fn fill_contact(&self, by: &AgentSession, uuid: Uuid, given: Map<String, Value>) -> Result<Contact> {
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let contact = super::contacts::in_sight(tx, by, uuid)?;
                let filled = filled(tx, Subject::Contact, contact.fields, &given)?;
                fields::put_contact(tx, contact.id, &filled)?;
                contacts::announce(tx, contact.id)?;
                let keys: Vec<&String> = given.keys().collect();
                audit::append(tx, Some(by), "contact.fields", &uuid.to_string(), &json!({ "fields": keys }))?;
                contacts::contact(tx, contact.id)
            })
            .await
    }

    /// Fills in fields of a conversation; answers all of them.
    pub async fn fill_conversation(&self, by: &AgentSession, uuid: Uuid, given: Map<String, Value>) -> Result<Map<String, Value>> {
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, by, uuid)?.conversation;
                let filled = filled(tx, Subject::Conversation, fields::of_conversation(tx, conversation.id)?, &given)?;
                fields::put_conversation(tx, conversation.id, &filled)?;
                conversations::announce(tx, conversation.id, false)?;
                Ok(filled)
            })
            .await
    }
}

/// What stands in the fields afterwards: only what is defined, each value as its kind wants it.
fn filled(tx: &ReadTx, subject: Subject, before: Map<String, Value>, given: &Map<String, Value>) -> Result<Map<String, Value>> {
    let known = fields::of(tx, subject)?;
    let mut after = before;
    for (key, value) in given {
        let field = known.iter().find(|field| &field.key == key).ok_or_else(|| Error::invalid("There is no such field.").in_field(key))?;
        match field.check(value)? {
            Some(value) => after.insert(key.clone(), value),
            None => after.remove(key),
        };
    }
    Ok(after)
}

fn name(typed: &str) -> Result<String> {
    let name = text::clean_line(typed, NAME_CHARS_MAX);
    if name.is_empty() { Err(Error::invalid("Please give the field a name.").in_field("name")) } else { Ok(name) }
}

fn check_name(others: &[Field], own: Option<Uuid>, name: &str) -> Result<()> {
    let is_taken = others.iter().any(|other| Some(other.uuid) != own && other.name.to_lowercase() == name.to_lowercase());
    if is_taken { Err(Error::conflict("There is a field with this name already.").in_field("name")) } else { Ok(()) }
}

fn choices(kind: FieldKind, given: Vec<String>) -> Result<Vec<String>> {
    if kind != FieldKind::List {
        return Ok(Vec::new());
    }
    let mut choices: Vec<String> = Vec::new();
    for choice in given.iter().map(|choice| text::clean_line(choice, 100)).filter(|choice| !choice.is_empty()) {
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    match choices.len() {
        0 => Err(Error::invalid("A list needs at least one choice, one a line.").in_field("choices")),
        count if count > limits::FIELD_CHOICES_MAX => {
            Err(Error::invalid(format!("A list has at most {} choices.", limits::FIELD_CHOICES_MAX)).in_field("choices"))
        }
        _ => Ok(choices),
    }
}

/// Under what the values are stored: plain letters, so that rules and other programs can name it.
fn key(others: &[Field], name: &str) -> String {
    let mut base: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
    base = base.trim_matches('_').to_owned();
    if base.is_empty() {
        base = "field".into();
    }
    let is_free = |key: &str| others.iter().all(|other| other.key != key);
    (1..=others.len() + 1).map(|n| if n == 1 { base.clone() } else { format!("{base}_{n}") }).find(|key| is_free(key)).unwrap_or(base)
}
