//! deskbell: live chat for small sites in one program and one SQLite file.
//!
//! The map of the house, floor by floor; imports go down the stairs only (kept by `tests/tidy.rs`).
#![forbid(unsafe_code)]

/// Floor 0: configuration, errors, limits, time, ids, tokens, text.
pub mod base;
/// Floor 3: how to speak HTTP and WebSocket.
pub mod http;
