//! Who could be given what, who waits, and what was given without an answer since. The rules are in `desk/routing.rs`.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ContactId, ConversationId, TeamId, Uuid};
use crate::base::limits;
use crate::model::team::Routing;
use rusqlite::{Row, params};

/// Whether agent `a` may answer contacts: everybody but those whose own role does not say so.
macro_rules! may_reply {
    () => {
        "(a.role <> 'agent' OR a.role_id IS NULL
          OR EXISTS (SELECT 1 FROM roles r, json_each(r.permissions) p WHERE r.id = a.role_id AND p.value = 'reply'))"
    };
}

/// A member of a team who may be given conversations, as far as the database knows.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub agent: AgentId,
    /// 0 first, 1 normal, 2 last.
    pub place: u8,
    /// When this team last gave him something.
    pub given_at: Millis,
    /// How many more he may have.
    pub room: i64,
}

/// The members of a team whose switch, role and suspension let them be given conversations. Snoozed conversations and those in which
/// nobody wrote since `quiet_since` (while nobody waits for an answer) take no place.
pub fn candidates(tx: &ReadTx, team: TeamId, quiet_since: Millis) -> Result<Vec<Candidate>> {
    tx.all(
        concat!(
            "SELECT m.agent_id, CASE m.place WHEN 'first' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, m.given_at,
                    a.open_max - (SELECT count(*) FROM conversations c WHERE c.assignee_id = a.id AND c.listing = 'open' AND c.kind = 'chat'
                                  AND (c.waiting_since IS NOT NULL OR c.last_message_at > ?2))
             FROM team_members m JOIN agents a ON a.id = m.agent_id
             WHERE m.team_id = ?1 AND a.suspended_at IS NULL AND a.hidden = 0 AND a.availability = 'online' AND ",
            may_reply!(),
            " ORDER BY 2, m.given_at, m.agent_id"
        ),
        params![team, quiet_since],
        |row| Ok(Candidate { agent: row.get(0)?, place: row.get(1)?, given_at: row.get(2)?, room: row.get(3)? }),
    )
}

/// A conversation that waits for somebody.
#[derive(Debug, Clone, Copy)]
pub struct Queued {
    pub id: ConversationId,
    pub uuid: Uuid,
    pub contact: ContactId,
    /// Since when.
    pub since: Millis,
    pub team: Option<TeamId>,
    /// Whether the team gives its conversations by itself.
    pub routed: bool,
    pub prefer_last: bool,
    /// Who let it go and should not get it right back.
    pub passed: Option<AgentId>,
}

/// The queue in its order, up to `limit`.
pub fn queue(tx: &ReadTx, limit: u32) -> Result<Vec<Queued>> {
    tx.all(
        "SELECT c.id, c.uuid, c.contact_id, c.queued_at, c.team_id, coalesce(t.routing = 'round_robin', 0), coalesce(t.prefer_last, 0), c.passed_id
         FROM conversations c LEFT JOIN teams t ON t.id = c.team_id
         WHERE c.queued_at IS NOT NULL AND c.assignee_id IS NULL AND c.listing = 'open' ORDER BY c.queued_at, c.id LIMIT ?1",
        [limit],
        queued,
    )
}

/// The same, only what a team gives by itself: the oldest of one team.
pub fn queue_of(tx: &ReadTx, team: TeamId, limit: u32) -> Result<Vec<Queued>> {
    tx.all(
        "SELECT c.id, c.uuid, c.contact_id, c.queued_at, c.team_id, 1, t.prefer_last, c.passed_id
         FROM conversations c JOIN teams t ON t.id = c.team_id AND t.routing = 'round_robin'
         WHERE c.queued_at IS NOT NULL AND c.team_id = ?1 AND c.assignee_id IS NULL AND c.listing = 'open' ORDER BY c.queued_at, c.id LIMIT ?2",
        params![team, limit],
        queued,
    )
}

/// Whether anybody waits at all.
pub fn anybody_waits(tx: &ReadTx) -> Result<bool> {
    Ok(tx.one("SELECT 1 FROM conversations WHERE queued_at IS NOT NULL LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// Teams that give conversations by themselves and have some waiting; of those only `agent`'s, when one is named.
pub fn waiting_teams(tx: &ReadTx, agent: Option<AgentId>) -> Result<Vec<TeamId>> {
    tx.all(
        "SELECT id FROM teams t WHERE t.routing = 'round_robin'
         AND (?1 IS NULL OR EXISTS (SELECT 1 FROM team_members WHERE team_id = t.id AND agent_id = ?1))
         AND EXISTS (SELECT 1 FROM conversations WHERE queued_at IS NOT NULL AND +team_id = t.id) ORDER BY id",
        [agent],
        |row| row.get(0),
    )
}

/// Lets a conversation wait, if it can: open, a chat, nobody's (one in quarantine waits unseen). Whoever waited already keeps his place; otherwise it is that of the
/// moment since when the contact waits. Tells whether it waits now.
pub fn enqueue(tx: &WriteTx, id: ConversationId, passed: Option<AgentId>) -> Result<bool> {
    let changed = tx.exec(
        "UPDATE conversations SET queued_at = coalesce(queued_at, waiting_since, ?2), given_at = NULL, passed_id = ?3
         WHERE id = ?1 AND assignee_id IS NULL AND status = 'open' AND snoozed_until IS NULL AND kind = 'chat'",
        params![id, tx.now, passed],
    )?;
    Ok(changed > 0)
}

/// Whoever let conversations go may be given them again: he came back.
pub fn forgive(tx: &WriteTx, agent: AgentId) -> Result<()> {
    tx.exec("UPDATE conversations SET passed_id = NULL WHERE queued_at IS NOT NULL AND passed_id = ?1", [agent])?;
    Ok(())
}

/// Gives a conversation to a member of its team, whose turn this was.
pub fn give(tx: &WriteTx, id: ConversationId, team: TeamId, agent: AgentId) -> Result<()> {
    super::conversations::set_assignee(tx, id, Some(agent))?;
    tx.exec("UPDATE conversations SET given_at = ?2 WHERE id = ?1", params![id, tx.now])?;
    // Later than every other turn, also within one millisecond: turns go round.
    tx.exec(
        "UPDATE team_members SET given_at = max(?3, (SELECT max(given_at) + 1 FROM team_members WHERE team_id = ?1))
         WHERE team_id = ?1 AND agent_id = ?2",
        params![team, agent, tx.now],
    )?;
    Ok(())
}

/// With whom the contact talked last: in this conversation, else in the one before.
pub fn last_agent(tx: &ReadTx, id: ConversationId, contact: ContactId) -> Result<Option<AgentId>> {
    let here = tx.one(
        "SELECT agent_id FROM messages WHERE conversation_id = ?1 AND kind = 'outgoing' AND agent_id IS NOT NULL ORDER BY seq DESC LIMIT 1",
        [id],
        |row| row.get(0),
    )?;
    if here.is_some() {
        return Ok(here);
    }
    tx.one(
        "SELECT assignee_id FROM conversations WHERE contact_id = ?1 AND id <> ?2 AND assignee_id IS NOT NULL ORDER BY last_seq DESC LIMIT 1",
        params![contact, id],
        |row| row.get(0),
    )
}

/// The team of a conversation and how it gives; `None` without a team.
pub fn team_of(tx: &ReadTx, id: ConversationId) -> Result<Option<(TeamId, Routing)>> {
    tx.one("SELECT t.id, t.routing FROM conversations c JOIN teams t ON t.id = c.team_id WHERE c.id = ?1", [id], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Whether a team gives to whoever the contact knows first.
pub fn prefers_last(tx: &ReadTx, team: TeamId) -> Result<bool> {
    Ok(tx.one("SELECT prefer_last FROM teams WHERE id = ?1", [team], |row| row.get(0))?.unwrap_or(false))
}

/// Whoever has the conversation got it anew: the time for an answer begins.
pub fn start_clock(tx: &WriteTx, id: ConversationId) -> Result<()> {
    tx.exec("UPDATE conversations SET given_at = ?2 WHERE id = ?1 AND assignee_id IS NOT NULL", params![id, tx.now])?;
    Ok(())
}

/// A conversation that has to go on to somebody else, and who has it.
#[derive(Debug, Clone, Copy)]
pub struct Stuck {
    pub id: ConversationId,
    pub agent: AgentId,
}

/// Conversations given by routing whose agent let the time for an answer pass.
pub fn unanswered(tx: &ReadTx) -> Result<Vec<Stuck>> {
    tx.all(
        "SELECT c.id, c.assignee_id FROM conversations c JOIN teams t ON t.id = c.team_id
         WHERE c.given_at IS NOT NULL AND t.answer_within_s IS NOT NULL AND t.routing = 'round_robin' AND c.assignee_id IS NOT NULL
         AND c.listing = 'open' AND c.waiting_since IS NOT NULL AND c.given_at + t.answer_within_s * 1000 <= ?1 ORDER BY c.given_at, c.id LIMIT ?2",
        params![tx.now, limits::ROUTED_AT_ONCE],
        |row| Ok(Stuck { id: row.get(0)?, agent: row.get(1)? }),
    )
}

/// When the time for the next answer is over.
pub fn next_unanswered(tx: &ReadTx) -> Result<Option<Millis>> {
    Ok(tx
        .one(
            "SELECT min(c.given_at + t.answer_within_s * 1000) FROM conversations c JOIN teams t ON t.id = c.team_id
             WHERE c.given_at IS NOT NULL AND t.answer_within_s IS NOT NULL AND t.routing = 'round_robin' AND c.listing = 'open'
             AND c.waiting_since IS NOT NULL",
            [],
            |row| row.get(0),
        )?
        .flatten())
}

/// Conversations of these agents whose contacts wait for an answer, in teams that give by themselves.
pub fn stranded(tx: &ReadTx, agents: &[AgentId]) -> Result<Vec<Stuck>> {
    let agents = serde_json::json!(agents.iter().map(|agent| agent.0).collect::<Vec<_>>()).to_string();
    tx.all(
        "SELECT c.id, c.assignee_id FROM json_each(?1) j JOIN conversations c ON c.assignee_id = j.value AND c.listing = 'open'
         JOIN teams t ON t.id = c.team_id AND t.routing = 'round_robin'
         WHERE c.waiting_since IS NOT NULL AND c.kind = 'chat' ORDER BY c.waiting_since, c.id LIMIT ?2",
        params![agents, limits::ROUTED_AT_ONCE],
        |row| Ok(Stuck { id: row.get(0)?, agent: row.get(1)? }),
    )
}

/// How long the newest finished chats of a team took, from the moment somebody had them to their end.
pub fn handling_times(tx: &ReadTx, team: TeamId) -> Result<Vec<Millis>> {
    tx.all(
        "SELECT resolved_at - assigned_at FROM (SELECT resolved_at, assigned_at, kind FROM conversations WHERE team_id = ?1 AND listing = 'resolved'
             ORDER BY last_seq DESC LIMIT ?2) WHERE resolved_at > assigned_at AND kind = 'chat'",
        params![team, limits::HANDLING_SAMPLES_MAX],
        |row| row.get(0),
    )
}

/// How many conversations the given agents, as far as they are members of the team, may have together.
pub fn places_of(tx: &ReadTx, team: TeamId, agents: &[AgentId]) -> Result<i64> {
    let agents = serde_json::json!(agents.iter().map(|agent| agent.0).collect::<Vec<_>>()).to_string();
    Ok(tx
        .one(
            "SELECT coalesce(sum(a.open_max), 0) FROM team_members m JOIN agents a ON a.id = m.agent_id
             WHERE m.team_id = ?1 AND m.agent_id IN (SELECT value FROM json_each(?2))",
            params![team, agents],
            |row| row.get(0),
        )?
        .unwrap_or_default())
}

fn queued(row: &Row<'_>) -> rusqlite::Result<Queued> {
    Ok(Queued {
        id: row.get(0)?,
        uuid: row.get(1)?,
        contact: row.get(2)?,
        since: row.get(3)?,
        team: row.get(4)?,
        routed: row.get(5)?,
        prefer_last: row.get(6)?,
        passed: row.get(7)?,
    })
}
