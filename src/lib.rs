//! deskbell: live chat for small sites in one program and one SQLite file.
//!
//! The map of the house, in reading order; imports go down the stairs only (kept by `tests/tidy.rs`).
#![forbid(unsafe_code)]

/// Floor 3: how to get certificates.
pub mod acme;
/// Floor 5: the agents' door.
pub mod agent;
/// Floor 6: builds, runs and stops everything.
pub mod app;
/// Floor 0: configuration, errors, limits, time, ids, tokens, text.
pub mod base;
/// Floor 6: the shop of `deskbell demo`.
pub mod demo;
/// Floor 4: the product's verbs and rules.
pub mod desk;
/// Floor 3: how to speak HTTP and WebSocket.
pub mod http;
/// Floor 1: live connections' queues.
pub mod hub;
/// Floor 5: workers.
pub mod jobs;
/// Floor 3: how to speak SMTP and IMAP, write mail and read it.
pub mod mail;
/// Floor 0: plain data with the words of the house.
pub mod model;
/// Floor 6: every door in one match.
pub mod router;
/// Floor 2: the only place with SQL.
pub mod store;
/// Floor 5: the door for machines.
pub mod watch;
/// Floor 5: the visitors' door.
pub mod widget;
