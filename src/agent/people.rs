//! Agents: their own profile, and each other where the role allows.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::secret::Secret;
use crate::desk::agent_edits::AgentEdit;
use crate::desk::agents::{NewAgent, ProfileEdit};
use crate::http::{Reply, Request};
use crate::model::access::Permission;
use crate::model::agent::{Agent, Availability, Role};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Profile {
    first_name: Option<String>,
    last_name: Option<String>,
    availability: Option<String>,
    hidden: Option<bool>,
    password: Option<String>,
    current_password: Option<String>,
}

#[derive(Deserialize)]
struct Invite {
    email: String,
    first_name: String,
    #[serde(default)]
    last_name: String,
    role: String,
    custom_role: Option<String>,
}

#[derive(Deserialize)]
struct Edit {
    first_name: Option<String>,
    last_name: Option<String>,
    role: Option<String>,
    #[serde(default, deserialize_with = "super::given")]
    custom_role: Option<Option<String>>,
    suspended: Option<bool>,
    open_max: Option<u32>,
    #[serde(default, deserialize_with = "super::given")]
    work_hours: Option<Option<String>>,
}

impl Desks {
    /// `PUT /me`.
    pub(super) async fn edit_me(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Profile = request.json().await?;
        let availability = match asked.availability.as_deref() {
            Some(text) => {
                Some(Availability::parse(text).ok_or_else(|| Error::invalid("availability is online or away.").in_field("availability"))?)
            }
            None => None,
        };
        let password = asked.password.map(|new| (Secret::new(asked.current_password.unwrap_or_default()), Secret::new(new)));
        let edit = ProfileEdit { first_name: asked.first_name, last_name: asked.last_name, availability, password };
        let mut agent = match edit.password.is_some() {
            true => self.with_password(&request, &session, self.desk.edit_profile(&session, edit)).await?,
            false => self.desk.edit_profile(&session, edit).await?,
        };
        if let Some(hidden) = asked.hidden {
            agent = self.desk.hide(&session, hidden).await?;
        }
        Ok(self.shown_me(&agent))
    }

    /// `GET /agents`.
    pub(super) async fn agents(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let knows = session.agent.rights.permissions.has(Permission::People);
        let shape = |agent: &Agent| {
            let mut shape = wire::agent(&self.desk, agent);
            // Who has no second factor is a hint for whoever wants to get in; only those who may help are told.
            if !knows && agent.id != session.agent.id {
                shape["two_factor"] = Value::Null;
            }
            shape
        };
        Ok(wire::ok(json!({ "agents": self.desk.agents().await?.iter().map(shape).collect::<Vec<Value>>() })))
    }

    /// `POST /agents`.
    pub(super) async fn invite(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Invite = request.json().await?;
        let new = NewAgent { email: asked.email, first_name: asked.first_name, last_name: asked.last_name, role: role(&asked.role)? };
        let custom_role = asked.custom_role.as_deref().map(|text| named(text, "custom_role")).transpose()?;
        // A link in a mail leads to the configured address, or there is none (security row 36).
        let (agent, token, mailed) = self.desk.invite(&session, new, custom_role, self.base_url.is_some()).await?;
        let link = format!("{}/desk#invite={token}", self.base(&request));
        Ok(wire::ok(json!({ "agent": wire::agent(&self.desk, &agent), "link": link, "mailed": mailed })))
    }

    /// `PUT /agents/{uuid}`.
    pub(super) async fn edit_agent(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Edit = request.json().await?;
        let role = asked.role.as_deref().map(role).transpose()?;
        let edit = AgentEdit {
            first_name: asked.first_name,
            last_name: asked.last_name,
            role,
            custom_role: asked.custom_role.map(|given| given.map(|text| named(&text, "custom_role")).transpose()).transpose()?,
            suspended: asked.suspended,
            open_max: asked.open_max,
            work_hours: asked.work_hours.map(|given| given.map(|text| named(&text, "work_hours")).transpose()).transpose()?,
        };
        let agent = self.desk.edit_agent(&session, uuid, edit).await?;
        // The answer says how he counts with this.
        self.desk.notice().await?;
        Ok(wire::ok(wire::agent(&self.desk, &agent)))
    }

    /// `POST /agents/{uuid}/invitation`.
    pub(super) async fn invite_again(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let (purpose, token, mailed) = self.desk.invite_again(&session, uuid, self.base_url.is_some()).await?;
        Ok(wire::ok(json!({ "link": format!("{}/desk#{}={token}", self.base(request), purpose.as_str()), "mailed": mailed })))
    }
}

fn role(text: &str) -> Result<Role> {
    Role::parse(text).ok_or_else(|| Error::invalid("role is one of owner, admin, agent.").in_field("role"))
}

fn named(text: &str, field: &'static str) -> Result<Uuid> {
    Uuid::parse(text).ok_or_else(|| Error::invalid("There is no such thing.").in_field(field))
}
