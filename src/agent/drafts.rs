//! Drafts, replies that may be taken back, and what was taken back.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::drafts::Saved;
use crate::desk::replies::{Sent, TakenBack};
use crate::http::{Reply, Request};
use crate::model::conversation::Listed;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct NewDraft {
    body: String,
    is_note: bool,
    version: i64,
}

impl Desks {
    /// `GET /drafts`.
    pub(super) async fn drafts(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let drafts = self.desk.drafts(&agent).await?;
        Ok(wire::ok(json!({ "drafts": drafts.iter().map(wire::draft).collect::<Vec<_>>() })))
    }

    /// `PUT /conversations/{uuid}/draft`.
    pub(super) async fn save_draft(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewDraft = request.json().await?;
        match self.desk.save_draft(&agent, uuid, asked.is_note, asked.body, asked.version).await? {
            Saved::Kept(draft) => Ok(wire::ok(json!({ "draft": wire::draft(&draft) }))),
            Saved::Overtaken(draft) => {
                let error = Error::conflict("Another window saved another text meanwhile.").coded("overtaken");
                Ok(wire::failure(&error, &request.request_id, Some(("draft", wire::draft(&draft)))))
            }
        }
    }

    /// `DELETE /conversations/{uuid}/draft`.
    pub(super) async fn drop_draft(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let is_note = match request.query("kind").as_deref() {
            None | Some("reply") => false,
            Some("note") => true,
            Some(_) => return Err(Error::invalid("kind is reply or note.").in_field("kind")),
        };
        let draft = self.desk.drop_draft(&agent, uuid, is_note).await?;
        Ok(wire::ok(json!({ "draft": wire::draft(&draft) })))
    }

    /// `DELETE /conversations/{uuid}/messages/{message}`.
    pub(super) async fn take_back(&self, request: &Request, uuid: Uuid, message: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let answer = match self.desk.take_back(&agent, uuid, message).await? {
            TakenBack::Reply(draft) => json!({ "draft": wire::draft(&draft) }),
            TakenBack::Note(conversation, message) => json!({
                "message": wire::message(&self.desk, &message), "conversation": wire::conversation(&self.desk, &conversation),
            }),
        };
        Ok(wire::ok(answer))
    }

    /// How sending went.
    pub(super) fn sent(&self, sent: Sent, request_id: &str) -> Reply {
        match sent {
            Sent::Stored(conversation, message) => {
                // Whoever just wrote has read everything before.
                let conversation = wire::listed(&self.desk, &Listed { conversation, unread: 0 });
                wire::ok(json!({ "message": wire::message(&self.desk, &message), "conversation": conversation }))
            }
            Sent::Held(conversation, held) => {
                let conversation = wire::listed(&self.desk, &Listed { conversation, unread: 0 });
                wire::ok(json!({ "held": wire::held(&held), "conversation": conversation }))
            }
            Sent::Answered(messages, coming) => {
                let error = Error::conflict("Somebody else answered meanwhile.").coded("answered");
                let messages: Vec<Value> = messages.iter().map(|message| wire::message(&self.desk, message)).collect();
                let mut answers = json!({ "stored": messages });
                answers["coming"] = coming.iter().map(wire::held).collect();
                wire::failure(&error, request_id, Some(("answers", answers)))
            }
        }
    }
}
