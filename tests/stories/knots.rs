//! Loose ends of an agent's day: what belongs together happens together, and nothing turns up where nobody asked for it.

use crate::support::*;
use deskbell::model::agent::Role;

const SPAM: &str = "Best pills https://a.example https://b.example https://c.example [url=https://d.example]here[/url]";

/// `any` means whatever somebody may have to do with; what is in quarantine is looked at on purpose.
#[tokio::test]
async fn any_is_everything_but_spam() {
    let house = House::boot().await;
    let (agent, visitor, spammer) = (house.agent().await, house.visitor(), house.visitor());
    visitor.says("Where is my order 10482?").await;
    spammer.starts_with(json!({ "message": SPAM, "took_ms": 200 })).await;
    agent.sees_frame("message", "the spam", |data| data["conversation"]["quarantine"] == "suspect").await;
    let tag = text_at(&agent.post("/tags").json(json!({ "name": "VIP", "color": "#336699" })).await.ok(), "uuid");
    for conversation in [visitor.conversation(), spammer.conversation()] {
        agent.put(&format!("/conversations/{conversation}/tags")).json(json!({ "tags": [tag] })).await.ok();
    }
    let shown = async |query: &str| {
        let found = list_at(&agent.list(query).await, "conversations");
        found.iter().map(|one| text_at(one, "uuid")).collect::<Vec<_>>()
    };
    for query in ["box=all&status=any", "box=unassigned&status=any", &format!("box=all&status=any&tag={tag}")] {
        assert_eq!(shown(query).await, [visitor.conversation()], "{query}");
    }
    assert_eq!(shown("box=all&status=spam").await, [spammer.conversation()]);
    agent.notes(&spammer.conversation(), "a look at it").await;
    agent.assigns(&spammer.conversation(), Some(&agent.uuid)).await;
    assert_eq!(shown("box=mine&status=any").await, Vec::<String>::new());
}

/// The log keeps a fingerprint of what a note said before it was changed or taken away: the same for the same words, and nothing of them.
#[tokio::test]
async fn the_log_knows_what_a_note_was_by_its_fingerprint() {
    let house = House::boot().await;
    let (agent, visitor) = (house.agent().await, house.visitor());
    visitor.says("hi").await;
    let contact = text_at(&agent.opens(&visitor.conversation()).await, "contact/uuid");
    let path = format!("/contacts/{contact}/notes");
    let note = text_at(&agent.post(&path).json(json!({ "text": "Likes ferns" })).await.ok(), "notes/0/uuid");
    let hers = format!("{path}/{note}");
    for words in ["Likes moss", "Likes ferns", "Likes ferns"] {
        agent.put(&hers).json(json!({ "text": words })).await.ok();
    }
    agent.delete(&hers).await.ok();
    let said = text_at(&agent.notes(&visitor.conversation(), "between us").await, "uuid");
    let taken = format!("/conversations/{}/messages/{said}", visitor.conversation());
    agent.delete(&taken).await.ok();
    agent.delete(&taken).await.ok();
    let entries = list_at(&agent.get("/audit").await.ok(), "entries");
    let of = |action: &str| {
        let fit = entries.iter().rev().filter(|entry| entry["action"] == action);
        fit.map(|entry| text_at(entry, "detail/before")).collect::<Vec<_>>()
    };
    let (edited, deleted) = (of("contact.note.edited"), of("contact.note.deleted"));
    assert_eq!(edited.len(), 2, "the same words again are no change");
    assert!(edited[0].len() == 32 && edited[0] != edited[1], "{edited:?}");
    assert_eq!(deleted, [edited[0].clone()], "it said at last what it said at first");
    assert_eq!(of("message.deleted").len(), 1);
    assert!(!serde_json::to_string(&entries).unwrap().contains("ferns"));
}

/// An answer and what its macro also does are one request and one commit; coming again, it does nothing twice; what is refused does not cost
/// the answer.
#[tokio::test]
async fn an_answer_takes_its_macro_along() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let (visitor, other) = (house.visitor(), house.visitor());
    visitor.says("I want my money back").await;
    other.says("Me too").await;
    let tag = text_at(&owner.post("/tags").json(json!({ "name": "Refund", "color": "#336699" })).await.ok(), "uuid");
    let actions = json!([{ "do": "tag", "value": tag }, { "do": "priority", "value": "high" }, { "do": "note", "value": "money is on its way" }, { "do": "close" }]);
    let body = json!({ "name": "Refund", "body": "You get it back", "actions": actions });
    let uuid = text_at(&owner.post("/macros").json(body).await.ok(), "uuid");
    let kept = json!([actions[0], actions[1], actions[2]]);
    let sending = json!({ "kind": "reply", "body": "You get it back", "echo_id": "refund-1", "macro": { "uuid": uuid, "actions": kept } });
    for again in [false, true] {
        let answer = owner.writes(&visitor.conversation(), sending.clone()).await.ok();
        let now = &answer["conversation"];
        assert_eq!((&now["priority"], &now["tags"][0]["name"], &now["status"]), (&json!("high"), &json!("Refund"), &json!("open")));
        assert_eq!(answer["macro"]["ok"], if again { Value::Null } else { json!(true) });
    }
    visitor.hears("You get it back").await;
    let thread = list_at(&owner.opens(&visitor.conversation()).await, "messages");
    assert_eq!(thread.iter().filter(|message| message["kind"] == "note").count(), 1, "once");
    // Held, it is done with the words on disk, and not again when they go out.
    let held = json!({ "kind": "reply", "body": "Also this", "echo_id": "refund-2", "hold_ms": 5000, "macro": { "uuid": uuid, "actions": [actions[2]] } });
    assert_eq!(owner.writes(&visitor.conversation(), held.clone()).await.ok()["macro"]["ok"], true);
    let mut now = held;
    now["hold_ms"] = Value::Null;
    assert_eq!(owner.writes(&visitor.conversation(), now).await.ok()["macro"], Value::Null);
    let thread = list_at(&owner.opens(&visitor.conversation()).await, "messages");
    assert_eq!(thread.iter().filter(|message| message["kind"] == "note").count(), 2);
    // Refused as a whole, for its writer to hear of; his words are out.
    owner.put("/house").json(json!({ "tag_required": true })).await.ok();
    let untagged =
        json!({ "kind": "reply", "body": "Done", "echo_id": "refund-3", "macro": { "uuid": uuid, "actions": [actions[1], actions[3]] } });
    let answer = owner.writes(&other.conversation(), untagged).await.ok();
    assert_eq!((&answer["macro"]["ok"], &answer["macro"]["error"]["code"]), (&json!(false), &json!("tag_required")));
    assert_eq!((&answer["conversation"]["priority"], &answer["conversation"]["status"]), (&Value::Null, &json!("open")));
    other.hears("Done").await;
    assert_eq!(owner.get("/macros").await.ok()["macros"][0]["uses"], 2);
}

/// What a rule, a macro or a selection hands to a team that gives by itself is somebody's at once: the change itself has routing look, not a clock.
#[tokio::test]
async fn what_is_handed_to_a_team_by_itself_is_given_at_once() {
    let house = House::boot_with(Options::default().patient()).await;
    let owner = house.agent().await;
    let ann = house.agent_named("ann", Role::Agent).await;
    let body = json!({ "name": "Support", "members": [ann.uuid], "routing": "round_robin" });
    let team = text_at(&owner.post("/teams").json(body).await.ok(), "uuid");
    let hand = json!({ "do": "assign_team", "value": team });
    let first = house.visitor();
    first.says("by hand").await;
    let body = json!({ "conversations": [first.conversation()], "actions": [hand] });
    let answer = owner.post("/conversations/bulk").json(body).await.ok();
    assert_eq!(answer["answers"][0]["ok"], true, "{answer}");
    let rule = json!({ "name": "Refunds", "trigger": "message", "conditions": { "match": "all", "items": [{ "field": "message", "op": "contains", "value": "refund" }] }, "actions": [hand] });
    owner.post("/rules").json(rule).await.ok();
    let second = house.visitor();
    second.says("a refund, please").await;
    for visitor in [&first, &second] {
        let uuid = visitor.conversation();
        let hers = |data: &Value| data["uuid"] == uuid.as_str() && data["assignee"]["uuid"] == ann.uuid.as_str();
        ann.sees_frame("conversation", "it is hers", hers).await;
    }
}

/// Whence somebody came is shown to agents, never with what was asked for there, and only where pages may be known.
#[tokio::test]
async fn whence_a_visitor_came_is_told_without_the_question_he_asked_there() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    for (pages, expected) in [("never", Value::Null), ("always", json!("https://search.example/find"))] {
        house.configure(json!({ "privacy": { "live_visitors": true, "page_visits": pages, "keep_query": true } })).await;
        let tab = zoe.another_tab();
        tab.joins().await;
        let at = json!({ "url": format!("https://shop.example/{pages}"), "title": pages, "referrer": "https://search.example/find?q=my+illness#top" });
        tab.socket().send(json!({ "type": "page_visit", "data": at })).await;
        let seen =
            agent.sees_frame("visitor", pages, |data| data["page"]["title"] == pages || (data["page"].is_null() && pages == "never")).await;
        assert_eq!(seen["referrer"], expected, "{pages}");
    }
}
