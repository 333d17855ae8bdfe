//! HTTPS from outside: handshakes that take every certificate and say which it was, and a tunnel through which clients of plain HTTP reach a
//! house that speaks only TLS.

use deskbell::base::tls::Pair;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Takes every certificate: what is shown is looked at afterwards.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A connection on which this protocol was agreed.
pub async fn connect(address: SocketAddr, name: &str, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name.to_owned()).expect("a name"), stream).await
}

/// The certificates that are shown for a name.
pub async fn shown(address: SocketAddr, name: &str) -> Vec<CertificateDer<'static>> {
    let stream = connect(address, name, "http/1.1").await.expect("a handshake");
    stream.get_ref().1.peer_certificates().expect("certificates").iter().map(|certificate| certificate.clone().into_owned()).collect()
}

/// Whether a browser that trusts this authority (PEM) would take these certificates for this name.
pub fn is_trusted(authority: &str, shown: &[CertificateDer<'static>], name: &str) -> bool {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).expect("a root certificate")).expect("a root");
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(ring::default_provider())).build().expect("a verifier");
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    verifier.verify_server_cert(&shown[0], &shown[1..], &name, &[], UnixTime::now()).is_ok()
}

/// Writes a certificate for these names, and its key, as an administrator has them (PEM); the certificate as text.
pub fn write_files(names: &[&str], chain: &Path, key: &Path) -> String {
    let pair = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).expect("names");
    let certificate = params.self_signed(&pair).expect("a certificate");
    let text = pem("CERTIFICATE", certificate.der());
    std::fs::write(chain, &text).expect("the certificate is written");
    std::fs::write(key, pem("PRIVATE KEY", &pair.serialize_der())).expect("the key is written");
    text
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What the program itself shows while there is nothing better.
pub fn self_signed(name: &str) -> Pair {
    deskbell::acme::keys::self_signed(name).expect("a certificate")
}

/// Lets clients of plain HTTP reach a house that speaks TLS: every connection is one of its own there, byte for byte.
pub async fn tunnel(house: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut plain, _)) = listener.accept().await {
            tokio::spawn(async move {
                let Ok(mut secret) = connect(house, "localhost", "http/1.1").await else { return };
                let _ = tokio::io::copy_bidirectional(&mut plain, &mut secret).await;
            });
        }
    });
    address
}
