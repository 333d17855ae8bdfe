//! Mails from the desk: their words, and those that an agent sends by hand.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::net::network_of;
use crate::base::{email, limits};
use crate::desk::Desk;
use crate::desk::templates::Words;
use crate::http::throttle::TooMany;
use crate::http::{Reply, Request};
use crate::model::letter::LetterKind;
use crate::model::letter_fields;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Given {
    kind: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    locale: String,
    subject: String,
    body: String,
    /// With made-up data, although there are real ones.
    #[serde(default)]
    example: bool,
}

#[derive(Deserialize)]
struct To {
    to: Option<String>,
}

#[derive(Deserialize)]
struct Forgotten {
    email: String,
}

impl Desks {
    /// `GET /mail/templates`.
    pub(super) async fn templates(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_templates().await
    }

    /// `PUT /mail/templates`.
    pub(super) async fn put_template(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let (words, _) = read(request.json().await?)?;
        self.desk.put_template(&session, words).await?;
        self.all_templates().await
    }

    /// `DELETE /mail/templates/{uuid}`.
    pub(super) async fn delete_template(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        self.desk.delete_template(&session, uuid).await?;
        self.all_templates().await
    }

    /// `POST /mail/templates/preview`.
    pub(super) async fn preview_template(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let (words, example) = read(request.json().await?)?;
        let (shown, real) = self.desk.preview_template(&session, words, !example).await?;
        Ok(wire::ok(json!({ "subject": shown.subject, "html": shown.html, "text": shown.text, "real": real })))
    }

    /// `POST /conversations/{uuid}/transcript`.
    pub(super) async fn send_transcript(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: To = request.json().await?;
        let to = self.desk.send_transcript(&session, uuid, asked.to).await?;
        Ok(Reply::json(202, &json!({ "sent_to": to })))
    }

    /// `POST /password/forgotten`: the same answer for everybody, in the same time.
    pub(super) async fn forgotten(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        let asked: Forgotten = request.json().await?;
        let now = self.desk.clock.now();
        let most = |wait: TooMany| Error::too_many("Too many links were asked for. Please wait a while.", wait.retry_after_s);
        self.failures.forgotten_by.take(&network_of(request.client_ip).to_string(), now).map_err(most)?;
        self.failures.forgotten.take(&email::key(asked.email.trim()), now).map_err(most)?;
        self.desk.forgot_password(&asked.email).await?;
        Ok(Reply::status(202))
    }

    async fn all_templates(&self) -> Result<Reply> {
        let own: Vec<Value> = self.desk.templates().await?.iter().map(|one| json!({
            "uuid": one.uuid.to_string(), "kind": one.kind, "name": one.name, "locale": one.locale, "subject": one.subject, "body": one.body,
            "updated_at": one.updated_at,
        })).collect();
        Ok(wire::ok(json!({
            "kinds": LetterKind::ALL.into_iter().map(kind).collect::<Vec<_>>(), "templates": own,
            "limits": { "subject": limits::MAIL_SUBJECT_CHARS_MAX, "body": limits::MAIL_BODY_CHARS_MAX },
        })))
    }
}

fn kind(kind: LetterKind) -> Value {
    let (title, about) = letter_fields::about(kind);
    let stock: Vec<Value> = Desk::stock_words(kind)
        .into_iter()
        .map(|(locale, subject, body)| json!({ "locale": locale, "subject": subject, "body": body }))
        .collect();
    json!({
        "kind": kind.as_str(), "title": title, "about": about, "outside": kind.is_outside(), "stock": stock, "lines": letter_fields::lines(kind),
        "fields": letter_fields::of(kind).iter().map(|field| json!({ "name": field.name, "what": field.what })).collect::<Vec<_>>(),
    })
}

fn read(given: Given) -> Result<(Words, bool)> {
    let kind = LetterKind::parse(&given.kind).ok_or_else(|| Error::invalid("There is no such kind of mail.").in_field("kind"))?;
    Ok((Words { kind, name: given.name, locale: given.locale, subject: given.subject, body: given.body }, given.example))
}
