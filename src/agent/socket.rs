//! The agents' socket. Cookie and Origin are checked before the handshake; then one loop reads, one writes what the seat hears.

use super::{Desks, wire};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::desk::availability::Reach;
use crate::desk::seats::moves_sight;
use crate::http::socket::{self, Socket, SocketOptions, SocketReader, SocketWriter};
use crate::http::{Reply, Request};
use crate::hub::Seat;
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::event::{Door, Event, What};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Shortest time between two signs of typing that are told.
const TYPING_GAP: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: Value,
}

impl Desks {
    /// `GET /desk/ws`.
    pub async fn socket(&self, mut request: Request) -> Result<Reply> {
        self.check_same_site(&request)?;
        if request.header("origin").is_none() {
            return Err(crate::base::error::Error::forbidden("The desk's socket answers only to its own pages."));
        }
        let session = self.agent(&request).await?;
        let seat = self.desk.seat_agent(&session).await?;
        // Looked at again with the seat taken: a suspension in between was announced before anybody listened.
        let session = self.agent(&request).await?;
        let desks = self.clone();
        socket::upgrade(&mut request, SocketOptions::default(), move |socket| desks.live(socket, session, seat))
    }

    async fn live(self, socket: Socket, session: Arc<AgentSession>, seat: Seat) {
        let (reader, writer) = socket.split();
        // Of this page alone; the agent is idle when all his pages are.
        let place = self.desk.lookers.arrive();
        let idle = AtomicBool::new(false);
        socket::run_both(self.read(reader, &writer, &session, (place, &idle)), self.write(&writer, seat, &session)).await;
        if idle.load(Ordering::Relaxed) {
            self.idle(&session, false).await;
        }
        self.desk.looks_away(&session.agent.reference(), place);
    }

    async fn read(&self, mut reader: SocketReader, writer: &SocketWriter, session: &AgentSession, (place, idle): (u64, &AtomicBool)) {
        let mut last_typing: Option<Instant> = None;
        while let Ok(text) = reader.next_text().await {
            let Ok(frame) = serde_json::from_str::<Frame>(&text) else {
                return writer.close(1007, "expected a JSON object with a type").await;
            };
            match frame.kind.as_str() {
                // A peer that cannot take the answer is noticed by the next read.
                "ping" => drop(writer.send_text(r#"{"type":"pong"}"#).await),
                "typing" if last_typing.is_none_or(|last| last.elapsed() >= TYPING_GAP) => {
                    last_typing = Some(Instant::now());
                    Box::pin(self.typing(session, &frame.data, place)).await;
                }
                "viewing" => {
                    let conversation = frame.data.get("conversation").and_then(Value::as_str).and_then(Uuid::parse);
                    Box::pin(self.desk.looks_at(session, place, conversation)).await;
                }
                "idle" => {
                    let is_idle = frame.data.get("idle").and_then(Value::as_bool).unwrap_or(false);
                    if idle.swap(is_idle, Ordering::Relaxed) != is_idle {
                        Box::pin(self.idle(session, is_idle)).await;
                    }
                }
                // Unknown types are somebody's future; too frequent ones are dropped.
                _ => {}
            }
        }
    }

    async fn idle(&self, session: &AgentSession, is_idle: bool) {
        if let Err(error) = self.desk.set_idle(session, is_idle).await {
            log::debug!("idleness not told agent={} error=\"{error:?}\"", session.agent.uuid);
        }
    }

    async fn typing(&self, session: &AgentSession, data: &Value, place: u64) {
        let uuid = data.get("conversation").and_then(Value::as_str).and_then(Uuid::parse);
        let flag = |key| data.get(key).and_then(Value::as_bool).unwrap_or(false);
        let Some(uuid) = uuid else { return };
        match self.desk.typing_by_agent(session, uuid, flag("is_typing"), flag("note")).await {
            Ok(()) => self.desk.remember_writing(place, uuid, flag("is_typing"), flag("note")),
            // Nobody waits for an answer to a sign of typing.
            Err(error) => log::debug!("typing not told agent={} error=\"{error:?}\"", session.agent.uuid),
        }
    }

    async fn write(&self, writer: &SocketWriter, mut seat: Seat, session: &AgentSession) {
        let online = self.desk.agents().await.unwrap_or_default();
        let online: Vec<String> =
            online.iter().filter(|agent| self.desk.reach(agent.id) != Reach::Offline).map(|agent| agent.uuid.to_string()).collect();
        // The seat was taken before this number is read: what lies between is heard and caught up, and dropped once by its number.
        let seq = self.desk.seq().await.unwrap_or(0);
        let now = self.desk.clock.ticks();
        let lookers = self.desk.lookers_in_sight(session).await;
        let viewing: Vec<Value> = lookers.iter().map(|one| wire::viewing(Some(one.conversation), &one.agent, one.writing(now))).collect();
        let ready = json!({ "type": "ready", "data": { "seq": seq, "online": online, "viewing": viewing } });
        let mut sent = writer.send_text(&ready.to_string()).await;
        let mut sight = self.desk.sight(session.agent.id).await;
        while sent.is_ok() {
            let Some(event) = seat.recv().await else {
                return writer.close(1013, "too slow: please reconnect and catch up").await;
            };
            if ends(&event, session) {
                // The client may be gone already; closing is all that is left either way.
                let _ = writer.send_text(r#"{"type":"signed_out"}"#).await;
                return writer.close(4401, "signed out").await;
            }
            if moves_sight(&event.what) {
                sight = self.desk.sight(session.agent.id).await;
            }
            // Who cannot say what he may see hears nothing, and catches up when he comes back.
            let heard = match &sight {
                Ok(sight) => self.desk.as_seen(sight, event).await,
                Err(_) => return writer.close(1013, "please reconnect and catch up").await,
            };
            let sees_visitors = sight.as_ref().is_ok_and(|sight| sight.permissions.has(Permission::Visitors));
            let event = match heard {
                Ok(Some(event)) => event,
                Ok(None) => continue,
                Err(_) => return writer.close(1013, "please reconnect and catch up").await,
            };
            if matches!(event.what, What::Onlooker { .. } | What::OnlookerGone { .. }) && !sees_visitors {
                continue;
            }
            sent = match event.wire(Door::Agent, |event| wire::frame(&self.desk, event)) {
                Some(text) => writer.send_text(&text).await,
                None => Ok(()),
            };
        }
    }
}

fn ends(event: &Event, now: &AgentSession) -> bool {
    match &event.what {
        What::SignedOut { session, except } => session.is_none_or(|id| id == now.id) && *except != Some(now.id),
        _ => false,
    }
}
