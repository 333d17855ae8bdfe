//! What is kept of people who look at a site: as much of their network address and of the pages as the inbox says, and no longer.

use super::Desk;
use crate::base::error::Result;
use crate::base::limits;
use crate::model::inbox::Privacy;
use crate::store::{conversations, inboxes};
use std::net::IpAddr;

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Desk {
    /// Shortens (or forgets) network addresses that are older than their inbox keeps them. Answers how many; more may be left.
    pub async fn forget_addresses(&self) -> Result<usize> {
        self.store
            .write(|tx| {
                let mut changed = 0;
                for inbox in inboxes::all(tx)? {
                    let privacy = &inbox.config.privacy;
                    // What was kept whole under an earlier setting does not outlive it.
                    let days = if privacy.ip == "full" { i64::from(privacy.ip_days) } else { 0 };
                    for (id, ip) in conversations::whole_addresses(tx, inbox.id, tx.now - days * DAY_MS, limits::ADDRESSES_PER_SWEEP)? {
                        let kept = ip.parse().ok().filter(|_| privacy.ip != "none").map(shortened);
                        conversations::set_address(tx, id, kept.as_deref())?;
                        changed += 1;
                    }
                }
                Ok(changed)
            })
            .await
    }
}

/// What an inbox keeps of an address.
pub(super) fn kept_ip(privacy: &Privacy, ip: IpAddr) -> Option<String> {
    match privacy.ip.as_str() {
        "none" => None,
        "full" => Some(ip.to_string()),
        _ => Some(shortened(ip)),
    }
}

/// An address without the part that names one household: /24 of IPv4, /48 of IPv6. The slash tells it from a whole one.
pub(super) fn shortened(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// What an inbox keeps of a page's address: http(s) only, never a name and password before the host, and without query and fragment
/// unless the setting says otherwise, because sites put things there that are nobody's business. `None` for everything else.
pub(super) fn kept_page(privacy: &Privacy, url: &str) -> Option<String> {
    let url: String = url.trim().chars().filter(|c| !c.is_control()).take(limits::PAGE_URL_CHARS_MAX).collect();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| url.len() > scheme.len() && url.starts_with(scheme))?;
    let rest = &url[scheme.len()..];
    let path_at = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let host = rest[..path_at].rsplit('@').next().unwrap_or_default();
    let path = &rest[path_at..];
    let path = if privacy.keep_query { path } else { &path[..path.find(['?', '#']).unwrap_or(path.len())] };
    (!host.is_empty()).then(|| format!("{scheme}{host}{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_page_only_what_the_setting_allows_is_kept() {
        let short = Privacy::default();
        let whole = Privacy { keep_query: true, ..Privacy::default() };
        for (url, trimmed, kept) in [
            ("https://shop.example/cart?token=1#pay", Some("https://shop.example/cart"), Some("https://shop.example/cart?token=1#pay")),
            ("https://shop.example?x", Some("https://shop.example"), Some("https://shop.example?x")),
            ("https://zoe:secret@shop.example/a", Some("https://shop.example/a"), Some("https://shop.example/a")),
            ("http://a@b@c/d#e?f", Some("http://c/d"), Some("http://c/d#e?f")),
            ("https://shop.example/a\u{0}b", Some("https://shop.example/ab"), Some("https://shop.example/ab")),
            ("https://", None, None),
            ("https:///x", None, None),
            ("javascript:alert(1)", None, None),
            ("file:///etc/passwd", None, None),
        ] {
            assert_eq!(kept_page(&short, url).as_deref(), trimmed, "{url}");
            assert_eq!(kept_page(&whole, url).as_deref(), kept, "{url}");
        }
        assert_eq!(kept_page(&short, &format!("https://a/{}", "ä".repeat(5000))).unwrap().chars().count(), limits::PAGE_URL_CHARS_MAX);
    }

    #[test]
    fn addresses_are_cut_whole_or_not_kept() {
        let (v4, v6): (IpAddr, IpAddr) = ("203.0.113.77".parse().unwrap(), "2001:db8:1:2:3:4:5:6".parse().unwrap());
        let with = |ip: &str| Privacy { ip: ip.into(), ..Privacy::default() };
        assert_eq!(kept_ip(&with("short"), v4).as_deref(), Some("203.0.113.0/24"));
        assert_eq!(kept_ip(&with("short"), v6).as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(kept_ip(&with("full"), v4).as_deref(), Some("203.0.113.77"));
        assert_eq!(kept_ip(&with("none"), v4), None);
    }
}
