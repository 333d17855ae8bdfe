//! Floor 0: what every room needs and what knows no room. Configuration, errors, limits, time, ids, tokens, text.

pub mod clock;
pub mod config;
pub mod csv;
pub mod duration;
pub mod email;
pub mod error;
pub mod files;
pub mod id;
pub mod limits;
pub mod live;
pub mod log;
pub mod markdown;
pub mod markup;
pub mod net;
pub mod password;
pub mod pieces;
pub mod plural;
pub mod process;
pub mod seal;
pub mod secret;
pub mod server;
pub mod signing;
// Used while building, by build.rs; here for its tests.
#[cfg(test)]
mod strip;
pub mod tally;
pub mod text;
pub mod tls;
pub mod token;
pub mod totp;
pub mod webpush;
pub mod when;
pub mod x509;
pub mod zip;
