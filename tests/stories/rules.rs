//! What happens by itself: rules on conversations, messages, changes and time.

use crate::support::*;
use deskbell::model::agent::Role;

fn when(field: &str, op: &str, value: Value) -> Value {
    json!({ "field": field, "op": op, "value": value })
}

fn all(items: &[Value]) -> Value {
    json!({ "match": "all", "items": items })
}

fn any(items: &[Value]) -> Value {
    json!({ "match": "any", "items": items })
}

fn does(word: &str, value: Value) -> Value {
    json!({ "do": word, "value": value })
}

/// Makes a rule; its uuid.
async fn rule(agent: &Agent, name: &str, trigger: &str, conditions: Value, actions: &[Value]) -> String {
    let body = json!({ "name": name, "trigger": trigger, "conditions": conditions, "actions": actions });
    text_at(&agent.post("/rules").json(body).await.ok(), "uuid")
}

async fn tag(house: &House, name: &str) -> String {
    let (uuid, name) = (deskbell::base::id::Uuid::new(), name.to_owned());
    house
        .desk()
        .store
        .write(move |tx| deskbell::store::tags::insert(tx, &name, "#336699"))
        .await
        .map(|made| made.to_string())
        .unwrap_or(uuid.to_string())
}

async fn rules_of(agent: &Agent) -> Vec<Value> {
    list_at(&agent.get("/rules").await.ok(), "rules")
}

fn tag_names(conversation: &Value) -> Vec<String> {
    list_at(conversation, "tags").iter().map(|tag| text_at(tag, "name")).collect()
}

/// row 225: rules in the desk, no code: a chat goes to its group, gets its tag and its priority in the commit of its first words.
#[tokio::test]
async fn a_rule_sorts_what_comes_in_before_anybody_looks() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Billing", "members": [owner.uuid] })).await.ok(), "uuid");
    let refund = tag(&house, "refund").await;
    let conditions = all(&[
        when("kind", "is", json!("chat")),
        any(&[when("message", "contains", json!(["refund", "money back"])), when("page", "contains", json!("/billing"))]),
    ]);
    let actions = [does("assign_team", json!(team)), does("tag", json!(refund)), does("priority", json!("high"))];
    let uuid = rule(&owner, "Billing", "conversation", conditions, &actions).await;
    let visitor = house.visitor();
    visitor.starts("I want my MONEY BACK").await;
    let opened = owner.opens(&visitor.conversation()).await;
    assert_eq!(opened["conversation"]["team"]["name"], "Billing");
    assert_eq!(opened["conversation"]["priority"], "high");
    assert_eq!(tag_names(&opened["conversation"]), ["refund"]);
    let told: Vec<String> =
        list_at(&opened, "messages").iter().filter_map(|message| message["activity"]["action"].as_str().map(str::to_owned)).collect();
    assert_eq!(told[0], "rule", "first stands whose doing it is: {told:?}");
    assert!(told.contains(&"tag".to_owned()) && told.contains(&"team".to_owned()), "{told:?}");
    assert!(visitor.texts().await.iter().all(|text| text == "I want my MONEY BACK"), "the contact hears nothing of it");
    let other = house.visitor();
    other.starts("Do you deliver to Malta?").await;
    assert_eq!(owner.opens(&other.conversation()).await["conversation"]["team"], Value::Null);
    let known = rules_of(&owner).await;
    assert_eq!((known[0]["uuid"].as_str(), known[0]["runs"].as_i64(), &known[0]["error"]), (Some(uuid.as_str()), Some(1), &Value::Null));
}

/// row 225: an automatic answer reaches a live chat, also of somebody without an address; it is no answer that ends the waiting.
#[tokio::test]
async fn an_automatic_answer_reaches_a_live_chat() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let words = "Thank you {{contact.first_name}}. We are back on Monday.";
    rule(
        &owner,
        "Away",
        "message",
        all(&[when("from", "is", json!("contact")), when("assignee", "is_not_set", Value::Null)]),
        &[does("reply", json!(words))],
    )
    .await;
    let visitor = house.visitor();
    let begun = visitor.starts("Anybody there?").await;
    let said: Vec<String> = list_at(&begun, "messages").iter().map(|message| text_at(message, "content")).collect();
    assert_eq!(said.len(), 2, "with the answer to his first words, newest first: {said:?}");
    assert!(said[0].contains("We are back"), "{said:?}");
    visitor.joins().await;
    let texts = visitor.texts().await;
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[1].contains("We are back on Monday."), "{texts:?}");
    let seen = owner.opens(&visitor.conversation()).await;
    assert!(seen["conversation"]["waiting_since"].is_i64(), "still waits for a person");
    owner.replies(&visitor.conversation(), "Here I am").await;
    visitor.says("Thanks").await;
    assert_eq!(visitor.texts().await, [&texts[0], &texts[1], "Here I am", "Thanks"], "now somebody has it");
}

/// Rules run in their order, look at what the earlier one did, and one may end the row. The order is changed by drag or keys.
#[tokio::test]
async fn rules_run_in_their_order_and_one_may_stop_the_rest() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (first, second) = (tag(&house, "first").await, tag(&house, "second").await);
    let one = rule(&owner, "One", "conversation", all(&[]), &[does("tag", json!(first))]).await;
    let two = rule(&owner, "Two", "conversation", all(&[when("tag", "is", json!(first))]), &[does("tag", json!(second))]).await;
    let visitor = house.visitor();
    visitor.starts("a").await;
    assert_eq!(tag_names(&owner.opens(&visitor.conversation()).await["conversation"]), ["first", "second"]);
    let ordered = owner.put("/rules/order").json(json!({ "rules": [two, one] })).await.ok();
    assert_eq!(list_at(&ordered, "rules").iter().map(|rule| text_at(rule, "name")).collect::<Vec<_>>(), ["Two", "One"]);
    let visitor = house.visitor();
    visitor.starts("b").await;
    assert_eq!(tag_names(&owner.opens(&visitor.conversation()).await["conversation"]), ["first"]);
    owner.put("/rules/order").json(json!({ "rules": [one] })).await.ok();
    owner.put(&format!("/rules/{one}")).json(json!({ "stops": true })).await.ok();
    let visitor = house.visitor();
    visitor.starts("c").await;
    assert_eq!(tag_names(&owner.opens(&visitor.conversation()).await["conversation"]), ["first"], "the first one stops");
    owner.put(&format!("/rules/{one}")).json(json!({ "enabled": false })).await.ok();
    let visitor = house.visitor();
    visitor.starts("d").await;
    assert!(tag_names(&owner.opens(&visitor.conversation()).await["conversation"]).is_empty());
    owner.put("/rules/order").json(json!({ "rules": [deskbell::base::id::Uuid::new().to_string()] })).await.denied(404);
}

/// A rule acts once for one cause; two that undo each other end after a few steps.
#[tokio::test]
async fn rules_that_set_off_each_other_end() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ping = tag(&house, "ping").await;
    rule(&owner, "On", "update", all(&[when("tag", "is_not", json!(ping))]), &[does("tag", json!(ping))]).await;
    rule(&owner, "Off", "update", all(&[when("tag", "is", json!(ping))]), &[does("untag", json!(ping))]).await;
    rule(&owner, "Echo", "message", all(&[]), &[does("reply", json!("echo"))]).await;
    rule(&owner, "Raise", "update", all(&[when("changed", "is", json!("assignee"))]), &[does("priority", json!("high"))]).await;
    let visitor = house.visitor();
    visitor.starts("a").await;
    assert_eq!(visitor.texts().await, ["a", "echo"], "what a rule says sets off nothing");
    let conversation = visitor.conversation();
    owner.assigns(&conversation, Some(&owner.uuid)).await;
    assert_eq!(owner.opens(&conversation).await["conversation"]["priority"], "high");
    assert!(rules_of(&owner).await.iter().all(|rule| rule["runs"].as_i64() <= Some(1)), "{:?}", rules_of(&owner).await);
}

/// A rule that fails loses nothing: the message is there, what the rule began is undone, the others go on, and its page says why.
#[tokio::test]
async fn a_rule_that_fails_loses_no_message() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let calm = tag(&house, "calm").await;
    // Says nothing once the placeholder is filled in: only known when it acts.
    let broken =
        rule(&owner, "Broken", "conversation", all(&[]), &[does("priority", json!("high")), does("reply", json!("{{contact.email}}"))])
            .await;
    rule(&owner, "Calm", "conversation", all(&[]), &[does("tag", json!(calm))]).await;
    let visitor = house.visitor();
    visitor.starts("Hello?").await;
    assert_eq!(visitor.texts().await, ["Hello?"]);
    let opened = owner.opens(&visitor.conversation()).await;
    assert_eq!(tag_names(&opened["conversation"]), ["calm"]);
    assert_eq!(opened["conversation"]["priority"], Value::Null, "what it had begun is undone");
    let known = rules_of(&owner).await;
    assert!(known[0]["error"].as_str().is_some_and(|words| !words.is_empty()) && known[0]["failed_at"].is_i64(), "{}", known[0]);
    assert_eq!(known[1]["runs"], 1);
    // Changed, its fault is forgotten.
    owner.put(&format!("/rules/{broken}")).json(json!({ "actions": [does("priority", json!("low"))] })).await.ok();
    assert_eq!(rules_of(&owner).await[0]["error"], Value::Null);
}

/// Rules on time act once on each conversation, until somebody says or changes something there; a restart changes nothing.
#[tokio::test]
async fn a_rule_on_time_acts_once_until_something_happens() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let conditions = all(&[when("status", "is", json!("waiting")), when("idle_s", "more_than", json!(3 * 86_400))]);
    let refused = json!({ "name": "x", "trigger": "time", "conditions": all(&[when("status", "is", json!("open"))]), "actions": [does("close", Value::Null)] });
    assert_eq!(owner.post("/rules").json(refused).await.denied(400)["field"], "conditions");
    rule(&owner, "Ask again", "time", conditions, &[does("reply", json!("Are you still there?"))]).await;
    let visitor = house.visitor();
    visitor.starts("It does not work").await;
    let conversation = visitor.conversation();
    owner.replies(&conversation, "Which version?").await;
    owner.sets_status(&conversation, "waiting").await;
    visitor.joins().await;
    house.later(hours(71)).await;
    house.later(hours(2)).await;
    visitor.hears("Are you still there?").await;
    house.later(hours(80)).await;
    let mut house = house.restarts(Options::default()).await;
    house.later(hours(80)).await;
    let owner = house.agent().await;
    // Something else on time that is done after it tells that the house has looked.
    let other = house.visitor();
    other.starts("Me too").await;
    owner.replies(&other.conversation(), "Which version?").await;
    owner.sets_status(&other.conversation(), "waiting").await;
    house.later(hours(80)).await;
    owner.sees("Are you still there?").await;
    let texts: Vec<String> =
        list_at(&owner.opens(&conversation).await, "messages").iter().map(|message| text_at(message, "text")).collect();
    assert_eq!(texts.iter().filter(|text| *text == "Are you still there?").count(), 1, "{texts:?}");
    house.stops().await;
}

/// row 235: a rule turns what stays unresolved into something for a team: given to it, noted, told, waiting, out of the chat's way.
#[tokio::test]
async fn a_rule_makes_a_ticket_of_what_stays_unresolved() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Second line", "members": [ben.uuid] })).await.ok(), "uuid");
    let conditions = all(&[when("waiting_s", "more_than", json!(1800)), when("kind", "is", json!("chat"))]);
    let actions = [
        does("kind", json!("question")),
        does("assign_team", json!(team)),
        does("note", json!("Nobody answered in half an hour.")),
        does("notify", json!({ "to": { "team": team }, "text": "A chat became a ticket" })),
        does("reply", json!("This takes longer. We answer here and by mail.")),
    ];
    rule(&owner, "Ticket", "time", conditions, &actions).await;
    let visitor = house.visitor();
    visitor.starts("It is broken").await;
    visitor.joins().await;
    house.later(minutes(31)).await;
    visitor.hears("This takes longer. We answer here and by mail.").await;
    let told = ben.sees_frame("notice", "the rule tells the team", |data| data["kind"] == "rule").await;
    assert_eq!((told["actor"].as_str(), told["text"].as_str()), (Some("Ticket"), Some("A chat became a ticket")));
    let listed = list_at(&ben.list("kind=reports&status=open").await, "conversations");
    assert_eq!(listed.len(), 1, "it stands among what is answered in peace");
    assert_eq!((listed[0]["kind"].as_str(), listed[0]["team"]["name"].as_str()), (Some("question"), Some("Second line")));
    assert!(listed[0]["waiting_since"].is_i64());
    ben.replies(&visitor.conversation(), "Fixed").await;
    visitor.hears("Fixed").await;
}

/// Trying a rule out says which conditions hold and what was found, and does nothing.
#[tokio::test]
async fn a_rule_is_tried_out_before_it_is_kept() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("Where is my refund?").await;
    let conditions = all(&[
        when("message", "contains", json!("refund")),
        any(&[when("priority", "is", json!("high")), when("verified", "is", json!(true))]),
    ]);
    let draft = json!({ "trigger": "conversation", "conditions": conditions, "actions": [does("close", Value::Null)] });
    let told = owner.post("/rules/try").json(json!({ "rule": draft, "conversation": visitor.conversation() })).await.ok();
    assert_eq!((told["holds"].as_bool(), told["items"][0]["holds"].as_bool()), (Some(false), Some(true)));
    assert_eq!(told["items"][0]["found"], "Where is my refund?");
    assert_eq!(told["items"][1]["items"][1], json!({ "holds": false, "found": "false" }));
    assert_eq!(owner.opens(&visitor.conversation()).await["conversation"]["status"], "open");
    assert!(rules_of(&owner).await.is_empty());
}

/// What means nothing is refused with its place; what is gone meanwhile is passed over; who may not, may not.
#[tokio::test]
async fn rules_are_checked_when_they_are_kept() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let nothing = "00000000-0000-4000-8000-000000000000";
    let good = json!({ "name": "Good", "trigger": "conversation", "conditions": all(&[]), "actions": [does("priority", json!("low"))] });
    for (change, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "trigger": "moon" }), "trigger"),
        (
            json!({ "conditions": { "match": "all", "items": [{ "field": "weather", "op": "is", "value": "fine" }] } }),
            "conditions.items.0.field",
        ),
        (json!({ "conditions": all(&[when("assignee", "is", json!("me"))]) }), "conditions"),
        (json!({ "conditions": all(&[when("tag", "is", json!(nothing))]) }), "conditions"),
        (json!({ "actions": [] }), "actions"),
        (json!({ "actions": [does("tag", json!(nothing))] }), "actions"),
        (json!({ "actions": [does("assign_agent", json!("me"))] }), "actions"),
    ] {
        let mut body = good.clone();
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let denied = owner.post("/rules").json(body).await.denied(400);
        assert!(denied["field"].as_str().is_some_and(|named| named.starts_with(field)), "{change}: {denied}");
    }
    ben.post("/rules").json(good.clone()).await.denied(403);
    ben.get("/rules").await.denied(403);
    let uuid = text_at(&owner.post("/rules").json(good).await.ok(), "uuid");
    assert_eq!(owner.delete(&format!("/rules/{uuid}")).await.status, 204);
    owner.delete(&format!("/rules/{uuid}")).await.denied(404);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'rule.%'"), 2);
}
