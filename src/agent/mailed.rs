//! Answers that went by mail, or did not.

use super::Desks;
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::http::{Reply, Request};

impl Desks {
    /// `POST /conversations/{conversation}/messages/{message}/mail`.
    pub(super) async fn mail_again(&self, request: &Request, uuid: Uuid, message: Uuid) -> Result<Reply> {
        let agent = self.agent(request).await?;
        self.desk.mail_again(&agent, uuid, message).await?;
        Ok(Reply::status(202))
    }
}
