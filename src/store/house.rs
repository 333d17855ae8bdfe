//! Settings of the house as a whole: one JSON text under one key.

use super::settings;
use super::tx::{ReadTx, WriteTx};
use crate::base::error::{Error, Result};
use crate::model::event::{Topic, What};
use crate::model::house::HouseSettings;

const KEY: &str = "house";

/// The settings, or their defaults while nobody saved any.
pub fn find(tx: &ReadTx) -> Result<HouseSettings> {
    match settings::find(tx, KEY)? {
        Some(json) => serde_json::from_str(&json).map_err(Error::internal),
        None => Ok(HouseSettings::default()),
    }
}

/// Stores them; every desk hears of it.
pub fn put(tx: &WriteTx, house: &HouseSettings) -> Result<()> {
    settings::put(tx, KEY, &serde_json::to_string(house).map_err(Error::internal)?)?;
    tx.announce_ephemeral(vec![Topic::Agents], What::HouseChanged);
    Ok(())
}
