//! What is packed beside the program tells the truth about it: settings, manual, completions, unit and change log.

#[path = "support/binary.rs"]
mod binary;

use binary::deskbell;
use deskbell::base::config::{KEYS, PREFIX};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn packed(name: &str) -> String {
    std::fs::read_to_string(at(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"))
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

/// Every word after these in a text: commands, or options.
fn words(text: &str, begins: &str) -> BTreeSet<String> {
    let word = |rest: &str| rest.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '-').collect::<String>();
    text.match_indices(begins).map(|(at, _)| word(&text[at + begins.len()..])).filter(|word| word.len() > 1).collect()
}

#[test]
fn manual_and_completions_know_every_command_and_option_that_the_help_names() {
    let help = String::from_utf8(deskbell().arg("--help").output().unwrap().stdout).unwrap();
    let commands = words(&help, "\n  deskbell ");
    let options: BTreeSet<String> = words(&help, "--");
    assert!(commands.len() >= 9 && options.contains("without-second-factor"), "{commands:?} {options:?}");
    let manual = packed("packaging/deskbell.1");
    for command in &commands {
        assert!(manual.contains(&format!("\n.It Cm {command}")), "{command} is missing from the manual");
    }
    for option in options.iter().chain([&"help".to_owned(), &"version".to_owned()]) {
        assert!(
            manual.contains(&format!("Fl -{option}")) || manual.contains(&format!(", -{option}")),
            "--{option} is missing from the manual"
        );
    }
    for name in ["deskbell.bash", "_deskbell", "deskbell.fish"] {
        let text = packed(&format!("packaging/completions/{name}"));
        for command in &commands {
            assert!(text.contains(command.as_str()), "{command} is missing from {name}");
        }
        let spelled = |option: &str| if name.ends_with("fish") { format!("-l {option} ") } else { format!("--{option}") };
        for option in &options {
            assert!(text.contains(&spelled(option)), "--{option} is missing from {name}");
        }
    }
}

#[test]
fn the_manual_explains_every_setting_as_the_program_does_and_is_well_formed() {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let manual = packed("packaging/deskbell.1");
    let (start, end) = (manual.find("The keys are:").unwrap(), manual.find(".Sh FILES").unwrap());
    let text = flat(&manual[start..end]);
    for (key, default, what) in KEYS {
        // What is elsewhere in a package is said there in other words.
        let what = flat(what).replace('…', "...").replace(" Empty: backups, beside DATA_FILE.", "");
        assert!(text.contains(&format!(".It Ev {key} {what} Default: ")), "{key}: the manual says it otherwise than --help: {what}");
        assert!(default.is_empty() || text.contains(&format!("Default: {default}")), "{key}: the manual has another default");
    }
    assert_eq!(manual.matches("\n.It Ev ").count(), KEYS.len(), "and no other");
    let lint = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(at("packaging/deskbell.1")).output();
    let lint = lint.unwrap_or_else(|cause| panic!("mandoc: {cause}; tests/all installs it"));
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
}

#[test]
fn the_service_is_closed_in_and_each_line_of_it_has_its_reason() {
    let unit = packed("systemd/deskbell.service");
    for line in [
        "Type=notify",
        "Restart=on-failure",
        "User=deskbell",
        "StateDirectory=deskbell",
        "UMask=0077",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "LoadCredential=deskbell.key",
        "LoadCredential=deskbell.metrics_token",
    ] {
        assert!(unit.lines().any(|known| known == line), "the unit lost {line}");
    }
    assert!(!unit.contains("EnvironmentFile"), "a reload would not see what was changed");
    // A paragraph of settings stands under a comment, but for what every unit has.
    let (mut reason, mut bare) = (false, Vec::new());
    for line in unit.lines().skip_while(|line| *line != "[Service]").take_while(|line| *line != "[Install]") {
        match line {
            _ if line.starts_with('#') => reason = true,
            _ if line.is_empty() || line.starts_with('[') => reason = false,
            _ if !reason => bare.push(line),
            _ => {}
        }
    }
    assert!(bare.is_empty(), "without a reason: {bare:?}");
}

#[test]
fn the_package_is_of_this_version_and_brings_what_lies_here() {
    let log = packed("packaging/debian/changelog");
    assert!(log.starts_with(&format!("deskbell ({}-1) ", env!("CARGO_PKG_VERSION"))), "the change log begins with this version");
    let manifest = packed("Cargo.toml");
    let mut missing = Vec::new();
    for folder in ["packaging/completions", "packaging/proxy", "systemd"] {
        for entry in std::fs::read_dir(at(folder)).unwrap() {
            let name = format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy());
            let unit = [".service", ".socket", ".timer"].iter().any(|end| name.ends_with(end))
                && manifest.contains("[\"systemd/deskbell*.[st][eio][rcm]*\"");
            if !unit && !manifest.contains(&format!("[\"{name}\"")) && !manifest.contains(&format!("[\"{folder}/*\"")) {
                missing.push(name);
            }
        }
    }
    assert!(missing.is_empty(), "not in the package: {missing:?}");
    for script in ["postinst", "prerm", "postrm"] {
        let text = packed(&format!("packaging/debian/{script}"));
        assert!(text.starts_with("#!/bin/sh\nset -e\n") && text.lines().count() < 45, "{script} is a few lines of plain shell");
        assert!(!text.contains("rm -"), "{script} deletes nothing");
        assert!(!text.contains("read ") && !text.contains("debconf"), "{script} asks nothing");
    }
}

#[test]
fn every_command_block_of_the_readme_is_run_by_something() {
    // What is not for a shell as it stands has a language of its own.
    let readme = packed("README.md");
    let elsewhere = [
        // `tests/cli.rs` and the browser's stories run the demo, in a build of theirs.
        "cargo run --release -- demo",
        // Runs this test.
        "tests/all",
    ];
    let trial = packed("packaging/try");
    for block in readme.split("\n```").skip(1).step_by(2) {
        let (language, lines) = block.split_once('\n').unwrap();
        for line in lines.lines().filter(|_| language.is_empty() || language == "sh") {
            let drawing = line.starts_with("floor ");
            // The trial types every line of a block of which it knows one.
            let typed = language == "sh"
                && lines.lines().any(|known| trial.contains(&format!("(\"{known}\")")) || trial.contains(&format!("('{known}')")));
            assert!(drawing || typed || elsewhere.contains(&line), "nobody runs: {line}");
        }
    }
}
