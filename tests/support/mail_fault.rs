//! A mail server that fails as told, and keeps what it got. It speaks SMTP without TLS (loopback only), or with a certificate of nobody.
//!
//! ```text
//! let server = FaultServer::boot().await;
//! server.next(Fault::Recipient("550 5.1.1 no such user"));   // once; `always` until told otherwise
//! let got = server.gets(1).await;
//! ```

use super::mail::{Mail, free_port, make_certificates};
use super::{in_time, mail_lint};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How it fails. Answers are given whole: `451 4.7.1 later`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Instead of the greeting; then it hangs up.
    Greeting(&'static str),
    /// Takes the connection and says nothing.
    BlackHole,
    Login(&'static str),
    Sender(&'static str),
    Recipient(&'static str),
    /// Instead of 354.
    Data(&'static str),
    /// Instead of the receipt; the mail is not kept.
    Receipt(&'static str),
    /// Hangs up in the middle of the mail.
    CutInData,
    /// Keeps the mail, and hangs up before it says so.
    LostReceipt,
    /// Keeps the mail, and never says so.
    SilentAfterData,
    /// Hangs up after a mail was taken, so that a kept line is dead.
    CutAfter,
}

/// Everything it knows.
#[derive(Default)]
struct Book {
    next: VecDeque<Fault>,
    always: Option<Fault>,
    got: Vec<Mail>,
    envelopes: Vec<(String, String)>,
    connections: usize,
    noops: usize,
    mails_begun: usize,
}

/// The running server.
pub struct FaultServer {
    pub port: u16,
    book: Arc<Mutex<Book>>,
    news: Arc<Notify>,
    running: Option<JoinHandle<()>>,
    tls: Option<TlsAcceptor>,
    _certificates: TempDir,
    ca_file: PathBuf,
    offers_login: bool,
}

impl FaultServer {
    pub async fn boot() -> FaultServer {
        FaultServer::boot_with(false).await
    }

    /// With TLS from the first byte, by a certificate that comes from nobody.
    pub async fn boot_with(tls: bool) -> FaultServer {
        let certificates = tempfile::tempdir().expect("a temporary folder");
        let mut acceptor = None;
        if tls {
            make_certificates(certificates.path());
            let chain = CertificateDer::pem_file_iter(certificates.path().join("cert.pem")).expect("a certificate");
            let chain: Vec<_> = chain.collect::<Result<_, _>>().expect("a certificate");
            let key = PrivateKeyDer::from_pem_file(certificates.path().join("key.pem")).expect("a key");
            let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
            let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
            let config = config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate with its key");
            acceptor = Some(TlsAcceptor::from(Arc::new(config)));
        }
        let ca_file = certificates.path().join("ca.pem");
        let (book, news) = Default::default();
        let mut server = FaultServer {
            port: free_port(),
            book,
            news,
            running: None,
            tls: acceptor,
            _certificates: certificates,
            ca_file,
            offers_login: true,
        };
        server.starts().await;
        server
    }

    /// The authority of its certificate, for who wants to trust it.
    pub fn ca_file(&self) -> PathBuf {
        self.ca_file.clone()
    }

    /// How to hand in mail, as settings of a mailbox.
    pub fn smtp(&self) -> serde_json::Value {
        let security = if self.tls.is_some() { "tls" } else { "none" };
        serde_json::json!({ "host": "127.0.0.1", "port": self.port, "security": security, "user": "" })
    }

    pub async fn starts(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.expect("its port");
        let (book, news, tls) = (self.book.clone(), self.news.clone(), self.tls.clone());
        let offers_login = self.offers_login;
        self.running = Some(tokio::spawn(async move {
            // Sessions end with the server.
            let mut sessions = JoinSet::new();
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let (book, news, tls) = (book.clone(), news.clone(), tls.clone());
                sessions.spawn(async move {
                    book.lock().unwrap_or_else(PoisonError::into_inner).connections += 1;
                    news.notify_waiters();
                    let _ = session(stream, tls, &book, &news, offers_login).await;
                });
            }
        }));
    }

    /// Nobody listens any more, and open sessions are cut.
    pub async fn stops(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    /// Fails so at the next occasion, once.
    pub fn next(&self, fault: Fault) {
        self.book().next.push_back(fault);
    }

    /// Fails so from now on; None = no more.
    pub fn always(&self, fault: Option<Fault>) {
        self.book().always = fault;
    }

    /// What it keeps, after there are so many.
    pub async fn gets(&self, count: usize) -> Vec<Mail> {
        self.until(&format!("{count} mails"), |book| book.got.len() >= count).await;
        self.got()
    }

    /// Waits until somebody has called so often.
    pub async fn is_called(&self, times: usize) {
        self.until(&format!("{times} connections"), |book| book.connections >= times).await;
    }

    /// Waits until so many mails were begun (MAIL FROM).
    pub async fn is_tried(&self, times: usize) {
        self.until(&format!("{times} tries"), |book| book.mails_begun >= times).await;
    }

    /// What it keeps now. Every mail was looked at by the postmaster.
    pub fn got(&self) -> Vec<Mail> {
        self.book().got.clone()
    }

    /// Sender and recipient of each mail it keeps.
    pub fn envelopes(&self) -> Vec<(String, String)> {
        self.book().envelopes.clone()
    }

    pub fn connections(&self) -> usize {
        self.book().connections
    }

    pub fn tries(&self) -> usize {
        self.book().mails_begun
    }

    pub fn noops(&self) -> usize {
        self.book().noops
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn until(&self, what: &str, holds: impl Fn(&Book) -> bool) {
        in_time(what, async {
            loop {
                let news = self.news.notified();
                if holds(&self.book()) {
                    return;
                }
                news.await;
            }
        })
        .await;
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
        if !std::thread::panicking() {
            self.got().iter().for_each(|mail| mail_lint::check(&mail.raw));
        }
    }
}

async fn session(tcp: TcpStream, tls: Option<TlsAcceptor>, book: &Mutex<Book>, news: &Notify, offers_login: bool) -> std::io::Result<()> {
    if take(book, |fault| fault == Fault::BlackHole).is_some() {
        // Holds the connection until the other side has enough of it.
        let (mut read, _write) = tcp.into_split();
        return tokio::io::copy(&mut read, &mut tokio::io::sink()).await.map(drop);
    }
    match tls {
        Some(tls) => talk(tls.accept(tcp).await?, book, news, offers_login).await,
        None => talk(tcp, book, news, offers_login).await,
    }
}

/// The fault that is due here, if it is of this sort.
fn take(book: &Mutex<Book>, is: impl Fn(Fault) -> bool) -> Option<Fault> {
    let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
    match book.next.front().copied() {
        Some(fault) if is(fault) => book.next.pop_front(),
        Some(_) => None,
        None => book.always.filter(|fault| is(*fault)),
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, book: &Mutex<Book>, news: &Notify, offers_login: bool) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let note = |change: &dyn Fn(&mut Book)| {
        change(&mut book.lock().unwrap_or_else(PoisonError::into_inner));
        news.notify_waiters();
    };
    if let Some(Fault::Greeting(answer)) = take(book, |fault| matches!(fault, Fault::Greeting(_))) {
        return stream.write_all(format!("{answer}\r\n").as_bytes()).await;
    }
    stream.write_all(b"220 fault.example ESMTP\r\n").await?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        assert!(line.ends_with("\r\n") && line.len() <= 512, "a command as it should be: {line:?}");
        let word = line.trim_end().to_ascii_uppercase();
        let fails = |is: fn(Fault) -> Option<&'static str>| take(book, |fault| is(fault).is_some()).and_then(is);
        let answer = if word.starts_with("EHLO") {
            let login = if offers_login { "250-AUTH PLAIN LOGIN\r\n" } else { "" };
            format!("250-fault.example\r\n{login}250-SIZE 30000000\r\n250 8BITMIME")
        } else if word.starts_with("AUTH") {
            fails(|fault| if let Fault::Login(answer) = fault { Some(answer) } else { None }).unwrap_or("235 2.7.0 welcome").to_owned()
        } else if word.starts_with("MAIL FROM:<") {
            note(&|book| book.mails_begun += 1);
            from = inside(&line);
            fails(|fault| if let Fault::Sender(answer) = fault { Some(answer) } else { None }).unwrap_or("250 2.1.0 ok").to_owned()
        } else if word.starts_with("RCPT TO:<") {
            to = inside(&line);
            fails(|fault| if let Fault::Recipient(answer) = fault { Some(answer) } else { None }).unwrap_or("250 2.1.5 ok").to_owned()
        } else if word == "DATA" {
            match fails(|fault| if let Fault::Data(answer) = fault { Some(answer) } else { None }) {
                Some(answer) => answer.to_owned(),
                None => {
                    stream.write_all(b"354 go on\r\n").await?;
                    if take(book, |fault| fault == Fault::CutInData).is_some() {
                        let mut line = String::new();
                        stream.read_line(&mut line).await?;
                        return Ok(());
                    }
                    let raw = read_mail(&mut stream).await?;
                    let refused = fails(|fault| if let Fault::Receipt(answer) = fault { Some(answer) } else { None });
                    if let Some(answer) = refused {
                        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
                        continue;
                    }
                    note(&|book| {
                        book.got.push(Mail { raw: raw.clone() });
                        book.envelopes.push((from.clone(), to.clone()));
                    });
                    match take(book, |fault| matches!(fault, Fault::LostReceipt | Fault::SilentAfterData | Fault::CutAfter)) {
                        Some(Fault::LostReceipt) => return Ok(()),
                        Some(Fault::SilentAfterData) => {
                            let mut rest = String::new();
                            stream.read_line(&mut rest).await?;
                            return Ok(());
                        }
                        Some(_) => return stream.write_all(b"250 2.0.0 kept\r\n").await,
                        None => "250 2.0.0 kept".to_owned(),
                    }
                }
            }
        } else if word == "NOOP" {
            note(&|book| book.noops += 1);
            "250 2.0.0 ok".to_owned()
        } else if word == "QUIT" {
            return stream.write_all(b"221 2.0.0 bye\r\n").await;
        } else if word == "RSET" {
            "250 2.0.0 ok".to_owned()
        } else {
            "502 5.5.2 what".to_owned()
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// What stands between the brackets.
fn inside(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// Lines until the dot, unstuffed.
async fn read_mail<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(mail);
        }
        mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
