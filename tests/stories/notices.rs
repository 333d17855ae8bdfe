//! Telling agents: what is kept for whom, when it is gone again, and how browsers are woken. Row 126.

use crate::support::*;
use deskbell::model::agent::Role;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A push service of our own, on loopback: keeps what it was sent and answers as told.
struct Service {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    told: Arc<tokio::sync::Notify>,
}

impl Service {
    async fn open(status: u16) -> Service {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(tokio::sync::Notify::new()));
        let (kept, tell) = (heard.clone(), told.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = Vec::new();
                let mut part = vec![0; 8192];
                // The head says how long the rest is.
                loop {
                    let size = stream.read(&mut part).await.unwrap_or(0);
                    bytes.extend_from_slice(&part[..size]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok()).unwrap_or(0);
                    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(usize::MAX, |at| at + 4);
                    if size == 0 || bytes.len() >= head.saturating_add(length) {
                        break;
                    }
                }
                let _ = stream.write_all(format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes()).await;
                kept.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
                tell.notify_one();
            }
        });
        Service { port, heard, told }
    }

    async fn hears(&self) -> String {
        loop {
            let told = self.told.notified();
            if let Some(first) = self.heard.lock().unwrap().pop() {
                return first;
            }
            told.await;
        }
    }
}

/// A browser's keys: a point of the curve (RFC 8291's example) and some secret.
fn subscription(port: u16) -> Value {
    let p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    json!({ "endpoint": format!("http://127.0.0.1:{port}/send/abc"), "expirationTime": null, "keys": { "p256dh": p256dh, "auth": "BTBZMqHH6r4Tts7J_aSIgg" } })
}

fn unread(answer: &Value) -> i64 {
    number_at(answer, "unread")
}

#[tokio::test]
async fn everybody_is_told_of_a_newcomer_until_somebody_takes_him() {
    let house = House::boot().await;
    let (ann, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let visitor = house.visitor();
    visitor.starts("Is anybody here?").await;
    let conversation = visitor.conversation();
    for agent in [&ann, &ben] {
        let told = agent.sees_frame("notice", "somebody new", |data| data["kind"] == "new").await;
        assert_eq!((told["text"].as_str(), told["conversation"].as_str()), (Some("Is anybody here?"), Some(conversation.as_str())));
        assert_eq!(unread(&agent.get("/notices").await.ok()), 1);
    }
    ann.replies(&conversation, "Yes").await;
    ben.sees_frame("notices", "it is taken back", |_| true).await;
    assert_eq!(ben.get("/notices").await.ok(), json!({ "notices": [], "unread": 0 }));
    // What comes after concerns her alone, once until she has read it.
    visitor.says("Good.").await;
    visitor.says("Very good.").await;
    ann.sees_frame("notice", "a message of hers", |data| data["kind"] == "message").await;
    ann.sees("Very good.").await;
    let all = ann.get("/notices").await.ok();
    assert_eq!(list_at(&all, "notices").iter().filter(|one| one["kind"] == "message").count(), 1);
    assert_eq!(ben.get("/notices").await.ok()["unread"], 0);
    ann.has_read(&conversation).await;
    ann.sees_frame("notices", "read with the conversation", |_| true).await;
    assert_eq!(unread(&ann.get("/notices").await.ok()), 0);
    // Somebody else's notices are as if there were none.
    let uuid = text_at(&ann.get("/notices").await.ok(), "notices/0/uuid");
    ben.put("/notices/read").json(json!({ "uuids": [uuid] })).await;
    assert_eq!(house.count("SELECT count(*) FROM notices WHERE read_at IS NULL"), 0);
}

#[tokio::test]
async fn a_given_conversation_is_told_and_kinds_can_be_switched_off() {
    let house = House::boot().await;
    let (ann, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let prefs = ben.get("/me/prefs").await.ok()["prefs"].clone();
    assert!(list_at(&prefs, "push").contains(&json!("mention")));
    ben.put("/me/prefs").json(json!({ "notices": ["message"], "push": [], "quiet": {}, "mail_after_min": 0 })).await.ok();
    assert_eq!(ben.put("/me/prefs").json(json!({ "notices": ["gossip"] })).await.denied(400)["field"], "prefs.notices");
    let visitor = house.visitor();
    visitor.starts("Hello").await;
    ann.assigns(&visitor.conversation(), Some(&ben.uuid)).await;
    visitor.says("Are you there?").await;
    ben.sees_frame("notice", "what he wants to hear", |data| data["kind"] == "message").await;
    let all = ben.get("/notices").await.ok();
    assert_eq!(list_at(&all, "notices").len(), 1, "neither the newcomer nor the assignment");
    ben.put("/notices/read").json(json!({ "all": true })).await;
    assert_eq!(unread(&ben.get("/notices").await.ok()), 0);
    // Those who are told nothing of it by anybody: what they did themselves.
    ann.assigns(&visitor.conversation(), Some(&ann.uuid)).await;
    assert!(list_at(&ann.get("/notices").await.ok(), "notices").iter().all(|one| one["kind"] != "assignment"));
}

/// unique 8; security 27: a browser is woken by its own push service, sealed, proven, and nothing inside is called unless allowed.
#[tokio::test]
async fn a_browser_is_woken_and_one_that_is_gone_is_forgotten() {
    let house = House::boot_with(Options::default().set("OUTBOUND_ALLOW", "127.0.0.0/8")).await;
    let ann = house.agent().await;
    let service = Service::open(201).await;
    ann.post("/push").json(subscription(service.port)).await.ok();
    let mut bad = subscription(service.port);
    bad["keys"]["p256dh"] = json!("AAAA");
    assert_eq!(ann.post("/push").json(bad).await.denied(400)["field"], "keys");
    assert_eq!(
        ann.post("/push").json(json!({ "endpoint": "ftp://x", "keys": { "p256dh": "a", "auth": "b" } })).await.denied(400)["field"],
        "endpoint"
    );
    let key = text_at(&ann.get("/push").await.ok(), "key");
    let visitor = house.visitor();
    visitor.starts("The teapot is broken").await;
    // She sits at the desk, so she gets a moment to see it there.
    let waits = "SELECT count(*) FROM jobs WHERE kind = 'push' AND payload LIKE '%\"waited\":true%'";
    house.until("the push waits for her", |_| house.count(waits) == 1).await;
    house.later(minutes(1)).await;
    let heard = service.hears().await;
    assert!(heard.starts_with("POST /send/abc HTTP/1.1\r\n"), "{heard}");
    for wanted in ["ttl: 86400", "content-encoding: aes128gcm", "urgency: high", &format!("k={key}"), "authorization: vapid t="] {
        assert!(heard.contains(wanted), "{wanted}: {heard}");
    }
    assert!(!heard.contains("teapot"), "sealed for the browser alone");
    // A service that says the browser is gone is believed.
    let gone = Service::open(410).await;
    ann.post("/push").json(subscription(gone.port)).await.ok();
    ann.post("/push/test").await;
    gone.hears().await;
    house.until("it is forgotten", |_| house.count("SELECT count(*) FROM push_subscriptions WHERE endpoint LIKE '%abc'") == 1).await;
}

/// security 22, 27
#[tokio::test]
async fn a_push_address_inside_is_refused_and_a_browser_ends_with_its_login() {
    let house = House::boot().await;
    let (ann, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    assert_eq!(ann.post("/push").json(subscription(9)).await.denied(400)["field"], "endpoint", "no plain http to anybody");
    let mut inside = subscription(9);
    inside["endpoint"] = json!("https://127.0.0.1:9/send");
    let uuid = text_at(&ann.post("/push").json(inside).await.ok(), "uuid");
    ben.delete(&format!("/push/{uuid}")).await.denied(404);
    ann.post("/push/test").await;
    house.until("it was not called, and is forgotten", |_| house.count("SELECT count(*) FROM push_subscriptions") == 0).await;
    let mut inside = subscription(9);
    inside["endpoint"] = json!("https://127.0.0.1:9/other");
    ann.post("/push").json(inside).await.ok();
    ann.delete("/session").await;
    assert_eq!(house.count("SELECT count(*) FROM push_subscriptions"), 0);
}

/// What stays unread long enough is owed a mail; what was read is not.
#[tokio::test]
async fn unread_notices_are_owed_a_mail_after_a_while() {
    let house = House::boot().await;
    let ann = house.agent().await;
    ann.put("/me/prefs").json(json!({ "notices": ["new"], "push": [], "quiet": {}, "mail_after_min": 30 })).await.ok();
    let visitor = house.visitor();
    visitor.starts("Hello").await;
    let waiting = "SELECT count(*) FROM jobs WHERE kind = 'notice_mail' AND last_error IS NOT NULL";
    let owed = "SELECT count(*) FROM jobs WHERE kind = 'notice_mail'";
    assert_eq!((house.count(owed), house.count(waiting)), (1, 0));
    house.later(minutes(31)).await;
    house.until("it waits for a mailbox", |_| house.count(waiting) == 1).await;
    house.expect_logged("job failed kind=notice_mail");
    ann.put("/notices/read").json(json!({ "all": true })).await;
    house.later(hours(2)).await;
    house.until("nothing is owed any more", |_| house.count(owed) == 0).await;
}
