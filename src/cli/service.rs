//! The service manager's side of `deskbell serve`: it hands over sockets, hears when we are ready, is told that we live, and asks for a reload.
//! Speaks the notify protocol (sd_notify) itself: a datagram of a few words to the socket that the environment names.

use super::Arguments;
use deskbell::base::config::RawConfig;
use deskbell::base::error::{Error, Result};
use deskbell::base::limits;
use deskbell::base::live::LiveConfig;
use deskbell::desk::Desk;
use deskbell::store::pulse::Fault;
use listenfd::ListenFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Between two looks after one that failed: a hiccup must not cost the whole interval.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often a long start asks for more time, and for how much.
const EXTEND_EVERY: Duration = Duration::from_secs(10);

/// The service manager, if one started us.
#[derive(Clone, Default)]
pub(super) struct Manager {
    socket: Option<Arc<UnixDatagram>>,
    /// How long it waits for a sign of life.
    watchdog: Option<Duration>,
}

impl Manager {
    /// Whoever the environment names. A socket that cannot be reached is said and forgotten: serving matters more.
    pub(super) fn from_environment() -> Manager {
        let socket = std::env::var_os("NOTIFY_SOCKET").and_then(|name| match reach(name.as_bytes()) {
            Ok(socket) => Some(Arc::new(socket)),
            Err(cause) => {
                log::warn!("the service manager cannot be told anything cause=\"{cause}\"");
                None
            }
        });
        let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
        let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(std::process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|us| is_ours && *us > 0).map(Duration::from_micros);
        Manager { socket, watchdog }
    }

    fn tell(&self, words: &str) {
        if let Some(socket) = &self.socket
            && let Err(cause) = socket.send(words.as_bytes())
        {
            log::warn!("the service manager was not told words=\"{words}\" cause=\"{cause}\"");
        }
    }

    /// Asks for more time until what it returns is dropped: an upgrade of a large file takes minutes on a small machine.
    pub(super) fn starting(&self) -> Starting {
        let over = Arc::new(AtomicBool::new(false));
        let (manager, is_over) = (self.clone(), over.clone());
        let thread = self.socket.is_some().then(|| {
            std::thread::spawn(move || {
                let since = Instant::now();
                while since.elapsed() < limits::UPGRADE_MAX && !is_over.load(Ordering::Acquire) {
                    let more = 3 * EXTEND_EVERY.as_micros();
                    manager.tell(&format!("EXTEND_TIMEOUT_USEC={more}\nSTATUS=Opening the data file; it may be upgraded"));
                    std::thread::park_timeout(EXTEND_EVERY);
                }
            })
        });
        Starting { over, thread }
    }

    /// The door is open.
    pub(super) fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={status}"));
    }

    /// On the way out.
    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=Finishing what is under way");
    }
}

fn reach(name: &[u8]) -> std::io::Result<UnixDatagram> {
    let address = match name {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        path => SocketAddr::from_pathname(std::path::Path::new(std::ffi::OsStr::from_bytes(path)))?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    // A manager that reads nothing must not stop us.
    socket.set_write_timeout(Some(Duration::from_secs(1)))?;
    Ok(socket)
}

/// A start that takes its time.
pub(super) struct Starting {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Starting {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It only sleeps and sends; nothing in it can fail.
            let _ = thread.join();
        }
    }
}

/// Sockets that were opened for us, so that nobody is refused while we start.
pub(super) struct Handed {
    sockets: ListenFd,
    names: Vec<String>,
}

impl Handed {
    /// What the environment says. Called before the first thread starts, because it takes the variables away.
    pub(super) fn from_environment() -> Handed {
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let names = names.split(':').map(str::to_ascii_lowercase).collect();
        Handed { sockets: ListenFd::from_env(), names }
    }

    /// The socket that stands for this setting: by its name (`FileDescriptorName=listen`, `http_listen`), else by its place.
    pub(super) fn take(&mut self, setting: &str, place: usize) -> Result<Option<tokio::net::TcpListener>> {
        let is_named = |name: &str| self.names.iter().position(|known| known == name);
        let somebody_is_named = is_named("listen").or(is_named("http_listen")).is_some();
        let index = match is_named(&setting.to_ascii_lowercase()) {
            Some(index) => index,
            None if somebody_is_named => return Ok(None),
            None => place,
        };
        let wrong =
            |cause: std::io::Error| Error::unavailable(format!("The socket that was handed over for {setting} cannot be used: {cause}."));
        let Some(listener) = self.sockets.take_tcp_listener(index).map_err(wrong)? else { return Ok(None) };
        listener.set_nonblocking(true).map_err(wrong)?;
        tokio::net::TcpListener::from_std(listener).map(Some).map_err(wrong)
    }
}

/// Listens for SIGHUP from now on: one that nobody listens for ends the process.
pub(super) fn hangups() -> Result<Signal> {
    signal(SignalKind::hangup()).map_err(Error::internal)
}

/// The settings as they are read again on a reload.
pub(super) struct Settings {
    arguments: Arguments,
    /// As everything was at the start.
    at_start: RawConfig,
    /// What of it stood in the file.
    from_file: RawConfig,
}

impl Settings {
    /// Reads them for the first time.
    pub(super) fn read(arguments: &Arguments) -> Result<Settings> {
        let mut from_file = RawConfig::default();
        super::read_config_file(arguments, &mut from_file)?;
        Ok(Settings { arguments: arguments.clone(), at_start: super::raw(arguments)?, from_file })
    }

    /// As they were at the start.
    pub(super) fn at_start(&self) -> &RawConfig {
        &self.at_start
    }

    /// As they are now. The environment of a process never changes, so what came into it from the file (systemd's EnvironmentFile) is left
    /// out: the file is asked instead.
    fn read_again(&self) -> Result<RawConfig> {
        let own = std::env::vars().filter(|(key, value)| !self.from_file.says(key, value));
        super::raw_with(&self.arguments, own)
    }
}

/// Feeds the watchdog and reloads, until dropped. `status` is what the service manager shows while all is well.
pub(super) async fn mind(manager: Manager, desk: Desk, live: LiveConfig, settings: Settings, mut hangups: Signal, status: String) {
    let half = manager.watchdog.map(|interval| interval / 2);
    let mut next = half.map(|_| Duration::ZERO);
    let mut well = true;
    loop {
        let rest = async {
            match next {
                Some(next) => tokio::time::sleep(next).await,
                None => std::future::pending().await,
            }
        };
        // Cancel-safe: both arms only wait. A reload begins the sleep anew, so it is followed by a look at once.
        tokio::select! {
            () = rest => {
                let half = half.unwrap_or(LOOK_AGAIN);
                let beat = desk.pulse_of(half).await;
                let fed = matches!(beat, Ok(()) | Err(Fault::Disk | Fault::Upkeep));
                next = Some(if fed { half } else { half.min(LOOK_AGAIN) });
                if fed {
                    manager.tell("WATCHDOG=1");
                }
                if let Err(fault) = beat {
                    log::warn!("the file does not answer as it should why={} fed={fed}", fault.as_str());
                    manager.tell(&format!("STATUS=The file does not answer as it should: {}", fault.as_str()));
                } else if !well {
                    manager.tell(&format!("STATUS={status}"));
                }
                well = beat.is_ok();
            }
            _ = hangups.recv() => {
                manager.tell(&format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic_us()));
                let told = reload(&live, &settings);
                manager.ready(told.as_deref().unwrap_or(&status));
                next = next.map(|_| Duration::ZERO);
            }
        }
    }
}

/// Reads the settings anew; what a person should know of it, if anything.
fn reload(live: &LiveConfig, settings: &Settings) -> Option<String> {
    if let Err(error) = live.reload(&settings.at_start, settings.read_again()) {
        log::error!("settings are not reloaded, the old ones stay in force why=\"{}\"", error.message);
        return Some(format!("Reload refused, the old settings stay in force: {}", error.message.replace('\n', " ")));
    }
    let waiting = live.restart_for.now();
    if waiting.is_empty() {
        log::info!("settings reloaded");
        return None;
    }
    log::warn!("settings reloaded; a restart is needed for {}", waiting.join(", "));
    Some(format!("A restart is needed for {}", waiting.join(", ")))
}

/// Tells the log when its lines go to the journal: JOURNAL_STREAM names the device and inode that standard error then is.
pub(super) fn know_the_journal() {
    let named = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let is_journal = rustix::fs::fstat(std::io::stderr()).is_ok_and(|file| named == format!("{}:{}", file.st_dev, file.st_ino));
    if is_journal {
        deskbell::base::log::for_journal();
    }
}

/// Microseconds on the clock that systemd compares with.
fn monotonic_us() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}
