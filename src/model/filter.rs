//! What somebody wants to find or a rule waits for: conditions joined by all or any, two levels deep. One model for views, rules and search.
//!
//! Read strictly (a condition that means nothing is refused with its place), written back exactly as understood. How it is answered for a
//! conversation is in `facts`.

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use serde_json::{Value, json};

/// How the items of a group are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Every item holds.
    All,
    /// At least one does.
    Any,
}

/// Conditions and, on the first level, groups of conditions. Without items it holds always.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub joined: Match,
    pub items: Vec<Item>,
}

/// One part of a group.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// One question about the conversation.
    Condition(Condition),
    /// Several of them; holds conditions only.
    Group(Group),
}

/// One question about a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub field: Field,
    pub op: Op,
    pub operand: Operand,
}

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// The list it stands in: a status, `snoozed` or `spam`.
    Status,
    CustomStatus,
    Priority,
    Tag,
    Assignee,
    Team,
    Inbox,
    Kind,
    ContactName,
    ContactEmail,
    Verified,
    /// The message that caused a rule, else the newest one.
    Message,
    /// Who wrote it.
    From,
    Page,
    Language,
    Rating,
    CreatedAt,
    /// Seconds the contact waits for an answer.
    WaitingS,
    /// Seconds since the last message of anybody.
    IdleS,
    OutsideHours,
    /// What a change was about, for rules on changes.
    Changed,
    /// A custom field, an answer of the form before the chat or an attribute, by its key.
    Own(String),
    /// What the page says of the visit; anybody can make that up.
    Variable(String),
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Is,
    IsNot,
    In,
    Contains,
    ContainsNot,
    StartsWith,
    MoreThan,
    LessThan,
    IsSet,
    IsNotSet,
    Before,
    After,
}

/// What it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Nothing: whether something is set.
    Nothing,
    /// One of these; never empty.
    Words(Vec<String>),
    Number(f64),
    Truth(bool),
    Time(Millis),
}

/// What kind of thing a field holds, which says what may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Choice(&'static [&'static str]),
    /// A public id, or one of these words.
    Reference(&'static [&'static str]),
    Text,
    Number,
    Truth,
    Time,
    /// Whatever somebody defined.
    Open,
}

/// The lists a conversation can stand in.
const LISTINGS: &[&str] = &["open", "waiting", "resolved", "snoozed", "spam"];
/// What a change can be about.
pub const CHANGES: &[&str] = &["status", "assignee", "team", "priority", "tags", "contact", "rating", "kind"];

const PLAIN_FIELDS: &[(&str, Field)] = &[
    ("status", Field::Status),
    ("custom_status", Field::CustomStatus),
    ("priority", Field::Priority),
    ("tag", Field::Tag),
    ("assignee", Field::Assignee),
    ("team", Field::Team),
    ("inbox", Field::Inbox),
    ("kind", Field::Kind),
    ("contact_name", Field::ContactName),
    ("contact_email", Field::ContactEmail),
    ("verified", Field::Verified),
    ("message", Field::Message),
    ("from", Field::From),
    ("page", Field::Page),
    ("language", Field::Language),
    ("rating", Field::Rating),
    ("created_at", Field::CreatedAt),
    ("waiting_s", Field::WaitingS),
    ("idle_s", Field::IdleS),
    ("outside_hours", Field::OutsideHours),
    ("changed", Field::Changed),
];

const OPS: &[(&str, Op)] = &[
    ("is", Op::Is),
    ("is_not", Op::IsNot),
    ("in", Op::In),
    ("contains", Op::Contains),
    ("contains_not", Op::ContainsNot),
    ("starts_with", Op::StartsWith),
    ("more_than", Op::MoreThan),
    ("less_than", Op::LessThan),
    ("is_set", Op::IsSet),
    ("is_not_set", Op::IsNotSet),
    ("before", Op::Before),
    ("after", Op::After),
];

impl Field {
    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Field> {
        let key = |key: &str| (!key.is_empty() && key.chars().count() <= limits::VARIABLE_NAME_CHARS_MAX).then(|| key.to_owned());
        if let Some(name) = word.strip_prefix("field.") {
            return key(name).map(Field::Own);
        }
        if let Some(name) = word.strip_prefix("variable.") {
            return key(name).map(Field::Variable);
        }
        PLAIN_FIELDS.iter().find(|(known, _)| *known == word).map(|(_, field)| field.clone())
    }

    /// The word of the wire.
    pub fn word(&self) -> String {
        match self {
            Field::Own(key) => format!("field.{key}"),
            Field::Variable(key) => format!("variable.{key}"),
            plain => PLAIN_FIELDS.iter().find(|(_, field)| field == plain).map_or("", |(word, _)| word).to_owned(),
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Field::Status => Shape::Choice(LISTINGS),
            Field::Priority => Shape::Choice(&["low", "medium", "high"]),
            Field::Kind => Shape::Choice(&["chat", "bug", "feature", "review", "question"]),
            Field::From => Shape::Choice(&["contact", "agent"]),
            Field::Changed => Shape::Choice(CHANGES),
            Field::CustomStatus | Field::Tag | Field::Inbox => Shape::Reference(&[]),
            Field::Assignee => Shape::Reference(&["me"]),
            Field::Team => Shape::Reference(&["mine"]),
            Field::ContactName | Field::ContactEmail | Field::Message | Field::Page | Field::Language => Shape::Text,
            Field::Rating | Field::WaitingS | Field::IdleS => Shape::Number,
            Field::Verified | Field::OutsideHours => Shape::Truth,
            Field::CreatedAt => Shape::Time,
            Field::Own(_) | Field::Variable(_) => Shape::Open,
        }
    }
}

impl Op {
    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Op> {
        OPS.iter().find(|(known, _)| *known == word).map(|(_, op)| *op)
    }

    /// The word of the wire.
    pub fn word(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(word, _)| word)
    }

    fn fits(self, shape: Shape) -> bool {
        use Op::*;
        match shape {
            Shape::Choice(_) | Shape::Reference(_) => matches!(self, Is | IsNot | In | IsSet | IsNotSet),
            Shape::Text => matches!(self, Is | IsNot | In | Contains | ContainsNot | StartsWith | IsSet | IsNotSet),
            Shape::Number => matches!(self, Is | IsNot | MoreThan | LessThan | IsSet | IsNotSet),
            Shape::Truth => matches!(self, Is | IsNot),
            Shape::Time => matches!(self, Before | After | MoreThan | LessThan),
            Shape::Open => true,
        }
    }
}

impl Group {
    /// A group that holds always.
    pub fn everything() -> Group {
        Group { joined: Match::All, items: Vec::new() }
    }

    /// Reads what came over a wire or from the disk; an error names the place: `conditions.items.2.value`.
    pub fn parse(value: &Value, place: &str) -> Result<Group> {
        let group = Group::read(value, place, true)?;
        let count = group.conditions().count();
        if count > limits::FILTER_CONDITIONS_MAX {
            let words = format!("{count} conditions are too many; {} are possible.", limits::FILTER_CONDITIONS_MAX);
            return Err(Error::invalid_field(place, words));
        }
        Ok(group)
    }

    fn read(value: &Value, place: &str, is_first: bool) -> Result<Group> {
        let joined = match value["match"].as_str() {
            Some("all") => Match::All,
            Some("any") => Match::Any,
            _ => return Err(Error::invalid_field(format!("{place}.match"), "Conditions are joined by all or by any.")),
        };
        let Some(items) = value["items"].as_array().filter(|items| items.len() <= limits::FILTER_CONDITIONS_MAX) else {
            let words = format!("There should be a list of at most {} conditions.", limits::FILTER_CONDITIONS_MAX);
            return Err(Error::invalid_field(format!("{place}.items"), words));
        };
        let items = items.iter().enumerate().map(|(index, item)| {
            let place = format!("{place}.items.{index}");
            match (item.get("match").is_some(), is_first) {
                (false, _) => Ok(Item::Condition(Condition::parse(item, &place)?)),
                (true, true) => Ok(Item::Group(Group::read(item, &place, false)?)),
                (true, false) => Err(Error::invalid_field(place, "A group inside a group cannot hold another one.")),
            }
        });
        Ok(Group { joined, items: items.collect::<Result<Vec<Item>>>()? })
    }

    /// As it goes over the wire and to the disk.
    pub fn to_json(&self) -> Value {
        let items: Vec<Value> = self
            .items
            .iter()
            .map(|item| match item {
                Item::Condition(condition) => condition.to_json(),
                Item::Group(group) => group.to_json(),
            })
            .collect();
        let joined = match self.joined {
            Match::All => "all",
            Match::Any => "any",
        };
        json!({ "match": joined, "items": items })
    }

    /// All conditions, of both levels.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.items.iter().flat_map(|item| match item {
            Item::Condition(condition) => vec![condition],
            Item::Group(group) => group.items.iter().filter_map(Item::condition).collect(),
        })
    }

    /// Whether a condition asks about `field`.
    pub fn asks(&self, field: &Field) -> bool {
        self.conditions().any(|condition| condition.field == *field)
    }

    /// The same for somebody who looks: "me" becomes him, "mine" his teams.
    pub fn seen_by(&self, me: Uuid, teams: &[Uuid]) -> Group {
        let stand_in = |condition: &Condition| {
            let mut condition = condition.clone();
            if let (Field::Assignee | Field::Team, Operand::Words(words)) = (&condition.field, &mut condition.operand) {
                let mut known = Vec::new();
                for word in words.drain(..) {
                    match word.as_str() {
                        "me" => known.push(me.to_string()),
                        "mine" => known.extend(teams.iter().map(Uuid::to_string)),
                        _ => known.push(word),
                    }
                }
                *words = known;
            }
            condition
        };
        let items = self.items.iter().map(|item| match item {
            Item::Condition(condition) => Item::Condition(stand_in(condition)),
            Item::Group(group) => Item::Group(group.seen_by(me, teams)),
        });
        Group { joined: self.joined, items: items.collect() }
    }

    /// Refuses what only a person who looks can mean.
    pub fn check_for_rules(&self, place: &str) -> Result<()> {
        let personal = self.conditions().any(|condition| match &condition.operand {
            Operand::Words(words) => words
                .iter()
                .any(|word| (condition.field == Field::Assignee && word == "me") || (condition.field == Field::Team && word == "mine")),
            _ => false,
        });
        match personal {
            true => Err(Error::invalid_field(place, "A rule runs for everybody: \"me\" and \"my teams\" mean nobody there.")),
            false => Ok(()),
        }
    }

    /// Words that every match must have in `field`, when the first level says so for all: what a list can narrow its search by.
    pub fn pinned(&self, field: &Field) -> Option<&[String]> {
        if self.joined != Match::All {
            return None;
        }
        self.items.iter().filter_map(Item::condition).find_map(|condition| match (&condition.operand, condition.op) {
            (Operand::Words(words), Op::Is | Op::In) if condition.field == *field => Some(words.as_slice()),
            _ => None,
        })
    }

    /// Whether the first level says for all that nothing stands in `field`.
    pub fn is_pinned_unset(&self, field: &Field) -> bool {
        self.joined == Match::All
            && self.items.iter().filter_map(Item::condition).any(|condition| condition.field == *field && condition.op == Op::IsNotSet)
    }

    /// Whether a condition names `word` in `field`.
    pub fn names(&self, field: &Field, word: &str) -> bool {
        self.conditions().any(|condition| {
            condition.field == *field && matches!(&condition.operand, Operand::Words(words) if words.iter().any(|one| one == word))
        })
    }
}

impl Item {
    fn condition(&self) -> Option<&Condition> {
        match self {
            Item::Condition(condition) => Some(condition),
            Item::Group(_) => None,
        }
    }
}

impl Condition {
    fn parse(value: &Value, place: &str) -> Result<Condition> {
        let word = value["field"].as_str().unwrap_or_default();
        let field = Field::parse(word).ok_or_else(|| {
            let shown = text::clean_line(word, 40);
            Error::invalid_field(format!("{place}.field"), format!("\"{shown}\" is nothing that conditions can ask about."))
        })?;
        let op = value["op"].as_str().and_then(Op::parse).filter(|op| op.fits(field.shape()));
        let op = op.ok_or_else(|| Error::invalid_field(format!("{place}.op"), format!("This cannot be asked about {}.", field.word())))?;
        let operand = operand(&field, op, &value["value"]).map_err(|error| error.in_field(format!("{place}.value")))?;
        Ok(Condition { field, op, operand })
    }

    /// As it goes over the wire and to the disk.
    pub fn to_json(&self) -> Value {
        let value = match &self.operand {
            Operand::Nothing => Value::Null,
            Operand::Words(words) if words.len() == 1 && self.op != Op::In => json!(words[0]),
            Operand::Words(words) => json!(words),
            Operand::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => json!(*number as i64),
            Operand::Number(number) => json!(number),
            Operand::Truth(truth) => json!(truth),
            Operand::Time(time) => json!(time),
        };
        json!({ "field": self.field.word(), "op": self.op.word(), "value": value })
    }
}

fn operand(field: &Field, op: Op, value: &Value) -> Result<Operand> {
    let shape = match (op, field.shape()) {
        (Op::IsSet | Op::IsNotSet, _) => return Ok(Operand::Nothing),
        (Op::MoreThan | Op::LessThan, _) => Shape::Number,
        (Op::Before | Op::After, _) => Shape::Time,
        (Op::Contains | Op::ContainsNot | Op::StartsWith, _) => Shape::Text,
        (Op::Is | Op::IsNot | Op::In, shape) => shape,
    };
    match (shape, value) {
        (Shape::Open, Value::Bool(truth)) => Ok(Operand::Truth(*truth)),
        (Shape::Open, Value::Number(_)) | (Shape::Number, _) => number(value).map(Operand::Number),
        (Shape::Truth, _) => value.as_bool().map(Operand::Truth).ok_or_else(|| Error::invalid("Say yes or no here.")),
        (Shape::Time, _) => {
            let time = value.as_i64().filter(|time| (0..=limits::TIME_MS_MAX).contains(time));
            time.map(Operand::Time).ok_or_else(|| Error::invalid("Please choose a day."))
        }
        (Shape::Choice(known), _) => {
            let words = words(value)?;
            match words.iter().find(|word| !known.contains(&word.as_str())) {
                Some(_) => Err(Error::invalid(format!("Choose among {}.", known.join(", ")))),
                None => Ok(Operand::Words(words)),
            }
        }
        (Shape::Reference(known), _) => {
            let words = words(value)?;
            match words.iter().all(|word| known.contains(&word.as_str()) || Uuid::parse(word).is_some()) {
                true => Ok(Operand::Words(words.into_iter().map(|word| word.to_lowercase()).collect())),
                false => Err(Error::invalid(format!("Please choose which {} is meant.", field.word().replace('_', " ")))),
            }
        }
        (Shape::Text | Shape::Open, _) => words(value).map(Operand::Words),
    }
}

fn number(value: &Value) -> Result<f64> {
    let number = value.as_f64().filter(|number| number.is_finite() && number.abs() <= limits::TIME_MS_MAX as f64);
    number.ok_or_else(|| Error::invalid("Please give a number."))
}

/// A text or a list of texts, cleaned.
fn words(value: &Value) -> Result<Vec<String>> {
    let given: Vec<&str> = match value {
        Value::String(word) => vec![word],
        Value::Array(words) if words.len() <= limits::FILTER_WORDS_MAX => words.iter().filter_map(Value::as_str).collect(),
        Value::Array(_) => return Err(Error::invalid(format!("At most {} words here.", limits::FILTER_WORDS_MAX))),
        _ => Vec::new(),
    };
    let mut words: Vec<String> = given.into_iter().map(|word| text::clean_line(word, limits::FILTER_WORD_CHARS_MAX)).collect();
    words.retain(|word| !word.is_empty());
    match words.is_empty() {
        true => Err(Error::invalid("Something is missing here.")),
        false => Ok(words),
    }
}
