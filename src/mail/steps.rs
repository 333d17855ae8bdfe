//! Counts what reading a mail costs, in debug builds only: a test sees that the work grows with the mail and not with its square, whatever the machine.

use std::cell::Cell;

thread_local! {
    static TAKEN: Cell<u64> = const { Cell::new(0) };
}

/// So many letters, lines or elements were looked at.
pub(super) fn add(count: usize) {
    if cfg!(debug_assertions) {
        TAKEN.with(|taken| taken.set(taken.get() + count as u64));
    }
}

/// What this thread looked at since it was asked last; nothing in release builds.
pub fn taken() -> u64 {
    TAKEN.with(Cell::take)
}
