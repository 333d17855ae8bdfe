//! Waking agents who are not at the desk: whom, with which words, and when not. The calls themselves are a job's (`jobs/push.rs`).

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, Uuid};
use crate::base::signing::SigningKey;
use crate::base::webpush::Receiver;
use crate::base::{limits, text};
use crate::model::agent::AgentSession;
use crate::model::event::Topic;
use crate::model::job::Job;
use crate::model::notice::{Notice, NoticeKind, Subscription};
use crate::model::prefs::{Prefs, Quiet};
use crate::store::pushes::NewSubscription;
use crate::store::{WriteTx, agents, conversations, house, jobs, notices, pushes, settings};

/// Under which key the private half of our push identity is kept (RFC 8292). Browsers are bound to it: it is made once.
const KEY: &str = "push_key";
/// Addresses of push services are long, but not endless.
const ENDPOINT_CHARS_MAX: usize = 1000;

/// What a push has to say, and to which browsers.
pub struct Push {
    pub notice: Notice,
    pub to: Vec<Subscription>,
}

/// Owes a push for a notice that was just stored, if its agent wants one and has a browser that can be woken; and a mail, if it stays unread.
pub(super) fn owe(tx: &WriteTx, notice: &Notice, prefs: &Prefs) -> Result<()> {
    if prefs.pushes(notice.kind) && pushes::has_any(tx, notice.agent)? {
        let job = Job::Push { notice: notice.uuid.to_string(), waited: false };
        jobs::enqueue_once(tx, &format!("push:{}", notice.uuid), &job, tx.now)?;
    }
    if prefs.mail_after_min > 0 {
        let at = tx.now + Millis::from(prefs.mail_after_min) * 60_000;
        let key = format!("notice_mail:{}", notice.agent);
        // The first unread one sets the hour; what comes until then goes with it.
        jobs::enqueue_unless_waiting(tx, &key, &Job::NoticeMail { agent: notice.agent.0, mail: Uuid::new().to_string() }, at)?;
    }
    Ok(())
}

/// How an agent wants to be called; his quiet hours, or the house's when he has none of his own.
pub(super) fn prefs_of(tx: &crate::store::ReadTx, agent: AgentId) -> Result<Prefs> {
    let mut prefs = Prefs::parse(&agents::prefs(tx, agent)?);
    if prefs.quiet.from.is_empty() && prefs.quiet.to.is_empty() {
        let quiet = house::find(tx)?.quiet_hours;
        if quiet.enabled {
            prefs.quiet = Quiet { from: quiet.from, to: quiet.to, time_zone: quiet.time_zone };
        }
    }
    Ok(prefs)
}

impl Desk {
    /// How the caller wants to be called, as he chose it.
    pub async fn prefs(&self, session: &AgentSession) -> Result<Prefs> {
        let agent = session.agent.id;
        self.store.read(move |tx| Ok(Prefs::parse(&agents::prefs(tx, agent)?))).await
    }

    /// Changes that.
    pub async fn set_prefs(&self, session: &AgentSession, prefs: Prefs) -> Result<Prefs> {
        let prefs = prefs.checked()?;
        let (agent, kept) = (session.agent.id, prefs.text());
        self.store.write(move |tx| agents::set_prefs(tx, agent, &kept)).await?;
        Ok(prefs)
    }

    /// Our public key for push services, as browsers want it. The private half is made when it is first asked for.
    pub async fn push_key(&self) -> Result<SigningKey> {
        let kept = self.store.read(|tx| settings::find(tx, KEY)).await?;
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let made = SigningKey::generate()?;
                // Two who ask at once get the same one: only the first is kept.
                self.store
                    .write(move |tx| match settings::find(tx, KEY)? {
                        Some(kept) => Ok(kept),
                        None => settings::put(tx, KEY, &made).map(|()| made),
                    })
                    .await?
            }
        };
        SigningKey::load(&kept)
    }

    /// Keeps a browser of the caller. The endpoint was checked by whoever will call it.
    pub async fn subscribe(
        &self,
        session: &AgentSession,
        endpoint: String,
        p256dh: String,
        auth: String,
        user_agent: &str,
    ) -> Result<Uuid> {
        if endpoint.chars().count() > ENDPOINT_CHARS_MAX {
            return Err(Error::invalid("This address is too long.").in_field("endpoint"));
        }
        // Sealing once shows whether the keys are any good.
        Receiver::parse(&p256dh, &auth)?.seal(b"")?;
        let user_agent = text::clean_line(user_agent, limits::USER_AGENT_CHARS_MAX);
        let new = NewSubscription { agent: session.agent.id, session: session.id, endpoint, p256dh, auth, user_agent };
        self.store.write(move |tx| pushes::put(tx, &new)).await
    }

    /// The caller's browsers.
    pub async fn subscriptions(&self, session: &AgentSession) -> Result<Vec<Subscription>> {
        let agent = session.agent.id;
        self.store.read(move |tx| pushes::of(tx, agent)).await
    }

    /// Forgets one of them.
    pub async fn unsubscribe(&self, session: &AgentSession, uuid: Uuid) -> Result<()> {
        let agent = session.agent.id;
        self.store.write(move |tx| pushes::delete(tx, agent, uuid)).await
    }

    /// Tells the caller himself something, to see whether it arrives. Wakes his browsers at once.
    pub async fn try_push(&self, session: &AgentSession) -> Result<()> {
        let agent = session.agent.id;
        self.store
            .write(move |tx| {
                let new = crate::model::notice::NewNotice {
                    agent,
                    kind: NoticeKind::System,
                    conversation: None,
                    actor: "deskbell".into(),
                    text: "This is how a notice looks.".into(),
                    dedup_key: None,
                };
                match notices::insert(tx, &new)? {
                    Some(notice) => {
                        let job = Job::Push { notice: notice.uuid.to_string(), waited: true };
                        jobs::enqueue_once(tx, &format!("push:{}", notice.uuid), &job, tx.now)
                    }
                    None => Ok(()),
                }
            })
            .await
    }

    /// What is to be pushed for a notice now; `None` when it was read, or nobody is to be woken. Whoever sits at the desk gets a moment to
    /// see it there first: then the same job comes again.
    pub async fn due_push(&self, notice: &str, waited: bool) -> Result<Option<Push>> {
        let Some(uuid) = Uuid::parse(notice) else { return Ok(None) };
        let found = self
            .store
            .read(move |tx| {
                let Some(notice) = notices::find(tx, uuid)?.filter(|notice| notice.read_at.is_none()) else { return Ok(None) };
                // It waited: by now the conversation may be out of his sight.
                if let Some((conversation, _)) = notice.conversation
                    && conversations::find_for_agent(tx, notice.agent, conversation).is_err()
                {
                    return Ok(None);
                }
                // By hand, the hour does not matter.
                if notice.kind != NoticeKind::System && !prefs_of(tx, notice.agent)?.wakes(notice.kind, tx.now) {
                    return Ok(None);
                }
                match agents::agent(tx, notice.agent) {
                    Ok(agent) if agent.suspended_at.is_some() => return Ok(None),
                    Err(error) if error.kind == Kind::NotFound => return Ok(None),
                    Ok(_) => {}
                    Err(error) => return Err(error),
                }
                let to = pushes::of(tx, notice.agent)?;
                Ok(Some(Push { notice, to }).filter(|push| !push.to.is_empty()))
            })
            .await?;
        let Some(push) = found else { return Ok(None) };
        if !waited && self.presence.is_present(Topic::Agent(push.notice.agent)) {
            let job = Job::Push { notice: notice.to_owned(), waited: true };
            let key = format!("push:{uuid}");
            self.store.write(move |tx| jobs::enqueue_once(tx, &key, &job, tx.now + limits::PUSH_PATIENCE.as_millis() as i64)).await?;
            return Ok(None);
        }
        Ok(Some(push))
    }

    /// A push service says that a browser is gone.
    pub async fn forget_browser(&self, uuid: Uuid) -> Result<()> {
        self.store.write(move |tx| pushes::forget(tx, uuid)).await
    }

    /// How the call to one browser went.
    pub async fn pushed(&self, uuid: Uuid, well: bool) -> Result<()> {
        self.store.write(move |tx| pushes::went(tx, uuid, well)).await
    }
}
