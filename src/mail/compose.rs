//! Writes a mail as bytes (RFC 5322, 2045, 2047). Whatever a name, subject or file name holds, it can never become a header.

/// Somebody in a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    pub name: String,
    /// Checked by `base::email::check`.
    pub address: String,
}

/// A mail before it is bytes.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Without brackets; the same for every try of one mail.
    pub message_id: String,
    /// Unix milliseconds.
    pub date: i64,
    pub from: Party,
    pub to: Party,
    pub reply_to: Option<String>,
    pub subject: String,
    /// Without brackets.
    pub in_reply_to: Option<String>,
    /// Without brackets, oldest first.
    pub references: Vec<String>,
    /// `Auto-Submitted: auto-generated` and its kin (RFC 3834).
    pub is_automatic: bool,
    /// Our own loop mark: which house made this mail.
    pub loop_mark: String,
    pub text: String,
    pub html: String,
    pub files: Vec<File>,
}

/// A file that travels along, in memory: bounded by `limits::MAIL_FILES_BYTES_MAX` in all.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}
