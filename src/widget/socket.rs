//! The visitors' socket (protocol section 4). One task, two loops: one reads and answers, one writes what the seat hears.
//! A join first takes the seat, then says the change number, so that nothing falls between catch-up and live.

use super::Widget;
use super::session::check_origin;
use super::wire;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::Uuid;
use crate::base::limits;
use crate::base::net;
use crate::desk::onlookers::Sight;
use crate::http::socket::{self, Socket, SocketOptions, SocketReader, SocketWriter};
use crate::http::{Reply, Request};
use crate::hub::Seat;
use crate::model::contact::Session;
use crate::model::event::{Door, Event, What};
use crate::model::inbox::Inbox;
use crate::model::message::MessageKind;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Shortest time between two things of a kind that count (protocol 4.1).
const TYPING_GAP: Duration = Duration::from_millis(50);
const PAGE_GAP: Duration = Duration::from_secs(1);
/// Each ping is answered (row 98) unless it comes faster than anybody needs.
const PING_GAP: Duration = Duration::from_millis(100);
/// Joins on one socket: identity switches are rare.
const JOINS_MAX: u32 = 100;

/// Where a caller comes from; asked again at every join, because only then the inbox is known, and whenever the settings change.
pub(super) struct Place {
    origin: Option<String>,
    own_origin: String,
    ip: IpAddr,
}

impl Place {
    /// From where the caller comes.
    pub(super) fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Blocked addresses and trusted domains.
    pub(super) fn is_welcome(&self, inbox: &Inbox) -> Result<()> {
        if net::contains(&inbox.access.blocked, self.ip) {
            return Err(Error::forbidden("This chat is not available from your network."));
        }
        check_origin(inbox, self.origin.as_deref(), &self.own_origin)
    }
}

/// What the reading loop tells the writing loop.
#[derive(Default)]
struct Shared {
    /// Set by each join, taken by the writing loop. A few lines each, never over an await.
    joined: Mutex<Option<(Seat, Joined)>>,
    wake: Notify,
}

#[derive(Clone)]
struct Joined {
    session: Session,
    inbox: Arc<Inbox>,
    /// Wants its own messages too.
    echo: bool,
}

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    data: Value,
}

impl Widget {
    /// `GET /widget/ws`.
    pub fn socket(&self, mut request: Request) -> Result<Reply> {
        let place = self.place(&request);
        self.throttles.call(&self.desk, &request, None)?;
        let widget = self.clone();
        let options = SocketOptions { silence_max: limits::JOIN_TIMEOUT, ..SocketOptions::default() };
        socket::upgrade(&mut request, options, move |socket| widget.live(socket, place))
    }

    /// Where a request comes from.
    pub(super) fn place(&self, request: &Request) -> Place {
        Place { origin: request.header("origin").map(str::to_owned), own_origin: self.own_origin(request), ip: request.client_ip }
    }

    async fn live(self, socket: Socket, place: Place) {
        let (reader, writer) = socket.split();
        let shared = Shared::default();
        socket::run_both(self.read(reader, &writer, &shared, &place), self.write(&writer, &shared, &place)).await;
    }

    async fn read(&self, mut reader: SocketReader, writer: &SocketWriter, shared: &Shared, place: &Place) {
        let mut joined: Option<Joined> = None;
        let mut joins = 0;
        let mut pace = Pace::default();
        let join_by = tokio::time::Instant::now() + limits::JOIN_TIMEOUT;
        loop {
            // Cancel-safe: what arrived stays in the reader; and after a time-out the socket ends anyway.
            let next = match &joined {
                Some(_) => reader.next_text().await.ok(),
                None => tokio::time::timeout_at(join_by, reader.next_text()).await.ok().and_then(Result::ok),
            };
            let Some(text) = next else { return };
            if joined.as_ref().is_some_and(|now| self.is_over(now)) {
                return writer.close(4401, "the session is over").await;
            }
            let Ok(frame) = serde_json::from_str::<Frame>(&text) else {
                return writer.close(1007, "expected a JSON object with a type").await;
            };
            let answer = match (frame.kind.as_str(), &joined) {
                ("join", _) if joins >= JOINS_MAX => return writer.close(1008, "too many joins").await,
                ("join", _) => {
                    joins += 1;
                    match Box::pin(self.join(&frame, place)).await {
                        Ok((seat, now, seq)) => {
                            joined = Some(now.clone());
                            reader.set_silence_max(limits::SOCKET_SILENCE_MAX);
                            // Welcomed before the seat is handed over, which has something to say already.
                            let welcome = json!({ "type": "joined", "data": { "message": "namaste!", "seq": seq } });
                            if writer.send_text(&welcome.to_string()).await.is_err() {
                                return;
                            }
                            *lock(&shared.joined) = Some((seat, now));
                            shared.wake.notify_one();
                            None
                        }
                        Err(error) => Some(refusal(&error)),
                    }
                }
                ("ping", _) => pace.ping().then(|| json!({ "type": "pong" })),
                ("typing", Some(now)) if pace.typing() && self.throttles.typing(&self.desk, now.session.contact.0) => {
                    Box::pin(self.typing(now, &frame.data)).await.err().map(|error| refusal(&error))
                }
                ("page_visit", Some(now)) if pace.page() && self.throttles.page(&self.desk, now.session.contact.0) => {
                    Box::pin(self.page_visit(now, &frame.data)).await.err().map(|error| refusal(&error))
                }
                ("typing" | "page_visit", None) => Some(refusal(&Error::unauthorized("Join first."))),
                // Unknown types are somebody's future; too frequent ones are dropped.
                _ => None,
            };
            if let Some(answer) = answer
                && writer.send_text(&answer.to_string()).await.is_err()
            {
                return;
            }
        }
    }

    async fn join(&self, frame: &Frame, place: &Place) -> Result<(Seat, Joined, i64)> {
        let text = frame.data.get("inbox_id").and_then(Value::as_str).unwrap_or_default();
        let uuid = Uuid::parse(text).ok_or_else(|| Error::invalid("join needs data.inbox_id, the UUID of the inbox."))?;
        let inbox = self.desk.inbox(uuid).await?;
        place.is_welcome(&inbox)?;
        self.desk.check_network(place.ip())?;
        let token = frame.token.as_deref().ok_or_else(|| Error::unauthorized("join needs a token."))?;
        let session = self.desk.authenticate(&inbox, token).await?;
        // Seat first, number second: what happens in between is heard and caught up, and dropped once by its number.
        let seat = self.desk.seat_visitor(&session).await?;
        // Looked at again with the seat taken: a session that ended in between was announced before anybody listened.
        let session = self.desk.authenticate(&inbox, token).await?;
        let seq = self.desk.seq().await?;
        // What was announced while the line was down has no number and cannot be caught up: everybody begins with how things are.
        self.desk.tell_outlook(&inbox, &seat).await?;
        let echo = frame.data.get("echo").and_then(Value::as_bool).unwrap_or(false);
        Ok((seat, Joined { session, inbox, echo }, seq))
    }

    async fn typing(&self, now: &Joined, data: &Value) -> Result<()> {
        let uuid = data.get("conversation_uuid").and_then(Value::as_str).and_then(Uuid::parse);
        let (Some(uuid), Some(is_typing)) = (uuid, data.get("is_typing").and_then(Value::as_bool)) else {
            return Err(Error::invalid("typing needs conversation_uuid and is_typing."));
        };
        // Who may not write does not type either (row 124).
        if self.desk.inbox(now.inbox.uuid).await.and_then(|inbox| self.desk.check_access(&inbox, Some(&now.session))).is_err() {
            return Ok(());
        }
        match self.desk.typing_by_contact(&now.session, uuid, is_typing).await {
            // A conversation that is not his is ignored (row 96).
            Err(error) if error.kind == crate::base::error::Kind::NotFound => Ok(()),
            told => told,
        }
    }

    async fn page_visit(&self, now: &Joined, data: &Value) -> Result<()> {
        let text = |key| data.get(key).and_then(Value::as_str).unwrap_or_default();
        let sight = Sight { url: text("url"), title: text("title"), referrer: text("referrer"), locale: text("locale") };
        self.desk.visit(&now.inbox, &now.session, &sight).await
    }

    async fn write(&self, writer: &SocketWriter, shared: &Shared, place: &Place) {
        let mut seated: Option<(Seat, Joined)> = None;
        loop {
            let heard = match &mut seated {
                None => {
                    shared.wake.notified().await;
                    seated = lock(&shared.joined).take();
                    continue;
                }
                Some((seat, now)) => {
                    // Cancel-safe: recv takes an event only in the poll that returns it; a permit of `wake` taken here is acted upon.
                    let event = tokio::select! {
                        event = seat.recv() => event,
                        () = shared.wake.notified() => {
                            seated = lock(&shared.joined).take().or(seated);
                            continue;
                        }
                    };
                    match event {
                        Some(event) => self.told(now, &event, place).await,
                        None => Told::Close(1013, "too slow: please reconnect and catch up"),
                    }
                }
            };
            let sent = match heard {
                Told::Nothing => Ok(()),
                Told::Text(text) => writer.send_text(&text).await,
                Told::Over => {
                    // The client may be gone already; closing is all that is left either way.
                    let _ = writer.send_text(r#"{"type":"session_ended"}"#).await;
                    return writer.close(4401, "the session is over").await;
                }
                Told::Close(code, reason) => return writer.close(code, reason).await,
            };
            if sent.is_err() {
                return;
            }
        }
    }

    /// Whether the time of a session made from a token is over; a visitor's slides.
    fn is_over(&self, now: &Joined) -> bool {
        !now.session.slides() && now.session.expires_at <= self.desk.clock.now()
    }

    async fn told(&self, now: &Joined, event: &Event, place: &Place) -> Told {
        match &event.what {
            What::SessionEnded { session } if session.is_none_or(|id| id == now.session.id) => Told::Over,
            What::InboxChanged { .. } if self.is_over(now) => Told::Over,
            What::InboxChanged { .. } => match Box::pin(self.desk.inbox(now.inbox.uuid)).await {
                Ok(inbox) if place.is_welcome(&inbox).is_ok() => self.framed(event),
                Err(error) if matches!(error.kind, Kind::Busy | Kind::Unavailable | Kind::Internal) => {
                    Told::Close(1013, "please reconnect")
                }
                // Not 4401: the session is still good, and the visitor must not lose his only proof because a switch was off for an hour.
                _ => Told::Close(4403, "this chat is not available here"),
            },
            What::BansChanged => match self.desk.check_network(place.ip()).and_then(|()| self.desk.check_person(now.session.contact)) {
                Ok(()) => Told::Nothing,
                // Not 4401: the session is good again when the ban is over, and what was typed stays where it is.
                Err(_) => Told::Close(4403, "this chat is not available here"),
            },
            // The sender's own bubble is there already, unless he wrote by mail; only clients that drop doubles by echo id want to hear of it
            // (conformance item 11).
            What::MessageAdded { message, .. } if message.kind == MessageKind::Incoming && message.via != "mail" && !now.echo => {
                Told::Nothing
            }
            _ if self.is_over(now) => Told::Over,
            what if !what.is_for(&now.session) => Told::Nothing,
            _ => self.framed(event),
        }
    }

    fn framed(&self, event: &Event) -> Told {
        match event.wire(Door::Widget, |event| wire::frame(&self.desk, event)) {
            Some(text) => Told::Text(text),
            None => Told::Nothing,
        }
    }
}

enum Told {
    Nothing,
    Text(Arc<str>),
    /// The session is over.
    Over,
    Close(u16, &'static str),
}

fn refusal(error: &Error) -> Value {
    json!({ "type": "error", "data": { "message": error.message } })
}

/// When each kind of frame was last taken.
#[derive(Default)]
struct Pace {
    typing: Option<Instant>,
    page: Option<Instant>,
    ping: Option<Instant>,
}

impl Pace {
    fn typing(&mut self) -> bool {
        due(&mut self.typing, TYPING_GAP)
    }

    fn page(&mut self) -> bool {
        due(&mut self.page, PAGE_GAP)
    }

    fn ping(&mut self) -> bool {
        due(&mut self.ping, PING_GAP)
    }
}

fn due(last: &mut Option<Instant>, gap: Duration) -> bool {
    let now = Instant::now();
    let is_due = last.is_none_or(|last| now - last >= gap);
    if is_due {
        *last = Some(now);
    }
    is_due
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
