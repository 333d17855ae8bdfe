//! Nothing is lost and nothing comes twice, whatever happens to the line.

use crate::support::*;
use tokio::task::JoinSet;

fn texts(frames: &[Value]) -> Vec<String> {
    frames.iter().filter(|frame| frame["type"] == "new_message").map(|frame| text_at(frame, "data/text_content")).collect()
}

#[tokio::test]
async fn everything_after_the_number_arrives_exactly_once() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let since = visitor.seq();
    visitor.loses_the_line();
    for n in 0..5 {
        agent.replies(&visitor.conversation(), &format!("answer {n}")).await;
    }
    agent.notes(&visitor.conversation(), "a note").await;
    let changes = visitor.changes(since).await;
    assert_eq!((changes["reload"].as_bool(), changes["more"].as_bool()), (Some(false), Some(false)));
    let frames = list_at(&changes, "frames");
    assert_eq!(texts(&frames), ["answer 0", "answer 1", "answer 2", "answer 3", "answer 4"]);
    let seqs: Vec<i64> = frames.iter().map(|frame| number_at(frame, "seq")).collect();
    assert!(seqs.is_sorted() && seqs.iter().all(|seq| *seq > since), "{seqs:?}");
    assert!(list_at(&visitor.changes(number_at(&changes, "seq")).await, "frames").is_empty());
    // A number from a future that was lost (a restored backup), or nonsense.
    assert_eq!(visitor.changes(1_000_000).await["reload"], true);
    for bad in ["", "?after=x", "?after=-1", "?after=1e3"] {
        visitor.get(&format!("/chat/changes{bad}")).await.refused(400);
    }
    let told = agent.get(&format!("/changes?after={since}")).await.ok();
    let said = list_at(&told, "frames")
        .iter()
        .filter(|frame| frame["type"] == "message" && frame["data"]["message"]["kind"] == "outgoing")
        .count();
    assert_eq!(said, 5);
}

/// A client that follows the rule (seat, then number, then changes, then drop what it holds) misses nothing while writes go on.
#[tokio::test]
async fn a_shaky_line_loses_nothing_while_the_agent_goes_on_writing() {
    const MESSAGES: usize = 60;
    let house = House::boot_with(Options::default().patient()).await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let mut cursor = visitor.seq();
    visitor.loses_the_line();
    let conversation = visitor.conversation();
    let writing = tokio::spawn(async move {
        for n in 0..MESSAGES {
            agent.replies(&conversation, &format!("answer {n}")).await;
        }
    });
    let mut held: Vec<String> = Vec::new();
    while held.len() < MESSAGES {
        let tab = visitor.another_tab();
        tab.joins().await;
        loop {
            let changes = tab.changes(cursor).await;
            held.extend(texts(&list_at(&changes, "frames")));
            cursor = number_at(&changes, "seq");
            if changes["more"] == false {
                break;
            }
        }
        // A few live ones, then the line tears again.
        for _ in 0..3 {
            if held.len() >= MESSAGES {
                break;
            }
            let frame = tab.socket().hears("a message", |frame| frame["type"] == "new_message").await;
            let seq = number_at(&frame, "seq");
            if seq > cursor {
                held.push(text_at(&frame, "data/text_content"));
                cursor = seq;
            }
        }
        tab.loses_the_line();
    }
    writing.await.unwrap();
    let expected: Vec<String> = (0..MESSAGES).map(|n| format!("answer {n}")).collect();
    assert_eq!(held, expected);
}

#[tokio::test]
async fn a_cursor_older_than_the_feed_is_told_to_reload() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let since = visitor.seq();
    for n in 0..3 {
        agent.replies(&visitor.conversation(), &format!("answer {n}")).await;
    }
    house.later(days(8)).await;
    house.desk().store.write(deskbell::store::events::prune).await.unwrap();
    assert_eq!(visitor.changes(since).await["reload"], true);
    assert_eq!(agent.get(&format!("/changes?after={since}")).await.ok()["reload"], true);
    let now = visitor.thread().await;
    assert_eq!(list_at(&now, "messages").len(), 4, "the thread itself is complete");
    assert_eq!(visitor.changes(visitor.seq()).await["reload"], false);
}

/// rows 83, 136
#[tokio::test]
async fn history_comes_page_by_page_without_gaps_or_doubles() {
    let house = House::boot_with(Options::default().patient()).await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("message 0").await;
    for n in 1..410 {
        visitor.says(&format!("message {n}")).await;
        if n % 50 == 0 {
            agent.notes(&visitor.conversation(), "half way").await;
        }
    }
    let unpaged = visitor.thread().await;
    let newest = list_at(&unpaged, "messages");
    assert_eq!((newest.len(), unpaged["has_more"].as_bool()), (400, Some(true)));
    assert_eq!(newest[0]["text_content"], "message 409", "conformance 4: newest first");
    let mut all: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let page = visitor.get(&format!("/chat/conversations/{}?limit=50{before}", visitor.conversation())).await.data();
        let messages = list_at(&page, "messages");
        assert!(messages.len() <= 50);
        all.extend(messages.iter().map(|message| text_at(message, "text_content")));
        let last = number_at(messages.last().unwrap(), "seq");
        before = format!("&before={last}");
        if page["has_more"] == false {
            break;
        }
    }
    let expected: Vec<String> = (0..410).rev().map(|n| format!("message {n}")).collect();
    assert_eq!(all, expected);
    let opened = agent.opens(&visitor.conversation()).await;
    assert_eq!((list_at(&opened, "messages").len(), opened["has_more"].as_bool()), (50, Some(true)));
    let first = number_at(&opened, "messages/0/seq");
    let older = agent.get(&format!("/conversations/{}/messages?before={first}&limit=100", visitor.conversation())).await.ok();
    let older = list_at(&older, "messages");
    assert_eq!(older.len(), 100);
    assert!(older.iter().map(|message| number_at(message, "seq")).is_sorted_by(|a, b| a < b));
    assert!(number_at(&older[99], "seq") < first);
}

#[tokio::test]
async fn the_same_echo_id_stores_once() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let echo = echo_id();
    let begin = || visitor.post("/chat/conversations/init").json(json!({ "message": "hi", "echo_id": echo }));
    let (first, again) = (begin().await.data(), begin().await.data());
    assert_eq!(first["conversation"]["uuid"], again["conversation"]["uuid"]);
    assert_eq!(first["messages"][0]["uuid"], again["messages"][0]["uuid"]);
    assert_ne!(first["session_token"], again["session_token"], "a fresh session, because the first answer may be lost");
    visitor.hold(&text_at(&first, "session_token"));
    house.visitor().holding(&text_at(&again, "session_token")).get("/chat/auth/me").await.data();
    // Somebody else's guess of a short id must not open anything.
    house.visitor().post("/chat/conversations/init").json(json!({ "message": "hi", "echo_id": "short" })).await.refused(400);
    let path = format!("/chat/conversations/{}/message", text_at(&first, "conversation/uuid"));
    let send = || visitor.post(&path).json(json!({ "message": "two", "echo_id": "tab1-2" }));
    let (one, two) = (send().await.data(), send().await.data());
    assert_eq!(one, two);
    assert_eq!(one["echo_id"], "tab1-2");
    let upload = || {
        let form = Form::new().text("conversation_uuid", &text_at(&first, "conversation/uuid")).text("echo_id", "file-1");
        visitor.post("/media/upload").form(form.file("a.txt", b"hello"))
    };
    let (one, two) = (upload().await.data(), upload().await.data());
    assert_eq!(one["uuid"], two["uuid"]);
    assert_eq!(one["attachments"].as_array().map(Vec::len), Some(1));
    for bad in ["", "with space", "ü", &"x".repeat(65)] {
        visitor.post(&path).json(json!({ "message": "m", "echo_id": bad })).await.refused(400);
    }
    let conversation = text_at(&first, "conversation/uuid");
    let reply = || agent.writes(&conversation, json!({ "kind": "reply", "body": "hello", "echo_id": "desk-1" }));
    assert_eq!(reply().await.ok()["message"]["uuid"], reply().await.ok()["message"]["uuid"]);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind <> 'activity'"), 4);
    assert_eq!(house.count("SELECT count(*) FROM attachments"), 1);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
    // An hour later the same id is a new beginning, and does not open the old one.
    house.later(hours(1) + 1).await;
    let late = house.visitor().post("/chat/conversations/init").json(json!({ "message": "hi", "echo_id": echo })).await.data();
    assert_ne!(late["conversation"]["uuid"], first["conversation"]["uuid"]);
}

#[tokio::test]
async fn twenty_at_once_with_one_echo_id_are_one() {
    let house = House::boot_with(Options::default().patient()).await;
    let echo = echo_id();
    let mut together = JoinSet::new();
    for _ in 0..20 {
        let call = house.visitor().post("/chat/conversations/init").json(json!({ "message": "hi", "echo_id": echo }));
        together.spawn(async move { call.await.data() });
    }
    let begun = together.join_all().await;
    let visitor = house.visitor().holding(&text_at(&begun[0], "session_token"));
    let path = format!("/chat/conversations/{}/message", text_at(&begun[0], "conversation/uuid"));
    let mut together = JoinSet::new();
    for _ in 0..20 {
        let call = visitor.post(&path).json(json!({ "message": "again and again", "echo_id": "m-1" }));
        together.spawn(async move { call.await.data() });
    }
    let sent = together.join_all().await;
    assert!(begun.iter().all(|each| each["conversation"]["uuid"] == visitor_uuid(&path)));
    assert!(sent.iter().all(|each| each["uuid"] == sent[0]["uuid"]));
    let form = || Form::new().text("conversation_uuid", &visitor_uuid(&path)).text("echo_id", "f-1").file("a.txt", b"same bytes");
    let mut together = JoinSet::new();
    for _ in 0..20 {
        let call = visitor.post("/media/upload").form(form());
        together.spawn(async move { call.await.data() });
    }
    together.join_all().await;
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
    assert_eq!(house.count("SELECT count(*) FROM conversations"), 1);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 3);
    assert_eq!(house.count("SELECT count(*) FROM attachments"), 1);
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 1);
}

fn visitor_uuid(path: &str) -> String {
    path.split('/').nth(3).unwrap().to_owned()
}

/// The house stops and starts: sessions, links and what was said are still there, and sockets are told to come back.
#[tokio::test]
async fn a_restart_costs_nobody_anything() {
    let mut house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let sent = visitor.sends(&[("a.txt", b"hello")]).await;
    let (token, conversation) = (visitor.token(), visitor.conversation());
    let socket = visitor.socket();
    drop(agent);
    house.stops().await;
    assert_eq!(socket.ends().await, 1001);
    let house = house.restarts(Options::default()).await;
    let again = house.visitor().holding(&token);
    assert_eq!(again.conversations().await[0]["uuid"], conversation);
    assert_eq!(house.get(&text_at(&sent, "attachments/0/url")).await.body, b"hello");
}
