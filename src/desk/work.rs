//! How an agent works: how much he is given at once, in which hours, and whether he shows that he is here.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::model::access::Permission;
use crate::model::agent::{Agent, AgentSession};
use crate::store::{agents, audit, hours, routing};
use serde_json::json;

/// Changes to how an agent works; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct WorkEdit {
    pub hidden: Option<bool>,
    pub open_max: Option<u32>,
    /// `Some(None)` = whenever he is here.
    pub work_hours: Option<Option<Uuid>>,
}

impl WorkEdit {
    /// Whether nothing is to be changed.
    pub fn is_empty(&self) -> bool {
        self.hidden.is_none() && self.open_max.is_none() && self.work_hours.is_none()
    }
}

impl Desk {
    /// Changes how an agent works. Everybody hides or shows himself; the rest is for whoever manages people.
    pub async fn edit_work(&self, by: &AgentSession, uuid: Uuid, edit: WorkEdit) -> Result<Agent> {
        let himself = by.agent.uuid == uuid;
        if edit.open_max.is_some() || edit.work_hours.is_some() || !himself {
            by.may(Permission::People)?;
        }
        if edit.hidden.is_some() && !himself {
            return Err(Error::forbidden("Everybody decides for himself whether he appears offline.").in_field("hidden"));
        }
        if edit.open_max.is_some_and(|max| !(1..=limits::OPEN_MAX).contains(&max)) {
            return Err(Error::invalid(format!("At once are 1 to {} conversations.", limits::OPEN_MAX)).in_field("open_max"));
        }
        let by = by.agent.id;
        let agent = self
            .store
            .write(move |tx| {
                let mut agent = agents::find(tx, uuid)?.ok_or_else(|| Error::not_found("agent"))?;
                if let Some(set) = edit.work_hours {
                    let no_such = || Error::invalid("There is no such set of hours.").in_field("work_hours");
                    let set = set.map(|uuid| hours::find(tx, uuid)?.map(|set| set.id).ok_or_else(no_such)).transpose()?;
                    routing::set_work_hours(tx, agent.id, set)?;
                }
                agent.hidden = edit.hidden.unwrap_or(agent.hidden);
                agent.open_max = edit.open_max.unwrap_or(agent.open_max);
                let agent = agents::update(tx, &agent)?;
                if edit.open_max.is_some() || edit.work_hours.is_some() {
                    let detail = json!({ "open_max": agent.open_max, "work_hours": agent.work_hours.map(|uuid| uuid.to_string()) });
                    audit::append(tx, Some(by), "agent.work_edited", &agent.uuid.to_string(), &detail)?;
                }
                Ok(agent)
            })
            .await?;
        self.notice().await?;
        // More room for one is less waiting for another.
        self.board.look_again();
        Ok(agent)
    }
}
