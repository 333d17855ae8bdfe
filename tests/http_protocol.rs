//! HTTP as it stands on the wire: raw bytes in, raw bytes out. What RFC 9112 demands of a server, and what a hostile client gets.

use deskbell::http::server::{Drained, ServerOptions, serve};
use deskbell::http::{Reply, Request};
use http_body_util::{BodyExt, Full};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// Longer than any expected wait; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Drained>,
    /// Told when `/hang` has been reached, and lets it go on.
    reached: Arc<Notify>,
    go_on: Arc<Notify>,
}

async fn door(mut request: Request, reached: Arc<Notify>, go_on: Arc<Notify>) -> Reply {
    let path = request.path.clone();
    match (request.method.as_str(), path.as_str()) {
        ("GET", "/") => Reply::bytes(200, "text/plain", "hello"),
        ("POST", "/echo") => match request.bytes(1000).await {
            Ok(bytes) => Reply::bytes(200, "text/plain", bytes),
            Err(error) => Reply::bytes(if error.message.contains("larger") { 413 } else { 400 }, "text/plain", error.message.clone()),
        },
        ("POST", "/unread") => Reply::bytes(403, "text/plain", "no"),
        ("GET", "/panic") => panic!("a door fell"),
        ("GET", "/hang") => {
            reached.notify_one();
            go_on.notified().await;
            Reply::bytes(200, "text/plain", "at last")
        }
        ("GET", "/who") => Reply::bytes(200, "text/plain", format!("{} {} {}", request.client_ip, request.secure, request.host)),
        ("GET", "/big") => {
            let body = Full::new(vec![b'x'; 64 << 20].into()).map_err(|never| match never {}).boxed_unsync();
            Reply::stream(200, body)
        }
        ("GET", "/own") => Reply::status(200).header("cache-control", "public").header("referrer-policy", "no-referrer"),
        _ => Reply::bytes(404, "text/plain", format!("{} {path}", request.method)),
    }
}

async fn start(options: ServerOptions) -> Server {
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

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it took too long")
}

impl Server {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads until the server closes.
    async fn talk(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_ref()).await.unwrap();
        rest(&mut stream).await
    }

    /// The status of the first answer, and whether the server closed after exactly one answer.
    async fn refuses(&self, bytes: impl AsRef<[u8]>, status: u16) {
        let bytes = bytes.as_ref();
        // What follows on the same connection must never be taken for a request.
        let smuggled = [bytes, b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
        let answer = self.talk(&smuggled).await;
        let shown = String::from_utf8_lossy(bytes);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")) || answer.starts_with(&format!("HTTP/1.0 {status} ")),
            "{shown}\n→ {answer}"
        );
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "one answer, then the end: {shown}\n→ {answer}");
    }

    async fn stop(mut self) -> Drained {
        drop(self.stop.take());
        in_time(self.running).await.unwrap()
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // A reset after the answer is as good as an end here.
    let _ = in_time(stream.read_to_end(&mut all)).await;
    String::from_utf8_lossy(&all).into_owned()
}

/// Reads one answer with a Content-Length.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    in_time(async {
        loop {
            all.push(stream.read_u8().await.expect("the answer is cut"));
            if all.ends_with(b"\r\n\r\n") {
                break;
            }
        }
        let head = String::from_utf8_lossy(&all).to_lowercase();
        let length = head.split("content-length: ").nth(1).map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        all.extend(body);
    })
    .await;
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test]
async fn an_honest_request_is_answered_with_every_security_header() {
    let server = start(ServerOptions::default()).await;
    let answer = server.talk("GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").await.to_lowercase();
    assert!(answer.starts_with("http/1.1 200 ok\r\n") && answer.ends_with("\r\n\r\nhello"), "{answer}");
    for header in [
        "x-content-type-options: nosniff",
        "referrer-policy: same-origin",
        "cross-origin-resource-policy: same-origin",
        "permissions-policy: ",
        "cache-control: no-store",
        "content-length: 5",
    ] {
        assert!(answer.contains(&format!("\r\n{header}")), "{header} is missing in {answer}");
    }
    assert!(!answer.contains("strict-transport-security"));
    let own = server.talk("GET /own HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.to_lowercase();
    assert!(
        own.contains("cache-control: public\r\n") && own.contains("referrer-policy: no-referrer") && !own.contains("no-store"),
        "{own}"
    );
    assert_eq!(server.stop().await, Drained { cut: 0 });
}

#[tokio::test]
async fn head_is_a_get_without_its_body() {
    let server = start(ServerOptions::default()).await;
    let answer =
        server.talk("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.to_lowercase();
    assert_eq!(answer.matches("content-length: 5").count(), 2, "{answer}");
    assert_eq!(answer.matches("hello").count(), 1, "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_has_exactly_one_valid_host() {
    let server = start(ServerOptions::default()).await;
    for hosts in
        ["", "Host: a\r\nHost: a\r\n", "Host:\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: u@a\r\n", "Host: a:x\r\n", "Host: \u{e4}\r\n"]
    {
        server.refuses(format!("GET / HTTP/1.1\r\n{hosts}\r\n"), 400).await;
    }
    for host in ["a", "A.example:8080", "[::1]:80", "127.0.0.1"] {
        let answer = server.talk(format!("GET /who HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.ends_with(&format!("127.0.0.1 false {}", host.to_lowercase())), "{answer}");
    }
    // HTTP/1.0 knew no Host.
    let answer = server.talk("GET /who HTTP/1.0\r\n\r\n").await;
    assert!(answer.ends_with(&format!("127.0.0.1 false {}", server.address)), "{answer}");
    server.refuses("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400).await;
    server.stop().await;
}

#[tokio::test]
async fn targets_come_in_the_forms_that_their_methods_allow() {
    let server = start(ServerOptions::default()).await;
    server.refuses("CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", 405).await;
    server.refuses("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405).await;
    server.refuses("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400).await;
    let absolute = server.talk("GET http://A.example/who HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").await;
    assert!(absolute.ends_with(" a.example"), "{absolute}");
    let asterisk = server.talk("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(asterisk.starts_with("HTTP/1.1 204 ") && asterisk.contains("allow: GET, HEAD"), "{asterisk}");
    server.stop().await;
}

#[tokio::test]
async fn shapes_that_smuggle_are_refused_and_the_connection_ends() {
    let server = start(ServerOptions::default()).await;
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -5",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 99999999999999999999",
        "Content-Length:",
        "Content-Length : 5",
        "Transfer-Encoding : chunked",
        " Transfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "A: b\r\n Content-Length: 5",
        "A: b\nContent-Length: 5",
        "A: b\rContent-Length: 5",
        "A: b\0c",
        "A\0: b",
        ": b",
        "no colon",
    ] {
        server.refuses(format!("POST /echo HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\nhello"), 400).await;
    }
    for head in ["Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked"] {
        server.refuses(format!("POST /echo HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 501).await;
    }
    server.refuses("POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400).await;
    server.refuses("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400).await;
    server.refuses("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", 400).await;
    server.refuses("GET / HTTP/1.1\nHost: a\n\n", 400).await;
    server.refuses("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400).await;
    server.refuses("\x16\x03\x01\x02\x00\x01", 400).await;
    server.stop().await;
}

#[tokio::test]
async fn requests_in_one_packet_are_answered_in_order_until_one_is_broken() {
    let server = start(ServerOptions::default()).await;
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let post = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: r\r\n\r\n";
    let broken = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let answer = server.talk([get, post, get, broken, get].concat()).await;
    let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "200", "200", "400"], "{answer}");
    assert!(answer.contains("\r\n\r\nabc"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_and_not_beyond() {
    let server = start(ServerOptions::default()).await;
    let post = |bytes: usize| {
        format!("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {bytes}\r\n\r\n{}", "x".repeat(bytes))
    };
    assert!(server.talk(post(1000)).await.starts_with("HTTP/1.1 200 "));
    assert!(server.talk(post(1001)).await.starts_with("HTTP/1.1 413 "));
    let chunked = |bytes: usize| {
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(bytes))
    };
    assert!(server.talk(chunked(1000)).await.starts_with("HTTP/1.1 200 "));
    assert!(server.talk(chunked(1001)).await.starts_with("HTTP/1.1 413 "));
    // A GET may have a body; whether or not a door reads it, the next request is found.
    let answer = server
        .talk("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(answer.matches("hello").count(), 2, "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn an_unread_body_does_not_take_the_answer_away_from_its_sender() {
    let server = start(ServerOptions::default()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n").await.unwrap();
    // Sent while the server has already answered; without reading on it would reset us.
    let _ = stream.write_all(&[b'x'; 500_000]).await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.ends_with("no"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn the_only_expectation_is_100_continue() {
    let server = start(ServerOptions::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
        .await
        .unwrap();
    let mut go = [0; 25];
    in_time(stream.read_exact(&mut go)).await.unwrap();
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"ok").await.unwrap();
    assert!(rest(&mut stream).await.ends_with("ok"));
    server.refuses("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 2\r\n\r\n", 417).await;
    // Refused before a byte of the body is asked for.
    let answer = server.talk("POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn heads_are_bounded_in_count_and_in_bytes() {
    let server = start(ServerOptions::default()).await;
    let many = |count: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}\r\n", "a: b\r\n".repeat(count - 2));
    assert!(server.talk(many(64)).await.starts_with("HTTP/1.1 200 "));
    assert!(server.talk(many(65)).await.starts_with("HTTP/1.1 431 "));
    let long = |bytes: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nLong: {}\r\n\r\n", "x".repeat(bytes));
    assert!(server.talk(long(15_000)).await.starts_with("HTTP/1.1 200 "));
    assert!(server.talk(long(17_000)).await.starts_with("HTTP/1.1 431 "));
    let path = |bytes: usize| format!("GET /{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "x".repeat(bytes));
    assert!(server.talk(path(8000)).await.starts_with("HTTP/1.1 404 "));
    assert!(server.talk(path(20_000)).await.starts_with("HTTP/1.1 4"));
    // Refused before any door is asked, and still in words.
    for refused in [many(65), long(17_000), path(20_000), "nonsense\r\n\r\n".into()] {
        let answer = server.talk(refused).await;
        let (head, words) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(words.ends_with(".\n"), "{answer}");
        assert!(head.contains("nosniff") && head.contains("connection: close"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.").count(), 1, "{answer}");
    }
    server.stop().await;
}

fn quick() -> ServerOptions {
    ServerOptions {
        header_timeout: Duration::from_millis(150),
        keepalive_timeout: Duration::from_millis(700),
        write_timeout: Duration::from_millis(200),
        body_idle_timeout: Duration::from_millis(150),
        ..ServerOptions::default()
    }
}

#[tokio::test]
async fn slow_heads_are_ended() {
    let server = start(quick()).await;
    // Silent from the beginning, and silent in the middle.
    for beginning in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n"] {
        let begun = std::time::Instant::now();
        let mut stream = server.connect().await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        rest(&mut stream).await;
        assert!(begun.elapsed() < Duration::from_millis(650), "{beginning:?} took {:?}", begun.elapsed());
    }
    // A head in drops, each long before its time is over: what counts is the whole.
    let mut stream = server.connect().await;
    stream.set_nodelay(true).unwrap();
    let begun = std::time::Instant::now();
    let mut drops = tokio::time::interval(Duration::from_millis(10));
    while stream.write_all(b"a").await.is_ok() {
        drops.tick().await;
        assert!(begun.elapsed() < Duration::from_secs(5), "the drops never end");
    }
    // The same on a connection that was good before.
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    one_answer(&mut stream).await;
    let begun = std::time::Instant::now();
    stream.write_all(b"GET /").await.unwrap();
    rest(&mut stream).await;
    assert!(begun.elapsed() < Duration::from_millis(650), "{:?}", begun.elapsed());
    server.stop().await;
}

#[tokio::test]
async fn a_kept_connection_may_wait_longer_than_a_head_but_not_for_ever() {
    let server = start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    one_answer(&mut stream).await;
    let begun = std::time::Instant::now();
    rest(&mut stream).await;
    assert!((650..2000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    // Each request begins the wait anew.
    let mut stream = server.connect().await;
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        one_answer(&mut stream).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_under_way_is_not_disturbed_by_the_clocks_of_its_client() {
    let server = start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    in_time(server.reached.notified()).await;
    let other = server.connect().await;
    // Another connection's whole idle life passes meanwhile.
    let mut other_stream = other;
    rest(&mut other_stream).await;
    let mut third = server.connect().await;
    third.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    one_answer(&mut third).await;
    rest(&mut third).await;
    server.go_on.notify_one();
    assert!(one_answer(&mut stream).await.ends_with("at last"));
    server.stop().await;
}

#[tokio::test]
async fn slow_bodies_are_ended() {
    let server = start(quick()).await;
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n";
    let answer = server.talk(format!("{head}abc")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("stopped arriving"), "{answer}");
    // In drops that keep the silence short but the whole too slow.
    let mut stream = server.connect().await;
    stream.set_nodelay(true).unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let drops = async {
        let mut drops = tokio::time::interval(Duration::from_millis(20));
        while write.write_all(b"a").await.is_ok() {
            drops.tick().await;
        }
    };
    let mut answer = vec![0; 4096];
    let bytes = tokio::select! {
        () = drops => 0,
        bytes = in_time(read.read(&mut answer)) => bytes.unwrap(),
    };
    let answer = String::from_utf8_lossy(&answer[..bytes]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn who_does_not_read_loses_the_connection() {
    let server = start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    // The server gives up by itself: its place becomes free although we never read and never close.
    let drained = server.stop().await;
    assert_eq!(drained, Drained { cut: 0 });
    let mut all = Vec::new();
    let _ = in_time(stream.read_to_end(&mut all)).await;
    assert!(all.len() < 64 << 20, "it was cut");
}

#[tokio::test]
async fn who_takes_a_little_now_and_then_loses_the_connection() {
    // Never a standstill, but far below the rate.
    let server = start(ServerOptions { write_rate_min: 1 << 40, ..quick() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut pace = tokio::time::interval(Duration::from_millis(30));
    let (mut bytes, mut piece) = (0, vec![0; 1 << 20]);
    loop {
        pace.tick().await;
        match in_time(stream.read(&mut piece)).await {
            Ok(0) | Err(_) => break,
            Ok(read) => bytes += read,
        }
    }
    assert!(bytes < 64 << 20, "it was cut");
    server.stop().await;
}

#[tokio::test]
async fn who_reads_slowly_but_steadily_gets_everything() {
    let server = start(quick()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let mut pace = tokio::time::interval(Duration::from_millis(30));
    let (begun, mut bytes, mut piece) = (std::time::Instant::now(), 0, vec![0; 1 << 20]);
    while bytes < 64 << 20 {
        pace.tick().await;
        in_time(stream.read_exact(&mut piece)).await.expect("cut in the middle");
        bytes += piece.len();
    }
    assert!(begun.elapsed() > Duration::from_millis(1500), "longer than any clock of the connection");
    // And the clock of the kept connection runs only from then on, but runs.
    rest(&mut stream).await;
    server.stop().await;
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_house_stands() {
    let server = start(ServerOptions::default()).await;
    let answer = server.talk("GET /panic HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 500 ") && answer.contains("(request "), "{answer}");
    assert!(!answer.contains("a door fell"), "the cause is for the log");
    assert!(answer.contains("HTTP/1.1 200 "), "the connection lives on: {answer}");
    server.stop().await;
}

#[tokio::test]
async fn foreign_hosts_are_misdirected_and_only_proxies_are_believed() {
    let options = ServerOptions {
        base_host: Some("chat.example:8443".into()),
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()].into(),
        ..ServerOptions::default()
    };
    let server = start(options).await;
    server.refuses("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n", 421).await;
    server.refuses("GET / HTTP/1.1\r\nHost: chat.example.evil.tld\r\n\r\n", 421).await;
    for host in ["chat.example", "CHAT.example:8443", "chat.example.", "localhost:1", "127.0.0.1", "[::1]"] {
        let answer = server.talk(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
    let forwarded = "Host: chat.example\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7\r\nX-Forwarded-Proto: https\r\n";
    let answer = server.talk(format!("GET /who HTTP/1.1\r\n{forwarded}\r\n")).await;
    assert!(answer.ends_with("203.0.113.7 true chat.example") && answer.contains("strict-transport-security: "), "{answer}");
    server.stop().await;
    let plain = start(ServerOptions::default()).await;
    let answer = plain.talk(format!("GET /who HTTP/1.1\r\n{forwarded}\r\n")).await;
    assert!(answer.ends_with("127.0.0.1 false chat.example") && !answer.contains("strict-transport-security"), "{answer}");
    plain.stop().await;
}

#[tokio::test]
async fn one_address_gets_its_share_of_connections_and_a_full_house_makes_wait() {
    let server = start(ServerOptions { connections_per_ip_max: 2, ..ServerOptions::default() }).await;
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for stream in [&mut first, &mut second] {
        stream.write_all(get).await.unwrap();
        assert!(one_answer(stream).await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(server.talk(get).await, "", "the third is closed without a word");
    drop(first);
    // The server notices the end in its own time; until then it goes on refusing.
    in_time(async {
        while server.talk(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    drop(second);
    server.stop().await;

    let server = start(ServerOptions { connections_max: 1, ..ServerOptions::default() }).await;
    let mut first = server.connect().await;
    first.write_all(get).await.unwrap();
    one_answer(&mut first).await;
    let mut waiting = server.connect().await;
    waiting.write_all(get).await.unwrap();
    drop(first);
    assert!(one_answer(&mut waiting).await.starts_with("HTTP/1.1 200 "), "served once there is a place");
    drop(waiting);
    server.stop().await;
}

#[tokio::test]
async fn a_stop_finishes_what_is_under_way_closes_what_waits_and_takes_nothing_new() {
    let mut server = start(ServerOptions::default()).await;
    let mut idle = server.connect().await;
    idle.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    one_answer(&mut idle).await;
    let mut fresh = server.connect().await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    in_time(server.reached.notified()).await;
    drop(server.stop.take());
    assert_eq!(rest(&mut idle).await, "");
    assert_eq!(rest(&mut fresh).await, "");
    assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens");
    server.go_on.notify_one();
    let answer = rest(&mut busy).await;
    assert!(answer.ends_with("at last") && answer.to_lowercase().contains("connection: close"), "{answer}");
    assert_eq!(server.stop().await, Drained { cut: 0 });
}

#[tokio::test]
async fn a_stop_cuts_what_does_not_end() {
    let server = start(ServerOptions { drain_timeout: Duration::from_millis(100), ..ServerOptions::default() }).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    in_time(server.reached.notified()).await;
    assert_eq!(server.stop().await, Drained { cut: 1 });
    assert_eq!(rest(&mut busy).await, "");
}
