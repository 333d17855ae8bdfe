//! What an admin sets: it is checked, kept, said in every language, and shown to visitors. Other stories show what it does.

use crate::support::*;
use deskbell::model::agent::Role;
use std::collections::BTreeSet;

/// What a visitor's widget is told, in a language.
async fn told(house: &House, lang: &str) -> Value {
    house.visitor().get(&format!("/chat/settings?lang={lang}")).await.data()
}

/// The statement before the loader, as the page gets it.
async fn boot_of(house: &House, accept_language: &str) -> Value {
    let script = house.get(&format!("/w/{}.js", house.inbox)).header("accept-language", accept_language).await.text();
    let line = script.lines().next().unwrap();
    assert!(!line.contains('<'), "{line}");
    serde_json::from_str(line.strip_prefix("window.__deskbell_boot=").unwrap().strip_suffix(';').unwrap()).unwrap()
}

async fn saves(agent: &Agent, house: &House, config: Value) -> Answer {
    agent.put(&format!("/inboxes/{}", house.inbox)).json(json!({ "config": config })).await
}

async fn translates(agent: &Agent, house: &House, locale: &str, texts: Value) -> Answer {
    agent.put(&format!("/inboxes/{}/translations/{locale}", house.inbox)).json(json!({ "texts": texts })).await
}

/// Everything at once that the widget is told, with a value that is not the default.
fn everything() -> Value {
    json!({
        "brand_name": "Acme", "theme": "dark", "language": "en-US", "access": "identify", "single_thread": true, "direct_to_conversation": true,
        "colors": { "primary": "#06548c" }, "window": { "kind": "sidebar" },
        "launcher": {
            "position": "left", "color": "#123456", "text": "Talk to us", "icon": "star", "hidden": true, "z_index": 77,
            "spacing": { "side": 5, "bottom": 7 },
        },
        "home_buttons": [
            { "id": "sales", "icon": "star", "name": "Sales", "opening_message": "Hello, **how many**?", "priority": "high" },
            { "name": "Support", "icon": "fa-no-such-icon" },
        ],
        "home_apps": [
            { "type": "announcement", "title": "New!", "description": "Look", "url": "https://a.example", "image_url": "https://a.example/i.png" },
            { "type": "external_link", "id": "docs", "icon": "book", "text": "Docs", "url": "https://d.example" },
            { "type": "self_service", "id": "faq", "target": "answer", "text": "Opening hours?", "body": "From *nine*<script>" },
            { "type": "self_service", "target": "page", "text": "Help", "url": "https://h.example" },
        ],
        "tiles": { "bug": true, "review": true, "files": false },
        "features": { "emoji": false, "file_upload": false, "formatting": false },
        "contact_prompt": true, "allow_transcript": false,
        "consent": { "enabled": true, "text": "I agree", "link_text": "Privacy", "link_url": "https://p.example" },
        "hours": { "outside": "form" }, "privacy": { "page_visits": "always", "keep_query": true, "ip": "full", "ip_days": 9 },
    })
}

/// rows 105, 112, 140–145, 149, 152, 154, 157–163, 167: each setting changes what the widget is told with its next request, and
/// survives a restart.
#[tokio::test]
async fn every_setting_of_the_widget_is_told_and_survives_a_restart() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let plain = told(&house, "en").await;
    assert_eq!((&plain["tiles"], &plain["consent"], &plain["launcher"]["icon"]), (&Value::Null, &Value::Null, &json!("chat")));
    let saved = saves(&agent, &house, everything()).await.ok()["inbox"]["config"].clone();
    assert_ne!(text_at(&saved, "home_buttons/1/id"), "", "the server names new items");
    // All but who is here just now, and on which port.
    let shown = async |house: &House| {
        let (mut settings, mut boot) = (told(house, "en").await, boot_of(house, "en").await);
        settings["team"].take();
        settings["availability"].take();
        settings["home_buttons"].as_array_mut().unwrap().iter_mut().for_each(|button| drop(button["online"].take()));
        boot["base"].take();
        (settings, boot)
    };
    let before = shown(&house).await;
    let house = house.restarts(Options::default()).await;
    assert_eq!(shown(&house).await, before);
    let agent = house.agent().await;
    let kept = agent.get("/inboxes").await.ok()["inboxes"][0]["config"].clone();
    assert_eq!(kept, saved);
    let (settings, boot) = before;
    for (path, expected) in [
        ("/theme", json!("dark")),
        ("/access", json!("identify")),
        ("/anonymous_allowed", json!(false)),
        ("/single_thread", json!(true)),
        ("/direct_to_conversation", json!(true)),
        ("/window", json!({ "kind": "sidebar" })),
        ("/launcher/text", json!("Talk to us")),
        ("/launcher/hidden", json!(true)),
        ("/launcher/z_index", json!(77)),
        ("/home_buttons/0/name", json!("Sales")),
        ("/home_buttons/0/opening_html", json!("<p>Hello, <strong>how many</strong>?</p>")),
        ("/home_buttons/1/opening_html", json!("")),
        ("/home_apps/1/id", json!("docs")),
        ("/home_apps/3/url", json!("https://h.example")),
        ("/tiles", json!({ "chat": true, "bug": true, "feature": false, "review": true, "question": false, "files": false })),
        ("/features", json!({ "emoji": false, "file_upload": false, "formatting": false })),
        ("/contact_prompt", json!(true)),
        ("/allow_transcript", json!(false)),
        ("/consent", json!({ "text": "I agree", "link_text": "Privacy", "link_url": "https://p.example" })),
    ] {
        assert_eq!(settings.pointer(path), Some(&expected), "{path}");
    }
    // row 145: drawings, and an unknown name is a speech bubble, not a hole.
    assert!(text_at(&settings, "home_buttons/0/icon/d/0").starts_with('M'));
    let chat = agent.get("/icons?names=message-circle").await.ok();
    assert_eq!(settings["home_buttons"][1]["icon"]["d"], chat["icons"][0]["d"]);
    assert_eq!(settings["home_apps"][0].get("icon"), None);
    let answer = text_at(&settings, "home_apps/2/html");
    assert!(answer.contains("<em>nine</em>") && !answer.contains("<script"), "{answer}");
    // Nothing of the inside goes along.
    for inside in ["priority", "\"team\":\"", "ip_days", "page_visits", "\"body\""] {
        assert!(!settings.to_string().contains(inside), "{inside}");
    }
    let launcher = &boot["launcher"];
    assert_eq!((&launcher["text"], &launcher["hidden"], &launcher["z_index"]), (&json!("Talk to us"), &json!(true), &json!(77)));
    assert_eq!((&boot["window"], &launcher["icon"]), (&json!({ "kind": "sidebar" }), &settings["launcher"]["icon"]));
    // The defaults cost no letter of a page view; "none" stays a word (row 161).
    let usual = json!({
        "position": "right", "color": "", "text": "", "icon": "", "hidden": false, "z_index": 2_147_483_000_u32,
        "spacing": { "side": 20, "bottom": 20 },
    });
    saves(&agent, &house, json!({ "launcher": usual, "colors": { "primary": "" }, "theme": "", "window": { "kind": "" } })).await.ok();
    let boot = boot_of(&house, "en").await;
    let keys: Vec<&String> = boot.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["base", "colors", "inbox", "launcher"]);
    assert_eq!(boot["launcher"], json!({}));
    saves(&agent, &house, json!({ "launcher": { "icon": "none" } })).await.ok();
    assert_eq!(
        (&boot_of(&house, "en").await["launcher"]["icon"], &told(&house, "en").await["launcher"]["icon"]),
        (&json!("none"), &json!("none"))
    );
}

/// row 157: a configuration without a single value renders: whatever is blank has its default.
#[tokio::test]
async fn a_blank_configuration_is_complete() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let made = agent.post("/inboxes").json(json!({ "name": "Blank", "config": {} })).await.ok();
    let blank = text_at(&made, "inbox/uuid");
    let settings = house.visitor_of(&blank).get("/chat/settings").await.data();
    assert_eq!((text_at(&settings, "brand_name"), text_at(&settings, "window/kind")), ("Blank".into(), "popup".into()));
    assert_eq!((text_at(&settings, "launcher/position"), text_at(&settings, "theme")), ("right".into(), "system".into()));
    assert!(text_at(&settings, "colors/primary").starts_with('#'));
    agent.put(&format!("/inboxes/{blank}")).json(json!({ "config": { "brand_name": "", "colors": { "primary": "" } } })).await.ok();
    assert_eq!(house.visitor_of(&blank).get("/chat/settings").await.data()["colors"], settings["colors"]);
}

/// rows 143, 147, 148, 150, 160: what cannot be is refused by name, and nothing of it is saved.
#[tokio::test]
async fn what_cannot_be_is_refused_by_key_and_item() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let missing = "00000000-0000-4000-8000-000000000000";
    let button = |more: Value| {
        let mut button = json!({ "name": "B" });
        button.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "home_buttons": [{ "name": "A" }, button] })
    };
    for (config, field, words) in [
        (json!({ "colors": { "primary": "06548c" } }), "config.colors", "colour"),
        (button(json!({ "ai": true })), "config.home_buttons", "Button 2: automatic answers need an assistant"),
        (button(json!({ "team": missing })), "config.home_buttons", "Button 2: there is no such team"),
        (button(json!({ "team": "sales" })), "config.home_buttons", "Button 2: there is no such team"),
        (json!({ "hours": { "set": missing } }), "config.hours", "no such business hours"),
        (json!({ "launcher": { "text": "x".repeat(61) } }), "config.launcher", "60"),
    ] {
        let mut changes = config.clone();
        changes["theme"] = json!("dark");
        let refused = saves(&agent, &house, changes).await;
        let error = refused.denied(400);
        assert_eq!(error["field"], field, "{config}");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
    assert_eq!(told(&house, "en").await["theme"], "system", "all of an edit, or nothing");
    // A team and hours that are there.
    let file = rusqlite::Connection::open(house.file_path()).unwrap();
    let insert = "INSERT INTO teams (uuid, name, created_at) VALUES (?1, 'Sales', 0)";
    file.execute(insert, ["11111111-1111-4111-8111-111111111111"]).unwrap();
    let team = json!({ "team": "11111111-1111-4111-8111-111111111111", "priority": "low" });
    saves(&agent, &house, button(team)).await.ok();
    // A team that went later stands in nobody's way.
    file.execute("DELETE FROM teams", []).unwrap();
    saves(&agent, &house, json!({ "theme": "light" })).await.ok();
    let ben = house.agent_named("ben", Role::Agent).await;
    saves(&ben, &house, json!({ "theme": "dark" })).await.denied(403);
}

/// Keys of locales/en.json.
fn english() -> Value {
    let file = format!("{}/assets/locales/en.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// What the scripts of the widget ask for by name: `t('w.send')`, `word('open')`, `error.` codes are in English's file.
fn asked_for() -> BTreeSet<String> {
    fn walk(folder: &std::path::Path, keys: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, keys);
            } else if path.extension().is_some_and(|ext| ext == "js") {
                let text = std::fs::read_to_string(&path).unwrap();
                for quote in ['\'', '`', '"'] {
                    for piece in text.split(quote) {
                        let is_key = piece.starts_with("w.") || piece.starts_with("launcher.") || piece.starts_with("error.");
                        let plain = piece.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
                        if is_key && plain && !piece.ends_with(['.', '_']) {
                            keys.insert(piece.to_owned());
                        }
                    }
                }
            }
        }
    }
    let mut keys = BTreeSet::new();
    for folder in ["widget", "embed"] {
        walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets").join(folder), &mut keys);
    }
    keys
}

/// row 168: every string a visitor sees is in the list of translations: our own, and every setting that is a text.
#[tokio::test]
async fn every_string_a_visitor_sees_can_be_translated() {
    let house = House::boot().await;
    let agent = house.agent().await;
    // Every setting that takes words gets some: whichever is not refused is a text.
    let config = agent.get("/inboxes").await.ok()["inboxes"][0]["config"].clone();
    let mut tried = 0;
    for (key, value) in config.as_object().unwrap() {
        let mut tries = Vec::new();
        match value {
            Value::String(_) => tries.push(json!({ key: format!("mark {key}") })),
            Value::Object(inner) => {
                for (name, value) in inner.iter().filter(|(_, value)| value.is_string()) {
                    tries.push(json!({ key: { name: format!("mark {key} {name}"), } }));
                    assert!(value.is_string());
                }
            }
            _ => {}
        }
        for change in tries {
            let answer = saves(&agent, &house, change).await;
            tried += usize::from(answer.status == 200);
        }
    }
    assert!(tried >= 10, "{tried} texts");
    let lists = json!({
        "home_buttons": [{ "id": "b", "name": "mark button name", "opening_message": "mark button opening" }],
        "home_apps": [
            { "id": "n", "type": "announcement", "title": "mark title", "description": "mark description", "url": "https://x.example" },
            { "id": "l", "type": "external_link", "text": "mark link", "url": "https://x.example" },
            { "id": "s", "type": "self_service", "target": "answer", "text": "mark help", "body": "mark answer" },
        ],
        "prechat_form": {
            "enabled": true, "title": "mark form",
            "fields": [{ "key": "plan", "type": "list", "label": "mark label", "placeholder": "mark placeholder", "values": ["mark a", "mark b"] }],
        },
        "consent": { "enabled": true, "text": "mark consent", "link_text": "mark consent link", "link_url": "https://x.example" },
        "notice_banner": { "enabled": true, "text": "mark notice" },
    });
    saves(&agent, &house, lists).await.ok();
    let list = agent.get(&format!("/inboxes/{}/translations?locale=de-DE", house.inbox)).await.ok();
    let sentences = list_at(&list, "sentences");
    let words: String = sentences.iter().map(|sentence| format!("{}\n", text_at(sentence, "english"))).collect();
    fn marks(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(text) if text.contains("mark ") => {
                let text = text.trim_start_matches("<p>").trim_end_matches("</p>");
                found.insert(text.to_owned());
            }
            Value::Array(list) => list.iter().for_each(|value| marks(value, found)),
            Value::Object(object) => object.values().for_each(|value| marks(value, found)),
            _ => {}
        }
    }
    let mut shown = BTreeSet::new();
    marks(&told(&house, "en").await, &mut shown);
    marks(&boot_of(&house, "en").await, &mut shown);
    assert!(shown.len() >= 20, "{shown:?}");
    for text in &shown {
        assert!(words.lines().any(|line| line == text), "{text:?} is shown to visitors and cannot be translated");
    }
    // Ours: everything in the file, and everything the scripts ask for.
    let keys: BTreeSet<String> = sentences.iter().map(|sentence| text_at(sentence, "key")).collect();
    let missing: Vec<String> =
        english().as_object().unwrap().keys().cloned().chain(asked_for()).filter(|key| !keys.contains(key)).collect();
    assert!(missing.is_empty(), "not in the list: {missing:?}");
    let german = sentences.iter().find(|sentence| sentence["key"] == "w.send").unwrap();
    assert_eq!(
        (text_at(german, "english"), text_at(german, "stock"), text_at(german, "group")),
        ("Send".into(), "Senden".into(), "widget".into())
    );
    assert_eq!(german["own"], Value::Null);
}

/// rows 146, 149, 162, 169, 170, 171: words of one's own, in English and in languages we do not ship, met by region or without it.
#[tokio::test]
async fn an_inbox_speaks_its_own_words_in_every_language() {
    let house = House::boot().await;
    let agent = house.agent().await;
    saves(
        &agent,
        &house,
        json!({
            "greeting_message": "Hello {{.FirstName | there}}", "launcher": { "text": "Help" },
            "home_buttons": [{ "id": "sales", "name": "Sales", "opening_message": "How *many*?" }],
            "prechat_form": { "enabled": true, "fields": [{ "key": "plan", "type": "list", "label": "Plan", "values": ["Free", "Paid"] }] },
            "consent": { "enabled": true, "text": "I agree" },
        }),
    )
    .await
    .ok();
    let listed = translates(
        &agent,
        &house,
        "de",
        json!({
            "set.greeting_message": "Hallo {{.FirstName | du}}", "set.launcher.text": "Hilfe", "set.button.sales.name": "Verkauf",
            "set.button.sales.opening_message": "Wie **viele**?", "set.field.plan.label": "Tarif", "set.field.plan.values": "Gratis\nBezahlt",
            "set.consent.text": "Einverstanden", "w.send": "Los damit", "launcher.open": "Schreib uns",
        }),
    )
    .await
    .ok();
    let own = list_at(&listed, "locales").into_iter().find(|locale| locale["code"] == "de").unwrap();
    assert_eq!(own["own"], 9);
    translates(&agent, &house, "en-US", json!({ "w.send": "Off it goes", "launcher.open": "Say hello" })).await.ok();
    translates(&agent, &house, "sw", json!({ "w.send": "Tuma", "set.launcher.text": "Msaada", "w.new_below": ":count mpya" })).await.ok();
    let house = house.restarts(Options::default()).await;
    let agent = house.agent().await;
    for code in ["de", "de-DE", "de-AT"] {
        let german = told(&house, code).await;
        for (path, expected) in [
            ("/locale", code),
            ("/greeting_message", "Hallo {{.FirstName | du}}"),
            ("/launcher/text", "Hilfe"),
            ("/home_buttons/0/name", "Verkauf"),
            ("/home_buttons/0/opening_html", "<p>Wie <strong>viele</strong>?</p>"),
            ("/prechat_form/fields/0/label", "Tarif"),
            ("/prechat_form/fields/0/value_labels/1", "Bezahlt"),
            // What is sent stays what the desk knows.
            ("/prechat_form/fields/0/values/1", "Paid"),
            ("/consent/text", "Einverstanden"),
        ] {
            assert_eq!(german.pointer(path), Some(&json!(expected)), "{code} {path}");
        }
    }
    let words = async |code: &str| house.get(&format!("/api/v1/lang/{code}?inbox_id={}", house.inbox)).await.json();
    assert_eq!(
        (text_at(&words("de-CH").await, "w.send"), text_at(&words("de").await, "w.cancel")),
        ("Los damit".into(), "Abbrechen".into())
    );
    assert_eq!(text_at(&words("en-GB").await, "w.send"), "Off it goes");
    let swahili = words("sw-KE").await;
    assert_eq!((text_at(&swahili, "w.send"), text_at(&swahili, "w.cancel")), ("Tuma".into(), "Cancel".into()));
    assert_eq!(swahili.get("w.new_below#one"), None, "no English form of a Swahili sentence");
    // An unknown language is the inbox's fallback, and without an inbox English.
    saves(&agent, &house, json!({ "fallback_language": "de" })).await.ok();
    assert_eq!(text_at(&words("tlh").await, "w.send"), "Los damit");
    assert_eq!(text_at(&house.get("/api/v1/lang/tlh").await.json(), "w.send"), "Send");
    // The browser's order, with region fallback: pt-BR, then pt, then the fallback (row 171).
    let browser = async |accept: &str| {
        let settings = house.visitor().get("/chat/settings").header("accept-language", accept).await.data();
        (text_at(&settings, "locale"), text_at(&settings, "launcher/text"))
    };
    assert_eq!(browser("tlh,sw-KE;q=0.8,en;q=0.5").await, ("sw-KE".into(), "Msaada".into()));
    assert_eq!(browser("tlh").await, ("de".into(), "Hilfe".into()));
    assert_eq!(browser("en-GB,de;q=0.5").await, ("en-GB".into(), "Help".into()));
    // The launcher's file: a tag of its own for each language, and a cache is told what it depends on.
    let script = async |accept: &str| house.get(&format!("/w/{}.js", house.inbox)).header("accept-language", accept).await;
    let (german, english) = (script("de").await, script("en").await);
    assert_ne!(german.header("etag"), english.header("etag"));
    assert!(german.header("vary").unwrap().contains("Accept-Language"));
    assert_eq!(boot_of(&house, "de").await["labels"]["open"], "Schreib uns");
    assert_eq!(boot_of(&house, "en").await["labels"], json!({ "open": "Say hello" }), "only what the loader does not know by heart");
    let launcher = house.visitor().get("/chat/settings/launcher?lang=de").await.data();
    assert_eq!((text_at(&launcher, "labels/open"), text_at(&launcher, "launcher/text")), ("Schreib uns".into(), "Hilfe".into()));
    assert!(house.get(&format!("/widget?inbox_id={}&lang=ar", house.inbox)).await.text().contains("dir=\"rtl\""));
    // Back to ours; and what belonged to a button goes with it.
    translates(&agent, &house, "de", json!({ "w.send": null, "launcher.open": "" })).await.ok();
    assert_eq!(text_at(&words("de").await, "w.send"), "Senden");
    saves(&agent, &house, json!({ "home_buttons": [] })).await.ok();
    saves(&agent, &house, json!({ "home_buttons": [{ "id": "sales", "name": "Another" }] })).await.ok();
    assert_eq!(told(&house, "de").await["home_buttons"][0]["name"], "Another");
}

/// row 172; the list and its changes are the admins' alone.
#[tokio::test]
async fn a_translation_that_breaks_a_placeholder_is_refused_by_name() {
    let house = House::boot().await;
    let agent = house.agent().await;
    for (texts, field) in [
        (json!({ "w.send": "Los", "w.hello_name": "Hallo" }), "w.hello_name"),
        (json!({ "w.hello_name": "Hallo :vorname" }), "w.hello_name"),
        (json!({ "set.greeting_message": "Hallo {{.Name | du}}" }), "set.greeting_message"),
        (json!({ "w.no_such_key": "x" }), "w.no_such_key"),
        (json!({ "w.send": "x".repeat(501) }), "w.send"),
    ] {
        let refused = translates(&agent, &house, "de", texts).await.denied(400);
        assert_eq!(refused["field"], field);
    }
    let list = agent.get(&format!("/inboxes/{}/translations?locale=de", house.inbox)).await.ok();
    assert!(list_at(&list, "sentences").iter().all(|sentence| sentence["own"].is_null()), "all of a change, or nothing");
    translates(&agent, &house, "..%2Fen", json!({ "w.send": "x" })).await.denied(400);
    // At most 40 languages.
    for n in 0..40_u8 {
        let code = format!("x{}{}", char::from(b'a' + n / 20), char::from(b'a' + n % 20));
        translates(&agent, &house, &code, json!({ "w.send": "x" })).await.ok();
    }
    assert_eq!(translates(&agent, &house, "yy", json!({ "w.send": "x" })).await.denied(400)["field"], "locale");
    translates(&agent, &house, "xaa", json!({ "w.send": "y" })).await.ok();
    let ben = house.agent_named("ben", Role::Agent).await;
    translates(&ben, &house, "de", json!({ "w.send": "x" })).await.denied(403);
    ben.get(&format!("/inboxes/{}/translations", house.inbox)).await.denied(403);
    house.get(&format!("/api/desk/inboxes/{}/translations", house.inbox)).await.denied(401);
    translates(&agent, &house, "de", json!(null)).await.denied(400);
}

/// row 179: a preview shows what is not saved, and says what is wrong without going blank.
#[tokio::test]
async fn a_preview_shows_what_is_not_saved() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let before = told(&house, "en").await;
    let asked =
        json!({ "config": { "theme": "dark", "home_buttons": [{ "name": "Sales" }], "colors": { "primary": "#06" } }, "lang": "de" });
    let path = format!("/inboxes/{}/preview", house.inbox);
    let shown = agent.post(&path).json(asked.clone()).await.ok();
    assert_eq!((text_at(&shown, "settings/theme"), text_at(&shown, "settings/home_buttons/0/name")), ("dark".into(), "Sales".into()));
    assert_eq!((text_at(&shown, "settings/locale"), text_at(&shown["words"], "w.send")), ("de".into(), "Senden".into()));
    assert_eq!(shown["settings"]["colors"], before["colors"]);
    assert_eq!(text_at(&shown, "problems/0/field"), "config.colors");
    assert_eq!(told(&house, "en").await, before, "nothing is saved");
    let unchanged = agent.post(&path).json(json!({ "lang": "en" })).await.ok();
    assert_eq!(unchanged["settings"]["brand_name"], before["brand_name"]);
    let ben = house.agent_named("ben", Role::Agent).await;
    ben.post(&path).json(asked.clone()).await.denied(403);
    house.post(&format!("/api/desk{path}")).json(asked).await.denied(401);
    agent.post("/inboxes/00000000-0000-4000-8000-000000000000/preview").json(json!({})).await.denied(404);
    agent.post("/inboxes/nonsense/preview").json(json!({})).await.denied(404);
}

/// rows 144, 151, 153, 155: the order is the admin's.
#[tokio::test]
async fn items_keep_the_order_they_were_put_in() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let names = |settings: &Value| list_at(settings, "home_buttons").iter().map(|button| text_at(button, "name")).collect::<Vec<_>>();
    let saved = saves(&agent, &house, json!({ "home_buttons": [{ "name": "A" }, { "name": "B" }, { "name": "C" }] })).await.ok();
    let mut buttons = list_at(&saved, "inbox/config/home_buttons");
    buttons.rotate_left(1);
    saves(&agent, &house, json!({ "home_buttons": buttons })).await.ok();
    let settings = told(&house, "en").await;
    assert_eq!(names(&settings), ["B", "C", "A"]);
    assert_eq!(settings["home_buttons"][2]["id"], saved["inbox"]["config"]["home_buttons"][0]["id"], "a button stays itself");
}

/// decision 11, row 145
#[tokio::test]
async fn icons_are_found_by_words_and_by_the_names_people_know() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let names = |found: &Value| list_at(found, "icons").iter().map(|icon| text_at(icon, "name")).collect::<Vec<_>>();
    assert_eq!(names(&agent.get("/icons?q=star").await.ok())[0], "star");
    assert!(names(&agent.get("/icons").await.ok()).len() <= 60);
    let named = agent.get("/icons?names=star,fa-star,nonsense").await.ok();
    assert_eq!(names(&named), ["star", "star"]);
    assert!(text_at(&named, "icons/0/d/0").starts_with('M'));
    house.get("/api/desk/icons?q=star").await.denied(401);
}

/// rows 113, 114, 178, 199, 210: each embed code as its own document prints it, with only host and key ours.
#[tokio::test]
async fn the_embed_codes_are_the_documents_own() {
    let house = House::boot().await;
    let inbox = house.agent().await.get("/inboxes").await.ok()["inboxes"][0].clone();
    let (base, key, number) = (house.origin(), &house.inbox, number_at(&inbox, "number"));
    let code = |name: &str| text_at(&inbox, &format!("snippets/{name}"));
    assert_eq!(code("deskbell"), format!("<script async src=\"{base}/w/{key}.js\"></script>"));
    assert_eq!(text_at(&inbox, "chat_url"), format!("{base}/chat/{key}"));
    let same = |found: String, document: &str| {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(squeezed(&found), squeezed(document));
    };
    same(
        code("libredesk"),
        &format!(
            "<script> window.LibredeskSettings = {{ baseURL: '{base}', inboxID: '{key}' }}; </script> <script async src=\"{base}/widget.js\"></script>"
        ),
    );
    same(code("seggwat"), &format!("<script src=\"{base}/static/widgets/v1/seggwat-feedback.js\" data-project-key=\"{key}\"></script>"));
    same(
        code("supportpal"),
        &format!(
            "<script> window.supportpalAsyncInit = function () {{ SupportPal.init({{ baseURL: \"{base}/en/chat\", hash: \"{key}\" }}); }}; \
             </script> <script async src=\"{base}/en/chat/widget.js\"></script>"
        ),
    );
    same(
        code("livechat"),
        &r#"<script>
            window.__lc = window.__lc || {};
            window.__lc.license = LICENSE;
            window.__lc.integration_name = "custom_integration";
            window.__lc.product_name = "livechat";
            ;(function(n,t,c){
              function i(n){return e._h?e._h.apply(null,n):e._q.push(n)}
              var e={_q:[],_h:null,_v:"2.0",on:function(){i(["on",c.call(arguments)])},
              once:function(){i(["once",c.call(arguments)])},off:function(){i(["off",c.call(arguments)])},
              get:function(){if(!e._h)throw new Error("[LiveChatWidget] You cannot use getters before load.");
              return i(["get",c.call(arguments)])},call:function(){i(["call",c.call(arguments)])}};
              window.LiveChatWidget=e;
              var s=t.createElement("script");
              s.async=!0;s.type="text/javascript";
              s.src="https://cdn.livechatinc.com/tracking.js";
              t.head.appendChild(s);
            })(window,document,[].slice);
          </script>"#
            .replace("LICENSE", &number.to_string())
            .replace("https://cdn.livechatinc.com", &base),
    );
}

/// A visitor who is here hears that the settings changed, and fetches them again.
#[tokio::test]
async fn visitors_who_are_here_hear_of_new_settings() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let visitor = house.visitor();
    visitor.says("hi").await;
    saves(&agent, &house, json!({ "theme": "dark" })).await.ok();
    let frame = visitor.socket().hears_type("settings").await;
    assert_eq!(frame, json!({ "type": "settings", "data": {} }));
    assert_eq!(told(&house, "en").await["theme"], "dark");
    // New words count as new settings.
    let other = house.visitor();
    other.says("hi").await;
    translates(&agent, &house, "en-US", json!({ "w.send": "Go" })).await.ok();
    other.socket().hears_type("settings").await;
}

/// Hostile words in every text are data: the launcher's file stays a script, the settings stay JSON, and they arrive as they were typed.
#[tokio::test]
async fn hostile_words_in_settings_and_translations_stay_words() {
    let house = House::boot().await;
    let agent = house.agent().await;
    for hostile in [
        "</script><script>alert(1)</script>",
        "\"};alert(1);//",
        "'\\u0027\\",
        "<img src=x onerror=alert(1)>",
        "${alert(1)}`",
        "\u{2028}\u{2029}]]>",
        "{{{{.x}}}} %s %00",
        "שלום \u{202e}evil",
    ] {
        let config = json!({
            "brand_name": hostile, "greeting_message": hostile, "introduction_message": hostile, "chat_introduction": hostile,
            "chat_reply_expectation_message": hostile, "notice_banner": { "enabled": true, "text": hostile },
            "launcher": { "text": hostile }, "consent": { "enabled": true, "text": hostile },
            "home_buttons": [{ "id": "b", "name": hostile, "opening_message": hostile }],
            "home_apps": [
                { "id": "s", "type": "self_service", "target": "answer", "text": hostile, "body": hostile },
                { "type": "announcement", "title": hostile, "description": hostile, "url": "https://x.example" },
            ],
            "prechat_form": { "enabled": true, "title": hostile, "fields": [{ "key": "k", "type": "list", "label": hostile, "placeholder": hostile, "values": [hostile.replace(['\u{2028}', '\u{2029}'], "")] }] },
        });
        saves(&agent, &house, config).await.ok();
        let visible = hostile.trim();
        let settings = told(&house, "en").await;
        for path in ["brand_name", "greeting_message", "launcher/text", "home_buttons/0/name", "home_apps/0/text", "prechat_form/title"] {
            assert_eq!(text_at(&settings, path), hostile, "{path}");
        }
        for path in ["home_buttons/0/opening_html", "home_apps/0/html"] {
            let html = text_at(&settings, path).to_lowercase();
            assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        }
        assert_eq!(text_at(&boot_of(&house, "en").await, "launcher/text"), hostile);
        // As a translation, where it has no placeholder of its own.
        if !hostile.contains("{{") {
            translates(&agent, &house, "de", json!({ "set.launcher.text": hostile, "w.send": hostile, "launcher.open": hostile }))
                .await
                .ok();
            let boot = boot_of(&house, "de").await;
            assert_eq!((text_at(&boot, "launcher/text"), text_at(&boot, "labels/open")), (visible.into(), visible.into()));
            let words = house.get(&format!("/api/v1/lang/de?inbox_id={}", house.inbox)).await.json();
            assert_eq!(text_at(&words, "w.send"), visible);
        }
    }
}

/// rows 168, 169: the page of a survey speaks the visitor's language, and the inbox's words.
#[tokio::test]
async fn the_survey_page_speaks_the_visitors_language() {
    let house = House::boot().await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    saves(&agent, &house, json!({ "csat_enabled": true, "brand_name": "Acme <b>" })).await.ok();
    translates(&agent, &house, "de", json!({ "w.csat_ask": "Wie war's <i>?" })).await.ok();
    visitor.starts_with(json!({ "message": "hi", "locale": "de" })).await;
    agent.replies(&visitor.conversation(), "here you are").await;
    agent.sets_status(&visitor.conversation(), "resolved").await;
    let asked = visitor.socket().hears("the question", |frame| frame["data"]["meta"]["is_csat"] == true).await;
    let path = format!("/csat/{}", text_at(&asked, "data/meta/csat_uuid"));
    let page = house.get(&path).await.text();
    assert!(page.contains("lang=\"de\"") && page.contains("Wie war&#39;s &lt;i&gt;?") | page.contains("Wie war's &lt;i&gt;?"), "{page}");
    assert!(page.contains("<h1>Acme &lt;b&gt;</h1>") && page.contains("Ausgezeichnet"), "{page}");
    let arabic = house.get(&format!("{path}?lang=ar")).await.text();
    assert!(arabic.contains("dir=\"rtl\"") && arabic.contains("?lang=ar\""), "its form stays in its language: {arabic}");
    let gone = house.get("/csat/6694785e-789f-4ba6-873b-260b025418c8").header("accept-language", "ar").await;
    assert!(gone.status == 404 && gone.text().contains("dir=\"rtl\""));
}

// A translated line stands for the choice at its place: once the typed list is another one, it would stand for another choice.
#[tokio::test]
async fn choices_that_move_lose_their_translations_and_others_keep_theirs() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let form = |values: Value| {
        let field = |key: &str, values: &Value| json!({ "key": key, "label": key, "type": "list", "enabled": true, "values": values });
        json!({ "prechat_form": { "enabled": true, "fields": [field("plan", &values), field("size", &json!(["small", "large"]))] } })
    };
    saves(&agent, &house, form(json!(["free", "pro"]))).await.ok();
    let texts = json!({ "set.field.plan.values": "Gratis\nProfi", "set.field.size.values": "klein\ngroß" });
    translates(&agent, &house, "de", texts).await.ok();
    saves(&agent, &house, json!({ "greeting_message": "Hello" })).await.ok();
    let labels = async |number: usize| told(&house, "de").await["prechat_form"]["fields"][number]["value_labels"].clone();
    assert_eq!(labels(0).await, json!(["Gratis", "Profi"]), "another setting changes nothing");
    saves(&agent, &house, form(json!(["pro", "free"]))).await.ok();
    assert_eq!((labels(0).await, labels(1).await), (Value::Null, json!(["klein", "groß"])));
}

/// row 205: a transcript is offered only by a house that can send one.
#[tokio::test]
async fn what_cannot_be_mailed_is_not_offered() {
    let house = House::boot().await;
    let agent = house.agent().await;
    assert_eq!(told(&house, "en").await["allow_transcript"], false);
    let config = json!({ "address": "chat@shop.example", "smtp": { "host": "127.0.0.1", "port": 9, "security": "none" } });
    agent.post("/mailboxes").json(json!({ "name": "Mail", "enabled": true, "is_default": true, "config": config })).await.ok();
    assert_eq!(told(&house, "en").await["allow_transcript"], true);
    saves(&agent, &house, json!({ "allow_transcript": false })).await.ok();
    assert_eq!(told(&house, "en").await["allow_transcript"], false);
}
