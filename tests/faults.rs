//! A full disk and a disk that fails: writing is refused with clear words, reading goes on, and it heals without a restart.

#[path = "support/binary.rs"]
mod binary;

use binary::{Answer, PATIENCE, Server, Visitor, deskbell};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A small file system of its own; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn new(at: &Path) -> SmallDisk {
        std::fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(at).output().expect("mount runs");
        assert!(
            mounted.status.success(),
            "this test needs a small file system and may not mount one (run it as root, or in a user namespace: unshare -rm): {}",
            String::from_utf8_lossy(&mounted.stderr)
        );
        SmallDisk(at.to_owned())
    }

    /// Takes every byte that is left.
    fn fill(&self) {
        use std::io::Write;
        let mut ballast = std::fs::File::create(self.0.join("ballast")).unwrap();
        let mut size = 65536;
        while size > 0 {
            match ballast.write(&vec![b'x'; size]) {
                Ok(written) if written > 0 => {}
                _ => size /= 2,
            }
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    let seconds: u32 = answer.header("retry-after").expect("Retry-After").parse().expect("seconds");
    assert!((1..=60).contains(&seconds));
    let words = answer.json()["message"].as_str().expect("a message").to_owned();
    assert!(words.contains("disk") && words.contains("Nothing was stored"), "{words}");
}

fn texts(frames: &[Value]) -> Vec<&str> {
    frames.iter().filter(|frame| frame["type"] == "new_message").map(|frame| frame["data"]["text_content"].as_str().unwrap()).collect()
}

#[test]
fn a_full_disk_refuses_writes_keeps_reading_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::new(&folder.path().join("disk"));
    let mut server = Server::demo(&disk.0.join("chat.db"));
    let mut visitor = Visitor::begins(&server, "hello");
    let mut socket = visitor.listens();
    let mut acknowledged = vec!["hello".to_owned()];
    // Long words fill what the log's spare pages would still take.
    let long = |n: usize| format!("{n} {}", "all work and no play makes a full disk ".repeat(100)).trim().to_owned();
    for n in 0..5 {
        assert_eq!(visitor.says(&long(n), &format!("before-{n}")).unwrap().status, 200);
        acknowledged.push(long(n));
    }

    disk.fill();
    let mut refused = 0;
    for n in 100..400 {
        let answer = visitor.says(&long(n), &format!("full-{n}")).unwrap();
        match answer.status {
            200 => acknowledged.push(long(n)),
            _ => {
                assert_refused(&answer);
                refused += 1;
            }
        }
        if refused >= 20 {
            break;
        }
    }
    assert!(refused >= 20, "the disk was full");
    // A new visitor is refused whole: no half-made contact, no session.
    let mut stranger = server.http();
    let inbox = server.inbox();
    let headers = [("X-Libredesk-Inbox-ID", inbox.as_str()), ("Content-Type", "application/json")];
    let body = serde_json::json!({ "message": long(1), "form_data": { "name": "Nobody Yet" } }).to_string();
    assert_refused(&stranger.call("POST", "/api/v1/widget/chat/conversations/init", &headers, body.as_bytes()).unwrap());
    // Reading goes on, for people and for the health check, and shows exactly what was acknowledged.
    assert_eq!(visitor.sees(), acknowledged);
    assert_eq!(server.http().call("GET", "/health", &[], b"").unwrap().status, 200);
    assert_eq!(server.http().call("GET", "/widget.js", &[], b"").unwrap().status, 200);

    disk.free();
    // The very same process writes again; what was refused is sent again under its old id and stored once.
    assert_eq!(visitor.says("there is room again", "after-1").unwrap().status, 200);
    acknowledged.push("there is room again".to_owned());
    assert_eq!(visitor.sees(), acknowledged);
    let heard = socket.heard_so_far();
    assert_eq!(texts(&heard), acknowledged[1..].iter().map(String::as_str).collect::<Vec<_>>(), "refused words are not announced");

    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    let connection = rusqlite::Connection::open(disk.0.join("chat.db")).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let half: i64 = connection.query_row("SELECT count(*) FROM contacts WHERE first_name LIKE 'Nobody%'", [], |row| row.get(0)).unwrap();
    assert_eq!(half, 0);
    drop(connection);
}

#[test]
fn a_failing_fsync_acknowledges_and_announces_nothing_and_heals() {
    let folder = tempfile::tempdir().unwrap();
    let shim = folder.path().join("fsync_fails.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/fsync_fails.c");
    let built = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).args([source, "-ldl"]).output();
    let built = built.expect("this test needs a C compiler named cc");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let flag = folder.path().join("broken");
    let file = folder.path().join("chat.db");
    let mut server = Server::start(deskbell().env("LD_PRELOAD", &shim).env("FAULT_FLAG", &flag), &file);
    let mut visitor = Visitor::begins(&server, "hello");
    let mut socket = visitor.listens();
    assert_eq!(visitor.says("before", "before-1").unwrap().status, 200);

    std::fs::write(&flag, "").unwrap();
    for n in 0..10 {
        assert_refused(&visitor.says(&format!("lost {n}"), &format!("lost-{n}")).unwrap());
        assert_eq!(visitor.sees(), ["hello", "before"], "reading goes on and shows nothing unacknowledged");
    }
    std::fs::remove_file(&flag).unwrap();

    // SQLite may need a moment to find the log whole again; the same process must get there by itself.
    let start = Instant::now();
    let mut tries = 0;
    loop {
        let answer = visitor.says("after", "after-1").unwrap();
        if answer.status == 200 {
            break;
        }
        tries += 1;
        assert_refused(&answer);
        assert!(start.elapsed() < PATIENCE, "it does not heal");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(tries <= 3, "{tries} more refusals after the disk was whole again");
    // A client sends again what was refused, under the same id.
    assert_eq!(visitor.says("lost 3", "lost-3").unwrap().status, 200);
    assert_eq!(visitor.sees(), ["hello", "before", "after", "lost 3"]);
    assert_eq!(texts(&socket.heard_so_far()), ["before", "after", "lost 3"], "nothing unacknowledged was announced");

    // And the acknowledged is there after the worst end.
    server.kill();
    let mut server = Server::demo(&file);
    visitor.http = server.http();
    assert_eq!(visitor.sees(), ["hello", "before", "after", "lost 3"]);
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
}
