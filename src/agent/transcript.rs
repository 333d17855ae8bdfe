//! Transcripts to take away: plain text, or one HTML file that checks its own signature; and the public key to compare it with.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::markup::escape;
use crate::desk::evidence::Signed;
use crate::http::{Reply, Request, assets};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// From our own address the file may do nothing at all: it is there to be saved.
const DOWNLOAD: &str = "sandbox; default-src 'none'";
/// A page without scripts.
const KEY_PAGE: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

impl Desks {
    /// `GET /conversations/{uuid}/transcript`.
    pub(super) async fn transcript(&self, request: &Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(request)?;
        let with_notes = match request.query("notes").as_deref() {
            None | Some("" | "0") => false,
            Some("1") => true,
            Some(_) => return Err(Error::invalid("notes is 0 or 1.").in_field("notes")),
        };
        let as_page = match request.query("format").as_deref() {
            None | Some("" | "text") => false,
            Some("html") => true,
            Some(_) => return Err(Error::invalid("format is text or html.").in_field("format")),
        };
        let record = self.desk.record(&agent, uuid, with_notes).await?;
        let named = |end: &str| format!("attachment; filename=\"conversation-{}.{end}\"", record.number());
        let (reply, name) = match as_page {
            false => (Reply::bytes(200, "text/plain; charset=utf-8", record.plain()), named("txt")),
            true => {
                let signed = self.desk.sign(&record, &self.base(request)).await?;
                (Reply::html(200, page(&signed)?), named("html"))
            }
        };
        Ok(reply.header("content-disposition", name).header("content-security-policy", DOWNLOAD).header("cache-control", "no-store"))
    }

    /// `GET /transcript-key` and `GET /transcript-key.json`: what a third person compares a transcript with.
    pub async fn transcript_key(&self, request: &Request, as_json: bool) -> Reply {
        let key = match self.desk.signing_key().await {
            Ok(key) => key,
            Err(error) => return self.failure(&error, &request.request_id),
        };
        let (x, y) = key.coordinates();
        if as_json {
            return wire::ok(
                json!({ "fingerprint": key.fingerprint(), "key": { "kty": "EC", "crv": "P-256", "x": x, "y": y }, "alg": "ES256" }),
            );
        }
        let mut page =
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>Key of transcripts</title><link rel=\"stylesheet\" href=\""
                .to_owned();
        escape(&format!("{}{}", self.base(request), assets::path("shared/csat.css")), &mut page);
        page += "\"></head><body><main><h1>The key that signs transcripts of this house</h1>\
             <p>A transcript from here shows this fingerprint. If it shows another one, it was not signed here.</p><p><code>";
        escape(&key.fingerprint(), &mut page);
        page += "</code></p><p>P-256, as a JWK: <code>";
        escape(&format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{y}\"}}"), &mut page);
        page += "</code></p></main></body></html>";
        Reply::html(200, page).header("content-security-policy", KEY_PAGE)
    }
}

/// The one file: style and script inside, and nothing that is not inside. Its own policy allows exactly that script and that style.
fn page(signed: &Signed) -> Result<String> {
    let file = |name: &str| {
        let found = assets::find(name).ok_or_else(|| Error::internal(format!("there is no {name}")))?;
        String::from_utf8(found.plain().to_vec()).map_err(Error::internal)
    };
    let (style, script) = (file("transcript/look.css")?, file("transcript/check.js")?);
    let (x, y) = signed.key.coordinates();
    let proof = json!({ "alg": "ES256", "key": { "kty": "EC", "crv": "P-256", "x": x, "y": y }, "signature": URL_SAFE_NO_PAD.encode(signed.signature) });
    let value = signed.value()?;
    let mut page =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""
            .to_owned();
    page += &format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style)
    );
    page += "\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>Conversation ";
    page += &format!("{}</title>\n<style>{style}</style>\n</head>\n<body>\n", value["conversation"]["number"]);
    page += "<div id=\"verdict\" role=\"status\"><strong>Not checked.</strong><p>This file checks its own signature with JavaScript, without a network.</p></div>\n";
    page += "<main id=\"shown\">\n";
    copy(&value, &mut page);
    page += "</main>\n<script type=\"application/json\" id=\"record\">";
    page += &signed.record;
    page += "</script>\n<script type=\"application/json\" id=\"proof\">";
    page += &proof.to_string();
    page += "</script>\n<script>";
    page += &script;
    page += "</script>\n</body>\n</html>\n";
    Ok(page)
}

/// The same words for readers without scripts; the script puts the signed ones in their place.
fn copy(record: &Value, page: &mut String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    page.push_str("<h1>Conversation ");
    page.push_str(&record["conversation"]["number"].to_string());
    page.push_str(", ");
    escape(&text(&record["conversation"]["inbox"]), page);
    page.push_str("</h1>\n<p>With ");
    escape(&text(&record["contact"]["name"]), page);
    page.push_str("</p>\n");
    for message in record["messages"].as_array().into_iter().flatten() {
        page.push_str("<article><p class=\"soft\">");
        escape(
            &format!("{}, {}, by {}, {}", text(&message["name"]), text(&message["from"]), text(&message["via"]), text(&message["at"])),
            page,
        );
        page.push_str("</p><pre>");
        escape(&text(&message["text"]), page);
        page.push_str("</pre></article>\n");
    }
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}
