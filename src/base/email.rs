//! Mail addresses: which ones we write to, and when two are the same.

use super::error::{Error, Result};

/// RFC 5321: a path of 256 bytes with its brackets.
const BYTES_MAX: usize = 254;
/// RFC 5321, 4.5.3.1.1.
const LOCAL_BYTES_MAX: usize = 64;
/// RFC 1035, 2.3.4.
const LABEL_BYTES_MAX: usize = 63;

/// Checks one bare address and answers it without surrounding spaces, otherwise as given.
///
/// Deliberately narrower than RFC 5322: no quoted local parts, comments, routes or address literals. Nobody signs up with those,
/// but people who try to inject headers or recipients do; line breaks are never trimmed away, they are refused.
pub fn check(text: &str) -> Result<String> {
    let address = text.trim_matches(' ');
    match fault(address) {
        None => Ok(address.to_string()),
        Some(sentence) => Err(Error::invalid_field("email", sentence).coded("email_bad")),
    }
}

/// Whether `check` would take it.
pub fn is_valid(text: &str) -> bool {
    fault(text.trim_matches(' ')).is_none()
}

/// An address as every mail server takes it: checked, its domain in letters of ASCII (RFC 5890). Before the @ other letters need servers that
/// few have (RFC 6531).
pub fn ascii(text: &str) -> Result<String> {
    let address = check(text)?;
    let (local, domain) = address.split_once('@').unwrap_or((&address, ""));
    let domain =
        idna::domain_to_ascii(domain).map_err(|_| Error::invalid_field("email", "The domain of the e-mail address is not valid."))?;
    if !local.is_ascii() {
        return Err(Error::invalid_field("email", "Mail servers take no such letters before the @ of an address."));
    }
    check(&format!("{local}@{domain}"))
}

/// The form under which two spellings of one address are the same: trimmed and in lower case.
pub fn key(address: &str) -> String {
    address.trim().to_lowercase()
}

fn fault(address: &str) -> Option<&'static str> {
    if address.is_empty() {
        return Some("The e-mail address is missing.");
    }
    if address.len() > BYTES_MAX {
        return Some("The e-mail address is longer than 254 bytes.");
    }
    if address.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Some("The e-mail address contains a space or a line break.");
    }
    let Some((local, domain)) = address.split_once('@') else {
        return Some("The e-mail address has no @.");
    };
    if domain.contains('@') {
        return Some("The e-mail address has more than one @.");
    }
    if !is_local(local) {
        return Some("The part of the e-mail address before the @ is not valid.");
    }
    if !is_domain(domain) {
        return Some("The domain of the e-mail address is not valid.");
    }
    None
}

fn is_local(local: &str) -> bool {
    !local.is_empty()
        && local.len() <= LOCAL_BYTES_MAX
        && local.split('.').all(|atom| !atom.is_empty())
        && local.chars().all(|c| c == '.' || if c.is_ascii() { is_atom(c) } else { is_letter_beyond_ascii(c) })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let is_number = |label: &&str| label.bytes().all(|c| c.is_ascii_digit());
    labels.len() >= 2 && labels.iter().all(|label| is_label(label)) && !labels.last().is_some_and(is_number)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LABEL_BYTES_MAX
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| if c.is_ascii() { c.is_ascii_alphanumeric() || c == '-' } else { is_letter_beyond_ascii(c) })
}

/// `atext` of RFC 5322.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

/// Letters, digits and the marks that some scripts cannot be written without. Look-alikes of ASCII punctuation (full-width `＠`,
/// `．` and their kin) are no letters and full-width letters are left out by range, so that no later normalisation finds an ASCII sign.
fn is_letter_beyond_ascii(c: char) -> bool {
    let is_mark = matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}' | '\u{966}'..='\u{df3}' | '\u{e31}'..='\u{e4e}' | '\u{1000}'..='\u{1049}' | '\u{1780}'..='\u{17d3}');
    let is_compatibility_form =
        matches!(c, '\u{2100}'..='\u{214f}' | '\u{2460}'..='\u{24ff}' | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7ff}');
    let is_blank_letter = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}');
    (c.is_alphanumeric() || is_mark) && !is_compatibility_form && !is_blank_letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_people_have_are_taken() {
        for address in [
            "a@b.co",
            "user@example.com",
            "first.last+tag@sub.example.co.uk",
            "o'brien@example.ie",
            "USER@EXAMPLE.COM",
            "1234@example.com",
            "x@1und1.de",
            "user@xn--bcher-kva.example",
            "jörg@bücher.example",
            "用户@例子.中国",
            "अजय@उदाहरण.भारत",
            "a_b-c=d@e-f.museum",
            "  spaced@example.com ",
        ] {
            assert!(is_valid(address), "{address}");
            assert_eq!(check(address).unwrap(), address.trim());
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for address in [
            "",
            " ",
            "@",
            "a",
            "a@",
            "@b.co",
            "a@b",
            "a@b.",
            "a@.b",
            "a@b..co",
            ".a@b.co",
            "a.@b.co",
            "a..b@b.co",
            "a@@b.co",
            "a@b@c.co",
            "a b@c.co",
            "a@b c.co",
            "a@-b.co",
            "a@b-.co",
            "a@b_c.co",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a@b.123",
            "\"a b\"@c.co",
            "\"a\"@c.co",
            "Name <a@b.co>",
            "<a@b.co>",
            "a@b.co,c@d.co",
            "a@b.co;c@d.co",
            "a@b.co c@d.co",
            "a(comment)@b.co",
            "a@b.co(x)",
            "a:b@c.co",
            "a\\b@c.co",
            "mailto:a@b.co",
            "a@b.co/x",
            "a@b.co?x=y",
            "a@b.co:25",
            "a@b.co>",
            "a@exa\u{202e}mple.com",
            "a@exam\u{200b}ple.com",
            "a＠b.co",
            "a@b．co",
            "a@b。co",
            "ａ@b.co",
            "a@b\u{3164}.co",
            "\u{feff}a@b.co",
            "a\u{a0}@b.co",
            "a@b.co\u{2028}",
        ] {
            assert!(!is_valid(address), "{address:?}");
            assert_eq!(check(address).unwrap_err().field.as_deref(), Some("email"));
        }
    }

    #[test]
    fn headers_and_commands_cannot_be_injected() {
        for address in [
            "a@b.co\r\nBcc: x@y.co",
            "a@b.co\nBcc: x@y.co",
            "a@b.co\rBcc: x@y.co",
            "a@b.co\r\n",
            "a@b.co\n",
            "\r\na@b.co",
            "a@b.co\r\n\r\nbody",
            "a@b.co>\r\nRCPT TO:<x@y.co",
            "a\0@b.co",
            "a@b.co\0",
            "a\t@b.co",
            "a@b.co\t",
            "a%0d%0aBcc:x@b.co",
            "a@b.co%0aBcc:x@y.co",
            "a\u{85}@b.co",
        ] {
            assert!(!is_valid(address), "{address:?}");
        }
    }

    #[test]
    fn a_domain_of_any_script_is_written_in_ascii() {
        assert_eq!(ascii("joerg@Bücher.example").unwrap(), "joerg@xn--bcher-kva.example");
        assert_eq!(ascii("a.b+c@example.com").unwrap(), "a.b+c@example.com");
        for address in ["jörg@example.com", "a@b@c.example", "a@example.com\r\nBcc: x@y.example"] {
            assert!(ascii(address).is_err(), "{address}");
        }
    }

    #[test]
    fn lengths_are_allowed_up_to_the_limit_and_not_beyond() {
        let local = |n: usize| format!("{}@example.com", "a".repeat(n));
        assert!(is_valid(&local(64)));
        assert!(!is_valid(&local(65)));
        let label = |n: usize| format!("a@{}.com", "b".repeat(n));
        assert!(is_valid(&label(63)));
        assert!(!is_valid(&label(64)));
        let long = |n: usize| format!("a@{}{}.com", format!("{}.", "b".repeat(49)).repeat(4), "c".repeat(n));
        assert_eq!(long(48).len(), 254);
        assert!(is_valid(&long(48)));
        assert!(!is_valid(&long(49)));
    }

    #[test]
    fn two_spellings_have_one_key() {
        assert_eq!(key(" User@Example.COM "), key("user@example.com"));
        assert_ne!(key("user@example.com"), key("user@example.org"));
    }

    proptest! {
        #[test]
        fn a_valid_address_can_stand_in_a_header(text in "[\\x00-\\x7f\u{80}-\u{2fff}]{0,20}@?[\\x00-\\x7fäß]{0,20}") {
            if let Ok(address) = check(&text) {
                prop_assert!(!address.chars().any(|c| c.is_control() || c.is_whitespace() || "<>,;:\"()[]\\".contains(c)));
                prop_assert_eq!(address.matches('@').count(), 1);
            }
        }
    }
}
