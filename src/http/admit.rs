//! What a request must be before a door sees it: RFC 9110 and 9112's demands on the server, and who is really asking.

use super::heads::Fault;
use super::server::ServerOptions;
use crate::base::limits;
use hyper::header::{HeaderMap, HeaderName};
use hyper::http::request::Parts;
use hyper::{Method, Version};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// What the checks found out.
#[derive(Debug, PartialEq)]
pub(super) struct Admitted {
    pub(super) host: String,
    pub(super) client_ip: IpAddr,
    pub(super) secure: bool,
}

const fn refuse(status: u16, message: &'static str) -> Fault {
    Fault { status, message }
}

/// Checks a request's head. `peer` and `local` are the ends of the TCP connection.
pub(super) fn admit(parts: &Parts, peer: SocketAddr, local: SocketAddr, options: &ServerOptions) -> Result<Admitted, Fault> {
    check_method(parts)?;
    // hyper hides doubled lengths; `heads.rs` refuses them. What is left here is what HTTP/1.0 and plain headers can still do.
    if parts.headers.contains_key("transfer-encoding") && parts.version != Version::HTTP_11 {
        return Err(refuse(400, "Transfer-Encoding needs HTTP/1.1."));
    }
    if parts.headers.get_all("expect").iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err(refuse(417, "The only expectation understood here is 100-continue."));
    }
    // HTTP/1 is counted by its parser, HTTP/2 only weighed.
    if parts.headers.len() > limits::HEADERS_MAX {
        return Err(refuse(431, "The request has too many headers."));
    }
    let host = host_of(parts, local, options)?;
    if let Some(base_host) = options.base_host.as_ref().filter(|_| !options.machines.contains(&parts.uri.path())) {
        let at_home = peer.ip().is_loopback() && is_loopback_name(name_of(&host));
        if !at_home && !name_of(&host).eq_ignore_ascii_case(name_of(base_host)) {
            return Err(refuse(421, "This server does not answer for that host."));
        }
    }
    let proxies = options.trusted_proxies.now();
    let client_ip = client_ip(peer.ip(), &parts.headers, &proxies);
    let secure = options.tls.is_some() || (is_trusted(peer.ip(), &proxies) && forwarded_https(&parts.headers));
    Ok(Admitted { host, client_ip, secure })
}

fn check_method(parts: &Parts) -> Result<(), Fault> {
    if matches!(parts.method, Method::CONNECT | Method::TRACE) {
        return Err(refuse(405, "This method is not spoken here."));
    }
    if parts.uri.authority().is_none() {
        let path = parts.uri.path();
        if path == "*" && parts.method != Method::OPTIONS {
            return Err(refuse(400, "The target * belongs to OPTIONS only."));
        }
        if path != "*" && !path.starts_with('/') {
            return Err(refuse(400, "The request's target must begin with a slash."));
        }
    }
    Ok(())
}

/// The one host of a request, lower case. HTTP/1.0 knew none, so an old health check without it is taken to mean us.
fn host_of(parts: &Parts, local: SocketAddr, options: &ServerOptions) -> Result<String, Fault> {
    let mut hosts = parts.headers.get_all("host").iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().ok().and_then(valid_host).ok_or(refuse(400, "The Host header is not a valid host."))?,
        (None, _) if parts.version == Version::HTTP_10 => options.base_host.clone().unwrap_or_else(|| local.to_string()),
        // RFC 9113 8.3.1: `:authority` stands in its place.
        (None, _) if parts.version == Version::HTTP_2 => {
            let authority = parts.uri.authority().ok_or(refuse(400, "The request names no host."))?;
            valid_host(authority.as_str()).ok_or(refuse(400, "The request's authority is not a valid host."))?
        }
        (None, _) => return Err(refuse(400, "The Host header is missing.")),
        (Some(_), Some(_)) => return Err(refuse(400, "There is more than one Host header.")),
    };
    let Some(authority) = parts.uri.authority() else { return Ok(host) };
    if !matches!(parts.uri.scheme_str(), Some("http" | "https")) {
        return Err(refuse(400, "The request's target has a scheme that is not spoken here."));
    }
    // RFC 9112 3.2.2: a server would use the target's authority; two different names in one request are an attack on whoever routes by the other.
    match valid_host(authority.as_str()) {
        Some(target) if target == host => Ok(host),
        Some(_) => Err(refuse(400, "The request's target and its Host header differ.")),
        None => Err(refuse(400, "The request's target is not a valid address.")),
    }
}

/// A host with an optional port, in lower case, or `None` when it is not one.
fn valid_host(host: &str) -> Option<String> {
    if host.len() > 255 {
        return None;
    }
    let (name, port) = if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        address.parse::<std::net::Ipv6Addr>().ok()?;
        (address, port.strip_prefix(':').or(port.is_empty().then_some("0"))?)
    } else {
        let (name, port) = host.split_once(':').unwrap_or((host, "0"));
        let clean = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        if !clean || name.starts_with('.') || name.contains("..") {
            return None;
        }
        (name, port)
    };
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (!name.is_empty() && digits).then(|| host.to_ascii_lowercase())
}

/// A host without its port and trailing dot.
fn name_of(host: &str) -> &str {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.strip_suffix('.').unwrap_or(name)
}

fn is_loopback_name(name: &str) -> bool {
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

pub(super) fn is_trusted(ip: IpAddr, proxies: &[IpNet]) -> bool {
    let ip = ip.to_canonical();
    proxies.iter().any(|net| net.contains(&ip))
}

/// The rightmost address that is not one of our proxies (decision 14). Whatever stands left of it is hearsay.
fn client_ip(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer, proxies) {
        return peer;
    }
    let lines: Vec<&str> = values(headers, "x-forwarded-for").collect();
    let mut believed = peer;
    for entry in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Some(ip) = forwarded_address(entry.trim()) else { return believed };
        believed = ip;
        if !is_trusted(ip, proxies) {
            return ip;
        }
    }
    believed
}

fn forwarded_address(entry: &str) -> Option<IpAddr> {
    let bare = entry.parse::<IpAddr>().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|address| address.ip());
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    bare.or_else(with_port).or_else(bracketed).map(|ip| ip.to_canonical())
}

fn forwarded_https(headers: &HeaderMap) -> bool {
    let last = values(headers, "x-forwarded-proto").last().and_then(|line| line.rsplit(',').next());
    last.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

fn values<'h>(headers: &'h HeaderMap, name: &'static str) -> impl Iterator<Item = &'h str> {
    headers.get_all(HeaderName::from_static(name)).iter().filter_map(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_taken_as_rfc_9110_writes_them_and_in_no_other_form() {
        for good in ["a", "A.example", "a.example:80", "a.example.", "127.0.0.1:8080", "[::1]", "[::1]:443", "a_b-c.example"] {
            assert_eq!(valid_host(good), Some(good.to_lowercase()), "{good}");
        }
        for bad in ["", ":80", "a:", "a:b", "a:99999", "a b", "a/b", "u@a", "[::1", "[x]", "[::1]x", "a,b", "a%2e", "a..b", ".a", "ä"] {
            assert_eq!(valid_host(bad), None, "{bad}");
        }
    }

    fn ip_behind(peer: &str, forwarded: &[&str]) -> String {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "127.0.0.1/32", "fd00::/8"].iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_ip(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn the_client_is_the_rightmost_address_that_is_not_our_proxy() {
        assert_eq!(ip_behind("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "nobody else is believed");
        assert_eq!(ip_behind("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(ip_behind("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(ip_behind("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(ip_behind("10.0.0.1", &["1.2.3.4", "198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(ip_behind("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(ip_behind("10.0.0.1", &["1.2.3.4, nonsense"]), "10.0.0.1");
        assert_eq!(ip_behind("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(ip_behind("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(ip_behind("10.0.0.1", &["198.51.100.1:5000"]), "198.51.100.1");
    }
}
