//! What an attacker tried once and got: each of these worked before it was mended.

use crate::support::*;
use deskbell::base::error::Kind;
use deskbell::base::id::random_bytes;
use deskbell::model::agent::Role;
use deskbell::store::media::{self, Arrived, BlobId, Owner};
use deskbell::store::{WriteTx, conversations};

fn arrived(blob: BlobId, words: &[u8]) -> Arrived {
    let hash = <sha2::Sha256 as sha2::Digest>::digest(words).into();
    Arrived { blob, hash, name: "x.txt".into(), content_type: "text/plain".into(), size: words.len() as u64, width: None, height: None }
}

fn upload(tx: &WriteTx, words: &[u8]) -> deskbell::base::error::Result<Arrived> {
    let blob = media::begin_blob(tx)?;
    media::append_chunk(tx, blob, 0, words)?;
    Ok(arrived(blob, words))
}

/// Two uploads of the same content, one of them given up, a third of somebody else in between: nobody ever gets the other's bytes.
#[tokio::test]
async fn bytes_that_were_given_up_are_never_mistaken_for_somebody_elses() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    let uuid = deskbell::base::id::Uuid::parse(&visitor.conversation()).unwrap();
    let store = house.desk().store.clone();
    let agent = house.desk().agents().await.unwrap()[0].id;
    let (mine, victim) = store
        .write(move |tx| {
            let owner = Owner::Draft(conversations::find_for_agent(tx, agent, uuid)?.conversation.id, agent);
            let (first, second) = (upload(tx, b"mine")?, upload(tx, b"mine")?);
            media::drop_blob(tx, first.blob)?;
            let victim = upload(tx, b"a secret")?;
            assert_ne!(victim.blob, first.blob, "numbers are never used twice");
            let victim = media::insert(tx, owner, 0, &victim)?;
            let mine = media::insert(tx, owner, 1, &second)?;
            // One that took so long that its bytes are gone is refused, not given somebody's.
            let gone = upload(tx, b"slow")?;
            media::drop_blob(tx, gone.blob)?;
            assert_eq!(media::insert(tx, owner, 2, &gone).unwrap_err().kind, Kind::Conflict);
            Ok((mine.uuid, victim.uuid))
        })
        .await
        .unwrap();
    for (uuid, words) in [(mine, "mine"), (victim, "a secret")] {
        let path = house.desk().link(uuid);
        assert_eq!(house.get(&path).await.text(), words);
    }
}

/// A token that names a person by id proves nothing about the address in it (decision 5).
#[tokio::test]
async fn a_token_of_one_kind_is_no_token_of_another() {
    let house = House::boot().await;
    let mallory = house.sign(&json!({
        "external_user_id": "mallory", "email": "zoe@example.com", "first_name": "M", "exp": house.desk().clock.now() / 1000 + 600,
    }));
    let asked = json!({ "jwt": mallory, "dialect": "supportpal", "email": "zoe@example.com" });
    assert_eq!(house.visitor().post("/chat/auth/exchange").json(asked).await.status, 401);
}

/// security 22, 23
#[tokio::test]
async fn links_die_with_the_password_and_the_role_they_were_for() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let admin = house.agent_named("amy", Role::Admin).await;
    let agent = house.agent_named("ben", Role::Agent).await;
    let link = |answer: serde_json::Value| text_at(&answer, "link").split('=').next_back().unwrap().to_owned();
    let stockpiled = link(admin.post(&format!("/agents/{}/invitation", agent.uuid)).await.ok());
    owner.put(&format!("/agents/{}", agent.uuid)).json(json!({ "role": "owner" })).await.ok();
    house.post("/api/desk/invitation").json(json!({ "token": stockpiled })).await.denied(404);
    let early = link(owner.post(&format!("/agents/{}/invitation", admin.uuid)).await.ok());
    let new = json!({ "current_password": house::PASSWORD, "password": "quite another word" });
    admin.put("/me").json(new).await.ok();
    house.post("/api/desk/invitation").json(json!({ "token": early })).await.denied(404);
}

/// decision 15: who logs out is out, also for somebody who finds the first message's echo id.
#[tokio::test]
async fn a_logout_is_not_undone_by_repeating_the_first_message() {
    let house = House::boot().await;
    let echo = format!("{:032x}", u128::from_be_bytes(random_bytes()));
    let first = json!({ "message": "hi", "echo_id": echo });
    let begun = house.visitor().post("/chat/conversations/init").json(first.clone()).await.data();
    house.visitor().holding(&text_at(&begun, "session_token")).logs_out().await;
    let again = house.visitor().post("/chat/conversations/init").json(first).await.data();
    assert_ne!(again["conversation"]["uuid"], begun["conversation"]["uuid"]);
}

#[tokio::test]
async fn an_echo_id_never_answers_for_another_message() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("one").await;
    let first = visitor.conversation();
    let second = text_at(&visitor.starts("two").await, "conversation/uuid");
    let send = |conversation: &str| {
        visitor.post(&format!("/chat/conversations/{conversation}/message")).json(json!({ "message": "x", "echo_id": "zz" }))
    };
    send(&first).await.data();
    assert_eq!(send(&second).await.status, 409);
    let init = visitor.post("/chat/conversations/init").json(json!({ "message": "x", "echo_id": "zz" }));
    assert_eq!(init.await.status, 409);
    agent.writes(&first, json!({ "kind": "reply", "body": "y", "echo_id": "aa" })).await.ok();
    agent.writes(&first, json!({ "kind": "note", "body": "y", "echo_id": "aa" })).await.denied(409);
    agent.writes(&second, json!({ "kind": "reply", "body": "y", "echo_id": "aa" })).await.denied(409);
}

#[tokio::test]
async fn a_merge_survives_an_echo_id_that_both_sides_used() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("before").await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hello").await;
    for person in [&visitor, &zoe] {
        let path = format!("/chat/conversations/{}/message", person.conversation());
        person.post(&path).json(json!({ "message": "same id", "echo_id": "1" })).await.data();
    }
    let merged = zoe.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await;
    assert_eq!(merged.header("x-libredesk-clear-visitor"), Some("true"));
    assert_eq!(merged.data().as_array().map(Vec::len), Some(2));
}

/// What somebody types never looks as if his site had vouched for it; agents read it in the conversation.
#[tokio::test]
async fn answers_do_not_dress_up_as_verified_attributes() {
    let house = House::boot().await;
    let (zoe, agent) = (house.signed_in("zoe").await, house.agent().await);
    zoe.starts_with(json!({ "message": "hi", "form_data": { "rank": "VIP" } })).await;
    let opened = agent.opens(&zoe.conversation()).await;
    assert_eq!(opened["contact"]["attributes"].get("rank"), None);
    assert!(opened["messages"].to_string().contains("rank: VIP"));
}

#[tokio::test]
async fn a_socket_that_never_joins_and_one_whose_time_is_over_are_ended() {
    let house = House::boot().await;
    house.configure(json!({ "session_duration": "1m" })).await;
    let (zoe, agent) = (house.signed_in("zoe").await, house.agent().await);
    zoe.says("hi").await;
    zoe.joins().await;
    house.later(minutes(1) + 1).await;
    zoe.types(true).await;
    assert_eq!(zoe.socket().ends().await, 4401);
    agent.replies(&zoe.conversation(), "anyone?").await;
    assert!(!zoe.ever_heard("anyone?"));
}

/// Where no address is configured the launcher names the one it was asked under, and anybody can invent names: the expensive coding is
/// made for a few of them only, and all are served.
#[tokio::test]
async fn invented_hosts_get_the_cheap_coding() {
    let house = House::boot().await;
    let path = format!("/w/{}.js", house.inbox);
    let asks = async |host: &str| house.get(&path).header("host", host).header("accept-encoding", "br, gzip").await;
    let mut best = 0;
    for number in 0..30 {
        let answer = asks(&format!("odd{number}.example")).await;
        assert_eq!(answer.status, 200);
        match answer.header("content-encoding") {
            Some("br") => best += 1,
            coding => assert_eq!(coding, Some("gzip")),
        }
    }
    assert!(best <= deskbell::base::limits::PACKED_HOSTS_PER_MINUTE, "{best}");
    for host in ["a b", "a/b", "u@a.example", "a\"b", "a..b"] {
        assert_eq!(asks(host).await.status, 400, "{host}");
    }
}
