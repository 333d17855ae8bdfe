//! Counting without waiting: what happened since the start, in a few numbers that anybody may read at any time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// So many so far.
    pub fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the buckets of every histogram, in milliseconds: few, and where people begin to notice.
pub const BOUNDS_MS: [u64; 7] = [1, 5, 25, 100, 500, 2_500, 10_000];

/// How long something took, in a few buckets; the last one is for everything longer.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BOUNDS_MS.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    /// Once more, and it took so long.
    pub fn add(&self, took: Duration) {
        let us = took.as_micros() as u64;
        let bucket = BOUNDS_MS.iter().position(|bound| us <= bound * 1000).unwrap_or(BOUNDS_MS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// How often it took at most each of `BOUNDS_MS`, and how often in all.
    pub fn read(&self) -> [u64; BOUNDS_MS.len() + 1] {
        let mut sum = 0;
        std::array::from_fn(|at| {
            sum += self.buckets[at].load(Ordering::Relaxed);
            sum
        })
    }

    /// All of it together, in seconds.
    pub fn seconds(&self) -> f64 {
        self.sum_us.load(Ordering::Relaxed) as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_took_at_most_its_bound() {
        let histogram = Histogram::default();
        for ms in [1, 2, 5, 100, 60_000] {
            histogram.add(Duration::from_millis(ms));
        }
        assert_eq!(histogram.read(), [1, 3, 3, 4, 4, 4, 4, 5]);
        assert!((histogram.seconds() - 60.108).abs() < 1e-6);
    }
}
