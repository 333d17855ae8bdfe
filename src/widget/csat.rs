//! Answers to surveys: by the widget as JSON, by a plain page for everybody else (protocol 2.12, 2.13). The uuid is the permission.

use super::plain_page::sentence;
use super::{Widget, session, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::base::markup;
use crate::desk::words::{OwnWords, Words};
use crate::http::assets;
use crate::http::request::percent_decode;
use crate::http::{Reply, Request};
use crate::model::inbox::InboxConfig;
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
        match self.survey_of(request, uuid).await {
            Ok(survey) if survey.answered => survey.page(self, request, 200, &told(&survey.words, "error.answered")),
            Ok(survey) => survey.page(self, request, 200, &self.form(&survey, None)),
            Err(error) => self.no_survey(request, &error),
        }
    }

    /// `POST /csat/<uuid>`: the page's form.
    pub async fn csat_form(&self, mut request: Request, uuid: &str) -> Reply {
        let survey = match self.survey_of(&request, uuid).await {
            Ok(found) => found,
            Err(error) => return self.no_survey(&request, &error),
        };
        match self.csat_posted(&mut request, survey.uuid).await {
            Ok(()) => survey.page(self, &request, 200, &told(&survey.words, "w.csat_thanks")),
            Err(error) => survey.page(self, &request, 400, &self.form(&survey, Some(&error))),
        }
    }

    async fn csat_json(&self, request: &mut Request, uuid: &str) -> Result<Reply> {
        self.throttles.call(&self.desk, request, None)?;
        self.desk.check_network(request.client_ip)?;
        let answer: Answer = request.json().await?;
        self.desk.answer_survey(id(uuid)?, rating(answer.rating)?, &answer.feedback).await?;
        Ok(wire::success(Value::Bool(true)))
    }

    async fn csat_posted(&self, request: &mut Request, uuid: Uuid) -> Result<()> {
        self.throttles.call(&self.desk, request, None)?;
        self.desk.check_network(request.client_ip)?;
        let body = request.bytes(FORM_BYTES_MAX).await?;
        let body = String::from_utf8_lossy(&body);
        let field = |name: &str| {
            let found = body.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
            found.map(|(_, value)| percent_decode(value)).unwrap_or_default()
        };
        let given = field("rating").parse().unwrap_or(0);
        self.desk.answer_survey(uuid, rating(given)?, &field("feedback")).await
    }

    async fn survey_of(&self, request: &Request, uuid: &str) -> Result<Survey> {
        let uuid = id(uuid)?;
        let (asked, inbox) = self.desk.survey(uuid).await?;
        let lang = request.query("lang").or(Some(asked.locale)).filter(|code| !code.is_empty());
        let words = self.desk.words(&inbox, lang.as_deref(), request.header("accept-language")).await?;
        Ok(Survey { uuid, brand: words.config(&inbox.config).brand_name, words, answered: asked.answered })
    }

    fn form(&self, survey: &Survey, error: Option<&Error>) -> String {
        let say = |key: &str| escaped(survey.words.say(key));
        let choices: String = [(5, "excellent"), (4, "great"), (3, "good"), (2, "fair"), (1, "poor")]
            .iter()
            .map(|(value, word)| {
                let word = say(&format!("globals.terms.{word}"));
                format!("<label><input type=\"radio\" name=\"rating\" value=\"{value}\"> {word}</label>")
            })
            .collect();
        let error = error.map_or(String::new(), |error| format!("<p role=\"alert\">{}</p>", escaped(&sentence(&survey.words, error))));
        format!(
            "{error}<form method=\"post\" action=\"{}/csat/{}?lang={}\"><fieldset><legend>{}</legend>{choices}</fieldset>\
             <label>{}<textarea name=\"feedback\" maxlength=\"1000\" rows=\"4\"></textarea></label><button>{}</button></form>",
            self.base_path(),
            survey.uuid,
            survey.words.locale(),
            say("w.csat_ask"),
            say("w.csat_more"),
            say("w.csat_send"),
        )
    }

    /// Nobody knows whose survey it was to be, so the browser's own language has to do.
    fn no_survey(&self, request: &Request, error: &Error) -> Reply {
        let config = InboxConfig { language: "auto".into(), ..InboxConfig::default() };
        let words = Words::choose(&config, &OwnWords::new(), None, request.header("accept-language"));
        let said = format!("<p>{}</p>", escaped(&sentence(&words, error)));
        let nobody = Survey { uuid: Uuid::new(), brand: "deskbell".into(), words, answered: false };
        nobody.page(self, request, 404, &said)
    }
}

/// What the page shows.
struct Survey {
    uuid: Uuid,
    brand: String,
    words: Words,
    answered: bool,
}

impl Survey {
    fn page(&self, widget: &Widget, request: &Request, status: u16, body: &str) -> Reply {
        let (brand, lang, dir) = (escaped(&self.brand), escaped(self.words.locale()), self.words.direction());
        let style = format!("{}{}", widget.base_path(), assets::path("shared/csat.css"));
        let html = format!(
            "<!doctype html><html lang=\"{lang}\" dir=\"{dir}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{brand}</title><link rel=\"stylesheet\" href=\"{style}\"></head><body><main><h1>{brand}</h1>{body}</main></body></html>"
        );
        let mut reply = assets::page(request, html);
        if let Ok(status) = hyper::StatusCode::from_u16(status) {
            *reply.0.status_mut() = status;
        }
        reply.header("content-security-policy", POLICY).header("referrer-policy", "no-referrer")
    }
}

fn told(words: &Words, key: &str) -> String {
    format!("<p>{}</p>", escaped(words.say(key)))
}

fn id(text: &str) -> Result<Uuid> {
    Uuid::parse(text).ok_or_else(|| Error::invalid("There is no such survey.").coded("no_survey"))
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
