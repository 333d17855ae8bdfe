//! Files: taken chunk by chunk, judged by their first bytes, named once, handed out by signed links.

use super::Desk;
use crate::base::error::{Error, Result};
use crate::base::id::{InboxId, Uuid};
use crate::base::pieces::Pieces;
use crate::base::{files, limits, token};
use crate::model::agent::AgentSession;
use crate::model::contact::Session;
use crate::model::inbox::Inbox;
use crate::model::message::Attachment;
use crate::store::media::{self, Arrived, BlobId, Owner, Stored};
use crate::store::{WriteTx, conversations};
use sha2::{Digest, Sha256};

/// Chunks handed to the writer at once: fewer commits for long files, still little memory.
const CHUNKS_PER_WRITE: usize = 4;
/// First bytes kept for judging a file; a JPEG tells its size only behind its metadata.
const HEAD_BYTES: usize = 64 * 1024;

/// A file on its way in. What is not finished is dropped by `discard`, or by housekeeping when nobody could.
struct Upload {
    desk: Desk,
    name: String,
    bytes_max: u64,
    blob: Option<BlobId>,
    chunks_written: u32,
    buffer: Vec<u8>,
    head: Vec<u8>,
    hash: Sha256,
    size: u64,
}

impl Desk {
    fn begin_upload(&self, name: &str, bytes_max: u64) -> Upload {
        Upload {
            desk: self.clone(),
            name: files::clean_name(name),
            bytes_max,
            blob: None,
            chunks_written: 0,
            buffer: Vec::new(),
            head: Vec::new(),
            hash: Sha256::new(),
            size: 0,
        }
    }

    /// Takes a whole file from a source of pieces; whatever goes wrong, nothing of it stays.
    pub async fn take_file(&self, name: &str, bytes_max: u64, allowed: &[String], source: &mut impl Pieces) -> Result<Arrived> {
        let mut upload = self.begin_upload(name, bytes_max);
        loop {
            let appended = match source.next_piece().await {
                Ok(Some(piece)) => upload.append(&piece).await,
                Ok(None) => return upload.finish(allowed).await,
                Err(error) => Err(error),
            };
            if let Err(error) = appended {
                upload.discard().await;
                return Err(error);
            }
        }
    }

    /// Whether visitors may send files into this inbox at all.
    pub fn check_uploads_allowed(&self, inbox: &Inbox) -> Result<()> {
        match inbox.config.features.file_upload {
            true => Ok(()),
            false => Err(files_off()),
        }
    }

    /// Whether a contact may send more files today.
    pub async fn check_file_budget(&self, session: &Session) -> Result<()> {
        let contact = session.contact;
        let sent = self.store.read(move |tx| media::bytes_of_contact(tx, contact, tx.now - 24 * 3600 * 1000)).await?;
        match sent < limits::CONTACT_FILE_BYTES_PER_DAY {
            true => Ok(()),
            false => {
                let words = "You have sent very many files today. Please try again tomorrow.";
                Err(Error::too_many(words, 3600).in_field("files").coded("files_today"))
            }
        }
    }

    /// Keeps files that an agent uploaded for a conversation until a message names them.
    pub async fn keep_drafts(&self, agent: &AgentSession, conversation: Uuid, arrived: Vec<Arrived>) -> Result<Vec<Attachment>> {
        let agent = agent.agent.id;
        self.store
            .write(move |tx| {
                let conversation = conversations::find_for_agent(tx, agent, conversation)?.conversation;
                let owner = Owner::Draft(conversation.id, agent);
                arrived.iter().enumerate().map(|(position, file)| media::insert(tx, owner, position as u32, file)).collect()
            })
            .await
    }

    /// Stores a logo; answers its public path.
    pub async fn keep_logo(&self, inbox: InboxId, logo: Arrived) -> Result<String> {
        let attachment = self.store.write(move |tx| media::insert(tx, Owner::Logo(inbox), 0, &logo)).await?;
        Ok(format!("/uploads/{}", attachment.uuid))
    }

    /// Forgets files whose message was refused.
    pub async fn discard_files(&self, files: Vec<Arrived>) {
        if files.is_empty() {
            return;
        }
        if let Err(error) = self.store.write(move |tx| drop_files(tx, &files)).await {
            log::warn!("refused files stay until housekeeping error=\"{error:?}\"");
        }
    }

    /// The signed path of a file; the same for half a day, so that browsers can cache it.
    pub fn link(&self, uuid: Uuid) -> String {
        let life = limits::UPLOAD_LINK_LIFE.as_millis() as i64;
        let expires = (self.clock.now() / (life / 2) + 2) * (life / 2);
        format!("{}/uploads/{uuid}?t={}", self.base_path, token::sign_link(&self.link_key, &uuid.to_string(), expires))
    }

    /// A file by its public id and the ticket of its link. Wrong, expired or missing ticket and unknown file are the same.
    pub async fn file(&self, uuid: Uuid, ticket: Option<&str>) -> Result<Stored> {
        let signed = ticket.is_some_and(|ticket| token::check_link(&self.link_key, &uuid.to_string(), ticket, self.clock.now()));
        let found = self.store.read(move |tx| media::find(tx, uuid)).await?;
        found.filter(|file| signed || file.public).ok_or_else(|| Error::not_found("file"))
    }

    /// Chunk `n` of a file's bytes.
    pub async fn chunk(&self, blob: BlobId, n: u32) -> Result<Vec<u8>> {
        self.store.read(move |tx| media::chunk(tx, blob, n)).await?.ok_or_else(|| Error::internal("a chunk of a file is missing"))
    }
}

impl Upload {
    /// Takes more bytes. `TooLarge` as soon as the limit is passed.
    async fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size > self.bytes_max {
            let limit_kb = self.bytes_max / 1024;
            let limit = if limit_kb >= 1024 { format!("{} MB", limit_kb / 1024) } else { format!("{limit_kb} KB") };
            let words = format!("\"{}\" is larger than {limit}, the limit for one file.", self.name);
            let error = Error::too_large(words).in_field("files").coded("file_too_large");
            return Err(error.detail("name", self.name.as_str()).detail("limit", limit));
        }
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        self.hash.update(bytes);
        self.buffer.extend_from_slice(bytes);
        while self.buffer.len() >= CHUNKS_PER_WRITE * limits::CHUNK_BYTES {
            let rest = self.buffer.split_off(CHUNKS_PER_WRITE * limits::CHUNK_BYTES);
            self.flush().await?;
            self.buffer = rest;
        }
        Ok(())
    }

    /// Ends the file: refuses an empty one, an extension that is not allowed, content that is not what its name says.
    async fn finish(mut self, allowed: &[String]) -> Result<Arrived> {
        match self.try_finish(allowed).await {
            Ok(arrived) => Ok(arrived),
            Err(error) => {
                self.discard().await;
                Err(error)
            }
        }
    }

    /// Gives up; what was written is removed.
    async fn discard(self) {
        let Some(blob) = self.blob else { return };
        if let Err(error) = self.desk.store.write(move |tx| media::drop_blob(tx, blob)).await {
            log::warn!("a broken upload stays until housekeeping error=\"{error:?}\"");
        }
    }

    async fn try_finish(&mut self, allowed: &[String]) -> Result<Arrived> {
        if self.size == 0 {
            let error = Error::invalid(format!("\"{}\" is empty.", self.name)).in_field("files");
            return Err(error.coded("file_empty").detail("name", self.name.as_str()));
        }
        let content_type = files::judge(&self.name, &self.head, allowed)
            .map_err(|error| error.in_field("files").coded("file_kind").detail("name", self.name.as_str()))?;
        let dimensions = files::preview_size(content_type, &self.head);
        self.flush().await?;
        let blob = self.blob.ok_or_else(|| Error::internal("an upload without bytes"))?;
        Ok(Arrived {
            blob,
            hash: self.hash.clone().finalize().into(),
            name: self.name.clone(),
            content_type: content_type.to_owned(),
            size: self.size,
            width: dimensions.map(|(width, _)| width),
            height: dimensions.map(|(_, height)| height),
        })
    }

    async fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let (blob, first, bytes) = (self.blob, self.chunks_written, std::mem::take(&mut self.buffer));
        let chunks = bytes.len().div_ceil(limits::CHUNK_BYTES) as u32;
        let blob = self
            .desk
            .store
            .write(move |tx| {
                let blob = match blob {
                    Some(blob) => blob,
                    None => media::begin_blob(tx)?,
                };
                for (index, chunk) in bytes.chunks(limits::CHUNK_BYTES).enumerate() {
                    media::append_chunk(tx, blob, first + index as u32, chunk)?;
                }
                Ok(blob)
            })
            .await?;
        self.blob = Some(blob);
        self.chunks_written += chunks;
        Ok(())
    }
}

/// Files are off here.
pub fn files_off() -> Error {
    Error::invalid("Files cannot be sent here.").in_field("files").coded("files_off")
}

/// More files than one message carries.
pub fn too_many_files() -> Error {
    let most = limits::FILES_PER_MESSAGE_MAX;
    Error::invalid(format!("A message can carry {most} files.")).in_field("files").coded("too_many_files").detail("count", most)
}

pub(super) fn drop_files(tx: &WriteTx, files: &[Arrived]) -> Result<()> {
    files.iter().try_for_each(|file| media::drop_blob(tx, file.blob))
}
