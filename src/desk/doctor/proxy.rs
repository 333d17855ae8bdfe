//! What a question to ourselves tells of the proxy on its way.

use super::echo::Heard;
use super::verdict::{bad, fine};
use crate::base::config::Config;
use crate::base::net::{self, Origin};
use crate::http::fetch::Fetched;
use crate::model::problem::Area::Address;
use crate::model::problem::{Problem, Severity};
use std::net::{IpAddr, SocketAddr};

/// What we claim to be in our own question. Of the range that documents use, so that nobody is meant.
pub(super) const FORGED: &str = "203.0.113.77";

/// Judges how a question arrived that left from `local`.
pub(super) fn judge(config: &Config, heard: &Heard, answer: &Fetched, local: SocketAddr) -> Vec<Problem> {
    let base = config.base_url.as_deref().unwrap_or_default();
    let is_direct = heard.peer == local;
    let mut found = Vec::new();
    if is_direct {
        found.push(fine(Address, "proxy", "No proxy stands in between", "Every visitor's address is seen as it is."));
    } else {
        found.push(addresses(config, heard));
    }
    if base.starts_with("https://") && !heard.secure {
        found.push(proto(config, heard));
    }
    if let Some(origin) = Origin::parse(base)
        && !same_host(&heard.host, &origin)
    {
        found.push(bad(
            Severity::Warning,
            Address,
            "host",
            "The proxy changes the name of this house on the way",
            format!(
                "I am asked for {}, although the address is {}. Pages of trusted domains, and sockets, compare the two.",
                heard.host, origin
            ),
            "Hand the name on: `proxy_set_header Host $host;` (nginx), `ProxyPreserveHost On` (Apache).",
        ));
    }
    found.extend(added(answer));
    found
}

fn is_trusted(config: &Config, ip: IpAddr) -> bool {
    net::contains(&config.trusted_proxies, ip)
}

fn addresses(config: &Config, heard: &Heard) -> Problem {
    let peer = heard.peer.ip().to_canonical();
    let entries: Vec<&str> = heard.forwarded_for.iter().flat_map(|line| line.split(',')).map(str::trim).collect();
    let told = entries.last().is_some_and(|last| *last != FORGED);
    let all_alike =
        "All visitors look like one: limits meant for one person hit everybody together, a blocked address shuts all of them out.";
    match (is_trusted(config, peer), entries.last()) {
        // Nothing forwarded at all, not even what we said ourselves: a router between, or a proxy that drops it.
        (false, _) if entries.is_empty() => bad(
            Severity::Warning,
            Address,
            "forwarded",
            "Something in between hides who asks",
            format!("I asked myself through the public address, and the question came in from {peer} without X-Forwarded-For. {all_alike}"),
            format!(
                "If {peer} is your proxy, let it say who asks (`proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;` in nginx) and set `TRUSTED_PROXIES={peer}`. If it is only a router, all is well."
            ),
        ),
        (false, _) if told => bad(
            Severity::Urgent,
            Address,
            "forwarded",
            "The proxy is not believed",
            format!("It says who asks, but {peer} is not among TRUSTED_PROXIES, so I must not listen. {all_alike}"),
            format!("Set `TRUSTED_PROXIES={peer}` in /etc/deskbell/deskbell.conf and reload."),
        ),
        (_, Some(_)) if !told => bad(
            Severity::Urgent,
            Address,
            "forwarded",
            "Anybody can pretend to come from any address",
            format!(
                "I said that I was {FORGED}, and the proxy handed that on without a word of its own. Blocked addresses and limits can be passed by everybody."
            ),
            "Let the proxy add who really asks: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;` (nginx). Caddy, Apache and Traefik do it by themselves.",
        ),
        (true, None) => bad(
            Severity::Urgent,
            Address,
            "forwarded",
            "The proxy does not say who asks",
            format!("X-Forwarded-For is missing. {all_alike}"),
            "nginx: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;` in the location that leads here, then reload nginx.",
        ),
        _ => fine(
            Address,
            "forwarded",
            "The proxy says who asks, and is believed",
            format!("X-Forwarded-For arrives from {peer}; I came in as {}.", heard.client_ip),
        ),
    }
}

fn proto(config: &Config, heard: &Heard) -> Problem {
    let peer = heard.peer.ip().to_canonical();
    let why = "I take the desk to be without HTTPS: cookies are less well protected, and links I make from requests begin with http.";
    let proto = heard.forwarded_proto.last().map(String::as_str).unwrap_or_default();
    let fix = match (is_trusted(config, peer), proto) {
        (false, _) => format!("Set `TRUSTED_PROXIES={peer}` in /etc/deskbell/deskbell.conf and reload."),
        (true, "") => "nginx: `proxy_set_header X-Forwarded-Proto $scheme;`. Apache: `RequestHeader set X-Forwarded-Proto expr=%{REQUEST_SCHEME}`.".into(),
        (true, _) => "The proxy says http although the visitor came by https: another proxy before it ends the TLS. Let the inner one hand on what the outer one said.".into(),
    };
    bad(Severity::Warning, Address, "forwarded_proto", "The proxy does not say that the visitor came by HTTPS", why, fix)
}

fn same_host(host: &str, origin: &Origin) -> bool {
    Origin::parse(&format!("{}://{host}", origin.scheme)).is_some_and(|asked| asked.host == origin.host)
}

/// Headers that a proxy adds to every answer and that harm the chat. The answer to our question has none of them by itself.
fn added(answer: &Fetched) -> Vec<Problem> {
    let mut found = Vec::new();
    let frames = answer.all("content-security-policy").iter().any(|policy| policy.contains("frame-ancestors"));
    if let Some(said) =
        answer.header("x-frame-options").map(|said| format!("X-Frame-Options: {said}")).or(frames.then(|| "frame-ancestors".into()))
    {
        found.push(bad(
            Severity::Urgent,
            Address,
            "frame_options",
            "The proxy forbids the chat's window",
            format!("It adds {said} to every answer, so browsers refuse to show the chat inside your customers' pages: the button is there, the window stays empty."),
            "Take that header out of the proxy's configuration for this name (nginx: an `add_header` line). deskbell itself says who may frame what.",
        ));
    }
    found
}

/// Judges the list of proxies that are believed, by itself.
pub(super) fn trusted(config: &Config) -> Option<Problem> {
    let is_wide = |range: &&ipnet::IpNet| match range {
        ipnet::IpNet::V4(range) => range.prefix_len() < 8,
        ipnet::IpNet::V6(range) => range.prefix_len() < 7,
    };
    let wide = config.trusted_proxies.iter().find(is_wide)?;
    Some(bad(
        Severity::Urgent,
        Address,
        "trusted_proxies",
        format!("TRUSTED_PROXIES believes too many: {wide}"),
        "Whoever comes from there can claim any address for himself, and so pass every limit and every block.",
        "Name only your proxies: `TRUSTED_PROXIES=127.0.0.1` for one on this machine.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::config::RawConfig;
    use crate::http::fetch::Ends;

    fn config(proxies: &str) -> Config {
        let mut raw = RawConfig::default();
        raw.set("BASE_URL", "https://chat.example").unwrap();
        raw.set("TRUSTED_PROXIES", proxies).unwrap();
        raw.resolve().unwrap()
    }

    fn heard(forwarded_for: &[&str], proto: &[&str], secure: bool) -> Heard {
        let texts = |list: &[&str]| list.iter().map(|text| text.to_string()).collect();
        Heard {
            instance: "a".into(),
            version: "0".into(),
            peer: "10.0.0.1:4000".parse().unwrap(),
            client_ip: "198.51.100.1".parse().unwrap(),
            secure,
            host: "chat.example".into(),
            forwarded_for: texts(forwarded_for),
            forwarded_proto: texts(proto),
            via: Vec::new(),
            bytes: 0,
        }
    }

    fn answer(headers: &[(&'static str, &str)]) -> Fetched {
        let mut map = hyper::header::HeaderMap::new();
        headers.iter().for_each(|(name, value)| drop(map.insert(*name, value.parse().unwrap())));
        let line = Ends { local: "10.0.0.9:1".parse().unwrap(), remote: "10.0.0.1:443".parse().unwrap(), certificates: Vec::new() };
        Fetched { status: 200, headers: map, body: Vec::new(), cut: false, line }
    }

    fn told(proxies: &str, heard: &Heard) -> Vec<(String, Severity, String)> {
        let found = judge(&config(proxies), heard, &answer(&[]), "10.0.0.9:1".parse().unwrap());
        found.into_iter().map(|one| (one.id, one.severity, one.fix)).collect()
    }

    #[test]
    fn every_way_of_a_proxy_to_be_wrong_has_its_remedy() {
        let good = told("10.0.0.1", &heard(&["203.0.113.77, 198.51.100.1"], &["https"], true));
        assert_eq!((good.len(), good[0].1), (1, Severity::Fine), "{good:?}");
        let unknown = told("", &heard(&["203.0.113.77, 198.51.100.1"], &["https"], false));
        assert!(unknown.iter().all(|(.., fix)| fix.contains("TRUSTED_PROXIES=10.0.0.1")), "{unknown:?}");
        let mute = told("10.0.0.1", &heard(&[], &[], false));
        assert!(mute[0].2.contains("X-Forwarded-For") && mute[1].2.contains("X-Forwarded-Proto $scheme"), "{mute:?}");
        let parrot = told("10.0.0.1", &heard(&["203.0.113.77"], &["https"], true));
        assert_eq!((parrot[0].0.as_str(), parrot[0].1), ("forwarded", Severity::Urgent));
        let mut other = heard(&["203.0.113.77, 198.51.100.1"], &["https"], true);
        other.host = "127.0.0.1:8080".into();
        assert!(told("10.0.0.1", &other).iter().any(|(id, ..)| id == "host"));
        assert!(trusted(&config("0.0.0.0/0")).is_some() && trusted(&config("10.0.0.0/8,fc00::/7")).is_none());
        let framed = judge(&config("10.0.0.1"), &other, &answer(&[("x-frame-options", "DENY")]), "10.0.0.9:1".parse().unwrap());
        assert!(framed.iter().any(|one| one.id == "frame_options"));
    }
}
