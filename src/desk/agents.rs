//! People inside: the first owner, invitations, passwords, one's own profile. How they get in is in `logins`, what is changed of others in
//! `agent_edits`.

use super::Desk;
use super::authority::{acting, may_enter_as, may_give, may_manage};
use super::logins::Admission;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, Uuid, new_token};
use crate::base::secret::Secret;
use crate::base::{email, limits, password, text};
use crate::model::access::{Permission, Rights};
use crate::model::agent::{Agent, AgentSession, Availability, Browser, Purpose, Role, full_name};
use crate::store::invitations::Invitation;
use crate::store::{WriteTx, agents, audit, invitations, logins, roles};
use serde_json::json;

/// A person about to be stored.
#[derive(Debug, Clone)]
pub struct NewAgent {
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
}

/// What a reset from the command line does with the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// It is still asked for.
    Kept,
    /// It is lost, and goes.
    Removed,
}

/// What an agent changes of himself; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ProfileEdit {
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub availability: Option<Availability>,
    /// The present password and the new one.
    pub password: Option<(Secret, Secret)>,
}

impl Desk {
    /// Whether the house still has nobody who could log in.
    pub async fn needs_owner(&self) -> Result<bool> {
        self.store.read(|tx| Ok(!agents::any_can_log_in(tx)?)).await
    }

    /// A one-time token for the first owner; older ones are void. `Conflict` when there is somebody already.
    pub async fn issue_setup(&self) -> Result<String> {
        let token = new_token();
        let given = token.clone();
        self.store
            .write(move |tx| {
                if agents::any_can_log_in(tx)? {
                    return Err(Error::conflict("deskbell is set up already. Use `deskbell reset-password` to get in again."));
                }
                invitations::insert(tx, Purpose::Setup, None, &given, None)
            })
            .await?;
        Ok(token)
    }

    /// Creates the first owner with the one-time token and logs him in.
    pub async fn set_up(&self, token: &str, new: NewAgent, password: &Secret, browser: Browser) -> Result<Admission> {
        let new = checked(NewAgent { role: Role::Owner, ..new })?;
        // A look at the token first: hashing is dear, and anybody may knock here.
        let knock = token.to_owned();
        self.store.read(move |tx| invitations::find(tx, &knock)).await?.ok_or_else(link_over)?;
        let hash = self.hash_password(&new.email, password).await?;
        let token = token.to_owned();
        let agent = self
            .store
            .write(move |tx| {
                let invitation = usable(tx, &token)?;
                if invitation.purpose != Purpose::Setup || agents::any_can_log_in(tx)? || !invitations::use_up(tx, invitation.id)? {
                    return Err(link_over());
                }
                let agent = agents::insert(tx, &new.email, &new.first_name, &new.last_name, Role::Owner, Some(&hash))?;
                audit::append(tx, Some(agent.id), "agent.set_up", &agent.uuid.to_string(), &json!({}))?;
                Ok(agent)
            })
            .await?;
        self.admit(agent.id, browser).await
    }

    /// Creates an agent who can log in at once; for the command line and the demo.
    pub async fn create_agent(&self, new: NewAgent, password: &Secret) -> Result<Agent> {
        let new = checked(new)?;
        let hash = self.hash_password(&new.email, password).await?;
        self.store
            .write(move |tx| {
                let agent = agents::insert(tx, &new.email, &new.first_name, &new.last_name, new.role, Some(&hash))?;
                audit::append(tx, None, "agent.created", &agent.uuid.to_string(), &json!({ "role": agent.role.as_str() }))?;
                Ok(agent)
            })
            .await
    }

    /// The session of a cookie.
    pub async fn agent_session(&self, token: &str) -> Result<AgentSession> {
        let token = token.to_owned();
        let found = self.store.read(move |tx| agents::find_session(tx, &token)).await?;
        let (session, renew) = found.ok_or_else(|| Error::unauthorized("Please log in."))?;
        if renew {
            let id = session.id;
            self.store.write(move |tx| agents::renew_session(tx, id)).await?;
        }
        Ok(session)
    }

    /// All agents.
    pub async fn agents(&self) -> Result<Vec<Agent>> {
        self.store.read(agents::all).await
    }

    /// Somebody is added, with a role that is within that of whoever adds him; answers the agent, the one-time token of his invitation, and whether
    /// the link goes by mail, too.
    pub async fn invite(
        &self,
        by: &AgentSession,
        new: NewAgent,
        custom_role: Option<Uuid>,
        by_mail: bool,
    ) -> Result<(Agent, String, bool)> {
        by.may(Permission::People)?;
        let new = checked(new)?;
        let (desk, by, token) = (self.clone(), by.clone(), new_token());
        let given = token.clone();
        let (agent, mailed) = self
            .store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::People)?;
                let role = super::agent_edits::wanted_role(tx, new.role, custom_role)?;
                may_give(&by, new.role, Rights::of(new.role, role.as_ref().map(|role| (role.rights.scope, role.rights.permissions))))?;
                let agent = agents::insert(tx, &new.email, &new.first_name, &new.last_name, new.role, None)?;
                roles::give(tx, agent.id, role.as_ref().map(|role| role.id))?;
                invitations::insert(tx, Purpose::Invite, Some(agent.id), &given, Some(by.id))?;
                let detail = json!({ "role": role.map_or(new.role.as_str().to_owned(), |role| role.name) });
                audit::append(tx, Some(by.id), "agent.invited", &agent.uuid.to_string(), &detail)?;
                let mailed = by_mail && desk.mail_link(tx, agent.id, &given)?;
                Ok((agents::agent(tx, agent.id)?, mailed))
            })
            .await?;
        Ok((agent, token, mailed))
    }

    /// A new one-time token for somebody: an invitation, or a password reset when he has a password already.
    pub async fn invite_again(&self, by: &AgentSession, uuid: Uuid, by_mail: bool) -> Result<(Purpose, String, bool)> {
        let (desk, by, token) = (self.clone(), by.clone(), new_token());
        let given = token.clone();
        let (purpose, mailed) = self
            .store
            .write(move |tx| {
                let by = acting(tx, &by, Permission::People)?;
                let agent = agents::find(tx, uuid)?.ok_or_else(|| Error::not_found("agent"))?;
                may_manage(&by, &agent)?;
                may_enter_as(tx, &by, &agent)?;
                audit::append(tx, Some(by.id), "agent.link", &agent.uuid.to_string(), &json!({}))?;
                let purpose = issue_link(tx, &agent, &given, Some(by.id))?;
                Ok((purpose, by_mail && desk.mail_link(tx, agent.id, &given)?))
            })
            .await?;
        Ok((purpose, token, mailed))
    }

    /// A reset link by address, for the command line; with `Factor::Removed` a lost second factor goes, too.
    pub async fn issue_reset(&self, email: &str, factor: Factor) -> Result<(Purpose, String)> {
        let (email, token) = (email.trim().to_owned(), new_token());
        let given = token.clone();
        let purpose = self
            .store
            .write(move |tx| {
                let (agent, _) = agents::find_by_email(tx, &email)?.ok_or_else(|| Error::not_found("agent with this address"))?;
                if factor == Factor::Removed && logins::factor(tx, agent.id)?.is_on {
                    super::two_factor::remove(tx, None, &agent)?;
                }
                audit::append(tx, None, "agent.link", &agent.uuid.to_string(), &json!({}))?;
                issue_link(tx, &agent, &given, None)
            })
            .await?;
        Ok((purpose, token))
    }

    /// Whom a link is for.
    pub async fn invitation(&self, token: &str) -> Result<(Agent, Purpose)> {
        let token = token.to_owned();
        self.store
            .read(move |tx| {
                let invitation = invitations::find(tx, &token)?.ok_or_else(link_over)?;
                Ok((agents::agent(tx, invitation.agent.ok_or_else(link_over)?)?, invitation.purpose))
            })
            .await
    }

    /// Uses an invitation or a reset: sets the password (and names), ends all other sessions, and lets in whoever has no second factor. A link
    /// replaces the password, never the second factor (security row 26).
    pub async fn accept_invitation(
        &self,
        token: &str,
        names: Option<(String, String)>,
        password: &Secret,
        browser: Browser,
    ) -> Result<Admission> {
        let (invited, _) = self.invitation(token).await?;
        let hash = self.hash_password(&invited.email, password).await?;
        let token = token.to_owned();
        let id = self
            .store
            .write(move |tx| {
                let invitation = usable(tx, &token)?;
                let id = invitation.agent.ok_or_else(link_over)?;
                let mut agent = agents::agent(tx, id)?;
                if agent.suspended_at.is_some() || !invitations::use_up(tx, invitation.id)? {
                    return Err(link_over());
                }
                if let Some((first_name, last_name)) = names {
                    (agent.first_name, agent.last_name) = names_checked(&first_name, &last_name)?;
                }
                agents::set_password(tx, id, &hash)?;
                agents::end_sessions(tx, id, None)?;
                agents::update(tx, &agent)?;
                audit::append(tx, Some(id), "agent.password_set", &agent.uuid.to_string(), &json!({}))?;
                Ok(id)
            })
            .await?;
        self.admit(id, browser).await
    }

    /// An agent edits himself. A new password needs the present one and ends all other sessions.
    pub async fn edit_profile(&self, session: &AgentSession, edit: ProfileEdit) -> Result<Agent> {
        let hash = match &edit.password {
            Some((present, new)) => {
                self.prove_password(session, present).await.map_err(|error| error.in_field("current_password"))?;
                Some(self.hash_password(&session.agent.email, new).await?)
            }
            None => None,
        };
        let session = session.clone();
        let agent = self
            .store
            .write(move |tx| {
                let mut agent = agents::agent(tx, session.agent.id)?;
                let first_name = edit.first_name.as_deref().unwrap_or(&agent.first_name).to_owned();
                let last_name = edit.last_name.as_deref().unwrap_or(&agent.last_name).to_owned();
                (agent.first_name, agent.last_name) = names_checked(&first_name, &last_name)?;
                if (&agent.first_name, &agent.last_name) != (&session.agent.first_name, &session.agent.last_name) {
                    let detail = json!({ "name": full_name(&agent.first_name, &agent.last_name) });
                    audit::append(tx, Some(agent.id), "agent.edited", &agent.uuid.to_string(), &detail)?;
                }
                agent.availability = edit.availability.unwrap_or(agent.availability);
                if let Some(hash) = hash {
                    agents::set_password(tx, agent.id, &hash)?;
                    agents::end_sessions(tx, agent.id, Some(session.id))?;
                    audit::append(tx, Some(agent.id), "agent.password_set", &agent.uuid.to_string(), &json!({}))?;
                }
                agents::update(tx, &agent)
            })
            .await?;
        self.notice().await?;
        Ok(agent)
    }

    /// Hashing takes 19 MB and 30 ms: never in a transaction, never many at once, never on a runtime thread.
    async fn hash_password(&self, email: &str, password: &Secret) -> Result<String> {
        password::check_strength(password.reveal(), email).map_err(|error| error.in_field("password"))?;
        let _permit = self.password_place().await?;
        let password = password.clone();
        tokio::task::spawn_blocking(move || password::hash(password.reveal())).await.map_err(Error::internal)?
    }

    async fn password_place(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        let place = tokio::time::timeout(limits::PASSWORD_WAIT, self.passwords.acquire()).await;
        place.map_err(|_| Error::busy())?.map_err(Error::internal)
    }

    pub(super) async fn verify_password(&self, hash: Option<String>, password: &Secret) -> Result<bool> {
        let _permit = self.password_place().await?;
        let password = password.clone();
        tokio::task::spawn_blocking(move || match hash {
            Some(hash) => password::verify(password.reveal(), &hash),
            None => {
                // As slow as a real check, so that the answer's time does not tell who exists.
                password::verify_nobody(password.reveal());
                false
            }
        })
        .await
        .map_err(Error::internal)
    }
}

fn issue_link(tx: &WriteTx, agent: &Agent, token: &str, by: Option<AgentId>) -> Result<Purpose> {
    if agent.suspended_at.is_some() {
        return Err(Error::conflict("This agent is suspended."));
    }
    let purpose = if agent.has_password { Purpose::Reset } else { Purpose::Invite };
    invitations::insert(tx, purpose, Some(agent.id), token, by)?;
    Ok(purpose)
}

fn usable(tx: &WriteTx, token: &str) -> Result<Invitation> {
    invitations::find(tx, token)?.ok_or_else(link_over)
}

fn link_over() -> Error {
    Error::new(crate::base::error::Kind::NotFound, "This link was used already, or it is older than 24 hours. Please ask for a new one.")
}

fn checked(new: NewAgent) -> Result<NewAgent> {
    let email = new.email.trim().to_lowercase();
    email::check(&email).map_err(|error| error.in_field("email"))?;
    let (first_name, last_name) = names_checked(&new.first_name, &new.last_name)?;
    Ok(NewAgent { email, first_name, last_name, role: new.role })
}

pub(super) fn names_checked(first: &str, last: &str) -> Result<(String, String)> {
    let (first, last) = (text::clean_line(first, 128), text::clean_line(last, 128));
    if first.is_empty() {
        return Err(Error::invalid("Please give a first name.").in_field("first_name"));
    }
    Ok((first, last))
}
