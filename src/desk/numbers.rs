//! Reports: what happened in a period, and in the one of the same length before it. One walk over the conversations, surveys and messages
//! of a period fills every figure; which of them are asked for depends on the report.

use super::Desk;
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::{InboxId, TeamId, Uuid};
use crate::base::limits;
use crate::model::agent::AgentSession;
use crate::model::numbers::{self, Calendar, DAY, Figures, HOUR, OpenTimes};
use crate::store::ReadTx;
use crate::store::numbers::{self as stored, Comment, Counted, Wanted};
use std::collections::{BTreeMap, HashMap};
use tokio::sync::Semaphore;

/// Reports read at once: each keeps a reader busy for up to seconds, and people answer beside them.
static PLACES: Semaphore = Semaphore::const_new(limits::REPORTS_AT_ONCE);

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// Everything in short, by day.
    Overview,
    /// Conversations and messages, by day.
    Volume,
    /// How long people waited, by day.
    Times,
    /// Surveys, by day, with the words of those who answered.
    Csat,
    /// By who has the conversation.
    Agents,
    /// By the team that has it.
    Teams,
    /// By tag; a conversation with three tags counts in three lines.
    Tags,
    /// By weekday and hour.
    Hours,
    /// Who got no answer, by day.
    Missed,
}

impl Report {
    /// The word of the wire.
    pub fn as_str(self) -> &'static str {
        use Report::*;
        match self {
            Overview => "overview",
            Volume => "volume",
            Times => "times",
            Csat => "csat",
            Agents => "agents",
            Teams => "teams",
            Tags => "tags",
            Hours => "hours",
            Missed => "missed",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Report> {
        use Report::*;
        [Overview, Volume, Times, Csat, Agents, Teams, Tags, Hours, Missed].into_iter().find(|report| report.as_str() == text)
    }

    fn counts_messages(self) -> bool {
        matches!(self, Report::Overview | Report::Volume | Report::Hours)
    }

    fn has_line_per_day(self) -> bool {
        matches!(self, Report::Overview | Report::Volume | Report::Times | Report::Csat | Report::Missed)
    }
}

/// A report as somebody asks for it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub report: Report,
    /// From this instant; `None` = thirty days before `to`.
    pub from: Option<Millis>,
    /// Up to this instant, without it; `None` = now.
    pub to: Option<Millis>,
    /// IANA name of the zone in whose days and hours is counted.
    pub zone: String,
    pub inbox: Option<Uuid>,
    pub team: Option<Uuid>,
    pub agent: Option<Uuid>,
    pub tag: Option<Uuid>,
}

/// One line of a report.
pub struct Line {
    /// A day (`2026-11-21`), an hour of one (`2026-11-21 14:00`), or an agent, a team, a tag; `None` = nobody, no team.
    pub key: Option<String>,
    pub name: String,
    pub figures: Figures,
}

/// An answered report.
pub struct Numbers {
    pub report: Report,
    pub from: Millis,
    pub to: Millis,
    pub zone: String,
    /// Whether a line is an hour and not a day.
    pub hourly: bool,
    pub total: Figures,
    /// The same length of time before.
    pub before: Figures,
    pub lines: Vec<Line>,
    /// New conversations by weekday (Monday first) and hour; only of the hours' report.
    pub new_by_hour: Option<[[u32; 24]; 7]>,
    /// Messages of contacts, the same way.
    pub messages_by_hour: Option<[[u32; 24]; 7]>,
    /// The newest words beside stars; only of the surveys' report.
    pub comments: Vec<Comment>,
}

impl Desk {
    /// Reads a report for an agent, as far as he sees.
    pub async fn numbers(&self, agent: &AgentSession, asked: Asked) -> Result<Numbers> {
        let to = asked.to.unwrap_or(self.clock.now());
        let from = asked.from.unwrap_or(to - 30 * DAY);
        if to > limits::LAST_MOMENT {
            return Err(Error::invalid("There is no such day.").in_field("to"));
        }
        if from < 0 || from >= to {
            return Err(Error::invalid("The period ends before it begins.").in_field("from"));
        }
        if to - from > limits::REPORT_PERIOD_MAX.as_millis() as Millis {
            return Err(Error::invalid("A report covers at most 400 days. Please choose a shorter period.").in_field("from"));
        }
        let calendar = Calendar::new(&asked.zone)?;
        let wanted = Wanted { viewer: agent.agent.id, from, to, inbox: asked.inbox, team: asked.team, agent: asked.agent, tag: asked.tag };
        let place = tokio::time::timeout(limits::READ_WAIT, PLACES.acquire()).await.map_err(|_| crowded())?.map_err(Error::internal)?;
        let read =
            self.store.read(move |tx| Reading { tx, report: asked.report, calendar, zone: asked.zone, open: None }.read(wanted)).await;
        drop(place);
        read
    }
}

fn crowded() -> Error {
    Error::new(Kind::Busy, "Other reports are being counted. Please try again in a moment.")
}

/// Under which line something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    /// An hour of the wall, or the first one of its day.
    Hour(i64),
    /// An agent, a team, a tag.
    Row(i64),
    /// Nobody, no team.
    None,
}

struct Reading<'t, 'c> {
    tx: &'t ReadTx<'c>,
    report: Report,
    calendar: Calendar,
    zone: String,
    open: Option<Open>,
}

/// Opening times of teams and inboxes over both periods.
struct Open {
    teams: HashMap<TeamId, OpenTimes>,
    inboxes: HashMap<InboxId, OpenTimes>,
    always: OpenTimes,
    /// From here on they are known.
    since: Millis,
}

impl Open {
    fn of(&self, one: &Counted) -> &OpenTimes {
        one.team.and_then(|team| self.teams.get(&team)).or_else(|| self.inboxes.get(&one.inbox)).unwrap_or(&self.always)
    }
}

/// The figures of one period: of all, and by line.
#[derive(Default)]
struct Sums {
    total: Figures,
    lines: BTreeMap<Key, Figures>,
    new_by_hour: [[u32; 24]; 7],
    messages_by_hour: [[u32; 24]; 7],
}

impl Reading<'_, '_> {
    fn read(mut self, wanted: Wanted) -> Result<Numbers> {
        let length = wanted.to - wanted.from;
        let earlier = Wanted { from: wanted.from - length, to: wanted.from, ..wanted.clone() };
        let plans = stored::plans(self.tx)?;
        // Answers come later than the period's end; what is counted up to now is counted right.
        let (first, last) = (earlier.from - 100 * DAY, wanted.to.max(self.tx.now).min(wanted.to + 100 * DAY));
        self.open = Some(Open {
            teams: plans.teams.into_iter().map(|(id, plan)| (id, OpenTimes::of(&plan, first, last))).collect(),
            inboxes: plans.inboxes.into_iter().map(|(id, plan)| (id, OpenTimes::of(&plan, first, last))).collect(),
            always: OpenTimes::always(),
            since: first,
        });
        let hourly = length <= 2 * DAY + HOUR;
        let before = self.sums(&earlier, hourly)?.total;
        let sums = self.sums(&wanted, hourly)?;
        let heat = self.report == Report::Hours;
        Ok(Numbers {
            lines: self.lines(sums.lines, &wanted, hourly)?,
            report: self.report,
            from: wanted.from,
            to: wanted.to,
            hourly,
            total: sums.total,
            before,
            new_by_hour: heat.then_some(sums.new_by_hour),
            messages_by_hour: heat.then_some(sums.messages_by_hour),
            comments: if self.report == Report::Csat {
                stored::comments(self.tx, &wanted, limits::REPORT_COMMENTS_MAX)?
            } else {
                Vec::new()
            },
            zone: self.zone,
        })
    }

    fn sums(&mut self, wanted: &Wanted, hourly: bool) -> Result<Sums> {
        let mut sums = Sums::default();
        let (tx, report, tags) = (self.tx, self.report, self.report == Report::Tags);
        let Reading { calendar, open, .. } = self;
        let Some(open) = open.as_ref() else { return Ok(sums) };
        let unit = |calendar: &mut Calendar, at: Millis| {
            let hour = calendar.hour(at);
            Key::Hour(if hourly { hour } else { hour.div_euclid(24) * 24 })
        };
        let keys = |calendar: &mut Calendar, one: &Counted| -> Vec<Key> {
            match report {
                Report::Agents => vec![one.agent.map_or(Key::None, |agent| Key::Row(agent.0))],
                Report::Teams => vec![one.team.map_or(Key::None, |team| Key::Row(team.0))],
                Report::Tags => one.tags.iter().map(|tag| Key::Row(*tag)).collect(),
                Report::Hours => Vec::new(),
                Report::Overview | Report::Volume | Report::Times | Report::Csat | Report::Missed => vec![unit(calendar, one.at)],
            }
        };
        stored::began(tx, wanted, tags, |one| {
            let keys = keys(calendar, &one);
            sums.each(&keys, |figures| add_began(figures, &one, open.of(&one)));
            if report == Report::Hours {
                let (day, hour) = calendar.weekday(one.at);
                sums.new_by_hour[day][hour] += 1;
            }
        })?;
        stored::resolved(tx, wanted, tags, |one| {
            let keys = keys(calendar, &one);
            sums.each(&keys, |figures| add_resolved(figures, &one, open));
        })?;
        stored::asked(tx, wanted, tags, |one| {
            let keys = keys(calendar, &one);
            sums.each(&keys, |figures| figures.surveys += 1);
        })?;
        stored::answered(tx, wanted, tags, |one| {
            let keys = keys(calendar, &one);
            sums.each(&keys, |figures| {
                figures.answered += 1;
                if let Some(stars @ 1..=5) = one.other {
                    figures.stars[stars as usize - 1] += 1;
                }
            });
        })?;
        if report.counts_messages() {
            stored::said(tx, wanted, |said| {
                let keys = if report == Report::Hours { Vec::new() } else { vec![unit(calendar, said.at)] };
                sums.each(&keys, |figures| {
                    figures.incoming += said.incoming;
                    figures.outgoing += said.outgoing;
                });
                let (day, hour) = calendar.weekday(said.at);
                sums.messages_by_hour[day][hour] += said.incoming;
            })?;
        }
        if report == Report::Agents {
            stored::said_by(tx, wanted, |agent, count| sums.each(&[Key::Row(agent.0)], |figures| figures.outgoing += count))?;
        }
        Ok(sums)
    }

    /// The lines in their order, days without anything included.
    fn lines(&mut self, mut found: BTreeMap<Key, Figures>, wanted: &Wanted, hourly: bool) -> Result<Vec<Line>> {
        if self.report.has_line_per_day() {
            let step = if hourly { 1 } else { 24 };
            let (first, last) = (self.calendar.hour(wanted.from), self.calendar.hour(wanted.to - 1));
            let first = if hourly { first } else { first.div_euclid(24) * 24 };
            let hours = (first..=last).step_by(step);
            return Ok(hours
                .map(|hour| {
                    let name = numbers::name_of(hour, !hourly);
                    Line { key: Some(name.clone()), name, figures: found.remove(&Key::Hour(hour)).unwrap_or_default() }
                })
                .collect());
        }
        let names = match self.report {
            Report::Agents => stored::agent_names(self.tx)?,
            Report::Teams => stored::team_names(self.tx)?,
            Report::Tags => stored::tag_names(self.tx)?,
            _ => Vec::new(),
        };
        let mut lines: Vec<Line> = names
            .into_iter()
            .filter_map(|(id, uuid, name)| Some(Line { key: Some(uuid.to_string()), name, figures: found.remove(&Key::Row(id))? }))
            .collect();
        lines.extend(found.remove(&Key::None).map(|figures| Line { key: None, name: String::new(), figures }));
        Ok(lines)
    }
}

impl Sums {
    fn each(&mut self, keys: &[Key], add: impl Fn(&mut Figures)) {
        add(&mut self.total);
        for key in keys {
            add(self.lines.entry(*key).or_default());
        }
    }
}

fn add_began(figures: &mut Figures, one: &Counted, open: &OpenTimes) {
    figures.new += 1;
    let is_open = open.contains(one.at);
    figures.asked_open += u32::from(is_open);
    match one.other {
        // An agent wrote first: nobody waited.
        Some(reply) if reply == one.at => {}
        Some(reply) => {
            // Never below zero: the clock may have been set back in between.
            figures.first.add((reply - one.at).max(0));
            figures.first_open.add(open.between(one.at, reply));
        }
        None => {
            figures.missed += 1;
            figures.missed_closed += u32::from(!is_open);
        }
    }
}

fn add_resolved(figures: &mut Figures, one: &Counted, open: &Open) {
    figures.resolved += 1;
    if let Some(began) = one.other {
        figures.resolution.add((one.at - began).max(0));
        // What began long before would be counted in part only: it is left to the times of the wall.
        if began >= open.since {
            figures.resolution_open.add(open.of(one).between(began, one.at));
        }
    }
}
