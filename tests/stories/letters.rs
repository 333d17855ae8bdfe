//! Codes, transcripts, links and notices by mail: what stands in them, who gets them, and who does not.

use crate::support::*;
use deskbell::base::id::JobId;
use deskbell::model::agent::Role;
use deskbell::store::jobs;

const BASE: &str = "https://chat.example.com";

impl House {
    /// With a mailbox that nobody answers behind, so that what is owed stays to be looked at.
    async fn with_mailbox(options: Options) -> House {
        let house = House::boot_with(options).await;
        house.gets_a_mailbox().await;
        house
    }

    async fn gets_a_mailbox(&self) {
        self.mails_by(json!({ "host": "127.0.0.1", "port": 9, "security": "none" })).await;
    }

    async fn mails_by(&self, smtp: Value) {
        let config = json!({ "address": "chat@shop.example", "smtp": smtp, "footer": "Shop Inc., **Main Street** 1" });
        let body = json!({ "name": "Mail", "enabled": true, "is_default": true, "config": config });
        self.agent().await.post("/mailboxes").json(body).await.ok();
    }

    fn words(&self, sql: &str) -> String {
        let file = rusqlite::Connection::open(self.file_path()).expect("the file opens");
        let found: String = file.query_row(sql, [], |row| row.get(0)).expect("a text");
        self.shared.keep_secret(&found);
        found
    }

    fn owed(&self, kind: &str) -> i64 {
        self.count(&format!("SELECT count(*) FROM jobs WHERE kind = '{kind}'"))
    }

    fn number(&self, conversation: &str) -> i64 {
        self.count(&format!("SELECT id FROM conversations WHERE uuid = '{conversation}'"))
    }
}

/// rows 191 to 193, security row 35: the code that is mailed is the one that opens, in the visitor's language, once, and nobody gets it later.
#[tokio::test]
async fn a_code_is_mailed_while_somebody_waits_for_it_row_191() {
    let house = House::with_mailbox(Options::default().patient()).await;
    house.configure(json!({ "access": "identify" })).await;
    let visitor = house.visitor();
    let claim = json!({ "name": "https://evil.example wins", "email": "zoe@example.com" });
    let ticket = text_at(&visitor.post("/chat/auth/identify").json(claim).await.data(), "ticket");
    let code = || house.words("SELECT json_extract(payload, '$.code') FROM jobs WHERE kind = 'verification_mail'");
    let (first, id) = (code(), house.count("SELECT max(id) FROM verifications"));
    let (key, letter) = house.desk().code_letter(id, &first, "de-AT").await.unwrap().expect("a letter");
    assert_eq!((letter.to.address.as_str(), letter.to.name.as_str()), ("zoe@example.com", ""));
    let mail = house.desk().rendered(&letter).await.unwrap();
    assert!(mail.subject.contains(&first) && mail.text.contains(&first) && mail.html.contains(&first));
    assert!(mail.html.contains("lang=\"de-AT\"") && mail.text.contains("Shop Inc., Main Street 1"));
    // Whoever types a name must not write to strangers through us.
    assert!(!mail.text.contains("evil") && !mail.html.contains("evil") && !mail.subject.contains("evil"));
    house.later(seconds(31)).await;
    visitor.post("/chat/auth/identify/resend").json(json!({ "ticket": ticket })).await.data();
    let second = code();
    let (again, _) = house.desk().code_letter(id, &second, "de").await.unwrap().expect("a letter");
    assert_ne!(key, again, "another mail, not a repetition of the first");
    let session = visitor.post("/chat/auth/identify/code").json(json!({ "ticket": ticket, "code": second })).await.data();
    house.shared.keep_secret(&text_at(&session, "session_token"));
    assert!(house.desk().code_letter(id, &second, "de").await.unwrap().is_none(), "used");
    assert_eq!(house.owed("verification_mail"), 0);
}

/// End to end: what is owed arrives, well made, in both forms; and what opened a door is in the file no more.
#[tokio::test]
async fn codes_transcripts_links_and_surveys_arrive_rows_175_191_205_233() {
    let server = FaultServer::boot().await;
    let house = House::boot_with(Options::default().patient().set("BASE_URL", BASE)).await;
    house.mails_by(server.smtp()).await;
    house.configure(json!({ "access": "identify", "brand_name": "Shop & Co" })).await;
    let got = async |to: &str, count: usize| {
        let all = server.gets(count).await;
        let mail = all.last().cloned().expect("a mail");
        mail.is_well_made();
        assert!(mail.header("To").contains(to), "{} is not {to}", mail.header("To"));
        mail
    };
    let visitor = house.visitor();
    let claim = json!({ "name": "Zoe", "email": "zoe@example.com" });
    let ticket = text_at(&visitor.post("/chat/auth/identify").json(claim).await.data(), "ticket");
    let mail = got("zoe@example.com", 1).await;
    let code: String = mail.subject().chars().filter(char::is_ascii_digit).collect();
    house.shared.keep_secret(&code);
    assert!(code.len() == 6 && mail.text().contains(&code) && mail.html().contains(&code), "{}", mail.subject());
    let session = visitor.post("/chat/auth/identify/code").json(json!({ "ticket": ticket, "code": code })).await.data();
    visitor.hold(&text_at(&session, "session_token"));
    visitor.says("Where is my parcel?").await;
    visitor.post(&format!("/chat/conversations/{}/transcript", visitor.conversation())).json(json!({})).await.data();
    let transcript = got("zoe@example.com", 2).await;
    assert!(transcript.subject().contains("Shop & Co") && transcript.text().contains("  Where is my parcel?"), "{}", transcript.text());
    // Asked for anew, it is another mail.
    let olga = house.agent().await;
    olga.post(&format!("/conversations/{}/transcript", visitor.conversation())).json(json!({})).await;
    assert_ne!(got("zoe@example.com", 3).await.message_id(), transcript.message_id());
    house.hire("ada", Role::Agent).await;
    house.post("/api/desk/password/forgotten").json(json!({ "email": "ada@house.example" })).await;
    let reset = got("ada@house.example", 4).await;
    let token = reset.text().split("/desk#reset=").nth(1).expect("a link").split_whitespace().next().unwrap_or_default().to_owned();
    house.shared.keep_secret(&token);
    let chosen = json!({ "token": token, "password": "another correct horse" });
    assert_eq!(house.nobody().call("PUT", "/api/desk/invitation").json(chosen).await.status, 200);
    olga.post(&format!("/conversations/{}/survey", visitor.conversation())).json(json!({ "mail": true })).await.ok();
    assert!(got("zoe@example.com", 5).await.text().contains(&format!("{BASE}/csat/")));
    house
        .until("the outbox to be empty", |_| {
            house.count("SELECT count(*) FROM jobs WHERE kind LIKE '%mail' OR kind IN ('transcript', 'forgotten')") == 0
        })
        .await;
}

/// A code is gone from the file as soon as it is of no use.
#[tokio::test]
async fn what_opens_a_door_does_not_outlive_its_purpose_in_the_outbox() {
    let house = House::with_mailbox(Options::default().patient().set("BASE_URL", BASE)).await;
    house.configure(json!({ "access": "identify" })).await;
    let claim = json!({ "name": "Zoe", "email": "zoe@example.com" });
    house.visitor().post("/chat/auth/identify").json(claim).await.data();
    let id = JobId(house.count("SELECT id FROM jobs WHERE kind = 'verification_mail'"));
    assert_eq!(house.words("SELECT json_extract(payload, '$.code') FROM jobs WHERE kind = 'verification_mail'").len(), 6);
    // Its time is over: the next look finds nobody who waits.
    house.later(minutes(16)).await;
    house.until("the code to be gone", |_| house.owed("verification_mail") == 0).await;
    assert_eq!(house.count(&format!("SELECT count(*) FROM jobs WHERE id = {id}")), 0);
    // One that failed for good stays to be seen, empty.
    let emptied =
        deskbell::model::job::Job::LinkMail { agent: 1, token: "tok-secret".into(), mail: "m".into() }.without_secrets().expect("a secret");
    house.desk().store.write(move |tx| jobs::enqueue(tx, &emptied, tx.now + 1_000_000_000)).await.unwrap();
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE payload LIKE '%tok-secret%'"), 0);
}

/// row 205, security row 50: what the contact saw, and nothing else; to the address on file, and to no other.
#[tokio::test]
async fn a_transcript_has_no_notes_and_no_ids_and_goes_to_its_owner_row_205() {
    let house = House::boot().await;
    house.configure(json!({ "brand_name": "Shop & Co" })).await;
    let olga = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("Where is <b>my</b> parcel?").await;
    let conversation = zoe.conversation();
    olga.notes(&conversation, "she is difficult").await;
    olga.replies(&conversation, "**On its way**, see https://shop.example/p").await;
    let ask = |body: Value| olga.post(&format!("/conversations/{conversation}/transcript")).json(body);
    assert_eq!(ask(json!({})).await.status, 503, "no mailbox");
    house.gets_a_mailbox().await;
    assert_eq!(ask(json!({ "to": "eve@evil.example" })).await.status, 400);
    assert_eq!(house.owed("transcript"), 0);
    let sent = ask(json!({})).await;
    assert_eq!((sent.status, text_at(&sent.json(), "sent_to").as_str()), (202, "zoe@customer.example"));
    assert_eq!(house.owed("transcript"), 1);
    let letter = house
        .desk()
        .transcript_letter(house.number(&conversation), "zoe@customer.example", "en", Some(BASE))
        .await
        .unwrap()
        .expect("a letter");
    let mail = house.desk().rendered(&letter).await.unwrap();
    assert!(mail.subject.contains("Shop & Co"));
    assert!(
        mail.text.contains("Where is <b>my</b> parcel?") && mail.text.contains("On its way, see https://shop.example/p"),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("&lt;b&gt;my&lt;/b&gt;") && mail.html.contains("<strong>On its way</strong>"));
    assert!(mail.text.contains(&format!("Open the conversation:\n{BASE}/chat/{}#c=", house.inbox)), "{}", mail.text);
    let other = house.desk().transcript_letter(house.number(&conversation), "other@example.com", "en", Some(BASE)).await.unwrap().unwrap();
    assert!(other.link.is_none(), "what opens the conversation goes to its owner alone");
    for hidden in ["difficult", &conversation, "olga@", "transcript:"] {
        assert!(!mail.text.contains(hidden) && !mail.html.contains(hidden), "{hidden}");
    }
    // Agents by their first names, as in the chat.
    assert!(!mail.text.contains("Insider"));
    let told = house.agent().await.opens(&conversation).await;
    assert!(told.to_string().contains("z…@customer.example"));
}

/// security row 36: a link in a mail leads to the configured address, whatever name somebody calls us by.
#[tokio::test]
async fn an_invitation_goes_by_mail_to_the_configured_address_security_36() {
    let house = House::with_mailbox(Options::default().set("BASE_URL", BASE)).await;
    let olga = house.agent().await;
    let new = json!({ "email": "ada@house.example", "first_name": "Ada", "role": "agent" });
    let answer = olga.post("/agents").json(new).await.ok();
    assert_eq!(answer["mailed"], true);
    let token = house.words("SELECT json_extract(payload, '$.token') FROM jobs WHERE kind = 'link_mail'");
    assert_eq!(text_at(&answer, "link"), format!("{BASE}/desk#invite={token}"));
    let letter = house.desk().link_letter(&token, Some(BASE)).await.unwrap().expect("a letter");
    let mail = house.desk().rendered(&letter).await.unwrap();
    assert!(mail.text.contains(&format!("{BASE}/desk#invite={token}")) && mail.text.starts_with("Hello Ada,"), "{}", mail.text);
    assert!(mail.subject.contains("Olga"), "{}", mail.subject);
    assert!(house.desk().link_letter(&token, None).await.is_err(), "without an address there is no link");
    // A second link makes the first one void, and its mail is not sent any more.
    let uuid = text_at(&answer, "agent/uuid");
    assert_eq!(olga.post(&format!("/agents/{uuid}/invitation")).json(json!({})).await.ok()["mailed"], true);
    assert!(house.desk().link_letter(&token, Some(BASE)).await.unwrap().is_none());
    assert_eq!(house.owed("link_mail"), 1);
}

#[tokio::test]
async fn without_a_mailbox_or_an_address_the_link_is_shown_and_not_mailed() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let new = |name: &str| json!({ "email": format!("{name}@house.example"), "first_name": name, "role": "agent" });
    assert_eq!(olga.post("/agents").json(new("ada")).await.ok()["mailed"], false);
    house.gets_a_mailbox().await;
    assert_eq!(olga.post("/agents").json(new("bob")).await.ok()["mailed"], false);
    assert_eq!(house.owed("link_mail"), 0);
}

/// A forgotten password: the same answer for everybody, a link for who is there, and an end to it.
#[tokio::test]
async fn a_forgotten_password_tells_nobody_who_works_here() {
    let house = House::with_mailbox(Options::default().set("BASE_URL", BASE)).await;
    house.hire("ada", Role::Agent).await;
    let forgets = |email: &str| house.post("/api/desk/password/forgotten").json(json!({ "email": email }));
    let (known, unknown, nonsense) = (forgets("ada@house.example").await, forgets("eve@house.example").await, forgets("no address").await);
    for answer in [&known, &unknown, &nonsense] {
        assert_eq!((answer.status, answer.text()), (202, String::new()));
    }
    house.until("the errands to be done", |_| house.owed("forgotten") == 0 && house.owed("link_mail") == 1).await;
    let token = house.words("SELECT json_extract(payload, '$.token') FROM jobs WHERE kind = 'link_mail'");
    let letter = house.desk().link_letter(&token, Some(BASE)).await.unwrap().expect("a letter");
    assert_eq!(letter.to.address, "ada@house.example");
    let mail = house.desk().rendered(&letter).await.unwrap();
    assert!(mail.text.contains(&format!("{BASE}/desk#reset={token}")), "{}", mail.text);
    assert_eq!(house.post("/api/desk/invitation").json(json!({ "token": token })).await.json()["purpose"], "reset");
    // Nobody is written to without end.
    forgets("ada@house.example").await;
    forgets("ada@house.example").await;
    assert_eq!(forgets("ada@house.example").await.status, 429);
    // What other sites send does nothing.
    let foreign =
        house.post("/api/desk/password/forgotten").header("origin", "https://evil.example").json(json!({ "email": "x@y.example" }));
    assert_eq!(foreign.await.status, 403);
}

#[tokio::test]
async fn who_may_not_log_in_gets_no_new_password() {
    let house = House::with_mailbox(Options::default().set("BASE_URL", BASE)).await;
    let ada = house.hire("ada", Role::Agent).await;
    house.agent().await.put(&format!("/agents/{ada}")).json(json!({ "suspended": true })).await.ok();
    house.post("/api/desk/password/forgotten").json(json!({ "email": "ada@house.example" })).await;
    house.until("the errand to be done", |_| house.owed("forgotten") == 0).await;
    assert_eq!(house.owed("link_mail"), 0);
}

/// One mail for all unread notices, after the agent's own minutes, never twice the same, and not at night.
#[tokio::test]
async fn unread_notices_come_in_one_mail_and_not_at_night() {
    let house = House::with_mailbox(Options::default()).await;
    house.until_monday("08:00").await;
    let olga = house.agent().await;
    let ada = house.agent_named("ada", Role::Agent).await;
    ada.put("/me/prefs").json(json!({ "mail_after_min": 30 })).await.ok();
    let uuid = text_at(&ada.get("/session").await.ok(), "agent/uuid");
    let id = house.count(&format!("SELECT id FROM agents WHERE uuid = '{uuid}'"));
    let mut said = Vec::new();
    for words in ["first question", "second question"] {
        let visitor = house.visitor();
        visitor.says(words).await;
        olga.assigns(&visitor.conversation(), Some(&uuid)).await;
        said.push(visitor.conversation());
    }
    assert_eq!(house.owed("notice_mail"), 1);
    let owed = house.desk().notices_letter(id, Some(BASE)).await.unwrap().expect("a letter");
    let mail = house.desk().rendered(&owed.letter).await.unwrap();
    assert!(owed.notices.len() >= 2 && mail.text.contains("Olga") && mail.text.contains("gave you a conversation"), "{}", mail.text);
    assert_eq!(owed.letter.link.as_deref(), Some("https://chat.example.com/desk"));
    house.desk().notices_mailed(id, owed.notices).await.unwrap();
    assert!(house.desk().notices_letter(id, None).await.unwrap().is_none(), "told once");
    // Another one at night waits for the morning.
    let visitor = house.visitor();
    visitor.says("third question").await;
    olga.assigns(&visitor.conversation(), Some(&uuid)).await;
    ada.put("/me/prefs").json(json!({ "mail_after_min": 30, "quiet": { "from": "07:00", "to": "10:00", "time_zone": "UTC" } })).await.ok();
    assert!(house.desk().notices_letter(id, None).await.unwrap().is_none());
    assert_eq!(house.owed("notice_mail"), 1);
    ada.put("/me/prefs").json(json!({ "mail_after_min": 30 })).await.ok();
    assert!(house.desk().notices_letter(id, None).await.unwrap().is_some());
    // What was read meanwhile is told to nobody.
    ada.put("/notices/read").json(json!({ "all": true })).await;
    assert!(house.desk().notices_letter(id, None).await.unwrap().is_none());
}

/// row 233: who does not see the question in the chat gets it by mail, once the house wants that.
#[tokio::test]
async fn the_question_how_it_was_goes_by_mail_to_who_is_gone_row_233() {
    let house = House::with_mailbox(Options::default().set("BASE_URL", BASE)).await;
    house.configure(json!({ "csat_enabled": true })).await;
    let olga = house.agent().await;
    let begins = async |name: &str| {
        let visitor = house.signed_in(name).await;
        visitor.says("hi").await;
        olga.replies(&visitor.conversation(), "hello").await;
        visitor
    };
    let zoe = begins("zoe").await;
    olga.sets_status(&zoe.conversation(), "resolved").await;
    assert_eq!(house.owed("survey_mail"), 0, "the inbox does not want it");
    house.configure(json!({ "csat_mail": true })).await;
    let (yan, joe) = (begins("yan").await, begins("joe").await);
    for visitor in [&yan, &joe] {
        olga.sets_status(&visitor.conversation(), "resolved").await;
    }
    joe.has_seen_everything().await;
    assert_eq!(house.owed("survey_mail"), 2);
    let letter = async |visitor: &Visitor, asked| {
        house.desk().survey_letter(house.number(&visitor.conversation()), asked, Some(BASE)).await.unwrap()
    };
    assert!(letter(&yan, false).await.is_none(), "he sits in front of it");
    let topic = yan.contact(&house).await;
    yan.loses_the_line();
    house.later(minutes(2)).await;
    house.until("yan to be gone", |desk| !desk.presence.is_present(topic)).await;
    let owed = letter(&yan, false).await.expect("a letter");
    let survey = house.words(&format!("SELECT uuid FROM surveys WHERE conversation_id = {}", house.number(&yan.conversation())));
    assert_eq!((owed.link.clone(), owed.to.address.as_str()), (Some(format!("{BASE}/csat/{survey}")), "yan@customer.example"));
    assert!(house.desk().rendered(&owed).await.unwrap().text.contains("Rate the conversation:\n"));
    assert!(letter(&joe, false).await.is_none(), "he sees it in the chat");
    assert!(letter(&joe, true).await.is_some(), "an agent wants it");
    house.post(&format!("/api/v1/csat/{survey}/response")).json(json!({ "rating": 5 })).await;
    assert!(letter(&yan, true).await.is_none(), "answered");
    // By hand.
    let answer = olga.post(&format!("/conversations/{}/survey", zoe.conversation())).json(json!({ "mail": true })).await.ok();
    assert_eq!(answer["mailed"], true);
    let nobody = house.visitor();
    nobody.says("hi").await;
    assert_eq!(olga.post(&format!("/conversations/{}/survey", nobody.conversation())).json(json!({ "mail": true })).await.status, 400);
}

/// rows 175 to 177: one place for the words of all mails, a choice of them per inbox, and the stock ones back at any time.
#[tokio::test]
async fn words_of_mails_are_changed_looked_at_chosen_and_taken_back_row_177() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let all = olga.get("/mail/templates").await.ok();
    assert_eq!(list_at(&all, "kinds").len(), 10);
    let words = |name: &str, locale: &str, subject: &str| json!({ "kind": "transcript", "name": name, "locale": locale, "subject": subject, "body": "Hi {{first_name|you}}!\n\n{{messages}}\n\nBye **{{brand}}**" });
    for (name, locale, subject) in [("", "", "All of it, {{brand}}"), ("", "de", "Alles"), ("Formal", "", "Dear customer")] {
        olga.put("/mail/templates").json(words(name, locale, subject)).await.ok();
    }
    let zoe = house.signed_in("zoe").await;
    zoe.says("a *real* question <script>").await;
    let number = house.number(&zoe.conversation());
    let mail = async |locale: &str| {
        let letter = house.desk().transcript_letter(number, "zoe@customer.example", locale, None).await.unwrap().expect("a letter");
        house.desk().rendered(&letter).await.unwrap()
    };
    assert_eq!(mail("de-AT").await.subject, "Alles");
    let french = mail("fr").await;
    assert!(french.subject.starts_with("All of it, ") && french.text.starts_with("Hi Zoe!\n"), "{}", french.text);
    // row 176
    house.configure(json!({ "continuity": { "templates": { "transcript": "Formal" } } })).await;
    assert_eq!(mail("fr").await.subject, "Dear customer");
    // With real data, before it is kept; nothing of it runs.
    let shown = olga.post("/mail/templates/preview").json(words("", "en", "{{brand}} <b>")).await.ok();
    assert_eq!(shown["real"], true);
    assert!(text_at(&shown, "html").contains("a *real* question") || text_at(&shown, "text").contains("real"), "{shown}");
    assert!(!text_at(&shown, "html").contains("<script"));
    let made_up = olga.post("/mail/templates/preview").json(merged(words("", "", "x"), json!({ "example": true }))).await.ok();
    assert!(made_up["real"] == false && !text_at(&made_up, "text").contains("question <"));
    // What nobody could fill is refused, where it stands.
    for (field, body) in [
        ("body", json!({ "body": "{{system('id')}}\n{{messages}}" })),
        ("subject", json!({ "subject": "{{code}}" })),
        ("body", json!({ "body": "no messages" })),
        ("locale", json!({ "locale": "../x" })),
        ("kind", json!({ "kind": "x" })),
    ] {
        let refused = olga.put("/mail/templates").json(merged(words("", "", "x"), body)).await;
        assert_eq!((refused.status, text_at(&refused.json(), "error/field").as_str()), (400, field));
    }
    // Back to the stock words.
    let formal = list_at(&olga.get("/mail/templates").await.ok(), "templates").into_iter().find(|one| one["name"] == "Formal").unwrap();
    olga.delete(&format!("/mail/templates/{}", text_at(&formal, "uuid"))).await.ok();
    assert_eq!(mail("de").await.subject, "Alles", "a name that is gone is no name");
    assert_eq!(olga.delete(&format!("/mail/templates/{}", text_at(&formal, "uuid"))).await.status, 404);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'template.edited'"), 3);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'template.deleted'"), 1);
    let ada = house.agent_named("ada", Role::Agent).await;
    assert_eq!(ada.get("/mail/templates").await.status, 403);
}

/// The widget's first open carries no word of any mail.
#[tokio::test]
async fn no_word_of_a_mail_goes_to_a_visitors_browser() {
    let house = House::boot().await;
    let words = house.get("/api/v1/lang/en").await.text();
    assert!(words.contains("w.send") && !words.contains("to_contact") && !words.contains("{{brand}}"));
}

fn merged(mut value: Value, with: Value) -> Value {
    for (key, one) in with.as_object().unwrap() {
        value[key] = one.clone();
    }
    value
}
