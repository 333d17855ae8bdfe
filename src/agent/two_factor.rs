//! One's own second factor: how it stands, setting it up, recovery codes, turning it off.

use super::{Desks, qr, wire};
use crate::base::error::{Kind, Result};
use crate::base::net::Origin;
use crate::base::secret::Secret;
use crate::http::{Reply, Request};
use crate::model::agent::AgentSession;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Password {
    password: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

impl Desks {
    /// `GET /me/two-factor`.
    pub(super) async fn two_factor(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let standing = self.desk.two_factor(&session).await?;
        Ok(wire::ok(json!({ "two_factor": standing.is_on, "recovery_left": standing.recovery_left })))
    }

    /// `POST /me/two-factor`: a fresh key for the app, which counts once `PUT` confirmed it.
    pub(super) async fn begin_two_factor(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Password = request.json().await?;
        let origin = self.own_origin(&request);
        let host = Origin::parse(&origin).map_or_else(String::new, |_| origin.split("://").last().unwrap_or_default().to_owned());
        let (password, issuer) = (Secret::new(asked.password), format!("deskbell {host}"));
        let setup = self.with_password(&request, &session, self.desk.begin_two_factor(&session, &password, issuer.trim())).await?;
        let picture = qr::svg(setup.uri.reveal())?;
        Ok(wire::ok(json!({ "secret": setup.key.reveal(), "uri": setup.uri.reveal(), "qr": picture })))
    }

    /// `PUT /me/two-factor`.
    pub(super) async fn confirm_two_factor(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Code = request.json().await?;
        Ok(wire::ok(json!({ "recovery": self.desk.confirm_two_factor(&session, &asked.code).await? })))
    }

    /// `DELETE /me/two-factor`.
    pub(super) async fn end_two_factor(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let password = Secret::new(request.json::<Password>().await?.password);
        self.with_password(&request, &session, self.desk.end_two_factor(&session, &password)).await?;
        Ok(Reply::status(204))
    }

    /// `POST /me/recovery`.
    pub(super) async fn renew_recovery(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let password = Secret::new(request.json::<Password>().await?.password);
        let codes = self.with_password(&request, &session, self.desk.renew_recovery(&session, &password)).await?;
        Ok(wire::ok(json!({ "recovery": codes })))
    }

    /// Runs what asks for the present password, with wrong ones counted as at the login: an open browser is no place to guess it.
    pub(super) async fn with_password<T>(
        &self,
        request: &Request,
        session: &AgentSession,
        proof: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let account = crate::base::email::key(&session.agent.email);
        self.as_tried(request, &account, Kind::Forbidden, proof).await
    }
}
