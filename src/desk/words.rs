//! What a visitor reads, in which language: the inbox's own words over ours, and the settings that are texts in that language.

use super::Desk;
use super::setting_texts::each_text;
use crate::base::error::Result;
use crate::base::plural;
use crate::http::assets;
use crate::model::inbox::{Inbox, InboxConfig};
use crate::store::translations::{self, Own};
use bytes::Bytes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Sentences by key.
pub type Sentences = BTreeMap<String, String>;

/// The language everything exists in.
pub const ENGLISH: &str = "en-US";
/// Languages of a browser that are looked at; people name two or three.
const PREFERENCES_MAX: usize = 20;
/// Languages written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "he", "fa", "ur"];

/// A language we ship.
#[derive(Debug, Clone, Deserialize)]
pub struct Shipped {
    /// Its code, such as `pt-BR`.
    pub code: String,
    /// Its own name for itself.
    pub name: String,
}

/// All words for one visitor. Later layers speak where the earlier ones are silent.
#[derive(Debug, Clone)]
pub struct Words {
    locale: String,
    layers: Vec<Layer>,
}

/// The words of one source. `rank` 0 is the visitor's language, 1 the inbox's fallback, 2 English.
#[derive(Debug, Clone)]
struct Layer {
    rank: u8,
    is_own: bool,
    sentences: Arc<Sentences>,
}

/// An inbox's own words, as shared between requests.
pub type OwnWords = BTreeMap<String, Arc<Sentences>>;

impl Desk {
    /// The words of an inbox in the language `lang`; without it in the inbox's, or with `auto` in what the browser prefers.
    pub async fn words(&self, inbox: &Inbox, lang: Option<&str>, accept_language: Option<&str>) -> Result<Words> {
        let own = self.own_words(inbox).await?;
        Ok(Words::choose(&inbox.config, &own, lang, accept_language))
    }

    /// Kept beside the settings, and forgotten with them.
    pub(super) async fn own_words(&self, inbox: &Inbox) -> Result<Arc<OwnWords>> {
        if let Some(known) = self.known.words(inbox.uuid) {
            return Ok(known);
        }
        let forgotten = self.known.forgotten();
        let id = inbox.id;
        let own = Arc::new(shared(self.store.read(move |tx| translations::of_inbox(tx, id)).await?));
        self.known.keep_words(inbox.uuid, own.clone(), forgotten);
        Ok(own)
    }
}

/// As read from the store, ready to be shared.
pub(super) fn shared(own: Own) -> OwnWords {
    own.into_iter().map(|(locale, sentences)| (locale, Arc::new(sentences))).collect()
}

impl Words {
    /// Chooses a language (row 171): the one asked for, else the inbox's, else the browser's in its order, each with its region or
    /// without; else the inbox's fallback, else English.
    pub fn choose(config: &InboxConfig, own: &OwnWords, lang: Option<&str>, accept_language: Option<&str>) -> Words {
        let asked = lang.into_iter();
        let set = Some(config.language.as_str()).filter(|code| *code != "auto");
        let wanted: Vec<&str> = match set {
            Some(code) => asked.chain([code]).collect(),
            None => asked.chain(preferences(accept_language.unwrap_or_default())).collect(),
        };
        let fallback = canonical(&config.fallback_language).unwrap_or_else(|| ENGLISH.into());
        let mut codes = wanted.into_iter().filter_map(canonical);
        let locale = codes
            .find(|code| is_known(own, code))
            .or_else(|| is_known(own, &fallback).then(|| fallback.clone()))
            .unwrap_or_else(|| ENGLISH.into());
        let mut layers = Vec::new();
        for (rank, code) in [(0, locale.as_str()), (1, &fallback), (2, ENGLISH)] {
            layers.extend(own_of(own, code).into_iter().map(|sentences| Layer { rank, is_own: true, sentences }));
            layers.extend(stock(code).map(|sentences| Layer { rank, is_own: false, sentences }));
        }
        Words { locale, layers }
    }

    /// The code of the language, with the region the visitor named: dates and numbers follow it.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// `rtl` or `ltr`.
    pub fn direction(&self) -> &'static str {
        direction_of(&self.locale)
    }

    /// One sentence; the key itself when nobody knows it, so that a mistake is seen.
    pub fn say<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).map_or(key, |(_, sentence)| sentence)
    }

    /// A sentence with a number in it: in the form that its language has for such a number, else in its plain form.
    pub fn count<'a>(&'a self, key: &'a str, count: Option<u64>) -> &'a str {
        let plain = self.find(key);
        let form = count.map(|count| plural::form(language(&self.locale), count));
        let special = form.filter(|form| *form != plural::OTHER).and_then(|form| {
            // Not in another language than the plain form is.
            let (rank, sentence) = self.find_form(key, form)?;
            plain.is_none_or(|(plain, _)| rank <= plain).then_some(sentence)
        });
        special.or(plain.map(|(_, sentence)| sentence)).unwrap_or(key)
    }

    /// Every sentence, as a locale file has them.
    pub fn all(&self) -> BTreeMap<&str, &str> {
        let mut all = BTreeMap::new();
        for layer in &self.layers {
            for (key, sentence) in layer.sentences.iter().filter(|(key, _)| !is_setting(key)) {
                let fits = match key.split_once('#') {
                    None => true,
                    // "One message" in the visitor's language, or not at all: a form of another language beside it would be wrong.
                    Some((base, _)) => self.find(base).is_none_or(|(rank, _)| layer.rank <= rank),
                };
                if fits {
                    all.entry(key.as_str()).or_insert(sentence.as_str());
                }
            }
        }
        all
    }

    /// The settings with their texts in this language; what is not translated stays as the admin typed it (row 146).
    pub fn config(&self, typed: &InboxConfig) -> InboxConfig {
        let mut config = typed.clone();
        let own: Vec<&Layer> = self.layers.iter().filter(|layer| layer.rank == 0 && layer.is_own).collect();
        if !own.is_empty() {
            each_text(&mut config, &mut |text| {
                let found = own.iter().find_map(|layer| layer.sentences.get(&text.key));
                if let Some(sentence) = found.filter(|_| !text.text.is_empty()) {
                    text.text.clone_from(sentence);
                }
            });
        }
        config
    }

    fn find_form(&self, key: &str, form: &str) -> Option<(u8, &str)> {
        self.find(&format!("{key}#{form}"))
    }

    fn find(&self, key: &str) -> Option<(u8, &str)> {
        self.layers.iter().find_map(|layer| layer.sentences.get(key).map(|sentence| (layer.rank, sentence.as_str())))
    }
}

/// Whether a key names a setting and not one of our sentences.
pub fn is_setting(key: &str) -> bool {
    key.starts_with("set.")
}

/// A locale code as we write it: `pt-BR`, `zh-Hant`, `en`. `None` when it is none.
pub fn canonical(code: &str) -> Option<String> {
    let mut pieces = code.split('-');
    let language = pieces.next().filter(|piece| matches!(piece.len(), 2 | 3) && piece.bytes().all(|c| c.is_ascii_alphabetic()))?;
    let mut canonical = language.to_ascii_lowercase();
    for piece in pieces {
        if piece.is_empty() || canonical.len() + piece.len() > 12 || !piece.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        canonical.push('-');
        match piece.len() {
            2 => canonical.push_str(&piece.to_ascii_uppercase()),
            4 => {
                canonical.push_str(&piece[..1].to_ascii_uppercase());
                canonical.push_str(&piece[1..].to_ascii_lowercase());
            }
            _ => canonical.push_str(&piece.to_ascii_lowercase()),
        }
    }
    Some(canonical)
}

/// The languages we ship.
pub fn shipped() -> Vec<Shipped> {
    assets::find("locales/index.json").and_then(|index| serde_json::from_slice(&index.plain()).ok()).unwrap_or_default()
}

/// Our own sentences in a language, with its region or without; `None` when we do not speak it.
pub fn stock(code: &str) -> Option<Arc<Sentences>> {
    [code, language(code)].into_iter().find_map(|code| file(&code.to_ascii_lowercase()))
}

/// The file of the asset tree with our sentences in a language.
pub fn file_of(code: &str) -> Option<String> {
    let code = canonical(code)?.to_ascii_lowercase();
    let name = [code.as_str(), language(&code)].into_iter().find(|code| file(code).is_some())?;
    Some(format!("locales/{name}.json"))
}

/// Our words for mails in exactly this language or region: no browser ever asks for them, so they lie beside the locales and not in them.
pub(super) fn of_mail(code: &str) -> Option<Arc<Sentences>> {
    canonical(code).and_then(|code| read("mail", &code.to_ascii_lowercase()))
}

/// `rtl` or `ltr`.
pub(super) fn direction_of(code: &str) -> &'static str {
    if RIGHT_TO_LEFT.contains(&language(code)) { "rtl" } else { "ltr" }
}

/// The language of a code, without its region.
pub(super) fn language(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// A browser's languages, best first.
fn preferences(accept_language: &str) -> Vec<&str> {
    let mut wanted: Vec<(f32, &str)> = accept_language
        .split(',')
        .take(PREFERENCES_MAX)
        .filter_map(|item| {
            let (code, rest) = item.trim().split_once(';').unwrap_or((item.trim(), ""));
            let quality = rest.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            (quality > 0.0 && !code.is_empty()).then_some((quality, code))
        })
        .collect();
    wanted.sort_by(|a, b| b.0.total_cmp(&a.0));
    wanted.into_iter().map(|(_, code)| code).collect()
}

fn is_known(own: &OwnWords, code: &str) -> bool {
    !own_of(own, code).is_empty() || stock(code).is_some()
}

/// The inbox's own words that fit a language, nearest first: of its region, of the language, of the one we ship for it. Only when
/// there is nothing at all, the words of a sister region are better than another language.
fn own_of(own: &OwnWords, code: &str) -> Vec<Arc<Sentences>> {
    if own.is_empty() {
        return Vec::new();
    }
    let plain = language(code);
    let ours = shipped().into_iter().map(|shipped| shipped.code).find(|shipped| language(shipped) == plain);
    let mut near = vec![code];
    near.extend([Some(plain), ours.as_deref()].into_iter().flatten().filter(|other| *other != code));
    let mut found: Vec<Arc<Sentences>> = near.iter().filter_map(|code| own.get(*code)).cloned().collect();
    if found.is_empty() && stock(code).is_none() {
        found.extend(own.iter().find(|(code, _)| language(code) == plain).map(|(_, sentences)| sentences.clone()));
    }
    found
}

/// A locale file.
fn file(name: &str) -> Option<Arc<Sentences>> {
    if name == "index" { None } else { read("locales", name) }
}

/// A file of sentences. Read once from the binary; again only when a developer changed it.
fn read(folder: &str, name: &str) -> Option<Arc<Sentences>> {
    static READ: RwLock<BTreeMap<String, (Bytes, Arc<Sentences>)>> = RwLock::new(BTreeMap::new());
    let path = format!("{folder}/{name}.json");
    let asset = assets::find(&path)?;
    if let Some((bytes, sentences)) = READ.read().unwrap_or_else(PoisonError::into_inner).get(&path)
        && assets::is_same(bytes, &asset.source())
    {
        return Some(sentences.clone());
    }
    let sentences: Sentences = serde_json::from_slice(&asset.plain()).ok()?;
    let sentences = Arc::new(sentences);
    // As many as there are files.
    READ.write().unwrap_or_else(PoisonError::into_inner).insert(path, (asset.source(), sentences.clone()));
    Some(sentences)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(texts: &[(&str, &str, &str)]) -> OwnWords {
        let mut own = Own::new();
        for (locale, key, text) in texts {
            own.entry((*locale).into()).or_default().insert((*key).into(), (*text).into());
        }
        shared(own)
    }

    fn choose(own: &OwnWords, lang: Option<&str>, accept: &str) -> Words {
        Words::choose(&InboxConfig::default(), own, lang, Some(accept))
    }

    #[test]
    fn codes_are_written_in_one_way() {
        for (given, kept) in [("PT-br", Some("pt-BR")), ("zh-hANT", Some("zh-Hant")), ("es-419", Some("es-419")), ("EN", Some("en"))] {
            assert_eq!(canonical(given).as_deref(), kept);
        }
        for wrong in ["", "e", "english", "en_US", "en-", "../en", "en-US-posix-long", "é-FR", "en\"", "index"] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }

    /// row 171
    #[test]
    fn the_browsers_language_is_met_with_its_region_without_it_or_by_the_fallback() {
        let none = OwnWords::new();
        let locale = |own: &OwnWords, accept: &str| choose(own, None, accept).locale().to_owned();
        assert_eq!(locale(&none, "de-AT,en;q=0.5"), "de-AT");
        assert_eq!(locale(&none, "tlh,xx-YY;q=0.9,de;q=0.2,en;q=0.1"), "de");
        assert_eq!(locale(&none, "tlh"), "en-US");
        assert_eq!(locale(&none, "en;q=0,de;q=nonsense"), "de");
        let brazil = own(&[("sw-KE", "w.send", "Tuma"), ("qu", "w.send", "Apachiy")]);
        // A sister region is nearer than another language; one without own words or ours is nobody's.
        assert_eq!(choose(&brazil, None, "sw-TZ").say("w.send"), "Tuma");
        assert_eq!(choose(&brazil, None, "qu-PE,de").say("w.send"), "Apachiy");
        let german = InboxConfig { fallback_language: "de".into(), ..InboxConfig::default() };
        assert_eq!(Words::choose(&german, &none, Some("tlh"), None).locale(), "de");
        // What the page asks for beats what the inbox says, and that beats the browser.
        let spanish = InboxConfig { language: "es-ES".into(), ..InboxConfig::default() };
        assert_eq!(Words::choose(&spanish, &none, Some("ar"), Some("de")).locale(), "ar");
        assert_eq!(Words::choose(&spanish, &none, None, Some("de")).locale(), "es-ES");
    }

    /// rows 169, 170
    #[test]
    fn own_words_lie_over_ours_and_plural_forms_are_never_mixed() {
        let mixed = own(&[
            ("en-US", "w.send", "Off it goes"),
            ("sw", "w.new_below", ":count mpya"),
            ("de-CH", "w.write", "Schriib öppis…"),
            ("de-DE", "w.write", "Schreib was…"),
            ("de-DE", "w.send", "Los"),
        ]);
        assert_eq!(choose(&mixed, None, "en-GB").say("w.send"), "Off it goes");
        let swiss = choose(&mixed, None, "de-CH");
        assert_eq!((swiss.say("w.write"), swiss.say("w.send")), ("Schriib öppis…", "Los"));
        assert_ne!(swiss.say("w.cancel"), "Cancel");
        let swahili = choose(&mixed, None, "sw");
        assert_eq!((swahili.say("w.send"), swahili.say("w.cancel")), ("Off it goes", "Cancel"));
        let all = swahili.all();
        assert_eq!(all.get("w.new_below"), Some(&":count mpya"));
        assert!(!all.contains_key("w.new_below#one"), "an English form beside a Swahili one");
        assert!(all.contains_key("w.all_conversations#one"), "both in English");
        assert_eq!(swahili.count("w.new_below", Some(1)), ":count mpya");
        assert_eq!(choose(&mixed, None, "en").count("w.chars_left", Some(1)), ":count character left");
        assert_eq!(choose(&mixed, None, "en").count("w.chars_left", Some(2)), ":count characters left");
        assert_eq!(choose(&mixed, None, "en").count("w.none_such", Some(2)), "w.none_such");
        assert!(choose(&mixed, None, "en").all().contains_key("w.new_below#one"));
    }
}
