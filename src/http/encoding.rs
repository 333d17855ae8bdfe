//! Content coding and conditional requests: which form of a thing a client takes, and whether it has it already.

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hyper::header::HeaderMap;
use std::io::{Read as _, Write as _};

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Brotli,
    Gzip,
}

impl Coding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Brotli => "br",
            Coding::Gzip => "gzip",
        }
    }
}

/// The best of `offered` (best first) that the client takes. Identity is always possible: refusing to answer helps nobody.
pub(super) fn choose(headers: &HeaderMap, offered: &[Coding]) -> Coding {
    let mut best = (Coding::Identity, 0.0);
    for coding in offered {
        let weight = weight(headers, coding.name());
        if weight > best.1 {
            best = (*coding, weight);
        }
    }
    best.0
}

/// How much a client likes a coding: 0 is not at all, as is a list that does not name it.
fn weight(headers: &HeaderMap, coding: &str) -> f32 {
    let lines = headers.get_all("accept-encoding").iter().filter_map(|line| line.to_str().ok());
    let mut any = 0.0;
    for item in lines.flat_map(|line| line.split(',')) {
        let mut pieces = item.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let quality = pieces.find_map(|piece| piece.strip_prefix("q=").or(piece.strip_prefix("Q=")));
        let weight = quality.map_or(1.0, |quality| quality.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).unwrap_or(0.0));
        if name.eq_ignore_ascii_case(coding) {
            return weight;
        }
        if name == "*" {
            any = weight;
        }
    }
    any
}

/// Whether `If-None-Match` names this entity (weak comparison, RFC 9110 13.1.2).
pub(super) fn has_it_already(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let lines = headers.get_all("if-none-match").iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}

/// `bytes` in gzip, or `None` when that is not smaller.
pub(super) fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    // Writing to memory cannot fail; if it ever does, the plain form is right as well.
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(5));
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < bytes.len())
}

/// The bytes of a gzip file of ours; `None` when it is none.
pub(super) fn gunzip(packed: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(packed.len() * 4);
    GzDecoder::new(packed).read_to_end(&mut bytes).ok().map(|_| bytes)
}

/// The type of a file by the end of its name. What is not known is offered as a download, never guessed.
pub(super) fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Coding {
        let mut headers = HeaderMap::new();
        headers.insert("accept-encoding", accept.parse().unwrap());
        choose(&headers, &[Coding::Brotli, Coding::Gzip])
    }

    #[test]
    fn the_coding_follows_the_clients_weights_and_then_our_taste() {
        assert_eq!(chosen("gzip, deflate, br"), Coding::Brotli);
        assert_eq!(chosen("gzip"), Coding::Gzip);
        assert_eq!(chosen("GZIP;q=0.5"), Coding::Gzip);
        assert_eq!(chosen("br;q=0.1, gzip;q=0.9"), Coding::Gzip);
        assert_eq!(chosen("br;q=0, gzip;q=0"), Coding::Identity);
        assert_eq!(chosen("*"), Coding::Brotli);
        assert_eq!(chosen("br;q=0, *"), Coding::Gzip);
        assert_eq!(chosen("identity"), Coding::Identity);
        assert_eq!(chosen("br;q=x"), Coding::Identity);
        assert_eq!(choose(&HeaderMap::new(), &[Coding::Gzip]), Coding::Identity);
    }

    #[test]
    fn a_client_has_what_one_of_its_tags_names() {
        let has = |tags: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("if-none-match", tags.parse().unwrap());
            has_it_already(&headers, "\"a\"")
        };
        assert!(has("\"a\"") && has("W/\"a\"") && has("\"b\", \"a\"") && has("*"));
        assert!(!has("\"b\"") && !has("a"));
    }

    #[test]
    fn gzip_is_used_only_where_it_helps() {
        assert!(gzip(&[b'a'; 5000]).is_some_and(|packed| packed.len() < 100));
        assert!(gzip(b"x").is_none() && gunzip(b"x").is_none());
    }
}
