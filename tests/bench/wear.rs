//! What a memory card feels: the bytes that the kernel writes to the disk for us (`write_bytes` of /proc/PID/io), for messages, for visitors who
//! only look, and for a house where nothing happens. On a file system in memory they are all 0.

use super::binary::Socket;
use super::seed::Size;
use super::{Client, Served, Table, read_keys, seeded};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// Visitors who are connected at the same time.
const VISITORS: usize = 200;
/// How long a quiet house is looked at.
const QUIET: Duration = Duration::from_secs(30);
/// Longer than pages wait to be written.
const FLUSHED: Duration = Duration::from_secs(12);

impl Served {
    fn written(&self) -> f64 {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.child.id())).expect("a process");
        let line = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).expect("a line");
        line.parse().expect("a number")
    }
}

/// Kilobytes per thousand messages, per visitor, per quiet hour.
pub fn wear(table: &mut Table, folder: &Path) {
    let file = folder.join("live.db");
    let _ = std::fs::remove_file(&file);
    let path = seeded(&file, Size { messages: 0, agents: 1, visitors: VISITORS });
    let keys = read_keys(&path);
    let served = Served::on(&file);
    let mut http = served.http();
    let (token, conversation) = &keys.visitors[0];
    let headers = [
        ("X-Libredesk-Inbox-ID", keys.inbox.as_str()),
        ("Authorization", &format!("Bearer {token}")),
        ("Content-Type", "application/json"),
    ];
    let before = served.written();
    for n in 0..1_000 {
        let body = json!({ "message": format!("message {n}: where is my parcel, please?") }).to_string();
        let path = format!("/api/v1/widget/chat/conversations/{conversation}/message");
        assert_eq!(http.call("POST", &path, &headers, body.as_bytes()).expect("an answer").status, 200);
    }
    table.plain("written per 1,000 messages, one by one", (served.written() - before) / 1e6, "MB");
    let before = served.written();
    let mut client = Client::new("flood", &served, &path, &[16, 2]);
    let sent = client.says()["rate"].as_f64().expect("a rate") * 2.0;
    client.go();
    table.plain("written per 1,000 messages, 16 senders at once", (served.written() - before) / sent / 1e3, "MB");

    std::thread::sleep(FLUSHED);
    let before = served.written();
    let mut sockets: Vec<Socket> = keys
        .visitors
        .iter()
        .map(|(token, _)| {
            let mut socket = Socket::open(served.address, "/widget/ws", &[]);
            socket.say(&json!({ "type": "join", "token": token, "data": { "inbox_id": keys.inbox } }));
            socket.hears("joined");
            socket
        })
        .collect();
    std::thread::sleep(FLUSHED);
    table.plain("written per visitor who connects", (served.written() - before) / VISITORS as f64 / 1e3, "KB");
    let before = served.written();
    for page in 0..5 {
        for (socket, (token, _)) in sockets.iter_mut().zip(&keys.visitors) {
            let data = json!({ "url": format!("https://shop.example/page/{page}"), "title": "A page" });
            socket.say(&json!({ "type": "page_visit", "token": token, "data": data }));
        }
    }
    std::thread::sleep(FLUSHED);
    table.plain("written per page that a connected visitor looks at", (served.written() - before) / (5 * VISITORS) as f64 / 1e3, "KB");
    let before = served.written();
    std::thread::sleep(QUIET);
    let quiet = (served.written() - before) / QUIET.as_secs_f64() * 3600.0 / 1e3;
    table.at_most(&format!("written per hour while {VISITORS} visitors only stay connected"), quiet, "KB", 0.0);
    drop(sockets);
    std::thread::sleep(FLUSHED);

    let before = served.written();
    std::thread::sleep(QUIET);
    table.at_most(
        "written per quiet hour, without a watchdog",
        (served.written() - before) / QUIET.as_secs_f64() * 3600.0 / 1e3,
        "KB",
        0.0,
    );
    let before = served.written();
    for _ in 0..10 {
        assert_eq!(http.call("GET", "/readyz", &[], b"").expect("an answer").status, 200);
        std::thread::sleep(Duration::from_millis(1_100));
    }
    // The watchdog of the unit looks once a minute.
    table.at_most("written per quiet hour, with the watchdog", (served.written() - before) / 10.0 * 60.0 / 1e3, "KB", 1_000.0);
}
