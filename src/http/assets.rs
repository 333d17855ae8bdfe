//! Files for browsers: the embedded asset tree with its prepared codings, and folders on disk.

use super::encoding::{self, Coding};
use super::packed;
use super::reply::Reply;
use super::request::Request;
use crate::base::limits;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::UNIX_EPOCH;
use tokio::io::{AsyncRead as _, ReadBuf};

static EMBEDDED: Dir<'static> = include_dir!("$OUT_DIR/assets");
/// Chosen once at start, before the first request.
static ON_DISK: OnceLock<PathBuf> = OnceLock::new();

/// How long a client may keep an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// The path holds the tree's hash: it never changes.
    Immutable,
    /// The path is a stable name: ask each time, cheaply.
    Revalidate,
}

/// One file of the asset tree.
#[derive(Clone)]
pub struct Asset {
    /// The path inside the tree, `widget/app.js`.
    pub name: String,
    /// The file as it is, where the program itself reads it; of all others only the codings lie in the binary.
    plain: Option<Bytes>,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    etag: String,
    from_disk: bool,
}

/// Serves the asset tree from `folder` instead of the binary, reading each file at each request. To be called before the first
/// request; the answer is whether it came in time.
pub fn serve_from(folder: PathBuf) -> bool {
    ON_DISK.set(folder).is_ok()
}

/// Debug builds always read the source tree, so that a change is seen at the next reload.
fn disk() -> Option<&'static Path> {
    let source = || cfg!(debug_assertions).then(|| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets")));
    ON_DISK.get().map(PathBuf::as_path).or_else(source)
}

/// The hash of the whole tree, or `dev` when it is read from disk and may change under our hands.
pub fn tree_hash() -> &'static str {
    if disk().is_some() { "dev" } else { env!("ASSET_TREE_HASH") }
}

/// The address under which an asset may be kept for ever.
pub fn path(name: &str) -> String {
    format!("/a/{}/{name}", tree_hash())
}

/// Finds an asset by its path inside the tree.
pub fn find(name: &str) -> Option<Asset> {
    if !is_plain_path(name) {
        return None;
    }
    match disk() {
        Some(folder) => find_on_disk(folder, name),
        None => find_embedded(name),
    }
}

fn find_on_disk(folder: &Path, name: &str) -> Option<Asset> {
    let bytes = std::fs::read(folder.join(name)).ok()?;
    Some(Asset::new(name, Some(Bytes::from(bytes)), None, None, true))
}

fn find_embedded(name: &str) -> Option<Asset> {
    let file = |kind: &str| EMBEDDED.get_file(format!("{kind}/{name}")).map(|file| Bytes::from_static(file.contents()));
    let (plain, brotli, gzip) = (file("plain"), file("br"), file("gz"));
    (plain.is_some() || gzip.is_some()).then(|| Asset::new(name, plain, brotli, gzip, false))
}

/// Whether a file is still what it was when somebody kept `read`. What lies in the binary is known by its place, without a look at it.
pub fn is_same(read: &Bytes, found: &Bytes) -> bool {
    (read.as_ptr() == found.as_ptr() && read.len() == found.len()) || read == found
}

/// Answers a request with an asset, in the best coding the client takes; 404 when there is none.
pub fn reply(request: &Request, name: &str, caching: Caching) -> Reply {
    match find(name) {
        Some(asset) => asset.reply(&request.headers, caching),
        None => Reply::bytes(404, "text/plain; charset=utf-8", "There is no such file.\n"),
    }
}

/// Answers `/a/<hash>/<name>`, given what follows `/a/`. A hash of another version gets today's file, but may not keep it: an old
/// page that is still open goes on working, and nothing wrong stays in a cache for a year. So `/a/-/<name>` is always today's file.
pub fn reply_hashed(request: &Request, hash_and_name: &str) -> Reply {
    let reply = match hash_and_name.split_once('/') {
        Some((hash, name)) if hash == tree_hash() => reply(request, name, Caching::Immutable),
        Some((_, name)) => reply(request, name, Caching::Revalidate),
        None => reply(request, "", Caching::Revalidate),
    };
    // The loader imports the panel's module from other people's pages; nothing here is secret.
    reply.header("access-control-allow-origin", "*")
}

impl Asset {
    fn new(name: &str, plain: Option<Bytes>, brotli: Option<Bytes>, gzip: Option<Bytes>, from_disk: bool) -> Asset {
        // The embedded tree never changes while we run; its one hash is every file's tag. On disk each content has its own.
        let etag = if from_disk { etag_of(plain.as_deref().unwrap_or_default()) } else { format!("W/\"{}\"", env!("ASSET_TREE_HASH")) };
        Asset { name: name.to_owned(), plain, brotli, gzip, etag, from_disk }
    }

    /// The file as it lies here, packed or not: by this a reader knows whether what he made of it is still good, without unpacking it.
    pub fn source(&self) -> Bytes {
        self.plain.as_ref().or(self.gzip.as_ref()).cloned().unwrap_or_default()
    }

    /// The file as it is; unpacked for the rare client that takes no coding.
    pub fn plain(&self) -> Bytes {
        match (&self.plain, &self.gzip) {
            (Some(plain), _) => plain.clone(),
            (None, Some(gzip)) => encoding::gunzip(gzip).map(Bytes::from).unwrap_or_default(),
            (None, None) => Bytes::new(),
        }
    }

    fn reply(self, headers: &hyper::HeaderMap, caching: Caching) -> Reply {
        let cache_control = match caching {
            Caching::Immutable if !self.from_disk => "public, max-age=31536000, immutable",
            Caching::Immutable | Caching::Revalidate => "public, no-cache",
        };
        let common = |reply: Reply| {
            reply
                .header("cache-control", cache_control)
                .header("etag", &self.etag)
                .header("vary", "Accept-Encoding")
                // Scripts, styles and icons are made to be loaded by other people's pages.
                .header("cross-origin-resource-policy", "cross-origin")
        };
        if encoding::has_it_already(headers, &self.etag) {
            return common(Reply::status(304));
        }
        let mut offered = Vec::with_capacity(2);
        offered.extend(self.brotli.as_ref().map(|_| Coding::Brotli));
        offered.extend(self.gzip.as_ref().map(|_| Coding::Gzip));
        let coding = encoding::choose(headers, &offered);
        let bytes = match coding {
            Coding::Brotli => self.brotli.clone(),
            Coding::Gzip => self.gzip.clone(),
            Coding::Identity => None,
        };
        let answer = common(Reply::bytes(200, encoding::content_type(&self.name), bytes.unwrap_or_else(|| self.plain())));
        if coding == Coding::Identity { answer } else { answer.header("content-encoding", coding.name()) }
    }
}

/// A text made at run time (a script per inbox): with a tag of its content, revalidated, compressed when that pays.
pub async fn text(request: &Request, content_type: &'static str, text: impl Into<Bytes>) -> Reply {
    text_for(request, content_type, text, None).await
}

/// The same for a text that depends on the name under which its caller sees us: `host`, when none is configured.
pub async fn text_for(request: &Request, content_type: &'static str, text: impl Into<Bytes>, host: Option<&str>) -> Reply {
    let bytes = text.into();
    let etag = etag_of(&bytes);
    let reply = if encoding::has_it_already(&request.headers, &etag) {
        Reply::status(304).header("vary", "Accept-Encoding")
    } else {
        let plain = Reply::bytes(200, content_type, bytes.clone());
        let takes_gzip = encoding::choose(&request.headers, &[Coding::Gzip]) == Coding::Gzip;
        let packed = match takes_gzip && bytes.len() > limits::COMPRESS_BYTES_MIN {
            true => packed::gzip(&etag, &bytes, host).await,
            false => None,
        };
        match packed {
            Some(bytes) => plain.with_bytes(bytes).header("content-encoding", "gzip").header("vary", "Accept-Encoding"),
            None => compressed(request, plain, bytes),
        }
    };
    reply.header("etag", etag).header("cache-control", "public, no-cache").header("cross-origin-resource-policy", "cross-origin")
}

/// A page made at run time: never kept, compressed when that pays. Holds no secret, so its length tells nothing.
pub fn page(request: &Request, page: impl Into<Bytes>) -> Reply {
    let bytes = page.into();
    compressed(request, Reply::html(200, bytes.clone()), bytes)
}

/// JSON over 1 KB in gzip for those who take it. Not for answers that hold both a secret and what a stranger chose: their
/// length would tell (BREACH).
pub fn json<T: serde::Serialize>(request: &Request, status: u16, value: &T) -> Reply {
    let Ok(bytes) = serde_json::to_vec(value) else { return Reply::status(500) };
    let bytes = Bytes::from(bytes);
    compressed(request, Reply::bytes(status, "application/json", bytes.clone()), bytes).header("cache-control", "no-store")
}

fn compressed(request: &Request, plain: Reply, bytes: Bytes) -> Reply {
    if bytes.len() <= limits::COMPRESS_BYTES_MIN {
        return plain;
    }
    let plain = plain.header("vary", "Accept-Encoding");
    if encoding::choose(&request.headers, &[Coding::Gzip]) != Coding::Gzip {
        return plain;
    }
    match encoding::gzip(&bytes) {
        Some(packed) => plain.with_bytes(packed).header("content-encoding", "gzip"),
        None => plain,
    }
}

/// Answers with a file under `folder` on disk, streamed; 404 for everything else. `name` is the path inside it, percent-decoded.
pub async fn dir(request: &Request, folder: &Path, name: &str) -> Reply {
    match open_inside(folder, name).await {
        Some((file, length, etag)) => {
            let common = |reply: Reply| {
                reply
                    .header("etag", &etag)
                    .header("cache-control", "public, no-cache")
                    .header("cross-origin-resource-policy", "cross-origin")
            };
            if encoding::has_it_already(&request.headers, &etag) {
                return common(Reply::status(304));
            }
            let reply = Reply::stream(200, stream_of(file, length));
            common(reply.header("content-type", encoding::content_type(name)).header("content-length", length.to_string()))
        }
        None => Reply::bytes(404, "text/plain; charset=utf-8", "There is no such file.\n"),
    }
}

/// Opens a regular file that lies, all links resolved, inside `folder`.
async fn open_inside(folder: &Path, name: &str) -> Option<(tokio::fs::File, u64, String)> {
    if !is_plain_path(name) {
        return None;
    }
    let root = tokio::fs::canonicalize(folder).await.ok()?;
    let real = tokio::fs::canonicalize(root.join(name)).await.ok()?;
    if !real.starts_with(&root) {
        return None;
    }
    // Asked before opening: opening a named pipe would wait for its other end.
    if !tokio::fs::metadata(&real).await.ok()?.is_file() {
        return None;
    }
    let file = tokio::fs::File::open(&real).await.ok()?;
    let metadata = file.metadata().await.ok().filter(std::fs::Metadata::is_file)?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).map_or(0, |age| age.as_nanos());
    Some((file, metadata.len(), format!("\"{:x}-{:x}\"", metadata.len(), modified)))
}

/// The next `length` bytes of a file. One that shrinks meanwhile ends the connection, so that it never looks whole.
pub fn stream_of(file: tokio::fs::File, length: u64) -> super::reply::Body {
    Chunks { file, left: length, buffer: Vec::new() }.boxed_unsync()
}

struct Chunks {
    file: tokio::fs::File,
    left: u64,
    buffer: Vec<u8>,
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        if this.left == 0 {
            return Poll::Ready(None);
        }
        this.buffer.resize(this.left.min(limits::CHUNK_BYTES as u64) as usize, 0);
        let mut buffer = ReadBuf::new(&mut this.buffer);
        if let Err(error) = ready!(Pin::new(&mut this.file).poll_read(cx, &mut buffer)) {
            return Poll::Ready(Some(Err(error)));
        }
        let filled = buffer.filled().len();
        if filled == 0 {
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        this.buffer.truncate(filled);
        this.left -= filled as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(std::mem::take(&mut this.buffer))))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Folders and names only: no `..`, no root, no drive, nothing hidden, no NUL, no backslash.
fn is_plain_path(name: &str) -> bool {
    let clean =
        !name.is_empty() && !name.contains(['\\', '\0']) && !name.split('/').any(|piece| piece.is_empty() || piece.starts_with('.'));
    clean && Path::new(name).components().all(|component| matches!(component, Component::Normal(_)))
}

fn etag_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    // Weak, because one tag stands for all codings of the content.
    let mut tag = digest.iter().take(9).fold(String::from("W/\""), |mut tag, byte| {
        let _ = write!(tag, "{byte:02x}");
        tag
    });
    tag.push('"');
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(from_disk: bool) -> Asset {
        let bytes = |text: &'static str| Bytes::from_static(text.as_bytes());
        Asset::new("widget/app.js", Some(bytes("plain")), Some(bytes("br")), Some(bytes("gz")), from_disk)
    }

    async fn body_of(reply: Reply) -> Vec<u8> {
        reply.0.into_body().collect().await.expect("a whole body").to_bytes().to_vec()
    }

    fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
        reply.0.headers().get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[tokio::test]
    async fn an_asset_comes_in_the_coding_that_was_asked_for() {
        for (accept, coding, body) in [("br, gzip", "br", "br"), ("gzip", "gzip", "gz"), ("", "", "plain")] {
            let request = Request::with_headers(&[("accept-encoding", accept)]);
            let reply = asset(false).reply(&request.headers, Caching::Immutable);
            assert_eq!((header(&reply, "content-encoding"), header(&reply, "vary")), (coding, "Accept-Encoding"));
            assert_eq!(header(&reply, "content-type"), "text/javascript; charset=utf-8");
            assert_eq!(header(&reply, "cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(body_of(reply).await, body.as_bytes());
        }
    }

    #[tokio::test]
    async fn what_lies_packed_in_the_binary_is_unpacked_for_who_takes_no_coding() {
        let text = "export const words = 'many words';\n".repeat(20);
        let packed = encoding::gzip(text.as_bytes()).expect("a shorter text");
        let asset = Asset::new("widget/app.js", None, None, Some(packed.into()), false);
        let reply = asset.reply(&Request::with_headers(&[("accept-encoding", "")]).headers, Caching::Immutable);
        assert_eq!(header(&reply, "content-encoding"), "");
        assert_eq!(body_of(reply).await, text.as_bytes());
    }

    #[test]
    fn the_embedded_tree_is_the_source_tree_without_notes_and_hidden_files() {
        fn names(folder: &Path, below: &str, all: &mut Vec<String>) {
            let Ok(entries) = std::fs::read_dir(folder) else { return };
            for entry in entries.map(|entry| entry.expect("an entry")) {
                let name = entry.file_name().into_string().expect("a UTF-8 name");
                let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
                if name.starts_with('.') || name.ends_with(".md") {
                    assert!(find_embedded(&path).is_none(), "{path}");
                } else if entry.path().is_dir() {
                    names(&entry.path(), &path, all);
                } else {
                    all.push(path);
                }
            }
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
        let mut all = Vec::new();
        names(&source, "", &mut all);
        for name in all {
            let (disk, embedded) = (find_on_disk(&source, &name), find_embedded(&name));
            assert_eq!(disk.map(|asset| asset.plain()), embedded.map(|asset| asset.plain()), "{name}");
        }
        assert!(find("../Cargo.toml").is_none() && find("/etc/passwd").is_none() && find("").is_none());
    }

    #[tokio::test]
    async fn a_known_asset_is_not_sent_again() {
        let first = asset(true).reply(&hyper::HeaderMap::new(), Caching::Revalidate);
        assert_eq!(header(&first, "cache-control"), "public, no-cache");
        let request = Request::with_headers(&[("if-none-match", header(&first, "etag"))]);
        let again = asset(true).reply(&request.headers, Caching::Revalidate);
        assert_eq!(again.0.status(), 304);
        assert_eq!(header(&again, "etag"), header(&first, "etag"));
        assert!(body_of(again).await.is_empty());
        let from_disk = asset(true).reply(&hyper::HeaderMap::new(), Caching::Immutable);
        assert_eq!(header(&from_disk, "cache-control"), "public, no-cache", "what may change is never immutable");
    }

    #[tokio::test]
    async fn text_made_at_run_time_is_compressed_when_that_pays() {
        let request = Request::with_headers(&[("accept-encoding", "gzip")]);
        let long = text(&request, "text/javascript; charset=utf-8", "let a = 1;\n".repeat(500)).await;
        assert_eq!((header(&long, "content-encoding"), header(&long, "vary")), ("gzip", "Accept-Encoding"));
        let short = text(&request, "text/javascript; charset=utf-8", "let a = 1;").await;
        let other = Request::with_headers(&[("accept-encoding", "br")]);
        let plain = text(&other, "text/javascript; charset=utf-8", "let a = 1;\n".repeat(500)).await;
        assert_eq!(header(&plain, "content-encoding"), "", "what is made at run time comes in gzip or as it is");
        assert_eq!(header(&short, "content-encoding"), "");
        let tag = header(&long, "etag").to_owned();
        let known = Request::with_headers(&[("if-none-match", &tag)]);
        assert_eq!(text(&known, "text/javascript; charset=utf-8", "let a = 1;\n".repeat(500)).await.0.status(), 304);
        assert_eq!(header(&json(&request, 200, &vec!["word"; 500]), "content-encoding"), "gzip");
        assert_eq!(header(&json(&Request::with_headers(&[]), 200, &vec!["word"; 500]), "content-encoding"), "");
    }

    #[tokio::test]
    async fn a_folder_shows_its_files_and_nothing_outside() {
        let outer = tempfile::tempdir().expect("a folder");
        let folder = outer.path().join("public");
        std::fs::create_dir_all(folder.join("js")).expect("a folder");
        std::fs::write(outer.path().join("secret"), "secret").expect("a file");
        std::fs::write(folder.join("js/app.js"), vec![b'x'; 200_000]).expect("a file");
        std::fs::write(folder.join(".hidden"), "hidden").expect("a file");
        std::fs::write(folder.join("empty"), "").expect("a file");
        std::os::unix::fs::symlink(outer.path().join("secret"), folder.join("link")).expect("a link");
        std::os::unix::fs::symlink(outer.path(), folder.join("up")).expect("a link");
        std::os::unix::fs::symlink("app.js", folder.join("js/same.js")).expect("a link");
        let request = Request::with_headers(&[]);
        for good in ["js/app.js", "js/same.js"] {
            let reply = dir(&request, &folder, good).await;
            assert_eq!((header(&reply, "content-type"), header(&reply, "content-length")), ("text/javascript; charset=utf-8", "200000"));
            let known = Request::with_headers(&[("if-none-match", header(&reply, "etag"))]);
            assert_eq!(dir(&known, &folder, good).await.0.status(), 304);
            assert_eq!(body_of(reply).await.len(), 200_000);
        }
        assert!(body_of(dir(&request, &folder, "empty").await).await.is_empty());
        for bad in [
            "",
            "js",
            "../secret",
            "js/../../secret",
            "/etc/passwd",
            "link",
            "up/secret",
            ".hidden",
            "js//app.js",
            "js\\app.js",
            "a\0",
            "none",
        ] {
            assert_eq!(dir(&request, &folder, bad).await.0.status(), 404, "{bad:?}");
        }
    }
}
