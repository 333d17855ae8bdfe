//! What the numbers say is what happened: counted by day in a zone, compared with before, within sight, and safe in a spreadsheet.

use crate::support::*;
use deskbell::model::access::Scope;
use deskbell::model::agent::Role;

const MONDAY: i64 = 1_925_424_000_000;

async fn report(agent: &Agent, name: &str, query: &str) -> Value {
    agent.get(&format!("/reports/{name}?{query}")).await.ok()
}

/// The clock runs on while a story is told: a time is right to the minute.
fn assert_took(value: &Value, ms: i64) {
    let took = value.as_i64().unwrap_or_else(|| panic!("no time: {value}"));
    assert!((ms..ms + minutes(1)).contains(&took), "{took} ms instead of {ms}");
}

fn week() -> String {
    format!("from={MONDAY}&to={}&zone=UTC", MONDAY + days(7))
}

/// Answers the survey that closing asked.
async fn rates(house: &House, agent: &Agent, conversation: &str, rating: u8, words: &str) {
    let asked = agent.post(&format!("/conversations/{conversation}/survey")).json(json!({})).await.ok();
    let path = text_at(&asked, "link").split_once("/csat/").unwrap().1.to_owned();
    let answer = house.post(&format!("/api/v1/csat/{path}/response")).json(json!({ "rating": rating, "feedback": words })).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A week: on Monday one is answered after 10 minutes and resolved after an hour, one is never answered; on Tuesday one after 30 minutes.
async fn a_week(house: &House) -> (Agent, [Visitor; 3]) {
    house.until_monday("09:00").await;
    let olga = house.agent().await;
    let ann = house.agent_named("ann", Role::Agent).await;
    let visitors = [house.visitor(), house.visitor(), house.visitor()];
    visitors[0].starts("first").await;
    house.later(minutes(10)).await;
    ann.replies(&visitors[0].conversation(), "answer").await;
    house.later(minutes(50)).await;
    ann.sets_status(&visitors[0].conversation(), "resolved").await;
    rates(house, &ann, &visitors[0].conversation(), 5, "=HYPERLINK(\"http://evil.example\") thanks").await;
    visitors[1].starts("nobody is there?").await;
    house.later(days(1)).await;
    visitors[2].starts("third").await;
    house.later(minutes(30)).await;
    olga.replies(&visitors[2].conversation(), "answer").await;
    (olga, visitors)
}

/// Volume, waiting, surveys, who was missed: by day and together.
#[tokio::test]
async fn a_week_is_counted_by_day() {
    let house = House::boot_with(Options::default().patient()).await;
    let (olga, _) = a_week(&house).await;
    let shown = report(&olga, "overview", &week()).await;
    assert_eq!(shown["unit"], "day");
    let lines = list_at(&shown, "lines");
    assert_eq!(lines.len(), 7, "days without anything are there too");
    let of = |line: &Value, keys: &[&str]| {
        keys.iter().map(|key| line.pointer(&format!("/{key}")).cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    let keys = ["key", "new", "resolved", "incoming", "outgoing", "missed"];
    assert_eq!(of(&lines[0], &keys), [json!("2031-01-06"), json!(2), json!(1), json!(2), json!(1), json!(1)]);
    assert_eq!(of(&lines[1], &keys), [json!("2031-01-07"), json!(1), json!(0), json!(1), json!(1), json!(0)]);
    let total = &shown["total"];
    assert_eq!(total["first"]["count"], 2);
    assert_took(&total["first"]["median_ms"], minutes(20));
    assert_took(&total["first"]["p90_ms"], minutes(30));
    assert_took(&total["resolution"]["median_ms"], hours(1));
    assert_eq!(total["csat"], json!({ "asked": 1, "answered": 1, "average": 5.0, "stars": [0, 0, 0, 0, 1] }));
    assert_eq!(shown["before"]["new"], 0, "nothing the week before");
    let later = report(&olga, "overview", &format!("from={}&to={}", MONDAY + days(7), MONDAY + days(14))).await;
    assert_eq!((&later["total"]["new"], &later["before"]["new"]), (&json!(0), &json!(3)));
    let csat = report(&olga, "csat", &week()).await;
    assert_eq!(csat["comments"][0]["rating"], 5);
    let times = report(&olga, "times", &week()).await;
    assert_eq!(times["bands"][2], json!({ "under_ms": minutes(15), "count": 1 }));
    let hourly = report(&olga, "volume", &format!("from={MONDAY}&to={}", MONDAY + days(1))).await;
    assert_eq!((hourly["unit"].as_str(), list_at(&hourly, "lines").len()), (Some("hour"), 24));
    assert_eq!(hourly["lines"][9]["new"], 1);
}

/// By agent, by team, by tag, by weekday and hour in another zone.
#[tokio::test]
async fn numbers_are_cut_by_who_where_and_when() {
    let house = House::boot_with(Options::default().patient()).await;
    let (olga, visitors) = a_week(&house).await;
    let team = olga.post("/teams").json(json!({ "name": "Billing" })).await.ok()["uuid"].as_str().unwrap().to_owned();
    olga.put(&format!("/conversations/{}/assignment", visitors[2].conversation())).json(json!({ "team": team })).await.ok();
    let tag = house.tags(&visitors[0].conversation(), "shipping").await;
    let agents = list_at(&report(&olga, "agents", &week()).await, "lines");
    let named: Vec<_> = agents.iter().map(|line| (text_at(line, "name"), number_at(line, "new"), number_at(line, "outgoing"))).collect();
    assert_eq!(named, [("Olga Owner".into(), 1, 1), ("Ann Insider".into(), 1, 1), (String::new(), 1, 0)]);
    let teams = list_at(&report(&olga, "teams", &week()).await, "lines");
    assert_eq!((text_at(&teams[0], "name"), number_at(&teams[0], "new"), number_at(&teams[1], "new")), ("Billing".into(), 1, 2));
    let tags = list_at(&report(&olga, "tags", &week()).await, "lines");
    assert_eq!((tags.len(), text_at(&tags[0], "name"), &tags[0]["csat"]["average"]), (1, "shipping".into(), &json!(5.0)));
    for (filter, count) in
        [(format!("tag={tag}"), 1), (format!("team={team}"), 1), (format!("inbox={}", house.inbox), 3), (format!("agent={}", olga.uuid), 1)]
    {
        assert_eq!(report(&olga, "volume", &format!("{}&{filter}", week())).await["total"]["new"], count, "{filter}");
    }
    // Nine in the morning in UTC is eleven at night in Honolulu, the day before.
    let heat = report(&olga, "hours", &format!("from={MONDAY}&to={}&zone=Pacific/Honolulu", MONDAY + days(7))).await;
    assert_eq!((&heat["new_by_hour"][6][23], &heat["new_by_hour"][0][23]), (&json!(1), &json!(0)));
    assert_eq!((&heat["new_by_hour"][0][0], &heat["new_by_hour"][1][0]), (&json!(1), &json!(1)));
}

/// Waiting at night is not waiting; who came at night was not missed by anybody on duty.
#[tokio::test]
async fn opening_hours_count() {
    let house = House::boot_with(Options::default().patient()).await;
    house.until_monday("16:00").await;
    let olga = house.agent().await;
    let weekly = json!({ "monday": [["09:00", "17:00"]], "tuesday": [["09:00", "17:00"]] });
    let set = olga.post("/hours").json(json!({ "name": "Office", "time_zone": "UTC", "weekly": weekly })).await.ok()["uuid"].clone();
    house.configure(json!({ "hours": { "set": set, "outside": "open" } })).await;
    let visitor = house.visitor();
    visitor.starts("in the afternoon").await;
    house.later(hours(2)).await;
    house.visitor().starts("in the evening").await;
    house.later(hours(16)).await;
    olga.replies(&visitor.conversation(), "good morning").await;
    let shown = report(&olga, "times", &week()).await;
    assert_took(&shown["total"]["first"]["median_ms"], hours(18));
    // An hour in the evening, an hour in the morning.
    assert_took(&shown["total"]["first_open"]["median_ms"], hours(2));
    assert_eq!(shown["total"]["asked_open"], 1);
    assert_eq!((&shown["total"]["missed"], &shown["total"]["missed_closed"]), (&json!(1), &json!(1)));
}

/// row 233, the link: made by an agent, shown in the thread and in the numbers, one per conversation, answered once.
#[tokio::test]
async fn a_survey_can_be_handed_on_as_a_link() {
    let house = House::boot().await;
    let olga = house.agent().await;
    let visitor = house.visitor();
    visitor.starts("hello").await;
    let conversation = visitor.conversation();
    let path = format!("/conversations/{conversation}/survey");
    let asked = olga.post(&path).json(json!({})).await.ok();
    let link = text_at(&asked, "link");
    assert!(link.starts_with(&format!("{}/csat/", house.origin())), "{link}");
    assert_eq!(olga.post(&path).json(json!({})).await.ok()["link"], link, "one question for one conversation");
    olga.sees_frame("message", "the thread says so", |data| data["message"]["activity"]["action"] == "survey").await;
    assert!(!visitor.texts().await.iter().any(|text| text.contains("How did we do")), "the link is the question");
    rates(&house, &olga, &conversation, 2, "slow").await;
    olga.sees_frame("message", "the answer", |data| data["message"]["activity"]["action"] == "rating").await;
    let again = olga.post(&path).json(json!({})).await.ok();
    assert_eq!((&again["answered"], &again["rating"]), (&json!(true), &json!(2)));
    let shown = report(&olga, "csat", "").await;
    assert_eq!((&shown["total"]["csat"]["asked"], &shown["total"]["csat"]["answered"]), (&json!(1), &json!(1)));
    assert_eq!(shown["comments"][0]["text"], "slow");
    assert_eq!(olga.get("/search?rating=2").await.ok()["conversations"][0]["uuid"], conversation);
    // Closing asks by itself; the link is then the same question.
    house.configure(json!({ "csat_enabled": true })).await;
    let other = house.visitor();
    other.starts("hi").await;
    olga.replies(&other.conversation(), "hello").await;
    olga.sets_status(&other.conversation(), "resolved").await;
    other.joins().await;
    let asked = other.texts().await;
    assert!(asked.len() == 3, "{asked:?}");
    olga.post(&format!("/conversations/{}/survey", other.conversation())).json(json!({})).await.ok();
    assert_eq!(house.count("SELECT count(*) FROM surveys"), 2);
}

/// security 8, 9: a role sees the numbers of what it sees.
#[tokio::test]
async fn numbers_stay_within_sight() {
    let house = House::boot_with(Options::default().patient()).await;
    let (olga, visitors) = a_week(&house).await;
    let mine = house.agent_seeing("mine", Scope::Assigned).await;
    for name in ["overview", "volume", "times", "csat", "agents", "teams", "tags", "hours", "missed"] {
        let shown = report(&mine, name, &week()).await;
        assert_eq!(
            (&shown["total"]["new"], &shown["total"]["incoming"], &shown["total"]["csat"]["answered"]),
            (&json!(0), &json!(0), &json!(0)),
            "{name}"
        );
        assert_eq!(shown["comments"], json!([]));
        let lines: i64 = list_at(&shown, "lines").iter().map(|line| number_at(line, "new") + number_at(line, "outgoing")).sum();
        assert_eq!(lines, 0, "{name}");
    }
    olga.assigns(&visitors[0].conversation(), Some(&mine.uuid)).await;
    let shown = report(&mine, "overview", &week()).await;
    assert_eq!((&shown["total"]["new"], &shown["total"]["outgoing"]), (&json!(1), &json!(1)));
}

/// security 53: a comment that is a formula is a text in the spreadsheet; the file is CSV as RFC 4180 says, UTF-8 with its mark.
#[tokio::test]
async fn tables_are_safe_to_open() {
    let house = House::boot_with(Options::default().patient()).await;
    let (olga, _) = a_week(&house).await;
    for name in ["overview", "volume", "times", "csat", "agents", "teams", "tags", "hours", "missed"] {
        let answer = olga.get(&format!("/reports/{name}?{}&format=csv", week())).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(answer.header("content-disposition").is_some_and(|value| value.starts_with("attachment; filename=\"")), "{name}");
        let text = answer.text();
        assert!(text.starts_with('\u{feff}') && text.ends_with("\r\n"), "{name}");
        assert!(!text.contains("\r\n=") && !text.contains(",="), "{name}: {text}");
        if name == "csat" {
            assert!(text.contains("\"'=HYPERLINK(\"\"http://evil.example\"\") thanks\""), "{text}");
        }
        if name == "overview" {
            let monday: Vec<&str> = text.lines().nth(1).unwrap_or_default().split(',').collect();
            assert_eq!((monday[..4].join(","), monday[7..].join(",")), ("2031-01-06,2,1,1".into(), "1,1,5.00,1".into()), "{text}");
        }
    }
}

/// Periods and zones that make no sense are told so.
#[tokio::test]
async fn questions_that_make_no_sense_are_refused() {
    let house = House::boot().await;
    let olga = house.agent().await;
    for query in [
        "from=5&to=5",
        "from=10&to=5",
        &format!("from=0&to={}", days(401)),
        "zone=Middle/Earth",
        "zone=../../etc/passwd",
        "inbox=x",
        "format=pdf",
        "from=-1",
    ] {
        olga.get(&format!("/reports/volume?{query}")).await.denied(400);
    }
    olga.get("/reports/everything").await.denied(404);
    olga.get(&format!("/reports/volume?from=0&to={}", days(400))).await.ok();
}
