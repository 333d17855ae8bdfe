//! What ACME needs of X.509: keys, requests, the certificate that proves a name, and one to show until the first is there.

use super::Failure;
use crate::base::error::{Error, Result};
use crate::base::tls::Pair;
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A fresh key (PKCS#8, ECDSA on P-256: every browser knows it, and it is small).
pub fn new_key() -> Result<Vec<u8>> {
    Ok(KeyPair::generate().map_err(Error::internal)?.serialize_der())
}

/// A certificate that nobody certified: what HTTPS shows while the authority has not answered yet.
pub fn self_signed(domain: &str) -> Result<Pair> {
    let mut params = params(domain)?;
    params.distinguished_name.push(DnType::CommonName, domain);
    sign(&params)
}

/// The certificate that proves a name at the handshake (RFC 8737 3).
pub(super) fn proof(domain: &str, digest: &[u8]) -> Result<Pair> {
    let mut params = params(domain)?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    sign(&params)
}

/// A request for a certificate of this key.
pub(super) fn request(domain: &str, key: &[u8]) -> Result<Vec<u8>, Failure> {
    let made = || {
        let key =
            KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key), &PKCS_ECDSA_P256_SHA256).map_err(Error::internal)?;
        let request = params(domain)?.serialize_request(&key).map_err(Error::internal)?;
        Ok(request.der().to_vec())
    };
    made().map_err(Failure::ours)
}

fn params(domain: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(vec![domain.to_owned()]).map_err(Error::internal)?;
    params.distinguished_name = DistinguishedName::new();
    Ok(params)
}

fn sign(params: &CertificateParams) -> Result<Pair> {
    let key = KeyPair::generate().map_err(Error::internal)?;
    let certificate = params.self_signed(&key).map_err(Error::internal)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok(Pair { chain: vec![certificate.der().clone()], key })
}
