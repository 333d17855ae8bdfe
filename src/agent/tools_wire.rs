//! The shapes of what the desk is ordered with (README.md here).

use super::wire;
use crate::base::id::{AgentId, Uuid};
use crate::desk::Desk;
use crate::desk::macros::{BulkAnswer, Used};
use crate::model::action::Action;
use crate::model::macros::Macro;
use crate::model::status::CustomStatus;
use crate::model::tag::Tag;
use serde_json::{Value, json};

/// Every tag, and which of them was saved just now.
pub fn tags(all: &[Tag], saved: Option<Uuid>) -> Value {
    let shapes = all.iter().map(|tag| json!({ "uuid": tag.uuid, "name": tag.name, "color": tag.color, "uses": tag.uses }));
    wire::saving(json!({ "tags": shapes.collect::<Vec<_>>() }), saved)
}

/// Every status, and which of them was saved just now.
pub fn statuses(all: &[CustomStatus], saved: Option<Uuid>) -> Value {
    let shapes =
        all.iter().map(|one| json!({ "uuid": one.uuid, "name": one.name, "category": one.category.as_str(), "position": one.position }));
    wire::saving(json!({ "statuses": shapes.collect::<Vec<_>>() }), saved)
}

/// Every macro as `agent` sees it, and which of them was saved just now.
pub fn macros(all: &[Macro], agent: AgentId, saved: Option<Uuid>) -> Value {
    let shapes = all.iter().map(|one| {
        json!({
            "uuid": one.uuid, "name": one.name, "shortcut": one.shortcut, "body": one.body, "is_note": one.is_note,
            "actions": actions(&one.actions), "audience": one.audience.as_str(), "team": one.team.map(|(_, uuid)| uuid),
            "mine": one.owner == Some(agent), "uses": one.uses,
        })
    });
    wire::saving(json!({ "macros": shapes.collect::<Vec<_>>() }), saved)
}

/// Actions in their one form.
pub fn actions(all: &[Action]) -> Vec<Value> {
    all.iter().map(Action::to_json).collect()
}

/// What a macro said and did.
pub fn used(desk: &Desk, used: &Used) -> Value {
    json!({
        "body": used.body, "is_note": used.is_note, "actions": actions(&used.actions),
        "conversation": used.conversation.as_ref().map(|listed| wire::listed(desk, listed)),
    })
}

/// What came of each conversation of a selection.
pub fn bulk(desk: &Desk, answers: &[BulkAnswer]) -> Value {
    let shapes = answers.iter().map(|answer| match &answer.result {
        Ok(listed) => json!({
            "conversation": answer.conversation, "ok": true, "changed": answer.changed, "undo": actions(&answer.undo),
            "now": listed.as_ref().map(|listed| wire::listed(desk, listed)),
        }),
        Err(error) => json!({
            "conversation": answer.conversation, "ok": false, "error": { "message": error.message, "code": error.code, "field": error.field },
        }),
    });
    json!({ "answers": shapes.collect::<Vec<_>>() })
}
