//! Configuration: as typed (`RawConfig`: strings from a file and the environment) → as resolved (`Config`: checked, ready).

use super::error::{Error, Result};
use super::secret::Secret;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Every key with its default and its explanation: the one list that the parser, `check`, `--help` and packaging/deskbell.conf share.
pub const KEYS: &[(&str, &str, &str)] = &[
    ("LISTEN", "127.0.0.1:8080", "Address and port to listen on."),
    ("DATA_FILE", "deskbell.db", "The one SQLite file."),
    (
        "DOMAIN",
        "",
        "A name that leads to this machine, such as chat.example.com: deskbell then serves HTTPS itself, on port 443 of every address unless \
         LISTEN says otherwise, with certificates that it gets and renews (ACME). Empty: plain HTTP, for a proxy or a LAN.",
    ),
    (
        "HTTP_LISTEN",
        "[::]:80",
        "With DOMAIN or CERT_FILE: where plain HTTP is answered, with the authority's questions and a redirect. off: nowhere.",
    ),
    ("ACME_DIRECTORY", "https://acme-v02.api.letsencrypt.org/directory", "With DOMAIN: the authority that certifies it (RFC 8555)."),
    ("ACME_EMAIL", "", "With DOMAIN: the address the authority may write to when something is wrong."),
    ("CERT_FILE", "", "Your own certificate chain (PEM), instead of ACME; read anew on reload."),
    ("CERT_KEY_FILE", "", "The private key (PEM) of CERT_FILE."),
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
    ("BACKUP_DIR", "", "The folder of backups made by the timer and from the desk. Empty: backups, beside DATA_FILE."),
    ("BACKUP_KEEP", "7", "How many backups stay in BACKUP_DIR; the oldest go first."),
    ("METRICS_TOKEN", "", "Opens /metrics (Authorization: Bearer …) for Prometheus. Empty: closed."),
    ("LOG_LEVEL", "info", "error, warn, info or debug; read anew on reload."),
    ("WIDGET_DIR", "", "A folder with another widget's built files, served in place of ours; for custom front ends."),
    ("RATE_LIMIT_FACTOR", "1", "Multiplies every rate limit for visitors; for load tests, or a proxy that hides all addresses."),
    ("WORKERS", "2", "Threads that carry connections."),
];

/// The prefix of every key in the environment.
pub const PREFIX: &str = "DESKBELL_";

/// Where HTTPS is expected.
const HTTPS_LISTEN: &str = "[::]:443";

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
    /// HTTPS by ourselves, if configured.
    pub https: Option<Https>,
    /// Where backups of the timer and of the desk go.
    pub backup_dir: PathBuf,
    /// How many of them stay, at least one.
    pub backup_keep: usize,
    /// Opens the metrics; none: closed.
    pub metrics_token: Option<Secret>,
    /// What is logged.
    pub log_level: log::LevelFilter,
    /// A custom front end's folder.
    pub widget_dir: Option<PathBuf>,
    /// Multiplies every rate limit for visitors.
    pub rate_limit_factor: u32,
    /// Runtime threads.
    pub workers: usize,
}

/// HTTPS without a proxy in front.
#[derive(Debug, Clone)]
pub struct Https {
    /// Where plain HTTP is answered, if anywhere: the authority's questions and a redirect.
    pub plain: Option<SocketAddr>,
    /// Whose certificates are shown.
    pub certificates: Certificates,
}

/// Where certificates come from.
#[derive(Debug, Clone)]
pub enum Certificates {
    /// From an authority that asks us to prove that the name leads here.
    Acme { domain: String, directory: String, email: Option<String> },
    /// From files that somebody else keeps fresh.
    Files { chain: PathBuf, key: PathBuf },
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

    /// Whether this very value was typed for this key, with or without the prefix.
    pub fn says(&self, key: &str, value: &str) -> bool {
        self.values.get(key.strip_prefix(PREFIX).unwrap_or(key)).is_some_and(|typed| typed == value)
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

    fn path(&self, key: &'static str) -> Option<PathBuf> {
        Some(self.value(key)).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    fn https(&self) -> Result<Option<Https>> {
        let wrong = |key: &'static str, why: &str| Error::invalid(format!("{key}={}: {why}", self.value(key))).in_field(key);
        let certificates = match (self.value("DOMAIN"), self.path("CERT_FILE"), self.path("CERT_KEY_FILE")) {
            ("", None, None) => return Ok(None),
            ("", Some(chain), Some(key)) => Certificates::Files { chain, key },
            ("", Some(_), None) => return Err(wrong("CERT_KEY_FILE", "CERT_FILE needs the key that belongs to it.")),
            ("", None, Some(_)) => return Err(wrong("CERT_FILE", "CERT_KEY_FILE needs the certificates that belong to it.")),
            (domain, None, None) => {
                let domain = domain.to_ascii_lowercase();
                let is_label = |label: &str| {
                    !label.is_empty()
                        && label.len() <= 63
                        && !label.starts_with('-')
                        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                };
                let last = domain.rsplit('.').next().unwrap_or("");
                if !domain.contains('.') || !domain.split('.').all(is_label) || last.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(wrong("DOMAIN", "expected one name such as chat.example.com, without https:// and without a port."));
                }
                let directory = self.value("ACME_DIRECTORY");
                if !directory.starts_with("https://") {
                    return Err(wrong("ACME_DIRECTORY", "expected an address that begins with https://."));
                }
                let email = Some(self.value("ACME_EMAIL").to_owned()).filter(|email| !email.is_empty());
                Certificates::Acme { domain, directory: directory.to_owned(), email }
            }
            _ => return Err(wrong("CERT_FILE", "either DOMAIN or CERT_FILE, not both.")),
        };
        let plain = match self.value("HTTP_LISTEN") {
            "off" => None,
            address => Some(address.parse().map_err(|_| wrong("HTTP_LISTEN", "expected address:port, such as [::]:80, or off."))?),
        };
        Ok(Some(Https { plain, certificates }))
    }

    /// Checks everything; the error names the key.
    pub fn resolve(&self) -> Result<Config> {
        let wrong = |key: &'static str, why: &str| Error::invalid(format!("{key}={}: {why}", self.value(key))).in_field(key);
        let https = self.https()?;
        // Who serves HTTPS wants its port, unless told otherwise.
        let listen = if https.is_some() && !self.values.contains_key("LISTEN") { HTTPS_LISTEN } else { self.value("LISTEN") };
        let listen = listen.parse().map_err(|_| wrong("LISTEN", "expected address:port, such as 127.0.0.1:8080 or [::]:8080."))?;
        let trusted_proxies = self.ranges("TRUSTED_PROXIES")?;
        let outbound_allow = self.ranges("OUTBOUND_ALLOW")?;
        let log_level = super::log::level(self.value("LOG_LEVEL"));
        let workers = self.value("WORKERS").parse().ok().filter(|n| (1..=64).contains(n));
        let factor = self.value("RATE_LIMIT_FACTOR").parse().ok().filter(|n| (1..=1_000_000).contains(n));
        let widget_dir = self.path("WIDGET_DIR");
        if let Some(dir) = &widget_dir
            && !dir.join("index.html").is_file()
        {
            return Err(wrong("WIDGET_DIR", "there is no index.html in this folder."));
        }
        let data_file = PathBuf::from(self.value("DATA_FILE"));
        let backup_dir = self.path("BACKUP_DIR").unwrap_or_else(|| data_file.with_file_name("backups"));
        let backup_keep = self.value("BACKUP_KEEP").parse().ok().filter(|n| (1..=1000).contains(n));
        let base_url = base_url(self.value("BASE_URL")).map_err(|why| wrong("BASE_URL", why))?;
        // A name that leads here, with HTTPS, is an address.
        let own = || Some(format!("https://{}{}", domain(https.as_ref()?)?, port_of(listen)));
        Ok(Config {
            listen,
            data_file,
            base_url: base_url.or_else(own),
            backup_dir,
            backup_keep: backup_keep.ok_or_else(|| wrong("BACKUP_KEEP", "expected a number from 1 to 1000."))?,
            metrics_token: Some(self.value("METRICS_TOKEN")).filter(|token| !token.is_empty()).map(|token| Secret::new(token.to_owned())),
            https,
            trusted_proxies,
            outbound_allow,
            key_file: self.path("KEY_FILE"),
            ca_file: self.path("CA_FILE"),
            log_level: log_level.ok_or_else(|| wrong("LOG_LEVEL", "expected error, warn, info or debug."))?,
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

fn domain(https: &Https) -> Option<&str> {
    match &https.certificates {
        Certificates::Acme { domain, .. } => Some(domain),
        Certificates::Files { .. } => None,
    }
}

/// The port as it stands in an address of HTTPS.
fn port_of(listen: SocketAddr) -> String {
    if listen.port() == 443 { String::new() } else { format!(":{}", listen.port()) }
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
    fn a_domain_brings_https_and_an_address() {
        let config = with("DOMAIN", "Chat.Example.com").unwrap();
        assert_eq!(config.base_url.as_deref(), Some("https://chat.example.com"));
        assert_eq!((config.listen.port(), config.https.unwrap().plain.unwrap().port()), (443, 80));
        for bad in ["https://chat.example.com", "chat", "192.0.2.1", "a..example", "chat.example.com:8443", "-a.example", "a b.example"] {
            assert_eq!(with("DOMAIN", bad).unwrap_err().field.as_deref(), Some("DOMAIN"), "{bad}");
        }
        assert_eq!(with("CERT_FILE", "chain.pem").unwrap_err().field.as_deref(), Some("CERT_KEY_FILE"));
    }

    #[test]
    fn the_base_url_is_normalised() {
        let config = with("BASE_URL", "HTTPS://Chat.Example.com/Sub/").unwrap();
        assert_eq!(config.base_url.as_deref(), Some("https://chat.example.com/Sub"));
        assert_eq!(config.base_host().as_deref(), Some("chat.example.com"));
        assert_eq!(config.base_path(), "/Sub");
    }
}
