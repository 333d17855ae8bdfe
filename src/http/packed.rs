//! Texts made at run time, in gzip at its best: packing takes a while, so each text is packed once and remembered, one at a time, and never
//! because of a name that only its caller made up. Brotli would save a tenth of it, and cost 800 KB of the program.

use crate::base::limits;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Semaphore;

/// What was packed. Held for a look-up only.
static PACKED: Mutex<Packed> = Mutex::new(Packed { texts: VecDeque::new(), hosts: VecDeque::new(), admitted: VecDeque::new() });
/// Whoever packs: one core at most.
static PACKER: Semaphore = Semaphore::const_new(1);

/// Both lists have the least used first, so what is really asked for stays.
struct Packed {
    /// Packed texts by their tag.
    texts: VecDeque<(String, Bytes)>,
    /// Names under which callers saw us, where none is configured.
    hosts: VecDeque<String>,
    /// When new names were taken in, of the last minute.
    admitted: VecDeque<Instant>,
}

impl Packed {
    fn find(&mut self, etag: &str) -> Option<Bytes> {
        let at = self.texts.iter().position(|(tag, _)| tag == etag)?;
        let found = self.texts.remove(at)?;
        let bytes = found.1.clone();
        self.texts.push_back(found);
        Some(bytes)
    }

    fn keep(&mut self, etag: &str, bytes: Bytes) {
        if self.find(etag).is_some() {
            return;
        }
        if self.texts.len() >= limits::PACKED_TEXTS_MAX {
            self.texts.pop_front();
        }
        self.texts.push_back((etag.to_owned(), bytes));
    }

    /// Whether texts that name this host are worth packing: anybody can ask under any name.
    fn admits(&mut self, host: &str, now: Instant) -> bool {
        if let Some(at) = self.hosts.iter().position(|known| known == host) {
            if let Some(known) = self.hosts.remove(at) {
                self.hosts.push_back(known);
            }
            return true;
        }
        while self.admitted.front().is_some_and(|at| now.duration_since(*at).as_secs() >= 60) {
            self.admitted.pop_front();
        }
        if self.admitted.len() >= limits::PACKED_HOSTS_PER_MINUTE {
            return false;
        }
        if self.hosts.len() >= limits::PACKED_TEXTS_MAX {
            self.hosts.pop_front();
        }
        self.admitted.push_back(now);
        self.hosts.push_back(host.to_owned());
        true
    }
}

/// `text` in gzip, or `None` when that is not smaller or not worth the work. `etag` names the content, `host` the name that its caller
/// used for us when the text depends on it.
pub(super) async fn gzip(etag: &str, text: &Bytes, host: Option<&str>) -> Option<Bytes> {
    if let Some(bytes) = packed().find(etag) {
        return Some(bytes);
    }
    if !host.is_none_or(|host| packed().admits(host, Instant::now())) {
        return None;
    }
    let turn = PACKER.acquire().await.ok()?;
    // Somebody else may have packed it while this call waited for its turn.
    if let Some(bytes) = packed().find(etag) {
        return Some(bytes);
    }
    let plain = text.clone();
    let bytes = tokio::task::spawn_blocking(move || {
        // Goes on when its caller has gone, so it keeps its turn.
        let _turn = turn;
        pack(&plain)
    })
    .await
    .ok()
    .flatten()?;
    packed().keep(etag, bytes.clone());
    Some(bytes)
}

fn packed() -> MutexGuard<'static, Packed> {
    // Nothing inside can panic half-way; a poisoned list is still whole.
    PACKED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pack(plain: &[u8]) -> Option<Bytes> {
    let mut packing = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::best());
    // Writing to memory cannot fail; if it ever does, the plain form is right as well.
    packing.write_all(plain).ok()?;
    let bytes = packing.finish().ok()?;
    (bytes.len() < plain.len()).then(|| Bytes::from(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn odd_names_are_not_packed_for_and_push_nothing_out() {
        let mut packed = Packed { texts: VecDeque::new(), hosts: VecDeque::new(), admitted: VecDeque::new() };
        let start = Instant::now();
        assert!(packed.admits("real.example", start));
        packed.keep("real", Bytes::from_static(b"x"));
        for number in 0..2_000_u64 {
            let now = start + Duration::from_secs(number);
            let host = format!("odd{number}.example");
            if packed.admits(&host, now) {
                packed.keep(&host, Bytes::from_static(b"x"));
            }
            // A page view now and then is enough to stay.
            if number % 600 == 0 {
                assert!(packed.admits("real.example", now) && packed.find("real").is_some(), "{number}");
            }
        }
        assert!(packed.texts.len() <= limits::PACKED_TEXTS_MAX && packed.hosts.len() <= limits::PACKED_TEXTS_MAX);
        assert!(packed.admitted.len() <= limits::PACKED_HOSTS_PER_MINUTE);
        // Many at once: a few of them, not all.
        let late = start + Duration::from_secs(10_000);
        let taken = (0..500).filter(|number| packed.admits(&format!("late{number}.example"), late)).count();
        assert_eq!(taken, limits::PACKED_HOSTS_PER_MINUTE);
    }
}
