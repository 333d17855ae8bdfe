//! Prepared lists of actions, done: for a macro, a rule or a selection. Everything is looked up and allowed before anything is changed, so a
//! list is done whole or not at all; what is already so is left alone; the conversation is announced once.

use super::conversations::{assignable, team_of};
use super::filling::Filling;
use super::messages::{Said, note_activity, store_outgoing};
use super::standing::{self, Standing};
use super::{statuses, tags};
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, ConversationId, Uuid};
use crate::base::{limits, markdown};
use crate::model::access::{Holder, Permission};
use crate::model::action::{Action, Audience, Until, Who, numbered};
use crate::model::agent::{Agent, AgentSession, full_name};
use crate::model::conversation::{Conversation, ConversationKind, Priority, Status};
use crate::model::message::Activity;
use crate::model::notice::{NewNotice, NoticeKind};
use crate::model::rule::Cause;
use crate::model::status::CustomStatus;
use crate::model::tag::Tag;
use crate::model::team::Team;
use crate::store::{WriteTx, conversations, notices, organise, sight, tags as tag_rows};

/// Who acts.
#[derive(Clone, Copy)]
pub(super) enum Actor<'a> {
    /// An agent, who may do what his role allows; what is missing is an error.
    Agent(&'a AgentSession),
    /// A rule of this name, which may do everything; what is missing meanwhile (a deleted tag) is passed over.
    Rule(&'a str),
}

impl Actor<'_> {
    fn agent(&self) -> Option<&Agent> {
        match self {
            Actor::Agent(session) => Some(&session.agent),
            Actor::Rule(_) => None,
        }
    }

    fn id(&self) -> Option<AgentId> {
        self.agent().map(|agent| agent.id)
    }
}

/// What came of a list.
pub(super) struct Applied {
    /// Whether anything was not so before.
    pub(super) changed: bool,
    /// What would bring back what was: for an undo. Words that were said, and people who were told, are not taken back.
    pub(super) undo: Vec<Action>,
}

/// One action with everything it needs, looked up.
enum Step {
    Assign(Option<Agent>),
    Team(Team),
    Status(Status, Option<CustomStatus>, bool),
    Snooze(Millis),
    Priority(Option<Priority>),
    Tag(Tag),
    Untag(Tag),
    Say { is_note: bool, source: String },
    Follow(AgentId),
    Notify { to: Vec<AgentId>, text: String },
    Sla(Option<Uuid>),
    Kind(ConversationKind),
    Spam,
}

/// Does a list of actions to a conversation, inside the caller's transaction.
pub(super) fn apply(tx: &WriteTx, by: Actor<'_>, conversation: ConversationId, actions: &[Action]) -> Result<Applied> {
    let before = conversations::conversation(tx, conversation)?;
    let mut steps = Vec::with_capacity(actions.len());
    for (index, action) in actions.iter().enumerate() {
        match looked_up(tx, by, &before, action) {
            Ok(step) => steps.push(step),
            Err(error) if by.agent().is_none() && error.kind == Kind::NotFound => {}
            Err(error) => return Err(numbered(error, index, &action.to_json())),
        }
    }
    check_tags(tx, by, &before, &steps)?;
    let mut run = Run { by, undo: Vec::new(), added: Vec::new(), removed: Vec::new(), changed: false };
    for step in steps {
        // Each step looks at the conversation as the one before left it.
        let present = conversations::conversation(tx, conversation)?;
        run.step(tx, &present, step)?;
    }
    standing::note_tags(tx, by.id(), &before, &run.added, &run.removed)?;
    if run.changed {
        conversations::announce(tx, before.id, true)?;
    }
    // The last thing done is the first to take back.
    run.undo.reverse();
    Ok(Applied { changed: run.changed, undo: run.undo })
}

fn looked_up(tx: &WriteTx, by: Actor<'_>, before: &Conversation, action: &Action) -> Result<Step> {
    check_may(by, action)?;
    Ok(match action {
        Action::AssignAgent(who) => Step::Assign(Some(person(tx, by, *who)?)),
        Action::AssignTeam(uuid) => Step::Team(team_of(tx, *uuid)?),
        Action::Unassign => Step::Assign(None),
        Action::Status(status) => Step::Status(*status, None, true),
        Action::Close => Step::Status(Status::Resolved, None, false),
        Action::CustomStatus(uuid) => {
            let custom = statuses::known(tx, *uuid)?;
            Step::Status(custom.category, Some(custom), true)
        }
        Action::Snooze(until) => {
            let until = match until {
                Until::After(seconds) => tx.now + seconds * 1000,
                Until::At(until) => *until,
            };
            if until <= tx.now {
                return Err(Error::invalid("The time to come back must be in the future."));
            }
            Step::Snooze(until)
        }
        Action::Priority(priority) => Step::Priority(*priority),
        Action::Tag(uuid) => Step::Tag(tags::known(tx, *uuid)?),
        Action::Untag(uuid) => Step::Untag(tags::known(tx, *uuid)?),
        Action::Reply(words) | Action::Note(words) => {
            let source = Filling::of(tx, by.agent(), before)?.fill(words);
            // What was filled in may have made it longer than a message, or left nothing of it.
            let source = crate::base::text::check_message(&source)?;
            Step::Say { is_note: matches!(action, Action::Note(_)), source }
        }
        Action::Follow(who) => Step::Follow(person(tx, by, *who)?.id),
        Action::Notify { to, text } => {
            let to = match to {
                Audience::Assignee => before.assignee.iter().map(|agent| agent.id).collect(),
                Audience::All => organise::agents_inside(tx)?,
                Audience::Agent(uuid) => vec![assignable(tx, *uuid)?.id],
                Audience::Team(uuid) => team_of(tx, *uuid)?.members.iter().map(|member| member.id).collect(),
            };
            Step::Notify { to, text: text.clone() }
        }
        Action::Sla(sla) => {
            if let Some(uuid) = sla
                && !organise::has_sla(tx, *uuid)?
            {
                return Err(Error::not_found("promise"));
            }
            Step::Sla(*sla)
        }
        Action::Webhook(_) => return Err(Error::invalid("Telling other systems is not possible yet.")),
        Action::Kind(kind) => Step::Kind(*kind),
        Action::Spam => Step::Spam,
    })
}

/// Refuses what the actor's role does not allow.
fn check_may(by: Actor<'_>, action: &Action) -> Result<()> {
    let Actor::Agent(session) = by else { return Ok(()) };
    let permission = match action {
        Action::Reply(_) | Action::Note(_) => Permission::Reply,
        Action::AssignAgent(_) | Action::AssignTeam(_) | Action::Unassign => Permission::Assign,
        Action::Status(_) | Action::CustomStatus(_) | Action::Close | Action::Snooze(_) | Action::Priority(_) => Permission::Status,
        Action::Tag(_) | Action::Untag(_) | Action::Sla(_) | Action::Kind(_) => Permission::Status,
        Action::Follow(_) => Permission::Follow,
        Action::Spam => Permission::Ban,
        // Telling a colleague something needs no right of its own.
        Action::Notify { .. } | Action::Webhook(_) => return Ok(()),
    };
    session.may(permission)
}

fn person(tx: &WriteTx, by: Actor<'_>, who: Who) -> Result<Agent> {
    match (who, by.agent()) {
        (Who::Me, Some(agent)) => Ok(agent.clone()),
        (Who::Me, None) => Err(Error::not_found("agent")),
        (Who::Agent(uuid), _) => assignable(tx, uuid),
    }
}

/// A list must leave at most so many tags, and an agent's list that resolves must leave one where the house wants one.
fn check_tags(tx: &WriteTx, by: Actor<'_>, before: &Conversation, steps: &[Step]) -> Result<()> {
    let mut present: Vec<Uuid> = tag_rows::of(tx, before.id)?.iter().map(|tag| tag.uuid).collect();
    for step in steps {
        match step {
            Step::Tag(tag) if !present.contains(&tag.uuid) => present.push(tag.uuid),
            Step::Untag(tag) => present.retain(|uuid| *uuid != tag.uuid),
            _ => {}
        }
    }
    if present.len() > limits::CONVERSATION_TAGS_MAX {
        return Err(tags::too_many());
    }
    let resolves = steps.iter().any(|step| matches!(step, Step::Status(Status::Resolved, ..)));
    let asked = by.agent().is_some() && resolves && before.status != Status::Resolved;
    if asked && present.is_empty() && tags::required(tx)? { Err(tags::untagged()) } else { Ok(()) }
}

/// A list while it is being done.
struct Run<'a> {
    by: Actor<'a>,
    undo: Vec<Action>,
    added: Vec<Tag>,
    removed: Vec<Tag>,
    changed: bool,
}

impl Run<'_> {
    fn step(&mut self, tx: &WriteTx, present: &Conversation, step: Step) -> Result<()> {
        let by = self.by.id();
        match step {
            Step::Assign(to) => {
                let before = present.assignee.as_ref().map_or(Action::Unassign, |agent| Action::AssignAgent(Who::Agent(agent.uuid)));
                if present.assignee.as_ref().map(|agent| agent.id) != to.as_ref().map(|agent| agent.id) {
                    self.changes(tx, present, Some(before))?;
                    standing::give(tx, by, present, to.as_ref())?;
                }
            }
            Step::Team(to) => {
                if present.team.as_ref().map(|team| team.id) != Some(to.id) {
                    // There is no action that takes a conversation from its team without giving it to another.
                    let before = present.team.as_ref().map(|team| Action::AssignTeam(team.uuid));
                    self.changes(tx, present, before)?;
                    standing::give_team(tx, by, present, Some(&to))?;
                }
            }
            Step::Status(status, custom, ask) => self.stand(tx, present, Standing { status, custom, snoozed_until: None, ask })?,
            Step::Snooze(until) => {
                let custom = crate::store::statuses::of(tx, present.id)?;
                let status = if present.status == Status::Resolved { Status::Open } else { present.status };
                self.stand(tx, present, Standing { status, custom, snoozed_until: Some(until), ask: false })?;
            }
            Step::Priority(to) => {
                if present.priority != to {
                    self.changes(tx, present, Some(Action::Priority(present.priority)))?;
                    standing::set_priority(tx, by, present, to)?;
                }
            }
            Step::Tag(tag) => {
                if tag_rows::add(tx, present.id, tag.uuid)? {
                    self.changes(tx, present, Some(Action::Untag(tag.uuid)))?;
                    self.added.push(tag);
                }
            }
            Step::Untag(tag) => {
                if tag_rows::remove(tx, present.id, tag.uuid)? {
                    self.changes(tx, present, Some(Action::Tag(tag.uuid)))?;
                    self.removed.push(tag);
                }
            }
            Step::Say { is_note, source } => {
                self.changes(tx, present, None)?;
                let rendered = markdown::render_agent(&source);
                let said = Said {
                    is_note,
                    source,
                    rendered,
                    echo_id: None,
                    rich: None,
                    attachments: Vec::new(),
                    mentions: Vec::new(),
                    late: false,
                    mail: None,
                };
                store_outgoing(tx, self.by.agent(), present, said)?;
            }
            Step::Follow(agent) => {
                if organise::follow(tx, present.id, agent)? {
                    self.changes(tx, present, None)?;
                }
            }
            Step::Notify { to, text } => {
                for agent in to.into_iter().filter(|agent| Some(*agent) != by) {
                    self.notify(tx, present, agent, &text)?;
                }
            }
            Step::Sla(sla) => {
                if super::sla::promise(tx, present.id, sla)? {
                    self.changes(tx, present, None)?;
                }
            }
            Step::Kind(kind) => {
                if present.kind != kind {
                    self.changes(tx, present, Some(Action::Kind(present.kind)))?;
                    standing::set_kind(tx, by, present, kind)?;
                }
            }
            Step::Spam => {
                if organise::set_spam(tx, present.id)? {
                    super::rules::after(tx, present.id, Cause::Changed("status"));
                    self.changes(tx, present, None)?;
                    note_activity(tx, present.id, by, Activity { action: "spam".into(), value: String::new() })?;
                }
            }
        }
        Ok(())
    }

    fn stand(&mut self, tx: &WriteTx, present: &Conversation, to: Standing) -> Result<()> {
        let custom = crate::store::statuses::of(tx, present.id)?;
        let same_words = custom.as_ref().map(|one| one.uuid) == to.custom.as_ref().map(|one| one.uuid);
        if present.status == to.status && present.snoozed_until == to.snoozed_until && same_words {
            return Ok(());
        }
        let before = match (present.snoozed_until, custom) {
            (Some(until), _) => Action::Snooze(Until::At(until)),
            (None, Some(custom)) => Action::CustomStatus(custom.uuid),
            (None, None) => Action::Status(present.status),
        };
        self.changes(tx, present, Some(before))?;
        standing::set_status(tx, self.by.id(), present, to)?;
        Ok(())
    }

    /// Leaves a notice for an agent who sees the conversation.
    fn notify(&self, tx: &WriteTx, present: &Conversation, agent: AgentId, words: &str) -> Result<()> {
        if !sight::of(tx, agent)?.sees(Holder::of(present)) {
            return Ok(());
        }
        let actor = match self.by {
            Actor::Agent(session) => full_name(&session.agent.first_name, &session.agent.last_name),
            Actor::Rule(name) => name.to_owned(),
        };
        let text = if words.is_empty() { present.preview.clone() } else { words.to_owned() };
        let dedup_key = Some(format!("{}:{}:{}", NoticeKind::Rule.as_str(), present.id, actor));
        notices::insert(tx, &NewNotice { agent, kind: NoticeKind::Rule, conversation: Some(present.id), actor, text, dedup_key })?;
        Ok(())
    }

    /// Something is about to change: before the first change of a rule stands whose doing it is.
    fn changes(&mut self, tx: &WriteTx, present: &Conversation, undo: Option<Action>) -> Result<()> {
        if let (Actor::Rule(name), false) = (self.by, self.changed) {
            note_activity(tx, present.id, None, Activity { action: "rule".into(), value: name.to_owned() })?;
        }
        self.changed = true;
        self.undo.extend(undo);
        Ok(())
    }
}
