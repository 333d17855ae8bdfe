//! The desk's own doors: getting in, staying in, being kept out, and finding things.

use crate::support::agent::encoded;
use crate::support::*;
use deskbell::model::agent::Role;

/// security 23: the first owner's link works once.
#[tokio::test]
async fn the_set_up_link_makes_one_owner_once() {
    let house = House::boot_with(Options::default().empty()).await;
    assert_eq!(house.get("/api/desk/session").await.json()["setup_needed"], true);
    let void = house.desk().issue_setup().await.unwrap();
    let token = house.desk().issue_setup().await.unwrap();
    house.shared.keep_secret(&token);
    let person = |token: &str, password: &str| {
        let body = json!({ "token": token, "first_name": "Olga", "email": "olga@house.example", "password": password, "role": "owner" });
        house.post("/api/desk/setup").json(body)
    };
    person(&void, house::PASSWORD).await.denied(404);
    person("nonsense", house::PASSWORD).await.denied(404);
    assert_eq!(person(&token, "short").await.denied(400)["field"], "password", "the link is not used up by a weak password");
    let owner = Agent::of(&house.shared, person(&token, house::PASSWORD).await).await;
    assert_eq!(owner.get("/session").await.ok()["agent"]["role"], "owner");
    person(&token, house::PASSWORD).await.denied(404);
    assert!(house.desk().issue_setup().await.is_err());
    assert_eq!(house.get("/api/desk/session").await.json()["setup_needed"], false);
    // Without a set-up link in time, an expired one is worth nothing.
    let other = House::boot_with(Options::default().empty()).await;
    let token = other.desk().issue_setup().await.unwrap();
    other.later(hours(24) + 1).await;
    let body = json!({ "token": token, "first_name": "O", "email": "o@house.example", "password": house::PASSWORD });
    other.post("/api/desk/setup").json(body).await.denied(404);
}

/// security 23
#[tokio::test]
async fn invitations_work_once_and_for_a_day() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let invite = |email: &str| owner.post("/agents").json(json!({ "email": email, "first_name": "Ben", "role": "agent" }));
    let token_of = |answer: &Value| text_at(answer, "link").split_once('=').unwrap().1.to_owned();
    let token = token_of(&invite("ben@house.example").await.ok());
    house.shared.keep_secret(&token);
    invite("BEN@house.example").await.denied(409);
    let asked = house.post("/api/desk/invitation").json(json!({ "token": token })).await.ok();
    assert_eq!((asked["agent"]["email"].as_str(), asked["purpose"].as_str()), (Some("ben@house.example"), Some("invite")));
    let accept = |token: &str| house.nobody().put("/api/desk/invitation").json(json!({ "token": token, "password": house::PASSWORD }));
    assert!(house.post("/api/desk/session").json(json!({ "email": "ben@house.example", "password": "" })).await.status != 200);
    let ben = Agent::of(&house.shared, accept(&token).await).await;
    accept(&token).await.denied(404);
    house.post("/api/desk/invitation").json(json!({ "token": token })).await.denied(404);
    // A reset link ends what was open; the older link is void.
    let again = || owner.post(&format!("/agents/{}/invitation", ben.uuid));
    let void = token_of(&again().await.ok());
    let link = again().await.ok();
    assert!(text_at(&link, "link").contains("/desk#reset="), "a fragment, so that it reaches no log and no Referer");
    accept(&void).await.denied(404);
    accept(&token_of(&link)).await.ok();
    ben.is_shut_out().await;
    let late = token_of(&invite("cleo@house.example").await.ok());
    house.later(hours(24) + 1).await;
    accept(&late).await.denied(404);
}

/// security 19, 21
#[tokio::test]
async fn wrong_logins_are_all_alike_and_the_door_closes_for_a_while() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let owner = house.agent().await;
    house.hire("ben", Role::Agent).await;
    house.hire("cleo", Role::Agent).await;
    let suspended = house.hire("dora", Role::Agent).await;
    owner.put(&format!("/agents/{suspended}")).json(json!({ "suspended": true })).await.ok();
    owner.post("/agents").json(json!({ "email": "invited@house.example", "first_name": "I", "role": "agent" })).await.ok();
    let login = |ip: &str, email: &str, password: &str| {
        house.post("/api/desk/session").header("x-forwarded-for", ip).json(json!({ "email": email, "password": password }))
    };
    let wrong = login("198.51.100.1", "cleo@house.example", "not the password").await;
    wrong.denied(401);
    for (email, password) in [
        ("nobody@house.example", "not the password"),
        ("dora@house.example", house::PASSWORD),
        ("invited@house.example", ""),
        ("' OR 1=1 --", "x"),
    ] {
        assert_eq!(login("198.51.100.2", email, password).await, wrong, "{email}");
    }
    // security 24: the stored hash is no password.
    let file = house.file_path();
    let hash: String =
        rusqlite::Connection::open(file).unwrap().query_row("SELECT password_hash FROM agents LIMIT 1", [], |row| row.get(0)).unwrap();
    assert_eq!(login("198.51.100.3", house::OWNER, &hash).await, wrong);
    // Ten for one account from one address close that door, and nobody else's: a stranger cannot shut the owner out.
    for _ in 0..10 {
        login("198.51.101.1", "BEN@house.example", "guess").await.denied(401);
    }
    let closed = login("198.51.101.1", "ben@house.example", house::PASSWORD).await;
    closed.denied(429);
    assert!(closed.header("retry-after").unwrap().parse::<u32>().unwrap() > 800);
    login("198.51.100.9", "ben@house.example", house::PASSWORD).await.ok();
    // A hundred for one account, from a hundred networks, close it for all. An IPv6 customer has a whole /64, and counts once.
    for n in 0..10 {
        login(&format!("2001:db8:0:1::{n}"), "cleo@house.example", "guess").await.denied(401);
    }
    login("2001:db8:0:1::ffff", "cleo@house.example", house::PASSWORD).await.denied(429);
    // Tries that are made at once are all counted.
    let mut together = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let call = login("198.51.102.1", "dora@house.example", "guess");
        together.spawn(async move { call.await.status });
    }
    let refused = together.join_all().await.into_iter().filter(|status| *status == 429).count();
    assert_eq!(refused, 20);
    // Twenty from one address, for twenty accounts.
    for n in 0..20 {
        login("203.0.113.5", &format!("guess{n}@house.example"), "guess").await.denied(401);
    }
    login("203.0.113.5", "cleo@house.example", house::PASSWORD).await.denied(429);
    login("203.0.113.6", "cleo@house.example", house::PASSWORD).await.ok();
    house.later(minutes(15) + 1).await;
    login("203.0.113.5", "ben@house.example", house::PASSWORD).await.ok();
}

/// security 28, 29
#[tokio::test]
async fn other_sites_change_nothing() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let changes = [
        ("PUT", "/me".to_owned(), json!({ "availability": "away" })),
        ("POST", "/agents".into(), json!({ "email": "evil@evil.tld", "first_name": "E", "role": "admin" })),
        ("POST", format!("/conversations/{conversation}/messages"), json!({ "kind": "reply", "body": "forged" })),
        ("PUT", format!("/conversations/{conversation}/assignment"), json!({ "agent": null })),
        ("PUT", format!("/conversations/{conversation}/status"), json!({ "status": "resolved" })),
        ("PUT", format!("/inboxes/{}", house.inbox), json!({ "enabled": false })),
        ("POST", format!("/inboxes/{}/secret", house.inbox), json!({})),
        ("DELETE", "/session".into(), json!({})),
    ];
    let before = house.count("SELECT max(seq) FROM events");
    for (method, path, body) in &changes {
        let call = || agent.call(method, path).json(body.clone());
        call().without("x-deskbell-csrf").await.denied(403);
        call().header("x-deskbell-csrf", "").await.denied(403);
        call().header("x-deskbell-csrf", &agent.csrf[..agent.csrf.len() - 1]).await.denied(403);
        for origin in ["https://evil.tld", "null", "http://127.0.0.1:1", &house.origin().replace("http:", "https:"), "http://localhost"] {
            call().header("origin", origin).await.denied(403);
        }
        for site in ["cross-site", "same-site"] {
            call().header("sec-fetch-site", site).await.denied(403);
        }
        // Nothing changes by GET, whatever the body says.
        let by_get = agent.call("GET", path).json(body.clone()).await;
        assert!(by_get.status == 404 || method != &"POST" || by_get.status == 200, "{path} {}", by_get.status);
    }
    assert_eq!(house.count("SELECT max(seq) FROM events"), before);
    assert_eq!(house.count("SELECT count(*) FROM agents"), 1);
    agent.get("/session").await.ok();
    // A login from elsewhere would make somebody work in a stranger's account.
    let login = json!({ "email": house::OWNER, "password": house::PASSWORD });
    house.post("/api/desk/session").header("origin", "https://evil.tld").json(login.clone()).await.denied(403);
    house.post("/api/desk/session").header("sec-fetch-site", "cross-site").json(login.clone()).await.denied(403);
    let answer = house.post("/api/desk/session").json(login).await;
    let cookie = answer.header("set-cookie").unwrap();
    for part in ["__Host-deskbell=", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for (name, value) in [("origin", "https://evil.tld"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let headers: Vec<(String, String)> = agent
            .client
            .clone()
            .headers
            .into_iter()
            .filter(|(known, _)| known != name)
            .chain([(name.to_owned(), value.to_owned())])
            .collect();
        assert_eq!(Socket::open(house.address(), "/desk/ws", &headers).await.err(), Some(403), "{name}: {value}");
    }
    let without: Vec<(String, String)> = vec![("cookie".into(), agent.cookie.clone())];
    assert_eq!(Socket::open(house.address(), "/desk/ws", &without).await.err(), Some(403), "a socket without Origin is no page of ours");
    let no_cookie = vec![("origin".to_owned(), house.origin())];
    assert_eq!(Socket::open(house.address(), "/desk/ws", &no_cookie).await.err(), Some(401));
}

/// security 11, 45: words are found, and nothing that people type is syntax.
#[tokio::test]
async fn search_finds_words_and_takes_everything_else_as_words() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.starts_with(json!({ "message": "My monstera arrived with broken leaves", "form_data": { "name": "Maya Lindqvist", "email": "maya@plants.example" } })).await;
    agent.replies(&visitor.conversation(), "I am sorry about the **Blätter**").await;
    agent.notes(&visitor.conversation(), "refund approved").await;
    let found = |answer: &Value| list_at(answer, "results").len();
    for (words, count) in [
        ("monstera", 1),
        ("MONSTERA", 1),
        ("mon", 1),
        ("leaves broken", 1),
        ("blatter", 1),
        ("refund", 1),
        ("monstera cactus", 0),
        ("onstera", 0),
    ] {
        assert_eq!(found(&agent.searches(words).await), count, "{words}");
    }
    let hit = &agent.searches("monstera").await["results"][0];
    assert_eq!(hit["conversation"]["uuid"], visitor.conversation());
    assert!(
        list_at(hit, "snippet")
            .iter()
            .any(|part| part["hit"] == true && part["text"].as_str().is_some_and(|text| text.eq_ignore_ascii_case("monstera")))
    );
    let people = list_at(&agent.searches("lindq").await, "contacts");
    assert_eq!((people.len(), people[0]["conversation"].clone()), (1, json!(visitor.conversation())));
    for hostile in [
        "\"",
        "\"monstera",
        "monstera\"",
        "*",
        "**",
        "mon*stera",
        "NEAR(",
        "NEAR(a b, 2)",
        "AND",
        "OR OR",
        "NOT",
        "a NOT b",
        "(",
        ")",
        "((((",
        "text:monstera",
        "-monstera",
        "^monstera",
        "{a b}: c",
        "+",
        "'; DROP TABLE messages; --",
        "%",
        "_",
        "\\",
        "\u{0}",
        "\u{1}\u{2}",
        "🦀",
        "a:b:c",
        "rowid",
        "messages_fts",
        "\"\"\"",
        "a\"b\"c",
        ":",
        "",
        " ",
        "…",
    ] {
        agent.searches(hostile).await;
    }
    assert_eq!(agent.get("/search").await.ok()["results"], json!([]));
    agent.get("/search?q=%ff%fe").await.ok();
    agent.get("/search?q=a&before=x").await.denied(400);
    house.get(&format!("/api/desk/search?q={}", encoded("monstera"))).await.denied(401);
}

/// security 10: what nobody offered is not taken.
#[tokio::test]
async fn unknown_and_internal_fields_change_nothing() {
    let house = House::boot().await;
    let (visitor, owner) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", Role::Agent).await;
    let extra = json!({ "status": "resolved", "hash": "x", "assignee": ben.uuid, "is_admin": true, "secret": "x", "verified": true, "kind": "contact", "id": 7, "contact_id": 1, "inbox_id": 9, "seq": 1, "created_at": 0, "html": "<b>", "author": { "type": "agent" } });
    let with = |mut body: Value| {
        for (key, value) in extra.as_object().unwrap() {
            body.as_object_mut().unwrap().entry(key).or_insert(value.clone());
        }
        body
    };
    let begun = visitor.starts_with(with(json!({ "message": "hi" }))).await;
    assert_eq!((begun["conversation"]["status"].as_str(), begun["user"]["is_visitor"].as_bool()), (Some("Open"), Some(true)));
    assert_eq!(begun["messages"][0]["author"]["type"], "visitor");
    let path = format!("/chat/conversations/{}/message", visitor.conversation());
    let sent = visitor.post(&path).json(with(json!({ "message": "<i>x</i>" }))).await.data();
    assert_eq!((sent["author"]["type"].as_str(), sent["html"].as_str()), (Some("visitor"), Some("&lt;i&gt;x&lt;/i&gt;")));
    let conversation = owner.opens(&visitor.conversation()).await;
    assert_eq!((conversation["conversation"]["status"].as_str(), &conversation["conversation"]["assignee"]), (Some("open"), &Value::Null));
    assert_eq!((conversation["contact"]["verified"].as_bool(), conversation["contact"]["kind"].as_str()), (Some(false), Some("visitor")));
    // An agent's own profile carries no role, no address, no suspension.
    let edit = json!({ "first_name": "Benjamin", "role": "owner", "email": "other@house.example", "suspended": false, "password_hash": "x", "uuid": owner.uuid });
    let answer = ben.put("/me").json(edit).await;
    if answer.status == 200 {
        let me = answer.ok();
        assert_eq!(
            (me["role"].as_str(), me["email"].as_str(), me["uuid"].as_str()),
            (Some("agent"), Some("ben@house.example"), Some(ben.uuid.as_str()))
        );
    } else {
        answer.denied(400);
    }
    let contact = text_at(&conversation, "contact/uuid");
    let answer = ben
        .put(&format!("/contacts/{contact}"))
        .json(json!({ "note": "n", "kind": "contact", "verified": true, "verified_by": "libredesk", "email_verified": true }))
        .await;
    let shown = owner.opens(&visitor.conversation()).await["contact"].clone();
    assert!(matches!(answer.status, 200 | 400));
    assert_eq!(
        (shown["verified"].as_bool(), shown["email_verified"].as_bool(), shown["kind"].as_str()),
        (Some(false), Some(false), Some("visitor"))
    );
    owner.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": { "secret": "mine" } })).await.denied(400);
    let answer =
        owner.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "secret": "mine", "uuid": contact, "has_secret": false })).await;
    assert!(matches!(answer.status, 200 | 400));
    house
        .visitor()
        .post("/chat/auth/exchange")
        .json(json!({ "jwt": deskbell::base::token::sign(&house.claims("zoe"), b"mine") }))
        .await
        .refused(401);
    house.signed_in("zoe").await;
}

/// security 11: a text is a text, everywhere.
#[tokio::test]
async fn anything_but_a_text_where_a_text_belongs_is_refused() {
    let house = House::boot_with(Options::default().patient()).await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let before = house.count("SELECT max(seq) FROM events");
    for odd in [json!({ "$regex": ".*" }), json!({ "$gt": "" }), json!(["a"]), json!(7), json!(1e300), json!(true)] {
        for body in [json!({ "message": odd }), json!({ "message": "m", "echo_id": odd })] {
            visitor.post("/chat/conversations/init").json(body.clone()).await.refused(400);
            visitor.post(&format!("/chat/conversations/{conversation}/message")).json(body).await.refused(400);
        }
        for key in ["jwt", "dialect", "email", "first_name"] {
            let mut body = json!({ "jwt": "a.b.c" });
            body[key] = odd.clone();
            visitor.post("/chat/auth/exchange").json(body).await.refused(400);
        }
        if !odd.is_object() {
            visitor.post("/chat/conversations/init").json(json!({ "message": "m", "form_data": odd })).await.refused(400);
        }
        for (method, path, key, body) in [
            ("POST", "/session".to_owned(), "email", json!({ "password": "x" })),
            ("POST", "/session".into(), "password", json!({ "email": "x" })),
            ("POST", "/setup".into(), "token", json!({ "first_name": "a", "email": "b", "password": "c" })),
            ("POST", "/invitation".into(), "token", json!({})),
            ("PUT", "/invitation".into(), "token", json!({ "password": "x" })),
            ("PUT", "/me".into(), "first_name", json!({})),
            ("PUT", "/me".into(), "availability", json!({})),
            ("POST", "/agents".into(), "email", json!({ "first_name": "a", "role": "agent" })),
            ("POST", format!("/conversations/{conversation}/messages"), "body", json!({ "kind": "reply" })),
            ("POST", format!("/conversations/{conversation}/messages"), "kind", json!({ "body": "x" })),
            ("PUT", format!("/conversations/{conversation}/assignment"), "agent", json!({})),
            ("PUT", format!("/conversations/{conversation}/status"), "status", json!({})),
            ("PUT", format!("/inboxes/{}", house.inbox), "name", json!({})),
            ("POST", format!("/inboxes/{}/token-check", house.inbox), "token", json!({})),
        ] {
            let mut body = body;
            body[key] = odd.clone();
            let answer = agent.call(method, &path).json(body).await;
            assert_eq!(answer.status, 400, "{method} {path} {key}={odd}: {}", answer.text());
        }
    }
    for body in ["", "nonsense", "[]", "\"text\"", "null", "{\"message\":", "{\"message\":\"a\",\"message\":\"b\"}", "\u{feff}{}"] {
        let answer = visitor
            .post(&format!("/chat/conversations/{conversation}/message"))
            .header("content-type", "application/json")
            .body(body)
            .await;
        answer.refused(400);
    }
    let deep = format!("{{\"message\":{}1{}}}", "[".repeat(5000), "]".repeat(5000));
    visitor.post("/chat/conversations/init").header("content-type", "application/json").body(deep).await.refused(400);
    assert_eq!(house.count("SELECT max(seq) FROM events"), before);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
}

/// Nobody waits for somebody who will not come.
#[tokio::test]
async fn a_suspended_agents_conversations_go_back_to_everybody() {
    let house = House::boot().await;
    let (owner, ben, visitor) = (house.agent().await, house.agent_named("ben", Role::Agent).await, house.visitor());
    visitor.says("hi").await;
    ben.replies(&visitor.conversation(), "hello").await;
    assert_eq!(owner.list("box=unassigned").await["conversations"].as_array().map(Vec::len), Some(0));
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "suspended": true })).await.ok();
    assert_eq!(owner.list("box=unassigned").await["conversations"][0]["uuid"], visitor.conversation());
    visitor.says("still there?").await;
    owner.sees("still there?").await;
}
