//! The team: second factors, sessions, roles, and the log of who did what.

use crate::support::*;
use deskbell::base::secret::Secret;
use deskbell::base::totp;
use deskbell::desk::agents::Factor;
use deskbell::model::agent::Role;

/// The code an app shows now; `steps` half minutes later with a number.
fn code_of(house: &House, key: &str, steps: i64) -> String {
    totp::code(&Secret::new(key), totp::step(house.clock.now()) + steps).expect("a key")
}

/// Sets up the second factor of somebody; the key and the recovery codes.
async fn with_factor(house: &House, agent: &Agent) -> (String, Vec<String>) {
    house.begins_a_half_minute().await;
    let setup = agent.post("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.ok();
    let key = text_at(&setup, "secret");
    house.shared.keep_secret(&key);
    let answer = agent.put("/me/two-factor").json(json!({ "code": code_of(house, &key, 0) })).await.ok();
    let codes: Vec<String> = list_at(&answer, "recovery").iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    codes.iter().for_each(|code| house.shared.keep_secret(code));
    (key, codes)
}

fn password_step(house: &House, email: &str) -> Call {
    house.post("/api/desk/session").json(json!({ "email": email, "password": house::PASSWORD }))
}

async fn ticket_of(house: &House, email: &str) -> String {
    let answer = password_step(house, email).await;
    assert!(answer.header("set-cookie").is_none(), "no session before the second factor");
    let body = answer.ok();
    assert_eq!(body["two_factor"], true);
    assert!(body.get("agent").is_none() && body.get("csrf").is_none());
    let ticket = text_at(&body, "ticket");
    house.shared.keep_secret(&ticket);
    ticket
}

fn code_step(house: &House, ticket: &str, code: &str) -> Call {
    house.post("/api/desk/session/code").json(json!({ "ticket": ticket, "code": code }))
}

/// security 22, 26: a second factor is asked for at every way in, and works once.
#[tokio::test]
async fn whoever_has_a_second_factor_is_asked_for_it_at_every_way_in() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let elsewhere = Agent::logs_in(&house.shared, &ben.email, house::PASSWORD).await;
    // Setting up needs the password, and counts only with a right code.
    ben.post("/me/two-factor").json(json!({ "password": "not the password" })).await.denied(403);
    ben.put("/me/two-factor").json(json!({ "code": "123456" })).await.denied(409);
    let setup = ben.post("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.ok();
    assert!(text_at(&setup, "uri").starts_with("otpauth://totp/deskbell%20"));
    assert!(text_at(&setup, "qr").starts_with("<svg"));
    assert_eq!(ben.put("/me/two-factor").json(json!({ "code": "12345" })).await.denied(400)["field"], "code");
    password_step(&house, &ben.email).await.ok()["agent"].as_object().expect("not on yet: straight in");
    let (key, recovery) = with_factor(&house, &ben).await;
    assert_eq!(recovery.len(), 10);
    elsewhere.is_shut_out().await;
    ben.get("/session").await.ok();
    assert_eq!(ben.get("/me/two-factor").await.ok(), json!({ "two_factor": true, "recovery_left": 10 }));
    ben.post("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.denied(409);
    // The step that confirmed it is used up, and so is every step that let somebody in.
    let ticket = ticket_of(&house, &ben.email).await;
    code_step(&house, &ticket, &code_of(&house, &key, 0)).await.denied(401);
    house.later(30_000).await;
    let code = code_of(&house, &key, 0);
    let inside = Agent::of(&house.shared, code_step(&house, &ticket, &format!("{} {}", &code[..3], &code[3..])).await).await;
    assert_eq!(inside.uuid, ben.uuid);
    assert_eq!(code_step(&house, &ticket, &code).await.denied(401)["field"], "ticket", "a ticket works once");
    let ticket = ticket_of(&house, &ben.email).await;
    assert_eq!(code_step(&house, &ticket, &code).await.denied(401)["field"], "code", "a code works once");
    code_step(&house, &ticket, &code_of(&house, &key, 2)).await.denied(401);
    code_step(&house, &ticket, &code_of(&house, &key, 1)).await.ok();
    // A reset link replaces the password and not the second factor.
    let link = owner.post(&format!("/agents/{}/invitation", ben.uuid)).await.ok();
    let token = text_at(&link, "link").split_once('=').unwrap().1.to_owned();
    let reset = house.nobody().put("/api/desk/invitation").json(json!({ "token": token, "password": house::PASSWORD })).await;
    assert!(reset.header("set-cookie").is_none());
    let ticket = text_at(&reset.ok(), "ticket");
    // A recovery code is typed as people type, and works once.
    let typed = recovery[3].to_uppercase().replace('-', " ");
    Agent::of(&house.shared, code_step(&house, &ticket, &typed).await).await;
    let ticket = ticket_of(&house, &ben.email).await;
    code_step(&house, &ticket, &recovery[3]).await.denied(401);
    // The stored hash of one is no code either.
    assert_eq!(house.count("SELECT count(*) FROM recovery_codes WHERE length(code_hash) = 32"), 10);
    assert_eq!(house.count("SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL"), 1);
}

/// security 19, 35: what a right password is worth without the code.
#[tokio::test]
async fn a_right_password_does_not_help_to_guess_the_code() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let (key, recovery) = with_factor(&house, &ben).await;
    house.later(minutes(2)).await;
    let wrong = |ticket: &str, ip: &str| code_step(&house, ticket, "000 000").header("x-forwarded-for", ip);
    // Five tries with one right password.
    let ticket = ticket_of(&house, &ben.email).await;
    for n in 1..=5 {
        let field = if n < 5 { "code" } else { "ticket" };
        assert_eq!(wrong(&ticket, "198.51.100.1").await.denied(401)["field"], field, "try {n}");
    }
    assert_eq!(code_step(&house, &ticket, &code_of(&house, &key, 0)).await.denied(401)["field"], "ticket");
    assert_eq!(house.count("SELECT count(*) FROM audit WHERE action = 'agent.code_refused'"), 1);
    // Five minutes.
    let ticket = ticket_of(&house, &ben.email).await;
    house.later(minutes(5)).await;
    code_step(&house, &ticket, &code_of(&house, &key, 0)).await.denied(401);
    // A ticket is void with the password it was got by, and a text of another kind is a wrong body.
    let ticket = ticket_of(&house, &ben.email).await;
    let change = json!({ "password": "another horse battery", "current_password": house::PASSWORD });
    ben.put("/me").json(change).await.ok();
    code_step(&house, &ticket, &code_of(&house, &key, 0)).await.denied(401);
    ben.put("/me").json(json!({ "password": house::PASSWORD, "current_password": "another horse battery" })).await.ok();
    let ticket = ticket_of(&house, &ben.email).await;
    house.post("/api/desk/session/code").json(json!({ "ticket": ticket, "code": 123456 })).await.denied(400);
    // Tries at once are counted one by one.
    let mut together = tokio::task::JoinSet::new();
    for n in 0..20 {
        let call = wrong(&ticket, &format!("198.51.100.{}", 20 + n));
        together.spawn(async move { call.await.status });
    }
    together.join_all().await;
    assert_eq!(house.count("SELECT max(tries) FROM login_steps"), 5);
    // However many right passwords: fifteen wrong codes an hour for one account, from everywhere.
    let mut refused = 0;
    for n in 0..20 {
        let ticket = ticket_of(&house, &ben.email).await;
        refused += u32::from(wrong(&ticket, &format!("203.0.113.{n}")).await.status == 429);
    }
    assert!(refused >= 10, "{refused}");
    let ticket = ticket_of(&house, &ben.email).await;
    code_step(&house, &ticket, &recovery[0]).await.denied(429);
    house.later(hours(1)).await;
    let ticket = ticket_of(&house, &ben.email).await;
    code_step(&house, &ticket, &recovery[0]).await.ok();
    // Somebody suspended between the two steps does not come in.
    let owner = house.agent().await;
    let ticket = ticket_of(&house, &ben.email).await;
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "suspended": true })).await.ok();
    code_step(&house, &ticket, &recovery[1]).await.denied(401);
}

/// security 22: turning it off needs the password and ends other sessions; the command line removes a lost one.
#[tokio::test]
async fn a_lost_second_factor_can_be_replaced_or_removed() {
    let house = House::boot().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let (_, old) = with_factor(&house, &ben).await;
    ben.post("/me/recovery").json(json!({ "password": "guess" })).await.denied(403);
    let fresh = list_at(&ben.post("/me/recovery").json(json!({ "password": house::PASSWORD })).await.ok(), "recovery");
    assert_eq!(fresh.len(), 10);
    let ticket = ticket_of(&house, &ben.email).await;
    code_step(&house, &ticket, &old[0]).await.denied(401);
    let code = fresh[0].as_str().unwrap().to_owned();
    let other = Agent::of(&house.shared, code_step(&house, &ticket, &code).await).await;
    assert_eq!(ben.get("/me/two-factor").await.ok()["recovery_left"], 9);
    ben.delete("/me/two-factor").json(json!({ "password": "guess" })).await.denied(403);
    assert_eq!(ben.delete("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.status, 204);
    other.is_shut_out().await;
    password_step(&house, &ben.email).await.ok()["agent"].as_object().expect("no second step any more");
    ben.post("/me/recovery").json(json!({ "password": house::PASSWORD })).await.denied(409);
    // Guessing the password from an open browser is limited like the login.
    for _ in 0..10 {
        ben.post("/me/two-factor").json(json!({ "password": "guess" })).await.denied(403);
    }
    ben.post("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.denied(429);
    ben.put("/me").json(json!({ "availability": "away" })).await.ok();
    house.later(minutes(15)).await;
    with_factor(&house, &ben).await;
    // The command line: the link alone keeps it, with the word it goes.
    house.desk().issue_reset(&ben.email, Factor::Kept).await.unwrap();
    ticket_of(&house, &ben.email).await;
    let (_, token) = house.desk().issue_reset(&ben.email, Factor::Removed).await.unwrap();
    let reset = house.nobody().put("/api/desk/invitation").json(json!({ "token": token, "password": house::PASSWORD })).await;
    Agent::of(&house.shared, reset).await;
    ben.is_shut_out().await;
}

/// security 22: one sees where one is logged in, and ends what one does not know.
#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    let house = House::boot_with(Options::default().behind_a_proxy()).await;
    let here = house.agent_named("ben", Role::Agent).await;
    let login = |ip: &str, name: &str| password_step(&house, "ben@house.example").header("x-forwarded-for", ip).header("user-agent", name);
    let phone = Agent::of(&house.shared, login("203.0.113.77", "Phone<b>1</b>").await).await;
    let tablet = Agent::of(&house.shared, login("2001:db8:1:2:3:4:5:6", &"x".repeat(2000)).await).await;
    let cleo = house.agent_named("cleo", Role::Agent).await;
    let all = list_at(&here.get("/me/sessions").await.ok(), "sessions");
    assert_eq!(all.len(), 3);
    assert_eq!(all.iter().filter(|one| one["current"] == true).count(), 1);
    let of = |ip: &str| all.iter().find(|one| one["ip"] == ip).unwrap_or_else(|| panic!("{all:#?}")).clone();
    let (on_phone, on_tablet) = (of("203.0.113.0/24"), of("2001:db8:1::/48"));
    assert_eq!(on_phone["user_agent"], "Phone<b>1</b>");
    assert_eq!(text_at(&on_tablet, "user_agent").len(), 300);
    // Somebody else's is not found; one's own ends with its socket.
    let path = format!("/me/sessions/{}", text_at(&on_phone, "uuid"));
    cleo.delete(&path).await.denied(404);
    assert_eq!(here.delete(&path).await.status, 204);
    phone.is_shut_out().await;
    here.delete(&path).await.denied(404);
    here.delete("/me/sessions/nonsense").await.denied(404);
    assert_eq!(here.delete("/me/sessions").await.status, 204);
    tablet.is_shut_out().await;
    assert_eq!(list_at(&here.get("/me/sessions").await.ok(), "sessions").len(), 1);
    cleo.get("/session").await.ok();
}

/// A role that the owner makes; its uuid.
async fn role_of(owner: &Agent, name: &str, scope: &str, permissions: &[&str]) -> String {
    let body = json!({ "name": name, "scope": scope, "permissions": permissions });
    text_at(&owner.post("/roles").json(body).await.ok(), "uuid")
}

/// Somebody new with a role of the house's own.
async fn agent_as(house: &House, owner: &Agent, name: &str, role: &str) -> Agent {
    let uuid = house.hire(name, Role::Agent).await;
    let answer = owner.put(&format!("/agents/{uuid}")).json(json!({ "custom_role": role })).await.ok();
    assert_eq!(answer["custom_role"]["uuid"], role);
    Agent::logs_in(&house.shared, &format!("{name}@house.example"), house::PASSWORD).await
}

/// row 229: a role says what its agents may and see; a change counts at once, also on an open socket.
#[tokio::test]
async fn a_changed_role_counts_at_once_and_ends_nothing() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let visitor = house.visitor();
    visitor.says("first words").await;
    let conversation = visitor.conversation();
    let role = role_of(&owner, "Weekend", "assigned", &["reply", "status"]).await;
    let ben = agent_as(&house, &owner, "ben", &role).await;
    assert_eq!(ben.get("/session").await.ok()["may"], json!(["reply", "status"]));
    ben.get(&format!("/conversations/{conversation}")).await.denied(404);
    ben.get("/roles").await.denied(403);
    // Wider: the next words reach his open socket.
    let wider = json!({ "scope": "all", "permissions": ["reply", "status", "assign"] });
    let all = owner.put(&format!("/roles/{role}")).json(wider).await.ok();
    let shown = list_at(&all, "roles");
    assert_eq!((&shown[0]["agents"], &shown[0]["scope"]), (&json!(1), &json!("all")));
    ben.sees_frame("role", "his role changed", |data| data["uuid"] == role.as_str()).await;
    visitor.says("second words").await;
    ben.sees("second words").await;
    ben.opens(&conversation).await;
    ben.assigns(&conversation, None).await;
    // Narrower: what comes now is not his to hear, and what he may not do he may not do.
    owner.put(&format!("/roles/{role}")).json(json!({ "scope": "assigned", "permissions": ["reply"] })).await.ok();
    ben.sees_frame("role", "narrower", |data| data["uuid"] == role.as_str()).await;
    visitor.says("third words").await;
    owner.sees("third words").await;
    owner.assigns(&conversation, Some(&ben.uuid)).await;
    ben.sees_frame("conversation", "his own now", |data| data["assignee"]["uuid"] == ben.uuid.as_str()).await;
    assert!(!ben.socket.all().iter().any(|frame| frame["data"]["message"]["text"] == "third words"), "said out of his sight");
    ben.put(&format!("/conversations/{conversation}/status")).json(json!({ "status": "resolved" })).await.denied(403);
    ben.replies(&conversation, "my pleasure").await;
    // In use it stays; without its last agent it goes.
    let refused = owner.delete(&format!("/roles/{role}")).await.denied(409);
    assert!(text_at(&refused, "message").contains("Ben Insider"), "{refused}");
    owner.post("/roles").json(json!({ "name": "WEEKEND" })).await.denied(409);
    assert_eq!(owner.post("/roles").json(json!({ "name": " \u{200b} " })).await.denied(400)["field"], "name");
    assert_eq!(
        owner.post("/roles").json(json!({ "name": "X", "permissions": ["reply", "root"] })).await.denied(400)["field"],
        "permissions"
    );
    assert_eq!(owner.post("/roles").json(json!({ "name": "X", "scope": "everything" })).await.denied(400)["field"], "scope");
    // Another role is a new login (security 22).
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "custom_role": null })).await.ok();
    ben.is_shut_out().await;
    assert_eq!(owner.delete(&format!("/roles/{role}")).await.status, 204);
    owner.delete(&format!("/roles/{role}")).await.denied(404);
    for action in ["role.created", "role.edited", "role.deleted"] {
        assert!(house.count(&format!("SELECT count(*) FROM audit WHERE action = '{action}'")) > 0, "{action}");
    }
}

/// security 9, 10: nobody gives, takes or resets more than he has himself.
#[tokio::test]
async fn nobody_gives_more_than_he_has() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let admin = house.agent_named("adam", Role::Admin).await;
    let stock = house.agent_named("stella", Role::Agent).await;
    let people = role_of(&owner, "People", "team", &["people", "reply"]).await;
    let auditors = role_of(&owner, "Auditors", "assigned", &["audit"]).await;
    let narrow = role_of(&owner, "Narrow", "assigned", &["reply"]).await;
    let peter = agent_as(&house, &owner, "peter", &people).await;
    let nina = agent_as(&house, &owner, "nina", &narrow).await;
    let refused = |answer: Answer| text_at(&answer.denied(403), "message");
    // Not to a role, neither new nor old, his own least of all.
    for permissions in [json!(["settings"]), json!(["audit", "reply"]), json!(["erase"]), json!(["people", "ban"])] {
        let body = json!({ "name": "More", "scope": "team", "permissions": permissions });
        assert!(refused(peter.post("/roles").json(body).await).contains("you do not have it yourself"));
        refused(peter.put(&format!("/roles/{people}")).json(json!({ "permissions": permissions })).await);
        refused(peter.put(&format!("/roles/{narrow}")).json(json!({ "permissions": permissions })).await);
    }
    assert!(refused(peter.post("/roles").json(json!({ "name": "W", "scope": "all", "permissions": [] })).await).contains("see"));
    refused(peter.put(&format!("/roles/{people}")).json(json!({ "scope": "all" })).await);
    refused(peter.put(&format!("/roles/{auditors}")).json(json!({ "permissions": [] })).await);
    refused(peter.delete(&format!("/roles/{auditors}")).await);
    // Not to people, himself least of all, and not through an invitation.
    for (uuid, edit) in [
        (&peter.uuid, json!({ "role": "admin" })),
        (&peter.uuid, json!({ "role": "owner" })),
        (&peter.uuid, json!({ "custom_role": auditors })),
        (&peter.uuid, json!({ "custom_role": null })),
        (&nina.uuid, json!({ "custom_role": auditors })),
        (&nina.uuid, json!({ "role": "admin" })),
        (&stock.uuid, json!({ "suspended": true })),
        (&admin.uuid, json!({ "first_name": "X" })),
        (&owner.uuid, json!({ "suspended": true })),
    ] {
        refused(peter.put(&format!("/agents/{uuid}")).json(edit).await);
    }
    let invite =
        |role: &str, custom: Value| json!({ "email": "new@house.example", "first_name": "N", "role": role, "custom_role": custom });
    for body in [invite("admin", Value::Null), invite("owner", Value::Null), invite("agent", Value::Null), invite("agent", json!(auditors))]
    {
        refused(peter.post("/agents").json(body).await);
    }
    // Nor by getting in as them.
    for uuid in [&stock.uuid, &admin.uuid, &owner.uuid] {
        refused(peter.post(&format!("/agents/{uuid}/invitation")).await);
        refused(peter.get(&format!("/agents/{uuid}/sessions")).await);
        refused(peter.delete(&format!("/agents/{uuid}/sessions")).await);
        refused(peter.delete(&format!("/agents/{uuid}/two-factor")).await);
    }
    // Only owners touch owners.
    for edit in [json!({ "role": "agent" }), json!({ "suspended": true }), json!({ "last_name": "X" })] {
        refused(admin.put(&format!("/agents/{}", owner.uuid)).json(edit).await);
    }
    refused(admin.put(&format!("/agents/{}", admin.uuid)).json(json!({ "role": "owner" })).await);
    refused(admin.post(&format!("/agents/{}/invitation", owner.uuid)).await);
    // Within his own he may all of it.
    peter.put(&format!("/agents/{}", nina.uuid)).json(json!({ "open_max": 3, "last_name": "Narrow" })).await.ok();
    assert_eq!(peter.get(&format!("/agents/{}/sessions", nina.uuid)).await.ok()["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(peter.delete(&format!("/agents/{}/sessions", nina.uuid)).await.status, 204);
    nina.is_shut_out().await;
    let made = peter.post("/roles").json(json!({ "name": "Less", "scope": "assigned", "permissions": ["reply"] })).await.ok();
    let answer = peter.post("/agents").json(invite("agent", json!(text_at(&made, "uuid")))).await.ok();
    assert_eq!(answer["agent"]["custom_role"]["name"], "Less");
    // But she looks at conversations that he does not see: no link leads him there.
    refused(peter.post(&format!("/agents/{}/invitation", nina.uuid)).await);
    // What he made is worth nothing once he is suspended.
    let link = text_at(&peter.post(&format!("/agents/{}/invitation", text_at(&answer, "agent/uuid"))).await.ok(), "link");
    owner.put(&format!("/agents/{}", peter.uuid)).json(json!({ "suspended": true })).await.ok();
    peter.is_shut_out().await;
    let token = link.split_once('=').unwrap().1;
    house.nobody().put("/api/desk/invitation").json(json!({ "token": token, "password": house::PASSWORD })).await.denied(404);
}

/// row 229: what else an agent's page sets; a lost phone is an admin's errand.
#[tokio::test]
async fn agents_have_limits_hours_and_somebody_who_helps_them_in() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let path = format!("/agents/{}", ben.uuid);
    let hours = text_at(&owner.post("/hours").json(json!({ "name": "Days", "time_zone": "UTC" })).await.ok(), "hours/0/uuid");
    let edited = owner.put(&path).json(json!({ "open_max": 100, "work_hours": hours })).await.ok();
    assert_eq!((number_at(&edited, "open_max"), text_at(&edited, "work_hours")), (100, hours));
    assert_eq!(owner.put(&path).json(json!({ "open_max": 101 })).await.denied(400)["field"], "open_max");
    assert_eq!(owner.put(&path).json(json!({ "work_hours": ben.uuid })).await.denied(400)["field"], "work_hours");
    assert_eq!(owner.put(&path).json(json!({ "custom_role": ben.uuid })).await.denied(400)["field"], "custom_role");
    assert_eq!(owner.put(&path).json(json!({ "work_hours": null })).await.ok()["work_hours"], Value::Null);
    ben.get("/session").await.ok();
    owner.delete(&format!("{path}/two-factor")).await.denied(409);
    with_factor(&house, &ben).await;
    // security 17: colleagues do not learn who goes without.
    let cleo = house.agent_named("cleo", Role::Agent).await;
    let shown =
        |all: Value| list_at(&all, "agents").iter().find(|one| one["uuid"] == ben.uuid.as_str()).map(|one| one["two_factor"].clone());
    assert_eq!(shown(cleo.get("/agents").await.ok()), Some(Value::Null));
    assert_eq!(shown(ben.get("/agents").await.ok()), Some(json!(true)));
    assert_eq!(shown(owner.get("/agents").await.ok()), Some(json!(true)));
    assert_eq!(owner.put(&path).json(json!({})).await.ok()["two_factor"], true);
    assert_eq!(owner.delete(&format!("{path}/two-factor")).await.status, 204);
    ben.is_shut_out().await;
    password_step(&house, &ben.email).await.ok()["agent"].as_object().expect("straight in");
    with_factor(&house, &owner).await;
    owner.delete(&format!("/agents/{}/two-factor", owner.uuid)).await.denied(409);
}

/// security 41: what is done inside is written down, readable by those who may, and nothing can be taken out unnoticed.
#[tokio::test]
async fn the_log_says_who_did_what_and_notices_what_is_missing() {
    let house = House::boot().await;
    let owner = house.agent().await;
    let role = role_of(&owner, "Weekend <b>", "all", &["reply"]).await;
    let ben = agent_as(&house, &owner, "ben", &role).await;
    ben.get("/audit").await.denied(403);
    ben.get("/audit/check").await.denied(403);
    // Everything an admin does writes a row.
    let inbox = &house.inbox;
    let hours = text_at(&owner.post("/hours").json(json!({ "name": "Days", "time_zone": "UTC" })).await.ok(), "uuid");
    let team = text_at(&owner.post("/teams").json(json!({ "name": "Billing" })).await.ok(), "uuid");
    for (method, path, body, action) in [
        ("PUT", format!("/inboxes/{inbox}"), json!({ "config": { "brand_name": "New" } }), "inbox.edited"),
        ("POST", format!("/inboxes/{inbox}/secret"), json!({}), "inbox.secret_rotated"),
        ("DELETE", format!("/inboxes/{inbox}/secret"), json!({}), "inbox.secret_removed"),
        ("PUT", format!("/inboxes/{inbox}/translations/de"), json!({ "texts": {} }), "inbox.translated"),
        ("POST", "/inboxes".into(), json!({ "name": "Second" }), "inbox.created"),
        ("PUT", format!("/hours/{hours}"), json!({ "name": "Nights" }), "hours.edited"),
        ("DELETE", format!("/hours/{hours}"), json!({}), "hours.deleted"),
        ("PUT", format!("/teams/{team}"), json!({ "members": [ben.uuid] }), "team.edited"),
        ("DELETE", format!("/teams/{team}"), json!({}), "team.deleted"),
        ("POST", format!("/agents/{}/invitation", ben.uuid), json!({}), "agent.link"),
        ("PUT", format!("/agents/{}", ben.uuid), json!({ "open_max": 2 }), "agent.edited"),
        ("PUT", "/me".into(), json!({ "last_name": "Other" }), "agent.edited"),
        ("DELETE", format!("/agents/{}/sessions", ben.uuid), json!({}), "session.ended"),
        ("DELETE", "/me/sessions".into(), json!({}), "session.ended"),
        ("PUT", format!("/roles/{role}"), json!({ "scope": "team" }), "role.edited"),
    ] {
        let answer = owner.call(method, &path).json(body).await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.text());
        let newest = owner.get("/audit").await.ok()["entries"][0].clone();
        assert_eq!(
            (newest["action"].as_str(), newest["agent"]["uuid"].as_str()),
            (Some(action), Some(owner.uuid.as_str())),
            "{method} {path}"
        );
    }
    // Filters: who, what, when; pages go back to the beginning.
    let of = |query: &str| owner.get(&format!("/audit?{query}"));
    let roles = list_at(&of("action=role").await.ok(), "entries");
    assert_eq!(roles.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>(), ["role.edited", "role.created"]);
    assert_eq!(roles[0]["subject_name"], "Weekend <b>");
    assert_eq!(list_at(&of("action=role.created").await.ok(), "entries").len(), 1);
    assert!(list_at(&of("action=rol").await.ok(), "entries").is_empty(), "a kind is a whole word");
    let his = list_at(&of(&format!("agent={}", ben.uuid)).await.ok(), "entries");
    assert_eq!((his.len(), his[0]["action"].as_str()), (1, Some("session.opened")));
    assert_eq!(his[0]["detail"]["ip"], "127.0.0.0/24");
    let nobodys = list_at(&of("agent=nobody").await.ok(), "entries");
    assert!(nobodys.iter().all(|entry| entry["agent"].is_null()) && nobodys.iter().any(|entry| entry["action"] == "inbox.created"));
    let now = house.clock.now();
    assert!(list_at(&of(&format!("from={}", now + 1)).await.ok(), "entries").is_empty());
    assert!(list_at(&of(&format!("to={}", now - days(1))).await.ok(), "entries").is_empty());
    of("agent=me").await.denied(400);
    of("before=x").await.denied(400);
    let all = house.count("SELECT count(*) FROM audit");
    for n in 0..60 {
        owner
            .put(&format!("/teams/{}", text_at(&owner.post("/teams").json(json!({ "name": format!("T{n}") })).await.ok(), "uuid")))
            .json(json!({}))
            .await
            .ok();
    }
    let mut seen = 0;
    let mut next = String::new();
    loop {
        let page = of(&format!("before={next}")).await.ok();
        seen += list_at(&page, "entries").len() as i64;
        match page["next"].as_i64() {
            Some(id) => next = id.to_string(),
            None => break,
        }
    }
    assert_eq!(seen, all + 120);
    let verdict = owner.get("/audit/check").await.ok();
    assert_eq!((&verdict["whole"], &verdict["entries"], &verdict["broken"]), (&json!(true), &json!(seen), &Value::Null));
    // The table itself refuses; whoever gets around that is noticed.
    let file = rusqlite::Connection::open(house.file_path()).unwrap();
    for sql in ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "REPLACE INTO audit SELECT * FROM audit WHERE id = 3"] {
        assert!(file.execute(sql, []).is_err(), "{sql}");
    }
    file.execute_batch("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)").unwrap();
    let verdict = owner.get("/audit/check").await.ok();
    assert_eq!((&verdict["whole"], &verdict["broken"]["missing_end"]), (&json!(false), &json!(true)), "{verdict}");
    file.execute_batch("DELETE FROM audit WHERE id = 5").unwrap();
    let verdict = owner.get("/audit/check").await.ok();
    assert_eq!((&verdict["broken"]["entry"], &verdict["entries"]), (&json!(6), &json!(4)), "{verdict}");
    file.execute_batch("DROP TRIGGER audit_no_update; UPDATE audit SET action = 'inbox.edited' WHERE id = 3").unwrap();
    assert_eq!(owner.get("/audit/check").await.ok()["broken"]["entry"], 3);
}
