//! Settings of the house as a whole: read by everybody inside, changed key by key.

use super::{Desk, words};
use crate::base::error::{Error, Result};
use crate::base::text;
use crate::model::agent::AgentSession;
use crate::model::hours;
use crate::model::house::HouseSettings;
use crate::store::{audit, house};
use serde_json::{Map, Value, json};

impl Desk {
    /// The settings.
    pub async fn house(&self) -> Result<HouseSettings> {
        self.store.read(house::find).await
    }

    /// Changes some of them; objects merge one level deep. They are live with the next look.
    pub async fn edit_house(&self, by: &AgentSession, changes: Map<String, Value>) -> Result<HouseSettings> {
        let by = by.agent.id;
        self.store
            .write(move |tx| {
                let settings = checked(merged(&house::find(tx)?, &changes)?)?;
                house::put(tx, &settings)?;
                let keys: Vec<&String> = changes.keys().collect();
                audit::append(tx, Some(by), "house.edited", "", &json!({ "keys": keys }))?;
                Ok(settings)
            })
            .await
    }
}

/// The present settings with `changes` laid over them. An unknown key or a wrong type names the key.
fn merged(present: &HouseSettings, changes: &Map<String, Value>) -> Result<HouseSettings> {
    let mut all = serde_json::to_value(present).map_err(Error::internal)?;
    for (key, change) in changes {
        let slot = all.get_mut(key).ok_or_else(|| Error::invalid("There is no such setting.").in_field(key.as_str()))?;
        match (slot, change) {
            (Value::Object(slot), Value::Object(change)) => {
                for (inner, value) in change {
                    let known = slot
                        .get_mut(inner)
                        .ok_or_else(|| Error::invalid("There is no such setting.").in_field(format!("{key}.{inner}")))?;
                    *known = value.clone();
                }
            }
            (slot, change) => *slot = change.clone(),
        }
        serde_json::from_value::<HouseSettings>(all.clone())
            .map_err(|cause| Error::invalid(format!("This does not fit: {cause}.")).in_field(key.as_str()))?;
    }
    serde_json::from_value(all).map_err(Error::internal)
}

fn checked(mut settings: HouseSettings) -> Result<HouseSettings> {
    settings.name = text::clean_line(&settings.name, 100);
    if words::canonical(&settings.language).is_none() {
        return Err(Error::invalid("Expected a language code such as en-US.").in_field("language"));
    }
    let quiet = &settings.quiet_hours;
    for (field, clock) in [("quiet_hours.from", &quiet.from), ("quiet_hours.to", &quiet.to)] {
        if minute_of(clock).is_none() {
            return Err(Error::invalid("Expected a time such as 20:00.").in_field(field));
        }
    }
    hours::zone_named(&quiet.time_zone).map_err(|error| error.in_field("quiet_hours.time_zone"))?;
    Ok(settings)
}

/// The minute of the day that `HH:MM` says.
fn minute_of(clock: &str) -> Option<u16> {
    let (hour, minute) = clock.split_once(':')?;
    let number =
        |text: &str| (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<u16>().ok()).flatten();
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
