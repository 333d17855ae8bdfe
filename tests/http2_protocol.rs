//! HTTP/2 as it stands on the wire: what a polite client gets, and what one gets that floods, dawdles or holds answers back.

mod support;

use bytes::Bytes;
use deskbell::http::server::{Drained, ServerOptions, serve};
use deskbell::http::tls::Identity;
use deskbell::http::{Reply, Request};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use support::in_time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

type Sent = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Drained>,
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

async fn door(mut request: Request, reached: Arc<Notify>, go_on: Arc<Notify>) -> Reply {
    match request.path.clone().as_str() {
        "/who" => Reply::bytes(200, "text/plain", format!("{} {}", request.secure, request.host)),
        "/echo" => match request.bytes(1000).await {
            Ok(bytes) => Reply::bytes(200, "text/plain", bytes),
            Err(error) => Reply::bytes(400, "text/plain", error.message.clone()),
        },
        "/hang" => {
            reached.notify_one();
            go_on.notified().await;
            Reply::bytes(200, "text/plain", "at last")
        }
        "/big" => Reply::stream(200, Full::new(vec![b'x'; 8 << 20].into()).map_err(|never| match never {}).boxed_unsync()),
        _ => Reply::bytes(200, "text/plain", "hello"),
    }
}

/// Everything is over ten times sooner than usual.
fn hasty() -> ServerOptions {
    ServerOptions {
        header_timeout: Duration::from_millis(300),
        keepalive_timeout: Duration::from_millis(400),
        write_timeout: Duration::from_millis(400),
        body_idle_timeout: Duration::from_millis(300),
        ..ServerOptions::default()
    }
}

async fn start(options: ServerOptions) -> Server {
    let identity = Identity::new(support::tls::self_signed("chat.house.example")).unwrap();
    let options = ServerOptions { tls: Some(identity.acceptor().unwrap()), ..options };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (reached, go_on) = (reached.clone(), go_on.clone());
        move |request| door(request, reached.clone(), go_on.clone())
    };
    let running = tokio::spawn(serve(listener, options, async move { drop(stopped.await) }, handler));
    Server { address, stop: Some(stop), running, reached, go_on }
}

impl Server {
    /// A polite client.
    async fn client(&self) -> SendRequest<Sent> {
        let stream = support::tls::connect(self.address, "chat.house.example", "h2").await.unwrap();
        let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Raw frames: the preface is out, with these settings.
    async fn raw(&self, settings: &[(u16, u32)]) -> Raw {
        let mut stream = support::tls::connect(self.address, "chat.house.example", "h2").await.unwrap();
        let payload: Vec<u8> = settings.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
        let hello = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &frame(SETTINGS, 0, 0, &payload)].concat();
        stream.write_all(&hello).await.unwrap();
        Raw(stream)
    }
}

fn get(path: &str) -> hyper::http::request::Builder {
    hyper::Request::get(format!("https://chat.house.example{path}"))
}

fn nothing() -> Sent {
    Full::new(Bytes::new()).map_err(|never| match never {}).boxed_unsync()
}

async fn ask(client: &mut SendRequest<Sent>, request: hyper::http::request::Builder) -> (u16, String) {
    let answer = in_time("an answer", client.send_request(request.body(nothing()).unwrap())).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = in_time("a body", answer.into_body().collect()).await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u32).to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A head without any compression (RFC 7541 6.2.2).
fn head(path: &str, more: &[(String, String)]) -> Vec<u8> {
    let fixed = [(":method", "GET"), (":scheme", "https"), (":authority", "chat.house.example"), (":path", path)];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut bytes = Vec::new();
    for (name, value) in fixed.iter().chain(more) {
        bytes.push(0);
        for text in [name, value] {
            assert!(text.len() < 127, "one byte of length");
            bytes.push(text.len() as u8);
            bytes.extend(text.as_bytes());
        }
    }
    bytes
}

struct Raw(TlsStream<TcpStream>);

impl Raw {
    async fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
        let _ = self.0.flush().await;
    }

    /// The next frame: kind, stream, payload; None at the end.
    async fn next(&mut self) -> Option<(u8, u32, Vec<u8>)> {
        let mut head = [0u8; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).await.ok()?;
        Some((head[3], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
    }

    /// All frames to the end.
    async fn rest(&mut self) -> Vec<(u8, u32, Vec<u8>)> {
        in_time("the end of the connection", async {
            let mut frames = Vec::new();
            while let Some(frame) = self.next().await {
                frames.push(frame);
            }
            frames
        })
        .await
    }
}

fn code(goaway: &[u8]) -> u32 {
    u32::from_be_bytes([goaway[4], goaway[5], goaway[6], goaway[7]])
}

#[tokio::test]
async fn a_polite_client_is_told_the_same_as_under_http_1() {
    let base_host = Some("chat.house.example".to_owned());
    let mut server = start(ServerOptions { base_host, ..ServerOptions::default() }).await;
    let mut client = server.client().await;
    assert_eq!(ask(&mut client, get("/who")).await, (200, "true chat.house.example".into()));
    assert_eq!(ask(&mut client, hyper::Request::head("https://chat.house.example/")).await, (200, String::new()));
    assert_eq!(ask(&mut client, hyper::Request::get("https://evil.example/")).await.0, 421);
    assert_eq!(ask(&mut client, get("/").header("host", "evil.example")).await.0, 400);
    assert_eq!(ask(&mut client, hyper::Request::builder().method("TRACE").uri("https://chat.house.example/")).await.0, 405);
    let many = (0..70).fold(get("/"), |request, n| request.header(format!("x-{n}"), "y"));
    assert_eq!(ask(&mut client, many).await.0, 431);
    assert_eq!(ask(&mut client, get("/")).await.0, 200, "and the connection lives on");
    let answer = client.send_request(get("/").body(nothing()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");

    // A stop lets finish what is under way, and takes nothing new.
    let hanging = tokio::spawn(client.send_request(get("/hang").body(nothing()).unwrap()));
    in_time("the door", server.reached.notified()).await;
    server.stop.take().unwrap().send(()).unwrap();
    server.go_on.notify_one();
    let answer = in_time("the last answer", hanging).await.unwrap().expect("an answer");
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "at last");
    assert_eq!(in_time("the end", server.running).await.unwrap(), Drained { cut: 0 });
}

#[tokio::test]
async fn a_body_that_stops_is_refused_while_others_are_served() {
    let server = start(hasty()).await;
    let mut client = server.client().await;
    let started = futures_util::stream::iter([Ok(hyper::body::Frame::data(Bytes::from_static(b"half")))]);
    let stalled = StreamBody::new(futures_util::StreamExt::chain(started, futures_util::stream::pending())).boxed_unsync();
    let post = hyper::Request::post("https://chat.house.example/echo").body(stalled).unwrap();
    let refused = tokio::spawn(client.send_request(post));
    assert_eq!(ask(&mut client, get("/")).await.0, 200);
    assert_eq!(in_time("the refusal", refused).await.unwrap().unwrap().status(), 400);
}

#[tokio::test]
async fn who_asks_for_nothing_is_sent_away_and_pings_are_no_request() {
    let server = start(hasty()).await;
    let mut raw = server.raw(&[]).await;
    assert!(raw.rest().await.iter().any(|(kind, ..)| *kind == GOAWAY), "told to go");

    let mut raw = server.raw(&[]).await;
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &head("/", &[]))).await;
    let frames = in_time("the end", async {
        let mut frames = Vec::new();
        while let Some(next) = raw.next().await {
            frames.push(next.0);
            // Every word of the server is answered with a ping.
            raw.send(&frame(PING, 0, 0, b"stay....")).await;
        }
        frames
    })
    .await;
    assert!(frames.contains(&HEADERS) && frames.contains(&DATA), "{frames:?}");
}

#[tokio::test]
async fn who_holds_an_answer_back_by_never_opening_its_window_is_cut() {
    const INITIAL_WINDOW_SIZE: u16 = 4;
    let server = start(hasty()).await;
    let mut raw = server.raw(&[(INITIAL_WINDOW_SIZE, 0)]).await;
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &head("/big", &[]))).await;
    let frames = raw.rest().await;
    assert!(frames.iter().any(|(kind, ..)| *kind == HEADERS) && !frames.iter().any(|(kind, ..)| *kind == DATA));
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let server = start(ServerOptions::default()).await;
    let mut raw = server.raw(&[]).await;
    let pair = |n: u32| [frame(HEADERS, END_HEADERS | END_STREAM, n, &head("/", &[])), frame(RESET, 0, n, &8u32.to_be_bytes())].concat();
    let flood: Vec<u8> = (0..400).flat_map(|n| pair(2 * n + 1)).collect();
    raw.send(&flood).await;
    let frames = raw.rest().await;
    let goodbye = frames.iter().find(|(kind, ..)| *kind == GOAWAY).expect("told to go");
    assert_eq!(code(&goodbye.2), ENHANCE_YOUR_CALM);
    assert_eq!(ask(&mut server.client().await, get("/")).await.0, 200, "others notice nothing");
}

#[tokio::test]
async fn heads_without_end_and_pings_without_end_are_bounded() {
    let server = start(hasty()).await;
    // A head in endless pieces.
    let mut raw = server.raw(&[]).await;
    raw.send(&frame(HEADERS, END_STREAM, 1, &head("/", &[]))).await;
    let piece: Vec<(String, String)> = (0..100).map(|n| (format!("x-{n}"), "y".repeat(100))).collect();
    let piece = head("/", &piece)[head("/", &[]).len()..].to_vec();
    for _ in 0..200 {
        raw.send(&frame(CONTINUATION, 0, 1, &piece)).await;
    }
    assert!(raw.rest().await.iter().any(|(kind, ..)| *kind == GOAWAY), "told to go");

    // Pings whose answers nobody reads: the line fills, stands still, and is cut.
    let mut raw = server.raw(&[]).await;
    let pings: Vec<u8> = (0..4000).flat_map(|_| frame(PING, 0, 0, b"flooding")).collect();
    in_time("the cut", async { while raw.0.write_all(&pings).await.is_ok() {} }).await;
    assert_eq!(ask(&mut server.client().await, get("/")).await.0, 200, "others notice nothing");
}
