//! Takes mail from `deskbell deliver`, the command that a mail server calls for each mail. It comes through a socket beside the data file that
//! only the owner of the file may open: the file has one writer, and who may read it needs no further proof.
//!
//! The other side says `deliver ADDRESS`, a line end, the mail, and closes its half; we answer `taken`, `later WHY`, `refused WHY` or `unknown WHY`.

use super::intake::Intake;
use crate::base::error::{Error, Kind, Result};
use crate::base::limits;
use crate::desk::Desk;
use crate::model::mailbox::{Direction, Mailbox};
use crate::store::mailboxes;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long mail that is coming may still come when the house closes.
const FAREWELL: Duration = Duration::from_secs(5);
/// Bytes of the first line.
const HEAD_BYTES_MAX: usize = 512;

/// Where the socket of this data file lies.
pub fn socket_of(data_file: &Path) -> PathBuf {
    let mut name = data_file.as_os_str().to_owned();
    name.push(".deliver");
    PathBuf::from(name)
}

/// Takes mail until `stop` turns true; what is being taken is finished.
pub async fn run(desk: Desk, data_file: PathBuf, mut stop: watch::Receiver<bool>) {
    let path = socket_of(&data_file);
    let listener = match listen(&path) {
        Ok(listener) => listener,
        Err(cause) => {
            // Nearly nobody needs it: mail may come by IMAP all the same.
            log::warn!("`deskbell deliver` cannot be served path=\"{}\" cause=\"{cause}\"", path.display());
            return;
        }
    };
    let mut taking = JoinSet::new();
    let places = Arc::new(Semaphore::new(limits::DELIVERIES_AT_ONCE));
    while !*stop.borrow() {
        // Cancel-safe: waiting for a place or a connection loses nothing.
        let accepted = tokio::select! {
            accepted = async {
                let place = places.clone().acquire_owned().await;
                (listener.accept().await, place)
            } => accepted,
            _ = stop.changed() => break,
        };
        if let (Ok((stream, _)), Ok(place)) = accepted {
            let desk = desk.clone();
            // Those that ended are forgotten here; more than `places` never run.
            while taking.try_join_next().is_some() {}
            taking.spawn(async move {
                answer(&desk, stream).await;
                drop(place);
            });
        }
    }
    let _ = std::fs::remove_file(&path);
    // Whoever is cut off keeps the mail and comes again.
    let _ = tokio::time::timeout(FAREWELL, async { while taking.join_next().await.is_some() {} }).await;
    taking.shutdown().await;
}

/// Whoever serves the file holds its lock, so a socket that lies there is left over.
fn listen(path: &Path) -> std::io::Result<UnixListener> {
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn answer(desk: &Desk, mut stream: UnixStream) {
    let said = match take(desk, &mut stream).await {
        Ok(()) => "taken\n".to_owned(),
        Err(error) => {
            let word = match error.kind {
                Kind::NotFound => "unknown",
                Kind::TooLarge | Kind::Invalid => "refused",
                _ => "later",
            };
            format!("{word} {}\n", error.message.replace('\n', " "))
        }
    };
    let _ = tokio::time::timeout(limits::DELIVERY_PAUSE, stream.write_all(said.as_bytes())).await;
}

async fn take(desk: &Desk, stream: &mut UnixStream) -> Result<()> {
    let (mailbox, first) = head(desk, stream).await?;
    let mut intake = Intake::default();
    if let Err(error) = pour(desk, stream, &first, &mut intake).await {
        intake.discard(desk).await;
        return Err(error);
    }
    let received = intake.understood(desk, &mailbox).await?;
    desk.receive_mail(&mailbox, received).await?;
    let id = mailbox.id;
    desk.store.write(move |tx| mailboxes::worked(tx, id, Direction::In)).await
}

async fn pour(desk: &Desk, stream: &mut UnixStream, first: &[u8], intake: &mut Intake) -> Result<()> {
    intake.push(desk, first).await?;
    let mut buffer = vec![0; limits::CHUNK_BYTES];
    loop {
        let read = tokio::time::timeout(limits::DELIVERY_PAUSE, stream.read(&mut buffer)).await;
        let size =
            read.map_err(|_| Error::unavailable("The mail stopped coming."))?.map_err(|_| Error::unavailable("The mail was cut off."))?;
        match size {
            0 if intake.bytes() == 0 => return Err(Error::invalid("There is no mail.")),
            0 => return Ok(()),
            size => intake.push(desk, &buffer[..size]).await?,
        }
    }
}

/// The mailbox that is meant, and the first bytes of the mail.
async fn head(desk: &Desk, stream: &mut UnixStream) -> Result<(Mailbox, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = [0; HEAD_BYTES_MAX];
    let end = loop {
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            break end;
        }
        if bytes.len() >= HEAD_BYTES_MAX {
            return Err(Error::invalid("The mailbox is not named."));
        }
        let read = tokio::time::timeout(limits::DELIVERY_PAUSE, stream.read(&mut buffer)).await;
        match read {
            Ok(Ok(size)) if size > 0 => bytes.extend_from_slice(&buffer[..size]),
            _ => return Err(Error::invalid("The mailbox is not named.")),
        }
    };
    let mail = bytes.split_off(end + 1);
    let line = String::from_utf8_lossy(&bytes);
    let address = line.trim().strip_prefix("deliver ").unwrap_or_default().trim().to_owned();
    let bare = without_tag(&address);
    let found = desk
        .store
        .read(move |tx| match mailboxes::by_address(tx, &address)? {
            Some(mailbox) => Ok(Some(mailbox)),
            None => mailboxes::by_address(tx, &bare),
        })
        .await?;
    match found {
        Some(mailbox) if mailbox.enabled => Ok((mailbox, mail)),
        // Switched off for now: the mail server keeps it.
        Some(_) => Err(Error::unavailable("This mailbox is switched off.")),
        None => Err(Error::new(Kind::NotFound, "There is no mailbox with this address.")),
    }
}

/// `chat+tag@…` comes to the mailbox of `chat@…`.
fn without_tag(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address.to_owned(),
    }
}
