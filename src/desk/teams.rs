//! Teams: made, edited and deleted by admins, read by everybody inside.

use super::Desk;
use super::authority::{acting, sees_everything, sees_team};
use super::availability::Here;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::agent::{Agent, AgentSession};
use crate::model::team::{Place, Routing, Team};
use crate::store::{WriteTx, audit, hours, teams};
use serde_json::json;
use std::collections::BTreeSet;

/// Changes to a team; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TeamEdit {
    pub name: Option<String>,
    pub members: Option<Vec<Uuid>>,
    /// `Some(None)` = the hours of the inbox.
    pub hours: Option<Option<Uuid>>,
    pub routing: Option<Routing>,
    pub prefer_last: Option<bool>,
    /// `Some(None)` = nobody is passed over.
    pub answer_within_s: Option<Option<u32>>,
    /// Places of members; who is not named has the normal one.
    pub places: Option<Vec<(Uuid, Place)>>,
    pub is_default: Option<bool>,
}

impl Desk {
    /// All teams.
    pub async fn teams(&self) -> Result<Vec<Team>> {
        self.store.read(teams::all).await
    }

    /// Makes a team.
    pub async fn create_team(&self, by: &AgentSession, edit: TeamEdit) -> Result<Team> {
        let by = by.clone();
        let edit = TeamEdit { name: Some(edit.name.unwrap_or_default()), ..edit };
        check(&edit)?;
        let here = self.here();
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                // Nothing comes to a new team by itself, unless it is the one that gets whatever no other gets.
                if edit.members.as_ref().is_some_and(|members| !members.is_empty()) {
                    acting_on_people(&by)?;
                }
                if edit.is_default == Some(true) {
                    sees_everything(&by)?;
                }
                if teams::all(tx)?.len() >= limits::TEAMS_MAX {
                    return Err(Error::conflict(format!("There can be {} teams. Please delete one first.", limits::TEAMS_MAX)));
                }
                let uuid = teams::insert(tx, "")?;
                let team = apply(tx, &here, uuid, edit)?;
                audit::append(tx, Some(by.id), "team.created", &uuid.to_string(), &json!({ "name": team.name }))?;
                Ok(team)
            })
            .await
    }

    /// Changes a team.
    pub async fn edit_team(&self, by: &AgentSession, uuid: Uuid, edit: TeamEdit) -> Result<Team> {
        let by = by.clone();
        check(&edit)?;
        let here = self.here();
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                may_change(&by, &teams::find(tx, uuid)?.ok_or_else(not_found)?, &edit)?;
                let team = apply(tx, &here, uuid, edit)?;
                let detail = json!({ "name": team.name, "members": team.members.len(), "routing": team.routing.as_str() });
                audit::append(tx, Some(by.id), "team.edited", &uuid.to_string(), &detail)?;
                Ok(team)
            })
            .await
    }

    /// Deletes a team to which no start button leads any more; its conversations stay, without a team.
    pub async fn delete_team(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        let may_go = move |tx: &WriteTx| {
            let team = teams::find(tx, uuid)?.ok_or_else(not_found)?;
            let inboxes = teams::used_by(tx, uuid)?;
            match inboxes.is_empty() {
                true => Ok(team),
                false => Err(Error::conflict(format!(
                    "Start buttons lead to this team: inbox {}. Please choose another team there first.",
                    inboxes.join(", inbox ")
                ))),
            }
        };
        loop {
            let is_gone = self
                .store
                .write(move |tx| {
                    let team = may_go(tx)?;
                    if teams::detach(tx, team.id)? >= limits::TEAM_DETACH_BATCH as usize {
                        return Ok(false);
                    }
                    audit::append(tx, Some(by), "team.deleted", &uuid.to_string(), &json!({ "name": team.name }))?;
                    teams::delete(tx, team.id, uuid)?;
                    Ok(true)
                })
                .await?;
            if is_gone {
                return Ok(());
            }
        }
    }
}

/// Who is in a team sees its conversations: that needs `people` beside `settings`. Nobody changes more than he sees.
fn may_change(by: &Agent, team: &Team, edit: &TeamEdit) -> Result<()> {
    let present: BTreeSet<Uuid> = team.members.iter().map(|member| member.uuid).collect();
    if edit.members.as_ref().is_some_and(|wanted| wanted.iter().copied().collect::<BTreeSet<_>>() != present) {
        acting_on_people(by)?;
        sees_team(by, team)?;
    }
    let place_of = |uuid: Uuid| team.members.iter().find(|member| member.uuid == uuid).map(|member| member.place);
    let another_turn = edit.routing.is_some_and(|routing| routing != team.routing)
        || edit.prefer_last.is_some_and(|prefer| prefer != team.prefer_last)
        || edit.answer_within_s.is_some_and(|seconds| seconds != team.answer_within_s)
        || edit.places.as_ref().is_some_and(|places| {
            let wanted = |uuid: Uuid| places.iter().find(|(agent, _)| *agent == uuid).map_or(Place::Normal, |(_, place)| *place);
            present.iter().any(|uuid| place_of(*uuid) != Some(wanted(*uuid)))
        });
    if another_turn {
        sees_team(by, team)?;
    }
    match edit.is_default.is_some_and(|is_default| is_default != team.is_default) {
        true => sees_everything(by),
        false => Ok(()),
    }
}

fn acting_on_people(by: &Agent) -> Result<()> {
    match by.rights.permissions.has(Permission::People) {
        true => Ok(()),
        false => {
            let words = "Who is in a team sees its conversations: your role does not allow to change that.";
            Err(Error::forbidden(words).in_field("members").coded("not_allowed"))
        }
    }
}

fn apply(tx: &WriteTx, here: &Here, uuid: Uuid, edit: TeamEdit) -> Result<Team> {
    let team = teams::find(tx, uuid)?.ok_or_else(not_found)?;
    let hours = match edit.hours {
        None => team.hours.map(|(id, _)| id),
        Some(None) => None,
        Some(Some(uuid)) => {
            Some(hours::find(tx, uuid)?.ok_or_else(|| Error::invalid("There is no such set of hours.").in_field("hours"))?.id)
        }
    };
    let name = edit.name.map_or(team.name, |name| text::clean_line(&name, 100));
    teams::update(tx, team.id, uuid, &name, hours)?;
    if let Some(members) = &edit.members {
        teams::set_members(tx, team.id, members)?;
    }
    if let Some(places) = edit.places {
        let members = teams::find(tx, uuid)?.ok_or_else(not_found)?.members;
        for member in members {
            let place = places.iter().find(|(agent, _)| *agent == member.uuid).map_or(Place::Normal, |(_, place)| *place);
            teams::set_place(tx, team.id, member.uuid, place)?;
        }
    }
    let answer_within_s = edit.answer_within_s.unwrap_or(team.answer_within_s);
    let (routing, prefer_last) = (edit.routing.unwrap_or(team.routing), edit.prefer_last.unwrap_or(team.prefer_last));
    teams::set_routing(tx, team.id, routing, prefer_last, answer_within_s)?;
    if let Some(is_default) = edit.is_default {
        teams::set_default(tx, uuid, is_default)?;
    }
    super::routing::team_changed(tx, here)?;
    teams::find(tx, uuid)?.ok_or_else(not_found)
}

fn check(edit: &TeamEdit) -> Result<()> {
    if edit.name.as_deref().is_some_and(|name| text::clean_line(name, 100).is_empty()) {
        return Err(Error::invalid("Please give the team a name.").in_field("name"));
    }
    if edit.answer_within_s.flatten().is_some_and(|seconds| !(30..=limits::ANSWER_WITHIN_S_MAX).contains(&seconds)) {
        return Err(Error::invalid("An answer is expected within half a minute to a day.").in_field("answer_within_s"));
    }
    if edit.members.as_ref().is_some_and(|members| members.len() > limits::TEAM_MEMBERS_MAX) {
        return Err(Error::invalid(format!("A team has at most {} members.", limits::TEAM_MEMBERS_MAX)).in_field("members"));
    }
    Ok(())
}

fn not_found() -> Error {
    Error::not_found("team")
}
