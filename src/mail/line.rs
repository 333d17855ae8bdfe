//! A line to a mail server: a name becomes a connection, protected as the settings say, and what goes wrong is said in plain words.

use crate::base::error::{Error, Result};
use crate::base::server::Security;
use crate::base::tls::Tls;
use crate::base::{limits, net};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// A connection that is read up to a budget, so that no server can fill the memory: whoever asks says how much he takes for the answer.
#[derive(Debug)]
pub struct Line {
    stream: Stream,
    budget: usize,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Was taken away to be protected.
    Gone,
}

impl Line {
    /// Connects; with `Security::Tls` protected from the first byte.
    pub async fn open(tls: &Tls, host: &str, port: u16, security: Security) -> Result<Line> {
        let opened = tokio::time::timeout(limits::MAIL_CONNECT_TIMEOUT, connect(host, port, security)).await;
        let line = Line { stream: Stream::Plain(opened.map_err(|_| silent(host, port))??), budget: limits::MAIL_ANSWER_BYTES_MAX };
        match security {
            Security::Tls => line.protected(tls, host).await,
            Security::Starttls | Security::None => Ok(line),
        }
    }

    /// The same line, protected from now on.
    pub async fn protected(mut self, tls: &Tls, host: &str) -> Result<Line> {
        let Stream::Plain(stream) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(Error::internal("this line is protected already"));
        };
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::invalid(format!("\"{host}\" is no name of a server.")))?;
        let secured = tokio::time::timeout(limits::MAIL_CONNECT_TIMEOUT, tls.connector()?.connect(name, stream)).await;
        let stream = secured
            .map_err(|_| Error::unavailable(format!("{host} began a protected connection and then said nothing.")))?
            .map_err(|cause| Error::unavailable(format!("The connection to {host} cannot be protected: {}.", tls_words(&cause))))?;
        Ok(Line { stream: Stream::Tls(Box::new(stream)), budget: self.budget })
    }

    /// So many bytes may come from now on.
    pub fn allow(&mut self, bytes: usize) {
        self.budget = bytes;
    }
}

async fn connect(host: &str, port: u16, security: Security) -> Result<TcpStream> {
    let found = tokio::net::lookup_host((host, port))
        .await
        .map_err(|_| Error::unavailable(format!("The server {host} cannot be found: no such name.")))?;
    let found: Vec<SocketAddr> = found.collect();
    if security == Security::None && found.iter().any(|address| !net::is_inside(address.ip().to_canonical())) {
        return Err(Error::forbidden(format!("{host} lies outside: without protection everybody on the way could read along.")));
    }
    let mut refused = None;
    for address in found.iter().take(limits::MAIL_ADDRESSES_TRIED) {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(cause) => refused = Some(cause),
        }
    }
    Err(match refused {
        Some(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
            Error::unavailable(format!("{host} refuses connections at port {port}."))
        }
        _ => Error::unavailable(format!("{host} cannot be reached at port {port}.")),
    })
}

fn silent(host: &str, port: u16) -> Error {
    Error::unavailable(format!("{host} did not answer at port {port}."))
}

fn tls_words(cause: &io::Error) -> String {
    let words = cause.to_string();
    match () {
        () if words.contains("UnknownIssuer") => "nobody this machine trusts vouches for its certificate".into(),
        () if words.contains("Expired") => "its certificate is out of date".into(),
        () if words.contains("NotValidForName") => "its certificate is for another name".into(),
        () if words.contains("InvalidContentType") || words.contains("corrupt") => "this port does not speak TLS".into(),
        () => crate::base::text::clean_line(&words, 200),
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        if line.budget == 0 {
            return Poll::Ready(Err(io::Error::other("the server says more than was asked for")));
        }
        let before = buffer.filled().len();
        let read = match &mut line.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Gone => Poll::Ready(Ok(())),
        };
        line.budget = line.budget.saturating_sub(buffer.filled().len() - before);
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Gone => Poll::Ready(Ok(())),
        }
    }
}
