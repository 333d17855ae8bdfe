//! Mails about conversations: the desk says what is due, the post office sends it, the desk notes how far it went.

use super::{Outside, post};
use crate::base::clock::Millis;
use crate::base::error::{Error, Kind, Result};
use crate::base::id::Seq;
use crate::desk::Desk;
use crate::desk::continuity::MAILBOX_OFF;

/// So long the whole team's next mail waits for one of them who cannot be reached.
const SLOW_MS: Millis = 3_600_000;
/// Between two looks whether a mailbox is switched on again.
const OFF_MS: Millis = 15 * 60_000;

/// What a contact has not seen.
pub async fn to_contact(desk: &Desk, outside: &Outside, conversation: i64, upto: Option<Seq>) -> Result<()> {
    let due = desk.due_to_contact(conversation, upto, outside.base_url.as_deref()).await;
    let Some(due) = due.map_err(|error| waiting(desk, error))? else { return Ok(()) };
    post::send(desk, outside, &due.key, &due.letter).await?;
    desk.went_to_contact(conversation).await
}

/// What was written while nobody was here. One address that is refused for good, or for long, keeps nobody else from being told.
pub async fn to_team(desk: &Desk, outside: &Outside, conversation: i64, upto: Option<Seq>) -> Result<()> {
    let due = desk.due_to_team(conversation, upto, outside.base_url.as_deref()).await;
    let Some(due) = due.map_err(|error| waiting(desk, error))? else { return Ok(()) };
    let mut told = Vec::new();
    let mut sent = 0;
    let (mut later, mut refused) = (None, None);
    for one in &due.letters {
        match post::send(desk, outside, &one.key, &one.letter).await {
            Ok(()) => {
                sent += 1;
                told.extend(one.agent);
            }
            Err(error) if matches!(error.kind, Kind::Invalid | Kind::Forbidden | Kind::NotFound) => refused = Some(error),
            Err(error) => later = Some(error),
        }
    }
    match (later, refused) {
        // Those who got it get it once: their mails have names.
        (Some(error), _) if sent == 0 || desk.clock.now() < due.since + SLOW_MS => Err(error),
        (None, Some(error)) if sent == 0 => Err(error),
        _ => desk.told_team(conversation, due.upto, told).await,
    }
}

/// An answer in a conversation that is held by mail.
pub async fn reply(desk: &Desk, outside: &Outside, message: i64) -> Result<()> {
    match desk.due_reply(message).await.map_err(|error| waiting(desk, error))? {
        Some(due) => post::send(desk, outside, &due.key, &due.letter).await,
        None => Ok(()),
    }
}

/// Through a mailbox that is switched off nothing is tried, so no try is counted: however long it takes, nothing is given up.
fn waiting(desk: &Desk, error: Error) -> Error {
    if error.code == Some(MAILBOX_OFF) { post::waits(desk, desk.clock.ticks() + OFF_MS, &error.message) } else { error }
}
