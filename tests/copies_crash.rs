//! Killed at every step of a backup, a restore, an upgrade or a rollback, the data file is whole, and the old one or the new one; the same
//! command then goes through and leaves nothing behind but what it promised.

#[path = "support/binary.rs"]
mod binary;
#[path = "support/killed.rs"]
mod killed;
#[path = "support/old_files.rs"]
mod old_files;

use binary::{Server, Visitor, run};
use killed::{Shim, State, copy_folder, listed, state};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder to begin from, a command, and which states may be found after it was killed.
struct Trial<'a> {
    begin: &'a Path,
    arguments: Vec<&'a str>,
    old: State,
    new: State,
    /// Names that may lie in the folder when it is done, besides the data file; `*` is any end.
    left: &'a [&'a str],
    /// What else must be so after it was killed.
    meanwhile: Meanwhile<'a>,
}

type Meanwhile<'a> = &'a (dyn Fn(&Path, usize) + Sync);

impl Trial<'_> {
    /// Kills it at step 1, 2, 3 … until it gets through, a few at a time; answers how many steps it has.
    fn at_every_step(&self) -> usize {
        let shim = Shim::build();
        let (next, steps) = (AtomicUsize::new(1), AtomicUsize::new(usize::MAX));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::SeqCst);
                        assert!(at < 2000, "it does not come to its end");
                        if at > steps.load(Ordering::SeqCst) {
                            return;
                        }
                        if !self.at_step(&shim, at) {
                            steps.fetch_min(at - 1, Ordering::SeqCst);
                            return;
                        }
                    }
                });
            }
        });
        steps.into_inner()
    }

    /// Answers `false` when it has no such step.
    fn at_step(&self, shim: &Shim, at: usize) -> bool {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.begin, folder.path());
        let data = folder.path().join("shop.db");
        let arguments = self.in_folder(folder.path());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let was_killed = shim.kill(&arguments, at);
        let found = state(&data);
        assert!(found == self.old || found == self.new, "killed at step {at}: {found:?} is neither old nor new");
        (self.meanwhile)(folder.path(), at);
        if was_killed {
            let again = run(&arguments);
            let told = String::from_utf8_lossy(&again.stderr).into_owned();
            assert!(again.status.success(), "after a kill at step {at}: {told}");
        }
        assert_eq!(state(&data), self.new, "after a kill at step {at}, and once more");
        for name in listed(folder.path()) {
            let known = self.left.iter().any(|left| left.strip_suffix('*').map_or(*left == name, |start| name.starts_with(start)));
            assert!(known || name == "shop.db", "{name} is left after a kill at step {at}: {:?}", listed(folder.path()));
        }
        for name in listed(&folder.path().join("backups")) {
            assert!(name.ends_with(".db"), "{name} is left among the backups after a kill at step {at}");
        }
        was_killed
    }

    fn in_folder(&self, folder: &Path) -> Vec<String> {
        self.arguments.iter().map(|word| word.replace("HERE", &folder.to_string_lossy())).collect()
    }
}

/// A folder with `shop.db` and the log of a killed server beside it, and a backup of an earlier moment.
fn a_shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    let mut server = Server::demo(&data);
    let mut visitor = Visitor::begins(&server, "before the backup");
    let made = run(&["backup", &folder.path().join("copy.db").to_string_lossy(), "--data", &data.to_string_lossy()]);
    assert!(made.status.success());
    for n in 0..20 {
        assert_eq!(visitor.says(&format!("after the backup {n}"), &format!("a{n}")).unwrap().status, 200);
    }
    server.kill();
    std::fs::remove_file(folder.path().join("shop.db.lock")).unwrap();
    assert!(folder.path().join("shop.db-wal").metadata().unwrap().len() > 0, "the log of the killed server is there");
    (folder, data)
}

#[test]
fn a_backup_killed_at_any_step_harms_nothing_and_is_never_taken_for_one() {
    let (folder, data) = a_shop();
    let old = state(&data);
    std::fs::create_dir(folder.path().join("backups")).unwrap();
    let trial = Trial {
        begin: folder.path(),
        arguments: vec!["backup", "--data", "HERE/shop.db"],
        old: old.clone(),
        new: old.clone(),
        left: &["backups", "copy.db", "shop.db-wal", "shop.db-shm"],
        // What has the name of a backup is whole at each step; leftovers go with the next one.
        meanwhile: &|folder, at| {
            for name in listed(&folder.join("backups")).iter().filter(|name| name.ends_with(".db")) {
                assert_eq!(state(&folder.join("backups").join(name)), old, "{name} after a kill at step {at}");
            }
        },
    };
    let steps = trial.at_every_step();
    assert!(steps > 15, "only {steps} steps were seen");
}

#[test]
fn a_restore_killed_at_any_step_leaves_the_old_file_or_the_new() {
    let (folder, data) = a_shop();
    let trial = Trial {
        begin: folder.path(),
        arguments: vec!["restore", "HERE/copy.db", "--data", "HERE/shop.db"],
        old: state(&data),
        new: state(&folder.path().join("copy.db")),
        left: &["copy.db", "shop.db.lock", "shop.db.before-restore-*"],
        meanwhile: &|_, _| {},
    };
    assert_ne!(trial.old, trial.new);
    let steps = trial.at_every_step();
    assert!(steps > 20, "only {steps} steps were seen");
}

#[test]
fn an_upgrade_killed_at_any_step_never_was_or_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    old_files::make(&data, 1);
    let old = state(&data);
    let new = State { version: old_files::today(), ..old.clone() };
    let trial = Trial {
        begin: folder.path(),
        arguments: vec!["reset-password", "ann@fernwood.example", "--data", "HERE/shop.db"],
        old,
        new,
        // An empty log may stay: whoever only reads may be the last one out.
        left: &["shop.db.lock", "shop.db.before-v1", "shop.db-wal", "shop.db-shm"],
        meanwhile: &|_, _| {},
    };
    let steps = trial.at_every_step();
    assert!(steps > 20, "only {steps} steps were seen");
}

#[test]
fn a_rollback_killed_at_any_step_leaves_the_newer_file_or_the_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("shop.db");
    old_files::make(&data, 1);
    let old = state(&data);
    assert!(run(&["reset-password", "ann@fernwood.example", "--data", &data.to_string_lossy()]).status.success());
    let trial = Trial {
        begin: folder.path(),
        arguments: vec!["rollback", "--data", "HERE/shop.db"],
        old: state(&data),
        new: old,
        left: &["shop.db.lock", "shop.db.before-v1", "shop.db.before-rollback-*"],
        meanwhile: &|_, _| {},
    };
    assert_ne!(trial.old, trial.new);
    let steps = trial.at_every_step();
    assert!(steps > 20, "only {steps} steps were seen");
}

#[test]
fn everything_is_on_the_disk_before_a_name_says_so() {
    let (folder, _) = a_shop();
    let shim = Shim::build();
    let here = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let told = shim.log(&["restore", &here("copy.db"), "--data", &here("shop.db")]);
    let at = |what: &str, from: usize| {
        let found = told[from..].iter().position(|line| line == what);
        from + found.unwrap_or_else(|| panic!("no {what:?} after step {from} of\n{}", told.join("\n")))
    };
    let folder_synced = format!("sync {}", folder.path().display());
    // The new file, then its name, then the folder that has the name.
    let made = at(&format!("sync {}", here("shop.db.restoring.part")), 0);
    let named = at(&format!("rename {}", here("shop.db.restoring")), made);
    let kept = at(&folder_synced, named);
    // The old file is folded in and has its second name, on the disk, before it loses the first.
    let folded = at(&format!("sync {}", here("shop.db")), kept);
    let log_gone = at(&format!("remove {}", here("shop.db-wal")), folded);
    let linked = told[log_gone..].iter().position(|line| line.starts_with(&format!("link {}", here("shop.db.before-restore-"))));
    let linked = log_gone + linked.expect("the old file gets its second name");
    let second = at(&folder_synced, linked);
    let swapped = at(&format!("rename {}", here("shop.db")), second);
    at(&folder_synced, swapped);
}
