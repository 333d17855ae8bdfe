//! Answers that are fetched piece by piece while they are sent: never more than one piece in memory.

use super::reply::Body;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A body of exactly `length` bytes whose pieces `next` fetches, one at a time. A piece that fails, or an end that comes too early,
/// ends the connection.
pub fn pieces<N, F>(length: u64, next: N) -> Body
where
    N: FnMut() -> F + Send + 'static,
    F: Future<Output = io::Result<Bytes>> + Send + 'static,
{
    Pieces { left: length, next: Box::new(next), fetching: None }.boxed_unsync()
}

/// A body of unknown length: pieces of `source` until it has none. A piece that fails cuts the answer, so that half of it is never taken for
/// the whole.
pub fn until_end<S: crate::base::pieces::Pieces + 'static>(source: S) -> Body {
    UntilEnd { fetching: Some(next_of(source)) }.boxed_unsync()
}

/// The source travels through each step, because a step must own what it waits on.
type Step<S> = Pin<Box<dyn Future<Output = (S, crate::base::error::Result<Option<Bytes>>)> + Send>>;

fn next_of<S: crate::base::pieces::Pieces + 'static>(mut source: S) -> Step<S> {
    Box::pin(async move {
        let piece = source.next_piece().await;
        (source, piece)
    })
}

struct UntilEnd<S> {
    fetching: Option<Step<S>>,
}

impl<S: crate::base::pieces::Pieces + 'static> HttpBody for UntilEnd<S> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(step) = &mut self.fetching else { return Poll::Ready(None) };
        let (source, piece) = ready!(step.as_mut().poll(cx));
        self.fetching = None;
        Poll::Ready(match piece {
            Ok(Some(piece)) => {
                self.fetching = Some(next_of(source));
                Some(Ok(Frame::data(piece)))
            }
            Ok(None) => None,
            Err(error) => Some(Err(io::Error::other(error))),
        })
    }
}

struct Pieces<N, F> {
    left: u64,
    next: Box<N>,
    fetching: Option<Pin<Box<F>>>,
}

impl<N, F> HttpBody for Pieces<N, F>
where
    N: FnMut() -> F,
    F: Future<Output = io::Result<Bytes>>,
{
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let fetching = this.fetching.get_or_insert_with(|| Box::pin((this.next)()));
        let fetched = ready!(fetching.as_mut().poll(cx));
        this.fetching = None;
        let piece = match fetched {
            Ok(piece) if piece.is_empty() => return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into()))),
            Ok(piece) => piece,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        let piece = piece.slice(..piece.len().min(this.left as usize));
        this.left -= piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
