//! Who somebody is, proved by a code in a mail; and what people say of themselves.

use super::conversations::{Starter, sender};
use super::{Widget, wire};
use crate::base::error::{Kind, Result};
use crate::desk::details::Told;
use crate::desk::verification::Sent;
use crate::http::{Reply, Request};
use crate::model::contact::Session;
use crate::model::inbox::Inbox;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identify {
    name: String,
    email: String,
    consent: bool,
    locale: String,
}

#[derive(Deserialize)]
struct Resend {
    ticket: String,
}

#[derive(Deserialize)]
struct Code {
    ticket: String,
    code: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Me {
    name: Option<String>,
    email: Option<String>,
    variables: Option<Map<String, Value>>,
    /// Lays the variables over those that are there.
    merge: bool,
    locale: String,
}

impl Widget {
    /// `POST auth/identify`.
    pub(super) async fn identify(&self, mut request: Request) -> Result<Reply> {
        let (inbox, session) = self.claimant(&request).await?;
        let asked: Identify = request.json().await?;
        let sender = sender(&request, asked.consent, &asked.locale);
        let sends_max = self.throttles.code_sends_max();
        let sent = self.desk.identify(&inbox, session.as_ref(), (&asked.name, &asked.email), sender, sends_max).await?;
        Ok(wire::success(ticket(&sent)))
    }

    /// `POST auth/identify/resend`.
    pub(super) async fn identify_again(&self, mut request: Request) -> Result<Reply> {
        let (inbox, session) = self.claimant(&request).await?;
        let asked: Resend = request.json().await?;
        let sends_max = self.throttles.code_sends_max();
        let sent = self.desk.identify_again(&inbox, session.as_ref(), &asked.ticket, request.client_ip, sends_max).await?;
        Ok(wire::success(ticket(&sent)))
    }

    /// `POST auth/identify/code`.
    pub(super) async fn identify_code(&self, mut request: Request) -> Result<Reply> {
        let (inbox, session) = self.claimant(&request).await?;
        let asked: Code = request.json().await?;
        let outcome = self.desk.confirm(&inbox, session.as_ref(), &asked.ticket, &asked.code).await?;
        let (token, contact) = outcome.session().inspect_err(|error| {
            // A network that only guesses is slowed down like one that brings bad tokens.
            if error.kind == Kind::Invalid {
                self.throttles.note_failure(&self.desk, request.client_ip);
            }
        })?;
        Ok(wire::success(json!({ "session_token": token, "user": wire::user(&contact) })))
    }

    /// `PUT auth/me`: name, address and variables, as typed or as the page says.
    pub(super) async fn tell_me(&self, mut request: Request) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        self.throttles.message(&self.desk, visitor.session.contact.0)?;
        let asked: Me = request.json().await?;
        if asked.email.is_some() {
            self.throttles.typed_address(&self.desk, visitor.session.contact.0, request.client_ip)?;
        }
        let told = Told {
            name: asked.name,
            email: asked.email,
            variables: asked.variables,
            merge: asked.merge,
            sender: sender(&request, false, &asked.locale),
            sends_max: self.throttles.code_sends_max(),
        };
        let (contact, sent) = self.desk.tell(&visitor.inbox, &visitor.session, told).await?;
        let mut data = json!({ "user": wire::user(&contact), "email": contact.email });
        if let Some(sent) = sent {
            data["ticket"] = json!(sent.ticket);
            data["resend_after_s"] = json!(sent.resend_after_s);
            data["expires_in_s"] = json!(sent.expires_in_s);
        }
        Ok(visitor.told(wire::success(data)))
    }

    /// Who claims an address: the person of a session, or nobody yet. A bad token is a 401 here as everywhere.
    async fn claimant(&self, request: &Request) -> Result<(Arc<Inbox>, Option<Session>)> {
        let claimant = match request.headers.contains_key("authorization") {
            true => Starter::Known(self.visitor(request).await?),
            false => {
                let caller = self.caller(request).await?;
                self.desk.check_network(request.client_ip)?;
                self.throttles.call(&self.desk, request, None)?;
                Starter::Nobody(caller)
            }
        };
        self.throttles.exchange(&self.desk, request.client_ip)?;
        self.throttles.check_failures(&self.desk, request.client_ip)?;
        Ok(match claimant {
            Starter::Known(visitor) => (visitor.inbox, Some(visitor.session)),
            Starter::Nobody(caller) => (caller.inbox, None),
        })
    }
}

fn ticket(sent: &Sent) -> Value {
    json!({ "ticket": sent.ticket, "resend_after_s": sent.resend_after_s, "expires_in_s": sent.expires_in_s })
}
