//! A request as the doors see it: checked once, bounded everywhere, its body still unread.

use crate::base::error::{Error, Result};
use crate::base::limits;
use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName};
use serde::de::DeserializeOwned;
use std::net::IpAddr;

/// One request. `http/server.rs` has already refused what RFC 9112 forbids, resolved the client's address and drawn a request id.
pub struct Request {
    /// The method, upper case. A HEAD request says GET here: `http/server.rs` keeps the body of the answer back.
    pub method: hyper::Method,
    /// The path as sent, beginning with `/`, without the query; not percent-decoded.
    pub path: String,
    /// The raw query without `?`, or "".
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The client's address: the socket's, or what a trusted proxy said (decision 14). IPv4-mapped addresses are unmapped.
    pub client_ip: IpAddr,
    /// Whether the client reached us over TLS, directly or at a trusted proxy.
    pub secure: bool,
    /// The one valid Host, lower case, with port when given.
    pub host: String,
    /// Names this request in logs and in error answers.
    pub request_id: String,
    /// The unread body. Taken by `json`, `bytes` and `multipart`.
    pub(super) body: Option<super::body::TimedBody>,
    /// Present when the connection can be upgraded; taken by `http/socket.rs`.
    pub(super) upgrade: Option<super::socket::Upgrade>,
}

impl Request {
    /// A header's value when it is present once and readable as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a query parameter, percent-decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key) == name).then(|| percent_decode(value))
        })
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers.get_all("cookie").iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';')).find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        })
    }

    /// The bearer token of `Authorization`, if the header has that form.
    pub fn bearer(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ").map(str::trim).filter(|token| !token.is_empty())
    }

    /// Scheme and host under which the client sees us, without a trailing slash.
    pub fn own_origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.host)
    }

    /// The whole body as JSON of at most `limits::JSON_BYTES_MAX` bytes.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T> {
        let bytes = self.bytes(limits::JSON_BYTES_MAX).await?;
        if bytes.is_empty() {
            return Err(Error::invalid("The request needs a JSON body."));
        }
        serde_json::from_slice(&bytes).map_err(|cause| Error::invalid(format!("The JSON body is not right: {cause}.")))
    }

    /// The whole body, refused with `TooLarge` beyond `bytes_max`, timed by the limits of slow bodies.
    pub async fn bytes(&mut self, bytes_max: usize) -> Result<Bytes> {
        let Some(body) = self.body.take() else { return Ok(Bytes::new()) };
        super::body::collect(body, bytes_max).await
    }
}

/// Decodes `%xx` and `+`; bytes that are not UTF-8 become replacement characters.
pub fn percent_decode(text: &str) -> String {
    let raw = text.as_bytes();
    let mut out = Vec::with_capacity(raw.len());
    let mut i = 0;
    while i < raw.len() {
        let hex = |at: usize| raw.get(at).and_then(|c| (*c as char).to_digit(16));
        match (raw[i], hex(i + 1), hex(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                i += 3;
                continue;
            }
            (b'+', _, _) => out.push(b' '),
            (byte, _, _) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
