//! unique 13: spam waits in quarantine, nobody who means it is turned away, and an office is not punished for its neighbours.

use crate::support::*;

const SPAM: &str = "Best pills https://a.example https://b.example https://c.example [url=https://d.example]here[/url]";

async fn spam_list(agent: &Agent) -> Vec<Value> {
    list_at(&agent.get("/conversations?status=spam").await.ok(), "conversations")
}

/// unique 13: the sender sees what everybody sees; agents find it aside, with the reasons in words.
#[tokio::test]
async fn what_looks_like_spam_waits_in_quarantine() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    let answer = visitor.starts_with(json!({ "message": SPAM, "took_ms": 200 })).await;
    assert!(!answer.to_string().contains("quarantine") && !answer.to_string().contains("suspicion"));
    assert_eq!(visitor.texts().await.len(), 1);
    let seen = agent.sees_frame("message", "the spam", |data| data["conversation"]["quarantine"] == "suspect").await;
    assert!(text_at(&seen, "conversation/suspicion").contains("links in the first message"));
    let open = agent.get("/conversations?status=open").await.ok();
    assert_eq!((&open["conversations"], &open["counts"]["all"]), (&json!([]), &json!(0)));
    assert_eq!(spam_list(&agent).await.len(), 1);
    // What follows waits with it.
    visitor.says("are you there?").await;
    assert_eq!(agent.get("/conversations").await.ok()["conversations"], json!([]));
    house.visitor().says("Where is my order 10482?").await;
    assert_eq!(list_at(&agent.get("/conversations").await.ok(), "conversations").len(), 1, "people are let in");
}

#[tokio::test]
async fn an_agent_releases_or_condemns_and_spam_goes_after_thirty_days() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (right, wrong) = (house.visitor(), house.visitor());
    right.starts_with(json!({ "message": SPAM })).await;
    wrong.starts_with(json!({ "message": format!("Why are these links dead? {SPAM}") })).await;
    let judge = |visitor: &Visitor, verdict: Value| {
        agent.put(&format!("/conversations/{}/quarantine", visitor.conversation())).json(json!({ "quarantine": verdict }))
    };
    let released = judge(&wrong, Value::Null).await.ok();
    assert_eq!((&released["conversation"]["quarantine"], &released["conversation"]["suspicion"]), (&Value::Null, &json!("")));
    assert_eq!(list_at(&agent.get("/conversations").await.ok(), "conversations").len(), 1);
    assert_eq!(judge(&right, json!("spam")).await.ok()["conversation"]["quarantine"], "spam");
    judge(&right, json!("nonsense")).await.denied(400);
    house.later(days(29)).await;
    assert_eq!(house.desk().purge_spam().await.unwrap(), 0);
    house.later(days(2)).await;
    assert_eq!(house.desk().purge_spam().await.unwrap(), 1);
    assert_eq!(house.desk().purge_spam().await.unwrap(), 0);
    for sql in [
        "SELECT count(*) FROM messages WHERE text LIKE 'Best pills%'",
        "SELECT count(*) FROM messages_fts WHERE messages_fts MATCH 'best pills NOT dead'",
    ] {
        assert_eq!(house.count(sql), 0, "{sql}");
    }
    assert_eq!(house.count("SELECT count(*) FROM conversations"), 1, "what was released stays");
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1, "and of the spammer nothing does");
}

/// Whoever is vouched for is never suspect.
#[tokio::test]
async fn a_customer_may_send_links() {
    let house = House::boot().await;
    let (zoe, agent) = (house.signed_in("zoe").await, house.agent().await);
    zoe.starts_with(json!({ "message": SPAM, "took_ms": 1 })).await;
    assert!(spam_list(&agent).await.is_empty());
}

/// The same text from many is suspect from the third on; the same greeting is not.
#[tokio::test]
async fn one_text_from_many_is_suspect() {
    let house = House::boot().await;
    let agent = house.agent().await;
    for number in 0..4 {
        let words = format!("We bring shop{number}.example to the first page of all search engines! www.seo{number}.example");
        house.visitor().starts_with(json!({ "message": words })).await;
        house.visitor().starts_with(json!({ "message": "Hello, is anybody there?" })).await;
    }
    let suspects = spam_list(&agent).await;
    assert_eq!(suspects.len(), 2, "{suspects:#?}");
    assert!(suspects.iter().all(|one| text_at(one, "suspicion").contains("wrote the same")));
}

/// unique 13, security 42: under pressure a newcomer's machine works; what was typed is not lost, and a solution counts once.
#[tokio::test]
async fn an_inbox_under_pressure_asks_newcomers_for_work() {
    let house = House::boot().await;
    let begin = |body: Value| house.visitor().post("/chat/conversations/init").json(body);
    let mut asked = Value::Null;
    for number in 0..200 {
        let answer = begin(json!({ "message": format!("flood {number}") })).await;
        if answer.status == 429 {
            asked = answer.json();
            assert_eq!((asked["code"].as_str(), number), (Some("work"), 120), "as many as a shop's best day");
            break;
        }
        answer.data();
    }
    let bits = number_at(&asked, "bits");
    assert!((12..=19).contains(&bits), "{bits}");
    let work = solve(&asked);
    let words = json!({ "message": "I only have a question", "work": work });
    begin(words.clone()).await.data();
    assert_eq!(begin(words).await.json()["code"], "work", "a solution counts once");
    for bad in [
        json!({ "puzzle": "19.x.1", "nonce": "1" }),
        json!({ "puzzle": asked["puzzle"], "nonce": "nope" }),
        json!({ "puzzle": "", "nonce": "" }),
    ] {
        assert_eq!(begin(json!({ "message": "hi", "work": bad })).await.json()["code"], "work");
    }
    // Whoever talks already, and whoever is vouched for, is not asked; nor is any other inbox.
    house.signed_in("zoe").await.starts("hello").await;
    let second = house.another_inbox("Second").await;
    house.visitor_of(&second).starts("hello").await;
    // A puzzle does not live for ever, and the rush is over some time.
    let late = solve(&begin(json!({ "message": "later" })).await.json());
    house.later(minutes(11)).await;
    begin(json!({ "message": "calm again" })).await.data();
    for number in 0..130 {
        begin(json!({ "message": format!("again {number}") })).await;
    }
    assert_eq!(begin(json!({ "message": "hi", "work": late })).await.json()["code"], "work", "an old solution is worth nothing");
}

/// Without scripts nobody can work: such a form waits a little, and keeps what was typed.
#[tokio::test]
async fn a_form_without_scripts_waits_instead() {
    let house = House::boot().await;
    for number in 0..121 {
        house.visitor().post("/chat/conversations/init").json(json!({ "message": format!("flood {number}") })).await;
    }
    let path = format!("/chat/{}/plain", house.inbox);
    let page = house.get(&path).await.text();
    let field = |name: &str| {
        let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
        let rest = &page[at..];
        let value = rest.find("value=\"").map(|from| &rest[from + 7..]).expect("a value");
        value[..value.find('"').expect("an end")].to_owned()
    };
    let (form, echo) = (field("form"), field("echo"));
    let send = || {
        let body = format!("form={}&echo={}&message=I+waited", agent::encoded(&form), agent::encoded(&echo));
        house
            .post(&path)
            .header("origin", &house.origin())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into_bytes())
    };
    let refused = send().await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some() && refused.text().contains("I waited"));
    house.later(seconds(21)).await;
    assert_eq!(send().await.status, 303);
}
