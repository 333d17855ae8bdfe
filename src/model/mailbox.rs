//! A mailbox: an inbox whose channel is mail, and how its servers are reached. Passwords are not among the settings; they are sealed beside them.

use crate::base::clock::Millis;
use crate::base::id::{InboxId, MailboxId, Uuid};
use crate::base::server::Server;
use serde::{Deserialize, Serialize};

/// One mailbox with its settings.
#[derive(Debug, Clone)]
pub struct Mailbox {
    pub id: MailboxId,
    /// The inbox in which mail that belongs to no conversation begins one.
    pub inbox: InboxId,
    /// That inbox's public id, by which a mailbox is known outside.
    pub uuid: Uuid,
    /// That inbox's name.
    pub name: String,
    pub enabled: bool,
    /// The one that sends what no inbox's mailbox sends: invitations, resets, notices; and codes of inboxes without one.
    pub is_default: bool,
    pub config: MailboxConfig,
    /// What the doors may know of its passwords: whether there is one.
    pub has_smtp_password: bool,
    pub has_imap_password: bool,
    pub incoming: Health,
    pub outgoing: Health,
}

/// How a direction went lately.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// When it last worked.
    pub worked_at: Option<Millis>,
    /// Since when it fails, and the sentence that says why; empty = it works.
    pub failing_since: Option<Millis>,
    pub error: String,
}

/// A way mail goes through a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    In,
    Out,
}

impl Mailbox {
    /// How one direction went lately.
    pub fn health(&self, direction: Direction) -> &Health {
        match direction {
            Direction::In => &self.incoming,
            Direction::Out => &self.outgoing,
        }
    }

    /// Whether mail can leave by it.
    pub fn can_send(&self) -> bool {
        self.enabled && !self.config.smtp.host.is_empty()
    }

    /// Whether it is looked into for mail.
    pub fn is_fetched(&self) -> bool {
        self.enabled && self.config.incoming.kind == "imap"
    }
}

/// Everything an admin can set for one mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailboxConfig {
    /// What stands in `From`, and what people write to.
    pub address: String,
    /// The name beside it; empty = the brand of the inbox a mail is about.
    pub from_name: String,
    /// Where answers go instead, when not to `address`.
    pub reply_to: String,
    /// Whether the server delivers `name+tag@…` to `name@…`. Off: replies are recognised by `In-Reply-To` and `References` alone.
    pub plus_addressing: bool,
    pub smtp: Server,
    pub incoming: Incoming,
    /// Name of the server whose `Authentication-Results` are believed; empty = the domain of the IMAP server or of the address.
    pub authserv_id: String,
    /// Mails of any kind to one address, at most: per hour and per day.
    pub cap_hour: u16,
    pub cap_day: u16,
    /// Words under every mail, such as what the law wants to stand there. Markdown.
    pub footer: String,
    /// Days after which conversations that began here and are resolved are deleted, and people nobody vouches for whom only this mailbox knows;
    /// 0 = never.
    pub retention_days: u16,
    pub visitor_days: u16,
}

/// How mail comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Incoming {
    /// `imap`, `deliver` (the mail server calls `deskbell deliver`) or `off`.
    pub kind: String,
    pub imap: Server,
    /// The folder that is read.
    pub folder: String,
    /// Seconds between looks where the server cannot push (IDLE).
    pub poll_s: u16,
}

impl Default for Incoming {
    fn default() -> Incoming {
        Incoming { kind: "off".into(), imap: Server::default(), folder: "INBOX".into(), poll_s: 60 }
    }
}

impl Default for MailboxConfig {
    fn default() -> MailboxConfig {
        MailboxConfig {
            address: String::new(),
            from_name: String::new(),
            reply_to: String::new(),
            plus_addressing: true,
            smtp: Server::default(),
            incoming: Incoming::default(),
            authserv_id: String::new(),
            cap_hour: 20,
            cap_day: 60,
            footer: String::new(),
            retention_days: 0,
            visitor_days: 0,
        }
    }
}
