//! The real program as its own process, and small blocking clients for it: for tests that kill it, fill its disk, or run its commands.
#![allow(dead_code)] // Each test file takes what it needs.

use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Longer than any expected wait; reaching it is a failure.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The program under test, without the environment's own settings.
pub fn deskbell() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("DESKBELL_")) {
        command.env_remove(key);
    }
    command
}

/// Runs one command to its end.
pub fn run(arguments: &[&str]) -> Output {
    deskbell().args(arguments).stdin(Stdio::null()).output().expect("the program starts")
}

/// A running `deskbell demo`. Dropping it kills it.
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    /// The line that `--json` printed.
    pub told: Value,
}

impl Server {
    /// Starts `demo FILE` with no rate limits to speak of.
    pub fn demo(file: &Path) -> Server {
        Server::start(&mut deskbell(), file)
    }

    /// The same with a prepared command (its environment, or a program around it that takes ours as arguments).
    pub fn start(command: &mut Command, file: &Path) -> Server {
        let mut child = command
            .args(["demo", "--json", "--listen", "127.0.0.1:0"])
            .arg(file)
            .env("DESKBELL_RATE_LIMIT_FACTOR", "1000000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the program speaks");
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("expected one line of JSON, got {line:?}"));
        let base = told["base"].as_str().expect("base");
        let address = base.trim_start_matches("http://").parse().expect("an address");
        Server { child, address, told }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn inbox(&self) -> String {
        self.told["inbox_uuid"].as_str().expect("inbox_uuid").to_owned()
    }

    pub fn secret(&self) -> String {
        self.told["inbox_secret"].as_str().expect("inbox_secret").to_owned()
    }

    /// `kill -9`, awaited.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let done = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().expect("kill runs");
        assert!(done.success(), "the server was gone already");
    }

    /// How it ended, within the patience.
    pub fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn http(&self) -> Http {
        Http::new(self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Bytes on the wire, head and body.
    pub wire_bytes: usize,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", String::from_utf8_lossy(&self.body)))
    }
}

/// One kept-alive connection; connects again by itself after it was lost.
pub struct Http {
    address: SocketAddr,
    /// The name it asks for, and where below it the house begins: behind a proxy both are others than its address says.
    host: String,
    below: String,
    stream: Option<BufReader<TcpStream>>,
}

impl Http {
    pub fn new(address: SocketAddr) -> Http {
        Http { address, host: address.to_string(), below: String::new(), stream: None }
    }

    /// The same by another name, below a path such as `/chat`.
    pub fn named(address: SocketAddr, host: &str, below: &str) -> Http {
        Http { address, host: host.to_owned(), below: below.to_owned(), stream: None }
    }

    /// One request. An error means that nobody knows whether it was done.
    pub fn call(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let answer = self.attempt(method, path, headers, body);
        if answer.as_ref().map_or(true, |answer| answer.header("connection") == Some("close")) {
            self.stream = None;
        }
        answer
    }

    fn attempt(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            self.stream = Some(BufReader::with_capacity(4096, stream));
        }
        let stream = self.stream.as_mut().expect("just connected");
        let mut head = format!("{method} {}{path} HTTP/1.1\r\nHost: {}\r\n", self.below, self.host);
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        if method != "GET" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        read_answer(stream)
    }
}

fn read_answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let mut wire_bytes = 0;
    let mut line = |stream: &mut dyn BufRead| -> io::Result<String> {
        let mut text = String::new();
        if stream.read_line(&mut text)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        wire_bytes += text.len();
        Ok(text.trim_end().to_owned())
    };
    let first = line(stream)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| io::Error::other(first))?;
    let mut headers = Vec::new();
    loop {
        let text = line(stream)?;
        let Some((name, value)) = text.split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let find = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let mut body = Vec::new();
    if find("transfer-encoding") == Some("chunked") {
        loop {
            let size = usize::from_str_radix(&line(stream)?, 16).map_err(io::Error::other)?;
            let mut chunk = vec![0; size];
            stream.read_exact(&mut chunk)?;
            body.extend(chunk);
            line(stream)?;
            if size == 0 {
                break;
            }
        }
    } else {
        body = vec![0; find("content-length").map_or(0, |length| length.parse().unwrap_or(0))];
        stream.read_exact(&mut body)?;
    }
    Ok(Answer { status, headers, wire_bytes: wire_bytes + body.len(), body })
}

/// A visitor with a session and a conversation.
pub struct Visitor {
    pub http: Http,
    pub inbox: String,
    pub token: String,
    pub conversation: String,
    /// The change number of the first message.
    pub first_seq: i64,
}

impl Visitor {
    /// Begins a conversation.
    pub fn begins(server: &Server, words: &str) -> Visitor {
        Visitor::begins_at(server.address, &server.inbox(), words)
    }

    pub fn begins_at(address: SocketAddr, inbox: &str, words: &str) -> Visitor {
        Visitor::begins_over(Http::new(address), inbox, words)
    }

    pub fn begins_over(mut http: Http, inbox: &str, words: &str) -> Visitor {
        let body = json!({ "message": words, "form_data": { "name": "Test Visitor" } }).to_string();
        let headers = [("X-Libredesk-Inbox-ID", inbox), ("Content-Type", "application/json")];
        let answer = http.call("POST", "/api/v1/widget/chat/conversations/init", &headers, body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let data = &answer.json()["data"];
        Visitor {
            http,
            inbox: inbox.to_owned(),
            token: data["session_token"].as_str().expect("a token").to_owned(),
            conversation: data["conversation"]["uuid"].as_str().expect("a conversation").to_owned(),
            first_seq: data["messages"][0]["seq"].as_i64().expect("a seq"),
        }
    }

    /// Sends a message under its own id.
    pub fn says(&mut self, words: &str, echo_id: &str) -> io::Result<Answer> {
        let body = json!({ "message": words, "echo_id": echo_id }).to_string();
        let path = format!("/api/v1/widget/chat/conversations/{}/message", self.conversation);
        self.call("POST", &path, body.as_bytes())
    }

    pub fn call(&mut self, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("X-Libredesk-Inbox-ID", self.inbox.as_str()), ("Authorization", &bearer), ("Content-Type", "application/json")];
        self.http.call(method, path, &headers, body)
    }

    /// The texts of the whole conversation, oldest first, read page by page.
    pub fn sees(&mut self) -> Vec<String> {
        let mut newest_first = Vec::new();
        let mut before = i64::MAX;
        loop {
            let path = format!("/api/v1/widget/chat/conversations/{}?before={before}&limit=100", self.conversation);
            let answer = self.call("GET", &path, b"").expect("an answer");
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
            let data = answer.json()["data"].clone();
            let mut page: Vec<(i64, String)> = data["messages"]
                .as_array()
                .expect("messages")
                .iter()
                .map(|message| (message["seq"].as_i64().expect("seq"), message["text_content"].as_str().expect("text").to_owned()))
                .collect();
            page.sort();
            before = page.first().map_or(0, |(seq, _)| *seq);
            newest_first.extend(page.into_iter().rev().map(|(_, text)| text));
            if data["has_more"] != json!(true) {
                newest_first.reverse();
                return newest_first;
            }
        }
    }

    /// The frames of everything after `seq`, page by page.
    pub fn changes_after(&mut self, mut seq: i64) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let answer = self.call("GET", &format!("/api/v1/widget/chat/changes?after={seq}"), b"").expect("an answer");
            let data = answer.json()["data"].clone();
            assert_eq!(data["reload"], json!(false), "the feed reaches back far enough");
            frames.extend(data["frames"].as_array().expect("frames").iter().cloned());
            seq = data["seq"].as_i64().expect("seq");
            if data["more"] != json!(true) {
                return frames;
            }
        }
    }

    /// A joined socket that hears this visitor's own messages, too.
    pub fn listens(&self) -> Socket {
        let stream = TcpStream::connect(self.http.address).expect("a connection");
        let mut socket = Socket::over(stream, &self.http.host, &format!("{}/widget/ws", self.http.below), &[]);
        socket.say(&json!({ "type": "join", "token": self.token, "data": { "inbox_id": self.inbox, "echo": true } }));
        let joined = socket.hears("joined");
        assert!(joined["data"]["seq"].is_i64(), "{joined}");
        socket
    }
}

/// What a socket heard.
#[derive(Debug)]
pub enum Heard {
    Text(String),
    Close(u16),
}

/// A blocking WebSocket client.
pub struct Socket(BufReader<TcpStream>);

impl Socket {
    pub fn open(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Socket {
        Socket::over(TcpStream::connect(address).expect("a connection"), &address.to_string(), path, headers)
    }

    pub fn over(stream: TcpStream, host: &str, path: &str, headers: &[(&str, &str)]) -> Socket {
        stream.set_nodelay(true).expect("nodelay");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let mut stream = BufReader::with_capacity(512, stream);
        let mut head = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        );
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        head.push_str("\r\n");
        stream.get_mut().write_all(head.as_bytes()).expect("sent");
        let answer = read_answer(&mut stream).expect("an answer");
        assert_eq!(answer.status, 101, "{}", String::from_utf8_lossy(&answer.body));
        Socket(stream)
    }

    /// Sends one text frame, masked with zeros.
    pub fn say(&mut self, frame: &Value) {
        let text = frame.to_string();
        let mut bytes = vec![0x81];
        match text.len() {
            length @ 0..=125 => bytes.push(0x80 | length as u8),
            length => {
                bytes.push(0x80 | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        self.0.get_mut().write_all(&bytes).expect("sent");
    }

    /// The next text or close; pings are passed over.
    pub fn hear(&mut self) -> io::Result<Heard> {
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head)?;
            let length = match head[1] & 0x7f {
                126 => {
                    let mut long = [0; 2];
                    self.0.read_exact(&mut long)?;
                    u16::from_be_bytes(long) as usize
                }
                127 => {
                    let mut long = [0; 8];
                    self.0.read_exact(&mut long)?;
                    u64::from_be_bytes(long) as usize
                }
                short => short as usize,
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload)?;
            match head[0] & 0x0f {
                1 => return Ok(Heard::Text(String::from_utf8(payload).map_err(io::Error::other)?)),
                8 => return Ok(Heard::Close(payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]])))),
                _ => {}
            }
        }
    }

    /// The next frame of this type; others are passed over.
    pub fn hears(&mut self, kind: &str) -> Value {
        loop {
            match self.hear().expect("a frame") {
                Heard::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if frame["type"] == kind {
                        return frame;
                    }
                }
                Heard::Close(code) => panic!("closed with {code} instead of {kind}"),
            }
        }
    }

    /// Everything up to a pong that is asked for now: what was announced before has been heard then.
    pub fn heard_so_far(&mut self) -> Vec<Value> {
        // Two pings close together are answered once; see the pace of the door.
        std::thread::sleep(Duration::from_millis(120));
        self.say(&json!({ "type": "ping" }));
        let mut frames = Vec::new();
        loop {
            match self.hear().expect("a frame") {
                Heard::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).expect("JSON");
                    if frame["type"] == "pong" {
                        return frames;
                    }
                    frames.push(frame);
                }
                Heard::Close(code) => panic!("closed with {code}"),
            }
        }
    }

    pub fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }
}

/// A loopback address of its own, so that many clients do not run out of ports.
pub fn source(index: usize) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2 + (index / 20_000) as u8), 0))
}
