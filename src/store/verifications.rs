//! Addresses that somebody claims, and the codes that were sent there. A ticket is found only where it belongs: in its inbox, with its
//! session when it was asked for with one, and no longer than that one lives; the row itself stays and counts. Tries are counted where they are compared, on the one thread that writes, so that a thousand at once are five.

use super::tx::{ReadTx, WriteTx};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::id::{ContactId, InboxId, SessionId, token_hash};
use crate::base::limits;
use rusqlite::params;

/// A claim that is still open.
#[derive(Debug, Clone)]
pub struct Verification {
    pub id: i64,
    pub name: String,
    /// In lower case.
    pub email: String,
    /// The anonymous person whose session is at hand.
    pub visitor: Option<ContactId>,
    pub code_hash: Vec<u8>,
    pub tries: u32,
    pub sent_at: Millis,
    pub expires_at: Millis,
    pub locale: String,
    /// JSON of the words that were agreed to.
    pub consent: Option<String>,
}

/// A claim about to be stored.
pub struct NewVerification<'a> {
    pub ticket: &'a str,
    pub inbox: InboxId,
    pub session: Option<SessionId>,
    pub name: &'a str,
    pub email: &'a str,
    pub caller: [u8; 32],
    pub code_hash: [u8; 32],
    pub expires_at: Millis,
    pub locale: &'a str,
    pub consent: Option<String>,
}

/// Stores a claim whose first code is on its way.
pub fn insert(tx: &WriteTx, new: &NewVerification<'_>) -> Result<i64> {
    tx.insert(
        "INSERT INTO verifications (ticket_hash, inbox_id, session_id, had_session, name, email, caller, code_hash, sent_at, expires_at, created_at, locale, consent)
         VALUES (?1, ?2, ?3, ?3 IS NOT NULL, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10, ?11)",
        params![
            token_hash(new.ticket),
            new.inbox,
            new.session,
            new.name,
            new.email,
            new.caller,
            new.code_hash,
            tx.now,
            new.expires_at,
            new.locale,
            new.consent
        ],
    )
}

/// The claim of this ticket, in this inbox, with this session when it was asked for with one; as long as a new code may be sent for it.
/// One that was asked for without any is of the anonymous person who is there now.
pub fn find(tx: &ReadTx, inbox: InboxId, session: Option<SessionId>, ticket: &str) -> Result<Option<Verification>> {
    tx.one(
        "SELECT v.id, v.name, v.email, s.contact_id, v.code_hash, v.tries, v.sent_at, v.expires_at, v.locale, v.consent
         FROM verifications v LEFT JOIN sessions s ON s.id = ?3 AND s.inbox_id = v.inbox_id AND s.verified = 0
         WHERE v.ticket_hash = ?1 AND v.inbox_id = ?2 AND (v.had_session = 0 OR v.session_id = ?3) AND v.used_at IS NULL AND v.created_at > ?4",
        params![token_hash(ticket), inbox, session, tx.now - limits::CODE_WINDOW.as_millis() as i64],
        |row| {
            Ok(Verification {
                id: row.get(0)?,
                name: row.get(1)?,
                email: row.get(2)?,
                visitor: row.get(3)?,
                code_hash: row.get(4)?,
                tries: row.get(5)?,
                sent_at: row.get(6)?,
                expires_at: row.get(7)?,
                locale: row.get(8)?,
                consent: row.get(9)?,
            })
        },
    )
}

/// When a code was last sent to this address because this session or this network asked, and was not typed since: whoever proved an
/// address does not hold up the next one behind the same line.
pub fn last_sent(tx: &ReadTx, email: &str, session: Option<SessionId>, caller: [u8; 32]) -> Result<Option<Millis>> {
    let sql = "SELECT max(sent_at) FROM verifications WHERE email = ?1 AND used_at IS NULL AND (session_id = ?2 OR caller = ?3)";
    Ok(tx.one(sql, params![email, session, caller], |row| row.get(0))?.flatten())
}

/// Voids what this session claimed so far; answers which claims those were.
pub fn void_all(tx: &WriteTx, session: SessionId) -> Result<Vec<i64>> {
    let sql = "UPDATE verifications SET used_at = ?2 WHERE session_id = ?1 AND used_at IS NULL RETURNING id";
    tx.all(sql, params![session, tx.now], |row| row.get(0))
}

/// To whom a code goes.
pub struct Addressee {
    pub inbox: InboxId,
    /// In lower case.
    pub email: String,
    /// How many codes were sent for this claim, this one among them.
    pub sends: u32,
    pub expires_at: Millis,
}

/// To whom the code of a claim goes, while it is wanted: neither used nor too late, nor its session over.
pub fn addressee(tx: &ReadTx, id: i64) -> Result<Option<Addressee>> {
    tx.one(
        "SELECT inbox_id, email, sends, expires_at FROM verifications
         WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2 AND (had_session = 0 OR session_id IS NOT NULL)",
        params![id, tx.now],
        |row| Ok(Addressee { inbox: row.get(0)?, email: row.get(1)?, sends: row.get(2)?, expires_at: row.get(3)? }),
    )
}

/// Takes one try of a claim; `false` when there is none left, or the code is too old.
pub fn take_try(tx: &WriteTx, id: i64) -> Result<bool> {
    let taken = tx.exec(
        "UPDATE verifications SET tries = tries + 1 WHERE id = ?1 AND tries < ?2 AND used_at IS NULL AND expires_at > ?3",
        params![id, limits::CODE_TRIES_MAX, tx.now],
    )?;
    Ok(taken > 0)
}

/// Puts a new code in place of the old one, which is void.
pub fn renew(tx: &WriteTx, id: i64, code_hash: [u8; 32], expires_at: Millis) -> Result<()> {
    tx.exec(
        "UPDATE verifications SET code_hash = ?2, sent_at = ?3, expires_at = ?4, sends = sends + 1 WHERE id = ?1",
        params![id, code_hash, tx.now, expires_at],
    )?;
    Ok(())
}

/// The claim was proved; neither ticket nor code opens anything any more.
pub fn use_up(tx: &WriteTx, id: i64) -> Result<()> {
    tx.exec("UPDATE verifications SET used_at = ?2 WHERE id = ?1", params![id, tx.now])?;
    Ok(())
}

/// Codes sent to an address since `since`, in whatever inbox: its owner is protected, not the inbox.
pub fn sent_to(tx: &ReadTx, email: &str, since: Millis) -> Result<i64> {
    let sum =
        tx.one("SELECT coalesce(sum(sends), 0) FROM verifications WHERE email = ?1 AND sent_at > ?2", params![email, since], |row| {
            row.get(0)
        })?;
    Ok(sum.unwrap_or(0))
}

/// Codes tried for an address since `since`, in whatever inbox.
pub fn tried_for(tx: &ReadTx, email: &str, since: Millis) -> Result<u32> {
    let sql = "SELECT coalesce(sum(tries), 0) FROM verifications WHERE email = ?1 AND sent_at > ?2";
    Ok(tx.one(sql, params![email, since], |row| row.get(0))?.unwrap_or(0))
}

/// Codes sent because somebody of this network asked, since `since`.
pub fn sent_for(tx: &ReadTx, caller: [u8; 32], since: Millis) -> Result<i64> {
    let sum =
        tx.one("SELECT coalesce(sum(sends), 0) FROM verifications WHERE caller = ?1 AND sent_at > ?2", params![caller, since], |row| {
            row.get(0)
        })?;
    Ok(sum.unwrap_or(0))
}

/// Removes claims that neither open anything nor count for a limit.
pub fn prune(tx: &WriteTx) -> Result<usize> {
    tx.exec(
        "DELETE FROM verifications WHERE id IN (SELECT id FROM verifications WHERE created_at <= ?1 AND sent_at <= ?1 LIMIT 1000)",
        [tx.now - limits::CODE_WINDOW.as_millis() as i64],
    )
}
