//! Answers to surveys: by the widget as JSON, by a plain page for everybody else (protocol 2.12, 2.13). The uuid is the permission.

use super::{Widget, session, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::markup;
use crate::http::assets;
use crate::http::request::percent_decode;
use crate::http::{Reply, Request};
use serde::Deserialize;
use serde_json::Value;

/// A page that may do nothing but send its own form.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
/// Bytes of a posted form.
const FORM_BYTES_MAX: usize = 16 * 1024;

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    rating: i64,
    #[serde(default)]
    feedback: String,
}

impl Widget {
    /// `POST /api/v1/csat/<uuid>/response`; needs no inbox header and no session.
    pub async fn csat_response(&self, mut request: Request, uuid: &str) -> Reply {
        let request_id = request.request_id.clone();
        let answered = self.csat_json(&mut request, uuid).await;
        session::with_cors(answered.unwrap_or_else(|error| wire::failure(&error, &request_id)))
    }

    /// `GET /csat/<uuid>` and `GET /csat/<uuid>/widget`: the question as a page without scripts.
    pub async fn csat_page(&self, request: &Request, uuid: &str) -> Reply {
        match self.survey_of(uuid).await {
            Ok((_, brand, true)) => self.survey_page(request, 200, &brand, "<p>This question was answered already. Thank you.</p>"),
            Ok((uuid, brand, false)) => self.survey_page(request, 200, &brand, &self.form(uuid, "")),
            Err(error) => self.survey_page(request, 404, "deskbell", &format!("<p>{}</p>", escaped(&error.message))),
        }
    }

    /// `POST /csat/<uuid>`: the page's form.
    pub async fn csat_form(&self, mut request: Request, uuid: &str) -> Reply {
        let (uuid, brand, _) = match self.survey_of(uuid).await {
            Ok(found) => found,
            Err(error) => return self.survey_page(&request, 404, "deskbell", &format!("<p>{}</p>", escaped(&error.message))),
        };
        match self.csat_posted(&mut request, uuid).await {
            Ok(()) => self.survey_page(&request, 200, &brand, "<p>Thank you. It helps us to get better.</p>"),
            Err(error) => self.survey_page(&request, 400, &brand, &self.form(uuid, &error.message)),
        }
    }

    async fn csat_json(&self, request: &mut Request, uuid: &str) -> Result<Reply> {
        self.throttles.call(&self.desk, request, None)?;
        let answer: Answer = request.json().await?;
        self.desk.answer_survey(id(uuid)?, rating(answer.rating)?, &answer.feedback).await?;
        Ok(wire::success(Value::Bool(true)))
    }

    async fn csat_posted(&self, request: &mut Request, uuid: Uuid) -> Result<()> {
        self.throttles.call(&self.desk, request, None)?;
        let body = request.bytes(FORM_BYTES_MAX).await?;
        let body = String::from_utf8_lossy(&body);
        let field = |name: &str| {
            let found = body.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
            found.map(|(_, value)| percent_decode(value)).unwrap_or_default()
        };
        let given = field("rating").parse().unwrap_or(0);
        self.desk.answer_survey(uuid, rating(given)?, &field("feedback")).await
    }

    async fn survey_of(&self, uuid: &str) -> Result<(Uuid, String, bool)> {
        let uuid = id(uuid)?;
        let asked = self.desk.survey(uuid).await?;
        Ok((uuid, asked.brand_name, asked.answered))
    }

    fn form(&self, uuid: Uuid, error: &str) -> String {
        let choices = [(5, "Excellent"), (4, "Great"), (3, "Good"), (2, "Fair"), (1, "Poor")];
        let choices: String = choices
            .iter()
            .map(|(value, word)| format!("<label><input type=\"radio\" name=\"rating\" value=\"{value}\"> {word}</label>"))
            .collect();
        let error = if error.is_empty() { String::new() } else { format!("<p role=\"alert\">{}</p>", escaped(error)) };
        format!(
            "{error}<form method=\"post\" action=\"{}/csat/{uuid}\"><fieldset><legend>How did we do?</legend>{choices}</fieldset>\
         <label>Anything else?<textarea name=\"feedback\" maxlength=\"1000\" rows=\"4\"></textarea></label><button>Send</button></form>",
            self.base_path()
        )
    }

    fn survey_page(&self, request: &Request, status: u16, brand: &str, body: &str) -> Reply {
        let brand = escaped(brand);
        let style = format!("{}{}", self.base_path(), assets::path("shared/csat.css"));
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{brand}</title><link rel=\"stylesheet\" href=\"{style}\"></head><body><main><h1>{brand}</h1>{body}</main></body></html>"
        );
        let mut reply = assets::page(request, html);
        if let Ok(status) = hyper::StatusCode::from_u16(status) {
            *reply.0.status_mut() = status;
        }
        reply.header("content-security-policy", POLICY).header("referrer-policy", "no-referrer")
    }
}

fn id(text: &str) -> Result<Uuid> {
    Uuid::parse(text).ok_or_else(|| Error::invalid("There is no such survey."))
}

/// 0 means none, as the protocol has it.
fn rating(given: i64) -> Result<Option<u8>> {
    match given {
        0 => Ok(None),
        1..=5 => Ok(Some(given as u8)),
        _ => Err(Error::invalid("A rating is a whole number from 1 to 5.").in_field("rating")),
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::new();
    markup::escape(text, &mut html);
    html
}
