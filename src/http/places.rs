//! Places for connections: so many in all, so many per address. A place is taken before any work and given back by dropping it.

use crate::base::net;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections of each address. Held for one look-up, never over an await.
type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// All places of one server.
pub(super) struct Places {
    all: Arc<Semaphore>,
    all_max: u32,
    per_ip_max: usize,
    per_ip: Counts,
}

/// One connection's place. It travels with the connection, also into a socket.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    counted: Option<(IpAddr, Counts)>,
}

impl Places {
    pub(super) fn new(all_max: usize, per_ip_max: usize) -> Places {
        let all_max = all_max.min(u32::MAX as usize >> 4) as u32;
        Places { all: Arc::new(Semaphore::new(all_max as usize)), all_max, per_ip_max, per_ip: Arc::default() }
    }

    /// Waits until there is room for one more connection; `None` only when the server is gone.
    pub(super) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.all.clone().acquire_owned().await.ok()
    }

    /// Makes a permit the place of `ip`; `None` when that address has too many. A trusted proxy carries everybody and is not counted.
    pub(super) fn seat(&self, permit: OwnedSemaphorePermit, ip: IpAddr, trusted: bool) -> Option<Place> {
        if trusted {
            return Some(Place { _permit: permit, counted: None });
        }
        let key = net::network_of(ip);
        let mut per_ip = self.per_ip.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let count = per_ip.entry(key).or_insert(0);
        if *count >= self.per_ip_max {
            return None;
        }
        *count += 1;
        drop(per_ip);
        Some(Place { _permit: permit, counted: Some((key, self.per_ip.clone())) })
    }

    /// Places taken right now.
    pub(super) fn taken(&self) -> usize {
        self.all_max as usize - self.all.available_permits()
    }

    /// Waits until every place has been given back.
    pub(super) async fn empty(&self) {
        let _ = self.all.acquire_many(self.all_max).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((key, per_ip)) = self.counted.take() else { return };
        let mut per_ip = per_ip.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(count) = per_ip.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                per_ip.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_gets_its_share_and_a_place_given_back_is_free_again() {
        let places = Places::new(10, 2);
        let ip: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        let first = places.seat(places.permit().await.unwrap(), ip, false);
        let second = places.seat(places.permit().await.unwrap(), neighbour, false);
        assert!(first.is_some() && second.is_some());
        assert!(places.seat(places.permit().await.unwrap(), ip, false).is_none(), "over the limit");
        assert!(places.seat(places.permit().await.unwrap(), ip, true).is_some(), "a trusted proxy is not counted");
        drop(first);
        assert!(places.seat(places.permit().await.unwrap(), ip, false).is_some());
        drop(second);
        assert_eq!(places.taken(), 0);
        places.empty().await;
    }
}
