//! Who may do what: every route against everybody who might try it, in one table. A route that the table does not know fails the test.
//! security 8, 9, 14; what is somebody else's answers exactly as what does not exist.

mod support;

use deskbell::model::agent::Role;
use std::collections::BTreeSet;
use support::*;

/// Routes of the visitors' API: nobody, whose it is, another visitor, a visitor with a session of another inbox.
const WIDGET: &[(&str, [u16; 4])] = &[
    ("GET /chat/settings/launcher", [200, 200, 200, 200]),
    ("GET /chat/settings", [200, 200, 200, 200]),
    ("POST /chat/auth/exchange", [401, 401, 401, 401]),
    ("POST /chat/auth/link", [404, 404, 404, 404]),
    ("POST /chat/auth/identify", [200, 200, 200, 401]),
    ("POST /chat/auth/identify/resend", [400, 400, 400, 401]),
    ("POST /chat/auth/identify/code", [400, 400, 400, 401]),
    ("GET /chat/auth/me", [401, 200, 200, 401]),
    ("PUT /chat/auth/me", [401, 200, 200, 401]),
    ("POST /chat/auth/logout", [401, 200, 200, 401]),
    ("POST /chat/conversations/init", [200, 200, 200, 401]),
    ("GET /chat/conversations", [401, 200, 200, 401]),
    ("GET /chat/conversations/{}", [401, 200, 404, 401]),
    ("POST /chat/conversations/{}/message", [401, 200, 404, 401]),
    ("POST /chat/conversations/{}/update-last-seen", [401, 200, 404, 401]),
    ("POST /chat/conversations/{}/close", [401, 200, 404, 401]),
    ("POST /chat/conversations/{}/transcript", [401, 200, 404, 401]),
    ("POST /chat/reports", [403, 403, 403, 401]),
    ("GET /chat/changes", [401, 200, 200, 401]),
    ("POST /media/upload", [401, 200, 404, 401]),
];

/// Routes of the desk's API that do their work here, by role: nobody, a visitor with his bearer, a suspended agent, an agent, the owner.
/// All of them, with every permission, are walked by `stories/permissions.rs`.
const DESK: &[(&str, [u16; 5])] = &[
    ("GET /session", [401, 401, 401, 200, 200]),
    ("POST /session", [401, 401, 401, 401, 401]),
    ("POST /setup", [404, 404, 404, 404, 404]),
    ("POST /invitation", [404, 404, 404, 404, 404]),
    ("PUT /invitation", [404, 404, 404, 404, 404]),
    ("PUT /me", [401, 401, 401, 200, 200]),
    ("GET /agents", [401, 401, 401, 200, 200]),
    ("POST /agents", [401, 401, 401, 403, 200]),
    ("PUT /agents/{}", [401, 401, 401, 403, 200]),
    ("POST /agents/{}/invitation", [401, 401, 401, 403, 200]),
    ("GET /conversations", [401, 401, 401, 200, 200]),
    ("GET /conversations/{}", [401, 401, 401, 200, 200]),
    ("GET /conversations/{}/messages", [401, 401, 401, 200, 200]),
    ("POST /conversations/{}/messages", [401, 401, 401, 200, 200]),
    ("POST /conversations/{}/attachments", [401, 401, 401, 200, 200]),
    ("PUT /conversations/{}/assignment", [401, 401, 401, 200, 200]),
    ("PUT /conversations/{}/status", [401, 401, 401, 200, 200]),
    ("PUT /conversations/{}/seen", [401, 401, 401, 204, 204]),
    ("PUT /contacts/{}", [401, 401, 401, 200, 200]),
    ("GET /search", [401, 401, 401, 200, 200]),
    ("GET /changes", [401, 401, 401, 200, 200]),
    ("GET /inboxes", [401, 401, 401, 200, 200]),
    ("POST /inboxes", [401, 401, 401, 403, 200]),
    ("PUT /inboxes/{}", [401, 401, 401, 403, 200]),
    ("POST /inboxes/{}/secret", [401, 401, 401, 403, 200]),
    ("DELETE /inboxes/{}/secret", [401, 401, 401, 403, 204]),
    ("POST /inboxes/{}/token-check", [401, 401, 401, 403, 200]),
    ("POST /inboxes/{}/logo", [401, 401, 401, 403, 200]),
    ("GET /inboxes/{}/qr", [401, 401, 401, 200, 200]),
    ("GET /inboxes/{}/translations", [401, 401, 401, 403, 200]),
    ("PUT /inboxes/{}/translations/{}", [401, 401, 401, 403, 200]),
    ("GET /icons", [401, 401, 401, 200, 200]),
    ("GET /hours", [401, 401, 401, 200, 200]),
    ("POST /hours", [401, 401, 401, 403, 200]),
    ("PUT /hours/{}", [401, 401, 401, 403, 200]),
    ("DELETE /hours/{}", [401, 401, 401, 403, 204]),
    ("GET /teams", [401, 401, 401, 200, 200]),
    ("POST /teams", [401, 401, 401, 403, 200]),
    ("PUT /teams/{}", [401, 401, 401, 403, 200]),
    ("DELETE /teams/{}", [401, 401, 401, 403, 204]),
    // Last, because it ends the sessions of those who may.
    ("DELETE /session", [401, 401, 401, 204, 204]),
];

/// Everything else: what anybody without proof is told. `None` leads to one of the doors above.
const HOUSE: &[(&str, Option<u16>)] = &[
    ("* /api/v1/widget/*", None),
    // The one call of the desk that needs both doors; its own story says who may.
    ("POST /api/desk/inboxes/{}/preview", Some(401)),
    ("* /api/desk/*", None),
    ("GET /api/v1/lang", Some(200)),
    ("GET /api/v1/lang/{}", Some(200)),
    ("POST /api/v1/csat/{}/response", Some(400)),
    ("GET /csat/{}", Some(404)),
    ("GET /csat/{}/widget", Some(404)),
    ("POST /csat/{}", Some(404)),
    // Neither is a socket's handshake.
    ("GET /widget/ws", Some(400)),
    ("GET /desk/ws", Some(403)),
    ("GET /widget", Some(400)),
    ("GET /widget.js", Some(200)),
    ("GET /w/{}", Some(200)),
    ("GET /chat/{}", Some(404)),
    ("GET /chat/{}/plain", Some(404)),
    ("POST /chat/{}/plain", Some(404)),
    ("GET /static/widgets/v1/seggwat-feedback.js", Some(200)),
    ("GET /{}/chat/widget.js", Some(404)),
    ("GET /tracking.js", Some(200)),
    ("GET /widget/assets/*", Some(404)),
    ("GET /static/public/*", Some(404)),
    ("GET /a/*", Some(404)),
    ("GET /uploads/{}", Some(404)),
    ("GET /healthz", Some(200)),
    ("GET /readyz", Some(200)),
    ("GET /metrics", Some(404)),
    ("GET /desk/sw.js", Some(200)),
    ("GET /desk/manifest.webmanifest", Some(200)),
    ("GET /desk/icon-192.png", Some(200)),
    ("GET /desk/icon-512.png", Some(200)),
    ("GET /desk", Some(200)),
    ("GET /desk/*", Some(200)),
    ("GET /health", Some(200)),
    ("GET /", Some(302)),
    ("GET /transcript-key", Some(200)),
    ("GET /transcript-key.json", Some(200)),
    ("GET /favicon.ico", Some(200)),
    ("GET /robots.txt", Some(200)),
    ("* /demo/*", Some(404)),
];

const MISSING: &str = "6694785e-789f-4ba6-873b-260b025418c8";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0\x01\x02\x03\x04";

/// The routes in a match on method and segments, as `METHOD /path/{}/*`.
fn routes_in(source: &str) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for line in source.lines() {
        let Some((head, _)) = line.trim().split_once(") if ").or_else(|| line.trim().split_once(") =>")) else { continue };
        let Some((method, paths)) = head.strip_prefix('(').and_then(|head| head.split_once(", [")) else { continue };
        let method = if method == "_" { "*" } else { method.trim_matches('"') };
        for path in paths.split("] | [") {
            let segments = path.trim_end_matches(']').split(", ").map(|segment| match segment {
                text if text.starts_with('"') => text.trim_matches('"'),
                rest if rest.contains("..") => "*",
                _ => "{}",
            });
            routes.insert(format!("{method} /{}", segments.collect::<Vec<_>>().join("/")));
        }
    }
    routes
}

#[test]
fn the_table_knows_every_route_and_no_other() {
    let known = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(routes_in(include_str!("../src/widget/mod.rs")), known(WIDGET.iter().map(|row| row.0).collect()));
    assert_eq!(routes_in(include_str!("../src/router.rs")), known(HOUSE.iter().map(|row| row.0).collect()));
}

fn widget_call(visitor: &Visitor, route: &str, conversation: &str) -> Call {
    let (method, path) = route.split_once(' ').unwrap();
    let call = visitor.call(method, &path.replace("{}", conversation));
    match path {
        "/chat/auth/exchange" => call.json(json!({ "jwt": "a.b.c" })),
        "/chat/auth/link" => call.json(json!({ "link": "no link" })),
        "/chat/conversations/init" | "/chat/conversations/{}/message" => call.json(json!({ "message": "hi" })),
        "/media/upload" => call.form(Form::new().text("conversation_uuid", conversation).file("a.txt", b"a")),
        "/chat/auth/identify" => {
            // One address may be named once in a while only.
            let email = format!("{}@example.com", deskbell::base::id::new_token());
            call.json(json!({ "name": "Zoe", "email": email }))
        }
        "/chat/auth/identify/resend" | "/chat/auth/identify/code" => call.json(json!({ "ticket": "x", "code": "123456" })),
        "/chat/auth/me" if method == "PUT" => call.json(json!({ "name": "Zoe" })),
        "/chat/conversations/{}/transcript" => call.json(json!({ "email": "zoe@example.com" })),
        // Tiles are off by default.
        "/chat/reports" => call.json(json!({ "kind": "bug", "message": "hi" })),
        "/chat/changes" => visitor.call(method, "/chat/changes?after=0"),
        _ => call,
    }
}

#[tokio::test]
async fn the_visitors_door_opens_to_whom_it_belongs() {
    let house = House::boot_with(Options::default().patient()).await;
    let second = house.another_inbox("Second").await;
    for (route, expected) in WIDGET {
        let (owner, other, elsewhere) = (house.visitor(), house.visitor(), house.visitor_of(&second));
        for visitor in [&owner, &other, &elsewhere] {
            visitor.says("my own words").await;
        }
        let conversation = owner.conversation();
        let smuggled = house.visitor().holding(&elsewhere.token());
        // An agent's cookie means nothing here.
        let callers = [&house.visitor(), &other, &smuggled, &owner];
        let expected = [expected[0], expected[2], expected[3], expected[1]];
        for (visitor, status) in callers.into_iter().zip(expected) {
            let answer = widget_call(visitor, route, &conversation).await;
            assert_eq!(answer.status, status, "{route} {}", answer.text());
        }
        if route.contains("{}") || route.ends_with("upload") {
            let (other, elsewhere) = (house.visitor(), house.visitor_of(&second));
            for visitor in [&other, &elsewhere] {
                visitor.says("hello").await;
                let foreign = widget_call(visitor, route, &conversation).await;
                let missing = widget_call(visitor, route, MISSING).await;
                assert_eq!(foreign, missing, "{route}: foreign is as if missing");
                foreign.refused(404);
            }
        }
    }
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE text = 'hi' AND conversation_id NOT IN (SELECT conversation_id FROM messages WHERE text = 'my own words')"), 3);
}

#[tokio::test]
async fn the_desks_door_opens_by_role() {
    let house = House::boot_with(Options::default().patient()).await;
    let (owner, ben, dora) =
        (house.agent().await, house.agent_named("ben", Role::Agent).await, house.agent_named("dora", Role::Agent).await);
    let visitor = house.visitor();
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let contact = text_at(&owner.opens(&conversation).await, "contact/uuid");
    owner.put(&format!("/agents/{}", dora.uuid)).json(json!({ "suspended": true })).await.ok();
    let target = house.hire("target", Role::Agent).await;
    let hours = text_at(&desk_call(&owner.client, "POST", "/hours", "", 9).await.ok(), "hours/0/uuid");
    let team = text_at(&desk_call(&owner.client, "POST", "/teams", "", 9).await.ok(), "teams/0/uuid");
    let clients = [
        house.nobody(),
        house.nobody().with("authorization", &format!("Bearer {}", visitor.token())),
        dora.client.clone(),
        ben.client.clone(),
        owner.client.clone(),
    ];
    for (route, expected) in DESK {
        let (method, pattern) = route.split_once(' ').unwrap();
        // Links that do not work are counted per address; here everybody has the same.
        house.clock.advance(minutes(16));
        for (who, (client, status)) in clients.iter().zip(expected).enumerate() {
            let id = match pattern {
                path if path.starts_with("/agents") => &target,
                path if path.starts_with("/contacts") => &contact,
                path if path.starts_with("/inboxes") => &house.inbox,
                path if path.starts_with("/hours") => &hours,
                path if path.starts_with("/teams") => &team,
                _ => &conversation,
            };
            let answer = desk_call(client, method, pattern, id, who).await;
            assert_eq!(answer.status, *status, "{route} by {who}: {}", answer.text());
            // Those who may get the same 404 for what is not there, and nobody else learns that it is not.
            if pattern.contains("{}") && *status != 403 && *route != "DELETE /session" {
                let missing = desk_call(client, method, pattern, MISSING, who).await;
                assert_eq!(missing.status, if *status == 401 { 401 } else { 404 }, "{route} by {who}, missing: {}", missing.text());
                assert_eq!(
                    desk_call(client, method, pattern, "nonsense", who).await.status,
                    if *status == 401 { 401 } else { 404 },
                    "{route} by {who}"
                );
            }
        }
    }
}

fn desk_call(client: &Client, method: &str, pattern: &str, id: &str, who: usize) -> Call {
    let call = client.call(method, &format!("/api/desk{}", pattern.replacen("{}", id, 1).replace("{}", "de")));
    let body = match (method, pattern) {
        ("POST", "/session") => json!({ "email": "nobody@house.example", "password": "not a password" }),
        ("POST", "/setup") => {
            json!({ "token": "x", "first_name": "A", "email": format!("a{who}@house.example"), "password": house::PASSWORD })
        }
        (_, "/invitation") => json!({ "token": "x", "password": house::PASSWORD }),
        ("PUT", "/me") => json!({ "availability": "online" }),
        ("POST", "/agents") => json!({ "email": format!("new{who}@house.example"), "first_name": "N", "role": "agent" }),
        ("PUT", "/agents/{}") => json!({ "first_name": "Renamed" }),
        ("POST", "/conversations/{}/messages") => json!({ "kind": "note", "body": "n" }),
        ("PUT", "/conversations/{}/assignment") => json!({ "agent": null }),
        ("PUT", "/conversations/{}/status") => json!({ "status": "open" }),
        ("PUT", "/conversations/{}/seen") => json!({ "seq": 1 }),
        ("PUT", "/contacts/{}") => json!({ "note": "n" }),
        ("POST", "/inboxes") => json!({ "name": "Third" }),
        ("PUT", "/inboxes/{}") => json!({ "name": "Shop" }),
        ("POST", "/inboxes/{}/token-check") => json!({ "token": "a.b.c" }),
        ("PUT", "/inboxes/{}/translations/{}") => json!({ "texts": { "w.send": "Los" } }),
        ("POST", "/hours") => {
            json!({ "name": format!("Hours {who}"), "time_zone": "Europe/Berlin", "weekly": { "monday": [["09:00", "17:00"]] } })
        }
        ("PUT", "/hours/{}") => json!({ "name": "Renamed hours" }),
        ("POST", "/teams") => json!({ "name": format!("Team {who}") }),
        ("PUT", "/teams/{}") => json!({ "name": "Renamed team" }),
        ("POST", "/inboxes/{}/logo") => return call.form(Form::new().file("logo.png", PNG)),
        ("POST", "/conversations/{}/attachments") => return call.form(Form::new().file("a.txt", b"a")),
        ("GET", "/search") => return client.get("/api/desk/search?q=hi"),
        ("GET", "/changes") => return client.get("/api/desk/changes?after=0"),
        _ => return call,
    };
    call.json(body)
}

#[tokio::test]
async fn everything_else_says_what_it_says_to_anybody() {
    let house = House::boot().await;
    for (route, expected) in HOUSE {
        let Some(expected) = expected else { continue };
        let (method, path) = route.split_once(' ').unwrap();
        let path = path.replace("{}", MISSING).replace('*', "nothing/here");
        let answer = house.nobody().call(if method == "*" { "GET" } else { method }, &path).await;
        assert_eq!(answer.status, *expected, "{route}: {}", answer.text());
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{route}");
        // security 18: nothing that is not a hashed file may be kept by a proxy without asking.
        let caching = answer.header("cache-control").unwrap_or_default();
        assert!(caching.contains("no-store") || caching.contains("no-cache") || caching.contains("max-age=0"), "{route}: {caching}");
    }
    // security 40: verbs that nobody offered.
    for path in ["/desk", "/api/v1/widget/chat/settings", "/api/desk/session", "/uploads/x", "/", "/health"] {
        for method in ["TRACE", "CONNECT", "PATCH", "PROPFIND", "DELETE"] {
            let answer = house.nobody().call(method, path).header("x-libredesk-inbox-id", &house.inbox).await;
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
        }
    }
    for path in [
        "/.env",
        "/deskbell.db",
        "/api",
        "/api/v2/x",
        "/desk/../deskbell.db",
        "/a/../../Cargo.toml",
        "/..%2fdeskbell.db",
        "//evil.example",
        "/widget/assets/..%2f..%2fdeskbell.db",
    ] {
        let answer = house.get(path).await;
        assert!(matches!(answer.status, 200 | 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("SQLite format"), "{path}");
        assert_eq!(answer.header("location"), None, "{path}");
    }
}
