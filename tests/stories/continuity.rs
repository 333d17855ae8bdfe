//! Nobody is left waiting: what was not seen goes on by mail, in both directions, and a link in the mail opens the one conversation.
//!
//! No mail server stands here: a mail that is due is tried, and its letter is asked for as the outbox asks for it. The law of times for any course
//! of events is in `continuity_law.rs`.

use super::support::*;
use deskbell::base::id::{InboxId, MailboxId};
use deskbell::desk::continuity::DueToTeam;
use deskbell::desk::incoming::Placed;
use deskbell::desk::mail_tags::Side;
use deskbell::mail::compose::Party;
use deskbell::mail::inbound::{Body, Received, Trust};
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
    linked_mailbox().await.0
}

/// The same, with its mailbox.
async fn linked_mailbox() -> (House, MailboxId) {
    let house = House::boot().await;
    let (uuid, id, _) = mailbox(&house).await;
    house.configure(json!({ "continuity": { "mailbox": uuid } })).await;
    (house, id)
}

/// Linked to a mailbox that sends.
async fn mailing(server: &FaultServer) -> House {
    let house = House::boot().await;
    let config = json!({ "address": "chat@shop.example", "smtp": server.smtp() });
    let body = json!({ "name": "Mail", "enabled": true, "is_default": true, "config": config });
    let made = house.agent().await.post("/mailboxes").json(body).await.ok();
    house.configure(json!({ "continuity": { "mailbox": text_at(&made, "uuid") } })).await;
    house
}

/// A mail comes to the mailbox, to its address or to `tag`.
async fn comes(house: &House, mailbox: MailboxId, from: &str, tag: Option<String>, subject: &str, text: &str) -> Placed {
    let mail = Received {
        message_id: format!("{}@elsewhere.example", echo_id()),
        from: Party { name: String::new(), address: from.into() },
        recipients: vec![tag.unwrap_or_else(|| "chat@shop.example".into())],
        subject: subject.into(),
        body: Body { text: text.into(), ..Body::default() },
        trust: Trust::Proved,
        ..Received::default()
    };
    let mailbox = house.desk().store.read(move |tx| mailboxes::by_id(tx, mailbox)).await.unwrap().expect("the mailbox");
    house.desk().receive_mail(&mailbox, mail).await.expect("the mail is taken")
}

/// The address a mail to the team asks to be answered at.
fn team_tag(house: &House, conversation: &str) -> Option<String> {
    Some(house.desk().tagged("chat@shop.example", Side::Agent, number(house, conversation), conversation))
}

async fn everybody_goes(house: &House) {
    house.later(seconds(9)).await;
    house.until("everybody has gone", |desk| desk.here().nobody()).await;
    // Written down before the clock moves on: on a busy machine the farewell is noted late.
    house.desk().notice().await.unwrap();
}

/// The mails to the team that are being tried.
async fn telling(house: &House, conversation: &str) -> DueToTeam {
    finds(house, "the team is told", TELLING, 1).await;
    let upto = house.count("SELECT json_extract(payload, '$.upto') FROM jobs WHERE kind = 'tell_team'");
    house.desk().due_to_team(number(house, conversation), Some(upto), Some(BASE)).await.unwrap().expect("it is due")
}

/// Somebody with no address on file wrote, and the look found none.
async fn unreachable(house: &House, visitor: &Visitor) {
    visitor.says("Is it in stock?").await;
    house.agent().await.replies(&visitor.conversation(), "It is.").await;
    house.later(minutes(11)).await;
    finds(house, "the look finds nothing to do", OWED, 0).await;
}

/// Waits until a look into the file finds this number.
async fn finds(house: &House, what: &str, sql: &str, wanted: i64) {
    in_time(what, async {
        while house.count(sql) != wanted {
            breath().await;
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
    everybody_goes(&house).await;
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

/// Who is neither the contact nor the team becomes a note: the subject of his mail, and its Message-ID, go to nobody outside.
#[tokio::test]
async fn what_was_mailed_among_the_team_is_not_told_the_contact() {
    let (house, mailbox) = linked_mailbox().await;
    let (visitor, _agent) = answered(&house).await;
    let conversation = visitor.conversation();
    let tag = team_tag(&house, &conversation);
    comes(&house, mailbox, "colleague@elsewhere.example", tag, "Fwd: this customer again", "Not my department").await;
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'note'"), 1);
    house.later(minutes(11)).await;
    let thread = letter(&house, &conversation).await.thread;
    assert_eq!((thread.subject.as_str(), thread.references.len(), thread.in_reply_to), ("", 0, None));
}

/// An address was wrong and is mended: what came back goes again, in order, all of it, and then nothing is owed.
#[tokio::test]
async fn an_answer_that_is_mailed_again_takes_along_what_came_after_it() {
    let server = FaultServer::boot().await;
    let house = mailing(&server).await;
    let (visitor, agent) = answered(&house).await;
    let conversation = visitor.conversation();
    agent.replies(&conversation, "Two are left.").await;
    house.later(minutes(11)).await;
    finds(&house, "the first mail went", OWED, 0).await;
    agent.replies(&conversation, "One by now.").await;
    house.later(minutes(16)).await;
    finds(&house, "the second mail went", OWED, 0).await;
    assert_eq!(server.got().len(), 2);
    let file = rusqlite::Connection::open(house.file_path()).unwrap();
    file.busy_timeout(PATIENCE).unwrap();
    file.execute("UPDATE mails SET state = 'bounced'", []).unwrap();
    agent.edits_contact_of(&conversation, json!({ "email": "zoe@right.example" })).await;
    let opened = agent.opens(&conversation).await;
    let first = text_at(opened["messages"].as_array().unwrap().iter().find(|one| one["kind"] == "outgoing").unwrap(), "uuid");
    let asked = agent.post(&format!("/conversations/{conversation}/messages/{first}/mail")).json(json!({})).await;
    assert_eq!(asked.status, 202);
    let again = server.gets(3).await[2].text();
    assert!(again.contains("in blue") && !again.contains("Two are left."), "{again}");
    finds(&house, "the rest is owed", &format!("{OWED} AND json_extract(payload, '$.upto') IS NULL"), 1).await;
    house.later(minutes(16)).await;
    let rest = server.gets(4).await[3].text();
    assert!(rest.contains("Two are left.") && rest.contains("One by now."), "{rest}");
    finds(&house, "nothing is owed", OWED, 0).await;
    // Whatever sets the position back: a mail that went is no reason to look for ever.
    file.execute("UPDATE conversations SET mailed_seq = 0, mailed_at = NULL", []).unwrap();
    agent.edits_contact_of(&conversation, json!({ "email": "zoe@right.example" })).await;
    finds(&house, "nothing is owed", OWED, 0).await;
    assert_eq!(server.got().len(), 4);
}

/// A full box of one keeps the others from the next mail for an hour, not for days.
#[tokio::test]
async fn one_who_cannot_be_reached_does_not_keep_the_others_from_being_told() {
    const FULL: Fault = Fault::Recipient("452 4.2.2 mailbox full");
    let server = FaultServer::boot().await;
    let house = mailing(&server).await;
    house.hire("ben", Role::Agent).await;
    let visitor = house.visitor();
    visitor.says("Is anybody there?").await;
    everybody_goes(&house).await;
    server.next(FULL);
    house.later(minutes(11)).await;
    server.gets(1).await;
    server.always(Some(FULL));
    let waits = "SELECT count(*) FROM jobs WHERE kind = 'tell_team' AND last_error <> '' AND leased_until IS NULL";
    finds(&house, "the other is tried again", waits, 1).await;
    visitor.says("Is it in stock?").await;
    house.later(minutes(61)).await;
    finds(&house, "the team counts as told", "SELECT count(*) FROM conversations WHERE told_seq > 0", 1).await;
    assert_eq!(server.got().len(), 1, "who got it got it once");
    server.always(None);
    house.later(minutes(16)).await;
    let got = server.gets(3).await;
    assert!(got[1..].iter().all(|mail| mail.text().contains("Is it in stock?")));
    let mut to: Vec<String> = server.envelopes()[1..].iter().map(|(_, to)| to.clone()).collect();
    to.sort_unstable();
    assert_eq!(to, ["ben@house.example", "olga@house.example"]);
}

/// An agent's answer by mail says that he read what was mailed, and nothing of what was written since.
#[tokio::test]
async fn an_answer_by_mail_has_not_seen_what_came_after_the_mail() {
    let (house, mailbox) = linked_mailbox().await;
    let visitor = house.visitor();
    visitor.says("Is anybody there?").await;
    let conversation = visitor.conversation();
    everybody_goes(&house).await;
    house.later(minutes(11)).await;
    let upto = telling(&house, &conversation).await.upto;
    house.desk().told_team(number(&house, &conversation), upto, Vec::new()).await.unwrap();
    visitor.says("It is urgent.").await;
    let tag = team_tag(&house, &conversation);
    let placed = comes(&house, mailbox, "olga@house.example", tag, "Re: new message", "I am on my way.").await;
    assert!(matches!(placed, Placed::Message(..)), "{placed:?}");
    visitor.hears("I am on my way.").await;
    assert_eq!(house.count("SELECT agent_seen_seq FROM conversations"), upto);
    house.later(minutes(31)).await;
    let again = "SELECT count(*) FROM jobs WHERE kind = 'tell_team' AND json_extract(payload, '$.upto') >";
    finds(&house, "the team is told again", &format!("{again} {upto}"), 1).await;
    assert_eq!(telling(&house, &conversation).await.letters[0].letter.said[0].text, "It is urgent.");
}

/// A mailbox that is switched off loses nothing: what is due waits, and goes when it is on again.
#[tokio::test]
async fn answers_wait_while_their_mailbox_is_switched_off() {
    let (house, mailbox) = linked_mailbox().await;
    let (visitor, agent) = answered(&house).await;
    let switch = async |is_on: bool| {
        let change = move |tx: &deskbell::store::WriteTx| {
            let row = mailboxes::by_id(tx, mailbox)?.expect("the mailbox");
            mailboxes::update(tx, &row, "Mail", is_on, &row.config)
        };
        house.desk().store.write(change).await.expect("it is switched");
    };
    let Placed::Message(by_mail, _) = comes(&house, mailbox, "ada@customer.example", None, "Blue or red?", "Which one?").await else {
        panic!("a conversation begins")
    };
    switch(false).await;
    agent.replies(&by_mail.to_string(), "The blue one.").await;
    let answer = house.count("SELECT max(id) FROM messages WHERE kind = 'outgoing'");
    let off = |kind: &str| format!("SELECT count(*) FROM jobs WHERE kind = '{kind}' AND last_error LIKE '%switched off%' AND attempts = 0");
    finds(&house, "the answer waits", &off("reply_mail"), 1).await;
    house.later(minutes(11)).await;
    finds(&house, "what was not seen waits", &off("continuity"), 1).await;
    house.later(days(9)).await;
    assert_eq!(house.count("SELECT count(*) FROM jobs WHERE kind IN ('reply_mail', 'continuity') AND buried_at IS NULL"), 2);
    assert_eq!(house.count("SELECT count(*) FROM mails WHERE direction = 'out'"), 0);
    switch(true).await;
    assert_eq!(house.desk().due_reply(answer).await.unwrap().expect("it is due").letter.to.address, "ada@customer.example");
    house.later(minutes(16)).await;
    assert_eq!(letter(&house, &visitor.conversation()).await.to.address, "zoe@customer.example");
}

/// Who was invited and never came has confirmed no address.
#[tokio::test]
async fn who_was_only_invited_is_told_nothing() {
    let house = linked().await;
    let invited = json!({ "email": "typo@elsewhere.example", "first_name": "Ben", "role": "agent" });
    house.agent().await.post("/agents").json(invited).await.ok();
    let visitor = house.visitor();
    visitor.says("Is anybody there?").await;
    everybody_goes(&house).await;
    house.later(minutes(11)).await;
    let due = telling(&house, &visitor.conversation()).await;
    let to: Vec<&str> = due.letters.iter().map(|one| one.letter.to.address.as_str()).collect();
    assert_eq!(to, ["olga@house.example"]);
}

/// Row 129: an address from a token, of the customer a visitor turned out to be, or typed in a form, is one.
#[tokio::test]
async fn however_an_address_becomes_known_what_waited_for_it_goes() {
    let house = linked().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("Hello!").await;
    house.agent().await.edits_contact_of(&zoe.conversation(), json!({ "email": "" })).await;
    unreachable(&house, &zoe).await;
    house.exchange(&house.token_of("zoe")).await;
    assert_eq!(letter(&house, &zoe.conversation()).await.to.address, "zoe@customer.example");

    let house = linked().await;
    let visitor = house.visitor();
    unreachable(&house, &visitor).await;
    let ada = house.signed_in("ada").await;
    ada.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await.data();
    assert_eq!(letter(&house, &visitor.conversation()).await.to.address, "ada@customer.example");

    let house = linked().await;
    let email =
        json!({ "key": "email", "type": "email", "label": "E-mail", "required": false, "enabled": true, "order": 1, "is_default": true });
    house.configure(json!({ "prechat_form": { "enabled": true, "fields": [email] } })).await;
    let visitor = house.visitor();
    unreachable(&house, &visitor).await;
    let first = visitor.conversation();
    visitor.starts_with(json!({ "message": "And in red?", "form_data": { "email": "eve@customer.example" } })).await;
    assert_eq!(letter(&house, &first).await.to.address, "eve@customer.example");
}

/// A mail conversation has no page: the transcript of one offers none.
#[tokio::test]
async fn the_transcript_of_a_mail_conversation_has_no_button_that_leads_nowhere() {
    let (house, mailbox) = linked_mailbox().await;
    let Placed::Message(uuid, _) = comes(&house, mailbox, "zoe@customer.example", None, "Blue or red?", "Which one?").await else {
        panic!("a conversation begins")
    };
    assert_eq!(house.count("SELECT count(*) FROM contacts WHERE email_verified"), 1);
    let number = number(&house, &uuid.to_string());
    let letter = house.desk().transcript_letter(number, "zoe@customer.example", "en", Some(BASE)).await.unwrap().expect("a letter");
    assert_eq!((letter.said.len(), letter.link), (1, None));
}
