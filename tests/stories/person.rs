//! The person beside a conversation: fields, notes, the directory, duplicates, who is on the site, and who is shut out.

use crate::support::*;
use deskbell::model::agent::Role;

impl Agent {
    async fn contact_of(&self, visitor: &Visitor) -> String {
        text_at(&self.opens(&visitor.conversation()).await, "contact/uuid")
    }

    async fn defines(&self, field: Value) -> Value {
        let answer = self.post("/fields").json(field).await.ok();
        let made = answer["uuid"].clone();
        list_at(&answer, "fields").into_iter().find(|field| field["uuid"] == made).expect("the field that was made")
    }
}

/// row 232; libredesk 8: custom attributes (text number checkbox date link list).
#[tokio::test]
async fn fields_are_defined_once_and_filled_in_by_their_kind() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let plan =
        agent.defines(json!({ "subject": "contact", "kind": "list", "name": "Plan", "choices": ["basic", "pro", "pro", " "] })).await;
    assert_eq!((&plan["key"], &plan["choices"]), (&json!("plan"), &json!(["basic", "pro"])));
    let since = agent.defines(json!({ "subject": "contact", "kind": "date", "name": "Customer since" })).await;
    agent.defines(json!({ "subject": "conversation", "kind": "number", "name": "Order" })).await;
    agent.post("/fields").json(json!({ "subject": "contact", "kind": "text", "name": "PLAN" })).await.denied(409);
    agent.post("/fields").json(json!({ "subject": "contact", "kind": "list", "name": "Empty" })).await.denied(400);
    let contact = agent.contact_of(&visitor).await;
    let fill = |fields: Value| agent.put(&format!("/contacts/{contact}/fields")).json(fields);
    let filled = fill(json!({ "plan": "pro", "customer_since": "2024-02-29" })).await.ok();
    assert_eq!(filled["fields"], json!({ "plan": "pro", "customer_since": "2024-02-29" }));
    for (bad, field) in [
        (json!({ "plan": "gold" }), "plan"),
        (json!({ "customer_since": "2025-02-29" }), "customer_since"),
        (json!({ "no_such": 1 }), "no_such"),
    ] {
        assert_eq!(fill(bad).await.json()["error"]["field"], field);
    }
    agent.sees_frame("contact", "the plan", |data| data["fields"]["plan"] == "pro").await;
    assert_eq!(fill(json!({ "plan": null })).await.ok()["fields"], json!({ "customer_since": "2024-02-29" }));
    let path = format!("/conversations/{}/fields", visitor.conversation());
    assert_eq!(agent.put(&path).json(json!({ "order": 10482 })).await.ok()["fields"], json!({ "order": 10482 }));
    assert_eq!(agent.opens(&visitor.conversation()).await["fields"], json!({ "order": 10482 }));
    agent.put(&path).json(json!({ "order": "10482" })).await.denied(400);
    // What was deleted stands nowhere any more, not even in the file.
    assert_eq!(agent.call("DELETE", &format!("/fields/{}", since["uuid"].as_str().unwrap())).await.status, 204);
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE fields LIKE '%2024-02-29%'"), 0);
    let clerk = house.agent_named("carl", Role::Agent).await;
    assert_eq!(list_at(&clerk.get("/fields").await.ok(), "fields").len(), 2);
    clerk.post("/fields").json(json!({ "subject": "contact", "kind": "text", "name": "X" })).await.denied(403);
}

/// Several notes, each with its author; the single one of before is the first.
#[tokio::test]
async fn notes_about_a_person_have_authors_and_the_old_way_still_works() {
    let house = House::boot().await;
    let (visitor, olga) = (house.visitor(), house.agent().await);
    let carl = house.agent_named("carl", Role::Agent).await;
    visitor.says("hi").await;
    let contact = olga.contact_of(&visitor).await;
    let path = format!("/contacts/{contact}/notes");
    carl.post(&path).json(json!({ "text": "  Likes ferns  " })).await.ok();
    let notes = olga.post(&path).json(json!({ "text": "Pays late" })).await.ok();
    let notes = list_at(&notes, "notes");
    assert_eq!((&notes[0]["text"], &notes[0]["author"]["first_name"]), (&json!("Pays late"), &json!("Olga")));
    assert_eq!((&notes[1]["text"], &notes[1]["author"]["first_name"]), (&json!("Likes ferns"), &json!("Carl")));
    let hers = format!("{path}/{}", notes[0]["uuid"].as_str().unwrap());
    carl.put(&hers).json(json!({ "text": "Pays early" })).await.denied(403);
    carl.call("DELETE", &hers).await.denied(403);
    house.later(minutes(1)).await;
    assert!(olga.put(&hers).json(json!({ "text": "Pays on time" })).await.ok()["notes"][0]["edited_at"].is_i64());
    for empty in ["", "  "] {
        olga.post(&path).json(json!({ "text": empty })).await.denied(400);
    }
    olga.post(&path).json(json!({ "text": "x".repeat(5001) })).await.denied(400);
    // The old key reads the first note, and changes it where it is one's own.
    assert_eq!(olga.opens(&visitor.conversation()).await["contact"]["note"], "Likes ferns");
    assert_eq!(carl.put(&format!("/contacts/{contact}")).json(json!({ "note": "Likes moss" })).await.ok()["note"], "Likes moss");
    carl.put(&format!("/contacts/{contact}")).json(json!({ "note": "" })).await.ok();
    assert_eq!(list_at(&olga.get(&path).await.ok(), "notes").len(), 1);
    assert!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'contact.note.%'") >= 5);
    assert!(!visitor.ever_heard("Pays"), "nothing of it reaches the person");
}

/// rows 213, 232: variables and pages are there with the first look, before the first message too.
#[tokio::test]
async fn the_profile_shows_everything_on_one_page() {
    let house = House::boot().await;
    house.configure(json!({ "privacy": { "page_visits": "always" } })).await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.joins().await;
    zoe.call("PUT", "/chat/auth/me").json(json!({ "variables": { "plan": "premium", "cart": "3 items" } })).await.data();
    zoe.visits("https://shop.example/cart?x=1", "Your cart").await;
    let seen = agent.sees_frame("contact", "the variables", |data| data["variables"]["plan"] == "premium").await;
    let contact = text_at(&seen, "uuid");
    agent.sees_frame("pages", "the cart", |data| data["pages"][0]["url"] == "https://shop.example/cart").await;
    let profile = agent.get(&format!("/contacts/{contact}")).await.ok();
    assert_eq!(profile["contact"]["variables"]["cart"], "3 items");
    assert_eq!((&profile["contact"]["verified"], &profile["contact"]["verified_by"]), (&json!(true), &json!("libredesk")));
    assert_eq!(profile["pages"][0]["title"], "Your cart");
    assert_eq!(profile["conversations"], json!([]), "before the first message");
    zoe.says("hello").await;
    assert_eq!(list_at(&agent.get(&format!("/contacts/{contact}")).await.ok(), "conversations").len(), 1);
    let found = agent.get("/contacts?q=zoe").await.ok();
    assert_eq!(found["contacts"][0]["uuid"], contact.as_str());
    assert_eq!(agent.get("/contacts?q=%20%2A%22").await.ok()["contacts"], json!([]), "nothing that is typed is syntax");
}

/// The directory goes on page by page without losing or doubling anybody.
#[tokio::test]
async fn the_directory_has_pages() {
    let house = House::boot_with(Options::default().patient()).await;
    let agent = house.agent().await;
    for number in 0..5 {
        house.visitor().starts_with(json!({ "message": format!("number {number}") })).await;
    }
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = agent.get(&format!("/contacts?limit=2&before={before}")).await.ok();
        seen.extend(list_at(&page, "contacts").iter().map(|contact| text_at(contact, "uuid")));
        match page["next"].as_str() {
            Some(next) => before = next.to_owned(),
            None => break,
        }
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (5, 5));
    agent.get("/contacts?before=nonsense").await.denied(400);
}

/// Security 8, 55; decision 16: one person of two, in one step, with what both had.
#[tokio::test]
async fn duplicates_become_one_person_and_nothing_is_lost() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (old, new) = (house.visitor(), house.visitor());
    old.says("the first time").await;
    new.says("me again").await;
    let (kept, gone) = (agent.contact_of(&old).await, agent.contact_of(&new).await);
    agent.put(&format!("/contacts/{kept}")).json(json!({ "email": "Zoe@Customer.example" })).await.ok();
    agent
        .put(&format!("/contacts/{gone}"))
        .json(json!({ "email": "zoe@customer.example", "phone": "+49 (30) 123-456", "first_name": "Zoe" }))
        .await
        .ok();
    agent.post(&format!("/contacts/{gone}/notes")).json(json!({ "text": "Very kind" })).await.ok();
    let twins = list_at(&agent.get(&format!("/contacts/{kept}/duplicates")).await.ok(), "duplicates");
    assert_eq!((twins.len(), &twins[0]["because"], &twins[0]["conversations"]), (1, &json!("email"), &json!(1)));
    assert_eq!(twins[0]["contact"]["uuid"], gone.as_str());
    let merged = agent.post(&format!("/contacts/{gone}/merge")).json(json!({ "into": kept })).await.ok();
    assert_eq!((&merged["uuid"], &merged["phone"], &merged["first_name"]), (&json!(kept), &json!("+49 (30) 123-456"), &json!("Zoe")));
    new.is_shut_out().await;
    old.get("/chat/auth/me").await.data();
    let profile = agent.get(&format!("/contacts/{kept}")).await.ok();
    assert_eq!((list_at(&profile, "conversations").len(), &profile["notes"][0]["text"]), (2, &json!("Very kind")));
    agent.get(&format!("/contacts/{gone}")).await.denied(404);
    agent.post(&format!("/contacts/{gone}/merge")).json(json!({ "into": kept })).await.denied(404);
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE merged_into IS NOT NULL"), 1);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'contact.merged'"), 1);
    agent.post(&format!("/contacts/{kept}/merge")).json(json!({ "into": kept })).await.denied(400);
    // The same number in another spelling is the same number.
    let third = house.visitor();
    third.says("hello").await;
    let other = agent.contact_of(&third).await;
    agent.put(&format!("/contacts/{other}")).json(json!({ "phone": "+49 30 123456" })).await.ok();
    assert_eq!(agent.get(&format!("/contacts/{other}/duplicates")).await.ok()["duplicates"][0]["because"], "phone");
}

/// security 55: two whom the site vouches for as different are never made one silently; told to, both proofs lead to one person.
#[tokio::test]
async fn two_verified_people_are_merged_only_on_purpose() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (zoe, mia) = (house.signed_in("zoe").await, house.signed_in("mia").await);
    zoe.says("I am Zoe").await;
    mia.says("I am Mia").await;
    let (a, b) = (agent.contact_of(&zoe).await, agent.contact_of(&mia).await);
    let merge = |anyway: bool| agent.post(&format!("/contacts/{b}/merge")).json(json!({ "into": a, "anyway": anyway }));
    merge(false).await.denied(409);
    zoe.get("/chat/auth/me").await.data();
    assert_eq!(merge(true).await.ok()["first_name"], "Zoe");
    mia.is_shut_out().await;
    let again = house.signed_in("mia").await;
    again.joins().await;
    assert_eq!(again.conversations().await.len(), 2, "the other proof leads to the same person");
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'contact.merged' AND detail LIKE '%\"both_verified\":true%'"), 1);
}

/// livechat 8 "Banned customers": a person, for days; at once, kindly, and the clock ends it.
#[tokio::test]
async fn a_banned_person_is_out_at_once_and_in_again_when_the_time_is_over() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("rude words").await;
    let contact = agent.contact_of(&visitor).await;
    let socket = visitor.socket();
    let made = agent.post("/bans").json(json!({ "contact": contact, "days": 7, "reason": "rude" })).await.ok();
    assert_eq!((&made["bans"][0]["kind"], &made["bans"][0]["reason"]), (&json!("contact"), &json!("rude")));
    assert_eq!(socket.ends().await, 4403);
    let refused = visitor.tries_to_say("more").await;
    assert_eq!((refused.status, &refused.json()["code"]), (403, &json!("banned")));
    visitor.get("/chat/conversations").await.refused(403);
    visitor.post("/chat/conversations/init").json(json!({ "message": "another one" })).await.refused(403);
    let again = visitor.opens_socket().await.unwrap();
    again.send(json!({ "type": "join", "token": visitor.token(), "data": { "inbox_id": house.inbox } })).await;
    again.hears_type("error").await;
    let seen = agent.sees_frame("contact", "the ban", |data| data["uuid"] == contact.as_str() && data["banned_until"].is_i64()).await;
    let left = number_at(&seen, "banned_until") - house.clock.now();
    assert!(left > days(7) - minutes(1) && left <= days(7), "{left}");
    house.visitor().says("somebody else").await;
    house.later(days(7)).await;
    visitor.tries_to_say("sorry").await.data();
    visitor.joins().await;
    let agent = house.agent().await;
    assert_eq!(agent.get("/bans").await.ok()["bans"], json!([]), "what is over is not listed");
    assert_eq!(agent.opens(&visitor.conversation()).await["contact"]["banned_until"], Value::Null);
}

/// A network: everybody of it, known or not; by the address as much of it as is kept.
#[tokio::test]
async fn a_banned_network_is_out_and_its_neighbours_are_not() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let agent = house.agent().await;
    let (bad, near, far) =
        (house.visitor().from("203.0.113.77"), house.visitor().from("203.0.113.9"), house.visitor().from("198.51.100.1"));
    bad.says("spam").await;
    far.says("hello").await;
    let made = agent.post("/bans").json(json!({ "conversation": bad.conversation(), "days": null, "reason": "" })).await.ok();
    assert_eq!((&made["bans"][0]["subject"], &made["bans"][0]["until"]), (&json!("203.0.113.0/24"), &Value::Null));
    assert_eq!(bad.socket().ends().await, 4403);
    bad.tries_to_say("again").await.refused(403);
    near.post("/chat/conversations/init").json(json!({ "message": "hi" })).await.refused(403);
    near.post("/chat/auth/exchange").json(json!({ "jwt": house.token_of("zoe") })).await.refused(403);
    far.tries_to_say("still here").await.data();
    let ban = text_at(&made, "uuid");
    assert_eq!(agent.call("DELETE", &format!("/bans/{ban}")).await.status, 204);
    bad.tries_to_say("again").await.data();
    agent.call("DELETE", &format!("/bans/{ban}")).await.denied(404);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'ban.%'"), 2);
    house.configure(json!({ "privacy": { "ip": "none" } })).await;
    let unknown = house.visitor().from("192.0.2.4");
    unknown.says("hi").await;
    agent.post("/bans").json(json!({ "conversation": unknown.conversation() })).await.denied(409);
}

/// An address: whoever types it or comes with it, and whoever has it already; a restart forgets nothing.
#[tokio::test]
async fn a_banned_address_opens_no_door() {
    let house = House::boot().await;
    house.configure(json!({ "prechat_form": { "enabled": true, "fields": [{ "key": "email", "type": "email", "label": "E-mail", "is_default": true, "enabled": true, "required": false }] } })).await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    agent.post("/bans").json(json!({ "email": " Zoe@Customer.example ", "days": 1 })).await.ok();
    assert_eq!(zoe.socket().ends().await, 4403);
    zoe.tries_to_say("me").await.refused(403);
    let jwt = house.token_of("zoe");
    house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt })).await.refused(403);
    let typed = json!({ "message": "hi", "form_data": { "email": "ZOE@customer.example" } });
    let answer = house.visitor().post("/chat/conversations/init").json(typed).await;
    assert_eq!(answer.json()["code"], "banned");
    for bad in [
        json!({ "email": "no address" }),
        json!({}),
        json!({ "email": "a@b.example", "days": 0 }),
        json!({ "email": "a@b.example", "contact": "x" }),
    ] {
        assert!([400, 404].contains(&agent.post("/bans").json(bad).await.status));
    }
    let token = zoe.token();
    let house = house.restarts(Options::default()).await;
    let zoe = house.visitor().holding(&token);
    zoe.get("/chat/auth/me").await.refused(403);
    house.later(days(1)).await;
    house.signed_in("zoe").await.says("I am back").await;
}

/// Whoever is shut out as a visitor is so as the customer he turns out to be.
#[tokio::test]
async fn a_login_is_no_way_round_a_ban() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("rude").await;
    let contact = agent.contact_of(&visitor).await;
    let zoe = house.signed_in("zoe").await;
    agent.post("/bans").json(json!({ "contact": contact })).await.ok();
    zoe.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await.data();
    zoe.get("/chat/conversations").await.refused(403);
}

/// livechat 8 "Visitor tracking": off by default; then who is on the site, on which page, and nothing of it in the file.
#[tokio::test]
async fn agents_see_who_is_on_the_site_only_where_the_inbox_says_so() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.joins().await;
    zoe.visits("https://shop.example/ferns?token=1", "Ferns").await;
    zoe.socket().send(json!({ "type": "ping" })).await;
    zoe.socket().hears_type("pong").await;
    assert_eq!(agent.get("/visitors").await.ok()["visitors"], json!([]), "off by default");
    house.configure(json!({ "privacy": { "live_visitors": true } })).await;
    let tab = zoe.another_tab();
    tab.joins().await;
    tab.visits("https://shop.example/ferns?token=1", "Ferns").await;
    let seen = agent.sees_frame("visitor", "Zoe", |data| data["contact"]["name"] == "Zoe").await;
    assert_eq!((&seen["page"], &seen["conversation"]), (&Value::Null, &Value::Null), "pages only of people with a conversation");
    zoe.says("hello").await;
    let tab = zoe.another_tab();
    tab.joins().await;
    tab.visits("https://shop.example/moss?token=1", "Moss").await;
    let seen = agent.sees_frame("visitor", "the page", |data| data["page"]["url"] == "https://shop.example/moss").await;
    assert_eq!(seen["conversation"], zoe.conversation().as_str());
    assert_eq!(list_at(&agent.get("/visitors").await.ok(), "visitors").len(), 1);
    house.desk().flush_pages().await.unwrap();
    assert_eq!(house.count("SELECT count(*) FROM page_visits WHERE url LIKE '%token%'"), 0);
    house.configure(json!({ "privacy": { "live_visitors": false } })).await;
    assert_eq!(agent.get("/visitors").await.ok()["visitors"], json!([]), "switched off is off at once");
}

/// An agent writes first; it is a conversation at once, and the visitor hears it where he is.
#[tokio::test]
async fn an_agent_writes_first_to_somebody_on_the_site() {
    let house = House::boot().await;
    house.configure(json!({ "privacy": { "live_visitors": true, "page_visits": "always" } })).await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.joins().await;
    zoe.visits("https://shop.example/ferns", "Ferns").await;
    let seen = agent.sees_frame("visitor", "Zoe", |data| data["page"]["title"] == "Ferns").await;
    let path = format!("/visitors/{}/conversations", text_at(&seen, "id"));
    agent.post(&path).json(json!({ "body": "  " })).await.denied(400);
    let begun = agent.post(&path).json(json!({ "body": "Can I **help** you with the ferns?" })).await.ok();
    assert_eq!(
        (&begun["conversation"]["assignee"]["uuid"], &begun["conversation"]["contact"]["name"]),
        (&json!(agent.uuid), &json!("Zoe"))
    );
    zoe.hears("Can I help you with the ferns?").await;
    let mine = zoe.conversations().await;
    assert_eq!((mine.len(), &mine[0]["unread_message_count"]), (1, &json!(1)));
    // A second word goes into the same conversation.
    let more = agent.post(&path).json(json!({ "body": "We have 40 kinds." })).await.ok();
    assert_eq!(more["conversation"]["uuid"], begun["conversation"]["uuid"]);
    zoe.loses_the_line();
    house
        .until("Zoe has gone", |desk| desk.hub.owners().iter().all(|owner| !matches!(owner, deskbell::model::event::Topic::Contact(_))))
        .await;
    agent.post(&path).json(json!({ "body": "Still there?" })).await.denied(409);
    house.later(seconds(20)).await;
    agent.sees_frame("visitor_gone", "she left", |data| data["id"] == seen["id"]).await;
    agent.post(&path).json(json!({ "body": "Hello?" })).await.denied(404);
}
