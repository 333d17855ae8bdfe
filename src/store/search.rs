//! Full-text search over messages, for agents. What people type is never FTS syntax: every word becomes a quoted prefix.

use super::conversations;
use super::sight::{sees_all, sight};
use super::tx::ReadTx;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ConversationId, MessageId, Seq, Uuid};
use crate::base::limits;
use crate::model::conversation::{Conversation, ConversationKind};
use crate::model::message::Message;
use rusqlite::types::Value;
use rusqlite::{Row, params};
use std::time::Instant;

/// Marks around a hit in a snippet; characters that `base::text` removes from everything people send.
const HIT: (char, char) = ('\u{1}', '\u{2}');
/// Words of a query that count; more only cost time.
const WORDS_MAX: usize = 8;

/// Words that a beginning may stand for before the index's own prefix search is quicker than naming them all.
const MEANT_MAX: usize = 24;

/// One found message.
pub struct Hit {
    pub conversation: Conversation,
    pub message: Message,
    /// Text around the hits, with `true` for the hits themselves.
    pub snippet: Vec<(String, bool)>,
}

/// The FTS expression for what somebody typed: all words, each as a prefix. `None` when there is no word in it.
pub fn expression(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The same expression with each beginning replaced by the words of the index that begin so. A prefix makes FTS5 collect all hits before
/// the first is answered; whole words are walked newest first and stop at the page's end, however common they are.
fn spelt_out(tx: &ReadTx, expression: &str) -> Result<String> {
    let beginnings = expression.split(' ').map(|beginning| {
        let word = beginning.trim_matches(['"', '*']).to_ascii_lowercase();
        // The index folds letters in ways of its own beyond ASCII; there its prefix search knows best.
        match word.is_ascii() {
            true => Ok(meant(tx, word)?.unwrap_or_else(|| beginning.to_owned())),
            false => Ok(beginning.to_owned()),
        }
    });
    Ok(beginnings.collect::<Result<Vec<String>>>()?.join(" AND "))
}

/// The words that begin with `word`, as an expression; `None` when they are many.
fn meant(tx: &ReadTx, word: String) -> Result<Option<String>> {
    let end = format!("{word}\u{10ffff}");
    let mut words = vec![format!("\"{word}\"")];
    // One step per word, over all places where it stands: the next possible word is this one with the smallest character behind it.
    let mut next = format!("{word}\u{1}");
    while words.len() <= MEANT_MAX {
        let found: Option<String> =
            tx.one("SELECT term FROM messages_terms WHERE term >= ?1 AND term <= ?2 LIMIT 1", params![next, end], |row| row.get(0))?;
        let Some(found) = found else { return Ok(Some(format!("({})", words.join(" OR ")))) };
        next = format!("{found}\u{1}");
        words.push(format!("\"{found}\""));
    }
    Ok(None)
}

/// What is looked for beside words. A key that names nobody finds nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// At or after this instant.
    pub from: Option<Millis>,
    /// Before this instant.
    pub to: Option<Millis>,
    /// Assigned to this agent, or to nobody.
    pub agent: Option<Whose>,
    /// Given to this team, or to none.
    pub team: Option<Whose>,
    pub tag: Option<Uuid>,
    pub inbox: Option<Uuid>,
    pub contact: Option<Uuid>,
    /// `open`, `waiting`, `resolved`, `snoozed` or `spam`; without it everything but spam.
    pub listing: Option<&'static str>,
    /// Stars of a review or of a survey.
    pub rating: Option<u8>,
    pub kind: Option<ConversationKind>,
}

/// Somebody, or explicitly nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    One(Uuid),
    Nobody,
}

impl Filter {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        let Filter { from, to, agent, team, tag, inbox, contact, listing, rating, kind } = self;
        from.is_none()
            && to.is_none()
            && agent.is_none()
            && team.is_none()
            && tag.is_none()
            && inbox.is_none()
            && contact.is_none()
            && listing.is_none()
            && rating.is_none()
            && kind.is_none()
    }
}

/// True where conversation `c` is what the filter asks for and in the sight of ?1; `$time` lies between ?5 and ?6.
macro_rules! fits {
    ($time:literal) => {
        concat!(
            "(?5 IS NULL OR ", $time, " >= ?5) AND (?6 IS NULL OR ", $time, " < ?6)
             AND CASE ?7 WHEN 'none' THEN c.assignee_id IS NULL ELSE ?7 IS NULL OR c.assignee_id = (SELECT id FROM agents WHERE uuid = ?7) END
             AND CASE ?8 WHEN 'none' THEN c.team_id IS NULL ELSE ?8 IS NULL OR c.team_id = (SELECT id FROM teams WHERE uuid = ?8) END
             AND (?9 IS NULL OR EXISTS (SELECT 1 FROM conversation_tags WHERE conversation_id = c.id AND tag_id = (SELECT id FROM tags WHERE uuid = ?9)))
             AND (?10 IS NULL OR c.inbox_id = (SELECT id FROM inboxes WHERE uuid = ?10))
             AND (?11 IS NULL OR c.contact_id = (SELECT id FROM contacts WHERE uuid = ?11))
             AND CASE WHEN ?12 IS NULL THEN c.listing <> 'spam' ELSE c.listing = ?12 END
             AND (?13 IS NULL OR coalesce(c.rating, (SELECT rating FROM surveys WHERE conversation_id = c.id)) = ?13)
             AND (?14 IS NULL OR c.kind = ?14) AND (", sees_all!(), " OR ", sight!(), ")"
        )
    };
}

/// What a search found, and how far it came.
pub struct Found<T> {
    /// Newest first.
    pub all: Vec<T>,
    /// Where to go on: below this change number there may be more.
    pub next: Option<Seq>,
    /// The time ran out: everything younger than this was looked at, what is older was not.
    pub searched_to: Option<Millis>,
}

/// One row that the index names, and whether it is wanted.
struct Candidate<T> {
    id: T,
    fits: bool,
}

/// Walks candidates from the newest to the oldest in growing steps until `limit` and one more are found, there are none left, or the time
/// is over. `step` answers so many candidates below a row. Permission and filter are decided in the step's query, so what is found is
/// never fewer than there is because of what was out of sight.
fn walk<T: Copy>(
    limit: u32,
    below: i64,
    mut step: impl FnMut(i64, u32) -> Result<Vec<Candidate<T>>>,
    place: impl Fn(T) -> i64,
) -> Result<(Vec<T>, bool, Option<T>)> {
    let (started, wanted) = (Instant::now(), limit as usize + 1);
    let (mut found, mut below, mut size) = (Vec::new(), below, limit + 1);
    loop {
        let candidates = step(below, size)?;
        let last = candidates.last().map(|candidate| candidate.id);
        let is_end = candidates.len() < size as usize;
        found.extend(candidates.iter().filter(|candidate| candidate.fits).map(|candidate| candidate.id));
        if found.len() >= wanted {
            found.truncate(wanted - 1);
            return Ok((found, true, None));
        }
        let Some(last) = last.filter(|_| !is_end) else { return Ok((found, false, None)) };
        if started.elapsed() > limits::SEARCH_TIME_MAX {
            return Ok((found, true, Some(last)));
        }
        below = place(last);
        size = (size * 4).min(limits::SEARCH_STEP_MAX);
    }
}

/// Messages with all words of the expression in conversations that fit and that this agent sees, newest first, below `before`.
pub fn messages(tx: &ReadTx, agent: AgentId, expression: &str, filter: &Filter, before: Option<Seq>, limit: u32) -> Result<Found<Hit>> {
    // Row numbers and change numbers of messages grow together, so the cursor can be told to the index itself.
    let below = match before {
        Some(seq) => tx.one("SELECT id FROM messages WHERE seq >= ?1 ORDER BY id LIMIT 1", [seq], |row| row.get(0))?.unwrap_or(i64::MAX),
        None => i64::MAX,
    };
    // So do row numbers and times: what is younger than the end of the period need not be walked.
    let below = match filter.to {
        Some(to) => tx
            .one("SELECT id FROM messages WHERE created_at >= ?1 ORDER BY created_at LIMIT 1", [to], |row| row.get(0))?
            .map_or(below, |first: i64| below.min(first)),
        None => below,
    };
    let since: i64 = match filter.from {
        Some(from) => {
            match tx.one("SELECT id FROM messages WHERE created_at >= ?1 ORDER BY created_at LIMIT 1", [from], |row| row.get(0))? {
                Some(first) => first,
                None => return Ok(Found { all: Vec::new(), next: None, searched_to: None }),
            }
        }
        None => 0,
    };
    let expression = spelt_out(tx, expression)?;
    let step = |below: i64, size: u32| {
        tx.all(
            concat!(
                "SELECT f.rowid, EXISTS (SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = f.rowid AND ",
                fits!("m.created_at"),
                ") FROM messages_fts f WHERE f.messages_fts MATCH ?2 AND f.rowid < ?3 AND f.rowid >= ?15 ORDER BY f.rowid DESC LIMIT ?4"
            ),
            rusqlite::params_from_iter(bound(agent, Value::Text(expression.clone()), below, size, filter).into_iter().chain([Value::Integer(since)])),
            |row| Ok(Candidate { id: row.get::<_, MessageId>(0)?, fits: row.get(1)? }),
        )
    };
    let (ids, more, stopped) = walk(limit, below, step, |id| id.0)?;
    let all = hits(tx, &expression, &ids)?;
    let (next, searched_to) = match stopped {
        None => (all.last().filter(|_| more).map(|hit| hit.message.seq), None),
        Some(last) => {
            let (seq, at) = tx
                .one("SELECT seq, created_at FROM messages WHERE id = ?1", [last], |row| Ok((row.get(0)?, row.get(1)?)))?
                .unwrap_or((0, 0));
            (Some(seq), Some(at))
        }
    };
    Ok(Found { all, next, searched_to })
}

/// The messages with these numbers, newest first, each with the text around its hits. One walk over the index for all: to find its place for one
/// row costs as much as to walk a page.
fn hits(tx: &ReadTx, expression: &str, ids: &[MessageId]) -> Result<Vec<Hit>> {
    let (Some(newest), Some(oldest)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    let wanted = serde_json::to_string(&ids.iter().map(|id| id.0).collect::<Vec<i64>>()).map_err(Error::internal)?;
    let found: Vec<(MessageId, String)> = tx.all(
        // The sign before the second row number keeps the index from being asked for each of them by itself.
        "SELECT rowid, snippet(messages_fts, 0, char(1), char(2), '…', 18) FROM messages_fts
         WHERE messages_fts MATCH ?1 AND rowid >= ?2 AND rowid <= ?3 AND +rowid IN (SELECT value FROM json_each(?4)) ORDER BY rowid DESC",
        params![expression, oldest, newest, wanted],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    found
        .into_iter()
        .map(|(id, snippet)| {
            let message = super::messages::message(tx, id)?;
            Ok(Hit { conversation: conversations::conversation(tx, message.conversation)?, snippet: parts(&snippet), message })
        })
        .collect()
}

/// Conversations that fit and that this agent sees, newest activity first, below `before`: the archive without words.
pub fn archive(tx: &ReadTx, agent: AgentId, filter: &Filter, before: Option<Seq>, limit: u32) -> Result<Found<Conversation>> {
    let bind = |below: i64, size: u32| bound(agent, Value::Null, below, size, filter);
    let candidate = |row: &Row<'_>| {
        Ok(Candidate {
            id: (row.get::<_, ConversationId>(0)?, row.get::<_, Seq>(1)?),
            fits: row.get::<_, Option<bool>>(2)?.unwrap_or(false),
        })
    };
    // A key that names nobody makes the condition unknown, which is not true.
    let step = |below: i64, size: u32| {
        match (filter.contact, filter.listing) {
        (Some(_), _) => tx.all(
            concat!(
                "SELECT c.id, c.last_seq, ?2 IS NULL AND ",
                fits!("c.last_message_at"),
                " FROM conversations c WHERE c.contact_id = (SELECT id FROM contacts WHERE uuid = ?11) AND c.last_seq < ?3 ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            bind(below, size),
            candidate,
        ),
        (None, Some(_)) => tx.all(
            concat!(
                "SELECT c.id, c.last_seq, ?2 IS NULL AND ",
                fits!("c.last_message_at"),
                " FROM conversations c WHERE c.listing = ?12 AND c.last_seq < ?3 ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            bind(below, size),
            candidate,
        ),
        (None, None) => tx.all(
            concat!(
                "SELECT c.id, c.last_seq, ?2 IS NULL AND ",
                fits!("c.last_message_at"),
                " FROM conversations c WHERE c.last_seq < ?3 ORDER BY c.last_seq DESC LIMIT ?4"
            ),
            bind(below, size),
            candidate,
        ),
    }
    };
    let (ids, more, stopped) = walk(limit, before.unwrap_or(Seq::MAX), step, |(_, seq)| seq)?;
    let next = stopped.or_else(|| ids.last().copied().filter(|_| more)).map(|(_, seq)| seq);
    let searched_to = match stopped {
        Some((id, _)) => Some(conversations::conversation(tx, id)?.last_message_at),
        None => None,
    };
    Ok(Found { all: ids.iter().map(|(id, _)| conversations::conversation(tx, *id)).collect::<Result<_>>()?, next, searched_to })
}

/// The conversation with this number, if this agent sees it.
pub fn numbered(tx: &ReadTx, agent: AgentId, number: i64) -> Result<Option<Conversation>> {
    let id =
        tx.one(concat!("SELECT c.id FROM conversations c WHERE c.id = ?2 AND ", sight!()), params![agent, number], |row| row.get(0))?;
    id.map(|id| conversations::conversation(tx, id)).transpose()
}

fn bound(agent: AgentId, expression: Value, below: i64, size: u32, filter: &Filter) -> [Value; 14] {
    let number = |number: Option<i64>| number.map_or(Value::Null, Value::Integer);
    let uuid = |uuid: Option<Uuid>| uuid.map_or(Value::Null, |uuid| Value::Text(uuid.to_string()));
    let word = |word: Option<&str>| word.map_or(Value::Null, |word| Value::Text(word.to_owned()));
    let whose = |whose: Option<Whose>| match whose {
        None => Value::Null,
        Some(Whose::Nobody) => Value::Text("none".into()),
        Some(Whose::One(one)) => Value::Text(one.to_string()),
    };
    [
        Value::Integer(agent.0),
        expression,
        Value::Integer(below),
        Value::Integer(size.into()),
        number(filter.from),
        number(filter.to),
        whose(filter.agent),
        whose(filter.team),
        uuid(filter.tag),
        uuid(filter.inbox),
        uuid(filter.contact),
        word(filter.listing),
        number(filter.rating.map(i64::from)),
        word(filter.kind.map(ConversationKind::as_str)),
    ]
}

fn parts(snippet: &str) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    for (index, piece) in snippet.split(HIT.0).enumerate() {
        let (hit, rest) = if index == 0 { ("", piece) } else { piece.split_once(HIT.1).unwrap_or((piece, "")) };
        for (text, is_hit) in [(hit, true), (rest, false)] {
            if !text.is_empty() {
                parts.push((text.to_owned(), is_hit));
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_never_fts_syntax() {
        assert_eq!(
            expression("where's my* \"order\" AND NEAR(").as_deref(),
            Some("\"where\"* \"s\"* \"my\"* \"order\"* \"AND\"* \"NEAR\"*")
        );
        assert_eq!(expression(" * \" ( "), None);
    }

    #[tokio::test]
    async fn beginnings_find_every_word_that_begins_so_newest_first() {
        use crate::base::clock::Clock;
        use crate::model::contact::ContactKind;
        use crate::model::inbox::InboxConfig;
        use crate::model::message::{MessageKind, NewMessage};
        use crate::store::{Store, contacts, inboxes, messages as stored};
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("s.db"), Clock::default(), Box::new(|_| {})).unwrap();
        let texts = ["deliver it", "Delivery today", "undelivered", "the DELIVERIES came", "délivré", "order 77", "deliver the order"];
        let found = store
            .write(move |tx| {
                let inbox = inboxes::insert(tx, "x", &InboxConfig::default())?;
                let contact = contacts::insert(tx, ContactKind::Visitor, "V", "")?;
                let agent = crate::store::agents::insert(tx, "a@b.example", "A", "", crate::model::agent::Role::Owner, None)?.id;
                let conversation = conversations::insert(tx, &conversations::NewConversation::chat(inbox.id, contact))?;
                let many = (0..=MEANT_MAX).map(|n| format!("many{n:03}"));
                for text in texts.map(str::to_owned).into_iter().chain(many) {
                    let (source, html) = (text.clone(), text.clone());
                    let kind = MessageKind::Incoming;
                    let (activity, echo_id, via, meta) = (None, None, "widget", Default::default());
                    let new = NewMessage { kind, contact: Some(contact), agent: None, via, source, html, text, activity, echo_id, meta };
                    let id = stored::insert(tx, conversation, &new)?;
                    stored::announce(tx, id)?;
                }
                let find = |typed: &str| -> Result<Vec<String>> {
                    let expression = expression(typed).unwrap_or_default();
                    Ok(messages(tx, agent, &expression, &Filter::default(), None, 100)?
                        .all
                        .into_iter()
                        .map(|hit| hit.message.text)
                        .collect())
                };
                Ok((find("deliver")?, find("order del")?, find("délivré")?, find("many")?.len(), find("AND")?, find("deliverx")?))
            })
            .await
            .unwrap();
        assert_eq!(found.0, ["deliver the order", "the DELIVERIES came", "Delivery today", "deliver it"]);
        assert_eq!(found.1, ["deliver the order"]);
        assert_eq!(found.2, ["délivré"]);
        assert_eq!(found.3, MEANT_MAX + 1, "too many words to name are found by the index itself");
        assert!(found.4.is_empty() && found.5.is_empty());
    }

    #[test]
    fn snippets_split_at_hits() {
        let expected = vec![("a ".to_owned(), false), ("b".to_owned(), true), (" c".to_owned(), false)];
        assert_eq!(parts("a \u{1}b\u{2} c"), expected);
    }
}
