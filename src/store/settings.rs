//! Values that belong to the house as a whole.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;

/// A value, if it was ever set.
pub fn find(tx: &ReadTx, key: &'static str) -> Result<Option<String>> {
    tx.one("SELECT value FROM settings WHERE key = ?1", [key], |row| row.get(0))
}

/// Sets a value.
pub fn put(tx: &WriteTx, key: &'static str, value: &str) -> Result<()> {
    tx.exec("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])?;
    Ok(())
}
