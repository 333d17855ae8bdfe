//! Handing over: to a colleague or a team, with a word for whoever gets it. The contact sees who has joined, and nothing of the note.

use super::Desk;
use super::conversations::{assignable, team_of};
use super::standing::{give, give_team};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, markdown, text};
use crate::model::agent::AgentSession;
use crate::model::conversation::Conversation;
use crate::model::message::{MessageKind, Meta, NewMessage};
use crate::store::{WriteTx, conversations, messages};

/// To whom a conversation is handed over.
#[derive(Debug, Clone, Copy)]
pub enum Transfer {
    Agent(Uuid),
    /// Whoever of the team can take it; until then it waits there.
    Team(Uuid),
}

impl Desk {
    /// Hands a conversation over, with a note that only people inside see.
    pub async fn transfer(&self, by: &AgentSession, uuid: Uuid, to: Transfer, note: &str) -> Result<Conversation> {
        let note = note.trim().to_owned();
        if note.chars().count() > limits::TRANSFER_NOTE_CHARS_MAX {
            let words = format!("A note has at most {} characters here.", limits::TRANSFER_NOTE_CHARS_MAX);
            return Err(Error::invalid(words).in_field("note"));
        }
        if !note.is_empty() {
            text::check_message(&note).map_err(|error| error.in_field("note"))?;
        }
        let by = by.agent.id;
        let here = self.here();
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, by, uuid)?.conversation;
                let had = before.assignee.as_ref().map(|agent| agent.id);
                // Looked up before anything is written down: a note to nobody helps nobody.
                match to {
                    Transfer::Agent(agent) => {
                        let agent = assignable(tx, agent)?;
                        if had == Some(agent.id) {
                            return Err(Error::conflict(format!("{} has this conversation already.", agent.first_name)).in_field("agent"));
                        }
                        say(tx, &before, by, &note)?;
                        give(tx, Some(by), &before, Some(&agent))?;
                    }
                    Transfer::Team(team) => {
                        let team = team_of(tx, team)?;
                        say(tx, &before, by, &note)?;
                        give_team(tx, Some(by), &before, Some(&team))?;
                        give(tx, Some(by), &before, None)?;
                        super::routing::returned(tx, &here, before.id, Some(had.unwrap_or(by)))?;
                    }
                }
                super::routing::place_free(tx, &here, had)?;
                conversations::announce(tx, before.id, true)
            })
            .await
    }
}

fn say(tx: &WriteTx, conversation: &Conversation, by: crate::base::id::AgentId, note: &str) -> Result<()> {
    if note.is_empty() {
        return Ok(());
    }
    let rendered = markdown::render_agent(note);
    let new = NewMessage {
        kind: MessageKind::Note,
        contact: None,
        agent: Some(by),
        via: "desk",
        source: note.to_owned(),
        html: rendered.html,
        text: rendered.text,
        activity: None,
        echo_id: None,
        meta: Meta::default(),
    };
    let id = messages::insert(tx, conversation.id, &new)?;
    messages::announce(tx, id)?;
    Ok(())
}
