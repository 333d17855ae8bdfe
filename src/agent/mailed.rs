//! What came by mail and what went by it: the rest of a message, addresses to which mail comes back, answers that are mailed again.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::http::{Reply, Request, assets};
use serde_json::json;

impl Desks {
    /// `GET /conversations/{uuid}/messages/{uuid}/rest`.
    pub(super) async fn mail_rest(&self, request: &Request, conversation: Uuid, message: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let (quoted, signature) = self.desk.mail_rest(&session, conversation, message).await?;
        Ok(assets::json(request, 200, &json!({ "quoted": quoted, "signature": signature })))
    }

    /// `DELETE /contacts/{uuid}/mail-trouble`.
    pub(super) async fn trust_address(&self, request: &Request, contact: Uuid) -> Result<Reply> {
        let session = self.who(request)?;
        let contact = self.desk.trust_address(&session, contact).await?;
        Ok(assets::json(request, 200, &json!({ "contact": wire::contact(&self.desk, &contact) })))
    }

    /// `POST /conversations/{conversation}/messages/{message}/mail`.
    pub(super) async fn mail_again(&self, request: &Request, uuid: Uuid, message: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        self.desk.mail_again(&agent, uuid, message).await?;
        Ok(Reply::status(202))
    }
}
