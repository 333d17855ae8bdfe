//! Backups as an administrator makes them, and as an owner uses them in the desk, with the real program.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/killed.rs"]
mod killed;

use binary::{Answer, PATIENCE, Server, Visitor, run};
use killed::{listed, state};
use serde_json::{Value, json};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }
}

fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The owner's browser.
struct Owner {
    http: binary::Http,
    cookie: String,
    csrf: String,
    password: String,
}

impl Owner {
    fn of(server: &Server) -> Owner {
        let login =
            server.told["agents"].as_array().expect("agents").iter().find(|login| login["role"] == "owner").expect("an owner").clone();
        let (email, password) = (login["email"].as_str().unwrap(), login["password"].as_str().unwrap().to_owned());
        let mut http = server.http();
        let body = json!({ "email": email, "password": password }).to_string();
        let answer = http.call("POST", "/api/desk/session", &[("Content-Type", "application/json")], body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        let cookie = answer.header("set-cookie").expect("a cookie").split(';').next().unwrap().to_owned();
        let csrf = answer.json()["csrf"].as_str().expect("csrf").to_owned();
        Owner { http, cookie, csrf, password }
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let (cookie, csrf) = (self.cookie.clone(), self.csrf.clone());
        let headers = [("Content-Type", "application/json"), ("Cookie", cookie.as_str()), ("X-Deskbell-CSRF", csrf.as_str())];
        let body = if method == "GET" { String::new() } else { body.to_string() };
        self.http.call(method, &format!("/api/desk{path}"), &headers, body.as_bytes()).unwrap()
    }

    fn gets(&mut self, path: &str, range: &str) -> Answer {
        let cookie = self.cookie.clone();
        let mut headers = vec![("Cookie", cookie.as_str())];
        if !range.is_empty() {
            headers.push(("Range", range));
        }
        self.http.call("GET", &format!("/api/desk{path}"), &headers, b"").unwrap()
    }
}

#[test]
fn backups_are_kept_in_their_folder_and_the_oldest_go() {
    let folder = Folder::new();
    let server = Server::demo(&folder.path("shop.db"));
    let mut visitor = Visitor::begins(&server, "hello");
    std::fs::create_dir(folder.path("backups")).unwrap();
    // What an earlier crash left, and what is not ours.
    std::fs::write(folder.path("backups/deskbell-20200101T000000Z.db.part"), "half").unwrap();
    std::fs::write(folder.path("backups/holiday.db"), "a photo").unwrap();
    std::fs::write(folder.path("keep.conf"), "BACKUP_KEEP=2\n").unwrap();
    for n in 0..3 {
        assert_eq!(visitor.says(&format!("word {n}"), &format!("w{n}")).unwrap().status, 200);
        let told = good(&["backup", "--config", &folder.text("keep.conf"), "--data", &folder.text("shop.db")]);
        assert!(told.contains("verified copy") && told.contains("messages"), "{told}");
    }
    let names = listed(&folder.path("backups"));
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"holiday.db".to_owned()));
    let newest = folder.path("backups").join(&names[1]);
    assert_eq!(std::fs::metadata(&newest).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(state(&newest).messages.contains(&"word 2".to_owned()));

    // Another disk: a folder that is not there is not made.
    let words = refused(&["backup", "--to", &folder.text("stick"), "--data", &folder.text("shop.db")]);
    assert!(words.contains("There is no folder") && !folder.path("stick").exists(), "{words}");
    std::fs::create_dir(folder.path("stick")).unwrap();
    good(&["backup", "--to", &folder.text("stick"), "--data", &folder.text("shop.db")]);
    assert_eq!(listed(&folder.path("stick")).len(), 1);
}

#[test]
fn a_full_disk_for_the_copy_is_said_and_nothing_stays_there() {
    let folder = Folder::new();
    let server = Server::demo(&folder.path("shop.db"));
    let mut visitor = Visitor::begins(&server, "hello");
    std::fs::create_dir(folder.path("stick")).unwrap();
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=200k", "tmpfs"]).arg(folder.path("stick")).output().expect("mount runs");
    assert!(mounted.status.success(), "this test needs a small file system: {}", String::from_utf8_lossy(&mounted.stderr));
    let words = refused(&["backup", "--to", &folder.text("stick"), "--data", &folder.text("shop.db")]);
    let left = listed(&folder.path("stick"));
    let _ = Command::new("umount").arg("-l").arg(folder.path("stick")).status();
    assert!(words.contains("no room") && words.contains("stick"), "{words}");
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(visitor.says("the desk does not mind", "on").unwrap().status, 200);
}

#[test]
fn a_damaged_file_is_kept_as_it_is_when_a_backup_takes_its_place() {
    let folder = Folder::new();
    let mut server = Server::demo(&folder.path("shop.db"));
    let mut visitor = Visitor::begins(&server, "kept");
    good(&["backup", &folder.text("copy.db"), "--data", &folder.text("shop.db")]);
    assert_eq!(visitor.says("gone with the disk", "late").unwrap().status, 200);
    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    // Its beginning is gone: it is no database any more.
    let mut file = std::fs::OpenOptions::new().write(true).open(folder.path("shop.db")).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();
    drop(file);
    let damaged = std::fs::read(folder.path("shop.db")).unwrap();
    let told = good(&["restore", &folder.text("copy.db"), "--data", &folder.text("shop.db")]);
    let kept = told.split_once("is kept as ").expect("it says where").1.trim().trim_end_matches('.').to_owned();
    assert!(std::fs::read(kept).unwrap() == damaged, "for whoever wants to get something out of it");
    let server = Server::demo(&folder.path("shop.db"));
    visitor.http = server.http();
    assert_eq!(visitor.sees(), ["kept"]);
}

#[test]
fn the_owner_makes_fetches_and_restores_a_backup_in_the_desk() {
    let folder = Folder::new();
    let mut server = Server::demo(&folder.path("shop.db"));
    let mut visitor = Visitor::begins(&server, "before");
    let mut owner = Owner::of(&server);
    let made = owner.call("POST", "/backups", &json!({}));
    assert_eq!(made.status, 200, "{}", String::from_utf8_lossy(&made.body));
    let name = made.json()["name"].as_str().expect("a name").to_owned();
    let standing = owner.gets("/backups", "").json();
    assert_eq!((&standing["backups"][0]["name"], &standing["making"]), (&json!(name), &Value::Null));

    // Out against the password alone, in parts when asked.
    let wrong = owner.call("POST", &format!("/backups/{name}/ticket"), &json!({ "password": "wrong" }));
    assert_eq!(wrong.status, 403);
    assert_eq!(owner.gets(&format!("/backups/{name}/file?ticket=guessed"), "").status, 403);
    let password = owner.password.clone();
    let ticket = owner.call("POST", &format!("/backups/{name}/ticket"), &json!({ "password": password })).json();
    let address = format!("/backups/{name}/file?ticket={}", ticket["ticket"].as_str().expect("a ticket"));
    let whole = owner.gets(&address, "");
    assert_eq!((whole.status, whole.header("accept-ranges")), (200, Some("bytes")));
    let on_disk = std::fs::read(folder.path("backups").join(&name)).unwrap();
    assert!(whole.body == on_disk, "the file as it is");
    let part = owner.gets(&address, "bytes=4096-8191");
    assert_eq!((part.status, &part.body[..]), (206, &on_disk[4096..8192]));
    // A ticket opens its own backup, and no other file.
    for name in ["..%2Fshop.db", "shop.db", "deskbell-20200101T000000Z.db"] {
        let elsewhere = address.replace(address.split('/').nth(2).expect("a name"), name);
        assert!(matches!(owner.gets(&elsewhere, "").status, 403 | 404), "{elsewhere}");
    }

    // And back in.
    assert_eq!(visitor.says("after the backup", "late").unwrap().status, 200);
    let restore = format!("/backups/{name}/restore");
    assert_eq!(owner.call("POST", &restore, &json!({ "password": password, "confirm": "yes" })).status, 400);
    let chosen = owner.call("POST", &restore, &json!({ "password": password, "confirm": "restore" }));
    assert_eq!(chosen.status, 202, "{}", String::from_utf8_lossy(&chosen.body));
    let start = Instant::now();
    let seen = loop {
        // The door is never shut: who knocks meanwhile waits, or has his connection ended and knocks again.
        if let Ok(answer) = visitor.http.call("GET", "/health", &[], b"")
            && answer.status == 200
            && listed(folder.0.path()).iter().any(|name| name.contains(".before-restore-"))
        {
            break visitor.sees();
        }
        assert!(start.elapsed() < PATIENCE, "the desk does not come back");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(seen, ["before"]);
    assert_eq!(visitor.says("and on we go", "next").unwrap().status, 200);
    // What was there is kept, with the reason in its log; everybody logs in again.
    let kept = listed(folder.0.path()).into_iter().find(|name| name.contains(".before-restore-")).expect("the old file");
    assert!(state(&folder.path(&kept)).messages.contains(&"after the backup".to_owned()));
    // The house was opened anew, and the old connection with the old one is over.
    owner.http = server.http();
    assert_eq!(owner.gets("/backups", "").status, 401);
    let mut owner = Owner::of(&server);
    let listed_now = owner.gets("/backups", "").json();
    assert!(listed_now["backups"].as_array().unwrap().iter().any(|one| one["name"] == json!(kept) && one["kind"] == "replaced"));
    let audit = owner.gets("/audit", "").json();
    assert!(audit.to_string().contains("backup.restored"), "{audit}");
    assert_eq!(owner.gets("/audit/check", "").json()["broken"], Value::Null);

    server.terminate();
    assert_eq!(server.ended().code(), Some(0));
    assert!(!Path::new(&folder.text("shop.db-wal")).exists());
}
