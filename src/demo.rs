//! Floor 6: `deskbell demo`: a shop that embeds the widget, filled with believable people, so that everything can be tried in a minute.

use crate::base::clock::Clock;
use crate::base::error::{Error, Result};
use crate::base::id::{Uuid, new_token};
use crate::base::secret::Secret;
use crate::base::token;
use crate::desk::Desk;
use crate::desk::agents::NewAgent;
use crate::desk::conversations::{Sender, Start, WantedStatus};
use crate::desk::identity::Kind;
use crate::desk::inboxes::InboxEdit;
use crate::desk::logins::Admission;
use crate::desk::messages::{Incoming, Outgoing};
use crate::desk::suspicion::Signs;
use crate::http::{Reply, Request, assets};
use crate::model::agent::{AgentSession, Browser, Role};
use crate::model::contact::Session;
use crate::model::conversation::Status;
use crate::model::inbox::Inbox;
use serde_json::{Map, Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// The password of everybody in the demo; the demo listens on this machine only unless told otherwise.
const PASSWORD: &str = "ring the bell";

/// The demo's shop page: what a customer's own site would be.
#[derive(Clone)]
pub struct Shop {
    inbox: Uuid,
    secret: Secret,
    clock: Clock,
}

/// What a script needs to drive the demo.
pub struct Demo {
    pub shop: Shop,
    /// E-mail, password, role.
    pub logins: Vec<(String, String, &'static str)>,
}

/// Fills a fresh house, or finds the demo again in a file that has it.
pub async fn prepare(desk: &Desk) -> Result<Demo> {
    let known = desk.inboxes().await?.into_iter().next();
    let inbox = match known {
        Some(inbox) => inbox,
        None => {
            let fresh = fill(desk).await?;
            desk.inbox_for_agent(fresh.uuid).await?
        }
    };
    let secret = inbox.secret.clone().ok_or_else(|| Error::conflict("This file has an inbox without a secret; it is not a demo's."))?;
    let logins = [("ann@fernwood.example", "owner"), ("ben@fernwood.example", "agent")];
    Ok(Demo {
        shop: Shop { inbox: inbox.uuid, secret, clock: desk.clock.clone() },
        logins: logins.map(|(email, role)| (email.to_owned(), PASSWORD.to_owned(), role)).to_vec(),
    })
}

impl Demo {
    /// The one line of `--json`.
    pub fn as_json(&self, base: &str) -> Value {
        let agents: Vec<Value> =
            self.logins.iter().map(|(email, password, role)| json!({ "email": email, "password": password, "role": role })).collect();
        json!({
            "base": base, "shop": format!("{base}/demo"), "desk": format!("{base}/desk"), "inbox_uuid": self.shop.inbox.to_string(),
            "inbox_secret": self.shop.secret.reveal(), "agents": agents,
        })
    }
}

impl Shop {
    /// Pages below `/demo`.
    pub fn answer(&self, is_get: bool, request: &Request, path: &[&str]) -> Reply {
        match path {
            _ if !is_get => Reply::status(405),
            [] | [""] => self.page(request, "demo/shop.html", None),
            ["about"] => self.page(request, "demo/about.html", None),
            ["strict"] => {
                let own = request.own_origin();
                self.page(request, "demo/strict.html", Some(format!("default-src 'none'; script-src {own}; style-src {own}; frame-src {own}; img-src {own} data:; connect-src {own}; base-uri 'none'")))
            }
            ["token"] => self.token(request),
            _ => Reply::bytes(404, "text/plain; charset=utf-8", "There is no such page in the shop.\n"),
        }
    }

    fn page(&self, request: &Request, name: &str, policy: Option<String>) -> Reply {
        let Some(page) = assets::find(name) else { return Reply::status(404) };
        let base = request.own_origin();
        let snippet = format!("<script async src=\"{base}/w/{}.js\"></script>", self.inbox);
        let page = String::from_utf8_lossy(&page.plain())
            .replace("{{snippet}}", &snippet)
            .replace("{{assets}}", &format!("/a/{}", assets::tree_hash()))
            .replace("{{base}}", "");
        let reply = assets::page(request, page);
        match policy {
            Some(policy) => reply.header("content-security-policy", policy),
            None => reply,
        }
    }

    /// What the shop's own server would do: sign who is logged in.
    fn token(&self, request: &Request) -> Reply {
        let user = request.query("user").unwrap_or_else(|| "zoe".into());
        let user: String = user.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let first_name = user.chars().next().map_or(String::new(), |first| first.to_uppercase().chain(user.chars().skip(1)).collect());
        let claims = json!({
            "external_user_id": format!("shop-{user}"), "email": format!("{user}@example.com"), "first_name": first_name, "last_name": "Miller",
            "exp": self.clock.now() / 1000 + 600, "contact_custom_attributes": { "plan": "premium", "orders": 3 },
        });
        Reply::json(200, &json!({ "token": token::sign(&claims, self.secret.reveal().as_bytes()) }))
    }
}

async fn fill(desk: &Desk) -> Result<Inbox> {
    let owner = NewAgent { email: "ann@fernwood.example".into(), first_name: "Ann".into(), last_name: "Archer".into(), role: Role::Owner };
    let second = NewAgent { email: "ben@fernwood.example".into(), first_name: "Ben".into(), last_name: "Okafor".into(), role: Role::Agent };
    let password = Secret::new(PASSWORD);
    desk.create_agent(owner, &password).await?;
    desk.create_agent(second, &password).await?;
    let config = json!({
        "brand_name": "Fernwood Plants", "website_url": "https://fernwood.example",
        "introduction_message": "Questions about plants, orders or delivery? Ask away.",
        "home_apps": [{ "type": "external_link", "text": "How to water a fern", "url": "https://fernwood.example/care" }],
    });
    let config = config.as_object().cloned().unwrap_or_default();
    let inbox = desk.found_inbox(None, InboxEdit { name: Some("Shop chat".into()), enabled: None, config }).await?;
    desk.put_secret(None, inbox.uuid, Some(Secret::new(new_token()))).await?;
    let inbox = desk.inbox_for_agent(inbox.uuid).await?;
    let (ann, ben) = (log_in(desk, "ann@fernwood.example").await?, log_in(desk, "ben@fernwood.example").await?);
    Story { desk, inbox: &inbox, ann, ben }.tell().await?;
    Ok(inbox)
}

async fn log_in(desk: &Desk, email: &str) -> Result<AgentSession> {
    match desk.log_in(email, &Secret::new(PASSWORD), Browser::default()).await? {
        Admission::In(logged_in) => Ok(logged_in.session),
        Admission::SecondFactor { .. } => Err(Error::internal("nobody in the demo has a second factor")),
    }
}

/// A few days in the life of the shop, told with the product's own verbs while the clock stands in the past.
struct Story<'a> {
    desk: &'a Desk,
    inbox: &'a Inbox,
    ann: AgentSession,
    ben: AgentSession,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Story<'_> {
    async fn tell(&self) -> Result<()> {
        let start = self.desk.clock.now();
        let told = self.past().await;
        self.desk.clock.advance(start - self.desk.clock.now());
        told
    }

    async fn past(&self) -> Result<()> {
        self.at(-3 * DAY).await;
        let (maya, first) = self.visitor("Maya Lindqvist", "My monstera arrived with two broken leaves. Is that normal?").await?;
        self.later(4 * MINUTE);
        self.answer(&self.ann, first, "I'm sorry about that, Maya. It happens on long journeys, and it grows back.\n\nWould you rather have:\n\n- a **new plant**, or\n- 30 % back on this one?").await?;
        self.later(3 * MINUTE);
        self.says(&maya, first, "The 30 % is fine, it looks happy otherwise :)").await?;
        self.later(2 * MINUTE);
        self.note(&self.ann, first, "Refunded 8.70 on order 10482.").await?;
        self.answer(&self.ann, first, "Done, it is on its way to your card. Enjoy the plant!").await?;
        self.desk.set_status(&self.ann, first, WantedStatus { status: Status::Resolved, custom: None, snoozed_until: None }).await?;

        self.later(2 * DAY + 20 * HOUR);
        let (ali, second) = self.customer("ali", "Ali", "Haddad", "Do you deliver to Malta?").await?;
        self.later(6 * MINUTE);
        self.answer(
            &self.ben,
            second,
            "We do! It takes about five days and costs 14.90. Everything with roots travels well in spring and autumn.",
        )
        .await?;
        self.later(11 * MINUTE);
        self.says(&ali, second, "thanks! And the pots, too?").await?;

        self.later(2 * HOUR);
        let (_, third) = self.visitor("Jonas", "Hi, which of your plants survive a bathroom without a window?").await?;
        self.later(3 * MINUTE);
        self.note(&self.ben, third, "Suggest the cast-iron plant, we have plenty.").await?;

        self.later(40 * MINUTE);
        let (zoe, fourth) = self
            .customer("zoe", "Zoe", "Miller", "Where is my order 10517? The tracking page has said **\"in transit\"** since Monday.")
            .await?;
        self.later(MINUTE);
        self.says(&zoe, fourth, "It's a present for Saturday, so I'm getting a bit nervous").await?;
        Ok(())
    }

    async fn at(&self, offset: i64) {
        self.desk.clock.advance(offset);
    }

    fn later(&self, ms: i64) {
        self.desk.clock.advance(ms);
    }

    async fn visitor(&self, name: &str, words: &str) -> Result<(Session, Uuid)> {
        let form = Map::from_iter([("name".to_owned(), json!(name))]);
        let started = self.desk.begin(self.inbox, None, start(words, form)).await?;
        let token = started.token.ok_or_else(|| Error::internal("a visitor without a session"))?;
        Ok((self.desk.authenticate(self.inbox, &token).await?, started.conversation.uuid))
    }

    async fn customer(&self, user: &str, first_name: &str, last_name: &str, words: &str) -> Result<(Session, Uuid)> {
        let secret = self.inbox.secret.as_ref().ok_or_else(|| Error::internal("the demo's inbox has no secret"))?;
        let claims = json!({
            "external_user_id": format!("shop-{user}"), "email": format!("{user}@example.com"), "first_name": first_name, "last_name": last_name,
            "exp": self.desk.clock.now() / 1000 + 600, "contact_custom_attributes": { "plan": "premium", "orders": 3 },
        });
        let jwt = token::sign(&claims, secret.reveal().as_bytes());
        let (token, _) = self.desk.exchange(self.inbox, Kind::Libredesk, &jwt).await?;
        let session = self.desk.authenticate(self.inbox, &token).await?;
        let started = self.desk.begin(self.inbox, Some(&session), start(words, Map::new())).await?;
        Ok((session, started.conversation.uuid))
    }

    async fn says(&self, session: &Session, conversation: Uuid, words: &str) -> Result<()> {
        let incoming = Incoming { text: words.into(), ..Incoming::default() };
        self.desk.receive(self.inbox, session, conversation, incoming).await.map(|_| ())
    }

    async fn answer(&self, agent: &AgentSession, conversation: Uuid, words: &str) -> Result<()> {
        self.write(agent, conversation, words, false).await
    }

    async fn note(&self, agent: &AgentSession, conversation: Uuid, words: &str) -> Result<()> {
        self.write(agent, conversation, words, true).await
    }

    async fn write(&self, agent: &AgentSession, conversation: Uuid, words: &str, is_note: bool) -> Result<()> {
        let outgoing = Outgoing { is_note, body: words.into(), ..Outgoing::default() };
        self.desk.reply(agent, conversation, outgoing).await.map(|_| ())
    }
}

fn start(words: &str, form: Map<String, Value>) -> Start {
    Start {
        button: String::new(),
        message: Incoming { text: words.into(), ..Incoming::default() },
        form,
        variables: None,
        sender: Sender {
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: "demo".into(),
            consent: false,
            locale: String::new(),
            accept_language: String::new(),
        },
        signs: Signs::default(),
    }
}
