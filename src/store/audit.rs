//! Who did what inside: append-only, each row carrying the hash of the one before, so that nothing can be taken out unnoticed.

use super::tx::WriteTx;
use crate::base::error::Result;
use crate::base::id::AgentId;
use rusqlite::params;
use sha2::{Digest, Sha256};

/// Adds a line. `detail` is JSON and holds no secret.
pub fn append(tx: &WriteTx, agent: Option<AgentId>, action: &str, subject: &str, detail: &serde_json::Value) -> Result<()> {
    let before: Vec<u8> = tx.one("SELECT hash FROM audit ORDER BY id DESC LIMIT 1", [], |row| row.get(0))?.unwrap_or_default();
    let detail = detail.to_string();
    let mut hash = Sha256::new();
    hash.update(&before);
    for part in [tx.now.to_string().as_str(), &agent.map_or(String::new(), |a| a.to_string()), action, subject, &detail] {
        // Lengths first: no two different rows can hash the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    tx.insert(
        "INSERT INTO audit (at, agent_id, action, subject, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![tx.now, agent, action, subject, detail, hash.finalize().as_slice()],
    )?;
    Ok(())
}
