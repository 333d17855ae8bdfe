//! Before any work: which inbox, from where, how often, with which session (Origin, size, rate, session: in that order).

use super::Widget;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::Uuid;
use crate::base::net::{self, Origin};
use crate::http::{Reply, Request};
use crate::model::contact::Session;
use crate::model::inbox::Inbox;
use std::sync::Arc;

/// Headers a page on another origin may read.
const EXPOSED: &str = "X-Libredesk-Clear-Visitor, X-Deskbell-Seq, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset";

/// A caller whose inbox is known and whose address and origin are welcome there.
pub struct Caller {
    pub inbox: Arc<Inbox>,
}

/// A caller with a session.
pub struct Visitor {
    pub inbox: Arc<Inbox>,
    pub session: Session,
    /// What the visitor was before was merged just now; the answer says so (`X-Libredesk-Clear-Visitor`).
    pub merged: bool,
}

impl Widget {
    /// Finds the inbox (header wins over query, rows 60, 61) and refuses blocked addresses and foreign origins.
    pub async fn caller(&self, request: &Request) -> Result<Caller> {
        let inbox = self.desk.inbox(self.inbox_id(request).await?).await?;
        self.check_place(&inbox, request)?;
        Ok(Caller { inbox })
    }

    /// The inbox's public id: header `X-Libredesk-Inbox-ID`, else `?inbox_id=`, else the number in `?license=`.
    async fn inbox_id(&self, request: &Request) -> Result<Uuid> {
        let given = request.header("x-libredesk-inbox-id").map(str::to_owned).or_else(|| request.query("inbox_id"));
        if let (None, Some(number)) = (&given, request.query("license").and_then(|number| number.parse().ok())) {
            return self.desk.inbox_of_number(number).await;
        }
        let given =
            given.ok_or_else(|| Error::invalid("Name the inbox: header X-Libredesk-Inbox-ID or ?inbox_id=.").in_field("inbox_id"))?;
        Uuid::parse(given.trim()).ok_or_else(|| Error::invalid("The inbox id is not a UUID.").in_field("inbox_id"))
    }

    /// Blocked addresses (rows 54, 55) and trusted domains (rows 50–53, decision 13), for pages, calls and sockets alike.
    pub fn check_place(&self, inbox: &Inbox, request: &Request) -> Result<()> {
        if net::contains(&inbox.access.blocked, request.client_ip) {
            return Err(Error::forbidden("This chat is not available from your network."));
        }
        check_origin(inbox, request.header("origin"), &self.own_origin(request))
    }

    /// The caller's session; merges what an earlier visitor said when asked to (3.4).
    pub async fn visitor(&self, request: &Request) -> Result<Visitor> {
        let Caller { inbox } = self.caller(request).await?;
        self.desk.check_network(request.client_ip)?;
        let token =
            request.bearer().ok_or_else(|| Error::unauthorized("This call needs a session: Authorization: Bearer <session token>."))?;
        self.throttles.call(&self.desk, request, Some(token))?;
        let session = self.authenticate(&inbox, token, request).await?;
        let merged = match request.header("x-libredesk-visitor-token") {
            Some(visitor) if visitor != token && session.verified => self.merge(&session, visitor).await,
            _ => false,
        };
        Ok(Visitor { inbox, session, merged })
    }

    /// A session token that proves nothing counts against the address it came from. One that is good is never refused for the bad ones
    /// of its neighbours: a rotated secret makes a whole office knock with old ones at once.
    pub async fn authenticate(&self, inbox: &Inbox, token: &str, request: &Request) -> Result<Session> {
        let found = self.desk.authenticate(inbox, token).await;
        if found.as_ref().is_err_and(|error| error.kind == Kind::Unauthorized) {
            self.throttles.failure(&self.desk, request.client_ip)?;
        }
        found
    }

    /// A failed merge must not fail the call it rode on; it is tried again with the next one.
    async fn merge(&self, session: &Session, visitor: &str) -> bool {
        self.desk.merge(session, visitor).await.unwrap_or_else(|error| {
            log::warn!("merge failed contact={} error=\"{error:?}\"", session.contact);
            false
        })
    }

    /// The origin under which the caller sees us.
    pub fn own_origin(&self, request: &Request) -> String {
        self.base_url.as_deref().and_then(Origin::parse).map_or_else(|| request.own_origin(), |origin| origin.to_string())
    }

    /// The address under which the caller sees us, with a sub-path when there is one; no trailing slash.
    pub fn base(&self, request: &Request) -> String {
        self.base_url.clone().unwrap_or_else(|| request.own_origin())
    }
}

/// Whether a page of this origin may use the inbox. Our own frame always may; a caller without Origin is not a page of another site.
pub fn check_origin(inbox: &Inbox, origin: Option<&str>, own: &str) -> Result<()> {
    let Some(given) = origin else { return Ok(()) };
    let parsed = Origin::parse(given);
    let is_own = parsed.is_some() && parsed == Origin::parse(own);
    if is_own || net::trusts(&inbox.access.trusted, parsed.as_ref()) {
        return Ok(());
    }
    Err(Error::forbidden("This site is not on the list of trusted domains of the inbox."))
}

/// Lets pages of other origins read the answer. The API carries no cookie, so `*` gives nothing away; who may use it was decided before.
pub fn with_cors(reply: Reply) -> Reply {
    reply
        .header("access-control-allow-origin", "*")
        .header("access-control-expose-headers", EXPOSED)
        .header("cross-origin-resource-policy", "cross-origin")
}

/// The answer to a preflight.
pub fn preflight() -> Reply {
    with_cors(Reply::status(204))
        .header("access-control-allow-methods", "GET, POST, PUT, OPTIONS")
        .header("access-control-allow-headers", "Authorization, Content-Type, X-Libredesk-Inbox-ID, X-Libredesk-Visitor-Token")
        .header("access-control-max-age", "86400")
}
