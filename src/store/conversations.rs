//! Conversations, their lists, their seen marks.

use super::events::{self, Subject};
use super::sight::sight;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, InboxId, Seq, TeamId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentRef;
use crate::model::contact::{Session, name_of};
use crate::model::conversation::{
    Box_, ContactRef, Conversation, ConversationKind, Due, InboxRef, Kinds, Listed, Origin, Priority, Status, StatusRef, TagRef,
};
use crate::model::event::{Topic, What};
use crate::model::team::TeamRef;
use rusqlite::{Row, params};

macro_rules! conversation_select {
    ($more:expr, $($tail:tt)+) => {
        concat!(
            "SELECT c.id, c.uuid, i.id, i.uuid, i.name, json_extract(i.config, '$.colors.primary'),
                    p.id, p.uuid, p.first_name, p.last_name, p.email, p.kind, EXISTS (SELECT 1 FROM identities WHERE contact_id = p.id),
                    c.status, c.snoozed_until, c.closed_by_contact, a.id, a.uuid, a.first_name, a.last_name, a.availability,
                    c.seq, c.last_seq, c.last_incoming_seq, c.preview, c.preview_from, c.contact_seen_seq, c.agent_seen_seq,
                    c.waiting_since, c.last_message_at, c.created_at, c.priority, t.id, t.uuid, t.name, c.kind, c.rating, c.locale, c.button,
                    c.quarantine, c.suspicion, c.queued_at, u.uuid, u.name,
                    (SELECT json_group_array(json_array(g.uuid, g.name, g.color)) FROM (SELECT g.* FROM conversation_tags x JOIN tags g ON g.id = x.tag_id
                      WHERE x.conversation_id = c.id ORDER BY g.name COLLATE NOCASE) g),
                    (SELECT json_array(d.kind, d.due_at, d.warn_at, d.breached_at) FROM deadlines d WHERE d.conversation_id = c.id AND d.met_at IS NULL AND d.paused_at IS NULL
                      ORDER BY d.due_at LIMIT 1), c.subject",
            $more,
            " FROM conversations c JOIN inboxes i ON i.id = c.inbox_id JOIN contacts p ON p.id = c.contact_id
              LEFT JOIN agents a ON a.id = c.assignee_id LEFT JOIN teams t ON t.id = c.team_id
              LEFT JOIN statuses u ON u.id = c.status_id ",
            $($tail)+
        )
    };
}

/// The unread count of a listed conversation for agent ?1, counted up to 100.
macro_rules! listed_select {
    ($($tail:tt)+) => {
        conversation_select!(
            ", (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.kind = 'incoming' AND m.seq >
                   coalesce((SELECT seen_seq FROM agent_reads r WHERE r.agent_id = ?1 AND r.conversation_id = c.id), 0)
                   AND c.last_incoming_seq >= m.seq LIMIT 100))",
            $($tail)+
        )
    };
}

/// The conversation with this row number.
pub fn conversation(tx: &ReadTx, id: ConversationId) -> Result<Conversation> {
    tx.one(conversation_select!("", "WHERE c.id = ?1"), [id], read)?.ok_or_else(|| Error::not_found("conversation"))
}

/// A conversation of the session's contact in its inbox; somebody else's is not found, nor any other when the session is for one alone.
pub fn find_for_contact(tx: &ReadTx, session: &Session, uuid: Uuid) -> Result<Conversation> {
    tx.one(
        conversation_select!("", "WHERE c.uuid = ?3 AND c.contact_id = ?2 AND c.inbox_id = ?1 AND (?4 IS NULL OR c.id = ?4)"),
        params![session.inbox, session.contact, uuid, session.only()],
        read,
    )?
    .ok_or_else(|| Error::not_found("conversation"))
}

/// The conversations in its inbox that a session shows, newest activity first.
pub fn of_contact(tx: &ReadTx, session: &Session) -> Result<Vec<Conversation>> {
    tx.all(
        conversation_select!(
            "",
            "WHERE c.contact_id = ?2 AND c.inbox_id = ?1 AND (?4 IS NULL OR c.id = ?4) ORDER BY c.last_message_id DESC LIMIT ?3"
        ),
        params![session.inbox, session.contact, limits::CONTACT_CONVERSATIONS_MAX, session.only()],
        read,
    )
}

/// The contact's newest chat in this inbox that may be gone on with: any, or with `closed` = false only one that is not resolved.
pub fn newest_chat(tx: &ReadTx, inbox: InboxId, contact: ContactId, closed: bool) -> Result<Option<Conversation>> {
    tx.one(
        conversation_select!(
            "",
            "WHERE c.contact_id = ?2 AND c.inbox_id = ?1 AND c.kind = 'chat' AND (?3 OR c.status <> 'resolved') ORDER BY c.id DESC LIMIT 1"
        ),
        params![inbox, contact, closed],
        read,
    )
}

/// The contact's other conversations that this agent sees, for his panel: newest first, without `but`.
pub fn earlier(tx: &ReadTx, agent: AgentId, contact: ContactId, but: ConversationId) -> Result<Vec<Conversation>> {
    tx.all(
        conversation_select!("", "WHERE c.contact_id = ?2 AND c.id <> ?3 AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT 20"),
        params![agent, contact, but],
        read,
    )
}

/// The contact's conversations that this agent sees, for the contact's own page: newest first.
pub fn of_contact_for_agent(tx: &ReadTx, agent: AgentId, contact: ContactId) -> Result<Vec<Conversation>> {
    tx.all(
        conversation_select!("", "WHERE c.contact_id = ?2 AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?3"),
        params![agent, contact, limits::LIST_PAGE_MAX],
        read,
    )
}

/// A contact as lists name it, and its newest conversation in this inbox: what the list of people on the site shows.
pub fn onlooker(tx: &ReadTx, inbox: InboxId, contact: ContactId) -> Result<(ContactRef, Option<Uuid>)> {
    tx.one(
        "SELECT p.id, p.uuid, p.first_name, p.last_name, p.email, p.kind, EXISTS (SELECT 1 FROM identities WHERE contact_id = p.id),
                (SELECT uuid FROM conversations WHERE contact_id = p.id AND inbox_id = ?1 ORDER BY id DESC LIMIT 1)
         FROM contacts p WHERE p.id = ?2",
        params![inbox, contact],
        |row| {
            let (first, last, email): (String, String, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
            let name = name_of(row.get(1)?, &first, &last, email.as_deref());
            Ok((ContactRef { id: row.get(0)?, uuid: row.get(1)?, name, kind: row.get(5)?, verified: row.get(6)? }, row.get(7)?))
        },
    )?
    .ok_or_else(|| Error::not_found("contact"))
}

/// The newest open conversations of an agent, for telling their contacts that he came or went.
pub fn open_of_assignee(tx: &ReadTx, agent: AgentId) -> Result<Vec<Conversation>> {
    tx.all(conversation_select!("", "WHERE c.assignee_id = ?1 AND c.listing = 'open' ORDER BY c.last_seq DESC LIMIT 50"), [agent], read)
}

/// Whether the contact has a conversation of any kind in this inbox.
pub fn has_any(tx: &ReadTx, inbox: InboxId, contact: ContactId) -> Result<bool> {
    Ok(tx
        .one("SELECT 1 FROM conversations WHERE contact_id = ?2 AND inbox_id = ?1 LIMIT 1", params![inbox, contact], |_| Ok(()))?
        .is_some())
}

/// How many chats the contact has in this inbox, and how many conversations of any kind began after `since`.
pub fn count_of_contact(tx: &ReadTx, inbox: InboxId, contact: ContactId, since: Millis) -> Result<(i64, i64)> {
    Ok(tx
        .one(
            "SELECT coalesce(sum(kind = 'chat'), 0), coalesce(sum(created_at > ?3), 0) FROM conversations WHERE contact_id = ?2 AND inbox_id = ?1",
            params![inbox, contact, since],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .unwrap_or((0, 0)))
}

/// A conversation that this agent may read; otherwise not found.
pub fn find_for_agent(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<Listed> {
    tx.one(listed_select!("WHERE c.uuid = ?2 AND ", sight!()), params![agent, uuid], listed)?
        .ok_or_else(|| Error::not_found("conversation"))
}

/// The same by row number; `None` when it is not there for him.
pub fn listed_of(tx: &ReadTx, agent: AgentId, id: ConversationId) -> Result<Option<Listed>> {
    tx.one(listed_select!("WHERE c.id = ?2 AND ", sight!()), params![agent, id], listed)
}

/// Which page of an agent's list is wanted.
pub struct Wanted<'a> {
    pub which: Box_,
    pub kinds: Kinds,
    /// A status word, `snoozed` or `any`.
    pub listing: &'a str,
    pub inbox: Option<Uuid>,
    /// Only conversations with this tag.
    pub tag: Option<Uuid>,
    pub before: Option<Seq>,
    pub limit: u32,
}

/// One page of an agent's list, newest activity first, below `before`.
pub fn list(tx: &ReadTx, agent: AgentId, wanted: &Wanted<'_>) -> Result<Vec<Listed>> {
    if let Box_::Mentioned = wanted.which {
        return mentioned(tx, agent, wanted);
    }
    let before = wanted.before.unwrap_or(Seq::MAX);
    let inbox = wanted.inbox.map(|uuid| uuid.to_string());
    if let Some(tag) = wanted.tag {
        return tagged(tx, agent, wanted, tag);
    }
    let kind = match wanted.kinds {
        Kinds::Any => None,
        Kinds::Only(ConversationKind::Chat) => Some(ConversationKind::Chat),
        Kinds::Reports | Kinds::Only(_) => return reports(tx, agent, wanted),
    };
    let given = params![agent, wanted.listing, before, wanted.limit, inbox, kind];
    match (wanted.which, wanted.listing) {
        (Box_::Mine(_), "any") => tx.all(
            listed_select!("WHERE c.assignee_id = ?1 AND ?2 = 'any' AND c.listing <> 'spam' AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"),
            given,
            listed,
        ),
        (Box_::Mine(_), _) => tx.all(
            listed_select!(
                "WHERE c.assignee_id = ?1 AND c.listing = ?2 AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            given,
            listed,
        ),
        (Box_::Unassigned, "any") => tx.all(
            listed_select!(
                "WHERE c.assignee_id IS NULL AND ?2 = 'any' AND c.listing <> 'spam' AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            given,
            listed,
        ),
        (Box_::Unassigned, _) => tx.all(
            listed_select!(
                "WHERE c.assignee_id IS NULL AND c.listing = ?2 AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            given,
            listed,
        ),
        (Box_::All | Box_::Mentioned, "any") => tx.all(
            listed_select!("WHERE ?2 = 'any' AND c.listing <> 'spam' AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"),
            given,
            listed,
        ),
        (Box_::All | Box_::Mentioned, _) => tx.all(
            listed_select!("WHERE c.listing = ?2 AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5) AND (?6 IS NULL OR +c.kind = ?6) AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT ?4"),
            given,
            listed,
        ),
    }
}

/// Conversations in which a note calls the agent: few, so they are found by their own index and sorted.
fn mentioned(tx: &ReadTx, agent: AgentId, wanted: &Wanted<'_>) -> Result<Vec<Listed>> {
    let inbox = wanted.inbox.map(|uuid| uuid.to_string());
    tx.all(
        listed_select!(
            "WHERE c.id IN (SELECT conversation_id FROM mentions WHERE agent_id = ?1) AND (c.listing = ?2 OR (?2 = 'any' AND c.listing <> 'spam')) AND c.last_seq < ?3
             AND (?5 IS NULL OR i.uuid = ?5) AND ",
            sight!(),
            " ORDER BY c.last_seq DESC LIMIT ?4"
        ),
        params![agent, wanted.listing, wanted.before.unwrap_or(Seq::MAX), wanted.limit, inbox],
        listed,
    )
}

/// The same for reports. They are few beside chats, so they are found by their own index and sorted.
fn reports(tx: &ReadTx, agent: AgentId, wanted: &Wanted<'_>) -> Result<Vec<Listed>> {
    let kinds = match wanted.kinds {
        Kinds::Only(kind) => serde_json::json!([kind.as_str()]),
        Kinds::Any | Kinds::Reports => serde_json::json!(["bug", "feature", "review", "question"]),
    };
    let which = match wanted.which {
        Box_::Mine(_) => "mine",
        Box_::Unassigned => "unassigned",
        Box_::All | Box_::Mentioned => "all",
    };
    let inbox = wanted.inbox.map(|uuid| uuid.to_string());
    tx.all(
        listed_select!(
            "WHERE c.kind IN (SELECT value FROM json_each(?6)) AND (c.listing = ?2 OR (?2 = 'any' AND c.listing <> 'spam')) AND c.last_seq < ?3
             AND (?7 <> 'mine' OR c.assignee_id = ?1) AND (?7 <> 'unassigned' OR c.assignee_id IS NULL) AND (?5 IS NULL OR i.uuid = ?5)
             AND ",
            sight!(),
            " ORDER BY c.last_seq DESC LIMIT ?4"
        ),
        params![agent, wanted.listing, wanted.before.unwrap_or(Seq::MAX), wanted.limit, inbox, kinds.to_string(), which],
        listed,
    )
}

/// The same for one tag: a rare one by its own index and sorted, a common one along the order of all lists, where the page is soon full.
fn tagged(tx: &ReadTx, agent: AgentId, wanted: &Wanted<'_>, tag: Uuid) -> Result<Vec<Listed>> {
    let kinds = match wanted.kinds {
        Kinds::Any => None,
        Kinds::Only(kind) => Some(serde_json::json!([kind.as_str()])),
        Kinds::Reports => Some(serde_json::json!(["bug", "feature", "review", "question"])),
    };
    let which = match wanted.which {
        Box_::Mine(_) => "mine",
        Box_::Unassigned => "unassigned",
        Box_::All | Box_::Mentioned => "all",
    };
    let (inbox, kinds) = (wanted.inbox.map(|uuid| uuid.to_string()), kinds.map(|kinds| kinds.to_string()));
    let given = params![agent, wanted.listing, wanted.before.unwrap_or(Seq::MAX), wanted.limit, inbox, kinds, which, tag];
    let many = tx.one(
        "SELECT count(*) FROM (SELECT 1 FROM conversation_tags WHERE tag_id = (SELECT id FROM tags WHERE uuid = ?1) LIMIT 2000)",
        [tag],
        |row| Ok(row.get::<_, u32>(0)? >= 2000),
    )?;
    match many {
        Some(true) => tx.all(
            listed_select!(
                "WHERE (+c.listing = ?2 OR (?2 = 'any' AND +c.listing <> 'spam')) AND c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5)
                 AND (?6 IS NULL OR +c.kind IN (SELECT value FROM json_each(?6)))
                 AND (?7 <> 'mine' OR +c.assignee_id = ?1) AND (?7 <> 'unassigned' OR +c.assignee_id IS NULL)
                 AND EXISTS (SELECT 1 FROM conversation_tags x WHERE x.conversation_id = +c.id AND x.tag_id = (SELECT id FROM tags WHERE uuid = ?8))
                 AND ",
                sight!(),
                " ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            given,
            listed,
        ),
        Some(false) | None => tx.all(
            listed_select!(
                "WHERE c.id IN (SELECT conversation_id FROM conversation_tags WHERE tag_id = (SELECT id FROM tags WHERE uuid = ?8))
                 AND (+c.listing = ?2 OR (?2 = 'any' AND +c.listing <> 'spam')) AND +c.last_seq < ?3 AND (?5 IS NULL OR i.uuid = ?5)
                 AND (?6 IS NULL OR +c.kind IN (SELECT value FROM json_each(?6)))
                 AND (?7 <> 'mine' OR +c.assignee_id = ?1) AND (?7 <> 'unassigned' OR +c.assignee_id IS NULL) AND ",
                sight!(),
                " ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            given,
            listed,
        ),
    }
}

/// Counts for an agent's tabs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub mine: u32,
    pub unassigned: u32,
    pub all: u32,
    pub unread: u32,
    /// Reports of the feedback hub.
    pub reports: u32,
}

/// Open conversations: mine, unassigned, all, and with something unread; each counted up to 1,000, so that the answer stays quick.
pub fn counts(tx: &ReadTx, agent: AgentId) -> Result<Counts> {
    Ok(tx
        .one(
            concat!(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE assignee_id = ?1 AND listing = 'open' LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE assignee_id IS NULL AND listing = 'open' AND ", sight!(), " LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE listing = 'open' AND ", sight!(), " LIMIT 1000)),
                    (SELECT count(*) FROM (SELECT c.id, c.last_incoming_seq FROM conversations c WHERE listing = 'open' AND ", sight!(), " ORDER BY last_seq DESC LIMIT 1000) c
                      WHERE c.last_incoming_seq > coalesce((SELECT seen_seq FROM agent_reads WHERE agent_id = ?1 AND conversation_id = c.id), 0)),
                    (SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE kind IN ('bug', 'feature', 'review', 'question') AND listing = 'open' AND ", sight!(), " LIMIT 1000))"
            ),
            [agent],
            |row| Ok(Counts { mine: row.get(0)?, unassigned: row.get(1)?, all: row.get(2)?, unread: row.get(3)?, reports: row.get(4)? }),
        )?
        .unwrap_or_default())
}

/// A conversation about to be stored.
pub struct NewConversation {
    pub inbox: InboxId,
    pub contact: ContactId,
    /// Hash of the echo id of an anonymous first message, for repeats.
    pub init_key: Option<[u8; 32]>,
    /// Answers of the pre-chat form that are not about the contact.
    pub attributes: serde_json::Map<String, serde_json::Value>,
    /// As much of the address as the inbox keeps.
    pub ip: Option<String>,
    pub user_agent: String,
    pub kind: ConversationKind,
    pub rating: Option<u8>,
    pub locale: String,
    /// The start button that was used, or "".
    pub button: String,
    pub team: Option<TeamId>,
    pub priority: Option<Priority>,
}

impl NewConversation {
    /// A chat of which nothing more is known.
    pub fn chat(inbox: InboxId, contact: ContactId) -> NewConversation {
        NewConversation {
            inbox,
            contact,
            init_key: None,
            attributes: serde_json::Map::new(),
            ip: None,
            user_agent: String::new(),
            kind: ConversationKind::Chat,
            rating: None,
            locale: String::new(),
            button: String::new(),
            team: None,
            priority: None,
        }
    }
}

/// Stores a new conversation; its first message follows in the same transaction.
pub fn insert(tx: &WriteTx, new: &NewConversation) -> Result<ConversationId> {
    let attributes = serde_json::to_string(&new.attributes).map_err(Error::internal)?;
    Ok(ConversationId(tx.insert(
        "INSERT INTO conversations (uuid, inbox_id, contact_id, attributes, init_key, seq, last_seq, last_message_at, meta_ip, meta_user_agent, created_at, kind, rating, locale, button,
             team_id, priority)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?7, ?8, ?6, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            Uuid::new(),
            new.inbox,
            new.contact,
            attributes,
            new.init_key,
            tx.now,
            new.ip,
            new.user_agent,
            new.kind,
            new.rating,
            new.locale,
            new.button,
            new.team,
            new.priority
        ],
    )?))
}

/// Whence a conversation came, for agents: answers and page as JSON, browser, address.
pub fn origin(tx: &ReadTx, id: ConversationId) -> Result<Origin> {
    tx.one("SELECT attributes, meta_user_agent, meta_ip FROM conversations WHERE id = ?1", [id], |row| {
        let attributes: String = row.get(0)?;
        Ok(Origin {
            attributes: serde_json::from_str(&attributes).unwrap_or_default(),
            user_agent: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            ip: row.get(2)?,
        })
    })?
    .ok_or_else(|| Error::not_found("conversation"))
}

/// Conversations of an inbox that began up to `until` and whose network address is still whole, with the address.
pub fn whole_addresses(tx: &ReadTx, inbox: InboxId, until: Millis, limit: u32) -> Result<Vec<(ConversationId, String)>> {
    tx.all(
        "SELECT id, meta_ip FROM conversations WHERE meta_ip IS NOT NULL AND instr(meta_ip, '/') = 0 AND inbox_id = ?1 AND created_at <= ?2
         ORDER BY created_at LIMIT ?3",
        params![inbox, until, limit],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Replaces what is kept of the address of a conversation.
pub fn set_address(tx: &WriteTx, id: ConversationId, ip: Option<&str>) -> Result<()> {
    tx.exec("UPDATE conversations SET meta_ip = ?2 WHERE id = ?1", params![id, ip])?;
    Ok(())
}

/// The conversation that an anonymous first message with this key began, if that was after `since` and it still belongs to a visitor.
pub fn find_by_init_key(tx: &ReadTx, inbox: InboxId, key: [u8; 32], since: Millis) -> Result<Option<Conversation>> {
    tx.one(
        conversation_select!(
            "",
            "WHERE c.inbox_id = ?1 AND c.init_key = ?2 AND c.created_at > ?3 AND p.kind = 'visitor' AND p.blocked_at IS NULL"
        ),
        params![inbox, key, since],
        read,
    )
}

/// Whether a first message with this key came after `since`, whoever it belongs to by now.
pub fn has_init_key(tx: &ReadTx, inbox: InboxId, key: [u8; 32], since: Millis) -> Result<bool> {
    let sql = "SELECT 1 FROM conversations WHERE inbox_id = ?1 AND init_key = ?2 AND created_at > ?3";
    Ok(tx.one(sql, params![inbox, key, since], |_| Ok(()))?.is_some())
}

/// Frees a key whose hour is over: whoever sends it again begins anew, instead of being refused for ever.
pub fn forget_init_key(tx: &WriteTx, inbox: InboxId, key: [u8; 32], until: Millis) -> Result<()> {
    tx.exec(
        "UPDATE conversations SET init_key = NULL WHERE inbox_id = ?1 AND init_key = ?2 AND created_at <= ?3",
        params![inbox, key, until],
    )?;
    Ok(())
}

/// Sets status and snooze; resolving notes the time, opening forgets it. A status of the house's own ends with it: see `statuses::set`.
pub fn set_status(tx: &WriteTx, id: ConversationId, status: Status, snoozed_until: Option<Millis>, closed_by_contact: bool) -> Result<()> {
    tx.exec(
        "UPDATE conversations SET status = ?2, snoozed_until = ?3, closed_by_contact = ?4, status_id = NULL,
                resolved_at = CASE WHEN ?2 = 'resolved' THEN coalesce(resolved_at, ?5) END,
                waiting_since = CASE WHEN ?2 = 'resolved' THEN NULL ELSE waiting_since END,
                queued_at = CASE WHEN ?2 = 'open' AND ?3 IS NULL AND assignee_id IS NULL AND kind = 'chat' THEN coalesce(queued_at, ?5) END, given_at = CASE WHEN ?2 = 'open' AND ?3 IS NULL THEN given_at END
         WHERE id = ?1",
        params![id, status, snoozed_until, closed_by_contact, tx.now],
    )?;
    Ok(())
}

/// Sets who has it now; somebody who has it takes it out of the queue, and what nobody has waits there.
pub fn set_assignee(tx: &WriteTx, id: ConversationId, agent: Option<AgentId>) -> Result<()> {
    tx.exec(
        "UPDATE conversations SET assignee_id = ?2, assigned_at = CASE WHEN ?2 IS NULL THEN NULL ELSE ?3 END, given_at = NULL, passed_id = NULL,
                queued_at = CASE WHEN ?2 IS NULL AND status = 'open' AND snoozed_until IS NULL AND kind = 'chat' THEN coalesce(queued_at, waiting_since, ?3) END
         WHERE id = ?1",
        params![id, agent, tx.now],
    )?;
    // What is somebody's is not new to the others any more.
    if let Some(agent) = agent {
        for told in super::notices::take_back_new(tx, id, agent)? {
            tx.announce_ephemeral(vec![Topic::Agent(told)], What::NoticesRead);
        }
    }
    Ok(())
}

/// Sets what kind of conversation it is.
pub fn set_kind(tx: &WriteTx, id: ConversationId, kind: ConversationKind) -> Result<()> {
    tx.exec("UPDATE conversations SET kind = ?2 WHERE id = ?1", params![id, kind])?;
    Ok(())
}

/// Sets which team has it now.
pub fn set_team(tx: &WriteTx, id: ConversationId, team: Option<TeamId>) -> Result<()> {
    tx.exec("UPDATE conversations SET team_id = ?2 WHERE id = ?1", params![id, team])?;
    Ok(())
}

/// Sets how soon somebody should answer.
pub fn set_priority(tx: &WriteTx, id: ConversationId, priority: Option<Priority>) -> Result<()> {
    tx.exec("UPDATE conversations SET priority = ?2 WHERE id = ?1", params![id, priority])?;
    Ok(())
}

/// Open, waiting and snoozed conversations of an agent, for giving them back.
pub fn unresolved_of_assignee(tx: &ReadTx, agent: AgentId) -> Result<Vec<ConversationId>> {
    tx.all("SELECT id FROM conversations WHERE assignee_id = ?1 AND status <> 'resolved' ORDER BY id LIMIT 10000", [agent], |row| {
        row.get(0)
    })
}

/// Moves the contact's seen mark to the last message; false when it was there already.
pub fn mark_seen_by_contact(tx: &WriteTx, id: ConversationId) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE conversations SET contact_seen_seq = last_seq, contact_seen_at = ?2 WHERE id = ?1 AND contact_seen_seq < last_seq",
        params![id, tx.now],
    )?;
    Ok(changed > 0)
}

/// Moves the agent's seen mark forward to `seq`; tells whether the furthest mark of any agent moved.
pub fn mark_seen_by_agent(tx: &WriteTx, id: ConversationId, agent: AgentId, seq: Seq) -> Result<bool> {
    tx.exec(
        "INSERT INTO agent_reads (agent_id, conversation_id, seen_seq) VALUES (?1, ?2, ?3)
         ON CONFLICT (agent_id, conversation_id) DO UPDATE SET seen_seq = max(seen_seq, excluded.seen_seq)",
        params![agent, id, seq],
    )?;
    Ok(tx.exec("UPDATE conversations SET agent_seen_seq = ?2 WHERE id = ?1 AND agent_seen_seq < ?2", params![id, seq])? > 0)
}

/// How far this agent has read.
pub fn agent_seen(tx: &ReadTx, id: ConversationId, agent: AgentId) -> Result<Seq> {
    Ok(tx
        .one("SELECT seen_seq FROM agent_reads WHERE agent_id = ?1 AND conversation_id = ?2", params![agent, id], |row| row.get(0))?
        .unwrap_or(0))
}

/// Outgoing messages the contact has not seen, counted up to 10 ("more than nine").
pub fn unread_of_contact(tx: &ReadTx, id: ConversationId) -> Result<u32> {
    Ok(tx
        .one(
            "SELECT count(*) FROM (SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id
              WHERE m.conversation_id = ?1 AND m.kind = 'outgoing' AND m.seq > c.contact_seen_seq LIMIT 10)",
            [id],
            |row| row.get(0),
        )?
        .unwrap_or(0))
}

/// Who waits for somebody, oldest first, of those whom this agent sees.
pub fn queue(tx: &ReadTx, agent: AgentId, limit: u32) -> Result<Vec<Listed>> {
    tx.all(
        listed_select!(
            "WHERE c.queued_at IS NOT NULL AND c.assignee_id IS NULL AND c.listing = 'open' AND ",
            sight!(),
            " ORDER BY c.queued_at, c.id LIMIT ?2"
        ),
        params![agent, limit],
        listed,
    )
}

/// What this agent follows and still sees, newest activity first.
pub fn followed(tx: &ReadTx, agent: AgentId, limit: u32) -> Result<Vec<Listed>> {
    tx.all(
        listed_select!(
            "WHERE c.id IN (SELECT conversation_id FROM followers WHERE agent_id = ?1) AND ",
            sight!(),
            " ORDER BY c.last_seq DESC LIMIT ?2"
        ),
        params![agent, limit],
        listed,
    )
}

/// Whether this agent follows a conversation.
pub fn follows(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<bool> {
    let sql = "SELECT 1 FROM followers f JOIN conversations c ON c.id = f.conversation_id WHERE f.agent_id = ?1 AND c.uuid = ?2";
    Ok(tx.one(sql, params![agent, uuid], |_| Ok(()))?.is_some())
}

/// How many this agent follows.
pub fn followed_count(tx: &ReadTx, agent: AgentId) -> Result<u32> {
    Ok(tx.one("SELECT count(*) FROM followers WHERE agent_id = ?1", [agent], |row| row.get(0))?.unwrap_or_default())
}

/// This agent follows a conversation from now on.
pub fn follow(tx: &WriteTx, id: ConversationId, agent: AgentId) -> Result<()> {
    tx.exec("INSERT OR IGNORE INTO followers (conversation_id, agent_id) VALUES (?1, ?2)", params![id, agent])?;
    Ok(())
}

/// And no longer.
pub fn unfollow(tx: &WriteTx, id: ConversationId, agent: AgentId) -> Result<()> {
    tx.exec("DELETE FROM followers WHERE conversation_id = ?1 AND agent_id = ?2", params![id, agent])?;
    Ok(())
}

/// Records that a conversation changed and tells the agents, and the contact when `public`.
pub fn announce(tx: &WriteTx, id: ConversationId, public: bool) -> Result<Conversation> {
    let seq = tx.next_seq();
    tx.exec("UPDATE conversations SET seq = ?2 WHERE id = ?1", params![id, seq])?;
    let conversation = conversation(tx, id)?;
    let subject = Subject::Conversation { inbox: conversation.inbox.id, conversation: id, public };
    let topics = topics(&conversation, public);
    events::record(tx, seq, subject, topics, What::ConversationChanged { conversation: conversation.clone() })?;
    Ok(conversation)
}

/// Who hears of a change in `conversation`.
pub(super) fn topics(conversation: &Conversation, public: bool) -> Vec<Topic> {
    let mut topics = vec![Topic::Agents];
    if public {
        topics.push(Topic::Contact(conversation.contact.id));
    }
    topics
}

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed { conversation: read(row)?, unread: row.get(47)? })
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let (first, last, email): (String, String, Option<String>) = (row.get(8)?, row.get(9)?, row.get(10)?);
    let assignee = match row.get::<_, Option<AgentId>>(16)? {
        Some(id) => {
            Some(AgentRef { id, uuid: row.get(17)?, first_name: row.get(18)?, last_name: row.get(19)?, availability: row.get(20)? })
        }
        None => None,
    };
    Ok(Conversation {
        id: row.get(0)?,
        uuid: row.get(1)?,
        inbox: InboxRef {
            id: row.get(2)?,
            uuid: row.get(3)?,
            name: row.get(4)?,
            color: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
        },
        contact: ContactRef {
            id: row.get(6)?,
            uuid: row.get(7)?,
            name: name_of(row.get(7)?, &first, &last, email.as_deref()),
            kind: row.get(11)?,
            verified: row.get(12)?,
        },
        status: row.get(13)?,
        snoozed_until: row.get(14)?,
        closed_by_contact: row.get(15)?,
        assignee,
        seq: row.get(21)?,
        last_seq: row.get(22)?,
        last_incoming_seq: row.get(23)?,
        preview: row.get(24)?,
        preview_from: row.get(25)?,
        contact_seen_seq: row.get(26)?,
        agent_seen_seq: row.get(27)?,
        waiting_since: row.get(28)?,
        last_message_at: row.get(29)?,
        created_at: row.get(30)?,
        priority: row.get(31)?,
        team: match row.get::<_, Option<TeamId>>(32)? {
            Some(id) => Some(TeamRef { id, uuid: row.get(33)?, name: row.get(34)? }),
            None => None,
        },
        kind: row.get(35)?,
        rating: row.get(36)?,
        locale: row.get(37)?,
        button: row.get(38)?,
        quarantine: row.get(39)?,
        suspicion: row.get(40)?,
        queued_at: row.get(41)?,
        custom_status: match row.get::<_, Option<Uuid>>(42)? {
            Some(uuid) => Some(StatusRef { uuid, name: row.get(43)? }),
            None => None,
        },
        tags: tags(&row.get::<_, String>(44)?),
        due: row.get::<_, Option<String>>(45)?.as_deref().and_then(due),
        subject: row.get(46)?,
    })
}

/// Tags as the SELECT above packs them.
fn tags(json: &str) -> Vec<TagRef> {
    let all: Vec<(String, String, String)> = serde_json::from_str(json).unwrap_or_default();
    all.into_iter().filter_map(|(uuid, name, color)| Some(TagRef { uuid: Uuid::parse(&uuid)?, name, color })).collect()
}

/// The nearest deadline as the SELECT above packs it.
fn due(json: &str) -> Option<Due> {
    let (kind, due_at, warn_at, breached): (String, Millis, Millis, Option<Millis>) = serde_json::from_str(json).ok()?;
    Some(Due { kind, due_at, warn_at, breached: breached.is_some() })
}
