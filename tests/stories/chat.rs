//! Two people talk.

use crate::support::*;

/// rows 7, 77, 78, 80, 84, 100, 125, 127
#[tokio::test]
async fn a_stranger_and_an_agent_talk_both_ways() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let begun = visitor.starts("Do you deliver to Malta?").await;
    assert_eq!(begun["user"]["is_visitor"], true);
    assert_eq!(begun["messages"].as_array().map(Vec::len), Some(1));
    let seen = agent.sees("Do you deliver to Malta?").await;
    assert_eq!(seen["conversation"]["uuid"], visitor.conversation());
    agent.replies(&visitor.conversation(), "We **do**!").await;
    let heard = visitor.hears("We do!").await;
    assert_eq!(heard["author"]["type"], "agent");
    assert_eq!(heard["content"], "<p>We <strong>do</strong>!</p>");
    let more = visitor.says("How long does it take?").await;
    assert_eq!(more["content"], "How long does it take?");
    agent.sees("How long does it take?").await;
    assert_eq!(visitor.texts().await, ["Do you deliver to Malta?", "We do!", "How long does it take?"]);
}

/// rows 9, 22, 24, 74, 79, 133
#[tokio::test]
async fn a_signed_in_customer_has_one_thread_on_every_device() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    let begun = zoe.starts("Where is my order?").await;
    assert!(begun.get("session_token").is_none() && begun.get("user").is_none(), "no new visitor for somebody known: {begun}");
    let contact = agent.opens(&zoe.conversation()).await["contact"].clone();
    assert_eq!((contact["name"].as_str(), contact["verified"].as_bool()), (Some("Zoe"), Some(true)));
    let at_home = house.signed_in("zoe").await;
    let all = at_home.conversations().await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["uuid"], zoe.conversation());
    assert_eq!(at_home.get("/chat/auth/me").await.data()["is_visitor"], false);
}

/// row 8
#[tokio::test]
async fn another_device_is_another_visitor_and_sees_nothing() {
    let house = House::boot().await;
    let (one, other) = (house.visitor(), house.visitor());
    one.says("my secret order").await;
    other.says("hello").await;
    assert_eq!(other.conversations().await.len(), 1);
    let foreign = format!("/chat/conversations/{}", one.conversation());
    other.get(&foreign).await.refused(404);
    assert!(!other.get("/chat/changes?after=0").await.text().contains("secret"));
}

/// rows 96, 101
#[tokio::test]
async fn typing_is_told_both_ways_and_only_to_those_it_concerns() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", deskbell::model::agent::Role::Agent).await;
    let stranger = house.visitor();
    visitor.says("hi").await;
    stranger.says("hello").await;
    visitor.types(true).await;
    let typing = agent.sees_frame("typing", "the visitor types", |data| data["is_typing"] == true).await;
    assert_eq!((typing["conversation"].as_str(), typing["who"]["type"].as_str()), (Some(visitor.conversation().as_str()), Some("contact")));
    // A note being written is nobody's business outside.
    ben.types(&visitor.conversation(), true, true).await;
    agent.sees_frame("typing", "ben writes a note", |data| data["note"] == true).await;
    agent.types(&visitor.conversation(), true, false).await;
    let told = visitor.socket().hears_type("typing").await["data"].clone();
    assert_eq!((told["conversation_uuid"].as_str(), told["is_typing"].as_bool()), (Some(visitor.conversation().as_str()), Some(true)));
    assert_eq!(told["author"]["first_name"], "Olga", "not Ben, who only makes a note");
    // Typing in somebody else's conversation is ignored.
    let data = json!({ "conversation_uuid": visitor.conversation(), "is_typing": true });
    stranger.socket().send(json!({ "type": "typing", "data": data })).await;
    stranger.socket().send(json!({ "type": "ping" })).await;
    stranger.socket().hears_type("pong").await;
    stranger.says("still here").await;
    agent.sees("still here").await;
    let typists =
        agent.socket.all().into_iter().filter(|frame| frame["type"] == "typing" && frame["data"]["who"]["type"] == "contact").count();
    assert_eq!(typists, 1);
    assert!(!stranger.ever_heard("typing"));
}

/// rows 82, 85, 102, 132
#[tokio::test]
async fn both_sides_learn_what_was_read() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let said = visitor.says("are you there?").await;
    agent.has_read(&visitor.conversation()).await;
    let seq = number_at(&said, "seq");
    visitor.hears_update("an agent read it", |data| data["agent_seen_seq"].as_i64() >= Some(seq)).await;
    let reply = agent.replies(&visitor.conversation(), "yes").await;
    let tab = visitor.another_tab();
    tab.joins().await;
    assert_eq!(visitor.conversations().await[0]["unread_message_count"], 1);
    visitor.has_seen_everything().await;
    let seq = number_at(&reply, "seq");
    agent.sees_frame("conversation", "the visitor read it", |data| data["contact_seen_seq"].as_i64() >= Some(seq)).await;
    tab.hears_update("the other tab's count clears", |data| data["unread_message_count"] == 0).await;
    assert_eq!(visitor.conversations().await[0]["unread_message_count"], 0);
}

/// row 206, decision 9
#[tokio::test]
async fn a_visitor_closes_and_a_message_opens_again() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("never mind").await;
    let closed = visitor.closes().await.data();
    assert_eq!(closed["status"], "Resolved");
    agent
        .sees_frame("conversation", "closed by the contact", |data| data["closed_by_contact"] == true && data["status"] == "resolved")
        .await;
    visitor.closes().await.data();
    visitor.says("one more thing").await;
    agent.sees_frame("conversation", "open again", |data| data["status"] == "open").await;
    // Where the inbox wants closed to stay closed, it says so, and refuses.
    house.configure(json!({ "visitors": { "prevent_reply_to_closed_conversation": true } })).await;
    assert_eq!(visitor.closes().await.data()["status"], "Closed");
    visitor.tries_to_say("hello?").await.refused(403);
    visitor.tries_to_send(&[("a.txt", b"hello")]).await.refused(403);
    assert_eq!(visitor.conversations().await[0]["closed"], true);
    house.configure(json!({ "allow_close": false })).await;
    let other = house.visitor();
    other.says("hi").await;
    other.closes().await.refused(403);
}

/// rows 102, 224
#[tokio::test]
async fn assignment_shows_the_visitor_a_first_name_and_nothing_more() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", deskbell::model::agent::Role::Agent).await;
    visitor.says("hi").await;
    agent.assigns(&visitor.conversation(), Some(&ben.uuid)).await;
    let update = visitor.hears_update("Ben has it", |data| data["assignee"]["first_name"] == "Ben").await;
    assert!(!update.to_string().contains("Insider") && !update.to_string().contains("@"), "{update}");
    ben.sees_frame("conversation", "it is mine", |data| data["assignee"]["uuid"] == ben.uuid.as_str()).await;
    assert_eq!(list_at(&ben.list("box=mine").await, "conversations").len(), 1);
    agent.assigns(&visitor.conversation(), None).await;
    visitor.hears_update("nobody has it", |data| data["assignee"].is_null()).await;
    agent.put(&format!("/conversations/{}/assignment", visitor.conversation())).json(json!({})).await.denied(400);
    // The first answer takes it.
    ben.replies(&visitor.conversation(), "I'm on it").await;
    visitor.hears_update("Ben has it again", |data| data["assignee"]["first_name"] == "Ben").await;
}

/// Sleeping conversations leave the list, and come back by themselves.
#[tokio::test]
async fn a_snoozed_conversation_wakes_at_its_time_or_when_the_visitor_writes() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("call me tomorrow").await;
    let conversation = visitor.conversation();
    let tomorrow = house.clock.now() + hours(20);
    agent.snoozes(&conversation, tomorrow).await;
    assert!(list_at(&agent.list("status=open").await, "conversations").is_empty());
    assert_eq!(list_at(&agent.list("status=snoozed").await, "conversations").len(), 1);
    house.later(hours(19)).await;
    assert!(list_at(&agent.list("status=open").await, "conversations").is_empty(), "not yet");
    house.later(hours(2)).await;
    agent.sees_frame("conversation", "awake", |data| data["snoozed_until"].is_null() && data["status"] == "open").await;
    assert_eq!(list_at(&agent.list("status=open").await, "conversations").len(), 1);
    agent.snoozes(&conversation, house.clock.now() + hours(20)).await;
    visitor.says("it is urgent now").await;
    assert_eq!(list_at(&agent.list("status=open").await, "conversations").len(), 1);
    let yesterday = json!({ "status": "open", "snoozed_until": house.clock.now() - 1 });
    agent.put(&format!("/conversations/{conversation}/status")).json(yesterday).await.denied(400);
    // Snoozing never shows outside.
    assert!(!visitor.ever_heard("snooze"));
}

/// Notes are for agents: no socket, list, thread, change or count of a visitor ever shows one.
#[tokio::test]
async fn notes_never_leave_the_desk() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", deskbell::model::agent::Role::Agent).await;
    visitor.says("hi").await;
    let since = visitor.seq();
    let note = agent.notes(&visitor.conversation(), "this customer is *difficult*").await;
    assert_eq!(note["kind"], "note");
    ben.sees("this customer is difficult").await;
    assert_eq!(visitor.conversations().await[0]["unread_message_count"], 0);
    agent.replies(&visitor.conversation(), "hello").await;
    visitor.hears("hello").await;
    assert!(!visitor.ever_heard("difficult"));
    for path in [
        "/chat/conversations".to_owned(),
        format!("/chat/conversations/{}", visitor.conversation()),
        format!("/chat/changes?after={since}"),
        "/chat/changes?after=0".into(),
    ] {
        let answer = visitor.get(&path).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains("difficult") && !answer.text().contains("\"note\""), "{path}");
    }
    assert_eq!(visitor.conversations().await[0]["last_message"]["content"], "hello");
    agent.notes(&visitor.conversation(), "more gossip").await;
    assert_eq!(visitor.conversations().await[0]["last_message"]["content"], "hello", "a note is nobody's last message outside");
    assert_eq!(visitor.conversations().await[0]["unread_message_count"], 1);
}

/// row 98 and who is here: a reload is no farewell, being away is told after the grace.
#[tokio::test]
async fn presence_has_a_grace() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    agent.sees_frame("presence", "the visitor came", |data| data["contact"].is_string() && data["online"] == true).await;
    let seats = house.desk().hub.owners().len();
    visitor.loses_the_line();
    house.until("the seat is free", |desk| desk.hub.owners().len() < seats).await;
    visitor.joins().await;
    visitor.says("my page reloaded").await;
    agent.sees("my page reloaded").await;
    let told = |online: bool| {
        agent
            .socket
            .all()
            .iter()
            .filter(|f| f["type"] == "presence" && f["data"]["contact"].is_string() && f["data"]["online"] == online)
            .count()
    };
    assert_eq!((told(true), told(false)), (1, 0), "coming back within the grace is nothing new");
    visitor.loses_the_line();
    house.until("the seat is free", |desk| desk.hub.owners().len() < seats).await;
    house.later(seconds(9)).await;
    agent.sees_frame("presence", "the visitor went", |data| data["contact"].is_string() && data["online"] == false).await;
    assert_eq!(agent.opens(&visitor.conversation()).await["contact"]["online"], false);
}

/// Conformance 11: the sender's own bubble is there already; his other tabs want to hear of it when they say so.
#[tokio::test]
async fn a_second_tab_hears_the_first_only_when_it_asks_to() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("first").await;
    let (plain, echoing) = (visitor.another_tab(), visitor.another_tab());
    plain.joins().await;
    echoing.joins_with(json!({ "inbox_id": house.inbox, "echo": true })).await;
    visitor.says("from tab one").await;
    echoing.hears("from tab one").await;
    agent.replies(&visitor.conversation(), "answer").await;
    for tab in [&visitor, &plain, &echoing] {
        tab.hears("answer").await;
        let answers = tab.socket().all().iter().filter(|frame| frame["data"]["text_content"] == "answer").count();
        assert_eq!(answers, 1, "row 100: once per tab");
    }
    assert!(!plain.ever_heard("from tab one") && !visitor.ever_heard("from tab one"));
}

/// row 97
#[tokio::test]
async fn agents_see_the_pages_a_visitor_looks_at() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    visitor.visits("https://shop.example/ferns", "Ferns").await;
    let pages = agent.sees_frame("pages", "the ferns", |data| data["pages"][0]["title"] == "Ferns").await;
    assert_eq!(pages["pages"][0]["url"], "https://shop.example/ferns");
    assert_eq!(agent.opens(&visitor.conversation()).await["pages"][0]["url"], "https://shop.example/ferns");
    // Neither dangerous addresses nor the same page again count; each from a fresh tab, which may speak at once.
    for (url, title) in [("javascript:alert(1)", "bad"), ("https://shop.example/ferns", "again")] {
        let tab = visitor.another_tab();
        tab.joins().await;
        tab.visits(url, title).await;
        tab.socket().send(json!({ "type": "ping" })).await;
        tab.socket().hears_type("pong").await;
    }
    let long = format!("https://shop.example/{}", "x".repeat(5000));
    let tab = visitor.another_tab();
    tab.joins().await;
    tab.visits(&long, &"t".repeat(1000)).await;
    let pages =
        agent.sees_frame("pages", "the long one", |data| data["pages"][0]["title"].as_str().is_some_and(|t| t.starts_with("ttt"))).await;
    assert_eq!(pages["pages"].as_array().map(Vec::len), Some(2));
    assert_eq!(text_at(&pages, "pages/0/url").len(), 1024);
    assert_eq!(text_at(&pages, "pages/0/title").chars().count(), 256);
}

/// row 81: answers before the first message describe the contact.
#[tokio::test]
async fn a_prechat_form_is_checked_and_kept() {
    let house = House::boot().await;
    let agent = house.agent().await;
    house
        .configure(json!({ "prechat_form": { "enabled": true, "fields": [
            { "key": "name", "type": "text", "label": "Name", "required": true, "enabled": true, "order": 1, "is_default": true },
            { "key": "email", "type": "email", "label": "E-mail", "required": true, "enabled": true, "order": 2, "is_default": true },
            { "key": "company", "type": "text", "label": "Company", "required": false, "enabled": true, "order": 3 },
        ] } }))
        .await;
    let visitor = house.visitor();
    let init = |form: Value| visitor.post("/chat/conversations/init").json(json!({ "message": "hi", "form_data": form }));
    assert!(init(json!({ "name": "Zoe" })).await.refused(400).contains("E-mail"));
    init(json!({ "name": "Zoe", "email": "nonsense" })).await.refused(400);
    init(json!({ "name": "Zoe", "email": "z@example.com", "company": ["a"] })).await.refused(400);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 0, "a refused start leaves nobody behind");
    let form = json!({ "name": "Zoe", "email": "z@example.com", "company": "Acme", "is_admin": true });
    visitor.starts_with(json!({ "message": "hi", "form_data": form })).await;
    let contact = agent.opens(&visitor.conversation()).await["contact"].clone();
    assert_eq!((contact["name"].as_str(), contact["email"].as_str()), (Some("Zoe"), Some("z@example.com")));
    assert_eq!((contact["email_verified"].as_bool(), contact["attributes"].clone()), (Some(false), json!({ "company": "Acme" })));
}
