//! What is remembered of people, and what is not.

use crate::support::*;
use std::collections::BTreeMap;

/// Rows of every table of the file, the search's own included.
fn rows(house: &House) -> BTreeMap<String, i64> {
    let file = rusqlite::Connection::open(house.file_path()).expect("the file opens");
    let mut names = file.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").expect("a schema");
    let names: Vec<String> = names.query_map([], |row| row.get(0)).expect("tables").collect::<Result<_, _>>().expect("names");
    assert!(names.len() > 20, "the count sees the tables");
    let count = |name: &String| file.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0)).expect("a count");
    names.iter().map(|name| (name.clone(), count(name))).collect()
}

/// Looking, opening, typing, refused calls: none of it leaves a row anywhere.
#[tokio::test]
async fn nothing_is_written_down_before_the_first_message() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let before = rows(&house);
    let visitor = house.visitor();
    for path in
        [format!("/w/{}.js", house.inbox), format!("/widget?inbox_id={}", house.inbox), "/widget.js".into(), "/api/v1/lang/de".into()]
    {
        assert_eq!(house.get(&path).header("referer", "https://shop.example/a?b=c").await.status, 200, "{path}");
    }
    for path in ["/chat/settings/launcher", "/chat/settings", "/chat/settings?lang=de"] {
        visitor.get(path).await.data();
    }
    let socket = visitor.opens_socket().await.unwrap();
    for frame in [
        json!({ "type": "page_visit", "data": { "url": "https://shop.example/cart", "title": "Cart" } }),
        json!({ "type": "typing", "data": { "conversation_uuid": house.inbox, "is_typing": true } }),
        json!({ "type": "join", "token": "nonsense", "data": { "inbox_id": house.inbox } }),
    ] {
        socket.send(frame).await;
    }
    socket.send(json!({ "type": "ping" })).await;
    socket.hears_type("pong").await;
    visitor.post("/chat/conversations/init").json(json!({ "message": " " })).await.refused(400);
    visitor.post("/chat/auth/exchange").json(json!({ "jwt": "a.b.c" })).await.refused(401);
    visitor.get("/chat/auth/me").await.refused(401);
    visitor.call("PUT", "/chat/auth/me").json(json!({ "name": "Zoe", "variables": { "plan": "pro" } })).await.refused(401);
    visitor.post("/chat/reports").json(json!({ "kind": "bug", "message": "tile off" })).await.refused(403);
    house.desk().flush_pages().await.unwrap();
    assert_eq!(rows(&house), before);
    assert!(agent.socket.all().iter().all(|frame| frame["type"] != "pages" && frame["type"] != "contact"), "nor does anybody hear of it");
    visitor.says("now").await;
    assert_ne!(rows(&house), before);
}

impl Visitor {
    /// Looks at a page in a fresh tab, and waits until the house has taken it.
    async fn looks_at(&self, url: &str) {
        let tab = self.another_tab();
        tab.joins().await;
        tab.visits(url, "A page").await;
        tab.socket().send(json!({ "type": "ping" })).await;
        tab.socket().hears_type("pong").await;
    }
}

/// row 97: pages of people with a conversation, or by explicit setting; without what stands behind ? and #.
#[tokio::test]
async fn page_visits_are_kept_as_the_inbox_says() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let stored = || house.count("SELECT count(*) FROM page_visits");
    let zoe = house.signed_in("zoe").await;
    zoe.looks_at("https://shop.example/before").await;
    house.desk().flush_pages().await.unwrap();
    assert_eq!(stored(), 0, "a login alone is no conversation");
    assert!(agent.socket.all().iter().all(|frame| frame["type"] != "pages"));
    zoe.says("hi").await;
    zoe.looks_at("https://zoe:pass@shop.example/cart?token=1#pay").await;
    agent.sees_frame("pages", "the cart", |data| data["pages"][0]["url"] == "https://shop.example/cart").await;
    house.configure(json!({ "privacy": { "page_visits": "never" } })).await;
    zoe.looks_at("https://shop.example/never").await;
    house.configure(json!({ "privacy": { "page_visits": "always", "keep_query": true } })).await;
    let ali = house.signed_in("ali").await;
    ali.looks_at("https://shop.example/search?q=ferns#top").await;
    agent.sees_frame("pages", "the search", |data| data["pages"][0]["url"] == "https://shop.example/search?q=ferns#top").await;
    house.desk().flush_pages().await.unwrap();
    assert_eq!(stored(), 2);
    assert_eq!(house.count("SELECT count(*) FROM page_visits WHERE url LIKE '%never%' OR url LIKE '%token%' OR url LIKE '%pass%'"), 0);
}

/// Addresses: short by default, whole for as many days as the setting says, or not at all.
#[tokio::test]
async fn network_addresses_are_kept_as_the_inbox_says() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let agent = house.agent().await;
    let ip_of = async |visitor: &Visitor| agent.opens(&visitor.conversation()).await["origin"]["ip"].clone();
    let says = async |ip: &str| {
        let visitor = house.visitor().from(ip);
        visitor.says("hi").await;
        visitor
    };
    assert_eq!(ip_of(&says("203.0.113.77").await).await, "203.0.113.0/24");
    assert_eq!(ip_of(&says("2001:db8:1:2::7").await).await, "2001:db8:1::/48");
    house.configure(json!({ "privacy": { "ip": "none" } })).await;
    assert_eq!(ip_of(&says("203.0.113.77").await).await, Value::Null);
    house.configure(json!({ "privacy": { "ip": "full", "ip_days": 3 } })).await;
    let whole = says("203.0.113.77").await;
    assert_eq!(ip_of(&whole).await, "203.0.113.77");
    house.later(days(2)).await;
    assert_eq!(house.desk().forget_addresses().await.unwrap(), 0);
    house.later(days(1)).await;
    let newer = says("198.51.100.9").await;
    assert_eq!(house.desk().forget_addresses().await.unwrap(), 1);
    assert_eq!((ip_of(&whole).await, ip_of(&newer).await), (json!("203.0.113.0/24"), json!("198.51.100.9")));
    // A stricter setting holds for what is there already.
    house.configure(json!({ "privacy": { "ip": "none" } })).await;
    assert_eq!(house.desk().forget_addresses().await.unwrap(), 1);
    assert_eq!(ip_of(&newer).await, Value::Null);
    assert_eq!(house.desk().forget_addresses().await.unwrap(), 0, "and is done once");
}
