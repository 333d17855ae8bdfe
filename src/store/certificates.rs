//! Certificates that an authority gives us, and how far the next one is. What is sealed stays sealed here.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use rusqlite::{Row, params};

/// One name's row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    pub domain: String,
    pub directory: String,
    /// Sealed.
    pub account_key: Option<Vec<u8>>,
    pub account_email: String,
    /// PEM; "" while there is none.
    pub chain: String,
    /// Sealed.
    pub chain_key: Option<Vec<u8>>,
    pub not_before: Option<Millis>,
    pub not_after: Option<Millis>,
    pub renew_at: Option<Millis>,
    /// "" while no order is under way.
    pub order_url: String,
    /// Sealed.
    pub order_key: Option<Vec<u8>>,
    pub failures: u32,
    pub problem: String,
    pub tried_at: Option<Millis>,
    pub try_at: Option<Millis>,
    pub rests_until: Option<Millis>,
}

macro_rules! certificate_select {
    ($tail:literal) => {
        concat!(
            "SELECT domain, directory, account_key, account_email, chain, chain_key, not_before, not_after, renew_at, order_url, order_key,
                    failures, problem, tried_at, try_at, rests_until FROM certificates ",
            $tail
        )
    };
}

fn row(row: &Row<'_>) -> rusqlite::Result<Certificate> {
    Ok(Certificate {
        domain: row.get(0)?,
        directory: row.get(1)?,
        account_key: row.get(2)?,
        account_email: row.get(3)?,
        chain: row.get(4)?,
        chain_key: row.get(5)?,
        not_before: row.get(6)?,
        not_after: row.get(7)?,
        renew_at: row.get(8)?,
        order_url: row.get(9)?,
        order_key: row.get(10)?,
        failures: row.get(11)?,
        problem: row.get(12)?,
        tried_at: row.get(13)?,
        try_at: row.get(14)?,
        rests_until: row.get(15)?,
    })
}

/// The row of a name.
pub fn find(tx: &ReadTx, domain: &str) -> Result<Option<Certificate>> {
    tx.one(certificate_select!("WHERE domain = ?1"), [domain], row)
}

/// The row that was worked on last: of the name that is configured, whoever reads without knowing it.
pub fn newest(tx: &ReadTx) -> Result<Option<Certificate>> {
    tx.one(certificate_select!("ORDER BY coalesce(tried_at, 0) DESC, id DESC LIMIT 1"), [], row)
}

/// Makes sure that there is a row for a name and that it is this authority's. Another one knows nothing of our account and orders, and its
/// certificate is wanted at once; until it comes, the old one is shown.
pub fn ensure(tx: &WriteTx, domain: &str, directory: &str) -> Result<()> {
    tx.exec("INSERT INTO certificates (domain, directory) VALUES (?1, ?2) ON CONFLICT (domain) DO NOTHING", [domain, directory])?;
    tx.exec(
        "UPDATE certificates SET directory = ?2, account_key = NULL, account_email = '', order_url = '', order_key = NULL, renew_at = NULL,
                failures = 0, problem = '', try_at = NULL, rests_until = NULL
         WHERE domain = ?1 AND directory <> ?2",
        [domain, directory],
    )?;
    Ok(())
}

/// Keeps the key by which the authority knows us.
pub fn put_account(tx: &WriteTx, domain: &str, key: &[u8]) -> Result<()> {
    tx.exec("UPDATE certificates SET account_key = ?2, account_email = '' WHERE domain = ?1", params![domain, key])?;
    Ok(())
}

/// Keeps which address the authority was told.
pub fn put_email(tx: &WriteTx, domain: &str, email: &str) -> Result<()> {
    tx.exec("UPDATE certificates SET account_email = ?2 WHERE domain = ?1", [domain, email])?;
    Ok(())
}

/// Keeps an order that is under way; None: there is none any more.
pub fn put_order(tx: &WriteTx, domain: &str, order: Option<(&str, &[u8])>) -> Result<()> {
    let (url, key) = order.map_or(("", None), |(url, key)| (url, Some(key)));
    tx.exec("UPDATE certificates SET order_url = ?2, order_key = ?3 WHERE domain = ?1", params![domain, url, key])?;
    Ok(())
}

/// Keeps a certificate; its order is over and every problem with it.
pub fn put_chain(tx: &WriteTx, domain: &str, chain: &str, key: &[u8], valid: (Millis, Millis), renew_at: Millis) -> Result<()> {
    tx.exec(
        "UPDATE certificates SET chain = ?2, chain_key = ?3, not_before = ?4, not_after = ?5, renew_at = ?6, order_url = '', order_key = NULL,
                failures = 0, problem = '', tried_at = ?7, try_at = NULL, rests_until = NULL
         WHERE domain = ?1",
        params![domain, chain, key, valid.0, valid.1, renew_at, tx.now],
    )?;
    Ok(())
}

/// Notes why a try came to nothing, when the next one is, and until when the authority wants to be left alone.
pub fn put_problem(tx: &WriteTx, domain: &str, problem: &str, try_at: Millis, rests_until: Option<Millis>) -> Result<()> {
    tx.exec(
        "UPDATE certificates SET problem = ?2, try_at = ?3, rests_until = ?4, tried_at = ?5, failures = failures + 1 WHERE domain = ?1",
        params![domain, problem, try_at, rests_until, tx.now],
    )?;
    Ok(())
}

/// Lets the next try be at `at`, if one is waited for that is later, unless the authority wants to be left alone.
pub fn hasten(tx: &WriteTx, at: Millis) -> Result<()> {
    tx.exec("UPDATE certificates SET try_at = max(?1, coalesce(rests_until, 0)) WHERE try_at > ?1", [at])?;
    Ok(())
}

/// All rows, for what is sealed in them.
pub fn all(tx: &ReadTx) -> Result<Vec<Certificate>> {
    tx.all(certificate_select!("ORDER BY id LIMIT 100"), [], row)
}

/// Replaces what is sealed in a row by what was sealed anew.
pub fn put_sealed(tx: &WriteTx, anew: &Certificate) -> Result<()> {
    tx.exec(
        "UPDATE certificates SET account_key = ?2, chain_key = ?3, order_key = ?4 WHERE domain = ?1",
        params![anew.domain, anew.account_key, anew.chain_key, anew.order_key],
    )?;
    Ok(())
}
