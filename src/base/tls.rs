//! TLS towards others: checked against the machine's own root certificates, and those of a file the administrator trusts as well.

use super::error::{Error, Result};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
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
