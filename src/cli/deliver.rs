//! `deskbell deliver`: what a mail server calls for each mail. Hands it to the server that runs on the data file, which alone writes there;
//! while none runs, the mail server keeps the mail and comes again. Answers as mail servers expect (sysexits.h).

use deskbell::base::config::Config;
use deskbell::base::error::Result;
use deskbell::jobs::deliver::socket_of;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::Duration;

/// EX_USAGE.
const USAGE: u8 = 64;
/// EX_DATAERR: this mail will never be taken.
const DATA: u8 = 65;
/// EX_NOUSER: nobody has this address.
const NO_USER: u8 = 67;
/// EX_TEMPFAIL: try again.
const LATER: u8 = 75;
/// No answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(120);

/// Hands over what stands on standard input. `config`: whatever is wrong with it is no reason to send mail back to people.
pub fn run(config: Result<Config>, mailbox: Option<&str>) -> ExitCode {
    let Some(mailbox) = mailbox.filter(|address| !address.is_empty() && !address.contains(['\n', '\r'])) else {
        return say("Which mailbox? deskbell deliver --mailbox ADDRESS", USAGE);
    };
    let answer = match config {
        Ok(config) => hand_over(&config, mailbox),
        Err(error) => return say(&error.message, LATER),
    };
    match answer {
        Ok(answer) => understand(answer.trim()),
        Err(_) => say("No deskbell runs here, or it stopped answering. The mail has to wait.", LATER),
    }
}

fn understand(answer: &str) -> ExitCode {
    match answer.split_once(' ').unwrap_or((answer, "")) {
        ("taken", _) => ExitCode::SUCCESS,
        ("unknown", why) => say(why, NO_USER),
        ("refused", why) => say(why, DATA),
        (_, why) => say(if why.is_empty() { "The mail was not taken." } else { why }, LATER),
    }
}

fn hand_over(config: &Config, mailbox: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket_of(&config.data_file))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let handed = writeln!(stream, "deliver {mailbox}").and_then(|()| io::copy(&mut io::stdin().lock(), &mut stream));
    // Whoever refuses in the middle says why before it closes.
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = String::new();
    let heard = stream.take(4096).read_to_string(&mut answer);
    match answer.ends_with('\n') {
        true => Ok(answer),
        false => handed.and(heard.map(|_| 0)).and(Err(io::ErrorKind::UnexpectedEof.into())),
    }
}

fn say(words: &str, code: u8) -> ExitCode {
    eprintln!("deskbell: {words}");
    ExitCode::from(code)
}
