//! Who is here, and when: hours, teams, presence, honest promises.

use crate::support::*;
use deskbell::model::agent::Role;

fn office() -> Value {
    let day = json!([["09:00", "12:00"], ["13:00", "17:30"]]);
    json!({
        "name": "Office", "time_zone": "Europe/Berlin",
        "weekly": { "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day },
        "holidays": [{ "date": "2026-12-25", "name": "Christmas" }],
    })
}

/// row 68: sets of hours are made by admins and read by everybody inside.
#[tokio::test]
async fn admins_keep_the_hours_and_everybody_reads_them() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    ben.post("/hours").json(office()).await.denied(403);
    let made = owner.post("/hours").json(office()).await.ok();
    let uuid = text_at(&made, "uuid");
    ben.socket.hears_type("hours").await;
    let read = list_at(&ben.get("/hours").await.ok(), "hours");
    assert_eq!(read.len(), 1);
    assert_eq!(read[0]["weekly"]["monday"], json!([["09:00", "12:00"], ["13:00", "17:30"]]));
    assert_eq!(read[0]["weekly"]["sunday"], json!([]));
    assert_eq!(read[0]["holidays"], json!([{ "date": "2026-12-25", "name": "Christmas" }]));
    assert!(read[0]["open_now"].is_boolean() && read[0]["next_change_at"].is_i64());
    let path = format!("/hours/{uuid}");
    for (edit, field) in [
        (json!({ "time_zone": "Mars/Olympus" }), "time_zone"),
        (json!({ "name": "  " }), "name"),
        (json!({ "weekly": { "monday": [["9", "10"]] } }), "weekly"),
        (json!({ "holidays": [{ "date": "tomorrow" }] }), "holidays"),
    ] {
        assert_eq!(owner.put(&path).json(edit.clone()).await.denied(400)["field"], field, "{edit}");
    }
    ben.put(&path).json(json!({ "name": "Mine" })).await.denied(403);
    ben.delete(&path).await.denied(403);
    let edited = owner.put(&path).json(json!({ "name": "Bar", "weekly": { "friday": [["22:00", "02:00"]] } })).await.ok();
    assert_eq!((edited["hours"][0]["name"].as_str(), edited["hours"][0]["time_zone"].as_str()), (Some("Bar"), Some("Europe/Berlin")));
    assert_eq!(
        (&edited["hours"][0]["weekly"]["friday"], &edited["hours"][0]["weekly"]["monday"]),
        (&json!([["22:00", "02:00"]]), &json!([]))
    );
    // A set that somebody goes by is not deleted behind their backs.
    house.configure(json!({ "hours": { "set": uuid } })).await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Sales", "hours": uuid })).await.ok(), "uuid");
    let refused = owner.delete(&path).await.denied(409);
    assert!(text_at(&refused, "message").contains("inbox Shop, team Sales"), "{refused}");
    house.configure(json!({ "hours": { "set": "" } })).await;
    owner.put(&format!("/teams/{team}")).json(json!({ "hours": null })).await.ok();
    assert_eq!(owner.delete(&path).await.status, 204);
    owner.delete(&path).await.denied(404);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'hours.%'"), 3);
}

/// row 225: teams, and conversations that are given to them.
#[tokio::test]
async fn a_conversation_goes_to_a_team() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    ben.post("/teams").json(json!({ "name": "Sales" })).await.denied(403);
    assert_eq!(owner.post("/teams").json(json!({ "name": "" })).await.denied(400)["field"], "name");
    let stranger = deskbell::base::id::Uuid::new().to_string();
    assert_eq!(owner.post("/teams").json(json!({ "name": "Sales", "members": [stranger] })).await.denied(404)["field"], "members");
    assert_eq!(owner.post("/teams").json(json!({ "name": "Sales", "hours": stranger })).await.denied(400)["field"], "hours");
    let made = owner.post("/teams").json(json!({ "name": "Sales", "members": [ben.uuid] })).await.ok();
    let team = text_at(&made, "uuid");
    let shown = json!([{
        "uuid": team, "name": "Sales", "members": [ben.uuid], "hours": null, "online": true,
        "routing": "manual", "prefer_last": true, "answer_within_s": null, "places": {}, "default": false,
    }]);
    assert_eq!(made["teams"], shown);
    ben.put("/me").json(json!({ "availability": "away" })).await.ok();
    assert_eq!(ben.get("/teams").await.ok()["teams"][0]["online"], false);

    let visitor = house.visitor();
    visitor.says("hi").await;
    let path = format!("/conversations/{}/assignment", visitor.conversation());
    ben.put(&path).json(json!({})).await.denied(400);
    assert_eq!(ben.put(&path).json(json!({ "team": stranger })).await.denied(404)["field"], "team");
    let given = ben.put(&path).json(json!({ "team": team })).await.ok();
    assert_eq!(given["conversation"]["team"], json!({ "uuid": team, "name": "Sales" }));
    assert_eq!(given["conversation"]["assignee"], Value::Null, "beside the agent, not instead");
    visitor.hears_update("the team", |data| data["team"] == json!({ "name": "Sales" })).await;
    let both = ben.put(&path).json(json!({ "team": null, "agent": ben.uuid })).await.ok();
    assert_eq!((&both["conversation"]["team"], &both["conversation"]["assignee"]["uuid"]), (&Value::Null, &json!(ben.uuid)));
    ben.put(&path).json(json!({ "team": team })).await.ok();
    assert_eq!(ben.list("box=mine").await["conversations"][0]["team"]["name"], "Sales");

    // A team to which a button leads stays; after that its conversations stay, without it.
    house.configure(json!({ "home_buttons": [{ "id": "buy", "name": "Buy", "team": team }] })).await;
    assert!(text_at(&owner.delete(&format!("/teams/{team}")).await.denied(409), "message").contains("inbox Shop"));
    house.configure(json!({ "home_buttons": [] })).await;
    ben.delete(&format!("/teams/{team}")).await.denied(403);
    assert_eq!(owner.delete(&format!("/teams/{team}")).await.status, 204);
    assert_eq!(ben.list("box=mine").await["conversations"][0]["team"], Value::Null);
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action LIKE 'team.%'"), 2);
}

/// Nine to noon and one to half past five in UTC, on workdays.
async fn with_office_hours(house: &House) -> String {
    let mut hours = office();
    hours["time_zone"] = json!("UTC");
    let uuid = text_at(&house.agent().await.post("/hours").json(hours).await.ok(), "uuid");
    house.configure(json!({ "hours": { "set": uuid } })).await;
    uuid
}

async fn settings(house: &House) -> Value {
    house.visitor().get("/chat/settings").await.data()
}

/// Waits for the next frame that says how things are.
async fn news(visitor: &Visitor) -> Value {
    visitor.socket().hears_type("availability").await["data"].clone()
}

fn frames(visitor: &Visitor) -> usize {
    visitor.socket().all().iter().filter(|frame| frame["type"] == "availability").count()
}

/// unique 12: the hours turn, and everybody who has the chat open hears of it at that moment, once.
#[tokio::test]
async fn hours_turn_while_the_chat_is_open() {
    let house = House::boot().await;
    house.until_monday("08:00").await;
    // Somebody stays at the desk all day: only the hours turn.
    let owner = house.agent().await;
    let set = with_office_hours(&house).await;
    let nine = house.clock.now() / minutes(60) * minutes(60) + hours(1);
    let closed = settings(&house).await;
    assert_eq!(
        closed["availability"],
        json!({ "online": true, "open": false, "opens_at": nine, "outside": "open", "reply_minutes": null })
    );
    let (visitor, other) = (house.visitor(), house.visitor());
    visitor.says("hi").await;
    other.says("hi").await;
    let first = news(&visitor).await;
    assert_eq!(
        first,
        json!({ "online": true, "open": false, "opens_at": nine, "reply_minutes": null, "buttons": {} }),
        "right after joining"
    );
    house.later(hours(1)).await;
    for visitor in [&visitor, &other] {
        visitor.socket().hears("open", |frame| frame["type"] == "availability" && frame["data"]["open"] == true).await;
    }
    house.later(hours(3)).await;
    assert_eq!(news(&visitor).await["opens_at"], nine + hours(4), "lunch until one");
    // The clock of the machine is set back: open again.
    house.later(-hours(1)).await;
    assert_eq!(news(&visitor).await["open"], true);
    // An hour in which nothing turns is silent.
    let heard = frames(&visitor);
    house.later(minutes(30)).await;
    visitor.says("still there?").await;
    assert_eq!(settings(&house).await["availability"]["open"], true);
    assert_eq!(frames(&visitor), heard);
    // Edited hours count at once; those of tomorrow are no news.
    let path = format!("/hours/{set}");
    owner.put(&path).json(json!({ "weekly": { "tuesday": [["10:00", "11:00"]] } })).await.ok();
    assert_eq!(news(&visitor).await["opens_at"], nine + hours(25));
    owner.put(&path).json(json!({ "name": "Tuesdays" })).await.ok();
    owner.put(&path).json(json!({ "weekly": {} })).await.ok();
    let shut = news(&visitor).await;
    assert_eq!((&shut["open"], &shut["opens_at"]), (&json!(false), &Value::Null));
    // Without hours it is always open.
    house.configure(json!({ "hours": { "set": "" } })).await;
    assert_eq!(news(&visitor).await["open"], true);
}

/// unique 12, row 63: the last agent leaves in mid-chat, the first one comes back, one switches himself off.
#[tokio::test]
async fn visitors_hear_when_the_last_agent_leaves() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    assert_eq!(news(&visitor).await["online"], false);
    let owner = house.agent().await;
    assert_eq!(news(&visitor).await["online"], true);
    let ben = house.agent_named("ben", Role::Agent).await;
    owner.put("/me").json(json!({ "availability": "away" })).await.ok();
    ben.put("/me").json(json!({ "availability": "away" })).await.ok();
    assert_eq!(news(&visitor).await["online"], false, "both away");
    owner.put("/me").json(json!({ "availability": "online" })).await.ok();
    assert_eq!(news(&visitor).await["online"], true);
    let heard = frames(&visitor);
    ben.put("/me").json(json!({ "availability": "online" })).await.ok();
    // One of two leaves: nothing a visitor would see differs.
    drop(ben);
    owner.sees_frame("presence", "ben is gone", |data| data["online"] == false).await;
    assert_eq!(frames(&visitor), heard);
    // A reload is not a farewell; eight seconds are.
    drop(owner);
    assert_eq!(settings(&house).await["availability"]["online"], true);
    house.later(seconds(9)).await;
    assert_eq!(news(&visitor).await["online"], false);
    assert_eq!(settings(&house).await["team"], json!({ "online": false, "agents": [], "reply_minutes": null }));
    // Whoever joins later begins with how things are.
    let late = visitor.another_tab();
    late.joins().await;
    assert_eq!(news(&late).await["online"], false);
}

/// rows 143, 147: each start button speaks for the team behind it.
#[tokio::test]
async fn a_button_is_as_open_as_its_team() {
    let house = House::boot().await;
    house.until_monday("08:00").await;
    let ben = house.hire("ben", Role::Agent).await;
    let owner = house.agent().await;
    let night = json!({ "name": "Night", "time_zone": "UTC", "weekly": { "monday": [["06:00", "07:00"], ["22:00", "02:00"]] } });
    let night = text_at(&owner.post("/hours").json(night).await.ok(), "uuid");
    let team = json!({ "name": "Night shift", "members": [ben], "hours": night });
    let team = text_at(&owner.post("/teams").json(team).await.ok(), "uuid");
    house.configure(json!({ "home_buttons": [{ "id": "any", "name": "Ask" }, { "id": "night", "name": "Night", "team": team }] })).await;
    let buttons = |settings: &Value| {
        list_at(settings, "home_buttons").iter().map(|button| (button["online"] == true, button["open"] == true)).collect::<Vec<_>>()
    };
    assert_eq!(buttons(&settings(&house).await), [(true, true), (false, false)]);
    let visitor = house.visitor();
    visitor.says("hi").await;
    assert_eq!(
        news(&visitor).await["buttons"],
        json!({ "any": { "online": true, "open": true }, "night": { "online": false, "open": false } })
    );
    let ben = Agent::logs_in(&house.shared, "ben@house.example", house::PASSWORD).await;
    assert_eq!(news(&visitor).await["buttons"]["night"], json!({ "online": true, "open": false }));
    house.later(hours(14)).await;
    assert_eq!(news(&visitor).await["buttons"]["night"], json!({ "online": true, "open": true }));
    owner.put(&format!("/teams/{team}")).json(json!({ "members": [] })).await.ok();
    assert_eq!(news(&visitor).await["buttons"]["night"]["online"], false);
    owner.put(&format!("/teams/{team}")).json(json!({ "members": [ben.uuid] })).await.ok();
    assert_eq!(news(&visitor).await["buttons"]["night"]["online"], true);
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "suspended": true })).await.ok();
    assert_eq!(news(&visitor).await["buttons"]["night"]["online"], false);
}

/// unique 12: an estimate is the median of what really happened, and none is better than one out of the air.
#[tokio::test]
async fn how_long_answers_take_is_measured() {
    let house = House::boot_with(Options::default().patient()).await;
    let owner = house.agent().await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Sales" })).await.ok(), "uuid");
    house.configure(json!({ "home_buttons": [{ "id": "buy", "name": "Buy", "team": team }] })).await;
    let answered_after = async |wait: i64| {
        let visitor = house.visitor();
        visitor.says("hi").await;
        house.later(seconds(wait)).await;
        owner.replies(&visitor.conversation(), "hello").await;
        visitor.conversation()
    };
    for wait in [90, 90, 400, 18_000] {
        answered_after(wait).await;
    }
    assert_eq!(settings(&house).await["availability"]["reply_minutes"], Value::Null, "four answers are too few");
    let fifth = answered_after(500).await;
    house.later(minutes(10)).await;
    let told = settings(&house).await;
    assert_eq!(
        (&told["availability"]["reply_minutes"], &told["team"]["reply_minutes"]),
        (&json!(10), &json!(10)),
        "seven, rounded up kindly"
    );
    assert_eq!(told["home_buttons"][0]["reply_minutes"], Value::Null, "the team has answered nobody yet");
    owner.put(&format!("/conversations/{fifth}/assignment")).json(json!({ "team": team })).await.ok();
    for _ in 0..4 {
        let conversation = answered_after(30).await;
        owner.put(&format!("/conversations/{conversation}/assignment")).json(json!({ "team": team })).await.ok();
    }
    house.later(minutes(10)).await;
    let told = settings(&house).await;
    assert_eq!((&told["availability"]["reply_minutes"], &told["home_buttons"][0]["reply_minutes"]), (&json!(2), &json!(1)));
    house.configure(json!({ "show_reply_time": false })).await;
    let told = settings(&house).await;
    assert_eq!((&told["availability"]["reply_minutes"], &told["home_buttons"][0]["reply_minutes"]), (&Value::Null, &Value::Null));
    // After a month nobody remembers.
    house.configure(json!({ "show_reply_time": true })).await;
    house.later(days(13)).await;
    assert_eq!(settings(&house).await["availability"]["reply_minutes"], 2);
    house.later(days(18)).await;
    assert_eq!(settings(&house).await["availability"]["reply_minutes"], Value::Null);
}

/// unique 12: outside hours the launcher hides, where the inbox wants that.
#[tokio::test]
async fn the_launcher_hides_outside_hours() {
    let house = House::boot().await;
    house.until_monday("08:00").await;
    with_office_hours(&house).await;
    let hidden = async || {
        let snippet = house.get(&format!("/w/{}.js", house.inbox)).await.text();
        let boot: Value = serde_json::from_str(snippet.split_once('=').unwrap().1.split_once(";\n").unwrap().0).unwrap();
        let launcher = house.visitor().get("/chat/settings/launcher").await.data();
        let settings = settings(&house).await;
        let all = [&boot, &launcher, &settings].map(|shape| shape["launcher"]["hidden"] == true);
        assert!(all.iter().all(|hidden| *hidden == all[0]), "{all:?}");
        (all[0], settings["availability"]["outside"].clone())
    };
    assert_eq!(hidden().await, (false, json!("open")));
    house.configure(json!({ "hours": { "outside": "hide" } })).await;
    assert_eq!(hidden().await, (true, json!("hide")));
    house.later(hours(1)).await;
    assert_eq!(hidden().await, (false, json!("hide")));
    house.configure(json!({ "launcher": { "hidden": true } })).await;
    assert!(hidden().await.0);
}

/// rows 68, 80, 83: hours as the original protocol knows them.
#[tokio::test]
async fn a_foreign_widget_gets_the_hours_it_knows() {
    let house = House::boot().await;
    house.until_monday("08:00").await;
    let set = with_office_hours(&house).await;
    let visitor = house.visitor();
    let began = visitor.starts("hi").await;
    assert_eq!((&began["business_hours_id"], &began["working_hours_utc_offset"]), (&Value::Null, &Value::Null));
    let bare = settings(&house).await;
    assert!(
        bare.get("business_hours").is_none()
            && bare.get("default_business_hours_id").is_none()
            && bare["show_office_hours_in_chat"] == false
    );
    house.configure(json!({ "show_office_hours_in_chat": true, "show_office_hours_after_assignment": true })).await;
    let owner = house.agent().await;
    owner.put(&format!("/hours/{set}")).json(json!({ "time_zone": "Asia/Kolkata" })).await.ok();
    let night = json!({ "name": "Night", "time_zone": "America/New_York", "weekly": { "friday": [["22:00", "02:00"]] } });
    let night = text_at(&owner.post("/hours").json(night).await.ok(), "uuid");
    let unused = json!({ "name": "Unused", "time_zone": "UTC" });
    owner.post("/hours").json(unused).await.ok();
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Night shift", "hours": night })).await.ok(), "uuid");
    let mut told = settings(&house).await;
    assert_eq!((&told["default_business_hours_id"], &told["working_hours_utc_offset"]), (&json!(1), &json!(330)));
    assert_eq!((&told["show_office_hours_in_chat"], &told["show_office_hours_after_assignment"]), (&json!(true), &json!(true)));
    for set in told["business_hours"].as_array_mut().unwrap() {
        for key in ["created_at", "updated_at"] {
            assert!(set.as_object_mut().unwrap().remove(key).unwrap().is_string());
        }
    }
    let day = json!({ "open": "09:00", "close": "17:30" });
    assert_eq!(
        told["business_hours"],
        json!([
            { "id": 2, "name": "Night", "description": null, "is_always_open": false, "holidays": [], "hours": { "Friday": { "open": "22:00", "close": "23:59" } } },
            {
                "id": 1, "name": "Office", "description": null, "is_always_open": false, "holidays": [{ "date": "2026-12-25", "name": "Christmas" }],
                "hours": { "Monday": day, "Tuesday": day, "Wednesday": day, "Thursday": day, "Friday": day },
            },
        ])
    );
    let opened = visitor.thread().await;
    assert_eq!((&opened["business_hours_id"], &opened["working_hours_utc_offset"]), (&json!(1), &json!(330)));
    owner.put(&format!("/conversations/{}/assignment", visitor.conversation())).json(json!({ "team": team })).await.ok();
    let opened = visitor.thread().await;
    assert_eq!((&opened["business_hours_id"], &opened["working_hours_utc_offset"]), (&json!(2), &json!(-300)), "its team's");
    let began = house.visitor().starts("hi").await;
    assert_eq!((&began["business_hours_id"], &began["working_hours_utc_offset"]), (&json!(1), &json!(330)));
}

/// unique 12, row 227: outside hours a first message needs an address to answer to, where the inbox wants that.
#[tokio::test]
async fn outside_hours_a_first_message_needs_an_address() {
    let house = House::boot().await;
    house.until_monday("08:00").await;
    with_office_hours(&house).await;
    house.configure(json!({ "hours": { "outside": "form" } })).await;
    let people = "SELECT count(*) FROM contacts";
    let visitor = house.visitor();
    let tries = |visitor: &Visitor, body: Value| visitor.post("/chat/conversations/init").json(body);
    let refused = tries(&visitor, json!({ "message": "hi", "echo_id": echo_id() })).await;
    refused.refused(400);
    assert_eq!((&refused.json()["code"], &refused.json()["field"]), (&json!("email_needed"), &json!("email")));
    tries(&visitor, json!({ "message": "hi", "form_data": { "email": "nonsense" } })).await.refused(400);
    let form = Form::new().text("start", "1").file("list.txt", b"eggs");
    assert_eq!(visitor.post("/media/upload").form(form).await.json()["code"], "email_needed");
    assert_eq!(house.count(people), 0, "nothing is kept of who was refused");
    visitor.starts_with(json!({ "message": "hi", "form_data": { "email": "zoe@example.com" } })).await;
    // Further messages, and people whose address is known, are not asked.
    visitor.says("and another thing").await;
    tries(&visitor, json!({ "message": "hi again" })).await.data();
    tries(&house.signed_in("ada").await, json!({ "message": "hi" })).await.data();
    house.later(hours(1)).await;
    tries(&house.visitor(), json!({ "message": "hi" })).await.data();
}

/// rows 146–149: a start button decides team, priority and the first bubble.
#[tokio::test]
async fn what_begins_with_a_button() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Sales" })).await.ok(), "uuid");
    let buttons = json!([
        { "id": "buy", "name": "Buy", "team": team, "priority": "high", "opening_message": "What may it be, **please**?" },
        { "id": "ask", "name": "Ask" },
    ]);
    house.configure(json!({ "home_buttons": buttons, "brand_name": "Corner shop" })).await;
    let texts = json!({ "texts": { "set.button.buy.opening_message": "Was darf es sein?" } });
    owner.put(&format!("/inboxes/{}/translations/de", house.inbox)).json(texts).await.ok();

    let visitor = house.visitor();
    let body = json!({ "message": "bread", "button": "buy", "echo_id": echo_id() });
    let began = visitor.starts_with(body.clone()).await;
    let said: Vec<String> = list_at(&began, "messages").iter().map(|message| text_at(message, "text_content")).collect();
    assert_eq!(said, ["bread", "What may it be, please?"], "newest first");
    let opening = &began["messages"][1];
    assert_eq!(opening["html"], "<p>What may it be, <strong>please</strong>?</p>");
    assert_eq!(
        (&opening["meta"], &opening["author"]["type"], &opening["author"]["first_name"]),
        (&json!({ "opening": true }), &json!("agent"), &json!("Corner shop"))
    );
    let conversation = &began["conversation"];
    assert_eq!((&conversation["button"], &conversation["team"]), (&json!("buy"), &json!({ "name": "Sales" })));
    assert_eq!(conversation["unread_message_count"], 0);
    assert_eq!(visitor.texts().await, ["What may it be, please?", "bread"]);
    let seen = owner.opens(&visitor.conversation()).await;
    assert_eq!((&seen["conversation"]["team"]["name"], &seen["conversation"]["priority"]), (&json!("Sales"), &json!("high")));
    assert!(seen["conversation"]["waiting_since"].is_i64(), "a greeting is no answer");
    assert_eq!(seen["messages"][0]["author"]["name"], "Corner shop");
    // The same again is the same conversation, told the same.
    let again = house.visitor().post("/chat/conversations/init").json(body).await.data();
    assert_eq!((&again["conversation"]["uuid"], &again["messages"]), (&conversation["uuid"], &began["messages"]));

    let german = house.visitor().starts_with(json!({ "message": "Brot", "button": "buy", "locale": "de" })).await;
    assert_eq!(german["messages"][1]["text_content"], "Was darf es sein?");
    let plain = house.visitor().starts_with(json!({ "message": "hi", "button": "ask" })).await;
    assert_eq!(
        (list_at(&plain, "messages").len(), &plain["conversation"]["team"]),
        (1, &Value::Null),
        "an empty thread until somebody writes"
    );
    let form = Form::new().text("start", "1").text("button", "buy").file("list.txt", b"eggs");
    assert_eq!(house.visitor().post("/media/upload").form(form).await.data()["conversation"]["team"]["name"], "Sales");
    // A button that was taken away while the page was open.
    let gone = house.visitor().starts_with(json!({ "message": "hi", "button": "gone" })).await;
    assert_eq!((list_at(&gone, "messages").len(), &gone["conversation"]["button"]), (1, &json!("")));
}

/// row 133, decision 3: one conversation per person, for ever, on every device.
#[tokio::test]
async fn one_thread_for_ever() {
    let house = House::boot().await;
    house.configure(json!({ "single_thread": true, "home_buttons": [{ "id": "ask", "name": "Ask", "opening_message": "Yes?" }] })).await;
    let owner = house.agent().await;
    let begin = async |visitor: &Visitor, body: Value| visitor.post("/chat/conversations/init").json(body).await.data();
    let phone = house.signed_in("ada").await;
    let first = phone.starts_with(json!({ "message": "one", "button": "ask" })).await;
    let laptop = house.signed_in("ada").await;
    let echo = echo_id();
    let second = begin(&laptop, json!({ "message": "two", "echo_id": echo, "button": "ask" })).await;
    assert_eq!(second["conversation"]["uuid"], first["conversation"]["uuid"]);
    assert_eq!(second.as_object().unwrap().keys().collect::<Vec<_>>(), first.as_object().unwrap().keys().collect::<Vec<_>>());
    assert_eq!((list_at(&second, "messages").len(), &second["messages"][0]["text_content"]), (1, &json!("two")));
    let again = begin(&laptop, json!({ "message": "two", "echo_id": echo })).await;
    assert_eq!(again["messages"][0]["uuid"], second["messages"][0]["uuid"]);
    // Done is not over.
    owner.sets_status(&phone.conversation(), "resolved").await;
    let third = begin(&phone, json!({ "message": "three" })).await;
    assert_eq!((&third["conversation"]["uuid"], &third["conversation"]["status"]), (&first["conversation"]["uuid"], &json!("Open")));
    assert_eq!(phone.texts().await, ["Yes?", "one", "two", "three"]);
    // Somebody else, and somebody without a session, has another one; a visitor's own goes on as well.
    let visitor = house.visitor();
    let own = visitor.starts("hello").await;
    assert_ne!(own["conversation"]["uuid"], first["conversation"]["uuid"]);
    assert_eq!(begin(&visitor, json!({ "message": "hello again" })).await["conversation"]["uuid"], own["conversation"]["uuid"]);
    // Where nothing may be written into closed ones, a new one is better than none.
    house.configure(json!({ "users": { "prevent_reply_to_closed_conversation": true } })).await;
    owner.sets_status(&phone.conversation(), "resolved").await;
    let fourth = begin(&phone, json!({ "message": "four" })).await;
    assert_ne!(fourth["conversation"]["uuid"], first["conversation"]["uuid"]);
}
