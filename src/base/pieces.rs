//! Something that arrives in pieces: what lets the desk take a file without knowing that it comes over HTTP.

use super::error::Result;
use bytes::Bytes;

/// A source of bytes that comes piece by piece.
pub trait Pieces: Send {
    /// The next piece; `None` at the end.
    fn next_piece(&mut self) -> impl Future<Output = Result<Option<Bytes>>> + Send;
}
