//! The sink of the log: one line per record on standard error, as a service manager wants it.

use std::io::Write;

struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) || !record.target().starts_with("deskbell") {
            return;
        }
        let level = record.level().as_str().to_ascii_lowercase();
        // One line stays one line, whatever an error's text contains.
        let line = record.args().to_string().replace(['\n', '\r'], " ");
        // Nobody is left to tell when standard error is gone.
        let _ = writeln!(std::io::stderr().lock(), "{level}: {line}");
    }

    fn flush(&self) {}
}

/// Starts logging; a second call only changes the level.
pub fn start(level: log::LevelFilter) {
    static SINK: Stderr = Stderr;
    let _ = log::set_logger(&SINK);
    log::set_max_level(level);
}
