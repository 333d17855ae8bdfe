//! Nobody is left waiting: what was not seen goes on by mail, in both directions, and a link in the mail opens the one conversation.
//!
//! No mail server stands here: a mail that is due is tried, and its letter is asked for as the outbox asks for it. The law of times for any course
//! of events is in `continuity_law.rs`.

use super::support::*;
use deskbell::base::id::{InboxId, MailboxId};
use deskbell::model::agent::Role;
use deskbell::model::letter::{Letter, LetterKind};
use deskbell::model::mailbox::MailboxConfig;
use deskbell::store::mailboxes;

const BASE: &str = "https://chat.example";

/// A mailbox that sends nothing; its uuid and rows.
async fn mailbox(house: &House) -> (String, MailboxId, InboxId) {
    let config = MailboxConfig { address: "chat@shop.example".into(), ..MailboxConfig::default() };
    let made = house.desk().store.write(move |tx| mailboxes::insert(tx, "Mail", true, &config)).await.expect("a mailbox");
    (made.uuid.to_string(), made.id, made.inbox)
}

async fn linked() -> House {
    let house = House::boot().await;
    let (uuid, ..) = mailbox(&house).await;
    house.configure(json!({ "continuity": { "mailbox": uuid } })).await;
    house
}

/// Waits until a look into the file finds this number.
async fn finds(house: &House, what: &str, sql: &str, wanted: i64) {
    in_time(what, async {
        while house.count(sql) != wanted {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

const OWED: &str = "SELECT count(*) FROM jobs WHERE kind = 'continuity'";
const TRIED: &str = "SELECT count(*) FROM jobs WHERE kind = 'continuity' AND json_extract(payload, '$.upto') IS NOT NULL";
const TELLING: &str = "SELECT count(*) FROM jobs WHERE kind = 'tell_team' AND json_extract(payload, '$.upto') IS NOT NULL";

fn number(house: &House, conversation: &str) -> i64 {
    house.count(&format!("SELECT id FROM conversations WHERE uuid = '{conversation}'"))
}

/// The mail that is being tried, as the post office gets it.
async fn letter(house: &House, conversation: &str) -> Letter {
    finds(house, "a mail is tried", TRIED, 1).await;
    let upto = house.count("SELECT json_extract(payload, '$.upto') FROM jobs WHERE kind = 'continuity'");
    let due = house.desk().due_to_contact(number(house, conversation), Some(upto), Some(BASE)).await.expect("a look");
    due.expect("a mail is due").letter
}

/// Somebody wrote, left his address, and was answered.
async fn answered(house: &House) -> (Visitor, Agent) {
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("Is it in stock?").await;
    agent.edits_contact_of(&visitor.conversation(), json!({ "first_name": "Zoe", "email": "zoe@customer.example" })).await;
    agent.replies(&visitor.conversation(), "It is, in **blue**.").await;
    (visitor, agent)
}

/// What stands after `#c=` in the link of the mail.
async fn link(house: &House, conversation: &str) -> String {
    let link = letter(house, conversation).await.link.expect("a link");
    let (page, ticket) = link.split_once("#c=").expect("in the fragment");
    assert_eq!(page, format!("{BASE}/chat/{}", house.inbox), "security 36: by the configured address, and no secret before the fragment");
    house.shared.keep_secret(ticket);
    ticket.to_owned()
}

/// Another device follows the link.
async fn follows(house: &House, ticket: &str) -> Answer {
    house.visitor().post("/chat/auth/link").json(json!({ "link": ticket })).await
}

/// Rows 44, 46, 128, 174: the linked mailbox, its threshold, and one mail after it.
#[tokio::test]
async fn an_answer_that_nobody_saw_is_mailed_after_the_threshold_and_not_before() {
    let house = linked().await;
    let (visitor, _agent) = answered(&house).await;
    assert_eq!(house.count(OWED), 1, "owed with the answer itself");
    house.later(minutes(9)).await;
    assert_eq!((house.count(OWED), house.count(TRIED)), (1, 0), "not before the threshold");
    house.later(minutes(1)).await;
    let mail = letter(&house, &visitor.conversation()).await;
    assert_eq!((mail.kind, mail.to.address.as_str(), mail.to.name.as_str()), (LetterKind::ToContact, "zoe@customer.example", "Zoe"));
    assert_eq!(mail.said.iter().map(|said| said.text.as_str()).collect::<Vec<_>>(), ["It is, in blue."], "unread messages only");
    assert!(mail.thread.reply_to.as_deref().is_some_and(|address| address.starts_with("chat+c")), "row 227: an answer by mail comes back");
}

/// Row 44: without a link nothing is owed, and unlinking stops what is.
#[tokio::test]
async fn unlinking_the_mailbox_stops_the_mails() {
    let house = House::boot().await;
    let (visitor, agent) = answered(&house).await;
    assert_eq!(house.count(OWED), 0);
    let (uuid, ..) = mailbox(&house).await;
    house.configure(json!({ "continuity": { "mailbox": uuid } })).await;
    agent.replies(&visitor.conversation(), "Shall I keep one for you?").await;
    assert_eq!(house.count(OWED), 1);
    house.configure(json!({ "continuity": { "mailbox": "" } })).await;
    house.later(minutes(11)).await;
    finds(&house, "the look finds nothing to do", OWED, 0).await;
    assert_eq!(house.count("SELECT count(*) FROM mails"), 0);
    house.configure(json!({ "continuity": { "mailbox": uuid, "to_contacts": false } })).await;
    agent.replies(&visitor.conversation(), "Until Friday, that is.").await;
    assert_eq!(house.count(OWED), 0, "each direction has its own switch");
}

#[tokio::test]
async fn what_was_seen_in_the_chat_is_not_mailed() {
    let house = linked().await;
    let (visitor, _agent) = answered(&house).await;
    house.later(minutes(5)).await;
    visitor.has_seen_everything().await;
    house.later(minutes(6)).await;
    finds(&house, "the look finds nothing to do", OWED, 0).await;
    assert_eq!(house.count("SELECT count(*) FROM mails"), 0);
}

/// Row 129: no address, no try; the desk knows why, and the mail goes once there is one.
#[tokio::test]
async fn without_an_address_nothing_is_tried_until_there_is_one() {
    let house = linked().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("Is it in stock?").await;
    agent.replies(&visitor.conversation(), "It is.").await;
    house.later(minutes(11)).await;
    finds(&house, "the look finds nothing to do", OWED, 0).await;
    let opened = agent.opens(&visitor.conversation()).await;
    assert_eq!((&opened["mail"], &opened["contact"]["email"]), (&json!("later"), &Value::Null), "the desk can say: no e-mail on file");
    let message = text_at(opened["messages"].as_array().unwrap().iter().find(|one| one["kind"] == "outgoing").unwrap(), "uuid");
    let path = format!("/conversations/{}/messages/{message}/mail", visitor.conversation());
    assert_eq!(agent.post(&path).json(json!({})).await.denied(400)["code"], "no_address");
    agent.edits_contact_of(&visitor.conversation(), json!({ "email": "zoe@customer.example" })).await;
    assert_eq!(letter(&house, &visitor.conversation()).await.to.address, "zoe@customer.example");
}

/// The link opens the same conversation elsewhere, and nothing else of the person; opening it counts as seen.
#[tokio::test]
async fn a_link_in_a_mail_opens_one_conversation_and_nothing_else() {
    let house = linked().await;
    let (visitor, agent) = answered(&house).await;
    let mailed = visitor.conversation();
    visitor.starts("And something private.").await;
    let private = visitor.conversation();
    house.later(minutes(11)).await;
    let ticket = link(&house, &mailed).await;

    let sessions = "SELECT count(*) FROM sessions";
    let before = house.count(sessions);
    house.get(&format!("/chat/{}", house.inbox)).await;
    assert_eq!(house.count(sessions), before, "whoever fetches links in advance changes nothing");

    let opened = follows(&house, &ticket).await.data();
    assert_eq!(text_at(&opened, "conversation_uuid"), mailed);
    let phone = house.visitor().holding(&text_at(&opened, "session_token"));
    phone.began(&json!({ "conversation": { "uuid": mailed } }), 0);
    assert!(phone.texts().await.contains(&"It is, in blue.".to_owned()));
    assert_eq!(phone.conversations().await.len(), 1, "the list shows this one alone");
    phone.has_seen_everything().await;
    assert_eq!(house.count(&format!("SELECT contact_seen_seq >= last_seq FROM conversations WHERE uuid = '{mailed}'")), 1);
    phone.joins().await;
    phone.says("Then I take it.").await;
    agent.sees("Then I take it.").await;
    agent.replies(&private, "Just between us.").await;
    agent.replies(&mailed, "It is yours.").await;
    phone.hears("It is yours.").await;
    assert!(!phone.ever_heard("Just between us."), "of another conversation it hears nothing");
    assert!(!phone.changes(0).await.to_string().contains("Just between us."));

    phone.get(&format!("/chat/conversations/{private}")).await.refused(404);
    phone.post(&format!("/chat/conversations/{private}/message")).json(json!({ "message": "x" })).await.refused(404);
    let begins = phone.post("/chat/conversations/init").json(json!({ "message": "Another", "echo_id": echo_id() })).await;
    begins.refused(403);
    assert_eq!(begins.json()["code"], "one_only");
    phone.call("PUT", "/chat/auth/me").json(json!({ "name": "Mallory" })).await.refused(403);
    phone.post("/chat/auth/identify").json(json!({ "name": "M", "email": "m@x.example" })).await.refused(403);
    // It is no visitor's proof either: nobody becomes this person by bringing it along.
    let mallory = house.signed_in("mallory").await;
    mallory.get("/chat/conversations").header("x-libredesk-visitor-token", &phone.token()).await.data();
    assert_eq!(mallory.conversations().await.len(), 0);
    assert_eq!(visitor.conversations().await.len(), 2);
}

/// It is good for a week, for the address it was mailed to, and for a person who is still the same.
#[tokio::test]
async fn a_link_ends_with_its_time_its_address_and_its_person() {
    let house = linked().await;
    let (visitor, agent) = answered(&house).await;
    house.later(minutes(11)).await;
    let conversation = visitor.conversation();
    let ticket = link(&house, &conversation).await;
    for bad in ["", "1.2.3", &ticket[1..], &format!("{}x", &ticket[..ticket.len() - 1]), &ticket.replacen('.', ".f", 1)] {
        let answer = follows(&house, bad).await;
        answer.refused(404);
        assert_eq!(answer.json()["code"], "link_over", "{bad}");
    }
    follows(&house, &ticket).await.data();
    agent.edits_contact_of(&conversation, json!({ "email": "other@customer.example" })).await;
    // Another address by now.
    follows(&house, &ticket).await.refused(404);
    agent.edits_contact_of(&conversation, json!({ "email": "zoe@customer.example" })).await;
    let session = text_at(&follows(&house, &ticket).await.data(), "session_token");
    agent.blocks_contact_of(&conversation).await;
    follows(&house, &ticket).await.refused(404);
    house.visitor().holding(&session).get("/chat/conversations").await.refused(401);
    agent.edits_contact_of(&conversation, json!({ "blocked": false })).await;
    let session = text_at(&follows(&house, &ticket).await.data(), "session_token");
    house.later(days(7)).await;
    follows(&house, &ticket).await.refused(404);
    house.visitor().holding(&session).get("/chat/conversations").await.refused(401);
}

/// Mistyped addresses belong to strangers: what the link opened for one ends with the address, whoever corrects it, and the person stays.
#[tokio::test]
async fn what_a_link_opened_ends_when_the_address_is_corrected() {
    let house = linked().await;
    let (visitor, agent) = answered(&house).await;
    let conversation = visitor.conversation();
    house.later(minutes(11)).await;
    let ticket = link(&house, &conversation).await;
    let opens = async |ticket: &str| {
        let opened = follows(&house, ticket).await.data();
        let stranger = house.visitor().holding(&text_at(&opened, "session_token"));
        stranger.began(&json!({ "conversation": { "uuid": conversation } }), 0);
        stranger.get("/chat/conversations").await.data();
        stranger
    };
    let (first, second) = (opens(&ticket).await, opens(&ticket).await);
    agent.edits_contact_of(&conversation, json!({ "first_name": "Zoey", "email": "Zoe@customer.example" })).await;
    first.get("/chat/conversations").await.data();
    agent.edits_contact_of(&conversation, json!({ "email": "zoe.z@customer.example" })).await;
    for stranger in [&first, &second] {
        stranger.get("/chat/conversations").await.refused(401);
        stranger.post(&format!("/chat/conversations/{conversation}/message")).json(json!({ "message": "x" })).await.refused(401);
    }
    agent.edits_contact_of(&conversation, json!({ "email": "zoe@customer.example" })).await;
    let third = opens(&ticket).await;
    third.joins().await;
    visitor.call("PUT", "/chat/auth/me").json(json!({ "email": "zoe.zebra@customer.example" })).await.data();
    third.get("/chat/conversations").await.refused(401);
    assert_eq!(third.socket().ends().await, 4401);
    visitor.get("/chat/conversations").await.data();
    visitor.says("It is me").await;
}

#[tokio::test]
async fn a_link_of_somebody_who_became_another_person_opens_nothing() {
    let house = linked().await;
    let (visitor, agent) = answered(&house).await;
    house.later(minutes(11)).await;
    let ticket = link(&house, &visitor.conversation()).await;
    let contact = text_at(&agent.opens(&visitor.conversation()).await, "contact/uuid");
    let other = house.visitor();
    other.says("Me too").await;
    let into = text_at(&agent.opens(&other.conversation()).await, "contact/uuid");
    agent.post(&format!("/contacts/{contact}/merge")).json(json!({ "into": into })).await.ok();
    follows(&house, &ticket).await.refused(404);
}

/// Rows 45, 173, 227: with nobody at the desk it goes to those who may see it, and to nobody else.
#[tokio::test]
async fn what_is_written_while_nobody_is_here_goes_to_those_who_may_see_it() {
    let house = linked().await;
    let owner = house.agent().await;
    let role = json!({ "name": "Own only", "scope": "assigned", "permissions": ["reply"] });
    let role = text_at(&owner.post("/roles").json(role).await.ok(), "uuid");
    let blind = house.hire("blind", Role::Agent).await;
    owner.put(&format!("/agents/{blind}")).json(json!({ "custom_role": role })).await.ok();
    house.hire("ben", Role::Agent).await;
    let visitor = house.visitor();
    visitor.says("Is anybody there?").await;
    house.later(minutes(11)).await;
    assert_eq!(house.count(TELLING), 0, "somebody who may see it is here");
    drop(owner);
    house.later(seconds(9)).await;
    house.until("everybody has gone", |desk| desk.here().nobody()).await;
    // Written down before the clock moves on: on a busy machine the farewell is noted late.
    house.desk().notice().await.unwrap();
    house.later(minutes(11)).await;
    finds(&house, "the team is told", TELLING, 1).await;
    let upto = house.count("SELECT json_extract(payload, '$.upto') FROM jobs WHERE kind = 'tell_team'");
    let due = house.desk().due_to_team(number(&house, &visitor.conversation()), Some(upto), Some(BASE)).await.unwrap().expect("it is due");
    let mut to: Vec<&str> = due.letters.iter().map(|one| one.letter.to.address.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ben@house.example", "olga@house.example"]);
    let mail = &due.letters[0].letter;
    assert_eq!(mail.said[0].text, "Is anybody there?");
    assert!(mail.link.as_deref().is_some_and(|link| link == format!("{BASE}/desk/c/{}", visitor.conversation())));
    assert!(
        mail.thread.reply_to.as_deref().is_some_and(|address| address.starts_with("chat+a")),
        "an answer by mail comes back as the agent's"
    );
    // Somebody opens it: there is nothing left to tell.
    house.agent().await.has_read(&visitor.conversation()).await;
    let due = house.desk().due_to_team(number(&house, &visitor.conversation()), Some(upto), None).await.unwrap();
    assert!(due.is_none());
}

/// Who is kept apart or shut out causes no mail, to anybody.
#[tokio::test]
async fn spam_and_banned_people_cause_no_mail() {
    let house = linked().await;
    let (visitor, agent) = answered(&house).await;
    let spam = house.visitor();
    spam.says("Hello").await;
    agent.put(&format!("/conversations/{}/quarantine", spam.conversation())).json(json!({ "quarantine": "spam" })).await.ok();
    agent.blocks_contact_of(&visitor.conversation()).await;
    drop(agent);
    house.later(seconds(9)).await;
    house.until("everybody has gone", |desk| desk.here().nobody()).await;
    house.later(hours(2)).await;
    finds(&house, "nothing is owed", "SELECT count(*) FROM jobs WHERE kind IN ('continuity', 'tell_team')", 0).await;
    assert_eq!(house.count("SELECT count(*) FROM mails"), 0);
}

/// Row 227: a conversation that came by mail is answered by mail, at once and in its thread.
#[tokio::test]
async fn an_answer_in_a_mail_conversation_goes_at_once() {
    let house = House::boot().await;
    let (_, id, _) = mailbox(&house).await;
    let agent = house.agent().await;
    let raw = b"From: Zoe <zoe@customer.example>\r\nTo: chat@shop.example\r\nSubject: Blue or red?\r\nMessage-ID: <1@customer.example>\r\n\r\nWhich one is left?\r\n";
    let mailbox = house.desk().store.read(move |tx| mailboxes::by_id(tx, id)).await.unwrap().expect("the mailbox");
    house.desk().receive_mail(&mailbox, deskbell::mail::inbound::read(raw)).await.unwrap();
    let conversation = text_at(&agent.sees("Which one is left?").await, "conversation/uuid");
    assert_eq!(agent.opens(&conversation).await["mail"], "reply", "the composer can say that it goes by mail");
    let files = agent.uploads(&conversation, &[("blue.txt", b"blue")]).await;
    let files: Vec<Value> = files.iter().map(|file| file["uuid"].clone()).collect();
    let body = json!({ "kind": "reply", "body": "The blue one.", "attachments": files });
    agent.writes(&conversation, body).await.ok();
    let answer = house.count("SELECT id FROM messages WHERE kind = 'outgoing' AND agent_id IS NOT NULL");
    assert_eq!(
        house.count(&format!("SELECT count(*) FROM jobs WHERE kind = 'reply_mail' AND json_extract(payload, '$.message') = {answer}")),
        1
    );
    let mail = house.desk().due_reply(answer).await.unwrap().expect("it is due").letter;
    assert_eq!(
        (mail.kind, mail.to.address.as_str(), mail.thread.subject.as_str()),
        (LetterKind::Reply, "zoe@customer.example", "Blue or red?")
    );
    assert_eq!(mail.thread.in_reply_to.as_deref(), Some("1@customer.example"));
    assert_eq!(mail.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["blue.txt"]);
    assert!(mail.link.is_none() && mail.said.len() == 1);
}
