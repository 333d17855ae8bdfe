//! The change feed: every durable change is a row of the same commit. Rows name things; whoever reads them loads the present state,
//! so nothing that was erased lives on in the feed.

use super::settings;
use super::sight::sight;
use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::{AgentId, ContactId, ConversationId, InboxId, MessageId, Seq};
use crate::base::limits;
use crate::model::contact::Session;
use crate::model::event::{Topic, What};
use rusqlite::params;

/// Where the number of the last erasure is kept.
const FLOOR: &str = "feed_floor";

/// What a row of the feed is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A new message.
    Message { inbox: InboxId, conversation: ConversationId, message: MessageId, public: bool },
    /// A changed conversation.
    Conversation { inbox: InboxId, conversation: ConversationId, public: bool },
    /// A changed contact.
    Contact(ContactId),
    /// Changed settings.
    Inbox(InboxId),
    /// A changed agent.
    Agent(AgentId),
}

/// One row of the feed.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Its number.
    pub seq: Seq,
    /// What it is about.
    pub subject: Subject,
}

/// Records a change under its reserved number and announces it after the commit.
pub fn record(tx: &WriteTx, seq: Seq, subject: Subject, topics: Vec<Topic>, what: What) -> Result<()> {
    let (kind, inbox, conversation, message, contact, agent, public) = match subject {
        Subject::Message { inbox, conversation, message, public } => {
            ("message", Some(inbox), Some(conversation), Some(message), None, None, public)
        }
        Subject::Conversation { inbox, conversation, public } => {
            ("conversation", Some(inbox), Some(conversation), None, None, None, public)
        }
        Subject::Contact(contact) => ("contact", None, None, None, Some(contact), None, false),
        Subject::Inbox(inbox) => ("inbox", Some(inbox), None, None, None, None, false),
        Subject::Agent(agent) => ("agent", None, None, None, None, Some(agent), false),
    };
    tx.exec(
        "INSERT INTO events (seq, kind, inbox_id, conversation_id, message_id, contact_id, agent_id, public, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![seq, kind, inbox, conversation, message, contact, agent, public, tx.now],
    )?;
    tx.announce(topics, seq, what);
    Ok(())
}

/// Takes a number and records in one go, for changes whose row does not carry the number.
pub fn append(tx: &WriteTx, subject: Subject, topics: Vec<Topic>, what: What) -> Result<Seq> {
    let seq = tx.next_seq();
    record(tx, seq, subject, topics, what)?;
    Ok(seq)
}

/// Tells agents that something is no more. The feed names only what is there, so whoever was away cannot be told by it: a cursor from
/// before this moment fetches everything again.
pub fn gone(tx: &WriteTx, what: What) -> Result<()> {
    let seq = append(tx, Subject::Agent(AgentId(0)), vec![Topic::Agents], what)?;
    settings::put(tx, FLOOR, &seq.to_string())
}

/// Whether something that an agent may still show was erased since `after`.
pub fn is_before_gone(tx: &ReadTx, after: Seq) -> Result<bool> {
    let floor = settings::find(tx, FLOOR)?.and_then(|text| text.parse::<Seq>().ok());
    Ok(floor.is_some_and(|floor| after < floor))
}

/// Whether `after` lies before the oldest row that is still kept, so that something may be missing.
pub fn is_too_old(tx: &ReadTx, after: Seq) -> Result<bool> {
    let oldest: Option<Seq> = tx.one("SELECT min(seq) FROM events", [], |row| row.get(0))?.flatten();
    // Nothing older than the oldest kept row is known; numbers have no gaps worth telling apart from pruning.
    Ok(oldest.is_some_and(|oldest| oldest > 1 && after.saturating_add(1) < oldest) || after > tx.seq()?)
}

/// Changes that a session may hear of, after `after`, oldest first.
pub fn for_contact(tx: &ReadTx, session: &Session, after: Seq) -> Result<Vec<Change>> {
    tx.all(
        "SELECT e.seq, e.kind, e.inbox_id, e.conversation_id, e.message_id, e.contact_id, e.agent_id, e.public
         FROM conversations c JOIN events e ON e.conversation_id = c.id AND e.seq > ?3
         WHERE c.contact_id = ?2 AND c.inbox_id = ?1 AND (?5 IS NULL OR c.id = ?5) AND e.public = 1 ORDER BY e.seq LIMIT ?4",
        params![session.inbox, session.contact, after, limits::CHANGES_PER_PAGE, session.only()],
        change,
    )
}

/// Changes for an agent, after `after`, oldest first.
pub fn for_agent(tx: &ReadTx, agent: AgentId, after: Seq) -> Result<Vec<Change>> {
    tx.all(
        concat!(
            "SELECT e.seq, e.kind, e.inbox_id, e.conversation_id, e.message_id, e.contact_id, e.agent_id, e.public FROM events e
              LEFT JOIN conversations c ON c.id = e.conversation_id
              WHERE e.seq > ?2 AND (e.kind IN ('conversation', 'contact', 'inbox', 'agent') OR ",
            sight!(),
            ")
              AND EXISTS (SELECT 1 FROM agents WHERE id = ?1 AND suspended_at IS NULL) ORDER BY e.seq LIMIT ?3"
        ),
        params![agent, after, limits::CHANGES_PER_PAGE],
        change,
    )
}

/// Removes what is older than the feed keeps; never the newest row, which carries the last number.
pub fn prune(tx: &WriteTx) -> Result<usize> {
    tx.exec(
        "DELETE FROM events WHERE seq IN (
             SELECT seq FROM events WHERE seq < (SELECT max(seq) FROM events)
             AND (created_at < ?1 OR seq <= (SELECT max(seq) FROM events) - ?2) ORDER BY seq LIMIT 2000)",
        params![tx.now - limits::EVENTS_KEPT.as_millis() as i64, limits::EVENTS_MAX],
    )
}

fn change(row: &rusqlite::Row<'_>) -> rusqlite::Result<Change> {
    let kind: String = row.get(1)?;
    let public = row.get(7)?;
    let subject = match kind.as_str() {
        "message" => Subject::Message { inbox: row.get(2)?, conversation: row.get(3)?, message: row.get(4)?, public },
        "conversation" => Subject::Conversation { inbox: row.get(2)?, conversation: row.get(3)?, public },
        "contact" => Subject::Contact(row.get(5)?),
        "inbox" => Subject::Inbox(row.get(2)?),
        _ => Subject::Agent(row.get(6)?),
    };
    Ok(Change { seq: row.get(0)?, subject })
}
