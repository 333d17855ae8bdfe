//! A conversation to take away that proves by itself what was said: checked here by somebody else's cryptography (node), as a court would.

use crate::support::*;
use deskbell::model::access::Scope;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Reads the file as a stranger: record, key and signature out of the page, verified by node.
const VERIFY: &str = r#"
const { webcrypto: { subtle } } = require('node:crypto');
const page = require('node:fs').readFileSync(0, 'utf8');
const part = (id) => new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(page)[1];
const record = part('record');
const proof = JSON.parse(part('proof'));
(async () => {
  const key = await subtle.importKey('jwk', proof.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const holds = await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(proof.signature, 'base64url'), Buffer.from(record, 'utf8'));
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(proof.key.x, 'base64url'), Buffer.from(proof.key.y, 'base64url')]);
  const print = require('node:crypto').createHash('sha256').update(point).digest('hex').replace(/(.{8})(?=.)/g, '$1 ');
  console.log(JSON.stringify({ holds, print, record: JSON.parse(record) }));
})();
"#;

fn verified(page: &str) -> Value {
    let mut node =
        Command::new("node").args(["-e", VERIFY]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("this story needs node");
    node.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    serde_json::from_slice(&output.stdout).expect("what node says")
}

async fn transcript(agent: &Agent, conversation: &str, query: &str) -> Answer {
    agent.get(&format!("/conversations/{conversation}/transcript?{query}")).await
}

/// unique 15; security 50: signed, verifiable by others, with the provenance of each message, without notes and internal ids.
#[tokio::test]
async fn a_transcript_is_verified_by_somebody_elses_tool() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.starts("Where is my order? </script><b>&amp; \u{2028} \r\n second line").await;
    olga.replies(&zoe.conversation(), "It left on *Monday*.").await;
    olga.notes(&zoe.conversation(), "She is a difficult customer.").await;
    zoe.sends(&[("bill.txt", b"forty-two")]).await;
    let answer = transcript(&olga, &zoe.conversation(), "format=html").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-disposition").is_some_and(|value| value.starts_with("attachment; filename=\"conversation-")));
    assert_eq!(answer.header("content-security-policy"), Some("sandbox; default-src 'none'"));
    let page = answer.text();
    let said = verified(&page);
    assert_eq!(said["holds"], true);
    let record = &said["record"];
    let messages = list_at(record, "messages");
    let lines: Vec<_> = messages.iter().map(|one| (text_at(one, "from"), text_at(one, "via"), one["verified"] == true)).collect();
    let line = |from: &str, via: &str, verified| (from.to_owned(), via.to_owned(), verified);
    assert_eq!(lines, [line("contact", "widget", true), line("agent", "desk", false), line("contact", "widget", true)]);
    assert!(text_at(&messages[0], "text").starts_with("Where is my order? </script><b>"), "{messages:?}");
    assert_eq!(text_at(&messages[2], "files/0/sha256"), sha256(b"forty-two"));
    assert_eq!(record["contact"]["identity"], "vouched for by the site");
    // No notes, no ids, no addresses of agents, no script but its own.
    let opened = olga.opens(&zoe.conversation()).await;
    for hidden in ["difficult", zoe.conversation().as_str(), &text_at(&opened, "contact/uuid"), &olga.uuid, &olga.email, "seq"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    // The same house signs with the same key, and tells everybody which one.
    let key = house.get("/transcript-key.json").await.json();
    assert_eq!(key["fingerprint"], said["print"]);
    assert!(house.get("/transcript-key").await.text().contains(&text_at(&said, "print")));
    let house = house.restarts(Options::default()).await;
    assert_eq!(house.get("/transcript-key.json").await.json(), key);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// unique 15: a letter changed anywhere in the record, or another key, and the proof fails.
#[tokio::test]
async fn a_changed_transcript_is_not_verified() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("I paid 40 euros.").await;
    let page = transcript(&olga, &visitor.conversation(), "format=html").await.text();
    assert_eq!(verified(&page)["holds"], true);
    let (head, rest) = page.split_once("id=\"record\">").unwrap();
    for (from, to) in
        [("I paid 40 euros.", "I paid 90 euros."), ("\"verified\":false", "\"verified\":true"), ("\"made_at\":\"2", "\"made_at\":\"1")]
    {
        assert!(rest.contains(from));
        assert_eq!(verified(&format!("{head}id=\"record\">{}", rest.replace(from, to)))["holds"], false, "{to}");
    }
    // A forger's own key verifies, and has another fingerprint than the house tells.
    let other = House::boot().await;
    let print = house.get("/transcript-key.json").await.json();
    assert_ne!(other.get("/transcript-key.json").await.json()["fingerprint"], print["fingerprint"]);
}

/// security 50: notes only when asked for; a visitor's words are marked as not verified; only for who may read the conversation.
#[tokio::test]
async fn notes_come_only_when_asked_for_and_strangers_get_nothing() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("hello").await;
    olga.notes(&visitor.conversation(), "a private thought").await;
    let plain = transcript(&olga, &visitor.conversation(), "format=text").await;
    assert!(plain.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    assert!(plain.text().contains("contact, by widget, not verified") && plain.text().contains("hello"), "{}", plain.text());
    assert!(!plain.text().contains("private thought"));
    for format in ["text", "html"] {
        let with = transcript(&olga, &visitor.conversation(), &format!("format={format}&notes=1")).await.text();
        assert!(with.contains("a private thought"));
    }
    for query in ["format=pdf", "notes=yes"] {
        transcript(&olga, &visitor.conversation(), query).await.denied(400);
    }
    let blind = house.agent_seeing("blind", Scope::Assigned).await;
    transcript(&blind, &visitor.conversation(), "format=html").await.denied(404);
    let path = format!("/api/desk/conversations/{}/transcript", visitor.conversation());
    house.get(&path).await.denied(401);
    assert!(house.count("SELECT count(*) FROM audit WHERE action = 'transcript.made'") >= 3);
}

/// What was said before the proof stays unproved after it.
#[tokio::test]
async fn a_later_proof_does_not_vouch_for_earlier_words() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("before").await;
    let zoe = house.signed_in("zoe").await;
    zoe.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await.data();
    zoe.post(&format!("/chat/conversations/{}/message", visitor.conversation())).json(json!({ "message": "after" })).await.data();
    let said = verified(&transcript(&olga, &visitor.conversation(), "format=html").await.text());
    let proved: Vec<bool> = list_at(&said, "record/messages").iter().map(|one| one["verified"] == true).collect();
    assert_eq!(proved, [false, true]);
}
