//! Large bodies leave a mail while it comes.

use super::inbound::FileBytes;

/// What was taken out of one mail: nobody else can name it, because the marks hold a random word.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The random word of this mail.
    pub word: String,
    /// Number and size of each body, in the order of the marks.
    pub files: Vec<(i64, u64)>,
}

/// The field that stands in place of a body.
pub const MARK: &str = "X-Deskbell-Kept";

impl Kept {
    /// The bytes that a mark stands for.
    pub fn find(&self, mark: &str) -> Option<FileBytes> {
        let (word, number) = mark.trim().split_once(' ')?;
        let (blob, size) = *self.files.get(number.parse::<usize>().ok().filter(|_| word == self.word)?)?;
        Some(FileBytes::Stored { blob, size })
    }
}
