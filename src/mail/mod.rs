//! Floor 3: how to write a mail, send it, fetch it and read it. Knows nothing of chat: what goes in and comes out are parties, texts and files.

pub mod compose;
pub mod dns;
pub mod imap;
pub mod inbound;
pub mod line;
pub mod smtp;
