//! Mail, there and back, through real servers and broken ones.

mod support;

#[path = "mail/rig.rs"]
mod rig;

#[path = "mail/incoming.rs"]
mod incoming;
