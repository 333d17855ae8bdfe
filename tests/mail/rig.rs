//! The mail servers of these tests do what the stories rely on.

use crate::support::mail::hand_in;
use crate::support::{MailServer, mail_lint};

#[tokio::test]
async fn a_mail_from_outside_lies_in_its_box() {
    let mut mail = MailServer::boot().await;
    let raw = b"From: Anna <anna@customer.example>\r\nTo: chat@shop.example\r\nSubject: Hello\r\nMessage-ID: <1@customer.example>\r\n\r\nIs it in stock?\r\n";
    assert!(mail.delivers("anna@customer.example", "chat+c1f.abc@shop.example", raw).await.starts_with("250 "), "{}", mail.log());
    let got = mail.gets("chat@shop.example", "Hello").await;
    assert_eq!((got.text().as_str(), got.message_id().as_str()), ("Is it in stock?\n", "1@customer.example"));
    assert!(got.header("Delivered-To").contains("chat+c1f.abc@shop.example"), "{}", String::from_utf8_lossy(&got.raw));
    assert!(mail.delivers("anna@customer.example", "gone@shop.example", raw).await.starts_with("550 "));
    assert!(mail.delivers("anna@customer.example", "x@elsewhere.example", raw).await.starts_with("554 "));

    mail.stops().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", mail.ports.smtp)).await.is_err());
    mail.starts().await;
    assert!(hand_in(mail.ports.smtp, "", "chat@shop.example", b"Subject: Again\r\n\r\n.\r\n").await.starts_with("250 "));
    mail.gets("chat@shop.example", "Again").await;
}

#[test]
fn the_postmaster_sees_what_is_wrong() {
    let good = "Message-ID: <1@a.example>\r\nDate: Fri, 21 Nov 2026 10:00:00 +0000\r\nFrom: \"A\" <a@a.example>\r\nTo: <b@b.example>\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nX-Deskbell-Loop: abc\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n";
    assert_eq!(mail_lint::problems(good.replace("Fri,", "Sat,").as_bytes()), Vec::<String>::new());
    for (from, to) in [
        ("Subject:", "Bcc: x@y.example\r\nSubject:"),
        ("To: <b@b.example>", "To: <b@b.example>, <c@c.example>"),
        ("To: <b@b.example>", "To: <b@b.example>\r\nTo: <c@c.example>"),
        ("Date: Fri, 21 Nov 2026 10:00:00 +0000", "Date: yesterday"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "=?utf-8?Q?Gr=0D=0ABcc:?="),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("<1@a.example>", "1@a.example"),
        ("MIME-Version: 1.0\r\n", ""),
        ("\r\n\r\nGr", "\r\n\r\nGr\u{fc}"),
        ("Gr=C3=BC=C3=9Fe\r\n", "Gr=C3=BC=C3=9Fe\n"),
        ("quoted-printable", "8bit"),
        ("\"A\" <", "A, B <"),
    ] {
        assert!(!mail_lint::problems(good.replacen(from, to, 1).as_bytes()).is_empty(), "{to}");
    }
}
