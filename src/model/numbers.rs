//! Statistics: how long things took, when they happened by somebody's wall, and which part of a time lies in opening hours. Pure; a report
//! is these, filled by one pass over what the store found.

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::model::hours::Plan;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

/// Milliseconds of an hour and of a day.
pub const HOUR: Millis = 3_600_000;
/// Milliseconds of a day without a clock change.
pub const DAY: Millis = 24 * HOUR;
/// How finely the store counts messages before they are put to hours and days of a zone: every zone is off UTC by quarters of an hour.
pub const QUARTER: Millis = 15 * 60_000;

/// Up to which times first answers are put together; what takes longer is the last group.
pub const BANDS: [Millis; 6] = [60_000, 5 * 60_000, 15 * 60_000, HOUR, 4 * HOUR, DAY];

/// Times that things took.
#[derive(Debug, Clone, Default)]
pub struct Durations(Vec<Millis>);

/// Half of them were quicker than the median, nine tenths quicker than `p90`. Both are `None` when there was nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spread {
    pub count: usize,
    pub median: Option<Millis>,
    pub p90: Option<Millis>,
}

impl Durations {
    /// One more. A clock that went backwards counts as nothing lost.
    pub fn add(&mut self, took: Millis) {
        self.0.push(took.max(0));
    }

    /// What they are like.
    pub fn spread(&mut self) -> Spread {
        self.0.sort_unstable();
        let count = self.0.len();
        let middle = match count {
            0 => None,
            odd if odd % 2 == 1 => Some(self.0[count / 2]),
            _ => Some((self.0[count / 2 - 1] + self.0[count / 2]) / 2),
        };
        // The nearest rank: a time that really happened.
        let p90 = (count > 0).then(|| self.0[(count * 9).div_ceil(10) - 1]);
        Spread { count, median: middle, p90 }
    }

    /// How many took less than each of `BANDS`, and how many longer.
    pub fn bands(&self) -> [usize; BANDS.len() + 1] {
        let mut bands = [0; BANDS.len() + 1];
        for took in &self.0 {
            bands[BANDS.iter().position(|limit| took < limit).unwrap_or(BANDS.len())] += 1;
        }
        bands
    }
}

/// Everything a report may say of some conversations.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Conversations that began.
    pub new: u32,
    /// Conversations whose last resolution lies in the period.
    pub resolved: u32,
    /// Messages of contacts and of agents.
    pub incoming: u32,
    /// Messages of agents to contacts.
    pub outgoing: u32,
    /// From the beginning to the first answer of an agent, of conversations that began in the period.
    pub first: Durations,
    /// The same, counted in opening hours only.
    pub first_open: Durations,
    /// From the beginning to the resolution, of conversations resolved in the period.
    pub resolution: Durations,
    /// The same, counted in opening hours only.
    pub resolution_open: Durations,
    /// Began while somebody should be here.
    pub asked_open: u32,
    /// Began and was never answered by an agent.
    pub missed: u32,
    /// Of those, the ones that began outside opening hours.
    pub missed_closed: u32,
    /// Surveys that were asked.
    pub surveys: u32,
    /// Surveys that were answered, with or without stars.
    pub answered: u32,
    /// Answers with one to five stars.
    pub stars: [u32; 5],
}

impl Figures {
    /// The mean of the stars.
    pub fn average(&self) -> Option<f64> {
        let count: u32 = self.stars.iter().sum();
        let sum: u32 = self.stars.iter().zip(1..).map(|(count, stars)| count * stars).sum();
        (count > 0).then(|| f64::from(sum) / f64::from(count))
    }

    /// Whether nothing happened.
    pub fn is_empty(&self) -> bool {
        self.new + self.resolved + self.incoming + self.outgoing + self.surveys + self.answered == 0
    }
}

/// The times at which somebody should be here, in order, between two instants.
#[derive(Debug, Clone)]
pub struct OpenTimes {
    /// Begin, end, and how long it was open before the begin.
    spans: Vec<(Millis, Millis, Millis)>,
}

impl OpenTimes {
    /// All the time.
    pub fn always() -> OpenTimes {
        OpenTimes { spans: vec![(Millis::MIN / 4, Millis::MAX / 4, 0)] }
    }

    /// As `plan` says, from `from` to `to`.
    pub fn of(plan: &Plan, from: Millis, to: Millis) -> OpenTimes {
        let mut spans = Vec::new();
        let (mut at, mut before) = (from, 0);
        while at < to {
            let standing = plan.standing(at);
            // A plan that stands still would be walked for ever.
            let until = standing.until.filter(|until| *until > at).unwrap_or(to).min(to);
            if standing.open {
                spans.push((at, until, before));
                before += until - at;
            }
            at = until;
        }
        OpenTimes { spans }
    }

    /// Whether it is open at `at`.
    pub fn contains(&self, at: Millis) -> bool {
        let index = self.spans.partition_point(|(from, ..)| *from <= at);
        index.checked_sub(1).is_some_and(|index| at < self.spans[index].1)
    }

    /// How much of the time between two instants is open.
    pub fn between(&self, from: Millis, to: Millis) -> Millis {
        (self.until(to) - self.until(from)).max(0)
    }

    fn until(&self, at: Millis) -> Millis {
        let index = self.spans.partition_point(|(from, ..)| *from <= at);
        index.checked_sub(1).map_or(0, |index| {
            let (from, to, before) = self.spans[index];
            before + at.min(to) - from
        })
    }
}

/// Days and hours as the wall of one zone shows them.
pub struct Calendar {
    zone: TimeZone,
    /// The quarter of an hour that was asked for last, and its offset: what is counted comes in the order of time.
    last: Option<(Millis, Millis)>,
}

impl Calendar {
    /// Of a zone by its IANA name.
    pub fn new(zone: &str) -> Result<Calendar> {
        let known = TimeZone::get(zone).map_err(|_| Error::invalid("There is no such time zone.").in_field("zone"))?;
        Ok(Calendar { zone: known, last: None })
    }

    /// Hours since the wall's own 1970: the number of the hour that the wall shows.
    pub fn hour(&mut self, at: Millis) -> i64 {
        let quarter = at.div_euclid(QUARTER);
        let offset = match self.last {
            Some((known, offset)) if known == quarter => offset,
            _ => {
                let instant = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
                Millis::from(self.zone.to_offset(instant).seconds()) * 1000
            }
        };
        self.last = Some((quarter, offset));
        (at + offset).div_euclid(HOUR)
    }

    /// Monday = 0, and the hour of the day.
    pub fn weekday(&mut self, at: Millis) -> (usize, usize) {
        let hour = self.hour(at);
        // The first of January 1970 was a Thursday.
        ((hour.div_euclid(24) + 3).rem_euclid(7) as usize, hour.rem_euclid(24) as usize)
    }
}

/// The name of an hour of the wall: `2026-11-21 14:00`, or of its day: `2026-11-21`.
pub fn name_of(hour: i64, whole_day: bool) -> String {
    let day = day_of(hour.div_euclid(24)).unwrap_or(date(1970, 1, 1));
    if whole_day { day.to_string() } else { format!("{day} {:02}:00", hour.rem_euclid(24)) }
}

fn day_of(days: i64) -> Option<Date> {
    date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::hours::{Span, Week};

    fn spread(values: impl IntoIterator<Item = Millis>) -> Spread {
        let mut durations = Durations::default();
        values.into_iter().for_each(|value| durations.add(value));
        durations.spread()
    }

    #[test]
    fn median_and_p90_are_what_the_schoolbook_says() {
        assert_eq!(spread([]), Spread { count: 0, median: None, p90: None });
        assert_eq!(spread([7]), Spread { count: 1, median: Some(7), p90: Some(7) });
        assert_eq!(spread([4, 1]), Spread { count: 2, median: Some(2), p90: Some(4) });
        assert_eq!(spread([9, 1, 5]), Spread { count: 3, median: Some(5), p90: Some(9) });
        assert_eq!(spread(1..=10), Spread { count: 10, median: Some(5), p90: Some(9) });
        assert_eq!(spread((1..=100).rev()), Spread { count: 100, median: Some(50), p90: Some(90) });
        assert_eq!(spread([-5, -1]).median, Some(0), "a clock that went backwards");
    }

    #[test]
    fn bands_hold_each_duration_once() {
        let mut durations = Durations::default();
        for took in [0, 59_999, 60_000, HOUR, DAY - 1, DAY, 90 * DAY] {
            durations.add(took);
        }
        assert_eq!(durations.bands(), [2, 1, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn the_average_is_of_stars_only() {
        let figures = Figures { answered: 4, stars: [1, 0, 0, 0, 2], ..Figures::default() };
        assert_eq!(figures.average(), Some(11.0 / 3.0));
        assert_eq!(Figures { answered: 1, ..Figures::default() }.average(), None);
    }

    fn office() -> Plan {
        let nine_to_five = vec![Span::parse("09:00", "17:00").unwrap()];
        Plan::new("UTC", Week { monday: nine_to_five.clone(), tuesday: nine_to_five, ..Week::default() }, Vec::new()).unwrap()
    }

    /// Monday the 6th of January 2031, midnight in UTC.
    const MONDAY: Millis = 1_925_424_000_000;

    #[test]
    fn a_night_does_not_count_as_waiting() {
        let open = OpenTimes::of(&office(), MONDAY, MONDAY + 14 * DAY);
        let at = |day: i64, hour: i64| MONDAY + day * DAY + hour * HOUR;
        assert!(open.contains(at(0, 9)) && !open.contains(at(0, 17)) && !open.contains(at(0, 8)) && !open.contains(at(2, 10)));
        assert_eq!(open.between(at(0, 10), at(0, 12)), 2 * HOUR);
        assert_eq!(open.between(at(0, 16), at(1, 10)), 2 * HOUR, "one in the evening, one in the morning");
        assert_eq!(open.between(at(1, 18), at(7, 9)), 0, "a week's end of five days");
        assert_eq!(open.between(at(0, 0), at(14, 0)), 32 * HOUR);
        assert_eq!(OpenTimes::always().between(at(0, 1), at(0, 5)), 4 * HOUR);
        assert!(OpenTimes::always().contains(at(3, 3)));
    }

    #[test]
    fn hours_are_those_of_the_wall() {
        let mut utc = Calendar::new("UTC").unwrap();
        assert_eq!(utc.weekday(MONDAY), (0, 0));
        assert_eq!(utc.weekday(MONDAY + 6 * DAY + 23 * HOUR), (6, 23));
        let mut kathmandu = Calendar::new("Asia/Kathmandu").unwrap();
        assert_eq!(kathmandu.weekday(MONDAY), (0, 5), "05:45");
        let mut honolulu = Calendar::new("Pacific/Honolulu").unwrap();
        assert_eq!(honolulu.weekday(MONDAY), (6, 14), "still Sunday");
        let hour = honolulu.hour(MONDAY);
        assert_eq!((name_of(hour, true), name_of(hour, false)), ("2031-01-05".into(), "2031-01-05 14:00".into()));
        assert!(Calendar::new("Middle/Earth").is_err());
    }

    #[test]
    fn a_clock_change_moves_the_hours_with_the_wall() {
        let mut berlin = Calendar::new("Europe/Berlin").unwrap();
        // The 29th of March 2026: at 01:00 UTC the wall goes from 02:00 to 03:00.
        let change = 1_774_746_000_000;
        assert_eq!(berlin.weekday(change - 1), (6, 1));
        assert_eq!(berlin.weekday(change), (6, 3));
    }
}
