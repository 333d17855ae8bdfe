//! Settings that a reload replaces while the program runs. Everything else of the configuration is read once, at the start.

use super::clock::Millis;
use super::config::{Config, KEYS, RawConfig};
use super::error::Result;
use super::secret::Secret;
use ipnet::IpNet;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// What a reload applies at once, by the names of the settings. Certificates are read anew under the names they had.
pub const LIVE_KEYS: &[&str] = &["LOG_LEVEL", "TRUSTED_PROXIES", "METRICS_TOKEN", "BACKUP_KEEP"];

/// A value that may be replaced while others look at it. Cloning shares it.
#[derive(Debug, Default)]
pub struct Live<T>(Arc<RwLock<Arc<T>>>);

impl<T> Clone for Live<T> {
    fn clone(&self) -> Live<T> {
        Live(self.0.clone())
    }
}

impl<T> From<T> for Live<T> {
    fn from(value: T) -> Live<T> {
        Live(Arc::new(RwLock::new(Arc::new(value))))
    }
}

impl<T> Live<T> {
    /// The value as it is now; whoever asks keeps it for one question.
    pub fn now(&self) -> Arc<T> {
        // Held for one copy of a pointer; nothing inside can panic.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another value from now on.
    pub fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}

/// The live part of the configuration. Cloning shares it.
#[derive(Debug, Clone)]
pub struct LiveConfig {
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Live<Vec<IpNet>>,
    /// Opens the metrics.
    pub metrics_token: Live<Option<Secret>>,
    /// How many backups stay.
    pub backup_keep: Live<usize>,
    /// When the certificate in use ends, told by whoever serves HTTPS.
    pub certificate_until: Live<Option<Millis>>,
    /// Settings that were changed and wait for a restart.
    pub restart_for: Live<Vec<&'static str>>,
    /// Why the last reload changed nothing, if it did not.
    pub refused: Live<Option<String>>,
    /// Counts the reloads that were applied.
    reloads: Arc<watch::Sender<u64>>,
}

impl LiveConfig {
    /// As the program starts.
    pub fn new(config: &Config) -> LiveConfig {
        LiveConfig {
            trusted_proxies: config.trusted_proxies.clone().into(),
            metrics_token: config.metrics_token.clone().into(),
            backup_keep: config.backup_keep.into(),
            certificate_until: None.into(),
            restart_for: Vec::new().into(),
            refused: None.into(),
            reloads: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Changes with every reload: whoever keeps files in memory (certificates) waits for `changed` and reads them anew.
    pub fn reloads(&self) -> watch::Receiver<u64> {
        self.reloads.subscribe()
    }

    /// Takes over what may change, and remembers what waits for a restart. Settings that do not fit together change nothing at all.
    pub fn reload(&self, at_start: &RawConfig, read: Result<RawConfig>) -> Result<()> {
        let resolved = read.and_then(|raw| raw.resolve().map(|config| (raw, config)));
        let (raw, config) = match resolved {
            Ok(resolved) => resolved,
            Err(error) => {
                self.refused.set(Some(error.message.clone()));
                return Err(error);
            }
        };
        let waits = |key: &&'static str| !LIVE_KEYS.contains(key) && raw.value(key) != at_start.value(key);
        self.restart_for.set(KEYS.iter().map(|(key, ..)| *key).filter(waits).collect());
        self.trusted_proxies.set(config.trusted_proxies);
        self.metrics_token.set(config.metrics_token);
        self.backup_keep.set(config.backup_keep);
        self.refused.set(None);
        super::log::start(config.log_level);
        self.reloads.send_modify(|count| *count += 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(settings: &[(&str, &str)]) -> RawConfig {
        let mut raw = RawConfig::default();
        settings.iter().for_each(|(key, value)| raw.set(key, value).unwrap());
        raw
    }

    #[test]
    fn a_reload_applies_what_it_can_names_the_rest_and_a_wrong_one_changes_nothing() {
        let start = raw(&[("METRICS_TOKEN", "one"), ("WORKERS", "2")]);
        let live = LiveConfig::new(&start.resolve().unwrap());
        let reloads = live.reloads();
        let next = raw(&[("METRICS_TOKEN", "two"), ("TRUSTED_PROXIES", "10.0.0.0/8"), ("WORKERS", "3"), ("BACKUP_KEEP", "9")]);
        live.reload(&start, Ok(next)).unwrap();
        assert_eq!(live.metrics_token.now().as_ref().as_ref().unwrap().reveal(), "two");
        assert_eq!((live.trusted_proxies.now().len(), *live.backup_keep.now()), (1, 9));
        assert_eq!(*live.restart_for.now(), ["WORKERS"]);
        assert!(reloads.has_changed().unwrap());

        live.reload(&start, Ok(raw(&[("METRICS_TOKEN", "three"), ("WORKERS", "none")]))).unwrap_err();
        assert_eq!(live.metrics_token.now().as_ref().as_ref().unwrap().reveal(), "two");
        assert!(live.refused.now().as_ref().as_ref().unwrap().contains("WORKERS"));

        live.reload(&start, Ok(start.clone())).unwrap();
        assert!(live.restart_for.now().is_empty() && live.refused.now().is_none());
    }
}
