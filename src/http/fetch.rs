//! Looks at somebody's answer, whatever it is: one question, a bounded answer, and an exact word for why there is none. For whoever explains
//! what is wrong (the doctor); what deskbell owes to others goes by `client.rs`. Follows no redirects by itself.

use crate::base::tls::Tls;
use crate::base::{limits, net};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::HeaderMap;
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{CertificateError, Error as TlsError};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 4;

/// Anything that carries bytes both ways.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Whom a look may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    /// The public internet, and the ranges that `OUTBOUND_ALLOW` names.
    Outside(&'a [IpNet]),
    /// Every address: only for what the administrator himself has configured.
    Everywhere,
}

/// Where to look.
#[derive(Clone)]
pub struct Look<'a> {
    pub url: &'a str,
    pub reach: Reach<'a>,
    pub tls: &'a Tls,
    /// Connects here, whatever the name says.
    pub at: Option<SocketAddr>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Fetched {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Whether there was more than was read.
    pub cut: bool,
    pub line: Ends,
}

/// A made connection.
#[derive(Debug, Clone)]
pub struct Ends {
    /// Our end, and the other.
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// What the other side showed, its own first; empty without TLS.
    pub certificates: Vec<CertificateDer<'static>>,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This is no address of the web.
    Address,
    /// The name leads nowhere.
    NoName,
    /// The name leads inside, where nobody may look.
    Inside(IpAddr),
    /// The machine is there, and nobody listens.
    Refused(SocketAddr),
    /// Nothing came within the time.
    Silent,
    /// This machine trusts nobody.
    NoRoots,
    /// The certificate is not believed; what was shown.
    Certificate(Box<CertificateError>, Vec<CertificateDer<'static>>),
    /// No TLS is spoken there, or none that we share.
    Tls(String),
    /// The line broke, or what was said is no HTTP.
    Broken(String),
}

impl Fetched {
    /// A header's first value as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }
}

/// The parts of an address that a connection needs.
struct Place {
    uri: Uri,
    host: String,
    port: u16,
    is_tls: bool,
}

fn place(url: &str) -> Result<Place, Fault> {
    let uri: Uri = url.parse().map_err(|_| Fault::Address)?;
    let is_tls = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(Fault::Address),
    };
    // Names and passwords in addresses are somebody's trick.
    let is_plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if !is_plain || host.is_empty() {
        return Err(Fault::Address);
    }
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    Ok(Place { uri, host, port, is_tls })
}

/// The addresses of a host's name, as this machine finds them.
pub async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Fault> {
    match timeout(limits::LOOK_STEP, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let mut all: Vec<SocketAddr> = Vec::new();
            for address in found.take(32) {
                if !all.contains(&address) {
                    all.push(address);
                }
            }
            if all.is_empty() { Err(Fault::NoName) } else { Ok(all) }
        }
        Ok(Err(_)) => Err(Fault::NoName),
        Err(_) => Err(Fault::Silent),
    }
}

/// A line to where `look` says, with TLS when it says so, for whoever speaks on it by himself.
pub async fn open(look: &Look<'_>) -> Result<(Box<dyn Stream>, Ends), Fault> {
    let place = place(look.url)?;
    let all = match look.at {
        Some(address) => vec![address],
        None => addresses(&place.host, place.port).await?,
    };
    let may = |address: &&SocketAddr| match look.reach {
        Reach::Everywhere => true,
        // Checked where the connection is made, so that no name can lead inside by resolving twice (security row 27).
        Reach::Outside(allowed) => net::is_public(address.ip()) || net::contains(allowed, address.ip().to_canonical()),
    };
    let callable: Vec<SocketAddr> = all.iter().filter(may).copied().take(ADDRESSES_MAX).collect();
    if callable.is_empty() {
        return Err(all.first().map_or(Fault::NoName, |address| Fault::Inside(address.ip())));
    }
    let (stream, remote) = connect(&callable).await?;
    let local = stream.local_addr().map_err(|cause| Fault::Broken(cause.to_string()))?;
    let _ = stream.set_nodelay(true);
    if !place.is_tls {
        return Ok((Box::new(stream), Ends { local, remote, certificates: Vec::new() }));
    }
    let (connector, shown) = look.tls.watching().map_err(|_| Fault::NoRoots)?;
    let name = ServerName::try_from(place.host).map_err(|_| Fault::Address)?;
    match timeout(limits::LOOK_STEP, connector.connect(name, stream)).await {
        Ok(Ok(secured)) => Ok((Box::new(secured), Ends { local, remote, certificates: shown.certificates() })),
        Ok(Err(cause)) => Err(tls_fault(&cause, shown.certificates())),
        Err(_) => Err(Fault::Silent),
    }
}

fn tls_fault(cause: &std::io::Error, shown: Vec<CertificateDer<'static>>) -> Fault {
    match cause.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        Some(TlsError::InvalidCertificate(fault)) => Fault::Certificate(Box::new(fault.clone()), shown),
        Some(other) => Fault::Tls(other.to_string()),
        None => Fault::Tls(cause.to_string()),
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Fault> {
    let share = limits::LOOK_STEP / u32::try_from(addresses.len().max(1)).unwrap_or(1);
    let mut last = Fault::Silent;
    for address in addresses {
        match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, *address)),
            Ok(Err(cause)) if cause.kind() == ErrorKind::ConnectionRefused => last = Fault::Refused(*address),
            Ok(Err(cause)) => last = Fault::Broken(cause.to_string()),
            Err(_) => last = Fault::Silent,
        }
    }
    Err(last)
}

/// Asks once, and reads at most `bytes_max` of what comes.
pub async fn fetch(look: &Look<'_>, method: Method, headers: &[(&str, &str)], bytes_max: usize) -> Result<Fetched, Fault> {
    let place = place(look.url)?;
    let (stream, line) = open(look).await?;
    let mut request = Request::builder()
        .method(method)
        .uri(place.uri.path_and_query().map_or("/", |path| path.as_str()))
        .header("host", place.uri.authority().map_or("", |authority| authority.as_str()))
        .header("accept-encoding", "identity");
    if !headers.iter().any(|(name, _)| *name == "user-agent") {
        request = request.header("user-agent", concat!("Mozilla/5.0 (compatible; deskbell-doctor/", env!("CARGO_PKG_VERSION"), ")"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::new())).map_err(|cause| Fault::Broken(cause.to_string()))?;
    let broken = |cause: hyper::Error| Fault::Broken(cause.to_string());
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let driving = tokio::spawn(connection.with_upgrades());
    let read = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut cut) = (Vec::new(), false);
        // Of a half answer the half is worth looking at.
        while parts.status != 101 && !cut {
            let Some(Ok(frame)) = body.frame().await else { break };
            if let Ok(data) = frame.into_data() {
                cut = bytes.len() + data.len() > bytes_max;
                bytes.extend_from_slice(&data[..data.len().min(bytes_max - bytes.len())]);
            }
        }
        Ok(Fetched { status: parts.status.as_u16(), headers: parts.headers, body: bytes, cut, line })
    };
    let read = timeout(limits::LOOK_STEP * 2, read).await.unwrap_or(Err(Fault::Silent));
    driving.abort();
    read
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    async fn answering(answer: &'static [u8]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![0; 4096];
            let _ = stream.read(&mut heard).await.unwrap();
            stream.write_all(answer).await.unwrap();
        });
        format!("http://{address}/")
    }

    fn look<'a>(url: &'a str, reach: Reach<'a>, tls: &'a Tls) -> Look<'a> {
        Look { url, reach, tls, at: None }
    }

    /// security 27
    #[tokio::test]
    async fn a_page_inside_is_looked_at_only_where_that_is_allowed() {
        let tls = Tls::default();
        let url = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await;
        let refused = fetch(&look(&url, Reach::Outside(&[]), &tls), Method::GET, &[], 100).await;
        assert!(matches!(refused, Err(Fault::Inside(ip)) if ip.is_loopback()), "{refused:?}");
        let allowed: Vec<IpNet> = vec!["127.0.0.0/8".parse().unwrap()];
        let answer = fetch(&look(&url, Reach::Outside(&allowed), &tls), Method::GET, &[], 3).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice(), answer.cut), (200, &b"hel"[..], true));
        for url in ["file:///etc/passwd", "http://u@127.0.0.1/", "nonsense", "https:///x"] {
            assert!(matches!(fetch(&look(url, Reach::Everywhere, &tls), Method::GET, &[], 3).await, Err(Fault::Address)), "{url}");
        }
    }

    #[tokio::test]
    async fn every_silence_has_its_word() {
        let tls = Tls::default();
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let url = format!("http://{closed}/");
        assert!(matches!(fetch(&look(&url, Reach::Everywhere, &tls), Method::GET, &[], 3).await, Err(Fault::Refused(_))));
        let url = answering(b"SSH-2.0-OpenSSH\r\n").await;
        assert!(matches!(fetch(&look(&url, Reach::Everywhere, &tls), Method::GET, &[], 3).await, Err(Fault::Broken(_))));
        let nowhere = look("http://nowhere.invalid/", Reach::Everywhere, &tls);
        assert!(matches!(fetch(&nowhere, Method::GET, &[], 3).await, Err(Fault::NoName | Fault::Silent)));
        let url = answering(b"hello, this is no TLS at all\r\n").await.replace("http:", "https:");
        assert!(matches!(fetch(&look(&url, Reach::Everywhere, &tls), Method::GET, &[], 3).await, Err(Fault::Tls(_) | Fault::NoRoots)));
    }
}
