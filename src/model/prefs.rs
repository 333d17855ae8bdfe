//! How an agent likes to be called: kept with him, so that it follows him to every browser.

use super::hours;
use super::notice::NoticeKind;
use crate::base::error::{Error, Result};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The longest wait before unread notices are mailed: a day.
const MAIL_AFTER_MIN_MAX: u16 = 24 * 60;

/// Preferences of one agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prefs {
    /// Kinds of notices that are kept for him at all.
    pub notices: Vec<String>,
    /// Kinds that also wake his phones and browsers.
    pub push: Vec<String>,
    /// When nothing wakes him.
    pub quiet: Quiet,
    /// What is unread for so many minutes is mailed; 0 = never.
    pub mail_after_min: u16,
}

/// A span of every day, in the agent's own time zone; it may pass midnight. Empty or equal times are no span.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quiet {
    /// As `22:00`.
    pub from: String,
    pub to: String,
    /// IANA name; empty is UTC.
    pub time_zone: String,
}

impl Default for Prefs {
    fn default() -> Prefs {
        let words = |kinds: &[NoticeKind]| kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        Prefs { notices: words(&NoticeKind::ALL), push: words(&NoticeKind::ALL), quiet: Quiet::default(), mail_after_min: 0 }
    }
}

impl Prefs {
    /// As kept; what cannot be read any more is as if nothing was chosen.
    pub fn parse(kept: &str) -> Prefs {
        serde_json::from_str(kept).unwrap_or_default()
    }

    /// The text in which they are kept.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Refuses what makes no sense; the error names the field.
    pub fn checked(self) -> Result<Prefs> {
        for (field, kinds) in [("prefs.notices", &self.notices), ("prefs.push", &self.push)] {
            if let Some(word) = kinds.iter().find(|word| NoticeKind::parse(word).is_none()) {
                let word: String = word.chars().take(40).collect();
                return Err(Error::invalid(format!("There is no kind of notice \"{word}\".")).in_field(field));
            }
        }
        for (field, time) in [("prefs.quiet.from", &self.quiet.from), ("prefs.quiet.to", &self.quiet.to)] {
            if !time.is_empty() && minutes(time).is_none() {
                return Err(Error::invalid("Write a time like 22:00.").in_field(field));
            }
        }
        if !self.quiet.time_zone.is_empty() && TimeZone::get(&self.quiet.time_zone).is_err() {
            return Err(Error::invalid("There is no such time zone.").in_field("prefs.quiet.time_zone"));
        }
        if self.mail_after_min > MAIL_AFTER_MIN_MAX {
            return Err(Error::invalid("At most a day: 1440 minutes.").in_field("prefs.mail_after_min"));
        }
        Ok(self)
    }

    /// Whether notices of this kind are kept for him.
    pub fn wants(&self, kind: NoticeKind) -> bool {
        self.notices.iter().any(|word| word == kind.as_str())
    }

    /// Whether this kind wakes him at all.
    pub fn pushes(&self, kind: NoticeKind) -> bool {
        self.push.iter().any(|word| word == kind.as_str())
    }

    /// Whether this kind wakes him at `now`, in milliseconds since 1970.
    pub fn wakes(&self, kind: NoticeKind, now: i64) -> bool {
        self.pushes(kind) && !self.quiet.holds(now)
    }
}

impl Quiet {
    /// Whether `now` lies within.
    pub fn holds(&self, now: i64) -> bool {
        let (Some(from), Some(to)) = (minutes(&self.from), minutes(&self.to)) else { return false };
        let zone = TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC);
        let Ok(at) = jiff::Timestamp::from_millisecond(now) else { return false };
        let at = at.to_zoned(zone);
        let at = at.hour() as u16 * 60 + at.minute() as u16;
        if from < to { (from..to).contains(&at) } else { from != to && (at >= from || at < to) }
    }
}

/// A time of the wall in minutes; unlike an end of opening hours, never 24:00.
fn minutes(text: &str) -> Option<u16> {
    hours::minutes(text).filter(|at| *at < hours::DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_pass_midnight_and_follow_the_agents_clock() {
        let quiet = |from: &str, to: &str, zone: &str| Quiet { from: from.into(), to: to.into(), time_zone: zone.into() };
        // Monday the 6th of January 2031, 21:30 in UTC.
        let at = 1_925_424_000_000 + (21 * 60 + 30) * 60_000;
        assert!(quiet("22:00", "07:00", "Europe/Berlin").holds(at));
        assert!(!quiet("22:00", "07:00", "").holds(at));
        assert!(quiet("21:00", "22:00", "UTC").holds(at));
        assert!(!quiet("", "", "").holds(at) && !quiet("08:00", "08:00", "").holds(at) && !quiet("99:00", "07:00", "").holds(at));
        assert!(!quiet("24:00", "23:00", "").holds(at) && !quiet("+9:00", "23:00", "").holds(at));
    }

    #[test]
    fn what_is_kept_is_read_again_and_nonsense_is_refused() {
        let prefs = Prefs { mail_after_min: 30, push: vec!["mention".into()], ..Prefs::default() };
        assert_eq!(Prefs::parse(&prefs.text()), prefs);
        assert_eq!(Prefs::parse("{}"), Prefs::default());
        assert_eq!(Prefs::parse("nonsense"), Prefs::default());
        assert!(!prefs.wakes(NoticeKind::Message, 0) && prefs.wakes(NoticeKind::Mention, 0) && prefs.wants(NoticeKind::Message));
        let refused = |prefs: Prefs| prefs.checked().unwrap_err().field.clone().unwrap();
        assert_eq!(refused(Prefs { push: vec!["x".into()], ..Prefs::default() }), "prefs.push");
        assert_eq!(refused(Prefs { quiet: Quiet { from: "7".into(), ..Quiet::default() }, ..Prefs::default() }), "prefs.quiet.from");
        assert_eq!(refused(Prefs { mail_after_min: 5000, ..Prefs::default() }), "prefs.mail_after_min");
    }
}
