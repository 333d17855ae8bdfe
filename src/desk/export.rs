//! Everything about a person as one archive: JSON for machines, pages for people, and the files. Made piece by piece while it is sent, so
//! that a long life with many films needs no more memory than a short one.

use super::Desk;
use crate::base::clock::{Millis, rfc3339};
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, Seq, Uuid};
use crate::base::markup::escape;
use crate::base::pieces::Pieces;
use crate::base::zip::{Entry, Zip};
use crate::base::{files, limits};
use crate::model::agent::{AgentSession, full_name};
use crate::model::message::{Attachment, Author, Message, MessageKind};
use crate::store::export::Whole;
use crate::store::media::BlobId;
use crate::store::{audit, contacts, export, media, sight};
use bytes::Bytes;
use flate2::Crc;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// The archive of one person, on its way out.
pub struct Export {
    desk: Desk,
    contact: ContactId,
    at: Millis,
    zip: Option<Zip>,
    /// Pieces that are ready.
    ready: VecDeque<Bytes>,
    /// Files that stand before anything else.
    files: VecDeque<(String, Attachment)>,
    /// A file under way: its bytes, the next chunk, how many there are.
    under_way: Option<(BlobId, u32, u32)>,
    /// The conversation under way, what is known of it, the last message told, and the number of the next part.
    conversation: Option<(ConversationId, Value, Seq, u32)>,
    last: ConversationId,
    has_begun: bool,
    /// What the first page links to.
    index: String,
}

impl Desk {
    /// Begins the archive of a contact. Written down, because it leaves the house.
    pub async fn export(&self, by: &AgentSession, uuid: Uuid) -> Result<Export> {
        let by = by.agent.id;
        let contact = self
            .store
            .write(move |tx| {
                let contact = contacts::find(tx, uuid)?.ok_or_else(|| Error::not_found("contact"))?;
                sight::check_whole_contact(tx, by, contact.id)?;
                audit::append(tx, Some(by), "contact.exported", &uuid.to_string(), &json!({}))?;
                Ok(contact.id)
            })
            .await?;
        // Pages that wait for the disk are known, too.
        self.flush_pages().await?;
        Ok(Export {
            desk: self.clone(),
            contact,
            at: self.clock.now(),
            zip: Some(Zip::default()),
            ready: VecDeque::new(),
            files: VecDeque::new(),
            under_way: None,
            conversation: None,
            last: ConversationId(0),
            has_begun: false,
            index: String::new(),
        })
    }
}

impl Pieces for Export {
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Ok(Some(piece));
            }
            if let Some((blob, n, count)) = self.under_way {
                self.under_way = (n + 1 < count).then_some((blob, n + 1, count));
                return Ok(Some(self.desk.chunk(blob, n).await?.into()));
            }
            if let Some((name, file)) = self.files.pop_front() {
                self.begin_file(name, file).await?;
                continue;
            }
            if self.zip.is_none() {
                return Ok(None);
            }
            self.go_on().await?;
        }
    }
}

impl Export {
    /// Makes the next entries ready: a part of a conversation, or what stands at the end.
    async fn go_on(&mut self) -> Result<()> {
        let contact = self.contact;
        if !self.has_begun {
            self.has_begun = true;
            let person = self.desk.store.read(move |tx| export::person(tx, contact)).await?;
            self.index = facts(&person);
            self.add("person.json", pretty(&person)?);
            return Ok(());
        }
        if let Some((id, shape, after, part)) = self.conversation.take() {
            let messages = self.desk.store.read(move |tx| export::messages_after(tx, id, after, limits::EXPORT_MESSAGES_PER_PART)).await?;
            let next = messages.last().map_or(after, |(last, _)| last.seq);
            if messages.len() >= limits::EXPORT_MESSAGES_PER_PART as usize {
                self.conversation = Some((id, shape.clone(), next, part + 1));
            }
            if part == 1 || !messages.is_empty() {
                self.add_part(id, &shape, &messages, part)?;
            }
            return Ok(());
        }
        let last = self.last;
        match self.desk.store.read(move |tx| export::conversation_after(tx, contact, last)).await? {
            Some((id, shape)) => {
                self.last = id;
                self.conversation = Some((id, shape, 0, 1));
            }
            None => {
                let index = page("Everything about this person", &std::mem::take(&mut self.index));
                self.add("index.html", index.into_bytes());
                if let Some(zip) = self.zip.take() {
                    self.ready.push_back(zip.end().into());
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        if let Some(zip) = &mut self.zip {
            let head = zip.begin(&Entry::of(name, &bytes, self.at));
            self.ready.push_back(head.into());
            if !bytes.is_empty() {
                self.ready.push_back(bytes.into());
            }
        }
    }

    fn add_part(&mut self, id: ConversationId, shape: &Value, messages: &[Whole], part: u32) -> Result<()> {
        let name = if part == 1 { format!("conversations/{id}") } else { format!("conversations/{id}-{part}") };
        let mut told = shape.clone();
        told["messages"] = messages.iter().map(|whole| message_json(id, whole)).collect();
        self.add(&format!("{name}.json"), pretty(&told)?);
        let title = format!("Conversation {id}{}", if part == 1 { String::new() } else { format!(", part {part}") });
        let mut body = String::new();
        if part == 1 {
            table(shape, &mut body);
        }
        for whole in messages {
            message_html(id, whole, &mut body);
        }
        self.add(&format!("{name}.html"), page(&title, &body).into_bytes());
        self.index.push_str(&format!("<p><a href=\"{name}.html\">{title}</a></p>"));
        for (message, _) in messages {
            self.files.extend(message.attachments.iter().map(|file| (path_of(id, file), file.clone())));
        }
        Ok(())
    }

    /// Reads a file once for its checksum, which stands before its bytes.
    async fn begin_file(&mut self, name: String, file: Attachment) -> Result<()> {
        let uuid = file.uuid;
        // Erased meanwhile: then it is not there, which is the truth.
        let Some(stored) = self.desk.store.read(move |tx| media::find(tx, uuid)).await? else { return Ok(()) };
        let count = file.size.div_ceil(limits::CHUNK_BYTES as u64) as u32;
        let (mut crc, mut size) = (Crc::new(), 0);
        for n in 0..count {
            let chunk = self.desk.chunk(stored.blob, n).await?;
            crc.update(&chunk);
            size += chunk.len() as u32;
        }
        if let Some(zip) = &mut self.zip {
            self.ready.push_back(zip.begin(&Entry { name, size, crc: crc.sum(), at: self.at }).into());
        }
        self.under_way = (count > 0).then_some((stored.blob, 0, count));
        Ok(())
    }
}

fn path_of(conversation: ConversationId, file: &Attachment) -> String {
    // The row's number keeps two files of one name apart.
    format!("files/{conversation}/{}-{}", file.id, files::clean_name(&file.name))
}

fn author_of(message: &Message) -> (&'static str, String) {
    match &message.author {
        Author::Contact { first_name, last_name, .. } => ("contact", full_name(first_name, last_name)),
        Author::Agent { first_name, last_name, .. } => ("agent", full_name(first_name, last_name)),
        Author::System { name } => ("system", name.clone()),
    }
}

fn message_json(conversation: ConversationId, (message, rest): &Whole) -> Value {
    let (quoted, signature) = rest.as_ref().map(|(quoted, signature)| (quoted, signature)).unzip();
    let (kind, name) = author_of(message);
    json!({
        "id": message.uuid, "at": message.created_at, "edited_at": message.edited_at, "kind": message.kind.as_str(),
        "from": { "type": kind, "name": name }, "via": message.via, "text": message.text, "html": message.html, "meta": message.meta,
        "activity": message.activity, "quoted": quoted, "signature": signature,
        "files": message.attachments.iter().map(|file| json!({
            "path": path_of(conversation, file), "name": file.name, "size": file.size, "content_type": file.content_type,
        })).collect::<Vec<_>>(),
    })
}

fn pretty(value: &Value) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(Error::internal)
}

/// A page without any script or anything from elsewhere, readable in every browser and on paper.
fn page(title: &str, body: &str) -> String {
    let style = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}\
                 td,th{text-align:start;vertical-align:top;padding:.25rem 1rem .25rem 0}article{border-top:1px solid #ccc;padding:.5rem 0}\
                 pre{white-space:pre-wrap;color:#555}small{color:#555}.note{background:#fff6da}";
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; img-src 'self'\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{style}</style><h1>{title}</h1>{body}</html>"
    )
}

/// What is known of a person, as a table, and the heading of what follows.
fn facts(person: &Value) -> String {
    let mut html = String::new();
    table(person, &mut html);
    html.push_str("<p><small>Times are in UTC. The same is in person.json and in the files beside each conversation.</small></p><h2>Conversations</h2>");
    html
}

/// The keys and values of an object; what is empty is left out.
fn table(object: &Value, html: &mut String) {
    html.push_str("<table>");
    for (key, value) in object.as_object().into_iter().flatten() {
        let is_empty = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if is_empty {
            continue;
        }
        html.push_str("<tr><th>");
        escape(&key.replace('_', " "), html);
        html.push_str("</th><td>");
        cell(key, value, html);
        html.push_str("</td></tr>");
    }
    html.push_str("</table>");
}

fn cell(key: &str, value: &Value, html: &mut String) {
    let is_time = key == "at" || key == "until" || key.ends_with("_at");
    match value {
        Value::String(text) => escape(text, html),
        Value::Number(number) => match number.as_i64().filter(|_| is_time) {
            Some(ms) => html.push_str(&rfc3339(ms)),
            None => html.push_str(&number.to_string()),
        },
        Value::Array(items) => items.iter().for_each(|item| {
            html.push_str("<div>");
            cell(key, item, html);
            html.push_str("</div>");
        }),
        Value::Object(_) => table(value, html),
        Value::Bool(yes) => html.push_str(if *yes { "yes" } else { "no" }),
        Value::Null => {}
    }
}

fn message_html(conversation: ConversationId, (message, rest): &Whole, html: &mut String) {
    let (_, name) = author_of(message);
    let is_note = message.kind == MessageKind::Note;
    html.push_str(if is_note { "<article class=\"note\"><b>" } else { "<article><b>" });
    escape(&name, html);
    html.push_str("</b> <small>");
    html.push_str(&rfc3339(message.created_at));
    html.push_str(if is_note { " · note of the team</small>" } else { "</small>" });
    html.push_str("<div dir=\"auto\">");
    match &message.activity {
        Some(activity) => escape(&format!("{}: {}", activity.action, activity.value), html),
        // Sanitised when it was stored.
        None => html.push_str(&message.html),
    }
    html.push_str("</div>");
    for words in rest.iter().flat_map(|(quoted, signature)| [quoted, signature]).filter(|words| !words.is_empty()) {
        html.push_str("<pre dir=\"auto\">");
        escape(words, html);
        html.push_str("</pre>");
    }
    for file in &message.attachments {
        html.push_str("<p><a href=\"../");
        escape(&path_of(conversation, file).replace('%', "%25").replace('#', "%23").replace('?', "%3F"), html);
        html.push_str("\">");
        escape(&file.name, html);
        html.push_str("</a></p>");
    }
    html.push_str("</article>");
}
