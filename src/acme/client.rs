//! Calls to the authority: one connection each, with a limit on time and size. Its address is the administrator's, so it may lie anywhere.

use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::tls::Tls;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, HttpClient};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

/// The last refusal's wish to be left alone. Held for one look, never over an await.
#[derive(Clone, Default)]
pub(super) struct Wish(Arc<Mutex<Option<Duration>>>);

impl Wish {
    fn note(&self, response: &Response<Incoming>) {
        let refused = response.status().is_client_error() || response.status().is_server_error();
        let seconds = response.headers().get("retry-after").filter(|_| refused).and_then(|value| seconds(value.to_str().ok()?));
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = seconds;
    }

    /// How long the authority wants to be left alone, if it said so last.
    pub(super) fn after(&self) -> Option<Duration> {
        *self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// RFC 9110 10.2.3: a number of seconds, or a date.
fn seconds(value: &str) -> Option<Duration> {
    let value = value.trim();
    let until = || jiff::fmt::rfc2822::parse(value).ok().map(|date| date.timestamp().duration_since(jiff::Timestamp::now()));
    value.parse().ok().map(Duration::from_secs).or_else(|| Some(Duration::from_secs(until()?.as_secs().max(0) as u64)))
}

/// Speaks HTTP with the authority.
pub(super) struct Client {
    pub(super) tls: Tls,
    pub(super) wish: Wish,
}

type Called = Result<BytesResponse, instant_acme::Error>;

impl HttpClient for Client {
    fn request(&self, request: Request<BodyWrapper<Bytes>>) -> Pin<Box<dyn Future<Output = Called> + Send>> {
        let (tls, wish) = (self.tls.clone(), self.wish.clone());
        Box::pin(async move {
            let called = tokio::time::timeout(limits::OUTGOING_TIMEOUT, call(tls, request, wish)).await;
            called
                .unwrap_or_else(|_| Err(Error::unavailable("It did not answer in time.")))
                .map_err(|error| instant_acme::Error::Other(error.into()))
        })
    }
}

async fn call(tls: Tls, request: Request<BodyWrapper<Bytes>>, wish: Wish) -> Result<BytesResponse> {
    let (mut parts, body) = request.into_parts();
    let authority = parts.uri.authority().cloned().ok_or_else(|| Error::invalid("The authority's address is no web address."))?;
    if parts.uri.scheme_str() != Some("https") {
        return Err(Error::invalid(format!("The authority sends us to {}, which is not https.", parts.uri)));
    }
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let lost = |cause: &dyn std::fmt::Display| Error::unavailable(format!("{host} cannot be reached: {cause}."));
    let stream = TcpStream::connect((host.as_str(), authority.port_u16().unwrap_or(443))).await.map_err(|cause| lost(&cause))?;
    let name = ServerName::try_from(host.clone()).map_err(|cause| lost(&cause))?;
    let stream = tls.connector()?.connect(name, stream).await.map_err(|cause| lost(&cause))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|cause| lost(&cause))?;
    // Ends with this call, whatever becomes of it.
    let _driving = Driving(tokio::spawn(connection));
    parts.headers.insert(HOST, HeaderValue::from_str(authority.as_str()).map_err(Error::internal)?);
    parts.uri = parts.uri.path_and_query().map_or("/", |path| path.as_str()).parse::<Uri>().map_err(Error::internal)?;
    let response = sender.send_request(Request::from_parts(parts, body)).await.map_err(|cause| lost(&cause))?;
    wish.note(&response);
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, limits::ACME_ANSWER_BYTES_MAX).collect().await.map_err(|cause| lost(&cause))?.to_bytes();
    Ok(BytesResponse { parts, body: Box::new(body) })
}

/// A task that ends when it is not wanted any more.
struct Driving<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for Driving<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_a_number_or_a_date() {
        assert_eq!(seconds("120"), Some(Duration::from_secs(120)));
        assert_eq!(seconds("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::ZERO));
        assert!(seconds("Fri, 31 Dec 2100 23:59:59 GMT").is_some_and(|wish| wish > Duration::from_secs(86_400)));
        assert_eq!(seconds("soon"), None);
    }
}
