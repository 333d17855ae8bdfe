//! Who is here to answer: honest, from live seats, the agents' own switch, their work schedule and whether anybody touches the keys.
//! One function says it (`Here::stance`); routing, promises to visitors and both wires ask it.

use super::Desk;
use super::outlook::{Board, Roster};
use crate::base::clock::{Clock, Millis};
use crate::base::error::Result;
use crate::base::id::AgentId;
use crate::hub::presence::Presence;
use crate::hub::{Hub, Seat};
use crate::model::access::Permission;
use crate::model::agent::{Agent, AgentSession, Availability};
pub use crate::model::agent::{Reach, Stance, Why};
use crate::model::event::{Topic, What};
use crate::store::{agents, conversations};

/// Who is here, as a look at memory tells it: cheap enough to be asked inside a transaction, so that nobody falls between a look and a write.
#[derive(Clone)]
pub struct Here {
    board: Board,
    presence: Presence,
    hub: Hub,
    clock: Clock,
}

impl Here {
    /// How an agent counts, and why. The first thing that speaks against him is the reason.
    pub fn stance(&self, agent: &Agent, roster: &Roster) -> Stance {
        let owner = Topic::Agent(agent.id);
        let away = |why| Stance { reach: Reach::Away, why };
        if agent.suspended_at.is_some() || !self.presence.is_present(owner) {
            return Stance::GONE;
        }
        if agent.hidden {
            return Stance { reach: Reach::Offline, why: Why::Hidden };
        }
        match agent.availability {
            Availability::Away => away(Why::Switch),
            Availability::Online if !self.works_now(agent, roster) => away(Why::Hours),
            Availability::Online if self.is_idle(owner) => away(Why::Idle),
            Availability::Online => Stance { reach: Reach::Online, why: Why::Here },
        }
    }

    /// Whether conversations can be given to this agent now, as far as memory knows; the store knows the rest (switch, role, suspension).
    pub fn accepts(&self, agent: AgentId) -> bool {
        let roster = self.board.peek();
        let owner = Topic::Agent(agent);
        let works = |agent: &Agent| self.works_now(agent, &roster);
        self.presence.is_present(owner) && !self.is_idle(owner) && roster.agent(agent).is_some_and(works)
    }

    /// Whether an agent has been away or gone for longer than the grace of his conversations.
    pub fn left_for_long(&self, agent: AgentId) -> bool {
        self.board.absent_since(agent).is_some_and(|since| since + super::routing::LEAVE_GRACE_MS <= self.clock.ticks())
    }

    /// Until when an agent was at the desk, as far as is known: now when he is; None = not since anybody remembers.
    pub fn online_until(&self, agent: &Agent, now: Millis) -> Option<Millis> {
        if self.stance(agent, &self.board.peek()).reach == Reach::Online {
            return Some(now);
        }
        // The board forgets with the house; what was written down when he went stays.
        self.board.left_at(agent.id).or(agent.last_seen_at)
    }

    /// Nobody who could answer is at the desk, whatever he does there.
    pub fn nobody(&self) -> bool {
        let roster = self.board.peek();
        let answers = |agent: &Agent| agent.rights.permissions.has(Permission::Reply) && self.stance(agent, &roster).reach == Reach::Online;
        !roster.agents().any(answers)
    }

    fn works_now(&self, agent: &Agent, roster: &Roster) -> bool {
        let set = agent.work_hours.and_then(|uuid| roster.hours(uuid));
        set.is_none_or(|set| set.plan.open_at(self.clock.now()))
    }

    fn is_idle(&self, owner: Topic) -> bool {
        let idle = self.presence.idle_seats(owner);
        idle > 0 && idle >= self.hub.seats_of(owner)
    }
}

impl Desk {
    /// Who is here, to be asked wherever it matters.
    pub fn here(&self) -> Here {
        Here { board: self.board.clone(), presence: self.presence.clone(), hub: self.hub.clone(), clock: self.clock.clone() }
    }

    /// How an agent counts, and why.
    pub fn stance(&self, agent: AgentId) -> Stance {
        let roster = self.board.peek();
        roster.agent(agent).map_or(Stance::GONE, |agent| self.here().stance(agent, &roster))
    }

    /// How an agent can be reached.
    pub fn reach(&self, agent: AgentId) -> Reach {
        self.stance(agent).reach
    }

    /// Takes a seat for an agent's socket: hears everything agents hear.
    pub async fn seat_agent(&self, session: &AgentSession) -> Result<Seat> {
        let owner = Topic::Agent(session.agent.id);
        let seat = self.hub.join(owner, &[Topic::Agents]).map_err(super::visitors::refused)?;
        self.presence.arrived(owner, self.clock.ticks());
        self.notice().await?;
        Ok(seat)
    }

    /// A page of an agent's desk says that nobody touched it for a while, or that somebody does again.
    pub async fn set_idle(&self, session: &AgentSession, is_idle: bool) -> Result<()> {
        self.presence.idle(Topic::Agent(session.agent.id), is_idle);
        self.notice().await
    }

    /// Looks at everybody inside and tells whatever differs from what was told last; whoever can take conversations now gets those that wait.
    pub async fn notice(&self) -> Result<()> {
        let roster = self.roster().await?;
        let (here, now) = (self.here(), self.clock.now());
        let stances = roster.agents().map(|agent| (agent.id, here.stance(agent, &roster)));
        let changed = self.board.put_stances(stances, now, self.clock.ticks());
        if changed.is_empty() {
            return Ok(());
        }
        self.board.queue().look_again();
        self.board.look_again();
        let mut came = Vec::new();
        for (id, stance) in changed {
            let Some(agent) = roster.agent(id) else { continue };
            if stance.reach == Reach::Online {
                came.push(id);
            }
            self.tell_stance(agent, stance).await?;
        }
        self.give_to_arrived(came).await
    }

    /// Tells agents, and the visitors whose conversations he has, how an agent counts now.
    async fn tell_stance(&self, agent: &Agent, stance: Stance) -> Result<()> {
        self.announce(&[Topic::Agents], What::AgentPresence { agent: agent.reference(), stance });
        let id = agent.id;
        for conversation in self.store.read(move |tx| conversations::open_of_assignee(tx, id)).await? {
            let contact = Topic::Contact(conversation.contact.id);
            if self.hub.is_present(contact) {
                self.announce(&[contact], What::ConversationChanged { conversation });
            }
        }
        Ok(())
    }

    /// Notices who has been gone for longer than the grace; called every second.
    pub async fn sweep_presence(&self) -> Result<()> {
        for owner in self.presence.sweep(self.clock.ticks(), |owner| self.hub.is_present(owner)) {
            // One that cannot be told must not keep the others from being told.
            if let Err(error) = self.tell_gone(owner).await {
                log::warn!("a farewell was not told error=\"{error:?}\"");
            }
        }
        Ok(())
    }

    async fn tell_gone(&self, owner: Topic) -> Result<()> {
        match owner {
            Topic::Agent(id) => {
                self.store.write(move |tx| agents::touch(tx, id)).await?;
                self.notice().await?;
            }
            Topic::Contact(id) => {
                self.looked_away(id);
                let contact = self.store.read(move |tx| crate::store::contacts::contact(tx, id)).await?;
                self.announce(&[Topic::Agents], What::ContactPresence { contact: contact.uuid, online: false });
            }
            Topic::Inbox(_) | Topic::Agents => {}
        }
        Ok(())
    }
}
