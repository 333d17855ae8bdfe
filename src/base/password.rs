//! Passwords of agents: argon2id hashes, and which passwords we take.
//!
//! Each hash costs about 30 ms and 19 MB, so callers run these functions off the async threads and a few at a time
//! (`limits::PASSWORD_HASHES_AT_ONCE`).

use super::error::{Error, Result};
use super::{email, id};
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

/// Memory in KiB, passes and lanes: the first choice for interactive logins in the OWASP cheat sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Length decides more than any rule about signs.
const CHARS_MIN: usize = 10;
/// Enough for every passphrase; hashing must not become work on demand.
const CHARS_MAX: usize = 200;

/// A well-formed hash with the same cost that no password fits; see `verify_nobody`.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The first guesses of every attacker that are long enough to pass the length rule, in lower case.
const COMMON: &[&str] = &[
    "0123456789",
    "0987654321",
    "1029384756",
    "1111111111",
    "1122334455",
    "12341234123",
    "1234567890",
    "12345678910",
    "1234567891",
    "1234567899",
    "123456789a",
    "123456789q",
    "1231231231",
    "123qwe123qwe",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "a123456789",
    "abc1234567",
    "abcd123456",
    "abcdefghij",
    "adminadmin",
    "admin12345",
    "admin123456",
    "administrator",
    "asdfghjkl1",
    "asdfghjkl;",
    "baseball12",
    "basketball",
    "changeme12",
    "changeme123",
    "changemenow",
    "deskbell12",
    "deskbell123",
    "deskbelldeskbell",
    "football12",
    "helpdesk12",
    "helpdesk123",
    "iloveyou12",
    "iloveyou123",
    "iloveyouso",
    "letmein123",
    "letmeinnow",
    "livechat12",
    "livechat123",
    "liverpool1",
    "manchester",
    "pa$$w0rd12",
    "p@ssw0rd12",
    "p@ssw0rd123",
    "p@ssword123",
    "passw0rd12",
    "passw0rd123",
    "password00",
    "password01",
    "password10",
    "password11",
    "password12",
    "password123",
    "password123!",
    "password1234",
    "password12345",
    "password99",
    "passwordpassword",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qazwsxedc1",
    "qazwsxedcrfv",
    "qwer123456",
    "qwert12345",
    "qwerty1234",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop",
    "qwertyuiop1",
    "qwertyuiop123",
    "secret1234",
    "starwars12",
    "sunshine12",
    "superman12",
    "support123",
    "support1234",
    "test123456",
    "testtest12",
    "trustno123",
    "welcome123",
    "welcome1234",
    "yuantuo2012",
    "zaq12wsxcde3",
    "zxcvbnm123",
    "zxcvbnm1234",
    "correcthorsebatterystaple",
];

/// Hashes a password with a fresh salt into a PHC string.
pub fn hash(password: &str) -> Result<String> {
    let salt = id::random_bytes::<16>();
    let hash: PasswordHash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(Error::internal)?;
    Ok(hash.to_string())
}

/// Whether the password belongs to this PHC string. A damaged string fits nothing.
pub fn verify(password: &str, hash: &str) -> bool {
    // Longer ones can never have been set; refusing here keeps the cost of a guess constant.
    if password.chars().count() > CHARS_MAX {
        return verify_nobody("");
    }
    let (Ok(hasher), Ok(hash)) = (hasher(), PasswordHash::new(hash)) else { return false };
    hasher.verify_password(password.as_bytes(), &hash).is_ok()
}

/// Does the work of `verify` for an account that does not exist, so that the answer takes as long; always false.
pub fn verify_nobody(password: &str) -> bool {
    let within: String = password.chars().take(CHARS_MAX).collect();
    let (Ok(hasher), Ok(hash)) = (hasher(), PasswordHash::new(NOBODY)) else { return false };
    // The result is thrown away on purpose: even a matching hash opens nothing.
    std::hint::black_box(hasher.verify_password(within.as_bytes(), &hash).is_ok());
    false
}

/// Refuses passwords that are too short, too long, the agent's own address, or among everybody's first guesses.
pub fn check_strength(password: &str, address: &str) -> Result<()> {
    let refuse = |sentence: &str| Err(Error::invalid_field("password", sentence));
    let count = password.chars().count();
    if count < CHARS_MIN {
        return refuse("The password must have at least 10 characters. A few words in a row are easy to remember.");
    }
    if count > CHARS_MAX {
        return refuse("The password must have at most 200 characters.");
    }
    let lower = password.trim().to_lowercase();
    let address = email::key(address);
    let local = address.split('@').next().unwrap_or_default();
    if !address.is_empty() && (lower == address || lower == local) {
        return refuse("The password must not be the e-mail address.");
    }
    let mut signs: Vec<char> = lower.chars().collect();
    signs.sort_unstable();
    signs.dedup();
    if signs.len() < 4 || COMMON.contains(&lower.as_str()) {
        return refuse("This password is one of the first that an attacker tries. Please choose another one.");
    }
    Ok(())
}

fn hasher() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse battery", &stored));
        assert!(!verify("correct horse batterx", &stored));
        assert!(!verify("", &stored));
        assert_ne!(stored, hash("correct horse battery").unwrap());
    }

    #[test]
    fn a_damaged_hash_fits_nothing_and_does_no_harm() {
        for damaged in [
            "",
            "$",
            "plain",
            "$argon2id$v=19$m=19456,t=2,p=1$",
            "$argon2id$v=19$m=1,t=0,p=0$AAAA$AAAA",
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA",
            "$2b$12$abcdefghijklmnopqrstuv",
        ] {
            assert!(!verify("correct horse battery", damaged), "{damaged}");
        }
    }

    // security row 21
    #[test]
    fn an_unknown_account_costs_the_same_and_opens_nothing() {
        let parsed = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&parsed).unwrap(), Params::new(COST.0, COST.1, COST.2, Some(32)).unwrap());
        assert!(!verify_nobody("anything"));
        assert!(!verify_nobody(&"x".repeat(100_000)));
        assert!(!verify(&"x".repeat(100_000), &hash("correct horse battery").unwrap()));
    }

    #[test]
    fn the_list_holds_only_what_the_length_rule_lets_through() {
        for word in COMMON {
            assert!(word.chars().count() >= CHARS_MIN && *word == word.to_lowercase(), "{word}");
            assert!(check_strength(&word.to_uppercase(), "").is_err(), "{word}");
        }
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        let address = "Ada.Lovelace@example.com";
        for weak in [
            "",
            "short",
            "123456789",
            "1234567890",
            "Password123",
            "QWERTYUIOP",
            "aaaaaaaaaaaa",
            "ababababab",
            "ada.lovelace@example.com",
            "ADA.LOVELACE",
            " password123 ",
        ] {
            let refused = check_strength(weak, address).expect_err(weak);
            assert_eq!(refused.field.as_deref(), Some("password"));
        }
        assert!(check_strength(&"abcde".repeat(40), address).is_ok());
        assert!(check_strength(&format!("{}x", "abcde".repeat(40)), address).is_err());
        for good in ["rain on tuesday", "päßwörter!", "x9#kLm2$qZ", "ada.lovelace@example.com!"] {
            assert!(check_strength(good, address).is_ok(), "{good}");
        }
    }
}
