//! The way to a mail server, step by step: its name, its port, its certificate; then lines of text with bounds and time-outs.

use super::{Finding, quoted};
use crate::base::limits;
use crate::base::net;
use crate::base::server::{Security, Server};
use crate::base::tls::Tls;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{CertificateError, Error as TlsError};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A line to a mail server.
pub(super) struct Line(BufReader<Box<dyn Stream>>);

/// The usual words for one kind of server.
#[derive(Clone, Copy)]
pub(super) struct Usual {
    /// With TLS from the first byte, and after a greeting.
    pub ports: (u16, u16),
    pub noun: &'static str,
}

/// Goes as far as the first byte: name, port, and TLS if it comes first. None: a finding says why not.
pub(super) async fn reach(server: &Server, tls: &Tls, usual: Usual, found: &mut Vec<Finding>) -> Option<Line> {
    let (host, port) = (&server.host, server.port_or(usual.ports.0, usual.ports.1));
    let addresses = addresses(server, port, usual, found).await?;
    let stream = match connect(&addresses).await {
        Ok(stream) => stream,
        Err(cause) => {
            found.push(no_connection(host, port, usual, &cause));
            return None;
        }
    };
    found.push(Finding::good("connect", format!("Port {port} is open"), "A connection was made."));
    let line = Line(BufReader::new(Box::new(stream)));
    match server.security {
        Security::Tls => line.secured(server, tls, usual, found).await,
        Security::Starttls | Security::None => Some(line),
    }
}

async fn addresses(server: &Server, port: u16, usual: Usual, found: &mut Vec<Finding>) -> Option<Vec<SocketAddr>> {
    let host = &server.host;
    let asked = timeout(limits::PROBE_TIMEOUT, tokio::net::lookup_host((host.as_str(), port))).await;
    let addresses: Vec<SocketAddr> = match asked {
        Ok(Ok(addresses)) => addresses.take(ADDRESSES_MAX).collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    let Some(first) = addresses.first() else {
        let fix = format!("Look at the spelling, and at what your provider calls its {} server.", usual.noun);
        found.push(Finding::bad("name", format!("{host} is not found"), "No address is known for this name.", fix));
        return None;
    };
    if server.security == Security::None && !addresses.iter().all(|address| net::is_inside(address.ip())) {
        let why = "Without protection everybody on the way could read the password and the mail, so nothing was sent.";
        found.push(Finding::bad("name", format!("{host} lies outside of your network"), why, "Choose TLS or STARTTLS."));
        return None;
    }
    found.push(Finding::good("name", format!("{host} is found"), format!("Its address is {}.", first.ip())));
    Some(addresses)
}

/// The first address that answers, each with a share of the time.
async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream> {
    let share = limits::PROBE_TIMEOUT / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut last = Error::from(ErrorKind::TimedOut);
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(cause)) => last = cause,
            Err(_) => last = Error::from(ErrorKind::TimedOut),
        }
    }
    Err(last)
}

fn no_connection(host: &str, port: u16, usual: Usual, cause: &Error) -> Finding {
    let (tls, other) = usual.ports;
    let ports = format!("The usual ports are {tls} with TLS and {other} with STARTTLS.");
    match cause.kind() {
        ErrorKind::ConnectionRefused => {
            let why = "The machine is there, but nothing listens on this port.";
            Finding::bad("connect", format!("{host} turns connections to port {port} away"), why, ports)
        }
        ErrorKind::TimedOut => {
            let why = format!("Nothing came back within {} seconds.", limits::PROBE_TIMEOUT.as_secs());
            let fix = format!("A firewall may stand in between; many hosts let nothing out on port 25. {ports}");
            Finding::bad("connect", format!("{host} does not answer on port {port}"), why, fix)
        }
        _ => Finding::bad("connect", format!("There is no way to {host}"), format!("The network says: {cause}."), ports),
    }
}

impl Line {
    /// The same line with TLS around it.
    pub async fn secured(self, server: &Server, tls: &Tls, usual: Usual, found: &mut Vec<Finding>) -> Option<Line> {
        let connector = match tls.connector() {
            Ok(connector) => connector,
            Err(error) => {
                found.push(Finding::bad("tls", "This machine trusts nobody", error.into_sentence(), ""));
                return None;
            }
        };
        let Ok(name) = ServerName::try_from(server.host.clone()) else {
            found.push(Finding::bad("tls", "No certificate can be for this name", "", "Use the server's name as your provider writes it."));
            return None;
        };
        // What came before the handshake is not believed: it could be anybody's (CVE-2011-0411 and its kin).
        let plain = self.0.into_inner();
        match timeout(limits::PROBE_TIMEOUT, connector.connect(name, plain)).await {
            Ok(Ok(stream)) => {
                let why = format!("The line is encrypted, and the certificate is for {}.", server.host);
                found.push(Finding::good("tls", "TLS works", why));
                Some(Line(BufReader::new(Box::new(stream))))
            }
            Ok(Err(cause)) => {
                found.push(no_tls(server, usual, &cause));
                None
            }
            Err(_) => {
                found.push(no_tls(server, usual, &Error::from(ErrorKind::TimedOut)));
                None
            }
        }
    }

    /// Sends one line.
    pub async fn say(&mut self, text: &str) -> Result<()> {
        self.send(format!("{text}\r\n").as_bytes()).await
    }

    /// Sends bytes.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        in_time(async {
            self.0.write_all(bytes).await?;
            self.0.flush().await
        })
        .await
    }

    /// The next line without its end.
    pub async fn hear(&mut self) -> Result<String> {
        in_time(async {
            let mut bytes = Vec::new();
            loop {
                let seen = self.0.fill_buf().await?;
                if seen.is_empty() {
                    return Err(Error::from(ErrorKind::UnexpectedEof));
                }
                let (count, is_whole) = match seen.iter().position(|byte| *byte == b'\n') {
                    Some(at) => (at + 1, true),
                    None => (seen.len(), false),
                };
                bytes.extend_from_slice(&seen[..count]);
                self.0.consume(count);
                if bytes.len() > limits::PROBE_ANSWER_BYTES_MAX {
                    return Err(Error::other("the answer never ends"));
                }
                if is_whole {
                    return Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned());
                }
            }
        })
        .await
    }
}

async fn in_time<T>(step: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(limits::PROBE_TIMEOUT, step).await.unwrap_or_else(|_| Err(Error::from(ErrorKind::TimedOut)))
}

/// What ended a conversation, in words.
pub(super) fn broken(id: &'static str, cause: &Error) -> Finding {
    let why = match cause.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "It closed the connection in the middle.".to_owned()
        }
        ErrorKind::TimedOut => format!("It said nothing for {} seconds.", limits::PROBE_TIMEOUT.as_secs()),
        _ => format!("The network says: {cause}."),
    };
    let fix = "Is this the right port, with the right kind of protection? A server that expects TLS waits in silence without it.";
    Finding::bad(id, "The server stopped talking", why, fix)
}

fn no_tls(server: &Server, usual: Usual, cause: &Error) -> Finding {
    let host = &server.host;
    let tls = cause.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    let bad = |title: String, why: &str, fix: &str| Finding::bad("tls", title, why, fix);
    match tls {
        Some(TlsError::InvalidCertificate(fault)) => bad_certificate(host, fault),
        Some(TlsError::InvalidMessage(_)) => {
            let fix = format!("Choose STARTTLS, usually with port {}.", usual.ports.1);
            bad("The server does not begin with TLS".into(), "It spoke plainly where TLS was expected.", &fix)
        }
        Some(other) => {
            let fix = "Its software may be very old. Ask whoever runs it.";
            bad("The server and I share no kind of TLS".into(), &quoted(&other.to_string()), fix)
        }
        None => broken("tls", cause),
    }
}

fn bad_certificate(host: &str, fault: &CertificateError) -> Finding {
    let (title, why, fix) = match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!("The certificate of {host} has expired"),
            "It was good until some time ago, and nobody renewed it.".to_owned(),
            "Renew it on the mail server; if the server is right, look at the clock of this machine.",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!("The certificate of {host} is not valid yet"),
            "It begins in the future.".to_owned(),
            "The clock of this machine or of the mail server is wrong.",
        ),
        CertificateError::NotValidForName => (
            format!("The certificate is for another name than {host}"),
            "Somebody else may be answering, or the server has another name.".to_owned(),
            "Use the name your provider gives, not an alias of your own.",
        ),
        CertificateError::NotValidForNameContext { presented, .. } => (
            format!("The certificate is for another name than {host}"),
            format!("It is for {}.", crate::base::text::preview(&names(presented), 200)),
            "Use that name, if it is the server you mean.",
        ),
        // What `openssl req -x509` makes by itself: an authority of its own, used as a server.
        fault if format!("{fault:?}").contains("CaUsedAsEndEntity") => (
            format!("The certificate of {host} vouches for itself"),
            "Nobody else vouches for it: it was made on the server, and anybody could make one like it.".to_owned(),
            "Get one from a public authority (Let's Encrypt), or from one of your own that this machine knows.",
        ),
        CertificateError::UnknownIssuer => (
            format!("Nobody I trust vouches for {host}"),
            "Its certificate is from an authority that this machine does not know, or its own.".to_owned(),
            "Get one from a public authority (Let's Encrypt), or add yours to this machine: /usr/local/share/ca-certificates, then update-ca-certificates, \
             then restart deskbell.",
        ),
        CertificateError::Revoked => {
            (format!("The certificate of {host} was revoked"), "Its authority took it back.".to_owned(), "Renew it on the mail server.")
        }
        other => (format!("The certificate of {host} is not right"), format!("The check says: {other}."), "Renew it on the mail server."),
    };
    Finding::bad("tls", title, why, fix)
}

/// As the library hands them out: `DnsName("mail.example.com")`.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
    presented.iter().take(5).map(bare).collect::<Vec<_>>().join(", ")
}
