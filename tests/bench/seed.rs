//! Files full of believable data, made with the store's own functions in large batches, without a server.

use deskbell::base::clock::Clock;
use deskbell::base::id::{ContactId, ConversationId, InboxId, Uuid, new_token};
use deskbell::model::agent::{Browser, Role};
use deskbell::model::contact::ContactKind;
use deskbell::model::event::What;
use deskbell::model::inbox::InboxConfig;
use deskbell::model::message::{MessageKind, NewMessage};
use deskbell::store::conversations::NewConversation;
use deskbell::store::events::Subject;
use deskbell::store::{Store, WriteTx, agents, contacts, conversations, events, inboxes, logins, messages, sessions};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Messages of one seeded conversation.
const TALK: usize = 10;
/// Conversations still open: what a team has before it does not grow with what lies behind it.
const OPEN: usize = 200;
/// Conversations stored in one commit.
const BATCH: usize = 200;

/// What the clients need to use a seeded file.
#[derive(Serialize, Deserialize, Clone, Default)]
pub struct Keys {
    pub inbox: String,
    /// Session tokens of agents.
    pub agents: Vec<String>,
    /// Session token and conversation of each visitor.
    pub visitors: Vec<(String, String)>,
    /// Some conversations from all over the file.
    pub samples: Vec<String>,
}

/// What a seeded file holds.
pub struct Size {
    pub messages: usize,
    pub agents: usize,
    pub visitors: usize,
}

/// Makes the file; `name` of the words in it are drawn from a fixed list, so that searches find the same share at every size.
pub async fn fill(path: &Path, size: Size) -> Keys {
    let (store, writer) = Store::open(path, Clock::default(), Box::new(|_| {})).expect("a store");
    let (inbox, uuid, agents) = store.write(move |tx| people_inside(tx, size.agents)).await.expect("agents");
    let mut keys = Keys { inbox: uuid.to_string(), agents, ..Keys::default() };
    for start in (0..size.visitors).step_by(BATCH) {
        let count = BATCH.min(size.visitors - start);
        let made = store.write(move |tx| (0..count).map(|n| visitor(tx, inbox, start + n)).collect()).await;
        keys.visitors.extend::<Vec<_>>(made.expect("visitors"));
    }
    let conversations = size.messages / TALK;
    for start in (0..conversations).step_by(BATCH) {
        let count = BATCH.min(conversations - start);
        let made: Vec<Uuid> = store
            .write(move |tx| (0..count).map(|n| talk(tx, inbox, start + n, start + n + OPEN >= conversations)).collect())
            .await
            .expect("talks");
        if (start / BATCH).is_multiple_of((conversations / BATCH / 50).max(1)) {
            keys.samples.extend(made.first().map(Uuid::to_string));
        }
    }
    drop(store);
    writer.join().expect("the writer ends");
    keys
}

fn people_inside(tx: &WriteTx, count: usize) -> deskbell::base::error::Result<(InboxId, Uuid, Vec<String>)> {
    let inbox = inboxes::insert(tx, "Shop chat", &InboxConfig::default())?;
    let mut tokens = Vec::new();
    for n in 0..count.max(1) {
        let role = if n == 0 { Role::Owner } else { Role::Agent };
        // Nobody logs in by password here; a hash only says that somebody could.
        let agent = agents::insert(tx, &format!("agent{n}@fernwood.example"), "Agent", &n.to_string(), role, Some("none"))?;
        let token = new_token();
        logins::insert(tx, agent.id, &token, "csrf", &Browser { user_agent: "bench".into(), ip: String::new() })?;
        tokens.push(token);
    }
    Ok((inbox.id, inbox.uuid, tokens))
}

/// Somebody with a session and one open conversation.
fn visitor(tx: &WriteTx, inbox: InboxId, n: usize) -> deskbell::base::error::Result<(String, String)> {
    let contact = contacts::insert(tx, ContactKind::Visitor, &format!("Visitor {n}"), "")?;
    let token = new_token();
    sessions::insert(tx, inbox, contact, false, &token, tx.now + 30 * 24 * 3_600_000)?;
    let id = begin(tx, inbox, contact)?;
    say(tx, id, Some(contact), "hello".into())?;
    mark(tx, contact)?;
    Ok((token, conversations::conversation(tx, id)?.uuid.to_string()))
}

/// A conversation as they are: a question, answers, thanks.
fn talk(tx: &WriteTx, inbox: InboxId, n: usize, open: bool) -> deskbell::base::error::Result<Uuid> {
    let contact = contacts::insert(tx, ContactKind::Visitor, NAMES[n % NAMES.len()], &format!("Number{n}"))?;
    let id = begin(tx, inbox, contact)?;
    for turn in 0..TALK {
        let words = (0..12).map(|word| WORDS[(n * 31 + turn * 17 + word * word * 7 + n / 97) % WORDS.len()]).collect::<Vec<_>>().join(" ");
        let text = if turn == 0 { format!("{words} order{n:06}") } else { words };
        say(tx, id, (turn % 2 == 0).then_some(contact), text)?;
    }
    mark(tx, contact)?;
    let uuid = conversations::conversation(tx, id)?.uuid;
    if !open {
        conversations::set_status(tx, id, deskbell::model::conversation::Status::Resolved, None, false)?;
    }
    Ok(uuid)
}

fn begin(tx: &WriteTx, inbox: InboxId, contact: ContactId) -> deskbell::base::error::Result<ConversationId> {
    let new = NewConversation { user_agent: "bench".into(), ..NewConversation::chat(inbox, contact) };
    conversations::insert(tx, &new)
}

fn say(tx: &WriteTx, id: ConversationId, contact: Option<ContactId>, text: String) -> deskbell::base::error::Result<()> {
    messages::insert(tx, id, &spoken(contact, text, None)).map(|_| ())
}

/// A message as the widget's door stores it; from the system when there is no contact.
pub fn spoken(contact: Option<ContactId>, text: String, echo_id: Option<String>) -> NewMessage {
    NewMessage {
        kind: if contact.is_some() { MessageKind::Incoming } else { MessageKind::Outgoing },
        contact,
        agent: None,
        via: "widget",
        source: text.clone(),
        html: format!("<p>{text}</p>"),
        text,
        activity: None,
        echo_id,
        meta: Default::default(),
    }
}

/// A row of the change feed, so that numbers go on after the batch.
fn mark(tx: &WriteTx, contact: ContactId) -> deskbell::base::error::Result<()> {
    events::append(tx, Subject::Contact(contact), Vec::new(), What::InboxChanged { inbox: Uuid::new() }).map(|_| ())
}

/// The same store without HTTP: `tasks` tasks that each insert one message after the other through `Store::write`, for `seconds`.
/// What is written is the least that a message needs to exist: its row with its indexes and its search entry, the conversation's
/// last_* columns, and its row of the change feed. Nothing is looked up, checked, rendered, encoded or announced.
pub async fn raw_rate(path: &Path, tasks: usize, seconds: f64) -> f64 {
    let (store, writer) = Store::open(path, Clock::default(), Box::new(|_| {})).expect("a store");
    let talks: Vec<(ContactId, ConversationId, InboxId)> = store
        .write(move |tx| {
            let inbox = inboxes::insert(tx, "Raw", &InboxConfig::default())?.id;
            (0..tasks)
                .map(|_| {
                    let contact = contacts::insert(tx, ContactKind::Visitor, "Raw", "")?;
                    Ok((contact, begin(tx, inbox, contact)?, inbox))
                })
                .collect()
        })
        .await
        .expect("talks");
    let until = std::time::Instant::now() + std::time::Duration::from_secs_f64(seconds);
    let workers: Vec<_> = talks
        .into_iter()
        .map(|(contact, conversation, inbox)| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = 0usize;
                while std::time::Instant::now() < until {
                    let new = spoken(Some(contact), format!("raw words number {done}"), Some(format!("r{done}")));
                    let written = store.write(move |tx| {
                        let message = messages::insert(tx, conversation, &new)?;
                        let subject = Subject::Message { inbox, conversation, message, public: true };
                        events::append(tx, subject, Vec::new(), What::InboxChanged { inbox: Uuid::default() })
                    });
                    written.await.expect("written");
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for worker in workers {
        done += worker.await.expect("a worker");
    }
    drop(store);
    writer.join().expect("the writer ends");
    done as f64 / seconds
}

const NAMES: &[&str] = &["Ann", "Ben", "Cara", "Dmitri", "Elif", "Farid", "Grace", "Hana", "Ivo", "Jonas", "Kim", "Lena"];
const WORDS: &[&str] = &[
    "the",
    "plant",
    "arrived",
    "with",
    "two",
    "broken",
    "leaves",
    "is",
    "that",
    "normal",
    "for",
    "a",
    "fern",
    "please",
    "tell",
    "me",
    "when",
    "delivery",
    "comes",
    "to",
    "our",
    "street",
    "it",
    "was",
    "promised",
    "on",
    "monday",
    "and",
    "now",
    "weekend",
    "thank",
    "you",
    "very",
    "much",
    "water",
    "them",
    "once",
    "week",
    "pot",
    "size",
    "refund",
    "card",
    "invoice",
    "address",
    "changed",
    "yesterday",
    "window",
    "light",
    "monstera",
    "ficus",
    "soil",
    "pests",
    "yellow",
    "spots",
    "help",
    "soon",
    "greetings",
];
