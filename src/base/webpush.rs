//! What a push service needs of us: a body that only the browser can read (RFC 8291, RFC 8188) and a proof of who sends it (VAPID, RFC 8292).

use super::error::{Error, Result};
use super::signing::{POINT_BYTES, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;

/// Longest text that fits into one push: services take 4096 bytes in all (RFC 8030, section 7.2).
pub const TEXT_BYTES_MAX: usize = 3000;
/// The record size we announce; our texts are one record.
const RECORD_BYTES: u32 = 4096;
const SALT_BYTES: usize = 16;
const AUTH_BYTES: usize = 16;

/// A browser's keys, as it hands them out with its subscription.
pub struct Receiver {
    point: [u8; POINT_BYTES],
    auth: [u8; AUTH_BYTES],
}

impl Receiver {
    /// Reads `p256dh` and `auth`, both base64url with or without padding.
    pub fn parse(p256dh: &str, auth: &str) -> Result<Receiver> {
        let read = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='));
        let wrong = || Error::invalid("These are not the keys of a push subscription.").in_field("keys");
        let point: [u8; POINT_BYTES] = read(p256dh).map_err(|_| wrong())?.try_into().map_err(|_| wrong())?;
        let auth = read(auth).map_err(|_| wrong())?.try_into().map_err(|_| wrong())?;
        // An uncompressed point; whether it lies on the curve is seen when it is used.
        if point[0] != 4 { Err(wrong()) } else { Ok(Receiver { point, auth }) }
    }

    /// The body of a push with this text (RFC 8291, section 4). Each call makes a key and a salt of its own.
    pub fn seal(&self, text: &[u8]) -> Result<Vec<u8>> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(Error::internal(std::io::Error::other("a push is too long")));
        }
        let random = SystemRandom::new();
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(failed)?;
        let own_point = own.compute_public_key().map_err(failed)?;
        let mut salt = [0u8; SALT_BYTES];
        random.fill(&mut salt).map_err(failed)?;
        let secret = agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, &self.point), <[u8]>::to_vec)
            .map_err(|_| Error::invalid("The subscription's key is no point of its curve.").in_field("keys"))?;
        let (key, nonce) = content_keys(&secret, &self.auth, &self.point, own_point.as_ref(), &salt);
        // One record, the last one: its padding delimiter is 2.
        let mut record = text.to_vec();
        record.push(2);
        let sealing = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(failed)?);
        sealing.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).map_err(failed)?;
        let mut body = salt.to_vec();
        body.extend(RECORD_BYTES.to_be_bytes());
        body.push(POINT_BYTES as u8);
        body.extend(own_point.as_ref());
        body.extend(record);
        Ok(body)
    }
}

/// Key and nonce of the one record (RFC 8291, section 3.4; RFC 8188, section 2.2).
fn content_keys(secret: &[u8], auth: &[u8], receiver: &[u8], sender: &[u8], salt: &[u8]) -> ([u8; 16], [u8; 12]) {
    let info = [b"WebPush: info\0".as_slice(), receiver, sender].concat();
    let input = expand(&hmac(auth, &[secret]), &info);
    let pseudo_random = hmac(salt, &[&input]);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    key.copy_from_slice(&expand(&pseudo_random, b"Content-Encoding: aes128gcm\0")[..16]);
    nonce.copy_from_slice(&expand(&pseudo_random, b"Content-Encoding: nonce\0")[..12]);
    (key, nonce)
}

/// HKDF-Expand for up to one block (RFC 5869, section 2.3).
fn expand(key: &[u8], info: &[u8]) -> [u8; 32] {
    hmac(key, &[info, &[1]])
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The Authorization header for a push service at `audience` (scheme and host), valid until `until_s` (RFC 8292, section 3).
/// `subject` is where its operator can reach us: an `https:` or `mailto:` address.
pub fn vapid(key: &SigningKey, audience: &str, subject: &str, until_s: i64) -> Result<String> {
    let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
    let claims = serde_json::json!({ "aud": audience, "exp": until_s, "sub": subject });
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())?);
    Ok(format!("vapid t={signed}.{signature}, k={}", URL_SAFE_NO_PAD.encode(key.point())))
}

fn failed(_: ring::error::Unspecified) -> Error {
    Error::internal(std::io::Error::other("a push could not be sealed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8291, appendix A: the secrets that follow from its keys.
    #[test]
    fn keys_follow_as_in_the_rfc() {
        let read = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let (key, nonce) = content_keys(
            &read("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"),
            &read("BTBZMqHH6r4Tts7J_aSIgg"),
            &read("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            &read("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"),
            &read("DGv6ra1nlYgDCS1FRnbzlw"),
        );
        assert_eq!(URL_SAFE_NO_PAD.encode(key), "oIhVW04MRdy2XN9CiKLxTg");
        assert_eq!(URL_SAFE_NO_PAD.encode(nonce), "4h_95klXJ5E_qnoN");
    }

    #[test]
    fn only_the_receiver_reads_it() {
        let random = SystemRandom::new();
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
        let point = private.compute_public_key().unwrap();
        let auth = [7u8; AUTH_BYTES];
        let receiver = Receiver::parse(&URL_SAFE_NO_PAD.encode(point.as_ref()), &URL_SAFE_NO_PAD.encode(auth)).unwrap();
        let body = receiver.seal("Zoe: where is it? 🪴".as_bytes()).unwrap();
        let (salt, sender) = (&body[..16], &body[21..86]);
        assert_eq!((&body[16..20], body[20]), (4096u32.to_be_bytes().as_slice(), 65));
        let secret = agree_ephemeral(private, &UnparsedPublicKey::new(&ECDH_P256, sender), <[u8]>::to_vec).unwrap();
        let (key, nonce) = content_keys(&secret, &auth, point.as_ref(), sender, salt);
        let mut record = body[86..].to_vec();
        let opening = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let plain = opening.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record).unwrap();
        assert_eq!(plain, "Zoe: where is it? 🪴\u{2}".as_bytes());
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let good = URL_SAFE_NO_PAD.encode([4u8; POINT_BYTES]);
        assert!(Receiver::parse("", "").is_err());
        assert!(Receiver::parse(&good, "short").is_err());
        assert!(Receiver::parse(&URL_SAFE_NO_PAD.encode([2u8; POINT_BYTES]), &URL_SAFE_NO_PAD.encode([0u8; 16])).is_err());
        let off_the_curve = Receiver::parse(&good, &URL_SAFE_NO_PAD.encode([0u8; 16])).unwrap();
        assert!(off_the_curve.seal(b"x").is_err());
    }
}
