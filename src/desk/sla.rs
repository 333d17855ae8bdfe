//! Promises about time: made by whoever may change settings, kept or broken by everybody. The clocks of a conversation are brought into
//! line at the end of each task that touched it (`settle`), and looked at by the second (`mind_deadlines`).

use super::Desk;
use super::messages::note_activity;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ConversationId, HoursId, Uuid};
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::conversation::Conversation;
use crate::model::message::Activity;
use crate::model::notice::NoticeKind;
use crate::model::sla::{Clock, Deadline, Sla, Terms, settle as settled};
use crate::store::{WriteTx, audit, conversations, hours, organise, slas, teams};
use serde_json::json;

/// Changes to a promise; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SlaEdit {
    pub name: Option<String>,
    /// Seconds; `Some(None)` promises nothing of this kind.
    pub first_s: Option<Option<i64>>,
    pub next_s: Option<Option<i64>>,
    pub resolution_s: Option<Option<i64>>,
    pub warn_percent: Option<i64>,
    /// `Some(None)` counts around the clock.
    pub hours: Option<Option<Uuid>>,
    /// Teams that promise this by default.
    pub teams: Option<Vec<Uuid>>,
}

/// A promise, and the teams that make it by default: `(team, name)`.
pub type Promised = (Sla, Vec<(Uuid, String)>);

impl Desk {
    /// All promises.
    pub async fn slas(&self) -> Result<Vec<Promised>> {
        self.store
            .read(|tx| {
                let teams = slas::teams(tx)?;
                let with_teams = |sla: Sla| {
                    let of = teams.iter().filter(|(id, ..)| *id == sla.id).map(|(_, uuid, name)| (*uuid, name.clone())).collect();
                    (sla, of)
                };
                Ok(slas::all(tx)?.into_iter().map(with_teams).collect())
            })
            .await
    }

    /// Makes a promise.
    pub async fn create_sla(&self, by: &AgentSession, edit: SlaEdit) -> Result<Uuid> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                if slas::all(tx)?.len() >= limits::SLAS_MAX {
                    return Err(Error::conflict(format!("There can be {} promises. Please delete one first.", limits::SLAS_MAX)));
                }
                let terms = terms(&edit, Terms { warn_percent: 80, ..Terms::default() })?;
                let name = name_checked(tx, edit.name.as_deref().unwrap_or_default(), None)?;
                let hours = hours_named(tx, edit.hours.flatten())?;
                let uuid = slas::insert(tx, &name, &terms, hours)?;
                let made = known(tx, uuid)?;
                slas::set_teams(tx, made.id, &edit.teams.unwrap_or_default())?;
                audit::append(tx, Some(by), "sla.created", &uuid.to_string(), &json!({ "name": name }))?;
                Ok(uuid)
            })
            .await
    }

    /// Changes a promise. Clocks that run keep what was promised when they began.
    pub async fn edit_sla(&self, by: &AgentSession, uuid: Uuid, edit: SlaEdit) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let mut sla = known(tx, uuid)?;
                sla.terms = terms(&edit, sla.terms)?;
                if let Some(name) = &edit.name {
                    sla.name = name_checked(tx, name, Some(uuid))?;
                }
                let hours = match edit.hours {
                    Some(hours) => hours_named(tx, hours)?,
                    None => sla.hours.map(|(id, _)| id),
                };
                slas::update(tx, &sla, hours)?;
                if let Some(teams) = &edit.teams {
                    slas::set_teams(tx, sla.id, teams)?;
                }
                audit::append(tx, Some(by), "sla.edited", &uuid.to_string(), &json!({ "name": sla.name }))
            })
            .await
    }

    /// Deletes a promise; conversations under it are promised nothing any more.
    pub async fn delete_sla(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        loop {
            let is_gone = self
                .store
                .write(move |tx| {
                    let sla = known(tx, uuid)?;
                    slas::set_teams(tx, sla.id, &[])?;
                    if slas::detach(tx, sla.id, limits::TEAM_DETACH_BATCH)? >= limits::TEAM_DETACH_BATCH as usize {
                        return Ok(false);
                    }
                    audit::append(tx, Some(by), "sla.deleted", &uuid.to_string(), &json!({ "name": sla.name }))?;
                    slas::delete(tx, &sla)?;
                    Ok(true)
                })
                .await?;
            if is_gone {
                return Ok(());
            }
        }
    }

    /// Looks at the deadlines whose time has come: warns, and says what was not kept. Answers when to look again.
    pub async fn mind_deadlines(&self) -> Result<Option<Millis>> {
        let (due, next) = self
            .store
            .read(|tx| {
                let next = slas::next_due(tx)?;
                let is_due = next.is_some_and(|next| next <= tx.now);
                Ok((if is_due { slas::due(tx, tx.now, limits::DEADLINES_PER_COMMIT)? } else { Vec::new() }, next))
            })
            .await?;
        for id in due {
            // One conversation, one task: what is wrong with one must not keep the others from being told.
            if let Err(error) = self.store.write(move |tx| pass(tx, id)).await {
                log::warn!("a deadline could not be told conversation={id} error=\"{error:?}\"");
            }
        }
        Ok(next)
    }
}

/// Brings the clocks of a conversation into line with where it stands; `begins` where a team's own promise comes in.
pub(super) fn settle(tx: &WriteTx, id: ConversationId, begins: bool) -> Result<()> {
    if !slas::any(tx)? {
        return Ok(());
    }
    let Some((mut promised, standing)) = slas::of_conversation(tx, id)? else { return Ok(()) };
    let before = slas::deadlines(tx, id)?;
    let mut known = before.clone();
    if begins
        && let Some(of_team) = slas::of_team(tx, id)?
        && promised != Some(of_team)
    {
        slas::set(tx, id, Some(of_team))?;
        promised = Some(of_team);
        known.retain(is_settled);
    }
    let after = match promised.map(|sla| slas::sla(tx, sla)).transpose()?.flatten() {
        Some(sla) => {
            let set = sla.hours.map(|(id, _)| hours::set(tx, id)).transpose()?.flatten();
            settled(&sla.terms, set.as_ref().map(|set| &set.plan), &known, &standing, tx.now)
        }
        None => settled(&Terms::default(), None, &known, &standing, tx.now),
    };
    if after != before {
        slas::put_deadlines(tx, id, &after)?;
        conversations::announce(tx, id, false)?;
    }
    Ok(())
}

/// Promises something else in a conversation, from the beginning; `None` promises nothing. False when that is so already.
pub(super) fn promise(tx: &WriteTx, id: ConversationId, sla: Option<Uuid>) -> Result<bool> {
    if !organise::set_sla(tx, id, sla)? {
        return Ok(false);
    }
    let mut known = slas::deadlines(tx, id)?;
    known.retain(is_settled);
    slas::put_deadlines(tx, id, &known)?;
    settle(tx, id, false)?;
    Ok(true)
}

fn is_settled(deadline: &Deadline) -> bool {
    deadline.breached_at.is_some() || deadline.met_at.is_some()
}

/// The time of a clock has come: a warning, or the end.
fn pass(tx: &WriteTx, id: ConversationId) -> Result<()> {
    let mut deadlines = slas::deadlines(tx, id)?;
    let Ok(conversation) = conversations::conversation(tx, id) else { return Ok(()) };
    let mut news: Vec<(NoticeKind, Clock)> = Vec::new();
    for deadline in deadlines.iter_mut().filter(|deadline| deadline.runs() && deadline.breached_at.is_none()) {
        if deadline.due_at <= tx.now {
            // Looked at late (a machine that slept): the end says all, nobody needs the warning any more.
            deadline.warned_at = deadline.warned_at.or(Some(tx.now));
            deadline.breached_at = Some(tx.now);
            news.push((NoticeKind::SlaBreach, deadline.clock));
        } else if deadline.warn_at <= tx.now && deadline.warned_at.is_none() {
            deadline.warned_at = Some(tx.now);
            news.push((NoticeKind::SlaWarning, deadline.clock));
        }
    }
    slas::put_deadlines(tx, id, &deadlines)?;
    let told = told(tx, &conversation)?;
    for (kind, clock) in news {
        if kind == NoticeKind::SlaBreach {
            note_activity(tx, id, None, Activity { action: "sla_breach".into(), value: clock.as_str().into() })?;
        }
        let words = match kind {
            NoticeKind::SlaBreach => format!("The {} is late.", clock.noun()),
            _ => format!("The {} is due soon.", clock.noun()),
        };
        for agent in &told {
            super::notices::tell(tx, *agent, kind, Some(&conversation), None, &words)?;
        }
    }
    conversations::announce(tx, id, false)?;
    Ok(())
}

/// Who is told: whoever has it; else its team; else everybody.
fn told(tx: &WriteTx, conversation: &Conversation) -> Result<Vec<AgentId>> {
    if let Some(agent) = &conversation.assignee {
        return Ok(vec![agent.id]);
    }
    let of_team = conversation.team.as_ref().map(|team| teams::find(tx, team.uuid)).transpose()?.flatten();
    let mut told: Vec<AgentId> = of_team.map(|team| team.members.iter().map(|member| member.id).collect()).unwrap_or_default();
    if told.is_empty() {
        told = organise::agents_inside(tx)?;
    }
    told.truncate(limits::SLA_TOLD_MAX);
    Ok(told)
}

fn terms(edit: &SlaEdit, before: Terms) -> Result<Terms> {
    let terms = Terms {
        first_s: edit.first_s.unwrap_or(before.first_s),
        next_s: edit.next_s.unwrap_or(before.next_s),
        resolution_s: edit.resolution_s.unwrap_or(before.resolution_s),
        warn_percent: edit.warn_percent.unwrap_or(before.warn_percent),
    };
    for (field, seconds) in [("first_s", terms.first_s), ("next_s", terms.next_s), ("resolution_s", terms.resolution_s)] {
        if seconds.is_some_and(|seconds| !(60..=limits::SLA_S_MAX).contains(&seconds)) {
            return Err(Error::invalid("A promise takes from one minute to a year.").in_field(field));
        }
    }
    if (terms.first_s, terms.next_s, terms.resolution_s) == (None, None, None) {
        return Err(Error::invalid("Please promise at least one thing.").in_field("first_s"));
    }
    if !(1..=99).contains(&terms.warn_percent) {
        return Err(Error::invalid("The warning comes after 1 to 99 percent of the time.").in_field("warn_percent"));
    }
    Ok(terms)
}

fn name_checked(tx: &WriteTx, name: &str, but: Option<Uuid>) -> Result<String> {
    let name = text::clean_line(name, 100);
    if name.is_empty() {
        return Err(Error::invalid("Please give the promise a name.").in_field("name"));
    }
    let taken = slas::all(tx)?.iter().any(|sla| Some(sla.uuid) != but && sla.name.to_lowercase() == name.to_lowercase());
    if taken { Err(Error::conflict("There is a promise of this name already.").in_field("name")) } else { Ok(name) }
}

fn hours_named(tx: &WriteTx, uuid: Option<Uuid>) -> Result<Option<HoursId>> {
    let Some(uuid) = uuid else { return Ok(None) };
    let set = hours::find(tx, uuid)?.ok_or_else(|| Error::invalid("There is no such set of hours.").in_field("hours"))?;
    Ok(Some(set.id))
}

fn known(tx: &WriteTx, uuid: Uuid) -> Result<Sla> {
    slas::find(tx, uuid)?.ok_or_else(|| Error::not_found("promise"))
}
