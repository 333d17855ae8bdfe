//! Texts made at run time, in brotli at its best: packing takes tens of milliseconds, so each text is packed once and remembered.

use crate::base::limits;
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The brotli level of build.rs: what every page view pays for is worth it.
const QUALITY: i32 = 11;

/// Packed texts by their tag, newest last. Held for a look-up only.
static PACKED: Mutex<VecDeque<(String, Bytes)>> = Mutex::new(VecDeque::new());

/// `text` in brotli, or `None` when that is not smaller. `etag` names the content.
pub(super) async fn brotli(etag: &str, text: &Bytes) -> Option<Bytes> {
    let known = |packed: &VecDeque<(String, Bytes)>| packed.iter().find(|(tag, _)| tag == etag).map(|(_, bytes)| bytes.clone());
    if let Some(bytes) = known(&PACKED.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Some(bytes);
    }
    let plain = text.clone();
    let bytes = tokio::task::spawn_blocking(move || pack(&plain)).await.ok().flatten()?;
    let mut packed = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if known(&packed).is_none() {
        if packed.len() >= limits::PACKED_TEXTS_MAX {
            packed.pop_front();
        }
        packed.push_back((etag.to_owned(), bytes.clone()));
    }
    Some(bytes)
}

fn pack(mut plain: &[u8]) -> Option<Bytes> {
    let length = plain.len();
    let mut bytes = Vec::with_capacity(length / 3);
    let params = brotli::enc::BrotliEncoderParams { quality: QUALITY, size_hint: length, ..Default::default() };
    // Writing to memory cannot fail; if it ever does, the plain form is right as well.
    brotli::BrotliCompress(&mut plain, &mut bytes, &params).ok()?;
    (bytes.len() < length).then(|| Bytes::from(bytes))
}
