//! Backups from the desk: what there is, making one while everybody goes on, handing one out, putting one in place.
//!
//! A backup holds everything: every conversation, every address, what opens mailboxes. So whoever takes one out or puts one in proves with his
//! password that the open browser is his own, and must be allowed everything.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, new_token};
use crate::base::limits;
use crate::base::live::Live;
use crate::base::secret::Secret;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::store::backup::Step;
use crate::store::backup::folder::{self, Kept};
use crate::store::backup::swap::{self, Chooser};
use crate::store::{audit, settings};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The word that is typed before a backup takes the place of everything.
pub const CONFIRMATION: &str = "restore";

/// Everything about backups that a door may ask for. Cloning shares it.
#[derive(Clone)]
pub struct Backups(Arc<Inner>);

struct Inner {
    desk: Desk,
    data_file: PathBuf,
    folder: PathBuf,
    keep: Live<usize>,
    /// How far the one that is being made has come. Held for a few lines.
    making: Mutex<Option<Step>>,
    /// Who may fetch what. Held for a few lines.
    passes: Mutex<Vec<Pass>>,
    chosen: Arc<Notify>,
}

struct Pass {
    token: String,
    agent: AgentId,
    name: String,
    until: Millis,
}

/// How it stands with backups.
pub struct Standing {
    /// Backups, newest first.
    pub backups: Vec<Kept>,
    /// Snapshots of upgrades and replaced files, newest first.
    pub beside: Vec<Kept>,
    /// Where backups lie.
    pub folder: PathBuf,
    /// How many stay.
    pub keep: usize,
    /// How far the one that is being made has come.
    pub making: Option<Step>,
    /// When the newest was made, here or elsewhere.
    pub last_at: Option<Millis>,
}

/// The one that is being made is made no more, however that ends.
struct Making<'a>(&'a Inner);

impl Drop for Making<'_> {
    fn drop(&mut self) {
        *held(&self.0.making) = None;
    }
}

impl Backups {
    /// `chosen` is told when a backup is to take the place of the data file.
    pub fn new(desk: Desk, data_file: PathBuf, folder: PathBuf, keep: Live<usize>, chosen: Arc<Notify>) -> Backups {
        Backups(Arc::new(Inner { desk, data_file, folder, keep, making: Mutex::default(), passes: Mutex::default(), chosen }))
    }

    /// How it stands.
    pub async fn standing(&self) -> Result<Standing> {
        let inner = self.0.clone();
        let last_at = inner.desk.store.read(|tx| Ok(settings::find(tx, "backup_at")?.and_then(|text| text.parse().ok()))).await?;
        on_disk(move || {
            Ok(Standing {
                backups: folder::backups(&inner.folder)?,
                beside: folder::beside_data(&inner.data_file)?,
                folder: inner.folder.clone(),
                keep: *inner.keep.now(),
                making: *held(&inner.making),
                last_at,
            })
        })
        .await
    }

    /// Makes one while everybody goes on. One at a time: a second would only make both slow.
    pub async fn make(&self, session: &AgentSession) -> Result<String> {
        let (inner, now) = (self.0.clone(), self.0.desk.clock.now());
        {
            let mut making = held(&inner.making);
            if making.is_some() {
                return Err(Error::conflict("A backup is being made already."));
            }
            *making = Some(Step::Pages { done: 0, all: 0 });
        }
        let name = on_disk(move || {
            let _making = Making(&inner);
            folder::make(&inner.folder, &inner.data_file)?;
            let mut tell = |step| {
                *held(&inner.making) = Some(step);
                Ok(())
            };
            let (path, _) = folder::keep_copy(&inner.data_file, &inner.folder, *inner.keep.now(), now, &mut tell)?;
            Ok(name_of(&path))
        })
        .await?;
        self.log(session, "backup.made", &name, Some(now)).await?;
        Ok(name)
    }

    /// Removes a kept file.
    pub async fn delete(&self, session: &AgentSession, name: &str) -> Result<()> {
        let kept = self.find(name).await?;
        let path = kept.path.clone();
        on_disk(move || std::fs::remove_file(&path).map_err(|cause| Error::unavailable(format!("{} stays: {cause}.", path.display()))))
            .await?;
        self.log(session, "backup.deleted", &kept.name, None).await
    }

    /// A word with which this agent may fetch a kept file for some minutes, against the password.
    pub async fn ticket(&self, session: &AgentSession, name: &str, password: &Secret) -> Result<String> {
        self.prove(session, password).await?;
        let kept = self.find(name).await?;
        self.log(session, "backup.fetched", &kept.name, None).await?;
        let (token, now) = (new_token(), self.0.desk.clock.now());
        let mut passes = held(&self.0.passes);
        passes.retain(|pass| pass.until > now);
        if passes.len() >= limits::BACKUP_TICKETS_MAX {
            passes.remove(0);
        }
        let until = now + limits::BACKUP_TICKET_AGE.as_millis() as Millis;
        passes.push(Pass { token: token.clone(), agent: session.agent.id, name: kept.name, until });
        Ok(token)
    }

    /// The file that such a word opens, for whom it was made.
    pub async fn fetch(&self, session: &AgentSession, name: &str, token: &str) -> Result<Kept> {
        let now = self.0.desk.clock.now();
        let is_good = held(&self.0.passes).iter().any(|pass| {
            let is_same = crate::base::secret::equal(pass.token.as_bytes(), token.as_bytes());
            is_same && pass.agent == session.agent.id && pass.name == name && pass.until > now
        });
        if !is_good {
            return Err(Error::forbidden("This link was for a few minutes and for whoever asked for it. Ask for the download again."));
        }
        self.find(name).await
    }

    /// Chooses a kept file to take the place of the data file. It is checked and prepared while everybody goes on; then the program finishes what
    /// is under way, keeps the present file aside, and opens the chosen one.
    pub async fn restore(&self, session: &AgentSession, name: &str, password: &Secret, typed: &str) -> Result<()> {
        self.prove(session, password).await?;
        if typed.trim() != CONFIRMATION {
            return Err(Error::invalid(format!("Type the word {CONFIRMATION}.")).in_field("confirm"));
        }
        let kept = self.find(name).await?;
        let (inner, now) = (self.0.clone(), self.0.desk.clock.now());
        let chooser = Chooser { uuid: session.agent.uuid, name: kept.name.clone() };
        // In the file that goes, too: it is kept, and its log tells why it ended.
        self.log(session, "backup.chosen", &kept.name, None).await?;
        on_disk(move || swap::stage(&inner.data_file, &kept.path, &chooser, now)).await?;
        self.0.chosen.notify_one();
        Ok(())
    }

    async fn prove(&self, session: &AgentSession, password: &Secret) -> Result<()> {
        Permission::ALL.into_iter().try_for_each(|permission| session.may(permission))?;
        self.0.desk.prove_password(session, password).await
    }

    /// Only what is listed is found: no name leads anywhere else.
    async fn find(&self, name: &str) -> Result<Kept> {
        let standing = self.standing().await?;
        let found = standing.backups.into_iter().chain(standing.beside).find(|kept| kept.name == name);
        found.ok_or_else(|| Error::not_found("backup"))
    }

    async fn log(&self, session: &AgentSession, action: &'static str, name: &str, made_at: Option<Millis>) -> Result<()> {
        let (agent, detail) = (session.agent.id, json!({ "name": name }));
        self.0
            .desk
            .store
            .write(move |tx| {
                if let Some(at) = made_at {
                    settings::put(tx, "backup_at", &at.to_string())?;
                }
                audit::append(tx, Some(agent), action, "", &detail)
            })
            .await
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Files are asked on a thread that may wait for a disk.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
