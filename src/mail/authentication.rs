//! What the receiving server said about the sender (RFC 8601). Anybody can write such a field into his mail, so only those count that the server
//! itself put on top: below the first one, or below somebody else's `Received`, everything is the sender's own word.

use super::inbound::Trust;
use super::mime::{Headers, words};

/// What is known about a mail from this domain. `server` is the name under which our server says so; without one, only what stands above the first
/// `Received` counts.
pub fn trust(headers: &Headers<'_>, domain: &str, server: Option<&str>) -> Trust {
    let domain = domain.to_ascii_lowercase();
    let mut found = Trust::Unknown;
    let mut has_begun = false;
    for (name, value) in headers.iter() {
        if name.eq_ignore_ascii_case("received") && (has_begun || server.is_none()) {
            break;
        }
        if !name.eq_ignore_ascii_case("authentication-results") {
            continue;
        }
        let value = without_comments(&words(value)).to_ascii_lowercase();
        let mut results = value.split(';');
        let who = results.next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
        if server.is_some_and(|server| !server.trim().eq_ignore_ascii_case(who)) {
            continue;
        }
        has_begun = true;
        for result in results {
            match judged(result, &domain) {
                Trust::Forged => return Trust::Forged,
                Trust::Proved => found = Trust::Proved,
                Trust::Unknown => {}
            }
        }
    }
    // Two senders: nobody can say which one was checked.
    if headers.all("from").count() != 1 || domain.is_empty() { Trust::Unknown } else { found }
}

/// One result, such as `dkim=pass header.d=example.com`.
fn judged(result: &str, domain: &str) -> Trust {
    let mut words = result.split_whitespace().filter_map(|word| word.split_once('='));
    let Some((method, verdict)) = words.next() else { return Trust::Unknown };
    let properties: Vec<(&str, &str)> = words.map(|(key, value)| (key, value.trim_matches('"'))).collect();
    let property = |key: &str| properties.iter().find(|(name, _)| *name == key).map(|(_, value)| host(value));
    let in_line = |names: &[&str]| names.iter().filter_map(|name| property(name)).any(|found| is_in_line(found, domain));
    match (method.split('/').next().unwrap_or_default(), verdict) {
        ("dmarc", _) if property("header.from").is_some_and(|from| from != domain) => Trust::Unknown,
        ("dmarc", "pass") => Trust::Proved,
        ("dmarc", "fail") => Trust::Forged,
        ("dkim", "pass") if in_line(&["header.d", "header.i"]) => Trust::Proved,
        ("spf", "pass") if in_line(&["smtp.mailfrom", "smtp.mail", "envelope-from"]) => Trust::Proved,
        _ => Trust::Unknown,
    }
}

fn host(value: &str) -> &str {
    value.rsplit('@').next().unwrap_or(value)
}

/// Whether who proved to be `proved` may write as `domain`: itself, or one below it. The reverse is not taken: below some domains everybody has
/// his own, and no list of those is kept here.
fn is_in_line(proved: &str, domain: &str) -> bool {
    proved == domain || proved.contains('.') && domain.strip_suffix(proved).is_some_and(|rest| rest.ends_with('.'))
}

/// Without what stands in parentheses: words for people.
fn without_comments(value: &str) -> String {
    let (mut depth, mut is_quoted, mut is_escaped) = (0usize, false, false);
    let mut kept = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => {
                depth = depth.saturating_sub(1);
                kept.push(' ');
            }
            // What is quoted is one word, whatever it holds.
            c if depth == 0 && (!is_quoted || !matches!(c, ';' | ' ' | '=')) => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(server: Option<&str>, fields: &str) -> Trust {
        let mail = format!("{fields}From: Anna <anna@example.com>\r\n\r\n");
        trust(&Headers::split(mail.as_bytes()).0, "Example.com", server)
    }

    #[test]
    fn only_what_our_server_says_counts() {
        let ours = Some("mx.house.example");
        let said =
            "Received: from a by b\r\nAuthentication-Results: mx.house.example 1;\r\n dmarc=pass (p=none) header.from=example.com\r\n";
        assert_eq!(check(ours, said), Trust::Proved);
        assert_eq!(check(None, said), Trust::Unknown, "below a Received it is anybody's word");
        assert_eq!(
            check(None, "Authentication-Results: x; dmarc=pass header.from=example.com\r\nReceived: from a by b\r\n"),
            Trust::Proved
        );
        assert_eq!(check(ours, "Authentication-Results: evil.example; dmarc=pass header.from=example.com\r\n"), Trust::Unknown);
        let forged = "Authentication-Results: mx.house.example; dmarc=fail header.from=example.com\r\nReceived: from evil by mx.house.example\r\n\
             Authentication-Results: mx.house.example; dmarc=pass header.from=example.com\r\n";
        assert_eq!(check(ours, forged), Trust::Forged);
        assert_eq!(check(None, forged), Trust::Forged);
    }

    #[test]
    fn a_proof_must_be_in_line_with_the_sender() {
        let check = |results: &str| check(None, &format!("Authentication-Results: mx; {results}\r\n"));
        assert_eq!(check("dkim=pass header.d=example.com header.s=x"), Trust::Proved);
        assert_eq!(check("dkim=pass header.i=@example.com"), Trust::Proved);
        assert_eq!(check("dkim=pass header.d=com"), Trust::Unknown);
        assert_eq!(check("dkim=pass header.d=evil.example.com"), Trust::Unknown);
        assert_eq!(check("dkim=pass header.d=evil.example"), Trust::Unknown);
        assert_eq!(check("spf=pass smtp.mailfrom=anna@example.com"), Trust::Proved);
        assert_eq!(check("spf=softfail smtp.mailfrom=anna@example.com; dkim=none"), Trust::Unknown);
        assert_eq!(check("spf=pass smtp.mailfrom=example.com; dmarc=fail header.from=example.com"), Trust::Forged);
        assert_eq!(check("dmarc=pass header.from=other.example"), Trust::Unknown);
        assert_eq!(check("none (dmarc=pass header.from=example.com)"), Trust::Unknown);
        assert_eq!(check("spf=none reason=\"x; dmarc=pass header.from=example.com\""), Trust::Unknown);
    }

    #[test]
    fn two_senders_prove_nothing() {
        assert_eq!(check(None, "Authentication-Results: mx; dmarc=pass\r\nFrom: other@example.com\r\n"), Trust::Unknown);
    }
}
