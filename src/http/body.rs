//! Reading bodies: bounded in size, in silence and in slowness.

use crate::base::error::{Error, Result};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// How long a body may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Longest silence.
    pub(super) idle: Duration,
    /// Slowest average in bytes per second, judged once we have waited `idle` in all.
    pub(super) rate_min: u64,
}

/// A request's body that fails when it stops arriving, or arrives in drops. Only time spent waiting for the client counts,
/// so a door that is slow itself never fails its client.
pub struct TimedBody {
    inner: Incoming,
    patience: Patience,
    received: u64,
    waited: Duration,
    waiting_since: Option<Instant>,
    clock: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    pub(super) fn new(inner: Incoming, patience: Patience) -> TimedBody {
        TimedBody { inner, patience, received: 0, waited: Duration::ZERO, waiting_since: None, clock: None }
    }

    /// The length the client announced, if it did.
    pub fn announced(&self) -> Option<u64> {
        self.inner.size_hint().exact()
    }

    fn is_too_slow(&self) -> bool {
        self.waited > self.patience.idle && self.received < self.waited.as_secs_f64() as u64 * self.patience.rate_min
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) else {
            let clock = this.clock.get_or_insert_with(|| Box::pin(tokio::time::sleep(this.patience.idle)));
            this.waiting_since.get_or_insert_with(Instant::now);
            return match clock.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(Error::invalid("The body stopped arriving.")))),
                Poll::Pending => Poll::Pending,
            };
        };
        this.clock = None;
        this.waited += this.waiting_since.take().map_or(Duration::ZERO, |since| since.elapsed());
        match frame {
            None => Poll::Ready(None),
            Some(Err(cause)) => Poll::Ready(Some(Err(Error::invalid("The body could not be read.").with_cause(cause)))),
            Some(Ok(frame)) => {
                this.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                if this.is_too_slow() {
                    return Poll::Ready(Some(Err(Error::invalid("The body arrived too slowly."))));
                }
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Reads a body of at most `bytes_max` bytes and keeps nothing of it but its length.
pub(super) async fn count(mut body: TimedBody, bytes_max: u64) -> Result<u64> {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame?.data_ref().map_or(0, |data| data.len() as u64);
        if bytes > bytes_max {
            return Err(Error::too_large(format!("The body is larger than {bytes_max} bytes.")));
        }
    }
    Ok(bytes)
}

/// Reads a whole body of at most `bytes_max` bytes. An announced length over the limit is refused before a byte is read.
pub async fn collect(mut body: TimedBody, bytes_max: usize) -> Result<Bytes> {
    let too_large = || Error::too_large(format!("The body is larger than {bytes_max} bytes."));
    if body.announced().is_some_and(|bytes| bytes > bytes_max as u64) {
        return Err(too_large());
    }
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        let Some(data) = frame.data_ref() else { continue };
        if all.len() + data.len() > bytes_max {
            return Err(too_large());
        }
        all.extend_from_slice(data);
    }
    Ok(all.freeze())
}
