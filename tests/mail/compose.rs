//! What we write is well made, whatever anybody typed (security row 32).

use crate::support::mail_lint;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskbell::mail::compose::{Draft, File, Party, compose};
use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;

fn draft() -> Draft {
    Draft {
        message_id: "0123456789abcdef@shop.example".into(),
        date: 1_795_000_000_000,
        from: Party { name: "Shop".into(), address: "chat@shop.example".into() },
        to: Party { name: "Anna".into(), address: "anna@customer.example".into() },
        subject: "Your code".into(),
        loop_mark: "abcdefgh".into(),
        is_automatic: true,
        text: "123456".into(),
        html: "<p>123456</p>".into(),
        ..Draft::default()
    }
}

fn written(draft: &Draft) -> Vec<u8> {
    let raw = compose(draft).expect("a mail");
    mail_lint::check(&raw);
    raw
}

#[test]
fn a_mail_says_who_to_whom_about_what_and_that_a_machine_wrote_it() {
    let raw = written(&Draft {
        reply_to: Some("chat+c1f.abcdefghijklmnop@shop.example".into()),
        in_reply_to: Some("1@customer.example".into()),
        references: vec!["0@customer.example".into(), "1@customer.example".into()],
        to: Party { name: "Åsa Öberg 日本".into(), address: "asa@bücher.example".into() },
        subject: "Grüße aus Köln — 你好, wie geht es? Und noch viel mehr Wörter, damit die Zeile gewiss zu lang wird".into(),
        ..draft()
    });
    let text = String::from_utf8(raw.clone()).unwrap();
    for line in [
        "Message-ID: <0123456789abcdef@shop.example>",
        "From: \"Shop\" <chat@shop.example>",
        "Reply-To: <chat+c1f.abcdefghijklmnop@shop.example>",
        "In-Reply-To: <1@customer.example>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "X-Deskbell-Loop: abcdefgh",
        "<asa@xn--bcher-kva.example>",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let mail = MessageParser::default().parse(&raw).unwrap();
    assert!(mail.subject().unwrap().starts_with("Grüße aus Köln — 你好"));
    assert_eq!(mail.to().unwrap().first().unwrap().name().unwrap(), "Åsa Öberg 日本");
    assert_eq!(mail.body_text(0).unwrap().trim(), "123456");
    assert_eq!(mail.body_html(0).unwrap().trim(), "<p>123456</p>");
}

#[test]
fn an_agents_own_words_are_no_automatic_mail() {
    let text = String::from_utf8(written(&Draft { is_automatic: false, ..draft() })).unwrap();
    assert!(!text.contains("Auto-Submitted") && !text.contains("Suppress") && text.contains("X-Deskbell-Loop"), "{text}");
}

/// The bytes of a file, whatever its kind says of letters in it.
fn carried(raw: &[u8], part: &mail_parser::MessagePart<'_>) -> Vec<u8> {
    let coded = &raw[part.raw_body_offset() as usize..part.raw_end_offset() as usize];
    let coded: Vec<u8> = coded.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(coded).expect("base64")
}

#[test]
fn files_travel_byte_by_byte_under_their_names() {
    let bytes: Vec<u8> = (0..=255u8).cycle().take(5000).collect();
    let file = |name: &str, content_type: &str| File { name: name.into(), content_type: content_type.into(), bytes: bytes.clone() };
    let names = ["Rechnung.pdf", "Übersicht für März.txt", "a\r\nBcc: x@y.example.html", "../../etc/passwd", "\"; filename=\"x.exe", ""];
    let kinds =
        ["application/pdf", "text/plain", "text/html; charset=evil\r\nX: y", "message/rfc822", "multipart/mixed; boundary=x", "no kind"];
    let files: Vec<File> = names.iter().zip(kinds).map(|(name, kind)| file(name, kind)).collect();
    let raw = written(&Draft { files, ..draft() });
    let mail = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(mail.attachment_count(), 6);
    for part in mail.attachments() {
        assert_eq!(carried(&raw, part), bytes, "{:?}", part.attachment_name());
    }
    let name = |n: u32| mail.attachment(n).unwrap().attachment_name().unwrap().to_owned();
    assert_eq!((name(0).as_str(), name(1).as_str(), name(5).as_str()), ("Rechnung.pdf", "Übersicht für März.txt", "file"));
    assert_eq!(name(3), ".._.._etc_passwd");
}

#[test]
fn what_is_no_address_gets_no_mail() {
    for address in ["", "anna", "a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "jörg@b.example", "<a@b.example>"] {
        let party = Party { name: String::new(), address: address.into() };
        assert!(compose(&Draft { to: party.clone(), ..draft() }).is_err(), "{address:?}");
        assert!(compose(&Draft { from: party, ..draft() }).is_err(), "{address:?}");
        assert!(compose(&Draft { reply_to: Some(address.into()), ..draft() }).is_err(), "{address:?}");
    }
}

#[test]
fn words_that_look_like_an_encoded_word_are_read_as_they_were_typed() {
    let trick = "=?utf-8?Q?Bank=0D=0ABcc:_x@y.example?=";
    let raw = written(&Draft {
        subject: trick.into(),
        to: Party { name: trick.into(), address: "a@b.example".into() },
        files: vec![File { name: trick.into(), content_type: "text/plain".into(), bytes: vec![1] }],
        ..draft()
    });
    let mail = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(mail.subject().unwrap(), "= ?utf-8?Q?Bank=0D=0ABcc:_x@y.example?=");
    assert!(mail.bcc().is_none());
}

/// Whatever can be typed, and what is typed to break things.
fn typed() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "\\PC{0,40}",
        Just("\r\nBcc: x@y.example\r\n".to_owned()),
        Just("\n\nbody".to_owned()),
        Just("\r".to_owned()),
        Just("\u{85}\u{2028}\u{2029}\u{b}\u{c}".to_owned()),
        Just("=?utf-8?B?DQpCY2M6IHhAeS5leGFtcGxl?=".to_owned()),
        Just("\"<>,;:\\()[]@".to_owned()),
        Just("\u{202e}\u{200b}\0\u{7f}".to_owned()),
        Just(" \t ".to_owned()),
        "[a-z ]{0,200}",
        "[äöüß日本語🎉]{0,60}",
        "[0-9a-f]{300}",
    ];
    proptest::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// security 32
    #[test]
    fn nothing_typed_becomes_or_breaks_a_header(
        (name, subject, file, kind) in (typed(), typed(), typed(), typed()),
        (text, html, id) in (typed(), typed(), typed()),
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let draft = Draft {
            from: Party { name: name.clone(), address: "chat@shop.example".into() },
            to: Party { name, address: "anna@customer.example".into() },
            subject,
            in_reply_to: Some(id.clone()),
            references: vec![id.clone(), "1@customer.example".into(), format!("{id}@x")],
            text: text.clone(),
            html,
            files: vec![File { name: file, content_type: kind, bytes: bytes.clone() }],
            ..draft()
        };
        let raw = compose(&draft).unwrap();
        let found = mail_lint::problems(&raw);
        prop_assert!(found.is_empty(), "{found:?}\n{}", String::from_utf8_lossy(&raw));
        let mail = MessageParser::default().parse(&raw).unwrap();
        prop_assert!(mail.bcc().is_none());
        prop_assert_eq!(mail.attachment_count(), 1);
        prop_assert_eq!(carried(&raw, mail.attachment(0).unwrap()), bytes);
        // What is visible arrives.
        let visible = |text: &str| text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(visible(&mail.body_text(0).unwrap()), visible(&text));
    }
}
