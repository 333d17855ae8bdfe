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
