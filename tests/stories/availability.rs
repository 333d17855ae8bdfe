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
    assert_eq!(made["teams"], json!([{ "uuid": team, "name": "Sales", "members": [ben.uuid], "hours": null, "online": true }]));
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
