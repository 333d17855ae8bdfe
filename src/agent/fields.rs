//! Definitions of fields: everybody reads, whoever may change settings writes.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::fields::FieldEdit;
use crate::http::{Reply, Request};
use crate::model::field::{FieldKind, Subject};
use serde::Deserialize;

#[derive(Deserialize)]
struct NewField {
    subject: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    choices: Option<Vec<String>>,
    position: Option<i64>,
}

impl NewField {
    fn edit(self) -> Result<FieldEdit> {
        let subject = self
            .subject
            .map(|word| Subject::parse(&word).ok_or_else(|| Error::invalid("subject is contact or conversation.").in_field("subject")));
        let kind = self.kind.map(|word| {
            let words = "kind is one of text, number, checkbox, date, link, list.";
            FieldKind::parse(&word).ok_or_else(|| Error::invalid(words).in_field("kind"))
        });
        Ok(FieldEdit {
            subject: subject.transpose()?,
            kind: kind.transpose()?,
            name: self.name,
            choices: self.choices,
            position: self.position.map(|position| position.clamp(0, 1_000_000)),
        })
    }
}

impl Desks {
    /// `GET /fields`.
    pub(super) async fn fields(&self, request: &Request) -> Result<Reply> {
        self.who(request)?;
        self.all_fields(None).await
    }

    /// `POST /fields`.
    pub(super) async fn create_field(&self, mut request: Request) -> Result<Reply> {
        let agent = self.who(&request)?;
        let edit = request.json::<NewField>().await?.edit()?;
        let made = self.desk.create_field(&agent, edit).await?;
        self.all_fields(Some(made.uuid)).await
    }

    /// `PUT /fields/{field}`.
    pub(super) async fn edit_field(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let edit = request.json::<NewField>().await?.edit()?;
        self.desk.edit_field(&agent, uuid, edit).await?;
        self.all_fields(Some(uuid)).await
    }

    /// `DELETE /fields/{field}`.
    pub(super) async fn delete_field(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        self.desk.delete_field(&agent, uuid).await?;
        Ok(Reply::status(204))
    }

    async fn all_fields(&self, saved: Option<Uuid>) -> Result<Reply> {
        Ok(wire::ok(wire::all_fields(&self.desk.fields().await?, saved)))
    }
}
