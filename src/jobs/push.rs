//! Web Push: one call per browser of an agent (RFC 8030). A service that says no for good costs its browser; one that is busy is asked again.

use crate::base::error::{Error, Result};
use crate::base::webpush::{self, Receiver};
use crate::desk::Desk;
use crate::http::client::Client;
use crate::model::notice::{Notice, NoticeKind, Subscription};
use serde_json::json;

/// How long a service keeps what it cannot deliver: who looks later sees it in the desk.
const LIFE_S: i64 = 24 * 3600;
/// How long a proof of who we are is good: the most that RFC 8292 allows is a day.
const PROOF_S: i64 = 12 * 3600;

/// Wakes the browsers of a notice's agent.
pub async fn send(desk: &Desk, client: &Client, base_url: Option<&str>, notice: &str, waited: bool) -> Result<()> {
    let Some(push) = desk.due_push(notice, waited).await? else { return Ok(()) };
    let text = words(&push.notice, desk.base_path()).to_string();
    let key = desk.push_key().await?;
    let mut later = None;
    for to in &push.to {
        let outcome = call(desk, client, base_url, &key, to, &text).await;
        match outcome {
            Ok(()) => desk.pushed(to.uuid, true).await?,
            Err(error) => {
                desk.pushed(to.uuid, false).await?;
                later = Some(error);
            }
        }
    }
    // Those that took it are not told twice in a row: a browser shows one notice per tag.
    later.map_or(Ok(()), Err)
}

async fn call(
    desk: &Desk,
    client: &Client,
    base_url: Option<&str>,
    key: &crate::base::signing::SigningKey,
    to: &Subscription,
    text: &str,
) -> Result<()> {
    let audience = client.check(&to.endpoint)?;
    let subject = base_url.filter(|url| url.starts_with("https://")).unwrap_or("https://deskbell.example");
    let until_s = desk.clock.now() / 1000 + PROOF_S;
    let headers = [
        ("authorization", webpush::vapid(key, &audience, subject, until_s)?),
        ("content-type", "application/octet-stream".to_owned()),
        ("content-encoding", "aes128gcm".to_owned()),
        ("ttl", LIFE_S.to_string()),
        ("urgency", "high".to_owned()),
    ];
    let body = Receiver::parse(&to.p256dh, &to.auth)?.seal(text.as_bytes())?;
    let answer = match client.post(&to.endpoint, &headers, body).await {
        Ok(answer) => answer,
        // An address that may not be called will not be better tomorrow.
        Err(error) if matches!(error.kind, crate::base::error::Kind::Forbidden | crate::base::error::Kind::Invalid) => {
            return desk.forget_browser(to.uuid).await;
        }
        Err(error) => return Err(error),
    };
    match answer.status {
        200..=299 => Ok(()),
        404 | 410 => desk.forget_browser(to.uuid).await,
        status => Err(Error::unavailable(format!("The push service answered {status}."))),
    }
}

/// What the service worker shows.
fn words(notice: &Notice, base_path: &str) -> serde_json::Value {
    let title = match notice.kind {
        NoticeKind::Mention => format!("{} mentioned you", notice.actor),
        NoticeKind::Assignment if notice.actor.is_empty() => "A conversation is yours".to_owned(),
        NoticeKind::Assignment => format!("{} gave you a conversation", notice.actor),
        NoticeKind::New => format!("New: {}", notice.actor),
        NoticeKind::SlaWarning => "Time is running out".to_owned(),
        NoticeKind::SlaBreach => "A promised time has passed".to_owned(),
        NoticeKind::Message | NoticeKind::Rule | NoticeKind::System => notice.actor.clone(),
    };
    let path = match notice.conversation {
        Some((uuid, _)) => format!("{base_path}/desk/c/{uuid}"),
        None => format!("{base_path}/desk"),
    };
    let tag = notice.conversation.map_or_else(|| notice.uuid.to_string(), |(uuid, _)| uuid.to_string());
    json!({ "title": title, "body": notice.text, "tag": tag, "url": path })
}
