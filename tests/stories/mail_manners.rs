//! Mail in odd places: forms that say they are machines, forwarders that break a proof, timers and erasure of mail conversations, mailboxes that
//! go away, one mail per colleague and message, and what a certificate lacks.

use super::support::*;
use deskbell::base::id::{AgentId, Uuid};
use deskbell::desk::incoming::Placed;
use deskbell::desk::mail_tags::Side;
use deskbell::mail::inbound::{self, Reading};
use deskbell::model::agent::Role;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const ADDRESS: &str = "help@shop.example";
/// Nothing listens there: what is sent by it waits.
const SILENT: u16 = 1;

/// A mailbox that could send; its uuid.
async fn mailbox(agent: &Agent, address: &str) -> String {
    let smtp = json!({ "host": "127.0.0.1", "port": SILENT, "security": "none" });
    let config = json!({ "address": address, "smtp": smtp, "incoming": { "kind": "deliver" }, "authserv_id": "mx.shop.example" });
    text_at(&agent.post("/mailboxes").json(json!({ "name": address, "enabled": true, "config": config })).await.ok(), "uuid")
}

/// What becomes of a mail as it travels: `fields`, and words.
async fn takes(house: &House, mailbox: &str, fields: &str, words: &str) -> Placed {
    let mailbox = house.desk().mailbox(Uuid::parse(mailbox).unwrap()).await.unwrap();
    let mail = format!("Message-ID: <{}@elsewhere.example>\r\n{fields}\r\n\r\n{words}\r\n", echo_id());
    let received = inbound::read_with(mail.as_bytes(), &Reading { server: Some("mx.shop.example"), ours: &[ADDRESS], kept: None });
    house.desk().receive_mail(&mailbox, received).await.expect("the mail is taken")
}

async fn places(house: &House, mailbox: &str, fields: &str, words: &str) -> String {
    match takes(house, mailbox, fields, words).await {
        Placed::Message(conversation, _) => conversation.to_string(),
        other => panic!("no message: {other:?}"),
    }
}

/// A shop's form: its machine says that it is one, a customer wrote, and nothing answers by itself. What a shop sends to many, or in its own
/// name, stays a machine's.
#[tokio::test]
async fn what_a_customer_typed_into_a_form_is_heard_although_a_machine_sent_it() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let mailbox = mailbox(&agent, ADDRESS).await;
    let failed = "Authentication-Results: mx.shop.example; dmarc=fail header.from=shop.example";
    for (n, from) in ["no-reply@shop.example", "mailer@platform.example", "noreply+form@shop.example"].into_iter().enumerate() {
        let customer = format!("nina{n}@customer.example");
        let fields = format!(
            "{failed}\r\nFrom: Our form <{from}>\r\nReply-To: Nina Nagel <{customer}>\r\nTo: {ADDRESS}\r\nSubject: Question\r\nAuto-Submitted: auto-generated"
        );
        let begun = places(&house, &mailbox, &fields, "Do you sell ferns?").await;
        let opened = agent.get(&format!("/conversations/{begun}")).await.ok();
        let (contact, mark) = (&opened["contact"], &opened["messages"][0]["by_mail"]);
        assert_eq!((&contact["email"], &contact["email_verified"]), (&json!(customer), &json!(false)), "{from}");
        assert_eq!((&mark["flag"], &mark["from"]), (&Value::Null, &json!(customer)), "the form failed, not who wrote");
        assert!(list_at(mark, "remarks")[0].as_str().is_some_and(|remark| remark.contains(from)), "{mark}");
        assert_eq!(opened["messages"].as_array().map(Vec::len), Some(1), "nothing answered by itself");
    }
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind IN ('reply_mail', 'continuity', 'survey')"), 0);
    assert_eq!(house.count("SELECT count(*) FROM mails WHERE direction = 'out'"), 0);
    for (what, fields) in [
        ("its own order notice", "From: no-reply@store.example\r\nReply-To: support@store.example\r\nAuto-Submitted: auto-generated"),
        (
            "a newsletter",
            "From: noreply@store.example\r\nReply-To: news@paper.example\r\nAuto-Submitted: auto-generated\r\nList-Unsubscribe: <https://store.example>",
        ),
        ("an absence", "From: no-reply@store.example\r\nReply-To: anna@customer.example\r\nAuto-Submitted: auto-replied"),
        ("a machine", "From: printer@store.example\r\nReply-To: anna@customer.example\r\nAuto-Submitted: auto-generated"),
    ] {
        let placed = takes(&house, &mailbox, &format!("{fields}\r\nTo: {ADDRESS}\r\nSubject: Hello"), "Hello").await;
        assert!(matches!(placed, Placed::Noted(_)), "{what}: {placed:?}");
    }
}

/// A forwarder or a group breaks the proof of a genuine mail (RFC 7960): it is marked, and never lost.
#[tokio::test]
async fn a_mail_whose_proof_broke_on_the_way_is_marked_and_not_dropped() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let mailbox = mailbox(&agent, ADDRESS).await;
    let failed = "Authentication-Results: mx.shop.example; arc=pass; dmarc=fail header.from=customer.example\r\nReceived: from forwarder by mx\r\n\
                  ARC-Seal: i=1; cv=none; d=forwarder.example\r\nARC-Authentication-Results: i=1; forwarder.example; dmarc=pass header.from=customer.example";
    for (n, way) in ["X-Forwarded-To: help@shop.example", "List-Id: <help.shop.example>\r\nPrecedence: list"].into_iter().enumerate() {
        let fields = format!("{failed}\r\n{way}\r\nFrom: Zoe <zoe{n}@customer.example>\r\nTo: {ADDRESS}\r\nSubject: Ferns");
        let begun = places(&house, &mailbox, &fields, "Do you sell ferns?").await;
        let said = agent.get(&format!("/conversations/{begun}")).await.ok()["messages"][0].clone();
        assert_eq!((&said["text"], &said["by_mail"]["flag"]), (&json!("Do you sell ferns?"), &json!("forged")), "{way}");
    }
}

/// Timers count for a mailbox as for a chat: told before, deleted after, and nothing else.
#[tokio::test]
async fn resolved_mails_go_after_as_many_days_as_their_mailbox_says() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (timed, other) = (mailbox(&agent, ADDRESS).await, mailbox(&agent, "sales@shop.example").await);
    let mut begun = Vec::new();
    for (mailbox, name) in [(&timed, "zoe"), (&timed, "mia"), (&other, "ida")] {
        begun.push(places(&house, mailbox, &format!("From: {name}@customer.example\r\nTo: {ADDRESS}\r\nSubject: Ferns"), "Hello").await);
    }
    for resolved in [&begun[0], &begun[2]] {
        agent.sets_status(resolved, "resolved").await;
    }
    house.later(days(31)).await;
    let agent = house.agent().await;
    let would = agent.get(&format!("/inboxes/{timed}/retention?retention_days=30&visitor_days=0")).await.ok();
    assert_eq!(would, json!({ "conversations": 1, "visitors": 0 }));
    agent.put(&format!("/mailboxes/{timed}")).json(json!({ "config": { "retention_days": 4000 } })).await.denied(400);
    agent.put(&format!("/mailboxes/{timed}")).json(json!({ "config": { "retention_days": 30 } })).await.ok();
    house.desk().sweep_when_due().await.unwrap();
    let left = |uuid: &str| house.count(&format!("SELECT count(*) FROM conversations WHERE uuid = '{uuid}'"));
    assert_eq!([left(&begun[0]), left(&begun[1]), left(&begun[2])], [0, 1, 1]);
    agent.put(&format!("/mailboxes/{timed}")).json(json!({ "config": { "visitor_days": 30 } })).await.ok();
    house.desk().sweep_when_due().await.unwrap();
    assert_eq!([left(&begun[1]), left(&begun[2])], [0, 1], "people nobody vouches for go as well");
}

/// Once somebody is erased, what he wrote into another's conversation is gone, and nothing in the file says that it was he.
#[tokio::test]
async fn an_erased_address_stands_in_no_note_either() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let mailbox = mailbox(&agent, ADDRESS).await;
    let visitor = house.visitor();
    visitor.says("Where is my parcel?").await;
    let conversation = visitor.conversation();
    let number = house.count(&format!("SELECT id FROM conversations WHERE uuid = '{conversation}'"));
    let (address, tag) = ("zqxnotekvw@customer.example", house.desk().tagged(ADDRESS, Side::Agent, number, &conversation));
    let fields = |to: &str| format!("From: Ned <{address}>\r\nTo: {to}\r\nSubject: Parcel");
    let own = places(&house, &mailbox, &fields(ADDRESS), "I am looking for mine.").await;
    assert_eq!(places(&house, &mailbox, &fields(&tag), "I saw it.").await, conversation);
    let note = || async { list_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "messages").last().cloned().unwrap() };
    assert_eq!((&note().await["kind"], &note().await["by_mail"]["from"]), (&json!("note"), &json!(address)));
    let contact = text_at(&agent.opens(&own).await, "contact/uuid");
    agent.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": address })).await.ok();
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    let left = note().await;
    assert_eq!((&left["text"], &left["by_mail"]["from"]), (&json!(""), &Value::Null));
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", house.file_path().display());
        // Read by another program: opening and closing the file here would end its locks.
        let bytes = std::process::Command::new("cat").arg(path).output().expect("cat runs").stdout;
        assert!(!String::from_utf8_lossy(&bytes).to_lowercase().contains("zqxnotekvw"), "in the file{suffix}");
    }
}

/// A mailbox that is removed leaves its chats to the default one, with what they owe; one that is switched off says so where it matters.
#[tokio::test]
async fn what_is_owed_goes_on_when_its_mailbox_is_removed_and_waits_in_plain_words_when_it_is_off() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (standard, linked) = (mailbox(&agent, ADDRESS).await, mailbox(&agent, "chat@shop.example").await);
    house.configure(json!({ "continuity": { "mailbox": linked } })).await;
    let visitor = house.visitor();
    visitor.says("Is it in stock?").await;
    let conversation = visitor.conversation();
    agent.edits_contact_of(&conversation, json!({ "email": "zoe@customer.example" })).await;
    agent.replies(&conversation, "It is.").await;
    let way = || async { agent.get(&format!("/conversations/{conversation}")).await.ok()["mail"].clone() };
    assert_eq!(way().await, "later");
    let messages = list_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "messages").to_vec();
    let answer = text_at(messages.iter().find(|one| one["kind"] == "outgoing").unwrap(), "uuid");
    let again = || async { agent.post(&format!("/conversations/{conversation}/messages/{answer}/mail")).json(json!({})).await };
    agent.put(&format!("/mailboxes/{linked}")).json(json!({ "enabled": false })).await.ok();
    assert_eq!(way().await, "off");
    let refused = again().await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("chat@shop.example is switched off"), "{}", refused.text());
    agent.delete(&format!("/mailboxes/{linked}")).await;
    assert_eq!(way().await, "later");
    assert_eq!(agent.get("/inboxes").await.ok()["inboxes"][0]["config"]["continuity"]["mailbox"], json!(standard));
    assert_eq!(again().await.status, 202);
}

/// One mail per colleague and message: the one with the messages stands for the notices of them, and a notice that was mailed first for it.
#[tokio::test]
async fn nobody_inside_is_mailed_the_same_message_twice() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let linked = mailbox(&olga, ADDRESS).await;
    house.configure(json!({ "continuity": { "mailbox": linked } })).await;
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.put("/me/prefs").json(json!({ "mail_after_min": 5 })).await.ok();
    let id = AgentId(house.count("SELECT id FROM agents WHERE email = 'ben@house.example'"));
    let visitor = house.visitor();
    visitor.says("Is anybody there?").await;
    let number = house.count("SELECT id FROM conversations");
    let owed = || async { house.desk().notices_letter(id.0, None).await.unwrap().map(|owed| owed.notices) };
    // Olga is here, so no mail with the message is coming: his own wish counts.
    let notices = owed().await.expect("a mail about his notices");
    let goes = || async {
        house.later(seconds(9)).await;
        house.until("everybody has gone", |desk| desk.here().nobody()).await;
        house.desk().notice().await.unwrap();
    };
    drop((olga, ben));
    goes().await;
    assert!(owed().await.is_none(), "nobody is here any more: the mail with the message will tell him");
    house.desk().notices_mailed(id.0, notices).await.unwrap();
    house.later(minutes(11)).await;
    house.until("the team is told", |_| telling(&house) == 1).await;
    let upto = house.count("SELECT json_extract(payload, '$.upto') FROM jobs WHERE kind = 'tell_team'");
    let due = house.desk().due_to_team(number, Some(upto), None).await.unwrap().expect("it is due");
    let told: Vec<&str> = due.letters.iter().map(|one| one.letter.to.address.as_str()).collect();
    assert_eq!(told, [house::OWNER], "he was mailed of this one message already");
    house.desk().told_team(number, due.upto, vec![]).await.unwrap();
    // The other way round: the mail with the messages went first.
    let second = house.visitor();
    second.says("Another question.").await;
    let number = house.count("SELECT max(id) FROM conversations");
    house.later(minutes(11)).await;
    house.until("the team is told", |_| telling(&house) >= 1).await;
    let due = house.desk().due_to_team(number, None, None).await.unwrap().expect("it is due");
    assert!(due.letters.iter().any(|one| one.agent == Some(id)));
    assert!(owed().await.is_none());
    house.desk().told_team(number, due.upto, due.letters.iter().filter_map(|one| one.agent).collect()).await.unwrap();
    assert!(owed().await.is_none());
    assert_eq!(house.count(&format!("SELECT count(*) FROM notices WHERE agent_id = {} AND mailed_at IS NULL", id.0)), 0);
}

fn telling(house: &House) -> i64 {
    house.count("SELECT count(*) FROM jobs WHERE kind = 'tell_team' AND json_extract(payload, '$.upto') IS NOT NULL")
}

/// The test buttons name what a certificate lacks: time, name, an authority that is known, or any at all.
#[tokio::test]
async fn a_bad_certificate_is_called_by_its_very_fault() {
    let folder = tempfile::tempdir().unwrap();
    let script = "set -e; new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'; names='subjectAltName=DNS:localhost,IP:127.0.0.1'
        for ca in known other; do
            openssl req -x509 $new -keyout $ca.key -out $ca.pem -days 30 -subj \"/CN=$ca authority\" -addext basicConstraints=critical,CA:TRUE; done
        openssl req $new -keyout key.pem -out request -subj /CN=localhost
        sign() { printf \"$1\\nbasicConstraints=CA:FALSE\" >ext
            openssl x509 -req -in request -CA $2.pem -CAkey $2.key -CAcreateserial -days $3 -extfile ext -out $4.pem; }
        sign $names known 30 good; sign $names known -1 expired; sign subjectAltName=DNS:mail.elsewhere.example known 30 name
        sign $names other 30 unknown
        openssl req -x509 -key key.pem -out self.pem -days 30 -subj /CN=localhost -addext $names";
    let made = std::process::Command::new("sh").args(["-c", script]).current_dir(folder.path()).output().expect("a shell");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let trusted = folder.path().join("known.pem");
    let house = House::boot_with(Options::default().set("CA_FILE", &trusted.to_string_lossy())).await;
    let agent = house.agent().await;
    for (name, words) in [
        ("good", "the certificate is for localhost"),
        ("expired", "has expired"),
        ("name", "It is for mail.elsewhere.example."),
        ("unknown", "authority that this machine does not know"),
        ("self", "vouches for itself"),
    ] {
        let port = presents(&folder.path().join(format!("{name}.pem")), &folder.path().join("key.pem")).await;
        for what in ["smtp", "imap"] {
            let server = json!({ "host": "localhost", "port": port, "security": "tls" });
            let config = json!({ "address": ADDRESS, "smtp": server, "incoming": { "kind": "imap", "imap": server } });
            let found = agent.post("/mailboxes/test").json(json!({ "what": what, "config": config })).await.ok();
            let tls = list_at(&found, "findings").iter().find(|one| one["id"] == "tls").cloned().unwrap_or_default();
            assert!(tls.to_string().contains(words), "{name}, {what}: {found}");
            assert_eq!((&tls["ok"], tls["fix"].as_str() == Some("")), (&json!(name == "good"), name == "good"), "{tls}");
        }
    }
}

/// A server that shows a certificate and hangs up; its port.
async fn presents(certificate: &std::path::Path, key: &std::path::Path) -> u16 {
    let chain: Vec<CertificateDer> = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = config.with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(acceptor.accept(stream).await);
        }
    });
    port
}
