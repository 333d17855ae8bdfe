//! Floor 7: arguments, environment, signals and exit codes. The library below knows none of them.

mod copies;
mod deliver;
mod people;
mod serve;
mod service;

use deskbell::base::config::{Config, KEYS, PREFIX, RawConfig};
use deskbell::base::error::{Error, Result};
use deskbell::base::log as house_log;
use deskbell::store::backup;
use lexopt::prelude::*;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Where a packaged deskbell has its configuration.
const CONFIG_FILE: &str = "/etc/deskbell/deskbell.conf";

/// What the service manager calls the key that seals secrets.
const CREDENTIAL: &str = "deskbell.key";

const USAGE: &str = "\
deskbell: live chat for small sites, in one program and one SQLite file

  deskbell serve                     serve the chat and the desk
  deskbell demo [FILE]               try everything: a shop with the widget, the desk, a ready login
                                     (--listen ADDR, --json prints one line for scripts)
  deskbell check                     print the resolved configuration and check the data file
  deskbell backup [FILE]             consistent copy of the data file, also while it is in use; verified. Without FILE into
                                     BACKUP_DIR, of which BACKUP_KEEP stay (--to FOLDER: the same on another disk)
  deskbell restore FILE              put a backup in place of the data file (stop the service first)
  deskbell rollback                  put back the data file as it was before the last upgrade, for the program before it
  deskbell create-agent EMAIL NAME   add somebody who can log in (--role owner|admin|agent); asks for nothing,
                                     prints a one-time link to choose a password
  deskbell reset-password EMAIL      print a one-time link to choose a new password
                                     (--without-second-factor also removes a lost second factor)
  deskbell deliver --mailbox ADDRESS put the mail on standard input into the desk; for a mail server's pipe
  deskbell version

Options for all: --config FILE (default /etc/deskbell/deskbell.conf when it exists), --data FILE, --listen ADDR.
";

/// What was asked for on the command line.
#[derive(Clone)]
struct Arguments {
    command: String,
    operands: Vec<String>,
    config: Option<PathBuf>,
    data: Option<String>,
    listen: Option<String>,
    role: Option<String>,
    json: bool,
    without_second_factor: bool,
    mailbox: Option<String>,
    to: Option<PathBuf>,
}

/// Runs one command; the error is for a person.
pub fn run() -> Result<ExitCode> {
    let Some(arguments) = parse()? else { return Ok(ExitCode::SUCCESS) };
    if arguments.command == "deliver" && arguments.operands.is_empty() {
        let config = raw(&arguments).and_then(|raw| raw.resolve());
        return Ok(deliver::run(config, arguments.mailbox.as_deref()));
    }
    obey(&arguments).map(|()| ExitCode::SUCCESS)
}

fn obey(arguments: &Arguments) -> Result<()> {
    let operands: Vec<&str> = arguments.operands.iter().map(String::as_str).collect();
    match (arguments.command.as_str(), operands.as_slice()) {
        ("serve", []) => serve::serve(arguments),
        ("demo", []) => serve::demo(arguments, None),
        ("demo", [file]) => serve::demo(arguments, Some(file)),
        ("check", []) => check(arguments),
        ("backup", []) => copies::backup(arguments, None),
        ("backup", [file]) => copies::backup(arguments, Some(file)),
        ("restore", [file]) => copies::restore(&configure(arguments)?, Path::new(file)),
        ("rollback", []) => copies::rollback(&configure(arguments)?),
        ("create-agent", [email, names @ ..]) if !names.is_empty() => people::create_agent(arguments, email, &names.join(" ")),
        ("reset-password", [email]) => people::reset_password(arguments, email),
        _ => Err(Error::invalid(format!("That is not how `{}` is used.\n\n{USAGE}", arguments.command))),
    }
}

fn parse() -> Result<Option<Arguments>> {
    let mut arguments = Arguments {
        command: String::new(),
        operands: Vec::new(),
        config: None,
        data: None,
        listen: None,
        role: None,
        json: false,
        without_second_factor: false,
        mailbox: None,
        to: None,
    };
    let wrong = |error: lexopt::Error| Error::invalid(format!("{error}.\n\n{USAGE}"));
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Short('h') | Long("help") => {
                println!("{USAGE}\nSettings, in the configuration file or the environment (prefix {PREFIX}):\n");
                KEYS.iter().for_each(|(key, default, what)| {
                    println!("  {key:<18} {what} Default: {}", if default.is_empty() { "none" } else { default })
                });
                return Ok(None);
            }
            Short('V') | Long("version") => return version(),
            Long("config") => arguments.config = Some(parser.value().map_err(wrong)?.into()),
            Long("data") => arguments.data = Some(parser.value().map_err(wrong)?.string().map_err(wrong)?),
            Long("listen") => arguments.listen = Some(parser.value().map_err(wrong)?.string().map_err(wrong)?),
            Long("role") => arguments.role = Some(parser.value().map_err(wrong)?.string().map_err(wrong)?),
            Long("mailbox") => arguments.mailbox = Some(parser.value().map_err(wrong)?.string().map_err(wrong)?),
            Long("to") => arguments.to = Some(parser.value().map_err(wrong)?.into()),
            Long("json") => arguments.json = true,
            Long("without-second-factor") => arguments.without_second_factor = true,
            Value(value) if arguments.command.is_empty() => arguments.command = value.string().map_err(wrong)?,
            Value(value) => arguments.operands.push(value.string().map_err(wrong)?),
            other => return Err(wrong(other.unexpected())),
        }
    }
    match arguments.command.as_str() {
        "version" => version(),
        "" | "help" => {
            print!("{USAGE}");
            Ok(None)
        }
        _ => Ok(Some(arguments)),
    }
}

fn version() -> Result<Option<Arguments>> {
    println!("deskbell {}", env!("CARGO_PKG_VERSION"));
    Ok(None)
}

/// File, then environment, then arguments: the later wins.
fn raw(arguments: &Arguments) -> Result<RawConfig> {
    raw_with(arguments, std::env::vars())
}

fn read_config_file(arguments: &Arguments, raw: &mut RawConfig) -> Result<()> {
    match &arguments.config {
        Some(file) => raw.read_file(file),
        // Of the service, not of a demonstration that anybody may start beside it; and not everybody may read them.
        None if arguments.command == "demo" => Ok(()),
        None if Path::new(CONFIG_FILE).is_file() => raw.read_file(Path::new(CONFIG_FILE)),
        None => Ok(()),
    }
}

fn raw_with(arguments: &Arguments, environment: impl Iterator<Item = (String, String)>) -> Result<RawConfig> {
    let mut raw = RawConfig::default();
    read_config_file(arguments, &mut raw)?;
    raw.read_environment(environment)?;
    if let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") {
        read_credentials(&mut raw, Path::new(&folder))?;
    }
    if let Some(data) = &arguments.data {
        raw.set("DATA_FILE", data)?;
    }
    if let Some(listen) = &arguments.listen {
        raw.set("LISTEN", listen)?;
    }
    Ok(raw)
}

/// What the service manager keeps secret for us: `deskbell.metrics_token` is METRICS_TOKEN, and so on; the key that seals stays where it lies.
fn read_credentials(raw: &mut RawConfig, folder: &Path) -> Result<()> {
    for (key, ..) in KEYS {
        let file = folder.join(format!("deskbell.{}", key.to_ascii_lowercase()));
        if let Ok(value) = std::fs::read_to_string(&file) {
            raw.set(key, value.trim())?;
        }
    }
    let seal = folder.join(CREDENTIAL);
    if raw.value("KEY_FILE").is_empty() && seal.exists() {
        raw.set("KEY_FILE", &seal.to_string_lossy())?;
    }
    Ok(())
}

fn configure(arguments: &Arguments) -> Result<Config> {
    let config = raw(arguments)?.resolve()?;
    house_log::start(config.log_level);
    Ok(config)
}

fn check(arguments: &Arguments) -> Result<()> {
    let raw = raw(arguments)?;
    let config = raw.resolve()?;
    KEYS.iter().for_each(|(key, ..)| println!("{key}={}", raw.value(key)));
    if config.data_file.exists() {
        let version = backup::verify(&config.data_file)?;
        println!("\n{} is whole (schema {version}).", config.data_file.display());
    } else {
        println!("\n{} does not exist yet; `deskbell serve` creates it.", config.data_file.display());
    }
    Ok(())
}

fn runtime(config: &Config) -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(config.workers)
        // Readers, password hashes and a little for names and files: more would only cost memory.
        .max_blocking_threads(16)
        .thread_keep_alive(std::time::Duration::from_secs(5))
        .enable_all()
        .build()
        .map_err(Error::internal)
}

/// One server per file: two would tell their clients only half each. The lock goes with the process, however it ends.
fn lock(data_file: &Path) -> Result<std::fs::File> {
    let mut name = data_file.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = std::fs::File::create(&path).map_err(|cause| Error::unavailable(format!("Cannot create {}: {cause}.", path.display())))?;
    // Made by an administrator, it must not keep the service out.
    backup::part::give_as(&path, if data_file.exists() { data_file } else { backup::part::folder_of(data_file) });
    file.try_lock().map_err(|_| Error::conflict(format!("{} is in use by a running deskbell.", data_file.display())))?;
    Ok(file)
}
