//! What was said and done is found again: by words, by filters, by number, by person, and only by those who may see it.

use crate::support::agent::encoded;
use crate::support::*;
use deskbell::base::id::Uuid;
use deskbell::model::access::{Permissions, Scope};
use deskbell::model::agent::Role;
use std::time::Instant;

/// The texts of what was found, with `[` `]` around the hits.
fn snippets(found: &Value) -> Vec<String> {
    let marked = |part: &Value| {
        let text = part["text"].as_str().unwrap_or_default();
        if part["hit"] == true { format!("[{text}]") } else { text.to_owned() }
    };
    list_at(found, "results").iter().map(|one| list_at(one, "snippet").iter().map(marked).collect()).collect()
}

fn found(answer: &Value, list: &str) -> Vec<String> {
    list_at(answer, list).iter().map(|one| text_at(one, "uuid")).collect()
}

impl House {
    /// An agent whose role sees so much and may do everything.
    pub async fn agent_seeing(&self, name: &str, scope: Scope) -> Agent {
        let uuid = self.hire(name, Role::Agent).await;
        let (role, words) = (format!("role of {name}"), json!(Permissions::all().words()).to_string());
        let made = self.desk().store.write(move |tx| {
            let id = tx.insert(
                "INSERT INTO roles (uuid, name, scope, permissions, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, 0, 0)",
                (Uuid::new(), role, scope, words),
            )?;
            tx.exec("UPDATE agents SET role_id = ?1 WHERE uuid = ?2", (id, uuid))
        });
        made.await.expect("a role");
        Agent::logs_in(&self.shared, &format!("{name}@house.example"), house::PASSWORD).await
    }

    /// A tag on a conversation; its uuid.
    pub async fn tags(&self, conversation: &str, name: &str) -> String {
        let uuid = Uuid::new();
        let (conversation, name) = (conversation.to_owned(), name.to_owned());
        let made = self.desk().store.write(move |tx| {
            tx.exec("INSERT INTO tags (uuid, name, color, created_at) VALUES (?1, ?2, '#336699', 0)", (uuid, name))?;
            tx.exec(
                "INSERT INTO conversation_tags SELECT c.id, t.id FROM conversations c, tags t WHERE c.uuid = ?1 AND t.uuid = ?2",
                (conversation, uuid),
            )
        });
        made.await.expect("a tag");
        uuid.to_string()
    }
}

/// row 228: closed chats are searchable by date, agent, tag and text; also by team, inbox, status, stars and kind.
#[tokio::test]
async fn closed_chats_are_found_by_every_filter() {
    let house = House::boot_with(Options::default().patient()).await;
    house.until_monday("09:00").await;
    let second = house.another_inbox("Second").await;
    let olga = house.agent().await;
    let ann = house.agent_named("ann", Role::Agent).await;
    let team = olga.post("/teams").json(json!({ "name": "Billing" })).await.ok()["uuid"].as_str().unwrap().to_owned();
    let (zoe, ali, kim) = (house.visitor(), house.visitor(), house.visitor_of(&second));
    zoe.starts("Where is my teapot?").await;
    let began = house.clock.now();
    ann.replies(&zoe.conversation(), "The teapot left today.").await;
    ann.sets_status(&zoe.conversation(), "resolved").await;
    let tag = house.tags(&zoe.conversation(), "shipping").await;
    house.later(days(1)).await;
    ali.starts("Is the teapot blue?").await;
    olga.put(&format!("/conversations/{}/assignment", ali.conversation())).json(json!({ "team": team })).await.ok();
    house.later(days(1)).await;
    kim.starts("My teapot broke").await;
    let [z, a, k] = [&zoe, &ali, &kim].map(Visitor::conversation);
    let day = days(1);
    for (query, conversations) in [
        ("status=resolved".to_owned(), vec![&z]),
        ("status=open".to_owned(), vec![&k, &a]),
        (format!("from={}", began + day), vec![&k, &a]),
        (format!("from={}&to={}", began, began + day), vec![&z]),
        (format!("to={}", began + day), vec![&z]),
        (format!("agent={}", ann.uuid), vec![&z]),
        ("agent=none".to_owned(), vec![&k, &a]),
        (format!("team={team}"), vec![&a]),
        ("team=none&status=open".to_owned(), vec![&k]),
        (format!("tag={tag}"), vec![&z]),
        (format!("inbox={second}"), vec![&k]),
        ("kind=chat".to_owned(), vec![&k, &a, &z]),
        ("kind=bug".to_owned(), vec![]),
        ("rating=5".to_owned(), vec![]),
        (format!("agent={}&status=open", ann.uuid), vec![]),
        (format!("agent={}", Uuid::new()), vec![]),
    ] {
        let alone = olga.get(&format!("/search?{query}")).await.ok();
        assert_eq!(found(&alone, "conversations"), conversations.iter().map(|uuid| (*uuid).clone()).collect::<Vec<_>>(), "{query}");
        assert_eq!(alone["results"], json!([]), "no words were asked for");
        let with_words = olga.get(&format!("/search?q=teapot&{query}")).await.ok();
        let mut of: Vec<String> = list_at(&with_words, "results").iter().map(|one| text_at(one, "conversation/uuid")).collect();
        of.dedup();
        assert_eq!(of, conversations.iter().map(|uuid| (*uuid).clone()).collect::<Vec<_>>(), "teapot, {query}");
    }
    let marked = olga.get(&format!("/search?q=tea&agent={}", ann.uuid)).await.ok();
    assert_eq!(snippets(&marked), ["The [teapot] left today.", "Where is my [teapot]?"]);
}

/// row 228: page by page, nothing twice and nothing left out, with words and without.
#[tokio::test]
async fn a_long_archive_is_read_page_by_page() {
    let house = House::boot_with(Options::default().patient()).await;
    let olga = house.agent().await;
    let mut all = Vec::new();
    for number in 0..7 {
        let visitor = house.visitor();
        visitor.starts(&format!("teapot {number}")).await;
        if number % 3 != 0 {
            olga.sets_status(&visitor.conversation(), "resolved").await;
            all.insert(0, visitor.conversation());
        }
    }
    for words in ["", "q=teapot&"] {
        let (mut seen, mut before) = (Vec::new(), String::new());
        loop {
            let page = olga.get(&format!("/search?{words}status=resolved&limit=2{before}")).await.ok();
            seen.extend(found(&page, "conversations"));
            seen.extend(list_at(&page, "results").iter().map(|one| text_at(one, "conversation/uuid")));
            assert!(page["searched_to"].is_null(), "nothing was cut short");
            match page["next"].as_i64() {
                Some(next) => before = format!("&before={next}"),
                None => break,
            }
        }
        assert_eq!(seen, all, "{words}");
    }
}

/// A found message is shown in its place: the page around it, and from there in both directions without a hole.
#[tokio::test]
async fn a_found_message_is_read_in_its_place() {
    let house = House::boot_with(Options::default().patient()).await;
    let olga = house.agent().await;
    let zoe = house.visitor();
    zoe.starts("number 0").await;
    for number in 1..40 {
        zoe.says(&format!("number {number}")).await;
    }
    let place = number_at(&olga.searches("\"number 20\"").await, "results/0/message/seq");
    let path = format!("/conversations/{}/messages", zoe.conversation());
    let texts = |page: &Value| list_at(page, "messages").iter().map(|one| text_at(one, "text")).collect::<Vec<_>>();
    let named = |range: std::ops::Range<i32>| range.map(|number| format!("number {number}")).collect::<Vec<_>>();
    let page = olga.get(&format!("{path}?around={place}&limit=10")).await.ok();
    assert_eq!((texts(&page), &page["has_more"], &page["has_newer"]), (named(15..25), &json!(true), &json!(true)));
    let last = number_at(&page, "messages/9/seq");
    let next = olga.get(&format!("{path}?after={last}&limit=10")).await.ok();
    assert_eq!((texts(&next), &next["has_newer"]), (named(25..35), &json!(true)));
    let end = olga.get(&format!("{path}?after={}&limit=10", number_at(&next, "messages/9/seq"))).await.ok();
    assert_eq!((texts(&end), &end["has_newer"]), (named(35..40), &json!(false)));
}

/// Conversations by their number, people by name or address.
#[tokio::test]
async fn numbers_and_people_are_found() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.starts("hello").await;
    let number = number_at(&olga.opens(&zoe.conversation()).await, "conversation/number");
    for typed in [format!("#{number}"), number.to_string()] {
        assert_eq!(olga.searches(&typed).await["numbered"]["uuid"], zoe.conversation());
    }
    assert_eq!(olga.searches("#999999").await["numbered"], Value::Null);
    for typed in ["zoe", "ZOE@customer"] {
        let answer = olga.searches(typed).await;
        assert_eq!(answer["contacts"][0]["conversation"], zoe.conversation(), "{typed}");
    }
    let contact = text_at(&olga.opens(&zoe.conversation()).await, "contact/uuid");
    assert_eq!(found(&olga.get(&format!("/search?contact={contact}")).await.ok(), "conversations"), [zoe.conversation()]);
}

/// security 8, 9: what is out of sight is not found by words, number, person or filter, and takes nobody's place on a page.
#[tokio::test]
async fn what_is_out_of_sight_is_not_found_and_takes_no_place() {
    let house = House::boot_with(Options::default().patient()).await;
    let olga = house.agent().await;
    let mine = house.agent_seeing("mine", Scope::Assigned).await;
    let known = house.signed_in("ali").await;
    known.starts("my own teapot").await;
    olga.assigns(&known.conversation(), Some(&mine.uuid)).await;
    let zoe = house.signed_in("zoe").await;
    zoe.starts("the secret teapot").await;
    for number in 0..6 {
        zoe.says(&format!("teapot number {number}")).await;
    }
    let page = mine.get("/search?q=teapot&limit=1").await.ok();
    assert_eq!(snippets(&page), ["my own [teapot]"], "newer ones that are not his do not fill the page");
    assert_eq!(page["next"], Value::Null);
    let number = number_at(&olga.opens(&zoe.conversation()).await, "conversation/number");
    let contact = text_at(&olga.opens(&zoe.conversation()).await, "contact/uuid");
    for query in
        [format!("q=%23{number}"), "q=secret".into(), "q=zoe".into(), format!("contact={contact}"), format!("q=secret&contact={contact}")]
    {
        let answer = mine.get(&format!("/search?{query}")).await.ok();
        assert_eq!(
            (&answer["results"], &answer["conversations"], &answer["contacts"], &answer["numbered"]),
            (&json!([]), &json!([]), &json!([]), &Value::Null),
            "{query}"
        );
    }
    assert_eq!(found(&mine.get("/search?status=open").await.ok(), "conversations"), [known.conversation()]);
    assert_eq!(mine.searches("ali").await["contacts"][0]["conversation"], known.conversation());
}

/// security 11, 45: neither signs, nor FTS words, nor odd filters, nor floods cost more than a moment or answer more than they should.
#[tokio::test]
async fn hostile_questions_are_answered_quickly_and_plainly() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let zoe = house.visitor();
    zoe.starts("teapot AND NEAR(order) * %").await;
    for typed in [
        "*",
        "%",
        "\"",
        "(((((",
        "^teapot*",
        "teapot*",
        "NEAR(teapot",
        "text:teapot",
        "-teapot",
        "'; DROP TABLE messages; --",
        "a* b* c* d* e* f* g* h* i* j*",
    ] {
        let started = Instant::now();
        olga.get(&format!("/search?q={}", encoded(typed))).await.ok();
        assert!(started.elapsed() < Duration::from_secs(5), "{typed}");
    }
    assert_eq!(list_at(&olga.searches("NEAR(teapot").await, "results").len(), 1, "its words, not its syntax");
    assert_eq!(list_at(&olga.searches("%").await, "results").len(), 0);
    olga.get(&format!("/search?q={}", "*".repeat(10_000))).await.denied(400);
    for query in [
        "agent=1",
        "tag[]=x&tag=%7B%7D",
        "status=any'",
        "rating=6",
        "rating=0",
        "kind=chats",
        "from=x",
        "from=5&to=5",
        "inbox=%00",
        "before=-1",
        "contact=none",
    ] {
        let answer = olga.get(&format!("/search?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
    }
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 1);
}
