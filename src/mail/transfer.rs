//! The codings in which bodies travel (RFC 2045, 6), undone piece by piece. Forgiving: what is no code is skipped or kept as it stands, because half
//! a file is better than none.

/// How a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// 7bit, 8bit, binary, and whatever nobody knows.
    Plain,
    Base64,
    QuotedPrintable,
    /// `x-uuencode`, and what old programs put into plain text.
    Uuencode,
}

impl Coding {
    /// The coding with this name.
    pub fn of(name: &str) -> Coding {
        match name.trim().trim_end_matches(';').to_ascii_lowercase().as_str() {
            "base64" => Coding::Base64,
            "quoted-printable" => Coding::QuotedPrintable,
            "x-uuencode" | "x-uue" | "uuencode" => Coding::Uuencode,
            _ => Coding::Plain,
        }
    }

    /// A whole body at once.
    pub fn decode(self, body: &[u8]) -> Vec<u8> {
        let mut decoder = Decoder::new(self);
        let mut bytes = Vec::with_capacity(body.len());
        decoder.push(body, &mut bytes);
        decoder.end(&mut bytes);
        bytes
    }
}

/// A body on its way, in pieces of any size.
#[derive(Debug)]
pub struct Decoder {
    coding: Coding,
    /// Base64: the bits that are no byte yet, and how many signs gave them.
    bits: u32,
    signs: u8,
    /// A line (uuencode) or the beginning of a code (quoted-printable) that is not whole yet.
    held: Vec<u8>,
    /// Uuencode: between `begin` and `end`.
    is_inside: bool,
}

/// A line of uuencode is 61 characters; a longer one is none, and nothing is held that is longer.
const HELD_BYTES_MAX: usize = 1024;

impl Decoder {
    /// One for a body in this coding.
    pub fn new(coding: Coding) -> Decoder {
        Decoder { coding, bits: 0, signs: 0, held: Vec::new(), is_inside: false }
    }

    /// The next piece of the body; what it says is added to `to`.
    pub fn push(&mut self, piece: &[u8], to: &mut Vec<u8>) {
        match self.coding {
            Coding::Plain => to.extend_from_slice(piece),
            Coding::Base64 => piece.iter().for_each(|byte| self.sign(*byte, to)),
            Coding::QuotedPrintable => piece.iter().for_each(|byte| self.letter(*byte, to)),
            Coding::Uuencode => {
                for byte in piece {
                    match byte {
                        b'\n' => self.uu_line(to),
                        _ if self.held.len() < HELD_BYTES_MAX => self.held.push(*byte),
                        _ => {}
                    }
                }
            }
        }
    }

    /// What was still held.
    pub fn end(&mut self, to: &mut Vec<u8>) {
        match self.coding {
            Coding::Plain => {}
            Coding::Base64 => self.pad(to),
            Coding::QuotedPrintable => {
                // A lone `=` at the very end is a line break that was cut off.
                if self.held != b"=" && self.held.iter().any(|byte| !b"\r\n \t".contains(byte)) {
                    to.append(&mut self.held);
                }
            }
            Coding::Uuencode => self.uu_line(to),
        }
        self.held.clear();
    }

    fn sign(&mut self, byte: u8, to: &mut Vec<u8>) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            // The end, or the end of one of several codes written after one another.
            b'=' => return self.pad(to),
            _ => return,
        };
        self.bits = self.bits << 6 | u32::from(value);
        self.signs += 1;
        if self.signs == 4 {
            to.extend_from_slice(&self.bits.to_be_bytes()[1..]);
            (self.bits, self.signs) = (0, 0);
        }
    }

    fn pad(&mut self, to: &mut Vec<u8>) {
        match self.signs {
            2 => to.push((self.bits >> 4) as u8),
            3 => to.extend_from_slice(&[(self.bits >> 10) as u8, (self.bits >> 2) as u8]),
            _ => {}
        }
        (self.bits, self.signs) = (0, 0);
    }

    /// `held` is `=`, `=A`, or `=` with white space: a soft line break whose line end is still to come.
    fn letter(&mut self, byte: u8, to: &mut Vec<u8>) {
        if self.held.is_empty() {
            return if byte == b'=' { self.held.push(byte) } else { to.push(byte) };
        }
        match (self.held.len(), byte) {
            (_, b'\n') => self.held.clear(),
            (1, _) | (2, _) if byte.is_ascii_hexdigit() && self.held.iter().skip(1).all(u8::is_ascii_hexdigit) => {
                self.held.push(byte);
                if let [_, high, low] = self.held[..] {
                    to.push(hex(high) << 4 | hex(low));
                    self.held.clear();
                }
            }
            (_, b'\r' | b' ' | b'\t') if self.held.len() < HELD_BYTES_MAX && self.held.iter().skip(1).all(u8::is_ascii_whitespace) => {
                self.held.push(byte)
            }
            _ => {
                to.append(&mut self.held);
                self.letter(byte, to);
            }
        }
    }

    fn uu_line(&mut self, to: &mut Vec<u8>) {
        let line = std::mem::take(&mut self.held);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        if !self.is_inside {
            self.is_inside = line.starts_with(b"begin ");
            return;
        }
        if line == b"end" {
            self.is_inside = false;
            return;
        }
        let Some((length, signs)) = line.split_first() else { return };
        let mut left = usize::from(length.wrapping_sub(b' ') & 63);
        for group in signs.chunks(4) {
            let bits = (0..4).fold(0u32, |bits, n| bits << 6 | u32::from(group.get(n).unwrap_or(&b' ').wrapping_sub(b' ') & 63));
            let take = left.min(3);
            to.extend_from_slice(&bits.to_be_bytes()[1..=take]);
            left -= take;
        }
    }
}

fn hex(digit: u8) -> u8 {
    char::from(digit).to_digit(16).unwrap_or_default() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bodies_are_decoded_however_they_were_broken() {
        let base64 = |text: &str| String::from_utf8(Coding::Base64.decode(text.as_bytes())).unwrap();
        assert_eq!(base64("SGVsbG8=\r\n"), "Hello");
        assert_eq!(base64("SGVs\r\nbG8"), "Hello");
        assert_eq!(base64("SGVsbG8=SGVsbG8="), "HelloHello");
        assert_eq!(base64("SG!Vs bG8=\0"), "Hello");
        let quoted = |text: &str| String::from_utf8(Coding::QuotedPrintable.decode(text.as_bytes())).unwrap();
        assert_eq!(quoted("Gr=C3=BC=c3=9fe =\r\nan"), "Grüße an");
        assert_eq!(quoted("a=  \r\nb"), "ab");
        assert_eq!(quoted("1=2, a=b=, 100=%="), "1=2, a=b=, 100=%");
        assert_eq!(quoted("x=3"), "x=3");
        assert_eq!(Coding::Uuencode.decode(b"begin 644 a.txt\r\n%2&5L;&\\\r\n`\r\nend\r\n"), b"Hello");
        assert_eq!(Coding::of(" BASE64 "), Coding::Base64);
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_say_the_same(body in "[ -~\r\n=]{0,300}", cuts in proptest::collection::vec(1usize..40, 0..20), which in 0usize..4) {
            let coding = [Coding::Plain, Coding::Base64, Coding::QuotedPrintable, Coding::Uuencode][which];
            let whole = coding.decode(body.as_bytes());
            let (mut decoder, mut bytes, mut rest) = (Decoder::new(coding), Vec::new(), body.as_bytes());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                decoder.push(piece, &mut bytes);
                rest = after;
            }
            decoder.push(rest, &mut bytes);
            decoder.end(&mut bytes);
            prop_assert_eq!(bytes, whole);
        }
    }
}
