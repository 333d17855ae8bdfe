//! The real program, ended as kill -9 would at a chosen step, and what is found on the disk then.
#![allow(dead_code)] // Each test file takes what it needs.

use super::binary::deskbell;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The library that is loaded in front of libc, built once.
pub struct Shim {
    folder: tempfile::TempDir,
}

impl Shim {
    pub fn build() -> Shim {
        let folder = tempfile::tempdir().unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/killed_at.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(folder.path().join("killed_at.so"))
            .args([source, "-ldl"])
            .output();
        let built = built.expect("this test needs a C compiler named cc");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Shim { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("killed_at.so")
    }

    /// Runs a command that is killed at its `at`-th step. Answers `false` when it ended well before.
    pub fn kill(&self, arguments: &[&str], at: usize) -> bool {
        let output = deskbell()
            .args(arguments)
            .env("LD_PRELOAD", self.path())
            .env("FAULT_AT", at.to_string())
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        match output.status.signal() {
            Some(9) => true,
            _ => {
                assert!(output.status.success(), "step {at}: {}", String::from_utf8_lossy(&output.stderr));
                false
            }
        }
    }

    /// Runs a command to its end and answers its steps.
    pub fn log(&self, arguments: &[&str]) -> Vec<String> {
        let log = self.folder.path().join("log");
        let output =
            deskbell().args(arguments).env("LD_PRELOAD", self.path()).env("FAULT_LOG", &log).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect()
    }
}

/// What a data file holds, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub version: i64,
    pub messages: Vec<String>,
}

/// Reads a data file together with its log, in a copy: looking must not mend anything.
pub fn state(data: &Path) -> State {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("look.db");
    std::fs::copy(data, &copy).unwrap_or_else(|cause| panic!("{} is gone: {cause}", data.display()));
    for suffix in ["-wal", "-journal"] {
        let beside = PathBuf::from(format!("{}{suffix}", data.display()));
        if beside.exists() {
            std::fs::copy(&beside, format!("{}{suffix}", copy.display())).unwrap();
        }
    }
    let connection = rusqlite::Connection::open(&copy).unwrap();
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok", "{} is damaged", data.display());
    let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let mut statement = connection.prepare("SELECT text FROM messages ORDER BY id").unwrap();
    let messages = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    State { version, messages }
}

/// Names in a folder, in order; none when there is no such folder.
pub fn listed(folder: &Path) -> Vec<String> {
    if !folder.exists() {
        return Vec::new();
    }
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Copies a folder with what is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    for name in listed(from) {
        let path = from.join(&name);
        if path.is_dir() {
            std::fs::create_dir(to.join(&name)).unwrap();
            copy_folder(&path, &to.join(&name));
        } else if path.is_file() {
            std::fs::copy(path, to.join(name)).unwrap();
        }
    }
}
