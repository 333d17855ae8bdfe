//! "What is wrong?", as a colleague would answer who looked around for a minute.

use super::{Desk, mail_problems};
use crate::base::clock::Millis;
use crate::base::error::Result;
use crate::base::limits;
use crate::model::agent::{AgentSession, Role};
use crate::model::hours::knows_zones;
use crate::model::inbox::Inbox;
use crate::model::problem::{Problem, Severity};
use crate::store::{ReadTx, agents, audit, health, hours, inboxes, settings, start, teams};
use serde_json::json;

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Desk {
    /// Everything that is wrong, the worst first. `base_url` is the address that was configured; `free` the bytes left on the disk, if
    /// anybody knows.
    pub async fn problems(&self, base_url: Option<String>, free: Option<u64>) -> Result<Vec<Problem>> {
        let mail = self.mail_standing();
        let mut problems = self
            .store
            .read(move |tx| {
                let mut problems = Vec::new();
                of_the_house(tx, base_url.as_deref(), free, &mut problems)?;
                mail_problems::of_mail(tx, &mail, base_url.is_some(), &mut problems)?;
                of_people(tx, &mut problems)?;
                for inbox in inboxes::all(tx)? {
                    of_an_inbox(tx, &inbox, &mut problems)?;
                }
                of_jobs(tx, &mut problems)?;
                Ok(problems)
            })
            .await?;
        problems.sort_by_key(|problem| problem.severity);
        Ok(problems)
    }

    /// Gives a job that was given up another chance.
    pub async fn retry_job(&self, by: &AgentSession, id: i64) -> Result<()> {
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                health::dig_up(tx, id)?;
                audit::append(tx, Some(by), "job.retried", &id.to_string(), &json!({}))
            })
            .await
    }
}

pub(super) fn problem(
    severity: Severity,
    id: impl Into<String>,
    title: impl Into<String>,
    why: impl Into<String>,
    fix: impl Into<String>,
    link: impl Into<String>,
) -> Problem {
    Problem { id: id.into(), severity, title: title.into(), why: why.into(), fix: fix.into(), link: link.into(), job: None }
}

fn of_the_house(tx: &ReadTx, base_url: Option<&str>, free: Option<u64>, found: &mut Vec<Problem>) -> Result<()> {
    use Severity::{Hint, Urgent, Warning};
    match base_url {
        None => found.push(problem(
            Warning,
            "address",
            "Nobody told me my own address",
            "Links in mails, invitations and embed codes are built from the address your browser happens to use. Behind a proxy that guess can be wrong.",
            "Set BASE_URL=https://… in /etc/deskbell/deskbell.conf and restart.",
            "",
        )),
        Some(url) if !url.starts_with("https://") => found.push(problem(
            Urgent,
            "https",
            "The desk is reached without HTTPS",
            "Passwords and everything people write travel readable for anybody on the way, and browsers refuse notices and the clipboard.",
            "Put a web server with a certificate in front (the README shows three), and set BASE_URL to the https address.",
            "",
        )),
        Some(_) => {}
    }
    if let Some(free) = free.filter(|free| *free < limits::DISK_FREE_MIN) {
        found.push(problem(
            Urgent,
            "disk",
            format!("Only {} MB are left on the disk", free / 1_048_576),
            "When it is full, nothing can be stored: visitors get an error for every message.",
            "Make room, or let old conversations be deleted by themselves (an inbox, Privacy).",
            "",
        ));
    }
    let size = health::size(tx)?;
    if size > limits::DATABASE_LARGE {
        found.push(problem(
            Hint,
            "size",
            format!("The database has grown to {:.1} GB", size as f64 / 1_073_741_824.0),
            "It works as before; backups take longer, and small machines like small files.",
            "Let resolved conversations be deleted after a while: an inbox, Privacy, Retention.",
            "inboxes",
        ));
    }
    if !knows_zones() {
        found.push(problem(
            Warning,
            "zones",
            "This machine knows no time zones",
            "Business hours, quiet hours and reports in any zone but UTC cannot be reckoned.",
            "Install them: `apt install tzdata`, then restart.",
            "",
        ));
    }
    if health::newest_change(tx)?.is_some_and(|at| at > tx.now + limits::CLOCK_SLACK_MS) {
        found.push(problem(
            Urgent,
            "clock",
            "The clock of this machine went back",
            "The newest message lies in the future. Sessions, snoozes and deadlines end too late, and the order of things looks wrong.",
            "Let the machine keep its time by itself: `timedatectl set-ntp true`.",
            "",
        ));
    }
    let backed_up: Option<Millis> = settings::find(tx, "backup_at")?.and_then(|text| text.parse().ok());
    match backed_up {
        None => found.push(problem(
            Warning,
            "backup",
            "I know of no backup",
            "All of this desk is one file on one disk. Disks die.",
            "Switch the nightly one on: `systemctl enable --now deskbell-backup.timer`, and keep some on another disk (`deskbell backup --to FOLDER`). Or make one now under Backups.",
            "backups",
        )),
        Some(at) if at + limits::BACKUP_OLD_MS < tx.now => found.push(problem(
            Warning,
            "backup",
            format!("The last backup is {} days old", (tx.now - at) / DAY_MS),
            "What came in since would be lost with the disk.",
            "Look after what runs `deskbell backup` at night (`systemctl status deskbell-backup`); it seems to have stopped. Or make one now under Backups.",
            "backups",
        )),
        Some(_) => {}
    }
    Ok(())
}

fn of_people(tx: &ReadTx, found: &mut Vec<Problem>) -> Result<()> {
    use Severity::{Hint, Warning};
    let all = agents::all(tx)?;
    let is_active = |agent: &&crate::model::agent::Agent| agent.suspended_at.is_none() && agent.has_password;
    let owners: Vec<_> = all.iter().filter(is_active).filter(|agent| agent.role == Role::Owner).collect();
    if !owners.is_empty() && !owners.iter().any(|owner| owner.two_factor) {
        found.push(problem(
            Warning,
            "second_factor",
            "No owner has a second factor",
            "Whoever learns one password has everything: all conversations, all settings, everybody's address.",
            "Profile, Two-factor: an app on your phone, two minutes.",
            "profile",
        ));
    }
    let late = health::never_came(tx, tx.now - limits::INVITATION_LATE_MS)?;
    if !late.is_empty() {
        found.push(problem(
            Hint,
            "invited",
            format!("{} never came", late.join(", ")),
            "The invitation was more than a week ago and its link is over.",
            "Send a new link, or suspend the account so that it does not lie around.",
            "agents",
        ));
    }
    for team in teams::all(tx)?.into_iter().filter(|team| team.members.is_empty()) {
        found.push(problem(
            Warning,
            format!("team:{}", team.uuid),
            format!("Nobody is in the team {}", team.name),
            "What is given to it waits until somebody happens to look.",
            "Add somebody, or remove the team.",
            "teams",
        ));
    }
    for hours in hours::all(tx)? {
        let standing = hours.plan.standing(tx.now);
        if !standing.open && standing.until.is_none() {
            found.push(problem(
                Warning,
                format!("hours:{}", hours.uuid),
                format!("The business hours {} never open", hours.name),
                "Every inbox and team that goes by them says that nobody is here, always.",
                "Open at least one day, or let the inbox be always open.",
                format!("hours/{}", hours.uuid),
            ));
        }
    }
    Ok(())
}

fn of_an_inbox(tx: &ReadTx, inbox: &Inbox, found: &mut Vec<Problem>) -> Result<()> {
    use Severity::{Hint, Urgent, Warning};
    let (uuid, name) = (inbox.uuid, &inbox.name);
    let page = |tab: &str| format!("inboxes/{uuid}/{tab}");
    if !inbox.enabled {
        found.push(problem(
            Hint,
            format!("off:{uuid}"),
            format!("{name} is switched off"),
            "Where its code is on a page, nothing appears, and nobody can write.",
            "Turn it on, or take the code out of the site.",
            page("general"),
        ));
        return Ok(());
    }
    if inbox.called_at.is_none() && inbox.created_at + limits::SITE_LATE_MS < tx.now && start::first_message_at(tx, inbox.id)?.is_none() {
        found.push(problem(
            Warning,
            format!("unseen:{uuid}"),
            format!("{name} was never seen on a site"),
            "No page has asked for its chat so far, so nobody can write to you there.",
            "Paste the embed code into your site, or share the link of the full page.",
            page("installation"),
        ));
    }
    if inbox.access.blocked.iter().any(|network| network.prefix_len() == 0) {
        found.push(problem(
            Urgent,
            format!("blocked:{uuid}"),
            format!("{name} shuts everybody out"),
            "One of the blocked addresses covers the whole internet.",
            "Take that line out of the blocked addresses.",
            page("security"),
        ));
    }
    if inbox.config.access == "verified" && inbox.secret.is_none() {
        found.push(problem(
            Urgent,
            format!("locked:{uuid}"),
            format!("Nobody can write to {name}"),
            "Only people with a signed token may, and there is no secret key to sign one with.",
            "Generate the secret key, or let anonymous people write.",
            page("security"),
        ));
    }
    let privacy = &inbox.config.privacy;
    if privacy.retention_days == 0 && privacy.visitor_days == 0 {
        found.push(problem(
            Hint,
            format!("retention:{uuid}"),
            format!("{name} keeps everything for ever"),
            "What is not there cannot leak, and many laws ask how long you keep what people write.",
            "Choose after how many days resolved conversations and anonymous visitors are deleted.",
            page("privacy"),
        ));
    }
    Ok(())
}

fn times(count: u32) -> String {
    match count {
        0 | 1 => "once".into(),
        count => format!("{count} times"),
    }
}

fn of_jobs(tx: &ReadTx, found: &mut Vec<Problem>) -> Result<()> {
    let (jobs, count) = health::buried(tx, limits::BURIED_SHOWN)?;
    for job in jobs {
        let what = match job.kind.as_str() {
            "verification_mail" => "A code by mail",
            "link_mail" => "A link for an agent by mail",
            "survey_mail" => "A survey by mail",
            "notice_mail" => "Unread notices by mail",
            "forgotten" => "A forgotten password",
            "transcript" => "A conversation by mail",
            "wake_conversation" => "Waking a snoozed conversation",
            "erase" => "Erasing a person",
            other => other,
        };
        let mut buried = problem(
            Severity::Warning,
            format!("job:{}", job.id),
            format!("{what} was given up"),
            format!("I tried {}. The last answer was: {}", times(job.attempts), job.error),
            if count > i64::from(limits::BURIED_SHOWN) {
                format!("Mend the cause and try again. There are {count} such jobs in all.")
            } else {
                "Mend the cause and try again.".into()
            },
            "",
        );
        buried.job = Some(job.id);
        found.push(buried);
    }
    Ok(())
}
