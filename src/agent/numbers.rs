//! Reports as JSON for the desk and as CSV for spreadsheets.

use super::{Desks, number, wire};
use crate::base::clock::Millis;
use crate::base::csv::Csv;
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::numbers::{Asked, Line, Numbers, Report};
use crate::http::{Reply, Request};
use crate::model::numbers::{BANDS, Calendar, Figures, Spread, name_of};
use serde_json::{Value, json};

impl Desks {
    /// `GET /reports/{report}`.
    pub(super) async fn report(&self, request: &Request, report: &str) -> Result<Reply> {
        let agent = self.who(request)?;
        let report = Report::parse(report).ok_or_else(|| Error::not_found("report"))?;
        let one = |name: &'static str| match request.query(name).filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => Uuid::parse(&text).map(Some).ok_or_else(|| Error::invalid(format!("{name} is a uuid.")).in_field(name)),
        };
        let asked = Asked {
            report,
            from: number(request, "from")?,
            to: number(request, "to")?,
            zone: request.query("zone").filter(|zone| !zone.is_empty()).unwrap_or_else(|| "UTC".into()),
            inbox: one("inbox")?,
            team: one("team")?,
            agent: one("agent")?,
            tag: one("tag")?,
        };
        let as_table = match request.query("format").as_deref() {
            None | Some("" | "json") => false,
            Some("csv") => true,
            Some(_) => return Err(Error::invalid("format is json or csv.").in_field("format")),
        };
        let mut numbers = self.desk.numbers(&agent, asked).await?;
        if as_table { table_reply(&mut numbers) } else { Ok(wire::ok(shape(&mut numbers))) }
    }
}

/// The whole answer.
fn shape(numbers: &mut Numbers) -> Value {
    let comments: Vec<Value> = numbers
        .comments
        .iter()
        .map(|comment| {
            json!({
                "at": comment.at, "rating": comment.rating, "text": comment.text, "conversation": comment.conversation.to_string(),
                "number": comment.number, "contact": comment.contact, "agent": comment.agent,
            })
        })
        .collect();
    let bands: Vec<Value> = BANDS
        .iter()
        .map(|limit| json!(limit))
        .chain([Value::Null])
        .zip(numbers.total.first.bands())
        .map(|(under, count)| json!({ "under_ms": under, "count": count }))
        .collect();
    json!({
        "report": numbers.report.as_str(), "period": { "from": numbers.from, "to": numbers.to, "zone": numbers.zone },
        "before_period": { "from": 2 * numbers.from - numbers.to, "to": numbers.from }, "unit": if numbers.hourly { "hour" } else { "day" },
        "total": figures(&mut numbers.total), "before": figures(&mut numbers.before),
        "lines": numbers.lines.iter_mut().map(line).collect::<Vec<_>>(), "bands": bands,
        "new_by_hour": numbers.new_by_hour, "messages_by_hour": numbers.messages_by_hour, "comments": comments,
    })
}

fn line(line: &mut Line) -> Value {
    let mut shape = figures(&mut line.figures);
    shape["key"] = json!(line.key);
    shape["name"] = json!(line.name);
    shape
}

fn figures(figures: &mut Figures) -> Value {
    json!({
        "new": figures.new, "resolved": figures.resolved, "incoming": figures.incoming, "outgoing": figures.outgoing,
        "first": spread(figures.first.spread()), "first_open": spread(figures.first_open.spread()), "asked_open": figures.asked_open,
        "resolution": spread(figures.resolution.spread()), "resolution_open": spread(figures.resolution_open.spread()),
        "missed": figures.missed, "missed_closed": figures.missed_closed,
        "csat": { "asked": figures.surveys, "answered": figures.answered, "average": figures.average(), "stars": figures.stars },
    })
}

fn spread(spread: Spread) -> Value {
    json!({ "count": spread.count, "median_ms": spread.median, "p90_ms": spread.p90 })
}

fn table_reply(numbers: &mut Numbers) -> Result<Reply> {
    let mut calendar = Calendar::new(&numbers.zone)?;
    let (first, last) = (name_of(calendar.hour(numbers.from), true), name_of(calendar.hour(numbers.to - 1), true));
    let name = format!("attachment; filename=\"{}-{first}-{last}.csv\"", numbers.report.as_str());
    let reply = Reply::bytes(200, "text/csv; charset=utf-8", table(numbers, &mut calendar));
    Ok(reply.header("content-disposition", name).header("cache-control", "no-store"))
}

/// One table for each report. Times are seconds: spreadsheets compute with them.
fn table(numbers: &mut Numbers, calendar: &mut Calendar) -> String {
    let first = match numbers.report {
        Report::Agents => "agent",
        Report::Teams => "team",
        Report::Tags => "tag",
        _ if numbers.hourly => "hour",
        _ => "day",
    };
    match numbers.report {
        Report::Hours => hours(numbers),
        Report::Csat => comments_and_days(numbers, calendar),
        report => {
            let columns: &[Column] = match report {
                Report::Volume => &[NEW, RESOLVED, INCOMING, OUTGOING],
                Report::Times => &[FIRST_COUNT, FIRST_MEDIAN, FIRST_P90, FIRST_OPEN_MEDIAN, RESOLVED, RESOLUTION_MEDIAN, RESOLUTION_P90],
                Report::Missed => &[NEW, MISSED, MISSED_CLOSED],
                Report::Teams | Report::Tags => {
                    &[NEW, RESOLVED, FIRST_MEDIAN, FIRST_P90, RESOLUTION_MEDIAN, ASKED, ANSWERED, AVERAGE, MISSED]
                }
                _ => &[NEW, RESOLVED, OUTGOING, FIRST_MEDIAN, FIRST_P90, RESOLUTION_MEDIAN, ASKED, ANSWERED, AVERAGE, MISSED],
            };
            let names: Vec<&str> = [first].into_iter().chain(columns.iter().map(|(name, _)| *name)).collect();
            let mut csv = Csv::new(&names);
            for line in &mut numbers.lines {
                let name = if line.key.is_none() { "(none)".to_owned() } else { line.name.clone() };
                csv.line([name].into_iter().chain(columns.iter().map(|(_, cell)| cell(&mut line.figures))));
            }
            csv.finish()
        }
    }
}

fn hours(numbers: &Numbers) -> String {
    let mut csv = Csv::new(&["weekday", "hour", "new_conversations", "messages_of_contacts"]);
    let (Some(new), Some(messages)) = (numbers.new_by_hour, numbers.messages_by_hour) else { return csv.finish() };
    for (day, name) in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"].iter().enumerate() {
        for hour in 0..24 {
            csv.line([(*name).to_owned(), format!("{hour:02}:00"), new[day][hour].to_string(), messages[day][hour].to_string()]);
        }
    }
    csv.finish()
}

/// The words first come with their stars; days without words are a line of their own.
fn comments_and_days(numbers: &Numbers, calendar: &mut Calendar) -> String {
    let mut csv = Csv::new(&[
        "day",
        "asked",
        "answered",
        "average",
        "1_star",
        "2_stars",
        "3_stars",
        "4_stars",
        "5_stars",
        "stars",
        "comment",
        "conversation",
        "contact",
        "agent",
    ]);
    for line in &numbers.lines {
        let figures = &line.figures;
        let stars = figures.stars.iter().map(u32::to_string);
        let cells = [line.name.clone(), figures.surveys.to_string(), figures.answered.to_string(), decimal(figures.average())];
        csv.line(cells.into_iter().chain(stars).chain(std::iter::repeat_n(String::new(), 5)));
    }
    for comment in &numbers.comments {
        let day = name_of(calendar.hour(comment.at), !numbers.hourly);
        let words = [
            comment.rating.map(|stars| stars.to_string()).unwrap_or_default(),
            comment.text.clone(),
            comment.number.to_string(),
            comment.contact.clone(),
            comment.agent.clone(),
        ];
        csv.line([day].into_iter().chain(std::iter::repeat_n(String::new(), 8)).chain(words));
    }
    csv.finish()
}

/// A column of a table: its name, and what stands in it.
type Column = (&'static str, fn(&mut Figures) -> String);

const NEW: Column = ("new", |figures| figures.new.to_string());
const RESOLVED: Column = ("resolved", |figures| figures.resolved.to_string());
const INCOMING: Column = ("messages_of_contacts", |figures| figures.incoming.to_string());
const OUTGOING: Column = ("messages_of_agents", |figures| figures.outgoing.to_string());
const FIRST_COUNT: Column = ("first_answers", |figures| figures.first.spread().count.to_string());
const FIRST_MEDIAN: Column = ("first_answer_median_s", |figures| seconds(figures.first.spread().median));
const FIRST_P90: Column = ("first_answer_p90_s", |figures| seconds(figures.first.spread().p90));
const FIRST_OPEN_MEDIAN: Column = ("first_answer_in_hours_median_s", |figures| seconds(figures.first_open.spread().median));
const RESOLUTION_MEDIAN: Column = ("resolution_median_s", |figures| seconds(figures.resolution.spread().median));
const RESOLUTION_P90: Column = ("resolution_p90_s", |figures| seconds(figures.resolution.spread().p90));
const ASKED: Column = ("csat_asked", |figures| figures.surveys.to_string());
const ANSWERED: Column = ("csat_answered", |figures| figures.answered.to_string());
const AVERAGE: Column = ("csat_average", |figures| decimal(figures.average()));
const MISSED: Column = ("missed", |figures| figures.missed.to_string());
const MISSED_CLOSED: Column = ("missed_outside_hours", |figures| figures.missed_closed.to_string());

fn seconds(took: Option<Millis>) -> String {
    took.map(|ms| format!("{}", (ms + 500) / 1000)).unwrap_or_default()
}

fn decimal(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.2}")).unwrap_or_default()
}
