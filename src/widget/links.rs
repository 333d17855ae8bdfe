//! The link in a mail: what stands in its fragment, for a session of one conversation.

use super::session::Caller;
use super::{Widget, wire};
use crate::base::error::{Kind, Result};
use crate::http::{Reply, Request};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    link: String,
}

impl Widget {
    /// `POST auth/link`. Only this call opens anything: whoever fetches links in advance fetches a page.
    pub(super) async fn open_link(&self, mut request: Request) -> Result<Reply> {
        let Caller { inbox } = self.caller(&request).await?;
        self.desk.check_network(request.client_ip)?;
        self.throttles.call(&self.desk, &request, None)?;
        self.throttles.exchange(&self.desk, request.client_ip)?;
        self.throttles.check_failures(&self.desk, request.client_ip)?;
        let asked: Asked = request.json().await?;
        let opened = self.desk.open_by_link(&inbox, &asked.link).await.inspect_err(|error| {
            if error.kind == Kind::NotFound {
                self.throttles.note_failure(&self.desk, request.client_ip);
            }
        })?;
        let user = wire::user(&opened.contact);
        Ok(wire::success(json!({ "session_token": opened.token, "user": user, "conversation_uuid": opened.conversation.to_string() })))
    }
}
