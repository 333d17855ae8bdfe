//! WebSockets: the handshake checked by hand, then two loops of a door on one task.
//!
//! Reading is ours (`frames.rs` says why), writing is the codec crate's, without its buffer. A door gets a [`SocketReader`] and a
//! [`SocketWriter`] and runs one loop on each, joined by [`run_both`]. Answers to pings and the closing handshake happen here. The
//! codec's frames can wait for each other because every write goes through one async lock: a pong waits for the frame before it, and
//! whoever pings without reading only stops itself. After the door's loops end, [`Wires::farewell`] makes sure that a close frame was
//! sent and seen.

use super::frames::{Assembler, Incoming, Rules};
use super::places::Place;
use super::reply::Reply;
use super::request::Request;
use super::server::{Stage, panic_message};
use super::transport::Transport;
use super::wire::{Wire, poll_stall};
use crate::base::error::{Error, Result};
use crate::base::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastwebsockets::{Frame, Payload, Role, WebSocketWrite};
use hyper::{Method, Version};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use std::future::Future;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead as _, AsyncWrite, ReadBuf};
use tokio::sync::{Mutex, watch};
use tokio::time::Sleep;

/// What makes a request's connection upgradable; set by the server, taken by [`upgrade`].
pub(super) struct Upgrade {
    pub(super) on: hyper::upgrade::OnUpgrade,
    pub(super) version: Version,
    pub(super) stage: watch::Receiver<Stage>,
    pub(super) write_timeout: Duration,
}

/// How a socket behaves.
#[derive(Debug, Clone, Copy)]
pub struct SocketOptions {
    /// Bytes of one message, all fragments together.
    pub message_bytes_max: usize,
    /// Whether binary messages are taken; otherwise they close the socket with 1003.
    pub binary: bool,
    /// A socket from which nothing came for this long is dropped. [`SocketReader::set_silence_max`] changes it.
    pub silence_max: Duration,
}

impl Default for SocketOptions {
    fn default() -> SocketOptions {
        SocketOptions { message_bytes_max: limits::SOCKET_MESSAGE_BYTES_MAX, binary: false, silence_max: limits::SOCKET_SILENCE_MAX }
    }
}

/// A message as it came in.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// Text, checked to be UTF-8.
    Text(String),
    /// Bytes; only with `SocketOptions::binary`.
    Binary(Vec<u8>),
}

/// Why a socket is over. The close frame that belongs to it has been sent already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The peer closed with this code (1005: without one).
    ByPeer(u16),
    /// The peer broke the protocol or a limit and was told this code.
    Broken(u16),
    /// The peer was silent for too long.
    Silent,
    /// The peer reads too slowly, or the connection is lost.
    Lost,
    /// We have closed it ourselves.
    ByUs,
}

/// A fresh socket.
pub struct Socket {
    reader: SocketReader,
    writer: SocketWriter,
}

/// The incoming half.
pub struct SocketReader {
    wires: Arc<Wires>,
    assembler: Assembler,
    rules: Rules,
    silence_max: Duration,
}

/// The outgoing half. Both loops of a door may use it: frames never mix.
pub struct SocketWriter {
    wires: Arc<Wires>,
}

/// Checks the handshake (RFC 6455 4.2.1) and answers it; `run` then lives with the socket until one of them ends.
/// The caller has checked `Origin`; nothing here does.
pub fn upgrade<R, F>(request: &mut Request, options: SocketOptions, run: R) -> Result<Reply>
where
    R: FnOnce(Socket) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let accept = match check_handshake(request) {
        Ok(accept) => accept,
        Err(Refused::Version) => {
            let words = "This server speaks version 13 of the WebSocket protocol.\n";
            return Ok(Reply::bytes(426, "text/plain; charset=utf-8", words)
                .header("sec-websocket-version", "13")
                .header("connection", "upgrade")
                .header("upgrade", "websocket"));
        }
        Err(Refused::Because(why)) => return Err(Error::invalid(why)),
    };
    let Some(Upgrade { on, stage, write_timeout, .. }) = request.upgrade.take() else {
        return Err(Error::invalid("This connection cannot become a socket."));
    };
    let request_id = request.request_id.clone();
    tokio::spawn(async move {
        let Some((wires, place, reader)) = Box::pin(take_over(on, options, write_timeout)).await else { return };
        live(run, wires, reader, stage, request_id).await;
        drop(place);
    });
    Ok(Reply::status(101).header("connection", "upgrade").header("upgrade", "websocket").header("sec-websocket-accept", accept))
}

enum Refused {
    Version,
    Because(&'static str),
}

fn check_handshake(request: &Request) -> Result<String, Refused> {
    let because = |why| Err(Refused::Because(why));
    if request.method != Method::GET {
        return because("A socket is opened with GET.");
    }
    if request.upgrade.as_ref().is_none_or(|upgrade| upgrade.version != Version::HTTP_11) {
        return because("This address speaks WebSocket: HTTP/1.1 with `Upgrade: websocket`.");
    }
    if !has_token(request, "upgrade", "websocket") || !has_token(request, "connection", "upgrade") {
        return because("This address speaks WebSocket: `Connection: Upgrade` and `Upgrade: websocket` are needed.");
    }
    if request.body.is_some() {
        return because("A socket's request has no body.");
    }
    let mut versions = request.headers.get_all("sec-websocket-version").iter();
    if versions.next().is_none_or(|version| version != "13") || versions.next().is_some() {
        return Err(Refused::Version);
    }
    let mut keys = request.headers.get_all("sec-websocket-key").iter();
    let (Some(key), None) = (keys.next(), keys.next()) else { return because("Sec-WebSocket-Key is needed once.") };
    if !STANDARD.decode(key.as_bytes()).is_ok_and(|nonce| nonce.len() == 16) {
        return because("Sec-WebSocket-Key is not 16 bytes of base64.");
    }
    let digest = Sha1::new().chain_update(key.as_bytes()).chain_update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").finalize();
    Ok(STANDARD.encode(digest))
}

fn has_token(request: &Request, header: &'static str, token: &str) -> bool {
    let values = request.headers.get_all(header).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// Waits for hyper to let go of the connection and takes it out of its wrappings, with what hyper had read ahead.
async fn take_over(
    on: hyper::upgrade::OnUpgrade,
    options: SocketOptions,
    write_timeout: Duration,
) -> Option<(Arc<Wires>, Place, SocketReader)> {
    let parts = on.await.ok()?.downcast::<TokioIo<Wire>>().ok()?;
    let Wire { stream, place, .. } = parts.io.into_inner();
    let stream = Stream(Arc::new(std::sync::Mutex::new(stream)));
    let outgoing = Outgoing { stream: stream.clone(), patience: write_timeout, clock: None };
    // The crate makes both halves at once; its reading half, with its buffer, goes away here.
    let (_, mut codec) = fastwebsockets::after_handshake_split(tokio::io::empty(), outgoing, Role::Server);
    // Vectored from the first byte on: otherwise the crate keeps a copy of the last short frame.
    codec.set_writev_threshold(0);
    let writing = Mutex::new(Writing { codec: Some(codec), broken: false, closed: false });
    let wires = Arc::new(Wires { stream, writing, peer_closed: AtomicBool::new(false) });
    let rules = Rules { message_bytes_max: options.message_bytes_max, binary: options.binary };
    let assembler = Assembler::new(&parts.read_buf);
    let reader = SocketReader { wires: wires.clone(), assembler, rules, silence_max: options.silence_max };
    Some((wires, place, reader))
}

/// The life of a socket: the door's loops, until they end, or panic, or the server stops.
async fn live<R, F>(run: R, wires: Arc<Wires>, reader: SocketReader, mut stage: watch::Receiver<Stage>, request_id: String)
where
    R: FnOnce(Socket) -> F,
    F: Future<Output = ()>,
{
    let writer = SocketWriter { wires: wires.clone() };
    let outcome = {
        let mut door = pin!(run(Socket { reader, writer }));
        // A panicked door is never polled again, and nobody else sees its halves.
        let door = std::future::poll_fn(move |cx| match std::panic::catch_unwind(AssertUnwindSafe(|| door.as_mut().poll(cx))) {
            Ok(polled) => polled.map(|()| None),
            Err(panic) => Poll::Ready(Some(panic_message(&*panic))),
        });
        // Cancel-safe: what loses is dropped for good. A frame cut in the middle by that is noticed by `Writing::broken`.
        tokio::select! {
            outcome = door => outcome,
            () = going_away(&mut stage, &wires) => None,
        }
    };
    let code = match outcome {
        Some(what) => {
            log::error!("a socket's door panicked request={request_id}: {what}");
            1011
        }
        None => 1000,
    };
    // Boxed, as everything that a silent socket does not need: its task stays small.
    Box::pin(wires.farewell(code, &mut stage)).await;
}

/// Completes once the server stops and the peer has been told.
async fn going_away(stage: &mut watch::Receiver<Stage>, wires: &Wires) {
    let _ = stage.wait_for(|stage| *stage >= Stage::Draining).await;
    let told = Box::pin(wires.close(1001, "the server is going away"));
    // Cancel-safe: when it is over, nobody sends anything any more.
    tokio::select! {
        () = told => {}
        _ = stage.wait_for(|stage| *stage == Stage::Over) => {}
    }
}

/// Runs a door's two loops on one task until either ends; the other is dropped where it stands.
pub async fn run_both(reader_loop: impl Future<Output = ()>, writer_loop: impl Future<Output = ()>) {
    let (mut reader_loop, mut writer_loop) = (pin!(reader_loop), pin!(writer_loop));
    std::future::poll_fn(|cx| match reader_loop.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(()),
        Poll::Pending => writer_loop.as_mut().poll(cx),
    })
    .await
}

impl Socket {
    /// The two halves.
    pub fn split(self) -> (SocketReader, SocketWriter) {
        (self.reader, self.writer)
    }
}

impl SocketReader {
    /// The next message. Pings are answered, rules kept and the closing handshake done on the way.
    /// Cancel-safe: everything that arrived stays in the reader.
    pub async fn next(&mut self) -> Result<Message, Closed> {
        loop {
            let incoming = match self.assembler.next(self.rules) {
                Ok(Some(incoming)) => incoming,
                Ok(None) => {
                    self.read().await?;
                    continue;
                }
                Err(broken) => {
                    Box::pin(self.wires.close(broken.code, broken.reason)).await;
                    return Err(Closed::Broken(broken.code));
                }
            };
            match incoming {
                Incoming::Text(text) => return Ok(Message::Text(text)),
                Incoming::Binary(bytes) => return Ok(Message::Binary(bytes)),
                Incoming::Ping(payload) => Box::pin(self.wires.send(Frame::pong(Payload::Owned(payload)))).await?,
                Incoming::Pong => {}
                Incoming::Close(code) => {
                    self.wires.peer_closed.store(true, Ordering::Relaxed);
                    Box::pin(self.wires.close(code, "")).await;
                    return Err(Closed::ByPeer(code));
                }
            }
        }
    }

    /// The next text message.
    pub async fn next_text(&mut self) -> Result<String, Closed> {
        loop {
            if let Message::Text(text) = self.next().await? {
                return Ok(text);
            }
        }
    }

    /// Changes how long the peer may be silent from now on; a door is stricter before the join than after.
    pub fn set_silence_max(&mut self, silence_max: Duration) {
        self.silence_max = silence_max;
    }

    /// Waits for bytes and adds them. No buffer is held while waiting.
    async fn read(&mut self) -> Result<(), Closed> {
        let (stream, assembler) = (&self.wires.stream, &mut self.assembler);
        let read = std::future::poll_fn(|cx| stream.poll_read(cx, |bytes| assembler.add(bytes)));
        match tokio::time::timeout(self.silence_max, read).await {
            Err(_) => {
                Box::pin(self.wires.close(1001, "nothing was heard for too long")).await;
                Err(Closed::Silent)
            }
            Ok(Ok(0)) => {
                self.wires.peer_closed.store(true, Ordering::Relaxed);
                Err(Closed::Lost)
            }
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) => Err(Closed::Lost),
        }
    }
}

impl SocketWriter {
    /// Sends a text message; waits while the peer is slow, but not for longer than the write time-out without progress.
    pub async fn send_text(&self, text: &str) -> Result<(), Closed> {
        Box::pin(self.wires.send(Frame::text(Payload::Borrowed(text.as_bytes())))).await
    }

    /// Sends a binary message.
    pub async fn send_binary(&self, bytes: &[u8]) -> Result<(), Closed> {
        Box::pin(self.wires.send(Frame::binary(Payload::Borrowed(bytes)))).await
    }

    /// Says goodbye; the door's loop should end after it. The first close of a socket counts, further ones are not sent.
    pub async fn close(&self, code: u16, reason: &str) {
        Box::pin(self.wires.close(code, reason)).await;
    }
}

/// The connection under a socket: anyone reads from the stream, one at a time writes frames.
struct Wires {
    stream: Stream,
    /// Held for one whole frame, so that frames never mix; an async lock, because writing waits for the peer.
    writing: Mutex<Writing>,
    /// The peer has said its last word, so there is nothing to linger for.
    peer_closed: AtomicBool,
}

struct Writing {
    /// Gone once our side has ended.
    codec: Option<WebSocketWrite<Outgoing>>,
    /// A frame was begun and not finished: nothing sensible can be sent any more.
    broken: bool,
    /// The close frame is out.
    closed: bool,
}

impl Writing {
    async fn write(&mut self, frame: Frame<'_>) -> Result<(), Closed> {
        if self.closed {
            return Err(Closed::ByUs);
        }
        let Some(codec) = self.codec.as_mut().filter(|_| !self.broken) else { return Err(Closed::Lost) };
        self.broken = true;
        codec.write_frame(frame).await.map_err(|_| Closed::Lost)?;
        codec.flush().await.map_err(|_| Closed::Lost)?;
        self.broken = false;
        Ok(())
    }
}

impl Wires {
    async fn send(&self, frame: Frame<'_>) -> Result<(), Closed> {
        self.writing.lock().await.write(frame).await
    }

    /// Sends the close frame, once. A code that must not stand on the wire (1005) becomes an empty one.
    async fn close(&self, code: u16, reason: &str) {
        let mut writing = self.writing.lock().await;
        let frame = match code {
            1005 => Frame::close_raw(Payload::Borrowed(&[])),
            code => Frame::close(code, &reason.as_bytes()[..reason.floor_char_boundary(123)]),
        };
        let _ = writing.write(frame).await;
        writing.closed = true;
    }

    /// Ends the connection so that the peer can see why: close frame, end of our side, then what the peer still had in flight is
    /// read and thrown away, because closing over unread bytes would reset the connection and take the close frame with it.
    async fn farewell(&self, code: u16, stage: &mut watch::Receiver<Stage>) {
        let polite = async {
            self.close(code, "").await;
            let broken = {
                let mut writing = self.writing.lock().await;
                writing.codec = None;
                writing.broken
            };
            if broken || std::future::poll_fn(|cx| self.stream.poll_shutdown(cx)).await.is_err() {
                return;
            }
            let mut thrown_away = 0;
            while !self.peer_closed.load(Ordering::Relaxed) && thrown_away < limits::LINGER_BYTES_MAX {
                match std::future::poll_fn(|cx| self.stream.poll_read(cx, |_| {})).await {
                    Ok(bytes) if bytes > 0 => thrown_away += bytes,
                    Ok(_) | Err(_) => return,
                }
            }
        };
        // Cancel-safe: everything here ends with the connection.
        tokio::select! {
            _ = tokio::time::timeout(limits::LINGER_TIMEOUT, polite) => {}
            _ = stage.wait_for(|stage| *stage == Stage::Over) => {}
        }
    }
}

/// A connection whose two directions are used at the same time, each by one. TLS knows no halves, so both go through one lock.
#[derive(Clone)]
struct Stream(Arc<std::sync::Mutex<Transport>>);

impl Stream {
    /// Held for one poll, never over an await; a socket's loops run on one task, so nobody ever waits for it.
    fn lock(&self) -> MutexGuard<'_, Transport> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Hands on what has arrived; how much, 0 at the end. The buffer lives as long as this call.
    fn poll_read(&self, cx: &mut Context<'_>, take: impl FnOnce(&[u8])) -> Poll<io::Result<usize>> {
        let mut space = [const { MaybeUninit::uninit() }; limits::SOCKET_READ_BYTES];
        let mut buf = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut *self.lock()).poll_read(cx, &mut buf))?;
        take(buf.filled());
        Poll::Ready(Ok(buf.filled().len()))
    }

    fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.lock()).poll_shutdown(cx)
    }
}

/// The sending side of the connection, with the clock for readers that do not read.
struct Outgoing {
    stream: Stream,
    patience: Duration,
    clock: Option<Pin<Box<Sleep>>>,
}

impl AsyncWrite for Outgoing {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = Pin::new(&mut *this.stream.lock()).poll_write(cx, bytes);
        poll_stall(written, &mut this.clock, this.patience, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = Pin::new(&mut *this.stream.lock()).poll_write_vectored(cx, bufs);
        poll_stall(written, &mut this.clock, this.patience, cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let mut stream = this.stream.lock();
        let flushed = Pin::new(&mut *stream).poll_flush(cx);
        // Under TLS the end of a frame waits here for a slow reader.
        if stream.is_buffered() { poll_stall(flushed, &mut this.clock, this.patience, cx) } else { flushed }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_shutdown(cx)
    }
}
