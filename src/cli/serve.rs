//! `deskbell serve` and `deskbell demo`: opens the house, tells where it is, runs it until a signal.

use super::service::{self, Handed, Manager, Settings};
use super::{Arguments, lock, raw, runtime};
use deskbell::app::{self, House};
use deskbell::base::clock::Clock;
use deskbell::base::config::Config;
use deskbell::base::error::{Error, Result};
use deskbell::base::id::new_token;
use deskbell::base::log as house_log;
use deskbell::demo as the_demo;
use deskbell::store::backup::swap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Prints a line. A reader that went away after what it wanted is no reason to end.
macro_rules! say {
    ($($words:tt)*) => {
        let _ = writeln!(std::io::stdout(), $($words)*);
    };
}

/// Serves until told to stop.
pub(super) fn serve(arguments: &Arguments) -> Result<()> {
    let mut handed = Handed::from_environment();
    let config = Settings::read(arguments)?.at_start().resolve()?;
    service::know_the_journal();
    house_log::start(config.log_level);
    let manager = Manager::from_environment();
    app::check_assets()?;
    let _lock = lock(&config.data_file)?;
    runtime(&config)?.block_on(async {
        let mut door = match handed.take("LISTEN", 0)? {
            Some(listener) => listener,
            None => bind(config.listen).await?,
        };
        // Once, and again each time a backup takes the place of the file. The door stays: who knocks meanwhile waits.
        loop {
            match serve_once(arguments, &config, &manager, door).await? {
                Some(kept) => door = kept,
                None => return Ok(()),
            }
        }
    })
}

/// Answers the door, still open, when the house is to be opened again.
async fn serve_once(arguments: &Arguments, config: &Config, manager: &Manager, door: TcpListener) -> Result<Option<TcpListener>> {
    let settings = Settings::read(arguments)?;
    let (stop, hangups) = (signals()?, service::hangups()?);
    let starting = manager.starting();
    let house = open(config).await?;
    drop(starting);
    let (listener, kept) = twice(door)?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let house = with_plain(house, config).await?;
    let base = base_url(config, address);
    log::info!("listening address={address} data=\"{}\" version={}", config.data_file.display(), env!("CARGO_PKG_VERSION"));
    if house.desk.needs_owner().await? {
        say!("{}", welcome(&house, &base).await?);
    }
    let options = house.server_options();
    let status = format!("Serving {base} on {address}");
    manager.ready(&status);
    let (desk, live, chosen) = (house.desk.clone(), house.live.clone(), house.chosen.clone());
    let minding = tokio::spawn(service::mind(manager.clone(), desk, live, settings, hangups, status));
    let (keep, mut kept_open) = oneshot::channel();
    let stop = async move {
        // Cancel-safe: both arms only wait.
        tokio::select! {
            () = stop => {
                drop(kept);
                manager.stopping();
            }
            () = chosen.notified() => drop(keep.send(kept)),
        }
        // It holds the desk, and the house closes only when nobody does.
        minding.abort();
    };
    house.serve(listener, stop, None, options).await?;
    Ok(kept_open.try_recv().ok())
}

/// Opens the house, after a chosen backup took the place of its file.
async fn open(config: &Config) -> Result<House> {
    swap::finish(&config.data_file, Clock::default().now())?;
    House::open(config.clone(), Clock::default()).await
}

/// The same door twice: one to serve at, one to keep open.
fn twice(door: TcpListener) -> Result<(TcpListener, TcpListener)> {
    let kept = door.into_std().map_err(Error::internal)?;
    let listener = kept.try_clone().and_then(TcpListener::from_std).map_err(Error::internal)?;
    Ok((listener, TcpListener::from_std(kept).map_err(Error::internal)?))
}

/// How the first one becomes the owner. The link opens a door: it is for the person at the terminal, not for a journal that others read and that
/// is kept for months; whoever has the machine makes one with a command.
async fn welcome(house: &House, base: &str) -> Result<String> {
    if in_journal() {
        return Ok("Nobody owns this desk yet. Become its owner: sudo deskbell create-agent EMAIL NAME --role owner".to_owned());
    }
    let token = house.desk.issue_setup().await?;
    Ok(format!("Welcome to deskbell. Open this link within 24 hours to become the owner:\n\n  {base}/desk#setup={token}\n"))
}

/// Whether standard output is the journal's: the service manager says which file that is, for a program started from here may have another one.
fn in_journal() -> bool {
    use std::os::unix::fs::MetadataExt;
    let output = std::fs::metadata("/proc/self/fd/1").map(|output| format!("{}:{}", output.dev(), output.ino()));
    output.is_ok_and(|output| std::env::var("JOURNAL_STREAM").is_ok_and(|journal| journal == output))
}

/// Serves a shop, a desk and a ready login, on a file of its own unless one is named.
pub(super) fn demo(arguments: &Arguments, file: Option<&str>) -> Result<()> {
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
        let mut door = bind(config.listen).await?;
        let mut is_told = false;
        loop {
            let stop = signals()?;
            let house = open(config).await?;
            let demo = the_demo::prepare(&house.desk).await?;
            let (listener, kept) = twice(door)?;
            let address = listener.local_addr().map_err(Error::internal)?;
            let house = with_plain(house, config).await?;
            let base = base_url(config, address);
            if !is_told {
                tell(arguments, &demo, &base);
                is_told = true;
            }
            let chosen = house.chosen.clone();
            let (keep, mut kept_open) = oneshot::channel();
            let stop = async move {
                // Cancel-safe: both arms only wait.
                tokio::select! {
                    () = stop => drop(kept),
                    () = chosen.notified() => drop(keep.send(kept)),
                }
            };
            let options = house.server_options();
            house.serve(listener, stop, Some(demo.shop), options).await?;
            match kept_open.try_recv() {
                Ok(kept) => door = kept,
                Err(_) => return Ok(()),
            }
        }
    })
}

fn tell(arguments: &Arguments, demo: &the_demo::Demo, base: &str) {
    if arguments.json {
        say!("{}", demo.as_json(base));
    } else {
        say!("A shop with the chat:   {base}/demo");
        say!("The desk that answers:  {base}/desk");
        for (email, password, role) in &demo.logins {
            say!("  {role:<6} {email}   password: {password}");
        }
        say!("\nOpen both side by side and say hello. Ctrl-C ends the demo.");
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|cause| Error::unavailable(format!("Cannot listen on {address}: {cause}.")))
}

/// The door of plain HTTP, where HTTPS is ours.
async fn with_plain(house: House, config: &Config) -> Result<House> {
    let Some(address) = config.https.as_ref().and_then(|https| https.plain) else { return Ok(house) };
    let listener = bind(address).await?;
    log::info!("redirecting address={}", listener.local_addr().map_err(Error::internal)?);
    Ok(house.with_plain(listener))
}

/// Where the house is reached, as far as we know.
fn base_url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.https.is_some() { "https" } else { "http" };
    config.base_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"))
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

fn make_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .map_err(|cause| Error::unavailable(format!("Cannot create {}: {cause}.", folder.display())))
}
