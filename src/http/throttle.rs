//! Throttles: token buckets per key and counts of failures, bounded, pure over the time they are told.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What a bucket still holds after a call that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left(pub u32);

/// Too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Seconds until the next call is let through; at least 1.
    pub retry_after_s: u32,
}

impl From<TooMany> for crate::base::error::Error {
    fn from(too_many: TooMany) -> crate::base::error::Error {
        let message = format!("That was too often. Please try again in {} s.", too_many.retry_after_s);
        crate::base::error::Error::too_many(message, too_many.retry_after_s)
    }
}

/// What one call costs: credit grows by `per_minute` every millisecond, so that whole numbers say everything exactly.
const CALL: i64 = 60_000;

/// Token buckets, one per key.
pub struct Throttle {
    per_minute: i64,
    burst: i64,
    /// Held for one look-up, never over an await.
    table: Mutex<Table<Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    credit: i64,
    at_ms: i64,
}

impl Throttle {
    /// Lets `burst` calls through at once and `per_minute` in the long run, for each of at most `keys_max` keys.
    pub fn new(per_minute: u32, burst: u32, keys_max: usize) -> Throttle {
        let table = Mutex::new(Table::new(keys_max));
        Throttle { per_minute: i64::from(per_minute.max(1)), burst: i64::from(burst.max(1)) * CALL, table }
    }

    /// Takes one token of `key`.
    pub fn check(&self, key: &str, now_ms: i64) -> Result<Left, TooMany> {
        let mut table = lock(&self.table);
        let bucket = table.entry(key, || Bucket { credit: self.burst, at_ms: now_ms });
        // A clock that was set back gives nothing and takes nothing.
        let grown = (now_ms - bucket.at_ms).max(0).saturating_mul(self.per_minute);
        bucket.credit = bucket.credit.saturating_add(grown).min(self.burst);
        bucket.at_ms = now_ms;
        if bucket.credit < CALL {
            let wait_ms = ((CALL - bucket.credit) as u64).div_ceil(self.per_minute as u64);
            return Err(TooMany { retry_after_s: wait_ms.div_ceil(1000).max(1) as u32 });
        }
        bucket.credit -= CALL;
        Ok(Left((bucket.credit / CALL) as u32))
    }

    /// Gives a token back that was taken for what then did not happen.
    pub fn give_back(&self, key: &str, now_ms: i64) {
        let mut table = lock(&self.table);
        let bucket = table.entry(key, || Bucket { credit: self.burst, at_ms: now_ms });
        bucket.credit = bucket.credit.saturating_add(CALL).min(self.burst);
    }

    /// What one more call of `key` would find, without taking anything.
    pub fn left(&self, key: &str, now_ms: i64) -> Left {
        let mut table = lock(&self.table);
        let bucket = table.entry(key, || Bucket { credit: self.burst, at_ms: now_ms });
        let grown = (now_ms - bucket.at_ms).max(0).saturating_mul(self.per_minute);
        Left((bucket.credit.saturating_add(grown).min(self.burst) / CALL) as u32)
    }

    /// Calls let through at once.
    pub fn burst(&self) -> u32 {
        (self.burst / CALL) as u32
    }
}

/// Counts failures (of logins, of codes) per key within a window that begins with the first one.
pub struct Failures {
    failures_max: u32,
    window_ms: i64,
    /// Held for one look-up, never over an await.
    table: Mutex<Table<Count>>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    since_ms: i64,
}

impl Failures {
    /// Closes a key after `failures_max` failures within `window`, until the window is over.
    pub fn new(failures_max: u32, window: Duration, keys_max: usize) -> Failures {
        Failures { failures_max, window_ms: window.as_millis() as i64, table: Mutex::new(Table::new(keys_max)) }
    }

    /// Whether `key` may try (again). Ask before the work of checking.
    pub fn check(&self, key: &str, now_ms: i64) -> Result<(), TooMany> {
        let table = lock(&self.table);
        let Some(count) = table.find(key).filter(|count| count.failures >= self.failures_max) else { return Ok(()) };
        let over_ms = count.since_ms + self.window_ms - now_ms;
        if over_ms <= 0 {
            return Ok(());
        }
        Err(TooMany { retry_after_s: (over_ms as u64).div_ceil(1000).max(1) as u32 })
    }

    /// Counts one more of `key` unless it is closed; both in one step, so that many at once are no more than allowed.
    pub fn take(&self, key: &str, now_ms: i64) -> Result<(), TooMany> {
        let mut table = lock(&self.table);
        let count = table.entry(key, || Count { failures: 0, since_ms: now_ms });
        if now_ms - count.since_ms >= self.window_ms {
            *count = Count { failures: 0, since_ms: now_ms };
        }
        if count.failures >= self.failures_max {
            let over_ms = (count.since_ms + self.window_ms - now_ms).max(0);
            return Err(TooMany { retry_after_s: (over_ms as u64).div_ceil(1000).max(1) as u32 });
        }
        count.failures += 1;
        Ok(())
    }

    /// Remembers one more of `key` and answers how many there are within the window, this one included.
    pub fn count_one(&self, key: &str, now_ms: i64) -> u32 {
        let mut table = lock(&self.table);
        let count = table.entry(key, || Count { failures: 0, since_ms: now_ms });
        if now_ms - count.since_ms >= self.window_ms {
            *count = Count { failures: 0, since_ms: now_ms };
        }
        count.failures = count.failures.saturating_add(1);
        count.failures
    }

    /// Remembers one failure of `key`.
    pub fn add(&self, key: &str, now_ms: i64) {
        let mut table = lock(&self.table);
        let count = table.entry(key, || Count { failures: 0, since_ms: now_ms });
        if now_ms - count.since_ms >= self.window_ms {
            *count = Count { failures: 0, since_ms: now_ms };
        }
        count.failures = count.failures.saturating_add(1);
    }

    /// Takes one back that was added before its outcome was known.
    pub fn undo(&self, key: &str, now_ms: i64) {
        let mut table = lock(&self.table);
        let count = table.entry(key, || Count { failures: 0, since_ms: now_ms });
        count.failures = count.failures.saturating_sub(1);
    }

    /// Forgets the failures of `key`: it has succeeded.
    pub fn forget(&self, key: &str) {
        lock(&self.table).remove(key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A map that forgets its oldest keys.
struct Table<V> {
    values: HashMap<Box<str>, (V, u64)>,
    /// Keys in the order they came, each with its number: a key that was removed and came again has a newer one.
    order: VecDeque<(Box<str>, u64)>,
    number: u64,
    keys_max: usize,
}

impl<V> Table<V> {
    fn new(keys_max: usize) -> Table<V> {
        Table { values: HashMap::new(), order: VecDeque::new(), number: 0, keys_max: keys_max.max(1) }
    }

    fn find(&self, key: &str) -> Option<&V> {
        self.values.get(key).map(|(value, _)| value)
    }

    fn entry(&mut self, key: &str, fresh: impl FnOnce() -> V) -> &mut V {
        if !self.values.contains_key(key) {
            self.make_room();
            self.number += 1;
            self.order.push_back((key.into(), self.number));
        }
        let number = self.number;
        &mut self.values.entry(key.into()).or_insert_with(|| (fresh(), number)).0
    }

    fn make_room(&mut self) {
        while self.order.len() >= self.keys_max {
            let Some((oldest, number)) = self.order.pop_front() else { return };
            if self.values.get(&oldest).is_some_and(|(_, current)| *current == number) {
                self.values.remove(&oldest);
            }
        }
    }

    fn remove(&mut self, key: &str) {
        self.values.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let throttle = Throttle::new(60, 3, 10);
        assert_eq!(throttle.check("a", 0), Ok(Left(2)));
        assert_eq!(throttle.check("a", 0), Ok(Left(1)));
        assert_eq!(throttle.check("a", 0), Ok(Left(0)));
        assert_eq!(throttle.check("a", 0), Err(TooMany { retry_after_s: 1 }));
        assert_eq!(throttle.check("b", 0), Ok(Left(2)), "another key has its own bucket");
        assert_eq!(throttle.check("a", 999), Err(TooMany { retry_after_s: 1 }));
        assert_eq!(throttle.check("a", 1000), Ok(Left(0)));
        assert_eq!(throttle.check("a", 1_000_000), Ok(Left(2)), "never more than the burst");
        assert_eq!(throttle.check("a", 0), Ok(Left(1)), "a clock set back does no harm");
    }

    #[test]
    fn a_slow_rate_says_when_to_come_back() {
        let throttle = Throttle::new(2, 1, 10);
        assert!(throttle.check("a", 0).is_ok());
        assert_eq!(throttle.check("a", 0), Err(TooMany { retry_after_s: 30 }));
        assert_eq!(throttle.check("a", 10_000), Err(TooMany { retry_after_s: 20 }));
    }

    #[test]
    fn the_oldest_key_is_forgotten_when_there_are_too_many() {
        let throttle = Throttle::new(1, 1, 2);
        for key in ["a", "b", "c"] {
            assert!(throttle.check(key, 0).is_ok());
        }
        assert!(throttle.check("c", 0).is_err());
        assert!(throttle.check("a", 0).is_ok(), "forgotten");
        assert_eq!(lock(&throttle.table).values.len(), 2);
    }

    #[test]
    fn failures_close_the_door_until_the_window_is_over() {
        let failures = Failures::new(10, Duration::from_secs(900), 100);
        for _ in 0..9 {
            failures.add("a", 0);
        }
        assert_eq!(failures.check("a", 0), Ok(()));
        failures.add("a", 0);
        assert_eq!(failures.check("a", 1), Err(TooMany { retry_after_s: 900 }));
        assert_eq!(failures.check("b", 1), Ok(()));
        assert_eq!(failures.check("a", 899_999), Err(TooMany { retry_after_s: 1 }));
        assert_eq!(failures.check("a", 900_000), Ok(()));
        failures.add("a", 900_000);
        assert_eq!(failures.check("a", 900_000), Ok(()), "a new window begins");
        for _ in 0..9 {
            failures.add("a", 900_000);
        }
        failures.forget("a");
        assert_eq!(failures.check("a", 900_000), Ok(()));
    }

    #[test]
    fn forgetting_and_coming_again_does_not_grow_the_table() {
        let failures = Failures::new(1, Duration::from_secs(1), 5);
        for _ in 0..1000 {
            failures.add("a", 0);
            failures.forget("a");
        }
        assert!(lock(&failures.table).order.len() <= 5);
    }
}
