//! Where copies are kept: names that tell their moment, the list of what is there, and which go when there are too many.

use super::part::{self, beside, cannot_write, folder_of, give_as, remove};
use super::{Copied, Step, copy_told};
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::limits;
use std::path::{Path, PathBuf};

const PREFIX: &str = "deskbell-";
const SUFFIX: &str = ".db";

/// What a kept file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A backup, by the timer, the command line or the desk.
    Backup,
    /// The data file as it was before an upgrade from this schema.
    Snapshot(i64),
    /// The data file as it was before another took its place.
    Replaced,
}

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name without its folder, which also names it for people.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub sort: Sort,
    /// When it was made.
    pub at: Millis,
    /// Its bytes.
    pub bytes: u64,
}

/// Makes a backup in `folder`, lets the oldest beyond `keep` go, and answers its path. The folder must be there, unless it is `own`, the one
/// beside the data file: a stick that is not plugged in must be noticed, not replaced by a folder.
pub fn keep_copy(
    data_file: &Path,
    folder: &Path,
    keep: usize,
    now: Millis,
    tell: &mut dyn FnMut(Step) -> Result<()>,
) -> Result<(PathBuf, Copied)> {
    clear_leftovers(folder)?;
    let target = free_name(folder, now);
    let copied = copy_told(data_file, &target, tell)?;
    // Only now: an old backup is better than none.
    rotate(folder, keep)?;
    Ok((target, copied))
}

/// Makes the folder of backups if it is missing, for its owner alone.
pub fn make(folder: &Path, data_file: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => give_as(folder, folder_of(data_file)),
        Err(_) if folder.is_dir() => {}
        Err(cause) => return Err(cannot_write(folder, cause)),
    }
    Ok(())
}

/// A name that tells when it was made.
pub fn name_at(at: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{PREFIX}{}{SUFFIX}", at.strftime("%Y%m%dT%H%M%SZ"))
}

/// When a backup of this name was made; `None` when the name is not one of ours.
pub fn at_of(name: &str) -> Option<Millis> {
    let stamp = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let shape = stamp.bytes().enumerate().all(|(at, byte)| match at {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    });
    if stamp.len() != 16 || !shape {
        return None;
    }
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Backups in a folder, newest first. A folder that is not there has none.
pub fn backups(folder: &Path) -> Result<Vec<Kept>> {
    let mut found = entries(folder, |name| Some((Sort::Backup, at_of(name)?)))?;
    found.sort_by(|a, b| b.name.cmp(&a.name));
    Ok(found)
}

/// What lies beside the data file: snapshots of upgrades and files that were replaced, newest first.
pub fn beside_data(data_file: &Path) -> Result<Vec<Kept>> {
    let own = data_file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut found = entries(folder_of(data_file), |name| {
        let rest = name.strip_prefix(&own)?.strip_prefix(".before-")?;
        if let Some(version) = rest.strip_prefix('v') {
            return Some((Sort::Snapshot(version.parse().ok()?), 0));
        }
        let stamp = rest.strip_prefix("restore-").or_else(|| rest.strip_prefix("rollback-"))?;
        Some((Sort::Replaced, at_of(&format!("{PREFIX}{stamp}{SUFFIX}"))?))
    })?;
    found.sort_by(|a, b| (b.at, &b.name).cmp(&(a.at, &a.name)));
    Ok(found)
}

fn entries(folder: &Path, known: impl Fn(&str) -> Option<(Sort, Millis)>) -> Result<Vec<Kept>> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Error::unavailable(format!("Cannot read {}: {cause}.", folder.display()))),
    };
    let mut found = Vec::new();
    for entry in listed.flatten().take(limits::FOLDER_ENTRIES_MAX) {
        let name = entry.file_name().to_string_lossy().into_owned();
        // Not followed: a link in a folder of backups is nobody's backup.
        if let Some((sort, named)) = known(&name)
            && let Ok(facts) = entry.metadata()
            && facts.is_file()
        {
            let changed = facts.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            let at = if named > 0 { named } else { changed.map_or(0, |at| at.as_millis() as Millis) };
            found.push(Kept { name, path: entry.path(), sort, at, bytes: facts.len() });
        }
    }
    Ok(found)
}

/// Removes the oldest backups beyond `keep`; only files whose names we gave.
pub fn rotate(folder: &Path, keep: usize) -> Result<usize> {
    let gone: Vec<Kept> = backups(folder)?.into_iter().skip(keep.max(1)).collect();
    gone.iter().try_for_each(|kept| remove(&kept.path))?;
    Ok(gone.len())
}

/// Keeps the newest `keep` of a sort beside the data file.
pub fn rotate_beside(data_file: &Path, is_meant: impl Fn(Sort) -> bool, keep: usize) -> Result<()> {
    let mut meant: Vec<Kept> = beside_data(data_file)?.into_iter().filter(|kept| is_meant(kept.sort)).collect();
    // Snapshots by the schema they hold: an upgrade may be repeated, and the clock of a small machine may be anything.
    meant.sort_by_key(|kept| match kept.sort {
        Sort::Snapshot(version) => std::cmp::Reverse(version),
        Sort::Backup | Sort::Replaced => std::cmp::Reverse(kept.at),
    });
    meant.iter().skip(keep).try_for_each(|kept| remove(&kept.path).and_then(|()| part::remove_companions(&kept.path)))
}

/// Removes what a crash left of backups.
fn clear_leftovers(folder: &Path) -> Result<()> {
    let Ok(listed) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in listed.flatten().take(limits::FOLDER_ENTRIES_MAX) {
        let name = entry.file_name();
        let is_ours = name.to_str().and_then(|name| name.strip_suffix(".part")).is_some_and(|name| at_of(name).is_some());
        if is_ours {
            part::clear(&entry.path())?;
        }
    }
    Ok(())
}

/// Two backups in the same second have two names.
fn free_name(folder: &Path, now: Millis) -> PathBuf {
    let mut at = now;
    loop {
        let path = folder.join(name_at(at));
        if !path.exists() && !beside(&path, ".part").exists() {
            return path;
        }
        at += 1000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_moment_and_only_ours_are_known() {
        let at = 1_795_313_700_000;
        assert_eq!(at_of(&name_at(at)), Some(at));
        for foreign in
            ["deskbell-.db", "deskbell-20261122T021500.db", "deskbell-20261322T021500Z.db", "holiday.db", "deskbell-2026112éT02150Z.db"]
        {
            assert_eq!(at_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn rotation_touches_nothing_but_backups() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..5 {
            std::fs::write(folder.path().join(name_at(at * 60_000)), "x").unwrap();
        }
        for other in ["deskbell.db", "deskbell-notes.db", "deskbell-20261122T021500Z.db.txt", "photo.jpg"] {
            std::fs::write(folder.path().join(other), "x").unwrap();
        }
        assert_eq!(rotate(folder.path(), 2).unwrap(), 3);
        let left: Vec<Millis> = backups(folder.path()).unwrap().iter().map(|kept| kept.at).collect();
        assert_eq!(left, [240_000, 180_000]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
    }
}
