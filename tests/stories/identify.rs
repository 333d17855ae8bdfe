//! Who somebody is, proved by six digits in a mail; and what people say of themselves.

use crate::support::*;
use tokio::task::JoinSet;

const ZOE: &str = "zoe@example.com";

impl House {
    /// The code that waits in the outbox for this address, as its owner would read it.
    fn code_for(&self, email: &str) -> String {
        let file = rusqlite::Connection::open(self.file_path()).expect("the file opens");
        let sql =
            "SELECT json_extract(j.payload, '$.code') FROM jobs j JOIN verifications v ON v.id = json_extract(j.payload, '$.verification')
                   WHERE j.kind = 'verification_mail' AND v.email = lower(?1) ORDER BY v.id DESC LIMIT 1";
        let code: String = file.query_row(sql, [email], |row| row.get(0)).expect("a code on its way");
        self.shared.keep_secret(&code);
        code
    }

    fn text(&self, sql: &str) -> String {
        let file = rusqlite::Connection::open(self.file_path()).expect("the file opens");
        file.query_row(sql, [], |row| row.get(0)).expect("a text")
    }
}

impl Visitor {
    async fn identifies(&self, name: &str, email: &str) -> Answer {
        self.post("/chat/auth/identify").json(json!({ "name": name, "email": email })).await
    }

    /// The ticket of a claim that must be taken.
    async fn claims(&self, name: &str, email: &str) -> String {
        let ticket = text_at(&self.identifies(name, email).await.data(), "ticket");
        self.shared.keep_secret(&ticket);
        ticket
    }

    async fn enters(&self, ticket: &str, code: &str) -> Answer {
        self.post("/chat/auth/identify/code").json(json!({ "ticket": ticket, "code": code })).await
    }

    async fn resends(&self, ticket: &str) -> Answer {
        self.post("/chat/auth/identify/resend").json(json!({ "ticket": ticket })).await
    }

    /// The whole way: claim, code, session.
    async fn proves(&self, house: &House, name: &str, email: &str) -> Value {
        let ticket = self.claims(name, email).await;
        let data = self.enters(&ticket, &house.code_for(email)).await.data();
        self.hold(&text_at(&data, "session_token"));
        data
    }

    async fn tells(&self, body: Value) -> Answer {
        self.call("PUT", "/chat/auth/me").json(body).await
    }
}

#[track_caller]
fn code(answer: &Answer, status: u16) -> String {
    answer.refused(status);
    text_at(&answer.json(), "code")
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn proxied() -> Options {
    Options::default().behind_a_proxy()
}

/// rows 167, 190, 191, 194, 195: name, address, six digits, then chat as ever; with the switch off there is no such screen.
#[tokio::test]
async fn a_stranger_proves_an_address_and_chats() {
    let house = House::boot_with(proxied()).await;
    house.visitor().says("no screen before the first message").await;
    house.configure(json!({ "access": "identify" })).await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    for (name, email, word) in [
        ("", ZOE, "name_needed"),
        ("Zoe", " ", "email_needed"),
        ("Zoe", "zoe@", "email_bad"),
        ("Zoe", "a@b.co\r\nBcc: c@d.co", "email_bad"),
    ] {
        assert_eq!(code(&visitor.identifies(name, email).await, 400), word);
    }
    let sent = visitor.identifies("Zoe Zebra", "Zoe@Example.com").await.data();
    assert_eq!((&sent["resend_after_s"], &sent["expires_in_s"]), (&json!(30), &json!(600)));
    assert_eq!(sent.as_object().unwrap().len(), 3, "{sent}");
    let digits = house.code_for(ZOE);
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE first_name = 'Zoe Zebra'"), 0, "nobody is anybody yet");
    let answer = visitor.enters(&text_at(&sent, "ticket"), &format!(" {} {}", &digits[..3], &digits[3..])).await.data();
    assert_eq!((&answer["user"]["is_visitor"], &answer["user"]["first_name"]), (&json!(false), &json!("Zoe Zebra")));
    visitor.hold(&text_at(&answer, "session_token"));
    visitor.says("hello from Zoe").await;
    let seen = agent.sees("hello from Zoe").await;
    assert_eq!(seen["conversation"]["contact"]["verified"], true);
    let contact = agent.opens(&visitor.conversation()).await["contact"].clone();
    assert_eq!((&contact["email"], &contact["email_verified"], &contact["verified_by"]), (&json!(ZOE), &json!(true), &json!("code")));
    // Used once: neither the code nor the ticket opens anything again.
    assert_eq!(code(&house.visitor().enters(&text_at(&sent, "ticket"), &digits).await, 400), "code_over");
    assert_eq!(code(&house.visitor().resends(&text_at(&sent, "ticket")).await, 400), "code_over");
    // Who is signed in needs none.
    assert_eq!(code(&visitor.identifies("Zoe", "other@example.com").await, 409), "signed_in");
    // On another device the same address is the same person.
    let elsewhere = house.visitor().from("192.0.2.5");
    elsewhere.proves(&house, "Whoever", "ZOE@example.com").await;
    assert_eq!(elsewhere.conversations().await.len(), 1);
    assert_eq!(agent.opens(&visitor.conversation()).await["contact"]["name"], "Zoe Zebra", "what is known wins over what is typed");
}

/// security 35: five tries in all, however many at once and however many codes; single use; ten minutes.
#[tokio::test]
async fn a_code_cannot_be_guessed_not_even_by_many_at_once() {
    let house = House::boot_with(proxied().patient()).await;
    let visitor = house.visitor();
    let ticket = visitor.claims("Zoe", ZOE).await;
    let right = house.code_for(ZOE);
    let mut guesses = JoinSet::new();
    for n in 0..200u32 {
        let (visitor, ticket, guess) =
            (house.visitor(), ticket.clone(), format!("{:06}", (right.parse::<u32>().unwrap() + 1 + n) % 1_000_000));
        guesses.spawn(async move { visitor.enters(&ticket, &guess).await });
    }
    let answers = guesses.join_all().await;
    let mut left: Vec<i64> = answers
        .iter()
        .filter(|answer| answer.json()["code"] == "bad_code")
        .map(|answer| answer.json()["tries_left"].as_i64().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, [1, 2, 3, 4], "the fifth wrong try ends it");
    assert!(answers.iter().all(|answer| answer.status == 400));
    assert_eq!(code(&visitor.enters(&ticket, &right).await, 400), "code_over", "even the right one comes too late");
    house.later(seconds(31)).await;
    assert_eq!(code(&visitor.resends(&ticket).await, 400), "code_over", "and a new code gives no new tries");
    assert_eq!(house.count("SELECT tries FROM verifications"), 5);
    // What is no code at all costs no try.
    let ticket = visitor.claims("Zoe", ZOE).await;
    let right = house.code_for(ZOE);
    for nonsense in ["", "12345", "1234567", "abcdef", "12 34 5x"] {
        let answer = visitor.enters(&ticket, nonsense).await;
        assert_eq!((code(&answer, 400).as_str(), &answer.json()["tries_left"]), ("bad_code", &json!(5)));
    }
    assert_eq!(visitor.enters(&ticket, &wrong(&right)).await.json()["tries_left"], 4);
    // Many right ones at once are one session.
    let mut rights = JoinSet::new();
    for _ in 0..20 {
        let (visitor, ticket, right) = (house.visitor(), ticket.clone(), right.clone());
        rights.spawn(async move { visitor.enters(&ticket, &right).await.status });
    }
    assert_eq!(rights.join_all().await.into_iter().filter(|status| *status == 200).count(), 1);
    assert_eq!(house.count("SELECT count(*) FROM sessions"), 1);
    house.later(seconds(30)).await;
    let ticket = visitor.claims("Zoe", ZOE).await;
    let right = house.code_for(ZOE);
    house.later(minutes(10)).await;
    assert_eq!(code(&visitor.enters(&ticket, &right).await, 400), "code_over");
}

/// rows 192, 193; decision 12: a new code after 30 s voids the old one; another address is another ticket.
#[tokio::test]
async fn a_code_can_be_sent_again_and_the_address_changed() {
    let house = House::boot_with(proxied()).await;
    let visitor = house.visitor();
    let ticket = visitor.claims("Zoe", ZOE).await;
    let first = house.code_for(ZOE);
    let soon = visitor.resends(&ticket).await;
    assert_eq!((code(&soon, 429).as_str(), soon.header("retry-after")), ("too_soon", Some("30")));
    house.later(seconds(30)).await;
    let again = visitor.resends(&ticket).await.data();
    assert_eq!((&again["ticket"], &again["expires_in_s"]), (&json!(ticket), &json!(600)));
    let second = house.code_for(ZOE);
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'verification_mail'"), 1, "the old mail need not go any more");
    if first != second {
        assert_eq!(code(&visitor.enters(&ticket, &first).await, 400), "bad_code");
    }
    let changed = visitor.claims("Zoe", "zoe@other.example").await;
    let third = house.code_for("zoe@other.example");
    if third != second {
        assert_eq!(code(&visitor.enters(&changed, &second).await, 400), "bad_code", "a code for A never proves B");
        assert_eq!(code(&visitor.enters(&ticket, &third).await, 400), "bad_code");
    }
    visitor.enters(&changed, &third).await.data();
}

/// security 14, 35: ticket and code belong to one inbox, and to one session when there was one.
#[tokio::test]
async fn a_ticket_opens_nothing_elsewhere() {
    let house = House::boot_with(proxied().patient()).await;
    let second = house.another_inbox("Second").await;
    let visitor = house.visitor();
    let ticket = visitor.claims("Zoe", ZOE).await;
    let digits = house.code_for(ZOE);
    let over = house.visitor_of(&second).enters(&ticket, &digits).await;
    let unknown = house.visitor_of(&second).enters("nonsense", &digits).await;
    assert_eq!(code(&over, 400), "code_over");
    assert_eq!(over, unknown, "a foreign ticket is no ticket");
    // Asked for with a session: only with that session.
    let (mine, other) = (house.visitor(), house.visitor());
    mine.says("mine").await;
    other.says("other").await;
    let ticket = mine.claims("Ali", "ali@example.com").await;
    let digits = house.code_for("ali@example.com");
    for thief in [&house.visitor(), &other] {
        assert_eq!(thief.enters(&ticket, &digits).await, unknown);
        assert_eq!(code(&thief.resends(&ticket).await, 400), "code_over");
    }
    assert_eq!(house.count("SELECT sum(tries) FROM verifications"), 0, "strangers cannot use up the tries");
    mine.enters(&ticket, &digits).await.data();
    // The ticket of a session that ended is over with it.
    let ticket = other.claims("Ben", "ben@example.com").await;
    let digits = house.code_for("ben@example.com");
    let token = other.token();
    other.logs_out().await;
    other.post("/chat/auth/identify/code").bearer(&token).json(json!({ "ticket": ticket, "code": digits })).await.refused(401);
    assert_eq!(code(&house.visitor().enters(&ticket, &digits).await, 400), "code_over");
    assert_eq!(house.count("SELECT count(*) FROM verifications WHERE email = 'ben@example.com'"), 1, "it still counts");
    for bad in [json!({}), json!({ "ticket": 1, "code": "1" }), json!({ "ticket": ["x"], "code": {} }), json!([])] {
        visitor.post("/chat/auth/identify/code").json(bad.clone()).await.refused(400);
        visitor.post("/chat/auth/identify/resend").json(bad).await.refused(400);
    }
}

/// decision 12: five codes an hour to one address, twenty for one network, also when asked for all at once.
#[tokio::test]
async fn nobody_is_flooded_with_codes() {
    let house = House::boot_with(proxied()).await;
    let mut asks = JoinSet::new();
    for n in 0..30 {
        let visitor = house.visitor().from(&format!("192.0.2.{n}"));
        asks.spawn(async move { visitor.identifies("Zoe", ZOE).await.status });
    }
    let statuses = asks.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)));
    let mut asks = JoinSet::new();
    for n in 0..30 {
        let visitor = house.visitor().from("198.51.100.7");
        asks.spawn(async move { visitor.identifies("Zoe", &format!("zoe{n}@example.com")).await.status });
    }
    assert_eq!(asks.join_all().await.into_iter().filter(|status| *status == 200).count(), 20);
    assert_eq!(code(&house.visitor().from("198.51.100.7").identifies("Zoe", "one@example.com").await, 429), "too_many_codes");
    // Codes sent again count as well.
    let visitor = house.visitor().from("203.0.113.1");
    let ticket = visitor.claims("Ben", "ben@example.com").await;
    for _ in 0..4 {
        house.later(seconds(30)).await;
        visitor.resends(&ticket).await.data();
    }
    house.later(seconds(30)).await;
    assert_eq!(code(&visitor.resends(&ticket).await, 429), "too_many_codes");
    house.later(hours(1)).await;
    house.visitor().from("198.51.100.7").identifies("Zoe", ZOE).await.data();
    // No address of the network is written down for it.
    assert!(!String::from_utf8_lossy(&std::fs::read(house.file_path()).unwrap()).contains("198.51.100"));
}

/// security 12, 21; decision 5; row 197: the same answer for known and unknown; typed addresses prove nothing; proved ones do.
#[tokio::test]
async fn a_code_finds_only_people_who_proved_the_address_before() {
    let house = House::boot_with(proxied().patient()).await;
    let agent = house.agent().await;
    // Known by token, known by typing, not known.
    let signed = house.signed_in("zoe").await;
    signed.says("from the shop").await;
    let typed = house.visitor();
    typed.starts_with(json!({ "message": "I claim to be Max", "form_data": { "name": "Max", "email": "max@example.com" } })).await;
    let answers = [
        house.visitor().identifies("A", "zoe@customer.example").await,
        house.visitor().identifies("A", "max@example.com").await,
        house.visitor().identifies("A", "nobody@example.com").await,
    ];
    for answer in &answers {
        let mut data = answer.data();
        data["ticket"] = json!("");
        assert_eq!(data, json!({ "ticket": "", "resend_after_s": 30, "expires_in_s": 600 }));
        assert_eq!(answer.body.len(), answers[0].body.len());
    }
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'verification_mail'"), 3, "and the same work for each");
    house.later(seconds(30)).await;
    // By code one is the person of the token, with his conversations and his name.
    let zoe = house.visitor();
    let data = zoe.proves(&house, "Zoeee", "zoe@customer.example").await;
    assert_eq!((data["user"]["first_name"].as_str(), zoe.conversations().await.len()), (Some("Zoe"), 1));
    // Whoever only typed an address is not taken over by its owner, nor the other way round.
    let max = house.visitor();
    max.proves(&house, "Max", "max@example.com").await;
    assert_eq!(max.conversations().await.len(), 0);
    assert_eq!(typed.conversations().await.len(), 1);
    // A token with a proved address is the person who proved it.
    let claims =
        json!({ "external_user_id": "shop-77", "email": "Max@example.com", "first_name": "Max", "exp": house.clock.now() / 1000 + 600 });
    max.says("first by code").await;
    let by_token = house.visitor();
    by_token.hold(&text_at(&house.exchange(&house.sign(&claims)).await, "session_token"));
    assert_eq!(by_token.conversations().await.len(), 1);
    // Blocked is blocked, also by code; and not before the code is right.
    agent.blocks_contact_of(&max.conversation()).await;
    house.later(seconds(30)).await;
    let ticket = house.visitor().claims("Max", "max@example.com").await;
    assert_eq!(code(&house.visitor().enters(&ticket, &house.code_for("max@example.com")).await, 403), "blocked");
}

/// rows 38, 194: what an anonymous person said goes with him, once he has proved who he is.
#[tokio::test]
async fn an_anonymous_chat_becomes_that_of_the_person() {
    let house = House::boot_with(proxied().patient()).await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    visitor.says("who am I").await;
    let (before, uuid) = (visitor.token(), visitor.conversation());
    let tab = visitor.another_tab();
    tab.joins().await;
    visitor.proves(&house, "Zoe", ZOE).await;
    assert_eq!(tab.socket().ends().await, 4401, "the anonymous proof is over everywhere");
    house.visitor().holding(&before).get("/chat/auth/me").await.refused(401);
    assert_eq!(visitor.conversations().await[0]["uuid"], uuid);
    let contact = agent.opens(&uuid).await["contact"].clone();
    assert_eq!((&contact["name"], &contact["kind"], &contact["verified"]), (&json!("Zoe"), &json!("contact"), &json!(true)));
    house.later(seconds(30)).await;
    // A second anonymous chat of hers is merged into the person she is.
    let second = house.visitor();
    second.says("me again").await;
    second.proves(&house, "Z", ZOE).await;
    assert_eq!(second.conversations().await.len(), 2);
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE merged_into IS NULL"), 1);
}

/// A new secret ends the sessions that came from the old one, and no other.
#[tokio::test]
async fn a_new_secret_does_not_end_sessions_made_by_code() {
    let house = House::boot_with(proxied()).await;
    let agent = house.agent().await;
    let by_code = house.visitor();
    by_code.proves(&house, "Zoe", "zoe@customer.example").await;
    by_code.says("by code").await;
    let by_token = house.signed_in("zoe").await;
    by_token.joins().await;
    assert_eq!(by_token.conversations().await.len(), 1, "one person");
    agent.post(&format!("/inboxes/{}/secret", house.inbox)).await.ok();
    by_token.is_shut_out().await;
    by_code.says("still here").await;
    agent.replies(&by_code.conversation(), "so you are").await;
    by_code.hears("so you are").await;
    // It is no token, though: where one is wanted, it writes nothing.
    house.configure(json!({ "access": "verified" })).await;
    assert_eq!(code(&by_code.tries_to_say("more").await, 403), "sign_in_needed");
    assert_eq!(code(&house.visitor().identifies("Zoe", ZOE).await, 403), "sign_in_needed");
    house.configure(json!({ "access": "identify" })).await;
    house.later(hours(24 * 30)).await;
    by_code.tries_to_say("a month later").await.refused(401);
}

/// The mail is owed, honestly, as long as there is no mailbox, and no longer than the code is good; the desk knows.
#[tokio::test]
async fn without_a_mailbox_the_outbox_says_so() {
    let house = House::boot_with(proxied()).await;
    let agent = house.agent().await;
    assert_eq!(agent.get("/session").await.ok()["mail"], false);
    house.visitor().claims("Zoe", ZOE).await;
    house.until("a try to mail", |_| house.count("SELECT count(*) FROM jobs WHERE last_error IS NOT NULL") == 1).await;
    assert_eq!(house.text("SELECT last_error FROM jobs"), "No mailbox is set up, so nothing can be mailed.");
    house.code_for(ZOE);
    house.later(minutes(10)).await;
    house.later(hours(1)).await;
    house.until("the mail to be dropped", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'verification_mail'") == 0).await;
    // What was sent is not in the file in clear once it is over, and the ticket never was.
    assert!(house.count("SELECT count(*) FROM verifications WHERE length(code_hash) = 32 AND length(ticket_hash) = 32") == 1);
}

/// rows 196, 198, 211–213; decision 7: what somebody says of himself is kept as unproved, and agents hear of it at once.
#[tokio::test]
async fn what_people_say_of_themselves_reaches_the_agents_at_once() {
    let house = House::boot_with(proxied().patient()).await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    visitor.call("PUT", "/chat/auth/me").json(json!({ "name": "Nobody" })).await.refused(401);
    visitor.starts_with(json!({ "message": "hi", "variables": { "plan": "pro", "cart": 3, "vip": true, "nothing": null } })).await;
    let contact = agent.opens(&visitor.conversation()).await["contact"].clone();
    assert_eq!(contact["variables"], json!({ "plan": "pro", "cart": "3", "vip": "true" }));
    let told = visitor.tells(json!({ "name": " Zoe \n Zebra ", "email": "Zoe@Example.com" })).await.data();
    assert_eq!((&told["email"], &told["user"]["first_name"], told.get("ticket")), (&json!("Zoe@Example.com"), &json!("Zoe Zebra"), None));
    let seen = agent.sees_frame("contact", "Zoe", |data| data["name"] == "Zoe Zebra").await;
    assert_eq!((&seen["email"], &seen["email_verified"], &seen["verified"]), (&json!("Zoe@Example.com"), &json!(false), &json!(false)));
    // Replaced as a whole, or laid over.
    visitor.tells(json!({ "variables": { "page": "cart" } })).await.data();
    agent.sees_frame("contact", "replaced", |data| data["variables"] == json!({ "page": "cart" })).await;
    visitor.tells(json!({ "variables": { "plan": "free" }, "merge": true })).await.data();
    agent.sees_frame("contact", "merged", |data| data["variables"] == json!({ "page": "cart", "plan": "free" })).await;
    // Bounded.
    let many = |count: usize| (0..count).map(|n| (format!("v{n}"), json!("x"))).collect::<serde_json::Map<_, _>>();
    visitor.tells(json!({ "variables": many(50) })).await.data();
    visitor.tells(json!({ "variables": many(51) })).await.refused(400);
    visitor.tells(json!({ "variables": { "one more": "x" }, "merge": true })).await.refused(400);
    visitor.tells(json!({ "variables": { "n".repeat(300): "v".repeat(3000) } })).await.data();
    let contact = agent.opens(&visitor.conversation()).await["contact"].clone();
    let (name, value) = contact["variables"].as_object().unwrap().iter().next().map(|(k, v)| (k.clone(), v.clone())).unwrap();
    assert_eq!((name.len(), value.as_str().map(str::len)), (100, Some(500)));
    for bad in
        [json!({ "variables": ["a"] }), json!({ "variables": { "a": { "b": 1 } } }), json!({ "email": "nonsense" }), json!({ "name": 7 })]
    {
        visitor.tells(bad).await.refused(400);
    }
    // Nobody changes what a token says: the site vouches for it.
    let signed = house.signed_in("ali").await;
    signed.says("hello").await;
    let told = signed.tells(json!({ "name": "Mallory", "email": "m@example.com", "variables": { "plan": "pro" } })).await.data();
    assert_eq!((&told["email"], &told["user"]["first_name"]), (&json!("ali@customer.example"), &json!("Ali")));
    assert_eq!(agent.opens(&signed.conversation()).await["contact"]["variables"], json!({ "plan": "pro" }));
}

/// row 197: an address that somebody proved before is saved only after the code; until then nothing of it is.
#[tokio::test]
async fn a_registered_address_needs_the_code_before_it_is_saved() {
    let house = House::boot_with(proxied()).await;
    let agent = house.agent().await;
    house.signed_in("zoe").await.says("from the shop").await;
    let visitor = house.visitor();
    visitor.says("me too").await;
    let told = visitor.tells(json!({ "name": "Zoe", "email": "ZOE@customer.example" })).await.data();
    assert_eq!((&told["email"], &told["user"]["is_visitor"], &told["resend_after_s"]), (&Value::Null, &json!(true), &json!(30)));
    let ticket = text_at(&told, "ticket");
    house.shared.keep_secret(&ticket);
    let contact = agent.opens(&visitor.conversation()).await["contact"].clone();
    assert_eq!((&contact["email"], &contact["first_name"]), (&Value::Null, &json!("")));
    let data = visitor.enters(&ticket, &house.code_for("zoe@customer.example")).await.data();
    visitor.hold(&text_at(&data, "session_token"));
    assert_eq!(visitor.conversations().await.len(), 2);
    // Asking who is registered is slow work.
    let curious = house.visitor().from("192.0.2.99");
    curious.says("hm").await;
    let mut refused = 0;
    for n in 0..12 {
        refused += u32::from(curious.tells(json!({ "email": format!("guess{n}@customer.example") })).await.status == 429);
    }
    assert_eq!(refused, 7, "five in an hour");
}

/// The words agreed to are the inbox's, in the language seen, once each; nobody brings his own.
#[tokio::test]
async fn consent_is_asked_for_and_proved_word_for_word() {
    let house = House::boot_with(proxied().patient()).await;
    let agent = house.agent().await;
    let early = house.visitor();
    early.says("before there was anything to agree to").await;
    let consent =
        json!({ "enabled": true, "text": "We keep what you write.", "link_text": "Privacy", "link_url": "https://shop.example/privacy" });
    house.configure(json!({ "consent": consent, "tiles": { "bug": true } })).await;
    let init = |visitor: &Visitor, body: Value| visitor.post("/chat/conversations/init").json(body);
    let visitor = house.visitor();
    for forged in [
        json!({ "message": "hi" }),
        json!({ "message": "hi", "consent": false }),
        json!({ "message": "hi", "consent_text": "I agree to nothing" }),
    ] {
        assert_eq!(code(&init(&visitor, forged).await, 400), "consent_needed");
    }
    init(&visitor, json!({ "message": "hi", "consent": "yes" })).await.refused(400);
    assert_eq!(code(&visitor.post("/media/upload").form(Form::new().text("start", "1").file("a.txt", b"a")).await, 400), "consent_needed");
    assert_eq!(code(&visitor.post("/chat/reports").json(json!({ "kind": "bug", "message": "x" })).await, 400), "consent_needed");
    assert_eq!(code(&visitor.identifies("Zoe", ZOE).await, 400), "consent_needed");
    assert_eq!(code(&init(&early, json!({ "message": "again" })).await, 400), "consent_needed");
    assert_eq!(house.count("SELECT count(*) FROM conversations"), 1);
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 0);
    let german = json!({ "texts": { "set.consent.text": "Wir behalten, was Sie schreiben." } });
    agent.put(&format!("/inboxes/{}/translations/de", house.inbox)).json(german).await.ok();
    visitor.starts_with(json!({ "message": "hallo", "consent": true, "locale": "de-AT", "text": "forged" })).await;
    let shown = agent.opens(&visitor.conversation()).await;
    assert_eq!(shown["conversation"]["locale"], "de-AT");
    let proof = &shown["contact"]["consents"][0];
    assert_eq!(proof["text"], "Wir behalten, was Sie schreiben.");
    assert_eq!((&proof["locale"], &proof["link_url"]), (&json!("de-AT"), &json!("https://shop.example/privacy")));
    // Agreed once to these words is enough; to other words anew.
    visitor.starts_with(json!({ "message": "noch eins", "locale": "de" })).await;
    assert_eq!(house.count("SELECT count(*) FROM consents"), 1);
    assert_eq!(code(&init(&visitor, json!({ "message": "in English", "locale": "en" })).await, 400), "consent_needed");
    // What was agreed to with the address becomes a proof with the code.
    let zoe = house.visitor();
    let sent = zoe.post("/chat/auth/identify").json(json!({ "name": "Zoe", "email": ZOE, "consent": true, "locale": "en" })).await.data();
    assert_eq!(house.count("SELECT count(*) FROM consents"), 1);
    let data = zoe.enters(&text_at(&sent, "ticket"), &house.code_for(ZOE)).await.data();
    zoe.hold(&text_at(&data, "session_token"));
    zoe.starts_with(json!({ "message": "no second question", "locale": "en" })).await;
    assert_eq!(agent.opens(&zoe.conversation()).await["contact"]["consents"][0]["text"], "We keep what you write.");
    house.later(seconds(30)).await;
    // The proof goes with the person.
    visitor.proves_with_consent(&house).await;
    assert_eq!(house.count("SELECT count(DISTINCT contact_id) FROM consents"), 1);
}

impl Visitor {
    async fn proves_with_consent(&self, house: &House) {
        let sent = self.post("/chat/auth/identify").json(json!({ "name": "Zoe", "email": ZOE, "consent": true })).await.data();
        self.enters(&text_at(&sent, "ticket"), &house.code_for(ZOE)).await.data();
    }
}

/// rows 205, 206; security 50: the conversation by mail, only to its person, only so often; and closing.
#[tokio::test]
async fn a_conversation_is_mailed_to_its_own_person_only() {
    let house = House::boot_with(proxied()).await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("my order").await;
    let path = format!("/chat/conversations/{}/transcript", zoe.conversation());
    let sent = zoe.post(&path).json(json!({ "email": "thief@example.com" })).await.data();
    assert_eq!(sent, json!({ "sent_to": "z…@customer.example" }), "the known address, not the typed one");
    assert_eq!(house.text("SELECT json_extract(payload, '$.to') FROM jobs WHERE kind = 'transcript'"), "zoe@customer.example");
    agent.sees_frame("message", "told", |data| data["message"]["activity"]["action"] == "transcript").await;
    zoe.post(&path).await.data();
    zoe.post(&path).await.data();
    assert_eq!(code(&zoe.post(&path).await, 429), "too_many");
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'transcript'"), 1, "asked thrice, owed once");
    let visitor = house.visitor();
    visitor.says("anonymous").await;
    visitor.post(&path).await.refused(404);
    let own = format!("/chat/conversations/{}/transcript", visitor.conversation());
    assert_eq!(code(&visitor.post(&own).await, 400), "email_needed");
    assert_eq!(code(&visitor.post(&own).json(json!({ "email": "a@b" })).await, 400), "email_bad");
    assert_eq!(visitor.post(&own).json(json!({ "email": "v@example.com" })).await.data()["sent_to"], "v…@example.com");
    // An address that nobody proved gets one mail a day, and one network asks for three of them in an hour.
    let others = [house.visitor(), house.visitor(), house.visitor()];
    let mut statuses = Vec::new();
    for other in &others {
        other.says("spam").await;
        let path = format!("/chat/conversations/{}/transcript", other.conversation());
        statuses.push(other.post(&path).json(json!({ "email": "V@example.com" })).await.status);
    }
    assert_eq!(statuses, [429, 429, 429]);
    house.later(hours(1)).await;
    for (n, other) in others.iter().enumerate() {
        let path = format!("/chat/conversations/{}/transcript", other.conversation());
        other.post(&path).json(json!({ "email": format!("stranger{n}@example.com") })).await.data();
    }
    assert_eq!(code(&visitor.post(&own).json(json!({ "email": "w@example.com" })).await, 429), "too_many");
    house
        .until("a try to mail", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'transcript' AND last_error IS NOT NULL") == 5)
        .await;
    house.configure(json!({ "allow_transcript": false, "allow_close": false })).await;
    assert_eq!(code(&others[0].post(&own).await, 403), "transcript_off");
    visitor.closes().await.refused(403);
    house.configure(json!({ "allow_close": true })).await;
    visitor.closes().await.data();
    agent.sees_frame("conversation", "closed", |data| data["closed_by_contact"] == true && data["status"] == "resolved").await;
    visitor.starts("another one").await;
}

/// security 35: logging out gives neither new codes nor new tries; an hour's tries of one address are counted over all its claims.
#[tokio::test]
async fn logging_out_resets_no_limit() {
    let house = House::boot_with(proxied().patient()).await;
    let mut statuses = Vec::new();
    for n in 0..6 {
        let visitor = house.visitor().from(&format!("192.0.2.{n}"));
        visitor.says("hello").await;
        statuses.push(visitor.identifies("Zoe", ZOE).await.status);
        visitor.logs_out().await;
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    let mut left = Vec::new();
    for n in 0..3 {
        let visitor = house.visitor().from(&format!("198.51.100.{n}"));
        let ticket = visitor.claims("Ben", "ben@example.com").await;
        let guess = wrong(&house.code_for("ben@example.com"));
        for _ in 0..4 {
            left.push(visitor.enters(&ticket, &guess).await.json()["tries_left"].as_i64());
        }
    }
    assert_eq!(left[..4], [Some(4), Some(3), Some(2), Some(1)]);
    assert_eq!(left[8..], [Some(1), None, None, None], "ten in an hour");
}

/// rows 192, 193: the same address again only after a while; another one voids the code of the one before.
#[tokio::test]
async fn naming_another_address_voids_the_code_of_the_one_before() {
    let house = House::boot_with(proxied().patient()).await;
    let visitor = house.visitor();
    visitor.says("hello").await;
    let first = visitor.claims("A", "a@example.com").await;
    let digits = house.code_for("a@example.com");
    let soon = visitor.identifies("A", "A@example.com").await;
    assert_eq!((code(&soon, 429).as_str(), soon.header("retry-after")), ("too_soon", Some("30")));
    assert_eq!(code(&house.visitor().identifies("A", "a@example.com").await, 429), "too_soon", "nor without the session");
    visitor.claims("B", "b@example.com").await;
    assert_eq!(code(&visitor.enters(&first, &digits).await, 400), "code_over");
    assert_eq!(code(&visitor.resends(&first).await, 400), "code_over");
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'verification_mail'"), 1, "nor is it mailed any more");
}

/// row 38: a ticket from before the first message takes the chat along that was begun meanwhile; the message's echo opens nothing then.
#[tokio::test]
async fn a_chat_begun_while_the_code_was_on_its_way_goes_along() {
    let house = House::boot_with(proxied().patient()).await;
    let visitor = house.visitor();
    let ticket = visitor.claims("Zoe", ZOE).await;
    let first = json!({ "message": "meanwhile", "echo_id": "meanwhile-0123456789abcdef" });
    visitor.starts_with(first.clone()).await;
    let data = visitor.enters(&ticket, &house.code_for(ZOE)).await.data();
    visitor.hold(&text_at(&data, "session_token"));
    assert_eq!(visitor.conversations().await.len(), 1);
    assert_eq!(code(&house.visitor().post("/chat/conversations/init").json(first).await, 401), "session_over");
}

/// row 197: who asks which addresses are known, asks for few, however many people he says to be.
#[tokio::test]
async fn one_network_types_few_addresses() {
    let house = House::boot_with(proxied()).await;
    let mut statuses = Vec::new();
    for n in 0..24 {
        let visitor = house.visitor().from("192.0.2.9");
        visitor.says("hm").await;
        statuses.push(visitor.tells(json!({ "email": format!("guess{n}@example.com") })).await.status);
    }
    assert_eq!((&statuses[..20], &statuses[20..]), (&[200; 20][..], &[429; 4][..]));
}
