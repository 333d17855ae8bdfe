//! What reports are made of. Each question is one walk over one index of the period; what an agent may not see is left out inside it.

use super::sight::{sees_all, sight};
use super::tx::ReadTx;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, InboxId, TeamId, Uuid};
use crate::model::hours::Plan;
use crate::model::numbers::QUARTER;
use rusqlite::Row;
use rusqlite::types::Value;

/// Which conversations count, and for whom.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who asks: what is out of his sight does not count.
    pub viewer: AgentId,
    pub from: Millis,
    pub to: Millis,
    pub inbox: Option<Uuid>,
    pub team: Option<Uuid>,
    /// Assigned to this one.
    pub agent: Option<Uuid>,
    pub tag: Option<Uuid>,
}

/// One conversation, or one survey of it.
#[derive(Debug, Clone)]
pub struct Counted {
    /// When it happened.
    pub at: Millis,
    /// What it is measured against: the first answer, the beginning; stars of a survey.
    pub other: Option<i64>,
    pub agent: Option<AgentId>,
    pub team: Option<TeamId>,
    pub inbox: InboxId,
    /// Only where they were asked for.
    pub tags: Vec<i64>,
}

/// The condition on a conversation `c`: ?1 may see it, it is no spam, and ?4 to ?7 hold.
macro_rules! counts {
    () => {
        concat!(
            // Who sees everything is found out once, not for each row.
            " c.quarantine IS NULL AND (",
            sees_all!(),
            " OR ",
            sight!(),
            ") AND (?4 IS NULL OR c.inbox_id = (SELECT id FROM inboxes WHERE uuid = ?4)) AND (?5 IS NULL OR c.team_id = (SELECT id FROM teams WHERE uuid = ?5))
          AND (?6 IS NULL OR c.assignee_id = (SELECT id FROM agents WHERE uuid = ?6))
          AND (?7 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags WHERE conversation_id = c.id AND tag_id = (SELECT id FROM tags WHERE uuid = ?7))) "
        )
    };
}

/// Columns of a `Counted`; ?8 says whether tags are wanted.
macro_rules! counted_select {
    ($columns:literal, $tail:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", c.assignee_id, c.team_id, c.inbox_id,
             CASE WHEN ?8 THEN (SELECT group_concat(tag_id) FROM conversation_tags WHERE conversation_id = c.id) END ",
            $tail,
            " AND ",
            counts!()
        )
    };
}

/// Conversations that began, each with the time of its first answer. One that an agent began has its answer at its beginning.
pub fn began(tx: &ReadTx, wanted: &Wanted, tags: bool, mut each: impl FnMut(Counted)) -> Result<()> {
    tx.each(
        counted_select!("c.created_at, c.first_reply_at", "FROM conversations c WHERE c.created_at >= ?2 AND c.created_at < ?3"),
        given(wanted, tags),
        |row| {
            each(counted(row)?);
            Ok(())
        },
    )
}

/// Conversations that were resolved, each with the time of its beginning.
pub fn resolved(tx: &ReadTx, wanted: &Wanted, tags: bool, mut each: impl FnMut(Counted)) -> Result<()> {
    tx.each(
        counted_select!("c.resolved_at, c.created_at", "FROM conversations c WHERE c.resolved_at >= ?2 AND c.resolved_at < ?3"),
        given(wanted, tags),
        |row| {
            each(counted(row)?);
            Ok(())
        },
    )
}

/// Surveys that were asked.
pub fn asked(tx: &ReadTx, wanted: &Wanted, tags: bool, mut each: impl FnMut(Counted)) -> Result<()> {
    tx.each(
        counted_select!(
            "s.created_at, NULL",
            "FROM surveys s JOIN conversations c ON c.id = s.conversation_id WHERE s.created_at >= ?2 AND s.created_at < ?3"
        ),
        given(wanted, tags),
        |row| {
            each(counted(row)?);
            Ok(())
        },
    )
}

/// Surveys that were answered, each with its stars.
pub fn answered(tx: &ReadTx, wanted: &Wanted, tags: bool, mut each: impl FnMut(Counted)) -> Result<()> {
    tx.each(
        counted_select!(
            "s.answered_at, s.rating",
            "FROM surveys s JOIN conversations c ON c.id = s.conversation_id WHERE s.answered_at >= ?2 AND s.answered_at < ?3"
        ),
        given(wanted, tags),
        |row| {
            each(counted(row)?);
            Ok(())
        },
    )
}

/// Messages of contacts and of agents, together as far as they are of one quarter of an hour.
pub struct Said {
    /// The quarter's beginning.
    pub at: Millis,
    pub incoming: u32,
    pub outgoing: u32,
}

/// Messages by the quarter of an hour. What the house says by itself (greetings, questions) is no message of an agent.
pub fn said(tx: &ReadTx, wanted: &Wanted, mut each: impl FnMut(Said)) -> Result<()> {
    tx.each(
        concat!(
            "SELECT m.created_at / ?8, sum(m.kind = 'incoming'), sum(m.kind = 'outgoing' AND m.agent_id IS NOT NULL)
             FROM messages m CROSS JOIN conversations c ON c.id = m.conversation_id WHERE m.created_at >= ?2 AND m.created_at < ?3 AND ",
            counts!(),
            " GROUP BY 1"
        ),
        bound(wanted, Value::Integer(QUARTER)),
        |row| {
            each(Said { at: row.get::<_, i64>(0)? * QUARTER, incoming: row.get(1)?, outgoing: row.get(2)? });
            Ok(())
        },
    )
}

/// Messages that agents wrote, by who wrote them.
pub fn said_by(tx: &ReadTx, wanted: &Wanted, mut each: impl FnMut(AgentId, u32)) -> Result<()> {
    tx.each(
        concat!(
            "SELECT m.agent_id, count(*) FROM messages m CROSS JOIN conversations c ON c.id = m.conversation_id
             WHERE m.created_at >= ?2 AND m.created_at < ?3 AND m.kind = 'outgoing' AND m.agent_id IS NOT NULL AND ?8 IS NULL AND ",
            counts!(),
            " GROUP BY 1"
        ),
        bound(wanted, Value::Null),
        |row| {
            each(row.get(0)?, row.get(1)?);
            Ok(())
        },
    )
}

/// What somebody wrote beside the stars.
#[derive(Debug, Clone)]
pub struct Comment {
    pub at: Millis,
    pub rating: Option<u8>,
    pub text: String,
    pub conversation: Uuid,
    pub number: i64,
    pub contact: String,
    pub agent: String,
}

/// The newest words of surveys.
pub fn comments(tx: &ReadTx, wanted: &Wanted, limit: u32) -> Result<Vec<Comment>> {
    tx.all(
        concat!(
            "SELECT s.answered_at, s.rating, s.feedback, c.uuid, c.id, p.uuid, p.first_name, p.last_name, coalesce(trim(a.first_name || ' ' || a.last_name), '')
             FROM surveys s JOIN conversations c ON c.id = s.conversation_id JOIN contacts p ON p.id = c.contact_id LEFT JOIN agents a ON a.id = c.assignee_id
             WHERE s.answered_at >= ?2 AND s.answered_at < ?3 AND s.feedback <> '' AND ",
            counts!(),
            " ORDER BY s.answered_at DESC LIMIT ?8"
        ),
        bound(wanted, Value::Integer(limit.into())),
        |row| {
            let contact = crate::model::contact::name_of(row.get(5)?, &row.get::<_, String>(6)?, &row.get::<_, String>(7)?, None);
            Ok(Comment {
                at: row.get(0)?,
                rating: row.get(1)?,
                text: row.get(2)?,
                conversation: row.get(3)?,
                number: row.get(4)?,
                contact,
                agent: row.get(8)?,
            })
        },
    )
}

/// Names that a report puts to its lines: (row number, public id, name).
pub fn agent_names(tx: &ReadTx) -> Result<Vec<(i64, Uuid, String)>> {
    tx.all("SELECT id, uuid, trim(first_name || ' ' || last_name) FROM agents ORDER BY id LIMIT 5000", [], name)
}

/// The same of teams.
pub fn team_names(tx: &ReadTx) -> Result<Vec<(i64, Uuid, String)>> {
    tx.all("SELECT id, uuid, name FROM teams ORDER BY name LIMIT 5000", [], name)
}

/// The same of tags.
pub fn tag_names(tx: &ReadTx) -> Result<Vec<(i64, Uuid, String)>> {
    tx.all("SELECT id, uuid, name FROM tags ORDER BY name LIMIT 5000", [], name)
}

/// Whose hours count where: those of the team, else those of the inbox.
pub struct Plans {
    pub teams: Vec<(TeamId, Plan)>,
    pub inboxes: Vec<(InboxId, Plan)>,
}

/// The hours of all teams and inboxes that have some.
pub fn plans(tx: &ReadTx) -> Result<Plans> {
    let all = super::hours::all(tx)?;
    let plan = |wanted: &str| all.iter().find(|hours| hours.uuid.to_string() == wanted).map(|hours| hours.plan.clone());
    let teams: Vec<(TeamId, String)> =
        tx.all("SELECT t.id, h.uuid FROM teams t JOIN business_hours h ON h.id = t.business_hours_id LIMIT 5000", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let inboxes: Vec<(InboxId, String)> = tx.all(
        "SELECT id, json_extract(config, '$.hours.set') FROM inboxes WHERE json_extract(config, '$.hours.set') <> '' LIMIT 5000",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(Plans {
        teams: teams.into_iter().filter_map(|(id, uuid)| Some((id, plan(&uuid)?))).collect(),
        inboxes: inboxes.into_iter().filter_map(|(id, uuid)| Some((id, plan(&uuid)?))).collect(),
    })
}

fn name(row: &Row<'_>) -> rusqlite::Result<(i64, Uuid, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn given(wanted: &Wanted, tags: bool) -> impl rusqlite::Params + use<> {
    bound(wanted, Value::Integer(tags.into()))
}

fn bound(wanted: &Wanted, last: Value) -> [Value; 8] {
    let uuid = |uuid: Option<Uuid>| uuid.map_or(Value::Null, |uuid| Value::Text(uuid.to_string()));
    [
        Value::Integer(wanted.viewer.0),
        Value::Integer(wanted.from),
        Value::Integer(wanted.to),
        uuid(wanted.inbox),
        uuid(wanted.team),
        uuid(wanted.agent),
        uuid(wanted.tag),
        last,
    ]
}

fn counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    let tags: Option<String> = row.get(5)?;
    Ok(Counted {
        at: row.get(0)?,
        other: row.get(1)?,
        agent: row.get(2)?,
        team: row.get(3)?,
        inbox: row.get(4)?,
        tags: tags.iter().flat_map(|list| list.split(',')).filter_map(|id| id.parse().ok()).collect(),
    })
}
