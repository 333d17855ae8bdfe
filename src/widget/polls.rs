//! What came after a change number, at once or as soon as there is something: the way to live without sockets.
//!
//! A waiting call takes a seat like a socket, so its person counts as present, and gives it back with its answer. It joins first and reads
//! then, so that nothing falls between. What is durable is always read from the store; only what has no number (typing, availability)
//! is told from the seat.

use super::Widget;
use super::conversations::number;
use super::session::Visitor;
use super::socket::Place;
use super::wire;
use crate::base::error::{Error, Result};
use crate::base::id::{Seq, SessionId, Uuid};
use crate::base::limits;
use crate::base::net::network_of;
use crate::desk::catch_up::Changes;
use crate::desk::visitors::session_over;
use crate::http::{Reply, Request};
use crate::model::event::{Door, Event, What};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Calls that wait, by session. Cloning shares it.
#[derive(Clone, Default)]
pub struct Polls {
    /// A few lines each, never over an await.
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    sessions: HashMap<SessionId, usize>,
    networks: HashMap<IpAddr, usize>,
    all: usize,
}

/// One waiting call's place. Dropping it gives it back.
pub struct Poll {
    polls: Polls,
    session: SessionId,
    network: IpAddr,
}

impl Polls {
    /// A place for a call that will wait.
    pub fn begin(&self, session: SessionId, ip: IpAddr) -> Result<Poll> {
        let network = network_of(ip);
        let mut waiting = self.lock();
        if waiting.all >= limits::POLLS_MAX {
            return Err(Error::busy());
        }
        let of_session = waiting.sessions.get(&session).copied().unwrap_or_default();
        if of_session >= limits::POLLS_PER_SESSION_MAX {
            return Err(Error::too_many("You have too many windows open. Please close some.", 5).coded("too_many_windows"));
        }
        let of_network = waiting.networks.get(&network).copied().unwrap_or_default();
        if of_network >= limits::POLLS_PER_NETWORK_MAX {
            return Err(Error::too_many("Very many people wait in your network. Please try again in a moment.", 5).coded("busy_network"));
        }
        waiting.sessions.insert(session, of_session + 1);
        waiting.networks.insert(network, of_network + 1);
        waiting.all += 1;
        Ok(Poll { polls: self.clone(), session, network })
    }

    /// Calls that wait right now.
    pub fn count(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing inside can panic half-way; a poisoned map is still whole.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let mut waiting = self.polls.lock();
        waiting.all -= 1;
        leave(&mut waiting.sessions, &self.session);
        leave(&mut waiting.networks, &self.network);
    }
}

/// One less; whoever has none left is forgotten.
fn leave<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// What a waiting call heard.
enum Heard {
    /// Something durable: the store knows it.
    Change,
    /// Something that only whoever listens hears.
    Sign(Arc<str>),
    Nothing,
}

impl Widget {
    /// `GET changes?after=<seq>[&wait=<seconds>]`: everything durable since, as the frames the socket would have sent.
    pub(super) async fn changes(&self, request: Request) -> Result<Reply> {
        let visitor = self.visitor(&request).await?;
        let after = number(&request, "after")?.ok_or_else(|| Error::invalid("Say after which change: ?after=<seq>.").in_field("after"))?;
        let wait = Duration::from_secs(number(&request, "wait")?.unwrap_or(0).unsigned_abs()).min(limits::POLL_WAIT_MAX);
        if wait.is_zero() {
            let changes = self.desk.changes_for_visitor(&visitor.session, after).await?;
            self.desk.look_at_queue().await?;
            return Ok(visitor.told(self.caught_up(&visitor, &changes, Vec::new())));
        }
        let token = request.bearer().unwrap_or_default().to_owned();
        let (place, closing) = (self.place(&request), request.closing());
        // The head of the request has served: thousands may wait, and each should be small.
        drop(request);
        let reply = Box::pin(self.wait_for_changes(&visitor, &token, &place, after, wait, closing)).await?;
        Ok(visitor.told(reply))
    }

    async fn wait_for_changes(
        &self,
        visitor: &Visitor,
        token: &str,
        place: &Place,
        after: Seq,
        wait: Duration,
        closing: impl Future<Output = ()>,
    ) -> Result<Reply> {
        let session = &visitor.session;
        let _place = self.throttles.polls.begin(session.id, place.ip())?;
        let mut seat = self.desk.seat_visitor(session).await?;
        // Looked at again with the seat taken: a session that ended in between was announced before anybody listened.
        self.desk.authenticate(&visitor.inbox, token).await?;
        let mut changes = self.desk.changes_for_visitor(session, after).await?;
        let until = tokio::time::Instant::now() + wait.min(self.time_left(visitor));
        let mut closing = pin!(closing);
        while changes.events.is_empty() && !changes.reload && !changes.more {
            // Cancel-safe: recv takes an event only in the poll that returns it, and every other arm answers the call.
            let event = tokio::select! {
                event = seat.recv() => event,
                () = tokio::time::sleep_until(until) => break,
                () = &mut closing => return Ok(self.caught_up(visitor, &changes, Vec::new())),
            };
            let heard = match &event {
                Some(event) => self.heard(visitor, event, place).await?,
                // The queue overflowed: whatever it was, the store knows what matters.
                None => Heard::Change,
            };
            match heard {
                Heard::Nothing => continue,
                Heard::Change => changes = self.desk.changes_for_visitor(session, after).await?,
                Heard::Sign(frame) => return Ok(self.caught_up(visitor, &changes, vec![frame])),
            }
            if event.is_none() {
                break;
            }
        }
        // The time of a session made from a token may have run out meanwhile.
        self.desk.authenticate(&visitor.inbox, token).await?;
        Ok(self.caught_up(visitor, &changes, Vec::new()))
    }

    async fn heard(&self, visitor: &Visitor, event: &Event, place: &Place) -> Result<Heard> {
        match &event.what {
            What::SessionEnded { session } if session.is_none_or(|id| id == visitor.session.id) => {
                return Err(session_over());
            }
            What::BansChanged => {
                self.desk.check_network(place.ip())?;
                self.desk.check_person(visitor.session.contact)?;
            }
            What::InboxChanged { .. } => place.is_welcome(&*self.desk.inbox(visitor.inbox.uuid).await?)?,
            _ => {}
        }
        if !event.what.is_for(&visitor.session) {
            return Ok(Heard::Nothing);
        }
        let Some(frame) = event.wire(Door::Widget, |event| wire::frame(&self.desk, event)) else { return Ok(Heard::Nothing) };
        // Frames whose change is not in the feed of this visitor (settings) carry no number on the wire either.
        let told_by_the_store = matches!(event.what, What::MessageAdded { .. } | What::ConversationChanged { .. }) && event.seq.is_some();
        Ok(if told_by_the_store { Heard::Change } else { Heard::Sign(frame) })
    }

    /// How long a session made from a token still lives; a visitor's slides.
    fn time_left(&self, visitor: &Visitor) -> Duration {
        if visitor.session.slides() {
            return Duration::MAX;
        }
        Duration::from_millis(visitor.session.expires_at.saturating_sub(self.desk.clock.now()).max(0).unsigned_abs())
    }

    fn caught_up(&self, visitor: &Visitor, changes: &Changes, signs: Vec<Arc<str>>) -> Reply {
        let told = changes.events.iter().filter_map(|event| event.wire(Door::Widget, |event| wire::frame(&self.desk, event)));
        let mut frames: Vec<Value> = told.chain(signs).filter_map(|text| serde_json::from_str(&text).ok()).collect();
        // Places have no number and cannot be caught up: whoever waits hears his with every answer.
        let is_mine = |uuid: &Uuid| visitor.session.conversation.is_none_or(|(_, only)| only == *uuid);
        let places = self.desk.places_of(visitor.session.contact).into_iter().filter(|(uuid, _)| is_mine(uuid));
        frames.extend(places.map(|(uuid, place)| json!({ "type": "queue", "data": wire::queued(uuid, Some(place)) })));
        let data = json!({ "seq": changes.seq, "reload": changes.reload, "more": changes.more, "frames": frames });
        wire::success_at(changes.seq, data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

    #[test]
    fn places_are_bounded_per_session_and_given_back() {
        let polls = Polls::default();
        let one: Vec<Poll> = (0..limits::POLLS_PER_SESSION_MAX).map(|_| polls.begin(SessionId(1), HERE).unwrap()).collect();
        assert_eq!(polls.begin(SessionId(1), HERE).err().map(|error| error.kind), Some(crate::base::error::Kind::TooMany));
        let other = polls.begin(SessionId(2), HERE).unwrap();
        drop(one);
        assert_eq!(polls.count(), 1);
        assert!(polls.begin(SessionId(1), HERE).is_ok());
        drop(other);
        assert_eq!(polls.count(), 0);
        assert!(polls.lock().sessions.is_empty() && polls.lock().networks.is_empty());
    }

    #[test]
    fn one_network_does_not_take_all_places() {
        let polls = Polls::default();
        let many: Vec<Poll> =
            (0..limits::POLLS_PER_NETWORK_MAX).map(|number| polls.begin(SessionId(number as i64), HERE).unwrap()).collect();
        let refused = polls.begin(SessionId(-1), HERE).err().unwrap();
        assert_eq!(refused.code, Some("busy_network"));
        assert!(polls.begin(SessionId(-1), IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)).is_ok(), "elsewhere there is room");
        drop(many);
        assert!(polls.begin(SessionId(-1), HERE).is_ok());
    }
}
