//! What is owed by mail arrives, once: through real servers, and in spite of broken ones (rows 32, 34 of security; checklist 44, 191).

use crate::support::mail::pause;
use crate::support::*;
use deskbell::base::id::Uuid;
use deskbell::desk::incoming::Placed;
use deskbell::mail::compose::Party;
use deskbell::mail::inbound::{Body, Received};
use std::collections::HashSet;

const ADDRESS: &str = "chat@shop.example";

impl House {
    /// A house that trusts this authority, and perhaps, and whose visitors prove who they are by a code.
    async fn with_codes(ca_file: Option<std::path::PathBuf>) -> House {
        let ca_file = ca_file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        let house = House::boot_with(Options::default().patient().set("CA_FILE", &ca_file)).await;
        house.shared.keep_secret(MAIL_PASSWORD);
        house.configure(json!({ "access": "identify" })).await;
        house
    }

    /// The mailbox of the house; its uuid.
    async fn has_mailbox(&self, smtp: Value) -> String {
        let config = json!({ "address": ADDRESS, "from_name": "Shop", "smtp": smtp, "cap_hour": 60, "cap_day": 200 });
        let body = json!({ "name": "Post", "config": config, "smtp_password": MAIL_PASSWORD });
        text_at(&self.agent().await.post("/mailboxes").json(body).await.ok(), "uuid")
    }

    /// Somebody new asks for a code; his browser, and the ticket of his claim.
    async fn asks_for_a_code(&self, email: &str) -> (Visitor, String) {
        let visitor = self.visitor();
        let data = visitor.post("/chat/auth/identify").json(json!({ "name": "Zoë", "email": email })).await.data();
        let ticket = text_at(&data, "ticket");
        self.shared.keep_secret(&ticket);
        (visitor, ticket)
    }

    /// Waits until nothing is due and nobody works.
    async fn settles(&self) {
        in_time("the outbox to settle", async {
            loop {
                let now = self.clock.now();
                let due = format!("SELECT count(*) FROM jobs WHERE buried_at IS NULL AND (run_at <= {now} OR leased_until > {now})");
                if self.count(&due) == 0 {
                    return;
                }
                pause().await;
            }
        })
        .await;
    }

    fn word(&self, sql: &str) -> String {
        let file = rusqlite::Connection::open(self.file_path()).expect("the file opens");
        file.query_row(sql, [], |row| row.get(0)).expect("a text")
    }

    /// Mail from outside, which begins a conversation in the mailbox.
    async fn is_written_to(&self, mailbox: &str, from: &str, words: &str) -> String {
        let mailbox = self.desk().mailbox(Uuid::parse(mailbox).expect("a uuid")).await.expect("a mailbox");
        let received = Received {
            message_id: format!("{}@customer.example", Uuid::new()),
            from: Party { name: "Anna".into(), address: from.into() },
            subject: "My order".into(),
            recipients: vec![ADDRESS.into()],
            body: Body { text: words.into(), ..Body::default() },
            ..Received::default()
        };
        match self.desk().receive_mail(&mailbox, received).await.expect("the mail is taken") {
            Placed::Message(conversation, _) => conversation.to_string(),
            other => panic!("no message: {other:?}"),
        }
    }
}

/// The six digits of a mail.
fn code_in(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_digit());
    words.filter(|word| word.len() == 6).map(str::to_owned).next().unwrap_or_else(|| panic!("no code in {text}"))
}

/// row 191: a claim whose row number was another's before, long forgotten, gets its own code.
#[tokio::test]
async fn a_code_is_not_taken_for_one_that_was_sent_before() {
    let server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    house.has_mailbox(server.smtp()).await;
    house.asks_for_a_code("anna@customer.example").await;
    server.gets(1).await;
    house.settles().await;
    // As the housekeeping does after an hour.
    let file = rusqlite::Connection::open(house.file_path()).expect("the file opens");
    file.execute("DELETE FROM verifications", []).expect("they are forgotten");
    house.later(hours(2)).await;
    house.asks_for_a_code("ben@customer.example").await;
    assert_eq!(house.count("SELECT id FROM verifications"), 1, "the same number again");
    assert_eq!(server.gets(2).await.len(), 2);
}

/// rows 45, 191: six digits reach a box by TLS and by STARTTLS, and are good; a server that restarts meanwhile is called anew.
#[tokio::test]
async fn a_code_goes_through_real_servers() {
    let mut mail = MailServer::boot().await;
    for security in ["tls", "starttls"] {
        let house = House::with_codes(Some(mail.ca_file())).await;
        house.has_mailbox(mail.smtp(security, ADDRESS)).await;
        for (round, name) in ["anna", "ben", "carla"].iter().enumerate() {
            let address = format!("{name}.{security}@customer.example");
            let (visitor, ticket) = house.asks_for_a_code(&address).await;
            let got = mail.gets(&address, "").await;
            got.is_well_made();
            assert_eq!((got.header("Auto-Submitted").as_str(), got.header("X-Auto-Response-Suppress").as_str()), ("auto-generated", "All"));
            assert_eq!(got.header("From"), "\"Shop\" <chat@shop.example>");
            assert!(!got.html().is_empty());
            let code = code_in(&got.text());
            house.shared.keep_secret(&code);
            let session = visitor.post("/chat/auth/identify/code").json(json!({ "ticket": ticket, "code": code })).await.data();
            assert!(!text_at(&session, "session_token").is_empty());
            house.settles().await;
            assert_eq!(house.count("SELECT count(*) FROM jobs"), 0);
            if round == 1 {
                // In the middle of a talk: the line that was kept is dead.
                mail.stops().await;
                mail.starts().await;
            }
        }
        assert_eq!(house.count("SELECT count(*) FROM mails WHERE state = 'sent' AND subject = ''"), 3);
        // The second went by the line of the first.
        let sessions = mail.log().matches("sasl_username=chat@shop.example").count();
        assert!(sessions > 0, "{}", mail.log());
    }
}

/// Whatever goes wrong for now, the mail arrives; where the receipt was lost, twice under one Message-ID, so that readers see it once.
#[tokio::test]
async fn a_mail_arrives_in_spite_of_every_failure_for_now() {
    let server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    house.has_mailbox(server.smtp()).await;
    let faults = [
        (Fault::Greeting("421 4.3.2 too busy"), 1),
        (Fault::Sender("451 4.3.0 later"), 1),
        (Fault::Recipient("451 4.7.1 greylisted, <zoe@customer.example> come again"), 1),
        (Fault::Data("451 4.3.0 later"), 1),
        (Fault::Receipt("452 4.2.2 full"), 1),
        (Fault::CutInData, 1),
        (Fault::LostReceipt, 2),
        (Fault::CutAfter, 1),
    ];
    for (n, (fault, copies)) in faults.into_iter().enumerate() {
        server.next(fault);
        let before = server.got().len();
        house.asks_for_a_code(&format!("zoe{n}@customer.example")).await;
        in_time(&format!("a mail in spite of {fault:?}"), async {
            while house.count("SELECT count(*) FROM jobs WHERE kind = 'verification_mail'") > 0 {
                house.settles().await;
                house.later(seconds(10)).await;
            }
        })
        .await;
        let got = server.got();
        let ids: HashSet<String> = got[before..].iter().map(|mail| mail.message_id()).collect();
        assert_eq!((got.len() - before, ids.len()), (copies, 1), "{fault:?}");
        // The next begins with a fresh line.
        house.later(seconds(1)).await;
    }
    assert_eq!(house.count("SELECT count(*) FROM mail_addresses"), 0);
    let log = house.log();
    assert!(log.contains("The mail server does not take mail for this recipient at the moment (451 4.7.1)."), "{log}");
    assert!(!log.contains("greylisted") && !log.contains("customer.example"), "{log}");
}

/// What is refused for good is given up with its reason, and tried again by one click; a recipient who is not there is marked.
#[tokio::test]
async fn a_refusal_is_told_and_can_be_tried_again() {
    let server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    let mailbox = house.has_mailbox(server.smtp()).await;
    let agent = house.agent().await;
    let buried = |n: i64| {
        let house = &house;
        async move {
            in_time("a job to be given up", async {
                while house.count("SELECT count(*) FROM jobs WHERE buried_at IS NOT NULL") != n {
                    pause().await;
                }
            })
            .await
        }
    };

    // Not a code: that one is gone from the outbox as soon as nobody can use it.
    let ben = house.is_written_to(&mailbox, "ben@customer.example", "Is it there?").await;
    server.next(Fault::Receipt("554 5.7.1 looks like spam"));
    agent.replies(&ben, "It is.").await;
    buried(1).await;
    assert_eq!(house.count("SELECT count(*) FROM mail_addresses"), 0, "the mail was refused, and not its reader");
    let job = house.count("SELECT id FROM jobs");
    let found = agent.get("/problems").await.ok();
    let problem = list_at(&found, "problems").into_iter().find(|problem| problem["job"] == job).expect("the job");
    assert!(
        text_at(&problem, "why").contains("The mail server refuses this mail (554 5.7.1). The server said: looks like spam"),
        "{problem}"
    );
    agent.post(&format!("/problems/jobs/{job}")).await.ok();
    house.settles().await;
    assert_eq!(server.gets(1).await.len(), 1);

    let zoe = house.is_written_to(&mailbox, "zoe@customer.example", "And mine?").await;
    server.next(Fault::Recipient("550 5.1.1 <zoe@customer.example>: nobody"));
    agent.replies(&zoe, "Too.").await;
    buried(1).await;
    assert_eq!(house.word("SELECT address FROM mail_addresses WHERE bounced_at IS NOT NULL"), "zoe@customer.example");
    assert_eq!(
        house.word("SELECT last_error FROM jobs"),
        "The mail server does not know this recipient (550 5.1.1). The server said: … nobody"
    );
    // Nobody writes there again by himself.
    agent.replies(&zoe, "It is in your box.").await;
    buried(2).await;
    assert_eq!((server.tries(), server.got().len()), (3, 1));
    assert_eq!(house.word("SELECT last_error FROM jobs ORDER BY id DESC LIMIT 1"), "Mail to this address came back.");
    // By hand, it is tried.
    let job = house.count("SELECT max(id) FROM jobs");
    agent.post(&format!("/problems/jobs/{job}")).await.ok();
    assert_eq!(server.gets(2).await.len(), 2);
    assert!(!house.log().contains("customer.example"));
}

/// While a mailbox fails one mail tries and the others wait; nothing is given up, and all arrive once when it is mended.
#[tokio::test]
async fn a_mailbox_that_is_refused_waits_and_says_so() {
    let server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    let mailbox = house.has_mailbox(json!({ "host": "127.0.0.1", "port": server.port, "security": "none", "user": "chat" })).await;
    let agent = house.agent().await;
    server.always(Some(Fault::Login("535 5.7.8 no")));
    for n in 0..5 {
        house.asks_for_a_code(&format!("zoe{n}@customer.example")).await;
    }
    house.settles().await;
    for _ in 0..3 {
        house.later(seconds(45)).await;
        house.settles().await;
    }
    // Five mails and four occasions; after pauses of 5, 10, 20, 40 and 80 seconds one tries.
    assert!((1..=6).contains(&server.connections()), "{} tries", server.connections());
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE buried_at IS NOT NULL"), 0);
    let all = agent.get("/mailboxes").await.ok();
    let outgoing = &list_at(&all, "mailboxes")[0]["outgoing"];
    assert_eq!(outgoing["error"], "The mail server does not accept the user name or the password (535 5.7.8). The server said: no");
    assert!(outgoing["failing_since"].is_i64(), "{outgoing}");

    // The password is mended.
    server.always(None);
    agent.put(&format!("/mailboxes/{mailbox}")).json(json!({ "smtp_password": MAIL_PASSWORD })).await.ok();
    house.later(minutes(2)).await;
    server.gets(5).await;
    house.settles().await;
    let to: HashSet<String> = server.envelopes().into_iter().map(|(_, to)| to).collect();
    assert_eq!((server.got().len(), to.len()), (5, 5));
    let all = agent.get("/mailboxes").await.ok();
    assert_eq!(list_at(&all, "mailboxes")[0]["outgoing"]["failing_since"], Value::Null);
}

/// A mail server that is down for a day loses nothing and sees no flood when it is back.
#[tokio::test]
async fn a_day_without_a_mail_server_loses_nothing_and_ends_without_a_flood() {
    const MAILS: usize = 70;
    let mut server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    let mailbox = house.has_mailbox(server.smtp()).await;
    let agent = house.agent().await;
    let mut conversations = Vec::new();
    for n in 0..2 {
        conversations.push(house.is_written_to(&mailbox, &format!("anna{n}@customer.example"), "Where is it?").await);
    }
    server.stops().await;
    for n in 0..MAILS {
        agent.replies(&conversations[n % 2], &format!("Answer number {n}")).await;
    }
    house.settles().await;
    for _ in 0..24 {
        house.later(hours(1)).await;
        house.settles().await;
    }
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'reply_mail' AND buried_at IS NULL"), MAILS as i64);
    server.starts().await;
    // In steps of a second, as time goes: never more than sixty in a minute.
    let mut left: Vec<(i64, usize)> = Vec::new();
    house.later(minutes(16)).await;
    for _ in 0..150 {
        house.settles().await;
        left.push((house.clock.now(), server.got().len()));
        if server.got().len() == MAILS {
            break;
        }
        house.later(seconds(2)).await;
    }
    assert_eq!(server.got().len(), MAILS, "{left:?}");
    for (at, count) in &left {
        let before = left.iter().rfind(|(earlier, _)| *earlier <= at - 60_000).map_or(0, |(_, count)| *count);
        assert!(count - before <= 64, "{} mails in a minute and a moment", count - before);
    }
    let ids: HashSet<String> = server.got().iter().map(Mail::message_id).collect();
    assert_eq!(ids.len(), MAILS, "each once");
    let texts: String = server.got().iter().map(Mail::text).collect();
    for n in 0..MAILS {
        assert!(texts.contains(&format!("Answer number {n}")), "answer {n}");
    }
    // An agent's own words are no automatic mail, and they stand in the reader's thread.
    let one = &server.got()[0];
    assert_eq!(one.header("Auto-Submitted"), "");
    assert!(!one.header("In-Reply-To").is_empty() && !one.header("X-Deskbell-Loop").is_empty(), "{}", String::from_utf8_lossy(&one.raw));
}

/// security 34: no address gets more than its mailbox allows, whatever asks for it.
#[tokio::test]
async fn an_address_gets_so_many_mails_and_no_more() {
    let server = FaultServer::boot().await;
    let house = House::with_codes(None).await;
    let mailbox = house.has_mailbox(server.smtp()).await;
    let agent = house.agent().await;
    agent.put(&format!("/mailboxes/{mailbox}")).json(json!({ "config": { "cap_hour": 2, "cap_day": 3 } })).await.ok();
    let conversation = house.is_written_to(&mailbox, "anna@customer.example", "Where is it?").await;
    for n in 0..5 {
        agent.replies(&conversation, &format!("Answer {n}")).await;
    }
    house.settles().await;
    assert_eq!(server.got().len(), 2);
    assert_eq!(house.word("SELECT DISTINCT last_error FROM jobs WHERE kind = 'reply_mail'"), "Very many mails went to this address.");
    house.later(hours(1) + seconds(2)).await;
    house.settles().await;
    assert_eq!(server.got().len(), 3);
    for _ in 0..3 {
        house.later(hours(12)).await;
        house.settles().await;
    }
    assert_eq!(server.got().len(), 5);
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'reply_mail'"), 0);
}
