//! Backups: the list, making one, handing one out in parts, putting one in place.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::files;
use crate::base::secret::Secret;
use crate::http::range::parse_range;
use crate::http::{Reply, Request, assets};
use serde::Deserialize;
use serde_json::json;
use std::io::SeekFrom;
use tokio::io::AsyncSeekExt;

#[derive(Deserialize)]
struct Proof {
    password: String,
}

#[derive(Deserialize)]
struct Restore {
    password: String,
    confirm: String,
}

impl Desks {
    /// `GET /backups`.
    pub(super) async fn backups(&self, _request: &Request) -> Result<Reply> {
        let standing = self.backups.standing().await?;
        Ok(wire::ok(wire::backups(&standing, crate::base::process::disk_free(&standing.folder))))
    }

    /// `POST /backups`: answers when it is made. How far it is tells the list meanwhile; it goes on when nobody waits any more.
    pub(super) async fn make_backup(&self, request: &Request) -> Result<Reply> {
        let session = self.agent(request).await?;
        let name = self.backups.make(&session).await?;
        Ok(wire::ok(json!({ "name": name })))
    }

    /// `DELETE /backups/{backup}`.
    pub(super) async fn delete_backup(&self, request: &Request, name: &str) -> Result<Reply> {
        let session = self.agent(request).await?;
        self.backups.delete(&session, name).await?;
        Ok(Reply::status(204))
    }

    /// `POST /backups/{backup}/ticket`.
    pub(super) async fn backup_ticket(&self, mut request: Request, name: &str) -> Result<Reply> {
        let session = self.agent(&request).await?;
        let password = Secret::new(request.json::<Proof>().await?.password);
        let ticket = self.with_password(&request, &session, self.backups.ticket(&session, name, &password)).await?;
        Ok(wire::ok(json!({ "ticket": ticket })))
    }

    /// `GET /backups/{backup}/file?ticket=`: streamed, in ranges for whoever goes on after a cut.
    pub(super) async fn backup_file(&self, request: &Request, name: &str) -> Result<Reply> {
        let session = self.agent(request).await?;
        let kept = self.backups.fetch(&session, name, &request.query("ticket").unwrap_or_default()).await?;
        let gone = |cause: std::io::Error| Error::unavailable(format!("{} cannot be read: {cause}.", kept.name));
        let mut file = tokio::fs::File::open(&kept.path).await.map_err(gone)?;
        let size = kept.bytes;
        let etag = format!("\"{:x}-{:x}\"", size, kept.at);
        let common = |reply: Reply| {
            reply
                .header("etag", &etag)
                .header("cache-control", "no-store")
                .header("content-type", "application/vnd.sqlite3")
                .header("content-disposition", files::content_disposition(&kept.name, false))
                .header("accept-ranges", "bytes")
        };
        let fresh = request.header("if-range").is_none_or(|tag| tag == etag);
        match request.header("range").filter(|range| fresh && range.starts_with("bytes=")).map(|range| parse_range(range, size)) {
            Some(Some((first, last))) => {
                file.seek(SeekFrom::Start(first)).await.map_err(gone)?;
                let reply = common(Reply::stream(206, assets::stream_of(file, last + 1 - first)));
                Ok(reply.header("content-range", format!("bytes {first}-{last}/{size}")))
            }
            Some(None) => Ok(Reply::status(416).header("content-range", format!("bytes */{size}"))),
            None => Ok(common(Reply::stream(200, assets::stream_of(file, size)).header("content-length", size.to_string()))),
        }
    }

    /// `POST /backups/{backup}/restore`: answered when the backup is checked and chosen; then the program opens it.
    pub(super) async fn restore_backup(&self, mut request: Request, name: &str) -> Result<Reply> {
        let session = self.agent(&request).await?;
        let asked: Restore = request.json().await?;
        let password = Secret::new(asked.password);
        self.with_password(&request, &session, self.backups.restore(&session, name, &password, &asked.confirm)).await?;
        Ok(Reply::status(202))
    }
}
