//! An inbox's own words: what an admin says in place of ours, and settings in other languages.

use super::tx::{ReadTx, WriteTx};
use crate::base::error::Result;
use crate::base::id::InboxId;
use rusqlite::params;
use std::collections::BTreeMap;

/// Texts by key, for each locale.
pub type Own = BTreeMap<String, BTreeMap<String, String>>;

/// Everything of an inbox. How much that can be is bounded where it is stored.
pub fn of_inbox(tx: &ReadTx, inbox: InboxId) -> Result<Own> {
    let rows = tx.all("SELECT locale, key, text FROM translations WHERE inbox_id = ?1", [inbox], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut own = Own::new();
    for (locale, key, text) in rows {
        own.entry(locale).or_default().insert(key, text);
    }
    Ok(own)
}

/// Says `key` in a language.
pub fn put(tx: &WriteTx, inbox: InboxId, locale: &str, key: &str, text: &str) -> Result<()> {
    tx.exec(
        "INSERT INTO translations (inbox_id, locale, key, text) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (inbox_id, locale, key) DO UPDATE SET text = excluded.text",
        params![inbox, locale, key, text],
    )?;
    Ok(())
}

/// Goes back to the stock words.
pub fn remove(tx: &WriteTx, inbox: InboxId, locale: &str, key: &str) -> Result<()> {
    tx.exec("DELETE FROM translations WHERE inbox_id = ?1 AND locale = ?2 AND key = ?3", params![inbox, locale, key])?;
    Ok(())
}

/// Forgets a key in every language, because what it named is gone.
pub fn remove_everywhere(tx: &WriteTx, inbox: InboxId, key: &str) -> Result<()> {
    tx.exec("DELETE FROM translations WHERE inbox_id = ?1 AND key = ?2", params![inbox, key])?;
    Ok(())
}
