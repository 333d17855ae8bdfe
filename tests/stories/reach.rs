//! Reaching us where sockets do not: calls that wait, the page without a script, links and codes that lead there.

#[path = "../support/binary.rs"]
mod binary;

use crate::support::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

/// A tab that cannot open sockets and lives on waiting calls alone.
struct Poller {
    visitor: Visitor,
    seq: AtomicI64,
    /// Every message frame that ever came, in order: uuid and text.
    heard: Mutex<Vec<(String, String)>>,
}

impl Poller {
    /// Begins a conversation without ever opening a socket.
    async fn begins(house: &House, words: &str) -> Poller {
        let visitor = house.visitor();
        let answer = visitor.post("/chat/conversations/init").json(json!({ "message": words })).await;
        let data = answer.data();
        let token = text_at(&data, "session_token");
        visitor.began(&data, answer.seq());
        assert_eq!(visitor.token(), token);
        Poller { visitor, seq: AtomicI64::new(answer.seq()), heard: Mutex::default() }
    }

    /// One call that waits; its answer.
    async fn asks(&self, wait: u32) -> Answer {
        let after = self.seq.load(Ordering::Relaxed);
        self.visitor.get(&format!("/chat/changes?after={after}&wait={wait}")).await
    }

    /// Takes an answer in, as the widget does: cursor forward, frames noted.
    fn takes(&self, answer: &Answer) -> Vec<Value> {
        let data = answer.data();
        assert_eq!(data["reload"], false, "{data}");
        self.seq.store(number_at(&data, "seq"), Ordering::Relaxed);
        let frames = list_at(&data, "frames");
        let mut heard = self.heard.lock().expect("nobody panics here");
        for frame in frames.iter().filter(|frame| frame["type"] == "new_message") {
            heard.push((text_at(frame, "data/uuid"), text_at(frame, "data/text_content")));
        }
        frames
    }

    /// Asks again and again until a frame fits.
    async fn hears(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        in_time(what, async {
            loop {
                let frames = self.takes(&self.asks(25).await);
                if let Some(found) = frames.into_iter().find(|frame| fits(frame)) {
                    return found;
                }
            }
        })
        .await
    }

    async fn hears_words(&self, words: &str) {
        self.hears(words, |frame| frame["type"] == "new_message" && frame["data"]["text_content"] == words).await;
    }

    async fn says(&self, words: &str) {
        self.visitor.tries_to_say(words).await.data();
    }
}

// The middle rung of the ladder: two people chat while one lives on waiting calls only.
#[tokio::test]
async fn two_people_chat_and_one_of_them_lives_on_waiting_calls() {
    let house = House::boot_with(Options::default().patient()).await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let conversation = poller.visitor.conversation();
    agent.sees("hello?").await;
    for turn in 0..10 {
        let (question, answer) = (format!("question {turn}"), format!("answer {turn}"));
        poller.says(&question).await;
        agent.sees(&question).await;
        let waiting = tokio::spawn({
            let (poller, answer) = (poller.clone(), answer.clone());
            async move { poller.hears_words(&answer).await }
        });
        agent.replies(&conversation, &answer).await;
        waiting.await.expect("the answer arrives");
    }
    let heard = poller.heard.lock().expect("nobody panics here").clone();
    let uuids: BTreeSet<&String> = heard.iter().map(|(uuid, _)| uuid).collect();
    assert_eq!(uuids.len(), heard.len(), "nothing is told twice: {heard:?}");
    let answers: Vec<&str> = heard.iter().map(|(_, text)| text.as_str()).filter(|text| text.starts_with("answer")).collect();
    assert_eq!(answers, (0..10).map(|turn| format!("answer {turn}")).collect::<Vec<_>>(), "nothing is lost, and in order");
}

#[tokio::test]
async fn a_call_with_news_does_not_wait_and_one_without_ends_after_its_time() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Poller::begins(&house, "hello?").await;
    agent.replies(&poller.visitor.conversation(), "at once").await;
    // 25 seconds are longer than the patience of nobody here: it answers because there is something.
    assert!(!poller.takes(&poller.asks(25).await).is_empty());
    // The reply also took the conversation; once all of that is told there is nothing left.
    let started = std::time::Instant::now();
    let mut frames = poller.takes(&poller.asks(1).await);
    while !frames.is_empty() {
        frames = poller.takes(&poller.asks(1).await);
    }
    assert!(started.elapsed() >= Duration::from_secs(1), "it waited");
    poller.visitor.get("/chat/changes?after=0&wait=soon").await.refused(400);
}

#[tokio::test]
async fn typing_is_heard_while_waiting() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    poller.takes(&poller.visitor.get(&format!("/chat/changes?after={}", poller.seq.load(Ordering::Relaxed))).await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.hears("typing", |frame| frame["type"] == "typing").await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    agent.types(&poller.visitor.conversation(), true, false).await;
    let frame = waiting.await.expect("typing is heard");
    assert_eq!(frame["data"]["author"]["type"], "agent");
    assert!(frame.get("seq").is_none(), "it has no number: {frame}");
}

#[tokio::test]
async fn whoever_waits_is_present_and_gone_after_the_grace() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    agent.sees_frame("presence", "the visitor is here", |data| data["online"] == true && data.get("contact").is_some()).await;
    waiting.abort();
    let _ = waiting.await;
    let contact = poller.visitor.contact(&house).await;
    house.until("the torn call gives its seat back", |desk| !desk.hub.is_present(contact)).await;
    house.later(seconds(9)).await;
    agent.sees_frame("presence", "the visitor is gone", |data| data["online"] == false && data.get("contact").is_some()).await;
}

#[tokio::test]
async fn a_session_that_ends_ends_its_waiting_calls() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    agent.blocks_contact_of(&poller.visitor.conversation()).await;
    waiting.await.expect("an answer").refused(401);
    poller.asks(25).await.refused(401);
}

#[tokio::test]
async fn a_house_that_stops_lets_nobody_wait_and_what_was_said_meanwhile_is_told_afterwards() {
    let house = House::boot().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let waiting = tokio::spawn({
        let poller = poller.clone();
        async move { poller.asks(25).await }
    });
    let contact = poller.visitor.contact(&house).await;
    house.until("the call waits", |desk| desk.hub.is_present(contact)).await;
    let started = std::time::Instant::now();
    let house = house.restarts(Options::default()).await;
    assert!(started.elapsed() < Duration::from_secs(8), "the stop did not wait for the call");
    poller.takes(&waiting.await.expect("an answer"));
    let agent = house.agent().await;
    agent.replies(&poller.visitor.conversation(), "we are back").await;
    // The same person at the new port.
    let moved = house.visitor().holding(&poller.visitor.token());
    let after = poller.seq.load(Ordering::Relaxed);
    let data = moved.get(&format!("/chat/changes?after={after}&wait=25")).await.data();
    let told = list_at(&data, "frames").into_iter().filter(|frame| frame["data"]["text_content"] == "we are back").count();
    assert_eq!(told, 1, "{data}");
}

#[tokio::test]
async fn one_session_may_let_only_a_few_calls_wait() {
    let house = House::boot().await;
    let poller = Arc::new(Poller::begins(&house, "hello?").await);
    let most = deskbell::base::limits::POLLS_PER_SESSION_MAX;
    let waiting: Vec<_> = (0..most)
        .map(|_| {
            let poller = poller.clone();
            tokio::spawn(async move { poller.asks(25).await })
        })
        .collect();
    house.until("they all wait", |desk| desk.hub.seats() == most).await;
    let refused = poller.asks(25).await;
    refused.refused(429);
    assert!(refused.header("retry-after").is_some());
    // Who does not want to wait is answered all the same.
    poller.asks(0).await.data();
    waiting.iter().for_each(|one| one.abort());
}

// Killed in the middle of everything: what was acknowledged is told after the restart, once.
#[test]
fn a_kill_loses_and_doubles_nothing_for_whoever_lives_on_waiting_calls() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deskbell.db");
    let mut server = binary::Server::demo(&file);
    let inbox = server.inbox();
    let headers = [("x-libredesk-inbox-id", inbox.as_str()), ("content-type", "application/json")];
    let begin = json!({ "message": "hello?", "echo_id": echo_id() }).to_string();
    let answer = server.http().call("POST", "/api/v1/widget/chat/conversations/init", &headers, begin.as_bytes()).expect("an answer");
    let data = answer.json()["data"].clone();
    let (bearer, conversation) = (format!("Bearer {}", text_at(&data, "session_token")), text_at(&data, "conversation/uuid"));
    let mut seq: i64 = answer.header("x-deskbell-seq").and_then(|seq| seq.parse().ok()).expect("a number");
    let mut heard: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for round in 0..3 {
        let headers = [("x-libredesk-inbox-id", inbox.as_str()), ("content-type", "application/json"), ("authorization", bearer.as_str())];
        for n in 0..4 {
            let words = format!("words {round}.{n}");
            let body = json!({ "message": words, "echo_id": format!("echo-{round}-{n}") }).to_string();
            let path = format!("/api/v1/widget/chat/conversations/{conversation}/message");
            assert_eq!(server.http().call("POST", &path, &headers, body.as_bytes()).expect("an answer").status, 200);
            said.push(words);
            if n == 1 {
                server.kill();
                server = binary::Server::demo(&file);
            }
        }
        let path = format!("/api/v1/widget/chat/changes?after={seq}&wait=25");
        let data = server.http().call("GET", &path, &headers, b"").expect("an answer").json()["data"].clone();
        seq = number_at(&data, "seq");
        heard.extend(list_at(&data, "frames").iter().filter_map(|frame| frame["data"]["text_content"].as_str().map(str::to_owned)));
    }
    assert_eq!(heard, said);
}
