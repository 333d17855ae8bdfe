//! A real house: a temporary file, port 0, a clock that can be moved, one owner, one inbox with a secret.

use super::agent::Agent;
use super::http::{Call, Client};
use super::visitor::Visitor;
use super::{in_time, logs, text_at};
use deskbell::app;
use deskbell::base::clock::Clock;
use deskbell::base::config::RawConfig;
use deskbell::base::id::ConversationId;
use deskbell::base::secret::Secret;
use deskbell::base::token;
use deskbell::desk::Desk;
use deskbell::desk::agents::NewAgent;
use deskbell::desk::inboxes::InboxEdit;
use deskbell::model::agent::Role;
use deskbell::model::job::Job;
use deskbell::store::jobs;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The password of everybody inside.
pub const PASSWORD: &str = "correct horse battery";
/// The owner's address.
pub const OWNER: &str = "olga@house.example";

/// How a house is set up.
#[derive(Debug, Clone, Default)]
pub struct Options {
    settings: Vec<(String, String)>,
    empty: bool,
}

impl Options {
    /// One configuration key.
    pub fn set(mut self, key: &str, value: &str) -> Options {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The tests' own address counts as a trusted proxy, so that `Visitor::from` is believed.
    pub fn behind_a_proxy(self) -> Options {
        self.set("TRUSTED_PROXIES", "127.0.0.1")
    }

    /// Rate limits out of the way.
    pub fn patient(self) -> Options {
        self.set("RATE_LIMIT_FACTOR", "100000")
    }

    /// Nobody inside yet: the house before its set-up.
    pub fn empty(mut self) -> Options {
        self.empty = true;
        self
    }
}

/// What people of one house share.
pub struct Shared {
    pub address: SocketAddr,
    /// BASE_URL, where it is set: what browsers think they look at.
    public: Option<String>,
    secrets: Mutex<Vec<String>>,
}

impl Shared {
    pub fn origin(&self) -> String {
        self.public.clone().unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// Remembers a text that must never be logged.
    pub fn keep_secret(&self, secret: &str) {
        if secret.len() >= 6 {
            self.secrets.lock().unwrap_or_else(PoisonError::into_inner).push(secret.to_owned());
        }
    }
}

/// A running house.
pub struct House {
    pub shared: Arc<Shared>,
    /// Where it really listens, with TLS or without.
    pub door: SocketAddr,
    pub clock: Clock,
    /// The inbox's uuid and secret; "" in an empty house.
    pub inbox: String,
    pub secret: String,
    desk: Option<Desk>,
    file: TempDir,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    expected: Mutex<Vec<String>>,
}

impl House {
    /// With one owner and one inbox.
    pub async fn boot() -> House {
        House::boot_with(Options::default()).await
    }

    pub async fn boot_with(options: Options) -> House {
        House::boot_in(options, tempfile::tempdir().expect("a temporary folder"), Clock::default()).await
    }

    async fn boot_in(options: Options, file: TempDir, clock: Clock) -> House {
        logs::start();
        let mut raw = RawConfig::default();
        raw.set("DATA_FILE", &file.path().join("deskbell.db").to_string_lossy()).expect("a key");
        for (key, value) in &options.settings {
            raw.set(key, value).expect("a key of the configuration");
        }
        let public = options.settings.iter().find(|(key, _)| key == "BASE_URL").map(|(_, url)| url.clone());
        let config = raw.resolve().expect("a configuration");
        let serves_tls = config.https.is_some();
        let house = app::House::open(config, clock.clone()).await.expect("the house opens");
        let desk = house.desk.clone();
        let (inbox, secret) = match options.empty {
            true => (String::new(), String::new()),
            false => furnish(&desk).await,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let door = listener.local_addr().expect("an address");
        // Under TLS everybody comes through a tunnel, and speaks as ever.
        let address = if serves_tls { super::tls::tunnel(door).await } else { door };
        let public = public.or_else(|| serves_tls.then(|| format!("https://{address}")));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = house.server_options();
        let running = tokio::spawn(async move {
            house.serve(listener, async move { drop(stopped.await) }, None, server).await.expect("the house ends well");
        });
        let shared = Arc::new(Shared { address, public, secrets: Mutex::default() });
        for secret in [PASSWORD, &secret] {
            shared.keep_secret(secret);
        }
        House {
            shared,
            door,
            clock,
            inbox,
            secret,
            desk: Some(desk),
            file,
            stop: Some(stop),
            running: Some(running),
            expected: Mutex::default(),
        }
    }

    /// The verbs, for what no door offers.
    pub fn desk(&self) -> &Desk {
        self.desk.as_ref().expect("the house is open")
    }

    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    pub fn origin(&self) -> String {
        self.shared.origin()
    }

    /// A caller nobody knows.
    pub fn nobody(&self) -> Client {
        Client::new(self.address())
    }

    pub fn get(&self, path: &str) -> Call {
        self.nobody().get(path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.nobody().post(path)
    }

    /// Somebody new outside, in a browser that was never here.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.shared.clone(), &self.inbox)
    }

    /// Somebody new outside, at another inbox.
    pub fn visitor_of(&self, inbox: &str) -> Visitor {
        Visitor::new(self.shared.clone(), inbox)
    }

    /// Somebody whom the customer's own site vouches for.
    pub async fn signed_in(&self, name: &str) -> Visitor {
        let visitor = self.visitor();
        let jwt = self.token_of(name);
        let session = self.exchange(&jwt).await;
        visitor.hold(&text_at(&session, "session_token"));
        visitor
    }

    /// The claims for somebody called `name`, good for ten minutes.
    pub fn claims(&self, name: &str) -> Value {
        let mut first_name = name.to_owned();
        first_name[..1].make_ascii_uppercase();
        json!({
            "external_user_id": format!("shop-{name}"), "email": format!("{name}@customer.example"), "first_name": first_name,
            "exp": self.clock.now() / 1000 + 600,
        })
    }

    /// Signs claims with the inbox's secret.
    pub fn sign(&self, claims: &Value) -> String {
        let jwt = token::sign(claims, self.secret.as_bytes());
        self.shared.keep_secret(&jwt);
        jwt
    }

    pub fn token_of(&self, name: &str) -> String {
        self.sign(&self.claims(name))
    }

    /// Trades a token for a session; the answer's data.
    pub async fn exchange(&self, jwt: &str) -> Value {
        let data = self.visitor().post("/chat/auth/exchange").json(json!({ "jwt": jwt })).await.data();
        self.shared.keep_secret(&text_at(&data, "session_token"));
        data
    }

    /// The owner at the desk.
    pub async fn agent(&self) -> Agent {
        Agent::logs_in(&self.shared, OWNER, PASSWORD).await
    }

    /// A new agent at the desk.
    pub async fn agent_named(&self, name: &str, role: Role) -> Agent {
        let email = format!("{name}@house.example");
        self.hire(name, role).await;
        Agent::logs_in(&self.shared, &email, PASSWORD).await
    }

    /// A new agent who is not logged in; the uuid.
    pub async fn hire(&self, name: &str, role: Role) -> String {
        let mut first_name = name.to_owned();
        first_name[..1].make_ascii_uppercase();
        let new = NewAgent { email: format!("{name}@house.example"), first_name, last_name: "Insider".into(), role };
        self.desk().create_agent(new, &Secret::new(PASSWORD)).await.expect("a new agent").uuid.to_string()
    }

    /// Changes settings of the inbox, as an admin would.
    pub async fn configure(&self, config: Value) {
        self.configure_inbox(&self.inbox, config).await;
    }

    pub async fn configure_inbox(&self, inbox: &str, config: Value) {
        let agent = self.agent().await;
        agent.put(&format!("/inboxes/{inbox}")).json(json!({ "config": config })).await.ok();
    }

    /// Another inbox; its uuid.
    pub async fn another_inbox(&self, name: &str) -> String {
        let agent = self.agent().await;
        let body = json!({ "name": name, "config": { "brand_name": name } });
        text_at(&agent.post("/inboxes").json(body).await.ok(), "inbox/uuid")
    }

    /// Moves the clock and lets the workers look at it.
    pub async fn later(&self, ms: i64) {
        self.clock.advance(ms);
        // The worker sleeps by the wall; an empty errand wakes it, so that it looks at the moved clock.
        let errand = self.desk().store.write(|tx| jobs::enqueue_once(tx, "test:look", &Job::wake(ConversationId(0)), tx.now));
        errand.await.expect("the store takes an errand");
        // So does whoever watches the hours.
        self.desk().board.look_again();
    }

    /// Moves the clock to the begin of a half minute, so that an authenticator's code does not change in the middle of what follows.
    pub async fn begins_a_half_minute(&self) {
        self.later(30_000 - self.clock.now() % 30_000).await;
    }

    /// Moves the clock to an hour of a week that never changes: `until_monday("08:00")` is Monday the 6th of January 2031, in UTC.
    /// Call it before anybody logs in.
    pub async fn until_monday(&self, clock: &str) {
        let (hour, minute) = clock.split_once(':').expect("a time of the day");
        let number = |text: &str| text.parse::<i64>().expect("a number");
        let monday = 1_925_424_000_000 + super::hours(number(hour)) + super::minutes(number(minute));
        self.later(monday - self.clock.now()).await;
    }

    /// Waits until the house is in a state that no event announces.
    pub async fn until(&self, what: &str, holds: impl Fn(&Desk) -> bool) {
        in_time(what, async {
            while !holds(self.desk()) {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// The one file.
    pub fn file_path(&self) -> std::path::PathBuf {
        self.file.path().join("deskbell.db")
    }

    /// One number from the file, read past the house.
    pub fn count(&self, sql: &str) -> i64 {
        let file = rusqlite::Connection::open(self.file_path()).expect("the file opens");
        file.query_row(sql, [], |row| row.get(0)).expect("a number")
    }

    /// An error that this test provokes on purpose: log lines that contain `text` are no failure.
    pub fn expect_logged(&self, text: &str) {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }

    /// Everything this test logged, as one text.
    pub fn log(&self) -> String {
        logs::all().into_iter().map(|line| format!("{}: {}\n", line.level, line.text)).collect()
    }

    /// Stops in good order and opens the same file again, at another port.
    pub async fn restarts(mut self, options: Options) -> House {
        self.stops().await;
        let file = std::mem::replace(&mut self.file, tempfile::tempdir().expect("a temporary folder"));
        let (inbox, secret, clock) = (self.inbox.clone(), self.secret.clone(), self.clock.clone());
        drop(self);
        let mut house = House::boot_in(Options { empty: true, ..options }, file, clock).await;
        (house.inbox, house.secret) = (inbox, secret);
        house
    }

    /// A second house on a copy of a file as it lies there now, for what must not happen to the first.
    pub async fn of_file(path: std::path::PathBuf, clock: Clock, options: Options) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        deskbell::store::backup::copy_file(&path, &folder.path().join("deskbell.db")).expect("a copy");
        House::boot_in(Options { empty: true, ..options }, folder, clock).await
    }

    /// Stops in good order: everything drains, the writer ends.
    pub async fn stops(&mut self) {
        self.desk = None;
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(running) = self.running.take() {
            in_time("the house to stop", running).await.expect("the server's task");
        }
    }

    fn inspect_the_log(&self) {
        let expected = self.expected.lock().unwrap_or_else(PoisonError::into_inner);
        let secrets = self.shared.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        for line in logs::all() {
            let is_expected = expected.iter().any(|text| line.text.contains(text.as_str()));
            assert!(line.level > log::Level::Error || is_expected, "an error was logged: {}", line.text);
            // security 16: what opens a door is never written down.
            for secret in secrets.iter() {
                assert!(!line.text.contains(secret.as_str()), "a secret was logged: {}", line.text);
            }
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.inspect_the_log();
        }
        logs::close();
    }
}

async fn furnish(desk: &Desk) -> (String, String) {
    let owner = NewAgent { email: OWNER.into(), first_name: "Olga".into(), last_name: "Owner".into(), role: Role::Owner };
    desk.create_agent(owner, &Secret::new(PASSWORD)).await.expect("an owner");
    let edit = InboxEdit { name: Some("Shop".into()), enabled: None, config: serde_json::Map::new() };
    let inbox = desk.found_inbox(None, edit).await.expect("an inbox");
    let secret = deskbell::base::id::new_token();
    desk.put_secret(None, inbox.uuid, Some(Secret::new(secret.clone()))).await.expect("a secret");
    (inbox.uuid.to_string(), secret)
}
