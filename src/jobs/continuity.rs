//! Mails about conversations: the desk says what is due, the post office sends it, the desk notes how far it went.

use super::{Outside, post};
use crate::base::error::{Kind, Result};
use crate::base::id::Seq;
use crate::desk::Desk;

/// What a contact has not seen.
pub async fn to_contact(desk: &Desk, outside: &Outside, conversation: i64, upto: Option<Seq>) -> Result<()> {
    let Some(due) = desk.due_to_contact(conversation, upto, outside.base_url.as_deref()).await? else { return Ok(()) };
    post::send(desk, outside, &due.key, &due.letter).await?;
    desk.went_to_contact(conversation).await
}

/// What was written while nobody was here. One address that is refused for good keeps nobody else from being told.
pub async fn to_team(desk: &Desk, outside: &Outside, conversation: i64, upto: Option<Seq>) -> Result<()> {
    let Some(due) = desk.due_to_team(conversation, upto, outside.base_url.as_deref()).await? else { return Ok(()) };
    let mut sent = 0;
    let (mut later, mut refused) = (None, None);
    for one in &due.letters {
        match post::send(desk, outside, &one.key, &one.letter).await {
            Ok(()) => sent += 1,
            Err(error) if matches!(error.kind, Kind::Invalid | Kind::Forbidden | Kind::NotFound) => refused = Some(error),
            Err(error) => later = Some(error),
        }
    }
    match (later, refused) {
        // Those who got it get it once: their mails have names.
        (Some(error), _) => Err(error),
        (None, Some(error)) if sent == 0 => Err(error),
        (None, _) => desk.told_team(conversation, due.upto).await,
    }
}

/// An answer in a conversation that is held by mail.
pub async fn reply(desk: &Desk, outside: &Outside, message: i64) -> Result<()> {
    match desk.due_reply(message).await? {
        Some(due) => post::send(desk, outside, &due.key, &due.letter).await,
        None => Ok(()),
    }
}
