//! Cards and quick replies: told to the visitor, pressed by him, the press told to the agents.

use crate::support::*;

/// A picture of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xdc\xccY\xe7\0\0\0\0IEND\xaeB`\x82";

fn plans(picture: &str) -> Value {
    json!({ "template": "cards", "elements": [{
        "title": "Pro", "subtitle": "For teams", "image_url": picture,
        "buttons": [
            { "type": "url", "text": "Prices", "value": "https://shop.example/prices?plan=pro&x=1" },
            { "type": "message", "text": "I want it", "value": "I want Pro", "postback_id": "want-pro" },
        ],
    }] })
}

// row 217, the widget's half: a card is drawn, a press says its value and reaches the agents as a press.
#[tokio::test]
async fn a_card_is_shown_pressed_and_the_press_is_told() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("which plan?").await;
    let conversation = visitor.conversation();
    let picture = text_at(&agent.uploads(&conversation, &[("pro.png", PIXEL)]).await[0], "url");
    let body = json!({ "kind": "reply", "body": "", "rich": plans(&picture) });
    let message = agent.writes(&conversation, body).await.ok()["message"].clone();
    assert_eq!(message["rich"]["elements"][0]["buttons"][1]["postback_id"], "want-pro", "{message}");
    assert!(list_at(&message, "attachments").is_empty(), "a card's picture is no file beside it: {message}");

    let words = "Pro\nFor teams\nPrices: https://shop.example/prices?plan=pro&x=1\n[I want it]";
    let heard = visitor.hears(words).await;
    assert_eq!(heard["meta"]["rich"]["template"], "cards");
    assert_eq!(heard["meta"]["rich"]["elements"][0]["buttons"][0]["postback_id"], "1-1", "every button has a name");
    assert_eq!(heard["html"], "", "what was typed beside it: nothing");
    assert!(text_at(&heard, "content").contains("<strong>Pro</strong>"), "clients that know no cards read it: {heard}");
    // The picture can be fetched with what the card says, by nobody without it.
    let url = text_at(&heard, "meta/rich/elements/0/image_url");
    assert_eq!(house.get(&url).await.body, PIXEL);
    assert_eq!(house.get(url.split('?').next().expect("a path")).await.status, 404);

    let press = json!({ "message_uuid": message["uuid"], "postback_id": "want-pro" });
    let path = format!("/chat/conversations/{conversation}/message");
    let said = visitor.post(&path).json(json!({ "message": "I want Pro", "postback": press })).await.data();
    assert_eq!(said["meta"]["postback"], press);
    let seen = agent.sees("I want Pro").await;
    assert_eq!(seen["message"]["postback"], press);
    // The list and the search know it by its words.
    assert_eq!(agent.list("status=open").await["conversations"][0]["preview"], "I want Pro");
    assert_eq!(list_at(&agent.searches("teams").await, "results").len(), 1);
    // All of it is there after a restart.
    let house = house.restarts(Options::default()).await;
    let again = house.visitor().holding(&visitor.token()).get(&format!("/chat/conversations/{conversation}")).await.data();
    assert_eq!(again["messages"][1]["meta"]["rich"]["elements"][0]["title"], "Pro", "{again}");
    assert_eq!(again["messages"][0]["meta"]["postback"], press, "newest first");
}

#[tokio::test]
async fn quick_replies_are_one_question_with_buttons() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("help").await;
    let rich = json!({ "template": "quick_replies", "elements": [{ "title": "What is it about?", "buttons": [
        { "type": "message", "text": "Order" }, { "type": "message", "text": "Return" } ] }] });
    agent.writes(&visitor.conversation(), json!({ "kind": "reply", "body": "Hello **you**", "rich": rich })).await.ok();
    let heard = visitor.hears("Hello you\nWhat is it about?\n[Order]\n[Return]").await;
    assert_eq!(heard["meta"]["rich"]["elements"][0]["buttons"][1]["value"], "Return", "it says its own text");
    assert_eq!(heard["html"], "<p>Hello <strong>you</strong></p>");
}

// Agents trust that a press says what they offered; two buttons of one name could not be told apart.
#[tokio::test]
async fn a_press_says_the_words_of_its_button() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("which plan?").await;
    let conversation = visitor.conversation();
    let rich = |ids: [&str; 2], value: &str| {
        json!({ "template": "cards", "elements": [{ "title": "Pick", "buttons": [
            { "type": "message", "text": "A", "value": value, "postback_id": ids[0] },
            { "type": "message", "text": "B", "postback_id": ids[1] } ] }] })
    };
    assert_eq!(agent.writes(&conversation, json!({ "kind": "reply", "rich": rich(["a", "a"], "x") })).await.status, 400);
    let message =
        agent.writes(&conversation, json!({ "kind": "reply", "rich": rich(["a", "b"], "I take **A** <b>") })).await.ok()["message"].clone();
    let path = format!("/chat/conversations/{conversation}/message");
    let press = json!({ "message": "Give me my money back", "postback": { "message_uuid": message["uuid"], "postback_id": "a" } });
    let said = visitor.post(&path).json(press).await.data();
    assert_eq!((&said["text_content"], &said["html"]), (&json!("I take **A** <b>"), &json!("<p>I take **A** &lt;b&gt;</p>")), "{said}");
    assert_eq!(agent.sees("I take **A** <b>").await["message"]["postback"]["postback_id"], "a");
    // Whoever sends the press alone sends enough.
    let press = json!({ "message": "", "postback": { "message_uuid": message["uuid"], "postback_id": "b" } });
    assert_eq!(visitor.post(&path).json(press).await.data()["text_content"], "B");
}

#[tokio::test]
async fn a_press_counts_only_for_a_button_of_the_same_conversation() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (zoe, eve) = (house.visitor(), house.visitor());
    zoe.says("hi").await;
    eve.says("hi").await;
    let rich = plans("");
    let theirs = agent.writes(&eve.conversation(), json!({ "kind": "reply", "rich": rich })).await.ok()["message"]["uuid"].clone();
    let plain = agent.replies(&zoe.conversation(), "no buttons").await["uuid"].clone();
    let mine = agent.writes(&zoe.conversation(), json!({ "kind": "reply", "rich": rich })).await.ok()["message"]["uuid"].clone();
    let path = format!("/chat/conversations/{}/message", zoe.conversation());
    let presses = |uuid: &Value, id: &str| {
        let postback = json!({ "message_uuid": uuid, "postback_id": id });
        zoe.post(&path).json(json!({ "message": "x", "postback": postback }))
    };
    for (uuid, id) in
        [(&theirs, "want-pro"), (&plain, "want-pro"), (&mine, "unknown"), (&mine, "1-1"), (&json!("x"), "want-pro"), (&mine, "")]
    {
        let refused = presses(uuid, id).await;
        refused.refused(404);
        assert_eq!(refused.json()["code"], "no_button");
    }
    assert_eq!(zoe.texts().await.len(), 3, "nothing of it was stored");
    presses(&mine, "want-pro").await.data();
}

#[tokio::test]
async fn cards_that_are_too_much_or_lead_elsewhere_are_refused() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (zoe, eve) = (house.visitor(), house.visitor());
    zoe.says("hi").await;
    eve.says("hi").await;
    let other = text_at(&agent.uploads(&eve.conversation(), &[("a.png", PIXEL)]).await[0], "url");
    let file = text_at(&agent.uploads(&zoe.conversation(), &[("a.txt", b"words")]).await[0], "url");
    let button = |kind: &str, value: &str| json!({ "template": "cards", "elements": [{ "title": "x", "buttons": [{ "type": kind, "text": "x", "value": value }] }] });
    for rich in [
        json!({ "template": "cards", "elements": [] }),
        json!({ "template": "cards", "elements": vec![json!({ "title": "x" }); 11] }),
        button("url", "javascript:alert(1)"),
        button("url", "data:text/html,x"),
        button("message", &"x".repeat(501)),
        plans("https://evil.example/pixel.png"),
        plans(&other),
        plans(&file),
        plans("/uploads/00000000-0000-4000-8000-000000000000"),
    ] {
        let answer = agent.writes(&zoe.conversation(), json!({ "kind": "reply", "rich": rich })).await;
        assert!(matches!(answer.status, 400 | 404), "{rich} {}", answer.text());
        assert_eq!(answer.json()["error"]["field"], "rich", "{}", answer.text());
    }
    agent.writes(&zoe.conversation(), json!({ "kind": "note", "body": "x", "rich": plans("") })).await.denied(400);
    agent.writes(&zoe.conversation(), json!({ "kind": "reply", "rich": { "template": "sticker", "elements": [] } })).await.denied(400);
    agent.writes(&zoe.conversation(), json!({ "kind": "reply", "body": "" })).await.denied(400);
    assert_eq!(zoe.texts().await, ["hi"]);
}
