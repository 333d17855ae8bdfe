//! What an inbox can honestly promise its visitors right now.

use crate::base::clock::Millis;

/// Of the whole inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Somebody is at the desk and takes conversations.
    pub online: bool,
    /// It is within the hours.
    pub open: bool,
    /// While closed: when it opens, if that is known.
    pub opens_at: Option<Millis>,
    /// How long a first answer usually takes, when enough were given lately to know.
    pub reply_minutes: Option<u32>,
    /// In the order of the settings.
    pub buttons: Vec<ButtonOutlook>,
}

/// Of one start button: of the team behind it, or of the inbox when it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ButtonOutlook {
    pub id: String,
    pub online: bool,
    pub open: bool,
    pub reply_minutes: Option<u32>,
}

impl Outlook {
    /// Whether anything differs that a visitor should hear of at once; how long answers take is no news.
    pub fn is_news(&self, before: &Outlook) -> bool {
        let bare = |outlook: &Outlook| {
            let mut bare = Outlook { reply_minutes: None, ..outlook.clone() };
            bare.buttons.iter_mut().for_each(|button| button.reply_minutes = None);
            bare
        };
        bare(self) != bare(before)
    }
}

/// A place in the queue, as its visitor is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// 1 is next.
    pub position: u32,
    /// About how long it takes; `None` when nobody can honestly say.
    pub wait_minutes: Option<u32>,
}
