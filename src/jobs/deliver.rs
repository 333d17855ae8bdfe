//! Takes mail from `deskbell deliver`, the command that a mail server calls for each mail. It comes through a socket beside the data file that
//! only the owner of the file may open: the file has one writer, and who may read it needs no further proof.
//!
//! The other side says `deliver ADDRESS LENGTH`, a line end, so many bytes of mail, and closes its half; we answer `taken`, `later WHY`, `refused WHY`
//! or `unknown WHY`. Fewer bytes are a mail that was cut off. What goes wrong here is never a reason to send mail back to people: only an
//! address that nobody has, and a mail that is empty or too large, are final.

use super::intake::Intake;
use crate::base::error::Error;
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

/// Pause when no connection can be accepted: mostly too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
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
        if let (Err(cause), _) = &accepted {
            log::warn!("mail that is handed over cannot be taken cause=\"{cause}\"");
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
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

/// Why a mail was not taken, as it is answered.
struct Refusal {
    word: &'static str,
    why: String,
}

impl Refusal {
    fn for_ever(word: &'static str, why: impl Into<String>) -> Refusal {
        Refusal { word, why: why.into() }
    }
}

impl From<Error> for Refusal {
    /// Whatever we could not do, the mail server keeps the mail.
    fn from(error: Error) -> Refusal {
        Refusal { word: "later", why: error.into_sentence() }
    }
}

async fn answer(desk: &Desk, mut stream: UnixStream) {
    let said = match take(desk, &mut stream).await {
        Ok(()) => "taken\n".to_owned(),
        Err(Refusal { word, why }) => format!("{word} {}\n", why.replace('\n', " ")),
    };
    let _ = tokio::time::timeout(limits::DELIVERY_PAUSE, stream.write_all(said.as_bytes())).await;
}

async fn take(desk: &Desk, stream: &mut UnixStream) -> Result<(), Refusal> {
    let Head { mailbox, length, first } = head(desk, stream).await?;
    match length {
        0 => return Err(Refusal::for_ever("refused", "There is no mail.")),
        length if length > limits::MAIL_BYTES_MAX => return Err(Refusal::for_ever("refused", too_large())),
        _ => {}
    }
    let mut intake = Intake::default();
    if let Err(error) = pour(desk, stream, &first, length, &mut intake).await {
        intake.discard(desk).await;
        return Err(error.into());
    }
    let received = intake.settled(desk).await?.understood(desk, &mailbox).await?;
    desk.receive_mail(&mailbox, received).await?;
    let id = mailbox.id;
    Ok(desk.store.write(move |tx| mailboxes::worked(tx, id, Direction::In)).await?)
}

fn too_large() -> String {
    format!("This mail is larger than {} MB, the limit here.", limits::MAIL_BYTES_MAX / 1024 / 1024)
}

/// Takes exactly `length` bytes: whoever is killed in the middle closes the line, too.
async fn pour(desk: &Desk, stream: &mut UnixStream, first: &[u8], length: u64, intake: &mut Intake) -> Result<(), Error> {
    intake.push(desk, first).await?;
    let mut buffer = vec![0; limits::CHUNK_BYTES];
    loop {
        let size = some(stream, &mut buffer).await?;
        match size {
            0 if intake.bytes() < length => return Err(Error::unavailable("The mail was cut off.")),
            _ if intake.bytes() + size as u64 > length => return Err(Error::unavailable("The mail is longer than was said.")),
            0 => return Ok(()),
            size => intake.push(desk, &buffer[..size]).await?,
        }
    }
}

/// The next bytes; 0 at the end.
async fn some(stream: &mut UnixStream, buffer: &mut [u8]) -> Result<usize, Error> {
    let read = tokio::time::timeout(limits::DELIVERY_PAUSE, stream.read(buffer)).await;
    read.map_err(|_| Error::unavailable("The mail stopped coming."))?.map_err(|_| Error::unavailable("The mail was cut off."))
}

/// What is said before the mail.
struct Head {
    mailbox: Mailbox,
    length: u64,
    /// The first bytes of the mail.
    first: Vec<u8>,
}

async fn head(desk: &Desk, stream: &mut UnixStream) -> Result<Head, Refusal> {
    let mut bytes = Vec::new();
    let mut buffer = [0; HEAD_BYTES_MAX];
    let end = loop {
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            break end;
        }
        match some(stream, &mut buffer).await? {
            size if size > 0 && bytes.len() < HEAD_BYTES_MAX => bytes.extend_from_slice(&buffer[..size]),
            _ => return Err(Error::unavailable("The mailbox is not named.").into()),
        }
    };
    let first = bytes.split_off(end + 1);
    let line = String::from_utf8_lossy(&bytes);
    let named = line.trim().strip_prefix("deliver ").and_then(|said| said.rsplit_once(' '));
    let (address, length) = named
        .and_then(|(address, length)| Some((address.trim().to_owned(), length.parse::<u64>().ok()?)))
        .ok_or_else(|| Error::unavailable("The mailbox, or the length of the mail, is not named."))?;
    let bare = without_tag(&address);
    let found = desk
        .store
        .read(move |tx| match mailboxes::by_address(tx, &address)? {
            Some(mailbox) => Ok(Some(mailbox)),
            None => mailboxes::by_address(tx, &bare),
        })
        .await?;
    match found {
        Some(mailbox) if mailbox.enabled => Ok(Head { mailbox, length, first }),
        // Switched off for now: the mail server keeps it.
        Some(_) => Err(Error::unavailable("This mailbox is switched off.").into()),
        None => Err(Refusal::for_ever("unknown", "There is no mailbox with this address.")),
    }
}

/// `chat+tag@…` comes to the mailbox of `chat@…`.
fn without_tag(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address.to_owned(),
    }
}
