//! Forms with files, streamed through the real server: what arrives, in what pieces, and each limit from both sides.

use deskbell::base::error::Kind;
use deskbell::http::multipart::{FormLimits, Part};
use deskbell::http::server::{ServerOptions, serve};
use deskbell::http::{Reply, Request};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LIMITS: FormLimits = FormLimits { parts_max: 3, text_bytes_max: 100, file_bytes_max: 200_000, total_bytes_max: 300_000 };

async fn read(request: &mut Request) -> Result<String, deskbell::base::error::Error> {
    let mut form = request.multipart(LIMITS)?;
    let mut seen = Vec::new();
    while let Some(part) = form.next().await? {
        match part {
            Part::Text { name, value } => seen.push(format!("{name}={value}")),
            Part::File(mut file) => {
                let mut rest = Vec::new();
                let mut pieces = Vec::new();
                while let Some(piece) = file.chunk_of(65_536, &mut rest).await? {
                    pieces.push(piece.len().to_string());
                }
                let content_type = file.content_type.unwrap_or_default();
                seen.push(format!("{}:{}:{content_type}:{}", file.name, file.file_name, pieces.join("+")));
            }
        }
    }
    Ok(seen.join(" "))
}

async fn door(mut request: Request) -> Reply {
    match read(&mut request).await {
        Ok(seen) => Reply::bytes(200, "text/plain", seen),
        Err(error) if error.kind == Kind::TooLarge => Reply::bytes(413, "text/plain", error.message.clone()),
        Err(error) => Reply::bytes(400, "text/plain", error.message.clone()),
    }
}

async fn start() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = ServerOptions { body_idle_timeout: Duration::from_millis(150), ..ServerOptions::default() };
    tokio::spawn(serve(listener, options, std::future::pending(), door));
    address
}

/// The status and body of the answer to a form.
async fn post(address: SocketAddr, content_type: &str, body: &[u8], announced: usize) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        format!("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {content_type}\r\nContent-Length: {announced}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(body).await;
    let mut all = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut all)).await.expect("it took too long");
    let answer = String::from_utf8_lossy(&all).into_owned();
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
}

const FORM: &str = "multipart/form-data; boundary=b";

fn part(head: &str, body: &[u8]) -> Vec<u8> {
    [b"--b\r\nContent-Disposition: form-data; ", head.as_bytes(), b"\r\n\r\n", body, b"\r\n"].concat()
}

async fn check(address: SocketAddr, parts: &[Vec<u8>], status: u16, seen: &str) {
    let body = [parts.concat(), b"--b--\r\n".to_vec()].concat();
    let (got, text) = post(address, FORM, &body, body.len()).await;
    assert_eq!(got, status, "{text}");
    assert!(text.contains(seen), "{text:?} is not {seen:?}");
}

#[tokio::test]
async fn fields_come_whole_and_files_in_pieces() {
    let address = start().await;
    let file = |bytes: usize| part("name=\"files\"; filename=\"C:\\dir/a.txt\"\r\nContent-Type: text/plain", &vec![b'x'; bytes]);
    check(address, &[part("name=\"note\"", "Grüße".as_bytes()), file(150_000)], 200, "note=Grüße files:a.txt:text/plain:65536+65536+18928")
        .await;
    check(address, &[file(0)], 200, "files:a.txt:text/plain:").await;
    check(address, &[file(65_536)], 200, "text/plain:65536").await;
    check(address, &[], 200, "").await;
}

#[tokio::test]
async fn each_limit_holds_from_both_sides() {
    let address = start().await;
    let text = |bytes: usize| part("name=\"t\"", &vec![b'x'; bytes]);
    let file = |bytes: usize| part("name=\"f\"; filename=\"a\"", &vec![b'x'; bytes]);
    check(address, &[text(100)], 200, "t=x").await;
    check(address, &[text(101)], 413, "The field is larger than 100 bytes.").await;
    check(address, &[file(200_000)], 200, "f:a:").await;
    check(address, &[file(200_001)], 413, "The file is larger than 200000 bytes.").await;
    check(address, &[text(1), text(1), text(1)], 200, "t=x t=x t=x").await;
    check(address, &[text(1), text(1), text(1), text(1)], 413, "more than 3 parts").await;
    check(address, &[file(199_000), file(150_000)], 413, "The form is larger than 300000 bytes.").await;
}

#[tokio::test]
async fn broken_forms_are_told_what_is_wrong() {
    let address = start().await;
    let long_boundary = format!("multipart/form-data; boundary={}", "b".repeat(71));
    for (content_type, body, words) in [
        ("application/json", &b"{}"[..], "needs a multipart/form-data body"),
        ("multipart/form-data", b"x", "needs a multipart/form-data body"),
        (&long_boundary, b"x", "not 1 to 70 characters"),
        (FORM, b"", "empty"),
        (FORM, b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "ends in the middle"),
        (FORM, b"nothing like a form", "ends in the middle"),
        (FORM, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", "has no name"),
        (FORM, b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--b--\r\n", "not UTF-8"),
    ] {
        let (status, text) = post(address, content_type, body, body.len()).await;
        assert!(status == 400 && text.contains(words), "{status} {text:?} is not {words:?}");
    }
    let (status, text) = post(address, FORM, &part("name=\"f\"; filename=\"a\"", b"x"), 5000).await;
    assert!(status == 400 && text.contains("stopped arriving"), "{status} {text:?}");
}

#[tokio::test]
async fn bytes_that_lead_to_nothing_are_not_collected() {
    let address = start().await;
    let endless = vec![b'x'; 250_000];
    let (status, text) = post(address, FORM, &endless, endless.len()).await;
    assert!(status == 400 && text.contains("no end to its head"), "{status} {text:?}");
    let head = [b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\nX: ", &endless[..]].concat();
    let (status, text) = post(address, FORM, &head, head.len()).await;
    assert!(status == 400 && text.contains("no end to its head"), "{status} {text:?}");
}
