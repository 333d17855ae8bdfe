//! Mail that came: kept once, looked at for what it is, and put where it belongs (`mail_places`). What a machine wrote is noted and never
//! becomes a message, so that two machines never talk to each other here (security row 34).

use super::Desk;
use super::attachments::drop_files;
use super::bounces;
use super::mail_places::{Letter, place};
use super::mail_tags::Side;
use super::messages::note_activity;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{ConversationId, Uuid};
use crate::base::pieces::Pieces;
use crate::base::{email, files, limits, text};
use crate::mail::inbound::{FileBytes, Nature, Received, ReceivedFile, Trust};
use crate::model::mailbox::Mailbox;
use crate::model::message::{Activity, MailFlag, MailMark};
use crate::store::mails_in::{self, NewMail};
use crate::store::media::{self, Arrived};
use crate::store::{ReadTx, WriteTx, inboxes};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Where a mail went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// The same mail was here before.
    Known,
    /// It is a message of this conversation: `(conversation, message)`.
    Message(Uuid, Uuid),
    /// It is remembered, and nothing was said: why.
    Noted(&'static str),
}

/// A conversation that a mail names, and for whom the name was given out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thread {
    pub(super) conversation: ConversationId,
    pub(super) side: Side,
    /// By a signed tag: whoever wrote got a mail of ours, or was shown one.
    pub(super) by_tag: bool,
}

/// The threads that a mail claims.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Claims {
    pub(super) thread: Option<Thread>,
    /// It carried a tag that is not ours.
    pub(super) has_false_tag: bool,
}

impl Desk {
    /// Takes a mail that came into `mailbox`. The same mail again, whichever way it comes, changes nothing.
    pub async fn receive_mail(&self, mailbox: &Mailbox, mut received: Received) -> Result<Placed> {
        let message_id = received.message_id.clone();
        let (desk, hints) = (self.clone(), (received.recipients.clone(), answered_ids(&received)));
        let inbox = mailbox.inbox;
        let from =
            (email_key(&received.from.address), received.reply_to.as_ref().map(|party| email_key(&party.address)).unwrap_or_default());
        let (is_known, mut claims, allowed, is_form) = self
            .store
            .read(move |tx| {
                let (recipients, ids) = hints;
                let allowed = inboxes::inbox_of(tx, inbox)?.config.file_extensions;
                let (from, reply_to) = from;
                let speaks_for_another = is_nobody(&from) || mails_in::is_own(tx, &from)?;
                let is_form = !reply_to.is_empty() && speaks_for_another && !mails_in::is_own(tx, &reply_to)?;
                Ok((mails_in::is_known(tx, &message_id)?, claims(&desk, tx, &recipients, &ids)?, allowed, is_form))
            })
            .await?;
        if is_known {
            self.forget_stored(&received.files).await?;
            return Ok(Placed::Known);
        }
        if is_form {
            comes_from_form(&mut received);
            // A mail that its form sent shows a Message-ID of ours by accident at most, and the tag was given to its reader.
            claims.thread = claims.thread.filter(|thread| thread.by_tag);
        }
        let address = email_key(&received.from.address);
        let machine = self.machine(&received);
        let is_banned = !address.is_empty() && self.check_address(&address).is_err();
        let (mut remarks, given) = (std::mem::take(&mut received.remarks), std::mem::take(&mut received.files));
        let wanted = machine.is_none() && !is_banned;
        let mut files = match wanted {
            true => self.keep_files(&allowed, given, &mut remarks).await?,
            false => {
                self.forget_stored(&given).await?;
                Vec::new()
            }
        };
        if wanted {
            self.keep_long_text(&mut received, &mut files, &mut remarks).await?;
        }
        remarks.truncate(limits::MAIL_REMARKS_MAX);
        let rest = (cut(&received.body.quoted), cut(&received.body.signature));
        let subject = text::clean_line(&received.subject, limits::MAIL_SUBJECT_CHARS_MAX);
        let flag = Some(MailFlag::Forged).filter(|_| received.trust == Trust::Forged || address.is_empty());
        let mark = MailMark {
            from: if address.is_empty() { text::clean_line(&received.from.address, 254) } else { address.clone() },
            subject: subject.clone(),
            flag,
            rest: !(rest.0.is_empty() && rest.1.is_empty()),
            remarks,
        };
        let agents_proved = !mailbox.config.authserv_id.is_empty();
        let letter = Letter { mailbox: mailbox.id, inbox, address, subject, claims, is_form, agents_proved, files, rest, mark, received };
        let here = self.here();
        let kept: Vec<Arrived> = letter.files.clone();
        let placed = self
            .store
            .write(move |tx| {
                if mails_in::is_known(tx, &letter.received.message_id)? {
                    drop_files(tx, &letter.files)?;
                    return Ok(Placed::Known);
                }
                if let Some(reason) = machine {
                    return note_machine(tx, &letter, reason);
                }
                if is_banned || mails_in::is_own(tx, &letter.address)? {
                    return letter.ignore(tx, if is_banned { "banned" } else { "own address" });
                }
                // An address typed into a form says nothing about whether mail to it arrives.
                if letter.mark.flag.is_none() && !letter.is_form {
                    bounces::writes_again(tx, &letter.address)?;
                }
                place(tx, &here, &letter)
            })
            .await;
        match placed {
            Ok(placed) => {
                self.look_at_queue().await?;
                Ok(placed)
            }
            Err(error) => {
                self.discard_files(kept).await;
                Err(error)
            }
        }
    }

    /// Why a mail was written by no person, if so.
    fn machine(&self, received: &Received) -> Option<&'static str> {
        if received.loop_marks.iter().any(|mark| *mark == self.loop_mark()) {
            return Some("loop");
        }
        match received.nature {
            Nature::Personal => None,
            Nature::AutoReply => Some("automatic answer"),
            Nature::AutoGenerated => Some("automatic"),
            Nature::List => Some("list"),
            Nature::Bounce => Some("bounce"),
            Nature::Complaint => Some("complaint"),
        }
    }

    /// Takes what may be taken; what may not is said. Nothing stays when something else goes wrong.
    async fn keep_files(&self, allowed: &[String], given: Vec<ReceivedFile>, remarks: &mut Vec<String>) -> Result<Vec<Arrived>> {
        let mut kept = Vec::new();
        for (position, file) in given.into_iter().enumerate() {
            if position >= limits::FILES_PER_MESSAGE_MAX {
                let name = files::clean_name(&file.name);
                remarks.push(format!("\"{name}\" was left out: a message carries {} files.", limits::FILES_PER_MESSAGE_MAX));
                self.forget_stored(&[file]).await?;
                continue;
            }
            let taken = match file.bytes {
                FileBytes::Here(bytes) => self.take_file(&file.name, limits::FILE_BYTES_MAX, allowed, &mut Whole(Some(bytes.into()))).await,
                FileBytes::Stored { blob, size } => self.adopt_file(&file.name, blob, size, allowed).await,
            };
            match taken {
                Ok(arrived) => kept.push(arrived),
                Err(error) if matches!(error.kind, Kind::Invalid | Kind::TooLarge) => remarks.push(error.into_sentence()),
                Err(error) => {
                    self.discard_files(kept).await;
                    return Err(error);
                }
            }
        }
        Ok(kept)
    }

    /// Forgets files of a mail that nobody will read.
    async fn forget_stored(&self, files: &[ReceivedFile]) -> Result<()> {
        let stored = |file: &ReceivedFile| match file.bytes {
            FileBytes::Stored { blob, .. } => Some(blob),
            FileBytes::Here(_) => None,
        };
        let blobs: Vec<_> = files.iter().filter_map(stored).collect();
        if blobs.is_empty() {
            return Ok(());
        }
        self.store.write(move |tx| blobs.iter().try_for_each(|blob| media::drop_blob(tx, *blob))).await
    }

    /// Judges a file whose bytes lie in the store already.
    async fn adopt_file(&self, name: &str, blob: media::BlobId, size: u64, allowed: &[String]) -> Result<Arrived> {
        let name = files::clean_name(name);
        let (mut hash, mut head, mut n) = (Sha256::new(), Vec::new(), 0);
        let mut read = 0;
        while read < size {
            let chunk = self.chunk(blob, n).await?;
            if head.is_empty() {
                head.clone_from(&chunk);
            }
            read += chunk.len() as u64;
            hash.update(&chunk);
            n += 1;
        }
        let judged = match size {
            0 => Err(Error::invalid(format!("\"{name}\" is empty."))),
            size if size > limits::FILE_BYTES_MAX => {
                let limit = limits::FILE_BYTES_MAX / 1024 / 1024;
                Err(Error::too_large(format!("\"{name}\" is larger than {limit} MB, the limit for one file.")))
            }
            _ => files::judge(&name, &head, allowed),
        };
        let content_type = match judged {
            Ok(content_type) => content_type,
            Err(error) => {
                self.store.write(move |tx| media::drop_blob(tx, blob)).await?;
                return Err(error);
            }
        };
        let dimensions = files::preview_size(content_type, &head);
        Ok(Arrived {
            blob,
            hash: hash.finalize().into(),
            name,
            content_type: content_type.to_owned(),
            size,
            width: dimensions.map(|(width, _)| width),
            height: dimensions.map(|(_, height)| height),
        })
    }

    /// A mail may be longer than a message: its beginning is the message, and the whole of it a file.
    async fn keep_long_text(&self, received: &mut Received, files: &mut Vec<Arrived>, remarks: &mut Vec<String>) -> Result<()> {
        let written = text::visible(&received.body.text);
        if written.chars().count() <= limits::MESSAGE_CHARS_MAX {
            received.body.text = written;
            return Ok(());
        }
        let bytes = Bytes::from(written.clone().into_bytes());
        match self.take_file("mail.txt", limits::FILE_BYTES_MAX, &["*".to_owned()], &mut Whole(Some(bytes))).await {
            Ok(whole) => {
                files.insert(0, whole);
                remarks.insert(0, "This mail is longer than a message can be: all of it is in \"mail.txt\".".into());
            }
            Err(error) if matches!(error.kind, Kind::Invalid | Kind::TooLarge) => {
                remarks.insert(0, "The end of this mail was cut off.".into())
            }
            Err(error) => {
                self.discard_files(std::mem::take(files)).await;
                return Err(error);
            }
        }
        received.body.text = written.chars().take(limits::MESSAGE_CHARS_MAX - 1).chain(['…']).collect();
        Ok(())
    }
}

impl Letter {
    /// Remembers the mail, and that nothing came of it.
    pub(super) fn ignore(&self, tx: &WriteTx, reason: &'static str) -> Result<Placed> {
        drop_files(tx, &self.files)?;
        mails_in::insert(tx, NewMail { reason, ..self.row("ignored") })?;
        Ok(Placed::Noted(reason))
    }

    /// The row by which the mail is remembered.
    pub(super) fn row(&self, kind: &'static str) -> NewMail<'_> {
        NewMail {
            message_id: &self.received.message_id,
            kind,
            mailbox: self.mailbox,
            conversation: None,
            contact: None,
            agent: None,
            address: &self.address,
            subject: &self.subject,
            reason: "",
        }
    }
}

/// What a machine wrote is no message. A notice that a mail came back is told in its conversation; of automatic answers one a day.
fn note_machine(tx: &WriteTx, letter: &Letter, reason: &'static str) -> Result<Placed> {
    drop_files(tx, &letter.files)?;
    match letter.received.nature {
        Nature::Bounce if reason == "bounce" => return bounces::came_back(tx, letter),
        Nature::Complaint if reason == "complaint" => return bounces::complained(tx, letter),
        _ => {}
    }
    let Some(thread) = letter.claims.thread.filter(|_| reason == "automatic answer") else {
        mails_in::insert(tx, NewMail { reason, ..letter.row("ignored") })?;
        return Ok(Placed::Noted(reason));
    };
    let day = limits::AUTOMATIC_NOTED_EVERY.as_millis() as i64;
    let is_first = mails_in::came_since(tx, thread.conversation, "ignored", tx.now - day)? == 0;
    mails_in::insert(tx, NewMail { reason, conversation: Some(thread.conversation), ..letter.row("ignored") })?;
    if is_first && mails_in::conversation_uuid(tx, thread.conversation.0)?.is_some() {
        note_activity(tx, thread.conversation, None, Activity { action: "mail_automatic".into(), value: letter.subject.clone() })?;
    }
    Ok(Placed::Noted(reason))
}

/// What sites call their forms and programs: nobody reads there, so who is to be answered wrote it.
const NOBODYS: [&str; 14] = [
    "noreply",
    "donotreply",
    "wordpress",
    "wwwdata",
    "apache",
    "nobody",
    "mailer",
    "forms",
    "formsubmission",
    "contactform",
    "kontaktformular",
    "webform",
    "notification",
    "notifications",
];

fn is_nobody(address: &str) -> bool {
    let Some((name, _)) = address.split_once('@') else { return false };
    let name = name.split('+').next().unwrap_or_default().replace(['-', '_', '.'], "");
    NOBODYS.contains(&name.as_str()) || name.starts_with("noreply")
}

/// A form sends in the site's name, often from our own address, and says under Reply-To who filled it in: he is the writer, and not the form,
/// which would be one person with all its writers. What was proved, or could not be, is the form alone. Many forms say that a machine wrote
/// (`Auto-Submitted: auto-generated`): a machine carried it, and a person elsewhere wrote. What goes to many people, or names its own house under
/// Reply-To, stays a machine's.
fn comes_from_form(received: &mut Received) {
    let Some(writer) = received.reply_to.take() else { return };
    let form = text::clean_line(&received.from.address, 254);
    let remark = format!("This mail was sent by {form}, as forms do. Who wrote it is what was typed there; nobody has checked it.");
    received.remarks.insert(0, remark);
    if received.trust == Trust::Forged {
        received.remarks.insert(1, "The form's own address could not be proved either (DMARC failed).".into());
    }
    let is_elsewhere = !domain(&writer.address).eq_ignore_ascii_case(domain(&received.from.address));
    if received.nature == Nature::AutoGenerated && !received.is_bulk && is_elsewhere {
        received.nature = Nature::Personal;
    }
    received.from = writer;
    received.trust = Trust::Unknown;
}

fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// An address as it is compared; "" = none that could be one.
fn email_key(address: &str) -> String {
    email::check(address).map(|address| email::key(&address)).unwrap_or_default()
}

/// The thread that a mail proves or names: by a signed tag among its recipients, else by what it answers.
fn claims(desk: &Desk, tx: &ReadTx, recipients: &[String], ids: &[String]) -> Result<Claims> {
    let mut has_false_tag = false;
    for (side, number, proof) in recipients.iter().take(limits::MAIL_RECIPIENTS_READ).filter_map(|recipient| Desk::tag(recipient)) {
        match mails_in::conversation_uuid(tx, number)? {
            Some(uuid) if desk.proves(side, number, &uuid.to_string(), &proof) => {
                let thread = Thread { conversation: ConversationId(number), side, by_tag: true };
                return Ok(Claims { thread: Some(thread), has_false_tag: false });
            }
            _ => has_false_tag = true,
        }
    }
    for id in ids {
        let Some(original) = mails_in::original(tx, id)? else { continue };
        let Some(conversation) = original.conversation else { continue };
        // A mail from outside that we took into a conversation is answered by its own writer.
        let side = if original.agent.is_some() || original.kind == "to_agents" { Side::Agent } else { Side::Contact };
        return Ok(Claims { thread: Some(Thread { conversation, side, by_tag: false }), has_false_tag });
    }
    Ok(Claims { thread: None, has_false_tag })
}

/// The mails that this one answers, the nearest first.
fn answered_ids(received: &Received) -> Vec<String> {
    let nearest_first = received.in_reply_to.iter().chain(received.references.iter().rev());
    nearest_first.take(2 * limits::MAIL_REFERENCES_MAX).cloned().collect()
}

fn cut(words: &str) -> String {
    words.trim_end().chars().take(limits::MAIL_REST_CHARS_MAX).collect()
}

/// A file that is here already.
struct Whole(Option<Bytes>);

impl Pieces for Whole {
    async fn next_piece(&mut self) -> Result<Option<Bytes>> {
        Ok(self.0.take())
    }
}
