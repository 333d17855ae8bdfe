//! Files that people send: their names, their kinds, and what a browser may do with them.
//!
//! A name is a label and never a path. A kind is believed only when name and content agree, and whatever a browser could run is
//! handed out as a download without an active type. Nothing here decodes: headers are read, byte by byte, within what is given.

use super::error::{Error, Result};
use super::text;

/// Characters of a file name; its extension survives the cut.
const NAME_CHARS_MAX: usize = 120;
/// An extension is short; what is longer is part of the name.
const EXTENSION_CHARS_MAX: usize = 10;
/// Bytes that `judge` looks at; more may be given.
pub const SNIFF_BYTES: usize = 512;
/// Pixels beyond which a picture gets no preview: decoding one costs four bytes each in every visitor's browser (security row 43).
const PIXELS_MAX: u64 = 50_000_000;
/// What is not known, or not to be trusted.
pub const OCTET_STREAM: &str = "application/octet-stream";

/// A name to show and to download under, made from whatever was sent: no folders, nothing invisible, no name that a system keeps
/// for its devices, at most 120 characters with the extension kept. Never empty.
pub fn clean_name(name: &str) -> String {
    // Folders of either system go; so do the dots and spaces that Windows drops silently at the end.
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c }).collect();
    let line = text::clean_line(&shown, usize::MAX);
    let bare = line.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if bare.is_empty() {
        return "file".to_string();
    }
    let short = shorten(bare);
    if is_device(&short) { format!("_{short}") } else { short }
}

/// The last extension in lower case, or nothing. It alone judges a name like `photo.jpg.exe`.
pub fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && is_extension(extension) => extension.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// Whether an allow-list lets an extension in: entries with or without dot, in any case; `*` lets everything in.
pub fn is_allowed(extension: &str, allowed: &[impl AsRef<str>]) -> bool {
    allowed
        .iter()
        .map(|entry| entry.as_ref().trim().trim_start_matches('.'))
        .any(|entry| entry == "*" || (!entry.is_empty() && entry.eq_ignore_ascii_case(extension)))
}

/// Decides about a file from its (cleaned) name and its first bytes: the type under which it is kept and handed out, or why not.
pub fn judge(name: &str, first_bytes: &[u8], allowed: &[impl AsRef<str>]) -> Result<&'static str> {
    let extension = extension(name);
    let refuse = |sentence: String| Err(Error::invalid_field("files", sentence));
    if first_bytes.is_empty() {
        return refuse(format!("The file \"{name}\" is empty."));
    }
    if !is_allowed(&extension, allowed) {
        let shown = if extension.is_empty() { "without an extension".to_string() } else { format!("of the type .{extension}") };
        return refuse(format!("The file \"{name}\" is not accepted: files {shown} are not allowed here."));
    }
    let sniffed = sniff(first_bytes);
    let promised = promised_type(&extension);
    match (promised, sniffed) {
        (Some(promised), Some(found)) if promised == found || is_same_container(promised, found) => Ok(promised),
        // A picture that is none is a broken file at best, and a disguise at worst.
        (Some(promised), _) if promised.starts_with("image/") => {
            refuse(format!("The file \"{name}\" is not accepted: its name says .{extension}, but its content is something else."))
        }
        // Zip is the shell of many formats (docx, odt, epub…); it keeps their extension, but is no more than a download.
        (Some(_), _) => Ok(OCTET_STREAM),
        (None, None) if is_plain_text(&extension) && looks_like_text(first_bytes) => Ok("text/plain"),
        (None, _) => Ok(OCTET_STREAM),
    }
}

/// Whether a browser may show the file in place: pictures of pixels, sound and film. Everything else is a download (security rows 4, 49).
pub fn inline_ok(content_type: &str) -> bool {
    INLINE.contains(&content_type)
}

/// Width and height from the header of a picture, if it has a preview: a known kind, both above zero, at most 50 megapixels.
pub fn preview_size(content_type: &str, bytes: &[u8]) -> Option<(u32, u32)> {
    let (width, height) = match content_type {
        "image/png" => png_size(bytes),
        "image/gif" => gif_size(bytes),
        "image/jpeg" => jpeg_size(bytes),
        "image/webp" => webp_size(bytes),
        _ => None,
    }?;
    let pixels = u64::from(width) * u64::from(height);
    (1..=PIXELS_MAX).contains(&pixels).then_some((width, height))
}

/// The value of a Content-Disposition header (RFC 6266): a plain ASCII name for old readers, the real one for all others.
pub fn content_disposition(name: &str, inline: bool) -> String {
    let name = clean_name(name);
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-()+,=@".contains(c) { c } else { '_' }).collect();
    let kind = if inline { "inline" } else { "attachment" };
    let mut value = format!("{kind}; filename=\"{ascii}\"");
    if ascii != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            // `attr-char` of RFC 5987.
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                value.push(byte as char);
            } else {
                value.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    value
}

const INLINE: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/mp4",
    "audio/webm",
];

fn is_extension(text: &str) -> bool {
    (1..=EXTENSION_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn shorten(name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension).filter(|extension| is_extension(extension));
    let room = NAME_CHARS_MAX - extension.map_or(0, |extension| extension.len() + 1);
    match extension {
        _ if name.chars().count() <= NAME_CHARS_MAX => name.to_string(),
        Some(extension) => format!("{}.{extension}", text::clean_line(name, room).trim_end_matches(['.', ' '])),
        None => text::clean_line(name, room).trim_end_matches(['.', ' ']).to_string(),
    }
}

/// Names that Windows keeps for devices, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let is_numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$") || is_numbered("COM") || is_numbered("LPT")
}

/// The type that an extension promises, for the kinds whose content we can check.
fn promised_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "png" => "image/png",
        "jpg" | "jpeg" | "jpe" | "jfif" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "mp4" | "m4v" => "video/mp4",
        "m4a" => "audio/mp4",
        "webm" => "video/webm",
        "weba" => "audio/webm",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        _ => return None,
    })
}

fn is_same_container(promised: &str, found: &str) -> bool {
    matches!((promised, found), ("audio/mp4", "video/mp4") | ("audio/webm", "video/webm"))
}

/// Text that nothing runs; `text/plain` with `nosniff` is what it is shown as.
fn is_plain_text(extension: &str) -> bool {
    matches!(extension, "txt" | "text" | "log" | "csv" | "tsv" | "md" | "ini" | "conf" | "json" | "yaml" | "yml")
}

fn looks_like_text(bytes: &[u8]) -> bool {
    !bytes.iter().take(SNIFF_BYTES).any(|byte| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f))
        && active_kind(bytes).is_none()
}

/// What the first bytes are, by their marks. Markup and scripts come out as `application/octet-stream`: known, and never active.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    const MARKS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"PK\x05\x06", "application/zip"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"\x1a\x45\xdf\xa3", "video/webm"),
        (b"ID3", "audio/mpeg"),
        (b"OggS\0", "audio/ogg"),
    ];
    let at = |range: std::ops::Range<usize>| bytes.get(range).unwrap_or_default();
    if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(kind);
    }
    match (at(0..4), at(4..8), at(8..12)) {
        (b"RIFF", _, b"WEBP") => Some("image/webp"),
        (b"RIFF", _, b"WAVE") => Some("audio/wav"),
        (_, b"ftyp", b"avif" | b"heic" | b"heix" | b"mif1" | b"qt  ") => Some(OCTET_STREAM),
        (_, b"ftyp", _) => Some("video/mp4"),
        _ if is_mp3_frame(bytes) => Some("audio/mpeg"),
        _ => active_kind(bytes),
    }
}

/// Frame sync, layer III, a bit rate and a sampling rate that exist.
fn is_mp3_frame(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, second, third, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 && !matches!(third >> 4, 0 | 15) && third & 0x0c != 0x0c)
}

/// Markup or script that a browser might run if it were told to, or guessed.
fn active_kind(bytes: &[u8]) -> Option<&'static str> {
    const SIGNS: &[&[u8]] = &[
        b"<!doctype",
        b"<html",
        b"<head",
        b"<body",
        b"<script",
        b"<svg",
        b"<?xml",
        b"<?php",
        b"<iframe",
        b"<style",
        b"<title",
        b"<meta",
        b"<link",
        b"<img",
        b"<a ",
        b"<xsl",
        b"<math",
        b"<form",
        b"<object",
        b"<embed",
        b"<!--",
        b"mime-version:",
        b"javascript:",
    ];
    let start = bytes.get(..SNIFF_BYTES.min(bytes.len())).unwrap_or_default();
    // UTF-16 hides every sign from a byte-wise look; nobody needs it for plain text.
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") || start.starts_with(b"#!") {
        return Some(OCTET_STREAM);
    }
    let lower = start.to_ascii_lowercase();
    SIGNS.iter().any(|sign| lower.windows(sign.len()).any(|window| window == *sign)).then_some(OCTET_STREAM)
}

fn big_u16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1]))
}

fn little_u16(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 2).map(|two| u32::from(two[1]) << 8 | u32::from(two[0]))
}

/// The first chunk of a PNG must be its header.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |at| Some(big_u16(bytes, at)? << 16 | big_u16(bytes, at + 2)?);
    Some((number(16)?, number(20)?))
}

fn gif_size(bytes: &[u8]) -> Option<(u32, u32)> {
    bytes.starts_with(b"GIF8").then(|| Some((little_u16(bytes, 6)?, little_u16(bytes, 8)?)))?
}

/// Walks the segments of a JPEG to the frame header; each step moves on by at least two bytes.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !bytes.starts_with(b"\xff\xd8") {
        return None;
    }
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Fill bytes, and segments without a length.
            0xff => at += 1,
            0x01 | 0xd0..=0xd7 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Some((big_u16(bytes, at + 7)?, big_u16(bytes, at + 5)?)),
            // The picture itself begins, or ends, before any header.
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::try_from(big_u16(bytes, at + 2)?).ok().filter(|length| *length >= 2)?,
        }
    }
}

fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let little_u24 = |at: usize| Some(little_u16(bytes, at)? | u32::from(*bytes.get(at + 2)?) << 16);
    match bytes.get(12..16)? {
        b"VP8 " if bytes.get(23..26)? == b"\x9d\x01\x2a" => Some((little_u16(bytes, 26)? & 0x3fff, little_u16(bytes, 28)? & 0x3fff)),
        b"VP8L" if *bytes.get(20)? == 0x2f => {
            let bits = little_u16(bytes, 21)? | little_u16(bytes, 23)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little_u24(24)? + 1, little_u24(27)? + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: &[&str] = &["*"];
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0";
    const GIF: &[u8] = b"GIF89a\x80\x02\xe0\x01\xf7\0\0";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0";
    const WEBP_LOSSY: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01";
    const WEBP_LOSSLESS: &[u8] = b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x7f\xc2\x77\0";
    const WEBP_EXTENDED: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";

    // security row 38
    #[test]
    fn a_name_is_a_label_and_never_a_path() {
        for (given, clean) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/etc/passwd", "passwd"),
            ("C:\\a\\b.txt", "b.txt"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("/", "file"),
            ("a/", "file"),
            ("a/..", "file"),
            (".htaccess", "htaccess"),
            ("a.txt. . .", "a.txt"),
            ("a\0.txt", "a.txt"),
            ("a\r\nSet-Cookie: x.txt", "a Set-Cookie_ x.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\u{200b}b.txt", "ab.txt"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("Nul.tar.gz", "_Nul.tar.gz"),
            ("COM1.log", "_COM1.log"),
            ("lpt9", "_lpt9"),
            ("com10.txt", "com10.txt"),
            ("console.txt", "console.txt"),
            ("a<b>\"c|d?e*f.txt", "a_b__c_d_e_f.txt"),
            ("отчёт.pdf", "отчёт.pdf"),
            ("  many   spaces .txt", "many spaces .txt"),
            ("\u{202e}", "file"),
            ("file.txt::$DATA", "file.txt__$DATA"),
        ] {
            assert_eq!(clean_name(given), clean, "{given:?}");
        }
        assert_eq!(clean_name(&format!("{}.pdf", "ä".repeat(300))), format!("{}.pdf", "ä".repeat(116)));
        assert_eq!(clean_name(&"a".repeat(300)).len(), 120);
    }

    // row 92
    #[test]
    fn the_last_extension_counts_in_any_case() {
        for (name, found) in [
            ("a.PDF", "pdf"),
            ("a.jpg.exe", "exe"),
            ("a", ""),
            (".bashrc", ""),
            ("a.", ""),
            ("a.b c", ""),
            ("a.verylongextension", ""),
            ("a.tar.gz", "gz"),
        ] {
            assert_eq!(extension(name), found, "{name}");
        }
        assert!(is_allowed("jpg", &["PDF", ".JPG"]));
        assert!(is_allowed("exe", ALL) && is_allowed("", ALL));
        assert!(!is_allowed("exe", &["jpg"]) && !is_allowed("", &["jpg", ""]) && !is_allowed("jpg", &[] as &[&str]));
    }

    // rows 90, 92; security row 4
    #[test]
    fn name_and_content_must_agree() {
        for (name, bytes, kind) in [
            ("a.png", PNG, "image/png"),
            ("a.JPG", JPEG, "image/jpeg"),
            ("a.jpeg", JPEG, "image/jpeg"),
            ("a.gif", GIF, "image/gif"),
            ("a.webp", WEBP_LOSSY, "image/webp"),
            ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
            ("a.zip", b"PK\x03\x04....", "application/zip"),
            ("a.gz", b"\x1f\x8b\x08\0", "application/gzip"),
            ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
            ("a.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            ("a.webm", b"\x1a\x45\xdf\xa3\x01", "video/webm"),
            ("a.mp3", b"ID3\x04\0", "audio/mpeg"),
            ("a.mp3", b"\xff\xfb\x90\x64", "audio/mpeg"),
            ("a.ogg", b"OggS\0\x02", "audio/ogg"),
            ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
            ("a.txt", b"Hello, world\n", "text/plain"),
            ("a.csv", "ä;ö\n".as_bytes(), "text/plain"),
            ("a.json", b"{}", "text/plain"),
            ("a.docx", b"PK\x03\x04....", OCTET_STREAM),
            ("a.exe", b"MZ\x90\0", OCTET_STREAM),
            ("a", b"anything", OCTET_STREAM),
            ("a.pdf", b"not a pdf", OCTET_STREAM),
            ("a.mp4", b"<html>", OCTET_STREAM),
            ("a.txt", b"\0\x01\x02", OCTET_STREAM),
            ("a.txt", PNG, OCTET_STREAM),
        ] {
            assert_eq!(judge(name, bytes, ALL).unwrap(), kind, "{name} {bytes:?}");
        }
    }

    // rows 90, 92
    #[test]
    fn refusals_name_the_file_and_the_reason() {
        let message = |name: &str, bytes: &[u8], allowed: &[&str]| judge(name, bytes, allowed).unwrap_err().message.clone();
        assert!(message("a.png", b"", ALL).contains("\"a.png\" is empty"));
        assert!(message("a.jpg.exe", b"MZ", &["jpg"]).contains(".exe"));
        assert!(message("a", b"MZ", &["jpg"]).contains("without an extension"));
        for (name, bytes) in [
            ("a.png", JPEG),
            ("a.jpg", b"<svg onload=alert(1)>"),
            ("a.gif", b"MZ\x90\0"),
            ("a.webp", b"RIFF\x24\0\0\0WAVE"),
            ("a.jpg", b"\xff\xd8"),
        ] {
            assert!(message(name, bytes, ALL).contains("content is something else"), "{name}");
        }
    }

    // security row 4
    #[test]
    fn nothing_active_is_ever_shown_in_place() {
        for extension in
            ["svg", "html", "htm", "xhtml", "xml", "mhtml", "mht", "js", "mjs", "css", "swf", "txt", "md", "json", "pdf", "xsl", "hta", ""]
        {
            for content in [
                "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
                "<!DOCTYPE html><script>alert(1)</script>",
                "<?xml version='1.0'?><x/>",
                "\u{feff}<html>",
                "   \n<script>",
                "MIME-Version: 1.0\n",
                "alert(1)",
                "#!/bin/sh",
                "%PDF-1.7",
                "text <SCRIPT>",
            ] {
                let kind = judge(&format!("a.{extension}"), content.as_bytes(), ALL).unwrap();
                assert!(!inline_ok(kind), "{extension} {content}");
                assert!([OCTET_STREAM, "text/plain", "application/pdf"].contains(&kind), "{kind}");
                assert!(kind != "text/plain" || !content.contains('<'), "{extension} {content}");
            }
        }
        for kind in ["image/svg+xml", "text/html", "application/pdf", "text/plain", "application/xml", OCTET_STREAM, "", "IMAGE/PNG"] {
            assert!(!inline_ok(kind), "{kind}");
        }
        assert!(inline_ok("image/png") && inline_ok("audio/mpeg") && inline_ok("video/mp4"));
    }

    // security row 43
    #[test]
    fn sizes_are_read_from_headers() {
        for (kind, bytes) in [
            ("image/png", PNG),
            ("image/gif", GIF),
            ("image/jpeg", JPEG),
            ("image/webp", WEBP_LOSSY),
            ("image/webp", WEBP_LOSSLESS),
            ("image/webp", WEBP_EXTENDED),
        ] {
            assert_eq!(preview_size(kind, bytes), Some((640, 480)), "{kind} {bytes:?}");
            for length in 0..bytes.len() {
                let _ = preview_size(kind, &bytes[..length]);
            }
        }
        let png = |width: u32, height: u32| [&PNG[..16], &width.to_be_bytes(), &height.to_be_bytes()].concat();
        assert_eq!(preview_size("image/png", &png(10_000, 5_000)), Some((10_000, 5_000)));
        for (width, height) in [(10_001, 5_000), (50_000, 50_000), (u32::MAX, u32::MAX), (0, 5), (5, 0)] {
            assert_eq!(preview_size("image/png", &png(width, height)), None);
        }
        assert_eq!(preview_size("image/jpeg", b"\xff\xd8\xff\xe0\0\0\xff\xe0\0\0"), None);
        assert_eq!(preview_size("application/pdf", PNG), None);
    }

    // security row 38
    #[test]
    fn download_names_are_safe_in_a_header() {
        for (name, value) in [
            ("report.pdf", "attachment; filename=\"report.pdf\""),
            ("a b.pdf", "attachment; filename=\"a b.pdf\""),
            ("отчёт.pdf", "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf"),
            ("a\"; x=\"b.pdf", "attachment; filename=\"a__ x=_b.pdf\"; filename*=UTF-8''a_%3B%20x%3D_b.pdf"),
            ("a\r\nX: y.pdf", "attachment; filename=\"a X_ y.pdf\""),
            ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        ] {
            assert_eq!(content_disposition(name, false), value);
        }
        assert!(content_disposition("a.png", true).starts_with("inline; "));
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_label(name in any::<String>()) {
            let clean = clean_name(&name);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= NAME_CHARS_MAX + 1);
            prop_assert!(!clean.contains(['/', '\\', '\0']) && clean != "." && clean != ".." && !is_device(&clean));
            prop_assert!(!clean.chars().any(text::is_hidden));
            let header = content_disposition(&name, false);
            prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(header.matches('"').count(), 2);
        }

        #[test]
        fn any_bytes_are_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), which in 0usize..6) {
            let start = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], b"GIF89a", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8L", b"RIFF\0\0\0\0WEBPVP8X"][which];
            let all = [start, &bytes].concat();
            for kind in ["image/png", "image/gif", "image/jpeg", "image/webp"] {
                let _ = preview_size(kind, &all);
                let _ = preview_size(kind, &bytes);
            }
            for name in ["a.png", "a.txt", "a.svg", "a"] {
                let _ = judge(name, &bytes, ALL);
                let _ = judge(name, &all, ALL);
            }
        }
    }
}
