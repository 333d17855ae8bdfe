//! The tags in our address that bring an answer back: `chat+c1f.k3xq…@example.com`. Who has one got a mail from us; a tag joins one conversation for
//! one kind of sender, and nobody can make one (security row 33).

use super::Desk;
use crate::base::token;

/// Whose answer a tag brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Contact,
    Agent,
}

/// Letters of the proof: 80 bits.
const PROOF_CHARS: usize = 16;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl Desk {
    /// `address` with the tag of a conversation (its row number and public id) for one side.
    pub fn tagged(&self, address: &str, side: Side, conversation: i64, uuid: &str) -> String {
        let letter = side.letter();
        match address.rsplit_once('@') {
            Some((local, domain)) => format!("{local}+{letter}{conversation:x}.{}@{domain}", self.proof(letter, conversation, uuid)),
            None => address.to_owned(),
        }
    }

    /// The side and row number that the tag of a recipient names. Whether it is ours says `proves`.
    pub fn tag(recipient: &str) -> Option<(Side, i64, String)> {
        let (_, tag) = recipient.rsplit_once('@')?.0.rsplit_once('+')?;
        let (head, proof) = tag.split_once('.')?;
        let side = match head.get(..1)? {
            "c" => Side::Contact,
            "a" => Side::Agent,
            _ => return None,
        };
        let number = i64::from_str_radix(head.get(1..)?, 16).ok().filter(|number| *number > 0)?;
        (proof.len() == PROOF_CHARS).then(|| (side, number, proof.to_owned()))
    }

    /// Whether a proof belongs to this conversation and side. Takes the same time whatever is wrong.
    pub fn proves(&self, side: Side, conversation: i64, uuid: &str, proof: &str) -> bool {
        crate::base::secret::equal(self.proof(side.letter(), conversation, uuid).as_bytes(), proof.as_bytes())
    }

    /// The mark of this house in every mail it makes (`X-Deskbell-Loop`): what comes back with it is our own voice.
    pub fn loop_mark(&self) -> String {
        let hash = token::keyed_hash(&self.link_key, "mail", "loop");
        hash.iter().take(PROOF_CHARS).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
    }

    /// Mail servers may change the case of an address: lower letters and digits only.
    fn proof(&self, letter: char, conversation: i64, uuid: &str) -> String {
        let hash = token::keyed_hash(&self.link_key, "mail", &format!("{letter}\n{conversation}\n{uuid}"));
        hash.iter().take(PROOF_CHARS).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
    }
}

impl Side {
    fn letter(self) -> char {
        match self {
            Side::Contact => 'c',
            Side::Agent => 'a',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_from_an_address() {
        assert_eq!(Desk::tag("chat+c1f.abcdefghijklmnop@example.com"), Some((Side::Contact, 31, "abcdefghijklmnop".into())));
        assert_eq!(Desk::tag("a+b+a2.abcdefghijklmnop@example.com").map(|(side, number, _)| (side, number)), Some((Side::Agent, 2)));
        for other in [
            "chat@example.com",
            "chat+news@example.com",
            "chat+c.x@example.com",
            "chat+c1f.short@example.com",
            "x+é.a@b",
            "chat+c-1.abcdefghijklmnop@x",
        ] {
            assert_eq!(Desk::tag(other), None, "{other}");
        }
    }
}
