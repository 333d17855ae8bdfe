//! `cargo bench`: one table of what the program costs and how fast it is, on loopback, release build, the client in its own process.
//!
//! Bounded to a few minutes. The million-message file is made once and kept below target/.

#[path = "../support/binary.rs"]
mod binary;
mod client;
mod seed;
mod wear;

use binary::Http;
use seed::{Keys, Size};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Agents of the largest team the desk is built for.
const AGENTS: usize = 50;
/// Sockets of the large measurements.
const MANY: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("client", rest)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return client::main(rest);
    }
    let started = Instant::now();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    std::fs::create_dir_all(&folder).expect("a folder");
    // What an earlier run left; the large file stays.
    for name in ["small", "live", "raw", "empty"] {
        for end in ["", "-wal", "-shm", ".lock"] {
            let _ = std::fs::remove_file(folder.join(format!("{name}.db{end}")));
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut table = Table { load: load.split(' ').next().unwrap_or_default().to_owned(), ..Table::default() };
    let wanted = arguments.iter().find(|word| !word.starts_with('-')).cloned();
    let wants = |part: &str| wanted.as_deref().is_none_or(|wanted| wanted == part);
    if wants("size") {
        sizes(&mut table);
    }
    if wants("start") || wants("read") {
        reading(&mut table, &folder);
    }
    if wants("pages") || wants("idle") {
        pages(&mut table, &folder);
    }
    if wants("sockets") {
        sockets(&mut table, &folder);
    }
    if wants("rate") {
        rates(&mut table, &folder);
    }
    if wants("pace") {
        paces(&mut table, &folder);
    }
    if wants("fan") {
        fans(&mut table, &folder);
    }
    if wants("wear") {
        wear::wear(&mut table, &folder);
    }
    if wants("day") {
        days(&mut table, &folder);
    }
    table.print(started.elapsed());
}

/// The one table.
#[derive(Default)]
struct Table {
    lines: Vec<[String; 5]>,
    /// What the machine was doing before we began: on a busy one the times say more about the others.
    load: String,
}

impl Table {
    fn line(&mut self, what: &str, value: f64, unit: &str, target: Option<(f64, bool)>) {
        let shown = match value {
            value if value >= 1000.0 => format!("{value:.0}"),
            value if value >= 10.0 => format!("{value:.1}"),
            value => format!("{value:.2}"),
        };
        let (wanted, met) = match target {
            None => (String::new(), String::new()),
            Some((limit, at_most)) => {
                let met = if at_most { value <= limit } else { value >= limit };
                (format!("{} {limit}", if at_most { "≤" } else { "≥" }), if met { "yes" } else { "NO" }.to_owned())
            }
        };
        eprintln!("{what}: {shown} {unit}");
        self.lines.push([what.to_owned(), shown, unit.to_owned(), wanted, met]);
    }

    fn plain(&mut self, what: &str, value: f64, unit: &str) {
        self.line(what, value, unit, None);
    }

    fn at_most(&mut self, what: &str, value: f64, unit: &str, limit: f64) {
        self.line(what, value, unit, Some((limit, true)));
    }

    fn at_least(&mut self, what: &str, value: f64, unit: &str, limit: f64) {
        self.line(what, value, unit, Some((limit, false)));
    }

    fn print(&self, took: Duration) {
        let cores = std::thread::available_parallelism().map_or(0, |cores| cores.get());
        let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("").trim_start_matches([' ', '\t', ':']);
        println!("\nloopback, release build, {cores} cores ({model}), load before {}, {} s in all\n", self.load, took.as_secs());
        println!("| what | value | unit | target | met |\n| --- | ---: | --- | --- | --- |");
        for [what, value, unit, target, met] in &self.lines {
            println!("| {what} | {value} | {unit} | {target} | {met} |");
        }
    }
}

/// A running `deskbell serve` on a port of its own.
struct Served {
    child: Child,
    address: SocketAddr,
    /// From before the process existed to the end of its first answer.
    first_answer: Duration,
}

impl Served {
    fn on(file: &Path) -> Served {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let log = std::fs::File::create(file.with_extension("log")).expect("a log");
        let start = Instant::now();
        let child = limited()
            .arg(env!("CARGO_BIN_EXE_deskbell"))
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(file)
            .envs([("DESKBELL_RATE_LIMIT_FACTOR", "1000000"), ("DESKBELL_LOG_LEVEL", "warn")])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the server starts");
        let mut http = Http::new(address);
        loop {
            match http.call("GET", "/health", &[], b"") {
                Ok(answer) if answer.status == 200 => break,
                _ => std::thread::sleep(Duration::from_micros(200)),
            }
            assert!(start.elapsed() < Duration::from_secs(30), "the server does not answer");
        }
        Served { child, address, first_answer: start.elapsed() }
    }

    /// Resident memory in bytes.
    fn rss(&self) -> f64 {
        self.memory("VmRSS")
    }

    /// A line of the kernel's account, in bytes.
    fn memory(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).expect("a number") * 1024.0
    }

    fn http(&self) -> Http {
        Http::new(self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A shell that raises the number of descriptors and becomes what follows.
fn limited() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n $(ulimit -Hn); exec \"$@\"", "sh"]);
    command
}

/// The client process.
struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Client {
    fn new(part: &str, served: &Served, keys: &Path, numbers: &[usize]) -> Client {
        let mut child = limited()
            .arg(std::env::current_exe().expect("ourselves"))
            .args(["client", part, &served.address.to_string()])
            .arg(keys)
            .args(numbers.iter().map(usize::to_string))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let stdin = child.stdin.take().expect("stdin");
        let stdout = BufReader::new(child.stdout.take().expect("stdout"));
        Client { child, stdin, stdout }
    }

    fn says(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the client failed: {line:?}"))
    }

    fn go(mut self) {
        let _ = writeln!(self.stdin);
        let _ = self.child.wait();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Makes a file and its keys beside it.
fn seeded(file: &Path, size: Size) -> PathBuf {
    let keys = runtime().block_on(seed::fill(file, size));
    let path = file.with_extension("keys");
    std::fs::write(&path, serde_json::to_vec(&keys).expect("JSON")).expect("written");
    path
}

fn read_keys(path: &Path) -> Keys {
    serde_json::from_slice(&std::fs::read(path).expect("keys")).expect("keys")
}

fn sizes(table: &mut Table) {
    let bytes = std::fs::metadata(env!("CARGO_BIN_EXE_deskbell")).expect("the binary").len();
    table.plain("binary size", bytes as f64 / 1e6, "MB");
}

/// Start-up and the desk's reads, on a small and a large file.
fn reading(table: &mut Table, folder: &Path) {
    let empty: Vec<f64> = (0..5)
        .map(|_| {
            for end in ["", "-wal", "-shm", ".lock"] {
                let _ = std::fs::remove_file(folder.join(format!("empty.db{end}")));
            }
            Served::on(&folder.join("empty.db")).first_answer.as_secs_f64() * 1000.0
        })
        .collect();
    table.at_most("start to first answer, empty file (made on the way)", median(empty), "ms", 50.0);

    let small = folder.join("small.db");
    let small_keys = seeded(&small, Size { messages: 10_000, agents: 1, visitors: 0 });
    let large = million(folder);
    let large_keys = large.with_extension("keys");
    let starts: Vec<f64> = (0..5).map(|_| Served::on(&large).first_answer.as_secs_f64() * 1000.0).collect();
    table.at_most("start to first answer, 1,000,000 messages", median(starts), "ms", 50.0);

    let at_10k = desk_reads(&small, &read_keys(&small_keys));
    let at_1m = desk_reads(&large, &read_keys(&large_keys));
    for ((what, few), (_, many)) in at_10k.iter().zip(&at_1m) {
        table.plain(&format!("{what}, 10 k messages, p50"), *few, "ms");
        table.plain(&format!("{what}, 1 M messages, p50"), *many, "ms");
        table.at_most(&format!("{what}, growth"), many / few, "×", 2.0);
    }
}

/// The file of a million messages, made once for each schema.
fn million(folder: &Path) -> PathBuf {
    let schema = deskbell::store::migrate::SCHEMA.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let file = folder.join(format!("million-3-{schema:08x}.db"));
    if !file.with_extension("keys").exists() {
        eprintln!("making the file of a million messages (once)");
        for end in ["", "-wal", "-shm", ".lock"] {
            let _ = std::fs::remove_file(folder.join(format!("million-3-{schema:08x}.db{end}")));
        }
        seeded(&file, Size { messages: 1_000_000, agents: AGENTS, visitors: 0 });
    }
    file
}

/// Medians, in milliseconds, of what an agent does all day.
fn desk_reads(file: &Path, keys: &Keys) -> Vec<(&'static str, f64)> {
    let served = Served::on(file);
    let mut http = served.http();
    let cookie = format!("__Host-deskbell={}", keys.agents[0]);
    let mut timed = |paths: &[String]| {
        let mut took = Vec::new();
        for round in 0..4 {
            for path in paths {
                let start = Instant::now();
                let answer = http.call("GET", path, &[("Cookie", &cookie)], b"").expect("an answer");
                assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
                // The first round warms what a desk that is used all day has warm.
                if round > 0 {
                    took.push(start.elapsed().as_secs_f64() * 1000.0);
                }
            }
        }
        median(took)
    };
    let conversations: Vec<String> = keys.samples.iter().map(|uuid| format!("/api/desk/conversations/{uuid}")).collect();
    let lists: Vec<String> = (0..50).map(|_| "/api/desk/conversations?box=all&status=open".to_owned()).collect();
    let common: Vec<String> = (0..50).map(|_| "/api/desk/search?q=delivery".to_owned()).collect();
    let two: Vec<String> = (0..50).map(|_| "/api/desk/search?q=monstera%20refund".to_owned()).collect();
    let rare: Vec<String> = (0..50).map(|n| format!("/api/desk/search?q=order{:06}", 900 + n)).collect();
    vec![
        ("open a conversation", timed(&conversations)),
        ("list of open conversations", timed(&lists)),
        ("search a common word", timed(&common)),
        ("search two words", timed(&two)),
        ("search an order number", timed(&rare)),
    ]
}

/// A whole team at work on a million messages of a hundred thousand contacts, and the reports beside it.
fn days(table: &mut Table, folder: &Path) {
    let file = million(folder);
    let path = file.with_extension("keys");
    let served = Served::on(&file);
    let mut client = Client::new("day", &served, &path, &[AGENTS, 8]);
    let told = client.says();
    for step in ["list", "open", "search", "switch"] {
        let of = |key: &str| told[step][key].as_f64().expect("a number");
        table.plain(&format!("{AGENTS} agents online, 1 M messages: {step}, p50"), of("p50_ms"), "ms");
        table.at_most(&format!("{AGENTS} agents online, 1 M messages: {step}, p95"), of("p95_ms"), "ms", 100.0);
    }
    table.at_most("memory (RSS) with them", served.rss() / 1e6, "MB", 60.0);
    let cookie = format!("__Host-deskbell={}", read_keys(&path).agents[0]);
    let mut http = served.http();
    for report in ["overview", "agents", "hours"] {
        let took = (0..3).map(|_| {
            let start = Instant::now();
            let answer = http.call("GET", &format!("/api/desk/reports/{report}"), &[("Cookie", &cookie)], b"").expect("an answer");
            assert_eq!(answer.status, 200, "{report}: {}", String::from_utf8_lossy(&answer.body));
            start.elapsed().as_secs_f64() * 1000.0
        });
        table.plain(&format!("report \"{report}\" over all of 1 M messages"), median(took.collect()), "ms");
    }
    drop(served);
    client.go();
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// What a visitor downloads, and what the server weighs while nobody is there.
fn pages(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let keys = read_keys(&seeded(&file, Size { messages: 1_000, agents: 1, visitors: 10 }));
    let served = Served::on(&file);
    std::thread::sleep(Duration::from_secs(2));
    table.at_most("idle memory (RSS)", served.rss() / 1e6, "MB", 12.0);
    table.plain("of it the program's own (anonymous; the rest is its file, mapped)", served.memory("RssAnon") / 1e6, "MB");

    let (bytes, requests) = downloaded(&served, &[format!("/w/{}.js", keys.inbox)]);
    table.at_most("page view, our snippet", bytes / 1000.0, "KB br", 6.0);
    table.at_most("page view, our snippet", requests as f64, "requests", 1.0);
    let launcher = format!("/api/v1/widget/chat/settings/launcher?inbox_id={}", keys.inbox);
    let (bytes, requests) = downloaded(&served, &["/widget.js".to_owned(), launcher]);
    table.at_most("page view, Libredesk's snippet", bytes / 1000.0, "KB br", 6.0);
    table.at_most("page view, Libredesk's snippet", requests as f64, "requests", 2.0);
    let (bytes, requests) =
        downloaded(&served, &[format!("/widget?inbox_id={}", keys.inbox), format!("/api/v1/widget/chat/settings?inbox_id={}", keys.inbox)]);
    table.at_most("first open: frame, its assets, settings", bytes / 1000.0, "KB br", 40.0);
    table.plain("first open: frame, its assets, settings", requests as f64, "requests");
}

/// Fetches these and everything they link or import, as a browser with an empty cache; bodies as they travel.
fn downloaded(served: &Served, start: &[String]) -> (f64, usize) {
    let mut http = served.http();
    let mut plain = served.http();
    let (mut seen, mut queue) = (BTreeSet::new(), start.to_vec());
    let mut bytes = 0;
    while let Some(path) = queue.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = http.call("GET", &path, &[("Accept-Encoding", "br, gzip")], b"").expect("an answer");
        assert_eq!(answer.status, 200, "{path}");
        bytes += answer.body.len();
        let text = plain.call("GET", &path, &[], b"").expect("an answer").body;
        let text = String::from_utf8_lossy(&text).into_owned();
        let is_page = path.starts_with("/widget?");
        for mark in if is_page { vec!["href=\"", "src=\""] } else { vec!["from '", "import '", "from \"", "import \""] } {
            if !(is_page || path.starts_with("/a/") && path.ends_with(".js")) {
                continue;
            }
            for (at, _) in text.match_indices(mark) {
                let link = text[at + mark.len()..].split(['"', '\'']).next().unwrap_or_default();
                if link.starts_with('/') {
                    queue.push(link.to_owned());
                } else if link.starts_with('.') {
                    queue.push(resolved(&path, link));
                }
            }
        }
    }
    (bytes as f64, seen.len())
}

/// `../shared/api.js` as seen from `/a/hash/widget/app.js`.
fn resolved(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Memory of joined visitors' sockets that say nothing.
fn sockets(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let _ = std::fs::remove_file(&file);
    let keys = seeded(&file, Size { messages: 0, agents: 1, visitors: MANY });
    for count in [1_000, MANY] {
        let served = Served::on(&file);
        std::thread::sleep(Duration::from_secs(1));
        let before = served.rss();
        let mut client = Client::new("hold", &served, &keys, &[count]);
        client.says();
        std::thread::sleep(Duration::from_secs(1));
        let each = (served.rss() - before) / count as f64 / 1000.0;
        table.at_most(&format!("memory of an open joined socket, at {count}"), each, "KB", 10.0);
        drop(served);
        client.go();
    }
}

/// Durable messages a second, against what the bare store does in the same minute.
fn rates(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let _ = std::fs::remove_file(&file);
    let keys = seeded(&file, Size { messages: 0, agents: 1, visitors: 64 });
    let seconds = 2;
    for senders in [1, 16, 64] {
        let (mut raw, mut rate) = (0f64, 0f64);
        // In turns, the best of each: what else the machine does meanwhile slows both, but not both at the same time.
        for _ in 0..3 {
            let raw_file = folder.join("raw.db");
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(folder.join(format!("raw.db{end}")));
            }
            raw = raw.max(runtime().block_on(seed::raw_rate(&raw_file, senders, seconds as f64)));
            let served = Served::on(&file);
            let mut client = Client::new("flood", &served, &keys, &[senders, seconds]);
            rate = rate.max(client.says()["rate"].as_f64().expect("a rate"));
            client.go();
        }
        table.plain(&format!("durable messages through HTTP, {senders} senders"), rate, "msg/s");
        table.plain(&format!("raw group commit, {senders} tasks"), raw, "msg/s");
        let share = rate / raw * 100.0;
        match senders {
            64 => table.at_least("share of the raw rate, 64 senders", share, "%", 50.0),
            _ => table.plain(&format!("share of the raw rate, {senders} senders"), share, "%"),
        }
    }
}

/// From the visitor's send to the agent's socket.
fn paces(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let _ = std::fs::remove_file(&file);
    let keys = seeded(&file, Size { messages: 0, agents: 1, visitors: 64 });
    for rate in [100, 500] {
        let served = Served::on(&file);
        let mut client = Client::new("pace", &served, &keys, &[rate, 8]);
        let told = client.says();
        client.go();
        let of = |key: &str| told[key].as_f64().expect("a number");
        table.plain(&format!("send → other side at {rate} msg/s, p50"), of("p50_ms"), "ms");
        match rate {
            500 => table.at_most("send → other side at 500 msg/s, p99", of("p99_ms"), "ms", 5.0),
            _ => table.plain(&format!("send → other side at {rate} msg/s, p99"), of("p99_ms"), "ms"),
        }
    }
}

/// One visitor's message to ten thousand agents' sockets (as many agents, 30 tabs each, as the limits of a seat's owner allow): the
/// widest event the product knows, encoded once and written ten thousand times.
fn fans(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let _ = std::fs::remove_file(&file);
    let keys = seeded(&file, Size { messages: 0, agents: MANY / 30 + 1, visitors: 1 });
    let served = Served::on(&file);
    let mut client = Client::new("fan", &served, &keys, &[MANY, 10]);
    let told = client.says();
    let of = |key: &str| told[key].as_f64().expect("a number");
    table.plain("fan-out to 10,000 sockets, p50", of("p50_ms"), "ms");
    table.plain("fan-out to 10,000 sockets, p99", of("p99_ms"), "ms");
    table.plain("fan-out to 10,000 sockets, the last one (median of 10)", of("last_ms"), "ms");
    // The server first: ten thousand goodbyes are not part of this.
    drop(served);
    client.go();
}
