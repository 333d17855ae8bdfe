//! Floor 5: the agents' door, the JSON API and socket of our own desk (README.md here). Translates, authorises, calls one desk verb.

pub mod archive;
mod audit;
pub mod auth;
mod backups;
pub mod contacts;
pub mod conversations;
mod drafts;
pub mod fields;
pub mod house;
pub mod inboxes;
mod letters;
pub mod macros;
mod mailboxes;
mod mailed;
mod notices;
pub mod numbers;
pub mod organise;
pub mod owner;
pub mod pages;
pub mod people;
pub mod privacy;
pub mod protection;
mod pushes;
mod qr;
mod rich;
mod roles;
pub mod routes;
mod routing;
mod rules;
mod sessions;
mod sheet;
mod slas;
pub mod snippets;
pub mod socket;
mod status;
pub mod tools;
mod tools_wire;
mod transcript;
pub mod translations;
mod two_factor;
mod views;
pub mod visitors;
pub mod wire;

use crate::base::error::{Error, Kind, Result};
use crate::base::id::Uuid;
use crate::base::live::LiveConfig;
use crate::base::net::Origin;
use crate::desk::Desk;
use crate::http::tally::Tally;
use crate::http::{Reply, Request};
use routes::{Needs, Route};
use serde_json::json;
use std::sync::Arc;

/// The door and what it needs. Cloning shares it.
#[derive(Clone)]
pub struct Desks {
    /// The house.
    pub desk: Desk,
    /// Failed logins and links.
    pub failures: Arc<auth::Tries>,
    /// Public address, if configured.
    pub base_url: Option<String>,
    /// Where the one file lies.
    pub data_file: std::path::PathBuf,
    /// Settings that may change while the house runs.
    pub live: LiveConfig,
    /// What was counted of requests.
    pub tally: Arc<Tally>,
    /// Copies of it.
    pub backups: crate::desk::backups::Backups,
    /// Says which addresses outside may be called.
    pub outgoing: crate::http::client::Client,
}

impl Desks {
    /// All routes below `/api/desk/`. `path` is what follows, split at slashes.
    pub async fn api(&self, request: Request, path: &[&str]) -> Reply {
        let request_id = request.request_id.clone();
        let asks_for_session = matches!(path, ["session"]) && request.method == hyper::Method::GET;
        match self.route(request, path).await {
            Ok(reply) => reply,
            Err(error) if asks_for_session && error.kind == Kind::Unauthorized => {
                let setup_needed = json!(self.desk.needs_owner().await.unwrap_or(false));
                wire::failure(&error, &request_id, Some(("setup_needed", setup_needed)))
            }
            Err(error) => self.failure(&error, &request_id),
        }
    }

    /// A failure in this door's words; the cause goes to the log.
    pub fn failure(&self, error: &Error, request_id: &str) -> Reply {
        if let Some(cause) = &error.cause {
            log::error!("desk call failed request={request_id} error=\"{}\" cause=\"{cause}\"", error.message);
        }
        wire::failure(error, request_id, None)
    }

    async fn route(&self, mut request: Request, path: &[&str]) -> Result<Reply> {
        let method = request.method.clone();
        let route = routes::find(method.as_str(), path).filter(|route| is_named(route, path));
        if route.is_none_or(|route| route.needs != Needs::Nothing) {
            // Whoever has no session is told that, and not which addresses and ids are none.
            let session = self.agent(&request).await?;
            if let Some(Route { needs: Needs::May(permission), .. }) = route {
                session.may(*permission)?;
            }
            request.extensions.insert(session);
        }
        if route.is_none() {
            return Err(Error::not_found("address"));
        }
        match (method.as_str(), path) {
            ("GET", ["session"]) => self.session(&request).await,
            ("POST", ["session"]) => self.log_in(request).await,
            ("POST", ["session", "code"]) => self.log_in_code(request).await,
            ("DELETE", ["session"]) => self.log_out(&request).await,
            ("POST", ["setup"]) => self.set_up(request).await,
            ("POST", ["invitation"]) => self.invitation(request).await,
            ("PUT", ["invitation"]) => self.accept(request).await,
            ("POST", ["password", "forgotten"]) => self.forgotten(request).await,
            ("PUT", ["me"]) => self.edit_me(request).await,
            ("GET", ["me", "two-factor"]) => self.two_factor(&request).await,
            ("POST", ["me", "two-factor"]) => self.begin_two_factor(request).await,
            ("PUT", ["me", "two-factor"]) => self.confirm_two_factor(request).await,
            ("DELETE", ["me", "two-factor"]) => self.end_two_factor(request).await,
            ("POST", ["me", "recovery"]) => self.renew_recovery(request).await,
            ("GET", ["me", "sessions"]) => self.my_sessions(&request).await,
            ("DELETE", ["me", "sessions"]) => self.end_my_other_sessions(&request).await,
            ("DELETE", ["me", "sessions", uuid]) => self.end_my_session(&request, id(uuid, "session")?).await,
            ("GET", ["agents"]) => self.agents(&request).await,
            ("POST", ["agents"]) => self.invite(request).await,
            ("PUT", ["agents", uuid]) => self.edit_agent(request, id(uuid, "agent")?).await,
            ("POST", ["agents", uuid, "invitation"]) => self.invite_again(&request, id(uuid, "agent")?).await,
            ("GET", ["agents", uuid, "sessions"]) => self.sessions_of(&request, id(uuid, "agent")?).await,
            ("DELETE", ["agents", uuid, "sessions"]) => self.end_sessions_of(&request, id(uuid, "agent")?).await,
            ("DELETE", ["agents", uuid, "two-factor"]) => self.remove_two_factor(&request, id(uuid, "agent")?).await,
            ("GET", ["audit"]) => self.audit(&request).await,
            ("GET", ["audit", "check"]) => self.check_audit(&request).await,
            ("GET", ["roles"]) => self.roles(&request).await,
            ("POST", ["roles"]) => self.create_role(request).await,
            ("PUT", ["roles", uuid]) => self.edit_role(request, id(uuid, "role")?).await,
            ("DELETE", ["roles", uuid]) => self.delete_role(&request, id(uuid, "role")?).await,
            ("GET", ["conversations"]) => self.list(&request).await,
            ("GET", ["conversations", uuid]) => self.open(&request, id(uuid, "conversation")?).await,
            ("GET", ["conversations", uuid, "messages"]) => self.older(&request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "messages"]) => self.reply(request, id(uuid, "conversation")?).await,
            ("DELETE", ["conversations", uuid, "messages", message]) => {
                self.take_back(&request, id(uuid, "conversation")?, id(message, "message")?).await
            }
            ("GET", ["conversations", uuid, "messages", message, "rest"]) => {
                self.mail_rest(&request, id(uuid, "conversation")?, id(message, "message")?).await
            }
            ("DELETE", ["contacts", uuid, "mail-trouble"]) => self.trust_address(&request, id(uuid, "contact")?).await,
            ("POST", ["conversations", uuid, "messages", message, "mail"]) => {
                self.mail_again(&request, id(uuid, "conversation")?, id(message, "message")?).await
            }
            ("GET", ["drafts"]) => self.drafts(&request).await,
            ("PUT", ["conversations", uuid, "draft"]) => self.save_draft(request, id(uuid, "conversation")?).await,
            ("DELETE", ["conversations", uuid, "draft"]) => self.drop_draft(&request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "attachments"]) => self.upload(request, id(uuid, "conversation")?).await,
            ("PUT", ["conversations", uuid, "assignment"]) => self.assign(request, id(uuid, "conversation")?).await,
            ("PUT", ["conversations", uuid, "status"]) => self.set_status(request, id(uuid, "conversation")?).await,
            ("GET", ["conversations", uuid, "transcript"]) => self.transcript(&request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "transcript"]) => self.send_transcript(request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "survey"]) => self.survey_link(request, id(uuid, "conversation")?).await,
            ("PUT", ["conversations", uuid, "priority"]) => self.set_priority(request, id(uuid, "conversation")?).await,
            ("PUT", ["conversations", uuid, "tags"]) => self.set_tags(request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "macro"]) => self.use_macro(request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", "bulk"]) => self.bulk(request).await,
            ("PUT", ["conversations", uuid, "seen"]) => self.seen(request, id(uuid, "conversation")?).await,
            ("POST", ["conversations", uuid, "transfer"]) => self.transfer(request, id(uuid, "conversation")?).await,
            ("PUT", ["conversations", uuid, "follow"]) => self.follow(&request, id(uuid, "conversation")?, true).await,
            ("DELETE", ["conversations", uuid, "follow"]) => self.follow(&request, id(uuid, "conversation")?, false).await,
            ("GET", ["queue"]) => self.queue(&request).await,
            ("POST", ["queue", "next"]) => self.take_next(&request).await,
            ("PUT", ["contacts", uuid]) => self.edit_contact(request, id(uuid, "contact")?).await,
            ("GET", ["contacts", uuid, "erase"]) => self.would_erase(&request, id(uuid, "contact")?).await,
            ("POST", ["contacts", uuid, "erase"]) => self.erase(request, id(uuid, "contact")?).await,
            ("GET", ["contacts", uuid, "export"]) => self.export(&request, id(uuid, "contact")?).await,
            ("GET", ["inboxes", uuid, "retention"]) => self.overdue(&request, id(uuid, "inbox")?).await,
            ("GET", ["search"]) => self.search(&request).await,
            ("GET", ["reports", report]) => self.report(&request, report).await,
            ("GET", ["changes"]) => self.changes(&request).await,
            ("GET", ["inboxes"]) => self.inboxes(&request).await,
            ("POST", ["inboxes"]) => self.create_inbox(request).await,
            ("PUT", ["inboxes", uuid]) => self.edit_inbox(request, id(uuid, "inbox")?).await,
            ("POST", ["inboxes", uuid, "secret"]) => self.rotate_secret(&request, id(uuid, "inbox")?).await,
            ("DELETE", ["inboxes", uuid, "secret"]) => self.remove_secret(&request, id(uuid, "inbox")?).await,
            ("POST", ["inboxes", uuid, "token-check"]) => self.check_token(request, id(uuid, "inbox")?).await,
            ("GET", ["inboxes", uuid, "qr"]) => self.qr(&request, id(uuid, "inbox")?).await,
            ("GET", ["inboxes", uuid, "translations"]) => self.translations(&request, id(uuid, "inbox")?).await,
            ("PUT", ["inboxes", uuid, "translations", locale]) => self.translate(request, id(uuid, "inbox")?, locale).await,
            ("GET", ["mail", "templates"]) => self.templates(&request).await,
            ("PUT", ["mail", "templates"]) => self.put_template(request).await,
            ("POST", ["mail", "templates", "preview"]) => self.preview_template(request).await,
            ("DELETE", ["mail", "templates", uuid]) => self.delete_template(&request, id(uuid, "template")?).await,
            ("GET", ["icons"]) => self.icons(&request).await,
            ("POST", ["inboxes", uuid, "logo"]) => self.upload_logo(request, id(uuid, "inbox")?).await,
            ("GET", ["hours"]) => self.hours(&request).await,
            ("POST", ["hours"]) => self.create_hours(request).await,
            ("PUT", ["hours", uuid]) => self.edit_hours(request, id(uuid, "set of hours")?).await,
            ("DELETE", ["hours", uuid]) => self.delete_hours(&request, id(uuid, "set of hours")?).await,
            ("GET", ["status"]) => self.status(&request).await,
            ("PUT", ["status", "log"]) => self.set_log_level(request).await,
            ("GET", ["problems"]) => self.problems(&request).await,
            ("POST", ["problems", "jobs", job]) => self.retry_job(&request, job).await,
            ("GET", ["backups"]) => self.backups(&request).await,
            ("POST", ["backups"]) => self.make_backup(&request).await,
            ("DELETE", ["backups", name]) => self.delete_backup(&request, name).await,
            ("POST", ["backups", name, "ticket"]) => self.backup_ticket(request, name).await,
            ("GET", ["backups", name, "file"]) => self.backup_file(&request, name).await,
            ("POST", ["backups", name, "restore"]) => self.restore_backup(request, name).await,
            ("GET", ["privacy-sheet"]) => self.privacy_sheet(&request).await,
            ("GET", ["start"]) => self.start(&request).await,
            ("PUT", ["start"]) => self.set_start(request).await,
            ("GET", ["house"]) => self.house(&request).await,
            ("PUT", ["house"]) => self.edit_house(request).await,
            ("GET", ["teams"]) => self.teams(&request).await,
            ("POST", ["teams"]) => self.create_team(request).await,
            ("PUT", ["teams", uuid]) => self.edit_team(request, id(uuid, "team")?).await,
            ("DELETE", ["teams", uuid]) => self.delete_team(&request, id(uuid, "team")?).await,
            ("GET", ["tags"]) => self.tags(&request).await,
            ("POST", ["tags"]) => self.create_tag(request).await,
            ("PUT", ["tags", uuid]) => self.edit_tag(request, id(uuid, "tag")?).await,
            ("POST", ["tags", uuid, "merge"]) => self.merge_tag(request, id(uuid, "tag")?).await,
            ("DELETE", ["tags", uuid]) => self.delete_tag(&request, id(uuid, "tag")?).await,
            ("GET", ["statuses"]) => self.statuses(&request).await,
            ("POST", ["statuses"]) => self.create_status(request).await,
            ("PUT", ["statuses", uuid]) => self.edit_status(request, id(uuid, "status")?).await,
            ("DELETE", ["statuses", uuid]) => self.delete_status(&request, id(uuid, "status")?).await,
            ("GET", ["macros"]) => self.macros(&request).await,
            ("POST", ["macros"]) => self.create_macro(request).await,
            ("PUT", ["macros", uuid]) => self.edit_macro(request, id(uuid, "macro")?).await,
            ("DELETE", ["macros", uuid]) => self.delete_macro(&request, id(uuid, "macro")?).await,
            ("GET", ["me", "prefs"]) => self.prefs(&request).await,
            ("PUT", ["me", "prefs"]) => self.edit_prefs(request).await,
            ("GET", ["push"]) => self.push(&request).await,
            ("POST", ["push"]) => self.subscribe(request).await,
            ("POST", ["push", "test"]) => self.try_push(&request).await,
            ("DELETE", ["push", uuid]) => self.unsubscribe(&request, id(uuid, "subscription")?).await,
            ("GET", ["notices"]) => self.notices(&request).await,
            ("PUT", ["notices", "read"]) => self.read_notices(request).await,
            ("GET", ["contacts"]) => self.contacts(&request).await,
            ("GET", ["contacts", uuid]) => self.profile(&request, id(uuid, "contact")?).await,
            ("GET", ["contacts", uuid, "duplicates"]) => self.duplicates(&request, id(uuid, "contact")?).await,
            ("POST", ["contacts", uuid, "merge"]) => self.merge(request, id(uuid, "contact")?).await,
            ("GET", ["contacts", uuid, "notes"]) => self.contact_notes(&request, id(uuid, "contact")?).await,
            ("POST", ["contacts", uuid, "notes"]) => self.add_contact_note(request, id(uuid, "contact")?).await,
            ("PUT", ["contacts", uuid, "notes", note]) => self.edit_contact_note(request, id(uuid, "contact")?, id(note, "note")?).await,
            ("DELETE", ["contacts", uuid, "notes", note]) => {
                self.delete_contact_note(&request, id(uuid, "contact")?, id(note, "note")?).await
            }
            ("PUT", ["contacts", uuid, "fields"]) => self.fill_contact(request, id(uuid, "contact")?).await,
            ("PUT", ["conversations", uuid, "fields"]) => self.fill_conversation(request, id(uuid, "conversation")?).await,
            ("GET", ["fields"]) => self.fields(&request).await,
            ("POST", ["fields"]) => self.create_field(request).await,
            ("PUT", ["fields", uuid]) => self.edit_field(request, id(uuid, "field")?).await,
            ("DELETE", ["fields", uuid]) => self.delete_field(&request, id(uuid, "field")?).await,
            ("GET", ["bans"]) => self.bans(&request).await,
            ("POST", ["bans"]) => self.ban(request).await,
            ("DELETE", ["bans", uuid]) => self.lift_ban(&request, id(uuid, "ban")?).await,
            ("PUT", ["conversations", uuid, "quarantine"]) => self.judge(request, id(uuid, "conversation")?).await,
            ("GET", ["visitors"]) => self.visitors(&request).await,
            ("POST", ["visitors", uuid, "conversations"]) => self.write_first(request, id(uuid, "visitor")?).await,
            ("GET", ["views"]) => self.views(&request).await,
            ("POST", ["views"]) => self.create_view(request).await,
            ("POST", ["views", "try"]) => self.try_view(request).await,
            ("PUT", ["views", uuid]) => self.edit_view(request, id(uuid, "view")?).await,
            ("DELETE", ["views", uuid]) => self.delete_view(&request, id(uuid, "view")?).await,
            ("GET", ["rules"]) => self.rules(&request).await,
            ("POST", ["rules"]) => self.create_rule(request).await,
            ("POST", ["rules", "try"]) => self.try_rule(request).await,
            ("PUT", ["rules", "order"]) => self.order_rules(request).await,
            ("PUT", ["rules", uuid]) => self.edit_rule(request, id(uuid, "rule")?).await,
            ("DELETE", ["rules", uuid]) => self.delete_rule(&request, id(uuid, "rule")?).await,
            ("GET", ["slas"]) => self.slas(&request).await,
            ("POST", ["slas"]) => self.create_sla(request).await,
            ("PUT", ["slas", uuid]) => self.edit_sla(request, id(uuid, "promise")?).await,
            ("DELETE", ["slas", uuid]) => self.delete_sla(&request, id(uuid, "promise")?).await,
            ("GET", ["mailboxes"]) => self.mailboxes(&request).await,
            ("POST", ["mailboxes"]) => self.create_mailbox(request).await,
            ("POST", ["mailboxes", "test"]) => self.try_mailbox(request).await,
            ("PUT", ["mailboxes", uuid]) => self.edit_mailbox(request, id(uuid, "mailbox")?).await,
            ("DELETE", ["mailboxes", uuid]) => self.delete_mailbox(&request, id(uuid, "mailbox")?).await,
            // In the table, but not here: a test keeps both alike.
            _ => Err(Error::not_found("address")),
        }
    }

    /// The origin under which the caller sees us.
    pub fn own_origin(&self, request: &Request) -> String {
        self.base_url.as_deref().and_then(Origin::parse).map_or_else(|| request.own_origin(), |origin| origin.to_string())
    }

    /// The address under which the caller sees us, with a sub-path when there is one; no trailing slash.
    pub fn base(&self, request: &Request) -> String {
        self.base_url.clone().unwrap_or_else(|| request.own_origin())
    }
}

/// Whether what stands for a uuid at the second place is one.
fn is_named(route: &Route, path: &[&str]) -> bool {
    let named =
        route.path.split('/').nth(1).is_some_and(|segment| segment.starts_with('{') && !["{report}", "{backup}"].contains(&segment));
    !named || path.get(1).is_some_and(|text| Uuid::parse(text).is_some())
}

fn id(text: &str, noun: &str) -> Result<Uuid> {
    Uuid::parse(text).ok_or_else(|| Error::not_found(noun))
}

/// A number in the query.
fn number(request: &Request, name: &'static str) -> Result<Option<i64>> {
    match request.query(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text
            .parse::<i64>()
            .ok()
            .filter(|n| *n >= 0)
            .map(Some)
            .ok_or_else(|| Error::invalid(format!("{name} is a number.")).in_field(name)),
    }
}

/// A key that may be left out, be null or be a text: three different things.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    <Option<String> as serde::Deserialize>::deserialize(value).map(Some)
}
