//! The way from outside to here: the name, the certificate, the proxy, sockets, large files. We ask ourselves through the public address, as
//! a visitor's browser would.

use super::Doctor;
use super::certificate;
use super::echo::Heard;
use super::proxy::{self, FORGED};
use super::verdict::{bad, fine, why_not};
use crate::base::id::random_bytes;
use crate::base::net::{self, Origin};
use crate::base::{limits, text};
use crate::http::fetch::{self, Fault, Fetched, Look, Reach, Stream};
use crate::model::problem::Area::Address;
use crate::model::problem::{Problem, Severity};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::Method;
use sha1::{Digest, Sha1};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// What a multipart form adds to the largest file.
const FORM_BYTES: u64 = 64 * 1024;
/// How long somebody may think before he asks for a body, or refuses it.
const CONTINUE_WAIT: Duration = Duration::from_secs(2);
/// A body that takes longer through the proxy is not waited for.
const UPLOAD_TIME: Duration = Duration::from_secs(15);
/// Two clocks may differ so much before somebody is told.
const CLOCKS_APART_S: i64 = 120;
/// Bytes of a short answer.
const SHORT: usize = 16 * 1024;

impl Doctor {
    pub(super) async fn look_at_address(&self) -> Vec<Problem> {
        let config = &self.config();
        let mut found: Vec<Problem> = proxy::trusted(config).into_iter().collect();
        let own = self.own_instance().await;
        found.extend(self.life(&own));
        let Some(base) = config.base_url.clone() else { return found };
        let Some(origin) = Origin::parse(&base) else { return found };
        let host = origin.host.trim_matches(['[', ']']).to_owned();
        let addresses = match fetch::addresses(&host, origin.port).await {
            Ok(addresses) => addresses,
            Err(fault) => {
                found.push(no_name(&host, &fault));
                return found;
            }
        };
        let here = leads_here(&addresses).await;
        let (asked, redirect) = tokio::join!(self.ask(&base), self.redirect(&origin));
        let reached = matches!(&asked, Ok((_, Some(heard))) if own.as_ref().is_ok_and(|own| *own == heard.instance));
        found.push(name(&host, &addresses, here, reached));
        found.extend(redirect);
        match asked {
            Err(fault) => found.extend(self.unanswered(&base, &host, &fault, here)),
            Ok((answer, heard)) => {
                if !answer.line.certificates.is_empty() {
                    found.push(certificate::standing(&host, &answer.line.certificates, self.0.clock.now()));
                }
                found.extend(self.clocks(&answer));
                match heard {
                    None => found.push(stranger(&base, &answer)),
                    Some(_) if !reached && own.is_ok() => found.push(another(&base)),
                    Some(heard) => {
                        found.push(fine(Address, "loop", "The public address leads here", format!("I asked {base} and was asked myself.")));
                        found.extend(proxy::judge(config, &heard, &answer, answer.line.local));
                        let (socket, upload) = tokio::join!(self.socket(&base, &origin), self.upload(&base));
                        found.extend([socket, upload]);
                    }
                }
            }
        }
        found
    }

    /// The name of the process that answers on this machine: our own, or what listens where the configuration says.
    async fn own_instance(&self) -> Result<String, Fault> {
        if let Some(own) = &self.0.instance {
            return Ok(own.clone());
        }
        let config = &self.0.config;
        let mut at = config.listen;
        if at.ip().is_unspecified() {
            at.set_ip(if at.is_ipv4() { IpAddr::from([127, 0, 0, 1]) } else { IpAddr::V6(std::net::Ipv6Addr::LOCALHOST) });
        }
        // Its own TLS is for its own name; plain, it answers to this machine's.
        let url = match (&config.https, &config.base_url) {
            (Some(_), Some(base)) => base.clone(),
            _ => format!("http://{at}{}", config.base_path()),
        };
        let question = self.question().ok_or(Fault::Address)?;
        let look = Look { url: &format!("{url}{question}"), reach: Reach::Everywhere, tls: &self.0.tls, at: Some(at) };
        let answer = fetch::fetch(&look, Method::GET, &[], SHORT).await?;
        let heard: Heard = serde_json::from_slice(&answer.body).map_err(|_| Fault::Broken("another program answers".into()))?;
        Ok(heard.instance)
    }

    /// From the command line: whether a service runs.
    fn life(&self, own: &Result<String, Fault>) -> Option<Problem> {
        if self.0.instance.is_some() {
            return None;
        }
        let listen = self.0.config.listen;
        Some(match own {
            Ok(_) => fine(Address, "running", "deskbell is running", format!("It answers on {listen}.")),
            Err(_) if self.0.key.is_none() => return None,
            Err(Fault::Broken(said)) => bad(
                Severity::Urgent,
                Address,
                "running",
                format!("Something else answers on {listen}"),
                format!("It does not know this data file ({said})."),
                "Look who listens there: `ss -ltnp`. Are `LISTEN` and `DATA_FILE` those of the service?",
            ),
            Err(fault) => bad(
                Severity::Urgent,
                Address,
                "running",
                format!("deskbell does not answer on {listen}"),
                format!("I asked there: {}", why_not(fault)),
                "Start it: `systemctl start deskbell`. Why it does not run stands in `journalctl -u deskbell -n 30`.",
            ),
        })
    }

    /// Asks ourselves through the public address.
    async fn ask(&self, base: &str) -> Result<(Fetched, Option<Heard>), Fault> {
        let question = self.question().unwrap_or_else(|| "/health".into());
        let look = Look { url: &format!("{base}{question}"), reach: Reach::Everywhere, tls: &self.0.tls, at: None };
        let answer = fetch::fetch(&look, Method::GET, &[("x-forwarded-for", FORGED)], SHORT).await?;
        let heard = serde_json::from_slice(&answer.body).ok();
        Ok((answer, heard))
    }

    fn unanswered(&self, base: &str, host: &str, fault: &Fault, here: Option<bool>) -> Option<Problem> {
        match fault {
            Fault::Certificate(fault, shown) => Some(certificate::refused(host, fault, shown)),
            // The machine's own findings tell that.
            Fault::NoRoots => None,
            Fault::Tls(said) => Some(bad(
                Severity::Urgent,
                Address,
                "tls",
                format!("{base} makes no secure line"),
                format!("Nobody can reach the desk or the chat. The other side said: {}", text::preview(said, 200)),
                "Is port 443 really the HTTPS port of the proxy, and has it a certificate for this name?",
            )),
            fault if here == Some(false) => Some(bad(
                Severity::Warning,
                Address,
                "loop",
                "From here I cannot reach my own public address",
                format!(
                    "I asked {base}: {} Behind some home routers that is normal, and everybody outside reaches it all the same.",
                    why_not(fault)
                ),
                format!(
                    "Open {base}/health with a telephone that is not in this network. If it does not answer there either, forward the port in the router to this machine."
                ),
            )),
            fault => Some(bad(
                Severity::Urgent,
                Address,
                "loop",
                "The public address does not answer",
                format!("I asked {base}: {} Nobody can reach the desk or the chat.", why_not(fault)),
                "Is the proxy running, and is the port open? `systemctl status nginx caddy apache2`, `ss -ltn`, and the firewall: `ufw status`.",
            )),
        }
    }

    /// Whether somebody who types the name without https comes in.
    async fn redirect(&self, origin: &Origin) -> Option<Problem> {
        if origin.scheme != "https" || origin.port != 443 {
            return None;
        }
        let url = format!("http://{}/", origin.host);
        let look = Look { url: &url, reach: Reach::Everywhere, tls: &self.0.tls, at: None };
        let answer = fetch::fetch(&look, Method::GET, &[], SHORT).await;
        Some(match answer {
            Ok(answer) if (300..400).contains(&answer.status) && answer.header("location").is_some_and(|to| to.starts_with("https://")) => {
                fine(Address, "redirect", "HTTP leads to HTTPS", "Who types the name alone arrives.")
            }
            Ok(answer) => bad(
                Severity::Warning,
                Address,
                "redirect",
                "Plain HTTP is not sent on to HTTPS",
                format!(
                    "{url} answers {} instead of leading to https. Who comes that way logs in readably, or finds nothing.",
                    answer.status
                ),
                "nginx: `return 301 https://$host$request_uri;` in the server of port 80. Caddy does it by itself; so does deskbell with `DOMAIN=`.",
            ),
            Err(_) => bad(
                Severity::Hint,
                Address,
                "redirect",
                "Nobody answers on port 80",
                "Most browsers try https by themselves today; who types the name into an old one finds nothing.",
                "Let the proxy answer port 80 with a redirect.",
            ),
        })
    }

    /// A real handshake through the public address.
    async fn socket(&self, base: &str, origin: &Origin) -> Problem {
        let key = STANDARD.encode(random_bytes::<16>());
        let accept =
            STANDARD.encode(Sha1::new().chain_update(key.as_bytes()).chain_update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").finalize());
        let own = origin.to_string();
        let headers = [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", key.as_str()),
            ("origin", own.as_str()),
        ];
        let look = Look { url: &format!("{base}/widget/ws"), reach: Reach::Everywhere, tls: &self.0.tls, at: None };
        let slow = "Messages still arrive, but later, because browsers fall back to asking again and again: more battery, more load, no typing signs.";
        let fix = "nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";` and `proxy_read_timeout 1h;`. Apache: `a2enmod proxy_wstunnel` and `ProxyPass / http://127.0.0.1:8080/ upgrade=websocket`. Caddy and Traefik need nothing.";
        match fetch::fetch(&look, Method::GET, &headers, SHORT).await {
            Ok(answer) if answer.status == 101 && answer.header("sec-websocket-accept") == Some(&accept) => {
                fine(Address, "socket", "WebSockets come through", "Answers appear at once, on both sides.")
            }
            Ok(answer) => {
                let said = match answer.status {
                    400 | 426 => "The proxy dropped the Upgrade header on the way".to_owned(),
                    status => format!("The answer was {status} instead of 101"),
                };
                bad(Severity::Urgent, Address, "socket", "WebSockets do not come through", format!("{said}. {slow}"), fix)
            }
            Err(fault) => bad(
                Severity::Urgent,
                Address,
                "socket",
                "WebSockets do not come through",
                format!("I asked: {} {slow}", why_not(&fault)),
                fix,
            ),
        }
    }

    /// A file of the largest size through the public address.
    async fn upload(&self, base: &str) -> Problem {
        let bytes = limits::FILE_BYTES_MAX + FORM_BYTES;
        let megabytes = limits::FILE_BYTES_MAX / 1_048_576;
        let sent = match self.question() {
            Some(question) => timeout(UPLOAD_TIME, self.send(&format!("{base}{question}"), bytes)).await,
            None => Ok(Err(Fault::Address)),
        };
        match sent {
            Ok(Ok(200)) => {
                fine(Address, "upload", "Large files come through", format!("{megabytes} MB arrived, the most that a visitor may send."))
            }
            Ok(Ok(413)) => bad(
                Severity::Warning,
                Address,
                "upload",
                format!("Files of {megabytes} MB are refused on the way"),
                "The proxy has a smaller limit than deskbell: photos and reports of visitors fail, and they are not told why.",
                format!("nginx: `client_max_body_size {}m;` (its own limit is 1m). Apache: `LimitRequestBody {bytes}`.", megabytes + 5),
            ),
            Ok(Ok(status)) => bad(
                Severity::Warning,
                Address,
                "upload",
                "A large file does not come through",
                format!("The answer was {status}."),
                "Look at the proxy's log for POST /doctor; limits of body size and of time are the usual reasons.",
            ),
            Ok(Err(fault)) => bad(
                Severity::Warning,
                Address,
                "upload",
                "A large file does not come through",
                format!("I sent {megabytes} MB: {}", why_not(&fault)),
                "Look at the proxy's log for POST /doctor; limits of body size and of time are the usual reasons.",
            ),
            Err(_) => fine(
                Address,
                "upload",
                "A large file was not refused",
                format!("After {} seconds I stopped sending; the line is too slow to try all {megabytes} MB.", UPLOAD_TIME.as_secs()),
            ),
        }
    }

    /// Sends zeros and answers the status. By hand, because a refusal comes while we still send.
    async fn send(&self, url: &str, bytes: u64) -> Result<u16, Fault> {
        let look = Look { url, reach: Reach::Everywhere, tls: &self.0.tls, at: None };
        let (mut stream, _) = fetch::open(&look).await?;
        let broken = |cause: std::io::Error| Fault::Broken(cause.to_string());
        let uri: hyper::Uri = url.parse().map_err(|_| Fault::Address)?;
        let (path, host) = (uri.path_and_query().map_or("/", |path| path.as_str()), uri.authority().map_or("", |host| host.as_str()));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/octet-stream\r\ncontent-length: {bytes}\r\n\
             expect: 100-continue\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.map_err(broken)?;
        match timeout(CONTINUE_WAIT, status(&mut *stream)).await {
            Ok(Ok(100)) | Err(_) => {}
            Ok(answered) => return answered.map_err(broken),
        }
        let zeros = [0u8; 32 * 1024];
        let mut left = bytes;
        while left > 0 {
            let count = left.min(zeros.len() as u64) as usize;
            if let Err(cause) = stream.write_all(&zeros[..count]).await {
                // Who closes early has mostly said why.
                return status(&mut *stream).await.map_err(|_| broken(cause));
            }
            left -= count as u64;
        }
        stream.flush().await.map_err(broken)?;
        loop {
            match status(&mut *stream).await.map_err(broken)? {
                100 => {}
                status => return Ok(status),
            }
        }
    }

    /// The clock of whoever answered, which is mostly a proxy's.
    fn clocks(&self, answer: &Fetched) -> Option<Problem> {
        let date = jiff::fmt::rfc2822::parse(&answer.header("date")?.replace("GMT", "+0000")).ok()?;
        let apart = self.0.clock.now() / 1000 - date.timestamp().as_second();
        if apart.abs() <= CLOCKS_APART_S {
            return Some(fine(Address, "clocks", "The clocks agree", "The public address and this machine tell the same time."));
        }
        Some(bad(
            Severity::Warning,
            Address,
            "clocks",
            format!("This machine and its proxy are {} seconds apart", apart.abs()),
            "One of the two clocks is wrong. Tokens, certificates and the times of messages are judged by this machine's.",
            "Let both keep their time by themselves: `timedatectl set-ntp true`.",
        ))
    }
}

/// The status of the next answer on the line; its head is read to the end, so that a 100 can be followed by another.
async fn status(stream: &mut dyn Stream) -> std::io::Result<u16> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > SHORT {
            return Err(std::io::Error::other("the answer never ends"));
        }
        head.push(stream.read_u8().await?);
    }
    let text = String::from_utf8_lossy(&head);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::Error::other("this is no HTTP"))
}

fn no_name(host: &str, fault: &Fault) -> Problem {
    bad(
        Severity::Urgent,
        Address,
        "dns",
        format!("{host} leads nowhere"),
        format!("I looked it up: {} No browser finds the desk or the chat by this name.", why_not(fault)),
        format!(
            "Set a record where you bought the domain: `{host}. A` with the IPv4 address of this machine, and `{host}. AAAA` with its IPv6 address if it has one. Or mend `BASE_URL`."
        ),
    )
}

fn name(host: &str, addresses: &[SocketAddr], here: Option<bool>, reached: bool) -> Problem {
    let ips: Vec<IpAddr> = addresses.iter().map(|address| address.ip().to_canonical()).collect();
    let list = ips.iter().take(4).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if ips.iter().all(|ip| net::is_inside(*ip)) && host.parse::<IpAddr>().is_err() && host != "localhost" {
        let why = format!("Its address is {list}: inside. From other networks nobody comes in; on a LAN that is as it should be.");
        return bad(
            Severity::Hint,
            Address,
            "dns",
            format!("{host} is known in your network only"),
            why,
            "For a site on the internet, set the public address in the records of the domain.",
        );
    }
    match here {
        Some(true) => fine(Address, "dns", format!("{host} is found"), format!("Its address is {list}, of this very machine.")),
        _ if reached => fine(Address, "dns", format!("{host} is found"), format!("Its address is {list}, and the way leads here.")),
        _ => fine(
            Address,
            "dns",
            format!("{host} is found"),
            format!("Its address is {list}; this machine has another one, as behind a router."),
        ),
    }
}

/// Whether all addresses, some, or none are this machine's own: the one the system would speak from when it speaks to itself. Sends nothing.
async fn leads_here(addresses: &[SocketAddr]) -> Option<bool> {
    for address in addresses {
        let any: SocketAddr = if address.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0u16; 8], 0).into() };
        let Ok(socket) = UdpSocket::bind(any).await else { continue };
        if socket.connect(address).await.is_ok() && socket.local_addr().is_ok_and(|own| own.ip() == address.ip()) {
            return Some(true);
        }
    }
    Some(false)
}

fn another(base: &str) -> Problem {
    bad(
        Severity::Urgent,
        Address,
        "loop",
        "Another deskbell with this data answers at the public address",
        format!("{base} leads to a copy of this house, perhaps the machine before a move. What visitors write there never comes here."),
        "Let the name lead to this machine, or stop the other one: `systemctl disable --now deskbell` there.",
    )
}

/// Somebody answered, and it was not us.
fn stranger(base: &str, answer: &Fetched) -> Problem {
    let server = answer.header("server").map_or(String::new(), |server| format!(" It calls itself {}.", text::preview(server, 60)));
    let urgent = |title: &str, why: String, fix: String| bad(Severity::Urgent, Address, "loop", title, why, fix);
    let said = String::from_utf8_lossy(&answer.body);
    match answer.status {
        421 if said.contains("does not answer for that host") => urgent(
            "The proxy hands on another name than the public one",
            format!("I turned my own question at {base} away, because it came in under another name."),
            "Hand the name on: `proxy_set_header Host $host;` (nginx), `ProxyPreserveHost On` (Apache).".into(),
        ),
        502..=504 => urgent(
            "The proxy does not find deskbell",
            format!("{base} answers {}: the proxy is there, and nobody behind it.{server}", answer.status),
            "Does the proxy lead to the address of `LISTEN`, such as `proxy_pass http://127.0.0.1:8080;`? Is the service running: `systemctl status deskbell`?".into(),
        ),
        300..=399 => urgent(
            "The public address leads away",
            format!("{base} sends everybody to {}.", text::preview(answer.header("location").unwrap_or("another place"), 200)),
            "If that is right, write the new address into `BASE_URL`. If not, take the redirect out of the proxy.".into(),
        ),
        401 | 403 => urgent(
            "Something in front asks for a password or refuses",
            format!("{base} answers {}.{server} Visitors of your site cannot log in there.", answer.status),
            "Let the chat through: no password, no address filter, no bot check in front of this name.".into(),
        ),
        status => urgent(
            "Somebody else answers at the public address",
            format!("I asked {base} for something only I know, and the answer was {status}.{server} It may be another machine, another site of the proxy, or a deskbell with other data."),
            "Let the name lead to this machine, and the proxy to `LISTEN`. A sub-path must stand in `BASE_URL` too.".into(),
        ),
    }
}
