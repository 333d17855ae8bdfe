//! The one thing we read in a certificate ourselves: from when until when it is valid. All else is the TLS library's business.

use super::clock::Millis;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// From when until when a certificate (DER) is valid; `None` when that cannot be read.
pub fn validity(certificate: &[u8]) -> Option<(Millis, Millis)> {
    let mut whole = certificate;
    let mut outer = element(&mut whole, SEQUENCE)?;
    let mut body = element(&mut outer, SEQUENCE)?;
    if body.first() == Some(&VERSION) {
        element(&mut body, VERSION)?;
    }
    element(&mut body, INTEGER)?; // serial number
    element(&mut body, SEQUENCE)?; // signature algorithm
    element(&mut body, SEQUENCE)?; // issuer
    let mut validity = element(&mut body, SEQUENCE)?;
    Some((time(&mut validity)?, time(&mut validity)?))
}

/// Takes one element with this tag off the front of `bytes`; its content.
fn element<'b>(bytes: &mut &'b [u8], tag: u8) -> Option<&'b [u8]> {
    let (&found, rest) = bytes.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = first as usize;
    if first >= 0x80 {
        // No certificate needs more than three bytes of length.
        let count = (first & 0x7f) as usize;
        if !(1..=3).contains(&count) || rest.len() < count {
            return None;
        }
        length = rest[..count].iter().fold(0, |length, byte| length << 8 | *byte as usize);
        rest = &rest[count..];
    }
    if found != tag || rest.len() < length {
        return None;
    }
    let (content, rest) = rest.split_at(length);
    *bytes = rest;
    Some(content)
}

/// RFC 5280 4.1.2.5: always in UTC, always with seconds; two digits of a year mean 1950 to 2049.
fn time(bytes: &mut &[u8]) -> Option<Millis> {
    let tag = *bytes.first()?;
    let text = std::str::from_utf8(element(bytes, tag)?).ok()?;
    let text = match tag {
        UTC_TIME => format!("{}{text}", if text.get(..2)? < "50" { "20" } else { "19" }),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let digits = text.strip_suffix('Z').filter(|digits| digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number = |from: usize, to: usize| digits[from..to].parse::<i16>().ok();
    let small = |from: usize| digits[from..from + 2].parse::<i8>().ok();
    let moment = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(8)?, small(10)?, small(12)?, 0).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(not_before: (i32, u8, u8), not_after: (i32, u8, u8)) -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["chat.example.com".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(not_before.0, not_before.1, not_before.2);
        params.not_after = rcgen::date_time_ymd(not_after.0, not_after.1, not_after.2);
        params.self_signed(&key).unwrap().der().to_vec()
    }

    fn day(text: &str) -> Millis {
        format!("{text}T00:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        assert_eq!(validity(&certificate((2026, 11, 22), (2027, 2, 20))), Some((day("2026-11-22"), day("2027-02-20"))));
        assert_eq!(validity(&certificate((1975, 1, 1), (4096, 1, 1))), Some((day("1975-01-01"), day("4096-01-01"))));
        assert_eq!(validity(&certificate((1949, 12, 31), (2050, 1, 1))), Some((day("1949-12-31"), day("2050-01-01"))));
    }

    #[test]
    fn whatever_is_cut_or_changed_is_never_a_panic() {
        let whole = certificate((2026, 11, 22), (2027, 2, 20));
        for end in 0..whole.len() {
            assert_eq!(validity(&whole[..end]), None, "a certificate without its end");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x80;
            let _ = validity(&changed);
        }
    }
}
