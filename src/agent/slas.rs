//! Promises about time: everybody reads, whoever may change settings writes.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::desk::sla::{Promised, SlaEdit};
use crate::http::{Reply, Request};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewSla {
    name: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    first_s: Option<Option<i64>>,
    #[serde(default, deserialize_with = "seconds")]
    next_s: Option<Option<i64>>,
    #[serde(default, deserialize_with = "seconds")]
    resolution_s: Option<Option<i64>>,
    warn_percent: Option<i64>,
    #[serde(default, deserialize_with = "super::given")]
    hours: Option<Option<String>>,
    teams: Option<Vec<String>>,
}

impl Desks {
    /// `GET /slas`.
    pub(super) async fn slas(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_slas(None).await
    }

    /// `POST /slas`.
    pub(super) async fn create_sla(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = read(request.json().await?)?;
        let uuid = self.desk.create_sla(&session, edit).await?;
        self.all_slas(Some(uuid)).await
    }

    /// `PUT /slas/{uuid}`.
    pub(super) async fn edit_sla(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let edit = read(request.json().await?)?;
        self.desk.edit_sla(&session, uuid, edit).await?;
        self.all_slas(Some(uuid)).await
    }

    /// `DELETE /slas/{uuid}`.
    pub(super) async fn delete_sla(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_sla(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    async fn all_slas(&self, saved: Option<Uuid>) -> Result<Reply> {
        let slas: Vec<Value> = self.desk.slas().await?.iter().map(shape).collect();
        Ok(wire::ok(wire::saving(json!({ "slas": slas }), saved)))
    }
}

fn shape((sla, teams): &Promised) -> Value {
    json!({
        "uuid": sla.uuid.to_string(), "name": sla.name, "first_s": sla.terms.first_s, "next_s": sla.terms.next_s,
        "resolution_s": sla.terms.resolution_s, "warn_percent": sla.terms.warn_percent, "hours": sla.hours.map(|(_, uuid)| uuid.to_string()),
        "teams": teams.iter().map(|(uuid, _)| uuid.to_string()).collect::<Vec<_>>(),
        "used_by": teams.iter().map(|(_, name)| name).collect::<Vec<_>>(),
    })
}

fn read(asked: NewSla) -> Result<SlaEdit> {
    let hours = match asked.hours {
        Some(Some(text)) => {
            Some(Some(Uuid::parse(&text).ok_or_else(|| Error::invalid("There is no such set of hours.").in_field("hours"))?))
        }
        Some(None) => Some(None),
        None => None,
    };
    if asked.teams.as_ref().is_some_and(|teams| teams.len() > limits::TEAMS_MAX) {
        return Err(Error::invalid(format!("There can be {} teams.", limits::TEAMS_MAX)).in_field("teams"));
    }
    let uuids = |texts: Vec<String>| texts.iter().map(|text| super::id(text, "team").map_err(|error| error.in_field("teams"))).collect();
    Ok(SlaEdit {
        name: asked.name,
        first_s: asked.first_s,
        next_s: asked.next_s,
        resolution_s: asked.resolution_s,
        warn_percent: asked.warn_percent,
        hours,
        teams: asked.teams.map(uuids).transpose()?,
    })
}

/// A key that may be left out, be null or be a number: three different things.
fn seconds<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<i64>>, D::Error> {
    <Option<i64> as Deserialize>::deserialize(value).map(Some)
}
