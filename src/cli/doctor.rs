//! `deskbell doctor`: what is wrong, why it matters, and what mends it. Reads, and changes nothing.

use super::{Arguments, raw, runtime};
use deskbell::agent::wire;
use deskbell::base::config::Config;
use deskbell::base::error::{Error, Result};
use deskbell::base::log as house_log;
use deskbell::desk::doctor::offline::Chart;
use deskbell::desk::doctor::page::{Answer, Question};
use deskbell::model::problem::{Problem, Severity};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Where a packaged deskbell keeps its data; the service's unit names it, the configuration need not.
const DATA_FILE: &str = "/var/lib/deskbell/deskbell.db";

/// Columns of a terminal that nobody has to scroll.
const WIDTH: usize = 100;

/// Looks, prints, and answers 0 when nothing is urgent, 1 when something is, 2 when it could not look.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let config = match raw(arguments).and_then(|raw| raw.resolve()) {
        Ok(config) => config,
        Err(error) => {
            say_wrong(arguments, &error);
            return Ok(ExitCode::from(2));
        }
    };
    house_log::start(log::LevelFilter::Error);
    let config = housed(config);
    let (found, page) = runtime(&config)?.block_on(look(arguments, &config))?;
    let is_urgent = found.iter().chain(page.iter().flat_map(|page| &page.found)).any(|one| one.severity == Severity::Urgent);
    match arguments.json {
        true => println!("{}", as_json(&found, page.as_ref())),
        false => print(arguments, &found, page.as_ref()),
    }
    Ok(ExitCode::from(u8::from(is_urgent)))
}

async fn look(arguments: &Arguments, config: &Config) -> Result<(Vec<Problem>, Option<Answer>)> {
    let mut chart = Chart::read(config)?;
    if let Some(url) = &arguments.page {
        let base = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
        let question = Question { url: url.clone(), base, inbox: None, asker: None };
        let mut about_the_file: Vec<Problem> = chart.found.drain(..).collect();
        about_the_file.retain(|one| matches!(one.id.as_str(), "file" | "schema") && one.severity == Severity::Urgent);
        return Ok((about_the_file, Some(chart.visit(question).await?)));
    }
    chart.examine().await?;
    if arguments.mail {
        chart.try_mail().await?;
    }
    Ok((chart.found, None))
}

/// The file of the packaged service, when the configuration names none and there is none here.
fn housed(mut config: Config) -> Config {
    let packaged = Path::new(DATA_FILE);
    if config.data_file == Path::new("deskbell.db") && !config.data_file.exists() && packaged.parent().is_some_and(Path::exists) {
        config.data_file = packaged.to_owned();
        if config.backup_dir == Path::new("backups") {
            config.backup_dir = packaged.with_file_name("backups");
        }
    }
    config
}

fn say_wrong(arguments: &Arguments, error: &Error) {
    match arguments.json {
        true => println!("{}", json!({ "error": error.message })),
        false => {
            eprintln!("I cannot look: the configuration is wrong, and the service would not start with it either.\n\n  {}", error.message)
        }
    }
}

fn as_json(found: &[Problem], page: Option<&Answer>) -> Value {
    let mut shape = wire::findings(found);
    if let Some(page) = page {
        shape["page"] = wire::findings(&page.found);
        shape["page"]["url"] = json!(page.url);
        shape["page"]["title"] = json!(page.title);
    }
    shape
}

fn print(arguments: &Arguments, found: &[Problem], page: Option<&Answer>) {
    if let Some(page) = page {
        println!("{}{}\n", page.url, if page.title.is_empty() { String::new() } else { format!("  ({})", printable(&page.title)) });
    }
    let all: Vec<&Problem> = found.iter().chain(page.iter().flat_map(|page| &page.found)).collect();
    let (fine, wrong): (Vec<&Problem>, Vec<&Problem>) = all.into_iter().partition(|one| one.severity == Severity::Fine);
    for one in &wrong {
        let word = match one.severity {
            Severity::Urgent => "NOW ",
            Severity::Warning => "SOON",
            Severity::Hint | Severity::Fine => "HINT",
        };
        println!("{word}  {}", printable(&one.title));
        paragraph("      ", &one.why);
        if !one.fix.is_empty() {
            paragraph("   -> ", &one.fix);
        }
        println!();
    }
    if !fine.is_empty() {
        println!("In order:");
        fine.iter().for_each(|one| println!("  {}: {}", printable(&one.title), printable(&one.why)));
        println!();
    }
    let urgent = wrong.iter().filter(|one| one.severity == Severity::Urgent).count();
    println!("{} to mend now, {} later; {} in order.", urgent, wrong.len() - urgent, fine.len());
    if page.is_none() && !arguments.mail {
        println!("Not tried: logins of mailboxes (--mail), a page of yours (--page https://shop.example.com/).");
    }
}

/// Text of others on a terminal: nothing that moves its cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn paragraph(first: &str, text: &str) {
    let indent = " ".repeat(first.len());
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in printable(text).split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            println!("{line}");
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    println!("{line}");
}
