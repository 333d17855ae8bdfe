//! Answers: built by doors, finished (security headers, length, HEAD, keep-alive) by `http/server.rs`.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// The body type of every answer: in memory or streamed. Its error ends the connection, so that a cut answer never looks whole.
pub type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// One answer. Boxed: every handler hands it up through several others, and each would move all of it.
pub struct Reply(pub Box<Response<Body>>);

impl Reply {
    /// An answer without a body.
    pub fn status(status: u16) -> Reply {
        Reply::bytes(status, "", Bytes::new())
    }

    /// An answer with a body in memory. An empty `content_type` sends none.
    pub fn bytes(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
        let mut reply = Reply::stream(status, in_memory(body.into()));
        if !content_type.is_empty() {
            reply.0.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
        }
        reply
    }

    /// A JSON answer. Never cached (security row 18).
    pub fn json<T: Serialize>(status: u16, value: &T) -> Reply {
        match serde_json::to_vec(value) {
            Ok(bytes) => Reply::bytes(status, "application/json", bytes).header("cache-control", "no-store"),
            Err(_) => Reply::status(500),
        }
    }

    /// An HTML page. Never cached.
    pub fn html(status: u16, page: impl Into<Bytes>) -> Reply {
        Reply::bytes(status, "text/html; charset=utf-8", page).header("cache-control", "no-store")
    }

    /// A streamed answer.
    pub fn stream(status: u16, body: Body) -> Reply {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Reply(Box::new(response))
    }

    /// The same answer with another body in memory.
    pub(super) fn with_bytes(mut self, body: impl Into<Bytes>) -> Reply {
        *self.0.body_mut() = in_memory(body.into());
        self
    }

    /// Sets (replaces) a header. A value that is not a legal header value is dropped rather than sent broken.
    pub fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Reply {
        self.set(name, value.as_ref());
        self
    }

    /// Adds a header beside others of the same name (`Set-Cookie`).
    pub fn add_header(mut self, name: &'static str, value: impl AsRef<str>) -> Reply {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.0.headers_mut().append(HeaderName::from_static(name), value);
        }
        self
    }

    /// Once for all kinds of text: hundreds of places set headers.
    fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

fn in_memory(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}
