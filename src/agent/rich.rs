//! Cards and quick replies as an agent's program writes them: read here, checked by the desk.

use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::model::rich::{Button, ButtonKind, Element, Rich, Template};
use serde::Deserialize;

/// `rich` of a new message.
#[derive(Deserialize)]
pub(super) struct NewRich {
    template: Template,
    elements: Vec<NewElement>,
}

#[derive(Deserialize)]
struct NewElement {
    #[serde(default)]
    title: String,
    #[serde(default)]
    subtitle: String,
    #[serde(default)]
    image_url: Option<String>,
    #[serde(default)]
    buttons: Vec<NewButton>,
}

#[derive(Deserialize)]
struct NewButton {
    #[serde(rename = "type")]
    kind: ButtonKind,
    text: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    postback_id: String,
}

impl NewRich {
    /// From the wire to the house's words; the rules are the desk's.
    pub(super) fn read(self) -> Result<Rich> {
        let elements = self.elements.into_iter().map(NewElement::read).collect::<Result<Vec<_>>>()?;
        Ok(Rich { template: self.template, elements })
    }
}

impl NewElement {
    fn read(self) -> Result<Element> {
        let picture = match self.image_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => Some(upload_of(url).ok_or_else(|| {
                Error::invalid("image_url is the address of a picture that was uploaded here: /uploads/…").in_field("rich")
            })?),
            None => None,
        };
        let buttons = self.buttons.into_iter();
        let buttons = buttons.map(|new| Button { kind: new.kind, text: new.text, value: new.value, postback_id: new.postback_id });
        Ok(Element { title: self.title, subtitle: self.subtitle, picture, buttons: buttons.collect() })
    }
}

/// The upload that an address of ours names, however much of the address is given. Whose it is, the desk asks.
fn upload_of(url: &str) -> Option<Uuid> {
    let (_, name) = url.split_once("/uploads/")?;
    Uuid::parse(name.split(['?', '#']).next()?)
}
