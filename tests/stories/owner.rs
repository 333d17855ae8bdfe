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
