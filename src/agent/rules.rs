//! Rules: made, ordered, tried out by whoever may change settings.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::desk::rules::RuleEdit;
use crate::http::{Reply, Request};
use crate::model::action::Action;
use crate::model::facts::{Explained, Why};
use crate::model::rule::Rule;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewRule {
    name: Option<String>,
    enabled: Option<bool>,
    trigger: Option<String>,
    conditions: Option<Value>,
    actions: Option<Value>,
    stops: Option<bool>,
}

#[derive(Deserialize)]
struct Order {
    rules: Vec<String>,
}

#[derive(Deserialize)]
struct Try {
    rule: NewRule,
    conversation: String,
}

impl From<NewRule> for RuleEdit {
    fn from(asked: NewRule) -> RuleEdit {
        let NewRule { name, enabled, trigger, conditions, actions, stops } = asked;
        RuleEdit { name, enabled, trigger, conditions, actions, stops }
    }
}

impl Desks {
    /// `GET /rules`.
    pub(super) async fn rules(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_rules(None).await
    }

    /// `POST /rules`.
    pub(super) async fn create_rule(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: NewRule = request.json().await?;
        let uuid = self.desk.create_rule(&session, asked.into()).await?;
        self.all_rules(Some(uuid)).await
    }

    /// `PUT /rules/{uuid}`.
    pub(super) async fn edit_rule(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: NewRule = request.json().await?;
        self.desk.edit_rule(&session, uuid, asked.into()).await?;
        self.all_rules(Some(uuid)).await
    }

    /// `DELETE /rules/{uuid}`.
    pub(super) async fn delete_rule(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_rule(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `PUT /rules/order`.
    pub(super) async fn order_rules(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Order = request.json().await?;
        if asked.rules.len() > limits::RULES_MAX {
            return Err(Error::invalid(format!("There can be {} rules.", limits::RULES_MAX)).in_field("rules"));
        }
        let order = asked.rules.iter().map(|text| super::id(text, "rule")).collect::<Result<Vec<_>>>()?;
        self.desk.order_rules(&session, order).await?;
        self.all_rules(None).await
    }

    /// `POST /rules/try`.
    pub(super) async fn try_rule(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Try = request.json().await?;
        let conversation = super::id(&asked.conversation, "conversation")?;
        let (_, explained) = self.desk.try_rule(&session, asked.rule.into(), conversation).await?;
        Ok(wire::ok(explanation(&explained)))
    }

    async fn all_rules(&self, saved: Option<Uuid>) -> Result<Reply> {
        let rules: Vec<Value> = self.desk.rules().await?.iter().map(shape).collect();
        Ok(wire::ok(wire::saving(json!({ "rules": rules }), saved)))
    }
}

fn shape(rule: &Rule) -> Value {
    let history = &rule.history;
    json!({
        "uuid": rule.uuid.to_string(), "name": rule.name, "enabled": rule.enabled, "position": rule.position, "trigger": rule.trigger.as_str(),
        "conditions": rule.conditions.to_json(), "actions": rule.actions.iter().map(Action::to_json).collect::<Vec<_>>(), "stops": rule.stops,
        "runs": history.runs, "ran_at": history.ran_at, "error": history.error, "failed_at": history.failed_at,
    })
}

fn explanation(explained: &Explained) -> Value {
    let items = explained.items.iter().map(|why| match why {
        Why::Condition { holds, found } => json!({ "holds": holds, "found": found }),
        Why::Group(group) => explanation(group),
    });
    json!({ "holds": explained.holds, "items": items.collect::<Vec<_>>() })
}
