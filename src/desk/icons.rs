//! The bundled icon set: a drawing by its name or by a name people know from elsewhere, and a search by words (decision 11).

use crate::http::assets;
use bytes::Bytes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What an unknown name looks like (row 145): a speech bubble.
pub const FALLBACK: &str = "message-circle";
/// Icons in one answer: a page of the picker.
pub const FOUND_MAX: usize = 60;

/// One drawing on a grid of 24 by 24, stroked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Icon {
    /// Its name in the set.
    #[serde(skip)]
    pub name: String,
    /// Path data.
    #[serde(rename = "d")]
    pub paths: Vec<String>,
    /// What else people search it by.
    #[serde(default)]
    words: Vec<String>,
}

/// The file of the set.
#[derive(Default, Deserialize)]
struct Set {
    icons: BTreeMap<String, Icon>,
    /// Other names, Font Awesome's among them, and which icon they mean.
    #[serde(default)]
    aliases: BTreeMap<String, String>,
}

/// The icon of a name or an alias.
pub fn find(name: &str) -> Option<Icon> {
    let set = set();
    set.find(name).cloned()
}

/// The icons of these names, without those that do not exist.
pub fn named<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Icon> {
    let set = set();
    names.take(FOUND_MAX).filter_map(|name| set.find(name.trim())).cloned().collect()
}

/// Icons whose name, words or aliases have every word of `query`; those whose name begins with it first. All for an empty query.
pub fn search(query: &str) -> Vec<Icon> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().take(8).collect();
    let set = set();
    let fits = |icon: &Icon, word: &str| {
        icon.name.contains(word)
            || icon.words.iter().any(|known| known.contains(word))
            || set.aliases.iter().any(|(alias, name)| *name == icon.name && alias.contains(word))
    };
    let mut found: Vec<&Icon> = set.icons.values().filter(|icon| words.iter().all(|word| fits(icon, word))).collect();
    found.sort_by_key(|icon| !icon.name.starts_with(&query));
    found.into_iter().take(FOUND_MAX).cloned().collect()
}

impl Set {
    /// By its name here, or as people write it elsewhere: `star`, `fa-star`, `fas fa-star`, `fa-solid fa-star`.
    fn find(&self, name: &str) -> Option<&Icon> {
        let name = name.to_lowercase();
        let last = name.split_whitespace().next_back()?;
        [last, last.strip_prefix("fa-").unwrap_or(last)]
            .into_iter()
            .find_map(|name| self.icons.get(name).or_else(|| self.icons.get(self.aliases.get(name)?)))
    }
}

/// The set as the asset tree has it now. Read once from the binary; again only when a developer changed the file.
fn set() -> Arc<Set> {
    static READ: RwLock<Option<(Bytes, Arc<Set>)>> = RwLock::new(None);
    let Some(file) = assets::find("icons/icons.json") else { return Arc::default() };
    if let Some((bytes, set)) = READ.read().unwrap_or_else(PoisonError::into_inner).as_ref()
        && assets::is_same(bytes, &file.source())
    {
        return set.clone();
    }
    let mut set: Set = serde_json::from_slice(&file.plain()).unwrap_or_else(|cause| {
        log::error!("the icon set cannot be read cause=\"{cause}\"");
        Set::default()
    });
    for (name, icon) in &mut set.icons {
        icon.name.clone_from(name);
    }
    let set = Arc::new(set);
    *READ.write().unwrap_or_else(PoisonError::into_inner) = Some((file.source(), set.clone()));
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    /// row 145
    #[test]
    fn an_icon_is_found_by_name_by_alias_and_by_words() {
        assert_eq!(find("star").map(|icon| icon.name), Some("star".into()));
        for elsewhere in ["fa-star", "fas fa-star", "fa-solid fa-star", "STAR"] {
            assert_eq!(find(elsewhere).map(|icon| icon.name), Some("star".into()), "{elsewhere}");
        }
        assert_eq!(find("no such icon"), None);
        assert!(find(FALLBACK).is_some_and(|icon| !icon.paths.is_empty()));
        assert_eq!(search("star").first().map(|icon| icon.name.clone()), Some("star".into()));
        assert!(search("star").len() <= search("").len() && search("").len() <= FOUND_MAX);
        assert!(search("zzzz nothing").is_empty());
        assert_eq!(named(["star", "nothing", " chat "].into_iter()).len(), 2);
    }
}
