//! Fetches mail: one task per mailbox that is read by IMAP, begun anew when its settings change. How far a folder was read is written down
//! after each mail; whatever happens in between, the mail comes again and is known by its Message-ID.

use super::intake::Intake;
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{MailboxId, random_bytes};
use crate::base::limits;
use crate::base::tls::Tls;
use crate::desk::Desk;
use crate::mail::imap::{Imap, Position};
use crate::mail::inbound::Received;
use crate::model::mailbox::{Direction, Mailbox};
use crate::store::mailboxes;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Longest sleep between two looks at the settings, should a wake-up ever be missed.
const LOOK_AT_LEAST: Duration = Duration::from_secs(60);
/// A folder that was numbered anew is read again from this long before it was last read: clocks differ.
const OVERLAP_MS: Millis = 3_600_000;

/// A mailbox with its sealed password.
type Settings = (Mailbox, Option<Vec<u8>>);

/// A task that reads a mailbox, and the settings under which it was begun.
struct Reader {
    settings: Settings,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Keeps one task for each mailbox that is to be read, until `stop` turns true.
pub async fn run(desk: Desk, tls: Tls, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    let mut readers: HashMap<MailboxId, Reader> = HashMap::new();
    while !*stop.borrow() {
        // Registered before looking: a change between the look and the sleep wakes us.
        let woken = wake.notified();
        match desk.store.read(wanted).await {
            Ok(wanted) => match_to(&desk, &tls, &mut readers, wanted).await,
            Err(error) => log::warn!("mailboxes cannot be read error=\"{error:?}\""),
        }
        // Cancel-safe: all arms only wait.
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(LOOK_AT_LEAST) => {}
            _ = stop.changed() => {}
        }
    }
    match_to(&desk, &tls, &mut readers, HashMap::new()).await;
}

/// The mailboxes to be read, each with its sealed password: a new one begins a new session.
fn wanted(tx: &crate::store::ReadTx) -> Result<HashMap<MailboxId, Settings>> {
    let is_read = |mailbox: &Mailbox| {
        let incoming = &mailbox.config.incoming;
        mailbox.enabled && incoming.kind == "imap" && !incoming.imap.host.is_empty()
    };
    let all = mailboxes::all(tx)?.into_iter().filter(is_read);
    all.map(|mailbox| Ok((mailbox.id, (mailbox.clone(), mailboxes::password(tx, mailbox.id, Direction::In)?)))).collect()
}

/// Ends the readers that nobody wants any more, or not as they are, and begins those that are missing.
async fn match_to(desk: &Desk, tls: &Tls, readers: &mut HashMap<MailboxId, Reader>, wanted: HashMap<MailboxId, Settings>) {
    let is_same = |reader: &Reader, (mailbox, password): &Settings| {
        let (before, sealed) = &reader.settings;
        before.config == mailbox.config && sealed == password && !reader.task.is_finished()
    };
    let over: Vec<MailboxId> = readers
        .iter()
        .filter(|(id, reader)| !wanted.get(*id).is_some_and(|settings| is_same(reader, settings)))
        .map(|(id, _)| *id)
        .collect();
    let over: Vec<Reader> = over.iter().filter_map(|id| readers.remove(id)).collect();
    for reader in &over {
        let _ = reader.stop.send(true);
    }
    for reader in over {
        if let Err(cause) = reader.task.await {
            log::error!("reading a mailbox ended badly cause=\"{cause}\"");
        }
    }
    for (id, settings) in wanted {
        readers.entry(id).or_insert_with(|| {
            let (stop, stopped) = watch::channel(false);
            let task = tokio::spawn(mind(desk.clone(), tls.clone(), settings.0.clone(), stopped));
            Reader { settings, stop, task }
        });
    }
}

/// Reads one mailbox until told to stop; what fails is tried again, after pauses that grow.
async fn mind(desk: Desk, tls: Tls, mailbox: Mailbox, stop: watch::Receiver<bool>) {
    let mut failures = 0;
    while !*stop.borrow() {
        let mut stopping = stop.clone();
        // Cancelled only when the reader stops: what was being fetched comes again.
        let error = tokio::select! {
            error = read(&desk, &tls, &mailbox, &mut failures) => error,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        failures += 1;
        let refused = matches!(error.kind, Kind::Forbidden | Kind::NotFound | Kind::Invalid);
        log::info!("mailbox cannot be read mailbox={} failures={failures} error=\"{:?}\"", mailbox.uuid, error.kind);
        // A server that restarts is no trouble yet.
        if refused || failures > 1 {
            let (id, words) = (mailbox.id, error.message);
            if let Err(error) = desk.store.write(move |tx| mailboxes::failing(tx, id, Direction::In, &words)).await {
                log::warn!("how a mailbox fails was not stored error=\"{error:?}\"");
            }
        }
        let pause = if refused { limits::MAIL_PAUSE_MAX } else { pause(failures) };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// 1 s, 2 s, 4 s … to some minutes, with jitter.
fn pause(failures: u32) -> Duration {
    let base = Duration::from_millis(500 << failures.min(10)).min(limits::MAIL_PAUSE_MAX);
    base + base * u32::from(random_bytes::<1>()[0]) / 1024
}

/// One session: connect, fetch what came, wait for more; ends with what went wrong.
async fn read(desk: &Desk, tls: &Tls, mailbox: &Mailbox, failures: &mut u32) -> Error {
    match session(desk, tls, mailbox, failures).await {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

async fn session(desk: &Desk, tls: &Tls, mailbox: &Mailbox, failures: &mut u32) -> Result<std::convert::Infallible> {
    let incoming = &mailbox.config.incoming;
    let (server, password) = desk.mail_login(mailbox, Direction::In).await?;
    let mut imap = Imap::connect(tls, &server, password.as_ref()).await?;
    let folder = imap.open(&incoming.folder).await?;
    let id = mailbox.id;
    let known = desk.store.read(move |tx| mailboxes::position(tx, id)).await?;
    let mut next = match known {
        Some((validity, next)) if validity == folder.uid_validity => next,
        Some(_) => renumbered(desk, mailbox, &mut imap, folder).await?,
        None => {
            // What lay there before nobody expects in the desk.
            put(desk, mailbox, folder).await?;
            log::info!("mailbox is read from now on mailbox={}", mailbox.uuid);
            folder.uid_next
        }
    };
    let poll = Duration::from_secs(u64::from(incoming.poll_s.max(10)));
    loop {
        for uid in imap.since(next).await? {
            take(desk, mailbox, &mut imap, uid).await?;
            next = uid.saturating_add(1);
            put(desk, mailbox, Position { uid_validity: folder.uid_validity, uid_next: next }).await?;
        }
        *failures = 0;
        desk.store.write(move |tx| mailboxes::worked(tx, id, Direction::In)).await?;
        imap = match imap.can_idle {
            true => imap.wait(limits::MAIL_IDLE).await?,
            false => {
                tokio::time::sleep(poll).await;
                imap
            }
        };
        tokio::time::sleep(limits::MAIL_ROUND_MIN).await;
    }
}

async fn put(desk: &Desk, mailbox: &Mailbox, position: Position) -> Result<()> {
    let id = mailbox.id;
    desk.store.write(move |tx| mailboxes::put_position(tx, id, Some((position.uid_validity, position.uid_next)))).await
}

/// The server numbers its mails anew: those that came since shortly before the last look are taken once more. Most are known.
async fn renumbered(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, folder: Position) -> Result<u32> {
    let id = mailbox.id;
    let worked_at = desk.store.read(move |tx| mailboxes::by_id(tx, id)).await?.and_then(|mailbox| mailbox.incoming.worked_at);
    log::info!("mailbox was numbered anew mailbox={}", mailbox.uuid);
    if let Some(since) = worked_at.map(|at| at - OVERLAP_MS) {
        // A day earlier: the day of the search is that of the server's clock.
        for uid in imap.since_day(&day(since - 24 * 3_600_000)).await? {
            let arrived_at = imap.header(uid).await?.and_then(|header| header.arrived_at);
            if arrived_at.is_none_or(|at| at >= since) {
                take(desk, mailbox, imap, uid).await?;
            }
        }
    }
    put(desk, mailbox, folder).await?;
    Ok(folder.uid_next)
}

/// `19-Nov-2026`, as searches want it.
fn day(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%-d-%b-%Y").to_string()).unwrap_or_else(|_| "1-Jan-2000".into())
}

/// Fetches one mail and places it. One that cannot be placed for a reason of its own is told, and left out.
async fn take(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32) -> Result<()> {
    let Some(header) = imap.header(uid).await? else { return Ok(()) };
    let mut intake = Intake::default();
    let is_small = header.size <= limits::MAIL_BYTES_MAX;
    // Some servers count other line ends than they send: what comes decides, within the bound.
    let came = if is_small { fetch(desk, imap, uid, &mut intake).await } else { Err(Error::too_large("")) };
    match came {
        Ok(()) if intake.bytes() == 0 => Ok(()),
        Ok(()) => place(desk, mailbox, intake.understood(desk, mailbox).await?).await,
        Err(error) => {
            intake.discard(desk).await;
            match error.kind {
                Kind::TooLarge => place(desk, mailbox, too_large(desk, mailbox, &imap.fields(uid).await?, header.size).await?).await,
                _ => Err(error),
            }
        }
    }
}

async fn fetch(desk: &Desk, imap: &mut Imap, uid: u32, intake: &mut Intake) -> Result<()> {
    loop {
        let piece = imap.piece(uid, intake.bytes()).await?;
        intake.push(desk, &piece).await?;
        if piece.len() < limits::MAIL_PIECE_BYTES {
            return Ok(());
        }
    }
}

/// Of a mail that is too large only its header fields are read; that it came is said.
async fn too_large(desk: &Desk, mailbox: &Mailbox, fields: &[u8], size: u64) -> Result<Received> {
    let mut intake = Intake::default();
    intake.push(desk, fields).await?;
    let mut received = intake.understood(desk, mailbox).await?;
    received.remarks.push(format!(
        "This mail has {} MB; up to {} MB can be taken. It lies in the mailbox still.",
        size.div_ceil(1024 * 1024),
        limits::MAIL_BYTES_MAX / 1024 / 1024
    ));
    Ok(received)
}

/// Places a mail; what fails for a moment fails the session, and the mail comes again.
async fn place(desk: &Desk, mailbox: &Mailbox, received: Received) -> Result<()> {
    let mut tries = 0;
    loop {
        tries += 1;
        let error = match desk.receive_mail(mailbox, received.clone()).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        if matches!(error.kind, Kind::Busy | Kind::Unavailable | Kind::TooMany) {
            return Err(error);
        }
        if tries >= limits::MAIL_PLACE_TRIES {
            // Going on without it is better than stopping for ever; whoever runs the house finds it here and in the mailbox.
            log::error!("a mail cannot be placed and is left in the mailbox mailbox={} error=\"{error:?}\"", mailbox.uuid);
            return Ok(());
        }
    }
}
