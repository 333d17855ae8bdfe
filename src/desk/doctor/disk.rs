//! Where the one file lies: what kind of disk, how fast, who may read it, and where its copies are.

use super::verdict::{bad, fine};
use crate::base::config::Config;
use crate::base::id::new_token;
use crate::base::limits;
use crate::model::problem::Area::File;
use crate::model::problem::{Problem, Severity};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Where a packaged deskbell has its settings.
const CONFIG_FILE: &str = "/etc/deskbell/deskbell.conf";

pub(super) fn look(config: &Config, found: &mut Vec<Problem>) {
    let file = &config.data_file;
    let Ok(own) = file.metadata() else { return };
    found.extend(place(file));
    found.push(rights(config, own.uid()));
    found.extend(owner(file, own.uid()));
    found.extend(speed(file));
    found.extend(copies(config, own.dev()));
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What kind of file system it is, by the number the kernel gives it (statfs(2)).
fn place(file: &Path) -> Option<Problem> {
    let kind = rustix::fs::statfs(file).ok()?.f_type as u64 & 0xffff_ffff;
    let network = [
        (0x6969, "NFS"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB"),
        (0x517b, "SMB"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "Ceph"),
        (0x5346_414f, "AFS"),
    ];
    if let Some((_, name)) = network.iter().find(|(number, _)| *number == kind) {
        return Some(bad(
            Severity::Urgent,
            File,
            "place",
            format!("The data file lies on a network disk ({name})"),
            "SQLite's locks are not kept there: two machines, or one after a break of the network, can destroy the file.",
            "Move it to a disk of this machine: stop deskbell, copy the file, set `DATA_FILE`, start. Backups may go to the network: `BACKUP_DIR`.",
        ));
    }
    Some(match kind {
        0x0102_1994 | 0x8584_58f6 => bad(
            Severity::Urgent,
            File,
            "place",
            "The data file lies in memory only (tmpfs)",
            "Everything is gone when the machine restarts.",
            "Put it on a disk: `DATA_FILE=/var/lib/deskbell/deskbell.db`.",
        ),
        0x794c_7630 if Path::new("/.dockerenv").exists() => bad(
            Severity::Urgent,
            File,
            "place",
            "The data file lies inside the container",
            "It goes when the container is replaced, with every update for example.",
            "Mount a volume for it: `-v /srv/deskbell:/var/lib/deskbell`.",
        ),
        0x4d44 | 0x2011_bab0 => bad(
            Severity::Warning,
            File,
            "place",
            "The data file lies on a FAT disk",
            "Such disks know no owners, so everybody on this machine can read it, and a power cut can cost the file.",
            "Use a disk with ext4 or another Linux file system.",
        ),
        0x6573_5546 => bad(
            Severity::Warning,
            File,
            "place",
            "The data file lies on a FUSE file system",
            "If another machine or a cloud stands behind it, SQLite's locks may not hold and writes may not last.",
            "Use a disk of this machine, unless you know that this one keeps locks and fsync.",
        ),
        _ => fine(File, "place", "The data file lies on a disk of this machine", "Locks hold there, and what is written lasts."),
    })
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Who may read what holds everything people said, and what opens it.
fn rights(config: &Config, owner: u32) -> Problem {
    let mut open: Vec<PathBuf> = Vec::new();
    let mut private = vec![config.data_file.clone(), beside(&config.data_file, "-wal")];
    private.extend(config.key_file.clone());
    private.extend(match &config.https {
        Some(crate::base::config::Https { certificates: crate::base::config::Certificates::Files { key, .. }, .. }) => Some(key.clone()),
        _ => None,
    });
    private.extend(backups(&config.backup_dir));
    let settings = Path::new(CONFIG_FILE);
    if std::fs::read_to_string(settings).is_ok_and(|text| has_secret(&text)) {
        private.push(settings.to_owned());
    }
    for file in private {
        // A folder that nobody else may enter keeps what lies in it.
        let is_open =
            |meta: &std::fs::Metadata| meta.mode() & 0o004 != 0 || (meta.mode() & 0o040 != 0 && meta.gid() != owner && meta.gid() != 0);
        let is_closed_above = folder_of(&file).metadata().is_ok_and(|folder| folder.mode() & 0o001 == 0);
        if !is_closed_above && file.metadata().is_ok_and(|meta| is_open(&meta)) {
            open.push(file);
        }
    }
    match open.as_slice() {
        [] => fine(
            File,
            "rights",
            "Nobody else can read the data",
            "The file, its copies and its keys are closed to other users of this machine.",
        ),
        open => {
            let names: Vec<String> = open.iter().take(5).map(|file| file.display().to_string()).collect();
            bad(
                Severity::Urgent,
                File,
                "rights",
                "Other users of this machine can read what is private",
                format!("Conversations, addresses and keys lie open: {}.", names.join(", ")),
                format!("`chmod 600 {}`", names.join(" ")),
            )
        }
    }
}

/// Whether settings hold something that opens a door.
fn has_secret(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).any(|(key, value)| key.ends_with("METRICS_TOKEN") && !value.trim_matches('"').is_empty())
}

/// The copies in the folder of backups.
fn backups(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.take(1000).filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.filter(|path| path.extension().is_some_and(|end| end == "db")).collect()
}

/// A file of root in a folder of deskbell, after a restore by hand for example, cannot be written.
fn owner(file: &Path, uid: u32) -> Option<Problem> {
    let folder = folder_of(file);
    let theirs = folder.metadata().ok()?;
    if theirs.uid() == uid || theirs.uid() == 0 || theirs.mode() & 0o1000 != 0 {
        return None;
    }
    let name = file.display();
    Some(bad(
        Severity::Urgent,
        File,
        "owner",
        "The data file belongs to somebody else than its folder",
        format!("Its owner is user {uid}, the folder's is user {}. A service of that user cannot write to it.", theirs.uid()),
        format!("`chown --reference={} {name}*`", folder.display()),
    ))
}

/// How long one durable write takes, in a small file beside the data file that goes away again.
fn speed(file: &Path) -> Option<Problem> {
    let path = beside(file, &format!(".try-{}", &new_token()[..8]));
    let mut trial = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).ok()?;
    let begun = Instant::now();
    let mut took = Vec::new();
    for _ in 0..limits::DISK_TRIES {
        let start = Instant::now();
        if trial.write_all(&[0; 4096]).and_then(|()| trial.sync_data()).is_err() || begun.elapsed() > limits::DISK_TRIES_TIME {
            break;
        }
        took.push(start.elapsed());
    }
    drop(trial);
    let _ = std::fs::remove_file(&path);
    took.sort();
    let usual = *took.get(took.len() / 2)?;
    let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    if usual >= limits::DISK_SLOW {
        return Some(bad(
            Severity::Warning,
            File,
            "speed",
            format!("The disk is slow: {} for one safe write", shown(usual)),
            "Each message waits for one before it counts as sent. Worn or cheap cards get that slow; they fail soon after.",
            "Use a better card or a small SSD, and make backups to another disk.",
        ));
    }
    Some(fine(File, "speed", "The disk is fast enough", format!("One safe write takes {}.", shown(usual))))
}

/// Backups on the disk they shall save us from.
fn copies(config: &Config, disk: u64) -> Option<Problem> {
    let folder = config.backup_dir.metadata().ok()?;
    if backups(&config.backup_dir).is_empty() {
        return None;
    }
    if folder.dev() != disk {
        return Some(fine(File, "copies", "Backups lie on another disk", format!("In {}.", config.backup_dir.display())));
    }
    Some(bad(
        Severity::Hint,
        File,
        "copies",
        "Backups lie on the same disk as the data",
        "They help against mistakes and failed upgrades, not against a dead disk or a stolen machine.",
        "`deskbell backup --to /mnt/stick` once a week, or `BACKUP_DIR=` on another disk.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::config::RawConfig;
    use std::os::unix::fs::PermissionsExt;

    fn found(folder: &Path) -> Vec<Problem> {
        let mut raw = RawConfig::default();
        raw.set("DATA_FILE", &folder.join("deskbell.db").to_string_lossy()).unwrap();
        let mut found = Vec::new();
        look(&raw.resolve().unwrap(), &mut found);
        found
    }

    fn severity(found: &[Problem], id: &str) -> Option<Severity> {
        found.iter().find(|one| one.id == id).map(|one| one.severity)
    }

    #[test]
    fn an_open_file_is_told_and_a_closed_one_is_not_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let set = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            if !path.exists() {
                std::fs::write(&path, "x").unwrap();
            }
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        set("", 0o755);
        set("deskbell.db", 0o600);
        let good = found(folder.path());
        assert_eq!((severity(&good, "rights"), severity(&good, "copies")), (Some(Severity::Fine), None));
        assert!(severity(&good, "speed").is_some());
        std::fs::create_dir(folder.path().join("backups")).unwrap();
        set("backups/a.db", 0o644);
        let worse = found(folder.path());
        assert_eq!((severity(&worse, "rights"), severity(&worse, "copies")), (Some(Severity::Urgent), Some(Severity::Hint)));
        assert!(worse.iter().any(|one| one.fix.contains("chmod 600") && one.fix.contains("backups/a.db")));
        set("", 0o700);
        assert_eq!(
            severity(&found(folder.path()), "rights"),
            Some(Severity::Urgent),
            "the folder of backups is open, whoever may come there"
        );
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["backups", "deskbell.db"]);
    }

    #[test]
    fn only_settings_with_a_secret_must_be_closed() {
        assert!(has_secret("A=1\nDESKBELL_METRICS_TOKEN=abc\n"));
        assert!(!has_secret("#DESKBELL_METRICS_TOKEN=abc\nMETRICS_TOKEN=\nBASE_URL=x"));
    }
}
