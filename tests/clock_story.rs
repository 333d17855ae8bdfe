//! A small machine without a battery for its clock: it starts in 1970 and is set right a moment later, or was ahead and is set back by hours.
//! Nobody is signed out, nothing is out of order, nothing waits for hours to come again, nothing is deleted.

mod support;

use deskbell::model::job::Job;
use deskbell::store::jobs;
use support::*;

const YEAR: i64 = 366 * 24 * 3_600_000;

#[tokio::test]
async fn a_start_in_1970_goes_on_where_the_house_was_and_takes_the_right_time_later() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("before the lights went out").await;
    agent.sees("before the lights went out").await;
    let (off_at, token) = (house.clock.now(), visitor.token());

    // Switched off for five hours; the machine wakes up and knows no time.
    house.clock.set(-57 * YEAR);
    let house = house.restarts(Options::default()).await;
    assert!((house.clock.now() - off_at).abs() < minutes(1), "time goes on where it was");
    let visitor = house.visitor().holding(&token);
    let known = visitor.conversations().await;
    visitor.began(&json!({ "conversation": known[0] }), 0);
    let conversation = visitor.conversation();
    assert_eq!(visitor.texts().await, ["before the lights went out"], "nobody is signed out");
    let agent = house.agent().await;
    agent.replies(&conversation, "while the clock was wrong").await;

    // The network tells the time.
    house.clock.set(57 * YEAR + hours(5));
    assert!((house.clock.now() - off_at - hours(5)).abs() < minutes(1));
    house.later(0).await;
    agent.replies(&conversation, "and now it is right").await;
    let said = ["before the lights went out", "while the clock was wrong", "and now it is right"];
    assert_eq!(visitor.texts().await, said, "in order, and all there");
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE created_at < 1700000000000"), 0, "nothing was written in 1970");
    assert_eq!(house.count("SELECT count(*) FROM sessions WHERE expires_at < 1700000000000"), 0);
    assert_eq!(house.count("SELECT count(*) - count(DISTINCT uuid) FROM messages"), 0);
    house.desk().sweep_retention().await.unwrap();
    assert_eq!(visitor.texts().await, said);
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_hours_keeps_nobody_waiting() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("an hour ahead").await;
    // Owed soon, by a clock that is ahead; and wanted at a certain hour, whatever the clock was.
    let tomorrow = house.clock.now() + days(1);
    house
        .desk()
        .store
        .write(move |tx| {
            jobs::enqueue_once(tx, "test:soon", &Job::Continuity { conversation: 0, upto: None }, tx.now + hours(1))?;
            jobs::enqueue_once(tx, "test:at", &Job::WakeConversation { conversation: 0 }, tomorrow)
        })
        .await
        .unwrap();

    house.clock.set(-hours(5));
    house.later(0).await;
    let now = house.clock.now();
    let soon = format!("SELECT count(*) FROM jobs WHERE dedup_key = 'test:soon' AND run_at <= {}", now + hours(1));
    house.until("what is owed is due in an hour again", |_| house.count(&soon) == 1).await;
    assert_eq!(house.count("SELECT run_at FROM jobs WHERE dedup_key = 'test:at'"), tomorrow, "an hour that somebody named stays");

    // Everybody goes on as before.
    let conversation = visitor.conversation();
    agent.replies(&conversation, "an hour is an hour").await;
    visitor.says("quite so").await;
    assert_eq!(visitor.texts().await, ["an hour ahead", "an hour is an hour", "quite so"]);
    let report = agent.get(&format!("/reports/overview?from={}&to={}", now - days(1), now + days(1))).await;
    assert_eq!(report.status, 200, "numbers are reckoned: {report:?}");
    let status = agent.get("/status").await.ok();
    assert!(status["uptime_s"].as_i64().unwrap() >= 0);
    // Who mistyped his password before is not shut out for five hours more.
    let tries = || house.post("/api/desk/session").json(json!({ "email": "olga@house.example", "password": "not this one" }));
    for _ in 0..3 {
        assert_eq!(tries().await.status, 401);
    }
    house.clock.set(-hours(5));
    assert!((house.clock.lead() + hours(10)).abs() < minutes(1));
    agent.get("/conversations").await.ok();
}

#[tokio::test]
async fn the_status_of_the_house_is_for_those_who_may_change_it() {
    let house = House::boot().await;
    let (olga, ben) = (house.agent().await, house.agent_named("ben", deskbell::model::agent::Role::Agent).await);
    let visitor = house.visitor();
    visitor.says("count me").await;
    olga.sees("count me").await;
    olga.replies(&visitor.conversation(), "one").await;
    ben.get("/status").await.denied(403);
    ben.put("/status/log").json(json!({ "level": "debug" })).await.denied(403);

    let status = olga.get("/status?days=1&offset=60").await.ok();
    assert_eq!(status["people"]["agents"], 2);
    assert!(status["file"]["bytes"].as_i64().unwrap() > 0 && status["wear"]["commits"].as_i64().unwrap() > 0, "{status}");
    assert_eq!(status["conversations"]["open"], 1);
    let one_day = days(1);
    let days = list_at(&status, "days");
    assert_eq!(days.len(), 14);
    let today = &days[13];
    assert_eq!((&today["incoming"], &today["outgoing"]), (&json!(1), &json!(1)), "{today}");
    assert_eq!(today["day"].as_i64().unwrap(), (house.clock.now() + minutes(60)) / one_day);
    assert_eq!(days[12]["incoming"], 0);
    assert!(olga.get("/status").await.ok().get("days").is_none(), "what is dear is asked once");

    let refused = olga.put("/status/log").json(json!({ "level": "loud" })).await.denied(400);
    assert_eq!(refused["field"], "level");
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'house.log_level'"), 0);
    let before = text_at(&status, "log_level");
    assert_eq!(olga.put("/status/log").json(json!({ "level": before })).await.ok()["log_level"], before);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'house.log_level'"), 1);
}
