//! Calls that leave the machine, each of them a job first: one POST, no redirects, to public addresses only. The address is checked where
//! the connection is made, so that no name can lead inside by resolving twice (security row 27).

use crate::base::error::{Error, Result};
use crate::base::tls::Tls;
use crate::base::{limits, net};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// Calls others. Cloning shares the certificates.
#[derive(Clone, Default)]
pub struct Client {
    /// Addresses inside that may be called all the same, also without TLS.
    allowed: Vec<IpNet>,
    tls: Tls,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Seconds to wait before another try, when it says so.
    pub retry_after_s: Option<u64>,
}

impl Client {
    /// A client that may also call these addresses inside.
    pub fn new(allowed: Vec<IpNet>, tls: Tls) -> Client {
        Client { allowed, tls }
    }

    /// Whether `url` could be called at all: https, or http inside; its scheme and host on success.
    pub fn check(&self, url: &str) -> Result<String> {
        let (uri, is_tls) = parse(url)?;
        if !is_tls && self.allowed.is_empty() {
            return Err(Error::invalid("The address must begin with https://."));
        }
        Ok(format!("{}://{}", if is_tls { "https" } else { "http" }, uri.authority().map_or("", |authority| authority.as_str())))
    }

    /// Sends `body` to `url`; the answer's body is not kept.
    pub async fn post(&self, url: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<Answer> {
        match tokio::time::timeout(limits::OUTGOING_TIMEOUT, self.send(url, headers, body)).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::unavailable("The other side did not answer in time.")),
        }
    }

    async fn send(&self, url: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Result<Answer> {
        let (uri, is_tls) = parse(url)?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = self.connect(&host, port, is_tls).await?;
        let mut request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
            .header("host", uri.authority().map_or("", |authority| authority.as_str()))
            .header("user-agent", concat!("deskbell/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(Error::internal)?;
        if !is_tls {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(host).map_err(|_| no_address())?;
        let secured = self.tls.connector()?.connect(name, stream).await.map_err(|cause| unreachable().with_cause(cause))?;
        exchange(secured, request).await
    }

    /// Connects to the first address of `host` that may be called.
    async fn connect(&self, host: &str, port: u16, is_tls: bool) -> Result<TcpStream> {
        let found: Vec<SocketAddr> =
            tokio::net::lookup_host((host, port)).await.map_err(|cause| unreachable().with_cause(cause))?.collect();
        let inside = |address: &SocketAddr| net::contains(&self.allowed, address.ip().to_canonical());
        let callable = found.iter().find(|address| inside(address) || (is_tls && net::is_public(address.ip())));
        let Some(address) = callable else {
            return Err(Error::forbidden("This address lies inside a network. OUTBOUND_ALLOW can allow it."));
        };
        TcpStream::connect(address).await.map_err(|cause| unreachable().with_cause(cause))
    }
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, request: Request<Full<Bytes>>) -> Result<Answer> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|cause| unreachable().with_cause(cause))?;
    let driving = tokio::spawn(connection);
    let answered = sender.send_request(request).await.map_err(|cause| unreachable().with_cause(cause));
    let answer = match answered {
        Ok(response) => {
            let retry_after_s = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let answer = Answer { status: response.status().as_u16(), retry_after_s };
            // Read to its end, up to a bound, so that the other side is not cut off; what it says does not matter.
            let _ = Limited::new(response.into_body(), limits::OUTGOING_ANSWER_BYTES_MAX).collect().await;
            Ok(answer)
        }
        Err(error) => Err(error),
    };
    driving.abort();
    answer
}

fn parse(url: &str) -> Result<(Uri, bool)> {
    let uri: Uri = url.parse().map_err(|_| no_address())?;
    let is_tls = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(no_address()),
    };
    match uri.authority() {
        // Names and passwords in addresses are somebody's trick.
        Some(authority) if !authority.as_str().contains('@') && uri.host().is_some_and(|host| !host.is_empty()) => Ok((uri, is_tls)),
        _ => Err(no_address()),
    }
}

fn no_address() -> Error {
    Error::invalid("This is no web address.")
}

fn unreachable() -> Error {
    Error::unavailable("The other side cannot be reached.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::error::Kind;

    /// security 27
    #[tokio::test]
    async fn nothing_inside_is_called() {
        let client = Client::default();
        for url in [
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://169.254.169.254/latest",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://localhost/",
            "https://0.0.0.0/",
            "http://127.0.0.1:1/",
        ] {
            assert_eq!(client.post(url, &[], Vec::new()).await.unwrap_err().kind, Kind::Forbidden, "{url}");
        }
        for url in ["file:///etc/passwd", "gopher://x/", "https://", "https://user:pass@example.com/", "nonsense", "//example.com"] {
            assert_eq!(client.post(url, &[], Vec::new()).await.unwrap_err().kind, Kind::Invalid, "{url}");
        }
        assert!(client.check("http://example.com/").is_err());
        assert_eq!(client.check("https://push.example.com/send/1?x").unwrap(), "https://push.example.com");
    }

    #[tokio::test]
    async fn an_address_inside_that_is_allowed_is_called_once() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = vec![0; 4096];
            let size = stream.read(&mut heard).await.unwrap();
            stream
                .write_all(b"HTTP/1.1 429 Slow\r\nretry-after: 7\r\nlocation: https://example.com\r\ncontent-length: 2\r\n\r\nno")
                .await
                .unwrap();
            String::from_utf8_lossy(&heard[..size]).into_owned()
        });
        let client = Client::new(vec!["127.0.0.0/8".parse().unwrap()], Tls::default());
        let answer = client.post(&format!("http://127.0.0.1:{port}/send?a=b"), &[("ttl", "60".into())], b"body".to_vec()).await.unwrap();
        assert_eq!(answer, Answer { status: 429, retry_after_s: Some(7) });
        let heard = server.await.unwrap();
        assert!(heard.starts_with("POST /send?a=b HTTP/1.1\r\n") && heard.contains("ttl: 60") && heard.ends_with("body"), "{heard}");
    }
}
