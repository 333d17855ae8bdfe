//! Certificates with their keys, and TLS towards others: checked against the machine's own root certificates, and those of a file the administrator trusts as well.

use super::clock::Millis;
use super::error::{Error, Result};
use super::x509;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How we know others. Cloning shares the certificates, which are read when first needed.
#[derive(Clone, Default)]
pub struct Tls {
    more: Arc<Vec<CertificateDer<'static>>>,
    connector: Arc<OnceLock<TlsConnector>>,
}

impl Tls {
    /// Trusts the authorities of this PEM file too, such as the one of a mail server in the house.
    pub fn trusting(file: Option<&Path>) -> Result<Tls> {
        let Some(file) = file else { return Ok(Tls::default()) };
        let unreadable = || Error::invalid(format!("CA_FILE={}: there are no certificates (PEM) in this file.", file.display()));
        let more: Vec<_> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect).map_err(|_| unreadable())?;
        if more.is_empty() {
            return Err(unreadable());
        }
        Ok(Tls { more: Arc::new(more), connector: Arc::default() })
    }

    /// What makes a stream secret, and proves whose it is.
    pub fn connector(&self) -> Result<&TlsConnector> {
        if let Some(known) = self.connector.get() {
            return Ok(known);
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(self.more.iter().cloned());
        if roots.is_empty() {
            return Err(Error::unavailable("This machine has no root certificates. Install the package ca-certificates."));
        }
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::internal)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(self.connector.get_or_init(|| TlsConnector::from(Arc::new(config))))
    }
}

/// A chain of certificates, the own one first, with its key.
pub struct Pair {
    /// The chain.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of the first one.
    pub key: PrivateKeyDer<'static>,
}

impl Pair {
    /// Reads what others keep fresh.
    pub fn read(chain: &Path, key: &Path) -> Result<Pair> {
        let unreadable = |name: &str, path: &Path, why: String| Error::invalid(format!("{name}={}: {why}", path.display())).in_field(name);
        let certificates: Vec<_> = CertificateDer::pem_file_iter(chain)
            .and_then(Iterator::collect)
            .map_err(|cause| unreadable("CERT_FILE", chain, format!("no certificates (PEM) can be read there: {cause}.")))?;
        if certificates.is_empty() {
            return Err(unreadable("CERT_FILE", chain, "there are no certificates (PEM) in this file.".into()));
        }
        let key = PrivateKeyDer::from_pem_file(key)
            .map_err(|cause| unreadable("CERT_KEY_FILE", key, format!("no private key (PEM) can be read there: {cause}.")))?;
        Ok(Pair { chain: certificates, key })
    }

    /// What was stored: the chain (PEM) and the key (PKCS#8).
    pub fn of(chain: &str, key: Vec<u8>) -> Result<Pair> {
        let unreadable = |cause| Error::invalid(format!("No certificates can be read there: {cause}."));
        let chain: Vec<_> = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<_, _>>().map_err(unreadable)?;
        Ok(Pair { chain, key: PrivateKeyDer::Pkcs8(key.into()) })
    }

    /// From when until when the own certificate is valid.
    pub fn validity(&self) -> Option<(Millis, Millis)> {
        x509::validity(self.chain.first()?)
    }
}
