//! The raw connection under hyper: clocks for the silent and the slow, and a watch over request heads.
//!
//! hyper's own header timer runs while a kept-alive connection merely waits, and even while the last answer is still on its way to a
//! slow reader; it has nothing against a reader that never reads; and it hides two smuggling shapes from its caller (it drops a
//! `Content-Length` beside `Transfer-Encoding`, and a repeated equal one). So every byte passes here first: `heads.rs` follows the
//! framing, this file keeps the clocks, and hyper's timer is off.
//!
//! HTTP/2 frames requests itself, and strictly; of its bytes only the amount is looked at here, and `h2.rs` keeps the clock.

use super::heads::{Fault, Heads};
use super::places::Place;
use super::tls::Spoken;
use super::transport::Transport;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// What the connection and the requests on it tell each other. One task owns both sides; the atomics only satisfy `Send`.
pub(super) struct Line {
    /// The other end of the TCP connection, unmapped.
    pub(super) peer: SocketAddr,
    /// Our own end.
    pub(super) local: SocketAddr,
    /// Requests under way: silence of the client is then no fault. HTTP/1 knows one at a time.
    busy: AtomicUsize,
    /// Those of them whose answer waits for the client to take more of it.
    owed: AtomicUsize,
    /// Bytes of answers that were taken over for the client so far.
    handed: AtomicU64,
    /// Requests handed to the service so far.
    requests: AtomicU64,
    /// The first forbidden shape seen on this connection, with the number of the request it belongs to.
    fault: Mutex<Option<(u64, Fault)>>,
}

impl Line {
    pub(super) fn new(peer: SocketAddr, local: SocketAddr) -> Line {
        let (busy, owed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Line { peer, local, busy, owed, handed: AtomicU64::new(0), requests: AtomicU64::new(0), fault: Mutex::new(None) }
    }

    /// A request begins, and is under way until what this returns is dropped.
    pub(super) fn begin(self: &Arc<Line>) -> UnderWay {
        self.busy.fetch_add(1, Ordering::Relaxed);
        UnderWay { line: self.clone(), owed: false }
    }

    /// Numbers the request that has begun; the error is why it must be refused.
    pub(super) fn number(&self) -> Result<(), Fault> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        match *lock(&self.fault) {
            Some((first_bad, fault)) if first_bad <= number => Err(fault),
            _ => Ok(()),
        }
    }

    /// How far things are, for `h2.rs`.
    pub(super) fn reading(&self) -> Reading {
        Reading {
            requests: self.requests.load(Ordering::Relaxed),
            busy: self.busy.load(Ordering::Relaxed),
            owed: self.owed.load(Ordering::Relaxed),
            handed: self.handed.load(Ordering::Relaxed),
        }
    }
}

/// What a line says at one moment.
#[derive(Clone, Copy, Default)]
pub(super) struct Reading {
    /// Requests so far.
    pub(super) requests: u64,
    /// Requests under way.
    pub(super) busy: usize,
    /// Those of them that only wait for the client to read.
    pub(super) owed: usize,
    /// Bytes of answers so far.
    pub(super) handed: u64,
}

/// A request under way on its line.
pub(super) struct UnderWay {
    line: Arc<Line>,
    owed: bool,
}

impl UnderWay {
    /// Says who is waited for now: the client, to take more of the answer, or ourselves.
    pub(super) fn waits_for_client(&mut self, waits: bool) {
        match (std::mem::replace(&mut self.owed, waits), waits) {
            (false, true) => drop(self.line.owed.fetch_add(1, Ordering::Relaxed)),
            (true, false) => drop(self.line.owed.fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
    }
}

impl UnderWay {
    /// Counts bytes of the answer that go out.
    pub(super) fn hands(&self, bytes: usize) {
        self.line.handed.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.waits_for_client(false);
        self.line.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The time-outs of one connection.
#[derive(Clone, Copy)]
pub(super) struct Clocks {
    pub(super) header: Duration,
    pub(super) keepalive: Duration,
    pub(super) write: Duration,
    /// Bytes per second.
    pub(super) write_rate_min: u64,
    pub(super) linger: Duration,
}

/// What the connection waits for when nobody is busy: each phase has its own patience.
#[derive(Clone, Copy, PartialEq)]
enum Waiting {
    /// For the rest of a head that has begun, or for the very first one.
    Head,
    /// For another request on a kept-alive connection.
    Next,
    /// For nothing: a request is under way.
    Nothing,
}

/// A connection with its place among all connections.
pub(super) struct Wire {
    pub(super) stream: Transport,
    pub(super) place: Place,
    line: Arc<Line>,
    /// Follows HTTP/1; there is none under HTTP/2.
    heads: Option<Box<Heads>>,
    clocks: Clocks,
    waiting: Waiting,
    read_clock: Option<Pin<Box<Sleep>>>,
    write_clock: Option<Pin<Box<Sleep>>>,
    pace: Pace,
    /// What is written instead of hyper's bare refusal, and how much of it is out.
    refusal: Option<(Vec<u8>, usize)>,
    lingering: Option<Pin<Box<Sleep>>>,
    lingered_bytes: usize,
    read_ended: bool,
}

impl Wire {
    pub(super) fn new(stream: Transport, spoken: Spoken, place: Place, line: Arc<Line>, clocks: Clocks) -> Wire {
        Wire {
            stream,
            place,
            line,
            heads: (spoken == Spoken::Http1).then(Box::default),
            clocks,
            waiting: Waiting::Nothing,
            read_clock: None,
            write_clock: None,
            pace: Pace::default(),
            refusal: None,
            lingering: None,
            lingered_bytes: 0,
            read_ended: false,
        }
    }

    /// Polls the clock of the current phase; an error means the client's time is over.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let Some(heads) = &self.heads else { return Ok(()) };
        let waiting = match () {
            // An answer that is still on its way keeps its reader busy, although hyper looks for the next request already.
            () if self.line.busy.load(Ordering::Relaxed) > 0 || self.write_clock.is_some() => Waiting::Nothing,
            () if heads.in_head() || heads.count() == 0 => Waiting::Head,
            () => Waiting::Next,
        };
        if waiting == Waiting::Nothing {
            self.waiting = waiting;
            self.read_clock = None;
            return Ok(());
        }
        let patience = if waiting == Waiting::Head { self.clocks.header } else { self.clocks.keepalive };
        if self.waiting != waiting || self.read_clock.is_none() {
            self.waiting = waiting;
            self.read_clock = Some(Box::pin(tokio::time::sleep(patience)));
        }
        match self.read_clock.as_mut().map(|clock| clock.as_mut().poll(cx)) {
            Some(Poll::Ready(())) => Err(io::ErrorKind::TimedOut.into()),
            Some(Poll::Pending) | None => Ok(()),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {
                let this = &mut *self;
                let fresh = &buf.filled()[before..];
                this.read_ended |= fresh.is_empty();
                if let Some(heads) = &mut this.heads {
                    if let Some(fault) = heads.see(fresh) {
                        lock(&this.line.fault).get_or_insert(fault);
                    }
                    // A head that ended gives the next one its full time.
                    if !heads.in_head() {
                        this.read_clock = None;
                    }
                }
                // A head that comes in drops never sees `Pending` long enough: ask the clock here as well.
                Poll::Ready(this.poll_patience(cx))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => match self.poll_patience(cx) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }
}

/// Gives a pending write its time and no more. Any progress starts the clock anew.
pub(super) fn poll_stall<T>(
    written: Poll<io::Result<T>>,
    clock: &mut Option<Pin<Box<Sleep>>>,
    patience: Duration,
    cx: &mut Context<'_>,
) -> Poll<io::Result<T>> {
    if written.is_ready() {
        if clock.take().is_some() {
            // Whoever waits for the end of this standstill on the reading side gets another look.
            cx.waker().wake_by_ref();
        }
        return written;
    }
    let clock = clock.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
    match clock.as_mut().poll(cx) {
        Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
        Poll::Pending => Poll::Pending,
    }
}

/// How fast a reader takes what we have for it. Only time in which it keeps us waiting counts, so an idle connection is never slow.
#[derive(Default)]
struct Pace {
    bytes: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Pace {
    /// Notes what a write came to. The error: over a whole patience of waiting it was too slow. A window that was good enough is
    /// forgotten, so that a fast beginning is no licence for a slow end.
    fn note(&mut self, written: &Poll<io::Result<usize>>, clocks: &Clocks) -> io::Result<()> {
        let Poll::Ready(Ok(bytes)) = written else {
            if written.is_pending() {
                self.waiting_since.get_or_insert_with(Instant::now);
            }
            return Ok(());
        };
        self.bytes += *bytes as u64;
        self.waited += self.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        if self.waited < clocks.write {
            return Ok(());
        }
        let is_slow = (self.bytes as f64) < self.waited.as_secs_f64() * clocks.write_rate_min as f64;
        *self = Pace::default();
        if is_slow { Err(io::ErrorKind::TimedOut.into()) } else { Ok(()) }
    }
}

impl Wire {
    /// Writes a refusal with words in place of a bare one; hyper believes its own bytes are out. `None`: these bytes are no such thing.
    fn poll_refusal(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.refusal.is_none() && self.heads.is_some() {
            self.refusal = super::bare::with_words(bytes).map(|words| (words, 0));
        }
        let (words, done) = self.refusal.as_mut()?;
        while *done < words.len() {
            let written = Pin::new(&mut self.stream).poll_write(cx, &words[*done..]);
            match poll_stall(written, &mut self.write_clock, self.clocks.write, cx) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(more)) => *done += more,
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Err(error))),
                Poll::Pending => return Some(Poll::Pending),
            }
        }
        self.refusal = None;
        Some(Poll::Ready(Ok(bytes.len())))
    }
}

impl Wire {
    /// What every write comes to: its reader is watched.
    fn note_written(&mut self, written: Poll<io::Result<usize>>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.pace.note(&written, &self.clocks)?;
        poll_stall(written, &mut self.write_clock, self.clocks.write, cx)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if let Some(refused) = this.poll_refusal(cx, bytes) {
            return refused;
        }
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.note_written(written, cx)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if let [only] = bufs
            && let Some(refused) = this.poll_refusal(cx, only)
        {
            return refused;
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, bufs);
        this.note_written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        // Under TLS the last of an answer waits here for a slow reader.
        if this.stream.is_buffered() { poll_stall(flushed, &mut this.write_clock, this.clocks.write, cx) } else { flushed }
    }

    /// Ends our side. In the middle of a request it then reads on for a moment: closing with unread bytes would reset the connection and take the answer
    /// (a 413, say) from a client that is still sending.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.heads.as_ref().is_none_or(|heads| heads.is_between()) {
            return Pin::new(&mut this.stream).poll_shutdown(cx);
        }
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.lingering = Some(Box::pin(tokio::time::sleep(this.clocks.linger)));
        }
        let mut scratch = [0u8; 4096];
        while !this.read_ended && this.lingered_bytes < crate::base::limits::LINGER_BYTES_MAX {
            let mut buf = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => this.lingered_bytes += buf.filled().len(),
                Poll::Ready(_) => this.read_ended = true,
                Poll::Pending => match this.lingering.as_mut().map(|clock| clock.as_mut().poll(cx)) {
                    Some(Poll::Pending) => return Poll::Pending,
                    Some(Poll::Ready(())) | None => this.read_ended = true,
                },
            }
        }
        Poll::Ready(Ok(()))
    }
}
