//! Files on their way out: `/uploads/<uuid>?t=<ticket>`, streamed from the one file, with ranges. The ticket is the permission: there is
//! no cookie on this path, so nothing that a file contains can act for anybody (security rows 4, 7).

use super::Widget;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::Uuid;
use crate::base::{files, limits};
use crate::http::range::parse_range;
use crate::http::{Reply, Request, stream};
use crate::store::media::Stored;
use bytes::Bytes;
use std::io;

impl Widget {
    /// Answers `GET /uploads/<name>`; `thumb_<uuid>` is the same file, for clients that derive that name.
    pub async fn file(&self, request: &Request, name: &str) -> Reply {
        let uuid = Uuid::parse(name.strip_prefix("thumb_").unwrap_or(name));
        let found = match uuid {
            Some(uuid) => self.desk.file(uuid, request.query("t").as_deref()).await,
            None => Err(Error::not_found("file")),
        };
        match found.and_then(|file| self.send_file(request, file)) {
            Ok(reply) => reply,
            Err(error) => {
                let status = match error.kind {
                    Kind::NotFound => 404,
                    Kind::Busy | Kind::Unavailable => 503,
                    _ => 500,
                };
                Reply::bytes(status, "text/plain; charset=utf-8", format!("{error}\n")).header("cache-control", "no-store")
            }
        }
    }

    fn send_file(&self, request: &Request, file: Stored) -> Result<Reply> {
        let size = file.attachment.size;
        let etag = format!("\"{}\"", file.attachment.uuid);
        let inline = files::inline_ok(&file.attachment.content_type);
        let common = |reply: Reply| {
            reply
                .header("etag", &etag)
                .header("cache-control", if file.public { "public, max-age=86400" } else { "private, max-age=43200" })
                .header("content-type", &file.attachment.content_type)
                .header("content-disposition", files::content_disposition(&file.attachment.name, inline))
                .header("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
                .header("cross-origin-resource-policy", if file.public { "cross-origin" } else { "same-origin" })
                .header("accept-ranges", "bytes")
        };
        if request.header("if-none-match").is_some_and(|tags| tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)) {
            return Ok(common(Reply::status(304)));
        }
        let fresh = request.header("if-range").is_none_or(|tag| tag == etag);
        match request.header("range").filter(|range| fresh && range.starts_with("bytes=")).map(|range| parse_range(range, size)) {
            Some(Some((first, last))) => {
                let reply = common(Reply::stream(206, self.bytes_of(&file, first, last + 1 - first)));
                Ok(reply.header("content-range", format!("bytes {first}-{last}/{size}")))
            }
            Some(None) => Ok(Reply::bytes(416, "text/plain; charset=utf-8", "There are no such bytes.\n")
                .header("content-range", format!("bytes */{size}"))),
            None => Ok(common(Reply::stream(200, self.bytes_of(&file, 0, size)))),
        }
    }

    fn bytes_of(&self, file: &Stored, first: u64, length: u64) -> crate::http::reply::Body {
        let (desk, blob) = (self.desk.clone(), file.blob);
        let mut at = first;
        stream::pieces(length, move || {
            let desk = desk.clone();
            let chunk_size = limits::CHUNK_BYTES as u64;
            let (n, skip) = ((at / chunk_size) as u32, (at % chunk_size) as usize);
            at = (u64::from(n) + 1) * chunk_size;
            async move {
                let chunk = desk.chunk(blob, n).await.map_err(io::Error::other)?;
                Ok(Bytes::from(chunk).slice_ref_from(skip))
            }
        })
    }
}

trait SliceFrom {
    fn slice_ref_from(self, skip: usize) -> Bytes;
}

impl SliceFrom for Bytes {
    /// What lies behind `skip` bytes; nothing when there are fewer.
    fn slice_ref_from(self, skip: usize) -> Bytes {
        self.slice(skip.min(self.len())..)
    }
}
