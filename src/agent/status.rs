//! How the house is, for the settings page *Status*, and how much it writes into its log.

use super::{Desks, wire};
use crate::base::error::{Error, Result};
use crate::base::log as house_log;
use crate::desk::vitals::Day;
use crate::http::{Reply, Request};
use serde::Deserialize;

#[derive(Deserialize)]
struct Level {
    level: String,
}

impl Desks {
    /// `GET /status`; `days=1&offset=MINUTES` adds the messages of the last days, as days are where the browser is.
    pub(super) async fn status(&self, request: &Request) -> Result<Reply> {
        let vitals = self.desk.vitals(&self.data_file).await?;
        let days: Option<Vec<Day>> = match request.query("days") {
            Some(_) => {
                let offset = request.query("offset").and_then(|minutes| minutes.parse::<i64>().ok()).unwrap_or(0);
                Some(self.desk.days(offset.clamp(-14 * 60, 14 * 60) * 60_000).await?)
            }
            None => None,
        };
        Ok(wire::ok(wire::status(&vitals, days, self.desk.written(), &self.live, self.tally.connections())))
    }

    /// `PUT /status/log`: another level until the next reload or restart.
    pub(super) async fn set_log_level(&self, mut request: Request) -> Result<Reply> {
        let session = self.who(&request)?;
        let asked: Level = request.json().await?;
        let level =
            house_log::level(&asked.level).ok_or_else(|| Error::invalid("Expected error, warn, info or debug.").in_field("level"))?;
        self.desk.note_log_level(&session, &asked.level).await?;
        house_log::start(level);
        log::info!("log level set in the desk level={}", asked.level);
        self.status(&request).await
    }
}
