//! Mail that comes: into the right conversation, from the right person, once; and what machines write never becomes a message.

use crate::support::*;
use deskbell::base::id::Uuid;
use deskbell::desk::Desk;
use deskbell::desk::incoming::Placed;
use deskbell::desk::mail_tags::Side;
use deskbell::mail::compose::Party;
use deskbell::mail::inbound::{Body, Bounce, FileBytes, Nature, Received, ReceivedFile, Trust};
use deskbell::model::agent::Role;
use deskbell::model::mailbox::{Mailbox, MailboxConfig};
use std::sync::atomic::{AtomicU32, Ordering};

const ADDRESS: &str = "help@shop.example";

/// A house with a mailbox.
struct Post {
    house: House,
    mailbox: Mailbox,
}

impl Post {
    async fn open() -> Post {
        let house = House::boot().await;
        let mailbox = mailbox(&house, ADDRESS).await;
        Post { house, mailbox }
    }

    fn desk(&self) -> &Desk {
        self.house.desk()
    }

    async fn takes(&self, mail: Received) -> Placed {
        self.desk().receive_mail(&self.mailbox, mail).await.expect("the mail is taken")
    }

    /// Takes a mail that becomes a message: its conversation.
    async fn places(&self, mail: Received) -> String {
        match self.takes(mail).await {
            Placed::Message(conversation, _) => conversation.to_string(),
            other => panic!("no message: {other:?}"),
        }
    }

    fn number(&self, uuid: &str) -> i64 {
        self.house.count(&format!("SELECT id FROM conversations WHERE uuid = '{uuid}'"))
    }

    /// Our address with the tag that a mail about this conversation carried.
    fn tag(&self, side: Side, conversation: &str) -> String {
        self.desk().tagged(ADDRESS, side, self.number(conversation), conversation)
    }

    /// A visitor with this address, who has written and was answered by mail. Conversation and the Message-ID of that mail.
    async fn mailed(&self, name: &str) -> (Visitor, String, String) {
        let visitor = self.house.signed_in(name).await;
        visitor.says("Where is my parcel?").await;
        let conversation = visitor.conversation();
        let id = self.sent(&conversation, &format!("{name}@customer.example"), "to_contact", None);
        (visitor, conversation, id)
    }

    /// A mail of ours, as the post writes it down.
    fn sent(&self, conversation: &str, to: &str, kind: &str, agent: Option<&str>) -> String {
        let id = format!("{}@shop.example", Uuid::new());
        let file = rusqlite::Connection::open(self.house.file_path()).unwrap();
        file.busy_timeout(PATIENCE).unwrap();
        file.execute(
            "INSERT INTO mails (message_id, direction, kind, mailbox_id, conversation_id, contact_id, agent_id, address, state, created_at, sent_at)
             VALUES (?1, 'out', ?2, ?3, (SELECT id FROM conversations WHERE uuid = ?4), CASE WHEN ?2 = 'to_agents' THEN NULL ELSE
                (SELECT contact_id FROM conversations WHERE uuid = ?4) END, (SELECT id FROM agents WHERE uuid = ?5), ?6, 'sent', ?7, ?7)",
            rusqlite::params![id, kind, self.mailbox.id.0, conversation, agent, to, self.house.clock.now()],
        )
        .unwrap();
        id
    }

    async fn thread(&self, agent: &Agent, conversation: &str) -> Vec<Value> {
        list_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "messages")
    }
}

async fn mailbox(house: &House, address: &str) -> Mailbox {
    let config = MailboxConfig { address: address.into(), ..MailboxConfig::default() };
    house.desk().store.write(move |tx| deskbell::store::mailboxes::insert(tx, "Mail", true, &config)).await.expect("a mailbox")
}

/// What somebody wrote, under a Message-ID of its own.
fn mail(from: &str, text: &str) -> Received {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    Received {
        message_id: format!("{}.{}@elsewhere.example", NUMBER.fetch_add(1, Ordering::Relaxed), Uuid::new()),
        from: Party { name: "Zoe Zebra".into(), address: from.into() },
        recipients: vec![ADDRESS.into()],
        subject: "Re: your parcel #1".into(),
        body: Body { text: text.into(), ..Body::default() },
        ..Received::default()
    }
}

fn last(thread: &[Value]) -> Value {
    thread.last().cloned().expect("a message")
}

/// row 49: what comes back by mail stands in the chat at once, on both sides, without what was quoted; the desk can unfold that.
#[tokio::test]
async fn a_reply_by_mail_is_a_message_in_the_chat_row_49() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (visitor, conversation, _) = post.mailed("zoe").await;
    agent.put(&format!("/conversations/{conversation}/status")).json(json!({ "status": "resolved" })).await.ok();
    let mut reply = mail("Zoe@Customer.example", "It has *come*, see https://shop.example/1\nthanks");
    reply.recipients = vec![post.tag(Side::Contact, &conversation)];
    reply.body.quoted = "On Monday we wrote:\n> Where shall it go?".into();
    reply.body.signature = "-- \nZoe".into();
    reply.files.push(ReceivedFile {
        name: "photo.txt".into(),
        content_type: "text/plain".into(),
        is_inline: false,
        bytes: FileBytes::Here(b"hello".to_vec()),
    });
    assert_eq!(post.places(reply).await, conversation);
    visitor.hears("It has *come*, see https://shop.example/1\nthanks").await;
    let said = agent.sees("It has *come*, see https://shop.example/1\nthanks").await;
    assert_eq!(
        (&said["message"]["via"], &said["message"]["kind"], &said["message"]["by_mail"]["flag"]),
        (&json!("mail"), &json!("incoming"), &Value::Null)
    );
    assert!(
        text_at(&said, "message/html").contains("*come*") && text_at(&said, "message/html").contains("href=\"https://shop.example/1\"")
    );
    assert_eq!(said["message"]["attachments"][0]["name"], "photo.txt");
    let opened = agent.get(&format!("/conversations/{conversation}")).await.ok();
    assert_eq!(opened["conversation"]["status"], "open", "an answer opens what was resolved");
    let uuid = text_at(&said, "message/uuid");
    let rest = agent.get(&format!("/conversations/{conversation}/messages/{uuid}/rest")).await.ok();
    assert_eq!(rest, json!({ "quoted": "On Monday we wrote:\n> Where shall it go?", "signature": "-- \nZoe" }));
    let other = text_at(&opened["messages"][0], "uuid");
    agent.get(&format!("/conversations/{conversation}/messages/{other}/rest")).await.denied(404);
}

/// Servers that drop what follows a plus: what the mail answers brings it back.
#[tokio::test]
async fn a_reply_without_a_tag_is_known_by_what_it_answers() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (visitor, conversation, id) = post.mailed("zoe").await;
    let mut reply = mail("zoe@customer.example", "by reference");
    reply.references = vec!["other@x".into(), id.clone(), "unknown@x".into()];
    assert_eq!(post.places(reply).await, conversation);
    let mut reply = mail("zoe@customer.example", "by in-reply-to");
    reply.in_reply_to = vec![id];
    reply.subject = "something else altogether #4711".into();
    assert_eq!(post.places(reply.clone()).await, conversation);
    visitor.hears("by in-reply-to").await;
    // And what answers that one belongs there too.
    let mut again = mail("zoe@customer.example", "and another thing");
    again.in_reply_to = vec![reply.message_id];
    assert_eq!(post.places(again).await, conversation);
    assert_eq!(post.thread(&agent, &conversation).await.iter().filter(|message| message["via"] == "mail").count(), 3);
}

/// The same mail fetched twice, delivered to two mailboxes, or tried again after a crash is one message.
#[tokio::test]
async fn the_same_mail_is_stored_once() {
    let post = Post::open().await;
    let other = mailbox(&post.house, "sales@shop.example").await;
    let mut first = mail("someone@elsewhere.example", "Do you sell ferns?");
    first.files.push(ReceivedFile { name: "fern.txt".into(), bytes: FileBytes::Here(b"green".to_vec()), ..ReceivedFile::default() });
    post.places(first.clone()).await;
    assert_eq!(post.takes(first.clone()).await, Placed::Known);
    assert_eq!(post.desk().receive_mail(&other, first.clone()).await.unwrap(), Placed::Known);
    let both = [post.desk().receive_mail(&other, first.clone()), post.desk().receive_mail(&post.mailbox, first)];
    for placed in futures_util::future::join_all(both).await {
        assert_eq!(placed.unwrap(), Placed::Known);
    }
    // Both at once, and neither knows yet.
    let twice = mail("someone@elsewhere.example", "And palms?");
    let both = [post.desk().receive_mail(&other, twice.clone()), post.desk().receive_mail(&post.mailbox, twice)];
    let placed: Vec<_> = futures_util::future::join_all(both).await.into_iter().map(|placed| placed.unwrap()).collect();
    assert_eq!(placed.iter().filter(|placed| **placed == Placed::Known).count(), 1, "{placed:?}");
    assert_eq!(post.house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 2);
    assert_eq!(post.house.count("SELECT count(*) FROM blobs"), 1);
}

/// security row 33: only the expected person joins, by a proof of ours; everybody else begins a conversation of his own, marked.
#[tokio::test]
async fn nobody_else_gets_into_a_thread_row_33() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (visitor, conversation, id) = post.mailed("zoe").await;
    let (_, other, _) = post.mailed("yan").await;
    let tag = post.tag(Side::Contact, &conversation);
    let number = post.number(&conversation);
    let changed = |at: usize, to: &str| {
        let mut text = tag.clone();
        text.replace_range(at..at + 1, to);
        text
    };
    let proof = tag.find('.').unwrap() + 1;
    let (zoe, eve) = ("zoe@customer.example", "eve@elsewhere.example");
    // What is tried, from where, to whom, answering what, as the server judged it, and the mark it gets.
    type Try<'a> = (&'a str, &'a str, String, Option<String>, Trust, Value);
    let tries: Vec<Try<'_>> = vec![
        ("a stranger with a stolen tag", eve, tag.clone(), None, Trust::Proved, json!("stranger")),
        ("a stranger with a stolen Message-ID", eve, ADDRESS.into(), Some(id.clone()), Trust::Proved, json!("stranger")),
        ("her address forged, with a Message-ID", zoe, ADDRESS.into(), Some(id.clone()), Trust::Forged, json!("forged")),
        ("another customer's address with her tag", "yan@customer.example", tag.clone(), None, Trust::Proved, json!("stranger")),
        (
            "a tag with one letter changed",
            zoe,
            changed(proof, if &tag[proof..=proof] == "a" { "b" } else { "a" }),
            None,
            Trust::Proved,
            json!("stranger"),
        ),
        (
            "a tag of the other side",
            zoe,
            tag.replace(&format!("+c{number:x}"), &format!("+a{number:x}")),
            None,
            Trust::Proved,
            json!("stranger"),
        ),
        (
            "her proof on another conversation",
            zoe,
            tag.replace(&format!("+c{number:x}"), &format!("+c{:x}", post.number(&other))),
            None,
            Trust::Proved,
            json!("stranger"),
        ),
        ("a number in the subject", zoe, ADDRESS.into(), None, Trust::Proved, Value::Null),
        ("a Message-ID nobody wrote", zoe, ADDRESS.into(), Some("1@shop.example".into()), Trust::Proved, Value::Null),
        ("her address forged, nothing else", zoe, ADDRESS.into(), None, Trust::Forged, json!("forged")),
        ("an address that is none", "zoe", tag.clone(), None, Trust::Unknown, json!("forged")),
    ];
    for (what, from, to, answers, trust, flag) in tries {
        let mut reply = mail(from, what);
        reply.subject = format!("Re: [#{number}] your parcel");
        (reply.recipients, reply.in_reply_to, reply.trust) = (vec![to], answers.into_iter().collect(), trust);
        let begun = post.places(reply).await;
        assert!(begun != conversation && begun != other, "{what}");
        let said = last(&post.thread(&agent, &begun).await);
        assert_eq!((&said["text"], &said["by_mail"]["flag"]), (&json!(what), &flag), "{what}");
    }
    assert_eq!(visitor.texts().await, ["Where is my parcel?"], "nothing of it reached the chat");
    // The signed tag from her own address is hers, even where a forwarder broke her server's seal; the team is told.
    let mut reply = mail(zoe, "really me");
    (reply.recipients, reply.trust) = (vec![tag.to_uppercase().to_lowercase()], Trust::Forged);
    assert_eq!(post.places(reply).await, conversation);
    assert_eq!(last(&post.thread(&agent, &conversation).await)["by_mail"]["flag"], "forged");
}

/// A mail from an address says nothing about who has a verified chat: its history is not handed out, and it is not joined.
#[tokio::test]
async fn a_mail_takes_nobody_over() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (zoe, conversation, _) = post.mailed("zoe").await;
    let contact_of = async |conversation: &str| text_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "contact/uuid");
    let hers = contact_of(&conversation).await;
    let begun = post.places(mail("zoe@customer.example", "I lost my password")).await;
    let opened = agent.get(&format!("/conversations/{begun}")).await.ok();
    assert_ne!(text_at(&opened, "contact/uuid"), hers);
    assert_eq!(
        (&opened["contact"]["email_verified"], &opened["contact"]["verified"], &opened["earlier"]),
        (&json!(false), &json!(false), &json!([]))
    );
    // Once more from there is the same stranger; a mail whose sender is proved is she herself.
    let again = post.places(mail("zoe@customer.example", "hello?")).await;
    assert_ne!(again, begun, "another mail is another conversation");
    assert_eq!(contact_of(&again).await, text_at(&opened, "contact/uuid"));
    let mut proved = mail("zoe@customer.example", "from my own server");
    proved.trust = Trust::Proved;
    assert_eq!(contact_of(&post.places(proved).await).await, hers);
    assert_eq!(zoe.texts().await.len(), 1);
}

/// A new mail begins a conversation with its subject, its sender and his files.
#[tokio::test]
async fn a_new_mail_begins_a_conversation() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let mut first = mail("nina@elsewhere.example", "Do you sell ferns?");
    (first.subject, first.from.name) = ("Ferns\u{202e} for\tthe garden".into(), "Nagel, Nina".into());
    first.remarks = vec!["A part could not be read.".into()];
    first.files = vec![
        ReceivedFile { name: "fake.png".into(), bytes: FileBytes::Here(b"no picture".to_vec()), ..ReceivedFile::default() },
        ReceivedFile { name: "../../list.txt".into(), bytes: FileBytes::Here(b"fern".to_vec()), ..ReceivedFile::default() },
    ];
    let begun = post.places(first).await;
    let opened = agent.get(&format!("/conversations/{begun}")).await.ok();
    assert_eq!(
        (&opened["conversation"]["subject"], &opened["conversation"]["inbox"]["name"]),
        (&json!("Ferns for the garden"), &json!("Mail"))
    );
    assert_eq!((&opened["contact"]["name"], &opened["contact"]["email"]), (&json!("Nina Nagel"), &json!("nina@elsewhere.example")));
    let said = &opened["messages"][0];
    assert_eq!(said["attachments"].as_array().map(Vec::len), Some(1));
    assert_eq!(said["attachments"][0]["name"], "list.txt");
    let remarks = list_at(said, "by_mail/remarks");
    assert!(
        remarks[0] == "A part could not be read." && remarks[1].as_str().is_some_and(|words| words.contains("fake.png")),
        "{remarks:?}"
    );
    assert_eq!(list_at(&agent.get("/conversations").await.ok(), "conversations").len(), 1, "it stands in the list");
    // Longer than a message: the beginning is one, the whole is a file.
    let long = format!("{}end", "word ".repeat(5_000));
    let said = last(&post.thread(&agent, &post.places(mail("nina@elsewhere.example", &long)).await).await);
    assert_eq!(
        (said["text"].as_str().map(|text| text.chars().count()), &said["attachments"][0]["name"]),
        (Some(10_000), &json!("mail.txt"))
    );
    assert_eq!(said["attachments"][0]["size"], long.len());
    // Nothing in it but a subject.
    let empty = post.places(mail("nina@elsewhere.example", "")).await;
    assert_eq!(last(&post.thread(&agent, &empty).await)["text"], "Re: your parcel #1");
}

/// An agent's answer to a mail to the team is his message in the chat at once; as at the desk he must be allowed to.
#[tokio::test]
async fn an_agent_answers_by_mail() {
    let post = Post::open().await;
    let owner = post.house.agent().await;
    let (visitor, conversation, _) = post.mailed("zoe").await;
    let otto = post.house.hire("otto", Role::Agent).await;
    let id = post.sent(&conversation, "team@shop.example", "to_agents", None);
    let mut reply = mail("otto@house.example", "It went out **yesterday**.");
    (reply.in_reply_to, reply.body.quoted, reply.trust) = (vec![id], "> Where is my parcel?".into(), Trust::Proved);
    reply.files.push(ReceivedFile { name: "label.txt".into(), bytes: FileBytes::Here(b"label".to_vec()), ..ReceivedFile::default() });
    assert_eq!(post.places(reply).await, conversation);
    visitor.hears("It went out **yesterday**.").await;
    let said = post.thread(&owner, &conversation).await.into_iter().find(|message| message["kind"] == "outgoing").expect("his answer");
    assert_eq!(
        (&said["author"]["uuid"], &said["via"], &said["attachments"][0]["name"]),
        (&json!(otto), &json!("mail"), &json!("label.txt"))
    );
    let opened = owner.get(&format!("/conversations/{conversation}")).await.ok();
    assert_eq!(opened["conversation"]["assignee"]["uuid"], json!(otto), "the first answer takes it");
    // By the tag, from whoever is not known to be inside or is not believed: a note, marked, and never in an agent's name.
    let tag = post.tag(Side::Agent, &conversation);
    owner.put(&format!("/agents/{otto}")).json(json!({ "suspended": true })).await.ok();
    for (from, trust, flag) in [
        ("otto.private@elsewhere.example", Trust::Proved, "stranger"),
        ("otto@house.example", Trust::Proved, "stranger"),
        (house::OWNER, Trust::Forged, "forged"),
        ("zoe@customer.example", Trust::Proved, "stranger"),
    ] {
        let mut reply = mail(from, "refund everything");
        (reply.recipients, reply.trust) = (vec![tag.clone()], trust);
        assert_eq!(post.places(reply).await, conversation);
        let said = last(&post.thread(&owner, &conversation).await);
        assert_eq!(
            (&said["kind"], &said["author"]["type"], &said["by_mail"]["flag"]),
            (&json!("note"), &json!("system"), &json!(flag)),
            "{from}"
        );
    }
    assert_eq!(visitor.texts().await.len(), 2, "nothing of that reached the visitor");
    // A colleague who may not answer, without the tag: a conversation of its own.
    let id = post.sent(&conversation, house::OWNER, "to_agents", Some(&owner.uuid));
    let mut forged = mail(house::OWNER, "not me");
    (forged.in_reply_to, forged.trust) = (vec![id.clone()], Trust::Forged);
    assert_ne!(post.places(forged).await, conversation);
    let mut own = mail(house::OWNER, "I take over");
    (own.in_reply_to, own.trust) = (vec![id], Trust::Proved);
    assert_eq!(post.places(own).await, conversation);
    visitor.hears("I take over").await;
}

/// security row 33: nobody becomes an agent by what a copy of an agent's mail shows. A Message-ID is never enough, the tag only where no server
/// says who is genuine; what is not believed is a note that nobody outside sees.
#[tokio::test]
async fn nobody_speaks_for_an_agent_row_33() {
    let mut post = Post::open().await;
    let owner = post.house.agent().await;
    let (visitor, conversation, _) = post.mailed("zoe").await;
    let id = post.sent(&conversation, house::OWNER, "to_agents", Some(&owner.uuid));
    let tag = post.tag(Side::Agent, &conversation);
    let mut said = 1;
    for (server, to, answers, trust, is_his) in [
        ("", ADDRESS, Some(&id), Trust::Unknown, false),
        ("", ADDRESS, Some(&id), Trust::Proved, true),
        ("", tag.as_str(), None, Trust::Unknown, true),
        ("mx.shop.example", tag.as_str(), Some(&id), Trust::Unknown, false),
        ("mx.shop.example", tag.as_str(), Some(&id), Trust::Forged, false),
        ("mx.shop.example", tag.as_str(), None, Trust::Proved, true),
        ("mx.shop.example", ADDRESS, Some(&id), Trust::Proved, true),
    ] {
        let what = format!("{server} {to} {answers:?} {trust:?}");
        post.mailbox.config.authserv_id = server.into();
        let mut reply = mail(house::OWNER, &what);
        (reply.recipients, reply.in_reply_to, reply.trust) = (vec![to.to_owned()], answers.cloned().into_iter().collect(), trust);
        assert_eq!(post.places(reply).await, conversation, "{what}");
        said += usize::from(is_his);
        assert_eq!(visitor.texts().await.len(), said, "{what}");
        let thread = post.thread(&owner, &conversation).await;
        let message = thread.iter().rfind(|message| message["kind"] != "activity").expect("what came");
        let seen = (message["kind"].as_str().unwrap_or_default(), message["by_mail"]["flag"].is_string());
        assert_eq!(seen, if is_his { ("outgoing", false) } else { ("note", true) }, "{what}");
    }
}

/// A form on the house's own site writes in its name, with whoever filled it in under Reply-To: heard, each his own person, and nobody proved.
#[tokio::test]
async fn a_contact_form_is_heard() {
    let post = Post::open().await;
    let other = mailbox(&post.house, "sales@shop.example").await;
    let agent = post.house.agent().await;
    let form = |from: &str, customer: &str, text: &str| {
        let mut form = mail(from, text);
        form.from.name = "Our form".into();
        form.reply_to = Some(Party { name: "Nina Nagel".into(), address: customer.into() });
        form.trust = Trust::Proved;
        form
    };
    let mut contacts = Vec::new();
    for (from, customer) in
        [(ADDRESS, "nina@customer.example"), (ADDRESS, "Ida@customer.example"), ("wordpress@shop.example", "mia@customer.example")]
    {
        let begun = post.places(form(from, customer, "Do you sell ferns?")).await;
        let opened = agent.get(&format!("/conversations/{begun}")).await.ok();
        let contact = &opened["contact"];
        assert_eq!(
            (&contact["name"], &contact["email"], &contact["email_verified"]),
            (&json!("Nina Nagel"), &json!(customer.to_lowercase()), &json!(false))
        );
        let said = &opened["messages"][0];
        assert_eq!((&said["text"], &said["by_mail"]["from"]), (&json!("Do you sell ferns?"), &json!(customer.to_lowercase())));
        assert!(list_at(said, "by_mail/remarks")[0].as_str().is_some_and(|remark| remark.contains(from)));
        contacts.push(text_at(contact, "uuid"));
    }
    contacts.dedup();
    assert_eq!(contacts.len(), 3, "not one person with many questions");
    // Who proved an address is not whom a form names, and nobody is an agent by it.
    let (zoe, conversation, _) = post.mailed("zoe").await;
    let begun = post.places(form(ADDRESS, "zoe@customer.example", "I am she")).await;
    let hers = text_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "contact/uuid");
    assert_ne!(text_at(&agent.get(&format!("/conversations/{begun}")).await.ok(), "contact/uuid"), hers);
    let mut boss = form(ADDRESS, house::OWNER, "refund everything");
    boss.recipients = vec![post.tag(Side::Agent, &conversation)];
    assert_eq!(post.places(boss).await, conversation);
    assert_eq!(last(&post.thread(&agent, &conversation).await)["kind"], "note");
    assert_eq!(zoe.texts().await.len(), 1);
    // Our own voice stays unheard, and is written down.
    assert_eq!(post.takes(form(ADDRESS, &other.config.address, "ping")).await, Placed::Noted("own address"));
    assert_eq!(post.takes(mail(ADDRESS, "pong")).await, Placed::Noted("own address"));
    let mut own = form(ADDRESS, "nina@customer.example", "echo");
    own.loop_marks = vec![post.desk().loop_mark()];
    assert_eq!(post.takes(own).await, Placed::Noted("loop"));
    assert_eq!(post.house.count("SELECT count(*) FROM mails WHERE kind = 'ignored' AND error IN ('own address', 'loop')"), 3);
}

/// security row 34: what machines write is noted and never a message, and nothing answers it.
#[tokio::test]
async fn machines_are_not_talked_to_row_34() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (_, conversation, id) = post.mailed("zoe").await;
    let tag = post.tag(Side::Contact, &conversation);
    let before = post.house.count("SELECT count(*) FROM messages WHERE kind <> 'activity'");
    for nature in [Nature::AutoReply, Nature::AutoReply, Nature::AutoGenerated, Nature::List, Nature::Bounce, Nature::Complaint] {
        let mut noise = mail("zoe@customer.example", "I am away until Monday");
        (noise.nature, noise.recipients, noise.in_reply_to) = (nature, vec![tag.clone()], vec![id.clone()]);
        assert!(matches!(post.takes(noise).await, Placed::Noted(_)), "{nature:?}");
    }
    for (from, marks) in [("zoe@customer.example", vec![post.desk().loop_mark()]), (ADDRESS, vec![])] {
        let mut own = mail(from, "our own voice");
        (own.loop_marks, own.recipients) = (marks, vec![tag.clone()]);
        assert!(matches!(post.takes(own).await, Placed::Noted(_)));
    }
    assert_eq!(post.house.count("SELECT count(*) FROM messages WHERE kind <> 'activity'"), before);
    assert_eq!(post.house.count("SELECT count(*) FROM conversations"), 1);
    let away = post.thread(&agent, &conversation).await.into_iter().filter(|message| message["activity"]["action"] == "mail_automatic");
    assert_eq!(away.count(), 1, "an absence is told once a day");
    assert_eq!(post.house.count("SELECT count(*) FROM jobs WHERE kind LIKE '%mail%' OR kind = 'continuity'"), 0, "nobody is answered");
}

/// security row 34: two deskbells that answer each other by a rule stop after one word each.
#[tokio::test]
async fn two_houses_stop_mailing_each_other() {
    let (here, there) = (Post::open().await, Post::open().await);
    assert_ne!(here.desk().loop_mark(), there.desk().loop_mark());
    let owner = here.house.agent().await;
    let rule = json!({
        "name": "Thanks", "trigger": "conversation", "conditions": { "match": "all", "items": [] },
        "actions": [{ "do": "reply", "value": "We will answer soon." }],
    });
    owner.post("/rules").json(rule).await.ok();
    let mut word = mail("help@other.example", "Hello, a question");
    word.loop_marks = vec![there.desk().loop_mark()];
    let conversation = here.places(word).await;
    // What this house says by itself goes out with its mark; the other one answers by itself, with its own.
    assert_eq!(here.house.count("SELECT count(*) FROM messages WHERE kind = 'outgoing'"), 1);
    for _ in 0..5 {
        let mut answer = mail("help@other.example", "We will answer soon, too.");
        (answer.loop_marks, answer.recipients) = (vec![there.desk().loop_mark()], vec![here.tag(Side::Contact, &conversation)]);
        assert!(matches!(here.takes(answer).await, Placed::Noted(_)));
    }
    assert_eq!(here.house.count("SELECT count(*) FROM messages WHERE kind = 'outgoing'"), 1);
    // People behind such a house are heard, once a person has answered.
    owner.replies(&conversation, "Here we are").await;
    let mut answer = mail("help@other.example", "Thanks");
    (answer.loop_marks, answer.recipients) = (vec![there.desk().loop_mark()], vec![here.tag(Side::Contact, &conversation)]);
    assert_eq!(here.places(answer).await, conversation);
}

/// What comes back is said in the conversation and beside the address, until somebody writes from there or says "try again".
#[tokio::test]
async fn mail_that_comes_back_is_told() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (_, conversation, id) = post.mailed("zoe").await;
    let contact = text_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "contact/uuid");
    let trouble = async || agent.get(&format!("/contacts/{contact}")).await.ok()["contact"]["mail_trouble"].clone();
    let notice = |id: &str, is_permanent: bool| {
        let mut notice = mail("mailer-daemon@elsewhere.example", "Undelivered");
        notice.nature = Nature::Bounce;
        notice.bounce = Some(Bounce {
            message_id: id.into(),
            recipient: "zoe@customer.example".into(),
            is_permanent,
            reason: "550 no such\r\nmailbox".into(),
        });
        notice
    };
    post.takes(notice("forged@elsewhere.example", true)).await;
    post.takes(notice(&id, false)).await;
    assert_eq!(trouble().await, Value::Null, "a forged notice and a delay say nothing");
    post.takes(notice(&id, true)).await;
    post.takes(notice(&id, true)).await;
    assert_eq!(trouble().await["reason"], "550 no such mailbox");
    let thread = post.thread(&agent, &conversation).await;
    let told: Vec<_> = thread.iter().filter(|message| message["activity"]["action"] == "mail_bounced").collect();
    assert_eq!(told.len(), 1, "once");
    assert_eq!(told[0]["activity"]["value"], "zoe@customer.example: 550 no such mailbox");
    assert_eq!(post.house.count("SELECT count(*) FROM mails WHERE state = 'bounced'"), 1);
    let cleared = agent.delete(&format!("/contacts/{contact}/mail-trouble")).await.ok();
    assert_eq!(cleared["contact"]["mail_trouble"], Value::Null);
    let id = post.sent(&conversation, "zoe@customer.example", "to_contact", None);
    post.takes(notice(&id, true)).await;
    assert!(trouble().await["bounced_at"].is_number());
    let mut reply = mail("zoe@customer.example", "I am here");
    reply.recipients = vec![post.tag(Side::Contact, &conversation)];
    post.places(reply).await;
    assert_eq!(trouble().await, Value::Null, "who writes can be reached");
    let mut complaint = mail("abuse@elsewhere.example", "");
    (complaint.nature, complaint.references) = (Nature::Complaint, vec![id]);
    post.takes(complaint).await;
    assert!(trouble().await["complained_at"].is_number());
}

/// Whoever is shut out is not heard by mail either.
#[tokio::test]
async fn a_banned_sender_is_not_heard() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let (_, conversation, _) = post.mailed("zoe").await;
    agent.post("/bans").json(json!({ "email": "eve@elsewhere.example" })).await.ok();
    assert_eq!(post.takes(mail("Eve@elsewhere.example", "hi")).await, Placed::Noted("banned"));
    agent
        .post("/bans")
        .json(json!({ "contact": text_at(&agent.get(&format!("/conversations/{conversation}")).await.ok(), "contact/uuid") }))
        .await
        .ok();
    let mut reply = mail("zoe@customer.example", "hi");
    reply.recipients = vec![post.tag(Side::Contact, &conversation)];
    assert_eq!(post.takes(reply).await, Placed::Noted("banned"));
}

/// One address cannot fill the lists: from some number on its mails join its newest conversation; spam waits in quarantine as ever.
#[tokio::test]
async fn one_sender_does_not_fill_the_lists() {
    let post = Post::open().await;
    let agent = post.house.agent().await;
    let mut begun = Vec::new();
    for number in 0..20 {
        begun.push(post.places(mail("mia@elsewhere.example", &format!("order {number}"))).await);
    }
    begun.dedup();
    assert_eq!(begun.len(), 20);
    assert_eq!(&post.places(mail("mia@elsewhere.example", "order 20")).await, begun.last().unwrap());
    let mut forged = mail("mia@elsewhere.example", "order 21");
    forged.trust = Trust::Forged;
    assert_eq!(post.takes(forged).await, Placed::Noted("too many"), "whoever may be somebody else joins nothing of hers");
    for number in 0..22 {
        let mut forged = mail("ida@elsewhere.example", &format!("forged {number}"));
        forged.trust = Trust::Forged;
        post.takes(forged).await;
    }
    assert!(
        matches!(post.takes(mail("ida@elsewhere.example", "really me")).await, Placed::Message(..)),
        "nobody is shut out in his own name"
    );
    assert!(matches!(post.takes(mail("nina@elsewhere.example", "mine")).await, Placed::Message(..)), "others are not punished");
    let spam = "Best pills https://a.example https://b.example https://c.example [url=https://d.example]here[/url]";
    post.places(mail("spammer@elsewhere.example", spam)).await;
    assert_eq!(list_at(&agent.get("/conversations?status=spam").await.ok(), "conversations").len(), 1);
}
