//! Prepares assets/: every file without what only its reader needs, brotli and gzip where smaller, and one hash of the whole tree.
//!
//! The result lies in `$OUT_DIR/assets/{plain,br,gz}/…`, where `include_dir!` takes it from: fed from the source folder it would not
//! notice new files.

use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[path = "src/base/strip.rs"]
mod strip;

fn main() -> io::Result<()> {
    // The same instructions stand once, whatever they are called; only where Rust brings the linker that knows how.
    if env("TARGET") == "x86_64-unknown-linux-gnu" && env("PROFILE") == "release" {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
    let source = PathBuf::from(env("CARGO_MANIFEST_DIR")).join("assets");
    let target = PathBuf::from(env("OUT_DIR")).join("assets");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/base/strip.rs");
    println!("cargo::rerun-if-changed={}", source.display());
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    for kind in ["plain", "br", "gz"] {
        fs::create_dir_all(target.join(kind))?;
    }
    let mut files = Vec::new();
    if source.is_dir() {
        walk(&source, &mut files)?;
    }
    files.sort();
    let mut tree = Sha256::new();
    for file in &files {
        let Some(name) = file.strip_prefix(&source).ok().and_then(Path::to_str) else {
            return Err(io::Error::other(format!("the name of {} is not UTF-8", file.display())));
        };
        let bytes = fs::read(file)?;
        // Lengths between the parts: moving a byte from a name to its content must change the hash.
        tree.update(format!("{}:{name}:{}:", name.len(), bytes.len()));
        tree.update(&bytes);
        prepare(&target, name, &bytes)?;
    }
    let hash: String = tree.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    println!("cargo::rustc-env=ASSET_TREE_HASH={hash}");
    pack_the_program();
    Ok(())
}

/// Release builds for Linux with the linker that comes with the compiler there: addresses that only need the program's own place take one
/// bit instead of 24 bytes (RELR, known since glibc 2.36), and functions with the same code are kept once. Together about a megabyte.
fn pack_the_program() {
    let is_ours = env("TARGET") == "x86_64-unknown-linux-gnu" && env("PROFILE") == "release";
    if is_ours {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
}

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Every file under `folder` but dotfiles and notes to readers.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') || name.ends_with(".md") {
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn prepare(target: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    // Debug builds serve from disk and never look at these; the unoptimised compressor would cost every build seconds.
    if env("PROFILE") != "release" {
        return write(&target.join("plain").join(name), bytes);
    }
    let stripped = std::str::from_utf8(bytes).ok().map(|text| strip::strip(name, text).into_bytes());
    let bytes = stripped.as_deref().unwrap_or(bytes);
    if is_compressed_already(name) {
        return write(&target.join("plain").join(name), bytes);
    }
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() })?;
    // Agents come every day and have it in their cache, nobody at all asks for the words of mails, and of a language a visitor needs one file of
    // five kilobytes: a second packing costs more than it saves.
    if brotli.len() < bytes.len() && ["desk/", "icons/", "mail/", "locales/"].iter().all(|folder| !name.starts_with(folder)) {
        write(&target.join("br").join(name), &brotli)?;
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    let gzip = gzip.finish()?;
    let packed = gzip.len() < bytes.len();
    if packed {
        write(&target.join("gz").join(name), &gzip)?;
    }
    if packed && !is_read_by_ourselves(name) {
        return Ok(());
    }
    write(&target.join("plain").join(name), bytes)
}

/// Texts that the program works with again and again; all others are handed out, or unpacked once by whoever makes something of them.
fn is_read_by_ourselves(name: &str) -> bool {
    name == "locales/index.json" || name.ends_with(".html") || name == "embed/loader.js"
}

fn is_compressed_already(name: &str) -> bool {
    [".png", ".jpg", ".jpeg", ".webp", ".gif", ".woff2", ".mp3", ".ogg", ".mp4"].iter().any(|end| name.ends_with(end))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
