//! The commands, as an administrator types them.

#[path = "support/binary.rs"]
mod binary;

use binary::{PATIENCE, Server, Visitor, deskbell, run};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

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

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn good(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    out(&output)
}

fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", out(&output));
    let words = err(&output);
    assert!(words.starts_with("deskbell: "), "{words}");
    assert!(!words.contains("panicked"), "{words}");
    words
}

#[test]
fn help_names_every_command_and_every_setting() {
    let help = good(&["--help"]);
    let commands = ["serve", "demo", "check", "backup", "restore", "rollback", "create-agent", "reset-password", "version"];
    let settings = deskbell::base::config::KEYS.iter().map(|(key, ..)| *key);
    for word in commands.into_iter().chain(settings).chain(["--config", "--data", "--listen", "--json", "--role", "--to", "DESKBELL_"]) {
        assert!(help.contains(word), "{word} is missing from\n{help}");
    }
    assert_eq!(good(&["-h"]), help);
    assert!(help.contains(&good(&["help"])), "the short one is the beginning of the long one");
    assert!(good(&[]).contains("deskbell serve"));
}

#[test]
fn version_says_which() {
    let expected = format!("deskbell {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(good(&["version"]), expected);
    assert_eq!(good(&["--version"]), expected);
}

#[test]
fn a_wrong_call_says_how_it_is_meant() {
    assert!(refused(&["dance"]).contains("That is not how `dance` is used."));
    assert!(refused(&["restore"]).contains("deskbell restore FILE"));
    assert!(refused(&["serve", "--loud"]).contains("--loud"));
}

#[test]
fn an_unknown_setting_is_refused_with_its_place() {
    let folder = Folder::new();
    std::fs::write(folder.path("a.conf"), "# ours\nLISTEN=127.0.0.1:0\nLISTN=127.0.0.1:0\n").unwrap();
    let words = refused(&["check", "--config", &folder.text("a.conf")]);
    assert!(words.contains("a.conf, line 3") && words.contains("LISTN"), "{words}");
    std::fs::write(folder.path("b.conf"), "just words\n").unwrap();
    assert!(refused(&["check", "--config", &folder.text("b.conf")]).contains("line 1: expected KEY=VALUE"));
    assert!(refused(&["check", "--config", &folder.text("none.conf")]).contains("cannot be read"));

    let output = deskbell().arg("check").env("DESKBELL_LISTN", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("DESKBELL_LISTN"), "{}", err(&output));
    let output = deskbell().arg("check").env("DESKBELL_LISTEN", "somewhere").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("LISTEN=somewhere"), "{}", err(&output));
}

#[test]
fn check_tells_what_counts_and_whether_the_file_is_whole() {
    let folder = Folder::new();
    std::fs::write(folder.path("c.conf"), "LISTEN=127.0.0.1:7\nexport=1\n".replace("export=1\n", "")).unwrap();
    let arguments = ["check", "--config", &folder.text("c.conf"), "--data", &folder.text("d.db")];
    let told = good(&arguments);
    assert!(told.contains("LISTEN=127.0.0.1:7\n") && told.contains("does not exist yet"), "{told}");
    let mut server = Server::demo(&folder.path("d.db"));
    let secret = server.secret();
    let told = good(&arguments);
    assert!(
        told.contains(&format!("is whole (schema {})", deskbell::store::migrate::version(deskbell::store::migrate::MIGRATIONS))),
        "{told}"
    );
    assert!(!told.contains(&secret), "no secret of the database is printed");
    server.kill();
    // The environment wins over the file, an argument over both.
    let output = deskbell().args(arguments).args(["--listen", "127.0.0.1:9"]).env("DESKBELL_LISTEN", "127.0.0.1:8").output().unwrap();
    assert!(out(&output).contains("LISTEN=127.0.0.1:9\n"));
    let output = deskbell().args(arguments).env("DESKBELL_LISTEN", "127.0.0.1:8").output().unwrap();
    assert!(out(&output).contains("LISTEN=127.0.0.1:8\n"));

    std::fs::write(folder.path("broken.db"), "not a database".repeat(1000)).unwrap();
    refused(&["check", "--data", &folder.text("broken.db")]);
}

#[test]
fn a_backup_of_the_running_server_is_whole_private_and_has_everything() {
    let folder = Folder::new();
    let server = Server::demo(&folder.path("live.db"));
    let mut visitor = Visitor::begins(&server, "first");
    for n in 0..50 {
        assert_eq!(visitor.says(&format!("word {n}"), &format!("e{n}")).unwrap().status, 200);
    }
    // Somebody goes on writing meanwhile.
    let mut busy = Visitor::begins(&server, "busy");
    let writing = std::thread::spawn(move || (0..200).for_each(|n| assert_eq!(busy.says("more", &format!("b{n}")).unwrap().status, 200)));
    let told = good(&["backup", &folder.text("copy.db"), "--data", &folder.text("live.db")]);
    assert!(told.contains("verified copy"), "{told}");
    writing.join().unwrap();

    let mode = std::fs::metadata(folder.path("copy.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!folder.path("copy.db-wal").exists() && !folder.path("copy.db.part").exists(), "one file and nothing beside it");
    let copy = rusqlite::Connection::open(folder.path("copy.db")).unwrap();
    let words: i64 = copy.query_row("SELECT count(*) FROM messages WHERE text LIKE 'word %'", [], |row| row.get(0)).unwrap();
    assert_eq!(words, 50);
    drop(copy);

    // A second backup replaces the first; one to nowhere says so and leaves nothing.
    good(&["backup", &folder.text("copy.db"), "--data", &folder.text("live.db")]);
    assert!(refused(&["backup", &folder.text("no/such/folder.db"), "--data", &folder.text("live.db")]).contains("no/such/folder.db"));
    let words = refused(&["backup", &folder.text("x.db"), "--data", &folder.text("missing.db")]);
    assert!(words.contains("missing.db"), "{words}");
    assert!(!folder.path("x.db").exists() && !folder.path("missing.db").exists());
}

#[test]
fn restore_refuses_beside_a_running_server_then_works_and_keeps_the_old_file() {
    let folder = Folder::new();
    let mut server = Server::demo(&folder.path("shop.db"));
    let mut visitor = Visitor::begins(&server, "kept");
    good(&["backup", &folder.text("copy.db"), "--data", &folder.text("shop.db")]);
    assert_eq!(visitor.says("after the backup", "late").unwrap().status, 200);

    let restore = ["restore", &folder.text("copy.db"), "--data", &folder.text("shop.db")];
    assert!(refused(&restore).contains("in use by a running deskbell"));
    assert_eq!(visitor.says("undisturbed", "late-2").unwrap().status, 200);

    // Killed: its WAL, which belongs to the old file, must not be replayed into the new one.
    server.kill();
    let told = good(&restore);
    let kept_as = told.split_once("is kept as ").expect("it says where").1.trim().trim_end_matches('.').to_owned();
    assert!(kept_as.contains("shop.db.before-restore-"), "{told}");
    let kept = rusqlite::Connection::open(&kept_as).unwrap();
    let late: i64 =
        kept.query_row("SELECT count(*) FROM messages WHERE text IN ('after the backup', 'undisturbed')", [], |row| row.get(0)).unwrap();
    assert_eq!(late, 2, "what was there before is all kept");

    let server = Server::demo(&folder.path("shop.db"));
    visitor.http = server.http();
    assert_eq!(visitor.sees(), ["kept"]);
    assert_eq!(visitor.says("and on we go", "next").unwrap().status, 200);

    std::fs::write(folder.path("junk.db"), "junk".repeat(3000)).unwrap();
    let before = std::fs::read(&kept_as).unwrap();
    refused(&["restore", &folder.text("junk.db"), "--data", &folder.text("shop.db")]);
    assert_eq!(std::fs::read(&kept_as).unwrap(), before, "a refused restore touches nothing");
}

#[test]
fn agents_are_added_and_let_in_again_beside_the_running_server() {
    let folder = Folder::new();
    let server = Server::demo(&folder.path("live.db"));
    let mut visitor = Visitor::begins(&server, "hello");
    let mut socket = visitor.listens();
    let data = folder.text("live.db");

    let told = good(&["create-agent", "Cara@Fernwood.example", "Cara", "Diaz", "--role", "admin", "--data", &data]);
    let link = link(&told);
    assert!(refused(&["create-agent", "cara@fernwood.example", "Twice", "--data", &data]).contains("already"));
    assert!(refused(&["create-agent", "x@fernwood.example", "X", "--role", "king", "--data", &data]).contains("owner, admin, agent"));
    assert!(refused(&["create-agent", "not an address", "X", "--data", &data]).to_lowercase().contains("address"));

    // The server knows of it at once, writes on, and its sockets hear each change once and in order.
    assert_eq!(visitor.says("first after", "a1").unwrap().status, 200);
    assert_eq!(visitor.says("second after", "a2").unwrap().status, 200);
    let first = socket.hears("new_message");
    let second = socket.hears("new_message");
    assert_eq!(first["data"]["text_content"], "first after");
    assert_eq!(second["data"]["text_content"], "second after");
    assert!(second["seq"].as_i64() > first["seq"].as_i64());

    let (purpose, token) = link.split_once('=').unwrap();
    assert_eq!(purpose, "reset", "the link lets its owner choose the first password");
    accept(&server, token, "a long enough password");
    log_in(&server, "cara@fernwood.example", "a long enough password", 200);

    let told = good(&["reset-password", "cara@fernwood.example", "--data", &data]);
    let link = self::link(&told);
    let (purpose, token) = link.split_once('=').unwrap();
    assert_eq!(purpose, "reset");
    accept(&server, token, "another long password");
    log_in(&server, "cara@fernwood.example", "a long enough password", 401);
    log_in(&server, "cara@fernwood.example", "another long password", 200);
    refused(&["reset-password", "nobody@fernwood.example", "--data", &data]);
    // security 26: a link alone keeps a second factor; whoever sits at the machine can remove a lost one.
    let factors = || {
        let file = rusqlite::Connection::open(&data).unwrap();
        file.query_row("SELECT count(*) FROM agents WHERE totp_at IS NOT NULL", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let on = "UPDATE agents SET totp_secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', totp_at = 1 WHERE email LIKE 'cara%'";
    rusqlite::Connection::open(&data).unwrap().execute(on, []).unwrap();
    good(&["reset-password", "cara@fernwood.example", "--data", &data]);
    assert_eq!(factors(), 1);
    let told = good(&["reset-password", "cara@fernwood.example", "--without-second-factor", "--data", &data]);
    assert_eq!(factors(), 0);
    let link = self::link(&told);
    accept(&server, link.split_once('=').unwrap().1, "a third long password");
    log_in(&server, "cara@fernwood.example", "a third long password", 200);
    assert_eq!(visitor.says("third after", "a3").unwrap().status, 200);
}

#[test]
fn a_command_without_a_server_leaves_one_file_behind() {
    let folder = Folder::new();
    good(&["create-agent", "ann@fernwood.example", "Ann", "--role", "owner", "--data", &folder.text("new.db")]);
    let left: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["new.db"]);
}

/// `invite=TOKEN` of the printed link.
fn link(told: &str) -> String {
    told.split("/desk#").nth(1).unwrap_or_else(|| panic!("no link in {told}")).split_whitespace().next().unwrap().to_owned()
}

fn accept(server: &Server, token: &str, password: &str) {
    let body = json!({ "token": token, "password": password }).to_string();
    let answer = server.http().call("PUT", "/api/desk/invitation", &[("Content-Type", "application/json")], body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

fn log_in(server: &Server, email: &str, password: &str, status: u16) {
    let body = json!({ "email": email, "password": password }).to_string();
    let answer = server.http().call("POST", "/api/desk/session", &[("Content-Type", "application/json")], body.as_bytes()).unwrap();
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.body));
}

#[test]
fn two_servers_on_one_file_are_refused() {
    let folder = Folder::new();
    let server = Server::demo(&folder.path("one.db"));
    for command in ["serve", "demo"] {
        let mut arguments = vec![command, "--listen", "127.0.0.1:0"];
        let data = folder.text("one.db");
        arguments.extend(if command == "demo" { vec![data.as_str()] } else { vec!["--data", data.as_str()] });
        assert!(refused(&arguments).contains("in use by a running deskbell"));
    }
    assert_eq!(Visitor::begins(&server, "still here").says("yes", "y").unwrap().status, 200);
}

#[test]
fn a_taken_port_is_said() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = refused(&["serve", "--listen", &address, "--data", &folder.text("x.db")]);
    assert!(words.contains(&address), "{words}");
}

#[test]
fn the_first_start_prints_the_one_time_link_and_the_log_does_not() {
    let folder = Folder::new();
    let mut child = deskbell()
        .args(["serve", "--listen", "127.0.0.1:0", "--data", &folder.text("new.db")])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut token = String::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        if let Some((_, found)) = line.unwrap().split_once("#setup=") {
            token = found.to_owned();
            break;
        }
    }
    assert_eq!(token.len(), 43);
    std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    let start = std::time::Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < PATIENCE);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!err(&output).contains(&token), "the link opens a door; it is not logged");
    assert_eq!(mode(&folder.path("new.db")), 0o600);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// `cargo run` hands a build's variables on to the program, where every unknown one with our prefix is an error.
#[test]
fn the_build_sets_no_variable_that_the_program_would_refuse() {
    let build = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/build.rs")).unwrap();
    assert!(build.contains("rustc-env=") && !build.contains("rustc-env=DESKBELL_"));
}
