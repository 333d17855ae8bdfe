//! Inboxes: created, edited key by key, their secrets generated here and shown once.

use super::Desk;
use super::authority::{acting, sees_everything};
use super::words::OwnWords;
use super::{settings_check, translations};
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::secret::Secret;
use crate::base::text;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::inbox::{Inbox, InboxConfig};
use crate::store::{ReadTx, audit, inboxes, sessions};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Settings as last read: every request needs them, they change rarely. Cloning shares them.
#[derive(Clone, Default)]
pub struct Known(Arc<RwLock<Cache>>);

#[derive(Default)]
struct Cache {
    /// Enabled inboxes only.
    inboxes: HashMap<Uuid, Arc<Inbox>>,
    /// Own words of those inboxes.
    words: HashMap<Uuid, Arc<OwnWords>>,
    /// Counts what was forgotten: settings read before a change must not be kept after it.
    forgotten: u64,
}

impl Known {
    /// An inbox, when it was read since its last change.
    pub fn find(&self, uuid: Uuid) -> Option<Arc<Inbox>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).inboxes.get(&uuid).cloned()
    }

    /// Forgets an inbox that changed. Called by the commit itself, before anybody hears of the change: who looks then, looks afresh.
    pub fn forget(&self, uuid: Uuid) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        cache.inboxes.remove(&uuid);
        cache.words.remove(&uuid);
        cache.forgotten += 1;
    }

    /// Take this before reading from the store, and hand it to `keep`.
    pub(super) fn forgotten(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).forgotten
    }

    /// Keeps what was read, unless something changed meanwhile.
    pub(super) fn keep(&self, inbox: Arc<Inbox>, forgotten: u64) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.forgotten == forgotten {
            cache.inboxes.insert(inbox.uuid, inbox);
        }
    }
}

impl Known {
    /// The own words of an inbox, when they were read since its last change.
    pub(super) fn words(&self, uuid: Uuid) -> Option<Arc<OwnWords>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).words.get(&uuid).cloned()
    }

    /// Keeps the own words of an inbox, unless something changed meanwhile.
    pub(super) fn keep_words(&self, uuid: Uuid, words: Arc<OwnWords>, forgotten: u64) {
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if cache.forgotten == forgotten {
            cache.words.insert(uuid, words);
        }
    }
}

/// Changes to an inbox; `None` stays. `config` holds only the keys to change; objects merge one level deep.
#[derive(Debug, Clone, Default)]
pub struct InboxEdit {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub config: Map<String, Value>,
}

impl Desk {
    /// All chat inboxes, for the desk.
    pub async fn inboxes(&self) -> Result<Vec<Inbox>> {
        self.store.read(inboxes::all).await
    }

    /// One inbox, enabled or not, for the desk.
    pub async fn inbox_for_agent(&self, uuid: Uuid) -> Result<Inbox> {
        self.store.read(move |tx| inboxes::find(tx, uuid)).await?.ok_or_else(|| Error::not_found("inbox"))
    }

    /// Creates an inbox.
    pub async fn create_inbox(&self, by: &AgentSession, edit: InboxEdit) -> Result<Inbox> {
        by.may(Permission::Settings)?;
        let by = by.clone();
        let config = merged(&InboxConfig::default(), &edit.config)?;
        let id = by.agent.id;
        if leads_elsewhere(&InboxConfig::default(), &config) {
            self.store.read(move |tx| sees_everything(&acting(tx, &by, Permission::Settings)?)).await?;
        }
        self.found_inbox(Some(id), edit).await
    }

    /// Creates an inbox without anybody being logged in: first set-up and demo.
    pub async fn found_inbox(&self, by: Option<crate::base::id::AgentId>, edit: InboxEdit) -> Result<Inbox> {
        let name = name_checked(edit.name.as_deref().unwrap_or_default())?;
        let mut config = merged(&InboxConfig::default(), &edit.config)?;
        settings_check::complete(&mut config, &name);
        settings_check::check(&config)?;
        self.store
            .write(move |tx| {
                settings_check::check_references(tx, &InboxConfig::default(), &config)?;
                let inbox = inboxes::insert(tx, &name, &config)?;
                audit::append(tx, by, "inbox.created", &inbox.uuid.to_string(), &json!({ "name": name }))?;
                Ok(inbox)
            })
            .await
    }

    /// Changes settings; they are live with the next request.
    pub async fn edit_inbox(&self, by: &AgentSession, uuid: Uuid, edit: InboxEdit) -> Result<Inbox> {
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                let name = edit.name.as_deref().map(name_checked).transpose()?.unwrap_or_else(|| inbox.name.clone());
                let config = drafted(tx, &inbox, &edit.config)?;
                if leads_elsewhere(&inbox.config, &config) {
                    sees_everything(&by)?;
                }
                let keys: Vec<&String> = edit.config.keys().collect();
                audit::append(tx, Some(by.id), "inbox.edited", &uuid.to_string(), &json!({ "keys": keys, "enabled": edit.enabled }))?;
                let changed = inboxes::update(tx, inbox.id, &name, edit.enabled.unwrap_or(inbox.enabled), &config)?;
                translations::prune(tx, &inbox, &changed)?;
                Ok(changed)
            })
            .await
    }

    /// An inbox as it would be with these changes, for a preview: nothing is saved. A change that breaks a rule is left out and its error
    /// told, so that half-typed words do not stop the picture.
    pub async fn draft_inbox(&self, by: &AgentSession, uuid: Uuid, changes: Map<String, Value>) -> Result<(Inbox, Vec<Error>)> {
        by.may(Permission::Settings)?;
        self.store
            .read(move |tx| {
                let mut inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                let mut problems = Vec::new();
                for (key, change) in changes {
                    let change = Map::from_iter([(key, change)]);
                    match drafted(tx, &inbox, &change) {
                        Ok(config) => inbox.config = config,
                        Err(error) if error.kind == Kind::Invalid => problems.push(error),
                        Err(error) => return Err(error),
                    }
                }
                Ok((inbox, problems))
            })
            .await
    }

    /// Generates (or replaces) the secret and answers it, this once. Everybody who came with the old one is logged out.
    pub async fn rotate_secret(&self, by: &AgentSession, uuid: Uuid) -> Result<Secret> {
        // Whoever knows the secret can sign as any contact, and read what that contact reads.
        let (id, by) = (by.agent.id, by.clone());
        self.store.read(move |tx| sees_everything(&acting(tx, &by, Permission::Settings)?)).await?;
        self.put_secret(Some(id), uuid, Some(Secret::new(new_token()))).await.map(|secret| secret.unwrap_or_else(|| Secret::new("")))
    }

    /// Removes the secret: no token can be verified from now on.
    pub async fn remove_secret(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        let by = by.agent.id;
        self.put_secret(Some(by), uuid, None).await.map(|_| ())
    }

    /// Sets the secret of an inbox without anybody being logged in; for the demo.
    pub async fn put_secret(&self, by: Option<crate::base::id::AgentId>, uuid: Uuid, secret: Option<Secret>) -> Result<Option<Secret>> {
        let kept = secret.clone();
        let stored = self
            .store
            .write(move |tx| {
                let inbox = inboxes::find(tx, uuid)?.ok_or_else(|| Error::not_found("inbox"))?;
                inboxes::set_secret(tx, inbox.id, secret.as_ref())?;
                sessions::end_signed(tx, inbox.id)?;
                let action = if secret.is_some() { "inbox.secret_rotated" } else { "inbox.secret_removed" };
                audit::append(tx, by, action, &uuid.to_string(), &json!({}))
            })
            .await;
        stored.map(|()| kept)
    }
}

/// Whether conversations, or mail about them, would go to somebody else.
fn leads_elsewhere(before: &InboxConfig, after: &InboxConfig) -> bool {
    let teams = |config: &InboxConfig| config.home_buttons.iter().map(|button| button.team.clone()).collect::<Vec<_>>();
    before.routing != after.routing || before.continuity != after.continuity || teams(before) != teams(after)
}

fn drafted(tx: &ReadTx, inbox: &Inbox, change: &Map<String, Value>) -> Result<InboxConfig> {
    let mut config = merged(&inbox.config, change)?;
    settings_check::complete(&mut config, &inbox.name);
    settings_check::check(&config)?;
    settings_check::check_references(tx, &inbox.config, &config)?;
    Ok(config)
}

fn name_checked(name: &str) -> Result<String> {
    let name = text::clean_line(name, 140);
    if name.is_empty() {
        return Err(Error::invalid("Please give the inbox a name.").in_field("name"));
    }
    Ok(name)
}

/// The present settings with `changes` laid over them. An unknown key or a wrong type names the key.
pub(super) fn merged(present: &InboxConfig, changes: &Map<String, Value>) -> Result<InboxConfig> {
    let mut all = serde_json::to_value(present).map_err(Error::internal)?;
    for (key, change) in changes {
        let slot = all.get_mut(key).ok_or_else(|| settings_check::bad(key, "There is no such setting."))?;
        match (slot, change) {
            (Value::Object(slot), Value::Object(change)) => slot.extend(change.clone()),
            (slot, change) => *slot = change.clone(),
        }
        serde_json::from_value::<InboxConfig>(all.clone())
            .map_err(|cause| settings_check::bad(key, &format!("This does not fit: {cause}.")))?;
    }
    serde_json::from_value(all).map_err(Error::internal)
}
