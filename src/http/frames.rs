//! The rules of incoming WebSocket frames (RFC 6455), pure: bytes in, messages or the right close code out.
//!
//! This replaces the reading half of the codec crate, which hides the mask bit, reserves whatever a header announces, lets fragments
//! grow without end, checks UTF-8 too late and keeps an 8 KiB buffer per silent socket. Guarding it from outside would have meant
//! parsing every header here anyway. Its unmasking and its list of allowed close codes are still used; so is its writing half.

use fastwebsockets::{CloseCode, unmask};

/// What a socket accepts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Bytes of one message, all fragments together.
    pub(super) message_bytes_max: usize,
    /// Whether binary messages are taken (else 1003).
    pub(super) binary: bool,
}

/// Something complete that came in.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong,
    /// The peer closes; the code is 1005 when it gave none.
    Close(u16),
}

/// A broken rule, with the code and reason of the close frame that answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

const fn broken<T>(code: u16, reason: &'static str) -> Result<T, Broken> {
    Err(Broken { code, reason })
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
/// A control frame's payload is at most this long (RFC 6455 5.5).
const CONTROL_BYTES_MAX: usize = 125;

/// The frame whose payload is arriving.
struct Frame {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    left: usize,
    /// Position in the mask, because payloads arrive in pieces.
    turn: usize,
}

/// Assembles messages from bytes. Holds memory only for what has arrived, never for what is announced.
#[derive(Default)]
pub(super) struct Assembler {
    /// Bytes that arrived and were not looked at yet begin at `seen`.
    raw: Vec<u8>,
    seen: usize,
    frame: Option<Frame>,
    /// The data message under way: its opcode while it lasts, what arrived of it, how much of that is known to be UTF-8.
    opcode: Option<u8>,
    message: Vec<u8>,
    valid: usize,
    control: Vec<u8>,
}

impl Assembler {
    pub(super) fn new(read_ahead: &[u8]) -> Assembler {
        Assembler { raw: read_ahead.to_vec(), ..Assembler::default() }
    }

    /// Adds bytes from the wire. Call `next` until it has no more before adding again, so that `raw` stays one read long.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.raw.drain(..self.seen);
        self.seen = 0;
        self.raw.extend_from_slice(bytes);
    }

    /// The next complete thing in what was added, if there is one.
    pub(super) fn next(&mut self, rules: Rules) -> Result<Option<Incoming>, Broken> {
        loop {
            if self.frame.is_none() && !self.begin_frame(rules)? {
                return Ok(None);
            }
            let Some(incoming) = self.take_payload()? else {
                let Some(frame) = &self.frame else { continue };
                debug_assert!(frame.left > 0);
                self.forget_raw();
                return Ok(None);
            };
            return Ok(Some(incoming));
        }
    }

    /// A silent socket keeps no buffer.
    fn forget_raw(&mut self) {
        if self.seen == self.raw.len() {
            self.raw = Vec::new();
            self.seen = 0;
        }
    }

    /// Reads a frame's head if it is there whole, and checks it before a byte of payload is kept.
    fn begin_frame(&mut self, rules: Rules) -> Result<bool, Broken> {
        let raw = &self.raw[self.seen..];
        let &[first, second, ..] = raw else {
            self.check_first(raw.first().copied(), rules)?;
            self.forget_raw();
            return Ok(false);
        };
        self.check_first(Some(first), rules)?;
        if second & 0x80 == 0 {
            return broken(1002, "a client's frames are masked");
        }
        let (fin, opcode, short) = (first & 0x80 != 0, first & 0x0f, second & 0x7f);
        if opcode >= CLOSE && usize::from(short) > CONTROL_BYTES_MAX {
            return broken(1002, "a control frame is too long");
        }
        let extra = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(head) = raw.get(2..2 + extra + 4) else { return Ok(false) };
        let (length, mask) = head.split_at(extra);
        let length = length.iter().fold(0u64, |length, byte| length << 8 | u64::from(*byte));
        let length = match extra {
            0 => u64::from(short),
            2 if length < 126 => return broken(1002, "a length is not in its shortest form"),
            8 if length >> 63 == 1 || length < 65_536 => return broken(1002, "a length is not in its shortest form"),
            _ => length,
        };
        if opcode < CLOSE && length > (rules.message_bytes_max - self.message.len()) as u64 {
            return broken(1009, "the message is too large");
        }
        let mask = [mask[0], mask[1], mask[2], mask[3]];
        self.seen += 2 + extra + 4;
        // In range: a control frame is short, a data frame within the limit just checked.
        self.frame = Some(Frame { fin, opcode, mask, left: length as usize, turn: 0 });
        if opcode == TEXT || opcode == BINARY {
            self.opcode = Some(opcode);
        }
        Ok(true)
    }

    /// What the first byte alone can break: seen early, refused early.
    fn check_first(&self, first: Option<u8>, rules: Rules) -> Result<(), Broken> {
        let Some(first) = first else { return Ok(()) };
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0f);
        if first & 0x70 != 0 {
            return broken(1002, "reserved bits are set");
        }
        match opcode {
            CONTINUATION if self.opcode.is_none() => broken(1002, "there is nothing to continue"),
            TEXT | BINARY if self.opcode.is_some() => broken(1002, "a message begins inside another"),
            BINARY if !rules.binary => broken(1003, "only text is understood here"),
            CONTINUATION | TEXT | BINARY => Ok(()),
            CLOSE | PING | PONG if fin => Ok(()),
            CLOSE | PING | PONG => broken(1002, "a control frame is fragmented"),
            _ => broken(1002, "the opcode is reserved"),
        }
    }

    /// Moves what arrived of the current frame's payload to where it belongs; an answer when that completes something.
    fn take_payload(&mut self) -> Result<Option<Incoming>, Broken> {
        let Some(frame) = &mut self.frame else { return Ok(None) };
        let arrived = frame.left.min(self.raw.len() - self.seen);
        let piece = &mut self.raw[self.seen..self.seen + arrived];
        let mut mask = frame.mask;
        mask.rotate_left(frame.turn);
        unmask(piece, mask);
        frame.turn = (frame.turn + arrived) % 4;
        frame.left -= arrived;
        self.seen += arrived;
        let target = if frame.opcode >= CLOSE { &mut self.control } else { &mut self.message };
        target.extend_from_slice(piece);
        let (fin, opcode, complete) = (frame.fin, frame.opcode, frame.left == 0);
        if opcode < CLOSE && self.opcode == Some(TEXT) {
            self.check_text(fin && complete)?;
        }
        if !complete {
            return Ok(None);
        }
        self.frame = None;
        match opcode {
            CLOSE => close_of(&std::mem::take(&mut self.control)).map(Some),
            PING => Ok(Some(Incoming::Ping(std::mem::take(&mut self.control)))),
            PONG => {
                self.control = Vec::new();
                Ok(Some(Incoming::Pong))
            }
            _ if fin => self.end_message().map(Some),
            _ => Ok(None),
        }
    }

    /// Fails at the first byte that no UTF-8 text can have there; a character cut by a piece's end waits for the rest.
    fn check_text(&mut self, last: bool) -> Result<(), Broken> {
        match std::str::from_utf8(&self.message[self.valid..]) {
            Ok(_) => self.valid = self.message.len(),
            Err(error) if error.error_len().is_none() && !last => self.valid += error.valid_up_to(),
            Err(_) => return broken(1007, "the text is not UTF-8"),
        }
        Ok(())
    }

    fn end_message(&mut self) -> Result<Incoming, Broken> {
        self.valid = 0;
        let message = std::mem::take(&mut self.message);
        match self.opcode.take() {
            Some(TEXT) => match String::from_utf8(message) {
                Ok(text) => Ok(Incoming::Text(text)),
                Err(_) => broken(1007, "the text is not UTF-8"),
            },
            _ => Ok(Incoming::Binary(message)),
        }
    }
}

fn close_of(payload: &[u8]) -> Result<Incoming, Broken> {
    match payload {
        [] => Ok(Incoming::Close(1005)),
        [_] => broken(1002, "a close code has two bytes"),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !CloseCode::from(code).is_allowed() {
                return broken(1002, "the close code is not allowed");
            }
            if std::str::from_utf8(reason).is_err() {
                return broken(1007, "the close reason is not UTF-8");
            }
            Ok(Incoming::Close(code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { message_bytes_max: 1000, binary: true };

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..126 => bytes.push(0x80 | length as u8),
            length => {
                bytes.push(0x80 | 126);
                bytes.extend_from_slice(&(length as u16).to_be_bytes());
            }
        }
        bytes.extend_from_slice(&mask);
        bytes.extend(payload.iter().enumerate().map(|(i, byte)| byte ^ mask[i % 4]));
        bytes
    }

    fn read(bytes: &[u8], step: usize, rules: Rules) -> (Vec<Incoming>, Option<u16>) {
        let mut assembler = Assembler::default();
        let mut all = Vec::new();
        for piece in bytes.chunks(step) {
            assembler.add(piece);
            loop {
                match assembler.next(rules) {
                    Ok(Some(incoming)) => all.push(incoming),
                    Ok(None) => break,
                    Err(broken) => return (all, Some(broken.code)),
                }
            }
        }
        assert!(assembler.seen == assembler.raw.len(), "everything was looked at");
        (all, None)
    }

    /// However the network cuts the bytes, the same comes out.
    fn check(bytes: &[u8], expected: &[Incoming], code: Option<u16>) {
        for step in [1, 2, 3, 7, usize::MAX] {
            let (all, broken) = read(bytes, step.min(bytes.len()), RULES);
            assert_eq!((all.as_slice(), broken), (expected, code), "in steps of {step}: {bytes:?}");
        }
    }

    #[test]
    fn messages_come_out_whole_however_they_were_cut() {
        check(&frame(0x81, b""), &[Incoming::Text(String::new())], None);
        check(&frame(0x81, "Grüße".as_bytes()), &[Incoming::Text("Grüße".into())], None);
        check(&frame(0x82, &[0, 255]), &[Incoming::Binary(vec![0, 255])], None);
        let ü = "ü".as_bytes();
        let parts = [frame(0x01, &ü[..1]), frame(0x89, b"p"), frame(0x00, &ü[1..]), frame(0x80, b"!"), frame(0x8a, b"x")].concat();
        check(&parts, &[Incoming::Ping(b"p".into()), Incoming::Text("ü!".into()), Incoming::Pong], None);
        check(&frame(0x81, &[b'a'; 1000]), &[Incoming::Text("a".repeat(1000))], None);
        check(&frame(0x89, &[7; 125]), &[Incoming::Ping(vec![7; 125])], None);
        check(&frame(0x88, &[]), &[Incoming::Close(1005)], None);
        check(&frame(0x88, b"\x03\xe8bye"), &[Incoming::Close(1000)], None);
        check(&frame(0x88, b"\x0f\xa0"), &[Incoming::Close(4000)], None);
    }

    #[test]
    fn every_broken_rule_has_its_close_code() {
        check(&frame(0x81, &[b'a'; 1001]), &[], Some(1009));
        check(&[frame(0x01, &[b'a'; 999]), frame(0x80, b"bc")].concat(), &[], Some(1009));
        check(&[0x82, 0x80 | 127, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4], &[], Some(1009));
        for rsv in [0x40, 0x20, 0x10] {
            check(&frame(0x81 | rsv, b"a"), &[], Some(1002));
        }
        for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            check(&frame(0x80 | opcode, b"a"), &[], Some(1002));
        }
        check(&[0x81, 1, b'a'], &[], Some(1002));
        check(&frame(0x89, &[7; 126]), &[], Some(1002));
        for control in [0x08, 0x09, 0x0a] {
            check(&frame(control, b""), &[], Some(1002));
        }
        check(&frame(0x80, b"a"), &[], Some(1002));
        check(&[frame(0x01, b"a"), frame(0x81, b"b")].concat(), &[], Some(1002));
        check(&[0x81, 0x80 | 126, 0, 125, 1, 2, 3, 4], &[], Some(1002));
        check(&[0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4], &[], Some(1002));
        check(&frame(0x81, b"a\xff"), &[], Some(1007));
        check(&frame(0x81, b"\xc3"), &[], Some(1007));
        check(&[frame(0x01, b"\xc3"), frame(0x00, b"x")].concat(), &[], Some(1007));
        check(&frame(0x81, b"\xed\xa0\x80"), &[], Some(1007));
        check(&frame(0x88, b"\x03"), &[], Some(1002));
        for code in [0u16, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
            check(&frame(0x88, &code.to_be_bytes()), &[], Some(1002));
        }
        check(&frame(0x88, b"\x03\xe8\xff"), &[], Some(1007));
        assert_eq!(read(&frame(0x82, b"a"), 9, Rules { binary: false, ..RULES }).1, Some(1003));
    }

    #[test]
    fn an_announced_message_reserves_nothing_and_silence_keeps_no_buffer() {
        let rules = Rules { message_bytes_max: 64 << 20, binary: true };
        let mut assembler = Assembler::new(&[0x82, 0x80 | 127, 0, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3, 4, 9]);
        assert_eq!(assembler.next(rules), Ok(None));
        assert!(assembler.message.capacity() < 100 && assembler.raw.capacity() == 0);
        let mut quiet = Assembler::new(&frame(0x81, &[b'a'; 1000]));
        assert!(matches!(quiet.next(rules), Ok(Some(Incoming::Text(_)))));
        assert_eq!(quiet.next(rules), Ok(None));
        assert_eq!(quiet.raw.capacity() + quiet.message.capacity() + quiet.control.capacity(), 0);
    }

    proptest::proptest! {
        /// Messages in any fragments, with pings anywhere between, cut anywhere by the network, come out as they were.
        #[test]
        fn what_was_sent_comes_out(messages in proptest::collection::vec((".{0,60}", 1usize..7, proptest::bool::ANY), 0..8), step in 1usize..50) {
            let (mut bytes, mut expected) = (Vec::new(), Vec::new());
            for (text, size, with_ping) in &messages {
                let fragments: Vec<&[u8]> = text.as_bytes().chunks(*size).collect();
                let count = fragments.len().max(1);
                for i in 0..count {
                    let first = u8::from(i == 0) | if i + 1 == count { 0x80 } else { 0 };
                    bytes.extend(frame(first, fragments.get(i).copied().unwrap_or_default()));
                    if *with_ping && i + 1 < count {
                        bytes.extend(frame(0x89, b"?"));
                        expected.push(Incoming::Ping(b"?".into()));
                    }
                }
                expected.push(Incoming::Text(text.clone()));
            }
            proptest::prop_assert_eq!(read(&bytes, step, RULES), (expected, None));
        }

        /// Whatever comes: a verdict, and no panic.
        #[test]
        fn nonsense_never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), step in 1usize..50) {
            let mut assembler = Assembler::default();
            for piece in bytes.chunks(step) {
                assembler.add(piece);
                while let Ok(Some(_)) = assembler.next(RULES) {}
            }
        }
    }
}
