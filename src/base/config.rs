//! Configuration: as typed (`RawConfig`: strings from a file and the environment) → as resolved (`Config`: checked, ready).

use super::error::{Error, Result};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Every key with its default and its explanation: the one list that the parser, `check`, `--help` and packaging/deskbell.conf share.
pub const KEYS: &[(&str, &str, &str)] = &[
    ("LISTEN", "127.0.0.1:8080", "Address and port to listen on."),
    ("DATA_FILE", "deskbell.db", "The one SQLite file."),
    (
        "BASE_URL",
        "",
        "Public address, such as https://chat.example.com; may have a sub-path. Needed for links in mail. Empty: taken from each request.",
    ),
    ("TRUSTED_PROXIES", "", "Addresses or ranges, separated by commas, whose X-Forwarded-For and X-Forwarded-Proto are believed."),
    (
        "OUTBOUND_ALLOW",
        "",
        "Addresses or ranges of your own network, separated by commas, that deskbell may call (push services, webhooks); all others inside are refused.",
    ),
    (
        "KEY_FILE",
        "",
        "A file with 32 random bytes or more that seals the passwords of mailboxes, so that a copy of DATA_FILE alone opens none. \
         Empty: the service's credential deskbell.key if there is one, else a key inside DATA_FILE.",
    ),
    (
        "CA_FILE",
        "",
        "A file of certificates (PEM) that are trusted besides the machine's own, such as the authority of your own mail server.",
    ),
    ("LOG_LEVEL", "info", "error, warn, info or debug."),
    ("WIDGET_DIR", "", "A folder with another widget's built files, served in place of ours; for custom front ends."),
    ("RATE_LIMIT_FACTOR", "1", "Multiplies every rate limit for visitors; for load tests, or a proxy that hides all addresses."),
    ("WORKERS", "2", "Threads that carry connections."),
];

/// The prefix of every key in the environment.
pub const PREFIX: &str = "DESKBELL_";

/// Settings as typed.
#[derive(Debug, Clone, Default)]
pub struct RawConfig {
    values: BTreeMap<String, String>,
}

/// Settings as the house uses them.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The one file.
    pub data_file: PathBuf,
    /// Public address without trailing slash, if configured.
    pub base_url: Option<String>,
    /// Whose forwarded headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Addresses inside that may be called all the same.
    pub outbound_allow: Vec<IpNet>,
    /// Where the key lies that seals secrets, if outside of the data file.
    pub key_file: Option<PathBuf>,
    /// Certificates that are trusted besides the machine's own.
    pub ca_file: Option<PathBuf>,
    /// What is logged.
    pub log_level: log::LevelFilter,
    /// A custom front end's folder.
    pub widget_dir: Option<PathBuf>,
    /// Multiplies every rate limit for visitors.
    pub rate_limit_factor: u32,
    /// Runtime threads.
    pub workers: usize,
}

impl RawConfig {
    /// Adds the lines of a configuration file: KEY=VALUE, `#` comments, values optionally in quotes, keys with or without prefix
    /// (so that the same file works as systemd's EnvironmentFile). Unknown keys are errors that name the line.
    pub fn read_file(&mut self, path: &Path) -> Result<()> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Error::invalid(format!("The configuration file {} cannot be read: {cause}.", path.display())))?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = || format!("{}, line {}", path.display(), number + 1);
            let (key, value) = line.split_once('=').ok_or_else(|| Error::invalid(format!("{}: expected KEY=VALUE.", place())))?;
            let value = value.trim();
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            self.set(key.trim(), value).map_err(|error| Error::invalid(format!("{}: {}", place(), error.message)))?;
        }
        Ok(())
    }

    /// Adds every `DESKBELL_…` variable; unknown ones are errors.
    pub fn read_environment(&mut self, variables: impl Iterator<Item = (String, String)>) -> Result<()> {
        for (key, value) in variables {
            if let Some(bare) = key.strip_prefix(PREFIX) {
                self.set(bare, &value).map_err(|error| Error::invalid(format!("Environment variable {key}: {}", error.message)))?;
            }
        }
        Ok(())
    }

    /// Sets one key, later ones win.
    pub fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let bare = key.strip_prefix(PREFIX).unwrap_or(key);
        if !KEYS.iter().any(|(known, ..)| *known == bare) {
            let known = KEYS.iter().map(|(key, ..)| *key).collect::<Vec<_>>().join(", ");
            return Err(Error::invalid(format!("there is no setting \"{bare}\". Known are: {known}.")));
        }
        self.values.insert(bare.to_owned(), value.to_owned());
        Ok(())
    }

    /// A value as typed, or its default.
    pub fn value(&self, key: &'static str) -> &str {
        let default = KEYS.iter().find(|(known, ..)| *known == key).map_or("", |(_, default, _)| default);
        self.values.get(key).map_or(default, String::as_str)
    }

    /// Addresses and ranges, separated by commas.
    fn ranges(&self, key: &'static str) -> Result<Vec<IpNet>> {
        let ranges = self.value(key).split(',').map(str::trim).filter(|range| !range.is_empty());
        let read = |range: &str| range.parse::<IpNet>().or_else(|_| range.parse().map(|ip: std::net::IpAddr| ip.into()));
        ranges.map(read).collect::<Result<_, _>>().map_err(|_| {
            let why = "expected addresses or ranges, such as 127.0.0.1 or 10.0.0.0/8.";
            Error::invalid(format!("{key}={}: {why}", self.value(key))).in_field(key)
        })
    }

    /// Checks everything; the error names the key.
    pub fn resolve(&self) -> Result<Config> {
        let wrong = |key: &'static str, why: &str| Error::invalid(format!("{key}={}: {why}", self.value(key))).in_field(key);
        let listen = self.value("LISTEN");
        let listen = listen.parse().map_err(|_| wrong("LISTEN", "expected address:port, such as 127.0.0.1:8080 or [::]:8080."))?;
        let trusted_proxies = self.ranges("TRUSTED_PROXIES")?;
        let outbound_allow = self.ranges("OUTBOUND_ALLOW")?;
        let log_level = match self.value("LOG_LEVEL") {
            "error" => log::LevelFilter::Error,
            "warn" => log::LevelFilter::Warn,
            "info" => log::LevelFilter::Info,
            "debug" => log::LevelFilter::Debug,
            _ => return Err(wrong("LOG_LEVEL", "expected error, warn, info or debug.")),
        };
        let workers = self.value("WORKERS").parse().ok().filter(|n| (1..=64).contains(n));
        let factor = self.value("RATE_LIMIT_FACTOR").parse().ok().filter(|n| (1..=1_000_000).contains(n));
        let widget_dir = Some(PathBuf::from(self.value("WIDGET_DIR"))).filter(|dir| !dir.as_os_str().is_empty());
        if let Some(dir) = &widget_dir
            && !dir.join("index.html").is_file()
        {
            return Err(wrong("WIDGET_DIR", "there is no index.html in this folder."));
        }
        let ca_file = Some(PathBuf::from(self.value("CA_FILE"))).filter(|file| !file.as_os_str().is_empty());
        Ok(Config {
            listen,
            data_file: PathBuf::from(self.value("DATA_FILE")),
            base_url: base_url(self.value("BASE_URL")).map_err(|why| wrong("BASE_URL", why))?,
            trusted_proxies,
            outbound_allow,
            key_file: Some(PathBuf::from(self.value("KEY_FILE"))).filter(|path| !path.as_os_str().is_empty()),
            ca_file,
            log_level,
            widget_dir,
            rate_limit_factor: factor.ok_or_else(|| wrong("RATE_LIMIT_FACTOR", "expected a number from 1 to 1000000."))?,
            workers: workers.ok_or_else(|| wrong("WORKERS", "expected a number from 1 to 64."))?,
        })
    }
}

impl Config {
    /// Host (with port, when given) of the public address.
    pub fn base_host(&self) -> Option<String> {
        let url = self.base_url.as_deref()?;
        let rest = url.split_once("://")?.1;
        Some(rest.split('/').next().unwrap_or(rest).to_owned())
    }

    /// The sub-path under which the house is reached: "" or "/support".
    pub fn base_path(&self) -> &str {
        let Some(url) = self.base_url.as_deref() else { return "" };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        rest.find('/').map_or("", |at| &rest[at..])
    }
}

fn base_url(text: &str) -> Result<Option<String>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or("expected http:// or https://.")?;
    let host = rest.split('/').next().unwrap_or("");
    if host.is_empty() || host.contains(['@', '?', '#', ' ']) || rest.contains(['?', '#', ' ']) {
        return Err("expected an address without user, query or fragment.");
    }
    let scheme_and_host = lower.len() - rest.len() + host.len();
    Ok(Some(format!("{}{}", &lower[..scheme_and_host], text[scheme_and_host..].trim_end_matches('/'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: &str, value: &str) -> Result<Config> {
        let mut raw = RawConfig::default();
        raw.set(key, value)?;
        raw.resolve()
    }

    #[test]
    fn defaults_resolve_and_every_bad_value_names_its_key() {
        assert_eq!(RawConfig::default().resolve().unwrap().listen.port(), 8080);
        for (key, value) in
            [("LISTEN", "8080"), ("TRUSTED_PROXIES", "10.0.0.0/99"), ("LOG_LEVEL", "loud"), ("BASE_URL", "chat.example"), ("WORKERS", "0")]
        {
            let error = with(key, value).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(key));
            assert!(error.message.contains(value));
        }
    }

    #[test]
    fn unknown_keys_are_refused_in_file_and_environment() {
        assert!(with("LISTN", "x").unwrap_err().message.contains("no setting"));
        let environment = [("DESKBELL_LISTN".to_owned(), "x".to_owned()), ("PATH".to_owned(), "y".to_owned())];
        assert!(RawConfig::default().read_environment(environment.into_iter()).is_err());
    }

    #[test]
    fn the_base_url_is_normalised() {
        let config = with("BASE_URL", "HTTPS://Chat.Example.com/Sub/").unwrap();
        assert_eq!(config.base_url.as_deref(), Some("https://chat.example.com/Sub"));
        assert_eq!(config.base_host().as_deref(), Some("chat.example.com"));
        assert_eq!(config.base_path(), "/Sub");
    }
}
