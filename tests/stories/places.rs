//! Where people come from: trusted sites, blocked addresses, inboxes that are switched off.

use crate::support::*;

/// What each kind of door says to a page of `origin`: launcher settings, settings, init, snippet.
async fn doors(house: &House, origin: &str) -> Vec<u16> {
    let visitor = house.visitor().on(origin);
    let launcher = house.get(&format!("/api/v1/widget/chat/settings/launcher?inbox_id={}", house.inbox)).header("origin", origin).await;
    assert_eq!(launcher.header("access-control-allow-origin"), Some("*"), "conformance 2: also on errors");
    let settings = visitor.get("/chat/settings").await;
    let init = visitor.post("/chat/conversations/init").json(json!({ "message": "hi" })).await;
    vec![launcher.status, settings.status, init.status]
}

async fn socket_from(house: &House, origin: Option<&str>, token: &str) -> String {
    let mut visitor = house.visitor();
    if let Some(origin) = origin {
        visitor = visitor.on(origin);
    }
    let socket = visitor.opens_socket().await.unwrap();
    socket.send(json!({ "type": "join", "token": token, "data": { "inbox_id": house.inbox } })).await;
    text_at(&socket.hears("an answer", |frame| frame["type"] == "joined" || frame["type"] == "error").await, "type")
}

async fn script_from(house: &House, page: &str) -> bool {
    let script = house.get(&format!("/w/{}.js", house.inbox)).header("referer", page).await;
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    script.text().contains("__deskbell_boot=")
}

/// rows 50, 51, 52, 53; security 29, 30
#[tokio::test]
async fn only_trusted_sites_may_use_the_chat_through_any_door() {
    let house = House::boot_with(Options::default().patient()).await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    assert_eq!(doors(&house, "https://anywhere.example").await, [200; 3], "an empty list trusts everybody");
    let page = || house.get(&format!("/widget?inbox_id={}", house.inbox));
    assert!(page().await.header("content-security-policy").unwrap().contains("frame-ancestors *"));
    house.configure(json!({ "trusted_domains": ["example.com", "*.shop.example", "localhost:3000"] })).await;
    let policy = page().await.header("content-security-policy").unwrap().to_owned();
    for part in ["frame-ancestors 'self'", "https://example.com", "https://*.shop.example"] {
        assert!(policy.contains(part), "{policy}");
    }
    for origin in [
        "https://example.com",
        "http://example.com",
        "https://EXAMPLE.com",
        "https://a.shop.example",
        "https://a.b.shop.example",
        "http://localhost:3000",
        &house.origin(),
    ] {
        assert_eq!(doors(&house, origin).await, [200; 3], "{origin}");
        assert_eq!(socket_from(&house, Some(origin), &visitor.token()).await, "joined", "{origin}");
        assert!(script_from(&house, &format!("{origin}/page?x=1")).await, "{origin}");
    }
    for origin in [
        "https://staging.example.com",
        "https://shop.example",
        "https://evil-shop.example",
        "https://a.shop.example.com",
        "https://example.com.evil.tld",
        "https://evil.tld",
        "null",
        "file://",
        "https://example.com@evil.tld",
        "http://localhost:3001",
        "http://localhost",
        "chrome-extension://example.com",
        "",
    ] {
        assert_eq!(doors(&house, origin).await, [403; 3], "{origin}");
        assert_eq!(socket_from(&house, Some(origin), &visitor.token()).await, "error", "{origin}");
    }
    for origin in ["https://staging.example.com", "https://evil.tld", "https://example.com.evil.tld"] {
        assert!(!script_from(&house, &format!("{origin}/page")).await, "{origin}");
    }
    // Who is taken off the list while connected loses the line.
    let shop = house.visitor().on("https://example.com").holding(&visitor.token());
    shop.joins().await;
    house.configure(json!({ "trusted_domains": ["*.shop.example"] })).await;
    assert_eq!(shop.socket().ends().await, 4403);
    // No Origin at all is no page of another site: a script of the owner's, curl, our own frame's GET.
    assert_eq!(socket_from(&house, None, &visitor.token()).await, "joined");
    visitor.get("/chat/settings").await.data();
}

/// decision 13: a custom front end on an allowed origin works.
#[tokio::test]
async fn another_origin_may_preflight() {
    let house = House::boot().await;
    let answer = house.nobody().call("OPTIONS", "/api/v1/widget/chat/conversations/init").header("origin", "https://a.example").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None, "no cookie ever counts here");
    for name in ["Authorization", "X-Libredesk-Inbox-ID", "X-Libredesk-Visitor-Token", "Content-Type"] {
        assert!(answer.header("access-control-allow-headers").unwrap().contains(name));
    }
}

/// rows 54, 55
#[tokio::test]
async fn blocked_addresses_get_nowhere() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    house.configure(json!({ "blocked_ips": ["203.0.113.7", "192.168.1.0/24", "2001:db8::/32"] })).await;
    let good = house.visitor().from("203.0.113.8");
    good.says("hi").await;
    for ip in ["203.0.113.7", "192.168.1.200", "2001:db8:1::5", "::ffff:203.0.113.7"] {
        let blocked = house.visitor().from(ip).holding(&good.token());
        for path in ["/chat/settings", "/chat/settings/launcher", "/chat/conversations", "/chat/auth/me"] {
            blocked.get(path).await.refused(403);
        }
        house.visitor().from(ip).post("/chat/conversations/init").json(json!({ "message": "hi" })).await.refused(403);
        let client = house.nobody().with("x-forwarded-for", ip);
        assert_eq!(client.get(&format!("/widget?inbox_id={}", house.inbox)).await.status, 403);
        assert!(!client.get(&format!("/w/{}.js", house.inbox)).await.text().contains("__deskbell_boot="));
        let socket = blocked.opens_socket().await.unwrap();
        socket.send(json!({ "type": "join", "token": good.token(), "data": { "inbox_id": house.inbox } })).await;
        socket.hears_type("error").await;
    }
    // Who is blocked while connected loses the line.
    house.configure(json!({ "blocked_ips": ["203.0.113.0/24"] })).await;
    assert_eq!(good.socket().ends().await, 4403);
    good.get("/chat/auth/me").await.refused(403);
    let agent = house.agent().await;
    let bad = json!({ "config": { "blocked_ips": ["10.0.0.1", "10.0.0.0/99"] } });
    let error = agent.put(&format!("/inboxes/{}", house.inbox)).json(bad).await.denied(400);
    assert!(text_at(&error, "message").contains("Line 2"));
}

/// security 31, decision 14
#[tokio::test]
async fn forwarded_addresses_are_believed_only_from_the_proxy() {
    let house = House::boot().await;
    house.configure(json!({ "blocked_ips": ["203.0.113.7"] })).await;
    let visitor = house.visitor().from("203.0.113.7");
    visitor.get("/chat/settings").await.data();
    house.configure(json!({ "blocked_ips": ["127.0.0.1"] })).await;
    house.visitor().from("203.0.113.8").get("/chat/settings").await.refused(403);
    let proxied = House::boot_with(Options::default().behind_a_proxy()).await;
    proxied.configure(json!({ "blocked_ips": ["203.0.113.7"] })).await;
    proxied.visitor().from("203.0.113.7").get("/chat/settings").await.refused(403);
    // What stands left of the proxy's own word is hearsay.
    proxied.visitor().from("198.51.100.1, 203.0.113.7").get("/chat/settings").await.refused(403);
    proxied.visitor().from("203.0.113.7, 198.51.100.1").get("/chat/settings").await.data();
    for name in ["x-real-ip", "forwarded", "true-client-ip", "cf-connecting-ip"] {
        proxied.visitor().from("198.51.100.1").get("/chat/settings").header(name, "203.0.113.7").await.data();
    }
}

/// protocol 1.3: disabled is as if unknown, and everybody is out.
#[tokio::test]
async fn an_inbox_that_is_switched_off_is_not_there() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "enabled": false })).await.ok();
    let unknown = "6694785e-789f-4ba6-873b-260b025418c8";
    for path in ["/chat/settings", "/chat/settings/launcher", "/chat/conversations", "/chat/auth/me"] {
        let (off, missing) = (visitor.get(path).await, house.visitor_of(unknown).holding(&visitor.token()).get(path).await);
        assert_eq!(off, missing, "{path}");
        off.refused(400);
    }
    assert_eq!(visitor.socket().ends().await, 4403);
    assert_eq!(house.get(&format!("/widget?inbox_id={}", house.inbox)).await.status, 400);
    assert!(
        house.get(&format!("/w/{}.js", house.inbox)).await.text().starts_with("console.error("),
        "row 4: the page works on and its developer sees why"
    );
    // Its conversations stay with the agents, and switched on again everything is as it was.
    assert_eq!(list_at(&agent.list("status=open").await, "conversations").len(), 1);
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "enabled": true })).await.ok();
    assert_eq!(visitor.conversations().await.len(), 1);
}
