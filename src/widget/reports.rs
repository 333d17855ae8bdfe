//! Reports: the tiles bug, feature, review and question, as JSON or as a form with files.

use super::conversations::{Starter, echo_id, sender};
use super::guard::Proof;
use super::media::{form_limits, is_yes};
use super::throttles::Stranger;
use super::{Widget, wire};
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::desk::messages::Incoming;
use crate::desk::puzzles::Work;
use crate::desk::reports::{Report, words};
use crate::http::multipart::{Form, Part};
use crate::http::{Reply, Request};
use crate::model::conversation::ConversationKind;
use crate::model::inbox::Inbox;
use crate::store::media::Arrived;
use serde::Deserialize;
use serde_json::json;

/// What a report says beside its files.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields {
    kind: String,
    message: String,
    rating: Option<u8>,
    name: String,
    email: String,
    page_url: String,
    page_title: String,
    echo_id: Option<String>,
    consent: bool,
    locale: String,
    work: Option<Work>,
    took_ms: Option<u64>,
}

impl Widget {
    /// `POST reports`.
    pub(super) async fn report(&self, mut request: Request) -> Result<Reply> {
        let starter = self.starter(&request).await?;
        let inbox = match &starter {
            Starter::Known(visitor) => visitor.inbox.clone(),
            Starter::Nobody(caller) => caller.inbox.clone(),
        };
        match &starter {
            Starter::Known(visitor) => self.throttles.message(&self.desk, visitor.session.contact.0)?,
            Starter::Nobody(_) => self.throttles.report(&self.desk, request.client_ip)?,
        }
        let mut files = Vec::new();
        let is_form = request.header("content-type").is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("multipart/"));
        let fields = match is_form {
            true => self.take_report(&mut request, &starter, &inbox, &mut files).await,
            false => request.json::<Fields>().await,
        };
        let sent = match fields {
            Ok(fields) => self.store_report(&request, &starter, &inbox, fields, files.clone()).await,
            Err(error) => Err(error),
        };
        match (sent, starter) {
            (Ok(reply), Starter::Known(visitor)) => Ok(visitor.told(reply)),
            (Ok(reply), Starter::Nobody(_)) => Ok(reply),
            (Err(error), _) => {
                self.desk.discard_files(files).await;
                Err(error)
            }
        }
    }

    async fn store_report(
        &self,
        request: &Request,
        starter: &Starter,
        inbox: &Inbox,
        fields: Fields,
        files: Vec<Arrived>,
    ) -> Result<Reply> {
        let kind = kind_of(&fields.kind)?;
        let text = words(kind, fields.rating, &fields.message, !files.is_empty())?;
        let proof = Proof { work: fields.work, took_ms: fields.took_ms };
        let signs = self.guard(inbox, starter, request.client_ip, &text, &proof)?;
        let session = match starter {
            Starter::Known(visitor) => Some(&visitor.session),
            Starter::Nobody(_) => None,
        };
        let report = Report {
            kind,
            rating: fields.rating,
            message: Incoming { text, echo_id: echo_id(fields.echo_id)?, files, ..Incoming::default() },
            name: fields.name,
            email: fields.email,
            page_url: fields.page_url,
            page_title: fields.page_title,
            sender: sender(request, fields.consent, &fields.locale),
            signs,
        };
        let (throttles, id) = (self.throttles.clone(), inbox.id.0);
        let stranger = Stranger::new(request.client_ip, request.header("user-agent").unwrap_or_default(), kind.as_str());
        let contact = session.map(|session| session.contact.0);
        let admit = move |now| throttles.report_gap(id, contact, &stranger, now);
        let reported = self.desk.report(inbox, session, report, admit).await?;
        let conversation = &reported.conversation;
        let mut data =
            json!({ "report": { "uuid": conversation.uuid.to_string(), "number": conversation.id.0, "kind": conversation.kind.as_str() } });
        if let Some(token) = &reported.token {
            data["session_token"] = json!(token);
            data["user"] = wire::user(&reported.contact);
            // The second press may come with the session that the first one brought.
            let stranger = Stranger::new(request.client_ip, "", kind.as_str());
            let _ = self.throttles.report_gap(inbox.id.0, Some(reported.contact.id.0), &stranger, self.desk.clock.ticks());
        }
        Ok(wire::success(data))
    }

    /// Reads a form. Files come after the fields, and nothing of them is written before it is known that they are welcome.
    async fn take_report(&self, request: &mut Request, starter: &Starter, inbox: &Inbox, files: &mut Vec<Arrived>) -> Result<Fields> {
        let most = match starter {
            Starter::Known(_) => limits::FILE_BYTES_MAX * limits::FILES_PER_MESSAGE_MAX as u64,
            Starter::Nobody(_) => limits::FIRST_MESSAGE_BYTES_MAX,
        };
        let mut form: Form = request.multipart(form_limits(most))?;
        let mut fields = Fields::default();
        while let Some(part) = form.next().await? {
            match part {
                Part::Text { name, value } => fields.take(&name, value)?,
                Part::File(mut file) if file.name == "files" || file.name == "files[]" => {
                    if files.is_empty() {
                        self.desk.check_tile(inbox, kind_of(&fields.kind)?, true)?;
                        match starter {
                            Starter::Known(visitor) => self.desk.check_file_budget(&visitor.session).await?,
                            Starter::Nobody(_) => self.throttles.file_start(&self.desk, request.client_ip)?,
                        }
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
        Ok(fields)
    }
}

impl Fields {
    fn take(&mut self, name: &str, value: String) -> Result<()> {
        match name {
            "kind" => self.kind = value,
            "message" => self.message = value,
            "rating" if value.trim().is_empty() => self.rating = None,
            "rating" => {
                let stars = value.trim().parse();
                self.rating = Some(stars.map_err(|_| Error::invalid("A rating is a whole number from 1 to 5.").in_field("rating"))?);
            }
            "name" => self.name = value,
            "email" => self.email = value,
            "page_url" => self.page_url = value,
            "page_title" => self.page_title = value,
            "echo_id" => self.echo_id = Some(value),
            "consent" => self.consent = is_yes(&value),
            "locale" => self.locale = value,
            "work" => self.work = serde_json::from_str(&value).ok(),
            "took_ms" => self.took_ms = value.parse().ok(),
            // Unknown fields are somebody else's extension.
            _ => {}
        }
        Ok(())
    }
}

fn kind_of(word: &str) -> Result<ConversationKind> {
    let kind = ConversationKind::parse(word).filter(|kind| *kind != ConversationKind::Chat);
    kind.ok_or_else(|| Error::invalid("kind is one of bug, feature, review, question.").in_field("kind"))
}
