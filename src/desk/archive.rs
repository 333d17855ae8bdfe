//! Looking for what was said and for what is done: words, filters, numbers, people, as far as an agent sees.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{Seq, Uuid};
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::contact::Contact;
use crate::model::conversation::Conversation;
use crate::store::search::{self, Filter, Found, Hit};
use crate::store::{ReadTx, contacts};

/// What somebody looks for.
pub struct Wanted {
    /// As typed; "" = whatever fits the filter.
    pub typed: String,
    pub filter: Filter,
    /// Below this change number: the next page.
    pub before: Option<Seq>,
    pub limit: u32,
}

/// What was found.
pub enum Results {
    /// Messages with the words.
    Messages(Found<Hit>),
    /// Conversations, where no words were asked for.
    Conversations(Found<Conversation>),
}

/// What was found, and what goes with the first page.
pub struct Archive {
    pub results: Results,
    /// People with the words in name or address, each with its newest conversation.
    pub people: Vec<(Contact, Option<Uuid>)>,
    /// The conversation with the number that was typed.
    pub numbered: Option<Conversation>,
}

impl Desk {
    /// Looks for words among messages and people, or for conversations that fit.
    pub async fn search(&self, agent: &AgentSession, wanted: Wanted) -> Result<Archive> {
        if wanted.typed.chars().count() > limits::SEARCH_CHARS_MAX {
            return Err(Error::invalid(format!("A search has at most {} characters.", limits::SEARCH_CHARS_MAX)).in_field("q"));
        }
        if let (Some(from), Some(to)) = (wanted.filter.from, wanted.filter.to)
            && from >= to
        {
            return Err(Error::invalid("The period ends before it begins.").in_field("to"));
        }
        let agent = agent.agent.id;
        self.store
            .read(move |tx: &ReadTx| {
                let Wanted { typed, filter, before, limit } = wanted;
                let limit = limit.clamp(1, limits::LIST_PAGE_MAX);
                let nothing = || Found { all: Vec::new(), next: None, searched_to: None };
                let Some(expression) = search::expression(&typed) else {
                    // Signs alone are words that nobody said; nothing at all means the filter.
                    let results = match typed.trim().is_empty() && !filter.is_empty() {
                        true => Results::Conversations(search::archive(tx, agent, &filter, before, limit)?),
                        false => Results::Messages(nothing()),
                    };
                    return Ok(Archive { results, people: Vec::new(), numbered: None });
                };
                let found = search::messages(tx, agent, &expression, &filter, before, limit)?;
                let is_first = before.is_none();
                Ok(Archive {
                    results: Results::Messages(found),
                    people: if is_first { contacts::search(tx, agent, &expression, limits::SEARCH_PEOPLE_MAX)? } else { Vec::new() },
                    numbered: match number(&typed).filter(|_| is_first) {
                        Some(number) => search::numbered(tx, agent, number)?,
                        None => None,
                    },
                })
            })
            .await
    }
}

/// A conversation's number as people write it: `#12`, or `12`.
fn number(typed: &str) -> Option<i64> {
    let digits = typed.trim().strip_prefix('#').unwrap_or(typed.trim());
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_written_with_or_without_their_sign() {
        assert_eq!((number("#12"), number(" 12 "), number("# 12"), number("12a"), number("")), (Some(12), Some(12), None, None, None));
        assert_eq!(number("99999999999999999999999"), None);
    }
}
