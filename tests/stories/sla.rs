//! Promises about time: clocks that run, rest, are kept or broken.

use crate::support::*;
use deskbell::model::agent::Role;

/// Makes a promise; its uuid.
async fn promise(agent: &Agent, body: Value) -> String {
    text_at(&agent.post("/slas").json(body).await.ok(), "uuid")
}

async fn team_of(agent: &Agent, name: &str, members: &[&str]) -> String {
    text_at(&agent.post("/teams").json(json!({ "name": name, "members": members })).await.ok(), "uuid")
}

async fn due_of(agent: &Agent, conversation: &str) -> Value {
    agent.opens(conversation).await["conversation"]["due"].clone()
}

async fn give(agent: &Agent, conversation: &str, team: &str) {
    agent.put(&format!("/conversations/{conversation}/assignment")).json(json!({ "team": team })).await.ok();
}

/// A team's promise begins with the conversation; it is kept by an answer, warned of and broken on time, and everybody concerned is told.
#[tokio::test]
async fn a_promise_is_kept_warned_of_and_broken_on_time() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let team = team_of(&owner, "Billing", &[&ben.uuid]).await;
    promise(&owner, json!({ "name": "Gold", "first_s": 600, "next_s": 1200, "resolution_s": 86_400, "teams": [team] })).await;
    let visitor = house.visitor();
    visitor.starts("Hello?").await;
    let conversation = visitor.conversation();
    assert_eq!(due_of(&owner, &conversation).await, Value::Null, "nobody has promised anything yet");
    give(&owner, &conversation, &team).await;
    let due = due_of(&owner, &conversation).await;
    let created = owner.opens(&conversation).await["conversation"]["created_at"].as_i64().unwrap();
    assert_eq!(
        (due["kind"].as_str(), due["due_at"].as_i64(), due["breached"].as_bool()),
        (Some("first"), Some(created + minutes(10)), Some(false))
    );
    house.later(minutes(8) + 100).await;
    let warned = ben.sees_frame("notice", "a warning to the team", |data| data["kind"] == "sla_warning").await;
    assert_eq!(warned["conversation"], conversation.as_str());
    house.later(minutes(3)).await;
    ben.sees_frame("notice", "it is late", |data| data["kind"] == "sla_breach").await;
    owner.sees_frame("conversation", "the row says so", |data| data["due"]["breached"] == true).await;
    let opened = owner.opens(&conversation).await;
    assert!(list_at(&opened, "messages").iter().any(|message| message["activity"] == json!({ "action": "sla_breach", "value": "first" })));
    ben.replies(&conversation, "Yes, here.").await;
    assert_eq!(due_of(&owner, &conversation).await["kind"], "resolution");
    visitor.says("And now?").await;
    assert_eq!(due_of(&owner, &conversation).await["kind"], "next");
    ben.replies(&conversation, "Now it works.").await;
    ben.sets_status(&conversation, "resolved").await;
    assert_eq!(due_of(&owner, &conversation).await, Value::Null);
    assert_eq!(house.count("SELECT count(*) FROM deadlines WHERE breached_at IS NOT NULL"), 1);
    assert_eq!(house.count("SELECT count(*) FROM deadlines WHERE met_at IS NULL"), 0);
    visitor.says("It broke again").await;
    assert_eq!(due_of(&owner, &conversation).await["kind"], "next", "opened again, it is owed again");
}

/// The resolution rests while the contact is awaited or it is snoozed; answers do not.
#[tokio::test]
async fn the_clock_rests_while_the_contact_is_awaited() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let team = team_of(&owner, "Billing", &[&owner.uuid]).await;
    promise(&owner, json!({ "name": "Gold", "resolution_s": 36_000, "teams": [team] })).await;
    let visitor = house.visitor();
    visitor.starts("Hello?").await;
    let conversation = visitor.conversation();
    give(&owner, &conversation, &team).await;
    let before = due_of(&owner, &conversation).await["due_at"].as_i64().unwrap();
    house.later(hours(1)).await;
    owner.sets_status(&conversation, "waiting").await;
    assert_eq!(due_of(&owner, &conversation).await, Value::Null);
    house.later(hours(20)).await;
    visitor.says("Here I am again").await;
    let after = due_of(&owner, &conversation).await["due_at"].as_i64().unwrap();
    assert!((after - before - hours(20)).abs() < minutes(1), "moved by what it rested: {}", after - before);
    owner.snoozes(&conversation, house.clock.now() + hours(5)).await;
    assert_eq!(due_of(&owner, &conversation).await, Value::Null);
    house.later(hours(5) + 1000).await;
    let woken = owner.sees_frame("conversation", "it woke", |data| data["due"]["due_at"].as_i64() > Some(after)).await;
    assert!((woken["due"]["due_at"].as_i64().unwrap() - after - hours(5)).abs() < minutes(1));
    assert_eq!(house.count("SELECT count(*) FROM deadlines WHERE breached_at IS NOT NULL"), 0);
}

/// Business hours: a weekend, a holiday and the change to summer time lie between the question and its time.
#[tokio::test]
async fn time_runs_while_the_door_is_open() {
    let house = House::boot().await;
    // Monday the 6th of January 2031, eight in the evening.
    house.until_monday("20:00").await;
    let owner = house.agent().await;
    let day = json!([["09:00", "17:00"]]);
    let office = json!({
        "name": "Office", "time_zone": "UTC", "weekly": { "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day },
        "holidays": [{ "date": "2031-01-07", "name": "A holiday" }],
    });
    let office = text_at(&owner.post("/hours").json(office).await.ok(), "uuid");
    let team = team_of(&owner, "Billing", &[&owner.uuid]).await;
    promise(&owner, json!({ "name": "Gold", "first_s": 7200, "hours": office, "teams": [team] })).await;
    let visitor = house.visitor();
    visitor.starts("Hello?").await;
    give(&owner, &visitor.conversation(), &team).await;
    let due = due_of(&owner, &visitor.conversation()).await["due_at"].as_i64().unwrap();
    let wednesday_at_eleven = 1_925_424_000_000 + hours(48 + 11);
    assert_eq!(due, wednesday_at_eleven, "neither the night nor the holiday count");
    // A set of hours that a promise counts by is not deleted behind its back.
    let refused = owner.delete(&format!("/hours/{office}")).await.denied(409);
    assert!(text_at(&refused, "message").contains("Gold"), "{refused}");
}

/// A house that was off, or whose clock was moved, says what became late meanwhile, once.
#[tokio::test]
async fn what_became_late_while_the_house_was_off_is_said_once() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let team = team_of(&owner, "Billing", &[&owner.uuid]).await;
    promise(&owner, json!({ "name": "Gold", "first_s": 600, "teams": [team] })).await;
    let visitor = house.visitor();
    visitor.starts("Hello?").await;
    give(&owner, &visitor.conversation(), &team).await;
    let mut house = house.restarts(Options::default()).await;
    house.later(hours(30)).await;
    let owner = house.agent().await;
    owner.sees_frame("notice", "late", |data| data["kind"] == "sla_breach").await;
    // Set back: what is broken stays broken, and nothing is said twice.
    house.clock.advance(-hours(30));
    house.later(hours(31)).await;
    owner.replies(&visitor.conversation(), "Sorry").await;
    assert_eq!(house.count("SELECT count(*) FROM notices WHERE kind LIKE 'sla_%'"), 1);
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE activity LIKE '%sla_breach%'"), 1);
    house.stops().await;
}

/// A rule promises more to some; a promise is made, changed and deleted by whoever may change settings.
#[tokio::test]
async fn a_rule_promises_more_and_promises_are_kept_in_order() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    for (body, field) in [
        (json!({ "name": "", "first_s": 600 }), "name"),
        (json!({ "name": "Gold" }), "first_s"),
        (json!({ "name": "Gold", "first_s": 59 }), "first_s"),
        (json!({ "name": "Gold", "next_s": 31_622_401 }), "next_s"),
        (json!({ "name": "Gold", "first_s": 600, "warn_percent": 100 }), "warn_percent"),
        (json!({ "name": "Gold", "first_s": 600, "hours": "nothing" }), "hours"),
    ] {
        assert_eq!(owner.post("/slas").json(body.clone()).await.denied(400)["field"], field, "{body}");
    }
    ben.post("/slas").json(json!({ "name": "Gold", "first_s": 600 })).await.denied(403);
    let gold = promise(&owner, json!({ "name": "Gold", "first_s": 600 })).await;
    assert_eq!(owner.post("/slas").json(json!({ "name": "gold", "first_s": 600 })).await.denied(409)["field"], "name");
    assert_eq!(list_at(&ben.get("/slas").await.ok(), "slas").len(), 1, "everybody inside may read what is promised");
    let rule = json!({
        "name": "Gold for premium", "trigger": "conversation", "conditions": { "match": "all", "items": [{ "field": "message", "op": "contains", "value": "premium" }] },
        "actions": [{ "do": "sla", "value": gold }],
    });
    owner.post("/rules").json(rule).await.ok();
    let visitor = house.visitor();
    visitor.starts("I am premium").await;
    assert_eq!(due_of(&ben, &visitor.conversation()).await["kind"], "first");
    let first = due_of(&ben, &visitor.conversation()).await;
    owner.put(&format!("/slas/{gold}")).json(json!({ "first_s": 60, "resolution_s": 3600 })).await.ok();
    assert_eq!(due_of(&ben, &visitor.conversation()).await, first, "what runs keeps what was promised");
    assert_eq!(owner.delete(&format!("/slas/{gold}")).await.status, 204);
    assert_eq!(due_of(&ben, &visitor.conversation()).await, Value::Null);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'sla.%'"), 3);
}

/// The clock rests in quarantine; let out, it runs, and condemned it rests again.
#[tokio::test]
async fn letting_out_of_quarantine_starts_the_clock_and_condemning_stops_it() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let team = team_of(&owner, "Billing", &[&owner.uuid]).await;
    promise(&owner, json!({ "name": "Gold", "resolution_s": 36_000, "teams": [team] })).await;
    let visitor = house.visitor();
    visitor
        .starts_with(json!({ "message": "Pills https://a.example https://b.example https://c.example [url=https://d.example]x[/url]" }))
        .await;
    let conversation = visitor.conversation();
    give(&owner, &conversation, &team).await;
    assert_eq!(due_of(&owner, &conversation).await, Value::Null, "the clock rests while it may be spam");
    let judge = |verdict: Value| owner.put(&format!("/conversations/{conversation}/quarantine")).json(json!({ "quarantine": verdict }));
    judge(Value::Null).await.ok();
    assert_eq!(due_of(&owner, &conversation).await["kind"], "resolution");
    judge(json!("spam")).await.ok();
    assert_eq!(due_of(&owner, &conversation).await, Value::Null);
}
