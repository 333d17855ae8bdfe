//! A file that is being made: under the name `….part`, readable by its owner alone, and under its real name only when it is whole and on the disk.

use crate::base::error::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What SQLite may put beside a file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];
/// Somebody else may finish or begin the same file between two looks; not more often than that.
const TRIES_MAX: u32 = 10;

/// The file that is being made. Dropped before `publish`, it leaves nothing.
pub struct Part {
    path: PathBuf,
    /// Locked while somebody works on it: what is not locked was left by a crash.
    file: File,
    is_done: bool,
}

impl Part {
    /// Begins anew. What a crash left of the same name is cleared; what somebody else is making right now is refused.
    pub fn begin(target: &Path) -> Result<Part> {
        let path = beside(target, ".part");
        for _ in 0..TRIES_MAX {
            let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
            let file = opened.map_err(|cause| cannot_write(target, cause))?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::conflict(format!("Another copy is being written to {} right now.", target.display())));
                }
                // Not every stick knows locks; then nobody can be told.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            // Whoever held it before may have given it its name meanwhile: then this is somebody's finished copy.
            if !is_same(&file, &path) {
                continue;
            }
            remove_companions(&path)?;
            file.set_len(0).map_err(|cause| cannot_write(target, cause))?;
            set_private(&file).map_err(|cause| cannot_write(target, cause))?;
            return Ok(Part { path, file, is_done: false });
        }
        Err(Error::busy())
    }

    /// Where it is made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, for whoever writes it himself.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Brings to the disk what is there by now.
    pub(super) fn sync_so_far(&self) -> Result<()> {
        self.file.sync_data().map_err(|cause| cannot_write(&self.path, cause))
    }

    /// Makes sure of it and gives it its name, in place of what had that name before. Answers its bytes.
    pub fn publish(mut self, target: &Path) -> Result<u64> {
        let wrong = |cause| cannot_write(target, cause);
        self.file.sync_all().map_err(wrong)?;
        let bytes = self.file.metadata().map_err(wrong)?.len();
        std::fs::rename(&self.path, target).map_err(wrong)?;
        self.is_done = true;
        sync_folder(target)?;
        Ok(bytes)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_done {
            // Half a copy must not be taken for one.
            let _ = std::fs::remove_file(&self.path);
            let _ = remove_companions(&self.path);
        }
    }
}

/// Removes an unfinished file that nobody works on.
pub(super) fn clear(path: &Path) -> Result<()> {
    let Ok(file) = File::open(path) else { return Ok(()) };
    if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) || !is_same(&file, path) {
        return Ok(());
    }
    remove(path)?;
    remove_companions(path)
}

/// Whether `path` still leads to this very file.
fn is_same(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

fn set_private(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match file.set_permissions(std::fs::Permissions::from_mode(0o600)) {
        // A stick with a file system of other habits.
        Err(cause) if cause.kind() == ErrorKind::PermissionDenied || cause.kind() == ErrorKind::Unsupported => Ok(()),
        other => other,
    }
}

/// The path with something behind its name.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The folder in which a file lies.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Removes what SQLite may have left beside a file.
pub(super) fn remove_companions(path: &Path) -> Result<()> {
    COMPANIONS.iter().try_for_each(|suffix| remove(&beside(path, suffix)))
}

/// Removes a file; it may be gone already.
pub(super) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cannot_write(path, cause)),
        _ => Ok(()),
    }
}

/// A name is on the disk when its folder is.
pub(super) fn sync_folder(path: &Path) -> Result<()> {
    File::open(folder_of(path)).and_then(|folder| folder.sync_all()).map_err(|cause| cannot_write(path, cause))
}

/// Gives a file to whoever has `like`: an administrator who puts a copy in place must not lock the service out of it.
pub fn give_as(path: &Path, like: &Path) {
    if let (Ok(ours), Ok(theirs)) = (std::fs::metadata(path), std::fs::metadata(like))
        && (ours.uid(), ours.gid()) != (theirs.uid(), theirs.gid())
    {
        // Only root may; who is not root makes files that are his.
        let _ = std::os::unix::fs::chown(path, Some(theirs.uid()), Some(theirs.gid()));
    }
}

/// Why something cannot be written there.
pub(super) fn cannot_write(path: &Path, cause: std::io::Error) -> Error {
    if cause.kind() == ErrorKind::StorageFull {
        let place = folder_of(path).display();
        return Error::unavailable(format!("There is no room left in {place}. Nothing was kept; make room and try again."));
    }
    Error::unavailable(format!("Cannot write {}: {cause}.", path.display()))
}
