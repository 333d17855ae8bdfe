//! Appearing offline: an agent's own choice, and nobody else's to know.

use super::Desk;
use crate::base::error::Result;
use crate::model::agent::{Agent, AgentSession};
use crate::store::agents;

impl Desk {
    /// The agent appears offline from now on, or shows again that he is here.
    pub async fn hide(&self, session: &AgentSession, hidden: bool) -> Result<Agent> {
        let id = session.agent.id;
        let agent = self
            .store
            .write(move |tx| {
                let agent = agents::agent(tx, id)?;
                agents::update(tx, &Agent { hidden, ..agent })
            })
            .await?;
        self.notice().await?;
        Ok(agent)
    }
}
