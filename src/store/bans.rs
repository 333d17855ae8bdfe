//! Who is shut out.

use super::sight::{sees_all, sight};
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ContactId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentRef;
use crate::model::ban::{Ban, BanTarget};
use crate::model::contact::name_of;
use rusqlite::{Row, params};

macro_rules! ban_select {
    ($($tail:expr),+) => {
        concat!(
            "SELECT b.uuid, b.network, b.email, b.reason, b.created_at, b.until, c.uuid, c.first_name, c.last_name, c.email,
                    a.id, a.uuid, a.first_name, a.last_name, a.availability
             FROM bans b LEFT JOIN contacts c ON c.id = b.contact_id LEFT JOIN agents a ON a.id = b.agent_id ",
            $($tail),+
        )
    };
}

/// A ban about to be stored: exactly one of contact, network and email.
#[derive(Debug, Clone, Default)]
pub struct NewBan {
    pub contact: Option<ContactId>,
    pub network: Option<String>,
    /// In lower case.
    pub email: Option<String>,
    pub reason: String,
    /// `None` = for good.
    pub until: Option<Millis>,
}

/// Bans that count now, newest first.
pub fn standing(tx: &ReadTx) -> Result<Vec<Ban>> {
    tx.all(
        ban_select!("WHERE b.lifted_at IS NULL AND (b.until IS NULL OR b.until > ?1) ORDER BY b.id DESC LIMIT ?2"),
        params![tx.now, limits::BANS_MAX as u32],
        read,
    )
}

/// The same as far as this agent sees: people in his sight, and networks and addresses that he named himself. Whoever sees everything sees
/// all of them.
pub fn in_sight(tx: &ReadTx, agent: AgentId) -> Result<Vec<Ban>> {
    tx.all(
        ban_select!(
            "WHERE b.lifted_at IS NULL AND (b.until IS NULL OR b.until > ?2) AND (b.agent_id = ?1 OR ",
            sees_all!(),
            " OR EXISTS (SELECT 1 FROM conversations c WHERE c.contact_id = b.contact_id AND ",
            sight!(),
            ")) ORDER BY b.id DESC LIMIT ?3"
        ),
        params![agent, tx.now, limits::BANS_MAX as u32],
        read,
    )
}

/// People who are shut out now, by name or by their address, each with the end (`Millis::MAX` = for good).
pub fn people(tx: &ReadTx) -> Result<Vec<(ContactId, Millis)>> {
    let for_good = Millis::MAX;
    tx.all(
        "SELECT contact_id, coalesce(until, ?2) FROM bans WHERE contact_id IS NOT NULL AND lifted_at IS NULL AND (until IS NULL OR until > ?1)
         UNION ALL
         SELECT c.id, coalesce(b.until, ?2) FROM bans b JOIN contacts c ON c.email IS NOT NULL AND lower(c.email) = b.email
          WHERE b.email IS NOT NULL AND b.lifted_at IS NULL AND (b.until IS NULL OR b.until > ?1) AND c.merged_into IS NULL LIMIT 20000",
        params![tx.now, for_good],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How many count now.
pub fn count(tx: &ReadTx) -> Result<i64> {
    let sql = "SELECT count(*) FROM bans WHERE lifted_at IS NULL AND (until IS NULL OR until > ?1)";
    Ok(tx.one(sql, [tx.now], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a ban; an earlier one of the same target ends with it.
pub fn insert(tx: &WriteTx, agent: AgentId, new: &NewBan) -> Result<Uuid> {
    tx.exec(
        "UPDATE bans SET lifted_at = ?4 WHERE lifted_at IS NULL AND (contact_id = ?1 OR network = ?2 OR email = ?3)",
        params![new.contact, new.network, new.email, tx.now],
    )?;
    let uuid = Uuid::new();
    tx.insert(
        "INSERT INTO bans (uuid, contact_id, network, email, reason, agent_id, created_at, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![uuid, new.contact, new.network, new.email, new.reason, agent, tx.now, new.until],
    )?;
    Ok(uuid)
}

/// Ends a ban.
pub fn lift(tx: &WriteTx, uuid: Uuid) -> Result<()> {
    tx.exec("UPDATE bans SET lifted_at = ?2 WHERE uuid = ?1", params![uuid, tx.now])?;
    Ok(())
}

/// Contacts whom a ban means, for telling the agents.
pub fn meant(tx: &ReadTx, uuid: Uuid) -> Result<Vec<ContactId>> {
    tx.all(
        "SELECT contact_id FROM bans WHERE uuid = ?1 AND contact_id IS NOT NULL
         UNION SELECT c.id FROM bans b JOIN contacts c ON c.email IS NOT NULL AND lower(c.email) = b.email
          WHERE b.uuid = ?1 AND b.email IS NOT NULL AND c.merged_into IS NULL LIMIT 1000",
        [uuid],
        |row| row.get(0),
    )
}

fn read(row: &Row<'_>) -> rusqlite::Result<Ban> {
    let (network, email): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
    let target = match (network, email) {
        (Some(network), _) => BanTarget::Network(network),
        (None, Some(email)) => BanTarget::Email(email),
        (None, None) => {
            let (uuid, first, last): (Uuid, String, String) = (row.get(6)?, row.get(7)?, row.get(8)?);
            BanTarget::Contact { uuid, name: name_of(uuid, &first, &last, row.get::<_, Option<String>>(9)?.as_deref()) }
        }
    };
    let by = match row.get::<_, Option<AgentId>>(10)? {
        Some(id) => {
            Some(AgentRef { id, uuid: row.get(11)?, first_name: row.get(12)?, last_name: row.get(13)?, availability: row.get(14)? })
        }
        None => None,
    };
    Ok(Ban { uuid: row.get(0)?, target, reason: row.get(3)?, by, created_at: row.get(4)?, until: row.get(5)? })
}
