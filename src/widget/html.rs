//! Building pages by type: a text becomes markup only by being escaped, an address only by being one of ours or of the web. There is no
//! way to put a raw string into a page but [`Html::sanitised`], for what our own sanitiser made.

use crate::base::markup::escape;

/// Markup that is safe to send.
#[derive(Debug, Clone, Default)]
pub struct Html(String);

impl Html {
    /// A stored rendering of a message: the only markup that we did not write here.
    pub fn sanitised(rendering: &str) -> Html {
        Html(rendering.to_owned())
    }

    /// A text, escaped.
    pub fn text(text: &str) -> Html {
        let mut html = String::with_capacity(text.len() + text.len() / 8);
        escape(text, &mut html);
        Html(html)
    }

    /// Puts more behind it.
    pub fn push(&mut self, more: impl Into<Html>) {
        self.0.push_str(&more.into().0);
    }

    /// A whole document.
    pub fn document(self) -> String {
        format!("<!doctype html>{}", self.0)
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Html {
        let Element { name, attributes, inside, .. } = element;
        Html(match matches!(name, "input" | "meta" | "link" | "br" | "hr" | "img") {
            true => format!("<{name}{attributes}>"),
            false => format!("<{name}{attributes}>{inside}</{name}>"),
        })
    }
}

impl From<Vec<Element>> for Html {
    fn from(elements: Vec<Element>) -> Html {
        Html(elements.into_iter().map(|element| Html::from(element).0).collect())
    }
}

impl From<Option<Element>> for Html {
    fn from(element: Option<Element>) -> Html {
        element.map(Html::from).unwrap_or_default()
    }
}

/// An element being put together.
#[derive(Debug, Clone)]
pub struct Element {
    name: &'static str,
    attributes: String,
    inside: String,
}

/// Begins an element.
pub fn el(name: &'static str) -> Element {
    Element { name, attributes: String::new(), inside: String::new() }
}

impl Element {
    /// An attribute that is a text or a word, never an address or a script.
    pub fn set(mut self, name: &'static str, value: impl AsRef<str>) -> Element {
        assert!(!name.starts_with("on") && !matches!(name, "href" | "src" | "action" | "style"), "{name} is not for texts");
        self.attribute(name, value.as_ref());
        self
    }

    /// An attribute without a value.
    pub fn flag(mut self, name: &'static str, on: bool) -> Element {
        if on {
            self.attributes.push(' ');
            self.attributes.push_str(name);
        }
        self
    }

    /// Where it leads or loads from: a path of ours, or http(s), or mailto. Anything else is left out, and the link is none.
    pub fn to(mut self, name: &'static str, address: &str) -> Element {
        let lower = address.to_ascii_lowercase();
        let ours = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\') || address.starts_with(['?', '#']);
        if ours || ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme)) {
            self.attribute(name, address);
        }
        self
    }

    /// A text inside.
    pub fn text(mut self, text: &str) -> Element {
        escape(text, &mut self.inside);
        self
    }

    /// More markup inside.
    pub fn with(mut self, more: impl Into<Html>) -> Element {
        self.inside.push_str(&more.into().0);
        self
    }

    fn attribute(&mut self, name: &'static str, value: &str) {
        self.attributes.push(' ');
        self.attributes.push_str(name);
        self.attributes.push_str("=\"");
        escape(value, &mut self.attributes);
        self.attributes.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::markup::tests::PAYLOADS;
    use proptest::prelude::*;

    fn page(text: &str) -> String {
        Html::from(el("p").set("title", text).to("href", text).text(text)).0
    }

    /// Only our own tags and attributes, whatever the text is.
    fn assert_only_ours(html: &str) {
        assert_eq!(html.matches('<').count(), 2, "{html}");
        assert_eq!(html.matches('>').count(), 2, "{html}");
        let (tag, _) = html.split_once('>').unwrap();
        let quotes = tag.matches('"').count();
        assert!(quotes == 2 || quotes == 4, "{tag}");
        if let Some((_, href)) = tag.split_once(" href=\"") {
            let lower = href.to_ascii_lowercase();
            let good = ["/", "?", "#", "http://", "https://", "mailto:"].iter().any(|start| lower.starts_with(start));
            assert!(good && !lower.starts_with("//"), "{tag}");
        }
    }

    #[test]
    fn every_payload_stays_a_text() {
        for payload in PAYLOADS.lines() {
            assert_only_ours(&page(payload));
        }
        assert_only_ours(&page("//evil.example"));
        assert_only_ours(&page("/\\evil.example"));
        assert!(!page("javascript:alert(1)").contains("href"));
    }

    proptest! {
        #[test]
        fn any_text_stays_a_text(text in any::<String>()) {
            assert_only_ours(&page(&text));
        }
    }
}
