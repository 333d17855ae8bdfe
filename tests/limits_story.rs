//! Both sides of every limit: at it, and over it; and what is told to those who meet one.

mod support;

use deskbell::base::limits;
use support::*;

/// row 84: counted in characters, so that every language has the same room.
#[tokio::test]
async fn a_message_has_ten_thousand_characters_in_any_script() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    for letter in ["a", "ä", "漢", "🦀", "<", "\""] {
        let longest = letter.repeat(10_000);
        assert_eq!(text_at(&visitor.says(&longest).await, "content"), longest);
        assert!(visitor.tries_to_say(&format!("{longest}{letter}")).await.refused(400).contains("10001"));
        agent.writes(&visitor.conversation(), json!({ "kind": "reply", "body": longest })).await.ok();
        agent.writes(&visitor.conversation(), json!({ "kind": "note", "body": format!("{longest}{letter}") })).await.denied(400);
    }
    for empty in ["", " ", "\n\n", "\u{200b}", "\u{0}"] {
        visitor.tries_to_say(empty).await.refused(400);
        house.visitor().post("/chat/conversations/init").json(json!({ "message": empty })).await.refused(400);
        agent.writes(&visitor.conversation(), json!({ "kind": "reply", "body": empty })).await.denied(400);
    }
}

#[tokio::test]
async fn a_body_of_json_has_a_size() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let padded = |bytes: usize| {
        let body = json!({ "message": "m", "kind": "note", "body": "m", "padding": "" }).to_string();
        body.replace("\"padding\":\"\"", &format!("\"padding\":\"{}\"", "x".repeat(bytes - body.len())))
    };
    let say = |body: String| {
        visitor
            .post(&format!("/chat/conversations/{}/message", visitor.conversation()))
            .header("content-type", "application/json")
            .body(body)
    };
    say(padded(limits::JSON_BYTES_MAX)).await.data();
    say(padded(limits::JSON_BYTES_MAX + 1)).await.refused(413);
    say(padded(8 * limits::JSON_BYTES_MAX)).await.refused(413);
    let note = |body: String| {
        agent.post(&format!("/conversations/{}/messages", visitor.conversation())).header("content-type", "application/json").body(body)
    };
    note(padded(limits::JSON_BYTES_MAX)).await.ok();
    note(padded(limits::JSON_BYTES_MAX + 1)).await.denied(413);
}

/// protocol 1.3: 50 conversations of one contact in 24 hours.
#[tokio::test]
async fn fifty_conversations_a_day() {
    let house = House::boot_with(Options::default().patient()).await;
    let zoe = house.signed_in("zoe").await;
    let begin = || zoe.post("/chat/conversations/init").json(json!({ "message": "hi" }));
    for _ in 0..50 {
        begin().await.data();
    }
    let refused = begin().await;
    refused.refused(429);
    assert_eq!(refused.header("retry-after"), Some("3600"));
    assert_eq!(zoe.conversations().await.len(), 50);
    house.signed_in("ali").await.says("somebody else is not concerned").await;
    house.configure(json!({ "session_duration": "48h" })).await;
    let zoe = house.signed_in("zoe").await;
    house.later(hours(24) + 1).await;
    zoe.post("/chat/conversations/init").json(json!({ "message": "hi" })).await.data();
}

/// row 237
#[tokio::test]
async fn who_writes_too_fast_is_told_when_to_go_on() {
    let house = House::boot().await;
    let (visitor, other) = (house.visitor(), house.visitor());
    visitor.says("hi").await;
    other.says("hello").await;
    let mut refused = None;
    for n in 0..200 {
        let answer = visitor.tries_to_say(&format!("message {n}")).await;
        if answer.status == 429 {
            assert!(n >= 59, "only after {n}");
            refused = Some(answer);
            break;
        }
        answer.data();
    }
    let refused = refused.expect("a limit");
    refused.refused(429);
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert!(refused.header("access-control-expose-headers").unwrap().contains("Retry-After"));
    other.says("I am not concerned").await;
    visitor.conversations().await;
    house.later(seconds(wait)).await;
    visitor.says("and on").await;
}

#[tokio::test]
async fn an_office_of_a_hundred_behind_one_address_is_not_punished() {
    let house = House::boot().await;
    for n in 0..100 {
        let visitor = house.visitor();
        visitor.get("/chat/settings/launcher").await.data();
        visitor.get("/chat/settings").await.data();
        visitor.says(&format!("I am number {n}")).await;
        visitor.says("and I have a question").await;
        visitor.conversations().await;
        visitor.thread().await;
        visitor.has_seen_everything().await;
    }
}

/// Proofs that ran out at once (a rotated secret, a long night) must not shut out those beside them whose proof is good.
#[tokio::test]
async fn stale_proofs_of_some_do_not_shut_out_their_neighbours() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let stale = house.visitor().holding("not-a-session-any-more");
    let mut told = Vec::new();
    for _ in 0..80 {
        told.push(stale.get("/chat/auth/me").await.status);
    }
    assert_eq!(told[..60], [401; 60]);
    assert_eq!(told[79], 429, "guessing is slowed down");
    visitor.says("I am still here").await;
    house.later(minutes(1)).await;
    stale.get("/chat/auth/me").await.refused(401);
}

/// A flood from one address leaves the others alone.
#[tokio::test]
async fn new_visitors_of_one_address_have_a_limit() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let begin = |ip: &str| house.visitor().from(ip).post("/chat/conversations/init").json(json!({ "message": "hi" }));
    let mut begun = 0;
    let refused = loop {
        let answer = begin("198.51.100.1").await;
        if answer.status != 200 {
            break answer;
        }
        begun += 1;
        assert!(begun < 1000, "no limit");
    };
    refused.refused(429);
    assert!(begun >= 100, "{begun}");
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    // The others are let in, for a little work; and when the rush is over, everybody is as before.
    let other = house.visitor().from("198.51.100.2");
    let asked = other.post("/chat/conversations/init").json(json!({ "message": "hi" })).await.json();
    other.post("/chat/conversations/init").json(json!({ "message": "hi", "work": solve(&asked) })).await.data();
    house.later(seconds(wait).max(minutes(11))).await;
    begin("198.51.100.1").await.data();
    assert_eq!(house.count("SELECT count(*) FROM contacts"), begun + 2, "a refused start leaves nobody behind");
}

/// row 81; protocol section 6
#[tokio::test]
async fn answers_before_the_chat_have_limits() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let init = |form: Value| house.visitor().post("/chat/conversations/init").json(json!({ "message": "hi", "form_data": form }));
    let keys = |n: usize| (0..n).map(|n| (format!("k{n}"), json!(n))).collect::<serde_json::Map<_, _>>();
    init(Value::Object(keys(100))).await.data();
    init(Value::Object(keys(101))).await.refused(400);
    init(json!({ "k".repeat(100): "v" })).await.data();
    init(json!({ "k".repeat(101): "v" })).await.refused(400);
    init(json!({ "n": 1e12 })).await.data();
    init(json!({ "n": 1.1e12 })).await.refused(400);
    for bad in [json!(["a"]), json!({ "a": 1 }), Value::Null] {
        init(json!({ "x": bad })).await.refused(400);
    }
    let data = init(json!({ "long": "x".repeat(1500) })).await.data();
    let contact = agent.opens(&text_at(&data, "conversation/uuid")).await["contact"].clone();
    assert_eq!(text_at(&contact, "attributes/long").chars().count(), 1000);
}

#[tokio::test]
async fn a_search_and_a_page_have_a_length() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    agent.searches(&"ü".repeat(200)).await;
    agent.get(&format!("/search?q={}", "x".repeat(201))).await.denied(400);
    for limit in ["0", "1", "100", "101", "999999"] {
        assert_eq!(list_at(&agent.list(&format!("limit={limit}")).await, "conversations").len(), 1);
        visitor.get(&format!("/chat/conversations/{}?limit={limit}", visitor.conversation())).await.data();
    }
    agent.get("/conversations?limit=-1").await.denied(400);
    agent.get("/conversations?limit=99999999999999999999").await.denied(400);
}

/// Tabs and devices of one person.
#[tokio::test]
async fn thirty_two_tabs_and_no_more() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let mut tabs = Vec::new();
    for _ in 1..limits::SEATS_PER_OWNER_MAX {
        let tab = visitor.another_tab();
        tab.joins().await;
        tabs.push(tab);
    }
    let join = json!({ "type": "join", "token": visitor.token(), "data": { "inbox_id": house.inbox } });
    let over = visitor.opens_socket().await.unwrap();
    over.send(join.clone()).await;
    over.hears_type("error").await;
    assert!(over.is_open(), "row 103: told, not thrown out");
    let somebody = house.visitor();
    somebody.says("others have their own").await;
    tabs.pop();
    // The closed tab's place is free as soon as the house has noticed.
    in_time("a free place", async {
        loop {
            over.send(join.clone()).await;
            if over.hears("an answer", |frame| frame["type"] == "joined" || frame["type"] == "error").await["type"] == "joined" {
                break;
            }
        }
    })
    .await;
}
