//! Which agent looks at which conversation, and what he writes there: told at once, and told again to whoever comes later.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::id::{AgentId, Uuid};
use crate::model::access::Holder;
use crate::model::agent::{AgentRef, AgentSession};
use crate::model::event::{Topic, What, Writing};
use crate::store::conversations;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a sign of writing holds without another one.
const WRITING_MS: Millis = 5_000;

/// Who looks at what; one place per socket, so it is bounded by the seats.
#[derive(Default)]
pub struct Lookers {
    /// Held for a few lines, never over an await.
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    places: HashMap<u64, Looker>,
    last: u64,
}

/// An agent at a conversation.
#[derive(Debug, Clone)]
pub struct Looker {
    pub agent: AgentRef,
    pub conversation: Uuid,
    /// Who had it when he turned to it.
    holder: Holder,
    writing: Option<(Writing, Millis)>,
}

impl Looker {
    /// What he writes, as long as the last sign of it is fresh.
    pub fn writing(&self, now: Millis) -> Option<Writing> {
        self.writing.filter(|(_, until)| *until > now).map(|(what, _)| what)
    }
}

impl Lookers {
    /// A place for one socket.
    pub fn arrive(&self) -> u64 {
        let mut inner = self.lock();
        inner.last += 1;
        inner.last
    }

    fn turn(&self, place: u64, looker: Option<Looker>) {
        let mut inner = self.lock();
        match looker {
            Some(looker) => inner.places.insert(place, looker),
            None => inner.places.remove(&place),
        };
    }

    fn writes(&self, place: u64, conversation: Uuid, writing: Option<(Writing, Millis)>) {
        if let Some(looker) = self.lock().places.get_mut(&place).filter(|looker| looker.conversation == conversation) {
            looker.writing = writing;
        }
    }

    /// Where this agent still looks, by another tab.
    fn elsewhere(&self, agent: AgentId) -> Option<Looker> {
        self.lock().places.values().find(|looker| looker.agent.id == agent).cloned()
    }

    /// Everybody but this agent, at one conversation or at all of them.
    pub fn others(&self, agent: AgentId, at: Option<Uuid>) -> Vec<Looker> {
        let inner = self.lock();
        let fits = |looker: &&Looker| looker.agent.id != agent && at.is_none_or(|uuid| looker.conversation == uuid);
        inner.places.values().filter(fits).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing inside can panic half-way; a poisoned map is still whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// An agent turns to a conversation, or away. One that he may not see is as none.
    pub async fn looks_at(&self, session: &AgentSession, place: u64, uuid: Option<Uuid>) {
        let agent = session.agent.reference();
        let Some(uuid) = uuid else { return self.looks_away(&agent, place) };
        let id = agent.id;
        let Ok(listed) = self.store.read(move |tx| conversations::find_for_agent(tx, id, uuid)).await else {
            return self.looks_away(&agent, place);
        };
        let holder = Holder::of(&listed.conversation);
        self.lookers.turn(place, Some(Looker { agent: agent.clone(), conversation: uuid, holder, writing: None }));
        self.announce(&[Topic::Agents], What::Viewing { conversation: Some(uuid), holder, agent: agent.clone(), typing: None });
        let now = self.clock.ticks();
        for other in self.lookers.others(agent.id, Some(uuid)) {
            let typing = other.writing(now);
            self.announce(&[Topic::Agent(agent.id)], What::Viewing { conversation: Some(uuid), holder, agent: other.agent, typing });
        }
    }

    /// An agent's socket looks at nothing any more; what another tab of his looks at counts then.
    pub fn looks_away(&self, agent: &AgentRef, place: u64) {
        self.lookers.turn(place, None);
        let still = self.lookers.elsewhere(agent.id);
        let typing = still.as_ref().and_then(|looker| looker.writing(self.clock.ticks()));
        let (conversation, holder) = still.map_or((None, Holder::default()), |looker| (Some(looker.conversation), looker.holder));
        self.announce(&[Topic::Agents], What::Viewing { conversation, holder, agent: agent.clone(), typing });
    }

    /// Remembers for latecomers that an agent writes, or stopped.
    pub fn remember_writing(&self, place: u64, conversation: Uuid, is_typing: bool, note: bool) {
        let what = if note { Writing::Note } else { Writing::Reply };
        self.lookers.writes(place, conversation, is_typing.then(|| (what, self.clock.ticks() + WRITING_MS)));
    }

    /// Who looks at what just now, as far as this agent may see it.
    pub async fn lookers_in_sight(&self, session: &AgentSession) -> Vec<Looker> {
        let all = self.lookers.others(session.agent.id, None);
        let id = session.agent.id;
        let seen = self.store.read(move |tx| {
            Ok(all.into_iter().filter(|looker| conversations::find_for_agent(tx, id, looker.conversation).is_ok()).collect())
        });
        seen.await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::agent::Availability;

    fn agent(id: i64) -> AgentRef {
        AgentRef {
            id: AgentId(id),
            uuid: Uuid::new(),
            first_name: "A".into(),
            last_name: String::new(),
            availability: Availability::Online,
        }
    }

    #[test]
    fn a_second_tab_keeps_its_agent_in_sight_and_a_closed_one_leaves_nothing() {
        let lookers = Lookers::default();
        let (one, two) = (lookers.arrive(), lookers.arrive());
        let (ben, here, there) = (agent(2), Uuid::new(), Uuid::new());
        lookers.turn(one, Some(Looker { agent: ben.clone(), conversation: here, holder: Holder::default(), writing: None }));
        lookers.turn(two, Some(Looker { agent: ben.clone(), conversation: there, holder: Holder::default(), writing: None }));
        assert_eq!(lookers.others(AgentId(1), Some(here)).len(), 1);
        lookers.turn(one, None);
        assert_eq!(lookers.elsewhere(ben.id).map(|looker| looker.conversation), Some(there));
        lookers.turn(two, None);
        assert!(lookers.others(AgentId(1), None).is_empty());
    }

    #[test]
    fn a_sign_of_writing_fades_and_belongs_to_its_conversation() {
        let lookers = Lookers::default();
        let (place, here) = (lookers.arrive(), Uuid::new());
        lookers.turn(place, Some(Looker { agent: agent(2), conversation: here, holder: Holder::default(), writing: None }));
        lookers.writes(place, Uuid::new(), Some((Writing::Reply, 5_000)));
        assert_eq!(lookers.others(AgentId(1), Some(here))[0].writing(0), None);
        lookers.writes(place, here, Some((Writing::Note, 5_000)));
        assert_eq!(lookers.others(AgentId(1), Some(here))[0].writing(4_999), Some(Writing::Note));
        assert_eq!(lookers.others(AgentId(1), Some(here))[0].writing(5_000), None);
    }
}
