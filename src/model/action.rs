//! What may be done to a conversation by a prepared list: a macro's, a rule's, a whole selection's. One model and one JSON form for all:
//! `{"do":"tag","value":"<uuid>"}`. Reading refuses what it does not understand and names it; doing is the desk's (`desk/actions.rs`).

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::conversation::{ConversationKind, Priority, Status};
use crate::model::template;
use serde_json::{Value, json};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Give it to an agent.
    AssignAgent(Who),
    /// Give it to a team.
    AssignTeam(Uuid),
    /// Take it from whoever has it.
    Unassign,
    /// Set one of the three plain statuses.
    Status(Status),
    /// Set a status of the house's own.
    CustomStatus(Uuid),
    /// Let it rest.
    Snooze(Until),
    /// Say how soon somebody should answer; `None` takes it back.
    Priority(Option<Priority>),
    /// Add a tag.
    Tag(Uuid),
    /// Take a tag away.
    Untag(Uuid),
    /// Answer, in Markdown with placeholders.
    Reply(String),
    /// Note something, in Markdown with placeholders.
    Note(String),
    /// Let somebody listen silently.
    Follow(Who),
    /// Tell people inside.
    Notify { to: Audience, text: String },
    /// Resolve without asking how it was.
    Close,
    /// Promise something else; `None` promises nothing.
    Sla(Option<Uuid>),
    /// Tell another system. Prepared: refused when saved.
    Webhook(String),
    /// Call it something else: a chat becomes a question to be answered in peace.
    Kind(ConversationKind),
    /// Put it where spam waits.
    Spam,
}

/// An agent, or whoever does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// `"me"`: the agent who acts. A rule has no such person.
    Me,
    /// This one.
    Agent(Uuid),
}

/// When a snoozed conversation comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// So many seconds from now: `3600`.
    After(i64),
    /// Then: `{"until":ms}`.
    At(Millis),
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// `"assignee"`: whoever has it.
    Assignee,
    /// `"all"`: everybody inside.
    All,
    /// `{"agent":uuid}`.
    Agent(Uuid),
    /// `{"team":uuid}`: its members.
    Team(Uuid),
}

impl Action {
    /// The word after `do`.
    pub fn word(&self) -> &'static str {
        match self {
            Action::AssignAgent(_) => "assign_agent",
            Action::AssignTeam(_) => "assign_team",
            Action::Unassign => "unassign",
            Action::Status(_) => "status",
            Action::CustomStatus(_) => "custom_status",
            Action::Snooze(_) => "snooze",
            Action::Priority(_) => "priority",
            Action::Tag(_) => "tag",
            Action::Untag(_) => "untag",
            Action::Reply(_) => "reply",
            Action::Note(_) => "note",
            Action::Follow(_) => "follow",
            Action::Notify { .. } => "notify",
            Action::Close => "close",
            Action::Sla(_) => "sla",
            Action::Webhook(_) => "webhook",
            Action::Kind(_) => "kind",
            Action::Spam => "spam",
        }
    }

    /// Its JSON form.
    pub fn to_json(&self) -> Value {
        let value = match self {
            Action::AssignAgent(who) | Action::Follow(who) => match who {
                Who::Me => json!("me"),
                Who::Agent(uuid) => json!(uuid),
            },
            Action::AssignTeam(uuid) | Action::CustomStatus(uuid) | Action::Tag(uuid) | Action::Untag(uuid) => json!(uuid),
            Action::Status(status) => json!(status.as_str()),
            Action::Snooze(Until::After(seconds)) => json!(seconds),
            Action::Snooze(Until::At(until)) => json!({ "until": until }),
            Action::Priority(priority) => json!(priority.map(Priority::as_str)),
            Action::Reply(words) | Action::Note(words) | Action::Webhook(words) => json!(words),
            Action::Notify { to, text } => {
                let to = match to {
                    Audience::Assignee => json!("assignee"),
                    Audience::All => json!("all"),
                    Audience::Agent(uuid) => json!({ "agent": uuid }),
                    Audience::Team(uuid) => json!({ "team": uuid }),
                };
                json!({ "to": to, "text": text })
            }
            Action::Sla(sla) => json!(sla),
            Action::Kind(kind) => json!(kind.as_str()),
            Action::Unassign | Action::Close | Action::Spam => Value::Null,
        };
        json!({ "do": self.word(), "value": value })
    }

    /// Reads one action; the error says what is wrong with it.
    pub fn parse(action: &Value) -> Result<Action> {
        let word = action.get("do").and_then(Value::as_str).ok_or_else(|| Error::invalid("An action says what to \"do\"."))?;
        let value = action.get("value").unwrap_or(&Value::Null);
        Ok(match word {
            "assign_agent" => Action::AssignAgent(who(value)?),
            "assign_team" => Action::AssignTeam(uuid(value, "a team")?),
            "unassign" => Action::Unassign,
            "status" => {
                let status = value.as_str().and_then(Status::parse);
                Action::Status(status.ok_or_else(|| Error::invalid("Please choose a status: open, waiting or resolved."))?)
            }
            "custom_status" => Action::CustomStatus(uuid(value, "a status")?),
            "snooze" => Action::Snooze(until(value)?),
            "priority" if value.is_null() => Action::Priority(None),
            "priority" => {
                let priority = value.as_str().and_then(Priority::parse);
                Action::Priority(Some(priority.ok_or_else(|| Error::invalid("Please choose a priority: low, medium, high or none."))?))
            }
            "tag" => Action::Tag(uuid(value, "a tag")?),
            "untag" => Action::Untag(uuid(value, "a tag")?),
            "reply" => Action::Reply(words(value)?),
            "note" => Action::Note(words(value)?),
            "follow" => Action::Follow(who(value)?),
            "notify" => notify(value)?,
            "close" => Action::Close,
            "sla" if value.is_null() => Action::Sla(None),
            "sla" => Action::Sla(Some(uuid(value, "a promise")?)),
            "webhook" => Action::Webhook(value.as_str().unwrap_or_default().to_owned()),
            "kind" => {
                let kind = value.as_str().and_then(ConversationKind::parse);
                Action::Kind(kind.ok_or_else(|| Error::invalid("Please choose a kind: chat, bug, feature, review or question."))?)
            }
            "spam" => Action::Spam,
            other => return Err(Error::invalid(format!("Nobody here can do “{}”.", text::preview(other, 40)))),
        })
    }

    /// Reads a list. The error counts as people do, and its field as machines do: `actions.1`.
    pub fn parse_all(list: &Value) -> Result<Vec<Action>> {
        let Some(list) = list.as_array() else { return Err(Error::invalid("Actions are a list.").in_field("actions")) };
        if list.len() > limits::ACTIONS_MAX {
            return Err(Error::invalid(format!("A list has at most {} actions.", limits::ACTIONS_MAX)).in_field("actions"));
        }
        list.iter().enumerate().map(|(index, action)| Action::parse(action).map_err(|error| numbered(error, index, action))).collect()
    }

    /// Refuses what cannot be kept for later: what nobody can do yet.
    pub fn check_kept(actions: &[Action]) -> Result<()> {
        for (index, action) in actions.iter().enumerate() {
            if let Action::Webhook(_) = action {
                let error = Error::invalid("Telling other systems is not possible yet. Please leave this action out for now.");
                return Err(numbered(error, index, &action.to_json()));
            }
        }
        Ok(())
    }

    /// The list as the database keeps it.
    pub fn kept(actions: &[Action]) -> String {
        Value::Array(actions.iter().map(Action::to_json).collect()).to_string()
    }

    /// The list as it was kept. What an older or newer house wrote and nobody understands is left out rather than in the way.
    pub fn from_kept(text: &str) -> Vec<Action> {
        let list = serde_json::from_str::<Vec<Value>>(text).unwrap_or_default();
        list.iter().filter_map(|action| Action::parse(action).ok()).collect()
    }
}

/// The same error, saying which action of a list is meant.
pub fn numbered(error: Error, index: usize, action: &Value) -> Error {
    let word = action.get("do").and_then(Value::as_str).map(|word| text::preview(word, 40)).filter(|word| !word.is_empty());
    let place = word.map_or_else(|| format!("Action {}", index + 1), |word| format!("Action {} ({})", index + 1, word.replace('_', " ")));
    error.reworded(|sentence| format!("{place}: {sentence}")).in_field(format!("actions.{index}"))
}

fn uuid(value: &Value, what: &str) -> Result<Uuid> {
    value.as_str().and_then(Uuid::parse).ok_or_else(|| Error::invalid(format!("Please choose {what}.")))
}

fn who(value: &Value) -> Result<Who> {
    match value.as_str() {
        Some("me") => Ok(Who::Me),
        _ => uuid(value, "an agent").map(Who::Agent),
    }
}

fn until(value: &Value) -> Result<Until> {
    let unclear = || Error::invalid("Please say for how long: at least a minute, at most a year.");
    if let Some(until) = value.get("until") {
        return until.as_i64().map(Until::At).ok_or_else(unclear);
    }
    value.as_i64().filter(|seconds| (60..=limits::SNOOZE_S_MAX).contains(seconds)).map(Until::After).ok_or_else(unclear)
}

fn words(value: &Value) -> Result<String> {
    let words = text::check_message(value.as_str().unwrap_or_default())
        .map_err(|error| error.reworded(|sentence| sentence.replace("The message", "The text")))?;
    template::check(&words)?;
    Ok(words)
}

fn notify(value: &Value) -> Result<Action> {
    let to = value.get("to").unwrap_or(&Value::Null);
    let to = match to.as_str() {
        Some("assignee") => Audience::Assignee,
        Some("all") => Audience::All,
        _ if to.get("agent").is_some() => Audience::Agent(uuid(&to["agent"], "an agent")?),
        _ if to.get("team").is_some() => Audience::Team(uuid(&to["team"], "a team")?),
        _ => return Err(Error::invalid("Please say whom to tell: the assignee, an agent, a team or all.")),
    };
    let text = text::clean_line(value.get("text").and_then(Value::as_str).unwrap_or_default(), limits::NOTICE_CHARS_MAX);
    Ok(Action::Notify { to, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let (one, two) = (Uuid::new(), Uuid::new());
        let all = vec![
            Action::AssignAgent(Who::Me),
            Action::AssignAgent(Who::Agent(one)),
            Action::AssignTeam(two),
            Action::Unassign,
            Action::Status(Status::Waiting),
            Action::CustomStatus(one),
            Action::Snooze(Until::After(3600)),
            Action::Snooze(Until::At(1_900_000_000_000)),
            Action::Priority(Some(Priority::High)),
            Action::Priority(None),
            Action::Tag(one),
            Action::Untag(two),
            Action::Reply("Hello {{contact.first_name|there}}".into()),
            Action::Note("**look**".into()),
            Action::Follow(Who::Me),
            Action::Notify { to: Audience::Team(one), text: "urgent".into() },
            Action::Notify { to: Audience::Assignee, text: String::new() },
        ];
        assert_eq!(Action::from_kept(&Action::kept(&all)), all);
        let more = vec![Action::Close, Action::Sla(None), Action::Sla(Some(one)), Action::Spam];
        assert_eq!(Action::parse_all(&serde_json::from_str(&Action::kept(&more)).unwrap()).unwrap(), more);
    }

    #[test]
    fn the_bad_one_is_named() {
        let error = Action::parse_all(&json!([{ "do": "unassign" }, { "do": "tag", "value": "red" }])).unwrap_err();
        assert_eq!(error.message, "Action 2 (tag): Please choose a tag.");
        assert_eq!(error.field.as_deref(), Some("actions.1"));
        for bad in [
            json!([{ "do": "explode" }]),
            json!([{ "value": 1 }]),
            json!([3]),
            json!({}),
            json!([{ "do": "snooze", "value": 5 }]),
            json!([{ "do": "snooze", "value": { "until": "soon" } }]),
            json!([{ "do": "priority", "value": "urgent" }]),
            json!([{ "do": "reply", "value": " " }]),
            json!([{ "do": "reply", "value": "Hi {{contact.shoe_size}}" }]),
            json!([{ "do": "notify", "value": { "to": "moon" } }]),
        ] {
            assert!(Action::parse_all(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lists_end() {
        let list = |count: usize| Value::Array(vec![json!({ "do": "unassign" }); count]);
        assert!(Action::parse_all(&list(limits::ACTIONS_MAX)).is_ok());
        assert!(Action::parse_all(&list(limits::ACTIONS_MAX + 1)).is_err());
    }

    #[test]
    fn other_systems_are_told_later() {
        let error = Action::check_kept(&[Action::Close, Action::Webhook("https://a.example".into())]).unwrap_err();
        assert!(error.message.starts_with("Action 2 (webhook): Telling other systems is not possible yet"), "{error}");
        assert_eq!(error.field.as_deref(), Some("actions.1"));
    }
}
