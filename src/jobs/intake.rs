//! Takes a mail while it comes: large files go into the store at once, and no mail is ever in memory whole.

use crate::base::error::{Error, Result};
use crate::base::limits;
use crate::desk::Desk;
use crate::mail::inbound::{self, Reading, Received};
use crate::mail::slim::{FileSink, Kept, Slimmer};
use crate::model::mailbox::Mailbox;
use crate::store::WriteTx;
use crate::store::media::{self, BlobId};

/// A mail on its way in.
#[derive(Default)]
pub(super) struct Intake {
    slimmer: Slimmer,
    sink: Sink,
}

/// What the store is to be told after each piece; bounded by the piece.
#[derive(Default)]
struct Sink {
    steps: Vec<Step>,
    blob: BlobId,
    chunks: u32,
    begun: Vec<BlobId>,
}

/// A mail that came whole.
pub(super) struct Settled {
    slim: Vec<u8>,
    kept: Kept,
    /// Its files in the store.
    begun: Vec<BlobId>,
}

enum Step {
    Begin(BlobId),
    Chunk(BlobId, u32, Vec<u8>),
}

impl FileSink for Sink {
    fn begin(&mut self) -> Result<()> {
        (self.blob, self.chunks) = (media::blob_number(), 0);
        self.begun.push(self.blob);
        self.steps.push(Step::Begin(self.blob));
        Ok(())
    }

    fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.steps.push(Step::Chunk(self.blob, self.chunks, piece.to_vec()));
        self.chunks += 1;
        Ok(())
    }

    fn end(&mut self) -> Result<BlobId> {
        Ok(self.blob)
    }
}

impl Intake {
    /// Bytes that came so far.
    pub(super) fn bytes(&self) -> u64 {
        self.slimmer.bytes()
    }

    /// The next bytes. `TooLarge` as soon as the limit is passed.
    pub(super) async fn push(&mut self, desk: &Desk, bytes: &[u8]) -> Result<()> {
        if self.slimmer.bytes() + bytes.len() as u64 > limits::MAIL_BYTES_MAX {
            return Err(Error::too_large(format!("This mail is larger than {} MB, the limit here.", limits::MAIL_BYTES_MAX / 1024 / 1024)));
        }
        self.slimmer.push(bytes, &mut self.sink)?;
        self.sink.flush(desk).await
    }

    /// The mail is whole: what of it goes into the store is there now.
    pub(super) async fn settled(self, desk: &Desk) -> Result<Settled> {
        let Intake { slimmer, mut sink } = self;
        let (slim, kept) = slimmer.end(&mut sink)?;
        sink.flush(desk).await?;
        Ok(Settled { slim, kept, begun: sink.begun })
    }

    /// Forgets what came; housekeeping would do it tomorrow.
    pub(super) async fn discard(self, desk: &Desk) {
        forget(desk, self.sink.begun).await;
    }
}

impl Settled {
    /// The mail, read as this mailbox's server writes them. Who proved what is believed to the server alone that the settings name; without
    /// a name, to what stands above everything a sender could have written.
    pub(super) async fn understood(self, desk: &Desk, mailbox: &Mailbox) -> Result<Received> {
        let Settled { slim, kept, begun } = self;
        let (server, address) = (mailbox.config.authserv_id.clone(), mailbox.config.address.clone());
        // Off the threads that answer people: odd mails take a moment.
        let read = tokio::task::spawn_blocking(move || {
            let server = Some(server.as_str()).filter(|server| !server.is_empty());
            inbound::read_with(&slim, &Reading { server, ours: &[&address], kept: Some(&kept) })
        })
        .await;
        if read.is_err() {
            forget(desk, begun).await;
        }
        read.map_err(Error::internal)
    }
}

async fn forget(desk: &Desk, begun: Vec<BlobId>) {
    if let Err(error) = desk.store.write(move |tx| begun.iter().try_for_each(|blob| media::drop_blob(tx, *blob))).await {
        log::warn!("files of half a mail stay until housekeeping error=\"{error:?}\"");
    }
}

impl Sink {
    async fn flush(&mut self, desk: &Desk) -> Result<()> {
        if self.steps.is_empty() {
            return Ok(());
        }
        let steps = std::mem::take(&mut self.steps);
        desk.store.write(move |tx| steps.iter().try_for_each(|step| step.take(tx))).await
    }
}

impl Step {
    fn take(&self, tx: &WriteTx) -> Result<()> {
        match self {
            Step::Begin(blob) => media::begin_blob_as(tx, *blob).map(drop),
            Step::Chunk(blob, n, bytes) => media::append_chunk(tx, *blob, *n, bytes),
        }
    }
}
