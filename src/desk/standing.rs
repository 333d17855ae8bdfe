//! Where a conversation stands and who has it: the one place each of these changes, whoever asks for it: an agent by hand, a macro, a rule,
//! a selection. Nothing here announces the conversation; whoever called does that once, at the end.

use super::conversations::wake_key;
use super::messages::note_activity;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::AgentId;
use crate::model::agent::{Agent, full_name};
use crate::model::conversation::{Conversation, Priority, Status};
use crate::model::job::Job;
use crate::model::message::Activity;
use crate::model::notice::NoticeKind;
use crate::model::status::CustomStatus;
use crate::model::tag::Tag;
use crate::model::team::Team;
use crate::store::{WriteTx, conversations, jobs, statuses};

/// Where it shall stand.
pub(super) struct Standing {
    pub(super) status: Status,
    /// In the house's own words.
    pub(super) custom: Option<CustomStatus>,
    pub(super) snoozed_until: Option<Millis>,
    /// When it is resolved, ask how it was (where the inbox wants that).
    pub(super) ask: bool,
}

/// Sets the status; false when it stands there already.
pub(super) fn set_status(tx: &WriteTx, by: Option<AgentId>, before: &Conversation, to: Standing) -> Result<bool> {
    let Standing { status, custom, snoozed_until, ask } = to;
    if snoozed_until.is_some_and(|until| until <= tx.now) {
        return Err(Error::invalid("The time to come back must be in the future.").in_field("snoozed_until"));
    }
    let present = statuses::of(tx, before.id)?;
    let same_words = present.as_ref().map(|one| one.uuid) == custom.as_ref().map(|one| one.uuid);
    if before.status == status && before.snoozed_until == snoozed_until && same_words {
        return Ok(false);
    }
    conversations::set_status(tx, before.id, status, snoozed_until, false)?;
    if let Some(custom) = &custom {
        statuses::set(tx, before.id, Some(custom.uuid))?;
    }
    let activity = match (snoozed_until, custom) {
        (Some(until), _) => {
            jobs::enqueue_once(tx, &wake_key(before), &Job::wake(before.id), until)?;
            Activity { action: "snooze".into(), value: until.to_string() }
        }
        (None, Some(custom)) => Activity { action: "custom_status".into(), value: custom.name },
        (None, None) => Activity { action: "status".into(), value: status.as_str().into() },
    };
    if snoozed_until.is_none() {
        jobs::cancel(tx, &wake_key(before))?;
    }
    note_activity(tx, before.id, by, activity)?;
    if ask && status == Status::Resolved && before.status != Status::Resolved && snoozed_until.is_none() {
        super::csat::ask(tx, before)?;
    }
    Ok(true)
}

/// Gives it to an agent, or to nobody; false when he has it already.
pub(super) fn give(tx: &WriteTx, by: Option<AgentId>, before: &Conversation, to: Option<&Agent>) -> Result<bool> {
    if before.assignee.as_ref().map(|agent| agent.id) == to.map(|agent| agent.id) {
        return Ok(false);
    }
    conversations::set_assignee(tx, before.id, to.map(|agent| agent.id))?;
    if let Some(to) = to {
        let given = conversations::conversation(tx, before.id)?;
        super::notices::tell(tx, to.id, NoticeKind::Assignment, Some(&given), by, &given.preview)?;
    }
    let value = to.map_or(String::new(), |agent| full_name(&agent.first_name, &agent.last_name));
    note_activity(tx, before.id, by, Activity { action: "assignment".into(), value })?;
    Ok(true)
}

/// Gives it to a team, or to none; false when that has it already.
pub(super) fn give_team(tx: &WriteTx, by: Option<AgentId>, before: &Conversation, to: Option<&Team>) -> Result<bool> {
    if before.team.as_ref().map(|team| team.id) == to.map(|team| team.id) {
        return Ok(false);
    }
    conversations::set_team(tx, before.id, to.map(|team| team.id))?;
    let value = to.map_or(String::new(), |team| team.name.clone());
    note_activity(tx, before.id, by, Activity { action: "team".into(), value })?;
    Ok(true)
}

/// Sets how soon somebody should answer; false when it is so already.
pub(super) fn set_priority(tx: &WriteTx, by: Option<AgentId>, before: &Conversation, to: Option<Priority>) -> Result<bool> {
    if before.priority == to {
        return Ok(false);
    }
    conversations::set_priority(tx, before.id, to)?;
    let value = to.map_or("", Priority::as_str).to_owned();
    note_activity(tx, before.id, by, Activity { action: "priority".into(), value })?;
    Ok(true)
}

/// Writes down which tags came and went.
pub(super) fn note_tags(tx: &WriteTx, by: Option<AgentId>, before: &Conversation, added: &[Tag], removed: &[Tag]) -> Result<()> {
    for (action, tags) in [("tag", added), ("untag", removed)] {
        if !tags.is_empty() {
            let value = tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(", ");
            note_activity(tx, before.id, by, Activity { action: action.into(), value })?;
        }
    }
    Ok(())
}
