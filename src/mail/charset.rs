//! Bytes become text: in the charset they say, unless they plainly lie; in the likeliest one when they say none.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Bytes that are looked at to guess.
const SAMPLE_BYTES: usize = 16 * 1024;

/// The text of bytes that say they are in `declared`.
pub fn text(bytes: &[u8], declared: Option<&str>) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let name = declared.unwrap_or_default().trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    // Japanese and wide text is plain ASCII or full of zeros to the eye: before anything else.
    if bytes.windows(3).take(SAMPLE_BYTES).any(|sign| matches!(sign, b"\x1b$B" | b"\x1b$@" | b"\x1b(J")) {
        return decode("iso-2022-jp", bytes);
    }
    if let Some(wide) = wide(bytes).filter(|_| !name.starts_with("utf-7")) {
        return decode(wide, bytes);
    }
    let is_vague =
        matches!(name.as_str(), "" | "us-ascii" | "ascii" | "unknown-8bit" | "x-unknown" | "default" | "8bit" | "none" | "binary")
            || charset_decoder(name.as_bytes()).is_none();
    // Text in another charset is hardly ever valid UTF-8 by accident; many programs declare latin1 and write UTF-8.
    if let Ok(text) = std::str::from_utf8(bytes)
        && (is_vague || name.starts_with("utf") && name.contains('8') || looks_utf8(bytes) && is_single_byte(&name))
    {
        return text.to_owned();
    }
    let is_utf8 = name.starts_with("utf") && name.contains('8');
    if !is_vague && !is_utf8 {
        return decode(&name, bytes);
    }
    decode(guess(bytes), bytes)
}

fn decode(name: &str, bytes: &[u8]) -> String {
    match charset_decoder(name.as_bytes()) {
        Some(decoder) => decoder(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Whether the charset has one byte per letter, of which nearly every sequence is valid and so proves nothing.
fn is_single_byte(name: &str) -> bool {
    ["iso-8859", "iso8859", "windows-125", "cp125", "latin", "koi8", "macintosh"].iter().any(|family| name.starts_with(family))
}

/// At least two letters of more than one byte each, and valid: no accident.
fn looks_utf8(bytes: &[u8]) -> bool {
    bytes.windows(2).filter(|pair| pair[0] >= 0xc2 && (0x80..0xc0).contains(&pair[1])).count() >= 2
}

/// UTF-16, by its mark or its zeros.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, ..] => return Some("utf-16"),
        [0xfe, 0xff, ..] => return Some("utf-16"),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(512)];
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let half = sample.len() / 2;
    match half >= 4 {
        true if zeros(1) * 10 > half * 8 && zeros(0) == 0 => Some("utf-16le"),
        true if zeros(0) * 10 > half * 8 && zeros(1) == 0 => Some("utf-16be"),
        _ => None,
    }
}

/// The likeliest charset of bytes that are no UTF-8: the one in which they make the most likely letters.
fn guess(bytes: &[u8]) -> &'static str {
    // UTF-8 with a few broken letters stays UTF-8: nothing else has so many lead bytes with the right followers.
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let high = sample.iter().filter(|byte| **byte >= 0x80).count();
    let in_utf8: usize = sample.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii()).map(char::len_utf8).sum();
    if high > 0 && in_utf8 * 10 >= high * 8 {
        return "utf-8";
    }
    // Where letters of two bytes fill the text, hardly a high byte stands alone.
    let runs: Vec<usize> = sample.split(|byte| *byte < 0x80).map(<[u8]>::len).filter(|length| *length > 0).collect();
    let pairs = runs.iter().filter(|length| **length % 2 == 0).count();
    if high >= 8 && pairs * 10 >= runs.len() * 9 {
        let scored = ["gb18030", "euc-kr", "shift_jis", "euc-jp", "big5"].map(|name| (east(&decode(name, sample)), name));
        if let Some((score, name)) = scored.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best })
            && score > 0
            // A text that is all high bytes may be Cyrillic or Greek as well; those have spaces between their words.
            && runs.iter().sum::<usize>() / runs.len() >= 4
            && western(&decode("windows-1251", sample)) < (high as i64) * 2
        {
            return name;
        }
    }
    let names = [
        "windows-1252",
        "windows-1251",
        "koi8-r",
        "iso-8859-2",
        "windows-1250",
        "windows-1253",
        "windows-1255",
        "windows-1256",
        "windows-1254",
    ];
    let scored = names.map(|name| (western(&decode(name, sample)), name));
    scored.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best }).map_or("windows-1252", |(_, name)| name)
}

/// How much this looks like Chinese, Korean or Japanese.
fn east(text: &str) -> i64 {
    text.chars()
        .map(|c| match c {
            '\u{fffd}' => -20,
            '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}' => 3,
            '的' | '是' | '不' | '我' | '了' | '在' | '有' | '你' | '好' | '们' | '請' | '您' | '请' | '這' | '这' | '們' => {
                8
            }
            '\u{4e00}'..='\u{9fff}' => 1,
            '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' => 2,
            '\u{ff61}'..='\u{ff9f}' | '\u{e000}'..='\u{f8ff}' => -4,
            _ => 0,
        })
        .sum()
}

/// How much this looks like words of an alphabet: letters beside letters of their kind, small after small, and the frequent ones.
fn western(text: &str) -> i64 {
    let mut score = 0;
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            score += match c {
                'ä' | 'ö' | 'ü' | 'ß' | 'é' | 'è' | 'à' | 'ç' | 'ñ' | 'ó' | 'í' | 'á' | 'ú' | 'ê' | 'å' | 'ø' | 'æ' | 'ã' | 'õ' | 'â'
                | 'î' | 'ô' | 'É' | 'Ü' | 'Ö' | 'Ä' => 4,
                'ą' | 'ę' | 'ł' | 'ś' | 'ż' | 'ć' | 'ń' | 'ě' | 'š' | 'č' | 'ř' | 'ž' | 'ý' | 'ů' | 'ő' | 'ű' | 'ğ' | 'ı' | 'ş' => {
                    3
                }
                '’' | '‘' | '“' | '”' | '„' | '–' | '—' | '…' | '€' | '£' | '\u{a0}' | '«' | '»' | '°' | '§' => 2,
                'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'с' | 'р' | 'в' | 'л' => 4,
                'а'..='я' | 'ё' | 'і' | 'ї' | 'є' => 2,
                'α'..='ω' | 'ά'..='ώ' => 3,
                'א'..='ת' => 3,
                'ء'..='ي' => 3,
                c if c.is_uppercase() => {
                    if before.is_lowercase() {
                        -4
                    } else {
                        0
                    }
                }
                c if c.is_alphabetic() => 0,
                c if c.is_control() => -6,
                '\u{fffd}' => -10,
                _ => -3,
            };
            // Two alphabets in one word: not this charset.
            if before.is_ascii_alphabetic() && matches!(c, 'α'..='ω' | 'а'..='я' | 'А'..='Я' | 'א'..='ת' | 'ء'..='ي' | 'Α'..='Ω')
            {
                score -= 6;
            }
        } else if c.is_ascii_alphabetic() && matches!(before, 'α'..='ω' | 'а'..='я' | 'А'..='Я' | 'א'..='ת' | 'ء'..='ي' | 'Α'..='Ω')
        {
            score -= 6;
        }
        before = c;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charset_is_believed_unless_it_lies() {
        assert_eq!(text("Grüße aus Köln".as_bytes(), Some("utf-8")), "Grüße aus Köln");
        assert_eq!(text(b"Gr\xfc\xdfe", Some("iso-8859-1")), "Grüße");
        assert_eq!(text("Grüße, schöne".as_bytes(), Some("iso-8859-1")), "Grüße, schöne", "declared wrongly");
        assert_eq!(text(b"Gr\xfc\xdfe aus K\xf6ln", Some("utf-8")), "Grüße aus Köln", "declared wrongly");
        assert_eq!(text(b"Gr\xfc\xdfe aus K\xf6ln", None), "Grüße aus Köln");
        assert_eq!(text(b"caf\xe9 \x80 5 \x96 ok", Some("us-ascii")), "café € 5 – ok");
        assert_eq!(text(b"\x1b$B%O%m!<\x1b(B", None), "ハロー");
        assert_eq!(text(b"H\0e\0l\0l\0o\0 \0y\0o\0u\0", Some("utf-8")), "Hello you");
    }

    #[test]
    fn the_likeliest_charset_is_found() {
        assert_eq!(
            text(
                b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xc4\xc5\xcc\xc1? \xf3\xd0\xc1\xd3\xc9\xc2\xcf \xda\xc1 \xcf\xd4\xd7\xc5\xd4",
                None
            ),
            "Привет, как дела? Спасибо за ответ"
        );
        assert_eq!(
            text(
                b"\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xd1\xef\xe0\xf1\xe8\xe1\xee \xe7\xe0 \xee\xf2\xe2\xe5\xf2",
                None
            ),
            "Привет, как дела? Спасибо за ответ"
        );
        assert_eq!(
            text(b"\xc4\xe3\xba\xc3\xa3\xac\xce\xd2\xb5\xc4\xb6\xa9\xb5\xa5\xbb\xb9\xc3\xbb\xd3\xd0\xb5\xbd\xa1\xa3", None),
            "你好，我的订单还没有到。"
        );
        assert_eq!(
            text(b"Dzi\xeakuj\xea za odpowied\xbc, \xbfycz\xea mi\xb3ego dnia", Some("unknown-8bit")),
            "Dziękuję za odpowiedź, życzę miłego dnia"
        );
    }
}
