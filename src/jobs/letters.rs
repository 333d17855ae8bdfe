//! Letters that are owed by one job each: the desk says what stands in them, the post office sends them.

use super::{Outside, post};
use crate::base::error::Result;
use crate::desk::Desk;

/// Six digits.
pub async fn code(desk: &Desk, outside: &Outside, verification: i64, code: &str, locale: &str) -> Result<()> {
    match desk.code_letter(verification, code, locale).await? {
        Some((key, letter)) => post::send(desk, outside, &key, &letter).await,
        None => Ok(()),
    }
}

/// A whole conversation.
pub async fn transcript(desk: &Desk, outside: &Outside, conversation: i64, to: &str, locale: &str, mail: &str) -> Result<()> {
    match desk.transcript_letter(conversation, to, locale, outside.base_url.as_deref()).await? {
        Some(letter) => post::send(desk, outside, &format!("transcript:{conversation}:{mail}"), &letter).await,
        None => Ok(()),
    }
}

/// What an agent has not read.
pub async fn notices(desk: &Desk, outside: &Outside, agent: i64, mail: &str) -> Result<()> {
    match desk.notices_letter(agent, outside.base_url.as_deref()).await? {
        Some(owed) => {
            post::send(desk, outside, &format!("notices:{agent}:{mail}"), &owed.letter).await?;
            desk.notices_mailed(agent, owed.notices).await
        }
        None => Ok(()),
    }
}

/// A link with which an agent chooses a password.
pub async fn link(desk: &Desk, outside: &Outside, token: &str, mail: &str) -> Result<()> {
    match desk.link_letter(token, outside.base_url.as_deref()).await? {
        Some(letter) => post::send(desk, outside, &format!("link:{mail}"), &letter).await,
        None => Ok(()),
    }
}

/// How was it?
pub async fn survey(desk: &Desk, outside: &Outside, conversation: i64, asked: bool, mail: &str) -> Result<()> {
    match desk.survey_letter(conversation, asked, outside.base_url.as_deref()).await? {
        Some(letter) => post::send(desk, outside, &format!("survey:{conversation}:{mail}"), &letter).await,
        None => Ok(()),
    }
}
