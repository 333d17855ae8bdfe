//! An agent's day without losses: drafts everywhere, replies that may be taken back, nobody answers twice unwarned, calls by name.

use crate::support::*;
use deskbell::model::agent::Role;

async fn draft(agent: &Agent, conversation: &str, body: &str, version: i64) -> Answer {
    let body = json!({ "body": body, "is_note": false, "version": version });
    agent.put(&format!("/conversations/{conversation}/draft")).json(body).await
}

async fn drafts(agent: &Agent) -> Vec<Value> {
    list_at(&agent.get("/drafts").await.ok(), "drafts")
}

#[tokio::test]
async fn a_draft_follows_its_agent_and_never_overwrites_another_one_unasked() {
    let house = House::boot().await;
    let (visitor, laptop) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let phone = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let first = number_at(&draft(&laptop, &conversation, "Dear Zoe", 0).await.ok(), "draft/version");
    let told = phone.sees_frame("draft", "the laptop's text", |data| data["body"] == "Dear Zoe").await;
    assert_eq!((told["conversation"].as_str(), told["version"].as_i64()), (Some(conversation.as_str()), Some(first)));
    let second = number_at(&draft(&phone, &conversation, "Dear Zoe, yes", first).await.ok(), "draft/version");
    assert!(second > first);
    // The laptop was away and goes on from what it knew: it is told, and nothing is lost.
    let refused = draft(&laptop, &conversation, "Dear Zoe, no", first).await;
    assert_eq!(refused.status, 409);
    assert_eq!(
        (refused.json()["error"]["code"].as_str(), refused.json()["draft"]["body"].as_str()),
        (Some("overtaken"), Some("Dear Zoe, yes"))
    );
    assert_eq!(drafts(&laptop).await[0]["body"], "Dear Zoe, yes");
    // The same words again are no quarrel.
    assert_eq!(draft(&laptop, &conversation, "Dear Zoe, yes", 0).await.ok()["draft"]["version"], second);
    // A note beside it is a text of its own; nobody else sees either.
    let note = json!({ "body": "rude?", "is_note": true, "version": 0 });
    laptop.put(&format!("/conversations/{conversation}/draft")).json(note).await.ok();
    assert_eq!((drafts(&phone).await.len(), drafts(&ben).await.len()), (2, 0));
    assert!(!ben.socket.all().iter().any(|frame| frame["type"] == "draft"));
    laptop.delete(&format!("/conversations/{conversation}/draft?kind=note")).await.ok();
    // Sending clears it, and an old device cannot bring it back.
    laptop.writes(&conversation, json!({ "kind": "reply", "body": "Dear Zoe, yes", "draft_version": second })).await.ok();
    phone.sees_frame("draft", "it was sent", |data| data["body"] == "" && data["is_note"] == false).await;
    assert!(drafts(&phone).await.is_empty());
    assert_eq!(draft(&phone, &conversation, "Dear Zoe, yes and more", second).await.status, 409);
    let long = "x".repeat(10_001);
    assert_eq!(draft(&phone, &conversation, &long, 0).await.status, 400);
    assert_eq!(draft(&phone, &deskbell::base::id::Uuid::new().to_string(), "x", 0).await.status, 404);
}

#[tokio::test]
async fn a_held_reply_is_nowhere_outside_until_its_time_and_can_be_taken_back() {
    let mut house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let reply = |body: &str, echo: &str, hold: i64| json!({ "kind": "reply", "body": body, "echo_id": echo, "hold_ms": hold });
    let held = agent.writes(&conversation, reply("Too quick", "echo-1", 5000)).await.ok()["held"].clone();
    assert_eq!(number_at(&held, "send_at") - number_at(&held, "created_at"), 5000);
    // Sent twice, held once; shown to its writer when he opens the conversation again, and to nobody else.
    assert_eq!(agent.writes(&conversation, reply("Too quick", "echo-1", 5000)).await.ok()["held"]["uuid"], held["uuid"]);
    assert_eq!(agent.opens(&conversation).await["held"][0]["body"], "Too quick");
    let ben = house.agent_named("ben", Role::Agent).await;
    assert_eq!(list_at(&ben.opens(&conversation).await, "held").len(), 0);
    assert_eq!(visitor.texts().await, ["hi"]);
    assert_eq!(list_at(&agent.searches("quick").await, "results").len(), 0);
    let path = |uuid: &Value| format!("/conversations/{conversation}/messages/{}", uuid.as_str().unwrap_or_default());
    ben.delete(&path(&held["uuid"])).await.denied(404);
    assert_eq!(agent.delete(&path(&held["uuid"])).await.ok()["draft"]["body"], "Too quick");
    house.later(10_000).await;
    // The next one goes out by itself, also over a restart of the house.
    agent.writes(&conversation, reply("Good day", "echo-2", 5000)).await.ok();
    assert_eq!(visitor.texts().await, ["hi"]);
    house.later(5_000).await;
    visitor.hears("Good day").await;
    assert_eq!(drafts(&agent).await.len(), 0, "sending cleared what was taken back");
    agent.delete(&path(&held["uuid"])).await.denied(404);
    // Two in a row go out in their order; the echo id again without a hold sends at once, and once.
    agent.writes(&conversation, reply("one", "echo-3", 30_000)).await.ok();
    agent.writes(&conversation, reply("two", "echo-4", 30_000)).await.ok();
    visitor.hears("one").await;
    let sent = agent.writes(&conversation, json!({ "kind": "reply", "body": "two", "echo_id": "echo-4" })).await.ok();
    assert_eq!(sent["message"]["text"], "two");
    house.later(60_000).await;
    assert_eq!(visitor.texts().await, ["hi", "Good day", "one", "two"]);
    // Send and resolve: both at its time.
    let last = json!({ "kind": "reply", "body": "bye", "echo_id": "echo-5", "hold_ms": 5000, "resolve": true });
    agent.writes(&conversation, last).await.ok();
    assert_eq!(agent.opens(&conversation).await["conversation"]["status"], "open");
    house.stops().await;
    let house = house.restarts(Options::default()).await;
    house.later(5_000).await;
    let agent = house.agent().await;
    in_time("the reply to go out after the restart", async {
        while agent.opens(&conversation).await["conversation"]["status"] != "resolved" {
            breath().await;
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_over_somebody_else_unwarned() {
    let house = House::boot().await;
    let (visitor, ann) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", Role::Agent).await;
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let seen = number_at(&ben.opens(&conversation).await, "conversation/seq");
    ann.replies(&conversation, "Ann was quicker").await;
    let late = json!({ "kind": "reply", "body": "Ben too", "echo_id": "b1", "after_seq": seen });
    let refused = ben.writes(&conversation, late.clone()).await;
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (409, Some("answered")));
    assert_eq!(refused.json()["answers"]["stored"][0]["text"], "Ann was quicker");
    assert_eq!(visitor.texts().await, ["hi", "Ann was quicker"]);
    // A note is no answer, and one's own answer is no surprise.
    ben.writes(&conversation, json!({ "kind": "note", "body": "mine", "after_seq": seen })).await.ok();
    ann.writes(&conversation, json!({ "kind": "reply", "body": "and more", "after_seq": seen })).await.ok();
    let mut anyway = late;
    anyway["anyway"] = json!(true);
    ben.writes(&conversation, anyway).await.ok();
    assert_eq!(visitor.texts().await, ["hi", "Ann was quicker", "and more", "Ben too"]);
    // What is about to go out counts as well.
    let seen = number_at(&ben.opens(&conversation).await, "conversation/seq");
    ann.writes(&conversation, json!({ "kind": "reply", "body": "soon", "echo_id": "a9", "hold_ms": 5000 })).await.ok();
    let refused = ben.writes(&conversation, json!({ "kind": "reply", "body": "me first", "after_seq": seen })).await;
    assert_eq!((refused.status, refused.json()["answers"]["coming"][0]["body"].as_str()), (409, Some("soon")));
}

#[tokio::test]
async fn who_comes_later_learns_who_looks_and_who_writes() {
    let house = House::boot().await;
    let (visitor, ann) = (house.visitor(), house.agent().await);
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let looks = |uuid: Value| json!({ "type": "viewing", "data": { "conversation": uuid } });
    ann.socket.send(looks(json!(conversation))).await;
    ann.types(&conversation, true, false).await;
    ann.socket.send(json!({ "type": "ping" })).await;
    ann.socket.hears_type("pong").await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let ready = ben.socket.all().into_iter().find(|frame| frame["type"] == "ready").expect("a greeting");
    assert_eq!(
        (ready["data"]["viewing"][0]["agent"]["uuid"].as_str(), ready["data"]["viewing"][0]["typing"].as_str()),
        (Some(ann.uuid.as_str()), Some("reply"))
    );
    ben.socket.send(looks(json!(conversation))).await;
    let told = ben.sees_frame("viewing", "Ann is here", |data| data["agent"]["uuid"] == ann.uuid.as_str()).await;
    assert_eq!((told["conversation"].as_str(), told["typing"].as_str()), (Some(conversation.as_str()), Some("reply")));
    ann.sees_frame("viewing", "Ben came", |data| {
        data["agent"]["uuid"] == ben.uuid.as_str() && data["conversation"] == conversation.as_str()
    })
    .await;
    // A second tab that closes does not take its agent away from where the first one looks.
    let second = house.agent().await;
    second.socket.send(looks(json!(conversation))).await;
    second.socket.send(looks(Value::Null)).await;
    second.socket.send(json!({ "type": "ping" })).await;
    second.socket.hears_type("pong").await;
    drop(second);
    ben.socket.send(looks(Value::Null)).await;
    ann.sees_frame("viewing", "Ben left", |data| data["agent"]["uuid"] == ben.uuid.as_str() && data["conversation"].is_null()).await;
    let gone = ben.socket.all().iter().any(|frame| {
        frame["type"] == "viewing" && frame["data"]["agent"]["uuid"] == ann.uuid.as_str() && frame["data"]["conversation"].is_null()
    });
    assert!(!gone, "Ann never left");
}

/// rows 126, 230 of the desk: a note calls somebody, and can be taken back for good
#[tokio::test]
async fn a_note_calls_a_colleague_and_can_be_taken_back_without_a_trace_of_its_words() {
    let house = House::boot().await;
    let (visitor, ann) = (house.visitor(), house.agent().await);
    let ben = house.agent_named("ben", Role::Agent).await;
    visitor.says("hi").await;
    let conversation = visitor.conversation();
    let note = json!({ "kind": "note", "body": "@Ben Insider please call the zebra", "mentions": [ben.uuid, ann.uuid] });
    let note = ann.writes(&conversation, note).await.ok()["message"].clone();
    assert_eq!(note["mentions"], json!([ann.uuid, ben.uuid]));
    let told = ben.sees_frame("notice", "he was called", |data| data["kind"] == "mention").await;
    assert_eq!((told["conversation"].as_str(), told["actor"].as_str()), (Some(conversation.as_str()), Some("Olga Owner")));
    assert_eq!(list_at(&ben.list("box=mentioned&status=any").await, "conversations").len(), 1);
    assert_eq!(list_at(&ann.list("box=mentioned&status=any").await, "conversations").len(), 0, "nobody calls himself");
    ann.writes(&conversation, json!({ "kind": "reply", "body": "x", "mentions": [ben.uuid] })).await.denied(400);
    let path = format!("/conversations/{conversation}/messages/{}", text_at(&note, "uuid"));
    ben.delete(&path).await.denied(404);
    let since = number_at(&ben.opens(&conversation).await, "conversation/seq");
    let gone = ann.delete(&path).await.ok();
    assert_eq!((gone["message"]["deleted"].as_bool(), gone["message"]["text"].as_str()), (Some(true), Some("")));
    let heard = ben.sees_frame("message", "the note is empty", |data| data["message"]["deleted"] == true).await;
    assert_eq!(heard["message"]["source"], "");
    // Whoever was away hears of it too, and the words are nowhere.
    let changes = ben.get(&format!("/changes?after={since}")).await.ok();
    assert!(list_at(&changes, "frames").iter().any(|frame| frame["data"]["message"]["deleted"] == true), "{changes}");
    assert_eq!(list_at(&ben.searches("zebra").await, "results").len(), 0);
    assert!(!ben.list("box=all&status=any").await.to_string().contains("zebra"));
    assert_eq!(list_at(&ben.list("box=mentioned&status=any").await, "conversations").len(), 0);
    let reply = ann.replies(&conversation, "said is said").await;
    ann.delete(&format!("/conversations/{conversation}/messages/{}", text_at(&reply, "uuid"))).await.denied(404);
}
