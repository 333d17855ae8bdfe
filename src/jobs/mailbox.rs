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
use std::collections::{BTreeMap, HashMap};
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

/// Why a mail was not taken.
enum Trouble {
    /// Something of the mail, or of how its server tells it: the same may happen for ever.
    Mail(Error),
    /// Something of ours.
    House(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Trouble {
        Trouble::House(error)
    }
}

/// Mails that could not be taken, so that none of them stops its mailbox for ever.
#[derive(Default)]
struct Stuck {
    uid_validity: u32,
    /// How often by UID, and when first; None = left out.
    mails: BTreeMap<u32, Option<(u32, Millis)>>,
}

/// What is still to be done about a mail.
enum Tries {
    /// Try it.
    Left,
    /// Leave it out, and say so.
    GiveUp,
    /// Nothing: that was said.
    Told,
}

impl Stuck {
    /// In another numbering the numbers mean other mails.
    fn numbered(&mut self, uid_validity: u32) {
        if self.uid_validity != uid_validity {
            *self = Stuck { uid_validity, ..Stuck::default() };
        }
    }

    fn failed(&mut self, uid: u32, now: Millis) {
        let (tries, since) = self.mails.get(&uid).copied().flatten().unwrap_or((0, now));
        self.mails.insert(uid, Some((tries + 1, since)));
        if self.mails.len() > limits::MAILS_STUCK_MAX {
            self.mails.pop_first();
        }
    }

    /// Mails before this one are done with.
    fn passed(&mut self, next: u32) {
        self.mails.retain(|uid, _| *uid >= next);
    }

    fn tries(&self, uid: u32, now: Millis) -> Tries {
        match self.mails.get(&uid) {
            Some(None) => Tries::Told,
            Some(Some((tries, since)))
                if *tries >= limits::MAIL_PLACE_TRIES && now - since >= limits::MAIL_STUCK_MIN.as_millis() as Millis =>
            {
                Tries::GiveUp
            }
            _ => Tries::Left,
        }
    }
}

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
    let (mut failures, mut stuck) = (0, Stuck::default());
    while !*stop.borrow() {
        let mut stopping = stop.clone();
        // Cancelled only when the reader stops: what was being fetched comes again.
        let error = tokio::select! {
            error = read(&desk, &tls, &mailbox, &mut failures, &mut stuck) => error,
            _ = stopping.wait_for(|stop| *stop) => return,
        };
        failures += 1;
        let refused = matches!(error.kind, Kind::Forbidden | Kind::NotFound | Kind::Invalid);
        log::info!("mailbox cannot be read mailbox={} failures={failures} error=\"{:?}\"", mailbox.uuid, error.kind);
        // A server that restarts is no trouble yet.
        if refused || failures > 1 {
            let (id, words) = (mailbox.id, error.into_sentence());
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
async fn read(desk: &Desk, tls: &Tls, mailbox: &Mailbox, failures: &mut u32, stuck: &mut Stuck) -> Error {
    let connected = async {
        let (server, password) = desk.mail_login(mailbox, Direction::In).await?;
        Imap::connect(tls, &server, password.as_ref()).await
    };
    let read = match connected.await {
        Ok(imap) => session(desk, mailbox, imap, failures, stuck).await,
        Err(error) => return error,
    };
    match read {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

async fn session(
    desk: &Desk,
    mailbox: &Mailbox,
    mut imap: Imap,
    failures: &mut u32,
    stuck: &mut Stuck,
) -> Result<std::convert::Infallible> {
    let incoming = &mailbox.config.incoming;
    let folder = imap.open(&incoming.folder).await?;
    stuck.numbered(folder.uid_validity);
    let id = mailbox.id;
    let known = desk.store.read(move |tx| mailboxes::position(tx, id)).await?;
    let mut next = match known {
        Some((validity, next)) if validity == folder.uid_validity => next,
        Some(_) => renumbered(desk, mailbox, &mut imap, folder, stuck).await?,
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
            take(desk, mailbox, &mut imap, uid, stuck).await?;
            next = uid.saturating_add(1);
            put(desk, mailbox, Position { uid_validity: folder.uid_validity, uid_next: next }).await?;
            stuck.passed(next);
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
async fn renumbered(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, folder: Position, stuck: &mut Stuck) -> Result<u32> {
    let id = mailbox.id;
    let worked_at = desk.store.read(move |tx| mailboxes::by_id(tx, id)).await?.and_then(|mailbox| mailbox.incoming.worked_at);
    log::info!("mailbox was numbered anew mailbox={}", mailbox.uuid);
    if let Some(since) = worked_at.map(|at| at - OVERLAP_MS) {
        // A day earlier: the day of the search is that of the server's clock.
        for uid in imap.since_day(&day(since - 24 * 3_600_000)).await? {
            // Which failed before, or fails now, is counted by taking it.
            let is_new = stuck.mails.contains_key(&uid)
                || match imap.header(uid).await {
                    Ok(header) => header.and_then(|header| header.arrived_at).is_none_or(|at| at >= since),
                    Err(_) => true,
                };
            if is_new {
                take(desk, mailbox, imap, uid, stuck).await?;
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

/// Takes one mail, or what can be said of it once it failed often enough.
async fn take(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32, stuck: &mut Stuck) -> Result<()> {
    match stuck.tries(uid, desk.clock.ticks()) {
        Tries::Left => {}
        Tries::Told => return Ok(()),
        Tries::GiveUp => {
            leave_out(desk, mailbox, imap, uid, stuck.uid_validity).await?;
            stuck.mails.insert(uid, None);
            return Ok(());
        }
    }
    match fetch_and_place(desk, mailbox, imap, uid).await {
        Ok(()) => Ok(()),
        Err(Trouble::House(error)) => Err(error),
        Err(Trouble::Mail(error)) => {
            stuck.failed(uid, desk.clock.ticks());
            Err(error)
        }
    }
}

async fn fetch_and_place(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32) -> Result<(), Trouble> {
    let Some(header) = imap.header(uid).await.map_err(Trouble::Mail)? else { return Ok(()) };
    let mut intake = Intake::default();
    let is_small = header.size <= limits::MAIL_BYTES_MAX;
    // Some servers count other line ends than they send: what comes decides, within the bound.
    let came = if is_small { fetch(desk, imap, uid, header.size, &mut intake).await } else { Err(Error::too_large("").into()) };
    let received = match came {
        Ok(()) if intake.bytes() == 0 => return Ok(()),
        Ok(()) => intake.settled(desk).await?.understood(desk, mailbox).await.map_err(Trouble::Mail)?,
        Err(trouble) => {
            intake.discard(desk).await;
            match trouble {
                Trouble::House(error) if error.kind == Kind::TooLarge => too_large(desk, mailbox, imap, uid, header.size).await?,
                trouble => return Err(trouble),
            }
        }
    };
    // Tried once: files of it that lay in the store are gone when it fails, and come again with it.
    desk.receive_mail(mailbox, received).await.map(drop).map_err(|error| match is_passing(&error) {
        true => Trouble::House(error),
        false => Trouble::Mail(error),
    })
}

async fn fetch(desk: &Desk, imap: &mut Imap, uid: u32, size: u64, intake: &mut Intake) -> Result<(), Trouble> {
    loop {
        let piece = match imap.piece(uid, intake.bytes()).await.map_err(Trouble::Mail)? {
            Some(piece) => piece,
            None if intake.bytes() == 0 || intake.bytes() >= size => return Ok(()),
            None => return Err(Trouble::Mail(Error::unavailable("A mail went away while it was read."))),
        };
        intake.push(desk, &piece).await?;
        if piece.len() < limits::MAIL_PIECE_BYTES {
            return Ok(());
        }
    }
}

/// Of a mail that is too large only its header fields are read; that it came is said.
async fn too_large(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32, size: u64) -> Result<Received, Trouble> {
    let mut received = headed(desk, mailbox, imap, uid).await?;
    received.remarks.push(format!(
        "This mail has {} MB; up to {} MB can be taken. It lies in the mailbox still.",
        size.div_ceil(1024 * 1024),
        limits::MAIL_BYTES_MAX / 1024 / 1024
    ));
    Ok(received)
}

/// A mail of which only the header fields were read.
async fn headed(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32) -> Result<Received, Trouble> {
    let fields = imap.fields(uid).await.map_err(Trouble::Mail)?;
    let fields = fields.ok_or_else(|| Trouble::Mail(Error::unavailable("A mail went away while it was read.")))?;
    let mut intake = Intake::default();
    intake.push(desk, &fields).await?;
    intake.settled(desk).await?.understood(desk, mailbox).await.map_err(Trouble::Mail)
}

/// Says that a mail came which cannot be read, with its header fields if those can be: going on without it is better than stopping for ever.
async fn leave_out(desk: &Desk, mailbox: &Mailbox, imap: &mut Imap, uid: u32, uid_validity: u32) -> Result<()> {
    log::error!("a mail cannot be taken and is left in the mailbox mailbox={} uid={uid}", mailbox.uuid);
    let remark = "This mail cannot be read here. It lies in the mailbox still.".to_owned();
    let bare = Received {
        message_id: format!("{uid}.{uid_validity}.{}@left-out.invalid", mailbox.uuid),
        subject: "A mail that cannot be read".into(),
        remarks: vec![remark.clone()],
        ..Received::default()
    };
    let read = match headed(desk, mailbox, imap, uid).await {
        Ok(mut received) => {
            received.remarks.push(remark);
            Some(received)
        }
        Err(Trouble::House(error)) if is_passing(&error) => return Err(error),
        Err(_) => None,
    };
    for received in read.into_iter().chain([bare]) {
        match desk.receive_mail(mailbox, received).await {
            Ok(_) => return Ok(()),
            Err(error) if is_passing(&error) => return Err(error),
            Err(error) => log::error!("that a mail was left out cannot be said mailbox={} error=\"{error:?}\"", mailbox.uuid),
        }
    }
    Ok(())
}

/// It says nothing about the mail: later the same may work.
fn is_passing(error: &Error) -> bool {
    matches!(error.kind, Kind::Busy | Kind::Unavailable | Kind::TooMany)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use crate::base::secret::Secret;
    use crate::base::server::{Security, Server};
    use crate::model::mailbox::MailboxConfig;
    use crate::store::Store;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};

    fn words(subject: &str, body: &str) -> String {
        format!("From: nina@customer.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@customer.example>\r\n{body}")
    }

    fn with_file() -> String {
        let file = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldY\r\n".repeat(12_000);
        let parts = format!(
            "--b\r\n\r\nA picture\r\n--b\r\nContent-Type: application/octet-stream; name=large.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}--b--\r\n"
        );
        words("Large", &format!("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}"))
    }

    /// A folder with three mails: the server refuses the first one, falls over the second one and tells the third one.
    async fn serve(stream: TcpStream) -> std::io::Result<()> {
        let third = with_file();
        let (read, mut write) = stream.into_split();
        write.write_all(b"* OK hello\r\n").await?;
        let mut lines = BufReader::new(read).lines();
        while let Some(line) = lines.next_line().await? {
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            let told = |uid: u32, what: String| format!("* {uid} FETCH (UID {uid} {what})\r\n{tag} OK done\r\n");
            let literal = |section: &str, text: &str| format!("BODY[{section}]<0> {{{}}}\r\n{text}", text.len());
            let said = match command {
                "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK\r\n"),
                "IDLE" => return Ok(()),
                search if search.starts_with("UID SEARCH") => format!("* SEARCH 1 2 3\r\n{tag} OK done\r\n"),
                folder if folder.starts_with("EXAMINE") => {
                    format!("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n{tag} OK [READ-ONLY] done\r\n")
                }
                fetch if fetch.starts_with("UID FETCH 1") && fetch.contains("[HEADER]") => {
                    told(1, literal("HEADER", &words("Broken", "\r\n")))
                }
                fetch if fetch.starts_with("UID FETCH 1") => format!("{tag} NO [SERVERBUG] oops\r\n"),
                fetch if fetch.starts_with("UID FETCH 2") => return Ok(()),
                fetch if fetch.contains("RFC822.SIZE") => told(3, format!("RFC822.SIZE {}", third.len())),
                fetch if fetch.starts_with("UID FETCH 3") => {
                    let from: usize = fetch.split(['<', '.']).nth(2).and_then(|from| from.parse().ok()).unwrap_or(0);
                    told(3, literal("", &third[from.min(third.len())..(from + limits::MAIL_PIECE_BYTES).min(third.len())]))
                }
                _ => format!("{tag} OK done\r\n"),
            };
            write.write_all(said.as_bytes()).await?;
        }
        Ok(())
    }

    /// A house with a mailbox on that server, read up to `next`.
    struct Rig {
        desk: Desk,
        clock: Clock,
        mailbox: Mailbox,
        server: Server,
        stuck: Stuck,
        file: rusqlite::Connection,
        _folder: tempfile::TempDir,
    }

    impl Rig {
        async fn new(next: u32) -> Rig {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let _ = serve(stream).await;
                }
            });
            let folder = tempfile::tempdir().unwrap();
            let (path, clock) = (folder.path().join("m.db"), Clock::default());
            let store = Store::open(&path, clock.clone(), Box::new(|_| {})).unwrap().0;
            let (hub, known, board, counts) = Default::default();
            let desk = Desk::open(store, hub, clock.clone(), known, board, counts, Tls::default(), "", None).await.unwrap();
            let config = MailboxConfig { address: "chat@shop.example".into(), ..MailboxConfig::default() };
            let mailbox = desk.store.write(move |tx| mailboxes::insert(tx, "Post", true, &config)).await.unwrap();
            put(&desk, &mailbox, Position { uid_validity: 7, uid_next: next }).await.unwrap();
            let server = Server { host: "127.0.0.1".into(), port, security: Security::None, user: "zoe".into() };
            let file = rusqlite::Connection::open(path).unwrap();
            file.busy_timeout(Duration::from_secs(5)).unwrap();
            Rig { desk, clock, mailbox, server, stuck: Stuck::default(), file, _folder: folder }
        }

        /// One session, until the server hangs up or something goes wrong.
        async fn reads(&mut self) -> String {
            let imap = Imap::connect(&Tls::default(), &self.server, Some(&Secret::new("secret"))).await.unwrap();
            session(&self.desk, &self.mailbox, imap, &mut 0, &mut self.stuck).await.unwrap_err().message.clone()
        }

        fn count(&self, sql: &str) -> i64 {
            self.file.query_row(sql, [], |row| row.get(0)).unwrap()
        }
    }

    /// A mail that no session gets over is left out after a while, visibly, and the ones behind it are read.
    #[tokio::test]
    async fn one_mail_does_not_stop_its_mailbox() {
        let mut rig = Rig::new(1).await;
        for stuck in [1, 2] {
            for _ in 0..=limits::MAIL_PLACE_TRIES {
                rig.reads().await;
                assert_eq!(rig.count("SELECT uid_next FROM mailboxes"), stuck, "tried again: it may be a moment's trouble");
            }
            rig.clock.advance(limits::MAIL_STUCK_MIN.as_millis() as Millis);
            rig.reads().await;
            assert_eq!(rig.count("SELECT count(*) FROM messages WHERE meta LIKE '%cannot be read here%'"), stuck);
            assert_eq!(rig.count("SELECT uid_next FROM mailboxes"), stuck + 1);
        }
        rig.reads().await;
        let texts = "SELECT count(*) FROM messages WHERE text IN ('Broken', 'A mail that cannot be read', 'A picture')";
        assert_eq!(rig.count(texts), 3);
        assert_eq!(rig.count("SELECT uid_next FROM mailboxes"), 4);
    }

    /// Its files went with the first try: the next one brings them again.
    #[tokio::test]
    async fn a_mail_with_large_files_is_placed_at_the_second_try() {
        let mut rig = Rig::new(3).await;
        rig.file.execute_batch("CREATE TRIGGER no BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'not now'); END").unwrap();
        rig.reads().await;
        assert_eq!((rig.count("SELECT uid_next FROM mailboxes"), rig.count("SELECT count(*) FROM blobs")), (3, 0));
        rig.file.execute_batch("DROP TRIGGER no").unwrap();
        rig.reads().await;
        assert_eq!(rig.count("SELECT uid_next FROM mailboxes"), 4);
        assert_eq!(rig.count("SELECT count(*) FROM messages WHERE text = 'A picture'"), 1);
        assert_eq!(rig.count("SELECT sum(length(data)) FROM blob_chunks"), 12_000 * 24);
    }
}
