//! A real Litestream beside a real deskbell: what was acknowledged before the last sync survives the loss of both, and neither is in the other's way.

#[path = "support/binary.rs"]
mod binary;

use binary::{PATIENCE, Server, Visitor, run};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than the others wait: a replica is made on a busy disk, too.
const LONG: Duration = Duration::from_secs(60);

struct Litestream {
    child: Child,
    program: PathBuf,
    config: PathBuf,
    data: PathBuf,
}

impl Litestream {
    /// Replicates `data` into a folder beside it.
    fn start(data: &Path, folder: &Path) -> Litestream {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let found = Command::new(root.join("tests/tools/litestream")).output().expect("the tool is fetched");
        assert!(found.status.success(), "no Litestream: {}", String::from_utf8_lossy(&found.stderr));
        let program = root.join(String::from_utf8_lossy(&found.stdout).trim());
        let config = folder.join("litestream.yml");
        // The file that is shipped, with this place in it and a shorter second.
        let shipped = include_str!("../packaging/litestream/litestream.yml");
        let ours = shipped
            .replace("/var/lib/deskbell/deskbell.db", &data.to_string_lossy())
            .replace("/mnt/stick/deskbell-replica", &folder.join("replica").to_string_lossy())
            .replace("sync-interval: 1s", "sync-interval: 50ms");
        std::fs::write(&config, ours).unwrap();
        let child = Command::new(&program)
            .args(["replicate", "-config"])
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("litestream starts");
        Litestream { child, program, config, data: data.to_owned() }
    }

    /// What could be had back now, if anything.
    fn restore(&self, to: &Path) -> Option<Vec<String>> {
        let _ = std::fs::remove_file(to);
        let done = Command::new(&self.program)
            .args(["restore", "-config"])
            .arg(&self.config)
            .arg("-o")
            .arg(to)
            .arg(&self.data)
            .output()
            .expect("litestream runs");
        done.status.success().then(|| words(to))
    }

    /// Waits until the replica has this word.
    fn has(&self, word: &str, folder: &Path) {
        let start = Instant::now();
        while !self.restore(&folder.join("look.db")).is_some_and(|words| words.iter().any(|one| one == word)) {
            assert!(start.elapsed() < LONG, "the replica does not get {word:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Litestream {
    fn drop(&mut self) {
        self.kill();
    }
}

fn words(file: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(file).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut statement = connection.prepare("SELECT text FROM messages WHERE text LIKE 'word %' ORDER BY id").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_was_acknowledged_before_the_last_sync_survives_the_loss_of_the_machine() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    let mut server = Server::demo(&data);
    let mut visitor = Visitor::begins(&server, "hello");
    let mut litestream = Litestream::start(&data, folder.path());
    let mut said = Vec::new();
    let say = |visitor: &mut Visitor, said: &mut Vec<String>| {
        let word = format!("word {}", said.len());
        assert_eq!(visitor.says(&word, &format!("w{}", said.len())).unwrap().status, 200);
        said.push(word);
    };
    (0..200).for_each(|_| say(&mut visitor, &mut said));
    litestream.has(&said[199], folder.path());
    // On under load, and then the machine burns down.
    (0..100).for_each(|_| say(&mut visitor, &mut said));
    litestream.kill();
    server.kill();

    let spare = folder.path().join("spare.db");
    let found = litestream.restore(&spare).expect("the replica can be had back");
    assert!(found.len() >= 200, "only {} of 200 synced words are there", found.len());
    assert_eq!(found, said[..found.len()], "and nothing in between is missing");

    // A spare machine takes over; whoever was in a chat goes on.
    let promoted = folder.path().join("promoted.db");
    let told = run(&["restore", &spare.to_string_lossy(), "--data", &promoted.to_string_lossy()]);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let server = Server::demo(&promoted);
    visitor.http = server.http();
    assert_eq!(visitor.sees().len(), found.len() + 1);
    assert_eq!(visitor.says("and on we go", "next").unwrap().status, 200);
}

#[test]
fn they_live_together_and_each_stops_without_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    let mut server = Server::demo(&data);
    let mut visitor = Visitor::begins(&server, "hello");
    let mut litestream = Litestream::start(&data, folder.path());
    assert_eq!(visitor.says("word 0", "w0").unwrap().status, 200);
    litestream.has("word 0", folder.path());

    // Backups beside it; nothing takes the place of a file that it reads.
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let made = run(&["backup", &at("copy.db"), "--data", &at("shop.db")]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(words(&folder.path().join("copy.db")), ["word 0"]);

    // deskbell stops cleanly while it goes on reading, and does not wait for it.
    assert_eq!(visitor.says("word 1", "w1").unwrap().status, 200);
    let start = Instant::now();
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(start.elapsed() < PATIENCE);
    litestream.has("word 1", folder.path());
    let refused = run(&["restore", &at("copy.db"), "--data", &at("shop.db")]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("Litestream"), "{told}");
    litestream.kill();

    // And it is one file again when both have stopped.
    let mut server = Server::demo(&data);
    visitor.http = server.http();
    assert_eq!(visitor.sees(), ["hello", "word 0", "word 1"]);
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(!folder.path().join("shop.db-wal").exists());
    assert_eq!(words(&data), ["word 0", "word 1"]);
}
