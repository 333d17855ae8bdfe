//! Who is here to answer: honest, from live seats and the agents' own switch.

use super::Desk;
use crate::base::error::Result;
use crate::base::id::AgentId;
use crate::hub::Seat;
use crate::model::agent::{Agent, AgentRef, AgentSession, Availability};
use crate::model::event::{Topic, What};
use crate::store::{agents, conversations};

/// Whether and how somebody can answer right now, in the words of the widget protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// At the desk and taking conversations.
    Online,
    /// At the desk, but not answering.
    Away,
    /// Not at the desk.
    Offline,
}

impl Desk {
    /// How an agent can be reached.
    pub fn reach(&self, agent: AgentId, availability: Availability) -> Reach {
        match (self.presence.is_present(Topic::Agent(agent)), availability) {
            (false, _) => Reach::Offline,
            (true, Availability::Online) => Reach::Online,
            (true, Availability::Away) => Reach::Away,
        }
    }

    /// Takes a seat for an agent's socket: hears everything agents hear.
    pub async fn seat_agent(&self, session: &AgentSession) -> Result<Seat> {
        let agent = &session.agent;
        let owner = Topic::Agent(agent.id);
        let seat = self.hub.join(owner, &[Topic::Agents]).map_err(super::visitors::refused)?;
        if self.presence.arrived(owner, self.clock.now()) {
            self.tell_presence(agent, true).await?;
        }
        Ok(seat)
    }

    /// Tells agents, and the visitors whose conversations he has, that an agent came, went or changed his switch.
    pub async fn tell_presence(&self, agent: &Agent, online: bool) -> Result<()> {
        self.announce(&[Topic::Agents], What::AgentPresence { agent: reference(agent), online });
        self.board.look_again();
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
        for owner in self.presence.sweep(self.clock.now(), |owner| self.hub.is_present(owner)) {
            // One that cannot be told must not keep the others from being told.
            if let Err(error) = self.tell_gone(owner).await {
                log::warn!("a farewell was not told error=\"{error:?}\"");
            }
        }
        Ok(())
    }

    async fn tell_gone(&self, owner: Topic) -> Result<()> {
        {
            match owner {
                Topic::Agent(id) => {
                    let agent = self
                        .store
                        .write(move |tx| {
                            agents::touch(tx, id)?;
                            agents::agent(tx, id)
                        })
                        .await?;
                    self.tell_presence(&agent, false).await?;
                }
                Topic::Contact(id) => {
                    self.looked_away(id);
                    let contact = self.store.read(move |tx| crate::store::contacts::contact(tx, id)).await?;
                    self.announce(&[Topic::Agents], What::ContactPresence { contact: contact.uuid, online: false });
                }
                Topic::Inbox(_) | Topic::Agents => {}
            }
        }
        Ok(())
    }
}

/// An agent as conversations name him.
pub(super) fn reference(agent: &Agent) -> AgentRef {
    AgentRef {
        id: agent.id,
        uuid: agent.uuid,
        first_name: agent.first_name.clone(),
        last_name: agent.last_name.clone(),
        availability: agent.availability,
    }
}
