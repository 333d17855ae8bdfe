//! Macros: prepared text plus actions; kept, filled in, and used.

use super::Desk;
use super::actions::{Actor, Applied, apply};
use super::filling::Filling;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::{limits, text};
use crate::model::access::Permission;
use crate::model::action::Action;
use crate::model::agent::AgentSession;
use crate::model::conversation::Listed;
use crate::model::macros::{Macro, Sharing};
use crate::model::template;
use crate::store::{ReadTx, WriteTx, audit, conversations, macros, teams};
use serde_json::json;

/// Changes to a macro; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct MacroEdit {
    pub name: Option<String>,
    pub shortcut: Option<String>,
    pub body: Option<String>,
    pub is_note: Option<bool>,
    pub actions: Option<Vec<Action>>,
    pub audience: Option<Sharing>,
    /// For audience `team`.
    pub team: Option<Option<Uuid>>,
}

/// What a macro says in one conversation, and what it does there.
pub struct Used {
    /// With every placeholder filled.
    pub body: String,
    pub is_note: bool,
    pub actions: Vec<Action>,
    /// As it is afterwards; `None` when nothing was done, or when it left the agent's sight.
    pub conversation: Option<Listed>,
}

/// A macro that is used with what an agent sends.
#[derive(Debug, Clone)]
pub struct Along {
    pub uuid: Uuid,
    /// Which of its actions are wanted; all when left out.
    pub kept: Option<Vec<Action>>,
}

/// What came of one conversation of a selection.
pub struct BulkAnswer {
    pub conversation: Uuid,
    /// As it is now; `None` when it left the agent's sight.
    pub result: Result<Option<Listed>>,
    /// What would bring back what was.
    pub undo: Vec<Action>,
    pub changed: bool,
}

impl Desk {
    /// Macros this agent may use; whoever may share sees all shared ones, to keep them in order.
    pub async fn macros(&self, by: &AgentSession) -> Result<Vec<Macro>> {
        let (agent, shares) = (by.agent.id, shares(by));
        self.store.read(move |tx| macros::for_agent(tx, agent, shares)).await
    }

    /// Makes a macro.
    pub async fn create_macro(&self, by: &AgentSession, edit: MacroEdit) -> Result<Uuid> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let empty = Macro {
                    uuid: Uuid::new(),
                    name: String::new(),
                    shortcut: String::new(),
                    body: String::new(),
                    is_note: false,
                    actions: Vec::new(),
                    audience: Sharing::Own,
                    team: None,
                    owner: Some(by.agent.id),
                    uses: 0,
                };
                let one = checked(tx, &by, empty, edit)?;
                let own = (one.audience == Sharing::Own).then_some(by.agent.id);
                if macros::count(tx, own)? >= limits::MACROS_MAX {
                    return Err(Error::conflict(format!("There can be {} macros. Please delete one first.", limits::MACROS_MAX)));
                }
                macros::insert(tx, &one)?;
                note(tx, &by, "macro.created", &one)?;
                Ok(one.uuid)
            })
            .await
    }

    /// Changes a macro; a foreign one is not found.
    pub async fn edit_macro(&self, by: &AgentSession, uuid: Uuid, edit: MacroEdit) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let before = macros::find_for_editor(tx, by.agent.id, shares(&by), uuid)?;
                let one = checked(tx, &by, before, edit)?;
                macros::update(tx, &one)?;
                note(tx, &by, "macro.edited", &one)
            })
            .await
    }

    /// Deletes a macro; a foreign one is not found.
    pub async fn delete_macro(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let one = macros::find_for_editor(tx, by.agent.id, shares(&by), uuid)?;
                macros::delete(tx, &one)?;
                note(tx, &by, "macro.deleted", &one)
            })
            .await
    }

    /// What a macro says in a conversation; nothing is done.
    pub async fn preview_macro(&self, by: &AgentSession, conversation: Uuid, uuid: Uuid) -> Result<Used> {
        let by = by.clone();
        self.store
            .read(move |tx| {
                let conversation = conversations::find_for_agent(tx, by.agent.id, conversation)?.conversation;
                let one = macros::find_for_agent(tx, by.agent.id, shares(&by), uuid)?;
                let body = Filling::of(tx, Some(&by.agent), &conversation)?.fill(&one.body);
                Ok(Used { body, is_note: one.is_note, actions: one.actions, conversation: None })
            })
            .await
    }

    /// Uses a macro: counts the use and does its actions, or those of them that the agent kept.
    pub async fn use_macro(&self, by: &AgentSession, conversation: Uuid, uuid: Uuid, kept: Option<Vec<Action>>) -> Result<Used> {
        let by = by.clone();
        self.store.write(move |tx| use_along(tx, &by, conversation, Along { uuid, kept })).await
    }

    /// Does the same to several conversations. Each has its own answer; what is refused for one is done for the others.
    pub async fn bulk(&self, by: &AgentSession, wanted: Vec<Uuid>, actions: Vec<Action>) -> Result<Vec<BulkAnswer>> {
        if wanted.is_empty() || wanted.len() > limits::BULK_MAX {
            return Err(Error::invalid(format!("Please choose 1 to {} conversations.", limits::BULK_MAX)).in_field("conversations"));
        }
        if actions.is_empty() {
            return Err(Error::invalid("Please say what to do.").in_field("actions"));
        }
        Action::check_kept(&actions)?;
        let mut answers = Vec::with_capacity(wanted.len());
        for batch in wanted.chunks(limits::BULK_BATCH) {
            let (by, batch, actions) = (by.clone(), batch.to_vec(), actions.clone());
            answers.extend(
                self.store
                    .write(move |tx| batch.iter().map(|uuid| one_of_many(tx, &by, *uuid, &actions)).collect::<Result<Vec<_>>>())
                    .await?,
            );
        }
        Ok(answers)
    }
}

impl Desk {
    /// What prepared words say in a conversation, before anybody keeps them: for the settings page.
    pub async fn fill(&self, by: &AgentSession, conversation: Uuid, body: String) -> Result<String> {
        template::check(&body)?;
        let by = by.clone();
        self.store
            .read(move |tx| {
                let conversation = conversations::find_for_agent(tx, by.agent.id, conversation)?.conversation;
                Ok(Filling::of(tx, Some(&by.agent), &conversation)?.fill(&body))
            })
            .await
    }
}

/// Counts the use of a macro and does its actions, or those of them that the agent kept, inside the caller's transaction.
pub(super) fn use_along(tx: &WriteTx, by: &AgentSession, conversation: Uuid, along: Along) -> Result<Used> {
    let before = conversations::find_for_agent(tx, by.agent.id, conversation)?.conversation;
    let one = macros::find_for_agent(tx, by.agent.id, shares(by), along.uuid)?;
    let body = Filling::of(tx, Some(&by.agent), &before)?.fill(&one.body);
    let actions = match along.kept {
        Some(kept) => kept.into_iter().filter(|action| one.actions.contains(action)).collect(),
        None => one.actions,
    };
    apply(tx, Actor::Agent(by), before.id, &actions)?;
    macros::used(tx, along.uuid)?;
    Ok(Used { body, is_note: one.is_note, actions, conversation: in_sight(tx, by.agent.id, conversation)? })
}

/// One conversation of a selection, which may be refused by itself; only our own faults end it for all.
fn one_of_many(tx: &WriteTx, by: &AgentSession, uuid: Uuid, actions: &[Action]) -> Result<BulkAnswer> {
    let done = tx.attempt(|| {
        let found = conversations::find_for_agent(tx, by.agent.id, uuid)?.conversation;
        let Applied { undo, changed } = apply(tx, Actor::Agent(by), found.id, actions)?;
        Ok((in_sight(tx, by.agent.id, uuid)?, undo, changed))
    });
    match done {
        Ok((listed, undo, changed)) => Ok(BulkAnswer { conversation: uuid, result: Ok(listed), undo, changed }),
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Forbidden | Kind::NotFound | Kind::Conflict) => {
            Ok(BulkAnswer { conversation: uuid, result: Err(error), undo: Vec::new(), changed: false })
        }
        Err(error) => Err(error),
    }
}

/// The conversation as this agent's list shows it, if he still sees it.
fn in_sight(tx: &ReadTx, agent: AgentId, uuid: Uuid) -> Result<Option<Listed>> {
    match conversations::find_for_agent(tx, agent, uuid) {
        Ok(listed) => Ok(Some(listed)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn shares(by: &AgentSession) -> bool {
    by.may(Permission::Share).is_ok()
}

fn note(tx: &WriteTx, by: &AgentSession, action: &str, one: &Macro) -> Result<()> {
    let detail = json!({ "name": one.name, "audience": one.audience.as_str() });
    audit::append(tx, Some(by.agent.id), action, &one.uuid.to_string(), &detail)
}

/// The macro with its changes, fit to be kept.
fn checked(tx: &ReadTx, by: &AgentSession, before: Macro, edit: MacroEdit) -> Result<Macro> {
    let mut one = before;
    if let Some(name) = edit.name {
        one.name = text::clean_line(&name, limits::LABEL_CHARS_MAX);
    }
    if one.name.is_empty() {
        return Err(Error::invalid("Please give the macro a name.").in_field("name"));
    }
    if let Some(typed) = edit.shortcut {
        one.shortcut = shortcut(&typed)?;
    }
    if let Some(body) = edit.body {
        one.body = match body.trim().is_empty() {
            true => String::new(),
            false => text::check_message(&body)
                .map_err(|error| error.reworded(|sentence| sentence.replace("The message", "The text")).in_field("body"))?,
        };
        template::check(&one.body).map_err(|error| error.in_field("body"))?;
    }
    one.is_note = edit.is_note.unwrap_or(one.is_note);
    if let Some(actions) = edit.actions {
        Action::check_kept(&actions)?;
        one.actions = actions;
    }
    if one.body.is_empty() && one.actions.is_empty() {
        return Err(Error::invalid("Please write what the macro says, or choose what it does.").in_field("body"));
    }
    one.audience = edit.audience.unwrap_or(one.audience);
    let team = edit.team.unwrap_or(one.team.map(|(_, uuid)| uuid));
    one.team = match (one.audience, team) {
        (Sharing::Team, None) => return Err(Error::invalid("Please choose the team.").in_field("team")),
        (Sharing::Team, Some(uuid)) => {
            Some((teams::find(tx, uuid)?.ok_or_else(|| Error::invalid("There is no such team.").in_field("team"))?.id, uuid))
        }
        (Sharing::Own | Sharing::All, _) => None,
    };
    match one.audience {
        // Taken back from the others, it belongs to whoever took it.
        Sharing::Own => one.owner = Some(by.agent.id),
        Sharing::Team | Sharing::All => by.may(Permission::Share)?,
    }
    Ok(one)
}

/// One word without the slash, as it is typed after it.
fn shortcut(typed: &str) -> Result<String> {
    let word = text::clean_line(typed, limits::SHORTCUT_CHARS_MAX + 1);
    let word = word.trim_start_matches('/');
    if word.contains(char::is_whitespace) || word.contains('/') {
        return Err(Error::invalid("A shortcut is one word, without spaces: refund.").in_field("shortcut"));
    }
    match word.chars().count() > limits::SHORTCUT_CHARS_MAX {
        true => Err(Error::invalid(format!("A shortcut has at most {} characters.", limits::SHORTCUT_CHARS_MAX)).in_field("shortcut")),
        false => Ok(word.to_owned()),
    }
}
