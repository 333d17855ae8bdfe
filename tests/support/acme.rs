//! A real authority on this machine: Let's Encrypt's own test server, Pebble, asking real questions on ports of our choice; with it a name
//! server for which every name is this machine, and a gate before it that can be held shut at any one request.

use super::tls;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Where `tests/all` puts it.
fn program() -> PathBuf {
    let beside = std::env::current_exe().expect("our own path");
    let target = beside.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release")).and_then(Path::parent);
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/pebble");
    let found = target.map(|target| target.join("tools/pebble")).into_iter().chain([own]).find(|program| program.exists());
    found.expect("target/tools/pebble is missing: `tests/all rust` installs it, with Go (github.com/letsencrypt/pebble/v2/cmd/pebble)")
}

/// A running authority. Dropping it ends it.
pub struct Authority {
    child: Child,
    folder: TempDir,
    address: SocketAddr,
    manage: SocketAddr,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("an address")
}

impl Authority {
    /// An authority that asks plain HTTP and handshakes at these ports, and certifies for so many seconds.
    pub async fn start(plain: u16, secret: u16, life_s: u64) -> Authority {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        tls::write_files(&["localhost", "127.0.0.1"], &at("cert.pem"), &at("key.pem"));
        let (address, manage, names) = (free_port().await, free_port().await, name_server().await);
        let config = serde_json::json!({ "pebble": {
            "listenAddress": address.to_string(), "managementListenAddress": manage.to_string(),
            "certificate": at("cert.pem"), "privateKey": at("key.pem"), "httpPort": plain, "tlsPort": secret, "ocspResponderURL": "",
            "externalAccountBindingRequired": false, "domainBlocklist": ["blocked.house.example"], "retryAfter": { "authz": 1, "order": 1 },
            "keyAlgorithm": "ecdsa",
            "profiles": { "default": { "description": "the usual", "validityPeriod": life_s } },
        } });
        std::fs::write(at("config.json"), config.to_string()).expect("the configuration is written");
        let child = Command::new(program())
            .args(["-config", &at("config.json").to_string_lossy(), "-dnsserver", &names.to_string()])
            .env("PEBBLE_VA_NOSLEEP", "1")
            // Nonces are refused and authorisations forgotten now and then, as a client must bear.
            .env("PEBBLE_WFE_NONCEREJECT", "10")
            .env("PEBBLE_AUTHZREUSE", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the authority starts");
        let authority = Authority { child, folder, address, manage };
        super::in_time("the authority to answer", async {
            while tls::connect(authority.manage, "localhost", "http/1.1").await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
        authority
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its directory, at its own address or at a gate before it.
    pub fn directory(&self, at: SocketAddr) -> String {
        format!("https://{at}/dir")
    }

    /// By what its own HTTPS is known.
    pub fn ca_file(&self) -> String {
        self.folder.path().join("cert.pem").to_string_lossy().into_owned()
    }

    /// The certificate under which all its certificates stand (PEM).
    pub async fn root(&self) -> String {
        let mut stream = tls::connect(self.manage, "localhost", "http/1.1").await.expect("the authority answers");
        stream.write_all(b"GET /roots/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.expect("it listens");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer).into_owned();
        text[text.find("-----BEGIN").expect("a certificate")..].to_owned()
    }
}

/// A name server (over TCP, as the authority asks) for which every name is this machine.
async fn name_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                while let Ok(size) = stream.read_u16().await {
                    let mut question = vec![0; size.into()];
                    if size < 17 || stream.read_exact(&mut question).await.is_err() {
                        return;
                    }
                    let answer = answer(&question);
                    let framed = [&(answer.len() as u16).to_be_bytes(), answer.as_slice()].concat();
                    if stream.write_all(&framed).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// RFC 1035: the question again, and 127.0.0.1 if an address of the old kind was asked for.
fn answer(question: &[u8]) -> Vec<u8> {
    let name_ends = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap_or(0) + 1;
    let end = (name_ends + 4).min(question.len());
    let asks_for_address = question[name_ends..end] == [0, 1, 0, 1];
    let mut answer = question[..2].to_vec();
    answer.extend([0x81, 0x80, 0, 1, 0, u8::from(asks_for_address), 0, 0, 0, 0]);
    answer.extend(&question[12..end]);
    if asks_for_address {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);
    }
    answer
}

/// A gate before an authority: counts connections (each is one request), and may hold one of them for ever.
pub struct Gate {
    pub address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Connections until one is held; 0: none is.
    until_held: AtomicUsize,
    passed: AtomicUsize,
    shut: AtomicBool,
    held: Notify,
}

impl Gate {
    pub async fn before(authority: SocketAddr) -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if shared.shut.load(Ordering::SeqCst) {
                    continue;
                }
                let left = shared.until_held.load(Ordering::SeqCst);
                if left > 0 {
                    shared.until_held.store(left - 1, Ordering::SeqCst);
                }
                let is_held = left == 1;
                if !is_held {
                    shared.passed.fetch_add(1, Ordering::SeqCst);
                }
                let shared = shared.clone();
                tokio::spawn(async move {
                    if is_held {
                        shared.held.notify_one();
                        std::future::pending::<()>().await;
                    }
                    let Ok(mut far) = TcpStream::connect(authority).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Gate { address, state }
    }

    /// Holds the n-th connection from now (1: the next).
    pub fn hold(&self, n: usize) {
        self.state.until_held.store(n, Ordering::SeqCst);
    }

    /// Completes when a connection is held.
    pub async fn holds_one(&self) {
        self.state.held.notified().await;
    }

    /// Requests that have passed.
    pub fn passed(&self) -> usize {
        self.state.passed.load(Ordering::SeqCst)
    }

    /// Nobody gets through; or everybody again.
    pub fn shut(&self, shut: bool) {
        self.state.shut.store(shut, Ordering::SeqCst);
    }
}
