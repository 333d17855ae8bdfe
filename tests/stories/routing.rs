//! Who gets which conversation: teams that give by themselves, limits, the queue, handing over, leaving, following.

use crate::support::*;
use deskbell::model::agent::Role;
use std::collections::HashMap;

/// A house with a team that gives by itself, which gets every conversation of the inbox.
struct Floor {
    house: House,
    owner: Agent,
    team: String,
}

/// `people` are members, each with room for so many; nobody of them is at the desk yet.
async fn floor(people: &[(&str, u32)]) -> Floor {
    furnished(House::boot_with(Options::default().patient()).await, people).await
}

async fn furnished(house: House, people: &[(&str, u32)]) -> Floor {
    let owner = house.agent().await;
    let mut members = Vec::new();
    for (name, open_max) in people {
        let uuid = house.hire(name, Role::Agent).await;
        owner.put(&format!("/agents/{uuid}")).json(json!({ "open_max": open_max })).await.ok();
        members.push(uuid);
    }
    let team = json!({ "name": "Support", "members": members, "routing": "round_robin", "default": true });
    let team = text_at(&owner.post("/teams").json(team).await.ok(), "uuid");
    Floor { house, owner, team }
}

impl Floor {
    /// Somebody of the team sits down.
    async fn comes(&self, name: &str) -> Agent {
        Agent::logs_in(&self.house.shared, &format!("{name}@house.example"), house::PASSWORD).await
    }

    async fn set_team(&self, edit: Value) {
        self.owner.put(&format!("/teams/{}", self.team)).json(edit).await.ok();
    }

    /// Who has it, by first name; "" = nobody.
    async fn holder(&self, visitor: &Visitor) -> String {
        let shown = self.owner.opens(&visitor.conversation()).await;
        shown["conversation"]["assignee"]["first_name"].as_str().unwrap_or_default().to_owned()
    }

    /// Waits until somebody has it.
    async fn goes_to(&self, visitor: &Visitor, name: &str) {
        let uuid = visitor.conversation();
        if self.holder(visitor).await == name {
            return;
        }
        let what = format!("{name} has it");
        let fits = |data: &Value| data["uuid"] == uuid.as_str() && data["assignee"]["first_name"].as_str().unwrap_or_default() == name;
        self.owner.sees_frame("conversation", &what, fits).await;
    }

    /// What the thread says happened, oldest first.
    async fn story(&self, visitor: &Visitor) -> Vec<String> {
        let messages = list_at(&self.owner.opens(&visitor.conversation()).await, "messages");
        let activities = messages.iter().filter(|message| message["kind"] == "activity");
        activities.map(|one| format!("{} {}", text_at(one, "activity/action"), text_at(one, "activity/value")).trim().to_owned()).collect()
    }
}

/// A visitor with a line, whose first message was stored.
async fn writes(house: &House, words: &str) -> Visitor {
    let visitor = house.visitor();
    visitor.says(words).await;
    visitor
}

/// Waits for the place of a visitor's conversation; `None` = he waits no more.
async fn hears_place(visitor: &Visitor, position: Option<i64>) -> Value {
    let fits = |frame: &Value| frame["type"] == "queue" && frame["data"]["queue"]["position"].as_i64() == position;
    visitor.socket().hears(&format!("place {position:?}"), fits).await["data"]["queue"].clone()
}

/// The place of a visitor's conversation, as his widget fetches it.
async fn place(visitor: &Visitor) -> Option<i64> {
    visitor.thread().await["conversation"]["queue"]["position"].as_i64()
}

/// row 225: new conversations go round, at once, to those who are here; the first ones first, the last ones last.
#[tokio::test]
async fn conversations_go_round_at_once() {
    let floor = floor(&[("ann", 6), ("ben", 6), ("cleo", 6)]).await;
    let (ann, _ben, cleo) = (floor.comes("ann").await, floor.comes("ben").await, floor.comes("cleo").await);
    let mut holders = Vec::new();
    for number in 0..6 {
        let visitor = floor.house.visitor();
        // The very answer to the first message says who has it.
        let started = visitor.starts(&format!("hello {number}")).await;
        holders.push(text_at(&started, "conversation/assignee/first_name"));
    }
    assert_eq!(holders, ["Ann", "Ben", "Cleo", "Ann", "Ben", "Cleo"]);
    ann.sees_frame("notice", "she hears of it", |data| data["kind"] == "assignment").await;
    // Places: the first is asked first, the last only when nobody else has room.
    floor.set_team(json!({ "places": { ann.uuid.as_str(): "last", cleo.uuid.as_str(): "first" } })).await;
    for expected in ["Cleo", "Cleo", "Cleo", "Cleo", "Ben", "Ben", "Ben", "Ben", "Ann"] {
        let visitor = writes(&floor.house, "more").await;
        assert_eq!(floor.holder(&visitor).await, expected);
    }
    for (edit, field) in [
        (json!({ "routing": "dice" }), "routing"),
        (json!({ "places": { ann.uuid.as_str(): "never" } }), "places"),
        (json!({ "answer_within_s": 1 }), "answer_within_s"),
        (json!({ "answer_within_s": "soon" }), "answer_within_s"),
    ] {
        assert_eq!(floor.owner.put(&format!("/teams/{}", floor.team)).json(edit.clone()).await.denied(400)["field"], field, "{edit}");
    }
    let told = floor.owner.get("/teams").await.ok()["teams"][0].clone();
    assert_eq!((&told["routing"], &told["prefer_last"], &told["default"]), (&json!("round_robin"), &json!(true), &json!(true)));
    assert_eq!(told["places"], json!({ ann.uuid.as_str(): "last", cleo.uuid.as_str(): "first" }));
}

/// row 225: nobody gets more than he may have; the others wait in order and see their place move.
#[tokio::test]
async fn who_waits_sees_his_place_move() {
    let floor = floor(&[("ann", 1), ("ben", 1)]).await;
    let (ann, ben) = (floor.comes("ann").await, floor.comes("ben").await);
    let mut visitors = Vec::new();
    for number in 1..=5 {
        visitors.push(writes(&floor.house, &format!("I am number {number}")).await);
    }
    assert_eq!((floor.holder(&visitors[0]).await, floor.holder(&visitors[1]).await), ("Ann".into(), "Ben".into()));
    for (visitor, position) in visitors.iter().zip([None, None, Some(1), Some(2), Some(3)]) {
        assert_eq!(place(visitor).await, position);
    }
    let queue = floor.owner.get("/queue").await.ok();
    let waiting: Vec<String> = list_at(&queue, "waiting").iter().map(|one| text_at(one, "conversation/uuid")).collect();
    assert_eq!(waiting, [visitors[2].conversation(), visitors[3].conversation(), visitors[4].conversation()]);
    assert_eq!(
        (queue["waiting"][2]["position"].as_i64(), &queue["wait_s"]),
        (Some(3), &Value::Null),
        "nothing is promised without grounds"
    );
    assert_eq!(list_at(&floor.owner.list("box=queue").await, "conversations").len(), 3);
    // One is done: in the same breath the next has her, and the others move up.
    ann.replies(&visitors[0].conversation(), "Done!").await;
    ann.sets_status(&visitors[0].conversation(), "resolved").await;
    assert_eq!(floor.holder(&visitors[2]).await, "Ann");
    hears_place(&visitors[2], None).await;
    hears_place(&visitors[3], Some(1)).await;
    hears_place(&visitors[4], Some(2)).await;
    floor.owner.sees_frame("queue", "two wait", |data| data["waiting"] == 2).await;
    // Whoever closes his chat himself frees the place, too; whoever in the queue does, lets the others move up.
    floor.house.configure(json!({ "allow_close": true })).await;
    visitors[3].closes().await.data();
    hears_place(&visitors[4], Some(1)).await;
    visitors[1].closes().await.data();
    floor.goes_to(&visitors[4], "Ben").await;
    hears_place(&visitors[4], None).await;
    // Snoozed ones take no place.
    let next = writes(&floor.house, "and me?").await;
    assert_eq!(place(&next).await, Some(1));
    ben.snoozes(&visitors[4].conversation(), floor.house.clock.now() + hours(1)).await;
    assert_eq!(floor.holder(&next).await, "Ben");
    // Conversations in which nobody waits and nobody wrote for a while take none either.
    ben.replies(&next.conversation(), "Anything else?").await;
    let quiet = writes(&floor.house, "my turn?").await;
    assert_eq!(floor.holder(&quiet).await, "");
    floor.house.later(minutes(11)).await;
    floor.goes_to(&quiet, "Ben").await;
}

/// row 225: somebody who comes back gets whom he knew, while that one has room.
#[tokio::test]
async fn the_last_agent_is_preferred_when_he_is_here() {
    let floor = floor(&[("ann", 2), ("ben", 2)]).await;
    let (ann, ben) = (floor.comes("ann").await, floor.comes("ben").await);
    let zoe = writes(&floor.house, "first").await;
    assert_eq!(floor.holder(&zoe).await, "Ann");
    ann.replies(&zoe.conversation(), "done").await;
    ann.sets_status(&zoe.conversation(), "resolved").await;
    // It would be Ben's turn.
    zoe.says("one more thing").await;
    assert_eq!(floor.holder(&zoe).await, "Ann");
    ann.sets_status(&zoe.conversation(), "resolved").await;
    ann.put("/me").json(json!({ "availability": "away" })).await.ok();
    zoe.says("and another").await;
    floor.goes_to(&zoe, "Ben").await;
    ben.replies(&zoe.conversation(), "I do that").await;
    ben.sets_status(&zoe.conversation(), "resolved").await;
    ann.put("/me").json(json!({ "availability": "online" })).await.ok();
    floor.set_team(json!({ "prefer_last": false })).await;
    zoe.says("a last one").await;
    floor.goes_to(&zoe, "Ann").await;
}

/// row 225: away, hidden, idle, out of hours, suspended, and who may not answer at all: none of them is given anything.
#[tokio::test]
async fn only_who_is_here_to_answer_is_given_anything() {
    let house = House::boot_with(Options::default().patient()).await;
    house.until_monday("10:00").await;
    let floor = furnished(house, &[("ann", 6)]).await;
    let ann = floor.comes("ann").await;
    let me = async || ann.get("/session").await.ok()["agent"].clone();
    assert_eq!((&me().await["status"], &me().await["why"]), (&json!("online"), &json!("here")));
    let mut waiting = Vec::new();
    let mut refuse = async |why: &str, status: &str| {
        let shown = me().await;
        assert_eq!((shown["status"].as_str(), shown["why"].as_str()), (Some(status), Some(why)), "{shown}");
        let visitor = writes(&floor.house, why).await;
        assert_eq!(floor.holder(&visitor).await, "", "{why}");
        waiting.push(visitor);
    };
    ann.put("/me").json(json!({ "availability": "away" })).await.ok();
    refuse("switch", "away").await;
    ann.put("/me").json(json!({ "availability": "online", "hidden": true })).await.ok();
    floor.owner.sees_frame("presence", "she looks gone", |data| data["agent"] == ann.uuid.as_str() && data["status"] == "offline").await;
    refuse("gone", "offline").await;
    assert_eq!(me().await["hidden"], true, "she knows");
    let seen = floor.owner.get("/agents").await.ok();
    let ann_seen = list_at(&seen, "agents").into_iter().find(|one| one["uuid"] == ann.uuid.as_str()).unwrap();
    assert_eq!((&ann_seen["hidden"], &ann_seen["online"]), (&json!(false), &json!(false)), "others do not");
    // All her pages have to be idle. Two of them are.
    ann.socket.send(json!({ "type": "idle", "data": { "idle": true } })).await;
    ann.put("/me").json(json!({ "hidden": false })).await.ok();
    floor.owner.sees_frame("presence", "idle", |data| data["agent"] == ann.uuid.as_str() && data["why"] == "idle").await;
    refuse("idle", "away").await;
    let set = json!({ "name": "Nights", "time_zone": "UTC", "weekly": { "monday": [["22:00", "23:00"]] } });
    let set = text_at(&floor.owner.post("/hours").json(set).await.ok(), "uuid");
    ann.put(&format!("/agents/{}", ann.uuid)).json(json!({ "work_hours": set })).await.denied(403);
    floor.owner.put(&format!("/agents/{}", ann.uuid)).json(json!({ "work_hours": set })).await.ok();
    refuse("hours", "away").await;
    // It is ten in the evening, and she touches a key: everybody who waited is hers.
    ann.socket.send(json!({ "type": "idle", "data": { "idle": false } })).await;
    floor.house.later(hours(12)).await;
    for visitor in &waiting {
        floor.goes_to(visitor, "Ann").await;
    }
    for edit in [json!({ "open_max": 101 }), json!({ "work_hours": deskbell::base::id::Uuid::new().to_string() })] {
        floor.owner.put(&format!("/agents/{}", ann.uuid)).json(edit).await.denied(400);
    }
    floor.owner.put(&format!("/agents/{}", ann.uuid)).json(json!({ "hidden": true })).await.denied(403);
    // Whoever is suspended has nothing any more, and a supervisor gets nothing.
    floor.owner.put(&format!("/agents/{}", ann.uuid)).json(json!({ "suspended": true })).await.ok();
    for visitor in &waiting {
        assert_eq!(floor.holder(visitor).await, "");
    }
    let supervisor = floor.house.agent_named("sue", Role::Agent).await;
    let role = deskbell::base::id::Uuid::new();
    let store = &floor.house.desk().store;
    let uuid = supervisor.uuid.clone();
    let made = store.write(move |tx| {
        let id = tx.insert(
            "INSERT INTO roles (uuid, name, scope, permissions, created_at, updated_at) VALUES (?1, 'Supervisor', 'all', '[\"follow\",\"assign\"]', 0, 0)",
            [role],
        )?;
        tx.exec("UPDATE agents SET role_id = ?1 WHERE uuid = ?2", (id, uuid))
    });
    made.await.unwrap();
    floor.set_team(json!({ "members": [supervisor.uuid] })).await;
    let visitor = writes(&floor.house, "for a supervisor?").await;
    assert_eq!(floor.holder(&visitor).await, "");
}

/// row 225: whoever dies at his desk keeps nobody waiting: after the grace what waits for him goes on, the rest stays his.
#[tokio::test]
async fn an_agent_who_is_gone_keeps_nobody_waiting() {
    let floor = floor(&[("ann", 6), ("ben", 6)]).await;
    let ann = floor.comes("ann").await;
    let (waits, answered) = (writes(&floor.house, "Is anybody there?").await, writes(&floor.house, "Thanks").await);
    ann.replies(&answered.conversation(), "You are welcome").await;
    let ben = floor.comes("ben").await;
    drop(ann);
    // Eight seconds until she counts as gone; a reload would be back by then.
    floor.house.later(seconds(9)).await;
    floor.owner.sees_frame("presence", "she is gone", |data| data["status"] == "offline" && data["online"] == false).await;
    waits.hears_update("Ann is offline", |data| data["assignee"]["availability_status"] == "offline").await;
    floor.house.later(minutes(1)).await;
    ben.get("/queue").await.ok();
    assert_eq!(floor.holder(&waits).await, "Ann", "within the grace");
    floor.house.later(minutes(1) + seconds(1)).await;
    floor.goes_to(&waits, "Ben").await;
    assert!(
        floor.story(&waits).await.ends_with(&["left Ann Insider".into(), "assignment Ben Insider".into()]),
        "{:?}",
        floor.story(&waits).await
    );
    assert_eq!(floor.holder(&answered).await, "Ann", "nobody waits there");
    // Until the contact writes: she has been gone for long.
    answered.says("One more question").await;
    floor.goes_to(&answered, "Ben").await;
}

/// row 225: no answer in time: it goes on to the next, or waits for one; whoever let it pass does not get it right back.
#[tokio::test]
async fn no_answer_in_time_goes_on_to_the_next() {
    let floor = floor(&[("ann", 6), ("ben", 6)]).await;
    floor.set_team(json!({ "answer_within_s": 180 })).await;
    let (ann, ben) = (floor.comes("ann").await, floor.comes("ben").await);
    let (slow, quick) = (writes(&floor.house, "slow").await, writes(&floor.house, "quick").await);
    assert_eq!((floor.holder(&slow).await, floor.holder(&quick).await), ("Ann".into(), "Ben".into()));
    ben.replies(&quick.conversation(), "Here I am").await;
    floor.house.later(minutes(3) + 1).await;
    floor.goes_to(&slow, "Ben").await;
    slow.hears_update("Ben has it", |data| data["assignee"]["first_name"] == "Ben").await;
    assert_eq!(floor.holder(&quick).await, "Ben", "answered in time");
    // Now there is only Ben, who let it pass: it waits, and is not given back to him.
    ann.put("/me").json(json!({ "availability": "away" })).await.ok();
    floor.house.later(minutes(3) + 1).await;
    floor.goes_to(&slow, "").await;
    hears_place(&slow, Some(1)).await;
    let told = floor.story(&slow).await;
    let expected = ["assignment Ann Insider", "unanswered Ann Insider", "assignment Ben Insider", "unanswered Ben Insider"];
    assert_eq!(told, expected);
    // By hand he can take it.
    let taken = ben.post("/queue/next").await.ok();
    assert_eq!(taken["conversation"]["uuid"], slow.conversation().as_str());
    assert_eq!(ben.post("/queue/next").await.ok()["conversation"], Value::Null, "nobody waits any more");
    // Whom somebody chose is not passed on.
    floor.house.later(minutes(10)).await;
    ben.get("/queue").await.ok();
    assert_eq!(floor.holder(&slow).await, "Ben");
}

/// A restart in between forgets neither the queue nor the clocks.
#[tokio::test]
async fn a_restart_in_between_changes_nothing() {
    let floor = floor(&[("ann", 1), ("ben", 1)]).await;
    floor.set_team(json!({ "answer_within_s": 180 })).await;
    let ann = floor.comes("ann").await;
    let (first, second, third) = (writes(&floor.house, "1").await, writes(&floor.house, "2").await, writes(&floor.house, "3").await);
    assert_eq!(place(&third).await, Some(2));
    let (texts, token) = ((second.conversation(), third.conversation()), third.token());
    let Floor { house, owner, team } = floor;
    drop((ann, owner, first, second, third));
    let house = house.restarts(Options::default().patient()).await;
    let owner = house.agent().await;
    let floor = Floor { house, owner, team };
    let queue = floor.owner.get("/queue").await.ok();
    let waiting: Vec<String> = list_at(&queue, "waiting").iter().map(|one| text_at(one, "conversation/uuid")).collect();
    assert_eq!(waiting, [texts.0.clone(), texts.1.clone()]);
    let third = floor.house.visitor().holding(&token);
    assert_eq!(third.conversations().await[0]["queue"]["position"], 2);
    // Ann's desk did not come back: after the grace, what waited for her goes to Ben, and then the next in order.
    let _ben = floor.comes("ben").await;
    let has =
        |uuid: String, name: &'static str| move |data: &Value| data["uuid"] == uuid.as_str() && data["assignee"]["first_name"] == name;
    floor.owner.sees_frame("conversation", "Ben has the oldest", has(texts.0.clone(), "Ben")).await;
    floor.house.later(minutes(3) + 1).await;
    floor
        .owner
        .sees_frame("conversation", "Ann's first comes before the third", |data| data["queued_at"].is_i64() && data["number"] == 1)
        .await;
}

/// Fifty visitors in the same moment: nobody gets more than he may have, and everybody has a place.
#[tokio::test]
async fn fifty_at_once_never_exceed_the_limits() {
    let floor = floor(&[("ann", 5), ("ben", 7), ("cleo", 3)]).await;
    let _desks = (floor.comes("ann").await, floor.comes("ben").await, floor.comes("cleo").await);
    let visitors: Vec<Visitor> = (0..50).map(|_| floor.house.visitor()).collect();
    let mut started = tokio::task::JoinSet::new();
    for visitor in visitors {
        started.spawn(async move {
            visitor.starts("all at once").await;
            visitor
        });
    }
    let visitors = started.join_all().await;
    let mut given: HashMap<String, usize> = HashMap::new();
    let mut places = Vec::new();
    for visitor in &visitors {
        *given.entry(floor.holder(visitor).await).or_default() += 1;
        places.extend(place(visitor).await);
    }
    let expected = [("Ann", 5), ("Ben", 7), ("Cleo", 3), ("", 35)].map(|(name, count)| (name.to_owned(), count));
    assert_eq!(given, HashMap::from(expected));
    places.sort_unstable();
    assert_eq!(places, (1..=35).collect::<Vec<i64>>());
}

/// How long it takes is said from what chats took and how many places there are; without sockets, too.
#[tokio::test]
async fn the_wait_is_estimated_from_what_chats_took() {
    let floor = floor(&[("ann", 2)]).await;
    let ann = floor.comes("ann").await;
    for number in 0..5 {
        let visitor = writes(&floor.house, &format!("chat {number}")).await;
        ann.replies(&visitor.conversation(), "a moment").await;
        floor.house.later(minutes(5) + seconds(50)).await;
        ann.sets_status(&visitor.conversation(), "resolved").await;
    }
    let (_one, _two) = (writes(&floor.house, "1").await, writes(&floor.house, "2").await);
    // Almost six minutes each, two places: one comes free every three minutes.
    let polling = floor.house.visitor();
    let started = polling.starts("3").await;
    assert_eq!(started["conversation"]["queue"], json!({ "position": 1, "wait_minutes": 3 }));
    let fourth = writes(&floor.house, "4").await;
    assert_eq!(
        fourth.thread().await["conversation"]["queue"],
        json!({ "position": 2, "wait_minutes": 10 }),
        "six, rounded up to what people say"
    );
    let frames = list_at(&polling.changes(0).await, "frames");
    let queue = frames.iter().find(|frame| frame["type"] == "queue").expect("the place");
    assert_eq!(queue["data"], json!({ "conversation_uuid": polling.conversation(), "queue": { "position": 1, "wait_minutes": 3 } }));
    // Nobody here, nothing promised.
    ann.put("/me").json(json!({ "availability": "away" })).await.ok();
    let fits = |frame: &Value| frame["type"] == "queue" && frame["data"]["queue"] == json!({ "position": 2, "wait_minutes": null });
    fourth.socket().hears("no promise", fits).await;
}

/// row 225: handing over, to a colleague or a team, with a word that the contact never sees.
#[tokio::test]
async fn a_conversation_is_handed_over_with_a_note() {
    let floor = floor(&[("ann", 1), ("ben", 6)]).await;
    let (ann, ben) = (floor.comes("ann").await, floor.comes("ben").await);
    ben.put("/me").json(json!({ "availability": "away" })).await.ok();
    let zoe = writes(&floor.house, "About my invoice").await;
    let next = writes(&floor.house, "next").await;
    assert_eq!((floor.holder(&zoe).await, floor.holder(&next).await), ("Ann".into(), String::new()));
    let path = format!("/conversations/{}/transfer", zoe.conversation());
    for bad in [json!({}), json!({ "agent": ben.uuid, "team": floor.team }), json!({ "agent": ben.uuid, "note": "x".repeat(2001) })] {
        ann.post(&path).json(bad).await.denied(400);
    }
    ann.post(&path).json(json!({ "agent": deskbell::base::id::Uuid::new().to_string() })).await.denied(404);
    ann.post(&path).json(json!({ "agent": ann.uuid })).await.denied(409);
    let handed = ann.post(&path).json(json!({ "agent": ben.uuid, "note": "She *never* got invoice 7" })).await.ok();
    assert_eq!(handed["conversation"]["assignee"]["first_name"], "Ben");
    ben.sees("She never got invoice 7").await;
    ben.sees_frame("notice", "it is his", |data| data["kind"] == "assignment" && data["text"] == "She never got invoice 7").await;
    zoe.hears_update("Ben has joined", |data| data["assignee"]["first_name"] == "Ben").await;
    assert_eq!(floor.holder(&next).await, "Ann", "her place was free at once");
    // To a team: whoever can, but not back to whom it came from.
    ben.put("/me").json(json!({ "availability": "online" })).await.ok();
    let path = format!("/conversations/{}/transfer", next.conversation());
    let handed = ann.post(&path).json(json!({ "team": floor.team })).await.ok();
    assert_eq!(handed["conversation"]["assignee"]["first_name"], "Ben");
    assert!(!zoe.ever_heard("invoice 7"));
    assert_eq!(zoe.texts().await, ["About my invoice"]);
}

/// row 225: teams that do not give by themselves: their conversations wait until somebody takes the oldest.
#[tokio::test]
async fn what_is_not_given_is_taken_in_order() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let (first, second) = (writes(&house, "first").await, writes(&house, "second").await);
    assert_eq!(place(&first).await, None, "agents take whom they like: no number would be true");
    ben.sees_frame("queue", "two wait", |data| data["waiting"] == 2).await;
    let taken = ben.post("/queue/next").await.ok();
    assert_eq!(taken["conversation"]["uuid"], first.conversation().as_str());
    assert_eq!(taken["conversation"]["assignee"]["uuid"], ben.uuid.as_str());
    // Answering takes, too; letting go puts it back where it was.
    owner.replies(&second.conversation(), "hello").await;
    ben.sees_frame("queue", "nobody waits", |data| data["waiting"] == 0).await;
    ben.assigns(&first.conversation(), None).await;
    assert_eq!(owner.get("/queue").await.ok()["waiting"][0]["conversation"]["uuid"], first.conversation().as_str());
}

/// row 147, 225: a button's team comes before that of the inbox, and that before the house's.
#[tokio::test]
async fn a_button_an_inbox_and_the_house_name_a_team_in_this_order() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let mut teams = HashMap::new();
    for name in ["Button", "Inbox", "House"] {
        let made = owner.post("/teams").json(json!({ "name": name, "default": name == "House" })).await.ok();
        teams.insert(name, text_at(&made, "uuid"));
    }
    let team = async |visitor: &Visitor| owner.opens(&visitor.conversation()).await["conversation"]["team"]["name"].clone();
    assert_eq!(team(&writes(&house, "hi").await).await, "House");
    house
        .configure(
            json!({ "routing": { "team": teams["Inbox"] }, "home_buttons": [{ "id": "buy", "name": "Buy", "team": teams["Button"] }] }),
        )
        .await;
    assert_eq!(team(&writes(&house, "hi").await).await, "Inbox");
    let visitor = house.visitor();
    visitor.starts_with(json!({ "message": "hi", "button": "buy" })).await;
    assert_eq!(team(&visitor).await, "Button");
    let stranger = json!({ "config": { "routing": { "team": deskbell::base::id::Uuid::new().to_string() } } });
    owner.put(&format!("/inboxes/{}", house.inbox)).json(stranger).await.denied(400);
    let refused = owner.delete(&format!("/teams/{}", teams["Inbox"])).await.denied(409);
    assert!(text_at(&refused, "message").contains("inbox Shop"), "{refused}");
    // The house's own is told in the list, and there is only one.
    owner.put(&format!("/teams/{}", teams["Button"])).json(json!({ "default": true })).await.ok();
    let told = list_at(&owner.get("/teams").await.ok(), "teams");
    let defaults: Vec<&Value> = told.iter().filter(|team| team["default"] == true).map(|team| &team["name"]).collect();
    assert_eq!(defaults, ["Button"]);
}

/// row 227: nobody is here: the message is kept, agents see that it was left, and it can be answered.
#[tokio::test]
async fn what_is_left_while_nobody_is_here_is_kept_and_answered() {
    let house = House::boot().await;
    let visitor = writes(&house, "Anybody?").await;
    let owner = house.agent().await;
    let opened = owner.opens(&visitor.conversation()).await;
    let left = list_at(&opened, "messages").into_iter().find(|message| message["kind"] == "activity").expect("it is written down");
    assert_eq!(left["activity"]["action"], "unattended");
    owner.replies(&visitor.conversation(), "Good morning").await;
    visitor.hears("Good morning").await;
    let other = writes(&house, "Hello").await;
    assert!(list_at(&owner.opens(&other.conversation()).await, "messages").iter().all(|message| message["kind"] != "activity"));
}

/// row 225: supervisors listen without a trace.
#[tokio::test]
async fn supervisors_follow_silently() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    let visitor = writes(&house, "Listen to me").await;
    let path = format!("/conversations/{}/follow", visitor.conversation());
    ben.put(&path).await.denied(403);
    let heard = visitor.socket().all().len();
    assert_eq!(owner.put(&path).await.status, 204);
    assert_eq!(owner.put(&path).await.status, 204, "twice is once");
    assert_eq!(owner.opens(&visitor.conversation()).await["following"], true);
    assert_eq!(ben.opens(&visitor.conversation()).await["following"], false);
    assert_eq!(list_at(&owner.list("box=followed").await, "conversations").len(), 1);
    assert_eq!(list_at(&ben.list("box=followed").await, "conversations").len(), 0);
    visitor.says("and on").await;
    assert_eq!(visitor.socket().all().len(), heard, "nobody outside heard anything");
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(list_at(&owner.list("box=followed").await, "conversations").len(), 0);
}
