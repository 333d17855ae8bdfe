//! Durations as people type them in settings: `90s`, `30m`, `10h`, `1h30m`.

use super::error::{Error, Result};
use std::time::Duration;

/// A year: whatever is longer is a slip of the finger, not a setting.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// No sensible duration needs more; it keeps error messages short.
const CHARS_MAX: usize = 32;

/// Reads hours, minutes and seconds (`h`, `m`, `s`, in this order, each at most once), from `shortest` up to a year.
/// A bad value is an error and never silently something else.
pub fn parse(text: &str, shortest: Duration) -> Result<Duration> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid("The duration is empty. Write it like 90s, 30m, 10h or 1h30m."));
    }
    let seconds = (text.len() <= CHARS_MAX).then(|| seconds(text)).flatten().ok_or_else(|| {
        Error::invalid(
            "This is not a duration. Write whole hours (h), minutes (m) and seconds (s), the largest first, like 90s, 30m, 10h or 1h30m.",
        )
    })?;
    let duration = Duration::from_secs(seconds);
    if duration.is_zero() {
        return Err(Error::invalid("The duration must be longer than zero."));
    }
    if duration < shortest {
        return Err(Error::invalid(format!("The duration must be at least {}.", format(shortest))));
    }
    if duration > LONGEST {
        return Err(Error::invalid(format!("The duration must be at most {} (365 days).", format(LONGEST))));
    }
    Ok(duration)
}

/// Writes a duration the way `parse` reads it; fractions of a second are left out.
pub fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let text: String = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if text.is_empty() { "0s".to_string() } else { text }
}

fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut smallest_so_far = u64::MAX;
    let mut count: Option<u64> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            count = Some(count.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if unit >= smallest_so_far {
            return None;
        }
        smallest_so_far = unit;
        total = total.checked_add(count.take()?.checked_mul(unit)?)?;
    }
    // Digits without a unit at the end: nobody knows what they mean.
    count.is_none().then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // rows 46, 58
    #[test]
    fn what_people_write_is_read() {
        for (text, seconds) in [
            ("90s", 90),
            ("30m", 1800),
            ("10h", 36000),
            ("24h", 86400),
            ("1h30m", 5400),
            (" 10m ", 600),
            ("1h1s", 3601),
            ("8760h", 31_536_000),
        ] {
            assert_eq!(parse(text, Duration::ZERO).unwrap().as_secs(), seconds, "{text}");
        }
    }

    // row 58
    #[test]
    fn everything_else_is_refused_with_a_sentence() {
        for text in [
            "",
            " ",
            "abc",
            "-1h",
            "0",
            "0s",
            "0h0m",
            "10",
            "5d",
            "1w",
            "h",
            "1.5h",
            "1h 30m",
            "30m1h",
            "1h1h",
            "10H",
            "1h30",
            "+1h",
            "١h",
            "8761h",
            "99999999999999999999h",
            "18446744073709551615h",
            "1h\0",
            "∞h",
        ] {
            let refused = parse(text, Duration::ZERO).expect_err(text);
            assert!(refused.message.ends_with('.'), "{text}: {}", refused.message);
        }
    }

    #[test]
    fn the_shortest_is_allowed_and_a_second_less_is_not() {
        let minute = Duration::from_secs(60);
        assert!(parse("60s", minute).is_ok());
        assert_eq!(parse("59s", minute).unwrap_err().message, "The duration must be at least 1m.");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "\\PC*") {
            let _ = parse(&text, Duration::from_secs(1));
        }

        #[test]
        fn what_was_formatted_reads_back(seconds in 1u64..=31_536_000) {
            let duration = Duration::from_secs(seconds);
            prop_assert_eq!(parse(&format(duration), Duration::ZERO).unwrap(), duration);
        }
    }
}
