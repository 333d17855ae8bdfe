//! Tries a server that is fetched from: greeting, STARTTLS, login, folder, whether it tells of new mail by itself (IDLE).

use super::line::{Line, Usual, broken, reach};
use super::smtp::refused_login;
use super::{Finding, quoted};
use crate::base::secret::Secret;
use crate::base::server::{Security, Server};
use crate::base::tls::Tls;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use std::io::Result;

const USUAL: Usual = Usual { ports: (993, 143), noun: "incoming (IMAP)" };
/// Lines of one answer: a list of folders may be long.
const LINES_MAX: usize = 500;
/// Folders that are named to somebody who looks for one.
const FOLDERS_SHOWN: usize = 12;

/// What is tried.
pub struct Folder<'a> {
    pub server: &'a Server,
    /// Whom we trust.
    pub tls: &'a Tls,
    pub password: Option<&'a Secret>,
    pub folder: &'a str,
    /// Seconds between looks where the server does not push.
    pub poll_s: u16,
}

/// The answer to one command: what came before, and how it ended.
struct Reply {
    lines: Vec<String>,
    is_ok: bool,
    words: String,
}

impl Reply {
    fn has(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.split_whitespace().any(|found| found.eq_ignore_ascii_case(word)))
    }
}

/// Tries it, as far as it goes. Reads nothing, marks nothing.
pub async fn imap(trial: &Folder<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(line) = reach(trial.server, trial.tls, USUAL, &mut found).await
        && let Err(cause) = talk(line, trial, &mut found).await
    {
        found.push(broken("answer", &cause));
    }
    found
}

async fn talk(mut line: Line, trial: &Folder<'_>, found: &mut Vec<Finding>) -> Result<()> {
    let greeting = line.hear().await?;
    if !greeting.starts_with("* OK") {
        let title = "The server does not want to talk to this machine";
        let fix = "Is this the port of IMAP? The usual ones are 993 with TLS and 143 with STARTTLS.";
        found.push(Finding::bad("greeting", title, quoted(&greeting), fix));
        return Ok(());
    }
    if trial.server.security == Security::Starttls {
        let reply = ask(&mut line, "STARTTLS").await?;
        if !reply.is_ok {
            let why = format!("The password would travel readable, so nothing was sent. {}", quoted(&reply.words));
            found.push(Finding::bad("starttls", "The server offers no protection on this port", why, "Choose TLS, usually with port 993."));
            return Ok(());
        }
        let Some(secured) = line.secured(trial.server, trial.tls, USUAL, found).await else { return Ok(()) };
        line = secured;
    }
    if log_in(&mut line, trial, found).await? && look_into(&mut line, trial, found).await? {
        tell_of_idle(&mut line, trial, found).await?;
    }
    let _ = ask(&mut line, "LOGOUT").await;
    Ok(())
}

async fn log_in(line: &mut Line, trial: &Folder<'_>, found: &mut Vec<Finding>) -> Result<bool> {
    let user = &trial.server.user;
    let Some(password) = trial.password.filter(|_| !user.is_empty()) else {
        let fix = "Type the user, usually the whole address, and the password.";
        found.push(Finding::bad("login", "Nobody can fetch mail without a login", "User or password is missing.", fix));
        return Ok(false);
    };
    let offers = ask(line, "CAPABILITY").await?;
    let reply = if offers.has("AUTH=PLAIN") {
        line.say("a AUTHENTICATE PLAIN").await?;
        let go = line.hear().await?;
        if go.starts_with('+') {
            ask_as(line, &STANDARD.encode(format!("\0{user}\0{}", password.reveal()))).await?
        } else {
            Reply { lines: Vec::new(), is_ok: false, words: go }
        }
    } else {
        ask(line, &format!("LOGIN {} {}", string(user), string(password.reveal()))).await?
    };
    if reply.is_ok {
        found.push(Finding::good("login", "The login works", format!("The server knows {user}.")));
        return Ok(true);
    }
    found.push(refused_login(&trial.server.host, &reply.words));
    Ok(false)
}

async fn look_into(line: &mut Line, trial: &Folder<'_>, found: &mut Vec<Finding>) -> Result<bool> {
    // EXAMINE opens without changing anything, not even what is new.
    let reply = ask(line, &format!("EXAMINE {}", string(&utf7(trial.folder)))).await?;
    if reply.is_ok {
        let count = reply.lines.iter().find_map(|line| line.strip_prefix("* ")?.strip_suffix(" EXISTS").map(str::to_owned));
        let why = match count.as_deref() {
            Some("1") => "There is one mail in it.".to_owned(),
            Some(count) => {
                format!("There are {count} mails in it. What is there already stays there; only what comes from now on is fetched.")
            }
            None => "It can be read.".to_owned(),
        };
        found.push(Finding::good("folder", format!("The folder {} is there", trial.folder), why));
        return Ok(true);
    }
    let folders = ask(line, "LIST \"\" \"*\"").await?;
    let names: Vec<String> = folders.lines.iter().filter_map(|line| folder_name(line)).take(FOLDERS_SHOWN).collect();
    let fix = match names.is_empty() {
        true => "INBOX is there always.".to_owned(),
        false => format!("There are: {}.", names.join(", ")),
    };
    found.push(Finding::bad("folder", format!("There is no folder {}", trial.folder), quoted(&reply.words), fix));
    Ok(false)
}

async fn tell_of_idle(line: &mut Line, trial: &Folder<'_>, found: &mut Vec<Finding>) -> Result<()> {
    // Asked again: many servers say more after the login.
    let offers = ask(line, "CAPABILITY").await?;
    found.push(match offers.has("IDLE") {
        true => Finding::good("idle", "New mail is told at once", "The server speaks up by itself (IDLE)."),
        false => {
            let why = format!("The server does not speak up by itself (IDLE), so I look every {} seconds.", trial.poll_s);
            Finding::note("idle", "New mail comes a little later", why, "")
        }
    });
    Ok(())
}

async fn ask(line: &mut Line, command: &str) -> Result<Reply> {
    ask_as(line, &format!("a {command}")).await
}

async fn ask_as(line: &mut Line, text: &str) -> Result<Reply> {
    line.say(text).await?;
    let mut lines = Vec::new();
    for _ in 0..LINES_MAX {
        let heard = line.hear().await?;
        match heard.strip_prefix("a ") {
            Some(end) => {
                let is_ok = end.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("ok"));
                return Ok(Reply { lines, is_ok, words: end.to_owned() });
            }
            None if heard.starts_with("* BYE") => return Ok(Reply { lines, is_ok: false, words: heard }),
            None => lines.push(heard),
        }
    }
    Err(std::io::Error::other("the answer never ends"))
}

/// A quoted string (RFC 9051, 4.3). Line breaks cannot come here: settings are checked.
fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The name in a line of LIST, if it can be shown as it is.
fn folder_name(line: &str) -> Option<String> {
    let rest = line.strip_prefix("* LIST ")?.split_once(") ")?.1;
    let name = rest.split_once(' ')?.1.trim_matches('"');
    (!name.contains(['&', '{'])).then(|| crate::base::text::preview(name, 60))
}

/// A folder's name as IMAP writes it: UTF-7 of its own kind (RFC 3501, 5.1.3).
fn utf7(name: &str) -> String {
    let mut out = String::new();
    let mut foreign: Vec<u8> = Vec::new();
    let flush = |foreign: &mut Vec<u8>, out: &mut String| {
        if !foreign.is_empty() {
            out.push_str(&format!("&{}-", STANDARD_NO_PAD.encode(&foreign).replace('/', ",")));
            foreign.clear();
        }
    };
    for c in name.chars() {
        match c {
            ' '..='~' => {
                flush(&mut foreign, &mut out);
                out.push(c);
                if c == '&' {
                    out.push('-');
                }
            }
            _ => {
                let mut units = [0; 2];
                foreign.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
            }
        }
    }
    flush(&mut foreign, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_folders_are_written_and_read_as_imap_does() {
        // The example of RFC 3501.
        assert_eq!(utf7("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!((utf7("Gesendet & mehr"), utf7("Entwürfe")), ("Gesendet &- mehr".into(), "Entw&APw-rfe".into()));
        assert_eq!(folder_name("* LIST (\\HasNoChildren) \"/\" \"Sent Items\""), Some("Sent Items".into()));
        assert_eq!(folder_name("* LIST () \".\" INBOX"), Some("INBOX".into()));
        assert_eq!(folder_name("* LIST () \".\" Entw&APw-rfe"), None);
        assert_eq!(string("a\"b\\c"), "\"a\\\"b\\\\c\"");
    }
}
