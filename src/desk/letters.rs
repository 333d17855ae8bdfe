//! The letters that are not about what somebody has not read in a chat: codes, links for agents, unread notices. Each is made when it is sent, from
//! what is true then; whoever does not need it any more gets none.

use super::Desk;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, ConversationId, Uuid, new_token};
use crate::base::limits;
use crate::model::agent::{Agent, Purpose, full_name};
use crate::model::job::Job;
use crate::model::letter::{Letter, LetterKind, Party, Said, Thread};
use crate::model::notice::{Notice, NoticeKind};
use crate::store::{ReadTx, WriteTx, agents, audit, house, invitations, jobs, notices, verifications};
use serde_json::json;
use std::collections::BTreeMap;

/// A letter of notices, and which they are.
pub struct Notices {
    pub letter: Letter,
    pub notices: Vec<Uuid>,
}

impl Desk {
    /// The six digits for somebody who says an address is his, and what names this sending of them. `None` once nobody waits for them any more.
    pub async fn code_letter(&self, verification: i64, code: &str, locale: &str) -> Result<Option<(String, Letter)>> {
        let found = self.store.read(move |tx| Ok(verifications::addressee(tx, verification)?.map(|to| (to, tx.now)))).await?;
        let Some((to, now)) = found.filter(|_| !code.is_empty()) else { return Ok(None) };
        let minutes = (to.expires_at - now).max(60_000) / 60_000;
        let mut letter = plain(LetterKind::Code, Party { name: String::new(), address: to.email }, locale.to_owned());
        letter.inbox = Some(to.inbox);
        letter.fields.insert("code", code.to_owned());
        letter.fields.insert("minutes", minutes.to_string());
        // Row numbers are given out again once a claim is forgotten; the end of its life tells two claims apart.
        Ok(Some((format!("code:{verification}:{}:{:x}", to.sends, to.expires_at), letter)))
    }

    /// An invitation or a new password: the link leads to the configured address and never to one that somebody called us by (security row 36).
    /// `None` once the link is used or void.
    pub async fn link_letter(&self, token: &str, base_url: Option<&str>) -> Result<Option<Letter>> {
        let asked = token.to_owned();
        let found = self
            .store
            .read(move |tx| {
                let Some(invitation) = invitations::find(tx, &asked)? else { return Ok(None) };
                let Some(agent) = active(tx, invitation.agent)? else { return Ok(None) };
                let by = match invitation.by {
                    Some(by) => named(&agents::agent(tx, by)?),
                    None => String::new(),
                };
                Ok(Some((invitation.purpose, agent, by, house::find(tx)?.language)))
            })
            .await?;
        let Some((purpose, agent, by, locale)) = found else { return Ok(None) };
        let base = base_url.ok_or_else(no_address)?;
        let kind = if purpose == Purpose::Reset { LetterKind::Reset } else { LetterKind::Invitation };
        let mut letter = to_agent(kind, &agent, locale);
        letter.fields.insert("by", by);
        letter.fields.insert("hours", (limits::INVITATION_LIFE.as_secs() / 3600).to_string());
        letter.link = Some(format!("{base}/desk#{}={token}", purpose.as_str()));
        Ok(Some(letter))
    }

    /// Owes the mail of a link that was just made. Whether it goes by mail at all.
    pub(super) fn mail_link(&self, tx: &WriteTx, agent: AgentId, token: &str) -> Result<bool> {
        if !self.has_mailbox() {
            return Ok(false);
        }
        let job = Job::LinkMail { agent: agent.0, token: token.to_owned(), mail: Uuid::new().to_string() };
        jobs::enqueue_once(tx, &format!("link:{}", agent.0), &job, tx.now)?;
        Ok(true)
    }

    /// Somebody forgot his password, he says. What is written down, and how long it takes, is the same for every address; whose it is, is looked
    /// up behind his back.
    pub async fn forgot_password(&self, address: &str) -> Result<()> {
        let email = address.trim().to_lowercase();
        if crate::base::email::check(&email).is_err() {
            return Ok(());
        }
        self.store.write(move |tx| jobs::enqueue_once(tx, &format!("forgotten:{email}"), &Job::Forgotten { email }, tx.now)).await
    }

    /// Makes the link for somebody who forgot his password, when there is such an agent and it can be mailed.
    pub async fn remember_password(&self, email: &str, has_address: bool) -> Result<()> {
        if !has_address {
            log::warn!("a password was forgotten, but BASE_URL is not set: nobody can be mailed a link");
            return Ok(());
        }
        let (desk, email) = (self.clone(), email.to_owned());
        self.store
            .write(move |tx| {
                let found = agents::find_by_email(tx, &email)?;
                let Some((agent, Some(_))) = found.filter(|(agent, _)| agent.suspended_at.is_none()) else { return Ok(()) };
                let token = new_token();
                if desk.mail_link(tx, agent.id, &token)? {
                    invitations::insert(tx, Purpose::Reset, Some(agent.id), &token, None)?;
                    audit::append(tx, None, "agent.forgot", &agent.uuid.to_string(), &json!({}))?;
                }
                Ok(())
            })
            .await
    }

    /// What an agent has not read, for the mail he asked for. `None` when he read it all, or wants no such mail any more. While he wants to be
    /// left in peace the job comes again later.
    pub async fn notices_letter(&self, agent: i64, base_url: Option<&str>) -> Result<Option<Notices>> {
        let id = AgentId(agent);
        self.roster().await?;
        let desk = self.clone();
        let found = self
            .store
            .read(move |tx| {
                let Some(agent) = active(tx, Some(id))? else { return Ok(None) };
                let prefs = super::pushes::prefs_of(tx, id)?;
                let mut unread = notices::unmailed(tx, id, limits::NOTICES_PER_MAIL)?;
                if prefs.mail_after_min == 0 || unread.is_empty() {
                    return Ok(None);
                }
                // What a mail with the messages themselves will tell him is not told twice.
                let all = unread.len();
                let mut kept = Vec::with_capacity(all);
                for notice in unread.drain(..) {
                    let told = match (notice.kind, notice.conversation) {
                        (NoticeKind::New | NoticeKind::Message, Some((_, conversation))) => {
                            desk.will_tell(tx, ConversationId(conversation), id)?
                        }
                        _ => false,
                    };
                    if !told {
                        kept.push(notice);
                    }
                }
                let is_quiet = prefs.quiet.holds(tx.now);
                let again = match (is_quiet, kept.len() < all) {
                    (true, _) => Some(tx.now + limits::QUIET_LOOK.as_millis() as i64),
                    // That mail may be held up by whoever comes to the desk.
                    (false, true) => Some(tx.now + i64::from(prefs.mail_after_min) * 60_000),
                    (false, false) => None,
                };
                Ok(Some((agent, kept, is_quiet, again, house::find(tx))))
            })
            .await?;
        let Some((agent, unread, is_quiet, again, house)) = found else { return Ok(None) };
        if let Some(at) = again {
            let job = Job::NoticeMail { agent: agent.id.0, mail: Uuid::new().to_string() };
            let key = format!("notice_mail:{}", agent.id.0);
            self.store.write(move |tx| jobs::enqueue_once(tx, &key, &job, at)).await?;
        }
        if is_quiet || unread.is_empty() {
            return Ok(None);
        }
        let mut letter = to_agent(LetterKind::Notices, &agent, house?.language);
        letter.said = unread.iter().map(said).collect();
        letter.link = base_url.map(|base| format!("{base}/desk"));
        Ok(Some(Notices { letter, notices: unread.into_iter().map(|notice| notice.uuid).collect() }))
    }

    /// These were mailed: the next mail does not tell them again.
    pub async fn notices_mailed(&self, agent: i64, uuids: Vec<Uuid>) -> Result<()> {
        self.store.write(move |tx| notices::mailed(tx, AgentId(agent), &uuids)).await
    }
}

/// A letter with nothing in it but a reader.
pub(super) fn plain(kind: LetterKind, to: Party, locale: String) -> Letter {
    Letter {
        kind,
        inbox: None,
        to,
        locale,
        fields: BTreeMap::new(),
        said: Vec::new(),
        link: None,
        conversation: None,
        covers: Vec::new(),
        thread: Thread::default(),
        attachments: Vec::new(),
    }
}

fn to_agent(kind: LetterKind, agent: &Agent, locale: String) -> Letter {
    let mut letter = plain(kind, Party { name: named(agent), address: agent.email.clone() }, locale);
    letter.fields.insert("first_name", agent.first_name.clone());
    letter
}

fn named(agent: &Agent) -> String {
    full_name(&agent.first_name, &agent.last_name)
}

/// The agent, if he is still one.
fn active(tx: &ReadTx, agent: Option<AgentId>) -> Result<Option<Agent>> {
    let Some(agent) = agent else { return Ok(None) };
    match agents::agent(tx, agent) {
        Ok(agent) => Ok(Some(agent).filter(|agent| agent.suspended_at.is_none())),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn said(notice: &Notice) -> Said {
    let what = match notice.kind {
        NoticeKind::Mention => "mentioned you",
        NoticeKind::Assignment => "gave you a conversation",
        NoticeKind::Message => "wrote",
        NoticeKind::New => "began a conversation",
        NoticeKind::SlaWarning => "Time is running out",
        NoticeKind::SlaBreach => "A promised time has passed",
        NoticeKind::Rule | NoticeKind::System => "",
    };
    let author = match (notice.actor.as_str(), notice.kind) {
        ("", NoticeKind::Assignment) => "A conversation is yours".to_owned(),
        ("", _) => what.to_owned(),
        (actor, NoticeKind::SlaWarning | NoticeKind::SlaBreach) => format!("{what}: {actor}"),
        (actor, _) => format!("{actor} {what}").trim_end().to_owned(),
    };
    let words = crate::base::markup::literal(&notice.text);
    Said { author, is_agent: false, at: notice.created_at, html: words.html, text: words.text, files: Vec::new() }
}

/// A link needs an address that leads here whoever reads it.
pub(super) fn no_address() -> Error {
    Error::invalid("BASE_URL is not set, so a mail cannot hold a link to this house.")
}
