//! The doctor's rounds, and the answer to his own question when it comes in through the public address.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::desk::doctor::Part;
use crate::desk::doctor::page::Question;
use crate::http::{Reply, Request};
use serde::Deserialize;
use serde_json::json;

/// What a form adds to the largest file.
const FORM_BYTES: u64 = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    url: String,
    #[serde(default)]
    inbox: Option<String>,
}

impl Desks {
    /// `POST /problems/look/{part}`: some seconds.
    pub(super) async fn look(&self, _request: &Request, part: &str) -> Result<Reply> {
        let part = Part::parse(part).ok_or_else(|| Error::not_found("part"))?;
        let found = self.doctor.look(part, Some(&self.desk)).await?;
        Ok(wire::ok(wire::findings(&found)))
    }

    /// `POST /problems/page`: why is the launcher not visible?
    pub(super) async fn look_at_page(&self, mut request: Request) -> Result<Reply> {
        let asked: Asked = request.json().await?;
        let question = Question {
            url: asked.url,
            base: self.base(&request),
            inbox: asked.inbox.as_deref().and_then(Uuid::parse),
            asker: Some(request.client_ip),
        };
        let answer = self.doctor.look_at_page(&self.desk, question).await?;
        let mut shape = wire::findings(&answer.found);
        shape["url"] = json!(answer.url);
        shape["title"] = json!(answer.title);
        Ok(wire::ok(shape))
    }

    /// `GET` and `POST /doctor/{nonce}?t=…`: our own question came in. To everybody else there is nothing here; the request goes back.
    pub async fn echo(&self, mut request: Request, nonce: &str) -> Result<Reply, Request> {
        let is_ours = request.query("t").is_some_and(|ticket| self.doctor.admits(nonce, &ticket));
        if !is_ours {
            return Err(request);
        }
        let bytes = match request.count_bytes(limits::FILE_BYTES_MAX + FORM_BYTES).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(wire::failure(&error, &request.request_id, None)),
        };
        let all = |name: &str| -> Vec<String> {
            request.headers.get_all(name).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
        };
        // What `Heard` reads.
        let heard = json!({
            "instance": self.doctor.instance(), "version": env!("CARGO_PKG_VERSION"), "peer": request.peer, "client_ip": request.client_ip,
            "secure": request.secure, "host": request.host, "forwarded_for": all("x-forwarded-for"),
            "forwarded_proto": all("x-forwarded-proto"), "via": all("via"), "bytes": bytes,
        });
        Ok(Reply::json(200, &heard))
    }
}
