//! Mailboxes: set up, linked to chats, their passwords sealed; which one speaks for an inbox, and whether any can.

use super::authority::{acting, carries_links};
use super::{Desk, mailbox_check, secrets};
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, Uuid};
use crate::base::limits;
use crate::base::secret::Secret;
use crate::base::server::Server;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::mailbox::{Direction, Mailbox, MailboxConfig};
use crate::store::{ReadTx, WriteTx, audit, inboxes, mailboxes};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether mail can leave, as last read: asked by every page, changed rarely.
#[derive(Default)]
pub struct CanSend(AtomicBool);

/// Changes to a mailbox; `None` stays. `config` holds only the keys to change, at any depth.
#[derive(Debug, Clone, Default)]
pub struct MailboxEdit {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    /// Only `true` does anything: the default passes to another by making that the default.
    pub is_default: bool,
    pub config: Map<String, Value>,
    /// Empty = forget it.
    pub smtp_password: Option<Secret>,
    pub imap_password: Option<Secret>,
}

/// A mailbox with the chat inboxes that are linked to it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub mailbox: Mailbox,
    pub linked: Vec<Uuid>,
}

impl Desk {
    /// All mailboxes, for the settings.
    pub async fn mailboxes(&self, by: &AgentSession) -> Result<Vec<Listed>> {
        by.may(Permission::Settings)?;
        self.store
            .read(|tx| {
                let listed = |mailbox: Mailbox| {
                    let linked = mailboxes::linked(tx, mailbox.uuid)?.into_iter().map(|(_, uuid)| uuid).collect();
                    Ok(Listed { mailbox, linked })
                };
                mailboxes::all(tx)?.into_iter().map(listed).collect()
            })
            .await
    }

    /// Names of all mailboxes, for every agent: their conversations stand in the same lists.
    pub async fn mailbox_names(&self) -> Result<Vec<Mailbox>> {
        self.store.read(mailboxes::all).await
    }

    /// Creates a mailbox.
    pub async fn create_mailbox(&self, by: &AgentSession, edit: MailboxEdit) -> Result<Uuid> {
        by.may(Permission::Settings)?;
        carries_links(&by.agent)?;
        let config = merged(&MailboxConfig::default(), &edit.config)?;
        let (name, enabled) = (mailbox_check::name(edit.name.as_deref(), &config)?, edit.enabled.unwrap_or(true));
        mailbox_check::check(&config).await?;
        let (desk, by) = (self.clone(), by.clone());
        let made = self
            .store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                carries_links(&by)?;
                if mailboxes::all(tx)?.len() >= limits::MAILBOXES_MAX as usize {
                    return Err(Error::conflict(format!("There are {} mailboxes already, which is the limit.", limits::MAILBOXES_MAX)));
                }
                check_address(tx, &config, None)?;
                let mailbox = mailboxes::insert(tx, &name, enabled, &config)?;
                desk.put_passwords(tx, &mailbox, &edit)?;
                if edit.is_default {
                    mailboxes::make_default(tx, mailbox.id)?;
                }
                audit::append(tx, Some(by.id), "mailbox.created", &mailbox.uuid.to_string(), &json!({ "name": name }))?;
                Ok(mailbox.uuid)
            })
            .await?;
        self.learn_mailboxes().await?;
        Ok(made)
    }

    /// Changes a mailbox; what fails with the former settings has another chance.
    pub async fn edit_mailbox(&self, by: &AgentSession, uuid: Uuid, edit: MailboxEdit) -> Result<()> {
        by.may(Permission::Settings)?;
        carries_links(&by.agent)?;
        let before = self.mailbox(uuid).await?;
        let config = merged(&before.config, &edit.config)?;
        mailbox_check::check(&config).await?;
        let (desk, by) = (self.clone(), by.clone());
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                carries_links(&by)?;
                let mailbox = mailboxes::find(tx, uuid)?.ok_or_else(no_mailbox)?;
                // Checked outside of this transaction, because names were asked for: nothing may have changed since.
                if mailbox.config != before.config {
                    return Err(Error::conflict("Somebody else changed this mailbox just now. Please look again."));
                }
                check_address(tx, &config, Some(uuid))?;
                let name = match &edit.name {
                    Some(name) => mailbox_check::name(Some(name), &config)?,
                    None => mailbox.name.clone(),
                };
                keeps_password(&mailbox, &config, &edit)?;
                mailboxes::update(tx, &mailbox, &name, edit.enabled.unwrap_or(mailbox.enabled), &config)?;
                desk.put_passwords(tx, &mailbox, &edit)?;
                if edit.is_default {
                    mailboxes::make_default(tx, mailbox.id)?;
                }
                mailboxes::forget_failures(tx, mailbox.id)?;
                let keys: Vec<&String> = edit.config.keys().collect();
                let detail = json!({
                    "name": name, "keys": keys, "enabled": edit.enabled, "is_default": edit.is_default.then_some(true),
                    "smtp_password": edit.smtp_password.is_some().then_some(true),
                    "imap_password": edit.imap_password.is_some().then_some(true),
                });
                audit::append(tx, Some(by.id), "mailbox.edited", &uuid.to_string(), &detail)
            })
            .await?;
        self.learn_mailboxes().await
    }

    /// Removes a mailbox that holds no conversation. Chats linked to it go on by the default one, with what they owe; without any, by none.
    pub async fn delete_mailbox(&self, by: &AgentSession, uuid: Uuid) -> Result<()> {
        by.may(Permission::Settings)?;
        carries_links(&by.agent)?;
        let by = by.clone();
        self.store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::Settings)?;
                carries_links(&by)?;
                let mailbox = mailboxes::find(tx, uuid)?.ok_or_else(no_mailbox)?;
                if mailboxes::was_used(tx, mailbox.inbox)? {
                    return Err(Error::conflict("Conversations began in this mailbox, and they would go with it. Switch it off instead."));
                }
                let linked = mailboxes::linked(tx, uuid)?;
                mailboxes::delete(tx, &mailbox)?;
                let next = mailboxes::sending_for(tx, None)?.map(|next| next.uuid.to_string()).unwrap_or_default();
                for (id, _) in linked {
                    let inbox = inboxes::inbox_of(tx, id)?;
                    let mut config = inbox.config.clone();
                    config.continuity.mailbox.clone_from(&next);
                    inboxes::update(tx, id, &inbox.name, inbox.enabled, &config)?;
                }
                audit::append(tx, Some(by.id), "mailbox.deleted", &uuid.to_string(), &json!({ "name": mailbox.name }))
            })
            .await?;
        self.learn_mailboxes().await
    }

    /// One mailbox.
    pub async fn mailbox(&self, uuid: Uuid) -> Result<Mailbox> {
        self.store.read(move |tx| mailboxes::find(tx, uuid)).await?.ok_or_else(no_mailbox)
    }

    /// Which mailbox speaks for an inbox (None: for the house); see `store::mailboxes::sending_for`.
    pub async fn mailbox_for(&self, inbox: Option<InboxId>) -> Result<Option<Mailbox>> {
        self.store.read(move |tx| mailboxes::sending_for(tx, inbox)).await
    }

    /// How one direction's server is called: with its password, opened. None as password: there is none. An error says why the sealed one
    /// cannot be opened; then the direction is failing, and waits.
    pub async fn mail_login(&self, mailbox: &Mailbox, direction: Direction) -> Result<(Server, Option<Secret>)> {
        let server = server_of(&mailbox.config, direction).clone();
        let id = mailbox.id;
        let sealed = self.store.read(move |tx| mailboxes::password(tx, id, direction)).await?;
        let password = sealed.map(|sealed| self.sealer.open(secrets::purpose(direction), &sealed)).transpose()?;
        Ok((server, password))
    }

    /// The same for settings that are not saved: their new password, else the kept one, as long as it goes where it went before.
    pub async fn draft_login(
        &self,
        kept: Option<&Mailbox>,
        config: &MailboxConfig,
        direction: Direction,
        typed: Option<Secret>,
    ) -> Result<(Server, Option<Secret>)> {
        let server = server_of(config, direction).clone();
        match (typed, kept) {
            (Some(typed), _) => Ok((server, Some(typed).filter(|typed| !typed.reveal().is_empty()))),
            (None, Some(kept)) if same_place(&kept.config, config, direction) => self.mail_login(kept, direction).await,
            (None, Some(kept)) if has_password(kept, direction) => Err(moved(direction)),
            (None, _) => Ok((server, None)),
        }
    }

    /// Whether mail can be sent at all; the desk warns where something depends on it.
    pub fn has_mailbox(&self) -> bool {
        self.can_send.0.load(Ordering::Relaxed)
    }

    /// Whether secrets are sealed with a key outside of the data file.
    pub fn seals_outside(&self) -> bool {
        self.sealer.is_outside()
    }

    /// Reads anew whether mail can be sent.
    pub(super) async fn learn_mailboxes(&self) -> Result<()> {
        let can_send = self.store.read(mailboxes::can_send).await?;
        self.can_send.0.store(can_send, Ordering::Relaxed);
        Ok(())
    }

    fn put_passwords(&self, tx: &WriteTx, mailbox: &Mailbox, edit: &MailboxEdit) -> Result<()> {
        for (direction, password) in [(Direction::Out, &edit.smtp_password), (Direction::In, &edit.imap_password)] {
            let Some(password) = password else { continue };
            mailbox_check::password(password).map_err(|error| error.in_field(password_field(direction)))?;
            let sealed = match password.reveal() {
                "" => None,
                _ => Some(
                    self.sealer.seal(secrets::purpose(direction), password).map_err(|error| error.in_field(password_field(direction)))?,
                ),
            };
            mailboxes::put_password(tx, mailbox.id, direction, sealed.as_deref())?;
        }
        Ok(())
    }
}

/// The settings of one direction's server.
pub(super) fn server_of(config: &MailboxConfig, direction: Direction) -> &Server {
    match direction {
        Direction::In => &config.incoming.imap,
        Direction::Out => &config.smtp,
    }
}

fn has_password(mailbox: &Mailbox, direction: Direction) -> bool {
    match direction {
        Direction::In => mailbox.has_imap_password,
        Direction::Out => mailbox.has_smtp_password,
    }
}

/// A password that nobody can read must not be sent to another server, or less protected, than whoever typed it meant.
fn same_place(before: &MailboxConfig, after: &MailboxConfig, direction: Direction) -> bool {
    let (before, after) = (server_of(before, direction), server_of(after, direction));
    let as_safe = before.security == after.security || after.security != crate::base::server::Security::None;
    before.host == after.host && before.user == after.user && as_safe
}

fn keeps_password(mailbox: &Mailbox, config: &MailboxConfig, edit: &MailboxEdit) -> Result<()> {
    for (direction, typed) in [(Direction::Out, &edit.smtp_password), (Direction::In, &edit.imap_password)] {
        if typed.is_none() && has_password(mailbox, direction) && !same_place(&mailbox.config, config, direction) {
            return Err(moved(direction));
        }
    }
    Ok(())
}

fn moved(direction: Direction) -> Error {
    Error::invalid("The server, its protection or the user changed. Please type the password again, so that it goes nowhere by mistake.")
        .in_field(password_field(direction))
}

fn password_field(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "imap_password",
        Direction::Out => "smtp_password",
    }
}

/// Two mailboxes with one address would fetch everything twice and quarrel over answers.
fn check_address(tx: &ReadTx, config: &MailboxConfig, own: Option<Uuid>) -> Result<()> {
    match mailboxes::by_address(tx, &config.address)? {
        Some(other) if Some(other.uuid) != own => {
            Err(Error::conflict(format!("The mailbox {} has this address already.", other.name)).in_field("config.address"))
        }
        _ => Ok(()),
    }
}

fn no_mailbox() -> Error {
    Error::not_found("mailbox")
}

/// The present settings with `changes` laid over them, at any depth. What does not fit names its key.
pub(super) fn merged(present: &MailboxConfig, changes: &Map<String, Value>) -> Result<MailboxConfig> {
    let mut all = serde_json::to_value(present).map_err(Error::internal)?;
    for (key, change) in changes {
        let slot = all.get_mut(key).ok_or_else(|| Error::invalid("There is no such setting.").in_field(format!("config.{key}")))?;
        lay_over(slot, change);
        serde_json::from_value::<MailboxConfig>(all.clone())
            .map_err(|cause| Error::invalid(format!("This does not fit: {cause}.")).in_field(format!("config.{key}")))?;
    }
    let mut config: MailboxConfig = serde_json::from_value(all).map_err(Error::internal)?;
    mailbox_check::tidy(&mut config);
    Ok(config)
}

/// As deep as the settings are, and no deeper: what is no object there is replaced.
fn lay_over(slot: &mut Value, change: &Value) {
    match (slot, change) {
        (Value::Object(slot), Value::Object(change)) => {
            for (key, change) in change {
                lay_over(slot.entry(key).or_insert(Value::Null), change);
            }
        }
        (slot, change) => *slot = change.clone(),
    }
}
