//! Tokens of SeggWat's and SupportPal's kind, row by row.

use crate::support::*;

impl House {
    fn seggwat(&self, change: impl FnOnce(&mut Value)) -> Call {
        let now = self.clock.now() / 1000;
        let mut claims = json!({ "sub": "user-1", "project_key": self.inbox, "email": "sue@example.com", "name": "Sue Seller", "iat": now, "exp": now + 300 });
        change(&mut claims);
        let jwt = self.sign(&claims);
        self.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt, "dialect": "seggwat" }))
    }

    fn supportpal(&self, claims: Value, beside: Value) -> Call {
        let mut body = json!({ "jwt": self.sign(&claims), "dialect": "supportpal" });
        for (key, value) in beside.as_object().expect("fields") {
            body[key] = value.clone();
        }
        self.visitor().post("/chat/auth/exchange").json(body)
    }

    /// Takes a session from an answer.
    fn holder(&self, answer: &Answer) -> Visitor {
        self.visitor().holding(&text_at(&answer.data(), "session_token"))
    }
}

/// rows 106, 115, 116, 119–123: in an inbox that wants tokens, SeggWat's opens the chat, and only a right one does.
#[tokio::test]
async fn a_seggwat_token_opens_the_chat_and_nothing_less_does() {
    let house = House::boot_with(Options::default().patient()).await;
    house.configure(json!({ "access": "verified" })).await;
    let second = house.another_inbox("Second").await;
    let sue = house.holder(&house.seggwat(|_| {}).await);
    sue.says("chat is on").await;
    let now = house.clock.now() / 1000;
    // row 119: HS256 with the same rules; row 121: the signature; rows 120, 122: the life, with a minute of skew; row 123: the project.
    for (what, claims) in [
        ("expired", json!({ "exp": now - 61 })),
        ("no expiry", json!({ "exp": null })),
        ("milliseconds", json!({ "exp": (now + 300) * 1000 })),
        ("no start", json!({ "iat": null })),
        ("another project", json!({ "project_key": second })),
        ("no project", json!({ "project_key": null })),
        ("nobody", json!({ "sub": "" })),
        ("no name for himself", json!({ "sub": null })),
        ("a list", json!({ "sub": ["user-1"] })),
    ] {
        let answer = house
            .seggwat(|token| {
                for (claim, value) in claims.as_object().expect("claims") {
                    token[claim] = value.clone();
                }
            })
            .await;
        assert!(matches!(answer.status, 400 | 401), "{what}: {}", answer.text());
    }
    house.seggwat(|token| token["exp"] = json!(now - 30)).await.data();
    let forged =
        deskbell::base::token::sign(&json!({ "sub": "user-1", "project_key": house.inbox, "iat": now, "exp": now + 60 }), b"guessed");
    house.visitor().post("/chat/auth/exchange").json(json!({ "jwt": forged, "dialect": "seggwat" })).await.refused(401);
    // row 123: even where the secrets coincide.
    let secret = deskbell::base::secret::Secret::new(house.secret.clone());
    house.desk().put_secret(None, deskbell::base::id::Uuid::parse(&second).unwrap(), Some(secret)).await.unwrap();
    let jwt = house.sign(&json!({ "sub": "user-1", "project_key": house.inbox, "iat": now, "exp": now + 60 }));
    house.visitor_of(&second).post("/chat/auth/exchange").json(json!({ "jwt": jwt, "dialect": "seggwat" })).await.refused(401);
    // row 120: an open chat survives the token's expiry.
    house.later(minutes(30)).await;
    sue.says("still talking").await;
}

/// rows 125, 127, 133: the same sub is the same person with the same thread on every device, and both sides hear at once.
#[tokio::test]
async fn one_sub_is_one_person_on_every_device() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let phone = house.holder(&house.seggwat(|_| {}).await);
    phone.says("from the phone").await;
    agent.sees("from the phone").await;
    let desktop = house.holder(&house.seggwat(|token| token["email"] = json!("sue@new.example")).await);
    desktop.joins().await;
    let list = desktop.conversations().await;
    assert_eq!((list.len(), &list[0]["uuid"]), (1, &json!(phone.conversation())));
    agent.replies(&phone.conversation(), "to both").await;
    phone.hears("to both").await;
    desktop.hears("to both").await;
    // Another sub with the same address is another person (decision 5).
    let other = house.holder(&house.seggwat(|token| token["sub"] = json!("user-2")).await);
    assert_eq!(other.conversations().await.len(), 0);
}

/// rows 199, 200, 202, 204: address and token both, the claim equal to the address; then signed in without code and form.
#[tokio::test]
async fn a_supportpal_hash_signs_its_own_address_in() {
    let house = House::boot_with(Options::default().patient()).await;
    house.configure(json!({ "access": "identify" })).await;
    let claims = json!({ "email": "Pal@example.com" });
    let pal = house
        .holder(&house.supportpal(claims.clone(), json!({ "email": "pal@EXAMPLE.com", "first_name": "Pal", "last_name": "Smith" })).await);
    pal.says("no code, no form").await;
    assert_eq!(pal.get("/chat/auth/me").await.data()["is_visitor"], false);
    for beside in [json!({ "email": "other@example.com" }), json!({ "email": "" }), json!({}), json!({ "email": "pal@example.com\u{0}" })] {
        let answer = house.supportpal(claims.clone(), beside.clone()).await;
        assert!(matches!(answer.status, 400 | 401), "{beside}: {}", answer.text());
    }
    for beside in [json!({ "email": ["pal@example.com"] }), json!({ "email": 1 })] {
        house.supportpal(claims.clone(), beside).await.refused(400);
    }
    // row 200: the address alone is nobody.
    house.visitor().post("/chat/auth/exchange").json(json!({ "dialect": "supportpal", "email": "pal@example.com" })).await.refused(400);
    assert_eq!(house.count("SELECT count(*) FROM contacts"), 1);
}

/// row 201, decision 6: names beside the token are for new people; they overwrite nobody.
#[tokio::test]
async fn supportpal_names_are_used_on_creation_only() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let claims = json!({ "email": "pal@example.com" });
    let names = |first: &str, last: &str| json!({ "email": "pal@example.com", "first_name": first, "last_name": last });
    let pal = house.holder(&house.supportpal(claims.clone(), names("Pal", "Smith")).await);
    pal.says("hi").await;
    house.supportpal(claims.clone(), names("Mallory", "Jones")).await.data();
    house.supportpal(claims.clone(), json!({ "email": "pal@example.com" })).await.data();
    assert_eq!(agent.opens(&pal.conversation()).await["contact"]["name"], "Pal Smith");
    // Without names: who he is, is his address.
    let bare = house.holder(&house.supportpal(json!({ "email": "bare@example.com" }), json!({ "email": "bare@example.com" })).await);
    bare.says("hello").await;
    assert_eq!(agent.opens(&bare.conversation()).await["contact"]["name"], "bare@example.com");
    // Nor does it rename whom another kind of token named.
    let zoe = house.signed_in("zoe").await;
    zoe.says("hi").await;
    let address = "zoe@customer.example";
    house.supportpal(json!({ "email": address }), json!({ "email": address, "first_name": "Mallory" })).await.data();
    assert_eq!(agent.opens(&zoe.conversation()).await["contact"]["name"], "Zoe");
}

/// row 203, decision 4: iat and exp may be missing, unless the admin says otherwise; what is there counts.
#[tokio::test]
async fn supportpal_times_are_optional_and_hold_when_given() {
    let house = House::boot_with(Options::default().patient()).await;
    let now = house.clock.now() / 1000;
    let exchange = |times: Value| {
        let mut claims = json!({ "email": "pal@example.com" });
        for (claim, value) in times.as_object().expect("claims") {
            claims[claim] = value.clone();
        }
        house.supportpal(claims, json!({ "email": "pal@example.com" }))
    };
    let day = 24 * 3600;
    for (times, status) in [
        (json!({}), 200),
        (json!({ "iat": now }), 200),
        (json!({ "iat": now, "exp": now + 60 }), 200),
        (json!({ "exp": now - 61 }), 401),
        (json!({ "iat": now - day - 61 }), 401),
        (json!({ "iat": now + 600 }), 401),
        (json!({ "exp": "soon" }), 401),
    ] {
        let answer = exchange(times.clone()).await;
        assert!(answer.status == status || (status == 401 && answer.status == 400), "{times}: {}", answer.text());
    }
    house.configure(json!({ "require_exp": true })).await;
    assert!(matches!(exchange(json!({ "iat": now })).await.status, 400 | 401));
    exchange(json!({ "exp": now + 60 })).await.data();
}
