//! A small WebSocket client: everything it hears is kept, in order, until somebody asks for it.

use super::{PATIENCE, in_time};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A live connection. Dropping it tears the line, as a lost network does.
pub struct Socket {
    writing: tokio::sync::Mutex<OwnedWriteHalf>,
    heard: Arc<Heard>,
    reader: JoinHandle<()>,
}

#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Default)]
struct State {
    /// Frames nobody asked for yet.
    waiting: Vec<Value>,
    /// Every frame ever.
    all: Vec<Value>,
    /// Set at the end: the close code, 1006 for a torn line.
    ended: Option<u16>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Socket {
    /// Connects; the status of the answer when it is not 101.
    pub async fn open(address: SocketAddr, path: &str, headers: &[(String, String)]) -> Result<Socket, u16> {
        in_time(&format!("the handshake of {path}"), async {
            let mut stream = TcpStream::connect(address).await.expect("the house answers");
            let mut head = format!(
                "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            );
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes()).await.expect("the house listens");
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\n") {
                answer.push(stream.read_u8().await.expect("an answer to the handshake"));
            }
            let answer = String::from_utf8_lossy(&answer).into_owned();
            let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
            if status != 101 {
                return Err(status);
            }
            assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the key of RFC 6455's own example");
            let (reading, writing) = stream.into_split();
            let heard = Arc::new(Heard::default());
            let reader = tokio::spawn(read(reading, heard.clone()));
            Ok(Socket { writing: tokio::sync::Mutex::new(writing), heard, reader })
        })
        .await
    }

    pub async fn send(&self, frame: Value) {
        self.send_raw(0x1, frame.to_string().as_bytes()).await;
    }

    /// One masked frame of any kind.
    pub async fn send_raw(&self, opcode: u8, payload: &[u8]) {
        let mut bytes = vec![0x80 | opcode];
        match payload.len() {
            n @ 0..=125 => bytes.push(0x80 | n as u8),
            n @ 126..=65_535 => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(n as u16).to_be_bytes());
            }
            n => {
                bytes.push(0x80 | 127);
                bytes.extend_from_slice(&(n as u64).to_be_bytes());
            }
        }
        let mask = [7u8, 1, 9, 3];
        bytes.extend_from_slice(&mask);
        bytes.extend(payload.iter().enumerate().map(|(index, byte)| byte ^ mask[index % 4]));
        // The house may have closed meanwhile; whoever cares waits for the end.
        let _ = self.writing.lock().await.write_all(&bytes).await;
    }

    /// Waits for a frame that fits, takes it out and answers it.
    pub async fn hears(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let news = self.heard.news.notified();
                {
                    let mut state = lock(&self.heard);
                    if let Some(index) = state.waiting.iter().position(&fits) {
                        return state.waiting.remove(index);
                    }
                    assert!(state.ended.is_none(), "the socket ended ({:?}) before: {what}; it heard {:#?}", state.ended, state.all);
                }
                news.await;
            }
        })
        .await;
        found.unwrap_or_else(|_| panic!("never heard {what}; it heard {:#?}", self.all()))
    }

    /// Waits for a frame of this type.
    pub async fn hears_type(&self, kind: &str) -> Value {
        self.hears(kind, |frame| frame["type"] == kind).await
    }

    /// Everything heard so far. For "never", let something later be heard first.
    pub fn all(&self) -> Vec<Value> {
        lock(&self.heard).all.clone()
    }

    /// Waits for the end; its close code.
    pub async fn ends(&self) -> u16 {
        in_time("the socket's end", async {
            loop {
                let news = self.heard.news.notified();
                if let Some(code) = lock(&self.heard).ended {
                    return code;
                }
                news.await;
            }
        })
        .await
    }

    pub fn is_open(&self) -> bool {
        lock(&self.heard).ended.is_none()
    }
}

async fn read(mut reading: OwnedReadHalf, heard: Arc<Heard>) {
    let code = read_frames(&mut reading, &heard).await.unwrap_or(1006);
    lock(&heard).ended = Some(code);
    heard.news.notify_waiters();
    heard.news.notify_one();
}

async fn read_frames(reading: &mut OwnedReadHalf, heard: &Heard) -> Option<u16> {
    let mut text = Vec::new();
    loop {
        let head = [reading.read_u8().await.ok()?, reading.read_u8().await.ok()?];
        assert_eq!(head[1] & 0x80, 0, "a server never masks");
        let length = match head[1] & 0x7f {
            126 => u64::from(reading.read_u16().await.ok()?),
            127 => reading.read_u64().await.ok()?,
            n => u64::from(n),
        };
        let mut payload = vec![0; length as usize];
        reading.read_exact(&mut payload).await.ok()?;
        match head[0] & 0x0f {
            0x0 | 0x1 => {
                text.extend_from_slice(&payload);
                if head[0] & 0x80 != 0 {
                    let frame: Value = serde_json::from_slice(&text).expect("frames are JSON");
                    text.clear();
                    let mut state = lock(heard);
                    state.waiting.push(frame.clone());
                    state.all.push(frame);
                    drop(state);
                    heard.news.notify_waiters();
                    heard.news.notify_one();
                }
            }
            0x8 => return Some(payload.get(..2).map_or(1005, |code| u16::from_be_bytes([code[0], code[1]]))),
            _ => {}
        }
    }
}

fn lock(heard: &Heard) -> MutexGuard<'_, State> {
    heard.state.lock().unwrap_or_else(PoisonError::into_inner)
}
