//! What visitors are told of presence, hours and reply times: in the settings, in their conversations, and live.

use super::Widget;
use crate::base::clock::{Millis, rfc3339};
use crate::base::error::Result;
use crate::base::id::Uuid;
use crate::desk::outlook::Roster;
use crate::model::hours::{Hours, Span, Standing, Week};
use crate::model::inbox::Inbox;
use crate::model::outlook::Outlook;
use crate::model::team::TeamRef;
use serde_json::{Map, Value, json};

impl Widget {
    /// Whether the page shows no button now: the page opens the chat itself, or nobody is to be reached at this hour.
    pub(super) async fn launcher_hidden(&self, inbox: &Inbox) -> Result<bool> {
        Ok(inbox.config.launcher.hidden || (inbox.config.hours.outside == "hide" && !self.desk.is_open(inbox).await?))
    }

    /// Lays over the settings what is true just now.
    pub(super) async fn lay_availability(&self, settings: &mut Value, inbox: &Inbox) -> Result<()> {
        let config = &inbox.config;
        let outlook = self.desk.outlook(inbox).await?;
        settings["launcher"]["hidden"] = json!(self.launcher_hidden(inbox).await?);
        settings["team"]["reply_minutes"] = json!(outlook.reply_minutes);
        settings["availability"] = json!({
            "online": outlook.online, "open": outlook.open, "opens_at": outlook.opens_at, "outside": config.hours.outside,
            "reply_minutes": outlook.reply_minutes,
        });
        let shown = settings.get_mut("home_buttons").and_then(Value::as_array_mut);
        for (shown, button) in shown.into_iter().flatten().zip(&outlook.buttons) {
            shown["online"] = json!(button.online);
            shown["open"] = json!(button.open);
            shown["reply_minutes"] = json!(button.reply_minutes);
        }
        settings["show_office_hours_in_chat"] = json!(config.show_office_hours_in_chat);
        settings["show_office_hours_after_assignment"] = json!(config.show_office_hours_after_assignment);
        if config.show_office_hours_in_chat {
            let (roster, now) = (self.desk.roster().await?, self.desk.clock.now());
            settings["business_hours"] = roster.hours_met_in(inbox).into_iter().map(|set| business_hours(set, now)).collect();
            if let Some(set) = roster.hours_of_inbox(inbox) {
                settings["default_business_hours_id"] = json!(set.id.0);
                settings["working_hours_utc_offset"] = json!(set.plan.utc_offset_minutes(now));
            }
        }
        Ok(())
    }

    /// By which hours a conversation goes (2.6, 2.8): those of its team, else those of the inbox. Both null when there are none, or when
    /// the inbox does not show them.
    pub(super) async fn hours_of(&self, inbox: &Inbox, team: Option<&TeamRef>) -> Result<(Value, Value)> {
        if !inbox.config.show_office_hours_in_chat {
            return Ok((Value::Null, Value::Null));
        }
        let roster: &Roster = &*self.desk.roster().await?;
        let team: Option<Uuid> = team.map(|team| team.uuid);
        Ok(match roster.hours_of_team(inbox, team) {
            Some(set) => (json!(set.id.0), json!(set.plan.utc_offset_minutes(self.desk.clock.now()))),
            None => (Value::Null, Value::Null),
        })
    }
}

/// The body of the frame `availability`.
pub(super) fn frame(outlook: &Outlook) -> Value {
    let buttons: Map<String, Value> =
        outlook.buttons.iter().map(|button| (button.id.clone(), json!({ "online": button.online, "open": button.open }))).collect();
    json!({
        "online": outlook.online, "open": outlook.open, "opens_at": outlook.opens_at, "reply_minutes": outlook.reply_minutes,
        "buttons": buttons,
    })
}

/// A set of hours as the original protocol knows them: one span a day, none past midnight.
fn business_hours(set: &Hours, now: Millis) -> Value {
    json!({
        "id": set.id.0, "created_at": rfc3339(set.created_at), "updated_at": rfc3339(set.updated_at), "name": set.name, "description": null,
        "is_always_open": set.plan.standing(now) == Standing::ALWAYS, "holidays": set.plan.holidays, "hours": week(&set.plan.weekly),
    })
}

fn week(weekly: &Week) -> Value {
    let days = [
        ("Monday", &weekly.monday),
        ("Tuesday", &weekly.tuesday),
        ("Wednesday", &weekly.wednesday),
        ("Thursday", &weekly.thursday),
        ("Friday", &weekly.friday),
        ("Saturday", &weekly.saturday),
        ("Sunday", &weekly.sunday),
    ];
    Value::Object(days.into_iter().filter_map(|(day, spans)| Some((day.to_owned(), whole(spans)?))).collect())
}

/// From the first opening to the last closing; a span past midnight ends with its day here.
fn whole(spans: &[Span]) -> Option<Value> {
    let open = spans.first()?.begins();
    let close = match spans.iter().any(|span| span.is_overnight()) {
        true => "23:59".to_owned(),
        false => spans.iter().map(|span| span.ends()).max()?.replace("24:00", "23:59"),
    };
    Some(json!({ "open": open, "close": close }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_original_protocol_has_one_span() {
        let day = |spans: &[(&str, &str)]| whole(&spans.iter().map(|(from, until)| Span::parse(from, until).unwrap()).collect::<Vec<_>>());
        assert_eq!(day(&[]), None);
        assert_eq!(day(&[("09:00", "12:00"), ("13:00", "17:30")]), Some(json!({ "open": "09:00", "close": "17:30" })));
        assert_eq!(day(&[("09:00", "12:00"), ("22:00", "02:00")]), Some(json!({ "open": "09:00", "close": "23:59" })));
        assert_eq!(day(&[("00:00", "24:00")]), Some(json!({ "open": "00:00", "close": "23:59" })));
    }
}
