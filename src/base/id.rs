//! Ids: public uuids (v4), opaque tokens, and the newtypes of internal row numbers, so that one kind is never taken for another.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;

/// Fills `buffer` from the operating system's generator.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    // Without randomness no token is safe; going on would be worse than stopping.
    getrandom::fill(&mut bytes).expect("the operating system has no randomness");
    bytes
}

/// A public id: a random uuid, version 4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid([u8; 16]);

impl Uuid {
    /// A fresh random uuid.
    pub fn new() -> Uuid {
        let mut bytes = random_bytes::<16>();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Uuid(bytes)
    }

    /// Reads the usual form of 36 characters, upper or lower case; anything else is `None`.
    pub fn parse(text: &str) -> Option<Uuid> {
        let raw = text.as_bytes();
        if raw.len() != 36 {
            return None;
        }
        let mut bytes = [0u8; 16];
        let mut nibble = 0;
        for (i, c) in raw.iter().enumerate() {
            if matches!(i, 8 | 13 | 18 | 23) {
                if *c != b'-' {
                    return None;
                }
                continue;
            }
            let value = (*c as char).to_digit(16)? as u8;
            bytes[nibble / 2] |= value << (4 * (1 - nibble % 2));
            nibble += 1;
        }
        Some(Uuid(bytes))
    }

    /// A stable small number for colours, 0 to 7.
    pub fn tint(&self) -> u8 {
        self.0[15] & 7
    }
}

impl Default for Uuid {
    fn default() -> Uuid {
        Uuid::new()
    }
}

impl serde::Serialize for Uuid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Uuid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Uuid::parse(&text).ok_or_else(|| serde::de::Error::custom("not a UUID"))
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A fresh opaque token: 32 random bytes as 43 characters of base64url. Only its hash is ever stored.
pub fn new_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>())
}

/// What the database keeps of a token. A plain SHA-256 is enough: the input has 256 bits of randomness.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

row_id! {
    /// Row of `inboxes`.
    InboxId,
    /// Row of `contacts`.
    ContactId,
    /// Row of `sessions`.
    SessionId,
    /// Row of `conversations`.
    ConversationId,
    /// Row of `messages`.
    MessageId,
    /// Row of `attachments`.
    AttachmentId,
    /// Row of `agents`.
    AgentId,
    /// Row of `agent_sessions`.
    AgentSessionId,
    /// Row of `teams`.
    TeamId,
    /// Row of `business_hours`.
    HoursId,
    /// Row of `roles`.
    RoleId,
    /// Row of `slas`.
    SlaId,
    /// Row of `rules`.
    RuleId,
    /// Row of `mailboxes`.
    MailboxId,
    /// Row of `mails`.
    MailId,
    /// Row of `jobs`.
    JobId,
}

/// A change number: the row number of the change feed, growing with every durable change.
pub type Seq = i64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_reads_back_what_it_wrote_and_refuses_other_shapes() {
        let uuid = Uuid::new();
        assert_eq!(Uuid::parse(&uuid.to_string()), Some(uuid));
        assert_eq!(Uuid::parse(&uuid.to_string().to_uppercase()), Some(uuid));
        for bad in
            ["", "1", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", "00000000000000000000000000000000", "{00000000-0000-0000-0000-000000000000}"]
        {
            assert_eq!(Uuid::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn tokens_are_43_characters_and_never_equal() {
        assert_eq!(new_token().len(), 43);
        assert_ne!(new_token(), new_token());
    }
}
