//! A message exists when it is committed. Killed without warning, again and again under load, the program keeps every acknowledged
//! message exactly once; asked politely, it finishes what is under way and leaves one clean file.

#[path = "support/binary.rs"]
mod binary;

use binary::{Heard, PATIENCE, Server, Visitor};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SENDERS: usize = 6;
const ROUNDS: usize = 10;
/// Acknowledgements seen in a round before the server is killed in the middle of the next ones.
const ACKS_PER_ROUND: usize = 40;

/// Where the server is at the moment; it moves with every restart.
type Whereabouts = Arc<Mutex<SocketAddr>>;

/// One person who keeps sending, each message until it is acknowledged.
struct Sender {
    visitor: Visitor,
    /// Text → change number, as acknowledged.
    acknowledged: BTreeMap<String, i64>,
}

impl Sender {
    fn send_until_told(mut self, number: usize, at: Whereabouts, acks: Arc<AtomicUsize>, stop: Arc<AtomicBool>) -> Sender {
        let mut n = 0;
        // What was begun is finished: a message given up half-way would be neither acknowledged nor surely absent.
        while !stop.load(Ordering::SeqCst) {
            let text = format!("word {n} of sender {number}");
            let echo = format!("s{number}-{n}");
            n += 1;
            let start = Instant::now();
            loop {
                assert!(start.elapsed() < PATIENCE, "a message cannot be delivered");
                match self.visitor.says(&text, &echo) {
                    Ok(answer) if answer.status == 200 => {
                        let seq = answer.json()["data"]["seq"].as_i64().expect("a seq");
                        self.acknowledged.insert(text, seq);
                        acks.fetch_add(1, Ordering::SeqCst);
                        break;
                    }
                    Ok(answer) => assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body)),
                    // Killed meanwhile: find it again and repeat under the same id.
                    Err(_) => {
                        std::thread::sleep(Duration::from_millis(5));
                        self.visitor.http = binary::Http::new(*at.lock().unwrap());
                    }
                }
            }
        }
        self
    }
}

#[test]
fn every_acknowledged_message_survives_kill_9_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crash.db");
    let mut server = Server::demo(&file);
    let at: Whereabouts = Arc::new(Mutex::new(server.address));
    let (acks, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let senders: Vec<_> = (0..SENDERS)
        .map(|number| {
            let visitor = Visitor::begins(&server, &format!("hello from sender {number}"));
            let sender = Sender { visitor, acknowledged: BTreeMap::new() };
            let (at, acks, stop) = (at.clone(), acks.clone(), stop.clone());
            std::thread::spawn(move || sender.send_until_told(number, at, acks, stop))
        })
        .collect();

    for round in 0..ROUNDS {
        let before = acks.load(Ordering::SeqCst);
        let start = Instant::now();
        while acks.load(Ordering::SeqCst) < before + ACKS_PER_ROUND {
            assert!(start.elapsed() < PATIENCE, "round {round}: no progress");
            std::thread::sleep(Duration::from_millis(1));
        }
        server.kill();
        server = Server::demo(&file);
        *at.lock().unwrap() = server.address;
    }
    stop.store(true, Ordering::SeqCst);
    let senders: Vec<Sender> = senders.into_iter().map(|sender| sender.join().expect("a sender")).collect();

    for (number, mut sender) in senders.into_iter().enumerate() {
        sender.visitor.http = server.http();
        let seen = sender.visitor.sees();
        assert_eq!(seen[0], format!("hello from sender {number}"));
        let expected: Vec<String> = (0..sender.acknowledged.len()).map(|n| format!("word {n} of sender {number}")).collect();
        assert_eq!(&seen[1..], expected, "each once, in the order of sending");

        // A client that was away since any of its messages gets exactly what came after it.
        let acknowledged: Vec<(&String, i64)> = {
            let mut all: Vec<_> = sender.acknowledged.iter().map(|(text, seq)| (text, *seq)).collect();
            all.sort_by_key(|(_, seq)| *seq);
            all
        };
        for held in [0, acknowledged.len() / 2, acknowledged.len() - 1] {
            let after = acknowledged[held].1;
            let missing: Vec<String> = acknowledged[held + 1..].iter().map(|(text, _)| (*text).clone()).collect();
            assert_eq!(messages(&sender.visitor.changes_after(after)), missing);
        }
    }

    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    let connection = rusqlite::Connection::open(&file).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let doubled: i64 = connection
        .query_row(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE echo_id IS NOT NULL GROUP BY contact_id, echo_id HAVING count(*) > 1)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(doubled, 0);
    let lost: i64 = connection
        .query_row(
            "SELECT count(*) FROM messages m WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.seq = m.seq AND e.message_id = m.id)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(lost, 0, "a message and its event are one commit");
    connection.execute_batch("INSERT INTO messages_fts (messages_fts) VALUES ('integrity-check')").expect("the search index agrees");
}

/// Texts of the message frames, in order.
fn messages(frames: &[Value]) -> Vec<String> {
    let told = frames.iter().filter(|frame| frame["type"] == "new_message");
    told.map(|frame| frame["data"]["text_content"].as_str().expect("text").to_owned()).collect()
}

#[test]
fn sigterm_finishes_requests_tells_sockets_and_leaves_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stop.db");
    let mut server = Server::demo(&file);
    let mut visitor = Visitor::begins(&server, "before");
    let mut socket = visitor.listens();

    // A request whose body is on its way when the signal comes.
    let body = json!({ "message": "sent while stopping", "echo_id": "late-1" }).to_string();
    let (first_half, second_half) = body.split_at(body.len() / 2);
    let mut half = TcpStream::connect(server.address).unwrap();
    write!(
        half,
        "POST /api/v1/widget/chat/conversations/{}/message HTTP/1.1\r\nHost: {}\r\nX-Libredesk-Inbox-ID: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{first_half}",
        visitor.conversation,
        server.address,
        visitor.inbox,
        visitor.token,
        body.len()
    )
    .unwrap();
    // Answered after it was read: so the half request above, sent before, lies with the server, too.
    assert_eq!(visitor.says("still here", "now-1").unwrap().status, 200);
    server.terminate();
    // The socket hears that the server goes away; only then, surely after the signal, comes the rest of the request.
    let code = loop {
        match socket.hear().expect("a close frame, not a cut") {
            Heard::Close(code) => break code,
            Heard::Text(_) => {}
        }
    };
    assert_eq!(code, 1001);
    half.write_all(second_half.as_bytes()).unwrap();
    let mut answer = String::new();
    use std::io::Read;
    half.set_read_timeout(Some(PATIENCE)).unwrap();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("sent while stopping"), "{answer}");

    assert_eq!(server.ended().code(), Some(0));
    assert!(TcpStream::connect(server.address).is_err());
    let left: BTreeSet<String> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left, BTreeSet::from(["stop.db".to_owned(), "stop.db.lock".to_owned()]), "one file, and no write-ahead log beside it");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let stored: i64 =
        connection.query_row("SELECT count(*) FROM messages WHERE text = 'sent while stopping'", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, 1);
}
