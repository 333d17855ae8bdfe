//! The computer we run on: its clock, whom it trusts, what it lets us use, who starts us again.

use super::Doctor;
use super::disk;
use super::verdict::{bad, fine};
use crate::base::clock::{Millis, rfc3339};
use crate::base::limits;
use crate::base::live::LiveConfig;
use crate::model::problem::Area::Machine;
use crate::model::problem::{Problem, Severity};
use std::path::Path;

/// This version was not yet written then: a clock that says less is wrong.
const WRITTEN_AT: Millis = 1_793_491_200_000; // 2026-11-01

/// Files the house has open beside connections: database, log, the sockets of workers.
const OWN_FILES: u64 = 256;
/// Connections below which a busy site already turns people away.
const CONNECTIONS_FEW: u64 = 1024;
/// Memory that stays free on a healthy small machine.
const MEMORY_FREE_MIN: u64 = 48 * 1024 * 1024;
/// A limit below this leaves no room for many visitors.
const MEMORY_LIMIT_MIN: u64 = 96 * 1024 * 1024;

impl Doctor {
    pub(super) async fn look_at_machine(&self) -> Vec<Problem> {
        let (config, tls, now) = (self.0.config.clone(), self.0.tls.clone(), self.0.clock.now());
        let serves = self.0.instance.is_some();
        let mut reload: Vec<Problem> = self.0.live.iter().filter_map(reloaded).collect();
        let looking = tokio::task::spawn_blocking(move || {
            let mut found = vec![clock(now), keeper()];
            found.push(match tls.watching() {
                Ok(_) => {
                    fine(Machine, "roots", "Root certificates are there", "Mail servers, push services and authorities can be recognised.")
                }
                Err(error) => bad(
                    Severity::Urgent,
                    Machine,
                    "roots",
                    "This machine trusts nobody",
                    format!("{} Without them no mail leaves by TLS and no push is sent.", error.message),
                    "`apt install ca-certificates`, then restart deskbell.",
                ),
            });
            found.extend(if serves { files() } else { None });
            found.extend(memory());
            found.extend(service(serves));
            disk::look(&config, &mut found);
            found
        });
        reload.extend(looking.await.unwrap_or_default());
        reload
    }
}

/// Settings that were changed and do not count yet.
fn reloaded(live: &LiveConfig) -> Option<Problem> {
    if let Some(why) = &*live.refused.now() {
        return Some(bad(
            Severity::Urgent,
            Machine,
            "reload",
            "The changed settings were refused",
            format!("{why} Nothing of them counts, and the next start would fail."),
            "Mend the line in /etc/deskbell/deskbell.conf, then `systemctl reload deskbell`.",
        ));
    }
    let waiting = live.restart_for.now();
    (!waiting.is_empty()).then(|| {
        let title = format!("Changed settings wait for a restart: {}", waiting.join(", "));
        bad(Severity::Warning, Machine, "reload", title, "The old values count until then.", "`systemctl restart deskbell`")
    })
}

fn clock(now: Millis) -> Problem {
    let shown = &rfc3339(now)[..16];
    if now < WRITTEN_AT {
        return bad(
            Severity::Urgent,
            Machine,
            "date",
            format!("The clock says {shown}, before this version was written"),
            "Certificates look as if they began in the future, logins end at once, and messages are sorted into the past.",
            "`timedatectl set-ntp true`. A small computer without a battery for its clock needs the network before deskbell starts: `systemctl enable systemd-time-wait-sync`.",
        );
    }
    fine(Machine, "date", "The clock is plausible", format!("It says {shown} UTC."))
}

/// Who keeps the clock right, as far as it can be seen without asking anybody.
fn keeper() -> Problem {
    let there = |path: &str| Path::new(path).exists();
    if there("/run/systemd/timesync/synchronized") {
        return fine(Machine, "ntp", "The clock is kept right", "systemd-timesyncd has set it since the machine started.");
    }
    let others = [("/run/chrony", "chrony"), ("/run/chronyd.pid", "chrony"), ("/run/ntpd.pid", "ntpd"), ("/run/openntpd.pid", "openntpd")];
    if let Some((_, name)) = others.iter().find(|(path, _)| there(path)) {
        return fine(Machine, "ntp", "The clock is kept right", format!("{name} runs."));
    }
    // A container has its host's clock.
    if there("/run/systemd/container") || there("/.dockerenv") || there("/run/.containerenv") || !there("/run/systemd/system") {
        return fine(Machine, "ntp", "The clock is somebody else's", "Here runs no service that sets it; the host's clock counts.");
    }
    bad(
        Severity::Hint,
        Machine,
        "ntp",
        "I see nobody who keeps the clock right",
        "Clocks of small computers drift by seconds a day. Signed tokens and codes of authenticator apps stop working one day.",
        "`timedatectl set-ntp true`",
    )
}

/// The limit of open files of this process.
fn files() -> Option<Problem> {
    let text = std::fs::read_to_string("/proc/self/limits").ok()?;
    let soft = text.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?;
    let limit = soft.parse::<u64>().unwrap_or(u64::MAX);
    let connections = limit.saturating_sub(OWN_FILES);
    if connections < CONNECTIONS_FEW {
        return Some(bad(
            Severity::Warning,
            Machine,
            "files",
            format!("Only about {connections} connections fit"),
            "Each visitor with an open chat takes one. Beyond that newcomers wait in front of the door.",
            "In the unit: `LimitNOFILE=32768` (`systemctl edit deskbell`), then restart.",
        ));
    }
    let room = connections.min(limits::CONNECTIONS_MAX as u64);
    Some(fine(Machine, "files", "There is room for connections", format!("About {room} at once.")))
}

fn memory() -> Option<Problem> {
    let limit = cgroup_limit();
    if let Some(limit) = limit.filter(|limit| *limit < MEMORY_LIMIT_MIN) {
        return Some(bad(
            Severity::Warning,
            Machine,
            "memory",
            format!("deskbell may use only {} MB of memory", limit / 1_048_576),
            "With many visitors at once the system ends the program to keep to that, and everybody reconnects.",
            "In the unit: `MemoryMax=256M` or more.",
        ));
    }
    // Not to be seen from inside a hardened service; then the limit is all that is known.
    let available = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| kilobytes(&text, "MemAvailable:"));
    let own = std::fs::read_to_string("/proc/self/status").ok().and_then(|text| kilobytes(&text, "VmRSS:"));
    match available {
        Some(free) if free < MEMORY_FREE_MIN => Some(bad(
            Severity::Warning,
            Machine,
            "memory",
            format!("Only {} MB of memory are free on this machine", free / 1_048_576),
            "When none is left, the system ends some program, perhaps this one.",
            "Look what takes it: `ps aux --sort=-rss | head`. A little swap helps a small machine.",
        )),
        Some(free) => Some(fine(Machine, "memory", "There is memory", format!("{} MB are free on this machine.", free / 1_048_576))),
        None => own.map(|own| fine(Machine, "memory", "There is memory", format!("deskbell uses {} MB.", own / 1_048_576))),
    }
}

/// A line of the kernel's tables, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    value.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn cgroup_limit() -> Option<u64> {
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    let limit = std::fs::read_to_string(format!("/sys/fs/cgroup{path}/memory.max")).ok()?;
    limit.trim().parse().ok()
}

/// Who starts us again when the machine or the program ends.
fn service(serves: bool) -> Option<Problem> {
    let there = |path: &str| Path::new(path).symlink_metadata().is_ok();
    let is_installed = ["/lib/systemd/system", "/usr/lib/systemd/system", "/etc/systemd/system"]
        .iter()
        .any(|folder| there(&format!("{folder}/deskbell.service")));
    let is_enabled = there("/etc/systemd/system/multi-user.target.wants/deskbell.service")
        || there("/etc/systemd/system/sockets.target.wants/deskbell.socket");
    if is_installed && !is_enabled {
        return Some(bad(
            Severity::Warning,
            Machine,
            "enabled",
            "deskbell does not start with the machine",
            "After a power cut or an update of the system the chat stays away until somebody notices.",
            "`systemctl enable deskbell`",
        ));
    }
    let by_systemd = std::env::var_os("INVOCATION_ID").is_some();
    if serves && is_installed && !by_systemd {
        return Some(bad(
            Severity::Hint,
            Machine,
            "service",
            "This deskbell was started by hand",
            "When it ends, nobody starts it again.",
            "Stop it, and `systemctl start deskbell`.",
        ));
    }
    if serves && by_systemd && std::env::var_os("NOTIFY_SOCKET").is_some() && std::env::var_os("WATCHDOG_USEC").is_none() {
        return Some(bad(
            Severity::Hint,
            Machine,
            "watchdog",
            "Nobody notices when deskbell hangs",
            "systemd waits for no sign of life, so a service that is stuck stays so.",
            "In the unit: `WatchdogSec=30` (`systemctl edit deskbell`), then restart.",
        ));
    }
    is_enabled.then(|| fine(Machine, "enabled", "deskbell starts with the machine", "systemd starts it, and again when it ends."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_this_version_is_wrong() {
        assert_eq!(clock(0).severity, Severity::Urgent);
        assert_eq!(clock(WRITTEN_AT).severity, Severity::Fine);
        assert_eq!(&rfc3339(WRITTEN_AT)[..10], "2026-11-01");
    }

    #[test]
    fn the_kernel_s_tables_are_read() {
        assert_eq!(kilobytes("MemTotal: 1 kB\nMemAvailable:   20480 kB\n", "MemAvailable:"), Some(20 * 1024 * 1024));
        assert_eq!(kilobytes("x", "MemAvailable:"), None);
    }
}
