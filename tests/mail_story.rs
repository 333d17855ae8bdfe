//! Mail, there and back, through real servers and broken ones.

mod support;

#[path = "mail/compose.rs"]
mod compose;
#[path = "mail/incoming.rs"]
mod incoming;
#[path = "mail/lines.rs"]
mod lines;
#[path = "mail/rig.rs"]
mod rig;
#[path = "mail/sending.rs"]
mod sending;
