//! The second factor: six digits that change every half minute (RFC 6238 with SHA-1, which is what every authenticator app speaks), and
//! the codes for the day the phone is gone. Pure over the time it is told; who may try how often is not decided here.

use super::clock::Millis;
use super::id::random_bytes;
use super::secret::{self, Secret};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Seconds for which one code is shown.
const STEP_S: i64 = 30;
/// Steps before and after the present one that count too: clocks differ, and people type slowly.
const STEPS_AROUND: i64 = 1;
/// Digits of a code: what apps show by default.
const DIGITS: usize = 6;
/// Bytes of a key: the length of SHA-1's answer, as RFC 4226 advises.
const KEY_BYTES: usize = 20;
/// The alphabet of RFC 4648, as apps and people read it.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A fresh key, written in base32.
pub fn new_key() -> Secret {
    Secret::new(base32(&random_bytes::<KEY_BYTES>()))
}

/// The step of a time.
pub fn step(now: Millis) -> i64 {
    now.div_euclid(1000).div_euclid(STEP_S)
}

/// The code of one step; `None` when the key is no base32.
pub fn code(key: &Secret, step: i64) -> Option<String> {
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&bytes_of(key.reveal())?).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[hash.len() - 1] & 0x0f);
    let number = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    Some(format!("{:0DIGITS$}", number % 1_000_000))
}

/// The step whose code was typed, if it is one of now and later than `used`: each works once. All candidates are always compared, so that
/// the time of the answer tells nothing.
pub fn matching_step(key: &Secret, typed: &str, used: i64, now: Millis) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let present = step(now);
    (present - STEPS_AROUND..=present + STEPS_AROUND)
        .filter(|step| code(key, *step).is_some_and(|code| secret::equal(code.as_bytes(), typed.as_bytes())))
        .filter(|step| *step > used)
        .max()
}

/// What an app reads from the QR code.
pub fn uri(key: &Secret, issuer: &str, account: &str) -> Secret {
    let (issuer, account) = (encoded(issuer), encoded(account));
    Secret::new(format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}",
        key.reveal()
    ))
}

/// A fresh recovery code: 80 bits, so that its plain hash is as good as the code is long.
pub fn new_recovery_code() -> String {
    let letters = base32(&random_bytes::<10>()).to_lowercase();
    [&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-")
}

/// What the database keeps of a recovery code. Case, spaces and dashes are how people type.
pub fn recovery_hash(typed: &str) -> [u8; 32] {
    let bare: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    Sha256::digest(bare.as_bytes()).into()
}

/// Whether a text is typed like the six digits; everything else is tried as a recovery code.
pub fn looks_like_code(typed: &str) -> bool {
    let bare: Vec<char> = typed.chars().filter(|c| !c.is_whitespace()).collect();
    bare.len() == DIGITS && bare.iter().all(char::is_ascii_digit)
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0u32);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        held = ((held << 5) | value as u32) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rfc_key() -> Secret {
        Secret::new(base32(b"12345678901234567890"))
    }

    /// Appendix B of RFC 6238, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(&rfc_key(), step(seconds * 1000)).as_deref(), Some(expected), "at {seconds}");
        }
        assert_eq!(rfc_key().reveal(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(code(&Secret::new("not base32!"), 1), None);
    }

    #[test]
    fn one_step_early_or_late_counts_and_none_counts_twice() {
        let now = 1_234_567_890_000;
        let key = rfc_key();
        let at = |offset: i64| code(&key, step(now) + offset).unwrap();
        for offset in [-1, 0, 1] {
            assert_eq!(matching_step(&key, &at(offset), 0, now), Some(step(now) + offset));
        }
        for offset in [-2, 2] {
            assert_eq!(matching_step(&key, &at(offset), 0, now), None);
        }
        assert_eq!(matching_step(&key, &at(0), step(now), now), None, "used");
        assert_eq!(matching_step(&key, &at(-1), step(now), now), None, "older than the last one used");
        assert_eq!(matching_step(&key, &at(1), step(now), now), Some(step(now) + 1));
        assert_eq!(matching_step(&key, " 005 924 ", 0, now), Some(step(now)), "as apps show it");
        for wrong in ["", "00592", "0059240", "00592a", "005925"] {
            assert_eq!(matching_step(&key, wrong, 0, now), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_in_base32_is_read_again() {
        for length in 0..40usize {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 37 + 11) as u8).collect();
            assert_eq!(bytes_of(&base32(&bytes)), Some(bytes));
        }
        assert_eq!(new_key().reveal().len(), 32);
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let one = new_recovery_code();
        assert_eq!(one.len(), 19);
        assert_ne!(one, new_recovery_code());
        assert_eq!(recovery_hash(&one), recovery_hash(&format!(" {} ", one.to_uppercase().replace('-', " "))));
        assert!(!looks_like_code(&one) && looks_like_code("123 456"));
    }

    #[test]
    fn names_cannot_leave_their_place_in_the_address() {
        let uri = uri(&rfc_key(), "A & B", "o@h.example?secret=X");
        assert!(uri.reveal().starts_with("otpauth://totp/A%20%26%20B:o%40h.example%3Fsecret%3DX?secret=GEZD"), "{}", uri.reveal());
        assert_eq!(format!("{uri:?}"), "***");
    }
}
