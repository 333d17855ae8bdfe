//! Who has the data file open. Everybody who opens it holds its folder together with the others; who puts another file in its place holds it
//! alone. Without this, somebody who opened the old file would write his log beside the new one, into which it would be folded.

use crate::base::error::{Error, Result};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// A swap waits so long for a command that has the file open: they take moments.
const WAIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Waits while the file is being replaced, then keeps it from being replaced until the answer is dropped.
pub fn shared(data_file: &Path) -> Result<Option<File>> {
    let Some(folder) = folder_of(data_file) else { return Ok(None) };
    // A file system without locks has nobody who could be told.
    Ok(folder.lock_shared().is_ok().then_some(folder))
}

/// Keeps everybody else from opening the file. Refused when somebody does not let go of it.
pub(super) fn alone(data_file: &Path) -> Result<Option<File>> {
    let Some(folder) = folder_of(data_file) else { return Ok(None) };
    let start = Instant::now();
    loop {
        match folder.try_lock() {
            Ok(()) => return Ok(Some(folder)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) if start.elapsed() < WAIT => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::conflict(format!(
                    "{} is in use by another deskbell command. Let it finish, then try again.",
                    data_file.display()
                )));
            }
        }
    }
}

/// The folder itself is held: a lock file of its own would be one more file, and one more owner to get wrong.
fn folder_of(data_file: &Path) -> Option<File> {
    File::open(super::part::folder_of(data_file)).ok()
}
