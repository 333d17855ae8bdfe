//! How long people waited for their first answer.

use super::tx::ReadTx;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{InboxId, TeamId};
use crate::base::limits;
use rusqlite::params;

/// Times from the first message to the first answer of chats answered after `since`, the newest of them: one scan of one index.
pub fn first_replies(tx: &ReadTx, inbox: InboxId, team: Option<TeamId>, since: Millis) -> Result<Vec<Millis>> {
    match team {
        None => tx.all(
            "SELECT max(first_reply_at - created_at, 0) FROM conversations WHERE inbox_id = ?1 AND first_reply_at > ?2 AND kind = 'chat'
             ORDER BY first_reply_at DESC LIMIT ?3",
            params![inbox, since, limits::REPLY_SAMPLES_MAX],
            |row| row.get(0),
        ),
        Some(team) => tx.all(
            "SELECT max(first_reply_at - created_at, 0) FROM conversations WHERE inbox_id = ?1 AND first_reply_at > ?2 AND kind = 'chat' AND team_id = ?4
             ORDER BY first_reply_at DESC LIMIT ?3",
            params![inbox, since, limits::REPLY_SAMPLES_MAX, team],
            |row| row.get(0),
        ),
    }
}
