//! The letters about a conversation: to a contact who has not seen an answer, to a team that was not there, and an answer that goes by mail.

use super::Desk;
use super::mail_tags::Side;
use crate::base::error::Result;
use crate::base::{limits, markup};
use crate::model::agent::{Agent, full_name};
use crate::model::contact::Contact;
use crate::model::conversation::Conversation;
use crate::model::inbox::Continuity;
use crate::model::letter::{Enclosure, Letter, LetterKind, Party, Said, Thread};
use crate::model::mailbox::MailboxConfig;
use crate::model::message::{Author, Message, MessageKind};
use crate::store::{ReadTx, contacts, continuity, inboxes};
use std::collections::BTreeMap;

impl Desk {
    /// What agents answered and the contact has not seen, with the link that opens the conversation anywhere.
    pub(super) fn letter_to_contact(
        &self,
        tx: &ReadTx,
        conversation: &Conversation,
        address: &str,
        batch: &[Message],
        mailbox: &MailboxConfig,
        base_url: Option<&str>,
    ) -> Result<Letter> {
        let contact = contacts::contact(tx, conversation.contact.id)?;
        let path = self.open_link(conversation, inboxes::inbox_of(tx, conversation.inbox.id)?.uuid, address, tx.now);
        let mut fields = reader(&contact.first_name, &contact.last_name);
        fields.insert("agent", batch.last().map(author).unwrap_or_default());
        fields.insert("count", batch.len().to_string());
        Ok(Letter {
            link: base_url.map(|base| format!("{base}{path}")),
            fields,
            ..self.letter(
                tx,
                LetterKind::ToContact,
                conversation,
                Party { name: name(&contact), address: address.to_owned() },
                batch,
                mailbox,
            )?
        })
    }

    /// What a contact wrote while nobody was here; `to` None = the team's address.
    #[expect(clippy::too_many_arguments, reason = "everything the look at a conversation found")]
    pub(super) fn letter_to_team(
        &self,
        tx: &ReadTx,
        conversation: &Conversation,
        to: Option<&Agent>,
        continuity: &Continuity,
        batch: &[Message],
        mailbox: &MailboxConfig,
        base_url: Option<&str>,
    ) -> Result<Letter> {
        let contact = contacts::contact(tx, conversation.contact.id)?;
        let party = match to {
            Some(agent) => Party { name: full_name(&agent.first_name, &agent.last_name), address: agent.email.clone() },
            None => Party { name: String::new(), address: continuity.agents_address.clone() },
        };
        let mut fields = to.map_or(BTreeMap::new(), |agent| reader(&agent.first_name, &agent.last_name));
        fields.insert("contact", contact.name());
        fields.insert("contact_email", contact.email.clone().unwrap_or_default());
        fields.insert("verified", if conversation.contact.verified { "verified" } else { "not verified" }.to_owned());
        fields.insert("page", continuity::last_page(tx, conversation.contact.id)?.unwrap_or_default());
        fields.insert("number", conversation.id.to_string());
        fields.insert("count", batch.len().to_string());
        Ok(Letter {
            link: base_url.map(|base| format!("{base}/desk/c/{}", conversation.uuid)),
            locale: "en".to_owned(),
            fields,
            ..self.letter(tx, LetterKind::ToAgents, conversation, party, batch, mailbox)?
        })
    }

    /// An agent's answer in a conversation that is held by mail, with its files as far as they fit.
    pub(super) fn letter_of_reply(
        &self,
        tx: &ReadTx,
        conversation: &Conversation,
        address: &str,
        message: Message,
        mailbox: &MailboxConfig,
    ) -> Result<Letter> {
        let contact = contacts::contact(tx, conversation.contact.id)?;
        let mut fields = reader(&contact.first_name, &contact.last_name);
        fields.insert("agent", author(&message));
        let mut room = limits::MAIL_FILES_BYTES_MAX;
        let mut attachments = Vec::new();
        for file in &message.attachments {
            if file.size <= room {
                room -= file.size;
                let (uuid, name, content_type, size) = (file.uuid, file.name.clone(), file.content_type.clone(), file.size);
                attachments.push(Enclosure { uuid, name, content_type, size });
            }
        }
        let party = Party { name: name(&contact), address: address.to_owned() };
        let mut letter = self.letter(tx, LetterKind::Reply, conversation, party, &[message], mailbox)?;
        // What travels along needs no mention; what was too large is at least named.
        for said in &mut letter.said {
            said.files.retain(|name| !attachments.iter().any(|file: &Enclosure| file.name == *name));
        }
        let subject = continuity::subject(tx, conversation.id)?;
        if !subject.is_empty() {
            letter.thread.subject = subject;
        }
        Ok(Letter { fields, attachments, ..letter })
    }

    fn letter(
        &self,
        tx: &ReadTx,
        kind: LetterKind,
        conversation: &Conversation,
        to: Party,
        batch: &[Message],
        mailbox: &MailboxConfig,
    ) -> Result<Letter> {
        let with_team = kind == LetterKind::ToAgents;
        let side = if with_team { Side::Agent } else { Side::Contact };
        let before = continuity::before(tx, conversation.id, with_team)?;
        let ours = if mailbox.reply_to.is_empty() { &mailbox.address } else { &mailbox.reply_to };
        let tagged = self.tagged(ours, side, conversation.id.0, &conversation.uuid.to_string());
        Ok(Letter {
            kind,
            inbox: Some(conversation.inbox.id),
            to,
            locale: conversation.locale.clone(),
            fields: BTreeMap::new(),
            said: batch.iter().map(said).collect(),
            link: None,
            conversation: Some(conversation.id),
            covers: batch.iter().map(|message| message.id).collect(),
            thread: Thread {
                subject: before.subject,
                in_reply_to: before.message_ids.last().cloned(),
                references: before.message_ids,
                reply_to: mailbox.plus_addressing.then_some(tagged),
            },
            attachments: Vec::new(),
        })
    }
}

fn said(message: &Message) -> Said {
    let mut html = message.html.clone();
    if message.meta.rich.is_some() && !message.text.is_empty() {
        // Cards cannot be pressed in a mail; all of it as words can be read.
        html = markup::literal(&message.text).html;
    }
    Said {
        author: author(message),
        is_agent: message.kind == MessageKind::Outgoing,
        at: message.created_at,
        html,
        text: message.text.clone(),
        files: message.attachments.iter().map(|file| file.name.clone()).collect(),
    }
}

fn author(message: &Message) -> String {
    match &message.author {
        // Outside, agents are known by their first names.
        Author::Agent { first_name, .. } => first_name.clone(),
        Author::Contact { uuid, first_name, last_name, .. } => crate::model::contact::name_of(*uuid, first_name, last_name, None),
        Author::System { name } => name.clone(),
    }
}

fn name(contact: &Contact) -> String {
    full_name(&contact.first_name, &contact.last_name)
}

fn reader(first_name: &str, last_name: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("first_name", first_name.to_owned()), ("name", full_name(first_name, last_name))])
}
