//! How the caller wants to be called: preferences, and browsers that may be woken.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::http::{Reply, Request};
use crate::model::prefs::Prefs;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

/// What `PushSubscription.toJSON()` gives, without its expiry.
#[derive(Deserialize)]
struct Subscription {
    endpoint: String,
    keys: Keys,
}

#[derive(Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Desks {
    /// `GET /me/prefs`.
    pub(super) async fn prefs(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        Ok(wire::ok(json!({ "prefs": self.desk.prefs(&session).await? })))
    }

    /// `PUT /me/prefs`: all of them.
    pub(super) async fn edit_prefs(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Prefs = request.json().await?;
        Ok(wire::ok(json!({ "prefs": self.desk.set_prefs(&session, asked).await? })))
    }

    /// `GET /push`: our key, and the caller's browsers.
    pub(super) async fn push(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        let key = URL_SAFE_NO_PAD.encode(self.desk.push_key().await?.point());
        let all = self.desk.subscriptions(&session).await?;
        let shapes = all.iter().map(|one| wire::subscription(one, one.session == session.id));
        Ok(wire::ok(json!({ "key": key, "subscriptions": shapes.collect::<Vec<_>>() })))
    }

    /// `POST /push`.
    pub(super) async fn subscribe(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Subscription = request.json().await?;
        self.outgoing.check(&asked.endpoint).map_err(|error| Error::invalid(error.into_sentence()).in_field("endpoint"))?;
        let browser = request.header("user-agent").unwrap_or_default().to_owned();
        let uuid = self.desk.subscribe(&session, asked.endpoint, asked.keys.p256dh, asked.keys.auth, &browser).await?;
        Ok(wire::ok(json!({ "uuid": uuid.to_string() })))
    }

    /// `DELETE /push/{subscription}`.
    pub(super) async fn unsubscribe(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.unsubscribe(&session, uuid).await?;
        Ok(Reply::status(204))
    }

    /// `POST /push/test`.
    pub(super) async fn try_push(&self, request: &Request) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.try_push(&session).await?;
        Ok(Reply::status(204))
    }
}
