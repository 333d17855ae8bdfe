//! The shapes of Libredesk's widget protocol and our additions (see README.md here). The only file of this door that makes JSON.

use crate::base::clock::rfc3339;
use crate::base::error::{Error, Kind};
use crate::base::id::{Seq, Uuid};
use crate::base::markdown::render_agent;
use crate::desk::Desk;
use crate::desk::icons::{self, Icon};
use crate::desk::threads::Thread;
use crate::desk::words::{self, Words};
use crate::http::Reply;
use crate::model::agent::AgentRef;
use crate::model::contact::{Contact, ContactKind};
use crate::model::conversation::{Conversation, Status};
use crate::model::event::{Event, Typist, What};
use crate::model::inbox::{FormField, HomeApp, Inbox, InboxConfig, StartButton, Tiles};
use crate::model::message::{Attachment, Author, Message, MessageKind};
use crate::model::outlook::Place;
use crate::model::rich::Rich;
use serde_json::{Map, Value, json};

/// A good answer in the protocol's envelope (1.1).
pub fn success(data: Value) -> Reply {
    Reply::json(200, &json!({ "status": "success", "data": data }))
}

/// The same, with the change number of its snapshot.
pub fn success_at(seq: Seq, data: Value) -> Reply {
    success(data).header("x-deskbell-seq", seq.to_string())
}

/// A failure in the protocol's envelope (1.1, 1.2). The bare form of the rate limiter is kept too: it has no `error_type`.
pub fn failure(error: &Error, request_id: &str) -> Reply {
    let (status, error_type) = match error.kind {
        Kind::Invalid => (400, "InputException"),
        Kind::Unauthorized => (401, "UnauthorizedException"),
        Kind::Forbidden => (403, "PermissionException"),
        Kind::NotFound => (404, "NotFoundException"),
        Kind::Conflict => (409, "ConflictException"),
        Kind::TooLarge => (413, "GeneralException"),
        Kind::TooMany => (429, "RateLimitException"),
        Kind::Busy | Kind::Unavailable => (503, "GeneralException"),
        Kind::Internal => (500, "GeneralException"),
    };
    let mut body = json!({ "status": "error", "message": error.message, "data": null, "error_type": error_type });
    if let Some(code) = error.code {
        body["code"] = json!(code);
    }
    for (name, value) in error.details.iter().flat_map(|details| details.iter()) {
        body[name] = value.clone();
    }
    if let Some(field) = &error.field {
        body["field"] = json!(field);
    }
    if error.kind == Kind::Internal {
        body["request_id"] = json!(request_id);
    }
    let reply = Reply::json(status, &body);
    match error.retry_after_s {
        Some(seconds) => reply.header("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// The person of a session (2.4, 2.5).
pub fn user(contact: &Contact) -> Value {
    let first_name = match contact.first_name.is_empty() {
        true => contact.email.as_deref().and_then(|email| email.split('@').next()).unwrap_or("Visitor").to_owned(),
        false => contact.first_name.clone(),
    };
    json!({
        "user_id": contact.id.0, "is_visitor": contact.kind == ContactKind::Visitor, "first_name": first_name, "last_name": contact.last_name,
    })
}

/// ChatConversation (2.7).
pub fn conversation(desk: &Desk, thread: &Thread, closed: bool) -> Value {
    let mut shape = partial(desk, &thread.conversation, closed);
    shape.insert("created_at".into(), rfc3339(thread.conversation.created_at).into());
    shape.insert("unread_message_count".into(), thread.unread.into());
    shape.insert("last_message".into(), last_message(desk, thread));
    Value::Object(shape)
}

/// ChatMessage (2.8). The visitor's own words are `text`, so that any widget shows them literally; agents' are `html`.
pub fn message(desk: &Desk, message: &Message) -> Value {
    let own = message.kind == MessageKind::Incoming;
    let mut shape = json!({
        "uuid": message.uuid.to_string(),
        "status": if own { "received" } else { "sent" },
        "conversation_uuid": message.conversation_uuid.to_string(),
        "created_at": rfc3339(message.created_at),
        "content": if own { message.source.clone() } else { content(message) },
        "content_type": if own { "text" } else { "html" },
        "text_content": message.text,
        "html": message.html,
        "kind": "message",
        "seq": message.seq,
        "author": author(desk, &message.author),
        "attachments": message.attachments.iter().map(|file| attachment(desk, file)).collect::<Vec<_>>(),
        "meta": meta(desk, message),
    });
    if own && let Some(echo_id) = &message.echo_id {
        shape["echo_id"] = json!(echo_id);
    }
    shape
}

/// What an agent said, with its cards as plain markup for clients that know none (ours draw `meta.rich` beside `html`).
fn content(message: &Message) -> String {
    let cards = message.meta.rich.as_ref().map(Rich::html).unwrap_or_default();
    format!("{}{cards}", message.html)
}

/// What makes a message more than its words: a question (only `is_csat` tells a client so, 2.8), cards, the press of a button.
fn meta(desk: &Desk, message: &Message) -> Value {
    let mut meta = json!({});
    if let Some(survey) = &message.survey {
        meta = json!({ "is_csat": true, "csat_uuid": survey.uuid.to_string(), "csat_submitted": survey.answered });
        if let Some(rating) = survey.rating {
            meta["submitted_rating"] = json!(rating);
        }
        if !survey.feedback.is_empty() {
            meta["submitted_feedback"] = json!(survey.feedback);
        }
    }
    if let Some(shown) = &message.meta.rich {
        meta["rich"] = rich(desk, shown);
    }
    if let Some(postback) = &message.meta.postback {
        meta["postback"] = json!(postback);
    }
    if message.meta.opening {
        meta["opening"] = json!(true);
    }
    meta
}

/// Cards and quick replies; the desk's door tells them in the same shape.
pub fn rich(desk: &Desk, rich: &Rich) -> Value {
    rich.shown(|picture| desk.link(picture))
}

/// What the public settings say beside what an admin typed.
pub struct Around<'a> {
    /// The address under which the caller sees us.
    pub base: &'a str,
    /// In which language, in whose words.
    pub words: &'a Words,
    /// Who answers right now.
    pub team: &'a [AgentRef],
    /// What may be sent.
    pub limits: Value,
    /// Whether mail can leave: nothing is offered that would never come.
    pub can_mail: bool,
}

/// What the launcher needs before the frame exists (2.1). `hidden` is what counts now: the setting, or the hours.
pub fn launcher(config: &InboxConfig, base: &str, hidden: bool) -> Value {
    json!({
        "launcher": {
            "spacing": { "side": config.launcher.spacing.side, "bottom": config.launcher.spacing.bottom },
            "logo_url": absolute(base, &config.launcher.logo_url),
            "position": config.launcher.position,
            "color": config.launcher.color,
            "text": config.launcher.text,
            "icon": launcher_icon(config),
            "hidden": hidden,
            "z_index": config.launcher.z_index,
        },
        "window": { "kind": config.window.kind },
        "colors": { "primary": config.colors.primary },
        "theme": config.theme,
    })
}

/// The same for our own snippet, without what the loader assumes by itself: every page view pays for each letter.
pub fn boot(uuid: Uuid, config: &InboxConfig, base: &str, hidden: bool) -> Value {
    let assumed = InboxConfig::default();
    let mut launcher = Map::new();
    if config.launcher.position != assumed.launcher.position {
        launcher.insert("position".into(), json!(config.launcher.position));
    }
    if config.launcher.color != config.colors.primary {
        launcher.insert("color".into(), json!(config.launcher.color));
    }
    if config.launcher.spacing != assumed.launcher.spacing {
        launcher.insert("spacing".into(), json!({ "side": config.launcher.spacing.side, "bottom": config.launcher.spacing.bottom }));
    }
    if !config.launcher.logo_url.is_empty() {
        launcher.insert("logo_url".into(), json!(absolute(base, &config.launcher.logo_url)));
    }
    if !config.launcher.text.is_empty() {
        launcher.insert("text".into(), json!(config.launcher.text));
    }
    if config.launcher.icon != assumed.launcher.icon {
        launcher.insert("icon".into(), launcher_icon(config));
    }
    if hidden {
        launcher.insert("hidden".into(), json!(true));
    }
    if config.launcher.z_index != assumed.launcher.z_index {
        launcher.insert("z_index".into(), json!(config.launcher.z_index));
    }
    let mut boot = json!({ "base": base, "inbox": uuid.to_string(), "colors": { "primary": config.colors.primary }, "launcher": launcher });
    if config.theme != assumed.theme {
        boot["theme"] = json!(config.theme);
    }
    if config.window != assumed.window {
        boot["window"] = json!({ "kind": config.window.kind });
    }
    boot
}

/// The loader draws `chat` by heart; another icon comes as its drawing, an unknown one is `chat` again (row 145).
fn launcher_icon(config: &InboxConfig) -> Value {
    match config.launcher.icon.as_str() {
        word @ ("chat" | "none") => json!(word),
        name => icons::find(name).map_or_else(|| json!("chat"), |icon| drawing(&icon)),
    }
}

/// An `Icon`, or null for no icon. A name nobody knows becomes a speech bubble, never a hole (row 145).
fn icon(name: &str) -> Value {
    match name {
        "" | "none" => Value::Null,
        name => icons::find(name).or_else(|| icons::find(icons::FALLBACK)).map_or(Value::Null, |icon| drawing(&icon)),
    }
}

fn drawing(icon: &Icon) -> Value {
    json!({ "d": icon.paths })
}

/// The launcher's words for the loader: those that differ from what it knows by heart, `None` when none does. Every page view pays for
/// what is said here.
pub fn labels(words: &Words) -> Option<Value> {
    let known = words::stock(words::ENGLISH).unwrap_or_default();
    let mut labels = Map::new();
    for name in ["open", "close", "unread", "title", "failed"] {
        let key = format!("launcher.{name}");
        let sentence = words.say(&key);
        if known.get(&key).is_some_and(|english| english != sentence) {
            labels.insert(name.into(), sentence.into());
        }
    }
    (!labels.is_empty()).then_some(Value::Object(labels))
}

/// The whole public configuration (2.2), built key by key: what is not named here does not leave (security row 17).
pub fn settings(inbox: &Inbox, around: &Around<'_>) -> Value {
    let config = &around.words.config(&inbox.config);
    let InboxConfig { colors, home_screen, features, notice_banner, prechat_form, consent, .. } = config;
    let team = around.team;
    let mut shape = launcher(config, around.base, config.launcher.hidden);
    let more = json!({
        "inbox_uuid": inbox.uuid.to_string(),
        "locale": around.words.locale(),
        "brand_name": config.brand_name,
        "website_url": config.website_url,
        "logo_url": absolute(around.base, &config.logo_url),
        "dark_mode": config.theme == "dark",
        "show_powered_by": config.show_powered_by,
        "language": config.language,
        "fallback_language": config.fallback_language,
        "users": config.users,
        "visitors": config.visitors,
        "colors": colors,
        "home_screen": home_screen,
        "home_buttons": config.home_buttons.iter().map(home_button).collect::<Vec<_>>(),
        "home_apps": config.home_apps.iter().map(home_app).collect::<Vec<_>>(),
        "tiles": tiles(config),
        "features": features,
        "notice_banner": notice_banner,
        "direct_to_conversation": config.direct_to_conversation,
        "single_thread": config.single_thread,
        "access": config.access,
        "contact_prompt": config.contact_prompt,
        "consent": consent.enabled.then(|| json!({ "text": consent.text, "link_text": consent.link_text, "link_url": consent.link_url })),
        "greeting_message": config.greeting_message,
        "introduction_message": config.introduction_message,
        "chat_introduction": config.chat_introduction,
        "chat_reply_expectation_message": config.chat_reply_expectation_message,
        "show_office_hours_in_chat": false,
        "show_office_hours_after_assignment": false,
        "prechat_form": { "enabled": prechat_form.enabled, "title": prechat_form.title, "fields": form_fields(&inbox.config, config) },
        "allow_close": config.allow_close,
        "allow_transcript": config.allow_transcript && around.can_mail,
        "anonymous_allowed": config.access == "anonymous" && config.visitors.allow_start_conversation,
        "limits": around.limits,
        "team": {
            "online": !team.is_empty(),
            "agents": team.iter().take(3).map(|agent| json!({ "first_name": agent.first_name, "avatar_url": null, "tint": agent.uuid.tint() })).collect::<Vec<_>>(),
            "reply_minutes": null,
        },
    });
    if let (Value::Object(shape), Value::Object(more)) = (&mut shape, more) {
        shape.extend(more);
        // What may be promised by mail: nothing that would never come.
        let answers = around.can_mail && config.continuity.to_contacts && !config.continuity.mailbox.is_empty();
        shape.insert("codes_by_mail".into(), around.can_mail.into());
        shape.insert("answers_by_mail".into(), answers.into());
        if prechat_form.enabled {
            shape.insert("custom_attributes".into(), custom_attributes(&inbox.config, config));
        }
    }
    shape
}

/// A start button. Whom it reaches now is filled in by whoever knows (`online`, `reply_minutes`, `open`).
fn home_button(button: &StartButton) -> Value {
    json!({
        "id": button.id, "icon": icon(&button.icon), "name": button.name, "opening_html": rendered(&button.opening_message),
    })
}

fn home_app(app: &HomeApp) -> Value {
    match app {
        HomeApp::Announcement { id, title, description, image_url, url } => json!({
            "type": "announcement", "id": id, "title": title, "description": description, "image_url": image_url, "url": url,
        }),
        HomeApp::ExternalLink { id, icon: name, text, url } => {
            json!({ "type": "external_link", "id": id, "icon": icon(name), "text": text, "url": url })
        }
        HomeApp::SelfService { id, icon: name, target, text, body, url } => {
            let html = if target == "answer" { rendered(body) } else { String::new() };
            let url = if target == "answer" { "" } else { url };
            json!({ "type": "self_service", "id": id, "icon": icon(name), "target": target, "text": text, "html": html, "url": url })
        }
    }
}

/// What an admin wrote in Markdown, as sanitised as an agent's message.
fn rendered(markdown: &str) -> String {
    if markdown.is_empty() { String::new() } else { render_agent(markdown).html }
}

/// The hub, or null when there is nothing to choose: only chat is on (rows 105–109, 117).
fn tiles(config: &InboxConfig) -> Value {
    let Tiles { chat, bug, feature, review, question, files } = config.tiles;
    match bug || feature || review || question {
        true => json!({ "chat": chat, "bug": bug, "feature": feature, "review": review, "question": question, "files": files }),
        false => Value::Null,
    }
}

/// The frame for an event, or `None` when visitors do not hear of it (4.2).
pub fn frame(desk: &Desk, event: &Event) -> Option<String> {
    let (kind, data) = match &event.what {
        What::MessageAdded { message: added, .. } => match added.kind {
            MessageKind::Incoming | MessageKind::Outgoing => ("new_message", message(desk, added)),
            MessageKind::Note | MessageKind::Activity => return None,
        },
        What::ConversationChanged { conversation } => {
            let mut shape = partial(desk, conversation, desk.is_closed_for(conversation));
            if conversation.contact_seen_seq >= conversation.last_seq {
                shape.insert("unread_message_count".into(), 0.into());
            }
            ("conversation_update", Value::Object(shape))
        }
        // Without a number: whoever was away fetches the settings anyway.
        What::InboxChanged { .. } => return Some(r#"{"type":"settings","data":{}}"#.to_owned()),
        What::Typing { conversation, who: Typist::Agent { id, name, .. }, is_typing, note: false, .. } => {
            let first_name = name.split(' ').next().unwrap_or_default();
            let author = json!({ "id": id.0, "first_name": first_name, "type": "agent" });
            ("typing", json!({ "conversation_uuid": conversation.to_string(), "is_typing": is_typing, "author": author }))
        }
        What::OutlookChanged { outlook } => ("availability", super::availability::frame(outlook)),
        What::PlaceChanged { conversation, place } => ("queue", queued(*conversation, *place)),
        What::QueueChanged { .. }
        | What::Typing { .. }
        | What::NoticeAdded { .. }
        | What::NoticesRead
        | What::ConversationGone { .. }
        | What::RoleChanged { .. }
        | What::ContactChanged { .. }
        | What::AgentChanged { .. }
        | What::HoursChanged { .. }
        | What::TeamChanged { .. }
        | What::ToolChanged { .. }
        | What::ContactGone { .. }
        | What::HouseChanged
        | What::Viewing { .. }
        | What::AgentPresence { .. }
        | What::ContactPresence { .. }
        | What::Pages { .. }
        | What::FieldChanged { .. }
        | What::BansChanged
        | What::Onlooker { .. }
        | What::OnlookerGone { .. }
        | What::SessionEnded { .. }
        | What::DraftChanged { .. }
        | What::SignedOut { .. } => return None,
    };
    let mut frame = json!({ "type": kind, "data": data });
    if let Some(seq) = event.seq {
        frame["seq"] = json!(seq);
    }
    Some(frame.to_string())
}

/// The body of the frame `queue`: the place of a conversation, or that it waits no more.
pub fn queued(conversation: Uuid, place: Option<Place>) -> Value {
    json!({ "conversation_uuid": conversation.to_string(), "queue": place.map(self::place) })
}

fn place(place: Place) -> Value {
    json!({ "position": place.position, "wait_minutes": place.wait_minutes })
}

/// What a conversation looks like without its messages; also the body of `conversation_update`.
fn partial(desk: &Desk, conversation: &Conversation, closed: bool) -> Map<String, Value> {
    let status = match (conversation.status, closed) {
        (Status::Open | Status::Waiting, _) => "Open",
        (Status::Resolved, false) => "Resolved",
        (Status::Resolved, true) => "Closed",
    };
    let shape = json!({
        "uuid": conversation.uuid.to_string(),
        "number": conversation.id.0,
        "status": status,
        "closed": closed,
        "kind": conversation.kind.as_str(),
        "button": conversation.button,
        "assignee": conversation.assignee.as_ref().map(|agent| assignee(desk, agent)),
        "team": conversation.team.as_ref().map(|team| json!({ "name": team.name })),
        "queue": desk.place_in_queue(conversation.id).map(place),
        "seq": conversation.seq,
        "agent_seen_seq": conversation.agent_seen_seq,
        "contact_seen_seq": conversation.contact_seen_seq,
    });
    match shape {
        Value::Object(shape) => shape,
        _ => Map::new(),
    }
}

fn last_message(desk: &Desk, thread: &Thread) -> Value {
    match &thread.last {
        Some(last) => {
            let names = || last.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
            let content = if last.text.is_empty() { names() } else { last.text.clone() };
            let mut author = author(desk, &last.author);
            if author["type"] == "visitor" {
                author["type"] = json!("contact");
            }
            json!({ "content": content, "created_at": rfc3339(last.created_at), "author": author })
        }
        // Always an object with a valid time, also for a conversation without a word (conformance item 4).
        None => {
            json!({ "content": "", "created_at": rfc3339(thread.conversation.created_at), "author": { "id": 0, "first_name": "", "last_name": "", "type": "contact" } })
        }
    }
}

fn author(desk: &Desk, author: &Author) -> Value {
    let (id, first_name, last_name, kind, status, tint) = match author {
        Author::Contact { id, uuid, kind, first_name, last_name } => {
            (id.0, first_name.as_str(), last_name.as_str(), kind.as_str(), "", uuid.tint())
        }
        // Visitors learn an agent's first name; the rest is between the agent and the desk.
        Author::Agent { id, uuid, first_name, .. } => (id.0, first_name.as_str(), "", "agent", desk.reach(*id).as_str(), uuid.tint()),
        Author::System { name } => (0, name.as_str(), "", "agent", "", 0),
    };
    json!({
        "id": id, "first_name": first_name, "last_name": last_name, "email": null, "avatar_url": null, "availability_status": status,
        "type": kind, "active_at": null, "tint": tint,
    })
}

fn assignee(desk: &Desk, agent: &AgentRef) -> Value {
    author(
        desk,
        &Author::Agent {
            id: agent.id,
            uuid: agent.uuid,
            first_name: agent.first_name.clone(),
            last_name: agent.last_name.clone(),
            availability: agent.availability,
        },
    )
}

fn attachment(desk: &Desk, file: &Attachment) -> Value {
    let url = desk.link(file.uuid);
    let is_image = crate::base::files::inline_ok(&file.content_type) && file.content_type.starts_with("image/");
    let mut shape = json!({
        "uuid": file.uuid.to_string(), "name": file.name, "size": file.size, "content": null, "content_id": "",
        "content_type": file.content_type, "disposition": "attachment", "url": url,
    });
    if is_image {
        // The same bytes: browsers scale, and the first paint needs no second file.
        shape["thumbnail_url"] = shape["url"].clone();
        shape["width"] = json!(file.width);
        shape["height"] = json!(file.height);
    }
    shape
}

/// The questions. A choice is answered as the admin typed it (`values`), whatever it is called in the visitor's language (`value_labels`).
fn form_fields(typed: &InboxConfig, said: &InboxConfig) -> Vec<Value> {
    if !said.prechat_form.enabled {
        return Vec::new();
    }
    let mut fields: Vec<_> = asked(typed, said).collect();
    fields.sort_by_key(|(_, field)| field.order);
    let shape = |(typed, said): (&FormField, &FormField)| {
        let mut shape = json!(said);
        shape["values"] = json!(typed.values);
        if typed.values != said.values {
            shape["value_labels"] = json!(said.values);
        }
        shape
    };
    fields.into_iter().map(shape).collect()
}

/// The questions that are on, each as typed and as said.
fn asked<'a>(typed: &'a InboxConfig, said: &'a InboxConfig) -> impl Iterator<Item = (&'a FormField, &'a FormField)> {
    typed.prechat_form.fields.iter().zip(&said.prechat_form.fields).filter(|(field, _)| field.enabled)
}

/// Choices of list questions, keyed as the protocol wants them.
fn custom_attributes(typed: &InboxConfig, said: &InboxConfig) -> Value {
    let lists = asked(typed, said).filter(|(field, _)| !field.is_default && field.custom_attribute_id > 0);
    let shape = |(typed, said): (&FormField, &FormField)| {
        let id = typed.custom_attribute_id;
        (id.to_string(), json!({ "id": id, "name": said.label, "type": typed.kind, "values": typed.values }))
    };
    Value::Object(lists.map(shape).collect())
}

fn absolute(base: &str, url: &str) -> String {
    if url.starts_with('/') { format!("{base}{url}") } else { url.to_owned() }
}
