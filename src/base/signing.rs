//! The appliance's own signature: ECDSA on P-256 with SHA-256, the curve that every browser can verify (WebCrypto) and that push services
//! ask for (VAPID). It is for others to check, years later and without us; what only this house must recognise has a MAC (`token`).

use super::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// Bytes of an uncompressed point: 4, then x and y.
pub const POINT_BYTES: usize = 65;
/// Bytes of a signature: r and s, each 32 bytes (what WebCrypto and JWS use).
pub const SIGNATURE_BYTES: usize = 64;

/// A private key that can sign.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    point: [u8; POINT_BYTES],
}

impl SigningKey {
    /// A new key, as the text in which it is kept (PKCS#8, base64url). The text is a secret.
    pub fn generate() -> Result<String> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).map_err(unusable)?;
        Ok(URL_SAFE_NO_PAD.encode(document.as_ref()))
    }

    /// The key that was kept as this text.
    pub fn load(kept: &str) -> Result<SigningKey> {
        let bytes = URL_SAFE_NO_PAD.decode(kept).map_err(unusable)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &bytes, &SystemRandom::new()).map_err(unusable)?;
        let point = pair.public_key().as_ref().try_into().map_err(unusable)?;
        Ok(SigningKey { pair, point })
    }

    /// Signs the SHA-256 of `bytes`; each call answers another signature, all of them valid.
    pub fn sign(&self, bytes: &[u8]) -> Result<[u8; SIGNATURE_BYTES]> {
        let signature = self.pair.sign(&SystemRandom::new(), bytes).map_err(unusable)?;
        signature.as_ref().try_into().map_err(unusable)
    }

    /// The public key as an uncompressed point.
    pub fn point(&self) -> &[u8; POINT_BYTES] {
        &self.point
    }

    /// The public key as a JWK's `x` and `y`.
    pub fn coordinates(&self) -> (String, String) {
        (URL_SAFE_NO_PAD.encode(&self.point[1..33]), URL_SAFE_NO_PAD.encode(&self.point[33..]))
    }

    /// What people compare: the SHA-256 of the point.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.point)
    }
}

/// The SHA-256 of a public key's point, as eight groups of eight hexadecimal digits that can be read out on the telephone.
pub fn fingerprint(point: &[u8]) -> String {
    let groups: Vec<String> =
        Sha256::digest(point).chunks(4).map(|group| group.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    groups.join(" ")
}

/// Whether the owner of `point` signed `bytes`.
pub fn verifies(point: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(bytes, signature).is_ok()
}

/// A key that this house kept and cannot read is our own fault. The causes say nothing of the key.
fn unusable(cause: impl std::fmt::Display) -> Error {
    Error::internal(std::io::Error::other(format!("the signing key: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_signed_verifies_and_nothing_else_does() {
        let key = SigningKey::load(&SigningKey::generate().unwrap()).unwrap();
        let signature = key.sign(b"We ship on Monday.").unwrap();
        assert!(verifies(key.point(), b"We ship on Monday.", &signature));
        assert!(!verifies(key.point(), b"We ship on Tuesday.", &signature));
        let other = SigningKey::load(&SigningKey::generate().unwrap()).unwrap();
        assert!(!verifies(other.point(), b"We ship on Monday.", &signature));
        let mut bent = signature;
        bent[40] ^= 1;
        assert!(!verifies(key.point(), b"We ship on Monday.", &bent));
    }

    #[test]
    fn the_public_key_has_the_forms_that_browsers_read() {
        let key = SigningKey::load(&SigningKey::generate().unwrap()).unwrap();
        assert_eq!(key.point()[0], 4, "an uncompressed point");
        let (x, y) = key.coordinates();
        let mut point = vec![4];
        point.extend(URL_SAFE_NO_PAD.decode(x).unwrap());
        point.extend(URL_SAFE_NO_PAD.decode(y).unwrap());
        assert_eq!(point, key.point());
        assert_eq!(key.fingerprint().len(), 64 + 7);
    }

    #[test]
    fn a_key_is_kept_as_text_and_a_broken_text_is_an_error() {
        let kept = SigningKey::generate().unwrap();
        assert_eq!(SigningKey::load(&kept).unwrap().fingerprint(), SigningKey::load(&kept).unwrap().fingerprint());
        assert!(SigningKey::load("").is_err());
        assert!(SigningKey::load(&kept[..kept.len() - 4]).is_err());
        assert!(SigningKey::load("not base64 at all!").is_err());
    }
}
