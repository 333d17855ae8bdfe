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
    literals: Literals,
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
        let stream = Stream::Plain(opened.map_err(|_| silent(host, port))??);
        let line = Line { stream, budget: limits::MAIL_ANSWER_BYTES_MAX, literals: Literals::default() };
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
        Ok(Line { stream: Stream::Tls(Box::new(stream)), budget: self.budget, literals: Literals::default() })
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
        () if words.contains("CaUsedAsEndEntity") => "its certificate vouches for itself".into(),
        () if words.contains("Expired") => "its certificate is out of date".into(),
        () if words.contains("NotValidForName") => "its certificate is for another name".into(),
        () if words.contains("InvalidContentType") || words.contains("corrupt") => "this port does not speak TLS".into(),
        () => crate::base::text::clean_line(&words, 200),
    }
}

/// Watches for texts whose length a server announces (`{1234}` at the end of a line): whoever reads makes room for all of it at once.
#[derive(Debug, Default)]
struct Literals {
    /// Bytes of the present text that are still to come.
    left: usize,
    /// What the line said so far.
    seen: Seen,
}

#[derive(Debug, Default, Clone, Copy)]
enum Seen {
    #[default]
    Nothing,
    Digits(usize),
    Closed(usize),
    Return(usize),
}

impl Literals {
    /// Whether everything announced in `bytes` is at most `most` long.
    fn fit(&mut self, mut bytes: &[u8], most: usize) -> bool {
        loop {
            let over = self.left.min(bytes.len());
            (self.left, bytes) = (self.left - over, &bytes[over..]);
            let Some((byte, rest)) = bytes.split_first() else { return true };
            bytes = rest;
            self.seen = match (self.seen, byte) {
                (_, b'{') => Seen::Digits(0),
                (Seen::Digits(size), b'0'..=b'9') => Seen::Digits(size.saturating_mul(10).saturating_add(usize::from(byte - b'0'))),
                (Seen::Digits(size), b'}') => Seen::Closed(size),
                (Seen::Closed(size), b'\r') => Seen::Return(size),
                (Seen::Return(size), b'\n') if size > most => return false,
                (Seen::Return(size), b'\n') => {
                    self.left = size;
                    Seen::Nothing
                }
                _ => Seen::Nothing,
            };
        }
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
        if !line.literals.fit(&buffer.filled()[before..], line.budget) {
            return Poll::Ready(Err(io::Error::other("the server announces more than was asked for")));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_measured_before_room_is_made() {
        // What comes, in pieces, and whether it fits 100 bytes.
        for (pieces, fits) in [
            (vec!["* 1 FETCH (BODY[] {100}\r\n"], true),
            (vec!["* 1 FETCH (BODY[] {101}\r\n"], false),
            (vec!["* 1 FETCH (BODY[] {4", "00000000", "0}", "\r", "\n"], false),
            (vec!["{99999999999999999999999999}\r\n"], false),
            (vec!["{5}\r\nab", "cde {500}\r\n"], false),
            // Within a text it is text.
            (vec!["{12}\r\n{9999}\r\nabcd)\r\n"], true),
            (vec!["a quoted {9999} and {x}\r\n"], true),
        ] {
            let mut literals = Literals::default();
            assert_eq!(pieces.iter().all(|piece| literals.fit(piece.as_bytes(), 100)), fits, "{pieces:?}");
        }
    }
}
