//! Takes large bodies out of a mail while it comes, so that no mail is ever in memory whole: what is left is a slim mail, read like any other, with a
//! mark where a body was. The marks hold a random word of this mail, so nobody can name other people's files by writing marks himself.

use super::inbound::FileBytes;
use super::mime::{Part, boundary};
use super::transfer::{Coding, Decoder};
use crate::base::error::Result;
use crate::base::id::random_bytes;
use crate::base::limits;

/// What was taken out of one mail.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The random word of this mail.
    pub word: String,
    /// Number and size of each body, in the order of the marks.
    pub files: Vec<(i64, u64)>,
    /// The text was longer than anybody reads; its end is gone.
    pub is_cut: bool,
}

/// The field that stands in place of a body.
pub const MARK: &str = "X-Deskbell-Kept";

impl Kept {
    /// The bytes that a mark stands for.
    pub fn find(&self, mark: &str) -> Option<FileBytes> {
        let (word, number) = mark.trim().split_once(' ')?;
        let (blob, size) = *self.files.get(number.parse::<usize>().ok().filter(|_| word == self.word)?)?;
        Some(FileBytes::Stored { blob, size })
    }
}

/// Where large bodies go, decoded, in pieces of at most `limits::CHUNK_BYTES`. What was begun and not ended is the sink's to forget.
pub trait FileSink {
    /// A file begins.
    fn begin(&mut self) -> Result<()>;
    /// The next piece of it.
    fn write(&mut self, piece: &[u8]) -> Result<()>;
    /// It is whole: its number.
    fn end(&mut self) -> Result<i64>;
}

/// A mail on its way. What `push` takes may be cut anywhere.
#[derive(Debug)]
pub struct Slimmer {
    /// What is left of the mail.
    slim: Vec<u8>,
    kept: Kept,
    /// The line that is not whole yet.
    line: Vec<u8>,
    /// A line that was longer than a line may be goes on: it can be no boundary any more.
    is_long_line: bool,
    /// The boundaries around this place, from the outside.
    boundaries: Vec<Vec<u8>>,
    place: Place,
    /// Where the fields of the part that is read begin in `slim`.
    fields_at: usize,
    parts: usize,
    bytes: u64,
}

#[derive(Debug)]
enum Place {
    Fields,
    /// A body that stays, or does so far: what of it is in `slim` begins here, if it may leave.
    Body {
        leaves_from: Option<usize>,
        coding: Coding,
    },
    /// Before the first part of a multipart: the line that may be its boundary, if another one was declared.
    Preamble(Option<Vec<u8>>),
    /// A body that leaves.
    File(Outgoing),
    /// More than is kept: dropped.
    Nowhere,
}

#[derive(Debug)]
struct Outgoing {
    decoder: Decoder,
    /// Decoded, not written yet.
    piece: Vec<u8>,
    /// The line end that belongs to a boundary, if one comes now.
    line_end: Vec<u8>,
    size: u64,
}

/// Bodies up to this stay in the mail.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// A line that is longer is passed on in pieces.
const LINE_BYTES_MAX: usize = 8 * 1024;

impl Default for Slimmer {
    fn default() -> Slimmer {
        Slimmer::new()
    }
}

impl Slimmer {
    /// One for one mail.
    pub fn new() -> Slimmer {
        let word = random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect();
        Slimmer {
            slim: Vec::new(),
            kept: Kept { word, ..Kept::default() },
            line: Vec::new(),
            is_long_line: false,
            boundaries: Vec::new(),
            place: Place::Fields,
            fields_at: 0,
            parts: 0,
            bytes: 0,
        }
    }

    /// Bytes that came so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next bytes of the mail.
    pub fn push(&mut self, mut bytes: &[u8], sink: &mut impl FileSink) -> Result<()> {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let room = LINE_BYTES_MAX - self.line.len();
            let end = bytes.iter().take(room).position(|byte| *byte == b'\n').map(|at| at + 1);
            let take = end.unwrap_or(room.min(bytes.len()));
            self.line.extend_from_slice(&bytes[..take]);
            bytes = &bytes[take..];
            if end.is_some() || self.line.len() >= LINE_BYTES_MAX {
                let line = std::mem::take(&mut self.line);
                self.take_line(&line, self.is_long_line, sink)?;
                self.is_long_line = end.is_none();
                self.line = line;
                self.line.clear();
            }
        }
        Ok(())
    }

    /// The slim mail, and what was taken out of it.
    pub fn end(mut self, sink: &mut impl FileSink) -> Result<(Vec<u8>, Kept)> {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take_line(&line, self.is_long_line, sink)?;
        }
        self.close(sink)?;
        Ok((self.slim, self.kept))
    }

    fn take_line(&mut self, line: &[u8], goes_on: bool, sink: &mut impl FileSink) -> Result<()> {
        if !goes_on && line.starts_with(b"--") {
            let found = self.boundaries.iter().enumerate().rev().find_map(|(at, mark)| boundary(line, mark).map(|is_last| (at, is_last)));
            if let Some((at, is_last)) = found {
                self.close(sink)?;
                self.boundaries.truncate(if is_last { at } else { at + 1 });
                self.keep(line);
                self.parts += 1;
                self.fields_at = self.slim.len();
                self.place = if is_last { Place::Body { leaves_from: None, coding: Coding::Plain } } else { Place::Fields };
                return Ok(());
            }
        }
        match &mut self.place {
            Place::Fields => {
                let is_end = !goes_on && line.trim_ascii().is_empty() && line.len() <= 2;
                // Somebody else's mark is none.
                let is_mark = line.len() > MARK.len() && line[..MARK.len()].eq_ignore_ascii_case(MARK.as_bytes());
                if is_end {
                    self.begin_body(line);
                } else if !is_mark && self.slim.len() - self.fields_at <= limits::MAIL_FIELDS_BYTES_MAX {
                    self.keep(line);
                }
            }
            Place::Body { leaves_from, coding } => {
                let (from, coding) = (*leaves_from, *coding);
                match from {
                    Some(from)
                        if self.slim.len() + line.len() - from > BODY_BYTES_MAX || self.slim.len() > limits::SLIM_MAIL_BYTES_MAX / 2 =>
                    {
                        self.leave(from, coding, line, sink)?;
                    }
                    _ => self.keep_text(line),
                }
            }
            Place::Preamble(likely) => match likely.take() {
                Some(mark) if line.len() > 8 && line[..8].eq_ignore_ascii_case(b"content-") => {
                    self.boundaries.push(mark);
                    self.fields_at = self.slim.len();
                    self.place = Place::Fields;
                    self.keep(line);
                }
                _ => {
                    *likely =
                        line.strip_prefix(b"--").map(|mark| mark.trim_ascii_end().to_vec()).filter(|mark| !mark.is_empty() && !goes_on);
                    self.keep_text(line);
                }
            },
            Place::File(file) => file.line(line, sink)?,
            Place::Nowhere => {}
        }
        Ok(())
    }

    /// The slim mail is bounded whatever comes: text that is too long for it ends there.
    fn keep(&mut self, line: &[u8]) {
        if self.slim.len() + line.len() <= limits::SLIM_MAIL_BYTES_MAX {
            self.slim.extend_from_slice(line);
        }
    }

    /// Text leaves room for the fields of the parts behind it.
    fn keep_text(&mut self, line: &[u8]) {
        match self.slim.len() + line.len() <= limits::MAIL_TEXT_BYTES_MAX {
            true => self.slim.extend_from_slice(line),
            false => self.kept.is_cut = true,
        }
    }

    /// The fields of a part are whole: what kind of body comes?
    fn begin_body(&mut self, line: &[u8]) {
        let (part, _) = super::mime::parse(&self.slim[self.fields_at..]);
        let (is_multipart, is_text, coding) = (part.kind.starts_with("multipart/"), is_text(&part), part.coding());
        let mark = part.parameter("boundary").map(|mark| mark.trim_end().as_bytes().to_vec()).filter(|mark| !mark.is_empty());
        let is_nested = part.kind == "message/rfc822" || part.kind == "message/global";
        self.keep(line);
        let leaves_from = (!is_multipart && !is_text && self.kept.files.len() < limits::MAIL_FILES_MAX).then_some(self.slim.len());
        if is_multipart && self.boundaries.len() < limits::MAIL_PART_DEPTH_MAX {
            self.boundaries.extend(mark);
        }
        // A mail inside of a mail leaves as one file: its boundaries are not ours.
        let coding = if is_nested && coding == Coding::Uuencode { Coding::Plain } else { coding };
        self.place = if is_multipart { Place::Preamble(None) } else { Place::Body { leaves_from, coding } };
    }

    /// A body has become too large to stay.
    fn leave(&mut self, from: usize, coding: Coding, line: &[u8], sink: &mut impl FileSink) -> Result<()> {
        let begun = self.slim.split_off(from);
        let blank = if self.slim.ends_with(b"\r\n") { 2 } else { 1 };
        self.slim.truncate(self.slim.len() - blank.min(self.slim.len()));
        let mark = format!("{MARK}: {} {}\r\n\r\n", self.kept.word, self.kept.files.len());
        self.slim.extend_from_slice(mark.as_bytes());
        sink.begin()?;
        let mut file = Outgoing { decoder: Decoder::new(coding), piece: Vec::new(), line_end: Vec::new(), size: 0 };
        for line in begun.split_inclusive(|byte| *byte == b'\n') {
            file.line(line, sink)?;
        }
        file.line(line, sink)?;
        self.place = Place::File(file);
        Ok(())
    }

    fn close(&mut self, sink: &mut impl FileSink) -> Result<()> {
        if let Place::File(file) = std::mem::replace(&mut self.place, Place::Nowhere) {
            let (number, size) = file.end(sink)?;
            self.kept.files.push((number, size));
            self.keep(b"\r\n");
        }
        Ok(())
    }
}

impl Outgoing {
    fn line(&mut self, line: &[u8], sink: &mut impl FileSink) -> Result<()> {
        let line_end = std::mem::take(&mut self.line_end);
        self.decoder.push(&line_end, &mut self.piece);
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = if bare.len() < line.len() { bare.strip_suffix(b"\r").unwrap_or(bare) } else { bare };
        self.decoder.push(bare, &mut self.piece);
        self.line_end = line[bare.len()..].to_vec();
        while self.piece.len() >= limits::CHUNK_BYTES {
            let rest = self.piece.split_off(limits::CHUNK_BYTES);
            self.write(sink)?;
            self.piece = rest;
        }
        Ok(())
    }

    fn write(&mut self, sink: &mut impl FileSink) -> Result<()> {
        if !self.piece.is_empty() {
            self.size += self.piece.len() as u64;
            sink.write(&self.piece)?;
            self.piece.clear();
        }
        Ok(())
    }

    fn end(mut self, sink: &mut impl FileSink) -> Result<(i64, u64)> {
        self.decoder.end(&mut self.piece);
        self.write(sink)?;
        Ok((sink.end()?, self.size))
    }
}

/// What a person wrote stays: it is read.
fn is_text(part: &Part<'_>) -> bool {
    matches!(part.kind.as_str(), "text/plain" | "text/html") && part.disposition() != "attachment"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::inbound::{Reading, Received, read, read_with};
    use proptest::prelude::*;

    #[derive(Default)]
    struct Shelf {
        files: Vec<Vec<u8>>,
        piece_max: usize,
    }

    impl FileSink for Shelf {
        fn begin(&mut self) -> Result<()> {
            self.files.push(Vec::new());
            Ok(())
        }
        fn write(&mut self, piece: &[u8]) -> Result<()> {
            self.piece_max = self.piece_max.max(piece.len());
            self.files.last_mut().unwrap().extend_from_slice(piece);
            Ok(())
        }
        fn end(&mut self) -> Result<i64> {
            Ok(self.files.len() as i64 - 1)
        }
    }

    fn slim(mail: &[u8], chunk: usize) -> (Vec<u8>, Kept, Shelf) {
        let (mut slimmer, mut shelf) = (Slimmer::new(), Shelf::default());
        mail.chunks(chunk).for_each(|piece| slimmer.push(piece, &mut shelf).unwrap());
        let (slim, kept) = slimmer.end(&mut shelf).unwrap();
        (slim, kept, shelf)
    }

    /// Name, type and bytes of every file.
    fn files(mail: &Received, shelf: &Shelf) -> Vec<(String, String, Vec<u8>)> {
        let bytes = |bytes: &FileBytes| match bytes {
            FileBytes::Here(bytes) => bytes.clone(),
            FileBytes::Stored { blob, size } => {
                assert_eq!(shelf.files[*blob as usize].len() as u64, *size);
                shelf.files[*blob as usize].clone()
            }
        };
        mail.files.iter().map(|file| (file.name.clone(), file.content_type.clone(), bytes(&file.bytes))).collect()
    }

    fn mail(size: usize, coding: &str) -> Vec<u8> {
        let bytes: Vec<u8> = (0..size).map(|n| (n * 7 % 251) as u8).collect();
        let body = match coding {
            "base64" => {
                use base64::Engine;
                let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
                text.as_bytes().chunks(76).map(|line| [line, b"\r\n"].concat()).collect::<Vec<_>>().concat()
            }
            _ => bytes.iter().map(|byte| format!("={byte:02X}")).collect::<String>().into_bytes(),
        };
        let head = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\"a\"\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=\"a-1\"\r\n\r\n--a-1\r\n\r\nHello\r\n--a-1--\r\n--a\r\n\
             Content-Type: application/pdf; name=\"big.pdf\"\r\nX-Deskbell-Kept: forged 0\r\nContent-Transfer-Encoding: ";
        [
            head.as_bytes(),
            coding.as_bytes(),
            b"\r\n\r\n",
            &body,
            b"\r\n--a\r\nContent-Type: text/csv; name=\"small.csv\"\r\n\r\na;b\r\n--a--\r\n",
        ]
        .concat()
    }

    fn check(mail: &[u8], chunk: usize) {
        let whole = read(mail);
        let (slim, kept, shelf) = slim(mail, chunk);
        let joined = read_with(&slim, &Reading { kept: Some(&kept), ..Reading::default() });
        assert_eq!(joined.body, whole.body);
        assert_eq!(files(&joined, &shelf), files(&whole, &Shelf::default()));
    }

    #[test]
    fn a_slim_mail_reads_like_the_whole_one() {
        for coding in ["base64", "quoted-printable"] {
            for size in [10, 40_000, 70_000, 300_000] {
                check(&mail(size, coding), 4_096);
            }
        }
        let (slim, kept, _) = slim(&mail(300_000, "base64"), 1_000);
        assert_eq!((kept.files.len(), slim.len() < 2_000), (1, true));
        assert!(
            read(&slim).files.iter().all(|file| matches!(&file.bytes, FileBytes::Here(_))),
            "a mark is nothing to who has no word for it"
        );
    }

    #[test]
    fn fifty_megabytes_leave_a_slim_mail() {
        let line = [b'A'; 76];
        let mut line = line.to_vec();
        line.extend(b"\r\n");
        let head =
            b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\n".to_vec();
        struct Scale(u64, usize);
        impl FileSink for Scale {
            fn begin(&mut self) -> Result<()> {
                Ok(())
            }
            fn write(&mut self, piece: &[u8]) -> Result<()> {
                (self.0, self.1) = (self.0 + piece.len() as u64, self.1.max(piece.len()));
                Ok(())
            }
            fn end(&mut self) -> Result<i64> {
                Ok(7)
            }
        }
        let (mut slimmer, mut scale, mut held) = (Slimmer::new(), Scale(0, 0), 0);
        slimmer.push(&head, &mut scale).unwrap();
        // A text without end, then a file without end, then a line without end.
        for (part, lines) in [
            (&b""[..], 100_000),
            (b"\r\n--a\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n", 400_000),
            (b"\r\n--a\r\nContent-Type: application/x\r\n\r\n", 0),
        ] {
            slimmer.push(part, &mut scale).unwrap();
            for n in 0..lines {
                slimmer.push(&line, &mut scale).unwrap();
                if n % 1_000 == 0 {
                    held = held.max(slimmer.slim.capacity() + slimmer.line.capacity());
                }
            }
        }
        for _ in 0..100_000 {
            slimmer.push(&line[..76], &mut scale).unwrap();
        }
        assert!(slimmer.bytes() > 45_000_000);
        let (slim, kept) = slimmer.end(&mut scale).unwrap();
        assert!(slim.len() <= limits::SLIM_MAIL_BYTES_MAX && held <= 2 * limits::SLIM_MAIL_BYTES_MAX + 65_536, "{} {held}", slim.len());
        assert_eq!((kept.files.len(), scale.1 <= limits::CHUNK_BYTES), (2, true));
        assert_eq!(scale.0, 400_000 * 57 + 7_600_000);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn pieces_of_any_size_say_the_same(chunk in 1usize..9_000, size in 45_000usize..90_000) {
            check(&mail(size, "base64"), chunk);
        }
    }
}
