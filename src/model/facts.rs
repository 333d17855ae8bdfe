//! What is true of one conversation at one moment, and whether a filter holds for it.

use crate::base::clock::Millis;
use crate::base::id::Uuid;
use crate::base::text;
use crate::model::filter::{Condition, Field, Group, Item, Match, Op, Operand};
use serde_json::{Map, Value};

/// What is true of a conversation. Whoever asks few things leaves the rest at its default.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub now: Millis,
    /// The list it stands in: a status, `snoozed` or `spam`.
    pub listing: String,
    pub custom_status: Option<Uuid>,
    pub priority: Option<&'static str>,
    pub tags: Vec<Uuid>,
    pub assignee: Option<Uuid>,
    pub team: Option<Uuid>,
    pub inbox: Uuid,
    pub kind: &'static str,
    pub contact_name: String,
    pub contact_email: Option<String>,
    pub verified: bool,
    pub message: String,
    /// `contact` or `agent`.
    pub from: &'static str,
    pub page: String,
    pub language: String,
    pub rating: Option<u8>,
    pub created_at: Millis,
    pub waiting_since: Option<Millis>,
    pub last_message_at: Millis,
    pub outside_hours: bool,
    /// What the change was about.
    pub changed: Vec<&'static str>,
    /// Custom fields, answers and attributes by their key; whoever is surest of a value comes last.
    pub own: Map<String, Value>,
    /// Session variables.
    pub variables: Map<String, Value>,
}

/// Why a group holds or does not, in the shape of the group.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    pub holds: bool,
    pub items: Vec<Why>,
}

/// Why an item holds or does not.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// A condition, with what was found.
    Condition { holds: bool, found: String },
    /// A group.
    Group(Explained),
}

/// What a condition finds.
enum Found<'a> {
    Nothing,
    Words(Vec<&'a str>),
    Many(Vec<String>),
    Number(f64),
    Truth(bool),
    Time(Millis),
}

impl Group {
    /// Whether this is true of a conversation.
    pub fn holds(&self, facts: &Facts) -> bool {
        let item_holds = |item: &Item| match item {
            Item::Condition(condition) => condition.holds(facts),
            // A group somebody left empty asks nothing.
            Item::Group(group) => group.holds(facts),
        };
        match self.joined {
            Match::All => self.items.iter().all(item_holds),
            Match::Any => self.items.is_empty() || self.items.iter().any(item_holds),
        }
    }

    /// The same with what each condition found.
    pub fn explain(&self, facts: &Facts) -> Explained {
        let items = self.items.iter().map(|item| match item {
            Item::Condition(condition) => Why::Condition { holds: condition.holds(facts), found: shown(find(&condition.field, facts)) },
            Item::Group(group) => Why::Group(group.explain(facts)),
        });
        Explained { holds: self.holds(facts), items: items.collect() }
    }
}

impl Condition {
    fn holds(&self, facts: &Facts) -> bool {
        let found = find(&self.field, facts);
        let is_set = match &found {
            Found::Nothing => false,
            Found::Words(words) => words.iter().any(|word| !word.is_empty()),
            Found::Many(_) | Found::Number(_) | Found::Truth(_) | Found::Time(_) => true,
        };
        match self.op {
            Op::IsSet => is_set,
            Op::IsNotSet => !is_set,
            Op::Is | Op::In => self.equals(&found, facts.now),
            Op::IsNot => !self.equals(&found, facts.now),
            Op::Contains => self.any_word(&found, |found, word| found.contains(word)),
            Op::ContainsNot => !self.any_word(&found, |found, word| found.contains(word)),
            Op::StartsWith => self.any_word(&found, |found, word| found.starts_with(word)),
            Op::MoreThan | Op::LessThan => match (&self.operand, amount(&found, facts.now)) {
                (Operand::Number(limit), Some(amount)) if self.op == Op::MoreThan => amount > *limit,
                (Operand::Number(limit), Some(amount)) => amount < *limit,
                _ => false,
            },
            Op::Before | Op::After => match (&self.operand, moment(&found)) {
                (Operand::Time(limit), Some(moment)) if self.op == Op::Before => moment < *limit,
                (Operand::Time(limit), Some(moment)) => moment >= *limit,
                _ => false,
            },
        }
    }

    fn equals(&self, found: &Found<'_>, now: Millis) -> bool {
        match &self.operand {
            Operand::Words(_) => self.any_word(found, |found, word| found == word),
            Operand::Number(number) => amount(found, now).is_some_and(|amount| amount == *number),
            Operand::Truth(truth) => match found {
                Found::Truth(found) => found == truth,
                // A checkbox that nobody touched is not ticked.
                Found::Nothing => !truth,
                Found::Words(words) => words.contains(&"true") == *truth,
                Found::Many(_) | Found::Number(_) | Found::Time(_) => false,
            },
            Operand::Nothing | Operand::Time(_) => false,
        }
    }

    /// Upper and lower case are the same, as people who write conditions expect.
    fn any_word(&self, found: &Found<'_>, fits: impl Fn(&str, &str) -> bool) -> bool {
        let Operand::Words(words) = &self.operand else { return false };
        let found: Vec<String> = match found {
            Found::Words(found) => found.iter().map(|word| word.to_lowercase()).collect(),
            Found::Many(words) => words.clone(),
            Found::Number(number) => vec![number.to_string()],
            Found::Truth(truth) => vec![truth.to_string()],
            Found::Nothing | Found::Time(_) => return false,
        };
        words.iter().any(|word| {
            let word = word.to_lowercase();
            found.iter().any(|found| fits(found, &word))
        })
    }
}

fn find<'a>(field: &Field, facts: &'a Facts) -> Found<'a> {
    let word = |word: &'a str| if word.is_empty() { Found::Nothing } else { Found::Words(vec![word]) };
    let id = |uuid: Option<Uuid>| uuid.map_or(Found::Nothing, |uuid| Found::Many(vec![uuid.to_string()]));
    let since = |at: Option<Millis>| at.map_or(Found::Nothing, |at| Found::Number(((facts.now - at).max(0) / 1000) as f64));
    match field {
        Field::Status => word(&facts.listing),
        Field::CustomStatus => id(facts.custom_status),
        Field::Priority => word(facts.priority.unwrap_or_default()),
        Field::Tag if facts.tags.is_empty() => Found::Nothing,
        Field::Tag => Found::Many(facts.tags.iter().map(Uuid::to_string).collect()),
        Field::Assignee => id(facts.assignee),
        Field::Team => id(facts.team),
        Field::Inbox => id(Some(facts.inbox)),
        Field::Kind => word(facts.kind),
        Field::ContactName => word(&facts.contact_name),
        Field::ContactEmail => word(facts.contact_email.as_deref().unwrap_or_default()),
        Field::Verified => Found::Truth(facts.verified),
        Field::Message => word(&facts.message),
        Field::From => word(facts.from),
        Field::Page => word(&facts.page),
        Field::Language => word(&facts.language),
        Field::Rating => facts.rating.map_or(Found::Nothing, |stars| Found::Number(stars.into())),
        Field::CreatedAt => Found::Time(facts.created_at),
        Field::WaitingS => since(facts.waiting_since),
        Field::IdleS => since(Some(facts.last_message_at)),
        Field::OutsideHours => Found::Truth(facts.outside_hours),
        Field::Changed if facts.changed.is_empty() => Found::Nothing,
        Field::Changed => Found::Words(facts.changed.clone()),
        Field::Own(key) => of_json(facts.own.get(key)),
        Field::Variable(key) => of_json(facts.variables.get(key)),
    }
}

fn of_json(value: Option<&Value>) -> Found<'_> {
    match value {
        None | Some(Value::Null) => Found::Nothing,
        Some(Value::Bool(truth)) => Found::Truth(*truth),
        Some(Value::Number(number)) => number.as_f64().map_or(Found::Nothing, Found::Number),
        Some(Value::String(word)) if word.is_empty() => Found::Nothing,
        Some(Value::String(word)) => Found::Words(vec![word]),
        Some(Value::Array(items)) => Found::Words(items.iter().filter_map(Value::as_str).collect()),
        Some(object @ Value::Object(_)) => Found::Many(vec![object.to_string()]),
    }
}

/// As a number: seconds of age for moments, the value itself for what people typed.
fn amount(found: &Found<'_>, now: Millis) -> Option<f64> {
    match found {
        Found::Number(number) => Some(*number),
        Found::Time(at) => Some(((now - at).max(0) / 1000) as f64),
        Found::Words(words) => words.first().and_then(|word| word.trim().parse().ok()),
        Found::Many(_) | Found::Nothing | Found::Truth(_) => None,
    }
}

/// As a moment: a custom date is a day such as 2026-11-21, which begins at midnight in UTC.
fn moment(found: &Found<'_>) -> Option<Millis> {
    match found {
        Found::Time(at) => Some(*at),
        Found::Number(at) => Some(*at as Millis),
        Found::Words(words) => {
            let day: jiff::civil::Date = words.first()?.parse().ok()?;
            Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
        }
        Found::Many(_) | Found::Nothing | Found::Truth(_) => None,
    }
}

/// What was found, for people who try a rule out.
fn shown(found: Found<'_>) -> String {
    let words = match found {
        Found::Nothing => String::new(),
        Found::Words(words) => words.join(", "),
        Found::Many(words) => words.join(", "),
        Found::Number(number) => number.to_string(),
        Found::Truth(truth) => truth.to_string(),
        Found::Time(at) => at.to_string(),
    };
    text::preview(&words, 200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::limits;
    use serde_json::json;

    const TAG: &str = "0b2b8a4c-6a1c-4f0e-9d6b-111111111111";
    const ANN: &str = "0b2b8a4c-6a1c-4f0e-9d6b-aaaaaaaaaaaa";

    fn facts() -> Facts {
        Facts {
            now: 1_000_000,
            listing: "open".into(),
            tags: vec![Uuid::parse(TAG).unwrap()],
            assignee: Uuid::parse(ANN),
            kind: "chat",
            contact_name: "Zoë Miller".into(),
            message: "Where is my REFUND?".into(),
            from: "contact",
            waiting_since: Some(400_000),
            created_at: 100_000,
            rating: Some(2),
            own: json!({ "plan": "premium", "seats": "12", "vip": true, "renewal": "2026-11-21", "amount": 7.5 })
                .as_object()
                .unwrap()
                .clone(),
            ..Facts::default()
        }
    }

    fn group(value: Value) -> Group {
        Group::parse(&value, "conditions").unwrap()
    }

    fn asked(field: &str, op: &str, value: Value) -> bool {
        group(json!({ "match": "all", "items": [{ "field": field, "op": op, "value": value }] })).holds(&facts())
    }

    #[test]
    fn every_way_of_asking() {
        for (field, op, value, holds) in [
            ("status", "is", json!("open"), true),
            ("status", "in", json!(["waiting", "snoozed"]), false),
            ("status", "is_not", json!("resolved"), true),
            ("tag", "is", json!(TAG), true),
            ("assignee", "is", json!(ANN.to_uppercase()), true),
            ("tag", "is_not", json!(TAG), false),
            ("tag", "is", json!(ANN), false),
            ("assignee", "is_set", json!(null), true),
            ("team", "is_set", json!(null), false),
            ("team", "is_not", json!(ANN), true),
            ("contact_name", "contains", json!("miller"), true),
            ("contact_name", "starts_with", json!("ZOË"), true),
            ("contact_email", "is_not_set", json!(null), true),
            ("contact_email", "contains", json!("@"), false),
            ("contact_email", "contains_not", json!("@"), true),
            ("message", "contains", json!(["money back", "refund"]), true),
            ("message", "contains", json!(["money back", "invoice"]), false),
            ("waiting_s", "more_than", json!(599), true),
            ("waiting_s", "more_than", json!(600), false),
            ("waiting_s", "less_than", json!(601), true),
            ("created_at", "more_than", json!(800), true),
            ("created_at", "before", json!(100_001), true),
            ("created_at", "before", json!(100_000), false),
            ("created_at", "after", json!(100_000), true),
            ("rating", "less_than", json!(3), true),
            ("verified", "is", json!(true), false),
            ("outside_hours", "is", json!(false), true),
            ("field.plan", "is", json!("Premium"), true),
            ("field.seats", "more_than", json!(11), true),
            ("field.vip", "is", json!(true), true),
            ("field.nobody", "is", json!(true), false),
            ("field.nobody", "is", json!(false), true),
            ("field.renewal", "before", json!(1_795_305_600_000i64), true),
            ("field.amount", "is", json!(7.5), true),
            ("variable.plan", "is", json!("premium"), false),
        ] {
            assert_eq!(asked(field, op, value.clone()), holds, "{field} {op} {value}");
        }
    }

    #[test]
    fn groups_of_two_levels() {
        let open = json!({ "field": "status", "op": "is", "value": "open" });
        let low = json!({ "field": "priority", "op": "is", "value": "low" });
        let refund = json!({ "field": "message", "op": "contains", "value": "refund" });
        let all = |items: Value| json!({ "match": "all", "items": items });
        let any = |items: Value| json!({ "match": "any", "items": items });
        assert!(group(all(json!([open, any(json!([low, refund]))]))).holds(&facts()));
        assert!(!group(all(json!([open, all(json!([low, refund]))]))).holds(&facts()));
        assert!(group(any(json!([low, all(json!([open, refund]))]))).holds(&facts()));
        assert!(group(all(json!([]))).holds(&facts()), "nothing asked");
        assert!(group(any(json!([]))).holds(&facts()), "nothing asked");
        let why = group(all(json!([low, any(json!([open]))]))).explain(&facts());
        assert!(!why.holds);
        assert_eq!(why.items[0], Why::Condition { holds: false, found: String::new() });
        assert!(matches!(&why.items[1], Why::Group(inner) if inner.holds));
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place() {
        let one = |condition: Value| json!({ "match": "all", "items": [condition] });
        for (value, place) in [
            (json!({}), "conditions.match"),
            (json!({ "match": "some", "items": [] }), "conditions.match"),
            (json!({ "match": "all" }), "conditions.items"),
            (one(json!({ "field": "weather", "op": "is", "value": "fine" })), "conditions.items.0.field"),
            (one(json!({ "field": "field.", "op": "is", "value": "fine" })), "conditions.items.0.field"),
            (one(json!({ "field": "status", "op": "contains", "value": "open" })), "conditions.items.0.op"),
            (one(json!({ "field": "status", "op": "is", "value": "closed" })), "conditions.items.0.value"),
            (one(json!({ "field": "status", "op": "is" })), "conditions.items.0.value"),
            (one(json!({ "field": "tag", "op": "is", "value": "refund" })), "conditions.items.0.value"),
            (one(json!({ "field": "waiting_s", "op": "more_than", "value": "soon" })), "conditions.items.0.value"),
            (one(json!({ "field": "verified", "op": "is", "value": "yes" })), "conditions.items.0.value"),
            (one(json!({ "field": "created_at", "op": "before", "value": "yesterday" })), "conditions.items.0.value"),
            (one(json!({ "field": "message", "op": "contains", "value": " \u{200b}" })), "conditions.items.0.value"),
            (one(json!({ "match": "any", "items": [{ "match": "all", "items": [] }] })), "conditions.items.0.items.0"),
        ] {
            let error = Group::parse(&value, "conditions").unwrap_err();
            assert_eq!(error.field.as_deref(), Some(place), "{value}: {error}");
        }
        let condition = json!({ "field": "status", "op": "is", "value": "open" });
        let at_most = vec![condition.clone(); limits::FILTER_CONDITIONS_MAX];
        assert!(Group::parse(&json!({ "match": "all", "items": at_most }), "f").is_ok());
        let inner = json!({ "match": "any", "items": [condition.clone(), condition] });
        let too_many: Vec<Value> = at_most.into_iter().skip(1).chain([inner]).collect();
        assert!(Group::parse(&json!({ "match": "all", "items": too_many }), "f").is_err());
    }

    #[test]
    fn what_is_written_is_what_was_read_and_me_is_whoever_looks() {
        let value = json!({ "match": "all", "items": [
            { "field": "assignee", "op": "in", "value": ["me", ANN] },
            { "match": "any", "items": [{ "field": "team", "op": "is", "value": "mine" }, { "field": "tag", "op": "is_not_set", "value": null }] },
            { "field": "created_at", "op": "before", "value": 1000 },
            { "field": "field.a.b", "op": "is", "value": 2.5 },
        ] });
        let parsed = group(value.clone());
        assert_eq!(parsed.to_json(), value);
        assert!(parsed.check_for_rules("conditions").is_err());
        let me = Uuid::new();
        let seen = parsed.seen_by(me, &[]);
        assert!(seen.check_for_rules("conditions").is_ok());
        assert_eq!(seen.pinned(&Field::Assignee).unwrap(), [me.to_string(), ANN.to_owned()]);
        let teams = group(json!({ "match": "all", "items": [{ "field": "team", "op": "is", "value": "mine" }] }));
        assert!(!teams.seen_by(me, &[]).holds(&facts()), "whoever is in no team sees none");
    }
}
