//! Time as the house tells it: unix milliseconds, from a clock that tests can move.
//!
//! Small machines have no battery for their clock: they start in 1970, or where they were switched off, and are set right by the network a
//! moment later. So there are two times here. `now` is the time of the day, for what is written down and shown to people; it never begins
//! before what is in the file already. `ticks` only grows with the time that passes, whoever sets the clock: for everything that is
//! remembered in memory for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The start of 2026: this was written later, so a clock that says less is wrong for sure.
const EARLIEST: Millis = 1_767_225_600_000;
/// So long a clock that is behind the file is not believed: by then the network has set it, or somebody means it.
const DOUBT_MS: Millis = 10 * 60_000;

/// The wall clock plus an offset, which only tests move. Cloning shares all of it.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    began: Instant,
    /// What the wall clock said then.
    began_at: Millis,
    /// Time that tests let pass.
    passed_ms: AtomicI64,
    /// How far tests set the wall clock.
    set_ms: AtomicI64,
    /// The time of the day when the first tick was, as far as the file knows.
    not_before: AtomicI64,
    /// Ticks at which that was told.
    told_at: AtomicI64,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock(Arc::new(Inner {
            began: Instant::now(),
            began_at: wall(),
            passed_ms: AtomicI64::new(0),
            set_ms: AtomicI64::new(0),
            not_before: AtomicI64::new(EARLIEST),
            told_at: AtomicI64::new(0),
        }))
    }
}

fn wall() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64)
}

impl Clock {
    /// The time of the day, in unix milliseconds. Somebody may set it, forward or back.
    pub fn now(&self) -> Millis {
        let passed = self.passed();
        let set = self.0.set_ms.load(Ordering::Relaxed) + self.0.passed_ms.load(Ordering::Relaxed);
        let wall = wall() + set;
        let least = self.0.not_before.load(Ordering::Relaxed) + passed;
        let doubted = wall < EARLIEST || passed - self.0.told_at.load(Ordering::Relaxed) < DOUBT_MS;
        if wall < least && doubted { least } else { wall }
    }

    /// Milliseconds on a clock that nobody sets; they began at the time of the day when the program did.
    pub fn ticks(&self) -> Millis {
        self.0.began_at + self.passed()
    }

    /// How far the time of the day is ahead of the ticks: changes when somebody sets the clock.
    pub fn lead(&self) -> Millis {
        self.now() - self.ticks()
    }

    /// It is at least this late: something was written down then.
    pub fn not_before(&self, known: Millis) {
        let passed = self.passed();
        if known > self.now() {
            self.0.not_before.store(known - passed, Ordering::Relaxed);
            self.0.told_at.store(passed, Ordering::Relaxed);
        }
    }

    /// Lets time pass (or takes it back) by `ms`; for tests, which move time instead of waiting for it.
    pub fn advance(&self, ms: i64) {
        self.0.passed_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Sets the wall clock forward or back by `ms`, without any time passing; for tests.
    pub fn set(&self, ms: i64) {
        self.0.set_ms.fetch_add(ms, Ordering::Relaxed);
    }

    fn passed(&self) -> Millis {
        self.0.began.elapsed().as_millis() as i64 + self.0.passed_ms.load(Ordering::Relaxed)
    }
}

/// `ms` as RFC 3339 with milliseconds in UTC, the form of the widget protocol's times.
pub fn rfc3339(ms: Millis) -> String {
    let ts = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{ts:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 3_600_000;

    /// A clock that begins at `at`, whatever the machine says.
    fn beginning(at: Millis) -> Clock {
        let clock = Clock::default();
        clock.set(at - wall());
        clock
    }

    fn close(a: Millis, b: Millis) -> bool {
        (a - b).abs() < 60_000
    }

    #[test]
    fn a_machine_without_a_battery_goes_on_where_it_was_and_takes_the_right_time_when_it_comes() {
        let (switched_off, right) = (EARLIEST + 100 * HOUR, EARLIEST + 130 * HOUR);
        for wrong in [0, 946_684_800_000, switched_off - 5 * HOUR] {
            let clock = beginning(wrong);
            clock.not_before(switched_off);
            assert!(close(clock.now(), switched_off), "from {wrong}");
            clock.advance(60_000);
            assert!(close(clock.now(), switched_off + 60_000), "time passes");
            let ticks = clock.ticks();
            clock.set(right - wrong);
            assert!(close(clock.now(), right + 60_000) && close(clock.ticks(), ticks), "set right, and no interval noticed");
        }
    }

    #[test]
    fn a_file_from_the_future_is_believed_for_some_minutes_only() {
        let clock = beginning(EARLIEST + 10 * HOUR);
        clock.not_before(EARLIEST + 99 * HOUR);
        assert!(close(clock.now(), EARLIEST + 99 * HOUR));
        clock.advance(DOUBT_MS);
        assert!(close(clock.now(), EARLIEST + 10 * HOUR + DOUBT_MS));
        let unset = beginning(0);
        unset.advance(2 * DOUBT_MS);
        assert!(unset.now() >= EARLIEST, "but 1970 is never believed");
    }

    #[test]
    fn a_clock_that_is_set_back_while_we_run_is_followed_and_ticks_go_on() {
        let clock = beginning(EARLIEST + 50 * HOUR);
        clock.not_before(EARLIEST + 49 * HOUR);
        let (ticks, lead) = (clock.ticks(), clock.lead());
        clock.set(-5 * HOUR);
        assert!(close(clock.now(), EARLIEST + 45 * HOUR) && close(clock.ticks(), ticks) && close(clock.lead(), lead - 5 * HOUR));
    }
}
