//! What hyper answers by itself, before any door is asked: it cannot parse the head, or the head is too large. It says so in a status
//! alone; here the answer gets words and the headers every answer of ours has.

use super::finish::DEFAULT_HEADERS;
use std::fmt::Write as _;

/// The same refusal with words; `None` for everything else that is written to a connection.
pub(super) fn with_words(written: &[u8]) -> Option<Vec<u8>> {
    // Ours always carry this header, hyper's own never do; and hyper writes such a head alone, because the connection ends with it.
    let head = written.strip_suffix(b"\r\n\r\n").filter(|_| written.starts_with(b"HTTP/1.") && written.len() < 512)?;
    let head = std::str::from_utf8(head).ok()?;
    let is_ours = head.to_ascii_lowercase().contains("x-content-type-options");
    let status = head.get(9..12).filter(|_| !is_ours)?;
    let (reason, words) = match status {
        "400" => ("Bad Request", "The request could not be understood."),
        "414" => ("URI Too Long", "The address of the request is too long."),
        "431" => ("Request Header Fields Too Large", "The request has too many headers, or too long ones."),
        "505" => ("HTTP Version Not Supported", "This version of HTTP is not spoken here."),
        _ => return None,
    };
    let mut answer = format!(
        "HTTP/1.1 {status} {reason}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n",
        words.len() + 1
    );
    for (name, value) in DEFAULT_HEADERS {
        write!(answer, "{name}: {value}\r\n").ok()?;
    }
    write!(answer, "\r\n{words}\n").ok()?;
    Some(answer.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_refusals_get_words() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        let answer = String::from_utf8(with_words(bare).unwrap()).unwrap();
        let (head, words) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", words.len())) && head.contains("nosniff"), "{head}");
        for other in [
            &b"HTTP/1.1 400 Bad Request\r\nx-content-type-options: nosniff\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 200 OK\r\n\r\n",
            b"HTTP/1.1 431 x\r\n\r\nbody",
            b"GET / HTTP/1.1\r\n\r\n",
            b"",
        ] {
            assert!(with_words(other).is_none());
        }
    }
}
