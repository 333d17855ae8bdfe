//! The directory of people outside, and who of them may be the same person.

use super::contacts;
use super::sight::{sees_all, sight};
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ContactId, InboxId};
use crate::base::limits;
use crate::model::contact::Contact;
use rusqlite::params;

/// Where a page of the directory goes on: last seen, and the row behind it.
pub type Place = (Millis, i64);

/// One page of the directory, who was here last first. `query` is an FTS expression of `store::search::expression`.
pub fn page(tx: &ReadTx, agent: AgentId, query: Option<&str>, before: Option<Place>, limit: u32) -> Result<Vec<Contact>> {
    let (at, row) = before.unwrap_or((Millis::MAX, i64::MAX));
    let ids: Vec<ContactId> = match query {
        None => tx.all(
            concat!(
                "SELECT p.id FROM contacts p WHERE p.merged_into IS NULL AND (p.last_seen_at, p.id) < (?2, ?3)
                   AND (", sees_all!(), " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = p.id AND ", sight!(), "))
                 ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ?4"
            ),
            params![agent, at, row, limit],
            |row| row.get(0),
        )?,
        Some(query) => tx.all(
            concat!(
                "SELECT p.id FROM contacts p WHERE p.id IN (SELECT rowid FROM contacts_fts WHERE contacts_fts MATCH ?5 ORDER BY rowid DESC LIMIT 2000)
                   AND p.merged_into IS NULL AND (p.last_seen_at, p.id) < (?2, ?3)
                   AND (", sees_all!(), " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = p.id AND ", sight!(), "))
                 ORDER BY p.last_seen_at DESC, p.id DESC LIMIT ?4"
            ),
            params![agent, at, row, limit, query],
            |row| row.get(0),
        )?,
    };
    ids.into_iter().map(|id| contacts::contact(tx, id)).collect()
}

/// Others in the sight of `agent` with the same address or the same number, however it is spaced.
pub fn duplicates(tx: &ReadTx, agent: AgentId, of: ContactId) -> Result<Vec<ContactId>> {
    tx.all(
        concat!(
            "SELECT d.id FROM (SELECT o.id FROM contacts c JOIN contacts o ON o.email IS NOT NULL AND lower(o.email) = lower(c.email)
          WHERE c.id = ?2 AND o.id <> c.id AND o.merged_into IS NULL AND c.email IS NOT NULL
         UNION
         SELECT o.id FROM contacts c JOIN contacts o ON o.phone IS NOT NULL
            AND replace(replace(replace(replace(replace(o.phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')
              = replace(replace(replace(replace(replace(c.phone, ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')
          WHERE c.id = ?2 AND o.id <> c.id AND o.merged_into IS NULL AND c.phone IS NOT NULL AND length(c.phone) >= 6) d
         WHERE ",
            sees_all!(),
            " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = d.id AND ",
            sight!(),
            ") LIMIT ?3"
        ),
        params![agent, of, limits::DUPLICATES_MAX],
        |row| row.get(0),
    )
}

/// What vouches for a contact: inbox, kind of proof, key.
pub fn identities(tx: &ReadTx, of: ContactId) -> Result<Vec<(InboxId, String, String)>> {
    tx.all("SELECT inbox_id, scheme, key FROM identities WHERE contact_id = ?1 ORDER BY id LIMIT 100", [of], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// From now on what vouched for one contact vouches for the other.
pub fn move_identities(tx: &WriteTx, from: ContactId, to: ContactId) -> Result<()> {
    tx.exec("UPDATE identities SET contact_id = ?2 WHERE contact_id = ?1", params![from, to])?;
    Ok(())
}

/// How many conversations a contact has.
pub fn conversations(tx: &ReadTx, of: ContactId) -> Result<i64> {
    Ok(tx.one("SELECT count(*) FROM (SELECT 1 FROM conversations WHERE contact_id = ?1 LIMIT 1000)", [of], |row| row.get(0))?.unwrap_or(0))
}

/// How many of a contact's conversations this agent sees.
pub fn conversations_in_sight(tx: &ReadTx, agent: AgentId, of: ContactId) -> Result<i64> {
    let sql = concat!("SELECT count(*) FROM (SELECT 1 FROM conversations c WHERE c.contact_id = ?2 AND ", sight!(), " LIMIT 1000)");
    Ok(tx.one(sql, params![agent, of], |row| row.get(0))?.unwrap_or(0))
}
