//! Floor 3: how to write a mail, send it, fetch it and read it. Knows nothing of chat: what goes in and comes out are parties, texts and files.

mod authentication;
mod body;
mod bounce;
mod calendar;
mod charset;
pub mod compose;
pub mod dns;
mod flowed;
mod html_text;
pub mod html_tokens;
pub mod imap;
pub mod inbound;
pub mod line;
mod mime;
mod nature;
pub mod probe;
pub mod reply;
mod reply_words;
pub mod slim;
pub mod smtp;
pub mod smtp_words;
pub mod steps;
mod tnef;
mod transfer;
