//! What the desk knows of mail on its way out: in whose name it goes, and what follows when a server refuses it.

use super::Desk;
use super::bounces::{REASON_CHARS_MAX, tell};
use crate::base::error::Result;
use crate::base::id::InboxId;
use crate::base::text;
use crate::store::{house, inboxes, mails_in, mails_out};

impl Desk {
    /// A mail server refused the recipient of a mail for good: the same as if the mail had come back.
    pub async fn mail_refused(&self, mail: i64, address: &str, reason: &str) -> Result<()> {
        let (address, reason) = (address.to_owned(), text::clean_line(reason, REASON_CHARS_MAX));
        self.store
            .write(move |tx| {
                mails_out::failed(tx, mail, &reason)?;
                mails_in::mark_bounced(tx, &address, &reason)?;
                match mails_in::original_by_row(tx, mail)? {
                    Some(original) => tell(tx, &original, "mail_bounced", &reason).map(drop),
                    None => Ok(()),
                }
            })
            .await
    }

    /// What stands beside our address when the mailbox has no name: the brand of the inbox, else the house.
    pub async fn sender_name(&self, inbox: Option<InboxId>) -> Result<String> {
        let name = self
            .store
            .read(move |tx| match inbox {
                Some(inbox) => Ok(inboxes::inbox_of(tx, inbox)?.config.brand_name),
                None => Ok(house::find(tx)?.name),
            })
            .await?;
        Ok(if name.trim().is_empty() { "deskbell".to_owned() } else { name })
    }
}
