//! People outside, the identities that vouch for them, the pages they look at.

use super::events::{self, Subject};
use super::sight::{sees_all, sight};
use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, InboxId, Uuid};
use crate::base::limits;
use crate::model::contact::{Contact, ContactKind, MailTrouble, PageVisit};
use crate::model::event::{Topic, What};
use rusqlite::{Row, params};

macro_rules! contact_select {
    ($tail:literal) => {
        concat!(
            "SELECT c.id, c.uuid, c.kind, c.first_name, c.last_name, c.email, c.email_verified, c.phone, c.phone_country, c.attributes,
                    coalesce((SELECT text FROM contact_notes WHERE contact_id = c.id ORDER BY id LIMIT 1), ''),
                    (SELECT scheme FROM identities WHERE contact_id = c.id ORDER BY used_at DESC LIMIT 1),
                    c.first_seen_at, c.last_seen_at, c.blocked_at, c.variables,
                    (SELECT json_group_array(json_object('at', at, 'text', text, 'link_url', link_url, 'locale', locale)) FROM
                        (SELECT at, text, link_url, locale FROM consents WHERE contact_id = c.id ORDER BY id DESC LIMIT 20)),
                    c.fields, max(coalesce((SELECT max(coalesce(until, 9223372036854775807)) FROM bans WHERE contact_id = c.id AND lifted_at IS NULL), 0),
                                  coalesce((SELECT max(coalesce(until, 9223372036854775807)) FROM bans WHERE email = lower(c.email) AND lifted_at IS NULL), 0)),
                    (SELECT json_array(bounced_at, complained_at, reason) FROM mail_addresses WHERE address = lower(c.email))
             FROM contacts c ",
            $tail
        )
    };
}

/// The contact with this row number, also a blocked one.
pub fn contact(tx: &ReadTx, id: ContactId) -> Result<Contact> {
    tx.one(contact_select!("WHERE c.id = ?1"), [id], read)?.ok_or_else(|| Error::not_found("contact"))
}

/// The contact with this public id, as agents see it; merged ones are gone.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Contact>> {
    tx.one(contact_select!("WHERE c.uuid = ?1 AND c.merged_into IS NULL"), [uuid], read)
}

/// Who a signed identity is.
pub fn find_by_identity(tx: &ReadTx, inbox: InboxId, scheme: &str, key: &str) -> Result<Option<Contact>> {
    tx.one(
        contact_select!("JOIN identities i ON i.contact_id = c.id WHERE i.inbox_id = ?1 AND i.scheme = ?2 AND i.key = ?3"),
        params![inbox, scheme, key],
        read,
    )
}

/// A contact with this address that was itself verified by a token or a code of the same inbox (decision 5), and is not blocked.
pub fn find_by_verified_email(tx: &ReadTx, inbox: InboxId, email: &str) -> Result<Option<Contact>> {
    tx.one(
        contact_select!(
            "WHERE lower(c.email) = lower(?2) AND c.email_verified = 1 AND c.kind = 'contact' AND c.merged_into IS NULL
             AND EXISTS (SELECT 1 FROM identities WHERE contact_id = c.id AND inbox_id = ?1) ORDER BY c.id LIMIT 1"
        ),
        params![inbox, email],
        read,
    )
}

/// Contacts in whose name or address words begin with the words of `query` (an FTS expression of `store::search::expression`), as far as
/// the agent sees them; each with its newest conversation that he sees.
pub fn search(tx: &ReadTx, agent: AgentId, query: &str, limit: u32) -> Result<Vec<(Contact, Option<Uuid>)>> {
    let ids: Vec<ContactId> = tx.all(
        concat!(
            "SELECT p.id FROM contacts_fts JOIN contacts p ON p.id = contacts_fts.rowid WHERE contacts_fts MATCH ?2 AND p.merged_into IS NULL AND (",
            sees_all!(),
            " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = p.id AND ",
            sight!(),
            ")) ORDER BY contacts_fts.rowid DESC LIMIT ?3"
        ),
        params![agent, query, limit],
        |row| row.get(0),
    )?;
    ids.into_iter()
        .map(|id| {
            let newest = tx.one(
                concat!("SELECT c.uuid FROM conversations c WHERE c.contact_id = ?2 AND ", sight!(), " ORDER BY c.last_seq DESC LIMIT 1"),
                params![agent, id],
                |row| row.get(0),
            )?;
            Ok((contact(tx, id)?, newest))
        })
        .collect()
}

/// Stores somebody new.
pub fn insert(tx: &WriteTx, kind: ContactKind, first_name: &str, last_name: &str) -> Result<ContactId> {
    Ok(ContactId(tx.insert(
        "INSERT INTO contacts (uuid, kind, first_name, last_name, first_seen_at, last_seen_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)",
        params![Uuid::new(), kind, first_name, last_name, tx.now],
    )?))
}

/// Writes everything a person can change of a contact, and announces it to the agents.
pub fn update(tx: &WriteTx, contact: &Contact) -> Result<()> {
    let attributes = serde_json::to_string(&contact.attributes).map_err(Error::internal)?;
    let variables = serde_json::to_string(&contact.variables).map_err(Error::internal)?;
    tx.exec(
        "UPDATE contacts SET kind = ?2, first_name = ?3, last_name = ?4, email = ?5, email_verified = ?6, phone = ?7, phone_country = ?8,
                attributes = ?9, blocked_at = ?10, last_seen_at = ?11, variables = ?12 WHERE id = ?1",
        params![
            contact.id,
            contact.kind,
            contact.first_name,
            contact.last_name,
            contact.email,
            contact.email_verified,
            contact.phone,
            contact.phone_country,
            attributes,
            contact.blocked_at,
            contact.last_seen_at,
            variables
        ],
    )?;
    announce(tx, contact.id)
}

/// Tells the agents that a contact changed.
pub fn announce(tx: &WriteTx, id: ContactId) -> Result<()> {
    let contact = contact(tx, id)?;
    events::append(tx, Subject::Contact(id), vec![Topic::Agents], What::ContactChanged { contact })?;
    Ok(())
}

/// Notes that somebody was here now.
pub fn touch(tx: &WriteTx, id: ContactId) -> Result<()> {
    tx.exec("UPDATE contacts SET last_seen_at = max(last_seen_at, ?2) WHERE id = ?1", params![id, tx.now])?;
    Ok(())
}

/// Remembers that a signed identity is this contact.
pub fn put_identity(tx: &WriteTx, inbox: InboxId, scheme: &str, key: &str, contact: ContactId) -> Result<()> {
    tx.exec(
        "INSERT INTO identities (inbox_id, scheme, key, contact_id, created_at, used_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (inbox_id, scheme, key) DO UPDATE SET used_at = excluded.used_at",
        params![inbox, scheme, key, contact, tx.now],
    )?;
    Ok(())
}

/// Whether a signed identity of this kind already names the contact.
pub fn has_identity(tx: &ReadTx, inbox: InboxId, contact: ContactId, scheme: &str) -> Result<bool> {
    let found = tx.one(
        "SELECT 1 FROM identities WHERE contact_id = ?1 AND inbox_id = ?2 AND scheme = ?3 LIMIT 1",
        params![contact, inbox, scheme],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// All conversations of a contact, for a merge.
pub fn conversations_of(tx: &ReadTx, contact: ContactId) -> Result<Vec<ConversationId>> {
    tx.all("SELECT id FROM conversations WHERE contact_id = ?1 ORDER BY id LIMIT 10000", [contact], |row| row.get(0))
}

/// Moves everything of `from` to `to` in one inbox and leaves a tombstone. Answers how many conversations moved.
pub fn merge(tx: &WriteTx, from: ContactId, to: ContactId) -> Result<usize> {
    // Through the conversations, because messages are many; an echo id both sides used names the contact's own message from now on.
    tx.exec(
        "UPDATE messages SET contact_id = ?2, echo_id = CASE WHEN EXISTS
                (SELECT 1 FROM messages o WHERE o.contact_id = ?2 AND o.echo_id = messages.echo_id) THEN NULL ELSE echo_id END
         WHERE contact_id = ?1 AND conversation_id IN (SELECT id FROM conversations WHERE contact_id = ?1)",
        params![from, to],
    )?;
    let moved = tx.exec("UPDATE conversations SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    tx.exec("UPDATE page_visits SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    tx.exec("UPDATE consents SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    tx.exec("UPDATE contact_notes SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    // A new name is no way round a ban.
    tx.exec("UPDATE bans SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    tx.exec(
        "UPDATE contacts SET merged_into = ?2, email = NULL, phone = NULL, attributes = '{}', variables = '{}', fields = '{}' WHERE id = ?1",
        params![from, to],
    )?;
    tx.exec(
        "UPDATE contacts SET first_seen_at = min(first_seen_at, (SELECT first_seen_at FROM contacts WHERE id = ?1)) WHERE id = ?2",
        params![from, to],
    )?;
    Ok(moved)
}

/// Pages a contact looked at, newest first.
pub fn pages(tx: &ReadTx, contact: ContactId) -> Result<Vec<PageVisit>> {
    tx.all(
        "SELECT url, title, at FROM page_visits WHERE contact_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2",
        params![contact, limits::PAGE_VISITS_MAX as u32],
        |row| Ok(PageVisit { url: row.get(0)?, title: row.get(1)?, at: row.get(2)? }),
    )
}

/// Adds pages and forgets all but the newest.
pub fn add_pages(tx: &WriteTx, contact: ContactId, visits: &[PageVisit]) -> Result<()> {
    for visit in visits {
        tx.exec(
            "INSERT INTO page_visits (contact_id, url, title, at) SELECT coalesce(merged_into, id), ?2, ?3, ?4 FROM contacts WHERE id = ?1",
            params![contact, visit.url, visit.title, visit.at],
        )?;
    }
    tx.exec(
        "DELETE FROM page_visits WHERE contact_id = ?1 AND id NOT IN
             (SELECT id FROM page_visits WHERE contact_id = ?1 ORDER BY at DESC, id DESC LIMIT ?2)",
        params![contact, limits::PAGE_VISITS_MAX as u32],
    )?;
    touch(tx, contact)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Contact> {
    let attributes: String = row.get(9)?;
    Ok(Contact {
        id: row.get(0)?,
        uuid: row.get(1)?,
        kind: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        email: row.get(5)?,
        email_verified: row.get(6)?,
        phone: row.get(7)?,
        phone_country: row.get(8)?,
        attributes: serde_json::from_str(&attributes).unwrap_or_default(),
        variables: serde_json::from_str(&row.get::<_, String>(15)?).unwrap_or_default(),
        consents: serde_json::from_str(&row.get::<_, String>(16)?).unwrap_or_default(),
        note: row.get(10)?,
        fields: serde_json::from_str(&row.get::<_, String>(17)?).unwrap_or_default(),
        banned_until: Some(row.get::<_, i64>(18)?).filter(|until| *until > 0),
        verified_by: row.get(11)?,
        first_seen_at: row.get(12)?,
        last_seen_at: row.get(13)?,
        blocked_at: row.get(14)?,
        mail_trouble: row.get::<_, Option<String>>(19)?.as_deref().and_then(trouble),
    })
}

/// What is known against an address, as the SELECT above packs it.
fn trouble(json: &str) -> Option<MailTrouble> {
    let (bounced_at, complained_at, reason) = serde_json::from_str(json).ok()?;
    Some(MailTrouble { bounced_at, complained_at, reason })
}
