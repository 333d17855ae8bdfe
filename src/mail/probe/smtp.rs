//! Tries a server that sends: greeting, STARTTLS, login, sender; and, if asked, one mail.

use super::line::{Line, Usual, broken, reach};
use super::{Finding, quoted};
use crate::base::secret::Secret;
use crate::base::server::{Security, Server};
use crate::base::tls::Tls;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::Result;

const USUAL: Usual = Usual { ports: (465, 587), noun: "outgoing (SMTP)" };
/// Lines of one answer.
const LINES_MAX: usize = 100;

/// What is tried.
pub struct Trial<'a> {
    pub server: &'a Server,
    /// Whom we trust.
    pub tls: &'a Tls,
    pub password: Option<&'a Secret>,
    /// Who the mail is from.
    pub sender: &'a str,
    /// To whom; the sender himself when nothing is sent.
    pub recipient: &'a str,
    /// The whole mail; None = only whether it would be taken.
    pub mail: Option<&'a [u8]>,
    /// How we introduce ourselves: the domain of the sender.
    pub greeting: &'a str,
}

/// What a server answers: its number, and its words.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    fn is_good(&self) -> bool {
        (200..400).contains(&self.code)
    }

    fn words(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }

    /// Whether a line of the answer to EHLO begins with this word, and what follows.
    fn offer(&self, word: &str) -> Option<&str> {
        let rest = |line: &'_ String| line.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case(word));
        self.lines.iter().find(|line| rest(line)).map(|line| line.get(word.len()..).unwrap_or_default())
    }
}

/// Tries it, as far as it goes.
pub async fn smtp(trial: &Trial<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(line) = reach(trial.server, trial.tls, USUAL, &mut found).await
        && let Err(cause) = talk(line, trial, &mut found).await
    {
        found.push(broken("answer", &cause));
    }
    found
}

async fn talk(mut line: Line, trial: &Trial<'_>, found: &mut Vec<Finding>) -> Result<()> {
    let greeting = answer(&mut line).await?;
    if !greeting.is_good() {
        let fix = "Some servers refuse addresses of home connections and young servers. Use your provider's server, with a login.";
        found.push(Finding::bad("greeting", "The server does not want to talk to this machine", quoted(&greeting.words()), fix));
        return Ok(());
    }
    let mut offers = ask(&mut line, &format!("EHLO {}", trial.greeting)).await?;
    if trial.server.security == Security::Starttls {
        if offers.offer("STARTTLS").is_none() {
            let why = "It offers no STARTTLS, so the password would travel readable. Nothing was sent.";
            let fix = "Choose TLS, usually with port 465.";
            found.push(Finding::bad("starttls", "The server offers no protection on this port", why, fix));
            return Ok(());
        }
        let reply = ask(&mut line, "STARTTLS").await?;
        if !reply.is_good() {
            found.push(Finding::bad(
                "starttls",
                "The server refuses STARTTLS",
                quoted(&reply.words()),
                "Choose TLS, usually with port 465.",
            ));
            return Ok(());
        }
        let Some(secured) = line.secured(trial.server, trial.tls, USUAL, found).await else { return Ok(()) };
        line = secured;
        offers = ask(&mut line, &format!("EHLO {}", trial.greeting)).await?;
    }
    if log_in(&mut line, trial, &offers, found).await? && envelope(&mut line, trial, found).await? {
        hand_over(&mut line, trial, found).await?;
    }
    // Politeness; what it says does not matter any more.
    let _ = ask(&mut line, "QUIT").await;
    Ok(())
}

async fn log_in(line: &mut Line, trial: &Trial<'_>, offers: &Reply, found: &mut Vec<Finding>) -> Result<bool> {
    let user = &trial.server.user;
    let Some(password) = trial.password.filter(|_| !user.is_empty()) else {
        if user.is_empty() {
            found.push(Finding::note("login", "No login is set", "The server is used without user and password.", ""));
            return Ok(true);
        }
        found.push(Finding::bad(
            "login",
            "There is no password",
            "A user is set, and no password.",
            "Type the password, or leave the user empty.",
        ));
        return Ok(false);
    };
    let ways = offers.offer("AUTH").unwrap_or_default().to_ascii_uppercase();
    let ways: Vec<&str> = ways.split([' ', '=']).collect();
    let reply = if ways.contains(&"PLAIN") {
        let proof = STANDARD.encode(format!("\0{user}\0{}", password.reveal()));
        ask(line, &format!("AUTH PLAIN {proof}")).await?
    } else if ways.contains(&"LOGIN") {
        let mut reply = ask(line, "AUTH LOGIN").await?;
        for word in [user.as_str(), password.reveal()] {
            if reply.code == 334 {
                reply = ask(line, &STANDARD.encode(word)).await?;
            }
        }
        reply
    } else {
        let why = match offers.offer("AUTH") {
            Some(ways) => format!("It offers only {}.", crate::base::text::preview(ways, 100)),
            None => "It offers no login at all on this port.".to_owned(),
        };
        let fix = "Try port 587 with STARTTLS or 465 with TLS; or leave the user empty if this server knows your machine.";
        found.push(Finding::bad("login", "The server takes no password here", why, fix));
        return Ok(false);
    };
    if reply.code == 235 {
        found.push(Finding::good("login", "The login works", format!("The server knows {user}.")));
        return Ok(true);
    }
    found.push(refused_login(&trial.server.host, &reply.words()));
    Ok(false)
}

/// A refused login, with what is usually behind it at this provider.
pub(super) fn refused_login(host: &str, words: &str) -> Finding {
    let at = |end: &str| host == end || host.strip_suffix(end).is_some_and(|before| before.ends_with('.'));
    let fix = if at("gmail.com") || at("googlemail.com") {
        "Google takes no ordinary password here: make an app password (Google account, Security, 2-Step Verification, App passwords) and type that."
    } else if at("office365.com") || at("outlook.com") {
        "Microsoft takes a password here only where the administrator allows it: SMTP AUTH (and IMAP) for this mailbox, and an app password with two-step login."
    } else if at("fastmail.com") || at("icloud.com") || at("mail.me.com") || at("mail.yahoo.com") || at("yahoo.com") {
        "This provider wants an app password: make one in the security settings of the account and type that."
    } else {
        "Is the user the whole address, or only the part before the @? With two-step login most providers want an app password."
    };
    Finding::bad("login", "The server refuses this user and password", quoted(words), fix)
}

/// Whether a mail from this sender would be taken. Most servers answer only at the recipient.
async fn envelope(line: &mut Line, trial: &Trial<'_>, found: &mut Vec<Finding>) -> Result<bool> {
    let from = ask(line, &format!("MAIL FROM:<{}>", trial.sender)).await?;
    if !from.is_good() {
        found.push(refused_sender(trial, &from));
        return Ok(false);
    }
    let to = ask(line, &format!("RCPT TO:<{}>", trial.recipient)).await?;
    if to.is_good() {
        found.push(Finding::good("sender", format!("It sends for {}", trial.sender), "The server takes mail from this address."));
        return Ok(true);
    }
    found.push(match trial.mail.is_some() {
        true if to.words().contains(trial.recipient) || to.words().contains("5.1.") => {
            let fix = "Look at the spelling of the address.";
            Finding::bad("recipient", format!("The server does not take mail to {}", trial.recipient), quoted(&to.words()), fix)
        }
        _ => refused_sender(trial, &to),
    });
    Ok(false)
}

fn refused_sender(trial: &Trial<'_>, reply: &Reply) -> Finding {
    let fix = match trial.server.user.is_empty() {
        true => "It probably wants a login: set user and password.",
        false => "Use the address that belongs to this login, or allow this one as a further sender (alias) at your provider.",
    };
    let title = match reply.code {
        400..500 => format!("The server does not send for {} right now", trial.sender),
        _ => format!("The server does not send for {}", trial.sender),
    };
    Finding::bad("sender", title, quoted(&reply.words()), fix)
}

async fn hand_over(line: &mut Line, trial: &Trial<'_>, found: &mut Vec<Finding>) -> Result<()> {
    let Some(mail) = trial.mail else {
        ask(line, "RSET").await?;
        return Ok(());
    };
    let ready = ask(line, "DATA").await?;
    let reply = match ready.code {
        354 => {
            line.send(&stuffed(mail)).await?;
            answer(line).await?
        }
        _ => ready,
    };
    found.push(match reply.code {
        250 => {
            let fix = "Look for it there, in the folder for spam too. What is in spam says more about the records of your domain than about this test.";
            Finding { fix: fix.into(), ..Finding::good("mail", "The mail is on its way", format!("The server took it for {}.", trial.recipient)) }
        }
        _ => Finding::bad("mail", "The server refused the mail itself", quoted(&reply.words()), "Ask your provider why, with its words."),
    });
    Ok(())
}

/// A mail as DATA wants it: lines that begin with a dot get another one, and a dot alone is the end (RFC 5321, 4.5.2).
fn stuffed(mail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(mail.len() + 64);
    let mut is_start = true;
    for byte in mail {
        if is_start && *byte == b'.' {
            out.push(b'.');
        }
        out.push(*byte);
        is_start = *byte == b'\n';
    }
    if !out.ends_with(b"\r\n") {
        out.extend(b"\r\n");
    }
    out.extend(b".\r\n");
    out
}

async fn ask(line: &mut Line, text: &str) -> Result<Reply> {
    line.say(text).await?;
    answer(line).await
}

async fn answer(line: &mut Line) -> Result<Reply> {
    let mut lines = Vec::new();
    for _ in 0..LINES_MAX {
        let heard = line.hear().await?;
        let code = heard.get(..3).and_then(|code| code.parse().ok()).ok_or_else(|| std::io::Error::other("this is no mail server"))?;
        lines.push(heard.get(4..).unwrap_or_default().to_owned());
        if heard.as_bytes().get(3) != Some(&b'-') {
            return Ok(Reply { code, lines });
        }
    }
    Err(std::io::Error::other("the answer never ends"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_stuffed_and_the_end_is_the_end() {
        assert_eq!(stuffed(b".a\r\nb\r\n..c"), b"..a\r\nb\r\n...c\r\n.\r\n");
        assert_eq!(stuffed(b"a\r\n"), b"a\r\n.\r\n");
    }
}
