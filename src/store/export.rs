//! Everything that is known of one person, for the archive they may ask for.

use super::tx::ReadTx;
use super::{mails_in, messages};
use crate::base::error::{Error, Result};
use crate::base::id::{ContactId, ConversationId, Seq};
use crate::model::message::Message;
use rusqlite::params;
use serde_json::Value;

/// Who they are and what hangs on them, as JSON: everything but what they said and sent. Hashes of tokens are nobody's business.
pub fn person(tx: &ReadTx, contact: ContactId) -> Result<Value> {
    let json: Option<String> = tx.one(
        "SELECT json_object(
            'id', c.uuid, 'kind', c.kind, 'first_name', c.first_name, 'last_name', c.last_name, 'email', c.email,
            'email_verified', json(iif(c.email_verified, 'true', 'false')), 'phone', c.phone, 'phone_country', c.phone_country,
            'attributes', json(c.attributes), 'variables', json(c.variables), 'fields', json(c.fields),
            'first_seen_at', c.first_seen_at, 'last_seen_at', c.last_seen_at, 'blocked_at', c.blocked_at,
            'identities', json((SELECT json_group_array(json_object('scheme', i.scheme, 'key', i.key, 'inbox', b.name, 'created_at', i.created_at,
                'used_at', i.used_at)) FROM identities i JOIN inboxes b ON b.id = i.inbox_id WHERE i.contact_id = c.id)),
            'consents', json((SELECT json_group_array(json_object('at', o.at, 'inbox', b.name, 'locale', o.locale, 'text', o.text, 'link_url', o.link_url))
                FROM consents o JOIN inboxes b ON b.id = o.inbox_id WHERE o.contact_id = c.id)),
            'notes', json((SELECT json_group_array(json_object('at', n.created_at, 'edited_at', n.edited_at, 'text', n.text)) FROM contact_notes n
                WHERE n.contact_id = c.id)),
            'pages', json((SELECT json_group_array(json_object('at', p.at, 'url', p.url, 'title', p.title)) FROM page_visits p WHERE p.contact_id = c.id)),
            'sessions', json((SELECT json_group_array(json_object('inbox', b.name, 'created_at', s.created_at, 'used_at', s.used_at,
                'expires_at', s.expires_at)) FROM sessions s JOIN inboxes b ON b.id = s.inbox_id WHERE s.contact_id = c.id)),
            'bans', json((SELECT json_group_array(json_object('created_at', a.created_at, 'until', a.until, 'lifted_at', a.lifted_at, 'reason', a.reason))
                FROM bans a WHERE a.contact_id = c.id OR (a.email IS NOT NULL AND lower(a.email) = lower(c.email)))),
            'mails', json((SELECT json_group_array(json_object('at', m.created_at, 'direction', m.direction, 'address', m.address, 'subject', m.subject,
                'state', m.state)) FROM mails m WHERE m.conversation_id IS NULL AND m.agent_id IS NULL AND m.kind <> 'to_agents'
                AND (m.contact_id = c.id OR (m.contact_id IS NULL AND m.address = lower(c.email))))),
            'earlier_names', json((SELECT json_group_array(trim(m.first_name || ' ' || m.last_name)) FROM contacts m WHERE m.merged_into = c.id)))
         FROM contacts c WHERE c.id = ?1",
        [contact],
        |row| row.get(0),
    )?;
    let json = json.ok_or_else(|| Error::not_found("contact"))?;
    serde_json::from_str(&json).map_err(Error::internal)
}

/// The next conversation of a contact after this one, as JSON without its messages.
pub fn conversation_after(tx: &ReadTx, contact: ContactId, after: ConversationId) -> Result<Option<(ConversationId, Value)>> {
    let found: Option<(ConversationId, String)> = tx.one(
        "SELECT c.id, json_object(
            'number', c.id, 'id', c.uuid, 'subject', c.subject, 'inbox', b.name, 'kind', c.kind, 'status', c.status, 'created_at', c.created_at,
            'resolved_at', c.resolved_at, 'rating', c.rating, 'locale', c.locale, 'answers', json(c.attributes), 'fields', json(c.fields),
            'ip', c.meta_ip, 'user_agent', c.meta_user_agent,
            'tags', json((SELECT json_group_array(t.name) FROM conversation_tags ct JOIN tags t ON t.id = ct.tag_id WHERE ct.conversation_id = c.id)),
            'mails', json((SELECT json_group_array(json_object('at', m.created_at, 'direction', m.direction, 'address', m.address, 'subject', m.subject,
                'state', m.state)) FROM mails m WHERE m.conversation_id = c.id AND m.agent_id IS NULL AND m.kind <> 'to_agents'
                AND (m.contact_id IS NOT NULL OR m.address = (SELECT lower(p.email) FROM contacts p WHERE p.id = c.contact_id)))),
            'survey', json((SELECT json_object('rating', s.rating, 'feedback', s.feedback, 'answered_at', s.answered_at) FROM surveys s
                WHERE s.conversation_id = c.id AND s.answered_at IS NOT NULL)))
         FROM conversations c JOIN inboxes b ON b.id = c.inbox_id WHERE c.contact_id = ?1 AND c.id > ?2 ORDER BY c.id LIMIT 1",
        params![contact, after],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    found.map(|(id, json)| Ok((id, serde_json::from_str(&json).map_err(Error::internal)?))).transpose()
}

/// A message, and of what came by mail also the quoted text and the signature, which are not shown at once.
pub type Whole = (Message, Option<(String, String)>);

/// Messages of a conversation after `after`, oldest first, notes included.
pub fn messages_after(tx: &ReadTx, conversation: ConversationId, after: Seq, limit: u32) -> Result<Vec<Whole>> {
    let ids = tx.all(
        "SELECT id FROM messages WHERE conversation_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        params![conversation, after, limit],
        |row| row.get(0),
    )?;
    let whole = |id| {
        let message = messages::message(tx, id)?;
        let rest = match message.meta.mail.as_ref().is_some_and(|mail| mail.rest) {
            true => mails_in::rest(tx, conversation, message.uuid)?,
            false => None,
        };
        Ok((message, rest))
    };
    ids.into_iter().map(whole).collect()
}
