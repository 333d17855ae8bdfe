//! Floor 3: how to write a mail, send it, fetch it and read it. Knows nothing of chat: what goes in and comes out are parties, texts and files.

mod authentication;
mod body;
mod bounce;
mod calendar;
mod charset;
pub mod compose;
mod flowed;
mod html_text;
mod html_tokens;
pub mod inbound;
mod mime;
mod nature;
pub mod reply;
mod reply_words;
pub mod slim;
pub mod smtp;
mod tnef;
mod transfer;
