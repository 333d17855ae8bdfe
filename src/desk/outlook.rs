//! What an inbox can honestly promise right now: who is here, whether it is open, how long answers take. Kept in memory, recomputed when
//! somebody comes or goes, when hours turn and when settings change; visitors hear of it only when something they see differs.

use super::Desk;
use super::availability::{Reach, Stance};
use crate::base::clock::Millis;
use crate::base::error::{Kind, Result};
use crate::base::id::{AgentId, InboxId, TeamId, Uuid};
use crate::base::limits;
use crate::hub::Seat;
use crate::model::access::Permission;
use crate::model::agent::{Agent, AgentRef};
use crate::model::event::{Event, Topic, What};
use crate::model::hours::{Hours, Standing};
use crate::model::inbox::Inbox;
use crate::model::outlook::{ButtonOutlook, Outlook};
use crate::model::team::Team;
use crate::store::{agents, estimates, hours, teams};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// How far back answers count.
const SAMPLES_FROM: Duration = Duration::from_secs(30 * 24 * 3600);
/// Fewer answers than this say nothing about the next one.
const SAMPLES_MIN: usize = 5;
/// How long an estimate is believed.
const ESTIMATE_LIFE: Duration = Duration::from_secs(600);

/// People, teams and hours as last read: they change rarely, and every visitor asks.
#[derive(Debug, Default)]
pub struct Roster {
    /// Everybody, suspended ones too, by name.
    agents: Vec<Agent>,
    teams: Vec<Team>,
    hours: Vec<Hours>,
}

impl Roster {
    /// Everybody inside.
    pub fn agents(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter()
    }

    /// The agent with this row number.
    pub fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }

    /// The set of hours with this public id.
    pub fn hours(&self, uuid: Uuid) -> Option<&Hours> {
        self.hours.iter().find(|set| set.uuid == uuid)
    }

    /// The team with this public id.
    pub fn team(&self, uuid: Uuid) -> Option<&Team> {
        self.teams.iter().find(|team| team.uuid == uuid)
    }

    /// The hours an inbox goes by; `None` = always open.
    pub fn hours_of_inbox(&self, inbox: &Inbox) -> Option<&Hours> {
        Uuid::parse(&inbox.config.hours.set).and_then(|uuid| self.hours(uuid))
    }

    /// The hours that count for a team in an inbox: its own, else those of the inbox.
    pub fn hours_of_team(&self, inbox: &Inbox, team: Option<Uuid>) -> Option<&Hours> {
        let own = team.and_then(|team| self.team(team)).and_then(|team| team.hours).and_then(|(_, uuid)| self.hours(uuid));
        own.or_else(|| self.hours_of_inbox(inbox))
    }

    /// All sets that visitors of an inbox may meet: its own and those of the teams.
    pub fn hours_met_in(&self, inbox: &Inbox) -> Vec<&Hours> {
        let of_inbox = self.hours_of_inbox(inbox).map(|set| set.uuid);
        let is_met =
            |set: &&Hours| of_inbox == Some(set.uuid) || self.teams.iter().any(|team| team.hours.is_some_and(|(_, own)| own == set.uuid));
        self.hours.iter().filter(is_met).collect()
    }
}

/// What the house knows by heart. Cloning shares it.
#[derive(Clone, Default)]
pub struct Board(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// A few lines each, never over an await.
    roster: Mutex<Known>,
    /// How each agent counted when it was last told, and since when. One entry per agent.
    stances: Mutex<HashMap<AgentId, (Stance, Millis)>>,
    /// When each agent was last online before he was not. One entry per agent.
    left: Mutex<HashMap<AgentId, Millis>>,
    /// Who waits, as visitors were told last.
    queue: super::queue::Told,
    /// What each inbox's visitors were told last. One entry per inbox that anybody asked for.
    told: Mutex<HashMap<InboxId, Told>>,
    /// Bounded by `limits::ESTIMATES_MAX`.
    estimates: Mutex<HashMap<(InboxId, Option<TeamId>), Estimate>>,
    news: Notify,
}

#[derive(Default)]
struct Known {
    /// As last read; kept while a fresh one is on its way.
    roster: Arc<Roster>,
    is_fresh: bool,
    /// Counts what was forgotten: what was read before a change must not be kept after it.
    forgotten: u64,
}

struct Told {
    inbox: Uuid,
    outlook: Outlook,
    /// The same as an event, encoded once for all who hear it.
    event: Arc<Event>,
}

#[derive(Clone, Copy)]
struct Estimate {
    minutes: Option<u32>,
    at: Millis,
}

impl Board {
    /// A commit's announcement, heard before anybody else hears it: who looks then, looks afresh.
    pub fn hear(&self, what: &What) {
        match what {
            What::AgentChanged { .. } | What::HoursChanged { .. } | What::TeamChanged { .. } | What::RoleChanged { .. } => {
                let mut known = lock(&self.0.roster);
                known.is_fresh = false;
                known.forgotten += 1;
            }
            What::InboxChanged { .. } => {}
            What::ConversationChanged { conversation } | What::MessageAdded { conversation, .. } if self.0.queue.concerns(conversation) => {
            }
            _ => return,
        }
        self.look_again();
    }

    /// People, teams and hours as last read, without asking anybody: right but for the moment after a change.
    pub fn peek(&self) -> Arc<Roster> {
        lock(&self.0.roster).roster.clone()
    }

    /// Notes how everybody counts now, at this time of the day and after so many ticks; answers who counts differently from before.
    pub(super) fn put_stances(&self, all: impl Iterator<Item = (AgentId, Stance)>, now: Millis, ticks: Millis) -> Vec<(AgentId, Stance)> {
        let mut stances = lock(&self.0.stances);
        let mut changed = Vec::new();
        for (agent, stance) in all {
            let before = stances.get(&agent).copied();
            if before.is_some_and(|(before, _)| before == stance) {
                continue;
            }
            // Away for another reason, or gone after being away: it is one absence.
            let was_away = before.filter(|(before, _)| before.reach != Reach::Online && stance.reach != Reach::Online);
            if before.is_some_and(|(before, _)| before.reach == Reach::Online) && stance.reach != Reach::Online {
                lock(&self.0.left).insert(agent, now);
            }
            stances.insert(agent, (stance, was_away.map_or(ticks, |(_, since)| since)));
            if before.map_or(Stance::GONE, |(before, _)| before) != stance {
                changed.push((agent, stance));
            }
        }
        changed
    }

    /// When an agent was last online, of those whom the house saw leave.
    pub(super) fn left_at(&self, agent: AgentId) -> Option<Millis> {
        lock(&self.0.left).get(&agent).copied()
    }

    /// Since when, in ticks, an agent takes no conversations; `None` while he does.
    pub(super) fn absent_since(&self, agent: AgentId) -> Option<Millis> {
        lock(&self.0.stances).get(&agent).filter(|(stance, _)| stance.reach != Reach::Online).map(|(_, since)| *since)
    }

    /// Everybody who takes no conversations, and since when, in ticks.
    pub(super) fn absent(&self) -> Vec<(AgentId, Millis)> {
        let stances = lock(&self.0.stances);
        stances.iter().filter(|(_, (stance, _))| stance.reach != Reach::Online).map(|(agent, (_, since))| (*agent, *since)).collect()
    }

    /// The queue as it was told last.
    pub(super) fn queue(&self) -> &super::queue::Told {
        &self.0.queue
    }

    /// Something may have changed: whoever watches looks again.
    pub fn look_again(&self) {
        self.0.news.notify_one();
    }

    /// Completes when something may have changed since it was made.
    pub fn news(&self) -> Notified<'_> {
        self.0.news.notified()
    }
}

impl Desk {
    /// People, teams and hours.
    pub async fn roster(&self) -> Result<Arc<Roster>> {
        let forgotten = {
            let known = lock(&self.board.0.roster);
            if known.is_fresh {
                return Ok(known.roster.clone());
            }
            known.forgotten
        };
        let roster = self.store.read(|tx| Ok(Roster { agents: agents::all(tx)?, teams: teams::all(tx)?, hours: hours::all(tx)? })).await?;
        let roster = Arc::new(roster);
        let mut known = lock(&self.board.0.roster);
        if known.forgotten == forgotten {
            known.roster = roster.clone();
            known.is_fresh = true;
        }
        Ok(roster)
    }

    /// Whether an inbox is within its hours now. Asked at every page view, so it reads nothing but memory.
    pub async fn is_open(&self, inbox: &Inbox) -> Result<bool> {
        if inbox.config.hours.set.is_empty() {
            return Ok(true);
        }
        let roster = self.roster().await?;
        Ok(roster.hours_of_inbox(inbox).is_none_or(|set| set.plan.open_at(self.clock.now())))
    }

    /// What visitors of an inbox may expect right now; of an inbox as it would be, too.
    pub async fn outlook(&self, inbox: &Inbox) -> Result<Outlook> {
        let (mut outlook, _) = self.look(inbox, &*self.roster().await?);
        self.estimate(inbox, &mut outlook).await;
        Ok(outlook)
    }

    /// Sees to it that whoever asks for an inbox now, hears of what changes from now on.
    pub async fn watch_over(&self, inbox: &Inbox) -> Result<()> {
        let outlook = self.outlook(inbox).await?;
        let mut told = lock(&self.board.0.told);
        match told.get_mut(&inbox.id) {
            // Nothing differs, or somebody else is about to tell it.
            Some(before) if before.outlook == outlook || before.outlook.is_news(&outlook) => {}
            Some(before) => *before = Told::new(inbox.uuid, outlook),
            None => {
                told.insert(inbox.id, Told::new(inbox.uuid, outlook));
                // It may have changed since we looked, and its hours may turn before all others.
                self.board.look_again();
            }
        }
        Ok(())
    }

    /// Tells one seat what everybody in the inbox was told last, in order with what everybody will be told next.
    pub async fn tell_outlook(&self, inbox: &Inbox, seat: &Seat) -> Result<()> {
        if !lock(&self.board.0.told).contains_key(&inbox.id) {
            self.watch_over(inbox).await?;
        }
        if let Some(told) = lock(&self.board.0.told).get(&inbox.id) {
            seat.tell(told.event.clone());
        }
        Ok(())
    }

    /// Looks at everybody inside and at every inbox that anybody asked for, and tells what differs. Answers
    /// when something turns next.
    pub async fn look_around(&self) -> Result<Option<Millis>> {
        self.sweep_presence().await?;
        self.notice().await?;
        let moves = self.keep_routing().await?;
        self.look_at_queue().await?;
        let watched: Vec<(InboxId, Uuid)> = lock(&self.board.0.told).iter().map(|(id, told)| (*id, told.inbox)).collect();
        let roster = self.roster().await?;
        let now = self.clock.now();
        let worked_by = roster.agents().filter_map(|agent| agent.work_hours).filter_map(|uuid| roster.hours(uuid));
        let mut next: Option<Millis> = worked_by.filter_map(|set| set.plan.standing(now).until).chain(moves).min();
        for (id, uuid) in watched {
            let inbox = match self.inbox(uuid).await {
                Ok(inbox) => inbox,
                Err(error) if matches!(error.kind, Kind::Busy | Kind::Unavailable | Kind::Internal) => return Err(error),
                // Switched off: nobody is told anything.
                Err(_) => {
                    lock(&self.board.0.told).remove(&id);
                    continue;
                }
            };
            let (mut outlook, turn) = self.look(&inbox, &roster);
            next = [next, turn].into_iter().flatten().min();
            if !lock(&self.board.0.told).get(&id).is_some_and(|told| told.outlook.is_news(&outlook)) {
                continue;
            }
            self.estimate(&inbox, &mut outlook).await;
            let news = Told::new(uuid, outlook);
            let event = news.event.clone();
            // Under the lock, so that nobody who joins meanwhile hears the old after the new.
            let mut told = lock(&self.board.0.told);
            told.insert(id, news);
            self.hub.publish(&[Topic::Inbox(id)], event);
        }
        Ok(next)
    }

    /// The outlook from memory alone, without estimates, and when hours turn next.
    fn look(&self, inbox: &Inbox, roster: &Roster) -> (Outlook, Option<Millis>) {
        let now = self.clock.now();
        let here: Vec<AgentId> = self.answering(roster).map(|agent| agent.id).collect();
        let standing = |set: Option<&Hours>| set.map_or(Standing::ALWAYS, |set| set.plan.standing(now));
        let own = standing(roster.hours_of_inbox(inbox));
        let mut next = own.until;
        let buttons = inbox.config.home_buttons.iter().map(|button| {
            let team = Uuid::parse(&button.team).and_then(|uuid| roster.team(uuid));
            let (online, hours) = match team {
                Some(team) => {
                    let hours = if team.hours.is_some() { standing(roster.hours_of_team(inbox, Some(team.uuid))) } else { own };
                    (team.members.iter().any(|member| here.contains(&member.id)), hours)
                }
                None => (!here.is_empty(), own),
            };
            next = [next, hours.until].into_iter().flatten().min();
            ButtonOutlook { id: button.id.clone(), online, open: hours.open, reply_minutes: None }
        });
        let buttons = buttons.collect();
        let opens_at = if own.open { None } else { own.until };
        (Outlook { online: !here.is_empty(), open: own.open, opens_at, reply_minutes: None, buttons }, next)
    }

    fn answering<'r>(&self, roster: &'r Roster) -> impl Iterator<Item = &'r Agent> {
        let here = self.here();
        let answers =
            move |agent: &&Agent| agent.rights.permissions.has(Permission::Reply) && here.stance(agent, roster).reach == Reach::Online;
        roster.agents().filter(answers)
    }

    /// Agents who answer right now.
    pub async fn team_online(&self) -> Result<Vec<AgentRef>> {
        let roster = self.roster().await?;
        Ok(self.answering(&roster).map(Agent::reference).collect())
    }

    /// Fills in how long answers take, where the inbox says so at all.
    async fn estimate(&self, inbox: &Inbox, outlook: &mut Outlook) {
        if !inbox.config.show_reply_time {
            return;
        }
        outlook.reply_minutes = self.reply_minutes(inbox.id, None).await;
        let Ok(roster) = self.roster().await else { return };
        for (outlook, button) in outlook.buttons.iter_mut().zip(&inbox.config.home_buttons) {
            let team = Uuid::parse(&button.team).and_then(|uuid| roster.team(uuid));
            outlook.reply_minutes = self.reply_minutes(inbox.id, team.map(|team| team.id)).await;
        }
    }

    /// The median of the first answers of the last thirty days, rounded up kindly; `None` when there are too few. Asked of the database
    /// once in ten minutes; whoever asks meanwhile gets the last answer.
    async fn reply_minutes(&self, inbox: InboxId, team: Option<TeamId>) -> Option<u32> {
        let now = self.clock.now();
        let key = (inbox, team);
        let before = {
            let mut all = lock(&self.board.0.estimates);
            let before = all.get(&key).copied();
            if let Some(known) = before
                && (0..ESTIMATE_LIFE.as_millis() as i64).contains(&(now - known.at))
            {
                return known.minutes;
            }
            if all.len() >= limits::ESTIMATES_MAX {
                all.clear();
            }
            let minutes = before.and_then(|known| known.minutes);
            // Whoever comes while we ask does not ask too.
            all.insert(key, Estimate { minutes, at: now });
            minutes
        };
        let since = now - SAMPLES_FROM.as_millis() as i64;
        let minutes = match self.store.read(move |tx| estimates::first_replies(tx, inbox, team, since)).await {
            Ok(samples) => median_minutes(samples),
            Err(error) => {
                log::warn!("how long answers take is not known inbox={inbox} error=\"{error:?}\"");
                return before;
            }
        };
        lock(&self.board.0.estimates).insert(key, Estimate { minutes, at: now });
        minutes
    }
}

impl Told {
    fn new(inbox: Uuid, outlook: Outlook) -> Told {
        let event = Arc::new(Event::new(None, What::OutlookChanged { outlook: outlook.clone() }));
        Told { inbox, outlook, event }
    }
}

fn median_minutes(samples: Vec<Millis>) -> Option<u32> {
    if samples.len() < SAMPLES_MIN { None } else { Some(kindly(median(samples))) }
}

/// The one in the middle; 0 of none.
pub(super) fn median(mut samples: Vec<Millis>) -> Millis {
    let middle = samples.len() / 2;
    if samples.is_empty() { 0 } else { *samples.select_nth_unstable(middle).1 }
}

/// Rounded up to a number that people say: a promise rather kept than broken.
pub(super) fn kindly(ms: Millis) -> u32 {
    const STEPS: [u64; 16] = [1, 2, 3, 4, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360];
    let minutes = ms.max(0).unsigned_abs().div_ceil(60_000).max(1);
    let hours = minutes.div_ceil(60);
    let rounded = match STEPS.into_iter().find(|step| *step >= minutes) {
        Some(step) => step,
        None if hours <= 24 => hours * 60,
        None => hours.div_ceil(24) * 24 * 60,
    };
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing inside can panic half-way; a poisoned map is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_rounded_up_and_needs_five_answers() {
        let minute = 60_000;
        assert_eq!(median_minutes(vec![minute; 4]), None);
        assert_eq!(median_minutes(vec![30_000, minute, 7 * minute, 7 * minute + 1, 600 * minute]), Some(10));
        for (ms, said) in [
            (-5, 1),
            (0, 1),
            (minute, 1),
            (minute + 1, 2),
            (5 * minute, 5),
            (11 * minute, 15),
            (61 * minute, 90),
            (400 * minute, 420),
            (24 * 60 * minute, 1440),
            (25 * 60 * minute, 2880),
            (i64::MAX, u32::MAX),
        ] {
            assert_eq!(kindly(ms), said, "{ms}");
        }
    }

    #[test]
    fn how_long_answers_take_is_no_news() {
        let button = |open, reply_minutes| ButtonOutlook { id: "a".into(), online: true, open, reply_minutes };
        let before = Outlook { reply_minutes: Some(5), buttons: vec![button(true, None)], ..Outlook::default() };
        assert!(!before.is_news(&Outlook { reply_minutes: None, buttons: vec![button(true, Some(3))], ..Outlook::default() }));
        assert!(before.is_news(&Outlook { buttons: vec![button(false, None)], ..Outlook::default() }));
        assert!(before.is_news(&Outlook { online: true, ..before.clone() }));
    }
}
