//! The owner's side: settings of the house, the first run, what is wrong, and changes that disturb nobody.

use crate::support::*;
use deskbell::model::agent::Role;

#[tokio::test]
async fn settings_of_the_house_are_changed_key_by_key_by_admins_and_told_at_once() {
    let house = House::boot().await;
    let (olga, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let fresh = ben.get("/house").await.ok()["house"].clone();
    assert_eq!((&fresh["tag_required"], &fresh["language"]), (&json!(false), &json!("en-US")));
    let changed =
        olga.put("/house").json(json!({ "name": "  The\u{0} Shop ", "quiet_hours": { "enabled": true, "to": "06:30" } })).await.ok();
    assert_eq!(changed["house"]["name"], "The Shop");
    // What was not named stays.
    assert_eq!(changed["house"]["quiet_hours"], json!({ "enabled": true, "from": "20:00", "to": "06:30", "time_zone": "UTC" }));
    ben.socket.hears_type("house").await;
    assert_eq!(ben.get("/house").await.ok(), changed);
    ben.put("/house").json(json!({ "tag_required": true })).await.denied(403);
    for (body, field) in [
        (json!({ "colour": "red" }), "colour"),
        (json!({ "tag_required": "yes" }), "tag_required"),
        (json!({ "quiet_hours": { "till": "06:00" } }), "quiet_hours.till"),
        (json!({ "quiet_hours": { "from": "24:00" } }), "quiet_hours.from"),
        (json!({ "quiet_hours": { "time_zone": "Europe/Nowhere" } }), "quiet_hours.time_zone"),
        (json!({ "language": "klingon" }), "language"),
    ] {
        let refused = olga.put("/house").json(body).await.denied(400);
        assert_eq!(refused["field"], field);
    }
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'house.edited'"), 1);
    let house = house.restarts(Options::default()).await;
    assert_eq!(house.agent().await.get("/house").await.ok(), changed);
}

/// unique 16 in small: from an empty house to a first message, step by step, in two sittings.
#[tokio::test]
async fn the_first_run_knows_how_far_it_is() {
    let house = House::boot_with(Options::default().empty()).await;
    let token = house.desk().issue_setup().await.unwrap();
    let answer = house
        .post("/api/desk/setup")
        .json(json!({ "token": token, "first_name": "Olga", "email": house::OWNER, "password": house::PASSWORD }))
        .await;
    let olga = Agent::of(&house.shared, answer).await;
    assert_eq!(olga.get("/start").await.ok(), json!({ "step": "inbox", "inbox": "", "called": null, "tested_at": null }));
    let inbox = text_at(
        &olga.post("/inboxes").json(json!({ "name": "Shop", "config": { "website_url": "https://shop.example" } })).await.ok(),
        "inbox/uuid",
    );
    olga.put("/start").json(json!({ "step": "site", "inbox": inbox })).await.ok();
    // Our own pages are no site; the shop's are, and the desk hears it at once.
    let script = format!("/w/{inbox}.js");
    house.get(&script).header("referer", &format!("{}/demo", house.origin())).await;
    assert_eq!(olga.get("/start").await.ok()["called"], Value::Null);
    house.get(&script).header("referer", "https://shop.example/cart?token=1").await;
    olga.socket.hears("the site called", |frame| frame["type"] == "inbox" && frame["data"]["uuid"] == inbox.as_str()).await;
    assert_eq!(olga.get("/start").await.ok()["called"]["from"], "shop.example");
    let visitor = house.visitor_of(&inbox);
    visitor.says("a first word to myself").await;
    olga.sees("a first word to myself").await;
    let house = house.restarts(Options::default()).await;
    let olga = house.agent().await;
    let start = olga.get("/start").await.ok();
    assert_eq!((&start["step"], start["tested_at"].is_i64()), (&json!("site"), true));
    assert_eq!(olga.put("/start").json(json!({ "step": "lunch" })).await.denied(400)["field"], "step");
    assert_eq!(olga.put("/start").json(json!({ "step": "done" })).await.ok()["step"], "done");
    // A house that has inboxes already is not new.
    assert_eq!(House::boot().await.agent().await.get("/start").await.ok()["step"], "done");
}

fn ids(problems: &Value) -> Vec<String> {
    problems["problems"].as_array().unwrap().iter().map(|problem| text_at(problem, "id").split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_reason_and_its_remedy_and_goes_when_it_is_mended() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let problems = olga.get("/problems").await.ok();
    let known = ids(&problems);
    for id in ["address", "mail", "backup", "second_factor", "retention"] {
        assert!(known.iter().any(|known| known == id), "{id} in {known:?}");
    }
    // What a test cannot have for real: an address without HTTPS, a full disk. The worst comes first.
    let worse = house.desk().problems(Some("http://desk.example".into()), Some(1)).await.unwrap();
    assert_eq!(worse[..2].iter().map(|problem| problem.id.as_str()).collect::<Vec<_>>(), ["https", "disk"]);
    assert!(!house.desk().problems(Some("https://desk.example".into()), None).await.unwrap().iter().any(|problem| problem.id == "https"));
    for problem in problems["problems"].as_array().unwrap() {
        assert!(["title", "why", "fix"].iter().all(|key| !text_at(problem, key).is_empty()), "{problem}");
    }
    // Everything that can go wrong with settings, at once.
    let never = json!({ "name": "Never", "time_zone": "UTC", "weekly": {} });
    olga.post("/hours").json(never).await.ok();
    let team = text_at(&olga.post("/teams").json(json!({ "name": "Nobody" })).await.ok(), "uuid");
    olga.post("/agents").json(json!({ "email": "late@house.example", "first_name": "Late", "role": "agent" })).await.ok();
    let off = house.another_inbox("Off").await;
    olga.put(&format!("/inboxes/{off}")).json(json!({ "enabled": false })).await.ok();
    olga.delete(&format!("/inboxes/{}/secret", house.inbox)).await.ok();
    house.configure(json!({ "blocked_ips": ["0.0.0.0/0"], "access": "verified" })).await;
    let buried = house.desk().store.write(|tx| {
        let job =
            deskbell::model::job::Job::Transcript { conversation: 0, to: "x@y.example".into(), locale: "en".into(), mail: String::new() };
        deskbell::store::jobs::enqueue_once(tx, "test:buried", &job, tx.now + 1_000_000_000)?;
        deskbell::store::jobs::bury(tx, deskbell::base::id::JobId(1), "no mailbox")
    });
    buried.await.unwrap();
    house.later(days(8)).await;
    let olga = house.agent().await;
    let all = olga.get("/problems").await.ok();
    let known = ids(&all);
    for id in ["hours", "team", "invited", "off", "blocked", "locked", "unseen", "job"] {
        assert!(known.iter().any(|known| known == id), "{id} in {known:?}");
    }
    // Mended, they are gone.
    let job = all["problems"].as_array().unwrap().iter().find_map(|problem| problem["job"].as_i64()).expect("the job");
    olga.post(&format!("/problems/jobs/{job}")).await.ok();
    olga.delete(&format!("/teams/{team}")).await.ok();
    house.configure(json!({ "blocked_ips": [], "access": "anonymous", "privacy": { "retention_days": 90 } })).await;
    house.get(&format!("/w/{}.js", house.inbox)).header("referer", "https://shop.example/").await;
    let left = ids(&olga.get("/problems").await.ok());
    for id in ["team", "blocked", "locked", "job", "retention"] {
        assert!(!left.iter().any(|left| left == id), "{id} in {left:?}");
    }
    assert!(!olga.get("/problems").await.ok().to_string().contains(&format!("unseen:{}", house.inbox)));
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.get("/problems").await.denied(403);
    olga.post("/problems/jobs/4711").await.denied(404);
    // The clock went back, and a backup was made.
    house.clock.advance(-days(3));
    let now = ids(&house.agent().await.get("/problems").await.ok());
    assert!(now.iter().any(|id| id == "clock"), "{now:?}");
}

/// row 19 and security 17: whatever is changed in the settings, an open chat keeps its socket and hears what it must, at once.
#[tokio::test]
async fn no_kind_of_setting_disturbs_an_open_chat() {
    let house = House::boot().await;
    let (olga, visitor) = (house.agent().await, house.visitor());
    visitor.says("I am in the middle of it").await;
    let inbox = format!("/inboxes/{}", house.inbox);
    let hours = text_at(
        &olga.post("/hours").json(json!({ "name": "Day", "time_zone": "UTC", "weekly": { "monday": [["09:00", "17:00"]] } })).await.ok(),
        "uuid",
    );
    let team = text_at(&olga.post("/teams").json(json!({ "name": "Sales" })).await.ok(), "uuid");
    let config = |change: Value| json!({ "config": change });
    for (method, path, body) in [
        ("PUT", inbox.clone(), config(json!({ "brand_name": "New name" }))),
        ("PUT", inbox.clone(), config(json!({ "colors": { "primary": "#ff0000" }, "launcher": { "position": "left" } }))),
        ("PUT", inbox.clone(), config(json!({ "greeting_message": "Good day" }))),
        ("PUT", inbox.clone(), config(json!({ "home_buttons": [{ "name": "Sales", "team": team }] }))),
        ("PUT", inbox.clone(), config(json!({ "prechat_form": { "enabled": true } }))),
        ("PUT", inbox.clone(), config(json!({ "hours": { "set": hours, "outside": "form" } }))),
        ("PUT", inbox.clone(), config(json!({ "privacy": { "retention_days": 30, "page_visits": "never" } }))),
        ("PUT", inbox.clone(), config(json!({ "tiles": { "bug": true } }))),
        ("PUT", inbox.clone(), config(json!({ "trusted_domains": ["shop.example"] }))),
        ("PUT", inbox.clone(), config(json!({ "session_duration": "1h" }))),
        ("PUT", inbox.clone(), json!({ "name": "Renamed" })),
        ("PUT", format!("{inbox}/translations/en"), json!({ "texts": { "w.send": "Off it goes" } })),
        ("POST", format!("{inbox}/secret"), json!({})),
        ("PUT", format!("/hours/{hours}"), json!({ "weekly": { "tuesday": [["09:00", "10:00"]] } })),
        ("PUT", format!("/teams/{team}"), json!({ "name": "Returns" })),
        ("PUT", "/house".into(), json!({ "name": "The house", "tag_required": true })),
        ("POST", "/inboxes".into(), json!({ "name": "Another" })),
        ("POST", "/agents".into(), json!({ "email": "new@house.example", "first_name": "New", "role": "agent" })),
    ] {
        olga.call(method, &path).json(body).await.ok();
        let words = format!("still here after {method} {path}");
        visitor.socket().send(json!({ "type": "ping" })).await;
        visitor.says(&words).await;
        olga.sees(&words).await;
        olga.replies(&visitor.conversation(), &format!("heard: {words}")).await;
        visitor.hears(&format!("heard: {words}")).await;
        assert!(visitor.socket().is_open(), "{method} {path}");
    }
    let seen = visitor.get("/chat/settings").await.data();
    assert_eq!((&seen["brand_name"], &seen["tiles"]["bug"]), (&json!("New name"), &json!(true)));
}

#[tokio::test]
async fn the_privacy_sheet_says_what_the_settings_say_and_renders_nothing_hostile() {
    let house = House::boot().await;
    let olga = house.agent().await;
    olga.put("/house").json(json!({ "name": "Fern & <b>Moss</b>" })).await.ok();
    let sheet = olga.get("/privacy-sheet").await;
    assert!(sheet.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    let text = sheet.text();
    assert!(text.contains("Fern &amp; &lt;b&gt;Moss") && text.contains("until it is erased by hand") && text.contains("Shortened at once"));
    house
        .configure(json!({
            "privacy": { "retention_days": 90, "visitor_days": 14, "ip": "full", "ip_days": 5, "page_visits": "never" },
            "consent": { "enabled": true, "text": "I agree <script>" },
        }))
        .await;
    let german = olga.get("/privacy-sheet?lang=de").await.text();
    for words in [
        "lang=\"de\"",
        "90 Tage nachdem sie erledigt ist",
        "14 Tage ohne Besuch",
        "gekürzt nach 5 Tagen",
        "Nicht gespeichert.",
        "I agree &lt;script&gt;",
    ] {
        assert!(german.contains(words), "{words}: {german}");
    }
    assert!(!german.contains("<script"));
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.get("/privacy-sheet").await.denied(403);
}
