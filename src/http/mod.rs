//! Floor 3: how to speak HTTP/1.1 and WebSocket, hardened; knows nothing of chat.

pub mod body;
pub mod reply;
pub mod request;

pub use reply::Reply;
pub use request::Request;
