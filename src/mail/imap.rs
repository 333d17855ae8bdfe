//! Reads a folder of a mail server (RFC 3501, 2177): looks, fetches in pieces, waits for news. Opens it read-only, so nothing is ever
//! deleted or marked. Every answer has a time-out and a budget; a server that says nothing any more is noticed.

use super::line::Line;
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::limits;
use crate::base::secret::Secret;
use crate::base::server::{Security, Server};
use crate::base::text::clean_line;
use crate::base::tls::Tls;
use async_imap::error::Error as Fault;
use async_imap::extensions::idle::IdleResponse;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, MessageSection, Response, SectionPath, Status};
use async_imap::{Authenticator, Client, Session};
use std::time::Duration;

/// A session with an open folder.
#[derive(Debug)]
pub struct Imap {
    session: Session<Line>,
    host: String,
    /// The server tells by itself when something comes.
    pub can_idle: bool,
    /// How long one answer may take.
    patience: Duration,
}

/// Where a folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Another number means: all UIDs are different ones now.
    pub uid_validity: u32,
    /// Every mail that comes from now on has at least this UID.
    pub uid_next: u32,
}

/// What is known of a mail before it is fetched.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    pub size: u64,
    /// When the server took it.
    pub arrived_at: Option<Millis>,
}

/// Logs in with SASL PLAIN, for names and passwords that LOGIN cannot carry.
struct Plain(String);

impl Authenticator for Plain {
    type Response = String;
    fn process(&mut self, _: &[u8]) -> String {
        std::mem::take(&mut self.0)
    }
}

impl Imap {
    /// Connects and logs in.
    pub async fn connect(tls: &Tls, server: &Server, password: Option<&Secret>) -> Result<Imap> {
        let host = server.host.clone();
        let line = Line::open(tls, &host, server.port_or(993, 143), server.security).await?;
        let mut client = Client::new(line);
        let greeting = in_time(&host, limits::MAIL_ANSWER_TIMEOUT, client.read_response()).await?;
        let greeting = greeting.map_err(|_| Error::unavailable(format!("{host} answers, but does not speak IMAP.")))?;
        greeted(&host, greeting.ok_or_else(|| Error::unavailable(format!("{host} closed the connection at once.")))?.parsed())?;
        if server.security == Security::Starttls {
            in_time(&host, limits::MAIL_ANSWER_TIMEOUT, client.run_command_and_check_ok("STARTTLS", None))
                .await?
                .map_err(|_| Error::unavailable(format!("{host} does not offer STARTTLS, so nothing was said to it.")))?;
            // What it said before the protection began is thrown away with the client.
            client = Client::new(client.into_inner().protected(tls, &host).await?);
        }
        let secret = password.ok_or_else(|| Error::forbidden(format!("{host} wants a password, and none is set.")))?;
        let user = server.user.as_str();
        let is_plain = user.is_ascii() && secret.reveal().is_ascii();
        let entered = match is_plain {
            true => in_time(&host, limits::MAIL_ANSWER_TIMEOUT, client.login(user, secret.reveal())).await?,
            false => {
                in_time(&host, limits::MAIL_ANSWER_TIMEOUT, client.authenticate("PLAIN", Plain(format!("\0{user}\0{}", secret.reveal()))))
                    .await?
            }
        };
        let session = entered.map_err(|(fault, _)| match fault {
            Fault::No(words) | Fault::Bad(words) => {
                Error::forbidden(format!("{host} refuses the login: {}.", clean_line(words.trim_end_matches('.'), 200)))
            }
            fault => broken(&host, &fault),
        })?;
        let mut imap = Imap { session, host, can_idle: false, patience: limits::MAIL_ANSWER_TIMEOUT };
        imap.budget();
        let can = in_time(&imap.host, imap.patience, imap.session.capabilities()).await?.map_err(|fault| broken(&imap.host, &fault))?;
        imap.can_idle = can.has_str("IDLE");
        Ok(imap)
    }

    /// Opens a folder, read-only.
    pub async fn open(&mut self, folder: &str) -> Result<Position> {
        self.budget();
        let opened = in_time(&self.host, self.patience, self.session.examine(folder)).await?;
        let opened = opened.map_err(|fault| match fault {
            Fault::No(words) | Fault::Bad(words) => {
                Error::new(Kind::NotFound, format!("{} has no folder \"{folder}\": {}", self.host, clean_line(&words, 200)))
            }
            fault => broken(&self.host, &fault),
        })?;
        let uid_validity = opened.uid_validity.unwrap_or(0);
        let uid_next = match opened.uid_next {
            Some(next) => next,
            None if opened.exists == 0 => 1,
            None => self.search("UID *").await?.last().map_or(1, |uid| uid.saturating_add(1)),
        };
        Ok(Position { uid_validity, uid_next })
    }

    /// Mails from this UID on, the oldest first.
    pub async fn since(&mut self, uid: u32) -> Result<Vec<u32>> {
        // `n:*` names the last mail even when it is older.
        Ok(self.search(&format!("UID {uid}:*")).await?.into_iter().filter(|found| *found >= uid).collect())
    }

    /// Mails that the server took on the day of `at` or later, the oldest first.
    pub async fn since_day(&mut self, day: &str) -> Result<Vec<u32>> {
        self.search(&format!("SINCE {day}")).await
    }

    async fn search(&mut self, what: &str) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        let search = format!("UID SEARCH {what}");
        self.asked(&search, limits::MAIL_SEARCH_BYTES_MAX, |answer| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = answer {
                found.extend_from_slice(uids);
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Size and time of a mail; None when it is gone meanwhile.
    pub async fn header(&mut self, uid: u32) -> Result<Option<Header>> {
        let mut header = None;
        let fetch = format!("UID FETCH {uid} (UID RFC822.SIZE INTERNALDATE)");
        self.asked(&fetch, limits::MAIL_ANSWER_BYTES_MAX, |answer| {
            let (mut size, mut arrived_at) = (None, None);
            for value in told_of(answer, uid) {
                match value {
                    AttributeValue::Rfc822Size(bytes) => size = Some(u64::from(*bytes)),
                    AttributeValue::InternalDate(date) => arrived_at = internal_date(date),
                    _ => {}
                }
            }
            // What the server tells unasked names the mail too, and has no size.
            header = size.map(|size| Header { size, arrived_at }).or(header);
        })
        .await?;
        Ok(header)
    }

    /// Bytes of a mail from `offset` on, at most `limits::MAIL_PIECE_BYTES`; empty at its end, None when it is gone.
    pub async fn piece(&mut self, uid: u32, offset: u64) -> Result<Option<Vec<u8>>> {
        let most = limits::MAIL_PIECE_BYTES;
        self.part(uid, &format!("BODY.PEEK[]<{offset}.{most}>"), None).await
    }

    /// The header fields of a mail, as many as fit one piece; None when it is gone.
    pub async fn fields(&mut self, uid: u32) -> Result<Option<Vec<u8>>> {
        let most = limits::MAIL_PIECE_BYTES;
        self.part(uid, &format!("BODY.PEEK[HEADER]<0.{most}>"), Some(&SectionPath::Full(MessageSection::Header))).await
    }

    async fn part(&mut self, uid: u32, what: &str, wanted: Option<&SectionPath>) -> Result<Option<Vec<u8>>> {
        let most = limits::MAIL_PIECE_BYTES;
        let mut part = None;
        self.asked(&format!("UID FETCH {uid} (UID {what})"), most + limits::MAIL_ANSWER_BYTES_MAX, |answer| {
            for value in told_of(answer, uid) {
                if let AttributeValue::BodySection { section, data, .. } = value
                    && section.as_ref() == wanted
                {
                    let bytes = data.as_deref().unwrap_or_default();
                    part = Some(bytes[..bytes.len().min(most)].to_vec());
                }
            }
        })
        .await?;
        Ok(part)
    }

    /// Says a command and hands out what is answered, until the server says that it is done. Only "OK" means that it did all it was asked:
    /// a server that refuses for a moment has said nothing about the mail.
    async fn asked(&mut self, command: &str, bytes: usize, mut each: impl FnMut(&Response<'_>)) -> Result<()> {
        self.session.as_mut().allow(bytes);
        let session = &mut self.session;
        let answered = async {
            let id = session.run_command(command).await?;
            loop {
                let answer = session.read_response().await?.ok_or(Fault::ConnectionLost)?;
                match answer.parsed() {
                    Response::Done { tag, status, outcome } if *tag == id => {
                        let words = || outcome.information.as_deref().unwrap_or("it gave no reason").to_owned();
                        return match status {
                            Status::Ok => Ok(()),
                            Status::Bad => Err(Fault::Bad(words())),
                            _ => Err(Fault::No(words())),
                        };
                    }
                    answer => each(answer),
                }
            }
        };
        in_time(&self.host, self.patience, answered).await?.map_err(|fault: Fault| broken(&self.host, &fault))
    }

    /// Waits until the server tells of something, or `time` is over; either way the line proves that it is alive.
    pub async fn wait(self, time: Duration) -> Result<Imap> {
        let Imap { mut session, host, can_idle, patience } = self;
        session.as_mut().allow(limits::MAIL_ANSWER_BYTES_MAX);
        let mut idle = session.idle();
        in_time(&host, patience, idle.init()).await?.map_err(|fault| broken(&host, &fault))?;
        {
            let (news, _interrupt) = idle.wait_with_timeout(time);
            // Cancel-safe: what was read lies in the session's buffer. Signs of life of the server do not make the wait longer.
            match tokio::time::timeout(time, news).await {
                Ok(Ok(IdleResponse::NewData(answer))) => {
                    if let Response::Data { status: Status::Bye, .. } = answer.parsed() {
                        return Err(Error::unavailable(format!("{host} closed the connection.")));
                    }
                }
                Ok(Ok(_)) | Err(_) => {}
                Ok(Err(fault)) => return Err(broken(&host, &fault)),
            }
        }
        let mut session = in_time(&host, patience, idle.done()).await?.map_err(|fault| broken(&host, &fault))?;
        session.as_mut().allow(limits::MAIL_ANSWER_BYTES_MAX);
        Ok(Imap { session, host, can_idle, patience })
    }

    /// Says goodbye, without waiting long for the answer.
    pub async fn close(mut self) {
        self.budget();
        let _ = tokio::time::timeout(Duration::from_secs(2), self.session.logout()).await;
    }

    fn budget(&mut self) {
        self.session.as_mut().allow(limits::MAIL_ANSWER_BYTES_MAX);
    }
}

/// What an answer says of this mail.
fn told_of<'a>(answer: &'a Response<'a>, uid: u32) -> &'a [AttributeValue<'a>] {
    match answer {
        Response::Fetch(_, values) if values.contains(&AttributeValue::Uid(uid)) => values,
        _ => &[],
    }
}

/// ` 1-Nov-2026 10:00:00 +0100`, as servers write it.
fn internal_date(date: &str) -> Option<Millis> {
    jiff::Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", date.trim()).ok().map(|at| at.as_millisecond())
}

/// Whether what came first was a welcome.
fn greeted(host: &str, greeting: &Response<'_>) -> Result<()> {
    match greeting {
        Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(()),
        Response::Data { outcome, .. } => {
            let words = outcome.information.as_deref().unwrap_or("it gave no reason");
            Err(Error::unavailable(format!("{host} takes nobody: {}", clean_line(words, 200))))
        }
        _ => Err(Error::unavailable(format!("{host} answers, but does not speak IMAP."))),
    }
}

async fn in_time<T>(host: &str, patience: Duration, answer: impl Future<Output = T>) -> Result<T> {
    let silent = |_| Error::unavailable(format!("{host} does not answer any more."));
    tokio::time::timeout(patience, answer).await.map_err(silent)
}

/// What broke, without what was said: that could be a mail.
fn broken(host: &str, fault: &Fault) -> Error {
    match fault {
        Fault::No(words) => Error::unavailable(format!("{host} refuses: {}", clean_line(words, 200))),
        Fault::Bad(words) => Error::unavailable(format!("{host} does not understand us: {}", clean_line(words, 200))),
        Fault::Io(_) | Fault::ConnectionLost => Error::unavailable(format!("The connection to {host} broke.")),
        _ => Error::unavailable(format!("{host} said something that is no IMAP.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    /// A server that knows the usual commands and answers searches and fetches with `found`; it falls silent for ever once somebody waits.
    async fn server(found: &'static str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (read, mut write) = listener.accept().await.unwrap().0.into_split();
            write.write_all(b"* OK hello\r\n").await.unwrap();
            let mut lines = BufReader::new(read).lines();
            let mut is_silent = false;
            while let Ok(Some(line)) = lines.next_line().await {
                let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
                let answer = match command.split(' ').next().unwrap_or_default() {
                    _ if is_silent => continue,
                    "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n"),
                    "EXAMINE" => format!("* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n{tag} OK [READ-ONLY] done\r\n"),
                    "UID" => found.replace("TAG", tag),
                    "IDLE" => {
                        is_silent = true;
                        "+ waiting\r\n".to_owned()
                    }
                    _ => format!("{tag} OK done\r\n"),
                };
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        });
        Server { host: "127.0.0.1".into(), port, security: Security::None, user: "zoe".into() }
    }

    async fn session(found: &'static str) -> Imap {
        let (server, secret) = (server(found).await, Secret::new("secret"));
        let mut imap = Imap::connect(&Tls::default(), &server, Some(&secret)).await.unwrap();
        imap.patience = Duration::from_millis(300);
        assert_eq!(imap.open("INBOX").await.unwrap(), Position { uid_validity: 7, uid_next: 9 });
        imap
    }

    #[tokio::test]
    async fn a_line_that_died_is_noticed() {
        let mut imap = session("* SEARCH 9 3 12\r\nTAG OK\r\n").await;
        assert!(imap.can_idle);
        assert_eq!(imap.since(9).await.unwrap(), [9, 12], "`n:*` names the last mail even when it is older");
        let error = imap.wait(Duration::from_millis(50)).await.unwrap_err();
        assert!(error.message.contains("does not answer any more"), "{}", error.message);
    }

    #[tokio::test]
    async fn a_server_cannot_fill_the_memory() {
        // A literal of 4 GB is announced, and some of it comes.
        static FLOOD: std::sync::LazyLock<String> =
            std::sync::LazyLock::new(|| format!("* 1 FETCH (BODY[] {{4000000000}}\r\n{}", "a".repeat(limits::MAIL_SEARCH_BYTES_MAX + 1)));
        let mut imap = session(FLOOD.as_str()).await;
        let error = imap.since(1).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "{}", error.message);
        assert!(!error.message.contains("aaa"), "what came is not told");
    }

    /// "Not now" is no answer: taken for one, a mail would be skipped, or cut where the server faltered.
    #[tokio::test]
    async fn a_refusal_is_not_an_empty_answer() {
        for refusal in ["TAG NO [INUSE] later\r\n", "* 1 FETCH (UID 9 FLAGS ())\r\nTAG BAD [SERVERBUG] oops\r\n"] {
            let mut imap = session(refusal).await;
            for error in [
                imap.since(1).await.unwrap_err(),
                imap.since_day("1-Nov-2026").await.unwrap_err(),
                imap.header(9).await.unwrap_err(),
                imap.piece(9, 0).await.unwrap_err(),
                imap.piece(9, 262_144).await.unwrap_err(),
                imap.fields(9).await.unwrap_err(),
            ] {
                assert_eq!(error.kind, Kind::Unavailable);
                assert!(error.message.contains("later") || error.message.contains("oops"), "{}", error.message);
            }
        }
        let mut imap = session("* 1 FETCH (UID 8 RFC822.SIZE 5 BODY[] {1}\r\nx)\r\nTAG OK done\r\n").await;
        assert!(imap.header(9).await.unwrap().is_none() && imap.piece(9, 0).await.unwrap().is_none(), "gone");
    }

    #[tokio::test]
    async fn a_mail_is_told_in_pieces() {
        let mut imap = session(concat!(
            "* 1 FETCH (UID 9 RFC822.SIZE 5 INTERNALDATE \" 1-Nov-2026 10:00:00 +0100\" BODY[]<0> {5}\r\nhello",
            " BODY[HEADER]<0> {4}\r\nA: b)\r\n* 1 FETCH (UID 9 FLAGS (\\Seen))\r\nTAG OK done\r\n"
        ))
        .await;
        let header = imap.header(9).await.unwrap().unwrap();
        assert_eq!((header.size, header.arrived_at), (5, Some(1_793_523_600_000)));
        assert_eq!(imap.piece(9, 0).await.unwrap().unwrap(), b"hello");
        assert_eq!(imap.fields(9).await.unwrap().unwrap(), b"A: b");
        let mut imap = session("* 1 FETCH (UID 9 BODY[]<0> NIL)\r\nTAG OK done\r\n").await;
        assert_eq!(imap.piece(9, 0).await.unwrap(), Some(Vec::new()), "its end");
    }
}
