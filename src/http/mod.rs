//! Floor 3: how to speak HTTP/1.1 and WebSocket, hardened; knows nothing of chat.

mod admit;
pub mod assets;
mod bare;
pub mod body;
pub mod client;
mod encoding;
pub mod fetch;
mod finish;
mod frames;
mod heads;
pub mod multipart;
mod packed;
mod places;
pub mod reply;
pub mod request;
pub mod server;
pub mod socket;
pub mod stream;
pub mod throttle;
mod wire;

pub use reply::Reply;
pub use request::Request;
