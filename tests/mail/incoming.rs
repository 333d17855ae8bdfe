//! Mail that comes, fetched from a real server and handed over by the command.

use crate::support::*;
use deskbell::desk::mail_tags::Side;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const ADDRESS: &str = "chat@shop.example";

async fn house_with(mail: &MailServer) -> House {
    House::boot_with(Options::default().set("CA_FILE", &mail.ca_file().to_string_lossy())).await
}

/// A mailbox that is read from this server.
async fn mailbox(house: &House, agent: &Agent, imap: Value) -> String {
    house.shared.keep_secret(mail::MAIL_PASSWORD);
    let incoming = json!({ "kind": "imap", "imap": imap, "folder": "INBOX", "poll_s": 10 });
    let config = json!({ "address": ADDRESS, "incoming": incoming });
    let body = json!({ "name": "Post", "enabled": true, "config": config, "imap_password": mail::MAIL_PASSWORD });
    text_at(&agent.post("/mailboxes").json(body).await.ok(), "uuid")
}

/// Until the mailbox was read once: then everything that comes is heard.
async fn is_read(house: &House) {
    in_time("the mailbox to be read", async {
        while house.count("SELECT count(*) FROM mailboxes WHERE in_worked_at IS NOT NULL AND in_failing_since IS NULL") == 0 {
            mail::pause().await;
        }
    })
    .await;
}

fn letter(from: &str, to: &str, subject: &str, text: &str) -> Vec<u8> {
    let id = deskbell::base::id::new_token();
    format!("From: Nina Nagel <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Fri, 21 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{id}@customer.example>\r\n\r\n{text}\r\n").into_bytes()
}

fn with_file(from: &str, text: &str, size: usize) -> Vec<u8> {
    use base64::Engine as _;
    let id = deskbell::base::id::new_token();
    let bytes: Vec<u8> = (0..size).map(|at| (at * 31 % 251) as u8).collect();
    let coded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = coded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
    format!(
        "From: {from}\r\nTo: {ADDRESS}\r\nSubject: Large\r\nMessage-ID: <{id}@customer.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\nContent-Type: application/octet-stream; name=large.bin\r\nContent-Disposition: attachment; filename=large.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

/// row 49: by IDLE, over TLS and STARTTLS, a mail is a message a moment after it came; what lay there before is left alone, and nothing is
/// marked or deleted.
#[tokio::test]
async fn mail_is_heard_the_moment_it_comes() {
    let mail = MailServer::boot().await;
    mail.delivers("old@customer.example", ADDRESS, &letter("old@customer.example", ADDRESS, "Old", "from last year")).await;
    mail.gets(ADDRESS, "Old").await;
    for security in ["tls", "starttls"] {
        let house = house_with(&mail).await;
        let agent = house.agent().await;
        mailbox(&house, &agent, mail.imap(security, ADDRESS)).await;
        is_read(&house).await;
        let words = format!("Do you sell ferns, by {security}?");
        mail.delivers("nina@customer.example", ADDRESS, &letter("nina@customer.example", ADDRESS, "Ferns", &words)).await;
        let said = agent.sees(&words).await;
        assert_eq!((&said["conversation"]["subject"], &said["message"]["via"]), (&json!("Ferns"), &json!("mail")));
        // The answer of somebody in a chat, by the tag in our address.
        let zoe = house.signed_in("zoe").await;
        zoe.says("Where is my parcel?").await;
        let conversation = zoe.conversation();
        let number = house.count(&format!("SELECT id FROM conversations WHERE uuid = '{conversation}'"));
        let tagged = house.desk().tagged(ADDRESS, Side::Contact, number, &conversation);
        let words = format!("It has come, {security}.\r\n\r\nOn Fri, 20 Nov 2026 at 10:00, Shop wrote:\r\n> Has it come?");
        mail.delivers("zoe@customer.example", &tagged, &letter("zoe@customer.example", &tagged, "Re: parcel", &words)).await;
        zoe.hears(&format!("It has come, {security}.")).await;
        // Large files go through without being in memory whole.
        let words = format!("A picture, by {security}");
        mail.delivers("nina@customer.example", ADDRESS, &with_file("nina@customer.example", &words, 3_000_000)).await;
        let said = agent.sees(&words).await;
        assert_eq!(
            (&said["message"]["attachments"][0]["name"], &said["message"]["attachments"][0]["size"]),
            (&json!("large.bin"), &json!(3_000_000))
        );
        assert_eq!(house.count("SELECT sum(length(data)) FROM blob_chunks"), 3_000_000);
        assert_eq!(house.count("SELECT count(*) FROM messages WHERE text LIKE '%last year%'"), 0);
        assert_eq!(house.count("SELECT count(*) FROM mail_rests WHERE quoted LIKE '%Has it come?%'"), 1);
    }
    let unread = std::fs::read_dir(mail.home_of(ADDRESS).join("new")).map_or(0, Iterator::count)
        + std::fs::read_dir(mail.home_of(ADDRESS).join("cur")).map_or(0, |cur| {
            cur.flatten()
                .filter(|file| !file.file_name().to_string_lossy().rsplit(',').next().is_some_and(|flags| flags.contains('S')))
                .count()
        });
    assert_eq!(unread, 7, "nothing was marked as read, nothing is gone");
}

/// A server that goes away and comes back costs nothing but the time; a wrong password says so in words.
#[tokio::test]
async fn a_mail_server_may_restart() {
    let mut mail = MailServer::boot().await;
    let house = house_with(&mail).await;
    let agent = house.agent().await;
    let uuid = mailbox(&house, &agent, mail.imap("tls", ADDRESS)).await;
    is_read(&house).await;
    let position = house.count("SELECT uid_next FROM mailboxes");
    mail.stops().await;
    in_time("the mailbox to fail", async {
        while house.count("SELECT count(*) FROM mailboxes WHERE in_failing_since IS NOT NULL") == 0 {
            mail::pause().await;
        }
    })
    .await;
    mail.starts().await;
    mail.delivers("nina@customer.example", ADDRESS, &letter("nina@customer.example", ADDRESS, "Back", "are you back?")).await;
    agent.sees("are you back?").await;
    is_read(&house).await;
    // Numbered anew: what came in the meantime is taken, what was taken is known.
    mail.delivers("nina@customer.example", ADDRESS, &letter("nina@customer.example", ADDRESS, "More", "one more")).await;
    agent.sees("one more").await;
    // The reader writes down how far it came after the message is told.
    in_time("the next position", async {
        while house.count("SELECT uid_next FROM mailboxes") < position + 2 {
            mail::pause().await;
        }
    })
    .await;
    let before = house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'");
    let file = rusqlite::Connection::open(house.file_path()).expect("the file opens");
    file.busy_timeout(PATIENCE).expect("patience");
    file.execute("UPDATE mailboxes SET uid_validity = 1, uid_next = 1", []).expect("another number");
    file.execute("DELETE FROM mails WHERE subject = 'More'", []).expect("as if it had never come");
    agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "config": { "from_name": "Shop" } })).await.ok();
    agent.sees("one more").await;
    in_time("the position", async {
        while house.count("SELECT count(*) FROM mailboxes WHERE uid_validity = 1") > 0 {
            mail::pause().await;
        }
    })
    .await;
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), before + 1);
    // Settings that are wrong are told at once.
    agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "imap_password": "wrong-password" })).await.ok();
    in_time("the refusal", async {
        while house.count("SELECT count(*) FROM mailboxes WHERE in_error LIKE '%refuses the login%'") == 0 {
            mail::pause().await;
        }
    })
    .await;
    agent.put(&format!("/mailboxes/{uuid}")).json(json!({ "imap_password": mail::MAIL_PASSWORD })).await.ok();
    is_read(&house).await;
}

/// `deskbell deliver` hands a mail to the running server, and answers as mail servers expect.
#[tokio::test]
async fn a_mail_server_may_hand_mail_over() {
    let mut house = House::boot().await;
    let agent = house.agent().await;
    let config = deskbell::model::mailbox::MailboxConfig { address: ADDRESS.into(), ..Default::default() };
    house.desk().store.write(move |tx| deskbell::store::mailboxes::insert(tx, "Post", true, &config)).await.expect("a mailbox");
    let file = house.file_path();
    let deliver = async |mailbox: &str, raw: Vec<u8>| {
        let (file, mailbox) = (file.clone(), mailbox.to_owned());
        let handed = tokio::task::spawn_blocking(move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
            command.args(["deliver", "--mailbox", &mailbox, "--data"]).arg(&file);
            let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
            // Whoever refuses in the middle closes the pipe.
            let _ = child.stdin.take().expect("a pipe").write_all(&raw);
            child.wait_with_output().expect("its end").status.code()
        });
        in_time("a delivery", handed).await.expect("a thread")
    };
    let raw = letter("nina@customer.example", ADDRESS, "Ferns", "Do you sell ferns?");
    assert_eq!(deliver(ADDRESS, raw.clone()).await, Some(0));
    agent.sees("Do you sell ferns?").await;
    assert_eq!(deliver("Chat+c1.abc@shop.example", raw.clone()).await, Some(0), "the same mail, by another name");
    assert_eq!(house.count("SELECT count(*) FROM messages WHERE kind = 'incoming'"), 1);
    assert_eq!(deliver("nobody@shop.example", raw.clone()).await, Some(67), "nobody has this address");
    assert_eq!(deliver(ADDRESS, Vec::new()).await, Some(65), "no mail");
    let large = [raw.clone(), vec![b'a'; 51 * 1024 * 1024]].concat();
    assert_eq!(deliver(ADDRESS, large).await, Some(65), "larger than is taken: the sender hears of it");
    assert_eq!(deliver(ADDRESS, with_file("nina@customer.example", "A large picture", 3_000_000)).await, Some(0));
    assert_eq!(agent.sees("A large picture").await["message"]["attachments"][0]["size"], 3_000_000);
    assert_eq!(deliver("", raw.clone()).await, Some(64));
    house.stops().await;
    assert_eq!(deliver(ADDRESS, raw).await, Some(75), "nobody there: the mail server tries again");
}

/// Half a mail is no mail, and whatever goes wrong on the way is no reason to send it back to people.
#[tokio::test]
async fn half_a_mail_is_not_taken() {
    let house = House::boot().await;
    let agent = house.agent().await;
    let config = deskbell::model::mailbox::MailboxConfig { address: ADDRESS.into(), ..Default::default() };
    house.desk().store.write(move |tx| deskbell::store::mailboxes::insert(tx, "Post", true, &config)).await.expect("a mailbox");
    let socket = deskbell::jobs::deliver::socket_of(&house.file_path());
    let says = async |said: Vec<u8>| {
        let handed = async {
            let mut stream = tokio::net::UnixStream::connect(&socket).await.expect("the socket");
            stream.write_all(&said).await.expect("it listens");
            stream.shutdown().await.expect("the end");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.expect("an answer");
            answer.split_whitespace().next().unwrap_or_default().to_owned()
        };
        in_time("an answer", handed).await
    };
    let raw = letter("nina@customer.example", ADDRESS, "Ferns", "Do you sell ferns?");
    let head = format!("deliver {ADDRESS} {}\n", raw.len()).into_bytes();
    let whole = [head, raw.clone()].concat();
    for cut in [0, 10, whole.len() - raw.len(), whole.len() - 20, whole.len() - 1] {
        assert_eq!(says(whole[..cut].to_vec()).await, "later", "cut off after {cut} bytes");
    }
    assert_eq!(says([whole.clone(), b"more".to_vec()].concat()).await, "later");
    assert_eq!(says(format!("deliver {ADDRESS}\n").into_bytes()).await, "later", "no length");
    assert_eq!(says(b"deliver nobody@shop.example 5\nhello".to_vec()).await, "unknown");
    assert_eq!(says(format!("deliver {ADDRESS} 0\n").into_bytes()).await, "refused");
    assert_eq!(house.count("SELECT count(*) FROM mails"), 0);
    // What cannot be read to its end is not handed over.
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.args(["deliver", "--mailbox", ADDRESS, "--data"]).arg(house.file_path()).stderr(Stdio::null());
    command.stdin(std::fs::File::open("/").expect("a folder, which cannot be read"));
    let handed = tokio::task::spawn_blocking(move || command.status().expect("the program").code());
    assert_eq!(in_time("a delivery", handed).await.expect("a thread"), Some(75));
    assert_eq!(says(whole).await, "taken");
    agent.sees("Do you sell ferns?").await;
}
