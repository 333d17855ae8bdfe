//! HTTP/2 on one connection: how much of everything a client may have, and a clock for those that take nothing and ask for nothing.
//!
//! The framing is the library's, and strict; a stream's body is timed where it is read (`body.rs`), a standstill of the whole connection by
//! `wire.rs`. What is left is a client that holds answers back by never opening its window, or that just stays: looked at now and then.

use super::finish::Answer;
use super::server::{House, Stage};
use super::wire::{Line, Reading, Wire};
use crate::base::limits;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

/// What a look at a connection comes to.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Live,
    /// Nothing was asked for: it is told to go, and what is under way ends.
    Idle,
    /// It holds answers and does not take them.
    Stuck,
}

/// Serves a connection until its client goes, is idle for too long or stuck, or the server stops.
pub(super) async fn converse<S>(wire: Wire, service: S, line: &Line, house: &House)
where
    S: Service<hyper::Request<Incoming>, Response = hyper::Response<Answer>, Error = Infallible> + Send,
    S::Future: Send + 'static,
{
    let options = &house.options;
    let mut connection = pin!(
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
            .max_header_list_size(limits::HEADER_BYTES_MAX as u32)
            .initial_stream_window_size(limits::HTTP2_STREAM_WINDOW)
            .initial_connection_window_size(limits::HTTP2_CONNECTION_WINDOW)
            .max_send_buf_size(limits::HTTP2_SEND_BYTES_MAX)
            .max_pending_accept_reset_streams(limits::HTTP2_RESETS_MAX)
            .max_local_error_reset_streams(limits::HTTP2_FAULTS_MAX)
            .serve_connection(TokioIo::new(wire), service)
    );
    let mut stage = house.stage.clone();
    let mut leaving = false;
    let mut looks_after = 0;
    let mut before = Reading::default();
    // The first request has the time of a head; later ones that of a connection kept alive.
    let mut patience = options.header_timeout;
    let mut clock = pin!(tokio::time::sleep(patience));
    loop {
        // Cancel-safe: the connection is pinned outside and merely polled again, and so is the clock; `changed` marks nothing seen unless it completes.
        tokio::select! {
            result = connection.as_mut() => {
                if let Err(error) = result {
                    log::debug!("connection ended early: {error}");
                }
                return;
            }
            changed = stage.changed() => {
                if changed.is_err() || *stage.borrow_and_update() == Stage::Over {
                    return;
                }
                if !std::mem::replace(&mut leaving, true) {
                    connection.as_mut().graceful_shutdown();
                }
            }
            () = clock.as_mut() => {
                let now = line.reading();
                match judge(&before, &now, patience, options.write_rate_min) {
                    Verdict::Live => {}
                    Verdict::Idle if !leaving => {
                        leaving = true;
                        connection.as_mut().graceful_shutdown();
                    }
                    // What is left of answers that are handed over whole is still on its way to a slow reader, but not for ever.
                    Verdict::Idle if looks_after < limits::HTTP2_LOOKS_AFTER_LAST => looks_after += 1,
                    Verdict::Idle | Verdict::Stuck => {
                        log::debug!("connection ended, its client took too long");
                        return;
                    }
                }
                before = now;
                patience = options.keepalive_timeout;
                clock.as_mut().reset(tokio::time::Instant::now() + patience);
            }
        }
    }
}

/// What became of a connection between two looks. Only answers count: pings and settings are bytes as well, and anybody can cause them.
fn judge(before: &Reading, now: &Reading, between: Duration, rate_min: u64) -> Verdict {
    let moves = now.handed - before.handed >= rate_min * between.as_secs().max(1);
    match () {
        // The same look twice: answers wait for their reader, and nothing to speak of went out.
        () if before.owed > 0 && now.owed > 0 && !moves => Verdict::Stuck,
        () if now.busy > 0 || now.requests > before.requests => Verdict::Live,
        () => Verdict::Idle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(requests: u64, busy: usize, owed: usize, handed: u64) -> Reading {
        Reading { requests, busy, owed, handed }
    }

    #[test]
    fn who_neither_asks_nor_reads_has_to_go() {
        let judged = |before, now| judge(&before, &now, Duration::from_secs(75), 1024);
        let enough = 75 * 1024;
        assert_eq!(judged(at(0, 0, 0, 0), at(0, 0, 0, 0)), Verdict::Idle, "never asked for anything");
        assert_eq!(judged(at(3, 0, 0, 900), at(3, 0, 0, 900)), Verdict::Idle, "asked for nothing more");
        assert_eq!(judged(at(3, 0, 0, 900), at(4, 0, 0, 1000)), Verdict::Live);
        assert_eq!(judged(at(3, 1, 0, 900), at(3, 1, 0, 900)), Verdict::Live, "we are the ones who take long");
        assert_eq!(judged(at(3, 1, 1, 900), at(3, 1, 1, 900 + enough)), Verdict::Live, "a long download");
        assert_eq!(judged(at(3, 1, 1, 900), at(9, 1, 1, 900 + enough - 1)), Verdict::Stuck, "too slow, whatever else it asks for");
        assert_eq!(judged(at(3, 0, 0, 900), at(4, 1, 1, 900)), Verdict::Live, "it may have begun just now");
    }
}
