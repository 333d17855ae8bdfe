//! A person is forgotten: everywhere the house keeps anything, proven on the bytes of the file (security 52, unique 7).

use crate::support::*;
use deskbell::base::id::Uuid;
use deskbell::mail::compose::Party;
use deskbell::mail::inbound::{Body, Bounce, Nature, Received};
use deskbell::model::agent::Role;
use deskbell::model::mailbox::MailboxConfig;

/// A word that stands nowhere by chance: the door it came through, and a tail nobody types.
pub(super) fn marked(door: &str) -> String {
    format!("zqx{door}kvw")
}

/// The bytes of the file and of what lies beside it. Read by another program: a file that this one opens and closes loses its locks.
fn bytes(house: &House) -> Vec<(&'static str, Vec<u8>)> {
    ["", "-wal", "-shm"]
        .into_iter()
        .map(|suffix| {
            let path = format!("{}{suffix}", house.file_path().display());
            (suffix, std::process::Command::new("cat").arg(path).output().expect("cat runs").stdout)
        })
        .collect()
}

/// Which of these words stand anywhere in the file, its WAL or the memory file of the WAL, in whatever case.
pub(super) fn found(house: &House, words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for (suffix, bytes) in bytes(house) {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        found.extend(words.iter().filter(|word| text.contains(word.as_str())).map(|word| format!("{word} in the file{suffix}")));
    }
    found
}

impl House {
    /// Others, so that the person is not alone on her pages; enough of them that pages are split and rebuilt.
    async fn crowd(&self, count: usize) {
        let inbox = self.inbox.clone();
        self.desk()
            .store
            .write(move |tx| {
                use deskbell::store::{contacts, conversations, inboxes};
                let inbox = inboxes::find(tx, deskbell::base::id::Uuid::parse(&inbox).unwrap())?.unwrap().id;
                for n in 0..count {
                    let contact = contacts::insert(tx, deskbell::model::contact::ContactKind::Visitor, &format!("Other {n}"), "Person")?;
                    let mut other = contacts::contact(tx, contact)?;
                    // In no order, so that the index of addresses is rebuilt here and there.
                    other.email = Some(format!("{:08x}{}@elsewhere.example", (n as u32).wrapping_mul(2_654_435_761), "y".repeat(n % 90)));
                    contacts::update(tx, &other)?;
                    conversations::insert(tx, &conversations::NewConversation::chat(inbox, contact))?;
                }
                Ok(())
            })
            .await
            .expect("a crowd");
    }
}

/// Everything one person can leave in this house, each word unmistakable. Answers the words, the conversation and the contact.
async fn leaves_traces(house: &House, agent: &Agent, visitor: &Visitor) -> (Vec<String>, String, String) {
    let mut words = Vec::new();
    let mut mark = |door: &str| {
        words.push(marked(door));
        marked(door)
    };
    // Who she is, by a signed token.
    let claims = json!({
        "external_user_id": mark("key"), "email": format!("{}@customer.example", mark("mail")), "first_name": mark("first"),
        "last_name": mark("last"), "contact_custom_attributes": { "plan": mark("attribute") }, "exp": house.clock.now() / 1000 + 600,
    });
    visitor.hold(&text_at(&house.exchange(&house.sign(&claims)).await, "session_token"));
    visitor.call("PUT", "/chat/auth/me").json(json!({ "variables": { "basket": mark("variable") } })).await.data();
    // What she said, sent, answered, agreed to, and looked at.
    let form = json!({ "order": mark("answer") });
    let consent =
        json!({ "message": format!("hello, it is about {}", mark("message")), "form_data": form, "consent": true, "locale": "en" });
    visitor.starts_with(consent).await;
    let conversation = visitor.conversation();
    let long: Vec<u8> = format!("{} ", mark("content")).repeat(9000).into_bytes();
    visitor.sends(&[(&format!("{}.txt", mark("filename")), &long)]).await;
    visitor.visits(&format!("https://shop.example/{}", mark("page")), &mark("title")).await;
    agent.sees_frame("pages", "the page", |data| data["pages"][0]["title"] == marked("title")).await;
    house.desk().flush_pages().await.unwrap();
    let report = json!({ "kind": "bug", "message": mark("report"), "page_url": format!("https://shop.example/{}", mark("reporturl")), "page_title": mark("reporttitle") });
    visitor.post("/chat/reports").json(report).await.data();
    // What was said to her and about her.
    agent.replies(&conversation, &format!("our answer **{}**", mark("reply"))).await;
    agent.notes(&conversation, &mark("note")).await;
    agent.uploads(&conversation, &[(&format!("{}.txt", mark("draftfile")), mark("draftbytes").as_bytes())]).await;
    agent.edits_contact_of(&conversation, json!({ "note": mark("contactnote"), "phone": mark("phone") })).await;
    // A name she no longer has.
    agent.edits_contact_of(&conversation, json!({ "first_name": mark("oldname") })).await;
    agent.edits_contact_of(&conversation, json!({ "first_name": marked("first") })).await;
    agent.searches(&marked("message")).await;
    // What she asked for and what she thought of it.
    visitor.post(&format!("/chat/conversations/{conversation}/transcript")).json(json!({})).await.data();
    agent.sets_status(&conversation, "resolved").await;
    let asked = visitor.socket().hears("the question", |frame| frame["data"]["meta"]["is_csat"] == true).await;
    let survey = text_at(&asked, "data/meta/csat_uuid");
    house.post(&format!("/api/v1/csat/{survey}/response")).json(json!({ "rating": 2, "feedback": mark("feedback") })).await.data();
    let contact = text_at(&agent.opens(&conversation).await, "contact/uuid");
    (words, conversation, contact)
}

async fn furnished() -> House {
    let house = House::boot_with(Options::default().patient()).await;
    house
        .configure(json!({
            "tiles": { "bug": true }, "csat_enabled": true, "privacy": { "page_visits": "always" },
            "consent": { "enabled": true, "text": "I agree", "link_text": "", "link_url": "" },
            "prechat_form": { "enabled": true, "fields": [{ "key": "order", "type": "text", "label": "Order", "enabled": true }] },
        }))
        .await;
    house
}

#[tokio::test]
async fn after_an_erasure_not_one_of_her_words_is_left_in_the_file() {
    let house = furnished().await;
    house.crowd(400).await;
    let (agent, zoe, ali) = (house.agent().await, house.visitor(), house.visitor());
    let (words, conversation, contact) = leaves_traces(&house, &agent, &zoe).await;
    house.crowd(400).await;
    ali.starts_with(json!({ "message": "I stay", "form_data": { "order": "staying" }, "consent": true, "locale": "en" })).await;
    assert_eq!(
        words.iter().filter(|word| found(&house, &[(*word).clone()]).is_empty()).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "all of it is there before"
    );
    // It names what will go, and goes only by name.
    let would = agent.get(&format!("/contacts/{contact}/erase")).await.ok();
    assert_eq!((&would["belongings"]["conversations"], &would["belongings"]["files"]), (&json!(2), &json!(2)));
    let erase = format!("/contacts/{contact}/erase");
    assert_eq!(agent.post(&erase).json(json!({ "confirm": "Ali" })).await.denied(400)["field"], "confirm");
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.post(&erase).json(json!({ "confirm": would["email"] })).await.denied(403);
    agent.post(&erase).json(json!({ "confirm": text_at(&would, "email").to_uppercase() })).await.ok();
    // Everybody hears of it; she is out.
    ben.socket
        .hears("her conversation is gone", |frame| frame["type"] == "conversation_gone" && frame["data"]["uuid"] == conversation.as_str())
        .await;
    ben.socket.hears("she is gone", |frame| frame["type"] == "contact_gone" && frame["data"]["uuid"] == contact.as_str()).await;
    zoe.is_shut_out().await;
    agent.get(&format!("/conversations/{conversation}")).await.denied(404);
    agent.post(&erase).json(json!({ "confirm": "zoe" })).await.denied(404);
    assert_eq!(agent.searches(&marked("message")).await["results"], json!([]));
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    assert_eq!(found(&house, &words), Vec::<String>::new());
    // Others are whole, the index agrees with its table, and nothing hangs in the air.
    assert_eq!(ali.texts().await, ["I stay"]);
    assert_eq!(agent.searches("stay").await["results"].as_array().map(Vec::len), Some(1));
    for check in ["messages_fts", "contacts_fts"] {
        rusqlite::Connection::open(house.file_path())
            .unwrap()
            .execute(&format!("INSERT INTO {check} ({check}, rank) VALUES ('integrity-check', 1)"), [])
            .unwrap();
    }
    assert_eq!(house.count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'contact.erased' AND subject = '' AND detail = '{}'"), 1);
    assert_eq!(house.count("SELECT count(*) FROM blobs"), 0);
    // Whoever was away is told to look at everything again, once.
    assert_eq!(agent.get("/changes?after=1").await.ok()["reload"], true);
    let seq = agent.get("/changes?after=1").await.ok()["seq"].clone();
    assert_eq!(agent.get(&format!("/changes?after={seq}")).await.ok()["reload"], false);
    // A backup made now and a restart know nothing either.
    let house = house.restarts(Options::default().patient()).await;
    assert_eq!(found(&house, &words), Vec::<String>::new());
    let backup = house.file_path().with_file_name("backup.db");
    deskbell::store::backup::copy_file(&house.file_path(), &backup).unwrap();
    let copied = String::from_utf8_lossy(&std::fs::read(&backup).unwrap()).to_lowercase();
    assert!(words.iter().all(|word| !copied.contains(word.as_str())));
}

/// The entries of an archive, by its directory.
fn unpacked(archive: &[u8]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let number = |at: usize, size: usize| archive[at..at + size].iter().rev().fold(0usize, |n, byte| n << 8 | usize::from(*byte));
    let end = archive.len() - 22;
    assert_eq!(number(end, 4), 0x0605_4b50, "the archive is whole");
    let mut at = number(end + 16, 4);
    let mut entries = std::collections::BTreeMap::new();
    for _ in 0..number(end + 10, 2) {
        let (size, name) = (number(at + 24, 4), number(at + 28, 2));
        let place = number(at + 46 + name + 4, 8);
        let data = place + 30 + name;
        let name = String::from_utf8(archive[at + 46..at + 46 + name].to_vec()).expect("a name");
        at += 46 + name.len() + number(at + 30, 2);
        assert!(entries.insert(name, archive[data..data + size].to_vec()).is_none(), "no name twice");
    }
    entries
}

#[tokio::test]
async fn a_person_gets_everything_that_is_known_of_them_as_one_archive() {
    let house = furnished().await;
    let (agent, zoe, ali) = (house.agent().await, house.visitor(), house.visitor());
    ali.starts_with(json!({ "message": "the words of somebody else", "form_data": { "order": "1" }, "consent": true, "locale": "en" }))
        .await;
    let (words, conversation, contact) = leaves_traces(&house, &agent, &zoe).await;
    let path = format!("/contacts/{contact}/export");
    let answer = agent.get(&path).await;
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment"));
    let entries = unpacked(&answer.body);
    let all: Vec<u8> = entries.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes].concat()).collect();
    let all = String::from_utf8_lossy(&all).to_lowercase();
    // Everything but what was never sent, and the name she no longer has.
    let missing: Vec<&String> = words.iter().filter(|word| !all.contains(word.as_str())).collect();
    assert_eq!(missing, [&marked("draftfile"), &marked("draftbytes"), &marked("oldname")]);
    assert!(!all.contains("somebody else"));
    let person: Value = serde_json::from_slice(&entries["person.json"]).unwrap();
    assert_eq!((&person["consents"][0]["text"], &person["identities"][0]["key"]), (&json!("I agree"), &json!(marked("key"))));
    let told: Value = entries
        .iter()
        .filter(|(name, _)| name.ends_with(".json"))
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
        .find(|told: &Value| told["id"] == conversation.as_str())
        .expect("her conversation");
    let messages = told["messages"].as_array().unwrap();
    let file = text_at(messages.iter().find(|message| message["files"] != json!([])).expect("the file"), "files/0/path");
    assert_eq!(entries[&file].len(), 9000 * (marked("content").len() + 1));
    assert_eq!(told["survey"]["feedback"], marked("feedback"));
    // The readable pages lead to each other and to the file, and run nothing.
    let index = String::from_utf8(entries["index.html"].clone()).unwrap();
    let link = format!("conversations/{}.html", told["number"]);
    assert!(index.contains(&link) && !index.contains("<script"));
    assert!(String::from_utf8_lossy(&entries[&link]).contains(&format!("../{file}")));
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.get(&path).await.denied(403);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'contact.exported'"), 1);
}

/// Somebody who only ever wrote mails: the archive has them with what was quoted and signed, and after the erasure the file has nothing, the
/// address she had before included.
#[tokio::test]
async fn what_went_by_mail_is_handed_out_and_forgotten() {
    let house = House::boot_with(Options::default().patient()).await;
    house.crowd(100).await;
    let agent = house.agent().await;
    let config = MailboxConfig { address: "help@shop.example".into(), ..MailboxConfig::default() };
    let mailbox = house.desk().store.write(move |tx| deskbell::store::mailboxes::insert(tx, "Mail", true, &config)).await.unwrap();
    let mut words = Vec::new();
    let mut mark = |door: &str| {
        words.push(marked(door));
        marked(door)
    };
    let address = format!("{}@customer.example", mark("address"));
    let letter = |from: &str, text: String| Received {
        message_id: format!("{}@customer.example", Uuid::new()),
        from: Party { name: marked("name"), address: from.into() },
        recipients: vec!["help@shop.example".into()],
        subject: marked("subject"),
        body: Body { text, quoted: format!("> {}", marked("quoted")), signature: marked("signature") },
        ..Received::default()
    };
    let written = letter(&address, mark("said"));
    for door in ["name", "subject", "quoted", "signature"] {
        mark(door);
    }
    house.desk().receive_mail(&mailbox, written).await.unwrap();
    let conversation = text_at(&agent.sees(&marked("said")).await, "conversation/uuid");
    agent.replies(&conversation, &mark("reply")).await;
    // Our answer, as the post writes it down, and how it came back.
    {
        let file = rusqlite::Connection::open(house.file_path()).unwrap();
        file.busy_timeout(Duration::from_secs(5)).unwrap();
        let sql = "INSERT INTO mails (message_id, direction, kind, conversation_id, contact_id, address, subject, state, created_at)
                   SELECT 'ours@shop.example', 'out', 'reply', id, contact_id, ?2, 'Re: ' || subject, 'sent', 0 FROM conversations WHERE uuid = ?1";
        assert_eq!(file.execute(sql, [&conversation, &address]).unwrap(), 1);
    }
    let mut notice = letter("mailer-daemon@elsewhere.example", String::new());
    (notice.nature, notice.subject, notice.body) = (Nature::Bounce, "Undelivered".into(), Body::default());
    notice.bounce = Some(Bounce {
        message_id: "ours@shop.example".into(),
        recipient: address.clone(),
        is_permanent: true,
        reason: format!("550 no {}", mark("reason")),
    });
    house.desk().receive_mail(&mailbox, notice).await.unwrap();
    assert_eq!(house.count("SELECT count(*) FROM mail_addresses WHERE bounced_at IS NOT NULL"), 1);
    let corrected = format!("{}@customer.example", mark("corrected"));
    agent.edits_contact_of(&conversation, json!({ "email": corrected })).await;
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind = 'reply_mail'"), 1, "the answer is still owed");
    let contact = text_at(&agent.opens(&conversation).await, "contact/uuid");

    let entries = unpacked(&agent.get(&format!("/contacts/{contact}/export")).await.body);
    let told = entries.iter().find(|(name, _)| name.starts_with("conversations/") && name.ends_with(".json")).expect("a conversation").1;
    let told: Value = serde_json::from_slice(told).unwrap();
    assert_eq!(told["subject"], marked("subject"));
    let mails = list_at(&told, "mails");
    let seen: Vec<_> = mails.iter().map(|mail| (text_at(mail, "direction"), text_at(mail, "address"), text_at(mail, "state"))).collect();
    let expected = [("in", "received"), ("out", "bounced")].map(|(way, state)| (way.to_owned(), address.clone(), state.to_owned()));
    assert_eq!(seen, expected, "and not the notice of somebody else's server");
    assert_eq!(
        (&told["messages"][0]["quoted"], &told["messages"][0]["signature"]),
        (&json!(format!("> {}", marked("quoted"))), &json!(marked("signature")))
    );
    let page = entries.iter().find(|(name, _)| name.starts_with("conversations/") && name.ends_with(".html")).expect("a page").1;
    let page = String::from_utf8_lossy(page);
    assert!(["quoted", "signature", "subject", "address"].iter().all(|door| page.contains(&marked(door))));

    agent.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": corrected })).await.ok();
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    assert_eq!(found(&house, &words), Vec::<String>::new());
    for empty in ["mails", "mail_rests", "mail_messages", "mail_addresses", "jobs WHERE kind = 'reply_mail'"] {
        assert_eq!(house.count(&format!("SELECT count(*) FROM {empty}")), 0, "{empty}");
    }
}

/// The work of an erasure is done when the file is clean and not before; coming again, it takes nobody who has her number by then.
#[tokio::test]
async fn an_erasure_that_comes_again_takes_nobody_else() {
    let house = House::boot_with(Options::default().patient()).await;
    let agent = house.agent().await;
    let zoe = house.visitor();
    zoe.says("I go").await;
    let contact = text_at(&agent.opens(&zoe.conversation()).await, "contact/uuid");
    let row = house.count("SELECT max(id) FROM contacts");
    agent.edits_contact_of(&zoe.conversation(), json!({ "first_name": "Zoe" })).await;
    agent.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": "zoe" })).await.ok();
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    let ali = house.visitor();
    ali.says("I stay").await;
    assert_eq!(house.count("SELECT max(id) FROM contacts"), row, "a number is given again");
    house.desk().go_on_erasing(row).await.unwrap();
    assert_eq!(ali.texts().await, ["I stay"]);
}
