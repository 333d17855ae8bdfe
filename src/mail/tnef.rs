//! The text inside of a `winmail.dat` (MS-OXTNEF), for mails that have no other.

/// The plain text, if there is one.
pub fn text(bytes: &[u8]) -> Option<String> {
    const BODY: u32 = 0x0002_800c;
    const PROPERTIES: u32 = 0x0006_9003;
    let mut rest = bytes.strip_prefix(&0x223e_9f78_u32.to_le_bytes())?.get(2..)?;
    // Each attribute: level, id, length, data, checksum.
    for _ in 0..1_000 {
        let id = u32::from_le_bytes(rest.get(1..5)?.try_into().ok()?);
        let length = u32::from_le_bytes(rest.get(5..9)?.try_into().ok()?) as usize;
        let data = rest.get(9..9usize.checked_add(length)?)?;
        let found = match id {
            BODY => Some(super::charset::text(data.split(|byte| *byte == 0).next().unwrap_or_default(), None)),
            PROPERTIES => property(data),
            _ => None,
        };
        if let Some(text) = found.filter(|text| !text.trim().is_empty()) {
            return Some(text.replace("\r\n", "\n"));
        }
        rest = rest.get(9 + length + 2..)?;
    }
    None
}

/// The property PR_BODY: a list of values, of which the ones of fixed size are skipped.
fn property(data: &[u8]) -> Option<String> {
    let mut rest = data.get(4..)?;
    for _ in 0..1_000 {
        let kind = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        let id = u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?);
        rest = rest.get(4..)?;
        if id >= 0x8000 {
            // Named: a GUID, then a number or a name.
            let number = u32::from_le_bytes(rest.get(16..20)?.try_into().ok()?);
            rest = match number {
                0 => rest.get(24..)?,
                _ => {
                    let length = u32::from_le_bytes(rest.get(20..24)?.try_into().ok()?) as usize;
                    rest.get(24usize.checked_add(padded(length)?)?..)?
                }
            };
        }
        let fixed = match kind {
            0x02 | 0x03 | 0x04 | 0x0a | 0x0b => Some(4),
            0x05..=0x07 | 0x14 | 0x40 => Some(8),
            0x48 => Some(16),
            0x0d | 0x1e | 0x1f | 0x102 => None,
            _ => return None,
        };
        if let Some(size) = fixed {
            rest = rest.get(size..)?;
            continue;
        }
        let count = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?);
        rest = rest.get(4..)?;
        for _ in 0..count.min(1_000) {
            let length = u32::from_le_bytes(rest.get(..4)?.try_into().ok()?) as usize;
            let value = rest.get(4..4usize.checked_add(length)?)?;
            match (id, kind) {
                (0x1000, 0x1f) => return Some(super::charset::text(value, Some("utf-16le")).trim_end_matches('\0').to_owned()),
                (0x1000, 0x1e) => return Some(super::charset::text(value, None).trim_end_matches('\0').to_owned()),
                _ => {}
            }
            rest = rest.get(4usize.checked_add(padded(length)?)?..)?;
        }
    }
    None
}

fn padded(length: usize) -> Option<usize> {
    length.checked_add(3).map(|length| length & !3)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_text_is_found() {
        let mut file = 0x223e_9f78_u32.to_le_bytes().to_vec();
        file.extend([1, 0]);
        file.extend([1]);
        file.extend(0x0002_800c_u32.to_le_bytes());
        file.extend(6u32.to_le_bytes());
        file.extend(b"Hello\0\0\0");
        assert_eq!(super::text(&file).as_deref(), Some("Hello"));
        for end in 0..file.len() - 2 {
            assert_eq!(super::text(&file[..end]), None);
        }
        assert_eq!(super::text(b"nothing"), None);
    }
}
