//! argv → cli → exit code.
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            let cause = error.cause.as_ref().map_or(String::new(), |cause| format!(" ({cause})"));
            eprintln!("deskbell: {error}{cause}");
            ExitCode::FAILURE
        }
    }
}
