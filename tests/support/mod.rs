//! The vocabulary of the stories: a real house on port 0 with a real file, people outside and inside, and waits that end with the event.
//!
//! ```text
//! let house = House::boot().await;
//! let (visitor, agent) = (house.visitor(), house.agent().await);
//! visitor.says("hi").await;
//! agent.sees("hi").await;
//! agent.replies(&visitor.conversation(), "hello").await;
//! visitor.hears("hello").await;
//! ```
//!
//! Nothing sleeps: every wait ends with an event or fails after `PATIENCE`. Time is moved with `house.later(..)`.
//! A house that goes away looks through everything that was logged: an error, or a secret (a token, a password), fails the test.
#![allow(dead_code, unused_imports)] // Each test binary uses its own part of the vocabulary.

pub mod acme;
pub mod agent;
pub mod form;
pub mod house;
pub mod http;
pub mod logs;
pub mod mail;
pub mod mail_fault;
pub mod mail_lint;
pub mod socket;
pub mod tls;
pub mod visitor;

pub use agent::Agent;
pub use form::Form;
pub use house::{House, Options};
pub use http::{Answer, Call, Client};
pub use mail::{MAIL_PASSWORD, Mail, MailServer};
pub use mail_fault::{Fault, FaultServer};
pub use serde_json::{Value, json};
pub use socket::Socket;
pub use std::time::Duration;
pub use visitor::{Visitor, solve};

/// Longer than any expected wait, even on a busy machine; reaching it is a failure.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for `future`, but not for ever.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("waited {PATIENCE:?} in vain for: {what}"),
    }
}

/// Seconds, minutes, hours and days, for moving the clock.
pub const fn seconds(n: i64) -> i64 {
    n * 1000
}
pub const fn minutes(n: i64) -> i64 {
    seconds(n * 60)
}
pub const fn hours(n: i64) -> i64 {
    minutes(n * 60)
}
pub const fn days(n: i64) -> i64 {
    hours(n * 24)
}

/// A text at a path such as `data/author/name`; panics with the whole value when it is not there.
pub fn text_at(value: &Value, path: &str) -> String {
    match value.pointer(&format!("/{path}")) {
        Some(Value::String(text)) => text.clone(),
        _ => panic!("no text at {path} in {value:#}"),
    }
}

/// A whole number at a path.
pub fn number_at(value: &Value, path: &str) -> i64 {
    value.pointer(&format!("/{path}")).and_then(Value::as_i64).unwrap_or_else(|| panic!("no number at {path} in {value:#}"))
}

/// A list at a path.
pub fn list_at(value: &Value, path: &str) -> Vec<Value> {
    match value.pointer(&format!("/{path}")) {
        Some(Value::Array(list)) => list.clone(),
        _ => panic!("no list at {path} in {value:#}"),
    }
}

/// 64 characters that nobody guesses, as an echo id.
pub fn echo_id() -> String {
    deskbell::base::id::new_token()
}
