//! Who waits, and what each of them is told: his place, and how long it takes as far as the house can honestly say. Kept in memory as it
//! was told last; looked at again when a conversation that waits, or might, has changed.

use super::Desk;
use super::availability::Reach;
use super::outlook::{kindly, lock, median};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{AgentId, ContactId, ConversationId, TeamId, Uuid};
use crate::base::limits;
use crate::model::agent::{AgentSession, full_name};
use crate::model::conversation::{Conversation, Listed, Status};
use crate::model::event::{Topic, What};
use crate::model::message::Activity;
use crate::model::outlook::Place;
use crate::store::{ReadTx, conversations, routing};
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Fewer finished chats than this say nothing about the next one.
const SAMPLES_MIN: usize = 5;
/// How long it is believed how long a chat takes.
const HANDLING_LIFE_MS: Millis = 600_000;

/// The queue as it was told last.
#[derive(Default)]
pub struct Told {
    /// A few lines each, never over an await.
    inner: Mutex<Inner>,
    /// One look at a time, so that places are told in order.
    looking: tokio::sync::Mutex<()>,
    is_stale: AtomicBool,
}

#[derive(Default)]
struct Inner {
    /// At most `limits::QUEUE_TOLD_MAX`.
    waiting: HashMap<ConversationId, Waiting>,
    /// How long a team's chats take, and when that was asked. One entry per team.
    handling: HashMap<TeamId, (Option<Millis>, Millis)>,
}

#[derive(Clone, Copy)]
struct Waiting {
    uuid: Uuid,
    contact: ContactId,
    /// `None` where agents take conversations in whatever order they like: a number would be a guess.
    place: Option<Place>,
}

impl Told {
    /// Whether a changed conversation may move the queue: it waits, it waited, or somebody's place came free while others wait.
    pub(super) fn concerns(&self, conversation: &Conversation) -> bool {
        let is_open = conversation.status == Status::Open && conversation.snoozed_until.is_none();
        let waits = conversation.queued_at.is_some() && conversation.assignee.is_none() && is_open;
        let inner = lock(&self.inner);
        if waits || inner.waiting.contains_key(&conversation.id) {
            self.is_stale.store(true, Ordering::Relaxed);
            return true;
        }
        !inner.waiting.is_empty() && conversation.assignee.is_some()
    }

    /// Somebody came or left: the wait may be another one.
    pub(super) fn look_again(&self) {
        self.is_stale.store(true, Ordering::Relaxed);
    }
}

impl Desk {
    /// The place of a conversation in the queue; `None` when it does not wait, or its visitor is told no number.
    pub fn place_in_queue(&self, conversation: ConversationId) -> Option<Place> {
        lock(&self.board.queue().inner).waiting.get(&conversation)?.place
    }

    /// The places of a contact's conversations.
    pub fn places_of(&self, contact: ContactId) -> Vec<(Uuid, Place)> {
        let inner = lock(&self.board.queue().inner);
        let his = inner.waiting.values().filter(|waiting| waiting.contact == contact);
        his.filter_map(|waiting| Some((waiting.uuid, waiting.place?))).collect()
    }

    /// Counts the queue again where something moved, and tells whoever has another place. Costs nothing while nothing moved.
    pub async fn look_at_queue(&self) -> Result<()> {
        let told = self.board.queue();
        let _one = told.looking.lock().await;
        if !told.is_stale.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let now = self.clock.now();
        let roster = self.roster().await?;
        let here = self.here();
        let online: Vec<AgentId> =
            roster.agents().filter(|agent| here.stance(agent, &roster).reach == Reach::Online).map(|agent| agent.id).collect();
        let known = lock(&told.inner).handling.clone();
        let read = self.store.read(move |tx| count(tx, &online, known, now)).await;
        let (fresh, handling) = read.inspect_err(|_| told.look_again())?;
        let before = {
            let mut inner = lock(&told.inner);
            inner.handling = handling;
            std::mem::replace(&mut inner.waiting, fresh.clone())
        };
        for (id, waiting) in &fresh {
            if before.get(id).and_then(|before| before.place) != waiting.place {
                self.tell_place(*waiting);
            }
        }
        for (_, gone) in before.iter().filter(|(id, waiting)| waiting.place.is_some() && !fresh.contains_key(id)) {
            self.tell_place(Waiting { place: None, ..*gone });
        }
        if before.len() != fresh.len() {
            self.announce(&[Topic::Agents], What::QueueChanged { waiting: fresh.len() });
        }
        Ok(())
    }

    fn tell_place(&self, waiting: Waiting) {
        self.announce(&[Topic::Contact(waiting.contact)], What::PlaceChanged { conversation: waiting.uuid, place: waiting.place });
    }

    /// Who waits, oldest first, as far as this agent sees them; and how long the newest of them will about wait, in seconds.
    pub async fn queue(&self, agent: &AgentSession) -> Result<(Vec<Listed>, Option<u32>)> {
        self.look_at_queue().await?;
        let agent = agent.agent.id;
        let waiting = self.store.read(move |tx| conversations::queue(tx, agent, limits::LIST_PAGE_MAX)).await?;
        let wait = waiting.last().and_then(|last| self.place_in_queue(last.conversation.id)).and_then(|place| place.wait_minutes);
        Ok((waiting, wait.map(|minutes| minutes * 60)))
    }

    /// Takes whoever has waited longest, of those whom this agent sees; `None` when nobody waits.
    pub async fn take_next(&self, agent: &AgentSession) -> Result<Option<Uuid>> {
        let agent = agent.agent.clone();
        self.store
            .write(move |tx| {
                let Some(next) = conversations::queue(tx, agent.id, 1)?.pop() else { return Ok(None) };
                let id = next.conversation.id;
                conversations::set_assignee(tx, id, Some(agent.id))?;
                let value = full_name(&agent.first_name, &agent.last_name);
                super::messages::note_activity(tx, id, Some(agent.id), Activity { action: "assignment".into(), value })?;
                conversations::announce(tx, id, true)?;
                Ok(Some(next.conversation.uuid))
            })
            .await
    }

    /// Listens to a conversation without a trace, or no longer.
    pub async fn follow(&self, agent: &AgentSession, uuid: Uuid, follows: bool) -> Result<()> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, uuid)?.conversation.id;
                match follows {
                    true if conversations::followed_count(tx, agent)? >= limits::FOLLOWED_MAX => {
                        let words = format!("You follow {} conversations already. Please let one go first.", limits::FOLLOWED_MAX);
                        Err(Error::conflict(words))
                    }
                    true => conversations::follow(tx, conversation, agent),
                    false => conversations::unfollow(tx, conversation, agent),
                }
            })
            .await
    }

    /// What this agent follows, newest activity first.
    pub async fn followed(&self, agent: &AgentSession) -> Result<Vec<Listed>> {
        let agent = agent.agent.id;
        self.store.read(move |tx| conversations::followed(tx, agent, limits::FOLLOWED_MAX)).await
    }
}

type Handling = HashMap<TeamId, (Option<Millis>, Millis)>;

/// The queue as it is: places per team, and the wait. With H the median length of a chat and C places at agents who are here, one of them
/// comes free every H/C; whoever is n-th waits n times that.
fn count(tx: &ReadTx, online: &[AgentId], mut handling: Handling, now: Millis) -> Result<(HashMap<ConversationId, Waiting>, Handling)> {
    let mut waiting = HashMap::new();
    let mut lines: HashMap<TeamId, (u32, Option<f64>)> = HashMap::new();
    for queued in routing::queue(tx, limits::QUEUE_TOLD_MAX)? {
        let place = match queued.team.filter(|_| queued.routed) {
            None => None,
            Some(team) => {
                let line = match lines.entry(team) {
                    std::collections::hash_map::Entry::Occupied(line) => line.into_mut(),
                    std::collections::hash_map::Entry::Vacant(line) => line.insert((0, pace(tx, team, online, &mut handling, now)?)),
                };
                line.0 += 1;
                let (position, pace) = *line;
                Some(Place { position, wait_minutes: pace.map(|pace| kindly((f64::from(position) * pace) as Millis)) })
            }
        };
        waiting.insert(queued.id, Waiting { uuid: queued.uuid, contact: queued.contact, place });
    }
    Ok((waiting, handling))
}

/// Milliseconds between two places that come free in a team; `None` when that is not known or nobody is here.
fn pace(tx: &ReadTx, team: TeamId, online: &[AgentId], handling: &mut Handling, now: Millis) -> Result<Option<f64>> {
    let known = handling.get(&team).filter(|(_, at)| (0..HANDLING_LIFE_MS).contains(&(now - at)));
    let time = match known {
        Some((time, _)) => *time,
        None => {
            let samples = routing::handling_times(tx, team)?;
            let time = if samples.len() < SAMPLES_MIN { None } else { Some(median(samples)) };
            handling.insert(team, (time, now));
            time
        }
    };
    let places = routing::places_of(tx, team, online)?;
    Ok(time.filter(|_| places > 0).map(|time| time as f64 / places as f64))
}
