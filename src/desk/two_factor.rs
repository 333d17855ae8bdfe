//! The second factor of agents: set up with a first code, ten recovery codes, turned off with the password. Whatever changes it ends all other
//! sessions (security row 22).

use super::{Desk, secrets};
use crate::base::error::{Error, Result};
use crate::base::id::AgentId;
use crate::base::secret::Secret;
use crate::base::{limits, totp};
use crate::model::agent::{Agent, AgentSession};
use crate::store::{WriteTx, agents, audit, logins};
use serde_json::json;

/// What an app needs to show codes.
pub struct Setup {
    /// The key to type by hand.
    pub key: Secret,
    /// The same for a camera.
    pub uri: Secret,
}

/// How one's own second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub is_on: bool,
    /// Recovery codes that still work.
    pub recovery_left: u32,
}

impl Desk {
    /// How one's own second factor stands.
    pub async fn two_factor(&self, session: &AgentSession) -> Result<Standing> {
        let id = session.agent.id;
        let both = self.store.read(move |tx| Ok((logins::factor(tx, id)?.is_on, logins::recovery_left(tx, id)?))).await?;
        Ok(Standing { is_on: both.0, recovery_left: both.1 })
    }

    /// A fresh key to confirm with a code. Needs the password: an open browser alone must not be able to lock its owner out.
    pub async fn begin_two_factor(&self, session: &AgentSession, password: &Secret, issuer: &str) -> Result<Setup> {
        self.prove_password(session, password).await?;
        let (id, key) = (session.agent.id, totp::new_key());
        let uri = totp::uri(&key, issuer, &session.agent.email);
        let given = self.sealer.seal_text(secrets::TOTP, &key)?;
        self.store
            .write(move |tx| match logins::put_key(tx, id, &given)? {
                true => Ok(()),
                false => Err(Error::conflict("Two-factor login is on already. Turn it off first to move it to another device.")),
            })
            .await?;
        Ok(Setup { key, uri })
    }

    /// Turns it on with a first code of the app; answers the recovery codes, this once.
    pub async fn confirm_two_factor(&self, session: &AgentSession, typed: &str) -> Result<Vec<String>> {
        let (desk, session, typed) = (self.clone(), session.clone(), typed.to_owned());
        let (codes, hashes) = fresh_codes();
        self.store
            .write(move |tx| {
                let agent = &session.agent;
                let factor = logins::factor(tx, agent.id)?;
                let key = factor
                    .key
                    .filter(|_| !factor.is_on)
                    .ok_or_else(|| Error::conflict("There is no setup to confirm. Please begin again."))?;
                let key = desk.sealer.open_text(secrets::TOTP, &key)?;
                let step = totp::matching_step(&key, &typed, factor.used_step, tx.now).ok_or_else(|| {
                    Error::invalid("That is not the code the app shows now. Is the clock of the phone right?").in_field("code")
                })?;
                logins::turn_on(tx, agent.id, step)?;
                logins::put_recovery(tx, agent.id, &hashes)?;
                agents::end_sessions(tx, agent.id, Some(session.id))?;
                audit::append(tx, Some(agent.id), "agent.two_factor_on", &agent.uuid.to_string(), &json!({}))?;
                agents::announce(tx, agent.id).map(|_| ())
            })
            .await?;
        Ok(codes)
    }

    /// Turns one's own second factor off.
    pub async fn end_two_factor(&self, session: &AgentSession, password: &Secret) -> Result<()> {
        self.prove_password(session, password).await?;
        let session = session.clone();
        self.store
            .write(move |tx| {
                let agent = &session.agent;
                logins::turn_off(tx, agent.id)?;
                agents::end_sessions(tx, agent.id, Some(session.id))?;
                audit::append(tx, Some(agent.id), "agent.two_factor_off", &agent.uuid.to_string(), &json!({}))?;
                agents::announce(tx, agent.id).map(|_| ())
            })
            .await
    }

    /// Ten new recovery codes; the old ones are worth nothing.
    pub async fn renew_recovery(&self, session: &AgentSession, password: &Secret) -> Result<Vec<String>> {
        self.prove_password(session, password).await?;
        let agent = session.agent.clone();
        let (codes, hashes) = fresh_codes();
        self.store
            .write(move |tx| {
                if !logins::factor(tx, agent.id)?.is_on {
                    return Err(Error::conflict("Two-factor login is off: there is nothing to recover."));
                }
                logins::put_recovery(tx, agent.id, &hashes)?;
                audit::append(tx, Some(agent.id), "agent.recovery_renewed", &agent.uuid.to_string(), &json!({}))
            })
            .await?;
        Ok(codes)
    }
}

/// Whether a typed text is the present code or an unused recovery code of an agent, using it up.
pub(super) fn accept(desk: &Desk, tx: &WriteTx, agent: AgentId, typed: &str) -> Result<bool> {
    let factor = logins::factor(tx, agent)?;
    let Some(key) = factor.key.filter(|_| factor.is_on) else { return Ok(false) };
    if totp::looks_like_code(typed) {
        let key = desk.sealer.open_text(secrets::TOTP, &key).map_err(|error| {
            Error::unavailable("The codes of your app cannot be checked now. Use a recovery code, and tell whoever runs this server.")
                .with_cause(error)
        })?;
        return match totp::matching_step(&key, typed, factor.used_step, tx.now) {
            Some(step) => logins::use_step(tx, agent, step),
            None => Ok(false),
        };
    }
    if !logins::use_recovery(tx, agent, &totp::recovery_hash(typed))? {
        return Ok(false);
    }
    let (uuid, left) = (agents::agent(tx, agent)?.uuid, logins::recovery_left(tx, agent)?);
    audit::append(tx, Some(agent), "agent.recovery_used", &uuid.to_string(), &json!({ "left": left }))?;
    Ok(true)
}

/// Takes a lost second factor from somebody: all his sessions end, because nobody knows who has the device.
pub(super) fn remove(tx: &WriteTx, by: Option<AgentId>, agent: &Agent) -> Result<()> {
    if !logins::factor(tx, agent.id)?.is_on {
        return Err(Error::conflict("Two-factor login is not on for this agent."));
    }
    logins::turn_off(tx, agent.id)?;
    agents::end_sessions(tx, agent.id, None)?;
    audit::append(tx, by, "agent.two_factor_removed", &agent.uuid.to_string(), &json!({}))?;
    agents::announce(tx, agent.id).map(|_| ())
}

fn fresh_codes() -> (Vec<String>, Vec<[u8; 32]>) {
    let codes: Vec<String> = (0..limits::RECOVERY_CODES).map(|_| totp::new_recovery_code()).collect();
    let hashes = codes.iter().map(|code| totp::recovery_hash(code)).collect();
    (codes, hashes)
}
