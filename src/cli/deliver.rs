//! `deskbell deliver`: what a mail server calls for each mail. Hands it to the server that runs on the data file, which alone writes there;
//! while none runs, the mail server keeps the mail and comes again. Answers as mail servers expect (sysexits.h).

use deskbell::base::config::Config;
use deskbell::base::error::Result;
use deskbell::base::id::new_token;
use deskbell::base::limits;
use deskbell::jobs::deliver::socket_of;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::net::Shutdown;
use std::os::unix::fs::OpenOptionsExt;
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
/// Bytes of a mail that are kept in memory: most mails are smaller, and mail servers run many of us at once.
const IN_MEMORY_MAX: u64 = 1024 * 1024;
/// No answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(120);

/// Hands over what stands on standard input. `config`: whatever is wrong with it is no reason to send mail back to people.
pub fn run(config: Result<Config>, mailbox: Option<&str>) -> ExitCode {
    let Some(mailbox) = mailbox.filter(|address| !address.is_empty() && !address.contains(['\n', '\r'])) else {
        return say("Which mailbox? deskbell deliver --mailbox ADDRESS", USAGE);
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => return say(&error.message, LATER),
    };
    let answer = match spool(io::stdin().lock()) {
        Ok(spooled) => hand_over(&config, mailbox, spooled),
        Err(_) => return say("The mail could not be read to its end. It has to come again.", LATER),
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

/// The mail as it stood on standard input, whole: of half a mail nobody hears.
struct Spooled {
    mail: Box<dyn Read>,
    length: u64,
}

/// Reads the mail to its end, up to one byte more than is taken. What is large waits in a file without a name.
fn spool(input: impl Read) -> io::Result<Spooled> {
    let mut input = input.take(limits::MAIL_BYTES_MAX + 1);
    let mut start = Vec::new();
    input.by_ref().take(IN_MEMORY_MAX).read_to_end(&mut start)?;
    if (start.len() as u64) < IN_MEMORY_MAX {
        return Ok(Spooled { length: start.len() as u64, mail: Box::new(io::Cursor::new(start)) });
    }
    let mut file = nameless()?;
    file.write_all(&start)?;
    io::copy(&mut input, &mut file)?;
    let length = file.stream_position()?;
    file.rewind()?;
    Ok(Spooled { mail: Box::new(file), length })
}

/// A file that is gone when we are.
fn nameless() -> io::Result<File> {
    let path = std::env::temp_dir().join(format!("deskbell-{}", new_token()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn hand_over(config: &Config, mailbox: &str, mut spooled: Spooled) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket_of(&config.data_file))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut handed = writeln!(stream, "deliver {mailbox} {}", spooled.length);
    // Of what is too large the length says enough.
    if handed.is_ok() && spooled.length <= limits::MAIL_BYTES_MAX {
        handed = io::copy(&mut spooled.mail, &mut stream).map(drop);
    }
    // Whoever refuses in the middle says why before it closes.
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = String::new();
    let heard = stream.take(4096).read_to_string(&mut answer);
    match answer.ends_with('\n') {
        true => Ok(answer),
        false => handed.and(heard.map(drop)).and(Err(io::ErrorKind::UnexpectedEof.into())),
    }
}

fn say(words: &str, code: u8) -> ExitCode {
    eprintln!("deskbell: {words}");
    ExitCode::from(code)
}
