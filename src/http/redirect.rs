//! What plain HTTP answers where HTTPS is served: the authority's questions, and for everything else the way to HTTPS.

use super::reply::Reply;
use super::request::Request;
use super::tls::Identity;

/// Where the authority asks for a proof (RFC 8555 8.3).
const PROOFS: &str = "/.well-known/acme-challenge/";

/// Answers plain HTTP.
#[derive(Clone)]
pub struct Redirect {
    /// Whose proofs are shown.
    pub identity: Identity,
    /// The one origin that is redirected to, such as `https://chat.example.com`. None: the name that was asked for, if the certificate is for it.
    pub origin: Option<String>,
    /// The port of HTTPS.
    pub port: u16,
}

impl Redirect {
    /// The answer to a request.
    pub fn answer(&self, request: &Request) -> Reply {
        if let Some(file) = request.path.strip_prefix(PROOFS) {
            return match self.identity.plain_proof(file) {
                Some(text) => Reply::bytes(200, "application/octet-stream", text),
                None => Reply::bytes(404, "text/plain; charset=utf-8", "There is nothing to prove here.\n"),
            };
        }
        let Some(origin) = self.origin.clone().or_else(|| self.asked_for(&request.host)) else {
            return Reply::bytes(421, "text/plain; charset=utf-8", "This server does not answer for that host.\n");
        };
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        // 308 and not 301: what was posted is posted again, and not asked for.
        Reply::status(308).header("location", format!("{origin}{}{query}", request.path))
    }

    /// The origin of the name in a request: nobody is sent to a name that is not ours.
    fn asked_for(&self, host: &str) -> Option<String> {
        let name = match host.split_once(']') {
            Some((address, _)) => address.trim_start_matches('['),
            None => host.split(':').next().unwrap_or(host),
        };
        let port = if self.port == 443 { String::new() } else { format!(":{}", self.port) };
        let name_in_url = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        self.identity.covers(name).then(|| format!("https://{name_in_url}{port}"))
    }
}
