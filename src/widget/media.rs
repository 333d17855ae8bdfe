//! Files of visitors (protocol 2.11): several per request, in one message, streamed into the one file.

use super::conversations::{Extras, Starter, echo_id};
use super::{Widget, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::desk::messages::{Incoming, check_incoming};
use crate::http::multipart::{Form, FormLimits, Part};
use crate::http::{Reply, Request};
use crate::store::media::Arrived;
use serde_json::{Map, Value};

/// What a form carried besides its files.
#[derive(Default)]
struct Fields {
    conversation: Option<Uuid>,
    start: bool,
    message: String,
    echo_id: Option<String>,
    extras: Extras,
}

impl Widget {
    /// `POST media/upload` (2.11).
    pub(super) async fn upload(&self, mut request: Request) -> Result<Reply> {
        let starter = self.starter(&request).await?;
        self.check_access(&starter)?;
        let inbox = match &starter {
            Starter::Known(visitor) => visitor.inbox.clone(),
            Starter::Nobody(caller) => caller.inbox.clone(),
        };
        if let Starter::Known(visitor) = &starter {
            self.throttles.message(&self.desk, visitor.session.contact.0)?;
        }
        let most = match &starter {
            Starter::Known(visitor) => {
                self.desk.check_file_budget(&visitor.session).await?;
                limits::FILE_BYTES_MAX * limits::FILES_PER_MESSAGE_MAX as u64
            }
            Starter::Nobody(_) => {
                self.throttles.file_start(&self.desk, request.client_ip)?;
                limits::FIRST_MESSAGE_BYTES_MAX
            }
        };
        let mut form = request.multipart(form_limits(most))?;
        let mut fields = Fields::default();
        let mut files: Vec<Arrived> = Vec::new();
        let taken = self.take_parts(&mut form, &starter, &inbox, &mut fields, &mut files).await;
        if let Err(error) = taken {
            self.desk.discard_files(files).await;
            return Err(error);
        }
        let text = match check_incoming(&fields.message, true) {
            Ok(text) => text,
            Err(error) => {
                self.desk.discard_files(files).await;
                return Err(error);
            }
        };
        let incoming = Incoming { text, echo_id: fields.echo_id, files, ..Incoming::default() };
        match (starter, fields.conversation) {
            (Starter::Known(visitor), Some(uuid)) => {
                let files = incoming.files.clone();
                match self.desk.receive(&inbox, &visitor.session, uuid, incoming).await {
                    Ok(message) => Ok(visitor.told(wire::success(wire::message(&self.desk, &message)))),
                    Err(error) => {
                        self.desk.discard_files(files).await;
                        Err(error)
                    }
                }
            }
            (starter, _) => self.begin(&request, starter, incoming, fields.extras).await,
        }
    }

    /// Reads the parts in the order they come. Nothing is written before it is known that the files are welcome.
    async fn take_parts(
        &self,
        form: &mut Form,
        starter: &Starter,
        inbox: &crate::model::inbox::Inbox,
        fields: &mut Fields,
        files: &mut Vec<Arrived>,
    ) -> Result<()> {
        let mut welcome = false;
        while let Some(part) = form.next().await? {
            match part {
                Part::Text { name, value } => take_field(fields, &name, value)?,
                Part::File(mut file) if file.name == "files" || file.name == "files[]" => {
                    if !welcome {
                        self.check_welcome(starter, inbox, fields).await?;
                        welcome = true;
                    }
                    if files.len() >= limits::FILES_PER_MESSAGE_MAX {
                        return Err(crate::desk::attachments::too_many_files());
                    }
                    let (name, allowed) = (file.file_name.clone(), &inbox.config.file_extensions);
                    files.push(self.desk.take_file(&name, limits::FILE_BYTES_MAX, allowed, &mut *file).await?);
                }
                Part::File(_) => return Err(Error::invalid("Files belong into the field \"files\".").in_field("files")),
            }
        }
        if !welcome {
            self.check_welcome(starter, inbox, fields).await?;
            return Err(Error::invalid("There is no file in the field \"files\".").in_field("files"));
        }
        Ok(())
    }

    async fn check_welcome(&self, starter: &Starter, inbox: &crate::model::inbox::Inbox, fields: &Fields) -> Result<()> {
        match (starter, fields.conversation) {
            (Starter::Known(visitor), Some(uuid)) => self.desk.may_receive(inbox, &visitor.session, uuid).await?,
            (Starter::Nobody(_), Some(_)) => {
                return Err(Error::unauthorized("This call needs a session: Authorization: Bearer <session token>."));
            }
            (_, None) if fields.start => {
                let verified = matches!(starter, Starter::Known(visitor) if visitor.session.verified);
                self.desk.check_may_start(inbox, verified)?;
            }
            (Starter::Nobody(_), None) => {
                return Err(Error::unauthorized("This call needs a session: Authorization: Bearer <session token>."));
            }
            (Starter::Known(_), None) => {
                return Err(
                    Error::invalid("The field conversation_uuid is missing; it comes before the files.").in_field("conversation_uuid")
                );
            }
        }
        self.desk.check_uploads_allowed(inbox)
    }
}

/// What an upload's form may hold: files of `most` bytes in all, and a few fields.
pub(super) fn form_limits(most: u64) -> FormLimits {
    FormLimits {
        parts_max: limits::FILES_PER_MESSAGE_MAX + 10,
        text_bytes_max: limits::JSON_BYTES_MAX,
        // The upload itself refuses a byte later, in words that name the file.
        file_bytes_max: limits::FILE_BYTES_MAX + 1,
        total_bytes_max: most + 1024 * 1024,
    }
}

fn take_field(fields: &mut Fields, name: &str, value: String) -> Result<()> {
    match name {
        "conversation_uuid" => {
            fields.conversation =
                Some(Uuid::parse(value.trim()).ok_or_else(|| Error::not_found("conversation").in_field("conversation_uuid"))?);
        }
        "start" => fields.start = value == "1",
        "message" => fields.message = value,
        "echo_id" => fields.echo_id = echo_id(Some(value))?,
        "form_data" => {
            fields.extras.form = object("form_data", &value)?;
        }
        "variables" => fields.extras.variables = Some(object("variables", &value)?),
        "consent" => fields.extras.consent = is_yes(&value),
        "locale" => fields.extras.locale = value,
        "button" => fields.extras.button = value,
        "work" => fields.extras.proof.work = serde_json::from_str(&value).ok(),
        "took_ms" => fields.extras.proof.took_ms = value.parse().ok(),
        // Unknown fields are somebody else's extension.
        _ => {}
    }
    Ok(())
}

fn object(name: &'static str, value: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(value).map_err(|cause| Error::invalid(format!("{name} is not a JSON object: {cause}.")).in_field(name))
}

/// Yes, as forms say it.
pub(super) fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
