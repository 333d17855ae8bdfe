//! What makes a first message suspect: one table, in words. Nothing here refuses anybody; whoever reaches `limits::SUSPECT_FROM` waits in
//! quarantine for a person to look at it, and sees what everybody sees.
//!
//! A network never counts as a reason: offices, schools and phone networks share theirs. It only raises the price of work (`widget/guard.rs`).

use crate::base::limits;

/// What is known of a beginning besides its words.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    /// The site vouches for this person, or a code proved the address: never suspect.
    pub verified: bool,
    /// How long the window was open before this was sent, as far as the window says.
    pub took_ms: Option<u64>,
    /// How many others said the same in the last hour.
    pub same_text: u32,
    /// How many conversations this session began lately.
    pub starts: u32,
    /// Very many conversations begin here at the moment.
    pub pressure: bool,
}

/// Nobody opens a chat, writes and sends within this.
const QUICKEST_MS: u64 = 1_200;

/// The reasons against a first message, in words for agents; "" = none that weigh enough.
pub fn suspicion(text: &str, signs: &Signs) -> String {
    let reasons = reasons(text, signs);
    let weight: u32 = reasons.iter().map(|(weight, _)| weight).sum();
    if signs.verified || weight < limits::SUSPECT_FROM {
        return String::new();
    }
    reasons.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" · ")
}

fn reasons(text: &str, signs: &Signs) -> Vec<(u32, String)> {
    let mut reasons = Vec::new();
    let mut say = |weight: u32, words: String| reasons.push((weight, words));
    let links = links(text);
    match links {
        0 => {}
        1 | 2 if plain_letters(text) < 40 => say(2, "little more than a link".into()),
        1 | 2 => say(1, "a link in the first message".into()),
        _ => say(3, format!("{links} links in the first message")),
    }
    if has_markup_of_forums(text) {
        say(3, "links written as forums and mail programs write them".into());
    }
    match signs.same_text {
        0 | 1 => {}
        2..=4 => say(3, format!("{} others wrote the same within an hour", signs.same_text)),
        many => say(5, format!("{many} others wrote the same within an hour")),
    }
    if signs.starts > limits::CALM_STARTS_PER_SESSION {
        say(2, format!("the {}th conversation of this browser in ten minutes", signs.starts));
    }
    if signs.took_ms.is_some_and(|took| took < QUICKEST_MS) {
        say(2, "written faster than anybody types".into());
    }
    if signs.pressure {
        say(1, "very many conversations began here at the same time".into());
    }
    reasons
}

/// Web addresses, also those without `https://`.
fn links(text: &str) -> usize {
    let lower = text.to_lowercase();
    let named = lower.matches("://").count();
    named + lower.split_whitespace().filter(|word| word.starts_with("www.")).count()
}

/// Letters outside of addresses.
fn plain_letters(text: &str) -> usize {
    let is_address = |word: &&str| word.contains("://") || word.to_lowercase().starts_with("www.");
    text.split_whitespace().filter(|word| !is_address(word)).flat_map(str::chars).filter(|c| c.is_alphanumeric()).count()
}

/// Nobody types these by hand into a chat.
fn has_markup_of_forums(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["[url=", "[url]", "<a href", "[link="].iter().any(|mark| lower.contains(mark))
}

/// What stays the same when somebody sends one text with other names and numbers in it; `None` = too short to mean anything.
pub fn fingerprint(text: &str) -> Option<String> {
    let kept: String = text.to_lowercase().chars().filter(|c| c.is_alphabetic() || *c == ' ').collect();
    let words: Vec<&str> = kept.split_whitespace().filter(|word| word.chars().count() > 2).take(60).collect();
    let all: usize = words.iter().map(|word| word.chars().count()).sum();
    (all >= 24).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str, signs: Signs) -> String {
        suspicion(text, &signs)
    }

    #[test]
    fn people_are_not_suspect() {
        for text in [
            "Where is my order 10482?",
            "hi",
            "Your page https://shop.example/cart does not work on my phone, it stays white since this morning.",
            "Hallo, haben Sie noch Farne? Danke!",
            "https://shop.example/item/77",
        ] {
            assert_eq!(why(text, Signs { took_ms: Some(9_000), starts: 1, pressure: true, ..Signs::default() }), "", "{text}");
        }
        let flood = "cheap https://a https://b https://c [url=x]";
        assert_eq!(why(flood, Signs { verified: true, ..Signs::default() }), "", "whom a site vouches for is nobody's spam");
    }

    #[test]
    fn what_programs_send_is_suspect_and_says_why() {
        let links = "best price https://a.example https://b.example https://c.example";
        assert!(why(links, Signs { took_ms: Some(300), ..Signs::default() }).contains("3 links"));
        assert!(why("[url=https://a]pills[/url]", Signs::default()).contains("forums"));
        let words = "We can bring your web site to the first page of every search engine";
        assert_eq!(why(words, Signs { same_text: 1, ..Signs::default() }), "", "two with the same question are two people");
        assert!(why(words, Signs { same_text: 6, ..Signs::default() }).contains("6 others"));
    }

    #[test]
    fn a_text_is_the_same_with_other_numbers_and_names_of_two_letters() {
        let one = fingerprint("We can bring shop12.example to the first page of every search engine!");
        assert_eq!(one, fingerprint("we can bring shop99.example to the FIRST page of every search engine"));
        assert!(one.is_some());
        assert_eq!(fingerprint("Hello, is anybody here?"), None, "greetings are everybody's");
    }
}
