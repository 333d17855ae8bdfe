//! `deskbell backup` and `deskbell restore`.

use super::lock;
use deskbell::base::clock::Clock;
use deskbell::base::config::Config;
use deskbell::base::error::Result;
use deskbell::store::backup;
use std::path::Path;

/// Makes a verified copy, and notes in the data file that one was made.
pub(super) fn backup(config: &Config, file: &Path) -> Result<()> {
    backup::copy_file(&config.data_file, file)?;
    // Who may only read cannot leave a note; the copy is good all the same.
    if let Err(error) = backup::note(&config.data_file, Clock::default().now()) {
        log::warn!("the backup was not noted in the data file error=\"{error}\"");
    }
    println!("{} is a verified copy of {}", file.display(), config.data_file.display());
    Ok(())
}

/// Puts a backup in place of the data file, which nobody may be using.
pub(super) fn restore(config: &Config, from: &Path) -> Result<()> {
    backup::verify(from)?;
    let _lock = lock(&config.data_file)?;
    let aside = backup::replace(&config.data_file, from)?;
    println!("{} is now the backup {}.", config.data_file.display(), from.display());
    if let Some(aside) = aside {
        println!("What was there before is kept as {}.", aside.display());
    }
    Ok(())
}
