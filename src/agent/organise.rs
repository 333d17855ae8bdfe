//! Business hours and teams: everybody reads, admins write.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::hours::HoursEdit;
use crate::desk::teams::TeamEdit;
use crate::http::{Reply, Request};
use crate::model::hours::{Holiday, Week};
use crate::model::team::{Place, Routing};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct NewHours {
    name: Option<String>,
    time_zone: Option<String>,
    weekly: Option<Value>,
    holidays: Option<Value>,
}

#[derive(Deserialize)]
struct NewTeam {
    name: Option<String>,
    members: Option<Vec<String>>,
    #[serde(default, deserialize_with = "super::given")]
    hours: Option<Option<String>>,
    routing: Option<String>,
    prefer_last: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    answer_within_s: Option<Value>,
    places: Option<BTreeMap<String, String>>,
    default: Option<bool>,
}

impl Desks {
    /// `GET /hours`.
    pub(super) async fn hours(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_hours(None).await
    }

    /// `POST /hours`.
    pub(super) async fn create_hours(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = hours_edit(request.json().await?)?;
        let made = self.desk.create_hours(&session, edit).await?;
        self.all_hours(Some(made.uuid)).await
    }

    /// `PUT /hours/{uuid}`.
    pub(super) async fn edit_hours(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = hours_edit(request.json().await?)?;
        self.desk.edit_hours(&session, uuid, edit).await?;
        self.all_hours(Some(uuid)).await
    }

    /// `DELETE /hours/{uuid}`.
    pub(super) async fn delete_hours(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_hours(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `GET /teams`.
    pub(super) async fn teams(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_teams(None).await
    }

    /// `POST /teams`.
    pub(super) async fn create_team(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = team_edit(request.json().await?)?;
        let made = self.desk.create_team(&session, edit).await?;
        self.all_teams(Some(made.uuid)).await
    }

    /// `PUT /teams/{uuid}`.
    pub(super) async fn edit_team(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = team_edit(request.json().await?)?;
        self.desk.edit_team(&session, uuid, edit).await?;
        self.all_teams(Some(uuid)).await
    }

    /// `DELETE /teams/{uuid}`.
    pub(super) async fn delete_team(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_team(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    async fn all_hours(&self, saved: Option<Uuid>) -> Result<Reply> {
        let all = self.desk.hours().await?;
        Ok(wire::ok(wire::all_hours(&all, saved, self.desk.clock.now())))
    }

    async fn all_teams(&self, saved: Option<Uuid>) -> Result<Reply> {
        let teams = self.desk.teams().await?;
        let here = self.desk.team_online().await?;
        Ok(wire::ok(wire::all_teams(&teams, &here, saved)))
    }
}

fn hours_edit(asked: NewHours) -> Result<HoursEdit> {
    let weekly = asked.weekly.map(|value| fitting::<Week>(value, "weekly")).transpose()?;
    let holidays = asked.holidays.map(|value| fitting::<Vec<Holiday>>(value, "holidays")).transpose()?;
    Ok(HoursEdit { name: asked.name, time_zone: asked.time_zone, weekly, holidays })
}

fn team_edit(asked: NewTeam) -> Result<TeamEdit> {
    let uuids = |texts: Vec<String>| texts.iter().map(|text| super::id(text, "agent").map_err(|error| error.in_field("members"))).collect();
    let hours = match asked.hours {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => {
            Some(Some(Uuid::parse(&text).ok_or_else(|| Error::invalid("There is no such set of hours.").in_field("hours"))?))
        }
    };
    let bad = |field: &str, words: &str| Error::invalid(words).in_field(field);
    let routing = |word: String| Routing::parse(&word).ok_or_else(|| bad("routing", "routing is manual or round_robin."));
    let place = |(agent, word): (String, String)| {
        let place = Place::parse(&word).ok_or_else(|| bad("places", "A place is first, normal or last."))?;
        Ok((super::id(&agent, "agent").map_err(|error| error.in_field("places"))?, place))
    };
    Ok(TeamEdit {
        name: asked.name,
        members: asked.members.map(uuids).transpose()?,
        hours,
        routing: asked.routing.map(routing).transpose()?,
        prefer_last: asked.prefer_last,
        answer_within_s: asked.answer_within_s.map(|value| fitting::<Option<u32>>(value, "answer_within_s")).transpose()?,
        places: asked.places.map(|places| places.into_iter().map(place).collect::<Result<_>>()).transpose()?,
        is_default: asked.default,
    })
}

/// A key that is there, also when it is null.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// A part of a body, so that what does not fit is said with its field.
fn fitting<T: serde::de::DeserializeOwned>(value: Value, field: &str) -> Result<T> {
    serde_json::from_value(value).map_err(|cause| Error::invalid(format!("This does not fit: {cause}.")).in_field(field))
}
