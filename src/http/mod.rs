//! Floor 3: how to speak HTTP/1.1, HTTP/2 and WebSocket, in the clear and under TLS, hardened; knows nothing of chat.

mod admit;
pub mod assets;
mod bare;
pub mod body;
pub mod client;
mod encoding;
mod finish;
mod frames;
mod h2;
mod heads;
pub mod multipart;
mod packed;
mod places;
pub mod range;
pub mod redirect;
pub mod reply;
pub mod request;
pub mod server;
pub mod socket;
pub mod stream;
pub mod tally;
pub mod throttle;
pub mod tls;
mod transport;
mod wire;

pub use reply::Reply;
pub use request::Request;
