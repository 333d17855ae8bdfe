//! HTTPS: whose certificate is shown, and the handshake with its time limit. The certificate can be exchanged while connections live.

use super::transport::Transport;
use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::base::tls::Pair;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};

/// How an authority that asks for a proof at the handshake names its protocol (RFC 8737).
const PROOF_PROTOCOL: &[u8] = b"acme-tls/1";
const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// Who we are: the certificate every handshake shows, and proofs for the authority that certifies us. Cloning shares it.
#[derive(Clone)]
pub struct Identity(Arc<Shown>);

#[derive(Debug)]
struct Shown {
    provider: Arc<CryptoProvider>,
    /// Held for one look or one exchange, never over an await; so are the others.
    current: RwLock<Arc<CertifiedKey>>,
    /// The certificate that proves a name at the handshake, while the authority asks.
    handshake_proof: Mutex<Option<(String, Arc<CertifiedKey>)>>,
    /// What plain HTTP answers to the authority: file name to text.
    plain_proofs: Mutex<HashMap<String, String>>,
}

impl Identity {
    /// Shows this certificate from the first handshake on.
    pub fn new(pair: Pair) -> Result<Identity> {
        let provider = Arc::new(ring::default_provider());
        let current = RwLock::new(certified(pair, &provider)?);
        Ok(Identity(Arc::new(Shown { provider, current, handshake_proof: Mutex::default(), plain_proofs: Mutex::default() })))
    }

    /// Shows another certificate from the next handshake on. One that does not fit its key changes nothing.
    pub fn show(&self, pair: Pair) -> Result<()> {
        let fresh = certified(pair, &self.0.provider)?;
        *self.0.current.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = fresh;
        Ok(())
    }

    /// The certificate that is shown (DER).
    pub fn certificate(&self) -> CertificateDer<'static> {
        let current = self.0.current.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A certified key has a certificate, or it would not have been made.
        current.cert.first().cloned().unwrap_or_else(|| CertificateDer::from(Vec::new()))
    }

    /// Whether the certificate that is shown is for this name.
    pub fn covers(&self, name: &str) -> bool {
        let certificate = self.certificate();
        let (Ok(parsed), Ok(name)) = (ParsedCertificate::try_from(&certificate), ServerName::try_from(name)) else { return false };
        verify_server_name(&parsed, &name).is_ok()
    }

    /// Proves `name` at handshakes of the authority.
    pub fn prove_at_handshake(&self, name: &str, pair: Pair) -> Result<()> {
        // Made by ourselves, with an extension that browsers must not understand: nothing checks whether its key belongs to it.
        let key = self.0.provider.key_provider.load_private_key(pair.key).map_err(Error::internal)?;
        let proof = Arc::new(CertifiedKey::new(pair.chain, key));
        *lock(&self.0.handshake_proof) = Some((name.to_ascii_lowercase(), proof));
        Ok(())
    }

    /// Proves the name to whoever asks for this file by plain HTTP.
    pub fn prove_in_plain(&self, file: &str, text: &str) {
        lock(&self.0.plain_proofs).insert(file.to_owned(), text.to_owned());
    }

    /// What plain HTTP answers to the authority.
    pub fn plain_proof(&self, file: &str) -> Option<String> {
        lock(&self.0.plain_proofs).get(file).cloned()
    }

    /// Nothing is to be proved any more.
    pub fn forget_proofs(&self) {
        *lock(&self.0.handshake_proof) = None;
        lock(&self.0.plain_proofs).clear();
    }

    /// What makes connections secret.
    pub fn acceptor(&self) -> Result<Acceptor> {
        let mut config = ServerConfig::builder_with_provider(self.0.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(Error::internal)?
            .with_no_client_auth()
            .with_cert_resolver(self.0.clone());
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec(), PROOF_PROTOCOL.to_vec()];
        // Clients keep what resumes their sessions; nothing grows here with the number of them.
        config.ticketer = ring::Ticketer::new().map_err(Error::internal)?;
        config.send_tls13_tickets = 1;
        Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn certified(pair: Pair, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>> {
    let fitting = CertifiedKey::from_der(pair.chain, pair.key, provider);
    fitting.map(Arc::new).map_err(|cause| match cause {
        rustls::Error::InconsistentKeys(_) => Error::invalid("The private key does not belong to the certificate."),
        cause => Error::invalid(format!("The certificate and its key cannot be used: {cause}.")),
    })
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asks_for_proof = hello.alpn().is_some_and(|mut protocols| protocols.any(|protocol| protocol == PROOF_PROTOCOL));
        if asks_for_proof {
            let proof = lock(&self.handshake_proof);
            let (name, certificate) = proof.as_ref()?;
            return hello.server_name().filter(|asked| asked.eq_ignore_ascii_case(name)).map(|_| certificate.clone());
        }
        Some(self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone())
    }
}

/// Which protocol a connection speaks under TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

/// Turns TCP connections into secret ones.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl Acceptor {
    /// The handshake. `None`: it failed, took too long, or was all the other side wanted.
    pub(super) async fn accept(&self, stream: TcpStream) -> Option<(Transport, Spoken)> {
        let secret = match tokio::time::timeout(limits::HANDSHAKE_TIMEOUT, self.0.accept(stream)).await {
            Ok(Ok(secret)) => secret,
            Ok(Err(error)) => {
                log::debug!("handshake failed: {error}");
                return None;
            }
            Err(_) => {
                log::debug!("handshake took too long");
                return None;
            }
        };
        let mut secret = Box::new(secret);
        let (_, session) = secret.get_mut();
        session.set_buffer_limit(Some(limits::TLS_WRITE_BYTES_MAX));
        let spoken = match session.alpn_protocol() {
            Some(HTTP_2) => Spoken::Http2,
            // The authority has seen our proof.
            Some(PROOF_PROTOCOL) => return None,
            _ => Spoken::Http1,
        };
        Some((Transport::Secret(secret), spoken))
    }
}
