//! How the page without scripts looks: a heading, the thread, one form. Every word is a locale key or the inbox's own.

use super::Widget;
use super::html::{Element, Html, el};
use super::plain::{ANSWER, Posted};
use crate::base::clock::{Millis, rfc3339};
use crate::base::error::Error;
use crate::base::id::Seq;
use crate::base::limits;
use crate::desk::threads::{Page, Thread};
use crate::desk::words::Words;
use crate::http::assets;
use crate::model::inbox::{FormField, Inbox, InboxConfig};
use crate::model::message::{Author, Message, MessageKind};
use serde_json::Value;
use std::sync::Arc;

/// Seconds between two looks of a page that looks by itself: nobody is kept waiting long, and reading is not disturbed.
const WATCH_S: u32 = 20;

/// What the page is made of.
pub(super) struct Shown {
    /// Its own path.
    pub(super) path: String,
    /// The language that the address names; every address on the page names it too.
    pub(super) lang: Option<String>,
    /// The settings as they were typed.
    pub(super) inbox: Arc<Inbox>,
    /// The settings in the visitor's language.
    pub(super) config: InboxConfig,
    pub(super) view: View,
    /// Why this person may not write (yet).
    pub(super) access: Option<Error>,
    pub(super) may_start: bool,
    pub(super) error: Option<Error>,
    /// What was typed, when it was refused.
    pub(super) posted: Posted,
    pub(super) echo: String,
    pub(super) form: String,
    /// A code is on its way.
    pub(super) ticket: Option<String>,
    /// Whether a code could come.
    pub(super) codes: bool,
    /// Looks for new messages by itself; then there is no form to lose.
    pub(super) watch: bool,
}

/// Which conversation is on the page.
pub(super) enum View {
    /// Nobody is known yet.
    Nobody,
    /// Somebody without (or about to begin another) conversation.
    Nothing,
    Thread {
        thread: Box<Thread>,
        page: Page,
        before: Option<Seq>,
    },
    /// One of them, and the way to the others.
    Several {
        one: Box<View>,
        all: Vec<Thread>,
    },
}

/// The whole page.
pub(super) fn page(widget: &Widget, words: &Words, shown: &Shown) -> Html {
    let brand = &shown.config.brand_name;
    let mut main = el("main").with(el("h1").with(el("bdi").text(brand)));
    if let Some(error) = &shown.error {
        main = main.with(problem(words, shown, error));
    }
    if shown.config.notice_banner.enabled {
        main = main.with(el("p").set("class", "notice").set("dir", "auto").text(&shown.config.notice_banner.text));
    }
    let (view, all) = match &shown.view {
        View::Several { one, all } => (&**one, all.as_slice()),
        view => (view, [].as_slice()),
    };
    if let View::Thread { thread, page, before } = view {
        main = main.with(thread_of(widget, words, shown, thread, page, *before));
    } else if !shown.config.introduction_message.is_empty() {
        main = main.with(el("p").set("dir", "auto").text(&shown.config.introduction_message));
    }
    if shown.watch {
        main = main.with(el("p").with(el("a").to("href", &format!("{}#write", here(shown, view))).text(words.say("plain.write"))));
    } else {
        main = main.with(form_of(words, shown, view));
        main = main.with(others(words, shown, view, all));
        if !matches!(view, View::Nobody) {
            main = main.with(leave(words, shown));
        }
    }
    document(words, base_of(&shown.path), brand, &shown.config.theme, shown.watch, main)
}

/// There is no chat here.
pub(super) fn refusal(base: &str, words: &Words, error: &Error) -> Html {
    let why = match error.code {
        Some(_) => sentence(words, error),
        None => words.say("plain.not_here").to_owned(),
    };
    let main = el("main").with(el("h1").text(words.say("launcher.title"))).with(el("p").text(&why));
    document(words, base, words.say("launcher.title"), "system", false, main)
}

fn document(words: &Words, base: &str, title: &str, theme: &str, watch: bool, main: Element) -> Html {
    let style = |name: &str| el("link").set("rel", "stylesheet").to("href", &format!("{base}{}", assets::path(name)));
    let mut head = el("head")
        .with(el("meta").set("charset", "utf-8"))
        .with(el("meta").set("name", "viewport").set("content", "width=device-width, initial-scale=1"))
        .with(el("meta").set("name", "robots").set("content", "noindex"))
        .with(el("title").text(title))
        .with(style("shared/base.css"))
        .with(style("widget/plain.css"));
    if watch {
        head = head.with(el("meta").set("http-equiv", "refresh").set("content", WATCH_S.to_string()));
    }
    let mut html = el("html").set("lang", words.locale()).set("dir", words.direction());
    if theme == "dark" || theme == "light" {
        html = html.set("data-theme", theme);
    }
    html.with(head).with(el("body").with(main)).into()
}

/// What went wrong, first of all and read out at once; it leads to the field.
fn problem(words: &Words, shown: &Shown, error: &Error) -> Element {
    let mut said = el("p").text(&sentence(words, error));
    if let Some(id) = error.field.as_deref().and_then(|field| id_of(shown, field)) {
        said = el("p").with(el("a").to("href", &format!("#{id}")).text(&sentence(words, error)));
    }
    let mut block = el("div").set("role", "alert").set("class", "problem").with(el("h2").text(words.say("plain.problem"))).with(said);
    if shown.posted.had_files {
        block = block.with(el("p").text(words.say("plain.files_again")));
    }
    block
}

/// The field that an error names, as it stands on this page.
fn id_of(shown: &Shown, field: &str) -> Option<String> {
    match field {
        "message" | "files" | "consent" | "code" => Some(format!("p-{field}")),
        "name" | "email" => Some(format!("p-{field}")),
        key if shown.config.prechat_form.fields.iter().any(|field| field.key == key) => Some(format!("p-{key}")),
        _ => None,
    }
}

/// An error in the visitor's language; what has no stable word is said as it is.
pub(super) fn sentence(words: &Words, error: &Error) -> String {
    let Some(code) = error.code else { return error.message.clone() };
    let key = format!("error.{code}");
    let detail = |name: &str| error.details.as_ref().and_then(|details| details.get(name).cloned());
    let count = detail("count").or_else(|| error.retry_after_s.map(Value::from));
    let mut said = words.count(&key, count.as_ref().and_then(Value::as_u64)).to_owned();
    if said == key {
        return error.message.clone();
    }
    for (name, value) in [("count", count), ("name", detail("name")), ("limit", detail("limit")), ("kinds", detail("kinds"))] {
        let value = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        said = said.replace(&format!(":{name}"), &value.unwrap_or_default());
    }
    said
}

fn thread_of(widget: &Widget, words: &Words, shown: &Shown, thread: &Thread, page: &Page, before: Option<Seq>) -> Element {
    let uuid = thread.conversation.uuid;
    let mut section = el("section").set("aria-labelledby", "messages").with(el("h2").set("id", "messages").text(words.say("w.messages")));
    if page.has_more
        && let Some(oldest) = page.messages.last()
    {
        let earlier = format!("{}#messages", to(shown, &format!("c={uuid}&before={}", oldest.seq)));
        section = section.with(el("p").with(el("a").to("href", &earlier).text(words.say("plain.earlier"))));
    }
    let mut list = el("ol").set("class", "thread").set("role", "list");
    for message in page.messages.iter().rev() {
        list = list.with(bubble(widget, words, shown, message));
    }
    section = section.with(list);
    let now = format!("{}#end", to(shown, &format!("c={uuid}")));
    let look = el("a").to("href", &now).text(words.say(if before.is_some() { "plain.newest" } else { "plain.look" }));
    let mut ways = el("p").set("id", "end").set("class", "ways").with(look);
    if !shown.watch && before.is_none() {
        let watch = words.count("plain.watch", Some(WATCH_S.into())).replace(":count", &WATCH_S.to_string());
        ways =
            ways.with(Html::text(" ")).with(el("a").to("href", &format!("{}#end", to(shown, &format!("c={uuid}&watch=1")))).text(&watch));
    }
    section.with(ways)
}

fn bubble(widget: &Widget, words: &Words, shown: &Shown, message: &Message) -> Element {
    let own = message.kind == MessageKind::Incoming;
    let who = match &message.author {
        Author::Agent { first_name, .. } if !own => first_name.clone(),
        Author::Agent { .. } | Author::Contact { .. } | Author::System { .. } if own => words.say("w.you").to_owned(),
        Author::Agent { .. } | Author::Contact { .. } | Author::System { .. } => shown.config.brand_name.clone(),
    };
    let time = el("time").set("datetime", rfc3339(message.created_at)).text(&fixed(message.created_at));
    let head = el("p").set("class", "who").with(el("bdi").text(&who)).with(Html::text(" ")).with(time);
    let mut item = el("li").set("class", if own { "own" } else { "theirs" }).with(head);
    if !message.html.is_empty() {
        item = item.with(el("div").set("class", "said").set("dir", "auto").with(Html::sanitised(&message.html)));
    }
    for file in &message.attachments {
        let link = el("a").to("href", &widget.desk.link(file.uuid)).with(el("bdi").text(&file.name));
        item = item.with(el("p").set("class", "file").with(link).with(Html::text(&format!(" ({})", size(file.size)))));
    }
    if let Some(rich) = &message.meta.rich {
        item = item.with(el("div").set("class", "said").set("dir", "auto").with(Html::sanitised(&rich.html())));
        for picture in rich.pictures() {
            item = item.with(el("img").to("src", &widget.desk.link(picture)).set("alt", "").set("loading", "lazy"));
        }
        if !shown.watch {
            item = item.with(presses(shown, message));
        }
    }
    if let Some(survey) = message.survey.as_ref().filter(|survey| !survey.answered) {
        let link = format!("{}/csat/{}{}", base_of(&shown.path), survey.uuid, query(shown.lang.as_deref(), ""));
        item = item.with(el("p").with(el("a").to("href", &link).text(words.say("w.csat_ask"))));
    }
    item
}

/// Buttons that say something: each sends the form it stands in.
fn presses(shown: &Shown, message: &Message) -> Option<Element> {
    let rich = message.meta.rich.as_ref()?;
    let buttons =
        rich.elements.iter().flat_map(|element| &element.buttons).filter(|button| rich.message_button(&button.postback_id).is_some());
    let mut form = begin_form(shown, Some(message.conversation_uuid.to_string()));
    let mut any = false;
    for button in buttons.filter(|button| button.kind == crate::model::rich::ButtonKind::Message) {
        any = true;
        let press = format!("{}:{}", message.uuid, button.postback_id);
        form =
            form.with(el("button").set("class", "second").set("name", "press").set("value", press).set("dir", "auto").text(&button.text));
    }
    any.then_some(form)
}

/// The one form that fits: who are you, which code, what do you want to say; or why there is none.
fn form_of(words: &Words, shown: &Shown, view: &View) -> Element {
    if let Some(access) = &shown.access {
        return match access.code {
            Some("identify_needed") => match &shown.ticket {
                Some(ticket) => code_form(words, shown, ticket),
                None if !shown.codes => el("p").text(words.say("w.no_codes")),
                None => identify_form(words, shown),
            },
            _ => {
                let mut why = el("div").with(el("p").text(&sentence(words, access)));
                if !shown.config.website_url.is_empty() {
                    let link =
                        el("a").to("href", &shown.config.website_url).set("rel", "noopener noreferrer").text(&shown.config.website_url);
                    why = why.with(el("p").with(link));
                }
                why
            }
        };
    }
    match view {
        View::Thread { thread, .. } if is_closed(shown, thread) => el("p").text(words.say("w.conversation_closed")),
        View::Thread { thread, .. } => message_form(words, shown, Some(thread)),
        View::Nobody | View::Nothing | View::Several { .. } if shown.may_start => message_form(words, shown, None),
        View::Nobody | View::Nothing | View::Several { .. } => el("p").text(words.say("error.starts_off")),
    }
}

fn is_closed(shown: &Shown, thread: &Thread) -> bool {
    let policy = shown.config.policy(thread.conversation.contact.verified);
    thread.conversation.status == crate::model::conversation::Status::Resolved && policy.prevent_reply_to_closed_conversation
}

/// The beginning of every form: where it goes, for whom it is good, and the number under which it is stored once.
fn begin_form(shown: &Shown, conversation: Option<String>) -> Element {
    let hidden = |name: &'static str, value: &str| el("input").set("type", "hidden").set("name", name).set("value", value);
    let mut form =
        el("form").set("method", "post").to("action", &to(shown, "")).set("enctype", "multipart/form-data").set("accept-charset", "utf-8");
    form = form.with(hidden("form", &shown.form)).with(hidden("echo", &shown.echo));
    if let Some(uuid) = conversation {
        form = form.with(hidden("conversation", &uuid));
    }
    form
}

fn message_form(words: &Words, shown: &Shown, thread: Option<&Thread>) -> Element {
    let mut form = begin_form(shown, thread.map(|thread| thread.conversation.uuid.to_string())).set("id", "write");
    if thread.is_none() {
        form = form.with(questions(words, shown)).with(consent(words, shown));
    }
    let typed = Some(shown.posted.field("message")).filter(|_| shown.error.is_some()).unwrap_or_default();
    let area = el("textarea")
        .set("id", "p-message")
        .set("name", "message")
        .set("rows", "5")
        .set("dir", "auto")
        .set("maxlength", limits::MESSAGE_CHARS_MAX.to_string())
        // A browser drops the first line break of a text area: one is given for it.
        .with(Html::text("\n"))
        .text(typed);
    form = form.with(labelled(words.say("w.your_message"), "p-message", marked(shown, "message", area)));
    if shown.config.features.file_upload {
        let input = el("input").set("type", "file").set("id", "p-files").set("name", "files").flag("multiple", true);
        form = form.with(labelled(words.say("w.attach"), "p-files", marked(shown, "files", input)));
    }
    form.with(el("button").set("type", "submit").text(words.say("w.send")))
}

/// The questions before the first message, for whoever is not known yet.
fn questions(words: &Words, shown: &Shown) -> Html {
    let form = &shown.config.prechat_form;
    let is_known = !matches!(shown.view, View::Nobody);
    let mut asked = Html::default();
    if form.enabled {
        if !form.title.is_empty() {
            asked.push(el("h2").set("dir", "auto").text(&form.title));
        }
        let mut fields: Vec<&FormField> = form.fields.iter().filter(|field| field.enabled).collect();
        fields.sort_by_key(|field| field.order);
        for field in fields.into_iter().filter(|field| !(is_known && field.is_default)) {
            asked.push(question(words, shown, field));
        }
    }
    // An address that is wanted although nothing was set up to ask for it (outside the hours) is asked for then.
    let missing = |name: &str| shown.error.as_ref().is_some_and(|error| error.field.as_deref() == Some(name));
    for (name, kind, key) in [("name", "text", "plain.name"), ("email", "email", "plain.email")] {
        let stands = form.enabled && form.fields.iter().any(|field| field.enabled && field.key == name);
        if !is_known && !stands && (shown.config.contact_prompt || missing(name)) {
            let field = FormField { key: name.into(), kind: kind.into(), label: words.say(key).into(), ..FormField::default() };
            asked.push(question(words, shown, &field));
        }
    }
    asked
}

fn question(words: &Words, shown: &Shown, field: &FormField) -> Element {
    let (name, id) = (format!("{ANSWER}{}", field.key), format!("p-{}", field.key));
    let typed = shown.posted.field(&name);
    let label = if field.required { field.label.clone() } else { format!("{} {}", field.label, words.say("w.optional")) };
    let control = match field.kind.as_str() {
        "checkbox" => {
            let input =
                el("input").set("type", "checkbox").set("id", &id).set("name", &name).set("value", "1").flag("checked", typed == "1");
            let input = marked(shown, &field.key, input.flag("required", field.required));
            return el("p")
                .set("class", "check")
                .with(el("label").with(input).with(Html::text(" ")).with(el("span").set("dir", "auto").text(&label)));
        }
        "list" => {
            let mut select = el("select").set("id", &id).set("name", &name).with(el("option").set("value", "").text(words.say("w.choose")));
            // The answer is the choice as it was typed, whatever it is called in this language.
            let fields = &shown.inbox.config.prechat_form.fields;
            let values = fields.iter().find(|typed| typed.key == field.key).map_or(&field.values, |typed| &typed.values);
            for (value, name) in values.iter().zip(&field.values) {
                select = select.with(el("option").set("value", value).flag("selected", typed == value).text(name));
            }
            select
        }
        kind => {
            let kind = match kind {
                "email" => "email",
                "number" => "number",
                "date" => "date",
                "link" => "url",
                "phone" => "tel",
                _ => "text",
            };
            let complete = match field.key.as_str() {
                "name" => "name",
                "email" => "email",
                "phone" => "tel",
                _ => "off",
            };
            let input = el("input").set("type", kind).set("id", &id).set("name", &name).set("value", typed).set("maxlength", "1000");
            input.set("autocomplete", complete).set("placeholder", &field.placeholder).set("dir", "auto")
        }
    };
    labelled(&label, &id, marked(shown, &field.key, control.flag("required", field.required)))
}

fn consent(words: &Words, shown: &Shown) -> Option<Element> {
    let consent = &shown.config.consent;
    if !consent.enabled {
        return None;
    }
    let checked = shown.posted.field("consent") == "1";
    let input =
        el("input").set("type", "checkbox").set("id", "p-consent").set("name", "consent").set("value", "1").flag("checked", checked);
    let mut label = el("label").with(marked(shown, "consent", input.flag("required", true))).with(Html::text(" "));
    label = label.with(el("span").set("dir", "auto").text(&consent.text));
    let mut line = el("p").set("class", "check").with(label);
    if !consent.link_url.is_empty() {
        let name = if consent.link_text.is_empty() { &consent.link_url } else { &consent.link_text };
        let link = el("a").to("href", &consent.link_url).set("target", "_blank").set("rel", "noopener noreferrer").text(name);
        line = line.with(Html::text(" ")).with(link).with(Html::text(" ")).with(el("span").text(words.say("w.new_tab")));
    }
    Some(line)
}

fn identify_form(words: &Words, shown: &Shown) -> Element {
    let input = |name: &'static str, kind: &str| {
        let input = el("input").set("type", kind).set("id", format!("p-{name}")).set("name", name).set("autocomplete", name);
        marked(shown, name, input.set("value", shown.posted.field(name)).set("maxlength", "200").set("dir", "auto").flag("required", true))
    };
    begin_form(shown, None)
        .set("id", "write")
        .with(step("identify"))
        .with(el("p").text(words.say("plain.identify")))
        .with(labelled(words.say("plain.name"), "p-name", input("name", "text")))
        .with(labelled(words.say("plain.email"), "p-email", input("email", "email")))
        .with(consent(words, shown))
        .with(el("button").set("type", "submit").text(words.say("plain.continue")))
}

fn code_form(words: &Words, shown: &Shown, ticket: &str) -> Element {
    let address = shown.posted.field("email");
    let said = words.say(if address.is_empty() { "plain.code_sent" } else { "plain.code_sent_to" }).replace(":email", address);
    let kept = |form: Element| {
        let hidden = |name: &'static str, value: &str| el("input").set("type", "hidden").set("name", name).set("value", value);
        form.with(hidden("ticket", ticket)).with(hidden("email", address))
    };
    let input = el("input").set("id", "p-code").set("name", "code").set("inputmode", "numeric").set("autocomplete", "one-time-code");
    let input = marked(shown, "code", input.set("maxlength", "20").set("dir", "ltr").flag("required", true));
    let confirm = kept(begin_form(shown, None).set("id", "write").with(step("code")))
        .with(labelled(words.say("plain.code"), "p-code", input))
        .with(el("button").set("type", "submit").text(words.say("plain.confirm")));
    let again =
        kept(begin_form(shown, None).with(step("again"))).with(el("button").set("class", "second").text(words.say("plain.code_again")));
    let other = el("p").with(el("a").to("href", &to(shown, "")).text(words.say("plain.other_address")));
    el("div").with(el("p").text(&said)).with(confirm).with(again).with(other)
}

fn step(name: &'static str) -> Element {
    el("input").set("type", "hidden").set("name", "step").set("value", name)
}

/// The other conversations, and the way to a new one.
fn others(words: &Words, shown: &Shown, view: &View, all: &[Thread]) -> Option<Element> {
    let here = match view {
        View::Thread { thread, .. } => Some(thread.conversation.uuid),
        View::Nobody => return None,
        View::Nothing | View::Several { .. } => None,
    };
    let mut list = el("ul");
    let mut any = false;
    for thread in all.iter().filter(|thread| Some(thread.conversation.uuid) != here) {
        any = true;
        let said = Some(thread.conversation.preview.as_str()).filter(|text| !text.is_empty() && thread.conversation.preview_from != "note");
        let said = said.or_else(|| thread.last.as_ref().map(|last| last.text.as_str())).unwrap_or_default();
        let said = crate::base::text::preview(said, 80);
        let said = if said.is_empty() { words.say("w.a_file").to_owned() } else { said };
        let link =
            el("a").to("href", &format!("{}#end", to(shown, &format!("c={}", thread.conversation.uuid)))).with(el("bdi").text(&said));
        let time =
            el("time").set("datetime", rfc3339(thread.conversation.last_message_at)).text(&fixed(thread.conversation.last_message_at));
        list = list.with(el("li").with(link).with(Html::text(" ")).with(time));
    }
    let may_start = here.is_some() && shown.may_start && shown.access.is_none() && !shown.config.single_thread;
    if !any && !may_start {
        return None;
    }
    let mut nav = el("nav").set("aria-labelledby", "others").with(el("h2").set("id", "others").text(words.say("w.your_conversations")));
    if any {
        nav = nav.with(list);
    }
    if may_start {
        nav = nav.with(el("p").with(el("a").to("href", &format!("{}#write", to(shown, "new=1"))).text(words.say("w.start_new"))));
    }
    Some(nav)
}

fn leave(words: &Words, shown: &Shown) -> Element {
    begin_form(shown, None)
        .set("class", "leave")
        .with(step("leave"))
        .with(el("button").set("class", "second").text(words.say("plain.leave")))
}

fn labelled(label: &str, id: &str, control: Element) -> Element {
    el("p").with(el("label").set("for", id).with(el("bdi").text(label))).with(control)
}

/// Says of a field that it is the one that is wrong.
fn marked(shown: &Shown, field: &str, control: Element) -> Element {
    match shown.error.as_ref().and_then(|error| error.field.as_deref()) == Some(field) {
        true => control.set("aria-invalid", "true").flag("autofocus", true),
        false => control,
    }
}

fn here(shown: &Shown, view: &View) -> String {
    match view {
        View::Thread { thread, .. } => to(shown, &format!("c={}", thread.conversation.uuid)),
        View::Nobody | View::Nothing | View::Several { .. } => to(shown, ""),
    }
}

/// The address of this page with something to ask, in the language it is in.
fn to(shown: &Shown, asked: &str) -> String {
    format!("{}{}", shown.path, query(shown.lang.as_deref(), asked))
}

/// What stands behind a path: the language first, so that no address is without it.
pub(super) fn query(lang: Option<&str>, asked: &str) -> String {
    match (lang, asked) {
        (None, "") => String::new(),
        (None, asked) => format!("?{asked}"),
        (Some(lang), "") => format!("?lang={lang}"),
        (Some(lang), asked) => format!("?lang={lang}&{asked}"),
    }
}

/// What stands before `/chat/…` in the page's path: the sub-path.
fn base_of(path: &str) -> &str {
    path.rsplit_once("/chat/").map_or("", |(base, _)| base)
}

/// A time that reads the same everywhere.
fn fixed(ms: Millis) -> String {
    let text = rfc3339(ms);
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time} UTC"),
        _ => text,
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_read_the_same_everywhere() {
        assert_eq!(fixed(0), "1970-01-01 00:00 UTC");
        assert_eq!(size(900), "900 B");
        assert_eq!(size(20 * 1024 * 1024), "20.0 MB");
        assert_eq!(base_of("/help/desk/chat/0f0e0d0c-0b0a-4900-8000-000000000000/plain"), "/help/desk");
        assert_eq!(base_of("/chat/x/plain"), "");
    }
}
