//! `deskbell create-agent` and `deskbell reset-password`: doors for whoever has the machine.

use super::{Arguments, configure, lock, runtime};
use deskbell::app::House;
use deskbell::base::clock::Clock;
use deskbell::base::config::Config;
use deskbell::base::error::{Error, Result};
use deskbell::base::id::new_token;
use deskbell::base::secret::Secret;
use deskbell::desk::agents::{Factor, NewAgent};
use deskbell::model::agent::Role;
use deskbell::store::migrate;
use std::fs::File;

/// Adds an agent and prints a one-time link to choose a password.
pub(super) fn create_agent(arguments: &Arguments, email: &str, name: &str) -> Result<()> {
    let config = configure(arguments)?;
    let role = arguments.role.as_deref().unwrap_or("agent");
    let role = Role::parse(role).ok_or_else(|| Error::invalid("--role is one of owner, admin, agent."))?;
    let (first_name, last_name) = name.split_once(' ').unwrap_or((name, ""));
    let new = NewAgent { email: email.into(), first_name: first_name.into(), last_name: last_name.into(), role };
    let _upgrading = alone_if_old(&config)?;
    runtime(&config)?.block_on(async {
        let house = House::open(config.clone(), Clock::default()).await?;
        // Nobody knows this one; the link below lets its owner choose his own.
        house.desk.create_agent(new, &Secret::new(new_token())).await?;
        print_link(&house, &config, email, Factor::Kept).await?;
        house.close().await
    })
}

/// Prints a one-time link to choose a new password.
pub(super) fn reset_password(arguments: &Arguments, email: &str) -> Result<()> {
    let config = configure(arguments)?;
    let _upgrading = alone_if_old(&config)?;
    runtime(&config)?.block_on(async {
        let house = House::open(config.clone(), Clock::default()).await?;
        let factor = if arguments.without_second_factor { Factor::Removed } else { Factor::Kept };
        print_link(&house, &config, email, factor).await?;
        house.close().await
    })
}

/// Opening a file of an older schema upgrades it: not while an older deskbell still runs on it.
fn alone_if_old(config: &Config) -> Result<Option<File>> {
    migrate::is_old(&config.data_file).then(|| lock(&config.data_file)).transpose()
}

async fn print_link(house: &House, config: &Config, email: &str, factor: Factor) -> Result<()> {
    let (purpose, token) = house.desk.issue_reset(email, factor).await?;
    let base = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    println!("Open this link within 24 hours to choose a password:\n\n  {base}/desk#{}={token}\n", purpose.as_str());
    if config.base_url.is_none() {
        println!("(If the desk is reached under another address, replace the beginning; BASE_URL in the settings does it for good.)\n");
    }
    Ok(())
}
