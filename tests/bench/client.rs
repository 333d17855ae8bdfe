//! The other side of the measurements, in a process of its own, so that its memory and its descriptors are not the server's.
//! Speaks raw HTTP/1.1 and WebSocket: a client library would cost as much as what is measured.

use super::seed::Keys;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Mutex, mpsc};

/// Runs one part: `client PART ADDRESS KEYS NUMBERS…`; prints one line of JSON per finished step.
pub fn main(arguments: &[String]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let address: SocketAddr = arguments[1].parse().expect("an address");
    let keys: Keys = serde_json::from_slice(&std::fs::read(&arguments[2]).expect("keys")).expect("keys");
    let number = |index: usize| arguments[index].parse::<usize>().expect("a number");
    runtime.block_on(async {
        match arguments[0].as_str() {
            "hold" => hold(address, &keys, number(3)).await,
            "flood" => flood(address, &keys, number(3), number(4)).await,
            "pace" => pace(address, Arc::new(keys), number(3), number(4)).await,
            "day" => day(address, Arc::new(keys), number(3), number(4)).await,
            "fan" => fan(address, &keys, number(3), number(4)).await,
            part => panic!("no such part: {part}"),
        }
    });
}

fn say(value: Value) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}").and_then(|()| out.flush()).expect("somebody listens");
}

async fn until_told() {
    // On a thread of its own: the sockets are read meanwhile.
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await.expect("a thread").expect("stdin");
}

async fn connect(address: SocketAddr, index: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    // One source address has 28,000 ports and a limit of connections at the server.
    let source = Ipv4Addr::new(127, 0, 0, 2 + (index / 5_000) as u8);
    socket.bind((source, 0).into()).expect("a source");
    let stream = socket.connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("nodelay");
    stream
}

/// Reads a head and its body of Content-Length into `buffer`; answers status and where the body begins.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> (u16, usize) {
    buffer.clear();
    let (mut head, mut length) = (0, 0);
    loop {
        if head == 0
            && let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n")
        {
            head = end + 4;
            let text = std::str::from_utf8(&buffer[..end]).expect("a head");
            let value = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            length = value.map_or(0, |value| value.trim().parse().expect("a length"));
        }
        if head > 0 && buffer.len() >= head + length {
            return (std::str::from_utf8(&buffer[9..12]).expect("a status").parse().expect("a status"), head);
        }
        let read = stream.read_buf(buffer).await.expect("an answer");
        assert!(read > 0, "the server closed");
    }
}

fn sending(address: SocketAddr, keys: &Keys, visitor: usize, words: &str) -> Vec<u8> {
    let (token, conversation) = &keys.visitors[visitor];
    let body = json!({ "message": words }).to_string();
    format!(
        "POST /api/v1/widget/chat/conversations/{conversation}/message HTTP/1.1\r\nHost: {address}\r\nX-Libredesk-Inbox-ID: {}\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        keys.inbox,
        body.len()
    )
    .into_bytes()
}

/// `count` senders, each with its own connection and conversation, as fast as they are acknowledged.
async fn flood(address: SocketAddr, keys: &Keys, count: usize, seconds: usize) {
    let done = Arc::new(AtomicUsize::new(0));
    let until = Instant::now() + Duration::from_secs(seconds as u64);
    let mut senders = Vec::new();
    for n in 0..count {
        let request = sending(address, keys, n, "one more of many words that somebody types");
        let mut stream = connect(address, n).await;
        let done = done.clone();
        senders.push(tokio::spawn(async move {
            let mut buffer = Vec::with_capacity(4096);
            while Instant::now() < until {
                stream.write_all(&request).await.expect("sent");
                let (status, _) = answer(&mut stream, &mut buffer).await;
                assert_eq!(status, 200, "{}", String::from_utf8_lossy(&buffer));
                done.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for sender in senders {
        sender.await.expect("a sender");
    }
    say(json!({ "rate": done.load(Ordering::Relaxed) as f64 / seconds as f64 }));
}

async fn handshake(address: SocketAddr, index: usize, path: &str, cookie: Option<&str>) -> TcpStream {
    let mut stream = connect(address, index).await;
    let more = cookie.map_or(String::new(), |token| format!("Origin: http://{address}\r\nCookie: __Host-deskbell={token}\r\n"));
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{more}\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    // Byte by byte: what follows the head is the first frame.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a head"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// The payload of the next frame.
async fn frame(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<u8> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    let length = match head[1] & 0x7f {
        126 => stream.read_u16().await? as usize,
        127 => stream.read_u64().await? as usize,
        short => short as usize,
    };
    buffer.resize(length, 0);
    stream.read_exact(buffer).await?;
    Ok(head[0] & 0x0f)
}

async fn tell(stream: &mut TcpStream, text: &str) {
    let mut bytes = vec![0x81, 0x80 | 126];
    bytes.extend((text.len() as u16).to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(text.as_bytes());
    stream.write_all(&bytes).await.expect("sent");
}

/// Opens and joins `count` visitors' sockets, says so, and holds them until told to go.
async fn hold(address: SocketAddr, keys: &Keys, count: usize) {
    let mut sockets = Vec::with_capacity(count);
    let mut buffer = Vec::new();
    for n in 0..count {
        let mut stream = handshake(address, n, "/widget/ws", None).await;
        tell(&mut stream, &json!({ "type": "join", "token": keys.visitors[n].0, "data": { "inbox_id": keys.inbox } }).to_string()).await;
        frame(&mut stream, &mut buffer).await.expect("joined");
        assert!(buffer.windows(8).any(|window| window == b"\"joined\""), "{}", String::from_utf8_lossy(&buffer));
        sockets.push(stream);
    }
    say(json!({ "open": count }));
    until_told().await;
}

/// Sends `rate` messages a second, evenly, and measures from before the request is written until an agent's socket has the message.
async fn pace(address: SocketAddr, keys: Arc<Keys>, rate: usize, seconds: usize) {
    let total = rate * seconds;
    let sent: Arc<Mutex<Vec<Option<Instant>>>> = Arc::new(Mutex::new(vec![None; total]));
    let mut agent = handshake(address, 0, "/desk/ws", Some(&keys.agents[0])).await;
    let mut buffer = Vec::new();
    frame(&mut agent, &mut buffer).await.expect("ready");
    let heard = tokio::spawn({
        let sent = sent.clone();
        async move {
            let mut took = Vec::with_capacity(total);
            while took.len() < total {
                frame(&mut agent, &mut buffer).await.expect("a frame");
                let now = Instant::now();
                let Some(at) = buffer.windows(6).position(|window| window == b"paced-") else { continue };
                let digits = &buffer[at + 6..at + 14];
                let index: usize = std::str::from_utf8(digits).expect("digits").parse().expect("an index");
                took.push(now - sent.lock().await[index].expect("sent before"));
            }
            took
        }
    });
    // Enough connections that no message waits for the answer of another.
    let (idle, mut connections) = mpsc::channel(64);
    for n in 0..32 {
        idle.send((n, connect(address, n).await)).await.expect("room");
    }
    let start = Instant::now() + Duration::from_millis(50);
    for index in 0..total {
        tokio::time::sleep_until((start + Duration::from_secs_f64(index as f64 / rate as f64)).into()).await;
        let (n, mut stream) = connections.recv().await.expect("a connection");
        let request = sending(address, &keys, n, &format!("paced-{index:08}"));
        let idle = idle.clone();
        sent.lock().await[index] = Some(Instant::now());
        tokio::spawn(async move {
            stream.write_all(&request).await.expect("sent");
            let (status, _) = answer(&mut stream, &mut Vec::with_capacity(4096)).await;
            assert_eq!(status, 200);
            let _ = idle.send((n, stream)).await;
        });
    }
    let took = tokio::time::timeout(Duration::from_secs(20), heard).await.expect("all are heard").expect("heard");
    say(percentiles(took));
}

/// `count` agents' sockets hear what visitors say; each of `rounds` messages is measured until the last socket has it.
async fn fan(address: SocketAddr, keys: &Keys, count: usize, rounds: usize) {
    let (told, mut arrivals) = mpsc::channel::<(usize, Instant)>(count);
    // 32 seats is what one agent may have: tabs and devices.
    let mut ready = 0;
    for n in 0..count {
        let mut stream = handshake(address, n, "/desk/ws", Some(&keys.agents[n / 30])).await;
        let mut buffer = Vec::new();
        frame(&mut stream, &mut buffer).await.expect("ready");
        ready += 1;
        let told = told.clone();
        tokio::spawn(async move {
            while frame(&mut stream, &mut buffer).await.is_ok_and(|opcode| opcode == 1) {
                let Some(at) = buffer.windows(6).position(|window| window == b"fan-of") else { continue };
                let now = Instant::now();
                let round = std::str::from_utf8(&buffer[at + 6..at + 10]).expect("digits").parse().expect("a round");
                if told.send((round, now)).await.is_err() {
                    return;
                }
            }
        });
    }
    assert_eq!(ready, count);
    // Frames about the last arrivals are still on their way.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut sender = connect(address, count).await;
    let (mut took, mut last) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let request = sending(address, keys, 0, &format!("fan-of{round:04}"));
        let start = Instant::now();
        sender.write_all(&request).await.expect("sent");
        let mut slowest = Duration::ZERO;
        for _ in 0..count {
            let (heard, at) = tokio::time::timeout(Duration::from_secs(20), arrivals.recv()).await.expect("all are heard").expect("heard");
            assert_eq!(heard, round);
            took.push(at - start);
            slowest = slowest.max(at - start);
        }
        last.push(slowest);
        answer(&mut sender, &mut Vec::new()).await;
    }
    let mut told = percentiles(took);
    told["last_ms"] = percentiles(last)["p50_ms"].clone();
    say(told);
    until_told().await;
}

/// What an agent does all day, with the paths of each step.
const STEPS: [&str; 4] = ["list", "open", "search", "switch"];

/// `count` agents with a socket and a connection each work through `rounds` rounds of steps, half a second between two of them: a team that
/// is busy, not a flood. Says the times of each step.
async fn day(address: SocketAddr, keys: Arc<Keys>, count: usize, rounds: usize) {
    let took: Arc<Mutex<[Vec<Duration>; 4]>> = Arc::default();
    let mut agents = Vec::new();
    for n in 0..count {
        let mut socket = handshake(address, n, "/desk/ws", Some(&keys.agents[n])).await;
        let mut http = connect(address, n).await;
        let (keys, took) = (keys.clone(), took.clone());
        agents.push(tokio::spawn(async move {
            let mut buffer = Vec::with_capacity(64 * 1024);
            frame(&mut socket, &mut buffer).await.expect("ready");
            tokio::time::sleep(Duration::from_millis((n * 500 / count) as u64)).await;
            let words = ["delivery", "monstera refund", "order000917", "yellow spots", "plant"];
            for round in 0..rounds {
                for (step, name) in STEPS.iter().enumerate() {
                    let conversation = &keys.samples[(n * 7 + round * 3 + step) % keys.samples.len()];
                    let paths = match *name {
                        "list" => vec!["/api/desk/conversations?box=all&status=open".to_owned()],
                        "open" => vec![format!("/api/desk/conversations/{conversation}")],
                        "search" => vec![format!("/api/desk/search?q={}", words[(n + round) % words.len()].replace(' ', "%20"))],
                        // Another tab of the list, and the conversation that is chosen there.
                        _ => vec![
                            "/api/desk/conversations?box=mine&status=open".to_owned(),
                            "/api/desk/conversations?box=all&status=resolved".to_owned(),
                            format!("/api/desk/conversations/{conversation}"),
                        ],
                    };
                    for path in paths {
                        let request =
                            format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: __Host-deskbell={}\r\n\r\n", keys.agents[n]);
                        let start = Instant::now();
                        http.write_all(request.as_bytes()).await.expect("sent");
                        let (status, _) = answer(&mut http, &mut buffer).await;
                        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&buffer));
                        // The first round warms what a desk that is used all day has warm.
                        if round > 0 {
                            took.lock().await[step].push(start.elapsed());
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            (socket, http)
        }));
    }
    let mut held = Vec::new();
    for agent in agents {
        held.push(agent.await.expect("an agent"));
    }
    let took = std::mem::take(&mut *took.lock().await);
    let told: serde_json::Map<String, Value> = STEPS.iter().zip(took).map(|(name, took)| ((*name).to_owned(), percentiles(took))).collect();
    say(Value::Object(told));
    until_told().await;
    drop(held);
}

/// Median, 95th and 99th percentile in milliseconds.
pub fn percentiles(mut took: Vec<Duration>) -> Value {
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    json!({ "p50_ms": at(0.50), "p95_ms": at(0.95), "p99_ms": at(0.99), "count": took.len() })
}
