//! Data files as earlier releases left them, with something in every table.
#![allow(dead_code)] // Each test file takes what it needs.

use deskbell::store::migrate::{self, MIGRATIONS};
use std::path::Path;

/// The schema of the first release.
pub const OLDEST: &str = include_str!("../fixtures/schema-1.sql");

/// What each release's tables were filled with: index 0 is the first schema.
const DATA: &[&str] = &[
    include_str!("../fixtures/old/data-1.sql"),
    include_str!("../fixtures/old/data-2.sql"),
    include_str!("../fixtures/old/data-3.sql"),
    include_str!("../fixtures/old/data-4.sql"),
    include_str!("../fixtures/old/data-5.sql"),
];

/// The schema of this program.
pub fn today() -> i64 {
    migrate::version(MIGRATIONS)
}

/// Schemas that have data here.
pub fn known() -> std::ops::RangeInclusive<i64> {
    1..=DATA.len() as i64
}

/// Makes a file of that schema, as a program of that time would have made and filled it, with its log beside it.
pub fn make(path: &Path, version: i64) {
    let mut connection = deskbell::store::connect(path).unwrap();
    let steps = &MIGRATIONS[..(version - 1) as usize];
    // Filled before each step, too: rows that went through the steps are what most files are made of.
    migrate::run(&mut connection, path, OLDEST, &[]).unwrap();
    connection.execute_batch(DATA[0]).unwrap_or_else(|cause| panic!("the data of schema 1: {cause}"));
    for (done, data) in DATA[..version as usize].iter().enumerate().skip(1) {
        migrate::run(&mut connection, path, OLDEST, &steps[..done]).unwrap();
        connection.execute_batch(data).unwrap_or_else(|cause| panic!("the data of schema {}: {cause}", done + 1));
    }
    drop(connection);
    let folder = path.parent().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.contains(".before-v") {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
    }
}
