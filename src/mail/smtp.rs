//! Hands a mail to a mail server (RFC 5321), with its own short time-outs, and says in plain words what went wrong.
//!
//! Of mail-send we use the line and its answers. Connecting, TLS and the login are ours: it would wait an hour, trust other certificates,
//! and try logins it was not built with.

use super::smtp_words::{Fault, Outcome, Reply, Step, tls_sentence};
use crate::base::error::{Error, Result};
use crate::base::secret::Secret;
use crate::base::server::{Security, Server};
use crate::base::tls::Tls;
use crate::base::{email, limits, net};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_send::SmtpClient;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::rustls::pki_types::ServerName;

/// Where mail is handed in, and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub server: Server,
    pub password: Option<Secret>,
}

/// From whom and to whom, as servers see it.
#[derive(Debug, Clone)]
pub struct Envelope {
    from: String,
    to: String,
}

impl Envelope {
    /// Checked: whatever stands in a command is an address and nothing else.
    pub fn new(from: &str, to: &str) -> Result<Envelope> {
        Ok(Envelope { from: email::ascii(from)?, to: email::ascii(to)? })
    }
}

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub step: Duration,
    pub data: Duration,
    pub total: Duration,
    /// How long a line is kept.
    pub idle: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { step: limits::SMTP_STEP, data: limits::SMTP_DATA, total: limits::SMTP_TOTAL, idle: limits::SMTP_IDLE }
    }
}

/// The lines to mail servers: one per mailbox is kept for a short while. Cloning shares them.
#[derive(Clone, Default)]
pub struct Lines {
    tls: Tls,
    patience: Patience,
    /// By mailbox, at most `limits::MAILBOXES_MAX` of them; held for a few lines, never over an await.
    kept: Arc<Mutex<HashMap<i64, Kept>>>,
}

struct Kept {
    line: Line,
    account: Account,
    since: Instant,
}

/// A stream, secret or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// A talk with a mail server, after the login.
pub struct Line {
    client: SmtpClient<Box<dyn Stream>>,
    /// What the server can do, one keyword with its parameters each, in upper case.
    can: Vec<String>,
    patience: Patience,
}

impl Lines {
    /// No lines yet.
    pub fn new(tls: Tls, patience: Patience) -> Lines {
        Lines { tls, patience, kept: Arc::default() }
    }

    /// Hands one mail over by the line of a mailbox, or a new one.
    pub async fn send(&self, mailbox: i64, account: &Account, envelope: &Envelope, mail: &[u8]) -> Outcome {
        match timeout(self.patience.total, self.hand_over(mailbox, account, envelope, mail)).await {
            Ok(Ok(())) => Outcome::Sent,
            Ok(Err(fault)) => fault.outcome(),
            Err(_) => Fault::silent(Step::Data).outcome(),
        }
    }

    async fn hand_over(&self, mailbox: i64, account: &Account, envelope: &Envelope, mail: &[u8]) -> Result<(), Fault> {
        if let Some(mut line) = self.take(mailbox, account)
            && line.ask(Step::Greeting, b"NOOP\r\n").await.is_ok_and(|reply| reply.is_yes())
        {
            match line.send(envelope, mail).await {
                Ok(()) => return self.keep(mailbox, account, line),
                // The server hung up between two mails. That says nothing of this one, unless it had it already.
                Err(fault) if fault.is_lost() && fault.step < Step::Data => {}
                Err(fault) => return line.fails(fault).await,
            }
        }
        let helo = envelope.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let mut line = self.open(account, helo).await?;
        match line.send(envelope, mail).await {
            Ok(()) => self.keep(mailbox, account, line),
            Err(fault) => line.fails(fault).await,
        }
    }

    /// Connects and logs in: what a test of the settings does too. `helo` is the domain we say to be of.
    pub async fn open(&self, account: &Account, helo: &str) -> Result<Line, Fault> {
        let server = &account.server;
        let tcp = self.connect(server).await?;
        let mut line = match server.security {
            Security::Tls => {
                let mut line = self.line(self.secret(server, tcp).await?);
                line.greeted().await?;
                line
            }
            Security::None => {
                let mut line = self.line(Box::new(tcp));
                line.greeted().await?;
                line
            }
            Security::Starttls => {
                let mut client = SmtpClient { stream: tcp, timeout: self.patience.step };
                greeting(&mut client, self.patience.step).await?;
                let can = hello(&mut client, helo).await?;
                // Whoever stands between may have taken the word out: without it, nothing is said.
                if !can.iter().any(|word| word == "STARTTLS") {
                    return Err(Fault::of_ours(Step::Tls, "The mail server offers no STARTTLS here; the port may be the wrong one."));
                }
                ask(&mut client, Step::Tls, b"STARTTLS\r\n").await?.answered(Step::Tls, 220)?;
                self.line(self.secret(server, client.stream).await?)
            }
        };
        line.can = hello(&mut line.client, helo).await?;
        if !server.user.is_empty() {
            let password =
                account.password.as_ref().ok_or_else(|| Fault::of_ours(Step::Login, "The mailbox has a user but no password."))?;
            line.log_in(&server.user, password).await?;
        }
        Ok(line)
    }

    fn line(&self, stream: Box<dyn Stream>) -> Line {
        Line { client: SmtpClient { stream, timeout: self.patience.step }, can: Vec::new(), patience: self.patience }
    }

    async fn connect(&self, server: &Server) -> Result<TcpStream, Fault> {
        let port = server.port_or(465, 587);
        let nameless = || Fault::of_ours(Step::Name, "The name of the mail server cannot be found.");
        let found = timeout(self.patience.step, tokio::net::lookup_host((server.host.as_str(), port))).await;
        let found: Vec<SocketAddr> = found.map_err(|_| nameless())?.map_err(|_| nameless())?.take(limits::SMTP_ADDRESSES_MAX).collect();
        if found.is_empty() {
            return Err(nameless());
        }
        if server.security == Security::None && !found.iter().all(|address| net::is_inside(address.ip())) {
            let why = "The mail server lies outside; without TLS or STARTTLS everybody on the way could read along.";
            return Err(Fault::of_ours(Step::Tls, why));
        }
        let mut last = Fault::silent(Step::Reach);
        for address in found {
            match timeout(self.patience.step, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(_)) => last = Fault::of_ours(Step::Reach, "The mail server refuses the connection; the port may be the wrong one."),
                Err(_) => last = Fault::silent(Step::Reach),
            }
        }
        Err(last)
    }

    async fn secret(&self, server: &Server, tcp: TcpStream) -> Result<Box<dyn Stream>, Fault> {
        let name = ServerName::try_from(server.host.clone());
        let name = name.map_err(|_| Fault::of_ours(Step::Name, "This is no name of a mail server."))?;
        let connector = self.tls.connector().map_err(|error| Fault::of_ours(Step::Tls, error.into_sentence()))?;
        match timeout(self.patience.step, connector.connect(name, tcp)).await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(Fault::of_ours(Step::Tls, tls_sentence(&error))),
            Err(_) => Err(Fault::silent(Step::Tls)),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, mailbox: i64, account: &Account) -> Option<Line> {
        let kept = self.kept().remove(&mailbox)?;
        (kept.account == *account && kept.since.elapsed() < self.patience.idle).then_some(kept.line)
    }

    fn keep(&self, mailbox: i64, account: &Account, line: Line) -> Result<(), Fault> {
        self.kept().insert(mailbox, Kept { line, account: account.clone(), since: Instant::now() });
        Ok(())
    }

    /// When the first of the kept lines is to be closed.
    pub fn next_close(&self) -> Option<Duration> {
        let first = self.kept().values().map(|kept| kept.since).min();
        first.map(|since| self.patience.idle.saturating_sub(since.elapsed()))
    }

    /// Says goodbye on lines that were not used for a while, or on all.
    pub async fn close(&self, all: bool) {
        let idle: Vec<Line> = {
            let mut kept = self.kept();
            let over: Vec<i64> =
                kept.iter().filter(|(_, one)| all || one.since.elapsed() >= self.patience.idle).map(|(mailbox, _)| *mailbox).collect();
            over.iter().filter_map(|mailbox| kept.remove(mailbox)).map(|kept| kept.line).collect()
        };
        for mut line in idle {
            line.quit().await;
        }
    }
}

impl Line {
    async fn ask(&mut self, step: Step, command: &[u8]) -> Result<Reply, Fault> {
        ask(&mut self.client, step, command).await
    }

    async fn greeted(&mut self) -> Result<(), Fault> {
        greeting(&mut self.client, self.patience.step).await
    }

    /// PLAIN or LOGIN (RFC 4616), by a line that is secret or stays in the house.
    async fn log_in(&mut self, user: &str, password: &Secret) -> Result<(), Fault> {
        let offered = self.can.iter().find_map(|word| word.strip_prefix("AUTH ")).unwrap_or_default().to_owned();
        let offers = |way: &str| offered.split(' ').any(|word| word == way);
        let reply = if offers("PLAIN") {
            let proof = STANDARD.encode(format!("\0{user}\0{}", password.reveal()));
            match self.ask(Step::Login, format!("AUTH PLAIN {proof}\r\n").as_bytes()).await? {
                reply if reply.code == 334 => self.ask(Step::Login, format!("{proof}\r\n").as_bytes()).await?,
                reply => reply,
            }
        } else if offers("LOGIN") {
            self.ask(Step::Login, b"AUTH LOGIN\r\n").await?.answered(Step::Login, 334)?;
            self.ask(Step::Login, format!("{}\r\n", STANDARD.encode(user)).as_bytes()).await?.answered(Step::Login, 334)?;
            self.ask(Step::Login, format!("{}\r\n", STANDARD.encode(password.reveal())).as_bytes()).await?
        } else {
            let why = match offered.is_empty() {
                true => "The mail server offers no login here; the port or the security may be the wrong one.",
                false => "The mail server offers no login by user name and password.",
            };
            return Err(Fault::of_ours(Step::Login, why));
        };
        reply.answered(Step::Login, 235).map(drop)
    }

    async fn send(&mut self, envelope: &Envelope, mail: &[u8]) -> Result<(), Fault> {
        let size = self.can.iter().find_map(|word| word.strip_prefix("SIZE")).map(|most| most.trim().parse().unwrap_or(0));
        if size.is_some_and(|most| most > 0 && most < mail.len()) {
            return Err(Fault::too_large());
        }
        let size = size.map(|_| format!(" SIZE={}", mail.len())).unwrap_or_default();
        let from = format!("MAIL FROM:<{}>{size}\r\n", envelope.from);
        let reply = self.ask(Step::Sender, from.as_bytes()).await?;
        // Of the size we announced (RFC 1870, 6.1), and not of who we are.
        if reply.code == 552 {
            return Err(Fault::too_large());
        }
        reply.agreed(Step::Sender)?;
        self.ask(Step::Recipient, format!("RCPT TO:<{}>\r\n", envelope.to).as_bytes()).await?.agreed(Step::Recipient)?;
        self.ask(Step::Announced, b"DATA\r\n").await?.answered(Step::Announced, 354)?;
        // The end of the last line and the dot are written by the other side of this call.
        let mail = mail.strip_suffix(b"\r\n").unwrap_or(mail);
        let reply = timeout(self.patience.data, async {
            self.client.write_message(mail).await.map_err(|_| Fault::lost(Step::Data))?;
            read(&mut self.client, Step::Data).await
        });
        reply.await.map_err(|_| Fault::silent(Step::Data))??.agreed(Step::Data)
    }

    /// Says goodbye; what is answered does not matter.
    pub async fn quit(&mut self) {
        let _ = timeout(Duration::from_secs(1), self.ask(Step::Greeting, b"QUIT\r\n")).await;
    }

    /// A line on which something went wrong is not used again.
    async fn fails(&mut self, fault: Fault) -> Result<(), Fault> {
        self.quit().await;
        Err(fault)
    }
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(client: &mut SmtpClient<S>, step: Step, command: &[u8]) -> Result<Reply, Fault> {
    let reply = client.cmd(command).await.map_err(|error| Fault::of_line(step, &error))?;
    Ok(Reply::new(reply.code, reply.esc, &reply.message))
}

async fn read<S: AsyncRead + AsyncWrite + Unpin>(client: &mut SmtpClient<S>, step: Step) -> Result<Reply, Fault> {
    let reply = client.read().await.map_err(|error| Fault::of_line(step, &error))?;
    Ok(Reply::new(reply.code, reply.esc, &reply.message))
}

async fn greeting<S: AsyncRead + AsyncWrite + Unpin>(client: &mut SmtpClient<S>, patience: Duration) -> Result<(), Fault> {
    let reply = timeout(patience, read(client, Step::Greeting)).await.map_err(|_| Fault::silent(Step::Greeting))?;
    reply?.agreed(Step::Greeting)
}

/// EHLO; what the server can do.
async fn hello<S: AsyncRead + AsyncWrite + Unpin>(client: &mut SmtpClient<S>, helo: &str) -> Result<Vec<String>, Fault> {
    let reply = ask(client, Step::Greeting, format!("EHLO {helo}\r\n").as_bytes()).await?;
    if reply.is_yes() {
        return Ok(reply.text.split(['\r', '\n']).map(|word| word.trim().to_ascii_uppercase()).collect());
    }
    reply.agreed(Step::Greeting).map(|()| Vec::new())
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        Error::unavailable(fault.reason.sentence)
    }
}
