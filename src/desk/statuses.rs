//! Statuses of the house's own: made, renamed, put in order and deleted by whoever may share, read by everybody inside.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::model::agent::AgentSession;
use crate::model::conversation::Status;
use crate::model::status::CustomStatus;
use crate::store::{ReadTx, audit, statuses, tags};
use serde_json::json;

/// Changes to a status; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct StatusEdit {
    pub name: Option<String>,
    /// Only while it is made.
    pub category: Option<Status>,
    pub position: Option<u32>,
}

impl Desk {
    /// All of them, as menus show them.
    pub async fn statuses(&self) -> Result<Vec<CustomStatus>> {
        self.store.read(statuses::all).await
    }

    /// Makes a status, at the end of its category.
    pub async fn create_status(&self, by: &AgentSession, edit: StatusEdit) -> Result<Uuid> {
        let by = by.agent.id;
        let name = checked(edit.name.as_deref().unwrap_or_default())?;
        let category =
            edit.category.ok_or_else(|| Error::invalid("Please choose what it means: open, waiting or resolved.").in_field("category"))?;
        self.store
            .write(move |tx| {
                let all = statuses::all(tx)?;
                if all.len() >= limits::STATUSES_MAX as usize {
                    return Err(Error::conflict(format!("There can be {} statuses. Please delete one first.", limits::STATUSES_MAX)));
                }
                check_free(tx, &name, None)?;
                let last = all.iter().map(|one| one.position).max().unwrap_or(0);
                let status = CustomStatus { uuid: Uuid::new(), name, category, position: edit.position.unwrap_or(last + 1) };
                statuses::insert(tx, &status)?;
                let detail = json!({ "name": status.name, "category": category.as_str() });
                audit::append(tx, Some(by), "status.created", &status.uuid.to_string(), &detail)?;
                Ok(status.uuid)
            })
            .await
    }

    /// Renames a status or moves it in the menus.
    pub async fn edit_status(&self, by: &AgentSession, uuid: Uuid, edit: StatusEdit) -> Result<()> {
        let by = by.agent.id;
        let name = edit.name.as_deref().map(checked).transpose()?;
        self.store
            .write(move |tx| {
                let mut status = known(tx, uuid)?;
                if edit.category.is_some_and(|category| category != status.category) {
                    let words = "What a status means stays, because conversations have it. Please make another one and delete this.";
                    return Err(Error::conflict(words).in_field("category"));
                }
                if let Some(name) = name {
                    check_free(tx, &name, Some(uuid))?;
                    status.name = name;
                }
                status.position = edit.position.unwrap_or(status.position);
                statuses::update(tx, &status)?;
                audit::append(tx, Some(by), "status.edited", &uuid.to_string(), &json!({ "name": status.name }))
            })
            .await
    }

    /// Deletes a status of which no macro, rule or view speaks; conversations that have it fall back to the plain category.
    pub async fn delete_status(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.agent.id;
        loop {
            let is_gone = self
                .store
                .write(move |tx| {
                    let status = known(tx, uuid)?;
                    super::tags::check_unspoken(&tags::spoken_of(tx, uuid)?, "status")?;
                    if statuses::detach(tx, uuid)? >= limits::TEAM_DETACH_BATCH as usize {
                        return Ok(false);
                    }
                    statuses::delete(tx, uuid)?;
                    audit::append(tx, Some(by), "status.deleted", &uuid.to_string(), &json!({ "name": status.name }))?;
                    Ok(true)
                })
                .await?;
            if is_gone {
                return Ok(());
            }
        }
    }
}

/// The status with this public id.
pub(super) fn known(tx: &ReadTx, uuid: Uuid) -> Result<CustomStatus> {
    statuses::find(tx, uuid)?.ok_or_else(|| Error::not_found("status").in_field("custom_status"))
}

fn checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, limits::LABEL_CHARS_MAX);
    match name.is_empty() {
        true => Err(Error::invalid("Please give the status a name.").in_field("name")),
        false => Ok(name),
    }
}

/// Refuses a name that another one has, or that menus use for the plain categories.
fn check_free(tx: &ReadTx, name: &str, but: Option<Uuid>) -> Result<()> {
    let is_plain = ["open", "waiting", "resolved", "snoozed"].contains(&name.to_lowercase().as_str());
    match statuses::named(tx, name)? {
        Some(other) if but != Some(other.uuid) => Err(Error::conflict("There is a status of this name already.").in_field("name")),
        _ if is_plain => Err(Error::conflict("The house has a status of this name itself.").in_field("name")),
        _ => Ok(()),
    }
}
