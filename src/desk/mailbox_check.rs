//! Every rule of a mailbox's settings. An error names the key.

use super::settings_check::RETENTION_DAYS_MAX;
use crate::base::email;
use crate::base::error::{Error, Result};
use crate::base::net;
use crate::base::secret::Secret;
use crate::base::server::{Security, Server};
use crate::base::text;
use crate::model::mailbox::{Direction, MailboxConfig};

/// Characters of names.
const NAME_CHARS_MAX: usize = 140;
/// Characters of a user or a folder: longer ones no server has.
const WORD_CHARS_MAX: usize = 200;
/// Characters of a password; tokens of some providers are long.
const PASSWORD_CHARS_MAX: usize = 4_000;
/// Characters of the words under every mail.
const FOOTER_CHARS_MAX: usize = 4_000;
/// Seconds between two looks: oftener is impolite, more seldom is no chat.
const POLL_S: std::ops::RangeInclusive<u16> = 10..=3600;
/// Mails of any kind to one address.
const CAP_MAX: u16 = 10_000;

fn bad(key: &str, why: impl Into<String>) -> Error {
    Error::invalid(why).in_field(format!("config.{key}"))
}

/// What people type around what they mean.
pub(super) fn tidy(config: &mut MailboxConfig) {
    for text in [&mut config.address, &mut config.reply_to] {
        *text = text.trim_matches(' ').to_owned();
    }
    for server in [&mut config.smtp, &mut config.incoming.imap] {
        let host = server.host.trim_matches(' ');
        server.host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        server.user = server.user.trim_matches(' ').to_owned();
    }
    config.authserv_id = config.authserv_id.trim_matches(' ').to_ascii_lowercase();
    config.from_name = text::clean_line(&config.from_name, NAME_CHARS_MAX);
}

/// The name of a mailbox; without one, its address.
pub(super) fn name(typed: Option<&str>, config: &MailboxConfig) -> Result<String> {
    let name = text::clean_line(typed.unwrap_or_default(), NAME_CHARS_MAX);
    Ok(if name.is_empty() { config.address.clone() } else { name })
}

/// A password goes over lines of text: what would end one is none.
pub(super) fn password(password: &Secret) -> Result<()> {
    let text = password.reveal();
    match text.chars().count() > PASSWORD_CHARS_MAX || text.contains(['\r', '\n', '\0']) {
        true => Err(Error::invalid("A password is one line of at most 4000 characters.")),
        false => Ok(()),
    }
}

/// Every rule. Asks for the addresses of servers that would be called without protection, and for no others.
pub(super) async fn check(config: &MailboxConfig) -> Result<()> {
    check_words(config)?;
    check_server("smtp", &config.smtp).await?;
    if config.incoming.kind == "imap" {
        check_server("incoming", &config.incoming.imap).await?;
    }
    Ok(())
}

/// What must be right before a mailbox that is not saved is tried out: the rest is what the trial finds.
pub(super) fn check_trial(config: &MailboxConfig, direction: Option<Direction>) -> Result<()> {
    email::check(&config.address).map_err(|error| bad("address", error.into_sentence()))?;
    let (key, server) = match direction {
        None => return Ok(()),
        Some(Direction::Out) => ("smtp", &config.smtp),
        Some(Direction::In) => ("incoming", &config.incoming.imap),
    };
    if server.host.is_empty() {
        return Err(bad(key, "Please name the server first."));
    }
    check_names(key, server)
}

fn check_words(config: &MailboxConfig) -> Result<()> {
    let address = |key: &str, text: &str| email::check(text).map(|_| ()).map_err(|error| bad(key, error.into_sentence()));
    address("address", &config.address)?;
    if !config.reply_to.is_empty() {
        address("reply_to", &config.reply_to)?;
    }
    if !(config.authserv_id.is_empty() || is_host(&config.authserv_id)) {
        return Err(bad("authserv_id", "This is a server's name, such as mx.example.com."));
    }
    if !(1..=CAP_MAX).contains(&config.cap_hour) {
        return Err(bad("cap_hour", format!("From 1 to {CAP_MAX} mails an hour to one address.")));
    }
    if !(config.cap_hour..=CAP_MAX).contains(&config.cap_day) {
        return Err(bad("cap_day", format!("At least as many a day as an hour, and at most {CAP_MAX}.")));
    }
    if config.footer.chars().count() > FOOTER_CHARS_MAX {
        return Err(bad("footer", format!("At most {FOOTER_CHARS_MAX} characters.")));
    }
    for (key, days) in [("retention_days", config.retention_days), ("visitor_days", config.visitor_days)] {
        if days > RETENTION_DAYS_MAX {
            return Err(bad(key, format!("At most {RETENTION_DAYS_MAX} days; 0 keeps them for ever.")));
        }
    }
    let incoming = &config.incoming;
    if !["imap", "deliver", "off"].contains(&incoming.kind.as_str()) {
        return Err(bad("incoming", "Mail comes in by imap, deliver or not at all (off)."));
    }
    if !POLL_S.contains(&incoming.poll_s) {
        return Err(bad("incoming", "A look every 10 to 3600 seconds."));
    }
    if !is_word(&incoming.folder) || incoming.folder.trim().is_empty() {
        return Err(bad("incoming", "Please name the folder to read, such as INBOX."));
    }
    if config.smtp.host.is_empty() && incoming.kind == "off" {
        return Err(bad("smtp", "Please name the server that sends, or switch incoming mail on: a mailbox without both does nothing."));
    }
    if incoming.kind == "imap" && incoming.imap.host.is_empty() {
        return Err(bad("incoming", "Please name the server to fetch mail from."));
    }
    Ok(())
}

async fn check_server(key: &str, server: &Server) -> Result<()> {
    if server.host.is_empty() {
        return Ok(());
    }
    check_names(key, server)?;
    if server.security == Security::None && !net::is_all_inside(&server.host).await {
        let why = "Without protection everybody on the way reads the mail and the password. That is allowed only towards this machine and private networks.";
        return Err(bad(key, why));
    }
    Ok(())
}

fn check_names(key: &str, server: &Server) -> Result<()> {
    if !is_host(&server.host) {
        return Err(bad(key, "The server is a name such as mail.example.com, or an address; the port has a field of its own."));
    }
    match is_word(&server.user) {
        true => Ok(()),
        false => Err(bad(key, "The user is one line of at most 200 characters.")),
    }
}

fn is_word(text: &str) -> bool {
    text.chars().count() <= WORD_CHARS_MAX && !text.chars().any(char::is_control)
}

fn is_host(host: &str) -> bool {
    net::is_host(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::mailboxes::merged;
    use serde_json::{Value, json};

    fn edited(changes: Value) -> Result<MailboxConfig> {
        let base = json!({"address": "hello@shop.example", "smtp": {"host": "mail.shop.example"}});
        let base = merged(&MailboxConfig::default(), base.as_object().unwrap())?;
        let config = merged(&base, changes.as_object().unwrap())?;
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(check(&config))?;
        Ok(config)
    }

    #[test]
    fn every_bad_value_names_its_key() {
        for (changes, field, word) in [
            (json!({"colour": 1}), "config.colour", "no such setting"),
            (json!({"address": ""}), "config.address", "missing"),
            (json!({"address": "a@b.example\r\nBcc: x@y.example"}), "config.address", "line break"),
            (json!({"reply_to": "x"}), "config.reply_to", "@"),
            (json!({"smtp": {"host": "mail shop"}}), "config.smtp", "name"),
            (json!({"smtp": {"host": "mail.shop.example:587"}}), "config.smtp", "port"),
            (json!({"smtp": {"port": 70000}}), "config.smtp", "fit"),
            (json!({"smtp": {"security": "ssl"}}), "config.smtp", "fit"),
            (json!({"smtp": {"security": "none"}}), "config.smtp", "protection"),
            (json!({"smtp": {"host": "9.9.9.9", "security": "none"}}), "config.smtp", "protection"),
            (json!({"smtp": {"user": "a\nb"}}), "config.smtp", "user"),
            (json!({"smtp": {"host": ""}}), "config.smtp", "does nothing"),
            (json!({"smtp": {"password": "x"}}), "config.smtp", "fit"),
            (json!({"incoming": {"kind": "pop3"}}), "config.incoming", "imap"),
            (json!({"incoming": {"kind": "imap"}}), "config.incoming", "server"),
            (json!({"incoming": {"folder": " "}}), "config.incoming", "folder"),
            (json!({"incoming": {"poll_s": 9}}), "config.incoming", "10 to 3600"),
            (json!({"incoming": {"kind": "imap", "imap": {"host": "mail.example", "security": "none"}}}), "config.incoming", "protection"),
            (json!({"authserv_id": "a b"}), "config.authserv_id", "server"),
            (json!({"cap_hour": 0}), "config.cap_hour", "1 to"),
            (json!({"cap_hour": 70}), "config.cap_day", "At least"),
            (json!({"footer": "x".repeat(4001)}), "config.footer", "4000"),
        ] {
            let error = edited(changes.clone()).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{changes}: {}", error.message);
            assert!(error.message.contains(word), "{changes}: {}", error.message);
        }
        for fine in [
            json!({"smtp": {"host": "127.0.0.1", "security": "none"}}),
            json!({"smtp": {"host": "10.1.2.3", "security": "none", "port": 25}}),
            json!({"smtp": {"host": "::1", "security": "none"}}),
            json!({"smtp": {"host": ""}, "incoming": {"kind": "deliver"}}),
            json!({"incoming": {"kind": "imap", "imap": {"host": "imap.example"}, "poll_s": 10}}),
            json!({"footer": "x".repeat(4000), "cap_hour": 60}),
        ] {
            edited(fine.clone()).unwrap_or_else(|error| panic!("{fine}: {}", error.message));
        }
    }

    #[test]
    fn changes_go_as_deep_as_they_are_and_leave_the_rest() {
        let config = edited(json!({"smtp": {"port": 2525}, "incoming": {"imap": {"user": "me"}}})).unwrap();
        assert_eq!((config.smtp.host.as_str(), config.smtp.port, config.incoming.imap.user.as_str()), ("mail.shop.example", 2525, "me"));
        assert_eq!(config.incoming.folder, "INBOX");
    }
}
