//! Everything that is logged, kept for the end of the test. A house runs on its test's own thread (`#[tokio::test]`), so records belong to
//! the test whose thread wrote them; what other threads write (the writer) belongs to everybody.

use log::{Level, LevelFilter, Log, Metadata, Record};
use std::cell::RefCell;
use std::sync::{Mutex, Once, PoisonError};

/// One line.
#[derive(Debug, Clone)]
pub struct Line {
    pub level: Level,
    pub text: String,
}

thread_local! {
    /// `Some` once a house was booted on this thread.
    static MINE: RefCell<Option<Vec<Line>>> = const { RefCell::new(None) };
}

static OTHERS: Mutex<Vec<Line>> = Mutex::new(Vec::new());

struct Book;

impl Log for Book {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        // As `base/log.rs` does: what libraries tell each other is not the house's log.
        if !record.target().starts_with("deskbell") {
            return;
        }
        let line = Line { level: record.level(), text: record.args().to_string() };
        let left = MINE.with_borrow_mut(|mine| match mine {
            Some(lines) => {
                lines.push(line);
                None
            }
            None => Some(line),
        });
        if let Some(line) = left {
            OTHERS.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }

    fn flush(&self) {}
}

/// Keeps what this thread logs from now on, at debug level.
pub fn start() {
    static ONCE: Once = Once::new();
    static BOOK: Book = Book;
    ONCE.call_once(|| {
        log::set_logger(&BOOK).expect("no other logger in tests");
        log::set_max_level(LevelFilter::Debug);
    });
    MINE.with_borrow_mut(|mine| {
        mine.get_or_insert_default();
    });
}

/// Everything logged by this test so far, and by threads that belong to nobody.
pub fn all() -> Vec<Line> {
    let mut lines = MINE.with_borrow(|mine| mine.clone().unwrap_or_default());
    lines.extend(OTHERS.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned());
    lines
}

/// Ends the book of this thread.
pub fn close() {
    MINE.with_borrow_mut(|mine| *mine = None);
}
