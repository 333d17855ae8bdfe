//! The sink of the log: one line per record on standard error, as a service manager wants it: `level: words key=value`. A line that is
//! written while a request is answered names it.

use log::LevelFilter;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

tokio::task_local! {
    /// The request that is being answered.
    static REQUEST: String;
}

/// Whether standard error is the journal of systemd, which takes the level of a line as a number before it.
static JOURNAL: AtomicBool = AtomicBool::new(false);

struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) || !record.target().starts_with("deskbell") {
            return;
        }
        let request = REQUEST.try_with(String::clone).ok();
        let line = line(record.level(), &record.args().to_string(), request.as_deref(), JOURNAL.load(Ordering::Relaxed));
        // Nobody is left to tell when standard error is gone.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    fn flush(&self) {}
}

fn line(level: log::Level, words: &str, request: Option<&str>, journal: bool) -> String {
    let prefix = match (journal, level) {
        (false, _) => "",
        (true, log::Level::Error) => "<3>",
        (true, log::Level::Warn) => "<4>",
        (true, log::Level::Info) => "<6>",
        (true, log::Level::Debug | log::Level::Trace) => "<7>",
    };
    let name = level.as_str().to_ascii_lowercase();
    // One line stays one line, whatever an error's text contains.
    let words = words.replace(['\n', '\r'], " ");
    match request.filter(|_| !words.contains("request=")) {
        Some(id) => format!("{prefix}{name}: {words} request={id}\n"),
        None => format!("{prefix}{name}: {words}\n"),
    }
}

/// Starts logging; a second call only changes the level.
pub fn start(level: LevelFilter) {
    static SINK: Stderr = Stderr;
    let _ = log::set_logger(&SINK);
    log::set_max_level(level);
}

/// Standard error is the journal: it should know the levels, too.
pub fn for_journal() {
    JOURNAL.store(true, Ordering::Relaxed);
}

/// A level by its name in the settings.
pub fn level(name: &str) -> Option<LevelFilter> {
    match name {
        "error" => Some(LevelFilter::Error),
        "warn" => Some(LevelFilter::Warn),
        "info" => Some(LevelFilter::Info),
        "debug" => Some(LevelFilter::Debug),
        _ => None,
    }
}

/// The level now, by its name.
pub fn level_now() -> String {
    log::max_level().as_str().to_ascii_lowercase()
}

/// Runs `work`; what it logs names this request.
pub async fn within<F: Future>(request: String, work: F) -> F::Output {
    REQUEST.scope(request, work).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::Level;

    #[test]
    fn a_line_names_its_level_and_its_request_once() {
        assert_eq!(line(Level::Warn, "mail waits id=3", None, false), "warn: mail waits id=3\n");
        assert_eq!(line(Level::Error, "two\nlines", Some("ab12"), true), "<3>error: two lines request=ab12\n");
        assert_eq!(line(Level::Info, "failed request=ab12", Some("ab12"), true), "<6>info: failed request=ab12\n");
    }
}
