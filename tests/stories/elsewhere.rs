//! What a person left outside of their own conversations goes with them, proven on the bytes of the file.

use super::erase::{found, marked};
use crate::support::*;

/// Notes in conversations of others that their mail became, with what it quoted and how it was signed; bans of the network they came from, in
/// force and lifted, with the reason that names them.
#[tokio::test]
async fn what_is_kept_of_a_person_elsewhere_is_erased_with_them() {
    let house = House::boot_with(Options::default().patient().behind_a_proxy()).await;
    house.configure(json!({ "privacy": { "ip": "full" } })).await;
    let agent = house.agent().await;
    let (zoe, ali) = (house.visitor().from("203.0.113.77"), house.visitor().from("198.51.100.7"));
    let (cem, fay) = (house.visitor().from("198.51.100.9"), house.visitor().from("198.51.100.9"));
    for visitor in [&zoe, &ali, &cem, &fay] {
        visitor.says("hello").await;
    }
    let mut words = Vec::new();
    let mut mark = |door: &str| {
        words.push(marked(door));
        marked(door)
    };
    let address = format!("{}@customer.example", mark("address"));
    agent.edits_contact_of(&zoe.conversation(), json!({ "first_name": mark("name"), "email": address })).await;
    // Her answer to a mail that was meant for the team stands as a note with somebody else.
    let note = agent.notes(&ali.conversation(), &mark("said")).await;
    let (uuid, quoted, signature, from) = (text_at(&note, "uuid"), mark("quoted"), mark("signature"), address.clone());
    let mail = move |tx: &deskbell::store::WriteTx| {
        let meta = json!({ "mail": { "from": from, "subject": "Re: hello", "rest": true } }).to_string();
        tx.exec("UPDATE messages SET agent_id = NULL, via = 'mail', meta = ?2 WHERE uuid = ?1", (&uuid, meta))?;
        let mail = tx.insert(
            "INSERT INTO mails (message_id, direction, kind, conversation_id, address, state, created_at)
             SELECT 'note@customer.example', 'in', 'message', conversation_id, ?2, 'received', 0 FROM messages WHERE uuid = ?1",
            (&uuid, &from),
        )?;
        tx.exec("INSERT INTO mail_messages SELECT ?2, id FROM messages WHERE uuid = ?1", (&uuid, mail))?;
        tx.exec("INSERT INTO mail_rests SELECT id, ?2, ?3 FROM messages WHERE uuid = ?1", (&uuid, &quoted, &signature))?;
        Ok(())
    };
    house.desk().store.write(mail).await.unwrap();
    // Shut out: her network twice (one of them lifted), and a network that two others share.
    let ban = async |visitor: &Visitor, reason: String| {
        let body = json!({ "conversation": visitor.conversation(), "days": null, "reason": reason });
        text_at(&agent.post("/bans").json(body).await.ok(), "uuid")
    };
    let lifted = ban(&zoe, mark("lifted")).await;
    agent.delete(&format!("/bans/{lifted}")).await;
    ban(&zoe, mark("banned")).await;
    ban(&cem, marked("shared")).await;
    let missing: Vec<&String> = words.iter().filter(|word| found(&house, &[(*word).clone()]).is_empty()).collect();
    assert_eq!(missing, Vec::<&String>::new(), "all of it is there before");
    assert!(!found(&house, &["203.0.113.77".to_owned()]).is_empty());

    let contact = text_at(&agent.opens(&zoe.conversation()).await, "contact/uuid");
    agent.post(&format!("/contacts/{contact}/erase")).json(json!({ "confirm": address })).await.ok();
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    words.push("203.0.113.77".into());
    assert_eq!(found(&house, &words), Vec::<String>::new());
    let notes = list_at(&agent.opens(&ali.conversation()).await, "messages");
    let note = notes.iter().find(|message| message["kind"] == "note").expect("that there was one is no secret");
    assert_eq!((&note["deleted"], &note["text"]), (&json!(true), &json!("")));
    // A neighbour's going lifts no ban of those who stay; what it said of him goes.
    let neighbour = text_at(&agent.opens(&cem.conversation()).await, "contact/uuid");
    agent.edits_contact_of(&cem.conversation(), json!({ "first_name": "Cem" })).await;
    agent.post(&format!("/contacts/{neighbour}/erase")).json(json!({ "confirm": "cem" })).await.ok();
    house.until("the job is done", |_| house.count("SELECT count(*) FROM jobs WHERE kind = 'erase'") == 0).await;
    let bans = list_at(&agent.get("/bans").await.ok(), "bans");
    assert_eq!(
        bans.iter().map(|ban| (text_at(ban, "subject"), text_at(ban, "reason"))).collect::<Vec<_>>(),
        [("198.51.100.9/32".to_owned(), String::new())]
    );
    assert_eq!(fay.tries_to_say("and I?").await.status, 403, "it counts as before");
}
