//! HTTPS by itself: certificates from a real authority and from files, HTTP/2 for real clients, plain HTTP that shows the way.

#[path = "support/binary.rs"]
mod binary;
mod support;

use deskbell::app;
use deskbell::base::clock::Clock;
use deskbell::base::config::RawConfig;
use deskbell::desk::Desk;
use deskbell::model::certificate::{Source, Standing};
use std::net::SocketAddr;
use std::process::Stdio;
use support::acme::{Authority, Gate};
use support::tls::{is_trusted, shown, write_files};
use support::*;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const DOMAIN: &str = "chat.house.example";
/// Ninety days, as most authorities certify.
const NINETY_DAYS_S: u64 = 90 * 24 * 3600;

/// A house that certifies itself, with the authority that does it.
struct Site {
    authority: Authority,
    gate: Gate,
    clock: Clock,
    desk: Desk,
    secret: SocketAddr,
    plain: Option<SocketAddr>,
    file: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

/// How a site differs from the usual.
#[derive(Clone, Copy)]
struct Plan {
    domain: &'static str,
    plain: bool,
    life_s: u64,
    /// The gate to the authority is shut at first.
    shut: bool,
    /// The authority looks for plain HTTP where nobody answers.
    lost: bool,
}

const USUAL: Plan = Plan { domain: DOMAIN, plain: true, life_s: NINETY_DAYS_S, shut: false, lost: false };

impl Site {
    async fn open(plan: Plan) -> Site {
        logs::start();
        let secret = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (secret_at, plain_at) = (secret.local_addr().unwrap(), plain.local_addr().unwrap());
        let asked_at = if plan.lost { 1 } else { plain_at.port() };
        let authority = Authority::start(asked_at, secret_at.port(), plan.life_s).await;
        let gate = Gate::before(authority.address()).await;
        gate.shut(plan.shut);
        let file = tempfile::tempdir().unwrap();
        let mut raw = RawConfig::default();
        for (key, value) in [
            ("DATA_FILE", file.path().join("deskbell.db").to_string_lossy().into_owned()),
            ("DOMAIN", plan.domain.to_owned()),
            ("LISTEN", secret_at.to_string()),
            ("HTTP_LISTEN", if plan.plain { plain_at.to_string() } else { "off".into() }),
            ("ACME_DIRECTORY", authority.directory(gate.address)),
            ("ACME_EMAIL", "olga@house.example".into()),
            ("CA_FILE", authority.ca_file()),
        ] {
            raw.set(key, &value).unwrap();
        }
        let clock = Clock::default();
        let house = app::House::open(raw.resolve().unwrap(), clock.clone()).await.unwrap();
        let house = if plan.plain { house.with_plain(plain) } else { house };
        let desk = house.desk.clone();
        let options = house.server_options();
        let (stop, stopped) = oneshot::channel::<()>();
        let running =
            tokio::spawn(async move { house.serve(secret, async move { drop(stopped.await) }, None, options).await.expect("a good end") });
        let plain = plan.plain.then_some(plain_at);
        Site { authority, gate, clock, desk, secret: secret_at, plain, file, stop, running }
    }

    async fn standing(&self) -> Standing {
        self.desk.certificate_standing().await.unwrap().expect("HTTPS is served here")
    }

    /// Waits until the standing is like that.
    async fn until(&self, what: &str, holds: impl Fn(&Standing) -> bool) -> Standing {
        let start = std::time::Instant::now();
        loop {
            let standing = self.standing().await;
            if holds(&standing) {
                return standing;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}: {standing:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn certified(&self) -> Standing {
        self.until("a certificate", |standing| standing.valid_until.is_some()).await
    }

    /// Moves the clock and has the certificate looked at again.
    async fn later(&self, ms: i64) {
        self.clock.advance(ms);
        self.desk.look_after_certificate().await.unwrap();
    }

    async fn ends(self) {
        drop(self.desk);
        self.stop.send(()).unwrap();
        in_time("the house to stop", self.running).await.unwrap();
    }
}

#[tokio::test]
async fn a_name_gets_its_certificate_by_plain_http_and_until_then_a_self_signed_one_is_shown() {
    let site = Site::open(Plan { shut: true, ..USUAL }).await;
    let before = shown(site.secret, DOMAIN).await;
    assert_eq!(before.len(), 1, "nobody certified it");
    let standing = site.until("a problem in words", |standing| standing.problem.is_some()).await;
    assert!(standing.problem.as_ref().unwrap().contains("The authority does not answer"), "{standing:?}");
    assert_eq!((standing.valid_until, standing.source), (None, Source::Authority));
    assert!(standing.next_at.unwrap() > site.clock.now() + seconds(30), "not in a hurry");

    site.gate.shut(false);
    site.later(minutes(3)).await;
    let standing = site.certified().await;
    assert_eq!((standing.name.as_str(), &standing.problem), (DOMAIN, &None));
    let root = site.authority.root().await;
    let chain = shown(site.secret, DOMAIN).await;
    assert!(is_trusted(&root, &chain, DOMAIN) && !is_trusted(&root, &before, DOMAIN) && !is_trusted(&root, &chain, "evil.example"));
    let life = standing.valid_until.unwrap() - standing.valid_from.unwrap();
    let wait = standing.next_at.unwrap() - standing.valid_from.unwrap();
    assert!(wait > life * 6 / 10 && wait <= life * 2 / 3, "renewed at two thirds: {wait} of {life}");
    // Keys lie sealed in the file.
    let file = std::fs::read(site.file.path().join("deskbell.db")).unwrap();
    let wal = std::fs::read(site.file.path().join("deskbell.db-wal")).unwrap_or_default();
    assert!(![file, wal].concat().windows(11).any(|window| window == b"PRIVATE KEY"), "a key in the clear");
    site.ends().await;
}

#[tokio::test]
async fn where_plain_http_is_closed_the_handshake_proves_the_name() {
    let site = Site::open(Plan { plain: false, ..USUAL }).await;
    site.certified().await;
    assert!(is_trusted(&site.authority.root().await, &shown(site.secret, DOMAIN).await, DOMAIN));
    // The proof is gone with its order.
    assert!(support::tls::connect(site.secret, DOMAIN, "acme-tls/1").await.is_err());
    site.ends().await;
}

#[tokio::test]
async fn a_proof_that_is_not_found_one_way_is_given_the_other_way() {
    let site = Site::open(Plan { lost: true, ..USUAL }).await;
    let standing = site.certified().await;
    assert_eq!(standing.problem, None);
    assert!(site.plain.is_some() && is_trusted(&site.authority.root().await, &shown(site.secret, DOMAIN).await, DOMAIN));
    site.ends().await;
}

#[tokio::test]
async fn a_certificate_is_renewed_early_while_connections_live_also_a_short_lived_one() {
    for life_s in [NINETY_DAYS_S, 6 * 24 * 3600] {
        let site = Site::open(Plan { life_s, ..USUAL }).await;
        let first = site.certified().await;
        let before = shown(site.secret, DOMAIN).await;
        let mut open = support::tls::connect(site.secret, DOMAIN, "http/1.1").await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut open, b"GET /health HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();

        // A moment before its time nothing is asked.
        let asked = site.gate.passed();
        let due = first.next_at.unwrap();
        site.later(due - site.clock.now() - minutes(5)).await;
        site.until("a look without a question", |standing| standing.next_at == Some(due)).await;
        assert_eq!(site.gate.passed(), asked, "asked too early");
        site.later(minutes(6)).await;
        site.until("another certificate", |standing| standing.next_at != Some(due)).await;
        let after = shown(site.secret, DOMAIN).await;
        assert_ne!(before[0], after[0]);
        assert!(is_trusted(&site.authority.root().await, &after, DOMAIN));

        tokio::io::AsyncWriteExt::write_all(&mut open, b"Connection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        open.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "the connection of before lives on: {answer}");
        drop(open);
        site.ends().await;
    }
}

#[tokio::test]
async fn a_refusal_is_told_in_words_and_asked_again_later_but_never_in_a_hurry() {
    let site = Site::open(Plan { domain: "blocked.house.example", ..USUAL }).await;
    let refused = site.until("a refusal", |standing| standing.problem.is_some()).await;
    let words = refused.problem.clone().unwrap();
    assert!(words.contains("does not certify such a name") && words.contains("blocked.house.example"), "{words}");
    let wait = refused.next_at.unwrap() - site.clock.now();
    assert!(wait > minutes(4) && wait < minutes(7), "{wait}");
    // Asking by hand in the same moment asks nobody.
    let asked = site.gate.passed();
    site.desk.look_after_certificate().await.unwrap();
    site.until("a look", |standing| standing.next_at.unwrap() <= refused.tried_at.unwrap() + seconds(31)).await;
    assert_eq!(site.gate.passed(), asked);
    site.later(minutes(1)).await;
    let again = site.until("another try", |standing| standing.tried_at != refused.tried_at).await;
    assert!(again.next_at.unwrap() - site.clock.now() > minutes(15), "patience grows: {again:?}");
    assert_eq!(shown(site.secret, "blocked.house.example").await.len(), 1, "HTTPS answers all the same");
    site.ends().await;
}

/// The program itself, killed at every single request of an order: each life takes up where the last one ended.
#[tokio::test]
async fn an_order_survives_kill_9_at_every_step() {
    let (secret, plain) = (free_port().await, free_port().await);
    let authority = Authority::start(plain.port(), secret.port(), NINETY_DAYS_S).await;
    let gate = Gate::before(authority.address()).await;
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = binary::deskbell();
        command
            .args(["serve", "--data", &folder.path().join("deskbell.db").to_string_lossy(), "--listen", &secret.to_string()])
            .env("DESKBELL_DOMAIN", DOMAIN)
            .env("DESKBELL_HTTP_LISTEN", plain.to_string())
            .env("DESKBELL_ACME_DIRECTORY", authority.directory(gate.address))
            .env("DESKBELL_CA_FILE", authority.ca_file())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Running(command.spawn().expect("the program starts"))
    };
    let root = authority.root().await;
    let mut lives = 0;
    loop {
        lives += 1;
        gate.hold(lives);
        let mut child = start();
        let certified = async {
            loop {
                if let Ok(stream) = support::tls::connect(secret, DOMAIN, "http/1.1").await {
                    let certificates: Vec<_> =
                        stream.get_ref().1.peer_certificates().unwrap().iter().map(|c| c.clone().into_owned()).collect();
                    if is_trusted(&root, &certificates, DOMAIN) {
                        return;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let done = in_time("a step or the certificate", async {
            tokio::select! {
                () = gate.holds_one() => false,
                () = certified => true,
            }
        })
        .await;
        child.kill();
        if done {
            break;
        }
        assert!(lives < 40, "it never comes to an end");
    }
    assert!(lives > 6, "an order has more steps than {lives}");
    // What was kept outlives the last kill as well, and nobody is asked for it again.
    gate.shut(true);
    let mut child = start();
    in_time("the certificate after a restart", async {
        while support::tls::connect(secret, DOMAIN, "http/1.1").await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(is_trusted(&root, &shown(secret, DOMAIN).await, DOMAIN));
    child.kill();
}

/// A program that does not outlive its test.
struct Running(std::process::Child);

impl Running {
    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A house with files of its own.
async fn with_files(names: &[&str]) -> (House, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    write_files(names, &chain, &key);
    let options = Options::default()
        .set("CERT_FILE", &chain.to_string_lossy())
        .set("CERT_KEY_FILE", &key.to_string_lossy())
        .set("HTTP_LISTEN", "off")
        .patient();
    (House::boot_with(options).await, folder)
}

#[tokio::test]
async fn people_chat_over_https_with_live_sockets() {
    let (house, _folder) = with_files(&["localhost", "127.0.0.1"]).await;
    let (visitor, agent) = (house.visitor(), house.agent().await);
    visitor.says("Is anybody there?").await;
    agent.sees("Is anybody there?").await;
    agent.replies(&visitor.conversation(), "Yes, behind a lock.").await;
    visitor.hears("Yes, behind a lock.").await;
    let page = house.get("/desk").await;
    assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn files_are_read_anew_without_dropping_a_connection_and_wrong_ones_change_nothing() {
    let (house, folder) = with_files(&["localhost", "127.0.0.1"]).await;
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let visitor = house.visitor();
    visitor.says("before").await;
    let before = shown(house.door, "localhost").await;

    std::fs::write(&key, "no key").unwrap();
    house.desk().look_after_certificate().await.unwrap();
    let problem = || async { house.desk().certificate_standing().await.unwrap().unwrap().problem };
    in_time("a problem in words", async {
        while problem().await.is_none_or(|words| !words.contains("CERT_KEY_FILE")) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(shown(house.door, "localhost").await, before, "the old one stays");

    write_files(&["localhost", "127.0.0.1"], &chain, &key);
    house.desk().look_after_certificate().await.unwrap();
    in_time("the new certificate", async {
        while shown(house.door, "localhost").await == before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(problem().await, None);
    visitor.says("after").await;
}

#[tokio::test]
async fn plain_http_shows_the_way_and_only_to_our_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    write_files(&["localhost", DOMAIN], &chain, &key);
    for (base_url, expected) in [
        (Some("https://chat.house.example/support"), ["https://chat.house.example/desk?a=b", "https://chat.house.example//evil.example/x"]),
        (None, ["https://chat.house.example:PORT/desk?a=b", "https://chat.house.example:PORT//evil.example/x"]),
    ] {
        logs::start();
        let mut raw = RawConfig::default();
        raw.set("DATA_FILE", &folder.path().join("deskbell.db").to_string_lossy()).unwrap();
        raw.set("CERT_FILE", &chain.to_string_lossy()).unwrap();
        raw.set("CERT_KEY_FILE", &key.to_string_lossy()).unwrap();
        raw.set("BASE_URL", base_url.unwrap_or_default()).unwrap();
        let house = app::House::open(raw.resolve().unwrap(), Clock::default()).await.unwrap();
        let (secret, plain) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (port, address) = (secret.local_addr().unwrap().port(), plain.local_addr().unwrap());
        let options = house.server_options();
        let house = house.with_plain(plain);
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move { house.serve(secret, async move { drop(stopped.await) }, None, options).await.unwrap() });

        let client = Client::new(address).with("host", "chat.house.example");
        for (path, expected) in ["/desk?a=b", "//evil.example/x"].into_iter().zip(expected) {
            for call in [client.get(path), client.post(path).body("kept")] {
                let answer = call.await;
                assert_eq!((answer.status, answer.header("location")), (308, Some(expected.replace("PORT", &port.to_string()).as_str())));
                assert_eq!(answer.header("strict-transport-security"), None, "not in the clear");
            }
        }
        let foreign = client.get("/desk").header("host", "evil.example").await;
        match base_url {
            Some(_) => assert_eq!(foreign.header("location"), Some("https://chat.house.example/desk")),
            None => assert_eq!((foreign.status, foreign.header("location")), (421, None)),
        }
        assert_eq!(client.get("/.well-known/acme-challenge/nothing").await.status, 404);
        assert_eq!(client.get("/healthz").header("host", "10.0.0.1").await.status, 200);
        stop.send(()).unwrap();
        in_time("the house to stop", running).await.unwrap();
    }
}

/// A real client: pages, the API and a refusal on one connection of HTTP/2.
#[tokio::test]
async fn browsers_get_http_2() {
    let (house, folder) = with_files(&["localhost", "127.0.0.1"]).await;
    let script = r#"
        const http2 = require('http2'), fs = require('fs');
        const [port, ca] = process.argv.slice(1);
        const session = http2.connect(`https://localhost:${port}`, { ca: fs.readFileSync(ca) });
        session.on('error', (error) => { console.log('error ' + error.message); process.exit(1); });
        const call = (headers, body) => new Promise((done, fail) => {
            const stream = session.request(headers);
            let status = 0, text = '';
            stream.on('response', (head) => { status = head[':status']; });
            stream.on('data', (data) => { text += data; });
            stream.on('end', () => done({ status, text }));
            stream.on('error', fail);
            stream.end(body);
        });
        (async () => {
            const many = Array.from({ length: 60 }, () => call({ ':path': '/desk' }));
            const pages = await Promise.all(many);
            const two = await call({ ':path': '/desk', ':authority': `localhost:${port}`, host: 'evil.example' }).catch((error) => ({ status: error.code }));
            const posted = await call({ ':path': '/api/desk/login', ':method': 'POST', 'content-type': 'application/json' }, '{"email":"a@b.example","password":"no such one"}');
            console.log(JSON.stringify({
                protocol: session.alpnProtocol, pages: pages.filter((page) => page.status === 200 && page.text.includes('<!doctype html>')).length,
                two: two.status, posted: posted.status, max: session.remoteSettings.maxConcurrentStreams,
            }));
            session.close();
        })();
    "#;
    let (port, authority) = (house.door.port().to_string(), folder.path().join("chain.pem"));
    let run = move || std::process::Command::new("node").args(["-e", script, &port]).arg(authority).stdin(Stdio::null()).output();
    let output = in_time("node", tokio::task::spawn_blocking(run)).await.expect("a thread").expect("node runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let told: Value = serde_json::from_str(told.trim()).unwrap_or_else(|_| panic!("{told} {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!((&told["protocol"], &told["pages"], &told["max"]), (&json!("h2"), &json!(60), &json!(100)), "{told}");
    assert_eq!((&told["two"], &told["posted"]), (&json!(400), &json!(401)), "{told}");
}
