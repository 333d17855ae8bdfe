//! A moment as people of a language write it, for readers whose program will not do it for them: mails.

use super::clock::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Day, time and the zone they are meant in. Digits only but in English, where 11/12 means two days.
pub fn written(at: Millis, zone: &TimeZone, locale: &str) -> String {
    let moment = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone());
    moment.strftime(pattern(locale)).to_string()
}

fn pattern(locale: &str) -> &'static str {
    match locale {
        "en" | "en-US" => return "%b %-d, %Y, %-I:%M %p %Z",
        "fr-CA" => return "%Y-%m-%d %H:%M %Z",
        "de-CH" | "fr-CH" | "it-CH" => return "%d.%m.%Y, %H:%M %Z",
        _ => {}
    }
    match locale.split('-').next().unwrap_or_default() {
        "en" => "%-d %b %Y, %H:%M %Z",
        "de" | "pl" | "tr" | "he" | "ru" | "cs" | "fi" | "nb" | "no" | "da" | "uk" => "%d.%m.%Y, %H:%M %Z",
        "nl" => "%d-%m-%Y %H:%M %Z",
        "fr" | "es" | "it" | "pt" | "hi" | "ar" | "el" => "%d/%m/%Y %H:%M %Z",
        "ja" | "zh" => "%Y/%m/%d %H:%M %Z",
        // Nobody reads this one wrongly.
        _ => "%Y-%m-%d %H:%M %Z",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_its_readers_write_it() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let at = 1_795_301_400_000; // 21 November 2026, 22:50 UTC
        for (zone, locale, expected) in [
            (&TimeZone::UTC, "en-US", "Nov 21, 2026, 10:50 PM UTC"),
            (&TimeZone::UTC, "en-GB", "21 Nov 2026, 22:50 UTC"),
            (&berlin, "de-AT", "21.11.2026, 23:50 CET"),
            (&TimeZone::UTC, "fr", "21/11/2026 22:50 UTC"),
            (&TimeZone::UTC, "ja-JP", "2026/11/21 22:50 UTC"),
            (&TimeZone::UTC, "", "2026-11-21 22:50 UTC"),
        ] {
            assert_eq!(written(at, zone, locale), expected, "{locale}");
        }
        assert_eq!(written(i64::MAX, &TimeZone::UTC, "de"), "01.01.1970, 00:00 UTC");
    }
}
