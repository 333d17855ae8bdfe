//! When somebody is here: a week of opening hours with its exceptions, in a time zone.
//!
//! Everything is decided on instants. A time of the wall means the first instant at which the wall shows that time or a later one: in the
//! hour that is skipped in spring that is the moment of the skip, in the hour that comes twice in autumn it is the first of both.

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::{HoursId, Uuid};
use crate::base::{limits, text};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;
/// How far ahead the next change is looked for: a year of holidays is "no end in sight".
const HORIZON_DAYS: usize = 400;
/// How many times the door opens or closes while time is counted: two years of days with a lunch break.
const TURNS_MAX: usize = 3_000;

/// A set of business hours as it is stored.
#[derive(Debug, Clone)]
pub struct Hours {
    pub id: HoursId,
    pub uuid: Uuid,
    pub name: String,
    pub plan: Plan,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// What a set of hours says, checked.
#[derive(Debug, Clone)]
pub struct Plan {
    zone: TimeZone,
    pub weekly: Week,
    /// In order, each day once.
    pub holidays: Vec<Holiday>,
}

/// The spans of each day of a week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Week {
    pub monday: Vec<Span>,
    pub tuesday: Vec<Span>,
    pub wednesday: Vec<Span>,
    pub thursday: Vec<Span>,
    pub friday: Vec<Span>,
    pub saturday: Vec<Span>,
    pub sunday: Vec<Span>,
}

/// From a minute of the day to another one; to the next day's when `until` is not later. Written `["22:00", "02:00"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(String, String)", into = "(String, String)")]
pub struct Span {
    /// 0 to 1,439.
    from: u16,
    /// 0 to 1,440.
    until: u16,
}

/// A day on which no span begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub date: Date,
    #[serde(default)]
    pub name: String,
}

/// Open or closed, and until when that stays so. `None` = no change in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub open: bool,
    pub until: Option<Millis>,
}

impl Standing {
    /// Of somebody without hours.
    pub const ALWAYS: Standing = Standing { open: true, until: None };
}

impl Plan {
    /// Checks what an admin typed; the error names the field.
    pub fn new(zone: &str, weekly: Week, holidays: Vec<Holiday>) -> Result<Plan> {
        let mut weekly = weekly;
        for (day, spans) in weekly.days_mut() {
            if spans.len() > limits::HOURS_SPANS_PER_DAY_MAX {
                return Err(Error::invalid(format!("At most {} spans on one day.", limits::HOURS_SPANS_PER_DAY_MAX)).in_field(day));
            }
            spans.sort();
        }
        if holidays.len() > limits::HOLIDAYS_MAX {
            return Err(Error::invalid(format!("At most {} holidays.", limits::HOLIDAYS_MAX)).in_field("holidays"));
        }
        let mut holidays = holidays;
        for holiday in &mut holidays {
            holiday.name = text::clean_line(&holiday.name, 100);
        }
        holidays.sort_by_key(|holiday| holiday.date);
        holidays.dedup_by_key(|holiday| holiday.date);
        Ok(Plan { zone: zone_named(zone)?, weekly, holidays })
    }

    /// The IANA name of the zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Minutes that the zone's wall is ahead of UTC at `now`.
    pub fn utc_offset_minutes(&self, now: Millis) -> i32 {
        self.zone.to_offset(instant(now)).seconds() / 60
    }

    /// Whether somebody is here at `now`.
    pub fn open_at(&self, now: Millis) -> bool {
        self.standing(now).open
    }

    /// When `open_at` changes next after `now`.
    pub fn next_change(&self, now: Millis) -> Option<Millis> {
        self.standing(now).until
    }

    /// Both at once.
    pub fn standing(&self, now: Millis) -> Standing {
        let Ok(at) = Timestamp::from_millisecond(now) else { return Standing { open: false, until: None } };
        let mut open_until: Option<Timestamp> = None;
        // From the day before, whose last span may reach into today.
        let Ok(mut day) = self.zone.to_datetime(at).date().checked_sub(1.day()) else { return Standing { open: false, until: None } };
        for _ in 0..HORIZON_DAYS {
            // Days and their spans come in the order in which they begin, so one look at each is enough.
            for (from, until) in self.spans_of(day) {
                match open_until {
                    None if until <= at => {}
                    None if from > at => return Standing { open: false, until: Some(from.as_millisecond()) },
                    None => open_until = Some(until),
                    Some(end) if from <= end => open_until = Some(end.max(until)),
                    Some(end) => return Standing { open: true, until: Some(end.as_millisecond()) },
                }
            }
            let Ok(next) = day.checked_add(1.day()) else { break };
            day = next;
        }
        match open_until {
            None => Standing { open: false, until: None },
            // Open to the end of what was looked at: always open.
            Some(end) if self.wall(day.to_datetime(jiff::civil::Time::midnight())).is_none_or(|horizon| end >= horizon) => Standing::ALWAYS,
            Some(end) => Standing { open: true, until: Some(end.as_millisecond()) },
        }
    }

    /// The moment at which the house has been open for `ms` since `from`; `None` when that is out of sight (closed for a year).
    pub fn after_open(&self, from: Millis, ms: Millis) -> Option<Millis> {
        let (mut at, mut left) = (from, ms.max(0));
        for _ in 0..TURNS_MAX {
            if left == 0 {
                return Some(at);
            }
            let standing = self.standing(at);
            match (standing.open, standing.until) {
                (true, None) => return Some(at + left),
                (true, Some(until)) if until - at >= left => return Some(at + left),
                (true, Some(until)) => left -= until - at,
                (false, None) => return None,
                (false, Some(_)) => {}
            }
            at = standing.until?;
        }
        None
    }

    /// How long the house was open between two moments.
    pub fn open_between(&self, from: Millis, until: Millis) -> Millis {
        let (mut at, mut open) = (from, 0);
        for _ in 0..TURNS_MAX {
            if at >= until {
                break;
            }
            let standing = self.standing(at);
            let turn = standing.until.unwrap_or(until).min(until);
            open += if standing.open { turn - at } else { 0 };
            at = turn;
        }
        open
    }

    /// What begins on `day`, as instants. What a clock change swallows whole is left out.
    fn spans_of(&self, day: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let is_holiday = self.holidays.binary_search_by_key(&day, |holiday| holiday.date).is_ok();
        let spans = if is_holiday { &[][..] } else { self.weekly.day(day.weekday()) };
        spans.iter().filter_map(move |span| {
            let midnight = day.to_datetime(jiff::civil::Time::midnight());
            let minutes = if span.until <= span.from { span.until + DAY } else { span.until };
            let from = self.wall(midnight.checked_add(i64::from(span.from).minutes()).ok()?)?;
            let until = self.wall(midnight.checked_add(i64::from(minutes).minutes()).ok()?)?;
            (from < until).then_some((from, until))
        })
    }

    /// The first instant at which the wall shows `time` or later.
    fn wall(&self, time: DateTime) -> Option<Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(time);
        match ambiguous.offset() {
            // Read with the offset after the skip the time lies before it, so that the skip is what follows.
            AmbiguousOffset::Gap { .. } => self.zone.following(ambiguous.earlier().ok()?).next().map(|skip| skip.timestamp()),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        }
    }
}

impl Week {
    /// The spans of a day.
    pub fn day(&self, day: Weekday) -> &[Span] {
        match day {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    fn days_mut(&mut self) -> [(&'static str, &mut Vec<Span>); 7] {
        [
            ("weekly.monday", &mut self.monday),
            ("weekly.tuesday", &mut self.tuesday),
            ("weekly.wednesday", &mut self.wednesday),
            ("weekly.thursday", &mut self.thursday),
            ("weekly.friday", &mut self.friday),
            ("weekly.saturday", &mut self.saturday),
            ("weekly.sunday", &mut self.sunday),
        ]
    }
}

impl Span {
    /// Reads two times of the day; `24:00` is the midnight at its end.
    pub fn parse(from: &str, until: &str) -> Option<Span> {
        let (from, until) = (minutes(from)?, minutes(until)?);
        (from < DAY).then_some(Span { from, until })
    }

    /// When it begins, `09:00`.
    pub fn begins(self) -> String {
        clock(self.from)
    }

    /// When it ends, `17:30`.
    pub fn ends(self) -> String {
        clock(self.until)
    }

    /// Whether it runs past midnight.
    pub fn is_overnight(self) -> bool {
        self.until <= self.from
    }
}

impl TryFrom<(String, String)> for Span {
    type Error = &'static str;
    fn try_from((from, until): (String, String)) -> Result<Span, &'static str> {
        Span::parse(&from, &until).ok_or("a span is two times of the day such as 09:00 and 17:30")
    }
}

impl From<Span> for (String, String) {
    fn from(span: Span) -> (String, String) {
        (span.begins(), span.ends())
    }
}

/// `18:30` in minutes, up to and with 24:00.
pub(super) fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| (text.len() == 2 && text.bytes().all(|c| c.is_ascii_digit())).then(|| text.parse::<u16>().ok())?;
    let all = number(hour)? * 60 + number(minute).filter(|minute| *minute < 60)?;
    (all <= DAY).then_some(all)
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn instant(ms: Millis) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Whether this machine has tables of time zones at all.
pub fn knows_zones() -> bool {
    zone_named("Europe/Berlin").is_ok()
}

/// A zone by its IANA name, from the machine's tables.
pub fn zone_named(name: &str) -> Result<TimeZone> {
    let plain = name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
    let found = plain.then(|| TimeZone::get(name).ok()).flatten().filter(|zone| zone.iana_name().is_some());
    found.ok_or_else(|| Error::invalid("There is no such time zone. Expected a name such as Europe/Berlin.").in_field("time_zone"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn spans(of: &[(&str, &str)]) -> Vec<Span> {
        of.iter().map(|(from, until)| Span::parse(from, until).unwrap()).collect()
    }

    fn every_day(of: &[(&str, &str)]) -> Week {
        let day = spans(of);
        Week {
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day.clone(),
            saturday: day.clone(),
            sunday: day,
        }
    }

    fn plan(zone: &str, weekly: Week, holidays: &[&str]) -> Plan {
        let holidays = holidays.iter().map(|date| Holiday { date: date.parse().unwrap(), name: String::new() }).collect();
        Plan::new(zone, weekly, holidays).unwrap()
    }

    #[test]
    fn an_office_with_a_lunch_break() {
        let plan = plan("Europe/Berlin", Week { monday: spans(&[("13:00", "17:30"), ("09:00", "12:00")]), ..Week::default() }, &[]);
        // 2026-11-23 is a Monday; Berlin is an hour ahead.
        for (time, open, until) in [
            ("2026-11-23T07:59:59Z", false, "2026-11-23T08:00:00Z"),
            ("2026-11-23T08:00:00Z", true, "2026-11-23T11:00:00Z"),
            ("2026-11-23T11:00:00Z", false, "2026-11-23T12:00:00Z"),
            ("2026-11-23T16:29:59Z", true, "2026-11-23T16:30:00Z"),
            ("2026-11-23T16:30:00Z", false, "2026-11-30T08:00:00Z"),
        ] {
            assert_eq!(plan.standing(at(time)), Standing { open, until: Some(at(until)) }, "{time}");
        }
        assert_eq!(plan.utc_offset_minutes(at("2026-11-23T08:00:00Z")), 60);
        assert_eq!(plan.utc_offset_minutes(at("2026-07-01T08:00:00Z")), 120);
    }

    #[test]
    fn a_bar_past_midnight_and_the_holiday_belongs_to_the_evening() {
        // 2026-12-24 is a Thursday.
        let plan = plan("UTC", every_day(&[("18:00", "02:00")]), &["2026-12-24"]);
        assert!(plan.open_at(at("2026-12-24T01:59:59Z")), "the 23rd's evening runs into the holiday");
        assert!(!plan.open_at(at("2026-12-24T18:00:00Z")));
        assert!(!plan.open_at(at("2026-12-25T01:00:00Z")), "the holiday's evening runs past midnight too");
        assert_eq!(plan.next_change(at("2026-12-24T02:00:00Z")), Some(at("2026-12-25T18:00:00Z")));
    }

    #[test]
    fn spans_that_touch_are_one_and_the_whole_day_is_for_ever() {
        let touching =
            plan("UTC", Week { monday: spans(&[("20:00", "24:00")]), tuesday: spans(&[("00:00", "03:00")]), ..Week::default() }, &[]);
        assert_eq!(touching.next_change(at("2026-11-23T21:00:00Z")), Some(at("2026-11-24T03:00:00Z")));
        for whole in [("00:00", "24:00"), ("00:00", "00:00"), ("09:00", "09:00")] {
            let plan = plan("Europe/Berlin", every_day(&[whole]), &[]);
            assert_eq!(plan.standing(at("2026-11-23T21:00:00Z")), Standing::ALWAYS, "{whole:?}");
        }
        let with_a_holiday = plan("UTC", every_day(&[("00:00", "24:00")]), &["2026-12-25"]);
        assert_eq!(with_a_holiday.next_change(at("2026-11-23T21:00:00Z")), Some(at("2026-12-25T00:00:00Z")));
        let never = plan("UTC", Week::default(), &[]);
        assert_eq!(never.standing(at("2026-11-23T21:00:00Z")), Standing { open: false, until: None });
    }

    #[test]
    fn the_hour_that_is_skipped() {
        // Berlin, 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC.
        let late = plan("Europe/Berlin", every_day(&[("02:30", "05:00")]), &[]);
        assert_eq!(late.next_change(at("2026-03-29T00:00:00Z")), Some(at("2026-03-29T01:00:00Z")), "half past two is at three that day");
        let early = plan("Europe/Berlin", every_day(&[("00:00", "02:30")]), &[]);
        assert_eq!(early.next_change(at("2026-03-29T00:00:00Z")), Some(at("2026-03-29T01:00:00Z")));
        let inside = plan("Europe/Berlin", every_day(&[("02:10", "02:50")]), &[]);
        assert_eq!(inside.next_change(at("2026-03-29T00:00:00Z")), Some(at("2026-03-30T00:10:00Z")), "swallowed whole");
        let night = plan("Europe/Berlin", every_day(&[("22:00", "06:00")]), &[]);
        assert_eq!(night.next_change(at("2026-03-28T21:00:00Z")), Some(at("2026-03-29T04:00:00Z")), "a night of seven hours");
    }

    #[test]
    fn time_is_counted_while_the_door_is_open() {
        // An office from nine to five with an hour for lunch; 2026-12-24 is a Thursday, the 25th a holiday.
        let day = spans(&[("09:00", "12:00"), ("13:00", "17:00")]);
        let week = Week {
            monday: day.clone(),
            tuesday: day.clone(),
            wednesday: day.clone(),
            thursday: day.clone(),
            friday: day,
            ..Week::default()
        };
        let office = plan("Europe/Berlin", week, &["2026-12-25"]);
        for (from, minutes, due) in [
            ("2026-11-23T08:00:00Z", 60, "2026-11-23T09:00:00Z"),
            ("2026-11-23T10:30:00Z", 60, "2026-11-23T12:30:00Z"),
            ("2026-11-23T05:00:00Z", 60, "2026-11-23T09:00:00Z"),
            ("2026-11-27T15:30:00Z", 60, "2026-11-30T08:30:00Z"),
            ("2026-11-28T12:00:00Z", 0, "2026-11-28T12:00:00Z"),
            ("2026-12-24T15:30:00Z", 60, "2026-12-28T08:30:00Z"),
            // 7 hours of Friday the 23rd October in summer time, 7 of Monday in winter time.
            ("2026-10-23T07:00:00Z", 14 * 60, "2026-10-26T16:00:00Z"),
            ("2026-03-27T08:00:00Z", 14 * 60, "2026-03-30T15:00:00Z"),
        ] {
            let due = at(due);
            assert_eq!(office.after_open(at(from), minutes * 60_000), Some(due), "{from} + {minutes}");
            assert_eq!(office.open_between(at(from), due), minutes * 60_000, "{from} + {minutes}");
        }
        let night = plan("Europe/Berlin", every_day(&[("22:00", "06:00")]), &[]);
        assert_eq!(
            night.open_between(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")),
            9 * 3_600_000,
            "the night with an hour more"
        );
        assert_eq!(
            night.open_between(at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")),
            7 * 3_600_000,
            "the night with an hour less"
        );
        let never = plan("UTC", Week::default(), &[]);
        assert_eq!((never.after_open(0, 1), never.open_between(0, 1_000_000)), (None, 0));
        let always = plan("UTC", every_day(&[("00:00", "24:00")]), &[]);
        assert_eq!((always.after_open(5, 86_400_000), always.open_between(5, 86_400_005)), (Some(86_400_005), 86_400_000));
        assert_eq!(always.open_between(5, 4), 0, "a clock that was set back");
    }

    #[test]
    fn the_hour_that_comes_twice() {
        // Berlin, 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC.
        let inside = plan("Europe/Berlin", every_day(&[("02:10", "02:50")]), &[]);
        assert_eq!(inside.next_change(at("2026-10-25T00:00:00Z")), Some(at("2026-10-25T00:10:00Z")));
        assert_eq!(inside.next_change(at("2026-10-25T00:10:00Z")), Some(at("2026-10-25T00:50:00Z")));
        assert!(!inside.open_at(at("2026-10-25T01:30:00Z")), "once a day is enough");
        let night = plan("Europe/Berlin", every_day(&[("22:00", "06:00")]), &[]);
        assert_eq!(night.next_change(at("2026-10-24T20:00:00Z")), Some(at("2026-10-25T05:00:00Z")), "a night of nine hours");
    }

    #[test]
    fn a_day_that_never_was() {
        // Samoa went from the 29th to the 31st of December 2011, a Saturday.
        let plan = plan("Pacific/Apia", every_day(&[("09:00", "17:00")]), &[]);
        assert_eq!(plan.next_change(at("2011-12-30T09:00:00Z")), Some(at("2011-12-30T19:00:00Z")), "9:00 of the 31st, 14 hours ahead");
    }

    #[test]
    fn what_is_typed_is_read_strictly_and_written_back() {
        for bad in
            [("9:00", "17:00"), ("09:00", "17:60"), ("24:00", "17:00"), ("09:00", "24:01"), ("", ""), ("+9:00", "10:00"), ("09", "10")]
        {
            assert_eq!(Span::parse(bad.0, bad.1), None, "{bad:?}");
        }
        let week: Week = serde_json::from_str(r#"{"friday":[["22:00","02:00"]]}"#).unwrap();
        assert!(week.friday[0].is_overnight());
        assert!(serde_json::to_string(&week).unwrap().contains(r#""friday":[["22:00","02:00"]]"#));
        assert!(serde_json::from_str::<Week>(r#"{"freitag":[]}"#).is_err());
        assert!(serde_json::from_str::<Holiday>(r#"{"date":"2026-02-30"}"#).is_err());
        for zone in ["", "Berlin", "../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "CET-1CEST"] {
            assert_eq!(Plan::new(zone, Week::default(), Vec::new()).unwrap_err().field.as_deref(), Some("time_zone"), "{zone}");
        }
        let many = Week { sunday: spans(&[("01:00", "02:00"); limits::HOURS_SPANS_PER_DAY_MAX + 1]), ..Week::default() };
        assert_eq!(Plan::new("UTC", many, Vec::new()).unwrap_err().field.as_deref(), Some("weekly.sunday"));
    }

    #[test]
    fn the_machine_knows_the_zones() {
        assert!(knows_zones(), "the package tzdata is installed");
    }

    fn any_span() -> impl Strategy<Value = Span> {
        (0..DAY, 0..=DAY).prop_map(|(from, until)| Span { from, until })
    }

    fn any_plan() -> impl Strategy<Value = Plan> {
        let day = || proptest::collection::vec(any_span(), 0..3);
        let week = (day(), day(), day(), day(), day(), day(), day());
        let zone = proptest::sample::select(vec![
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Pacific/Apia",
        ]);
        (zone, week, proptest::collection::vec(0..400i64, 0..10)).prop_map(|(zone, days, holidays)| {
            let (monday, tuesday, wednesday, thursday, friday, saturday, sunday) = days;
            let first = jiff::civil::date(2026, 1, 1);
            let holidays =
                holidays.into_iter().map(|n| Holiday { date: first.checked_add(n.days()).unwrap(), name: String::new() }).collect();
            Plan::new(zone, Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday }, holidays).unwrap()
        })
    }

    /// What a clerk with a calendar and a clock in UTC would say.
    fn by_hand(plan: &Plan, now: Millis) -> bool {
        let wall = TimeZone::UTC.to_datetime(instant(now));
        let minute = wall.hour() as u16 * 60 + wall.minute() as u16;
        let begins_on = |day: Date| if plan.holidays.iter().any(|h| h.date == day) { &[][..] } else { plan.weekly.day(day.weekday()) };
        let (today, yesterday) = (wall.date(), wall.date().yesterday().unwrap());
        begins_on(today).iter().any(|span| minute >= span.from && (span.is_overnight() || minute < span.until))
            || begins_on(yesterday).iter().any(|span| span.is_overnight() && minute < span.until)
    }

    proptest! {
        #[test]
        fn in_utc_it_is_what_the_clock_on_the_wall_says(plan in any_plan(), minutes in 0..600_000i64) {
            let plan = Plan { zone: TimeZone::UTC, ..plan };
            let now = at("2026-01-01T00:00:00Z") + minutes * 60_000;
            prop_assert_eq!(plan.open_at(now), by_hand(&plan, now));
        }

        #[test]
        fn the_next_change_is_a_change_and_the_first_one(plan in any_plan(), minutes in 0..600_000i64, part in 0..1000i64) {
            let now = at("2026-01-01T00:00:00Z") + minutes * 60_000;
            let Standing { open, until } = plan.standing(now);
            let horizon = now + 40 * 24 * 3_600_000;
            if let Some(until) = until {
                prop_assert!(until > now);
                prop_assert_eq!(plan.open_at(until), !open);
                prop_assert_eq!(plan.open_at(until - 1), open);
            }
            let between = now + (until.unwrap_or(horizon) - 1 - now) / 1000 * part;
            prop_assert_eq!(plan.open_at(between), open);
        }
    }
}
