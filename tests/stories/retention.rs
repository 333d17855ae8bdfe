//! Timers that really delete: resolved conversations and anonymous visitors, per inbox, and nothing else.

use crate::support::*;

impl House {
    /// Whether a word stands anywhere in the file or beside it. Read by another program: opening and closing the file here would end its locks.
    fn still_knows(&self, word: &str) -> bool {
        ["", "-wal", "-shm"].iter().any(|suffix| {
            let path = format!("{}{suffix}", self.file_path().display());
            let bytes = std::process::Command::new("cat").arg(path).output().expect("cat runs").stdout;
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        })
    }

    async fn sweeps(&self) -> (i64, i64) {
        let gone = self.desk().sweep_retention().await.expect("a sweep");
        (gone.conversations, gone.visitors)
    }
}

#[tokio::test]
async fn resolved_conversations_go_after_as_many_days_as_the_inbox_says() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let second = house.another_inbox("Second").await;
    let (old, open, reopened, elsewhere) = (house.visitor(), house.visitor(), house.visitor(), house.visitor_of(&second));
    for (visitor, word) in [(&old, "zqxoldkvw"), (&open, "zqxopenkvw"), (&reopened, "zqxagainkvw"), (&elsewhere, "zqxelsewherekvw")] {
        visitor.says(word).await;
    }
    old.sends(&[("zqxfilekvw.txt", b"zqxbyteskvw")]).await;
    for visitor in [&old, &reopened, &elsewhere] {
        agent.sets_status(&visitor.conversation(), "resolved").await;
    }
    reopened.says("one more thing").await;
    // Off by default, for ever.
    house.later(days(400)).await;
    assert_eq!(house.sweeps().await, (0, 0));
    let agent = house.agent().await;
    let new = house.visitor();
    new.says("zqxnewkvw").await;
    agent.sets_status(&new.conversation(), "resolved").await;
    // What it would be is told before it is set.
    let would = agent.get(&format!("/inboxes/{}/retention?retention_days=30&visitor_days=0", house.inbox)).await.ok();
    assert_eq!(would, json!({ "conversations": 1, "visitors": 0 }));
    house.configure(json!({ "privacy": { "retention_days": 30 } })).await;
    house.desk().sweep_when_due().await.unwrap();
    agent
        .socket
        .hears("it is gone", |frame| frame["type"] == "conversation_gone" && frame["data"]["uuid"] == old.conversation().as_str())
        .await;
    let left = ["zqxoldkvw", "zqxfilekvw", "zqxbyteskvw", "zqxopenkvw", "zqxagainkvw", "zqxelsewherekvw", "zqxnewkvw"]
        .map(|word| house.still_knows(word));
    assert_eq!(left, [false, false, false, true, true, true, true]);
    assert_eq!(
        house.count("SELECT count(*) FROM audit WHERE action = 'retention.swept' AND detail = '{\"conversations\":1,\"visitors\":0}'"),
        1
    );
    // Not again before tomorrow, and then what has come of age since.
    house.later(days(30)).await;
    house.desk().sweep_when_due().await.unwrap();
    assert!(!house.still_knows("zqxnewkvw") && house.still_knows("zqxopenkvw"));
}

#[tokio::test]
async fn anonymous_visitors_go_after_as_many_days_without_a_visit() {
    let house = House::boot().await;
    let (gone, known, stays) = (house.visitor(), house.signed_in("zoe").await, house.visitor());
    gone.says("zqxgonekvw").await;
    known.says("zqxknownkvw").await;
    stays.says("zqxstayskvw").await;
    house.later(days(20)).await;
    stays.says("still here").await;
    house.configure(json!({ "privacy": { "visitor_days": 7 } })).await;
    let agent = house.agent().await;
    let would = agent.get(&format!("/inboxes/{}/retention?retention_days=0&visitor_days=7", house.inbox)).await.ok();
    assert_eq!(would, json!({ "conversations": 0, "visitors": 1 }));
    assert_eq!(house.sweeps().await, (0, 1));
    assert_eq!(["zqxgonekvw", "zqxknownkvw", "zqxstayskvw"].map(|word| house.still_knows(word)), [false, true, true]);
    assert_eq!(house.sweeps().await, (0, 0));
    for (days, field) in [(json!({ "retention_days": 3651 }), "config.privacy"), (json!({ "visitor_days": -1 }), "config.privacy")] {
        let refused = agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": { "privacy": days } })).await.denied(400);
        assert_eq!(refused["field"], field);
    }
}

/// An erasure that was interrupted goes on by itself: with its job, and without it.
#[tokio::test]
async fn what_was_begun_is_finished_after_a_restart() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("zqxhalfkvw").await;
    let agent = house.agent().await;
    let contact = text_at(&agent.opens(&visitor.conversation()).await, "contact/uuid");
    // Begun, and then the light goes out before any job runs.
    house
        .desk()
        .store
        .write(move |tx| {
            use deskbell::store::{contacts, erase};
            let contact = contacts::find(tx, deskbell::base::id::Uuid::parse(&contact).unwrap())?.unwrap();
            erase::begin(tx, &contact)
        })
        .await
        .unwrap();
    assert!(house.still_knows("zqxhalfkvw"));
    let house = house.restarts(Options::default()).await;
    house.desk().sweep_when_due().await.unwrap();
    assert!(!house.still_knows("zqxhalfkvw"));
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 0);
}
