//! What the placeholders of a prepared text stand for, in one conversation.

use crate::base::error::Result;
use crate::model::agent::{Agent, full_name};
use crate::model::contact::Contact;
use crate::model::conversation::Conversation;
use crate::model::template;
use crate::store::{ReadTx, contacts, inboxes, organise};
use serde_json::{Map, Value};

/// Everything a text may speak of.
pub(super) struct Filling<'a> {
    agent: Option<&'a Agent>,
    conversation: &'a Conversation,
    contact: Contact,
    brand: String,
    /// Fields of the contact and of the conversation, as agents keep them.
    fields: [Map<String, Value>; 2],
}

impl<'a> Filling<'a> {
    /// For `conversation`, as `agent` would write; without an agent, whoever has it is meant.
    pub(super) fn of(tx: &ReadTx, agent: Option<&'a Agent>, conversation: &'a Conversation) -> Result<Filling<'a>> {
        Ok(Filling {
            agent,
            conversation,
            contact: contacts::contact(tx, conversation.contact.id)?,
            brand: inboxes::inbox_of(tx, conversation.inbox.id)?.config.brand_name,
            fields: organise::fields(tx, conversation.id)?,
        })
    }

    /// The text with every placeholder filled.
    pub(super) fn fill(&self, source: &str) -> String {
        template::fill(source, |name| self.value(name))
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(key) = name.strip_prefix("field.") {
            return self.field(key);
        }
        let contact = &self.contact;
        let agent = || match (self.agent, &self.conversation.assignee) {
            (Some(agent), _) => Some((agent.first_name.clone(), agent.last_name.clone())),
            (None, Some(agent)) => Some((agent.first_name.clone(), agent.last_name.clone())),
            (None, None) => None,
        };
        match name {
            "contact.first_name" => Some(contact.first_name.clone()),
            "contact.last_name" => Some(contact.last_name.clone()),
            // A visitor without a name is nobody one could address.
            "contact.name" => Some(full_name(&contact.first_name, &contact.last_name)),
            "contact.email" => contact.email.clone(),
            "agent.first_name" => agent().map(|(first, _)| first),
            "agent.last_name" => agent().map(|(_, last)| last),
            "agent.name" => agent().map(|(first, last)| full_name(&first, &last)),
            "inbox.name" => Some(self.conversation.inbox.name.clone()),
            "inbox.brand" => Some(self.brand.clone()),
            "team.name" => self.conversation.team.as_ref().map(|team| team.name.clone()),
            "conversation.number" => Some(self.conversation.id.to_string()),
            _ => None,
        }
    }

    /// What agents keep counts before what the site vouches for, and that before what the page merely says.
    fn field(&self, key: &str) -> Option<String> {
        let places = self.fields.iter().chain([&self.contact.attributes, &self.contact.variables]);
        places.filter_map(|place| place.get(key)).map(plain).find(|text| !text.is_empty())
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Object(_) => String::new(),
    }
}
