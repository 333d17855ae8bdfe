//! The program under a service manager: told when it is ready, fed only while the file answers, reloaded without dropping anybody, started
//! by a socket; and what a stranger may ask without any login.

#[path = "support/binary.rs"]
mod binary;

use binary::{Answer, Http, PATIENCE, deskbell};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The other end of NOTIFY_SOCKET.
struct Manager {
    socket: UnixDatagram,
    name: String,
    folder: tempfile::TempDir,
}

impl Manager {
    fn new() -> Manager {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Manager::with(socket, path.to_str().unwrap().to_owned(), folder)
    }

    fn abstract_name() -> Manager {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("deskbell-{}", folder.path().display());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        Manager::with(UnixDatagram::bind_addr(&address).unwrap(), format!("@{name}"), folder)
    }

    fn with(socket: UnixDatagram, name: String, folder: tempfile::TempDir) -> Manager {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Manager { socket, name, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The next thing that is said.
    fn hears(&self) -> String {
        let mut words = [0; 4096];
        let size = self.socket.recv(&mut words).expect("the program says something in time");
        String::from_utf8(words[..size].to_vec()).unwrap()
    }

    /// Everything up to what holds `words`.
    fn hears_until(&self, words: &str) -> Vec<String> {
        let start = Instant::now();
        let mut heard = Vec::new();
        loop {
            heard.push(self.hears());
            if heard.last().unwrap().contains(words) {
                return heard;
            }
            assert!(start.elapsed() < 2 * PATIENCE, "never heard {words:?}, but {heard:?}");
        }
    }

    /// The program, started by `command` (ours, or one around it).
    fn starts(&self, mut command: Command) -> Service {
        let mut child = command
            .env("NOTIFY_SOCKET", &self.name)
            .env("DESKBELL_DATA_FILE", self.path("chat.db"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("listening address=") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the program ended before it listened");
        }
        let address = line.split("address=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        Service { child, address, log }
    }
}

struct Service {
    child: Child,
    address: SocketAddr,
    log: BufReader<std::process::ChildStderr>,
}

impl Service {
    fn get(&self, path: &str) -> Answer {
        Http::new(self.address).call("GET", path, &[], b"").expect("an answer")
    }

    fn scrape(&self, token: &str) -> Answer {
        Http::new(self.address).call("GET", "/metrics", &[("Authorization", &format!("Bearer {token}"))], b"").expect("an answer")
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Ends well; the rest of its log.
    fn stops(mut self) -> String {
        self.signal("-TERM");
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success(), "{rest}");
        rest
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve() -> Command {
    let mut command = deskbell();
    command.args(["serve", "--listen", "127.0.0.1:0"]);
    command
}

#[test]
fn the_manager_hears_of_the_start_the_open_door_and_the_end() {
    for manager in [Manager::new(), Manager::abstract_name()] {
        let service = manager.starts(serve());
        assert!(manager.hears().starts_with("EXTEND_TIMEOUT_USEC="), "whoever upgrades a large file is given the time");
        let ready = manager.hears_until("READY=1").pop().unwrap();
        assert!(ready.contains(&format!("STATUS=Serving http://{0} on {0}", service.address)), "{ready}");
        assert_eq!(service.get("/healthz").status, 200);
        let log = service.stops();
        assert!(manager.hears_until("STOPPING=1").iter().all(|words| !words.contains("WATCHDOG")), "nobody asked for a watchdog");
        assert!(!log.contains("error:"), "{log}");
        assert!(!manager.path("chat.db-wal").exists(), "the one file is everything");
    }
}

#[test]
fn the_watchdog_starves_while_a_write_hangs_and_is_fed_again() {
    let manager = Manager::new();
    let mut command = serve();
    command.env("WATCHDOG_USEC", "400000");
    let service = manager.starts(command);
    manager.hears_until("WATCHDOG=1");

    // Somebody else holds the file: every write waits.
    let other = rusqlite::Connection::open(manager.path("chat.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    manager.hears_until("STATUS=The file does not answer as it should");
    assert_eq!(service.get("/healthz").status, 200, "the program itself turns");
    let answer = service.get("/readyz");
    let word = String::from_utf8(answer.body).unwrap();
    // Behind others who wait for the same, it takes longer than anybody waits for an answer.
    assert!(answer.status == 503 && ["busy\n", "slow\n"].contains(&word.as_str()), "{} {word}", answer.status);
    let starving = manager.hears_until("STATUS=The file does not answer as it should");
    assert!(starving.iter().all(|words| !words.contains("WATCHDOG")), "{starving:?}");
    other.execute_batch("ROLLBACK").unwrap();
    manager.hears_until("WATCHDOG=1");
    manager.hears_until("STATUS=Serving");
    assert_eq!(service.get("/readyz").status, 200);
    service.stops();
}

#[test]
fn a_disk_that_says_no_is_told_and_feeds_the_watchdog() {
    let manager = Manager::new();
    // A limit on the size of files stands for a full disk; the shell keeps its signal away.
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_deskbell"), "serve", "--listen", "127.0.0.1:0"]);
    command.env("WATCHDOG_USEC", "400000");
    let service = manager.starts(command);
    manager.hears_until("WATCHDOG=1");
    let limit = |bytes: &str| {
        let (pid, limit) = (service.child.id().to_string(), format!("--fsize={bytes}"));
        assert!(Command::new("prlimit").args(["--pid", &pid, &limit]).status().expect("prlimit runs").success());
    };
    limit("64:unlimited");
    manager.hears_until("STATUS=The file does not answer as it should: disk");
    let full = manager.hears_until("STATUS=The file does not answer as it should: disk");
    assert!(full.iter().any(|words| words == "WATCHDOG=1"), "{full:?}");
    let answer = service.get("/readyz");
    assert_eq!((answer.status, answer.body.as_slice()), (503, b"disk\n".as_slice()));
    assert!(answer.header("retry-after").is_some());
    limit("unlimited");
    manager.hears_until("STATUS=Serving");
    assert_eq!(service.get("/readyz").status, 200);
    service.stops();
}

#[test]
fn a_reload_applies_what_it_can_keeps_connections_and_refuses_what_is_wrong() {
    let manager = Manager::new();
    let conf = manager.path("deskbell.conf");
    let write = |text: &str| std::fs::write(&conf, text).unwrap();
    write("DESKBELL_METRICS_TOKEN=first-token\nDESKBELL_WORKERS=2\n");
    let mut command = serve();
    // As a unit with EnvironmentFile does: what stands in the file comes twice, and the environment of a process never changes.
    command.args(["--config", conf.to_str().unwrap()]).env("DESKBELL_METRICS_TOKEN", "first-token");
    let service = manager.starts(command);
    manager.hears_until("READY=1");
    let mut kept = Http::new(service.address);
    assert_eq!(kept.call("GET", "/healthz", &[], b"").unwrap().status, 200);
    assert_eq!((service.scrape("first-token").status, service.scrape("second-token").status), (200, 401));

    write("DESKBELL_METRICS_TOKEN=second-token\nDESKBELL_WORKERS=3\nDESKBELL_LOG_LEVEL=debug\n");
    service.signal("-HUP");
    let reloading = manager.hears();
    let at = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").expect("reloading, and since when");
    assert!(at.parse::<u64>().unwrap() > 0);
    assert_eq!(manager.hears(), "READY=1\nSTATUS=A restart is needed for WORKERS");
    assert_eq!((service.scrape("first-token").status, service.scrape("second-token").status), (401, 200));
    assert_eq!(kept.call("GET", "/healthz", &[], b"").unwrap().status, 200, "nobody is dropped");

    write("DESKBELL_METRICS_TOKEN=third-token\nDESKBELL_WORKERS=none\n");
    service.signal("-HUP");
    manager.hears_until("RELOADING=1");
    let refused = manager.hears();
    assert!(refused.starts_with("READY=1\nSTATUS=Reload refused") && refused.contains("WORKERS=none"), "{refused}");
    assert_eq!(service.scrape("second-token").status, 200);

    let log = service.stops();
    assert!(log.contains("a restart is needed for WORKERS") && log.contains("settings are not reloaded"), "{log}");
    assert!(log.contains("debug: "), "the level changed at once: {log}");
    assert!(!log.contains("second-token") && !log.contains("third-token"), "{log}");
}

#[test]
fn a_socket_that_was_opened_before_keeps_those_who_come_early() {
    for names in ["", "other:listen"] {
        let manager = Manager::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // Somebody comes before the program runs.
        let mut early = TcpStream::connect(address).unwrap();
        early.write_all(b"GET /healthz HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n").unwrap();
        // The first descriptor after the standard ones is the first socket; with names, the second is meant.
        let (moves, count) = if names.is_empty() { ("exec 3<&0 0</dev/null", 1) } else { ("exec 4<&0 3</dev/null 0</dev/null", 2) };
        let script = format!("{moves}; LISTEN_PID=$$ LISTEN_FDS={count} LISTEN_FDNAMES={names} exec \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_deskbell"), "serve"]);
        command.stdin(Stdio::from(OwnedFd::from(listener)));
        let service = manager.starts(command);
        assert_eq!(service.address, address);
        let mut answer = String::new();
        early.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        service.stops();
    }
}

/// What `request` is answered, head and body, until the end of the connection.
fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn machines_ask_on_every_name_and_nobody_counts_them() {
    let manager = Manager::new();
    let mut command = serve();
    command.env("DESKBELL_BASE_URL", "https://chat.example.com").env("DESKBELL_METRICS_TOKEN", "scrape-me");
    let service = manager.starts(command);
    let ask = |method: &str, path: &str, more: &str| {
        raw(service.address, &format!("{method} {path} HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n{more}\r\n"))
    };
    assert!(ask("GET", "/desk", "").starts_with("HTTP/1.1 421"), "people come by the name alone");
    for path in ["/healthz", "/readyz"] {
        let whole = ask("GET", path, "");
        assert!(
            whole.starts_with("HTTP/1.1 200") && whole.ends_with("\r\n\r\nok\n") && !whole.to_lowercase().contains("set-cookie"),
            "{whole}"
        );
        let head = ask("HEAD", path, "");
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    }
    assert!(ask("GET", "/metrics", "").starts_with("HTTP/1.1 401"));
    let page = ask("GET", "/metrics", "Authorization: Bearer scrape-me\r\n");
    let value = |name: &str| -> f64 {
        let line = page.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        line.unwrap_or_else(|| panic!("no {name} in {page}")).rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(value("deskbell_http_requests_total{status=\"2xx\"}"), 0.0, "machines are not counted: {page}");
    assert_eq!(value("deskbell_http_requests_total{status=\"4xx\"}"), 0.0, "nor is what was refused before any door");
    assert!(value("process_resident_memory_bytes") > 1e6 && value("process_open_fds") > 3.0 && value("deskbell_database_bytes") > 0.0);
    assert!(value("deskbell_commit_duration_seconds_count") > 0.0);
    assert_eq!(value("deskbell_commit_duration_seconds_bucket{le=\"+Inf\"}"), value("deskbell_commit_duration_seconds_count"));
    for line in page.lines().skip_while(|line| !line.starts_with('#')).filter(|line| line.starts_with("# TYPE")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(name.starts_with("deskbell_") || name.starts_with("process_"), "{line}");
        assert_eq!(name.ends_with("_total"), line.ends_with(" counter"), "counters alone end in _total: {line}");
    }
    service.stops();

    let closed = Manager::new();
    let service = closed.starts(serve());
    assert_eq!(service.get("/metrics").status, 404, "closed without a token");
    service.stops();
}

#[test]
fn a_flood_of_questions_writes_no_more_than_one_does() {
    let manager = Manager::new();
    let service = manager.starts(serve());
    assert_eq!(service.get("/readyz").status, 200);
    let commits = || {
        let file = rusqlite::Connection::open(manager.path("chat.db")).unwrap();
        file.query_row("SELECT value FROM settings WHERE key = 'alive_at'", [], |row| row.get::<_, String>(0)).ok()
    };
    let start = Instant::now();
    let (mut asked, mut stamps) = (0, std::collections::BTreeSet::new());
    let mut http = Http::new(service.address);
    while asked < 300 {
        assert_eq!(http.call("GET", "/readyz", &[], b"").unwrap().status, 200);
        asked += 1;
        stamps.extend(commits());
    }
    let seconds = start.elapsed().as_secs() as usize;
    assert!(stamps.len() <= seconds + 2, "{} writes in {seconds} s", stamps.len());
    service.stops();
}
