//! The one error of the house: a kind for the doors, a sentence for people, a cause for the log.

use serde_json::{Map, Value};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// What went wrong, as far as a caller can act on it. Each door maps kinds to its own protocol in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request itself is wrong; repeating it unchanged is useless.
    Invalid,
    /// No valid proof of who is asking.
    Unauthorized,
    /// Known, but not allowed.
    Forbidden,
    /// Missing, or somebody else's: deliberately the same.
    NotFound,
    /// The state of things forbids it right now.
    Conflict,
    /// Larger than a named limit.
    TooLarge,
    /// Too often; see `retry_after_s`.
    TooMany,
    /// The house is full for the moment; nothing was stored.
    Busy,
    /// Something the house depends on (disk, clock) refuses; nothing was stored.
    Unavailable,
    /// Our own fault; people see a request id, the log sees the cause.
    Internal,
}

/// The error every function of the house returns. Boxed: it is handed up through every call of the program, and each would move all of it.
pub struct Error(Box<Account>);

/// What an error tells; read as the fields of the error itself.
pub struct Account {
    /// What a caller can do about it.
    pub kind: Kind,
    /// A sentence for the person who sees it. Never holds a secret or somebody else's data.
    pub message: String,
    /// The input field or claim that is wrong, when there is one.
    pub field: Option<String>,
    /// A stable word for what happened, where a visitor may cause it: pages find a sentence in the visitor's language under `error.<code>`.
    pub code: Option<&'static str>,
    /// What the placeholders of that sentence stand for, and what else a page may need to go on.
    pub details: Option<Box<Map<String, Value>>>,
    /// Seconds after which trying again makes sense (`TooMany`, `Busy`, `Unavailable`).
    pub retry_after_s: Option<u32>,
    /// For the log only.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// `Result` with the error of the house.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind` with a sentence for people.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error::of(kind, message.into())
    }

    fn of(kind: Kind, message: String) -> Error {
        Error(Box::new(Account { kind, message, field: None, code: None, details: None, retry_after_s: None, cause: None }))
    }

    /// The request is wrong.
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::new(Kind::Invalid, message)
    }

    /// The request is wrong in one named field.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(Kind::Invalid, message).in_field(field)
    }

    /// No valid proof of identity.
    pub fn unauthorized(message: impl Into<String>) -> Error {
        Error::new(Kind::Unauthorized, message)
    }

    /// Known, but not allowed.
    pub fn forbidden(message: impl Into<String>) -> Error {
        Error::new(Kind::Forbidden, message)
    }

    /// Missing or foreign; `what` is the noun ("conversation").
    pub fn not_found(what: &str) -> Error {
        Error::new(Kind::NotFound, format!("There is no such {what}."))
    }

    /// The state of things forbids it.
    pub fn conflict(message: impl Into<String>) -> Error {
        Error::new(Kind::Conflict, message)
    }

    /// Larger than a limit.
    pub fn too_large(message: impl Into<String>) -> Error {
        Error::new(Kind::TooLarge, message)
    }

    /// Too often; come back after `retry_after_s` seconds.
    pub fn too_many(message: impl Into<String>, retry_after_s: u32) -> Error {
        Error::new(Kind::TooMany, message).retry_after(retry_after_s)
    }

    /// The house is full for the moment.
    pub fn busy() -> Error {
        Error::new(Kind::Busy, "The server is very busy. Nothing was stored; please try again in a moment.").retry_after(2).coded("busy")
    }

    /// The disk (or another part we stand on) refuses.
    pub fn unavailable(message: impl Into<String>) -> Error {
        Error::new(Kind::Unavailable, message).retry_after(5)
    }

    /// Our own fault.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::new(Kind::Internal, "Something went wrong on our side. Nothing was lost; please try again.").with_cause(cause)
    }

    /// Adds what the log should know.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.cause = Some(cause.into());
        self
    }

    /// Says after how many seconds trying again makes sense.
    pub fn retry_after(mut self, seconds: u32) -> Error {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same with another sentence, made of the present one.
    pub fn reworded(mut self, reword: impl FnOnce(&str) -> String) -> Error {
        self.message = reword(&self.message);
        self
    }

    /// Only the sentence.
    pub fn into_sentence(self) -> String {
        self.0.message
    }

    /// The same for one more caller; the cause stays with the first.
    pub fn copy(&self) -> Error {
        Error(Box::new(Account {
            kind: self.kind,
            message: self.message.clone(),
            field: self.field.clone(),
            code: self.code,
            details: self.details.clone(),
            retry_after_s: self.retry_after_s,
            cause: None,
        }))
    }

    /// Names what happened by a stable word.
    pub fn coded(mut self, code: &'static str) -> Error {
        self.code = Some(code);
        self
    }

    /// Adds the value of a placeholder of the code's sentence.
    pub fn detail(mut self, name: &'static str, value: impl Into<Value>) -> Error {
        self.details.get_or_insert_default().insert(name.to_owned(), value.into());
        self
    }

    /// Names the input field that is wrong.
    pub fn in_field(mut self, field: impl Into<String>) -> Error {
        self.field = Some(field.into());
        self
    }
}

impl Deref for Error {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        if let Some(field) = &self.field {
            write!(f, " [{field}]")?;
        }
        if let Some(cause) = &self.cause {
            write!(f, " ({cause})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
