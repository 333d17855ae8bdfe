//! Trying a mailbox out before or after it is saved: what is typed, with the passwords that are kept.

use super::mailboxes::{MailboxEdit, merged};
use super::{Desk, mailbox_check};
use crate::base::clock::Millis;
use crate::base::email;
use crate::base::error::{Error, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::limits;
use crate::mail::compose::{Draft, Party, compose};
use crate::mail::dns::Resolver;
use crate::mail::probe::{self, Finding, Folder, Sender, Trial};
use crate::model::access::Permission;
use crate::model::agent::AgentSession;
use crate::model::letter::{self, Letter, LetterKind, Thread};
use crate::model::mailbox::{Direction, Mailbox, MailboxConfig};
use crate::store::audit;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What is tried right now, and how many test mails went lately.
pub struct Trials {
    places: Semaphore,
    /// When test mails went, within the last hour. Held for a few lines.
    mails: Mutex<Vec<Millis>>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { places: Semaphore::new(limits::PROBES_AT_ONCE), mails: Mutex::default() }
    }
}

/// What of a mailbox is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Smtp,
    Imap,
    Dns,
    /// A test mail to this address.
    Mail(String),
}

impl Desk {
    /// Tries a mailbox as it would be with these changes; `kept` is the one whose passwords count where none is typed.
    pub async fn try_mailbox(&self, by: &AgentSession, kept: Option<Uuid>, edit: MailboxEdit, what: What) -> Result<Vec<Finding>> {
        by.may(Permission::Settings)?;
        let kept = match kept {
            Some(uuid) => Some(self.mailbox(uuid).await?),
            None => None,
        };
        let config = merged(kept.as_ref().map_or(&MailboxConfig::default(), |kept| &kept.config), &edit.config)?;
        let direction = match what {
            What::Smtp | What::Mail(_) => Some(Direction::Out),
            What::Imap => Some(Direction::In),
            What::Dns => None,
        };
        mailbox_check::check_trial(&config, direction)?;
        let _place =
            self.trials.places.try_acquire().map_err(|_| Error::too_many("Others are being tried out. Please wait a moment.", 10))?;
        let trial = self.found(by, kept.as_ref(), &config, edit, what);
        timeout(limits::PROBE_TIMEOUT_ALL, trial).await.unwrap_or_else(|_| {
            Err(Error::unavailable("The server took more than a minute. Something on the way is very slow, or holds us up."))
        })
    }

    async fn found(
        &self,
        by: &AgentSession,
        kept: Option<&Mailbox>,
        config: &MailboxConfig,
        edit: MailboxEdit,
        what: What,
    ) -> Result<Vec<Finding>> {
        match what {
            What::Dns => {
                let receives = config.incoming.kind != "off";
                let sender = Sender { address: &config.address, smtp_host: &config.smtp.host, receives };
                Ok(probe::domain(&Resolver::of_this_machine().await, &sender).await)
            }
            What::Imap => {
                let (server, password) = self.draft_login(kept, config, Direction::In, edit.imap_password).await?;
                let incoming = &config.incoming;
                let folder = Folder {
                    server: &server,
                    tls: &self.tls,
                    password: password.as_ref(),
                    folder: &incoming.folder,
                    poll_s: incoming.poll_s,
                };
                Ok(probe::imap(&folder).await)
            }
            What::Smtp => {
                let (server, password) = self.draft_login(kept, config, Direction::Out, edit.smtp_password).await?;
                let (sender, greeting) = (config.address.as_str(), domain_of(&config.address));
                let trial =
                    Trial { server: &server, tls: &self.tls, password: password.as_ref(), sender, recipient: sender, mail: None, greeting };
                Ok(probe::smtp(&trial).await)
            }
            What::Mail(to) => {
                let recipient = email::check(&to).map_err(|error| error.in_field("to"))?;
                let (server, password) = self.draft_login(kept, config, Direction::Out, edit.smtp_password).await?;
                self.count_test_mail()?;
                let (sender, greeting) = (config.address.as_str(), domain_of(&config.address));
                let mail = self.test_mail(config, by, &recipient).await?;
                let mail = Some(mail.as_slice());
                let trial =
                    Trial { server: &server, tls: &self.tls, password: password.as_ref(), sender, recipient: &recipient, mail, greeting };
                let found = probe::smtp(&trial).await;
                let sent = found.iter().any(|finding| finding.id == "mail" && finding.ok == Some(true));
                self.note_test_mail(by, kept, sent).await?;
                Ok(found)
            }
        }
    }

    /// The words of the house for it, as every other mail is written.
    async fn test_mail(&self, config: &MailboxConfig, by: &AgentSession, recipient: &str) -> Result<Vec<u8>> {
        let letter = Letter {
            kind: LetterKind::Test,
            inbox: None,
            to: letter::Party { name: String::new(), address: recipient.to_owned() },
            locale: String::new(),
            fields: BTreeMap::from([
                ("mailbox", config.address.clone()),
                ("first_name", by.agent.first_name.clone()),
                ("house", self.sender_name(None).await?),
            ]),
            said: Vec::new(),
            link: None,
            conversation: None,
            covers: Vec::new(),
            thread: Thread::default(),
            attachments: Vec::new(),
        };
        let words = self.rendered(&letter).await?;
        let from_name = if config.from_name.is_empty() { self.sender_name(None).await? } else { config.from_name.clone() };
        compose(&Draft {
            message_id: format!("{}@{}", new_token(), domain_of(&config.address)),
            date: self.clock.now(),
            from: Party { name: from_name, address: config.address.clone() },
            to: Party { name: String::new(), address: recipient.to_owned() },
            reply_to: Some(config.reply_to.clone()).filter(|address| !address.is_empty()),
            subject: words.subject,
            is_automatic: true,
            loop_mark: self.loop_mark(),
            text: words.text,
            html: words.html,
            ..Draft::default()
        })
    }

    fn count_test_mail(&self) -> Result<()> {
        let now = self.clock.ticks();
        let mut mails = self.trials.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.retain(|at| at + 3_600_000 > now);
        if mails.len() >= limits::TEST_MAILS_PER_HOUR {
            return Err(Error::too_many(format!("At most {} test mails an hour.", limits::TEST_MAILS_PER_HOUR), 600));
        }
        mails.push(now);
        Ok(())
    }

    async fn note_test_mail(&self, by: &AgentSession, kept: Option<&Mailbox>, sent: bool) -> Result<()> {
        let (by, subject) = (by.agent.id, kept.map(|kept| kept.uuid.to_string()).unwrap_or_default());
        self.store.write(move |tx| audit::append(tx, Some(by), "mailbox.tested", &subject, &json!({ "sent": sent }))).await
    }
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}
