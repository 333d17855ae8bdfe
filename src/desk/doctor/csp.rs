//! Content-Security-Policy as a browser reads it (CSP level 3), as far as it can stop the chat: which script, frame or call a page forbids, and
//! what its line should say instead.

use ammonia::Url;

/// One policy; a page may have several, and each must allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

/// A `<script src>` in the page's source, or its text.
pub(super) struct Script<'a> {
    pub(super) url: Option<&'a Url>,
    pub(super) nonce: &'a str,
    pub(super) text: &'a str,
}

/// All policies of headers or metas: commas part them (RFC 9110, 5.6.1).
pub(super) fn policies<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Policy> {
    let texts = values.into_iter().flat_map(|value| value.split(','));
    texts.map(Policy::parse).filter(|policy| !policy.directives.is_empty()).collect()
}

impl Policy {
    fn parse(text: &str) -> Policy {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            // The first of a name counts.
            if !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        Policy { directives }
    }

    /// Whether it has a directive at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.directives.iter().any(|(known, _)| known == name)
    }

    /// The words of a directive.
    pub(super) fn words(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, words)| words.as_slice())
    }

    /// The directive that decides, by the order in which one stands for another.
    fn deciding(&self, names: &[&'static str]) -> Option<(&'static str, &[String])> {
        names.iter().find_map(|name| self.words(name).map(|words| (*name, words)))
    }

    /// What forbids a script; None: it may run.
    pub(super) fn forbids_script(&self, script: &Script<'_>, page: &Url) -> Option<&'static str> {
        let (name, words) = self.deciding(&["script-src-elem", "script-src", "default-src"])?;
        let has = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        let by_nonce = !script.nonce.is_empty() && words.iter().any(|word| source_of(word, "nonce-") == Some(script.nonce));
        let strict = has("'strict-dynamic'");
        let allowed = match script.url {
            Some(url) => by_nonce || (!strict && words.iter().any(|word| matches(word, url, page))),
            None => {
                let keyed = words.iter().any(|word| is_key(word));
                by_nonce || by_hash(words, script.text) || (has("'unsafe-inline'") && !keyed && !strict)
            }
        };
        (!allowed).then_some(name)
    }

    /// What forbids a script that another script brings in; `trusted`: that one ran by a nonce, which it hands on.
    pub(super) fn forbids_import(&self, url: &Url, page: &Url, trusted: bool) -> Option<&'static str> {
        let (name, words) = self.deciding(&["script-src-elem", "script-src", "default-src"])?;
        let strict = words.iter().any(|word| word.eq_ignore_ascii_case("'strict-dynamic'"));
        let allowed = strict || trusted || words.iter().any(|word| matches(word, url, page));
        (!allowed).then_some(name)
    }

    /// What forbids to frame, call or show an address.
    pub(super) fn forbids(&self, names: &[&'static str], url: &Url, page: &Url) -> Option<&'static str> {
        let (name, words) = self.deciding(names)?;
        (!words.iter().any(|word| matches(word, url, page))).then_some(name)
    }

    /// Whether scripts must carry a nonce here, because hosts do not count.
    pub(super) fn wants_nonce(&self) -> bool {
        self.deciding(&["script-src-elem", "script-src", "default-src"])
            .is_some_and(|(_, words)| words.iter().any(|word| word.eq_ignore_ascii_case("'strict-dynamic'")))
    }

    /// The directive `wanted` as it should be, so that `source` is allowed beside what is allowed now. `decided` is what stands there today.
    pub(super) fn with(&self, wanted: &str, decided: &str, source: &str) -> String {
        let today = self.words(decided).unwrap_or_default();
        let mut words: Vec<&str> = today.iter().map(String::as_str).filter(|word| !word.eq_ignore_ascii_case("'none'")).collect();
        if !words.contains(&source) {
            words.push(source);
        }
        let name = if decided == "default-src" { wanted } else { decided };
        format!("{name} {};", words.join(" "))
    }
}

fn source_of<'w>(word: &'w str, prefix: &str) -> Option<&'w str> {
    let inner = word.strip_prefix('\'')?.strip_suffix('\'')?;
    inner.get(..prefix.len())?.eq_ignore_ascii_case(prefix).then(|| &inner[prefix.len()..])
}

/// A nonce or a hash: with one, `'unsafe-inline'` does not count.
fn is_key(word: &str) -> bool {
    ["nonce-", "sha256-", "sha384-", "sha512-"].iter().any(|prefix| source_of(word, prefix).is_some())
}

fn by_hash(words: &[String], text: &str) -> bool {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256, Sha384, Sha512};
    words.iter().any(|word| {
        let is = |prefix: &str, hash: &dyn Fn() -> String| {
            source_of(word, prefix).is_some_and(|own| own.replace('-', "+").replace('_', "/") == hash())
        };
        is("sha256-", &|| STANDARD.encode(Sha256::digest(text)))
            || is("sha384-", &|| STANDARD.encode(Sha384::digest(text)))
            || is("sha512-", &|| STANDARD.encode(Sha512::digest(text)))
    })
}

/// Whether a source expression means an address (CSP3, 6.7.2.7).
fn matches(word: &str, url: &Url, page: &Url) -> bool {
    let scheme = url.scheme();
    if word == "*" {
        return matches!(scheme, "http" | "https" | "ws" | "wss") || scheme == page.scheme();
    }
    if word.eq_ignore_ascii_case("'self'") {
        return same_scheme(page.scheme(), scheme)
            && url.host_str() == page.host_str()
            && (port(url) == port(page) || both_usual(url, page));
    }
    if word.starts_with('\'') {
        return false;
    }
    if let Some(own) = word.strip_suffix(':')
        && !own.contains(['/', '.'])
    {
        return same_scheme(&own.to_ascii_lowercase(), scheme);
    }
    let (own_scheme, rest) = word.split_once("://").map_or((None, word), |(own, rest)| (Some(own.to_ascii_lowercase()), rest));
    if !same_scheme(own_scheme.as_deref().unwrap_or(page.scheme()), scheme) {
        return false;
    }
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let (host, own_port) = authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let host = host.to_ascii_lowercase();
    let asked = url.host_str().unwrap_or_default();
    let fits = match host.strip_prefix('*') {
        Some("") => true,
        Some(below) => below.starts_with('.') && asked.ends_with(below) && asked.len() > below.len(),
        None => asked == host,
    };
    let port_fits = match own_port {
        None => port(url) == usual(scheme) || port(url) == own_scheme.as_deref().map_or(0, usual),
        Some("*") => true,
        Some(own) => own.parse() == Ok(port(url)) || (own == "80" && port(url) == 443),
    };
    let path_fits = match path {
        "" | "/" => true,
        folder if folder.ends_with('/') => url.path().starts_with(folder),
        exact => url.path() == exact,
    };
    fits && port_fits && path_fits
}

fn usual(scheme: &str) -> u16 {
    if matches!(scheme, "https" | "wss") { 443 } else { 80 }
}

fn port(url: &Url) -> u16 {
    url.port().unwrap_or(usual(url.scheme()))
}

fn both_usual(url: &Url, page: &Url) -> bool {
    url.port().is_none() && page.port().is_none()
}

/// `http` admits `https`: what is better protected is never forbidden.
fn same_scheme(own: &str, asked: &str) -> bool {
    own == asked
        || matches!((own, asked), ("http", "https" | "ws" | "wss") | ("https", "wss") | ("ws", "wss" | "http" | "https") | ("wss", "https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn allows(policy: &str, asked: &str) -> bool {
        let page = url("https://shop.example/");
        Policy::parse(policy).forbids_script(&Script { url: Some(&url(asked)), nonce: "abc", text: "" }, &page).is_none()
    }

    #[test]
    fn sources_mean_what_browsers_take_them_to_mean() {
        let ours = "https://chat.example/w/1.js";
        for good in [
            "img-src 'none'",
            "script-src *",
            "script-src https:",
            "script-src http:",
            "script-src chat.example",
            "SCRIPT-SRC https://CHAT.example",
            "script-src https://chat.example/w/",
            "script-src https://chat.example/w/1.js",
            "script-src *.example",
            "script-src http://chat.example",
            "script-src chat.example:443",
            "script-src chat.example:*",
            "script-src 'nonce-abc' 'strict-dynamic'",
            "default-src 'self' https://chat.example",
            "script-src 'none'; script-src-elem https://chat.example",
        ] {
            assert!(allows(good, ours), "{good}");
        }
        for bad in [
            "script-src 'self'",
            "script-src 'none'",
            "script-src",
            "default-src 'self'; script-src-elem 'self'",
            "script-src *.chat.example",
            "script-src chat.example:8443",
            "script-src https://chat.example/other/",
            "script-src https://chat.example 'strict-dynamic'",
            "script-src 'nonce-ABC'",
            "script-src data:",
            "script-src 'self'; script-src *",
        ] {
            assert!(!allows(bad, ours), "{bad}");
        }
        assert!(allows("script-src 'self'", "https://shop.example/w/1.js") && !allows("script-src 'self'", "http://shop.example/w/1.js"));
    }

    #[test]
    fn text_needs_a_nonce_a_hash_or_a_leave_that_counts() {
        let page = url("https://shop.example/");
        let runs = |policy: &str, nonce: &str| {
            Policy::parse(policy).forbids_script(&Script { url: None, nonce, text: "alert(1)" }, &page).is_none()
        };
        assert!(runs("script-src 'unsafe-inline'", "") && runs("script-src 'nonce-a'", "a"));
        assert!(runs("script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='", ""));
        assert!(
            !runs("script-src 'unsafe-inline' 'nonce-a'", "") && !runs("script-src 'self'", "") && !runs("script-src 'sha256-AAAA'", "")
        );
    }

    #[test]
    fn a_policy_is_mended_by_one_more_word() {
        let policy = Policy::parse("default-src 'self'; frame-src 'none'");
        assert_eq!(policy.with("script-src", "default-src", "https://chat.example"), "script-src 'self' https://chat.example;");
        assert_eq!(policy.with("frame-src", "frame-src", "https://chat.example"), "frame-src https://chat.example;");
        assert_eq!(policies(["default-src 'self', script-src *", ""]).len(), 2);
    }
}
