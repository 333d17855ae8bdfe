//! Logged-in browsers: one's own, and those of others where one may.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::base::id::{AgentSessionId, Uuid};
use crate::http::{Reply, Request};
use crate::store::logins::Login;
use serde_json::{Value, json};

impl Desks {
    /// `GET /me/sessions`.
    pub(super) async fn my_sessions(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        Ok(wire::ok(shape(&self.desk.sessions(&session).await?, Some(session.id))))
    }

    /// `DELETE /me/sessions/{uuid}`.
    pub(super) async fn end_my_session(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.end_session(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `DELETE /me/sessions`: all but this one.
    pub(super) async fn end_my_other_sessions(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.end_other_sessions(&session).await?;
        Ok(Reply::status(204))
    }

    /// `GET /agents/{uuid}/sessions`.
    pub(super) async fn sessions_of(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        Ok(wire::ok(shape(&self.desk.sessions_of(&session, uuid).await?, Some(session.id))))
    }

    /// `DELETE /agents/{uuid}/sessions`: all of them.
    pub(super) async fn end_sessions_of(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.end_sessions_of(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `DELETE /agents/{uuid}/two-factor`: a lost one.
    pub(super) async fn remove_two_factor(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.remove_two_factor(&session, uuid).await?;
        Ok(Reply::status(204))
    }
}

fn shape(logins: &[Login], current: Option<AgentSessionId>) -> Value {
    let all = logins.iter().map(|login| {
        json!({
            "uuid": login.uuid.to_string(), "user_agent": login.user_agent, "ip": login.ip, "created_at": login.created_at,
            "used_at": login.used_at, "current": current == Some(login.id),
        })
    });
    json!({ "sessions": all.collect::<Vec<_>>() })
}
