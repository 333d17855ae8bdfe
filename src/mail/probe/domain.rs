//! What the records of the address' domain say: who takes its mail (MX), who may send it (SPF), whether mails are signed (DKIM), what others
//! shall do with forged ones (DMARC). Without them good mail lands in spam.

use super::Finding;
use crate::base::error::Result;
use crate::mail::dns::{Answer, Resolver, Wanted};

/// Which domains of large providers stand in SPF for whom sends through their servers.
const INCLUDES: [(&str, &str); 9] = [
    ("gmail.com", "_spf.google.com"),
    ("googlemail.com", "_spf.google.com"),
    ("office365.com", "spf.protection.outlook.com"),
    ("outlook.com", "spf.protection.outlook.com"),
    ("fastmail.com", "spf.messagingengine.com"),
    ("mailbox.org", "mailbox.org"),
    ("zoho.eu", "zoho.eu"),
    ("zoho.com", "zohomail.com"),
    ("mailgun.org", "mailgun.org"),
];

/// Domains above a domain that are asked what they say for it.
const LEVELS_MAX: usize = 4;

/// Whose records are looked at.
pub struct Sender<'a> {
    pub address: &'a str,
    /// The server that sends; empty = none.
    pub smtp_host: &'a str,
    /// Whether answers are expected.
    pub receives: bool,
}

/// Looks at the records.
pub async fn domain(resolver: &Result<Resolver>, sender: &Sender<'_>) -> Vec<Finding> {
    let resolver = match resolver {
        Ok(resolver) => resolver,
        Err(error) => return vec![unknown("dns", &error.message)],
    };
    let domain = sender.address.rsplit_once('@').map_or(sender.address, |(_, domain)| domain);
    // One after the other: a resolver that does not answer is noticed at the first question, and the others are not waited for.
    let mx = match resolver.ask(domain, Wanted::Mx).await {
        // Of a name that is none nothing else can be said.
        Ok(Answer::NoName) => return vec![receiving(domain, sender, Answer::NoName)],
        Ok(answer) => receiving(domain, sender, answer),
        Err(error) => return vec![unknown("dns", &error.message)],
    };
    let spf = match resolver.ask(domain, Wanted::Txt).await {
        Ok(answer) => spf(domain, sender, &answer.records()),
        Err(error) => unknown("spf", &error.message),
    };
    let dkim = match resolver.ask(&format!("_domainkey.{domain}"), Wanted::Txt).await {
        Ok(answer) => dkim(domain, &answer),
        Err(error) => unknown("dkim", &error.message),
    };
    vec![mx, spf, dkim, dmarc(resolver, domain, sender).await]
}

fn unknown(id: &'static str, why: &str) -> Finding {
    Finding::note(id, "The records of the domain could not be looked at", why, "Try again later; mail may work all the same.")
}

fn receiving(domain: &str, sender: &Sender<'_>, answer: Answer) -> Finding {
    match answer {
        Answer::NoName => {
            let why = "Nobody can answer, and most servers refuse mail from a domain that does not exist.";
            Finding::bad("mx", format!("{domain} does not exist"), why, "Look at the spelling of the address.")
        }
        Answer::Records(servers) => match servers.first() {
            Some(first) => Finding::good("mx", format!("{domain} takes mail"), format!("It goes to {first} (MX).")),
            None if sender.receives => {
                let why = "No MX record says where mail for it goes, so answers may come back as undeliverable.";
                let fix = format!("Set the record your mail provider names, such as: {domain}. MX 10 mail.{domain}.");
                Finding::bad("mx", format!("{domain} says nowhere that it takes mail"), why, fix)
            }
            None => Finding::note("mx", format!("{domain} says nowhere that it takes mail"), "Nobody can answer by mail.", ""),
        },
    }
}

fn spf(domain: &str, sender: &Sender<'_>, texts: &[String]) -> Finding {
    let is_spf = |text: &&String| {
        text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("v=spf1")) && !text[6..].starts_with(|c: char| c != ' ')
    };
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    match records.as_slice() {
        [] => {
            let why = format!("Nothing says which servers may send for {domain} (SPF), so everybody may, and others trust your mail less.");
            Finding::bad("spf", "SPF is missing", why, format!("Set this record: {domain}. TXT \"{}\"", spf_for(sender.smtp_host)))
        }
        [record] if record.split_whitespace().any(|word| word.eq_ignore_ascii_case("+all") || word.eq_ignore_ascii_case("all")) => {
            let why = format!("It ends in “all”: every server in the world may send for {domain}.");
            Finding::bad("spf", "SPF allows everybody", why, "Let it end in ~all or -all.")
        }
        [record] => match include_of(sender.smtp_host).filter(|include| !record.contains(include)) {
            Some(include) => {
                let why = format!("It does not name the server that sends: {}.", crate::base::text::preview(record, 200));
                Finding::note(
                    "spf",
                    "SPF may not know this server",
                    why,
                    format!("If mail lands in spam, add include:{include} before the last word."),
                )
            }
            None => Finding::good("spf", "SPF is set", crate::base::text::preview(record, 200)),
        },
        several => {
            let why = format!("There are {}, and with more than one none counts.", several.len());
            Finding::bad(
                "spf",
                "There is more than one SPF record",
                why,
                "Put them together into one that begins with v=spf1 and ends in ~all.",
            )
        }
    }
}

fn include_of(smtp_host: &str) -> Option<&'static str> {
    let at = |end: &str| smtp_host == end || smtp_host.strip_suffix(end).is_some_and(|before| before.ends_with('.'));
    INCLUDES.iter().find(|(end, _)| at(end)).map(|(_, include)| *include)
}

fn spf_for(smtp_host: &str) -> String {
    match include_of(smtp_host) {
        Some(include) => format!("v=spf1 include:{include} ~all"),
        None if smtp_host.is_empty() || smtp_host.parse::<std::net::IpAddr>().is_ok() || !smtp_host.contains('.') => {
            "v=spf1 mx ~all".to_owned()
        }
        None => format!("v=spf1 mx a:{smtp_host} ~all"),
    }
}

/// Which key a mail is signed with stands in the mail alone; but a domain that has any key has something below `_domainkey`.
fn dkim(domain: &str, answer: &Answer) -> Finding {
    match answer {
        Answer::Records(_) => Finding::good(
            "dkim",
            "There are DKIM keys",
            format!("Mails of {domain} can be signed; whether this server signs them, a test mail shows."),
        ),
        Answer::NoName => {
            let why = format!("No key for signatures is known for {domain}. Large providers doubt mails without one.");
            Finding::note("dkim", "DKIM seems to be missing", why, "Switch DKIM on where the mail server is, and set the record it shows.")
        }
    }
}

async fn dmarc(resolver: &Resolver, domain: &str, sender: &Sender<'_>) -> Finding {
    // A subdomain goes by what the domain above says (RFC 7489, 6.6.3).
    let mut name = domain;
    for _ in 0..LEVELS_MAX {
        match resolver.ask(&format!("_dmarc.{name}"), Wanted::Txt).await {
            Err(error) => return unknown("dmarc", &error.message),
            Ok(answer) => {
                let found = answer.records().into_iter().find(|text| text.trim_start().starts_with("v=DMARC1"));
                if let Some(record) = found {
                    return Finding::good("dmarc", "DMARC is set", crate::base::text::preview(&record, 200));
                }
            }
        }
        match name.split_once('.') {
            Some((_, above)) if above.contains('.') => name = above,
            _ => break,
        }
    }
    let why = "Nothing says what others shall do with mail that only pretends to be yours. Large providers ask for it.";
    let fix = format!("Set this record: _dmarc.{domain}. TXT \"v=DMARC1; p=none; rua=mailto:{}\"", sender.address);
    Finding::bad("dmarc", "DMARC is missing", why, fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_judged_and_the_missing_ones_written_out() {
        let sender = |smtp_host| Sender { address: "hello@shop.example", smtp_host, receives: true };
        let judged = |host, texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
            spf("shop.example", &sender(host), &texts)
        };
        let missing = judged("smtp.gmail.com", &["google-site-verification=x", "v=spf10 x"]);
        assert_eq!((missing.ok, missing.fix.contains("\"v=spf1 include:_spf.google.com ~all\"")), (Some(false), true));
        assert!(judged("mail.shop.example", &[]).fix.contains("a:mail.shop.example"));
        assert_eq!(judged("mail.shop.example", &["v=spf1 mx -all"]).ok, Some(true));
        assert_eq!(judged("smtp.office365.com", &["v=spf1 mx -all"]).ok, None);
        assert_eq!(judged("x.example", &["v=spf1 +all"]).ok, Some(false));
        assert_eq!(judged("x.example", &["v=spf1 mx ~all", "v=spf1 a -all"]).ok, Some(false));
        assert_eq!(receiving("shop.example", &sender("x"), Answer::NoName).ok, Some(false));
        assert_eq!(receiving("shop.example", &sender("x"), Answer::Records(vec!["mx.shop.example".into()])).ok, Some(true));
        assert_eq!(dkim("shop.example", &Answer::NoName).ok, None);
    }
}
