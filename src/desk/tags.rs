//! Tags: made, renamed, merged and deleted by whoever may share, put on conversations by everybody who answers.

use super::Desk;
use super::standing::note_tags;
use crate::base::error::{Error, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::base::{limits, text};
use crate::model::agent::AgentSession;
use crate::model::conversation::Conversation;
use crate::model::tag::{self, Tag};
use crate::store::{ReadTx, WriteTx, audit, conversations, house, tags};
use serde_json::json;

/// Changes to a tag; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TagEdit {
    pub name: Option<String>,
    pub color: Option<String>,
}

impl Desk {
    /// All tags, by name.
    pub async fn tags(&self) -> Result<Vec<Tag>> {
        self.store.read(tags::all).await
    }

    /// Makes a tag. One of this name already: that one, so that two agents who think of the same word get the same tag.
    pub async fn create_tag(&self, by: &AgentSession, edit: TagEdit) -> Result<Uuid> {
        let by = by.agent.id;
        let name = checked(edit.name.as_deref().unwrap_or_default())?;
        let color = edit.color.as_deref().map(tag::check_color).transpose()?;
        self.store
            .write(move |tx| {
                if let Some(known) = tags::named(tx, &name)? {
                    return Ok(known.uuid);
                }
                let count = tags::count(tx)?;
                if count >= limits::TAGS_MAX {
                    return Err(Error::conflict(format!("There can be {} tags. Please merge or delete some first.", limits::TAGS_MAX)));
                }
                let uuid = tags::insert(tx, &name, color.as_deref().unwrap_or(tag::color_of(count)))?;
                audit::append(tx, Some(by), "tag.created", &uuid.to_string(), &json!({ "name": name }))?;
                Ok(uuid)
            })
            .await
    }

    /// Renames or recolours a tag.
    pub async fn edit_tag(&self, by: &AgentSession, uuid: Uuid, edit: TagEdit) -> Result<()> {
        let by = by.agent.id;
        let name = edit.name.as_deref().map(checked).transpose()?;
        let color = edit.color.as_deref().map(tag::check_color).transpose()?;
        self.store
            .write(move |tx| {
                let mut tag = known(tx, uuid)?;
                if let Some(name) = name {
                    if tags::named(tx, &name)?.is_some_and(|other| other.uuid != uuid) {
                        let words = "There is a tag of this name already. To make one of both, merge this one into it.";
                        return Err(Error::conflict(words).in_field("name"));
                    }
                    tag.name = name;
                }
                tag.color = color.unwrap_or(tag.color);
                tags::update(tx, &tag)?;
                audit::append(tx, Some(by), "tag.edited", &uuid.to_string(), &json!({ "name": tag.name, "color": tag.color }))
            })
            .await
    }

    /// Makes one tag of two: conversations, macros, rules and views that had the first have the second from now on.
    pub async fn merge_tag(&self, by: &AgentSession, from: Uuid, into: Uuid) -> Result<()> {
        if from == into {
            return Err(Error::invalid("A tag cannot be merged into itself.").in_field("into"));
        }
        let by = by.agent.id;
        self.in_turns(move |tx| {
            let (gone, kept) = (known(tx, from)?, known(tx, into).map_err(|error| error.in_field("into"))?);
            if tags::move_some(tx, from, into)? >= limits::TEAM_DETACH_BATCH as usize {
                return Ok(false);
            }
            tags::speak_of(tx, from, into)?;
            tags::delete(tx, from)?;
            audit::append(tx, Some(by), "tag.merged", &into.to_string(), &json!({ "from": gone.name, "into": kept.name }))?;
            Ok(true)
        })
        .await
    }

    /// Deletes a tag of which no macro, rule or view speaks; conversations lose it.
    pub async fn delete_tag(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        let by = by.agent.id;
        self.in_turns(move |tx| {
            let tag = known(tx, uuid)?;
            check_unspoken(&tags::spoken_of(tx, uuid)?, "tag")?;
            if tags::strip(tx, uuid)? >= limits::TEAM_DETACH_BATCH as usize {
                return Ok(false);
            }
            tags::delete(tx, uuid)?;
            audit::append(tx, Some(by), "tag.deleted", &uuid.to_string(), &json!({ "name": tag.name }))?;
            Ok(true)
        })
        .await
    }

    /// Commits a long change in turns, until one says that it is done: others want to write in between.
    async fn in_turns(&self, turn: impl Fn(&WriteTx) -> Result<bool> + Clone + Send + 'static) -> Result<()> {
        while !self.store.write(turn.clone()).await? {}
        Ok(())
    }

    /// An agent says which tags a conversation has: the whole set.
    pub async fn set_tags(&self, agent: &AgentSession, uuid: Uuid, wanted: Vec<Uuid>) -> Result<Conversation> {
        let agent = agent.agent.id;
        if wanted.len() > limits::CONVERSATION_TAGS_MAX {
            return Err(too_many());
        }
        self.store
            .write(move |tx| {
                let before = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let (mut added, mut removed) = (Vec::new(), Vec::new());
                for tag in tags::of(tx, before.id)? {
                    if !wanted.contains(&tag.uuid) && tags::remove(tx, before.id, tag.uuid)? {
                        removed.push(tag);
                    }
                }
                for uuid in wanted {
                    let tag = known(tx, uuid).map_err(|error| error.in_field("tags"))?;
                    if tags::add(tx, before.id, uuid)? {
                        added.push(tag);
                    }
                }
                if added.is_empty() && removed.is_empty() {
                    return Ok(before);
                }
                note_tags(tx, Some(agent), &before, &added, &removed)?;
                conversations::announce(tx, before.id, false)
            })
            .await
    }
}

/// The tag with this public id.
pub(super) fn known(tx: &ReadTx, uuid: Uuid) -> Result<Tag> {
    tags::find(tx, uuid)?.ok_or_else(|| Error::not_found("tag"))
}

/// There are enough tags on one conversation.
pub(super) fn too_many() -> Error {
    Error::invalid(format!("A conversation has at most {} tags.", limits::CONVERSATION_TAGS_MAX)).in_field("tags")
}

/// Whether agents have to tag what they resolve.
pub(super) fn required(tx: &ReadTx) -> Result<bool> {
    Ok(house::find(tx)?.tag_required)
}

/// Refuses to resolve a conversation without a tag, where the house wants one.
pub(super) fn check_tagged(tx: &ReadTx, conversation: ConversationId) -> Result<()> {
    if required(tx)? && tags::of(tx, conversation)?.is_empty() { Err(untagged()) } else { Ok(()) }
}

/// The house wants a tag first.
pub(super) fn untagged() -> Error {
    Error::conflict("Please give the conversation a tag before you resolve it.").in_field("tags").coded("tag_required")
}

/// Refuses to delete what macros, rules or views speak of.
pub(super) fn check_unspoken(names: &[String], what: &str) -> Result<()> {
    match names.is_empty() {
        true => Ok(()),
        false => Err(Error::conflict(format!("This {what} is used by {}. Please change that first.", names.join(", ")))),
    }
}

fn checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, limits::LABEL_CHARS_MAX);
    match name.is_empty() {
        true => Err(Error::invalid("Please give the tag a name.").in_field("name")),
        false => Ok(name),
    }
}
