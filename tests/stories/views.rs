//! Saved views: what one keeps for oneself, what teams and everybody share, and the lists they show.

use crate::support::*;
use deskbell::model::agent::Role;

fn when(field: &str, op: &str, value: Value) -> Value {
    json!({ "field": field, "op": op, "value": value })
}

fn all(items: &[Value]) -> Value {
    json!({ "match": "all", "items": items })
}

async fn view(agent: &Agent, name: &str, filter: Value) -> String {
    text_at(&agent.post("/views").json(json!({ "name": name, "filter": filter })).await.ok(), "uuid")
}

async fn views_of(agent: &Agent) -> Vec<(String, i64)> {
    let views = list_at(&agent.get("/views").await.ok(), "views");
    views.iter().map(|view| (text_at(view, "name"), number_at(view, "open"))).collect()
}

async fn shown(agent: &Agent, view: &str) -> Vec<String> {
    let page = agent.list(&format!("view={view}")).await;
    list_at(&page, "conversations").iter().map(|one| text_at(one, "preview")).collect()
}

/// Everybody keeps his own views; sharing needs its right; "me" is whoever looks.
#[tokio::test]
async fn views_are_kept_for_oneself_a_team_or_everybody() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Billing", "members": [] })).await.ok(), "uuid");
    let visitor = house.visitor();
    visitor.starts("Where is my invoice?").await;
    let other = house.visitor();
    other.starts("Do you deliver to Malta?").await;
    ben.assigns(&other.conversation(), Some(&ben.uuid)).await;
    let mine = view(&ben, "With me", all(&[when("assignee", "is", json!("me"))])).await;
    assert_eq!(shown(&ben, &mine).await, ["Do you deliver to Malta?"]);
    assert_eq!(views_of(&ben).await, [("With me".to_owned(), 1)]);
    assert!(views_of(&owner).await.is_empty(), "nobody else's business");
    owner.get(&format!("/conversations?view={mine}")).await.denied(404);
    owner.put(&format!("/views/{mine}")).json(json!({ "name": "Taken" })).await.denied(404);
    owner.delete(&format!("/views/{mine}")).await.denied(404);
    // Ben may not share; the owner may.
    let shared = json!({ "name": "Mine", "filter": all(&[when("assignee", "is", json!("me"))]), "audience": "all" });
    assert_eq!(ben.post("/views").json(shared.clone()).await.denied(403)["field"], "audience");
    let everybodys = text_at(&owner.post("/views").json(shared).await.ok(), "uuid");
    ben.sees_frame("view", "a view for everybody", |data| data["uuid"] == everybodys.as_str()).await;
    assert_eq!(shown(&ben, &everybodys).await, ["Do you deliver to Malta?"]);
    assert!(shown(&owner, &everybodys).await.is_empty(), "the owner has nothing");
    ben.put(&format!("/views/{everybodys}")).json(json!({ "name": "x" })).await.denied(403);
    ben.delete(&format!("/views/{everybodys}")).await.denied(403);
    let of_team = json!({ "name": "Ours", "filter": all(&[when("team", "is", json!("mine"))]), "audience": "team", "team": team });
    let ours = text_at(&owner.post("/views").json(of_team).await.ok(), "uuid");
    assert_eq!(views_of(&ben).await.len(), 2, "Ben is in no team");
    owner.put(&format!("/teams/{team}")).json(json!({ "members": [ben.uuid] })).await.ok();
    owner.put(&format!("/conversations/{}/assignment", visitor.conversation())).json(json!({ "team": team })).await.ok();
    assert_eq!(shown(&ben, &ours).await, ["Where is my invoice?"]);
    assert_eq!(
        owner.post("/views").json(json!({ "name": "T", "filter": all(&[]), "audience": "team" })).await.denied(400)["field"],
        "team"
    );
    // Another order, and away with it.
    let second = view(&ben, "All", all(&[])).await;
    assert_eq!(views_of(&ben).await.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["With me", "All", "Ours", "Mine"]);
    ben.put(&format!("/views/{second}")).json(json!({ "position": 0 })).await.ok();
    assert_eq!(views_of(&ben).await[0], ("All".to_owned(), 2));
    assert_eq!(ben.delete(&format!("/views/{second}")).await.status, 204);
    assert_eq!(owner.delete(&format!("/views/{everybodys}")).await.status, 204);
    assert_eq!(
        house.count("SELECT count(*) FROM audit WHERE action LIKE 'view.%'"),
        3,
        "what is shared is written down, what is one's own is not"
    );
}

/// Every kind of condition finds what it says in a list; spam is found by whoever asks for it; pages go on where they ended.
#[tokio::test]
async fn a_view_finds_what_it_says_page_by_page() {
    let house = House::boot().await;
    let owner = house.agent().await;
    for number in 0..7 {
        let visitor = house.visitor();
        visitor.starts(&format!("Number {number}")).await;
        match number {
            0 => drop(owner.sets_status(&visitor.conversation(), "resolved").await),
            1 => drop(owner.snoozes(&visitor.conversation(), house.clock.now() + hours(3)).await),
            2 => drop(owner.assigns(&visitor.conversation(), Some(&owner.uuid)).await),
            3 => {
                owner
                    .edits_contact_of(
                        &visitor.conversation(),
                        json!({ "first_name": "Zoe", "last_name": "Miller", "email": "zoe@example.com" }),
                    )
                    .await;
            }
            4 => {
                let conversation = visitor.conversation();
                house
                    .desk()
                    .store
                    .write(move |tx| tx.exec("UPDATE conversations SET quarantine = 'spam' WHERE uuid = ?1", [conversation]))
                    .await
                    .unwrap();
            }
            _ => {}
        }
    }
    house.later(minutes(10)).await;
    let finds = async |filter: Value| -> Vec<String> {
        let uuid = view(&owner, "v", filter).await;
        let found = shown(&owner, &uuid).await;
        owner.delete(&format!("/views/{uuid}")).await;
        found
    };
    for (filter, numbers) in [
        (all(&[]), vec![6, 5, 3, 2, 1, 0]),
        (all(&[when("status", "is", json!("open"))]), vec![6, 5, 3, 2]),
        (all(&[when("status", "in", json!(["resolved", "snoozed"]))]), vec![1, 0]),
        (all(&[when("status", "is_not", json!("open"))]), vec![1, 0]),
        (all(&[when("status", "is", json!("spam"))]), vec![4]),
        (all(&[when("assignee", "is", json!("me"))]), vec![2]),
        (all(&[when("assignee", "is_not_set", Value::Null), when("status", "is", json!("open"))]), vec![6, 5, 3]),
        (all(&[when("contact_name", "contains", json!("MILLER"))]), vec![3]),
        (all(&[when("contact_email", "contains", json!("@example.com"))]), vec![3]),
        (all(&[when("message", "contains", json!(["number 5", "number 6"]))]), vec![6, 5]),
        (all(&[when("waiting_s", "more_than", json!(599)), when("kind", "is", json!("chat"))]), vec![6, 5, 3, 2, 1]),
        (all(&[when("waiting_s", "more_than", json!(700))]), vec![]),
        (all(&[when("verified", "is", json!(false)), when("language", "is_not_set", Value::Null)]), vec![6, 5, 3, 2, 1, 0]),
        (
            json!({ "match": "any", "items": [when("assignee", "is_set", Value::Null), all(&[when("status", "is", json!("resolved")), when("outside_hours", "is", json!(false))])] }),
            vec![2, 0],
        ),
    ] {
        let expected: Vec<String> = numbers.iter().map(|number| format!("Number {number}")).collect();
        assert_eq!(finds(filter.clone()).await, expected, "{filter}");
    }
    let uuid = view(&owner, "Pages", all(&[])).await;
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = owner.list(&format!("view={uuid}&limit=2&before={next}")).await;
        seen.extend(list_at(&page, "conversations").iter().map(|one| text_at(one, "preview")));
        match page["next"].as_str() {
            Some(more) => next = more.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6, "{seen:?}");
    let tried = owner.post("/views/try").json(json!({ "filter": all(&[when("assignee", "is", json!("me"))]) })).await.ok();
    assert_eq!((list_at(&tried, "conversations").len(), tried["more"].as_bool()), (1, Some(false)));
    let wrong = json!({ "filter": all(&[when("weather", "is", json!("fine"))]) });
    assert_eq!(owner.post("/views/try").json(wrong).await.denied(400)["field"], "filter.items.0.field");
}

/// The most urgent promises first, and only what is promised.
#[tokio::test]
async fn the_most_urgent_come_first() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let mut conversations = Vec::new();
    for (name, seconds) in [("Slow", 7200), ("Quick", 600)] {
        let team = text_at(&owner.post("/teams").json(json!({ "name": name, "members": [owner.uuid] })).await.ok(), "uuid");
        owner.post("/slas").json(json!({ "name": name, "first_s": seconds, "teams": [team] })).await.ok();
        let visitor = house.visitor();
        visitor.starts(name).await;
        owner.put(&format!("/conversations/{}/assignment", visitor.conversation())).json(json!({ "team": team })).await.ok();
        conversations.push(visitor.conversation());
    }
    house.visitor().starts("Nothing promised").await;
    let page = owner.list("box=all&status=open&sort=due").await;
    let order: Vec<String> = list_at(&page, "conversations").iter().map(|one| text_at(one, "preview")).collect();
    assert_eq!((order, &page["next"]), (vec!["Quick".to_owned(), "Slow".to_owned()], &Value::Null));
    assert_eq!(list_at(&owner.list("box=mine&status=open&sort=due").await, "conversations").len(), 0);
}
