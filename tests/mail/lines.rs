//! The line to a mail server: every step has its time-out, and every failure its sentence.

use crate::support::*;
use deskbell::base::secret::Secret;
use deskbell::base::server::{Security, Server};
use deskbell::base::tls::Tls;
use deskbell::mail::smtp::{Account, Envelope, Lines, Patience};
use deskbell::mail::smtp_words::Outcome;

const MAIL: &[u8] = b"Message-ID: <1@shop.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nFrom: <chat@shop.example>\r\nTo: <anna@customer.example>\r\nSubject: x\r\nX-Deskbell-Loop: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\n.hidden dot\r\nend\r\n";

fn lines(tls: Tls) -> Lines {
    let short = Duration::from_millis(400);
    Lines::new(tls, Patience { step: short, data: short, total: Duration::from_secs(5), idle: Duration::from_secs(30) })
}

fn account(port: u16, security: Security, user: &str) -> Account {
    let server = Server { host: "127.0.0.1".into(), port, security, user: user.into() };
    Account { server, password: Some(Secret::new("s3cret")) }
}

fn envelope() -> Envelope {
    Envelope::new("chat@shop.example", "anna@customer.example").unwrap()
}

async fn outcome(lines: &Lines, account: &Account) -> Outcome {
    in_time("an outcome", lines.send(1, account, &envelope(), MAIL)).await
}

/// The sentence, and whether it is the mailbox that fails.
fn sentence(outcome: Outcome) -> (bool, String) {
    match outcome {
        Outcome::RefusedUs(reason) => (true, reason.sentence),
        Outcome::Later(reason) | Outcome::RefusedMail(reason) | Outcome::RefusedRecipient(reason) => (false, reason.sentence),
        Outcome::Sent => panic!("it went"),
    }
}

#[tokio::test]
async fn a_mail_goes_byte_by_byte_and_its_line_is_used_again() {
    let server = FaultServer::boot().await;
    let (lines, account) = (lines(Tls::default()), account(server.port, Security::None, "chat"));
    for _ in 0..3 {
        assert_eq!(outcome(&lines, &account).await, Outcome::Sent);
    }
    assert_eq!((server.connections(), server.noops(), server.got().len()), (1, 2, 3));
    assert_eq!(server.got()[0].raw, MAIL);
    // Another login is another line.
    let other = Account { password: Some(Secret::new("other")), ..account.clone() };
    assert_eq!(outcome(&lines, &other).await, Outcome::Sent);
    assert_eq!(server.connections(), 2);
    // A line that died meanwhile is noticed, and the mail goes by a new one.
    server.next(Fault::CutAfter);
    assert_eq!(outcome(&lines, &other).await, Outcome::Sent);
    assert_eq!(outcome(&lines, &other).await, Outcome::Sent);
    assert_eq!((server.connections(), server.got().len()), (3, 6));
    lines.close(true).await;
    assert!(lines.next_close().is_none());
}

#[tokio::test]
async fn silence_ends_in_time_wherever_it_falls() {
    let server = FaultServer::boot().await;
    let (lines, account) = (lines(Tls::default()), account(server.port, Security::None, ""));
    server.next(Fault::BlackHole);
    assert_eq!(sentence(outcome(&lines, &account).await), (true, "The mail server did not answer in time.".into()));
    server.next(Fault::SilentAfterData);
    assert_eq!(sentence(outcome(&lines, &account).await), (false, "The mail server did not say in time whether it has the mail.".into()));
    // TLS is spoken into the hole.
    server.next(Fault::BlackHole);
    let secret = Account { server: Server { security: Security::Tls, ..account.server.clone() }, ..account };
    assert_eq!(sentence(outcome(&lines, &secret).await), (true, "The mail server did not answer in time.".into()));
}

#[tokio::test]
async fn nothing_is_said_without_the_protection_that_was_chosen() {
    let server = FaultServer::boot().await;
    let (is_us, why) = sentence(outcome(&lines(Tls::default()), &account(server.port, Security::Starttls, "chat")).await);
    assert_eq!((is_us, why.as_str()), (true, "The mail server offers no STARTTLS here; the port may be the wrong one."));
    let (is_us, why) = sentence(outcome(&lines(Tls::default()), &account(server.port, Security::Tls, "chat")).await);
    assert!(is_us && why.contains("does not speak TLS"), "{why}");
    let outside = Server { host: "8.8.8.8".into(), port: 25, security: Security::None, user: String::new() };
    let (is_us, why) = sentence(outcome(&lines(Tls::default()), &Account { server: outside, password: None }).await);
    assert!(is_us && why.contains("everybody on the way could read along"), "{why}");
    assert_eq!(server.tries(), 0);
}

#[tokio::test]
async fn a_certificate_of_nobody_is_refused_and_a_trusted_one_is_not() {
    let server = FaultServer::boot_with(true).await;
    let account = account(server.port, Security::Tls, "chat");
    let (is_us, why) = sentence(outcome(&lines(Tls::default()), &account).await);
    assert_eq!((is_us, why.as_str()), (true, "The certificate of the mail server comes from nobody this machine trusts."));
    let trusting = lines(Tls::trusting(Some(&server.ca_file())).unwrap());
    assert_eq!(outcome(&trusting, &account).await, Outcome::Sent);
    let elsewhere = Account { server: Server { host: "localhost.localdomain".into(), ..account.server.clone() }, ..account };
    let (_, why) = sentence(outcome(&trusting, &elsewhere).await);
    assert!(why.contains("for another name") || why.contains("cannot be found"), "{why}");
    assert!(Tls::trusting(Some(std::path::Path::new("/nowhere"))).is_err());
}

#[tokio::test]
async fn each_refusal_has_its_sentence() {
    let server = FaultServer::boot().await;
    let (lines, account) = (lines(Tls::default()), account(server.port, Security::None, "chat"));
    for (fault, is_us, words) in [
        (Fault::Greeting("554 5.7.1 go away"), true, "does not want to talk to us (554 5.7.1)."),
        (Fault::Login("535 5.7.8 no"), true, "does not accept the user name or the password (535 5.7.8)."),
        (Fault::Login("454 4.7.0 later"), true, "cannot check the login at the moment (454 4.7.0)."),
        (Fault::Sender("550 5.7.1 not yours"), true, "does not accept the address of this mailbox as sender (550 5.7.1)."),
        (Fault::Recipient("554 5.7.1 Relay access denied"), true, "takes no mail to others from us"),
        (Fault::Recipient("550 no"), false, "does not know this recipient (550)."),
        (Fault::Data("554 5.5.1 no"), false, "refuses this mail (554 5.5.1)."),
        (Fault::Receipt("552 5.3.4 too big"), false, "refuses this mail (552 5.3.4)."),
        (Fault::CutInData, false, "hung up without saying whether it has the mail."),
    ] {
        server.next(fault);
        let (us, why) = sentence(outcome(&lines, &account).await);
        assert!(us == is_us && why.contains(words), "{fault:?}: {why}");
    }
    assert!(server.got().is_empty());
    let no_password = Account { password: None, ..account.clone() };
    assert_eq!(sentence(outcome(&lines, &no_password).await).1, "The mailbox has a user but no password.");
    let nowhere = Account { server: Server { host: "mail.nowhere.invalid".into(), ..account.server.clone() }, ..account.clone() };
    assert_eq!(sentence(outcome(&lines, &nowhere).await).1, "The name of the mail server cannot be found.");
    let closed = Account { server: Server { port: 1, ..account.server.clone() }, ..account };
    assert!(sentence(outcome(&lines, &closed).await).1.contains("refuses the connection"));
}

/// security 32: whatever stands in a command is an address.
#[test]
fn no_envelope_carries_a_command() {
    for address in
        ["a@b.example>\r\nRCPT TO:<x@y.example", "a@b.example\r\nDATA", "a b@c.example", "", "a@b.example> SIZE=1", "@", "ä@b.example"]
    {
        assert!(Envelope::new("chat@shop.example", address).is_err(), "{address:?}");
        assert!(Envelope::new(address, "chat@shop.example").is_err(), "{address:?}");
    }
}
