//! Who gets which conversation. Everything here runs inside the transaction of its cause: somebody wrote, came, left, finished one or
//! handed one over. Since there is one writer, two visitors never get the same place, and nobody gets more than he may have.
//!
//! A conversation that nobody has waits in the queue (`queued_at`). Teams that give by themselves (`round_robin`) give the oldest first to
//! whoever is here, has room and was not given one for the longest time; other teams' conversations wait until somebody takes them.

use super::Desk;
use super::availability::Here;
use super::messages::note_activity;
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{AgentId, ConversationId, TeamId};
use crate::base::limits;
use crate::model::agent::full_name;
use crate::model::conversation::{Conversation, ConversationKind, Status};
use crate::model::message::Activity;
use crate::model::notice::NoticeKind;
use crate::model::rule::Cause;
use crate::model::team::Routing;
use crate::store::routing::{self, Candidate, Queued, Stuck};
use crate::store::{ReadTx, WriteTx, agents, conversations};
use std::collections::HashMap;

/// How long somebody may be away before those who wait for his answer go on to others: a reload or a lost line is no farewell.
pub const LEAVE_GRACE_MS: Millis = 120_000;
/// A conversation in which nobody wrote for so long, and nobody waits, takes no place of its agent.
const QUIET_MS: Millis = 10 * 60_000;
/// While somebody waits: how often it is looked whether a conversation fell quiet.
const LOOK_WHILE_WAITING_MS: Millis = 15_000;

/// Somebody who is given a conversation.
type Gift = (Queued, TeamId, AgentId);

/// Lets a new conversation wait, before its first message is told. `give` follows after it.
pub(super) fn begins(tx: &WriteTx, id: ConversationId) -> Result<()> {
    routing::enqueue(tx, id, None)?;
    Ok(())
}

/// Gives a conversation that waits to somebody of its team, if anybody can take it; and says when it was left while nobody was here.
pub(super) fn give(tx: &WriteTx, here: &Here, id: ConversationId) -> Result<()> {
    if here.nobody() {
        note_activity(tx, id, None, Activity { action: "unattended".into(), value: String::new() })?;
    }
    give_of(tx, here, id)
}

/// The contact wrote into a conversation that was as `before`: reopened, or answered by somebody who is gone, it goes to whoever is here.
pub(super) fn wrote(tx: &WriteTx, here: &Here, before: &Conversation) -> Result<()> {
    if before.kind != ConversationKind::Chat {
        return Ok(());
    }
    let Some(agent) = before.assignee.as_ref().map(|agent| agent.id) else {
        if routing::enqueue(tx, before.id, None)? && before.queued_at.is_none() {
            conversations::announce(tx, before.id, false)?;
        }
        return give_of(tx, here, before.id);
    };
    let Some((team, Routing::RoundRobin)) = routing::team_of(tx, before.id)? else { return Ok(()) };
    if before.status == Status::Resolved {
        let mine = routing::candidates(tx, team, tx.now - QUIET_MS)?.into_iter().find(|candidate| candidate.agent == agent);
        // It counts already, as his.
        let keeps = mine.is_some_and(|mine| mine.room >= 0) && here.accepts(agent) && routing::prefers_last(tx, team)?;
        if keeps {
            return routing::start_clock(tx, before.id);
        }
        conversations::set_assignee(tx, before.id, None)?;
        routing::enqueue(tx, before.id, None)?;
        give_of(tx, here, before.id)?;
        conversations::announce(tx, before.id, true)?;
        return Ok(());
    }
    if here.left_for_long(agent) && !here.accepts(agent) {
        return let_go(tx, here, Stuck { id: before.id, agent }, "left");
    }
    Ok(())
}

/// A conversation lost its agent, by hand: it waits again, and goes to somebody else.
pub(super) fn returned(tx: &WriteTx, here: &Here, id: ConversationId, from: Option<AgentId>) -> Result<()> {
    if routing::enqueue(tx, id, from)? {
        give_of(tx, here, id)?;
    }
    Ok(())
}

/// An agent has one conversation less: whoever waits for his teams may get the place.
pub(super) fn place_free(tx: &WriteTx, here: &Here, agent: Option<AgentId>) -> Result<()> {
    match agent {
        Some(agent) if here.accepts(agent) => give_out(tx, here, &routing::waiting_teams(tx, Some(agent))?),
        Some(_) | None => Ok(()),
    }
}

/// A team changed: what waits may be given differently now.
pub(super) fn team_changed(tx: &WriteTx, here: &Here) -> Result<()> {
    give_out(tx, here, &routing::waiting_teams(tx, None)?)
}

/// The status changed by hand: open again it may have to wait; at rest it frees a place.
pub(super) fn status_changed(tx: &WriteTx, here: &Here, before: &Conversation, is_open: bool) -> Result<()> {
    let agent = before.assignee.as_ref().map(|agent| agent.id);
    let was_open = before.status == Status::Open && before.snoozed_until.is_none();
    match (was_open, is_open) {
        (true, false) => place_free(tx, here, agent),
        (false, true) if agent.is_none() => returned(tx, here, before.id, None),
        (false, true) | (true, true) | (false, false) => Ok(()),
    }
}

/// Takes a conversation from somebody who does not answer, and gives it to somebody else or lets it wait. `why` is said in the thread.
fn let_go(tx: &WriteTx, here: &Here, stuck: Stuck, why: &str) -> Result<()> {
    let agent = agents::agent(tx, stuck.agent)?;
    let value = full_name(&agent.first_name, &agent.last_name);
    note_activity(tx, stuck.id, None, Activity { action: why.into(), value })?;
    conversations::set_assignee(tx, stuck.id, None)?;
    routing::enqueue(tx, stuck.id, Some(stuck.agent))?;
    conversations::announce(tx, stuck.id, true)?;
    give_of(tx, here, stuck.id)
}

/// Gives out what waits in the team of one conversation: whoever waited longer comes first.
fn give_of(tx: &WriteTx, here: &Here, id: ConversationId) -> Result<()> {
    match routing::team_of(tx, id)? {
        Some((team, Routing::RoundRobin)) => give_out(tx, here, &[team]),
        Some((_, Routing::Manual)) | None => Ok(()),
    }
}

/// Gives out what waits in these teams, as far as there is room.
fn give_out(tx: &WriteTx, here: &Here, teams: &[TeamId]) -> Result<()> {
    for (queued, team, agent) in plan(tx, here, teams)? {
        routing::give(tx, queued.id, team, agent)?;
        super::rules::after(tx, queued.id, Cause::Changed("assignee"));
        let told = agents::agent(tx, agent)?;
        let value = full_name(&told.first_name, &told.last_name);
        note_activity(tx, queued.id, None, Activity { action: "assignment".into(), value })?;
        let conversation = conversations::announce(tx, queued.id, true)?;
        super::notices::tell(tx, agent, NoticeKind::Assignment, Some(&conversation), None, &conversation.preview)?;
    }
    Ok(())
}

/// Who would get what. Reads only, so that it costs no write to see that there is nothing to give.
fn plan(tx: &ReadTx, here: &Here, teams: &[TeamId]) -> Result<Vec<Gift>> {
    let mut rooms: HashMap<AgentId, i64> = HashMap::new();
    let mut staff: HashMap<TeamId, Vec<Candidate>> = HashMap::new();
    let mut waiting = Vec::new();
    for team in teams {
        let mut candidates = routing::candidates(tx, *team, tx.now - QUIET_MS)?;
        candidates.retain(|candidate| candidate.room > 0 && here.accepts(candidate.agent));
        if candidates.is_empty() {
            continue;
        }
        rooms.extend(candidates.iter().map(|candidate| (candidate.agent, candidate.room)));
        waiting.extend(routing::queue_of(tx, *team, limits::ROUTED_AT_ONCE)?.into_iter().map(|queued| (queued, *team)));
        staff.insert(*team, candidates);
    }
    waiting.sort_by_key(|(queued, _)| (queued.since, queued.id));
    let mut gifts = Vec::new();
    for (queued, team) in waiting.into_iter().take(limits::ROUTED_AT_ONCE as usize) {
        let last = if queued.prefer_last { routing::last_agent(tx, queued.id, queued.contact)? } else { None };
        let Some(candidates) = staff.get_mut(&team) else { continue };
        let Some(agent) = choose(candidates, &rooms, last, queued.passed) else { continue };
        *rooms.entry(agent).or_default() -= 1;
        let turn = candidates.iter().map(|candidate| candidate.given_at + 1).max().unwrap_or(tx.now).max(tx.now);
        candidates.iter_mut().filter(|candidate| candidate.agent == agent).for_each(|candidate| candidate.given_at = turn);
        gifts.push((queued, team, agent));
    }
    Ok(gifts)
}

/// The one whose turn it is: whom the contact knows, else by place, then whoever was given nothing for the longest time.
fn choose(candidates: &[Candidate], rooms: &HashMap<AgentId, i64>, last: Option<AgentId>, passed: Option<AgentId>) -> Option<AgentId> {
    let can = |agent: AgentId| Some(agent) != passed && rooms.get(&agent).is_some_and(|room| *room > 0);
    let known = candidates.iter().map(|candidate| candidate.agent).find(|agent| Some(*agent) == last && can(*agent));
    let next = || {
        let fit = candidates.iter().filter(|candidate| can(candidate.agent));
        fit.min_by_key(|candidate| (candidate.place, candidate.given_at, candidate.agent)).map(|candidate| candidate.agent)
    };
    known.or_else(next)
}

impl Desk {
    /// Somebody can take conversations now: what waits for his teams is given, also what he once let pass.
    pub(super) async fn give_to_arrived(&self, came: Vec<AgentId>) -> Result<()> {
        // Whoever begins to wait after this look finds him here.
        if came.is_empty() || !self.store.read(routing::anybody_waits).await? {
            return Ok(());
        }
        let here = self.here();
        self.store
            .write(move |tx| {
                for agent in came {
                    routing::forgive(tx, agent)?;
                    give_out(tx, &here, &routing::waiting_teams(tx, Some(agent))?)?;
                }
                Ok(())
            })
            .await
    }

    /// What time brings: answers that did not come, agents who left, places that fell quiet. Reads first; writes only when something has
    /// to move. Answers when to look again.
    pub async fn keep_routing(&self) -> Result<Option<Millis>> {
        let here = self.here();
        let absent = self.board.absent();
        let (now, ticks) = (self.clock.now(), self.clock.ticks());
        let (gone, leaving): (Vec<_>, Vec<_>) = absent.into_iter().partition(|(_, since)| since + LEAVE_GRACE_MS <= ticks);
        let gone: Vec<AgentId> = gone.into_iter().map(|(agent, _)| agent).collect();
        let soon = leaving.into_iter().map(|(_, since)| since + LEAVE_GRACE_MS - ticks + now).min();
        let (looking, left) = (here.clone(), gone.clone());
        let (is_due, waits, next) = self
            .store
            .read(move |tx| {
                let waits = routing::anybody_waits(tx)?;
                let is_due = !routing::unanswered(tx)?.is_empty()
                    || !routing::stranded(tx, &left)?.is_empty()
                    || (waits && !plan(tx, &looking, &routing::waiting_teams(tx, None)?)?.is_empty());
                Ok((is_due, waits, routing::next_unanswered(tx)?))
            })
            .await?;
        if is_due {
            self.store
                .write(move |tx| {
                    for stuck in routing::unanswered(tx)? {
                        let_go(tx, &here, stuck, "unanswered")?;
                    }
                    for stuck in routing::stranded(tx, &gone)?.into_iter().filter(|stuck| !here.accepts(stuck.agent)) {
                        let_go(tx, &here, stuck, "left")?;
                    }
                    give_out(tx, &here, &routing::waiting_teams(tx, None)?)
                })
                .await?;
            return Ok(Some(now));
        }
        let while_waiting = waits.then_some(now + LOOK_WHILE_WAITING_MS);
        Ok([soon, next, while_waiting].into_iter().flatten().min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(agent: i64, place: u8, given_at: Millis) -> Candidate {
        Candidate { agent: AgentId(agent), place, given_at, room: 1 }
    }

    #[test]
    fn turns_go_by_place_then_by_time_and_whoever_is_known_comes_first() {
        let all = [candidate(1, 1, 50), candidate(2, 1, 40), candidate(3, 0, 90), candidate(4, 2, 0)];
        let rooms = |some: &[(i64, i64)]| some.iter().map(|(agent, room)| (AgentId(*agent), *room)).collect::<HashMap<_, _>>();
        let full = rooms(&[(1, 1), (2, 1), (3, 1), (4, 1)]);
        assert_eq!(choose(&all, &full, None, None), Some(AgentId(3)), "first is first");
        assert_eq!(choose(&all, &full, Some(AgentId(1)), None), Some(AgentId(1)), "known");
        assert_eq!(choose(&all, &full, Some(AgentId(1)), Some(AgentId(1))), Some(AgentId(3)), "but he let it pass");
        assert_eq!(choose(&all, &rooms(&[(1, 1), (2, 1), (4, 1)]), None, None), Some(AgentId(2)), "longest without");
        assert_eq!(choose(&all, &rooms(&[(4, 1), (3, 0)]), None, None), Some(AgentId(4)), "last when nobody else has room");
        assert_eq!(choose(&all, &rooms(&[(4, 0)]), None, None), None);
        assert_eq!(choose(&all, &full, Some(AgentId(9)), None), Some(AgentId(3)), "somebody known of another team is not asked");
    }
}
