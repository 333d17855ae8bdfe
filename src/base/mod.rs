//! Floor 0: what every room needs and what knows no room. Configuration, errors, limits, time, ids, tokens, text.

pub mod clock;
pub mod config;
pub mod error;
pub mod id;
pub mod limits;
pub mod log;
pub mod net;
pub mod secret;
