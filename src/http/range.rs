//! Part of something (RFC 9110, section 14).

/// One range of RFC 9110 14.1.2 as first and last byte. `None` = cannot be satisfied. Several ranges are answered as the first one.
pub fn parse_range(header: &str, size: u64) -> Option<(u64, u64)> {
    let spec = header.strip_prefix("bytes=")?.split(',').next()?.trim();
    let (first, last) = spec.split_once('-')?;
    let (first, last) = match (first, last) {
        ("", suffix) => (size.saturating_sub(suffix.parse::<u64>().ok().filter(|n| *n > 0)?), size.checked_sub(1)?),
        (first, "") => (first.parse().ok()?, size.checked_sub(1)?),
        (first, last) => (first.parse().ok()?, last.parse::<u64>().ok()?.min(size.checked_sub(1)?)),
    };
    (first <= last && first < size).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        for (header, expected) in [
            ("bytes=0-0", Some((0, 0))),
            ("bytes=2-", Some((2, 9))),
            ("bytes=-3", Some((7, 9))),
            ("bytes=-30", Some((0, 9))),
            ("bytes=5-100", Some((5, 9))),
            ("bytes=10-", None),
            ("bytes=5-4", None),
            ("bytes=-0", None),
            ("bytes=x-1", None),
            ("lines=1-2", None),
        ] {
            assert_eq!(parse_range(header, 10), expected, "{header}");
        }
    }
}
