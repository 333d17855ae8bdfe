//! A small HTTP client: one connection per call, everything of the answer at hand.

use super::form::Form;
use super::in_time;
use serde_json::Value;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Speaks to one house, with headers that go along with every call.
#[derive(Debug, Clone)]
pub struct Client {
    pub address: SocketAddr,
    pub headers: Vec<(String, String)>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Client {
        Client { address, headers: Vec::new() }
    }

    /// The same client with one more header.
    pub fn with(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        Call { address: self.address, method: method.to_owned(), path: path.to_owned(), headers: self.headers.clone(), body: Vec::new() }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    pub fn put(&self, path: &str) -> Call {
        self.call("PUT", path)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call("DELETE", path)
    }
}

/// A call being put together; `.await` sends it.
#[derive(Debug, Clone)]
pub struct Call {
    address: SocketAddr,
    method: String,
    pub path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    /// Sets a header; the same name again replaces it.
    pub fn header(mut self, name: &str, value: &str) -> Call {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a header out.
    pub fn without(mut self, name: &str) -> Call {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    pub fn bearer(self, token: &str) -> Call {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn json(self, body: Value) -> Call {
        self.header("content-type", "application/json").body(body.to_string())
    }

    pub fn form(self, form: Form) -> Call {
        let (content_type, body) = form.finish();
        self.header("content-type", &content_type).body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Call {
        self.body = body.into();
        self
    }

    async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        in_time(&what, async move {
            let mut stream = TcpStream::connect(self.address).await.expect("the house answers");
            let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
            if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
                head.push_str(&format!("Host: {}\r\n", self.address));
            }
            for (name, value) in &self.headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            if !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT") {
                head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
            }
            head.push_str("\r\n");
            let (mut reading, mut writing) = stream.split();
            let mut bytes = Vec::new();
            // Read while writing: a refusal may come long before a large body is out.
            let body = async {
                let _ = writing.write_all(head.as_bytes()).await;
                let _ = writing.write_all(&self.body).await;
            };
            // A house that refuses early may reset what was still on its way; what it said is there all the same.
            let (_, _) = tokio::join!(body, reading.read_to_end(&mut bytes));
            Answer::parse(&bytes)
        })
        .await
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Two answers are equal when nothing but the time and the counters of the rate limit tells them apart.
impl PartialEq for Answer {
    fn eq(&self, other: &Answer) -> bool {
        let told = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.retain(|(name, _)| name != "date" && name != "x-request-id" && !name.starts_with("x-ratelimit-"));
            headers
        };
        (self.status, &self.body, told(self)) == (other.status, &other.body, told(other))
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Answer {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer with a head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).expect("a status");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut body = bytes[end + 4..].to_vec();
        if headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked") {
            body = unchunked(&body);
        }
        Answer { status, headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON in {} {}", self.status, self.text()))
    }

    /// The answer of the desk's API, which must have succeeded.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(matches!(self.status, 200 | 204), "{} {}", self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// What is inside the widget protocol's envelope, which must say success.
    #[track_caller]
    pub fn data(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        let body = self.json();
        assert_eq!(body["status"], "success", "{body}");
        assert!(body.get("message").is_none(), "success carries no message: {body}");
        body["data"].clone()
    }

    /// A refusal of the widget door: status, envelope and kind must fit together. Answers the message.
    #[track_caller]
    pub fn refused(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let body = self.json();
        assert_eq!(body["status"], "error", "{body}");
        assert!(body.as_object().is_some_and(|body| body.contains_key("data")), "{body}");
        assert_eq!(body["data"], Value::Null, "{body}");
        let kind = match status {
            400 => "InputException",
            401 => "UnauthorizedException",
            403 => "PermissionException",
            404 => "NotFoundException",
            409 => "ConflictException",
            413 => "GeneralException",
            429 => "RateLimitException",
            _ => panic!("no such refusal: {body}"),
        };
        assert_eq!(body["error_type"], kind, "{body}");
        body["message"].as_str().expect("words for people").to_owned()
    }

    /// A refusal of the desk's API. Answers the error object.
    #[track_caller]
    pub fn denied(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let kind = match status {
            400 => "invalid",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not_found",
            409 => "conflict",
            413 => "too_large",
            429 => "too_many",
            _ => panic!("no such refusal"),
        };
        let error = self.json()["error"].clone();
        assert_eq!(error["kind"], kind, "{error}");
        assert!(error["message"].as_str().is_some_and(|words| !words.is_empty()), "{error}");
        error
    }

    /// The change number of the answer's snapshot.
    #[track_caller]
    pub fn seq(&self) -> i64 {
        self.header("x-deskbell-seq").and_then(|seq| seq.parse().ok()).expect("a change number")
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|line| usize::from_str_radix(line.trim(), 16).ok()).unwrap_or(0);
        if size == 0 || rest.len() < end + 2 + size {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = rest.get(end + 2 + size + 2..).unwrap_or_default();
    }
    body
}
