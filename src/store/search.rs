//! Full-text search over messages, for agents. What people type is never FTS syntax: every word becomes a quoted prefix.

use super::conversations;
use super::sight::sight;
use super::tx::ReadTx;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, MessageId, Seq};
use crate::model::conversation::Conversation;
use crate::model::message::Message;
use rusqlite::params;

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

/// Messages with all words of the expression that this agent may read, newest first, below `before`.
pub fn messages(tx: &ReadTx, agent: AgentId, expression: &str, before: Option<Seq>, limit: u32) -> Result<Vec<Hit>> {
    // Row numbers and change numbers of messages grow together, so the cursor can be told to the index itself.
    let below: i64 = match before {
        Some(seq) => tx.one("SELECT id FROM messages WHERE seq >= ?1 ORDER BY id LIMIT 1", [seq], |row| row.get(0))?.unwrap_or(i64::MAX),
        None => i64::MAX,
    };
    let expression = spelt_out(tx, expression)?;
    let found: Vec<(MessageId, ConversationId, String)> = tx.all(
        concat!(
            "SELECT m.id, m.conversation_id, f.snippet FROM
           (SELECT rowid AS id, snippet(messages_fts, 0, char(1), char(2), '…', 18) AS snippet FROM messages_fts
             WHERE messages_fts MATCH ?2 AND rowid < ?3 ORDER BY rowid DESC LIMIT ?4) f
         JOIN messages m ON m.id = f.id JOIN conversations c ON c.id = m.conversation_id
         WHERE ",
            sight!(),
            " ORDER BY m.id DESC"
        ),
        params![agent, expression, below, limit],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    found
        .into_iter()
        .map(|(message, conversation, snippet)| {
            Ok(Hit {
                conversation: conversations::conversation(tx, conversation)?,
                message: super::messages::message(tx, message)?,
                snippet: parts(&snippet),
            })
        })
        .collect()
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
                    Ok(messages(tx, agent, &expression, None, 100)?.into_iter().map(|hit| hit.message.text).collect())
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
