//! Short secrets that must be had back in the clear (passwords of mailboxes, keys of authenticator apps), sealed in the data file with
//! AES-256-GCM. The key comes from outside the file where the service manager or the configuration names one; without, it lies in the file
//! too, and a copy of the file is a copy of the secrets. What cannot be opened is an error with the way out; the sealed bytes stay.

use super::error::{Error, Result};
use super::id::random_bytes;
use super::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use std::path::Path;

/// The first byte of what is sealed: another way of sealing would begin with another.
const VERSION: u8 = 1;
/// Bytes that name the key: enough to tell "another key" from "damaged".
const NAME_BYTES: usize = 4;
const HEAD_BYTES: usize = 1 + NAME_BYTES + NONCE_LEN;
/// A key file holds at least 256 bits, in whatever writing; what is larger than a page is another file.
const KEY_FILE_BYTES: std::ops::RangeInclusive<usize> = 32..=4096;
/// How sealed texts begin in columns of text, which held the plain secret before: the alphabet of base32 has no colon.
const TEXT_MARK: &str = "sealed:";

/// A key, and the name by which sealed bytes remember it.
pub struct Key {
    name: [u8; NAME_BYTES],
    key: LessSafeKey,
}

impl Key {
    /// The key of 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Result<Key> {
        // Another hash than the one that makes a key of a file, so that the name tells nothing of the key.
        let hash = Sha256::digest([b"deskbell key name\n".as_slice(), bytes].concat());
        let mut name = [0; NAME_BYTES];
        name.copy_from_slice(&hash[..NAME_BYTES]);
        Ok(Key { name, key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).map_err(failed)?) })
    }

    /// The key in a file: any 32 bytes or more, such as `openssl rand -hex 32` writes; a line break at the end does not count.
    pub fn read(path: &Path) -> Result<Key> {
        let wrong = |why: String| Error::unavailable(format!("The key file {} {why}", path.display()));
        let bytes = std::fs::read(path).map_err(|cause| wrong(format!("cannot be read: {cause}.")))?;
        if !KEY_FILE_BYTES.contains(&bytes.len()) {
            return Err(wrong("is no key: it holds 32 to 4096 random bytes, such as `openssl rand -hex 32` writes.".into()));
        }
        Key::new(&Sha256::digest(bytes.trim_ascii_end()).into())
    }
}

/// Seals and opens: with the key from outside when there is one, with the file's own otherwise.
pub struct Sealer {
    /// `Err`: one was promised and is not there. Then nothing is sealed, or secrets would silently be kept less well than was asked for.
    outside: Option<Result<Key, String>>,
    inside: Key,
}

impl Sealer {
    /// With the key of this file (None: none was named) and the one that lies in the data file.
    pub fn new(outside: Option<&Path>, inside: &[u8; 32]) -> Result<Sealer> {
        let outside = outside.map(|path| Key::read(path).map_err(Error::into_sentence));
        Ok(Sealer { outside, inside: Key::new(inside)? })
    }

    /// Whether new secrets are sealed with a key that is not in the data file.
    pub fn is_outside(&self) -> bool {
        matches!(self.outside, Some(Ok(_)))
    }

    /// Why the key that was named cannot be used; None: there is nothing wrong.
    pub fn fault(&self) -> Option<&str> {
        self.outside.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// Seals a secret. `purpose` says what it is for: sealed for one purpose it cannot be opened for another.
    pub fn seal(&self, purpose: &str, secret: &Secret) -> Result<Vec<u8>> {
        let key = match &self.outside {
            None => &self.inside,
            Some(Ok(key)) => key,
            Some(Err(fault)) => return Err(Error::unavailable(format!("{fault} Nothing secret is stored until that is mended."))),
        };
        let nonce = random_bytes::<NONCE_LEN>();
        let mut text = secret.reveal().as_bytes().to_vec();
        let aad = Aad::from(purpose.as_bytes());
        key.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text).map_err(failed)?;
        let mut sealed = Vec::with_capacity(HEAD_BYTES + text.len());
        sealed.push(VERSION);
        sealed.extend(key.name);
        sealed.extend(nonce);
        sealed.extend(text);
        Ok(sealed)
    }

    /// The secret in what `seal` made.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret> {
        if sealed.len() < HEAD_BYTES || sealed[0] != VERSION {
            return Err(damaged());
        }
        let (head, body) = sealed.split_at(HEAD_BYTES);
        let key = self.key_named(&head[1..1 + NAME_BYTES])?;
        let nonce = Nonce::try_assume_unique_for_key(&head[1 + NAME_BYTES..]).map_err(failed)?;
        let mut body = body.to_vec();
        let text = key.key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).map_err(|_| damaged())?;
        String::from_utf8(text.to_vec()).map(Secret::new).map_err(|_| damaged())
    }

    /// The same for a column of text.
    pub fn seal_text(&self, purpose: &str, secret: &Secret) -> Result<String> {
        Ok(format!("{TEXT_MARK}{}", STANDARD_NO_PAD.encode(self.seal(purpose, secret)?)))
    }

    /// The secret in a column of text; one without our mark was stored before there was sealing and is itself the secret.
    pub fn open_text(&self, purpose: &str, stored: &str) -> Result<Secret> {
        match stored.strip_prefix(TEXT_MARK) {
            None => Ok(Secret::new(stored)),
            Some(sealed) => self.open(purpose, &STANDARD_NO_PAD.decode(sealed).map_err(|_| damaged())?),
        }
    }

    /// Whether this could be sealed better now: a key from outside has come since.
    pub fn is_stale(&self, sealed: &[u8]) -> bool {
        self.is_outside() && sealed.get(1..1 + NAME_BYTES).is_some_and(|name| name == self.inside.name)
    }

    /// The same for a column of text; what was never sealed is always stale, unless nothing may be sealed.
    pub fn is_stale_text(&self, stored: &str) -> bool {
        match stored.strip_prefix(TEXT_MARK) {
            None => self.fault().is_none(),
            Some(sealed) => STANDARD_NO_PAD.decode(sealed).is_ok_and(|sealed| self.is_stale(&sealed)),
        }
    }

    fn key_named(&self, name: &[u8]) -> Result<&Key> {
        if name == self.inside.name {
            return Ok(&self.inside);
        }
        match &self.outside {
            Some(Ok(key)) if name == key.name => Ok(key),
            Some(Ok(_)) => Err(Error::unavailable(
                "This was sealed with another key than the one in the key file. Put the former key back and restart, or type the secret anew.",
            )),
            Some(Err(fault)) => Err(Error::unavailable(format!("{fault} What was sealed with it is safe; put the key back and restart."))),
            None => Err(Error::unavailable(
                "This was sealed with a key that is not here. Put it back as the credential deskbell.key of the service, or name its file in KEY_FILE, \
                 and restart; or type the secret anew.",
            )),
        }
    }
}

fn damaged() -> Error {
    Error::unavailable("A sealed secret in the data file is damaged. Please type it anew.")
}

fn failed(_: ring::error::Unspecified) -> Error {
    Error::internal("sealing failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_file(text: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn secret() -> Secret {
        Secret::new("correct horse")
    }

    #[test]
    fn what_is_sealed_opens_and_shows_nothing() {
        let file = key_file(&[7; 32]);
        for sealer in [Sealer::new(None, &[1; 32]).unwrap(), Sealer::new(Some(file.path()), &[1; 32]).unwrap()] {
            let sealed = sealer.seal("smtp", &secret()).unwrap();
            assert_eq!(sealer.open("smtp", &sealed).unwrap().reveal(), "correct horse");
            assert!(!String::from_utf8_lossy(&sealed).contains("horse"));
            // The same secret twice is two different things, and one purpose's is no other's.
            assert_ne!(sealed, sealer.seal("smtp", &secret()).unwrap());
            assert!(sealer.open("imap", &sealed).unwrap_err().message.contains("damaged"));
            let text = sealer.seal_text("totp", &secret()).unwrap();
            assert_eq!(sealer.open_text("totp", &text).unwrap().reveal(), "correct horse");
            assert_eq!(sealer.open_text("totp", "JBSWY3DPEHPK3PXP").unwrap().reveal(), "JBSWY3DPEHPK3PXP");
        }
    }

    #[test]
    fn every_broken_byte_is_noticed_and_nothing_panics() {
        let sealer = Sealer::new(None, &[1; 32]).unwrap();
        let sealed = sealer.seal("smtp", &secret()).unwrap();
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert!(sealer.open("smtp", &broken).is_err(), "byte {at}");
            assert!(sealer.open("smtp", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert!(sealer.open_text("totp", "sealed:?").is_err());
    }

    #[test]
    fn another_key_and_no_key_say_what_to_do() {
        let (file, other) = (key_file(b"first first first first first first\n"), key_file(&[8; 40]));
        let sealed = Sealer::new(Some(file.path()), &[1; 32]).unwrap().seal("smtp", &secret()).unwrap();
        let error = Sealer::new(Some(other.path()), &[1; 32]).unwrap().open("smtp", &sealed).unwrap_err();
        assert!(error.message.contains("another key"), "{}", error.message);
        let error = Sealer::new(None, &[1; 32]).unwrap().open("smtp", &sealed).unwrap_err();
        assert!(error.message.contains("KEY_FILE"), "{}", error.message);
        let missing = Path::new("/nonexistent/deskbell.key");
        let without = Sealer::new(Some(missing), &[1; 32]).unwrap();
        assert!(without.open("smtp", &sealed).unwrap_err().message.contains("/nonexistent/deskbell.key"));
        // Nothing is sealed with less than was asked for.
        assert!(without.seal("smtp", &secret()).is_err() && without.fault().is_some() && !without.is_outside());
        // A line break at the end, as editors make, is no other key.
        let same = key_file(b"first first first first first first");
        assert!(Sealer::new(Some(same.path()), &[2; 32]).unwrap().open("smtp", &sealed).is_ok());
        let short = key_file(b"short");
        assert!(Sealer::new(Some(short.path()), &[1; 32]).unwrap().fault().is_some_and(|fault| fault.contains("32")));
    }

    #[test]
    fn a_key_that_comes_later_makes_stale_what_was_sealed_before() {
        let file = key_file(&[7; 32]);
        let (before, after) = (Sealer::new(None, &[1; 32]).unwrap(), Sealer::new(Some(file.path()), &[1; 32]).unwrap());
        let (sealed, text) = (before.seal("smtp", &secret()).unwrap(), before.seal_text("totp", &secret()).unwrap());
        assert!(!before.is_stale(&sealed) && !before.is_stale_text(&text) && before.is_stale_text("JBSWY3DPEHPK3PXP"));
        assert!(after.is_stale(&sealed) && after.is_stale_text(&text));
        assert_eq!(after.open("smtp", &sealed).unwrap().reveal(), "correct horse");
        assert!(!after.is_stale(&after.seal("smtp", &secret()).unwrap()));
    }
}
