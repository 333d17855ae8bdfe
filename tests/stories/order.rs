//! Order by hand: tags, statuses of the house's own, priorities, macros, and the same done to many at once.

use crate::support::*;
use deskbell::model::agent::Role;

async fn a_tag(agent: &Agent, name: &str) -> String {
    text_at(&agent.post("/tags").json(json!({ "name": name })).await.ok(), "uuid")
}

async fn sets_tags(agent: &Agent, conversation: &str, tags: &[&str]) -> Value {
    agent.put(&format!("/conversations/{conversation}/tags")).json(json!({ "tags": tags })).await.ok()["conversation"].clone()
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|one| text_at(one, "name")).collect()
}

/// The activities of a conversation, as "action value".
async fn happened(agent: &Agent, conversation: &str) -> Vec<String> {
    let opened = agent.opens(conversation).await;
    let activities = opened["messages"].as_array().expect("messages").iter().filter(|message| message["kind"] == "activity");
    activities.map(|message| format!("{} {}", text_at(message, "activity/action"), text_at(message, "activity/value"))).collect()
}

async fn makes_macro(agent: &Agent, body: Value) -> String {
    text_at(&agent.post("/macros").json(body).await.ok(), "uuid")
}

async fn uses(agent: &Agent, conversation: &str, body: Value) -> Answer {
    agent.post(&format!("/conversations/{conversation}/macro")).json(body).await
}

async fn bulk(agent: &Agent, conversations: &[&str], actions: Value) -> Vec<Value> {
    let body = json!({ "conversations": conversations, "actions": actions });
    list_at(&agent.post("/conversations/bulk").json(body).await.ok(), "answers")
}

/// row 224
#[tokio::test]
async fn tags_are_put_on_taken_off_and_found_by() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let (zoe, ali) = (house.visitor(), house.visitor());
    zoe.says("Where is my fern?").await;
    ali.says("Do you ship to Mars?").await;
    let refund = a_tag(&owner, "Refund").await;
    let vip = text_at(&owner.post("/tags").json(json!({ "name": "VIP", "color": "#AA3300" })).await.ok(), "uuid");
    ben.sees_frame("tag", "there is a tag", |data| data["uuid"] == refund.as_str()).await;
    // The same word again is the same tag, whoever thinks of it; only whoever may share makes words.
    assert_eq!(a_tag(&owner, "  refund ").await, refund);
    ben.post("/tags").json(json!({ "name": "Mine" })).await.denied(403);
    let changed = sets_tags(&ben, &zoe.conversation(), &[&refund, &vip]).await;
    assert_eq!(names(&changed["tags"]), ["Refund", "VIP"]);
    owner.sees_frame("conversation", "tagged", |data| data["tags"].as_array().is_some_and(|tags| tags.len() == 2)).await;
    assert_eq!(changed["tags"][1]["color"], "#aa3300");
    let found = owner.list(&format!("box=all&status=open&tag={vip}")).await;
    assert_eq!(found["conversations"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["conversations"][0]["uuid"], zoe.conversation());
    assert_eq!(owner.list(&format!("box=mine&status=any&tag={vip}")).await["conversations"], json!([]));
    sets_tags(&ben, &zoe.conversation(), &[&vip]).await;
    let told = happened(&owner, &zoe.conversation()).await;
    assert_eq!(told, ["tag Refund, VIP", "untag Refund"]);
    let tags = owner.get("/tags").await.ok();
    assert_eq!((&tags["tags"][0]["uses"], &tags["tags"][1]["uses"]), (&json!(0), &json!(1)));
    // The visitor hears nothing of it.
    let seen = zoe.get(&format!("/chat/conversations/{}", zoe.conversation())).await.text();
    assert!(!seen.contains("VIP"), "{seen}");
}

/// row 224: merging, renaming, deleting; a colour is a colour, a name is one line of text.
#[tokio::test]
async fn tags_are_merged_renamed_and_deleted() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (zoe, ali) = (house.visitor(), house.visitor());
    zoe.says("one").await;
    ali.says("two").await;
    let (refund, refunds) = (a_tag(&owner, "Refund").await, a_tag(&owner, "Refunds").await);
    sets_tags(&owner, &zoe.conversation(), &[&refund]).await;
    sets_tags(&owner, &ali.conversation(), &[&refund, &refunds]).await;
    let uuid = makes_macro(&owner, json!({ "name": "Money back", "audience": "all", "actions": [{ "do": "tag", "value": refund }] })).await;
    let answer = owner.delete(&format!("/tags/{refund}")).await;
    assert!(answer.denied(409)["message"].as_str().is_some_and(|words| words.contains("macro Money back")));
    owner.post(&format!("/tags/{refund}/merge")).json(json!({ "into": refund })).await.denied(400);
    let all = owner.post(&format!("/tags/{refund}/merge")).json(json!({ "into": refunds })).await.ok();
    assert_eq!((names(&all["tags"]), &all["tags"][0]["uses"]), (vec!["Refunds".to_owned()], &json!(2)));
    let macros = owner.get("/macros").await.ok();
    assert_eq!(macros["macros"][0]["actions"], json!([{ "do": "tag", "value": refunds }]), "macros speak of the kept one");
    owner.put(&format!("/tags/{refunds}")).json(json!({ "name": "Money back", "color": "#112233" })).await.ok();
    for bad in [json!({ "color": "red" }), json!({ "color": "#12" }), json!({ "name": " \u{202e} " })] {
        owner.put(&format!("/tags/{refunds}")).json(bad).await.denied(400);
    }
    let other = a_tag(&owner, "Other").await;
    owner.put(&format!("/tags/{other}")).json(json!({ "name": "MONEY BACK" })).await.denied(409);
    owner.delete(&format!("/macros/{uuid}")).await.ok();
    owner.delete(&format!("/tags/{refunds}")).await.ok();
    assert_eq!(owner.opens(&zoe.conversation()).await["conversation"]["tags"], json!([]));
    owner.delete(&format!("/tags/{refunds}")).await.denied(404);
}

/// row 224: where the house wants it, nothing is resolved without a tag, by hand, by a macro or in a selection.
#[tokio::test]
async fn a_house_may_ask_for_a_tag_before_resolving() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let zoe = house.visitor();
    zoe.says("hello").await;
    let refund = a_tag(&owner, "Refund").await;
    owner.put("/house").json(json!({ "tag_required": true })).await.ok();
    let status = format!("/conversations/{}/status", zoe.conversation());
    let answer = owner.put(&status).json(json!({ "status": "resolved" })).await;
    assert_eq!(answer.denied(409)["code"], "tag_required");
    let closes = makes_macro(&owner, json!({ "name": "Done", "actions": [{ "do": "close" }] })).await;
    uses(&owner, &zoe.conversation(), json!({ "macro": closes })).await.denied(409);
    let answers = bulk(&owner, &[&zoe.conversation()], json!([{ "do": "status", "value": "resolved" }])).await;
    assert_eq!((&answers[0]["ok"], &answers[0]["error"]["code"]), (&json!(false), &json!("tag_required")));
    owner.sets_status(&zoe.conversation(), "waiting").await;
    // With the tag in the same breath it is fine.
    let both = json!([{ "do": "status", "value": "resolved" }, { "do": "tag", "value": refund }]);
    assert_eq!(bulk(&owner, &[&zoe.conversation()], both).await[0]["now"]["status"], "resolved");
    owner.sets_status(&zoe.conversation(), "open").await;
    owner.sets_status(&zoe.conversation(), "resolved").await;
}

/// Statuses of the house's own words stand in one of three categories, and fall back to it.
#[tokio::test]
async fn own_statuses_mean_one_of_three() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let zoe = house.visitor();
    zoe.says("My pot is broken").await;
    let made = owner.post("/statuses").json(json!({ "name": "Waiting for the courier", "category": "waiting" })).await.ok();
    let courier = text_at(&made, "uuid");
    ben.post("/statuses").json(json!({ "name": "Mine", "category": "open" })).await.denied(403);
    for bad in [json!({ "name": "", "category": "open" }), json!({ "name": "X" }), json!({ "name": "X", "category": "later" })] {
        owner.post("/statuses").json(bad).await.denied(400);
    }
    for taken in ["waiting for the COURIER", "Resolved"] {
        owner.post("/statuses").json(json!({ "name": taken, "category": "open" })).await.denied(409);
    }
    let path = format!("/conversations/{}/status", zoe.conversation());
    let changed = ben.put(&path).json(json!({ "custom_status": courier })).await.ok();
    assert_eq!(
        (&changed["conversation"]["status"], &changed["conversation"]["custom_status"]["name"]),
        (&json!("waiting"), &json!("Waiting for the courier"))
    );
    assert_eq!(happened(&ben, &zoe.conversation()).await, ["custom_status Waiting for the courier"]);
    assert_eq!(owner.list("box=all&status=waiting").await["conversations"][0]["uuid"], zoe.conversation());
    // The person writes: open, without the word.
    zoe.says("It is here").await;
    let one = ben.opens(&zoe.conversation()).await["conversation"].clone();
    assert_eq!((&one["status"], &one["custom_status"]), (&json!("open"), &Value::Null));
    ben.put(&path).json(json!({ "custom_status": courier })).await.ok();
    owner.put(&format!("/statuses/{courier}")).json(json!({ "category": "resolved" })).await.denied(409);
    owner.put(&format!("/statuses/{courier}")).json(json!({ "name": "With the courier", "position": 3 })).await.ok();
    owner.delete(&format!("/statuses/{courier}")).await.ok();
    let one = ben.opens(&zoe.conversation()).await["conversation"].clone();
    assert_eq!((&one["status"], &one["custom_status"]), (&json!("waiting"), &Value::Null), "back to the plain category");
    ben.put(&path).json(json!({ "custom_status": courier })).await.denied(404);
}

/// rows 147–149 (what a button gives can be changed by hand)
#[tokio::test]
async fn priorities_are_set_by_hand() {
    let house = House::boot().await;
    let (owner, zoe) = (house.agent().await, house.visitor());
    zoe.says("It burns").await;
    let path = format!("/conversations/{}/priority", zoe.conversation());
    let sets = |priority: Value| owner.put(&path).json(json!({ "priority": priority }));
    assert_eq!(sets(json!("high")).await.ok()["conversation"]["priority"], "high");
    owner.sees_frame("conversation", "it is urgent", |data| data["priority"] == "high").await;
    sets(json!("high")).await.ok();
    assert_eq!(sets(Value::Null).await.ok()["conversation"]["priority"], Value::Null);
    sets(json!("urgent")).await.denied(400);
    owner.put(&path).json(json!({})).await.denied(400);
    assert_eq!(happened(&owner, &zoe.conversation()).await, ["priority high", "priority "], "what is so already is not told again");
}

/// row 226: placeholders are filled, unknown ones refused by name, actions done, uses counted.
#[tokio::test]
async fn a_macro_says_and_does() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (zoe, nobody) = (house.signed_in("zoe").await, house.visitor());
    zoe.says("I want my money back").await;
    nobody.says("hi").await;
    let refund = a_tag(&owner, "Refund").await;
    let body = "Hello {{contact.first_name|there}}, {{agent.first_name}} from {{inbox.brand}} here. Number {{conversation.number}}, plan {{field.plan}}.";
    let made = json!({
        "name": "Refund", "shortcut": "/refund", "body": body, "audience": "all",
        "actions": [{ "do": "tag", "value": refund }, { "do": "priority", "value": "high" }, { "do": "assign_agent", "value": "me" }, { "do": "status", "value": "resolved" }],
    });
    let refused = owner.post("/macros").json(json!({ "name": "X", "body": "Hi {{contact.shoe_size}}" })).await.denied(400);
    assert!(
        refused["message"].as_str().is_some_and(|words| words.contains("{{contact.shoe_size}}")) && refused["field"] == "body",
        "{refused}"
    );
    let refused = owner
        .post("/macros")
        .json(json!({ "name": "X", "actions": [{ "do": "close" }, { "do": "webhook", "value": "https://x.example" }] }))
        .await
        .denied(400);
    assert!(
        refused["message"].as_str().is_some_and(|words| words.contains("Action 2 (webhook)") && words.contains("not possible yet")),
        "{refused}"
    );
    owner.post("/macros").json(json!({ "name": "X" })).await.denied(400);
    owner.post("/macros").json(json!({ "name": "X", "body": "x", "shortcut": "two words" })).await.denied(400);
    let uuid = makes_macro(&owner, made).await;
    let seen = uses(&owner, &nobody.conversation(), json!({ "macro": uuid, "preview": true })).await.ok();
    let words = text_at(&seen, "body");
    assert!(words.starts_with("Hello there, Olga from "), "{words}");
    assert!(words.ends_with("plan."), "an empty value leaves a sentence: {words}");
    assert_eq!(happened(&owner, &nobody.conversation()).await, Vec::<String>::new(), "a look does nothing");
    // One of the actions was taken off before it was sent.
    let kept = json!([{ "do": "tag", "value": refund }, { "do": "priority", "value": "high" }, { "do": "assign_agent", "value": "me" }, { "do": "spam" }]);
    let used = uses(&owner, &zoe.conversation(), json!({ "macro": uuid, "actions": kept })).await.ok();
    assert!(text_at(&used, "body").starts_with("Hello Zoe, Olga"));
    let now = &used["conversation"];
    assert_eq!((names(&now["tags"]), &now["priority"], &now["status"]), (vec!["Refund".to_owned()], &json!("high"), &json!("open")));
    assert_eq!(now["quarantine"], Value::Null, "what is not the macro's is not done");
    assert_eq!(now["assignee"]["uuid"], owner.uuid.as_str());
    assert_eq!(owner.get("/macros").await.ok()["macros"][0]["uses"], 1);
    let told = happened(&owner, &zoe.conversation()).await;
    assert_eq!(told, ["priority high", "assignment Olga Owner", "tag Refund"]);
    // Again: all of it is so already.
    uses(&owner, &zoe.conversation(), json!({ "macro": uuid, "actions": kept })).await.ok();
    assert_eq!(happened(&owner, &zoe.conversation()).await.len(), 3);
}

/// row 226: own ones are seen by nobody else, a team's by its team, and sharing needs the permission.
#[tokio::test]
async fn macros_belong_to_somebody() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (ben, cleo) = (house.agent_named("ben", Role::Agent).await, house.agent_named("cleo", Role::Agent).await);
    let zoe = house.visitor();
    zoe.says("hi").await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Sales", "members": [ben.uuid] })).await.ok(), "uuid");
    let own = makes_macro(&ben, json!({ "name": "Mine", "body": "secret of Ben" })).await;
    ben.post("/macros").json(json!({ "name": "Ours", "body": "x", "audience": "all" })).await.denied(403);
    ben.put(&format!("/macros/{own}")).json(json!({ "audience": "all" })).await.denied(403);
    let ours = makes_macro(&owner, json!({ "name": "Sales", "body": "of sales", "audience": "team", "team": team })).await;
    owner.post("/macros").json(json!({ "name": "X", "body": "x", "audience": "team" })).await.denied(400);
    let all = names(&ben.get("/macros").await.ok()["macros"]);
    assert_eq!(all, ["Mine", "Sales"]);
    assert_eq!(cleo.get("/macros").await.ok()["macros"], json!([]));
    for (who, foreign) in [(&cleo, &own), (&cleo, &ours), (&owner, &own)] {
        uses(who, &zoe.conversation(), json!({ "macro": foreign, "preview": true })).await.denied(404);
        uses(who, &zoe.conversation(), json!({ "macro": foreign })).await.denied(404);
    }
    for foreign in [&own, &ours] {
        cleo.put(&format!("/macros/{foreign}")).json(json!({ "name": "Stolen" })).await.denied(404);
        cleo.delete(&format!("/macros/{foreign}")).await.denied(404);
    }
    ben.put(&format!("/macros/{ours}")).json(json!({ "name": "Mine now" })).await.denied(404);
    uses(&ben, &zoe.conversation(), json!({ "macro": ours, "preview": true })).await.ok();
    ben.delete(&format!("/macros/{own}")).await.ok();
}

/// A macro that says something stores it as if typed; a conversation out of sight is not found; a deleted colleague is named.
#[tokio::test]
async fn actions_say_tell_and_are_done_whole_or_not_at_all() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    let says = json!({
        "name": "Escalate", "actions": [
            { "do": "reply", "value": "Dear {{contact.first_name}}, **we look**." }, { "do": "note", "value": "Ben, please" },
            { "do": "notify", "value": { "to": { "agent": ben.uuid }, "text": "Please look" } }, { "do": "snooze", "value": 3600 },
        ],
    });
    let uuid = makes_macro(&owner, says).await;
    let used = uses(&owner, &zoe.conversation(), json!({ "macro": uuid })).await.ok();
    zoe.hears("Dear Zoe, we look.").await;
    assert!(used["conversation"]["snoozed_until"].is_i64());
    assert_eq!(used["conversation"]["assignee"]["uuid"], owner.uuid.as_str(), "the first answer takes it, as a typed one does");
    let notice = ben.get("/notices").await.ok()["notices"][0].clone();
    assert_eq!((&notice["kind"], &notice["text"], &notice["actor"]), (&json!("rule"), &json!("Please look"), &json!("Olga Owner")));
    house.later(3_600_001).await;
    owner.sees_frame("conversation", "it is back", |data| data["snoozed_until"].is_null() && data["status"] == "open").await;
    // The second action cannot be done any more: neither is the first.
    let breaks = json!([{ "do": "priority", "value": "low" }, { "do": "assign_agent", "value": ben.uuid }]);
    let uuid = makes_macro(&owner, json!({ "name": "To Ben", "actions": breaks })).await;
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "suspended": true })).await.ok();
    let refused = uses(&owner, &zoe.conversation(), json!({ "macro": uuid })).await.denied(404);
    assert_eq!((&refused["message"], &refused["field"]), (&json!("Action 2 (assign agent): There is no such agent."), &json!("actions.1")));
    assert_eq!(owner.opens(&zoe.conversation()).await["conversation"]["priority"], Value::Null);
    ben.is_shut_out().await;
}

/// Several at once: each has its own answer, and what was done can be taken back.
#[tokio::test]
async fn a_selection_is_changed_and_taken_back() {
    let house = House::boot_with(Options::default().patient()).await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let refund = a_tag(&owner, "Refund").await;
    let mut all = Vec::new();
    for n in 0..12 {
        let visitor = house.visitor();
        visitor.says(&format!("question {n}")).await;
        all.push(visitor.conversation());
    }
    let mut wanted: Vec<&str> = all.iter().map(String::as_str).collect();
    sets_tags(&owner, wanted[0], &[&refund]).await;
    owner.assigns(wanted[1], Some(&owner.uuid)).await;
    let missing = "00000000-0000-4000-8000-000000000000";
    wanted.push(missing);
    let actions =
        json!([{ "do": "tag", "value": refund }, { "do": "assign_agent", "value": ben.uuid }, { "do": "status", "value": "waiting" }]);
    let answers = bulk(&owner, &wanted, actions).await;
    assert_eq!(answers.len(), 13);
    assert!(answers[..12].iter().all(|answer| answer["ok"] == true && answer["now"]["status"] == "waiting" && answer["changed"] == true));
    assert_eq!((&answers[12]["ok"], &answers[12]["error"]["message"]), (&json!(false), &json!("There is no such conversation.")));
    assert_eq!(answers[0]["undo"], json!([{ "do": "status", "value": "open" }, { "do": "unassign", "value": null }]));
    assert_eq!(answers[1]["undo"][1], json!({ "do": "assign_agent", "value": owner.uuid }));
    for answer in &answers[..2] {
        let back = bulk(&owner, &[answer["conversation"].as_str().unwrap()], answer["undo"].clone()).await;
        assert_eq!(back[0]["now"]["status"], "open");
    }
    assert_eq!(owner.opens(wanted[0]).await["conversation"]["tags"][0]["name"], "Refund", "it had that before");
    assert_eq!(owner.opens(wanted[1]).await["conversation"]["tags"], json!([]));
    let nothing = bulk(&owner, &wanted[2..3], json!([{ "do": "tag", "value": refund }])).await;
    assert_eq!((&nothing[0]["changed"], &nothing[0]["undo"]), (&json!(false), &json!([])));
    for bad in [json!({ "conversations": [], "actions": [{ "do": "close" }] }), json!({ "conversations": [wanted[0]], "actions": [] })] {
        owner.post("/conversations/bulk").json(bad).await.denied(400);
    }
    let many = vec![wanted[0]; 101];
    owner.post("/conversations/bulk").json(json!({ "conversations": many, "actions": [{ "do": "close" }] })).await.denied(400);
    // Not everybody may follow in silence.
    let refused = bulk(&ben, &wanted[..1], json!([{ "do": "follow", "value": "me" }])).await;
    assert_eq!(
        (&refused[0]["ok"], refused[0]["error"]["message"].as_str().map(|words| words.starts_with("Action 1 (follow): Your role"))),
        (&json!(false), Some(true))
    );
}
