//! Which form of a sentence a whole number asks for: the cardinal rules of Unicode (CLDR) for the languages we ship.

/// The form that every language has, and the only one of languages that we do not know.
pub const OTHER: &str = "other";

/// The form for `count` in a language (`pl`, without its region), as `Intl.PluralRules` names it.
pub fn form(language: &str, count: u64) -> &'static str {
    let (tens, hundreds) = (count % 10, count % 100);
    match (language, count) {
        ("ar", 0) => "zero",
        ("ar" | "de" | "en" | "es" | "fr" | "he" | "hi" | "it" | "nl" | "pl" | "pt" | "sv" | "tr", 1) | ("fr" | "hi" | "pt", 0) => "one",
        ("ar" | "he", 2) => "two",
        ("ar", _) if (3..=10).contains(&hundreds) => "few",
        ("ar", _) if hundreds >= 11 => "many",
        ("pl", _) if (2..=4).contains(&tens) && !(12..=14).contains(&hundreds) => "few",
        ("pl", _) => "many",
        ("es" | "fr" | "it" | "pt", _) if count != 0 && count.is_multiple_of(1_000_000) => "many",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_counts_in_its_own_way() {
        for (language, forms) in [
            // 0, 1, 2, 3, 5, 11, 12, 22, 100, 102, 111, 1 000 000
            ("en", "other one other other other other other other other other other other"),
            ("sv", "other one other other other other other other other other other other"),
            ("tr", "other one other other other other other other other other other other"),
            ("fr", "one one other other other other other other other other other many"),
            ("pt", "one one other other other other other other other other other many"),
            ("es", "other one other other other other other other other other other many"),
            ("it", "other one other other other other other other other other other many"),
            ("hi", "one one other other other other other other other other other other"),
            ("he", "other one two other other other other other other other other other"),
            ("pl", "many one few few many many many few many few many many"),
            ("ar", "zero one two few few many many many other other many other"),
            ("ja", "other other other other other other other other other other other other"),
            ("zh", "other other other other other other other other other other other other"),
            ("xx", "other other other other other other other other other other other other"),
        ] {
            let counts = [0, 1, 2, 3, 5, 11, 12, 22, 100, 102, 111, 1_000_000];
            let found: Vec<&str> = counts.into_iter().map(|count| form(language, count)).collect();
            assert_eq!(found.join(" "), forms, "{language}");
        }
    }
}
