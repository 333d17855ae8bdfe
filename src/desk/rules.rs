//! What happens by itself. Rules run at the end of the task that caused them, in its transaction: what they do is there when the cause is.
//! Each rule runs in a savepoint of its own, so that one that fails loses nothing but what it did itself.
//!
//! What rules do can set off other rules on changes, a few levels deep; each rule acts at most once for one cause, so there are no loops.
//! What a rule says is nobody's answer and causes nothing.

use super::Desk;
use super::actions::{Actor, apply};
use super::authority::{acting, sees_everything};
use super::sla;
use crate::base::error::{Error, Result};
use crate::base::id::{ConversationId, RuleId, Seq, Uuid};
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::action::{Action, Audience, Who};
use crate::model::agent::{Agent, AgentSession};
use crate::model::facts::{Explained, Facts};
use crate::model::filter::{Field, Group, Operand};
use crate::model::message::Message;
use crate::model::rule::{Cause, History, Rule, Trigger};
use crate::store::facts::Needs;
use crate::store::{ReadTx, WriteTx, audit, conversations, facts, messages, rules};
use serde_json::{Value, json};

/// Changes to a rule; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RuleEdit {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub trigger: Option<String>,
    pub conditions: Option<Value>,
    pub actions: Option<Value>,
    pub stops: Option<bool>,
}

impl Desk {
    /// All rules, in their order.
    pub async fn rules(&self) -> Result<Vec<Rule>> {
        self.store.read(rules::all).await
    }

    /// Makes a rule, behind all others.
    pub async fn create_rule(&self, by: &AgentSession, edit: RuleEdit) -> Result<Uuid> {
        let by = by.clone();
        let rule = edited(blank(), edit)?;
        self.store
            .write(move |tx| {
                let by = ruling(tx, &by)?;
                if rules::all(tx)?.len() >= limits::RULES_MAX {
                    return Err(Error::conflict(format!("There can be {} rules. Please delete one first.", limits::RULES_MAX)));
                }
                check_names(tx, &rule)?;
                rules::insert(tx, &rule)?;
                audit::append(tx, Some(by.id), "rule.created", &rule.uuid.to_string(), &json!({ "name": rule.name }))?;
                Ok(rule.uuid)
            })
            .await
    }

    /// Changes a rule.
    pub async fn edit_rule(&self, by: &AgentSession, uuid: Uuid, edit: RuleEdit) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = ruling(tx, &by)?;
                let only_switched = edit.conditions.is_none() && edit.actions.is_none();
                let rule = edited(known(tx, uuid)?, edit)?;
                // A rule that names something deleted meanwhile can still be switched off and renamed.
                if !only_switched {
                    check_names(tx, &rule)?;
                }
                rules::update(tx, &rule)?;
                audit::append(tx, Some(by.id), "rule.edited", &uuid.to_string(), &json!({ "name": rule.name, "enabled": rule.enabled }))
            })
            .await
    }

    /// Puts rules into another order.
    pub async fn order_rules(&self, by: &AgentSession, order: Vec<Uuid>) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = ruling(tx, &by)?;
                rules::set_order(tx, &order)?;
                audit::append(tx, Some(by.id), "rule.ordered", "", &json!({ "rules": order.len() }))
            })
            .await
    }

    /// Deletes a rule.
    pub async fn delete_rule(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = ruling(tx, &by)?;
                let rule = known(tx, uuid)?;
                audit::append(tx, Some(by.id), "rule.deleted", &uuid.to_string(), &json!({ "name": rule.name }))?;
                rules::delete(tx, &rule)
            })
            .await
    }

    /// Says which conditions of a rule hold for a conversation as it stands now, without doing anything.
    pub async fn try_rule(&self, by: &AgentSession, edit: RuleEdit, conversation: Uuid) -> Result<(Rule, Explained)> {
        by.may(Permission::Settings)?;
        let agent = by.agent.id;
        let rule = edited(Rule { name: "–".into(), ..blank() }, edit)?;
        self.store
            .read(move |tx| {
                let found = conversations::find_for_agent(tx, agent, conversation)?.conversation;
                let mut facts = facts::of(tx, found.id)?.ok_or_else(|| Error::not_found("conversation"))?;
                if let Some(said) = messages::last_public(tx, found.id)? {
                    facts.message = said.text;
                }
                let explained = rule.conditions.explain(&facts);
                Ok((rule, explained))
            })
            .await
    }

    /// What was said in a conversation at once after its first words, newest first: whoever began it knows of no change before.
    pub async fn said_after(&self, conversation: ConversationId, seq: Seq) -> Result<Vec<Message>> {
        let mut said = self.store.read(move |tx| messages::public_page(tx, conversation, None, limits::RULES_MAX as u32)).await?;
        said.retain(|message| message.seq > seq);
        Ok(said)
    }

    /// Lets the rules on time act on what has come to their time; each acts on a conversation once until somebody says or changes
    /// something there. `place` remembers where each rule stopped looking.
    pub async fn mind_time(&self, place: &mut Places) -> Result<()> {
        let all = self.store.read(rules::on_time).await?;
        place.retain(|(rule, _), _| all.iter().any(|known| known.id == *rule));
        for rule in all {
            for listing in listings(&rule.conditions) {
                let key = (rule.id, listing);
                let after = place.get(&key).copied().unwrap_or(0);
                let (chosen, conditions) = (rule.id, rule.conditions.clone());
                let (due, next) = self.store.read(move |tx| come_to_time(tx, chosen, &conditions, listing, after)).await?;
                place.insert(key, next);
                for id in due {
                    let rule = rule.clone();
                    self.store.write(move |tx| act_on_time(tx, &rule, id)).await?;
                }
            }
        }
        Ok(())
    }
}

/// Whoever writes rules acts on everybody's conversations.
fn ruling(tx: &ReadTx, by: &AgentSession) -> Result<Agent> {
    let by = acting(tx, by, Permission::Settings)?;
    sees_everything(&by)?;
    Ok(by)
}

/// Where each rule on time stopped looking in each list: the last change number. Lost with the process, which only means to begin anew.
pub type Places = std::collections::HashMap<(RuleId, &'static str), i64>;

/// Something happened to a conversation: promises and rules follow at the end of the task.
pub(super) fn after(tx: &WriteTx, conversation: ConversationId, cause: Cause) {
    tx.caused(conversation, cause, aftermath);
}

fn aftermath(tx: &WriteTx<'_>, causes: Vec<(ConversationId, Cause)>) {
    let mut conversations: Vec<ConversationId> = Vec::new();
    for (id, _) in &causes {
        if !conversations.contains(id) {
            conversations.push(*id);
        }
    }
    for id in conversations {
        let of_it: Vec<Cause> = causes.iter().filter(|(other, _)| *other == id).map(|(_, cause)| *cause).collect();
        if let Err(error) = tx.attempt(|| follow(tx, id, &of_it)) {
            log::error!("promises and rules could not follow conversation={id} error=\"{error:?}\"");
        }
    }
}

fn follow(tx: &WriteTx, id: ConversationId, causes: &[Cause]) -> Result<()> {
    let begins = begins(tx, causes)?;
    settle(tx, id, begins || changed(causes).contains(&"team"));
    run(tx, id, causes, begins)?;
    Ok(())
}

/// Clocks that cannot be set are no reason to lose what rules do, and the other way round.
fn settle(tx: &WriteTx, id: ConversationId, begins: bool) {
    if let Err(error) = tx.attempt(|| sla::settle(tx, id, begins)) {
        log::error!("deadlines could not be set conversation={id} error=\"{error:?}\"");
    }
}

fn begins(tx: &WriteTx, causes: &[Cause]) -> Result<bool> {
    for cause in causes {
        if let Cause::Incoming(message) = cause
            && messages::is_first(tx, &messages::message(tx, *message)?)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn changed(causes: &[Cause]) -> Vec<&'static str> {
    let words = causes.iter().filter_map(|cause| match cause {
        Cause::Changed(word) => Some(*word),
        Cause::Incoming(_) | Cause::Outgoing(_) => None,
    });
    words.collect()
}

fn run(tx: &WriteTx, id: ConversationId, causes: &[Cause], begins: bool) -> Result<()> {
    let waiting = rules::waiting(tx)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let said = causes.iter().rev().find_map(|cause| match cause {
        Cause::Incoming(message) | Cause::Outgoing(message) => Some(*message),
        Cause::Changed(_) => None,
    });
    let mut changed = changed(causes);
    let mut triggers: Vec<Trigger> = Vec::new();
    triggers.extend(begins.then_some(Trigger::Conversation));
    triggers.extend(said.map(|_| Trigger::Message));
    triggers.extend((!changed.is_empty()).then_some(Trigger::Update));
    let mut acted: Vec<RuleId> = Vec::new();
    for _ in 0..=limits::RULE_DEPTH_MAX {
        let mut known: Option<Facts> = None;
        for rule in waiting.iter().filter(|rule| triggers.contains(&rule.trigger)) {
            if acted.contains(&rule.id) {
                continue;
            }
            if known.is_none() {
                let Some(mut found) = facts::of(tx, id)? else { return Ok(()) };
                if let Some(said) = said {
                    let message = messages::message(tx, said)?;
                    found.from = if message.kind == crate::model::message::MessageKind::Incoming { "contact" } else { "agent" };
                    found.message = message.text;
                }
                found.changed.clone_from(&changed);
                known = Some(found);
            }
            if !known.as_ref().is_some_and(|facts| rule.conditions.holds(facts)) {
                continue;
            }
            acted.push(rule.id);
            act(tx, rule, id)?;
            // The next rule looks at the conversation as this one left it.
            known = None;
            if rule.stops {
                tx.take_causes();
                return Ok(());
            }
        }
        let caused = tx.take_causes();
        changed = self::changed(&caused.into_iter().filter(|(other, _)| *other == id).map(|(_, cause)| cause).collect::<Vec<_>>());
        if changed.is_empty() {
            return Ok(());
        }
        settle(tx, id, changed.contains(&"team"));
        triggers = vec![Trigger::Update];
    }
    Ok(())
}

/// Lets a rule act; false when it failed, which undoes what it did and is shown beside it.
fn act(tx: &WriteTx, rule: &Rule, id: ConversationId) -> Result<bool> {
    match tx.attempt(|| apply(tx, Actor::Rule(&rule.name), id, &rule.actions)) {
        Ok(_) => rules::ran(tx, rule.id).map(|()| true),
        Err(error) => {
            log::warn!("a rule failed rule={} conversation={id} kind={:?}", rule.uuid, error.kind);
            rules::failed(tx, rule, &text::preview(&error.message, 200)).map(|()| false)
        }
    }
}

/// Lists that a rule on time looks at: what it names, else everything that is not done.
fn listings(conditions: &Group) -> Vec<&'static str> {
    let all = ["open", "waiting", "snoozed", "resolved"];
    match conditions.pinned(&Field::Status) {
        Some(words) => all.into_iter().filter(|listing| words.iter().any(|word| word == listing)).collect(),
        None => all.into_iter().filter(|listing| *listing != "resolved").collect(),
    }
}

/// Conversations for which a rule on time holds, and where to look on; 0 = from the beginning.
fn come_to_time(tx: &ReadTx, rule: RuleId, conditions: &Group, listing: &str, after: i64) -> Result<(Vec<ConversationId>, i64)> {
    let (mut due, mut place) = (Vec::new(), after);
    let candidates = facts::silent(tx, Needs::of(conditions), listing, after, limits::RULE_ROWS_MAX)?;
    let is_end = candidates.len() < limits::RULE_ROWS_MAX as usize;
    for candidate in candidates {
        if due.len() >= limits::RULE_ACTS_MAX {
            return Ok((due, place));
        }
        if conditions.holds(&candidate.facts) && rules::may_act(tx, rule, candidate.id)? {
            due.push(candidate.id);
        }
        place = candidate.last_seq;
    }
    Ok((due, if is_end { 0 } else { place }))
}

fn act_on_time(tx: &WriteTx, rule: &Rule, id: ConversationId) -> Result<()> {
    // It may have changed since it was looked at, and so may the rule.
    let Some(now) = rules::find(tx, rule.uuid)?.filter(|now| now.enabled && now.trigger == Trigger::Time) else { return Ok(()) };
    let holds = facts::of(tx, id)?.is_some_and(|facts| now.conditions.holds(&facts));
    if !holds || !rules::may_act(tx, now.id, id)? {
        return Ok(());
    }
    act(tx, &now, id)?;
    rules::acted(tx, now.id, id)
}

fn blank() -> Rule {
    Rule {
        id: RuleId(0),
        uuid: Uuid::new(),
        name: String::new(),
        enabled: true,
        position: 0,
        trigger: Trigger::Conversation,
        conditions: Group::everything(),
        actions: Vec::new(),
        stops: false,
        history: History::default(),
    }
}

fn edited(mut rule: Rule, edit: RuleEdit) -> Result<Rule> {
    if let Some(name) = edit.name {
        rule.name = text::clean_line(&name, 100);
    }
    if rule.name.is_empty() {
        return Err(Error::invalid("Please give the rule a name.").in_field("name"));
    }
    if let Some(word) = edit.trigger {
        let trigger = Trigger::parse(&word);
        rule.trigger = trigger
            .ok_or_else(|| Error::invalid("A rule waits for a conversation, a message, an update or for time.").in_field("trigger"))?;
    }
    if let Some(conditions) = edit.conditions {
        rule.conditions = Group::parse(&conditions, "conditions")?;
        rule.conditions.check_for_rules("conditions")?;
    }
    if let Some(actions) = edit.actions {
        rule.actions = Action::parse_all(&actions)?;
        Action::check_kept(&rule.actions)?;
        if rule.actions.iter().any(|action| matches!(action, Action::AssignAgent(Who::Me) | Action::Follow(Who::Me))) {
            return Err(Error::invalid("A rule runs for everybody: \"me\" means nobody there.").in_field("actions"));
        }
    }
    if rule.trigger == Trigger::Time && !rule.conditions.conditions().any(|condition| is_about_time(&condition.field)) {
        let words = "A rule on time needs a time: how long somebody waits, how long it is silent, or when it began.";
        return Err(Error::invalid(words).in_field("conditions"));
    }
    rule.enabled = edit.enabled.unwrap_or(rule.enabled);
    rule.stops = edit.stops.unwrap_or(rule.stops);
    Ok(rule)
}

fn is_about_time(field: &Field) -> bool {
    matches!(field, Field::WaitingS | Field::IdleS | Field::CreatedAt | Field::OutsideHours)
}

/// Refuses a rule that does nothing, or names what is not there.
fn check_names(tx: &ReadTx, rule: &Rule) -> Result<()> {
    if rule.actions.is_empty() {
        return Err(Error::invalid("Please say what the rule does.").in_field("actions"));
    }
    for condition in rule.conditions.conditions() {
        let kind = match &condition.field {
            Field::Assignee => "agent",
            Field::Team => "team",
            Field::Tag => "tag",
            Field::CustomStatus => "status",
            Field::Inbox => "inbox",
            _ => continue,
        };
        let Operand::Words(words) = &condition.operand else { continue };
        for word in words {
            exists(tx, kind, word, "conditions")?;
        }
    }
    for action in &rule.actions {
        match action {
            Action::AssignAgent(Who::Agent(uuid)) | Action::Follow(Who::Agent(uuid)) => exists(tx, "agent", &uuid.to_string(), "actions")?,
            Action::Notify { to: Audience::Agent(uuid), .. } => exists(tx, "agent", &uuid.to_string(), "actions")?,
            Action::AssignTeam(uuid) | Action::Notify { to: Audience::Team(uuid), .. } => exists(tx, "team", &uuid.to_string(), "actions")?,
            Action::CustomStatus(uuid) => exists(tx, "status", &uuid.to_string(), "actions")?,
            Action::Tag(uuid) | Action::Untag(uuid) => exists(tx, "tag", &uuid.to_string(), "actions")?,
            Action::Sla(Some(uuid)) => exists(tx, "sla", &uuid.to_string(), "actions")?,
            _ => {}
        }
    }
    Ok(())
}

fn exists(tx: &ReadTx, kind: &str, uuid: &str, field: &str) -> Result<()> {
    match rules::exists(tx, kind, uuid)? {
        true => Ok(()),
        false => Err(Error::invalid(format!("There is no such {kind} (any more). Please choose another one.")).in_field(field)),
    }
}

fn known(tx: &ReadTx, uuid: Uuid) -> Result<Rule> {
    rules::find(tx, uuid)?.ok_or_else(|| Error::not_found("rule"))
}
