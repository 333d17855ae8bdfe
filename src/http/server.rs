//! Serves HTTP on a listener until told to stop: takes a place, checks the request, calls the door, finishes the answer, drains.
//!
//! Around it: `tls.rs` makes connections secret, `h2.rs` speaks HTTP/2 where the client wants it, `wire.rs` keeps the clocks of the raw connection, `heads.rs` watches the framing, `admit.rs` holds what RFC 9112 demands,
//! `finish.rs` completes answers, `socket.rs` takes over upgraded connections.

use super::admit::{self, Admitted};
use super::body::{Patience, TimedBody};
use super::finish::{self, Answer};
use super::places::{Place, Places};
use super::reply::Reply;
use super::request::{Asked, Request};
use super::tally::Tally;
use super::tls::{Acceptor, Spoken};
use super::transport::Transport;
use super::wire::{Clocks, Line, Wire};
use crate::base::live::Live;
use crate::base::log as house_log;
use crate::base::{id, limits};
use hyper::Method;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;

/// How a server behaves. The defaults are the house's limits; tests shorten them.
#[derive(Clone)]
pub struct ServerOptions {
    /// The only host answered for (421 otherwise), when there is one. Names of this machine are always answered on loopback.
    pub base_host: Option<String>,
    /// Paths that machines ask: answered under every host, and not counted.
    pub machines: &'static [&'static str],
    /// What is counted of requests and connections.
    pub tally: Arc<Tally>,
    /// Whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Live<Vec<IpNet>>,
    /// Makes every connection of the listener secret; none: plain HTTP.
    pub tls: Option<Acceptor>,
    /// Connections at once.
    pub connections_max: usize,
    /// Connections at once from one address.
    pub connections_per_ip_max: usize,
    /// Time for a request's head.
    pub header_timeout: Duration,
    /// Time a kept-alive connection may wait for its next request.
    pub keepalive_timeout: Duration,
    /// Longest standstill of a write.
    pub write_timeout: Duration,
    /// Slowest average of a reader that keeps us waiting, in bytes per second.
    pub write_rate_min: u64,
    /// Longest silence inside a body.
    pub body_idle_timeout: Duration,
    /// Slowest average of a body, in bytes per second.
    pub body_rate_min: u64,
    /// How long a stop waits for requests and sockets.
    pub drain_timeout: Duration,
}

impl Default for ServerOptions {
    fn default() -> ServerOptions {
        ServerOptions {
            base_host: None,
            machines: &[],
            tally: Arc::default(),
            trusted_proxies: Live::default(),
            tls: None,
            connections_max: limits::CONNECTIONS_MAX,
            connections_per_ip_max: limits::CONNECTIONS_PER_IP_MAX,
            header_timeout: limits::HEADER_TIMEOUT,
            keepalive_timeout: limits::KEEPALIVE_TIMEOUT,
            write_timeout: limits::WRITE_TIMEOUT,
            write_rate_min: limits::WRITE_RATE_MIN,
            body_idle_timeout: limits::BODY_IDLE_TIMEOUT,
            body_rate_min: limits::BODY_RATE_MIN,
            drain_timeout: limits::DRAIN_TIMEOUT,
        }
    }
}

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that had to be cut because they did not end in time.
    pub cut: usize,
}

/// How far the server's life has come; every connection listens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Open,
    /// Finish what is under way, take nothing new.
    Draining,
    /// End now.
    Over,
}

/// What all connections of one server share.
pub(super) struct House {
    pub(super) options: ServerOptions,
    places: Places,
    pub(super) stage: watch::Receiver<Stage>,
}

/// Serves `listener` until `shutdown` completes, then drains. `handler` is called once for every request that is well-formed.
pub async fn serve<H, F>(listener: TcpListener, options: ServerOptions, shutdown: impl Future<Output = ()>, handler: H) -> Drained
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let (stage, receiver) = watch::channel(Stage::Open);
    let places = Places::new(options.connections_max, options.connections_per_ip_max);
    let drain_timeout = options.drain_timeout;
    let house = Arc::new(House { options, places, stage: receiver });
    let mut shutdown = pin!(shutdown);
    loop {
        // Cancel-safe: a permit or a connection that is dropped here was announced to nobody, and the server is stopping anyway.
        let (stream, peer, place) = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &house) => accepted,
        };
        tokio::spawn(connection(house.clone(), stream, peer, place, handler.clone()));
    }
    drop(listener);
    stage.send_replace(Stage::Draining);
    if tokio::time::timeout(drain_timeout, house.places.empty()).await.is_ok() {
        return Drained { cut: 0 };
    }
    let cut = house.places.taken();
    stage.send_replace(Stage::Over);
    // Ending now takes no more than each task's next turn; the bound is for a turn that never comes.
    let _ = tokio::time::timeout(Duration::from_secs(1), house.places.empty()).await;
    Drained { cut }
}

/// The next connection that gets a place. The permit comes first, so that a full house leaves newcomers in the kernel's queue.
async fn accept(listener: &TcpListener, house: &House) -> (TcpStream, SocketAddr, Place) {
    let mut pause = limits::ACCEPT_PAUSE_MIN;
    loop {
        let Some(permit) = house.places.permit().await else { continue };
        match listener.accept().await {
            Ok((stream, peer)) => {
                pause = limits::ACCEPT_PAUSE_MIN;
                let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                let trusted = admit::is_trusted(peer.ip(), &house.options.trusted_proxies.now());
                match house.places.seat(permit, peer.ip(), trusted) {
                    Some(place) => return (stream, peer, place),
                    None => log::debug!("connection refused, its address has too many"),
                }
            }
            // A client that is gone before we looked is no reason to wait; no file descriptors left is.
            Err(error) if is_the_clients_fault(&error) => {}
            Err(error) => {
                log::warn!("cannot accept connections, trying again in {} ms: {error}", pause.as_millis());
                drop(permit);
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(limits::ACCEPT_PAUSE_MAX);
            }
        }
    }
}

fn is_the_clients_fault(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn connection<H, F>(house: Arc<House>, stream: TcpStream, peer: SocketAddr, place: Place, handler: H)
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let Ok(local) = stream.local_addr() else { return };
    let _counted = house.options.tally.connected();
    // Small frames must leave at once; without it a chat waits for the other side's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let options = &house.options;
    let (stream, spoken) = match &options.tls {
        None => (Transport::Plain(stream), Spoken::Http1),
        Some(tls) => {
            let mut stage = house.stage.clone();
            // Cancel-safe: a handshake that is cut leaves nothing behind, and nobody has asked anything yet.
            let done = tokio::select! {
                done = Box::pin(tls.accept(stream)) => done,
                _ = stage.wait_for(|stage| *stage > Stage::Open) => None,
            };
            let Some(done) = done else { return };
            done
        }
    };
    let line = Arc::new(Line::new(peer, local));
    let clocks = Clocks {
        header: options.header_timeout,
        keepalive: options.keepalive_timeout,
        write: options.write_timeout,
        write_rate_min: options.write_rate_min,
        linger: limits::LINGER_TIMEOUT,
    };
    let wire = Wire::new(stream, spoken, place, line.clone(), clocks);
    let service = hyper::service::service_fn({
        let (house, line) = (house.clone(), line.clone());
        move |request| answer(house.clone(), line.clone(), request, handler.clone())
    });
    if spoken == Spoken::Http2 {
        // Boxed, so that the task of a plain connection stays small.
        return Box::pin(super::h2::converse(wire, service, &line, &house)).await;
    }
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // The wire keeps the clocks; this one cannot tell waiting, dawdling and a slow reader apart.
        .header_read_timeout(None)
        .max_headers(limits::HEADERS_MAX)
        .max_buf_size(limits::HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(wire), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut stage = house.stage.clone();
    let mut draining = false;
    loop {
        // Cancel-safe: the connection is pinned outside and merely polled again; `changed` marks nothing seen unless it completes.
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
                if !std::mem::replace(&mut draining, true) {
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// One request from head to finished answer.
async fn answer<H, F>(
    house: Arc<House>,
    line: Arc<Line>,
    request: hyper::Request<Incoming>,
    handler: H,
) -> Result<hyper::Response<Answer>, Infallible>
where
    H: Fn(Request) -> F,
    F: Future<Output = Reply>,
{
    let started = Instant::now();
    let request_id = request_id();
    let under_way = line.begin();
    let (mut parts, body) = request.into_parts();
    let admitted = match line.number().and_then(|()| admit::admit(&parts, line.peer, line.local, &house.options)) {
        Ok(admitted) => admitted,
        Err(fault) => {
            log::debug!("request refused status={} reason={:?} request={request_id}", fault.status, fault.message);
            let refusal = finish::refusal(fault).header("x-request-id", request_id);
            return Ok(finish::finish(refusal, parts.method == Method::HEAD, house.options.tls.is_some(), under_way));
        }
    };
    let Admitted { host, client_ip, secure } = admitted;
    if parts.uri.path() == "*" {
        return Ok(finish::finish(finish::options_of_the_house(), false, secure, under_way));
    }
    let is_head = parts.method == Method::HEAD;
    let upgrade = parts.extensions.remove::<hyper::upgrade::OnUpgrade>().filter(|_| !is_head);
    let patience = Patience { idle: house.options.body_idle_timeout, rate_min: house.options.body_rate_min };
    let by_a_machine = house.options.machines.contains(&parts.uri.path());
    let request = Request::from(Asked {
        // A HEAD is a GET whose body stays here; so every door answers it without knowing.
        method: if is_head { Method::GET } else { parts.method.clone() },
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        client_ip,
        secure,
        host,
        request_id: request_id.clone(),
        body: (!body.is_end_stream()).then(|| TimedBody::new(body, patience)),
        upgrade: upgrade.map(|on| super::socket::Upgrade {
            on,
            version: parts.version,
            stage: house.stage.clone(),
            write_timeout: house.options.write_timeout,
        }),
        extensions: hyper::http::Extensions::new(),
        stage: Some(house.stage.clone()),
    });
    let reply = match house_log::within(request_id.clone(), unpanicked(|| handler(request))).await {
        Ok(reply) => reply,
        Err(what) => {
            log::error!("a door panicked request={request_id}: {what}");
            finish::panicked(&request_id)
        }
    };
    if !by_a_machine {
        house.options.tally.answered(reply.0.status().as_u16(), started.elapsed());
    }
    log::debug!(
        "answered method={} path={:?} status={} ms={} request={request_id}",
        parts.method,
        without_ids(parts.uri.path()),
        reply.0.status().as_u16(),
        started.elapsed().as_millis()
    );
    Ok(finish::finish(reply.header("x-request-id", request_id), is_head, secure, under_way))
}

/// Runs a door; a panic in it is an error here, and the connection and all others live on.
async fn unpanicked<F: Future>(door: impl FnOnce() -> F) -> Result<F::Output, String> {
    // A panicked future is never polled again, and nothing else can see its halves: asserting unwind safety is sound.
    let future = catch_unwind(AssertUnwindSafe(door)).map_err(|panic| panic_message(&*panic))?;
    let mut future = pin!(future);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic_message(&*panic))),
    })
    .await
}

pub(super) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// A path for the log. An id in it may be a permission (a survey's is), so none is written down.
fn without_ids(path: &str) -> String {
    let is_id = |segment: &str| segment.len() >= 16 && !segment.contains('.') && segment.bytes().any(|byte| byte.is_ascii_digit());
    path.split('/').map(|segment| if is_id(segment) { "…" } else { segment }).collect::<Vec<_>>().join("/")
}

fn request_id() -> String {
    id::random_bytes::<6>().iter().fold(String::with_capacity(12), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_not_logged() {
        for (path, logged) in [
            ("/csat/0f0e0d0c-0b0a-4900-8000-000000000000", "/csat/…"),
            ("/chat/0f0e0d0c-0b0a-4900-8000-000000000000/plain", "/chat/…/plain"),
            ("/uploads/thumb_0f0e0d0c-0b0a-4900-8000-000000000000", "/uploads/…"),
            ("/api/v1/widget/chat/conversations", "/api/v1/widget/chat/conversations"),
            ("/a/dev/widget/conversation.css", "/a/dev/widget/conversation.css"),
        ] {
            assert_eq!(without_ids(path), logged);
        }
    }
}
