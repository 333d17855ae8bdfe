//! What was promised about time, and the clocks of each conversation that run under it.

use super::conversations::{self, Wanted};
use super::sight::sight;
use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, HoursId, SlaId, Uuid};
use crate::model::conversation::{Box_, Kinds, Listed};
use crate::model::event::{Tool, Topic, What};
use crate::model::sla::{Clock, Deadline, Sla, Standing, Terms};
use rusqlite::{Row, params};

macro_rules! sla_select {
    ($tail:literal) => {
        concat!(
            "SELECT s.id, s.uuid, s.name, s.first_s, s.next_s, s.resolution_s, s.warn_percent, h.id, h.uuid
             FROM slas s LEFT JOIN business_hours h ON h.id = s.business_hours_id ",
            $tail
        )
    };
}

/// All promises, by name. There are few (`limits::SLAS_MAX`).
pub fn all(tx: &ReadTx) -> Result<Vec<Sla>> {
    tx.all(sla_select!("ORDER BY s.name COLLATE NOCASE, s.id"), [], read)
}

/// The promise with this public id.
pub fn find(tx: &ReadTx, uuid: Uuid) -> Result<Option<Sla>> {
    tx.one(sla_select!("WHERE s.uuid = ?1"), [uuid], read)
}

/// Which teams promise what, with their names: `(promise, team, name)`.
pub fn teams(tx: &ReadTx) -> Result<Vec<(SlaId, Uuid, String)>> {
    tx.all("SELECT sla_id, uuid, name FROM teams WHERE sla_id IS NOT NULL ORDER BY name COLLATE NOCASE, id", [], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// Stores a new promise.
pub fn insert(tx: &WriteTx, name: &str, terms: &Terms, hours: Option<HoursId>) -> Result<Uuid> {
    let uuid = Uuid::new();
    tx.insert(
        "INSERT INTO slas (uuid, name, first_s, next_s, resolution_s, business_hours_id, warn_percent, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![uuid, name, terms.first_s, terms.next_s, terms.resolution_s, hours, terms.warn_percent, tx.now],
    )?;
    announce(tx, uuid);
    Ok(uuid)
}

/// Writes a changed promise. Clocks that run already keep what was promised when they began.
pub fn update(tx: &WriteTx, sla: &Sla, hours: Option<HoursId>) -> Result<()> {
    let terms = &sla.terms;
    tx.exec(
        "UPDATE slas SET name = ?2, first_s = ?3, next_s = ?4, resolution_s = ?5, business_hours_id = ?6, warn_percent = ?7 WHERE id = ?1",
        params![sla.id, sla.name, terms.first_s, terms.next_s, terms.resolution_s, hours, terms.warn_percent],
    )?;
    announce(tx, sla.uuid);
    Ok(())
}

/// Says which teams promise this by default; other promises of those teams end.
pub fn set_teams(tx: &WriteTx, id: SlaId, teams: &[Uuid]) -> Result<()> {
    tx.exec("UPDATE teams SET sla_id = NULL WHERE sla_id = ?1", [id])?;
    for uuid in teams {
        if tx.exec("UPDATE teams SET sla_id = ?1 WHERE uuid = ?2", params![id, uuid])? == 0 {
            return Err(crate::base::error::Error::not_found("team").in_field("teams"));
        }
    }
    Ok(())
}

/// Takes some conversations' promise away, before it is deleted; how many.
pub fn detach(tx: &WriteTx, id: SlaId, limit: u32) -> Result<usize> {
    tx.exec(
        "DELETE FROM deadlines WHERE breached_at IS NULL AND met_at IS NULL
         AND conversation_id IN (SELECT id FROM conversations WHERE sla_id = ?1 ORDER BY id LIMIT ?2)",
        params![id, limit],
    )?;
    tx.exec(
        "UPDATE conversations SET sla_id = NULL WHERE id IN (SELECT id FROM conversations WHERE sla_id = ?1 ORDER BY id LIMIT ?2)",
        params![id, limit],
    )
}

/// Removes a promise.
pub fn delete(tx: &WriteTx, sla: &Sla) -> Result<()> {
    tx.exec("DELETE FROM slas WHERE id = ?1", [sla.id])?;
    announce(tx, sla.uuid);
    Ok(())
}

/// What is promised in a conversation, and where it stands.
pub fn of_conversation(tx: &ReadTx, id: ConversationId) -> Result<Option<(Option<SlaId>, Standing)>> {
    tx.one(
        "SELECT sla_id, status, snoozed_until IS NOT NULL OR quarantine IS NOT NULL, created_at, waiting_since, first_reply_at FROM conversations WHERE id = ?1",
        [id],
        |row| {
            let standing = Standing {
                status: row.get(1)?,
                is_snoozed: row.get(2)?,
                created_at: row.get(3)?,
                waiting_since: row.get(4)?,
                first_reply_at: row.get(5)?,
            };
            Ok((row.get(0)?, standing))
        },
    )
}

/// The promise with this row number.
pub fn sla(tx: &ReadTx, id: SlaId) -> Result<Option<Sla>> {
    tx.one(sla_select!("WHERE s.id = ?1"), [id], read)
}

/// What the team of a conversation promises by default.
pub fn of_team(tx: &ReadTx, id: ConversationId) -> Result<Option<SlaId>> {
    Ok(tx.one("SELECT t.sla_id FROM conversations c JOIN teams t ON t.id = c.team_id WHERE c.id = ?1", [id], |row| row.get(0))?.flatten())
}

/// Whether anything is promised anywhere: most houses promise nothing, and pay nothing for it.
pub fn any(tx: &ReadTx) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM slas LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// Says what is promised in a conversation.
pub fn set(tx: &WriteTx, id: ConversationId, sla: Option<SlaId>) -> Result<()> {
    tx.exec("UPDATE conversations SET sla_id = ?2 WHERE id = ?1", params![id, sla])?;
    Ok(())
}

/// The clocks of a conversation.
pub fn deadlines(tx: &ReadTx, id: ConversationId) -> Result<Vec<Deadline>> {
    tx.all(
        "SELECT kind, due_at, warn_at, warned_at, met_at, breached_at, paused_at FROM deadlines WHERE conversation_id = ?1",
        [id],
        deadline,
    )
}

/// Replaces the clocks of a conversation.
pub fn put_deadlines(tx: &WriteTx, id: ConversationId, deadlines: &[Deadline]) -> Result<()> {
    tx.exec("DELETE FROM deadlines WHERE conversation_id = ?1", [id])?;
    for one in deadlines {
        tx.exec(
            "INSERT INTO deadlines (conversation_id, kind, due_at, warn_at, warned_at, met_at, breached_at, paused_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![id, one.clock, one.due_at, one.warn_at, one.warned_at, one.met_at, one.breached_at, one.paused_at],
        )?;
    }
    Ok(())
}

/// Conversations with a clock whose warning or end has come, the longest due first.
pub fn due(tx: &ReadTx, now: Millis, limit: u32) -> Result<Vec<ConversationId>> {
    let mut ids: Vec<ConversationId> = tx.all(
        "SELECT conversation_id FROM deadlines WHERE breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL AND due_at <= ?1
         ORDER BY due_at LIMIT ?2",
        params![now, limit],
        |row| row.get(0),
    )?;
    ids.extend(tx.all(
        "SELECT conversation_id FROM deadlines
         WHERE warned_at IS NULL AND breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL AND warn_at <= ?1 ORDER BY warn_at LIMIT ?2",
        params![now, limit],
        |row| row.get::<_, ConversationId>(0),
    )?);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Conversations of a list under a promise that runs, the most urgent first. One page is all: who has more that is urgent has other worries.
pub fn most_urgent(tx: &ReadTx, agent: AgentId, wanted: &Wanted<'_>) -> Result<Vec<Listed>> {
    let which = match wanted.which {
        Box_::Mine(_) => "mine",
        Box_::Unassigned => "unassigned",
        Box_::Mentioned => "mentioned",
        Box_::All => "all",
    };
    let kind = match wanted.kinds {
        Kinds::Any => "",
        Kinds::Reports => "reports",
        Kinds::Only(kind) => kind.as_str(),
    };
    let ids: Vec<ConversationId> = tx.all(
        concat!(
            "SELECT d.conversation_id FROM deadlines d JOIN conversations c ON c.id = d.conversation_id
             WHERE d.met_at IS NULL AND d.paused_at IS NULL AND (c.listing = ?2 OR (?2 = 'any' AND c.listing <> 'spam'))
             AND (?3 <> 'mine' OR c.assignee_id = ?1) AND (?3 <> 'unassigned' OR c.assignee_id IS NULL)
             AND (?3 <> 'mentioned' OR EXISTS (SELECT 1 FROM mentions w WHERE w.agent_id = ?1 AND w.conversation_id = c.id))
             AND (?4 IS NULL OR c.inbox_id = (SELECT id FROM inboxes WHERE uuid = ?4))
             AND (?5 = '' OR ?5 = 'reports' AND c.kind <> 'chat' OR c.kind = ?5) AND ",
            sight!(),
            " GROUP BY d.conversation_id ORDER BY min(d.due_at) LIMIT ?6"
        ),
        params![agent, wanted.listing, which, wanted.inbox, kind, wanted.limit],
        |row| row.get(0),
    )?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(conversations::listed_of(tx, agent, id)?);
    }
    Ok(found)
}

/// When the next warning or end comes.
pub fn next_due(tx: &ReadTx) -> Result<Option<Millis>> {
    Ok(tx
        .one(
            "SELECT min(at) FROM (
                SELECT min(due_at) AS at FROM deadlines WHERE breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL
                UNION ALL
                SELECT min(warn_at) FROM deadlines WHERE warned_at IS NULL AND breached_at IS NULL AND met_at IS NULL AND paused_at IS NULL)",
            [],
            |row| row.get(0),
        )?
        .flatten())
}

fn announce(tx: &WriteTx, sla: Uuid) {
    tx.announce_ephemeral(vec![Topic::Agents], What::ToolChanged { tool: Tool::Sla, uuid: sla });
}

fn read(row: &Row<'_>) -> rusqlite::Result<Sla> {
    let hours = match row.get::<_, Option<HoursId>>(7)? {
        Some(id) => Some((id, row.get(8)?)),
        None => None,
    };
    let terms = Terms { first_s: row.get(3)?, next_s: row.get(4)?, resolution_s: row.get(5)?, warn_percent: row.get(6)? };
    Ok(Sla { id: row.get(0)?, uuid: row.get(1)?, name: row.get(2)?, terms, hours })
}

fn deadline(row: &Row<'_>) -> rusqlite::Result<Deadline> {
    let clock: Clock = row.get(0)?;
    Ok(Deadline {
        clock,
        due_at: row.get(1)?,
        warn_at: row.get(2)?,
        warned_at: row.get(3)?,
        met_at: row.get(4)?,
        breached_at: row.get(5)?,
        paused_at: row.get(6)?,
    })
}
