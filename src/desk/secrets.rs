//! What must be had back in the clear and is kept sealed: passwords of mailboxes, keys of authenticator apps and of certificates. Under a key from outside the data
//! file when there is one; what was stored before it came is sealed again when the house opens.

use crate::base::error::Result;
use crate::base::seal::Sealer;
use crate::model::mailbox::Direction;
use crate::store::{WriteTx, logins, mailboxes};

/// What an authenticator app's key is sealed for.
pub(super) const TOTP: &str = "totp";

/// What a mailbox' password is sealed for: one direction's opens no other.
pub(super) fn purpose(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "mailbox.in",
        Direction::Out => "mailbox.out",
    }
}

/// Seals anew what is not sealed as well as it could be: plain keys of older versions, and what was sealed before there was a key outside.
/// What cannot be opened stays as it is, for the day its key comes back.
pub(super) fn seal_anew(tx: &WriteTx, sealer: &Sealer) -> Result<()> {
    let mut count = super::certificates::seal_anew(tx, sealer)?;
    for (agent, stored) in logins::keys(tx)?.into_iter().filter(|(_, stored)| sealer.is_stale_text(stored)) {
        if let Ok(key) = sealer.open_text(TOTP, &stored) {
            logins::replace_key(tx, agent, &sealer.seal_text(TOTP, &key)?)?;
            count += 1;
        }
    }
    for mailbox in mailboxes::all(tx)? {
        for direction in [Direction::In, Direction::Out] {
            let stored = mailboxes::password(tx, mailbox.id, direction)?.filter(|stored| sealer.is_stale(stored));
            if let Some(Ok(password)) = stored.map(|stored| sealer.open(purpose(direction), &stored)) {
                mailboxes::put_password(tx, mailbox.id, direction, Some(&sealer.seal(purpose(direction), &password)?))?;
                count += 1;
            }
        }
    }
    if count > 0 {
        log::info!("secrets sealed anew count={count} outside={}", sealer.is_outside());
    }
    Ok(())
}
