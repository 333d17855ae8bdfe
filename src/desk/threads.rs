//! Reading: lists and threads, each in one snapshot with its change number.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{Seq, Uuid};
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::contact::{Contact, PageVisit, Session};
use crate::model::conversation::{Box_, Conversation, ConversationKind, Kinds, Listed, Origin};
use crate::model::inbox::Inbox;
use crate::model::message::Message;
use crate::store::conversations::{Counts, Wanted};
use crate::store::slas;
use crate::store::{ReadTx, contacts, conversations, fields, messages};

/// A conversation as its contact sees it in a list.
#[derive(Debug, Clone)]
pub struct Thread {
    pub conversation: Conversation,
    pub last: Option<Message>,
    /// Outgoing messages not seen, counted up to 10.
    pub unread: u32,
}

/// One page of a thread.
pub struct Page {
    /// Newest first.
    pub messages: Vec<Message>,
    pub has_more: bool,
    pub seq: Seq,
}

/// What an agent sees when he opens a conversation.
pub struct Opened {
    pub listed: Listed,
    pub contact: Contact,
    pub origin: Origin,
    pub page: Page,
    pub pages: Vec<PageVisit>,
    pub earlier: Vec<Conversation>,
    pub my_seen_seq: Seq,
    /// What the team keeps of the conversation.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Whether this agent listens to it silently.
    pub following: bool,
    /// How an answer reaches a contact who is not in the chat: `reply` (at once by mail), `later` (by mail when it stays unseen) or not.
    pub mail: Option<&'static str>,
}

/// Which list an agent asks for.
pub struct ListQuery {
    pub which: Box_,
    pub kinds: Kinds,
    /// A status word, `snoozed` or `any`.
    pub listing: String,
    pub inbox: Option<Uuid>,
    /// Only conversations with this tag.
    pub tag: Option<Uuid>,
    pub before: Option<Seq>,
    pub limit: u32,
    /// The most urgent promises instead of the newest activity; one page.
    pub by_due: bool,
}

impl Desk {
    /// All conversations of the session's contact in its inbox, newest activity first.
    pub async fn threads_of(&self, session: &Session) -> Result<(Vec<Thread>, Seq)> {
        let session = session.clone();
        self.store
            .read(move |tx| {
                let all = conversations::of_contact(tx, &session)?;
                let threads = all.into_iter().map(|conversation| thread(tx, conversation)).collect::<Result<Vec<_>>>()?;
                Ok((threads, tx.seq()?))
            })
            .await
    }

    /// One conversation of the session's contact, without its messages.
    pub async fn thread_of(&self, session: &Session, uuid: Uuid) -> Result<Thread> {
        let session = session.clone();
        self.store.read(move |tx| thread(tx, conversations::find_for_contact(tx, &session, uuid)?)).await
    }

    /// One page of a conversation of the session's contact.
    pub async fn thread_page(
        &self,
        inbox: &Inbox,
        session: &Session,
        uuid: Uuid,
        before: Option<Seq>,
        limit: u32,
    ) -> Result<(Thread, Page)> {
        let with_reports = self.reads_reports(inbox, session);
        let session = session.clone();
        let limit = limit.clamp(1, limits::MESSAGES_UNPAGED_MAX);
        self.store
            .read(move |tx| {
                let found = conversations::find_for_contact(tx, &session, uuid)?;
                if !with_reports && found.kind != ConversationKind::Chat {
                    return Err(Error::not_found("conversation"));
                }
                let thread = thread(tx, found)?;
                let messages = messages::public_page(tx, thread.conversation.id, before, limit + 1)?;
                Ok((thread, page(messages, limit, tx.seq()?)))
            })
            .await
    }

    /// One page of an agent's list, with the counts for its tabs.
    pub async fn list(&self, agent: &AgentSession, query: ListQuery) -> Result<(Vec<Listed>, Option<Seq>, Counts, Seq)> {
        if !["open", "waiting", "resolved", "snoozed", "spam", "any"].contains(&query.listing.as_str()) {
            return Err(Error::invalid("status is one of open, waiting, resolved, snoozed, spam, any.").in_field("status"));
        }
        let agent = agent.agent.id;
        let limit = query.limit.clamp(1, limits::LIST_PAGE_MAX);
        self.store
            .read(move |tx| {
                let ListQuery { which, kinds, listing, inbox, tag, before, by_due, .. } = query;
                let wanted = Wanted { which, kinds, listing: &listing, inbox, tag, before, limit: limit + 1 };
                if by_due {
                    let found = slas::most_urgent(tx, agent, &Wanted { limit, ..wanted })?;
                    return Ok((found, None, conversations::counts(tx, agent)?, tx.seq()?));
                }
                let mut found = conversations::list(tx, agent, &wanted)?;
                let more = found.len() > limit as usize;
                found.truncate(limit as usize);
                let next = found.last().filter(|_| more).map(|last| last.conversation.last_seq);
                Ok((found, next, conversations::counts(tx, agent)?, tx.seq()?))
            })
            .await
    }

    /// The counts for an agent's tabs.
    pub async fn counts(&self, agent: &AgentSession) -> Result<(Counts, Seq)> {
        let agent = agent.agent.id;
        self.store.read(move |tx| Ok((conversations::counts(tx, agent)?, tx.seq()?))).await
    }

    /// A conversation as an agent opens it: the newest messages, the person, recent pages, earlier conversations.
    pub async fn open_thread(&self, agent: &AgentSession, uuid: Uuid, limit: u32) -> Result<Opened> {
        let agent = agent.agent.id;
        let mut opened = self
            .store
            .read(move |tx| {
                let listed = conversations::find_for_agent(tx, agent, uuid)?;
                let (id, contact) = (listed.conversation.id, listed.conversation.contact.id);
                let messages = messages::page(tx, id, None, limit + 1)?;
                Ok(Opened {
                    contact: contacts::contact(tx, contact)?,
                    origin: conversations::origin(tx, id)?,
                    mail: Desk::mail_way(tx, id)?,
                    fields: fields::of_conversation(tx, id)?,
                    page: page(messages, limit, tx.seq()?),
                    pages: Vec::new(),
                    earlier: conversations::earlier(tx, agent, contact, id)?,
                    my_seen_seq: conversations::agent_seen(tx, id, agent)?,
                    following: conversations::follows(tx, agent, uuid)?,
                    listed,
                })
            })
            .await?;
        opened.pages = self.pages_of(opened.contact.id).await?.1;
        Ok(opened)
    }

    /// One conversation as an agent's list shows it.
    pub async fn listed(&self, agent: &AgentSession, uuid: Uuid) -> Result<Listed> {
        let agent = agent.agent.id;
        self.store.read(move |tx| conversations::find_for_agent(tx, agent, uuid)).await
    }

    /// Older messages for an agent.
    pub async fn older(&self, agent: &AgentSession, uuid: Uuid, before: Option<Seq>, limit: u32) -> Result<Page> {
        let agent = agent.agent.id;
        let limit = limit.clamp(1, limits::MESSAGES_PAGE_MAX);
        self.store
            .read(move |tx| {
                let id = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                Ok(page(messages::page(tx, id, before, limit + 1)?, limit, tx.seq()?))
            })
            .await
    }

    /// Messages around a place in a conversation, half of them from there on; or with `newer_only` those after it. Whether there are newer
    /// ones still.
    pub async fn around(&self, agent: &AgentSession, uuid: Uuid, place: Seq, newer_only: bool, limit: u32) -> Result<(Page, bool)> {
        let agent = agent.agent.id;
        let limit = limit.clamp(2, limits::MESSAGES_PAGE_MAX);
        self.store
            .read(move |tx| {
                let id = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                let (after, half) = if newer_only { (place, limit) } else { (place - 1, limit / 2) };
                let mut newer = messages::page_after(tx, id, after, half + 1)?;
                let has_newer = newer.len() > half as usize;
                newer.truncate(half as usize);
                let older = if newer_only { Vec::new() } else { messages::page(tx, id, Some(place), limit - half + 1)? };
                let mut page = page(older, limit - half, tx.seq()?);
                newer.reverse();
                newer.append(&mut page.messages);
                page.messages = newer;
                // Whoever reads on has what came before.
                page.has_more |= newer_only;
                Ok((page, has_newer))
            })
            .await
    }

    /// The change number now.
    pub async fn seq(&self) -> Result<Seq> {
        self.store.read(|tx| tx.seq()).await
    }
}

fn thread(tx: &ReadTx, conversation: Conversation) -> Result<Thread> {
    let last = messages::last_public(tx, conversation.id)?;
    let unread = conversations::unread_of_contact(tx, conversation.id)?;
    Ok(Thread { conversation, last, unread })
}

fn page(mut messages: Vec<Message>, limit: u32, seq: Seq) -> Page {
    let has_more = messages.len() > limit as usize;
    messages.truncate(limit as usize);
    Page { messages, has_more, seq }
}
