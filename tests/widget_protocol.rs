//! Libredesk's widget protocol as it stands on the wire: transcripts of every route, its failure table (1.3, with our decisions) and its
//! conformance list (section 9), item by item.

mod support;

use support::*;

/// What changes from run to run, replaced by words: ids, times, tokens, tickets. Everything else is compared to the letter.
fn golden(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| {
                    let word = match (key.as_str(), value) {
                        ("created_at", Value::String(text)) if is_time(text) => "<time>",
                        ("session_token", Value::String(text)) if text.len() == 43 => "<43 characters>",
                        ("tint", Value::Number(_)) => "<0..7>",
                        ("seq" | "agent_seen_seq" | "contact_seen_seq", Value::Number(_)) => "<seq>",
                        _ => return (key.clone(), golden(value)),
                    };
                    (key.clone(), json!(word))
                })
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.iter().map(golden).collect()),
        Value::String(text) if deskbell::base::id::Uuid::parse(text).is_some() => json!("<uuid>"),
        Value::String(text) if text.starts_with("/uploads/") && text.contains("?t=") => json!("<link>"),
        other => other.clone(),
    }
}

/// RFC 3339 with fraction and offset.
fn is_time(text: &str) -> bool {
    text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T' && text.as_bytes()[19] == b'.'
}

fn contact_author(id: i64, first_name: &str, kind: &str) -> Value {
    json!({ "id": id, "first_name": first_name, "last_name": "", "email": null, "avatar_url": null, "availability_status": "", "type": kind, "active_at": null, "tint": "<0..7>" })
}

fn agent_author() -> Value {
    json!({ "id": 1, "first_name": "Olga", "last_name": "", "email": null, "avatar_url": null, "availability_status": "online", "type": "agent", "active_at": null, "tint": "<0..7>" })
}

fn own_message(text: &str, html: &str, kind: &str) -> Value {
    json!({
        "uuid": "<uuid>", "status": "received", "conversation_uuid": "<uuid>", "created_at": "<time>", "content": text, "content_type": "text", "text_content": text,
        "html": html, "kind": "message", "seq": "<seq>", "author": contact_author(1, "Zoe", kind), "attachments": [], "meta": {},
    })
}

fn agents_message() -> Value {
    json!({
        "uuid": "<uuid>", "status": "sent", "conversation_uuid": "<uuid>", "created_at": "<time>", "content": "<p>We <strong>do</strong></p>", "content_type": "html",
        "text_content": "We do", "html": "<p>We <strong>do</strong></p>", "kind": "message", "seq": "<seq>", "author": agent_author(), "attachments": [], "meta": {},
    })
}

fn conversation(assignee: Value, last: Value, unread: i64, status: &str) -> Value {
    json!({
        "uuid": "<uuid>", "number": 1, "created_at": "<time>", "status": status, "closed": false, "assignee": assignee, "seq": "<seq>", "agent_seen_seq": "<seq>",
        "contact_seen_seq": "<seq>", "unread_message_count": unread, "last_message": last, "kind": "chat", "button": "", "team": null, "queue": null,
    })
}

fn last(content: &str, author: Value) -> Value {
    json!({ "content": content, "created_at": "<time>", "author": author })
}

/// rows 59, 65, 73–85, 95, 100, 102: what a curl-only client sees, call by call.
#[tokio::test]
async fn a_whole_conversation_in_transcript() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let body = json!({ "message": "Do you **deliver**?\n<b>", "form_data": { "name": "Zoe", "email": "z@example.com", "phone_country_code": "US" } });
    let init = visitor.starts_with(body).await;
    let said = "Do you **deliver**?\n<b>";
    let html = text_at(&init, "messages/0/html");
    assert_eq!(html, "Do you <strong>deliver</strong>?<br>&lt;b&gt;");
    let own = own_message(said, &html, "visitor");
    let mut preview = text_at(&init, "conversation/last_message/content");
    assert_eq!(
        golden(&init),
        json!({
            "conversation": conversation(Value::Null, last(&preview, contact_author(1, "Zoe", "contact")), 0, "Open"), "messages": [with_text(&own, &preview)],
            "business_hours_id": null, "working_hours_utc_offset": null, "session_token": "<43 characters>",
            "user": { "user_id": 1, "is_visitor": true, "first_name": "Zoe", "last_name": "" },
        })
    );
    assert_eq!(
        visitor.get("/chat/auth/me").await.data(),
        json!({ "user_id": 1, "is_visitor": true, "first_name": "Zoe", "last_name": "" })
    );
    agent.replies(&visitor.conversation(), "We **do**").await;
    assert_eq!(golden(&visitor.hears("We do").await), agents_message());
    let update = visitor.hears_update("Olga has it", |data| data["assignee"].is_object()).await;
    assert_eq!(
        golden(&update),
        json!({ "uuid": "<uuid>", "number": 1, "status": "Open", "closed": false, "assignee": agent_author(), "seq": "<seq>", "agent_seen_seq": "<seq>", "contact_seen_seq": "<seq>", "kind": "chat", "button": "", "team": null, "queue": null })
    );
    let listed = conversation(agent_author(), last("We do", agent_author()), 1, "Open");
    assert_eq!(golden(&visitor.get("/chat/conversations").await.data()), json!([listed]));
    let opened = visitor.thread().await;
    assert_eq!(
        golden(&opened),
        json!({ "conversation": listed, "messages": [agents_message(), with_text(&own, &preview)], "has_more": false })
    );
    assert_eq!(
        visitor.post(&format!("/chat/conversations/{}/update-last-seen", visitor.conversation())).await.json(),
        json!({ "status": "success", "data": true })
    );
    let sent = visitor.says("thanks").await;
    assert_eq!(golden(&sent), own_message("thanks", "thanks", "visitor"));
    preview = "thanks".into();
    let closed = visitor.closes().await.data();
    assert_eq!(golden(&closed), conversation(agent_author(), last(&preview, contact_author(1, "Zoe", "contact")), 0, "Resolved"));
    let changes = visitor.changes(number_at(&sent, "seq")).await;
    assert_eq!(changes.as_object().unwrap().keys().collect::<Vec<_>>(), ["frames", "more", "reload", "seq"]);
    let frame = list_at(&changes, "frames").pop().unwrap();
    assert_eq!((frame["type"].as_str(), frame["data"]["status"].as_str()), (Some("conversation_update"), Some("Resolved")));
    assert_eq!(visitor.post("/chat/auth/logout").await.json(), json!({ "status": "success", "data": true }));
    // A customer, with the same calls.
    let session = house.exchange(&house.token_of("zoe")).await;
    let user = json!({ "user_id": 2, "is_visitor": false, "first_name": "Zoe", "last_name": "" });
    assert_eq!(golden(&session), json!({ "session_token": "<43 characters>", "user": user }));
    let zoe = house.visitor().holding(&text_at(&session, "session_token"));
    assert_eq!(zoe.get("/chat/conversations").await.json(), json!({ "status": "success", "data": [] }));
    let begun = zoe.starts("hello").await;
    assert_eq!(
        begun.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["business_hours_id", "conversation", "messages", "working_hours_utc_offset"]
    );
    assert_eq!(begun["messages"][0]["author"]["type"], "contact");
}

/// The plain text of a message is the server's; the rest is the golden one's.
fn with_text(message: &Value, text: &str) -> Value {
    let mut message = message.clone();
    message["text_content"] = json!(text);
    message
}

/// row 88; 2.11
#[tokio::test]
async fn an_upload_in_transcript() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.starts_with(json!({ "message": "hi", "form_data": { "name": "Zoe" } })).await;
    let sent = visitor.sends(&[("Notes 1.txt", b"hello")]).await;
    let mut expected = own_message("", "", "visitor");
    expected["attachments"] = json!([{
        "uuid": "<uuid>", "name": "Notes 1.txt", "size": 5, "content": null, "content_id": "", "content_type": "text/plain", "disposition": "attachment", "url": "<link>",
    }]);
    assert_eq!(golden(&sent), expected);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0\x01\x02\x03\x04";
    let sent = visitor.sends(&[("a.png", png)]).await;
    assert_eq!(sent["attachments"][0]["thumbnail_url"], sent["attachments"][0]["url"]);
}

/// 1.3 with our decisions: status, kind, one JSON document.
#[tokio::test]
async fn the_failure_table() {
    let house = House::boot_with(Options::default().behind_a_proxy().patient()).await;
    let second = house.another_inbox("Second").await;
    let (visitor, other, elsewhere) = (house.visitor(), house.visitor(), house.visitor_of(&second));
    for each in [&visitor, &other, &elsewhere] {
        each.says("hi").await;
    }
    let own = visitor.conversation();
    let missing = "6694785e-789f-4ba6-873b-260b025418c8";
    // Which inbox.
    for wrong in [None, Some("1"), Some("nonsense"), Some(missing), Some("")] {
        let call = visitor.get("/chat/settings").without("x-libredesk-inbox-id");
        match wrong {
            Some(id) => call.header("x-libredesk-inbox-id", id).await.refused(400),
            None => call.await.refused(400),
        };
    }
    house.get("/api/v1/widget/chat/settings?inbox_id=7").await.refused(400);
    // Which session.
    for path in ["/chat/auth/me", "/chat/conversations", "/chat/changes?after=0", &format!("/chat/conversations/{own}")] {
        visitor.get(path).without("authorization").await.refused(401);
        for bad in [
            "Bearer",
            "Bearer nonsense",
            "Basic abc",
            &visitor.token(),
            &format!("Bearer {}x", visitor.token()),
            &format!("Bearer {}", elsewhere.token()),
        ] {
            visitor.get(path).header("authorization", bad).await.refused(401);
        }
    }
    let init = || visitor.post("/chat/conversations/init");
    init().header("authorization", "Bearer nonsense").json(json!({ "message": "m" })).await.refused(401);
    init().header("authorization", "").json(json!({ "message": "m" })).await.refused(401);
    // What is said.
    for body in ["", "nonsense", "[]", "{\"message\":7}"] {
        init().header("content-type", "application/json").body(body).await.refused(400);
    }
    init().json(json!({ "message": "" })).await.refused(400);
    init().json(json!({})).await.refused(400);
    init().json(json!({ "message": "x".repeat(10_001) })).await.refused(400);
    // Where it is said: foreign, of another inbox, missing and malformed are one answer, to the byte.
    for (method, suffix) in [("GET", ""), ("POST", "/message"), ("POST", "/update-last-seen"), ("POST", "/close")] {
        let call = |id: &str| {
            let call = visitor.call(method, &format!("/chat/conversations/{id}{suffix}"));
            if suffix == "/message" { call.json(json!({ "message": "m" })) } else { call }
        };
        let unknown = call(missing).await;
        assert_eq!(unknown.refused(404), "There is no such conversation.");
        for id in [&other.conversation(), &elsewhere.conversation(), "nonsense", "1", "%00"] {
            assert_eq!(call(id).await, unknown, "{method} {id}{suffix}");
        }
    }
    // Uploads.
    let upload = |form: Form| visitor.post("/media/upload").form(form);
    visitor.post("/media/upload").json(json!({})).await.refused(400);
    visitor.post("/media/upload").header("content-type", "multipart/form-data").body("x").await.refused(400);
    upload(Form::new().file("a.txt", b"a")).await.refused(400);
    upload(Form::new().text("conversation_uuid", &own)).await.refused(400);
    upload(Form::new().text("conversation_uuid", &own).file("a.txt", b"")).await.refused(400);
    upload(Form::new().text("conversation_uuid", missing).file("a.txt", b"a")).await.refused(404);
    // Tokens.
    let exchange = |body: Value| house.visitor().post("/chat/auth/exchange").json(body);
    exchange(json!({})).await.refused(400);
    exchange(json!({ "jwt": "a.b.c" })).await.refused(401);
    exchange(json!({ "jwt": "a.b.c", "dialect": "klingon" })).await.refused(400);
    // Rules of the inbox.
    house.configure(json!({ "visitors": { "prevent_multiple_conversations": true }, "blocked_ips": ["203.0.113.7"] })).await;
    init().json(json!({ "message": "m" })).await.refused(403);
    house.visitor().from("203.0.113.7").get("/chat/settings").await.refused(403);
    house.configure(json!({ "visitors": { "allow_start_conversation": false } })).await;
    house.visitor().post("/chat/conversations/init").json(json!({ "message": "m" })).await.refused(400);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 3, "a refused start leaves no orphan");
    // Surveys and routes nobody knows.
    for id in [missing, "nonsense"] {
        house.post(&format!("/api/v1/csat/{id}/response")).json(json!({ "rating": 5 })).await.refused(400);
    }
    visitor.get("/chat/nothing").await.refused(404);
    assert_eq!(visitor.get("/chat/auth/exchange").await.status, 405);
    assert_eq!(visitor.call("DELETE", "/chat/conversations").await.status, 405);
}

/// Conformance 1, 2, 3; rows 60, 61, 65, 66, 67
#[tokio::test]
async fn conformance_1_to_3_envelope_cors_and_settings() {
    let house = House::boot().await;
    let second = house.another_inbox("Second").await;
    let language = house.get("/api/v1/lang/de-DE").await;
    assert!(language.json().get("status").is_none() && language.json().is_object(), "1: bare");
    assert_eq!(house.get("/api/v1/lang/xx").await.json(), house.get("/api/v1/lang/en-US").await.json(), "an unknown language is English");
    assert!(
        house
            .get("/api/v1/lang")
            .await
            .data()
            .as_array()
            .is_some_and(|all| all.iter().all(|each| each["code"].is_string() && each["name"].is_string()))
    );
    for query in ["", "?inbox_id=nonsense", "?inbox_id=6694785e-789f-4ba6-873b-260b025418c8", &format!("?inbox_id={}", house.inbox)] {
        let answer = house.get(&format!("/api/v1/widget/chat/settings/launcher{query}")).header("origin", "https://shop.example").await;
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "2: {query}");
    }
    let launcher = house.get(&format!("/api/v1/widget/chat/settings/launcher?inbox_id={}", house.inbox)).await.data();
    assert!(
        launcher["launcher"]["spacing"]["side"].is_number()
            && launcher["launcher"]["spacing"]["bottom"].is_number()
            && launcher["colors"].is_object()
    );
    for brand in ["", "   "] {
        let agent = house.agent().await;
        // A blank one is the inbox's own name.
        let body = json!({ "config": { "brand_name": brand } });
        agent.put(&format!("/inboxes/{}", house.inbox)).json(body).await.ok();
    }
    let settings = house.visitor().get("/chat/settings").await.data();
    assert!(settings["brand_name"].as_str().is_some_and(|name| !name.is_empty()) && settings["notice_banner"].is_object(), "3");
    // The inbox by header or query; the header wins.
    let by_query = house.get(&format!("/api/v1/widget/chat/settings?inbox_id={}", house.inbox)).await.data();
    assert_eq!(by_query, settings);
    let both =
        house.get(&format!("/api/v1/widget/chat/settings?inbox_id={second}")).header("x-libredesk-inbox-id", &house.inbox).await.data();
    assert_eq!(both["inbox_uuid"], house.inbox);
}

/// Conformance 4, 5, 6, 7, 9, 10, 12, 15
#[tokio::test]
async fn conformance_4_to_15_calls() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("one").await;
    agent.replies(&visitor.conversation(), "two").await;
    visitor.hears("two").await;
    let messages = list_at(&visitor.thread().await, "messages");
    let order: Vec<String> = messages.iter().map(|message| text_at(message, "text_content")).collect();
    assert_eq!(order, ["two", "one"], "4: newest first");
    assert_eq!(messages[0]["author"]["type"], "agent", "9");
    assert_eq!((messages[0]["content_type"].as_str(), messages[1]["content_type"].as_str()), (Some("html"), Some("text")), "10");
    let listed = visitor.conversations().await;
    assert!(is_time(&text_at(&listed[0], "last_message/created_at")), "4");
    // 5, 6: init with somebody known carries neither token nor user, and a bad proof is never silently a visitor.
    let again = visitor.starts("three").await;
    assert!(again.get("session_token").is_none() && again.get("user").is_none(), "5");
    visitor.post("/chat/conversations/init").bearer("bad").json(json!({ "message": "m" })).await.refused(401);
    visitor.get("/chat/conversations/6694785e-789f-4ba6-873b-260b025418c8").await.refused(404);
    visitor.get("/chat/auth/me").await.data();
    // 7: the merge rides on any authenticated call.
    for path in ["/chat/auth/me", "/chat/changes?after=0"] {
        let lost = house.visitor();
        lost.says("before").await;
        let zoe = house.signed_in("zoe").await;
        let merged = zoe.get(path).header("x-libredesk-visitor-token", &lost.token()).await;
        assert_eq!(merged.header("x-libredesk-clear-visitor"), Some("true"), "7: {path}");
    }
    // 12: links are root-relative, and the thumbnail's derived name works.
    let sent = visitor.sends(&[("a.txt", b"a")]).await;
    assert!(text_at(&sent, "attachments/0/url").starts_with("/uploads/"), "12");
    // 15: no body, no content type.
    let seen = visitor.post(&format!("/chat/conversations/{}/update-last-seen", visitor.conversation())).without("content-type").await;
    assert_eq!(seen.data(), true, "15");
}

/// Conformance 8, 11, 15; rows 93–95, 98, 103, 104
#[tokio::test]
async fn conformance_8_sockets() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let socket = visitor.opens_socket().await.unwrap();
    // Before a join only errors; pings are answered all the same, with and without data.
    socket.send(json!({ "type": "typing", "data": { "conversation_uuid": visitor.conversation(), "is_typing": true } })).await;
    socket.hears_type("error").await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.hears_type("pong").await, json!({ "type": "pong" }));
    for (token, inbox) in [
        ("nonsense", house.inbox.as_str()),
        (visitor.token().as_str(), "nonsense"),
        (visitor.token().as_str(), "6694785e-789f-4ba6-873b-260b025418c8"),
        ("", &house.inbox),
    ] {
        socket.send(json!({ "type": "join", "token": token, "data": { "inbox_id": inbox } })).await;
        assert!(socket.hears_type("error").await["data"]["message"].is_string());
    }
    socket.send(json!({ "type": "join", "data": {} })).await;
    socket.hears_type("error").await;
    socket.send(json!({ "type": "something_new", "data": 7 })).await;
    // Joining again switches the identity on the same socket.
    let zoe = house.signed_in("zoe").await;
    zoe.says("I am Zoe").await;
    for person in [&visitor, &zoe] {
        socket.send(json!({ "type": "join", "token": person.token(), "data": { "inbox_id": house.inbox } })).await;
        let joined = socket.hears_type("joined").await;
        assert_eq!(joined["data"]["message"], "namaste!");
        assert!(joined["data"]["seq"].is_number());
    }
    agent.replies(&zoe.conversation(), "hello Zoe").await;
    socket.hears("Zoe's answer", |frame| frame["data"]["text_content"] == "hello Zoe").await;
    agent.replies(&visitor.conversation(), "hello visitor").await;
    visitor.hears("hello visitor").await;
    agent.replies(&zoe.conversation(), "still there?").await;
    let told = socket.hears("Zoe's next", |frame| frame["data"]["text_content"] == "still there?").await;
    assert!(told["seq"].is_number());
    let all = socket.all();
    assert!(!all.iter().any(|frame| frame.to_string().contains("hello visitor")), "the former identity is gone");
    assert!(all.iter().filter(|frame| frame["type"] == "conversation_update").all(|frame| frame["data"]["uuid"].is_string()), "8");
    assert!(!all.iter().any(|frame| frame["data"]["text_content"] == "I am Zoe"), "11: one's own words come back by the POST alone");
    // What is no JSON ends the line.
    socket.send_raw(1, b"nonsense").await;
    assert_eq!(socket.ends().await, 1007);
}

/// Conformance 13
#[tokio::test]
async fn conformance_13_files() {
    let house = House::boot().await;
    let page = house.get(&format!("/widget?inbox_id={}", house.inbox)).await;
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    assert!(page.header("content-security-policy").unwrap().contains("frame-ancestors"));
    let hashed = page.text().split('"').find(|text| text.starts_with("/a/")).expect("a hashed file").to_owned();
    let file = house.get(&hashed).header("accept-encoding", "br").await;
    // A build for development serves the source folder, which changes under way; a release serves what it carries, and for ever.
    let (kept, encoding) = if cfg!(debug_assertions) { ("no-cache", None) } else { ("immutable", Some("br")) };
    assert!(file.header("cache-control").unwrap().contains(kept), "{:?}", file.headers);
    assert_eq!(file.header("content-encoding"), encoding);
    for path in ["/widget.js".to_owned(), format!("/w/{}.js", house.inbox)] {
        let loader = house.get(&path).await;
        let etag = loader.header("etag").expect("an ETag").to_owned();
        assert!(loader.header("content-type").unwrap().starts_with("text/javascript"));
        assert_eq!(house.get(&path).header("if-none-match", &etag).await.status, 304, "{path}");
        assert_eq!(loader.header("cross-origin-resource-policy"), Some("cross-origin"), "{path}");
    }
    // row 19: saved settings are live with the next request.
    let before = house.get(&format!("/w/{}.js", house.inbox)).await.header("etag").map(str::to_owned);
    house.configure(json!({ "launcher": { "color": "#123456" } })).await;
    let after = house.get(&format!("/w/{}.js", house.inbox)).header("if-none-match", before.as_deref().unwrap()).await;
    assert_eq!(after.status, 200);
    assert!(after.text().contains("#123456"));
}

/// Conformance 14; 2.12
#[tokio::test]
async fn conformance_14_surveys() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    house.configure(json!({ "csat_enabled": true })).await;
    visitor.says("hi").await;
    agent.replies(&visitor.conversation(), "here you are").await;
    agent.sets_status(&visitor.conversation(), "resolved").await;
    let asked = visitor.socket().hears("the question", |frame| frame["data"]["meta"]["is_csat"] == true).await;
    let uuid = text_at(&asked, "data/meta/csat_uuid");
    let answer = |body: Value| house.post(&format!("/api/v1/csat/{uuid}/response")).json(body);
    for bad in
        [json!({}), json!({ "rating": 6 }), json!({ "rating": -1 }), json!({ "rating": "5" }), json!({ "rating": 0, "feedback": " " })]
    {
        answer(bad).await.refused(400);
    }
    assert_eq!(answer(json!({ "rating": 5, "feedback": "quick and kind" })).await.data(), true, "no session, no inbox header");
    answer(json!({ "rating": 1 })).await.refused(400);
    let shown = list_at(&visitor.thread().await, "messages").into_iter().find(|message| message["meta"]["is_csat"] == true).unwrap();
    assert_eq!(
        shown["meta"],
        json!({ "is_csat": true, "csat_uuid": uuid, "csat_submitted": true, "submitted_rating": 5, "submitted_feedback": "quick and kind" })
    );
}
