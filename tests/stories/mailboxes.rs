//! Mailboxes in the settings: set up, tried out, linked to a chat; what they know of passwords goes nowhere.

use crate::support::*;
use deskbell::base::id::Uuid;
use deskbell::base::secret::Secret;
use deskbell::base::totp;
use deskbell::model::agent::Role;
use deskbell::model::mailbox::Direction;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A password nobody writes anywhere by chance.
const MAIL_PASSWORD: &str = "s3cret teapot of the mailbox";

fn config(address: &str) -> Value {
    json!({ "address": address, "smtp": { "host": "mail.shop.example", "user": address } })
}

/// A mailbox with passwords for both directions; its uuid.
async fn mailbox(house: &House, agent: &Agent, address: &str) -> String {
    house.shared.keep_secret(MAIL_PASSWORD);
    let body = json!({ "name": "Post", "config": config(address), "smtp_password": MAIL_PASSWORD, "imap_password": MAIL_PASSWORD });
    text_at(&agent.post("/mailboxes").json(body).await.ok(), "uuid")
}

async fn the(agent: &Agent, uuid: &str) -> Value {
    let all = agent.get("/mailboxes").await.ok();
    list_at(&all, "mailboxes").iter().find(|mailbox| mailbox["uuid"] == uuid).expect("a mailbox").clone()
}

/// row 44; security 16, 17: a mailbox is set up, changed and removed; its passwords are in no answer, no log, no audit row and not readable in
/// the file; only who may change settings sees anything but its name.
#[tokio::test]
async fn a_mailbox_is_set_up_and_its_passwords_are_never_told() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let ben = house.agent_named("ben", Role::Agent).await;
    assert_eq!(agent.get("/session").await.ok()["mail"], false);
    let uuid = mailbox(&house, &agent, "Hello@Shop.example").await;
    // Live with the next request.
    assert_eq!(agent.get("/session").await.ok()["mail"], true);
    let made = the(&agent, &uuid).await;
    assert_eq!((&made["is_default"], &made["has_smtp_password"], &made["has_imap_password"]), (&json!(true), &json!(true), &json!(true)));
    assert_eq!((&made["name"], &made["config"]["address"], &made["inboxes"]), (&json!("Post"), &json!("Hello@Shop.example"), &json!([])));
    assert_eq!(made["outgoing"], json!({ "worked_at": null, "failing_since": null, "error": "" }));
    // A change goes as deep as it is; a password that is not named stays, an empty one is forgotten.
    let change = json!({ "name": "", "config": { "smtp": { "port": 2525 } }, "imap_password": "" });
    agent.put(&format!("/mailboxes/{uuid}")).json(change).await.ok();
    let changed = the(&agent, &uuid).await;
    assert_eq!((&changed["name"], &changed["config"]["smtp"]["port"]), (&json!("Hello@Shop.example"), &json!(2525)));
    assert_eq!((&changed["has_smtp_password"], &changed["has_imap_password"]), (&json!(true), &json!(false)));
    // A kept password goes to no other server than the one it was typed for.
    for elsewhere in [json!({ "host": "evil.example" }), json!({ "user": "other" }), json!({ "host": "127.0.0.1", "security": "none" })] {
        let refused = agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "config": { "smtp": elsewhere } })).await.denied(400);
        assert_eq!(refused["field"], "smtp_password");
        let trial = json!({ "uuid": uuid, "what": "smtp", "config": { "smtp": elsewhere } });
        assert_eq!(agent.post("/mailboxes/test").json(trial).await.denied(400)["field"], "smtp_password");
    }
    // Bad values name their key; one address has one mailbox.
    for (body, status, field) in [
        (json!({ "config": { "address": "x" } }), 400, "config.address"),
        (json!({ "config": { "address": "a@b.example", "smtp": { "host": "9.9.9.9", "security": "none" } } }), 400, "config.smtp"),
        (json!({ "config": config("a@b.example"), "smtp_password": "two\nlines" }), 400, "smtp_password"),
        (json!({ "config": config("hello@shop.EXAMPLE") }), 409, "config.address"),
    ] {
        assert_eq!(agent.post("/mailboxes").json(body.clone()).await.denied(status)["field"], field, "{body}");
    }
    // Others know its name, for their lists, and nothing else.
    for (method, path) in [("GET", "/mailboxes"), ("POST", "/mailboxes"), ("POST", "/mailboxes/test")] {
        ben.call(method, path).json(json!({})).await.denied(403);
    }
    ben.put(&format!("/mailboxes/{uuid}")).json(json!({})).await.denied(403);
    ben.delete(&format!("/mailboxes/{uuid}")).await.denied(403);
    let named = ben.get("/inboxes").await.ok()["mailboxes"].clone();
    assert_eq!(named, json!([{ "uuid": uuid, "name": "Hello@Shop.example", "enabled": true }]));
    // Nowhere.
    let told =
        format!("{}{}{}", agent.get("/mailboxes").await.text(), agent.get("/audit").await.text(), agent.get("/inboxes").await.text());
    assert!(told.contains("mailbox.created") && told.contains("mailbox.edited") && !told.contains("teapot"), "{told}");
    assert!(!house.log().contains("teapot") && !house.log().to_lowercase().contains("hello@shop"));
    assert_eq!(house.count("SELECT count(*) FROM mailboxes WHERE instr(smtp_password, CAST('teapot' AS BLOB)) > 0"), 0);
    // Another one becomes the default when it says so, or when the default goes.
    let second = json!({ "config": config("second@shop.example"), "is_default": true });
    let second = text_at(&agent.post("/mailboxes").json(second).await.ok(), "uuid");
    assert_eq!((&the(&agent, &uuid).await["is_default"], &the(&agent, &second).await["is_default"]), (&json!(false), &json!(true)));
    agent.delete(&format!("/mailboxes/{second}")).await.ok();
    assert_eq!(the(&agent, &uuid).await["is_default"], true);
    // Switched off, nothing can be sent; removed, it is gone.
    agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "enabled": false })).await.ok();
    assert_eq!(agent.get("/session").await.ok()["mail"], false);
    agent.delete(&format!("/mailboxes/{uuid}")).await.ok();
    agent.delete(&format!("/mailboxes/{uuid}")).await.denied(404);
    assert_eq!(agent.get("/mailboxes").await.ok()["mailboxes"], json!([]));
}

/// row 44; security 14: a mailbox is no chat: no door of visitors opens by it, and it takes no settings of one.
#[tokio::test]
async fn a_mailbox_is_refused_by_every_door_of_the_widget() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let uuid = mailbox(&house, &agent, "hello@shop.example").await;
    let nobody = Uuid::new().to_string();
    for path in ["/chat/settings", "/chat/settings/launcher", "/chat/conversations"] {
        let (mailbox, none) = (house.visitor_of(&uuid).get(path).await, house.visitor_of(&nobody).get(path).await);
        assert_eq!((mailbox.status, mailbox.status >= 400), (none.status, true), "{path}");
    }
    let say = json!({ "message": "hi" });
    let (mailbox, none) = (house.visitor_of(&uuid), house.visitor_of(&nobody));
    assert_eq!(
        mailbox.post("/chat/conversations/init").json(say.clone()).await.status,
        none.post("/chat/conversations/init").json(say).await.status
    );
    for path in [format!("/chat/{uuid}"), format!("/w/{uuid}.js")] {
        assert_eq!(house.get(&path).await.status, house.get(&path.replace(&uuid, &nobody)).await.status, "{path}");
    }
    agent.put(&format!("/inboxes/{uuid}")).json(json!({ "config": { "theme": "dark" } })).await.denied(404);
    agent.post(&format!("/inboxes/{uuid}/secret")).json(json!({})).await.denied(404);
    agent.post(&format!("/inboxes/{uuid}/preview")).json(json!({})).await.denied(404);
    assert_eq!(house.count("SELECT count(*) FROM conversations"), 0);
    // Nor is a chat a mailbox.
    agent.put(&format!("/mailboxes/{}", house.inbox)).json(json!({ "name": "x" })).await.denied(404);
    agent.delete(&format!("/mailboxes/{}", house.inbox)).await.denied(404);
}

/// rows 44, 46, 47, 48: a chat inbox is linked to a mailbox under General, with its two switches and three numbers; unlinked, and when the
/// mailbox goes, the default one takes its place.
#[tokio::test]
async fn a_chat_is_linked_to_a_mailbox_and_unlinked() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let uuid = mailbox(&house, &agent, "hello@shop.example").await;
    let inbox = format!("/inboxes/{}", house.inbox);
    let config = agent.get("/inboxes").await.ok()["inboxes"][0]["config"]["continuity"].clone();
    assert_eq!(
        (&config["mailbox"], &config["offline_threshold"], &config["max_messages_per_email"]),
        (&json!(""), &json!("10m"), &json!(10))
    );
    assert_eq!((&config["min_email_interval"], &config["to_contacts"], &config["to_agents"]), (&json!("15m"), &json!(true), &json!(true)));
    for wrong in [json!(Uuid::new().to_string()), json!(house.inbox), json!("x")] {
        let refused = agent.put(&inbox).json(json!({ "config": { "continuity": { "mailbox": wrong } } })).await.denied(400);
        assert_eq!(refused["field"], "config.continuity");
    }
    let linked = json!({ "mailbox": uuid, "offline_threshold": "90s", "agents_address": "team@shop.example" });
    agent.put(&inbox).json(json!({ "config": { "continuity": linked } })).await.ok();
    assert_eq!(the(&agent, &uuid).await["inboxes"], json!([house.inbox]));
    let desk = house.desk().clone();
    let id = desk.inbox_for_agent(Uuid::parse(&house.inbox).unwrap()).await.unwrap().id;
    // The linked one speaks for the inbox, also when another is the default.
    let other = json!({ "config": { "address": "other@shop.example", "smtp": { "host": "mail.shop.example" } }, "is_default": true });
    let other = text_at(&agent.post("/mailboxes").json(other).await.ok(), "uuid");
    let speaks = async |inbox| desk.mailbox_for(inbox).await.unwrap().map(|mailbox| mailbox.uuid.to_string());
    assert_eq!((speaks(Some(id)).await, speaks(None).await), (Some(uuid.clone()), Some(other.clone())));
    agent.put(&inbox).json(json!({ "config": { "continuity": { "mailbox": "" } } })).await.ok();
    assert_eq!((speaks(Some(id)).await, the(&agent, &uuid).await["inboxes"].clone()), (Some(other.clone()), json!([])));
    agent.put(&inbox).json(json!({ "config": { "continuity": { "mailbox": uuid } } })).await.ok();
    agent.delete(&format!("/mailboxes/{uuid}")).await.ok();
    let config = agent.get("/inboxes").await.ok()["inboxes"][0]["config"]["continuity"].clone();
    assert_eq!((&config["mailbox"], &config["offline_threshold"]), (&json!(other), &json!("90s")), "the default one goes on for it");
}

/// security 16, 52: with a key outside of the data file, the file alone opens no password; what was stored before the key came is sealed anew;
/// a missing or other key says what to do and loses nothing.
#[tokio::test]
async fn a_key_outside_the_file_seals_and_a_missing_one_loses_nothing() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let uuid = mailbox(&house, &agent, "hello@shop.example").await;
    let ben = house.agent_named("ben", Role::Agent).await;
    let setup = ben.post("/me/two-factor").json(json!({ "password": house::PASSWORD })).await.ok();
    let key = text_at(&setup, "secret");
    let code = |house: &House| totp::code(&Secret::new(&key), totp::step(house.clock.now())).unwrap();
    ben.put("/me/two-factor").json(json!({ "code": code(&house) })).await.ok();
    assert_eq!(house.count("SELECT count(*) FROM agents WHERE totp_secret LIKE 'sealed:%'"), 1);
    // As an older version left it: readable in the file.
    rusqlite::Connection::open(house.file_path())
        .unwrap()
        .execute("UPDATE agents SET totp_secret = ?1 WHERE totp_secret IS NOT NULL", [&key])
        .unwrap();
    let opens = async |house: &House| {
        let mailbox = house.desk().mailbox(Uuid::parse(&uuid).unwrap()).await.unwrap();
        house.desk().mail_login(&mailbox, Direction::Out).await.map(|(_, password)| password.unwrap().reveal().to_owned())
    };
    assert_eq!(opens(&house).await.unwrap(), MAIL_PASSWORD);
    assert!(problem(&agent, "seal").await.is_some());

    let keys = tempfile::tempdir().unwrap();
    let (right, wrong) = (keys.path().join("right.key"), keys.path().join("wrong.key"));
    std::fs::write(&right, "0123456789abcdef0123456789abcdef\n").unwrap();
    std::fs::write(&wrong, "another 89abcdef0123456789abcdef\n").unwrap();
    let with = |path: &std::path::Path| Options::default().set("KEY_FILE", &path.to_string_lossy());
    let sealed = |house: &House| house.count("SELECT count(*) FROM mailboxes WHERE smtp_password IS NOT NULL");
    // The key comes: both are sealed anew with it, and work.
    let house = house.restarts(with(&right)).await;
    assert_eq!(opens(&house).await.unwrap(), MAIL_PASSWORD);
    assert_eq!(house.count("SELECT count(*) FROM agents WHERE totp_secret LIKE 'sealed:%'"), 1);
    assert!(problem(&house.agent().await, "seal").await.is_none());
    house.later(minutes(1)).await;
    signs_in(&house, &ben.email, &code(&house)).await.ok();
    // Without it, with another, with a file that is gone: an error with the way out, everything else works, nothing is lost.
    for (options, word) in
        [(Options::default(), "KEY_FILE"), (with(&wrong), "another key"), (with(&keys.path().join("gone.key")), "gone.key")]
    {
        let house_without = House::of_file(house.file_path(), house.clock.clone(), options).await;
        house_without.expect_logged("gone.key");
        house_without.expect_logged("cannot be checked now");
        let error = opens(&house_without).await.unwrap_err();
        assert!(error.message.contains(word), "{}", error.message);
        let agent = house_without.agent().await;
        assert!(the(&agent, &uuid).await["has_smtp_password"] == true && sealed(&house_without) == 1);
        house_without.later(minutes(1)).await;
        let refused = signs_in(&house_without, &ben.email, &code(&house_without)).await;
        assert!(refused.status == 503 && refused.text().contains("recovery code"), "{} {}", refused.status, refused.text());
    }
    assert_eq!(opens(&house).await.unwrap(), MAIL_PASSWORD);
}

async fn signs_in(house: &House, email: &str, code: &str) -> Answer {
    let body = house.post("/api/desk/session").json(json!({ "email": email, "password": house::PASSWORD })).await.ok();
    house.post("/api/desk/session/code").json(json!({ "ticket": body["ticket"], "code": code })).await
}

async fn problem(agent: &Agent, id: &str) -> Option<Value> {
    let all = agent.get("/problems").await.ok();
    list_at(&all, "problems").iter().find(|problem| problem["id"] == id).cloned()
}

/// What a mail server of a test does.
#[derive(Clone, Default)]
struct Script {
    /// Said instead of the answer to a line that begins with this.
    instead: Vec<(&'static str, &'static str)>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn says(mut self, to: &'static str, answer: &'static str) -> Script {
        self.instead.push((to, answer));
        self
    }

    fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }

    fn answer(&self, line: &str) -> String {
        self.heard.lock().unwrap().push(line.to_owned());
        let known = self.instead.iter().find(|(to, _)| line.starts_with(to)).map(|(_, answer)| (*answer).to_owned());
        known.unwrap_or_else(|| {
            let word = line.split(' ').next().unwrap_or_default();
            match word {
                "EHLO" => "250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000".into(),
                "AUTH" => "235 2.7.0 welcome".into(),
                "DATA" => "354 go on".into(),
                "a" => match line.split(' ').nth(1).unwrap_or_default() {
                    "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\na OK done".into(),
                    "EXAMINE" => "* 3 EXISTS\r\na OK [READ-ONLY] done".into(),
                    _ => "a OK done".into(),
                },
                _ => "250 fine".into(),
            }
        })
    }

    async fn talk(&self, stream: impl AsyncRead + AsyncWrite + Unpin, greeting: &str) {
        let mut stream = BufReader::new(stream);
        let mut answer = greeting.to_owned();
        let mut is_data = false;
        loop {
            if !answer.is_empty() && stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
            let _ = stream.flush().await;
            let mut line = String::new();
            match stream.read_line(&mut line).await {
                Ok(count) if count > 0 => {}
                _ => return,
            }
            let line = line.trim_end().to_owned();
            answer = match (is_data, line.as_str()) {
                (true, ".") => {
                    is_data = false;
                    self.answer("END")
                }
                (true, _) => {
                    self.heard.lock().unwrap().push(line);
                    String::new()
                }
                (false, _) => self.answer(&line),
            };
            is_data = is_data || answer.starts_with("354");
        }
    }

    async fn serves(&self, greeting: &'static str, tls: Option<TlsAcceptor>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, tls) = (script.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => script.talk(stream, greeting).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                script.talk(stream, greeting).await;
                            }
                        }
                    }
                });
            }
        });
        address
    }
}

const SMTP: &str = "220 mail.test ESMTP";
const IMAP: &str = "* OK ready";

/// Presses a test button; the findings.
async fn tries(agent: &Agent, what: &str, at: SocketAddr, security: &str) -> Vec<Value> {
    let server = json!({ "host": at.ip().to_string(), "port": at.port(), "security": security, "user": "hello@shop.example" });
    let config = json!({ "address": "hello@shop.example", "smtp": server, "incoming": { "kind": "imap", "imap": server } });
    let body = json!({ "what": what, "to": "me@elsewhere.example", "config": config, "smtp_password": MAIL_PASSWORD, "imap_password": MAIL_PASSWORD });
    list_at(&agent.post("/mailboxes/test").json(body).await.ok(), "findings").to_vec()
}

/// The last finding, which says how it ended; all before it were good.
#[track_caller]
fn ended(found: &[Value], id: &str, ok: Value, words: &str) {
    let last = found.last().expect("a finding");
    assert!(found[..found.len() - 1].iter().all(|finding| finding["ok"] != false), "{found:?}");
    assert_eq!((&last["id"], &last["ok"]), (&json!(id), &ok), "{found:?}");
    let text = format!("{} {} {}", text_at(last, "title"), text_at(last, "why"), text_at(last, "fix"));
    assert!(text.contains(words), "{text:?} says nothing of {words:?}");
    assert!(ok != json!(false) || !text_at(last, "fix").is_empty(), "{last}");
}

/// row 44: the test buttons say in plain words what failed: name, port, TLS, greeting, login, sender, folder; and a good one shows each step.
#[tokio::test]
async fn the_test_buttons_say_in_plain_words_what_failed() {
    let house = House::boot().await;
    house.shared.keep_secret(MAIL_PASSWORD);
    let agent = house.agent().await;
    let tries = |what: &'static str, at, security: &'static str| tries(&agent, what, at, security);
    // Everything works.
    let good = Script::default();
    let found = tries("smtp", good.serves(SMTP, None).await, "none").await;
    ended(&found, "sender", json!(true), "hello@shop.example");
    assert_eq!(found.iter().map(|finding| text_at(finding, "id")).collect::<Vec<_>>(), ["name", "connect", "login", "sender"]);
    assert!(good.heard().contains("RSET") && !good.heard().contains("DATA"));
    let found = tries("imap", good.serves(IMAP, None).await, "none").await;
    ended(&found, "idle", json!(true), "at once");
    assert_eq!(found.iter().map(|finding| text_at(finding, "id")).collect::<Vec<_>>(), ["name", "connect", "login", "folder", "idle"]);
    assert!(text_at(&found[3], "why").contains("3 mails"));
    // Nobody listens.
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    ended(&tries("smtp", closed, "none").await, "connect", json!(false), "turns connections");
    // TLS where none is, none where TLS is, a certificate nobody vouches for.
    ended(&tries("smtp", Script::default().serves(SMTP, None).await, "tls").await, "tls", json!(false), "STARTTLS");
    ended(&tries("smtp", Script::default().serves(SMTP, None).await, "starttls").await, "starttls", json!(false), "no protection");
    ended(
        &tries("imap", Script::default().says("a STARTTLS", "a BAD what").serves(IMAP, None).await, "starttls").await,
        "starttls",
        json!(false),
        "993",
    );
    let secured = Script::default();
    ended(&tries("smtp", secured.serves(SMTP, Some(own_certificate())).await, "tls").await, "tls", json!(false), "vouches");
    assert_eq!(secured.heard(), "", "nothing is said to a stranger");
    // Refusals, with the server's own words.
    for (script, greeting, what, id, words) in [
        (Script::default(), "554 5.7.1 blocked", "smtp", "greeting", "blocked"),
        (Script::default().says("AUTH", "535 5.7.8 bad credentials"), SMTP, "smtp", "login", "5.7.8 bad credentials"),
        (Script::default().says("EHLO", "250 mail.test"), SMTP, "smtp", "login", "no login at all"),
        (Script::default().says("MAIL", "553 5.7.1 not yours"), SMTP, "smtp", "sender", "not yours"),
        (Script::default().says("RCPT", "550 5.7.60 not allowed to send as this"), SMTP, "smtp", "sender", "5.7.60"),
        (Script::default().says("RCPT", "550 5.1.1 unknown user"), SMTP, "mail", "recipient", "me@elsewhere.example"),
        (Script::default().says("END", "554 5.6.0 I do not like it"), SMTP, "mail", "mail", "do not like"),
        (Script::default(), "hello, this is a web server", "smtp", "answer", "right port"),
        (Script::default(), "* BYE go away", "imap", "greeting", "go away"),
        (Script::default().says("a LOGIN", "a NO [AUTHENTICATIONFAILED] wrong"), IMAP, "imap", "login", "AUTHENTICATIONFAILED"),
        (
            Script::default()
                .says("a EXAMINE", "a NO no such mailbox")
                .says("a LIST", "* LIST () \"/\" \"INBOX\"\r\n* LIST () \"/\" \"Archive\"\r\na OK"),
            IMAP,
            "imap",
            "folder",
            "There are: INBOX, Archive.",
        ),
    ] {
        ended(&tries(what, script.serves(greeting, None).await, "none").await, id, json!(false), words);
    }
    ended(
        &tries("imap", Script::default().says("a CAPABILITY", "* CAPABILITY IMAP4rev1\r\na OK").serves(IMAP, None).await, "none").await,
        "idle",
        Value::Null,
        "every 60 seconds",
    );
    // A test mail goes to whom it should, is a mail, and is written down without its address.
    let post = Script::default();
    let found = tries("mail", post.serves(SMTP, None).await, "none").await;
    ended(&found, "mail", json!(true), "me@elsewhere.example");
    let heard = post.heard();
    for line in ["MAIL FROM:<hello@shop.example>", "RCPT TO:<me@elsewhere.example>", "Auto-Submitted: auto-generated", "END"] {
        assert!(heard.contains(line), "{heard}");
    }
    let audit = agent.get("/audit").await.text();
    assert!(audit.contains("mailbox.tested") && !audit.contains("elsewhere.example"), "{audit}");
    assert!(!house.log().contains("teapot") && !house.log().contains("elsewhere.example"));
    // Whoever presses it again and again is no spammer.
    let at = post.serves(SMTP, None).await;
    let server = json!({ "host": "127.0.0.1", "port": at.port(), "security": "none" });
    let body = json!({ "what": "mail", "to": "me@elsewhere.example", "config": { "address": "hello@shop.example", "smtp": server } });
    let mut last = 200;
    for _ in 0..25 {
        last = agent.post("/mailboxes/test").json(body.clone()).await.status;
    }
    assert_eq!(last, 429);
    assert_eq!(post.heard().matches("Subject:").count(), 18, "20 an hour, two of which the refusals above were");
    agent.post("/mailboxes/test").json(json!({ "what": "sing" })).await.denied(400);
}

/// A server's own certificate, which nobody vouches for.
fn own_certificate() -> TlsAcceptor {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let chain: Vec<CertificateDer> = CertificateDer::pem_file_iter(&certificate).unwrap().map(Result::unwrap).collect();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::from_pem_file(&key).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// "What is wrong?": no mailbox, one that fails, links without an address of our own.
#[tokio::test]
async fn what_is_wrong_with_mail_is_told_by_a_colleague() {
    let house = House::boot().await;
    let agent = house.agent().await;
    assert_eq!(problem(&agent, "mail").await.expect("a problem")["link"], "mailboxes");
    let uuid = mailbox(&house, &agent, "hello@shop.example").await;
    assert!(problem(&agent, "mail").await.is_none());
    let id = house.desk().mailbox(Uuid::parse(&uuid).unwrap()).await.unwrap().id;
    let fails = |direction, why: &'static str| {
        let store = house.desk().store.clone();
        async move { store.write(move |tx| deskbell::store::mailboxes::failing(tx, id, direction, why)).await.unwrap() }
    };
    let since = house.clock.now();
    fails(Direction::Out, "The login was refused.").await;
    house.later(hours(2)).await;
    fails(Direction::Out, "The login was refused again.").await;
    let told = problem(&agent, &format!("mailbox:{uuid}:out")).await.expect("a problem");
    assert_eq!((&told["severity"], text_at(&told, "link")), (&json!("urgent"), format!("mailboxes/{uuid}")));
    assert!(text_at(&told, "why").contains("refused again") && text_at(&told, "title").contains("2 h"), "{told}");
    assert!(the(&agent, &uuid).await["outgoing"]["failing_since"].as_i64().unwrap() - since < 60_000);
    // New settings have another chance.
    agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "config": { "smtp": { "port": 2525 } } })).await.ok();
    assert!(problem(&agent, &format!("mailbox:{uuid}:out")).await.is_none());
}
