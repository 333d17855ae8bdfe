//! "Why is the launcher not visible?": fetches the customer's page as a browser would and says why.

use super::Doctor;
use super::embeds;
use super::judged::{self, Site};
use super::verdict::{bad, fine, why_not};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::{limits, text};
use crate::desk::Desk;
use crate::http::fetch::{self, Fault, Fetched, Look, Reach};
use crate::model::inbox::Inbox;
use crate::model::problem::Area::Page;
use crate::model::problem::{Problem, Severity};
use crate::store::{ReadTx, hours, inboxes};
use ammonia::Url;
use hyper::Method;
use std::io::Read;
use std::net::IpAddr;

/// Longest address that is looked at.
const URL_BYTES_MAX: usize = 2000;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// As a person types it.
    pub url: String,
    /// Our own address as the asker sees it.
    pub base: String,
    /// The inbox that should be there, if one is meant.
    pub inbox: Option<Uuid>,
    /// Who asks, from a browser.
    pub asker: Option<IpAddr>,
}

/// What came of it.
#[derive(Debug)]
pub struct Answer {
    /// The page in the end, after redirects.
    pub url: String,
    /// What stands in its title.
    pub title: String,
    /// The worst first.
    pub found: Vec<Problem>,
}

/// The inboxes and whether each is open now, for a look.
pub(super) fn inboxes_now(tx: &ReadTx) -> Result<Vec<(Inbox, bool)>> {
    let sets = hours::all(tx)?;
    let is_open = |inbox: &Inbox| {
        let set = Uuid::parse(&inbox.config.hours.set).and_then(|uuid| sets.iter().find(|set| set.uuid == uuid));
        set.is_none_or(|set| set.plan.open_at(tx.now))
    };
    Ok(inboxes::all(tx)?.into_iter().map(|inbox| (is_open(&inbox), inbox)).map(|(open, inbox)| (inbox, open)).collect())
}

impl Doctor {
    /// Looks at a page from inside.
    pub async fn look_at_page(&self, desk: &Desk, question: Question) -> Result<Answer> {
        let inboxes = desk.store.read(inboxes_now).await?;
        let banned = question.asker.is_some_and(|ip| desk.check_network(ip).is_err());
        self.visit(question, inboxes, banned).await
    }

    /// Looks at a page, knowing the inboxes.
    pub(super) async fn visit(&self, question: Question, inboxes: Vec<(Inbox, bool)>, banned: bool) -> Result<Answer> {
        let url = typed(&question.url)?;
        let _place = self.place()?;
        let looking = self.judge(url.clone(), &question, inboxes, banned);
        let mut answer = tokio::time::timeout(limits::LOOK_TOTAL, looking).await.unwrap_or_else(|_| {
            let why = format!("It took more than {} seconds.", limits::LOOK_TOTAL.as_secs());
            let slow =
                bad(Severity::Urgent, Page, "page:slow", "The page is too slow to be looked at", why, "Try again; is the site well?");
            Answer { url: url.to_string(), title: String::new(), found: vec![slow] }
        });
        answer.found.sort_by_key(|problem| problem.severity);
        Ok(answer)
    }

    async fn judge(&self, url: Url, question: &Question, inboxes: Vec<(Inbox, bool)>, banned: bool) -> Answer {
        let (url, page) = match self.follow(url).await {
            Ok(page) => page,
            Err(answer) => return *answer,
        };
        let mut found = Vec::new();
        let html = match source(&page) {
            Ok(html) if (200..300).contains(&page.status) => html,
            Ok(_) => return Answer { found: vec![wrong_status(&url, &page)], url: url.into(), title: String::new() },
            Err(problem) => return Answer { found: vec![*problem], url: url.into(), title: String::new() },
        };
        found.push(fine(Page, "page:answers", "The page answers", format!("{} bytes of HTML.", page.body.len())));
        if page.cut {
            found.push(bad(
                Severity::Hint,
                Page,
                "page:long",
                "The page is very long",
                format!("I read the first {} MB only; the code may stand behind that.", limits::PAGE_BYTES_MAX / 1_048_576),
                "Put the code into the head of the page.",
            ));
        }
        let source = embeds::find(&html, &url, &question.base);
        let (loaders, frame) = self.ask_ours(&source, question, &inboxes).await;
        let headers: Vec<(String, String)> =
            page.headers.iter().filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned()))).collect();
        let title = source.title.clone();
        let site = Site {
            page: &url,
            headers: &headers,
            question,
            inboxes: &inboxes,
            banned,
            now: self.0.clock.now(),
            loaders: &loaders,
            frame: frame.as_ref(),
        };
        judged::judge(&site, &source, &mut found);
        Answer { url: url.into(), title, found }
    }

    fn reach(&self) -> Reach<'_> {
        Reach::Outside(&self.0.config.outbound_allow)
    }

    /// Our own address may lie inside, if it is the administrator who configured it.
    fn own_reach(&self) -> Reach<'_> {
        if self.0.config.base_url.is_some() { Reach::Everywhere } else { self.reach() }
    }

    /// The page at the end of redirects.
    async fn follow(&self, mut url: Url) -> Result<(Url, Fetched), Box<Answer>> {
        let ended = |url: &Url, problem: Problem| Box::new(Answer { url: url.to_string(), title: String::new(), found: vec![problem] });
        for _ in 0..=limits::PAGE_REDIRECTS_MAX {
            let look = Look { url: url.as_str().split('#').next().unwrap_or_default(), reach: self.reach(), tls: &self.0.tls, at: None };
            let headers = [("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"), ("accept-language", "en")];
            let page = fetch::fetch(&look, Method::GET, &headers, limits::PAGE_BYTES_MAX)
                .await
                .map_err(|fault| ended(&url, silent(&url, &fault)))?;
            let location = page.header("location").filter(|_| matches!(page.status, 301 | 302 | 303 | 307 | 308));
            match location.and_then(|location| url.join(location).ok()) {
                Some(mut next) if matches!(next.scheme(), "http" | "https") => {
                    next.set_fragment(None);
                    url = next;
                }
                _ => return Ok((url, page)),
            }
        }
        let why = format!("I followed {} of them. Browsers give up as well.", limits::PAGE_REDIRECTS_MAX);
        Err(ended(
            &url,
            bad(
                Severity::Urgent,
                Page,
                "page:circle",
                "The page leads in circles",
                why,
                "Mend the redirects of the site, often http to https and back.",
            ),
        ))
    }

    /// Fetches what the page's codes load from us, and the chat's window.
    async fn ask_ours(
        &self,
        source: &embeds::Found,
        question: &Question,
        inboxes: &[(Inbox, bool)],
    ) -> (Vec<Option<Result<Fetched, Fault>>>, Option<Result<Fetched, Fault>>) {
        let own = Url::parse(&question.base).ok();
        let mut loaders = Vec::new();
        for embed in &source.embeds {
            let is_ours = |url: &&Url| {
                own.as_ref()
                    .is_some_and(|own| own.host_str() == url.host_str() && own.port_or_known_default() == url.port_or_known_default())
            };
            loaders.push(match embed.url.as_ref().filter(is_ours) {
                // Without a Referer: otherwise our own question would count as a site that carries the chat.
                Some(url) => Some(fetch::fetch(&self.own_look(url.as_str()), Method::GET, &[], 64 * 1024).await),
                None => None,
            });
        }
        let named = source.embeds.iter().filter_map(|embed| embed.key.as_deref());
        let inbox = named.filter_map(|key| judged::inbox_of(key, inboxes)).find(|(inbox, _)| inbox.enabled);
        let frame = match inbox {
            Some((inbox, _)) => {
                let url = format!("{}/widget?inbox_id={}", question.base, inbox.uuid);
                Some(fetch::fetch(&self.own_look(&url), Method::GET, &[], 4096).await)
            }
            None => None,
        };
        (loaders, frame)
    }

    fn own_look<'a>(&'a self, url: &'a str) -> Look<'a> {
        Look { url, reach: self.own_reach(), tls: &self.0.tls, at: None }
    }
}

/// The address a person means.
fn typed(text: &str) -> Result<Url> {
    let text = text.trim();
    let no = |why: &str| Err(Error::invalid(why.to_owned()).in_field("url"));
    if text.is_empty() || text.len() > URL_BYTES_MAX {
        return no("Please write the address of the page, such as https://shop.example.com/.");
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    match Url::parse(&with_scheme) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") => no("Only pages of the web can be looked at: https://…"),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => no("Please write the address without a user and password."),
        Ok(url) if url.host_str().is_some_and(|host| host.contains('.') || host.contains(':') || host == "localhost") => Ok(url),
        _ => no("This is no address of a page, such as https://shop.example.com/."),
    }
}

/// The page's text, or why it is none.
fn source(page: &Fetched) -> Result<String, Box<Problem>> {
    let kind = page.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let body = match page.header("content-encoding").map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "identity") => page.body.clone(),
        Some("gzip" | "x-gzip") => {
            let mut plain = Vec::new();
            // What was cut still gives its beginning.
            let _ = flate2::read::GzDecoder::new(page.body.as_slice()).take(limits::PAGE_BYTES_MAX as u64).read_to_end(&mut plain);
            plain
        }
        Some(other) => {
            let why = format!("It is packed as {}, although I asked for it unpacked.", text::preview(other, 40));
            return Err(Box::new(bad(
                Severity::Warning,
                Page,
                "page:packed",
                "The page cannot be read",
                why,
                "Look at the page in your browser: right click, View page source, and search for deskbell's address.",
            )));
        }
    };
    let html = String::from_utf8_lossy(&body).into_owned();
    let looks = html.trim_start_matches('\u{feff}').trim_start().get(..1) == Some("<");
    if kind.contains("html") || (kind.is_empty() && looks) || !(200..300).contains(&page.status) {
        return Ok(html);
    }
    let kind = if kind.is_empty() { "nothing that says what it is".to_owned() } else { text::preview(&kind, 60) };
    Err(Box::new(bad(
        Severity::Urgent,
        Page,
        "page:kind",
        "This is no page",
        format!("The address answers with {kind}; a chat can only be on an HTML page (text/html)."),
        "Give me the address of the page as it stands in the browser.",
    )))
}

fn wrong_status(url: &Url, page: &Fetched) -> Problem {
    let status = page.status;
    let server = page.header("server").unwrap_or_default().to_ascii_lowercase();
    let guarded =
        matches!(status, 403 | 429 | 503) && (server.contains("cloudflare") || server.contains("sucuri") || server.contains("ddos"));
    let (severity, title, why, fix) = match status {
        _ if guarded => (
            Severity::Warning,
            "The site keeps machines out",
            format!("{url} answers {status} to me; a guard in front ({server}) wants a browser. So I cannot see what visitors see."),
            "Look at the page in your browser: right click, View page source, and search for deskbell's address. Or let this machine through while you test.",
        ),
        401 => (
            Severity::Urgent,
            "The page wants a password",
            format!("{url} answers 401."),
            "Take the protection away for a moment, or look at another page of the site.",
        ),
        403 => (
            Severity::Urgent,
            "The page refuses me",
            format!("{url} answers 403: visitors with a browser may see more."),
            "Look at another page, or let this machine through.",
        ),
        404 | 410 => {
            (Severity::Urgent, "There is no such page", format!("{url} answers {status}."), "Look at the spelling of the address.")
        }
        300..=399 => (
            Severity::Urgent,
            "The page leads nowhere",
            format!("{url} answers {status} without a place to go to."),
            "Mend the redirect of the site.",
        ),
        500.. => (
            Severity::Urgent,
            "The site is broken at the moment",
            format!("{url} answers {status}."),
            "Look at the site's own log; the chat comes after.",
        ),
        _ => (
            Severity::Urgent,
            "The page does not come",
            format!("{url} answers {status}."),
            "Give me the address of the page as it stands in the browser.",
        ),
    };
    bad(severity, Page, "page:status", title, why, fix)
}

fn silent(url: &Url, fault: &Fault) -> Problem {
    let host = url.host_str().unwrap_or_default();
    let urgent = |title: String, why: String, fix: String| bad(Severity::Urgent, Page, "page:silent", title, why, fix);
    match fault {
        Fault::NoName => urgent(
            format!("{host} is not found"),
            "No address is known for this name.".into(),
            "Look at the spelling; a new name takes some hours to be known.".into(),
        ),
        Fault::Inside(ip) => bad(
            Severity::Warning,
            Page,
            "page:inside",
            format!("{host} lies inside a network"),
            format!("Its address is {ip}. I call nobody inside unasked, because a page's address can be anybody's."),
            format!("If it is yours: `OUTBOUND_ALLOW={ip}` in /etc/deskbell/deskbell.conf, then restart."),
        ),
        Fault::Certificate(fault, _) => urgent(
            format!("The certificate of {host} is not right"),
            format!("Browsers warn before they show the page: {fault}."),
            "Renew the certificate of the site.".into(),
        ),
        fault => urgent(
            format!("{host} does not answer"),
            format!("I asked for the page: {}", why_not(fault)),
            "Does it open in your browser? If so, the site may let in only some networks.".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_type_it() {
        for (text, url) in [
            ("shop.example", "https://shop.example/"),
            (" http://shop.example/a?b#c ", "http://shop.example/a?b#c"),
            ("localhost:8080/x", "https://localhost:8080/x"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(typed(text).unwrap().as_str(), url);
        }
        for bad in
            ["", "file:///etc/passwd", "ftp://a.example", "https://u:p@a.example/", "hello", "https://", "javascript://a.b/%0aalert(1)"]
        {
            assert_eq!(typed(bad).unwrap_err().field.as_deref(), Some("url"), "{bad}");
        }
    }
}
