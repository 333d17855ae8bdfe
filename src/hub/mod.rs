//! Floor 1: the only place with live connections' queues. Knows who listens to what; does not know what an event means.
//!
//! A full queue costs the *seat*, never the order of events and never silently an event: its owner reconnects and catches up.

pub mod presence;

use crate::base::limits;
use crate::model::event::{Event, Topic};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Where events are published and seats are taken. Cloning shares it.
#[derive(Clone, Default)]
pub struct Hub {
    /// Held for a few lines, never over an await: publishing must not wait for anybody.
    rooms: Arc<Mutex<Rooms>>,
}

#[derive(Default)]
struct Rooms {
    topics: HashMap<Topic, Vec<Arc<Place>>>,
    /// Seats per owner, for the limit and for presence.
    owners: HashMap<Topic, usize>,
    seats: usize,
}

/// Why a seat was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The whole server is full.
    ServerFull,
    /// This person has too many tabs.
    OwnerFull,
}

struct Place {
    owner: Topic,
    /// Pushed by publishers, popped by the seat's one owner; a few lines each.
    queue: Mutex<Queue>,
    wake: Notify,
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Arc<Event>>,
    /// Set when the queue overflowed: the seat is lost.
    too_slow: bool,
}

/// One live connection's place. Dropping it leaves.
pub struct Seat {
    rooms: Arc<Mutex<Rooms>>,
    place: Arc<Place>,
    topics: Vec<Topic>,
}

impl Place {
    fn push(&self, event: Arc<Event>) {
        let mut queue = lock(&self.queue);
        if queue.events.len() >= limits::SEAT_QUEUE_MAX {
            queue.too_slow = true;
            queue.events = VecDeque::new();
        }
        if !queue.too_slow {
            queue.events.push_back(event);
        }
        drop(queue);
        self.wake.notify_one();
    }
}

impl Hub {
    /// Takes a seat for `owner` that hears everything published to `owner` and to `topics`.
    pub fn join(&self, owner: Topic, topics: &[Topic]) -> Result<Seat, Refused> {
        let mut rooms = lock(&self.rooms);
        if rooms.seats >= limits::SEATS_MAX {
            return Err(Refused::ServerFull);
        }
        let count = rooms.owners.entry(owner).or_default();
        if *count >= limits::SEATS_PER_OWNER_MAX {
            return Err(Refused::OwnerFull);
        }
        *count += 1;
        rooms.seats += 1;
        let place = Arc::new(Place { owner, queue: Mutex::default(), wake: Notify::new() });
        let mut all = vec![owner];
        all.extend(topics.iter().copied().filter(|topic| *topic != owner));
        for topic in &all {
            rooms.topics.entry(*topic).or_default().push(place.clone());
        }
        Ok(Seat { rooms: self.rooms.clone(), place, topics: all })
    }

    /// Hands `event` to everybody who listens to one of `topics`, once each. Never waits. Returns how many heard it.
    pub fn publish(&self, topics: &[Topic], event: Arc<Event>) -> usize {
        // The list of places is copied out, so that ten thousand wake-ups happen without holding the map.
        let places: Vec<Arc<Place>> = {
            let rooms = lock(&self.rooms);
            let all = || topics.iter().filter_map(|topic| rooms.topics.get(topic)).flatten();
            let mut seen = HashSet::new();
            all().filter(|place| topics.len() == 1 || seen.insert(Arc::as_ptr(place))).cloned().collect()
        };
        for place in &places {
            place.push(event.clone());
        }
        places.len()
    }

    /// Whether `owner` has a seat right now.
    pub fn is_present(&self, owner: Topic) -> bool {
        lock(&self.rooms).owners.contains_key(&owner)
    }

    /// How many seats `owner` has right now.
    pub fn seats_of(&self, owner: Topic) -> usize {
        lock(&self.rooms).owners.get(&owner).copied().unwrap_or_default()
    }

    /// All owners with a seat.
    pub fn owners(&self) -> Vec<Topic> {
        lock(&self.rooms).owners.keys().copied().collect()
    }

    /// All owners with a seat, and how many each has.
    pub fn owners_with_seats(&self) -> Vec<(Topic, usize)> {
        lock(&self.rooms).owners.iter().map(|(owner, seats)| (*owner, *seats)).collect()
    }

    /// Seats taken altogether.
    pub fn seats(&self) -> usize {
        lock(&self.rooms).seats
    }
}

impl Seat {
    /// The next event, in order of publication. `None` = too slow: the seat is lost, reconnect and catch up. Cancel-safe: an event is
    /// taken from the queue only in the same poll that returns it.
    pub async fn recv(&mut self) -> Option<Arc<Event>> {
        loop {
            {
                let mut queue = lock(&self.place.queue);
                if queue.too_slow {
                    return None;
                }
                if let Some(event) = queue.events.pop_front() {
                    if queue.events.is_empty() {
                        // An idle socket keeps no buffer: there are thousands of them.
                        queue.events.shrink_to_fit();
                    }
                    return Some(event);
                }
            }
            // A permit stored by notify_one before we wait here is not lost.
            self.place.wake.notified().await;
        }
    }

    /// Hands `event` to this seat alone, in order with what is published.
    pub fn tell(&self, event: Arc<Event>) {
        self.place.push(event);
    }

    /// Whose seat it is.
    pub fn owner(&self) -> Topic {
        self.place.owner
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = lock(&self.rooms);
        for topic in &self.topics {
            if let Some(places) = rooms.topics.get_mut(topic) {
                if let Some(index) = places.iter().position(|place| Arc::ptr_eq(place, &self.place)) {
                    places.swap_remove(index);
                }
                if places.is_empty() {
                    rooms.topics.remove(topic);
                }
            }
        }
        rooms.seats -= 1;
        if let Some(count) = rooms.owners.get_mut(&self.place.owner) {
            *count -= 1;
            if *count == 0 {
                rooms.owners.remove(&self.place.owner);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing inside can panic half-way; a poisoned map is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{ContactId, InboxId, Uuid};
    use crate::model::event::What;

    fn event() -> Arc<Event> {
        Arc::new(Event::new(Some(1), What::InboxChanged { inbox: Uuid::new() }))
    }

    #[tokio::test]
    async fn a_seat_that_listens_twice_hears_once() {
        let hub = Hub::default();
        let (owner, inbox) = (Topic::Contact(ContactId(1)), Topic::Inbox(InboxId(1)));
        let mut seat = hub.join(owner, &[inbox]).unwrap();
        assert_eq!(hub.publish(&[owner, inbox], event()), 1);
        assert!(seat.recv().await.is_some());
        assert_eq!(hub.publish(&[Topic::Agents], event()), 0);
    }

    #[tokio::test]
    async fn slow_client_loses_seat_but_no_message_silently() {
        let hub = Hub::default();
        let owner = Topic::Contact(ContactId(1));
        let mut slow = hub.join(owner, &[]).unwrap();
        for _ in 0..limits::SEAT_QUEUE_MAX {
            hub.publish(&[owner], event());
        }
        let mut other = hub.join(owner, &[]).unwrap();
        hub.publish(&[owner], event());
        assert!(slow.recv().await.is_none(), "one over the limit");
        assert!(slow.recv().await.is_none(), "and for good");
        assert!(other.recv().await.is_some(), "others are not touched");
    }

    #[test]
    fn seats_of_one_owner_are_limited_and_given_back() {
        let hub = Hub::default();
        let owner = Topic::Contact(ContactId(1));
        let seats: Vec<Seat> = (0..limits::SEATS_PER_OWNER_MAX).map(|_| hub.join(owner, &[]).unwrap()).collect();
        assert_eq!(hub.join(owner, &[]).err(), Some(Refused::OwnerFull));
        assert!(hub.is_present(owner));
        drop(seats);
        assert!(!hub.is_present(owner));
        assert_eq!(hub.seats(), 0);
        assert!(hub.join(owner, &[]).is_ok());
    }
}
