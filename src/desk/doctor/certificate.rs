//! What a certificate says of itself, and in words what is wrong with one that is not believed.

use super::verdict::{bad, fine};
use crate::base::clock::{Millis, rfc3339};
use crate::base::x509;
use crate::model::problem::{Area, Problem, Severity};
use tokio_rustls::rustls::CertificateError;
use tokio_rustls::rustls::pki_types::CertificateDer;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Certificates that renew themselves have more than this; with less somebody must act.
const DAYS_FEW: i64 = 10;

/// Judges the certificate of a line that was made.
pub(super) fn standing(host: &str, shown: &[CertificateDer<'static>], now: Millis) -> Problem {
    let Some(until) = shown.first().and_then(|own| expiry(own)) else {
        return fine(Area::Address, "tls", "The certificate is trusted", format!("It is for {host}."));
    };
    let days = (until - now).div_euclid(DAY_MS);
    let date = rfc3339(until)[..10].to_owned();
    if days < DAYS_FEW {
        let severity = if days < 3 { Severity::Urgent } else { Severity::Warning };
        let title = format!("The certificate of {host} ends in {days} days");
        let why = format!("It is good until {date}. Nobody renewed it so far; afterwards every browser refuses the desk and the chat.");
        return bad(
            severity,
            Area::Address,
            "tls",
            title,
            why,
            "Look why it is not renewed: `systemctl list-timers`, the log of the proxy, or of deskbell when it has DOMAIN. With certbot: `certbot renew`.",
        );
    }
    fine(Area::Address, "tls", "The certificate is trusted", format!("It is for {host}, good until {date} ({days} days)."))
}

/// In words, why a certificate is not believed.
pub(super) fn refused(host: &str, fault: &CertificateError, shown: &[CertificateDer<'static>]) -> Problem {
    let urgent = |title: String, why: String, fix: &str| bad(Severity::Urgent, Area::Address, "tls", title, why, fix);
    let all = "Browsers refuse the desk and every page's chat, without a word to the visitor.";
    let until = shown.first().and_then(|own| expiry(own));
    match fault {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let since = until.map_or(String::new(), |until| format!(" It ended on {}.", &rfc3339(until)[..10]));
            urgent(
                format!("The certificate of {host} has expired"),
                format!("{all}{since}"),
                "Renew it (certbot: `certbot renew`, then reload the proxy). If it is fresh, look at the clock of this machine: `timedatectl`.",
            )
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => urgent(
            format!("The certificate of {host} is not valid yet"),
            format!("{all} It begins in the future, so a clock is wrong."),
            "Set the clock: `timedatectl set-ntp true`.",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            let names = match fault {
                CertificateError::NotValidForNameContext { presented, .. } => {
                    let bare = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
                    format!(" It is for {}.", presented.iter().take(5).map(bare).collect::<Vec<_>>().join(", "))
                }
                _ => String::new(),
            };
            urgent(
                format!("The certificate is not for {host}"),
                format!("{all}{names} Often the proxy answers with its first site, because it knows none of this name."),
                "Get a certificate for this very name, and give the proxy a site of this name (`server_name` in nginx).",
            )
        }
        // What `openssl req -x509` makes by itself: an authority of its own, used as a server.
        fault if *fault == CertificateError::UnknownIssuer || format!("{fault:?}").contains("CaUsedAsEndEntity") => {
            let is_alone = shown.len() == 1 && shown.first().is_some_and(|own| is_issued_by_another(own));
            match is_alone {
                true => urgent(
                    format!("The certificate chain of {host} is incomplete"),
                    format!(
                        "{all} The server shows its own certificate without the one between it and the authority; some browsers know that one by chance, others do not."
                    ),
                    "Serve the full chain: `fullchain.pem` instead of `cert.pem` (nginx: `ssl_certificate`; deskbell: `CERT_FILE`).",
                ),
                false => urgent(
                    format!("Nobody trusts the certificate of {host}"),
                    format!("{all} It is self-made, or from an authority that this machine does not know."),
                    "Get one from a public authority: `DOMAIN=` lets deskbell do that by itself, Caddy does too, or use certbot. In a closed network, add your authority with `CA_FILE=` and to every browser.",
                ),
            }
        }
        CertificateError::Revoked => {
            urgent(format!("The certificate of {host} was revoked"), format!("{all} Its authority took it back."), "Get a new one.")
        }
        other => urgent(format!("The certificate of {host} is not right"), format!("{all} The check says: {other}."), "Get a new one."),
    }
}

/// Until when a certificate is good.
fn expiry(der: &[u8]) -> Option<Millis> {
    x509::validity(der).map(|(_, until)| until)
}

/// Whether it names another issuer than itself.
fn is_issued_by_another(der: &[u8]) -> bool {
    matches!((field(der, 2), field(der, 4)), (Some(issuer), Some(own)) if issuer != own)
}

/// A field of the part that is signed: 2 the issuer, 4 the name.
fn field(der: &[u8], wanted: usize) -> Option<&[u8]> {
    let (_, mut whole) = element(&mut &*der)?;
    let (_, mut signed) = element(&mut whole)?;
    // An explicit version is the only element with this tag; version 1 has none.
    let has_version = signed.first() == Some(&0xa0);
    let skipped = wanted + usize::from(has_version);
    for _ in 0..skipped {
        element(&mut signed)?;
    }
    element(&mut signed).map(|(_, field)| field)
}

/// The next element of DER: its tag and what it holds; the rest stays.
fn element<'d>(rest: &mut &'d [u8]) -> Option<(u8, &'d [u8])> {
    let (&tag, after) = rest.split_first()?;
    let (&first, mut after) = after.split_first()?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let (bytes, left) = after.split_at_checked(usize::from(first & 0x7f))?;
            after = left;
            bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
        }
        _ => return None,
    };
    let (held, left) = after.split_at_checked(length)?;
    *rest = left;
    Some((tag, held))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A certificate as far as it is read: version, serial, algorithm, issuer, validity, name.
    fn certificate(issuer: u8, until: &[u8], tag: u8) -> Vec<u8> {
        let wrap = |tag: u8, held: &[u8]| [&[tag, 0x82, (held.len() >> 8) as u8, held.len() as u8], held].concat();
        let validity = [wrap(0x17, b"250101000000Z"), wrap(tag, until)].concat();
        let signed =
            [wrap(0xa0, &[2, 1, 2]), wrap(2, &[7]), wrap(0x30, &[]), wrap(0x30, &[issuer]), wrap(0x30, &validity), wrap(0x30, &[1])]
                .concat();
        wrap(0x30, &wrap(0x30, &signed))
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_writings() {
        let at = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        assert_eq!(expiry(&certificate(1, b"270304050607Z", 0x17)), at("2027-03-04T05:06:07Z"));
        assert_eq!(expiry(&certificate(1, b"20510304050607Z", 0x18)), at("2051-03-04T05:06:07Z"));
        let whole = certificate(1, b"270304050607Z", 0x17);
        assert!(!is_issued_by_another(&whole) && is_issued_by_another(&certificate(2, b"270304050607Z", 0x17)));
        for cut in 0..whole.len() {
            assert_eq!(expiry(&whole[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn few_days_are_told_before_they_are_over() {
        let shown = [CertificateDer::from(certificate(2, b"270304050607Z", 0x17))];
        let end = expiry(&shown[0]).unwrap();
        let at = |days: i64| standing("chat.example", &shown, end - days * DAY_MS - 1).severity;
        assert_eq!((at(30), at(9), at(1), at(-1)), (Severity::Fine, Severity::Warning, Severity::Urgent, Severity::Urgent));
    }
}
