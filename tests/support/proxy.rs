//! A real proxy in front of the real program, set up by the very snippet that the package ships; names and ports are put in, nothing else.

use super::binary::{Http, PATIENCE, deskbell};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::{TlsConnector, rustls};

/// The name of the snippets, and the address from which our visitors come to it.
pub const NAME: &str = "chat.example.com";
pub const VISITOR: Ipv4Addr = Ipv4Addr::new(127, 88, 0, 9);

/// Which proxy.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Nginx,
    Caddy,
    Apache,
    Traefik,
}

/// A proxy and the house behind it. Dropping it ends both.
pub struct Proxy {
    house: Child,
    proxy: Child,
    /// Where it is reached without TLS: what comes here goes to the proxy encrypted, from the visitor's address.
    pub door: SocketAddr,
    /// Where the proxy answers plain HTTP.
    pub plain: SocketAddr,
    /// What clients ask for, and below which path.
    pub host: String,
    pub below: &'static str,
    /// What the house told of itself.
    pub told: Value,
    folder: tempfile::TempDir,
    _bridge: tokio::runtime::Runtime,
}

impl Proxy {
    /// `below`: "" for a name of its own, or the path of another site.
    pub fn boot(kind: Kind, below: &'static str) -> Proxy {
        let folder = tempfile::tempdir().expect("a folder");
        let (upstream, secure, plain) = (free(), free(), free());
        let host = format!("{NAME}:{}", secure.port());
        certificate(folder.path());
        let (house, told) = house(folder.path(), upstream, &format!("https://{host}{below}"));
        let config = match kind {
            Kind::Nginx => nginx(folder.path(), below, upstream, secure, plain),
            Kind::Caddy => caddy(folder.path(), below, upstream, secure),
            Kind::Apache => apache(folder.path(), below, upstream, secure, plain),
            Kind::Traefik => traefik(folder.path(), below, upstream),
        };
        let file = folder.path().join("proxy.yml");
        std::fs::write(&file, config).expect("written");
        let log = std::fs::File::create(folder.path().join("proxy.log")).expect("a log");
        let entry = format!("--entryPoints.websecure.address={secure}");
        let (program, arguments) = match kind {
            Kind::Nginx => ("/usr/sbin/nginx", vec!["-e", "stderr", "-g", "daemon off;", "-c"]),
            Kind::Caddy => ("/usr/bin/caddy", vec!["run", "--adapter", "caddyfile", "--config"]),
            Kind::Apache => ("/usr/sbin/apache2", vec!["-DFOREGROUND", "-f"]),
            // From the registry of Python, where it lies as a program; tests/all puts it here.
            Kind::Traefik => (
                concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/traefik/bin/traefik"),
                vec![
                    &*entry,
                    "--entryPoints.websecure.transport.respondingTimeouts.readTimeout=1h",
                    "--global.checkNewVersion=false",
                    "--providers.file.filename",
                ],
            ),
        };
        let mut command = Command::new(program);
        command.args(arguments).arg(&file).current_dir(folder.path()).stdin(Stdio::null());
        command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        let proxy = command.stdout(log.try_clone().expect("a log")).stderr(log).spawn();
        let proxy = proxy.unwrap_or_else(|cause| panic!("{program}: {cause}; tests/all installs it"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let door = runtime.block_on(bridge(secure, &folder.path().join("cert.pem")));
        let proxy = Proxy { house, proxy, door, plain, host, below, told, folder, _bridge: runtime };
        proxy.wait();
        proxy
    }

    pub fn http(&self) -> Http {
        Http::named(self.door, &self.host, self.below)
    }

    fn wait(&self) {
        let start = Instant::now();
        while self.http().call("GET", "/desk", &[], b"").map_or(0, |answer| answer.status) != 200 {
            let log = || std::fs::read_to_string(self.folder.path().join("proxy.log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "the proxy does not answer:\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.house.kill();
        let _ = self.house.wait();
        // Asked, not killed: it has children of its own to send home.
        let _ = Command::new("kill").args(["-TERM", &self.proxy.id().to_string()]).status();
        let start = Instant::now();
        while matches!(self.proxy.try_wait(), Ok(None)) && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

/// A port of an address that no other test has.
fn free() -> SocketAddr {
    let id = std::process::id();
    let own = Ipv4Addr::new(127, 64 + (id >> 16) as u8 % 16, (id >> 8) as u8, id as u8);
    TcpListener::bind((own, 0)).and_then(|listener| listener.local_addr()).expect("a free port")
}

fn house(folder: &Path, listen: SocketAddr, base: &str) -> (Child, Value) {
    let mut command = deskbell();
    command.args(["demo", "--json", "--listen", &listen.to_string()]).arg(folder.join("house.db"));
    command.env("DESKBELL_BASE_URL", base).env("DESKBELL_TRUSTED_PROXIES", "127.0.0.1").env("DESKBELL_RATE_LIMIT_FACTOR", "1000");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("the program speaks");
    (child, serde_json::from_str(&line).unwrap_or_else(|_| panic!("expected one line of JSON, got {line:?}")))
}

fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=deskbell", "-addext", &format!("subjectAltName=DNS:{NAME}"), "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What comes in plain goes on encrypted, from the visitor's address.
async fn bridge(to: SocketAddr, certificate: &Path) -> SocketAddr {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let connector = TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let door = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let connector = connector.clone();
            tokio::spawn(async move {
                let socket = tokio::net::TcpSocket::new_v4()?;
                socket.bind((VISITOR, 0).into())?;
                let far = socket.connect(to).await?;
                let mut far = connector.connect(ServerName::try_from(NAME).map_err(std::io::Error::other)?, far).await?;
                tokio::io::copy_bidirectional(&mut near, &mut far).await
            });
        }
    });
    door
}

/// The snippet, with the house's address in place of the usual one: its beginning, its own-name part, and its part for below a path, which
/// is a comment in the file.
fn snippet(name: &str, upstream: SocketAddr) -> [String; 3] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/proxy").join(name);
    let text = std::fs::read_to_string(path).expect("the snippet").replace("127.0.0.1:8080", &upstream.to_string());
    let (start, rest) = text.split_once("# On a name of its own.\n").expect("the part for a name of its own");
    let (own, path) = rest.split_once("# Below a path of a site that is there already").expect("the part for below a path");
    let path: String = path
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter(|line| !line.starts_with(' ') || line.starts_with("    "))
        .fold(String::new(), |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        });
    [start.to_owned(), own.to_owned(), path]
}

/// Replaces what has to be there.
fn put(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the snippet has no {from}");
    text.replace(from, to)
}

fn nginx(folder: &Path, below: &str, upstream: SocketAddr, secure: SocketAddr, plain: SocketAddr) -> String {
    let [start, own, path] = snippet("nginx.conf", upstream);
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name).display().to_string());
    let servers = match below {
        "" => {
            let own = put(&own, "    listen [::]:443 ssl http2;\n", "");
            let own = put(&put(&own, "    listen [::]:80;\n", ""), "listen 80;", &format!("listen {plain};"));
            let own = put(&put(&own, "443 ssl", &format!("{secure} ssl")), "/etc/letsencrypt/live/chat.example.com/fullchain.pem", &cert);
            put(&own, "/etc/letsencrypt/live/chat.example.com/privkey.pem", &key)
        }
        _ => format!("server {{ listen {secure} ssl; server_name {NAME}; ssl_certificate {cert}; ssl_certificate_key {key};\n{path}}}\n"),
    };
    let folders =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {}/{name};\n", folder.display()));
    // Started as root, the workers would else be somebody who does not see the folder of the test.
    let user = if folder_is_roots(folder) { "user root;\n" } else { "" };
    let pid = folder.join("nginx.pid").display().to_string();
    format!("{user}pid {pid};\nworker_processes 1;\nevents {{}}\nhttp {{\naccess_log off;\n{}{start}{servers}}}\n", folders.concat())
}

fn caddy(folder: &Path, below: &str, upstream: SocketAddr, secure: SocketAddr) -> String {
    let [_, own, path] = snippet("Caddyfile", upstream);
    let tls = format!("\tbind {}\n\ttls {} {}\n", secure.ip(), folder.join("cert.pem").display(), folder.join("key.pem").display());
    let site = format!("https://{NAME}:{} {{\n{tls}", secure.port());
    let sites = match below {
        "" => put(&own, "chat.example.com {\n", &site),
        _ => format!("{site}{path}}}\n"),
    };
    format!("{{\n\tadmin off\n\tauto_https off\n}}\n{sites}")
}

fn apache(folder: &Path, below: &str, upstream: SocketAddr, secure: SocketAddr, plain: SocketAddr) -> String {
    let [_, own, path] = snippet("apache.conf", upstream);
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name).display().to_string());
    let hosts = match below {
        "" => {
            let own = put(&put(&own, "*:443", &secure.to_string()), "*:80", &plain.to_string());
            let own = put(&own, "/etc/letsencrypt/live/chat.example.com/fullchain.pem", &cert);
            put(&own, "/etc/letsencrypt/live/chat.example.com/privkey.pem", &key)
        }
        _ => format!(
            "<VirtualHost {secure}>\nServerName {NAME}\nSSLEngine on\nSSLCertificateFile {cert}\nSSLCertificateKeyFile {key}\n{path}</VirtualHost>\n"
        ),
    };
    let modules: String = ["mpm_event", "authz_core", "alias", "ssl", "headers", "proxy", "proxy_http", "proxy_wstunnel"]
        .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
        .concat();
    let user = if folder_is_roots(folder) { "User www-data\nGroup www-data\n" } else { "" };
    let here = folder.display();
    format!(
        "ServerRoot {here}\nDefaultRuntimeDir {here}\nPidFile {here}/pid\nErrorLog /dev/stderr\nServerName {NAME}\nListen {secure}\nListen {plain}\n{modules}{user}{hosts}"
    )
}

fn traefik(folder: &Path, below: &str, upstream: SocketAddr) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/proxy/traefik.yml");
    let text = std::fs::read_to_string(path).expect("the snippet").replace("127.0.0.1:8080", &upstream.to_string());
    let text = put(&text, "      tls:\n        certResolver: letsencrypt\n", "      tls: {}\n");
    let text = match below {
        "" => text,
        _ => {
            let text = put(&text, "      rule: Host(`chat.example.com`)\n", "");
            put(&put(&text, "      #rule: ", "      rule: "), "www.example.com`", "chat.example.com`")
        }
    };
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name).display().to_string());
    format!("{text}tls:\n  stores:\n    default:\n      defaultCertificate:\n        certFile: {cert}\n        keyFile: {key}\n")
}

fn folder_is_roots(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).is_ok_and(|about| about.uid() == 0)
}
