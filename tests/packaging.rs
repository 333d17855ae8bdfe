//! What is packed beside the program tells the truth about it: settings, manual, completions, unit and change log.

#[path = "support/binary.rs"]
mod binary;

use binary::deskbell;
use deskbell::base::config::{KEYS, PREFIX};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;

fn packed(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

#[test]
fn the_settings_file_has_every_setting_once_with_its_default_and_a_comment() {
    let text = packed("packaging/deskbell.conf");
    let lines: Vec<&str> = text.lines().collect();
    let is_setting = |line: &str| line.trim_start_matches('#').starts_with(PREFIX);
    for (key, default, _) in KEYS {
        let begins = |line: &&&str| line.trim_start_matches('#').starts_with(&format!("{PREFIX}{key}="));
        let found: Vec<&&str> = lines.iter().filter(begins).collect();
        assert_eq!(found.len(), 1, "{key} stands there once: {found:?}");
        let value = found[0].split_once('=').unwrap().1;
        match *key {
            // Where a package has them.
            "DATA_FILE" => assert_eq!(*found[0], "DESKBELL_DATA_FILE=/var/lib/deskbell/deskbell.db"),
            "BACKUP_DIR" => assert_eq!(value, "/var/lib/deskbell/backups"),
            _ => assert_eq!((value, found[0].starts_with('#')), (*default, true), "{key} is off and shows its default"),
        }
        let at = lines.iter().position(|line| line == found[0]).unwrap();
        let explained = lines[..at].iter().rev().take_while(|line| !line.is_empty()).any(|line| line.starts_with("# "));
        assert!(explained, "{key} has a sentence above");
    }
    for line in lines.iter().filter(|line| is_setting(line)) {
        let key = line.trim_start_matches('#').trim_start_matches(PREFIX).split('=').next().unwrap();
        assert!(KEYS.iter().any(|(known, ..)| *known == key), "no such setting: {line}");
    }
}

#[test]
fn the_link_of_the_first_owner_never_goes_into_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("d.db");
    let journal = folder.path().join("journal");
    let output = std::fs::File::create(&journal).unwrap();
    let about = output.metadata().unwrap();
    let mut command = deskbell();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).stdin(Stdio::null()).stdout(output).stderr(Stdio::piped());
    let mut served = command.env("JOURNAL_STREAM", format!("{}:{}", about.dev(), about.ino())).spawn().unwrap();
    let mut lines = BufReader::new(served.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("listening address=")));
    let said = (0..2000).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        Some(std::fs::read_to_string(&journal).unwrap()).filter(|said| said.ends_with('\n'))
    });
    served.kill().unwrap();
    served.wait().unwrap();
    let said = said.expect("something is said");
    assert!(said.contains("sudo deskbell create-agent EMAIL NAME --role owner") && !said.contains("#setup="), "{said}");
}
