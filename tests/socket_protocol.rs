//! WebSockets as they stand on the wire: hand-made handshakes and frames, every rule with its close code.

use deskbell::http::server::{Drained, ServerOptions, serve};
use deskbell::http::socket::{self, Closed, Message, Socket, SocketOptions, run_both};
use deskbell::http::{Reply, Request};
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Longer than any expected wait; reaching it is a failure.
const PATIENCE: Duration = Duration::from_secs(20);
const KIB_64: usize = 64 * 1024;

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it took too long")
}

struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Drained>,
    /// How each socket ended, as its door saw it.
    ends: mpsc::Receiver<Closed>,
}

/// Echoes; a few words have a meaning of their own.
async fn echo(socket: Socket, ends: mpsc::Sender<Closed>) {
    let (mut reader, writer) = socket.split();
    let (out, mut outgoing) = mpsc::channel::<Message>(4);
    let end = std::sync::Mutex::new(Closed::ByUs);
    let read = async {
        loop {
            match reader.next().await {
                Ok(Message::Text(text)) if text == "panic" => panic!("a socket's door fell"),
                Ok(message) => {
                    let _ = out.send(message).await;
                }
                Err(closed) => {
                    *end.lock().unwrap() = closed;
                    return;
                }
            }
        }
    };
    let write = async {
        while let Some(message) = outgoing.recv().await {
            let sent = match message {
                Message::Text(text) if text == "too slow" => {
                    writer.close(1013, "too slow, come back").await;
                    return;
                }
                Message::Text(text) if text == "flood" => loop {
                    if let Err(closed) = writer.send_text(&"x".repeat(100_000)).await {
                        *end.lock().unwrap() = closed;
                        return;
                    }
                },
                Message::Text(text) => writer.send_text(&text).await,
                Message::Binary(bytes) => writer.send_binary(&bytes).await,
            };
            if let Err(closed) = sent {
                *end.lock().unwrap() = closed;
                return;
            }
        }
    };
    run_both(read, write).await;
    let closed = *end.lock().unwrap();
    let _ = ends.send(closed).await;
}

async fn start_with(socket_options: SocketOptions, options: ServerOptions) -> Server {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (told, ends) = mpsc::channel(100);
    let handler = move |mut request: Request| {
        let told = told.clone();
        async move {
            match socket::upgrade(&mut request, socket_options, move |socket| echo(socket, told)) {
                Ok(reply) => reply,
                Err(error) => Reply::bytes(400, "text/plain", error.message.clone()),
            }
        }
    };
    let running = tokio::spawn(serve(listener, options, async move { drop(stopped.await) }, handler));
    Server { address, stop: Some(stop), running, ends }
}

async fn start() -> Server {
    start_with(SocketOptions { binary: true, ..SocketOptions::default() }, ServerOptions::default()).await
}

const HANDSHAKE: &str = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A client that sends exactly what it is told.
struct Client {
    stream: TcpStream,
}

#[derive(Debug, PartialEq)]
enum Got {
    Frame(u8, Vec<u8>),
    /// A close frame (1005: without a code), and then the end of the stream.
    Closed(u16),
    /// The end without a close frame.
    Cut,
}

impl Server {
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while !String::from_utf8_lossy(&answer).contains("\r\n\r\n") {
            let bytes = in_time(stream.read(&mut piece)).await.unwrap();
            if bytes == 0 {
                break;
            }
            answer.extend_from_slice(&piece[..bytes]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Opens a socket; `extra` is sent in the same packet as the handshake.
    async fn open_with(&self, extra: &[u8]) -> Client {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(&[HANDSHAKE.as_bytes(), extra].concat()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(in_time(stream.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        Client { stream }
    }

    async fn open(&self) -> Client {
        self.open_with(b"").await
    }

    /// Sends bytes to a fresh socket; the answer must be a close frame with this code and the end, and the door must hear of it.
    async fn closes(&mut self, bytes: &[u8], code: u16) {
        let mut client = self.open().await;
        client.send(bytes).await;
        assert_eq!(client.next().await, Got::Closed(code), "{:?}", &bytes[..bytes.len().min(40)]);
        assert_eq!(in_time(self.ends.recv()).await, Some(Closed::Broken(code)));
    }

    async fn stop(mut self) -> Drained {
        drop(self.stop.take());
        in_time(self.running).await.unwrap()
    }
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x12, 0x34, 0x56, 0x78];
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | length as u8),
        length @ 126..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().enumerate().map(|(i, byte)| byte ^ mask[i % 4]));
    bytes
}

impl Client {
    async fn send(&mut self, bytes: &[u8]) {
        // The server may have closed already; what it said is read afterwards.
        let _ = in_time(self.stream.write_all(bytes)).await;
    }

    async fn text(&mut self, text: &str) {
        self.send(&frame(0x81, text.as_bytes())).await;
    }

    async fn next(&mut self) -> Got {
        in_time(async {
            let Ok(first) = self.stream.read_u8().await else { return Got::Cut };
            let short = self.stream.read_u8().await.unwrap();
            assert_eq!(short & 0x80, 0, "a server never masks");
            let length = match short {
                126 => u64::from(self.stream.read_u16().await.unwrap()),
                127 => self.stream.read_u64().await.unwrap(),
                short => u64::from(short),
            };
            let mut payload = vec![0; length as usize];
            if self.stream.read_exact(&mut payload).await.is_err() {
                return Got::Cut;
            }
            if first != 0x88 {
                return Got::Frame(first, payload);
            }
            let mut after = Vec::new();
            let _ = self.stream.read_to_end(&mut after).await;
            assert!(after.is_empty(), "nothing follows a close frame: {after:?}");
            Got::Closed(if payload.is_empty() { 1005 } else { u16::from_be_bytes([payload[0], payload[1]]) })
        })
        .await
    }

    async fn hears(&mut self, text: &str) {
        match self.next().await {
            Got::Frame(0x81, payload) => assert!(payload == text.as_bytes(), "another text of {} bytes", payload.len()),
            other => panic!("no text: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_handshake_is_checked_line_by_line() {
    let server = start().await;
    let without = |line: &str, instead: &str| HANDSHAKE.replace(line, instead).into_bytes();
    for bytes in [
        without("GET /ws", "POST /ws"),
        without("GET /ws", "HEAD /ws"),
        without("HTTP/1.1", "HTTP/1.0"),
        without("Upgrade: websocket\r\n", ""),
        without("Upgrade: websocket\r\n", "Upgrade: h2c\r\n"),
        without("Connection: Upgrade\r\n", ""),
        without("Connection: Upgrade\r\n", "Connection: keep-alive\r\n"),
        without("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
        without("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ"),
        without("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="),
        without("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        let answer = server.raw(&bytes).await;
        assert!(answer.contains(" 400 ") && !answer.contains(" 101 "), "{}\n→ {answer}", String::from_utf8_lossy(&bytes));
    }
    for version in ["", "Sec-WebSocket-Version: 8\r\n", "Sec-WebSocket-Version: 13, 8\r\n", "Sec-WebSocket-Version: 013\r\n"] {
        let answer = server.raw(&without("Sec-WebSocket-Version: 13\r\n", version)).await.to_lowercase();
        assert!(answer.contains(" 426 ") && answer.contains("sec-websocket-version: 13"), "{answer}");
    }
    let answer = server.raw(&without("Connection: Upgrade", "Connection: keep-alive, UPGRADE")).await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "browsers list several: {answer}");
    server.stop().await;
}

#[tokio::test]
async fn messages_come_back_whole_and_the_first_may_come_with_the_handshake() {
    let server = start().await;
    let mut client = server.open_with(&frame(0x81, b"early")).await;
    client.hears("early").await;
    client.text("").await;
    client.hears("").await;
    client.text("Grüße 👋").await;
    client.hears("Grüße 👋").await;
    client.send(&frame(0x82, &[0, 255, 128])).await;
    assert_eq!(client.next().await, Got::Frame(0x82, vec![0, 255, 128]));
    // Byte by byte, and several at once.
    for byte in frame(0x81, b"slowly") {
        client.send(&[byte]).await;
    }
    client.hears("slowly").await;
    client.send(&[frame(0x81, b"one"), frame(0x81, b"two"), frame(0x81, b"three")].concat()).await;
    for text in ["one", "two", "three"] {
        client.hears(text).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_message_has_64_kib_and_not_a_byte_more() {
    let mut server = start().await;
    let mut client = server.open().await;
    let full = "x".repeat(KIB_64);
    client.text(&full).await;
    client.hears(&full).await;
    let half = &full[..KIB_64 / 2];
    client.send(&[frame(0x01, half.as_bytes()), frame(0x80, half.as_bytes())].concat()).await;
    client.hears(&full).await;
    drop(client);
    assert!(in_time(server.ends.recv()).await.is_some());
    server.closes(&frame(0x81, &vec![b'x'; KIB_64 + 1]), 1009).await;
    server.closes(&[frame(0x01, half.as_bytes()), frame(0x00, half.as_bytes()), frame(0x80, b"x")].concat(), 1009).await;
    // The announcement alone is enough.
    server.closes(&[0x81, 0xff, 0, 0, 0, 0, 3, 0xf0, 0, 0, 1, 2, 3, 4], 1009).await;
    server.closes(&[0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4], 1009).await;
    server.stop().await;
}

#[tokio::test]
async fn every_broken_rule_is_answered_with_its_code() {
    let mut server = start().await;
    for first in [0xc1, 0xa1, 0x91, 0x83, 0x87, 0x8b, 0x8f, 0x80, 0x00] {
        server.closes(&frame(first, b"a"), 1002).await;
    }
    server.closes(&[0x81, 1, b'a'], 1002).await;
    server.closes(&frame(0x89, &[0; 126]), 1002).await;
    server.closes(&frame(0x09, b""), 1002).await;
    server.closes(&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), 1002).await;
    server.closes(&frame(0x81, b"\xff"), 1007).await;
    server.stop().await;
}

#[tokio::test]
async fn broken_text_is_noticed_at_its_first_wrong_byte() {
    let mut server = start().await;
    // Split inside a character: right when the rest comes, wrong when something else does.
    let mut client = server.open().await;
    client.send(&[frame(0x01, b"\xf0\x9f"), frame(0x89, b"p"), frame(0x80, b"\x91\x8b")].concat()).await;
    assert_eq!(client.next().await, Got::Frame(0x8a, b"p".to_vec()));
    client.hears("👋").await;
    drop(client);
    assert!(in_time(server.ends.recv()).await.is_some());
    server.closes(&[frame(0x01, b"\xf0\x9f"), frame(0x80, b"x")].concat(), 1007).await;
    server.closes(&frame(0x81, b"\xf0\x9f"), 1007).await;
    // A fragment, and even half a frame, is judged without waiting for its end.
    server.closes(&frame(0x01, b"a\xed\xa0\x80"), 1007).await;
    server.closes(&frame(0x81, b"a\xffbcdefgh")[..9], 1007).await;
    server.stop().await;
}

#[tokio::test]
async fn pings_are_answered_with_what_they_carried_also_inside_a_message() {
    let server = start().await;
    let mut client = server.open().await;
    client.send(&frame(0x89, b"")).await;
    assert_eq!(client.next().await, Got::Frame(0x8a, vec![]));
    client.send(&[frame(0x01, b"a"), frame(0x89, &[7; 125]), frame(0x8a, b"unasked"), frame(0x80, b"b")].concat()).await;
    assert_eq!(client.next().await, Got::Frame(0x8a, vec![7; 125]));
    client.hears("ab").await;
    server.stop().await;
}

#[tokio::test]
async fn a_close_is_echoed_once_and_bad_ones_are_told_so() {
    let mut server = start().await;
    for (payload, code) in [(&b""[..], 1005), (b"\x03\xe8", 1000), (b"\x03\xe8bye", 1000), (b"\x0f\xa1", 4001), (b"\x03\xe9", 1001)] {
        let mut client = server.open().await;
        client.send(&[frame(0x88, payload), frame(0x88, payload)].concat()).await;
        assert_eq!(client.next().await, Got::Closed(code));
        assert_eq!(in_time(server.ends.recv()).await, Some(Closed::ByPeer(code)));
    }
    for code in [0u16, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000] {
        server.closes(&frame(0x88, &code.to_be_bytes()), 1002).await;
    }
    server.closes(&frame(0x88, b"\x03"), 1002).await;
    server.closes(&frame(0x88, b"\x03\xe8\xff\xfe"), 1007).await;
    server.stop().await;
}

#[tokio::test]
async fn a_text_socket_refuses_binary() {
    let mut server = start_with(SocketOptions::default(), ServerOptions::default()).await;
    server.closes(&frame(0x82, b"a"), 1003).await;
    server.stop().await;
}

#[tokio::test]
async fn a_door_says_goodbye_in_its_own_words_even_over_unread_bytes() {
    let server = start().await;
    let mut client = server.open().await;
    client.text("too slow").await;
    client.send(&frame(0x81, &[b'x'; 60_000])).await;
    let mut got = client.next().await;
    while matches!(got, Got::Frame(..)) {
        got = client.next().await;
    }
    assert_eq!(got, Got::Closed(1013));
    let mut other = server.open().await;
    other.text("panic").await;
    assert_eq!(other.next().await, Got::Closed(1011));
    server.stop().await;
}

#[tokio::test]
async fn who_does_not_read_is_dropped() {
    let options = ServerOptions { write_timeout: Duration::from_millis(200), ..ServerOptions::default() };
    let mut server = start_with(SocketOptions::default(), options).await;
    let mut client = server.open().await;
    client.text("flood").await;
    assert_eq!(in_time(server.ends.recv()).await, Some(Closed::Lost));
    assert_eq!(server.stop().await, Drained { cut: 0 });
}

#[tokio::test]
async fn who_says_nothing_is_dropped_and_any_sign_of_life_counts() {
    let options = SocketOptions { silence_max: Duration::from_millis(300), ..SocketOptions::default() };
    let mut server = start_with(options, ServerOptions::default()).await;
    let begun = std::time::Instant::now();
    let mut client = server.open().await;
    let mut signs = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..10 {
        signs.tick().await;
        client.send(&frame(0x8a, b"")).await;
    }
    assert_eq!(client.next().await, Got::Closed(1001));
    assert!(begun.elapsed() > Duration::from_millis(700));
    assert_eq!(in_time(server.ends.recv()).await, Some(Closed::Silent));
    server.stop().await;
}

#[tokio::test]
async fn a_lost_connection_ends_the_door() {
    let mut server = start().await;
    let client = server.open().await;
    drop(client);
    assert_eq!(in_time(server.ends.recv()).await, Some(Closed::Lost));
    assert_eq!(server.stop().await, Drained { cut: 0 });
}

#[tokio::test]
async fn a_stop_tells_every_socket_and_waits_for_it() {
    let mut server = start().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut client = server.open().await;
        client.text("here").await;
        client.hears("here").await;
        clients.push(client);
    }
    drop(server.stop.take());
    for client in &mut clients {
        assert_eq!(client.next().await, Got::Closed(1001));
    }
    drop(clients);
    assert_eq!(server.stop().await, Drained { cut: 0 });
}

#[tokio::test]
async fn a_stop_cuts_a_client_that_stays() {
    let options = ServerOptions { drain_timeout: Duration::from_millis(200), ..ServerOptions::default() };
    let server = start_with(SocketOptions::default(), options).await;
    let mut client = server.open().await;
    client.text("flood").await;
    assert!(matches!(client.next().await, Got::Frame(0x81, _)));
    // From here on it reads nothing: the frame under way never ends, so not even the close frame can be sent.
    assert_eq!(server.stop().await, Drained { cut: 1 });
}
