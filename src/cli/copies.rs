//! `deskbell backup`, `deskbell restore` and `deskbell rollback`.

use super::{Arguments, configure, lock};
use deskbell::base::clock::Clock;
use deskbell::base::config::Config;
use deskbell::base::error::{Error, Result};
use deskbell::store::backup::{self, folder, part, swap};
use std::path::Path;

/// Makes a verified copy, and notes in the data file that one was made: in the file that is named; in a folder that must be there (`--to`); or
/// in the folder of backups. In a folder the oldest go.
pub(super) fn backup(arguments: &Arguments, file: Option<&str>) -> Result<()> {
    let config = configure(arguments)?;
    let (now, data) = (Clock::default().now(), &config.data_file);
    if !data.is_file() {
        return Err(Error::unavailable(format!("There is no data file {}.", data.display())));
    }
    let (path, copied) = match (file, arguments.to.as_deref()) {
        (Some(_), Some(_)) => return Err(Error::invalid("Either a FILE or --to FOLDER, not both.")),
        (Some(file), None) => (file.into(), backup::copy_file(data, Path::new(file))?),
        (None, Some(to)) => {
            if !to.is_dir() {
                return Err(Error::unavailable(format!("There is no folder {}. Is the disk plugged in and mounted?", to.display())));
            }
            folder::keep_copy(data, to, config.backup_keep, now, &mut |_| Ok(()))?
        }
        (None, None) => {
            folder::make(&config.backup_dir, data)?;
            let (path, copied) = folder::keep_copy(data, &config.backup_dir, config.backup_keep, now, &mut |_| Ok(()))?;
            // The desk lists it and hands it out.
            part::give_as(&path, data);
            (path, copied)
        }
    };
    // Who may only read cannot leave a note; the copy is good all the same.
    if let Err(error) = backup::note(data, now) {
        log::warn!("the backup was not noted in the data file error=\"{error}\"");
    }
    println!("{} is a verified copy of {} ({} messages, {}).", path.display(), data.display(), copied.messages, size(copied.bytes));
    Ok(())
}

/// Puts a backup in place of the data file, which nobody may be using.
pub(super) fn restore(config: &Config, from: &Path) -> Result<()> {
    let _lock = lock(&config.data_file)?;
    let aside = swap::restore(&config.data_file, from, Clock::default().now())?;
    println!("{} is now the backup {}.", config.data_file.display(), from.display());
    if let Some(aside) = aside {
        println!("What was there before is kept as {}.", aside.display());
    }
    Ok(())
}

/// Puts back the file as it was before the last upgrade, for the program of that version.
pub(super) fn rollback(config: &Config) -> Result<()> {
    let data = config.data_file.display();
    let _lock = lock(&config.data_file)?;
    let Some(back) = swap::roll_back(&config.data_file, Clock::default().now())? else {
        println!("{data} is as it was before the upgrade already. There is nothing to do.");
        return Ok(());
    };
    println!("{data} is as it was before the upgrade again (schema {}).", back.version);
    let since: Vec<String> = back.since.iter().filter(|(_, rows)| *rows > 0).map(|(what, rows)| format!("{rows} {what}")).collect();
    match since.as_slice() {
        [] => println!("Nothing was said since."),
        since => println!("Written since, and not in it: {}.", since.join(", ")),
    }
    println!("The newer file, with all that, is kept as {}.", back.aside.display());
    println!("Now start the deskbell that knows schema {}; a newer one would upgrade the file again.", back.version);
    Ok(())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}
