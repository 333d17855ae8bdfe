//! A ZIP archive written as it is sent: entries stored as they are, sizes and checksums told before their bytes, so that nothing is kept but
//! the list of names. Numbers beyond 4 GB are told in the 64-bit form that every unpacker of today reads. Small enough that a crate for it
//! would be the larger colleague; the checksum is flate2's, which is in the house anyway.

use super::clock::Millis;
use flate2::Crc;

/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// Version needed: 4.5 for the 64-bit form.
const VERSION: u16 = 45;
/// "Look into the 64-bit field."
const BEYOND: u32 = u32::MAX;

/// One entry about to be written. Its size stays below 4 GB: files are limited far lower.
pub struct Entry {
    /// Path inside the archive, with slashes.
    pub name: String,
    pub size: u32,
    pub crc: u32,
    pub at: Millis,
}

impl Entry {
    /// An entry whose bytes are at hand.
    pub fn of(name: impl Into<String>, bytes: &[u8], at: Millis) -> Entry {
        let mut crc = Crc::new();
        crc.update(bytes);
        Entry { name: name.into(), size: bytes.len() as u32, crc: crc.sum(), at }
    }
}

/// The archive as far as it was written.
#[derive(Default)]
pub struct Zip {
    at: u64,
    directory: Vec<u8>,
    entries: u64,
}

impl Zip {
    /// What stands before the bytes of an entry; exactly `size` bytes of it must follow.
    pub fn begin(&mut self, entry: &Entry) -> Vec<u8> {
        let mut shared = Vec::new();
        put16(&mut shared, UTF8);
        put16(&mut shared, 0); // stored
        let (date, time) = dos_time(entry.at);
        put16(&mut shared, time);
        put16(&mut shared, date);
        put32(&mut shared, entry.crc);
        put32(&mut shared, entry.size);
        put32(&mut shared, entry.size);
        put16(&mut shared, entry.name.len() as u16);

        let mut head = Vec::new();
        put32(&mut head, 0x0403_4b50);
        put16(&mut head, VERSION);
        head.extend_from_slice(&shared);
        put16(&mut head, 0); // no further fields
        head.extend_from_slice(entry.name.as_bytes());

        let line = &mut self.directory;
        put32(line, 0x0201_4b50);
        put16(line, 3 << 8 | VERSION); // made on unix
        put16(line, VERSION);
        line.extend_from_slice(&shared);
        put16(line, 12); // one further field: the place
        put16(line, 0);
        put16(line, 0);
        put16(line, 0);
        put32(line, 0o100_644 << 16);
        put32(line, BEYOND);
        line.extend_from_slice(entry.name.as_bytes());
        put16(line, 1);
        put16(line, 8);
        put64(line, self.at);

        self.at += head.len() as u64 + u64::from(entry.size);
        self.entries += 1;
        head
    }

    /// The directory, which ends the archive.
    pub fn end(self) -> Vec<u8> {
        let mut out = self.directory;
        let size = out.len() as u64;
        put32(&mut out, 0x0606_4b50);
        put64(&mut out, 44);
        put16(&mut out, VERSION);
        put16(&mut out, VERSION);
        put32(&mut out, 0);
        put32(&mut out, 0);
        put64(&mut out, self.entries);
        put64(&mut out, self.entries);
        put64(&mut out, size);
        put64(&mut out, self.at);
        put32(&mut out, 0x0706_4b50);
        put32(&mut out, 0);
        put64(&mut out, self.at + size);
        put32(&mut out, 1);
        put32(&mut out, 0x0605_4b50);
        put16(&mut out, 0);
        put16(&mut out, 0);
        put16(&mut out, u16::try_from(self.entries).unwrap_or(u16::MAX));
        put16(&mut out, u16::try_from(self.entries).unwrap_or(u16::MAX));
        put32(&mut out, u32::try_from(size).unwrap_or(BEYOND));
        put32(&mut out, u32::try_from(self.at).unwrap_or(BEYOND));
        put16(&mut out, 0);
        out
    }
}

fn put16(out: &mut Vec<u8>, n: u16) {
    out.extend_from_slice(&n.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, n: u32) {
    out.extend_from_slice(&n.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, n: u64) {
    out.extend_from_slice(&n.to_le_bytes());
}

/// Date and time as the format has them: local to nobody, so in UTC, in steps of two seconds, from 1980 on.
fn dos_time(at: Millis) -> (u16, u16) {
    let time = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(jiff::tz::TimeZone::UTC);
    let year = (time.year() - 1980).clamp(0, 127) as u16;
    let date = (year << 9) | ((time.month() as u16) << 5) | time.day() as u16;
    (date, ((time.hour() as u16) << 11) | ((time.minute() as u16) << 5) | ((time.second() as u16) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8], at: usize, size: usize) -> usize {
        bytes[at..at + size].iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte))
    }

    /// Reads an archive as an unpacker does: from its end.
    #[test]
    fn the_directory_leads_to_every_entry() {
        let files = [("person.json", "{}".as_bytes()), ("files/1/größe.txt", b"hello\n"), ("empty", b"")];
        let mut zip = Zip::default();
        let mut archive = Vec::new();
        for (name, bytes) in files {
            archive.extend(zip.begin(&Entry::of(name, bytes, 1_795_000_000_000)));
            archive.extend_from_slice(bytes);
        }
        archive.extend(zip.end());
        let end = archive.len() - 22;
        assert_eq!((number(&archive, end, 4), number(&archive, end + 10, 2)), (0x0605_4b50, 3));
        let locator = end - 20;
        let wide = number(&archive, locator + 8, 8);
        assert_eq!((number(&archive, locator, 4), number(&archive, wide, 4)), (0x0706_4b50, 0x0606_4b50));
        let mut at = number(&archive, wide + 48, 8);
        assert_eq!(at, number(&archive, end + 16, 4));
        for (name, bytes) in files {
            assert_eq!(number(&archive, at, 4), 0x0201_4b50);
            assert_eq!(&archive[at + 46..at + 46 + name.len()], name.as_bytes());
            let place = number(&archive, at + 46 + name.len() + 4, 8);
            assert_eq!(number(&archive, place, 4), 0x0403_4b50);
            let data = place + 30 + name.len();
            assert_eq!(&archive[data..data + bytes.len()], bytes);
            let mut crc = Crc::new();
            crc.update(bytes);
            assert_eq!((number(&archive, at + 16, 4), number(&archive, at + 24, 4)), (crc.sum() as usize, bytes.len()));
            at += 46 + name.len() + 12;
        }
        assert_eq!(at, wide);
        // The 18th of November 2026, 11:06:40.
        assert_eq!(dos_time(1_795_000_000_000), (46 << 9 | 11 << 5 | 18, 11 << 11 | 6 << 5 | 20));
    }
}
