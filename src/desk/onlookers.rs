//! Who looks at the site right now, for the agents' list. Nothing of it is written down. A launcher that nobody has pressed opens no
//! socket, so only people who have a session appear: who wrote before, or opened the chat while signed in. And only where the inbox says so.

use super::Desk;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, ContactId, Uuid};
use crate::base::{limits, markdown, text};
use crate::model::agent::AgentSession;
use crate::model::contact::Session;
use crate::model::conversation::Conversation;
use crate::model::event::{Topic, What};
use crate::model::inbox::Inbox;
use crate::model::message::{Message, MessageKind, Meta, NewMessage};
use crate::model::onlooker::Onlooker;
use crate::store::{ReadTx, conversations, messages, sight};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// People on the site at this moment. At most `limits::ONLOOKERS_MAX`; whoever comes later is simply not listed.
#[derive(Default)]
pub struct Onlookers {
    /// A few lines each, never over an await.
    here: Mutex<HashMap<ContactId, Onlooker>>,
}

impl Onlookers {
    fn here(&self) -> MutexGuard<'_, HashMap<ContactId, Onlooker>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a page says of itself and of the visit.
#[derive(Debug, Clone, Default)]
pub struct Sight<'a> {
    pub url: &'a str,
    pub title: &'a str,
    pub referrer: &'a str,
    pub locale: &'a str,
}

impl Desk {
    /// Somebody with a session looks at a page.
    pub(super) async fn look_on(&self, inbox: &Inbox, session: &Session, sight: &Sight<'_>) -> Result<()> {
        let privacy = &inbox.config.privacy;
        if !privacy.live_visitors {
            self.looked_away(session.contact);
            return Ok(());
        }
        let (id, contact) = (inbox.id, session.contact);
        let (person, newest) = self.store.read(move |tx| conversations::onlooker(tx, id, contact)).await?;
        let sees_pages = match privacy.page_visits.as_str() {
            "always" => true,
            "never" => false,
            _ => newest.is_some(),
        };
        let page = super::privacy::kept_page(privacy, sight.url).filter(|_| sees_pages);
        let page = page.map(|url| (url, text::clean_line(sight.title, limits::PAGE_TITLE_CHARS_MAX)));
        // Never what was asked for there, whatever is kept of the own pages.
        let whence = sight.referrer.split(['?', '#']).next().unwrap_or_default();
        let referrer = super::privacy::kept_page(privacy, whence).filter(|_| sees_pages);
        let told = {
            let mut here = self.onlookers.here();
            if here.len() >= limits::ONLOOKERS_MAX && !here.contains_key(&contact) {
                return Ok(());
            }
            let now = self.clock.now();
            let before = here.get(&contact);
            let onlooker = Onlooker {
                id: before.map_or_else(Uuid::new, |before| before.id),
                since: before.map_or(now, |before| before.since),
                // Whence somebody came is said once, by the first page.
                referrer: before.and_then(|before| before.referrer.clone()).or(referrer),
                locale: text::clean_line(sight.locale, 20),
                contact: person,
                inbox: inbox.id,
                inbox_uuid: inbox.uuid,
                page,
                conversation: newest,
            };
            here.insert(contact, onlooker.clone());
            onlooker
        };
        self.announce(&[Topic::Agents], What::Onlooker { onlooker: Box::new(told) });
        Ok(())
    }

    /// Somebody has gone, or may not be seen any more.
    pub(super) fn looked_away(&self, contact: ContactId) {
        let gone = self.onlookers.here().remove(&contact);
        if let Some(gone) = gone {
            self.announce(&[Topic::Agents], What::OnlookerGone { id: gone.id });
        }
    }

    /// Everybody who looks at a site now, as far as the settings allow at this moment; who came last first.
    pub fn onlookers(&self) -> Vec<Onlooker> {
        let mut all: Vec<Onlooker> = self.onlookers.here().values().cloned().collect();
        all.retain(|one| self.known.find(one.inbox_uuid).is_none_or(|inbox| inbox.config.privacy.live_visitors));
        all.sort_by_key(|one| std::cmp::Reverse(one.since));
        all
    }

    /// Those of them whom this agent may see.
    pub async fn onlookers_for(&self, by: &AgentSession) -> Result<Vec<Onlooker>> {
        let (by, all) = (by.agent.id, self.onlookers());
        self.store
            .read(move |tx| {
                let mut seen = Vec::new();
                for one in all {
                    match sight::check_contact(tx, by, one.contact.id) {
                        Ok(()) => seen.push(as_seen(tx, by, one)),
                        Err(error) if error.kind == Kind::NotFound => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(seen)
            })
            .await
    }

    /// An agent writes first to somebody on the site: in the conversation that is open already, or in a new one.
    pub async fn write_first(&self, by: &AgentSession, id: Uuid, body: &str) -> Result<(Conversation, Message)> {
        let body = text::check_message(body).map_err(|error| error.in_field("body"))?;
        let rendered = markdown::render_agent(&body);
        let gone = || Error::not_found("visitor").in_field("visitor");
        let onlooker = self.onlookers_for(by).await?.into_iter().find(|one| one.id == id).ok_or_else(gone)?;
        let contact = onlooker.contact.id;
        if !self.hub.is_present(Topic::Contact(contact)) {
            return Err(Error::conflict("This visitor has just left. Nothing was sent."));
        }
        self.check_person(contact).map_err(|_| Error::conflict("This person is banned. Lift the ban before you write."))?;
        let inbox = self.inbox(onlooker.inbox_uuid).await?;
        let single = inbox.config.single_thread;
        let agent = by.agent.id;
        let (inbox, locale) = (inbox.id, onlooker.locale);
        let (conversation, message) = self
            .store
            .write(move |tx| {
                let before = conversations::newest_chat(tx, inbox, contact, single)?;
                let id = match before {
                    Some(before) => {
                        // In sight for this agent, or nobody answers behind a colleague's back.
                        let before = conversations::find_for_agent(tx, agent, before.uuid)?.conversation;
                        super::messages::reopen(tx, &before)?;
                        before.id
                    }
                    None => {
                        let new = conversations::NewConversation { locale, ..conversations::NewConversation::chat(inbox, contact) };
                        let id = conversations::insert(tx, &new)?;
                        conversations::set_assignee(tx, id, Some(agent))?;
                        id
                    }
                };
                let new = NewMessage {
                    kind: MessageKind::Outgoing,
                    contact: None,
                    agent: Some(agent),
                    via: "desk",
                    source: body,
                    html: rendered.html,
                    text: rendered.text,
                    activity: None,
                    echo_id: None,
                    meta: Meta::default(),
                };
                let message = messages::insert(tx, id, &new)?;
                let (conversation, message) = messages::announce(tx, message)?;
                conversations::mark_seen_by_agent(tx, id, agent, message.seq)?;
                Ok((conversation, message))
            })
            .await?;
        let told = {
            let mut here = self.onlookers.here();
            here.get_mut(&contact).map(|one| {
                one.conversation = Some(conversation.uuid);
                one.clone()
            })
        };
        if let Some(onlooker) = told {
            self.announce(&[Topic::Agents], What::Onlooker { onlooker: Box::new(onlooker) });
        }
        Ok((conversation, message))
    }
}

/// Somebody on the site as this agent sees him: a conversation out of his sight is none.
pub(super) fn as_seen(tx: &ReadTx, agent: AgentId, mut one: Onlooker) -> Onlooker {
    one.conversation = one.conversation.filter(|uuid| conversations::find_for_agent(tx, agent, *uuid).is_ok());
    one
}
