//! One channel with its settings. The config is JSON in the database; its keys are those of the widget protocol's settings plus ours.

use crate::base::clock::Millis;
use crate::base::duration;
use crate::base::error::Result;
use crate::base::id::{InboxId, Uuid};
use crate::base::net::{self, DomainPattern};
use crate::base::secret::Secret;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A chat inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub id: InboxId,
    pub uuid: Uuid,
    pub name: String,
    pub enabled: bool,
    /// What customers' servers sign tokens with. None = nothing can be verified.
    pub secret: Option<Secret>,
    pub config: InboxConfig,
    pub access: Access,
    pub created_at: Millis,
    pub updated_at: Millis,
    /// When a page last asked for the chat, and from which site: kept once a day, of the site alone.
    pub called_at: Option<Millis>,
    pub called_from: String,
}

/// Who may use an inbox, read once from its settings.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Empty = every site.
    pub trusted: Vec<DomainPattern>,
    pub blocked: Vec<IpNet>,
}

impl Access {
    /// Reads the two lists; the error names the line.
    pub fn of(config: &InboxConfig) -> Result<Access> {
        Ok(Access {
            trusted: net::parse_domains(config.trusted_domains.iter().map(String::as_str))
                .map_err(|error| error.in_field("config.trusted_domains"))?,
            blocked: net::parse_ips(config.blocked_ips.iter().map(String::as_str)).map_err(|error| error.in_field("config.blocked_ips"))?,
        })
    }
}

/// Everything an admin can set for one chat inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxConfig {
    pub brand_name: String,
    pub website_url: String,
    pub logo_url: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// A locale code, or `auto`.
    pub language: String,
    pub fallback_language: String,
    pub show_powered_by: bool,
    pub colors: Colors,
    pub launcher: Launcher,
    pub window: Window,
    pub home_screen: HomeScreen,
    pub home_buttons: Vec<StartButton>,
    pub home_apps: Vec<HomeApp>,
    pub tiles: Tiles,
    pub greeting_message: String,
    pub introduction_message: String,
    pub chat_introduction: String,
    pub chat_reply_expectation_message: String,
    pub notice_banner: NoticeBanner,
    pub direct_to_conversation: bool,
    /// One conversation per person, for ever (decision 3).
    pub single_thread: bool,
    /// Who may chat: `anonymous`, `identify` (name, address and a code by mail first) or `verified` (signed token only); decision 2.
    pub access: String,
    pub features: Features,
    pub visitors: Policy,
    pub users: Policy,
    pub prechat_form: PrechatForm,
    /// After an anonymous visitor's first message: ask for name and address, skippable.
    pub contact_prompt: bool,
    pub consent: Consent,
    pub hours: Hours,
    pub routing: InboxRouting,
    pub continuity: Continuity,
    pub show_office_hours_in_chat: bool,
    pub show_office_hours_after_assignment: bool,
    /// Say how long answers usually take.
    pub show_reply_time: bool,
    pub privacy: Privacy,
    /// The visitor may have the conversation mailed.
    pub allow_transcript: bool,
    /// The visitor may close a conversation.
    pub allow_close: bool,
    /// Ask how it was when a conversation is resolved.
    pub csat_enabled: bool,
    /// Whoever does not see that question in the chat gets it by mail.
    pub csat_mail: bool,
    /// Whether tokens of SupportPal's kind must carry `exp` (decision 4).
    pub require_exp: bool,
    pub session_duration: String,
    pub trusted_domains: Vec<String>,
    pub blocked_ips: Vec<String>,
    /// Accepted file extensions without dot, or `["*"]`.
    pub file_extensions: Vec<String>,
}

/// Colours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colors {
    pub primary: String,
}

/// The button on the host page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Launcher {
    /// `left` or `right`.
    pub position: String,
    pub color: String,
    pub logo_url: String,
    pub spacing: Spacing,
    /// Words on the button; empty = icon alone.
    pub text: String,
    /// A name of the bundled icon set, or `none`.
    pub icon: String,
    /// No button: the page opens the chat itself.
    pub hidden: bool,
    /// Stacking order on the host page.
    pub z_index: u32,
}

/// The window behind the launcher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// `popup` or `sidebar` (full height).
    pub kind: String,
}

/// Distance of the launcher from the edges, in pixels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spacing {
    pub side: u16,
    pub bottom: u16,
}

/// The head of the home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HomeScreen {
    /// `black` or `white`.
    pub header_text_color: String,
    pub background: Background,
    pub fade_background: bool,
}

/// What lies behind the head of the home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Background {
    /// `solid`, `gradient` or `image`.
    #[serde(rename = "type")]
    pub kind: String,
    pub color: String,
    pub gradient_start: String,
    pub gradient_end: String,
    pub image_url: String,
}

/// A way to begin a conversation, with what it decides beforehand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StartButton {
    /// Made by the server; what translations hang on.
    pub id: String,
    /// A name of the bundled icon set.
    pub icon: String,
    pub name: String,
    /// The uuid of the team that gets what begins here, or empty.
    pub team: String,
    /// `low`, `medium`, `high` or empty.
    pub priority: String,
    /// Said by us before the visitor writes; empty = nothing.
    pub opening_message: String,
    /// Prepared for an assistant; refused as long as none is set up.
    pub ai: bool,
}

/// The modules of the feedback hub behind one launcher.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tiles {
    pub chat: bool,
    pub bug: bool,
    pub feature: bool,
    pub review: bool,
    pub question: bool,
    /// Reports may carry a file or screenshot.
    pub files: bool,
}

/// What must be agreed to before the first message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Consent {
    pub enabled: bool,
    pub text: String,
    pub link_text: String,
    pub link_url: String,
}

/// When we are here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hours {
    /// The uuid of the set of business hours; empty = always.
    pub set: String,
    /// Outside of them: `open` (as ever), `form` (leave a message with an address) or `hide` (no launcher).
    pub outside: String,
}

/// To whom conversations go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxRouting {
    /// The uuid of the team that gets what no start button gives to another; empty = the house's team.
    pub team: String,
}

/// How a chat goes on by mail when one side has left (decision 1): the mailbox it is linked to, which way mails go, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Continuity {
    /// The uuid of the linked mailbox; empty = nothing of this inbox goes on by mail.
    pub mailbox: String,
    /// Answers the contact has not seen go to him.
    pub to_contacts: bool,
    /// What is written while nobody is at the desk goes to the team.
    pub to_agents: bool,
    /// A team address for the latter; empty = the assignee, else everybody who may see the conversation.
    pub agents_address: String,
    /// How long something lies unseen before a mail goes: `10m`.
    pub offline_threshold: String,
    /// Two mails about one conversation to one side are never closer: `15m`.
    pub min_email_interval: String,
    /// Messages in one mail; what is more goes with the next.
    pub max_messages_per_email: u16,
    /// The template of the house a kind of mail (`LetterKind::as_str`) uses here, by name; a kind that is missing uses the nameless one.
    pub templates: BTreeMap<String, String>,
}

/// What is remembered about visitors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Pages looked at: `conversation` (of people with one), `always` (once there is a session) or `never`.
    pub page_visits: String,
    /// Agents see who is on the site right now. Off by default; pages only as far as `page_visits` says, and nothing of it is stored.
    pub live_visitors: bool,
    /// Keep query and fragment of their addresses.
    pub keep_query: bool,
    /// Network addresses: `short`, `full` or `none`.
    pub ip: String,
    /// Days until a full address is shortened.
    pub ip_days: u16,
    /// Days after which a resolved conversation is deleted; 0 = never.
    pub retention_days: u16,
    /// Days without a visit after which an anonymous visitor is erased with everything; 0 = never.
    pub visitor_days: u16,
}

/// A card of the home screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HomeApp {
    /// News with a picture.
    Announcement {
        #[serde(default)]
        id: String,
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
        #[serde(default)]
        image_url: String,
        #[serde(default)]
        url: String,
    },
    /// A link that opens in a new tab.
    ExternalLink {
        #[serde(default)]
        id: String,
        #[serde(default)]
        icon: String,
        #[serde(default)]
        text: String,
        #[serde(default)]
        url: String,
    },
    /// Help without a person: an answer that opens inside the widget (`answer`), or a page of the help centre (`page`).
    SelfService {
        #[serde(default)]
        id: String,
        #[serde(default)]
        icon: String,
        /// `answer` or `page`.
        #[serde(default)]
        target: String,
        #[serde(default)]
        text: String,
        /// Markdown of an answer.
        #[serde(default)]
        body: String,
        #[serde(default)]
        url: String,
    },
}

/// A strip above everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeBanner {
    pub enabled: bool,
    pub text: String,
}

/// What the composer offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Features {
    pub emoji: bool,
    pub file_upload: bool,
    /// Bold, italic, code in the composer.
    pub formatting: bool,
}

/// What one kind of person may do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub allow_start_conversation: bool,
    pub prevent_multiple_conversations: bool,
    pub prevent_reply_to_closed_conversation: bool,
    pub start_conversation_button_text: String,
}

/// Questions before the first message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrechatForm {
    pub enabled: bool,
    pub title: String,
    pub fields: Vec<FormField>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormField {
    pub key: String,
    /// `text email number checkbox date link list phone`.
    #[serde(rename = "type")]
    pub kind: String,
    pub label: String,
    pub placeholder: String,
    pub required: bool,
    pub enabled: bool,
    pub order: u16,
    /// One of `name`, `email`, `phone`, which describe the contact itself.
    pub is_default: bool,
    pub custom_attribute_id: i64,
    /// Choices of a `list`.
    pub values: Vec<String>,
}

impl Default for InboxConfig {
    fn default() -> InboxConfig {
        InboxConfig {
            brand_name: String::new(),
            website_url: String::new(),
            logo_url: String::new(),
            theme: "system".into(),
            language: "auto".into(),
            fallback_language: "en-US".into(),
            show_powered_by: true,
            colors: Colors::default(),
            launcher: Launcher::default(),
            window: Window::default(),
            home_screen: HomeScreen::default(),
            home_buttons: Vec::new(),
            home_apps: Vec::new(),
            tiles: Tiles::default(),
            greeting_message: "Hello {{.FirstName | there}}".into(),
            introduction_message: "How can we help?".into(),
            chat_introduction: String::new(),
            chat_reply_expectation_message: String::new(),
            notice_banner: NoticeBanner::default(),
            direct_to_conversation: false,
            single_thread: false,
            access: "anonymous".into(),
            features: Features::default(),
            visitors: Policy::default(),
            users: Policy::default(),
            prechat_form: PrechatForm::default(),
            contact_prompt: false,
            consent: Consent::default(),
            hours: Hours::default(),
            routing: InboxRouting::default(),
            continuity: Continuity::default(),
            show_office_hours_in_chat: false,
            show_office_hours_after_assignment: false,
            show_reply_time: true,
            privacy: Privacy::default(),
            allow_transcript: true,
            allow_close: true,
            csat_enabled: false,
            csat_mail: false,
            require_exp: false,
            session_duration: "10h".into(),
            trusted_domains: Vec::new(),
            blocked_ips: Vec::new(),
            file_extensions: vec!["*".into()],
        }
    }
}

impl Default for Colors {
    fn default() -> Colors {
        Colors { primary: "#0f766e".into() }
    }
}

impl Default for Launcher {
    fn default() -> Launcher {
        Launcher {
            position: "right".into(),
            color: "#0f766e".into(),
            logo_url: String::new(),
            spacing: Spacing::default(),
            text: String::new(),
            icon: "chat".into(),
            hidden: false,
            z_index: 2_147_483_000,
        }
    }
}

impl Default for Window {
    fn default() -> Window {
        Window { kind: "popup".into() }
    }
}

impl Default for Tiles {
    fn default() -> Tiles {
        Tiles { chat: true, bug: false, feature: false, review: false, question: false, files: true }
    }
}

impl Default for Hours {
    fn default() -> Hours {
        Hours { set: String::new(), outside: "open".into() }
    }
}

impl Default for Continuity {
    fn default() -> Continuity {
        Continuity {
            mailbox: String::new(),
            to_contacts: true,
            to_agents: true,
            agents_address: String::new(),
            offline_threshold: "10m".into(),
            min_email_interval: "15m".into(),
            max_messages_per_email: 10,
            templates: BTreeMap::new(),
        }
    }
}

impl Continuity {
    /// The linked mailbox; None = none.
    pub fn mailbox(&self) -> Option<Uuid> {
        Uuid::parse(&self.mailbox)
    }

    /// How long something lies unseen before a mail goes, in milliseconds.
    pub fn offline_threshold_ms(&self) -> Millis {
        millis(&self.offline_threshold, 10 * 60)
    }

    /// The least time between two mails about one conversation to one side, in milliseconds.
    pub fn min_email_interval_ms(&self) -> Millis {
        millis(&self.min_email_interval, 15 * 60)
    }
}

/// Settings are checked when they are saved; a row that was damaged since falls back to the usual `seconds`.
fn millis(text: &str, seconds: u64) -> Millis {
    let length = duration::parse(text, Duration::from_secs(1)).unwrap_or(Duration::from_secs(seconds));
    length.as_millis() as Millis
}

impl Default for Privacy {
    fn default() -> Privacy {
        Privacy {
            page_visits: "conversation".into(),
            live_visitors: false,
            keep_query: false,
            ip: "short".into(),
            ip_days: 30,
            retention_days: 0,
            visitor_days: 0,
        }
    }
}

impl Default for Spacing {
    fn default() -> Spacing {
        Spacing { side: 20, bottom: 20 }
    }
}

impl Default for HomeScreen {
    fn default() -> HomeScreen {
        HomeScreen { header_text_color: "black".into(), background: Background::default(), fade_background: false }
    }
}

impl Default for Background {
    fn default() -> Background {
        Background {
            kind: "solid".into(),
            color: "#ffffff".into(),
            gradient_start: "#0f766e".into(),
            gradient_end: "#134e4a".into(),
            image_url: String::new(),
        }
    }
}

impl Default for Features {
    fn default() -> Features {
        Features { emoji: true, file_upload: true, formatting: true }
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            allow_start_conversation: true,
            prevent_multiple_conversations: false,
            prevent_reply_to_closed_conversation: false,
            start_conversation_button_text: "Start conversation".into(),
        }
    }
}

impl Default for PrechatForm {
    fn default() -> PrechatForm {
        let field = |key: &str, kind: &str, label: &str, order, enabled| FormField {
            key: key.into(),
            kind: kind.into(),
            label: label.into(),
            order,
            enabled,
            required: enabled,
            is_default: true,
            ..FormField::default()
        };
        PrechatForm {
            enabled: false,
            title: String::new(),
            fields: vec![
                field("name", "text", "Full name", 1, true),
                field("email", "email", "E-mail", 2, true),
                field("phone", "phone", "Phone number", 3, false),
            ],
        }
    }
}

impl Default for FormField {
    fn default() -> FormField {
        FormField {
            key: String::new(),
            kind: "text".into(),
            label: String::new(),
            placeholder: String::new(),
            required: false,
            enabled: true,
            order: 1,
            is_default: false,
            custom_attribute_id: 0,
            values: Vec::new(),
        }
    }
}

impl InboxConfig {
    /// The policy for a verified person or for a visitor.
    pub fn policy(&self, verified: bool) -> &Policy {
        if verified { &self.users } else { &self.visitors }
    }

    /// Settings of before items had ids: named by their place until somebody saves them, so that each can be told from the others.
    pub fn with_ids(mut self) -> InboxConfig {
        for (index, app) in self.home_apps.iter_mut().enumerate().filter(|(_, app)| app.id().is_empty()) {
            *app.id_mut() = format!("place-{}", index + 1);
        }
        self
    }
}

impl HomeApp {
    /// What translations hang on.
    pub fn id(&self) -> &str {
        match self {
            HomeApp::Announcement { id, .. } | HomeApp::ExternalLink { id, .. } | HomeApp::SelfService { id, .. } => id,
        }
    }

    /// The same, to be filled in.
    pub fn id_mut(&mut self) -> &mut String {
        match self {
            HomeApp::Announcement { id, .. } | HomeApp::ExternalLink { id, .. } | HomeApp::SelfService { id, .. } => id,
        }
    }
}
