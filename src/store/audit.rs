//! Who did what inside: append-only, each row carrying the hash of the one before, so that nothing can be taken out unnoticed.

use super::settings;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid};
use crate::model::agent::{AgentRef, Availability};
use rusqlite::{Row, params};
use sha2::{Digest, Sha256};

/// Where the last row's number and hash stand a second time: without it, rows taken from the end would leave a whole chain.
const HEAD: &str = "audit_head";

/// One row, as people read it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: i64,
    pub at: Millis,
    /// `None` = nobody who was logged in: the command line, the first set-up.
    pub agent: Option<AgentRef>,
    pub action: String,
    pub subject: String,
    /// What the subject is called now, where that is nobody's private matter.
    pub subject_name: Option<String>,
    pub detail: serde_json::Value,
}

/// Which rows somebody wants to read.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Rows with lower numbers.
    pub before: Option<i64>,
    /// Done by this agent, by public id.
    pub agent: Option<Uuid>,
    /// Done by nobody who was logged in.
    pub nobody: bool,
    /// An action (`agent.edited`), or all of a kind (`agent`).
    pub action: Option<String>,
    /// Not earlier.
    pub from: Option<Millis>,
    /// Earlier.
    pub to: Option<Millis>,
}

/// How far the chain was followed: the last row that fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    pub id: i64,
    pub hash: Vec<u8>,
    pub entries: u64,
}

/// Where the chain breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// This row was changed, or one before it taken out.
    At { id: i64, at: Millis },
    /// Rows after the last one were taken out.
    End { id: i64 },
}

/// A row as it is hashed.
struct Recorded {
    id: i64,
    at: Millis,
    agent: Option<AgentId>,
    action: String,
    subject: String,
    detail: String,
}

/// Adds a line. `detail` is JSON and holds no secret, and nothing that a contact said or is called: the log outlives what is erased.
pub fn append(tx: &WriteTx, agent: Option<AgentId>, action: &str, subject: &str, detail: &serde_json::Value) -> Result<()> {
    let before: Vec<u8> = tx.one("SELECT hash FROM audit ORDER BY id DESC LIMIT 1", [], |row| row.get(0))?.unwrap_or_default();
    let detail = detail.to_string();
    let hash = link(&before, tx.now, agent, action, subject, &detail);
    let id = tx.insert(
        "INSERT INTO audit (at, agent_id, action, subject, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![tx.now, agent, action, subject, detail, hash],
    )?;
    settings::put(tx, HEAD, &format!("{id} {}", hex(&hash)))
}

/// What a text was before it was changed or deleted, without telling it (security row 41): whoever still has the words can prove them. The id
/// makes the hashes of the same words different ones.
pub fn before_hash(uuid: Uuid, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(uuid.to_string());
    hash.update(text);
    hex(&hash.finalize())
}

/// Rows, newest first.
pub fn page(tx: &ReadTx, wanted: &Wanted, limit: u32) -> Result<Vec<Entry>> {
    tx.all(
        "SELECT u.id, u.at, u.action, u.subject, u.detail, a.id, a.uuid, a.first_name, a.last_name, a.availability,
                coalesce((SELECT trim(s.first_name || ' ' || s.last_name) FROM agents s WHERE s.uuid = u.subject),
                         (SELECT i.name FROM inboxes i WHERE i.uuid = u.subject), (SELECT t.name FROM teams t WHERE t.uuid = u.subject),
                         (SELECT r.name FROM roles r WHERE r.uuid = u.subject), (SELECT h.name FROM business_hours h WHERE h.uuid = u.subject))
         FROM audit u LEFT JOIN agents a ON a.id = u.agent_id
         WHERE (?1 IS NULL OR u.id < ?1) AND (?2 IS NULL OR a.uuid = ?2) AND (NOT ?3 OR u.agent_id IS NULL)
           AND (?4 IS NULL OR u.action = ?4 OR substr(u.action, 1, length(?4) + 1) = ?4 || '.')
           AND (?5 IS NULL OR u.at >= ?5) AND (?6 IS NULL OR u.at < ?6)
         ORDER BY u.id DESC LIMIT ?7",
        params![wanted.before, wanted.agent, wanted.nobody, wanted.action, wanted.from, wanted.to, limit],
        read,
    )
}

/// Follows the chain from `last` over at most `limit` rows, up to the first one that does not fit. A `Link` that did not move is the end.
pub fn follow(tx: &ReadTx, last: &Link, limit: u32) -> Result<(Link, Option<Break>)> {
    let rows: Vec<(Recorded, Vec<u8>)> = tx.all(
        "SELECT id, at, agent_id, action, subject, detail, hash FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2",
        params![last.id, limit],
        |row| {
            let (action, subject, detail) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((Recorded { id: row.get(0)?, at: row.get(1)?, agent: row.get(2)?, action, subject, detail }, row.get(6)?))
        },
    )?;
    let mut last = last.clone();
    for (row, hash) in rows {
        if link(&last.hash, row.at, row.agent, &row.action, &row.subject, &row.detail) != hash {
            return Ok((last, Some(Break::At { id: row.id, at: row.at })));
        }
        last = Link { id: row.id, hash, entries: last.entries + 1 };
    }
    Ok((last, None))
}

/// Where the chain ends too early, if it does: the house notes the last row a second time. `last` is the end as it was followed.
pub fn missing_end(tx: &ReadTx, last: &Link) -> Result<Option<Break>> {
    // Files of older versions have no such note before their next row.
    let Some(head) = settings::find(tx, HEAD)? else { return Ok(None) };
    let (id, hash) = head.split_once(' ').unwrap_or_default();
    let id = id.parse::<i64>().map_err(|_| Error::internal("the note of the last audit row is damaged"))?;
    let fits = match id == last.id {
        true => hash == hex(&last.hash),
        // Rows written since the chain was followed are none of this question.
        false => id > last.id && tx.one("SELECT 1 FROM audit WHERE id = ?1", [id], |_| Ok(()))?.is_some(),
    };
    Ok((!fits).then_some(Break::End { id: last.id }))
}

fn link(before: &[u8], at: Millis, agent: Option<AgentId>, action: &str, subject: &str, detail: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    for part in [at.to_string().as_str(), &agent.map_or(String::new(), |a| a.to_string()), action, subject, detail] {
        // Lengths first: no two different rows can hash the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let agent = match row.get::<_, Option<AgentId>>(5)? {
        Some(id) => Some(AgentRef {
            id,
            uuid: row.get(6)?,
            first_name: row.get(7)?,
            last_name: row.get(8)?,
            availability: row.get::<_, Availability>(9)?,
        }),
        None => None,
    };
    let detail: String = row.get(4)?;
    Ok(Entry {
        id: row.get(0)?,
        at: row.get(1)?,
        agent,
        action: row.get(2)?,
        subject: row.get(3)?,
        subject_name: row.get(10)?,
        detail: serde_json::from_str(&detail).unwrap_or_default(),
    })
}
