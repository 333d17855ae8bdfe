//! The doctor from the command line: reads the file as it lies there, beside a running service or without one, and changes nothing.

use super::page::{Answer, Question, inboxes_now};
use super::{Doctor, Part, mail};
use crate::base::clock::Clock;
use crate::base::config::Config;
use crate::base::error::{Error, Result};
use crate::base::process;
use crate::base::seal::{Key, Sealer};
use crate::desk::mail_problems::Standing;
use crate::desk::{from_hex, problems, secrets};
use crate::model::inbox::Inbox;
use crate::model::mailbox::Direction;
use crate::model::problem::Area::File;
use crate::model::problem::{Problem, Severity};
use crate::store::{mailboxes, peek, pushes, settings};

/// What the file told.
pub struct Chart {
    /// Looks at everything else.
    pub doctor: Doctor,
    /// What the file tells.
    pub found: Vec<Problem>,
    inboxes: Vec<(Inbox, bool)>,
}

impl Chart {
    /// Reads the file and judges it.
    pub fn read(config: &Config) -> Result<Chart> {
        let mut found = Vec::new();
        let path = &config.data_file;
        let told = match peek::version(path) {
            Ok(None) => {
                found.push(Problem::new(
                    Severity::Urgent,
                    File,
                    "file",
                    format!("There is no data file {}", path.display()),
                    "Either deskbell was never started, or it keeps its data elsewhere.",
                    "The first `deskbell serve` makes it. For another place: `--data FILE`, or `DATA_FILE` in the configuration.",
                ));
                None
            }
            Ok(Some(version)) => match schema(path, version) {
                None => Some(path),
                Some(problem) => {
                    found.push(problem);
                    None
                }
            },
            Err(error) => {
                found.push(unreadable(&error));
                None
            }
        };
        let (mut key, mut inboxes) = (None, Vec::new());
        if let Some(path) = told {
            let standing = sealing(config);
            let base_url = config.base_url.clone();
            let free = process::disk_free(path);
            let read = peek::read(path, Clock::default().now(), |tx| {
                let standing = Standing { can_send: mailboxes::can_send(tx)?, ..standing };
                let key = settings::find(tx, "link_key")?.and_then(|hex| from_hex(&hex));
                Ok((problems::all(tx, base_url.as_deref(), free, &standing)?, key, inboxes_now(tx)?))
            });
            match read {
                Ok((told, own, all)) => {
                    found.push(Problem::fine(
                        File,
                        "file",
                        "The data file can be read",
                        format!("{}, with everything this version knows.", path.display()),
                    ));
                    found.extend(told);
                    (key, inboxes) = (own, all);
                }
                Err(error) => found.push(unreadable(&error)),
            }
        }
        Ok(Chart { doctor: Doctor::outside(config, key)?, found, inboxes })
    }

    /// Looks at the way from outside and at the machine, side by side.
    pub async fn examine(&mut self) -> Result<()> {
        let (address, machine) = tokio::join!(self.doctor.look(Part::Address, None), self.doctor.look(Part::Machine, None));
        self.found.extend(address?);
        self.found.extend(machine?);
        // The same thing may be seen from both sides.
        let mut known: Vec<String> = Vec::new();
        self.found.retain(|one| {
            let is_new = !known.contains(&one.id);
            known.push(one.id.clone());
            is_new
        });
        self.found.sort_by_key(|problem| problem.severity);
        Ok(())
    }

    /// Tries the mailboxes and the push services.
    pub async fn try_mail(&mut self) -> Result<()> {
        let config = &self.doctor.0.config;
        let read = peek::read(&config.data_file, Clock::default().now(), |tx| {
            let seal = settings::find(tx, "seal_key")?.and_then(|hex| from_hex(&hex)).unwrap_or_default();
            let sealer = Sealer::new(config.key_file.as_deref(), &seal)?;
            let mut cases = Vec::new();
            for mailbox in mailboxes::all(tx)? {
                let password = |direction| {
                    let sealed = mailboxes::password(tx, mailbox.id, direction)?;
                    sealed.map(|sealed| sealer.open(secrets::purpose(direction), &sealed)).transpose()
                };
                let (out, fetch) = (password(Direction::Out), password(Direction::In));
                cases.push(mail::Case { mailbox, out, fetch });
            }
            Ok((cases, pushes::endpoints(tx)?))
        });
        // Whoever cannot read the file was told so already.
        if let Ok((cases, endpoints)) = read {
            self.found.extend(mail::look(&self.doctor.0.tls, cases, endpoints).await);
            self.found.sort_by_key(|problem| problem.severity);
        }
        Ok(())
    }

    /// Looks at a page.
    pub async fn visit(&self, question: Question) -> Result<Answer> {
        self.doctor.visit(question, self.inboxes.clone(), false).await
    }
}

/// How secrets are sealed, as far as it can be seen without opening any.
fn sealing(config: &Config) -> Standing {
    let fault = config.key_file.as_deref().and_then(|path| Key::read(path).err()).map(|error| error.message.clone());
    Standing { can_send: false, sealed_outside: config.key_file.is_some() && fault.is_none(), key_fault: fault }
}

fn unreadable(error: &Error) -> Problem {
    let fix = "Run it as the user of the service, `sudo -u deskbell deskbell doctor`, or as root. If the file is damaged: `deskbell check`, and `deskbell restore` with the newest backup.";
    Problem::new(Severity::Urgent, File, "file", "The data file cannot be read", error.message.clone(), fix)
}

/// Whether the file is of another version than this program.
fn schema(path: &std::path::Path, version: i64) -> Option<Problem> {
    let wanted = peek::wanted();
    match version.cmp(&wanted) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less if version > 0 => Some(Problem::new(
            Severity::Warning,
            File,
            "schema",
            "The data file is of an older version",
            format!("{} has version {version}, this program knows {wanted}. I change nothing, so I cannot look into it.", path.display()),
            "The next start brings it up to date, with a snapshot before: `systemctl restart deskbell`.",
        )),
        std::cmp::Ordering::Less => Some(Problem::new(
            Severity::Urgent,
            File,
            "schema",
            "The data file is empty, or something else's",
            format!("{} has no version of deskbell.", path.display()),
            "Is `DATA_FILE` right?",
        )),
        std::cmp::Ordering::Greater => Some(Problem::new(
            Severity::Urgent,
            File,
            "schema",
            "The data file is of a newer version",
            format!("{} has version {version}, this program knows {wanted} and will not start with it.", path.display()),
            "Install the newer deskbell again, or `deskbell rollback` to the state before the upgrade.",
        )),
    }
}
