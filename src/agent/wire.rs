//! The shapes of the desk's own API (README.md here). The only file of this door that makes JSON.

use super::snippets;
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind};
use crate::base::id::{Seq, Uuid};
use crate::base::live::LiveConfig;
use crate::base::log as house_log;
use crate::desk::Desk;
use crate::desk::availability::Reach;
use crate::desk::backups::Standing;
use crate::desk::directory::{Profile, Twin};
use crate::desk::threads::{Opened, Page};
use crate::desk::translations::{Locale, Sentence};
use crate::desk::vitals::{Day, Vitals};
use crate::http::Reply;
use crate::model::agent::{Agent, AgentRef, full_name};
use crate::model::ban::{Ban, BanTarget};
use crate::model::contact::{Consent, Contact, ContactKind, ContactNote, PageVisit, name_of};
use crate::model::conversation::{Conversation, Listed, Priority, TagRef};
use crate::model::draft::{Draft, Held};
use crate::model::event::{Event, Topic, Typist, What, Writing};
use crate::model::field::Field;
use crate::model::hours::Hours;
use crate::model::inbox::Inbox;
use crate::model::message::{Attachment, Author, MailFlag, Message, MessageKind};
use crate::model::notice::{Notice, Subscription};
use crate::model::onlooker::Onlooker;
use crate::model::privacy::{Belongings, Overdue};
use crate::model::problem::Problem;
use crate::model::rich::Rich;
use crate::model::team::{Place, Team};
use crate::store::backup::Step;
use crate::store::backup::folder::Sort;
use crate::store::conversations::Counts;
use crate::store::search::Hit;
use crate::store::writer::Tally;
use serde_json::{Map, Value, json};

/// A good answer.
pub fn ok(value: Value) -> Reply {
    Reply::json(200, &value)
}

/// The same, with the change number of its snapshot.
pub fn ok_at(seq: Seq, value: Value) -> Reply {
    ok(value).header("x-deskbell-seq", seq.to_string())
}

/// Every set of hours, and which of them was saved just now.
pub fn all_hours(all: &[Hours], saved: Option<Uuid>, now: Millis) -> Value {
    let shapes = all.iter().map(|hours| {
        let standing = hours.plan.standing(now);
        json!({
            "uuid": hours.uuid.to_string(), "name": hours.name, "time_zone": hours.plan.zone_name(), "weekly": hours.plan.weekly,
            "holidays": hours.plan.holidays, "open_now": standing.open, "next_change_at": standing.until,
        })
    });
    saving(json!({ "hours": shapes.collect::<Vec<_>>() }), saved)
}

/// Every team, and which of them was saved just now. `here` are the agents who answer at the moment.
pub fn all_teams(teams: &[Team], here: &[AgentRef], saved: Option<Uuid>) -> Value {
    let shapes = teams.iter().map(|team| {
        json!({
            "uuid": team.uuid.to_string(), "name": team.name,
            "members": team.members.iter().map(|member| member.uuid.to_string()).collect::<Vec<_>>(),
            "places": team.members.iter().filter(|member| member.place != Place::Normal).map(|member| (member.uuid.to_string(), json!(member.place.as_str())))
                .collect::<Map<String, Value>>(),
            "routing": team.routing.as_str(), "prefer_last": team.prefer_last, "answer_within_s": team.answer_within_s, "default": team.is_default,
            "hours": team.hours.map(|(_, uuid)| uuid.to_string()),
            "online": team.members.iter().any(|member| here.iter().any(|agent| agent.id == member.id)),
        })
    });
    saving(json!({ "teams": shapes.collect::<Vec<_>>() }), saved)
}

/// The same, and which of them was saved just now.
pub fn saving(mut shape: Value, saved: Option<Uuid>) -> Value {
    if let Some(uuid) = saved {
        shape["uuid"] = json!(uuid.to_string());
    }
    shape
}

/// How the house is.
pub fn status(vitals: &Vitals, days: Option<Vec<Day>>, written: &Tally, live: &LiveConfig, connections: usize) -> Value {
    let holdings = &vitals.holdings;
    let commits = written.commits.read().last().copied().unwrap_or(0);
    let commit_ms = (commits > 0).then(|| (written.commits.seconds() * 10_000.0 / commits as f64).round() / 10.0);
    let mut shape = json!({
        "version": env!("CARGO_PKG_VERSION"), "started_at": vitals.started_at, "uptime_s": vitals.uptime_s, "memory": vitals.memory,
        "people": { "visitors": vitals.people.0, "agents": vitals.people.1 },
        "sockets": { "visitors": vitals.seats.0, "agents": vitals.seats.1 }, "connections": connections,
        "file": { "bytes": vitals.file_bytes, "wal": vitals.wal_bytes, "free": vitals.free_bytes },
        "backup_at": holdings.backup_at, "certificate_until": *live.certificate_until.now(),
        "queues": {
            "writes": vitals.writes_waiting, "buried": holdings.buried, "late_since": holdings.late_since,
            "jobs": holdings.jobs.iter().map(|(kind, count)| json!({ "kind": kind, "count": count })).collect::<Vec<_>>(),
        },
        "conversations": { "open": holdings.open, "unassigned": holdings.unassigned },
        "wear": { "commits": commits, "refused": written.refused.read(), "commit_ms": commit_ms, "bytes": vitals.written },
        "log_level": house_log::level_now(), "restart_for": *live.restart_for.now(), "refused": *live.refused.now(),
    });
    if let Some(days) = days {
        let days = days.iter().map(|one| json!({ "day": one.day, "incoming": one.incoming, "outgoing": one.outgoing }));
        shape["days"] = days.collect();
    }
    shape
}

/// A failure, with whatever else the answer carries.
pub fn failure(error: &Error, request_id: &str, more: Option<(&str, Value)>) -> Reply {
    let (status, kind) = match error.kind {
        Kind::Invalid => (400, "invalid"),
        Kind::Unauthorized => (401, "unauthorized"),
        Kind::Forbidden => (403, "forbidden"),
        Kind::NotFound => (404, "not_found"),
        Kind::Conflict => (409, "conflict"),
        Kind::TooLarge => (413, "too_large"),
        Kind::TooMany => (429, "too_many"),
        Kind::Busy => (503, "busy"),
        Kind::Unavailable => (503, "unavailable"),
        Kind::Internal => (500, "internal"),
    };
    let mut inner = json!({ "kind": kind, "message": error.message });
    if let Some(field) = &error.field {
        inner["field"] = json!(field);
    }
    if let Some(code) = error.code {
        inner["code"] = json!(code);
    }
    if error.kind == Kind::Internal {
        inner["request_id"] = json!(request_id);
    }
    let mut body = json!({ "error": inner });
    if let Some((key, value)) = more {
        body[key] = value;
    }
    let reply = Reply::json(status, &body);
    match error.retry_after_s {
        Some(seconds) => reply.header("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// What is wrong with one setting of a draft.
pub fn problem(error: &Error) -> Value {
    json!({ "field": error.field, "message": error.message })
}

/// Agent as he sees himself: only he knows that he hides.
pub fn me(desk: &Desk, agent: &Agent) -> Value {
    let mut shape = self::agent(desk, agent);
    shape["hidden"] = json!(agent.hidden);
    shape
}

/// Agent.
pub fn agent(desk: &Desk, agent: &Agent) -> Value {
    let stance = desk.stance(agent.id);
    json!({
        "status": stance.reach.as_str(), "why": stance.why.as_str(), "hidden": false,
        "uuid": agent.uuid.to_string(), "first_name": agent.first_name, "last_name": agent.last_name, "email": agent.email,
        "role": agent.role.as_str(), "availability": agent.availability.as_str(),
        "online": stance.reach != Reach::Offline, "suspended": agent.suspended_at.is_some(),
        "custom_role": agent.custom_role.as_ref().map(|(uuid, name)| json!({ "uuid": uuid.to_string(), "name": name })),
        "open_max": agent.open_max, "work_hours": agent.work_hours.map(|uuid| uuid.to_string()), "two_factor": agent.two_factor,
        "invited": !agent.has_password, "last_seen_at": agent.last_seen_at, "avatar_tint": agent.uuid.tint(),
    })
}

/// AgentRef.
pub fn agent_ref(agent: &AgentRef) -> Value {
    json!({ "uuid": agent.uuid.to_string(), "first_name": agent.first_name, "last_name": agent.last_name, "avatar_tint": agent.uuid.tint() })
}

/// Contact.
pub fn contact(desk: &Desk, contact: &Contact) -> Value {
    json!({
        "uuid": contact.uuid.to_string(), "kind": contact.kind.as_str(), "name": contact.name(), "first_name": contact.first_name,
        "last_name": contact.last_name, "email": contact.email, "email_verified": contact.email_verified, "phone": contact.phone,
        "verified": contact.kind == ContactKind::Contact && contact.verified_by.is_some(), "verified_by": contact.verified_by,
        "attributes": contact.attributes, "first_seen_at": contact.first_seen_at, "last_seen_at": contact.last_seen_at,
        "online": desk.presence.is_present(Topic::Contact(contact.id)), "blocked": contact.blocked_at.is_some(), "note": contact.note,
        "fields": contact.fields, "banned_until": banned_until(desk, contact),
        "mail_trouble": contact.mail_trouble.as_ref().map(|trouble| json!({
            "bounced_at": trouble.bounced_at, "complained_at": trouble.complained_at, "reason": trouble.reason,
        })),
        "avatar_tint": contact.uuid.tint(), "variables": contact.variables, "consents": contact.consents.iter().map(consent).collect::<Vec<_>>(),
    })
}

/// Until when somebody is shut out: 0 = for good, null = not.
fn banned_until(desk: &Desk, contact: &Contact) -> Option<Millis> {
    match contact.banned_until {
        Some(Millis::MAX) => Some(0),
        until => until.filter(|until| *until > desk.clock.now()),
    }
}

/// A contact's own page.
pub fn profile(desk: &Desk, profile: &Profile) -> Value {
    json!({
        "contact": contact(desk, &profile.contact),
        "conversations": profile.conversations.iter().map(|one| conversation(desk, one)).collect::<Vec<_>>(),
        "notes": contact_notes(&profile.notes)["notes"], "pages": pages(&profile.pages), "duplicates": profile.duplicates,
    })
}

/// Somebody who may be the same person, and what would become of it.
pub fn twin(desk: &Desk, twin: &Twin) -> Value {
    json!({
        "contact": contact(desk, &twin.contact), "conversations": twin.conversations, "because": twin.because, "contradicts": twin.contradicts,
    })
}

/// Notes about a contact, newest first.
pub fn contact_notes(notes: &[ContactNote]) -> Value {
    let shapes = notes.iter().map(|note| {
        json!({
            "uuid": note.uuid.to_string(), "text": note.text, "author": note.author.as_ref().map(agent_ref), "created_at": note.created_at,
            "edited_at": note.edited_at,
        })
    });
    json!({ "notes": shapes.collect::<Vec<_>>() })
}

/// Every field, and which of them was saved just now.
pub fn all_fields(all: &[Field], saved: Option<Uuid>) -> Value {
    let shapes = all.iter().map(|field| {
        json!({
            "uuid": field.uuid.to_string(), "subject": field.subject.as_str(), "key": field.key, "name": field.name,
            "kind": field.kind.as_str(), "choices": field.choices, "position": field.position,
        })
    });
    saving(json!({ "fields": shapes.collect::<Vec<_>>() }), saved)
}

/// Every ban that counts, and which of them was made just now.
pub fn all_bans(all: &[Ban], made: Option<Uuid>) -> Value {
    let shapes = all.iter().map(|ban| {
        let (kind, subject, contact) = match &ban.target {
            BanTarget::Contact { uuid, name } => ("contact", name, Some(uuid.to_string())),
            BanTarget::Network(network) => ("network", network, None),
            BanTarget::Email(address) => ("email", address, None),
        };
        json!({
            "uuid": ban.uuid.to_string(), "kind": kind, "subject": subject, "contact": contact, "reason": ban.reason,
            "by": ban.by.as_ref().map(agent_ref), "created_at": ban.created_at, "until": ban.until,
        })
    });
    saving(json!({ "bans": shapes.collect::<Vec<_>>() }), made)
}

/// Somebody on the site right now.
pub fn onlooker(one: &Onlooker) -> Value {
    let person = &one.contact;
    json!({
        "id": one.id.to_string(), "inbox": one.inbox_uuid.to_string(), "since": one.since, "locale": one.locale, "referrer": one.referrer,
        "page": one.page.as_ref().map(|(url, title)| json!({ "url": url, "title": title })),
        "conversation": one.conversation.map(|uuid| uuid.to_string()),
        "contact": {
            "uuid": person.uuid.to_string(), "name": person.name, "kind": person.kind.as_str(), "verified": person.verified, "online": true,
            "avatar_tint": person.uuid.tint(),
        },
    })
}

fn consent(consent: &Consent) -> Value {
    json!({ "at": consent.at, "text": consent.text, "link_url": consent.link_url, "locale": consent.locale })
}

/// Counts of an agent's tabs.
pub fn counts(counts: &Counts) -> Value {
    json!({ "mine": counts.mine, "unassigned": counts.unassigned, "all": counts.all, "unread": counts.unread, "reports": counts.reports })
}

/// Conversation as one agent's list shows it.
pub fn listed(desk: &Desk, listed: &Listed) -> Value {
    let mut shape = conversation(desk, &listed.conversation);
    shape["unread"] = json!(listed.unread);
    shape
}

/// Conversation as every agent hears of it: without anybody's unread count.
pub fn conversation(desk: &Desk, conversation: &Conversation) -> Value {
    let person = &conversation.contact;
    json!({
        "uuid": conversation.uuid.to_string(), "number": conversation.id.0,
        "inbox": { "uuid": conversation.inbox.uuid.to_string(), "name": conversation.inbox.name, "color": conversation.inbox.color },
        "contact": {
            "uuid": person.uuid.to_string(), "name": person.name, "kind": person.kind.as_str(), "verified": person.verified,
            "online": desk.presence.is_present(Topic::Contact(person.id)), "avatar_tint": person.uuid.tint(),
        },
        "status": conversation.status.as_str(), "snoozed_until": conversation.snoozed_until,
        "assignee": conversation.assignee.as_ref().map(agent_ref),
        "team": conversation.team.as_ref().map(|team| json!({ "uuid": team.uuid.to_string(), "name": team.name })),
        "priority": conversation.priority.map(Priority::as_str), "preview": conversation.preview,
        "preview_from": conversation.preview_from, "waiting_since": conversation.waiting_since, "created_at": conversation.created_at,
        "last_message_at": conversation.last_message_at, "contact_seen_seq": conversation.contact_seen_seq,
        "closed_by_contact": conversation.closed_by_contact, "last_seq": conversation.last_seq,
        "last_incoming_seq": conversation.last_incoming_seq, "seq": conversation.seq, "kind": conversation.kind.as_str(),
        "rating": conversation.rating, "locale": conversation.locale, "tags": conversation.tags.iter().map(tag_ref).collect::<Vec<_>>(),
        "custom_status": conversation.custom_status.as_ref().map(|status| json!({
            "uuid": status.uuid.to_string(), "name": status.name, "category": conversation.status.as_str(),
        })),
        "quarantine": conversation.quarantine, "suspicion": conversation.suspicion, "queued_at": conversation.queued_at, "subject": conversation.subject,
        "due": conversation.due.as_ref().map(|due| json!({
            "kind": due.kind, "due_at": due.due_at, "warn_at": due.warn_at, "breached": due.breached,
        })),
    })
}

/// A tag as conversations carry it.
pub fn tag_ref(tag: &TagRef) -> Value {
    json!({ "uuid": tag.uuid.to_string(), "name": tag.name, "color": tag.color })
}

/// Message.
pub fn message(desk: &Desk, message: &Message) -> Value {
    let (kind, uuid, name, tint) = match &message.author {
        Author::Contact { uuid, first_name, last_name, .. } => {
            ("contact", Some(uuid.to_string()), name_of(*uuid, first_name, last_name, None), uuid.tint())
        }
        Author::Agent { uuid, first_name, last_name, .. } => {
            ("agent", Some(uuid.to_string()), full_name(first_name, last_name), uuid.tint())
        }
        Author::System { name } if name.is_empty() => ("system", None, "deskbell".to_owned(), 0),
        Author::System { name } => ("system", None, name.clone(), 0),
    };
    let own = matches!(message.kind, MessageKind::Outgoing | MessageKind::Note);
    json!({
        "uuid": message.uuid.to_string(), "seq": message.seq, "conversation": message.conversation_uuid.to_string(),
        "kind": message.kind.as_str(), "author": { "type": kind, "uuid": uuid, "name": name, "avatar_tint": tint },
        "html": message.html, "text": message.text, "source": if own { Some(&message.source) } else { None },
        "created_at": message.created_at, "edited_at": message.edited_at,
        "attachments": message.attachments.iter().map(|file| attachment(desk, file)).collect::<Vec<_>>(),
        "echo_id": if own { message.echo_id.as_deref() } else { None }, "via": message.via, "activity": message.activity,
        "rich": message.meta.rich.as_ref().map(|shown| rich(desk, shown)), "postback": message.meta.postback,
        "mentions": message.meta.mentions.iter().map(Uuid::to_string).collect::<Vec<_>>(), "deleted": message.meta.deleted,
        "by_mail": message.meta.mail.as_ref().map(|mark| json!({
            "from": mark.from, "subject": mark.subject, "flag": mark.flag.map(MailFlag::as_str), "rest": mark.rest, "remarks": mark.remarks,
        })),
        "mail": message.mail.as_ref().map(|mail| json!({ "state": mail.state.as_str(), "to": mail.to, "error": mail.error })),
    })
}

/// Rich: cards or quick replies.
pub fn rich(desk: &Desk, rich: &Rich) -> Value {
    rich.shown(|picture| desk.link(picture))
}

/// Attachment.
pub fn attachment(desk: &Desk, file: &Attachment) -> Value {
    let url = desk.link(file.uuid);
    let is_image = file.content_type.starts_with("image/") && crate::base::files::inline_ok(&file.content_type);
    json!({
        "uuid": file.uuid.to_string(), "name": file.name, "size": file.size, "content_type": file.content_type, "url": url,
        "thumbnail": if is_image { Some(&url) } else { None }, "width": file.width, "height": file.height,
    })
}

/// Who looks at what, and writes there.
pub fn viewing(conversation: Option<Uuid>, agent: &AgentRef, typing: Option<Writing>) -> Value {
    json!({ "conversation": conversation.map(|uuid| uuid.to_string()), "agent": agent_ref(agent), "typing": typing.map(Writing::as_str) })
}

/// Draft.
pub fn draft(draft: &Draft) -> Value {
    json!({
        "conversation": draft.conversation.to_string(), "is_note": draft.is_note, "body": draft.body, "version": draft.version,
        "updated_at": draft.updated_at,
    })
}

/// Held: a reply that may still be taken back.
pub fn held(held: &Held) -> Value {
    json!({
        "uuid": held.uuid.to_string(), "conversation": held.conversation_uuid.to_string(), "echo_id": held.echo_id, "body": held.source,
        "author_name": held.agent_name, "resolves": held.resolves, "send_at": held.send_at, "created_at": held.created_at,
    })
}

/// Messages of one page, oldest first.
pub fn messages(desk: &Desk, page: &Page) -> Vec<Value> {
    page.messages.iter().rev().map(|each| message(desk, each)).collect()
}

/// What an agent sees when he opens a conversation.
pub fn opened(desk: &Desk, opened: &Opened) -> Value {
    let earlier = opened.earlier.iter().map(|earlier| {
        json!({
            "uuid": earlier.uuid.to_string(), "number": earlier.id.0, "status": earlier.status.as_str(), "preview": earlier.preview,
            "last_message_at": earlier.last_message_at,
        })
    });
    json!({
        "conversation": listed(desk, &opened.listed), "contact": contact(desk, &opened.contact), "messages": messages(desk, &opened.page),
        "has_more": opened.page.has_more, "pages": pages(&opened.pages), "earlier": earlier.collect::<Vec<_>>(),
        "my_seen_seq": opened.my_seen_seq, "following": opened.following, "fields": opened.fields, "mail": opened.mail,
        "origin": { "attributes": opened.origin.attributes, "user_agent": opened.origin.user_agent, "ip": opened.origin.ip },
    })
}

/// PageVisits, newest first.
pub fn pages(visits: &[PageVisit]) -> Vec<Value> {
    visits.iter().map(|visit| json!({ "url": visit.url, "title": visit.title, "at": visit.at })).collect()
}

/// Inbox with everything an admin may see; never the secret itself.
pub fn inbox(inbox: &Inbox, base: &str) -> Value {
    let uuid = inbox.uuid.to_string();
    let snippets = snippets::all(inbox, base);
    json!({
        "uuid": uuid, "name": inbox.name, "enabled": inbox.enabled, "has_secret": inbox.secret.is_some(), "created_at": inbox.created_at,
        "config": inbox.config, "number": inbox.id.0, "snippet": snippets["deskbell"], "libredesk_snippet": snippets["libredesk"],
        "snippets": snippets, "chat_url": format!("{base}/chat/{uuid}"),
        "called_at": inbox.called_at, "called_from": inbox.called_from,
    })
}

/// Languages and strings of an inbox.
pub fn translations(locales: &[Locale], sentences: &[Sentence]) -> Value {
    json!({
        "locales": locales.iter().map(|locale| json!({ "code": locale.code, "name": locale.name, "own": locale.own })).collect::<Vec<_>>(),
        "sentences": sentences
            .iter()
            .map(|sentence| {
                json!({
                    "key": sentence.key, "english": sentence.english, "stock": sentence.stock, "own": sentence.own, "group": sentence.group,
                })
            })
            .collect::<Vec<_>>(),
    })
}

/// Inbox as agents without administration see it: enough for lists and filters.
pub fn inbox_name(inbox: &Inbox) -> Value {
    json!({
        "uuid": inbox.uuid.to_string(), "name": inbox.name, "enabled": inbox.enabled,
        "config": { "brand_name": inbox.config.brand_name, "colors": inbox.config.colors },
    })
}

/// A browser that may be woken.
pub fn subscription(one: &Subscription, current: bool) -> Value {
    json!({ "uuid": one.uuid.to_string(), "user_agent": one.user_agent, "created_at": one.created_at, "used_at": one.used_at, "current": current })
}

/// One thing that is wrong with the house.
pub fn finding(one: &Problem) -> Value {
    let mut shape = json!({
        "id": one.id, "severity": one.severity.as_str(), "title": one.title, "why": one.why, "fix": one.fix, "link": one.link,
    });
    if let Some(job) = one.job {
        shape["job"] = json!(job);
    }
    shape
}

/// What a contact left with us, in numbers.
pub fn belongings(all: &Belongings) -> Value {
    json!({
        "conversations": all.conversations, "messages": all.messages, "files": all.files, "file_bytes": all.file_bytes, "notes": all.notes,
        "pages": all.pages, "consents": all.consents, "sessions": all.sessions,
    })
}

/// What retention timers would take now.
pub fn overdue(overdue: &Overdue) -> Value {
    json!({ "conversations": overdue.conversations, "visitors": overdue.visitors })
}

/// Notice.
pub fn notice(notice: &Notice) -> Value {
    json!({
        "uuid": notice.uuid.to_string(), "kind": notice.kind.as_str(), "conversation": notice.conversation.map(|(uuid, _)| uuid.to_string()),
        "number": notice.conversation.map(|(_, number)| number), "actor": notice.actor, "text": notice.text, "created_at": notice.created_at,
        "read_at": notice.read_at,
    })
}

/// A found message.
pub fn hit(desk: &Desk, hit: &Hit) -> Value {
    let author_name = match &hit.message.author {
        Author::Contact { uuid, first_name, last_name, .. } => name_of(*uuid, first_name, last_name, None),
        Author::Agent { first_name, last_name, .. } => full_name(first_name, last_name),
        Author::System { name } => name.clone(),
    };
    json!({
        "conversation": conversation(desk, &hit.conversation),
        "message": {
            "uuid": hit.message.uuid.to_string(), "seq": hit.message.seq, "created_at": hit.message.created_at,
            "kind": hit.message.kind.as_str(), "author_name": author_name,
        },
        "snippet": hit.snippet.iter().map(|(text, is_hit)| json!({ "text": text, "hit": is_hit })).collect::<Vec<_>>(),
    })
}

/// The frame for an event, or `None` when agents do not hear of it.
pub fn frame(desk: &Desk, event: &Event) -> Option<String> {
    let (kind, data) = match &event.what {
        What::MessageAdded { conversation: changed, message: added } => {
            ("message", json!({ "conversation": conversation(desk, changed), "message": message(desk, added) }))
        }
        What::ConversationChanged { conversation: changed } => ("conversation", conversation(desk, changed)),
        What::ContactChanged { contact: changed } => ("contact", contact(desk, changed)),
        What::InboxChanged { inbox } => ("inbox", json!({ "uuid": inbox.to_string() })),
        What::AgentChanged { agent } => ("agent", json!({ "uuid": agent.to_string() })),
        What::HoursChanged { hours } => ("hours", json!({ "uuid": hours.to_string() })),
        What::TeamChanged { team } => ("team", json!({ "uuid": team.to_string() })),
        What::ToolChanged { tool, uuid } => (tool.as_str(), json!({ "uuid": uuid.to_string() })),
        What::ContactGone { contact } => ("contact_gone", json!({ "uuid": contact.to_string() })),
        What::HouseChanged => ("house", json!({})),
        What::Typing { conversation, who, is_typing, note, .. } => {
            let (kind, uuid, name) = match who {
                Typist::Contact { uuid, name, .. } => ("contact", uuid, name),
                Typist::Agent { uuid, name, .. } => ("agent", uuid, name),
            };
            let who = json!({ "type": kind, "uuid": uuid.to_string(), "name": name });
            ("typing", json!({ "conversation": conversation.to_string(), "is_typing": is_typing, "who": who, "note": note }))
        }
        What::Viewing { conversation, agent, typing, .. } => ("viewing", viewing(*conversation, agent, *typing)),
        What::DraftChanged { draft: changed } => ("draft", draft(changed)),
        What::NoticeAdded { notice: added } => ("notice", notice(added)),
        What::NoticesRead => ("notices", json!({})),
        What::ConversationGone { conversation } => ("conversation_gone", json!({ "uuid": conversation.to_string() })),
        What::RoleChanged { role } => ("role", json!({ "uuid": role.to_string() })),
        What::QueueChanged { waiting } => ("queue", json!({ "waiting": waiting })),
        What::AgentPresence { agent, stance } => {
            let (status, why) = (stance.reach.as_str(), stance.why.as_str());
            let online = stance.reach != Reach::Offline;
            let availability = agent.availability.as_str();
            let agent = agent.uuid.to_string();
            ("presence", json!({ "agent": agent, "online": online, "availability": availability, "status": status, "why": why }))
        }
        What::ContactPresence { contact, online } => ("presence", json!({ "contact": contact.to_string(), "online": online })),
        What::Pages { contact, pages: visits } => ("pages", json!({ "contact": contact.to_string(), "pages": pages(visits) })),
        What::FieldChanged { field } => ("field", json!({ "uuid": field.to_string() })),
        What::BansChanged => ("ban", json!({})),
        What::Onlooker { onlooker: one } => ("visitor", onlooker(one)),
        What::OnlookerGone { id } => ("visitor_gone", json!({ "id": id.to_string() })),
        What::SessionEnded { .. } | What::SignedOut { .. } | What::OutlookChanged { .. } | What::PlaceChanged { .. } => return None,
    };
    let mut frame = json!({ "type": kind, "data": data });
    if let Some(seq) = event.seq {
        frame["seq"] = json!(seq);
    }
    Some(frame.to_string())
}

/// How it stands with backups.
pub fn backups(standing: &Standing, free: Option<u64>) -> Value {
    let kept = standing.backups.iter().chain(&standing.beside).map(|kept| {
        let (kind, schema) = match kept.sort {
            Sort::Backup => ("backup", None),
            Sort::Snapshot(version) => ("snapshot", Some(version)),
            Sort::Replaced => ("replaced", None),
        };
        json!({ "name": kept.name, "kind": kind, "schema": schema, "at": kept.at, "bytes": kept.bytes })
    });
    let making = standing.making.map(|step| match step {
        Step::Pages { done, all } => json!({ "done": done, "all": all, "checking": false }),
        Step::Checking => json!({ "done": 1, "all": 1, "checking": true }),
    });
    json!({
        "folder": standing.folder.to_string_lossy(), "keep": standing.keep, "free": free, "last_at": standing.last_at, "making": making,
        "backups": kept.collect::<Vec<_>>(),
    })
}
