//! Floor 7: arguments, environment, signals and exit codes. The library below knows none of them.

mod deliver;

use deskbell::app::{self, House};
use deskbell::base::clock::Clock;
use deskbell::base::config::{Config, KEYS, PREFIX, RawConfig};
use deskbell::base::error::{Error, Result};
use deskbell::base::id::new_token;
use deskbell::base::log as house_log;
use deskbell::base::secret::Secret;
use deskbell::demo;
use deskbell::desk::agents::{Factor, NewAgent};
use deskbell::model::agent::Role;
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
  deskbell backup FILE               consistent copy of the data file, also while it is in use; verified
  deskbell restore FILE              put a backup in place of the data file (stop the service first)
  deskbell create-agent EMAIL NAME   add somebody who can log in (--role owner|admin|agent); asks for nothing,
                                     prints a one-time link to choose a password
  deskbell reset-password EMAIL      print a one-time link to choose a new password
                                     (--without-second-factor also removes a lost second factor)
  deskbell deliver --mailbox ADDRESS put the mail on standard input into the desk; for a mail server's pipe
  deskbell version

Options for all: --config FILE (default /etc/deskbell/deskbell.conf when it exists), --data FILE, --listen ADDR.
";

/// What was asked for on the command line.
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
        ("serve", []) => serve(&configure(arguments)?),
        ("demo", []) => demo(arguments, None),
        ("demo", [file]) => demo(arguments, Some(file)),
        ("check", []) => check(arguments),
        ("backup", [file]) => {
            let config = configure(arguments)?;
            backup::copy_file(&config.data_file, Path::new(file))?;
            // Who may only read cannot leave a note; the copy is good all the same.
            if let Err(error) = backup::note(&config.data_file, deskbell::base::clock::Clock::default().now()) {
                log::warn!("the backup was not noted in the data file error=\"{error}\"");
            }
            println!("{file} is a verified copy of {}", config.data_file.display());
            Ok(())
        }
        ("restore", [file]) => restore(&configure(arguments)?, Path::new(file)),
        ("create-agent", [email, names @ ..]) if !names.is_empty() => create_agent(arguments, email, &names.join(" ")),
        ("reset-password", [email]) => reset_password(arguments, email),
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
    let mut raw = RawConfig::default();
    match &arguments.config {
        Some(file) => raw.read_file(file)?,
        None if Path::new(CONFIG_FILE).is_file() => raw.read_file(Path::new(CONFIG_FILE))?,
        None => {}
    }
    raw.read_environment(std::env::vars())?;
    if let (true, Some(folder)) = (raw.value("KEY_FILE").is_empty(), std::env::var_os("CREDENTIALS_DIRECTORY")) {
        let key = Path::new(&folder).join(CREDENTIAL);
        if key.exists() {
            raw.set("KEY_FILE", &key.to_string_lossy())?;
        }
    }
    if let Some(data) = &arguments.data {
        raw.set("DATA_FILE", data)?;
    }
    if let Some(listen) = &arguments.listen {
        raw.set("LISTEN", listen)?;
    }
    Ok(raw)
}

fn configure(arguments: &Arguments) -> Result<Config> {
    let config = raw(arguments)?.resolve()?;
    house_log::start(config.log_level);
    Ok(config)
}

fn serve(config: &Config) -> Result<()> {
    app::check_assets()?;
    let _lock = lock(&config.data_file)?;
    runtime(config)?.block_on(async {
        let stop = signals()?;
        let house = House::open(config.clone(), Clock::default()).await?;
        let listener = bind(config).await?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let base = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        log::info!("listening address={address} data=\"{}\" version={}", config.data_file.display(), env!("CARGO_PKG_VERSION"));
        if house.desk.needs_owner().await? {
            let token = house.desk.issue_setup().await?;
            // On standard output, not in the log: the link opens a door.
            println!("Welcome to deskbell. Open this link within 24 hours to become the owner:\n\n  {base}/desk#setup={token}\n");
        }
        let options = house.server_options();
        house.serve(listener, stop, None, options).await
    })
}

fn demo(arguments: &Arguments, file: Option<&str>) -> Result<()> {
    let mut raw = raw(arguments)?;
    let folder = std::env::temp_dir().join(format!("deskbell-demo-{}", new_token()));
    let data = match file {
        Some(file) => PathBuf::from(file),
        None => {
            make_private(&folder)?;
            folder.join("demo.db")
        }
    };
    raw.set("DATA_FILE", &data.to_string_lossy())?;
    if arguments.listen.is_none() && raw.value("LISTEN") == "127.0.0.1:8080" {
        raw.set("LISTEN", "127.0.0.1:8080")?;
    }
    let config = raw.resolve()?;
    house_log::start(config.log_level.min(log::LevelFilter::Warn));
    let result = run_demo(arguments, &config);
    if file.is_none() {
        // Only what this very run made.
        let _ = std::fs::remove_dir_all(&folder);
    }
    result
}

fn run_demo(arguments: &Arguments, config: &Config) -> Result<()> {
    app::check_assets()?;
    let _lock = lock(&config.data_file)?;
    runtime(config)?.block_on(async {
        let stop = signals()?;
        let house = House::open(config.clone(), Clock::default()).await?;
        let demo = demo::prepare(&house.desk).await?;
        let listener = bind(config).await?;
        let address = listener.local_addr().map_err(Error::internal)?;
        let base = config.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        if arguments.json {
            println!("{}", demo.as_json(&base));
        } else {
            println!("A shop with the chat:   {base}/demo");
            println!("The desk that answers:  {base}/desk");
            for (email, password, role) in &demo.logins {
                println!("  {role:<6} {email}   password: {password}");
            }
            println!("\nOpen both side by side and say hello. Ctrl-C ends the demo.");
        }
        let options = house.server_options();
        house.serve(listener, stop, Some(demo.shop), options).await
    })
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

fn restore(config: &Config, from: &Path) -> Result<()> {
    backup::verify(from)?;
    let _lock = lock(&config.data_file)?;
    let aside = backup::replace(&config.data_file, from)?;
    println!("{} is now the backup {}.", config.data_file.display(), from.display());
    if let Some(aside) = aside {
        println!("What was there before is kept as {}.", aside.display());
    }
    Ok(())
}

fn create_agent(arguments: &Arguments, email: &str, name: &str) -> Result<()> {
    let config = configure(arguments)?;
    let role = arguments.role.as_deref().unwrap_or("agent");
    let role = Role::parse(role).ok_or_else(|| Error::invalid("--role is one of owner, admin, agent."))?;
    let (first_name, last_name) = name.split_once(' ').unwrap_or((name, ""));
    let new = NewAgent { email: email.into(), first_name: first_name.into(), last_name: last_name.into(), role };
    runtime(&config)?.block_on(async {
        let house = House::open(config.clone(), Clock::default()).await?;
        // Nobody knows this one; the link below lets its owner choose his own.
        house.desk.create_agent(new, &Secret::new(new_token())).await?;
        print_link(&house, &config, email, Factor::Kept).await?;
        house.close().await
    })
}

fn reset_password(arguments: &Arguments, email: &str) -> Result<()> {
    let config = configure(arguments)?;
    runtime(&config)?.block_on(async {
        let house = House::open(config.clone(), Clock::default()).await?;
        let factor = if arguments.without_second_factor { Factor::Removed } else { Factor::Kept };
        print_link(&house, &config, email, factor).await?;
        house.close().await
    })
}

async fn print_link(house: &House, config: &Config, email: &str, factor: Factor) -> Result<()> {
    let (purpose, token) = house.desk.issue_reset(email, factor).await?;
    let base = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    println!("Open this link within 24 hours to choose a password:\n\n  {base}/desk#{}={token}\n", purpose.as_str());
    if config.base_url.is_none() {
        println!("(If the desk is reached under another address, replace the beginning; BASE_URL in the settings does it for good.)\n");
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

async fn bind(config: &Config) -> Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind(config.listen)
        .await
        .map_err(|cause| Error::unavailable(format!("Cannot listen on {}: {cause}.", config.listen)))
}

/// Listens from now on; what it returns completes at SIGTERM or Ctrl-C. Called before anything is opened, because a signal that nobody
/// listens for yet ends the process at once, in the middle of whatever it does.
fn signals() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::internal)?;
    Ok(async move {
        // Cancel-safe: both arms only wait.
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// One server per file: two would tell their clients only half each. The lock goes with the process, however it ends.
fn lock(data_file: &Path) -> Result<std::fs::File> {
    let mut name = data_file.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let file = std::fs::File::create(&path).map_err(|cause| Error::unavailable(format!("Cannot create {}: {cause}.", path.display())))?;
    file.try_lock().map_err(|_| Error::conflict(format!("{} is in use by a running deskbell.", data_file.display())))?;
    Ok(file)
}

fn make_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .map_err(|cause| Error::unavailable(format!("Cannot create {}: {cause}.", folder.display())))
}
