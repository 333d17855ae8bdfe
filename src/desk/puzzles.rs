//! Work that a newcomer's machine does while an inbox is under pressure: cheap for one person, dear for a thousand. A puzzle is a signed
//! text, so nothing is kept of it until it is solved; a solution counts once (the door remembers those for as long as they would count).

use super::Desk;
use crate::base::error::Error;
use crate::base::id::{Uuid, new_token};
use crate::base::{limits, token};
use sha2::{Digest, Sha256};

/// What somebody brings along.
#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct Work {
    #[serde(default)]
    pub puzzle: String,
    #[serde(default)]
    pub nonce: String,
}

impl Desk {
    /// The refusal that asks for work: `puzzle` and `bits` tell a widget what to find.
    pub fn ask_for_work(&self, inbox: Uuid, bits: u32) -> Error {
        let salt = new_token();
        let until = self.clock.now() + limits::WORK_LIFE.as_millis() as i64;
        let ticket = token::sign_link(&self.link_key, &subject(inbox, bits, &salt), until);
        let words = "Very many people write at the moment. Please wait a little and send it again; nothing is lost.";
        Error::too_many(words, limits::SLOW_PATH.as_secs() as u32)
            .coded("work")
            .detail("puzzle", format!("{bits}.{salt}.{ticket}"))
            .detail("bits", bits)
    }

    /// Whether `work` solves a puzzle of ours for this inbox that asked for at least `bits`, and still counts.
    pub fn is_worked(&self, inbox: Uuid, bits: u32, work: &Work) -> bool {
        let mut parts = work.puzzle.splitn(3, '.');
        let (Some(asked), Some(salt), Some(ticket)) = (parts.next(), parts.next(), parts.next()) else { return false };
        let Some(asked) = asked.parse::<u32>().ok().filter(|asked| *asked >= bits) else { return false };
        work.nonce.len() <= 20
            && token::check_link(&self.link_key, &subject(inbox, asked, salt), ticket, self.clock.now())
            && zero_bits(&Sha256::digest(format!("{}:{}", work.puzzle, work.nonce))) >= asked
    }
}

fn subject(inbox: Uuid, bits: u32, salt: &str) -> String {
    format!("work\n{inbox}\n{bits}\n{salt}")
}

/// Zero bits at the beginning.
fn zero_bits(hash: &[u8]) -> u32 {
    let zeros = hash.iter().take_while(|byte| **byte == 0).count();
    zeros as u32 * 8 + hash.get(zeros).map_or(0, |byte| byte.leading_zeros())
}

#[cfg(test)]
mod tests {
    #[test]
    fn bits_are_counted_from_the_front() {
        for (hash, bits) in [(vec![0xff, 0], 0), (vec![0x01], 7), (vec![0, 0x10], 11), (vec![0, 0], 16)] {
            assert_eq!(super::zero_bits(&hash), bits);
        }
    }
}
