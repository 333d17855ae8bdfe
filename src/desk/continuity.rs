//! Nobody is left waiting (decision 1): what a contact has not seen, and what nobody at the desk has read, goes on by mail.
//!
//! A message owes a look at now + threshold, in its own commit; one that waits already sets the hour. At its hour the look decides anew, with
//! what is true then: nothing, later, or a mail. A batch that is tried is written down in its job before the first try (`upto`), so that a try
//! whose answer was lost is repeated with the same words under the same key, and what came meanwhile goes with the next mail.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::duration;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, MessageId, Seq, Uuid};
use crate::base::limits;
use crate::model::access::{Holder, Permission};
use crate::model::agent::{Agent, AgentSession};
use crate::model::conversation::Conversation;
use crate::model::inbox::Continuity;
use crate::model::job::Job;
use crate::model::letter::Letter;
use crate::model::mailbox::MailboxConfig;
use crate::model::message::MessageKind;
use crate::store::continuity::{self, Standing, Through};
use crate::store::{ReadTx, WriteTx, agents, contacts, conversations, jobs, messages, notices, sight, teams};
use std::time::Duration;

/// By this word the workers know that a mail waits for its mailbox to be switched on.
pub const MAILBOX_OFF: &str = "mailbox_off";

/// A mail that is due, and under which name it is sent once.
pub struct Due {
    pub key: String,
    pub letter: Letter,
    /// Of the team: whom it tells; None = its address, or somebody outside.
    pub agent: Option<AgentId>,
}

/// Mails to the team that are due.
pub struct DueToTeam {
    /// One for each who is told.
    pub letters: Vec<Due>,
    /// The last of the messages they carry.
    pub upto: Seq,
    /// When the first of them was begun.
    pub since: Millis,
}

/// The times of an inbox. They were checked when they were saved.
struct Times {
    threshold: Millis,
    interval: Millis,
    most: u32,
}

impl Times {
    fn of(continuity: &Continuity) -> Times {
        let ms = |text: &str, otherwise_s| {
            let kept = duration::parse(text, Duration::from_secs(1)).unwrap_or(Duration::from_secs(otherwise_s));
            kept.as_millis() as Millis
        };
        Times {
            threshold: ms(&continuity.offline_threshold, 600),
            interval: ms(&continuity.min_email_interval, 900),
            most: u32::from(continuity.max_messages_per_email).clamp(1, limits::MAIL_MESSAGES_MAX),
        }
    }
}

/// An agent answered: the contact has the threshold to see it. Where conversations are held by mail it goes at once.
pub(super) fn owe_contact(tx: &WriteTx, id: ConversationId, message: MessageId) -> Result<()> {
    let way = continuity::way(tx, id)?;
    if way.is_mailbox {
        return jobs::enqueue_once(tx, &format!("reply:{message}"), &Job::ReplyMail { message: message.0 }, tx.now);
    }
    match !way.continuity.mailbox.is_empty() && way.continuity.to_contacts {
        true => jobs::owe(
            tx,
            &contact_key(id),
            &Job::Continuity { conversation: id.0, upto: None },
            tx.now + Times::of(&way.continuity).threshold,
        ),
        false => Ok(()),
    }
}

/// The contact wrote: somebody at the desk has the threshold to read it.
pub(super) fn owe_team(tx: &WriteTx, id: ConversationId) -> Result<()> {
    let way = continuity::way(tx, id)?;
    match !way.is_mailbox && !way.continuity.mailbox.is_empty() && way.continuity.to_agents {
        true => {
            jobs::owe(tx, &team_key(id), &Job::TellTeam { conversation: id.0, upto: None }, tx.now + Times::of(&way.continuity).threshold)
        }
        false => Ok(()),
    }
}

/// An address became known: what waited for one is looked at. What has waited for the threshold already goes now.
pub(super) fn address_known(tx: &WriteTx, contact: ContactId) -> Result<()> {
    for id in continuity::unmailed(tx, contact)? {
        let way = continuity::way(tx, id)?;
        if !way.is_mailbox && !way.continuity.mailbox.is_empty() && way.continuity.to_contacts {
            jobs::owe(tx, &contact_key(id), &Job::Continuity { conversation: id.0, upto: None }, tx.now)?;
        }
    }
    Ok(())
}

fn contact_key(id: ConversationId) -> String {
    format!("continuity:{id}")
}

fn team_key(id: ConversationId) -> String {
    format!("tell:{id}")
}

/// A conversation that may go on by mail now, with everything a look needs.
struct Look {
    conversation: Conversation,
    standing: Standing,
    continuity: Continuity,
    through: Through,
}

/// None: it is gone, kept apart, its contact is shut out, or no mailbox is linked (any more).
fn look(tx: &ReadTx, desk: &Desk, id: ConversationId) -> Result<Option<Look>> {
    let Some(standing) = continuity::standing(tx, id)? else { return Ok(None) };
    let conversation = conversations::conversation(tx, id)?;
    let way = continuity::way(tx, id)?;
    if conversation.quarantine.is_some()
        || is_shut_out(tx, desk, conversation.contact.id)?
        || way.is_mailbox
        || way.continuity.mailbox.is_empty()
    {
        return Ok(None);
    }
    let through = continuity::mailbox(tx, id, &way.continuity.mailbox)?;
    Ok(through.map(|through| Look { conversation, standing, continuity: way.continuity, through }))
}

/// The settings of a mailbox; switched off, what is due waits.
fn switched_on(through: Through) -> Result<MailboxConfig> {
    match through.is_on {
        true => Ok(through.config),
        false => Err(Error::unavailable("The mailbox of this conversation is switched off; its answers wait.").coded(MAILBOX_OFF)),
    }
}

fn is_shut_out(tx: &ReadTx, desk: &Desk, id: ContactId) -> Result<bool> {
    let contact = contacts::contact(tx, id)?;
    let address = contact.email.as_deref().is_some_and(|address| desk.check_address(address).is_err());
    Ok(contact.blocked_at.is_some() || desk.check_person(id).is_err() || address)
}

impl Desk {
    /// The mail that is due to a contact now, if any. `upto`: the batch that was tried already.
    pub async fn due_to_contact(&self, conversation: i64, upto: Option<Seq>, base_url: Option<&str>) -> Result<Option<Due>> {
        let (desk, id, base_url) = (self.clone(), ConversationId(conversation), base_url.map(str::to_owned));
        self.store
            .write(move |tx| {
                let Some(look) = look(tx, &desk, id)?.filter(|look| look.continuity.to_contacts) else { return Ok(None) };
                let Some(address) = contacts::contact(tx, look.conversation.contact.id)?.email else { return Ok(None) };
                let times = Times::of(&look.continuity);
                let after = look.standing.contact_seen_seq.max(look.standing.mailed_seq);
                let mut batch = match upto {
                    Some(upto) => continuity::answers(tx, id, after, upto, limits::MAIL_MESSAGES_MAX)?,
                    None => Vec::new(),
                };
                if batch.is_empty() {
                    // Tried and never sent, and seen in the chat since: another mail is another one.
                    continuity::withdraw(tx, id)?;
                    batch = continuity::answers(tx, id, after, Seq::MAX, times.most)?;
                    let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(None) };
                    let due = (first.created_at + times.threshold).max(look.standing.mailed_at.map_or(0, |at| at + times.interval));
                    if due > tx.now {
                        jobs::enqueue_once(tx, &contact_key(id), &Job::Continuity { conversation: id.0, upto: None }, due)?;
                        return Ok(None);
                    }
                    jobs::amend(tx, &contact_key(id), &Job::Continuity { conversation: id.0, upto: Some(last.seq) })?;
                }
                let Some(last) = batch.last().map(|last| last.seq) else { return Ok(None) };
                let mailbox = switched_on(look.through)?;
                continuity::trying(tx, id, false)?;
                let letter = desk.letter_to_contact(tx, &look.conversation, &address, &batch, &mailbox, base_url.as_deref())?;
                Ok(Some(Due { key: format!("{}:{last}", contact_key(id)), letter, agent: None }))
            })
            .await
    }

    /// A mail to the contact went: what came meanwhile, and what was too much for one mail, goes with the next.
    pub async fn went_to_contact(&self, conversation: i64) -> Result<()> {
        let id = ConversationId(conversation);
        self.store
            .write(move |tx| {
                let Some(standing) = continuity::standing(tx, id)? else { return Ok(()) };
                let times = Times::of(&continuity::way(tx, id)?.continuity);
                let after = standing.contact_seen_seq.max(standing.mailed_seq);
                let rest = continuity::answers(tx, id, after, Seq::MAX, 1)?;
                let Some(first) = rest.first() else { return Ok(()) };
                let due = (first.created_at + times.threshold).max(standing.mailed_at.map_or(0, |at| at + times.interval));
                jobs::enqueue_once(tx, &contact_key(id), &Job::Continuity { conversation: id.0, upto: None }, due)
            })
            .await
    }

    /// The mails that are due to the team now. `upto`: the batch that was tried already.
    pub async fn due_to_team(&self, conversation: i64, upto: Option<Seq>, base_url: Option<&str>) -> Result<Option<DueToTeam>> {
        self.roster().await?;
        let (desk, id, base_url) = (self.clone(), ConversationId(conversation), base_url.map(str::to_owned));
        self.store
            .write(move |tx| {
                let Some(look) = look(tx, &desk, id)?.filter(|look| look.continuity.to_agents) else { return Ok(None) };
                let times = Times::of(&look.continuity);
                let after = look.standing.agent_seen_seq.max(look.standing.told_seq);
                let seeing = seeing(tx, &look.conversation)?;
                let mut batch = match upto {
                    Some(upto) => continuity::said_by_contact(tx, id, after, upto, limits::MAIL_MESSAGES_MAX)?,
                    None => Vec::new(),
                };
                if batch.is_empty() {
                    batch = continuity::said_by_contact(tx, id, after, Seq::MAX, times.most)?;
                    let (Some(first), Some(last)) = (batch.first(), batch.last()) else { return Ok(None) };
                    // Somebody is here: looked at again a threshold later, and so in time when he leaves.
                    let here = seeing.iter().filter_map(|agent| desk.here().online_until(agent, tx.now)).max();
                    let due = (first.created_at + times.threshold)
                        .max(look.standing.told_at.map_or(0, |at| at + times.interval))
                        .max(here.map_or(0, |at| at + times.threshold));
                    if due > tx.now {
                        jobs::enqueue_once(tx, &team_key(id), &Job::TellTeam { conversation: id.0, upto: None }, due)?;
                        return Ok(None);
                    }
                    jobs::amend(tx, &team_key(id), &Job::TellTeam { conversation: id.0, upto: Some(last.seq) })?;
                }
                let Some((last, upto)) = batch.last().map(|last| (last.id, last.seq)) else { return Ok(None) };
                let to = told(tx, &look, &seeing)?;
                let mailbox = switched_on(look.through)?;
                let since = continuity::telling_since(tx, last)?.unwrap_or(tx.now);
                continuity::trying(tx, id, true)?;
                let mut letters = Vec::new();
                for to in to {
                    // Whose unread notices were mailed meanwhile knows this one message already.
                    let agent = to.as_ref().map(|agent| agent.id);
                    if let (Some(agent), [only]) = (agent, &batch[..])
                        && notices::was_mailed(tx, agent, id, only.created_at)?
                    {
                        continue;
                    }
                    let who = to.as_ref().map_or("team".to_owned(), |agent| agent.id.to_string());
                    let letter =
                        desk.letter_to_team(tx, &look.conversation, to.as_ref(), &look.continuity, &batch, &mailbox, base_url.as_deref())?;
                    letters.push(Due { key: format!("{}:{upto}:{who}", team_key(id)), letter, agent });
                }
                Ok(Some(DueToTeam { letters, upto, since }))
            })
            .await
    }

    /// Everybody was told up to `upto`: what came meanwhile, and what was too much for one mail, goes with the next. Who had such a mail needs
    /// none about his unread notices of the same.
    pub async fn told_team(&self, conversation: i64, upto: Seq, told: Vec<AgentId>) -> Result<()> {
        let id = ConversationId(conversation);
        self.store
            .write(move |tx| {
                continuity::told(tx, id, upto)?;
                told.iter().try_for_each(|agent| notices::mailed_about(tx, *agent, id))?;
                let Some(standing) = continuity::standing(tx, id)? else { return Ok(()) };
                let times = Times::of(&continuity::way(tx, id)?.continuity);
                let rest = continuity::said_by_contact(tx, id, standing.agent_seen_seq.max(standing.told_seq), Seq::MAX, 1)?;
                let Some(first) = rest.first() else { return Ok(()) };
                let due = (first.created_at + times.threshold).max(standing.told_at.map_or(0, |at| at + times.interval));
                jobs::enqueue_once(tx, &team_key(id), &Job::TellTeam { conversation: id.0, upto: None }, due)
            })
            .await
    }

    /// Whether an agent will have a mail with what was written in a conversation, because nobody who sees it is here.
    pub(super) fn will_tell(&self, tx: &ReadTx, id: ConversationId, agent: AgentId) -> Result<bool> {
        if !continuity::is_owed(tx, &team_key(id))? {
            return Ok(false);
        }
        let Some(look) = look(tx, self, id)?.filter(|look| look.continuity.to_agents && look.through.is_on) else { return Ok(false) };
        let seeing = seeing(tx, &look.conversation)?;
        let is_watched = seeing.iter().any(|agent| self.here().online_until(agent, tx.now).is_some_and(|until| until >= tx.now));
        Ok(!is_watched && told(tx, &look, &seeing)?.into_iter().flatten().any(|told| told.id == agent))
    }

    /// The mail of an answer in a conversation that is held by mail.
    pub async fn due_reply(&self, message: i64) -> Result<Option<Due>> {
        let (desk, id) = (self.clone(), MessageId(message));
        self.store
            .read(move |tx| {
                let message = match messages::message(tx, id) {
                    Ok(message) if message.kind == MessageKind::Outgoing => message,
                    // Erased meanwhile: nothing to mail.
                    Ok(_) => return Ok(None),
                    Err(error) if error.kind == Kind::NotFound => return Ok(None),
                    Err(error) => return Err(error),
                };
                let conversation = conversations::conversation(tx, message.conversation)?;
                if !continuity::way(tx, conversation.id)?.is_mailbox || is_shut_out(tx, &desk, conversation.contact.id)? {
                    return Ok(None);
                }
                let Some(through) = continuity::mailbox(tx, conversation.id, "")? else { return Ok(None) };
                let Some(address) = contacts::contact(tx, conversation.contact.id)?.email else { return Ok(None) };
                let mailbox = switched_on(through)?;
                let letter = desk.letter_of_reply(tx, &conversation, &address, message, &mailbox)?;
                Ok(Some(Due { key: format!("reply:{id}"), letter, agent: None }))
            })
            .await
    }

    /// An agent has a mail tried again: that of an answer whose mail failed or came back, or whose contact had no address before.
    pub async fn mail_again(&self, agent: &AgentSession, uuid: Uuid, message: Uuid) -> Result<()> {
        agent.may(Permission::Reply)?;
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation;
                let found = continuity::outgoing(tx, conversation.id, message)?.ok_or_else(|| Error::not_found("message"))?;
                if contacts::contact(tx, conversation.contact.id)?.email.is_none() {
                    return Err(Error::invalid("There is no e-mail address on file. Add one to the contact first.").coded("no_address"));
                }
                let way = continuity::way(tx, conversation.id)?;
                let through = continuity::mailbox(tx, conversation.id, if way.is_mailbox { "" } else { &way.continuity.mailbox })?;
                match through {
                    Some(through) if through.is_on => {}
                    Some(through) => {
                        let words =
                            format!("The mailbox {} is switched off. Switch it on, and what waits goes out.", through.config.address);
                        return Err(Error::conflict(words).coded(MAILBOX_OFF));
                    }
                    None => {
                        let words = "No mailbox is linked to this inbox, so nothing can be mailed. Link one under Continuity.";
                        return Err(Error::conflict(words).coded("no_mailbox"));
                    }
                }
                continuity::try_again(tx, conversation.id, found)?;
                match way.is_mailbox {
                    true => jobs::enqueue_once(tx, &format!("reply:{found}"), &Job::ReplyMail { message: found.0 }, tx.now)?,
                    // As a batch that is tried already it waits for no threshold: somebody decided.
                    false => {
                        let upto = Some(messages::message(tx, found)?.seq);
                        jobs::enqueue_once(
                            tx,
                            &contact_key(conversation.id),
                            &Job::Continuity { conversation: conversation.id.0, upto },
                            tx.now,
                        )?;
                    }
                }
                continuity::marked(tx, &[found])
            })
            .await
    }

    /// How answers in a conversation reach whoever is not in the chat: at once by mail, later by mail, later but held up by a mailbox that is
    /// switched off, or not at all.
    pub(super) fn mail_way(tx: &ReadTx, id: ConversationId) -> Result<Option<&'static str>> {
        let way = continuity::way(tx, id)?;
        Ok(match way.is_mailbox {
            true => Some("reply"),
            false if way.continuity.mailbox.is_empty() || !way.continuity.to_contacts => None,
            // Switched off, what is owed waits for it: said beside the answer, so that somebody switches it on.
            false => continuity::mailbox(tx, id, &way.continuity.mailbox)?.map(|through| if through.is_on { "later" } else { "off" }),
        })
    }
}

/// Everybody inside who may see a conversation. Whoever was invited and has chosen no password has not confirmed the address either.
fn seeing(tx: &ReadTx, conversation: &Conversation) -> Result<Vec<Agent>> {
    let mut seeing = Vec::new();
    for agent in agents::all(tx)? {
        if agent.has_password && agent.suspended_at.is_none() && sight::of(tx, agent.id)?.sees(Holder::of(conversation)) {
            seeing.push(agent);
        }
    }
    Ok(seeing)
}

/// Who is told: the team's address (None), else the assignee, else those of the conversation's team who see it, else everybody who does.
fn told(tx: &ReadTx, look: &Look, seeing: &[Agent]) -> Result<Vec<Option<Agent>>> {
    if !look.continuity.agents_address.is_empty() {
        return Ok(vec![None]);
    }
    let assignee = look.conversation.assignee.as_ref().map(|agent| agent.id);
    if let Some(assignee) = seeing.iter().find(|agent| Some(agent.id) == assignee) {
        return Ok(vec![Some(assignee.clone())]);
    }
    let members = match &look.conversation.team {
        Some(team) => teams::find(tx, team.uuid)?.map_or(Vec::new(), |team| team.members.iter().map(|member| member.id).collect()),
        None => Vec::new(),
    };
    let of_team: Vec<&Agent> = seeing.iter().filter(|agent| members.contains(&agent.id)).collect();
    let all: Vec<&Agent> = if of_team.is_empty() { seeing.iter().collect() } else { of_team };
    Ok(all.into_iter().take(limits::TOLD_AGENTS_MAX).map(|agent| Some(agent.clone())).collect())
}
