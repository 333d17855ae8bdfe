//! Follows the framing of requests on the raw bytes and names the shapes that two readers could frame differently.
//!
//! It keeps no copy: one line's beginning and a few numbers. It judges only framing; what a header means is `admit.rs`'s business.
//! Where it finds a fault it stops following; the request with the fault is refused and the connection closed.

/// Why a request's framing is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) message: &'static str,
}

const fn bad(message: &'static str) -> Fault {
    Fault { status: 400, message }
}

/// Enough of a line to hold `Transfer-Encoding: chunked` or a `Content-Length` with some padding. Longer lines are other headers, or a fault.
const LINE_KEPT: usize = 80;

#[derive(Clone, Copy, PartialEq, Debug, Default)]
enum At {
    /// Before the first byte of a request line (empty lines allowed).
    #[default]
    Start,
    RequestLine,
    Header,
    Body(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailer,
    /// A fault was found; nothing after it can be framed.
    Lost,
}

/// The position in the stream of requests.
pub(super) struct Heads {
    at: At,
    line: [u8; LINE_KEPT],
    line_bytes: usize,
    last: u8,
    content_length: Option<u64>,
    chunked: bool,
    count: u64,
}

impl Default for Heads {
    fn default() -> Heads {
        Heads { at: At::Start, line: [0; LINE_KEPT], line_bytes: 0, last: 0, content_length: None, chunked: false, count: 0 }
    }
}

impl Heads {
    /// Complete heads so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether a head has begun and not ended.
    pub(super) fn in_head(&self) -> bool {
        matches!(self.at, At::RequestLine | At::Header) || (self.at == At::Start && self.line_bytes > 0)
    }

    /// Whether every request that began has arrived whole.
    pub(super) fn is_between(&self) -> bool {
        self.at == At::Start && self.line_bytes == 0
    }

    /// Follows `bytes`; the answer is the first fault with the number (from 1) of the request it belongs to.
    pub(super) fn see(&mut self, mut bytes: &[u8]) -> Option<(u64, Fault)> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if let At::Body(left) | At::ChunkData(left) = self.at {
                let skipped = left.min(bytes.len() as u64);
                bytes = &bytes[skipped as usize..];
                self.at = match (self.at, left - skipped) {
                    (At::Body(_), 0) => At::Start,
                    (At::Body(_), left) => At::Body(left),
                    (_, 0) => At::ChunkEnd,
                    (_, left) => At::ChunkData(left),
                };
                continue;
            }
            if self.at == At::Lost {
                return None;
            }
            bytes = rest;
            if let Err(fault) = self.see_byte(byte) {
                self.at = At::Lost;
                return Some((self.count + 1, fault));
            }
        }
        None
    }

    fn see_byte(&mut self, byte: u8) -> Result<(), Fault> {
        let before = std::mem::replace(&mut self.last, byte);
        if before == b'\r' && byte != b'\n' && self.line_bytes > 0 {
            return Err(bad("A line of the head holds a bare CR."));
        }
        if byte == 0 {
            return Err(bad("The head holds a NUL."));
        }
        if byte != b'\n' {
            if self.at == At::Start && byte != b'\r' {
                self.at = At::RequestLine;
            }
            if let Some(slot) = self.line.get_mut(self.line_bytes) {
                *slot = byte;
            }
            self.line_bytes += 1;
            return Ok(());
        }
        if before != b'\r' {
            return Err(bad("A line of the head does not end in CRLF."));
        }
        let bytes = std::mem::take(&mut self.line_bytes) - 1;
        let whole = bytes < LINE_KEPT;
        let line = self.line;
        self.end_line(&line[..bytes.min(LINE_KEPT)], whole)
    }

    fn end_line(&mut self, line: &[u8], whole: bool) -> Result<(), Fault> {
        match self.at {
            At::Start | At::Lost | At::Body(_) | At::ChunkData(_) => {}
            At::RequestLine => self.at = At::Header,
            At::Header if line.is_empty() => self.end_head()?,
            At::Header => self.see_header(line, whole)?,
            At::ChunkSize => {
                let size = chunk_size(line).ok_or(bad("A chunk has no valid size."))?;
                self.at = if size == 0 { At::Trailer } else { At::ChunkData(size) };
            }
            At::ChunkEnd if line.is_empty() => self.at = At::ChunkSize,
            At::ChunkEnd => return Err(bad("A chunk is longer than its size.")),
            At::Trailer if line.is_empty() => self.at = At::Start,
            At::Trailer => {}
        }
        Ok(())
    }

    fn see_header(&mut self, line: &[u8], whole: bool) -> Result<(), Fault> {
        if matches!(line[0], b' ' | b'\t') {
            return Err(bad("A header is folded over several lines."));
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return Ok(()) };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.last().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            return Err(bad("There is white space between a header's name and its colon."));
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = Some(value).filter(|_| whole).and_then(decimal).ok_or(bad("Content-Length is not a number."))?;
            if self.content_length.replace(length).is_some() {
                return Err(bad("There is more than one Content-Length."));
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked {
                return Err(bad("There is more than one Transfer-Encoding."));
            }
            if !whole || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Fault { status: 501, message: "The only transfer coding here is chunked." });
            }
            self.chunked = true;
        }
        Ok(())
    }

    fn end_head(&mut self) -> Result<(), Fault> {
        let length = self.content_length.take();
        let chunked = std::mem::take(&mut self.chunked);
        self.at = match (chunked, length) {
            (true, Some(_)) => return Err(bad("Content-Length and Transfer-Encoding exclude each other.")),
            (true, None) => At::ChunkSize,
            (false, Some(length)) if length > 0 => At::Body(length),
            (false, _) => At::Start,
        };
        self.count += 1;
        Ok(())
    }
}

fn decimal(value: &[u8]) -> Option<u64> {
    let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(value).ok().filter(|_| digits)?.parse().ok()
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| matches!(byte, b';' | b' ' | b'\t')).next()?;
    let hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u64::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| hex)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the text whole, then byte by byte: where the network cuts must not matter.
    fn check(text: &str, heads: u64, fault: Option<(u64, u16)>) {
        let mut whole = Heads::default();
        assert_eq!(whole.see(text.as_bytes()).map(|(number, fault)| (number, fault.status)), fault, "{text:?}");
        assert_eq!(whole.count(), heads, "{text:?}");
        assert_eq!(whole.is_between(), fault.is_none(), "{text:?}");
        let mut cut = Heads::default();
        let found = text.as_bytes().iter().find_map(|byte| cut.see(std::slice::from_ref(byte)));
        assert_eq!(found.map(|(number, fault)| (number, fault.status)), fault, "byte by byte: {text:?}");
        assert_eq!(cut.count(), heads, "byte by byte: {text:?}");
    }

    #[test]
    fn honest_requests_are_followed_through_every_kind_of_body() {
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1, None);
        check("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 2, None);
        check("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\na\nb\0cGET / HTTP/1.1\r\n\r\n", 2, None);
        check("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\na\nb\r\n0\r\nT: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n", 2, None);
        check("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n", 2, None);
    }

    #[test]
    fn shapes_that_two_readers_frame_differently_are_faults() {
        let post = "POST / HTTP/1.1\r\n";
        for (head, status) in [
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
            ("Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400),
            ("Content-Length: 5, 5\r\n\r\n", 400),
            ("Content-Length: +5\r\n\r\n", 400),
            ("Content-Length: 0x5\r\n\r\n", 400),
            ("Content-Length:\r\n\r\n", 400),
            ("Content-Length: 99999999999999999999\r\n\r\n", 400),
            ("Content-Length : 5\r\n\r\n", 400),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
            ("Transfer-Encoding: xchunked\r\n\r\n", 501),
            ("A: b\r\n c\r\n\r\n", 400),
            ("A: b\nB: c\r\n\r\n", 400),
            ("A: b\rc\r\n\r\n", 400),
            ("A: b\0\r\n\r\n", 400),
        ] {
            check(&format!("{post}{head}"), 0, Some((1, status)));
            check(&format!("GET / HTTP/1.1\r\n\r\n{post}{head}"), 1, Some((2, status)));
        }
    }

    proptest::proptest! {
        /// Whatever comes, in whatever pieces: the same verdict, and no panic.
        #[test]
        fn where_the_network_cuts_never_matters(text in "(GET / HTTP/1.1|[a-cT]{1,3}|Content-Length: [0-9]{1,2}|Transfer-Encoding: chunked|\r\n|\r\n\r\n|[0-9]\r\n|\n|:| ){0,40}", cut in 1usize..9) {
            let mut whole = Heads::default();
            let fault = whole.see(text.as_bytes());
            let mut pieces = Heads::default();
            let found = text.as_bytes().chunks(cut).find_map(|piece| pieces.see(piece));
            proptest::prop_assert_eq!(fault, found);
            proptest::prop_assert_eq!(whole.count(), pieces.count());
        }
    }
}
