//! What is true of conversations, for filters: of one, for rules; of many, for views.
//!
//! A view is answered without building SQL: rows are walked newest first through an index that fits what the filter pins (the list they
//! stand in, and whoever has them), what can be compared in SQL is compared there through nullable parameters, the rest in memory on
//! facts of which only the needed ones are read. The walk has a budget; when it is used up, the page says where to go on.

use super::conversations;
use super::sight::sight;
use super::tx::ReadTx;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, InboxId, Seq, TeamId, Uuid};
use crate::base::limits;
use crate::model::conversation::{ConversationKind, Listed, Priority};
use crate::model::facts::Facts;
use crate::model::filter::{Field, Group};
use rusqlite::{Row, params};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Which facts are read; what nobody asks about costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs(i64);

impl Needs {
    const PEOPLE: i64 = 1;
    const TAGS: i64 = 2;
    const CONTACT: i64 = 4;
    const OWN: i64 = 8;
    const PAGE: i64 = 16;
    const HOURS: i64 = 32;

    /// All of them.
    pub fn everything() -> Needs {
        Needs(63)
    }

    /// What `filter` asks about.
    pub fn of(filter: &Group) -> Needs {
        Needs(filter.conditions().fold(0, |needs, condition| {
            needs
                | match &condition.field {
                    Field::Assignee | Field::Team | Field::Inbox | Field::CustomStatus => Needs::PEOPLE,
                    Field::Tag => Needs::TAGS,
                    Field::ContactName | Field::ContactEmail | Field::Verified => Needs::CONTACT,
                    Field::Own(_) | Field::Variable(_) => Needs::OWN,
                    Field::Page => Needs::PAGE,
                    Field::OutsideHours => Needs::HOURS,
                    Field::Status | Field::Priority | Field::Kind | Field::Message | Field::From | Field::Language => 0,
                    Field::Rating | Field::CreatedAt | Field::WaitingS | Field::IdleS | Field::Changed => 0,
                }
        }))
    }

    /// What either asks about.
    pub fn and(self, other: Needs) -> Needs {
        Needs(self.0 | other.0)
    }
}

/// Facts of conversation `c`, of which those that ?2 does not name are left out. A CASE that does not apply is not computed.
macro_rules! facts_select {
    ($($tail:tt)+) => {
        concat!(
            "SELECT c.id, c.last_seq, c.listing, c.priority, c.kind, c.locale, c.rating, c.created_at, c.waiting_since, c.last_message_at, c.preview,
                c.preview_from, c.inbox_id, c.team_id,
                CASE WHEN ?2 & 1 THEN (SELECT uuid FROM inboxes WHERE id = c.inbox_id) END,
                CASE WHEN ?2 & 1 THEN (SELECT uuid FROM agents WHERE id = c.assignee_id) END,
                CASE WHEN ?2 & 1 THEN (SELECT uuid FROM teams WHERE id = c.team_id) END,
                CASE WHEN ?2 & 1 THEN (SELECT uuid FROM statuses WHERE id = c.status_id) END,
                CASE WHEN ?2 & 2 THEN (SELECT json_group_array(g.uuid) FROM conversation_tags x JOIN tags g ON g.id = x.tag_id WHERE x.conversation_id = c.id) END,
                CASE WHEN ?2 & 4 THEN (SELECT json_array(first_name, last_name, email, uuid, EXISTS (SELECT 1 FROM identities WHERE contact_id = c.contact_id))
                    FROM contacts WHERE id = c.contact_id) END,
                CASE WHEN ?2 & 8 THEN (SELECT json_array(json(c.attributes), json(attributes), json(fields), json(c.fields), json(variables))
                    FROM contacts WHERE id = c.contact_id) END,
                CASE WHEN ?2 & 16 THEN coalesce((SELECT url FROM page_visits WHERE contact_id = c.contact_id ORDER BY at DESC, id DESC LIMIT 1),
                    json_extract(c.attributes, '$.page_url')) END
             FROM conversations c ",
            $($tail)+
        )
    };
}

/// A conversation with its facts.
struct Found {
    id: ConversationId,
    last_seq: Seq,
    inbox: InboxId,
    team: Option<TeamId>,
    facts: Facts,
}

/// Whether the hours of an inbox and a team are over just now, asked once for each pair.
#[derive(Default)]
struct Closed(HashMap<(InboxId, Option<TeamId>), bool>);

impl Closed {
    fn is_closed(&mut self, tx: &ReadTx, inbox: InboxId, team: Option<TeamId>) -> Result<bool> {
        if let Some(known) = self.0.get(&(inbox, team)) {
            return Ok(*known);
        }
        let closed = super::hours::of(tx, inbox, team)?.is_some_and(|set| !set.plan.open_at(tx.now));
        self.0.insert((inbox, team), closed);
        Ok(closed)
    }
}

/// Everything that is true of a conversation.
pub fn of(tx: &ReadTx, id: ConversationId) -> Result<Option<Facts>> {
    let needs = Needs::everything();
    let found = tx.one(facts_select!("WHERE c.id = ?1"), params![id, needs.0], read)?;
    found.map(|found| finished(tx, needs, &mut Closed::default(), found).map(|found| found.facts)).transpose()
}

/// One page of what a filter finds.
pub struct Page {
    /// Newest activity first.
    pub found: Vec<Listed>,
    /// Where to go on, when there may be more.
    pub next: Option<Seq>,
}

/// Conversations in this agent's sight for which `filter` holds, newest activity first, below `before`.
pub fn page(tx: &ReadTx, agent: AgentId, filter: &Group, before: Option<Seq>, limit: u32) -> Result<Page> {
    let needs = Needs::of(filter);
    let mut walk = Walk::new(tx, agent, filter, needs, before.unwrap_or(Seq::MAX))?;
    let mut closed = Closed::default();
    let (mut found, mut last) = (Vec::new(), None);
    for _ in 0..limits::FILTER_ROWS_MAX {
        let Some(row) = walk.next(tx)? else { return Ok(Page { found, next: None }) };
        let row = finished(tx, needs, &mut closed, row)?;
        if filter.holds(&row.facts) {
            if found.len() >= limit as usize {
                return Ok(Page { found, next: last });
            }
            found.extend(conversations::listed_of(tx, agent, row.id)?);
        }
        last = Some(row.last_seq);
    }
    Ok(Page { found, next: last })
}

/// How many open conversations in this agent's sight each of the filters holds for; all in one walk, whose end is told by `false` when
/// there were more to look at.
pub fn open_counts(tx: &ReadTx, agent: AgentId, filters: &[Group]) -> Result<(Vec<u32>, bool)> {
    let needs = filters.iter().fold(Needs::default(), |needs, filter| needs.and(Needs::of(filter)));
    let (mut counts, mut closed) = (vec![0; filters.len()], Closed::default());
    let mut stream = Stream::new("open", None);
    for _ in 0..limits::COUNT_ROWS_MAX {
        let Some(row) = stream.next(tx, agent, &Narrow::default(), needs, Seq::MAX)? else { return Ok((counts, true)) };
        let row = finished(tx, needs, &mut closed, row)?;
        for (count, filter) in counts.iter_mut().zip(filters) {
            *count += u32::from(filter.holds(&row.facts));
        }
    }
    Ok((counts, false))
}

/// What SQL compares itself; `None` = anything.
#[derive(Default)]
struct Narrow {
    inbox: Option<i64>,
    team: Option<i64>,
    priority: Option<String>,
    kind: Option<String>,
    tag: Option<i64>,
}

/// Whoever must have a conversation, when the filter says so.
#[derive(Clone, Copy)]
enum Holder {
    Agent(i64),
    Nobody,
}

/// Several lists walked as one, newest activity first.
struct Walk {
    agent: AgentId,
    needs: Needs,
    before: Seq,
    narrow: Narrow,
    streams: Vec<Stream>,
    /// The next row of each stream, by its place in time.
    heads: BTreeMap<Seq, (usize, Found)>,
    begun: bool,
}

impl Walk {
    fn new(tx: &ReadTx, agent: AgentId, filter: &Group, needs: Needs, before: Seq) -> Result<Walk> {
        let listings: Vec<&'static str> = match filter.pinned(&Field::Status) {
            Some(words) => LISTINGS.into_iter().filter(|listing| words.iter().any(|word| word == listing)).collect(),
            // Spam is shown to whoever asks for it.
            None => LISTINGS.into_iter().filter(|listing| *listing != "spam" || filter.names(&Field::Status, "spam")).collect(),
        };
        let one = |field: &Field| match filter.pinned(field) {
            Some([word]) => Some(word.as_str()),
            _ => None,
        };
        let id = |sql: &'static str, word: Option<&str>| match word {
            // Nobody has this id: no row has either.
            Some(word) => Ok(Some(tx.one(sql, [word], |row| row.get(0))?.unwrap_or(-1))),
            None => Result::<Option<i64>>::Ok(None),
        };
        let narrow = Narrow {
            inbox: id("SELECT id FROM inboxes WHERE uuid = ?1", one(&Field::Inbox))?,
            team: id("SELECT id FROM teams WHERE uuid = ?1", one(&Field::Team))?,
            priority: one(&Field::Priority).map(str::to_owned),
            kind: one(&Field::Kind).map(str::to_owned),
            tag: id("SELECT id FROM tags WHERE uuid = ?1", one(&Field::Tag))?,
        };
        let nobody = filter.is_pinned_unset(&Field::Assignee);
        let holder = match id("SELECT id FROM agents WHERE uuid = ?1", one(&Field::Assignee))? {
            Some(agent) => Some(Holder::Agent(agent)),
            None if nobody => Some(Holder::Nobody),
            None => None,
        };
        let streams = listings.into_iter().map(|listing| Stream::new(listing, holder)).collect();
        Ok(Walk { agent, needs, before, narrow, streams, heads: BTreeMap::new(), begun: false })
    }

    fn next(&mut self, tx: &ReadTx) -> Result<Option<Found>> {
        if !self.begun {
            self.begun = true;
            for index in 0..self.streams.len() {
                self.refill(tx, index)?;
            }
        }
        let Some((_, (index, found))) = self.heads.pop_last() else { return Ok(None) };
        self.refill(tx, index)?;
        Ok(Some(found))
    }

    fn refill(&mut self, tx: &ReadTx, index: usize) -> Result<()> {
        if let Some(found) = self.streams[index].next(tx, self.agent, &self.narrow, self.needs, self.before)? {
            self.heads.insert(found.last_seq, (index, found));
        }
        Ok(())
    }
}

const LISTINGS: [&str; 5] = ["open", "waiting", "snoozed", "resolved", "spam"];

/// One list, read piece by piece.
struct Stream {
    listing: &'static str,
    holder: Option<Holder>,
    /// Read, not looked at yet; newest last.
    ahead: Vec<Found>,
    /// Below this comes what was not read yet.
    below: Option<Seq>,
    is_over: bool,
}

impl Stream {
    fn new(listing: &'static str, holder: Option<Holder>) -> Stream {
        Stream { listing, holder, ahead: Vec::new(), below: None, is_over: false }
    }

    fn next(&mut self, tx: &ReadTx, agent: AgentId, narrow: &Narrow, needs: Needs, before: Seq) -> Result<Option<Found>> {
        if self.ahead.is_empty() && !self.is_over {
            let below = self.below.unwrap_or(before);
            let mut piece = self.piece(tx, agent, narrow, needs, below)?;
            self.is_over = piece.len() < PIECE as usize;
            self.below = piece.last().map(|last| last.last_seq);
            piece.reverse();
            self.ahead = piece;
        }
        Ok(self.ahead.pop())
    }

    fn piece(&self, tx: &ReadTx, agent: AgentId, narrow: &Narrow, needs: Needs, below: Seq) -> Result<Vec<Found>> {
        let holder = match self.holder {
            Some(Holder::Agent(id)) => Some(id),
            Some(Holder::Nobody) | None => None,
        };
        let given = params![
            agent,
            needs.0,
            self.listing,
            below,
            PIECE,
            narrow.inbox,
            narrow.team,
            narrow.priority,
            narrow.kind,
            narrow.tag,
            holder
        ];
        match (self.holder, narrow.team) {
            (Some(_), _) => tx.all(
                facts_select!(
                    "WHERE c.assignee_id IS ?11 AND c.listing = ?3 AND c.last_seq < ?4 AND (?6 IS NULL OR c.inbox_id = ?6) AND (?7 IS NULL OR +c.team_id = ?7)
                     AND (?8 IS NULL OR c.priority = ?8) AND (?9 IS NULL OR +c.kind = ?9)
                     AND (?10 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags z WHERE z.conversation_id = c.id AND z.tag_id = ?10)) AND ",
                    sight!(),
                    " ORDER BY c.last_seq DESC LIMIT ?5"
                ),
                given,
                read,
            ),
            (None, Some(_)) => tx.all(
                facts_select!(
                    "WHERE c.team_id = ?7 AND c.listing = ?3 AND c.last_seq < ?4 AND (?6 IS NULL OR c.inbox_id = ?6)
                     AND (?8 IS NULL OR c.priority = ?8) AND (?9 IS NULL OR +c.kind = ?9) AND ?11 IS NULL
                     AND (?10 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags z WHERE z.conversation_id = c.id AND z.tag_id = ?10)) AND ",
                    sight!(),
                    " ORDER BY c.last_seq DESC LIMIT ?5"
                ),
                given,
                read,
            ),
            (None, None) => tx.all(
                facts_select!(
                    "WHERE c.listing = ?3 AND c.last_seq < ?4 AND (?6 IS NULL OR c.inbox_id = ?6) AND ?7 IS NULL
                     AND (?8 IS NULL OR c.priority = ?8) AND (?9 IS NULL OR +c.kind = ?9) AND ?11 IS NULL
                     AND (?10 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags z WHERE z.conversation_id = c.id AND z.tag_id = ?10)) AND ",
                    sight!(),
                    " ORDER BY c.last_seq DESC LIMIT ?5"
                ),
                given,
                read,
            ),
        }
    }
}

/// Rows read at once: a page and some, so that a filter that holds often reads little too much.
const PIECE: u32 = 200;

/// A candidate of a rule on time.
pub struct Candidate {
    pub id: ConversationId,
    pub last_seq: Seq,
    pub facts: Facts,
}

/// Conversations of one list from the longest silent on, above `after`: what rules on time look at. No one's sight: rules see all.
pub fn silent(tx: &ReadTx, needs: Needs, listing: &str, after: Seq, limit: u32) -> Result<Vec<Candidate>> {
    let rows = tx.all(
        facts_select!("WHERE ?1 IS NULL AND c.listing = ?3 AND c.last_seq > ?4 ORDER BY c.last_seq LIMIT ?5"),
        params![Option::<i64>::None, needs.0, listing, after, limit],
        read,
    )?;
    let mut closed = Closed::default();
    let finished = rows.into_iter().map(|row| finished(tx, needs, &mut closed, row));
    finished.map(|found| found.map(|found| Candidate { id: found.id, last_seq: found.last_seq, facts: found.facts })).collect()
}

fn finished(tx: &ReadTx, needs: Needs, closed: &mut Closed, mut found: Found) -> Result<Found> {
    found.facts.now = tx.now;
    if needs.0 & Needs::HOURS != 0 {
        found.facts.outside_hours = closed.is_closed(tx, found.inbox, found.team)?;
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Found> {
    let (kind, priority): (ConversationKind, Option<Priority>) = (row.get(4)?, row.get(3)?);
    let from: String = row.get(11)?;
    let mut facts = Facts {
        listing: row.get(2)?,
        priority: priority.map(Priority::as_str),
        kind: kind.as_str(),
        language: row.get(5)?,
        rating: row.get(6)?,
        created_at: row.get(7)?,
        waiting_since: row.get(8)?,
        last_message_at: row.get(9)?,
        message: row.get(10)?,
        from: if from == "contact" { "contact" } else { "agent" },
        inbox: row.get::<_, Option<Uuid>>(14)?.unwrap_or_default(),
        assignee: row.get(15)?,
        team: row.get(16)?,
        custom_status: row.get(17)?,
        page: row.get::<_, Option<String>>(21)?.unwrap_or_default(),
        ..Facts::default()
    };
    if let Some(tags) = row.get::<_, Option<String>>(18)? {
        let tags: Vec<String> = serde_json::from_str(&tags).unwrap_or_default();
        facts.tags = tags.iter().filter_map(|tag| Uuid::parse(tag)).collect();
    }
    if let Some(contact) = row.get::<_, Option<String>>(19)? {
        let (first, last, email, uuid, verified): (String, String, Option<String>, String, i64) =
            serde_json::from_str(&contact).unwrap_or_default();
        let uuid = Uuid::parse(&uuid).unwrap_or_default();
        facts.contact_name = crate::model::contact::name_of(uuid, &first, &last, email.as_deref());
        facts.contact_email = email;
        facts.verified = verified != 0;
    }
    if let Some(own) = row.get::<_, Option<String>>(20)? {
        let mut parts: Vec<Map<String, Value>> = serde_json::from_str(&own).unwrap_or_default();
        facts.variables = parts.pop().unwrap_or_default();
        facts.own = parts.into_iter().flatten().collect();
    }
    Ok(Found { id: row.get(0)?, last_seq: row.get(1)?, inbox: row.get(12)?, team: row.get(13)?, facts })
}
