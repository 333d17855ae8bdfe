//! Search and archive: what an agent asks for, and what was found.

use super::conversations::page_size;
use super::{Desks, number, wire};
use crate::base::error::{Error, Result};
use crate::base::id::Uuid;
use crate::desk::archive::{Archive, Results, Wanted};
use crate::http::{Reply, Request};
use crate::model::conversation::ConversationKind;
use crate::store::search::{Filter, Whose};
use serde::Deserialize;
use serde_json::{Value, json};

/// Where a conversation may stand.
const LISTINGS: [&str; 5] = ["open", "waiting", "resolved", "snoozed", "spam"];

/// How a survey is handed on.
#[derive(Default, Deserialize)]
struct SurveyBy {
    #[serde(default)]
    mail: bool,
}

impl Desks {
    /// `GET /search`.
    pub(super) async fn search(&self, request: &Request) -> Result<Reply> {
        let agent = self.who(request)?;
        let typed = request.query("q").unwrap_or_default();
        let wanted = Wanted { typed, filter: filter(request)?, before: number(request, "before")?, limit: page_size(request)? };
        let found = self.desk.search(&agent, wanted).await?;
        Ok(wire::ok(self.found(&found)))
    }

    /// `POST /conversations/{uuid}/survey`.
    pub(super) async fn survey_link(&self, mut request: Request, uuid: Uuid) -> Result<Reply> {
        let agent = self.who(&request)?;
        let by_mail = request.json_or_empty::<SurveyBy>().await?.mail;
        let asked = match by_mail {
            true => self.desk.mail_survey(&agent, uuid, self.base_url.is_some()).await?,
            false => self.desk.survey_link(&agent, uuid).await?,
        };
        let link = format!("{}/csat/{}", self.base(&request), asked.uuid);
        Ok(wire::ok(json!({ "link": link, "answered": asked.answered, "rating": asked.rating, "mailed": by_mail })))
    }

    fn found(&self, found: &Archive) -> Value {
        let contacts: Vec<Value> = found
            .people
            .iter()
            .map(|(contact, conversation)| {
                let conversation = conversation.map(|uuid| uuid.to_string());
                json!({ "uuid": contact.uuid.to_string(), "name": contact.name(), "email": contact.email, "conversation": conversation })
            })
            .collect();
        let (results, conversations, next, searched_to) = match &found.results {
            Results::Messages(hits) => {
                (hits.all.iter().map(|hit| wire::hit(&self.desk, hit)).collect::<Vec<_>>(), Vec::new(), hits.next, hits.searched_to)
            }
            Results::Conversations(all) => {
                (Vec::new(), all.all.iter().map(|one| wire::conversation(&self.desk, one)).collect::<Vec<_>>(), all.next, all.searched_to)
            }
        };
        let numbered = found.numbered.as_ref().map(|conversation| wire::conversation(&self.desk, conversation));
        json!({
            "results": results, "conversations": conversations, "contacts": contacts, "numbered": numbered, "next": next, "searched_to": searched_to,
        })
    }
}

fn filter(request: &Request) -> Result<Filter> {
    let given = |name: &'static str| request.query(name).filter(|text| !text.is_empty());
    let uuid = |name: &'static str| match given(name) {
        None => Ok(None),
        Some(text) => Uuid::parse(&text).map(Some).ok_or_else(|| Error::invalid(format!("{name} is a uuid.")).in_field(name)),
    };
    let whose = |name: &'static str| -> Result<Option<Whose>> {
        match given(name).as_deref() {
            Some("none") => Ok(Some(Whose::Nobody)),
            _ => Ok(uuid(name)?.map(Whose::One)),
        }
    };
    let listing = match given("status") {
        None => None,
        Some(word) => Some(
            LISTINGS
                .into_iter()
                .find(|listing| *listing == word)
                .ok_or_else(|| Error::invalid(format!("status is one of {}.", LISTINGS.join(", "))).in_field("status"))?,
        ),
    };
    let rating = match number(request, "rating")? {
        None => None,
        Some(stars @ 1..=5) => Some(stars as u8),
        Some(_) => return Err(Error::invalid("A rating is a whole number from 1 to 5.").in_field("rating")),
    };
    let kind = match given("kind") {
        None => None,
        Some(word) => Some(
            ConversationKind::parse(&word)
                .ok_or_else(|| Error::invalid("kind is one of chat, bug, feature, review, question.").in_field("kind"))?,
        ),
    };
    Ok(Filter {
        from: number(request, "from")?,
        to: number(request, "to")?,
        agent: whose("agent")?,
        team: whose("team")?,
        tag: uuid("tag")?,
        inbox: uuid("inbox")?,
        contact: uuid("contact")?,
        listing,
        rating,
        kind,
    })
}
