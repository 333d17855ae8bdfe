//! The feedback hub: reports of bugs, wishes, reviews and questions, and who may chat beside them.

use crate::support::*;

/// All tiles on.
async fn open_hub(house: &House) {
    house.configure(json!({ "tiles": { "bug": true, "feature": true, "review": true, "question": true } })).await;
}

fn bug(words: &str) -> Value {
    json!({ "kind": "bug", "message": words, "page_url": "https://shop.example/cart?token=1#pay", "page_title": "Your cart" })
}

impl Visitor {
    async fn reports(&self, body: Value) -> Answer {
        let answer = self.post("/chat/reports").header("user-agent", "Netscape/4.0").json(body).await;
        if answer.status == 200
            && let Some(token) = answer.data()["session_token"].as_str()
        {
            self.shared.keep_secret(token);
        }
        answer
    }
}

/// A refusal with its stable word.
#[track_caller]
fn code(answer: &Answer, status: u16) -> String {
    answer.refused(status);
    text_at(&answer.json(), "code")
}

/// rows 105, 107–109, 111, 125, 126; protocol-independent: a report is a conversation of its kind, with page, browser, stars, status.
#[tokio::test]
async fn reports_land_in_the_desk_with_page_browser_and_stars() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    open_hub(&house).await;
    let agent = house.agent().await;
    let sent = house.visitor().from("192.0.2.1").reports(bug("The button does nothing")).await.data();
    assert_eq!(sent["report"]["kind"], "bug");
    let seen = agent.sees("The button does nothing").await;
    assert_eq!((&seen["conversation"]["kind"], &seen["conversation"]["uuid"]), (&json!("bug"), &sent["report"]["uuid"]));
    let opened = agent.opens(&text_at(&sent, "report/uuid")).await;
    assert_eq!(opened["origin"]["attributes"], json!({ "page_url": "https://shop.example/cart", "page_title": "Your cart" }));
    assert_eq!(opened["origin"]["user_agent"], "Netscape/4.0");
    for (ip, body) in [
        ("192.0.2.2", json!({ "kind": "feature", "message": "Dark mode" })),
        ("192.0.2.3", json!({ "kind": "review", "message": "", "rating": 4, "name": "Zoe", "email": "zoe@example.com" })),
        ("192.0.2.4", json!({ "kind": "question", "message": "Do you ship to Mars?", "rating": null })),
    ] {
        house.visitor().from(ip).reports(body).await.data();
    }
    house.visitor().says("just a chat").await;
    let all = agent.list("kind=reports").await;
    let kinds: Vec<&str> = all["conversations"].as_array().unwrap().iter().filter_map(|each| each["kind"].as_str()).collect();
    assert_eq!(kinds, ["question", "review", "feature", "bug"]);
    assert_eq!((&all["counts"]["reports"], &all["counts"]["all"]), (&json!(4), &json!(5)));
    let reviews = agent.list("kind=review").await;
    let review = &reviews["conversations"][0];
    assert_eq!((&review["rating"], &review["preview"], &review["contact"]["name"]), (&json!(4), &json!("★★★★☆"), &json!("Zoe")));
    assert_eq!(agent.list("kind=chat").await["conversations"].as_array().unwrap().len(), 1);
    assert_eq!(agent.list("").await["conversations"].as_array().unwrap().len(), 5);
    agent.get("/conversations?kind=letters").await.denied(400);
    // A report's status is the conversation's.
    agent.sets_status(&text_at(review, "uuid"), "resolved").await;
    assert_eq!(agent.list("kind=reports").await["counts"]["reports"], 3);
    let paged = agent.list("kind=reports&status=any&limit=3").await;
    let rest = agent.list(&format!("kind=reports&status=any&limit=3&before={}", text_at(&paged, "next"))).await;
    assert_eq!((paged["conversations"].as_array().unwrap().len(), rest["conversations"].as_array().unwrap().len()), (3, 1));
    assert_eq!(agent.list("kind=reports&box=mine").await["conversations"], json!([]));
    assert_eq!(agent.list("kind=bug&box=unassigned").await["conversations"].as_array().unwrap().len(), 1);
}

/// rows 107, 108: a screenshot goes along; nothing of a refused one stays.
#[tokio::test]
async fn files_come_with_a_report_where_the_hub_takes_them() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    open_hub(&house).await;
    let agent = house.agent().await;
    let form = |kind: &str| Form::new().text("kind", kind).text("message", "see the picture");
    let sent = house.visitor().from("192.0.2.1").post("/chat/reports").form(form("bug").file("shot.txt", b"a b")).await.data();
    let opened = agent.opens(&text_at(&sent, "report/uuid")).await;
    assert_eq!(opened["messages"][0]["attachments"][0]["name"], "shot.txt");
    let before = house.count("SELECT count(*) FROM blobs");
    for (form, status, word) in [
        (Form::new().file("shot.txt", b"early").text("kind", "bug"), 400, None),
        (form("chat").file("shot.txt", b"no kind"), 400, None),
        (form("bug").file("shot.txt", b""), 400, Some("file_empty")),
        (form("bug").file("shot.txt", b"1").text("rating", "3"), 400, None),
        (form("bug").text("email", "nonsense").file("shot.txt", b"2"), 400, Some("email_bad")),
        ((0..11).fold(form("bug"), |form, n| form.file("shot.txt", format!("many {n}").as_bytes())), 400, Some("too_many_files")),
    ] {
        let answer = house.visitor().from("192.0.2.2").post("/chat/reports").form(form).await;
        answer.refused(status);
        assert_eq!(answer.json().get("code").and_then(Value::as_str), word, "{}", answer.text());
    }
    house.configure(json!({ "tiles": { "files": false } })).await;
    let answer = house.visitor().from("192.0.2.2").post("/chat/reports").form(form("bug").file("shot.txt", b"3")).await;
    assert_eq!(code(&answer, 400), "files_off");
    assert_eq!(house.count("SELECT count(*) FROM blobs"), before, "nothing of what was refused stays");
    assert_eq!(agent.list("kind=reports").await["counts"]["reports"], 1);
}

/// The guard against a second press: per person, per network without sessions; an echo id comes first.
#[tokio::test]
async fn a_second_press_within_ten_seconds_is_no_second_report() {
    let house = House::boot_with(Options::default().behind_a_proxy().patient()).await;
    open_hub(&house).await;
    let visitor = house.visitor().from("192.0.2.1");
    let echo = "report-0123456789abcdef-1";
    let body = json!({ "kind": "bug", "message": "once", "echo_id": echo });
    let first = visitor.reports(body.clone()).await.data();
    let again = visitor.reports(body.clone()).await.data();
    assert_eq!(first["report"], again["report"], "the same echo id is the same report, and never too soon");
    assert_ne!(first["session_token"], again["session_token"]);
    let soon = visitor.reports(bug("twice")).await;
    assert_eq!(code(&soon, 429), "too_soon");
    let with_session = house.visitor().from("192.0.2.8").holding(&text_at(&first, "session_token"));
    with_session.post("/chat/reports").json(bug("twice, with the session of the first")).await.refused(429);
    assert!(soon.header("retry-after").and_then(|wait| wait.parse::<u32>().ok()).is_some_and(|wait| (1..=10).contains(&wait)));
    // Somebody else in the same office is not made to wait.
    visitor.post("/chat/reports").header("user-agent", "Mosaic/1.0").json(bug("a colleague's")).await.data();
    // What was refused for another reason does not make anybody wait, and other people do not either.
    let other = house.visitor().from("192.0.2.2");
    other.reports(json!({ "kind": "bug", "message": " " })).await.refused(400);
    other.reports(bug("mine")).await.data();
    house.later(seconds(10)).await;
    visitor.reports(bug("later")).await.data();
    // With a session the person counts, whatever the network.
    let zoe = house.signed_in("zoe").await.from("192.0.2.1");
    zoe.reports(bug("zoe's")).await.data();
    assert_eq!(code(&zoe.another_tab().from("192.0.2.9").reports(bug("zoe's second")).await, 429), "too_soon");
    // A hundred at once are one.
    let before = house.count("SELECT count(*) FROM conversations");
    let mut flood = tokio::task::JoinSet::new();
    for n in 0..100 {
        let visitor = house.visitor().from("192.0.2.50");
        flood.spawn(async move { visitor.reports(bug(&format!("flood {n}"))).await.status });
    }
    let mut statuses = flood.join_all().await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1]), (200, 429));
    assert_eq!(house.count("SELECT count(*) FROM conversations"), before + 1);
    // An echo id that already named a chat names no report.
    let chatter = house.visitor();
    chatter.starts_with(json!({ "message": "chat", "echo_id": "chat-0123456789abcdef-22" })).await;
    let taken = chatter.reports(json!({ "kind": "bug", "message": "x", "echo_id": "chat-0123456789abcdef-22" })).await;
    taken.refused(409);
}

/// rows 109, 112: each tile has its switch, and a hand-made call meets it too.
#[tokio::test]
async fn a_tile_that_is_off_takes_nothing() {
    let house = House::boot_with(Options::default().patient()).await;
    for kind in ["bug", "feature", "review", "question"] {
        let answer = house.visitor().reports(json!({ "kind": kind, "message": "hello" })).await;
        assert_eq!(code(&answer, 403), "tile_off", "off by default");
    }
    house.configure(json!({ "tiles": { "bug": true, "chat": false } })).await;
    assert_eq!(code(&house.visitor().reports(json!({ "kind": "feature", "message": "hello" })).await, 403), "tile_off");
    let sent = house.visitor().reports(bug("works")).await.data();
    assert!(sent.get("session_token").is_none(), "no chat, no answers here, no session: {sent}");
    let refused = house.visitor().post("/chat/conversations/init").json(json!({ "message": "chat?" })).await;
    assert_eq!(code(&refused, 400), "starts_off");
    for bad in [json!({ "kind": "chat", "message": "x" }), json!({ "message": "x" }), json!({ "kind": ["bug"], "message": "x" }), json!([])]
    {
        house.visitor().reports(bad).await.refused(400);
    }
    for rating in [json!(0), json!(6), json!(-1), json!(4.5), json!("4"), json!(300)] {
        house.configure(json!({ "tiles": { "review": true } })).await;
        house.visitor().reports(json!({ "kind": "review", "message": "x", "rating": rating })).await.refused(400);
    }
    assert_eq!(house.count("SELECT count(*) FROM conversations"), 1);
}

/// rows 106, 110, 116, 124: where a token is wanted, everything but chat works without one, and no chat write takes anything.
#[tokio::test]
async fn without_a_valid_token_no_chat_write_accepts_data() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    open_hub(&house).await;
    let early = house.visitor().from("192.0.2.7");
    early.says("before the rule").await;
    house.configure(json!({ "access": "verified" })).await;
    let visitor = house.visitor().from("192.0.2.1");
    let echo = "verified-0123456789abcdef";
    let report = json!({ "kind": "question", "message": "I cannot sign in", "email": "z@example.com", "echo_id": echo });
    let sent = visitor.reports(report.clone()).await.data();
    assert!(sent.get("session_token").is_none() && sent.get("user").is_none(), "{sent}");
    assert_eq!(visitor.reports(report).await.data(), sent, "nor by a repeat");
    let before = house.count("SELECT count(*) FROM messages");
    let init = |visitor: &Visitor| visitor.post("/chat/conversations/init").json(json!({ "message": "hi" }));
    let upload = |visitor: &Visitor| visitor.post("/media/upload").form(Form::new().text("start", "1").file("a.txt", b"a"));
    assert_eq!(code(&init(&visitor).await, 401), "sign_in_needed");
    assert_eq!(code(&upload(&visitor).await, 401), "sign_in_needed");
    init(&visitor).bearer("nonsense").await.refused(401);
    // An anonymous session from before is no token either.
    assert_eq!(code(&init(&early).await, 403), "sign_in_needed");
    assert_eq!(code(&early.tries_to_say("more").await, 403), "sign_in_needed");
    assert_eq!(code(&early.tries_to_send(&[("a.txt", b"a")]).await, 403), "sign_in_needed");
    let below = |verb: &str| format!("/chat/conversations/{}/{verb}", early.conversation());
    for verb in ["close", "transcript", "update-last-seen"] {
        assert_eq!(code(&early.post(&below(verb)).await, 403), "sign_in_needed", "{verb}");
    }
    assert_eq!(code(&early.call("PUT", "/chat/auth/me").json(json!({ "name": "Zoe" })).await, 403), "sign_in_needed");
    early.visits("https://shop.example/secret", "Secret").await;
    assert_eq!(early.conversations().await.len(), 1, "reading goes on");
    assert_eq!(house.count("SELECT count(*) FROM messages"), before);
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 0);
    let zoe = house.signed_in("zoe").await;
    zoe.says("with a token").await;
    house.configure(json!({ "access": "identify" })).await;
    assert_eq!(code(&init(&visitor).await, 401), "identify_needed");
    assert_eq!(code(&early.tries_to_say("more").await, 403), "identify_needed");
    assert_eq!(code(&early.post(&below("close")).await, 403), "identify_needed");
    // Who he is may be said, and nothing else.
    early.call("PUT", "/chat/auth/me").json(json!({ "name": "Zoe" })).await.data();
    assert_eq!(code(&early.call("PUT", "/chat/auth/me").json(json!({ "variables": { "a": "b" } })).await, 403), "identify_needed");
    zoe.says("still").await;
}

/// Reports of somebody with a session are his own, and stand in his list where he may chat.
#[tokio::test]
async fn who_has_a_session_finds_the_answer_to_a_report() {
    let house = House::boot().await;
    open_hub(&house).await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    let sent = visitor.reports(bug("broken")).await.data();
    visitor.hold(&text_at(&sent, "session_token"));
    visitor.joins().await;
    let uuid = text_at(&sent, "report/uuid");
    agent.replies(&uuid, "repaired").await;
    visitor.hears("repaired").await;
    let list = visitor.conversations().await;
    assert_eq!((list.len(), &list[0]["kind"], &list[0]["uuid"]), (1, &json!("bug"), &json!(uuid)));
    // Where chat is not, it is neither listed nor opened.
    let path = format!("/chat/conversations/{uuid}");
    for config in [json!({ "access": "verified" }), json!({ "access": "anonymous", "tiles": { "chat": false } })] {
        house.configure(config).await;
        assert!(visitor.conversations().await.is_empty());
        visitor.get(&path).await.refused(404);
    }
    house.configure(json!({ "tiles": { "chat": true } })).await;
    visitor.get(&path).await.data();
    // One conversation per person means one chat: a report does not stand in its way.
    house.configure(json!({ "visitors": { "prevent_multiple_conversations": true } })).await;
    visitor.starts("and now a chat").await;
    let second = visitor.post("/chat/conversations/init").json(json!({ "message": "another" })).await;
    assert_eq!(code(&second, 403), "one_conversation");
}

/// security 10, 42: giant, odd and smuggled forms are refused or cut, and leave nothing behind.
#[tokio::test]
async fn giant_reports_are_refused_and_long_words_cut() {
    let house = House::boot_with(Options::default().patient()).await;
    open_hub(&house).await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    let long = visitor.reports(bug(&"x".repeat(10_001))).await;
    assert_eq!((code(&long, 400).as_str(), &long.json()["count"]), ("message_too_long", &json!(10_000)));
    visitor.reports(bug(&"x".repeat(300_000))).await.refused(413);
    let form = || Form::new().text("kind", "bug").text("message", "words");
    for giant in [
        (0..40).fold(form(), |form, n| form.text(&format!("field{n}"), "x")),
        form().text("page_title", &"x".repeat(300_000)),
        (0..40).fold(form(), |form, n| form.file(&format!("{n}.txt"), b"x")),
    ] {
        let answer = visitor.post("/chat/reports").form(giant).await;
        assert!(matches!(answer.status, 400 | 413), "{}", answer.text());
    }
    visitor.post("/chat/reports").header("content-type", "multipart/form-data").body("no boundary").await.refused(400);
    visitor.post("/chat/reports").header("content-type", "text/plain").body("kind=bug").await.refused(400);
    assert_eq!((house.count("SELECT count(*) FROM contacts"), house.count("SELECT count(*) FROM blobs")), (0, 0));
    let odd = json!({
        "kind": "bug", "message": "odd", "name": "N".repeat(100_000), "page_url": "javascript:alert(1)", "page_title": "T".repeat(1000),
        "status": "resolved", "assignee": 1, "contact_id": 1, "number": 7, "locale": "../../etc", "rating": null,
    });
    let sent = visitor.reports(odd).await.data();
    let opened = agent.opens(&text_at(&sent, "report/uuid")).await;
    assert_eq!(text_at(&opened, "contact/name").len(), 140);
    assert_eq!(opened["origin"]["attributes"], json!({}), "a page that is none has no title either");
    assert_eq!((&opened["conversation"]["status"], &opened["conversation"]["locale"]), (&json!("open"), &json!("")));
}

/// row 109: with the tile off nothing begins, also where everybody has one conversation; what was begun may be finished.
#[tokio::test]
async fn a_chat_goes_on_when_the_tile_goes_off() {
    let house = House::boot_with(Options::default().patient()).await;
    house.configure(json!({ "single_thread": true })).await;
    let visitor = house.visitor();
    visitor.says("begun").await;
    house.configure(json!({ "tiles": { "chat": false, "bug": true } })).await;
    let again = visitor.post("/chat/conversations/init").json(json!({ "message": "again" })).await;
    assert_eq!(code(&again, 400), "starts_off");
    visitor.says("and finished").await;
}
