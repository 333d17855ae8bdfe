//! Sets of business hours: made, edited and deleted by admins, read by everybody inside.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::hours::{Holiday, Hours, Plan, Week};
use crate::store::{audit, hours};
use serde_json::json;

/// Changes to a set; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct HoursEdit {
    pub name: Option<String>,
    pub time_zone: Option<String>,
    pub weekly: Option<Week>,
    pub holidays: Option<Vec<Holiday>>,
}

impl Desk {
    /// All sets.
    pub async fn hours(&self) -> Result<Vec<Hours>> {
        self.store.read(hours::all).await
    }

    /// Makes a set.
    pub async fn create_hours(&self, by: &AgentSession, edit: HoursEdit) -> Result<Hours> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        let name = name_checked(edit.name.as_deref().unwrap_or_default())?;
        let plan =
            Plan::new(edit.time_zone.as_deref().unwrap_or_default(), edit.weekly.unwrap_or_default(), edit.holidays.unwrap_or_default())?;
        self.store
            .write(move |tx| {
                if hours::all(tx)?.len() >= limits::HOURS_SETS_MAX {
                    return Err(Error::conflict(format!(
                        "There can be {} sets of hours. Please delete one first.",
                        limits::HOURS_SETS_MAX
                    )));
                }
                let made = hours::insert(tx, &name, &plan)?;
                audit::append(tx, Some(by), "hours.created", &made.uuid.to_string(), &json!({ "name": name }))?;
                Ok(made)
            })
            .await
    }

    /// Changes a set; whoever goes by it goes by it at once.
    pub async fn edit_hours(&self, by: &AgentSession, uuid: Uuid, edit: HoursEdit) -> Result<Hours> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        let name = edit.name.as_deref().map(name_checked).transpose()?;
        self.store
            .write(move |tx| {
                let mut set = hours::find(tx, uuid)?.ok_or_else(not_found)?;
                let zone = edit.time_zone.as_deref().unwrap_or(set.plan.zone_name()).to_owned();
                let (weekly, holidays) = (edit.weekly.unwrap_or(set.plan.weekly), edit.holidays.unwrap_or(set.plan.holidays));
                set.plan = Plan::new(&zone, weekly, holidays)?;
                set.name = name.unwrap_or(set.name);
                audit::append(tx, Some(by), "hours.edited", &uuid.to_string(), &json!({ "name": set.name }))?;
                hours::update(tx, &set)
            })
            .await
    }

    /// Deletes a set that nobody goes by any more; otherwise the error says who does, because dropping it would silently open a house
    /// around the clock.
    pub async fn delete_hours(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let set = hours::find(tx, uuid)?.ok_or_else(not_found)?;
                let (inboxes, teams) = hours::used_by(tx, &set)?;
                if !inboxes.is_empty() || !teams.is_empty() {
                    let used: Vec<String> = [("inbox", inboxes), ("team", teams)]
                        .into_iter()
                        .flat_map(|(noun, names)| names.into_iter().map(move |name| format!("{noun} {name}")))
                        .collect();
                    return Err(Error::conflict(format!(
                        "This set is in use: {}. Please choose other hours there first.",
                        used.join(", ")
                    )));
                }
                audit::append(tx, Some(by), "hours.deleted", &uuid.to_string(), &json!({ "name": set.name }))?;
                hours::delete(tx, &set)
            })
            .await
    }
}

fn not_found() -> Error {
    Error::not_found("set of hours")
}

fn name_checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, 100);
    if name.is_empty() { Err(Error::invalid("Please give the hours a name.").in_field("name")) } else { Ok(name) }
}
