//! Floor 3: how to write a mail, send it, fetch it and read it. Knows nothing of chat: what goes in and comes out are parties, texts and files.

mod authentication;
mod body;
mod bounce;
mod charset;
pub mod compose;
pub mod dns;
mod html_text;
pub mod imap;
pub mod inbound;
pub mod line;
mod mime;
mod nature;
pub mod probe;
pub mod reply;
pub mod slim;
pub mod smtp;
pub mod smtp_words;
mod transfer;
