//! Who somebody is: proofs from the customer's server, sessions and their ends, visitors who turn out to be customers.

use crate::support::*;
use deskbell::model::agent::Role;
use tokio::task::JoinSet;

/// rows 38, 63, 64; protocol 3.4
#[tokio::test]
async fn what_a_visitor_said_is_merged_once_into_the_customer_he_is() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("before the login").await;
    let zoe = house.signed_in("zoe").await;
    let before = zoe.get("/chat/conversations").await;
    assert_eq!(before.header("x-libredesk-clear-visitor"), None);
    let with = |zoe: &Visitor, visitor: &Visitor| zoe.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token());
    let merged = with(&zoe, &visitor).await;
    assert_eq!(merged.header("x-libredesk-clear-visitor"), Some("true"));
    assert_eq!(merged.data()[0]["uuid"], visitor.conversation());
    assert!(merged.header("access-control-expose-headers").unwrap().contains("X-Libredesk-Clear-Visitor"));
    // The visitor is no more: his session ends, his sockets close, agents see whose conversation it is now.
    visitor.is_shut_out().await;
    agent.sees_frame("conversation", "it is Zoe's", |data| data["contact"]["name"] == "Zoe" && data["contact"]["verified"] == true).await;
    let again = with(&zoe, &visitor).await;
    assert_eq!((again.status, again.header("x-libredesk-clear-visitor")), (200, None), "once");
    assert_eq!(again.data().as_array().map(Vec::len), Some(1));
    zoe.joins().await;
    agent.replies(&visitor.conversation(), "hello Zoe").await;
    zoe.hears("hello Zoe").await;
}

/// security 14; protocol 3.4: neither other inboxes' tokens, nor verified ones, nor unknown ones merge; and a visitor merges nobody.
#[tokio::test]
async fn a_merge_needs_both_proofs_of_one_inbox() {
    let house = House::boot().await;
    let second = house.another_inbox("Second").await;
    let (visitor, elsewhere) = (house.visitor(), house.visitor_of(&second));
    visitor.says("hi").await;
    elsewhere.says("hey").await;
    let (zoe, ali) = (house.signed_in("zoe").await, house.signed_in("ali").await);
    ali.says("mine").await;
    for token in [elsewhere.token(), ali.token(), zoe.token(), "nonsense".into(), "x".repeat(10_000)] {
        let answer = zoe.get("/chat/conversations").header("x-libredesk-visitor-token", &token).await;
        assert_eq!((answer.status, answer.header("x-libredesk-clear-visitor")), (200, None));
        assert_eq!(answer.data(), json!([]));
    }
    let other = house.visitor();
    other.says("me too").await;
    let answer = other.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await;
    assert_eq!((answer.data().as_array().map(Vec::len), answer.header("x-libredesk-clear-visitor")), (Some(1), None));
    for person in [&visitor, &elsewhere, &ali] {
        person.get("/chat/auth/me").await.data();
    }
}

/// row 39, decision 15
#[tokio::test]
async fn after_a_logout_the_next_person_on_the_device_sees_nothing() {
    let house = House::boot().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("my order").await;
    let tab = zoe.another_tab();
    tab.joins().await;
    let at_home = house.signed_in("zoe").await;
    zoe.logs_out().await;
    zoe.is_shut_out().await;
    assert_eq!(tab.socket().ends().await, 4401, "every tab of the session");
    at_home.get("/chat/auth/me").await.data();
    let ali = house.signed_in("ali").await;
    let answer = ali.get("/chat/conversations").header("x-libredesk-visitor-token", &zoe.token()).await;
    assert_eq!((answer.data(), answer.header("x-libredesk-clear-visitor")), (json!([]), None));
    // The same for a visitor: his old proof merges into nobody.
    let visitor = house.visitor();
    visitor.says("private").await;
    visitor.logs_out().await;
    let answer = ali.get("/chat/conversations").header("x-libredesk-visitor-token", &visitor.token()).await;
    assert_eq!(answer.data(), json!([]));
    visitor.post("/chat/auth/logout").await.refused(401);
}

/// decision 16
#[tokio::test]
async fn a_blocked_person_is_out_at_once_and_stays_out() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("rude words").await;
    agent.blocks_contact_of(&zoe.conversation()).await;
    zoe.is_shut_out().await;
    zoe.tries_to_say("more").await.refused(401);
    house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": house.token_of("zoe") })).await.refused(403);
    assert_eq!(zoe.another_tab().opens_socket().await.unwrap().hears_join(&zoe).await, "error");
    agent.edits_contact_of(&zoe.conversation(), json!({ "blocked": false })).await;
    house.signed_in("zoe").await.conversations().await;
    zoe.get("/chat/auth/me").await.refused(401);
}

impl Socket {
    /// Joins with somebody's token; the type of the answer.
    async fn hears_join(&self, visitor: &Visitor) -> String {
        self.send(json!({ "type": "join", "token": visitor.token(), "data": { "inbox_id": visitor.inbox } })).await;
        text_at(&self.hears("an answer", |frame| frame["type"] == "joined" || frame["type"] == "error").await, "type")
    }
}

/// rows 56, 57, 58, 120
#[tokio::test]
async fn a_verified_session_lives_as_long_as_the_setting_says() {
    let house = House::boot().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    house.later(hours(10) - minutes(1)).await;
    zoe.get("/chat/auth/me").await.data();
    house.later(minutes(2)).await;
    zoe.get("/chat/auth/me").await.refused(401);
    assert_eq!(house.signed_in("zoe").await.conversations().await.len(), 1, "exchanged again, everything is there");
    for (setting, life) in [("90s", seconds(90)), ("30m", minutes(30)), ("24h", hours(24))] {
        house.configure(json!({ "session_duration": setting })).await;
        let zoe = house.signed_in("zoe").await;
        house.later(life - seconds(20)).await;
        zoe.get("/chat/auth/me").await.data();
        house.later(seconds(21)).await;
        zoe.get("/chat/auth/me").await.refused(401);
    }
    let agent = house.agent().await;
    for bad in ["abc", "-1h", "0", "", "10", "59s"] {
        let error =
            agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": { "session_duration": bad } })).await.denied(400);
        assert_eq!(error["field"], "config.session_duration", "{bad:?}");
    }
}

/// A socket does not outlive the session it was joined with.
#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    house.later(hours(11)).await;
    agent.replies(&zoe.conversation(), "too late").await;
    zoe.is_shut_out().await;
    assert!(!zoe.ever_heard("too late"));
}

/// decision 8: 180 days, sliding
#[tokio::test]
async fn a_visitors_session_slides() {
    let house = House::boot().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    for _ in 0..4 {
        house.later(days(170)).await;
        visitor.get("/chat/auth/me").await.data();
    }
    house.later(days(181)).await;
    visitor.get("/chat/auth/me").await.refused(401);
}

/// rows 21, 134
#[tokio::test]
async fn a_rotated_secret_ends_everything_made_with_the_old_one() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let (zoe, visitor) = (house.signed_in("zoe").await, house.visitor());
    zoe.says("hi").await;
    visitor.says("hello").await;
    let old = house.token_of("zoe");
    let answer = agent.post(&format!("/inboxes/{}/secret", house.inbox)).await.ok();
    let secret = text_at(&answer, "secret");
    house.shared.keep_secret(&secret);
    assert!(secret.len() >= 32 && secret != house.secret);
    zoe.is_shut_out().await;
    visitor.get("/chat/auth/me").await.data();
    let exchange = |jwt: String| house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt }));
    exchange(old).await.refused(401);
    exchange(deskbell::base::token::sign(&house.claims("zoe"), secret.as_bytes())).await.data();
    // row 26: shown once; afterwards only that there is one.
    let inboxes = agent.get("/inboxes").await;
    assert!(!inboxes.text().contains(&secret) && inboxes.ok()["inboxes"][0]["has_secret"] == true);
    agent.delete(&format!("/inboxes/{}/secret", house.inbox)).await.ok();
    exchange(deskbell::base::token::sign(&house.claims("zoe"), secret.as_bytes())).await.refused(401);
    // security 13: no secret is never an open door.
    exchange(deskbell::base::token::sign(&house.claims("zoe"), b"")).await.refused(401);
}

/// rows 23, 25, 27–31, 70–72, 122
#[tokio::test]
async fn only_good_tokens_are_exchanged_and_each_refusal_names_its_claim() {
    let house = House::boot_with(Options::default().patient()).await;
    let exchange = |jwt: String| house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt }));
    for claim in ["external_user_id", "email", "first_name", "exp"] {
        let mut claims = house.claims("zoe");
        claims.as_object_mut().unwrap().remove(claim);
        let answer = exchange(house.sign(&claims)).await;
        assert!(matches!(answer.status, 400 | 401), "{claim}");
        assert!(answer.text().contains(claim), "{claim}: {}", answer.text());
        let mut claims = house.claims("zoe");
        claims[claim] = json!({ "not": "text" });
        assert!(matches!(exchange(house.sign(&claims)).await.status, 400 | 401), "{claim}");
    }
    for (claim, value) in [
        ("external_user_id", "x".repeat(129)),
        ("first_name", "x".repeat(129)),
        ("email", format!("{}@x.example", "a".repeat(254))),
        ("external_user_id", String::new()),
        ("email", "nonsense".into()),
    ] {
        let mut claims = house.claims("zoe");
        claims[claim] = json!(value);
        assert!(exchange(house.sign(&claims)).await.refused(400).contains(claim), "{claim}");
    }
    let now = house.clock.now() / 1000;
    for (exp, status) in [(now - 61, 401), (now - 30, 200), ((now + 600) * 1000, 401)] {
        let mut claims = house.claims("zoe");
        claims["exp"] = json!(exp);
        let answer = exchange(house.sign(&claims)).await;
        assert!(answer.status == status || (status == 401 && answer.status == 400), "{exp}: {}", answer.text());
    }
    let good = house.token_of("zoe");
    let parts: Vec<&str> = good.split('.').collect();
    let none = "eyJhbGciOiJub25lIn0";
    let wrong_key = deskbell::base::token::sign(&house.claims("zoe"), b"another key");
    for bad in [
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        wrong_key,
        "a.b.c".into(),
        "x".repeat(9000),
    ] {
        exchange(bad).await.refused(401);
    }
    house.visitor().post("/chat/auth/exchange").json(json!({})).await.refused(400);
    house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": "" })).await.refused(400);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1, "only the one within the skew");
}

/// row 24: the same person, whatever the names are now; row 32: attributes at each login.
#[tokio::test]
async fn a_later_login_updates_the_same_contact() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    let mut claims = house.claims("zoe");
    claims["first_name"] = json!("Zoë");
    claims["last_name"] = json!("Miller");
    claims["email"] = json!("zoe@new.example");
    claims["contact_custom_attributes"] = json!({ "plan": "pro", "orders": 3 });
    let session = house.exchange(&house.sign(&claims)).await;
    assert_eq!(
        session["user"],
        json!({ "user_id": session["user"]["user_id"], "is_visitor": false, "first_name": "Zoë", "last_name": "Miller" })
    );
    let contact = agent.opens(&zoe.conversation()).await["contact"].clone();
    assert_eq!((contact["name"].as_str(), contact["email"].as_str()), (Some("Zoë Miller"), Some("zoe@new.example")));
    assert_eq!(contact["attributes"], json!({ "plan": "pro", "orders": 3 }));
    // decision 5: an equal address is no identity; neither for a token nor for what somebody types.
    let mut other = house.claims("ali");
    other["email"] = json!("zoe@new.example");
    let ali = house.visitor().holding(&text_at(&house.exchange(&house.sign(&other)).await, "session_token"));
    assert_eq!(ali.conversations().await.len(), 0);
    let typed = house.visitor();
    typed.starts_with(json!({ "message": "I am Zoe", "form_data": { "email": "zoe@new.example", "name": "Zoe" } })).await;
    assert_eq!(typed.conversations().await.len(), 1);
    assert_eq!(agent.opens(&typed.conversation()).await["contact"]["verified"], false);
}

/// security 55
#[tokio::test]
async fn fifty_exchanges_at_once_make_one_contact() {
    let house = House::boot_with(Options::default().patient()).await;
    let jwt = house.token_of("zoe");
    let mut together = JoinSet::new();
    for _ in 0..50 {
        let call = house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt }));
        together.spawn(async move { call.await.data() });
    }
    let sessions = together.join_all().await;
    assert!(sessions.iter().all(|each| each["user"]["user_id"] == sessions[0]["user"]["user_id"]));
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
    assert_eq!(house.count("SELECT count(*) FROM identities"), 1);
}

/// row 123, security 14
#[tokio::test]
async fn proofs_of_one_inbox_open_no_other() {
    let house = House::boot().await;
    let second = house.another_inbox("Second").await;
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    house.visitor_of(&second).holding(&zoe.token()).get("/chat/auth/me").await.refused(401);
    house.visitor_of(&second).post("/chat/auth/exchange").json(json!({ "jwt": house.token_of("zoe") })).await.refused(401);
    let socket = house.visitor_of(&second).opens_socket().await.unwrap();
    socket.send(json!({ "type": "join", "token": zoe.token(), "data": { "inbox_id": second } })).await;
    socket.hears_type("error").await;
    let claims = |key: &str| json!({ "sub": "zoe", "project_key": key, "email": "z@example.com", "iat": house.clock.now() / 1000, "exp": house.clock.now() / 1000 + 60 });
    let exchange = |key: &str| {
        let jwt = house.sign(&claims(key));
        house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt, "dialect": "seggwat" }))
    };
    exchange(&second).await.refused(401);
    exchange(&house.inbox).await.data();
}

/// A suspended agent, security 22.
#[tokio::test]
async fn a_suspended_agent_is_out_at_once() {
    let house = House::boot().await;
    let (owner, ben) = (house.agent().await, house.agent_named("ben", Role::Agent).await);
    owner.put(&format!("/agents/{}", ben.uuid)).json(json!({ "suspended": true })).await.ok();
    ben.is_shut_out().await;
    let login = json!({ "email": ben.email, "password": house::PASSWORD });
    house.post("/api/desk/session").json(login).await.denied(401);
    owner.put(&format!("/agents/{}", owner.uuid)).json(json!({ "suspended": true })).await.denied(409);
    owner.put(&format!("/agents/{}", owner.uuid)).json(json!({ "role": "agent" })).await.denied(409);
    // A new role begins with a new login.
    let cleo = house.agent_named("cleo", Role::Admin).await;
    owner.put(&format!("/agents/{}", cleo.uuid)).json(json!({ "role": "agent" })).await.ok();
    cleo.is_shut_out().await;
}

/// security 22
#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let house = House::boot().await;
    let (here, elsewhere) = (house.agent().await, house.agent().await);
    let change = |current: &str, new: &str| here.put("/me").json(json!({ "current_password": current, "password": new }));
    change("wrong", "a whole new sentence").await.denied(403);
    change(house::PASSWORD, "short").await.denied(400);
    elsewhere.get("/session").await.ok();
    house.shared.keep_secret("a whole new sentence");
    change(house::PASSWORD, "a whole new sentence").await.ok();
    elsewhere.is_shut_out().await;
    here.get("/session").await.ok();
    let login = |password: &str| house.post("/api/desk/session").json(json!({ "email": house::OWNER, "password": password }));
    login(house::PASSWORD).await.denied(401);
    login("a whole new sentence").await.ok();
    let agent = Agent::logs_in(&house.shared, house::OWNER, "a whole new sentence").await;
    agent.delete("/session").await.ok();
    agent.is_shut_out().await;
}
