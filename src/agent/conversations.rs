//! Lists, threads, answers, status: an agent's day.

use super::{Desks, number, wire};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{Seq, Uuid};
use crate::base::limits;
use crate::desk::contacts::ContactEdit;
use crate::desk::conversations::{Assign, WantedStatus};
use crate::desk::messages::Outgoing;
use crate::desk::replies::Manner;
use crate::desk::threads::ListQuery;
use crate::http::multipart::{FormLimits, Part};
use crate::http::{Reply, Request};
use crate::model::conversation::{Box_, ConversationKind, Kinds, Status};
use crate::model::event::Door;
use serde::Deserialize;
use serde_json::{Value, json};

/// Messages an opened thread begins with, and the default page of history.
const PAGE: i64 = 50;

#[derive(Deserialize)]
struct NewMessage {
    kind: String,
    #[serde(default)]
    body: String,
    echo_id: Option<String>,
    #[serde(default)]
    attachments: Vec<String>,
    #[serde(default)]
    rich: Option<super::rich::NewRich>,
    #[serde(default)]
    mentions: Vec<String>,
    hold_ms: Option<Millis>,
    after_seq: Option<Seq>,
    #[serde(default)]
    anyway: bool,
    #[serde(default)]
    resolve: bool,
    draft_version: Option<i64>,
}

#[derive(Deserialize)]
struct Assignment {
    #[serde(default, deserialize_with = "super::given")]
    agent: Option<Option<String>>,
    #[serde(default, deserialize_with = "super::given")]
    team: Option<Option<String>>,
}

#[derive(Deserialize)]
struct NewStatus {
    /// May be left out beside a custom status, whose category counts.
    status: Option<String>,
    #[serde(default)]
    custom_status: Option<String>,
    #[serde(default)]
    snoozed_until: Option<Millis>,
}

#[derive(Deserialize)]
struct Seen {
    seq: Seq,
}

#[derive(Deserialize)]
struct NewContact {
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    note: Option<String>,
    blocked: Option<bool>,
}

impl Desks {
    /// `GET /conversations`.
    pub(super) async fn list(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        if let Some(view) = request.query("view").filter(|text| !text.is_empty()) {
            return self.list_view(request, &agent, &view).await;
        }
        let by_due = request.query("sort").as_deref() == Some("due");
        let which = match request.query("box").as_deref() {
            None | Some("all") => Box_::All,
            Some("mine") => Box_::Mine(agent.agent.id),
            Some("unassigned") => Box_::Unassigned,
            Some("mentioned") => Box_::Mentioned,
            Some(which @ ("queue" | "followed")) => return self.list_apart(request, which).await,
            Some(_) => return Err(Error::invalid("box is one of mine, unassigned, mentioned, all, queue, followed.").in_field("box")),
        };
        let inbox = match request.query("inbox").filter(|text| !text.is_empty()) {
            Some(text) => Some(super::id(&text, "inbox")?),
            None => None,
        };
        let tag = match request.query("tag").filter(|text| !text.is_empty()) {
            Some(text) => Some(super::id(&text, "tag").map_err(|error| error.in_field("tag"))?),
            None => None,
        };
        let kinds = match request.query("kind").as_deref() {
            None | Some("") => Kinds::Any,
            Some("reports") => Kinds::Reports,
            Some(word) => Kinds::Only(
                ConversationKind::parse(word)
                    .ok_or_else(|| Error::invalid("kind is one of chat, reports, bug, feature, review, question.").in_field("kind"))?,
            ),
        };
        let query = ListQuery {
            which,
            kinds,
            listing: request.query("status").unwrap_or_else(|| "open".into()),
            inbox,
            tag,
            before: number(request, "before")?,
            limit: page_size(request)?,
            by_due,
        };
        let (found, next, counts, seq) = self.desk.list(&agent, query).await?;
        let conversations: Vec<Value> = found.iter().map(|each| wire::listed(&self.desk, each)).collect();
        let counts = wire::counts(&counts);
        let next = next.map(|seq| seq.to_string());
        Ok(wire::ok_at(seq, json!({ "conversations": conversations, "next": next, "counts": counts })))
    }

    /// `GET /conversations/{uuid}`.
    pub(super) async fn open(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let opened = self.desk.open_thread(&agent, uuid, PAGE as u32).await?;
        let mut shape = wire::opened(&self.desk, &opened);
        shape["held"] = self.desk.held(&agent, uuid).await?.iter().map(wire::held).collect();
        Ok(wire::ok_at(opened.page.seq, shape))
    }

    /// `GET /conversations/{uuid}/messages`.
    pub(super) async fn older(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let (around, after) = (number(request, "around")?, number(request, "after")?);
        let (page, has_newer) = match around.or(after) {
            Some(place) => self.desk.around(&agent, uuid, place, around.is_none(), page_size(request)?).await?,
            None => (self.desk.older(&agent, uuid, number(request, "before")?, page_size(request)?).await?, false),
        };
        let messages = wire::messages(&self.desk, &page);
        Ok(wire::ok_at(page.seq, json!({ "messages": messages, "has_more": page.has_more, "has_newer": has_newer })))
    }

    /// `POST /conversations/{uuid}/messages`.
    pub(super) async fn reply(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewMessage = request.json().await?;
        let is_note = match asked.kind.as_str() {
            "reply" => false,
            "note" => true,
            _ => return Err(Error::invalid("kind is reply or note.").in_field("kind")),
        };
        let echo_fits =
            |echo: &String| (1..=64).contains(&echo.len()) && echo.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if !asked.echo_id.as_ref().is_none_or(echo_fits) {
            return Err(Error::invalid("echo_id is 1 to 64 letters, digits, _ or -.").in_field("echo_id"));
        }
        let attachments = asked.attachments.iter().map(|text| super::id(text, "uploaded file")).collect::<Result<Vec<_>>>()?;
        let rich = asked.rich.map(super::rich::NewRich::read).transpose()?;
        let mentions = asked.mentions.iter().map(|text| super::id(text, "agent")).collect::<Result<Vec<_>>>()?;
        let outgoing = Outgoing { is_note, body: asked.body, echo_id: asked.echo_id, attachments, rich, mentions };
        let manner = Manner {
            hold_ms: asked.hold_ms.filter(|ms| *ms > 0),
            after_seq: asked.after_seq,
            anyway: asked.anyway,
            resolves: asked.resolve,
            draft_version: asked.draft_version,
        };
        let sent = self.desk.send(&agent, uuid, outgoing, manner).await?;
        Ok(self.sent(sent, &request.request_id))
    }

    /// `POST /conversations/{uuid}/attachments`.
    pub(super) async fn upload(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        self.desk.listed(&agent, uuid).await?;
        let mut form = request.multipart(FormLimits {
            parts_max: limits::FILES_PER_MESSAGE_MAX + 4,
            text_bytes_max: 1024,
            file_bytes_max: limits::FILE_BYTES_MAX + 1,
            total_bytes_max: limits::FILE_BYTES_MAX * limits::FILES_PER_MESSAGE_MAX as u64 + 1024 * 1024,
        })?;
        let mut files = Vec::new();
        while let Some(part) = form.next().await? {
            let Part::File(mut file) = part else { continue };
            let name = file.file_name.clone();
            match self.desk.take_file(&name, limits::FILE_BYTES_MAX, &["*".to_owned()], &mut *file).await {
                Ok(arrived) if files.len() < limits::FILES_PER_MESSAGE_MAX => files.push(arrived),
                Ok(arrived) => {
                    files.push(arrived);
                    self.desk.discard_files(files).await;
                    return Err(Error::invalid(format!("A message can carry {} files.", limits::FILES_PER_MESSAGE_MAX)).in_field("files"));
                }
                Err(error) => {
                    self.desk.discard_files(files).await;
                    return Err(error);
                }
            }
        }
        if files.is_empty() {
            return Err(Error::invalid("There is no file in the field \"files\".").in_field("files"));
        }
        let kept = self.desk.keep_drafts(&agent, uuid, files).await?;
        Ok(wire::ok(json!({ "attachments": kept.iter().map(|file| wire::attachment(&self.desk, file)).collect::<Vec<_>>() })))
    }

    /// `PUT /conversations/{uuid}/assignment`.
    pub(super) async fn assign(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Assignment = request.json().await?;
        // Leaving a key out is not the same as "to nobody".
        if asked.agent.is_none() && asked.team.is_none() {
            return Err(Error::invalid("Say to whom: agent or team, each a uuid or null.").in_field("agent"));
        }
        let to = Assign {
            agent: asked.agent.map(|to| to.map(|text| super::id(&text, "agent")).transpose()).transpose()?,
            team: asked.team.map(|to| to.map(|text| super::id(&text, "team")).transpose()).transpose()?,
        };
        self.desk.assign(&agent, uuid, to).await?;
        self.shown(&agent, uuid).await
    }

    /// `PUT /conversations/{uuid}/status`.
    pub(super) async fn set_status(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewStatus = request.json().await?;
        let custom =
            asked.custom_status.map(|text| super::id(&text, "status").map_err(|error| error.in_field("custom_status"))).transpose()?;
        let status = match (asked.status, custom) {
            (None, Some(_)) => Status::Open,
            (word, _) => Status::parse(&word.unwrap_or_default())
                .ok_or_else(|| Error::invalid("status is one of open, waiting, resolved.").in_field("status"))?,
        };
        self.desk.set_status(&agent, uuid, WantedStatus { status, custom, snoozed_until: asked.snoozed_until }).await?;
        self.shown(&agent, uuid).await
    }

    /// `PUT /conversations/{uuid}/seen`.
    pub(super) async fn seen(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: Seen = request.json().await?;
        self.desk.mark_seen_by_agent(&agent, uuid, asked.seq).await?;
        Ok(Reply::status(204))
    }

    /// `PUT /contacts/{uuid}`.
    pub(super) async fn edit_contact(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let asked: NewContact = request.json().await?;
        let edit = ContactEdit {
            first_name: asked.first_name,
            last_name: asked.last_name,
            email: asked.email,
            phone: asked.phone,
            note: asked.note,
            blocked: asked.blocked,
        };
        let contact = self.desk.edit_contact(&agent, uuid, edit).await?;
        Ok(wire::ok(wire::contact(&self.desk, &contact)))
    }

    /// `GET /changes`.
    pub(super) async fn changes(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let after = number(request, "after")?.ok_or_else(|| Error::invalid("Say after which change: ?after=<seq>.").in_field("after"))?;
        let changes = self.desk.changes_for_agent(&agent, after).await?;
        let told = changes.events.iter().filter_map(|event| event.wire(Door::Agent, |event| wire::frame(&self.desk, event)));
        let frames: Vec<Value> = told.filter_map(|text| serde_json::from_str(&text).ok()).collect();
        Ok(wire::ok(json!({ "seq": changes.seq, "reload": changes.reload, "more": changes.more, "frames": frames })))
    }

    pub(super) async fn shown(&self, agent: &crate::model::agent::AgentSession, uuid: Uuid) -> Result<Reply> {
        let listed = self.desk.listed(agent, uuid).await?;
        Ok(wire::ok(json!({ "conversation": wire::listed(&self.desk, &listed) })))
    }
}

/// How many rows a page has.
pub(super) fn page_size(request: &Request) -> Result<u32> {
    Ok(number(request, "limit")?.unwrap_or(PAGE).clamp(1, limits::LIST_PAGE_MAX.into()) as u32)
}
