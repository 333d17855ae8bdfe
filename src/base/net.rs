//! Rules about names and addresses: where a page comes from, which sites are trusted, which addresses are blocked. Pure.

use crate::base::error::{Error, Result};
use ipnet::IpNet;
use std::net::IpAddr;

/// Where a page comes from: scheme, host and port, as browsers compare them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Lower case, without a trailing dot.
    pub host: String,
    /// Given, or the scheme's own.
    pub port: u16,
}

impl Origin {
    /// Reads an `Origin` or `Referer` header, or any address of a page. `None` for `null`, `file://` and everything that is no web page.
    pub fn parse(text: &str) -> Option<Origin> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let (scheme, own_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return None,
        };
        let authority = rest.split(['/', '?', '#', '\\']).next()?;
        if authority.contains('@') {
            return None;
        }
        let (host, port) = match split_port(authority)? {
            (host, Some(port)) => (host, port),
            (host, None) => (host, own_port),
        };
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        (is_domain(&host) || is_bracketed(&host)).then_some(Origin { scheme, host, port })
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        if (self.scheme, self.port) != ("http", 80) && (self.scheme, self.port) != ("https", 443) {
            write!(f, ":{}", self.port)?;
        }
        Ok(())
    }
}

/// A host and its port, when it has one. `None` when the port is none.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let after_bracket = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[after_bracket..].find(':') {
        None => Some((authority, None)),
        Some(colon) => {
            let (host, port) = authority.split_at(after_bracket + colon);
            let port = port[1..].bytes().all(|byte| byte.is_ascii_digit()).then(|| port[1..].parse().ok())??;
            Some((host, Some(port)))
        }
    }
}

fn is_domain(host: &str) -> bool {
    let label = |label: &str| {
        let ends = !label.starts_with('-') && !label.ends_with('-');
        ends && (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    host.len() <= 253 && host.split('.').all(label)
}

fn is_bracketed(host: &str) -> bool {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok())
}

/// One line of a list of trusted domains: `example.com`, `*.example.com`, each with a port or without (then any port).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainPattern {
    /// Any depth below `host`, but not `host` itself.
    wildcard: bool,
    host: String,
    port: Option<u16>,
}

impl DomainPattern {
    /// Reads one line; the error says what a person should write instead.
    pub fn parse(line: &str) -> Result<DomainPattern, &'static str> {
        let line = line.trim().to_lowercase();
        if line.contains("://") {
            return Err("Write the domain alone, without https:// in front.");
        }
        if !line.is_ascii() {
            return Err("Write a domain with special letters in its xn-- form, as browsers send it.");
        }
        if line.contains(['/', '?', '#', '@']) {
            return Err("Write the domain alone, without a path.");
        }
        let Some((host, port)) = split_port(&line).filter(|(_, port)| *port != Some(0)) else {
            return Err("The port is not a number from 1 to 65535.");
        };
        let (wildcard, host) = host.strip_prefix("*.").map_or((false, host), |host| (true, host));
        let host = host.strip_suffix('.').unwrap_or(host);
        if host.contains('*') {
            return Err("The * stands only at the beginning, as in *.example.com. An empty list trusts every site.");
        }
        if !is_domain(host) {
            return Err("This is not a domain like example.com or *.example.com.");
        }
        let labels_needed = wildcard && !host.contains('.') && host != "localhost" && host != "test";
        if labels_needed {
            return Err("This would trust a whole top-level domain.");
        }
        Ok(DomainPattern { wildcard, host: host.to_owned(), port })
    }

    /// Whether a page from `origin` is meant.
    pub fn matches(&self, origin: &Origin) -> bool {
        if self.port.is_some_and(|port| port != origin.port) {
            return false;
        }
        if !self.wildcard {
            return origin.host == self.host;
        }
        let below = origin.host.strip_suffix(&self.host).and_then(|below| below.strip_suffix('.'));
        below.is_some_and(|below| !below.is_empty())
    }
}

/// Reads a list of trusted domains, one a line; empty lines are skipped. The error names the line.
pub fn parse_domains<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<DomainPattern>> {
    parse_lines(lines, |line| DomainPattern::parse(line).map_err(str::to_owned))
}

/// Whether a text is an address that leads to some host of the web.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host =
        rest.and_then(|rest| rest.split(['/', '?', '#', '\\']).next()).map(|host| host.rsplit_once('@').map_or(host, |(_, host)| host));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with([':', '.']))
}

/// Whether a list admits an origin. An empty list admits everyone, also pages without an origin.
pub fn trusts(patterns: &[DomainPattern], origin: Option<&Origin>) -> bool {
    patterns.is_empty() || origin.is_some_and(|origin| patterns.iter().any(|pattern| pattern.matches(origin)))
}

/// The Content-Security-Policy directive that lets only trusted pages (and our own) frame us.
pub fn frame_ancestors(patterns: &[DomainPattern]) -> String {
    if patterns.is_empty() {
        return "frame-ancestors *".to_owned();
    }
    let mut directive = "frame-ancestors 'self'".to_owned();
    for DomainPattern { wildcard, host, port } in patterns {
        let star = if *wildcard { "*." } else { "" };
        let port = port.map_or("*".to_owned(), |port| port.to_string());
        // Both schemes by name: without one, a policy served over https refuses shops that still speak http.
        directive += &format!(" https://{star}{host}:{port} http://{star}{host}:{port}");
    }
    directive
}

/// Reads a list of addresses and ranges, one a line; empty lines are skipped. The error names the line.
pub fn parse_ips<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<IpNet>> {
    parse_lines(lines, |line| parse_ip(line).ok_or_else(|| "This is neither an address nor a range like 192.168.1.0/24.".to_owned()))
}

/// An address or range. IPv4 written inside IPv6 becomes IPv4, because addresses are compared in that form.
fn parse_ip(line: &str) -> Option<IpNet> {
    let net = match line.split_once('/') {
        // By hand, because only plain digits are a prefix length.
        Some((ip, prefix)) => {
            let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
            IpNet::new(ip.trim().parse().ok()?, prefix.parse().ok().filter(|_| digits)?).ok()?
        }
        None => IpNet::from(line.parse::<IpAddr>().ok()?),
    };
    match (net.addr().to_canonical(), net.addr(), net.prefix_len()) {
        (IpAddr::V4(v4), IpAddr::V6(_), prefix @ 96..) => Some(IpNet::new(v4.into(), prefix - 96).ok()?.trunc()),
        _ => Some(net.trunc()),
    }
}

/// The network that counts as one caller in limits: an IPv4 address, or the /64 that every IPv6 customer has to himself.
pub fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::V6(std::net::Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// The range that stands for a kept address: a shortened one is a range already, a whole one is its household's.
pub fn household(kept: &str) -> String {
    match kept.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => format!("{v4}/32"),
        Ok(v6) => format!("{}/64", network_of(v6)),
        Err(_) => kept.to_owned(),
    }
}

/// Whether an address lies in one of the ranges.
pub fn contains(nets: &[IpNet], ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    nets.iter().any(|net| net.contains(&ip))
}

fn parse_lines<'a, T>(lines: impl IntoIterator<Item = &'a str>, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>> {
    let numbered = lines.into_iter().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    numbered.map(|(i, line)| parse(line).map_err(|message| Error::invalid(format!("Line {}: {message}", i + 1)))).collect()
}

/// Whether an address is this machine's or of a private network, where nobody else listens in.
pub fn is_inside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Whether a host's name leads nowhere but inside. A name that leads nowhere at all does not.
pub async fn is_all_inside(host: &str) -> bool {
    let Ok(found) = tokio::net::lookup_host((host, 0)).await else { return false };
    let mut found = found.peekable();
    found.peek().is_some() && found.all(|address| is_inside(address.ip()))
}

/// Whether a text is a host: a domain, or an address without brackets.
pub fn is_host(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || (is_domain(text) && !text.is_empty())
}

/// Whether an address belongs to the public internet: nothing of a machine, a house, a provider or a document's examples (security row 27).
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let special = ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || matches!((a, b, c), (0, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _) | (224.., ..));
            !special
        }
        IpAddr::V6(ip) => {
            // Only what is given out as global unicast (2000::/3), without tunnels that carry an address of the inside, and examples.
            let [first, second, ..] = ip.segments();
            let tunnel = first == 0x2002 || (first == 0x2001 && second < 0x0200);
            (0x2000..0x4000).contains(&first) && !tunnel && !(first == 0x2001 && second == 0x0db8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internet_is_public() {
        for ip in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["8.8.8.8", "100.128.0.1", "192.1.0.1", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    fn admits(pattern: &str, origin: &str) -> bool {
        let patterns = parse_domains([pattern]).unwrap();
        trusts(&patterns, Origin::parse(origin).as_ref())
    }

    #[test]
    fn origins_are_read_from_headers_and_addresses() {
        let text = |text: &str| Origin::parse(text).map(|origin| origin.to_string());
        assert_eq!(text("https://Example.COM"), Some("https://example.com".into()));
        assert_eq!(text("https://example.com:443/a?b#c"), Some("https://example.com".into()));
        assert_eq!(text("http://example.com.:8080/"), Some("http://example.com:8080".into()));
        assert_eq!(text("http://[::1]:3000"), Some("http://[::1]:3000".into()));
        for bad in [
            "null",
            "",
            "file:///a",
            "file://",
            "example.com",
            "https://",
            "https://a@b.example",
            "https://a:x",
            "ftp://a",
            "https://a b",
            "https://a:99999",
            "https://[::1",
            "https://-a",
            "https://a..b",
            "chrome-extension://abc",
            "https://a:+80",
        ] {
            assert_eq!(text(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_wildcard_means_any_depth_below_and_nothing_else() {
        for good in ["https://a.example.com", "https://a.b.example.com", "http://A.Example.Com:8080", "https://a.example.com."] {
            assert!(admits("*.example.com", good), "{good}");
        }
        for bad in [
            "https://example.com",
            "https://evil-example.com",
            "https://example.com.evil.tld",
            "https://evilexample.com",
            "https://a.example.com.evil.tld",
            "null",
            "file:///x",
            "https://a.example.com@evil.tld",
            "https://evil.tld/a.example.com",
            "https://evil.tld\\.example.com",
            "https://evil.tld#.example.com",
        ] {
            assert!(!admits("*.example.com", bad), "{bad}");
        }
    }

    #[test]
    fn an_exact_domain_means_itself() {
        assert!(admits("Example.com", "https://example.com") && admits("example.com.", "https://example.com:8443"));
        assert!(admits(" example.com:8443 ", "https://example.com:8443") && admits("localhost", "http://localhost:3000"));
        assert!(admits("xn--bcher-kva.example", "https://xn--bcher-kva.example") && admits("127.0.0.1", "http://127.0.0.1"));
        assert!(!admits("example.com", "https://staging.example.com") && !admits("example.com:8443", "https://example.com"));
        assert!(trusts(&[], None), "an empty list trusts everyone");
        assert!(!trusts(&parse_domains(["a.example"]).unwrap(), None));
    }

    #[test]
    fn bad_lines_are_named_by_their_number() {
        for bad in [
            "https://example.com",
            "example.com/path",
            "*",
            "*.",
            "*.com",
            "a.*.com",
            "bücher.example",
            "a b",
            "a..b",
            "example.com:0",
            "example.com:x",
            "*example.com",
            "-a.example",
            "[::1]",
            "u@example.com",
            "a,b.example",
            "a;b.example",
            "a'b.example",
        ] {
            let error = parse_domains(["ok.example", "", bad]).map(|_| ()).unwrap_err();
            assert!(error.message.starts_with("Line 3: "), "{bad}: {}", error.message);
        }
        for bad in ["1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/+8", "2001:db8::/129", "x", "1.2.3.4 5.6.7.8", "01.2.3.4"] {
            let error = parse_ips(["10.0.0.1", bad]).map(|_| ()).unwrap_err();
            assert!(error.message.starts_with("Line 2: "), "{bad}: {}", error.message);
        }
    }

    #[test]
    fn blocked_addresses_match_in_every_notation() {
        let blocked = |list: &str, ip: &str| contains(&parse_ips(list.lines()).unwrap(), ip.parse().unwrap());
        assert!(blocked("192.168.1.0/24", "192.168.1.255") && !blocked("192.168.1.0/24", "192.168.2.0"));
        assert!(blocked("192.168.1.7/24", "192.168.1.1") && blocked("192.168.1.0/24", "::ffff:192.168.1.9"));
        assert!(blocked("2001:db8::/32", "2001:db8:ffff::1") && !blocked("2001:db8::/32", "2001:db9::1"));
        assert!(blocked("::ffff:10.0.0.1", "10.0.0.1") && blocked("::ffff:10.0.0.0/104", "10.9.9.9"));
        assert!(blocked("1.2.3.4\n\n  5.6.7.8  ", "5.6.7.8") && !blocked("", "1.2.3.4"));
    }

    #[test]
    fn framing_follows_the_list() {
        assert_eq!(frame_ancestors(&[]), "frame-ancestors *");
        assert_eq!(
            frame_ancestors(&parse_domains(["*.example.com", "a.example:8443"]).unwrap()),
            "frame-ancestors 'self' https://*.example.com:* http://*.example.com:* https://a.example:8443 http://a.example:8443"
        );
    }
}
