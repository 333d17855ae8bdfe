//! Who is here: coming is told at once, going only after a grace, so that a page reload is not a farewell.

use crate::base::clock::Millis;
use crate::model::event::Topic;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long somebody may be without any seat before he counts as gone.
pub const GRACE_MS: Millis = 8_000;

/// Who counts as present. Cloning shares it.
#[derive(Clone, Default)]
pub struct Presence {
    /// When each present owner was last seen with a seat. Bounded by the number of seats plus those within the grace.
    seen: Arc<Mutex<HashMap<Topic, Millis>>>,
    /// Seats of each owner whose page has had no key and no mouse for a while. Bounded by the number of seats.
    idle: Arc<Mutex<HashMap<Topic, usize>>>,
}

impl Presence {
    /// Notes a new seat; true when its owner was not present before.
    pub fn arrived(&self, owner: Topic, now: Millis) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(owner, now).is_none()
    }

    /// Whether `owner` counts as present.
    pub fn is_present(&self, owner: Topic) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&owner)
    }

    /// One seat of `owner` fell idle, or woke up.
    pub fn idle(&self, owner: Topic, is_idle: bool) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let seats = idle.entry(owner).or_default();
        *seats = if is_idle { *seats + 1 } else { seats.saturating_sub(1) };
        if *seats == 0 {
            idle.remove(&owner);
        }
    }

    /// How many seats of `owner` are idle.
    pub fn idle_seats(&self, owner: Topic) -> usize {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).get(&owner).copied().unwrap_or_default()
    }

    /// Owners that have no seat (`has_seat` says so) for longer than the grace; they are forgotten and returned. Call it every second or so.
    pub fn sweep(&self, now: Millis, has_seat: impl Fn(Topic) -> bool) -> Vec<Topic> {
        let mut gone = Vec::new();
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).retain(|owner, seen| {
            if has_seat(*owner) {
                *seen = now;
            }
            let stays = now - *seen < GRACE_MS;
            if !stays {
                gone.push(*owner);
            }
            stays
        });
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reload_is_not_a_farewell() {
        let presence = Presence::default();
        assert!(presence.arrived(Topic::Agents, 0));
        assert!(presence.sweep(GRACE_MS - 1, |_| false).is_empty());
        assert!(!presence.arrived(Topic::Agents, GRACE_MS - 1), "back within the grace");
        assert_eq!(presence.sweep(3 * GRACE_MS, |_| false), vec![Topic::Agents]);
        assert!(!presence.is_present(Topic::Agents));
    }
}
