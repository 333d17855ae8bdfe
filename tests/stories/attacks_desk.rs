//! The desk under attack: what people inside try beyond what they may, and what they may not find out.

use crate::support::*;
use deskbell::model::agent::Role;

/// An agent with a role of exactly this.
async fn agent_with(house: &House, owner: &Agent, name: &str, scope: &str, permissions: &[&str]) -> Agent {
    let role = json!({ "name": format!("role of {name}"), "scope": scope, "permissions": permissions });
    let role = owner.post("/roles").json(role).await.ok()["uuid"].clone();
    let uuid = house.hire(name, Role::Agent).await;
    owner.put(&format!("/agents/{uuid}")).json(json!({ "custom_role": role })).await.ok();
    Agent::logs_in(&house.shared, &format!("{name}@house.example"), house::PASSWORD).await
}

async fn contact_of(agent: &Agent, visitor: &Visitor) -> String {
    text_at(&agent.opens(&visitor.conversation()).await, "contact/uuid")
}

/// security 8, 9: what one route asks for, no other route gives away.
#[tokio::test]
async fn no_call_does_what_another_call_needs_a_permission_for() {
    let house = House::boot().await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("Hello").await;
    let (conversation, contact) = (visitor.conversation(), contact_of(&owner, &visitor).await);
    let editor = agent_with(&house, &owner, "editor", "all", &["contacts", "reply"]).await;
    let path = format!("/contacts/{contact}");
    editor.put(&path).json(json!({ "blocked": true })).await.denied(403);
    editor.put(&path).json(json!({ "blocked": false, "first_name": "Zoe" })).await.ok();
    assert_eq!(visitor.tries_to_say("I am still here").await.status, 200);
    let resolving = json!({ "kind": "reply", "body": "Done", "resolve": true });
    editor.writes(&conversation, resolving.clone()).await.denied(403);
    let mut held = resolving;
    held["hold_ms"] = json!(5000);
    editor.writes(&conversation, held).await.denied(403);
    assert_eq!(owner.opens(&conversation).await["conversation"]["status"], "open");
    assert!(!visitor.texts().await.iter().any(|text| text == "Done"), "and nothing was said");
    owner.put(&path).json(json!({ "blocked": true })).await.ok();
    editor.put(&path).json(json!({ "blocked": false })).await.denied(403);
}

/// security 8, 22: an open socket knows no more than the role does at this moment.
#[tokio::test]
async fn a_sign_of_writing_needs_the_permission_to_write_at_that_moment() {
    let house = House::boot().await;
    house.configure(json!({ "privacy": { "live_visitors": true } })).await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("Hello").await;
    let conversation = visitor.conversation();
    let mute = agent_with(&house, &owner, "mute", "all", &["reply", "visitors"]).await;
    let role = text_at(&owner.get("/roles").await.ok(), "roles/0/uuid");
    mute.types(&conversation, true, false).await;
    let of_mute = |data: &Value| data["who"]["uuid"] == mute.uuid.as_str() || data["agent"]["uuid"] == mute.uuid.as_str();
    owner.sees_frame("typing", "as long as he may", of_mute).await;
    let tab = Socket::open(house.address(), "/desk/ws", &mute.client.headers).await.expect("a second tab");
    tab.hears_type("ready").await;
    owner.put(&format!("/roles/{role}")).json(json!({ "permissions": [] })).await.ok();
    mute.sees_frame("role", "it changed", |_| true).await;
    let before = owner.socket.all().iter().filter(|frame| frame["type"] == "typing").count();
    let typing = json!({ "conversation": conversation, "is_typing": true, "note": false });
    tab.send(json!({ "type": "typing", "data": typing })).await;
    tab.send(json!({ "type": "viewing", "data": { "conversation": conversation } })).await;
    owner.sees_frame("viewing", "he looks", of_mute).await;
    assert_eq!(owner.socket.all().iter().filter(|frame| frame["type"] == "typing").count(), before);
    visitor.joins().await;
    visitor.visits("https://shop.example/ferns", "Ferns").await;
    owner.sees_frame("visitor", "on the site", |_| true).await;
    owner.notes(&conversation, "seen?").await;
    mute.sees("seen?").await;
    assert!(!mute.socket.all().iter().any(|frame| frame["type"] == "visitor"));
}

/// security 9: twins, bans, queue, notices and whole persons reach no further than one's sight.
#[tokio::test]
async fn what_hangs_on_a_person_in_sight_does_not_show_persons_out_of_sight() {
    let house = House::boot().await;
    let (owner, seen, hidden) = (house.agent().await, house.visitor(), house.visitor());
    seen.starts("My fern is ill").await;
    hidden.starts("The blue teapot is a secret").await;
    let all = ["reply", "assign", "status", "contacts", "ban", "visitors", "erase", "reports"];
    let mine = agent_with(&house, &owner, "mine", "assigned", &all).await;
    owner.assigns(&seen.conversation(), Some(&mine.uuid)).await;
    let (one, other) = (contact_of(&owner, &seen).await, contact_of(&owner, &hidden).await);
    let twin = json!({ "first_name": "Teapot", "email": "twin@shop.example", "phone": "0123 456789" });
    owner.put(&format!("/contacts/{other}")).json(twin).await.ok();
    mine.put(&format!("/contacts/{one}")).json(json!({ "email": "twin@shop.example", "phone": "0123456789" })).await.ok();
    assert_eq!(list_at(&owner.get(&format!("/contacts/{one}/duplicates")).await.ok(), "duplicates").len(), 1);
    assert_eq!(mine.get(&format!("/contacts/{one}/duplicates")).await.ok()["duplicates"], json!([]));
    assert_eq!(mine.get(&format!("/contacts/{one}")).await.ok()["duplicates"], 0);
    // Bans of others.
    let made = owner.post("/bans").json(json!({ "contact": other, "days": 7, "reason": "teapot" })).await.ok();
    owner.post("/bans").json(json!({ "email": "other.teapot@shop.example", "days": 7, "reason": "" })).await.ok();
    let bans = mine.get("/bans").await.ok();
    assert_eq!(bans["bans"], json!([]));
    let ban = text_at(&made, "uuid");
    assert_eq!(mine.delete(&format!("/bans/{ban}")).await.denied(404), mine.delete(&format!("/bans/{one}")).await.denied(404));
    let own = mine.post("/bans").json(json!({ "contact": one, "days": 1, "reason": "" })).await.ok();
    assert_eq!(list_at(&own, "bans").len(), 1);
    mine.delete(&format!("/bans/{}", text_at(&own, "uuid"))).await;
    assert_eq!(list_at(&owner.get("/bans").await.ok(), "bans").len(), 2);
    // A whole person is more than the part in sight.
    owner.delete(&format!("/bans/{ban}")).await;
    mine.get(&format!("/contacts/{other}/export")).await.denied(404);
    owner.post(&format!("/contacts/{other}/merge")).json(json!({ "into": one })).await.ok();
    mine.get(&format!("/contacts/{one}")).await.ok();
    mine.get(&format!("/contacts/{one}/export")).await.denied(403);
    mine.get(&format!("/contacts/{one}/erase")).await.denied(403);
    mine.post(&format!("/contacts/{one}/erase")).json(json!({ "confirm": "twin@shop.example" })).await.denied(403);
    owner.assigns(&hidden.conversation(), Some(&mine.uuid)).await;
    assert_eq!(mine.get(&format!("/contacts/{one}/export")).await.status, 200);
    // What he was told of and sees no more is not unread.
    owner.assigns(&hidden.conversation(), None).await;
    owner.assigns(&seen.conversation(), None).await;
    assert_eq!(mine.get("/notices").await.ok(), json!({ "notices": [], "unread": 0 }));
    let third = house.visitor();
    third.starts("And another one").await;
    owner.assigns(&seen.conversation(), Some(&mine.uuid)).await;
    mine.sees_frame("conversation", "his", |data| data["assignee"]["uuid"] == mine.uuid.as_str()).await;
    let told =
        mine.socket.all().iter().filter(|frame| frame["type"] == "queue").map(|frame| frame["data"]["waiting"].clone()).collect::<Vec<_>>();
    assert!(told.iter().all(|waiting| waiting.as_i64() <= Some(1)), "{told:?}");
}

/// security 8: a push that waited is not sent about what left one's sight meanwhile.
#[tokio::test]
async fn a_push_that_waits_does_not_outlive_the_sight_of_its_conversation() {
    let house = House::boot().await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("The blue teapot is a secret").await;
    let mine = agent_with(&house, &owner, "mine", "assigned", &["reply"]).await;
    let key = text_at(&mine.get("/push").await.ok(), "key");
    let browser = json!({ "endpoint": "https://push.house.example/1", "keys": { "p256dh": key, "auth": "AAAAAAAAAAAAAAAAAAAAAA" } });
    mine.post("/push").json(browser).await.ok();
    owner.assigns(&visitor.conversation(), Some(&mine.uuid)).await;
    let told = mine.sees_frame("notice", "it is his", |data| data["kind"] == "assignment").await;
    let notice = text_at(&told, "uuid");
    assert!(house.desk().due_push(&notice, true).await.unwrap().is_some());
    owner.assigns(&visitor.conversation(), None).await;
    assert!(house.desk().due_push(&notice, true).await.unwrap().is_none());
}

/// security 22, 23: a link made for somebody who could little does not lead into what he may later.
#[tokio::test]
async fn a_role_that_grows_voids_the_links_into_it() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let chief = agent_with(&house, &owner, "chief", "all", &["people", "reply"]).await;
    let clerk = agent_with(&house, &owner, "clerk", "all", &["reply"]).await;
    let link = text_at(&chief.post(&format!("/agents/{}/invitation", clerk.uuid)).await.ok(), "link");
    let token = link.rsplit_once('=').unwrap().1.to_owned();
    let roles = list_at(&owner.get("/roles").await.ok(), "roles");
    let role = text_at(roles.iter().find(|role| role["name"] == "role of clerk").unwrap(), "uuid");
    owner.put(&format!("/roles/{role}")).json(json!({ "name": "Clerks" })).await.ok();
    assert_eq!(house.post("/api/desk/invitation").json(json!({ "token": token })).await.status, 200, "a name is no right");
    owner.put(&format!("/roles/{role}")).json(json!({ "permissions": ["reply", "settings", "erase"] })).await.ok();
    assert_eq!(house.post("/api/desk/invitation").json(json!({ "token": token })).await.status, 404);
    // And he cannot widen himself, nor anybody, by any key.
    for edit in [json!({ "role": "admin" }), json!({ "role": "owner" }), json!({ "custom_role": null }), json!({ "custom_role": role })] {
        chief.put(&format!("/agents/{}", chief.uuid)).json(edit).await.denied(403);
    }
    chief.post(&format!("/agents/{}/invitation", owner.uuid)).await.denied(403);
    chief.delete(&format!("/agents/{}/two-factor", owner.uuid)).await.denied(403);
    chief.post(&format!("/agents/{}/invitation", clerk.uuid)).await.denied(403);
}

/// security 8: whoever is shut out has no other door.
#[tokio::test]
async fn a_banned_person_does_not_answer_surveys() {
    let house = House::boot().await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("Hello").await;
    let contact = contact_of(&owner, &visitor).await;
    let asked = owner.post(&format!("/conversations/{}/survey", visitor.conversation())).json(json!({})).await.ok();
    let survey = text_at(&asked, "link").split_once("/csat/").unwrap().1.to_owned();
    let ban = text_at(&owner.post("/bans").json(json!({ "contact": contact, "days": 7, "reason": "" })).await.ok(), "uuid");
    let answer = || house.post(&format!("/api/v1/csat/{survey}/response")).json(json!({ "rating": 1, "feedback": "insults" }));
    assert_eq!(answer().await.status, 403);
    assert_eq!(house.count("SELECT count(*) FROM surveys WHERE answered_at IS NOT NULL"), 0);
    owner.delete(&format!("/bans/{ban}")).await;
    assert_eq!(answer().await.status, 200);
}

/// unique 12: who was erased is forgotten in memory, too: his address is not refused by a ban that nobody can see any more.
#[tokio::test]
async fn an_erased_address_is_not_refused_by_a_ban_that_went_with_it() {
    let house = House::boot().await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("Hello").await;
    let contact = contact_of(&owner, &visitor).await;
    owner.put(&format!("/contacts/{contact}")).json(json!({ "email": "zoe@shop.example" })).await.ok();
    owner.post("/bans").json(json!({ "email": "zoe@shop.example", "days": 7, "reason": "" })).await.ok();
    assert!(house.desk().check_address("zoe@shop.example").is_err());
    owner.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": "zoe@shop.example" })).await;
    assert_eq!(owner.get("/bans").await.ok()["bans"], json!([]));
    assert!(house.desk().check_address("zoe@shop.example").is_ok());
}

/// unique 12: erasing one person takes nothing of another one whose address only ends alike.
#[tokio::test]
async fn erasing_is_exact() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (oe, joe) = (house.visitor(), house.visitor());
    oe.starts("I am Oe").await;
    joe.starts("I am Joe").await;
    for (visitor, email) in [(&oe, "oe@shop.example"), (&joe, "joe@shop.example")] {
        let contact = contact_of(&owner, visitor).await;
        owner.put(&format!("/contacts/{contact}")).json(json!({ "email": email })).await.ok();
        owner.post("/bans").json(json!({ "email": format!("earlier.{email}"), "days": 7, "reason": "" })).await.ok();
    }
    house
        .desk()
        .store
        .write(|tx| {
            for to in ["oe@shop.example", "joe@shop.example"] {
                let payload = json!({ "to": to, "locale": "en" }).to_string();
                tx.exec(
                    "INSERT INTO jobs (kind, payload, dedup_key, run_at, last_error, created_at) VALUES ('transcript', ?1, ?2, 9000000000000, ?3, 0)",
                    (payload, format!("transcript:9:{to}"), format!("no way to {to}")),
                )?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let contact = contact_of(&owner, &oe).await;
    owner.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": "oe@shop.example" })).await;
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'transcript'"), 1, "Joe's waits on");
    let bans = list_at(&owner.get("/bans").await.ok(), "bans");
    assert!(bans.iter().any(|ban| ban["subject"] == "earlier.joe@shop.example"));
    owner.opens(&joe.conversation()).await;
}

/// security 11, 42: numbers at the end of their range, names of files as zones, and pages of any size.
#[tokio::test]
async fn absurd_queries_are_answered_and_never_fail() {
    let house = House::boot().await;
    let (owner, visitor) = (house.agent().await, house.visitor());
    visitor.starts("Hello").await;
    let conversation = visitor.conversation();
    let (most, next) = (i64::MAX, i64::MAX - 1000);
    let mut broken = Vec::new();
    let mut queries = Vec::new();
    for report in ["overview", "volume", "times", "csat", "agents", "teams", "tags", "hours", "missed"] {
        for zone in ["Pacific%2FKiritimati", "UTC"] {
            for query in [format!("from={next}&to={most}"), format!("from=0&to={most}"), "from=0&to=1".into(), "from=1&to=0".into()] {
                queries.push(format!("/reports/{report}?{query}&zone={zone}"));
                queries.push(format!("/reports/{report}?{query}&zone={zone}&format=csv"));
            }
        }
    }
    for zone in
        ["..%2F..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "%00", "UTC%0d%0aX: y", "EST5EDT,M3.2.0,M11.1.0", &"x".repeat(4000), "Europe"]
    {
        queries.push(format!("/reports/overview?zone={zone}"));
    }
    for number in [most.to_string(), "-1".into(), "1e9".into(), "99999999999999999999".into(), "0".into(), "%00".into()] {
        for path in [
            format!("/conversations?limit={number}&before={number}"),
            format!("/conversations?sort=due&limit={number}"),
            format!("/conversations?box=queue&limit={number}"),
            format!("/conversations/{conversation}/messages?limit={number}&before={number}"),
            format!("/conversations/{conversation}/messages?around={number}"),
            format!("/conversations/{conversation}/messages?after={number}"),
            format!("/search?q=hello&before={number}&limit={number}"),
            format!("/search?from={number}&to={number}&rating={number}"),
            format!("/search?q=%23{number}"),
            format!("/contacts?limit={number}&before={number}-{number}"),
            format!("/contacts?before={number}"),
            format!("/changes?after={number}&limit={number}"),
            format!("/audit?before={number}&from={number}&to={number}"),
            format!("/notices?before={number}"),
            format!("/inboxes/{}/retention?retention_days={number}&visitor_days={number}", house.inbox),
            format!("/problems/jobs/{number}"),
        ] {
            queries.push(path);
        }
    }
    for path in queries {
        let method = if path.starts_with("/problems/jobs") { "POST" } else { "GET" };
        let answer = owner.call(method, &path).json(json!({})).await;
        if answer.status >= 500 {
            broken.push(format!("{path}: {}", answer.status));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(!owner.get("/reports/overview?zone=..%2F..%2Fetc%2Fpasswd").await.text().contains("root"));
    owner.get("/session").await.ok();
}
