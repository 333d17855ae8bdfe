//! Rules, and on which conversations those on time have acted.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{ConversationId, RuleId, Uuid};
use crate::model::action::Action;
use crate::model::event::{Tool, Topic, What};
use crate::model::filter::Group;
use crate::model::rule::{History, Rule};
use rusqlite::{Row, params};

macro_rules! rule_select {
    ($tail:literal) => {
        concat!(
            "SELECT id, uuid, name, enabled, position, trigger, conditions, actions, stops, runs, ran_at, error, failed_at FROM rules ",
            $tail
        )
    };
}

/// All rules in their order. There are few (`limits::RULES_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Rule>> {
    tx.all(rule_select!("ORDER BY position, id"), [], read)
}

/// Rules that wait for something to happen (all but those on time) and are switched on, in their order.
pub fn waiting(tx: &ReadTx) -> Result<Vec<Rule>> {
    tx.all(rule_select!("WHERE enabled AND trigger <> 'time' ORDER BY position, id"), [], read)
}

/// Rules on time that are switched on, in their order.
pub fn on_time(tx: &ReadTx) -> Result<Vec<Rule>> {
    tx.all(rule_select!("WHERE enabled AND trigger = 'time' ORDER BY position, id"), [], read)
}

/// The rule with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Rule>> {
    tx.one(rule_select!("WHERE uuid = ?1"), [uuid], read)
}

/// Stores a new rule behind all others.
pub fn insert(tx: &WriteTx, rule: &Rule) -> Result<()> {
    tx.insert(
        "INSERT INTO rules (uuid, name, enabled, position, trigger, conditions, actions, stops, created_at, updated_at)
         VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM rules), ?4, ?5, ?6, ?7, ?8, ?8)",
        params![
            rule.uuid,
            rule.name,
            rule.enabled,
            rule.trigger,
            rule.conditions.to_json().to_string(),
            Action::kept(&rule.actions),
            rule.stops,
            tx.now
        ],
    )?;
    announce(tx, rule.uuid);
    Ok(())
}

/// Writes a changed rule; what went wrong before is forgotten, and one on time may act again everywhere.
pub fn update(tx: &WriteTx, rule: &Rule) -> Result<()> {
    tx.exec(
        "UPDATE rules SET name = ?2, enabled = ?3, trigger = ?4, conditions = ?5, actions = ?6, stops = ?7, updated_at = ?8, error = NULL, failed_at = NULL
         WHERE id = ?1",
        params![
            rule.id,
            rule.name,
            rule.enabled,
            rule.trigger,
            rule.conditions.to_json().to_string(),
            Action::kept(&rule.actions),
            rule.stops,
            tx.now
        ],
    )?;
    announce(tx, rule.uuid);
    Ok(())
}

/// Puts rules into this order; those that are not named follow in theirs.
pub fn set_order(tx: &WriteTx, order: &[Uuid]) -> Result<()> {
    let known: Vec<Uuid> = all(tx)?.iter().map(|rule| rule.uuid).collect();
    if order.iter().any(|uuid| !known.contains(uuid)) {
        return Err(Error::not_found("rule").in_field("rules"));
    }
    let rest = known.iter().filter(|uuid| !order.contains(uuid));
    for (position, uuid) in order.iter().chain(rest).enumerate() {
        tx.exec("UPDATE rules SET position = ?2 WHERE uuid = ?1", params![uuid, position as i64 + 1])?;
        announce(tx, *uuid);
    }
    Ok(())
}

/// Removes a rule.
pub fn delete(tx: &WriteTx, rule: &Rule) -> Result<()> {
    tx.exec("DELETE FROM rules WHERE id = ?1", [rule.id])?;
    announce(tx, rule.uuid);
    Ok(())
}

/// A rule has acted.
pub fn ran(tx: &WriteTx, id: RuleId) -> Result<()> {
    tx.exec("UPDATE rules SET runs = runs + 1, ran_at = ?2, error = NULL, failed_at = NULL WHERE id = ?1", params![id, tx.now])?;
    Ok(())
}

/// A rule failed; the first failure is told to whoever looks at the rules.
pub fn failed(tx: &WriteTx, rule: &Rule, error: &str) -> Result<()> {
    tx.exec("UPDATE rules SET error = ?2, failed_at = ?3 WHERE id = ?1", params![rule.id, error, tx.now])?;
    if rule.history.error.is_none() {
        announce(tx, rule.uuid);
    }
    Ok(())
}

/// Whether a rule on time may act on a conversation: it never did, or somebody said or changed something since.
pub fn may_act(tx: &ReadTx, rule: RuleId, conversation: ConversationId) -> Result<bool> {
    let acted = tx.one(
        "SELECT 1 FROM rule_runs r WHERE r.rule_id = ?1 AND r.conversation_id = ?2
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = ?2 AND m.seq > r.at)",
        params![rule, conversation],
        |_| Ok(()),
    )?;
    Ok(acted.is_none())
}

/// Remembers that a rule on time acted on a conversation, by the last thing that was said there: what it did itself included.
pub fn acted(tx: &WriteTx, rule: RuleId, conversation: ConversationId) -> Result<()> {
    tx.exec(
        "INSERT INTO rule_runs (rule_id, conversation_id, at) VALUES (?1, ?2, coalesce((SELECT max(seq) FROM messages WHERE conversation_id = ?2), 0))
         ON CONFLICT (rule_id, conversation_id) DO UPDATE SET at = excluded.at",
        params![rule, conversation],
    )?;
    Ok(())
}

/// Which of these public ids exist, so that a rule names nothing that is not there: `kind` is `agent`, `team`, `tag`, `status`, `inbox`.
pub fn exists(tx: &ReadTx, kind: &str, uuid: &str) -> Result<bool> {
    let sql = match kind {
        "agent" => "SELECT 1 FROM agents WHERE uuid = ?1",
        "team" => "SELECT 1 FROM teams WHERE uuid = ?1",
        "tag" => "SELECT 1 FROM tags WHERE uuid = ?1",
        "status" => "SELECT 1 FROM statuses WHERE uuid = ?1",
        "sla" => "SELECT 1 FROM slas WHERE uuid = ?1",
        _ => "SELECT 1 FROM inboxes WHERE uuid = ?1",
    };
    Ok(tx.one(sql, [uuid], |_| Ok(()))?.is_some())
}

fn announce(tx: &WriteTx, rule: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::ToolChanged { tool: Tool::Rule, uuid: rule });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rule> {
    let (conditions, actions): (String, String) = (row.get(6)?, row.get(7)?);
    let conditions = serde_json::from_str(&conditions).ok().and_then(|value| Group::parse(&value, "conditions").ok());
    let history = History { runs: row.get(9)?, ran_at: row.get(10)?, error: row.get(11)?, failed_at: row.get(12)? };
    Ok(Rule {
        id: row.get(0)?,
        uuid: row.get(1)?,
        name: row.get(2)?,
        // Conditions that a newer house wrote and nobody understands must not hold for everything.
        enabled: row.get::<_, bool>(3)? && conditions.is_some(),
        position: row.get(4)?,
        trigger: row.get(5)?,
        conditions: conditions.unwrap_or_else(Group::everything),
        actions: Action::from_kept(&actions),
        stops: row.get(8)?,
        history,
    })
}
