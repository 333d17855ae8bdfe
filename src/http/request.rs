//! A request as the doors see it: checked once, bounded everywhere, its body still unread.

use super::server::Stage;
use crate::base::error::{Error, Result};
use crate::base::limits;
use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName};
use hyper::http::Extensions;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::watch;

/// One request. `http/server.rs` has already refused what RFC 9112 forbids, resolved the client's address and drawn a request id.
/// Boxed: it is handed on from door to handler, and each would move all of it.
pub struct Request(Box<Asked>);

/// What a request says; read as the fields of the request itself.
pub struct Asked {
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
    /// What a door found out about the caller and keeps for the rest of the way.
    pub extensions: Extensions,
    /// How far the server's life has come; `None` in tests without a server.
    pub(super) stage: Option<watch::Receiver<Stage>>,
}

impl From<Asked> for Request {
    fn from(asked: Asked) -> Request {
        Request(Box::new(asked))
    }
}

impl Deref for Request {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.0
    }
}

impl DerefMut for Request {
    fn deref_mut(&mut self) -> &mut Asked {
        &mut self.0
    }
}

impl Request {
    /// A header's value when it is present once and readable as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        // Which of two would be meant is a guess, and guesses about `Authorization` or `Origin` are holes.
        values.next().is_none().then(|| value.to_str().ok())?
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
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
    }

    /// Scheme and host under which the client sees us, without a trailing slash.
    pub fn own_origin(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.host)
    }

    /// Completes when the server stops: whoever lets this request wait must answer it then. Cancel-safe: it only waits.
    pub fn closing(&self) -> impl Future<Output = ()> + Send + use<> {
        let stage = self.stage.clone();
        async move {
            match stage {
                // An error means that the server is gone altogether.
                Some(mut stage) => drop(stage.wait_for(|stage| *stage > Stage::Open).await),
                None => std::future::pending().await,
            }
        }
    }

    /// The whole body as JSON of at most `limits::JSON_BYTES_MAX` bytes.
    pub fn json<T: DeserializeOwned>(&mut self) -> Json<'_, T> {
        Json { bytes: self.json_bytes(), read: PhantomData }
    }

    /// The same; no body at all is the default.
    pub async fn json_or_empty<T: DeserializeOwned + Default>(&mut self) -> Result<T> {
        let bytes = self.json_bytes().await?;
        if bytes.is_empty() {
            return Ok(T::default());
        }
        serde_json::from_slice(&bytes).map_err(not_json)
    }

    /// Boxed, so that the reading of a body is not built into every handler anew.
    fn json_bytes(&mut self) -> Pin<Box<dyn Future<Output = Result<Bytes>> + Send + '_>> {
        Box::pin(self.bytes(limits::JSON_BYTES_MAX))
    }

    /// The whole body, refused with `TooLarge` beyond `bytes_max`, timed by the limits of slow bodies.
    pub async fn bytes(&mut self, bytes_max: usize) -> Result<Bytes> {
        let Some(body) = self.body.take() else { return Ok(Bytes::new()) };
        super::body::collect(body, bytes_max).await
    }
}

/// Waits for a JSON body. A future of its own and not an `async fn`, which would be built into every handler anew.
pub struct Json<'r, T> {
    bytes: Pin<Box<dyn Future<Output = Result<Bytes>> + Send + 'r>>,
    read: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Future for Json<'_, T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        let bytes = ready!(self.bytes.as_mut().poll(context))?;
        if bytes.is_empty() {
            return Poll::Ready(Err(Error::invalid("The request needs a JSON body.")));
        }
        Poll::Ready(serde_json::from_slice(&bytes).map_err(not_json))
    }
}

fn not_json(cause: serde_json::Error) -> Error {
    Error::invalid(format!("The JSON body is not right: {cause}."))
}

/// Decodes one segment of a path: `%xx` only, a `+` stays. `None` when it is not UTF-8, or hides a slash, a backslash or a NUL.
pub fn decode_segment(segment: &str) -> Option<String> {
    let decoded = percent_decode(&segment.replace('+', "%2B"));
    let hidden = decoded.contains(['\0', '\\', '/', char::REPLACEMENT_CHARACTER]);
    (!hidden).then_some(decoded)
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

#[cfg(test)]
impl Request {
    /// A request without a connection, for tests of what only reads its head.
    pub(super) fn with_headers(headers: &[(&'static str, &str)]) -> Request {
        let mut request = Request::from(Asked {
            method: hyper::Method::GET,
            path: "/".into(),
            query: String::new(),
            headers: HeaderMap::new(),
            client_ip: IpAddr::from([127, 0, 0, 1]),
            secure: false,
            host: "a.example".into(),
            request_id: "test".into(),
            body: None,
            upgrade: None,
            extensions: Extensions::new(),
            stage: None,
        });
        for (name, value) in headers {
            request.headers.append(HeaderName::from_static(name), value.parse().expect("a header value"));
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_believed_when_they_stand_once() {
        let request = Request::with_headers(&[("origin", "https://a"), ("x-two", "1"), ("x-two", "2"), ("authorization", "bearer  t ")]);
        assert_eq!(request.header("Origin"), Some("https://a"));
        assert_eq!(request.header("x-two"), None);
        assert_eq!(request.header("not a name"), None);
        assert_eq!(request.bearer(), Some("t"));
        for bad in ["Bearer", "Bearer ", "Basic t", "Bearert"] {
            assert_eq!(Request::with_headers(&[("authorization", bad)]).bearer(), None, "{bad}");
        }
    }

    #[test]
    fn cookies_and_queries_are_found_by_their_whole_names() {
        let mut request = Request::with_headers(&[("cookie", "a=1; bb=2"), ("cookie", "c=3=4")]);
        assert_eq!(
            (request.cookie("a"), request.cookie("b"), request.cookie("bb"), request.cookie("c")),
            (Some("1"), None, Some("2"), Some("3=4"))
        );
        request.query = "q=a+b%20c&q=2&e=&x%3Dy=1&bad=%zz%".into();
        assert_eq!(request.query("q").as_deref(), Some("a b c"));
        assert_eq!(request.query("e").as_deref(), Some(""));
        assert_eq!(request.query("x=y").as_deref(), Some("1"));
        assert_eq!(request.query("bad").as_deref(), Some("%zz%"));
        assert_eq!(request.query("none"), None);
    }

    #[test]
    fn a_segment_hides_nothing() {
        assert_eq!(decode_segment("a+b%20%C3%BC").as_deref(), Some("a+b ü"));
        for bad in ["a%2fb", "%5c", "%00", "%ff"] {
            assert_eq!(decode_segment(bad), None, "{bad}");
        }
    }
}
