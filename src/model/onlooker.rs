//! Somebody who looks at the site right now, as far as the inbox's settings let us know.

use crate::base::clock::Millis;
use crate::base::id::{InboxId, Uuid};
use crate::model::conversation::ContactRef;

/// A person on the site at this moment. Lives in memory only.
#[derive(Debug, Clone)]
pub struct Onlooker {
    /// Names this stay, and nobody outside of it.
    pub id: Uuid,
    pub contact: ContactRef,
    pub inbox: InboxId,
    pub inbox_uuid: Uuid,
    /// Address and title, where the inbox may know pages.
    pub page: Option<(String, String)>,
    pub referrer: Option<String>,
    pub since: Millis,
    /// The language of the screen as the widget says it, or "".
    pub locale: String,
    /// His newest conversation in this inbox.
    pub conversation: Option<Uuid>,
}
