//! The last touch on every answer: security headers, HEAD without its body, the connection told when the answer is out.

use super::heads::Fault;
use super::reply::{Body, Reply};
use super::wire::UnderWay;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Body as _, Frame, SizeHint};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Response, StatusCode};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Headers every answer carries unless its door chose another value.
pub(super) const DEFAULT_HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("cache-control", "no-store"),
];

/// The answer to a request that no door sees. Its connection ends: after a broken request nobody knows where the next one begins.
pub(super) fn refusal(fault: Fault) -> Reply {
    let reply = Reply::bytes(fault.status, "text/plain; charset=utf-8", format!("{}\n", fault.message)).header("connection", "close");
    if fault.status == 405 { reply.header("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS") } else { reply }
}

/// What `OPTIONS *` answers.
pub(super) fn options_of_the_house() -> Reply {
    Reply::status(204).header("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
}

/// The answer when a door panicked.
pub(super) fn panicked(request_id: &str) -> Reply {
    let text = format!("Something went wrong on our side. Nothing was lost; please try again. (request {request_id})\n");
    Reply::bytes(500, "text/plain; charset=utf-8", text)
}

/// Completes an answer. `under_way` ends with its body.
pub(super) fn finish(reply: Reply, is_head: bool, secure: bool, mut under_way: UnderWay) -> Response<Answer> {
    let (mut parts, body) = reply.0.into_parts();
    under_way.waits_for_client(true);
    if parts.status != StatusCode::SWITCHING_PROTOCOLS {
        for (name, value) in DEFAULT_HEADERS {
            set_default(&mut parts.headers, name, value);
        }
        if secure {
            set_default(&mut parts.headers, "strict-transport-security", "max-age=31536000");
        }
    }
    let bodiless = matches!(parts.status.as_u16(), 100..=199 | 204 | 304);
    if is_head && !bodiless {
        if let Some(length) = body.size_hint().exact() {
            parts.headers.entry("content-length").or_insert_with(|| HeaderValue::from(length));
        }
        let nothing = Empty::new().map_err(|never| match never {}).boxed_unsync();
        return Response::from_parts(parts, Answer { body: nothing, under_way });
    }
    Response::from_parts(parts, Answer { body, under_way })
}

fn set_default(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// A body that tells its connection when it is over, one way or the other.
pub(super) struct Answer {
    body: Body,
    under_way: UnderWay,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.under_way.waits_for_client(polled.is_ready());
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.under_way.hands(frame.data_ref().map_or(0, Bytes::len));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
